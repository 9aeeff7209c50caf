"""What several networks are built of: sizes, initial weights, norms, and the batch as a whole."""

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from ganlib.errors import SettingsError
from ganlib.layers import MinibatchDiscrimination, MinibatchStddev, SpectralNorm

ImageShape = tuple[int, int, int]

# DCGAN draws every weight from N(0, 0.02) (Radford et al. 2016, section 4).
DCGAN_INIT = 0.02


# A DCGAN halves an image at least twice, and until its shorter side is at most so long.
SMALLEST_SIDE = 8
WIDEST = 8  # times ``width``: the most feature maps that a DCGAN has at any size


def smallest_map(image_shape: ImageShape, halvings: int = 2) -> tuple[int, int]:
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
    height, wide = smallest_map(image_shape)
    while min(height, wide) > SMALLEST_SIDE and height % 2 == wide % 2 == 0:
        height, wide, halvings = height // 2, wide // 2, halvings + 1
    return [width * min(2**level, WIDEST) for level in range(halvings)]


def init() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=DCGAN_INIT)


NORMALIZATIONS = ("batch", "layer", "spectral", "none")
MINIBATCHES = ("none", "stddev", "discrimination")


def deeper(x, depth: int, normalization: str, activation: Callable, norm: Callable | None = None):
    """``depth`` further convolutions with kernel 3 that leave size and width as they are."""
    norm = norm or partial(normalized, normalization=normalization)
    for _ in range(depth):
        x = linear(
            layers.Conv2D, x.shape[-1], 3, normalization=normalization,
            padding="same", kernel_initializer=init(),
        )(x)  # fmt: skip
        x = activation()(norm(x))
    return x


def linear(layer: type, *args, normalization: str, **kwargs) -> Callable:
    """A convolution or dense layer of a discriminator, spectrally normalised where asked for."""
    if normalization not in NORMALIZATIONS:
        raise SettingsError(f"normalization={normalization!r}: choose one of {NORMALIZATIONS}.")
    if normalization == "spectral":
        return SpectralNorm(layer(*args, **kwargs | {"use_bias": False}))
    return layer(*args, **kwargs)


def normalized(x, normalization: str):
    """Batch or layer norm of what a linear layer gave; with any other normalization, ``x``."""
    if normalization == "batch":
        return layers.BatchNormalization(momentum=0.9)(x)
    if normalization == "layer":
        return layers.LayerNormalization(axis=list(range(1, len(x.shape))))(x)
    return x


def with_batch(features, minibatch: str):
    """The features ``(B, F)``, with what the batch as a whole tells joined to them."""
    if minibatch not in MINIBATCHES:
        raise SettingsError(f"minibatch={minibatch!r}: choose one of {MINIBATCHES}.")
    if minibatch == "none":
        return features
    layer = MinibatchStddev() if minibatch == "stddev" else MinibatchDiscrimination()
    return layer(features)
