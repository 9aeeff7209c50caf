"""Exports: every format gives the images of ``generate``; nothing is overwritten."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from support import SMALL, raising, says, sketches, training_uncompiled

import ganlib
from ganlib.errors import FileError, RunError, SettingsError
from ganlib.export import FORMATS, export, formats

N = 12


@pytest.fixture(scope="module", params=["cgan", "dcgan"])
def run(request, tmp_path_factory):
    """A few steps, with labels and without, on images that are not square."""
    data = sketches(12, size=8)
    wide = ganlib.DataSet(
        np.pad(data.images, ((0, 0), (0, 0), (2, 2))), data.labels, data.class_names, "wide"
    )
    folder = tmp_path_factory.mktemp("runs") / request.param
    with training_uncompiled():
        return ganlib.train(request.param, wide, epochs=1, run_dir=folder, **SMALL)


def by_onnx(path: Path, inputs: dict) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    assert {each.name for each in session.get_inputs()} == set(inputs)
    return session.run(None, inputs)[0]


def by_saved_model(path: Path, inputs: dict) -> np.ndarray:
    model = tf.saved_model.load(path)
    return model.serve(list(inputs.values())).numpy()


def by_litert(path: Path, inputs: dict) -> np.ndarray:
    with pytest.warns(UserWarning, match="LiteRT"):  # TensorFlow's own, that it will be a package
        interpreter = tf.lite.Interpreter(str(path))
    return interpreter.get_signature_runner()(**inputs)["output_0"]


READERS = {"onnx": by_onnx, "saved_model": by_saved_model, "litert": by_litert}


@pytest.mark.parametrize("format", READERS)
def test_a_format_gives_the_images_of_generate(run, format, tmp_path):
    """The page: see test_page."""
    path = run.export(format, tmp_path / "new" / f"x{FORMATS[format].ending}")
    latents = np.random.default_rng(1).normal(size=(N, run.gan.latent_dim)).astype("float32")
    inputs = {"latent": latents}
    if run.conditional:
        inputs["label"] = np.arange(N, dtype="int32") % 10
    expected = run.generate(N, inputs.get("label"), latents=latents)
    np.testing.assert_allclose(READERS[format](path, inputs), expected, atol=1e-5)
    assert [each.name for each in path.parent.iterdir()] == [path.name]  # nothing half written


def test_formats_without_a_reader_here_are_tested_elsewhere():
    assert set(FORMATS) - set(READERS) == {"web"}


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_overwritten(run, format, tmp_path):
    path = tmp_path / f"mine{FORMATS[format].ending}"
    path.write_text("mine")
    (tmp_path / f"link{FORMATS[format].ending}").symlink_to(tmp_path / "nowhere")
    for each in list(tmp_path.iterdir()):
        with raising(FileError, each):
            run.export(format, each)
    assert path.read_text() == "mine" and not (tmp_path / "nowhere").exists()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_comes_to_exist_meanwhile_is_left_as_it_is(run, tmp_path, monkeypatch):
    path = tmp_path / "page.html"

    def slow(run, temporary):
        temporary.write_text("new")
        path.write_text("another's")

    monkeypatch.setitem(formats.FORMATS, "web", formats.Format(".html", "", slow))
    with raising(FileError, path):
        run.export("web", path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["another's"]


def test_an_export_that_fails_leaves_nothing_behind(run, tmp_path, monkeypatch):
    def failing(run, temporary):
        temporary.mkdir()
        (temporary / "half").write_text("")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(formats.FORMATS, "saved_model", formats.Format("", "", failing))
    with raising(FileError, tmp_path / "model", "No space left on device"):
        run.export("saved_model", tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_unknown_formats_and_wrong_endings_are_refused(run, tmp_path):
    with raising(SettingsError, "onix", "onnx"):
        run.export("onix", tmp_path / "x.onnx")
    with raising(SettingsError, "x.html", ".onnx"):
        run.export("onnx", tmp_path / "x.html")
    with raising(SettingsError, "x.tf", "saved_model"):
        run.export("saved_model", tmp_path / "x.tf")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named_with_what_brings_it(run, tmp_path, monkeypatch):
    found = formats.importlib.util.find_spec
    monkeypatch.setattr(
        formats.importlib.util, "find_spec", lambda name: None if name == "tf2onnx" else found(name)
    )
    with raising(SettingsError, "tf2onnx", ".[export]") as caught:
        run.export("onnx", tmp_path / "x.onnx")
    assert "onnx and" not in str(caught.value)  # that one is there
    assert list(tmp_path.iterdir()) == []


def command(*arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "ganlib.export", *map(str, arguments)],
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("run", ["cgan"], indirect=True)
def test_the_command_exports_a_shipped_model_and_a_folder(run, tmp_path):
    done = command("vanilla", "web", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    says(done.stdout, tmp_path / "page.html", f"{(tmp_path / 'page.html').stat().st_size:,}")
    done = command(run.folder, "saved_model", tmp_path / "model")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "model" / "saved_model.pb").is_file()


@pytest.mark.parametrize("run", ["cgan"], indirect=True)
def test_the_command_refuses_in_a_line(run, tmp_path):
    damaged = tmp_path / "run"
    formats.shutil.copytree(run.folder, damaged)
    weights = damaged / "generator.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-100])
    for folder, named in ((damaged, weights.name), ("cgna", "cgan"), (tmp_path, "settings.json")):
        done = command(folder, "web", tmp_path / "page.html")
        assert done.returncode == 1 and "Traceback" not in done.stderr
        says(done.stderr, named)
    with pytest.raises(RunError):
        export(ganlib.load_run(damaged), "web", tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
