"""The figure of a training that goes on: samples beside the curves."""

import io
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from ganlib.images import tile
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

COLUMNS = 10


def progress_figure(
    history: Mapping[str, np.ndarray],
    samples: tuple[np.ndarray, np.ndarray],
    *,
    title: str,
    floor: float | None = None,
) -> Figure:
    """Samples beside losses, accuracies and, where the run is scored, the score, by epoch.

    Args:
        history: as a run's, or without any interval yet.
        floor: the score of real images, drawn as a dotted line.
    """
    figure = new_figure(title, MAX_WIDTH, 3.3, alt=title)  # the notebook shows words of its own
    figure.set_layout_engine("none")  # laying out takes longer than drawing
    for images, name, bottom in ((samples[0], "the same latents", 0.47),
                                 (samples[1], "new latents", 0.0)):  # fmt: skip
        axes = figure.add_axes((0.01, bottom, 0.46, 0.38), anchor="W")
        axes.imshow(tile(images, COLUMNS, gap=0).squeeze(), cmap="gray", vmin=0, vmax=255)
        axes.set_axis_off()
        axes.set_title(name, fontsize=9, pad=3, loc="left")
    panels = {
        "loss": {
            "generator": ("generator_loss", ORANGE),
            "discriminator": ("discriminator_loss", BLUE),
        },
        "accuracy of D": {"real": ("real_accuracy", REAL), "generated": ("fake_accuracy", FAKE)},
    }
    if "score" in history and np.isfinite(history["score"]).any():
        panels["score"] = {"moving average": ("score", BLUE)}
    height = 0.78 / len(panels)
    axes = None
    for row, (ylabel, lines) in enumerate(panels.items()):
        bottom = 0.91 - (row + 1) * height
        # One epoch in all panels: the score begins later than the losses.
        axes = figure.add_axes((0.55, bottom, 0.43, height - 0.08), sharex=axes)
        for (name, (key, colour)), dash in zip(lines.items(), ("-", "--"), strict=False):
            if key in history:
                _plot(axes, history["epoch"], history[key], dash, colour, name)
        if ylabel == "score" and floor is not None:
            axes.axhline(floor, color=GREY, linestyle=":", label=f"real images: {floor:.2f}")
        if ylabel == "accuracy of D":
            axes.set_ylim(-0.03, 1.03)
        axes.set_ylabel(ylabel, fontsize=9)
        tidy(axes)
        axes.tick_params(labelsize=8, labelbottom=row == len(panels) - 1)
        if axes.lines:
            axes.legend(frameon=False, fontsize=8, ncols=2, loc="lower right",
                        bbox_to_anchor=(1, 0.94), borderpad=0)  # fmt: skip
    axes.set_xlabel("epoch", fontsize=9, labelpad=1)
    return figure


def _plot(axes: Axes, epochs, values, dash: str, colour: str, name: str) -> None:
    measured = np.isfinite(values)
    few = measured.sum() <= 20
    axes.plot(epochs[measured], values[measured], dash, color=colour, label=name, linewidth=1.4,
              marker="o" if few else "", markersize=3)  # fmt: skip


def quick_png(figure: Figure) -> bytes:
    """The figure as PNG in half the time of ``savefig``, which draws all of it twice."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    buffer = io.BytesIO()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    picture.save(buffer, "png", compress_level=3)
    return buffer.getvalue()
