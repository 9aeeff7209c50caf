"""A folder of pictures as arrays: decoded once, kept on the disk, mapped into memory from there.

The cache is known by the files' names, sizes and times and by the settings. It is written under
another name and renamed, so a kill leaves none that is half written; one that is damaged, or not
of these files any more, is made anew.
"""

import contextlib
import hashlib
import shutil
import zlib
from pathlib import Path

import numpy as np

from ganlib.data import folders
from ganlib.data.folders import Listing
from ganlib.data.pictures import FITS, read_picture
from ganlib.errors import DataError, GanlibError, check_name
from ganlib.files import fields, read_json, telling, write_json
from ganlib.paths import cache_dir

VERSION = 1  # of what a cache holds: another one is made anew
ARRAYS = ("train", "test", "train_labels", "test_labels")
MAPPED_FROM = 1 << 20  # bytes of a file; what is smaller is read
DEPTHS = (4095, 65535)  # white, in 16-bit pictures: that of the first which none exceeds
DAMAGED = ("refuse", "skip")
SCHEMA = fields(
    {
        "key": {"type": "string"},
        "class_names": {"type": "array", "items": {"type": "string"}},
        "notes": {"type": "array", "items": {"type": "string"}},
        "checksums": fields({name: {"type": "integer"} for name in ARRAYS}),
    }
)

Read = tuple[np.ndarray, dict[str, np.ndarray], tuple[str, ...], tuple[str, ...]]


def read_images(
    folder: Path,
    split: str,
    image_size: int | tuple[int, int],
    *,
    fit: str = "crop",
    damaged: str = "refuse",
) -> Read:
    """Images of ``split`` (any size, grey or colour), labels of both splits, class names, notes.

    Classes and splits are those of ``folders.look``, hidden files are ignored. Each picture is
    turned upright, laid on white where it is transparent, and brought to ``image_size``, a side or
    (height, width), as ``fit`` says: "crop", "pad" or "stretch" (pictures.FITS). The result is
    (N, H, W) where every picture is grey, else (N, H, W, 3). Where no 16-bit picture exceeds 4095,
    that is white. ``damaged="skip"`` leaves out pictures that cannot be read, with a note.

    Raises:
        SettingsError: there is no such ``fit`` or ``damaged``.
        DataError: names all that keeps the folder from being used, such as unreadable pictures.
        FileError: the cache cannot be written.
    """
    check_name(fit, FITS, "fit")
    check_name(damaged, DAMAGED, "damaged")
    size = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    files, below = folders.walk(folder)
    settings = f"{VERSION} {size} {fit} {damaged}"
    key = hashlib.sha256(f"{settings} {files} {below}".encode("utf-8", "surrogateescape"))
    place = _place(folder, settings)
    read = _kept(place, key.hexdigest())
    if read is None:
        listing = folders.look(folder, files, below, skip_damaged=damaged == "skip")
        read = _keep(place, key.hexdigest(), listing, size, fit, damaged)
    images, labels, names, notes = read
    if not len(labels[split]):
        raise DataError(
            f"{folder}: every class has one image only, so there is none to hold out as the test "
            "split. Add images."
        )
    return images[split], labels, names, notes


def _place(folder: Path, settings: str) -> Path:
    """Where the pictures of this folder are kept, in these settings."""
    known = hashlib.sha256(f"{folder.resolve()} {settings}".encode("utf-8", "surrogateescape"))
    return cache_dir() / "pictures" / known.hexdigest()[:16]


def _kept(place: Path, key: str) -> tuple | None:
    """What is kept of these very files; None where it is not, or not whole."""
    try:
        card = read_json(place / "card.json", SCHEMA)
        if card["key"] != key:
            return None
        arrays = {name: _mapped(place / f"{name}.npy") for name in ARRAYS}
    except (OSError, ValueError, GanlibError):
        return None
    if any(zlib.crc32(arrays[name]) != card["checksums"][name] for name in ARRAYS):
        return None
    labels = {split: arrays[f"{split}_labels"] for split in ("train", "test")}
    return arrays, labels, tuple(card["class_names"]), tuple(card["notes"])


def _mapped(path: Path) -> np.ndarray:
    array = np.load(
        path,
        mmap_mode="r" if path.stat().st_size >= MAPPED_FROM else None,
        allow_pickle=False,
    )
    array.flags.writeable = False
    return array


def _keep(
    place: Path, key: str, listing: Listing, size: tuple[int, int], fit: str, damaged: str
) -> tuple:
    """Decodes the pictures into ``place``, for this and later starts."""
    from filelock import FileLock

    with telling(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_suffix(".lock")):
            if (read := _kept(place, key)) is not None:  # another process was at it
                return read
            work = place.with_suffix(".making")  # whoever left one there was killed
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            try:
                _write(work, key, listing, size, fit, damaged)
                shutil.rmtree(place, ignore_errors=True)
                work.rename(place)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    if (read := _kept(place, key)) is None:
        raise DataError(f"{place}: what was just written there is not whole. Look at the disk.")
    return read


def _write(
    work: Path, key: str, listing: Listing, size: tuple[int, int], fit: str, damaged: str
) -> None:
    """Two passes over the pictures of each split: whether they are grey, and how bright white is
    in those of 16 bits, is known only when all are decoded, over both splits."""
    _check_disk(work, len(listing.pictures), size)
    with contextlib.ExitStack() as stack:
        raw = {
            split: stack.enter_context(contextlib.closing(_Raw(work / f"{split}.raw", size)))
            for split in ("train", "test")
        }
        broken = _decode(listing, raw, size, fit)
    names = listing.class_names()
    if broken and damaged == "refuse":
        raise DataError(folders.refusal(broken))
    used = sorted({*raw["train"].labels, *raw["test"].labels})
    if not used:
        raise DataError(f"{folders.legible(listing.folder)}: none of its images can be read.")
    grey = all(each.grey for each in raw.values())
    brightest = max(each.brightest for each in raw.values())
    white = next(depth for depth in DEPTHS if brightest <= depth)
    checksums = {}
    for split, each in raw.items():
        each.finish(work / f"{split}.npy", grey, white)
        labels = np.searchsorted(used, np.array(each.labels, np.int64)).astype(np.int64)
        np.save(work / f"{split}_labels.npy", labels)
    for name in ARRAYS:
        checksums[name] = zlib.crc32(np.ascontiguousarray(_mapped(work / f"{name}.npy")))
    write_json(
        work / "card.json",
        {
            "key": key,
            "class_names": [folders.legible(names[label]) for label in used],
            "notes": [*listing.notes, *_notes(listing, raw, white, size, fit, broken)],
            "checksums": checksums,
        },
    )


def _check_disk(work: Path, count: int, size: tuple[int, int]) -> None:
    """Both passes have to fit."""
    needed, free = 2 * 3 * count * size[0] * size[1], shutil.disk_usage(work).free
    if needed > free:
        raise DataError(
            f"{count:,} pictures of {size[0]} x {size[1]} take up to {needed / 1e9:.1f} GB while "
            f"they are read, and {work.parent} has {free / 1e9:.1f} GB left. Pass a smaller "
            "image_size, take fewer pictures, or name a larger disk by GANLIB_CACHE."
        )


def _decode(listing: Listing, raw: dict[str, "_Raw"], size: tuple[int, int], fit: str) -> list[str]:
    """Adds each picture to its split, class after class; says which cannot be read, and why."""
    number = {name: label for label, name in enumerate(listing.class_names())}
    placed = sorted(
        (split, number[name], index) for index, (split, name) in enumerate(listing.placed) if split
    )
    broken = []
    for split, label, index in folders.said(placed, "read"):
        path = listing.folder.joinpath(*listing.pictures[index])
        try:
            levels = read_picture(path, size, fit)
        except Exception as error:  # Pillow raises many kinds on damage, SyntaxError among them
            broken.append(folders.reason(path, error))
        else:
            raw[split].add(levels, label)
    return broken


def _notes(
    listing: Listing, raw: dict[str, "_Raw"], white: int, size: tuple, fit: str, broken: list[str]
) -> list[str]:
    """What a user should know of how the pictures were taken."""
    notes = []
    if any(each.deep for each in raw.values()):
        notes.append(f"white is {white:,} in 16-bit pictures")
    height, width = listing.sides().T
    if other := int(np.sum(np.abs(width * size[0] - height * size[1]) > np.maximum(*size))):
        notes.append(f"{other:,} of another shape: {FITS[fit]}")
    seen = raw["train"].digests
    if twice := sum(digest in seen for digest in raw["test"].in_order):
        count = len(raw["test"].in_order)
        notes.append(f"{twice:,} of the {count:,} test pictures are among the training ones too")
    if unread := [*listing.damaged, *broken]:
        notes.append(f"{len(unread):,} damaged and left out: {folders.first_few(unread)}")
    if listing.skipped:
        few = folders.first_few(listing.skipped)
        notes.append(f"{len(listing.skipped):,} skipped, being no pictures: {few}")
    return notes


class _Raw:
    """The pictures of a split on their way: in a file, three bytes a pixel. Of 16-bit grey the
    first two of them are the level."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self.path, self.size = path, size
        self.labels: list[int] = []
        self.deep: set[int] = set()
        self.in_order: list[bytes] = []
        self.grey, self.brightest = True, 0
        self.file = open(path, "wb")  # noqa: SIM115 (closed by whoever made this)

    @property
    def digests(self) -> set[bytes]:
        return set(self.in_order)

    def add(self, levels: np.ndarray, label: int) -> None:
        if levels.dtype == np.uint16:
            self.deep.add(len(self.labels))
            self.brightest = max(self.brightest, int(levels.max()))
            levels = np.stack([levels >> 8, levels & 255, levels * 0], -1).astype(np.uint8)
        else:
            self.grey = self.grey and bool((levels == levels[..., :1]).all())
        content = levels.tobytes()
        self.file.write(content)
        self.labels.append(label)
        self.in_order.append(hashlib.blake2b(content, digest_size=16).digest())

    def close(self) -> None:
        self.file.close()

    def finish(self, path: Path, grey: bool, white: int) -> None:
        """Writes them as an array, uint8 (N, H, W) or (N, H, W, 3), and removes the raw file."""
        shape = (len(self.labels), *self.size, *(() if grey else (3,)))
        with open(self.path, "rb") as source, open(path, "wb") as target:
            header = {"descr": "|u1", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(target, header)
            for index in range(len(self.labels)):
                levels = np.frombuffer(source.read(3 * self.size[0] * self.size[1]), np.uint8)
                levels = levels.reshape(*self.size, 3)
                if index in self.deep:
                    level = levels[..., 0] * 256.0 + levels[..., 1]
                    levels = np.rint(level * (255 / white)).astype(np.uint8)[..., None]
                    levels = levels.repeat(3, axis=2)
                target.write(np.ascontiguousarray(levels[..., 0] if grey else levels))
        self.path.unlink()
