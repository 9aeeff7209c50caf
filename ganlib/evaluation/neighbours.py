"""Scores by nearest neighbours: precision, recall, density, coverage, and memorisation.

Distances are computed in blocks of rows, so that 60,000 points against 60,000 need well under
2 GiB. Pure functions on arrays; features come from ``the classifier``.
"""

from collections.abc import Iterator

import numpy as np

from ganlib.errors import SettingsError

BLOCK_BYTES = 2**27  # of one block of distances; two or three are alive at a time
PERCENTILE = 5.0


def precision_recall_density_coverage(
    real: np.ndarray, fake: np.ndarray, k: int = 5
) -> dict[str, float]:
    """How far features ``(N, d)`` of real and ``(M, d)`` of generated images cover each other.

    A ball around each point reaches to its k-th nearest neighbour among its own kind, itself not
    counted; inside is strictly inside. In [0, 1], density excepted:

    - precision: share of fakes inside the ball of any real one; recall: share of real ones inside
      the ball of any fake (Kynkäänniemi et al. 2019, equations 1 and 2);
    - density: how many real balls a fake is in, over k; about 1 for a perfect generator, more where
      fakes crowd where real ones are dense; coverage: share of real balls with a fake inside
      (Naeem et al. 2020, equations 3 and 4).

    All depend on N, M and k: compare equal ones only.

    Raises:
        SettingsError: the features do not fit together, or a sample has no k other points.
    """
    real, fake = _centred(real, fake, np.float64)
    smaller = min(len(real), len(fake))
    if not 1 <= k < smaller:
        raise SettingsError(f"k={k}: it must be at least 1 and below {smaller}, the samples.")
    real_radius, fake_radius = _squared_radii(real, k), _squared_radii(fake, k)
    balls = np.zeros(len(fake), np.int64)  # real balls around each fake
    recalled, covered = np.zeros(len(real), bool), np.zeros(len(real), bool)
    for rows, squared in _blocks(real, fake):
        inside = squared < real_radius[rows, None]
        balls += inside.sum(axis=0)
        covered[rows] = inside.any(axis=1)
        recalled[rows] = (squared < fake_radius).any(axis=1)
    return {
        "precision": float(np.mean(balls > 0)),
        "recall": float(recalled.mean()),
        "density": float(balls.mean() / k),
        "coverage": float(covered.mean()),
    }


def nearest(
    queries: np.ndarray, references: np.ndarray, k: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """The ``k`` nearest of ``references`` ``(M, …)`` to each of ``queries`` ``(N, …)``.

    Returns indices, integers ``(N, k)``, and Euclidean distances, float64 ``(N, k)``, nearest
    first. Images are taken as long vectors, in the units that they come in. They are found in
    float32, where two that are equally far to 6 digits may change places; the distances are then
    computed anew from the differences, so that a copy is at exactly 0.

    Raises:
        SettingsError: the shapes do not fit, or there are fewer than k references.
    """
    queries, references = _centred(queries, references, np.float32)
    if not 1 <= k <= len(references):
        raise SettingsError(f"k={k}: it must be 1 to {len(references)}, the number of references.")
    indices = np.empty((len(queries), k), np.int64)
    distances = np.empty((len(queries), k))
    for rows, squared in _blocks(queries, references):
        near = np.argpartition(squared, k - 1, axis=1)[:, :k] if k > 1 else _least(squared)
        exact = np.stack(
            [np.linalg.norm(queries[rows] - references[near[:, j]], axis=1) for j in range(k)], 1
        )
        order = np.lexsort((near, exact), axis=1)  # the lower index first where distances are equal
        indices[rows] = np.take_along_axis(near, order, axis=1)
        distances[rows] = np.take_along_axis(exact, order, axis=1)
    return indices, distances


def near_threshold(distances: np.ndarray, percentile: float = PERCENTILE) -> float:
    """The distance to the training set below which only ``percentile`` per cent of the real test
    images come, from their nearest-training ``distances`` ``(N,)``.

    Why 5: a generator that copies a share c of its images has ``c + (1 - c) p / 100`` of them
    below, so a small p shows copies the more clearly; but below 1 lie the near-duplicates that real
    data sets have themselves, and a few hundred test images must be enough to fix it.

    Raises:
        SettingsError: no distances, or a percentile that is not between 0 and 100.
    """
    distances = np.asarray(distances)
    if not distances.size or not 0 < percentile < 100:
        raise SettingsError(
            f"{distances.size} distances and percentile={percentile}: at least one distance and a "
            "percentile between 0 and 100 are needed."
        )
    return float(np.percentile(distances, percentile))


def memorised_share(
    fake: np.ndarray, train: np.ndarray, test: np.ndarray, percentile: float = PERCENTILE
) -> float:
    """Share of ``fake`` ``(N, …)`` that are nearer to a training image than all but
    ``percentile`` per cent of the real ``test`` images are. All are images of one scale, or
    features of them.

    A perfect generator, whose images are as new as the test images, has ``percentile / 100``; one
    that copies has 1. Less is no merit: noise, far from everything, has 0. And plain garments are
    near to each other without any copying: look at the pairs before you call it memorised.
    """
    threshold = near_threshold(nearest(test, train)[1], percentile)
    return float(np.mean(nearest(fake, train)[1] < threshold))


def _centred(a: np.ndarray, b: np.ndarray, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Both as rows of vectors, less the mean of ``b``: |a|² + |b|² - 2ab loses the fewer digits the
    shorter the vectors are."""
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim < 2 or a.shape[1:] != b.shape[1:] or not a.size or not b.size:
        raise SettingsError(
            f"Neighbours need two samples of one shape, (N, …) and (M, …), not {a.shape} and "
            f"{b.shape}."
        )
    a, b = (x.reshape(len(x), -1).astype(dtype) for x in (a, b))
    mean = b.mean(axis=0, dtype=np.float64).astype(dtype)
    a -= mean
    b -= mean
    return a, b


def _blocks(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Squared distances of some rows of ``a`` to all of ``b``, block by block."""
    squares = np.einsum("ij,ij->i", b, b)
    rows = max(1, BLOCK_BYTES // (b.itemsize * len(b)))
    for start in range(0, len(a), rows):
        part = a[start : start + rows]
        squared = part @ b.T
        squared *= -2
        squared += np.einsum("ij,ij->i", part, part)[:, None]
        squared += squares
        np.maximum(squared, 0, out=squared)
        yield slice(start, start + len(part)), squared


def _squared_radii(points: np.ndarray, k: int) -> np.ndarray:
    """Squared distance ``(N,)`` of each point to its k-th nearest other one."""
    radii = np.empty(len(points))
    for rows, squared in _blocks(points, points):
        places = np.arange(len(squared))
        squared[places, rows.start + places] = np.inf  # itself
        squared.partition(k - 1, axis=1)
        radii[rows] = squared[:, k - 1]
    return radii


def _least(squared: np.ndarray) -> np.ndarray:
    return squared.argmin(axis=1)[:, None]
