"""A training step that a learner wrote, tried on two networks of a few weights.

The trial's generator draws the same image from every latent. So both updates are known whatever
noise the step draws, and a step that differs can be compared with what the usual mistakes lead to.
"""

from collections.abc import Callable, Iterable

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ganlib.course.exercises.core import Mistake, call, same_number, show

BATCH, PIXELS = 4, 6
DISCRIMINATOR_RATE, GENERATOR_RATE = 0.3, 0.2
RATES = (DISCRIMINATOR_RATE, GENERATOR_RATE)
NO_LOGITS = "the cross-entropy took the logits for probabilities (from_logits)."
EXCHANGED = "a cross-entropy takes the targets first, then the logits."

Weights = list[np.ndarray]


class Trial:
    """Both networks before and after the step."""

    def __init__(self, step: Callable, latent_size: int) -> None:
        """Takes one step with ``step(generator, discriminator, generator_optimizer,
        discriminator_optimizer, real)`` and compares it with the right one.

        Raises:
            NotImplementedError: the step is still the stub.
            Mistake: says what differs.
        """
        rng, layer = np.random.default_rng(3), keras.layers.Dense
        deaf = layer(2, trainable=False)  # gives the same from any latent
        self.generator = keras.Sequential([deaf, layer(PIXELS, "tanh")])
        self.discriminator = keras.Sequential([layer(5, "tanh"), layer(1)])
        self.generator.build((None, latent_size))
        self.discriminator.build((None, PIXELS))
        deaf.set_weights([np.zeros((latent_size, 2)), np.array([1.0, -0.5])])
        for network in (self.generator, self.discriminator):
            for variable in network.trainable_variables:
                variable.assign(rng.normal(size=variable.shape))
        self.real = ops.convert_to_tensor(rng.uniform(-1, 1, (BATCH, PIXELS)).astype("float32"))
        self.latents = ops.zeros((BATCH, latent_size))
        self.start, self.judge = _values(self.generator), _values(self.discriminator)

        optimizers = [keras.optimizers.SGD(rate) for rate in (GENERATOR_RATE, DISCRIMINATOR_RATE)]
        self.losses = _two_losses(step, self.generator, self.discriminator, *optimizers, self.real)
        self.moved, self.judged = _values(self.generator), _values(self.discriminator)
        if not all(np.isfinite(weights).all() for weights in (*self.moved, *self.judged)):
            raise Mistake("my_step: after it some weights are not finite (inf or nan).")

        self.right_judge = self._after("discriminator", self.judge)
        self._compare_discriminator()
        self._compare_generator()
        self._compare_losses()

    def _compare_discriminator(self) -> None:
        def after(loss="both", rate=DISCRIMINATOR_RATE, start=self.judge):
            return self._after("discriminator", start, loss, rate)

        also = "it moved in the generator's turn too: that turn moves the generator alone."
        fooled = "it followed the generator's loss: its own is small where it tells both apart."
        known = [
            (self.judge, "it did not move."),
            (after("swapped"), "the targets are exchanged: 1 is for real images."),
            (after(rate=-DISCRIMINATOR_RATE), "it climbed: a loss is followed downwards."),
            (after("fake"), "the real images are missing from its loss."),
            (after("real"), "the generated images are missing from its loss."),
            (after(rate=DISCRIMINATOR_RATE / 2), "the loss is the sum of both terms, halved here."),
            (after(rate=BATCH * DISCRIMINATOR_RATE), "each term is a mean over the batch, no sum."),
            (after(rate=GENERATOR_RATE), "it was moved by the generator's optimizer."),
            (after("probabilities"), NO_LOGITS),
            (after("arguments"), EXCHANGED),
            *((after("fooled", rate, self.right_judge), also) for rate in RATES),
            *((after("fooled", rate), fooled) for rate in RATES),
        ]
        _compare(self.judged, self.right_judge, known, "discriminator")

    def _compare_generator(self) -> None:
        def after(loss="fooled", rate=GENERATOR_RATE, judge=self.right_judge, start=self.start):
            return self._after("generator", start, loss, rate, judge)

        dragged = [after("fake", rate, self.judge) for rate in RATES]
        both = "it moved in the discriminator's turn too: that turn moves the discriminator alone."
        known = [
            (self.start, "it did not move."),
            (after(judge=self.judge), "its images were judged before the discriminator had moved."),
            (after("fake", -GENERATOR_RATE), "that is the loss of the game, log(1 - D)."),
            (after(rate=-GENERATOR_RATE), "it climbed: a loss is followed downwards."),
            (after("fake"), "its target is 0, so it learns to be recognised: the target is 1."),
            (after(rate=DISCRIMINATOR_RATE), "it was moved by the discriminator's optimizer."),
            (after(rate=BATCH * GENERATOR_RATE), "the loss is a mean over the batch, no sum."),
            (after("fooled probabilities"), NO_LOGITS),
            (after("fooled arguments"), EXCHANGED),
            *((after(start=start), both) for start in dragged),
        ]
        _compare(self.moved, after(), known, "generator")

    def _compare_losses(self) -> None:
        first = float(self._loss("both", self.start, self.judge))
        second = float(self._loss("fooled", self.start, self.right_judge))
        swapped = "The two losses have changed places."
        same_number(self.losses[0], first, "The discriminator's loss", [(second, swapped)])
        same_number(self.losses[1], second, "The generator's loss", [(first, swapped)])

    def _after(
        self,
        player: str,
        start: Weights,
        loss: str = "both",
        rate: float = DISCRIMINATOR_RATE,
        judge: Weights | None = None,
    ) -> Weights:
        """The player's weights one step down a loss from ``start``."""
        generated = start if player == "generator" else self.start
        with tf.GradientTape() as tape:
            value = self._loss(loss, generated, start if judge is None else judge)
        network = self.generator if player == "generator" else self.discriminator
        gradients = tape.gradient(value, network.trainable_variables)
        return [w - rate * np.asarray(g) for w, g in zip(start, gradients, strict=True)]

    def _loss(self, name: str, generator: Weights, discriminator: Weights):
        _assign(self.generator, generator)
        _assign(self.discriminator, discriminator)
        real, fake = self.discriminator(self.real), self.discriminator(self.generator(self.latents))
        if "probabilities" in name:
            entropy = keras.losses.BinaryCrossentropy()
            if "fooled" in name:
                return entropy(ops.ones_like(fake), fake)
            return entropy(ops.ones_like(real), real) + entropy(ops.zeros_like(fake), fake)
        if "arguments" in name:
            entropy = keras.losses.BinaryCrossentropy(from_logits=True)
            if "fooled" in name:
                return entropy(fake, ops.ones_like(fake))
            return entropy(real, ops.ones_like(real)) + entropy(fake, ops.zeros_like(fake))
        on_real, on_fake = ops.mean(ops.softplus(-real)), ops.mean(ops.softplus(fake))
        fooled = ops.mean(ops.softplus(-fake))
        swapped = ops.mean(ops.softplus(real)) + fooled
        return {"both": on_real + on_fake, "real": on_real, "fake": on_fake, "fooled": fooled,
                "swapped": swapped}[name]  # fmt: skip


def _values(network: keras.Model) -> Weights:
    return [variable.numpy() for variable in network.trainable_variables]


def _assign(network: keras.Model, values: Weights) -> None:
    for variable, value in zip(network.trainable_variables, values, strict=True):
        variable.assign(value)


def _two_losses(step: Callable, *arguments) -> list:
    try:
        given = call(step, *arguments)
    except Mistake as mistake:
        if "No gradients provided" in str(mistake):
            raise Mistake(
                "my_step: no weight has a gradient. The images and the logits have to be computed "
                "inside the tape, and tape.gradient asked for the weights of the player that moves."
            ) from None
        raise
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise Mistake(f"my_step: expected two losses, given {show(given)}.")
    return list(given)


def _compare(
    given: Weights, right: Weights, known: Iterable[tuple[Weights, str]], player: str
) -> None:
    def same(a: Weights, b: Weights) -> bool:
        return all(np.allclose(x, y, rtol=1e-4, atol=1e-5) for x, y in zip(a, b, strict=True))

    if same(given, right):
        return
    for weights, message in known:
        if same(given, weights):
            raise Mistake(f"The {player}'s weights: {message}")
    raise Mistake(
        f"The {player}'s weights are not those of two turns, discriminator first, in which each "
        "player takes one step down its own loss."
    )
