"""The checks of notebook 01_vanilla_gan."""

from collections.abc import Callable, Mapping

import numpy as np
from keras import ops

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    number,
    one_of,
    same_number,
    truth,
)
from ganlib.course.exercises.trial import Trial


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
LATE = 200  # exercise 3: rounds of the toy from which on gaps are compared


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


@check("Exercise 2", "Put a network in place of ..., write my_step and run this cell again.")
def gan_step(my_discriminator, my_step: Callable, *, width: int, latent_size: int) -> str:
    """A discriminator of rows of ``width`` pixels, and
    ``my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real)``, one
    training step that returns the losses of discriminator and generator."""
    _compare_discriminator(my_discriminator, width)
    Trial(my_step, latent_size)
    return "Set my_steps in the next cell, and train with what you wrote."


def _compare_discriminator(network: Callable, width: int) -> None:
    """Its logits (n, 1) have no bounds and are no linear function of the pixels."""
    rows = np.random.default_rng(0).normal(size=(8, width))
    pixels = np.concatenate([rows, -rows, 0 * rows[:1]]).astype("float32")
    given = np.asarray(call(network, ops.convert_to_tensor(pixels)))
    if given.shape != (17, 1):
        raise Mistake(
            f"my_discriminator: for 17 rows of {width} pixels expected the shape (17, 1), given "
            f"{given.shape}."
        )
    if not np.isfinite(given).all() or np.ptp(given) == 0:
        raise Mistake("my_discriminator: its answers do not depend on the pixels.")
    if np.allclose(given[:8] + given[8:16], 2 * given[16], atol=1e-4 * np.abs(given).max()):
        raise Mistake(
            "my_discriminator: D(x) + D(-x) is 2 D(0) for every x. Without an activation between "
            "them its layers are one linear function."
        )
    if np.abs(call(network, ops.convert_to_tensor(1e4 * pixels))).max() <= 1:
        raise Mistake(
            "my_discriminator: even pixels of 10,000 get answers between -1 and 1. A logit has no "
            "bounds: leave the activation of the last layer out."
        )


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def one_turn(gap_of_one, gap_of_slow, why, *, frames: Mapping[int, Mapping]) -> str:
    """The mean of |D - D*| from round 200 on with k = 1, the same with the generator at a fifth of
    its rate, and what the second shows: "lag" or "turns". ``frames``: of k = 5."""
    five = float(np.mean([frame["gap"] for n, frame in frames.items() if n >= LATE]))
    one, slow = number(gap_of_one, "gap_of_one"), number(gap_of_slow, "gap_of_slow")
    for value, name in ((one, "gap_of_one"), (slow, "gap_of_slow")):
        if not 0 < value < 1:
            raise Mistake(f"{name}: a mean distance of probabilities is in (0, 1), given {value:g}")
        if abs(value - five) < 1e-6:
            raise Mistake(f"{name}: that is the {five:.3f} of k = 5. Call train_toy with k=1.")
    if one == slow:
        raise Mistake("gap_of_slow equals gap_of_one: the second call needs generator_rate=2e-4.")
    if one > 0.4:
        raise Mistake(
            f"gap_of_one: given {one:.3f}, as much as an untrained pair has. Leave out the rounds "
            f"before {LATE}."
        )
    if slow > 0.9 * one:
        raise Mistake(
            f"gap_of_slow: given {slow:.3f}, not below the {one:.3f} of gap_of_one. Have the two "
            "changed places?"
        )
    if one < 1.3 * five:
        raise Mistake(
            f"gap_of_one: given {one:.3f}, hardly more than the {five:.3f} of k = 5. Is it the "
            'mean of "gap", and not of "divergence"?'
        )
    if one_of(why, ("lag", "turns"), "why") != "lag":
        raise Mistake(
            f"why: in both calls the discriminator had one turn a round and as many in all, and "
            f"yet its gap fell from {one:.3f} to {slow:.3f}."
        )
    return (
        f"{one:.3f} with k = 1, {slow:.3f} with a slower generator and {five:.3f} with k = 5: what "
        "counts is how far the generator moves for each turn of the discriminator."
    )
