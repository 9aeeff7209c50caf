"""A laboratory in the plane: mixtures of Gaussians, and GANs small enough to be watched.

gan = toy_gan(ring(), steps=2000, loss="relativistic", penalty="r1_r2", penalty_weight=0.1)
snapshots = train_toy(gan, 2000)
modes_found(gan.mixture, snapshots[-1].samples)

A toy has the settings of a recipe (``ganlib.recipes.Recipe``) and is trained by ``GAN``'s own step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganlib.building import compile_gan
from ganlib.course.lab.mixtures import DATA, Mixture, good_share, modes_found
from ganlib.errors import SettingsError, check_name
from ganlib.gan import GAN
from ganlib.layers import MinibatchDiscrimination, MinibatchStddev, SpectralNorm
from ganlib.recipes import Recipe, get_recipe

CALL = 500  # steps in one compiled call, which Ctrl-C cannot stop
PART = 256  # points judged at once: a minibatch layer compares each with every other
LAYERS = 3  # hidden ones, in each network
# Settings of a recipe that a toy has no use for.
LACKING = (
    "generator", "discriminator", "conditional", "conditioning", "features", "dropout", "augment",
    "epochs", "drop_epoch", "dropped_rate",
)  # fmt: skip
# Numbers of a toy that differ from those of the recipe "mlp", on which it is built.
TOY = {
    "generator_width": 64,
    "discriminator_width": 64,
    "latent_dim": 2,
    "learning_rate": 1e-3,
    "discriminator_learning_rate": 1e-3,
    "batch_size": 256,
    "ema_decay": 0.995,
}


def toy_recipe(**overrides) -> Recipe:
    """The settings of a toy: fields of ``Recipe``, apart from those that it lacks.

    Raises:
        SettingsError: an unknown field, an impossible value, or one that a toy has no use for.
    """
    useless = [name for name in overrides if name in LACKING]
    if useless:
        raise SettingsError(f"A toy has no use for {', '.join(useless)}: it would change nothing.")
    recipe = get_recipe("mlp", **(TOY | overrides))
    check_name(recipe.normalization, ("none", "spectral"), what="normalization of a toy")
    return recipe


def toy_generator(latent_dim: int = 2, width: int = 64) -> keras.Model:
    """Latents (B, latent_dim) to points (B, 2): three hidden layers."""
    latent = x = keras.Input((latent_dim,), name="latent")
    for _ in range(LAYERS):
        x = layers.Dense(width, activation="relu")(x)
    return keras.Model([latent], layers.Dense(2)(x), name="toy_generator")


def toy_discriminator(
    width: int = 64, *, normalization: str = "none", minibatch: str = "none"
) -> keras.Model:
    """Points (B, 2) to logits (B, 1): three hidden layers.

    ``normalization``: "none" or "spectral", which bounds every layer's gain by 1; ``minibatch``:
    "none", "stddev" or "discrimination", before the logit.
    """

    def dense(units: int, x):
        if normalization == "spectral":
            return SpectralNorm(layers.Dense(units, use_bias=False))(x)
        return layers.Dense(units)(x)

    point = x = keras.Input((2,), name="point")
    for _ in range(LAYERS):
        x = layers.LeakyReLU(0.2)(dense(width, x))
    if minibatch != "none":
        x = {"stddev": MinibatchStddev, "discrimination": MinibatchDiscrimination}[minibatch]()(x)
    return keras.Model([point], dense(1, x), name="toy_discriminator")


class ToyGAN(GAN):
    """A GAN in the plane that draws its own data from ``mixture``, ``batch_size`` points for each
    update of the discriminator, from (seed, step)."""

    def __init__(self, *args, mixture: Mixture, batch_size: int, seed: int, **kwargs) -> None:
        super().__init__(*args, seed=seed, **kwargs)
        self.mixture, self.batch_size = mixture, batch_size
        self.seed = tf.Variable(seed)  # so that another seed needs no other compiled function
        self.take = _many_steps(self)


def _many_steps(gan: ToyGAN) -> Callable[[tf.Tensor], None]:
    """A function that takes so many training steps in one call: a step of so small a network takes
    less time than Python does to start it."""

    @tf.function(jit_compile=True)
    def take(count):
        for _ in tf.range(count):
            step = tf.cast(keras.ops.convert_to_tensor(gan.step), tf.int32)
            key = tf.random.fold_in(tf.stack([gan.seed, step]), DATA)
            gan.train_step(gan.mixture.draw(gan.batch_size * gan.critic_steps, key))

    return take


def toy_gan(mixture: Mixture, *, steps: int, seed: int = 0, **overrides) -> ToyGAN:
    """A GAN in the plane, compiled for a run of ``steps`` steps.

    Args:
        mixture: its data.
        steps: over which instance noise and learning rates fall, where the recipe says so.
        seed: of weights, noise and data.
        overrides: fields of ``Recipe``, such as ``loss="hinge"`` or ``normalization="spectral"``.
    """
    recipe = toy_recipe(**overrides)
    keras.utils.set_random_seed(seed)
    gan = ToyGAN(
        toy_generator(recipe.latent_dim, recipe.generator_width),
        toy_discriminator(
            recipe.discriminator_width,
            normalization=recipe.normalization,
            minibatch=recipe.minibatch,
        ),
        mixture=mixture,
        batch_size=recipe.batch_size,
        latent_dim=recipe.latent_dim,
        ema_decay=recipe.ema_decay,
        seed=seed,
    )
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=steps)
    return gan


@dataclass(frozen=True)
class Snapshot:
    """A toy at one step: ``samples`` (n, 2) of the generator as it is, not averaged; ``push``
    (n, 2), where each would move to lower the generator's loss; ``field`` (size, size), the
    discriminator's logits on the lattice, row by row from the lowest y."""

    step: int
    samples: np.ndarray
    push: np.ndarray
    field: np.ndarray


def train_toy(
    gan: ToyGAN, steps: int, *, at: Sequence[int] = (), samples: int = 2500
) -> list[Snapshot]:
    """Takes ``steps`` training steps; gives snapshots, with so many samples, after the steps
    ``at``, counted from the GAN's first, and after the last."""
    step, last = int(gan.step), int(gan.step) + steps
    wrong = [stop for stop in at if not step <= stop <= last]
    if wrong:
        raise SettingsError(f"at={wrong}: this run goes from step {step} to {last}.")
    snapshots = []
    for stop in sorted({*at, last}):
        while step < stop:
            count = min(CALL, stop - step)
            gan.take(tf.constant(count))
            step += count
        snapshots.append(snapshot(gan, samples=samples))
    return snapshots


def snapshot(gan: ToyGAN, *, samples: int = 2500, size: int = 64) -> Snapshot:
    """What there is to see of a toy; the lattice of the field reaches to ``mixture.extent``."""
    points, push = felt_gradient(gan, samples)
    return Snapshot(
        int(gan.step), points, push, logit_field(gan.discriminator, gan.mixture.extent, size)
    )


def lattice(extent: float, size: int = 64) -> np.ndarray:
    """The points (size * size, 2) of a square around the origin that reaches to ``extent``."""
    line = np.linspace(-extent, extent, size, dtype="float32")
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def logit_field(discriminator: keras.Model, extent: float, size: int = 64) -> np.ndarray:
    """The discriminator's logits at the lattice, (size, size), row by row from the lowest y.

    With a minibatch layer a logit belongs to the part of the lattice that it is judged with.
    """
    points = lattice(extent, size)
    parts = np.split(points, range(PART, len(points), PART))
    logits = [discriminator([tf.constant(part)], training=False).numpy() for part in parts]
    return np.concatenate(logits).reshape(size, size)


def felt_gradient(gan: GAN, n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """``n`` generated points, (n, 2), and the push on each of them, (n, 2): minus the gradient of
    the generator's loss with respect to the point, times their number, since the loss is a mean.

    They are judged in parts of 256. A paired loss compares each with a logit of 0.
    """
    latents = gan.sample_latents(n, seed)
    points, pushes = [], []
    for part in np.split(latents, range(PART, n, PART)):
        point = gan.generator([tf.constant(part)], training=False)
        with tf.GradientTape() as tape:
            tape.watch(point)
            judged = [gan.discriminator([point], training=False)]
            if gan.gan_loss.paired:
                judged.append(tf.zeros_like(judged[0]))
            loss = gan.gan_loss.generator(*judged)
        points.append(point.numpy())
        pushes.append(-len(part) * tape.gradient(loss, point).numpy())
    return np.concatenate(points), np.concatenate(pushes)


def toy_scores(mixture: Mixture, *, steps: int, seeds: Sequence[int], **settings) -> np.ndarray:
    """Trains a fresh toy for each seed; the modes found and the share of good ones among 2,500
    samples, (seeds, 2).

    The toys share one compiled function, whose variables are given each toy's values in turn. A
    generator whose numbers have stopped being finite has found no mode.
    """
    scores, worker = [], None
    for seed in seeds:
        fresh = toy_gan(mixture, steps=steps, seed=seed, **settings)
        worker = worker or fresh
        for old, new in zip(_state(worker), _state(fresh), strict=True):
            old.assign(new)
        samples = train_toy(worker, steps)[-1].samples
        scores.append((modes_found(mixture, samples), good_share(mixture, samples)))
    return np.array(scores)


def _state(gan: ToyGAN) -> list:
    """Every variable that training changes or depends on."""
    networks = (gan.generator, gan.discriminator, gan.ema_generator)
    optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
    return [gan.seed, *(v for owner in (*networks, *optimizers) for v in owner.variables)]
