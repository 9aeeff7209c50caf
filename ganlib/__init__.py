"""ganlib: generative adversarial networks on Fashion-MNIST, small, tested and measured.

data = ganlib.load_data()
run = ganlib.train("cgan", data, epochs=2)
images = run.generate(10)
"""

import importlib
import os
import sys

from ganlib.order import explain_missing_names
from ganlib.quiet import import_tensorflow

# Asked here, since Keras itself would fail first where that backend is not installed.
if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
    raise ImportError(
        f"KERAS_BACKEND is {os.environ['KERAS_BACKEND']!r}, but ganlib's training step uses "
        "TensorFlow's gradient tape: unset it, or set it to tensorflow, and start Python again."
    )
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if "ipykernel" in sys.modules:  # in a notebook; elsewhere TensorFlow is imported when it is needed
    import_tensorflow()
    explain_missing_names()

_HOMES = {
    "load_data": "ganlib.data",
    "DataSet": "ganlib.data",
    "scale": "ganlib.data",
    "unscale": "ganlib.data",
    "GAN": "ganlib.gan",
    "ConditionalGAN": "ganlib.gan",
    "RECIPES": "ganlib.recipes",
    "train": "ganlib.training",
    "Run": "ganlib.runs",
    "load_run": "ganlib.runs",
    "load_pretrained": "ganlib.runs",
    "classifier_for": "ganlib.classifier",
    "evaluate": "ganlib.evaluation",
    "scorer": "ganlib.evaluation",
    "GanlibError": "ganlib.errors",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str):
    """Imports on first use: ``import ganlib`` takes no seconds, and data needs no TensorFlow."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ganlib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
