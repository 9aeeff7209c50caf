"""What all checks share: the verdict, the words for a difference, and calling a learner's code."""

import dis
import functools
import numbers
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

NOT_TRIED, RIGHT, DIFFERS = "not tried yet", "right", "differs"
GAP = ...  # a place that is still to be filled; None is an answer: a report holds it for a spread


@dataclass(frozen=True)
class Verdict:
    """What a check says; a notebook shows it as its text."""

    exercise: str
    state: str  # NOT_TRIED, RIGHT or DIFFERS
    message: str

    def __repr__(self) -> str:
        return textwrap.fill(f"{self.exercise}: {self.state}. {self.message}", 96)


class Mistake(Exception):
    """What differs in an answer; a check turns it into a verdict."""


def check(exercise: str, todo: str) -> Callable[[Callable[..., str]], Callable[..., Verdict]]:
    """Makes a check of a function that judges answers.

    The function takes the answers by position and what the notebook knows by name. It returns what
    there is to say of a right answer, or raises ``Mistake``; ``NotImplementedError`` stands for an
    answer that is not tried yet, as every answer is that still holds ``...``. ``todo`` says what to
    do then.
    """

    def decorate(judge: Callable[..., str]) -> Callable[..., Verdict]:
        @functools.wraps(judge)
        def verdict(*answers: Any, **known: Any) -> Verdict:
            try:
                if any(has_gap(answer) for answer in answers):
                    raise NotImplementedError
                return Verdict(exercise, RIGHT, judge(*answers, **known))
            except NotImplementedError:
                return Verdict(exercise, NOT_TRIED, todo)
            except Mistake as mistake:
                return Verdict(exercise, DIFFERS, str(mistake))
            except Exception as error:  # an answer of a form that nobody has thought of
                told = f"{type(error).__name__}: {error}"
                return Verdict(exercise, DIFFERS, f"The answer could not be read ({told}).")

        return verdict

    return decorate


def has_gap(answer: Any) -> bool:
    """Whether an answer, or a part of it, is still ``...``."""
    if isinstance(answer, Mapping):
        return any(has_gap(value) for value in answer.values())
    if isinstance(answer, (tuple, list)):
        return any(has_gap(value) for value in answer)
    return answer is GAP


def call(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What the learner's function gives.

    Raises:
        NotImplementedError: the function is still the stub.
        Mistake: it is no function, stopped with an error, or gives nothing.
    """
    if not callable(function):
        raise Mistake(f"Expected a function, given {show(function)}: write its name, uncalled.")
    name = getattr(function, "__name__", "the function")
    try:
        result = function(*args, **kwargs)
    except NotImplementedError:
        raise
    except Exception as error:
        first_line = (str(error).splitlines() or [""])[0]
        raise Mistake(f"{name} stopped with {type(error).__name__}: {first_line}") from error
    if result is not None and result is not ...:
        return result
    if is_stub(function):
        raise NotImplementedError
    raise Mistake(f"{name} gives None: the line that returns the result is missing.")


def is_stub(function: Callable) -> bool:
    """Whether a function's body reads no name at all, not even its arguments."""
    read = (i.opname for i in dis.get_instructions(function))
    constants = ("LOAD_CONST", "LOAD_SMALL_INT")
    return not any(op.startswith("LOAD_") and op not in constants for op in read)


def show(value: Any) -> str:
    """A value in a few characters; numbers to four digits."""
    if isinstance(value, (bool, np.bool_, str, type(None))):
        return repr(value) if not isinstance(value, np.bool_) else str(value)
    if isinstance(value, numbers.Integral):
        return f"{value:,}"
    if isinstance(value, numbers.Real):
        return f"{float(value):.4g}"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return show(value.item())
    if isinstance(value, np.ndarray) and value.size <= 8:
        return np.array2string(value, precision=4, suppress_small=True).replace("\n", "")
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def number(answer: Any, what: str) -> float:
    """The answer as a float.

    Raises:
        Mistake: it is none, or not a finite one.
    """
    try:
        if isinstance(answer, (str, bytes)):
            raise TypeError
        value = float(np.asarray(answer).reshape(()))
    except (TypeError, ValueError):
        raise Mistake(f"{what}: expected a number, given {show(answer)}.") from None
    if not np.isfinite(value):
        raise Mistake(f"{what}: given {value}, which is no finite number.")
    return value


def count(answer: Any, what: str, most: int) -> int:
    """The answer as a number of things, of which there are ``most``.

    Raises:
        Mistake: it is a share, a percentage written as text, negative, or too large.
    """
    value = number(answer, what)
    if 0 < value < 1:
        raise Mistake(f"{what}: {show(value)} is a share; asked for is the number, of {most:,}.")
    if value < 0 or value != round(value):
        raise Mistake(f"{what}: a count is a whole number from 0 on, given {show(value)}.")
    if value > most:
        raise Mistake(f"{what}: there are only {most:,}, given {int(value):,}.")
    return int(value)


def truth(answer: Any, what: str) -> bool:
    """The answer as a yes or no; "yes" and "no" are understood.

    Raises:
        Mistake: it is neither.
    """
    words = {"yes": True, "true": True, "no": False, "false": False}
    if isinstance(answer, str) and answer.strip().lower() in words:
        return words[answer.strip().lower()]
    if isinstance(answer, (bool, np.bool_)):
        return bool(answer)
    raise Mistake(f"{what}: expected True or False, given {show(answer)}.")


def one_of(answer: Any, choices: Iterable[Any], what: str) -> Any:
    """The answer, which must be one of ``choices``; text in any case of letters, and of two names
    that a slash joins the first will do.

    Raises:
        Mistake: it is not.
    """
    choices = list(choices)
    for choice in choices:
        if isinstance(choice, str) and isinstance(answer, str):
            if answer.strip().lower() in (choice.lower(), choice.lower().split("/")[0]):
                return choice
        elif not isinstance(answer, str) and np.ndim(answer) == 0 and answer == choice:
            return choice
    raise Mistake(f"{what}: expected one of {', '.join(map(show, choices))}, given {show(answer)}.")


def entries(answer: Any, keys: Iterable[Any], what: str) -> dict:
    """The answer as a dictionary that holds all of ``keys``.

    Raises:
        Mistake: it is none, or one is missing.
    """
    keys = list(keys)
    if not isinstance(answer, Mapping):
        raise Mistake(f"{what}: expected a dictionary, given {show(answer)}.")
    for key in keys:
        if key not in answer:
            raise Mistake(f"{what}: there is no entry for {show(key)}.")
    return {key: answer[key] for key in keys}


def same_number(
    given: Any,
    expected: float,
    what: str,
    mistakes: Iterable[tuple[float, str]] = (),
    tolerance: float = 0.005,
) -> None:
    """Compares a number, within ``tolerance`` of the expected one's size.

    ``mistakes`` are wrong values that a known error leads to, each with a message.

    Raises:
        Mistake: it differs; with the message of the mistake that gives this value.
    """
    value = number(given, what)
    if abs(value - expected) <= tolerance * max(abs(expected), 1e-9):
        return
    told = f"{what}: expected {show(float(expected))}, given {show(value)}."
    for wrong, message in mistakes:
        if abs(value - wrong) <= tolerance * max(abs(wrong), 1e-9):
            raise Mistake(f"{told} {message}")
    if abs(value - 100 * expected) <= tolerance * abs(100 * expected):
        raise Mistake(f"{told} That is per cent: asked for is the number itself.")
    raise Mistake(told)


def same_array(
    given: Any,
    expected: np.ndarray,
    what: str,
    mistakes: Iterable[tuple[Any, str]] = (),
    atol: float = 1e-5,
) -> None:
    """Compares an array with the expected one: shape first, then numbers.

    Raises:
        Mistake: it differs; with the message of the first of ``mistakes``, wrong arrays with what
            leads to them, that it equals.
    """
    try:
        value = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise Mistake(f"{what}: expected an array of numbers, given {show(given)}.") from None
    expected = np.asarray(expected, np.float64)
    if value.shape == expected.shape and np.allclose(value, expected, rtol=1e-4, atol=atol):
        return
    told = _difference(value, expected, what)
    for wrong, message in mistakes:
        if value.shape == np.shape(wrong) and np.allclose(value, wrong, rtol=1e-4, atol=atol):
            raise Mistake(f"{told} {message}")
    raise Mistake(told)


def _difference(value: np.ndarray, expected: np.ndarray, what: str) -> str:
    if value.shape != expected.shape:
        return f"{what}: expected the shape {expected.shape}, given {value.shape}."
    if not np.isfinite(value).all():
        return f"{what}: given numbers that are not finite (inf or nan)."
    if value.size <= 8:
        return f"{what}: expected {show(expected)}, given {show(value)}."
    place = np.unravel_index(np.abs(value - expected).argmax(), value.shape)
    where = ", ".join(str(int(k)) for k in place)
    return f"{what}: at [{where}] expected {expected[place]:.4g}, given {value[place]:.4g}."
