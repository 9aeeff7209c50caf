"""The second space: the same for ever, of any image, and the distance in it sees faults."""

import dataclasses

import numpy as np
import pytest
from support import raising, says

from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import SettingsError
from ganlib.evaluation import report as report_module
from ganlib.evaluation.classifier import Classifier, build_classifier
from ganlib.evaluation.reference import measure_reference
from ganlib.evaluation.report import evaluate, table
from ganlib.evaluation.untrained import UNTRAINED, untrained_features, untrained_reference
from ganlib.images import scale

COUNT = 600


def drawn(seed, split="train", count=COUNT):
    images = draw(count, size=16, channels=3, seed=seed)
    return DataSet(*images, CLASS_NAMES, "drawn", split)


@pytest.fixture(scope="module")
def measured():
    return untrained_reference(drawn(0), drawn(1, "test"), COUNT)


def test_the_features_of_an_image_never_change():
    # Any other kernels, order or seed would make scores of two versions incomparable.
    image = (np.arange(12 * 12 * 3).reshape(1, 12, 12, 3) * 7 % 256).astype(np.uint8)
    found = untrained_features(image)[0]
    np.testing.assert_allclose(found[:4], GOLDEN, atol=1e-3)


GOLDEN = [0.1074, -0.3852, 0.4712, -0.5972]


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 4), (9, 15, 3), (28, 28), (40, 24, 3), (64, 64)])
def test_images_of_any_size_have_128_features(shape):
    images = np.random.default_rng(0).integers(0, 256, (3, *shape)).astype(np.uint8)
    found = untrained_features(images)
    assert found.shape == (3, 128) and found.dtype == np.float32 and np.isfinite(found).all()
    np.testing.assert_allclose(untrained_features(scale(images)), found, rtol=1e-5, atol=1e-5)
    assert np.abs(found[0] - found[1]).max() > 0.01


def test_many_images_are_seen_as_one_at_a_time(monkeypatch):
    images = drawn(2, count=7).images
    whole = untrained_features(images)
    monkeypatch.setattr("ganlib.evaluation.untrained.PIXELS", 3 * 16 * 16)
    np.testing.assert_allclose(untrained_features(images), whole, rtol=1e-4, atol=1e-5)


def blurred(data):
    x = data.images.astype(np.float32)
    return ((x + np.roll(x, 1, 1) + np.roll(x, 1, 2) + np.roll(x, (1, 1), (1, 2))) / 4).astype("u1")


@pytest.mark.parametrize(
    "spoil, rise",
    [
        (blurred, 5),
        (lambda data: data.images[data.labels == 0][np.arange(COUNT) % 3], 20),
        (lambda data: np.clip(data.images.astype(int) + 20, 0, 255).astype("u1"), 5),
        (lambda data: data.images[..., ::-1] // 2 + 40, 5),
    ],
    ids=["blur", "three images", "brighter", "pale"],
)
def test_the_distance_sees_what_is_wrong(measured, spoil, rise):
    assert measured.distance(spoil(drawn(2))) > rise * measured.floor


def test_real_images_are_at_the_floor_and_a_single_image_is_of_order_one(measured):
    assert 0 < measured.distance(drawn(2).images) < 2 * measured.floor < 0.2
    assert 0.5 < measured.distance(drawn(2).images[:1].repeat(COUNT, axis=0)) < 5


def test_the_distance_is_a_share_whatever_the_contrast():
    pair = [drawn(0), drawn(1, "test")]
    faint = [dataclasses.replace(data, images=data.images // 4) for data in pair]
    strong, weak = (untrained_reference(*each, COUNT).floor for each in (pair, faint))
    assert weak == pytest.approx(strong, rel=0.5)


class Real:
    conditional = False

    def generate(self, n, labels=None, seed=0):
        return scale(drawn(9, count=n).images)


@pytest.fixture
def judged():
    """Two splits in colour and their reference, by a classifier that has learnt nothing."""
    train, test = drawn(0), drawn(1, "test")
    card = {"dataset": "drawn", "class_names": list(CLASS_NAMES), "test_accuracy": 0.1,
            "test_images": COUNT}  # fmt: skip
    judge = Classifier(build_classifier(train.image_shape, 10), card)
    return train, test, measure_reference(judge, train, test, COUNT)


def test_a_report_has_it_where_it_is_asked_for_and_says_so_where_not(judged, monkeypatch):
    train, test, reference = judged
    report = evaluate(Real(), train, test, seeds=[0], reference=reference, untrained=True)
    score = report["scores"][UNTRAINED]
    assert 0 < score["mean"] < 2 * score["floor"] and score["samples"] == COUNT
    assert UNTRAINED not in report["left_out"]
    assert f"{score['floor']:.4f}" in table(report)
    assert report["classifier"] == {"test_accuracy": 0.1, "test_images": COUNT}
    says(table(report), "10.0%", COUNT)
    monkeypatch.setattr(report_module, "untrained_reference", None)  # it costs nothing unasked
    report = evaluate(Real(), train, test, seeds=[0], reference=reference)
    assert UNTRAINED not in report["scores"]
    says(report["left_out"][UNTRAINED], "untrained=True")
    report = evaluate(Real(), seeds=[0], reference=reference, untrained=True)
    says(report["left_out"][UNTRAINED], "train", "test")


def test_a_report_of_an_older_version_still_has_its_table(judged):
    report = evaluate(Real(), *judged[:2], seeds=[0], reference=judged[2])
    del report["classifier"], report["left_out"][UNTRAINED]
    assert UNTRAINED not in report["scores"] and len(table(report).splitlines()) > 10


def test_asking_is_yes_or_no(judged):
    with raising(SettingsError, "untrained='no'"):
        evaluate(Real(), *judged[:2], reference=judged[2], untrained="no")
