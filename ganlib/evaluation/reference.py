"""What generated images are scored against: the real test images, measured once.

For Fashion-MNIST the measurements are shipped (``pretrained/reference.npz`` with its card, made by
``python -m ganlib.evaluation.reference``), so that scoring needs no data; for other data they are
taken on the spot.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ganlib import files, paths
from ganlib.data.dataset import DataSet
from ganlib.data.load import load_data
from ganlib.errors import DataError, GanlibError, SettingsError, whole
from ganlib.evaluation.classifier import (
    FEATURES,
    Classifier,
    check_data,
    classifier_for,
    load_classifier,
)
from ganlib.evaluation.classifier import SHIPPED as SHIPPED_CLASSIFIER
from ganlib.evaluation.metrics import (
    class_counts,
    class_shares,
    frechet_of_moments,
    inception_score,
    kernel_distance,
    kl_from_uniform,
    moments,
)
from ganlib.evaluation.neighbours import (
    PERCENTILE,
    near_threshold,
    nearest,
    precision_recall_density_coverage,
)

SHIPPED = paths.PRETRAINED / "reference.npz"
SAMPLES = 10_000
# Of the kernel distance and the neighbours, whose cost grows with the square.
NEIGHBOURS, SUBSET = 5000, 1000
MOST_BYTES = 8_000_000
# How few images a score can be taken of: more than features, or than neighbours.
LEAST = {"frechet_distance": FEATURES + 1} | dict.fromkeys(
    ("precision", "recall", "density", "coverage"), 6
)


@dataclass(frozen=True, eq=False)
class Reference:
    """``samples`` real test images, and as many training images, as the classifier sees them: a
    stratified part of each split, in an order of which every beginning is one too.

    labels: classes of the test images, integers (samples,); test_moments and train_moments: mean
    (d,) and covariance (d, d) of their features, None where they are too few for it; features: of
    the first 5,000 test images, float32
    (M, d), rounded to 16 bits as they are shipped; near: distance to the training set below which
    5 % of the test images lie, in "pixels" (grey levels of 0 to 255) and in "features"; floor: what
    the training images score as if they were generated, which no generator should be expected to
    beat; card: data set, hashes, counts; train_features: of all training images, float32 (N, d),
    None where the images are not at hand.
    """

    classifier: Classifier
    labels: np.ndarray
    test_moments: tuple[np.ndarray, np.ndarray] | None
    train_moments: tuple[np.ndarray, np.ndarray] | None
    features: np.ndarray
    near: dict[str, float]
    floor: dict[str, float]
    card: dict
    train_features: np.ndarray | None = None

    @property
    def samples(self) -> int:
        """How many images are compared with these: the Fréchet distance depends on it."""
        return len(self.labels)

    @property
    def left_out(self) -> dict[str, str]:
        """The scores that so few images do not allow, and why."""
        return {
            name: f"it needs at least {least} images of either split, and there are {self.samples}"
            for name, least in LEAST.items()
            if self.samples < least
        }

    def scores(self, features: np.ndarray) -> dict[str, float]:
        """The scores of ``samples`` images, by their features ``(samples, d)``; those that are
        ``left_out`` aside.

        Raises:
            SettingsError: another number of images, whose scores could not be compared.
        """
        if len(features) != self.samples:
            raise SettingsError(
                f"{len(features)} images against a reference of {self.samples}: scores of unequal "
                "counts cannot be compared."
            )
        probabilities = class_probabilities(self.classifier, features)
        counts = class_counts(probabilities.argmax(axis=1), probabilities.shape[1])
        few = features[: len(self.features)]
        subset = min(SUBSET, len(few))
        scores = {}
        if self.test_moments is not None:
            scores["frechet_distance"] = frechet_of_moments(moments(features), self.test_moments)
        scores["kernel_distance"] = kernel_distance(few, self.features, subset_size=subset)[0]
        scores["inception_score"] = inception_score(probabilities)
        if "precision" not in self.left_out:
            scores |= precision_recall_density_coverage(self.features, few)
        return scores | {
            "class_kl": kl_from_uniform(counts),
            "smallest_class": float(class_shares(counts).min()),
        }


def class_probabilities(classifier: Classifier, features: np.ndarray) -> np.ndarray:
    """Class probabilities ``(N, num_classes)`` of features: the network's last layer alone."""
    return np.asarray(classifier.network.get_layer("probabilities")(features))


def sample_count(samples: int | None, usual: int, train: DataSet, test: DataSet) -> int:
    """``samples``, where either split has so many; where None, the usual number, or as many as
    there are, and says so."""
    check_data(train=train, test=test)
    most = min(len(train), len(test))
    if samples is None and most < usual:
        print(f"Scored by {most:,} images, not the usual {usual:,}: a split has no more.")
    samples = whole("samples", min(usual, most) if samples is None else samples, 2)
    if samples > most:
        raise SettingsError(
            f"samples={samples}: there are {len(train)} training and {len(test)} test images; "
            f"give samples={most} or fewer."
        )
    return samples


def reference_for(train: DataSet, test: DataSet, samples: int | None = None) -> Reference:
    """The reference of a data set: the shipped one where it is of these very images, else measured,
    in about a minute for 60,000 training images.

    Args:
        samples: how many images of either split; None for 10,000, or as many as there are.

    Raises:
        SettingsError: there are fewer than ``samples`` images in either split.
        DataError: the shipped reference is damaged or not of the classifier in use.
    """
    samples = sample_count(samples, SAMPLES, train, test)
    classifier = classifier_for(train, test)
    if samples == SAMPLES and train.name == "fashion_mnist":
        shipped = load_reference(SHIPPED, classifier)
        if (train.hash, test.hash) == (shipped.card["train_sha256"], shipped.card["test_sha256"]):
            return replace(shipped, train_features=classifier.features(train.images))
    return measure_reference(classifier, train, test, samples)


def shipped_reference() -> Reference:
    """The reference of Fashion-MNIST, without its images."""
    return load_reference(SHIPPED, load_classifier(SHIPPED_CLASSIFIER))


def measure_reference(
    classifier: Classifier, train: DataSet, test: DataSet, samples: int
) -> Reference:
    """Takes the measurements; see ``reference_for``."""
    chosen = test.stratified(samples)
    images, labels = test.images[chosen], test.labels[chosen]
    test_features = classifier.features(images)
    train_features = classifier.features(train.images)
    as_if_generated = train_features[train.stratified(samples)]
    enough = samples >= LEAST["frechet_distance"]
    seen = class_probabilities(classifier, test_features).argmax(axis=1)
    near = {
        "pixels": near_threshold(nearest(images, train.images)[1]),
        "features": near_threshold(nearest(test_features, train_features)[1]),
    }
    reference = Reference(
        classifier,
        labels,
        moments(test_features) if enough else None,
        moments(as_if_generated) if enough else None,
        test_features[:NEIGHBOURS].astype(np.float16).astype(np.float32),
        near,
        {},
        {
            "dataset": train.name,
            "train_sha256": train.hash,
            "test_sha256": test.hash,
            "samples": samples,
            "chosen": f"of {len(train):,} training and {len(test):,} test images, stratified by "
            "class, in the order of DataSet.stratified, seed 0",
            "classifier_sha256": fingerprint(classifier),
        },
        train_features,
    )
    floor = reference.scores(as_if_generated)
    floor["label_agreement"] = float(np.mean(seen == labels))
    # By their definition, of images as new as the test images.
    floor["near_training_pixels"] = floor["near_training_features"] = PERCENTILE / 100
    return replace(reference, floor=floor)


def fingerprint(classifier: Classifier) -> str:
    """SHA-256 of a classifier's numbers, whatever file they came from: features of one classifier
    mean nothing to another."""
    digest = hashlib.sha256()
    for weight in classifier.network.get_weights():
        digest.update(f"{weight.shape} {weight.dtype} ".encode())
        digest.update(np.ascontiguousarray(weight))
    return digest.hexdigest()


def save_reference(reference: Reference, path: Path) -> None:
    """Writes the arrays, then the card with their SHA-256; each under a temporary name first."""
    content = io.BytesIO()
    np.savez_compressed(content, **_arrays(reference))
    card = reference.card | {
        "near": reference.near,
        "floor": reference.floor,
        "arrays_sha256": hashlib.sha256(content.getvalue()).hexdigest(),
    }
    with files.replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())
    files.write_json(path.with_suffix(".json"), card)


def load_reference(path: Path, classifier: Classifier) -> Reference:
    """Reads a reference that agrees with its card and with the classifier.

    Raises:
        DataError: a file is missing or damaged, the card is of other arrays, or the reference was
            taken with another classifier.
    """
    remedy = "Copy both files again, or take it anew: python -m ganlib.evaluation.reference"
    try:
        card = files.read_json(path.with_suffix(".json"), files.fields(STORED))
        content = files.read_bytes(path, limit=MOST_BYTES)
        if hashlib.sha256(content).hexdigest() != card["arrays_sha256"]:
            raise DataError("it is not the file that its card tells of")
        if card["classifier_sha256"] != fingerprint(classifier):
            raise DataError(
                "it was measured with another classifier than the one in use, and its features "
                "mean nothing here"
            )
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return Reference(
            classifier,
            arrays["labels"].astype(np.int64),
            (arrays["test_mean"], arrays["test_covariance"]),
            (arrays["train_mean"], arrays["train_covariance"]),
            arrays["features"].astype(np.float32),
            card["near"],
            card["floor"],
            {name: card[name] for name in CARD},
        )
    except (OSError, GanlibError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"The reference {path} cannot be used: {error}. {remedy}.") from error


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
CARD = dict.fromkeys(
    ("dataset", "train_sha256", "test_sha256", "chosen", "classifier_sha256"), TEXT
)
CARD["samples"] = {"type": "integer", "minimum": 2}
STORED = CARD | {
    "near": files.fields(dict.fromkeys(("pixels", "features"), NUMBER)),
    "floor": {"type": "object", "additionalProperties": NUMBER, "required": [*LEAST]},
    "arrays_sha256": TEXT,
}


def _arrays(reference: Reference) -> dict[str, np.ndarray]:
    return {
        "labels": reference.labels.astype(np.uint16),
        "features": reference.features.astype(np.float16),
        "test_mean": reference.test_moments[0],
        "test_covariance": reference.test_moments[1],
        "train_mean": reference.train_moments[0],
        "train_covariance": reference.train_moments[1],
    }


if __name__ == "__main__":
    splits = [load_data("fashion_mnist", split=split) for split in ("train", "test")]
    save_reference(measure_reference(classifier_for(*splits), *splits, SAMPLES), SHIPPED)
    print(SHIPPED.with_suffix(".json").read_text("utf-8"))
