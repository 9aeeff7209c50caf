"""Builds the site into site/build from the committed notebooks, the pages of docs/ and ganlib.

python site/build.py [FOLDER]     needs no network; the notebooks are not run again
"""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from string import Template

import api
import nbformat
from cells import NOTEBOOKS, ROOT, alternative_texts, shown, taken_away

import ganlib
from ganlib.course.play.__main__ import page as game
from ganlib.export.page import page_of

SITE = ROOT / "site"
BUILD = SITE / "build"
COURSE = "gans-step-by-step"  # the course to download, and its folder
# All that is committed goes into it, and nothing that was made by running it.
FOLDERS = (
    "ganlib", "notebooks", "docs", "figures", "benchmarks", "tests", "site", ".devcontainer", ".ci",
)  # fmt: skip
FILES = (
    "README.md", "LICENSE", "Makefile", "pyproject.toml", "constraints.txt", "environment.yml",
    ".gitignore",
)  # fmt: skip
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "build", "runs")


def address() -> str:
    """Where the site is published; "" for nowhere."""
    return tomllib.loads((SITE / "settings.toml").read_text("utf-8"))["address"].rstrip("/")


def stage(folder: Path) -> None:
    """Gathers all that the site is made of, but for the notebooks."""
    for name in ("docs", "figures"):
        shutil.copytree(ROOT / name, folder / name)
    for page in (folder / "docs").glob("*.md"):  # what they want of the README is a page here
        page.write_text(page.read_text("utf-8").replace("../README.md", "../start.md"), "utf-8")
    (folder / "benchmarks").mkdir()
    for table in (ROOT / "benchmarks").glob("*.csv"):
        shutil.copy(table, folder / "benchmarks")
    for page in [*(SITE / "pages").iterdir(), ROOT / "README.md"]:
        shutil.copy(page, folder)
    for name in ("conf.py", "site.css", "favicon.svg"):
        shutil.copy(SITE / name, folder)
    api.write(folder / "api")
    beside = folder / "beside"  # what the site carries beside its pages
    beside.mkdir()
    drawing = page_of(
        ganlib.load_pretrained("cgan"),
        title="Draw garments",
        header=header("play.html", "play the game"),
    )
    (beside / "garments.html").write_text(drawing, "utf-8")
    on = header("notebooks/01_vanilla_gan.html", "a whole GAN, in a notebook")
    (beside / "play.html").write_text(game(on), "utf-8")
    build_wheel(beside)
    course = pack_course(beside)
    start = folder / "start.md"
    size = f"{course.stat().st_size / 1e6:.0f} MB"
    start.write_text(start.read_text("utf-8").replace("SIZE", size), "utf-8")


def header(on: str, words: str) -> str:
    """What stands above a page that Sphinx does not make: the way back to the course, the way
    ``on``, and the reader's choice of light or dark."""
    return Template((SITE / "header.html").read_text("utf-8")).substitute(on=on, words=words)


def stage_notebooks(folder: Path, published: str) -> None:
    """Adds the notebooks to what ``stage`` gathered; where the site has an address, also as files
    to take away."""
    beside, alts = folder / "beside", {}
    (folder / "notebooks").mkdir(exist_ok=True)
    (wheel,) = beside.glob("*.whl")
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, 4)
        alts |= alternative_texts(notebook)
        page = shown(notebook, path.stem, published)
        nbformat.write(page, folder / "notebooks" / path.name)
        if published:
            (beside / "notebooks").mkdir(exist_ok=True)
            taken = taken_away(notebook, f"{published}/{wheel.name}")
            nbformat.write(taken, beside / "notebooks" / path.name)
    told = {"alternative_texts": alts, "addresses": api.addresses()}
    (folder / "told.json").write_text(json.dumps(told), "utf-8")


def build_wheel(folder: Path) -> None:
    """The package as a wheel, built of a copy: setuptools leaves its traces."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        source.mkdir()
        shutil.copytree(ROOT / "ganlib", source / "ganlib", ignore=LEFT_OUT)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source)
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--no-build-isolation", "-w", folder, source], check=True)


def pack_course(folder: Path) -> Path:
    """The whole course as a ZIP file."""
    with tempfile.TemporaryDirectory() as place:
        course = Path(place) / COURSE
        for name in FOLDERS:
            shutil.copytree(ROOT / name, course / name, ignore=LEFT_OUT)
        for name in FILES:
            shutil.copy(ROOT / name, course)
        return Path(shutil.make_archive(str(folder / COURSE), "zip", place, COURSE))


def render(folder: Path, made: Path) -> None:
    """The pages of what was gathered in ``folder``.

    Raises:
        CalledProcessError: Sphinx had a warning or an error.
    """
    sphinx = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    subprocess.run([*sphinx, "-d", folder.parent / "doctrees", folder, made], check=True)
    (made / ".nojekyll").touch()  # GitHub Pages would leave out folders that begin with _


def main() -> None:
    target = Path(sys.argv[1]) if sys.argv[1:] else BUILD
    with tempfile.TemporaryDirectory() as place:
        folder, made = Path(place) / "source", Path(place) / "made"
        folder.mkdir()
        stage(folder)
        stage_notebooks(folder, address())
        render(folder, made)
        if target.exists():  # only when there is a new one to take its place
            shutil.rmtree(target)
        shutil.copytree(made, target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target / 'index.html'}: open it in a browser. {size / 1e6:.0f} MB in all.")


if __name__ == "__main__":
    main()
