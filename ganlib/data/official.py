"""Fashion-MNIST's four official files: found, verified by SHA-256, downloaded where missing.

``obtain`` is the way in where the user named no folder, ``faults_in`` where they named one. A file
that is not what it should be is described and left alone, unless it lies in our own download cache.
"""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from multiprocessing import TimeoutError as TooSlow
from multiprocessing.pool import ThreadPool
from pathlib import Path
from threading import Event
from typing import NamedTuple

from ganlib.errors import DataError, FileError, GanlibError
from ganlib.files import read_bytes, replacing, sweep


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
GRACE_SECONDS = 60  # after these a file must have come at SLOWEST bytes a second on average
SLOWEST = 10_000
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
    largest = max(official.size for official in files.values())
    try:
        content = read_bytes(path, limit=largest)
    except FileNotFoundError:
        return f"{path.name} is missing"
    except OSError as error:
        return f"{path.name} cannot be read ({error.strerror})"
    except GanlibError as error:
        return str(error).removesuffix(".")
    found, found_size = hashlib.sha256(content).hexdigest(), len(content)
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

    Each file is verified, then written. Processes that want the same folder wait for one another.
    A mirror that fails once, or is too slow, is not asked again.
    Raises DataError, with what each mirror did, where none could give all the files.
    """
    from filelock import Timeout

    problems = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            sweep(folder)
            for mirror in mirrors:
                try:
                    for name in files:
                        if describe_fault(folder / name, files):
                            _fetch(mirror, folder / name, files[name])
                    return
                except DataError as error:
                    problems.append(f"{mirror} {error}")
    except Timeout:
        problems.append(f"another process has held {folder / '.lock'} for {LOCK_SECONDS} s")
    except FileError as error:
        problems.append(str(error))
    except OSError as error:
        problems.append(f"{folder} cannot be written ({error.strerror or error})")
    raise DataError("; ".join(problems))


def locked(folder: Path):
    """The folder's lock, held; where another process has it, that is said once."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        told = f"Another process is downloading into {folder}: waiting for it, {LOCK_SECONDS} s"
        print(told, "at most.", flush=True)
        return lock.acquire(timeout=LOCK_SECONDS)


def _fetch(mirror: str, path: Path, official: OfficialFile) -> None:
    """Writes the file that the mirror has under that name; DataError says what it did instead."""
    from urllib3.exceptions import HTTPError

    # Neither a name look-up nor headers that come byte by byte end by themselves: such a thread is
    # left behind.
    name, size, thread, left = path.name, official.size, ThreadPool(1), Event()
    try:
        asked = thread.apply_async(_body, (mirror + name, size, left))
        body = asked.get(GRACE_SECONDS + size / SLOWEST)
    except TooSlow:
        raise DataError(f"is too slow with the {size:,} bytes of {name}") from None
    except (OSError, HTTPError, ValueError) as error:
        raise DataError(_told(error, mirror + name)) from error
    finally:
        left.set()
        thread.close()
    if len(body) > size:
        raise DataError(f"sends more than the {size:,} bytes of {name}")
    if hashlib.sha256(body).hexdigest() != official.sha256:
        raise DataError(f"sent a wrong {name} (its SHA-256 differs); it was removed")
    with replacing(path) as temporary:
        temporary.write_bytes(body)


def _body(address: str, size: int, left: Event) -> bytearray:
    """What that address answers, read no further than one piece beyond that size."""
    import requests
    from tqdm import tqdm

    name, started, body, piece = address.rpartition("/")[2], time.monotonic(), bytearray(), None
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    # Without this a server may send the .gz as an encoding, to be unpacked.
    headers = {"Accept-Encoding": "identity"}
    with requests.get(address, stream=True, timeout=timeout, headers=headers) as response:
        if response.status_code != requests.codes.ok:
            raise DataError(f"answered {response.status_code} for {name}")
        with tqdm(desc=name, total=size, unit="B", unit_scale=True) as bar:
            while piece != b"" and len(body) <= size and not left.is_set():
                piece = response.raw.read1(1 << 16)  # read() would wait until all of them are there
                body += piece
                bar.update(len(piece))
                if time.monotonic() - started > GRACE_SECONDS + len(body) / SLOWEST:
                    raise TooSlow
    return body


def _told(error: Exception, address: str) -> str:
    """What happened when that address was asked."""
    from requests import exceptions
    from urllib3.exceptions import MaxRetryError

    asked = getattr(getattr(error, "request", None), "url", address)
    where = "" if asked == address else f"redirects to {asked}, which "
    match error:
        case exceptions.SSLError(args=[cause, *_]):
            reason = getattr(cause, "reason", cause)
            return f"{where}has no TLS connection that can be trusted ({reason})"
        case exceptions.TooManyRedirects():
            return "redirects in a circle"
        case ValueError():
            return f"redirects to what is no web address ({error})"
        case exceptions.ConnectionError(args=[MaxRetryError(), *_]):
            return f"{where}cannot be reached"
    return f"{where}broke off while it sent {address.rpartition('/')[2]}"
