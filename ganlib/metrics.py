"""Scores of generated images: which classes are there, do they match their labels, how far off
is their distribution. Pure functions on arrays; features come from ``ganlib.classifier``."""

import numpy as np

from ganlib.errors import SettingsError


def class_counts(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """How many of ``labels`` ``(N,)`` fall in each class, integers ``(num_classes,)``.

    Raises:
        SettingsError: a label is not one of 0 to ``num_classes - 1``.
    """
    labels = np.asarray(labels)
    if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
        raise SettingsError(
            f"labels run from {labels.min()} to {labels.max()}; expected 0 to {num_classes - 1}."
        )
    return np.bincount(labels, minlength=num_classes)


def missing_classes(counts: np.ndarray, share: float = 0.01) -> list[int]:
    """The classes that hold less than ``share`` of all."""
    counts = np.asarray(counts)
    return [int(k) for k in np.flatnonzero(counts < share * counts.sum())]


def label_agreement(asked: np.ndarray, seen: np.ndarray) -> float:
    """Share of images whose class, as the classifier sees it, is the one that was asked for.

    Raises:
        SettingsError: ``asked`` and ``seen`` are not both ``(N,)`` with N of at least 1.
    """
    asked, seen = np.asarray(asked), np.asarray(seen)
    if asked.shape != seen.shape or asked.ndim != 1 or not len(asked):
        raise SettingsError(f"labels must be (N,) and (N,), not {asked.shape} and {seen.shape}.")
    return float(np.mean(asked == seen))


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """The Fréchet distance between two Gaussians fitted to features ``(N, d)`` and ``(M, d)``.

    ``|mu_a - mu_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^(1/2))`` (Heusel et al. 2017, section 3; Dowson
    and Landau 1982), in float64. The trace of the square root is the sum of the roots of the
    eigenvalues of ``S_a^(1/2) S_b S_a^(1/2)``, which is symmetric: rounding can make them a little
    negative, never complex. It is biased in the sample counts: compare equal counts only.

    Raises:
        SettingsError: fewer samples than features would leave a covariance without full rank.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise SettingsError(f"Features must be (N, d) and (M, d), not {a.shape} and {b.shape}.")
    if min(len(a), len(b)) <= a.shape[1]:
        raise SettingsError(
            f"{min(len(a), len(b))} samples are too few for {a.shape[1]} features: "
            "the covariance needs more samples than features."
        )
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    cov_a, cov_b = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (a, b))
    values, vectors = np.linalg.eigh(cov_a)
    root_a = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    cross = np.linalg.eigvalsh(root_a @ cov_b @ root_a)
    trace_root = np.sqrt(np.clip(cross, 0, None)).sum()
    return float(
        np.sum((mean_a - mean_b) ** 2) + np.trace(cov_a) + np.trace(cov_b) - 2 * trace_root
    )
