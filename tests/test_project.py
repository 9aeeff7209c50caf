"""The files around the package agree with each other."""

import json
import re
import tomllib
from importlib.metadata import distributions

import pytest
from packaging.specifiers import SpecifierSet

from ganlib.paths import project_root
from ganlib.recipes import RECIPES
from ganlib.runs import PRETRAINED

ROOT = project_root()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


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
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    }
    extras = PROJECT["optional-dependencies"]
    wanted = PROJECT["dependencies"] + extras["test"] + extras["tfds"]
    names = {re.match(r"[A-Za-z0-9._-]+", text)[0].lower().replace("_", "-") for text in wanted}
    assert names - pinned == set()


def test_readme_names_every_recipe_notebook_and_make_target():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in RECIPES if f"`{name}`" not in readme] == []
    notebooks = [path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")]
    assert [name for name in notebooks if f"notebooks/{name}" not in readme] == []
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.M)
    for target in re.findall(r"make ([a-z]+)", readme):
        assert target in targets or target in ("and",)


def test_readme_gives_the_command_that_trained_the_shipped_conditional_gan():
    card = json.loads((PRETRAINED / "cgan" / "generator.json").read_text("utf-8"))
    assert f"    {card['command']}\n" in (ROOT / "README.md").read_text("utf-8")


def test_readme_shows_only_figures_that_are_there():
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme)
    assert shown
    assert [path for path in shown if not (ROOT / path).is_file()] == []
