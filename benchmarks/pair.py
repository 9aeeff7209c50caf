"""The speed of two versions of ganlib side by side, on one machine.

    python -m benchmarks.pair ../older            60 turns each of cgan and of cgan-400

Each version trains in a process of its own, and they take turns of a second or so, so that
whatever else the machine does falls on both alike. Prints the median of the ratios of neighbouring
turns, new to old, and where half of them lie.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent.parent
STEPS = 96  # of a turn: a multiple of every penalty's interval
# It imports by what every version has: build_gan and compile_gan have moved between modules.
WORKER = f"""
import importlib, sys, time
import ganlib
from ganlib.recipes import get_recipe

def found(name):
    for home in ("building", "recipes", "training", "data", "data.pipeline", "pipeline"):
        try:
            return getattr(importlib.import_module("ganlib." + home), name)
        except (ImportError, AttributeError):
            continue
    raise ImportError(name)

data, recipe = ganlib.load_data("sketches"), get_recipe("RECIPE")
gan = found("build_gan")(recipe, data.image_shape, data.num_classes, seed=0)
found("compile_gan")(gan, recipe, epochs=10, steps_per_epoch=1000, steps_per_execution=8)
batches = found("batches")(data, recipe.batch_size, labelled=recipe.conditional, seed=0)

def turn():
    begun = time.perf_counter()
    gan.fit(batches, steps_per_epoch={STEPS}, epochs=1, shuffle=False, verbose=0)
    return time.perf_counter() - begun

turn()  # compiles
print("READY", flush=True)
for _ in sys.stdin:
    print("SECONDS", turn(), flush=True)
"""


class Version:
    """A version's training, a turn at a time."""

    def __init__(self, root: Path, recipe: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER.replace("RECIPE", recipe)],
            env=os.environ | {"PYTHONPATH": str(root), "TF_CPP_MIN_LOG_LEVEL": "2"},
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line("READY")

    def _line(self, begins: str) -> str:
        for line in self.process.stdout:
            if line.startswith(begins):
                return line
        raise RuntimeError("a version's process ended early; its error stands above")

    def seconds(self) -> float:
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self._line("SECONDS").split()[1])

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("older", type=Path, help="the other version's working tree")
    parser.add_argument("--recipes", nargs="+", default=["cgan", "cgan-400"])
    parser.add_argument("--turns", type=int, default=60)
    arguments = parser.parse_args()
    for recipe in arguments.recipes:
        old, new = (Version(root, recipe) for root in (arguments.older.resolve(), HERE))
        ratios = []
        for turn in range(arguments.turns):
            order = (old, new) if turn % 2 else (new, old)
            taken = {version: version.seconds() for version in order}
            ratios.append(taken[old] / taken[new])
        for version in (old, new):
            version.end()
        low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
        print(f"{recipe:10} new to old {middle:.3f} (half of the turns {low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
