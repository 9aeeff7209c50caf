"""Controls, and below them a picture that follows them; and the controls that explorers share.

They are widgets where a reader sits before the notebook, and a static picture where nobody does.
"""

import html
import traceback
from collections.abc import Callable, Mapping
from functools import partial

import ipywidgets as widgets
import numpy as np

from ganlib.errors import GanlibError
from ganlib.live import is_watched, png_bundle
from ganlib.training.display import Picture
from ganlib.training.run import Run


class Explorer:
    """Controls, and below them a picture that follows them.

    Args:
        render: the controls' values, by name, to a PNG and a sentence that says what it shows.
        controls: by the name of its value, how each is made: ``partial(IntSlider, value=3, …)``.
            They are made when a reader is there to use them, so that a notebook that ran by
            itself holds no trace of them, only the picture of their first values.
        buttons: by what stands on each, what it does with the controls.
    """

    def __init__(
        self,
        render: Callable[..., tuple[bytes, str]],
        controls: Mapping[str, Callable[[], widgets.ValueWidget]],
        buttons: Mapping[str, Callable[[Mapping[str, widgets.ValueWidget]], None]] | None = None,
    ) -> None:
        self.render, self.makers, self.actions = render, controls, buttons or {}
        self.box: widgets.VBox | None = None
        # A first picture now: what cannot be drawn is an error of the cell, not of a slider.
        self.png, self.words = render(**{k: c.keywords["value"] for k, c in controls.items()})

    def build(self) -> widgets.VBox:
        """The widgets, made once; ``controls`` holds them by name."""
        if self.box is None:
            self.controls = {name: make() for name, make in self.makers.items()}
            self.picture, self.caption, self.error = Picture(), widgets.HTML(), widgets.HTML()
            for control in self.controls.values():
                control.style.description_width = "initial"
                control.observe(lambda change: self.update(), names="value")
            buttons = [self._button(text, act) for text, act in self.actions.items()]
            row = widgets.Layout(flex_flow="row wrap")
            self.box = widgets.VBox(
                [
                    widgets.Box([*self.controls.values(), *buttons], layout=row),
                    self.error,
                    self.picture,
                    self.caption,
                ],
                layout={"align_items": "flex-start"},
            )
            self._show(self.png, self.words)
        return self.box

    def _button(self, text: str, act: Callable) -> widgets.Button:
        button = widgets.Button(description=text, layout={"width": "auto"})
        button.on_click(lambda _: self._guarded(lambda: act(self.controls)))
        return button

    def update(self) -> None:
        """The picture of the controls' values as they are now."""
        values = {name: control.value for name, control in self.controls.items()}
        self._guarded(lambda: self._show(*self.render(**values)))

    def _show(self, png: bytes, words: str) -> None:
        self.picture.value, self.picture.tooltip = png, words
        # "status": a screen reader says the sentence anew when it changes.
        self.caption.value = f'<span role="status">{html.escape(words)}</span>'

    def _guarded(self, act: Callable[[], None]) -> None:
        """Shows an error where the reader looks: Jupyter hides what a callback raises in its log.
        The last good picture stays."""
        try:
            act()
            self.error.value = ""
        except Exception as error:
            known = isinstance(error, GanlibError)
            text = str(error) if known else "".join(traceback.format_exception(error))
            text = html.escape(text)
            self.error.value = (
                f'<pre role="alert" style="white-space: pre-wrap; color: #A00000">{text}</pre>'
            )

    def _repr_mimebundle_(self, include=None, exclude=None):
        static = png_bundle(self.png, self.words)
        if is_watched():
            return self.build()._repr_mimebundle_() | static
        return static, {"image/png": {"alt": self.words}}


SAMPLES = 30  # latents to choose from
SEED = 5  # of these; another than that of a run's kept pictures


def index(text: str, value: int) -> Callable:
    """A slider over the samples."""
    return partial(widgets.IntSlider, value=value, min=0, max=SAMPLES - 1, description=text)


def class_menu(run: Run, text: str, value: int) -> Callable:
    """A menu of the run's classes."""
    options = [(name, k) for k, name in enumerate(run.class_names)]
    return partial(widgets.Dropdown, value=value % len(options), options=options, description=text)


def class_control(run: Run, value: int) -> dict[str, Callable]:
    """A menu of classes, named "label", where the run takes labels."""
    return {"label": class_menu(run, "class", value)} if run.conditional else {}


def labels_of(run: Run, n: int, label: int | None) -> np.ndarray | None:
    """``n`` times the label; the classes in turn where it is None; None where there are none."""
    if not run.conditional:
        return None
    return np.arange(n) % len(run.class_names) if label is None else np.full(n, label)


def of_class(run: Run, label: int | None) -> str:
    """The end of a sentence about images of one class, where there is one."""
    return "" if label is None else f" of class {run.class_names[label]}"
