"""The loop of a training, from the newest checkpoint to the last step."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from ganlib.building import build_gan, compile_gan
from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import batches
from ganlib.errors import DivergenceError, RunError, StoppedError
from ganlib.gan import GAN
from ganlib.live import in_kernel, is_watched
from ganlib.recipes import Recipe
from ganlib.training.callbacks import Checkpoints, Display, Divergence, Pictures, Record, Scores
from ganlib.training.folder import RunFolder
from ganlib.training.guards import stopping_gently
from ganlib.training.progress import Progress
from ganlib.training.run import Run, load_run
from ganlib.training.schedule import Schedule


class Trainer:
    """One call of ``train``. It owns the loop; what happens around a step is a callback each.

    ``callbacks``: the user's, which come last.
    """

    def __init__(
        self,
        path: Path,
        recipe: Recipe,
        data: DataSet,
        settings: dict,
        schedule: Schedule,
        *,
        score: Callable[[GAN], float] | None = None,
        live: bool | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> None:
        self.folder, self.data, self.settings = RunFolder(path), data, settings
        self.schedule = schedule
        self.gan = gan = build_gan(
            recipe, data.image_shape, data.num_classes, seed=settings["seed"]
        )
        compile_gan(
            gan,
            recipe,
            epochs=recipe.epochs,
            steps_per_epoch=schedule.epoch_steps,
            steps_per_execution=schedule.execution,
        )
        floor = getattr(score, "floor", None)
        self.progress = Progress(settings, schedule.total_steps, live, floor)
        self.scores = Scores(gan, schedule, score) if score else None
        self.record = Record(gan, schedule)
        self.pictures = Pictures(gan, schedule, self.folder, settings)
        self.checkpoints = Checkpoints(gan, schedule, self.folder, settings, self.record)
        self.display = Display(gan, schedule, self.progress, self.record, self.pictures.samples)
        self.ended_early = False  # by a callback of the user's
        self.callbacks = [
            Divergence(gan),
            *([self.scores] if self.scores else []),
            self.record,
            self.pictures,
            self.checkpoints,
            self.display,
            *callbacks,
        ]

    @property
    def step(self) -> int:
        """Steps taken."""
        return int(self.gan.step)

    @property
    def is_finished(self) -> bool:
        return self.step >= self.schedule.total_steps

    def run(self) -> Run:
        """Trains what there is left to train."""
        began, say = time.monotonic(), self.progress.say
        notice = self.folder.claim(self.settings)
        if notice:
            say(notice)
        if not self.checkpoints.restore(say) and self.folder.is_trained():
            return self._without_checkpoints()
        self.folder.take(self.settings)
        try:
            if self.is_finished:
                say(f"This run is finished: {self.step:,} steps. Nothing is trained.")
                # A full disk or a kill may have come before the export, or before older checkpoints
                # were removed.
                self.checkpoints.save()
            else:
                self._train()
            self.progress.finish(self.record.columns(), self.pictures.samples)
            if self.scores and self.scores.seconds:
                say(self.scores.cost(time.monotonic() - began))
        finally:
            self.progress.close()
        if not self.is_finished:
            self._tell_of_the_stop()
        return self._run()

    def _train(self) -> None:
        schedule = self.schedule
        left_over = len(self.data) - schedule.epoch_steps * schedule.images_per_step
        self.progress.begin(self.step, schedule.epoch_steps, schedule.images_per_step, left_over)
        if self.step == 0:
            self.pictures.save(0)
            self.checkpoints.save()
        self.progress.wait(self.record.columns(), self.pictures.samples)
        try:
            with stopping_gently(self.gan) as asked:
                self._fit(asked)
        except DivergenceError as error:
            self.checkpoints.restore(self.progress.say)
            self.checkpoints.export()
            raise DivergenceError(
                f"{error} {self.folder} keeps the last good weights, of step {self.step:,}. "
                "What usually helps: a lower learning_rate or discriminator_learning_rate, "
                'loss="non_saturating", beta_1=0.5.'
            ) from None
        self.checkpoints.save()

    def _fit(self, asked: threading.Event) -> None:
        """Calls ``fit`` so that every interval ends at a multiple of its length, or at the end;
        until the last step, or until a signal asked to stop, or a user's callback did."""
        interval, execution = self.schedule.interval, self.schedule.execution
        stop = keras.callbacks.LambdaCallback(on_train_begin=lambda _: self._stop_if(asked))
        while not (self.is_finished or asked.is_set()):
            step, left = self.step, self.schedule.total_steps - self.step
            steps = min(interval - step % interval, left)
            stream = batches(
                self.data,
                self.schedule.images_per_step,
                seed=self.settings["seed"],
                labelled=self.gan.conditional,
                first_step=step,
            )
            if steps % execution:  # Keras would go on to the end of the execution
                stream = stream.take(steps)
            first = step // interval
            self.gan.fit(
                stream,
                steps_per_epoch=steps,
                initial_epoch=first,
                epochs=first + (max(1, left // interval) if steps == interval else 1),
                callbacks=[stop, *self.callbacks],
                shuffle=False,  # the batches are
                verbose=0,
            )
            if self.gan.stop_training and not asked.is_set():
                self.ended_early = True
                return

    def _stop_if(self, asked: threading.Event) -> None:
        """``fit`` sets ``stop_training`` back when it begins, though it may have been asked."""
        self.gan.stop_training = asked.is_set()

    def _without_checkpoints(self) -> Run:
        """A finished run needs none. Another one cannot be gone on with, nor written over."""
        total = self.schedule.total_steps
        if self.folder.exported_step() < total:
            raise RunError(
                f"{self.folder} holds a run that was begun, and no checkpoint that "
                "verifies: it cannot be gone on with, and is left as it is. Put its checkpoints "
                "back, or choose another run_dir; load_run reads what there is."
            )
        self.progress.say(
            f"The run in {self.folder} is finished, at step {total:,}; its checkpoints are gone. "
            "Nothing is trained."
        )
        loaded = load_run(self.folder.path)
        for name in ("generator", "ema_generator", "discriminator"):
            getattr(self.gan, name).set_weights(getattr(loaded.gan, name).get_weights())
        self.gan.step.assign(total)
        return Run(self.folder.path, self.settings, self.gan, loaded.history)

    def _tell_of_the_stop(self) -> None:
        stopped = (
            f"Stopped at step {self.step:,} of {self.schedule.total_steps:,}; all is saved. "
            f"The same call with run_dir={str(self.folder)!r} goes on from here."
        )
        if in_kernel() and not (
            is_watched() or self.ended_early
        ):  # or papermill would go on with half a run
            raise StoppedError(stopped)
        self.progress.say(stopped)

    def _run(self) -> Run:
        return Run(self.folder.path, self.settings, self.gan, self.record.columns())
