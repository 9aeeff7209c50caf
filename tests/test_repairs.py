"""What a recipe may add to the training step: each against a step written by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib import noise as streams
from ganlib import recipes
from ganlib.building import build_gan, compile_gan
from ganlib.errors import SettingsError
from ganlib.gan import GAN
from ganlib.losses import get_loss
from ganlib.penalties import Penalty

LATENT, RATE = 3, 0.1


def networks():
    """From 3 latents to images (2, 2, 1), and back to a logit; no batch norm."""
    keras.utils.set_random_seed(4)
    generator = keras.Sequential(
        [keras.Input((LATENT,)), keras.layers.Dense(4, "tanh"), keras.layers.Reshape((2, 2, 1))]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((2, 2, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(5, "tanh"),
            keras.layers.Dense(1),
        ]
    )
    return generator, discriminator


def make(loss="non_saturating", **kwargs):
    gan = GAN(*networks(), latent_dim=LATENT, seed=9)
    optimizers = [keras.optimizers.SGD(RATE) for _ in range(2)]
    gan.compile(*optimizers, get_loss(loss), **kwargs)
    return gan


def real_images(step, count=4):
    draws = np.random.default_rng(step).uniform(-1, 1, (count, 2, 2, 1))
    return tf.constant(draws, tf.float32)


def noise(step, k=0, count=4):
    key = tf.random.fold_in(tf.constant([9, step]), streams.TRAIN)
    key = tf.random.fold_in(key, k) if k else key
    return tf.random.stateless_normal((count, LATENT), key)


def descend(network, loss):
    """One step of plain gradient descent on ``loss()``."""
    with tf.GradientTape() as tape:
        value = loss()
    variables = network.trainable_variables
    for variable, gradient in zip(variables, tape.gradient(value, variables), strict=True):
        variable.assign(variable - RATE * gradient)


def cross_entropy(discriminator, real, fake):
    return tf.reduce_mean(tf.nn.softplus(-discriminator(real))) + tf.reduce_mean(
        tf.nn.softplus(discriminator(fake))
    )


def assert_same_weights(network, other):
    for a, b in zip(network.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def r1_by_hand(discriminator, images):
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(discriminator(images))
    return tf.reduce_mean(tf.reduce_sum(tape.gradient(total, images) ** 2, axis=[1, 2, 3])) / 2


def test_a_penalty_is_added_to_the_discriminators_loss_alone():
    gan = make(penalty=Penalty("r1", 3.0))
    logs = gan.train_step(real_images(0))
    generator, discriminator = networks()
    real, fake = real_images(0), tf.constant(generator(noise(0)))
    loss, penalty = cross_entropy(discriminator, real, fake), r1_by_hand(discriminator, real)
    descend(
        discriminator,
        lambda: cross_entropy(discriminator, real, fake) + 3 * r1_by_hand(discriminator, real),
    )
    descend(
        generator,
        lambda: tf.reduce_mean(tf.nn.softplus(-discriminator(generator(noise(0))))),
    )
    assert_same_weights(gan.discriminator, discriminator)
    assert_same_weights(gan.generator, generator)
    assert float(logs["discriminator_loss"]) == pytest.approx(float(loss), rel=1e-5)
    assert float(logs["penalty"]) == pytest.approx(3 * float(penalty), rel=1e-5)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_lazy_penalty_is_paid_in_every_kth_step(compiled):
    gan = make(penalty=Penalty("r1", 1.0, interval=3), jit_compile=compiled)
    step = tf.function(gan.train_step) if compiled else gan.train_step
    paid = []
    for k in range(7):
        gan.reset_metrics()
        paid.append(float(step(real_images(k))["penalty"]))
    assert [value > 0 for value in paid] == [True, False, False, True, False, False, True]
    # A step that does not pay is one without a penalty; one that pays pays three times.
    lazy, plain = make(penalty=Penalty("r1", 1.0, interval=3)), make()
    lazy.train_step(real_images(0))
    assert float(lazy.trackers["penalty"].result()) == pytest.approx(
        3 * float(r1_by_hand(networks()[1], real_images(0))), rel=1e-5
    )
    for network in ("generator", "discriminator"):
        getattr(plain, network).set_weights(getattr(lazy, network).get_weights())
    plain.generator_optimizer.iterations.assign(1)
    for gan in (lazy, plain):
        gan.train_step(real_images(1))
    assert_same_weights(lazy.discriminator, plain.discriminator)


def test_critic_steps_take_a_part_of_the_batch_and_noise_of_its_own_each():
    gan = make(critic_steps=3)
    gan.train_step(real_images(0, count=12))
    generator, discriminator = networks()
    parts = tf.split(real_images(0, count=12), 3)
    for k, part in ((1, parts[0]), (2, parts[1]), (0, parts[2])):
        fake = tf.constant(generator(noise(0, k)))
        descend(discriminator, lambda r=part, f=fake: cross_entropy(discriminator, r, f))
    descend(
        generator,
        lambda: tf.reduce_mean(tf.nn.softplus(-discriminator(generator(noise(0))))),
    )
    assert_same_weights(gan.discriminator, discriminator)
    assert_same_weights(gan.generator, generator)
    assert int(gan.step) == 1 and int(gan.discriminator_optimizer.iterations) == 3


def test_clipping_holds_every_weight_of_the_discriminator_and_none_of_the_generator():
    gan = make("wasserstein", clip=0.05)
    gan.train_step(real_images(0))
    weights = np.concatenate([w.ravel() for w in gan.discriminator.get_weights()])
    assert np.abs(weights).max() == pytest.approx(0.05)
    assert max(np.abs(w).max() for w in gan.generator.get_weights()) > 0.05


def test_in_pairs_the_generator_is_held_against_the_real_images():
    gan = make("relativistic")
    logs = gan.train_step(real_images(0))
    generator, discriminator = networks()
    real, fake = real_images(0), tf.constant(generator(noise(0)))
    ranked = float(tf.reduce_mean(tf.cast(discriminator(real) > discriminator(fake), tf.float32)))
    descend(
        discriminator,
        lambda: tf.reduce_mean(tf.nn.softplus(discriminator(fake) - discriminator(real))),
    )
    descend(
        generator,
        lambda: tf.reduce_mean(
            tf.nn.softplus(discriminator(real) - discriminator(generator(noise(0))))
        ),
    )
    assert_same_weights(gan.discriminator, discriminator)
    assert_same_weights(gan.generator, generator)
    # Only the order within a pair has a meaning, so both accuracies are the share in order.
    assert float(logs["real_accuracy"]) == float(logs["fake_accuracy"]) == ranked


def test_both_networks_see_real_and_generated_images_through_views_of_their_own():
    seen = []

    def view(images, key, step):
        seen.append((tuple(np.array(key).tolist()), int(step), np.array(images)))
        return images / 2

    gan = make("relativistic", view=view)
    gan.train_step(real_images(0))
    assert [step for _, step, _ in seen] == [0] * 4
    assert len({key for key, _, _ in seen}) == 4
    np.testing.assert_array_equal(seen[0][2], real_images(0))
    np.testing.assert_array_equal(seen[1][2], seen[2][2])  # the generated batch, twice
    np.testing.assert_array_equal(seen[3][2], real_images(0))
    # The generator's gradient goes through the view: as with a discriminator that halves.
    generator, discriminator = networks()
    real, fake = real_images(0) / 2, tf.constant(generator(noise(0))) / 2
    descend(
        discriminator,
        lambda: tf.reduce_mean(tf.nn.softplus(discriminator(fake) - discriminator(real))),
    )
    descend(
        generator,
        lambda: tf.reduce_mean(
            tf.nn.softplus(discriminator(real) - discriminator(generator(noise(0)) / 2))
        ),
    )
    assert_same_weights(gan.discriminator, discriminator)
    assert_same_weights(gan.generator, generator)


def test_spectral_norm_is_iterated_once_an_update_and_held_for_both_passes():
    recipe = recipes.get_recipe(
        "dcgan", normalization="spectral", generator_width=2, discriminator_width=2, features=0
    )
    gan = build_gan(recipe, (8, 8, 1), 10)
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=4)
    layer = gan.discriminator.layers[1]
    kernel = np.array(layer._kernel(), np.float64)
    direction = np.array(layer.direction, np.float64)
    gan.train_step(tf.constant(np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1)), tf.float32))
    expected = kernel.T @ kernel @ direction
    np.testing.assert_allclose(
        layer.direction, expected / np.linalg.norm(expected), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        (
            {"penalty": "gradient_penalty"},
            [
                'penalty="gradient_penalty"',
                'normalization="batch"',
                'normalization="layer"',
                '"spectral"',
                '"none"',
            ],
        ),
        ({"penalty": "r3"}, ["penalty", "'r3'"]),
        ({"normalization": "sprectal"}, ["'sprectal'", "'spectral'"]),
        ({"minibatch": "stdev"}, ["'stdev'", "'stddev'"]),
        ({"augment": "diffaug"}, ["augment", "'diffaug'", "'diffaugment'"]),
        ({"penalty_interval": 0}, ["penalty_interval=0", 1]),
        ({"critic_steps": 0}, ["critic_steps=0", 1]),
        ({"clip": -0.1}, ["clip=-0.1", 0]),
        ({"instance_noise": float("nan")}, ["instance_noise=nan", 0]),
    ],
)
def test_impossible_settings_are_refused(overrides, parts):
    with raising(SettingsError, *parts):
        recipes.get_recipe("dcgan", **overrides)


def test_a_recipe_hands_each_setting_to_the_step():
    recipe = recipes.get_recipe(
        "dcgan", loss="wasserstein", normalization="layer", penalty="gradient_penalty",
        penalty_weight=7.0, penalty_interval=4, critic_steps=2, clip=0.3, augment="diffaugment",
        minibatch="stddev", generator_width=2, discriminator_width=2,
    )  # fmt: skip
    gan = build_gan(recipe, (8, 8, 1), 10)
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=4)
    assert gan.gan_loss is get_loss("wasserstein")
    assert gan.penalty == Penalty("gradient_penalty", 7.0, 4)
    assert (gan.critic_steps, gan.clip) == (2, 0.3)
    assert gan.view is not None
    kinds = {type(layer).__name__ for layer in gan.discriminator.layers}
    assert {"LayerNormalization", "MinibatchStddev"} <= kinds
