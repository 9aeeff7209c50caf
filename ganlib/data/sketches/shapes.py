"""Soft-edged shapes and cloth patterns for a few hundred small images at once.

A shape is a signed distance: negative inside, positive outside, zero on its edge. Joining shapes
is then a minimum, intersecting them a maximum, and `Pen.fill` turns the distance into ink whose
edge is one pixel wide. Distances are taken at the pixels' centres, in coordinates that run from
-1 to 1 (x to the right, y down), so the same shape is drawn at any image size. All is float32.
"""

from itertools import pairwise

import numpy as np

Number = float | np.ndarray  # one for all images, or one per image with shape (n, 1, 1)
Layers = tuple[np.ndarray, np.ndarray, np.ndarray]  # cover, accent, shade


class Pen:
    """Random parameters, pixel coordinates and soft-edged ink for `n` images.

    Parameters have shape (n, 1, 1), `x` (1, 1, size) and `y` (1, size, 1): what depends on one
    coordinate only, such as a garment's width at each height, stays cheap until it meets the other.
    """

    def __init__(self, rng: np.random.Generator, n: int, size: int):
        centres = ((np.arange(size) + 0.5) * 2 / size - 1).astype(np.float32)
        self.rng, self.n, self.size = rng, n, size
        self.x, self.y = centres[None, None, :], centres[None, :, None]
        self.px = np.float32(2 / size)  # a pixel's width

    def uniform(self, low: float, high: float) -> np.ndarray:
        return low + (high - low) * self.rng.random((self.n, 1, 1), np.float32)

    def chance(self, p: float) -> np.ndarray:
        """1.0 with probability p, else 0.0."""
        return (self.rng.random((self.n, 1, 1), np.float32) < p).astype(np.float32)

    def fill(self, distance: np.ndarray) -> np.ndarray:
        """1 inside, 0 outside, the edge spread over one pixel."""
        return np.clip(0.5 - distance / self.px, 0, 1)

    def line(self, distance: np.ndarray, width: float | np.ndarray = 0.0) -> np.ndarray:
        """Ink along a shape's edge; never thinner than a pixel, or it would break up."""
        return self.fill(np.abs(distance) - np.maximum(width, self.px) / 2)

    def wave(self, t: np.ndarray, low: float, high: float) -> np.ndarray:
        """A sine of random phase, of angular frequency low..high but never too fine to resolve."""
        frequency = np.minimum(self.uniform(low, high), 1.4 / self.px)
        return np.sin(frequency * t + self.uniform(0, 2 * np.pi))


def ramp(t: Number, start: Number, end: Number) -> Number:
    """0 before start, 1 after end, smooth between."""
    s = np.clip((t - start) / (end - start), 0, 1)
    return s * s * (3 - 2 * s)


def profile(t: np.ndarray, *knots: tuple[Number, Number]) -> np.ndarray:
    """The polyline through knots (position, value), in rising order of position."""
    value = knots[0][1]
    for (start, low), (end, high) in pairwise(knots):
        value = value + (high - low) * np.clip((t - start) / (end - start), 0, 1)
    return value


def under(height: np.ndarray, t: np.ndarray, pen: Pen, axis: int) -> np.ndarray:
    """Signed distance to t = height(other coordinate), inside where t < height.

    `axis` is the one along which `height` varies: 1 if it depends on y, 2 if on x. Dividing by the
    edge's steepness turns the difference along one coordinate into a distance.
    """
    slope = np.gradient(height, axis=axis) / pen.px
    return (t - height) / np.sqrt(1 + slope * slope)


def box(
    x: np.ndarray, y: np.ndarray, left: Number, right: Number, top: Number, bottom: Number
) -> np.ndarray:
    """Signed distance to an upright rectangle (less than the distance beyond its corners)."""
    return np.maximum(np.maximum(left - x, x - right), np.maximum(top - y, y - bottom))


def ellipse(x: np.ndarray, y: np.ndarray, rx: Number, ry: Number) -> np.ndarray:
    """Signed distance to an ellipse around (0, 0): right near its edge, which is all ink needs."""
    a, b = x / rx, y / ry
    k = np.sqrt(a * a + b * b) + 1e-6
    a, b = a / rx, b / ry
    return k * (k - 1) / (np.sqrt(a * a + b * b) + 1e-6)


def segment(
    x: np.ndarray, y: np.ndarray, ax: Number, ay: Number, bx: Number, by: Number
) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the segment from a to b, and the place along it (0 at a, 1 at b)."""
    dx, dy = bx - ax, by - ay
    t = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
    s = np.clip(t, 0, 1)
    across, down = x - ax - s * dx, y - ay - s * dy
    return np.sqrt(across * across + down * down), t


# With u and v waves along x and y, ink is where a u + b v + c u v > t.
PATTERNS = (
    (0, 0, 0, 9),  # plain
    (0, 1, 0, 0.1),  # stripes across
    (1, 0, 0, 0.3),  # stripes down
    (0.6, 0.6, 0, 0),  # lozenges
    (0.7, 0.7, 0.4, 0.9),  # dots
    (0, 0, 1, 0),  # chequers
)


def pattern(pen: Pen, plain: float, coarse: float = 8, fine: float = 20) -> np.ndarray:
    """Ink of a repeated print, its angular frequency coarse..fine; a share `plain` has none."""
    others = (1 - plain) / (len(PATTERNS) - 1)
    share = [plain] + [others] * (len(PATTERNS) - 1)
    chosen = pen.rng.choice(len(PATTERNS), pen.n, p=share)
    a, b, c, t = np.array(PATTERNS, np.float32)[chosen].T[..., None, None]
    u, v = pen.wave(pen.x, coarse, fine), pen.wave(pen.y, coarse, fine)
    softness = np.minimum((coarse + fine) / 2 * pen.px, 1)
    return np.clip((a * u + b * v + c * u * v - t) / softness + 0.5, 0, 1) * pen.uniform(0.4, 1)


def emblem(pen: Pen, u: np.ndarray, centre: np.ndarray, p: float) -> np.ndarray:
    """Ink of a print on the chest at height `centre`: a ring or lettering, in a share p of them.

    `u` is the distance from the middle line.
    """
    width, height = pen.uniform(0.16, 0.28), pen.uniform(0.06, 0.24)
    y = pen.y - centre
    disc = pen.fill(np.abs(ellipse(u, y, width, width) + 0.05) - pen.uniform(0.04, 0.12))
    words = pen.fill(box(u, y, -1, width, -height, height)) * (pen.wave(pen.y, 14, 22) > -0.2)
    kind = pen.chance(0.5)
    return pen.chance(p) * (kind * disc + (1 - kind) * words)
