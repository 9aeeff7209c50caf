"""Image data: found, verified, loaded as uint8 arrays with labels and a hash.

``load_data`` is the way in. ``official`` knows the official Fashion-MNIST files, ``formats`` and
``folders`` the forms in which data comes, ``sketches`` draws the stand-in, and ``pipeline`` makes
batches.
"""

import os
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ganlib.data import decoded, folders, formats, official
from ganlib.data.dataset import CLASS_NAMES, FASHION_HASHES, SPLITS, TITLES, DataSet, safe_name
from ganlib.data.sketches.drawing import MAX_SIZE, draw
from ganlib.errors import DataError, SettingsError, check_name, whole
from ganlib.paths import cache_dir, resolve

DATASETS = ("auto", "fashion_mnist", "sketches", "csv", "npz", "tfds", "images")
FASHION_SIZE = 28
IMAGE_SIZES = range(8, MAX_SIZE + 1, 4)  # the classifier halves three times; above, memory runs out
SKETCH_COUNTS = {"train": 60_000, "test": 10_000}
SKETCH_SEEDS = {"train": 0, "test": 1}
REMEDIES = (
    f"put the four files ({', '.join(official.FILES)}) in one folder and name it by data_dir=… or "
    "by the environment variable GANLIB_DATA",
    "allow the network, so that they can be downloaded (and unset GANLIB_OFFLINE)",
    'choose the drawn garments: dataset="sketches"',
)


def load_data(
    dataset: str = "auto",
    data_dir: str | Path | None = None,
    *,
    split: str = "train",
    image_size: int | tuple[int, int] = FASHION_SIZE,
    fit: str = "crop",
    damaged: str = "refuse",
) -> DataSet:
    """One split ("train" or "test") of a data set.

    ``dataset`` is one of

    - "fashion_mnist": the four official files, in ``data_dir``, else in the folder that the
      environment variable GANLIB_DATA names; where neither is given, in Keras's cache, else in our
      own, into which they are downloaded (unless GANLIB_OFFLINE=1);
    - "sketches": 60,000 or 10,000 drawn garments of the same ten classes;
    - "auto": Fashion-MNIST, or the sketches, with a notice, where it is neither found nor
      downloadable. A folder that was named must hold it: then nothing is drawn instead;
    - "csv": ``data_dir`` is a folder with fashion-mnist_train.csv and fashion-mnist_test.csv, or
      one file; one named …_train.csv or …_test.csv stands for the pair, another is all "train";
    - "npz": ``data_dir`` is a file with x_train, y_train, x_test, y_test, or the folder of one;
    - "tfds": Fashion-MNIST from tensorflow_datasets, whose folder is ``data_dir``;
    - "images": ``data_dir`` is a folder of pictures, sub-folders are classes, or splits where they
      are named train, test and val; else every tenth picture of each class is the "test" split.
      They are decoded once and kept in the cache (decoded.read_images).

    "csv", "npz" and "images" also take their place from GANLIB_DATA where there is no ``data_dir``;
    their classes are named by the folders or by the labels found in both splits, and what was taken
    for what (DataSet.told) is printed with the "train" split.
    ``image_size``, a multiple of 4, is the side in pixels of sketches and pictures, of pictures
    also (height, width); the other forms have the size of their files. ``fit`` says how a picture
    comes to another shape: "crop" (its middle), "pad" (all of it, with borders) or "stretch".
    ``damaged="skip"`` leaves out pictures that cannot be read, with a note. A relative
    ``data_dir`` counts from the project's root, wherever the program or notebook was started.
    Raises SettingsError for impossible arguments and DataError for missing or damaged data.
    """
    size = _check_arguments(dataset, split, image_size)
    place = _named_place(data_dir)
    match dataset:
        case "auto":
            return _load_auto(place, split)
        case "fashion_mnist":
            return _load_fashion_mnist(place, split)
        case "sketches":
            if data_dir is not None:
                raise SettingsError('dataset="sketches" is drawn: leave data_dir out.')
            return _draw_sketches(split, size[0])
        case "tfds":
            own = None if data_dir is None else str(resolve(data_dir))
            arrays = formats.read_tfds(split, own, download=not official.offline())
            return _recognise(DataSet(*arrays, CLASS_NAMES, "fashion_mnist_tfds", split, "tfds"))
    if place is None:
        raise SettingsError(
            f'dataset="{dataset}" needs to know where: data_dir=… or the environment variable '
            "GANLIB_DATA."
        )
    if dataset == "images":
        read = decoded.read_images(place, split, size, fit=fit, damaged=damaged)
        data = _own_data(*read, name=place.name, split=split, source=place)
    else:
        data = {"csv": _load_csv, "npz": _load_npz}[dataset](place, split)
    if data.told and split == "train":
        print(f"{data.source}: {data.told}.")
    if dataset != "images" and size not in ((FASHION_SIZE,) * 2, data.images.shape[1:3]):
        raise SettingsError(
            f"image_size is {image_size}, the images of {place} are "
            f"{data.images.shape[1]} x {data.images.shape[2]}; leave image_size out."
        )
    return data


def _check_arguments(
    dataset: str, split: str, image_size: int | tuple[int, int]
) -> tuple[int, int]:
    """Height and width."""
    check_name(dataset, DATASETS, "dataset")
    check_name(split, SPLITS, "split")
    sides = image_size if isinstance(image_size, list | tuple) else (image_size, image_size)
    if len(sides) != 2:
        raise SettingsError(f"image_size is {image_size}; expected a side or (height, width).")
    low, high, step = IMAGE_SIZES[0], IMAGE_SIZES[-1], IMAGE_SIZES.step
    height, width = (whole("image_size", side, low, high) for side in sides)
    if height % step or width % step:
        near = tuple(max(low, step * round(side / step)) for side in (height, width))
        raise SettingsError(
            f"image_size is {image_size}; the networks halve and double sides, so expected "
            f"multiples of {step}. Nearest: {near[0] if near[0] == near[1] else near}."
        )
    if dataset == "sketches" and height != width:
        raise SettingsError(f"image_size is {image_size}; sketches are square.")
    if dataset in ("auto", "fashion_mnist", "tfds") and (height, width) != (FASHION_SIZE,) * 2:
        raise SettingsError(
            f'image_size is {image_size}; the images of dataset="{dataset}" are 28 x 28. '
            'Other sizes: dataset="sketches" or "images".'
        )
    return height, width


def _named_place(data_dir: str | Path | None) -> Path | None:
    """The file or folder that the user named: by ``data_dir``, else by GANLIB_DATA, else None."""
    named = os.environ.get("GANLIB_DATA") or None if data_dir is None else data_dir
    if named is None:
        return None
    place = resolve(named)
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):  # told by whoever reads it
        if os.path.exists(named):
            raise DataError(
                f"{place} is not there. A relative path counts from the project's root, not from "
                f"the working directory; if you meant {os.path.abspath(named)}, name it in full."
            ) from None
    except OSError as error:
        raise DataError(f"{place} cannot be read: {error.strerror}.") from error
    return place


def _load_auto(place: Path | None, split: str) -> DataSet:
    if place is not None:
        return _load_fashion_mnist(place, split)
    folder, problems = official.obtain(_own_folder())
    if folder is not None:
        return _read_official(folder, split)
    print(_notice(problems))
    return _draw_sketches(split, FASHION_SIZE)


def _load_fashion_mnist(place: Path | None, split: str) -> DataSet:
    if place is not None:
        faults = official.faults_in(place)
        if faults and all((place / Path(name).stem).is_file() for name in official.FILES):
            # Unpacked files, as other libraries keep them: known by what is in them.
            unpacked = {part: _read_official(place, part, "") for part in SPLITS}
            if all(data.known for data in unpacked.values()):
                return unpacked[split]
            faults = ["the unpacked files do not hold Fashion-MNIST", *faults]
        if faults:
            raise DataError(_not_found([f"{place}: {fault}" for fault in faults]))
        return _read_official(place, split)
    folder, problems = official.obtain(_own_folder())
    if folder is None:
        raise DataError(_not_found(problems))
    return _read_official(folder, split)


def _own_folder() -> Path:
    return cache_dir() / "fashion-mnist"


def _read_official(folder: Path, split: str, ending: str = ".gz") -> DataSet:
    """The arrays of the files, which are verified before or after."""
    prefix = {"train": "train", "test": "t10k"}[split]
    images = formats.read_idx(folder / f"{prefix}-images-idx3-ubyte{ending}")
    labels = formats.read_idx(folder / f"{prefix}-labels-idx1-ubyte{ending}").astype(np.int64)
    return DataSet(images, labels, CLASS_NAMES, "fashion_mnist", split, str(folder))


def _not_found(problems: list[str]) -> str:
    lines = ["Fashion-MNIST cannot be loaded.", *(f"  - {problem}" for problem in problems)]
    lines += ["Do one of these:", *(f"  {n}. {text}" for n, text in enumerate(REMEDIES, 1))]
    return "\n".join(lines)


def _notice(problems: list[str]) -> str:
    """A box that says, where the sketches stand in, that they do, why, and what to do."""
    width = 76

    def item(mark: str, text: str) -> list[str]:
        indent = " " * (len(mark) + 1)
        return textwrap.wrap(
            f"{mark} {text}", width, subsequent_indent=indent, break_on_hyphens=False
        )

    lines = ["NOT FASHION-MNIST: these are drawn sketches, standing in for it.", "", "Why:"]
    for problem in problems:
        lines += item("-", problem)
    lines += ["", "To change that, do one of these:"]
    for number, remedy in enumerate(REMEDIES, 1):
        lines += item(f"{number}.", remedy)
    body = "\n".join(f"║ {line:<{width}} ║" for line in lines)
    return f"╔{'═' * (width + 2)}╗\n{body}\n╚{'═' * (width + 2)}╝"


def _draw_sketches(split: str, image_size: int) -> DataSet:
    images, labels = draw(
        SKETCH_COUNTS[split], size=image_size, channels=1, seed=SKETCH_SEEDS[split]
    )
    return DataSet(images, labels, CLASS_NAMES, "sketches", split, "drawn")


def _load_csv(place: Path, split: str) -> DataSet:
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
    names = CLASS_NAMES if fashion else None
    return _own_data(read[split][0], labels, names, name=name, split=split, source=path)


def _csv_files(path: Path) -> tuple[dict[str, Path], str]:
    """The CSV file of each split, where one file was named, and a name for the data set."""
    for ending in SPLITS:
        if path.stem.endswith(f"_{ending}"):
            common = path.stem.removesuffix(f"_{ending}")
            return {s: path.with_name(f"{common}_{s}{path.suffix}") for s in SPLITS}, common
    return {"train": path}, path.stem


def _load_npz(place: Path, split: str) -> DataSet:
    path = place
    if place.is_dir():
        found = sorted(place.glob("*.npz"))
        if len(found) != 1:
            raise DataError(
                f"{place}: {len(found)} .npz files in it; expected one. Name the file itself."
            )
        path = found[0]
    return _own_data(*formats.read_npz(path, split), name=path.stem, split=split, source=path)


def _own_data(
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
    return _recognise(
        DataSet(
            images, labels[split], names, _own_name(name), split, folders.legible(source),
            told="; ".join([*told, *notes]),
        )
    )  # fmt: skip


def _recognise(data: DataSet) -> DataSet:
    """Goes by Fashion-MNIST's name where its content is Fashion-MNIST's."""
    if data.hash == FASHION_HASHES[data.split]:
        return replace(data, name="fashion_mnist", class_names=CLASS_NAMES, told="")
    return data


def _own_name(text: str) -> str:
    """A safe name for the user's data that is not one of ours."""
    name = safe_name(text)
    return f"{name}_own" if name in TITLES else name
