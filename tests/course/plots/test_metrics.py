"""What the figures on metrics show, read from their artists."""

import re

import numpy as np
import pytest
from matplotlib.patches import Ellipse
from support import raising

from ganlib.course.plots.metrics import against_count, balls, clouds, inside_any, score_table
from ganlib.errors import SettingsError

RNG = np.random.default_rng(0)


def test_clouds_have_a_panel_a_generator_with_all_points_in_sight():
    real, fake = RNG.normal(size=(50, 2)), RNG.normal(3, 1, (40, 2))
    figure = clouds(
        {"good": (real, real), "off": (real, fake)}, title="Points", alt="what it shows"
    )
    assert [axes.get_title() for axes in figure.axes] == ["good", "off"]
    for axes, other in zip(figure.axes, (real, fake), strict=True):
        shown = [collection.get_offsets() for collection in axes.collections]
        np.testing.assert_array_equal(shown[0], real)
        np.testing.assert_array_equal(shown[1], other)
        assert axes.get_xlim() == figure.axes[0].get_xlim()
        assert axes.get_xlim()[0] < real[:, 0].min() and axes.get_xlim()[1] > fake[:, 0].max()
    with raising(SettingsError, "clouds", "panels={}"):
        clouds({}, title="None", alt="what it shows")


def test_the_ellipse_is_two_standard_deviations_along_the_main_axis():
    turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    points = RNG.normal(size=(20_000, 2)) * [3, 1] @ turn.T + [5, -2]
    figure = clouds({"one": (points, points)}, title="One", ellipses=True, alt="what it shows")
    ellipse = next(p for p in figure.axes[0].patches if isinstance(p, Ellipse))
    assert ellipse.width == pytest.approx(12, rel=0.05)
    assert ellipse.height == pytest.approx(4, rel=0.05)
    assert ellipse.angle % 180 == pytest.approx(np.degrees(0.5), abs=2)
    np.testing.assert_allclose(ellipse.center, [5, -2], atol=0.1)


def test_balls_tell_inside_from_outside_strictly():
    centres, radii = np.array([[0.0, 0], [5, 0]]), np.array([1.0, 2])
    points = np.array([[0.5, 0], [1, 0], [3.5, 0], [2, 0]])
    assert inside_any(centres, radii, points).tolist() == [True, False, True, False]
    axes = balls(centres, radii, points, of="real", title="Balls", alt="what it shows").axes[0]
    shown = {c.get_label(): c.get_offsets() for c in axes.collections}
    np.testing.assert_array_equal(shown["generated"], points)
    np.testing.assert_array_equal(shown["outside every ball"], points[[1, 3]])
    assert axes.get_xlim()[0] <= -1 and axes.get_xlim()[1] >= 7  # no ball is cut off


def test_balls_show_real_and_generated_points_alike_whosever_the_balls_are():
    centres, radii, points = np.array([[0.0, 0], [5, 0]]), np.ones(2), np.array([[0.5, 0.0]])
    looks = []
    for of, real, generated in (("real", centres, points), ("generated", points, centres)):
        axes = balls(centres, radii, points, of=of, title="Balls", alt="what it shows").axes[0]
        shown = {c.get_label(): c for c in axes.collections}
        np.testing.assert_array_equal(shown["real"].get_offsets(), real)
        np.testing.assert_array_equal(shown["generated"].get_offsets(), generated)
        assert "outside every ball" not in shown  # nothing is outside
        looks.append([shown[name].get_facecolor().tolist() for name in ("real", "generated")])
    assert looks[0] == looks[1] and looks[0][0] != looks[0][1]
    with raising(SettingsError, "'fake'", "generated"):
        balls(centres, radii, points, of="fake", title="Balls", alt="what it shows")


def test_scores_against_the_count_are_means_over_draws():
    values = np.array([[4.0, 2, 1], [6, 4, 1]])
    figure = against_count(
        [10, 100, 1000], {"FD": {"real": values}}, title="Bias", alt="what it shows"
    )
    line = figure.axes[0].lines[0]
    assert line.get_ydata().tolist() == [5, 3, 1] and line.get_xdata().tolist() == [10, 100, 1000]
    assert figure.axes[0].get_ylabel() == "FD" and figure.axes[0].get_xscale() == "log"
    with raising(SettingsError, "real", values.shape, 2):
        against_count([1, 2], {"FD": {"real": values}}, title="Wrong", alt="what it shows")


def test_alarms_are_marked_by_colour_and_by_sign():
    alarms = np.array([[False, True], [True, False]])
    cells = [["1", "2"], ["3", "4"]]
    shown = score_table(["good", "<bad>"], ["FD", "recall"], cells, alarms).data
    assert re.findall(r"<td[^>]*>([^<]*)</td>", shown) == ["1", "2 !", "3 !", "4"]
    assert ["background" in td for td in re.findall(r"<td[^>]*>", shown)] == alarms.ravel().tolist()
    assert "&lt;bad&gt;" in shown
    with raising(SettingsError, "score_table", 1, 3, "[2]", "(1, 4)"):
        score_table(["a"], ["FD", "recall", "IS"], [["1", "2"]], [[True] * 4])
