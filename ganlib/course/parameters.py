"""Validation of a notebook's parameters, before anything is trained.

papermill only logs a parameter that the notebook does not know, and passes ``-p flag false`` as the
text "false", which is true in Python. Both would silently train something other than what was
asked for; ``validate`` refuses both, with every other impossible value, in one error.

The parameters cell holds what most readers may want to change. A notebook that trains a recipe
takes every other field of it too, and ``deterministic``: by name from papermill
(``-p loss hinge``), and in JupyterLab from the dict ``overrides`` of that cell.
"""

import ast
import sys
import types
from collections.abc import Collection, Mapping
from typing import Any

from ganlib.course.values import SHORT, Problem, check_multiple, check_value, kinds_of, typed
from ganlib.data.load import DATASETS
from ganlib.errors import SettingsError, unknown_name

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
OVERRIDES = "overrides"


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

    Returns:
        The parameters by name; with overrides, ``overrides`` holds the fields of the recipe that
        are set, and ``deterministic`` is there as well.

    Raises:
        SettingsError: names every unknown parameter with its nearest valid name, every value
            of the wrong type with what to write, and every impossible value with its range.
        ValueError: a limit names a parameter that the notebook does not declare.
    """
    declared = _declared(namespace)
    takes_overrides = declared.pop(OVERRIDES, None) is not None
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

    given = {name for name in _given(namespace, declared) if name not in {*declared, OVERRIDES}}
    problems, values = [], {}
    for name, annotation in declared.items():
        try:
            value = typed(name, namespace, annotation)
            check_value(value, choices.get(name), minimum.get(name), maximum.get(name))
            check_multiple(value, (multiple or {}).get(name))
        except Problem as problem:
            problems.append(f"{name} {problem}")
        else:
            values[name] = value
    if takes_overrides:
        more, wrong = _overrides(namespace, declared, given, values)
        values |= more
        problems += wrong
    else:
        problems += [unknown_name(name, declared, "parameter") for name in sorted(given)]
    if problems:
        count = "A parameter is" if len(problems) == 1 else f"{len(problems)} parameters are"
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise SettingsError(f"{count} wrong; nothing has been trained.{lines}")
    return types.SimpleNamespace(**values)


def _overrides(
    namespace: Mapping[str, Any],
    declared: Mapping[str, Any],
    given: Collection[str],
    values: Mapping[str, Any],
) -> tuple[dict[str, Any], list[str]]:
    """What of a recipe is set beside the declared parameters: ``overrides``, the recipe's fields,
    and ``deterministic``; and what is wrong with it. None stands for the recipe's own."""
    from ganlib.recipes import FIELDS, get_recipe  # TensorFlow, which the rest does not wait for

    types_of = {name: kind for name, kind in FIELDS.items() if name not in declared}
    types_of["deterministic"] = bool
    found = namespace.get(OVERRIDES, {})
    if not isinstance(found, dict):
        return {}, [f'{OVERRIDES} is {SHORT.repr(found)}; it must be a dict: {{"loss": "hinge"}}.']
    found = found | {name: namespace[name] for name in given}
    changed, problems = {}, []
    for name, value in found.items():
        try:
            if name in declared:
                raise Problem("has a line of its own in the parameters cell: set it there.")
            if name not in types_of:
                problems.append(unknown_name(name, [*declared, *types_of], "parameter"))
            elif value is not None:
                changed[name] = typed(name, found, types_of[name])
                check_value(value, None, MINIMUM.get(name), MAXIMUM.get(name))
        except Problem as problem:
            problems.append(f"{name} {problem}")
    deterministic = changed.pop("deterministic", False)
    if changed and "recipe" in values:
        try:
            get_recipe(values["recipe"], **changed)
        except SettingsError as problem:
            problems.append(str(problem))
    return {OVERRIDES: changed, "deterministic": deterministic}, problems


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
        if kinds_of(annotation, namespace) or isinstance(namespace.get(name), PLAIN)
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
