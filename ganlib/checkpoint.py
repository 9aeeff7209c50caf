"""Checkpoints: written whole or not at all, verified before they are used.

A checkpoint is a folder ``step-00001875/`` with ``state.npz`` (arrays), ``meta.json`` and, written
last, ``manifest.json`` with the SHA-256 of both. It is made under a temporary name and renamed, so
a crash at any moment leaves either the old state of affairs or the new one.
"""

import hashlib
import json
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganlib.errors import RunError

MANIFEST = "manifest.json"
FILES = ("state.npz", "meta.json")


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a run needs to go on: ``arrays`` by name, and ``meta`` (JSON values)."""

    arrays: dict[str, np.ndarray]
    meta: dict


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save(
    parent: Path, step: int, checkpoint: Checkpoint, *, keep: int = 2, best: int | None = None
) -> Path:
    """Writes ``parent/step-…`` and deletes all but the ``keep`` newest and the one of step
    ``best``.

    What is already there for this step, and whole, stays: state is a function of the step.

    Raises:
        OSError: the disk is full or the folder cannot be written; older checkpoints stay whole.
    """
    final = parent / f"step-{step:08d}"
    if not _is_whole(final):
        temporary = parent / f".writing-{step:08d}"
        for leftover in parent.glob(".writing-*"):  # of a process that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        temporary.mkdir()
        try:
            with open(temporary / "state.npz", "wb") as file:
                np.savez(file, allow_pickle=False, **checkpoint.arrays)
                _flush(file)
            _write_json(temporary / "meta.json", checkpoint.meta)
            _write_json(temporary / MANIFEST, {name: sha256(temporary / name) for name in FILES})
            _flush_folder(temporary)
            if final.exists():
                _set_aside(final)
            os.replace(temporary, final)
            _flush_folder(parent)
        except OSError:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    for old in checkpoints(parent)[:-keep]:
        if best is None or old.name != f"step-{best:08d}":
            shutil.rmtree(old, ignore_errors=True)
    return final


def assign(checkpoint: Checkpoint, owner: str, variables: list) -> None:
    """Gives an owner's variables their values back, in the order in which they were saved.

    Raises:
        RunError: a value is missing or of another shape; those before it have been assigned.
    """
    for k, variable in enumerate(variables):
        value = checkpoint.arrays.get(f"{owner}/{k}")
        if value is None or value.shape != tuple(variable.shape):
            raise RunError(
                f"The checkpoint does not fit this recipe at {owner} {k}: it was written by "
                "another version of ganlib. Choose another run_dir."
            )
        variable.assign(value)


def _is_whole(folder: Path) -> bool:
    try:
        load(folder)
    except RunError:
        return False
    return True


def checkpoints(parent: Path) -> list[Path]:
    """The checkpoint folders below ``parent``, oldest first."""
    return sorted(path for path in parent.glob("step-*") if path.suffix != ".damaged")


def load(folder: Path) -> Checkpoint:
    """Reads one checkpoint after checking every file against its manifest.

    Raises:
        RunError: names the file that is missing, cut off or altered.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        expected = {name: manifest[name] for name in FILES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{folder / MANIFEST} cannot be read: {error!r}") from error
    try:
        for name in FILES:
            if sha256(folder / name) != expected[name]:
                raise RunError(f"{folder / name} is damaged: its SHA-256 is not the manifest's.")
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        with np.load(folder / "state.npz", allow_pickle=False) as state:
            return Checkpoint({name: state[name] for name in state.files}, meta)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise RunError(f"The checkpoint {folder} cannot be read: {error}") from error


def load_newest(parent: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest checkpoint that verifies, and what was wrong with newer ones.

    A damaged one is set aside as ``step-….damaged``, never deleted.
    """
    notices = []
    for folder in reversed(checkpoints(parent)):
        try:
            return load(folder), notices
        except RunError as error:
            aside = _set_aside(folder)
            notices.append(f"{error} It was set aside as {aside.name}.")
    return None, notices


def _set_aside(folder: Path) -> Path:
    aside = folder.with_suffix(".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    os.replace(folder, aside)
    return aside


def _write_json(path: Path, value: dict) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        _flush(file)


def _flush(file) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Makes the names in it last through a power failure. Windows flushes them itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
