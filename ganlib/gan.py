"""GAN: a Keras model with one readable training step.

gan = GAN(generator, discriminator, latent_dim=128)
gan.compile(keras.optimizers.Adam(1e-3, 0.5), keras.optimizers.Adam(1e-3, 0.5))
gan.fit(batches, steps_per_epoch=468, epochs=2)
images = gan.generate(16, seed=1)
"""

import keras
import numpy as np
import tensorflow as tf

from ganlib import noise
from ganlib.augment import View
from ganlib.errors import SettingsError, whole
from ganlib.layers import iterate_spectral_norms
from ganlib.losses import LOSSES, Loss
from ganlib.penalties import Penalty

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"Keras runs on {keras.backend.backend()!r}, but ganlib's training step uses TensorFlow's "
        "gradient tape. Set KERAS_BACKEND=tensorflow (or unset it) and start Python again."
    )

# A loss beyond this has exploded, though it may still be finite.
EXPLODED = 1e6
# Images generated at once, so that memory stays bounded.
SAMPLE_BATCH = 250


class GAN(keras.Model):
    """A generator and a discriminator that train each other by ``fit``.

    ``conditional``: whether both see a label, see ``conditioning.ConditionalGAN``.

    Args:
        generator: latents ``(B, latent_dim)`` to images ``(B, H, W, C)`` in [-1, 1].
        discriminator: images to logits ``(B, 1)``, 1 = real; further columns are a subclass's.
        latent_dim: length of a latent; latents are N(0, 1).
        ema_decay: of the moving average of the generator, from which ``generate`` samples.
        seed: noise is a function of (seed, step) alone, so a resumed run repeats it.
    """

    conditional = False

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
        self.ema_generator = noise.averaged_copy(generator)
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
        """Sets optimizers, loss, and what keeps the game stable.

        Args:
            generator_optimizer, discriminator_optimizer: one for each network.
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
            self._chosen_step = tf.function(self._step, jit_compile=bool(self.jit_compile))
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

    def train_step(self, data) -> dict:
        """One step of each network, on real images ``(B, H, W, C)`` and as many generated ones.

        With ``critic_steps`` k the batch is cut into k parts, and B / k images are generated.
        """
        if not self.penalty or self.penalty.interval == 1:
            return self._step(data, pays=bool(self.penalty))
        return tf.cond(
            self.step % self.penalty.interval == 0,
            lambda: self._chosen_step(data, pays=True),
            lambda: self._chosen_step(data, pays=False),
        )

    def _step(self, data, pays: bool) -> dict:
        step = tf.cast(keras.ops.convert_to_tensor(self.step), tf.int32)
        for turn, (real, *labels) in self._turns(data):
            key = self._key(step, noise.TRAIN, turn)
            latents = noise.latents(tf.shape(real)[0], self.latent_dim, key)
            with tf.GradientTape() as generator_tape:
                fake = self.generator([latents, *labels], training=True)

            # The discriminator's turn: real images should get high logits, generated ones low.
            iterate_spectral_norms(self.discriminator)  # once, so that both batches meet the same
            seen_real = self._view(real, step, noise.REAL_VIEW, turn)
            seen_fake = self._view(tf.stop_gradient(fake), step, noise.FAKE_VIEW, turn)
            with tf.GradientTape() as discriminator_tape:
                real_logits, fake_logits = self.judge_both(seen_real, seen_fake, labels)
                discriminator_loss = self.discriminator_loss(real_logits, fake_logits, labels)
                penalty = self._pay(pays, seen_real, seen_fake, labels, step, turn)
                total = discriminator_loss + penalty
            self._apply(self.discriminator_optimizer, self.discriminator, discriminator_tape, total)
            self._clip_weights()

        # The generator's turn: its tape goes on, through the discriminator as it now is.
        with generator_tape:
            logits = [self._judge(fake, labels, step, noise.GENERATOR_VIEW)]
            if self.gan_loss.paired:
                logits.append(self._judge(real, labels, step, noise.PARTNER_VIEW))
            generator_loss = self.generator_loss(logits, labels)
        self._apply(self.generator_optimizer, self.generator, generator_tape, generator_loss)

        noise.move_average(self.ema_generator, self.generator, self.step, self.ema_decay)
        self._watch(step, generator_loss, discriminator_loss, penalty)
        return self._track(
            generator_loss=generator_loss,
            discriminator_loss=discriminator_loss,
            penalty=penalty,
            **self.gan_loss.accuracies(real_logits[:, :1], fake_logits[:, :1]),
        )

    def unpack(self, data) -> tuple:
        """A batch as images, and what both networks see beside their first input: nothing."""
        return (data,)

    def judge_both(self, real, fake, labels: list) -> tuple:
        """The discriminator's logits of real and of generated images, in two separate batches: with
        batch norm, one mixed batch would tell which half is which."""
        real_logits = self.discriminator([real, *labels], training=True)
        fake_logits = self.discriminator([fake, *labels], training=True)
        return real_logits, fake_logits

    def discriminator_loss(self, real_logits, fake_logits, labels: list):
        """What the discriminator minimises, beside a penalty."""
        return self.gan_loss.discriminator(real_logits, fake_logits)

    def generator_loss(self, logits: list, labels: list):
        """What the generator minimises: ``logits`` of its images, and of real ones in pairs."""
        return self.gan_loss.generator(*logits)

    def _turns(self, data) -> list[tuple[int, tuple]]:
        """The discriminator's turns, numbered, each with an equal part of the batch. 0 is the last,
        after which the generator learns."""
        arrays = self.unpack(data)
        if self.critic_steps == 1:
            return [(0, arrays)]
        parts = zip(*(tf.split(array, self.critic_steps) for array in arrays), strict=True)
        return [(k % self.critic_steps, part) for k, part in enumerate(parts, start=1)]

    def _key(self, step, stream: int, turn: int = 0):
        return noise.key_of(self.seed, step, stream, turn)

    def _view(self, images, step, stream: int, turn: int = 0):
        """What the discriminator gets to see of images: augmented, noisy, or as they are."""
        if self.view is None:
            return images
        return self.view(images, self._key(step, stream, turn), step)

    def _judge(self, images, labels, step, stream: int):
        """The discriminator's logits of what it gets to see of the images."""
        return self.discriminator([self._view(images, step, stream), *labels], training=True)

    def _pay(self, pays: bool, real, fake, labels, step, turn: int):
        """The penalty on the discriminator's slope at, or between, what it sees."""
        if not pays:
            return tf.constant(0.0)
        mix = tf.random.stateless_uniform((tf.shape(real)[0],), self._key(step, noise.MIX, turn))
        return self.penalty(
            lambda images: self.discriminator([images, *labels], training=True)[:, :1],
            real,
            fake,
            mix,
        )

    def _clip_weights(self) -> None:
        if self.clip:
            for variable in self.discriminator.trainable_variables:
                variable.assign(tf.clip_by_value(variable, -self.clip, self.clip))

    @staticmethod
    def _apply(optimizer, network, tape, loss) -> None:
        variables = network.trainable_variables
        # An embedding's gradient comes as one row an image; Keras's Adam would square the rows of
        # a class one by one instead of their sum. As plain tensors they are summed.
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
        optimizer.apply(gradients, variables)

    def _watch(self, step, *losses) -> None:
        """Remembers the first step, counted from 1, at which a loss was no longer sound."""
        sound = tf.reduce_all([tf.abs(loss) < EXPLODED for loss in losses])  # NaN compares as no
        first = tf.logical_and(tf.less(self.diverged_at, 0), tf.logical_not(sound))
        self.diverged_at.assign(tf.where(first, step + 1, self.diverged_at))

    def _track(self, **values) -> dict:
        for name, tracker in self.trackers.items():
            tracker.update_state(values[name])
        return {name: tracker.result() for name, tracker in self.trackers.items()}

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

    def sample_latents(self, n: int, seed: int = 0) -> np.ndarray:
        """Latents ``(n, latent_dim)`` from N(0, 1), the same for the same seed."""
        n, seed = whole("n", n, 1), whole("seed", seed, 0, 2**31 - 1)
        return noise.latents(n, self.latent_dim, noise.key_of(seed, 0, noise.SAMPLE)).numpy()

    def summary(self, **kwargs) -> None:
        """Prints Keras's summary of both networks; ``kwargs`` go to it."""
        for network in (self.generator, self.discriminator):
            network.summary(**kwargs)

    def _conditions(self, n: int, labels) -> tuple:
        if labels is not None:
            shape = np.asarray(labels, object).shape
            raise SettingsError(f"labels of shape {shape}: this GAN is not conditional; give none.")
        return ()
