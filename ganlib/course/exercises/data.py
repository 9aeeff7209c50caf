"""The checks of notebook 00_data."""

from collections.abc import Callable

import numpy as np

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    entries,
    one_of,
    same_array,
    same_number,
)

NEAR = 5  # a guess that is so far off is good, also where the count is 0


@check("Predict first", "Put guesses in place of ... in the cell at the top, run it and this cell.")
def guesses(copies, other_label, pair, *, counts, pairs, class_names, of) -> str:
    """Three guesses against ``counts``, the two numbers that were found among ``of`` test images,
    and ``pairs``, the worst pair of classes in a list (empty where no neighbours disagree)."""
    told, wrong = [], False
    for answer, found, what in (
        (copies, counts[0], "exact copies"),
        (other_label, counts[1], "neighbours of another label"),
    ):
        guess = count(answer, what, of)
        near = found / 2 <= guess <= 2 * found or abs(guess - found) <= NEAR
        side = "right" if near else "too low" if guess < found else "too high"
        wrong |= side != "right"
        told.append(f"{what}: {side}, you guessed {guess:,}, the count is {found:,}.")
    if not isinstance(pair, (tuple, list, set)) or len(pair) != 2:
        raise Mistake('the pair: write two names of classes, such as ("Bag", "Coat").')
    names = {one_of(name, class_names, "the pair") for name in pair}
    if len(names) == 1 < len(class_names):
        raise Mistake(f"the pair: {pair[0]} stands there twice; a pair is two different classes.")
    for a, b in pairs:
        side = "right" if names == {a, b} else "another"
        wrong |= side != "right"
        told.append(f"the worst pair: {side}, you guessed {' and '.join(pair)}, it is {a} and {b}.")
    if wrong:
        raise Mistake(" ".join(told))
    return " ".join([f"Each count within {NEAR}, or within a factor of two.", *told])


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def scaling(becomes, level_of, in_unit_range) -> str:
    """``becomes``: level to number in [-1, 1]; the level of 0.2; what 102 is in [0, 1]."""
    for level, answer in entries(becomes, (0, 102, 255), "becomes").items():
        same_number(
            answer,
            level / 127.5 - 1,
            f"becomes[{level}]",
            [
                (0, "One is still to be taken away: the range begins at -1."),
                (level / 255, "That is the range [0, 1]; here it is [-1, 1]."),
                (level / 127.5, "One is still to be taken away: the range begins at -1."),
                (1 - level / 127.5, "The other way round: black becomes -1."),
                (level / 127.5 - 127.5, "Take 1 away after dividing."),
            ],
        )
    same_number(
        level_of,
        153,
        "level_of",
        [
            (51, "That is the level of 0.2 in [0, 1]."),
            (25.5, "Add 1 before you multiply."),
            (102, "That is the level of -0.2."),
            (152, "Round to the nearest level, do not cut off."),
        ],
    )
    same_number(
        in_unit_range, 0.4, "in_unit_range", [(0.8, "Divide by 255: the largest level becomes 1.")]
    )
    return "Black is at one end of the range, full brightness at the other."


@check("Exercise 2", "Write nearest_mean in this cell and run it again.")
def nearest_mean(function: Callable) -> str:
    """``nearest_mean(images, labels, queries)`` on three classes of tiny images of which a bright
    one and a dark one would be confused if their difference wrapped round."""
    rng = np.random.default_rng(0)
    centres = rng.integers(0, 256, (3, 4, 5))
    labels = rng.permutation(np.arange(30) % 3)
    images = (centres[labels] + rng.integers(-30, 31, (30, 4, 5))).clip(0, 255).astype(np.uint8)
    queries = rng.integers(0, 256, (12, 4, 5)).astype(np.uint8)

    def by(distance: Callable) -> np.ndarray:
        means = np.stack([images[labels == k].mean(axis=0) for k in range(3)])
        return np.stack([distance(queries.astype(float), mean) for mean in means])

    squares = by(lambda x, mean: ((x - mean) ** 2).sum(axis=(1, 2)))
    wrapped = by(
        lambda x, mean: ((x.astype(np.uint8) - mean.astype(np.uint8)) ** 2).sum(axis=(1, 2))
    )
    first_ones = [images[labels == k][0].astype(float) for k in range(3)]
    one_image = np.stack([((queries - first) ** 2).sum(axis=(1, 2)) for first in first_ones])
    same_array(
        call(function, images, labels, queries),
        squares.argmin(axis=0),
        "For twelve images of three classes",
        [
            (squares.argmax(axis=0), "That is the farthest mean."),
            (squares.min(axis=0), "Those are the distances; which class is it?"),
            (squares.T, "Those are the distances; take the class of the smallest."),
            (wrapped.argmin(axis=0), "Differences of uint8 wrap round: turn the pixels to floats."),
            (one_image.argmin(axis=0), "Those are single images; take the mean of each class."),
        ],
    )
    return "Each image goes to the nearest of the three means."


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def give_away(rule, *, real: np.ndarray, generated: np.ndarray) -> str:
    """How often "on a level" is right on ``real`` levels of uint8, scaled with and without noise
    below one level, and on ``generated`` numbers in [-1, 1]."""

    def called_real(x: np.ndarray) -> float:
        places = (x.reshape(len(x), -1) + 1) * 128
        return float(((np.abs(places - np.rint(places)) < 1e-3).mean(axis=1) > 0.99).mean())

    on_real, on_generated = called_real(real / 128 - 1), called_real(generated)
    answers = entries(rule, ("noise 0", "uniform noise"), "rule")
    same_number(
        answers["noise 0"],
        (on_real + 1 - on_generated) / 2,
        "rule['noise 0']",
        [
            (on_real + 1 - on_generated, "Half of the images are real: take the mean of both."),
            (
                (1 - on_generated) / 2,
                "Without noise every real pixel is on a level of this scale, 128; and on a "
                "generated image the rule is right if it says no.",
            ),
        ],
        tolerance=0.02,
    )
    same_number(
        answers["uniform noise"],
        (1 - on_generated) / 2,
        "rule['uniform noise']",
        [
            (
                (on_real + 1 - on_generated) / 2,
                "As before: has the noise been added to the levels?",
            ),
            (0, "It is still right on all the generated images."),
        ],
        tolerance=0.05,
    )
    return "The give-away was in the grid of levels, and noise of less than a level removes it."
