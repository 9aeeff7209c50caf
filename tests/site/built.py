"""The site, built once for the tests that look at it."""

import json
import shutil
from pathlib import Path

import build  # site/build.py

ADDRESS = "https://owner.github.io/course"


def build_both(folder: Path) -> dict[str, Path]:
    """The site without an address and with one, from one gathering."""
    source = folder / "source"
    source.mkdir()
    build.stage(source)
    made = {}
    for name, address in (("plain", ""), ("published", ADDRESS)):
        build.stage_notebooks(source, address)
        made[name] = folder / name
        build.render(source, made[name])
        if name == "plain":
            shutil.copytree(made[name], folder / "published")
    return made


def build_plain(folder: Path) -> Path:
    """The site without an address."""
    source = folder / "source"
    source.mkdir()
    build.stage(source)
    build.stage_notebooks(source, "")
    build.render(source, folder / "plain")
    return folder / "plain"


def described(folder: Path) -> dict[str, str]:
    """What the notebooks' pictures show, by the file's name."""
    return json.loads((folder / "source" / "told.json").read_text("utf-8"))["alternative_texts"]
