"""Generators and discriminators, by builder functions: every one returns a plain ``keras.Model``.

A generator takes latents ``(B, latent_dim)`` and gives images ``(B, H, W, C)`` in [-1, 1]; a
discriminator takes images and gives logits ``(B, 1)``: positive means "real". With ``num_classes``
both take integer labels ``(B,)`` as their second input.
"""

import keras
from keras import layers, ops

from ganlib.errors import SettingsError

ImageShape = tuple[int, int, int]

# DCGAN draws every weight from N(0, 0.02) (Radford et al. 2016, section 4).
DCGAN_INIT = 0.02


def _smallest_map(image_shape: ImageShape) -> tuple[int, int]:
    """Height and width after two halvings, which every image size here must allow."""
    height, width, _ = image_shape
    if height % 4 or width % 4 or min(image_shape) < 1:
        raise SettingsError(
            f"Images of {height} x {width} do not fit: these networks halve the image twice, so "
            "both sides must be multiples of 4. Resize or pad the images."
        )
    return height // 4, width // 4


def _init() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=DCGAN_INIT)


@keras.saving.register_keras_serializable("ganlib")
class LabelPlanes(layers.Layer):
    """Joins to an image one plane per class: all ones for the image's class, zeros for the others.

    ``(B, H, W, C)`` and labels ``(B,)`` give ``(B, H, W, C + num_classes)``. The one-hot vector
    runs along the channel axis: plane ``c`` is constant over the whole image (Mirza and Osindero
    2014 put the label beside the input; repeating it along a spatial axis instead, as is often
    met, gives bands of rows).
    """

    def __init__(self, num_classes: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.num_classes = num_classes

    def call(self, image, label):
        onehot = ops.one_hot(label, self.num_classes, dtype=image.dtype)
        planes = ops.zeros_like(image[..., :1]) + onehot[:, None, None, :]
        return ops.concatenate([image, planes], axis=-1)

    def get_config(self) -> dict:
        return {**super().get_config(), "num_classes": self.num_classes}


def _generator_inputs(latent_dim: int, num_classes: int | None, embedding_dim: int):
    """The inputs of a generator, and the vector that its first layer sees."""
    latent = keras.Input((latent_dim,), name="latent")
    if num_classes is None:
        return [latent], latent
    label = keras.Input((), dtype="int32", name="label")
    embedded = layers.Embedding(num_classes, embedding_dim, name="label_embedding")(label)
    return [latent, label], layers.Concatenate()([latent, embedded])


def _discriminator_inputs(image_shape: ImageShape, num_classes: int | None, conditioning: str):
    """The inputs of a discriminator, and the image that its first layer sees."""
    if conditioning not in CONDITIONINGS:
        raise SettingsError(f"conditioning={conditioning!r}: choose one of {CONDITIONINGS}.")
    image = keras.Input(image_shape, name="image")
    if num_classes is None:
        return [image], image
    label = keras.Input((), dtype="int32", name="label")
    if conditioning == "planes":
        return [image, label], LabelPlanes(num_classes, name="label_planes")(image, label)
    return [image, label], image


def _logit(
    features, inputs: list, num_classes: int | None, conditioning: str, init="glorot_uniform"
):
    """The discriminator's last layer: one number per image.

    With ``conditioning="projection"`` the inner product of the features and a vector learnt for
    the class is added (Miyato and Koyama 2018, equation 3): the first term asks "is this real?",
    the second "is it of this class?".
    """
    logit = layers.Dense(1, kernel_initializer=init, name="logit")(features)
    if num_classes is None or conditioning == "planes":
        return logit
    class_vector = layers.Embedding(num_classes, features.shape[-1], name="class_vector")(inputs[1])
    match = layers.Dot(axes=1, name="projection")([features, class_vector])
    return layers.Add(name="conditional_logit")([logit, match])


CONDITIONINGS = ("projection", "planes")


def mlp_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 256,
    num_classes: int | None = None,
    embedding_dim: int = 32,
) -> keras.Model:
    """Fully connected: three hidden layers of ``width``, 2 and 4 times ``width``."""
    _smallest_map(image_shape)
    inputs, x = _generator_inputs(latent_dim, num_classes, embedding_dim)
    for factor in (1, 2, 4):
        x = layers.Dense(factor * width, use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
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
) -> keras.Model:
    """Fully connected: two hidden layers of 2 times ``width`` and ``width``."""
    inputs, x = _discriminator_inputs(image_shape, num_classes, conditioning)
    x = layers.Flatten()(x)
    for factor in (2, 1):
        x = layers.Dense(factor * width)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, _logit(x, inputs, num_classes, conditioning), name="discriminator")


def dcgan_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 32,
    num_classes: int | None = None,
    embedding_dim: int = 32,
) -> keras.Model:
    """Dense to a quarter of the size, then two transposed convolutions that double it each
    (Radford et al. 2016, with kernel 4 and stride 2: a kernel divisible by the stride covers every
    output pixel equally often, which avoids checkerboards, Odena et al. 2016)."""
    height, wide = _smallest_map(image_shape)
    inputs, x = _generator_inputs(latent_dim, num_classes, embedding_dim)
    x = layers.Dense(height * wide * 2 * width, use_bias=False, kernel_initializer=_init())(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU()(x)
    x = layers.Reshape((height, wide, 2 * width))(x)
    x = layers.Conv2DTranspose(
        width, 4, 2, padding="same", use_bias=False, kernel_initializer=_init()
    )(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU()(x)
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
    batch_norm: bool = True,
) -> keras.Model:
    """Two convolutions with kernel 4 and stride 2, batch norm after the second.

    ``features``: width of a dense layer before the logit; 0 for none. A projection discriminator
    wants one: its class vectors are of that length.
    """
    _smallest_map(image_shape)
    inputs, x = _discriminator_inputs(image_shape, num_classes, conditioning)
    x = layers.Conv2D(width, 4, 2, padding="same", kernel_initializer=_init())(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Conv2D(2 * width, 4, 2, padding="same", kernel_initializer=_init())(x)
    if batch_norm:
        x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Flatten()(x)
    if features:
        x = layers.Dense(features)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(inputs, _logit(x, inputs, num_classes, conditioning), name="discriminator")


def upsampling_generator(
    image_shape: ImageShape,
    latent_dim: int = 128,
    width: int = 32,
    num_classes: int | None = None,
    embedding_dim: int = 32,
) -> keras.Model:
    """Dense to a quarter of the size, then twice: double by repetition, convolve (Odena et al.
    2016: the other way to avoid checkerboards; it costs four times the multiplications)."""
    height, wide = _smallest_map(image_shape)
    inputs, x = _generator_inputs(latent_dim, num_classes, embedding_dim)
    x = layers.Dense(height * wide * 4 * width, kernel_initializer=_init())(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Reshape((height, wide, 4 * width))(x)
    for filters in (2 * width, width):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=_init())(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
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
) -> keras.Model:
    """Dense, three transposed convolutions with ReLU, a convolution with tanh; no batch norm."""
    height, wide = _smallest_map(image_shape)
    inputs, x = _generator_inputs(latent_dim, num_classes, embedding_dim)
    x = layers.Dense(height * wide * 4 * width)(x)
    x = layers.ReLU()(x)
    x = layers.Reshape((height, wide, 4 * width))(x)
    for filters, stride in ((4 * width, 2), (2 * width, 2), (width, 1)):
        x = layers.Conv2DTranspose(filters, 4, stride, padding="same", activation="relu")(x)
    x = layers.Conv2D(image_shape[-1], 5, padding="same", activation="tanh")(x)
    return keras.Model(inputs, x, name="generator")
