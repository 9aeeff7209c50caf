"""Courseware: what the notebooks need beyond the library, which never imports it."""

from ganlib.course.claims import claims
from ganlib.course.order import explain_missing_names
from ganlib.course.quiet import import_tensorflow

__all__ = ["begin", "claims"]


def begin() -> None:
    """At the top of a notebook: TensorFlow starts without its notes, and from now on the error of a
    name that is missing says which cell makes it."""
    import_tensorflow()
    explain_missing_names()
