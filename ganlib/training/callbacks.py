"""What happens around the steps of a training: one Keras callback each.

A run is trained in short intervals, each one epoch to Keras. At the end of each they act in the
order in which they stand here: what one puts into ``logs`` the next ones see, a user's too.
"""

import math
import time
from collections.abc import Callable

import keras
import numpy as np

from ganlib.errors import DivergenceError
from ganlib.gan import EXPLODED, GAN
from ganlib.training import checkpoint
from ganlib.training.folder import (
    PICTURE_COLUMNS,
    PICTURE_IMAGES,
    RunFolder,
    as_history,
    card_of,
    fixed_inputs,
)
from ganlib.training.progress import Progress, Samples
from ganlib.training.schedule import Schedule

# Pictures are kept of every interval in the first epochs, then of every epoch.
DENSE_EPOCHS = 2
# What a live display shows: images of each row of a kept picture, and new ones of other latents.
SHOWN_OF_A_ROW, FRESH_SEED = 3, 2**30
# A score may cost this share of the time; beyond it the run says so.
MOST_FOR_SCORES = 0.05
# Short epochs do not end in a checkpoint each: not more often than this.
SECONDS_BETWEEN_CHECKPOINTS = 20.0


class OnInterval(keras.callbacks.Callback):
    """Acts when an interval ends; not where an interrupt cut one in two."""

    def __init__(self, gan: GAN, schedule: Schedule) -> None:
        super().__init__()
        self.gan, self.schedule = gan, schedule

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        step = int(self.gan.step)
        if self.schedule.is_whole(step):
            self.on_interval_end(step, logs)

    def on_interval_end(self, step: int, logs: dict) -> None:
        """``logs``: the means of the interval, by the names of the GAN's trackers."""
        raise NotImplementedError


class Divergence(keras.callbacks.Callback):
    """Stops a training whose losses or weights are no longer numbers, even within an interval."""

    def __init__(self, gan: GAN) -> None:
        super().__init__()
        self.gan = gan

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        sick = [
            network.name
            for network in (self.gan.generator, self.gan.discriminator)
            if not all(np.isfinite(w).all() for w in network.get_weights())
        ]
        diverged_at, step = int(self.gan.diverged_at), int(self.gan.step)
        if diverged_at < 0 and not sick:
            return
        at = f"at step {diverged_at:,}" if diverged_at >= 0 else f"before step {step:,}"
        losses = ", ".join(
            f"{name} {float(logs[name]):.3g}" for name in ("generator_loss", "discriminator_loss")
        )
        raise DivergenceError(
            f"Training diverged {at}: a loss or a weight was no longer a finite number, or a loss "
            f"went beyond {EXPLODED:,.0f}. Mean losses up to step {step:,}: {losses}; "
            f"weights that are not finite: {' and '.join(sick) or 'none'}."
        )


class Scores(OnInterval):
    """Adds ``score`` to the logs of every interval, NaN where it is not due."""

    def __init__(self, gan: GAN, schedule: Schedule, score: Callable[[GAN], float]) -> None:
        super().__init__(gan, schedule)
        self.score, self.seconds = score, 0.0

    def on_interval_end(self, step: int, logs: dict) -> None:
        due = self.schedule.ends_epoch(step, self.schedule.score_epochs)
        began = time.monotonic()
        if due or step == self.schedule.total_steps:
            logs["score"] = float(self.score(self.gan))
        else:
            logs["score"] = math.nan
        self.seconds += time.monotonic() - began

    def cost(self, seconds: float) -> str:
        """What there is to say of the scores' share of so many seconds."""
        share = self.seconds / seconds
        told = f"The scores took {share:.1%} of the time."
        if share > MOST_FOR_SCORES:
            told += " A larger score_epochs, or a score of fewer images, takes less."
        return told


class Record(OnInterval):
    """The history: ``rows``, one an interval, the ``seconds`` of each, and ``best``, step and score
    of the lowest score yet."""

    def __init__(self, gan: GAN, schedule: Schedule) -> None:
        super().__init__(gan, schedule)
        self.rows: list[dict] = []
        self.seconds: list[float] = []
        self.best: dict | None = None
        self.clock = time.monotonic()

    def on_interval_end(self, step: int, logs: dict) -> None:
        row = {"step": step, "epoch": step / self.schedule.epoch_steps}
        row |= {name: float(logs[name]) for name in (*self.gan.trackers, "score") if name in logs}
        self.rows.append(row)
        self.seconds.append(self.elapsed())
        # One that is no number is not the best, even where it is the first.
        if row.get("score", math.nan) < (math.inf if self.best is None else self.best["score"]):
            self.best = {"step": step, "score": row["score"]}

    def is_best(self, step: int) -> bool:
        return self.best is not None and self.best["step"] == step

    def elapsed(self) -> float:
        """Seconds of training, those before a stop included."""
        return time.monotonic() - self.clock

    def columns(self) -> dict[str, np.ndarray]:
        """The history as arrays by name."""
        return as_history(self.rows, self.seconds)


class Pictures(OnInterval):
    """Keeps what the same latents become as the training goes on."""

    def __init__(self, gan: GAN, schedule: Schedule, folder: RunFolder, settings: dict) -> None:
        super().__init__(gan, schedule)
        self.folder = folder
        self.latents, self.labels = fixed_inputs(gan, settings)

    def on_interval_end(self, step: int, logs: dict) -> None:
        dense = step <= DENSE_EPOCHS * self.schedule.epoch_steps
        if dense or self.schedule.ends_epoch(step):
            self.save(step)

    def save(self, step: int) -> None:
        images = self.gan.generate(len(self.latents), self.labels, latents=self.latents)
        self.folder.save_picture(step, images)

    def samples(self) -> Samples:
        """For the display: of each row of the kept pictures some, and as many of new latents."""
        rows = np.arange(PICTURE_IMAGES).reshape(-1, PICTURE_COLUMNS)
        places = rows[:, :SHOWN_OF_A_ROW].T.ravel()
        labels = None if self.labels is None else self.labels[places]
        fresh = FRESH_SEED + int(self.gan.step)
        return Samples(
            self.gan.generate(len(places), labels, latents=self.latents[places]),
            self.gan.generate(len(places), labels, seed=fresh),
        )


class Checkpoints(OnInterval):
    """Saves all that is needed to go on, takes it back, and writes what ``load_run`` reads."""

    def __init__(
        self, gan: GAN, schedule: Schedule, folder: RunFolder, settings: dict, record: Record
    ) -> None:
        super().__init__(gan, schedule)
        self.folder, self.settings, self.record = folder, settings, record
        self.saved_at = time.monotonic()
        self.partial: list[np.ndarray] = []  # sums of an interval that an interrupt cut in two

    def on_interval_end(self, step: int, logs: dict) -> None:
        if step < self.schedule.total_steps and (self.record.is_best(step) or self.is_due(step)):
            self.save()

    def is_due(self, step: int) -> bool:
        waited = time.monotonic() - self.saved_at
        ends = self.schedule.ends_epoch(step, self.schedule.checkpoint_epochs)
        if ends and waited > SECONDS_BETWEEN_CHECKPOINTS:
            return True
        return waited >= self.schedule.checkpoint_seconds

    def state(self) -> dict[str, list]:
        """Every variable of the run, by owner. The order within an owner is the build order."""
        return {
            "generator": self.gan.generator.variables,
            "discriminator": self.gan.discriminator.variables,
            "ema_generator": self.gan.ema_generator.variables,
            "generator_optimizer": self.gan.generator_optimizer.variables,
            "discriminator_optimizer": self.gan.discriminator_optimizer.variables,
            "trackers": [v for tracker in self.gan.metrics for v in tracker.variables],
        }

    def save(self) -> None:
        """A checkpoint of the step that was reached, and the export."""
        arrays = {
            f"{owner}/{k}": keras.ops.convert_to_numpy(variable)
            for owner, variables in self.state().items()
            for k, variable in enumerate(variables)
        }
        record = self.record
        meta = {
            "rows": record.rows,
            "seconds": record.seconds,
            "elapsed": record.elapsed(),
            "best": record.best,
        }
        checkpoint.save(
            self.folder.checkpoints,
            int(self.gan.step),
            checkpoint.Checkpoint(arrays, meta),
            best=record.best["step"] if record.best else None,
        )
        self.export()
        self.saved_at = time.monotonic()

    def export(self) -> None:
        """Writes what ``load_run`` reads."""
        self.folder.save_history(self.record.rows, self.record.seconds)
        card = card_of(self.settings, self.record.columns(), int(self.gan.step))
        self.folder.save_weights(self.gan, card)

    def restore(self, say: Callable[[str], None]) -> bool:
        """Takes the newest checkpoint that verifies; whether there is one. ``say`` is told of
        damaged ones."""
        self.partial = []
        found, notices = checkpoint.load_newest(self.folder.checkpoints)
        for notice in notices:
            say(notice)
        if found is None:
            return False
        state = self.state()
        for owner, variables in state.items():
            checkpoint.assign(found, owner, variables)
        self.partial = [found.arrays[f"trackers/{k}"] for k in range(len(state["trackers"]))]
        self.record.rows, self.record.seconds = found.rows(), list(found.meta["seconds"])
        self.record.best = checkpoint.best_whole(self.folder.checkpoints, found)
        self.record.clock = time.monotonic() - found.meta["elapsed"]
        self.gan.diverged_at.assign(-1)
        return True

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Gives back the sums of an interval that was cut in two; ``fit`` reset them."""
        if self.partial and not self.schedule.is_whole(int(self.gan.step)):
            for variable, value in zip(self.state()["trackers"], self.partial, strict=True):
                variable.assign(value)
        self.partial = []


class Display(OnInterval):
    """Tells the reader how it goes."""

    def __init__(
        self,
        gan: GAN,
        schedule: Schedule,
        progress: Progress,
        record: Record,
        samples: Callable[[], Samples],
    ) -> None:
        super().__init__(gan, schedule)
        self.progress, self.record, self.samples = progress, record, samples

    def on_interval_end(self, step: int, logs: dict) -> None:
        self.progress.report(self.record.columns(), self.samples)
