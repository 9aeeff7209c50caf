"""Figures of the laboratory in the plane and of the Dirac-GAN, from arrays alone."""

import io
from collections.abc import Mapping

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from PIL import Image

from ganlib.plotting.figure import (
    BLUE,
    FAKE,
    GREEN,
    MAX_WIDTH,
    ORANGE,
    Figure,
    new_figure,
    tidy,
    vector,
)

COLUMNS = 4
ARROWS = 50  # more than that hide each other
POINTS = 600  # of the samples: the same
LONGEST = 0.2  # of the half side of a panel: the length of an arrow at the 90th percentile
LEVELS = 8
FIELD, OPACITY = "PRGn", 0.75  # purple to green
STREAMS = "#BBBBBB"  # of a vector field

Panel = tuple[np.ndarray, np.ndarray, np.ndarray]


def moments(
    panels: Mapping[str, Panel], real: np.ndarray, *, extent: float, title: str, alt: str
) -> Figure:
    """A toy GAN at several moments: the discriminator's field, data, samples, and the push on them.

    Each panel has a colour scale of its own, around the field's median, and arrows of its own
    scale: the field grows a hundredfold in a run, and what counts is its shape.

    Args:
        panels: by heading, samples (n, 2), the push on each of them (n, 2), and the logits (s, s)
            on a square lattice that reaches to ``extent`` on all sides, lowest y first.
        real: (m, 2) points of the data.
    """
    if not panels:
        raise ValueError("expected panels to hold at least one moment, got 0")
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    side = min(3.4, MAX_WIDTH / columns)
    figure = new_figure(title, side * columns, rows * (side + 0.5) + 0.3, alt=alt)
    figure.get_layout_engine().set(h_pad=0.08)  # between the title and the headings
    for place, (heading, panel) in enumerate(panels.items()):
        axes = figure.add_subplot(rows, columns, place + 1)
        draw_moment(axes, *panel, real, extent)
        axes.set_title(heading, fontsize=9)
    handles, labels = axes.get_legend_handles_labels()
    across = len(labels) if columns == COLUMNS else 2  # what finds room below the panels
    figure.legend(
        handles, labels, loc="outside lower center", ncols=across, frameon=False, fontsize=9
    )
    return figure


def draw_moment(
    axes: Axes,
    samples: np.ndarray,
    push: np.ndarray,
    field: np.ndarray,
    real: np.ndarray,
    extent: float,
) -> None:
    """One panel of ``moments``."""
    samples, push, field, real = (np.asarray(a, float) for a in (samples, push, field, real))
    for name, points in (("samples", samples), ("push", push), ("real", real)):
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"expected {name} (n, 2), got the shape {points.shape}")
    if samples.shape != push.shape or field.ndim != 2 or field.shape[0] != field.shape[1]:
        raise ValueError(
            "expected as many pushes as samples and a square field, "
            f"got {samples.shape}, {push.shape} and {field.shape}"
        )
    line = np.linspace(-extent, extent, len(field))
    relative = field - np.median(field)
    scale = np.percentile(np.abs(relative), 95) or 1.0
    axes.contourf(
        line, line, np.clip(relative / scale, -1, 1), np.linspace(-1, 1, LEVELS + 1), cmap=FIELD,
        alpha=OPACITY,
    )  # fmt: skip
    axes.scatter(*real.T, s=3, c="black", linewidth=0, alpha=0.5, label="data")
    axes.scatter(
        *samples[:POINTS].T, s=6, c=FAKE, linewidth=0, alpha=0.7, zorder=3,
        label="generated, and the force on some",
    )  # fmt: skip
    length = np.percentile(np.linalg.norm(push, axis=1), 90) or 1.0
    shown = slice(0, ARROWS)
    axes.quiver(
        *samples[shown].T, *(push[shown] * LONGEST * extent / length).T, angles="xy",
        scale_units="xy", scale=1, width=0.006, color="black",
        zorder=2,  # below the points: the arrows of a lump would hide it
    )  # fmt: skip
    for label, place in (("judged more real", 0.9), ("judged more generated", 0.1)):
        axes.fill([], [], color=colormaps[FIELD](place), alpha=OPACITY, label=label)
    axes.set(xlim=(-extent, extent), ylim=(-extent, extent), xticks=[], yticks=[])
    axes.set_aspect("equal")


def as_frame(figure: Figure) -> np.ndarray:
    """The figure's pixels as a batch of one, uint8 (1, H, W, 3), for ``plotting.animation``: only
    as many as the page shows, since an animation is large."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=figure.dpi)
    return np.asarray(Image.open(buffer).convert("RGB"))[None]


def phase_portraits(
    panels: Mapping[str, tuple[np.ndarray, np.ndarray, Mapping[str, np.ndarray]]],
    line: np.ndarray,
    *,
    title: str,
    alt: str,
) -> Figure:
    """Vector fields of two numbers with paths on them, a panel a game.

    Args:
        panels: by heading, the velocities of theta and of psi, each (n, n) with psi's rows and
            theta's columns at ``line``, and paths (steps + 1, 2) of (theta, psi) by name.
        line: (n,) increasing, evenly spaced.
    """
    if not panels:
        raise ValueError("expected panels to hold at least one game, got 0")
    line = vector(line, "line")
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    side = 2.4
    figure = new_figure(title, side * columns + 0.5, rows * (side + 0.1) + 0.6, alt=alt)
    for place, (heading, (theta_speed, psi_speed, paths)) in enumerate(panels.items()):
        axes = figure.add_subplot(rows, columns, place + 1)
        for speed in (theta_speed, psi_speed):
            if np.shape(speed) != (len(line), len(line)):
                raise ValueError(f"expected velocities on the lattice, got {np.shape(speed)}")
        streams = axes.streamplot(
            line, line, theta_speed, psi_speed, color=STREAMS, linewidth=0.7, arrowsize=0.7,
            density=0.6,
        )  # fmt: skip
        streams.lines.set_antialiased(False)  # a third less to store in a notebook
        for (name, path), colour, width in zip(
            paths.items(), (ORANGE, BLUE, GREEN), (2.4, 1.2, 0.6), strict=False
        ):  # a wide line shows on both sides of a narrow one that lies on it
            axes.plot(*np.asarray(path).T, color=colour, linewidth=width, label=name)
            axes.plot(*path[-1], "s", color=colour, markersize=3 + 2 * width)
        for path in list(paths.values())[:1]:
            axes.plot(*path[0], "o", color="black", markersize=5, label="start")
        axes.plot([], [], "s", color="black", markersize=5, label="end")
        axes.plot([], [], color=STREAMS, linewidth=1, label="the field v")
        axes.plot(0, 0, "+", color="black", markersize=9, label="equilibrium")
        axes.set_title(heading, fontsize=9)
        axes.set(xlim=(line[0], line[-1]), ylim=(line[0], line[-1]))
        axes.set_aspect("equal")
        if place // columns == rows - 1:
            axes.set_xlabel("θ, the generated point")
        if place % columns == 0:
            axes.set_ylabel("ψ, the discriminator's slope")
        tidy(axes)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure
