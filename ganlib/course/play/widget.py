"""The game in a notebook."""

import re
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ganlib.errors import check_name
from ganlib.export.bundle import bundle, literal
from ganlib.live import is_watched, png_bundle

HERE = Path(__file__).parent
STYLE = (HERE / "play.css").read_text("utf-8")
WORKER = literal(bundle(HERE / "worker.js"))
ALT = (
    "Two moments of a game in the plane: the discriminator's field in purple and green, data in "
    "eight modes on a ring, generated points that spread from one lump to all of them."
)
WIDTH = 650  # pixels of the page for it
PRESETS = tuple(
    re.findall(r"^  (\w+): \{$", (HERE / "presets.js").read_text("utf-8"), re.MULTILINE)
)


class Play(anywidget.AnyWidget):
    """A GAN in the plane, trained in the reader's browser.

    Args:
        preset: a game to begin with, one of ``PRESETS``.
        settings: those that differ from it, by the names of ``settings.js``, which are the names of
            ``ganlib.recipes.Recipe`` where that has them: ``loss="hinge"``, ``penalty="r1"``. The
            browser refuses those that it does not know, and says which there are.

    Where nobody sits before the notebook, a picture of a game stands in its place.

    Attributes:
        settings: those that the game has now.
        report: what was measured last: ``step``, ``modes``, ``of``, ``divergence`` and ``floor``
            (bits; None in the Dirac-GAN), ``distance`` (of the Dirac-GAN, else None),
            ``discriminator_loss``, ``generator_loss``, ``real_accuracy``, ``fake_accuracy``,
            ``settings`` (as now), and ``changes``: what was set since the game began, [step, name,
            value before].
    """

    _esm = bundle(HERE / "app.js") + f"\nexport default widgetOf({WORKER});\n"
    _css = STYLE
    preset = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    report = traitlets.Dict().tag(sync=True)

    def __init__(self, preset: str = "", **settings: Any) -> None:
        if preset:
            check_name(preset, PRESETS, "preset")
        super().__init__(preset=preset, settings=settings)

    def _repr_mimebundle_(self, **kwargs: Any):
        static = png_bundle((HERE / "still.png").read_bytes(), ALT)
        if is_watched():
            data, metadata = super()._repr_mimebundle_(**kwargs)
            return data | static, metadata
        return static, {"image/png": {"alt": ALT, "width": WIDTH}}
