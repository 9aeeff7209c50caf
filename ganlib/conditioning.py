"""How a class label enters both networks, and the GANs that hand it to them."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

from ganlib.errors import SettingsError, check_name
from ganlib.gan import GAN
from ganlib.layers import ConditionalBatchNorm, LabelPlanes

CONDITIONINGS = ("projection", "planes", "auxiliary")
GENERATOR_CONDITIONINGS = ("concatenation", "batch_norm")


def generator_inputs(
    latent_dim: int, num_classes: int | None, embedding_dim: int, conditioning: str
) -> tuple[list, keras.KerasTensor]:
    """The inputs of a generator, and the vector that its first layer sees: the latent, with
    "concatenation" joined by a vector learnt for the class (Mirza and Osindero 2014)."""
    check_name(conditioning, GENERATOR_CONDITIONINGS, "generator_conditioning")
    latent = keras.Input((latent_dim,), name="latent")
    if num_classes is None:
        return [latent], latent
    label = keras.Input((), dtype="int32", name="label")
    if conditioning == "batch_norm":
        return [latent, label], latent
    embedded = layers.Embedding(num_classes, embedding_dim, name="label_embedding")(label)
    return [latent, label], layers.Concatenate()([latent, embedded])


def batch_norm_of(inputs: list, num_classes: int | None, conditioning: str) -> Callable:
    """The generator's batch norm; with "batch_norm" each class has its own scale and shift (de
    Vries et al. 2017; in a GAN's generator, Miyato and Koyama 2018)."""
    if num_classes is None or conditioning != "batch_norm":
        return lambda x: layers.BatchNormalization(momentum=0.9)(x)
    return lambda x: ConditionalBatchNorm(num_classes)(x, inputs[1])


def discriminator_inputs(
    image_shape: tuple[int, int, int], num_classes: int | None, conditioning: str
) -> tuple[list, keras.KerasTensor]:
    """The inputs of a discriminator, and the image that its first layer sees."""
    check_name(conditioning, CONDITIONINGS, "conditioning")
    image = keras.Input(image_shape, name="image")
    if num_classes is None:
        return [image], image
    label = keras.Input((), dtype="int32", name="label")
    if conditioning == "planes":
        return [image, label], LabelPlanes(num_classes, name="label_planes")(image, label)
    return [image, label], image


def logits_of(logit, features, inputs: list, num_classes: int | None, conditioning: str):
    """What the discriminator answers, from its logit ``(B, 1)`` of the features ``(B, F)``.

    With "projection" the inner product of the features and a vector learnt for the class is added
    (Miyato and Koyama 2018, equation 3): the first term asks "is this real?", the second "is it of
    this class?". With "auxiliary" a logit for each class follows, ``(B, 1 + num_classes)``: the
    label is not looked at, the discriminator has to name it (Odena et al. 2017).
    """
    if num_classes is None or conditioning == "planes":
        return logit
    if conditioning == "auxiliary":
        class_logits = layers.Dense(num_classes, name="class_logits")(features)
        return layers.Concatenate(name="logit_and_classes")([logit, class_logits])
    class_vector = layers.Embedding(num_classes, features.shape[-1], name="class_vector")(inputs[1])
    match = layers.Dot(axes=1, name="projection")([features, class_vector])
    return layers.Add(name="conditional_logit")([logit, match])


class ConditionalGAN(GAN):
    """A GAN whose networks both take a class label; ``fit`` takes batches ``(images, labels)``."""

    conditional = True

    def __init__(self, generator, discriminator, *, num_classes: int, **kwargs) -> None:
        super().__init__(generator, discriminator, **kwargs)
        self.num_classes = num_classes

    def unpack(self, data) -> tuple:
        return data

    def _conditions(self, n: int, labels) -> tuple:
        """Labels ``(n,)``; where none are given, the classes in turn: 0, 1, 2, ..."""
        labels = np.arange(n) % self.num_classes if labels is None else np.asarray(labels)
        if labels.shape != (n,):
            raise SettingsError(f"labels have shape {labels.shape}; expected ({n},), one an image.")
        if not np.issubdtype(labels.dtype, np.integer):
            raise SettingsError(
                f"labels of shape {labels.shape} must be integers, not {labels.dtype}."
            )
        if labels.min() < 0 or labels.max() >= self.num_classes:
            raise SettingsError(
                f"labels of shape {labels.shape} run from {labels.min()} to {labels.max()}; "
                f"this GAN knows 0 to {self.num_classes - 1}."
            )
        return (labels.astype("int32"),)


class AuxiliaryGAN(ConditionalGAN):
    """A conditional GAN whose discriminator names the class (AC-GAN, Odena et al. 2017, equations 2
    and 3): both players' losses hold the cross-entropy of the class, so both want it to be right.

    The discriminator gives ``(B, 1 + num_classes)`` logits: "real", then one for each class.
    """

    def discriminator_loss(self, real_logits, fake_logits, labels: list):
        loss = super().discriminator_loss(real_logits[:, :1], fake_logits[:, :1], labels)
        named = [class_loss(logits[:, 1:], *labels) for logits in (real_logits, fake_logits)]
        return loss + sum(named)

    def generator_loss(self, logits: list, labels: list):
        loss = super().generator_loss([each[:, :1] for each in logits], labels)
        return loss + class_loss(logits[0][:, 1:], *labels)


def class_loss(class_logits, labels):
    """The mean cross-entropy of class logits ``(B, classes)`` against labels ``(B,)``."""
    losses = keras.losses.sparse_categorical_crossentropy(labels, class_logits, from_logits=True)
    return ops.mean(losses)
