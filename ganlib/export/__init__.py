"""A trained run for use elsewhere: ``run.export("web", "page.html")``."""

from ganlib.export.formats import FORMATS, export

__all__ = ["FORMATS", "export"]
