"""Generators and discriminators, by builder functions: every one returns a plain ``keras.Model``.

A generator takes latents ``(B, latent_dim)`` and gives images ``(B, H, W, C)`` in [-1, 1]; a
discriminator takes images and gives logits ``(B, 1)``: positive means "real". With ``num_classes``
both take integer labels ``(B,)`` as their second input, see ``conditioning``.
"""

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from ganlib.conditioning import batch_norm_of, discriminator_inputs, generator_inputs, logits_of
from ganlib.errors import SettingsError
from ganlib.layers import MinibatchDiscrimination, MinibatchStddev, SpectralNorm

ImageShape = tuple[int, int, int]

# DCGAN draws every weight from N(0, 0.02) (Radford et al. 2016, section 4).
DCGAN_INIT = 0.02


# A DCGAN halves an image at least twice, and until its shorter side is at most so long.
SMALLEST_SIDE = 8
WIDEST = 8  # times ``width``: the most feature maps that a DCGAN has at any size


def _smallest_map(image_shape: ImageShape, halvings: int = 2) -> tuple[int, int]:
    """Height and width after the halvings, of which every image size here must allow two."""
    height, width, _ = image_shape
    if height % 4 or width % 4 or min(image_shape) < 1:
        raise SettingsError(
            f"Images of {height} x {width} do not fit: these networks halve the image twice, so "
            "both sides must be multiples of 4. Resize or pad the images."
        )
    return height >> halvings, width >> halvings


def dcgan_widths(image_shape: ImageShape, width: int) -> list[int]:
    """The feature maps of a DCGAN at each of its sizes, from half the image's to the smallest: they
    double with every halving. Two sizes at 28 pixels, three at 64, four at 128.

    Raises:
        SettingsError: a side is no multiple of 4.
    """
    halvings = 2
    height, wide = _smallest_map(image_shape)
    while min(height, wide) > SMALLEST_SIDE and height % 2 == wide % 2 == 0:
        height, wide, halvings = height // 2, wide // 2, halvings + 1
    return [width * min(2**level, WIDEST) for level in range(halvings)]


def _init() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=DCGAN_INIT)


NORMALIZATIONS = ("batch", "layer", "spectral", "none")
MINIBATCHES = ("none", "stddev", "discrimination")


def _deeper(x, depth: int, normalization: str, activation: Callable, norm: Callable | None = None):
    """``depth`` further convolutions with kernel 3 that leave size and width as they are."""
    norm = norm or partial(_normalized, normalization=normalization)
    for _ in range(depth):
        x = _linear(
            layers.Conv2D, x.shape[-1], 3, normalization=normalization,
            padding="same", kernel_initializer=_init(),
        )(x)  # fmt: skip
        x = activation()(norm(x))
    return x


def _linear(layer: type, *args, normalization: str, **kwargs) -> Callable:
    """A convolution or dense layer of a discriminator, spectrally normalised where asked for."""
    if normalization not in NORMALIZATIONS:
        raise SettingsError(f"normalization={normalization!r}: choose one of {NORMALIZATIONS}.")
    if normalization == "spectral":
        return SpectralNorm(layer(*args, use_bias=False, **kwargs))
    return layer(*args, **kwargs)


def _normalized(x, normalization: str):
    """Batch or layer norm of what a linear layer gave; with any other normalization, ``x``."""
    if normalization == "batch":
        return layers.BatchNormalization(momentum=0.9)(x)
    if normalization == "layer":
        return layers.LayerNormalization(axis=list(range(1, len(x.shape))))(x)
    return x


def _with_batch(features, minibatch: str):
    """The features ``(B, F)``, with what the batch as a whole tells joined to them."""
    if minibatch not in MINIBATCHES:
        raise SettingsError(f"minibatch={minibatch!r}: choose one of {MINIBATCHES}.")
    if minibatch == "none":
        return features
    layer = MinibatchStddev() if minibatch == "stddev" else MinibatchDiscrimination()
    return layer(features)


def mlp_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 256,
    num_classes: int | None = None,
    embedding_dim: int = 32,
    conditioning: str = "concatenation",
) -> keras.Model:
    """Fully connected: three hidden layers of ``width``, 2 and 4 times ``width``."""
    _smallest_map(image_shape)
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
        x = _linear(layers.Dense, factor * width, normalization=normalization)(x)
        if factor == 1:
            x = _normalized(x, normalization)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    x = _with_batch(x, minibatch)
    logit = _linear(layers.Dense, 1, normalization=normalization, name="logit")(x)
    logits = logits_of(logit, x, inputs, num_classes, conditioning)
    return keras.Model(inputs, logits, name="discriminator")


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
    height, wide = _smallest_map(image_shape, len(smaller) + 1)
    inputs, x = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    batch_norm = batch_norm_of(inputs, num_classes, conditioning)
    x = layers.Dense(height * wide * smallest, use_bias=False, kernel_initializer=_init())(x)
    x = batch_norm(x)
    x = layers.ReLU()(x)
    x = layers.Reshape((height, wide, smallest))(x)
    for filters in reversed(smaller):
        x = _deeper(x, depth, "batch", layers.ReLU, batch_norm)
        x = layers.Conv2DTranspose(
            filters, 4, 2, padding="same", use_bias=False, kernel_initializer=_init()
        )(x)
        x = batch_norm(x)
        x = layers.ReLU()(x)
    x = _deeper(x, depth, "batch", layers.ReLU, batch_norm)
    x = layers.Conv2DTranspose(
        image_shape[-1], 4, 2, padding="same", activation="tanh", kernel_initializer=_init()
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
        x = _linear(
            layers.Conv2D, filters, 4, 2, normalization=normalization,
            padding="same", kernel_initializer=_init(),
        )(x)  # fmt: skip
        if level:
            x = _normalized(x, normalization)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = _deeper(x, depth, normalization, lambda: layers.LeakyReLU(negative_slope=0.2))
    x = layers.Flatten()(x)
    if features:
        x = _linear(layers.Dense, features, normalization=normalization)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = _with_batch(x, minibatch)
    logit = _linear(layers.Dense, 1, normalization=normalization, name="logit")(x)
    logits = logits_of(logit, x, inputs, num_classes, conditioning)
    return keras.Model(inputs, logits, name="discriminator")


def upsampling_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 32,
    num_classes: int | None = None,
    embedding_dim: int = 32,
    conditioning: str = "concatenation",
) -> keras.Model:
    """Dense to a quarter of the size, then twice: double by repetition, convolve (Odena et al.
    2016: the other way to avoid checkerboards; it costs four times the multiplications)."""
    height, wide = _smallest_map(image_shape)
    inputs, x = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    batch_norm = batch_norm_of(inputs, num_classes, conditioning)
    x = layers.Dense(height * wide * 4 * width, kernel_initializer=_init())(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Reshape((height, wide, 4 * width))(x)
    for filters in (2 * width, width):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=_init())(x)
        x = batch_norm(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Conv2D(
        image_shape[-1], 3, padding="same", activation="tanh", kernel_initializer=_init()
    )(x)
    return keras.Model(inputs, x, name="generator")


def transposed_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 32,
    num_classes: int | None = None,
    embedding_dim: int = 32,
    conditioning: str = "concatenation",
) -> keras.Model:
    """Dense, three transposed convolutions with ReLU, a convolution with tanh; no batch norm."""
    if conditioning == "batch_norm":
        raise SettingsError(
            'The generator "transposed-dense" has no batch norm that a label could enter by: set '
            'generator_conditioning="concatenation".'
        )
    height, wide = _smallest_map(image_shape)
    inputs, x = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    x = layers.Dense(height * wide * 4 * width)(x)
    x = layers.ReLU()(x)
    x = layers.Reshape((height, wide, 4 * width))(x)
    for filters, stride in ((4 * width, 2), (2 * width, 2), (width, 1)):
        x = layers.Conv2DTranspose(filters, 4, stride, padding="same", activation="relu")(x)
    x = layers.Conv2D(image_shape[-1], 5, padding="same", activation="tanh")(x)
    return keras.Model(inputs, x, name="generator")


GENERATORS = {
    "mlp": mlp_generator,
    "dcgan": dcgan_generator,
    "upsampling": upsampling_generator,
    "transposed-dense": transposed_generator,
}
DISCRIMINATORS = {
    "mlp": mlp_discriminator,
    "dcgan": dcgan_discriminator,
}
