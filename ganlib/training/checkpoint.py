"""Checkpoints: written whole or not at all, verified before they are used.

A checkpoint is a folder ``step-00001875/`` with ``state.npz`` (arrays), ``meta.json`` and, written
last, ``manifest.json`` with the SHA-256 of both. It is made under a temporary name and renamed, so
a crash at any moment leaves either the old state of affairs or the new one.
"""

import hashlib
import math
import os
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganlib import files
from ganlib.errors import GanlibError, RunError

MANIFEST = "manifest.json"
FILES = ("state.npz", "meta.json")
NAME = re.compile(r"step-(\d{8,12})")

NUMBER, COUNT = {"type": ["number", "null"]}, {"type": "integer", "minimum": 0}
META = files.fields(
    {
        "rows": {"type": "array", "items": {"type": "object", "additionalProperties": NUMBER}},
        "seconds": {"type": "array", "items": {"type": "number"}},
        "elapsed": {"type": "number"},
    },
    {"best": {"anyOf": [{"type": "null"}, files.fields({"step": COUNT, "score": NUMBER})]}},
)


class DamagedError(RunError):
    """A file of a checkpoint is missing, cut off or altered: reading it again will not help."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a run needs to go on: ``arrays`` by name, ``meta`` (JSON values), step;
    the ``folder`` that it was read from."""

    arrays: dict[str, np.ndarray]
    meta: dict
    step: int = 0
    folder: Path | None = None

    def rows(self) -> list[dict]:
        """The lines of history; JSON has null for a score that was not measured."""
        return [
            {name: math.nan if value is None else value for name, value in row.items()}
            for row in self.meta["rows"]
        ]


def sha256(path: Path) -> str:
    with files.open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save(
    parent: Path, step: int, checkpoint: Checkpoint, *, keep: int = 2, best: int | None = None
) -> Path:
    """Writes ``parent/step-…`` and deletes all but the ``keep`` newest and the one of step
    ``best``.

    What is already there for this step, and whole, stays: state is a function of the step.

    Raises:
        FileError: the disk is full or the folder cannot be written; older checkpoints stay whole.
        RunError: what is there for this step cannot be read.
    """
    final = parent / f"step-{step:08d}"
    if not _is_whole(final):
        with files.telling(final):
            files.sweep(parent)
            temporary = files.temporary_name(final)
            temporary.mkdir()
            try:
                np.savez(temporary / "state.npz", allow_pickle=False, **checkpoint.arrays)
                files.flush(temporary / "state.npz")
                files.write_json(temporary / "meta.json", checkpoint.meta)
                sums = {name: sha256(temporary / name) for name in FILES}
                files.write_json(temporary / MANIFEST, sums)
                if final.exists():
                    _set_aside(final)
                os.replace(temporary, final)
                files.flush(parent)
            except BaseException:
                shutil.rmtree(temporary, ignore_errors=True)
                raise
    for old in checkpoints(parent)[:-keep]:
        if best is None or step_of(old) != best:
            _remove(old)
    return final


def assign(checkpoint: Checkpoint, owner: str, variables: list) -> None:
    """Gives an owner's variables their values back, in the order in which they were saved.

    Raises:
        RunError: a value is missing or of another shape; those before it have been assigned.
    """
    for k, variable in enumerate(variables):
        value = checkpoint.arrays.get(f"{owner}/{k}")
        if value is None or value.shape != tuple(variable.shape):
            there = "missing" if value is None else f"of shape {value.shape}"
            raise RunError(
                f"{checkpoint.folder} does not fit this recipe: {owner}/{k} is {there} there, "
                f"{tuple(variable.shape)} here. Another version of ganlib wrote it: choose another "
                "run_dir."
            )
        variable.assign(value)


def _is_whole(folder: Path) -> bool:
    if not folder.exists():
        return False
    try:
        load(folder)
    except DamagedError:
        return False
    return True


def step_of(folder: Path) -> int:
    """The step in a checkpoint's name."""
    return int(NAME.fullmatch(folder.name)[1])


def checkpoints(parent: Path) -> list[Path]:
    """The checkpoint folders below ``parent``, oldest first; not those that were set aside."""
    return sorted((p for p in parent.glob("step-*") if NAME.fullmatch(p.name)), key=step_of)


def newest_step(parent: Path) -> int:
    """The step of the newest checkpoint by name; -1 where there is none."""
    return max(map(step_of, checkpoints(parent)), default=-1)


def load(folder: Path) -> Checkpoint:
    """Reads one checkpoint after checking every file against its manifest.

    Raises:
        DamagedError: names the file that is missing, cut off or altered.
        RunError: a file could not be read, which says nothing of what it holds.
    """
    try:
        sums = files.fields({name: {"type": "string"} for name in FILES})
        manifest = files.read_json(folder / MANIFEST, sums)
        for name in FILES:
            if sha256(folder / name) != manifest[name]:
                raise DamagedError(
                    f"{folder / name} is damaged: its SHA-256 is not the manifest's."
                )
        meta = files.read_json(folder / "meta.json", META)
        with files.open_regular(folder / "state.npz") as file, np.load(file) as state:
            arrays = {name: state[name] for name in state.files}
        return Checkpoint(arrays, meta, step_of(folder), folder)
    except DamagedError:
        raise
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DamagedError(f"{error.filename} is missing.") from error
    except OSError as error:
        raise RunError(
            f"The checkpoint {folder} could not be read: {error.strerror or error}. It may be "
            "whole, so nothing was changed. Mend that (permissions, the disk), and run the same "
            "again."
        ) from error
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile, GanlibError) as error:
        raise DamagedError(f"The checkpoint {folder} cannot be read: {error}") from error


def load_newest(parent: Path, *, mend: bool = True) -> tuple[Checkpoint | None, list[str]]:
    """The newest checkpoint that verifies, and what was wrong with newer ones.

    With ``mend`` a damaged one is set aside as ``step-….damaged``, never deleted.

    Raises:
        RunError: one could not be read.
    """
    notices = []
    for folder in reversed(checkpoints(parent)):
        try:
            return load(folder), notices
        except DamagedError as error:
            aside = f" It was set aside as {_set_aside(folder).name}." if mend else ""
            notices.append(f"{error}{aside}")
    return None, notices


def best_whole(parent: Path, newest: Checkpoint) -> dict | None:
    """Step and score of the best checkpoint that is there and whole, as ``newest`` tells of them.

    Raises:
        RunError: one could not be read.
    """
    best = newest.meta.get("best")
    if (
        best is None
        or best["step"] == newest.step
        or _is_whole(parent / f"step-{best['step']:08d}")
    ):
        return best
    kept = {step_of(folder) for folder in checkpoints(parent) if _is_whole(folder)}
    scored = [
        {"step": row["step"], "score": row["score"]}
        for row in newest.meta["rows"]
        if row["step"] in kept and row.get("score") is not None and np.isfinite(row["score"])
    ]
    return min(scored, key=lambda row: row["score"], default=None)


def _set_aside(folder: Path) -> Path:
    aside, number = folder.with_suffix(".damaged"), 1
    while os.path.lexists(aside):
        number += 1
        aside = folder.with_suffix(f".damaged-{number}")
    os.replace(folder, aside)
    return aside


def _remove(folder: Path) -> None:
    """Under another name first: a kill in the middle leaves no checkpoint that lacks a file."""
    going = files.temporary_name(folder)
    try:
        os.replace(folder, going)
    except OSError:
        return  # it takes space, and harms nobody
    shutil.rmtree(going, ignore_errors=True)
