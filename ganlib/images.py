"""Images as numbers: uint8 and [-1, 1], one way each, and many images as one picture."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ganlib.errors import DataError


def scale(images: Any) -> Any:
    """uint8 images as float32 in [-1, 1], by x / 127.5 - 1; NumPy in and out, or TensorFlow.

    Raises DataError for any other type, which would most often be images scaled already.
    """
    if images.dtype != np.uint8:
        raise DataError(f"scale takes uint8 images; found {images.dtype}, scaled already?")
    if isinstance(images, np.ndarray):
        return images.astype(np.float32) / np.float32(127.5) - np.float32(1)
    import tensorflow as tf

    return tf.cast(images, tf.float32) / 127.5 - 1.0


def unscale(images: Any) -> np.ndarray:
    """Images in [-1, 1] (NumPy or TensorFlow) as uint8: the exact inverse of ``scale``.

    Rounds to the nearest level; what lies outside [-1, 1] is clipped. Raises DataError for
    integers, which would most often be images that were never scaled, and for NaN.
    """
    images = np.asarray(images)
    if not np.issubdtype(images.dtype, np.floating):
        raise DataError(f"unscale takes float images in [-1, 1]; found {images.dtype}.")
    if np.isnan(images).any():
        raise DataError("unscale was given NaN: the generator's weights are no longer numbers.")
    images = images.astype(np.float32)  # half precision has too few levels
    return np.clip(np.rint((images + 1) * 127.5), 0, 255).astype(np.uint8)


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Images as uint8 0..255 with the channels (N, H, W, C), C = 1 (grey) or 3 (colour).

    Args:
        images: (N, H, W) or (N, H, W, C); uint8 0..255, or floats in [-1, 1] as a generator
            makes them (-1 is black, 1 is white).

    Raises:
        ValueError: another shape, type or range, no image at all, or a value that is no number.
    """
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            "expected images (N, H, W) or (N, H, W, C) with C = 1 or 3 and N of at least 1, "
            f"got the shape {images.shape}"
        )
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind != "f":
        raise ValueError(f"expected uint8 or float images, got {images.dtype}")
    # Rounding in float16 or bfloat16 may step over the end by less than one brightness level.
    if not (np.abs(images) <= 1.005).all():
        raise ValueError(
            "expected float images in [-1, 1] without NaN, "
            f"got values from {images.min():g} to {images.max():g}; "
            "brightness 0..255 must be uint8"
        )
    return unscale(images)


def tile(
    images: np.ndarray,
    columns: int | None = None,
    *,
    gap: int | tuple[int, int] = 2,
    background: int = 255,
) -> np.ndarray:
    """One picture of all images: image k stands in row k // columns, column k % columns.

    Args:
        images: as for ``to_uint8``.
        columns: images in a row; None makes the grid about square.
        gap: pixels between neighbours, or (between rows, between columns).
        background: the brightness of the gaps and of unused cells.

    Returns:
        uint8 (rows * (H + gap) - gap, columns * (W + gap) - gap, C).
    """
    images = to_uint8(images)
    count, height, width, channels = images.shape
    columns = grid_columns(count, columns)
    rows = math.ceil(count / columns)
    row_gap, column_gap = (gap, gap) if isinstance(gap, int) else gap
    padded = np.full(
        (rows * columns, height + row_gap, width + column_gap, channels), background, np.uint8
    )
    padded[:count, :height, :width] = images
    picture = padded.reshape(rows, columns, height + row_gap, width + column_gap, channels)
    picture = picture.swapaxes(1, 2).reshape(
        rows * (height + row_gap), columns * (width + column_gap), channels
    )
    return picture[: len(picture) - row_gap, : picture.shape[1] - column_gap]


def grid_columns(count: int, columns: int | None) -> int:
    """The number of columns of a grid of ``count`` images; None makes it about square."""
    if columns is None:
        return math.ceil(math.sqrt(count))
    if columns < 1:
        raise ValueError(f"expected at least 1 column, got {columns}")
    return min(columns, count)


def rows_of(count: int, row_labels: Sequence[str]) -> int:
    """The number of columns that gives every row label one full row of ``count`` images."""
    if not len(row_labels) or count % len(row_labels):
        raise ValueError(
            f"expected as many images for each of the {len(row_labels)} row labels, "
            f"got {count} images"
        )
    return count // len(row_labels)
