"""Figures of failing runs beside healthy ones: what stands where, and what is refused."""

from itertools import pairwise

import numpy as np
import pytest
from support import raising

from ganlib.course.plots.stability import (
    failing_beside_healthy,
    losses_against_distance,
    share_bars,
)
from ganlib.plotting.figure import BLUE, VERMILION

STEPS = np.arange(40, 440, 40)


def arrays(names, n=20, size=28):
    rng = np.random.default_rng(0)
    images = {
        name: np.full((n, size, size, 1), level, "float32")
        for name, level in zip(names, np.linspace(-1, 1, len(names)), strict=True)
    }
    curves = {what: {name: rng.random(10) for name in names} for what in ("loss", "push")}
    return images, curves


@pytest.mark.parametrize("names", [["fails", "works"], ["fails", "works", "works too"]])
def test_every_run_has_its_images_verdict_and_lines(names):
    images, curves = arrays(names)
    verdicts = [f"verdict of {name}" for name in names]
    figure = failing_beside_healthy(
        images, verdicts, STEPS, curves, title="two runs", alt="what it shows"
    )
    panels, lines = figure.axes[: len(names)], figure.axes[len(names) :]
    for axes, name, verdict in zip(panels, names, verdicts, strict=True):
        assert axes.get_title() == name
        assert [text.get_text() for text in axes.texts] == [verdict]
        # The run's own pictures: one level of grey, beside the white gaps.
        level = np.rint((images[name][0, 0, 0, 0] + 1) * 127.5)
        assert np.median(np.asarray(axes.images[0].get_array())) == level
    assert [axes.get_title() for axes in lines] == ["loss", "push"]
    for axes, what in zip(lines, curves, strict=True):
        for line, name in zip(axes.lines, names, strict=True):
            np.testing.assert_allclose(line.get_xdata(), STEPS)
            np.testing.assert_allclose(line.get_ydata(), curves[what][name])
        # The failing run is told apart by colour and by dashes.
        assert axes.lines[0].get_color() == VERMILION and axes.lines[0].get_linestyle() == "--"
        assert axes.lines[1].get_color() == BLUE and axes.lines[1].get_linestyle() == "-"
    assert figure.get_suptitle() == "two runs"


@pytest.mark.parametrize("size", [8, 28, 64, 256])
def test_panels_stay_inside_the_figure_and_apart(size):
    images, curves = arrays(["a", "b", "c"], size=size)
    figure = failing_beside_healthy(
        images, ["x\ny"] * 3, STEPS, curves, title="sizes", alt="what it shows"
    )
    boxes = [axes.get_position() for axes in figure.axes]
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes[:3]))
    assert min(box.y0 for box in boxes[:3]) > max(box.y1 for box in boxes[3:])


def test_what_does_not_fit_is_refused():
    images, curves = arrays(["a", "b"])
    good = (images, ["x", "y"], STEPS, curves)
    for place, wrong, parts in (
        (0, {"a": images["a"]}, [2, 3, "['a']"]),
        (1, ["x"], ["['a', 'b']", 1, "verdicts"]),
        (2, STEPS[:-1], ["(9,)", "(10,)"]),
        (3, {}, ["curves", 1, 3]),
        (3, {"loss": {"a": np.ones(10)}}, ["'loss'", "['a', 'b']", "['a']"]),
        (0, {"a": images["a"], "b": images["b"][:, :14]}, ["(28, 28, 1)", "(14, 28, 1)"]),
    ):
        arguments = [*good[:place], wrong, *good[place + 1 :]]
        with raising(ValueError, *parts):
            failing_beside_healthy(*arguments, title="wrong", alt="what it shows")


def test_each_run_is_a_numbered_point_at_its_loss_and_distance():
    losses = {"generator": np.array([0.5, -3.0, 7.0]), "discriminator": np.array([1.0, 2.0, 3.0])}
    distances = np.array([30.0, 90.0, 10.0])
    figure = losses_against_distance(
        losses, distances, ["p", "q", "r"], title="losses", alt="what it shows"
    )
    for axes, values in zip(figure.axes, losses.values(), strict=False):
        np.testing.assert_allclose(
            axes.collections[0].get_offsets(), np.column_stack([values, distances])
        )
        assert [text.get_text() for text in axes.texts] == ["1", "2", "3"]
    assert "2  q" in figure.axes[-1].texts[0].get_text()
    with raising(ValueError, "(2,)", "(3,)"):
        losses_against_distance(
            losses, distances[:2], ["p", "q", "r"], title="losses", alt="what it shows"
        )


def test_bars_stack_the_shares_of_each_moment():
    shares, names = np.array([[0.2, 0.8], [0.7, 0.3]]), ["shirt", "bag"]
    panels = {"x": shares, "y": shares[::-1]}
    figure = share_bars(panels, np.array([40, 80]), names, title="shares", alt="what it shows")
    heights = [patch.get_height() for patch in figure.axes[0].patches]
    np.testing.assert_allclose(heights, [0.2, 0.7, 0.8, 0.3])
    bases = [patch.get_y() for patch in figure.axes[0].patches]
    np.testing.assert_allclose(bases, [0, 0, 0.2, 0.7])
    np.testing.assert_allclose(figure.axes[1].patches[0].get_height(), 0.7)
    legend = [text.get_text() for text in figure.axes[-1].get_legend().get_texts()]
    assert legend == ["bag", "shirt"]  # as they lie, the first class lowest
    with raising(ValueError, "'x'", "(1, 2)", "(2, 2)"):
        share_bars(panels, np.array([40]), names, title="shares", alt="what it shows")


def test_no_two_classes_have_the_same_colour():
    names = "abcdefghi"
    figure = share_bars(
        {"run": np.full((2, 9), 1 / 9)}, np.arange(2), names, title="Shares", alt="what it shows"
    )
    handles, labels = figure.axes[-1].get_legend_handles_labels()
    assert sorted(labels) == list(names)
    assert len({bars.patches[0].get_facecolor() for bars in handles}) == len(names)
