"""Short runs that fail on purpose, and their healthy neighbours, all looked at in the same way.

lab = Lab(data, test)
healthy = lab.run("healthy")
weak = lab.run("discriminator too weak", discriminator_learning_rate=1e-6)
weak.scores["distance"] / healthy.scores["distance"]
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

import keras
import numpy as np
import tensorflow as tf

from ganlib.building import build_gan, compile_gan
from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import batches
from ganlib.errors import SettingsError, whole
from ganlib.evaluation import metrics
from ganlib.evaluation.classifier import classifier_for
from ganlib.evaluation.reference import class_probabilities
from ganlib.gan import GAN
from ganlib.images import scale, unscale
from ganlib.recipes import Recipe, get_recipe
from ganlib.training.schedule import STEPS_PER_EXECUTION

# The narrow GAN that every run of the gallery starts from.
NARROW = {
    "generator_width": 16,
    "discriminator_width": 16,
    "features": 0,
    "latent_dim": 32,
    "beta_1": 0.5,
    "decay_share": 0.0,
    "batch_size": 16,
    "ema_decay": 0.99,
}
# What a compiled step does not depend on.
RATES = {"learning_rate": 2e-3, "discriminator_learning_rate": 2e-3}
# How often a run is looked at, by images of how many fixed latents and by how many real ones of
# either kind, trained on and held out; and how many images are scored at its end.
POINTS, FIXED, HELD_OUT, SAMPLES = 20, 64, 256, 1000

Builder = Callable[..., keras.Model]


@dataclass(frozen=True, eq=False)
class Result:
    """A short run, trained and scored.

    Args:
        history: arrays ``(POINTS,)`` by name: step, generator_loss, discriminator_loss,
            real_accuracy, fake_accuracy (means since the point before); trained_on_accuracy and
            held_out_accuracy, the shares of as many training and test images, unchanged, that the
            discriminator takes for real (with a paired loss, for more real than generated ones);
            and push, see ``push``.
        frames: images of the fixed latents at each point, by the generator as it was,
            ``(POINTS, FIXED, H, W, C)``; averages: the same by its moving average.
        images: ``(SAMPLES, H, W, C)``, of the moving average at the end; labels: the classes
            ``(SAMPLES,)`` that a conditional generator was asked for, here and, the first ones, in
            the frames.
        scores: of these images, see ``Judge``.
    """

    name: str
    recipe: Recipe
    history: dict[str, np.ndarray] = field(repr=False)
    frames: np.ndarray = field(repr=False)
    averages: np.ndarray = field(repr=False)
    images: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    scores: dict[str, float]

    def late(self, name: str) -> float:
        """The mean of a line of the history over the last quarter of the run."""
        return float(np.mean(self.history[name][-(POINTS // 4) :]))


class Judge:
    """Scores generated images against real test images, in the features of their classifier."""

    def __init__(self, train: DataSet, test: DataSet, samples: int | None = None) -> None:
        samples = min(SAMPLES, len(test)) if samples is None else whole("samples", samples, 1)
        chosen = test.stratified(samples)
        self.classifier = classifier_for(train, test)
        features = self.classifier.features(test.images[chosen])
        self.target, self.spread = metrics.moments(features), features.var(axis=0).sum()
        self.num_classes = train.num_classes
        self.spread_within = _spread_within(features, test.labels[chosen])

    def __call__(self, images: np.ndarray, asked: np.ndarray | None = None) -> dict[str, float]:
        """Of images ``(N, H, W, C)`` in [-1, 1]: ``distance``, the Fréchet distance; ``variety``,
        the variance of their features as a share of the real ones'; ``missing``, the number of
        classes that hold less than 1 % of them. Where classes ``(N,)`` were ``asked`` for, the
        variety is that within the classes, and ``agreement`` is the share of images that show the
        class asked for."""
        features = self.classifier.features(unscale(images))
        labels = class_probabilities(self.classifier, features).argmax(axis=1)
        counts = metrics.class_counts(labels, self.num_classes)
        scores = {
            "distance": metrics.frechet_of_moments(metrics.moments(features), self.target),
            "variety": float(features.var(axis=0).sum() / self.spread),
            "missing": len(metrics.missing_classes(counts)),
        }
        if asked is not None:
            scores["variety"] = _spread_within(features, asked) / self.spread_within
            scores["agreement"] = float(np.mean(labels == asked))
        return scores


def push(gan: GAN, images, *, conditions: Sequence = (), real=None) -> float:
    """How hard the generator's loss pulls at a generated image: the mean Euclidean length of its
    gradient with respect to one of ``images`` ``(B, H, W, C)``.

    Args:
        conditions: what the discriminator takes beside them: the labels, for a conditional GAN.
        real: as many real images, which a paired loss compares them with.
    """
    images = tf.convert_to_tensor(images)
    if gan.gan_loss.paired and real is None:
        raise SettingsError(f"The {gan.gan_loss.name} loss compares in pairs: give real=….")
    compared = [images, real] if gan.gan_loss.paired else [images]
    # Keras takes no mixture of tensors and arrays.
    inputs = [[tf.convert_to_tensor(each) for each in (x, *conditions)] for x in compared]
    with tf.GradientTape() as tape:
        tape.watch(images)
        judged = [gan.discriminator(each, training=True)[:, :1] for each in inputs]
        loss = gan.gan_loss.generator(*judged) * len(images)  # the loss is a mean over them
    slopes = tf.reshape(tape.gradient(loss, images), (len(images), -1))
    return float(tf.reduce_mean(tf.norm(slopes, axis=1)))


class Lab:
    """Runs of ``steps`` steps on one data set, from one seed.

    What depends on the recipe is compiled once: runs that differ in their rates alone share it, and
    each begins with fresh weights.
    """

    def __init__(self, data: DataSet, test: DataSet, *, steps: int = 800, seed: int = 0) -> None:
        if whole("steps", steps, 0) < POINTS or steps % POINTS:
            raise SettingsError(f"steps={steps}: it must be a multiple of {POINTS}, the points.")
        self.data, self.steps, self.seed = data, steps, seed
        self.judge = Judge(data, test)
        shown = (each.subset(min(HELD_OUT, len(each))) for each in (data, test))
        self.shown = dict(zip(("trained_on_accuracy", "held_out_accuracy"), shown, strict=True))
        # Of these classes images are generated; a paired loss compares them with these real ones.
        order = np.resize(data.stratified(len(data)), SAMPLES)
        self.partners = replace(data, images=data.images[order], labels=data.labels[order])
        self._compiled: dict[tuple, GAN] = {}

    def run(
        self,
        name: str,
        *,
        kind: type[GAN] = GAN,
        builder: Builder | None = None,
        **overrides,
    ) -> Result:
        """Trains the narrow DCGAN with these changes.

        Args:
            name: what figures call the run.
            kind: a class of GAN with an override of its own; of ``ConditionalGAN`` for a recipe
                with labels.
            builder: makes another generator, from image shape, latent_dim and width, for recipes
                without labels.
            overrides: any field of ``ganlib.recipes.Recipe``; ``drop_epoch`` counts in twentieths
                of the run.
        """
        recipe = get_recipe("dcgan", **{**NARROW, **RATES, **overrides})
        gan = self._gan(recipe, kind, builder)
        history, frames, averages = self._train(gan, recipe)
        asked = _conditions(recipe, self.partners.labels)
        images = gan.generate(SAMPLES, *asked, seed=1)
        scores = self.judge(images, *asked)
        labels = self.partners.labels
        return Result(name, recipe, history, frames, averages, images, labels, scores)

    def _gan(self, recipe: Recipe, kind: type[GAN], builder: Builder | None) -> GAN:
        """Fresh weights, in a GAN whose compiled step is used again where there is one."""
        gan = self._built(recipe, kind, builder)
        has_schedule = recipe.decay_share or recipe.drop_epoch
        shared = {k: v for k, v in asdict(recipe).items() if has_schedule or k not in RATES}
        key = (kind, builder, *shared.items())
        if key not in self._compiled:
            each = self.steps // POINTS
            compile_gan(
                gan,
                recipe,
                epochs=POINTS,
                steps_per_epoch=each,
                steps_per_execution=math.gcd(each, STEPS_PER_EXECUTION),
            )
            self._compiled[key] = gan
            return gan
        used = self._compiled[key]
        for network in ("generator", "discriminator", "ema_generator"):
            getattr(used, network).set_weights(getattr(gan, network).get_weights())
        optimizers = (used.generator_optimizer, used.discriminator_optimizer)
        for optimizer, rate in zip(optimizers, RATES, strict=True):
            for variable in optimizer.variables:
                variable.assign(keras.ops.zeros_like(variable))
            if not has_schedule:
                optimizer.learning_rate.assign(getattr(recipe, rate))
        return used

    def _built(self, recipe: Recipe, kind: type[GAN], builder: Builder | None) -> GAN:
        gan = build_gan(recipe, self.data.image_shape, self.data.num_classes, seed=self.seed)
        if kind is GAN and builder is None:
            return gan
        if recipe.conditional and builder:
            raise SettingsError("builder knows no labels: leave conditional at False.")
        if kind is not GAN and kind.conditional != recipe.conditional:
            wanted = "ConditionalGAN" if recipe.conditional else "GAN"
            raise SettingsError(f"{kind.__name__} does not fit the recipe: derive it of {wanted}.")
        made = gan.generator
        if builder:
            made = builder(self.data.image_shape, recipe.latent_dim, recipe.generator_width)
        common = {"latent_dim": recipe.latent_dim, "ema_decay": recipe.ema_decay}
        if recipe.conditional:
            common["num_classes"] = self.data.num_classes
        return kind(made, gan.discriminator, seed=self.seed, **common)

    def _train(self, gan: GAN, recipe: Recipe) -> tuple[dict, np.ndarray, np.ndarray]:
        rows, frames, averages = [], [], []
        latents = gan.sample_latents(FIXED, seed=0)
        asked = _conditions(recipe, self.partners.labels[:FIXED])
        real = _scaled(self.partners)[:FIXED]

        def look(_epoch: int, logs: dict) -> None:
            fakes = gan.generator([latents, *asked], training=False).numpy()
            seen = {name: float(logs[name]) for name in gan.trackers}
            seen |= {name: _taken_for_real(gan, recipe, part) for name, part in self.shown.items()}
            pushed = push(gan, fakes, conditions=asked, real=real)
            rows.append({"step": int(gan.step), **seen, "push": pushed})
            frames.append(fakes)
            averages.append(gan.generate(FIXED, *asked, latents=latents))

        size = recipe.batch_size * recipe.critic_steps
        gan.fit(
            batches(self.data, size, seed=self.seed, labelled=recipe.conditional),
            steps_per_epoch=self.steps // POINTS,
            epochs=POINTS,
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=look)],
            shuffle=False,  # the batches are
            verbose=0,
        )
        history = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        return history, np.stack(frames), np.stack(averages)


def _spread_within(features: np.ndarray, labels: np.ndarray) -> float:
    """The variance of features ``(N, F)`` about the mean of their class, summed over F."""
    means = np.stack([features[labels == k].mean(axis=0) for k in np.unique(labels)])
    rest = features - means[np.searchsorted(np.unique(labels), labels)]
    return float((rest**2).mean(axis=0).sum())


def _scaled(data: DataSet) -> np.ndarray:
    return scale(data.images.reshape(-1, *data.image_shape))


def _conditions(recipe: Recipe, labels: np.ndarray) -> list[np.ndarray]:
    """What the networks take beside images or latents of these classes."""
    return [labels.astype("int32")] if recipe.conditional else []


def _taken_for_real(gan: GAN, recipe: Recipe, part: DataSet) -> float:
    """The share of real images that the discriminator takes for real."""
    asked = _conditions(recipe, part.labels)
    judged = gan.discriminator([_scaled(part), *asked], training=True)[:, :1]
    bound = gan.gan_loss.threshold
    if gan.gan_loss.paired:  # only the difference of two logits has a meaning
        latents = gan.sample_latents(len(part), seed=0)
        fakes = gan.generator([latents, *asked], training=False).numpy()
        bound = gan.discriminator([fakes, *asked], training=True)[:, :1]
    return float(np.mean(judged > bound))
