"""A second space to compare images in, that no training made: random convolutions.

A classifier looks for what tells its classes apart, and one that was trained on the spot is only as
good as its images are many. Random features know nothing, so nothing about them can be learnt
wrongly: Naeem et al. 2020 (arXiv 2002.09797, section 4) take those of an untrained network for
images unlike those of ImageNet; single layers of random filters: Rahimi and Recht 2007, Coates
and Ng 2012.

At each scale (the image, halved until a side is below 8 pixels) 32 random kernels of 3 x 3, ReLU,
the mean of each quarter of the image, and its square root, which lifts weak textures; beside them
the colour of each quarter, for the kernels have zero mean and do not see it; all mixed to 128
features by a random matrix. The kernels, and so the features, hang on ``SEED`` and the channels.

What it sees, in times the floor, beside the classifier (``python -m benchmarks.untrained``: two
parts of 5,000 training images of Fashion-MNIST, and of drawn garments in colour):

                            Fashion-MNIST           drawn in colour
                            classifier  untrained   classifier  untrained
    blur (1 2 1)                  67.1      200.0        491.0       71.4
    noise of 10 grey levels       27.2       40.1         30.3       49.1
    one class missing             33.8       17.8        116.3       10.8
    one image a class            214.6      297.6        202.1      287.3
    8 grey levels brighter        49.9       15.7         51.7       36.3

It sees them all, but of a missing class less than a classifier, which looks for classes. Neither
space replaces the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import tensorflow as tf

from ganlib.data.dataset import DataSet
from ganlib.evaluation.classifier import as_network_input
from ganlib.evaluation.metrics import frechet_of_moments, moments

UNTRAINED = "frechet_distance_untrained"  # the score's name in reports
SEED = 2020
FEATURES, KERNELS, LEAST_SIDE = 128, 32, 8
# With less, a shift of the whole picture's brightness is hardly seen beside the kernels.
COLOUR = 2.0
# Pixels in one go, at 32 float32 numbers each: 32 MB.
PIXELS = 2**18


@dataclass(frozen=True, eq=False)
class UntrainedReference:
    """Real test images as random convolutions see them.

    target: mean (128,) and covariance (128, 128) of their features; samples: how many they are;
    floor: the distance of as many training images.
    """

    target: tuple[np.ndarray, np.ndarray]
    samples: int
    floor: float = float("nan")

    def distance(self, images: np.ndarray) -> float:
        """Fréchet distance of images ``(N, H, W, C)``, as a share of the real images' variance: 1
        is what one average point, drawn always, would be given. Compare equal counts only.

        Raises:
            SettingsError: fewer images than features, see ``moments``.
        """
        found = frechet_of_moments(moments(untrained_features(images)), self.target)
        # A single flat picture repeated has no variance to be a share of.
        return found / max(float(np.trace(self.target[1])), np.finfo(np.float32).tiny)


def untrained_reference(train: DataSet, test: DataSet, samples: int) -> UntrainedReference:
    """What to measure against: ``samples`` images of either split, stratified by class as those of
    ``reference_for`` are.

    Raises:
        SettingsError: fewer images than features.
        DataError: a split has fewer than ``samples`` images.
    """
    target = moments(untrained_features(test.images[test.stratified(samples)]))
    bare = UntrainedReference(target, samples)
    floor = bare.distance(train.images[train.stratified(samples)])
    return UntrainedReference(target, samples, floor)


def why_not(asked: bool, data: bool, samples: int) -> dict[str, str]:
    """Why the score is not measured, by its name; empty where it is."""
    if not asked:
        return {UNTRAINED: "it was not asked for: untrained=True"}
    if not data:
        return {UNTRAINED: "it needs the real images: give train and test"}
    if samples <= FEATURES:
        few = f"it needs at least {FEATURES + 1} images of either split, and there are {samples}"
        return {UNTRAINED: few}
    return {}


def untrained_features(images: np.ndarray) -> np.ndarray:
    """Random features, float32 ``(N, 128)``, of images ``(N, H, W)`` or ``(N, H, W, C)``: uint8, or
    floats in [-1, 1]; of any size and number of channels."""
    images = np.asarray(images)
    batch = max(1, PIXELS // (images.shape[1] * images.shape[2]))
    parts = range(0, len(images), batch)
    return np.concatenate([_features(as_network_input(images[i : i + batch])) for i in parts])


def _features(x: np.ndarray) -> np.ndarray:
    blocks = [COLOUR * _quarters(tf.constant(x))]
    for scale in range(_scales(*x.shape[1:3])):
        if scale:
            x = tf.nn.avg_pool2d(x, 2, 2, "SAME")
        # Mirrored at the border: zeros there would be an edge that is in no picture.
        padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
        kernels = _kernels(scale, x.shape[-1])
        seen = tf.nn.relu(tf.nn.conv2d(padded, kernels, 1, "VALID"))
        blocks.append(tf.sqrt(_quarters(seen)))
    return sum(block @ _mixing(k, block.shape[1]) for k, block in enumerate(blocks)).numpy()


def _scales(height: int, width: int) -> int:
    side, count = min(height, width), 1
    while side >= 2 * LEAST_SIDE - 1:
        side, count = -(-side // 2), count + 1
    return count


def _quarters(x: tf.Tensor) -> tf.Tensor:
    """Means of the four quarters ``(N, 4 C)``; the middle of an odd side belongs to both halves."""
    height, width = x.shape[1:3]
    rows = (slice(0, -(-height // 2)), slice(height // 2, None))
    columns = (slice(0, -(-width // 2)), slice(width // 2, None))
    means = [tf.reduce_mean(x[:, row, column], (1, 2)) for row in rows for column in columns]
    return tf.concat(means, axis=1)


@cache
def _kernels(scale: int, channels: int) -> np.ndarray:
    """``(3, 3, channels, 32)``, each of length 1 and of mean 0 in each channel: else flat colour,
    which varies most from picture to picture, would drown all texture."""
    # RandomState, not default_rng: its numbers are promised never to change.
    drawn = np.random.RandomState([SEED, scale, channels]).normal(size=(3, 3, channels, KERNELS))
    drawn -= drawn.mean(axis=(0, 1))
    return (drawn / np.sqrt(np.square(drawn).sum(axis=(0, 1, 2)))).astype(np.float32)


@cache
def _mixing(block: int, size: int) -> np.ndarray:
    """``(size, 128)``; distances stay the same on average (Johnson and Lindenstrauss 1984)."""
    drawn = np.random.RandomState([SEED, 1000 + block]).normal(size=(size, FEATURES))
    return (drawn / np.sqrt(FEATURES)).astype(np.float32)
