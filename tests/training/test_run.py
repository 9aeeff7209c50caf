"""A run folder: what lies in it, how it is read again, and what is refused."""

import json
import os
import shutil

import hypothesis
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from support import SMALL, raising, training_uncompiled

from ganlib import paths
from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import RunError
from ganlib.images import unscale
from ganlib.training import checkpoint
from ganlib.training import folder as folder_module
from ganlib.training import run as run_module
from ganlib.training.folder import RunFolder, fixed_inputs
from ganlib.training.run import Run, load_run
from ganlib.training.settings import FORMAT
from ganlib.training.start import train


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Three steps of a conditional run on images that are neither square nor grey."""
    images, labels = draw(12, size=8, channels=3, seed=0)
    data = DataSet(np.pad(images, ((0, 0), (0, 0), (2, 2), (0, 0))), labels, CLASS_NAMES, "wide")
    with training_uncompiled():
        folder = tmp_path_factory.mktemp("runs") / "wide"
        return train("cgan", data, epochs=1, run_dir=folder, seed=2, **SMALL), data


@pytest.fixture
def copy(trained, tmp_path):
    """A copy of the run's folder, to damage."""
    return shutil.copytree(trained[0].folder, tmp_path / "copy")


def test_a_run_folder_holds_what_its_description_says(trained):
    folder = trained[0].folder
    names = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {".lock"}
    assert {n for n in names if not n.startswith(("samples/", "checkpoints/"))} == {
        "settings.json", "history.csv", "times.csv",
        "generator.weights.h5", "discriminator.weights.h5", "generator.json", "discriminator.json",
    }  # fmt: skip
    pictures = sorted(n for n in names if n.startswith("samples/"))
    assert pictures == [f"samples/step-{k:08d}.png" for k in range(4)]
    assert "checkpoints/step-00000003/manifest.json" in names
    assert "metrics.json" in folder_module.__doc__  # which the notebook writes
    assert not [n for n in names if "writing" in n]


def test_settings_tell_what_made_the_run(trained):
    run, data = trained
    settings = json.loads((run.folder / "settings.json").read_text("utf-8"))
    assert settings == run.settings
    assert settings["recipe"]["name"] == "cgan" and settings["recipe"]["batch_size"] == 4
    assert settings["dataset"] == {
        "name": "wide",
        "title": "wide",
        "sha256": data.hash,
        "images": 12,
        "part": "",
        "image_shape": [8, 12, 3],
        "class_names": list(CLASS_NAMES),
    }
    assert settings["format"] == FORMAT
    assert settings["seed"] == 2 and settings["deterministic"] is False
    assert {"python", "ganlib", "tensorflow", "keras", "numpy"} == set(settings["versions"])
    assert run.title == "cgan on wide" and run.class_names == list(CLASS_NAMES)


def test_a_loaded_run_equals_the_trained_one_to_the_bit(trained):
    run, _ = trained
    loaded = load_run(run.folder)
    for arguments in ({"seed": 5}, {"labels": [3] * 6, "seed": 1}):
        np.testing.assert_array_equal(loaded.generate(6, **arguments), run.generate(6, **arguments))
    latents = np.full((2, 8), 0.5)
    np.testing.assert_array_equal(
        loaded.generate(2, latents=latents), run.generate(2, latents=latents)
    )
    images = loaded.generate(6)
    assert images.shape == (6, 8, 12, 3) and images.dtype == np.float32
    assert loaded.settings == run.settings
    assert list(loaded.history) == list(run.history)
    for name, column in run.history.items():
        np.testing.assert_array_equal(loaded.history[name], column)
    found, expected = loaded.gan.discriminator.get_weights(), run.gan.discriminator.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_generate_takes_from_the_average_and_not_from_the_trained_generator(trained):
    run, _ = trained
    latents, labels = fixed_inputs(run.gan, run.settings)
    images = run.generate(100, labels, latents=latents)
    trained_ones = run.gan.generator([latents, labels], training=False)
    assert np.abs(images - trained_ones).max() > 1e-5


def test_frames_are_the_fixed_latents_images_over_the_steps(trained):
    run, _ = trained
    frames = run.frames()
    assert [step for step, _ in frames] == [0, 1, 2, 3]
    assert all(f.shape == (100, 8, 12, 3) and f.dtype == np.uint8 for _, f in frames)
    latents, labels = fixed_inputs(run.gan, run.settings)
    images = run.generate(100, labels, latents=latents)
    np.testing.assert_array_equal(frames[-1][1], unscale(images))
    assert not np.array_equal(frames[0][1], frames[-1][1])


def test_fixed_latents_have_one_row_a_class(trained):
    run, _ = trained
    _, labels = fixed_inputs(run.gan, run.settings)
    np.testing.assert_array_equal(labels.reshape(10, 10), np.arange(10)[:, None].repeat(10, axis=1))
    three = {
        "seed": 2,
        "recipe": {"conditional": True},
        "dataset": {"class_names": ["a", "b", "c"]},
    }
    labels = fixed_inputs(run.gan, three)[1].reshape(10, 10)[:, 0]
    assert labels.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    three["recipe"]["conditional"] = False
    assert fixed_inputs(run.gan, three)[1] is None


def test_grey_pictures_are_cut_apart_in_the_order_they_were_joined(tmp_path):
    images = np.arange(100, dtype=np.float32)[:, None, None, None] / 50 - 1
    images = np.broadcast_to(images, (100, 4, 8, 1)).copy()
    images[:, 0] = -1  # a mark, so that a transposed image shows
    RunFolder(tmp_path).save_picture(7, images)
    settings = {"dataset": {"image_shape": [4, 8, 1]}}
    ((step, found),) = Run(tmp_path, settings, None, {}).frames()
    assert step == 7
    np.testing.assert_array_equal(found, unscale(images))


def test_metrics_name_recipe_data_set_and_hash(trained, copy):
    _, data = trained
    path = load_run(copy).write_metrics({"frechet": 12.5})
    assert path == copy / "metrics.json"
    assert json.loads(path.read_text("utf-8")) == {
        "recipe": "cgan",
        "dataset": "wide",
        "dataset_sha256": data.hash,
        "dataset_part": "",
        "epochs": 1,
        "epochs_trained": 1.0,
        "stopped": False,
        "steps": 3,
        "seed": 2,
        "frechet": 12.5,
    }


def test_metrics_of_trained_and_loaded_run_agree(trained):
    run, _ = trained
    path = run.write_metrics({})
    first = path.read_bytes()
    assert load_run(run.folder).write_metrics({}).read_bytes() == first
    path.unlink()


def test_relative_folders_count_from_the_projects_root(trained, copy, monkeypatch):
    monkeypatch.setattr(paths, "project_root", lambda: copy.parent)
    monkeypatch.chdir("/")
    assert load_run("copy").folder == copy


def test_a_folder_without_settings_is_no_run(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with raising(RunError, folder, "settings.json"):
            load_run(folder)


GARBAGE = np.random.default_rng(0).bytes(3000)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", GARBAGE, b"[]", b"null", b"{}", b'{"recipe": [], "dataset": {}}',
     b'{"recipe": {}, "dataset": 3}', b'{"recipe": {"name": "x"}, "dataset": {}, "seed": 0}'],
    ids=range(9),
)  # fmt: skip
def test_garbage_for_settings_is_a_clear_error(trained, copy, content):
    run, _ = trained
    (copy / "settings.json").write_bytes(content)
    with pytest.raises(RunError) as caught:
        load_run(copy)
    assert str(copy) in str(caught.value)
    with pytest.raises(RunError) as caught:
        RunFolder(copy).claim(run.settings)
    assert str(copy) in str(caught.value)
    assert (copy / "settings.json").read_bytes() == content


@pytest.mark.parametrize(
    "change",
    [
        {"generator": "mpl"},
        {"generator_width": "wide"},
        {"conditioning": "none"},
        {"unheard_of": 1},
    ],
    ids=str,
)
def test_settings_that_no_network_fits_are_a_clear_error(copy, change):
    settings = json.loads((copy / "settings.json").read_text("utf-8"))
    settings["recipe"] |= change
    (copy / "settings.json").write_text(json.dumps(settings), "utf-8")
    with pytest.raises(RunError, match=str(copy)):
        load_run(copy)


@pytest.mark.parametrize("name", ["history.csv", "times.csv"])
@pytest.mark.parametrize(
    "content", [None, GARBAGE, b"step,seconds\n1,2\n2,two\n", b"a\n1,2\n", b"step\r1\n\x002"]
)
def test_a_broken_history_is_a_clear_error(copy, name, content):
    if content is None:
        (copy / name).unlink()
    else:
        (copy / name).write_bytes(content)
    with pytest.raises(RunError, match=str(copy)):
        load_run(copy)


@pytest.mark.parametrize("name", ["generator.weights.h5", "discriminator.weights.h5"])
@pytest.mark.parametrize("damage", ["missing", "emptied", "garbage", "cut", "other network"])
def test_broken_weights_are_a_clear_error(copy, name, damage):
    path = copy / name
    if damage == "missing":
        path.unlink()
    elif damage == "other network":
        other = "discriminator" if name.startswith("generator") else "generator"
        shutil.copy(copy / f"{other}.weights.h5", path)
    else:
        whole = path.read_bytes()
        content = {"emptied": b"", "garbage": GARBAGE, "cut": whole[: len(whole) // 2]}
        path.write_bytes(content[damage])
    with pytest.raises(RunError) as caught:
        load_run(copy)
    assert str(path) in str(caught.value)


def test_a_run_stopped_before_its_first_line_is_loaded(copy):
    RunFolder(copy).save_history([], [])
    loaded = load_run(copy)
    assert loaded.history["seconds"].shape == (0,)
    loaded.write_metrics({})


def rewrite(path, change):
    """Alters a JSON file by hand."""
    value = json.loads(path.read_text("utf-8"))
    change(value)
    path.write_text(json.dumps(value), "utf-8")


JSON_FILES = ("settings.json", "generator.json", "discriminator.json")


def test_files_of_an_older_version_are_read_and_what_they_lack_has_its_default(trained, copy):
    run, _ = trained

    def older(settings):
        del settings["format"], settings["dataset"]["part"]
        del settings["recipe"]["depth"], settings["recipe"]["features"]

    for name in JSON_FILES[1:]:
        rewrite(copy / name, older)
    rewrite(copy / "settings.json", older)
    with pytest.raises(RunError, match="features"):  # of cgan they are 64, the default is 0
        RunFolder(copy).claim(run.settings)
    rewrite(copy / "settings.json", lambda s: s["recipe"].update(features=64))
    for name in JSON_FILES[1:]:
        rewrite(copy / name, lambda s: s["recipe"].update(features=64))
    loaded = load_run(copy)
    assert loaded.settings["recipe"]["depth"] == 0 and loaded.settings["dataset"]["part"] == ""
    np.testing.assert_array_equal(loaded.generate(3), run.generate(3))
    assert RunFolder(copy).claim(run.settings) == ""


def test_files_of_a_newer_version_are_refused_as_such(copy):
    rewrite(copy / "settings.json", lambda s: s.update(format=FORMAT + 1))
    with raising(RunError, copy / "settings.json", FORMAT + 1, FORMAT):
        load_run(copy)


@pytest.mark.parametrize(
    "change, field",
    [
        (lambda s: s.update(recipe=[]), "recipe"),
        (lambda s: s["recipe"].update(epochs="3"), "epochs"),
        (lambda s: s["recipe"].update(unheard_of=1), "unheard_of"),
        (lambda s: s["recipe"].pop("generator"), "generator"),
        (lambda s: s["dataset"].update(image_shape=[8, 8]), "image_shape"),
        (lambda s: s["dataset"].update(class_names=[]), "class_names"),
        (lambda s: s.update(seed=-1), "seed"),
        (lambda s: s["dataset"].update(image_shape=[1024, 1024, 4]), "1024 x 1024"),
    ],
    ids=range(8),
)
def test_settings_that_do_not_fit_name_the_field(copy, monkeypatch, change, field):
    rewrite(copy / "settings.json", lambda s: s["recipe"].update(generator_width=4096))
    rewrite(copy / "settings.json", change)
    monkeypatch.setattr(run_module, "build_gan", None)  # refused before a network is built
    with raising(RunError, copy, field):
        load_run(copy)


@pytest.mark.parametrize("name", [*JSON_FILES, "history.csv", "generator.weights.h5"])
def test_a_pipe_in_the_place_of_a_file_is_refused(copy, name):
    (copy / name).unlink()
    os.mkfifo(copy / name)
    with raising(RunError, copy / name, "regular"):
        load_run(copy)


@pytest.mark.parametrize("left", ["settings", "generator", "history"])
def test_what_a_kill_left_half_exported_is_read_as_of_one_step(
    trained, copy, tmp_path, uncompiled, left
):
    _, data = trained
    longer = shutil.copytree(copy, tmp_path / "longer")
    run = train("cgan", data, epochs=2, run_dir=longer, seed=2, **SMALL)
    exports = ["history.csv", "times.csv", "generator.weights.h5", "generator.json"]
    new = {"settings": [], "history": exports[:1], "generator": exports}[left]
    for name in ("settings.json", *new):
        shutil.copy(longer / name, copy / name)
    if new == exports:  # the checkpoint comes before all of them
        shutil.copytree(longer / "checkpoints", copy / "checkpoints", dirs_exist_ok=True)
    loaded, step = load_run(copy), 6 if new == exports else 3
    assert loaded.history["step"].tolist() == list(range(1, step + 1))
    expected = run if step == 6 else trained[0]
    for network in ("ema_generator", "discriminator"):
        pairs = zip(
            getattr(loaded.gan, network).get_weights(),
            getattr(expected.gan, network).get_weights(),
            strict=True,
        )
        assert all(np.array_equal(a, b) for a, b in pairs)


def test_weights_of_two_steps_without_a_checkpoint_are_refused(copy):
    rewrite(copy / "generator.json", lambda card: card.update(step=2))
    shutil.rmtree(copy / "checkpoints")
    with raising(RunError, copy, "generator.json", "step 2", "discriminator.json", "step 3"):
        load_run(copy)


def test_a_history_and_times_of_two_steps_are_refused(copy):
    lines = (copy / "times.csv").read_text().splitlines()
    (copy / "times.csv").write_text("\n".join(lines[:-1]) + "\n")
    with raising(RunError, copy, "history.csv", 3, "step 3", "times.csv", 2, "step 2"):
        load_run(copy)
    (copy / "times.csv").write_text(lines[0] + "\n")
    with raising(RunError, copy, "times.csv", 0, "step 0"):
        load_run(copy)


def test_the_best_is_read_though_the_newest_is_damaged(trained, copy):
    parent = copy / "checkpoints"
    found = checkpoint.load(parent / "step-00000003")
    for step in (3, 4):  # the state of step 3 stands for both
        meta = found.meta | {"best": {"step": 3, "score": 1.0}}
        shutil.rmtree(parent / f"step-{step:08d}", ignore_errors=True)
        checkpoint.save(parent, step, checkpoint.Checkpoint(found.arrays, meta), best=3)
    newest = parent / "step-00000004" / "state.npz"
    newest.write_bytes(newest.read_bytes()[:-100])
    np.testing.assert_array_equal(load_run(copy, best=True).generate(3), trained[0].generate(3))
    assert newest.exists()  # reading sets nothing aside


def test_pictures_that_cannot_be_read_are_left_out_with_a_word(copy, capsys):
    samples = copy / "samples"
    (samples / "step-00000001.png").write_bytes(bytes(500))
    (samples / "step-00000002.png").write_bytes((samples / "step-00000003.png").read_bytes()[:99])
    shutil.copy(samples / "step-00000003.png", samples / "step-3 (1).png")
    shutil.copy(samples / "step-00000003.png", samples / "step-00000003 copy.png")
    assert [step for step, _ in load_run(copy).frames()] == [0, 3]
    told = capsys.readouterr().out.splitlines()
    assert [line.partition("step-")[2][:8] for line in told] == ["00000001", "00000002"]


def test_a_cards_scores_are_scores(trained):
    scores = trained[0].card["scores"]
    assert {"generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"} == set(scores)


def test_metrics_say_that_a_run_was_stopped_and_are_valid_json(copy):
    table = (copy / "history.csv").read_text().splitlines()
    (copy / "history.csv").write_text("\n".join(table[:-1]) + "\n")
    times = (copy / "times.csv").read_text().splitlines()
    (copy / "times.csv").write_text("\n".join(times[:-1]) + "\n")
    text = load_run(copy).write_metrics({"frechet": float("nan")}).read_text("utf-8")

    def refuse(name):
        raise AssertionError(name)

    told = json.loads(text, parse_constant=refuse)
    assert (
        told["stopped"] and told["epochs"] == 1 and told["epochs_trained"] == pytest.approx(2 / 3)
    )
    assert told["frechet"] is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
fuzzing = hypothesis.settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def to_damage(trained, tmp_path_factory):
    """A copy of the run's folder, and its settings as they are when sound."""
    folder = shutil.copytree(trained[0].folder, tmp_path_factory.mktemp("fuzz") / "copy")
    return folder, (folder / "settings.json").read_bytes()


def assert_refused_or_read(folder):
    """``load_run`` and ``claim`` meet the settings: the documented error, or a run."""
    try:
        assert load_run(folder).generate(1).shape[0] == 1
    except RunError as error:
        assert str(folder) in str(error)
    content = (folder / "settings.json").read_bytes()
    with pytest.raises(RunError, match=str(folder)):  # never taken for a run of these settings
        RunFolder(folder).claim({"recipe": {"name": "x"}, "dataset": {}, "seed": 0,
                            "deterministic": False, "score": ""})  # fmt: skip
    assert (folder / "settings.json").read_bytes() == content


@fuzzing
@given(at=st.integers(0, 10**6), value=st.integers(0, 255), cut=st.none() | st.integers(0, 10**6))
def test_damaged_settings_are_refused_or_read(to_damage, at, value, cut):
    folder, sound = to_damage
    content = bytearray(sound)
    content[at % len(content)] = value
    (folder / "settings.json").write_bytes(content[: cut % len(content)] if cut else content)
    assert_refused_or_read(folder)


@fuzzing
@given(st.data())
def test_settings_with_any_value_in_any_place_are_refused_or_read(to_damage, drawn):
    folder, sound = to_damage
    settings = json.loads(sound)
    part = drawn.draw(st.sampled_from([settings, settings["recipe"], settings["dataset"]]))
    part[drawn.draw(st.sampled_from(sorted(part)))] = drawn.draw(json_values)
    (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    assert_refused_or_read(folder)
