"""Fashion-MNIST's four official files: found, verified by SHA-256, downloaded where missing.

``obtain`` is the way in where the user named no folder, ``faults_in`` where they named one. A file
that is not what it should be is described and left alone, unless it lies in our own download cache.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ganlib.errors import DataError


class OfficialFile(NamedTuple):
    """What a file must be: its length in bytes and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


FILES: Mapping[str, OfficialFile] = {
    "train-images-idx3-ubyte.gz": OfficialFile(
        26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
    ),
    "train-labels-idx1-ubyte.gz": OfficialFile(
        29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
    ),
    "t10k-images-idx3-ubyte.gz": OfficialFile(
        4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
    ),
    "t10k-labels-idx1-ubyte.gz": OfficialFile(
        5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
    ),
}

# The address printed in the data set's paper is plain http; these two serve the same bytes safely.
MIRRORS = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)
CONNECT_SECONDS = 5  # short, so that a start behind a firewall is not a long wait
READ_SECONDS = 30
LOCK_SECONDS = 900  # how long to wait while another process downloads the same files


def keras_cache() -> Path:
    """The folder in which ``keras.datasets.fashion_mnist.load_data`` keeps its files."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets" / "fashion-mnist"


def offline() -> bool:
    """True where the environment variable ``GANLIB_OFFLINE`` forbids any download."""
    return os.environ.get("GANLIB_OFFLINE", "") not in ("", "0")


def describe_fault(path: Path, files: Mapping[str, OfficialFile] = FILES) -> str | None:
    """What is wrong with the file at ``path``, whose name is one of ``files``; None if nothing."""
    size, sha256 = files[path.name]
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        found_size = path.stat().st_size
    except FileNotFoundError:
        return f"{path.name} is missing"
    except OSError as error:
        return f"{path.name} cannot be read ({error.strerror})"
    if found == sha256:
        return None
    for other, official in files.items():
        if found == official.sha256:
            return (
                f"{path.name} holds what belongs in {other}: the two were swapped or one was "
                "renamed; give each file its own name back"
            )
    if found_size < size:
        return (
            f"{path.name} is cut off: {found_size:,} of {size:,} bytes; "
            "delete it and fetch it again"
        )
    return (
        f"{path.name} is not the official file: {found_size:,} bytes, SHA-256 {found[:12]}…, where "
        f"{size:,} bytes, SHA-256 {sha256[:12]}… are expected; delete it and fetch it again"
    )


def faults_in(folder: Path, files: Mapping[str, OfficialFile] = FILES) -> list[str]:
    """What is wrong with the official files in ``folder``, a line each; empty if all are right.

    All four are checked even where one split is asked for: a run that trains on the real training
    images should not find out at its end that there are no test images.
    """
    if not folder.is_dir():
        return ["there is no such folder"]
    faults = (describe_fault(folder / name, files) for name in files)
    return [fault for fault in faults if fault]


def obtain(
    own_folder: Path,
    mirrors: Sequence[str] = MIRRORS,
    files: Mapping[str, OfficialFile] = FILES,
) -> tuple[Path | None, list[str]]:
    """A folder with all the verified files: Keras's cache, else ``own_folder``, else a download.

    Returns the folder, or None, and a line for each place where the files were not as they should
    be. Keras's files are never changed; damaged ones in ``own_folder`` are replaced.
    """
    problems = []
    for folder in (keras_cache(), own_folder):
        faults = faults_in(folder, files)
        if not faults:
            return folder, problems
        problems.append(f"{folder}: " + "; ".join(faults))
    if offline():
        problems.append("download: switched off by GANLIB_OFFLINE")
        return None, problems
    try:
        download(own_folder, mirrors, files)
    except DataError as error:
        problems.append(f"download: {error}")
        return None, problems
    return own_folder, problems


def download(folder: Path, mirrors: Sequence[str], files: Mapping[str, OfficialFile]) -> None:
    """Bring the missing and damaged ``files`` into ``folder``, from the first mirror that has them.

    Each file is written under a temporary name, verified, then renamed (by pooch). Processes that
    want the same folder wait for one another. A mirror that fails once is not asked again.
    Raises DataError, with what each mirror did, where none could give all the files.
    """
    from filelock import FileLock, Timeout

    problems = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=LOCK_SECONDS):
            for mirror in mirrors:
                problem = _fetch_missing(folder, mirror, files)
                if problem is None:
                    return
                problems.append(f"{mirror} {problem}")
    except Timeout:
        problems.append(f"another process has held {folder / '.lock'} for {LOCK_SECONDS} s")
    except OSError as error:
        problems.append(f"{folder} cannot be written ({error.strerror or error})")
    raise DataError("; ".join(problems))


def _fetch_missing(folder: Path, mirror: str, files: Mapping[str, OfficialFile]) -> str | None:
    """Fetch what is missing from one mirror; None if all went well, else what happened."""
    import pooch
    import requests

    fetch = pooch.HTTPDownloader(
        progressbar=True,
        chunk_size=1 << 16,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        # Without this a server may send the .gz as an encoding, which requests would unpack.
        headers={"Accept-Encoding": "identity"},
    )
    for name in files:
        try:  # pooch leaves a right file as it is, and replaces a wrong one
            pooch.retrieve(
                mirror + name, f"sha256:{files[name].sha256}", name, folder, downloader=fetch
            )
        except requests.HTTPError as error:
            return f"answered {error.response.status_code} for {name}"
        except (requests.ConnectionError, requests.ConnectTimeout):
            return "cannot be reached"
        except requests.RequestException:
            return f"broke off while it sent {name}"
        except ValueError:  # pooch, on a wrong hash; it has removed its temporary file
            return f"sent a wrong {name} (its SHA-256 differs); it was removed"
    return None
