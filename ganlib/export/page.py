"""A run as one HTML page that draws its images by itself: no server, no other file, no library."""

import base64
import io
import zlib
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ganlib.errors import SettingsError
from ganlib.export.bundle import bundle, inside_page, literal
from ganlib.export.program import Program, program_of
from ganlib.images import tile, unscale
from ganlib.losses import get_loss

if TYPE_CHECKING:
    from ganlib.training.run import Run

WEB = Path(__file__).parent / "web"
SHOWN = 100  # images of the sheet, beside which the discriminator judges a single one
STILL = 50  # images of the picture that stands where no script runs
WORDS_BY_CLASS = {
    "sheet_words": "Each row is a class. Go down a column: the same random numbers, another class.",
    "between_words": "One slider goes from A's latent to B's, the other from A's class to B's.",
}
WORDS = {
    "sheet_words": "Each image has a latent of its own.",
    "between_words": "The slider goes from the latent of A to that of B.",
}
ASKED = "It is asked about one class at a time: “is this a real one of these?”"
PAIRED = (
    "In training it only ever compared two images, a real one and a generated one, and had to give "
    "the real one the higher number. So a number alone says nothing: look at how many generated "
    "images get a lower one."
)
GROUND_WORDS = {"dark": ", light on black", "bright": ", dark on white", "": ""}


def page_of(run: "Run", title: str = "", header: str = "") -> str:
    """The page's HTML, which loads nothing. ``title``: its heading, else the run's title.
    ``header``: HTML of a site that the page belongs to, which stands above it.

    The weights are in half precision: images differ from ``run.generate`` by a grey level at most.

    Raises:
        SettingsError: images that are neither grey nor in colour, or weights beyond that precision.
    """
    channels = run.settings["dataset"]["image_shape"][-1]
    if channels not in (1, 3):
        raise SettingsError(f"A page shows images of 1 or 3 channels; these have {channels}.")
    images = run.generate(SHOWN)
    company = [images, np.arange(SHOWN) % run.gan.num_classes] if run.conditional else [images]
    programs = [program_of(run.gan.ema_generator), program_of(run.gan.discriminator, company)]
    told = told_of(run, programs) | {"ground": ground_of(images)}
    return Template((WEB / "page.html").read_text("utf-8")).substitute(
        title=escape(title or run.title),
        header=header,
        style=(WEB / "page.css").read_text("utf-8"),
        alt=escape(f"Images that {run.title} generated."),
        still=base64.b64encode(_png(tile(unscale(images[:STILL]), columns=10))).decode(),
        **(WORDS_BY_CLASS if run.conditional else WORDS),
        judge_words=" ".join([ASKED] * told["asked"] + [PAIRED] * told["paired"]),
        ground_words=GROUND_WORDS[told["ground"]],
        told=literal(told),
        numbers=packed(programs),
        script=inside_page(WEB / "app.js"),
        worker=literal(bundle(WEB / "worker.js")),
    )


def told_of(run: "Run", programs: list[Program]) -> dict:
    """What the page has to know of the run, beside the numbers."""
    recipe, dataset = run.settings["recipe"], run.settings["dataset"]
    loss = get_loss(recipe["loss"])
    return {
        "title": run.title,
        "image_shape": dataset["image_shape"],
        "latent_dim": recipe["latent_dim"],
        "class_names": dataset["class_names"] if run.conditional else [],
        "auxiliary": run.conditional and recipe["conditioning"] == "auxiliary",
        "asked": run.conditional and recipe["conditioning"] != "auxiliary",  # by class
        "loss": loss.name,
        "paired": loss.paired,
        "threshold": loss.threshold,
        "programs": [
            {"steps": program.steps, "shapes": [list(a.shape) for a in program.arrays]}
            for program in programs
        ],
    }


def ground_of(images: np.ndarray) -> str:
    """Whether grey images ``(N, H, W, 1)`` in [-1, 1] have a dark or a bright ground, judged by
    their outermost pixels; of images in colour, ""."""
    if images.shape[-1] != 1:
        return ""
    inner = images[:, 1:-1, 1:-1]
    border = (images.sum() - inner.sum()) / (images.size - inner.size)
    return "bright" if border > 0 else "dark"


def packed(programs: list[Program]) -> str:
    """All numbers as halves, deflated and in base64: the low bytes of all, then the high ones,
    which are alike and so take less room side by side."""
    numbers = np.concatenate([array.ravel() for each in programs for array in each.arrays])
    with np.errstate(over="ignore"):
        halves = numbers.astype("<f2")
    if not np.isfinite(halves).all():
        raise SettingsError("The run's weights are beyond half precision, or are no numbers.")
    planes = halves.view(np.uint8).reshape(-1, 2).T
    return base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode()


def _png(pixels: np.ndarray) -> bytes:
    """A picture ``(H, W, C)`` of bytes as a file."""
    file = io.BytesIO()
    Image.fromarray(pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels).save(file, "PNG")
    return file.getvalue()
