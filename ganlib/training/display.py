"""Pictures in a notebook that change in place."""

import html

import ipywidgets as widgets
from IPython.display import display
from traitlets import Unicode

from ganlib.live import png_bundle


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
