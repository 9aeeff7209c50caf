"""Neighbours against another implementation, and what only the blocks could get wrong."""

import tracemalloc

import numpy as np
import prdc
import pytest
from support import raising

from ganlib.errors import SettingsError
from ganlib.evaluation import neighbours
from ganlib.evaluation.neighbours import (
    memorised_share,
    near_threshold,
    nearest,
    precision_recall_density_coverage,
)

RNG = np.random.default_rng
NAMES = ("precision", "recall", "density", "coverage")


@pytest.fixture(params=[2**27, 4000], ids=["one block", "many blocks"])
def block_bytes(request, monkeypatch):
    monkeypatch.setattr(neighbours, "BLOCK_BYTES", request.param)


def twins(rng):
    real, fake = rng.normal(size=(60, 5)), rng.normal(0.5, 1.3, size=(45, 5))
    real[30:] = real[:30]  # every point twice: the nearest other one is at 0
    fake[:10] = real[:10]
    return real, fake


CASES = {
    "alike": lambda rng: (rng.normal(size=(150, 16)), rng.normal(size=(150, 16))),
    "shifted": lambda rng: (rng.normal(size=(150, 8)), rng.normal(0.7, 0.8, size=(110, 8))),
    "far from 0": lambda rng: (1e4 + rng.normal(size=(90, 6)), 1e4 + rng.normal(size=(80, 6))),
    "twins": twins,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("k", [1, 5])
def test_the_four_scores_equal_those_of_prdc(case, k, block_bytes):
    real, fake = CASES[case](RNG(7))
    expected = prdc.compute_prdc(real, fake, k)
    found = precision_recall_density_coverage(real, fake, k)
    assert found == pytest.approx({name: float(expected[name]) for name in NAMES}, abs=1e-12)


def test_the_four_scores_do_not_depend_on_the_order(block_bytes):
    real, fake = CASES["shifted"](RNG(1))
    once = precision_recall_density_coverage(real, fake)
    again = precision_recall_density_coverage(RNG(2).permutation(real), RNG(3).permutation(fake))
    assert once == pytest.approx(again, abs=1e-12)


def test_worked_by_hand_on_a_line():
    # Real balls, k = 1: around 0 and 1 of radius 1, around 10 of radius 9.
    # Fake balls: around 2 of radius 1, around 3 of radius 1, around 30 of radius 27.
    real, fake = np.array([[0.0], [1], [10]]), np.array([[2.0], [3], [30]])
    assert precision_recall_density_coverage(real, fake, k=1) == pytest.approx(
        # 2 and 3 are inside the ball of 10 only, 30 in none; 2 is at, not inside, the ball of 1.
        # Of the real ones only 10 is in a fake's ball (that of 30), and only its own holds a fake.
        {"precision": 2 / 3, "recall": 1 / 3, "density": 2 / 3, "coverage": 1 / 3}
    )


def test_a_collapsed_sample_keeps_precision_and_loses_recall_and_coverage():
    real = RNG(0).normal(size=(400, 6))
    fake = real[0] + 0.01 * RNG(1).normal(size=(400, 6))
    scores = precision_recall_density_coverage(real, fake)
    assert scores["precision"] > 0.95
    assert scores["recall"] < 0.05 and scores["coverage"] < 0.1


def test_a_wide_sample_keeps_recall_and_loses_precision():
    real, fake = RNG(0).normal(size=(400, 6)), 5 * RNG(1).normal(size=(400, 6))
    scores = precision_recall_density_coverage(real, fake)
    assert scores["precision"] < 0.3 and scores["recall"] > 0.9


@pytest.mark.parametrize("k", [0, 8])
def test_a_k_beyond_the_other_points_is_refused(k):
    with raising(SettingsError, f"k={k}", 8):
        precision_recall_density_coverage(np.ones((9, 2)), np.ones((8, 2)), k=k)


def test_nearest_equals_all_differences_sorted(block_bytes):
    queries, references = RNG(0).normal(size=(70, 4, 3)), RNG(1).normal(size=(90, 4, 3))
    every = np.linalg.norm((queries[:, None] - references[None]).reshape(70, 90, 12), axis=2)
    indices, distances = nearest(queries, references, k=4)
    np.testing.assert_array_equal(indices, every.argsort(axis=1)[:, :4])
    np.testing.assert_allclose(distances, np.sort(every, axis=1)[:, :4], rtol=1e-5)


def test_a_copy_is_at_exactly_nothing_however_long_the_vectors(block_bytes):
    references = RNG(0).integers(0, 256, (50, 28, 28), np.uint8)
    queries = references[[7, 3]].copy()
    queries[1, 0, 0] ^= 1  # one grey level off: 1e-7 of the squared lengths
    indices, distances = nearest(queries, references)
    assert indices.ravel().tolist() == [7, 3]
    assert distances[0, 0] == 0
    assert distances[1, 0] == pytest.approx(1, abs=1e-4)


def test_of_equally_near_ones_the_first_comes_first(block_bytes):
    references = np.array([[3.0], [1.0], [-1.0], [1.0], [-1.0]])
    indices, distances = nearest(np.array([[0.0]]), references, k=4)
    assert indices.tolist() == [[1, 2, 3, 4]] and distances.tolist() == [[1, 1, 1, 1]]
    order = np.array([4, 0, 3, 2, 1])
    again, same = nearest(np.array([[0.0]]), references[order], k=4)
    assert again.tolist() == [[0, 2, 3, 4]] and same.tolist() == distances.tolist()


@pytest.mark.parametrize(
    "call",
    [
        # All at once: 2,400 x 60,000 distances and their places are 1.7 GB, 12,000 squared 1.2 GB.
        lambda points: nearest(points[:2400], points, k=5),
        lambda points: precision_recall_density_coverage(points[:12_000], points[12_000:24_000]),
    ],
)
def test_the_blocks_bound_the_memory(call):
    """A block is as large however many points there are, so 60,000 against 60,000 take no more."""
    points = RNG(0).normal(size=(60_000, 4)).astype("float32")
    tracemalloc.start()
    try:
        call(points)
        assert tracemalloc.get_traced_memory()[1] < 0.75 * 2**30
    finally:
        tracemalloc.stop()


def test_neighbours_of_another_shape_are_refused():
    with raising(SettingsError, "(3, 2)", "(3, 4)"):
        nearest(np.ones((3, 2)), np.ones((3, 4)))
    with raising(SettingsError, "(0, 2)", "(3, 2)"):
        nearest(np.ones((0, 2)), np.ones((3, 2)))
    with raising(SettingsError, "k=4", 3):
        nearest(np.ones((3, 2)), np.ones((3, 2)), k=4)


def test_memorised_share_of_new_copied_and_half_copied_images_and_of_noise():
    train, test, new = (RNG(k).normal(size=(n, 3)) for k, n in enumerate((2000, 2000, 4000)))
    assert memorised_share(new, train, test) == pytest.approx(0.05, abs=0.015)
    assert memorised_share(new, train, test, percentile=50) == pytest.approx(0.5, abs=0.03)
    assert memorised_share(train, train, test) == 1
    mixed = np.concatenate([new[:500], train[:500]])
    assert memorised_share(mixed, train, test) == pytest.approx(0.5 + 0.5 * 0.05, abs=0.02)
    assert memorised_share(20 * new, train, test) < 0.01


@pytest.mark.parametrize("distances, percentile", [([], 5), ([1.0], 0), ([1.0], 100)])
def test_a_threshold_of_nothing_is_refused(distances, percentile):
    with raising(SettingsError, len(distances), f"percentile={percentile}"):
        near_threshold(distances, percentile)
