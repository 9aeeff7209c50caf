"""Figures of runs in the plane, several seeds of each, from arrays alone."""

from collections.abc import Mapping, Sequence

import numpy as np

from ganlib.plotting.figure import BLUE, FAKE, GREEN, GREY, ORANGE, Figure, new_figure, tidy

SHOWN = 800  # points of a panel: more hide each other
SIDE = 1.75  # inches
STYLES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, ":"), (GREY, "-."))


def points_grid(
    rows: Mapping[str, Sequence[tuple[str, np.ndarray]]],
    real: np.ndarray,
    *,
    extent: float,
    title: str,
    alt: str,
) -> Figure:
    """Generated points over the data, a row for each kind of run and a panel for each run.

    Args:
        rows: by heading, as many (caption, points (n, 2)) in each row.
        real: (m, 2) points of the data.
        extent: half the side of a panel.
    """
    lengths = {len(row) for row in rows.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"expected rows of as many panels each, got {sorted(lengths)}")
    (columns,) = lengths
    figure = new_figure(title, SIDE * columns + 1.3, (SIDE + 0.2) * len(rows) + 0.3, alt=alt)
    panels = figure.subplots(len(rows), columns, squeeze=False)
    for line, (heading, row) in zip(panels, rows.items(), strict=True):
        for axes, (caption, points) in zip(line, row, strict=True):
            points = np.asarray(points, float)
            if points.ndim != 2 or points.shape[1] != 2:
                raise ValueError(f"expected points (n, 2), got the shape {points.shape}")
            axes.scatter(*np.asarray(real).T, s=3, c=GREY, linewidth=0, alpha=0.5, label="data")
            axes.scatter(*points[:SHOWN].T, s=5, c=FAKE, linewidth=0, alpha=0.5, label="generated")
            axes.set(xlim=(-extent, extent), ylim=(-extent, extent), xticks=[], yticks=[])
            axes.set_aspect("equal")
            axes.set_title(caption, fontsize=8.5)
        line[0].set_ylabel(heading, fontsize=9, rotation=0, ha="right", va="center")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=9,
                  markerscale=2)  # fmt: skip
    return figure


def modes_over_steps(
    steps: Sequence[int],
    panels: Mapping[str, np.ndarray],
    *,
    modes: int,
    title: str,
    alt: str,
) -> Figure:
    """The number of modes found over a run, a panel for each setting and a line for each seed.

    Args:
        panels: by heading, (seeds, len(steps)), up to four seeds.
        modes: how many there are: a dotted line.
    """
    figure = new_figure(title, 9.0, 2.4, alt=alt)
    lines = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (heading, counts) in zip(lines, panels.items(), strict=True):
        counts = np.asarray(counts)
        if counts.ndim != 2 or counts.shape[1] != len(steps) or len(counts) > len(STYLES):
            raise ValueError(f"expected {heading!r} (seeds, {len(steps)}), got {counts.shape}")
        axes.axhline(modes, color=GREY, linewidth=0.8, linestyle=":")
        for seed, (count, (colour, dash)) in enumerate(zip(counts, STYLES, strict=False)):
            axes.plot(steps, count, dash, color=colour, linewidth=1.5, label=f"run {seed + 1}")
        axes.set_title(heading, fontsize=9.5)
        axes.set_xlabel("step")
        axes.set_ylim(-0.3, modes + 0.5)
        tidy(axes)
    lines[0].set_ylabel("modes found")
    figure.legend(*lines[0].get_legend_handles_labels(), loc="outside lower center", ncols=4,
                  frameon=False, fontsize=9)  # fmt: skip
    return figure
