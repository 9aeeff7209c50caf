"""``train``: one call from a recipe and a data set to a run folder that can be gone on with.

A run is trained in short intervals, each one epoch to Keras: after each there is a line of
history, a look for NaN and, now and then, a picture and a checkpoint. Since noise follows from
(seed, step) and order from (seed, epoch), going on from a checkpoint repeats the same run.
"""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from ganlib import paths
from ganlib.data.dataset import DataSet
from ganlib.errors import SettingsError, flag, number, whole
from ganlib.gan import GAN
from ganlib.recipes import get_recipe
from ganlib.training.guards import alone, locked
from ganlib.training.run import Run
from ganlib.training.schedule import schedule_of
from ganlib.training.settings import describe
from ganlib.training.trainer import Trainer


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
    callbacks: Sequence[keras.callbacks.Callback] = (),
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
        callbacks: Keras callbacks of your own, such as TensorBoard. An interval, a twentieth of an
            epoch, is an epoch to them; its logs hold the means of losses and accuracies, and
            ``score`` where the run is scored. One that sets ``model.stop_training`` ends the call,
            and all is saved.
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
    due = {
        "checkpoint_epochs": whole("checkpoint_epochs", checkpoint_epochs, 1),
        "checkpoint_seconds": 60 * number("checkpoint_minutes", checkpoint_minutes, 0),
        "score_epochs": whole("score_epochs", score_epochs, 1),
    }
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
    settings = describe(
        chosen, data, seed=seed, deterministic=deterministic, score=_name_of(score, score_epochs)
    )
    with alone(folder):
        # Made first: what cannot be built leaves no folder that is claimed for it.
        trainer = Trainer(
            folder,
            chosen,
            data,
            settings,
            schedule_of(chosen, data, **due),
            score=score,
            live=live,
            callbacks=_checked(callbacks),
        )
        with locked(folder):
            return trainer.run()


def _checked(callbacks: Sequence[keras.callbacks.Callback]) -> list[keras.callbacks.Callback]:
    for each in callbacks:
        if not isinstance(each, keras.callbacks.Callback):
            raise SettingsError(f"callbacks holds {each!r}: each must be a Keras callback.")
    return list(callbacks)


def _name_of(score: Callable[[GAN], float] | None, epochs: int) -> str:
    """What the settings call the score; "" for none. Another one would give another history."""
    if score is None:
        return ""
    name = getattr(score, "name", None) or getattr(score, "__name__", type(score).__name__)
    if name == "<lambda>":  # or two of them would count as one score
        code = score.__code__
        name += f" {zlib.crc32(repr((code.co_code, code.co_names, code.co_consts)).encode()):08x}"
    return f"{name}, every {epochs} epochs"
