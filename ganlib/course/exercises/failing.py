"""The checks of notebook 05_why_gans_fail."""

from collections.abc import Callable, Collection

import numpy as np

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    number,
    one_of,
    same_array,
    same_number,
)


@check("Predict first", "Put a guess in place of ... in the cell at the top, run it and this cell.")
def rates_and_modes(
    guess, modes_guess, *, rates: Collection[str], covering: Collection[str], found: int, modes: int
) -> str:
    """Guesses of the ``rates`` of the discriminator with which every run covers all modes at its
    end, and of how many of the ``modes`` the slow ones cover at most."""
    given = guess if isinstance(guess, (list, tuple, set)) else [guess]
    chosen = {one_of(each, rates, "my_rates") for each in given}
    modes_guess = count(modes_guess, "my_modes", modes)
    names = ", ".join(rate for rate in rates if rate in covering) or "none"
    told = f"All modes in every run: {names}. The slow discriminator: {found} at most."
    wrong = [rate for rate in rates if (rate in chosen) != (rate in covering)]
    if wrong:
        raise Mistake(f"{told} Look at {', '.join(wrong)} again.")
    if abs(modes_guess - found) > 1:
        why = "Nothing in the generator's loss asks for all of them." if modes_guess > found else ""
        raise Mistake(f"{told} You guessed {modes_guess}. {why}".strip())
    return told


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def by_hand(distance, theta, largest) -> str:
    """The Wasserstein Dirac-GAN from (1, 0) in steps of 0.2: its distance from the equilibrium
    after ten simultaneous steps, theta after one alternating step; and the largest simultaneous
    step with which the non-saturating one with R1 of weight 0.1 converges."""
    same_number(
        distance,
        1.04**5,
        "distance_after_ten",
        [
            (1.04**10, "That is the squared distance: one step multiplies the distance by a root."),
            (1.2**10, "The step is perpendicular to the position: add squares, not lengths."),
            (1.2**5, "The factor of a step is the root of 1 + h^2, and h^2 is 0.04."),
            (1.0, "That is the continuous flow. A step leaves the circle along its tangent."),
            (1.01**5, "That is with h = 0.1."),
        ],
    )
    same_number(
        theta,
        0.96,
        "theta_after_one",
        [
            (1.0, "In alternating steps the generator already sees the new psi, -0.2."),
            (1.04, "The generator follows +psi, and psi is now negative."),
            (0.8, "psi has moved to -0.2, and theta moves by h times that."),
            (-0.2, "That is psi."),
        ],
    )
    same_number(
        largest,
        0.4,
        "largest_step",
        [
            (0.1, "That is with c = 1. For the non-saturating loss c is 1/2."),
            (0.2, "The bound is d / c^2: c is squared."),
            (0.025, "The bound is d / c^2; c^2 divides."),
            (2.5, "Upside down: the bound is d / c^2."),
            (0.8, "R1 is gamma psi^2 / 2, so d is gamma."),
        ],
    )
    return "Outwards, then nearly in place, then inwards: but only in steps below 0.4."


@check("Exercise 2", "Write unrolled_step in this cell and run it again.")
def unrolled_step(function: Callable) -> str:
    """``unrolled_step(theta, psi, h, k)``: a simultaneous step of the Wasserstein Dirac-GAN whose
    generator looks ``k`` steps of the discriminator ahead, as (theta, psi)."""
    for theta, psi, h, k in ((1.0, 0.0, 0.1, 0), (0.5, 0.4, 0.1, 1), (-0.6, 1.0, 0.2, 3)):
        ahead = psi - k * h * theta
        expected = theta + h * (ahead - k * h * theta), psi - h * theta
        right_psi = expected[1]
        same_array(
            call(function, theta, psi, h, k),
            np.array(expected),
            f"theta={theta:g}, psi={psi:g}, h={h:g}, k={k}: (theta, psi)",
            [
                (
                    (theta + h * ahead, right_psi),
                    "psi_k depends on theta as well: differentiate -psi_k theta as a product.",
                ),
                (
                    (expected[0], psi - k * h * theta),
                    "The k steps are imagined: the discriminator itself takes one.",
                ),
                (
                    (expected[0], right_psi - k * h * theta),
                    "The k steps are imagined: the discriminator itself takes one from psi.",
                ),
                (
                    (theta + h * psi, right_psi),
                    "That is the plain step: the generator has not looked ahead.",
                ),
                (
                    (theta - h * (ahead - k * h * theta), right_psi),
                    "The generator climbed its loss -psi_k theta.",
                ),
                (
                    (expected[0], psi + h * theta),
                    "The discriminator climbed its loss psi theta.",
                ),
                (
                    (expected[1], expected[0]),
                    "The order is (theta, psi).",
                ),
                (
                    (expected[0], psi - h * expected[0]),
                    "Both move at the same time: the discriminator uses the old theta.",
                ),
            ],
            atol=1e-6,
        )
    return (
        "The generator's own velocity now holds -2 k h theta: a damping term, this time on theta."
    )


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def damping(threshold, quickest, *, rate: float, weights) -> str:
    """The game x y, both moving at once, with gamma y^2 / 2 as a penalty for y: the gamma above
    which the path comes nearer to the equilibrium, and which of ``weights`` comes nearest in 100
    turns."""
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
    return (
        "Too little damping lets the game spiral outwards, too much holds the discriminator back."
    )


def distance_left(gamma: float, rate: float, turns: int = 100) -> float:
    """Of the path from (1, 0), both players moving at once: its distance from (0, 0) at the end."""
    x, y = 1.0, 0.0
    for _ in range(turns):
        x, y = x - rate * y, y + rate * (x - gamma * y)
    return float(np.hypot(x, y))
