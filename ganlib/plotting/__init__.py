"""Figures: every function takes arrays, returns a Figure and never calls show().

Every title is required, since every figure says which data set it shows. What does not fit raises
a ValueError that says what was expected. Nothing here knows of TensorFlow.
"""

from ganlib.images import tile
from ganlib.plotting.animation import animation
from ganlib.plotting.curves import (
    class_counts,
    curves,
    density_1d,
    pixel_histogram,
    running_mean,
    training_curves,
)
from ganlib.plotting.figure import (
    BLUE,
    FAKE,
    GREEN,
    GREY,
    MAX_WIDTH,
    ORANGE,
    REAL,
    VERMILION,
    Figure,
    few_classes,
    new_figure,
    save,
    tidy,
)
from ganlib.plotting.grids import before_during_after, class_grid, image_grid
from ganlib.plotting.matrices import confusion, heat_maps

__all__ = [
    "BLUE",
    "FAKE",
    "GREEN",
    "GREY",
    "MAX_WIDTH",
    "ORANGE",
    "REAL",
    "VERMILION",
    "Figure",
    "animation",
    "before_during_after",
    "class_counts",
    "class_grid",
    "confusion",
    "curves",
    "density_1d",
    "few_classes",
    "heat_maps",
    "image_grid",
    "new_figure",
    "pixel_histogram",
    "running_mean",
    "save",
    "tidy",
    "tile",
    "training_curves",
]
