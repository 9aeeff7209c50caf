"""The classifier: what it gives, what it refuses, the cache, and how good it is."""

import dataclasses
import errno
import json
import os
import threading
import time

import numpy as np
import pytest
from filelock import FileLock
from support import raising, says

from ganlib.data.dataset import DataSet
from ganlib.data.load import load_data
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import DataError, SettingsError
from ganlib.evaluation import classifier
from ganlib.evaluation import classifier as classifier_module
from ganlib.evaluation.classifier import (
    SHIPPED,
    Classifier,
    build_classifier,
    classifier_for,
    load_classifier,
    save_classifier,
    train_classifier,
)
from ganlib.images import scale

SIZE = 16


def sketches(n, seed, channels=1):
    images, labels = draw(n, size=SIZE, channels=channels, seed=seed)
    return DataSet(images, labels, CLASS_NAMES, "tiny")


@pytest.fixture(scope="module")
def held_out():
    return sketches(500, seed=1)


@pytest.fixture(scope="module")
def judge(held_out):
    """120 steps on drawn garments."""
    return train_classifier(sketches(3000, seed=0), held_out, steps=120)


def untrained(shape=(SIZE, SIZE, 1), names=CLASS_NAMES):
    card = {"dataset": "tiny", "class_names": list(names), "image_shape": list(shape)}
    return Classifier(build_classifier(shape, len(names)), card)


def test_drawn_garments_are_recognised_after_a_few_steps(judge, held_out):
    accuracy = (judge.labels(held_out.images) == held_out.labels).mean()
    assert accuracy > 0.9
    assert judge.card["test_accuracy"] == pytest.approx(accuracy, abs=1e-4)


def test_the_card_tells_what_it_was_trained_on(judge):
    assert judge.card == {
        "dataset": "tiny",
        "dataset_sha256": sketches(3000, seed=0).hash,
        "class_names": list(CLASS_NAMES),
        "image_shape": [SIZE, SIZE, 1],
        "steps": 120,
        "seed": 0,
        "mirror": False,
        "test_accuracy": judge.card["test_accuracy"],
        "test_images": 500,
    }


def test_probabilities_labels_and_features_belong_together(judge, held_out):
    images = held_out.images[:7]
    probabilities, features = judge.probabilities(images), judge.features(images)
    assert probabilities.shape == (7, 10) and features.shape == (7, 128)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(judge.labels(images), probabilities.argmax(axis=1))
    assert features.min() == 0 < features.max()  # rectified
    weights, bias = judge.network.get_layer("probabilities").get_weights()
    np.testing.assert_array_equal((features @ weights + bias).argmax(axis=1), judge.labels(images))


def test_uint8_and_scaled_images_are_the_same_to_it(judge, held_out):
    images = held_out.images[:5]
    expected = judge.probabilities(images)
    for same in (images[..., None], scale(images), scale(images)[..., None].astype("float64")):
        np.testing.assert_allclose(judge.probabilities(same), expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 8, 8, 1), (2, SIZE, SIZE, 3), (2, SIZE, SIZE + 4)])
def test_images_of_another_shape_are_refused(shape):
    with raising(DataError, "tiny", "(16, 16, 1)"):
        untrained().labels(np.zeros(shape, np.uint8))


def test_what_was_saved_is_loaded(tmp_path, held_out):
    path, saved = tmp_path / "c.weights.h5", untrained()
    save_classifier(saved, path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.json", "c.weights.h5"]
    loaded = load_classifier(path)
    images = held_out.images[:5]
    np.testing.assert_array_equal(loaded.features(images), saved.features(images))
    assert loaded.card.items() >= saved.card.items()


@pytest.mark.parametrize(
    "fault",
    ["no weights", "no card", "other weights", "garbage card", "list", "empty card", "pipe", "deep",
     "names as one", "no channels"],
)  # fmt: skip
def test_weights_and_card_that_do_not_belong_together_are_refused(tmp_path, fault):
    path, card = tmp_path / "c.weights.h5", tmp_path / "c.json"
    save_classifier(untrained(), path)
    match fault:
        case "no weights":
            path.unlink()
        case "no card":
            card.unlink()
        case "other weights":
            untrained().network.save_weights(path)
        case "garbage card":
            card.write_bytes(b"\xff{")
        case "list":
            card.write_text("[]")
        case "empty card":
            card.write_text("{}")
        case "pipe":
            card.unlink()
            os.mkfifo(card)
        case "deep":
            card.write_text("[" * 200_000)
        case "names as one":
            told = json.loads(card.read_text("utf-8"))
            card.write_text(json.dumps(told | {"class_names": "Shirt"}), "utf-8")
        case "no channels":
            told = json.loads(card.read_text("utf-8"))
            card.write_text(json.dumps(told | {"image_shape": [8, "8"]}), "utf-8")
    with pytest.raises(DataError, match=r"/c\.(json|weights\.h5)"):
        load_classifier(path)


def test_a_card_of_another_network_is_refused(tmp_path):
    path, card = tmp_path / "c.weights.h5", tmp_path / "c.json"
    save_classifier(untrained(), path)
    told = json.loads(card.read_text("utf-8")) | {"image_shape": [8, 8, 3]}
    card.write_text(json.dumps(told), "utf-8")
    with raising(DataError, path):
        load_classifier(path)


@pytest.fixture
def quick_training(monkeypatch, tmp_path):
    """An empty cache, and a stand-in for training that counts its calls."""
    monkeypatch.setenv("GANLIB_CACHE", str(tmp_path / "cache"))
    calls = []

    def train(train, test, *, steps, mirror):
        calls.append((train, test, steps, mirror))
        made = untrained(train.image_shape, train.class_names)
        made.card["mirror"] = mirror
        return made

    monkeypatch.setattr(classifier, "train_classifier", train)
    return calls


def test_a_data_set_is_trained_on_once_and_cached_by_its_hash(quick_training, tmp_path, capsys):
    data = sketches(40, seed=0)
    first = classifier_for(data)
    says(capsys.readouterr().out, data.title)
    second = classifier_for(sketches(40, seed=0))
    assert len(quick_training) == 1 and capsys.readouterr().out == ""
    np.testing.assert_array_equal(first.features(data.images), second.features(data.images))
    weights = tmp_path / "cache" / "classifiers" / f"{data.hash[:16]}.weights.h5"
    assert weights.is_file()
    classifier_for(sketches(40, seed=2))
    assert len(quick_training) == 2
    # A cached file that was cut off is made anew.
    weights.write_bytes(weights.read_bytes()[:100])
    classifier_for(data)
    assert len(quick_training) == 3
    load_classifier(weights)


def test_without_test_images_a_tenth_of_each_class_is_held_out(quick_training):
    data = sketches(400, seed=0)
    # Labels in turn: every tenth image would be a T-shirt.
    in_turn = np.argsort(np.argsort(data.labels, kind="stable") % 40, kind="stable")
    labels = np.arange(400) % 10
    data = DataSet(data.images[in_turn], labels, CLASS_NAMES, "tiny")
    classifier_for(data)
    train, test, *_ = quick_training[0]
    np.testing.assert_array_equal(np.bincount(test.labels), [4] * 10)
    assert len(train) == 360 and train.class_names == CLASS_NAMES
    assert not any((train.images == image).all(axis=(1, 2)).any() for image in test.images)
    classifier_for(sketches(50, seed=1), data)
    train, test, *_ = quick_training[1]
    assert len(train) == 50 and test is data


@pytest.mark.parametrize("name, mirrored", [("sketches", True), ("digits", False)])
def test_only_garments_are_mirrored(quick_training, name, mirrored):
    data = dataclasses.replace(sketches(40, seed=0), name=name)
    classifier_for(data)
    assert quick_training[0][3] is mirrored


def test_one_that_was_mirrored_unasked_is_trained_anew(quick_training, tmp_path):
    data = sketches(40, seed=0)
    classifier_for(data)
    card = next(tmp_path.rglob("*.json"))
    told = json.loads(card.read_text("utf-8"))
    del told["mirror"]  # as they were written when all were mirrored
    card.write_text(json.dumps(told), "utf-8")
    classifier_for(data)
    assert len(quick_training) == 2


def test_the_class_names_are_those_of_the_data_now(quick_training):
    data = sketches(40, seed=0)
    classifier_for(data)
    renamed = tuple(f"new {name}" for name in CLASS_NAMES)
    found = classifier_for(dataclasses.replace(data, class_names=renamed))
    assert tuple(found.card["class_names"]) == renamed and len(quick_training) == 1
    more = (*CLASS_NAMES, "hat")  # a class without an image changes no hash
    found = classifier_for(dataclasses.replace(data, class_names=more))
    assert tuple(found.card["class_names"]) == more and len(quick_training) == 2


def no_space(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("fault", ["cache is no folder", "disk is full"])
def test_what_was_trained_is_given_though_it_cannot_be_kept(
    quick_training, monkeypatch, tmp_path, capsys, fault
):
    if fault == "cache is no folder":
        (tmp_path / "cache").write_text("")
    else:
        monkeypatch.setattr(classifier_module.weights, "save_weights", no_space)
    data = sketches(40, seed=0)
    classifier = classifier_for(data)
    assert classifier.labels(data.images).shape == (40,) and len(quick_training) == 1
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    says(said[-1], "GANLIB_CACHE")


def test_a_lock_held_elsewhere_is_named_and_waited_for(quick_training, tmp_path, capsys):
    data = sketches(40, seed=0)
    path = tmp_path / "cache" / "classifiers" / f"{data.hash[:16]}.weights.lock"
    path.parent.mkdir(parents=True)
    said, held = [], threading.Event()

    def hold():
        with FileLock(path):
            held.set()
            while not any(said):
                time.sleep(0.05)
                said.append(capsys.readouterr().out)
            assert quick_training == []

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    classifier_for(data)
    other.join()
    assert str(path) in said[-1] and len(said[-1].splitlines()) == 1
    assert len(quick_training) == 1


@pytest.mark.parametrize("wrong", [None, "drawn", np.zeros((3, 8, 8), np.uint8)], ids=str)
def test_what_is_no_data_set_is_refused(quick_training, wrong):
    with raising(SettingsError, f"train={wrong!r}"):
        classifier_for(wrong)
    if wrong is not None:
        with raising(SettingsError, f"test={wrong!r}"):
            classifier_for(sketches(40, seed=0), wrong)


@pytest.mark.parametrize("options", [{"steps": 0}, {"steps": 2.0}, {"steps": 5, "mirror": "no"}])
def test_training_options_of_wrong_types_are_refused(options):
    data, (*_, (name, value)) = sketches(20, seed=0), options.items()
    with raising(SettingsError, f"{name}={value!r}"):
        train_classifier(data, data, **options)


def test_the_smallest_images_have_a_network_too():
    probabilities, features = build_classifier((4, 4, 1), 3)(np.zeros((2, 4, 4, 1), "float32"))
    assert probabilities.shape == (2, 3) and features.shape == (2, 128)


def test_large_images_get_fewer_steps(quick_training):
    for size in (SIZE, 64, 256):
        images = np.zeros((20, size, size), np.uint8)
        images[0] = size // 2
        classifier_for(DataSet(images, np.arange(20) % 10, CLASS_NAMES, "blank"))
    steps = [steps for _, _, steps, _ in quick_training]
    assert steps == sorted(steps, reverse=True) and steps[0] <= 600 and steps[-1] >= 100


@pytest.mark.parametrize("steps", [1, 499, 500, 600, 1001])
def test_exactly_the_steps_that_were_asked_for_are_taken(monkeypatch, steps):
    # The rate falls to 0 at that number: steps beyond it would be lost time.
    taken = {}
    monkeypatch.setattr(
        classifier.keras.Model, "fit", lambda self, *a, **options: taken.update(options)
    )
    monkeypatch.setattr(Classifier, "labels", lambda self, images: np.zeros(len(images)))
    data = sketches(20, seed=0)
    train_classifier(data, data, steps=steps)
    assert taken["steps_per_epoch"] * taken["epochs"] == steps


def test_augmentation_keeps_shape_range_and_pairs(monkeypatch):
    images = np.zeros((10, 8, 12), np.uint8)
    images[:, 3:5, 5:7] = 25 * np.arange(10)[:, None, None]  # each class has its own brightness
    data = DataSet(images, np.arange(10), CLASS_NAMES, "spots")
    x, y = next(iter(classifier._augmented_batches(data, seed=0, mirror=True)))
    assert x.shape == (128, 8, 12, 1) and y.shape == (128,)
    brightest = np.rint((x.numpy().max(axis=(1, 2, 3)) + 1) * 127.5)
    np.testing.assert_array_equal(brightest, 25 * y.numpy())


@pytest.mark.parametrize("mirror", [True, False])
def test_images_are_mirrored_only_where_that_is_asked_for(mirror):
    images = np.zeros((10, 8, 12), np.uint8)
    images[:, :, :4] = 255  # bright at the left
    batches = classifier._augmented_batches(
        DataSet(images, np.arange(10), CLASS_NAMES, "left"), seed=0, mirror=mirror
    )
    x = next(iter(batches))[0].numpy()
    mirrored = x[..., 6:, 0].mean(axis=(1, 2)) > x[..., :6, 0].mean(axis=(1, 2))
    assert mirrored.any() == mirror and not mirrored.all()


def test_the_whole_set_is_not_turned_into_floats_to_read_its_shape(monkeypatch):
    seen = []
    monkeypatch.setattr(classifier, "as_network_input", lambda images: seen.append(len(images)))
    next(iter(classifier._augmented_batches(sketches(40, seed=0), seed=0, mirror=True)))
    assert seen == []


def test_the_shipped_one_is_as_good_as_its_card_says(fashion_mnist_dir):
    test = load_data("fashion_mnist", fashion_mnist_dir, split="test")
    shipped = classifier_for(load_data("fashion_mnist", fashion_mnist_dir))
    assert shipped.card["dataset_sha256"] == load_data("fashion_mnist", fashion_mnist_dir).hash
    accuracy = (shipped.labels(test.images) == test.labels).mean()
    assert accuracy >= shipped.card["test_accuracy"] - 0.002
    assert accuracy >= 0.93
    assert load_classifier(SHIPPED).card == shipped.card
