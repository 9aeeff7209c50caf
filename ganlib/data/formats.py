"""Readers of the forms in which image data comes as arrays: idx, CSV, npz, tensorflow_datasets.

Each takes a path and returns NumPy arrays: images uint8 (N, H, W) or (N, H, W, C), labels int64
(N,). Each treats the file as possibly damaged: sizes are checked before memory is taken, and
whatever is wrong becomes a DataError that names the file.
"""

import gzip
import io
import math
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ganlib.errors import DataError

MAX_BYTES = 4 << 30  # of one array; larger than any data set that this package is meant for
DEFLATE_RATIO = 1032  # the most that deflate, in gzip and zip, can shrink anything
MAX_CLASSES = 1000
CHANNELS = ((), (1,), (3,))  # the shapes, after height and width, of grey and colour


def _check_regular(path: Path) -> None:
    """A pipe or a device would hang, or never end."""
    if path.exists() and not path.is_file():
        raise DataError(f"{path}: not a regular file. Copy its content into one.")
    if path.exists() and path.stat().st_size > MAX_BYTES:
        raise DataError(f"{path}: longer than {MAX_BYTES >> 30} GB, the most that is read.")


def read_idx(path: str | Path) -> np.ndarray:
    """The uint8 array in an idx file, the form in which MNIST and Fashion-MNIST come; gzipped if
    its name ends in .gz.

    The file begins with two zero bytes, the type (8: unsigned byte), the number of dimensions and
    each dimension as a big-endian 32-bit number (http://yann.lecun.com/exdb/mnist, "file format").
    Raises DataError where it is missing, no gzip, cut off, too long, of another type, or where it
    announces more than its length can hold.
    """
    path = Path(path)
    _check_regular(path)
    try:
        packed_size = path.stat().st_size
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            shape = _idx_shape(file, path)
            size = math.prod(shape)
            if size > min(MAX_BYTES, DEFLATE_RATIO * packed_size):
                raise DataError(
                    f"{path}: its header announces {' x '.join(map(str, shape))} bytes, which a "
                    f"file of {packed_size:,} bytes cannot hold. Fetch it again."
                )
            content = file.read(size + 1)  # one more: reaching the end is what checks the CRC
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole gzip file ({error}). Fetch it again.") from error
    if len(content) != size:
        found = "more" if len(content) > size else f"{len(content):,}"
        raise DataError(
            f"{path}: its header announces {size:,} bytes, it holds {found}. Fetch it again."
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def _idx_shape(file: BinaryIO, path: Path) -> tuple[int, ...]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != 8 or not 1 <= magic[3] <= 4:
        raise DataError(
            f"{path}: begins with {magic.hex(' ') or 'nothing'}, not with 00 00 08 and a number of "
            "dimensions from 1 to 4: this is no idx file of unsigned bytes."
        )
    header = file.read(4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise DataError(f"{path}: ends within its header. Fetch it again.")
    shape = struct.unpack(f">{magic[3]}I", header)
    if 0 in shape:
        raise DataError(f"{path}: its header announces a dimension of 0. Fetch it again.")
    return shape


def read_csv(path: str | Path, top: int = MAX_CLASSES - 1) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, S, S) and labels from a CSV: a header, then label and S·S pixels on each line.

    785 columns for 28 x 28. Raises DataError, with the line, where the header is missing, a line
    has another number of columns, or a value is no integer, or outside 0-255 (labels: 0-``top``).
    """
    path = Path(path)
    _check_regular(path)
    try:
        # "replace": bytes that are no text then fail the checks below, which know the line.
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            header = file.readline().split(",")
            side = math.isqrt(len(header) - 1)
            if header[0].strip().strip('"').lower() != "label" or side == 0:
                raise DataError(
                    f"{path}, line 1: expected a header, label,pixel1,pixel2,…; "
                    f"found {header[0][:40]!r} first."
                )
            if side * side != len(header) - 1:
                raise DataError(
                    f"{path}, line 1: {len(header)} columns; expected the label and a square "
                    "number of pixels, such as 785 columns for 28 x 28."
                )
            # numpy only warns of no rows and, where older, of a "1.5" that it reads as an integer.
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                table = np.loadtxt(file, np.uint16, delimiter=",", comments=None, ndmin=2)
        if table.shape[1] != len(header) or table[:, 0].max() > top or table[:, 1:].max() > 255:
            raise ValueError("columns or labels")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except (ValueError, OverflowError, Warning) as error:
        raise DataError(f"{path}{_csv_fault(path, len(header), top)}") from error
    return table[:, 1:].astype(np.uint8).reshape(-1, side, side), table[:, 0].astype(np.int64)


def _csv_fault(path: Path, columns: int, top_label: int) -> str:
    """Where the first fault of a CSV lies that numpy refused: slow, and only run on bad files."""
    number = 1
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        file.readline()
        for number, line in enumerate(file, 2):
            cells = line.strip().split(",")
            if cells == [""]:
                continue
            if len(cells) != columns:
                return f", line {number}: {len(cells)} columns; the header has {columns}."
            for column, cell in enumerate(cells, 1):
                top = top_label if column == 1 else 255
                digits = cell.strip()
                # Short first: int() refuses thousands of digits with an error of its own.
                if not (digits.isascii() and digits.isdecimal() and len(digits) < 20) or (
                    int(digits) > top
                ):
                    return (
                        f", line {number}, column {column}: {cell[:20]!r}; "
                        f"expected an integer from 0 to {top}."
                    )
    return f": no line of numbers below the header ({number} lines), or not plain text."


def read_npz(path: str | Path, split: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Images of ``split`` and the labels of both splits from an npz in Keras's layout.

    That is x_train, y_train, x_test, y_test: uint8 (N, H, W) or (N, H, W, C), integers (N,) or
    (N, 1). Raises DataError for a damaged zip, a missing array, another type or shape. Pickled
    objects are never loaded.
    """
    path = Path(path)
    _check_regular(path)
    try:
        with zipfile.ZipFile(path) as archive:
            labels = {part: _npz_labels(archive, f"y_{part}") for part in ("train", "test")}
            images = _npz_array(archive, f"x_{split}")
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except Exception as error:  # zipfile and numpy raise a dozen kinds on damaged bytes
        raise DataError(
            f"{path}: not a whole npz file ({type(error).__name__}: {error}). Fetch it again."
        ) from error
    if images.dtype != np.uint8 or images.shape[3:] not in CHANNELS or images.ndim < 3:
        raise DataError(
            f"{path}: x_{split} is {images.dtype} {images.shape}; "
            "expected uint8 (N, H, W) or (N, H, W, C), C being 1 for grey or 3 for colour."
        )
    if len(images) != len(labels[split]):
        raise DataError(
            f"{path}: {len(images):,} images in x_{split}, "
            f"{len(labels[split]):,} labels in y_{split}."
        )
    return (images[..., 0] if images.shape[3:] == (1,) else images), labels


def _npz_labels(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    labels = _npz_array(archive, name)
    if labels.ndim == 2 and labels.shape[1] == 1:  # as Keras's CIFAR has them
        labels = labels[:, 0]
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise DataError(f"{name} is {labels.dtype} {labels.shape}; expected integers (N,).")
    if labels.size and not 0 <= labels.min() <= labels.max() < MAX_CLASSES:
        raise DataError(
            f"{name} has labels from {labels.min()} to {labels.max()}; "
            f"expected 0 to at most {MAX_CLASSES - 1}."
        )
    return labels.astype(np.int64)


def _npz_array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    """One array; its announced size must be the size it has before memory is taken for it."""
    try:
        member = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise DataError(
            f"{name} is missing; expected x_train, y_train, x_test and y_test, "
            f"found {', '.join(archive.namelist()[:8]) or 'nothing'}."
        ) from None
    if member.file_size > min(MAX_BYTES, 256 + DEFLATE_RATIO * member.compress_size):
        raise DataError(f"{name} announces {member.file_size:,} bytes, more than it can hold.")
    content = io.BytesIO(archive.read(member))
    version = np.lib.format.read_magic(content)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in read_header:
        raise DataError(f"{name} has npy version {version}; numpy.savez writes 1.0 or 2.0.")
    shape, _, dtype = read_header[version](content)
    if dtype.hasobject:
        raise DataError(f"{name} holds Python objects, which are never loaded from a file.")
    announced = math.prod(shape) * dtype.itemsize
    held = member.file_size - content.tell()
    if announced != held or min(shape, default=0) < 0:
        raise DataError(f"{name} announces {announced:,} bytes of values and holds {held:,}.")
    content.seek(0)
    return np.lib.format.read_array(content, allow_pickle=False)


def read_tfds(split: str, data_dir: str | None, download: bool) -> tuple[np.ndarray, np.ndarray]:
    """Fashion-MNIST's images (N, 28, 28) and labels from tensorflow_datasets, in the files' order.

    ``data_dir`` is tensorflow_datasets' own folder, None its default. ``download`` allows it to
    prepare the data set where the folder does not hold it. Raises DataError.
    """
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise DataError(
            f'dataset="tfds" needs tensorflow_datasets ({error}). Install it: '
            'pip install -e ".[tfds]"'
        ) from error
    try:
        part = tfds.load(
            "fashion_mnist", split=split, data_dir=data_dir, download=download, batch_size=-1
        )
        images, labels = (np.asarray(part[key]) for key in ("image", "label"))
    except Exception as error:  # network, disk, checksums, protocol buffers: each has its own kind
        raise DataError(
            f"tensorflow_datasets could not load fashion_mnist from {data_dir or 'its folder'}"
            f"{'' if download else ' (GANLIB_OFFLINE forbids the download)'}: "
            f"{type(error).__name__}: {error}"
        ) from error
    # tfds stores examples sorted by a hash of their index; inverting that gives the files' order.
    hasher = tfds.core.hashing.Hasher(split)
    stored = np.argsort(np.array([hasher.hash_key(i) for i in range(len(labels))], object))
    return images[np.argsort(stored), :, :, 0], labels[np.argsort(stored)].astype(np.int64)
