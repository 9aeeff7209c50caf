"""The speed of two versions of ganlib side by side: their trainings take turns, on one machine.

    python -m benchmarks.pair ../older            five turns each of cgan and of cgan-400

Prints images a second of both and the median of the ratios of neighbours, new to old. It uses only
what every version has: ``load_data``, ``train`` and the history's seconds.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent.parent
IMAGES, EPOCHS = 6400, 3
TIMED = f"""
import json, tempfile
import numpy as np
import ganlib

data = ganlib.load_data("sketches").subset({IMAGES})
with tempfile.TemporaryDirectory() as folder:
    run = ganlib.train("RECIPE", data, epochs={EPOCHS}, run_dir=folder + "/run", live=False)
    seconds, steps = (np.diff(run.history[name]) for name in ("seconds", "step"))
    later = len(seconds) // {EPOCHS}  # the first epoch is the compiler's, and keeps its pictures
    batch = run.settings["recipe"]["batch_size"]
    print("RESULT", json.dumps(float(np.median(steps[later:] / seconds[later:]) * batch)))
"""


def images_per_second(root: Path, recipe: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", TIMED.replace("RECIPE", recipe)],
        env=os.environ | {"PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    return json.loads(line.split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("older", type=Path, help="the other version's working tree")
    parser.add_argument("--recipes", nargs="+", default=["cgan", "cgan-400"])
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    for recipe in arguments.recipes:
        ratios = []
        for turn in range(arguments.turns):
            order = [arguments.older.resolve(), HERE][:: 1 if turn % 2 else -1]
            speeds = {root: images_per_second(root, recipe) for root in order}
            old, new = speeds[arguments.older.resolve()], speeds[HERE]
            ratios.append(new / old)
            print(f"{recipe:10} old {old:8,.0f}   new {new:8,.0f}   {new / old:.3f}", flush=True)
        low, middle, high = np.quantile(ratios, (0, 0.5, 1))
        print(f"{recipe:10} new to old {middle:.3f} ({low:.3f} to {high:.3f})", flush=True)


if __name__ == "__main__":
    main()
