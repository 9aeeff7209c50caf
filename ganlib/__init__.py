"""ganlib: generative adversarial networks on Fashion-MNIST, small, tested and measured.

data = ganlib.load_data()
run = ganlib.train("cgan", data, epochs=2)
images = run.generate(10)
"""

import contextlib
import importlib
import json
import os


def _refuse_other_keras() -> None:
    """Asked here, since Keras itself would fail first where another backend is not installed."""
    home = "~" if os.access(os.path.expanduser("~"), os.W_OK) else "/tmp"  # as Keras has it
    place = os.path.expanduser(os.environ.get("KERAS_HOME", f"{home}/.keras") + "/keras.json")
    found = {}
    with contextlib.suppress(OSError, ValueError, TypeError), open(place, "rb") as file:
        found = dict(json.load(file))
    needed = {"floatx": "float32", "image_data_format": "channels_last", "backend": "tensorflow"}
    for name, value in needed.items():
        variable = os.environ.get("KERAS_BACKEND") if name == "backend" else None
        if (is_now := variable or found.get(name, value)) != value:
            what = "KERAS_BACKEND" if variable else f"{place}: {name}"
            raise ImportError(
                f"{what} is {is_now!r}, but ganlib is written for {value!r}: unset it, or set it "
                f"to {value}, and start Python again."
            )


_refuse_other_keras()

_HOMES = {
    "load_data": "ganlib.data",
    "DataSet": "ganlib.data",
    "scale": "ganlib.images",
    "unscale": "ganlib.images",
    "GAN": "ganlib.gan",
    "ConditionalGAN": "ganlib.conditioning",
    "RECIPES": "ganlib.recipes",
    "train": "ganlib.training",
    "Run": "ganlib.training",
    "load_run": "ganlib.training",
    "load_pretrained": "ganlib.training",
    "classifier_for": "ganlib.evaluation",
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
