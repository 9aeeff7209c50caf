"""The clinic: one small conditional GAN, healthy, and the same with one setting changed.

clinic = Clinic(data, test, steps=1200)
chart = clinic.run(CASES["mode collapse"].change)
chart.scores["distance"], chart.late("generator_loss")

``gallery()`` and ``patients()`` are the charts of runs that ``python -m benchmarks.clinic`` made.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from ganlib.conditioning import ConditionalGAN
from ganlib.course.lab.failures import POINTS, Lab, Result
from ganlib.data.dataset import DataSet
from ganlib.errors import SettingsError, check_name, whole
from ganlib.images import to_uint8
from ganlib.recipes import FIELDS, get_recipe

STORED = Path(__file__).parents[1] / "clinic"
STEPS, ROWS, COLUMNS = 1000, 3, 10
STAMP = 3.0  # brighter than tanh can paint

# Every setting of the healthy run that a case changes, beside fields of a recipe that it leaves.
# The last three are no fields of a recipe: how many training images there are (0: all), whether
# the discriminator judges real and generated images in one batch, and what real images carry.
HEALTHY: dict[str, Any] = {
    "conditional": True,
    "generator_width": 24,
    "discriminator_width": 24,
    "features": 0,
    "latent_dim": 32,
    "loss": "non_saturating",
    "normalization": "batch",
    "augment": "none",
    "learning_rate": 1e-3,
    "discriminator_learning_rate": 1e-3,
    "beta_1": 0.0,
    "batch_size": 32,
    "ema_decay": 0.995,
    "decay_share": 0.0,
    "train_size": 0,
    "batches": "separate",
    "stamp": "none",
}
OWN_CHOICES = {"batches": ("separate", "mixed"), "stamp": ("none", "label")}


class MixedBatches(ConditionalGAN):
    """Judges real and generated images in one batch when the discriminator learns."""

    def judge_both(self, real, fake, labels: list) -> tuple:
        both = [tf.concat([real, fake], axis=0), *(tf.tile(each, [2]) for each in labels)]
        return tf.split(self.discriminator(both, training=True), 2)  # the mistake: one batch


class Stamped(ConditionalGAN):
    """Real images carry their label as a bright pixel in the top row, put there after scaling."""

    def unpack(self, data) -> tuple:
        images, labels = data
        top = STAMP * tf.one_hot(labels, images.shape[2])[:, None, :, None]
        return tf.concat([images[:, :1] + top, images[:, 1:]], axis=1), labels


KINDS = {
    ("separate", "none"): ConditionalGAN,
    ("mixed", "none"): MixedBatches,
    ("separate", "label"): Stamped,
}


# What the lines of a chart are called in figures.
CURVES = {
    "generator_loss": "generator's loss",
    "discriminator_loss": "discriminator's loss",
    "real_accuracy": "real accepted",
    "fake_accuracy": "generated recognised",
    "held_out_accuracy": "held-out real accepted",
    "gap": "accepted: training − held-out",
    "push": "force on an image",
    "swing": "change at fixed latents",
    "spread": "spread within a class",
}


@dataclass(frozen=True)
class Case:
    """A failure: what it changes in HEALTHY, and what mends it, where that is not to undo it."""

    change: dict[str, Any] = field(default_factory=dict)
    cure: dict[str, Any] = field(default_factory=dict)


CASES = {
    "healthy": Case(),
    "mode collapse": Case({"learning_rate": 5e-2}),
    "discriminator far ahead": Case({"learning_rate": 2e-5}),
    "discriminator too weak": Case({"discriminator_learning_rate": 1e-6}),
    "rate too high": Case({"discriminator_learning_rate": 5e-2}),
    "momentum": Case({"beta_1": 0.9}),
    "mixed batches": Case({"batches": "mixed"}),
    "leak": Case({"stamp": "label"}),
    "oscillation": Case({"learning_rate": 5e-3}),
    "few images": Case({"train_size": 500}, {"normalization": "spectral"}),
}
# What the text compares with them: the generator itself, without its average; treatments.
TRIED = {
    "oscillation, no average": {"learning_rate": 5e-3, "ema_decay": 0.0},
    "few images, spectral norm": {"train_size": 500, "normalization": "spectral"},
    "few images, DiffAugment": {"train_size": 500, "augment": "diffaugment"},
}


@dataclass(frozen=True, eq=False)
class Chart:
    """What is known of a run.

    Args:
        history: arrays ``(POINTS,)`` by name, see ``failures.Result``. Two more, of the images of
            fixed latents, as shares of the range of brightness: ``swing``, how far those of the
            generator itself have moved since the point before; ``spread``, the standard deviation
            within a class of those by its moving average.
        images: uint8 ``(ROWS * columns, H, W, C)`` at the end; a column for each class, up to ten,
            and noise of its own for each row.
        moments: the same shape: one latent for each class, at the last ROWS points of the run, by
            the generator itself.
        scores: distance, variety (within the classes), missing and agreement.
    """

    history: dict[str, np.ndarray] = field(repr=False)
    images: np.ndarray | None = field(repr=False)
    moments: np.ndarray | None = field(repr=False)
    scores: dict[str, float]

    def line(self, name: str) -> np.ndarray:
        """A line of the history, or "gap": the share of training images that are accepted less that
        of held-out ones."""
        if name == "gap":
            return self.history["trained_on_accuracy"] - self.history["held_out_accuracy"]
        return self.history[name]

    def late(self, name: str) -> float:
        """The mean of a line over the last quarter of the run."""
        return float(np.mean(self.line(name)[-(POINTS // 4) :]))


class Clinic:
    """Runs of the healthy GAN and of what it becomes when settings change."""

    def __init__(self, data: DataSet, test: DataSet, *, steps: int = STEPS, seed: int = 0) -> None:
        self.data, self.test, self.steps, self.seed = data, test, steps, seed
        self._labs: dict[int, Lab] = {}

    def run(self, change: Mapping[str, Any] | None = None, **more: Any) -> Chart:
        """Trains the healthy run with these settings changed: see HEALTHY and any recipe's field.

        Raises:
            SettingsError: a name that is none of these (the nearest is named), or a wrong value.
        """
        settings = settings_of({**(change or {}), **more})
        size = settings.pop("train_size")
        kind = KINDS[settings.pop("batches"), settings.pop("stamp")]
        if size not in self._labs:
            part = self.data.subset(size) if 0 < size < len(self.data) else self.data
            self._labs[size] = Lab(part, self.test, steps=self.steps, seed=self.seed)
        result = self._labs[size].run("", kind=kind, **settings)
        return chart_of(result, self.data.num_classes)


def settings_of(change: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the healthy run with some changed.

    Raises:
        SettingsError: an unknown name or value, or two changes that no run can have together.
    """
    for name, value in change.items():
        check_name(name, {**FIELDS, **HEALTHY}, what="setting")
        if name in OWN_CHOICES:
            check_name(value, OWN_CHOICES[name], what=name)
    settings = HEALTHY | dict(change)
    whole("train_size", settings["train_size"], 0)
    get_recipe("dcgan", **{name: settings[name] for name in FIELDS.keys() & settings.keys()})
    if (settings["batches"], settings["stamp"]) not in KINDS:
        raise SettingsError('batches="mixed" and stamp="label" do not go together.')
    return settings


def chart_of(result: Result, classes: int) -> Chart:
    """A run of the laboratory as a chart."""
    columns = min(COLUMNS, classes)
    own = result.labels[: result.averages.shape[1]]
    first = _of_each_class(own, columns, 1)
    moved = np.abs(np.diff(result.frames, axis=0)).mean(axis=(1, 2, 3, 4)) / 2
    spread = np.mean(
        [result.averages[:, own == k].std(axis=1).mean(axis=(1, 2, 3)) / 2 for k in np.unique(own)],
        axis=0,
    )
    return Chart(
        result.history | {"swing": np.insert(moved, 0, moved[0]), "spread": spread},
        to_uint8(result.images[_of_each_class(result.labels, columns, ROWS)]),
        to_uint8(np.concatenate(result.frames[-ROWS:, first])),
        result.scores,
    )


def _of_each_class(labels: np.ndarray, columns: int, rows: int) -> np.ndarray:
    """Places ``(rows * columns,)`` of labels: those of the first classes, side by side."""
    places = [np.resize(np.flatnonzero(labels == k), rows) for k in range(columns)]
    return np.stack(places, axis=1).ravel()


@cache
def gallery() -> dict[str, list[Chart]]:
    """The stored runs of each case and of "healthy", three seeds each; the first has pictures."""
    told, pictures = _stored("gallery")
    return {
        name: [_chart(run, pictures, f"{name}/{run['seed']}") for run in runs]
        for name, runs in told["runs"].items()
    }


@cache
def patients() -> dict[int, Chart]:
    """Six stored runs, by their number, of whom nothing else is said."""
    told, pictures = _stored("patients")
    return {
        number: _chart(run, pictures, str(number)) for number, run in enumerate(told["runs"], 1)
    }


@cache
def sealed() -> dict[int, str]:
    """What each patient's case is called in CASES; the file does not show it at a glance."""
    told, _ = _stored("patients")
    return {
        number: base64.b64decode(run["sealed"]).decode()
        for number, run in enumerate(told["runs"], 1)
    }


def seal(name: str) -> str:
    return base64.b64encode(name.encode()).decode()


def _stored(name: str) -> tuple[dict, Mapping[str, np.ndarray]]:
    with np.load(STORED / f"{name}.npz") as pictures:
        return json.loads((STORED / f"{name}.json").read_text("utf-8")), dict(pictures)


def _chart(run: dict, pictures: Mapping[str, np.ndarray], key: str) -> Chart:
    history = {name: np.array(line) for name, line in run["history"].items()}
    images, moments = (pictures.get(f"{key}/{what}") for what in ("images", "moments"))
    return Chart(history, images, moments, run["scores"])


@cache
def variations() -> list[dict]:
    """Of healthy runs with settings that differ: each one's change, scores and late losses."""
    return json.loads((STORED / "variations.json").read_text("utf-8"))["runs"]
