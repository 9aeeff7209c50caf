"""One picture of a user's folder: what its header says, and its pixels in the size asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

# Not EPS and its like, for which Pillow would start another program.
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
MAX_PIXELS = 250_000_000  # of one picture: more than any camera has
FITS = {
    "crop": "the largest part of the right shape, from the middle",
    "pad": "all of it, with its border's colour at two sides",
    "stretch": "all of it, stretched to the shape",
}
TURNED = 5  # from this EXIF orientation on, height and width change places


@dataclass(frozen=True)
class Header:
    """What is known of a picture before its pixels are read; height and width are upright."""

    kind: str
    height: int
    width: int


def read_header(path: Path) -> Header:
    """The header of a picture.

    Raises PIL.UnidentifiedImageError where it is none of FORMATS, and many kinds on damage.
    """
    with _opened(path) as picture:
        width, height = picture.size
        turned = "exif" in picture.info and picture.getexif().get(0x0112, 1) >= TURNED
        return Header(picture.format, *((width, height) if turned else (height, width)))


def is_damage(path: Path, error: Exception) -> bool:
    """Whether a file that raised ``error`` is a picture that broke, and not something else."""
    from PIL import Image, UnidentifiedImageError

    kind = Image.registered_extensions().get(path.suffix.lower())
    return kind in FORMATS or not isinstance(error, UnidentifiedImageError)


def read_picture(path: Path, size: tuple[int, int], fit: str = "crop") -> np.ndarray:
    """A picture in colour, uint8 (height, width, 3), or in 16-bit grey, uint16 (height, width).

    It is turned upright (EXIF), laid on white where it is transparent, and brought to ``size``,
    (height, width), as ``fit`` says (FITS). Raises as ``read_header`` does.
    """
    with _opened(path) as picture:
        return _fitted(picture, size, fit)


def _opened(path: Path) -> "Image.Image":
    from PIL import Image

    Image.init()
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # ours is larger
    try:
        picture = Image.open(path, formats=[kind for kind in FORMATS if kind in Image.OPEN])
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    if (pixels := picture.width * picture.height) > MAX_PIXELS:
        picture.close()
        raise ValueError(f"{pixels:,} pixels, more than {MAX_PIXELS:,}")
    return picture


def _fitted(picture: "Image.Image", size: tuple[int, int], fit: str) -> np.ndarray:
    from PIL import Image, ImageOps

    height, width = size
    # A JPEG is decoded smaller, many times faster. Either side may turn out to be the height.
    picture.draft(None, (2 * max(size), 2 * max(size)))
    picture = ImageOps.exif_transpose(picture)
    deep = picture.mode.startswith("I")  # 16-bit grey, which Pillow would clip to white
    if picture.mode == "F" or (deep and not 0 <= np.min(picture) <= np.max(picture) <= 65535):
        raise ValueError("its levels are none of 8 or 16 bits")
    if deep:
        picture = Image.fromarray(np.asarray(picture, np.float32))
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture if deep else picture.convert("RGB")
    if fit == "crop":
        # Cut first: a resize with a box would mix in what lies just outside of it.
        picture = picture.crop(_middle(picture.size, width / height))
    inner = _inside(picture.size, width, height) if fit == "pad" else (width, height)
    levels = np.asarray(picture.resize(inner, Image.Resampling.LANCZOS))
    if deep:  # what is 8-bit was clipped by Pillow
        levels = np.rint(levels.clip(*picture.getextrema())).astype(np.uint16)
    return _padded(levels, height, width) if fit == "pad" else levels


def _middle(size: tuple[int, int], aspect: float) -> tuple[int, int, int, int]:
    """The box of the largest part, in the middle, whose width is ``aspect`` times its height."""
    width, height = size
    part = (min(width, max(1, round(height * aspect))), min(height, max(1, round(width / aspect))))
    left, top = (width - part[0]) // 2, (height - part[1]) // 2
    return left, top, left + part[0], top + part[1]


def _inside(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The largest size of the same shape that fits into width x height."""
    scale = min(width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _padded(levels: np.ndarray, height: int, width: int) -> np.ndarray:
    """In the middle of height x width, on the median colour of its own border."""
    border = np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]])
    whole = np.empty((height, width, *levels.shape[2:]), levels.dtype)
    whole[:] = np.median(border, axis=0).astype(levels.dtype)
    top, left = (height - levels.shape[0]) // 2, (width - levels.shape[1]) // 2
    whole[top : top + levels.shape[0], left : left + levels.shape[1]] = levels
    return whole
