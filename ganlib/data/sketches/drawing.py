"""Drawn garments of Fashion-MNIST's ten classes: a stand-in for where there is no network.

Layers, from the ground up: shapes.py (signed distances with soft edges), garments.py (one function
a class) and this file (folds, grain, colours, and many images at once).
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ganlib.data.formats import MAX_BYTES
from ganlib.data.sketches.garments import GARMENTS
from ganlib.data.sketches.shapes import Pen
from ganlib.errors import SettingsError, whole

CLASS_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip

# Images drawn together. It is part of the seeding, so another value gives other images. This one
# keeps the 28 x 28 intermediates in a core's cache and the 256 x 256 ones below half a gigabyte.
CHUNK = 64
MAX_SIZE = 512


def draw(
    n: int, *, size: int = 28, channels: int = 1, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `n` garments, the ten classes balanced (counts differ by at most one) and shuffled.

    Returns images uint8, (n, size, size) for one channel and (n, size, size, 3) for three, bright
    on a black background; and labels int64 (n,), the indices of `CLASS_NAMES`. The result depends
    on the arguments only, not on the number of processors. Sizes, grey and colour show the same
    garments; another `n` shows others.

    Raises SettingsError unless n >= 1, size is 8 to MAX_SIZE, channels is 1 or 3, seed >= 0, and
    the images take at most MAX_BYTES.
    """
    n, seed, size = whole("n", n, 1), whole("seed", seed, 0), whole("size", size, 8, MAX_SIZE)
    channels = whole("channels", channels, 1, 3)
    if channels == 2:
        raise SettingsError(f"channels={channels}: pass 1 for grey or 3 for colour.")
    if n * size**2 * channels > MAX_BYTES:
        raise SettingsError(
            f"{n:,} sketches of {size} x {size} take {n * size**2 * channels / 2**30:.1f} GB; at "
            f"most {MAX_BYTES >> 30}. Pass a smaller size, or draw fewer."
        )

    classes = len(CLASS_NAMES)
    # No chunk's seed starts with [seed, classes]: the order is drawn apart from the garments.
    labels = np.random.default_rng([seed, classes]).permutation(np.arange(n) % classes)
    images = np.empty((n, size, size, channels), np.uint8)

    def draw_chunk(job: tuple[int, int, np.ndarray]) -> None:
        label, part, places = job
        rng = np.random.default_rng([seed, label, part])
        images[places] = _render(label, Pen(rng, len(places), size), channels)

    jobs = []
    for label in range(classes):
        places = np.flatnonzero(labels == label)
        starts = range(0, len(places), CHUNK)
        jobs += [(label, i // CHUNK, places[i : i + CHUNK]) for i in starts]
    # More would cost memory and wait for one another.
    threads = min(os.cpu_count() or 1, 8, 8 * 256**2 // size**2)
    with ThreadPoolExecutor(threads) as pool:  # NumPy releases the interpreter lock
        list(pool.map(draw_chunk, jobs))  # list() hands on an exception of any thread
    return (images[..., 0] if channels == 1 else images), labels.astype(np.int64)


def _colours(pen: Pen, channels: int) -> np.ndarray:
    """The main and the second colour, (2, n, 1, 1, channels) in [0, 1], of unlike brightness."""
    value = 1 - 0.7 * pen.uniform(0, 1) ** 1.5  # bright garments are the more common ones
    gap = pen.uniform(0.25, 0.5)
    both = np.stack([value, np.where(value > 0.65, value - gap, value + gap)])[..., None]
    if channels == 1:
        return both
    hue, saturation = pen.rng.random((2, *both.shape), np.float32)
    k = (np.array([5, 3, 1], np.float32) + 6 * hue) % 6  # from hue, saturation, value to RGB
    return both * (1 - 0.85 * saturation * np.clip(np.minimum(k, 4 - k), 0, 1))


def _render(label: int, pen: Pen, channels: int) -> np.ndarray:
    """One class, with folds, grain and colours: uint8 (n, size, size, channels)."""
    cover, accent, shade = GARMENTS[label](pen)
    slant = pen.uniform(-1, 1)
    folds = pen.wave(pen.x + slant * pen.y + 0.15 * pen.wave(pen.y, 2, 6), 5, 14)
    light = cover * shade * (1 + pen.uniform(0, 0.12) * folds)
    coarseness = pen.uniform(0, 0.35) ** 2
    main, second = _colours(pen, channels)
    # The grain comes last: all that is drawn before it is then the same at every image size.
    light = light * (1 + coarseness * (pen.rng.random(light.shape, np.float32) - 0.5))
    accent = np.broadcast_to(accent, light.shape)[..., None]
    image = light[..., None] * (main + accent * (second - main))
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
