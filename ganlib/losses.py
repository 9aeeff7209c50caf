"""The losses of both players: pure functions on logits, 1 = real.

``D(x) = sigmoid(logit)`` is the discriminator's probability that ``x`` is real. Every function
takes logits of any shape and returns a scalar, the mean over all of them. Softplus appears where
a logarithm is expected: ``-log D = softplus(-logit)`` and ``-log(1 - D) = softplus(logit)``, which
stay finite where the logarithm of a rounded sigmoid would not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from keras import ops

from ganlib.errors import SettingsError, check_name


def cross_entropy_discriminator_loss(real_logits, fake_logits, real_target: float = 1.0):
    """-E[log D(x)] - E[log(1 - D(G(z)))] (Goodfellow et al. 2014, equation 1, as a minimisation).

    ``real_target`` below 1 is one-sided label smoothing (Salimans et al. 2016, section 3.4): the
    real images' target probability becomes, say, 0.9; the fakes' stays 0.
    """
    real = real_target * ops.softplus(-real_logits) + (1 - real_target) * ops.softplus(real_logits)
    return ops.mean(real) + ops.mean(ops.softplus(fake_logits))


def minimax_generator_loss(fake_logits):
    """E[log(1 - D(G(z)))]: the game as it is written; saturates where D wins."""
    return -ops.mean(ops.softplus(fake_logits))


def non_saturating_generator_loss(fake_logits):
    """-E[log D(G(z))] (Goodfellow et al. 2014, section 3): strongest where D wins."""
    return ops.mean(ops.softplus(-fake_logits))


def least_squares_discriminator_loss(real_logits, fake_logits, real_target: float = 1.0):
    """(E[(D(x) - 1)^2] + E[D(G(z))^2]) / 2 on raw outputs (Mao et al. 2017, equation 9)."""
    return 0.5 * (
        ops.mean(ops.square(real_logits - real_target)) + ops.mean(ops.square(fake_logits))
    )


def least_squares_generator_loss(fake_logits):
    """E[(D(G(z)) - 1)^2] / 2 on raw outputs (Mao et al. 2017, equation 9)."""
    return 0.5 * ops.mean(ops.square(fake_logits - 1))


def hinge_discriminator_loss(real_logits, fake_logits, real_target: float = 1.0):
    """E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))] (Lim and Ye 2017): a sample that is on the
    right side of the margin no longer counts. ``real_target`` is the margin of the real ones."""
    return ops.mean(ops.relu(real_target - real_logits)) + ops.mean(ops.relu(1 + fake_logits))


def wasserstein_discriminator_loss(real_logits, fake_logits):
    """E[D(G(z))] - E[D(x)] (Arjovsky et al. 2017, equation 2): an estimate of a distance only
    while the critic is kept 1-Lipschitz."""
    return ops.mean(fake_logits) - ops.mean(real_logits)


def linear_generator_loss(fake_logits):
    """-E[D(G(z))]: the generator's loss of the Wasserstein and of the hinge game."""
    return -ops.mean(fake_logits)


def relativistic_discriminator_loss(real_logits, fake_logits):
    """E[softplus(-(D(x) - D(G(z))))], a real and a generated image in each pair: by how much is
    the real one more real? (Jolicoeur-Martineau 2019; Huang et al. 2024, equation 2)"""
    return ops.mean(ops.softplus(fake_logits - real_logits))


def relativistic_generator_loss(fake_logits, real_logits):
    """The same with the places exchanged: the generator wants its image to look the more real."""
    return ops.mean(ops.softplus(real_logits - fake_logits))


@dataclass(frozen=True)
class Loss:
    """Both players' losses.

    ``discriminator(real_logits, fake_logits)`` and ``generator(fake_logits)`` give scalars; with
    ``paired`` it is ``generator(fake_logits, real_logits)``.
    """

    name: str
    discriminator: Callable
    generator: Callable
    # The logit above which the discriminator says "real"; in pairs, the higher of the two.
    threshold: float = 0.0
    paired: bool = False

    def accuracies(self, real_logits, fake_logits) -> dict:
        """Of which images the discriminator is right, 1 or 0 each."""
        bounds = [self.threshold] * 2
        if self.paired:  # only the difference of two logits has a meaning
            bounds = [fake_logits, real_logits]
        return {
            "real_accuracy": ops.cast(real_logits > bounds[0], "float32"),
            "fake_accuracy": ops.cast(fake_logits <= bounds[1], "float32"),
        }


LOSSES = {
    loss.name: loss
    for loss in (
        Loss("minimax", cross_entropy_discriminator_loss, minimax_generator_loss),
        Loss("non_saturating", cross_entropy_discriminator_loss, non_saturating_generator_loss),
        Loss(
            "least_squares",
            least_squares_discriminator_loss,
            least_squares_generator_loss,
            threshold=0.5,
        ),
        Loss("hinge", hinge_discriminator_loss, linear_generator_loss),
        Loss("wasserstein", wasserstein_discriminator_loss, linear_generator_loss),
        Loss(
            "relativistic",
            relativistic_discriminator_loss,
            relativistic_generator_loss,
            paired=True,
        ),
    )
}


def get_loss(name: str, label_smoothing: float = 0.0) -> Loss:
    """The loss of that name, the real images' target lowered by ``label_smoothing``."""
    check_name(name, LOSSES, "loss")
    loss = LOSSES[name]
    if not label_smoothing:
        return loss
    if name in ("wasserstein", "relativistic"):
        raise SettingsError(f"The {name} loss has no targets to smooth: label_smoothing=0.")
    target = 1 - label_smoothing

    def smoothed(real_logits, fake_logits):
        return loss.discriminator(real_logits, fake_logits, target)

    return Loss(loss.name, smoothed, loss.generator, loss.threshold)
