"""Multiplications and additions of a training step, counted from the layers' shapes."""

import math

import keras
from keras import layers


def forward(network: keras.Model) -> list[int]:
    """FLOPs per image of each layer that multiplies, in order: two per multiplication."""
    counts = []
    for layer in network.layers:
        if isinstance(layer, layers.Dense):
            counts.append(2 * math.prod(layer.kernel.shape))
        elif isinstance(layer, layers.Conv2DTranspose):
            _, height, width, _ = layer.input.shape  # every input pixel meets the whole kernel
            counts.append(2 * height * width * math.prod(layer.kernel.shape))
        elif isinstance(layer, layers.Conv2D):
            _, height, width, _ = layer.output.shape  # every output pixel does
            counts.append(2 * height * width * math.prod(layer.kernel.shape))
    return counts


def training_step(gan) -> float:
    """FLOPs per real image of ``GAN.train_step``; batch norm, losses and optimizers left out.

    A backward pass costs one forward pass for the weights' gradients and one for the inputs',
    of which the first layer needs none when its input is data. The generator goes forward once and
    backward once. The discriminator goes forward three times, backward twice for its own weights,
    and once for the generator, through the inputs only.
    """
    generator, discriminator = forward(gan.generator), forward(gan.discriminator)
    backward_g = 2 * sum(generator) - generator[0]
    backward_d = 2 * sum(discriminator) - discriminator[0]
    return (
        sum(generator) + backward_g
        + 3 * sum(discriminator) + 2 * backward_d + sum(discriminator)
    )  # fmt: skip
