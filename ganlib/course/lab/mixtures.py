"""Mixtures of Gaussians in the plane, and which of their modes points have found."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

# The stream of random numbers of the data; GAN's own are numbered from 0.
DATA = 100
# A sample within so many standard deviations of a mode is good: of the data, 98.9 % are.
GOOD = 3.0


@dataclass(frozen=True)
class Mixture:
    """Equal shares of round Gaussians: ``centres`` (K, 2), each of standard deviation ``deviation``
    in both directions."""

    name: str
    centres: np.ndarray
    deviation: float

    @property
    def extent(self) -> float:
        """Half the side of a square around the origin that holds all modes with room to spare."""
        return 1.4 * float(np.abs(self.centres).max())

    def draw(self, n: int, key: tf.Tensor) -> tf.Tensor:
        """``n`` points (n, 2) from a key of stateless random numbers, inside a graph or outside."""
        which = tf.random.stateless_uniform((n,), key, 0, len(self.centres), dtype=tf.int32)
        noise = tf.random.stateless_normal((n, 2), tf.random.fold_in(key, 1))
        return tf.gather(tf.constant(self.centres, tf.float32), which) + self.deviation * noise

    def sample(self, n: int, seed: int = 0) -> np.ndarray:
        """``n`` points, float32 (n, 2), the same for the same seed."""
        return self.draw(n, tf.constant([seed, DATA])).numpy()


def ring(modes: int = 8, radius: float = 1.0, deviation: float = 0.05) -> Mixture:
    """Modes evenly spaced on a circle (Metz et al. 2017, section 3.1; their spread is narrower)."""
    angles = 2 * np.pi * np.arange(modes) / modes
    centres = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Mixture(f"ring of {modes}", centres, deviation)


def grid(side: int = 5, spacing: float = 1.0, deviation: float = 0.05) -> Mixture:
    """``side`` x ``side`` modes around the origin (Srivastava et al. 2017, section 4.1, where the
    modes are half as wide beside their distance)."""
    line = spacing * (np.arange(side) - (side - 1) / 2)
    centres = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    return Mixture(f"grid of {side * side}", centres, deviation)


def nearest_mode(mixture: Mixture, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each sample (n, 2): its nearest mode's number, and whether the sample is good, which is
    within ``GOOD`` standard deviations of it; both (n,)."""
    distances = np.linalg.norm(np.asarray(samples)[:, None] - mixture.centres, axis=-1)
    return distances.argmin(axis=1), distances.min(axis=1) < GOOD * mixture.deviation


def modes_found(mixture: Mixture, samples: np.ndarray) -> int:
    """The number of modes that are nearest to at least one good sample (Srivastava et al. 2017,
    section 4.1, on 2,500 samples: the count grows with their number)."""
    nearest, good = nearest_mode(mixture, samples)
    return len(np.unique(nearest[good]))


def good_share(mixture: Mixture, samples: np.ndarray) -> float:
    """The share of samples within three standard deviations of a mode (the same source). A
    generator that has found one mode only may score 1: read it beside ``modes_found``."""
    return float(nearest_mode(mixture, samples)[1].mean())
