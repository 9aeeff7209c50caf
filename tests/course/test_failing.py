"""The guess of 05_why_gans_fail, and numbers that its exercises rest on."""

import numpy as np
import pytest
from support import says

from ganlib.course.exercises import DIFFERS, NOT_TRIED, RIGHT, failing

RATES = ("a tenth", "the same", "twice", "ten times")
KNOWN = {"rates": RATES, "covering": ["twice", "ten times"], "found": 2, "modes": 8}


def guess(rates, modes):
    return failing.rates_and_modes(rates, modes, **KNOWN)


@pytest.mark.parametrize("rates", [["twice", "ten times"], ("Ten times", "twice")])
@pytest.mark.parametrize("modes", [1, 2, 3])
def test_a_guess_that_is_near_is_right(rates, modes):
    found = guess(rates, modes)
    assert found.state == RIGHT
    says(found.message, "twice, ten times", "2 at most")


@pytest.mark.parametrize(
    ("rates", "modes", "parts"),
    [
        (["twice"], 2, ["Look at ten times again"]),
        ("twice", 2, ["Look at ten times again"]),
        (["twice", "ten times", "a tenth"], 2, ["Look at a tenth again"]),
        (["twice", "ten times"], 8, ["guessed 8", "Nothing in the generator's loss"]),
        (["thrice"], 2, ["my_rates", "'thrice'", "'twice'"]),
        (["twice"], 0.5, ["share"]),
        (["twice"], 9, ["9", "8"]),
    ],
)
def test_a_guess_that_is_not_is_told_what_differs(rates, modes, parts):
    found = guess(rates, modes)
    assert found.state == DIFFERS
    says(found.message, *parts)


def test_half_a_guess_is_none():
    for answers in ((..., 2), (["twice"], ...), (["twice", ...], 2)):
        assert guess(*answers).state == NOT_TRIED


@pytest.mark.parametrize(
    ("check", "places", "known"),
    [
        (failing.rates_and_modes, 2, KNOWN),
        (failing.by_hand, 3, {}),
        (failing.unrolled_step, 1, {}),
        (failing.damping, 2, {"rate": 0.15, "weights": (0.05, 2.0)}),
    ],
)
def test_nothing_that_a_learner_may_hand_in_raises(check, places, known):
    odd = [None, "", -1, float("nan"), 1e30, [], {}, (), set(), object(), lambda: 1, len,
           lambda *given: given, np.zeros(3), {1: 2}, [[1], [2, 3]], True, print]  # fmt: skip
    for thing in odd:
        found = check(*[thing] * places, **known)
        assert found.state == DIFFERS, (check.__name__, thing, found)


def test_the_smallest_weight_that_damps_is_the_rate():
    """Simultaneous steps multiply the squared size by 1 + rate^2 - rate gamma on average."""
    far = failing.distance_left(0.14, 0.15, turns=2000)
    near = failing.distance_left(0.16, 0.15, turns=2000)
    assert near < 0.5 < 2 < far


def test_looking_ahead_damps_the_dirac_gan():
    """As the solution of exercise 2 says: with k = 1 the distance falls, with k = 0 it grows."""
    ends = []
    for k in (0, 1):
        theta, psi, h = 1.0, 0.0, 0.1
        for _ in range(200):
            theta, psi = theta + h * (psi - 2 * k * h * theta), psi - h * theta
        ends.append(np.hypot(theta, psi))
    assert ends[0] == pytest.approx(1.01**100)
    assert 0.2 < ends[1] < 0.5
