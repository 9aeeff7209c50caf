"""``python -m benchmarks.stability toy``: which losses and penalties find the modes of a toy.

Every loss with every penalty, five seeds each, from the same settings; what comes out is kept in
``stability.json``, a key for each subcommand, which notebook 06 shows.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ganlib import files
from ganlib.course.lab.mixtures import grid
from ganlib.course.lab.toys import TOY, toy_scores

RESULTS = Path(__file__).parent / "stability.json"
STEPS = 4000
LOSSES = {
    "non_saturating": {},
    "least_squares": {"loss": "least_squares"},
    "hinge": {"loss": "hinge"},
    "relativistic": {"loss": "relativistic"},
    "wasserstein": {"loss": "wasserstein"},
    "wasserstein, 5 critic steps": {"loss": "wasserstein", "critic_steps": 5},
}
# One weight for all: a table of settings that were each tuned for their place would compare the
# tuning. It suits a plane whose modes lie 1 apart, as 10 suits images. The limit of the weights is
# the one at which a critic of this shape has a slope of at most about 1 (sqrt(2) 64^3 c^4 = 1).
PENALTIES = {
    "none": {},
    "clip": {"clip": 0.04},
    "gradient_penalty": {"penalty": "gradient_penalty", "penalty_weight": 0.1},
    "r1": {"penalty": "r1", "penalty_weight": 0.1},
    "r1_r2": {"penalty": "r1_r2", "penalty_weight": 0.1},
}


def toy(arguments: argparse.Namespace, before: dict) -> Iterator[dict]:
    """The table on the grid of 25 modes: scores of each seed, their mean and standard deviation;
    given anew after each row, so that what was computed is not lost."""
    settings = {
        "mixture": grid().name,
        "steps": arguments.steps,
        "seeds": arguments.seeds,
        "settings": TOY,
        "losses": LOSSES,
        "penalties": PENALTIES,
    }
    # Rows that are not asked for are kept if they were made in the same way.
    same = {name: before.get(name) for name in settings} == settings
    cells = dict(before["cells"]) if same else {}
    for name in arguments.losses:
        cells[name] = {column: _cell(arguments, name, column) for column in PENALTIES}
        yield settings | {"cells": {name: cells[name] for name in LOSSES if name in cells}}


def _cell(arguments: argparse.Namespace, loss: str, penalty: str) -> dict:
    settings = LOSSES[loss] | PENALTIES[penalty]
    scores = toy_scores(grid(), steps=arguments.steps, seeds=range(arguments.seeds), **settings)
    cell = _summary(*scores.T)
    print(
        f"{loss:28} {penalty:17} modes {cell['modes_mean']:4.1f} ± {cell['modes_spread']:.1f}"
        f"   good {cell['good_mean']:.2f} ± {cell['good_spread']:.2f}",
        flush=True,
    )
    return cell


def _summary(modes: np.ndarray, good: np.ndarray) -> dict:
    return {
        "modes": [int(count) for count in modes],
        "good": [round(float(share), 4) for share in good],
        "modes_mean": float(modes.mean()),
        "modes_spread": float(modes.std()),
        "good_mean": float(good.mean()),
        "good_spread": float(good.std()),
    }


def _toy_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--losses", nargs="+", choices=LOSSES, default=list(LOSSES))


# By subcommand: what computes its part of the results, given the options and what was there before,
# and what adds its options.
COMMANDS: dict[str, tuple[Callable, Callable]] = {"toy": (toy, _toy_options)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (compute, add_options) in COMMANDS.items():
        add_options(commands.add_parser(name, help=compute.__doc__.split(";")[0]))
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    compute = COMMANDS[arguments.command][0]
    for found in compute(arguments, results.get(arguments.command, {})):
        files.write_json(RESULTS, results | {arguments.command: found})


if __name__ == "__main__":
    main()
