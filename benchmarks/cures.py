"""``python -m benchmarks.cures``: what each repair does to a collapsed game in the plane.

The ring of eight modes, three seeds a game; what comes out is kept in ``cures.json``, which
notebook 06 shows beside runs of its own: how many modes are found, at ten looks, and some of the
generated points at the end. Games that are there already are not run again.

    python -m benchmarks.cures --games packing --steps 2000
"""

import argparse
from typing import Any

import numpy as np

from ganlib import files
from ganlib.course.lab.cures import STORED, Outcome, Trials, read
from ganlib.course.lab.mixtures import ring

POINTS = 400  # of each run's generated points
SLOW: dict[str, Any] = {"discriminator_learning_rate": 1e-4}  # a tenth of the generator's
CRITIC: dict[str, Any] = {"discriminator_learning_rate": 2e-3, "loss": "wasserstein"}
SLOPES = {"penalty": "r1_r2", "penalty_weight": 3.0}
PAIRS = SLOW | {"loss": "relativistic"}
GAMES: dict[str, dict[str, Any]] = {
    "pairs alone": PAIRS,
    "slopes alone": SLOW | SLOPES,
    "lazily, more": PAIRS | SLOPES | {"penalty_weight": 10.0, "penalty_interval": 4},
    "clipping": CRITIC | {"clip": 0.1},
    "packing": SLOW | {"pack": 2},
    "deviation": SLOW | {"minibatch": "stddev"},
    "instance noise": SLOW | {"instance_noise": 0.5},
    "label smoothing": SLOW | {"label_smoothing": 0.1},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments = parser.parse_args()
    trials = Trials(ring(), steps=arguments.steps, seeds=arguments.seeds)
    for name in arguments.games:
        found = read()
        protocol = {"mixture": ring().name, "steps": arguments.steps, "seeds": arguments.seeds}
        games = found.get("games", {}) if found.get("protocol") == protocol else {}
        if games.get(name, {}).get("settings") == GAMES[name]:
            continue
        outcomes = trials.run(**GAMES[name])
        games[name] = {"settings": GAMES[name], "runs": [told(each) for each in outcomes]}
        ordered = {each: games[each] for each in GAMES if each in games}
        files.write_json(STORED, {"protocol": protocol, "games": ordered})
        print(f"{name}: modes {[int(each.modes[-1]) for each in outcomes]}", flush=True)


def told(outcome: Outcome) -> dict:
    """What is stored of a run: points in hundredths."""
    points = np.rint(100 * np.nan_to_num(outcome.samples[-1][:POINTS])).astype(int)
    return {
        "steps": outcome.steps.tolist(),
        "modes": outcome.modes.tolist(),
        "good": outcome.good.round(4).tolist(),
        "slope": [float(f"{slope:.4g}") for slope in outcome.slope],
        "points": " ".join(map(str, points.ravel())),
    }


if __name__ == "__main__":
    main()
