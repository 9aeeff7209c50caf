"""Numbers in rows and columns, by colour: heat maps, and the confusion of classes."""

from collections.abc import Mapping, Sequence

import numpy as np

from ganlib.plotting.figure import MAX_WIDTH, Figure, few_classes, new_figure


def confusion(
    matrix: np.ndarray,
    class_names: Sequence[str],
    *,
    title: str,
    alt: str,
    ylabel: str = "true class",
    xlabel: str = "predicted class",
) -> Figure:
    """A heat map with numbers, of many classes for some; the colour is the share of the whole row.

    Args:
        matrix: (classes, classes) counts, or shares from 0 to 1, one row a true class.
    """
    matrix = np.asarray(matrix)
    classes = len(class_names)
    if matrix.shape != (classes, classes) or not (matrix >= 0).all():
        raise ValueError(f"expected numbers from 0 of the shape {(classes, classes)}, got {matrix}")
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1e-12)
    kept, names, title = few_classes(class_names, title)
    matrix, shares = matrix[np.ix_(kept, kept)], shares[np.ix_(kept, kept)]
    more, size = 0.09 * max(0, len(kept) - 10), 8.5 if len(kept) <= 14 else 5.5
    figure = new_figure(title, 7.2 + more, 5.4 + more, alt=alt)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(matrix):
        text = f"{value:.2f}" if matrix.dtype.kind == "f" else f"{value:,}"
        colour = "white" if shares[row, column] > 0.55 else "black" if value else "#999999"
        axes.text(column, row, text, color=colour, ha="center", va="center", fontsize=size)
    ticks = range(len(kept))
    axes.set_xticks(ticks, labels=names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(ticks, labels=names)
    axes.tick_params(length=0, labelsize=9)
    axes.spines[:].set_visible(False)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    return figure


COLOURS = 0.55  # of the range: above it, numbers are written in white


def heat_maps(
    panels: Mapping[str, np.ndarray],
    *,
    title: str,
    alt: str,
    numbers: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> Figure:
    """Matrices side by side, on one colour scale, so that equal colours are equal values.

    The scale runs from 0 to the largest value; where a value is negative, it is symmetrical about
    0 and has two hues.

    Args:
        panels: matrices (h, w) by the name that stands above each; NaN leaves a cell empty.
        numbers: a format such as "{:g}" with which each cell's value is written into it; "" writes
            none and draws the scale beside the last panel.
    """
    if not panels:
        raise ValueError("expected panels to hold at least one matrix, got 0")
    matrices = {name: np.asarray(matrix, np.float64) for name, matrix in panels.items()}
    for name, matrix in matrices.items():
        if matrix.ndim != 2 or not matrix.size:
            raise ValueError(f"expected {name!r} to be a matrix, got the shape {matrix.shape}")
    largest = max(np.nanmax(np.abs(matrix)) for matrix in matrices.values()) or 1.0
    signed = any(np.nanmin(matrix) < 0 for matrix in matrices.values())
    widths = [matrix.shape[1] / matrix.shape[0] for matrix in matrices.values()]
    height = min(3.4, (MAX_WIDTH - 0.6) / sum(widths) + 0.3)
    figure = new_figure(title, MAX_WIDTH, height, alt=alt)
    all_axes = figure.subplots(1, len(matrices), width_ratios=widths, squeeze=False)[0]
    for axes, (name, matrix) in zip(all_axes, matrices.items(), strict=True):
        picture = axes.imshow(
            matrix,
            cmap="RdBu_r" if signed else "Blues",
            vmin=-largest if signed else 0,
            vmax=largest,
            interpolation="nearest",
        )
        for (row, column), value in np.ndenumerate(matrix) if numbers else ():
            if not np.isnan(value):
                colour = "white" if abs(value) > COLOURS * largest else "black"
                axes.text(column, row, numbers.format(value), color=colour, ha="center",
                          va="center", fontsize=8)  # fmt: skip
        axes.set_title(name, fontsize=10)
        axes.set(xticks=[], yticks=[], xlabel=xlabel, ylabel=ylabel)
        axes.spines[:].set_color("#BBBBBB")
    if not numbers:
        figure.colorbar(picture, ax=all_axes[-1], shrink=0.8)
    return figure
