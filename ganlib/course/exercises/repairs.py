"""The checks of notebook 06_repairs."""

from collections.abc import Callable, Collection

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
    show,
)

TURNS = 4000  # of the game in exercise 3


@check("Predict first", "Put a guess in place of ... in the cell at the top, run it and this cell.")
def cures_guess(guess, *, mended: Collection[int], repairs: int = 5) -> str:
    """The numbers of the repairs, 1 to ``repairs``, that are guessed to mend the game, as a set or
    a list."""
    if not isinstance(guess, set | list | tuple) or len(guess) > repairs:
        raise Mistake(f"Expected the numbers of the repairs, such as {{2, 5}}, given {show(guess)}")
    guess, mended = {count(each, "a repair", repairs) for each in guess}, set(mended)
    if 0 in guess:
        raise Mistake(f"The repairs have the numbers 1 to {repairs}.")
    if guess == mended:
        return f"In this run {_listed(mended)} brought the modes back, as you guessed."
    told = [f"guessed, but not mended: {_listed(guess - mended)}"] if guess - mended else []
    told += [f"mended, but not guessed: {_listed(mended - guess)}"] if mended - guess else []
    raise Mistake("; ".join(told) + ".")


def _listed(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or "none"


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
def laziness(by_hand, longest, *, rate: float, gamma: float) -> str:
    """The Wasserstein game of two numbers in turns, R1 of weight ``gamma`` paid ``interval``-fold
    in every ``interval``-th step: the interval at which a payment alone turns psi into -psi, and
    the longest with which the game ends nearer to its rest than it began."""
    same_number(
        by_hand,
        2 / (rate * gamma),
        "by_hand",
        [
            (1 / (rate * gamma), "There psi becomes 0. Where does it become -psi?"),
            (2 / gamma, "The payment is a step, so its size has the rate as a factor."),
            (2 / rate, "The payment is k gamma psi: gamma is a factor as well."),
            (4 / (rate * gamma), "R1 is gamma psi^2 / 2, and its derivative gamma psi."),
            (0, "With an interval k the payment multiplies psi by 1 - rate k gamma."),
        ],
    )
    given = number(longest, "longest")
    if given != int(given) or not 1 <= given <= 1000:
        raise Mistake(f"longest: {given:g} is no interval. It is a whole number of steps from 1.")
    ends = {k: distance_left(k, rate, gamma) for k in (int(given), int(given) + 1)}
    if ends[int(given)] >= 1:
        near = " That is the number by hand." if given == int(2 / (rate * gamma)) else ""
        raise Mistake(
            f"longest: with {given:g} the game is {ends[int(given)]:.2g} away from its rest after "
            f"{TURNS:,} steps, and it began at 1.{near} A shorter interval is needed."
        )
    if ends[int(given) + 1] < 1:
        raise Mistake(f"longest: with {given + 1:g} it still comes nearer than it began.")
    return "The game moves on between payments, so the limit is a little below 2 / (rate gamma)."


def distance_left(interval: int, rate: float, gamma: float, turns: int = TURNS) -> float:
    """Of the path from (1, 0), the discriminator first in each turn: how far it ends from (0, 0).
    It is stopped where it is a million times as far as at the start."""
    theta, psi = 1.0, 0.0
    for turn in range(turns):
        psi -= rate * (theta + (gamma * interval * psi if turn % interval == 0 else 0.0))
        theta += rate * psi
        if abs(psi) > 1e6:
            break
    return float(np.hypot(theta, psi))
