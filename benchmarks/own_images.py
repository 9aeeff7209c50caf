"""Time and memory of training on a folder of pictures, by their number and size.

    python -m benchmarks.own_images          measures, prints, and writes own_images.csv

Each row is a process of its own: it reads a folder of coloured drawn garments (PNG, twice the size
that is trained at) for the first time, then, in another process, for the second time, and trains
the recipe cgan for some steps. ``peak_gb`` is the most memory that the second process held,
with what is mapped from the disk, which the system takes back where memory is short; ``own_gb``
is what it held in the end without that (Linux alone tells it).
"""

import argparse
import csv
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ganlib.data import load_data
from ganlib.data.sketches.drawing import CLASS_NAMES, draw

SIZES, COUNTS = (28, 64, 128), (1_000, 10_000, 100_000)
STEPS = 30
RESULTS = Path(__file__).with_name("own_images.csv")
COLUMNS = (
    "size",
    "pictures",
    "first_seconds",
    "second_seconds",
    "images_per_second",
    "peak_gb",
    "own_gb",
)


def write_pictures(folder: Path, count: int, size: int) -> None:
    """``count`` drawn garments in colour, in a folder for each class."""
    from PIL import Image

    for name in CLASS_NAMES:
        (folder / name.replace("/", "-")).mkdir(parents=True)
    for start in range(0, count, 1_000):
        images, labels = draw(min(1_000, count - start), size=size, channels=3, seed=start)
        for index, (image, label) in enumerate(zip(images, labels, strict=True), start):
            name = CLASS_NAMES[label].replace("/", "-")
            Image.fromarray(image).save(folder / name / f"{index:06}.png", compress_level=1)


def measure(folder: Path, size: int, steps: int) -> dict[str, float]:
    """What this process needs to read the folder, and to train ``steps`` steps on it."""
    begun = time.perf_counter()
    data = load_data("images", folder, image_size=size)
    measured = {"seconds": time.perf_counter() - begun}
    if steps:
        from ganlib.building import build_gan, compile_gan
        from ganlib.data import batches
        from ganlib.recipes import get_recipe

        recipe = get_recipe("cgan")
        gan = build_gan(recipe, data.image_shape, data.num_classes)
        compile_gan(gan, recipe, epochs=1, steps_per_epoch=2 * steps)
        feed = batches(data, recipe.batch_size, seed=0, labelled=True)
        gan.fit(feed, steps_per_epoch=steps, epochs=1, verbose=0)  # compiles
        begun = time.perf_counter()
        gan.fit(feed, steps_per_epoch=steps, epochs=1, verbose=0)
        seconds = time.perf_counter() - begun
        measured["images_per_second"] = steps * recipe.batch_size / seconds
    measured["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    status = Path("/proc/self/status").read_text("utf-8")
    measured["own_gb"] = int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) / 1024**2
    return measured


def row(size: int, count: int) -> dict[str, float]:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pictures"
        write_pictures(folder, count, 2 * size)
        environment = os.environ | {"GANLIB_CACHE": str(Path(place) / "cache")}

        def apart(steps: int) -> dict[str, float]:
            command = [sys.executable, "-m", "benchmarks.own_images", "--row", str(folder)]
            said = subprocess.run(
                [*command, str(size), str(steps)],
                env=environment, capture_output=True, text=True, check=True,
            )  # fmt: skip
            return json.loads(said.stdout.splitlines()[-1])

        first, second = apart(0), apart(STEPS)
    return {
        "size": size,
        "pictures": count,
        "first_seconds": round(first["seconds"], 1),
        "second_seconds": round(second["seconds"], 1),
        "images_per_second": round(second["images_per_second"]),
        "peak_gb": round(second["peak_gb"], 2),
        "own_gb": round(second["own_gb"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--row", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.row:
        folder, size, steps = asked.row
        print(json.dumps(measure(Path(folder), int(size), int(steps))))
        return
    rows = []
    print(" ".join(f"{name:>18}" for name in COLUMNS))
    for size in asked.sizes:
        for count in asked.counts:
            rows.append(row(size, count))
            print(" ".join(f"{rows[-1][name]:>18,}" for name in COLUMNS), flush=True)
    with open(RESULTS, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
