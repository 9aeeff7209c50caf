"""The laboratory of failures: what it measures, and that runs do not disturb one another."""

import keras
import numpy as np
import pytest

from benchmarks.stability_images import GAMES
from ganlib.conditioning import ConditionalGAN
from ganlib.course.lab.failures import (
    FIXED,
    HELD_OUT,
    NARROW,
    POINTS,
    RATES,
    SAMPLES,
    Judge,
    Lab,
    push,
)
from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import SettingsError
from ganlib.gan import GAN
from ganlib.images import scale
from ganlib.losses import LOSSES
from ganlib.recipes import get_recipe

QUICK = {"generator_width": 4, "discriminator_width": 4, "batch_size": 4}


def drawn(n, seed, split="train"):
    # Under the name of the real data, whose classifier is shipped: nothing is trained for a test.
    images, labels = draw(n, seed=seed)
    return DataSet(images, labels, CLASS_NAMES, "fashion_mnist", split)


@pytest.fixture(scope="module")
def sets():
    return drawn(200, 0), drawn(400, 1, "test")


@pytest.fixture(scope="module")
def lab(sets):
    return Lab(*sets, steps=2 * POINTS)


def test_the_judge_knows_its_own_images_from_a_collapse(sets):
    _, test = sets
    judge = Judge(*sets, samples=400)
    itself = judge(scale(test.images[..., None]))
    assert itself["distance"] == pytest.approx(0, abs=1e-3)
    assert itself["variety"] == pytest.approx(1, abs=1e-5)
    collapsed = judge(np.repeat(scale(test.images[:1, ..., None]), 400, axis=0))
    assert collapsed["distance"] > 20 and collapsed["missing"] == 9
    assert collapsed["variety"] == pytest.approx(0, abs=1e-6)


def test_training_and_held_out_images_are_shown_alike_and_not_mistaken(sets, lab):
    for shown, data in zip(lab.shown.values(), sets, strict=True):
        assert shown.hash == data.subset(min(HELD_OUT, len(data))).hash
    assert list(lab.shown) == ["trained_on_accuracy", "held_out_accuracy"]


def test_the_order_of_the_images_is_nothing_to_the_laboratory(sets):
    def by_class(data):
        order = np.argsort(data.labels, kind="stable")
        return DataSet(data.images[order], data.labels[order], data.class_names, data.name)

    data, test = (by_class(drawn(4000, 0)), by_class(drawn(4000, 1, "test")))
    lab = Lab(data, test, steps=POINTS)
    for part in lab.shown.values():
        assert len(part) == HELD_OUT and np.bincount(part.labels, minlength=10).min() > 15
    assert np.bincount(lab.partners.labels[:FIXED], minlength=10).min() > 3
    whole = lab.judge(scale(test.images[..., None]))
    assert whole["distance"] < 2 and whole["variety"] == pytest.approx(1, abs=0.05)


def test_a_paired_push_needs_its_partners_and_is_worked_by_hand():
    image = keras.Input((2, 1, 1))
    logit = keras.layers.Dense(1)(keras.layers.Flatten()(image))
    discriminator = keras.Model([image], logit)
    discriminator.set_weights([np.array([[3.0], [4.0]]), np.array([0.5])])
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Reshape((2, 1, 1))])
    gan = GAN(generator, discriminator, latent_dim=2)
    gan.compile(keras.optimizers.SGD(), keras.optimizers.SGD(), LOSSES["relativistic"])
    images = np.array([[0.0, 0.0], [1.0, -1.0]], "float32").reshape(2, 2, 1, 1)
    real = np.array([[0.0, 1.0], [0.0, 0.0]], "float32").reshape(2, 2, 1, 1)
    leads = np.array([4.5, 0.5]) - np.array([0.5, -0.5])  # of the real logits
    expected = 5 * np.mean(1 / (1 + np.exp(-leads)))
    assert push(gan, images, real=real) == pytest.approx(expected, rel=1e-5)
    with pytest.raises(SettingsError, match="real="):
        push(gan, images)


PAIRED = {"loss": "relativistic", "normalization": "none", "penalty": "r1_r2"}


@pytest.mark.parametrize(
    "changes",
    [{"loss": "relativistic"}, {"conditional": True}, {"conditional": True, **PAIRED}],
    ids=["paired", "conditional", "both"],
)
def test_paired_losses_and_conditional_recipes_run_too(sets, changes):
    lab = Lab(*sets, steps=POINTS)
    result = lab.run("it", **QUICK, **changes)
    assert result.recipe.conditional == changes.get("conditional", False)
    for name, line in result.history.items():
        assert line.shape == (POINTS,) and np.isfinite(line).all(), name
    assert result.history["push"].min() > 0
    assert result.history["held_out_accuracy"].min() >= 0
    assert result.images.shape == (SAMPLES, 28, 28, 1) and np.isfinite(result.scores["distance"])


def test_a_kind_of_ones_own_has_to_fit_the_labels(lab):
    with pytest.raises(SettingsError, match="Inverted does not fit"):
        lab.run("own", kind=Inverted, conditional=True, **QUICK)
    with pytest.raises(SettingsError, match="ConditionalGAN does not fit"):
        lab.run("own", kind=ConditionalGAN, **QUICK)
    with pytest.raises(SettingsError, match="builder knows no labels"):
        lab.run("own", builder=flat_generator, conditional=True, **QUICK)


def test_of_a_conditional_run_the_variety_is_within_the_classes(sets):
    _, test = sets
    judge = Judge(*sets, samples=400)
    images = scale(test.images[..., None])
    itself = judge(images, test.labels)
    assert itself["variety"] == pytest.approx(1, abs=1e-4) and itself["agreement"] > 0.3
    first = np.array([np.flatnonzero(test.labels == k)[0] for k in test.labels])
    one_a_class = judge(images[first], test.labels)
    assert one_a_class["variety"] == pytest.approx(0, abs=1e-4)
    assert judge(images[first])["variety"] > 0.1
    assert judge(images, (test.labels + 1) % 10)["agreement"] < 0.3


def test_the_push_is_the_gradient_of_one_image_worked_by_hand():
    image = keras.Input((2, 1, 1))
    logit = keras.layers.Dense(1)(keras.layers.Flatten()(image))
    discriminator = keras.Model([image], logit)
    discriminator.set_weights([np.array([[3.0], [4.0]]), np.array([0.5])])
    generator = keras.Sequential([keras.Input((2,)), keras.layers.Reshape((2, 1, 1))])
    gan = GAN(generator, discriminator, latent_dim=2)
    images = np.array([[0.0, 0.0], [1.0, -1.0]], "float32").reshape(2, 2, 1, 1)
    d = 1 / (1 + np.exp(-np.array([0.5, -0.5])))
    # The slope of the logit has the length |(3, 4)| = 5 everywhere.
    for name, slopes in (("non_saturating", 1 - d), ("minimax", d), ("wasserstein", [1, 1])):
        gan.compile(keras.optimizers.SGD(), keras.optimizers.SGD(), LOSSES[name])
        assert push(gan, images) == pytest.approx(5 * np.mean(slopes), rel=1e-5)


def test_a_run_tells_of_all_points_and_runs_do_not_disturb_one_another(lab):
    first = lab.run("first", **QUICK)
    np.testing.assert_array_equal(first.history["step"], 2 * np.arange(1, POINTS + 1))
    for name in ("generator_loss", "discriminator_loss", "held_out_accuracy", "push"):
        assert first.history[name].shape == (POINTS,) and np.isfinite(first.history[name]).all()
    assert first.frames.shape == first.averages.shape == (POINTS, FIXED, 28, 28, 1)
    assert first.images.shape == (SAMPLES, 28, 28, 1)
    assert set(first.scores) == {"distance", "variety", "missing"}
    last = first.history["push"][-(POINTS // 4) :]
    assert first.late("push") == pytest.approx(last.mean())
    # Another run with other rates shares the compiled step, and leaves nothing behind in it.
    other = lab.run("other", learning_rate=0.5, discriminator_learning_rate=1e-5, **QUICK)
    again = lab.run("again", **QUICK)
    assert len(lab._compiled) == 1
    for name in first.history:
        np.testing.assert_allclose(again.history[name], first.history[name], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(again.frames, first.frames, atol=1e-3)
    assert np.abs(other.frames[-1] - first.frames[-1]).max() > 0.1
    gan = next(iter(lab._compiled.values()))
    assert float(gan.generator_optimizer.learning_rate) == pytest.approx(first.recipe.learning_rate)
    assert int(gan.step) == 2 * POINTS


def flat_generator(image_shape, latent_dim, width):
    latent = keras.Input((latent_dim,))
    x = keras.layers.Dense(1, activation="tanh")(latent)
    x = keras.layers.Reshape((1, 1, 1))(x)
    return keras.Model([latent], keras.layers.UpSampling2D(image_shape[:2])(x))


class Inverted(GAN):
    """Gets to see negatives, and hands its batches on to the list of its class."""

    seen: tuple = ()

    def unpack(self, data):
        Inverted.seen += (data.shape,)
        return (-data,)


def test_kinds_and_generators_of_ones_own_are_used(lab):
    result = lab.run("own", kind=Inverted, builder=flat_generator, **QUICK)
    assert Inverted.seen and Inverted.seen[0][1:] == (28, 28, 1)
    assert np.ptp(result.images, axis=(1, 2, 3)).max() < 1e-6  # each image is of one level


def test_a_schedule_is_not_shared_between_rates(lab):
    schedule = NARROW | RATES | QUICK | {"drop_epoch": 10}
    before = len(lab._compiled)
    for rate in (1e-3, 1e-2):
        recipe = get_recipe("dcgan", **schedule | {"discriminator_learning_rate": rate})
        gan = lab._gan(recipe, GAN, None)
        start = float(gan.discriminator_optimizer.learning_rate)
        assert start == pytest.approx(rate)
    assert len(lab._compiled) == before + 2


def test_every_game_of_the_long_runs_is_a_recipe():
    for game, changes in GAMES.items():
        recipe = get_recipe("dcgan", **changes)
        # The game is called by its loss and its penalty, and has what its name says.
        parts = game.split(" + ")
        assert recipe.loss == parts[0]
        had = {recipe.penalty, recipe.normalization, "clip" if recipe.clip else ""}
        assert set(parts[1:]) <= had
        if recipe.penalty != "none":
            assert recipe.normalization != "batch"


@pytest.mark.parametrize("steps", [0, 10, 30, 40.0, None])
def test_steps_that_do_not_divide_into_points_are_refused(sets, steps):
    with pytest.raises(SettingsError, match=f"steps={steps}"):
        Lab(*sets, steps=steps)
