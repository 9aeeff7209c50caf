"""The package's exceptions, and the checks of arguments at the door of its public functions.

Each message says what is wrong, where, and what to do.
"""

import difflib
import math
import operator
from collections.abc import Collection
from typing import Any


class GanlibError(Exception):
    """Base of every error that ganlib raises on purpose."""


class DataError(GanlibError):
    """A data set is missing, damaged or of the wrong form."""


class WeightsError(DataError):
    """A weights file or its card is missing or damaged, or does not fit the network."""


class SettingsError(GanlibError, ValueError):
    """A parameter has an unknown name, a wrong type or an impossible value."""


class RunError(GanlibError):
    """A run folder cannot be used, or a training run cannot go on."""


class FileError(RunError, OSError):
    """A file cannot be written: the disk is full, or its folder is closed or has vanished."""


class DivergenceError(RunError):
    """A loss or a weight is no longer a finite number."""


class StoppedError(RunError):
    """A training was asked to stop where nobody sits before it; all is saved."""


def check_name(name: Any, valid: Collection[str], what: str = "parameter") -> None:
    """Refuse a name that is not one of ``valid``.

    Args:
        what: what such a name is called in the message, such as "recipe".

    Raises:
        SettingsError: names the nearest valid name and lists all of them.
    """
    if not isinstance(name, str) or name not in valid:
        raise SettingsError(unknown_name(name, valid, what))


def unknown_name(name: Any, valid: Collection[str], what: str) -> str:
    """There is no such name; which one may have been meant."""
    meant = nearest(name, valid) if isinstance(name, str) else None
    hint = f" Did you mean {meant!r}?" if meant else ""
    return f"There is no {what} {name!r}.{hint} Valid: {', '.join(valid)}."


def nearest(word: str, valid: Collection[str]) -> str | None:
    """The valid word most like ``word``, whatever the case; None where none is alike."""
    lower = {candidate.lower(): candidate for candidate in valid}
    matches = difflib.get_close_matches(word.lower(), lower, n=1)
    return lower[matches[0]] if matches else None


def whole(name: str, value: Any, low: int, high: int = 2**63 - 1) -> int:
    """The value as an int: a Python or NumPy integer from ``low`` to ``high``, no bool.

    Raises:
        SettingsError: it is none, with the name of the argument.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not low <= number <= high:
        raise SettingsError(f"{name}={value!r}: {_range('a whole number', low, high)}.")
    return number


def number(name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """The value as a float: a finite number from ``low`` to ``high``, no bool and no text.

    Raises:
        SettingsError: it is none, with the name of the argument.
    """
    try:
        found = math.nan if isinstance(value, bool | str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not (math.isfinite(found) and low <= found <= high):
        raise SettingsError(f"{name}={value!r}: {_range('a finite number', low, high)}.")
    return found


def flag(name: str, value: Any) -> bool:
    """The value, which must be True or False: the text "false" would be true."""
    if not isinstance(value, bool):
        raise SettingsError(f"{name}={value!r}: it must be True or False.")
    return value


def _range(kind: str, low: float, high: float) -> str:
    bounds = [f"at least {low}"] if low > -math.inf else []
    bounds += [f"at most {high}"] if high not in (math.inf, 2**63 - 1) else []
    return f"it must be {kind}{', ' if bounds else ''}{' and '.join(bounds)}"
