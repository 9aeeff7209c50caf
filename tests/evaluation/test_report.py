"""Each known failure of a generator is seen by the score that is meant to see it, and real images
pass them all. On drawn garments, with a classifier of their own."""

import dataclasses
import json
import os

import numpy as np
import pytest
from support import NARROW, raising, says

import ganlib
from ganlib import paths
from ganlib.building import build_gan
from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import DataError, SettingsError
from ganlib.evaluation import reference, synthetic
from ganlib.evaluation import report as report_module
from ganlib.evaluation.classifier import train_classifier
from ganlib.evaluation.report import SCORES, evaluate, scorer, table
from ganlib.images import scale
from ganlib.recipes import get_recipe
from ganlib.training.run import load_run

SIZE, TRAIN, SAMPLES = 12, 4000, 1000
LACKING = (1, 8)  # trousers and bags, which are like nothing else


class Source:
    """Stands for a conditional GAN: gives images of a stock, by the classes asked for."""

    conditional = True

    def __init__(self, images, labels, *, vary=True):
        self.by_class = [images[labels == k] for k in range(10)]
        self.vary = vary

    def generate(self, n, labels=None, seed=0):
        rng = np.random.default_rng(seed)
        labels = np.arange(n) % 10 if labels is None else labels
        picks = [rng.integers(len(self.by_class[k])) if self.vary else 0 for k in labels]
        chosen = np.stack([self.by_class[k][p] for k, p in zip(labels, picks, strict=True)])
        return scale(chosen)[..., None] if chosen.ndim == 3 else scale(chosen)


@pytest.fixture(scope="module")
def world():
    """Training and test set, and the classifier that ``classifier_for`` gives for them."""
    train = DataSet(*draw(TRAIN, size=SIZE, seed=0), CLASS_NAMES, "drawn")
    test = DataSet(*draw(SAMPLES, size=SIZE, seed=1), CLASS_NAMES, "drawn")
    classifier = train_classifier(train, test, steps=150)
    with pytest.MonkeyPatch.context() as patch:
        for module in (report_module, reference):
            patch.setattr(module, "classifier_for", lambda *_: classifier)
        yield train, test, classifier


@pytest.fixture(scope="module")
def reports(world):
    """What ``evaluate`` says of one source of each kind."""
    train, test, _ = world
    fresh_images, fresh_labels = draw(20_000, size=SIZE, seed=2)
    rng = np.random.default_rng(0)
    lacking = Source(fresh_images, fresh_labels)
    for k in LACKING:  # whoever asks for one gets a boot
        lacking.by_class[k] = fresh_images[fresh_labels == 9]
    noise = rng.integers(0, 256, (2000, SIZE, SIZE, 1)).astype(np.uint8)
    untrained = build_gan(get_recipe("cgan", generator_width=4), (SIZE, SIZE, 1), 10)
    sources = {
        "real": Source(fresh_images, fresh_labels),
        "collapsed": Source(fresh_images, fresh_labels, vary=False),
        "stuck": Source(fresh_images[:1].repeat(10, axis=0), np.arange(10)),
        "lacking": lacking,
        "memorising": Source(train.images, train.labels),
        "noise": Source(noise, np.arange(2000) % 10),
        "untrained": untrained,
        "mislabelled": Source(fresh_images, (fresh_labels + 1) % 10),
    }
    return {
        name: evaluate(source, train, test, samples=SAMPLES, seeds=(0, 1))
        for name, source in sources.items()
    }


def value(report, name):
    return report["scores"][name]["mean"]


def floor(report, name):
    return report["scores"][name]["floor"]


def test_real_images_that_nobody_has_seen_pass_every_score(reports):
    report = reports["real"]
    for name in ("frechet_distance", "kernel_distance"):
        assert value(report, name) < 2 * abs(floor(report, name)) + 1e-3, name
    for name in ("precision", "recall", "coverage", "label_agreement"):
        assert value(report, name) > floor(report, name) - 0.05, name
    assert 0.9 < value(report, "density") / floor(report, "density") < 1.1
    assert value(report, "inception_score") > floor(report, "inception_score") - 0.3
    assert value(report, "class_kl") < floor(report, "class_kl") + 0.01
    assert value(report, "smallest_class") > 0.07
    assert value(report, "near_training_pixels") < 0.08
    assert value(report, "near_training_features") < 0.08
    assert report["classes"]["missing"] == report["classes"]["rare"] == []


@pytest.mark.parametrize(
    "kind, name, seen",
    [
        ("collapsed", "recall", lambda v, f: v < f - 0.5),
        ("collapsed", "coverage", lambda v, f: v < f - 0.5),
        ("collapsed", "frechet_distance", lambda v, f: v > 5 * f),
        ("stuck", "recall", lambda v, f: v < 0.05),
        ("stuck", "class_kl", lambda v, f: v > f + 2),  # log 10 = 2.3 is the most there is
        ("stuck", "inception_score", lambda v, f: v < 1.01),
        ("stuck", "label_agreement", lambda v, f: v < 0.2),
        ("lacking", "class_kl", lambda v, f: v > f + 0.1),
        ("lacking", "smallest_class", lambda v, f: v < 0.02),
        ("lacking", "coverage", lambda v, f: v < f - 0.1),
        ("memorising", "near_training_pixels", lambda v, f: v > 0.95),
        ("memorising", "near_training_features", lambda v, f: v > 0.95),
        ("noise", "precision", lambda v, f: v < 0.05),
        ("noise", "frechet_distance", lambda v, f: v > 20 * f),
        ("noise", "kernel_distance", lambda v, f: v > 20 * abs(f)),
        ("untrained", "precision", lambda v, f: v < 0.1),
        ("untrained", "inception_score", lambda v, f: v < f / 2),
        ("untrained", "frechet_distance", lambda v, f: v > 20 * f),
        ("mislabelled", "label_agreement", lambda v, f: v < 0.1),
    ],
)
def test_each_failure_is_seen_by_the_score_that_is_meant_to_see_it(reports, kind, name, seen):
    report = reports[kind]
    assert seen(value(report, name), floor(report, name)), (value(report, name), report["scores"])


def test_a_memorising_generator_passes_whatever_does_not_look_at_the_training_set(reports):
    report = reports["memorising"]
    assert value(report, "frechet_distance") < 2 * floor(report, "frechet_distance")
    assert value(report, "precision") > floor(report, "precision") - 0.05


def test_missing_classes_are_named(reports):
    assert reports["lacking"]["classes"]["missing"] == [CLASS_NAMES[k] for k in LACKING]
    shares = reports["lacking"]["classes"]["shares"]
    assert sum(shares) == pytest.approx(1) and shares[9] > 0.2


def test_a_report_holds_counts_spreads_and_reasons(reports):
    report = reports["real"]
    assert json.loads(json.dumps(report)) == report
    assert report["samples"] == SAMPLES and report["seeds"] == [0, 1]
    scores = report["scores"]
    assert all(score["samples"] == SAMPLES for score in scores.values())
    assert scores["frechet_distance"]["spread"] > 0
    assert scores["frechet_distance"]["better"] == "lower"
    assert "synthetic_steps" in report["left_out"]["synthetic_accuracy"]
    text = table(report)
    assert "| Fréchet distance |" in text and "Not measured: train on synthetic" in text


def test_an_unconditional_gan_is_not_asked_for_labels(world):
    train, test, _ = world
    gan = build_gan(get_recipe("dcgan", generator_width=4, latent_dim=8), (SIZE, SIZE, 1), 10)
    report = evaluate(gan, train, test, samples=SAMPLES, seeds=[0])
    assert "label_agreement" not in report["scores"]
    assert report["left_out"]["label_agreement"] == "the GAN is not conditional"
    assert report["scores"]["recall"]["spread"] is None


def test_train_on_synthetic_is_worth_as_much_as_the_images(world):
    train, test, _ = world
    good, bad = draw(8000, size=SIZE, seed=3), draw(8000, size=SIZE, seed=3)
    sources = {"good": Source(*good), "shuffled": Source(bad[0], (bad[1] + 1) % 10)}
    found = {
        name: evaluate(source, train, test, samples=SAMPLES, seeds=[0], synthetic_steps=150)
        for name, source in sources.items()
    }
    ceiling = floor(found["good"], "synthetic_accuracy")
    assert ceiling > 0.8
    assert value(found["good"], "synthetic_accuracy") > ceiling - 0.05
    assert value(found["shuffled"], "synthetic_accuracy") < 0.2
    assert found["good"]["scores"]["synthetic_accuracy"]["samples"] == TRAIN


def test_the_ceiling_of_train_on_synthetic_is_of_the_same_seeds(world, monkeypatch):
    train, test, _ = world
    monkeypatch.setattr(
        report_module, "train_on", lambda data, *_, steps, seed: seed + 10 * (data is train)
    )
    source = Source(*draw(2000, size=SIZE, seed=3))
    report = evaluate(source, train, test, samples=SAMPLES, seeds=[2, 5], synthetic_steps=1)
    assert (value(report, "synthetic_accuracy"), floor(report, "synthetic_accuracy")) == (3.5, 13.5)


def test_train_on_depends_on_its_seed_alone(world):
    train, test, _ = world
    few = train.subset(500)
    first, again, other = (synthetic.train_on(few, test, steps=20, seed=seed) for seed in (0, 0, 1))
    assert first == again and first != other


def test_synthetic_sets_of_two_seeds_share_no_image(world):
    train, _, _ = world
    gan = build_gan(get_recipe("cgan", generator_width=4, latent_dim=8), (SIZE, SIZE, 1), 10)
    a, b = (synthetic.synthetic_set(gan.generate, train, samples=600, seed=s) for s in (1, 2))
    assert a.images.shape == (600, SIZE, SIZE, 1) and a.images.dtype == np.uint8
    np.testing.assert_array_equal(a.labels, train.labels[train.stratified(600)])
    assert not (a.images == b.images).all(axis=(1, 2, 3)).any()


def test_the_scorer_gives_the_same_number_for_the_same_weights(world):
    train, test, _ = world
    score = scorer(train, test, samples=400)
    gan = build_gan(get_recipe("cgan", generator_width=4, latent_dim=8), (SIZE, SIZE, 1), 10)
    real = Source(*draw(8000, size=SIZE, seed=4))
    assert score(gan) == score(gan) > 20 * score(real) > 0
    assert score.name == "frechet_distance_to_train_400"
    with raising(SettingsError, "samples=128"):
        scorer(train, test, samples=128)


def test_the_scorers_floor_is_what_as_many_test_images_get(world):
    train, test, _ = world
    score = scorer(train, test, samples=400)

    class RealImages:
        def generate(self, n, labels, seed):
            return scale(test.images[test.stratified(n)])

    assert score.floor == pytest.approx(score(RealImages()), rel=1e-6)


def test_a_run_is_scored_as_it_trains_and_its_best_is_kept(world, tmp_path, uncompiled):
    train, test, _ = world
    score = scorer(train, test, samples=200)
    run = ganlib.train(
        "cgan", train.subset(200), epochs=2, run_dir=tmp_path, score=score,
        **NARROW, batch_size=50,
    )  # fmt: skip
    measured = run.history["score"][np.isfinite(run.history["score"])]
    assert len(measured) == 2
    assert measured[-1] == pytest.approx(score(run.gan), rel=1e-6)
    best = load_run(tmp_path, best=True)
    assert score(best.gan) == pytest.approx(measured.min(), rel=1e-6)


@pytest.mark.parametrize(
    "arguments, parts",
    [
        ({"seeds": []}, ["seeds=[]"]),
        ({"samples": 5000}, ["samples=5000", TRAIN, "samples=1000"]),
        ({"samples": 1}, ["samples=1"]),
    ],
    ids=str,
)
def test_impossible_arguments_are_refused(world, arguments, parts):
    train, test, _ = world
    with raising(SettingsError, *parts):
        evaluate(Source(train.images, train.labels), train, test, **arguments)


def test_half_a_reference_is_refused(world):
    train, _, _ = world
    with raising(SettingsError, "train", "test"):
        evaluate(Source(train.images, train.labels), train)
    with raising(SettingsError, "samples=500", 10000):
        evaluate(Source(train.images, train.labels), samples=500)


@pytest.fixture(scope="module")
def saved(world, tmp_path_factory):
    train, test, classifier = world
    measured = reference.measure_reference(classifier, train, test, SAMPLES)
    path = tmp_path_factory.mktemp("reference") / "reference.npz"
    reference.save_reference(measured, path)
    return measured, path, classifier


def test_a_saved_reference_gives_the_same_scores(world, saved):
    measured, path, classifier = saved
    loaded = reference.load_reference(path, classifier)
    features = classifier.features(world[0].images[:SAMPLES])
    assert loaded.scores(features) == pytest.approx(measured.scores(features), rel=1e-12)
    assert loaded.floor == measured.floor and loaded.near == measured.near
    np.testing.assert_array_equal(loaded.labels, measured.labels)
    with raising(SettingsError, SAMPLES - 1, SAMPLES):
        loaded.scores(features[:-1])


@pytest.mark.parametrize(
    "damage",
    ["cut", "no card", "no arrays", "garbage card", "list", "bare", "deep", "text for a floor",
     "pipe", "too long"],
)  # fmt: skip
def test_a_damaged_reference_is_refused(saved, tmp_path, damage):
    _, path, classifier = saved
    copy = tmp_path / "reference.npz"
    copy.write_bytes(path.read_bytes()[: -1 if damage == "cut" else None])
    card = path.with_suffix(".json").read_text("utf-8")
    bare = json.dumps({"arrays_sha256": json.loads(card)["arrays_sha256"]})
    floors = json.dumps(json.loads(card) | {"floor": {"recall": "0.9"}})
    odd = {"garbage card": "{", "list": "[]", "bare": bare, "deep": "[" * 200_000}
    card = (odd | {"text for a floor": floors}).get(damage, card)
    copy.with_suffix(".json").write_text(card, "utf-8")
    if damage == "no card":
        copy.with_suffix(".json").unlink()
    if damage in ("no arrays", "pipe"):
        copy.unlink()
    if damage == "pipe":
        os.mkfifo(copy)
    if damage == "too long":
        copy.write_bytes(bytes(reference.MOST_BYTES + 1))
    with raising(DataError, copy, "python -m ganlib.evaluation.reference"):
        reference.load_reference(copy, classifier)


def test_the_reference_of_another_classifier_is_refused(saved):
    _, path, classifier = saved
    network = type(classifier.network).from_config(classifier.network.get_config())
    other = dataclasses.replace(classifier, network=network)
    with raising(DataError, path, "classifier"):
        reference.load_reference(path, other)


def test_the_shipped_reference_is_of_the_shipped_classifier_and_of_these_images(
    fashion_mnist_dir,
):
    from ganlib.data.load import load_data

    shipped = reference.shipped_reference()
    train, test = (
        load_data("fashion_mnist", fashion_mnist_dir, split=split) for split in ("train", "test")
    )
    assert shipped.card["train_sha256"] == train.hash
    assert shipped.card["test_sha256"] == test.hash
    features = shipped.classifier.features(train.images[train.stratified(shipped.samples)])
    assert shipped.scores(features) == pytest.approx(
        {name: shipped.floor[name] for name in shipped.scores(features)}, rel=1e-4
    )
    np.testing.assert_array_equal(shipped.labels, test.labels[test.stratified(shipped.samples)])


def test_the_shipped_reference_scores_without_any_data(monkeypatch):
    monkeypatch.setenv("GANLIB_DATA", str(paths.project_root() / "nowhere"))
    gan = build_gan(get_recipe("cgan", generator_width=4), (28, 28, 1), 10)
    report = evaluate(gan, seeds=[0])
    assert report["samples"] == 10_000
    assert value(report, "frechet_distance") > 50 and value(report, "coverage") < 0.1
    says(report["left_out"]["near_training_pixels"], "train", "test")


# The order of the images: a part that stands for the whole must not depend on it.


def reordered(data, places, split="train"):
    return DataSet(data.images[places], data.labels[places], CLASS_NAMES, "drawn", split)


@pytest.fixture(scope="module")
def orders(world):
    """The same images sorted by class, and in four orders by chance: pairs of train and test."""
    train, _, _ = world
    test = DataSet(*draw(2 * SAMPLES, size=SIZE, seed=1), CLASS_NAMES, "drawn", "test")

    def pair(place):
        return reordered(train, place(train)), reordered(test, place(test), "test")

    mixed = [
        pair(lambda data, seed=seed: np.random.default_rng(seed).permutation(len(data)))
        for seed in range(4)
    ]
    return pair(lambda data: np.argsort(data.labels, kind="stable")), mixed


def assert_alike(of_sorted, of_mixed):
    """The one within the spread of the others."""
    spread = max(np.std(of_mixed, ddof=1), 0.02 * abs(np.mean(of_mixed)))
    assert of_sorted == pytest.approx(np.mean(of_mixed), abs=5 * spread)


def wrong_in_the_last_four():
    """Real garments, but who asks for a class above 5 gets one below."""
    source = Source(*draw(8000, size=SIZE, seed=5))
    source.by_class[6:] = source.by_class[:4]
    return source


@pytest.fixture(scope="module")
def by_order(world, orders):
    """Reports of a perfect generator, the references measured on a part of either split."""
    perfect = Source(*draw(8000, size=SIZE, seed=5))
    reports = [evaluate(perfect, *pair, samples=400, seeds=[0, 1]) for pair in
               (orders[0], *orders[1])]  # fmt: skip
    return reports[0], reports[1:]


@pytest.mark.parametrize(
    "name",
    ["frechet_distance", "inception_score", "precision", "recall", "coverage", "smallest_class",
     "label_agreement", "near_training_pixels"],
)  # fmt: skip
@pytest.mark.parametrize("read", [value, floor], ids=["generated", "floor"])
def test_the_order_of_the_images_is_nothing_to_a_score(by_order, name, read):
    of_sorted, of_mixed = by_order
    assert_alike(read(of_sorted, name), [read(report, name) for report in of_mixed])


def test_the_reference_says_how_its_parts_were_chosen(by_order):
    assert "stratified" in by_order[0]["reference"]["chosen"]


@pytest.fixture
def scorers(orders, monkeypatch):
    monkeypatch.setattr(report_module, "SAMPLES", 1500)  # a part of the training images
    return scorer(*orders[0], samples=400), [scorer(*pair, samples=400) for pair in orders[1]]


def test_the_order_of_the_images_is_nothing_to_the_score_while_training(scorers):
    of_sorted, of_mixed = scorers
    assert_alike(of_sorted.floor, [score.floor for score in of_mixed])
    perfect = Source(*draw(8000, size=SIZE, seed=5))
    assert_alike(of_sorted(perfect), [score(perfect) for score in of_mixed])
    assert of_sorted(perfect) < 2 * of_sorted.floor


def test_the_better_of_two_generators_is_chosen_whatever_the_order(scorers):
    perfect, wrong = Source(*draw(8000, size=SIZE, seed=5)), wrong_in_the_last_four()
    for score in (scorers[0], *scorers[1]):
        assert score(perfect) < score(wrong) / 3


def test_a_synthetic_set_of_some_images_has_the_classes_of_all(world, orders):
    (train, _), _ = orders
    made = synthetic.synthetic_set(Source(train.images, train.labels).generate, train, samples=500)
    shares = np.bincount(made.labels, minlength=10) / 500
    np.testing.assert_allclose(shares, np.bincount(train.labels) / len(train), atol=0.005)


# Counts that follow the data.

FRECHET = ("frechet_distance", "frechet_distance_untrained")


def few(world, count):
    train, test, _ = world
    return train.subset(4 * count), test.subset(count)


@pytest.mark.parametrize("count, missing", [(300, []), (60, [*FRECHET]),
                                            (4, [*FRECHET, "precision", "recall", "density",
                                                 "coverage"])])  # fmt: skip
def test_small_sets_are_scored_by_what_there_is(world, capsys, count, missing):
    splits = few(world, count)
    report = evaluate(Source(*draw(2000, size=SIZE, seed=5)), *splits, untrained=True)
    assert report["samples"] == count
    says(capsys.readouterr().out, count)
    assert report["scores"]["near_training_pixels"]["samples"] == count
    left_out = set(report["left_out"]) - {"synthetic_accuracy"}
    assert left_out == set(missing)
    assert set(SCORES) - {"synthetic_accuracy"} == left_out | set(report["scores"])
    assert all(np.isfinite(score["floor"]) for score in report["scores"].values())
    assert all(str(count) in report["left_out"][name] for name in missing)


def test_the_scorer_takes_what_there_is_and_is_left_out_where_that_is_too_little(world, capsys):
    score = scorer(*few(world, 300))
    assert score.samples == 300 and score.name == "frechet_distance_to_train_300"
    says(capsys.readouterr().out, 300)
    assert scorer(*few(world, 100)) is None
    says(capsys.readouterr().out, 100, 128)
    with raising(SettingsError, "samples=301", "samples=300"):
        scorer(*few(world, 300), samples=301)


# What is refused at the door.


@pytest.mark.parametrize(
    "arguments, named",
    [
        ({"seeds": 3}, ["seeds=3"]),
        ({"seeds": [1.5]}, ["seeds=1.5"]),
        ({"seeds": ()}, ["seeds=()"]),
        ({"seeds": [-1]}, ["seeds=-1"]),
        ({"samples": 300.0}, ["samples=300.0"]),
        ({"samples": 500}, ["samples=500", 300]),
        ({"synthetic_steps": True}, ["synthetic_steps=True"]),
        ({"synthetic_steps": 5, "test": None}, ["train", "test"]),
        ({"train": "drawn"}, ["train='drawn'"]),
        ({"reference": 5}, ["reference=5"]),
        ({"swapped": True}, ["reference_for(train, test)"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("given", [True, False], ids=["with a reference", "measured"])
def test_wrong_arguments_are_refused_with_and_without_a_reference(world, given, arguments, named):
    train, test = few(world, 300)
    settings = {"train": train, "test": test, "reference": None, "seeds": [0]}
    if given:
        settings["reference"] = reference.reference_for(train, test)
    elif "swapped" in arguments:
        pytest.skip("there is nothing that the images could contradict")
    if "swapped" in arguments:
        arguments = {"train": world[0]}
    with raising(SettingsError, *named):
        evaluate(Source(train.images, train.labels), **(settings | arguments))


@pytest.mark.parametrize("call", [scorer, reference.reference_for])
@pytest.mark.parametrize("samples", [300.0, True, "300", 0])
def test_a_count_that_is_none_is_refused(world, call, samples):
    with raising(SettingsError, f"samples={samples!r}"):
        call(*few(world, 300), samples=samples)


def test_a_reference_without_features_is_scored_with_the_training_images(world, saved):
    train, test, _ = world
    loaded = reference.load_reference(saved[1], saved[2])
    source = Source(train.images, train.labels)
    found, expected = (
        evaluate(source, train, test, seeds=[0], reference=each) for each in (loaded, saved[0])
    )
    for name in expected["scores"]:
        assert value(found, name) == pytest.approx(value(expected, name), rel=1e-4), name
    assert value(found, "near_training_features") > 0.95
