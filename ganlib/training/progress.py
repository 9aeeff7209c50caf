"""What is shown while a run trains: one picture that refreshes in place before a reader, and
elsewhere a line an epoch and a figure at the end."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ganlib.live import Budget, in_kernel, is_watched

if TYPE_CHECKING:
    from ganlib.plotting.figure import Figure

# Together under 2 % of the time. A figure takes about 0.1 s, so that it comes every 6 seconds.
FIGURES_SHARE, TEXTS_SHARE = 0.016, 0.003


class Samples(NamedTuple):
    """Images ``(N, H, W, C)`` in [-1, 1], ten a row: of latents that stay, and of new ones."""

    fixed: np.ndarray
    fresh: np.ndarray


class Progress:
    """Tells how a run goes. ``live``: refresh a picture; None for where a reader sits before it,
    and elsewhere in a notebook for a picture at the end; False for lines alone.

    ``floor``: what real images get as the score, where the run is scored and this is known.
    """

    def __init__(
        self, settings: dict, total_steps: int, live: bool | None, floor: float | None = None
    ) -> None:
        self.settings, self.total_steps, self.floor = settings, total_steps, floor
        self.live = is_watched() if live is None else live and in_kernel()
        self.ends_in_a_figure = live is not False and in_kernel()
        self.picture = None
        self.figures, self.texts = Budget(FIGURES_SHARE), Budget(TEXTS_SHARE)

    def say(self, text: str) -> None:
        """One line, at once."""
        print(text, flush=True)

    def begin(self, step: int, epoch_steps: int, images_per_step: int, left_over: int) -> None:
        """Says what is trained on what, and which images an epoch leaves out."""
        recipe, data = self.settings["recipe"], self.settings["dataset"]
        self.epoch_steps, self.images_per_step = epoch_steps, images_per_step
        self.epochs_told = step // epoch_steps
        self.first_step = self.last_step = step
        self.started_at = monotonic()
        self.compiled = False
        self.say(
            f"Training {recipe['name']} on {data['images']:,} images of {data['title']}: "
            f"{recipe['epochs']} epochs of {epoch_steps:,} steps, "
            f"{images_per_step} images each."
        )
        if left_over:
            self.say(f"The last {left_over} images of each shuffled epoch fill no batch: left out.")
        if step:
            self.say(f"Going on from step {step:,}.")

    def wait(self, history: dict[str, np.ndarray], samples: Callable[[], Samples]) -> None:
        """The picture before the first step: what there is, while the step is compiled."""
        if self.live:
            self._open()
            text = "The training step is compiled first, which takes some ten seconds."
            self.picture.tell(text, self.last_step / self.total_steps)
            with self.figures.spending():
                self._draw(history, samples, text)

    def report(self, history: dict[str, np.ndarray], samples: Callable[[], Samples]) -> None:
        """After each interval: whatever of line and picture is due.

        ``samples`` makes the images of a figure; it is called for one that is drawn only.
        """
        now, step = monotonic(), int(history["step"][-1])
        if not self.compiled:  # the first interval's time was mostly the compiler's
            line = self._line(history, None)
            self.compiled, self.first_step, self.started_at = True, step, now
        else:
            line = self._line(history, (now - self.started_at) / (step - self.first_step))
        self.last_step, self.last_line = step, line
        if self.live:
            if self.texts.is_due():
                with self.texts.spending():
                    self.picture.tell(line, step / self.total_steps)
            if self.figures.is_due():
                with self.figures.spending():
                    self._draw(history, samples, line)
        elif step // self.epoch_steps > self.epochs_told or step >= self.total_steps:
            self.epochs_told = step // self.epoch_steps
            self.say(line)

    def finish(self, history: dict[str, np.ndarray], samples: Callable[[], Samples]) -> None:
        """The last figure, of a run that ended, was interrupted, or had been trained before."""
        if not self.ends_in_a_figure:
            return  # the run folder holds what it would show
        step = int(history["step"][-1]) if "step" in history else 0
        text = f"{step:,} of {self.total_steps:,} steps"
        if step >= self.total_steps:
            text = f"finished: {text}, {_time(history['seconds'][-1])}"
        else:
            text = f"stopped at {text}"
        if self.live:
            self._open()
            self.picture.tell(text, step / self.total_steps)
            self._draw(history, samples, text)
        else:
            from IPython.display import display

            display(self._figure(history, samples, text))

    def close(self) -> None:
        """Leaves a static picture, whatever happened."""
        if self.picture:
            self.picture.freeze()

    def _open(self) -> None:
        if self.picture is None:
            from ganlib.training.display import LivePicture  # widgets are for notebooks only

            self.picture = LivePicture()

    def _line(self, history: dict[str, np.ndarray], seconds_per_step: float | None) -> str:
        last = {name: values[-1] for name, values in history.items()}
        speed = "compiled   "
        if seconds_per_step:
            left = (self.total_steps - last["step"]) * seconds_per_step
            speed = f"{self.images_per_step / seconds_per_step:7,.0f} images/s   {_time(left)} left"
        scores = history.get("score", np.array([]))
        scores = scores[np.isfinite(scores)]
        floor = "" if self.floor is None else f" (real images: {self.floor:.2f})"
        score = f"   score {scores[-1]:.2f}{floor}" if len(scores) else ""
        return (
            f"epoch {last['epoch']:.2f} of {self.settings['recipe']['epochs']}   {speed}   "
            f"loss G {last['generator_loss']:.3f} D {last['discriminator_loss']:.3f}   "
            f"D recognises {last['real_accuracy']:.0%} of real, {last['fake_accuracy']:.0%} of fake"
            f"{score}"
        )

    def _draw(self, history, samples: Callable[[], Samples], text: str) -> None:
        from ganlib.plotting.progress import quick_png

        self.picture.show(quick_png(self._figure(history, samples, text)), text)

    def _figure(self, history, samples: Callable[[], Samples], text: str) -> "Figure":
        from ganlib.plotting.progress import progress_figure  # matplotlib, where one is drawn

        name, data = self.settings["recipe"]["name"], self.settings["dataset"]["title"]
        title = f"{name} on {data}: {text.split('   ')[0].strip()}"
        return progress_figure(history, samples(), title=title, floor=self.floor)


def _time(seconds: float) -> str:
    """Hours, minutes and seconds: 0:01:30."""
    return str(timedelta(seconds=round(float(seconds))))
