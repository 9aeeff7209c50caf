"""The small network that judges generated images: which class is it, and what are its features?

Weights for Fashion-MNIST are shipped (``pretrained/classifier.weights.h5``, made by
``make classifier``). For any other data set, ``classifier_for`` trains the same network on the spot
and caches it by the data set's hash.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from filelock import FileLock, Timeout
from keras import layers

from ganlib import files, paths, weights
from ganlib.data.dataset import TITLES, DataSet
from ganlib.data.load import load_data
from ganlib.errors import DataError, GanlibError, SettingsError, WeightsError, flag, whole
from ganlib.images import scale

SHIPPED = paths.PRETRAINED / "classifier.weights.h5"
FEATURES = 128
BATCH = 128
# For a data set that is met for the first time: under a minute on two cores, at any image size.
ON_THE_SPOT_PIXELS = 30_000_000
SHIPPED_STEPS = 6500
SIDE = {"type": "integer", "minimum": 1, "maximum": 4096}
CARD = files.fields(
    {
        "dataset": {"type": "string"},
        "class_names": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "image_shape": {"type": "array", "items": SIDE, "minItems": 3, "maxItems": 3},
    },
    {"mirror": {"type": "boolean"}},
)


@dataclass(frozen=True)
class Classifier:
    """A trained network and what is known of it.

    ``card``: the data set's name and hash, the class names, steps of training, whether images were
    mirrored, and ``test_accuracy`` on held-out real images.
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
        test: held-out images to measure it on; where None, a tenth of ``train``, of the same
            classes, which is then not trained on.

    In training on the spot garments (Fashion-MNIST, the sketches) are also seen mirrored, anything
    else is not: a mirrored digit is none. Its limits: scores in its features are worth what it has
    learnt. ``card["test_accuracy"]`` is its share of right answers on ``card["test_images"]``
    held-out images; near chance, or where these are few, lean on scores that need no classifier
    (``evaluate(..., untrained=True)``, near a training image by pixels). It looks for what tells
    the classes apart, and may be blind to the rest.
    """
    check_data(train=train, test=train if test is None else test)
    if train.name == "fashion_mnist":
        return load_classifier(SHIPPED)
    cached = paths.cache_dir() / "classifiers" / f"{train.hash[:16]}.weights.h5"
    mirror = train.name in TITLES  # garments can be; of a digit nobody knows
    with locked(cached.with_suffix(".lock")):
        if cached.exists():
            # Cut off or of an older network: train it anew.
            with contextlib.suppress(WeightsError):
                found = load_classifier(cached)
                # It goes by the pixels and labels alone; the classes may have other names by now.
                same_classes = len(found.card["class_names"]) == train.num_classes
                if same_classes and found.card.get("mirror", True) == mirror:
                    return replace(found, card=found.card | {"class_names": [*train.class_names]})
        given = train
        if test is None:
            train, test = _hold_out(train)
        print(f"Training a small classifier on {train.title}, once; under a minute.", flush=True)
        height, width, _ = train.image_shape
        steps = max(100, min(600, ON_THE_SPOT_PIXELS // (BATCH * height * width)))
        classifier = train_classifier(train, test, steps=steps, mirror=mirror)
        classifier.card["dataset_sha256"] = given.hash  # what it is looked up by
        try:
            cached.parent.mkdir(parents=True, exist_ok=True)
            save_classifier(classifier, cached)
        except OSError as error:
            print(
                f"The classifier cannot be kept, and will be trained anew the next time: {error} "
                "Another place can be named by the environment variable GANLIB_CACHE.",
                flush=True,
            )
    return classifier


def check_data(**given: DataSet) -> None:
    """Raises SettingsError for what is no data set, by its name."""
    for name, data in given.items():
        if not isinstance(data, DataSet):
            raise SettingsError(f"{name}={data!r}: give a data set, such as load_data() gives.")


def locked(path: Path) -> contextlib.AbstractContextManager:
    """Alone with what the lock guards; where no lock can be made, nothing can be kept either."""
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return lock.acquire(timeout=0)
        except Timeout:
            print(f"Another process holds {path}: waiting until it has finished.", flush=True)
            return lock.acquire()
    except (OSError, NotImplementedError):
        return contextlib.nullcontext()


def _hold_out(data: DataSet) -> tuple[DataSet, DataSet]:
    order = data.stratified(len(data))
    held = -(-len(data) // 10)
    return tuple(
        replace(data, images=data.images[part], labels=data.labels[part])
        for part in (order[held:], order[:held])
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
        files.check(card, CARD, weights.card_path(path))
    except GanlibError as error:
        raise WeightsError(f"The card of a classifier was expected: {error}") from error
    network = build_classifier(tuple(card["image_shape"]), len(card["class_names"]))
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
        if halve and min(x.shape[1:3]) > 1:
            x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    x = layers.Dense(FEATURES, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    features = layers.ReLU(name="features")(x)
    x = layers.Dropout(0.3)(features)
    probabilities = layers.Dense(num_classes, activation="softmax", name="probabilities")(x)
    return keras.Model(image, [probabilities, features], name="classifier")


def _augmented_batches(data: DataSet, seed: int, mirror: bool) -> tf.data.Dataset:
    """Endless batches, shifted by up to one pixel and, with ``mirror``, mirrored image by image."""
    height, width, channels = data.image_shape

    def augment(x, y):
        x = tf.image.random_flip_left_right(x, seed=seed) if mirror else x
        x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=-1)
        return tf.image.random_crop(x, (BATCH, height, width, channels), seed=seed), y

    batches = tf.data.Dataset.from_tensor_slices((data.images, data.labels.astype("int32")))
    batches = batches.shuffle(len(data), seed=seed).repeat().batch(BATCH)
    return batches.map(
        lambda x, y: augment(scale(tf.reshape(x, (BATCH, height, width, channels))), y)
    ).prefetch(2)


def train_classifier(
    train: DataSet,
    test: DataSet,
    *,
    steps: int,
    seed: int = 0,
    mirror: bool = False,
    verbose: int = 0,
) -> Classifier:
    """Trains the network for ``steps`` batches of 128, the rate falling to 0 along a cosine.

    ``mirror``: half the images are seen as in a mirror, which is right for garments, not for
    digits or writing.
    """
    steps, mirror = whole("steps", steps, 1), flag("mirror", mirror)
    keras.utils.set_random_seed(seed)
    network = build_classifier(train.image_shape, train.num_classes)
    network.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss=["sparse_categorical_crossentropy", None],
    )
    batches = _augmented_batches(train, seed, mirror).map(lambda x, y: (x, (y, y)))
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
        "mirror": mirror,
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
            mirror=True,
            verbose=2,
        ),
        SHIPPED,
    )
    print(weights.card_path(SHIPPED).read_text("utf-8"))
