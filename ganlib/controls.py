"""Controls that several explorers have, and what their values mean to a run."""

from collections.abc import Callable
from functools import partial

import ipywidgets as W
import numpy as np

from ganlib.evaluation import is_conditional
from ganlib.runs import Run

SAMPLES = 30  # latents to choose from
SEED = 5  # of these; another than that of a run's kept pictures


def index(text: str, value: int) -> Callable:
    """A slider over the samples."""
    return partial(W.IntSlider, value=value, min=0, max=SAMPLES - 1, description=text)


def class_menu(run: Run, text: str, value: int) -> Callable:
    """A menu of the run's classes."""
    options = [(name, k) for k, name in enumerate(run.class_names)]
    return partial(W.Dropdown, value=value % len(options), options=options, description=text)


def class_control(run: Run, value: int) -> dict[str, Callable]:
    """A menu of classes, named "label", where the run takes labels."""
    return {"label": class_menu(run, "class", value)} if is_conditional(run) else {}


def labels_of(run: Run, n: int, label: int | None) -> np.ndarray | None:
    """``n`` times the label; the classes in turn where it is None; None where there are none."""
    if not is_conditional(run):
        return None
    return np.arange(n) % len(run.class_names) if label is None else np.full(n, label)


def of_class(run: Run, label: int | None) -> str:
    """The end of a sentence about images of one class, where there is one."""
    return "" if label is None else f" of class {run.class_names[label]}"
