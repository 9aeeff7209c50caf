"""What is added to the discriminator's loss to keep its slope in check.

A penalty takes ``critic``, a function from images ``(B, ...)`` to logits ``(B, 1)``, real and
generated images, and mixing weights ``(B,)`` from U(0, 1), which only one of them uses; it gives a
scalar. All of them differentiate the logits with respect to the images, and the training step
differentiates the result once more with respect to the weights.
"""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from ganlib.errors import check_name

Critic = Callable[[tf.Tensor], tf.Tensor]


def squared_slopes(critic: Critic, images: tf.Tensor) -> tf.Tensor:
    """``|dD/dx|^2`` at each of the images: ``(B,)``.

    The sum of the logits is differentiated: an image's logit depends on no other image, unless
    the critic has batch norm or another layer that sees the whole batch.
    """
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(critic(images))
    slopes = tape.gradient(total, images)
    return tf.reduce_sum(tf.square(slopes), axis=list(range(1, len(images.shape))))


def gradient_penalty(critic: Critic, real, fake, mix) -> tf.Tensor:
    """``E[(|dD/dx| - 1)^2]`` between real and generated images (Gulrajani et al. 2017, equation 3).

    The place on each line is uniform, ``mix`` in [0, 1]. The square root has no slope at zero, and
    0/0 would make every weight NaN where the critic is flat, so a tiny number is added below it.
    """
    mix = tf.reshape(mix, (-1, *[1] * (len(real.shape) - 1)))
    slopes = tf.sqrt(squared_slopes(critic, mix * real + (1 - mix) * fake) + 1e-12)
    return tf.reduce_mean(tf.square(slopes - 1))


def r1(critic: Critic, real, _fake, _mix) -> tf.Tensor:
    """``E[|dD/dx|^2] / 2`` on real images (Mescheder et al. 2018, equation 9)."""
    return 0.5 * tf.reduce_mean(squared_slopes(critic, real))


def r2(critic: Critic, _real, fake, _mix) -> tf.Tensor:
    """``E[|dD/dx|^2] / 2`` on generated images (Mescheder et al. 2018, equation 10)."""
    return 0.5 * tf.reduce_mean(squared_slopes(critic, fake))


def r1_r2(critic: Critic, real, fake, mix) -> tf.Tensor:
    """Both (Huang et al. 2024, section 2.3)."""
    return r1(critic, real, fake, mix) + r2(critic, real, fake, mix)


PENALTIES = {"gradient_penalty": gradient_penalty, "r1": r1, "r2": r2, "r1_r2": r1_r2}


@dataclass(frozen=True)
class Penalty:
    """A penalty, its weight, and in which steps it is paid.

    With ``interval`` k it is paid k-fold in every k-th step only: on average the same, at a k-th of
    the price (Karras et al. 2020, section 3.1, "lazy regularization").
    """

    name: str
    weight: float
    interval: int = 1

    def __post_init__(self) -> None:
        check_name(self.name, PENALTIES, what="penalty")

    def __call__(self, critic: Critic, real, fake, mix) -> tf.Tensor:
        """What a step that pays adds to the discriminator's loss, a scalar."""
        return self.weight * self.interval * PENALTIES[self.name](critic, real, fake, mix)
