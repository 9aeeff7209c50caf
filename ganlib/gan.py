"""GAN and ConditionalGAN: Keras models with one readable training step.

gan = GAN(generator, discriminator, latent_dim=128)
gan.compile(keras.optimizers.Adam(1e-3, 0.5), keras.optimizers.Adam(1e-3, 0.5))
gan.fit(batches, steps_per_epoch=468, epochs=2)
images = gan.generate(16, seed=1)
"""

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ganlib.augment import View
from ganlib.errors import SettingsError, whole
from ganlib.layers import SpectralNorm
from ganlib.losses import LOSSES, Loss
from ganlib.penalties import Penalty

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"Keras runs on {keras.backend.backend()!r}, but ganlib's training step uses TensorFlow's "
        "gradient tape. Set KERAS_BACKEND=tensorflow (or unset it) and start Python again."
    )

# Streams of random numbers that must not meet: noise for training, noise for sampling, the mixing
# weights of a penalty, and the views of the discriminator's two batches and the generator's two.
TRAIN, SAMPLE, MIX, REAL_VIEW, FAKE_VIEW, GENERATOR_VIEW, PARTNER_VIEW = range(7)
# A loss beyond this has exploded, though it may still be finite.
EXPLODED = 1e6
# Images generated at once, so that memory stays bounded.
SAMPLE_BATCH = 250


class GAN(keras.Model):
    """A generator and a discriminator that train each other by ``fit``.

    Args:
        generator: latents ``(B, latent_dim)`` to images ``(B, H, W, C)`` in [-1, 1].
        discriminator: images to logits ``(B, 1)``, 1 = real.
        latent_dim: length of a latent; latents are N(0, 1).
        ema_decay: of the moving average of the generator, from which ``generate`` samples.
        seed: noise is a function of (seed, step) alone, so a resumed run repeats it.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        latent_dim: int = 128,
        ema_decay: float = 0.998,
        seed: int = 0,
    ) -> None:
        super().__init__(name=type(self).__name__.lower())
        self.generator = generator
        self.discriminator = discriminator
        self.ema_generator = keras.models.clone_model(generator, clone_function=_in_float32)
        self.ema_generator.set_weights(generator.get_weights())
        self.ema_generator.trainable = False
        self.latent_dim = latent_dim
        self.ema_decay = ema_decay
        self.seed = seed
        self.trackers = {
            name: keras.metrics.Mean(name)
            for name in ("generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy")
        }
        # The first step whose losses were not numbers, or had exploded; -1 for none.
        self.diverged_at = keras.Variable(-1, trainable=False, dtype="int32", name="diverged_at")
        self.built = True

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer,
        loss: Loss = LOSSES["non_saturating"],
        *,
        penalty: Penalty | None = None,
        critic_steps: int = 1,
        clip: float = 0.0,
        view: View | None = None,
        **kwargs,
    ) -> None:
        """Sets the two optimizers, the loss, and what keeps the game stable.

        Args:
            generator_optimizer: of the generator, as ``discriminator_optimizer`` of the other.
            loss: both players' losses.
            penalty: added to the discriminator's loss.
            critic_steps: updates of the discriminator in a step, each with an equal part of the
                real batch and noise of its own; one update of the generator follows.
            clip: every weight of the discriminator is kept within this distance of 0; 0 for no
                limit (Arjovsky et al. 2017, algorithm 1).
            view: what is done to images before the discriminator sees them.
            kwargs: go to ``keras.Model.compile``.
        """
        # Without optimizer=None Keras would make a hidden third one.
        super().compile(optimizer=None, **kwargs)
        if penalty and penalty.interval > 1:
            # XLA has no fast convolutions inside a condition: the choice between a step that pays
            # and one that does not is made outside of what it compiles.
            self._chosen_step = tf.function(self._one_step, jit_compile=bool(self.jit_compile))
            self.jit_compile = False
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer
        self.gan_loss = loss
        self.penalty, self.critic_steps, self.clip, self.view = penalty, critic_steps, clip, view
        if penalty:
            self.trackers["penalty"] = keras.metrics.Mean("penalty")
        generator_optimizer.build(self.generator.trainable_variables)
        discriminator_optimizer.build(self.discriminator.trainable_variables)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return list(self.trackers.values())

    @property
    def step(self):
        """Training steps taken, from which the noise of the next one follows."""
        return self.generator_optimizer.iterations

    def _split(self, data) -> tuple:
        """Images, and the conditions that both networks take beside their first input: none."""
        return (data,)

    def train_step(self, data) -> dict:
        """One step of each network, on real images ``(B, H, W, C)`` and as many generated ones.

        With ``critic_steps`` k the batch is cut into k parts, and B / k images are generated.
        """
        if not self.penalty or self.penalty.interval == 1:
            return self._one_step(data, pays=bool(self.penalty))
        return tf.cond(
            self.step % self.penalty.interval == 0,
            lambda: self._chosen_step(data, pays=True),
            lambda: self._chosen_step(data, pays=False),
        )

    def _one_step(self, data, pays: bool) -> dict:
        step = tf.cast(keras.ops.convert_to_tensor(self.step), tf.int32)
        *earlier, last = self._parts(data)
        for k, (real_images, *conditions) in enumerate(earlier, start=1):
            noise = self._noise(tf.shape(real_images)[0], self.seed, step, TRAIN, k)
            fake_images = self.generator([noise, *conditions], training=True)
            self._train_discriminator(step, k, real_images, fake_images, conditions, pays)

        real_images, *conditions = last
        noise = self._noise(tf.shape(real_images)[0], self.seed, step, TRAIN)
        with tf.GradientTape() as tape:
            fake_images = self.generator([noise, *conditions], training=True)
            # The discriminator learns first; then the generator, against it as it now is.
            logs = self._train_discriminator(step, 0, real_images, fake_images, conditions, pays)
            judged = [self._judge(fake_images, conditions, step, GENERATOR_VIEW)]
            if self.gan_loss.paired:
                judged.append(self._judge(real_images, conditions, step, PARTNER_VIEW))
            generator_loss = self.gan_loss.generator(*judged)
        self._apply(self.generator_optimizer, self.generator, tape, generator_loss)
        self._update_average()
        self._watch(step, generator_loss, *(logs[k] for k in ("discriminator_loss", "penalty")))
        return self._track(generator_loss=generator_loss, **logs)

    def _train_discriminator(
        self, step, k: int, real_images, fake_images, conditions, pays: bool
    ) -> dict:
        """The discriminator's k-th update of a step; what there is to log of it."""
        for layer in _spectral_norms(self.discriminator):
            layer.iterate()
        real_images = self._view(real_images, step, REAL_VIEW, k)
        fake_images = self._view(tf.stop_gradient(fake_images), step, FAKE_VIEW, k)
        with tf.GradientTape() as tape:
            # Two separate batches: with batch norm, one mixed batch would tell which half is which.
            real_logits = self.discriminator([real_images, *conditions], training=True)
            fake_logits = self.discriminator([fake_images, *conditions], training=True)
            loss = self.gan_loss.discriminator(real_logits, fake_logits)
            penalty = tf.constant(0.0)
            if pays:
                mix = tf.random.stateless_uniform(
                    (tf.shape(real_images)[0],), self._key(self.seed, step, MIX, k)
                )
                penalty = self.penalty(
                    lambda images: self.discriminator([images, *conditions], training=True),
                    real_images,
                    fake_images,
                    mix,
                )
            total = loss + penalty
        self._apply(self.discriminator_optimizer, self.discriminator, tape, total)
        if self.clip:
            for variable in self.discriminator.trainable_variables:
                variable.assign(tf.clip_by_value(variable, -self.clip, self.clip))
        bounds = [self.gan_loss.threshold] * 2
        if self.gan_loss.paired:  # only the difference of two logits has a meaning
            bounds = [fake_logits, real_logits]
        return {
            "discriminator_loss": loss,
            "penalty": penalty,
            "real_accuracy": tf.cast(real_logits > bounds[0], tf.float32),
            "fake_accuracy": tf.cast(fake_logits <= bounds[1], tf.float32),
        }

    def _parts(self, data) -> list[tuple]:
        """Images, and the conditions that both networks take beside their first input, in equal
        parts: one for each of the discriminator's updates."""
        arrays = self._split(data)
        if self.critic_steps == 1:
            return [arrays]
        return list(zip(*(tf.split(array, self.critic_steps) for array in arrays), strict=True))

    def _view(self, images, step, stream: int, k: int = 0):
        if self.view is None:
            return images
        return self.view(images, self._key(self.seed, step, stream, k), step)

    def _judge(self, images, conditions, step, stream: int):
        """The discriminator's logits of what it gets to see of the images."""
        return self.discriminator([self._view(images, step, stream), *conditions], training=True)

    def generate(
        self, n: int, labels=None, seed: int = 0, latents: np.ndarray | None = None
    ) -> np.ndarray:
        """``n`` images, float32 ``(n, H, W, C)`` in [-1, 1], from the averaged generator.

        The same seed gives the same images, whatever was generated before. ``latents``
        ``(n, latent_dim)`` may be given instead of a seed.
        """
        n = whole("n", n, 1)
        if latents is None:
            latents = self.sample_latents(n, seed)
        if np.shape(latents) != (n, self.latent_dim):
            raise SettingsError(
                f"latents have shape {np.shape(latents)}; expected ({n}, {self.latent_dim})."
            )
        inputs = [np.asarray(latents, "float32"), *self._conditions(n, labels)]
        # Called directly: ``predict`` builds a data pipeline each time, 0.1 s for any number.
        parts = [
            self.ema_generator([i[k : k + SAMPLE_BATCH] for i in inputs], training=False).numpy()
            for k in range(0, n, SAMPLE_BATCH)
        ]
        return np.concatenate(parts)

    def summary(self, **kwargs) -> None:
        """Prints Keras's summary of both networks; ``kwargs`` go to it."""
        for network in (self.generator, self.discriminator):
            network.summary(**kwargs)

    def plot(self, folder: str | Path) -> list[Path]:
        """Writes ``generator.png`` and ``discriminator.png``, each network's layers with their
        output shapes; where Graphviz is not installed it prints a note and returns []."""
        pictures = []
        for network in (self.generator, self.discriminator):
            path = Path(folder) / f"{network.name}.png"
            try:
                # Graphviz 2.43, of Debian 12, cannot draw the right angles of the deeper networks.
                keras.utils.plot_model(
                    network, path, show_shapes=True, show_layer_names=False, dpi=80, splines="line"
                )
            except ImportError:
                print(
                    "No pictures of the networks: Graphviz, which draws them, is not installed. "
                    "Install it (Debian: apt install graphviz; conda: conda install graphviz), or "
                    "look at summary()."
                )
                return []
            pictures.append(path)
        return pictures

    def sample_latents(self, n: int, seed: int = 0) -> np.ndarray:
        """Latents ``(n, latent_dim)`` from N(0, 1), the same for the same seed."""
        n, seed = whole("n", n, 1), whole("seed", seed, 0, 2**31 - 1)
        return self._noise(n, seed, 0, SAMPLE).numpy()

    def _conditions(self, n: int, labels) -> tuple:
        if labels is not None:
            raise SettingsError("This GAN is not conditional: it takes no labels.")
        return ()

    @staticmethod
    def _key(seed: int, step, stream: int, k: int = 0):
        """The key of one use of random numbers: the k-th of a stream in a step."""
        key = tf.random.fold_in(tf.stack([seed, step]), stream)
        return tf.random.fold_in(key, k) if k else key

    def _noise(self, n, seed: int, step, stream: int, k: int = 0):
        return tf.random.stateless_normal((n, self.latent_dim), self._key(seed, step, stream, k))

    @staticmethod
    def _apply(optimizer, network, tape, loss) -> None:
        variables = network.trainable_variables
        # An embedding's gradient comes as one row an image; Keras's Adam would square the rows of
        # a class one by one instead of their sum. As plain tensors they are summed.
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
        optimizer.apply(gradients, variables)

    def _update_average(self) -> None:
        """Moves the averaged generator, batch-norm statistics included, towards the trained one.

        The decay warms up, (1 + t) / (10 + t), so that a short run's average is not mostly the
        untrained weights.
        """
        step = tf.cast(self.step, tf.float32)
        decay = tf.minimum(self.ema_decay, (1 + step) / (10 + step))
        for average, variable in zip(
            self.ema_generator.variables, self.generator.variables, strict=True
        ):
            if average.dtype == "float32":  # not a state of random numbers
                average.assign(decay * average + (1 - decay) * tf.cast(variable, "float32"))

    def _watch(self, step, *losses) -> None:
        """Remembers the first step, counted from 1, at which a loss was no longer sound."""
        sound = tf.reduce_all([tf.abs(loss) < EXPLODED for loss in losses])  # NaN compares as no
        first = tf.logical_and(tf.less(self.diverged_at, 0), tf.logical_not(sound))
        self.diverged_at.assign(tf.where(first, step + 1, self.diverged_at))

    def _track(self, **values) -> dict:
        for name, tracker in self.trackers.items():
            tracker.update_state(values[name])
        return {name: tracker.result() for name, tracker in self.trackers.items()}


def _in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    """A copy for the moving average: in float16 its small movements would be rounded away."""
    if isinstance(layer, keras.Model):
        return keras.models.clone_model(layer, clone_function=_in_float32)
    return type(layer).from_config(layer.get_config() | {"dtype": "float32"})


def _spectral_norms(network: keras.Model) -> Iterator[SpectralNorm]:
    """Those of the network and of the models inside it."""
    for layer in network.layers:
        if isinstance(layer, SpectralNorm):
            yield layer
        elif isinstance(layer, keras.Model):
            yield from _spectral_norms(layer)


class ConditionalGAN(GAN):
    """A GAN whose networks both see a class label; ``fit`` takes batches ``(images, labels)``."""

    def __init__(self, generator, discriminator, *, num_classes: int, **kwargs) -> None:
        super().__init__(generator, discriminator, **kwargs)
        self.num_classes = num_classes

    def _split(self, data) -> tuple:
        return data

    def _conditions(self, n: int, labels) -> tuple:
        """Labels ``(n,)``; where none are given, the classes in turn: 0, 1, 2, ..."""
        labels = np.arange(n) % self.num_classes if labels is None else np.asarray(labels)
        if labels.shape != (n,):
            raise SettingsError(f"labels have shape {labels.shape}; expected ({n},), one an image.")
        if not np.issubdtype(labels.dtype, np.integer):
            raise SettingsError(f"labels must be integers, not {labels.dtype}.")
        if labels.min() < 0 or labels.max() >= self.num_classes:
            raise SettingsError(
                f"labels run from {labels.min()} to {labels.max()}; "
                f"this GAN knows 0 to {self.num_classes - 1}."
            )
        return (labels.astype("int32"),)
