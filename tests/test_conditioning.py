"""A label that enters by batch norm, and a discriminator that names it."""

import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib import models
from ganlib.building import build_gan, compile_gan
from ganlib.conditioning import AuxiliaryGAN, class_loss
from ganlib.errors import SettingsError
from ganlib.layers import ConditionalBatchNorm
from ganlib.recipes import get_recipe

SHAPE, CLASSES = (8, 8, 1), 3
SMALL = {"generator_width": 4, "discriminator_width": 4, "latent_dim": 8, "features": 6}
RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (6, *SHAPE)).astype("float32")
LABELS = np.array([0, 1, 2, 2, 1, 1], "int32")


def built(**overrides):
    recipe = get_recipe("cgan", **{**SMALL, **overrides})
    gan = build_gan(recipe, SHAPE, CLASSES, seed=1)
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=10)
    return gan


# ------------------------------------------------------------------- a generator's batch norm


@pytest.mark.parametrize("shape", [(6, 5), (6, 4, 3, 5)])
def test_each_class_scales_and_shifts_what_the_whole_batch_normalises(shape):
    x = RNG.normal(3, 2, shape).astype("float32")
    layer = ConditionalBatchNorm(CLASSES)
    layer.build(shape)
    axes = tuple(range(len(shape) - 1))
    normal = (x - x.mean(axes)) / np.sqrt(x.var(axes) + layer.norm.epsilon)
    np.testing.assert_allclose(layer(x, LABELS, training=True), normal, atol=1e-4)
    scale, shift = RNG.normal(size=(2, CLASSES, 5)).astype("float32")
    layer.scale.assign(scale)
    layer.shift.assign(shift)
    rows = (-1, *[1] * (len(shape) - 2), 5)
    expected = normal * scale[LABELS].reshape(rows) + shift[LABELS].reshape(rows)
    np.testing.assert_allclose(layer(x, LABELS, training=True), expected, atol=1e-4)


def test_when_sampling_the_moving_statistics_normalise():
    layer = ConditionalBatchNorm(CLASSES, momentum=0.5)
    layer.build((6, 5))
    x = RNG.normal(3, 2, (6, 5)).astype("float32")
    layer(x, LABELS, training=True)
    moving = 0.5 * x.mean(0), 0.5 + 0.5 * x.var(0)
    expected = (x - moving[0]) / np.sqrt(moving[1] + layer.norm.epsilon)
    np.testing.assert_allclose(layer(x, LABELS, training=False), expected, atol=1e-4)


@pytest.mark.parametrize("name", ["mlp", "dcgan", "upsampling"])
def test_the_label_enters_every_batch_norm_and_nothing_else(name):
    generator = models.GENERATORS[name](SHAPE, 8, 4, CLASSES, conditioning="batch_norm")
    norms = [x for x in generator.layers if isinstance(x, ConditionalBatchNorm)]
    plain = models.GENERATORS[name](SHAPE, 8, 4)
    kinds = [type(layer).__name__ for layer in plain.layers]
    assert len(norms) == kinds.count("BatchNormalization") > 0
    latents = np.repeat(RNG.normal(size=(1, 8)).astype("float32"), CLASSES, axis=0)
    labels = np.arange(CLASSES)
    images = generator([latents, labels], training=False).numpy()
    np.testing.assert_allclose(images, images[[0] * CLASSES], atol=1e-6)  # classes agree as yet
    norms[-1].shift.assign(9 * RNG.normal(size=norms[-1].shift.shape))
    images = generator([latents, labels], training=False).numpy()
    assert np.abs(images[0] - images[1]).max() > 1e-3 < np.abs(images[1] - images[2]).max()


def test_a_generator_without_batch_norm_refuses_it():
    with raising(SettingsError, '"transposed-dense"', 'generator_conditioning="concatenation"'):
        models.transposed_generator(SHAPE, 8, 4, CLASSES, conditioning="batch_norm")
    with raising(SettingsError, "'batchnorm'", "'batch_norm'"):
        get_recipe("cgan", generator_conditioning="batchnorm")


# -------------------------------------------------------------- a discriminator that names classes


def test_the_class_loss_is_the_cross_entropy_of_the_right_class():
    logits = np.array([[2.0, 0.0, -1.0], [0.0, 0.0, 0.0]], "float32")
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -np.log([shares[0, 0], shares[1, 2]]).mean()
    assert float(class_loss(logits, np.array([0, 2]))) == pytest.approx(expected, abs=1e-6)


def test_its_first_logit_does_not_depend_on_the_label():
    gan = built(conditioning="auxiliary")
    assert isinstance(gan, AuxiliaryGAN)
    assert gan.discriminator.output_shape == (None, 1 + CLASSES)
    answers = [
        gan.discriminator([IMAGES, labels], training=False) for labels in (LABELS, LABELS * 0)
    ]
    np.testing.assert_array_equal(*answers)


def test_both_players_losses_are_the_games_and_the_classes():
    gan = built(conditioning="auxiliary")
    real, fake = (RNG.normal(size=(6, 1 + CLASSES)).astype("float32") for _ in range(2))
    game = gan.gan_loss.discriminator(real[:, :1], fake[:, :1])
    named = class_loss(real[:, 1:], LABELS) + class_loss(fake[:, 1:], LABELS)
    found = gan.discriminator_loss(real, fake, [LABELS])
    assert float(found) == pytest.approx(float(game + named), abs=1e-5)
    found = gan.generator_loss([fake], [LABELS])
    expected = gan.gan_loss.generator(fake[:, :1]) + class_loss(fake[:, 1:], LABELS)
    assert float(found) == pytest.approx(float(expected), abs=1e-5)


@pytest.mark.parametrize("overrides", [{}, {"loss": "relativistic"}, {"penalty": "r1"}], ids=str)
def test_a_step_moves_every_weight_and_counts_real_and_fake_by_the_first_logit(overrides):
    gan = built(conditioning="auxiliary", generator_conditioning="batch_norm", **overrides)
    networks = gan.generator, gan.discriminator
    variables = [v for network in networks for v in network.trainable_variables]
    before = [v.numpy() for v in variables]
    logs = gan.train_step((tf.constant(IMAGES), tf.constant(LABELS)))
    pairs = zip(variables, before, strict=True)
    still = [v.path for v, old in pairs if np.array_equal(v.numpy(), old)]
    assert still == (["logit/bias"] if gan.gan_loss.paired else [])  # pairs: its differences alone
    assert float(logs["real_accuracy"]) * 6 == pytest.approx(
        round(float(logs["real_accuracy"]) * 6)
    )


def test_it_learns_to_name_classes_that_can_be_told_apart():
    gan = built(conditioning="auxiliary", decay_share=0.0)
    labels = np.arange(30, dtype="int32") % CLASSES
    bright = np.array([-0.9, 0.0, 0.9], "float32")[labels]
    images = np.ones((30, *SHAPE), "float32") * bright[:, None, None, None]
    step = tf.function(gan.train_step)
    for _ in range(60):
        step((tf.constant(images), tf.constant(labels)))
    named = gan.discriminator([images, labels * 0], training=False)[:, 1:]
    assert (np.argmax(named, axis=1) == labels).mean() > 0.9


def test_the_moving_average_and_the_weights_file_know_both(tmp_path):
    gan = built(conditioning="auxiliary", generator_conditioning="batch_norm")
    gan.train_step((tf.constant(IMAGES), tf.constant(LABELS)))
    gan.ema_generator.save_weights(tmp_path / "x.weights.h5")
    fresh = built(conditioning="auxiliary", generator_conditioning="batch_norm").ema_generator
    fresh.load_weights(tmp_path / "x.weights.h5")
    inputs = [RNG.normal(size=(6, 8)).astype("float32"), LABELS]
    np.testing.assert_array_equal(
        fresh(inputs, training=False), gan.ema_generator(inputs, training=False)
    )
    assert gan.generate(6, LABELS).shape == (6, *SHAPE)
