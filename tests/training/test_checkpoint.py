"""Checkpoints: whole or not at all, verified, and the one before where one is damaged."""

import errno
import json
import os

import numpy as np
import pytest
from support import raising

from ganlib import files
from ganlib.errors import FileError, RunError
from ganlib.training import checkpoint
from ganlib.training.checkpoint import MANIFEST, Checkpoint, DamagedError, load, load_newest, save


def state(k=0):
    """Arrays of every type that a run has, and some rows of history."""
    rng = np.random.default_rng(k)
    arrays = {
        "generator/0": rng.normal(size=(30, 40)).astype(np.float32),
        "optimizer/0": np.array(k, np.int64),
        "dropout/0": np.array([1, 2**32 - 1], np.uint32),
    }
    return Checkpoint(
        arrays, {"rows": [{"step": k, "loss": 0.1 + k}], "seconds": [0.5], "elapsed": 1 / 3}
    )


def same(a, b):
    return (
        a.meta == b.meta
        and a.arrays.keys() == b.arrays.keys()
        and all(
            np.array_equal(a.arrays[k], b.arrays[k]) and a.arrays[k].dtype == b.arrays[k].dtype
            for k in a.arrays
        )
    )


def names(parent):
    return sorted(path.name for path in parent.iterdir())


def test_what_was_saved_is_loaded_exactly(tmp_path):
    folder = save(tmp_path, 12, state(3))
    assert folder.name == "step-00000012"
    assert names(folder) == ["manifest.json", "meta.json", "state.npz"]
    assert same(load(folder), state(3))


def test_the_two_newest_are_kept(tmp_path):
    for step in (5, 10, 100, 1000):
        save(tmp_path, step, state(step))
    assert names(tmp_path) == ["step-00000100", "step-00001000"]
    found, notices = load_newest(tmp_path)
    assert same(found, state(1000)) and notices == []


def test_the_best_is_kept_beside_the_two_newest(tmp_path):
    for step, best in ((5, 5), (10, 5), (15, 5), (20, 5), (25, 20), (30, 20)):
        save(tmp_path, step, state(step), best=best)
    assert names(tmp_path) == ["step-00000020", "step-00000025", "step-00000030"]
    save(tmp_path, 35, state(35), best=20)
    assert names(tmp_path) == ["step-00000020", "step-00000030", "step-00000035"]


def test_what_is_there_and_whole_is_not_written_again(tmp_path):
    first = save(tmp_path, 5, state(1))
    before = (first / "state.npz").stat().st_mtime_ns
    save(tmp_path, 5, state(1))
    assert (first / "state.npz").stat().st_mtime_ns == before
    assert names(tmp_path) == ["step-00000005"]


def test_a_damaged_one_of_the_same_step_is_set_aside(tmp_path):
    flip(save(tmp_path, 5, state(1)) / "state.npz")
    save(tmp_path, 5, state(1))
    assert names(tmp_path) == ["step-00000005", "step-00000005.damaged"]
    assert same(load_newest(tmp_path)[0], state(1))


def test_a_folder_that_has_vanished_is_not_made_again(tmp_path):
    with raising(FileError, tmp_path / "gone", "vanished"):
        save(tmp_path / "gone", 5, state(1))
    assert names(tmp_path) == []


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGE = {
    "cut": cut,
    "flipped bit": flip,
    "emptied": lambda path: path.write_bytes(b""),
    "missing": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["state.npz", "meta.json", MANIFEST])
def test_damage_names_the_file(tmp_path, name, damage):
    folder = save(tmp_path, 1, state())
    if name == MANIFEST and damage == "cut":
        (folder / name).write_bytes((folder / name).read_bytes()[:-5])
    else:
        DAMAGE[damage](folder / name)
    with pytest.raises(RunError) as caught:
        load(folder)
    assert str(folder / name) in str(caught.value)


def test_any_flipped_bit_is_found(tmp_path):
    folder = save(tmp_path, 1, state())
    for name in ("state.npz", "meta.json", MANIFEST):
        whole = (folder / name).read_bytes()
        for at in np.linspace(0, len(whole) - 1, 25).astype(int):
            content = bytearray(whole)
            content[at] ^= 1
            (folder / name).write_bytes(content)
            try:
                found = load(folder)
            except RunError as error:
                assert str(folder) in str(error)
            else:  # white space of the manifest
                assert name == MANIFEST and same(found, state())
        (folder / name).write_bytes(whole)


@pytest.mark.parametrize(
    "manifest", [[], None, 3, "state.npz", {}, {"state.npz": 1, "meta.json": None}], ids=repr
)
def test_a_manifest_of_another_form_is_refused(tmp_path, manifest):
    folder = save(tmp_path, 1, state())
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(RunError, match=r"step-00000001"):
        load(folder)


def test_pickled_arrays_are_never_loaded(tmp_path):
    folder = save(tmp_path, 1, state())
    np.savez(folder / "state.npz", bad=np.array([{}], object), allow_pickle=True)
    manifest = {name: checkpoint.sha256(folder / name) for name in ("state.npz", "meta.json")}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with raising(DamagedError, folder, "allow_pickle=False"):
        load(folder)


def test_a_damaged_one_is_set_aside_and_the_one_before_is_used(tmp_path):
    save(tmp_path, 1, state(1))
    flip(save(tmp_path, 2, state(2)) / "state.npz")
    found, notices = load_newest(tmp_path)
    assert same(found, state(1))
    assert len(notices) == 1
    assert "step-00000002/state.npz" in notices[0] and "step-00000002.damaged" in notices[0]
    assert names(tmp_path) == ["step-00000001", "step-00000002.damaged"]
    # It is not met again, nor does it count among the kept or get deleted by them.
    assert load_newest(tmp_path)[1] == []
    save(tmp_path, 2, state(2))
    save(tmp_path, 3, state(3))
    assert names(tmp_path) == ["step-00000002", "step-00000002.damaged", "step-00000003"]


def test_none_is_found_where_all_are_damaged_or_none_is_there(tmp_path):
    assert load_newest(tmp_path / "nowhere") == (None, [])
    (save(tmp_path, 1, state()) / "meta.json").unlink()
    found, notices = load_newest(tmp_path)
    assert found is None and len(notices) == 1


def test_an_array_that_does_not_fit_is_named_with_both_shapes(tmp_path):
    folder = save(tmp_path, 1, state())
    other = np.zeros((30, 41))
    with raising(RunError, folder, "generator/0", "(30, 40)", other.shape, "run_dir"):
        checkpoint.assign(load(folder), "generator", [other])
    with raising(RunError, folder, "critic/0", "missing", other.shape):
        checkpoint.assign(load(folder), "critic", [other])


def test_damage_again_at_one_step_deletes_nothing_that_was_set_aside(tmp_path):
    for _ in range(3):
        flip(save(tmp_path, 5, state(1)) / "state.npz")
        load_newest(tmp_path)
    aside = ["step-00000005.damaged", "step-00000005.damaged-2", "step-00000005.damaged-3"]
    assert names(tmp_path) == aside


UNREADABLE = {
    "permission": PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
    "disk": OSError(errno.EIO, os.strerror(errno.EIO)),
}


@pytest.mark.parametrize("error", UNREADABLE)
@pytest.mark.parametrize("name", ["state.npz", "meta.json", MANIFEST])
def test_what_could_not_be_read_is_not_taken_for_damaged(tmp_path, monkeypatch, name, error):
    save(tmp_path, 1, state(1))
    save(tmp_path, 2, state(2))
    open_regular = files.open_regular

    def failing(path, **options):
        if path == tmp_path / "step-00000002" / name:
            raise UNREADABLE[error]
        return open_regular(path, **options)

    monkeypatch.setattr(files, "open_regular", failing)
    for act in (load_newest, lambda parent: save(parent, 2, state(2))):
        with pytest.raises(RunError, match=UNREADABLE[error].strerror) as caught:
            act(tmp_path)
        assert not isinstance(caught.value, DamagedError)
    monkeypatch.undo()
    assert names(tmp_path) == ["step-00000001", "step-00000002"]
    assert same(load_newest(tmp_path)[0], state(2))


def test_reading_without_mending_changes_nothing(tmp_path):
    save(tmp_path, 1, state(1))
    flip(save(tmp_path, 2, state(2)) / "state.npz")
    found, notices = load_newest(tmp_path, mend=False)
    assert same(found, state(1)) and found.step == 1 and len(notices) == 1
    assert names(tmp_path) == ["step-00000001", "step-00000002"]


@pytest.mark.parametrize("name", ["state.npz", "meta.json", MANIFEST])
def test_a_pipe_in_the_place_of_a_file_is_damage_and_hangs_nothing(tmp_path, name):
    folder = save(tmp_path, 1, state())
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with raising(DamagedError, folder / name, "regular"):
        load(folder)


def sealed(folder, meta):
    """A checkpoint whose manifest agrees with another meta.json, as whoever forges one makes it."""
    (folder / "meta.json").write_text(meta)
    manifest = {name: checkpoint.sha256(folder / name) for name in checkpoint.FILES}
    (folder / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "meta, field",
    [
        ("[" * 200_000, "JSON"),
        ("[]", "'object'"),
        ("{}", "'rows'"),
        ('{"rows": [], "seconds": [], "elapsed": "1"}', "elapsed"),
        ('{"rows": [{"step": "3"}], "seconds": [], "elapsed": 1}', "rows.0.step"),
        ('{"rows": [], "seconds": [], "elapsed": 1, "best": 5}', "best"),
        ('{"rows": [], "seconds": [], "elapsed": 1, "best": {"step": 1.5}}', "best"),
    ],
    ids=range(7),
)
def test_a_meta_of_another_form_names_the_field(tmp_path, meta, field):
    folder = save(tmp_path, 1, state())
    sealed(folder, meta)
    with raising(DamagedError, folder / "meta.json", field):
        load(folder)


def scored(step, score, best):
    rows = [{"step": k, "score": s} for k, s in score.items()]
    return Checkpoint({}, {"rows": rows, "seconds": [], "elapsed": 1.0, "best": best}, step)


def test_the_best_that_is_gone_gives_way_to_the_best_that_is_whole(tmp_path):
    best = {"step": 1, "score": 1.0}
    newest = scored(4, {1: 1.0, 2: 3.0, 3: None, 4: 5.0}, best)
    for step in (1, 2, 3, 4):
        save(tmp_path, step, newest, keep=9)
    assert checkpoint.best_whole(tmp_path, newest) == best
    flip(tmp_path / "step-00000001" / "state.npz")
    assert checkpoint.best_whole(tmp_path, newest) == {"step": 2, "score": 3.0}
    for step in (2, 3, 4):
        flip(tmp_path / f"step-{step:08d}" / "state.npz")
    assert checkpoint.best_whole(tmp_path, newest) is None


def test_a_kill_while_an_old_one_is_deleted_leaves_none_that_lacks_a_file(tmp_path, monkeypatch):
    save(tmp_path, 1, state(1))
    save(tmp_path, 2, state(2))

    def killed(folder, **_options):
        (folder / "state.npz").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path, 3, state(3))
    monkeypatch.undo()
    assert [load(folder).step for folder in checkpoint.checkpoints(tmp_path)] == [2, 3]


def test_what_a_killed_process_left_is_harmless_and_cleared(tmp_path):
    save(tmp_path, 1, state(1))
    leftover = tmp_path / ".writing-00000002"
    leftover.mkdir()
    (leftover / "state.npz").write_bytes(b"half")
    assert same(load_newest(tmp_path)[0], state(1))
    save(tmp_path, 3, state(3))
    assert names(tmp_path) == ["step-00000001", "step-00000003"]


@pytest.mark.parametrize("where", ["savez", "fsync", "replace"])
def test_a_full_disk_leaves_the_older_ones_whole(tmp_path, monkeypatch, where):
    save(tmp_path, 1, state(1))
    save(tmp_path, 2, state(2))

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np if where == "savez" else os, where, full)
    with raising(FileError, tmp_path / "step-00000003", os.strerror(errno.ENOSPC)) as caught:
        save(tmp_path, 3, state(3))
    assert files.TEMPORARY not in str(caught.value)
    monkeypatch.undo()
    assert names(tmp_path) == ["step-00000001", "step-00000002"]
    assert same(load_newest(tmp_path)[0], state(2))
