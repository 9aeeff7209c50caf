"""The files around the package agree with each other."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, distributions
from importlib.metadata import packages_distributions as distributions_by_package

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from benchmarks.reading import COMPUTING, head, notebooks, seconds_of, table
from ganlib.paths import PRETRAINED, project_root
from ganlib.recipes import FIELDS, RECIPES

ROOT = project_root()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINNED = {
    canonicalize_name(name): version
    for name, version in (
        line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split()
    )
}


def distributions_in(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def needed_by(requirements: list[str]) -> set[str]:
    """The installed distributions among the requirements and all that those require."""
    needed, waiting = set(), [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in ("", *wanted.extras):
            if (name, extra) in needed:
                continue
            try:
                more = [Requirement(text) for text in distribution(name).requires or ()]
            except PackageNotFoundError:  # of an extra that is not installed here
                continue
            needed.add((name, extra))
            waiting += [r for r in more if r.marker is None or r.marker.evaluate({"extra": extra})]
    return {name for name, _ in needed}


def test_constraints_hold_names_and_versions_only():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [x for x in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+]+", x)] == []


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
def test_every_pinned_version_that_is_installed_runs_on_every_python(python):
    """Debian 12, for one, has Python 3.11.2, on which what asks for 3.11.5 cannot be installed."""
    refused = []
    for line in (ROOT / "constraints.txt").read_text("utf-8").split():
        name, version = line.split("==")
        for installed in distributions(name=name):
            wanted = installed.metadata["Requires-Python"] or ""
            if installed.version == version and not SpecifierSet(wanted).contains(python):
                refused.append(f"{line} wants Python {wanted}")
    assert refused == []


def test_every_dependency_is_pinned():
    extras = [text for name in ("test", "tfds", "export", "site") for text in EXTRAS[name]]
    wanted = distributions_in(PROJECT["dependencies"] + extras)
    assert wanted - PINNED.keys() == {"ganlib"}  # "test" asks for two of its own extras


def test_all_that_the_dependencies_need_is_pinned_and_the_installers_too():
    needed = needed_by(PROJECT["dependencies"] + EXTRAS["test"])
    assert len(needed) > 100  # or the walk has found nothing
    assert "sphinx" in needed  # by way of the extra "site"
    assert (needed | {"pip", "setuptools"}) - PINNED.keys() == {"ganlib"}


def test_everything_imported_is_declared():
    imported = set()
    for path in (ROOT / "ganlib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.split(".")[0])
    imported -= {"ganlib", *sys.stdlib_module_names}
    declared = distributions_in(PROJECT["dependencies"] + EXTRAS["tfds"])
    known = distributions_by_package() | {"tensorflow_datasets": ["tensorflow-datasets"]}
    assert "numpy" in imported
    undeclared = [
        name
        for name in sorted(imported)
        if not declared & {canonicalize_name(each) for each in known.get(name, ())}
    ]
    assert undeclared == []


def test_make_brings_the_pinned_installers_before_all_else():
    recipe = (ROOT / "Makefile").read_text("utf-8").partition(".venv/ready:")[2]
    first, *_ = re.findall(r"-m pip install (.+)", recipe)
    assert {"--upgrade", "pip", "setuptools"} <= set(first.split())
    assert "-c constraints.txt" in first


DOCUMENTS = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


def document(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_readme_names_every_notebook_and_the_documents_only_targets_of_make():
    readme = document("README.md")
    notebooks = [path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")]
    assert [name for name in notebooks if f"notebooks/{name}" not in readme] == []
    targets = re.findall(r"^([a-z-]+):", document("Makefile"), flags=re.M)
    named = {
        name: set(re.findall(r"(?:`|^    )make\s+([a-z-]+)", document(name), flags=re.M))
        for name in DOCUMENTS
    }
    assert {"course", "test"} <= named["README.md"]
    assert {name: found - {*targets} for name, found in named.items() if found - {*targets}} == {}


def test_every_recipe_and_every_field_of_one_is_documented():
    recipes = document("docs/recipes.md")
    changeable = set(FIELDS) - {"conditional"}  # that a recipe takes labels is what it is
    assert [name for name in (*RECIPES, *changeable) if f"`{name}`" not in recipes] == []


def test_the_command_that_trained_the_shipped_conditional_gan_is_given():
    card = json.loads((PRETRAINED / "cgan" / "generator.json").read_text("utf-8"))
    assert f"    {card['command']}\n" in document("docs/recipes.md")


def test_readme_shows_pictures_and_links_to_every_document():
    readme = document("README.md")
    assert re.findall(r"!\[[^\]]+\]\(", readme)
    assert [name for name in DOCUMENTS[1:] if f"]({name})" not in readme] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_figures_and_links_of_a_document_are_there(name):
    text, folder = document(name), (ROOT / name).parent
    places = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [place for place in places if not (folder / place).exists()] == []


def test_the_readmes_table_is_of_the_notebooks_as_they_are():
    assert f"{table(notebooks(), COMPUTING)}\n<!-- reading:end -->" in document("README.md")


def test_each_notebook_tells_the_same_minutes_as_the_table():
    seconds = seconds_of(COMPUTING)
    for name, found in notebooks().items():
        first = json.loads((ROOT / f"notebooks/{name}.ipynb").read_text("utf-8"))["cells"][0]
        assert head(found, seconds[name]) in "".join(first["source"])


def test_the_teachers_plans_name_sections_and_exercises_that_are_there():
    text = document("docs/teaching.md")
    notebook, exercises = {}, {}
    for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        sources = "\n".join("".join(cell["source"]) for cell in cells)
        notebook[path.stem[:2]] = set(re.findall(r"^## (\d+)\. ", sources, flags=re.M))
        ids = "\n".join(cell["id"] for cell in cells)
        exercises[path.stem[:2]] = set(re.findall(r"-ex(\d)$", ids, flags=re.M))
    named = re.findall(r"\b(\d\d), sections? (\d+)(?: and (\d+))?", text)
    assert len(named) > 8
    wrong = [(n, s) for n, *many in named for s in many if s and s not in notebook[n]]
    set_as_tasks = re.findall(r"\b(\d\d)(?:-|, exercise )(\d)\b", text)
    assert set_as_tasks
    assert wrong + [(n, e) for n, e in set_as_tasks if e not in exercises[n]] == []


def test_the_tests_in_a_browser_can_be_collected():
    """``make test`` leaves them out: a broken import would first show in ``make browser``."""
    files = sorted((ROOT / "tests/browser").glob("*in_browser.py"))
    assert len(files) > 4
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *files]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    skipped = said.returncode == pytest.ExitCode.NO_TESTS_COLLECTED and "SKIPPED" in said.stdout
    assert said.returncode == pytest.ExitCode.OK or skipped, said.stdout
