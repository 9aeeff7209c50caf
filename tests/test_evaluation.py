"""Each known failure of a generator is seen by the score that is meant to see it, and real images
pass them all. On drawn garments, with a classifier of their own."""

import dataclasses
import json

import numpy as np
import pytest

from ganlib import evaluation, paths, reference, runs, synthetic, training
from ganlib.classifier import train_classifier
from ganlib.data import DataSet, scale
from ganlib.errors import DataError, SettingsError
from ganlib.evaluation import evaluate, scorer
from ganlib.recipes import build_gan, compile_gan, get_recipe
from ganlib.sketches import CLASS_NAMES, draw

SIZE, TRAIN, SAMPLES = 12, 4000, 1000
LACKING = (1, 8)  # trousers and bags, which are like nothing else


class Source:
    """Stands for a conditional GAN: gives images of a stock, by the classes asked for."""

    num_classes = 10

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
        for module in (evaluation, reference):
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
    text = evaluation.table(report)
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
        evaluation, "train_on", lambda data, *_, steps, seed: seed + 10 * (data is train)
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
    np.testing.assert_array_equal(a.labels, train.labels[:600])
    assert not (a.images == b.images).all(axis=(1, 2, 3)).any()


def test_the_scorer_gives_the_same_number_for_the_same_weights(world):
    train, test, _ = world
    score = scorer(train, test, samples=400)
    gan = build_gan(get_recipe("cgan", generator_width=4, latent_dim=8), (SIZE, SIZE, 1), 10)
    real = Source(*draw(8000, size=SIZE, seed=4))
    assert score(gan) == score(gan) > 20 * score(real) > 0
    assert score.name == "frechet_distance_to_train_400"
    with pytest.raises(SettingsError, match="samples=128: more than 128"):
        scorer(train, test, samples=128)


def test_the_scorers_floor_is_what_as_many_test_images_get(world):
    train, test, _ = world
    score = scorer(train, test, samples=400)

    class RealImages:
        def generate(self, n, labels, seed):
            return scale(test.images[:n])

    assert score.floor == pytest.approx(score(RealImages()), rel=1e-6)


def test_a_run_is_scored_as_it_trains_and_its_best_is_kept(world, tmp_path, monkeypatch):
    train, test, _ = world

    def compile_plainly(gan, recipe, **schedule):
        compile_gan(gan, recipe, **schedule)
        gan.jit_compile, gan.run_eagerly = False, True

    monkeypatch.setattr(training, "compile_gan", compile_plainly)
    score = scorer(train, test, samples=200)
    run = training.train(
        "cgan", train.subset(200), epochs=2, run_dir=tmp_path, score=score,
        generator_width=4, discriminator_width=4, latent_dim=8, batch_size=50,
    )  # fmt: skip
    measured = run.history["score"][np.isfinite(run.history["score"])]
    assert len(measured) == 2
    assert measured[-1] == pytest.approx(score(run.gan), rel=1e-6)
    best = runs.load_run(tmp_path, best=True)
    assert score(best.gan) == pytest.approx(measured.min(), rel=1e-6)


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"seeds": []}, "seeds is empty"),
        ({"samples": 5000}, "give samples=1000 or fewer"),
        ({"samples": 1}, "samples=1"),
    ],
    ids=str,
)
def test_impossible_arguments_are_refused(world, arguments, said):
    train, test, _ = world
    with pytest.raises(SettingsError, match=said):
        evaluate(Source(train.images, train.labels), train, test, **arguments)


def test_half_a_reference_is_refused(world):
    train, _, _ = world
    with pytest.raises(SettingsError, match="both train and test"):
        evaluate(Source(train.images, train.labels), train)
    with pytest.raises(SettingsError, match="of 10000 images"):
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
    with pytest.raises(SettingsError, match="unequal counts"):
        loaded.scores(features[:-1])


@pytest.mark.parametrize("damage", ["cut", "no card", "no arrays", "garbage card", "list", "bare"])
def test_a_damaged_reference_is_refused(saved, tmp_path, damage):
    _, path, classifier = saved
    copy = tmp_path / "reference.npz"
    copy.write_bytes(path.read_bytes()[: -1 if damage == "cut" else None])
    card = path.with_suffix(".json").read_text("utf-8")
    bare = json.dumps({"arrays_sha256": json.loads(card)["arrays_sha256"]})
    card = {"garbage card": "{", "list": "[]", "bare": bare}.get(damage, card)
    copy.with_suffix(".json").write_text(card, "utf-8")
    if damage == "no card":
        copy.with_suffix(".json").unlink()
    if damage == "no arrays":
        copy.unlink()
    with pytest.raises(DataError, match=r"reference\.npz.*python -m ganlib.reference"):
        reference.load_reference(copy, classifier)


def test_the_reference_of_another_classifier_is_refused(saved):
    _, path, classifier = saved
    network = type(classifier.network).from_config(classifier.network.get_config())
    other = dataclasses.replace(classifier, network=network)
    with pytest.raises(DataError, match="another classifier"):
        reference.load_reference(path, other)


def test_the_shipped_reference_is_of_the_shipped_classifier_and_of_these_images(
    fashion_mnist_dir,
):
    from ganlib.data import load_data

    shipped = reference.shipped_reference()
    train, test = (
        load_data("fashion_mnist", fashion_mnist_dir, split=split) for split in ("train", "test")
    )
    assert shipped.card["train_sha256"] == train.hash
    assert shipped.card["test_sha256"] == test.hash
    features = shipped.classifier.features(train.images[: shipped.samples])
    assert shipped.scores(features) == pytest.approx(
        {name: shipped.floor[name] for name in shipped.scores(features)}, rel=1e-4
    )
    np.testing.assert_array_equal(shipped.labels, test.labels)


def test_the_shipped_reference_scores_without_any_data(monkeypatch):
    monkeypatch.setenv("GANLIB_DATA", str(paths.project_root() / "nowhere"))
    gan = build_gan(get_recipe("cgan", generator_width=4), (28, 28, 1), 10)
    report = evaluate(gan, seeds=[0])
    assert report["samples"] == 10_000
    assert value(report, "frechet_distance") > 50 and value(report, "coverage") < 0.1
    assert "training images" in report["left_out"]["near_training_pixels"]
