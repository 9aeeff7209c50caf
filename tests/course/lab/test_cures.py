"""One game by several seeds: what differs between two games is what was said, and nothing else."""

import importlib

import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib.course.lab import cures
from ganlib.course.lab.mixtures import good_share, modes_found, ring
from ganlib.errors import SettingsError

SMALL = {"generator_width": 4, "discriminator_width": 4, "batch_size": 8}
RING = ring()


@pytest.fixture(scope="module")
def games():
    """Two games that share a compiled step, the first once more, and one of another step."""
    tf.config.run_functions_eagerly(True)
    trials = cures.Trials(RING, steps=4, seeds=(3, 4), looks=2)
    fast = SMALL | {"discriminator_learning_rate": 1e-1}
    found = [
        trials.run(**SMALL),
        trials.run(**fast),
        trials.run(**SMALL),
        trials.run(pack=4, **SMALL),
    ]
    tf.config.run_functions_eagerly(False)
    return found, trials


def test_each_seed_is_looked_at_and_scored(games):
    (first, *_), _ = games
    assert len(first) == 2
    for outcome in first:
        assert outcome.steps.tolist() == [2, 4]
        assert outcome.samples.shape == outcome.averages.shape == (2, cures.SAMPLES, 2)
        assert outcome.modes.tolist() == [modes_found(RING, each) for each in outcome.samples]
        assert outcome.average_good.tolist() == [
            good_share(RING, each) for each in outcome.averages
        ]
        assert outcome.slope.shape == (2,) and (outcome.slope > 0).all()
    assert not np.array_equal(first[0].samples, first[1].samples)


def test_a_shared_step_begins_anew_and_takes_the_rates_that_are_said(games):
    (first, fast, again, _), trials = games
    for one, other, same in zip(first, fast, again, strict=True):
        np.testing.assert_array_equal(one.samples, same.samples)
        np.testing.assert_array_equal(one.averages, same.averages)
        assert not np.allclose(one.samples, other.samples, atol=1e-6)
        assert other.slope[-1] > 1.05 * one.slope[-1]
    assert len(trials._compiled) == 2


def test_the_average_lags_behind(games):
    (first, *_), _ = games
    begin = first[0].averages[0], first[0].samples[0]
    moved = [np.abs(first[0].__dict__[name][1] - x).mean() for name, x in
             zip(("averages", "samples"), begin, strict=True)]  # fmt: skip
    assert 0 < moved[0] < moved[1]


def test_a_packed_discriminator_judges_so_many_points_at_once():
    judge = cures.packed_discriminator(4, width=8)
    points = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
    logits = judge(points).numpy()
    assert logits.shape == (2, 1)
    changed = points.copy()
    changed[7] += 1
    found = judge(changed).numpy()
    assert found[0] == logits[0] and found[1] != logits[1]


def test_the_mean_slope_of_a_linear_discriminator():
    points = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    slope = cures.mean_slope(lambda x, training: x[0] @ tf.constant([[3.0], [4.0]]), points)
    assert slope == pytest.approx(5)


def test_what_cannot_be_is_refused():
    with raising(SettingsError, "steps=15", "looks=10"):
        cures.Trials(RING, steps=15)
    with raising(SettingsError, "'pakking'"):
        cures.stored("pakking")


def test_the_stored_games_are_those_of_the_command():
    command = importlib.import_module("benchmarks.cures")
    found = cures.read()
    assert {name: game["settings"] for name, game in found["games"].items()} == command.GAMES
    for name in command.GAMES:
        outcomes = cures.stored(name)
        assert len(outcomes) == len(found["protocol"]["seeds"])
        for outcome in outcomes:
            assert outcome.samples.shape == (1, command.POINTS, 2)
            assert len(outcome.modes) == len(outcome.good) == len(outcome.slope) == 10
            # the points are a part of those that were scored
            assert abs(good_share(RING, outcome.samples[0]) - outcome.good[-1]) < 0.12
