"""What there is to see of a GAN in the plane whose training a notebook writes itself.

    moments.append(look(generator, discriminator, step, extent=1.4))
    spread(moments[-1].points)

``ganlib.course.lab.toys`` trains such GANs with ``GAN``'s own step; here is no training.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from ganlib.course.lab.mixtures import DATA, Mixture, nearest_mode
from ganlib.course.lab.toys import lattice

POINTS = 2500  # generated points that a moment keeps (Srivastava et al. 2017, section 4.1)
SEED = 9  # of the latents, the same at every moment of every run


@dataclass(frozen=True)
class Moment:
    """A GAN at one step: ``points`` (n, 2) of the generator, and the ``force`` (n, 2) on each of
    them, minus the gradient of the non-saturating loss of that point; ``field`` (size, size), the
    discriminator's logits on the lattice, row by row from the lowest y."""

    step: int
    points: np.ndarray
    force: np.ndarray
    field: np.ndarray


def restart(
    networks: Sequence[tuple[keras.Model, Callable[[], keras.Model]]],
    optimizers: Sequence[keras.optimizers.Optimizer],
    seed: int,
) -> None:
    """Everything as at the start of a run of this seed: each network has the weights of a new one
    by its maker, and the optimizers have seen no gradient. A function that was compiled for these
    networks need not be compiled again."""
    keras.utils.set_random_seed(seed)
    for network, make in networks:
        network.set_weights(make().get_weights())
    for optimizer in optimizers:
        for variable in optimizer.variables:
            if variable.name != "learning_rate":
                variable.assign(tf.zeros_like(variable.value))


def look(
    generator: keras.Model,
    discriminator: keras.Model,
    step: int,
    *,
    extent: float,
    n: int = POINTS,
    size: int = 64,
) -> Moment:
    """The two networks as they are, on a lattice that reaches to ``extent``. A discriminator that
    judges several points at once is asked about equal ones where the field is drawn, but about
    different generated ones for the force."""
    latents = tf.random.stateless_normal((n, generator.input_shape[-1]), (SEED, DATA))
    points = generator(latents)
    with tf.GradientTape() as tape:
        tape.watch(points)
        loss = tf.reduce_sum(tf.nn.softplus(-discriminator(points)))
    force = -tape.gradient(loss, points)
    together = n // len(discriminator(points))  # points that it judges at once
    places = np.repeat(lattice(extent, size), together, axis=0)
    field = discriminator(tf.constant(places)).numpy().reshape(size, size)
    return Moment(step, points.numpy(), force.numpy(), field)


def spread(points: np.ndarray) -> float:
    """The root mean square distance (of points (n, 2)) from their mean: near 0 after a collapse; of
    a ring of radius 1, about 1."""
    return float(np.sqrt(np.var(np.asarray(points, float), axis=0).sum()))


def mode_shares(mixture: Mixture, points: np.ndarray) -> np.ndarray:
    """Of the points (n, 2), the share that is good and nearest to each mode, (modes,)."""
    nearest, good = nearest_mode(mixture, points)
    return np.bincount(nearest[good], minlength=len(mixture.centres)) / len(nearest)


def modes_dropped(mixture: Mixture, points: np.ndarray, least: float = 0.1) -> int:
    """The number of modes that get less than ``least`` of their share of the data. It is stricter
    than ``modes_found``, for which one good point is enough."""
    return int((mode_shares(mixture, points) < least / len(mixture.centres)).sum())
