"""Image data: found, verified, loaded as uint8 arrays with labels and a hash.

``load_data`` is the way in. ``official`` knows the official Fashion-MNIST files; ``own``,
``formats`` and ``folders`` the forms in which a user's data comes; ``sketches`` draws the stand-in,
and ``pipeline`` makes batches.
"""

import os
import textwrap
from pathlib import Path

import numpy as np

from ganlib.data import decoded, formats, official
from ganlib.data.dataset import CLASS_NAMES, SPLITS, DataSet
from ganlib.data.own import load_csv, load_npz, own_data, recognise
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
    their classes are named by the folders, by the lines of a file classes.txt beside a CSV or npz
    file, or by the labels found in both splits, and what was taken for what (DataSet.told) is
    printed with the "train" split.
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
            return recognise(DataSet(*arrays, CLASS_NAMES, "fashion_mnist_tfds", split, "tfds"))
    if place is None:
        raise SettingsError(
            f'dataset="{dataset}" needs to know where: data_dir=… or the environment variable '
            "GANLIB_DATA."
        )
    if dataset == "images":
        read = decoded.read_images(place, split, size, fit=fit, damaged=damaged)
        data = own_data(*read, name=place.name, split=split, source=place)
    else:
        data = {"csv": load_csv, "npz": load_npz}[dataset](place, split)
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
