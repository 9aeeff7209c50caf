"""Train on synthetic, test on real: would a classifier learn the real classes from these images?

The network is the standard one of the papers that report this score (3 x 3 convolutions of 32, 64
and 128 with two max-pools, dropout 0.5, 128 units; see DPDM, Dockhorn et al. 2022, appendix). They
train 50 epochs at a constant 3e-4; here 2,000 steps of 128 at a rate that falls from 1e-3 to 0, so
compare with the same call on the real training images, the ceiling, and not with their figures.
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import batches
from ganlib.errors import SettingsError, whole
from ganlib.images import scale, unscale

BATCH = 128
STEPS = 2000
GENERATED_AT_ONCE = 5000


def train_on(data: DataSet, test: DataSet, *, steps: int = STEPS, seed: int = 0) -> float:
    """Accuracy on ``test``, in [0, 1], of the standard network after ``steps`` batches of 128 of
    ``data``. Initial weights, dropout and order follow from ``seed``.

    Raises:
        SettingsError: the two sets differ in image shape or classes, or steps is below 1.
    """
    if data.image_shape != test.image_shape or data.num_classes != test.num_classes:
        raise SettingsError(
            f"Training images are {data.image_shape} of {data.num_classes} classes, test images "
            f"{test.image_shape} of {test.num_classes}: they must agree."
        )
    steps, seed = whole("steps", steps, 1), whole("seed", seed, 0)
    network = build_standard_cnn(data.image_shape, data.num_classes, seed)
    network.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, steps)),
        loss="sparse_categorical_crossentropy",
    )
    stream = batches(data, min(BATCH, len(data)), seed=seed, labelled=True)
    network.fit(stream, steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)
    images = scale(test.images).reshape(-1, *test.image_shape)
    seen = network.predict(images, batch_size=500, verbose=0).argmax(axis=1)
    return float(np.mean(seen == test.labels))


def build_standard_cnn(
    image_shape: tuple[int, int, int], num_classes: int, seed: int = 0
) -> keras.Model:
    """Images ``(B, H, W, C)`` in [-1, 1] to class probabilities ``(B, num_classes)``."""
    seeds = iter(range(10 * seed, 10 * seed + 10))

    def start():
        return keras.initializers.GlorotUniform(next(seeds))

    image = x = keras.Input(image_shape)
    for width, pool in ((32, True), (64, True), (128, False)):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", kernel_initializer=start())(
            x
        )
        x = layers.MaxPooling2D()(x) if pool else x
    x = layers.Dropout(0.5, seed=next(seeds))(layers.Flatten()(x))
    x = layers.Dense(128, activation="relu", kernel_initializer=start())(x)
    x = layers.Dense(num_classes, activation="softmax", kernel_initializer=start())(x)
    return keras.Model(image, x, name="standard_cnn")


def synthetic_set(
    generate: Callable[..., np.ndarray], like: DataSet, *, samples: int | None = None, seed: int = 0
) -> DataSet:
    """As many generated images as ``like`` has, of the same classes, or ``samples`` in the same
    shares; rounded to 256 grey levels as real images are.

    ``generate`` is a conditional GAN's or its run's: ``generate(n, labels=…, seed=…)`` gives
    float images ``(n, H, W, C)`` in [-1, 1].

    Raises:
        SettingsError: the GAN is not conditional: its images have no labels to learn from.
    """
    labels = like.labels
    if samples is not None:  # any beginning of a stratified order has the shares of all
        labels = np.resize(labels[like.stratified(len(like))], whole("samples", samples, 1))
    parts = []
    for number, start in enumerate(range(0, len(labels), GENERATED_AT_ONCE)):
        asked = labels[start : start + GENERATED_AT_ONCE]
        # Seeds far apart, so that the sets of two seeds share no part.
        parts.append(unscale(generate(len(asked), labels=asked, seed=1000 * seed + number)))
    return DataSet(np.concatenate(parts), np.array(labels), like.class_names, "synthetic")
