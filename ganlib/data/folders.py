"""Folders of pictures: what is in them, whatever they are called, and which classes and splits
they mean.

What is no picture is left out, and a layout taken for classes or splits, with a note of it.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ganlib.data.pictures import Header, is_damage, read_header
from ganlib.errors import DataError

SPLITS = {  # by the name of a folder
    "train": "train", "training": "train", "test": "test", "testing": "test",
    "val": "val", "valid": "val", "validation": "val",
}  # fmt: skip
NOTICE_SECONDS = 10  # between two lines of progress
IGNORED = (".", "__MACOSX")

Parts = tuple[str, ...]  # of a path below the folder
File = tuple[Parts, int, int]  # with size (-1: no regular file) and time of change


@dataclass
class Listing:
    """The pictures of a folder, before any is decoded.

    ``pictures`` are paths in parts, ``headers`` what their headers say, ``placed`` the split of
    each ("" where it is left out) and its class, all in one order; ``skipped`` is no picture,
    ``damaged`` are pictures that cannot be read, each with the reason.
    """

    folder: Path
    pictures: list[Parts] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    placed: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def counts(self, split: str) -> dict[str, int]:
        """How many pictures each class has in a split, in the classes' order."""
        found = Counter(name for of, name in self.placed if of == split)
        return {name: found[name] for name in self.class_names()}

    def class_names(self) -> list[str]:
        """In the order of numbers, then of the alphabet."""
        names = {name for split, name in self.placed if split}
        return sorted(names, key=lambda n: (0, int(n), n) if n.isdecimal() else (1, 0, n))

    def sides(self) -> np.ndarray:
        """Height and width of each picture, upright: ``(N, 2)``."""
        return np.array([(each.height, each.width) for each in self.headers]).reshape(-1, 2)


def walk(top: Path) -> tuple[tuple[File, ...], tuple[Parts, ...]]:
    """All visible files and folders below, the files sorted. Raises DataError."""
    if not os.path.isdir(top):
        raise DataError(f"{legible(top)}: there is no such folder of images.")
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
        below[:] = sorted(name for name in below if not name.startswith(IGNORED))
        folders += [(*within, name) for name in below]
        for name in (name for name in names if not name.startswith(".")):
            path = os.path.join(place, name)
            status = os.stat(path) if os.path.isfile(path) else None
            stamp = (status.st_size, status.st_mtime_ns) if status else (-1, 0)
            files.append(((*within, name), *stamp))
    return tuple(sorted(files)), tuple(folders)


def look(
    folder: Path, files: Sequence[File], folders: Sequence[Parts], *, skip_damaged: bool = False
) -> Listing:
    """What ``walk`` found, by the headers of the files: the pictures, their splits and classes.

    Each sub-folder is a class; a folder without sub-folders is one class. Sub-folders named train,
    test and val (or training, validation, …) are splits; val is the test split where there is no
    other. A single sub-folder of sub-folders is looked through. Where there is no such split, of
    each class every tenth picture, in alphabetical order, is held out as the "test" split; of a
    class of 2 to 9 the last; of a class of one, none.

    Raises:
        DataError: names all that keeps the folder from being used.
    """
    listing, broken = Listing(folder), set()
    for parts, length, _ in said(files, "looked at"):
        path = folder.joinpath(*parts)
        try:
            if length >= 0:
                header = read_header(path)
                listing.pictures.append(parts)
                listing.headers.append(header)
                continue
        except Exception as error:  # Pillow raises many kinds on damage, SyntaxError among them
            if is_damage(path, error):
                listing.damaged.append(reason(path, error))
                broken |= {parts[:end] for end in range(len(parts))}
                continue
        listing.skipped.append("/".join(parts))
    problems = []
    if listing.damaged and not skip_damaged:
        problems.append(refusal(listing.damaged))
    if listing.pictures:
        # A class whose pictures are all damaged is not empty: it is told of in another way.
        folders = [place for place in folders if place not in broken]
        listing.placed, listing.notes, wrong = _layout(folder, listing.pictures, folders)
        problems += wrong
    elif not problems:
        found = first_few(listing.skipped or listing.damaged) or "none"
        problems.append(f"{legible(folder)}: no images in it; found {found}.")
    if len(problems) == 1:
        raise DataError(problems[0])
    if problems:
        raise DataError("\n- ".join([f"{legible(folder)} cannot be used as it is:", *problems]))
    return listing


def said(files: Sequence, what: str) -> Iterator:
    """The files one after the other, with a line of progress now and then."""
    spoke = time.monotonic()
    for number, file in enumerate(files):
        if time.monotonic() - spoke > NOTICE_SECONDS:
            spoke = time.monotonic()
            print(f"{number:,} of {len(files):,} files {what}", flush=True)
        yield file


def reason(path: Path, error: Exception) -> str:
    """Why a picture cannot be read."""
    return f"{legible(path)}: not a readable image ({type(error).__name__}: {error})"


def refusal(damaged: Sequence[str]) -> str:
    """That they have to go, or to be skipped."""
    return (
        f'Replace or remove {len(damaged):,} of the files, or pass damaged="skip": '
        f"{first_few(damaged)}."
    )


def legible(text: str | Path) -> str:
    """A path or name that can be printed, in whatever encoding its bytes are."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def first_few(texts: Sequence[str], number: int = 5) -> str:
    """The first of the texts, and how many more there are."""
    more = len(texts) - number
    return legible(", ".join(texts[:number])) + (f" and {more:,} more" if more > 0 else "")


def _layout(
    folder: Path, paths: list[Parts], folders: Iterable[Parts]
) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """The split ("" where it is left out) and the class of each picture; notes; what is wrong."""
    level, notes, wrong = 0, [], []
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
            return [], [], [
                f"{legible(folder)}: beside each other lie {beside}. Where some are named "
                "as splits there must be one for training, one for test or validation, and nothing "
                "else. Rename or move what is no split."
            ]  # fmt: skip
        becomes = {"train": "train", "test": "test", "val": "" if "test" in found else "test"}
        split_of = {name: becomes[split] for name, split in split_of.items()}
        told = [f"{name}/ is {split or 'left out'}" for name, split in split_of.items()]
        notes.append(", ".join(told))
        level += 1
    else:
        split_of = {}
    loose = [path for path in paths if len(path) <= level + 1]
    if loose and len(loose) < len(paths):
        beside = [str(folder.joinpath(*path)) for path in loose]
        wrong.append(f"Move what lies beside the class folders into one: {first_few(beside)}.")
    full = {path[:end] for path in paths for end in range(level + 2)}
    if empty := [path for path in folders if len(path) <= level + 1 and path not in full]:
        named = first_few([str(folder.joinpath(*path)) for path in empty])
        wrong.append(f"Classes without images; fill or remove the folders: {named}.")
    if wrong:
        return [], [], wrong
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
    return placed, notes, []
