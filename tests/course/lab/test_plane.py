"""What is seen of a GAN in the plane, against networks whose answers are known."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganlib.course.lab import plane
from ganlib.course.lab.mixtures import modes_found, ring


def linear(weights, bias=0.0):
    """A network of one layer with these weights (inputs, outputs)."""
    weights = np.asarray(weights, "float32")
    network = keras.Sequential([keras.Input((len(weights),)), layers.Dense(weights.shape[1])])
    network.set_weights([weights, np.full(weights.shape[1], bias, "float32")])
    return network


def test_the_force_is_the_slope_of_the_logit_times_the_disbelief():
    generator, slope = linear(np.eye(2)), np.array([[3.0], [-1.0]])
    moment = plane.look(generator, linear(slope, bias=0.5), 70, extent=2.0, n=40, size=5)
    assert moment.step == 70 and moment.points.shape == moment.force.shape == (40, 2)
    logits = moment.points @ slope + 0.5
    np.testing.assert_allclose(moment.force, slope.T / (1 + np.exp(logits)), rtol=1e-4)
    line = np.linspace(-2, 2, 5)
    np.testing.assert_allclose(moment.field, 3 * line - line[:, None] + 0.5, atol=1e-5)


def test_the_latents_are_the_same_at_every_moment():
    points = [
        plane.look(linear(np.eye(2)), linear([[1], [1]]), k, extent=1.0, n=9, size=2).points
        for k in (0, 1)
    ]
    np.testing.assert_array_equal(*points)
    assert np.std(points[0]) > 0.3


def test_a_packed_discriminator_is_asked_about_equal_points_in_the_field():
    pack = layers.Lambda(lambda x: tf.reshape(x, (-1, 4)), output_shape=(4,))
    inner = linear([[1], [0], [10], [0]])
    packed = keras.Sequential([keras.Input((2,)), pack, inner])
    moment = plane.look(linear(np.eye(2)), packed, 0, extent=1.0, n=6, size=3)
    np.testing.assert_allclose(moment.field, [[-11, 0, 11]] * 3, atol=1e-5)
    # The first of a pair feels its own slope, the second ten times as much.
    np.testing.assert_allclose(moment.force[1::2, 0], 10 * moment.force[::2, 0], rtol=1e-4)


def test_a_restart_leaves_nothing_of_the_run_before():
    def make():
        return keras.Sequential([keras.Input((2,)), layers.Dense(3), layers.Dense(1)])

    network = make()
    optimizer = keras.optimizers.Adam(0.02, beta_1=0.5)
    optimizer.build(network.trainable_variables)

    def train():
        for _ in range(3):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(network(tf.ones((4, 2))) ** 2)
            optimizer.apply(tape.gradient(loss, network.trainable_variables))
        return [np.array(weight) for weight in network.get_weights()]

    ends = []
    for seed in (5, 6, 5):
        plane.restart([(network, make)], [optimizer], seed)
        assert int(optimizer.iterations.numpy()) == 0
        assert float(optimizer.learning_rate.numpy()) == pytest.approx(0.02)
        ends.append(train())
    for first, other, again in zip(*ends, strict=True):
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)


def test_collapse_shows_in_the_spread_and_dropping_in_the_shares():
    mixture = ring()
    data = mixture.sample(4000)
    assert plane.spread(data) == pytest.approx(1, abs=0.02)
    assert plane.spread(np.tile(mixture.centres[:1], (50, 1))) == pytest.approx(0, abs=1e-9)
    assert plane.spread([[1, 0], [-1, 0], [0, 2], [0, -2]]) == pytest.approx(np.sqrt(2.5))
    # Of 800 points, the first mode has one and the second eleven: tenths of a share are ten.
    times = [1, 11, *[131] * 5, 133]
    points = np.repeat(mixture.centres, times, axis=0)
    np.testing.assert_allclose(plane.mode_shares(mixture, points), np.array(times) / 800)
    assert modes_found(mixture, points) == 8
    assert plane.modes_dropped(mixture, points) == 1
    assert plane.modes_dropped(mixture, points, least=0.2) == 2
    assert plane.modes_dropped(mixture, np.zeros((5, 2))) == 8
