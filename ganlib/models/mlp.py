"""Fully connected networks: the vanilla GAN."""

import keras
from keras import layers

from ganlib.conditioning import batch_norm_of, discriminator_inputs, generator_inputs, logits_of
from ganlib.models.parts import ImageShape, linear, normalized, smallest_map, with_batch


def mlp_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 256,
    num_classes: int | None = None,
    embedding_dim: int = 32,
    conditioning: str = "concatenation",
) -> keras.Model:
    """Fully connected: three hidden layers of ``width``, 2 and 4 times ``width``."""
    smallest_map(image_shape)
    inputs, x = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    batch_norm = batch_norm_of(inputs, num_classes, conditioning)
    for factor in (1, 2, 4):
        x = layers.Dense(factor * width, use_bias=False)(x)
        x = batch_norm(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    height, wide, channels = image_shape
    x = layers.Dense(height * wide * channels, activation="tanh")(x)
    return keras.Model(inputs, layers.Reshape(image_shape)(x), name="generator")


def mlp_discriminator(
    image_shape: ImageShape,
    width: int = 256,
    num_classes: int | None = None,
    conditioning: str = "projection",
    dropout: float = 0.0,
    normalization: str = "none",
    minibatch: str = "none",
) -> keras.Model:
    """Fully connected: two hidden layers of 2 times ``width`` and ``width``, the second normalised
    as ``normalization`` says (with "spectral" both, and the logit)."""
    inputs, x = discriminator_inputs(image_shape, num_classes, conditioning)
    x = layers.Flatten()(x)
    for factor in (2, 1):
        x = linear(layers.Dense, factor * width, normalization=normalization)(x)
        if factor == 1:
            x = normalized(x, normalization)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    x = with_batch(x, minibatch)
    logit = linear(layers.Dense, 1, normalization=normalization, name="logit")(x)
    logits = logits_of(logit, x, inputs, num_classes, conditioning)
    return keras.Model(inputs, logits, name="discriminator")
