"""The formats, and the door that every export goes through: what exists is never overwritten."""

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganlib import files
from ganlib.errors import FileError, SettingsError, check_name
from ganlib.export.page import page_of

if TYPE_CHECKING:
    from ganlib.training.run import Run


@dataclass(frozen=True)
class Format:
    """``write(run, path)`` writes what the run's ``generate`` does; ``packages``: what it needs
    beyond ganlib's own, in the extra "export". An ending of "" means a folder."""

    ending: str
    purpose: str
    write: Callable[["Run", Path], None]
    packages: tuple[str, ...] = ()


def _by_keras(kind: str) -> Callable[["Run", Path], None]:
    def write(run: "Run", path: Path) -> None:
        run.generate(1)  # Keras exports only what has been called
        run.gan.ema_generator.export(str(path), format=kind, verbose=False)

    return write


def _write_page(run: "Run", path: Path) -> None:
    path.write_text(page_of(run), "utf-8")


FORMATS = {
    "web": Format(
        ".html",
        "one page that draws images in any browser, without a server; the discriminator in it too",
        _write_page,
    ),
    "onnx": Format(
        ".onnx",
        "other runtimes and languages, by ONNX Runtime and many others",
        _by_keras("onnx"),
        ("onnx", "tf2onnx"),
    ),
    "saved_model": Format(
        "",
        "TensorFlow without ganlib or Keras: tf.saved_model.load, TensorFlow Serving",
        _by_keras("tf_saved_model"),
    ),
    "litert": Format(
        ".tflite", "telephones and small devices, by LiteRT (TensorFlow Lite)", _by_keras("litert")
    ),
}


def export(run: "Run", format: str, path: str | os.PathLike) -> Path:
    """Writes the run's generator for use elsewhere; gives where it lies.

    In: latents ``latent`` ``(N, latent_dim)`` and, of a conditional run, labels ``label`` ``(N,)``.
    Out: float32 images ``(N, H, W, C)`` in [-1, 1], those of ``run.generate``. A label outside the
    run's classes is refused by the page; the other formats do not look.

    Args:
        format: one of ``FORMATS``.
        path: a file with the format's ending, or for "saved_model" a folder; nothing may be there.

    Raises:
        SettingsError: there is no such format, the ending is another, or a package is missing.
        FileError: something lies at ``path``, or it cannot be written.
    """
    check_name(format, FORMATS, "format")
    chosen, path = FORMATS[format], Path(path)
    if path.suffix != chosen.ending:
        ending = f"in {chosen.ending}" if chosen.ending else "without an ending: it is a folder's"
        raise SettingsError(f"The name of a {format} export ends {ending}; {path.name!r} does not.")
    missing = [name for name in chosen.packages if importlib.util.find_spec(name) is None]
    if missing:
        raise SettingsError(
            f"The format {format!r} needs {' and '.join(missing)}: pip install -e '.[export]' in "
            f"ganlib's folder, or pip install {' '.join(missing)}."
        )
    if os.path.lexists(path):
        raise FileError(f"{path} exists, and an export overwrites nothing: choose another name.")
    with files.telling(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = files.temporary_name(path)
        try:
            chosen.write(run, temporary)
            _publish(temporary, path)
        finally:
            if temporary.is_dir():
                shutil.rmtree(temporary, ignore_errors=True)
            else:
                temporary.unlink(missing_ok=True)
    return path


def _publish(temporary: Path, path: Path) -> None:
    """Gives what was written its name."""
    for written in [temporary, *temporary.rglob("*")]:
        files.flush(written)
    if os.path.lexists(path):
        raise FileError(f"{path} has come to exist meanwhile; it was left as it is.")
    os.rename(temporary, path)
    files.flush(path.parent)
