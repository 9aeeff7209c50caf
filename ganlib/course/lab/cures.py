"""One game in the plane, played by several seeds, with one thing changed at a time.

    trials = Trials(ring(), steps=2000, seeds=(0, 1, 2))
    sick = trials.run(discriminator_learning_rate=1e-4)
    mended = trials.run(discriminator_learning_rate=1e-4, loss="relativistic", penalty="r1_r2")
    [outcome.modes[-1] for outcome in mended]

Every run of a seed begins with the same weights and sees the same data and the same noise.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganlib.building import compile_gan
from ganlib.course.lab.mixtures import Mixture, good_share, modes_found
from ganlib.course.lab.toys import CALL, LAYERS, ToyGAN, _state, toy_gan, toy_generator, toy_recipe
from ganlib.errors import SettingsError, check_name, whole
from ganlib.paths import project_root

SAMPLES = 2500  # points that are judged at a look
STORED = project_root() / "benchmarks" / "cures.json"
RATES = ("learning_rate", "discriminator_learning_rate")  # a compiled step does not depend on them


@dataclass(frozen=True, eq=False)
class Outcome:
    """A seed's run, looked at several times.

    ``steps`` (looks,); ``samples`` and ``averages`` (looks, SAMPLES, 2), of the generator as it is
    and of its moving average; ``modes`` and ``good`` (looks,), the modes found and the share of
    good points among the samples, ``average_modes`` and ``average_good`` among the averages;
    ``slope`` (looks,), the mean length of the discriminator's gradient at data.
    """

    steps: np.ndarray
    samples: np.ndarray
    averages: np.ndarray
    modes: np.ndarray
    good: np.ndarray
    average_modes: np.ndarray
    average_good: np.ndarray
    slope: np.ndarray


def read() -> dict:
    """What ``python -m benchmarks.cures`` has stored; empty where it has not been run."""
    return json.loads(STORED.read_text("utf-8")) if STORED.exists() else {}


def stored(game: str) -> list[Outcome]:
    """The stored runs of a game, of which a part of the last samples is kept and no average.

    Raises:
        SettingsError: there is no game of that name.
    """
    games = read().get("games", {})
    check_name(game, games, "game")
    outcomes = []
    for run in games[game]["runs"]:
        points = np.array(run["points"].split(), "float32").reshape(1, -1, 2) / 100
        scores = {name: np.array(run[name]) for name in ("steps", "modes", "good", "slope")}
        none = {"averages": points[:0], "average_modes": points[:0], "average_good": points[:0]}
        outcomes.append(Outcome(samples=points, **scores, **none))
    return outcomes


class Trials:
    """Runs of ``steps`` steps on one mixture, a run for each seed, looked at ``looks`` times.

    Seeds, and settings that differ in the rates alone, share one compiled step.
    """

    def __init__(
        self, mixture: Mixture, *, steps: int, seeds: Sequence[int] = (0, 1, 2), looks: int = 10
    ) -> None:
        if whole("steps", steps, 1) % whole("looks", looks, 1):
            raise SettingsError(f"steps={steps}: it must be a multiple of looks={looks}.")
        self.mixture, self.steps, self.seeds, self.looks = mixture, steps, tuple(seeds), looks
        self._compiled: dict[tuple, ToyGAN] = {}

    def run(self, *, pack: int = 1, **settings) -> list[Outcome]:
        """Trains a toy for each seed.

        Args:
            pack: how many points the discriminator judges together (PacGAN, Lin et al. 2018); it
                must divide the batch.
            settings: fields of ``Recipe``, as ``toy_gan`` takes them.
        """
        key = (pack, *sorted((k, v) for k, v in settings.items() if k not in RATES))
        outcomes = []
        for seed in self.seeds:
            fresh = self._fresh(seed, pack, settings)
            worker = self._compiled.setdefault(key, fresh)
            if worker is not fresh:
                for old, new in zip(_state(worker), _state(fresh), strict=True):
                    old.assign(new)
            outcomes.append(self._watch(worker))
        return outcomes

    def _fresh(self, seed: int, pack: int, settings: dict) -> ToyGAN:
        if pack == 1:
            return toy_gan(self.mixture, steps=self.steps, seed=seed, **settings)
        recipe = toy_recipe(**settings)
        keras.utils.set_random_seed(seed)
        gan = ToyGAN(
            toy_generator(recipe.latent_dim, recipe.generator_width),
            packed_discriminator(pack, recipe.discriminator_width),
            mixture=self.mixture,
            batch_size=recipe.batch_size,
            latent_dim=recipe.latent_dim,
            ema_decay=recipe.ema_decay,
            seed=seed,
        )
        compile_gan(gan, recipe, epochs=1, steps_per_epoch=self.steps)
        return gan

    def _watch(self, gan: ToyGAN) -> Outcome:
        samples, averages, slope = [], [], []
        real = self.mixture.sample(512)
        latents = gan.sample_latents(SAMPLES, seed=1)
        each = self.steps // self.looks
        for _ in range(self.looks):
            for done in range(0, each, CALL):
                gan.take(tf.constant(min(CALL, each - done)))
            samples.append(gan.generator([latents], training=False).numpy())
            averages.append(gan.ema_generator([latents], training=False).numpy())
            slope.append(mean_slope(gan.discriminator, real))
        scores = {
            name: np.array([score(self.mixture, points) for points in drawn])
            for name, score, drawn in (
                ("modes", modes_found, samples),
                ("good", good_share, samples),
                ("average_modes", modes_found, averages),
                ("average_good", good_share, averages),
            )
        }
        return Outcome(
            each * np.arange(1, self.looks + 1),
            np.array(samples),
            np.array(averages),
            slope=np.array(slope),
            **scores,
        )


def packed_discriminator(pack: int, width: int = 64) -> keras.Model:
    """Points (B, 2) to logits (B / pack, 1): each for ``pack`` points that follow each other."""
    point = keras.Input((2,), name="point")
    joined = ops.reshape(point, (-1, 2 * pack))
    judge = joined
    for _ in range(LAYERS):
        judge = layers.LeakyReLU(0.2)(layers.Dense(width)(judge))
    return keras.Model([point], layers.Dense(1)(judge), name="packed_discriminator")


def mean_slope(discriminator: keras.Model, points: np.ndarray) -> float:
    """The mean length of the logit's gradient at points (n, 2)."""
    x = tf.constant(points)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(discriminator([x], training=False))
    return float(tf.reduce_mean(tf.norm(tape.gradient(total, x), axis=1)))
