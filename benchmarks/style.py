"""The style-based recipe against DCGANs on the same pictures, for the same time.

    python -m benchmarks.style FOLDER [FOLDER …] --minutes 10 --seeds 0 1 2

A contestant's steps are measured first, so that its rates have decayed when its time is up;
compiling and scoring do not count. Distances are to held-out pictures, in the features of a
classifier and in random ones, each beside its floor. Every run is added to benchmarks/style.json as
soon as it has ended, and one that stands there is not run again.
"""

import argparse
import json
import time
from pathlib import Path

import ganlib
from benchmarks.quality import TRIAL_SECONDS
from ganlib import files
from ganlib.building import build_gan, compile_gan
from ganlib.data import DataSet, batches
from ganlib.evaluation import reference_for, scorer
from ganlib.evaluation.untrained import untrained_reference
from ganlib.images import unscale
from ganlib.recipes import KEPT_IN_CHECK, get_recipe

RESULTS = Path(__file__).parent / "style.json"
CONTESTANTS = {
    "style": ("style", {}),
    "cgan": ("cgan", {}),
    "cgan, kept in check": ("cgan", KEPT_IN_CHECK),
}
SAMPLES = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="pictures, a sub-folder a class")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--size", type=int, default=64, help="the side in pixels")
    asked = parser.parse_args()
    for folder in asked.folders:
        train, test = (
            ganlib.load_data("images", folder, split=split, image_size=asked.size, fit="pad")
            for split in ("train", "test")
        )
        for seed in asked.seeds:
            for name in CONTESTANTS:
                key = f"{folder.name}, {asked.size} px, {asked.minutes:g} min: {name}, seed {seed}"
                found = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
                if key not in found:
                    row = race(name, train, test, 60 * asked.minutes, seed)
                    files.write_json(RESULTS, found | {key: row})
                    print(key, row, flush=True)


def race(name: str, train: DataSet, test: DataSet, seconds: float, seed: int) -> dict:
    """A contestant's scores after so many seconds."""
    recipe_name, changed = CONTESTANTS[name]
    recipe = get_recipe(recipe_name, **changed)
    steps = round(seconds * speed(recipe, train))
    gan = build_gan(recipe, train.image_shape, train.num_classes, seed=seed)
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=steps)
    feed = batches(train, recipe.batch_size, seed=seed, labelled=True)
    begun = time.perf_counter()
    gan.fit(feed, steps_per_epoch=steps, epochs=1, verbose=0)
    taken = time.perf_counter() - begun
    random = untrained_reference(train, test, min(SAMPLES, len(test)))
    images = unscale(gan.generate(random.samples, seed=1))
    return {
        "steps": steps,
        "seconds": round(taken),
        "images_per_second": round(steps * recipe.batch_size / taken, 1),
        "distance": round(float(scorer(train, test)(gan)), 2),
        "floor": round(float(reference_for(train, test).floor["frechet_distance"]), 2),
        "untrained": round(random.distance(images), 4),
        "untrained_floor": round(random.floor, 4),
    }


def speed(recipe, train: DataSet) -> float:
    """Steps a second, in whole rounds of the penalty."""
    gan = build_gan(recipe, train.image_shape, train.num_classes)
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=1000)
    feed = batches(train, recipe.batch_size, seed=0, labelled=True)
    gan.fit(feed, steps_per_epoch=recipe.penalty_interval, epochs=1, verbose=0)  # compiles
    done, begun = 0, time.perf_counter()
    while (taken := time.perf_counter() - begun) < TRIAL_SECONDS:
        gan.fit(feed, steps_per_epoch=2 * recipe.penalty_interval, epochs=1, verbose=0)
        done += 2 * recipe.penalty_interval
    return done / taken


if __name__ == "__main__":
    main()
