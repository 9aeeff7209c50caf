"""What random convolutions see, beside the trained classifier: Fréchet distances of spoilt real
images, in times the floor.

    python -m benchmarks.untrained          measures, prints, and writes untrained.csv

On Fashion-MNIST's training images (the test images choose nothing here) and on drawn garments in
colour: two parts that share no image, one of them spoilt. The shipped classifier has learnt from
both parts of the first, which flatters its floor.
"""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

import ganlib
from ganlib.data.dataset import CLASS_NAMES, DataSet
from ganlib.data.sketches.drawing import draw
from ganlib.evaluation.classifier import train_classifier
from ganlib.evaluation.metrics import frechet_distance
from ganlib.evaluation.untrained import untrained_features

RESULTS = Path(__file__).with_name("untrained.csv")
MISSING = 1  # trousers


def spoilt(images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """The images uint8 (N, H, W, C) with one fault each; "floor" has none."""
    rng = np.random.default_rng(0)
    lacking, gone = images.copy(), np.flatnonzero(labels == MISSING)
    lacking[gone] = images[rng.choice(np.flatnonzero(labels != MISSING), len(gone))]
    first = [np.flatnonzero(labels == k)[0] for k in labels]

    def clipped(x: np.ndarray) -> np.ndarray:
        return np.clip(np.rint(x), 0, 255).astype(np.uint8)

    padded = np.pad(images.astype(np.float32), ((0, 0), (1, 1), (1, 1), (0, 0)), "edge")
    rows = (padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4
    return {
        "floor": images,
        "blur": clipped((rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 4),
        "noise": clipped(images + rng.normal(0, 10, images.shape)),
        "one class missing": lacking,
        "one image a class": images[first],
        "8 grey levels brighter": clipped(images.astype(np.float32) + 8),
    }


def rises(
    features: Callable, real: np.ndarray, images: np.ndarray, labels: np.ndarray
) -> dict[str, float]:
    target = features(real)
    found = {
        fault: frechet_distance(features(each), target)
        for fault, each in spoilt(images, labels).items()
    }
    return {fault: round(value / found["floor"], 1) for fault, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=5000, help="of each of the two parts")
    n = parser.parse_args().images
    fashion = ganlib.load_data("fashion_mnist")
    drawn, held_out, learnt = (
        DataSet(*draw(k, size=28, channels=3, seed=seed), CLASS_NAMES, "sketches")
        for seed, k in enumerate((2 * n, 1000, 10_000))
    )
    worlds = {
        "Fashion-MNIST": (fashion, ganlib.classifier_for(fashion)),
        "drawn in colour": (
            drawn, train_classifier(learnt, held_out, steps=300, mirror=True)
        ),
    }  # fmt: skip
    rows = []
    for world, (data, classifier) in worlds.items():
        chosen = data.stratified(2 * n)
        parts = data.images.reshape(-1, *data.image_shape)
        real, images, labels = parts[chosen[:n]], parts[chosen[n:]], data.labels[chosen[n:]]
        for space, features in (
            ("classifier", classifier.features),
            ("untrained", untrained_features),
        ):
            found = rises(features, real, images, labels)
            rows.append({"images": world, "features": space} | found)
            print(rows[-1], flush=True)
    with open(RESULTS, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
