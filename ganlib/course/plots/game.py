"""Figures of a game between two players, from arrays alone: who sends what to whom, paths of two
numbers, and a GAN of one number."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ganlib.course.plots.toys import as_frame
from ganlib.plotting.animation import animation
from ganlib.plotting.curves import density_1d
from ganlib.plotting.figure import (
    BLUE,
    FAKE,
    GREY,
    MAX_WIDTH,
    ORANGE,
    REAL,
    Figure,
    new_figure,
    tidy,
)

Frame = Mapping[str, np.ndarray]
STYLES = ((BLUE, "-"), (ORANGE, "--"), (REAL, "-."), (FAKE, (0, (1, 1))), (GREY, ":"))
TOP = 1.2  # of a density: an untrained generator's single spike is cut off


def players(*, title: str, alt: str) -> Figure:
    """Latent, generator, discriminator and both kinds of image, with the way of the gradients."""
    figure = new_figure(title, MAX_WIDTH, 2.5, alt=alt)
    axes = figure.subplots()
    axes.set(xlim=(0, 10), ylim=(0.2, 3.7))
    axes.set_axis_off()
    boxes = {
        "latent z": (0.8, 2.3, GREY),
        "generator G": (3.0, 2.3, ORANGE),
        "image G(z)": (5.2, 2.3, FAKE),
        "real image x": (5.2, 0.9, REAL),
        "discriminator D": (7.5, 1.6, BLUE),
        "real or not?": (9.4, 1.6, GREY),
    }
    for name, (x, y, colour) in boxes.items():
        network = name.startswith(("gen", "dis"))
        box = {"boxstyle": "round,pad=0.5", "edgecolor": colour, "linewidth": 2 if network else 1}
        axes.text(x, y, name, ha="center", va="center", fontsize=10,
                  bbox=box | {"facecolor": "white"})  # fmt: skip
    solid = {"arrowstyle": "->", "color": "black", "linewidth": 1.3}
    for start, end in (
        ((1.3, 2.3), (2.2, 2.3)), ((3.8, 2.3), (4.5, 2.3)), ((5.9, 2.2), (6.7, 1.85)),
        ((6.0, 1.0), (6.7, 1.35)), ((8.35, 1.6), (8.75, 1.6)),
    ):  # fmt: skip
        axes.annotate("", end, start, arrowprops=solid)
    for start, end, colour, bend, words, (x, y) in (
        ((9.4, 1.9), (7.6, 1.95), ORANGE, 0.4, "", (0, 0)),
        ((7.3, 1.95), (3.0, 2.65), ORANGE, 0.25, "generator's gradient, through D", (5.6, 3.45)),
        ((9.4, 1.3), (7.5, 1.27), BLUE, -0.5, "discriminator's gradient", (8.5, 0.45)),
    ):
        dashed = {"arrowstyle": "->", "color": colour, "linewidth": 1.5, "linestyle": "--"}
        dashed["connectionstyle"] = f"arc3,rad={bend}"
        axes.annotate("", end, start, arrowprops=dashed)
        axes.text(x, y, words, ha="center", va="center", fontsize=9, color="black")
    return figure


def paths(
    routes: Mapping[str, np.ndarray], value: np.ndarray | None = None, *, title: str, alt: str
) -> Figure:
    """Paths of two numbers in the plane, each with its start and its direction, and beside them
    the game's value x y along each.

    Args:
        routes: (turns + 1, 2) points by name, up to five.
    """
    if not 1 <= len(routes) <= len(STYLES):
        raise ValueError(f"expected 1 to {len(STYLES)} paths, got {len(routes)}")
    figure = new_figure(title, MAX_WIDTH, 3.9, alt=alt)
    plane, values = figure.subplots(1, 2, width_ratios=(1, 1.3))
    for (name, route), (colour, dash) in zip(routes.items(), STYLES, strict=False):
        route = np.asarray(route, float)
        if route.ndim != 2 or route.shape[1] != 2 or len(route) < 2:
            raise ValueError(f"expected {name} of the shape (turns + 1, 2), got {route.shape}")
        plane.plot(*route.T, linestyle=dash, color=colour, linewidth=1.8)
        for k in np.linspace(0, len(route) - 2, 8).astype(int)[1:]:
            head = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.8, "mutation_scale": 13}
            plane.annotate("", route[k + 1], route[k], arrowprops=head)
        values.plot(route.prod(axis=1), linestyle=dash, color=colour, linewidth=1.8, label=name)
    plane.plot(*route[0], "o", color="black", markersize=6)
    plane.annotate("start", route[0], xytext=(-7, -14), textcoords="offset points", fontsize=9,
                   ha="right")  # fmt: skip
    plane.plot(0, 0, "*", color="black", markersize=11)
    plane.annotate("equilibrium", (0, 0), xytext=(0, 9), textcoords="offset points", fontsize=9,
                   ha="center")  # fmt: skip
    plane.set(xlabel="x (wants V small)", ylabel="y (wants V large)", aspect="equal")
    values.set(xlabel="turn", ylabel="V = x y")
    values.axhline(0, color=GREY, linewidth=0.8)
    for axes in (plane, values):
        tidy(axes)
    figure.legend(*values.get_legend_handles_labels(), loc="outside lower center", ncols=3,
                  frameon=False, fontsize=9)  # fmt: skip
    return figure


def stages(
    x: np.ndarray,
    data: np.ndarray,
    frames: Mapping[int, Frame],
    shown: Sequence[int],
    *,
    title: str,
    alt: str,
) -> Figure:
    """A GAN of one number at some rounds: both densities above, below them the discriminator and
    the optimal one.

    Args:
        x: (n,) where all of them are known.
        data: (n,) the density of the data.
        frames: by round, (n,) arrays "fake", "D" and "best D".
        shown: the rounds, a column each.
    """
    if missing := [number for number in shown if number not in frames]:
        raise ValueError(f"expected frames of the rounds {list(shown)}, without {missing}")
    figure = new_figure(title, MAX_WIDTH, 4.1, alt=alt)
    panels = figure.subplots(2, len(shown), sharex=True, sharey="row", squeeze=False)
    for (top, bottom), number in zip(panels.T, shown, strict=True):
        frame = frames[number]
        top.fill_between(x, data, color=REAL, alpha=0.3, label="data")
        top.plot(x, frame["fake"], color=FAKE, label="generator")
        top.set(title=f"round {number:,}", ylim=(0, TOP))
        bottom.plot(x, frame["D"], color=BLUE, label="discriminator")
        bottom.plot(x, frame["best D"], "--", color=GREY, label="optimal discriminator D*")
        bottom.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
        bottom.set(xlabel="x", ylim=(-0.03, 1.03))
    panels[0, 0].set_ylabel("density")
    panels[1, 0].set_ylabel("D(x)")
    handles = [each for row in panels[:, 0] for each in row.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
    for axes in panels.flat:
        tidy(axes)
    return figure


def film(x: np.ndarray, data: np.ndarray, frames: Mapping[int, Frame], *, title: str) -> bytes:
    """The same of all frames, one after the other: an animated GIF."""
    pictures = []
    for number, frame in frames.items():
        heading = f"{title}, round {number:,}"
        figure = density_1d(x, data, fake_density=frame["fake"], discriminator=frame["D"],
                            optimal=frame["best D"], title=heading, alt=heading)  # fmt: skip
        figure.axes[0].set_ylim(0, TOP)
        pictures.append(as_frame(figure))
    with tempfile.TemporaryDirectory() as folder:
        path = animation(pictures, Path(folder) / "film.gif", milliseconds=400, scale=1)
        return path.read_bytes()


def convergence(runs: Mapping[str, Mapping[int, Frame]], *, title: str, alt: str) -> Figure:
    """Divergence, and distance of the discriminator from the optimal one, a line a run.

    Args:
        runs: by name, frames by round with the numbers "divergence" and "gap".
    """
    panels = {
        quantity: {
            name: (list(frames), [frame[key] for frame in frames.values()])
            for name, frames in runs.items()
        }
        for quantity, key in (
            ("Jensen–Shannon\ndivergence", "divergence"),
            ("mean |D − D*|", "gap"),
        )
    }
    largest = {"Jensen–Shannon\ndivergence": ("largest possible", np.log(2))}
    return stacked(panels, levels=largest, xlabel="round", title=title, alt=alt)


def stacked(
    panels: Mapping[str, Mapping[str, tuple[np.ndarray, np.ndarray]]],
    *,
    title: str,
    alt: str,
    xlabel: str,
    log: Sequence[str] = (),
    levels: Mapping[str, tuple[str, float]] | None = None,
) -> Figure:
    """Quantities of different kinds over the same steps, a panel each.

    Args:
        panels: by the name of the quantity, up to five lines by name, each of (n,) steps and (n,)
            values.
        log: the quantities with a logarithmic axis.
        levels: by the quantity, the name and the value of a dotted line.
    """
    if not panels:
        raise ValueError("expected panels to hold at least one quantity, got 0")
    figure = new_figure(title, MAX_WIDTH, 1.9 * len(panels) + 0.4, alt=alt)
    column = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (quantity, lines) in zip(column, panels.items(), strict=True):
        for (name, (steps, values)), (colour, dash) in zip(lines.items(), STYLES, strict=False):
            marker = "o" if len(steps) <= 100 else ""
            axes.plot(steps, values, color=colour, linestyle=dash, marker=marker, markersize=3,
                      linewidth=1.8, label=name)  # fmt: skip
        if quantity in (levels or {}):
            name, level = levels[quantity]
            axes.axhline(level, color=GREY, linestyle=":", linewidth=1.5, label=name)
        axes.set_ylabel(quantity)
        axes.set_yscale("log" if quantity in log else "linear")
        _finish(axes)
    column[-1].set_xlabel(xlabel)
    return figure


def _finish(axes: Axes) -> None:
    axes.margins(x=0.01)
    tidy(axes)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=9)
