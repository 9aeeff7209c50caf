"""Paths and sums of latents, as pure functions of arrays."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from ganlib.errors import SettingsError


def straight(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Latents ``(n, d)`` on the straight line from ``a`` to ``b``, both ``(d,)``, at ``t`` ``(n,)``
    from 0 to 1."""
    t = np.asarray(t, np.float64)[:, None]
    return ((1 - t) * a + t * b).astype(np.float32)


def great_circle(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The same along the arc between both ("slerp", Shoemake 1985): the direction turns evenly and
    the length goes evenly from that of ``a`` to that of ``b``."""
    a, b, t = np.asarray(a, np.float64), np.asarray(b, np.float64), np.asarray(t)[:, None]
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    a, b = a / lengths[0], b / lengths[1]
    angle = np.arccos(np.clip(a @ b, -1, 1))
    if np.sin(angle) < 1e-6:  # no arc, or any of many: the straight line is one
        directions = (1 - t) * a + t * b
    else:
        directions = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    return (directions * ((1 - t) * lengths[0] + t * lengths[1])).astype(np.float32)


def truncated(latents: np.ndarray, bound: float) -> np.ndarray:
    """Normal numbers as normal numbers that stay within ``bound``: the truncation trick (Brock et
    al. 2019).

    Each number keeps its rank: with F the normal distribution function, z becomes the number whose
    share of the truncated distribution is F(z). So pictures change smoothly with the bound, where
    drawing anew what lies beyond it would make them jump.

    Raises:
        SettingsError: the bound is not above 0.
    """
    if not bound > 0:
        raise SettingsError(f"bound={bound}: it must be above 0.")
    normal = NormalDist()
    low = normal.cdf(-bound)
    shares = [low + normal.cdf(z) * (1 - 2 * low) for z in np.asarray(latents, np.float64).flat]
    # A number far out, whose share is 1 in floating point, has no finite quantile.
    inside = np.clip(shares, 1e-12, 1 - 1e-12)
    numbers = np.array([normal.inv_cdf(share) for share in inside])
    return np.clip(numbers, -bound, bound).reshape(np.shape(latents)).astype(np.float32)


def arithmetic(
    latents: np.ndarray, plus: Sequence[int], minus: Sequence[int], also: Sequence[int], *,
    keep_length: bool = True,
) -> np.ndarray:  # fmt: skip
    """The mean latent of ``plus``, less that of ``minus``, plus that of ``also``, ``(d,)``.

    A mean of several has less of what is peculiar to one (Radford et al. 2016, section 6.3.2). The
    sum is longer or shorter than any latent that the generator has met: ``keep_length`` brings it
    to the mean length of ``latents`` ``(N, d)``.

    Raises:
        SettingsError: one of the three is empty.
    """
    lists = {"A (plus)": plus, "B (minus)": minus, "C (also)": also}
    if empty := [name for name, chosen in lists.items() if not len(chosen)]:
        raise SettingsError(f"Choose at least one sample in {' and '.join(empty)}.")
    means = [latents[list(chosen)].mean(axis=0) for chosen in (plus, minus, also)]
    result = means[0] - means[1] + means[2]
    length = np.linalg.norm(result)
    if keep_length and length > 0:
        result = result * np.linalg.norm(latents, axis=1).mean() / length
    return result.astype(np.float32)
