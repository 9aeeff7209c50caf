"""What the figures of the repairs show, read from their artists."""

from types import SimpleNamespace

import numpy as np
from support import raising

from ganlib.course.plots.repairs import POINTS, before_after

RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(30, 2))
COMMON = {"extent": 1.4, "modes": 8, "title": "Toy", "alt": "what it shows"}


def seed(shift=0.0):
    return SimpleNamespace(
        steps=np.array([10, 20]),
        samples=RNG.normal(size=(2, 900, 2)) + shift,
        averages=RNG.normal(size=(2, 900, 2)),
        modes=np.array([1, 3]),
        good=np.array([0.1, 0.25]),
        average_modes=np.array([7, 8]),
        average_good=np.array([0.5, 0.75]),
        slope=np.array([0.1, 40.0]),
    )


def parts(figure):
    panels = [axes for axes in figure.axes if axes.collections]
    return panels, [axes for axes in figure.axes if not axes.collections]


def test_a_row_a_game_a_panel_a_seed_and_a_curve():
    rows = {"before": [seed(), seed()], "after": [seed(1.0), seed(1.0)]}
    panels, curves = parts(before_after(rows, REAL, **COMMON))
    assert [axes.get_title() for axes in panels] == ["3 of 8 modes, 25% good"] * 4
    assert [panels[0].get_ylabel(), panels[1].get_ylabel(), panels[2].get_ylabel()] == [
        "before", "", "after"]  # fmt: skip
    for axes, run in zip(panels, [*rows["before"], *rows["after"]], strict=True):
        shown = {c.get_label(): c.get_offsets() for c in axes.collections}
        np.testing.assert_allclose(shown["data"], REAL)
        np.testing.assert_allclose(shown["generated"], run.samples[-1][:POINTS])
        assert axes.get_xlim() == axes.get_ylim() == (-1.4, 1.4)
    assert len(curves) == 2
    for axes in curves:
        assert [line.get_ydata().tolist() for line in axes.lines] == [[1, 3], [1, 3]]
        assert axes.lines[0].get_xdata().tolist() == [10, 20]
        assert len({line.get_linestyle() for line in axes.lines}) == 2  # not by colour alone


def test_the_average_is_drawn_where_it_is_asked_for():
    run = seed()
    rows = {"as it is": [run], "average": [run]}
    figure = before_after(rows, REAL, averaged=["average"], score="good", **COMMON)
    panels, curves = parts(figure)
    assert [axes.get_title()[:9] for axes in panels] == ["3 of 8 mo", "8 of 8 mo"]
    shown = panels[1].collections[1].get_offsets()
    np.testing.assert_allclose(shown, run.averages[-1][:POINTS])
    assert [axes.lines[0].get_ydata().tolist() for axes in curves] == [[0.1, 0.25], [0.5, 0.75]]


def test_slopes_have_a_logarithmic_axis():
    _, (curve,) = parts(before_after({"one": [seed()]}, REAL, score="slope", **COMMON))
    assert curve.get_yscale() == "log"
    low, high = curve.get_ylim()
    assert low < 0.1 and high > 40
    assert curve.lines[0].get_ydata().tolist() == [0.1, 40.0]


def test_what_does_not_fit_is_refused():
    with raising(ValueError, "as many seeds", "[1, 2]"):
        before_after({"one": [seed()], "two": [seed(), seed()]}, REAL, **COMMON)
    odd = seed()
    odd.samples = odd.samples[:, :, :1]
    with raising(ValueError, "points (n, 2)"):
        before_after({"one": [odd]}, REAL, **COMMON)
