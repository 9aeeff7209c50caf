"""The checks of notebook 05_stability."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    number,
    same_array,
    same_number,
)


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
def steepest(with_penalty, told, with_r1) -> str:
    """Of a linear critic whose real and generated means are 2 apart, where it does best: its slope
    with the gradient penalty of weight 5, the distance that it then tells, and its slope with R1
    of weight 0.5 instead."""
    same_number(
        with_penalty,
        1.2,
        "with_penalty",
        [
            (1, "There the penalty's derivative is 0, and the means still pull: it goes on."),
            (1.4, "The derivative of (s - 1)^2 is twice s - 1."),
            (0.2, "That is how far it is above 1."),
            (1.1, "That is with the weight 10, or with means that are 1 apart."),
            (0.8, "The means pull the slope up: the loss has a minus before 2 s."),
        ],
    )
    same_number(
        told,
        2.4,
        "told",
        [
            (2, "That is the true distance, which a slope of 1 would tell. This one is steeper."),
            (1.2, "That is the slope; the difference of the means is the slope times 2."),
            (2.2, "That is less the penalty; the distance told is the difference of means alone."),
            (-2.4, "The critic's loss is minus the distance."),
        ],
    )
    same_number(
        with_r1,
        4.0,
        "with_r1",
        [
            (8, "The derivative of s^2 / 2 is s, not s / 2."),
            (2, "The derivative is gamma s, and gamma is 0.5."),
            (1, "R1 does not ask for 1: it weighs the slope against the pull of the means."),
            (0, "R1 pulls to 0, and the means pull away from it: they meet in between."),
        ],
    )
    return (
        "Neither critic has the slope 1. When the two means meet, the first falls to 1, the "
        "second to 0."
    )


@check("Exercise 2", "Write slope_penalty in this cell and run it again.")
def slope_penalty(function: Callable) -> str:
    """``slope_penalty(critic, points, target)`` on linear critics, whose slope is known, on the
    critic |x|^2 / 2, whose slope is |x| and differs from place to place, and on a flat one."""
    points = tf.constant([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]])

    def linear(x):
        return tf.linalg.matvec(x, [3.0, 4.0])[:, None]

    def bowl(x):
        return tf.reduce_sum(x**2, axis=1, keepdims=True) / 2

    same_array(
        _one(call(function, linear, points, 1.0)),
        np.asarray(16.0),
        "D(x) = 3 x1 + 4 x2, whose slope is 5, with the target 1",
        [
            (24.0**2, "Take the root: the slope is the length, not its square."),
            (25.0, "The target is missing: take it from the slope, before the square."),
            (24.0, "Square the difference from the target, not the slope alone."),
            (4.0, "The difference from the target is squared."),
            (
                ((75**0.5) - 1) ** 2,
                "The length is that of each point's gradient, not of the whole "
                "batch: sum over all axes but the first.",
            ),
            (48.0, "The mean over the batch is asked for, not the sum."),
            (8.0, "That is half of it: only R1 and R2 are halved, and not here."),
            (((5 / 3) - 1) ** 2, "Differentiate the sum of the logits, not their mean."),
        ],
        atol=1e-3,
    )
    same_array(
        _one(call(function, linear, points, 3.0)),
        np.asarray(4.0),
        "the same critic with the target 3",
        [(16.0, "The target is not used: it is not always 1.")],
        atol=1e-3,
    )
    lengths = np.linalg.norm(points, axis=1)
    same_array(
        _one(call(function, bowl, points, 2.0)),
        np.mean((lengths - 2) ** 2),
        "D(x) = |x|^2 / 2 with the target 2",
        [
            (
                np.mean(np.maximum(lengths - 2, 0) ** 2),
                "It pulls from below as well: only a one-sided penalty lets small slopes be.",
            ),
            ((lengths.mean() - 2) ** 2, "Square the difference at each point, then take the mean."),
        ],
        atol=1e-4,
    )
    images = tf.reshape(tf.range(24.0), (2, 3, 4, 1))
    same_array(
        _one(call(function, lambda x: tf.reduce_sum(x, axis=(1, 2, 3))[:, None], images, 0.0)),
        np.asarray(12.0),
        "two images of 3 x 4 pixels and the sum of the pixels, whose slope is the root of 12",
        [(each, "Sum the squares over all axes but the first.") for each in (3.0, 4.0, 1.0)],
        atol=1e-3,
    )
    _compare_flat(function, points)
    return "With it, R1, R2 and the gradient penalty are a line each."


def _one(given) -> np.ndarray:
    given = np.asarray(given)
    if given.size != 1:
        raise Mistake(f"The penalty is one number, given the shape {given.shape}: take the mean.")
    return given.reshape(())


def _compare_flat(function: Callable, points: tf.Tensor) -> None:
    """Where the critic is flat, the root of 0 has no slope."""
    scale = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        value = call(
            function, lambda x: scale * tf.reduce_sum(x, axis=1, keepdims=True), points, 1.0
        )
    slope = tape.gradient(value, scale) if tf.is_tensor(value) else None
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
    same_array(_one(value), np.asarray(1.0), "A flat critic with the target 1", atol=1e-3)


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
