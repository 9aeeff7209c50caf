"""``make bench-quality``: how good the images are after so many seconds of training, ours and the
recipes that learners meet elsewhere.

Same data, same process, same judge, one after the other in one run, each compiled by XLA or not,
whichever is faster; compiling and scoring do not count. ``--seconds 30 60 120`` sets the time
budget. The peer that is best at its end then races once more, on to the moments of ``--longer``.
The picture goes to figures/time_to_quality.png.
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from matplotlib.ticker import NullFormatter, ScalarFormatter

import ganlib
from benchmarks.peers import PEERS
from ganlib import files, plotting
from ganlib.building import build_gan, compile_gan
from ganlib.data import pipeline
from ganlib.evaluation import metrics, reference
from ganlib.paths import project_root
from ganlib.plotting.figure import BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION, new_figure, tidy
from ganlib.recipes import get_recipe

RESULTS = Path(__file__).parent / "results.json"
SAMPLES = 10_000
OURS = ("cgan", "dcgan")
TRIAL_SECONDS = 4.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 20, 30, 60, 120])
    parser.add_argument("--longer", type=float, nargs="*", default=[600, 1800])
    arguments = parser.parse_args()
    found = quality(
        ganlib.load_data("fashion_mnist"), sorted(arguments.seconds), sorted(arguments.longer)
    )
    print_quality(found)
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    files.write_json(RESULTS, results | {"quality": found})
    plotting.save(time_to_quality(found), project_root() / "figures" / "time_to_quality.png")


def quality(train, budgets: list[float], longer: list[float]) -> dict:
    """Scores after so many seconds of training (compiling and scoring do not count); of the best
    peer also after the longer ones."""
    test = ganlib.load_data("fashion_mnist", split="test")
    judge = ganlib.classifier_for(train)
    test_features = judge.features(test.images)
    found = {
        "floor": reference.shipped_reference().floor["frechet_distance"],
        "classifier_accuracy": judge.card["test_accuracy"],
        "samples": SAMPLES,
        "contestants": {},
    }
    raced = found["contestants"]
    for name in OURS:
        raced[name] = _ours(name, train, budgets, judge, test_features)
    for name in PEERS:
        raced[name] = _peer(name, train, budgets, judge, test_features)
    if longer:
        best = best_peer(raced)
        raced[best] = _peer(best, train, [*budgets, *longer], judge, test_features)
    return found


def best_peer(raced: dict[str, list[dict]]) -> str:
    """Whose last score is the lowest, ours apart."""
    return min(filter(raced.get, PEERS), key=lambda name: raced[name][-1]["frechet_distance"])


def seconds_to_reach(rows: list[dict], distance: float) -> float:
    """When a contestant's distance first was as low, by a straight line between the logarithms of
    its scores; the time of its first score where that was lower already, infinity where none was.
    """
    before = None
    for row in rows:
        if row["frechet_distance"] <= distance:
            if before is None:
                return row["seconds"]
            times, scores = (
                np.log([each[name] for each in (before, row)])
                for name in ("seconds", "frechet_distance")
            )
            share = (np.log(distance) - scores[0]) / (scores[1] - scores[0])
            return float(np.exp(times[0] + share * (times[1] - times[0])))
        before = row
    return float("inf")


def _ours(name, train, budgets, judge, test_features) -> list[dict]:
    """Our recipe with its schedule laid over the largest budget."""
    recipe = get_recipe(name)
    batches = pipeline.batches(train, recipe.batch_size, seed=0, labelled=recipe.conditional)

    def made(steps: int) -> ganlib.GAN:
        gan = build_gan(recipe, train.image_shape, train.num_classes)
        compile_gan(gan, recipe, epochs=1, steps_per_epoch=steps)
        return gan

    per_second = {xla: _pace(made(1000), batches, xla) for xla in (False, True)}
    xla = per_second[True] > per_second[False]
    gan = made(int(per_second[xla] * budgets[-1]))
    return _race(
        gan, gan.ema_generator, xla, batches, recipe.batch_size, budgets, judge, test_features
    )


def _peer(name, train, budgets, judge, test_features) -> list[dict]:
    labelled = isinstance(PEERS[name]()[0], ganlib.ConditionalGAN)
    batches = pipeline.batches(train, PEERS[name]()[1], seed=0, labelled=labelled)
    per_second = {xla: _pace(PEERS[name]()[0], batches, xla) for xla in (False, True)}
    keras.utils.set_random_seed(0)
    gan, batch_size = PEERS[name]()
    return _race(
        gan, gan.generator, per_second[True] > per_second[False], batches, batch_size, budgets,
        judge, test_features,
    )  # fmt: skip


def _pace(gan, batches, xla: bool) -> float:
    """Steps a second, compiling not counted: every contestant races in the faster of two ways."""
    step, iterator = tf.function(gan.train_step, jit_compile=xla), iter(batches)
    step(next(iterator))
    begin, steps = time.perf_counter(), 0
    while steps < 2 or time.perf_counter() - begin < TRIAL_SECONDS:
        step(next(iterator))
        steps += 1
    return steps / (time.perf_counter() - begin)


def _race(gan, generator, xla, batches, batch_size, budgets, judge, test_features) -> list[dict]:
    rows, trained, steps = [], 0.0, 0
    step, iterator = tf.function(gan.train_step, jit_compile=xla), iter(batches)
    step(next(iterator))
    begin = time.perf_counter()
    for budget in budgets:
        while trained + time.perf_counter() - begin < budget:
            step(next(iterator))
            steps += 1
        trained += time.perf_counter() - begin
        rows.append(
            {"seconds": budget, "images_per_second": steps * batch_size / trained, "xla": xla}
            | _score(gan, generator, judge, test_features)
        )
        begin = time.perf_counter()
    return rows


def _score(gan, generator, judge, test_features) -> dict:
    original, gan.ema_generator = gan.ema_generator, generator
    images = gan.generate(SAMPLES, seed=1)
    gan.ema_generator = original
    seen = judge.labels(images)
    counts = metrics.class_counts(seen, 10)
    row = {
        "frechet_distance": metrics.frechet_distance(judge.features(images), test_features),
        "rarest_class_share": float(counts.min() / SAMPLES),
    }
    if isinstance(gan, ganlib.ConditionalGAN):
        row["label_agreement"] = metrics.label_agreement(np.arange(SAMPLES) % 10, seen)
    return row


def print_quality(found: dict) -> None:
    print(
        f"\nFréchet distance, {found['samples']:,} samples against as many test images "
        f"(floor: {found['floor']:.2f}; classifier right on {found['classifier_accuracy']:.1%})"
    )
    print(
        "contestant                 img/s   " + "seconds: distance, rarest class, label agreement"
    )
    for name, rows in found["contestants"].items():
        cells = [
            f"{row['seconds']:.0f}: {row['frechet_distance']:.2f}, {row['rarest_class_share']:.1%}"
            + (f", {row['label_agreement']:.3f}" if "label_agreement" in row else "")
            for row in rows
        ]
        print(f"{name:24} {rows[-1]['images_per_second']:7,.0f}   " + "   ".join(cells))
    print("\nseconds to the distance that each peer ends with")
    raced = found["contestants"]
    for name in filter(raced.get, PEERS):
        last = raced[name][-1]
        for ours in filter(raced.get, OURS):
            seconds = seconds_to_reach(raced[ours], last["frechet_distance"])
            print(
                f"{name:24} {last['frechet_distance']:6.2f} after {last['seconds']:5.0f} s; {ours} "
                f"{seconds:5.0f} s: {last['seconds'] / seconds:.0f} times sooner"
            )


def time_to_quality(quality: dict) -> plotting.Figure:
    """Fréchet distance against seconds of training, every contestant of the benchmark."""
    figure = new_figure(
        "Quality against training time on Fashion-MNIST, two cores",
        7.5,
        3.6,
        alt="Quality against training time on Fashion-MNIST, two cores",
    )
    axes = figure.subplots()
    styles = zip((BLUE, ORANGE, GREEN, VERMILION, PURPLE, GREY), "osD^v<", strict=True)
    for (name, rows), (colour, marker) in zip(quality["contestants"].items(), styles, strict=False):
        axes.plot(
            [row["seconds"] for row in rows],
            [row["frechet_distance"] for row in rows],
            color=colour,
            marker=marker,
            label=name,
        )
    axes.axhline(quality["floor"], color=GREY, linestyle=":", label="floor: train against test")
    axes.set(
        xlabel="seconds of training", ylabel="Fréchet distance\n(lower is better)", yscale="log",
        xscale="log",
    )  # fmt: skip
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks(
        sorted({row["seconds"] for rows in quality["contestants"].values() for row in rows})
    )
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    tidy(axes)
    return figure


if __name__ == "__main__":
    main()
