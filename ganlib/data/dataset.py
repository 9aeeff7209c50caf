"""A data set: images and labels, checked, with the hash of their content."""

import hashlib
import re
from dataclasses import dataclass, field, replace

import numpy as np

from ganlib.data.formats import CHANNELS
from ganlib.data.sketches.drawing import CLASS_NAMES
from ganlib.errors import DataError, whole

CLASS_NAMES = CLASS_NAMES  # Fashion-MNIST's own: the sketches take them over
TITLES = {"fashion_mnist": "Fashion-MNIST", "sketches": "drawn sketches"}
SPLITS = ("train", "test")
# DataSet.hash of the official arrays: by these a CSV or npz of the same content is recognised.
FASHION_HASHES = {
    "train": "2d3fc9267d292514f86c1afa811793952994c7bfc7f753f95a69321ef4b4805b",
    "test": "a6ac9c5c98ddecdeaff03ca8c826c9eb071dbb7c4c894aff9aecf5df40bf52b8",
}


@dataclass(frozen=True, eq=False)
class DataSet:
    """Images with their labels, checked when made; the arrays are read-only views.

    images: uint8 (N, H, W) or (N, H, W, C); labels: int64 (N,), each an index of class_names;
    name: short and safe in a file name; split: "train" or "test"; source: where it came from, for
    people to read; part: which part of a larger set it is, "" for all; told: what was taken for
    classes and splits and what was left out, "" for our own sets; hash: SHA-256 (hexadecimal) of
    the shapes, the pixels and the labels.
    Raises DataError where the arrays do not fit together.
    """

    images: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    class_names: tuple[str, ...]
    name: str
    split: str = "train"
    source: str = ""
    part: str = ""
    told: str = field(default="", repr=False)
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        self._check()
        for name in ("images", "labels"):
            view = np.ascontiguousarray(getattr(self, name)).view()
            view.flags.writeable = False  # else the hash would no longer be that of the content
            object.__setattr__(self, name, view)
        object.__setattr__(self, "class_names", tuple(self.class_names))
        digest = hashlib.sha256(f"{self.images.shape} {self.labels.shape} ".encode())
        digest.update(self.images)
        digest.update(self.labels.astype("<i8", copy=False))
        object.__setattr__(self, "hash", digest.hexdigest())

    def _check(self) -> None:
        for name, dtype in (("images", np.uint8), ("labels", np.int64)):
            array = getattr(self, name)
            if not isinstance(array, np.ndarray) or array.dtype != dtype:
                found = getattr(array, "dtype", type(array).__name__)
                raise DataError(f"{name} must be a {np.dtype(dtype)} array; found {found}.")
        shape = self.images.shape
        if len(shape) < 3 or shape[3:] not in CHANNELS or 0 in shape:
            raise DataError(
                f"images have shape {shape}; expected (N, H, W) or (N, H, W, C), none of them 0, "
                "and C being 1 or 3."
            )
        if self.labels.shape != self.images.shape[:1]:
            raise DataError(
                f"labels have shape {self.labels.shape}; expected ({len(self.images)},), one for "
                "each image."
            )
        if not 0 <= self.labels.min() <= self.labels.max() < len(self.class_names):
            raise DataError(
                f"labels run from {self.labels.min()} to {self.labels.max()}; with "
                f"{len(self.class_names)} class names they must be 0 to "
                f"{len(self.class_names) - 1}."
            )
        if self.name != safe_name(self.name):
            raise DataError(
                f"the name {self.name!r} is not safe in a file name; "
                f"{safe_name(self.name)!r} would be."
            )
        if self.split not in SPLITS:
            raise DataError(f"split is {self.split!r}; expected one of {', '.join(SPLITS)}.")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def title(self) -> str:
        """What figures call the data set."""
        return TITLES.get(self.name, self.name)

    @property
    def known(self) -> bool:
        """Whether it is a whole split of the official Fashion-MNIST or of the drawn sketches."""
        drawn = self.name == "sketches" and not self.part
        return drawn or self.hash == FASHION_HASHES[self.split]

    @property
    def num_classes(self) -> int:
        """How many classes there are, whether or not each has an image here."""
        return len(self.class_names)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of one image in a batch; C is 1 where the array has no channel axis."""
        height, width, *channels = self.images.shape[1:]
        return height, width, *(channels or [1])

    def stratified(self, n: int, seed: int = 0) -> np.ndarray:
        """Indices ``(n,)`` of a part that stands for the whole: random, with the whole's shares of
        the classes, whatever the order of the images. Every beginning of it is such a part too.

        Raises SettingsError for numbers that are not whole or are too small, DataError where there
        are fewer than n images.
        """
        n, seed = whole("n", n, 1), whole("seed", seed, 0)
        if n > len(self):
            raise DataError(f"a part of {n} images was asked for; there are {len(self)}.")
        rng = np.random.default_rng(seed)
        # Each class in a random order of its own, evenly spread over the whole.
        places = np.empty(len(self))
        for label in np.unique(self.labels):
            of_class = np.flatnonzero(self.labels == label)
            places[of_class] = (rng.permutation(len(of_class)) + rng.random()) / len(of_class)
        return np.argsort(places, kind="stable")[:n]

    def subset(self, n: int, seed: int = 0) -> "DataSet":
        """A part of ``n`` images, see ``stratified``, under the same name but with its own hash.

        All the images are the data set itself. Raises as ``stratified`` does.
        """
        chosen = self.stratified(n, seed)
        if len(chosen) == len(self):
            return self
        part = f"{n:,} of {len(self):,}, stratified, seed {seed}"
        return replace(self, images=self.images[chosen], labels=self.labels[chosen], part=part)


def safe_name(text: str) -> str:
    """``text`` with whatever a file name should not hold replaced by an underscore."""
    return re.sub(r"[^\w.-]+", "_", text).strip("._-")[:60] or "data"
