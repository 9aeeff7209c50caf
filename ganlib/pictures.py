"""Pictures in a notebook that change in place: of a training, and of what a reader chooses.

Both are widgets where a reader sits before the notebook, and static pictures where nobody does.
"""

import html
import traceback
from collections.abc import Callable, Mapping

import ipywidgets as widgets
from IPython.display import display
from traitlets import Unicode

from ganlib.errors import GanlibError
from ganlib.live import is_watched, png_bundle


class Picture(widgets.Image):
    """A PNG; ``tooltip`` says in words what it shows, for a screen reader too.

    The old picture stays until the new one is there, so that nothing flickers.
    """

    # An image of ipywidgets knows no alt text, and its view fails on a tooltip where there is no
    # description beside it. An image without an alt text is called by its tooltip.
    description = Unicode("").tag(sync=True)

    def __init__(self, **kwargs) -> None:
        super().__init__(format="png", layout={"max_width": "100%"}, **kwargs)


class LivePicture:
    """A picture below a line of text, both changed in place; a static picture is left behind.

    It is a widget, for two reasons: the old picture stays until the new one is there, without a
    flicker; and a page that is loaded anew in the middle of a training finds the widget again when
    the kernel is free, where an ordinary output would stay as it was at the last save.
    """

    def __init__(self) -> None:
        self.text, self.image = widgets.HTML(), Picture()
        self.box = widgets.VBox([self.text, self.image], layout={"align_items": "flex-start"})
        self.handle = None

    def tell(self, text: str, done: float) -> None:
        """The line of text, beside a bar: ``done`` is a share from 0 to 1."""
        bar = f'<progress value="{done:.4f}" aria-label="training"></progress>'
        self.text.value = f'{bar} <span style="white-space: pre">{html.escape(text)}</span>'

    def show(self, png: bytes, text: str) -> None:
        """The picture; ``text`` says what it shows where it cannot be seen."""
        self.image.value, self.image.tooltip = png, text
        if self.handle is None:
            bundle = self.box._repr_mimebundle_() | png_bundle(png, text)
            self.handle = display(bundle, raw=True, display_id=True)

    def freeze(self) -> None:
        """Puts the last picture, as it is, in the widget's place. The widget lives on: a page that
        was loaded anew has nothing but it."""
        if self.handle is not None:
            self.handle.update(
                png_bundle(self.image.value, self.image.tooltip),
                raw=True,
                metadata={"image/png": {"alt": self.image.tooltip}},
            )


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
