"""What the figures of the laboratory show, read from their artists."""

import numpy as np
from matplotlib.quiver import Quiver
from support import raising

from ganlib.course.plots.toys import ARROWS, POINTS, as_frame, moments, phase_portraits

RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(30, 2))


def panel(n=700):
    line = np.linspace(-2, 2, 16)
    field = 500.0 + np.add.outer(10 * line, line)  # rises with y, the rows
    return RNG.normal(size=(n, 2)), RNG.normal(size=(n, 2)), field


def test_a_moment_shows_the_data_many_samples_and_some_arrows():
    one, two = panel(), panel()
    figure = moments(
        {"step 1": one, "step 2": two}, REAL, extent=2.0, title="Toy", alt="what it shows"
    )
    assert [axes.get_title() for axes in figure.axes] == ["step 1", "step 2"]
    for axes, (samples, push, _) in zip(figure.axes, (one, two), strict=True):
        assert axes.get_xlim() == axes.get_ylim() == (-2, 2)
        shown = {c.get_label(): c for c in axes.collections}
        np.testing.assert_allclose(shown["data"].get_offsets(), REAL)
        (name,) = [label for label in shown if label.startswith("generated")]
        np.testing.assert_allclose(shown[name].get_offsets(), samples[:POINTS])
        (arrows,) = [c for c in axes.collections if isinstance(c, Quiver)]
        np.testing.assert_allclose(arrows.get_offsets(), samples[:ARROWS])
        scale = arrows.U / push[:ARROWS, 0]
        np.testing.assert_allclose(scale, scale[0])
        assert scale[0] > 0  # along the push, not against it


def test_green_is_where_the_logit_is_high_whatever_its_level():
    figure = moments({"step 1": panel()}, REAL, extent=2.0, title="Toy", alt="what it shows")
    pixels = as_frame(figure)[0].astype(int)
    greenness = pixels[..., 1] - pixels[..., 0]
    height = len(pixels)
    upper, lower = greenness[height // 5 : height // 3], greenness[height // 2 : height * 2 // 3]
    assert upper.mean() > 5 + lower.mean()


def test_what_does_not_fit_a_moment_is_refused():
    samples, push, field = panel()
    for odd, wrong in (
        (samples[:5], (samples[:5], push, field)),
        (field[:3], (samples, push, field[:3])),
        (push[:, 0], (push[:, 0], push, field)),
    ):
        with raising(ValueError, odd.shape):
            moments({"x": wrong}, REAL, extent=2.0, title="Toy", alt="what it shows")
    with raising(ValueError, "panels", 0):
        moments({}, REAL, extent=2.0, title="Toy", alt="what it shows")


def test_phase_portraits_show_the_paths_and_where_they_begin_and_end():
    line = np.linspace(-2, 2, 9)
    theta, psi = np.meshgrid(line, line)
    paths = {"a": np.array([[1.0, 0], [0.5, -0.5], [0, 0.25]]), "b": np.array([[1.0, 0], [1, 1]])}
    figure = phase_portraits(
        {"game": (psi, -theta, paths)}, line, title="Field", alt="what it shows"
    )
    (axes,) = figure.axes
    lines = {artist.get_label(): artist.get_xydata() for artist in axes.lines}
    np.testing.assert_array_equal(lines["a"], paths["a"])
    np.testing.assert_array_equal(lines["b"], paths["b"])
    markers = {
        artist.get_marker(): artist.get_xydata()[0]
        for artist in axes.lines
        if len(artist.get_xdata()) == 1
    }
    np.testing.assert_array_equal(markers["o"], [1, 0])
    np.testing.assert_array_equal(markers["s"], [1, 1])
    with raising(ValueError, "panels", 0):
        phase_portraits({}, line, title="Field", alt="what it shows")
    with raising(ValueError, "(3, 9)"):
        phase_portraits(
            {"game": (psi[:3], -theta, paths)}, line, title="Field", alt="what it shows"
        )
