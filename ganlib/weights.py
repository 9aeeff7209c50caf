"""Weights files and their cards: numbers for networks that code has built, and nothing else.

``x.weights.h5`` is HDF5 as Keras writes it; ``x.json`` beside it, the card, says what the numbers
are (recipe, data set and its hash, versions, scores) and holds the file's SHA-256. Nothing of a
file is pickled or run. Before a number is assigned, the file is held against its card and against
the very layout that this network would write: no other names, shapes or types, no links, no more
bytes than it takes.
"""

import contextlib
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import keras

from ganlib import files
from ganlib.errors import GanlibError, WeightsError

ENDING = ".weights.h5"
# A card is a page of text; more is not one.
CARD_BYTES = 1_000_000
CARD = files.fields({"weights_sha256": {"type": "string"}}, {"step": {"type": "integer"}})


def card_path(path: Path) -> Path:
    """Where the card of a weights file lies: ``generator.json`` for ``generator.weights.h5``."""
    return path.with_name(path.name.removesuffix(ENDING) + ".json")


def save_weights(network: keras.Model, path: Path, card: dict) -> None:
    """Writes the network's weights, then the card with their SHA-256.

    Raises:
        FileError: the disk is full or the folder cannot be written; what was there stays whole,
            unless it was between the two files: then ``load_weights`` says that they disagree.
    """
    with files.replacing(path) as temporary:
        _reserve(temporary, network)
        network.save_weights(temporary)
        content = temporary.read_bytes()
    told = card | {"weights_sha256": hashlib.sha256(content).hexdigest()}
    files.write_json(card_path(path), told)


def load_weights(network: keras.Model, path: Path) -> dict:
    """Reads weights into ``network`` and returns their card.

    Raises:
        WeightsError: file or card is missing or damaged, they do not belong together, or the file
            is not what this network would write. The network is then as it was.
    """
    card = read_card(path)
    with _reading(path):
        content = files.read_bytes(path, limit=_most_bytes(network))
    if hashlib.sha256(content).hexdigest() != card["weights_sha256"]:
        raise WeightsError(
            f"{path} is not the file that its card {card_path(path).name} tells of: one of them is "
            "damaged, altered or of another training. Copy both again from where they came; in a "
            "run's own folder, the same call of train writes them anew."
        )
    with _temporary_folder() as folder:
        own, checked = Path(folder, "own" + ENDING), Path(folder, "checked" + ENDING)
        _reserve(own, network)
        network.save_weights(own)
        before = network.get_weights()
        checked.write_bytes(content)  # what is loaded is what was checked
        try:
            with h5py.File(own, "r") as expected, h5py.File(io.BytesIO(content), "r") as found:
                _compare(found, expected, path)
            network.load_weights(checked)
        # Whatever h5py makes of an altered file, even where its layout looked right.
        except (OSError, ArithmeticError, LookupError, MemoryError, RuntimeError, TypeError,
                ValueError) as error:  # fmt: skip
            network.set_weights(before)
            raise WeightsError(f"{path} cannot be read as HDF5: {error}") from error
    return card


def read_card(path: Path) -> dict:
    """The card of a weights file: a dictionary with at least ``weights_sha256``.

    Raises:
        WeightsError: there is none, or it is not a card.
    """
    with _reading(card_path(path)) as place:
        return files.read_json(place, CARD, limit=CARD_BYTES)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[Path]:
    try:
        yield path
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}.") from error
    except GanlibError as error:
        raise WeightsError(str(error)) from error


@contextlib.contextmanager
def _temporary_folder() -> Iterator[str]:
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield folder
    except OSError as error:
        raise WeightsError(
            f"The folder for temporary files cannot be written: {error.strerror or error}. Free "
            "some space in it, or name another by the environment variable TMPDIR."
        ) from error


def _most_bytes(network: keras.Model) -> int:
    """More than the weights take as HDF5."""
    numbers = sum(weight.nbytes for weight in network.get_weights())
    return numbers + 4096 * (len(network.weights) + len(network.layers))  # names: half of that


def _reserve(path: Path, network: keras.Model) -> None:
    """Fills the file with more zeros than the weights will take: where the disk is full this raises
    OSError, while the HDF5 library crashes the whole of Python."""
    with open(path, "wb") as file:
        file.write(bytes(_most_bytes(network)))
        file.flush()
        os.fsync(file.fileno())


def _compare(found: h5py.Group, expected: h5py.Group, path: Path) -> None:
    """Goes down the expected layout only, so that a loop of links in the file is not followed."""
    if set(found) != set(expected):
        odd = sorted(set(found) ^ set(expected))[0]
        raise WeightsError(f"{path} does not fit this network: {found.name}/{odd} differs.")
    for name, wanted in expected.items():
        where = f"{path} at {found.name.rstrip('/')}/{name}"
        if not isinstance(found.get(name, getlink=True), h5py.HardLink):
            raise WeightsError(f"{where} is a link to elsewhere: refused.")
        part = found[name]
        if type(part) is not type(wanted):  # a group, an array, or a named type
            raise WeightsError(
                f"{where} does not fit this network: it is a {type(part).__name__}, "
                f"the network has a {type(wanted).__name__} there."
            )
        if isinstance(wanted, h5py.Group):
            _compare(part, wanted, path)
            continue
        if part.shape != wanted.shape or part.dtype != wanted.dtype:
            raise WeightsError(
                f"{where} has shape {part.shape} of {part.dtype}; this network has "
                f"{wanted.shape} of {wanted.dtype}. It belongs to another recipe or image size."
            )
        if part.external or part.is_virtual or part.chunks:
            raise WeightsError(f"{where} does not hold its numbers itself: refused.")
