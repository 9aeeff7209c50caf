"""One parameter's value: of which type it may be, and within which bounds."""

import ast
import math
import reprlib
import types
import typing
from collections.abc import Collection, Mapping
from typing import Any

from ganlib.errors import nearest

KINDS: Mapping[type, str] = types.MappingProxyType(
    {
        int: "a whole number",
        float: "a number",
        bool: "True or False",
        str: "text",
        type(None): "None",
    }
)
LARGEST = 2**31 - 1  # of any whole number: what counts steps and images beyond it overflows
SHORT = reprlib.Repr()  # for values in messages: neither long nor deep
SHORT.maxstring = 100


class Problem(Exception):
    """What is wrong with one value, and what to write instead."""


def kinds_of(annotation: Any, namespace: Mapping[str, Any]) -> tuple[type, ...]:
    """The types that an annotation allows (it may be text, a union or Optional); none of them
    where it allows anything that is no parameter."""
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    try:
        annotation = typing.get_type_hints(holder, globalns=dict(namespace))["it"]
    except (NameError, SyntaxError, TypeError):
        return ()
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    kinds = typing.get_args(annotation) if is_union else (annotation,)
    return kinds if all(kind in KINDS for kind in kinds) else ()


def typed(name: str, namespace: Mapping[str, Any], annotation: Any) -> Any:
    """The parameter's value if it has the declared type (an int will do for a float)."""
    kinds = kinds_of(annotation, namespace)
    if not kinds:
        raise Problem(f"is annotated as {annotation!r}; it must be int, float, bool or str.")
    if name not in namespace:
        raise Problem("is declared without a value.")
    value = namespace[name]
    if type(value) is int and int in kinds and abs(value) > LARGEST:
        raise Problem(f"is too large; it must be at most {LARGEST}.")
    # `type(...) in`, not isinstance: True is an int in Python, but not a number of epochs.
    if type(value) is int and float in kinds and int not in kinds:
        try:
            return float(value)
        except OverflowError:
            raise Problem("is too large for a floating-point number.") from None
    if type(value) not in kinds:
        wanted = " or ".join(KINDS[kind] for kind in kinds)
        raise Problem(f"is {_described(value)}; it must be {wanted}.{_remedy(name, value, kinds)}")
    if type(value) is float and not math.isfinite(value):
        raise Problem(f"is {value}; it must be a finite number.")
    return value


def _described(value: Any) -> str:
    if isinstance(value, int) and abs(value) > LARGEST:
        return "a number that is too large"  # Python refuses to write out some of these
    return ("the text " if isinstance(value, str) else "") + SHORT.repr(value)


def _remedy(name: str, value: Any, kinds: tuple[type, ...]) -> str:
    """What to write for a value of the wrong type, where its meaning can be guessed."""
    words = {"true": True, "false": False, "none": None}
    meant = value
    if isinstance(value, str):
        text = value.strip()
        if len(text) > SHORT.maxstring:
            return ""
        try:
            meant = words[text.lower()] if text.lower() in words else ast.literal_eval(text)
        except (ValueError, TypeError, SyntaxError):  # '{[]: 1}' is a TypeError
            return ""
    if isinstance(meant, list | tuple | dict) or (type(meant) is int and abs(meant) > LARGEST):
        return ""
    if isinstance(meant, float) and not math.isfinite(meant):
        return ""
    if isinstance(meant, float) and meant.is_integer() and float not in kinds:
        meant = int(meant)
    if value is not None and str in kinds:
        return f' Write "{value}", in quotes (papermill: -r {name} {value}).'
    if type(meant) is int and meant in (0, 1) and bool in kinds:
        meant = bool(meant)
    if type(meant) in kinds:
        return f" Write {meant} (papermill: -p {name} {meant})."
    return ""


def check_value(
    value: Any, choices: Collection[Any] | None, low: float | None, high: float | None
) -> None:
    if value is None:
        return
    if choices is not None and value not in choices:
        meant = nearest(value, choices) if isinstance(value, str) else None
        hint = f" Did you mean {meant!r}?" if meant else ""
        valid = ", ".join(repr(choice) for choice in choices)
        raise Problem(f"is {SHORT.repr(value)}, which is not possible.{hint} Valid: {valid}.")
    if isinstance(value, str):
        return
    if (low is not None and value < low) or (high is not None and value > high):
        if low is None:
            allowed = f"at most {high}"
        elif high is None:
            allowed = f"at least {low}"
        else:
            allowed = f"from {low} to {high}"
        raise Problem(f"is {value}; it must be {allowed}.")


def check_multiple(value: Any, of: int | None) -> None:
    if of is None or value is None or value % of == 0:
        return
    below = value - value % of
    nearest = " or ".join(str(near) for near in (below, below + of) if near > 0)
    raise Problem(f"is {value}; it must be a multiple of {of}, such as {nearest}.")
