"""What is done to images, real and generated alike, before the discriminator sees them.

Everything here can be differentiated, so that the generator learns through it, and draws its random
numbers from a key alone. Images are float32 ``(B, H, W, C)`` in [-1, 1].
"""

from collections.abc import Callable

import tensorflow as tf

View = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]
# How far a translation goes, and how long a side of the hole is, as shares of the image's side.
SHIFT, HOLE = 1 / 8, 1 / 2


def diff_augment(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """DiffAugment (Zhao et al. 2020): colour, translation and cutout, drawn for each image.

    The discriminator of a small data set learns its images by heart; here it never sees the same
    one twice. Since generated images are changed as well, the generator is not taught the changes.
    """
    keys = [tf.random.fold_in(key, k) for k in range(3)]
    return _cutout(_translation(_colour(images, keys[0]), keys[1]), keys[2])


def _colour(images, key):
    """Brightness by -0.5 to 0.5, saturation times 0 to 2, contrast times 0.5 to 1.5."""
    draws = tf.random.stateless_uniform((3, tf.shape(images)[0], 1, 1, 1), key)
    images = images + draws[0] - 0.5
    if images.shape[-1] > 1:
        grey = tf.reduce_mean(images, axis=3, keepdims=True)
        images = (images - grey) * 2 * draws[1] + grey
    middle = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)
    return (images - middle) * (draws[2] + 0.5) + middle


def _translation(images, key):
    """Moved by up to an eighth of each side; what comes in is mid-grey, 0."""
    shifts = tf.random.stateless_uniform((2, tf.shape(images)[0]), key)
    for axis, shift in ((1, shifts[0]), (2, shifts[1])):
        side = images.shape[axis]
        most = int(SHIFT * side + 0.5)
        steps = tf.cast(tf.floor(shift * (2 * most + 1)), tf.int32) - most
        # As a product with shifted unit matrices: cheaper than a gather, and so is its gradient.
        sources = tf.range(side)[None] - steps[:, None]
        moved = tf.one_hot(sources, side)  # (B, target, source); no source: a row of zeros
        images = tf.einsum("bts,bswc->btwc" if axis == 1 else "bts,bhsc->bhtc", moved, images)
    return images


def _cutout(images, key):
    """A hole of half each side, filled with 0, its middle anywhere in the image."""
    middles = tf.random.stateless_uniform((2, tf.shape(images)[0], 1), key)
    inside = []
    for axis in (0, 1):
        side = images.shape[axis + 1]
        offset = tf.range(side, dtype=tf.float32)[None] - tf.floor(middles[axis] * side)
        half = HOLE * side / 2
        inside.append(tf.logical_and(offset >= -half, offset < half))
    hole = tf.logical_and(inside[0][:, :, None], inside[1][:, None, :])
    return images * tf.cast(tf.logical_not(hole), tf.float32)[..., None]


AUGMENTATIONS = {"none": None, "diffaugment": diff_augment}


def make_view(augmentation: str, instance_noise: float, total_steps: int) -> View | None:
    """``view(images, key, step)``: augmentation, then noise; None where there is neither.

    Instance noise (Sonderby et al. 2017; Arjovsky and Bottou 2017) makes the real and the generated
    distribution overlap: N(0, s^2) on every pixel, s falling from ``instance_noise`` to 0 over the
    run.
    """
    augment = AUGMENTATIONS[augmentation]
    if augment is None and not instance_noise:
        return None

    def view(images, key, step):
        if augment is not None:
            images = augment(images, key)
        if instance_noise:
            share_left = tf.maximum(1 - tf.cast(step, tf.float32) / total_steps, 0)
            noise = tf.random.stateless_normal(tf.shape(images), tf.random.fold_in(key, 7))
            images = images + instance_noise * share_left * noise
        return images

    return view
