"""Spectral norm, and the layers that see a batch as a whole."""

import keras
import numpy as np
import pytest
from keras import layers

from ganlib import models
from ganlib.layers import MinibatchDiscrimination, MinibatchStddev, SpectralNorm

RNG = np.random.default_rng(0)
LAYERS = {
    "dense": (lambda: layers.Dense(5, use_bias=False), (4, 7)),
    "convolution": (lambda: layers.Conv2D(5, 3, padding="same", use_bias=False), (4, 6, 6, 2)),
}


def normalised(kind):
    """A wrapped layer, its input, and its kernel as the matrix (inputs, outputs)."""
    make, shape = LAYERS[kind]
    layer = SpectralNorm(make())
    images = RNG.normal(size=shape).astype("float32")
    layer(images)
    kernel = layer.layer.kernel.numpy()
    return layer, images, kernel.reshape(-1, kernel.shape[-1])


@pytest.mark.parametrize("kind", LAYERS)
def test_sigma_becomes_the_largest_singular_value(kind):
    layer, _, matrix = normalised(kind)
    for _ in range(200):
        layer.iterate()
    largest = np.linalg.svd(matrix, compute_uv=False)[0]
    assert float(layer.sigma()) == pytest.approx(largest, rel=1e-4)


@pytest.mark.parametrize("kind", LAYERS)
def test_output_is_that_of_the_layer_with_the_divided_kernel_and_the_bias(kind):
    layer, images, _ = normalised(kind)
    layer.bias.assign(np.arange(5, dtype="float32"))
    before = layer(images, training=True).numpy()
    layer.layer.kernel.assign(layer.layer.kernel / layer.sigma())
    np.testing.assert_allclose(layer.layer(images) + np.arange(5), before, rtol=1e-4, atol=1e-5)


def test_passes_change_nothing_so_that_both_see_one_kernel():
    # Keras's own layer overwrites its kernel in each training call: a generated batch would be
    # judged by another network than the real one before it.
    layer, images, _ = normalised("dense")
    layer.iterate()
    state = [np.array(w) for w in layer.get_weights()]
    first, second = (layer(images, training=True).numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)
    for before, after in zip(state, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    theirs = layers.SpectralNormalization(layers.Dense(5))
    theirs(images)
    a, b = (theirs(images, training=True).numpy() for _ in range(2))
    assert not np.array_equal(a, b)


def test_gradient_by_the_kernel_goes_through_sigma():
    # d/dW of (W x)/sigma(W) is zero along W itself: the output does not depend on W's length.
    import tensorflow as tf

    layer, images, _ = normalised("dense")
    for _ in range(200):
        layer.iterate()
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(images) ** 3)
    gradient = tape.gradient(total, layer.layer.kernel)
    along = float(tf.reduce_sum(gradient * layer.layer.kernel))
    size = float(tf.norm(gradient) * tf.norm(layer.layer.kernel))
    assert abs(along) < 1e-3 * size


def test_a_layer_with_a_bias_is_refused():
    with pytest.raises(ValueError, match="use_bias=False"):
        SpectralNorm(layers.Dense(3))


def test_deviation_is_zero_for_equal_images_and_the_mean_one_else():
    layer = MinibatchStddev()
    features = RNG.normal(size=(6, 4)).astype("float32")
    joined = layer(features).numpy()
    assert joined.shape == (6, 5)
    np.testing.assert_array_equal(joined[:, :4], features)
    np.testing.assert_allclose(joined[:, 4], features.std(axis=0).mean(), rtol=1e-5)
    collapsed = layer(np.repeat(features[:1], 6, axis=0)).numpy()
    np.testing.assert_allclose(collapsed[:, 4], 0, atol=2e-4)


def test_closeness_is_that_of_the_paper():
    layer = MinibatchDiscrimination(kernels=3, dims=2)
    features = RNG.normal(size=(5, 4)).astype("float32")
    joined = layer(features).numpy()
    assert joined.shape == (5, 7)
    points = (features @ layer.tensor.numpy()).reshape(5, 3, 2)
    for i in range(5):
        for b in range(3):
            others = [
                np.exp(-np.abs(points[i, b] - points[j, b]).sum()) for j in range(5) if j != i
            ]
            assert joined[i, 4 + b] == pytest.approx(sum(others), rel=1e-4)
    # A batch of equal images is as close as can be: 1 for each of the others.
    collapsed = layer(np.repeat(features[:1], 5, axis=0)).numpy()
    np.testing.assert_allclose(collapsed[:, 4:], 4, rtol=1e-5)


@pytest.mark.parametrize("build", [models.dcgan_discriminator, models.mlp_discriminator])
@pytest.mark.parametrize("normalization", models.NORMALIZATIONS)
def test_discriminators_have_the_asked_normalization_and_no_other(build, normalization):
    network = build((8, 8, 1), 4, normalization=normalization)
    found = {type(layer) for layer in network.layers}
    kinds = {
        "batch": layers.BatchNormalization,
        "layer": layers.LayerNormalization,
        "spectral": SpectralNorm,
    }
    for name, kind in kinds.items():
        assert (kind in found) == (name == normalization)
    if normalization == "spectral":  # every layer with a kernel
        assert not found & {layers.Dense, layers.Conv2D}


@pytest.mark.parametrize("normalization", ["layer", "spectral", "none"])
@pytest.mark.parametrize("build", [models.dcgan_discriminator, models.mlp_discriminator])
def test_without_batch_norm_an_image_is_judged_alone(build, normalization):
    network = build((8, 8, 1), 4, normalization=normalization)
    images = RNG.normal(size=(5, 8, 8, 1)).astype("float32")
    together = network(images, training=True).numpy()
    alone = [network(images[k : k + 1], training=True).numpy()[0] for k in range(5)]
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("minibatch", ["stddev", "discrimination"])
@pytest.mark.parametrize("build", [models.dcgan_discriminator, models.mlp_discriminator])
def test_a_discriminator_with_minibatch_features_sees_the_others(build, minibatch):
    keras.utils.set_random_seed(0)
    network = build((8, 8, 1), 4, normalization="none", minibatch=minibatch)
    images = RNG.normal(size=(5, 8, 8, 1)).astype("float32")
    changed = images.copy()
    changed[1:] = images[0]
    a, b = (network(x, training=True).numpy()[0] for x in (images, changed))
    assert not np.allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("layer", [MinibatchStddev(), MinibatchDiscrimination(3, 2)])
def test_layers_come_back_from_their_configuration(layer):
    again = type(layer).from_config(layer.get_config())
    features = RNG.normal(size=(3, 4)).astype("float32")
    assert again(features).shape == layer(features).shape
