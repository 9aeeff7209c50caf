"""Cells run out of order: a missing name's error says which cell of the notebook makes it."""

import ast
import json
import os
import re
from pathlib import Path

ADVICE = "Run the cells above first (in JupyterLab: Run, Run All Above Selected Cell)."

# What is assigned inside these is not seen outside.
OWN_SCOPE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def explain_missing_names() -> None:
    """From now on a ``NameError`` in this notebook names the cell that makes the missing name."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:  # a program may import ipykernel without being one
        shell.set_custom_exc((NameError,), _show)


def _show(shell, kind, error, trace, tb_offset=None):
    """The traceback as always, with the advice behind the error's own words."""
    name = getattr(error, "name", None)
    if name and name not in shell.user_ns:
        error.args = (f"{error}. {advice(name, _notebook())}",)
    return shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)


def _notebook() -> Path | None:
    """The file of the notebook that this kernel belongs to, as Jupyter's server tells it."""
    session = os.environ.get("JPY_SESSION_NAME", "")
    return Path(session) if session.endswith(".ipynb") else None


def advice(name: str, notebook: Path | None) -> str:
    """Which cell of the notebook to run first, by its heading; in general where that is not known.

    The notebook is read as it was last saved."""
    if notebook is None:
        return ADVICE
    try:
        return _place(name, json.loads(notebook.read_text("utf-8"))["cells"]) or ADVICE
    except (OSError, ValueError, KeyError, TypeError):  # not there, or no notebook
        return ADVICE


def _place(name: str, cells: list[dict]) -> str | None:
    heading = None
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            prose = re.sub(r"^```.*?^```", "", source, flags=re.M | re.S)  # a # in code is no title
            titles = re.findall(r"^#+ +(.+)$", prose, flags=re.M)
            heading = titles[-1] if titles else heading
        elif cell["cell_type"] == "code" and name in names_made(source):
            place = f"The cell under '{heading}' makes" if heading else "A cell at the top makes"
            first = source.strip().splitlines()[0]
            return f"{place} `{name}` (it begins with `{first}`): run that one first."
    return None


def names_made(source: str) -> set[str]:
    """The names that a cell's top level assigns, defines or imports, loops included."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return set()
    made = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            made.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            made |= {(each.asname or each.name).split(".")[0] for each in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif not isinstance(node, OWN_SCOPE):
            waiting += ast.iter_child_nodes(node)
    return made
