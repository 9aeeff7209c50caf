"""The small network that judges generated images: which class is it, and what are its features?

Weights for Fashion-MNIST are shipped (``pretrained/classifier.weights.h5``, made by
``make classifier``). For any other data set, ``classifier_for`` trains the same network on the spot
and caches it by the data set's hash.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from filelock import FileLock
from keras import layers

from ganlib import paths, weights
from ganlib.data import DataSet, load_data, scale
from ganlib.errors import DataError, WeightsError

SHIPPED = Path(__file__).parent / "pretrained" / "classifier.weights.h5"
FEATURES = 128
BATCH = 128
# For a data set that is met for the first time: under a minute on two cores, at any image size.
ON_THE_SPOT_PIXELS = 30_000_000
SHIPPED_STEPS = 6500


@dataclass(frozen=True)
class Classifier:
    """A trained network and what is known of it.

    ``card``: the data set's name and hash, the class names, steps of training, and
    ``test_accuracy`` on held-out real images.
    """

    network: keras.Model
    card: dict

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Class probabilities ``(N, num_classes)`` of images in [-1, 1] or uint8."""
        return self._run(images)[0]

    def labels(self, images: np.ndarray) -> np.ndarray:
        """The likeliest class of each image, integers ``(N,)``."""
        return self.probabilities(images).argmax(axis=1)

    def features(self, images: np.ndarray) -> np.ndarray:
        """Activations ``(N, 128)`` before the last layer: where images are compared."""
        return self._run(images)[1]

    def _run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        images = as_network_input(images)
        expected = self.network.input_shape[1:]
        if images.shape[1:] != expected:
            raise DataError(
                f"The classifier of {self.card['dataset']} takes images {expected}; "
                f"these are {images.shape[1:]}."
            )
        return tuple(self.network.predict(images, batch_size=250, verbose=0))


def classifier_for(train: DataSet, test: DataSet | None = None) -> Classifier:
    """The classifier of a data set: shipped, cached, or trained on the spot and cached.

    Args:
        train: any data set of Fashion-MNIST gets the shipped weights; for another one the network
            is trained on it (under a minute) unless the cache has it, by the data set's hash.
        test: held-out images to measure it on; where None, every tenth image of ``train``, which
            is then not trained on.
    """
    if train.name == "fashion_mnist":
        return load_classifier(SHIPPED)
    cached = paths.cache_dir() / "classifiers" / f"{train.hash[:16]}.weights.h5"
    cached.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(cached.with_suffix(".lock")):
        if cached.exists():
            # Cut off or of an older network: train it anew.
            with contextlib.suppress(WeightsError):
                return load_classifier(cached)
        whole = train
        if test is None:
            train, test = _hold_out(train)
        print(f"Training a small classifier on {train.title}, once; under a minute.", flush=True)
        height, width, _ = train.image_shape
        steps = max(100, min(600, ON_THE_SPOT_PIXELS // (BATCH * height * width)))
        classifier = train_classifier(train, test, steps=steps)
        classifier.card["dataset_sha256"] = whole.hash  # what it is looked up by
        save_classifier(classifier, cached)
    return classifier


def _hold_out(data: DataSet) -> tuple[DataSet, DataSet]:
    held = np.arange(len(data)) % 10 == 0
    return tuple(
        DataSet(data.images[part], data.labels[part], data.class_names, data.name)
        for part in (~held, held)
    )


def save_classifier(classifier: Classifier, path: Path) -> None:
    """Writes the weights and, beside them, the card."""
    weights.save_weights(classifier.network, path, classifier.card)


def load_classifier(path: Path) -> Classifier:
    """Reads weights that agree with their card.

    Raises:
        WeightsError: a file is missing, or card and weights do not belong together.
    """
    card = weights.read_card(path)
    try:
        network = build_classifier(tuple(card["image_shape"]), len(card["class_names"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"The card {weights.card_path(path)} describes no classifier: {error!r}"
        ) from error
    return Classifier(network, weights.load_weights(network, path))


def as_network_input(images: np.ndarray) -> np.ndarray:
    """float32 ``(N, H, W, C)`` in [-1, 1], from that or from uint8 with or without channels."""
    images = np.asarray(images)
    images = images[..., None] if images.ndim == 3 else images
    return scale(images) if images.dtype == np.uint8 else images.astype("float32")


def build_classifier(image_shape: tuple[int, int, int], num_classes: int) -> keras.Model:
    """Four 3 x 3 convolutions with batch norm, three halvings, and 128 features.

    Gives two outputs: probabilities ``(B, num_classes)`` and features ``(B, 128)``.
    """
    image = x = keras.Input(image_shape)
    for width, halve in ((32, True), (64, False), (64, True), (128, True)):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
        if halve:
            x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    x = layers.Dense(FEATURES, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    features = layers.ReLU(name="features")(x)
    x = layers.Dropout(0.3)(features)
    probabilities = layers.Dense(num_classes, activation="softmax", name="probabilities")(x)
    return keras.Model(image, [probabilities, features], name="classifier")


def _augmented_batches(data: DataSet, seed: int) -> tf.data.Dataset:
    """Endless batches, mirrored image by image and shifted by up to one pixel."""
    images = as_network_input(data.images)
    height, width, channels = images.shape[1:]

    def augment(x, y):
        x = tf.image.random_flip_left_right(x, seed=seed)
        x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=-1)
        return tf.image.random_crop(x, (BATCH, height, width, channels), seed=seed), y

    batches = tf.data.Dataset.from_tensor_slices((data.images, data.labels.astype("int32")))
    batches = batches.shuffle(len(data), seed=seed).repeat().batch(BATCH)
    return batches.map(
        lambda x, y: augment(scale(tf.reshape(x, (BATCH, height, width, channels))), y)
    ).prefetch(2)


def train_classifier(
    train: DataSet, test: DataSet, *, steps: int, seed: int = 0, verbose: int = 0
) -> Classifier:
    """Trains the network for ``steps`` batches of 128, the rate falling to 0 along a cosine."""
    keras.utils.set_random_seed(seed)
    network = build_classifier(train.image_shape, train.num_classes)
    network.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss=["sparse_categorical_crossentropy", None],
    )
    batches = _augmented_batches(train, seed).map(lambda x, y: (x, (y, y)))
    report_every = next(k for k in range(min(steps, 500), 0, -1) if steps % k == 0)
    network.fit(
        batches,
        steps_per_epoch=report_every,
        epochs=steps // report_every,
        shuffle=False,
        verbose=verbose,
    )
    trained = network
    network = build_classifier(train.image_shape, train.num_classes)  # has no optimizer to save
    network.set_weights(trained.get_weights())
    classifier = Classifier(network, {"dataset": train.name})
    accuracy = float(np.mean(classifier.labels(test.images) == test.labels))
    card = {
        "dataset": train.name,
        "dataset_sha256": train.hash,
        "class_names": list(train.class_names),
        "image_shape": list(train.image_shape),
        "steps": steps,
        "seed": seed,
        "test_accuracy": round(accuracy, 4),
        "test_images": len(test),
    }
    return Classifier(network, card)


if __name__ == "__main__":
    save_classifier(
        train_classifier(
            load_data("fashion_mnist"),
            load_data("fashion_mnist", split="test"),
            steps=SHIPPED_STEPS,
            verbose=2,
        ),
        SHIPPED,
    )
    print(weights.card_path(SHIPPED).read_text("utf-8"))
