"""``train``: one call from a recipe and a data set to a run folder that can be gone on with.

A run is trained in short intervals, each one epoch to Keras: after each there is a line of
history, a look for NaN and, now and then, a picture and a checkpoint. Since noise follows from
(seed, step) and order from (seed, epoch), going on from a checkpoint repeats the same run.
"""

import contextlib
import math
import signal
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from filelock import FileLock, Timeout

from ganlib import checkpoint, files, paths, runs
from ganlib.data import DataSet, batches, steps_per_epoch
from ganlib.errors import (
    DivergenceError,
    RunError,
    SettingsError,
    StoppedError,
    flag,
    number,
    whole,
)
from ganlib.gan import EXPLODED, GAN
from ganlib.live import in_kernel, is_watched
from ganlib.progress import Progress, Samples
from ganlib.recipes import Recipe, build_gan, compile_gan, get_recipe
from ganlib.runs import Run

# Intervals per epoch: points of the curves, and frames of the animation in a short run.
INTERVALS_PER_EPOCH = 20
# Steps that Keras takes in one call: what it does around each costs 1 ms, 6 % of a step.
STEPS_PER_EXECUTION = 8
# Pictures are kept of every interval in the first epochs, then of every epoch.
DENSE_EPOCHS = 2
# What a live display shows: images of each row of a kept picture, and new ones of other latents.
SHOWN_OF_A_ROW, FRESH_SEED = 3, 2**30
# A score may cost this share of the time; beyond it the run says so.
MOST_FOR_SCORES = 0.05
# Short epochs do not end in a checkpoint each: not more often than this.
SECONDS_BETWEEN_CHECKPOINTS = 20.0


def train(
    recipe: str,
    data: DataSet,
    *,
    epochs: int | None = None,
    run_dir: str | Path | None = None,
    seed: int = 0,
    train_size: int = 0,
    deterministic: bool = False,
    checkpoint_epochs: int = 1,
    checkpoint_minutes: float = 5.0,
    score: Callable[[GAN], float] | None = None,
    score_epochs: int = 1,
    live: bool | None = None,
    **overrides,
) -> Run:
    """Trains ``recipe`` on ``data`` and returns the run, whose folder holds all of it.

    The same call with the same ``run_dir`` goes on where the run stopped, or with more ``epochs``
    from where it ended; a finished run trains nothing.

    Args:
        recipe: a name in ``ganlib.recipes.RECIPES``.
        data: training images, from ``ganlib.load_data``.
        epochs: passes over the images; the recipe's own number where None.
        run_dir: the run's folder, relative to the project's root; a new one where None or "".
        seed: of the weights, the order of the images and the noise.
        train_size: train on so many images, a part that stands for the whole
            (``DataSet.subset``); 0 for all.
        deterministic: make TensorFlow's operations repeatable to the bit (for this process).
        checkpoint_epochs: a checkpoint at the end of every so many epochs, 20 s apart at least.
        checkpoint_minutes: and wherever this long has passed since the last one.
        score: how good the GAN is, the lower the better, such as
            ``ganlib.evaluation.scorer(train, test)``; recorded in the history, and the checkpoint
            with the best score is kept (``load_run(folder, best=True)``).
        score_epochs: at the end of every so many epochs, and of the run.
        live: refresh a picture in place; None for yes where a reader sits before a notebook, and no
            elsewhere: then there is a line an epoch. False for these lines alone.
        overrides: any field of ``ganlib.recipes.Recipe``, such as ``batch_size=64``.

    Raises:
        SettingsError: an unknown recipe or setting, or an impossible value.
        RunError: the folder holds another run, is in use, or cannot be written.
        DivergenceError: a loss or weight stopped being finite; the folder keeps the last good ones.
        StoppedError: it was interrupted in a notebook that nobody watches; all is saved.
    """
    if epochs is not None:
        overrides["epochs"] = epochs
    chosen = get_recipe(recipe, **overrides)
    seed = whole("seed", seed, 0, 2**31 - 1)
    train_size = whole("train_size", train_size, 0)
    deterministic = flag("deterministic", deterministic)
    schedule = _Schedule(
        whole("checkpoint_epochs", checkpoint_epochs, 1),
        60 * number("checkpoint_minutes", checkpoint_minutes, 0),
        whole("score_epochs", score_epochs, 1),
    )
    if live is not None:
        flag("live", live)
    if score is not None and not callable(score):
        raise SettingsError(f"score={score!r}: it must be a function of a GAN, or None.")
    if train_size:
        data = data.subset(train_size)
    folder = paths.new_run(chosen.name, data.name)
    if run_dir is not None and run_dir != "":
        folder = paths.resolve(run_dir)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    settings = runs.describe(chosen, data, seed=seed, deterministic=deterministic)
    settings["score"] = _name_of(score, score_epochs)
    with _alone():
        # Made first: what cannot be built leaves no folder that is claimed for it.
        trainer = _Trainer(folder, chosen, data, settings, schedule, score, live)
        with _locked(folder):
            return trainer.run()


class _Schedule(NamedTuple):
    """When a checkpoint and a score are due."""

    checkpoint_epochs: int
    checkpoint_seconds: float
    score_epochs: int


def _name_of(score: Callable[[GAN], float] | None, epochs: int) -> str:
    """What the settings call the score; "" for none. Another one would give another history."""
    if score is None:
        return ""
    name = getattr(score, "name", None) or getattr(score, "__name__", type(score).__name__)
    if name == "<lambda>":  # or two of them would count as one score
        code = score.__code__
        name += f" {zlib.crc32(repr((code.co_code, code.co_names, code.co_consts)).encode()):08x}"
    return f"{name}, every {epochs} epochs"


def _cost_of_scores(share: float) -> str:
    told = f"The scores took {share:.1%} of the time."
    if share > MOST_FOR_SCORES:
        told += " A larger score_epochs, or a score of fewer images, takes less."
    return told


_ONE_AT_A_TIME = threading.Lock()


@contextlib.contextmanager
def _alone():
    """One training a process: Keras's seeds and TensorFlow's settings are of the whole process."""
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise RunError(
            "Another thread of this process is training, and the two would share Keras's seeds: "
            "train them one after the other, or each in a process of its own."
        )
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


@contextlib.contextmanager
def _locked(folder: Path):
    """One process a folder. The system gives the lock back when a process dies."""
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / ".lock").is_symlink():
            raise RunError(f"{folder / '.lock'} is a link to elsewhere: remove it.")
        lock.acquire(timeout=0)
    except Timeout:
        raise RunError(
            f"Another process is training in {paths.shown(folder)}. "
            "Wait for it or choose another run_dir."
        ) from None
    except OSError as error:
        raise files.cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _stopping_gently(gan: GAN):
    """Ctrl-C, a kernel's interrupt and SIGTERM let the step finish; a second one stops at once.

    Gives the event that tells of it: ``stop_training`` alone is set back whenever ``fit`` begins.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked  # only the main thread may handle signals
        return
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}

    def stop(sign, _frame):
        asked.set()
        gan.stop_training = True
        signal.signal(sign, before[sign])

    for sign in before:
        signal.signal(sign, stop)
    try:
        yield asked
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _images_per_step(recipe: Recipe, data: DataSet) -> int:
    count = recipe.batch_size * recipe.critic_steps
    if recipe.critic_steps > 1 and count > len(data):
        raise SettingsError(
            f"batch_size={recipe.batch_size} times critic_steps={recipe.critic_steps} are {count} "
            f"images a step; there are {len(data)} in all."
        )
    return count


class _Trainer:
    """One call of ``train``, from the newest checkpoint to the last step."""

    def __init__(
        self,
        folder: Path,
        recipe: Recipe,
        data: DataSet,
        settings: dict,
        schedule: _Schedule,
        score: Callable[[GAN], float] | None,
        live: bool | None,
    ) -> None:
        self.folder, self.recipe, self.data, self.settings = folder, recipe, data, settings
        self.schedule, self.score = schedule, score
        self.images_per_step = _images_per_step(recipe, data)
        self.epoch_steps = steps_per_epoch(data, self.images_per_step)
        self.total_steps = recipe.epochs * self.epoch_steps
        if self.total_steps >= 2**31:
            raise SettingsError(
                f"epochs={recipe.epochs} of {self.epoch_steps:,} steps are {self.total_steps:,}; "
                f"a run has at most {2**31 - 1:,}."
            )
        interval = -(-self.epoch_steps // INTERVALS_PER_EPOCH)
        self.execution = min(STEPS_PER_EXECUTION, interval)
        self.interval = -(-interval // self.execution) * self.execution
        self.gan = build_gan(recipe, data.image_shape, data.num_classes, seed=settings["seed"])
        compile_gan(
            self.gan,
            recipe,
            epochs=recipe.epochs,
            steps_per_epoch=self.epoch_steps,
            steps_per_execution=self.execution,
        )
        self.rows: list[dict] = []
        self.seconds: list[float] = []
        self.best: dict | None = None  # step and score
        self.scoring = 0.0  # seconds that the scores of this call took
        self.latents, self.labels = runs.fixed_inputs(self.gan, settings)
        floor = getattr(score, "floor", None)
        self.progress = Progress(settings, self.total_steps, live, floor)
        self.saved_at = time.monotonic()
        self.clock = time.monotonic()

    def run(self) -> Run:
        began = time.monotonic()
        notice = runs.claim(self.folder, self.settings)
        if notice:
            self.progress.say(notice)
        if not self._restore() and runs.is_trained(self.folder):
            return self._without_checkpoints()
        self._take_folder()
        step = self._step()
        if step >= self.total_steps:
            self.progress.say(f"This run is finished: {step:,} steps. Nothing is trained.")
            self._export()  # a full disk or a kill may have come between the checkpoint and these
        else:
            left_over = len(self.data) - self.epoch_steps * self.images_per_step
            self.progress.begin(step, self.epoch_steps, self.images_per_step, left_over)
            if step == 0:
                self._picture(0)
                self._checkpoint()
        try:
            if step < self.total_steps:
                self.progress.wait(self._history(), self._samples)
                with _stopping_gently(self.gan) as asked:
                    self._fit(asked)
                self._checkpoint()
            self.progress.finish(self._history(), self._samples)
            if self.scoring:
                self.progress.say(_cost_of_scores(self.scoring / (time.monotonic() - began)))
        finally:
            self.progress.close()
        if self._step() < self.total_steps:
            stopped = (
                f"Stopped at step {self._step():,} of {self.total_steps:,}; all is saved. "
                f"The same call with run_dir={paths.shown(self.folder)!r} goes on from here."
            )
            if in_kernel() and not is_watched():  # or papermill would go on with half a run
                raise StoppedError(stopped)
            self.progress.say(stopped)
        return self._run()

    def _without_checkpoints(self) -> Run:
        """A finished run needs none. Another one cannot be gone on with, nor written over."""
        if runs.exported_step(self.folder) < self.total_steps:
            raise RunError(
                f"{paths.shown(self.folder)} holds a run that was begun, and no checkpoint that "
                "verifies: it cannot be gone on with, and is left as it is. Put its checkpoints "
                "back, or choose another run_dir; load_run reads what there is."
            )
        self.progress.say("This run is finished; its checkpoints are gone. Nothing is trained.")
        loaded = runs.load_run(self.folder)
        for name in ("generator", "ema_generator", "discriminator"):
            getattr(self.gan, name).set_weights(getattr(loaded.gan, name).get_weights())
        self.gan.step.assign(self.total_steps)
        return Run(self.folder, self.settings, self.gan, loaded.history)

    def _take_folder(self) -> None:
        """Writes the settings, when it is sure that the run can be gone on with, or begun."""
        for part in (self.folder, self.folder / "samples", self.folder / "checkpoints"):
            files.sweep(part)
        if runs.has_changed(runs.read_settings(self.folder), self.settings):
            files.write_json(self.folder / "settings.json", self.settings)
        with files.telling(self.folder / "checkpoints"):
            (self.folder / "checkpoints").mkdir(exist_ok=True)

    def _fit(self, asked: threading.Event) -> None:
        """Calls ``fit`` so that every interval ends at a multiple of its length, or at the end."""

        def stop_if_asked(_logs: dict) -> None:
            self.gan.stop_training = asked.is_set()

        while (step := self._step()) < self.total_steps and not asked.is_set():
            steps = min(self.interval - step % self.interval, self.total_steps - step)
            whole = max(1, (self.total_steps - step) // self.interval)
            stream = batches(
                self.data,
                self.images_per_step,
                seed=self.settings["seed"],
                labelled=self.recipe.conditional,
                first_step=step,
            )
            if steps % self.execution:  # Keras would go on to the end of the execution
                stream = stream.take(steps)
            self.gan.fit(
                stream,
                steps_per_epoch=steps,
                epochs=whole if steps == self.interval else 1,
                callbacks=[
                    keras.callbacks.LambdaCallback(
                        on_train_begin=stop_if_asked,
                        on_epoch_begin=self._before_interval,
                        on_epoch_end=self._after_interval,
                    )
                ],
                shuffle=False,  # the batches are
                verbose=0,
            )

    def _after_interval(self, _epoch: int, logs: dict) -> None:
        step = self._step()
        row = {"step": step, "epoch": step / self.epoch_steps}
        row |= {name: float(logs[name]) for name in self.gan.trackers}
        self._refuse_divergence(row)
        if self.gan.stop_training and step % self.interval and step < self.total_steps:
            return  # interrupted inside an interval: its line of history is not complete
        is_best = self._scored(row)
        self.rows.append(row)
        self.seconds.append(self._elapsed())
        if self._ends_epoch(step) or step <= DENSE_EPOCHS * self.epoch_steps:
            self._picture(step)
        if step < self.total_steps and (is_best or self._checkpoint_is_due(step)):
            self._checkpoint()
        self.progress.report(self._history(), self._samples)

    def _ends_epoch(self, step: int, every: int = 1) -> bool:
        """Whether an epoch, or each so many epochs, ended in the interval before ``step``."""
        return step % (every * self.epoch_steps) < self.interval

    def _checkpoint_is_due(self, step: int) -> bool:
        waited = time.monotonic() - self.saved_at
        ends = self._ends_epoch(step, self.schedule.checkpoint_epochs)
        if ends and waited > SECONDS_BETWEEN_CHECKPOINTS:
            return True
        return waited >= self.schedule.checkpoint_seconds

    def _scored(self, row: dict) -> bool:
        """Adds the score to the row, NaN where it is not measured; whether it is the best yet."""
        if self.score is None:
            return False
        step = row["step"]
        due = self._ends_epoch(step, self.schedule.score_epochs) or step == self.total_steps
        began = time.monotonic()
        row["score"] = float(self.score(self.gan)) if due else math.nan
        self.scoring += time.monotonic() - began
        # One that is no number is not the best, even where it is the first.
        if not row["score"] < (math.inf if self.best is None else self.best["score"]):
            return False
        self.best = {"step": step, "score": row["score"]}
        return True

    def _refuse_divergence(self, row: dict) -> None:
        sick = [
            network.name
            for network in (self.gan.generator, self.gan.discriminator)
            if not all(np.isfinite(w).all() for w in network.get_weights())
        ]
        diverged_at = int(self.gan.diverged_at)
        if diverged_at < 0 and not sick:
            return
        at = f"at step {diverged_at:,}" if diverged_at >= 0 else f"before step {row['step']:,}"
        losses = ", ".join(
            f"{name} {row[name]:.3g}" for name in ("generator_loss", "discriminator_loss")
        )
        self._restore()
        self._export()
        raise DivergenceError(
            f"Training diverged {at}: a loss or a weight was no longer a finite number, or a loss "
            f"went beyond {EXPLODED:,.0f}. Mean losses up to step {row['step']:,}: {losses}; "
            f"weights that are not finite: {' and '.join(sick) or 'none'}. "
            f"{paths.shown(self.folder)} keeps the last good weights, of step {self._step():,}. "
            "What usually helps: a lower learning_rate or discriminator_learning_rate, "
            'loss="non_saturating", beta_1=0.5.'
        )

    def _picture(self, step: int) -> None:
        images = self.gan.generate(len(self.latents), self.labels, latents=self.latents)
        runs.save_picture(self.folder, step, images)

    def _samples(self) -> Samples:
        """For the display: of each row of the kept pictures some, and as many of new latents."""
        rows = np.arange(runs.PICTURE_IMAGES).reshape(-1, runs.PICTURE_COLUMNS)
        places = rows[:, :SHOWN_OF_A_ROW].T.ravel()
        labels = None if self.labels is None else self.labels[places]
        fresh = FRESH_SEED + self._step()
        return Samples(
            self.gan.generate(len(places), labels, latents=self.latents[places]),
            self.gan.generate(len(places), labels, seed=fresh),
        )

    def _state(self) -> dict[str, list]:
        """Every variable of the run, by owner. The order within an owner is the build order."""
        return {
            "generator": self.gan.generator.variables,
            "discriminator": self.gan.discriminator.variables,
            "ema_generator": self.gan.ema_generator.variables,
            "generator_optimizer": self.gan.generator_optimizer.variables,
            "discriminator_optimizer": self.gan.discriminator_optimizer.variables,
            "trackers": [v for tracker in self.gan.metrics for v in tracker.variables],
        }

    def _checkpoint(self) -> None:
        arrays = {
            f"{owner}/{k}": keras.ops.convert_to_numpy(variable)
            for owner, variables in self._state().items()
            for k, variable in enumerate(variables)
        }
        meta = {
            "rows": self.rows,
            "seconds": self.seconds,
            "elapsed": self._elapsed(),
            "best": self.best,
        }
        checkpoint.save(
            self.folder / "checkpoints",
            self._step(),
            checkpoint.Checkpoint(arrays, meta),
            best=self.best["step"] if self.best else None,
        )
        self._export()
        self.saved_at = time.monotonic()

    def _export(self) -> None:
        """Writes what ``load_run`` reads."""
        runs.save_history(self.folder, self.rows, self.seconds)
        runs.save_weights(self._run(), self._step())

    def _restore(self) -> bool:
        """Takes the newest checkpoint that verifies; whether there is one."""
        self.partial: list[np.ndarray] = []
        parent = self.folder / "checkpoints"
        found, notices = checkpoint.load_newest(parent)
        for notice in notices:
            self.progress.say(notice)
        if found is None:
            return False
        for owner, variables in self._state().items():
            checkpoint.assign(found, owner, variables)
        self.partial = [
            found.arrays[f"trackers/{k}"] for k in range(len(self._state()["trackers"]))
        ]
        self.rows, self.seconds = runs.rows_of(found), list(found.meta["seconds"])
        self.best = checkpoint.best_whole(parent, found)
        self.gan.diverged_at.assign(-1)
        self.clock = time.monotonic() - found.meta["elapsed"]
        return True

    def _before_interval(self, _epoch: int, _logs: dict | None = None) -> None:
        """Gives back the sums of an interval that an interrupt cut in two; ``fit`` reset them."""
        if self.partial and self._step() % self.interval:
            for variable, value in zip(self._state()["trackers"], self.partial, strict=True):
                variable.assign(value)
        self.partial = []

    def _step(self) -> int:
        return int(self.gan.step)

    def _elapsed(self) -> float:
        return time.monotonic() - self.clock

    def _history(self) -> dict[str, np.ndarray]:
        return runs.as_history(self.rows, self.seconds)

    def _run(self) -> Run:
        return Run(self.folder, self.settings, self.gan, self._history())
