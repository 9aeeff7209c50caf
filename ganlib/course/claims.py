"""What a notebook's text says of its numbers, checked by a table out of the reader's way.

    with course.claims(binding=data.known) as claim:
        claim("Fréchet distance of the run", distance, at_most=15)
        claim("our loss less ganlib's", np.abs(ours - theirs), at_most=1e-6)

The cell is collapsed and tagged ``claims``. Where the run is the one that the text describes, a
claim that does not hold fails the notebook; of a shorter run, or other data, the table only
reports.
"""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from IPython.display import HTML, display

from ganlib.errors import GanlibError


class ClaimError(GanlibError, AssertionError):
    """The text says something that this run does not show."""


class Claims:
    """The rows of one table; calling it adds a row."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, bool]] = []

    def __call__(
        self,
        text: str,
        value: Any,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        near: Any = None,
        within: float = 1e-6,
        equals: Any = None,
    ) -> None:
        """One claim.

        Args:
            text: what is measured.
            value: a number or an array of numbers, of which each has to keep to the bounds; with
                ``equals`` anything that can be compared.
            at_least, at_most: bounds; both may be given.
            near, within: the value, or values, that it must be near, and the largest difference.
            equals: what it must be.

        Raises:
            ValueError: no bound is given.
        """
        if at_least is at_most is near is equals is None:
            raise ValueError(f"{text!r}: give at_least, at_most, near or equals")
        if equals is not None:
            self.rows.append((text, _written(value), _written(equals), bool(value == equals)))
            return
        numbers, bounds, holds = np.asarray(value, float), [], True
        if near is not None:
            bounds.append(f"{_written(near)} ± {within:g}")
            holds = bool((np.abs(numbers - np.asarray(near, float)) <= within).all())
        if at_least is not None:
            bounds.append(f"≥ {at_least:g}")
            holds &= bool((numbers >= at_least).all())
        if at_most is not None:
            bounds.append(f"≤ {at_most:g}")
            holds &= bool((numbers <= at_most).all())
        self.rows.append((text, _written(value), ", ".join(bounds), holds))

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("claim", "value", "bound", "holds"))
        body = ""
        for *texts, holds in self.rows:
            cells = "".join(f"<td>{html.escape(text)}</td>" for text in texts)
            body += f"<tr>{cells}<td>{'yes' if holds else '<b>no</b>'}</td></tr>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _written(value: Any) -> str:
    """A number with four digits; of an array its least and its largest."""
    if isinstance(value, str | bool | np.bool_ | dict | set | type(None)):
        return str(value)
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf":
        return str(value)
    if numbers.ndim == 0:
        return f"{numbers:,}" if numbers.dtype.kind in "iu" else f"{numbers:.4g}"
    return f"{numbers.min():.4g} to {numbers.max():.4g}"


@contextmanager
def claims(*, binding: bool) -> Iterator[Claims]:
    """A table of claims, shown at the end of the block.

    Args:
        binding: whether a claim that does not hold is an error; False for runs that the text does
            not describe.

    Raises:
        ClaimError: names the claims that do not hold, where they are binding.
    """
    table = Claims()
    yield table
    display(HTML(table._repr_html_()))
    broken = [
        f"{text}: {value}, not {bound}" for text, value, bound, holds in table.rows if not holds
    ]
    if binding and broken:
        raise ClaimError("The text says what this run does not show. " + "; ".join(broken))
    if broken:
        told = "This is not the run that the text describes: nothing is required of it."
        print(told, "What it does not show:", "; ".join(broken))
