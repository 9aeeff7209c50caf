"""The first part of ``make bench``: how fast a training step is, and what saving, scoring and
determinism cost.

Everything is measured in one run, side by side, on the real Fashion-MNIST: these machines differ
and are noisy, so the ratios are what counts. The results go to benchmarks/results.json, from which
the README's table is made.
"""

import json
import os
import platform
import time

import keras
import numpy as np
import tensorflow as tf

import ganlib
from benchmarks import costs, flops
from benchmarks.quality import RESULTS
from ganlib import files
from ganlib.building import build_gan, compile_gan
from ganlib.data import pipeline
from ganlib.recipes import get_recipe
from ganlib.training.schedule import STEPS_PER_EXECUTION

# The recipes whose step is timed, and the same step with wide layers: the narrow defaults are bound
# by memory rather than by arithmetic.
TIMED = {
    "dcgan": ("dcgan", {}),
    "cgan": ("cgan", {}),
    "cgan, width 128": (
        "cgan",
        {"generator_width": 128, "discriminator_width": 128, "batch_size": 64},
    ),
}


def main() -> None:
    train = ganlib.load_data("fashion_mnist")
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    results["machine"] = {
        "cores": _cores(),
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }
    results["speed"] = speed(train)
    print_speed(results["speed"])
    results["costs"] = costs.costs()
    costs.print_costs(results["costs"])
    files.write_json(RESULTS, results)


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def speed(train) -> dict:
    """The speed of each recipe's training step; see ``_speed_of``."""
    found = {}
    for title, (name, overrides) in TIMED.items():
        recipe = get_recipe(name, **overrides)
        # Many steps: ``fit`` takes some 30 ms to begin, once a run.
        found[title] = _speed_of(recipe, train, steps=40 if overrides else 320)
    return found


def _speed_of(recipe, train, steps: int, rounds: int = 5) -> dict:
    """images/s of ``fit`` against the bare compiled step, FLOP/s against a large matrix product,
    and the input pipeline alone; in turn, round by round, the medians of the ratios."""
    gan = build_gan(recipe, train.image_shape, train.num_classes)
    compile_gan(
        gan,
        recipe,
        epochs=1,
        steps_per_epoch=len(train) // recipe.batch_size,
        steps_per_execution=STEPS_PER_EXECUTION,
    )
    batches = pipeline.batches(train, recipe.batch_size, seed=0, labelled=recipe.conditional)
    batch = next(iter(batches))
    bare = tf.function(gan.train_step, jit_compile=True)
    matrix = tf.random.normal((2048, 2048))
    product = tf.function(lambda m: tf.matmul(m, m))

    def run_bare():
        for _ in range(steps):
            logs = bare(batch)
        return float(logs["generator_loss"])

    def run_fit():
        gan.fit(batches, steps_per_epoch=steps, epochs=1, verbose=0, shuffle=False)

    def run_pipeline():
        for _ in batches.take(steps):
            pass

    def run_product():
        for _ in range(4):
            last = product(matrix)
        return float(last[0, 0])

    actions = (run_bare, run_fit, run_pipeline, run_product)
    for action in actions:
        action()  # compiling is not measured
    seconds = np.array([[_timed(action) for action in actions] for _ in range(rounds)])
    bare_s, fit_s, pipeline_s, product_s = seconds.T
    images = steps * recipe.batch_size
    step_flops = flops.training_step(gan) * images
    product_rate = 4 * 2 * 2048**3 / product_s
    return {
        "batch_size": recipe.batch_size,
        "parameters": gan.generator.count_params() + gan.discriminator.count_params(),
        "bare_images_per_second": float(np.median(images / bare_s)),
        "fit_images_per_second": float(np.median(images / fit_s)),
        "fit_overhead": float(np.median(fit_s / bare_s) - 1),
        "pipeline_share": float(np.median(pipeline_s / bare_s)),
        "step_gflops": float(np.median(step_flops / bare_s) / 1e9),
        "product_gflops": float(np.median(product_rate) / 1e9),
        "share_of_product": float(np.median(step_flops / bare_s / product_rate)),
    }


def _timed(action) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def print_speed(found: dict) -> None:
    print(
        "\nrecipe          batch  bare img/s  fit img/s  fit costs  pipeline  GFLOP/s  of a product"
    )
    for name, row in found.items():
        print(
            f"{name:15} {row['batch_size']:5} {row['bare_images_per_second']:11,.0f} "
            f"{row['fit_images_per_second']:10,.0f} {row['fit_overhead']:10.1%} "
            f"{row['pipeline_share']:9.1%} {row['step_gflops']:8.0f} "
            f"{row['share_of_product']:7.0%} of {row['product_gflops']:.0f}"
        )


if __name__ == "__main__":
    main()
