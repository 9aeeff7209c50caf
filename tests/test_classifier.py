"""The classifier: what it gives, what it refuses, the cache, and how good it is."""

import json

import numpy as np
import pytest

from ganlib import classifier as module
from ganlib.classifier import (
    SHIPPED,
    Classifier,
    build_classifier,
    classifier_for,
    load_classifier,
    save_classifier,
    train_classifier,
)
from ganlib.data import DataSet, load_data, scale
from ganlib.errors import DataError
from ganlib.sketches import CLASS_NAMES, draw

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


def untrained(shape=(SIZE, SIZE, 1)):
    card = {"dataset": "tiny", "class_names": list(CLASS_NAMES), "image_shape": list(shape)}
    return Classifier(build_classifier(shape, 10), card)


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
    with pytest.raises(DataError, match=r"classifier of tiny takes images \(16, 16, 1\)"):
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
    "fault", ["no weights", "no card", "other weights", "garbage card", "list", "empty card"]
)
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
    with pytest.raises(DataError, match=r"/c\.(json|weights\.h5)"):
        load_classifier(path)


def test_a_card_of_another_network_is_refused(tmp_path):
    path, card = tmp_path / "c.weights.h5", tmp_path / "c.json"
    save_classifier(untrained(), path)
    told = json.loads(card.read_text("utf-8")) | {"image_shape": [8, 8, 3]}
    card.write_text(json.dumps(told), "utf-8")
    with pytest.raises(DataError, match=r"c\.weights\.h5 "):
        load_classifier(path)


@pytest.fixture
def quick_training(monkeypatch, tmp_path):
    """An empty cache, and a stand-in for training that counts its calls."""
    monkeypatch.setenv("GANLIB_CACHE", str(tmp_path / "cache"))
    calls = []

    def train(train, test, *, steps):
        calls.append((train, test, steps))
        return untrained(train.image_shape)

    monkeypatch.setattr(module, "train_classifier", train)
    return calls


def test_a_data_set_is_trained_on_once_and_cached_by_its_hash(quick_training, tmp_path, capsys):
    data = sketches(40, seed=0)
    first = classifier_for(data)
    assert "under a minute" in capsys.readouterr().out
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


def test_without_test_images_every_tenth_is_held_out(quick_training):
    data = sketches(40, seed=0)
    classifier_for(data)
    train, test, _ = quick_training[0]
    np.testing.assert_array_equal(test.images, data.images[::10])
    assert len(train) == 36
    assert not any((train.images == image).all(axis=(1, 2)).any() for image in test.images)
    classifier_for(sketches(50, seed=1), data)
    train, test, _ = quick_training[1]
    assert len(train) == 50 and test is data


def test_large_images_get_fewer_steps(quick_training):
    for size in (SIZE, 64, 256):
        images = np.zeros((20, size, size), np.uint8)
        images[0] = size // 2
        classifier_for(DataSet(images, np.arange(20) % 10, CLASS_NAMES, "blank"))
    steps = [steps for _, _, steps in quick_training]
    assert steps == sorted(steps, reverse=True) and steps[0] <= 600 and steps[-1] >= 100


@pytest.mark.parametrize("steps", [1, 499, 500, 600, 1001])
def test_exactly_the_steps_that_were_asked_for_are_taken(monkeypatch, steps):
    # The rate falls to 0 at that number: steps beyond it would be lost time.
    taken = {}
    monkeypatch.setattr(
        module.keras.Model, "fit", lambda self, *a, **options: taken.update(options)
    )
    monkeypatch.setattr(Classifier, "labels", lambda self, images: np.zeros(len(images)))
    data = sketches(20, seed=0)
    train_classifier(data, data, steps=steps)
    assert taken["steps_per_epoch"] * taken["epochs"] == steps


def test_augmentation_keeps_shape_range_and_pairs(monkeypatch):
    images = np.zeros((10, 8, 12), np.uint8)
    images[:, 3:5, 5:7] = 25 * np.arange(10)[:, None, None]  # each class has its own brightness
    data = DataSet(images, np.arange(10), CLASS_NAMES, "spots")
    x, y = next(iter(module._augmented_batches(data, seed=0)))
    assert x.shape == (128, 8, 12, 1) and y.shape == (128,)
    brightest = np.rint((x.numpy().max(axis=(1, 2, 3)) + 1) * 127.5)
    np.testing.assert_array_equal(brightest, 25 * y.numpy())


def test_the_shipped_one_is_as_good_as_its_card_says(fashion_mnist_dir):
    test = load_data("fashion_mnist", fashion_mnist_dir, split="test")
    shipped = classifier_for(load_data("fashion_mnist", fashion_mnist_dir))
    assert shipped.card["dataset_sha256"] == load_data("fashion_mnist", fashion_mnist_dir).hash
    accuracy = (shipped.labels(test.images) == test.labels).mean()
    assert accuracy >= shipped.card["test_accuracy"] - 0.002
    assert accuracy >= 0.93
    assert load_classifier(SHIPPED).card == shipped.card
