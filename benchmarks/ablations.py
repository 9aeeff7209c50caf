"""What each choice of notebook 02's DCGAN is worth: trains it with one thing changed at a time, for
the same few steps, three seeds each.

    python -m benchmarks.ablations --write    and keep the table as benchmarks/ablations.csv

Some 15 minutes on two cores. What is in the table for as many steps is not trained again, so that
it may be stopped.

The pair is that of the recipe dcgan, of width 32, trained by the plain step of the notebook: the
same images in each variant, and rates that fall over the last 60 % of the steps. Scored are images
of the generator as the last step left it, against training images that it was not trained on: the
Fréchet distance in the shipped classifier's features, and ``grid``, the strength of patterns of
period two pixels (``grid_strength``) as a multiple of what the real images have; ``early_grid`` is
the same after 50 steps. ``cpu_ms_a_step``: the processor's time for a step, of all cores.
"""

import argparse
import csv
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import ganlib
from ganlib import models
from ganlib.building import Decay
from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import batches
from ganlib.evaluation import metrics
from ganlib.files import replacing

TABLE = Path(__file__).with_suffix(".csv")
STEPS, SEEDS, BATCH, LATENT, WIDTH = 400, (0, 1, 2), 32, 32, 32
SCORED, EARLY = 3000, 50
BASE = "as it is"
SCORES = ("frechet", "grid", "early_grid")
COLUMNS = (
    "group", "variant", "multiplications", "cpu_ms_a_step", "steps", "seeds",
    "frechet_mean", "frechet_spread", "grid_mean", "grid_spread",
    "early_grid_mean", "early_grid_spread",
)  # fmt: skip


def start() -> keras.initializers.Initializer:
    """Radford et al.: N(0, 0.02)."""
    return keras.initializers.RandomNormal(stddev=0.02)


def leaky() -> layers.Layer:
    return layers.LeakyReLU(negative_slope=0.2)


def generator(width: int = WIDTH, kernel: int = 4, upsample: bool = False, norm: bool = True):
    """Latents (B, 32) to images (B, 28, 28, 1), doubled twice: by transposed convolutions, or with
    ``upsample`` by repetition and a convolution; with batch norm or without."""
    kind = layers.Conv2D if upsample else layers.Conv2DTranspose
    shared = {"strides": 1 if upsample else 2, "padding": "same"}
    normalised = layers.BatchNormalization if norm else layers.Identity
    options = {"momentum": 0.9} if norm else {}

    def doubled(x, filters: int, **last):
        x = layers.UpSampling2D()(x) if upsample else x
        return kind(filters, kernel, kernel_initializer=start(), **shared, **last)(x)

    latent = keras.Input((LATENT,))
    x = layers.Dense(49 * 2 * width, use_bias=not norm, kernel_initializer=start())(latent)
    x = layers.Reshape((7, 7, 2 * width))(layers.ReLU()(normalised(**options)(x)))
    x = layers.ReLU()(normalised(**options)(doubled(x, width, use_bias=not norm)))
    return keras.Model(latent, doubled(x, 1, activation="tanh"))


def discriminator(
    features: int = 128, norm: bool = True, pool: bool = False, activation: Callable = leaky
):
    """Images (B, 28, 28, 1) to logits (B, 1), halved twice: by strides, or with ``pool`` by the
    mean of two by two; ``features`` of a dense layer before the logit, or none."""
    image = x = keras.Input((28, 28, 1))
    for filters in (WIDTH, 2 * WIDTH):
        x = layers.Conv2D(
            filters, 4, 1 if pool else 2, padding="same", kernel_initializer=start()
        )(x)  # fmt: skip
        x = layers.AveragePooling2D(2)(x) if pool else x
        if filters > WIDTH and norm:
            x = layers.BatchNormalization(momentum=0.9)(x)
        x = activation()(x)
    x = layers.Flatten()(x)
    if features:
        x = activation()(layers.Dense(features)(x))
    return keras.Model(image, layers.Dense(1)(x))


def dense_generator():
    """The generator of the recipe mlp (notebook 01)."""
    return models.mlp_generator((28, 28, 1), LATENT, 128)


def dense_discriminator():
    return models.mlp_discriminator((28, 28, 1), 256)


# What each changes: a network, the batches ("separate", "mixed", "mixed twice"), or a number.
VARIANTS: dict[tuple[str, str], dict] = {
    ("", BASE): {},
    ("enlarging", "kernel 5, equal width"): {"generator": lambda: generator(kernel=5)},
    ("enlarging", "kernel 5, equal cost"): {"generator": lambda: generator(26, kernel=5)},
    ("enlarging", "upsampling and kernel 3, equal width"): {
        "generator": lambda: generator(kernel=3, upsample=True)
    },
    ("enlarging", "upsampling and kernel 3, equal cost"): {
        "generator": lambda: generator(21, kernel=3, upsample=True)
    },
    ("enlarging", "kernel 4, for as long as upsampling at equal cost"): {"steps": 490},
    ("batches", "one mixed batch for the discriminator"): {"batches": "mixed"},
    ("batches", "one mixed batch for both networks"): {"batches": "mixed twice"},
    ("fully connected", "the networks of notebook 01"): {
        "generator": dense_generator,
        "discriminator": dense_discriminator,
    },
    ("fully connected", "the networks of notebook 01, for as long"): {
        "generator": dense_generator,
        "discriminator": dense_discriminator,
        "steps": 1300,
    },
    ("guidelines", "no batch norm in the generator"): {"generator": lambda: generator(norm=False)},
    ("guidelines", "no batch norm in the discriminator"): {
        "discriminator": lambda: discriminator(norm=False)
    },
    ("guidelines", "no dense layer of 128"): {"discriminator": lambda: discriminator(0)},
    ("guidelines", "ReLU in the discriminator"): {
        "discriminator": lambda: discriminator(activation=layers.ReLU)
    },
    ("guidelines", "pooling instead of strides in the discriminator"): {
        "discriminator": lambda: discriminator(pool=True)
    },
    ("guidelines", "strides, for as long as pooling"): {"steps": 780},
    ("numbers", "both rates 2e-4"): {"rates": (2e-4, 2e-4)},
    ("numbers", "beta_1 0.5"): {"beta_1": 0.5},
    ("rates", "generator's rate halved"): {"rates": (5e-4, 1e-3)},
    ("rates", "discriminator's rate halved"): {"rates": (1e-3, 5e-4)},
}

NAMES = [variant for _, variant in VARIANTS]


def training_step(g, d, optimizers: tuple, mixing: str) -> Callable:
    """The plain step, two turns; ``mixing`` says which batches the discriminator normalises."""
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def judge_both(real, fake):
        if mixing == "separate":
            return d(real, training=True), d(fake, training=True)
        return tf.split(d(tf.concat([real, fake], axis=0), training=True), 2)

    def apply(optimizer, network, tape, loss):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    @tf.function(jit_compile=True)
    def step(real, latents):
        with tf.GradientTape() as tape:
            on_real, on_fake = judge_both(real, g(latents[0], training=True))
            loss = cross_entropy(tf.ones_like(on_real), on_real)
            loss += cross_entropy(tf.zeros_like(on_fake), on_fake)
        apply(optimizers[1], d, tape, loss)
        with tf.GradientTape() as tape:
            fake = g(latents[1], training=True)
            seen = judge_both(real, fake)[1] if mixing == "mixed twice" else d(fake, training=True)
            loss = cross_entropy(tf.ones_like(seen), seen)
        apply(optimizers[0], g, tape, loss)

    return step


def trained(data: DataSet, seed: int, steps: int, changes: dict) -> Iterator[keras.Model]:
    """The generator after EARLY steps, and after all."""
    keras.utils.set_random_seed(seed)
    g = changes.get("generator", generator)()
    d = changes.get("discriminator", discriminator)()
    optimizers = tuple(
        keras.optimizers.Adam(Decay(rate, steps, 0.6, 0.05), beta_1=changes.get("beta_1", 0.0))
        for rate in changes.get("rates", (1e-3, 1e-3))
    )
    for optimizer, network in zip(optimizers, (g, d), strict=True):
        optimizer.build(network.trainable_variables)
    step = training_step(g, d, optimizers, changes.get("batches", "separate"))
    latents = np.random.default_rng(seed).normal(size=(steps, 2, BATCH, LATENT)).astype("float32")
    for number, (real, z) in enumerate(zip(batches(data, BATCH, seed=seed), latents, strict=False)):
        if number == EARLY:
            yield g
        step(real, z)
    yield g


def drawn(g: keras.Model, latents: np.ndarray) -> np.ndarray:
    return g.predict(latents.astype("float32"), batch_size=250, verbose=0)


def cost(changes: dict) -> int:
    """Multiplications by weights for one image of the generator."""
    total = 0
    for layer in changes.get("generator", generator)().layers:
        if isinstance(layer, layers.Dense):
            total += int(np.prod(layer.kernel.shape))
        elif isinstance(layer, layers.Conv2D | layers.Conv2DTranspose):
            laid = layer.input if isinstance(layer, layers.Conv2DTranspose) else layer.output
            total += int(np.prod([*laid.shape[1:3], *layer.kernel.shape]))
    return total


def grid_strength(images: np.ndarray) -> float:
    """Root mean square over images (N, H, W, C) in [-1, 1] of the three patterns that change their
    sign from pixel to pixel: along the rows, along the columns, and along both."""
    rows, columns = (1 - 2 * (np.arange(n) % 2) for n in images.shape[1:3])
    signs = (rows[:, None] + 0 * columns, 0 * rows[:, None] + columns, np.outer(rows, columns))
    found = [np.tensordot(images.mean(axis=3), sign, ((1, 2), (0, 1))) for sign in signs]
    return float(np.sqrt(np.mean(np.square(found)))) / rows.size / columns.size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--only", default="", help="variants whose name holds this text")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    everything = ganlib.load_data("fashion_mnist")
    classifier = ganlib.classifier_for(everything, ganlib.load_data("fashion_mnist", split="test"))
    order = everything.stratified(len(everything))
    held_out, part = everything.images[order[:SCORED]], order[SCORED:]
    data = replace(everything, images=everything.images[part], labels=everything.labels[part])
    features, grid = classifier.features(held_out), grid_strength(ganlib.scale(held_out[..., None]))

    rows = known(arguments.steps) if arguments.write else []
    done = {row["variant"] for row in rows}
    for (group, variant), changes in VARIANTS.items():
        if arguments.only not in variant or variant in done:
            continue
        found, seconds = [], 0.0
        steps = changes.get("steps", arguments.steps)
        for seed in SEEDS:
            latents = np.random.default_rng(1000 + seed).normal(size=(SCORED, LATENT))
            stages = trained(data, seed, steps, changes)
            early = drawn(next(stages), latents)
            began = time.process_time()
            g = next(stages)
            seconds += (time.process_time() - began) / len(SEEDS)
            late = drawn(g, latents)
            distance = metrics.frechet_distance(classifier.features(late), features)
            found.append((distance, grid_strength(late) / grid, grid_strength(early) / grid))
        row = {"group": group, "variant": variant, "multiplications": cost(changes)}
        row |= {"cpu_ms_a_step": f"{1000 * seconds / (steps - EARLY):.0f}"}
        row |= {"steps": steps, "seeds": len(SEEDS)}
        for name, values in zip(SCORES, np.array(found).T, strict=True):
            row |= {f"{name}_mean": f"{values.mean():.2f}", f"{name}_spread": f"{values.std():.2f}"}
        rows.append(row)
        print(*row.values(), sep="  ", flush=True)
        if arguments.write:
            with replacing(TABLE) as temporary, open(temporary, "w", encoding="utf-8") as file:
                writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                writer.writeheader()
                writer.writerows(sorted(rows, key=lambda row: NAMES.index(row["variant"])))


def known(steps: int) -> list[dict]:
    """The table's rows of variants that were trained for so many steps."""
    if not TABLE.exists():
        return []
    with open(TABLE, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = {name: changes.get("steps", steps) for (_, name), changes in VARIANTS.items()}
    return [row for row in rows if row["steps"] == str(wanted.get(row["variant"]))]


if __name__ == "__main__":
    main()
