"""Grids of images, one after another, as an animated GIF."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont, ImageOps

from ganlib.files import checked_path, replacing
from ganlib.images import rows_of, tile
from ganlib.plotting.figure import few_classes, fonts

GIF_LEVELS = 16  # few brightness steps keep an animation small; a garment needs no more
GIF_COLOURS, GIF_SAMPLES = 255, 16  # in all frames; frames that they are taken from


def animation(
    frames: Sequence[np.ndarray],
    path: str | os.PathLike,
    *,
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    row_labels: Sequence[str] | None = None,
    milliseconds: int = 150,
    hold_last: int = 1500,
    scale: int = 2,
) -> Path:
    """Write an animated GIF whose frames are grids of images, such as one latent grid over time.

    It repeats for ever. Two equal frames in a row become one that is shown for both times.

    Args:
        frames: batches of one shape, each as for ``to_uint8``.
        path: where to write; an older file is replaced at once, missing folders are made.
        titles: one line above each frame, such as "Fashion-MNIST, epoch 3".
        columns: images in a row; None makes the grid about square, or fits the row labels.
        row_labels: the classes' names, drawn left of the rows, from the top, of many some.
        milliseconds: how long a frame is shown; ``hold_last`` is for the last one. GIF counts in
            hundredths of a second, and browsers slow down anything faster than 20 ms.
        scale: pixels on the screen for each image pixel.

    Raises:
        ValueError: no frames, frames of different shapes, or a number of titles, labels,
            milliseconds or pixels that does not fit.
    """
    path = checked_path(path, ".gif")
    if not len(frames):
        raise ValueError("expected frames to hold at least one, got 0")
    if len({np.shape(frame) for frame in frames}) > 1:
        raise ValueError(f"expected frames of one shape, got {[np.shape(f) for f in frames]}")
    if titles is not None and len(titles) != len(frames):
        raise ValueError(f"expected {len(frames)} titles, one a frame, got {len(titles)}")
    if scale < 1:
        raise ValueError(f"expected a scale of at least 1, got {scale}")
    for time in (milliseconds, hold_last):
        if time < 20 or time % 10:
            raise ValueError(f"expected 20 milliseconds or more, in steps of 10, got {time}")
    if row_labels is not None:
        columns = rows_of(len(frames[0]), row_labels)
        kept, row_labels, some = few_classes(row_labels, "")
        chosen = np.arange(len(frames[0])).reshape(-1, columns)[kept].ravel()
        frames = [np.asarray(frame)[chosen] for frame in frames]
        titles = [(title + some).strip() for title in titles or [""] * len(frames)]
    pictures = [
        _frame(frame, title, columns, row_labels or (), scale)
        for frame, title in zip(frames, titles or [""] * len(frames), strict=True)
    ]
    width = max(picture.width for picture in pictures)  # the longest title's
    pictures = [ImageOps.expand(p, (0, 0, width - p.width, 0), "white") for p in pictures]
    first, *rest = _with_one_palette(pictures)
    with replacing(path, parents=True) as temporary:
        first.save(
            temporary, save_all=True, append_images=rest, loop=0,
            duration=[milliseconds] * len(rest) + [hold_last],
        )  # fmt: skip
    return path


def _frame(
    images: np.ndarray, title: str, columns: int | None, row_labels: Sequence[str], scale: int
) -> Image.Image:
    """The grid, enlarged, with its title above it and its row labels to the left."""
    grid = tile(images, columns).repeat(scale, axis=0).repeat(scale, axis=1)
    row_height = (np.shape(images)[1] + 2) * scale
    left = max((math.ceil(_font(label).getlength(label)) + 8 for label in row_labels), default=0)
    top = 24 if title else 0
    width = max(left + grid.shape[1], math.ceil(_font(title).getlength(title)) + 8)
    mode = "RGB" if grid.shape[2] == 3 else "L"
    picture = Image.new(mode, (width, top + grid.shape[0]), "white")
    picture.paste(Image.fromarray(grid if mode == "RGB" else grid[..., 0]), (left, top))
    draw = ImageDraw.Draw(picture)
    draw.text((4, top // 2), title, fill="black", font=_font(title), anchor="lm")
    for row, label in enumerate(row_labels):
        middle = top + row * row_height + row_height // 2 - scale
        draw.text((left - 6, middle), label, fill="black", font=_font(label), anchor="rm")
    return picture


def _font(words: str) -> ImageFont.FreeTypeFont:
    """Pillow's own for English; else the one that has most of the characters."""
    best = max(fonts(), key=lambda name: sum(ord(c) in fonts()[name] for c in words))
    return ImageFont.load_default(14) if words.isascii() else ImageFont.truetype(findfont(best), 14)


def _with_one_palette(pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """The pictures in few colours, the same ones in all, so that nothing flickers."""
    if pictures[0].mode == "L":
        palette = np.linspace(0, 255, GIF_LEVELS).round().astype(np.uint8).repeat(3).tobytes()
        nearest = np.rint(np.arange(256) * ((GIF_LEVELS - 1) / 255)).astype(int).tolist()
        reduced = [picture.point(nearest) for picture in pictures]
        for picture in reduced:
            picture.putpalette(palette)
        return reduced
    some = np.linspace(0, len(pictures) - 1, min(GIF_SAMPLES, len(pictures))).astype(int)
    together = Image.fromarray(np.concatenate([np.asarray(pictures[k]) for k in some]))
    # Of Pillow's methods the nearest to the images; dithering would triple the file.
    palette = together.quantize(GIF_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
