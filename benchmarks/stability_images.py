"""Losses x penalties on Fashion-MNIST: the recipe "dcgan" with other games, for as many steps each,
three seeds, scored by 10,000 images against the shipped reference.

    python -m benchmarks.stability_images --steps 20000

Each run adds itself to benchmarks/stability_images.json as it ends; what is there for the same
steps and seed is not run again, so that it may be stopped and started at will.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np

import ganlib
from ganlib.building import build_gan, compile_gan
from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import batches
from ganlib.evaluation.reference import Reference, shipped_reference
from ganlib.evaluation.report import evaluate
from ganlib.files import write_json
from ganlib.recipes import get_recipe
from ganlib.training.schedule import STEPS_PER_EXECUTION

RESULTS = Path(__file__).parent / "stability_images.json"
RECIPE = "dcgan"
PARTS = 20
SCORES = ("frechet_distance", "precision", "recall", "density", "coverage", "smallest_class")
# What each changes in the recipe. Penalties need a discriminator that judges each image alone, so
# there is no batch norm beside them.
GAMES = {
    "non_saturating": {},
    "non_saturating + r1": {"normalization": "none", "penalty": "r1", "penalty_weight": 1.0},
    "hinge": {"loss": "hinge"},
    "hinge + spectral": {"loss": "hinge", "normalization": "spectral"},
    "least_squares": {"loss": "least_squares"},
    "wasserstein + gradient_penalty": {
        "loss": "wasserstein",
        "normalization": "layer",
        "penalty": "gradient_penalty",
        "penalty_weight": 10.0,
    },
    "wasserstein + clip": {"loss": "wasserstein", "clip": 0.05},
    "relativistic + r1_r2": {
        "loss": "relativistic",
        "normalization": "none",
        "penalty": "r1_r2",
        "penalty_weight": 1.0,
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=20_000, help="steps of the generator, a run")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    if arguments.steps < PARTS or arguments.steps % PARTS:
        parser.error(f"--steps must be a multiple of {PARTS}")
    data, reference = ganlib.load_data("fashion_mnist"), shipped_reference()
    for seed in arguments.seeds:  # all games of a seed first: a table that is cut short is fair
        for game in arguments.games:
            found = read(arguments.results)
            if any(
                (run["game"], run["steps"], run["seed"]) == (game, arguments.steps, seed)
                for run in found["runs"]
            ):
                print(f"{game}, seed {seed}: there already", flush=True)
                continue
            found["floor"] = {name: reference.floor[name] for name in SCORES}
            found["protocol"] = reference.card | {"recipe": RECIPE}
            found["runs"].append(one_run(game, data, reference, arguments.steps, seed))
            write_json(arguments.results, found)
            print(summary(found["runs"][-1]), flush=True)


def read(path: Path) -> dict:
    """What is stored, or an empty store."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {"runs": []}


def one_run(game: str, data: DataSet, reference: Reference, steps: int, seed: int) -> dict:
    """Trains and scores; a run that diverged has the step in place of scores."""
    recipe = get_recipe(RECIPE, **GAMES[game])
    gan = build_gan(recipe, data.image_shape, data.num_classes, seed=seed)
    each = steps // PARTS
    # The schedule is laid over the whole run; the last part's mean losses are the final ones.
    compile_gan(
        gan,
        recipe,
        epochs=PARTS,
        steps_per_epoch=each,
        steps_per_execution=math.gcd(each, STEPS_PER_EXECUTION),
    )
    stream = batches(data, recipe.batch_size * recipe.critic_steps, seed=seed)
    begin = time.perf_counter()
    fitted = gan.fit(stream, steps_per_epoch=each, epochs=PARTS, shuffle=False, verbose=0)
    told = {
        "game": game,
        "changes": GAMES[game],
        "seed": seed,
        "steps": steps,
        "seconds": round(time.perf_counter() - begin, 1),
        "generator_loss": fitted.history["generator_loss"][-1],
        "discriminator_loss": fitted.history["discriminator_loss"][-1],
        "diverged_at": int(gan.diverged_at),
    }
    finite = all(np.isfinite(weight).all() for weight in gan.ema_generator.get_weights())
    if told["diverged_at"] >= 0 or not finite:
        return told | {"scores": None}
    report = evaluate(gan, seeds=[0], reference=reference)
    scores = {name: report["scores"][name]["mean"] for name in SCORES}
    return told | {"scores": scores, "missing": report["classes"]["missing"]}


def summary(run: dict) -> str:
    """One line of a run."""
    head = f"{run['game']:32s} seed {run['seed']}  {run['seconds']:6.0f} s  "
    if run["scores"] is None:
        return head + f"diverged at step {run['diverged_at']}"
    scores = "  ".join(f"{name} {run['scores'][name]:.3g}" for name in SCORES[:3])
    return head + scores + f"  missing: {', '.join(run['missing']) or 'none'}"


if __name__ == "__main__":
    main()
