"""Around a training: one at a time, one process a folder, and a gentle stop."""

import contextlib
import signal
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from ganlib import files, paths
from ganlib.errors import RunError
from ganlib.gan import GAN

_ONE_AT_A_TIME = threading.Lock()
_trained: Path | None = None  # the folder of whoever holds it


@contextlib.contextmanager
def alone(folder: Path):
    """One training a process: Keras's seeds and TensorFlow's settings are of the whole process."""
    global _trained
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        where = f" in {paths.shown(other)}" if (other := _trained) else ""
        raise RunError(
            f"Another thread of this process is training{where}, and the two would share Keras's "
            "seeds: train them one after the other, or each in a process of its own."
        )
    _trained = folder
    try:
        yield
    finally:
        _trained = None
        _ONE_AT_A_TIME.release()


@contextlib.contextmanager
def locked(folder: Path):
    """One process a folder. The system gives the lock back when a process dies."""
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / ".lock").is_symlink():
            raise RunError(f"{folder / '.lock'} is a link to elsewhere: remove it.")
        lock.acquire(timeout=0)
    except Timeout:
        raise RunError(
            f"Another process is training in {paths.shown(folder)}. "
            "Wait for it or choose another run_dir."
        ) from None
    except OSError as error:
        raise files.cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def stopping_gently(gan: GAN):
    """Ctrl-C, a kernel's interrupt and SIGTERM let the step finish; a second one stops at once.

    Gives the event that tells of it: ``stop_training`` alone is set back whenever ``fit`` begins.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked  # only the main thread may handle signals
        return
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}

    def stop(sign, _frame):
        asked.set()
        gan.stop_training = True
        signal.signal(sign, before[sign])

    for sign in before:
        signal.signal(sign, stop)
    try:
        yield asked
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
