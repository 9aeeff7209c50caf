"""One way to write a file, one way to read what came from outside."""

import errno
import json
import math
import os
import threading

import pytest
from support import raising, says

from ganlib import files
from ganlib.errors import FileError, GanlibError

SCHEMA = files.fields({"name": {"type": "string"}}, {"parts": {"items": {"type": "integer"}}})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_replaces_the_old_and_keeps_its_ending(tmp_path):
    path = tmp_path / "x.weights.h5"
    path.write_text("old")
    with files.replacing(path) as temporary:
        assert temporary.parent == tmp_path and temporary.name.endswith("x.weights.h5")
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and names(tmp_path) == [path.name]


def test_a_failed_write_leaves_the_old_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "a.json"
    files.write_json(path, {"old": 1})
    with pytest.raises(TypeError):
        files.write_json(path, {"new": object()})
    with raising(FileError, path, os.strerror(errno.ENOSPC)), files.replacing(path) as half:
        half.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(ZeroDivisionError), files.replacing(path):  # not the disk's fault
        _ = 1 / 0
    assert json.loads(path.read_text()) == {"old": 1} and names(tmp_path) == ["a.json"]


def test_what_fails_within_is_told_of_the_whole(tmp_path):
    whole, full = tmp_path / "step", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with raising(FileError, whole, full.strerror) as caught, files.telling(whole):
        raise files.cannot_write(tmp_path / ".writing-00-step" / "a.json", full) from full
    assert files.TEMPORARY not in str(caught.value)
    other = FileError("something lies there")  # no failure to write
    with pytest.raises(FileError) as caught, files.telling(whole):
        raise other
    assert caught.value is other


def test_no_symlink_is_followed(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "received"
    outside.write_text("mine")
    folder.mkdir()
    for name in ("a.json", ".writing-a.json", "writing.a.json"):
        (folder / name).symlink_to(outside)
    files.write_json(folder / "a.json", 1)
    assert outside.read_text() == "mine"
    assert not (folder / "a.json").is_symlink() and (folder / "a.json").read_text() == "1\n"


def test_a_taken_temporary_name_is_not_written_through(tmp_path, monkeypatch):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    monkeypatch.setattr(files.secrets, "token_hex", lambda _n: "00")
    (tmp_path / ".writing-00-a.json").symlink_to(outside)
    with pytest.raises(FileError):
        files.write_json(tmp_path / "a.json", 1)
    assert outside.read_text() == "mine" and not (tmp_path / "a.json").exists()


def test_file_and_folder_are_flushed_before_and_after_the_renaming(tmp_path, monkeypatch):
    done = []
    flush, replace = files.flush, os.replace
    monkeypatch.setattr(files, "flush", lambda path: (done.append(path.name), flush(path)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("rename"), replace(a, b)))
    files.write_json(tmp_path / "a.json", 1)
    assert done[0].endswith("a.json") and done[1:] == ["rename", tmp_path.name]


@pytest.mark.parametrize("parents", [True, False])
def test_a_missing_folder_is_made_only_where_that_is_meant(tmp_path, parents):
    path = tmp_path / "gone" / "a.txt"
    try:
        with files.replacing(path, parents=parents) as temporary:
            temporary.write_text("x")
    except FileError as error:
        says(error, path.parent, "vanished", path.name)
    assert path.exists() == path.parent.exists() == parents


def test_sweeping_takes_what_was_half_written_and_nothing_else(tmp_path):
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    folder = tmp_path / "run"
    (folder / ".writing-1-step-00000003").mkdir(parents=True)
    (folder / ".writing-1-step-00000003" / "state.npz").touch()
    (folder / ".writing-2-a.json").touch()
    (folder / ".writing-3-link").symlink_to(outside)
    (folder / "kept.json").touch()
    files.sweep(folder)
    files.sweep(tmp_path / "nowhere")
    assert names(folder) == ["kept.json"] and (outside / "deep").exists()


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link to a device"])
def test_only_regular_files_are_read(tmp_path, kind):
    path = tmp_path / "card.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path = files.Path("/dev/zero")
    else:
        path.symlink_to("/dev/zero")
    raised = []

    def read():
        try:
            files.read_json(path, {})
        except GanlibError as error:
            raised.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(5)
    assert not reader.is_alive()
    says(raised[0], path, "regular")


def test_more_than_the_limit_is_not_read(tmp_path):
    (tmp_path / "a").write_bytes(bytes(11))
    assert files.read_bytes(tmp_path / "a", limit=11) == bytes(11)
    with raising(GanlibError, tmp_path / "a", 10):
        files.read_bytes(tmp_path / "a", limit=10)


@pytest.mark.parametrize(
    "text, field",
    [
        ("[" * 200_000, "JSON"),
        ("{", "JSON"),
        ("\xff", "JSON"),
        ("[]", "'object'"),
        ("{}", "'name'"),
        ('{"name": 3}', "name"),
        ('{"name": "x", "parts": [1, "2"]}', "parts.1"),
    ],
    ids=range(7),
)
def test_what_does_not_fit_names_file_and_field(tmp_path, text, field):
    path = tmp_path / "a.json"
    path.write_text(text, "latin-1")
    with raising(GanlibError, path, field):
        files.read_json(path, SCHEMA)


def test_what_is_no_number_is_written_as_null(tmp_path):
    path = tmp_path / "a.json"
    files.write_json(path, {"name": "x", "scores": [1.5, math.nan, (math.inf,)], 3: None})
    text = path.read_text()

    def refuse(name):
        raise AssertionError(name)

    assert json.loads(text, parse_constant=refuse) == {
        "name": "x", "scores": [1.5, None, [None]], "3": None,
    }  # fmt: skip
    assert files.read_json(path, SCHEMA)["name"] == "x"
