"""DCGAN (Radford et al. 2016) at any size."""

import keras
from keras import layers

from ganlib.conditioning import batch_norm_of, discriminator_inputs, generator_inputs, logits_of
from ganlib.models.parts import (
    ImageShape,
    dcgan_widths,
    deeper,
    init,
    linear,
    normalized,
    smallest_map,
    with_batch,
)


def dcgan_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 32,
    num_classes: int | None = None,
    embedding_dim: int = 32,
    conditioning: str = "concatenation",
    depth: int = 0,
) -> keras.Model:
    """Dense to the smallest size, then transposed convolutions that double it each, two at 28
    pixels (Radford et al. 2016, with kernel 4 and stride 2: a kernel divisible by the stride covers
    every output pixel equally often, which avoids checkerboards, Odena et al. 2016). ``width`` at
    half the image's size, twice that at a quarter, see ``dcgan_widths``. ``depth`` further
    convolutions with kernel 3 go before each of them."""
    *smaller, smallest = dcgan_widths(image_shape, width)
    height, wide = smallest_map(image_shape, len(smaller) + 1)
    inputs, x = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    batch_norm = batch_norm_of(inputs, num_classes, conditioning)
    x = layers.Dense(height * wide * smallest, use_bias=False, kernel_initializer=init())(x)
    x = batch_norm(x)
    x = layers.ReLU()(x)
    x = layers.Reshape((height, wide, smallest))(x)
    for filters in reversed(smaller):
        x = deeper(x, depth, "batch", layers.ReLU, batch_norm)
        x = layers.Conv2DTranspose(
            filters, 4, 2, padding="same", use_bias=False, kernel_initializer=init()
        )(x)
        x = batch_norm(x)
        x = layers.ReLU()(x)
    x = deeper(x, depth, "batch", layers.ReLU, batch_norm)
    x = layers.Conv2DTranspose(
        image_shape[-1], 4, 2, padding="same", activation="tanh", kernel_initializer=init()
    )(x)
    return keras.Model(inputs, x, name="generator")


def dcgan_discriminator(
    image_shape: ImageShape,
    width: int = 32,
    num_classes: int | None = None,
    conditioning: str = "projection",
    features: int = 0,
    normalization: str = "batch",
    minibatch: str = "none",
    depth: int = 0,
) -> keras.Model:
    """Convolutions with kernel 4 and stride 2, two at 28 pixels (see ``dcgan_widths``), all but the
    first normalised as ``normalization`` says: "batch", "layer", "none", or "spectral", which holds
    for every layer. ``depth`` further ones with kernel 3 follow each of them, normalised alike.

    ``features``: width of a dense layer before the logit; 0 for none. A projection discriminator
    wants one: its class vectors are of that length. ``minibatch``: "stddev" or "discrimination"
    joins to the features what the batch as a whole tells.
    """
    widths = dcgan_widths(image_shape, width)
    inputs, x = discriminator_inputs(image_shape, num_classes, conditioning)
    for level, filters in enumerate(widths):
        x = linear(
            layers.Conv2D, filters, 4, 2, normalization=normalization,
            padding="same", kernel_initializer=init(),
        )(x)  # fmt: skip
        if level:
            x = normalized(x, normalization)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = deeper(x, depth, normalization, lambda: layers.LeakyReLU(negative_slope=0.2))
    x = layers.Flatten()(x)
    if features:
        x = linear(layers.Dense, features, normalization=normalization)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = with_batch(x, minibatch)
    logit = linear(layers.Dense, 1, normalization=normalization, name="logit")(x)
    logits = logits_of(logit, x, inputs, num_classes, conditioning)
    return keras.Model(inputs, logits, name="discriminator")
