"""The layers of a style-based generator: styles that scale the inputs of convolutions, mixing of
two images' styles, noise for each pixel, and an image that is doubled smoothly."""

import keras
import numpy as np
from keras import layers, ops

# Doubles a signal: zeros in between, then the binomial filter (Karras et al. 2020, appendix B).
BINOMIAL = np.array([1, 3, 3, 1], np.float32) / 4
TINY = 1e-8
FAINT = 0.3  # how much weaker a first image is than the features that it is drawn from


@keras.saving.register_keras_serializable("ganlib")
class ModulatedConv(layers.Layer):
    """A convolution whose kernel each image has scaled for itself, by its style (Karras et al.
    2020, section 2.2).

    Features ``(B, H, W, C)`` and styles ``(B, S)`` give ``(B, H, W, filters)``, or with ``double``
    ``(B, 2H, 2W, filters)``. A dense layer makes of the style one scale for each of the C inputs, 1
    at the start of training. With ``demodulate`` each output is divided by the length of its scaled
    kernel: if the inputs have variance 1 and are independent, so have the outputs. Since a
    convolution is linear, inputs and outputs are scaled instead of kernels, and the whole batch
    shares one convolution.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        double: bool = False,
        demodulate: bool = True,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size = filters, kernel_size
        self.double, self.demodulate = double, demodulate
        self.scales = None

    def build(self, features_shape, style_shape) -> None:
        channels = features_shape[-1]
        self.scales = layers.Dense(channels, bias_initializer="ones", name="scales")
        self.scales.build(style_shape)
        side = self.kernel_size
        deviation = (side * side * channels) ** -0.5
        self.kernel = self.add_weight(
            shape=(side, side, channels, self.filters),
            initializer=keras.initializers.RandomNormal(
                stddev=deviation if self.demodulate else FAINT * deviation
            ),
            name="kernel",
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, features, style):
        scales = self.scales(style)
        x = features * scales[:, None, None, :]
        if self.double:
            kernel = ops.swapaxes(self.doubling_kernel(), 2, 3)
            x = ops.conv_transpose(x, kernel, strides=2, padding="same")
        else:
            x = ops.conv(x, self.kernel, padding="same")
        if self.demodulate:
            x = x * self.demodulation(scales)[:, None, None, :]
        return x + self.bias

    def doubling_kernel(self):
        """What repeats every pixel 2 x 2 and then convolves, as one transposed convolution with
        stride 2: the kernel smeared over 2 x 2 pixels. That is 4 products a pixel instead of 9, and
        no grid of dots, since neighbours have their taps in common (Odena et al. 2016)."""
        corners = [[(j, 1 - j), (i, 1 - i), (0, 0), (0, 0)] for j in (0, 1) for i in (0, 1)]
        turned = ops.flip(self.kernel, axis=(0, 1))  # a transposed convolution turns its kernel
        return sum(ops.pad(turned, corner) for corner in corners)

    def demodulation(self, scales):
        """One over the lengths of the kernels so scaled: ``(B, C)`` to ``(B, filters)``."""
        return ops.rsqrt(ops.matmul(ops.square(scales), self.power()) + TINY)

    def power(self):
        """The squares of the taps that meet in a pixel, summed: ``(C, filters)``. With stride 2 a
        quarter of them does."""
        kernel = self.doubling_kernel() if self.double else self.kernel
        return ops.sum(ops.square(kernel), axis=(0, 1)) / (4 if self.double else 1)

    def get_config(self) -> dict:
        names = ("filters", "kernel_size", "double", "demodulate")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("ganlib")
class Neighbours(layers.Layer):
    """Each image's vector ``(B, F)`` with the first ``latents`` numbers of its neighbour's in the
    batch: another latent under the same label."""

    def __init__(self, latents: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.latents = latents

    def call(self, x):
        rolled = ops.roll(x[:, : self.latents], 1, axis=0)
        return ops.concatenate([rolled, x[:, self.latents :]], axis=1)

    def get_config(self) -> dict:
        return {**super().get_config(), "latents": self.latents}


@keras.saving.register_keras_serializable("ganlib")
class MixStyles(layers.Layer):
    """One style for each size that a generator draws at: ``(B, S)`` and ``(B, S)`` give
    ``(B, levels, S)``.

    In training a share of the images takes its styles from some size on from ``other``, so that
    the sizes learn not to rely on one another (Karras et al. 2019, section 3.1). Otherwise all
    sizes have the first one.
    """

    def __init__(self, levels: int, share: float = 0.5, **kwargs) -> None:
        super().__init__(**kwargs)
        self.levels, self.share = levels, share
        self.draws = keras.random.SeedGenerator()

    def call(self, style, other, training=False):
        repeated = ops.repeat(style[:, None], self.levels, axis=1)
        if not training or self.levels == 1:
            return repeated
        draws = keras.random.uniform((ops.shape(style)[0], 2), seed=self.draws)
        first = 1 + ops.floor(draws[:, :1] * (self.levels - 1))  # that takes the other style
        level = ops.arange(self.levels, dtype=first.dtype)[None]
        mixed = ops.logical_and(level >= first, draws[:, 1:] < self.share)
        return ops.where(mixed[:, :, None], other[:, None], repeated)

    def get_config(self) -> dict:
        return {**super().get_config(), "levels": self.levels, "share": self.share}


@keras.saving.register_keras_serializable("ganlib")
class StyleOf(layers.Layer):
    """The style of one size, ``(B, S)``, of those of all sizes ``(B, levels, S)``."""

    def __init__(self, level: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.level = level

    def call(self, styles):
        return styles[:, self.level]

    def get_config(self) -> dict:
        return {**super().get_config(), "level": self.level}


@keras.saving.register_keras_serializable("ganlib")
class PixelNoise(layers.Layer):
    """Adds noise to each pixel, the same for all features, times a strength that is learnt and
    starts at 0: details that need no latent (Karras et al. 2019, section 3.2).

    In training it is drawn anew each time. Otherwise it is one picture of noise that the layer
    keeps, so that the same latent gives the same image.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.draws = keras.random.SeedGenerator()

    def build(self, shape) -> None:
        self.strength = self.add_weight(shape=(), initializer="zeros", name="strength")
        self.kept = self.add_weight(
            shape=(*shape[1:3], 1),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            name="kept",
        )

    def call(self, x, training=False):
        noise = self.kept
        if training:
            shape = (ops.shape(x)[0], *x.shape[1:3], 1)
            noise = keras.random.normal(shape, dtype=x.dtype, seed=self.draws)
        return x + self.strength * noise


@keras.saving.register_keras_serializable("ganlib")
class Doubled(layers.Layer):
    """Images ``(B, H, W, C)`` at twice the size, smoothly: nothing is learnt."""

    def build(self, shape) -> None:
        self.kernel = np.einsum("i,j,co->ijco", BINOMIAL, BINOMIAL, np.eye(shape[-1]))

    def call(self, images):
        kernel = ops.cast(self.kernel, images.dtype)
        return ops.conv_transpose(images, kernel, strides=2, padding="same")


@keras.saving.register_keras_serializable("ganlib")
class FromConstant(layers.Layer):
    """The image that a style-based generator starts from, learnt, and the same for every style:
    ``(B, ...)`` gives ``(B, height, width, filters)``."""

    def __init__(self, shape: tuple[int, int, int], **kwargs) -> None:
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def build(self, _) -> None:
        self.constant = self.add_weight(
            shape=self.shape,
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="constant",
        )

    def call(self, style):
        return ops.repeat(self.constant[None], ops.shape(style)[0], axis=0)

    def get_config(self) -> dict:
        return {**super().get_config(), "shape": self.shape}
