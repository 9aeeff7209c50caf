"""From a recipe and a data set to a run folder, and from a run folder back to a GAN."""

from ganlib.training.folder import PICTURE_COLUMNS, fixed_inputs
from ganlib.training.run import Run, load_pretrained, load_run, pretrained_names
from ganlib.training.start import train

__all__ = [
    "PICTURE_COLUMNS",
    "Run",
    "fixed_inputs",
    "load_pretrained",
    "load_run",
    "pretrained_names",
    "train",
]
