"""What was tried on the way to the long runs: trains a recipe with changes, scores it, and adds a
line to benchmarks/tried.csv.

    python -m benchmarks.tried cgan --epochs 8 --seed 0 generator_width=64 batch_size=64

The run lies in runs/tried/ and is gone on with where it was stopped; what is in the table already
is not trained again.
"""

import argparse
import ast
import csv
from pathlib import Path

import numpy as np

import ganlib
from ganlib import paths
from ganlib.evaluation.report import evaluate

TABLE = Path(__file__).parent / "tried.csv"
SCORES = (
    "frechet_distance", "precision", "recall", "coverage", "smallest_class", "label_agreement",
    "near_training_features",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("recipe")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("changes", nargs="*", metavar="field=value")
    arguments = parser.parse_intermixed_args()
    changes = dict(change.split("=", 1) for change in arguments.changes)
    what = " ".join([arguments.recipe, *arguments.changes])
    if (what, str(arguments.epochs), str(arguments.seed)) in _keys():
        print(f"{what}, {arguments.epochs} epochs, seed {arguments.seed}: in the table already")
        return
    train = ganlib.load_data("fashion_mnist")
    run = ganlib.train(
        arguments.recipe,
        train,
        epochs=arguments.epochs,
        seed=arguments.seed,
        run_dir=_folder(what, arguments.epochs, arguments.seed),
        **{name: _value(text) for name, text in changes.items()},
    )
    if run.history["epoch"][-1] < arguments.epochs:
        return  # stopped on the way: the same command goes on
    report = evaluate(run, train, ganlib.load_data("fashion_mnist", split="test"), seeds=[0])
    seconds = run.history["seconds"]
    pace = np.median(np.diff(run.history["step"]) / np.diff(seconds))
    row = {
        "what": what,
        "epochs": arguments.epochs,
        "seed": arguments.seed,
        "minutes": f"{seconds[-1] / 60:.1f}",
        "images_per_second": f"{pace * run.settings['recipe']['batch_size']:.0f}",
    }
    row |= {
        name: f"{report['scores'][name]['mean']:.4g}" for name in SCORES if name in report["scores"]
    }
    _append(row)
    print(row)


def _value(text: str):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _folder(what: str, epochs: int, seed: int) -> Path:
    name = "".join(c if c.isalnum() or c in "._=" else "-" for c in what)
    return paths.runs_dir() / "tried" / f"{name}-{epochs}-{seed}"


COLUMNS = ("what", "epochs", "seed", "minutes", "images_per_second", *SCORES)


def _keys() -> set[tuple[str, ...]]:
    if not TABLE.exists():
        return set()
    with open(TABLE, newline="", encoding="utf-8") as file:
        return {(row["what"], row["epochs"], row["seed"]) for row in csv.DictReader(file)}


def _append(row: dict) -> None:
    new = not TABLE.exists()
    with open(TABLE, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
