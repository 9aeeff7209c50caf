"""The Dirac-GAN (Mescheder et al. 2018, section 2): a GAN with two numbers, small enough to solve.

The data are one point, 0. The generator's only number ``theta`` is the point that it makes; the
discriminator's only number ``psi`` is its slope: it gives the point x the logit ``psi * x``, added
to the logit that means "undecided" (``Loss.threshold``). Generator and data agree at theta = 0, and
the game rests at (0, 0). Each player follows minus the gradient of its own loss; together the two
gradients are the vector field. ``ganlib.losses`` gives the losses, here are their derivatives.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ganlib.errors import SettingsError, check_name, number

NODES = 12  # of the quadrature that averages over instance noise


def sigmoid(t: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(t)))


@dataclass(frozen=True)
class Slopes:
    """Derivatives of both losses, as functions of the real and the fake logit: the discriminator's
    by either of them, the generator's by the fake one."""

    real: Callable
    fake: Callable
    generator: Callable


_cross_entropy = (lambda r, f: -sigmoid(-r), lambda r, f: sigmoid(f))
# Least squares wants 1 and 0 on outputs whose middle is 1/2: here on logits around 0.
SLOPES = {
    "minimax": Slopes(*_cross_entropy, lambda r, f: -sigmoid(f)),
    "non_saturating": Slopes(*_cross_entropy, lambda r, f: -sigmoid(-f)),
    "least_squares": Slopes(lambda r, f: r - 0.5, lambda r, f: f + 0.5, lambda r, f: f - 0.5),
    "hinge": Slopes(lambda r, f: -1.0 * (r < 1), lambda r, f: 1.0 * (f > -1), lambda r, f: -1.0),
    "wasserstein": Slopes(lambda r, f: -1.0, lambda r, f: 1.0, lambda r, f: -1.0),
    "relativistic": Slopes(
        lambda r, f: -sigmoid(f - r), lambda r, f: sigmoid(f - r), lambda r, f: -sigmoid(r - f)
    ),
}
# The penalties' derivatives by psi, at weight 1: the slope of the logit is psi everywhere, so R1
# and R2 are both psi^2 / 2, and the gradient penalty is (|psi| - 1)^2.
PENALTY_SLOPES = {
    "none": lambda psi: 0.0 * psi,
    "r1": lambda psi: psi,
    "r2": lambda psi: psi,
    "gradient_penalty": lambda psi: 2 * (psi - np.sign(psi)),
}


@dataclass(frozen=True)
class DiracGame:
    """A Dirac-GAN: a loss, and what is done to calm it.

    Args:
        loss: one of ``ganlib.losses.LOSSES``.
        penalty: "none", "r1", "r2" or "gradient_penalty", times ``weight``.
        noise: standard deviation of the instance noise on real and generated points.
        clip: after each step psi is kept within this distance of 0; 0 for no limit.
    """

    loss: str
    penalty: str = "none"
    weight: float = 0.0
    noise: float = 0.0
    clip: float = 0.0

    def __post_init__(self) -> None:
        check_name(self.loss, SLOPES, what="loss")
        check_name(self.penalty, PENALTY_SLOPES, what="penalty")
        for name in ("weight", "noise", "clip"):
            number(name, getattr(self, name), 0)

    def field(self, theta: np.ndarray, psi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How fast theta and psi move at each place, two arrays of the shape of both."""
        theta, psi = np.broadcast_arrays(np.asarray(theta, float), np.asarray(psi, float))
        slopes = SLOPES[self.loss]
        shares, real, fake_noise = _noise_nodes(self.noise)
        fake = theta[..., None] + fake_noise
        logits = psi[..., None] * real, psi[..., None] * fake
        by_logit = slopes.real(*logits) * real + slopes.fake(*logits) * fake
        theta_speed = -psi * (slopes.generator(*logits) * shares).sum(axis=-1)
        psi_speed = -(by_logit * shares).sum(axis=-1)
        return theta_speed, psi_speed - self.weight * PENALTY_SLOPES[self.penalty](psi)

    def walk(
        self, start: tuple[float, float], rate: float, steps: int, *, alternating: bool = False
    ) -> np.ndarray:
        """The path (steps + 1, 2) of (theta, psi) by gradient descent of both players.

        They step at the same time, or, ``alternating``, first the discriminator and then the
        generator against it as it now is, which is what ``GAN.train_step`` does.
        """
        path = [np.array(start, float)]
        for _ in range(steps):
            theta, psi = path[-1]
            new_psi = psi + rate * self.field(theta, psi)[1]
            if self.clip:
                new_psi = np.clip(new_psi, -self.clip, self.clip)
            seen = new_psi if alternating else psi
            path.append(np.array([theta + rate * self.field(theta, seen)[0], new_psi]))
        return np.array(path)


def _noise_nodes(noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares, and the noises on the real and on the generated point that have them, each (nodes,):
    a Gauss-Hermite quadrature, exact for polynomials."""
    if not noise:
        return np.ones(1), np.zeros(1), np.zeros(1)
    nodes, shares = np.polynomial.hermite_e.hermegauss(NODES)
    real, fake = (noise * axis.ravel() for axis in np.meshgrid(nodes, nodes))
    return np.outer(shares, shares).ravel() / shares.sum() ** 2, real, fake


def jacobian(game: DiracGame, theta: float = 0.0, psi: float = 0.0, h: float = 1e-4) -> np.ndarray:
    """The derivative (2, 2) of the field by (theta, psi), by central differences of width ``h``."""
    ahead = [game.field(theta + h, psi), game.field(theta, psi + h)]
    behind = [game.field(theta - h, psi), game.field(theta, psi - h)]
    return (np.array(ahead) - np.array(behind)).T / (2 * h)


def eigenvalues(game: DiracGame) -> np.ndarray:
    """The two eigenvalues (2,), complex, of the field's derivative at rest (0, 0), in closed form.

    With c, how hard both push there, and the damping d of psi, they are
    ``-d/2 +- sqrt(d^2/4 - c^2)`` (Mescheder et al. 2018, sections 2 and 3).

    Raises:
        SettingsError: for the gradient penalty, which has a kink there and keeps psi from 0.
    """
    if game.penalty == "gradient_penalty" and game.weight:
        raise SettingsError(
            f"penalty={game.penalty!r}, weight={game.weight}: (0, 0) is no resting point of it. "
            'Give penalty="none", "r1" or "r2".'
        )
    push = 1.0 if game.loss in ("hinge", "wasserstein") else 0.5
    # The discriminator's loss bends in psi only where it bends in the logit: by 1/4 for each of
    # the logarithms, by 1 for the squares, not at all for the others; the noise's square times it.
    bend = {"hinge": 0.0, "wasserstein": 0.0, "least_squares": 1.0}.get(game.loss, 0.25)
    damping = 2 * bend * game.noise**2
    if game.penalty in ("r1", "r2"):
        damping += game.weight
    root = np.sqrt(complex(damping**2 / 4 - push**2))
    return np.array([-damping / 2 + root, -damping / 2 - root])
