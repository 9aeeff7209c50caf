"""What every picture shares: the figure that a notebook shows, its colours, and saving it.

The figures are made without pyplot, so none is shown twice and none stays in memory; a notebook
shows one by ending a cell with it.
"""

import io
import os
import re
import textwrap
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import matplotlib.figure
import numpy as np
from matplotlib import backend_bases, font_manager, text
from matplotlib.axes import Axes
from PIL import Image

from ganlib.files import checked_path, replacing

# Okabe and Ito's colours, which colour-blind readers can tell apart.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE = "#CC79A7"
REAL, FAKE = GREEN, VERMILION
GREY = "#666666"
UNSEEN = 3.0  # of 255, the root mean square by which a stored picture may differ

MAX_WIDTH = 9.0  # inches: a laptop shows 9 x 96 pixels beside JupyterLab's sidebar
DPI = 96
SHARP = 2  # stored pixels for each of the page's: a whole number, or pixels of images are uneven
TITLE_LINE = 20  # pixels
MOST_CLASSES, LONGEST = 30, 24  # classes in a figure, characters of a name
BOX = "□"  # for a character that no font has
# The first has what the course writes; of the others a machine has those of its readers' scripts.
FONTS = (
    "DejaVu Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Hiragino Sans", "PingFang SC",
    "Apple SD Gothic Neo", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic", "WenQuanYi Micro Hei",
    "Noto Emoji", "Segoe UI Emoji",
)  # fmt: skip


class Figure(matplotlib.figure.Figure):
    """A matplotlib figure that a notebook shows as one PNG, whether or not pyplot is loaded.

    ``alt`` says what it shows to a reader who cannot see it.
    """

    alt: str

    def draw(self, renderer: backend_bases.RendererBase) -> None:
        """Texts hold names: "$" is no mathematics there, but in the powers of ten that an axis
        writes; what is not in one font is taken from another."""
        for each in self.findobj(text.Text):
            words = each.get_text()
            if "$" in words and r"\mathdefault{" not in words:
                each.set_parse_math(False)
            if not words.isascii():
                each.set(text=drawable(words), fontfamily=[*fonts()])
        super().draw(renderer)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        """The PNG has SHARP times as many pixels as the page gives it, so that text is sharp."""
        shown_as = {"alt": self.alt, "width": round(DPI * self.get_figwidth())}
        bundle = {"image/png": png_bytes(self), "text/plain": repr(self)}
        return bundle, {"image/png": shown_as}

    def __repr__(self) -> str:
        """The same text whatever is drawn: nbval compares it on every machine."""
        return "<ganlib figure>"


def new_figure(title: str, width: float, height: float, *, alt: str) -> Figure:
    """An empty figure of ``width`` by ``height`` inches below its title, which is broken to fit.

    Its axes arrange themselves. ``alt`` says what it shows to a reader who cannot see it.

    Raises:
        ValueError: ``alt`` is empty.
    """
    if not alt.strip():
        raise ValueError("expected alt, a sentence that says what the figure shows; it is empty")
    lines = textwrap.wrap(title, int(width * 12))
    figure = Figure(
        figsize=(width, height + TITLE_LINE / DPI * len(lines)), dpi=DPI, layout="constrained"
    )
    figure.alt = " ".join(alt.split())
    figure.suptitle("\n".join(lines), fontsize=11.5)
    return figure


def new_canvas(title: str, width: int, height: int, *, alt: str) -> Figure:
    """The same, of ``width`` by ``height`` pixels, for axes put at exact pixels by ``pixel_axes``:
    an image whose pixels are no whole number of the screen's looks uneven or blurred."""
    figure = new_figure(title, width / DPI, height / DPI, alt=alt)
    figure.set_layout_engine("none")
    figure.suptitle(figure.get_suptitle(), fontsize=11.5, y=1 - 5 / (DPI * figure.get_figheight()))
    return figure


def pixel_axes(figure: Figure, left: int, bottom: int, width: int, height: int) -> Axes:
    """Axes at these pixels, counted from the figure's lower left corner."""
    across, up = DPI * figure.get_figwidth(), DPI * figure.get_figheight()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


@cache
def fonts() -> dict[str, set[int]]:
    """The fonts that this machine has, each with the characters that are in it."""
    here = set(font_manager.get_font_names())
    files = {name: font_manager.findfont(name) for name in FONTS if name in here}
    return {name: {10, *font_manager.get_font(file).get_charmap()} for name, file in files.items()}


def drawable(words: str) -> str:
    """The words, with a box for each character that no font has: matplotlib would warn of it."""
    return "".join(c if any(ord(c) in has for has in fonts().values()) else BOX for c in words)


def shown(names: Sequence[str]) -> list[str]:
    """Names as figures write them: long ones without their middle. What cannot be written as it is
    has its number before it, so that each can be told from the others."""
    short = partial(re.sub, rf"(?m)^(.{{{LONGEST - 10}}}).{{2,}}(.{{9}})$", r"\1…\2")
    return [
        name if short(drawable(name)) == name else short(f"{number}: {drawable(name)}")
        for number, name in enumerate(names)
    ]


def few_classes(names: Sequence[str], title: str) -> tuple[np.ndarray, list[str], str]:
    """The classes that find room in a figure, evenly spread, their names, and the title that says
    so where they are not all."""
    kept = np.linspace(0, len(names) - 1, min(MOST_CLASSES, len(names))).astype(int)
    if len(kept) < len(names):
        title += f" ({len(kept)} of {len(names)} classes)"
    names = shown([" ".join(name.split()) for name in names])
    return kept, [names[k] for k in kept], title


def tidy(axes: Axes, *, grid: str = "both") -> None:
    """A light grid along one axis or "both", and no frame on the right and the top."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=9)


def png_bytes(figure: matplotlib.figure.Figure) -> bytes:
    """The figure as PNG, without a date or a version: equal figures give equal bytes.

    One without colours is stored with grey levels only, one with colours by a palette where that
    is hardly seen: a half and two thirds of the size in a notebook.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=SHARP * figure.dpi)
    picture = Image.open(buffer).convert("RGB")
    pixels = np.asarray(picture)
    grey = (pixels == pixels[..., :1]).all()
    picture = picture.convert("L") if grey else _by_palette(picture)
    buffer = io.BytesIO()
    picture.save(buffer, format="png", optimize=True, dpi=(SHARP * figure.dpi,) * 2)
    return buffer.getvalue()


def _by_palette(picture: Image.Image) -> Image.Image:
    """The picture in as few colours as are hardly seen to be fewer, or as it is, as for coloured
    images."""
    pixels = np.asarray(picture, np.float32)
    for colours in (64, 128, 256):
        fewer = picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        error = pixels - np.asarray(fewer.convert("RGB"), np.float32)
        if np.sqrt((error**2).mean()) < UNSEEN:
            return fewer
    return picture


def save(figure: matplotlib.figure.Figure, path: str | os.PathLike) -> Path:
    """Write the figure as PNG; missing folders are made, an older file is replaced at once.

    Raises:
        ValueError: the name does not end in .png.
    """
    path = checked_path(path, ".png")
    content = png_bytes(figure)
    with replacing(path, parents=True) as temporary:
        temporary.write_bytes(content)
    return path


def vector(values: Any, name: str, length: int | None = None) -> np.ndarray:
    """The values as a 1-D float64 array of the given length."""
    values = np.asarray(values, dtype=np.float64)
    wanted = "one dimension" if length is None else f"the shape ({length},)"
    if values.ndim != 1 or (length is not None and len(values) != length):
        raise ValueError(f"expected {name} of {wanted}, got the shape {values.shape}")
    if not len(values):
        raise ValueError(f"expected {name} to hold at least one value")
    return values
