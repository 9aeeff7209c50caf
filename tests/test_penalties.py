"""Penalties against closed forms and finite differences, at a slope of zero, and in a step."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib import penalties
from ganlib.errors import SettingsError
from ganlib.penalties import PENALTIES, Penalty

RNG = np.random.default_rng(0)
REAL, FAKE = (tf.constant(RNG.normal(size=(4, 2, 3, 1))) for _ in range(2))
MIX = tf.constant(RNG.uniform(size=4))
W = tf.constant(RNG.normal(size=6))


def linear(images):
    return tf.reshape(images, (-1, 6)) @ W[:, None]


def cubic(images):
    """Logits whose slope differs from place to place: sum of w x^3, slope 3 w x^2."""
    return tf.reshape(images, (-1, 6)) ** 3 @ W[:, None]


def cubic_slopes(images):
    return np.sum((3 * W * np.reshape(images, (-1, 6)) ** 2) ** 2, axis=1)


def test_a_linear_critic_has_the_closed_forms():
    length = float(tf.norm(W))
    expected = {
        "gradient_penalty": (length - 1) ** 2,
        "r1": length**2 / 2,
        "r2": length**2 / 2,
        "r1_r2": length**2,
    }
    assert set(expected) == set(PENALTIES)
    for name, value in expected.items():
        found = float(PENALTIES[name](linear, REAL, FAKE, MIX))
        assert found == pytest.approx(value, rel=1e-9), name


def test_each_is_taken_at_its_own_images():
    mix = MIX.numpy()[:, None, None, None]
    between = mix * REAL.numpy() + (1 - mix) * FAKE.numpy()
    expected = {
        "gradient_penalty": np.mean((np.sqrt(cubic_slopes(between)) - 1) ** 2),
        "r1": np.mean(cubic_slopes(REAL)) / 2,
        "r2": np.mean(cubic_slopes(FAKE)) / 2,
    }
    expected["r1_r2"] = expected["r1"] + expected["r2"]
    for name, value in expected.items():
        assert float(PENALTIES[name](cubic, REAL, FAKE, MIX)) == pytest.approx(value), name


@pytest.mark.parametrize("name", PENALTIES)
def test_gradients_by_the_weights_equal_finite_differences(name):
    weights = tf.Variable(W)

    def penalty():
        def critic(images):
            return tf.tanh(tf.reshape(images, (-1, 6)) * weights) @ tf.ones((6, 1), tf.float64)

        return PENALTIES[name](critic, REAL, FAKE, MIX)

    with tf.GradientTape() as tape:
        value = penalty()
    gradient = tape.gradient(value, weights)
    for k in range(6):
        sides = []
        for sign in (1, -1):
            weights.assign(W + sign * 1e-5 * tf.one_hot(k, 6, dtype=tf.float64))
            sides.append(float(penalty()))
        assert float(gradient[k]) == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=1e-6)


@pytest.mark.parametrize("name", PENALTIES)
def test_a_flat_critic_gives_no_nan(name):
    # The square root's slope at zero is infinite; times zero it would be NaN.
    weights = tf.Variable(tf.zeros(6, tf.float64))
    with tf.GradientTape() as tape:
        value = PENALTIES[name](
            lambda images: tf.reshape(images, (-1, 6)) @ weights[:, None], REAL, FAKE, MIX
        )
    assert float(value) == pytest.approx(1.0 if name == "gradient_penalty" else 0.0, abs=1e-5)
    assert np.isfinite(tape.gradient(value, weights)).all()


def test_the_slope_at_an_image_is_its_own():
    squared = penalties.squared_slopes(cubic, REAL)
    np.testing.assert_allclose(squared, cubic_slopes(REAL))
    alone = [float(penalties.squared_slopes(cubic, REAL[k : k + 1])[0]) for k in range(4)]
    np.testing.assert_allclose(squared, alone)


def test_a_lazy_penalty_costs_its_interval_at_once():
    every, lazy = Penalty("r1", 0.5), Penalty("r1", 0.5, interval=8)
    one = float(every(linear, REAL, FAKE, MIX))
    assert one == pytest.approx(0.25 * float(tf.norm(W)) ** 2)
    assert float(lazy(linear, REAL, FAKE, MIX)) == pytest.approx(8 * one)


def test_an_unknown_penalty_is_refused_by_name():
    with raising(SettingsError, "penalty", "'r3'", "r1_r2"):
        Penalty("r3", 1.0)


def test_mixing_weights_of_a_step_are_uniform_and_new_in_each():
    # The fault that keras-io's example had for years: places from a normal distribution.
    from tests.test_gan import make_gan, real_batch

    seen = []

    def recorded(critic, real, fake, mix):
        seen.append(np.array(mix))
        return penalties.r1(critic, real, fake, mix)

    gan = make_gan()
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0), penalty=Penalty("r1", 1.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PENALTIES, "r1", recorded)
        for step in range(60):
            gan.train_step(real_batch(step))
    places = np.concatenate(seen)
    assert 0 <= places.min() < 0.02 and 0.98 < places.max() <= 1
    assert len(np.unique(places)) == len(places)  # no two steps share their places
    shares = np.histogram(places, bins=4, range=(0, 1))[0] / len(places)
    np.testing.assert_allclose(shares, 0.25, atol=0.07)
