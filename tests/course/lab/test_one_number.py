"""The GAN of one number: its densities, its divergence, and what a frame measures."""

import keras
import numpy as np
import pytest
from keras import layers

from ganlib.course.lab import one_number
from ganlib.course.lab.one_number import BLUR, GRID

WIDE = np.linspace(-8, 8, 16_001)


def test_a_density_has_the_area_1_and_the_mean_and_variance_of_what_is_drawn():
    p = one_number.density(WIDE)
    numbers = one_number.draw(200_000, np.random.default_rng(0))
    mean = np.trapezoid(WIDE * p, WIDE)
    variance = np.trapezoid((WIDE - mean) ** 2 * p, WIDE)
    assert np.trapezoid(p, WIDE) == pytest.approx(1)
    assert numbers.shape == (200_000, 1)
    assert (numbers.mean(), numbers.var()) == pytest.approx((mean, variance), abs=0.02)


def test_blur_adds_its_square_to_the_variance():
    mean = np.trapezoid(WIDE * one_number.density(WIDE), WIDE)
    sharp, blurred = (
        np.trapezoid((WIDE - mean) ** 2 * one_number.density(WIDE, blur), WIDE) for blur in (0, 0.5)
    )
    assert blurred - sharp == pytest.approx(0.25, abs=1e-6)


def test_the_divergence_is_0_for_equals_and_log_2_without_overlap():
    p, q = one_number.normal(WIDE, -4, 0.2), one_number.normal(WIDE, 4, 0.2)
    assert one_number.jensen_shannon(p, p, WIDE) == pytest.approx(0, abs=1e-12)
    assert one_number.jensen_shannon(p, q, WIDE) == pytest.approx(np.log(2), abs=1e-6)
    near = one_number.normal(WIDE, -3.9, 0.2)
    assert one_number.jensen_shannon(p, near, WIDE) == one_number.jensen_shannon(near, p, WIDE)


def test_a_frame_of_players_that_are_known():
    """A generator that gives its latent, and a discriminator that cannot tell."""
    generator = keras.Sequential([layers.Dense(1, kernel_initializer="ones")])
    discriminator = keras.Sequential([layers.Dense(1, kernel_initializer="zeros")])
    frame = one_number.frame(generator, discriminator)
    real = one_number.density(GRID, BLUR)
    drawn = one_number.normal(GRID, 0, np.hypot(1, BLUR))
    np.testing.assert_allclose(frame["fake"], drawn, atol=3e-3)
    np.testing.assert_allclose(frame["D"], 0.5)
    inner = np.abs(GRID) < 3  # at the edges hardly a number is left to divide
    best = real / (real + drawn)
    np.testing.assert_allclose(frame["best D"][inner], best[inner], atol=0.01)
    gap = np.trapezoid((real + drawn) / 2 * np.abs(0.5 - best), GRID)
    assert frame["gap"] == pytest.approx(gap, abs=1e-3)
    assert frame["divergence"] == pytest.approx(
        one_number.jensen_shannon(real, drawn, GRID), abs=1e-3
    )


def test_a_generator_without_a_gradient_stays_where_it_is():
    def network():
        made = keras.Sequential([layers.Dense(4, "tanh"), layers.Dense(1)])
        made.build((None, 1))
        return made

    def still(logits):
        return 0.0 * keras.ops.mean(logits)

    found = one_number.head_starts(network, {"still": still}, sgd_rate=0.1, adam_rate=0.1)
    assert [name.split("\n")[1] for name in found] == ["SGD", "Adam"]
    for ways in found.values():
        turns, means = ways["still"]
        assert (turns[0], len(turns), np.ptp(means)) == (1, len(means), 0)
