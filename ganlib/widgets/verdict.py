"""What a run's discriminator thinks of an image: of the data, generated, uploaded or drawn.

Jupyter's own widgets have no brush. Here one draws with filled boxes and ellipses, on black or over
any image: so one can also cover a sleeve and see whether the discriminator cares.
"""

from collections.abc import Mapping
from functools import partial

import ipywidgets as W
import numpy as np

from ganlib.data.dataset import DataSet
from ganlib.errors import SettingsError
from ganlib.images import scale, unscale
from ganlib.losses import get_loss
from ganlib.training.run import Run
from ganlib.widgets.explorer import SEED, Explorer, class_menu, labels_of
from ganlib.widgets.sheets import (
    beside,
    logit_strips,
    painted,
    png,
    read_picture,
    shape_line,
    sheet,
    stacked,
)

JUDGED = 300  # real and generated images that an opinion is held against
SHOWN = 224  # screen pixels of the judged image's longer side
CANVAS, TEST, GENERATED, UPLOADED = "black canvas", "real image", "generated image", "uploaded file"


def opinion(run: Run, data: DataSet) -> Explorer:
    """The discriminator's logit of an image beside those of ``data``, best the test images, and of
    generated ones; as a probability where the run's loss makes it one.

    Raises:
        SettingsError: the images are not of the run's shape.
    """
    shape = tuple(run.settings["dataset"]["image_shape"])
    if data.image_shape != shape:
        raise SettingsError(f"The run's images are {shape}, those of the data {data.image_shape}.")
    some = data.subset(min(JUDGED, len(data)))
    real, labels = some.images.reshape(-1, *shape), some.labels
    asked = labels if run.conditional else None
    generated = unscale(run.generate(len(real), asked, seed=SEED))
    logits = {TEST: _logits(run, real, asked), GENERATED: _logits(run, generated, asked)}

    def chosen(source: str, number: int, upload) -> np.ndarray:
        if source == UPLOADED:
            if not upload:
                raise SettingsError("Choose a file first, with the button 'image file'.")
            return read_picture(bytes(upload[0]["content"]), shape, upload[0]["name"])
        blank = np.zeros(shape, np.uint8)
        return {CANVAS: blank, TEST: real[number], GENERATED: generated[number]}[source]

    def render(source, number, upload, shapes, kind, across, down, brightness, label=None):
        image = painted(chosen(source, number, upload), shapes)
        # In company: a discriminator that looks at its batch as a whole has never met one image.
        labels = None if asked is None else np.append(asked, labels_of(run, 1, label))
        logit = float(_logits(run, np.concatenate([generated, image[None]]), labels)[-1])
        scale_up = max(1, SHOWN // max(shape[:2]))
        outline = painted(image, shape_line(kind, across, down, brightness))
        picture = stacked(
            (
                f"{run.title}: what the discriminator sees; with the next shape; how it judges",
                beside(
                    sheet(image[None], columns=1, scale=scale_up, marked=[0]),
                    sheet(outline[None], columns=1, scale=max(1, scale_up // 2), marked=[0]),
                    logit_strips(logit, logits[TEST], logits[GENERATED], width=360),
                ),
            )
        )
        below = {name: np.mean(values < logit) for name, values in logits.items()}
        asked_as = "" if label is None else f", asked whether it is a real {run.class_names[label]}"
        return png(picture), (
            f"{_told(run, logit)}{asked_as}. "
            f"Of {len(real)} real images {below[TEST]:.1%} get less, and of as many generated ones "
            f"{below[GENERATED]:.1%}."
        )

    side = {"min": 0, "layout": {"width": "260px"}}
    controls = {
        "source": partial(
            W.Dropdown, value=TEST, options=[TEST, GENERATED, CANVAS, UPLOADED], description="image"
        ),
        "number": partial(W.IntSlider, value=0, min=0, max=len(real) - 1, description="number"),
        "upload": partial(
            W.FileUpload, value=(), accept="image/*", multiple=False, description="image file"
        ),
        "shapes": partial(W.Textarea, value="", rows=4, description="shapes"),
        "kind": partial(W.Dropdown, value="box", options=["box", "ellipse"], description="next"),
        "across": partial(
            W.IntRangeSlider, value=(0, shape[1] // 3), max=shape[1], description="columns", **side
        ),
        "down": partial(
            W.IntRangeSlider, value=(0, shape[0] // 2), max=shape[0], description="rows", **side
        ),
        "brightness": partial(W.IntSlider, value=200, min=0, max=255, description="brightness"),
    }
    if run.conditional:
        controls["label"] = class_menu(run, "asked as", int(labels[0]))
    return Explorer(render, controls, {"Add the shape": _add, "Remove the last": _remove})


def _told(run: Run, logit: float) -> str:
    """The judgement in words; a probability only where the loss makes one of the logit."""
    loss = get_loss(run.settings["recipe"]["loss"])
    if loss.name in ("minimax", "non_saturating"):
        return f"D = {1 / (1 + np.exp(-np.clip(logit, -50, 50))):.3f} (logit {logit:.2f})"
    if loss.paired:
        return f"Trained in pairs, it gives no probability, only a rank: logit {logit:.2f}"
    return f"It says {'real' if logit > loss.threshold else 'generated'}: logit {logit:.2f}"


def _add(controls: Mapping[str, W.ValueWidget]) -> None:
    line = shape_line(*(controls[name].value for name in ("kind", "across", "down", "brightness")))
    controls["shapes"].value = "\n".join([*controls["shapes"].value.splitlines(), line])


def _remove(controls: Mapping[str, W.ValueWidget]) -> None:
    controls["shapes"].value = "\n".join(controls["shapes"].value.splitlines()[:-1])


def _logits(run: Run, images: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """The discriminator's logits ``(N,)`` of uint8 images, as at the end of the training."""
    inputs = [scale(images)] if labels is None else [scale(images), labels.astype("int32")]
    return np.asarray(run.gan.discriminator(inputs, training=False))[:, 0]
