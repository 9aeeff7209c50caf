"""Figures of images: grids, rows by class, and stages of a training side by side.

Images are as for ``images.to_uint8``; what does not fit raises a ValueError that says what was
expected.
"""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from ganlib.images import grid_columns, rows_of, tile, to_uint8
from ganlib.plotting.figure import (
    DPI,
    MAX_WIDTH,
    Figure,
    few_classes,
    fonts,
    new_canvas,
    pixel_axes,
    shown,
)

PANEL_GAP = 10  # screen pixels between pictures
LABEL_SIZE = 9  # points


def image_grid(
    images: np.ndarray,
    *,
    title: str,
    alt: str,
    columns: int | None = None,
    row_labels: Sequence[str] | None = None,
    captions: Sequence[str] | None = None,
) -> Figure:
    """Images in rows, from the left and the top.

    Args:
        columns: images in a row; None makes the grid about square, or gives each row label a row.
        row_labels: what stands left of each row.
        captions: one line or more below each image.
    """
    images = to_uint8(images)
    count, height, width, _ = images.shape
    if row_labels is not None and columns is None:
        columns = rows_of(count, row_labels)
    columns = grid_columns(count, columns)
    rows = math.ceil(count / columns)
    if row_labels is not None and len(row_labels) != rows:
        raise ValueError(f"expected {rows} row labels, one a row, got {len(row_labels)}")
    if captions is not None and len(captions) != count:
        raise ValueError(f"expected {count} captions, one an image, got {len(captions)}")

    row_labels, captions = shown(row_labels or ()), shown(captions or ())
    scale = _scale(images, columns, 1, row_labels, most=120 if captions else 100)
    caption_height = 15 * max((caption.count("\n") + 1 for caption in captions), default=0)
    row_gap = 2 + math.ceil(caption_height / scale)
    picture = tile(images, columns, gap=(row_gap, 2))
    below = caption_height + 6
    figure, (axes,) = _show(
        [picture], scale, row_labels, height + row_gap, height, title=title, below=below, alt=alt
    )
    for number, caption in enumerate(captions):
        row, column = divmod(number, columns)
        x = column * (width + 2) + width / 2
        y = row * (height + row_gap) + height + 3 / scale
        axes.text(x, y, caption, ha="center", va="top", fontsize=8)
    return figure


def class_grid(
    images: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    *,
    title: str,
    alt: str,
    per_class: int = 10,
) -> Figure:
    """The first ``per_class`` images of each class, one labelled row a class, of many classes some.

    A class with fewer images leaves the rest of its row empty; the label of one with no image at
    all says so.

    Args:
        labels: (N,) integers, the index of each image's class name.
    """
    images, labels = to_uint8(images), np.asarray(labels)
    if labels.shape != images.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"expected {len(images)} integer labels, one an image, "
            f"got {labels.dtype} of the shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= len(class_names):
        raise ValueError(
            f"expected labels from 0 to {len(class_names) - 1}, "
            f"got labels from {labels.min()} to {labels.max()}"
        )
    if per_class < 1:
        raise ValueError(f"expected at least 1 image a class, got {per_class}")
    names = [name if k in labels else f"{name} (none)" for k, name in enumerate(class_names)]
    kept, names, title = few_classes(names, title)
    rows = np.full((len(kept), per_class, *images.shape[1:]), 255, np.uint8)
    for row, label in zip(rows, kept, strict=True):
        found = images[labels == label][:per_class]
        row[: len(found)] = found
    return image_grid(
        rows.reshape(-1, *images.shape[1:]),
        title=title,
        columns=per_class,
        row_labels=names,
        alt=alt,
    )


def before_during_after(
    frames: Sequence[np.ndarray],
    names: Sequence[str],
    class_names: Sequence[str] | None = None,
    *,
    title: str,
    alt: str,
) -> Figure:
    """Grids of samples side by side, such as noise, half trained and trained.

    Args:
        frames: batches of images of one shape.
        names: what stands above each grid.
        class_names: one row a class, from the top, of many classes some; None makes each grid
            about square.
    """
    if not len(frames) or len(names) != len(frames):
        raise ValueError(f"expected one name a frame, got {len(frames)} frames and {names!r}")
    frames = [to_uint8(frame) for frame in frames]
    if len({frame.shape for frame in frames}) > 1:
        raise ValueError(f"expected frames of one shape, got {[f.shape for f in frames]}")
    height = frames[0].shape[1]
    row_labels, columns = [], grid_columns(len(frames[0]), None)
    if class_names is not None:
        columns = rows_of(len(frames[0]), class_names)
        kept, row_labels, title = few_classes(class_names, title)
        chosen = np.arange(len(frames[0])).reshape(-1, columns)[kept].ravel()
        frames = [frame[chosen] for frame in frames]
    scale = _scale(frames[0], columns, len(frames), row_labels)
    pictures = [tile(frame, columns) for frame in frames]
    figure, panels = _show(
        pictures, scale, row_labels, height + 2, height, title=title, above=24, alt=alt
    )
    for axes, name in zip(panels, names, strict=True):
        axes.set_title(name, fontsize=10)
    return figure


def _label_width(row_labels: Sequence[str]) -> int:
    """Screen pixels that the row labels need, with some room around them."""
    font = FontProperties(family=[*fonts()], size=LABEL_SIZE)
    sizes = [text_to_path.get_text_width_height_descent(label, font, False) for label in row_labels]
    return 8 + max((8 + round(width * DPI / 72) for width, _, _ in sizes if width), default=0)


def _scale(
    images: np.ndarray, columns: int, panels: int, row_labels: Sequence[str], most: int = 100
) -> float:
    """Screen pixels for each image pixel: a whole number from 2 on, so that images stay crisp."""
    width = images.shape[2]
    room = MAX_WIDTH * DPI - _label_width(row_labels) - PANEL_GAP * panels
    scale = min(room / (panels * columns * (width + 2)), most / width)
    return math.floor(scale) if scale >= 2 else scale


def _show(
    pictures: Sequence[np.ndarray],
    scale: float,
    row_labels: Sequence[str],
    row_pitch: int,
    row_height: int,
    *,
    title: str,
    alt: str,
    above: int = 6,
    below: int = 8,
) -> tuple[Figure, list[Axes]]:
    """Pictures of one size side by side, enlarged, with a label in the middle of each row.

    Args:
        row_pitch: image pixels from one row of a picture to the next, ``row_height`` of them image.
        above: screen pixels between the title and the pictures, ``below`` under them.
    """
    height, width = pictures[0].shape[:2]
    shown_height, shown_width = int(height * scale), int(width * scale)
    labels = _label_width(row_labels)
    used = labels + len(pictures) * (shown_width + PANEL_GAP)
    figure = new_canvas(title, max(480, used), shown_height + above + below, alt=alt)
    left = labels + max(0, 480 - used) // 2
    panels = []
    for number, picture in enumerate(pictures):
        x = left + number * (shown_width + PANEL_GAP)
        axes = pixel_axes(figure, x, below, shown_width, shown_height)
        axes.imshow(
            picture, cmap="gray", vmin=0, vmax=255, aspect="auto",
            interpolation="nearest" if scale == round(scale) else "antialiased",
            extent=(0, width, height, 0),  # whole numbers are the pixels' edges
        )  # fmt: skip
        axes.spines[:].set_visible(False)
        axes.set(xticks=[], yticks=[])
        panels.append(axes)
    middles = [row * row_pitch + row_height / 2 for row in range(len(row_labels))]
    panels[0].set_yticks(middles, labels=row_labels, fontsize=LABEL_SIZE)
    panels[0].tick_params(left=False)
    return figure, panels
