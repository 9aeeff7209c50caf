"""Recipes that learners meet elsewhere, rewritten from their published description, each with
its own networks, optimizers and way of taking a step. They serve as the yardstick of ``bench``.
"""

import keras
import tensorflow as tf
from keras import layers

from ganlib.conditioning import ConditionalGAN
from ganlib.gan import GAN
from ganlib.losses import LOSSES
from ganlib.penalties import gradient_penalty


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


class MixedConditionalGAN(ConditionalGAN):
    """As ``MixedBatchGAN``, both networks told the label, and the same latents' labels for both."""

    def train_step(self, data) -> dict:
        images, labels = data
        half = tf.shape(images)[0]
        fakes = self.generator([tf.random.normal((half, self.latent_dim)), labels], training=True)
        with tf.GradientTape() as tape:
            logits = self.discriminator(
                [tf.concat([fakes, images], 0), tf.concat([labels, labels], 0)], training=True
            )
            loss_d = self.gan_loss.discriminator(logits[half:], logits[:half]) / 2
        self._apply(self.discriminator_optimizer, self.discriminator, tape, loss_d)
        with tf.GradientTape() as tape:
            fakes = self.generator(
                [tf.random.normal((half, self.latent_dim)), labels], training=True
            )
            loss_g = self.gan_loss.generator(self.discriminator([fakes, labels], training=True))
        self._apply(self.generator_optimizer, self.generator, tape, loss_g)
        return {"generator_loss": loss_g, "discriminator_loss": loss_d}


class Bands(layers.Layer):
    """The label beside the image as the example does it: each number of the one-hot vector is
    repeated H W times in a row and the whole reshaped, so that the label becomes a band of rows."""

    def call(self, image, label):
        onehot = tf.one_hot(label, 10)
        bands = tf.reshape(tf.repeat(onehot, 28 * 28, axis=1), (-1, 28, 28, 10))
        return tf.concat([image, bands], axis=-1)


def keras_conditional_gan() -> tuple[GAN, int]:
    """keras-io, examples/generative/conditional_gan.py: Adam 3e-4, batch 64, images in [0, 1]."""
    noise, label = keras.Input((128,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([noise, layers.CategoryEncoding(10, output_mode="one_hot")(label)])
    x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(7 * 7 * 138)(x))
    x = layers.Reshape((7, 7, 138))(x)
    for _ in range(2):
        x = layers.Conv2DTranspose(128, 4, 2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Conv2D(1, 7, padding="same", activation="sigmoid")(x)
    generator = keras.Model([noise, label], layers.Rescaling(2.0, -1.0)(x))  # to our [-1, 1]

    image, label = keras.Input((28, 28, 1)), keras.Input((), dtype="int32")
    x = Bands()(layers.Rescaling(0.5, 0.5)(image), label)
    for width in (64, 128):
        x = layers.Conv2D(width, 3, 2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Dense(1)(layers.GlobalMaxPooling2D()(x))
    gan = MixedConditionalGAN(
        generator, keras.Model([image, label], x), num_classes=10, latent_dim=128
    )
    gan.compile(keras.optimizers.Adam(3e-4), keras.optimizers.Adam(3e-4), LOSSES["non_saturating"])
    return gan, 64


class CriticGAN(GAN):
    """Three steps of a critic with gradient penalty, weight 10, to one of the generator (Gulrajani
    et al. 2017), the critic's on one batch of images, as keras-io's WGAN-GP does it."""

    def train_step(self, images) -> dict:
        count = tf.shape(images)[0]
        for _ in range(3):
            fakes = self.generator(tf.random.normal((count, self.latent_dim)), training=True)
            with tf.GradientTape() as tape:
                real, fake = (self.discriminator(x, training=True) for x in (images, fakes))
                loss_d = self.gan_loss.discriminator(real, fake)
                loss_d += 10 * gradient_penalty(
                    lambda x: self.discriminator(x, training=True),
                    images,
                    fakes,
                    tf.random.uniform((count,)),
                )
            self._apply(self.discriminator_optimizer, self.discriminator, tape, loss_d)
        with tf.GradientTape() as tape:
            fakes = self.generator(tf.random.normal((count, self.latent_dim)), training=True)
            loss_g = self.gan_loss.generator(self.discriminator(fakes, training=True))
        self._apply(self.generator_optimizer, self.generator, tape, loss_g)
        return {"generator_loss": loss_g, "discriminator_loss": loss_d}


def keras_wgan_gp() -> tuple[GAN, int]:
    """keras-io, examples/generative/wgan_gp.py: Adam 2e-4 with beta (0.5, 0.9), batch 512."""
    noise = keras.Input((128,))
    x = layers.BatchNormalization()(layers.Dense(4 * 4 * 256, use_bias=False)(noise))
    x = layers.Reshape((4, 4, 256))(layers.LeakyReLU(negative_slope=0.2)(x))
    for width in (128, 64, 1):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(layers.UpSampling2D()(x))
        x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x) if width > 1 else layers.Activation("tanh")(x)
    generator = keras.Model(noise, layers.Cropping2D(2)(x))  # 32 to 28

    image = keras.Input((28, 28, 1))
    x = layers.ZeroPadding2D(2)(image)
    for width, dropout in ((64, 0.0), (128, 0.3), (256, 0.3), (512, 0.0)):
        x = layers.Conv2D(width, 5, 2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = layers.Dropout(dropout)(x) if dropout else x
    x = layers.Dense(1)(layers.Dropout(0.2)(layers.Flatten()(x)))
    gan = CriticGAN(generator, keras.Model(image, x), latent_dim=128)
    gan.compile(
        *(keras.optimizers.Adam(2e-4, beta_1=0.5, beta_2=0.9) for _ in range(2)),
        LOSSES["wasserstein"],
    )
    return gan, 512


PEERS = {
    "tutorial DCGAN": tutorial_dcgan,
    "handson-ml3 DCGAN": handson_dcgan,
    "keras-io conditional GAN": keras_conditional_gan,
    "keras-io WGAN-GP": keras_wgan_gp,
}
