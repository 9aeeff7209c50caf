"""The checks of notebook 05_stability."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ganlib.exercises.core import Mistake, call, check, count, number, same_array, same_number
from ganlib.penalties import gradient_penalty as ganlib_penalty


@check("Predict first", "Put a guess in place of ... in the cell at the top, run it and this cell.")
def modes_guess(guess, *, found: int, modes: int) -> str:
    """A guess of how many of the ``modes`` a GAN finds."""
    guess = count(guess, "modes found", modes)
    told = f"You guessed {guess} of {modes}, found were {found}."
    if abs(guess - found) <= 1:
        return told
    if guess == modes:
        raise Mistake(f"{told} Nothing in its loss asks for all of them.")
    if guess == 0:
        raise Mistake(f"{told} One mode alone is enough to fool the discriminator for a while.")
    raise Mistake(f"{told} {'Fewer' if found < guess else 'More'} than that.")


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def linear_critic(slope, penalty, at_clip) -> str:
    """Of the critic D(x) = 3 x1 + 4 x2: its slope, and its gradient penalty (one-centred, before
    the weight); and the slope of a linear critic of 784 pixels, all weights at the clip 0.01."""
    same_number(
        slope,
        5.0,
        "slope",
        [
            (7, "The length of (3, 4) is the root of the sum of squares, not the sum."),
            (25, "That is the squared length."),
            (3.5, "That is the mean of the two weights."),
            (4, "That is the largest weight; the slope is the length of the whole vector."),
        ],
    )
    same_number(
        penalty,
        16.0,
        "penalty",
        [
            (4, "The difference from 1 is squared."),
            (24, "The 1 is taken from the length, not from its square."),
            (25, "That is without the 1: R1 and R2 pull the slope to 0, this one to 1."),
            (12.5, "That is R1, half of the squared slope."),
            (160, "That is already multiplied by the weight of 10."),
        ],
    )
    same_number(
        at_clip,
        0.28,
        "at_clip",
        [
            (0.01, "That is one weight; 784 of them act together."),
            (7.84, "The length is the root of the sum of squares, not the sum."),
            (0.0784, "That is the squared length."),
            (28, "Each weight is 0.01, not 1."),
            (1, "Nothing makes it 1: the clip bounds the slope, and how depends on the network."),
        ],
    )
    return (
        "The clip leaves this critic with little more than a quarter of the slope that is allowed."
    )


@check("Exercise 2", "Write penalty_of_slopes in this cell and run it again.")
def gradient_penalty(function: Callable) -> str:
    """``penalty_of_slopes(critic, real, fake, mix)`` on a linear critic, whose slope is known, and
    on the critic |x|^2 / 2, whose slope is |x| and differs from place to place."""
    real = tf.constant([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]])
    fake = tf.constant([[0.0, 1.0], [2.0, 2.0], [-1.0, 0.0]])
    mix = tf.constant([0.25, 0.5, 0.9])

    def linear(x):
        return tf.linalg.matvec(x, [3.0, 4.0])[:, None]

    def bowl(x):
        return tf.reduce_sum(x**2, axis=1, keepdims=True) / 2

    def flat(x):
        return 0 * tf.reduce_sum(x, axis=1, keepdims=True)

    given = call(function, linear, real, fake, mix)
    same_array(
        _one(given),
        np.asarray(16.0),
        "D(x) = 3 x1 + 4 x2, whose slope is 5",
        [
            (24.0**2, "Take the root: the slope is the length, not its square."),
            (25.0, "Pull the slope to 1: the 1 is taken from it before the square."),
            (24.0, "Square the difference from 1, not the slope alone."),
            (4.0, "The difference from 1 is squared."),
            (
                ((75**0.5) - 1) ** 2,
                "The length is that of each image's gradient, not of the whole "
                "batch: sum over all axes but the first.",
            ),
            (48.0, "The mean over the batch is asked for, not the sum."),
            (160.0, "The weight of 10 is multiplied elsewhere."),
            (((5 / 3) - 1) ** 2, "Differentiate the sum of the logits, not their mean."),
        ],
        atol=1e-3,
    )
    between = mix[:, None] * real + (1 - mix[:, None]) * fake
    same_array(
        _one(call(function, bowl, real, fake, mix)),
        _penalty_of_bowl(between),
        "D(x) = |x|^2 / 2 between real and generated points",
        [
            (
                np.mean(np.maximum(np.linalg.norm(between, axis=1) - 1, 0) ** 2),
                "It pulls to 1 from below as well: only a one-sided penalty lets small slopes be.",
            ),
            (_penalty_of_bowl(real), "That is at the real points; the penalty is paid between."),
            (
                _penalty_of_bowl(fake),
                "That is at the generated points; the penalty is paid between.",
            ),
            (
                _penalty_of_bowl(mix[:, None] * fake + (1 - mix[:, None]) * real),
                "mix belongs to the real points and 1 - mix to the generated ones.",
            ),
            (_penalty_of_bowl((real + fake) / 2), "The place is mix, not always the middle."),
            (
                _penalty_of_bowl(mix[0] * real + (1 - mix[0]) * fake),
                "Each pair has a place of its own.",
            ),
        ],
        atol=1e-4,
    )
    _compare_flat(function, flat, real, fake, mix)
    return "And it is ganlib's, on every critic that was tried."


def _one(given) -> np.ndarray:
    given = np.asarray(given)
    if given.size != 1:
        raise Mistake(f"The penalty is one number, given the shape {given.shape}: take the mean.")
    return given.reshape(())


def _penalty_of_bowl(points) -> np.ndarray:
    """E[(|x| - 1)^2]: the slope of |x|^2 / 2 at x is x itself."""
    return np.mean((np.linalg.norm(points, axis=1) - 1) ** 2)


def _compare_flat(function: Callable, flat: Callable, real, fake, mix) -> None:
    """Where the critic is flat, the root of 0 has no slope."""
    scale = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        value = call(
            function, lambda x: scale * tf.reduce_sum(x, axis=1, keepdims=True), real, fake, mix
        )
    slope = tape.gradient(value, scale)
    if slope is None:
        raise Mistake(
            "The penalty cannot be differentiated with respect to the critic's weights: use "
            "TensorFlow's functions all the way."
        )
    if not np.isfinite(float(slope)):
        raise Mistake(
            "Where the critic is flat the gradient of the penalty is not finite: add a tiny "
            "number below the root."
        )
    same_array(
        _one(call(function, flat, real, fake, mix)),
        np.asarray(ganlib_penalty(flat, real, fake, mix)),
        "A flat critic, whose slope is 0",
        atol=1e-3,
    )


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def damping(threshold, quickest, *, rate: float, weights) -> str:
    """The game x y, both moving at once, with gamma y^2 / 2 as a penalty for y: the gamma above
    which the path comes nearer to the goal, and which of ``weights`` comes nearest in 100 turns.
    """
    same_number(
        threshold,
        rate,
        "threshold",
        [
            (
                0,
                "Any penalty turns the path inwards in continuous time; steps have to pay for "
                "their length as well.",
            ),
            (
                rate**2,
                "The determinant is 1 + rate^2 - rate gamma, so one factor of the rate cancels.",
            ),
            (1 / rate, "Upside down: the determinant 1 + rate^2 - rate gamma falls below 1."),
            (2 * rate, "The penalty is gamma y^2 / 2, and its derivative gamma y."),
            (
                1,
                "Is it as much as that? Compare the distance after 100 turns with the first.",
            ),
            (2, "That is where the path stops turning; it shrinks from a smaller gamma on."),
        ],
        tolerance=0.1,
    )
    left = {gamma: distance_left(gamma, rate) for gamma in weights}
    best = min(left, key=left.get)
    given = number(quickest, "quickest")
    if given not in left:
        raise Mistake(f"quickest: {given:g} is none of {list(left)}.")
    if given != best:
        more = (
            "Too strong a penalty holds y back, and x waits for it."
            if given > best
            else ("A stronger one comes nearer.")
        )
        raise Mistake(
            f"quickest: with {given:g} the distance left is {left[given]:.2g}, with {best:g} "
            f"{left[best]:.2g}. {more}"
        )
    return "Too little lets the game circle outwards, too much stops the judge from judging."


def distance_left(gamma: float, rate: float, turns: int = 100) -> float:
    """Of the path from (1, 0), both players moving at once: its distance from (0, 0) at the end."""
    x, y = 1.0, 0.0
    for _ in range(turns):
        x, y = x - rate * y, y + rate * (x - gamma * y)
    return float(np.hypot(x, y))
