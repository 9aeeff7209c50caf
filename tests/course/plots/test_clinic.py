"""Figures of the clinic: what stands where, and what is refused."""

import numpy as np
import pytest

from ganlib.course.plots.clinic import PALE, case, losses_and_distance
from ganlib.plotting.figure import VERMILION

STEPS = np.arange(50, 1050, 50)
NAMES = list("abcdefghij")


def parts(columns=10, size=28):
    rng = np.random.default_rng(0)
    levels = np.linspace(-1, 1, 3 * columns, dtype="float32")
    images = np.broadcast_to(levels[:, None, None, None], (3 * columns, size, size, 1))
    curves = {what: rng.random(20) for what in ("loss", "accuracy")}
    healthy = {what: [rng.random(20) for _ in range(3)] for what in curves}
    scores = {"distance": (28.63, 7.04), "variety": (0.05, 0.7)}
    return images, NAMES[:columns], STEPS, curves, healthy, scores


def test_a_case_shows_its_images_its_scores_and_its_curves_before_healthy_ones():
    images, names, steps, curves, healthy, scores = parts()
    figure = case(images, names, steps, curves, healthy, scores, title="it", alt="what it shows")
    pictures, *panels = figure.axes
    shown = np.squeeze(pictures.images[0].get_array())
    assert shown[5, 5] == 0 and shown[-5, -5] == 255
    words = [text.get_text() for text in pictures.texts]
    assert words[:10] == names
    assert "distance 28.6 (7.04)" in words[-1] and "variety 0.05 (0.7)" in words[-1]
    for axes, what in zip(panels, curves, strict=True):
        assert axes.get_title(loc="left") == what
        *grey, own = axes.lines
        assert [line.get_color() for line in grey] == [PALE] * 3
        assert own.get_color() == VERMILION
        np.testing.assert_allclose(own.get_ydata(), curves[what])
        np.testing.assert_allclose(grey[2].get_ydata(), healthy[what][2])
    legend = [text.get_text() for text in panels[0].get_legend().get_texts()]
    assert legend == ["healthy", "this run"]
    assert figure.alt == "what it shows"


@pytest.mark.parametrize(("columns", "size"), [(10, 28), (2, 28), (10, 64), (1, 8)])
def test_pictures_and_curves_stay_apart(columns, size):
    figure = case(*parts(columns, size), rows=["x", "y", "z"], title="it", alt="it")
    pictures, *panels = (axes.get_position() for axes in figure.axes)
    assert pictures.x0 >= 0 and pictures.y0 > 0 and pictures.y1 < 1
    for panel in panels:
        assert panel.x0 > pictures.x1 and panel.x1 <= 1 and panel.y0 > 0
    assert panels[0].y0 > panels[1].y1


def test_what_does_not_fit_is_refused():
    images, names, steps, curves, healthy, scores = parts()
    with pytest.raises(ValueError, match="29 images"):
        case(images[:29], names, steps, curves, healthy, scores, title="t", alt="a")
    with pytest.raises(ValueError, match="two curves"):
        case(images, names, steps, {"loss": curves["loss"]}, healthy, scores, title="t", alt="a")
    with pytest.raises(ValueError, match="accuracy"):
        short = curves | {"accuracy": np.zeros(3)}
        case(images, names, steps, short, healthy, scores, title="t", alt="a")


def test_losses_and_distance_share_the_distance():
    losses = {"one": np.array([1.0, 2.0]), "two": np.array([0.5, 0.1])}
    figure = losses_and_distance(
        losses, np.array([7.0, 9.0]), {"one": "rho 1", "two": "rho −1"}, title="t", alt="a"
    )
    for axes, (what, values) in zip(figure.axes, losses.items(), strict=True):
        points = axes.collections[0].get_offsets()
        np.testing.assert_allclose(points, np.stack([values, [7.0, 9.0]], axis=1))
        assert axes.get_xlabel() == what
    assert [axes.get_title() for axes in figure.axes] == ["rho 1", "rho −1"]
