"""Figures of the repairs: the same game with and without a change, seed by seed."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ganlib.plotting.figure import BLUE, FAKE, GREEN, MAX_WIDTH, ORANGE, Figure, new_figure, tidy

POINTS = 800  # of the samples: more hide each other
SIDE = 1.75  # inches of a panel of points
NAMES = {
    "modes": "modes found",
    "good": "share of good points",
    "slope": "slope of D at the data",
}
SLOPES = (1e-2, 1e3)  # from the lowest to the highest that is drawn
STYLES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, ":"))  # of the seeds' lines


class Seed(Protocol):
    """What is drawn of a run: ``steps``, ``modes``, ``good``, ``slope`` (looks,), ``samples``
    (looks, n, 2), and, of the moving average, ``averages``, ``average_modes``, ``average_good``."""

    steps: np.ndarray
    samples: np.ndarray
    averages: np.ndarray
    modes: np.ndarray
    good: np.ndarray
    average_modes: np.ndarray
    average_good: np.ndarray
    slope: np.ndarray


def before_after(
    rows: Mapping[str, Sequence[Seed]],
    real: np.ndarray,
    *,
    extent: float,
    modes: int,
    title: str,
    alt: str,
    averaged: Sequence[str] = (),
    score: str = "modes",
) -> Figure:
    """A row for each game: the generated points at the end, a panel a seed, over the data; on the
    right a score over the steps, a line a seed.

    Args:
        rows: by the name of the game, the run of each seed; as many seeds in every row.
        real: (m, 2) points of the data.
        extent: half the side of a panel.
        modes: how many there are to find.
        averaged: the rows that show the moving average of the generator.
        score: "modes", how many are found; "good", the share of good points; or "slope", the mean
            slope of the discriminator at the data, on a logarithmic axis.
    """
    counts = {len(seeds) for seeds in rows.values()}
    if len(counts) != 1 or 0 in counts:
        raise ValueError(f"expected as many seeds in every row, got {sorted(counts)}")
    (count,) = counts
    width = min(SIDE, 0.68 * MAX_WIDTH / count)
    figure = new_figure(title, MAX_WIDTH, len(rows) * (width + 0.32) + 0.55, alt=alt)
    places = figure.add_gridspec(
        len(rows), count + 1, width_ratios=[width] * count + [MAX_WIDTH - count * width - 0.5]
    )
    for row, (name, seeds) in enumerate(rows.items()):
        curve = figure.add_subplot(places[row, count])
        for column, seed in enumerate(seeds):
            points, found, good = _drawn(seed, name in averaged)
            axes = figure.add_subplot(places[row, column])
            _points(axes, points[-1], real, extent)
            colour, dash = STYLES[column % len(STYLES)]
            title_of = f"{found[-1]} of {modes} modes, {good[-1]:.0%} good"
            axes.set_title(title_of, fontsize=8.5, color=colour)  # that of its line
            if column == 0:
                axes.set_ylabel(name, fontsize=9.5)
            values = {"modes": found, "good": good, "slope": seed.slope}[score]
            curve.plot(seed.steps, values, dash, color=colour, label=f"run {column + 1}")
        curve.set(xlim=(0, seeds[0].steps[-1]), ylabel=NAMES[score])
        if score == "slope":
            curve.set(yscale="log", ylim=SLOPES)
        else:
            top = modes if score == "modes" else 1
            curve.set(ylim=(-0.04 * top, 1.08 * top))
        if row == len(rows) - 1:
            curve.set_xlabel("training step")
        curve.xaxis.set_major_locator(MaxNLocator(4))
        curve.tick_params(labelsize=8)
        tidy(curve)
    handles, labels = curve.get_legend_handles_labels()
    for each in axes.get_legend_handles_labels()[0][::-1]:
        handles.insert(0, each)
        labels.insert(0, each.get_label())
    legend = figure.legend(
        handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize=9,
        markerscale=2,
    )  # fmt: skip
    for handle in legend.legend_handles:
        handle.set_alpha(1)  # the points themselves are pale where they lie alone
    return figure


def _drawn(seed: Seed, averaged: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if averaged:
        return seed.averages, seed.average_modes, seed.average_good
    return seed.samples, seed.modes, seed.good


def _points(axes: Axes, points: np.ndarray, real: np.ndarray, extent: float) -> None:
    for name, each in (("points", points), ("real", real)):
        if np.ndim(each) != 2 or np.shape(each)[1] != 2:
            raise ValueError(f"expected {name} (n, 2), got the shape {np.shape(each)}")
    axes.scatter(*np.asarray(real).T, s=5, c="#BBBBBB", linewidth=0, label="data")
    axes.scatter(
        *np.asarray(points)[:POINTS].T, s=4, c=FAKE, linewidth=0, alpha=0.6, zorder=3,
        label="generated",
    )  # fmt: skip
    axes.set(xlim=(-extent, extent), ylim=(-extent, extent), xticks=[], yticks=[])
    axes.set_aspect("equal")
