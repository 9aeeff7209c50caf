"""TensorFlow without its start-up notes, which would stand at the top of every notebook.

TensorFlow logs which instructions its build uses and which GPU libraries it did not find before it
reads any setting of the log level, so no environment variable keeps these lines back.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Lines of the C++ logger, such as "I0000 00:00:1795401049.861375 3344 port.cc:153] oneDNN …".
NOTES = re.compile(
    r"^(WARNING: All log messages before absl::InitializeLog|[IW]\d{4} "
    r"|E\d{4} .*(cuInit|cuda_|Unable to register cu))"
)


def import_tensorflow() -> None:
    """Imports TensorFlow and looks for a GPU; what is written to the standard error meanwhile is
    passed on, but for those notes."""
    lines: list[str] = []
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with _held_back_errors(lines):
            import tensorflow as tf

            tf.config.list_physical_devices()
        lines = [line for line in lines if not NOTES.match(line)]
    finally:  # where the import failed, with the notes: one may hold the reason
        for line in lines:
            print(line, file=sys.stderr)


@contextmanager
def _held_back_errors(lines: list[str]) -> Iterator[None]:
    """Adds to ``lines`` what C++ code writes to file descriptor 2, unknown to ``sys.stderr``."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            lines += file.read().decode("utf-8", "replace").splitlines()
