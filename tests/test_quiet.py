"""Start-up notes are held back, other errors are not."""

import os
import subprocess
import sys

from ganlib.quiet import NOTES

IN_A_KERNEL = """
import sys, types
sys.modules["ipykernel"] = types.ModuleType("ipykernel")  # as a notebook's kernel has it
import ganlib
assert "tensorflow" in sys.modules
print("to the end")
"""


def test_import_in_a_notebook_writes_nothing_to_stderr():
    result = subprocess.run(
        [sys.executable, "-c", IN_A_KERNEL], capture_output=True, text=True, timeout=120
    )
    assert (result.stdout, result.stderr) == ("to the end\n", "")


def test_only_notes_are_held_back():
    held = [
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
        "I0000 00:00:1795401049.861375    3344 port.cc:153] oneDNN custom operations are on.",
        "E0000 00:00:1795401052.922845    3344 cuda_platform.cc:52] failed call to cuInit",
    ]
    shown = [
        "ImportError: libfoo.so: cannot open shared object file",
        "E0000 00:00:1795401052.922845    3344 executor.cc:52] out of memory",
    ]
    assert all(NOTES.match(line) for line in held)
    assert not any(NOTES.match(line) for line in shown)


def test_another_backend_is_refused_by_name_even_where_it_is_not_installed():
    result = subprocess.run(
        [sys.executable, "-c", "import ganlib"],
        capture_output=True,
        text=True,
        env=os.environ | {"KERAS_BACKEND": "jax"},
        timeout=60,
    )
    assert "ImportError: KERAS_BACKEND is 'jax'" in result.stderr
