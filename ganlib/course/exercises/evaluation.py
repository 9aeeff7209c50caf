"""The checks of notebook 04_evaluation."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    entries,
    number,
    one_of,
    same_number,
    show,
    truth,
)
from ganlib.evaluation.metrics import frechet_distance
from ganlib.evaluation.neighbours import precision_recall_density_coverage

GALLERY = ("memorising", "two classes missing", "one image a class")
WHY = {
    ("eye", "memorising"): "every image of a thief is a real one",
    ("eye", "two classes missing"): "25 images are too few to be certain of an absence",
    ("eye", "one image a class"): "among 25 images of ten kinds each is seen more than once",
    ("score", "memorising"): "copies have the data's own distribution",
    ("score", "two classes missing"): "mean and covariance lack the absent classes",
    ("score", "one image a class"): "one image a class has next to no spread",
}


@check("Predict first", "Put guesses in place of ... in the cell at the top, run it and this cell.")
def yes_or_no(by_eye, by_score, *, alarms: Mapping[str, Mapping[str, bool]]) -> str:
    """Who is caught by eye and by the Fréchet distance: three answers each, for the thief, the
    generator without two classes, and the one with one image a class. ``alarms``: the table's."""
    found = {"eye": (False, False, True)}
    found["score"] = tuple(bool(alarms[name]["frechet_distance"]) for name in GALLERY)
    wrong = []
    for how, answers in (("eye", by_eye), ("score", by_score)):
        if isinstance(answers, (str, bool)) or len(answers) != 3:
            raise Mistake(f"by_{how}: expected three answers, given {show(answers)}.")
        for name, answer, holds in zip(GALLERY, answers, found[how], strict=True):
            if truth(answer, f"by_{how}, {name}") != holds:
                wrong.append(f"by {how}, {name}: {'yes' if holds else 'no'}, {WHY[how, name]}.")
    if wrong:
        raise Mistake(f"{6 - len(wrong)} of 6 as it came out. " + " ".join(wrong))
    return "All six as it came out."


REASONS = {
    "frechet_distance": "the mean of the features moves towards one class",
    "kernel_distance": "pairs of generated images are of one class too often",
    "inception_score": "p(y) is no longer even",
    "class_kl": "one class holds half of the images",
    "smallest_class": "the other classes share the half that is left",
    "precision": "every image is good",
    "recall": "rare garments are still drawn",
    "density": "every image lies among real ones",
    "coverage": "rare garments are still drawn, only less often",
    "near_training_pixels": "nothing is copied",
    "near_training_features": "nothing is copied",
    "label_agreement": "an unconditional generator is asked for nothing",
}
# Its expectation lies next to the alarm's bound, so that luck decides: either answer is right.
DOUBTFUL = "smallest_class"


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def uneven_classes(raised, report, *, columns: Iterable[str], alarm: Callable) -> str:
    """``raised``: the names of the ``columns`` that raise an ``alarm(key, value)`` for a generator
    half of whose images are boots; ``report``: what ganlib.evaluate gives for it."""
    if isinstance(raised, str):
        raise Mistake('raised: write a list, such as ["precision", "recall"].')
    columns = list(columns)
    given = {one_of(name, columns, "raised") for name in raised}
    if not isinstance(report, Mapping) or "scores" not in report:
        raise Mistake(f"report: expected what ganlib.evaluate gives, given {show(report)}.")
    if "label_agreement" in report["scores"]:
        raise Mistake(
            "report: it holds a label agreement, so the generator has num_classes: it should "
            "be an unconditional one."
        )
    largest = max(report["classes"]["shares"])
    if not 0.4 < largest < 0.6:
        raise Mistake(
            f"report: its most frequent class has a share of {largest:.0%}, not of a half."
        )
    means = {key: score["mean"] for key, score in report["scores"].items()}
    found = {key for key in columns if key in means and alarm(key, means[key])}
    decided = [key for key in columns if key != DOUBTFUL]
    wrong = [f"{key} does: {REASONS[key]}." for key in decided if key in found - given]
    wrong += [f"{key} does not: {REASONS[key]}." for key in decided if key in given - found]
    if wrong:
        raise Mistake(" ".join(wrong))
    return f"{len(found)} columns raise an alarm, and precision is not among them."


@check("Exercise 2", "Write frechet_at_infinity in this cell and run it again.")
def frechet_at_infinity(function: Callable) -> str:
    """``frechet_at_infinity(a, b, counts)`` on points of known distance: two samples of one
    Gaussian in 24 dimensions, 0, and two whose means are 1 apart, 1."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 4000, 24))
    counts = [100, 150, 400]
    for shift in (0.0, 1.0):
        moved = b + shift * np.eye(24)[0]
        curve = [_mean_distance(a, moved, count, rng) for count in counts]
        given = call(function, a, moved, counts)
        if np.size(given) != 1:
            raise Mistake(f"Expected one number, given {show(given)}: the line's value at 1/n = 0.")
        value = number(np.ravel(given)[0], "the distance")
        if abs(value - shift**2) <= 0.5 * (curve[-1] - shift**2):
            continue
        told = f"Points whose true distance is {shift**2:g}: given {show(value)}."
        slope, _ = np.polyfit(1 / np.array(counts), curve, 1)
        wrong_axis = np.polyfit(counts, curve, 1)[1]
        likely = {
            slope: "That is the slope of the line; polyfit gives the highest power first.",
            wrong_axis: "The line runs over 1/n, not over n.",
            curve[-1]: "That is the distance at the largest count: nothing was extrapolated.",
            float(np.mean(curve)): "That is the mean over the counts: nothing was extrapolated.",
            curve[0]: "That is the distance at the smallest count.",
        }
        nearest = min(likely, key=lambda wrong: abs(wrong - value))
        if abs(nearest - value) < 0.15 * abs(nearest):
            raise Mistake(f"{told} {likely[nearest]}")
        raise Mistake(
            f"{told} With {counts[-1]} points each it is {curve[-1]:.3g} on average. If that is "
            "near: single draws scatter, take several for each count."
        )
    return "The line meets 1/n = 0 near the true distance, 0 and 1."


def _mean_distance(a: np.ndarray, b: np.ndarray, count: int, rng, draws: int = 20) -> float:
    """The mean Fréchet distance of samples of so many points."""
    return float(
        np.mean(
            [
                frechet_distance(*(x[rng.choice(len(x), count, replace=False)] for x in (a, b)))
                for _ in range(draws)
            ]
        )
    )


NAMES = ("precision", "recall", "density", "coverage")


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def depends_on_k(most, recall_at, *, real: np.ndarray, held_out: np.ndarray) -> str:
    """Which of the four scores depends on k most, for the held-out real images, and their recall
    at k = 1 and 20, from the features of both."""
    low, high = (precision_recall_density_coverage(real, held_out, k=k) for k in (1, 20))
    for k, answer in entries(recall_at, (1, 20), "recall_at").items():
        scores, other = (low, high) if k == 1 else (high, low)
        same_number(
            answer,
            scores["recall"],
            f"recall_at[{k}]",
            [
                (
                    scores["precision"],
                    "That is precision: recall counts real points in the balls of generated ones.",
                ),
                (scores["coverage"], "That is coverage, which uses the balls of real points."),
                (scores["density"], "That is density."),
                (other["recall"], "The two values of k have changed places."),
                (0.0, "A ball of radius 0? The point itself is not its own first neighbour."),
            ],
            tolerance=0.02,
        )
    change = {name: abs(high[name] - low[name]) for name in NAMES}
    found = max(change, key=change.get)
    guess = one_of(most, NAMES, "most")
    if guess != found:
        why = " Density is divided by k, so it hardly moves." if guess == "density" else ""
        raise Mistake(
            f"most: from k = 1 to 20 {guess} changes by {change[guess]:.2f}, "
            f"{found} by {change[found]:.2f}.{why}"
        )
    return "Recall without its k, sample counts and features is a number without a unit."
