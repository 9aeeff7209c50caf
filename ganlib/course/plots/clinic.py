"""Figures of the clinic: pure functions of arrays."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from ganlib.images import tile
from ganlib.plotting.figure import (
    BLUE,
    DPI,
    GREY,
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

TILES, GAP = 600, 2  # screen pixels of the pictures' width; image pixels between two
HEADING, SAID, PANEL, ROW = 18, 44, 104, 34  # screen pixels, of which ROW for a row's name
PALE = "#B0B0B0"


def case(
    images: np.ndarray,
    class_names: Sequence[str],
    steps: np.ndarray,
    curves: Mapping[str, np.ndarray],
    healthy: Mapping[str, Sequence[np.ndarray]],
    scores: Mapping[str, tuple[float, float]],
    *,
    rows: Sequence[str] = (),
    title: str,
    alt: str,
) -> Figure:
    """One run: its images, two of its curves before those of healthy runs, and its scores.

    Args:
        images: ``(rows * columns, H, W, C)``, a column for each class.
        class_names: one for each column.
        steps: ``(n,)``, common to all curves.
        curves: two, by what is measured, ``(n,)``.
        healthy: by the same names, those of each healthy run; drawn in grey.
        scores: by name, that of this run and that of the healthy ones.
        rows: what stands beside each row of images, where they are not all alike: a few digits.

    Raises:
        ValueError: curves that do not fit, or images that fill no rows.
    """
    columns = len(class_names)
    if len(images) % columns:
        raise ValueError(f"{len(images)} images do not fill rows of {columns}")
    if len(curves) != 2 or list(curves) != list(healthy):
        raise ValueError(f"expected two curves, healthy ones too: {list(curves)}, {list(healthy)}")
    picture = tile(images, columns, gap=GAP)
    zoom = min(2.0, TILES / picture.shape[1])
    high, wide = (round(zoom * side) for side in picture.shape[:2])
    margin = ROW if rows else 0
    zoom_of_row = high / (len(images) // columns)
    room = max(high + SAID + HEADING, 2 * PANEL + 74)
    figure = new_canvas(title, round(MAX_WIDTH * DPI), room + 26, alt=alt)
    bottom = room - HEADING - high
    axes = pixel_axes(figure, margin, bottom, wide, high)
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, aspect="auto", interpolation="nearest")
    axes.set_axis_off()
    _, names, _ = few_classes(class_names, "")
    for place, name in enumerate(names):
        middle = (place + 0.5) / columns
        axes.text(
            middle, 1 + 4 / high, name, transform=axes.transAxes, ha="center", va="bottom",
            fontsize=8,
        )  # fmt: skip
    for place, name in enumerate(rows):
        axes.text(
            -6 / wide, 1 - (place + 0.5) * zoom_of_row / high, name, transform=axes.transAxes,
            ha="right", va="center", fontsize=8,
        )  # fmt: skip
    pairs = [f"{name} {own:.3g} ({theirs:.3g})" for name, (own, theirs) in scores.items()]
    said = "     ".join(pairs)
    axes.text(
        0, -8 / high, f"{said}\nin brackets: mean of the healthy runs", transform=axes.transAxes,
        va="top", fontsize=9, linespacing=1.6,
    )  # fmt: skip
    _draw_curves(figure, vector(steps, "steps"), curves, healthy, margin, room)
    return figure


def _draw_curves(
    figure: Figure, steps, curves: Mapping, healthy: Mapping, margin: int, room: int
) -> None:
    left = TILES + margin + 54
    width = round(MAX_WIDTH * DPI) - left - 20
    for place, (what, line) in enumerate(curves.items()):
        bottom = room - (place + 1) * (PANEL + 22) + 6
        axes = pixel_axes(figure, left, bottom, width, PANEL)
        for number, each in enumerate(healthy[what]):
            label = "healthy" if number == 0 else None
            axes.plot(steps, vector(each, what, len(steps)), color=PALE, linewidth=1.3, label=label)
        axes.plot(
            steps, vector(line, what, len(steps)), color=VERMILION, linewidth=2, label="this run"
        )
        axes.set_title(what, fontsize=9, loc="left", pad=4)
        axes.margins(x=0.02)
        axes.set_ylim(*_limits([line, *healthy[what]]))
        tidy(axes)
        axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        axes.tick_params(labelsize=8)
        if place == 0:
            axes.tick_params(labelbottom=False)
            axes.legend(  # above the panel's title, where no line runs
                fontsize=8, frameon=False, ncol=2, loc="lower right", handlelength=1.2,
                borderpad=0, borderaxespad=0, bbox_to_anchor=(1, 1 + 20 / PANEL),
            )  # fmt: skip
        else:
            axes.set_xlabel("step", fontsize=8.5, labelpad=1)


def _limits(lines: Sequence[np.ndarray]) -> tuple[float, float]:
    """Of the vertical axis: without the first value, which may be a hundred times the others."""
    values = np.concatenate([np.asarray(line, float)[1:] for line in lines])
    values = values[np.isfinite(values)]
    least, most = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    room = 0.12 * (most - least) or 0.05
    return least - room, most + room


def losses_and_distance(
    losses: Mapping[str, np.ndarray], distances: np.ndarray, said: Mapping[str, str], *, title: str,
    alt: str,
) -> Figure:  # fmt: skip
    """Each run as a point: a late loss across, the Fréchet distance up.

    Args:
        losses: by its name, ``(runs,)``; one panel each.
        distances: ``(runs,)``.
        said: by the same names, what stands above each panel.
    """
    distances = vector(distances, "distances")
    figure = new_figure(title, MAX_WIDTH, 3.3, alt=alt)
    for axes, (what, values) in zip(
        np.atleast_1d(figure.subplots(1, len(losses), sharey=True)), losses.items(), strict=True
    ):
        axes.scatter(vector(values, what, len(distances)), distances, s=26, color=BLUE, alpha=0.8)
        axes.set_xlabel(what, fontsize=9.5)
        axes.set_title(said[what], fontsize=9.5, color=GREY)
        axes.margins(0.08)
        tidy(axes)
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel("Fréchet distance (lower is better)", fontsize=9.5)
    return figure
