"""Weights files: what this network would write is read, everything else refused before a number
is assigned."""

import errno
import functools
import hashlib
import json
import os
import tempfile

import h5py
import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers
from support import raising

from ganlib import weights
from ganlib.errors import WeightsError


def network(width=3, seed=0):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((4,)), layers.Dense(width), layers.BatchNormalization()])


@pytest.fixture
def saved(tmp_path):
    """A network, and the file that holds its weights."""
    path = tmp_path / "small.weights.h5"
    weights.save_weights(network(), path, {"scores": {"distance": 1.5}})
    return network(), path


@functools.cache
def _other():
    """A network that nothing should be loaded into; building one takes longer than refusing."""
    return network(seed=1)


def seal(path):
    """Makes the card agree with the file, as whoever forges one would."""
    card = json.loads(weights.card_path(path).read_text("utf-8"))
    card["weights_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    weights.card_path(path).write_text(json.dumps(card), "utf-8")


def refused(path, *parts, into=None):
    """Loading raises, naming the parts, and leaves the network as it was."""
    into = into or _other()
    before = [w.copy() for w in into.get_weights()]
    with raising(WeightsError, *parts):
        weights.load_weights(into, path)
    for old, new in zip(before, into.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_what_was_saved_is_loaded_with_its_card(saved):
    original, path = saved
    other = network(seed=1)
    card = weights.load_weights(other, path)
    for a, b in zip(original.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert card == {
        "scores": {"distance": 1.5},
        "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert {p.name for p in path.parent.iterdir()} == {"small.weights.h5", "small.json"}


def test_keras_reads_the_file_too(saved):
    original, path = saved
    other = network(seed=1)
    other.load_weights(path)
    np.testing.assert_array_equal(original.get_weights()[0], other.get_weights()[0])


@pytest.mark.parametrize("name", ["small.weights.h5", "small.json"])
def test_a_missing_file_is_named(saved, name):
    path = saved[1].parent / name
    path.unlink()
    refused(saved[1], path)


def test_a_file_that_its_card_does_not_tell_of_is_refused(saved):
    content = bytearray(saved[1].read_bytes())
    content[-1] ^= 1
    saved[1].write_bytes(content)
    refused(saved[1], saved[1], "small.json")


@pytest.mark.parametrize("card", [b"", b"[]", b"{}", b'{"weights_sha256": 3}', b"\xff\xfe"])
def test_what_is_no_card_is_refused(saved, card):
    weights.card_path(saved[1]).write_bytes(card)
    refused(saved[1], "small.json")


def test_a_card_of_megabytes_is_refused_unread(saved):
    weights.card_path(saved[1]).write_bytes(b" " * 1_000_001)
    refused(saved[1], "small.json", "1,000,000")


def test_other_shapes_are_refused_naming_both(saved):
    refused(saved[1], "(3,)", "(5,)", into=network(width=5))


def test_another_architecture_is_refused(saved):
    deeper = keras.Sequential([*network().layers, layers.Dense(2)])
    deeper.build((None, 4))
    refused(saved[1], saved[1], "/layers/dense_1", into=deeper)


def test_more_bytes_than_the_network_can_have_are_refused(saved):
    with open(saved[1], "ab") as file:
        file.write(bytes(1_000_000))
    seal(saved[1])
    refused(saved[1], saved[1], f"{weights._most_bytes(_other()):,}")


@pytest.mark.parametrize("place", ["full", "missing"])
def test_a_folder_for_temporary_files_that_cannot_be_written_is_named(saved, monkeypatch, place):
    def full(*_args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if place == "full":
        monkeypatch.setattr(weights, "_reserve", full)
    else:
        monkeypatch.setattr(tempfile, "tempdir", str(saved[1].parent / "nowhere"))
    refused(saved[1], "TMPDIR")


@pytest.mark.parametrize("name", ["small.weights.h5", "small.json"])
def test_a_pipe_in_the_place_of_a_file_is_refused(saved, name):
    (saved[1].parent / name).unlink()
    os.mkfifo(saved[1].parent / name)
    refused(saved[1], saved[1].parent / name, "regular")


def test_no_link_is_written_through(saved, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    for name in ("writing.small.weights.h5", ".writing-small.json", "small.json"):
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / name).symlink_to(outside)
    weights.save_weights(network(), saved[1], {})
    assert outside.read_text() == "mine"
    assert weights.load_weights(network(seed=1), saved[1])


def first_array(file):
    """The path of an array in the file."""
    found = []
    file.visititems(lambda name, part: found.append(name) if hasattr(part, "shape") else None)
    return found[0]


def linked_outside(file, name, folder):
    with h5py.File(folder / "other.h5", "w") as other:
        other["secret"] = np.zeros(file[name].shape, "float32")
    del file[name]
    file[name] = h5py.ExternalLink("other.h5", "/secret")


def linked_inside(file, name, _folder):
    file["elsewhere"] = file[name][()]
    del file[name]
    file[name] = h5py.SoftLink("/elsewhere")
    del file["elsewhere"]


def stored_outside(file, name, folder):
    shape = file[name].shape
    (folder / "numbers.raw").write_bytes(bytes(1000))
    del file[name]
    file.create_dataset(name, shape, "float32", external=[(str(folder / "numbers.raw"), 0, 1000)])


def mapped_outside(file, name, folder):
    shape = file[name].shape
    with h5py.File(folder / "other.h5", "w") as other:
        other["secret"] = np.zeros(shape, "float32")
    del file[name]
    layout = h5py.VirtualLayout(shape, "float32")
    layout[...] = h5py.VirtualSource(str(folder / "other.h5"), "secret", shape)
    file.create_virtual_dataset(name, layout)


def absurdly_large(file, name, _folder):
    del file[name]  # a few bytes on disk, since nothing is written
    file.create_dataset(name, (1_000_000, 1_000_000), "float32", chunks=(1000, 1000))


def packed(file, name, _folder):
    values = file[name][()]
    del file[name]
    file.create_dataset(name, data=values, chunks=True, compression="gzip")


def of_objects(file, name, _folder):
    shape = file[name].shape
    del file[name]
    file.create_dataset(name, shape, h5py.string_dtype())


def double(file, name, _folder):
    values = file[name][()].astype("float64")
    del file[name]
    file[name] = values


def group_for_array(file, name, _folder):
    del file[name]
    file.create_group(name)


def type_for_array(file, name, _folder):
    del file[name]
    file[name] = np.dtype("float32")  # a named type: neither group nor array


def looping(file, name, _folder):
    parent = file[name].parent
    parent["again"] = file["/"]


FORGERIES = (
    linked_outside, linked_inside, stored_outside, mapped_outside, absurdly_large, packed,
    of_objects, double,
    group_for_array, type_for_array, looping,
)  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda f: f.__name__)
def test_a_forged_file_is_refused_though_its_card_agrees(saved, forge):
    with h5py.File(saved[1], "r+") as file:
        forge(file, first_array(file), saved[1].parent)
    seal(saved[1])
    refused(saved[1], saved[1])


def test_a_python_object_is_never_unpickled(saved):
    saved[1].write_bytes(b"\x80\x04\x95 a pickle")
    seal(saved[1])
    refused(saved[1], saved[1], "HDF5")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A sound pair of files, for damaging copies of."""
    path = tmp_path_factory.mktemp("whole") / "small.weights.h5"
    weights.save_weights(network(), path, {"recipe": {"name": "x"}, "scores": {}})
    return path.read_bytes(), weights.card_path(path).read_bytes()


@functools.cache
def _reader():
    return network(seed=1)


fuzzing = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzzing
@given(at=st.integers(0, 10**6), value=st.integers(0, 255), cut=st.none() | st.integers(0, 10**6))
def test_any_damaged_card_is_refused_or_still_agrees(whole, tmp_path, at, value, cut):
    content = bytearray(whole[1])
    content[at % len(content)] = value
    path = tmp_path / "small.weights.h5"
    path.write_bytes(whole[0])
    weights.card_path(path).write_bytes(content[: cut % len(content)] if cut else content)
    try:
        card = weights.load_weights(_reader(), path)
    except WeightsError:
        return
    assert card["weights_sha256"] == hashlib.sha256(whole[0]).hexdigest()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@fuzzing
@given(json_values | st.fixed_dictionaries({"weights_sha256": json_values}))
def test_any_json_that_is_no_card_is_refused(whole, tmp_path, value):
    path = tmp_path / "small.weights.h5"
    path.write_bytes(whole[0])
    weights.card_path(path).write_text(json.dumps(value), "utf-8")
    refused(path)


def test_a_file_that_breaks_off_while_it_is_loaded_leaves_the_network_as_it_was(saved, monkeypatch):
    load = keras.Model.load_weights

    def fail_late(self, path):
        load(self, path)
        raise RuntimeError("addr overflow")

    monkeypatch.setattr(keras.Model, "load_weights", fail_late)
    refused(saved[1], "addr overflow")


@settings(fuzzing, max_examples=300)
@given(at=st.integers(0, 10**6), value=st.integers(0, 255))
def test_any_altered_file_whose_card_agrees_is_refused_or_read(whole, tmp_path, at, value):
    content = bytearray(whole[0])
    content[at % len(content)] = value
    path = tmp_path / "small.weights.h5"
    path.write_bytes(content)
    weights.card_path(path).write_bytes(whole[1])
    seal(path)
    into = _reader()
    try:
        weights.load_weights(into, path)
    except WeightsError:
        return
    # Altered in the numbers themselves, or where nothing is looked at.
    for w, shape in zip(into.get_weights(), [(4, 3), *[(3,)] * 5], strict=True):
        assert w.shape == shape
