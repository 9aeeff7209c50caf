"""A GAN of one number: the data with two modes, and what can be measured of it exactly.

Both densities are smoothed alike, by a normal density of the width BLUR, before they are compared.
"""

from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

MODES = ((0.6, -1.2, 0.5), (0.4, 1.5, 0.4))  # weight, mean and standard deviation of each
BLUR = 0.08
STEP = 0.01
GRID = np.linspace(-4, 4, 801)
LATENTS = 20_000  # at equal steps of probability instead of random ones: no sampling noise


def normal(x: np.ndarray, mean: float, deviation: float) -> np.ndarray:
    """The normal density at ``x``."""
    return np.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))


def density(x: np.ndarray, blur: float = 0.0) -> np.ndarray:
    """The data's density at ``x``, smoothed by a normal density of the width ``blur``."""
    return sum(
        share * normal(x, mean, np.hypot(deviation, blur)) for share, mean, deviation in MODES
    )


def draw(n: int, rng: np.random.Generator) -> np.ndarray:
    """``n`` numbers of the data, float32 (n, 1)."""
    (share, *left), (_, *right) = MODES
    numbers = np.where(rng.random(n) < share, rng.normal(*left, n), rng.normal(*right, n))
    return numbers.astype("float32")[:, None]


def jensen_shannon(p: np.ndarray, q: np.ndarray, x: np.ndarray) -> float:
    """The Jensen-Shannon divergence, in nats, of two densities at ``x``, which may be 0 in places.

    Half the sum of the Kullback-Leibler divergences to the mixture (Lin 1991).
    """
    mixture = np.maximum((p + q) / 2, 1e-300)
    terms = [each * np.log(np.maximum(each, 1e-300) / mixture) for each in (p, q)]
    return float(np.trapezoid(sum(terms) / 2, x))


def even_latents(n: int = LATENTS) -> np.ndarray:
    """Quantiles of N(0, 1), float32 (n, 1)."""
    return tf.math.ndtri((tf.range(float(n))[:, None] + 0.5) / n).numpy()


def frame(generator: keras.Model, discriminator: keras.Model) -> dict:
    """Both players as they are. On GRID: the generator's density "fake", the discriminator's
    probability "D" and the optimal one's "best D"; the mean distance of the two over data and
    generated numbers, "gap"; and the "divergence" of the densities."""
    numbers = generator(even_latents()).numpy()[:, 0]
    edges = GRID[0] - STEP / 2, GRID[-1] + STEP / 2
    counts, _ = np.histogram(numbers, bins=len(GRID), range=edges)
    kernel = normal(np.arange(-60, 61) * STEP, 0, BLUR) * STEP
    fake = np.convolve(counts / len(numbers) / STEP, kernel, "same")
    real = density(GRID, BLUR)
    answers = tf.sigmoid(discriminator(GRID[:, None].astype("float32"))).numpy()[:, 0]
    best = real / (real + fake)
    gap = float(np.trapezoid((real + fake) / 2 * np.abs(answers - best), GRID))
    divergence = jensen_shannon(real, fake, GRID)
    return {"fake": fake, "D": answers, "best D": best, "gap": gap, "divergence": divergence}


def after_head_start(
    make_network: Callable[[], keras.Model],
    generator_loss: Callable[[tf.Tensor], tf.Tensor],
    optimizer: keras.optimizers.Optimizer,
    *,
    alone: int = 300,
    turns: int = 150,
    batch: int = 256,
) -> np.ndarray:
    """The generator's mean (turns,) on its way to data around 4, after the discriminator has learnt
    alone: a new pair, whose discriminator is moved by Adam and whose generator by ``optimizer``."""
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    generator, discriminator = make_network(), make_network()
    discriminator_optimizer = keras.optimizers.Adam(2e-3, beta_1=0.5)
    optimizer.build(generator.trainable_variables)
    discriminator_optimizer.build(discriminator.trainable_variables)

    def descend(tape, loss, network, own):
        own.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)

    @tf.function
    def take_turns(real, noise, both):
        with tf.GradientTape() as tape:
            on_real, on_fake = discriminator(real), discriminator(generator(noise[0]))
            loss = tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(
                tf.nn.softplus(on_fake)
            )
        descend(tape, loss, discriminator, discriminator_optimizer)
        if both:
            with tf.GradientTape() as tape:
                loss = generator_loss(discriminator(generator(noise[1])))
            descend(tape, loss, generator, optimizer)

    means, latents = [], even_latents(200)
    for number in range(alone + turns):
        real = rng.normal(4, 0.5, (batch, 1)).astype("float32")
        noise = rng.normal(size=(2, batch, 1)).astype("float32")
        take_turns(real, noise, both=number >= alone)
        means.append(float(tf.reduce_mean(generator(latents))))
    return np.array(means[alone:])


def head_starts(
    make_network: Callable[[], keras.Model],
    losses: Mapping[str, Callable[[tf.Tensor], tf.Tensor]],
    *,
    sgd_rate: float,
    adam_rate: float,
) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """``after_head_start`` with each loss and each of two optimizers: by the optimizer and then the
    loss, the turns and the means."""
    makers = {
        "SGD": lambda: keras.optimizers.SGD(sgd_rate),
        "Adam": lambda: keras.optimizers.Adam(adam_rate, beta_1=0.5),
    }
    found = {}
    for optimizer, make in makers.items():
        ways = {name: after_head_start(make_network, loss, make()) for name, loss in losses.items()}
        found[f"mean of G(z),\n{optimizer}"] = {
            name: (np.arange(1, len(way) + 1), way) for name, way in ways.items()
        }
    return found
