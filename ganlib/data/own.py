"""The user's own data as a data set: CSV and npz files, and how its classes are named."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ganlib.data import folders, formats
from ganlib.data.dataset import CLASS_NAMES, FASHION_HASHES, SPLITS, TITLES, DataSet, safe_name
from ganlib.errors import DataError

SIDE_FILE = "classes.txt"  # beside a CSV or npz file: its classes' names


def load_csv(place: Path, split: str) -> DataSet:
    """A split of a CSV file, or of a pair of them."""
    files, name = {part: place / f"fashion-mnist_{part}.csv" for part in SPLITS}, place.name
    if not place.is_dir():
        files, name = _csv_files(place)
    if split not in files:
        raise DataError(
            f"{place} is a single file, all of it the training split. For a test split name the "
            "two files …_train.csv and …_test.csv."
        )
    path = files[split]
    if not path.exists():
        raise DataError(f"{path}: there is no such file.")
    fashion = path.name.startswith("fashion-mnist")
    top = len(CLASS_NAMES) - 1 if fashion else formats.MAX_CLASSES - 1
    read = {part: formats.read_csv(file, top) for part, file in files.items() if file.exists()}
    labels = {part: own for part, (_, own) in read.items()}
    names = CLASS_NAMES if fashion else _names_beside(path, labels)
    return own_data(read[split][0], labels, names, name=name, split=split, source=path)


def _csv_files(path: Path) -> tuple[dict[str, Path], str]:
    """The CSV file of each split, where one file was named, and a name for the data set."""
    for ending in SPLITS:
        if path.stem.endswith(f"_{ending}"):
            common = path.stem.removesuffix(f"_{ending}")
            return {s: path.with_name(f"{common}_{s}{path.suffix}") for s in SPLITS}, common
    return {"train": path}, path.stem


def load_npz(place: Path, split: str) -> DataSet:
    """A split of an npz file."""
    path = place
    if place.is_dir():
        found = sorted(place.glob("*.npz"))
        if len(found) != 1:
            raise DataError(
                f"{place}: {len(found)} .npz files in it; expected one. Name the file itself."
            )
        path = found[0]
    images, labels = formats.read_npz(path, split)
    names = _names_beside(path, labels)
    return own_data(images, labels, names, name=path.stem, split=split, source=path)


def _names_beside(path: Path, labels: dict[str, np.ndarray]) -> tuple[str, ...] | None:
    """The classes' names in classes.txt beside ``path``, where there is one: line k names label k,
    counted from 0."""
    side = path.with_name(SIDE_FILE)
    try:
        text = side.read_text("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{side} cannot be read as UTF-8 text: {error}. Mend or remove it."
        ) from error
    names = tuple(line.strip() for line in text.strip().splitlines())
    highest = max(int(own.max()) for own in labels.values() if len(own))
    if "" in names or len(set(names)) < len(names) or highest >= len(names):
        raise DataError(
            f"{side} has {len(names)} lines, and the labels of {path.name} go up to {highest}; "
            "expected a name for each label from 0 on, none of them empty or twice."
        )
    return names


def own_data(
    images: np.ndarray, labels: dict[str, np.ndarray], names: tuple[str, ...] | None = None,
    notes: Sequence[str] = (), *, name: str, split: str, source: Path,
) -> DataSet:  # fmt: skip
    """The user's data, whose classes are named by their labels, over both splits, where they have
    no names; under Fashion-MNIST's name where its content is that."""
    if names is None:
        values = np.unique(np.concatenate(list(labels.values())))
        names = tuple(map(str, values))
        labels = {part: np.searchsorted(values, own) for part, own in labels.items()}
    counts = np.bincount(labels[split], minlength=len(names))
    each = [f"{name} ({count:,})" for name, count in zip(names, counts, strict=True)]
    kinds = "1 class" if len(names) == 1 else f"{len(names)} classes"
    told = [f"{len(images):,} images, {kinds}: {folders.first_few(each, 10)}"]
    told += [f"{len(own):,} in the {part} split" for part, own in labels.items() if part != split]
    return recognise(
        DataSet(
            images, labels[split], names, _own_name(name), split, folders.legible(source),
            told="; ".join([*told, *notes]),
        )
    )  # fmt: skip


def recognise(data: DataSet) -> DataSet:
    """Goes by Fashion-MNIST's name where its content is Fashion-MNIST's."""
    if data.hash == FASHION_HASHES[data.split]:
        return replace(data, name="fashion_mnist", class_names=CLASS_NAMES, told="")
    return data


def _own_name(text: str) -> str:
    """A safe name for the user's data that is not one of ours."""
    name = safe_name(text)
    return f"{name}_own" if name in TITLES else name
