"""Two recipes that learners meet elsewhere, rewritten from their published description, each with
its own networks, optimizers and way of taking a step. They serve as the yardstick of ``bench``.
"""

import keras
import tensorflow as tf
from keras import layers

from ganlib.gan import GAN
from ganlib.losses import LOSSES


class SimultaneousGAN(GAN):
    """Both gradients are taken from the same state, then both networks move; no average is kept,
    and the step is not compiled by XLA: as the TensorFlow tutorial's DCGAN does it."""

    def train_step(self, images) -> dict:
        noise = tf.random.normal((tf.shape(images)[0], self.latent_dim))
        with tf.GradientTape() as generator_tape, tf.GradientTape() as discriminator_tape:
            fakes = self.generator(noise, training=True)
            real_logits = self.discriminator(images, training=True)
            fake_logits = self.discriminator(fakes, training=True)
            loss_g = self.gan_loss.generator(fake_logits)
            loss_d = self.gan_loss.discriminator(real_logits, fake_logits)
        self._apply(self.generator_optimizer, self.generator, generator_tape, loss_g)
        self._apply(self.discriminator_optimizer, self.discriminator, discriminator_tape, loss_d)
        return {"generator_loss": loss_g, "discriminator_loss": loss_d}


class MixedBatchGAN(GAN):
    """The discriminator sees fakes and reals in one batch, then the generator moves with fresh
    noise: as the second phase of *Hands-On Machine Learning* (3rd edition, chapter 17) does it."""

    def train_step(self, images) -> dict:
        half = tf.shape(images)[0]
        fakes = self.generator(tf.random.normal((half, self.latent_dim)), training=True)
        with tf.GradientTape() as tape:
            logits = self.discriminator(tf.concat([fakes, images], 0), training=True)
            # Its loss is one mean over both halves: half of the sum of the two means.
            loss_d = self.gan_loss.discriminator(logits[half:], logits[:half]) / 2
        self._apply(self.discriminator_optimizer, self.discriminator, tape, loss_d)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((half, self.latent_dim)), training=True)
            loss_g = self.gan_loss.generator(self.discriminator(fakes, training=True))
        self._apply(self.generator_optimizer, self.generator, tape, loss_g)
        return {"generator_loss": loss_g, "discriminator_loss": loss_d}


def tutorial_dcgan() -> tuple[GAN, int]:
    """tensorflow/docs, tutorials/generative/dcgan.ipynb: Adam 1e-4, batch 256."""
    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 256, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Reshape((7, 7, 256)),
            layers.Conv2DTranspose(128, 5, 1, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(64, 5, 2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(1, 5, 2, padding="same", use_bias=False, activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, 2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, 2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    gan = SimultaneousGAN(generator, discriminator, latent_dim=100)
    gan.compile(keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4), LOSSES["non_saturating"])
    return gan, 256


def handson_dcgan() -> tuple[GAN, int]:
    """ageron/handson-ml3, chapter 17, the DCGAN: RMSprop, batch 32."""
    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 128),
            layers.Reshape((7, 7, 128)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(64, 5, 2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 5, 2, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, 2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Conv2D(128, 5, 2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    gan = MixedBatchGAN(generator, discriminator, latent_dim=100)
    gan.compile(keras.optimizers.RMSprop(), keras.optimizers.RMSprop(), LOSSES["non_saturating"])
    return gan, 32
