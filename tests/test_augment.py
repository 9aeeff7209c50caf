"""DiffAugment and instance noise: ranges, keys, gradients, and the same for all sizes."""

import numpy as np
import pytest
import tensorflow as tf

from ganlib import augment
from ganlib.augment import diff_augment, make_view

KEY = tf.constant([3, 5])
RNG = np.random.default_rng(0)


def pictures(count=200, shape=(28, 20, 1)):
    return tf.constant(RNG.uniform(-1, 1, (count, *shape)), tf.float32)


def test_colour_moves_brightness_and_contrast_within_the_papers_ranges():
    images = pictures()
    changed = augment._colour(images, KEY).numpy()
    brighter = changed.mean(axis=(1, 2, 3)) - images.numpy().mean(axis=(1, 2, 3))
    contrast = changed.std(axis=(1, 2, 3)) / images.numpy().std(axis=(1, 2, 3))
    for values, low, high in ((brighter, -0.5, 0.5), (contrast, 0.5, 1.5)):
        assert low - 1e-4 <= values.min() < low + 0.05
        assert high - 0.05 < values.max() <= high + 1e-4


def test_saturation_changes_the_colours_and_not_the_grey_value():
    images = pictures(shape=(8, 8, 3))
    changed = augment._colour(images, KEY).numpy()

    def colourfulness(x):
        return (x - x.mean(axis=3, keepdims=True)).std(axis=(1, 2, 3))

    contrast = changed.mean(axis=3).std(axis=(1, 2)) / images.numpy().mean(axis=3).std(axis=(1, 2))
    factor = colourfulness(changed) / colourfulness(images.numpy()) / contrast
    assert factor.min() < 0.1 and 1.9 < factor.max() <= 2.001


def test_translation_moves_whole_pixels_by_at_most_an_eighth():
    image = np.zeros((1, 24, 16, 1), np.float32)
    image[0, 12, 8, 0] = 1  # one bright pixel
    moved = augment._translation(tf.repeat(tf.constant(image), 400, axis=0), KEY).numpy()
    assert set(np.unique(moved)) == {0.0, 1.0}
    _, rows, columns, _ = np.nonzero(moved)
    assert len(rows) == 400  # each keeps its pixel
    assert set(rows - 12) == set(range(-3, 4)) and set(columns - 8) == set(range(-2, 3))


def test_what_a_translation_brings_in_is_zero():
    moved = augment._translation(tf.ones((100, 8, 8, 1)), KEY).numpy()
    assert set(np.unique(moved)) == {0.0, 1.0}


def test_cutout_makes_one_hole_of_half_a_side_at_most():
    cut = augment._cutout(tf.ones((300, 28, 20, 1)), KEY).numpy()[..., 0]
    for image in cut:
        rows, columns = (image == 0).any(axis=1), (image == 0).any(axis=0)
        assert np.array_equal(image == 0, rows[:, None] & columns[None])  # a rectangle
        assert 7 <= rows.sum() <= 14 and 5 <= columns.sum() <= 10
    assert ((cut == 0).sum(axis=(1, 2)) == 140).any()  # a whole one
    assert len({image.tobytes() for image in cut}) > 100


def test_the_same_key_gives_the_same_view_and_another_key_another():
    images = pictures(20)
    first, again = diff_augment(images, KEY), diff_augment(images, KEY)
    np.testing.assert_array_equal(first, again)
    other = diff_augment(images, KEY + 1).numpy()
    assert not any(np.allclose(a, b) for a, b in zip(first.numpy(), other, strict=True))


def test_images_of_a_batch_are_changed_differently():
    same = tf.repeat(pictures(1), 20, axis=0)
    changed = diff_augment(same, KEY).numpy()
    assert len({image.tobytes() for image in changed}) == 20


def test_gradients_reach_the_images_through_every_part():
    images = tf.Variable(pictures(3, (8, 8, 1)))
    weights = tf.constant(RNG.normal(size=(3, 8, 8, 1)), tf.float32)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(diff_augment(images, KEY) * weights)
    gradient = tape.gradient(total, images).numpy()
    # The function is affine in the images, so a finite step agrees with the gradient.
    direction = tf.constant(RNG.normal(size=images.shape), tf.float32)
    moved = tf.reduce_sum(diff_augment(images + direction, KEY) * weights) - total
    assert float(moved) == pytest.approx(float(np.sum(gradient * direction)), rel=1e-3)
    assert (np.abs(gradient).sum(axis=(1, 2, 3)) > 0).all()


def test_instance_noise_falls_to_nothing_over_the_run():
    view = make_view("none", 0.4, total_steps=100)
    images = tf.zeros((50, 28, 28, 1))
    for step, expected in ((0, 0.4), (50, 0.2), (100, 0.0), (500, 0.0)):
        noise = view(images, KEY, tf.constant(step)).numpy()
        assert noise.std() == pytest.approx(expected, abs=0.01)
        assert noise.mean() == pytest.approx(0, abs=0.01)


def test_no_view_where_nothing_is_asked_for():
    assert make_view("none", 0.0, 10) is None
    images = pictures(2)
    seen = make_view("diffaugment", 0.0, 10)(images, KEY, tf.constant(0))
    np.testing.assert_array_equal(seen, diff_augment(images, KEY))
