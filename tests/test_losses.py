"""Every loss on fixed logits against values worked by hand, and its gradients."""

import math

import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib import losses
from ganlib.errors import SettingsError

# Logits whose sigmoid is a plain fraction: ln 3 -> 3/4, -ln 3 -> 1/4, 0 -> 1/2.
LN3 = math.log(3)
REAL = np.array([LN3, 0.0], np.float32)  # D(x) = 3/4, 1/2
FAKE = np.array([-LN3, 0.0], np.float32)  # D(G(z)) = 1/4, 1/2

# -log D(x): log 4/3, log 2; -log(1 - D(G(z))): log 4/3, log 2; the mean of each is log(8/3) / 2.
CROSS_ENTROPY = math.log(8 / 3)
DISCRIMINATOR = {
    "minimax": CROSS_ENTROPY,
    "non_saturating": CROSS_ENTROPY,
    # ((ln3 - 1)^2 + 1) / 2 for the real ones, (ln3^2 + 0) / 2 for the fakes; half of their sum
    "least_squares": ((LN3 - 1) ** 2 + 1 + LN3**2) / 4,
    # max(0, 1 - ln3) = 0 and 1 for the real ones, max(0, 1 - ln3) = 0 and 1 for the fakes
    "hinge": 1.0,
    # mean of the fakes -ln3 / 2, minus mean of the real ones ln3 / 2
    "wasserstein": -LN3,
    # the fake one minus the real one: -2 ln3 and 0; softplus: log 10/9 and log 2
    "relativistic": math.log(20 / 9) / 2,
}
GENERATOR = {
    # log(1 - D): log 3/4 and log 1/2
    "minimax": math.log(3 / 8) / 2,
    # -log D: log 4 and log 2
    "non_saturating": math.log(8) / 2,
    # ((-ln3 - 1)^2 + 1) / 2, halved
    "least_squares": ((LN3 + 1) ** 2 + 1) / 4,
    "hinge": LN3 / 2,
    "wasserstein": LN3 / 2,
    # the real one minus the fake one: 2 ln3 and 0; softplus: log 10 and log 2
    "relativistic": math.log(20) / 2,
}


def generator_loss(loss, fake, real=REAL):
    """The generator's loss; in pairs it wants the real logits too."""
    return loss.generator(fake, real) if loss.paired else loss.generator(fake)


def test_every_loss_has_a_hand_worked_value():
    assert set(losses.LOSSES) == set(DISCRIMINATOR) == set(GENERATOR)


@pytest.mark.parametrize("name", DISCRIMINATOR)
def test_losses_equal_the_values_worked_by_hand(name):
    loss = losses.get_loss(name)
    assert float(loss.discriminator(REAL, FAKE)) == pytest.approx(DISCRIMINATOR[name], abs=1e-6)
    assert float(generator_loss(loss, FAKE)) == pytest.approx(GENERATOR[name], abs=1e-6)


@pytest.mark.parametrize("name", DISCRIMINATOR)
def test_each_loss_falls_for_the_player_that_wins(name):
    loss = losses.get_loss(name)
    real, fake = np.float32([0.3]), np.float32([0.2])
    assert loss.discriminator(real + 0.1, fake) < loss.discriminator(real, fake)
    assert loss.discriminator(real, fake - 0.1) < loss.discriminator(real, fake)
    assert generator_loss(loss, fake + 0.1, real) < generator_loss(loss, fake, real)


@pytest.mark.parametrize("size", [100.0, 1000.0])
@pytest.mark.parametrize("name", DISCRIMINATOR)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_losses_and_gradients_stay_finite_at_large_logits(name, size, smoothing):
    if name in ("wasserstein", "relativistic") and smoothing:
        pytest.skip("has no targets to smooth")
    loss = losses.get_loss(name, smoothing)
    real, fake = tf.Variable([size, -size]), tf.Variable([size, -size])
    with tf.GradientTape(persistent=True) as tape:
        discriminator = loss.discriminator(real, fake)
        generator = generator_loss(loss, fake, real)
    values = [discriminator, generator, *tape.gradient(discriminator, [real, fake])]
    values.append(tape.gradient(generator, fake))
    assert all(np.isfinite(value).all() for value in values)


def test_cross_entropy_of_a_sure_mistake_grows_with_the_logit_and_is_not_capped():
    # log(sigmoid) rounded in float32 would give infinity; a clipped one about 16.
    assert float(losses.non_saturating_generator_loss(np.float32([-1000]))) == 1000
    assert float(losses.minimax_generator_loss(np.float32([1000]))) == -1000


def slope(function, at, k):
    """Central difference in the k-th logit, in float64."""
    step = 1e-6 * np.eye(len(at))[k]
    return (float(function(at + step)) - float(function(at - step))) / 2e-6


@pytest.mark.parametrize("name", DISCRIMINATOR)
def test_gradients_equal_finite_differences(name):
    loss = losses.get_loss(name)
    real, fake = np.array([0.7, -1.3, 2.1]), np.array([-0.4, 1.7, -2.2])
    for function, at in (
        (lambda x: loss.discriminator(x, tf.constant(fake)), real),
        (lambda x: loss.discriminator(tf.constant(real), x), fake),
        (lambda x: generator_loss(loss, x, tf.constant(real)), fake),
    ):
        logits = tf.Variable(at)
        with tf.GradientTape() as tape:
            value = function(logits)
        expected = [slope(lambda x, f=function: f(tf.constant(x)), at, k) for k in range(len(at))]
        np.testing.assert_allclose(tape.gradient(value, logits), expected, atol=1e-7)


@pytest.mark.parametrize("probability", [0.01, 0.5, 0.9])
def test_non_saturating_push_is_larger_by_one_minus_d_over_d(probability):
    # d/dl log(1 - D) = -D and d/dl -log D = -(1 - D), where D = sigmoid(l).
    logit = tf.Variable([math.log(probability / (1 - probability))])
    with tf.GradientTape(persistent=True) as tape:
        saturating = losses.minimax_generator_loss(logit)
        non_saturating = losses.non_saturating_generator_loss(logit)
    ratio = tape.gradient(non_saturating, logit) / tape.gradient(saturating, logit)
    assert float(ratio[0]) == pytest.approx((1 - probability) / probability, rel=1e-4)


@pytest.mark.parametrize("name", ["minimax", "non_saturating", "least_squares", "hinge"])
def test_one_sided_smoothing_touches_only_the_real_term(name):
    plain, smoothed = losses.get_loss(name), losses.get_loss(name, 0.1)
    other = FAKE + np.float32(0.4)

    def of_fakes(loss):
        return float(loss.discriminator(REAL, other)) - float(loss.discriminator(REAL, FAKE))

    assert of_fakes(smoothed) == pytest.approx(of_fakes(plain), abs=1e-6)
    assert smoothed.discriminator(REAL, FAKE) != plain.discriminator(REAL, FAKE)
    assert smoothed.generator is plain.generator
    assert smoothed.threshold == plain.threshold


def test_smoothed_values_worked_by_hand():
    # target 0.9, D = 3/4: 0.9 log 4/3 + 0.1 log 4; D(G) = 1/2: log 2
    loss = losses.get_loss("non_saturating", 0.1)
    expected = 0.9 * math.log(4 / 3) + 0.1 * math.log(4) + math.log(2)
    assert float(loss.discriminator(REAL[:1], FAKE[1:])) == pytest.approx(expected, abs=1e-6)
    # (ln3 - 0.9)^2 / 2
    loss = losses.get_loss("least_squares", 0.1)
    expected = (LN3 - 0.9) ** 2 / 2
    assert float(loss.discriminator(REAL[:1], FAKE[1:])) == pytest.approx(expected, abs=1e-6)
    # margins 0.9 - 0 and 1 + 0
    loss = losses.get_loss("hinge", 0.1)
    assert float(loss.discriminator(REAL[1:], FAKE[1:])) == pytest.approx(1.9, abs=1e-6)


def test_smoothed_discriminator_is_best_at_the_target():
    # The minimum over l of 0.9 softplus(-l) + 0.1 softplus(l) lies where sigmoid(l) = 0.9.
    logit = tf.Variable([math.log(0.9 / 0.1)])
    with tf.GradientTape() as tape:
        value = losses.get_loss("non_saturating", 0.1).discriminator(logit, FAKE)
    assert float(tape.gradient(value, logit)[0]) == pytest.approx(0, abs=1e-6)


def test_threshold_lies_halfway_between_the_targets():
    thresholds = {name: loss.threshold for name, loss in losses.LOSSES.items()}
    assert thresholds.pop("least_squares") == 0.5  # targets 0 and 1 on the raw output
    assert set(thresholds.values()) == {0.0}


@pytest.mark.parametrize(
    "name, nearest", [("hing", "hinge"), ("nonsaturating", "non_saturating"), (3, None)]
)
def test_unknown_loss_names_the_nearest_and_the_choices(name, nearest):
    with raising(SettingsError, repr(name), *losses.LOSSES, repr(nearest) if nearest else ""):
        losses.get_loss(name)


@pytest.mark.parametrize("name", ["wasserstein", "relativistic"])
def test_smoothing_a_loss_without_targets_is_refused(name):
    with raising(SettingsError, name, "label_smoothing=0"):
        losses.get_loss(name, 0.1)


def test_in_pairs_each_real_image_meets_one_generated_image():
    # All against all, or mean against mean, would give other numbers.
    loss = losses.get_loss("relativistic")
    real, fake = np.float32([1, 5]), np.float32([0, 2])
    expected = (math.log1p(math.exp(-1)) + math.log1p(math.exp(-3))) / 2
    assert float(loss.discriminator(real, fake)) == pytest.approx(expected, abs=1e-6)
    # A constant added to every logit changes nothing.
    assert float(loss.discriminator(real + 7, fake + 7)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("shape", [(4,), (4, 1), (2, 2)])
def test_losses_are_scalars_for_logits_of_any_shape(shape):
    logits = np.linspace(-1, 1, 4, dtype=np.float32).reshape(shape)
    flat = logits.ravel()
    for loss in losses.LOSSES.values():
        value = loss.discriminator(logits, -logits)
        assert value.shape == generator_loss(loss, logits, logits).shape == ()
        assert float(value) == pytest.approx(float(loss.discriminator(flat, -flat)), abs=1e-6)
