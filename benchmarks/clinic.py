"""The stored runs of notebook 07: healthy, and with one setting changed, three seeds each; the six
patients; and healthy runs of different settings for "does the loss measure quality?".

    python -m benchmarks.clinic

Each run is written to runs/clinic/ as it ends; what is there is not run again, so that it may be
stopped and started at will. At the end all are packed into ganlib/course/clinic/.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

import ganlib
from ganlib.course.lab.clinic import CASES, STEPS, STORED, TRIED, Chart, Clinic, seal
from ganlib.files import replacing, write_json
from ganlib.paths import project_root

SEEDS = (0, 1, 2)
# The patients in the order of their numbers: the case, and a seed that the gallery has not.
PATIENTS = (
    ("few images", 11),
    ("mixed batches", 12),
    ("healthy", 13),
    ("mode collapse", 14),
    ("leak", 15),
    ("rate too high", 16),
)
VARIATIONS = 24


def variations() -> dict[str, dict]:
    """Settings that somebody might choose: drawn once, each named by its number."""
    rng, drawn = np.random.default_rng(7), {}
    for number in range(VARIATIONS):
        rates = 10 ** rng.uniform(-3.5, -2.6, 2)
        drawn[f"{number:02d}"] = {
            "learning_rate": round(float(rates[0]), 6),
            "discriminator_learning_rate": round(float(rates[1]), 6),
            "generator_width": int(rng.choice([12, 24])),
            "discriminator_width": int(rng.choice([12, 24])),
            "beta_1": float(rng.choice([0.0, 0.5])),
            "normalization": str(rng.choice(["batch", "layer", "none"])),
        }
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=project_root() / "runs" / "clinic")
    parser.add_argument("--only", nargs="*", help="cases, or the words patients and variations")
    parser.add_argument("--seeds", type=int, nargs="+", help="these alone")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, seed, change in jobs():
        named = not arguments.only or name.split("/")[0] in arguments.only
        if named and (not arguments.seeds or seed in arguments.seeds):
            one_run(arguments.folder, name, seed, change)
    if not arguments.only and not arguments.seeds:
        pack(arguments.folder)


def jobs():
    """All runs: name, seed, change. A seed of all cases first: what is cut short is fair."""
    changes = {name: case.change for name, case in CASES.items()} | TRIED
    for seed in SEEDS[:1]:
        yield from ((name, seed, change) for name, change in changes.items())
    for number, (name, seed) in enumerate(PATIENTS, start=1):
        yield f"patients/{number}", seed, CASES[name].change
    for seed in SEEDS[1:]:
        yield from ((name, seed, change) for name, change in changes.items())
    for seed, (name, change) in enumerate(variations().items(), start=100):
        yield f"variations/{name}", seed, change


def place_of(folder: Path, name: str, seed: int) -> Path:
    return folder / f"{name.replace('/', '-').replace(' ', '-')}-{seed}.npz"


def one_run(folder: Path, name: str, seed: int, change: dict) -> None:
    place = place_of(folder, name, seed)
    if place.exists():
        return
    data, test = (ganlib.load_data("fashion_mnist", split=split) for split in ("train", "test"))
    begin = time.process_time()
    chart = Clinic(data, test, steps=STEPS, seed=seed).run(change)
    seconds = round(time.process_time() - begin, 1)
    told = json.dumps({"change": change, "scores": chart.scores, "cpu_seconds": seconds})
    with replacing(place) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(
            stream, told=told, images=chart.images, moments=chart.moments, **chart.history
        )
    scores = "  ".join(f"{key} {value:.3g}" for key, value in chart.scores.items())
    print(f"{name:28s} seed {seed:3d} {seconds:5.0f} s  {scores}", flush=True)


def read(folder: Path, name: str, seed: int) -> tuple[dict, Chart]:
    """What is stored of a run: its change and its cost, and its chart."""
    with np.load(place_of(folder, name, seed)) as stored:
        arrays = dict(stored)
    told, images, moments = (
        json.loads(str(arrays.pop("told"))),
        *map(arrays.pop, ("images", "moments")),
    )
    return told, Chart(arrays, images, moments, told["scores"])


def pack(folder: Path) -> None:
    """Writes the package's data from all runs that are there."""
    found = {
        (name, seed): read(folder, name, seed)
        for name, seed, _ in jobs()
        if place_of(folder, name, seed).exists()
    }
    runs: dict[str, list] = {}
    pictures = {}
    for (name, seed), (told, chart) in found.items():
        if "/" in name:
            continue
        runs.setdefault(name, []).append({"seed": seed, **told, "history": lines(chart)})
        if seed == SEEDS[0]:
            pictures |= {f"{name}/{seed}/images": chart.images}
        if seed == SEEDS[0] and name in ("healthy", "oscillation"):
            pictures |= {f"{name}/{seed}/moments": chart.moments}
    write("gallery", {"steps": STEPS, "runs": runs}, pictures)

    runs, pictures = [], {}
    for number, (case, seed) in enumerate(PATIENTS, start=1):
        told, chart = found[f"patients/{number}", seed]
        runs.append({"scores": told["scores"], "history": lines(chart), "sealed": seal(case)})
        pictures |= {f"{number}/images": chart.images, f"{number}/moments": chart.moments}
    write("patients", {"steps": STEPS, "runs": runs}, pictures)

    runs = [
        {"seed": seed, **told, "losses": {k: round(chart.late(k), 4) for k in LOSSES}}
        for (name, seed), (told, chart) in found.items()
        if name.startswith("variations/")
    ]
    write_json(STORED / "variations.json", {"steps": STEPS, "runs": runs})


LOSSES = ("generator_loss", "discriminator_loss")


def lines(chart: Chart) -> dict[str, list[float]]:
    return {name: np.round(line, 4).tolist() for name, line in chart.history.items()}


def write(name: str, told: dict, pictures: dict[str, np.ndarray]) -> None:
    write_json(STORED / f"{name}.json", told)
    with replacing(STORED / f"{name}.npz") as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **pictures)


if __name__ == "__main__":
    main()
