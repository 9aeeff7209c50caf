"""load_data: where it looks, what it says where it fails, and one hash for one content."""

import errno
import functools
import gzip
import hashlib
import http.server
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import raising, says

from ganlib.data import load as load_module
from ganlib.data import official as official_module
from ganlib.data.dataset import CLASS_NAMES, FASHION_HASHES, SPLITS, DataSet
from ganlib.data.load import load_data
from ganlib.data.official import OfficialFile
from ganlib.errors import DataError, SettingsError
from ganlib.paths import project_root

RNG = np.random.default_rng(1)
CONTENT = {  # a small stand-in for the official arrays
    "train": (RNG.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 10),
    "test": (RNG.integers(0, 256, (20, 28, 28), np.uint8), np.arange(20) % 10),
}
REMEDIES = ("GANLIB_DATA", "network", 'dataset="sketches"')


def idx(array):
    array = array.astype(np.uint8)
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes(), mtime=0)


def official(folder):
    """Write the stand-in's four files."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, prefix in (("train", "train"), ("test", "t10k")):
        images, labels = CONTENT[split]
        (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(idx(images))
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(idx(labels))
    return folder


@pytest.fixture
def world(tmp_path, monkeypatch):
    """No data set anywhere, no network, few sketches; the stand-in's files pass as official."""
    monkeypatch.delenv("GANLIB_DATA", raising=False)
    monkeypatch.setenv("GANLIB_OFFLINE", "1")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("GANLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(load_module, "SKETCH_COUNTS", {"train": 30, "test": 20})
    table = {
        path.name: OfficialFile(path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in official(tmp_path / "pattern").iterdir()
    }
    own_faults, own_obtain = official_module.faults_in, official_module.obtain
    monkeypatch.setattr(
        official_module, "faults_in", lambda place, files=table: own_faults(place, files)
    )
    monkeypatch.setattr(
        official_module, "obtain", lambda own: own_obtain(own, mirrors=(), files=table)
    )
    for split, content in CONTENT.items():
        monkeypatch.setitem(FASHION_HASHES, split, DataSet(*content, CLASS_NAMES, "x", split).hash)
    return tmp_path


# Where Fashion-MNIST is looked for


@pytest.mark.parametrize("dataset", ["auto", "fashion_mnist"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_explicit_folder(world, dataset, split):
    loaded = load_data(dataset, official(world / "mine"), split=split)
    np.testing.assert_array_equal(loaded.images, CONTENT[split][0])
    np.testing.assert_array_equal(loaded.labels, CONTENT[split][1])
    assert (loaded.name, loaded.title, loaded.split) == ("fashion_mnist", "Fashion-MNIST", split)
    assert loaded.class_names == CLASS_NAMES and loaded.source == str(world / "mine")


def test_places_are_tried_in_order(world, monkeypatch):
    sources = []
    for place in ("cache/fashion-mnist", "keras/datasets/fashion-mnist", "env"):
        official(world / place)
        if place == "env":
            monkeypatch.setenv("GANLIB_DATA", str(world / place))
        sources.append(load_data().source)
    sources.append(load_data(data_dir=official(world / "mine")).source)
    assert [Path(source).relative_to(world).parts[0] for source in sources] == [
        "cache", "keras", "env", "mine",
    ]  # fmt: skip


def lines_about(folder, error):
    return [line for line in str(error).splitlines() if str(folder) in line]


@pytest.mark.parametrize("by", ["data_dir", "GANLIB_DATA"])
@pytest.mark.parametrize("dataset", ["auto", "fashion_mnist"])
def test_folder_that_was_named_is_not_passed_over(world, monkeypatch, dataset, by):
    official(world / "keras" / "datasets" / "fashion-mnist")
    mine = official(world / "mine")
    (mine / "t10k-labels-idx1-ubyte.gz").unlink()
    (mine / "train-images-idx3-ubyte.gz").write_bytes(b"cut")
    if by == "GANLIB_DATA":
        monkeypatch.setenv("GANLIB_DATA", str(mine))
    with pytest.raises(DataError) as caught:
        load_data(dataset, mine if by == "data_dir" else None)
    missing, cut = sorted(lines_about(mine, caught.value))
    says(cut, "train-images-idx3-ubyte.gz", 3)
    says(missing, "t10k-labels-idx1-ubyte.gz", "missing")
    assert (mine / "train-images-idx3-ubyte.gz").read_bytes() == b"cut"


def test_swapped_files_are_told_by_name(world):
    mine = official(world / "mine")
    images, labels = (mine / f"train-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1"))
    images.rename(mine / "t")
    labels.rename(images)
    (mine / "t").rename(labels)
    with pytest.raises(DataError) as caught:
        load_data("fashion_mnist", mine)
    assert len(lines_about(mine, caught.value)) == 2
    for line in lines_about(mine, caught.value):
        says(line, images.name, labels.name)


def test_fashion_mnist_fails_with_places_and_remedies(world):
    with raising(DataError, world / "keras", world / "cache", "GANLIB_OFFLINE", *REMEDIES):
        load_data("fashion_mnist")


def test_auto_says_in_a_box_that_it_draws(world, capsys):
    loaded = load_data()
    assert loaded.title == "drawn sketches" and len(loaded) == 30
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[0][0] == "╔" and lines[-1][-1] == "╝"
    assert len({len(line) for line in lines}) == 1
    assert "NOT FASHION-MNIST" in lines[1]
    box = " ".join(line.strip("║ ") for line in lines)
    says(box, "GANLIB_OFFLINE", *REMEDIES)


def test_chosen_sketches_come_without_a_notice_in_any_size(world, capsys, monkeypatch):
    monkeypatch.setattr(load_module, "SKETCH_COUNTS", {"train": 20, "test": 20})
    train, test = (load_data("sketches", split=split, image_size=32) for split in SPLITS)
    assert train.image_shape == test.image_shape == (32, 32, 1)
    assert (len(train), len(test), train.source) == (20, 20, "drawn")
    assert not (train.images == test.images).all(axis=(1, 2)).any()
    assert capsys.readouterr().out == ""


def test_official_files_hold_what_is_known_of_them(fashion_mnist_dir):
    for split, count in (("train", 60_000), ("test", 10_000)):
        loaded = load_data("fashion_mnist", fashion_mnist_dir, split=split)
        assert loaded.images.shape == (count, 28, 28)
        assert np.bincount(loaded.labels).tolist() == [count // 10] * 10
        assert loaded.hash == FASHION_HASHES[split]


def test_sketches_and_fashion_mnist_have_the_same_classes():
    assert CLASS_NAMES == CLASS_NAMES
    assert CLASS_NAMES[0] == "T-shirt/top" and CLASS_NAMES[9] == "Ankle boot"


# The other forms


def csv_files(folder, name="fashion-mnist"):
    folder.mkdir()
    for split, (images, labels) in CONTENT.items():
        table = np.column_stack([labels, images.reshape(len(labels), -1)])
        header = ",".join(["label", *(f"pixel{i}" for i in range(1, 785))])
        path = folder / f"{name}_{split}.csv"
        np.savetxt(path, table, "%d", ",", header=header, comments="")
    return folder


def npz_file(path, **changes):
    arrays = {}
    for split, (images, labels) in CONTENT.items():
        arrays |= {f"x_{split}": images, f"y_{split}": labels}
    np.savez(path, **(arrays | changes))
    return path


@pytest.mark.parametrize("split", ["train", "test"])
def test_same_content_has_the_same_hash_and_name_in_every_form(world, monkeypatch, split):
    folder = csv_files(world / "csv")
    monkeypatch.setenv("GANLIB_DATA", str(npz_file(world / "a.npz")))
    forms = [
        load_data("fashion_mnist", official(world / "idx"), split=split),
        load_data("csv", folder, split=split),
        load_data("csv", folder / "fashion-mnist_train.csv", split=split),
        load_data("npz", split=split),
    ]
    assert {form.hash for form in forms} == {FASHION_HASHES[split]}
    assert {(form.name, form.class_names) for form in forms} == {("fashion_mnist", CLASS_NAMES)}


def test_other_content_goes_by_the_users_name(world):
    images = CONTENT["train"][0] ^ 1
    folder = world / "npz"
    folder.mkdir()
    npz_file(folder / "my set, 2.npz", x_train=images)
    loaded = load_data("npz", folder)
    assert loaded.name == loaded.title == "my_set_2"
    assert loaded.class_names == tuple("0123456789")


@pytest.mark.parametrize("name", ["fashion_mnist", "sketches"])
def test_users_data_never_goes_by_one_of_our_names(world, name):
    path = npz_file(world / f"{name}.npz", x_train=CONTENT["train"][0] ^ 1)
    loaded = load_data("npz", path)
    assert loaded.name == f"{name}_own" and not loaded.known


@pytest.mark.parametrize("name", ["fashion_mnist_mine", "sketches2"])
def test_users_data_is_never_known_by_its_name(world, name):
    path = npz_file(world / f"{name}.npz", x_train=CONTENT["train"][0] ^ 1)
    assert not load_data("npz", path).known


def test_known_are_whole_splits_of_our_own_sets_in_every_form(world):
    forms = [
        load_data("fashion_mnist", official(world / "idx")),
        load_data("csv", csv_files(world / "csv")),
        load_data("npz", npz_file(world / "a.npz")),
        load_data("sketches"),
    ]
    assert [form.known for form in forms] == [True] * 4
    assert [form.subset(30).known for form in forms] == [True] * 4
    assert [form.subset(29).known for form in forms] == [False] * 4


def plain(folder):
    """The four official files, unpacked."""
    for path in official(folder).iterdir():
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    return folder


@pytest.mark.parametrize("dataset", ["auto", "fashion_mnist"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_unpacked_official_files_are_recognised(world, dataset, split):
    loaded = load_data(dataset, plain(world / "mine"), split=split)
    assert (loaded.name, loaded.known) == ("fashion_mnist", True)
    np.testing.assert_array_equal(loaded.images, CONTENT[split][0])


def test_unpacked_files_of_other_content_are_refused(world):
    mine = plain(world / "mine")
    images = mine / "t10k-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1] + b"!")
    with raising(DataError, mine, "unpacked"):
        load_data("fashion_mnist", mine)


def test_single_csv_is_all_training_split(world):
    path = csv_files(world / "csv") / "fashion-mnist_train.csv"
    path = path.rename(world / "alone.csv")
    loaded = load_data("csv", path)
    assert len(loaded) == 30
    with raising(DataError, path, "_train.csv", "_test.csv"):
        load_data("csv", path, split="test")


def own_csv(folder, name="own", **labels):
    """A pair of CSV files, or one, of tiny images with these labels."""
    for split, values in labels.items():
        rows = "".join(f"{label},{i},0,0,9\n" for i, label in enumerate(values))
        (folder / f"{name}_{split}.csv").write_text("label,p1,p2,p3,p4\n" + rows)
    return folder / f"{name}_train.csv"


def own_npz(folder, **labels):
    arrays = {}
    for split, values in labels.items():
        arrays |= {f"x_{split}": np.zeros((len(values), 28, 28), np.uint8)}
        arrays |= {f"y_{split}": np.array(values)}
    np.savez(folder / "own.npz", **arrays)
    return folder / "own.npz"


@pytest.mark.parametrize("form, write", [("csv", own_csv), ("npz", own_npz)])
@pytest.mark.parametrize(
    "train, test, names, mapped",
    [
        ([1, 2, 3], [3, 1], "123", ([0, 1, 2], [2, 0])),  # no phantom class 0
        ([10, 24, 10], [11], ("10", "11", "24"), ([0, 2, 0], [1])),  # above 9, and with gaps
        ([0, 1], [2, 2], "012", ([0, 1], [2, 2])),
    ],
)
def test_classes_are_the_labels_of_both_splits(world, form, write, train, test, names, mapped):
    path = write(world, train=train, test=test)
    for split, labels in zip(("train", "test"), mapped, strict=True):
        loaded = load_data(form, path, split=split)
        assert (loaded.class_names, loaded.labels.tolist()) == (tuple(names), labels)


def tiny_csv(folder, labels):
    folder.mkdir()
    rows = ["label," + ",".join(f"p{k}" for k in range(64))]
    rows += [f"{label}," + ",".join(["7"] * 64) for label in labels]
    (folder / "own.csv").write_text("\n".join(rows))
    return folder / "own.csv"


def tiny_npz(folder, labels):
    images = np.zeros((len(labels), 8, 8), np.uint8)
    path = folder / "own.npz"
    folder.mkdir()
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    return path


@pytest.mark.parametrize("form, write", [("csv", tiny_csv), ("npz", tiny_npz)])
def test_names_come_from_a_file_beside(world, form, write):
    path = write(world / "own", [12, 0, 12, 3])
    names = [f"name {k}" for k in range(14)]
    path.with_name("classes.txt").write_text("\n".join(names) + "\n", "utf-8-sig")
    data = load_data(form, path)
    assert data.class_names == tuple(names) and data.labels.tolist() == [12, 0, 12, 3]


@pytest.mark.parametrize("content", [b"a\nb\nc", b"a\nb\n\nd", b"a\nb\nb\nd", b"", b"\xff\xfe\xfd"])
def test_names_that_do_not_fit_the_labels_are_refused(world, content):
    path = tiny_csv(world / "own", [0, 3])
    path.with_name("classes.txt").write_bytes(content)
    with raising(DataError, path.with_name("classes.txt")):
        load_data("csv", path)


def test_fashion_csv_keeps_its_ten_names(world):
    path = own_csv(world, "fashion-mnist", train=[7, 2])
    loaded = load_data("csv", path)
    assert (loaded.class_names, loaded.labels.tolist()) == (CLASS_NAMES, [7, 2])
    own_csv(world, "fashion-mnist", train=[7, 10])
    with raising(DataError, path, "line 3", "'10'", 9):
        load_data("csv", path)


# What a data set says it took


def own_images(folder, **counts):
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for i in range(count):
            Image.new("L", (8, 8), i).save(folder / name / f"{i:03}.png")
    return folder


def test_own_images_say_what_was_taken_once_for_the_train_split(world, capsys):
    folder = own_images(world / "pets", a=20, b=11, c=3)
    (folder / "b" / "x.txt").write_text("no picture")
    loaded = load_data("images", folder, image_size=8)
    out = capsys.readouterr().out
    assert out == f"{folder}: {loaded.told}.\n"
    says(loaded.told, 30, 3, "a (18), b (10), c (2)", 4, "test", "b/x.txt")
    test = load_data("images", folder, split="test", image_size=8)
    says(test.told, 4, 3, "a (2), b (1), c (1)", 30, "train")
    assert capsys.readouterr().out == ""
    assert loaded.subset(5).told == loaded.told


@pytest.mark.parametrize("form, write", [("csv", own_csv), ("npz", own_npz)])
def test_own_arrays_say_what_was_taken(world, capsys, form, write):
    loaded = load_data(form, write(world, train=[1, 3, 3], test=[2]))
    says(loaded.told, 3, "1 (1), 2 (0), 3 (2)", 1, "test")
    assert loaded.told in capsys.readouterr().out


def test_of_many_classes_the_first_few_are_named(world):
    told = load_data("npz", own_npz(world, train=np.arange(200), test=[0])).told
    says(told, 200, "0 (1), 1 (1)", "9 (1)", 190)
    assert "10 (1)" not in told


def test_our_own_sets_say_nothing(world, capsys):
    load = [("fashion_mnist", official(world / "idx")), ("csv", csv_files(world / "csv"))]
    load += [("npz", npz_file(world / "a.npz")), ("sketches", None)]
    assert [load_data(*arguments).told for arguments in load] == [""] * 4
    assert capsys.readouterr().out == ""


# A part of a data set that is sorted by class


@pytest.fixture(params=["images", "csv", "npz"])
def class_sorted(request, world):
    """75, 45 and 30 images in this order, from each form of the user's own data."""
    labels = np.repeat([0, 1, 2], [75, 45, 30])
    if request.param == "images":
        # Of each class every tenth is held out.
        folder = own_images(world / "own", **{"0": 83, "1": 49, "2": 33})
        data = load_data("images", folder, image_size=8)
    elif request.param == "csv":
        data = load_data("csv", own_csv(world, train=labels))
    else:
        data = load_data("npz", own_npz(world, train=labels, test=labels))
    assert data.labels.tolist() == labels.tolist() and data.class_names == ("0", "1", "2")
    return data


def test_part_and_every_beginning_has_the_shares_of_the_whole(class_sorted):
    shuffled = np.random.default_rng(5).permutation(150)
    mixed = DataSet(
        class_sorted.images[shuffled], class_sorted.labels[shuffled], tuple("abc"), "mixed"
    )
    for n in (1, 10, 40, 149):
        part = class_sorted.subset(n)
        counts = np.bincount(part.labels, minlength=3)
        assert np.abs(counts - n * np.array([75, 45, 30]) / 150).max() <= 1
        np.testing.assert_array_equal(counts, np.bincount(mixed.subset(n).labels, minlength=3))
        np.testing.assert_array_equal(part.images, class_sorted.subset(149).images[:n])


def test_part_is_that_of_its_seed_and_says_which_it_is(class_sorted):
    index = class_sorted.stratified(150)
    assert sorted(index) == list(range(150))
    np.testing.assert_array_equal(class_sorted.stratified(40, seed=np.int64(0)), index[:40])
    assert sorted(class_sorted.stratified(40, seed=1)) != sorted(index[:40])
    assert class_sorted.subset(np.int64(40)).hash == class_sorted.subset(40).hash
    part = class_sorted.subset(40, seed=1)
    assert part.hash != class_sorted.subset(40).hash
    assert all(text in part.part for text in ("40 of 150", "stratified", "seed 1"))
    assert class_sorted.subset(150) is class_sorted and class_sorted.part == ""


@pytest.mark.parametrize(
    "arguments, error",
    [
        ((0,), SettingsError), ((-1,), SettingsError), ((1.0,), SettingsError),
        ((True,), SettingsError), (("5",), SettingsError), ((None,), SettingsError),
        ((5, -1), SettingsError), ((5, None), SettingsError), ((31,), DataError),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["subset", "stratified"])
def test_impossible_part_is_refused(method, arguments, error):
    whole = DataSet(*CONTENT["train"], CLASS_NAMES, "a")
    with raising(error, arguments[-1]):
        getattr(whole, method)(*arguments)


def test_missing_csv_or_npz_is_named(world):
    (world / "empty").mkdir()
    with raising(DataError, world / "empty" / "fashion-mnist_train.csv"):
        load_data("csv", world / "empty")
    with raising(DataError, world / "empty", 0, ".npz"):
        load_data("npz", world / "empty")
    with raising(DataError, world / "none.npz", "FileNotFoundError"):
        load_data("npz", world / "none.npz")
    os.mkfifo(world / "pipe.csv")
    with raising(DataError, world / "pipe.csv", "regular"):
        load_data("csv", world / "pipe.csv")


def test_folder_of_images(world):
    for name in ("cats/1.png", "cats/2.png", "dogs/1.jpg", "dogs/2.gif"):
        (world / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (50, 40), (200, 30, 30)).save(world / "pets" / name)
    loaded = load_data("images", world / "pets", image_size=32)
    assert (loaded.name, loaded.class_names) == ("pets", ("cats", "dogs"))
    assert loaded.image_shape == (32, 32, 3) and loaded.labels.tolist() == [0, 1]
    assert len(load_data("images", world / "pets", split="test")) == 2


def test_missing_tfds_says_how_to_install_it(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with raising(DataError, 'pip install -e ".[tfds]"'):
        load_data("tfds")


def test_tfds_gives_the_arrays_of_the_official_files(tmp_path, monkeypatch, fashion_mnist_dir):
    """tfds prepares its own copy, in an order of its own, from a local server's files."""
    reason = "tensorflow_datasets is not installed (the extra tfds)"
    pytest.importorskip("tensorflow_datasets", reason=reason)
    from tensorflow_datasets.image_classification import mnist

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=fashion_mnist_dir)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(mnist.FashionMNIST, "URL", address, raising=False)
        monkeypatch.setattr(mnist, "_FASHION_MNIST_URL", address, raising=False)
        monkeypatch.delenv("GANLIB_OFFLINE", raising=False)
        try:
            loaded = load_data("tfds", tmp_path)
        finally:
            server.shutdown()
    assert (loaded.hash, loaded.name) == (FASHION_HASHES["train"], "fashion_mnist")
    monkeypatch.setenv("GANLIB_OFFLINE", "1")  # prepared once, it needs no network
    assert load_data("tfds", tmp_path, split="test").hash == FASHION_HASHES["test"]
    with raising(DataError, "GANLIB_OFFLINE", tmp_path / "elsewhere"):
        load_data("tfds", tmp_path / "elsewhere")


# Arguments


@pytest.mark.parametrize(
    "arguments, parts",
    [
        ({"dataset": "fashion-mnist"}, ["'fashion-mnist'", "'fashion_mnist'", "auto"]),
        ({"dataset": None}, ["None", "auto"]),
        ({"split": "valid"}, ["'valid'", "train, test"]),
        ({"split": ["train"]}, ["['train']", "train, test"]),
        ({"dataset": "sketches", "image_size": 30}, ["image_size", 30, 4]),
        ({"dataset": "sketches", "image_size": 0}, ["image_size=0", 8]),
        ({"dataset": "images", "image_size": 4}, ["image_size=4", 8]),
        ({"dataset": "sketches", "image_size": 2048}, ["image_size=2048", 512]),
        ({"dataset": "images", "image_size": 10**9}, ["image_size=1000000000", 512]),
        ({"dataset": "sketches", "image_size": 28.0}, ["image_size=28.0"]),
        ({"dataset": "sketches", "image_size": True}, ["image_size=True"]),
        ({"dataset": "sketches", "data_dir": "x"}, ["sketches", "data_dir"]),
        ({"dataset": "auto", "image_size": 32}, ["auto", 32, "28 x 28"]),
        ({"dataset": "fashion_mnist", "image_size": 32}, ["fashion_mnist", 32, "28 x 28"]),
        ({"dataset": "csv"}, ["csv", "data_dir", "GANLIB_DATA"]),
        ({"dataset": "npz"}, ["npz", "data_dir", "GANLIB_DATA"]),
        ({"dataset": "images"}, ["images", "data_dir", "GANLIB_DATA"]),
        ({"data_dir": ""}, ["''"]),
        ({"data_dir": " "}, ["' '"]),
        ({"data_dir": "a\0b"}, ["NUL", r"'a\x00b'"]),
        ({"data_dir": 5}, [5]),
        ({"data_dir": "~nobody-of-this-name/x"}, ["'~nobody-of-this-name/x'"]),
    ],
)
def test_impossible_arguments_are_refused(world, arguments, parts):
    with raising(SettingsError, *parts):
        load_data(**arguments)


def test_sketches_beyond_memory_are_refused(world, monkeypatch):
    monkeypatch.setattr(load_module, "SKETCH_COUNTS", {"train": 60_000, "test": 10_000})
    with raising(SettingsError, "60,000", "512 x 512", "size"):
        load_data("sketches", image_size=512)


def test_image_size_may_be_a_numpy_integer(world):
    assert load_data("sketches", image_size=np.int64(8)).image_shape == (8, 8, 1)


def test_place_that_was_meant_from_the_working_directory_is_named(world, monkeypatch):
    monkeypatch.chdir(world)
    own_images(world / "my-own-pets", a=2)
    with raising(DataError, *(place / "my-own-pets" for place in (project_root(), world))):
        load_data("images", "my-own-pets", image_size=8)


@pytest.mark.parametrize("dataset", ["images", "csv", "npz", "fashion_mnist", "auto"])
def test_place_that_no_system_can_look_up_is_refused(world, dataset):
    with raising(DataError, "x" * 5000, os.strerror(errno.ENAMETOOLONG)):
        load_data(dataset, world / ("x" * 5000))


def test_image_size_that_is_not_the_files_is_refused(world):
    path = npz_file(world / "a.npz")
    with raising(SettingsError, "image_size", 32, path, "28 x 28"):
        load_data("npz", path, image_size=32)


# DataSet


def test_hash_tells_pixels_labels_and_shape_apart_and_names_not():
    images, labels = CONTENT["train"]
    first = DataSet(images, labels, CLASS_NAMES, "a")
    again = DataSet(np.asfortranarray(images), labels.copy(), CLASS_NAMES, "b", "test", "there")
    assert again.hash == first.hash
    others = [(images ^ 1, labels), (images, labels[::-1]), (images.reshape(30, 14, 56), labels)]
    assert len({DataSet(*other, CLASS_NAMES, "a").hash for other in others} | {first.hash}) == 4


def test_arrays_cannot_be_changed_under_the_hash():
    images, labels = (array.copy() for array in CONTENT["train"])
    made = DataSet(images, labels, CLASS_NAMES, "a")
    with pytest.raises(ValueError):
        made.images[0] = 0
    images[0, 0, 0] = 0  # the caller's own array stays writeable


def test_subset_goes_by_the_same_name_with_its_own_hash():
    whole = DataSet(*CONTENT["train"], CLASS_NAMES, "a", "train", "here")
    part = whole.subset(7)
    assert len(part) == len(part.labels) == 7
    assert (part.name, part.split, part.source) == ("a", "train", "here")
    assert part.hash != whole.hash


def test_hash_is_of_the_content_alone():
    first = DataSet(*CONTENT["train"], CLASS_NAMES, "a")
    assert DataSet(*CONTENT["train"], CLASS_NAMES, "a", part="x", told="y").hash == first.hash


def test_shape_has_a_channel_axis_always():
    grey = np.zeros((2, 8, 12), np.uint8)
    assert DataSet(grey, np.zeros(2, int), ("a",), "a").image_shape == (8, 12, 1)
    colour = np.zeros((2, 8, 12, 3), np.uint8)
    assert DataSet(colour, np.zeros(2, int), ("a", "b"), "a").image_shape == (8, 12, 3)
    assert DataSet(colour, np.zeros(2, int), ("a", "b"), "a").num_classes == 2


@pytest.mark.parametrize(
    "changes, parts",
    [
        ({"images": CONTENT["train"][0] / 255}, ["images", "uint8", "float64"]),
        ({"images": [[0]]}, ["images", "uint8", "list"]),
        ({"images": CONTENT["train"][0][0]}, ["images", "(28, 28)"]),
        ({"images": CONTENT["train"][0][:0], "labels": CONTENT["train"][1][:0]}, ["(0, 28, 28)"]),
        ({"images": CONTENT["train"][0].reshape(30, 28, 14, 2)}, ["images", "(30, 28, 14, 2)"]),
        ({"images": CONTENT["train"][0].reshape(30, 28, 7, 4)}, ["images", "(30, 28, 7, 4)"]),
        ({"labels": CONTENT["train"][1].astype(np.int32)}, ["labels", "int64", "int32"]),
        ({"labels": CONTENT["train"][1][:29]}, ["labels", "(29,)", "(30,)"]),
        ({"labels": CONTENT["train"][1] - 1}, ["labels", -1, 8]),
        ({"class_names": CLASS_NAMES[:9]}, ["labels", 0, 9, 8]),
        ({"name": "a/b"}, ["'a/b'", "'a_b'"]),
        ({"name": ""}, ["''", "'data'"]),
        ({"split": "validation"}, ["split", "'validation'", "train, test"]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes, parts):
    images, labels = CONTENT["train"]
    fields = {"images": images, "labels": labels, "class_names": CLASS_NAMES, "name": "a"}
    with raising(DataError, *parts):
        DataSet(**(fields | changes))


def test_importing_data_does_not_import_tensorflow():
    code = "import sys, ganlib.data; sys.exit('tensorflow' in sys.modules)"
    root = project_root()
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
