"""The pictures that the explorers show, as pure functions of arrays.

Nothing here knows a widget or a network, so all of it is tested without a browser. The pictures
are put together pixel by pixel, in a few milliseconds where a matplotlib figure would take a
hundred: a slider has to feel like one.
"""

import io
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganlib.data.pictures import FORMATS
from ganlib.errors import SettingsError
from ganlib.images import to_uint8
from ganlib.plotting.figure import FAKE, GREY, ORANGE, REAL

CAPTION = 18  # screen pixels of a line of text
MARK = 3  # screen pixels of the frame around a marked image
MOST_UPLOADED = 4096  # pixels a side


def sheet(
    images: np.ndarray,
    *,
    columns: int,
    scale: int = 2,
    captions: Sequence[str] | None = None,
    marked: Sequence[int] = (),
) -> Image.Image:
    """Images in rows, enlarged, each with a caption below it; those ``marked`` have a frame.

    Args:
        images: as for ``images.to_uint8``.
        captions: one an image, cut where it is longer than its image is wide.
    """
    pixels = to_uint8(images)
    count, height, width, _ = pixels.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    cell = (width * scale + 2 * MARK, height * scale + 2 * MARK + (CAPTION if captions else 0))
    picture = Image.new("RGB", (columns * cell[0], rows * cell[1]), "white")
    draw = ImageDraw.Draw(picture)
    for k, image in enumerate(pixels):
        x, y = k % columns * cell[0], k // columns * cell[1]
        if k in marked:
            right, bottom = x + cell[0] - 1, y + height * scale + 2 * MARK - 1
            draw.rectangle((x, y, right, bottom), fill=ORANGE)
        picture.paste(_enlarged(image, scale), (x + MARK, y + MARK))
        if captions:
            text = _fitting(captions[k], cell[0])
            middle = (x + cell[0] / 2, y + cell[1] - CAPTION / 2)
            draw.text(middle, text, fill="black", font=_font(), anchor="mm")
    return picture


def _enlarged(image: np.ndarray, scale: int) -> Image.Image:
    image = image.repeat(scale, axis=0).repeat(scale, axis=1)
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)


@lru_cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size=12)


def _fitting(text: str, width: int) -> str:
    """The text, its end left out where it is too wide."""
    while len(text) > 1 and _font().getlength(text) > width:
        text = text[:-1]
    return text


def stacked(*parts: tuple[str, Image.Image]) -> Image.Image:
    """Pictures one below the other, each below its heading."""
    width = max([part.width for _, part in parts] + [8 + _width(text) for text, _ in parts])
    height = sum(CAPTION + 4 + part.height for _, part in parts)
    picture = Image.new("RGB", (width, height), "white")
    draw, y = ImageDraw.Draw(picture), 0
    for text, part in parts:
        draw.text((MARK, y + CAPTION / 2 + 2), text, fill="black", font=_font(), anchor="lm")
        picture.paste(part, (0, y + CAPTION + 2))
        y += CAPTION + 4 + part.height
    return picture


def _width(text: str) -> int:
    return int(np.ceil(_font().getlength(text)))


def beside(*parts: Image.Image) -> Image.Image:
    """Pictures side by side, their upper edges level."""
    gap = 16
    size = (sum(part.width + gap for part in parts) - gap, max(part.height for part in parts))
    picture, x = Image.new("RGB", size, "white"), 0
    for part in parts:
        picture.paste(part, (x, 0))
        x += part.width + gap
    return picture


def png(picture: Image.Image) -> bytes:
    """The picture as a PNG file's bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, "png", compress_level=3)
    return buffer.getvalue()


def logit_strips(
    logit: float, real: np.ndarray, fake: np.ndarray, width: int = 420
) -> Image.Image:  # fmt: skip
    """One logit as a line across those of real and of generated images, a tick each, in two rows.

    Args:
        real, fake: logits ``(N,)``.
    """
    every = np.concatenate([real, fake, [logit]])
    low, high = float(every.min()), float(every.max())
    span = max(high - low, 1e-9)

    def place(value: float) -> float:
        return 10 + (width - 20) * (value - low) / span

    row, picture = 60, Image.new("RGB", (width, 2 * 60 + 50), "white")
    draw = ImageDraw.Draw(picture)
    for number, (name, logits, colour) in enumerate(
        (("real images", real, REAL), ("generated images", fake, FAKE))
    ):
        top = number * row
        draw.text((10, top), name, fill=colour, font=_font())
        for value in logits:
            draw.line((place(value), top + 20, place(value), top + row - 12), fill=colour)
    x = place(logit)
    draw.line((x, 14, x, 2 * row + 4), fill="black", width=3)
    anchor = "ra" if x > width / 2 else "la"
    draw.text((x, 2 * row + 6), f"this image: {logit:.2f}", "black", _font(), anchor)
    for value, side in ((low, "la"), (high, "ra")):
        text = f"logit {value:.1f}"
        draw.text((place(value), 2 * row + 26), text, fill=GREY, font=_font(), anchor=side)
    return picture


SHAPE = re.compile(r"(box|ellipse) (\d+)-(\d+) (\d+)-(\d+) (\d+)")


def shape_line(kind: str, across: tuple[int, int], down: tuple[int, int], brightness: int) -> str:
    """A filled shape as one line of text, such as ``box 4-20 6-22 255``: which columns it spans,
    which rows, and its brightness from 0 to 255."""
    return f"{kind} {across[0]}-{across[1]} {down[0]}-{down[1]} {brightness}"


def painted(image: np.ndarray, lines: str) -> np.ndarray:
    """The image ``(H, W, C)`` uint8 with the shapes of the lines on it, in their order.

    A pixel belongs to a shape if its middle lies inside; columns and rows count from 0, and the
    second number of a pair is the first that does not belong any more.

    Raises:
        SettingsError: a line that cannot be read, naming it.
    """
    image = image.copy()
    y, x = np.mgrid[: image.shape[0], : image.shape[1]] + 0.5
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        found = SHAPE.fullmatch(" ".join(line.split()))
        if found is None or int(found[6]) > 255:
            raise SettingsError(
                f"Line {number} of the shapes, {line.strip()!r}, is none: write it like "
                "'box 4-20 6-22 255' or 'ellipse 4-20 6-22 0' (columns, rows, brightness 0-255)."
            )
        left, right, top, bottom, brightness = map(int, found.groups()[1:])
        if found[1] == "box":
            inside = (x > left) & (x < right) & (y > top) & (y < bottom)
        else:
            across = (2 * x - left - right) / max(right - left, 1)
            down = (2 * y - top - bottom) / max(bottom - top, 1)
            inside = (across**2 + down**2 < 1) & (right > left) & (bottom > top)
        image[inside] = brightness
    return image


def read_picture(
    content: bytes, image_shape: tuple[int, int, int], name: str = "The file"
) -> np.ndarray:
    """An image file's bytes as uint8 ``(H, W, C)`` of that shape: fitted in without distortion, on
    black, and made grey where C is 1. ``name``: what an error calls it.

    Raises:
        SettingsError: no image that can be read, or one of more than 4096 pixels a side.
    """
    height, width, channels = image_shape
    try:
        Image.init()
        kinds = [kind for kind in FORMATS if kind in Image.OPEN]
        picture = Image.open(io.BytesIO(content), formats=kinds)  # reads the size alone
        fits = max(picture.size) <= MOST_UPLOADED
        picture = picture.convert("RGBA") if fits else picture
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SettingsError(f"{name} holds no picture that can be read: try a PNG.") from error
    if not fits:
        raise SettingsError(
            f"{name} has a picture of {picture.width} x {picture.height} pixels: "
            f"{MOST_UPLOADED} a side are the most."
        )
    picture.thumbnail((width, height), Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (width, height), "black")
    corner = ((width - picture.width) // 2, (height - picture.height) // 2)
    canvas.alpha_composite(picture, corner)
    return np.asarray(canvas.convert("L" if channels == 1 else "RGB")).reshape(image_shape)
