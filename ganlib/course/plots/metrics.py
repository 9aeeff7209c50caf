"""Figures for the notebook on metrics: pure functions of arrays that return a matplotlib Figure."""

import html
from collections.abc import Mapping, Sequence

import numpy as np
from IPython.display import HTML
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from ganlib.errors import SettingsError, check_name
from ganlib.plotting.figure import BLUE, GREY, MAX_WIDTH, ORANGE, VERMILION, new_figure, tidy

ALARM = "#F6C9A8"
COLUMNS = 3
PANEL = 2.7  # inches


def clouds(
    panels: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    title: str,
    alt: str,
    ellipses: bool = False,
    names: tuple[str, str] = ("real", "generated"),
) -> Figure:
    """Real and generated points in the plane, a panel a generator.

    Args:
        panels: by its heading, real points ``(N, 2)`` and generated ones ``(M, 2)``.
        ellipses: draw mean and covariance of both as an ellipse at two standard deviations.
        names: what the first and the second points of each panel are.
    """
    if not panels:
        raise SettingsError(f"clouds: panels={panels!r}: it must hold at least one.")
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(title, PANEL * columns + 0.3, PANEL * rows + 0.5, alt=alt)
    figure.get_layout_engine().set(h_pad=0.1)  # between the headings and the ticks above them
    everything = np.concatenate([np.concatenate(pair) for pair in panels.values()])
    low, high = everything.min(axis=0), everything.max(axis=0)
    margin = 0.05 * (high - low)
    for place, (heading, (real, fake)) in enumerate(panels.items()):
        axes = figure.add_subplot(rows, columns, place + 1)
        # Rings with dots on them: where one hides the other, both can still be told.
        axes.scatter(
            *real.T, s=26, facecolors="none", edgecolors=BLUE, linewidths=0.7, label=names[0]
        )
        axes.scatter(*fake.T, s=5, c=ORANGE, linewidths=0, label=names[1])
        if ellipses:
            axes.add_patch(_ellipse(real, BLUE))
            axes.add_patch(_ellipse(fake, ORANGE))
        axes.set_title(heading, fontsize=9)
        axes.set(
            xlim=(low[0] - margin[0], high[0] + margin[0]),
            ylim=(low[1] - margin[1], high[1] + margin[1]),
        )
        axes.set_aspect("equal")
        tidy(axes)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def _ellipse(points: np.ndarray, colour: str) -> Ellipse:
    variances, directions = np.linalg.eigh(np.cov(points.T))
    angle = np.degrees(np.arctan2(directions[1, 1], directions[0, 1]))
    short, long = 4 * np.sqrt(variances.clip(0))  # two standard deviations to either side
    return Ellipse(
        points.mean(axis=0), long, short, angle=angle, fill=False, color=colour, linewidth=2
    )


# One look for each side, wherever both are in a picture.
LOOKS = {
    "real": {"color": BLUE, "marker": "o", "s": 14},
    "generated": {"color": ORANGE, "marker": "x", "s": 28},
}


def balls(
    centres: np.ndarray,
    radii: np.ndarray,
    points: np.ndarray,
    *,
    of: str,
    title: str,
    alt: str,
) -> Figure:
    """A ball around each centre ``(N, 2)`` of radius ``(N,)``, and points ``(M, 2)``, those outside
    every ball in a ring. ``of``: whose the balls are, "real" or "generated"; the points are the
    other ones. Real ones are blue dots and generated ones orange crosses in both cases."""
    check_name(of, tuple(LOOKS), what="of")
    figure = new_figure(title, 5.6, 4.6, alt=alt)
    axes = figure.subplots()
    colour = LOOKS[of]["color"]
    axes.add_collection(
        EllipseCollection(
            2 * radii, 2 * radii, np.zeros(len(radii)), units="xy", offsets=centres,
            offset_transform=axes.transData, facecolor=colour, edgecolor=colour, alpha=0.13,
        )
    )  # fmt: skip
    for name, look in LOOKS.items():
        axes.scatter(*(centres if name == of else points).T, label=name, **look)
    outside = points[~inside_any(centres, radii, points)]
    if len(outside):
        axes.scatter(
            *outside.T, s=70, facecolors="none", edgecolors=VERMILION, label="outside every ball"
        )
    # Room for whole balls: matplotlib looks at the points alone.
    axes.update_datalim(np.concatenate([centres - radii[:, None], centres + radii[:, None]]))
    axes.autoscale_view()
    axes.set_aspect("equal", adjustable="datalim")
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    tidy(axes)
    return figure


def inside_any(centres: np.ndarray, radii: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Whether each point ``(M, d)`` lies strictly inside a ball around any centre ``(N, d)``."""
    distances = np.linalg.norm(points[:, None] - centres, axis=-1)
    return (distances < radii).any(axis=1)


def against_count(
    counts: Sequence[int], panels: Mapping[str, Mapping[str, np.ndarray]], *, title: str, alt: str
) -> Figure:
    """Scores against the number of samples, a panel a score.

    Args:
        counts: numbers of samples, ``(C,)``.
        panels: by score, series by name; each ``(draws, C)``, drawn as mean and standard deviation.
    """
    figure = new_figure(title, MAX_WIDTH, 3.3, alt=alt)
    for axes, (score, series) in zip(
        np.atleast_1d(figure.subplots(1, len(panels))), panels.items(), strict=True
    ):
        for (name, values), colour, dash in zip(
            series.items(), (BLUE, ORANGE, VERMILION), ("-", "--", ":"), strict=False
        ):
            values = np.asarray(values)
            if values.ndim != 2 or values.shape[1] != len(counts):
                raise SettingsError(
                    f"{name}: {values.shape} does not fit (draws, {len(counts)} counts)."
                )
            mean, spread = values.mean(axis=0), values.std(axis=0)
            axes.plot(counts, mean, dash, color=colour, marker="o", markersize=4, label=name)
            axes.fill_between(counts, mean - spread, mean + spread, color=colour, alpha=0.2)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set(xscale="log", xlabel="number of samples", ylabel=score)
        axes.set_xticks(counts, [f"{count:,}" for count in counts])
        axes.minorticks_off()
        if len(series) > 1:
            axes.legend(frameon=False, fontsize=8)
        tidy(axes)
    return figure


def score_table(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    alarms: np.ndarray,
) -> HTML:
    """A table of scores; where ``alarms`` ``(rows, columns)`` is true the cell is marked by colour
    and by an exclamation mark, so that the marks can be told without the colour.

    Raises:
        SettingsError: rows, columns, cells and alarms do not fit together.
    """
    alarms = np.asarray(alarms, bool)
    widths = [len(line) for line in cells]
    if alarms.shape != (len(rows), len(columns)) or widths != [len(columns)] * len(rows):
        raise SettingsError(
            f"score_table: {len(rows)} rows and {len(columns)} columns do not fit {len(cells)} "
            f"lines of cells, {widths} wide, and alarms of shape {alarms.shape}."
        )
    head = "".join(f"<th>{html.escape(name)}</th>" for name in ("", *columns))
    body = ""
    for row, line, flags in zip(rows, cells, alarms, strict=True):
        body += f"<tr><th style='text-align: left'>{html.escape(row)}</th>"
        for text, alarm in zip(line, flags, strict=True):
            style, mark = (
                (f" style='background: {ALARM}; color: black'", " !") if alarm else ("", "")
            )
            body += f"<td{style}>{html.escape(text)}{mark}</td>"
        body += "</tr>"
    return HTML(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
