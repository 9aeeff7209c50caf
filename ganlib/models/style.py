"""A style-based generator, after StyleGAN2 (Karras et al. 2020), small enough for two cores, and a
residual discriminator, after R3GAN (Huang et al. 2024).

    to_styles, draw = mapping(generator), synthesis(generator)
    images = draw(to_styles([latents, labels]))  # what generator([latents, labels]) gives
"""

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from ganlib.conditioning import discriminator_inputs, generator_inputs, logits_of
from ganlib.models.modulation import (
    Doubled,
    FromConstant,
    MixStyles,
    ModulatedConv,
    Neighbours,
    PixelNoise,
    StyleOf,
)
from ganlib.models.parts import ImageShape, dcgan_widths, linear, smallest_map, with_batch

SLOPE = 0.2  # of the leaky ReLU
GAIN = (2 / (1 + SLOPE**2)) ** 0.5  # brings the variance back to 1 after it
STYLES = "styles"  # the layer that gives a style for each size


def style_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 32,
    num_classes: int | None = None,
    embedding_dim: int = 32,
    conditioning: str = "concatenation",
    depth: int = 0,
) -> keras.Model:
    """The latent becomes a style, by two dense layers. A learnt constant becomes the image: it is
    doubled as often as a DCGAN doubles it, with the same widths and half of ``width`` at the last
    size, by convolutions that the style modulates; each size adds to the image of the size before
    what its features say. ``depth`` further convolutions go before each doubling."""
    *smaller, smallest = [max(width // 2, 1), *dcgan_widths(image_shape, width)]
    height, wide = smallest_map(image_shape, len(smaller))
    inputs, joined = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    styles = _styles(joined, latent_dim, len(smaller) + 1)
    style = StyleOf(0)(styles)
    x = FromConstant((height, wide, smallest), name="constant")(style)
    x = _drawn(x, ModulatedConv(smallest), style)
    image = _told(x, style, image_shape)
    for level, filters in enumerate(reversed(smaller), start=1):
        for _ in range(depth):
            x = _drawn(x, ModulatedConv(x.shape[-1]), style)
        style = StyleOf(level)(styles)
        x = _drawn(x, ModulatedConv(filters, double=True), style)
        image = layers.Add()([Doubled()(image), _told(x, style, image_shape)])
    return keras.Model(inputs, layers.Activation("tanh")(image), name="generator")


def _told(x, style, image_shape: ImageShape):
    """What the features say of the image: a 1 x 1 convolution."""
    return ModulatedConv(image_shape[-1], 1, demodulate=False)(x, style)


def _styles(joined, latent_dim: int, levels: int):
    """Styles ``(B, levels, latent_dim)`` of latents, to which a label's vector may be joined, mixed
    with those of their neighbours in the batch under the same labels."""
    network = [layers.Dense(latent_dim, kernel_initializer="he_normal") for _ in range(2)]
    norm = layers.UnitNormalization()

    def styled(x):
        x = layers.Rescaling(x.shape[-1] ** 0.5)(norm(x))  # of variance 1
        for dense in network:
            x = layers.LeakyReLU(negative_slope=SLOPE)(dense(x))
        return x

    neighbours = Neighbours(latent_dim)(joined)
    return MixStyles(levels, name=STYLES)(styled(joined), styled(neighbours))


def _drawn(x, convolution: ModulatedConv, style):
    """A modulated convolution, noise, and a leaky ReLU that keeps the variance."""
    x = PixelNoise()(convolution(x, style))
    return layers.Rescaling(GAIN)(layers.LeakyReLU(negative_slope=SLOPE)(x))


def mapping(generator: keras.Model) -> keras.Model:
    """The part of a style-based generator that gives styles ``(B, levels, S)`` for its inputs."""
    return keras.Model(generator.inputs, generator.get_layer(STYLES).output, name="mapping")


def synthesis(generator: keras.Model) -> keras.Model:
    """The part that draws images from styles ``(B, levels, S)``, coarse sizes first."""
    styles = generator.get_layer(STYLES).output
    return keras.Model(styles, generator.output, name="synthesis")


def residual_discriminator(
    image_shape: ImageShape,
    width: int = 32,
    num_classes: int | None = None,
    conditioning: str = "projection",
    features: int = 64,
    normalization: str = "none",
    minibatch: str = "stddev",
    depth: int = 0,
) -> keras.Model:
    """Two convolutions, the second of which halves, then residual blocks that halve (He et al.
    2016): beside each two convolutions a shorter way, of averaging and a 1 x 1 convolution, by
    which gradients reach the image. Sizes and widths are those of a DCGAN. ``depth`` further blocks
    go before each halving, and one after the last."""
    widths = dcgan_widths(image_shape, width)
    inputs, x = discriminator_inputs(image_shape, num_classes, conditioning)
    conv = partial(
        linear,
        layers.Conv2D,
        normalization=normalization,
        padding="same",
        kernel_initializer="he_normal",
    )
    x = layers.LeakyReLU(negative_slope=SLOPE)(conv(max(width // 2, 1), 3)(x))
    # Two layers read the next one. TensorFlow's graph optimiser fails if it ends in a bias.
    x = conv(widths[0], 4, 2, use_bias=False)(x)
    for filters in widths[1:]:
        for _ in range(depth):
            x = _residual(x, x, conv, x.shape[-1])
        short = conv(filters, 1)(layers.AveragePooling2D(2)(x))
        x = _residual(x, short, conv, filters, 2)
    x = _residual(x, x, conv, x.shape[-1])
    x = layers.Flatten()(layers.LeakyReLU(negative_slope=SLOPE)(x))
    if features:
        x = linear(layers.Dense, features, normalization=normalization)(x)
        x = layers.LeakyReLU(negative_slope=SLOPE)(x)
    x = with_batch(x, minibatch)
    logit = linear(layers.Dense, 1, normalization=normalization, name="logit")(x)
    logits = logits_of(logit, x, inputs, num_classes, conditioning)
    return keras.Model(inputs, logits, name="discriminator")


def _residual(x, short, conv: Callable, filters: int, stride: int = 1):
    """Two convolutions and a shorter way, the sum at the variance of one of them."""
    for size, step in ((3, 1), (4 if stride == 2 else 3, stride)):
        x = conv(filters if step == stride else x.shape[-1], size, step)(
            layers.LeakyReLU(negative_slope=SLOPE)(x)
        )
    return layers.Rescaling(0.5**0.5)(layers.Add()([x, short]))
