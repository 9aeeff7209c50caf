"""The Dirac-GAN's vector fields against the package's losses, and its fate against the theory."""

import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib.course.lab.dirac import SLOPES, DiracGame, eigenvalues, jacobian
from ganlib.errors import SettingsError
from ganlib.losses import LOSSES
from ganlib.penalties import Penalty

POINTS = [(0.3, -0.7), (-1.2, 0.4), (1.5, 1.1), (0.2, 0.1)]


def field_of_the_package(loss, theta, psi, penalty=None):
    """By the package's losses and penalties and TensorFlow's gradients, on one point each."""
    game = LOSSES[loss]
    theta, psi = tf.Variable([[theta]]), tf.Variable(psi)

    def critic(x):
        return game.threshold + psi * x

    with tf.GradientTape(persistent=True) as tape:
        real, fake = tf.zeros((1, 1)), tf.convert_to_tensor(theta)
        logits = critic(real), critic(fake)
        ours = game.discriminator(*logits)
        if penalty is not None:
            ours += penalty(critic, real, fake, tf.constant([0.5]))
        theirs = game.generator(logits[1], *logits[:1] if game.paired else ())
    return [-float(tf.squeeze(g)) for g in (tape.gradient(theirs, theta), tape.gradient(ours, psi))]


def test_every_loss_of_the_package_has_its_game():
    assert set(SLOPES) == set(LOSSES)


@pytest.mark.parametrize("loss", SLOPES)
def test_the_field_is_minus_the_gradient_of_the_packages_losses(loss):
    for point in POINTS:
        expected = field_of_the_package(loss, *point)
        np.testing.assert_allclose(DiracGame(loss).field(*point), expected, atol=1e-6)


@pytest.mark.parametrize("penalty", ["r1", "r2", "gradient_penalty"])
def test_penalties_act_on_the_slope_as_the_packages_do(penalty):
    for point in POINTS:
        expected = field_of_the_package("wasserstein", *point, Penalty(penalty, 0.6))
        found = DiracGame("wasserstein", penalty, 0.6).field(*point)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_instance_noise_is_the_mean_over_draws():
    rng = np.random.default_rng(0)
    theta, psi, noise = 0.8, -0.6, 0.5
    real, fake = noise * rng.normal(size=400_000), theta + noise * rng.normal(size=400_000)
    slopes = SLOPES["relativistic"]
    logits = psi * real, psi * fake
    expected = [
        -np.mean(slopes.generator(*logits) * psi),
        -np.mean(slopes.real(*logits) * real + slopes.fake(*logits) * fake),
    ]
    found = DiracGame("relativistic", noise=noise).field(theta, psi)
    np.testing.assert_allclose(found, expected, atol=3e-3)


@pytest.mark.parametrize("loss", SLOPES)
@pytest.mark.parametrize(
    "calm",
    [{}, {"penalty": "r1", "weight": 0.7}, {"penalty": "r2", "weight": 2.5}, {"noise": 0.8}],
    ids=["none", "r1", "r2", "noise"],
)
def test_eigenvalues_in_closed_form_are_those_of_the_numeric_jacobian(loss, calm):
    game = DiracGame(loss, **calm)
    numeric = np.sort_complex(np.linalg.eigvals(jacobian(game)))
    np.testing.assert_allclose(np.sort_complex(eigenvalues(game)), numeric, atol=1e-6)


def test_eigenvalues_worked_by_hand():
    np.testing.assert_allclose(eigenvalues(DiracGame("wasserstein")), [1j, -1j])
    unpaid = DiracGame("wasserstein", "gradient_penalty", 0.0)
    np.testing.assert_allclose(eigenvalues(unpaid), [1j, -1j])
    np.testing.assert_allclose(eigenvalues(DiracGame("minimax")), [0.5j, -0.5j])
    np.testing.assert_allclose(eigenvalues(DiracGame("minimax", "r1", 1.0)), [-0.5, -0.5])
    np.testing.assert_allclose(eigenvalues(DiracGame("wasserstein", "r1", 2.5)), [-0.5, -2.0])
    noisy = eigenvalues(DiracGame("non_saturating", noise=1.0))
    np.testing.assert_allclose(noisy, -0.25 + np.array([1j, -1j]) * np.sqrt(3) / 4)


def radius(path):
    return np.linalg.norm(path, axis=1)


def test_wasserstein_steps_at_the_same_time_spiral_outwards_by_the_known_factor():
    rate = 0.1
    grown = radius(DiracGame("wasserstein").walk((1.0, 0.3), rate, 200))
    np.testing.assert_allclose(grown[1:] / grown[:-1], np.sqrt(1 + rate**2), rtol=1e-12)


def test_wasserstein_steps_in_turn_stay_on_an_ellipse():
    rate = 0.2
    theta, psi = DiracGame("wasserstein").walk((1.0, 0.3), rate, 500, alternating=True).T
    kept = theta**2 + psi**2 - rate * theta * psi
    np.testing.assert_allclose(kept, kept[0], rtol=1e-10)


@pytest.mark.parametrize(("rate", "shrinks"), [(0.45, True), (0.55, False)])
def test_r1_calms_steps_up_to_the_rate_that_the_eigenvalues_allow(rate, shrinks):
    """|1 + rate * lambda|^2 = 1 - rate * weight + rate^2: below 1 up to rate = weight."""
    path = DiracGame("wasserstein", "r1", 0.5).walk((1.0, 0.0), rate, 600)
    assert (radius(path)[-1] < 1e-2) == shrinks
    assert (radius(path)[-1] > 10) != shrinks


def test_the_gradient_penalty_and_clipping_bound_the_circle_but_do_not_end_it():
    for game in (
        DiracGame("wasserstein", "gradient_penalty", 0.5),
        DiracGame("wasserstein", clip=0.5),
    ):
        path = game.walk((1.0, 0.0), 0.05, 4000, alternating=True)
        late = path[-1000:]
        assert radius(late).max() < 2.0
        assert np.abs(late[:, 0]).max() > 0.4  # theta still swings far beyond 0
        if game.clip:
            assert np.abs(path[:, 1]).max() == game.clip


def test_what_cannot_be_is_refused():
    with raising(SettingsError, "'waserstein'", "'wasserstein'"):
        DiracGame("waserstein")
    with raising(SettingsError, "'r1_r2'", "r1"):
        DiracGame("hinge", "r1_r2")
    for name, value in (("weight", -0.5), ("noise", -1), ("clip", float("nan"))):
        with raising(SettingsError, f"{name}={value}", 0):
            DiracGame("hinge", **{name: value})
    with raising(SettingsError, "penalty='gradient_penalty'", "weight=1.5", "(0, 0)"):
        eigenvalues(DiracGame("wasserstein", "gradient_penalty", 1.5))
