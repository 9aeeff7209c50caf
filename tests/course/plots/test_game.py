"""The figures of notebook 01: they draw what they are given, and say what they cannot draw."""

import io

import numpy as np
from PIL import Image
from support import raising

from ganlib.course.plots import game

X = np.linspace(-1, 1, 21)
FRAME = {"fake": np.ones(21), "D": np.full(21, 0.4), "best D": np.full(21, 0.5)}
FRAMES = {0: FRAME | {"gap": 0.4, "divergence": 0.6}, 9: FRAME | {"gap": 0.1, "divergence": 0.1}}
TOLD = {"title": "a title", "alt": "what is to be seen"}


def lines(axes):
    return [line for line in axes.get_lines() if len(line.get_xdata()) > 1]


def test_players_names_all_six():
    words = {text.get_text() for text in game.players(**TOLD).axes[0].texts}
    assert {"latent z", "generator G", "image G(z)", "real image x", "discriminator D"} < words


def test_paths_shows_the_way_the_start_and_the_value():
    route = np.array([(1.0, 0.0), (1.0, 0.5), (0.5, 1.0)])
    plane, values = game.paths({"one": route, "two": 2 * route}, **TOLD).axes
    np.testing.assert_array_equal(lines(plane)[0].get_xydata(), route)
    np.testing.assert_array_equal(lines(values)[1].get_ydata(), 4 * route.prod(axis=1))
    assert "start" in {text.get_text() for text in plane.texts}
    with raising(ValueError, "paths", 1, 5, 0):
        game.paths({}, **TOLD)
    with raising(ValueError, "one", "(3,)"):
        game.paths({"one": np.ones(3)}, **TOLD)


def test_stages_has_a_column_a_round():
    figure = game.stages(X, np.ones(21), FRAMES, (0, 9), **TOLD)
    assert [axes.get_title() for axes in figure.axes[:2]] == ["round 0", "round 9"]
    with raising(ValueError, "[0, 5]", "[5]"):
        game.stages(X, np.ones(21), FRAMES, (0, 5), **TOLD)


def test_convergence_has_a_panel_for_each_of_the_two_numbers():
    divergence, gap = game.convergence({"k = 5": FRAMES}, **TOLD).axes
    assert list(lines(divergence)[0].get_ydata()) == [0.6, 0.1]
    assert list(lines(gap)[0].get_ydata()) == [0.4, 0.1]


def test_stacked_has_its_levels_and_logarithms():
    panels = {"a": {"run": ([1, 2], [3, 4])}, "b": {"run": ([1, 2], [5, 6])}}
    first, second = game.stacked(
        panels, log=["b"], levels={"b": ("floor", 1)}, xlabel="step", **TOLD
    ).axes
    assert (first.get_yscale(), second.get_yscale()) == ("linear", "log")
    assert len(second.get_lines()) == len(first.get_lines()) + 1
    assert second.get_xlabel() == "step"
    with raising(ValueError, "panels", 0):
        game.stacked({}, xlabel="step", **TOLD)


def test_a_film_has_a_picture_a_frame():
    picture = Image.open(io.BytesIO(game.film(X, np.ones(21), FRAMES, title="toy")))
    assert picture.n_frames == len(FRAMES)
