"""Ways to tell a GAN the class, compared at equal computing time: trains the recipe cgan with each,
three seeds, a process a run.

    python -m benchmarks.conditioning --write    and keep the table as benchmarks/conditioning.csv

Computing time is the processor's, of all cores, so that other programs take none of it; compiling
is not counted. Every run trains on 54,000 training images at constant rates, and is scored on the
6,000 others: its Fréchet distance, the share of its images that the classifier gives the class
asked for, and the share of the real variety that they have (recall).
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

import ganlib
from ganlib.evaluation import metrics, neighbours

TABLE = Path(__file__).with_suffix(".csv")
VARIANTS = {
    "projection": {},
    "label planes": {"conditioning": "planes"},
    "auxiliary classifier": {"conditioning": "auxiliary"},
    "projection, conditional batch norm": {"generator_conditioning": "batch_norm"},
}
SECONDS, SEEDS = 80.0, (0, 1, 2)
HELD_OUT = 6000
COLUMNS = (
    "variant", "seed", "steps", "cpu_seconds", "frechet_distance", "agreement", "recall",
)  # fmt: skip


class Budget(keras.callbacks.Callback):
    """Ends the training after so many seconds of the processor, counted from the first interval's
    end: it holds the compiler's time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.begun, self.used = seconds, None, 0.0

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        now = time.process_time()
        self.begun = self.begun or now
        self.used = now - self.begun
        self.model.stop_training |= self.used >= self.seconds


def row_of(variant: str, seed: int, seconds: float) -> dict:
    """One run's row of the table."""
    train, test = ganlib.load_data("fashion_mnist"), ganlib.load_data("fashion_mnist", split="test")
    order = train.stratified(len(train))
    parts = [
        replace(train, images=train.images[part], labels=train.labels[part])
        for part in (order[HELD_OUT:], order[:HELD_OUT])
    ]
    budget = Budget(seconds)
    with tempfile.TemporaryDirectory() as folder:
        run = ganlib.train(
            "cgan", parts[0], epochs=100, seed=seed, run_dir=Path(folder) / "run", live=False,
            decay_share=0.0, callbacks=[budget], **VARIANTS[variant],
        )  # fmt: skip
        labels = parts[1].labels
        images = run.generate(HELD_OUT, labels, seed=seed)
        steps = int(run.gan.step)
    classifier = ganlib.classifier_for(train, test)
    real, fake = classifier.features(parts[1].images), classifier.features(images)
    return {
        "variant": variant,
        "seed": seed,
        "steps": steps,
        "cpu_seconds": round(budget.used, 1),
        "frechet_distance": round(metrics.frechet_distance(fake, real), 3),
        "agreement": round(metrics.label_agreement(labels, classifier.labels(images)), 4),
        "recall": round(neighbours.precision_recall_density_coverage(real, fake)["recall"], 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("VARIANT", "SEED"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        variant, seed = arguments.one
        print("ROW", json.dumps(row_of(variant, int(seed), arguments.seconds)))
        return
    rows = []
    for seed in SEEDS:
        for variant in VARIANTS:
            command = [sys.executable, "-m", "benchmarks.conditioning", "--one", variant, str(seed)]
            command += ["--seconds", str(arguments.seconds)]
            said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            (row,) = [json.loads(line[4:]) for line in said.splitlines() if line.startswith("ROW ")]
            rows.append(row)
            print(*row.values(), sep="  ", flush=True)
    for variant in VARIANTS:
        own = [row for row in rows if row["variant"] == variant]
        told = (f"{np.mean([r[c] for r in own]):.3f} ± {np.std([r[c] for r in own]):.3f}"
                for c in ("frechet_distance", "agreement", "recall"))  # fmt: skip
        print(f"{variant:36}", *told, sep="   ")
    if arguments.write:
        with open(TABLE, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
