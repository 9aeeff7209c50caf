"""``make soak``: a run that is killed again and again ends, bit for bit, as one that was not.

A small conditional GAN with everything that has state (batch norm, dropout, embeddings, decaying
rates, two optimizers, a score) is trained with op determinism on and a checkpoint every interval.
Each life of the run is a process of its own that gets SIGKILL: before its first step, at a random
moment after it, or while a checkpoint is being written. The next life goes on from what lies there.
Where a run reaches its end, every array and picture is compared with those of a run that nothing
disturbed, and the next run begins.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganlib import checkpoint, paths, runs

EPOCHS = 10
MOMENTS = ("early", "between", "between", "writing", "writing")
# 162 images in batches of 4: 40 steps an epoch, an interval of 2.
CHILD = f"""
import sys
from benchmarks import soak
import ganlib
from ganlib.data import DataSet
from ganlib.sketches import CLASS_NAMES, draw

ganlib.train(
    "cgan", DataSet(*draw(162, size=8, seed=0), CLASS_NAMES, "tiny"), epochs={EPOCHS},
    run_dir=sys.argv[1], seed=3, deterministic=True, checkpoint_minutes=0.0, score=soak.contrast,
    batch_size=4, generator_width=4, discriminator_width=4, latent_dim=8, discriminator="mlp",
    features=0, dropout=0.3,
)
"""


def contrast(gan) -> float:
    """Stands for a score: something that the weights determine to the last bit."""
    return -float(np.abs(gan.generate(20, seed=1)).mean())


@dataclass
class Life:
    """One process: when it was to be killed, and what it left behind."""

    run: str
    moment: str
    killed: bool
    step: int
    half_written: bool
    said: str


def start(folder: Path) -> subprocess.Popen:
    """Begins, or goes on with, the run in ``folder``."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", CHILD, str(folder)],
        cwd=paths.project_root(),
        env=os.environ | {"TMPDIR": str(folder.parent)},  # what a killed process leaves, goes too
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def live(folder: Path, moment: str | None, delay: float) -> Life:
    """One life of the run in ``folder``, killed ``delay`` (0 to 1) into its ``moment``."""
    process = start(folder)
    said: list[str] = []
    stepped = threading.Event()

    def listen() -> None:
        for line in process.stdout:
            said.append(line)
            if line.startswith("epoch"):
                stepped.set()

    listener = threading.Thread(target=listen)
    listener.start()
    if moment in ("starting", "early"):
        # While Python imports; or until networks are built, steps compiled and the first taken.
        time.sleep((1 if moment == "starting" else 8) * delay)
    elif moment:
        while not stepped.wait(0.01) and process.poll() is None:
            pass
        time.sleep(delay if moment == "between" else 0.3 * delay)
        while moment == "writing" and process.poll() is None and not _half_written(folder):
            time.sleep(0.0005)
        time.sleep(0.01 * delay)  # a checkpoint of this size takes about 10 ms
    if moment:
        process.kill()
    code = process.wait()
    listener.join()
    saved = checkpoint.checkpoints(folder / "checkpoints")
    return Life(
        run=folder.name,
        moment=moment or "to the end",
        killed=code == -9,
        step=int(saved[-1].name.removeprefix("step-")) if saved else 0,
        half_written=_half_written(folder),
        said="".join(said),
    )


def _half_written(folder: Path) -> bool:
    return any((folder / "checkpoints").glob(".writing-*"))


def differences(folder: Path, reference: Path) -> list[str]:
    """The names of what is not the same, to the bit, in two finished runs."""
    found, expected = _content(folder), _content(reference)
    return sorted(
        name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)
    )


def _content(folder: Path) -> dict[str, object]:
    """What a finished run holds, by name, but for its times."""
    saved = checkpoint.checkpoints(folder / "checkpoints")
    content: dict[str, object] = {}
    for path in saved:
        for name, array in checkpoint.load(path).arrays.items():
            content[f"{path.name}/{name}"] = (array.dtype.str, array.shape, array.tobytes())
    meta = checkpoint.load(saved[-1]).meta
    content["rows"] = json.dumps([meta["rows"], meta["best"]])  # NaN is not equal to itself
    for path in (folder / "history.csv", *folder.glob("samples/*")):
        content[path.name] = path.read_bytes()
    run = runs.load_run(folder)  # by its arrays: HDF5 holds the time of writing too
    for network in (run.gan.ema_generator, run.gan.discriminator):
        for k, array in enumerate(network.get_weights()):
            content[f"{network.name} exported {k}"] = array.tobytes()
    return content


def lane(parent: Path, name: str, reference: Path, kills: int, seed: int) -> list[Life]:
    """Runs, one after the other, until ``kills`` processes were killed; the last one is then let
    to its end. Raises AssertionError where a finished run differs or a process failed otherwise."""
    rng = np.random.default_rng(seed)
    lives: list[Life] = []
    for number in itertools.count():
        folder = parent / f"{name}{number}"
        finished = False
        while not finished:
            enough = sum(life.killed for life in lives) >= kills
            begun = any(life.run == folder.name for life in lives)
            moment = MOMENTS[rng.integers(len(MOMENTS))] if begun else "starting"
            life = live(folder, None if enough else moment, rng.random())
            lives.append(life)
            finished = not life.killed
            damaged = list((folder / "checkpoints").glob("*.damaged"))
            assert not damaged, f"{damaged} after {life}"
        wrong = differences(folder, reference)
        assert not wrong, f"{folder} differs in {wrong}"
        if enough:
            return lives


def soak(kills: int, *, seed: int = 0, lanes: int = 2) -> list[Life]:
    """Kills ``kills`` processes, in two lanes at a time, and gives all lives."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(lanes) as pool:
        parent = Path(folder)
        reference = parent / "undisturbed"
        life = live(reference, None, 0)
        assert checkpoint.checkpoints(reference / "checkpoints"), life.said
        shares = [kills // lanes + (k < kills % lanes) for k in range(lanes)]
        done = [
            pool.submit(lane, parent, "ab"[k], reference, share, seed + k)
            for k, share in enumerate(shares)
        ]
        return [life for future in done for life in future.result()]


def table(lives: list[Life]) -> str:
    """What was killed when, as text."""
    killed = [life for life in lives if life.killed]
    moments = Counter(life.moment for life in killed)
    half = Counter(life.moment for life in killed if life.half_written)
    names = {
        "starting": "before anything was trained",
        "early": "before or in the first interval",
        "between": "at a random moment after it",
        "writing": "as a checkpoint was written",
    }
    lines = ["killed                             kills   checkpoint left half written"]
    lines += [f"{names[m]:33} {moments[m]:6} {half[m]:8}" for m in names]
    runs = len({life.run for life in lives})
    lines.append(
        f"{len(killed)} kills in {runs} runs of {40 * EPOCHS} steps; every array, line of history "
        "and picture the same to the bit as in the undisturbed run."
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(table(soak(arguments.kills, seed=arguments.seed)))


if __name__ == "__main__":
    main()
