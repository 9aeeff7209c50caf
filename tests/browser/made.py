"""The notebooks that the browser opens: copies with small settings, and some made for a test."""

from pathlib import Path

import nbformat

# Enough that every cell runs, few enough that it does not take long. Names that a notebook does
# not declare are left out for it.
SMALL = {
    "dataset": "sketches", "train_size": 2000, "epochs": 1, "samples": 1000, "synthetic_steps": 100,
    "toy_steps": 40, "gallery_steps": 20,
}  # fmt: skip


def declared(notebook: nbformat.NotebookNode) -> tuple[int, set[str]]:
    """The place of the parameters cell, and the names that it declares."""
    for place, cell in enumerate(notebook.cells):
        if "parameters" in cell.metadata.get("tags", []):
            lines = cell.source.splitlines()
            return place, {line.split(":")[0] for line in lines if ":" in line.split("#")[0]}
    raise AssertionError("no cell has the tag parameters")


def small_copy(source: Path, folder: Path, **parameters) -> str:
    """A copy of the notebook, with parameters put in as papermill does; its name."""
    notebook = nbformat.read(source, as_version=4)
    place, names = declared(notebook)
    given = {"run_dir": str(folder / f"run-{source.stem}")} | SMALL | parameters
    lines = [f"{name} = {value!r}" for name, value in given.items() if name in names]
    cell = nbformat.v4.new_code_cell("\n".join(["# Parameters", *lines]), id="injected")
    notebook.cells.insert(place + 1, cell)
    for each in notebook.cells:
        if each.cell_type == "code":
            each.outputs, each.execution_count = [], None
    nbformat.write(notebook, folder / source.name)
    return source.name


def new_notebook(folder: Path, name: str, *sources: str) -> str:
    """A notebook of these code cells, whose ids are cell-0, cell-1, ...; its name."""
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(sources)]
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    nbformat.write(notebook, folder / name)
    return name
