"""A folder of pictures looked at before anything is trained: what is in it, and is it enough."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganlib.data import folders
from ganlib.paths import resolve

# Without augmentation the discriminator learns fewer pictures than these by heart: Karras et al.
# 2020b (arXiv 2006.06676), figure 1. With it, some hundred can do: Zhao et al. 2020 (2006.10738).
ENOUGH, FEWEST = 2_000, 100
CLASS_ENOUGH = 50
UNEVEN = 10  # times as many pictures in the largest class as in the smallest
LOST = 0.25  # of a picture's area, cut off


@dataclass(frozen=True)
class Survey:
    """What the headers of a folder's pictures tell.

    ``counts``: pictures by split and class; ``sides``: height and width of each ``(N, 2)``;
    ``kinds``: how many of each format; ``lost``: the share of each picture that fit="crop" would
    cut off ``(N,)``; ``enlarged``: how many are smaller than ``image_size``; ``skipped`` and
    ``damaged``: files that are no pictures, and pictures whose header cannot be read; ``notes``:
    how the layout was taken.
    """

    folder: str
    image_size: tuple[int, int]
    counts: dict[str, dict[str, int]]
    sides: np.ndarray
    kinds: dict[str, int]
    lost: np.ndarray
    enlarged: int
    skipped: tuple[str, ...]
    damaged: tuple[str, ...]
    notes: tuple[str, ...]

    def advice(self) -> list[str]:
        """What to mind before training, the most important first; empty where nothing is."""
        return list(_advice(self))

    def __str__(self) -> str:
        heights, widths = np.percentile(self.sides, (0, 50, 100), axis=0).T.astype(int)
        lines = [f"{self.folder}: {len(self.sides):,} pictures"]
        for split, counts in self.counts.items():
            each = [f"{name} ({count:,})" for name, count in counts.items()]
            lines.append(f"  {split}: {folders.first_few(each, 10)}")
        lines.append(f"  formats: {', '.join(f'{k} ({n:,})' for k, n in self.kinds.items())}")
        lines.append(
            f"  height x width: {heights[0]:,} x {widths[0]:,} at least, {heights[1]:,} x "
            f"{widths[1]:,} in the middle, {heights[2]:,} x {widths[2]:,} at most"
        )
        lines += [f"  {note}" for note in self.notes]
        for what, names in (("no pictures", self.skipped), ("damaged", self.damaged)):
            if names:
                lines.append(f"  {what}: {len(names):,}: {folders.first_few(names)}")
        return "\n".join(lines + [f"  ! {line}" for line in self.advice()])


def survey(folder: str | Path, image_size: int | tuple[int, int] = 28) -> Survey:
    """Looks at a folder of pictures without decoding them: seconds for thousands.

    Args:
        folder: as ``data_dir`` of ``load_data("images", …)``.
        image_size: the side, or (height, width), to train at.

    Raises:
        DataError: there is no such folder or no picture in it, or its layout cannot be understood.
    """
    place = resolve(folder)
    files, below = folders.walk(place)
    listing = folders.look(place, files, below, skip_damaged=True)
    size = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    sides = listing.sides()
    shape = sides[:, 1] / sides[:, 0] / (size[1] / size[0])  # 1: the shape that is asked for
    return Survey(
        folder=folders.legible(place),
        image_size=size,
        counts={split: listing.counts(split) for split in ("train", "test")},
        sides=sides,
        kinds=dict(Counter(each.kind for each in listing.headers).most_common()),
        lost=1 - np.minimum(shape, 1 / shape),
        enlarged=int(np.sum((sides < size).any(axis=1))),
        skipped=tuple(listing.skipped),
        damaged=tuple(listing.damaged),
        notes=tuple(listing.notes),
    )


def _advice(found: Survey) -> Iterator[str]:
    train = found.counts["train"]
    total, least = sum(train.values()), min(train, key=train.get)
    if total < FEWEST:
        yield (
            f"{total:,} pictures to train on are too few: the discriminator learns them by heart. "
            f'Some hundred can do with augment="diffaugment", {ENOUGH:,} without.'
        )
    elif total < ENOUGH:
        yield (
            f'{total:,} pictures to train on are few: set augment="diffaugment", and look at the '
            "nearest training pictures of what is generated."
        )
    if len(train) > 1 and train[least] < CLASS_ENOUGH:
        few = [name for name, count in train.items() if count < CLASS_ENOUGH]
        yield (
            f"{len(few)} of {len(train)} classes have fewer than {CLASS_ENOUGH} pictures "
            f"({folders.first_few(few)}): merge classes, or train without labels (dcgan)."
        )
    elif max(train.values()) > UNEVEN * train[least]:
        most = max(train, key=train.get)
        yield (
            f"{most} has {train[most] / train[least]:.0f} times as many pictures as {least}: the "
            "generator sees little of the small classes."
        )
    if (cut := int(np.sum(found.lost > LOST))) > len(found.lost) / 10:
        yield (
            f'{cut:,} pictures lose more than {LOST:.0%} of their area to fit="crop": '
            'fit="pad" keeps all of it.'
        )
    if found.enlarged > len(found.sides) / 10:
        yield (
            f"{found.enlarged:,} pictures are smaller than {found.image_size[0]} x "
            f"{found.image_size[1]} and would be enlarged: take a smaller image_size."
        )
    if found.damaged:
        yield f'{len(found.damaged):,} cannot be read: replace them, or pass damaged="skip".'
