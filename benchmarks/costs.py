"""What keeping a run safe and measured costs: checkpoints, scores and determinism, as shares of one
epoch of ``cgan`` on the real Fashion-MNIST. Each run is a process of its own, since determinism
holds for a whole process.

``python -m benchmarks.costs`` prints them; ``make bench`` writes them to results.json.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import ganlib
from ganlib import paths
from ganlib.evaluation.report import scorer
from ganlib.training import checkpoint
from ganlib.training.callbacks import Checkpoints


def costs() -> dict:
    """Shares of an epoch's time, the slow-down by determinism, and how long the classifier takes to
    see 10,000 images."""
    plain, deterministic = (_in_a_process(flag) for flag in (False, True))
    return plain | {
        "deterministic_images_per_second": deterministic["images_per_second"],
        "deterministic_costs": 1
        - deterministic["images_per_second"] / plain["images_per_second"],
        "seconds_to_see_10_000": _seconds_to_see(),
    }  # fmt: skip


def print_costs(found: dict) -> None:
    print(
        f"\none epoch of cgan: {found['seconds']:.0f} s; "
        f"{found['checkpoints']} checkpoints {found['checkpoint_share']:.2%} of it, "
        f"{found['scores']} score {found['score_share']:.2%}\n"
        f"determinism: {found['deterministic_images_per_second']:,.0f} images/s instead of "
        f"{found['images_per_second']:,.0f}, {found['deterministic_costs']:.0%} fewer\n"
        f"the classifier sees 10,000 images in {found['seconds_to_see_10_000']:.1f} s"
    )


def _seconds_to_see() -> float:
    test = ganlib.load_data("fashion_mnist", split="test")
    judge = ganlib.classifier_for(ganlib.load_data("fashion_mnist"))
    judge.features(test.images[:500])  # the first call compiles
    begin = time.perf_counter()
    judge.features(test.images[:10_000])
    return time.perf_counter() - begin


def _in_a_process(deterministic: bool) -> dict:
    call = f"import json; from benchmarks import costs; costs._one_epoch({deterministic})"
    done = subprocess.run(
        [sys.executable, "-c", call],
        cwd=paths.project_root(),
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _one_epoch(deterministic: bool) -> None:
    """Trains it, with a checkpoint at its start and end and a score at its end; prints JSON."""
    train = ganlib.load_data("fashion_mnist")
    score = scorer(train, ganlib.load_data("fashion_mnist", split="test"))
    saving, scoring = _Timed(Checkpoints.save), _Timed(score)

    def timed_score(gan) -> float:
        return scoring(gan)

    Checkpoints.save = lambda checkpoints: saving(checkpoints)
    with tempfile.TemporaryDirectory() as folder:
        run = ganlib.train(
            "cgan", train, epochs=1, run_dir=folder, deterministic=deterministic, score=timed_score
        )
        assert checkpoint.checkpoints(Path(folder) / "checkpoints")
    seconds = run.history["seconds"]
    steps = np.diff(run.history["step"]) * run.settings["recipe"]["batch_size"]
    found = {
        "images_per_second": float(np.median(steps / np.diff(seconds))),
        "seconds": float(seconds[-1]),
        "checkpoints": len(saving.seconds),
        "checkpoint_share": sum(saving.seconds) / seconds[-1],
        "scores": len(scoring.seconds),
        "score_share": sum(scoring.seconds) / seconds[-1],
    }
    print(json.dumps(found))


class _Timed:
    """A function that remembers how long each of its calls took."""

    def __init__(self, function) -> None:
        self.function, self.seconds = function, []

    def __call__(self, *arguments):
        begin = time.perf_counter()
        try:
            return self.function(*arguments)
        finally:
            self.seconds.append(time.perf_counter() - begin)


if __name__ == "__main__":
    print_costs(costs())
