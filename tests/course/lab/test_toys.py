"""The laboratory in the plane: its data, its scores, its networks and its training."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib.course.lab import toys
from ganlib.course.lab.mixtures import good_share, grid, modes_found, nearest_mode, ring
from ganlib.errors import SettingsError
from ganlib.layers import SpectralNorm

SMALL = {"generator_width": 8, "discriminator_width": 8, "batch_size": 16}


@pytest.fixture
def eagerly():
    """Nothing is compiled: XLA takes seconds, and Adam blows its rounding up to whole steps."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def values(model):
    return [np.array(weight) for weight in model.get_weights()]


def assert_all_close(found, expected, **tolerance):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, **tolerance)


def test_the_ring_and_the_grid_lie_where_they_say():
    eight = ring(8, radius=2.0)
    np.testing.assert_allclose(np.linalg.norm(eight.centres, axis=1), 2)
    np.testing.assert_allclose(eight.centres[[0, 2]], [[2, 0], [0, 2]], atol=1e-12)
    sides = np.linalg.norm(eight.centres - np.roll(eight.centres, 1, axis=0), axis=1)
    np.testing.assert_allclose(sides, sides[0])
    square = grid(5, spacing=0.5)
    assert square.centres.shape == (25, 2) and len(np.unique(square.centres, axis=0)) == 25
    assert set(square.centres[:, 0]) == set(square.centres[:, 1]) == {-1, -0.5, 0, 0.5, 1}


def test_samples_fall_in_equal_shares_with_the_deviation_that_is_said():
    mixture = grid(5, 0.5, 0.025)
    points = mixture.sample(20_000, seed=3)
    assert points.shape == (20_000, 2) and points.dtype == np.float32
    nearest, good = nearest_mode(mixture, points)
    counts = np.bincount(nearest, minlength=25)
    assert np.abs(counts - 800).max() < 5 * np.sqrt(800)
    offsets = points - mixture.centres[nearest]
    np.testing.assert_allclose(offsets.std(axis=0), 0.025, rtol=0.03)
    assert abs(np.corrcoef(offsets.T)[0, 1]) < 0.03
    assert abs(good.mean() - (1 - np.exp(-4.5))) < 0.003  # |x| < 3 in the plane
    np.testing.assert_array_equal(points, mixture.sample(20_000, seed=3))
    assert not np.array_equal(points, mixture.sample(20_000, seed=4))


def test_scores_of_samples_placed_by_hand():
    mixture = ring(4, radius=1.0, deviation=0.1)  # modes at E, N, W, S; good up to 0.3
    samples = np.array([[1, 0], [1.29, 0], [1.31, 0], [0, 1.2], [-0.6, 0], [0, 0]])
    nearest, good = nearest_mode(mixture, samples)
    assert nearest[:5].tolist() == [0, 0, 0, 1, 2]
    assert good.tolist() == [True, True, False, True, False, False]
    assert modes_found(mixture, samples) == 2  # the one near W is not good
    assert good_share(mixture, samples) == pytest.approx(0.5)
    assert modes_found(mixture, samples[-1:]) == 0


def test_settings_are_those_of_a_recipe_and_checked_as_such():
    recipe = toys.toy_recipe(loss="hinge", penalty="r1")
    assert (recipe.loss, recipe.penalty, recipe.latent_dim) == ("hinge", "r1", 2)
    with raising(SettingsError, "'penality'", "'penalty'"):
        toys.toy_recipe(penality="r1")
    with raising(SettingsError, "normalization", "'batch'"):
        toys.toy_recipe(normalization="batch")
    with raising(SettingsError, "augment, dropout"):
        toys.toy_recipe(augment="diffaugment", dropout=0.3)


def test_the_spectral_discriminator_is_nowhere_steeper_than_1():
    keras.utils.set_random_seed(0)
    network = toys.toy_discriminator(16, normalization="spectral")
    network.set_weights([3 * w for w in network.get_weights()])
    norms = [layer for layer in network.layers if isinstance(layer, SpectralNorm)]
    assert len(norms) == 4
    for _ in range(200):
        for layer in norms:
            layer.iterate()
    x = tf.constant(toys.lattice(2.0, 40))
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(network([x]))
    steepest = np.linalg.norm(tape.gradient(total, x), axis=1).max()
    assert 0.005 < steepest <= 1.001


@pytest.mark.parametrize("minibatch", ["stddev", "discrimination"])
def test_a_minibatch_layer_lets_a_logit_depend_on_the_batch(minibatch):
    keras.utils.set_random_seed(0)
    spread = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")
    equal = np.repeat(spread[:1], 16, axis=0)
    for kind, depends in ((minibatch, True), ("none", False)):
        network = toys.toy_discriminator(8, minibatch=kind)
        logits = [float(network([tf.constant(x)])[0, 0]) for x in (spread, equal)]
        assert (abs(logits[0] - logits[1]) > 1e-4) == depends


def test_the_field_is_read_row_by_row_from_the_lowest_y():
    point = keras.Input((2,))
    plane = keras.layers.Dense(1, use_bias=False)
    network = keras.Model([point], plane(point))
    plane.set_weights([np.array([[1.0], [10.0]])])
    field = toys.logit_field(network, extent=2.0, size=5)
    np.testing.assert_allclose(field[:, 0], [-22, -12, -2, 8, 18])
    np.testing.assert_allclose(field[0], [-22, -21, -20, -19, -18])


@pytest.mark.parametrize("loss", ["minimax", "least_squares", "relativistic"])
def test_the_push_lowers_the_loss_of_each_sample_as_finite_differences_say(loss):
    gan = toys.toy_gan(ring(), steps=1, loss=loss, **SMALL)
    # Far from the origin, where all kinks of a network without biases meet.
    gan.generator.set_weights([*gan.generator.get_weights()[:-1], np.full(2, 3, "float32")])
    points, push = toys.felt_gradient(gan, 6)
    np.testing.assert_array_equal(points, gan.generator([gan.sample_latents(6, 1)]).numpy())

    def one_loss(point):
        logit = gan.discriminator([tf.constant(point[None], tf.float32)])
        args = (logit, tf.zeros((1, 1))) if gan.gan_loss.paired else (logit,)
        return float(gan.gan_loss.generator(*args))

    h = 1e-3
    for point, moved in zip(points, push, strict=True):
        numeric = [
            (one_loss(point - h * axis) - one_loss(point + h * axis)) / (2 * h)
            for axis in np.eye(2, dtype="float32")
        ]
        np.testing.assert_allclose(moved, numeric, atol=0.02 * np.abs(push).max())


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "wasserstein", "penalty": "gradient_penalty", "critic_steps": 2},
        {"loss": "relativistic", "penalty": "r1_r2", "penalty_interval": 2},
        {"normalization": "spectral", "minibatch": "stddev", "instance_noise": 0.5},
    ],
)
def test_many_steps_in_one_call_are_the_steps_of_the_gan_one_by_one(settings, eagerly):
    mixture, steps = ring(), 5
    fast, slow = (toys.toy_gan(mixture, steps=steps, seed=4, **SMALL, **settings) for _ in range(2))
    start = values(fast.generator)
    assert_all_close(values(slow.generator), start)
    (last,) = toys.train_toy(fast, steps, samples=50)
    for step in range(steps):
        key = tf.random.fold_in(tf.constant([4, step]), toys.DATA)
        slow.train_step(mixture.draw(16 * slow.critic_steps, key))
    assert not np.allclose(values(fast.generator)[0], start[0])
    for name in ("generator", "discriminator", "ema_generator"):
        assert_all_close(
            values(getattr(fast, name)), values(getattr(slow, name)), rtol=1e-5, atol=1e-7
        )
    assert last.step == steps and last.samples.shape == last.push.shape == (50, 2)


def test_snapshots_do_not_change_a_run_and_a_run_goes_on(eagerly):
    whole, parts = (toys.toy_gan(ring(), steps=6, seed=1, **SMALL) for _ in range(2))
    toys.train_toy(whole, 6)
    first = toys.train_toy(parts, 4, at=(0, 2), samples=20)
    second = toys.train_toy(parts, 2, samples=20)
    assert [s.step for s in (*first, *second)] == [0, 2, 4, 6]
    assert not np.array_equal(first[0].samples, first[1].samples)
    assert_all_close(values(parts.generator), values(whole.generator), rtol=1e-5, atol=1e-7)
    with raising(SettingsError, "at", 9, 6, 8):
        toys.train_toy(parts, 2, at=(9,))


def test_scores_of_a_seed_do_not_depend_on_the_seeds_before_it(eagerly):
    """The toys of all seeds share their variables: none may be left as the one before left it."""
    common = {"steps": 3, "loss": "hinge", "normalization": "spectral", **SMALL}
    kept = []
    for seeds in ((7,), (3, 7)):
        gans = []
        with pytest.MonkeyPatch.context() as patch:
            train = toys.train_toy
            patch.setattr(toys, "train_toy", lambda gan, n: gans.append(gan) or train(gan, n))  # noqa: B023
            scores = toys.toy_scores(ring(), seeds=seeds, **common)
        assert scores.shape == (len(seeds), 2)
        kept.append([tf.convert_to_tensor(v).numpy() for v in toys._state(gans[-1])])
    assert int(kept[0][0]) == 7
    assert_all_close(kept[1], kept[0], rtol=1e-6)


def test_a_compiled_run_finds_most_of_the_ring():
    """With XLA, as it is used; a discriminator that is ahead finds the modes soonest."""
    gan = toys.toy_gan(ring(), steps=400, discriminator_learning_rate=1e-2)
    before, after = toys.train_toy(gan, 400, at=(0,))
    assert modes_found(gan.mixture, before.samples) <= 2
    assert modes_found(gan.mixture, after.samples) >= 5
    assert int(gan.diverged_at) == -1
