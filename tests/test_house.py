"""The package's own order: what may import what, and where each public name is found."""

import ast
import importlib
import re
import subprocess
import sys

import nbformat
import pytest

import ganlib
from benchmarks import house
from ganlib.paths import project_root

NOTEBOOKS = sorted((project_root() / "notebooks").glob("[0-9]*.ipynb"))
FOLDERS = ("data", "evaluation", "plotting", "training", "widgets")


def test_no_modules_import_one_another_in_a_ring():
    assert house.circles() == []
    assert house.numbers()["arrows"] > 100  # or the walk has found nothing


def test_the_library_never_imports_the_courseware():
    importers = {source for source, target in house.between_folders() if target == "ganlib.course"}
    assert importers == set()


def test_modules_are_short_and_few_lie_flat():
    assert {name: house.lines(name) for name in house.FILES if house.lines(name) > 300} == {}
    flat = [name for name in house.FILES if name.count(".") == 1 and not house.is_folder(name)]
    assert len(flat) <= 16


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import ganlib", ["numpy", "tensorflow", "keras", "matplotlib"]),
        ("import ganlib.data", ["tensorflow", "keras", "matplotlib"]),
        ("import ganlib.plotting", ["tensorflow", "keras"]),
        # Keras itself loads matplotlib.
        ("import ganlib; ganlib.train", ["ganlib.plotting", "ganlib.widgets", "ipywidgets"]),
        ("import ganlib; ganlib.load_run", ["ganlib.plotting", "ganlib.widgets", "ipywidgets"]),
    ],
)
def test_an_import_loads_only_what_it_needs_and_changes_nothing(code, absent):
    told = "import os, sys; before = dict(os.environ); {}; print(before == dict(os.environ))\n{}"
    loaded = f"print(*sorted({absent} & sys.modules.keys()))".replace("[", "{").replace("]", "}")
    done = subprocess.run(
        [sys.executable, "-c", told.format(code, loaded)], capture_output=True, text=True
    )
    assert done.stdout.split("\n")[:2] == ["True", ""], done.stderr


def test_a_public_name_has_one_address():
    homes = {}
    for folder in FOLDERS:
        for name in importlib.import_module(f"ganlib.{folder}").__all__:
            homes.setdefault(name, []).append(folder)
    twice = {name: found for name, found in homes.items() if len(found) > 1}
    assert twice == {"neighbours": ["evaluation", "widgets"]}  # a module, and its explorer


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_import_public_names_from_their_one_address(path):
    code = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    wrong = []
    for node in ast.walk(ast.parse("\n".join(code))):
        if not isinstance(node, ast.ImportFrom) or not node.module.startswith("ganlib"):
            continue
        folder = node.module.split(".")[1] if "." in node.module else ""
        if folder in FOLDERS and node.module.count(".") > 1 and "sketches" not in node.module:
            wrong.append(f"{node.module} is inside a folder")
        wrong += [
            f"{node.module}.{alias.name} is ganlib.{alias.name}"
            for alias in node.names
            if alias.name in ganlib.__all__ and node.module != "ganlib"
        ]
    assert wrong == []


def test_the_picture_of_the_house_shows_all_modules():
    shown = (project_root() / "docs" / "house.svg").read_text("utf-8")
    words = set(re.findall(r"[\w.]+", " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", shown))))
    for name in house.arrows():
        short = name.removeprefix(house.folder(name) + ".")
        assert short in words, "python -m benchmarks.house --write draws it anew"
