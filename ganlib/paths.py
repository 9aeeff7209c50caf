"""Where things lie: found from the project's root, never from the working directory.

papermill runs a notebook in the caller's directory and nbval in the notebook's own; a path that
depended on either would put the same run in two places.
"""

import os
from datetime import datetime
from pathlib import Path

from ganlib.errors import SettingsError

PRETRAINED = Path(__file__).parent / "pretrained"  # what is shipped: runs, classifier, reference


def project_root() -> Path:
    """The folder that holds ``pyproject.toml``; the working directory where ganlib is installed
    apart from its project (as a wheel in site-packages)."""
    root = Path(__file__).resolve().parent.parent
    return root if (root / "pyproject.toml").is_file() else Path.cwd()


def resolve(path: str | Path) -> Path:
    """An absolute path; a relative one counts from the project's root, ``~`` is the home folder.
    Raises SettingsError for what cannot be a path."""
    try:
        if not os.fspath(path).strip() or b"\0" in os.fsencode(path):
            raise ValueError("it is blank or holds a NUL character")
        return project_root() / Path(path).expanduser()
    except (TypeError, ValueError, RuntimeError) as error:  # RuntimeError: ~ of an unknown user
        raise SettingsError(f"{path!r} cannot be the path of a file or folder: {error}") from error


def runs_dir() -> Path:
    """The folder of training runs, one folder each; git ignores it."""
    return project_root() / "runs"


def new_run(recipe: str, dataset: str) -> Path:
    """The folder of a run to come, named by recipe, data set and time."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    return runs_dir() / f"{recipe}-{dataset}-{stamp}"


def cache_dir() -> Path:
    """What can be computed again: classifiers trained on the spot. ``GANLIB_CACHE`` moves it."""
    return Path(os.environ.get("GANLIB_CACHE") or runs_dir() / "cache")


def shown(path: Path) -> str:
    """The path as people are told of it: relative to the project's root where it lies below."""
    root = project_root()
    return str(path.relative_to(root) if path.is_relative_to(root) else path)
