"""Image data: read, verified, drawn, cut into batches. Needs neither TensorFlow nor matplotlib."""

from ganlib.data.dataset import CLASS_NAMES, SPLITS, DataSet
from ganlib.data.folders import first_few
from ganlib.data.load import load_data
from ganlib.data.pictures import FORMATS
from ganlib.data.pipeline import batches, steps_per_epoch
from ganlib.data.preview import Survey, survey

__all__ = [
    "CLASS_NAMES",
    "FORMATS",
    "SPLITS",
    "DataSet",
    "Survey",
    "batches",
    "first_few",
    "load_data",
    "steps_per_epoch",
    "survey",
]
