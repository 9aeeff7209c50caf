"""The style-based generator, part by part, and its discriminator."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganlib import models
from ganlib.models import modulation

SHAPE, LATENT, WIDTH, CLASSES = (32, 16, 3), 8, 4, 3


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def convolution(double: bool, demodulate: bool = True, channels=5, filters=6):
    layer = modulation.ModulatedConv(filters, double=double, demodulate=demodulate)
    layer.build((None, 8, 8, channels), (None, LATENT))
    layer.scales.kernel.assign(noise(LATENT, channels, seed=1))
    layer.bias.assign(noise(filters, seed=2))
    return layer


@pytest.mark.parametrize("demodulate", [True, False])
@pytest.mark.parametrize("double", [True, False])
def test_modulation_is_a_convolution_with_a_kernel_of_each_images_own(double, demodulate):
    layer = convolution(double, demodulate)
    images, styles = noise(4, 8, 8, 5), noise(4, LATENT, seed=3)
    given = layer(images, styles).numpy()
    scales = styles @ layer.scales.kernel.numpy() + layer.scales.bias.numpy()
    if double:
        images = images.repeat(2, axis=1).repeat(2, axis=2)
    for image, scale, ours in zip(images, scales, given, strict=True):
        kernel = layer.kernel.numpy() * scale[None, None, :, None]
        if demodulate:
            kernel = kernel / length(kernel, double)
        expected = tf.nn.conv2d(image[None], kernel, 1, "SAME")
        assert ours == pytest.approx(expected[0].numpy() + layer.bias.numpy(), abs=1e-4)


def length(kernel, double: bool):
    """The root of what inputs of variance 1 give in an output, on average over the pixels."""
    if not double:
        return np.sqrt((kernel**2).sum(axis=(0, 1, 2)))
    # Two of three rows meet the same pixel of the image before: the first two, or the last two.
    rows = [(kernel[:2].sum(axis=0), kernel[2]), (kernel[0], kernel[1:].sum(axis=0))]
    squares = []
    for pair in rows:
        for row in pair:
            squares += [
                row[:2].sum(axis=0) ** 2,
                row[2] ** 2,
                row[0] ** 2,
                row[1:].sum(axis=0) ** 2,
            ]
    return np.sqrt(sum(squares).sum(axis=0) / 4)


@pytest.mark.parametrize("double", [True, False])
def test_demodulated_features_have_variance_one_whatever_the_style(double):
    layer = convolution(double, channels=32, filters=8)
    layer.bias.assign(np.zeros(8))
    styles = np.repeat(noise(3, LATENT) * np.array([[0.1], [1], [30]], np.float32), 400, axis=0)
    features = layer(noise(1200, 8, 8, 32, seed=5), styles).numpy()[:, 2:-2, 2:-2]
    for part in np.split(features, 3):
        assert part.var() == pytest.approx(1, abs=0.06)


def test_an_image_is_doubled_smoothly_and_keeps_its_brightness():
    images = np.full((1, 4, 4, 3), 0.5, np.float32)
    images[..., 1] = -1
    doubled = modulation.Doubled()(images).numpy()
    assert doubled.shape == (1, 8, 8, 3)
    assert doubled[0, 2:-2, 2:-2, 0] == pytest.approx(0.5)
    assert doubled[0, 2:-2, 2:-2, 1] == pytest.approx(-1)  # no channel leaks into another
    ramp = np.arange(6, dtype=np.float32)[None, None, :, None] + np.zeros((1, 6, 6, 1), np.float32)
    steps = np.diff(modulation.Doubled()(ramp).numpy()[0, 4, 3:-3, 0])
    assert steps == pytest.approx(0.5)  # repetition would give 0, 1, 0, 1


def test_styles_are_mixed_in_training_alone_from_one_size_on():
    keras.utils.set_random_seed(0)
    layer = modulation.MixStyles(4, share=0.5)
    own, other = np.zeros((2000, 2), np.float32), np.ones((2000, 2), np.float32)
    assert not layer(own, other).numpy().any()
    mixed = layer(own, other, training=True).numpy()
    assert (mixed[:, :, 0] == mixed[:, :, 1]).all()  # a style is taken as a whole
    assert (np.diff(mixed[:, :, 0], axis=1) >= 0).all()  # never back
    assert not mixed[:, 0].any()  # the coarsest size keeps its own
    assert mixed[:, -1, 0].mean() == pytest.approx(0.5, abs=0.05)
    starts = np.bincount((mixed[:, :, 0] == 0).sum(axis=1), minlength=5)
    assert starts[1:4] == pytest.approx(2000 / 6, rel=0.25)  # each size as likely


def test_neighbours_have_another_latent_under_the_same_label():
    given = noise(5, 7)
    neighbours = modulation.Neighbours(4)(given).numpy()
    assert (neighbours[:, 4:] == given[:, 4:]).all()
    assert (neighbours[:, :4] == np.roll(given[:, :4], 1, axis=0)).all()


def test_noise_is_new_in_training_kept_otherwise_and_weighed_by_a_learnt_strength():
    layer = modulation.PixelNoise()
    zeros = np.zeros((2, 4, 6, 3), np.float32)
    assert not layer(zeros, training=True).numpy().any()  # the strength starts at 0
    layer.strength.assign(2.0)
    first, second = (layer(zeros, training=True).numpy() for _ in range(2))
    assert not np.allclose(first, second)
    assert not np.allclose(first[0], first[1])  # each image its own
    assert (first == first[..., :1]).all()  # one picture of noise for all features
    kept = layer(zeros).numpy()
    assert (kept == layer(zeros).numpy()).all()
    assert kept == pytest.approx(2 * np.broadcast_to(layer.kept.numpy(), kept.shape))


def generator(**settings):
    keras.utils.set_random_seed(1)
    return models.style_generator(SHAPE, LATENT, WIDTH, num_classes=CLASSES, **settings)


def given(n=6):
    return [noise(n, LATENT, seed=4), np.arange(n, dtype=np.int32) % CLASSES]


@pytest.mark.parametrize("classes", [None, CLASSES])
@pytest.mark.parametrize("depth", [0, 2])
def test_mapping_and_synthesis_are_the_generator(depth, classes):
    network = models.style_generator(SHAPE, LATENT, WIDTH, num_classes=classes, depth=depth)
    inputs = given() if classes else given()[0]
    styles = models.mapping(network)(inputs)
    assert styles.shape == (6, 3, LATENT)  # 8 x 4, 16 x 8 and 32 x 16
    assert models.synthesis(network)(styles).numpy() == pytest.approx(network(inputs).numpy())


def test_a_finer_style_leaves_the_coarse_image_alone():
    network = generator()
    to_styles, draw = models.mapping(network), models.synthesis(network)
    styles = to_styles(given()).numpy()
    mixed = styles.copy()
    mixed[:, -1] = np.roll(styles[:, -1], 1, axis=0)
    changed = np.abs(draw(mixed).numpy() - draw(styles).numpy()).mean()
    mixed[:, :-1] = np.roll(styles[:, :-1], 1, axis=0)
    assert 0 < changed < np.abs(draw(mixed).numpy() - draw(styles).numpy()).mean()


def test_every_part_of_both_networks_learns():
    network = generator(depth=1)
    judge = models.residual_discriminator(SHAPE, WIDTH, num_classes=CLASSES, features=8, depth=1)
    latents, labels = (tf.constant(each) for each in given())
    with tf.GradientTape(persistent=True) as tape:
        logits = judge([network([latents, labels], training=True), labels], training=True)
        loss = tf.reduce_sum(tf.nn.softplus(-logits))
    for each in (network, judge):
        for variable, slope in zip(
            each.trainable_variables, tape.gradient(loss, each.trainable_variables), strict=True
        ):
            assert slope is not None and tf.reduce_any(tf.convert_to_tensor(slope) != 0), variable


def test_the_copy_for_the_average_draws_the_same_images():
    from ganlib.noise import averaged_copy

    network = generator()
    for layer in network.layers:
        if isinstance(layer, modulation.PixelNoise):
            layer.strength.assign(0.5)
    assert (averaged_copy(network)(given()).numpy() == network(given()).numpy()).all()
