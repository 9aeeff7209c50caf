"""Figures of runs that fail beside runs that do not: pure functions of arrays."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import ScalarFormatter

from ganlib.images import tile, to_uint8
from ganlib.plotting.figure import (
    BLUE,
    DPI,
    GREEN,
    MAX_WIDTH,
    VERMILION,
    Figure,
    few_classes,
    new_canvas,
    new_figure,
    pixel_axes,
    tidy,
    vector,
)

# The failing run first, then what mends it.
STYLES = ((VERMILION, "--"), (BLUE, "-"), (GREEN, "-."))
MOST_CURVES = 3
GAP = 24  # screen pixels between the runs' pictures
LINE = 15  # of a line of text
CURVE = 150  # the height of a panel of curves


def failing_beside_healthy(
    images: Mapping[str, np.ndarray],
    verdicts: Sequence[str],
    steps: np.ndarray,
    curves: Mapping[str, Mapping[str, np.ndarray]],
    *,
    title: str,
    alt: str,
) -> Figure:
    """Images of two or three runs side by side, a verdict under each, and their curves below.

    Args:
        images: by the run's name, ``(N, H, W, C)``; the first ones that find room are shown.
        verdicts: what is said of each run, of one line or more.
        steps: ``(n,)``, common to all runs.
        curves: by the name of what is measured, for up to three panels: lines of ``(n,)`` values
            by the runs' names.

    Raises:
        ValueError: the runs do not fit together.
    """
    names = list(images)
    if not 2 <= len(names) <= len(STYLES) or len(verdicts) != len(names):
        raise ValueError(
            f"expected 2 to {len(STYLES)} runs and as many verdicts, got {names} and "
            f"{len(verdicts)} verdicts"
        )
    if not 1 <= len(curves) <= MOST_CURVES:
        raise ValueError(f"expected 1 to {MOST_CURVES} panels of curves, got {list(curves)}")
    pictures, scale = _pictures(list(images.values()))
    high, wide = (round(scale * side) for side in pictures[0].shape[:2])
    room = round(MAX_WIDTH * DPI / len(names))
    said = LINE * max(verdict.count("\n") + 1 for verdict in verdicts)
    below = CURVE + 92  # the curves with their labels
    figure = new_canvas(title, round(MAX_WIDTH * DPI), below + said + high + 2 * LINE, alt=alt)
    for place, (name, picture, verdict) in enumerate(zip(names, pictures, verdicts, strict=True)):
        left = place * room + (room - wide) // 2
        axes = pixel_axes(figure, left, below + said, wide, high)
        axes.imshow(
            picture, cmap="gray", vmin=0, vmax=255, aspect="auto",
            interpolation="nearest" if scale == round(scale) else "antialiased",
        )  # fmt: skip
        axes.set_axis_off()
        axes.set_title(name, fontsize=10, color=STYLES[place][0], fontweight="bold", pad=4)
        axes.text(
            0.5, -4 / high, verdict, transform=axes.transAxes, ha="center", va="top", fontsize=9
        )
    _draw_curves(figure, names, steps, curves)
    return figure


def _pictures(batches: Sequence[np.ndarray]) -> tuple[list[np.ndarray], float]:
    """Each run's images as one picture, and screen pixels for each of its pixels."""
    batches = [to_uint8(batch) for batch in batches]
    if len({batch.shape[1:] for batch in batches}) > 1:
        raise ValueError(f"expected images of one shape, got {[b.shape[1:] for b in batches]}")
    width = batches[0].shape[2] + 2
    room = MAX_WIDTH * DPI / len(batches) - GAP
    columns = max(1, int(room // (2 * width)))
    rows = max(1, min(len(batches), min(map(len, batches)) // columns))
    count = min(rows * columns, *map(len, batches))
    pictures = [tile(batch[:count], min(columns, count)) for batch in batches]
    return pictures, min(2.0, room / pictures[0].shape[1])


def _draw_curves(
    figure: Figure,
    names: Sequence[str],
    steps: np.ndarray,
    curves: Mapping[str, Mapping[str, np.ndarray]],
) -> None:
    steps = vector(steps, "steps")
    room = round(MAX_WIDTH * DPI / len(curves))
    for place, (what, lines) in enumerate(curves.items()):
        if list(lines) != names:
            raise ValueError(f"expected for {what!r} a line for each of {names}, got {list(lines)}")
        axes = pixel_axes(figure, place * room + 52, 48, room - 66, CURVE)
        for (name, values), (colour, dash) in zip(lines.items(), STYLES, strict=False):
            values = vector(values, name, len(steps))
            # The failing run on top: dashed, it hides nothing where both agree.
            front = 2 + (name == names[0])
            axes.plot(steps, values, color=colour, linestyle=dash, linewidth=1.8, zorder=front)
        axes.set_title(what, fontsize=9.5)
        axes.set_xlabel("step", fontsize=9)
        axes.margins(x=0.02)
        tidy(axes)


def losses_against_distance(
    losses: Mapping[str, np.ndarray],
    distances: np.ndarray,
    names: Sequence[str],
    *,
    title: str,
    alt: str,
) -> Figure:
    """Each run as a numbered point: a final loss across, the Fréchet distance up.

    Args:
        losses: by its name, ``(runs,)`` final losses; one panel each.
        distances: ``(runs,)``.
        names: the runs', for the list of numbers.
    """
    distances = vector(distances, "distances", len(names))
    figure = new_figure(title, MAX_WIDTH, 3.6, alt=alt)
    ratios = [*[3] * len(losses), 2]
    *panels, legend = figure.subplots(1, len(losses) + 1, width_ratios=ratios)
    for axes, (what, values) in zip(panels, losses.items(), strict=True):
        values = vector(values, what, len(names))
        axes.scatter(values, distances, s=16, color=BLUE)
        for number, point in enumerate(zip(values, distances, strict=True), start=1):
            axes.annotate(str(number), point, xytext=(4, 3), textcoords="offset points", fontsize=8)
        axes.set_xscale("symlog", linthresh=0.1)  # losses of some games lie below 0
        axes.set(xlabel=what, ylabel="Fréchet distance", yscale="log")
        axes.yaxis.set_major_formatter(ScalarFormatter())
        axes.yaxis.set_minor_formatter(ScalarFormatter())
        axes.margins(0.1)
        tidy(axes)
    legend.set_axis_off()
    text = "\n".join(f"{number}  {name}" for number, name in enumerate(names, start=1))
    legend.text(0, 1, text, va="top", fontsize=8.5, transform=legend.transAxes)
    return figure


def share_bars(
    panels: Mapping[str, np.ndarray],
    steps: np.ndarray,
    class_names: Sequence[str],
    *,
    title: str,
    alt: str,
) -> Figure:
    """Which classes are drawn as a run goes on: one stacked bar a moment, one colour a class, of
    many classes some.

    Args:
        panels: by the name that stands above, shares ``(moments, classes)``.
        steps: ``(moments,)``, at equal distances.
    """
    steps = vector(steps, "steps")
    kept, names, title = few_classes(class_names, title)
    figure = new_figure(title, MAX_WIDTH, max(3.0, 0.2 * len(kept)), alt=alt)  # the legend's
    all_axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    palette = colormaps["tab10" if len(kept) <= 10 else "tab20"]
    colours = [palette(k % palette.N) for k in range(len(kept))]
    width = float(steps[1] - steps[0]) if len(steps) > 1 else 1.0
    for axes, (name, shares) in zip(all_axes, panels.items(), strict=True):
        shares = np.asarray(shares, np.float64)
        if shares.shape != (len(steps), len(class_names)):
            raise ValueError(
                f"expected {name!r} of the shape {(len(steps), len(class_names))}, "
                f"got {shares.shape}"
            )
        shares = shares[:, kept]
        bases = np.cumsum(shares, axis=1) - shares
        for share, base, colour, label in zip(shares.T, bases.T, colours, names, strict=True):
            axes.bar(steps, share, width, base, color=colour, label=label)
        axes.set_title(name, fontsize=10)
        axes.set(xlabel="step", ylim=(0, 1))
        axes.margins(x=0)
        tidy(axes, grid="y")
    all_axes[0].set_ylabel("share of the class")
    all_axes[-1].legend(
        reverse=True, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8
    )
    return figure
