"""The checks of notebook 03_cgan."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    entries,
    number,
    same_array,
    same_number,
    truth,
)


@check("Predict first", "Put a guess in place of ... in the cell at the top, run it and this cell.")
def obeyed(guess, *, agreement: float, classes: int) -> str:
    """A guess of how many of a hundred are what was asked for; ``agreement``: the measured share,
    the mean over the classes."""
    guess = count(guess, "images of a hundred", 100)
    found = 100 * agreement
    told = f"You guessed {guess} of a hundred, the class asked for came {found:.0f} times."
    if abs(guess - found) <= 8:
        return told
    if guess >= 80:
        raise Mistake(
            f"{told} The generator is told, but nothing ever compares its picture with the label."
        )
    if guess == 0:
        raise Mistake(f"{told} It draws this class as well, by chance: one in {classes}.")
    if 40 <= guess <= 60 and classes > 2:
        raise Mistake(f"{told} There are {classes} classes to miss, not two.")
    raise Mistake(f"{told} By chance it is one in {classes}.")


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def label_and_noise(grows, shares, *, untrained, trained, latent_dim: int) -> str:
    """Whether "rows" and "weights" grew; and the label's part against the noise's in the first
    layer of the generators ``untrained`` and ``trained``, by "before" and "after"."""
    answers = entries(shares, ("before", "after"), "shares")
    lengths = {"before": _lengths(untrained, latent_dim), "after": _lengths(trained, latent_dim)}
    found = {when: _share(each, latent_dim) for when, each in lengths.items()}
    for when, answer in answers.items():
        row, label, noise = lengths[when]
        other = found["after" if when == "before" else "before"]
        kernel = _kernel(trained if when == "after" else untrained)
        embedding = len(kernel) - latent_dim
        swapped = [np.linalg.norm(p, axis=1).mean() for p in np.split(kernel, [embedding])]
        columns = [np.linalg.norm(part, axis=0).mean() for part in np.split(kernel, [latent_dim])]
        same_number(
            answer,
            found[when],
            f"shares[{when!r}]",
            [
                (other, "That is the other generator's: before and after have changed places."),
                (1 / found[when], "That is the noise's part against the label's."),
                (row * label / noise, "The noise has a length, too: about the root of latent_dim."),
                (label / noise, "The weights alone; each is multiplied by what it reads."),
                (row / latent_dim**0.5, "The inputs alone; each is multiplied by its weights."),
                (
                    row * swapped[0] / (latent_dim**0.5 * swapped[1]),
                    "The noise comes first in the joined vector, so the first latent_dim rows of "
                    "the kernel read the noise and the last rows the label.",
                ),
                (
                    row * columns[1] / (latent_dim**0.5 * columns[0]),
                    "The length of a row of the kernel is asked for, axis=1.",
                ),
            ],
            tolerance=0.02,
        )
    (row_0, label_0, noise_0), (row_1, label_1, noise_1) = lengths["before"], lengths["after"]
    old, new = label_0 / noise_0, label_1 / noise_1
    grew = {"rows": row_1 > 1.2 * row_0, "weights": new > 1.05 * old}
    told = (
        f"a row's length went from {row_0:.2f} to {row_1:.2f}, and the label's weights are "
        f"{new:.2f} times as long as the noise's (before: {old:.2f})."
    )
    guesses = entries(grows, grew, "grows")
    for name, guess in guesses.items():
        if truth(guess, f"grows[{name!r}]") != grew[name]:
            raise Mistake(f"grows[{name!r}]: you said {guess}, it is {grew[name]}: {told}")
    return told[0].upper() + told[1:]


def _kernel(generator) -> np.ndarray:
    """The first dense layer's weights, one row for each number of the joined vector."""
    dense = next(each for each in generator.layers if isinstance(each, keras.layers.Dense))
    return np.asarray(dense.kernel)


def _lengths(generator, latent_dim: int) -> tuple[float, float, float]:
    """Mean length of a row of the table, and of the kernel's rows that read label and noise."""
    table = np.asarray(generator.get_layer("label_embedding").embeddings)
    kernel = _kernel(generator)
    parts = table, kernel[latent_dim:], kernel[:latent_dim]
    return tuple(float(np.linalg.norm(rows, axis=1).mean()) for rows in parts)


def _share(lengths: tuple[float, float, float], latent_dim: int) -> float:
    row, label, noise = lengths
    return row * label / (latent_dim**0.5 * noise)


@check("Exercise 2", "Write both functions in this cell and run it again.")
def labelled(projection: Callable, losses: Callable) -> str:
    """What the label adds to the logit, and both losses of the labelled game, on three images."""
    rng = np.random.default_rng(0)
    features, vectors = (rng.normal(size=(n, 4)).astype("float32") for n in (3, 5))
    label = np.array([4, 0, 3], "int32")
    products = features * vectors[label]
    same_array(
        call(projection, *map(ops.convert_to_tensor, (features, label, vectors))),
        products.sum(axis=1, keepdims=True),
        "projection",
        [
            (products.sum(axis=1), "Keep the second axis, so that it can be added to (B, 1)."),
            (products, "Those are the products; an inner product is their sum."),
            (products.sum(axis=0), "Summed over the images; sum over the features, axis 1."),
            (products.mean(axis=1, keepdims=True), "A sum is asked for, no mean."),
            (features @ vectors.T, "That is every class's product; take each image's own class."),
            (
                (features * vectors[:3]).sum(axis=1, keepdims=True),
                "Those are the vectors of the first classes; look up the label's.",
            ),
        ],
    )
    _compare_losses(losses, label)
    return "The label stands beside every image, and adds one inner product."


def _generator(inputs, training: bool = True):
    """Latents (B, 2) and labels (B,) to "images" (B, 2): the label moves them."""
    noise, label = inputs
    return noise + 0.7 * ops.cast(label, "float32")[:, None]


def _discriminator(inputs, training: bool = True):
    """A logit (B, 1) to which each label adds something else."""
    image, label = inputs
    return ops.sum(image, axis=1, keepdims=True) - ops.cast(label, "float32")[:, None] ** 2 / 4


def _compare_losses(losses: Callable, label: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    real, noise = rng.normal(size=(2, 3, 2)).astype("float32")
    given = call(
        losses, _generator, _discriminator, *map(ops.convert_to_tensor, (real, label, noise))
    )
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise Mistake("labelled_losses: give two losses, the discriminator's and the generator's.")
    if any(each is None or each is ... for each in given):
        raise NotImplementedError

    def both(of_real, of_fake, made_for) -> tuple:
        """Both losses where real and generated images are judged as of these labels."""
        on_real = np.asarray(_discriminator((real, of_real)))
        on_fake = np.asarray(_discriminator((_generator((noise, made_for)), of_fake)))
        soft = lambda x: np.logaddexp(0, x).mean()  # noqa: E731
        return soft(-on_real), soft(on_fake), soft(-on_fake), soft(on_real)

    real_term, fake_term, fooled, wrong_real = both(label, label, label)
    right = real_term + fake_term
    rolled, no_label = label[::-1], 0 * label
    others = "Generated images are judged with the labels that they were made for."
    told = "The generator is given the labels of the real batch."
    same_number(
        given[0],
        right,
        "the discriminator's loss",
        [
            (fooled, "That is the generator's; the discriminator's comes first."),
            (wrong_real + fooled, "The targets are exchanged: 1 is for real images."),
            (right / 2, "It is the sum of both terms, not their mean."),
            (3 * right, "Each term is a mean over the batch, no sum."),
            (real_term, "The generated images are missing."),
            (fake_term, "The real images are missing."),
            (sum(both(label, rolled, label)[:2]), others),
            (sum(both(label, no_label, label)[:2]), others),
            (sum(both(rolled, label, label)[:2]), "Real images go with their own labels."),
            (sum(both(label, label, no_label)[:2]), told),
            (sum(both(label, label, rolled)[:2]), told),
        ],
    )
    same_number(
        given[1],
        fooled,
        "the generator's loss",
        [
            (-fake_term, "That one saturates; use the non-saturating -log D."),
            (fake_term, "It rises as the images get better: the generator wants the answer 1."),
            (3 * fooled, "It is a mean over the batch, no sum."),
            (both(label, rolled, label)[2], others),
            (both(label, no_label, label)[2], others),
            (both(label, label, no_label)[2], told),
        ],
    )


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def random_labels(perfect, measured, *, classes: int) -> str:
    """Label agreement where a share of the labels is random: of a perfect conditional GAN, and
    measured; both by share, 0.5 and 1.0."""
    for share, answer in entries(perfect, (0.5, 1.0), "perfect").items():
        same_number(
            answer,
            1 - share + share / classes,
            f"perfect[{share}]",
            [
                (
                    1 - share,
                    "A random label is the right one in one case of the number of classes.",
                ),
                (share / classes, "The labels that were left alone are right, too: 1 - s of them."),
                (
                    1 - share + share / (classes - 1),
                    "A random label may be any, the right one too.",
                ),
                (1 - share + (1 - share) / classes, "Random are s of the labels, not 1 - s."),
                (share, "That is the share of random labels; asked for is the agreement."),
            ],
        )
    answers = entries(measured, (0.5, 1.0), "measured")
    half, whole = (number(answer, f"measured[{share}]") for share, answer in answers.items())
    chance = 1 / classes
    for share, value in ((0.5, half), (1.0, whole)):
        if 1 < value <= 100:
            raise Mistake(f"measured[{share}]: given {value:g}; write a share, not per cent.")
        if not 0 <= value <= 1:
            raise Mistake(f"measured[{share}]: a share lies between 0 and 1, given {value:g}.")
    if half < whole:
        raise Mistake(
            f"measured: {half:.2f} at one half and {whole:.2f} with all labels random: the "
            "two have changed places."
        )
    if whole > chance + 0.15:
        raise Mistake(
            f"measured[1.0]: given {whole:.2f} where chance is {chance:.2f}. Did the batches hold "
            "the mixed labels, and were both networks made anew?"
        )
    if half < chance - 0.05:
        raise Mistake(
            f"measured[0.5]: given {half:.2f}, less than chance. The images are compared with the "
            "labels that were asked for."
        )
    return "With all labels random there is nothing to compare, and agreement falls to chance."
