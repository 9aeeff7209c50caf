"""Folders of pictures: read, whatever they are called; and which classes and splits they mean.

What is no picture is left out, and a layout taken for classes or splits, with a note of it.
"""

import functools
import operator
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganlib.data.formats import MAX_BYTES
from ganlib.errors import DataError

if TYPE_CHECKING:
    from PIL import Image


# Not EPS and its like, for which Pillow would start another program.
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
MAX_PIXELS = 250_000_000  # of one picture: more than any camera has
SPLITS = {  # by the name of a folder
    "train": "train", "training": "train", "test": "test", "testing": "test",
    "val": "val", "valid": "val", "validation": "val",
}  # fmt: skip
NOTICE_SECONDS = 10  # between two lines of progress

Parts = tuple[str, ...]  # of a path below the folder
File = tuple[Parts, int, int]  # with size (-1: no regular file) and time of change


def read_images(
    folder: Path, split: str, image_size: int
) -> tuple[np.ndarray, dict[str, np.ndarray], tuple[str, ...], tuple[str, ...]]:
    """Images of ``split`` (any size, grey or colour), labels of both splits, class names, notes.

    Each sub-folder is a class, in the order of numbers, then of the alphabet; a folder without
    sub-folders is one class. Sub-folders named train, test and val (or training, validation, …) are
    splits; val is the test split where there is no other. A single sub-folder of sub-folders is
    looked through. Where there is no such split, of each class every tenth picture, in alphabetical
    order, is held out as the "test" split; of a class of 2 to 9 the last; of a class of one, none.
    Hidden files are ignored.

    Each picture is turned upright (EXIF), laid on white where it is transparent, cut to its central
    square and resized to ``image_size``. The result is (N, S, S) where every picture is grey, else
    (N, S, S, 3). Where no 16-bit picture exceeds 4095, that is white.
    Raises DataError for a folder without pictures and, by name, for unreadable pictures.
    """
    if not os.path.isdir(folder):
        raise DataError(f"{legible(folder)}: there is no such folder of images.")
    files, folders = _walk(folder)
    images, labels, names, notes = _read(folder, files, tuple(folders), image_size)
    if not len(labels[split]):
        raise DataError(
            f"{folder}: every class has one image only, so there is none to hold out as the test "
            "split. Add images."
        )
    return images[split], labels, names, notes


def legible(text: str | Path) -> str:
    """A path or name that can be printed, in whatever encoding its bytes are."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def first_few(texts: Sequence[str], number: int = 5) -> str:
    """The first of the texts, and how many more there are."""
    more = len(texts) - number
    return legible(", ".join(texts[:number])) + (f" and {more:,} more" if more > 0 else "")


def _walk(top: Path) -> tuple[tuple[File, ...], list[Parts]]:
    """All visible files and folders below, the files sorted."""
    files, folders, visited = [], [], set()

    def refuse(error: OSError) -> None:
        raise DataError(f"{legible(error.filename)}: cannot be read ({error.strerror}).")

    for place, below, names in os.walk(top, onerror=refuse, followlinks=True):
        within, real = Path(place).relative_to(top).parts, os.path.realpath(place)
        if real in visited:  # a link that could go round in circles
            files.append((within, -1, 0))
            below.clear()
            continue
        visited.add(real)
        below[:] = sorted(name for name in below if not name.startswith((".", "__MACOSX")))
        folders += [(*within, name) for name in below]
        for name in (name for name in names if not name.startswith(".")):
            path = os.path.join(place, name)
            status = os.stat(path) if os.path.isfile(path) else None
            stamp = (status.st_size, status.st_mtime_ns) if status else (-1, 0)
            files.append(((*within, name), *stamp))
    return tuple(sorted(files)), folders


@functools.lru_cache(maxsize=1)  # the test split is asked for after the train split
def _read(
    folder: Path, files: tuple[File, ...], folders: tuple[Parts, ...], size: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], tuple[str, ...], tuple[str, ...]]:
    """Both splits, as read_images gives one."""
    found, skipped = _pictures(folder, files, size)
    placed, notes = _layout(folder, list(found), folders)
    # Scale and channels are judged over both splits, so that train and test images fit.
    deep = [picture.max() for picture in found.values() if picture.dtype != np.uint8]
    white = 4095 if max(deep, default=0) <= 4095 else 65535
    notes += [f"white is {white:,} in 16-bit pictures"] if deep else []
    grey = all((picture == picture[..., :1]).all() for picture in found.values())
    if skipped:
        notes.append(f"{len(skipped):,} skipped, being no pictures: {first_few(skipped)}")
    names = {name for split, name in placed if split}
    names = sorted(names, key=lambda n: (0, int(n), n) if n.isdecimal() else (1, 0, n))
    parts = {"train": [], "test": []}
    for (split, name), picture in zip(placed, found.values(), strict=True):
        if not split:
            continue
        levels = picture[..., 0] if grey else picture
        if picture.dtype != np.uint8:
            levels = np.rint(levels * (255 / white)).astype(np.uint8)
        parts[split].append((names.index(name), levels))
    images, labels = {}, {}
    for split in ("train", "test"):
        of_classes = sorted(parts[split], key=operator.itemgetter(0))
        labels[split] = np.array([label for label, _ in of_classes], np.int64)
        images[split] = np.array([levels for _, levels in of_classes], np.uint8)
        images[split].flags.writeable = labels[split].flags.writeable = False  # they are kept
    return images, labels, tuple(map(legible, names)), tuple(notes)


def _pictures(
    folder: Path, files: Sequence[File], size: int
) -> tuple[dict[Parts, np.ndarray], list[str]]:
    """What could be read, and the names of what is no picture."""
    from PIL import Image, UnidentifiedImageError

    if len(files) * size**2 * 3 > MAX_BYTES:
        raise DataError(
            f"{len(files):,} pictures of {size} x {size} take more than {MAX_BYTES >> 30} GB. Pass "
            "a smaller image_size, or take fewer pictures."
        )
    found, skipped, damaged, said = {}, [], [], time.monotonic()
    for number, (parts, length, _) in enumerate(files):
        if time.monotonic() - said > NOTICE_SECONDS:
            said = time.monotonic()
            print(f"{number:,} of {len(files):,} files read", flush=True)
        path = folder.joinpath(*parts)
        try:
            if length >= 0:
                found[parts] = _read_image(path, size)
                continue
        except Exception as error:  # Pillow raises many kinds on damage, SyntaxError among them
            kind = Image.registered_extensions().get(path.suffix.lower())
            if kind in FORMATS or not isinstance(error, UnidentifiedImageError):
                damaged.append(f"{path}: not a readable image ({type(error).__name__}: {error})")
                continue
        skipped.append("/".join(parts))
    if damaged:
        raise DataError(f"Replace or remove {len(damaged):,} of the files: {first_few(damaged)}.")
    if not found:
        raise DataError(
            f"{legible(folder)}: no images in it; found {first_few(skipped) or 'none'}."
        )
    return found, skipped


def _layout(
    folder: Path, paths: list[Parts], folders: Sequence[Parts]
) -> tuple[list[tuple[str, str]], list[str]]:
    """The split ("" where it is left out) and the class of each picture, and notes."""
    level, notes = 0, []
    while min(map(len, paths)) > level + 2 and len({path[level] for path in paths}) == 1:
        if paths[0][level].lower() in SPLITS:
            break
        notes.append(f"looked through {legible(paths[0][level])}/")
        level += 1
    top = sorted({path[level] for path in paths})
    split_of = {name: SPLITS[name.lower()] for name in top if name.lower() in SPLITS}
    if len(split_of) > 1 or list(split_of) == top:
        found = set(split_of.values())
        if len(found) < len(top) or "train" not in found:
            beside = first_few([repr(name) for name in top])
            raise DataError(
                f"{legible(folder)}: beside each other lie {beside}. Where some are named "
                "as splits there must be one for training, one for test or validation, and nothing "
                "else. Rename or move what is no split."
            )
        becomes = {"train": "train", "test": "test", "val": "" if "test" in found else "test"}
        split_of = {name: becomes[split] for name, split in split_of.items()}
        told = [f"{name}/ is {split or 'left out'}" for name, split in split_of.items()]
        notes.append(", ".join(told))
        level += 1
    else:
        split_of = {}
    loose = [path for path in paths if len(path) == level + 1]
    if loose and len(loose) < len(paths):
        raise DataError(
            f"{legible(folder.joinpath(*loose[0]))} lies beside the class folders; move it into "
            "one of them."
        )
    full = {path[:end] for path in paths for end in range(level + 2)}
    if empty := [path for path in folders if len(path) <= level + 1 and path not in full]:
        raise DataError(
            f"{legible(folder.joinpath(*empty[0]))}: a class without images; fill or remove the "
            "folder."
        )
    one_class = folder.resolve().name
    placed = [
        (split_of.get(path[level - 1]), one_class if loose else path[level]) for path in paths
    ]
    if len(split_of) < 2:
        notes.append("every tenth is held out")
        total, before = Counter(name for _, name in placed), Counter()
        for index, (_, name) in enumerate(placed):
            before[name] += 1
            held_out = before[name] % 10 == 0 or before[name] == total[name] in range(2, 10)
            placed[index] = ("test" if held_out else "train", name)
    return placed, notes


def _read_image(path: Path, size: int) -> np.ndarray:
    """One picture as uint8 (size, size, 3), or as float32 with the levels of 16 bits.

    Raises PIL.UnidentifiedImageError where it is none of FORMATS, and many kinds on damage.
    """
    from PIL import Image

    Image.init()
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # ours is larger
    try:
        with Image.open(path, formats=[kind for kind in FORMATS if kind in Image.OPEN]) as picture:
            if (pixels := picture.width * picture.height) > MAX_PIXELS:
                raise ValueError(f"{pixels:,} pixels, more than {MAX_PIXELS:,}")
            return _square(picture, size)
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _square(picture: "Image.Image", size: int) -> np.ndarray:
    from PIL import Image, ImageOps

    picture.draft(None, (2 * size, 2 * size))  # a JPEG is decoded smaller, many times faster
    picture = ImageOps.exif_transpose(picture)
    deep = picture.mode.startswith("I")  # 16-bit grey, which Pillow would clip to white
    if picture.mode == "F" or (deep and not 0 <= np.min(picture) <= np.max(picture) <= 65535):
        raise ValueError("its levels are none of 8 or 16 bits")
    if deep:
        picture = Image.fromarray(np.asarray(picture, np.float32))
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    # Cut first: a resize with a box would mix in what lies just outside the square.
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    picture = picture if deep else picture.convert("RGB")
    picture = picture.crop((left, top, left + side, top + side))
    levels = np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS))
    # What is 8-bit was clipped by Pillow.
    return np.repeat(levels.clip(*picture.getextrema())[..., None], 3, axis=2) if deep else levels
