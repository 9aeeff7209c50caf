"""The one way to write a file, and the one way to read what came from outside.

Written: beside its place, under a new name that nobody could foresee, flushed to the disk, then
renamed. Read: regular files only, up to a size, JSON against a schema.
"""

import json
import math
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ganlib.errors import FileError, GanlibError

TEMPORARY = ".writing-"
JSON_BYTES = 64 << 20  # the history of a long run; a card is a page


def temporary_name(path: Path) -> Path:
    """A name beside ``path``, with its ending, which Keras and Pillow go by."""
    return path.with_name(f"{TEMPORARY}{secrets.token_hex(4)}-{path.name}")


@contextmanager
def replacing(path: str | os.PathLike, *, parents: bool = False) -> Iterator[Path]:
    """A new file beside ``path`` to write to: flushed and renamed to it at the end, removed where
    that fails. A symlink at ``path`` is replaced, not followed. ``parents``: missing folders are
    made.

    Raises:
        FileError: the disk is full, the folder cannot be written or has vanished; what was at
            ``path`` before is whole.
    """
    path = Path(path)
    temporary = temporary_name(path)
    with telling(path):
        if parents:
            path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        os.close(os.open(temporary, flags, 0o666))
        try:
            yield temporary
            flush(temporary)
            os.replace(temporary, path)
            flush(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Tells in words why ``path`` cannot be written; also where it was a file within, which may
    have a temporary name."""
    try:
        yield
    except OSError as error:
        cause = error.__cause__ if isinstance(error, FileError) else error
        if not isinstance(cause, OSError):
            raise
        if path.parent.exists():
            raise cannot_write(path, cause) from cause
        raise FileError(
            f"{path.parent} has vanished, so that {path.name} cannot be written. Where it was "
            "moved, put it back; else choose another folder. Then run the same again."
        ) from cause


def cannot_write(path: Path, error: OSError) -> FileError:
    """The error that says so, and what to do."""
    return FileError(
        f"{path} cannot be written: {error.strerror or error}. What was saved before is whole. "
        "Free some space or choose another folder, and run the same again."
    )


def flush(path: Path) -> None:
    """Makes a file, or the names in a folder, last through a power failure."""
    if os.name == "nt" and path.is_dir():
        return  # Windows flushes them itself
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Removes what a process that was killed left half written in ``folder``."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def open_regular(path: Path, *, limit: int | None = None) -> BinaryIO:
    """A regular file, to read: a pipe or a device would hang, or never end.

    Raises:
        OSError: it cannot be read.
        GanlibError: it is no regular file, or longer than ``limit`` bytes.
    """
    # Without O_NONBLOCK, opening a pipe waits for a writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    status = os.fstat(descriptor)
    too_long = limit is not None and status.st_size > limit
    if stat.S_ISREG(status.st_mode) and not too_long:
        return open(descriptor, "rb")
    os.close(descriptor)
    if too_long:
        raise GanlibError(f"{path} has more than the {limit:,} bytes that can belong there.")
    raise GanlibError(f"{path} is not a regular file.")


def read_bytes(path: Path, *, limit: int) -> bytes:
    """The content of a regular file. Raises as ``open_regular`` does."""
    with open_regular(path, limit=limit) as file:
        return file.read(limit)


def write_json(path: Path, value: Any) -> None:
    """Writes JSON; what is no finite number becomes null.

    Raises:
        FileError: see ``replacing``.
    """
    text = json.dumps(_finite(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_json(path: Path, schema: dict, *, limit: int = JSON_BYTES) -> Any:
    """JSON that fits ``schema`` (https://json-schema.org, draft 2020-12).

    Raises:
        OSError: the file cannot be read.
        GanlibError: it is none, too long, no JSON, or names the field that does not fit.
    """
    try:
        value = json.loads(read_bytes(path, limit=limit))
    except (ValueError, RecursionError) as error:
        raise GanlibError(f"{path} is not JSON: {error}") from error
    check(value, schema, path)
    return value


def check(value: Any, schema: dict, path: Path) -> None:
    """Refuses what does not fit the schema, naming the field."""
    import jsonschema  # 0.2 s, and only where a run is read

    errors = jsonschema.Draft202012Validator(schema).iter_errors(value)
    if (worst := jsonschema.exceptions.best_match(errors)) is not None:
        where = ".".join(map(str, worst.absolute_path)) or "the whole"
        raise GanlibError(f"{path}: {where}: {worst.message[:200]}")


def fields(required: dict[str, dict], optional: dict[str, dict] | None = None) -> dict:
    """The schema of an object with these fields, and maybe others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def checked_path(path: str | os.PathLike, suffix: str) -> Path:
    """The path, whose name must end in ``suffix``."""
    path = Path(path)
    if path.suffix != suffix:
        raise ValueError(f"expected a file name that ends in {suffix}, got {path.name!r}")
    return path
