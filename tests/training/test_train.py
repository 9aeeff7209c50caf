"""Training runs: stopped, gone on with, refused, diverged and short of disk.

A compiled step takes seconds to compile, so that the exactly compared runs are shared; the tests
of what happens around the steps take them uncompiled (``uncompiled``).
"""

import errno
import os
import resource
import shutil
import signal
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from filelock import FileLock
from support import SMALL, raising, says, sketches

from ganlib import paths
from ganlib.data import pipeline
from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import (
    DataError,
    DivergenceError,
    FileError,
    RunError,
    SettingsError,
    StoppedError,
)
from ganlib.training import callbacks, checkpoint, schedule
from ganlib.training import trainer as trainer_module
from ganlib.training.folder import RunFolder
from ganlib.training.run import load_run
from ganlib.training.start import train
from ganlib.training.trainer import Trainer

# 160 images in batches of 4: 40 steps an epoch, a line of history every 2.
BATCH, EPOCH_STEPS, INTERVAL = SMALL["batch_size"], 40, 2
# Everything that a resumed run must restore: batch norm, dropout, labels, decaying rates.
ALL = SMALL | {"discriminator": "mlp", "features": 0, "dropout": 0.3}
STOP_AT = 2 * EPOCH_STEPS + 3  # inside an interval, after the epochs whose every picture is kept


class Before(keras.callbacks.Callback):
    """Acts on the GAN before the interval that begins at a step."""

    def __init__(self, step, act):
        super().__init__()
        self.at, self.act = step, act

    def on_epoch_begin(self, epoch, logs=None):
        if int(self.model.step) == self.at:
            self.act(self.model)


def interrupt(_gan):
    os.kill(os.getpid(), signal.SIGINT)


def lose_a_weight(network):
    weight = network.trainable_variables[0]
    weight.assign(np.full(weight.shape, np.nan, np.float32))


@pytest.fixture(scope="module")
def data():
    return sketches(162)


@pytest.fixture(scope="module")
def whole_run(data, tmp_path_factory):
    """Three epochs without a break."""
    folder = tmp_path_factory.mktemp("whole")
    return train("cgan", data, epochs=3, run_dir=folder, seed=3, **ALL)


@pytest.fixture(scope="module")
def broken_run(data, tmp_path_factory):
    """The same, but a Ctrl-C came inside an interval: both halves, and the folder."""
    folder = tmp_path_factory.mktemp("broken")
    with pytest.MonkeyPatch.context() as patch:
        # One by one, so that it can stop inside an interval; the second half goes on by twos.
        patch.setattr(schedule, "STEPS_PER_EXECUTION", 1)
        stop = Before(STOP_AT - 1, interrupt)  # before the interval's first step
        first = train("cgan", data, epochs=3, run_dir=folder, seed=3, callbacks=[stop], **ALL)
    stopped = {k: v.copy() for k, v in first.history.items()}, int(first.gan.step)
    second = train("cgan", data, epochs=3, run_dir=folder, seed=3, **ALL)
    return stopped, second


@pytest.fixture
def few(data):
    """12 images: 3 steps an epoch."""
    return data.subset(12)


def quick(few, folder, recipe="mlp", epochs=1, **overrides):
    return train(recipe, few, epochs=epochs, run_dir=folder, **(SMALL | overrides))


OWNERS = (
    "generator",
    "discriminator",
    "ema_generator",
    "generator_optimizer",
    "discriminator_optimizer",
)


def state_of(gan, owners=OWNERS):
    owned = [variable for owner in owners for variable in getattr(gan, owner).variables]
    return [keras.ops.convert_to_numpy(variable) for variable in owned]


def assert_same_state(a, b, owners=OWNERS):
    for x, y in zip(state_of(a, owners), state_of(b, owners), strict=True):
        np.testing.assert_array_equal(x, y)


def files(folder, *, without=()):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in without
    }


def test_history_has_a_line_every_twentieth_of_an_epoch(whole_run):
    steps = whole_run.history["step"]
    assert steps.tolist() == list(range(INTERVAL, 3 * EPOCH_STEPS + 1, INTERVAL))
    np.testing.assert_array_equal(whole_run.history["epoch"], steps / EPOCH_STEPS)
    assert (np.diff(whole_run.history["seconds"]) >= 0).all()
    for name in ("generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"):
        assert whole_run.history[name].shape == steps.shape
        assert np.isfinite(whole_run.history[name]).all()


def test_a_last_execution_that_is_not_full_ends_with_the_run(data, tmp_path, uncompiled):
    run = quick(data.subset(100), tmp_path)  # 25 steps, two in a call
    assert int(run.gan.step) == 25
    assert run.history["step"].tolist() == [*range(2, 25, 2), 25]


def test_an_interrupt_returns_the_run_so_far(broken_run):
    (history, step), _ = broken_run
    assert step == STOP_AT
    assert history["step"][-1] == STOP_AT - 1  # the interval it stopped in has no line yet
    assert len(history["generator_loss"]) == len(history["seconds"]) == (STOP_AT - 1) / INTERVAL


def test_an_interrupted_run_ends_as_one_that_was_not_to_the_bit(broken_run, whole_run):
    _, second = broken_run
    assert int(second.gan.step) == 3 * EPOCH_STEPS
    assert_same_state(second.gan, whole_run.gan)
    np.testing.assert_array_equal(second.generate(12, seed=4), whole_run.generate(12, seed=4))
    found, expected = files(second.folder), files(whole_run.folder)
    exact = [name for name in expected if name == "history.csv" or name.startswith("samples/")]
    assert len(exact) == 1 + 1 + 2 * 20 + 1  # the start, two epochs' intervals, the third's end
    assert [n for n in found if n.startswith("samples/")] == exact[1:]
    for name in exact:
        assert found[name] == expected[name], name


def test_the_same_call_again_trains_nothing(few, tmp_path, capsys, uncompiled):
    quick(few, tmp_path, epochs=2)
    before = files(tmp_path)
    capsys.readouterr()
    again = quick(few, tmp_path, epochs=2)
    says(capsys.readouterr().out, 6)
    assert int(again.gan.step) == 6 and again.history["step"].tolist() == [1, 2, 3, 4, 5, 6]
    found = files(tmp_path)
    assert found.keys() == before.keys()
    for name in found:
        # Weights may be written anew, with their cards; HDF5 holds the time of writing.
        assert name.startswith(("gen", "disc")) or found[name] == before[name], name


def test_more_epochs_go_on_from_the_last_step(few, tmp_path, capsys, uncompiled):
    # Without decay, two epochs and then two more are the same run as four at once.
    once = quick(few, tmp_path / "once", epochs=4)
    quick(few, tmp_path / "longer", epochs=2)
    capsys.readouterr()
    longer = quick(few, tmp_path / "longer", epochs=4)
    says(capsys.readouterr().out, 2, 4, "step 6")
    assert RunFolder(longer.folder).read_settings()["recipe"]["epochs"] == 4
    assert_same_state(longer.gan, once.gan)
    histories = [(run.folder / "history.csv").read_bytes() for run in (longer, once)]
    assert histories[0] == histories[1]


def test_going_on_with_decaying_rates_says_what_becomes_of_them(few, tmp_path, capsys, uncompiled):
    quick(few, tmp_path, "dcgan")
    quick(few, tmp_path, "dcgan", epochs=2)
    says(capsys.readouterr().out, "60%", "decay_share=0.6", 2)


def test_fewer_epochs_are_refused(few, tmp_path, uncompiled):
    quick(few, tmp_path, epochs=2)
    before = files(tmp_path, without=[".lock"])
    with raising(RunError, tmp_path, "epochs=2", "run_dir"):
        quick(few, tmp_path, epochs=1)
    assert files(tmp_path, without=[".lock"]) == before


def test_another_run_in_the_folder_is_refused_naming_what_differs(data, few, tmp_path, uncompiled):
    quick(few, tmp_path)
    before = files(tmp_path, without=[".lock"])
    other = DataSet(few.images, (few.labels + 1) % 10, CLASS_NAMES, "tiny")
    for call, parts in (
        (lambda: quick(few, tmp_path, "dcgan"), ["name", "'mlp'", "'dcgan'"]),
        (lambda: quick(few, tmp_path, batch_size=6), ["batch_size", 4, 6]),
        (lambda: quick(few, tmp_path, loss="hinge"), ["loss", "'non_saturating'", "'hinge'"]),
        (lambda: quick(few, tmp_path, seed=1), ["seed", 0, 1]),
        (lambda: quick(other, tmp_path), ["sha256", few.hash, other.hash]),
        (lambda: quick(data, tmp_path, train_size=11), ["images", 12, 11]),
    ):
        with raising(RunError, tmp_path, *parts):
            call()
    assert files(tmp_path, without=[".lock"]) == before


def test_a_folder_of_other_things_is_refused_and_left_as_it_is(few, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with raising(RunError, tmp_path, "thesis.txt"):
        quick(few, tmp_path)
    assert sorted(files(tmp_path, without=[".lock"])) == ["thesis.txt"]


@pytest.mark.parametrize(
    "overrides, error, parts",
    [
        ({"epochs": 0}, SettingsError, ["epochs=0", 1]),
        ({"epochs": -2}, SettingsError, ["epochs=-2", 1]),
        ({"batch_size": 13}, SettingsError, ["batch_size", 13, 12]),
        ({"train_size": 13}, DataError, [13, 12]),
        ({"train_size": -1}, SettingsError, ["train_size=-1"]),
        ({"train_size": 5.0}, SettingsError, ["train_size=5.0"]),
        ({"checkpoint_minutes": None}, SettingsError, ["checkpoint_minutes=None"]),
        ({"deterministic": "no"}, SettingsError, ["deterministic='no'"]),
        ({"live": "no"}, SettingsError, ["live='no'"]),
        ({"score": 3}, SettingsError, ["score=3"]),
        ({"critic_steps": 4}, SettingsError, ["batch_size=4", "critic_steps=4", 16, 12]),
        ({"epochs": 10**9}, SettingsError, ["epochs=1000000000", f"{2**31 - 1:,}"]),
        ({"seed": -1}, SettingsError, ["seed=-1"]),
        ({"seed": 2**31}, SettingsError, ["seed=2147483648"]),
        ({"seed": True}, SettingsError, ["seed=True"]),
        ({"seed": 1.0}, SettingsError, ["seed=1.0"]),
        ({"recipe": "cgann"}, SettingsError, ["'cgann'", "'cgan'"]),
        ({"batchsize": 4}, SettingsError, ["'batchsize'", "'batch_size'"]),
    ],
)
def test_impossible_settings_are_refused_and_claim_no_folder(
    few, tmp_path, overrides, error, parts
):
    folder = tmp_path / "run"
    with raising(error, *parts):
        quick(few, folder, **overrides)
    assert not folder.exists()  # so that the corrected call finds no other run there


def test_sizes_that_do_not_fit_are_refused_and_claim_no_folder(tmp_path):
    images, labels = draw(12, size=10, seed=0)
    with raising(SettingsError, "10 x 10", 4):
        quick(DataSet(images, labels, CLASS_NAMES, "ten"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_images_that_fill_no_batch_are_told_of(data, tmp_path, capsys, uncompiled):
    quick(data.subset(14), tmp_path)
    says(capsys.readouterr().out, "2 images")


def test_runs_without_a_folder_get_one_each(few, tmp_path, monkeypatch, uncompiled):
    monkeypatch.setattr(paths, "project_root", lambda: tmp_path)
    a, b, c = quick(few, None), quick(few, ""), quick(few, "my/run")
    assert a.folder != b.folder
    assert a.folder.parent == b.folder.parent == tmp_path / "runs"
    assert a.folder.name.startswith("mlp-tiny-")
    assert c.folder == tmp_path / "my/run"  # relative to the root, not to the working directory


def test_a_folder_in_use_is_refused(few, tmp_path):
    with FileLock(tmp_path / ".lock"), raising(RunError, tmp_path, "process"):
        quick(few, tmp_path)
    assert not (tmp_path / "settings.json").exists()


def test_the_lock_is_given_back_after_an_error(few, tmp_path):
    (tmp_path / "other.txt").touch()
    for _ in range(2):
        with raising(RunError, tmp_path, "other.txt"):
            quick(few, tmp_path)


@pytest.mark.parametrize(
    "place, why",
    [("file", errno.EEXIST), ("/proc/ganlib/run", errno.ENOENT), ("/dev/null/run", errno.ENOTDIR)],
)
def test_a_folder_that_cannot_be_made_is_named(few, tmp_path, place, why):
    folder = tmp_path / place  # but where the place begins at the root
    if place == "file":
        folder.write_text("here first")
    with raising(FileError, folder, os.strerror(why)):
        quick(few, folder)


def finite_weights(gan):
    networks = (gan.generator, gan.discriminator, gan.ema_generator)
    return all(np.isfinite(w).all() for network in networks for w in network.get_weights())


def test_divergence_names_steps_loss_and_network_and_keeps_good_weights(few, tmp_path, uncompiled):
    with raising(DivergenceError, "generator_loss", "discriminator_loss", tmp_path, "step 0"):
        quick(few, tmp_path, epochs=4, learning_rate=1e30, discriminator_learning_rate=1e30)
    kept = load_run(tmp_path)
    assert finite_weights(kept.gan)


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_nan_in_one_network_is_found_and_the_newest_checkpoint_kept(
    few, tmp_path, uncompiled, network
):
    poison = Before(6, lambda gan: lose_a_weight(getattr(gan, network)))
    with raising(DivergenceError, "step 7", "nan", network, tmp_path, "step 6"):
        quick(few, tmp_path, epochs=4, checkpoint_minutes=0, callbacks=[poison])
    kept = load_run(tmp_path)
    assert finite_weights(kept.gan) and kept.history["step"].tolist() == [1, 2, 3, 4, 5, 6]
    # What is kept can be gone on with, once the cause is gone.
    assert int(quick(few, tmp_path, epochs=4).gan.step) == 12


def test_an_interrupt_does_not_save_weights_that_are_not_finite(data, tmp_path, uncompiled):
    # Inside an interval, whose line of history is not written.
    def poison(gan):
        lose_a_weight(gan.generator)
        os.kill(os.getpid(), signal.SIGTERM)

    with raising(DivergenceError, "generator", tmp_path, "step 0"):
        quick(data, tmp_path, callbacks=[Before(INTERVAL, poison)])
    assert finite_weights(load_run(tmp_path).gan)


def test_an_interrupt_between_two_calls_of_fit_is_not_lost(data, tmp_path, monkeypatch, uncompiled):
    # ``fit`` sets ``stop_training`` back when it begins.
    make = pipeline.batches

    def interrupt(*arguments, **options):
        os.kill(os.getpid(), signal.SIGINT)
        return make(*arguments, **options)

    monkeypatch.setattr(trainer_module, "batches", interrupt)
    handler = signal.getsignal(signal.SIGINT)
    run = quick(data, tmp_path)
    assert int(run.gan.step) <= INTERVAL
    assert signal.getsignal(signal.SIGINT) is handler  # given back


def test_a_full_disk_stops_with_what_was_saved_whole_and_the_run_goes_on(
    few, tmp_path, monkeypatch, uncompiled
):
    quick(few, tmp_path)
    whole = files(tmp_path / "checkpoints")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    written = callbacks.Pictures.save

    def fill_disk(pictures, step):
        written(pictures, step)
        if step == 5:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))

    monkeypatch.setattr(callbacks.Pictures, "save", fill_disk)
    try:
        with raising(FileError, tmp_path, os.strerror(errno.EFBIG)):
            quick(few, tmp_path, epochs=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    monkeypatch.setattr(callbacks.Pictures, "save", written)
    assert files(tmp_path / "checkpoints") == whole
    assert load_run(tmp_path).history["step"].tolist() == [1, 2, 3]
    run = quick(few, tmp_path, epochs=2)
    other = quick(few, tmp_path / "other", epochs=2)
    assert_same_state(run.gan, other.gan)


def test_a_disk_that_fills_after_the_last_checkpoint_leaves_weights_that_the_next_call_writes(
    few, tmp_path, monkeypatch, uncompiled
):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    save = RunFolder.save_weights

    def fill_disk(folder, gan, card):
        if card["step"]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
        save(folder, gan, card)

    monkeypatch.setattr(RunFolder, "save_weights", fill_disk)
    try:
        with raising(FileError, tmp_path / "generator.weights.h5", os.strerror(errno.EFBIG)):
            quick(few, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.glob(".writing*"))
    monkeypatch.setattr(RunFolder, "save_weights", save)
    run = quick(few, tmp_path)  # finished: nothing is trained, but the weights are written
    loaded = load_run(tmp_path)
    np.testing.assert_array_equal(loaded.generate(3), run.generate(3))


def test_what_a_kill_left_of_older_checkpoints_is_removed_by_the_next_call(
    few, tmp_path, uncompiled
):
    quick(few, tmp_path, checkpoint_minutes=0)
    kept = checkpoint.checkpoints(tmp_path / "checkpoints")
    shutil.copytree(kept[-1], tmp_path / "checkpoints" / "step-00000001")
    quick(few, tmp_path)
    assert checkpoint.checkpoints(tmp_path / "checkpoints") == kept


def test_a_damaged_checkpoint_costs_only_the_steps_since_the_one_before(
    few, tmp_path, capsys, uncompiled
):
    first = quick(few, tmp_path, epochs=1)
    expected = state_of(first.gan)
    newest = tmp_path / "checkpoints" / "step-00000003" / "state.npz"
    newest.write_bytes(newest.read_bytes()[:-100])
    again = quick(few, tmp_path, epochs=1)
    says(capsys.readouterr().out, "step-00000003/state.npz", "step-00000003.damaged")
    for a, b in zip(state_of(again.gan), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    shutil.rmtree(tmp_path / "checkpoints" / "step-00000000")
    (tmp_path / "checkpoints" / "step-00000003" / "manifest.json").unlink()
    before = files(tmp_path, without=[".lock"])
    with raising(RunError, tmp_path, "load_run", "run_dir"):
        quick(few, tmp_path, epochs=2)
    after = files(tmp_path, without=[".lock"])
    assert sorted(after.values()) == sorted(before.values())  # the damaged one has another name


@pytest.mark.parametrize("gone", [["checkpoints"], ["checkpoints", "samples"]], ids=str)
def test_a_finished_run_without_checkpoints_is_not_written_over(
    few, tmp_path, capsys, uncompiled, gone
):
    first = quick(few, tmp_path, epochs=2)
    for name in gone:
        shutil.rmtree(tmp_path / name)
    before = files(tmp_path, without=[".lock"])
    capsys.readouterr()
    again = quick(few, tmp_path, epochs=2)
    says(capsys.readouterr().out, tmp_path, "step 6")
    assert int(again.gan.step) == 6 and again.history["step"].tolist() == [1, 2, 3, 4, 5, 6]
    np.testing.assert_array_equal(again.generate(4), first.generate(4))
    with raising(RunError, tmp_path, "load_run", "run_dir"):
        quick(few, tmp_path, epochs=3)
    (tmp_path / "generator.json").unlink()  # then nothing tells whether it is finished
    before.pop("generator.json")
    with raising(RunError, tmp_path, "load_run", "run_dir"):
        quick(few, tmp_path, epochs=2)
    assert files(tmp_path, without=[".lock"]) == before


@pytest.mark.parametrize(
    "call", [{"epochs": 2}, {"epochs": 2, "loss": "hinge", "seed": 1}], ids=str
)
def test_a_run_stopped_before_its_first_step_keeps_nobody_out(few, tmp_path, uncompiled, call):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "_fit", lambda trainer, asked: None)
        quick(few, tmp_path, epochs=300)
    run = quick(few, tmp_path, **call)
    assert int(run.gan.step) == 6
    assert_same_state(run.gan, quick(few, tmp_path / "other", **call).gan)
    assert RunFolder(tmp_path).read_settings()["recipe"]["epochs"] == 2


def test_checkpoints_that_cannot_be_read_are_left_alone(
    few, tmp_path, monkeypatch, uncompiled, as_nobody
):
    quick(few, tmp_path / "run")
    states = list((tmp_path / "run" / "checkpoints").glob("*/state.npz"))
    before = files(tmp_path / "run", without=[".lock"])
    for state in states:
        state.chmod(0)
    with raising(RunError, states[0].parent.parent, os.strerror(errno.EACCES)):
        quick(few, tmp_path / "run", epochs=2)
    for state in states:
        state.chmod(0o644)
    assert files(tmp_path / "run", without=[".lock"]) == before
    assert int(quick(few, tmp_path / "run", epochs=2).gan.step) == 6


@pytest.mark.parametrize("name", ["checkpoints", "samples", ".lock"])
def test_a_link_in_a_received_folder_is_not_followed(few, tmp_path, uncompiled, name):
    outside, folder = tmp_path / "outside", tmp_path / "run"
    (outside / "step-00000001").mkdir(parents=True)
    (outside / "file").write_text("mine")
    folder.mkdir()
    (folder / name).symlink_to(outside / "file" if name == ".lock" else outside)
    with raising(RunError, folder / name, "link"):
        quick(few, folder)
    assert files(outside) == {"file": b"mine"} and (outside / "step-00000001").exists()


def test_what_a_killed_process_left_half_written_is_removed(few, tmp_path, uncompiled):
    quick(few, tmp_path)
    for place in (tmp_path, tmp_path / "samples"):
        (place / ".writing-0123-x.png").write_bytes(b"half")
    quick(few, tmp_path)
    assert not list(tmp_path.rglob(".writing-*"))


@pytest.mark.parametrize("error", [ConnectionError, BrokenPipeError, FileNotFoundError])
def test_an_error_of_the_score_is_told_as_it_is(few, tmp_path, uncompiled, error):
    def failing(_gan):
        raise error("of the score")

    with pytest.raises(error, match="of the score"):
        quick(few, tmp_path, score=failing)


def test_checkpoints_deleted_while_training_are_told_of(few, tmp_path, uncompiled):
    vanish = Before(2, lambda gan: shutil.rmtree(tmp_path / "checkpoints"))
    with raising(FileError, tmp_path / "checkpoints", "vanished"):
        quick(few, tmp_path, callbacks=[vanish])


def test_a_score_that_is_no_number_is_never_the_best(few, tmp_path, uncompiled):
    scores = {3: float("nan"), 6: float("inf"), 9: 4.0, 12: 5.0}
    quick(few, tmp_path, epochs=4, score=lambda gan: scores[int(gan.step)])
    newest, _ = checkpoint.load_newest(tmp_path / "checkpoints")
    assert newest.meta["best"] == {"step": 9, "score": 4.0}
    assert load_run(tmp_path, best=True).generate(2).shape == (2, 8, 8, 1)


def test_a_best_that_is_damaged_gives_way_when_the_run_goes_on(few, tmp_path, uncompiled):
    scores = {3: 1.0, 6: 4.0, 9: 3.0, 12: 5.0}

    def score(gan):
        return scores[int(gan.step)]

    quick(few, tmp_path, epochs=3, score=score)
    damaged = tmp_path / "checkpoints" / "step-00000003" / "state.npz"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    quick(few, tmp_path, epochs=4, score=score)
    newest, _ = checkpoint.load_newest(tmp_path / "checkpoints")
    assert newest.meta["best"] == {"step": 9, "score": 3.0}
    assert (tmp_path / "checkpoints" / "step-00000009").exists()


def test_two_unnamed_scores_are_not_taken_for_one(few, tmp_path, uncompiled):
    quick(few, tmp_path, score=lambda gan: 1.0)
    quick(few, tmp_path, score=lambda gan: 1.0, epochs=2)
    with raising(RunError, tmp_path, "score"):
        quick(few, tmp_path, score=lambda gan: 2.0, epochs=3)


def test_a_second_training_in_the_process_is_refused(few, tmp_path, uncompiled):
    refused = []

    def other():
        try:
            quick(few, tmp_path / "other")
        except RunError as error:
            refused.append(error)

    def score(_gan):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return 1.0

    quick(few, tmp_path / "run", score=score)
    says(refused[0], "thread", tmp_path / "run")
    assert not (tmp_path / "other").exists()
    assert int(quick(few, tmp_path / "other").gan.step) == 3


@pytest.mark.parametrize("watched", [True, False])
def test_a_stop_ends_a_notebook_that_nobody_watches_with_an_error(
    data, tmp_path, monkeypatch, uncompiled, watched
):
    monkeypatch.setattr(trainer_module, "in_kernel", lambda: True)
    monkeypatch.setattr(trainer_module, "is_watched", lambda: watched)
    make = pipeline.batches

    def interrupt(*arguments, **options):
        os.kill(os.getpid(), signal.SIGTERM)
        return make(*arguments, **options)

    monkeypatch.setattr(trainer_module, "batches", interrupt)
    try:
        run = quick(data, tmp_path)
    except StoppedError as error:
        assert not watched and str(tmp_path) in str(error)
    else:
        assert watched and int(run.gan.step) <= INTERVAL
    monkeypatch.setattr(trainer_module, "batches", make)
    assert int(quick(data, tmp_path).gan.step) == EPOCH_STEPS


def test_a_checkpoint_of_other_networks_is_refused(few, tmp_path, uncompiled):
    quick(few, tmp_path / "a")
    quick(few, tmp_path / "b", generator_width=5)
    for step in (tmp_path / "b" / "checkpoints").iterdir():
        target = tmp_path / "a" / "checkpoints" / step.name
        shutil.rmtree(target)
        shutil.copytree(step, target)
    kept = checkpoint.checkpoints(tmp_path / "a" / "checkpoints")[-1]
    # The first array whose shape the width changes: 8 latents times 4, or 5.
    with raising(RunError, kept, "generator/0", "(8, 5)", "(8, 4)", "run_dir"):
        quick(few, tmp_path / "a")


def test_the_best_by_score_is_kept_and_can_be_loaded(few, tmp_path, uncompiled):
    averages, asked = {}, []

    def distance(gan):
        step = int(gan.step)
        asked.append(step)
        averages[step] = [w.copy() for w in gan.ema_generator.get_weights()]
        return {3: 5.0, 6: 1.0, 9: 4.0, 12: 3.0}[step]

    run = quick(few, tmp_path, epochs=4, score=distance)
    assert asked == [3, 6, 9, 12]
    expected = np.full(12, np.nan)
    expected[[2, 5, 8, 11]] = [5, 1, 4, 3]
    np.testing.assert_array_equal(run.history["score"], expected)
    np.testing.assert_array_equal(load_run(tmp_path).history["score"], expected)
    kept = [path.name for path in sorted((tmp_path / "checkpoints").iterdir())]
    assert "step-00000006" in kept and "step-00000012" in kept and len(kept) <= 3
    best, last = load_run(tmp_path, best=True), load_run(tmp_path)
    for loaded, step in ((best, 6), (last, 12)):
        for a, b in zip(loaded.gan.ema_generator.get_weights(), averages[step], strict=True):
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(last.generate(3), run.generate(3))
    assert not np.array_equal(best.generate(3), last.generate(3))


def test_a_score_every_second_epoch_and_at_the_end(few, tmp_path, capsys, uncompiled):
    def constant(_gan):
        return 1.0

    run = quick(few, tmp_path, epochs=3, score=constant, score_epochs=2)
    says(capsys.readouterr().out, "0.0%")
    assert run.history["step"][np.isfinite(run.history["score"])].tolist() == [6, 9]
    # Another score, or none, would make another history.
    with raising(RunError, "score", "'constant, every 2 epochs'", "''"):
        quick(few, tmp_path, epochs=3)


def test_scores_that_cost_too_much_are_told_of():
    scores = callbacks.Scores(None, None, None)
    scores.seconds = 5.05
    says(scores.cost(101), "5.0%")
    assert "score_epochs" not in scores.cost(101)
    says(scores.cost(99), "5.1%", "score_epochs")


def test_the_best_of_a_run_without_scores_is_refused(few, tmp_path, uncompiled):
    quick(few, tmp_path)
    with raising(RunError, tmp_path, "best"):
        load_run(tmp_path, best=True)


@pytest.mark.parametrize(
    "intervals, steps",
    [
        ({"checkpoint_epochs": 2}, [0, 6, 12]),
        ({"checkpoint_epochs": 3}, [0, 9, 12]),
        ({"checkpoint_minutes": 0}, list(range(13))),
        ({"checkpoint_epochs": 100}, [0, 12]),
    ],
    ids=str,
)
def test_checkpoints_come_as_often_as_asked(
    few, tmp_path, monkeypatch, uncompiled, intervals, steps
):
    monkeypatch.setattr(callbacks, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    saved, save = [], checkpoint.save

    def note(parent, step, *arguments, **options):
        saved.append(step)
        return save(parent, step, *arguments, **options)

    monkeypatch.setattr(checkpoint, "save", note)
    quick(few, tmp_path, epochs=4, **intervals)
    assert saved == steps


@pytest.mark.parametrize(
    "wrong", [{"checkpoint_epochs": 0}, {"checkpoint_minutes": -1.0}, {"score_epochs": 0},
              {"checkpoint_minutes": float("nan")}],
    ids=str,
)  # fmt: skip
def test_impossible_intervals_are_refused(few, tmp_path, wrong):
    ((name, value),) = wrong.items()
    with raising(SettingsError, f"{name}={value!r}"):
        quick(few, tmp_path / "run", **wrong)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("moved", [True, False])
def test_a_folder_that_vanishes_while_training_is_told_of(few, tmp_path, uncompiled, moved):
    folder, elsewhere = tmp_path / "run", tmp_path / "elsewhere"

    def vanish(_gan):
        shutil.move(folder, elsewhere) if moved else shutil.rmtree(folder)

    with raising(FileError, folder, "vanished"):
        quick(few, folder, epochs=4, callbacks=[Before(5, vanish)])
    assert not folder.exists() or not list(folder.rglob("*.npz"))
    if moved:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(elsewhere, folder)
        assert int(quick(few, folder, epochs=4).gan.step) == 12


@pytest.fixture
def as_nobody(tmp_path):
    """Permissions hold for everybody but root: become somebody else for the test."""
    if os.geteuid():
        yield
        return
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o777 == 0o700:
            folder.chmod(0o711)
    os.chown(tmp_path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("when", ["before", "while training"])
def test_a_read_only_folder_is_told_of_and_nothing_is_lost(
    few, tmp_path, monkeypatch, uncompiled, as_nobody, when
):
    folder = tmp_path / "run"
    quick(few, folder)
    whole = files(folder / "checkpoints")
    places = [folder, folder / "checkpoints", folder / "samples"]

    def lock_up():
        for place in places:
            place.chmod(0o555)

    written = callbacks.Pictures.save

    def picture(pictures, step):
        if step == 5:
            lock_up()
        written(pictures, step)

    if when == "before":
        lock_up()
    monkeypatch.setattr(callbacks.Pictures, "save", picture)
    try:
        with raising(FileError, folder, os.strerror(errno.EACCES)):
            quick(few, folder, epochs=2)
    finally:
        for place in places:
            place.chmod(0o755)
    assert files(folder / "checkpoints") == whole
    monkeypatch.setattr(callbacks.Pictures, "save", written)
    assert int(quick(few, folder, epochs=2).gan.step) == 6


def test_a_loss_that_explodes_is_refused_while_it_is_still_a_number(few, tmp_path, uncompiled):
    def blow_up(gan):
        for weight in gan.discriminator.trainable_variables:
            weight.assign(1e4 * weight)

    with raising(DivergenceError, "step 5", "1,000,000", "none", "step 4"):
        quick(few, tmp_path, epochs=4, loss="wasserstein", checkpoint_minutes=0,
              callbacks=[Before(4, blow_up)])  # fmt: skip


class Noted(keras.callbacks.Callback):
    """Remembers the epochs' numbers and logs."""

    def __init__(self):
        super().__init__()
        self.epochs, self.logs = [], []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)
        self.logs.append(dict(logs))


def test_a_users_callback_sees_what_the_history_holds(few, tmp_path, uncompiled):
    noted = Noted()
    run = quick(few, tmp_path, epochs=2, score=lambda gan: 7.0, callbacks=[noted])
    quick(few, tmp_path, epochs=3, score=lambda gan: 7.0, callbacks=[noted])
    assert noted.epochs == list(range(9))  # one an interval, counted on when the run goes on
    for name in ("generator_loss", "real_accuracy", "score"):
        seen = [float(logs[name]) for logs in noted.logs[:6]]
        np.testing.assert_allclose(seen, run.history[name])


def test_tensorboard_draws_the_curves_of_a_run(few, tmp_path, uncompiled):
    board = keras.callbacks.TensorBoard(tmp_path / "board", profile_batch=0)
    run = quick(few, tmp_path / "run", epochs=2, callbacks=[board])
    values = {}
    for path in (tmp_path / "board").rglob("events*"):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                if value.tag == "epoch_generator_loss":
                    values[event.step] = float(tf.make_ndarray(value.tensor))
    np.testing.assert_allclose([values[k] for k in sorted(values)], run.history["generator_loss"])


def test_a_callback_may_end_the_training_and_all_is_saved(few, tmp_path, uncompiled, capsys):
    def stop(gan):
        gan.stop_training = True

    run = quick(few, tmp_path, epochs=4, callbacks=[Before(4, stop)])
    step = int(run.gan.step)
    assert 4 <= step < 12
    says(capsys.readouterr().out, f"step {step}", tmp_path)
    assert_same_state(load_run(tmp_path).gan, run.gan, ("ema_generator", "discriminator"))
    other = quick(few, tmp_path / "other", epochs=4)
    assert_same_state(quick(few, tmp_path, epochs=4).gan, other.gan)


def test_what_is_no_callback_is_refused(few, tmp_path):
    with raising(SettingsError, "callbacks", repr(print)):
        quick(few, tmp_path / "run", callbacks=[print])
    assert not (tmp_path / "run").exists()
