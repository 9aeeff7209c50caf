"""The checks of notebook 03_cgan."""

from collections.abc import Callable

import keras
import numpy as np

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    entries,
    number,
    one_of,
    same_array,
    same_number,
)
from ganlib.models import dcgan_discriminator


@check("Predict first", "Put a guess in place of ... in the cell at the top, run it and this cell.")
def boots(guess, *, agreement: float, classes: int) -> str:
    """A guess of how many of a hundred are what was asked for; ``agreement``: the measured share,
    the mean over the classes."""
    guess = count(guess, "ankle boots of a hundred", 100)
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
def label_and_noise(which, shares, *, untrained, trained, latent_dim: int) -> str:
    """What grew, "rows", "weights" or "both"; and the label's part against the noise's in the first
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
    truth = "both" if all(grew.values()) else next((name for name in grew if grew[name]), None)
    guess = one_of(which, ("rows", "weights", "both"), "which")
    told = (
        f"a row's length went from {row_0:.2f} to {row_1:.2f}, and the label's weights are "
        f"{new:.2f} times as long as the noise's (before: {old:.2f})."
    )
    if truth is None:
        return f"This run was too short for either: {told}"
    if guess != truth:
        raise Mistake(f"which: you chose {guess}, it is {truth}: {told}")
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


@check("Exercise 2", "Write class_scores in this cell and run it again.")
def class_scores(function: Callable) -> str:
    """``class_scores(judge, images)`` on a fresh discriminator of three classes and two images."""
    judge = dcgan_discriminator((28, 28, 1), width=4, num_classes=3, features=6)
    rng = np.random.default_rng(0)
    for layer in ("logit", "class_vector"):
        weights = judge.get_layer(layer).get_weights()
        judge.get_layer(layer).set_weights([rng.normal(size=w.shape) for w in weights])
    images = rng.uniform(-1, 1, (2, 28, 28, 1)).astype("float32")
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").input)(images).numpy()
    w, b = judge.get_layer("logit").get_weights()
    v = judge.get_layer("class_vector").get_weights()[0]
    scores, psi = phi @ v.T, phi @ w + b
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    same_array(
        call(function, judge, images),
        scores,
        "For two images and three classes",
        [
            (scores + psi, "psi is in it, too: leave out the layer `logit`."),
            (scores.T, "The other way round: a row is an image, a column a class."),
            (scores.argmax(axis=1), "Give all the scores; the largest is taken afterwards."),
            (
                powers / powers.sum(axis=1, keepdims=True),
                "Inner products are asked for, no softmax.",
            ),
            (psi, "That is psi, one number for each image, without any class."),
            (phi, "Those are the features; multiply them by the class vectors, v.T."),
            (
                np.linalg.norm(phi[:, None] - v, axis=2),
                "An inner product is asked for, no distance.",
            ),
        ],
        atol=1e-4,
    )
    return "Inner products with every class vector, without psi and without a label."


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
            f"measured[1.0]: given {whole:.2f} where chance is {chance:.2f}. Does the DataSet "
            "hold the mixed labels, and was `told` made anew?"
        )
    if half < chance - 0.05:
        raise Mistake(
            f"measured[0.5]: given {half:.2f}, less than chance. The images are compared with "
            "asked_small, the labels asked for."
        )
    return "With all labels random there is nothing to compare, and agreement falls to chance."
