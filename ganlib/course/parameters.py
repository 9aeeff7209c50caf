"""Validation of a notebook's parameters, before anything is trained.

papermill only logs a parameter that the notebook does not know, and passes ``-p flag false`` as the
text "false", which is true in Python. Both would silently train something other than what was
asked for; ``validate`` refuses both, with every other impossible value, in one error.
"""

import ast
import math
import reprlib
import sys
import types
import typing
from collections.abc import Collection, Mapping
from typing import Any

from ganlib.data.load import DATASETS
from ganlib.errors import SettingsError, nearest, unknown_name

# The well-known parameters, so that the notebooks need not repeat them.
CHOICES: Mapping[str, tuple[str, ...]] = types.MappingProxyType({"dataset": DATASETS})
MINIMUM: Mapping[str, float] = types.MappingProxyType(
    {"epochs": 1, "batch_size": 2, "train_size": 0, "latent_dim": 1, "seed": 0}
)
MAXIMUM: Mapping[str, float] = types.MappingProxyType(
    {"batch_size": 4096, "latent_dim": 4096, "seed": 2**31 - 1}
)

# What papermill can pass: parameters are made of these, models and arrays are not.
PLAIN = (int, float, str, bool, type(None), list, tuple, dict)
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


def validate(
    namespace: Mapping[str, Any],
    *,
    choices: Mapping[str, Collection[Any]] | None = None,
    minimum: Mapping[str, float] | None = None,
    maximum: Mapping[str, float] | None = None,
    multiple: Mapping[str, int] | None = None,
) -> types.SimpleNamespace:
    """Check a notebook's parameters and return them, each with its declared type.

    Called in the cell after the parameters as ``parameters = settings.validate(globals())``.

    Args:
        namespace: the notebook's ``globals()``. Its annotated assignments
            (``epochs: int = 2``) declare the parameters: int, float, bool or str, or a union
            of these with each other or with None.
        choices: the values allowed, by parameter, such as ``{"recipe": ("mlp", "dcgan")}``.
        minimum: the smallest value allowed, by parameter.
        maximum: the largest value allowed, by parameter. All three are added to the limits of
            the well-known names (``CHOICES``, ``MINIMUM``, ``MAXIMUM``), and win over them.
        multiple: what a whole number must be a multiple of, by parameter.

    Raises:
        SettingsError: names every unknown parameter with its nearest valid name, every value
            of the wrong type with what to write, and every impossible value with its range.
        ValueError: a limit names a parameter that the notebook does not declare.
    """
    declared = _declared(namespace)
    if not declared:
        raise SettingsError(
            "No parameters found: run the parameters cell first. "
            "It declares each one with its type, such as `epochs: int = 2`."
        )
    for limits in (choices, minimum, maximum, multiple):
        for name in limits or ():
            if name not in declared:
                raise ValueError(f"a limit is given for {name!r}, which no parameter is called")
    choices = {**CHOICES, **(choices or {})}
    minimum = {**MINIMUM, **(minimum or {})}
    maximum = {**MAXIMUM, **(maximum or {})}

    problems = [
        unknown_name(name, declared, "parameter")
        for name in _given(namespace, declared)
        if name not in declared
    ]
    values = {}
    for name, annotation in declared.items():
        try:
            value = _typed(name, namespace, annotation)
            _check_value(value, choices.get(name), minimum.get(name), maximum.get(name))
            _check_multiple(value, (multiple or {}).get(name))
        except _Problem as problem:
            problems.append(f"{name} {problem}")
        else:
            values[name] = value
    if problems:
        count = "A parameter is" if len(problems) == 1 else f"{len(problems)} parameters are"
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise SettingsError(f"{count} wrong; nothing has been trained.{lines}")
    return types.SimpleNamespace(**values)


class _Problem(Exception):
    """What is wrong with one value, and what to write instead."""


def _declared(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with their annotations.

    A later cell may annotate a variable too, such as ``model: GAN = ...``; it is no parameter if
    neither its annotation nor its value is one that papermill could pass.
    """
    annotations = namespace.get("__annotations__")
    if annotations is None:  # Python 3.14 makes them when the module is asked for them
        module = sys.modules.get(namespace.get("__name__", ""))
        annotations = getattr(module, "__annotations__", {})
    return {
        name: annotation
        for name, annotation in annotations.items()
        if _kinds(annotation, namespace) or isinstance(namespace.get(name), PLAIN)
    }


def _given(namespace: Mapping[str, Any], declared: Collection[str]) -> list[str]:
    """The names that were set from outside, most of them declared ones.

    These are the assignments of the cell that papermill puts after the parameters cell; names that
    other cells made are none of our business, so that the validation cell can be run again later.
    papermill runs IPython: a script, such as nbconvert makes of a notebook, was given nothing.
    """
    for source in reversed(namespace.get("In", ())):
        targets = _assigned(source)
        if source.startswith("# Parameters"):
            return list(targets)
        if any(annotated and name in declared for name, annotated in targets.items()):
            return []  # the parameters cell ran after papermill's, or there is none
    return []


def _assigned(source: str) -> dict[str, bool]:
    """The names that a cell assigns at its top level, and whether each is annotated."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):  # such a cell never ran
        return {}
    targets = {}
    for statement in statements:
        if isinstance(statement, ast.AnnAssign):
            targets[ast.unparse(statement.target)] = True
        elif isinstance(statement, ast.Assign):
            targets.update((ast.unparse(target), False) for target in statement.targets)
    return targets


def _kinds(annotation: Any, namespace: Mapping[str, Any]) -> tuple[type, ...]:
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


def _typed(name: str, namespace: Mapping[str, Any], annotation: Any) -> Any:
    """The parameter's value if it has the declared type (an int will do for a float)."""
    kinds = _kinds(annotation, namespace)
    if not kinds:
        raise _Problem(f"is annotated as {annotation!r}; it must be int, float, bool or str.")
    if name not in namespace:
        raise _Problem("is declared without a value.")
    value = namespace[name]
    if type(value) is int and int in kinds and abs(value) > LARGEST:
        raise _Problem(f"is too large; it must be at most {LARGEST}.")
    # `type(...) in`, not isinstance: True is an int in Python, but not a number of epochs.
    if type(value) is int and float in kinds and int not in kinds:
        try:
            return float(value)
        except OverflowError:
            raise _Problem("is too large for a floating-point number.") from None
    if type(value) not in kinds:
        wanted = " or ".join(KINDS[kind] for kind in kinds)
        raise _Problem(f"is {_describe(value)}; it must be {wanted}.{_remedy(name, value, kinds)}")
    if type(value) is float and not math.isfinite(value):
        raise _Problem(f"is {value}; it must be a finite number.")
    return value


def _describe(value: Any) -> str:
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


def _check_value(
    value: Any, choices: Collection[Any] | None, low: float | None, high: float | None
) -> None:
    if value is None:
        return
    if choices is not None and value not in choices:
        meant = nearest(value, choices) if isinstance(value, str) else None
        hint = f" Did you mean {meant!r}?" if meant else ""
        valid = ", ".join(repr(choice) for choice in choices)
        raise _Problem(f"is {SHORT.repr(value)}, which is not possible.{hint} Valid: {valid}.")
    if isinstance(value, str):
        return
    if (low is not None and value < low) or (high is not None and value > high):
        if low is None:
            allowed = f"at most {high}"
        elif high is None:
            allowed = f"at least {low}"
        else:
            allowed = f"from {low} to {high}"
        raise _Problem(f"is {value}; it must be {allowed}.")


def _check_multiple(value: Any, of: int | None) -> None:
    if of is None or value is None or value % of == 0:
        return
    below = value - value % of
    nearest = " or ".join(str(near) for near in (below, below + of) if near > 0)
    raise _Problem(f"is {value}; it must be a multiple of {of}, such as {nearest}.")


def overrides_in(parameters: types.SimpleNamespace) -> dict:
    """The fields of a recipe among a notebook's parameters, those left at None aside: what
    ``get_recipe`` and ``ganlib.train`` take."""
    from ganlib.recipes import Recipe  # TensorFlow, which a wrong parameter need not wait for

    given = vars(parameters).items()
    names = Recipe.__dataclass_fields__
    return {name: value for name, value in given if name in names and value is not None}
