"""Start-up notes are held back, other errors are not."""

import os
import subprocess
import sys

import pytest
from support import says

from ganlib.course.quiet import NOTES

IN_A_KERNEL = """
import sys, types
sys.modules["ipykernel"] = types.ModuleType("ipykernel")  # as a notebook's kernel has it
from ganlib import course
course.begin()
assert "tensorflow" in sys.modules
print("to the end")
"""


def test_import_in_a_notebook_writes_nothing_to_stderr():
    result = subprocess.run(
        [sys.executable, "-c", IN_A_KERNEL], capture_output=True, text=True, timeout=120
    )
    assert (result.stdout, result.stderr) == ("to the end\n", "")


IN_VAIN = """
import os, sys, types
class Broken:
    def find_spec(self, name, path, target=None):
        if name == "tensorflow":
            os.write(2, b"E0000 00:00:1 cuda_dso.cc:1] the reason")  # as C++ code does
            raise ImportError("no TensorFlow")
sys.meta_path.insert(0, Broken())
sys.modules["ipykernel"] = types.ModuleType("ipykernel")
from ganlib import course
course.begin()
"""


def test_what_was_written_before_a_failed_import_is_passed_on():
    result = subprocess.run(
        [sys.executable, "-c", IN_VAIN], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert "the reason\n" in result.stderr
    assert result.stderr.endswith("ImportError: no TensorFlow\n")


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


@pytest.mark.parametrize(
    "variables, written, named",
    [
        ({"KERAS_BACKEND": "jax"}, "{}", ["KERAS_BACKEND", "'jax'"]),
        ({"KERAS_BACKEND": "jax"}, '{"backend": "tensorflow"}', ["KERAS_BACKEND", "'jax'"]),
        ({}, '{"backend": "torch"}', ["keras.json", "backend", "'torch'"]),
        ({"KERAS_BACKEND": ""}, '{"backend": "torch"}', ["keras.json", "backend", "'torch'"]),
        ({}, '{"image_data_format": "channels_first"}', ["image_data_format", "'channels_first'"]),
        ({}, '{"floatx": "float64"}', ["keras.json", "floatx", "'float64'"]),
        ({}, '{"floatx": "float32"}', None),
        ({"KERAS_BACKEND": "tensorflow"}, '{"backend": "torch"}', None),
        ({}, "{", None),
        ({}, "[]", None),
    ],
)
@pytest.mark.parametrize("home", ["HOME", "KERAS_HOME"])
def test_another_keras_is_refused_by_name_even_where_it_is_not_installed(
    tmp_path, home, variables, written, named
):
    folder = tmp_path if home == "KERAS_HOME" else tmp_path / ".keras"
    folder.mkdir(exist_ok=True)
    (folder / "keras.json").write_text(written)
    others = {name: value for name, value in os.environ.items() if not name.startswith("KERAS")}
    result = subprocess.run(
        [sys.executable, "-c", "import ganlib; print(ganlib.__name__)"],
        capture_output=True,
        text=True,
        env=others | {home: str(tmp_path)} | variables,
        timeout=60,
    )
    if named is None:
        assert (result.stdout, result.stderr) == ("ganlib\n", "")
    else:
        says(result.stderr, "ImportError", *named)
        assert "tensorflow" in result.stderr or str(folder / "keras.json") in result.stderr
