"""What is shown while a run trains: lines of text, and in a notebook one figure that refreshes."""

import os
import sys
import time
from datetime import timedelta

import numpy as np

from ganlib.figures import BLUE, MAX_WIDTH, ORANGE, Figure, new_figure, tidy
from ganlib.plotting import FAKE, REAL
from ganlib.tiles import tile

# Drawing the figure takes about 0.2 s: at this spacing it costs under 2 % of the time.
SECONDS_BETWEEN_FIGURES = 12.0
SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Tells how a run goes. ``live``: refresh a figure; None for yes in a notebook only."""

    def __init__(self, settings: dict, total_steps: int, live: bool | None) -> None:
        self.settings, self.total_steps = settings, total_steps
        self.live = in_notebook() if live is None else live
        self.display = None
        self.told_at = self.drawn_at = -np.inf

    def say(self, text: str) -> None:
        """One line, at once."""
        print(text, flush=True)

    def begin(self, step: int, epoch_steps: int, left_over: int) -> None:
        """Says what is trained on what, and which images an epoch leaves out."""
        recipe, data = self.settings["recipe"], self.settings["dataset"]
        self.epoch_steps = epoch_steps
        self.first_step, self.started_at = step, time.monotonic()
        self.compiled = False
        self.say(
            f"Training {recipe['name']} on {data['images']:,} images of {data['title']}: "
            f"{recipe['epochs']} epochs of {epoch_steps:,} steps, "
            f"{recipe['batch_size']} images each."
        )
        if left_over:
            self.say(f"The last {left_over} images of each shuffled epoch fill no batch: left out.")
        if step:
            self.say(f"Going on from step {step:,}.")

    def report(self, history: dict[str, np.ndarray], images: np.ndarray) -> None:
        """A line and a fresh figure, where the last ones are old enough."""
        now = time.monotonic()
        finished = history["step"][-1] >= self.total_steps
        if now - self.told_at >= SECONDS_BETWEEN_LINES or finished:
            self.told_at = now
            self.say(self._line(history))
        if self.live and (now - self.drawn_at >= SECONDS_BETWEEN_FIGURES or finished):
            self._draw(history, images)
            self.drawn_at = time.monotonic()
        if not self.compiled:  # the first interval's time was mostly the compiler's
            self.compiled = True
            self.first_step, self.started_at = int(history["step"][-1]), time.monotonic()

    def _line(self, history: dict[str, np.ndarray]) -> str:
        step = int(history["step"][-1])
        per_step = (time.monotonic() - self.started_at) / (step - self.first_step)
        speed = self.settings["recipe"]["batch_size"] / per_step
        left = timedelta(seconds=round((self.total_steps - step) * per_step))
        last = {name: values[-1] for name, values in history.items()}
        return (
            f"epoch {last['epoch']:6.2f} of {self.settings['recipe']['epochs']}   "
            f"{speed:7,.0f} images/s   {left} left   "
            f"loss G {last['generator_loss']:.3f} D {last['discriminator_loss']:.3f}   "
            f"D recognises {last['real_accuracy']:.0%} of real, {last['fake_accuracy']:.0%} of fake"
        )

    def _draw(self, history: dict[str, np.ndarray], images: np.ndarray) -> None:
        from IPython.display import display

        name, data = self.settings["recipe"]["name"], self.settings["dataset"]["title"]
        speed = self._line(history).split("   loss")[0].strip()
        figure = progress_figure(history, images, title=f"{name} on {data}: {speed}")
        if self.display is None:
            self.display = display(figure, display_id=True)
        else:
            self.display.update(figure)


def progress_figure(history: dict[str, np.ndarray], images: np.ndarray, *, title: str) -> Figure:
    """The fixed latents' images ``(100, H, W, C)`` beside losses and accuracies by epoch."""
    figure = new_figure(title, MAX_WIDTH, 3.9)
    grid, curves = figure.subplots(1, 2, width_ratios=(1, 1.1))
    picture = tile(images, 10, gap=0)
    grid.imshow(picture.squeeze(), cmap="gray", interpolation="nearest")
    grid.set_axis_off()
    curves.set_axis_off()
    losses = curves.inset_axes((0.12, 0.58, 0.86, 0.4))
    shares = curves.inset_axes((0.12, 0.08, 0.86, 0.4))
    for axes, names, colours, ylabel in (
        (losses, ("generator_loss", "discriminator_loss"), (ORANGE, BLUE), "loss"),
        (shares, ("real_accuracy", "fake_accuracy"), (REAL, FAKE), "D is right on"),
    ):
        for name, colour, dash in zip(names, colours, ("-", "--"), strict=True):
            axes.plot(history["epoch"], history[name], dash, color=colour,
                      label=name.split("_")[0])  # fmt: skip
        axes.set_ylabel(ylabel)
        axes.legend(frameon=False, fontsize=8, ncols=2)
        tidy(axes)
    shares.set_ylim(-0.03, 1.03)
    shares.set_xlabel("epoch")
    return figure


def in_notebook() -> bool:
    """Whether outputs go to a Jupyter kernel, which can refresh a figure in place."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel") and not os.environ.get("GANLIB_NO_LIVE")
