"""Scaling is exactly invertible; batches follow (seed, epoch) and nothing else."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib.data import pipeline
from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import batches, steps_per_epoch
from ganlib.errors import DataError, SettingsError
from ganlib.images import scale, unscale

LEVELS = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)


def numbered(n, channels=None):
    """n images, each filled with its own number, labelled with that number modulo 3."""
    shape = (n, 4, 8) if channels is None else (n, 4, 8, channels)
    images = np.broadcast_to(np.arange(n).reshape(n, *[1] * (len(shape) - 1)), shape)
    return DataSet(images.astype(np.uint8), np.arange(n) % 3, ("a", "b", "c"), "numbers")


def order(data, batch_size, steps, **options):
    """The numbers of the images in the first batches, a list for each batch."""
    taken = itertools.islice(batches(data, batch_size, **options), steps)
    return [unscale(batch)[:, 0, 0, 0].tolist() for batch in taken]


def test_scale_is_inverted_exactly_on_every_level():
    scaled = scale(LEVELS)
    assert scaled.dtype == np.float32
    assert scaled.min() == -1 and scaled.max() == 1
    np.testing.assert_array_equal(unscale(scaled), LEVELS)


def test_scale_of_tensors_inside_a_graph_is_inverted_exactly_too():
    for compiled in (False, True):
        scaled = tf.function(scale, jit_compile=compiled)(tf.constant(LEVELS))
        assert scaled.dtype == tf.float32
        np.testing.assert_array_equal(unscale(scaled), LEVELS)


def test_unscale_rounds_to_the_nearest_level_and_clips():
    step = 1 / 127.5
    images = np.array([-9, -1 + 0.49 * step, -1 + 0.51 * step, 1 - 0.51 * step, 1, 9], np.float32)
    assert unscale(images).tolist() == [0, 0, 1, 254, 255, 255]


def test_scaling_twice_or_never_is_an_error():
    with raising(DataError, "uint8", "float32"):
        scale(scale(LEVELS))
    with raising(DataError, "float", "uint8"):
        unscale(LEVELS)


def test_nan_is_not_drawn_as_black():
    with raising(DataError, "NaN"):
        unscale(np.array([0.0, np.nan]))


def test_batches_are_scaled_float32_with_a_channel_axis_and_a_fixed_shape():
    dataset = batches(numbered(7), 3, seed=0)
    assert dataset.element_spec == tf.TensorSpec((3, 4, 8, 1), tf.float32)
    assert batches(numbered(7, channels=3), 3, seed=0).element_spec.shape == (3, 4, 8, 3)
    first = next(iter(dataset)).numpy()
    np.testing.assert_array_equal(first, scale(unscale(first)))


def test_labels_stay_with_their_images_and_are_int32():
    for images, labels in itertools.islice(batches(numbered(9), 3, seed=5, labelled=True), 6):
        assert labels.dtype == tf.int32
        np.testing.assert_array_equal(labels, unscale(images)[:, 0, 0, 0] % 3)


def test_every_epoch_has_each_image_once_in_an_order_of_its_own():
    epochs = np.array(order(numbered(40), 10, 12, seed=1)).reshape(3, 40)
    np.testing.assert_array_equal(np.sort(epochs), np.tile(np.arange(40), (3, 1)))
    assert not np.array_equal(epochs[0], epochs[1])
    assert not np.array_equal(epochs[0], np.arange(40))


def test_order_is_that_of_seed_and_epoch():
    data = numbered(40)
    run = order(data, 10, 16, seed=1)
    assert order(data, 10, 16, seed=1) == run
    assert order(data, 10, 16, seed=2) != run
    assert order(data, 10, 4, seed=1, first_step=12) == run[12:]


def test_labels_do_not_change_the_order():
    data = numbered(20)
    pairs = itertools.islice(batches(data, 5, seed=3, labelled=True), 4)
    assert [unscale(x)[:, 0, 0, 0].tolist() for x, _ in pairs] == order(data, 5, 4, seed=3)


def test_short_batch_is_dropped_and_the_next_epoch_begins_after_it():
    data = numbered(11)
    assert steps_per_epoch(data, 4) == 2
    run = order(data, 4, 4, seed=0)
    assert [len(batch) for batch in run] == [4] * 4
    assert len(set(run[0] + run[1])) == 8
    assert order(data, 4, 2, seed=0, first_step=2) == run[2:]


def test_run_resumed_within_an_epoch_goes_on_where_it_was():
    data = numbered(11)
    run = order(data, 4, 6, seed=0)
    assert order(data, 4, 3, seed=0, first_step=3) == run[3:]


def test_dataset_is_known_to_be_endless():
    assert batches(numbered(4), 2, seed=0).cardinality() == tf.data.INFINITE_CARDINALITY


@pytest.mark.parametrize("batch_size", [0, -1, 8, 2.0, True, "4"])
def test_impossible_batch_size_is_refused(batch_size):
    with raising(SettingsError, "batch_size", repr(batch_size)):
        steps_per_epoch(numbered(7), batch_size)
    with raising(SettingsError, "batch_size", repr(batch_size)):
        batches(numbered(7), batch_size, seed=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1}, {"seed": 1.5}, {"seed": None}, {"seed": 2**63}, {"first_step": -1},
        {"first_step": 1.0}, {"first_step": "1"}, {"labelled": "no"}, {"labelled": 1},
    ],
)  # fmt: skip
def test_arguments_of_another_type_or_range_are_refused(wrong):
    (name, value), *_ = wrong.items()
    with raising(SettingsError, name, repr(value)):
        batches(numbered(4), 2, **({"seed": 0} | wrong))


def test_numpy_integers_are_numbers_too():
    data = numbered(11)
    assert steps_per_epoch(data, np.int64(4)) == 2
    run = order(data, np.uint8(4), 2, seed=np.int64(3), first_step=np.int32(2))
    assert run == order(data, 4, 2, seed=3, first_step=2)


@pytest.mark.parametrize("labelled", [False, True])
def test_images_too_large_to_copy_come_in_the_same_batches(monkeypatch, labelled):
    data = numbered(11, channels=3)
    copied = batches(data, 4, seed=5, labelled=labelled)
    monkeypatch.setattr(pipeline, "COPIED_BELOW", 0)
    monkeypatch.setattr(tf, "constant", lambda value, *a, **k: constant(value, *a, **k))

    def constant(value, *arguments, **options):
        assert np.size(value) < data.images.size, "the images were copied"
        return tf.convert_to_tensor(value, *arguments, **options)

    mapped = batches(data, 4, seed=5, labelled=labelled)
    assert mapped.element_spec == copied.element_spec
    for one, other in itertools.islice(zip(copied, mapped, strict=True), 5):
        tf.nest.map_structure(np.testing.assert_array_equal, one, other)
