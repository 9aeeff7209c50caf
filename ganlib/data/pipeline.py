"""From uint8 images to what a network is fed: scaling to [-1, 1] and back, shuffled batches."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ganlib.errors import SettingsError, flag, whole
from ganlib.images import scale

if TYPE_CHECKING:  # for annotations only: importing tensorflow takes seconds
    import tensorflow as tf

    from ganlib.data.dataset import DataSet

COPIED_BELOW = 512 << 20  # bytes; larger images stay where they are, maybe mapped from a disk


def steps_per_epoch(data: "DataSet", batch_size: int) -> int:
    """How many whole batches an epoch has; ``len(data) % batch_size`` images are left out of it.

    The images left out differ from epoch to epoch, since each is shuffled anew.
    Raises SettingsError for a batch size below 1 or above the number of images.
    """
    batch_size = whole("batch_size", batch_size, 1)
    if batch_size > len(data):
        raise SettingsError(
            f"batch_size is {batch_size}; expected 1 to {len(data)}, the number of images."
        )
    return len(data) // batch_size


def _picker(images: np.ndarray) -> "Callable[[tf.Tensor], tf.Tensor]":
    """A function from indices (B,) to the uint8 images (B, H, W, C)."""
    import tensorflow as tf

    if images.nbytes < COPIED_BELOW:
        # On the CPU and as uint8: 47 MB for Fashion-MNIST, where float32 would be 188.
        with tf.device("CPU:0"):
            copied = tf.constant(images)
        return lambda indices: tf.gather(copied, indices)

    def pick(indices: tf.Tensor) -> tf.Tensor:
        batch = tf.numpy_function(lambda chosen: images[chosen], [indices], tf.uint8)
        return tf.ensure_shape(batch, (*indices.shape, *images.shape[1:]))

    return pick


def batches(
    data: "DataSet", batch_size: int, *, seed: int, labelled: bool = False, first_step: int = 0
) -> "tf.data.Dataset":
    """An endless dataset of shuffled batches, float32 (B, H, W, C) in [-1, 1], epoch upon epoch.

    With ``labelled``, pairs of such images and int32 labels (B,). Each epoch has
    ``steps_per_epoch`` batches. The order depends on (seed, epoch) alone, so that a run resumed at
    ``first_step`` sees what it would have seen. Raises SettingsError for impossible numbers.
    """
    import tensorflow as tf

    steps, batch_size = steps_per_epoch(data, batch_size), int(batch_size)
    seed, labelled = whole("seed", seed, 0), flag("labelled", labelled)
    first_epoch, skipped = divmod(whole("first_step", first_step, 0), steps)
    with tf.device("CPU:0"):
        labels = tf.constant(data.labels, tf.int32)
    pick = _picker(data.images.reshape(-1, *data.image_shape))

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        # Named, since the default algorithm depends on the device.
        order = tf.random.experimental.stateless_shuffle(
            tf.range(len(data)), seed=tf.stack([tf.constant(seed, tf.int64), epoch]), alg="philox"
        )
        # Cut into whole batches here: handed on index by index they would cost ten times as much.
        whole = order[: steps * batch_size]
        return tf.data.Dataset.from_tensor_slices(tf.reshape(whole, (steps, batch_size)))

    def gather(indices: tf.Tensor) -> Any:
        batch = scale(pick(indices))
        return (batch, tf.gather(labels, indices)) if labelled else batch

    indices = tf.data.Dataset.range(first_epoch, tf.int64.max).flat_map(one_epoch).skip(skipped)
    endless = indices.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY))
    # Nothing here is left to autotuning, whose thread can hold up the end of a run for 30 s.
    options = tf.data.Options()
    options.autotune.enabled = False
    return endless.map(gather).prefetch(2).with_options(options)
