"""Two other ways to double an image, each from a well-known tutorial's generator."""

import keras
from keras import layers

from ganlib.conditioning import batch_norm_of, generator_inputs
from ganlib.errors import SettingsError
from ganlib.models.parts import ImageShape, init, smallest_map


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
    height, wide = smallest_map(image_shape)
    inputs, x = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    batch_norm = batch_norm_of(inputs, num_classes, conditioning)
    x = layers.Dense(height * wide * 4 * width, kernel_initializer=init())(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Reshape((height, wide, 4 * width))(x)
    for filters in (2 * width, width):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=init())(x)
        x = batch_norm(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Conv2D(
        image_shape[-1], 3, padding="same", activation="tanh", kernel_initializer=init()
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
    height, wide = smallest_map(image_shape)
    inputs, x = generator_inputs(latent_dim, num_classes, embedding_dim, conditioning)
    x = layers.Dense(height * wide * 4 * width)(x)
    x = layers.ReLU()(x)
    x = layers.Reshape((height, wide, 4 * width))(x)
    for filters, stride in ((4 * width, 2), (2 * width, 2), (width, 1)):
        x = layers.Conv2DTranspose(filters, 4, stride, padding="same", activation="relu")(x)
    x = layers.Conv2D(image_shape[-1], 5, padding="same", activation="tanh")(x)
    return keras.Model(inputs, x, name="generator")
