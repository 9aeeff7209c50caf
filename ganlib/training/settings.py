"""The settings of a run, as they stand in settings.json: described, completed, compared."""

import platform
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tensorflow as tf

from ganlib import files
from ganlib.data.dataset import DataSet
from ganlib.errors import GanlibError, RunError, SettingsError
from ganlib.recipes import Recipe, read_recipe

# Of settings.json; the first version had no number. Fields of a recipe: see recipes.read_recipe.
FORMAT = 1
TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 1}
SCHEMA = files.fields(
    {
        "recipe": files.fields({"name": TEXT}),
        "dataset": files.fields(
            {
                "name": TEXT,
                "image_shape": {"type": "array", "items": COUNT, "minItems": 3, "maxItems": 3},
                "class_names": {"type": "array", "items": TEXT, "minItems": 1},
            },
            {"title": TEXT, "sha256": TEXT, "part": TEXT, "images": COUNT},
        ),
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    },
    {"format": COUNT, "deterministic": {"type": "boolean"}, "score": TEXT},
)


def describe(
    recipe: Recipe, data: DataSet, *, seed: int, deterministic: bool, score: str = ""
) -> dict:
    """A run's settings: what made it, in JSON values."""
    return {
        "format": FORMAT,
        "recipe": asdict(recipe),
        "dataset": {
            "name": data.name,
            "title": data.title,
            "sha256": data.hash,
            "images": len(data),
            "part": data.part,
            "image_shape": list(data.image_shape),
            "class_names": list(data.class_names),
        },
        "seed": seed,
        "deterministic": deterministic,
        "score": score,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("ganlib", "tensorflow", "keras", "numpy")},
        "device": "GPU" if tf.config.list_physical_devices("GPU") else "CPU",
    }


def completed(settings: dict, path: Path) -> dict:
    """Settings, or a card, with the fields that an older version did not write.

    Raises:
        RunError: they are none of a run, or of a newer version.
    """
    try:
        files.check(settings, SCHEMA, path)
        if (found := settings.get("format", FORMAT)) > FORMAT:
            raise SettingsError(
                f"format {found} is of a newer ganlib than this one, which knows {FORMAT}; install "
                "that version."
            )
        recipe = read_recipe(settings["recipe"])
    except GanlibError as error:
        raise RunError(f"{path} holds no settings of a run: {error}") from error
    data = {"title": settings["dataset"]["name"], "sha256": "", "part": ""} | settings["dataset"]
    return settings | {"recipe": asdict(recipe), "dataset": data}


def differences(old: dict, new: dict) -> Iterator[tuple[str, Any, Any]]:
    """What makes two settings those of two runs: name, old and new value. The number of epochs
    does not: a run may be made longer."""
    for part in ("recipe", "dataset"):
        for name in sorted(set(old[part]) | set(new[part])):
            ours, theirs = old[part].get(name), new[part].get(name)
            if ours != theirs and name not in ("epochs", "summary"):
                yield f"{part}'s {name}", ours, theirs
    for name, default in (("seed", None), ("deterministic", False), ("score", "")):
        if old.get(name, default) != new.get(name, default):
            yield name, old.get(name, default), new.get(name, default)
