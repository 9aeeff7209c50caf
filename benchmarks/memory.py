"""What trainings leave in the memory of their process: ``python -m benchmarks.memory``.

Small runs, one after the other, compiled by XLA as ``train`` does and then without it; after each
the run is deleted and garbage collected. A line for each way: megabytes of growth per training.
"""

import argparse
import gc
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout

import psutil

from ganlib import building as building_module

WAYS = ("xla", "no xla", "xla, clear_session")


def growth(way: str, runs: int) -> float:
    """Mean growth of the resident memory, in MB, from the first training's end to the last's."""
    import keras

    import ganlib

    pass  # IMPORTS
    from ganlib.building import compile_gan
    from ganlib.data.dataset import DataSet
    from ganlib.data.sketches.drawing import CLASS_NAMES, draw

    def compile_plainly(gan, recipe, **schedule) -> None:
        compile_gan(gan, recipe, **schedule)
        gan.jit_compile = False

    if way == "no xla":
        building_module.compile_gan = compile_plainly
    data = DataSet(*draw(320, size=8, seed=0), CLASS_NAMES, "tiny")
    resident = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(None):
            ganlib.train(
                "cgan", data, epochs=1, run_dir=folder, live=False,
                generator_width=8, discriminator_width=8,
            )  # fmt: skip
        if way == "xla, clear_session":
            keras.backend.clear_session()
        gc.collect()
        resident.append(psutil.Process().memory_info().rss / 2**20)
    return (resident[-1] - resident[0]) / (runs - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    # A process each: what one way leaves, the next would start from.
    context = multiprocessing.get_context("spawn")
    for way in WAYS:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            found = pool.submit(growth, way, arguments.runs).result()
        print(f"{way:20} {found:5.1f} MB a training", flush=True)


if __name__ == "__main__":
    main()
