"""How good is a generator? Every score beside its floor, with sample count and spread.

report = evaluate(run, train, test)
print(table(report))
train("cgan", data, score=scorer(data, test))
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ganlib.data.dataset import DataSet
from ganlib.errors import SettingsError, flag, whole
from ganlib.evaluation.classifier import FEATURES, Classifier, check_data, classifier_for
from ganlib.evaluation.metrics import (
    class_counts,
    class_shares,
    frechet_of_moments,
    label_agreement,
    missing_classes,
    moments,
    rare_classes,
)
from ganlib.evaluation.neighbours import nearest
from ganlib.evaluation.reference import (
    SAMPLES,
    Reference,
    class_probabilities,
    load_reference,
    reference_for,
    sample_count,
    shipped_reference,
)
from ganlib.evaluation.reference import SHIPPED as SHIPPED_REFERENCE
from ganlib.evaluation.synthetic import STEPS, synthetic_set, train_on
from ganlib.evaluation.untrained import UNTRAINED, untrained_reference, why_not
from ganlib.images import unscale


class Score(NamedTuple):
    """How a score is told of: its title, and whether "lower" or "higher" is better, or neither."""

    title: str
    better: str


SCORES = {
    "frechet_distance": Score("Fréchet distance", "lower"),
    UNTRAINED: Score("Fréchet distance, untrained features", "lower"),
    "kernel_distance": Score("kernel distance", "lower"),
    "inception_score": Score("inception score", "higher"),
    "precision": Score("precision", "higher"),
    "recall": Score("recall", "higher"),
    "density": Score("density", "higher"),
    "coverage": Score("coverage", "higher"),
    "class_kl": Score("class histogram, KL from even", "lower"),
    "smallest_class": Score("share of the smallest class", "higher"),
    "label_agreement": Score("label agreement", "higher"),
    "near_training_pixels": Score("near a training image, by pixels", "not above the floor"),
    "near_training_features": Score("near a training image, by features", "not above the floor"),
    "synthetic_accuracy": Score("train on synthetic, test on real", "higher"),
}


def evaluate(
    gan: Any,
    train: DataSet | None = None,
    test: DataSet | None = None,
    *,
    samples: int | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    synthetic_steps: int = 0,
    untrained: bool = False,
    reference: Reference | None = None,
) -> dict:
    """Scores a GAN or a run by ``samples`` images of each seed of latents.

    Args:
        gan: what has ``generate(n, labels, seed)``; where its ``conditional`` is true it is asked
            for the classes of the test images.
        train, test: the two splits of real images; both None to score against the shipped
            measurements of Fashion-MNIST, without what needs the images themselves.
        samples: images of each seed, and of the real reference; None for 10,000, or as many as
            either split has. The neighbours and the kernel distance take the first 5,000 of them.
        seeds: one set of latents each; the spread over them is reported.
        synthetic_steps: training steps of "train on synthetic, test on real" (2,000 are usual, see
            ``synthetic.train_on``), for a conditional GAN; 0 leaves it out.
        untrained: also the Fréchet distance in random features; it needs ``train`` and ``test``.
        reference: ``reference_for(train, test, samples)``, to measure it once for many GANs; of
            these very images where ``train`` and ``test`` are given.

    Returns a dictionary of JSON values: ``scores``, by name, with ``mean``, ``spread`` (standard
    deviation over seeds, None for one seed), ``floor`` (the real training images, scored as if
    generated), ``samples`` and ``better``; ``classes``: names, shares, and which are missing (below
    1 %) or rare (below 70 % of an even share); ``left_out``: what was not measured, and why;
    ``classifier``: its ``test_accuracy`` on ``test_images`` held-out images.

    Raises:
        SettingsError: impossible arguments.
        DataError: the images do not fit the classifier, or are not numbers.
    """
    if not isinstance(seeds, Sequence | np.ndarray) or not len(seeds):
        raise SettingsError(f"seeds={seeds!r}: give at least one, in a list.")
    seeds = [whole("seeds", seed, 0, 2**31 - 1) for seed in seeds]
    synthetic_steps = whole("synthetic_steps", synthetic_steps, 0)
    untrained = flag("untrained", untrained)
    reference = _reference(train, test, samples, reference)
    samples, card = reference.samples, reference.classifier.card
    labels = reference.labels if getattr(gan, "conditional", False) else None
    left_out = _left_out(labels is not None, train is not None, synthetic_steps)
    left_out |= reference.left_out | why_not(untrained, train is not None, samples)
    random = None if UNTRAINED in left_out else untrained_reference(train, test, samples)
    rows, counts = [], 0
    for seed in seeds:
        images = unscale(gan.generate(samples, labels, seed=seed))
        features = reference.classifier.features(images)
        seen = class_probabilities(reference.classifier, features).argmax(axis=1)
        row = reference.scores(features)
        if random:
            row[UNTRAINED] = random.distance(images)
        if labels is not None:
            row["label_agreement"] = label_agreement(labels, seen)
        if train is not None:
            pixels = train.images.reshape(-1, *train.image_shape)
            for space, ours, theirs in (
                ("pixels", images, pixels),
                ("features", features, reference.train_features),
            ):
                near = nearest(ours, theirs)[1] < reference.near[space]
                row[f"near_training_{space}"] = float(near.mean())
        if "synthetic_accuracy" not in left_out:
            made = synthetic_set(gan.generate, train, seed=seed + 1)
            row["synthetic_accuracy"] = train_on(made, test, steps=synthetic_steps, seed=seed)
        rows.append(row)
        counts = counts + class_counts(seen, len(card["class_names"]))
    floor = dict(reference.floor)
    if random:
        floor[UNTRAINED] = random.floor
    if "synthetic_accuracy" not in left_out:
        # The ceiling with the same seeds: one network more or less lucky is a tenth of a point.
        real = [train_on(train, test, steps=synthetic_steps, seed=seed) for seed in seeds]
        floor["synthetic_accuracy"] = float(np.mean(real))
    return {
        "samples": samples,
        "seeds": seeds,
        "reference": reference.card,
        "scores": {name: _summary(name, rows, floor, reference, train) for name in rows[0]},
        "classes": _classes(reference.classifier, counts),
        "left_out": left_out,
        "classifier": {name: card.get(name) for name in ("test_accuracy", "test_images")},
    }


def table(report: dict) -> str:
    """The scores of a report as a Markdown table, readable as plain text too."""
    lines = [
        "| score | generated | real training images | images | better |",
        "|---|---|---|---|---|",
    ]
    for name, score in report["scores"].items():
        spread = "" if score["spread"] is None else f" ± {score['spread']:.4f}"
        lines.append(
            f"| {SCORES[name].title} | {score['mean']:.4f}{spread} | {score['floor']:.4f} "
            f"| {score['samples']:,} | {score['better']} |"
        )
    told = report.get("classifier", {})  # reports of older versions say nothing of it
    if told.get("test_accuracy") is not None:
        right, count = told["test_accuracy"], told["test_images"]
        lines += ["", f"The classifier is right on {right:.1%} of {count:,} real held-out images."]
    for kind in ("missing", "rare"):
        lines += ["", f"Classes {kind}: {', '.join(report['classes'][kind]) or 'none'}"]
    for name, why in report["left_out"].items():
        lines += ["", f"Not measured: {SCORES[name].title}: {why}"]
    return "\n".join(lines)


class Scorer:
    """A cheap score for use while training; see ``scorer``. ``floor`` is what as many real test
    images get."""

    def __init__(
        self, classifier: Classifier, target: tuple, labels: np.ndarray, floor: float
    ) -> None:
        self._classifier, self._target, self._labels = classifier, target, labels
        self.floor = floor
        self.samples = len(labels)
        self.name = f"frechet_distance_to_train_{self.samples}"

    def __call__(self, gan: Any) -> float:
        """The score of the moving average as it is now; the lower the better."""
        labels = self._labels if getattr(gan, "conditional", False) else None
        images = unscale(gan.generate(self.samples, labels, seed=0))
        return frechet_of_moments(moments(self._classifier.features(images)), self._target)


def scorer(train: DataSet, test: DataSet, samples: int | None = None) -> Scorer | None:
    """A function of a GAN: the Fréchet distance of ``samples`` of its images, always from the same
    latents, to training images. Where ``samples`` is None, of 1,000, or as many as either split
    has; where those are too few for a covariance of the 128 features, it says so and gives None,
    with which ``train`` trains unscored.

    Against training images, since the best checkpoint is chosen by it: chosen by the test images,
    it would look better on them than it is. With so few samples it lies above the score of
    ``evaluate``, by about as much each time: compare it with itself only, and with its floor, which
    as many images of ``test`` get.

    Raises:
        SettingsError: ``samples`` is too few for that, or more than there are.
    """
    asked, samples = samples, sample_count(samples, 1000, train, test)
    if samples <= FEATURES:
        why = f"samples={samples}: more than {FEATURES} are needed, one a feature."
        if asked is not None:
            raise SettingsError(why)
        print("No score while training.", why)
        return None
    classifier = classifier_for(train, test)
    target = None
    if train.name == "fashion_mnist":
        shipped = load_reference(SHIPPED_REFERENCE, classifier)
        target = shipped.train_moments if train.hash == shipped.card["train_sha256"] else None
    if target is None:
        some = train.stratified(min(SAMPLES, len(train)))
        target = moments(classifier.features(train.images[some]))
    # The data's own class shares, evenly thinned.
    places = np.linspace(0, len(train) - 1, samples).astype(int)
    real = moments(classifier.features(test.images[test.stratified(samples)]))
    floor = frechet_of_moments(real, target)
    return Scorer(classifier, target, np.sort(train.labels)[places], floor)


def _reference(train, test, samples: int | None, given: Reference | None) -> Reference:
    """What to score against: measured here, given, or shipped."""
    if (train is None) != (test is None):
        raise SettingsError("Give both train and test, or neither of them.")
    if not isinstance(given, Reference | None):
        raise SettingsError(f"reference={given!r}: give what reference_for gives, or leave it out.")
    if train is not None and given is None:
        return reference_for(train, test, samples)
    reference = given or shipped_reference()
    if samples is not None and whole("samples", samples, 2) != reference.samples:
        raise SettingsError(
            f"samples={samples}: the measurements to score against are of {reference.samples} "
            "images. For another number give train and test, and no reference."
        )
    if train is None:
        return reference
    check_data(train=train, test=test)
    if (train.hash, test.hash) != (reference.card["train_sha256"], reference.card["test_sha256"]):
        raise SettingsError(
            "The reference is of other images than train and test: give "
            "reference_for(train, test), or leave reference out."
        )
    if reference.train_features is None:
        features = reference.classifier.features(train.images)
        reference = replace(reference, train_features=features)
    return reference


def _left_out(conditional: bool, data: bool, synthetic_steps: int) -> dict[str, str]:
    why = {}
    if not conditional:
        why["label_agreement"] = why["synthetic_accuracy"] = "the GAN is not conditional"
    elif not data:
        why["synthetic_accuracy"] = "it needs the real images: give train and test"
    elif synthetic_steps < 1:
        why["synthetic_accuracy"] = f"it was not asked for: synthetic_steps={STEPS}"
    if not data:
        for space in ("pixels", "features"):
            why[f"near_training_{space}"] = "it needs the training images: give train and test"
    return why


def _summary(
    name: str, rows: list[dict], floor: dict, reference: Reference, train: DataSet | None
) -> dict:
    values, samples = [row[name] for row in rows], reference.samples
    if name in ("kernel_distance", "precision", "recall", "density", "coverage"):
        samples = len(reference.features)
    elif name == "synthetic_accuracy":
        samples = len(train)
    return {
        "mean": float(np.mean(values)),
        "spread": float(np.std(values, ddof=1)) if len(values) > 1 else None,
        "floor": floor[name],
        "samples": samples,
        "better": SCORES[name].better,
    }


def _classes(classifier: Classifier, counts: np.ndarray) -> dict:
    names = classifier.card["class_names"]
    return {
        "names": list(names),
        "shares": [float(share) for share in class_shares(counts)],
        "missing": [names[k] for k in missing_classes(counts)],
        "rare": [names[k] for k in rare_classes(counts)],
    }
