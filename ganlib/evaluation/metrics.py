"""Scores of generated images: which classes are there, do they match their labels, how far off
is their distribution. Pure functions on arrays; features come from ``the classifier``."""

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


def class_shares(counts: np.ndarray) -> np.ndarray:
    """Each class's share of all, float64 ``(num_classes,)``, of counts that are not all 0.

    Raises:
        SettingsError: the counts are not ``(num_classes,)``, one is negative, or all are 0.
    """
    counts = np.asarray(counts, np.float64)
    if counts.ndim != 1 or not len(counts) or counts.min() < 0 or not counts.sum() > 0:
        raise SettingsError(
            "counts must be (num_classes,), none negative and not all 0: one for each class, "
            "as class_counts gives them."
        )
    return counts / counts.sum()


def rare_classes(counts: np.ndarray, fraction: float = 0.7) -> list[int]:
    """The classes with less than ``fraction`` of an even share: 7 % where there are ten."""
    shares = class_shares(counts)
    return [int(k) for k in np.flatnonzero(shares * len(shares) < fraction)]


def kl_from_uniform(counts: np.ndarray) -> float:
    """Kullback-Leibler divergence, in nats, of the class shares from even ones: 0 where all classes
    are equally frequent, ``log(num_classes)`` where there is but one."""
    shares = class_shares(counts)
    seen = shares[shares > 0]  # the limit of p log p is 0
    return float(np.sum(seen * np.log(seen * len(shares))))


def inception_score(probabilities: np.ndarray) -> float:
    """``exp(mean KL(p(y|x) || p(y)))`` of class probabilities ``(N, num_classes)``, in one split.

    From 1 (every image looks alike to the classifier) to ``num_classes`` (sure of every image, all
    classes even); Salimans et al. 2016, section 4. Scores of different classifiers cannot be
    compared, and a single fine image per class has the best one: it sees neither copies nor a lack
    of variety within a class.

    Raises:
        SettingsError: the rows are not probabilities that sum to 1.
    """
    p = np.asarray(probabilities, np.float64)
    if p.ndim != 2 or not p.size:
        raise SettingsError(f"probabilities must be (N, num_classes), not {p.shape}.")
    if not (np.all(p >= 0) and np.allclose(p.sum(axis=1), 1, atol=1e-3)):
        raise SettingsError("probabilities must not be negative and each row must sum to 1.")
    marginal = np.broadcast_to(p.mean(axis=0), p.shape)
    seen = p > 0  # where p is 0, so is p log p; where it is not, the marginal is above 0 too
    return float(np.exp(np.sum(p[seen] * np.log(p[seen] / marginal[seen])) / len(p)))


def moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean ``(d,)`` and covariance ``(d, d)`` of features ``(N, d)``, in float64.

    Raises:
        SettingsError: fewer samples than features would leave a covariance without full rank.
    """
    x = np.asarray(features, np.float64)
    if x.ndim != 2:
        raise SettingsError(f"Features must be (N, d), not {x.shape}.")
    if len(x) <= x.shape[1]:
        raise SettingsError(
            f"{len(x)} samples are too few for {x.shape[1]} features: "
            "the covariance needs more samples than features."
        )
    return x.mean(axis=0), np.atleast_2d(np.cov(x, rowvar=False))


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """The Fréchet distance between two Gaussians fitted to features ``(N, d)`` and ``(M, d)``.

    ``|mu_a - mu_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^(1/2))`` (Heusel et al. 2017, section 3; Dowson
    and Landau 1982), in float64. The trace of the square root is the sum of the roots of the
    eigenvalues of ``S_a^(1/2) S_b S_a^(1/2)``, which is symmetric: rounding can make them a little
    negative, never complex. It is biased in the sample counts: compare equal counts only.

    Raises:
        SettingsError: fewer samples than features would leave a covariance without full rank.
    """
    a, b = _pair(a, b)
    return frechet_of_moments(moments(a), moments(b))


def frechet_of_moments(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]) -> float:
    """The Fréchet distance of two Gaussians, each a mean ``(d,)`` and a covariance ``(d, d)``."""
    (mean_a, cov_a), (mean_b, cov_b) = a, b
    values, vectors = np.linalg.eigh(cov_a)
    root_a = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    cross = np.linalg.eigvalsh(root_a @ cov_b @ root_a)
    trace_root = np.sqrt(np.clip(cross, 0, None)).sum()
    return float(
        np.sum((mean_a - mean_b) ** 2) + np.trace(cov_a) + np.trace(cov_b) - 2 * trace_root
    )


def kernel_distance(
    a: np.ndarray, b: np.ndarray, *, subsets: int = 50, subset_size: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The kernel distance (KID) of features ``(N, d)`` and ``(M, d)``: mean and spread.

    The unbiased squared maximum mean discrepancy under the kernel ``(x.y / d + 1)^3`` (Bińkowski
    et al. 2018, section 3 and equation 4), as mean and standard deviation over ``subsets`` pairs of
    random subsets of ``subset_size``, each drawn without replacement. Unlike the Fréchet distance
    it is unbiased: two samples of one distribution come out around 0, also below it.

    Raises:
        SettingsError: a subset is larger than a sample or smaller than 2, or there is none.
    """
    a, b = _pair(a, b)
    if subsets < 1 or not 2 <= subset_size <= min(len(a), len(b)):
        raise SettingsError(
            f"subsets={subsets}, subset_size={subset_size}: there must be at least one, of 2 to "
            f"{min(len(a), len(b))} samples, the smaller of the two numbers."
        )
    rng = np.random.default_rng(seed)
    found = [
        _squared_mmd(*(x[rng.choice(len(x), subset_size, replace=False)] for x in (a, b)))
        for _ in range(subsets)
    ]
    return float(np.mean(found)), float(np.std(found))


def _squared_mmd(a: np.ndarray, b: np.ndarray) -> float:
    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def within(x):
        values = kernel(
            x, x
        )  # a sample beside itself would bias the mean: the diagonal is left out
        return (values.sum() - np.trace(values)) / (len(x) * (len(x) - 1))

    return within(a) + within(b) - 2 * kernel(a, b).mean()


def _pair(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise SettingsError(f"Features must be (N, d) and (M, d), not {a.shape} and {b.shape}.")
    return a, b
