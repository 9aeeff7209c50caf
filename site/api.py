"""The pages of ganlib's public names, written from its folders and their docstrings."""

import importlib
import inspect
from pathlib import Path

import ganlib

# In the order in which somebody would look for them.
FOLDERS = ("data", "training", "evaluation", "plotting", "widgets", "export")
MODULES = (
    "gan", "conditioning", "models", "layers", "losses", "penalties", "augment", "noise", "recipes",
    "building", "images", "weights", "errors",
)  # fmt: skip


def write(folder: Path) -> None:
    """Writes a page for each of ganlib's folders and modules, and one that lists them."""
    folder.mkdir()
    for name in FOLDERS:
        module = importlib.import_module(f"ganlib.{name}")
        # A module comes last: what follows it would be looked for in it.
        names = sorted(module.__all__, key=lambda each: inspect.ismodule(getattr(module, each)))
        _write(folder / f"{name}.rst", module, [_entry(module, each) for each in names])
    for name in MODULES:
        module = importlib.import_module(f"ganlib.{name}")
        entries = [_entry(module, each) for each in _own_names(module)]
        _write(folder / f"{name}.rst", module, entries)
    rows = "\n".join(_row(name) for name in (*FOLDERS, *MODULES))
    usual = "\n".join(f"* :py:obj:`ganlib.{name} <{_address(name)}>`" for name in ganlib.__all__)
    (folder / "index.rst").write_text(
        f"The library\n===========\n\n{ganlib.__doc__.splitlines()[0]}\n\n"
        f"These names are in ``ganlib`` itself:\n\n{usual}\n\n"
        f"And these are its folders and modules:\n\n{rows}\n",
        "utf-8",
    )


def addresses() -> dict[str, str]:
    """Where a name is described, by the other names under which code may know it: that in ganlib
    itself, and that in the module which defines it."""
    told = {f"ganlib.{name}": f"{home}.{name}" for name, home in ganlib._HOMES.items()}
    for folder in FOLDERS:
        module = importlib.import_module(f"ganlib.{folder}")
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isroutine(value):
                told[f"{value.__module__}.{value.__qualname__}"] = f"{module.__name__}.{name}"
    return told


def _own_names(module) -> list[str]:
    """The public classes and functions that a module makes itself, and what ganlib hands on."""

    def own(name: str, value) -> bool:
        made_here = getattr(value, "__module__", None) == module.__name__
        kind = inspect.isclass(value) or inspect.isroutine(value)
        return (made_here and kind) or ganlib._HOMES.get(name) == module.__name__

    found = vars(module).items()
    return [name for name, value in found if not name.startswith("_") and own(name, value)]


def _entry(module, name: str) -> str:
    value = getattr(module, name)
    if inspect.isclass(value):
        return f".. autoclass:: {name}\n   :members:\n   :exclude-members: set\n"
    if inspect.isroutine(value):
        return f".. autofunction:: {name}\n"
    if inspect.ismodule(value):
        return f".. automodule:: {value.__name__}\n   :members:\n"
    if isinstance(value, dict | tuple):
        return f".. py:data:: {name}\n\n   One of {', '.join(map(str, value))}.\n"
    return f".. py:data:: {name}\n   :value: {value!r}\n"


def _address(name: str) -> str:
    """Where a name of ``ganlib`` itself is described."""
    home = ganlib._HOMES[name]
    return f"{home}.{name}"


def _row(name: str) -> str:
    summary = importlib.import_module(f"ganlib.{name}").__doc__.partition("\n\n")[0]
    return f"* :doc:`ganlib.{name} <{name}>`: {' '.join(summary.split())}"


def _write(path: Path, module, entries: list[str]) -> None:
    title = module.__name__
    doc = inspect.cleandoc(module.__doc__)
    body = "\n".join(entries)
    path.write_text(
        f"{title}\n{'=' * len(title)}\n\n.. currentmodule:: {module.__name__}\n\n{doc}\n\n{body}",
        "utf-8",
    )
