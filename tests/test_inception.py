"""Inception's features: what goes in, and why they cannot be had where that is so."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganlib import inception
from ganlib.errors import DataError, SettingsError
from ganlib.metrics import frechet_distance


def test_grey_images_become_three_equal_channels_of_the_size_and_range_that_it_takes():
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, :, 14:] = 255
    given = inception.as_inception_input(images).numpy()
    assert given.shape == (2, 299, 299, 3)
    np.testing.assert_array_equal(given[..., 0], given[..., 2])
    np.testing.assert_allclose(given[0], -1, atol=1e-6)
    np.testing.assert_allclose(given[1, 150, [10, 290], 0], [-1, 1], atol=1e-6)
    colour = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")
    expected = tf.image.resize(colour, (299, 299), antialias=True)
    np.testing.assert_array_equal(inception.as_inception_input(colour), expected)
    with pytest.raises(SettingsError, match="1 or 3"):
        inception.as_inception_input(np.zeros((2, 8, 8, 2), np.uint8))


def test_the_features_are_those_of_the_last_average_pool():
    network = inception.build_inception(None)
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    features = inception.inception_features(images, network, batch_size=2)
    assert features.shape == (3, 2048)
    whole = network(inception.as_inception_input(images), training=False)
    np.testing.assert_allclose(features, whole, rtol=1e-3, atol=1e-4)
    last = network.layers[-2].output
    maps = keras.Model(network.input, last)(inception.as_inception_input(images), training=False)
    np.testing.assert_allclose(features, np.mean(maps, axis=(1, 2)), rtol=1e-3, atol=1e-4)


def test_distances_over_any_network(monkeypatch):
    monkeypatch.setattr(inception, "FEATURES", 3)
    rng = np.random.default_rng(0)
    fake, real = (rng.integers(0, top, (40, 8, 8, 3)).astype(np.uint8) for top in (200, 256))

    def mean_colour(images, training):
        return tf.reduce_mean(images, axis=(1, 2))

    found = inception.inception_distances(fake, real, mean_colour)
    features = [inception.inception_features(x, mean_colour) for x in (fake, real)]
    assert found["inception_frechet_distance"] == frechet_distance(*features) > 0
    assert set(found) == {
        "inception_frechet_distance", "inception_kernel_distance", "inception_kernel_spread",
    }  # fmt: skip


def test_too_few_images_are_refused():
    images = np.zeros((2048, 8, 8), np.uint8)
    with pytest.raises(SettingsError, match="more than 2048"):
        inception.inception_distances(images, images)


def test_without_weights_the_reason_is_given(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("GANLIB_OFFLINE", "1")
    with pytest.raises(DataError, match="GANLIB_OFFLINE forbids"):
        inception.load_inception()
    monkeypatch.delenv("GANLIB_OFFLINE")

    def no_network(weights):
        raise Exception("URL fetch failure: Name or service not known")

    monkeypatch.setattr(inception, "build_inception", no_network)
    with pytest.raises(DataError, match=r"cannot be had: URL fetch failure.*Allow the network"):
        inception.load_inception()
