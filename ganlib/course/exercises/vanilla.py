"""The checks of notebook 01_vanilla_gan."""

from collections.abc import Callable

import numpy as np
from keras import ops

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    number,
    one_of,
    same_array,
    same_number,
    truth,
)
from ganlib.losses import cross_entropy_discriminator_loss


@check("Predict first", "Put a guess in place of ... in the cell at the top, run it and this cell.")
def rarest(guess, *, counts: np.ndarray) -> str:
    """A guess of the smallest of ``counts`` (classes,)."""
    even, found = counts.sum() / len(counts), int(counts.min())
    guess = count(guess, "the rarest kind", int(counts.sum()))
    told = f"You guessed {guess:,}, counted were {found:,} of {counts.sum():,}."
    if guess > even:
        raise Mistake(f"{told} The rarest kind cannot have more than an even share, {even:.0f}.")
    if abs(guess - found) <= max(10, found / 2):
        return told
    if guess == 0:
        raise Mistake(f"{told} No kind is missing altogether.")
    if guess > even - 3 * np.sqrt(even):
        raise Mistake(
            f"{told} That is what chance alone would do to even shares; nothing in the game "
            "asks for even shares."
        )
    raise Mistake(
        f"{told} The generator is {'more' if guess > found else 'less'} one-sided than that."
    )


REAL, FAKE = 0.8, 0.3  # what the discriminator of exercise 1 answers


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def three_losses(discriminator_before, generator_before, discriminator_after, above) -> str:
    """The losses of a discriminator that answers 0.8 and 0.3, before and after the generator has
    become perfect, and whether the last one is above 1.386."""
    on_real, on_fake = -np.log(REAL), -np.log(1 - FAKE)
    before = on_real + on_fake
    same_number(
        discriminator_before,
        before,
        "discriminator_before",
        [
            (on_real - np.log(FAKE), "On generated images the term is -log(1 - D), not -log D."),
            (before / 2, "The loss is the sum of both terms, not their mean."),
            (-before, "That is V; the loss that is minimised is -V."),
            (before / np.log(10), "The logarithm is the natural one."),
            (on_real, "That is the term of the real images alone."),
        ],
    )
    same_number(
        generator_before,
        -np.log(FAKE),
        "generator_before",
        [
            (np.log(1 - FAKE), "That is the loss of the game as it is written, log(1 - D)."),
            (-np.log(1 - FAKE), "The non-saturating loss is -log D, not -log(1 - D)."),
            (np.log(FAKE), "A loss is minimised: there is a minus before the logarithm."),
            (-np.log(REAL), "The generator's loss is about its own images, where D answers 0.3."),
        ],
    )
    after = -(np.log(REAL) + np.log(FAKE) + np.log(1 - REAL) + np.log(1 - FAKE)) / 2
    mean = (REAL + FAKE) / 2
    same_number(
        discriminator_after,
        after,
        "discriminator_after",
        [
            (2 * np.log(2), "1.386 is the loss of one that answers 1/2; this one still does not."),
            (before, "Its answers no longer depend on whether the image is real."),
            (
                -np.log(mean) - np.log(1 - mean),
                "The mean of the logarithms is needed, not the logarithm of the mean answer 0.55.",
            ),
            (2 * after, "Each answer comes in half of the cases: weigh its logarithm by 1/2."),
            (after / 2, "The loss is the sum of both terms, not their mean."),
        ],
        tolerance=0.003,
    )
    if not truth(above, "above"):
        raise Mistake(f"above: {after:.3f} is above 1.386, is it not?")
    return "Being sure without reason costs more than admitting that one cannot tell."


@check("Exercise 2", "Write smoothed_loss, put a number in place of ... and run this cell again.")
def label_smoothing(smoothed_loss: Callable, against_perfect) -> str:
    """``smoothed_loss(real_logits, fake_logits, t)``, and what the optimal discriminator answers
    against a perfect generator at t = 0.9."""
    real, fake, t = ops.array([3.0, -0.5, 1.0]), ops.array([-2.0, 0.3, 4.0]), 0.9
    on_real, on_fake = ops.mean(ops.softplus(-real)), ops.mean(ops.softplus(fake))
    flipped_real, flipped_fake = ops.mean(ops.softplus(real)), ops.mean(ops.softplus(-fake))
    expected = cross_entropy_discriminator_loss(real, fake, t)
    both = t * (on_real + on_fake) + (1 - t) * (flipped_real + flipped_fake)
    given = _scalar(call(smoothed_loss, real, fake, t))
    same_array(
        given,
        np.asarray(expected),
        "On real logits (3, -0.5, 1) and generated ones (-2, 0.3, 4)",
        [
            (both, "One-sided means that the target of the generated images stays 0."),
            (on_real + on_fake, "That is the loss without smoothing: where does t enter?"),
            (t * on_real + on_fake, "The part (1 - t) log(1 - D) on real images is missing."),
            ((1 - t) * on_real + t * flipped_real + on_fake, "t and 1 - t have changed places."),
            (-expected, "That is the payoff; the loss is its negative."),
            (3 * expected, "The mean over the batch is asked for, not the sum."),
            (
                t * on_real + (1 - t) * flipped_real + flipped_fake,
                "On generated images the term is -log(1 - D), and 1 - sigmoid(s) = sigmoid(-s).",
            ),
        ],
    )
    _compare_extreme(smoothed_loss, t)
    same_array(
        _scalar(call(smoothed_loss, real, fake, 1.0)),
        np.asarray(on_real + on_fake),
        "With t = 1, which is no smoothing",
        [(expected, "t is an argument of the function: 0.9 is only its default.")],
    )
    same_number(
        against_perfect,
        0.45,
        "against_perfect",
        [
            (0.5, "That is the answer without smoothing: the target is now t on real images only."),
            (0.9, "That is the answer where every image is real: a / (a + b) = 1/2 multiplies it."),
            (0.55, "The maximum lies at t a / (a + b), and a = b."),
        ],
    )
    return "And no answer of the optimal discriminator is ever above 0.9."


def _scalar(given) -> np.ndarray:
    given = np.asarray(given)
    if given.size != 1:
        raise Mistake(f"The loss is one number, given the shape {given.shape}: take the mean.")
    return given.reshape(())


def _compare_extreme(smoothed_loss: Callable, t: float) -> None:
    """Where a rounded sigmoid is exactly 1, its logarithm's argument 1 - D is 0."""
    real, fake = ops.array([40.0]), ops.array([40.0])
    expected = float(cross_entropy_discriminator_loss(real, fake, t))
    given = float(_scalar(call(smoothed_loss, real, fake, t)))
    if not abs(given - expected) < 1e-3 * expected:
        raise Mistake(
            f"At the logit 40 expected {expected:.3f}, given {given:.3f}: log(1 - sigmoid(40)) "
            "is the logarithm of a rounded 0. Use log_sigmoid(-s)."
        )


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def one_turn(gap_of_one, gap_of_five, closer, *, scores: np.ndarray, rounds) -> str:
    """The mean of |D - D*| from round 25 on, with K = 1 and with K = 5, and the K whose
    discriminator is closer to the optimal one. ``scores``: rows of (divergence, |D - D*|) with
    K = 5, at ``rounds``."""
    late = np.asarray(list(rounds)) >= 25
    divergence, gap = np.asarray(scores)[late].mean(axis=0)
    same_number(
        gap_of_five,
        gap,
        "gap_of_five",
        [
            (divergence, "That is the first column, the divergence."),
            (np.mean(scores, axis=0)[1], "Leave out the rounds before 25: both begin untrained."),
            (np.asarray(scores)[-1, 1], "That is the last round alone; the mean says more."),
            (np.asarray(scores)[late, 1].sum(), "That is the sum; asked for is the mean."),
        ],
        tolerance=0.02,
    )
    one = number(gap_of_one, "gap_of_one")
    if abs(one - gap) < 0.02 * gap:
        raise Mistake(
            "gap_of_one equals that of K = 5: toy_round was compiled with the old K and keeps "
            "it. Compile its python_function anew."
        )
    if not 0 < one < 1:
        raise Mistake(
            f"gap_of_one: the mean distance of two probabilities is in (0, 1), given {one:g}."
        )
    if one < gap:
        raise Mistake(
            f"gap_of_one: given {one:.3f}, below the {gap:.3f} of K = 5. Were generator, "
            "discriminator and both optimizers made anew by toy_players?"
        )
    if one < 1.3 * gap:
        raise Mistake(
            f"gap_of_one: given {one:.3f}, hardly more than the {gap:.3f} of K = 5. Is it the "
            "second number of toy_scores, |D - D*|, and not the divergence?"
        )
    if one > 0.4:
        raise Mistake(
            f"gap_of_one: given {one:.3f}, more than the untrained pair has. Was the generator "
            "given its turn, too?"
        )
    if one_of(closer, (1, 5), "closer") != 5:
        raise Mistake(f"closer: {gap:.3f} with K = 5 is less than {one:.3f} with K = 1.")
    return f"{one:.2f} against {gap:.2f}: with one turn the judge lags behind."
