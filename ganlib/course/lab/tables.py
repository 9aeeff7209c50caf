"""The stored comparisons of losses and penalties, in the plane and on images, as Markdown.

They are made by ``python -m benchmarks.stability`` and ``python -m benchmarks.stability_images``.
"""

import json
from functools import cache

import numpy as np

from ganlib.paths import project_root

PENALTIES = {
    "none": "none",
    "clip": "clipping",
    "gradient_penalty": "gradient penalty",
    "r1": "R1",
    "r1_r2": "R1 + R2",
}
SCORES = {"frechet_distance": "Fréchet distance", "precision": "precision", "recall": "recall"}


@cache
def toy_runs() -> dict:
    """The runs on the grid of 25 modes: ``cells`` by loss and penalty."""
    path = project_root() / "benchmarks" / "stability.json"
    return json.loads(path.read_text("utf-8"))["toy"]


@cache
def image_runs() -> dict:
    """The runs on Fashion-MNIST: ``runs``, and ``floor``, the scores of real images."""
    path = project_root() / "benchmarks" / "stability_images.json"
    return json.loads(path.read_text("utf-8"))


def toy_scores(loss: str, penalty: str, score: str) -> np.ndarray:
    """A score, "modes" or "good", of each seed of a cell, (seeds,)."""
    return np.array(toy_runs()["cells"][loss][penalty][score])


def image_scores(game: str, score: str = "frechet_distance") -> np.ndarray:
    """A score of each seed of a game on images, (seeds,); of runs that did not diverge."""
    runs = [run for run in image_runs()["runs"] if run["game"] == game and run["scores"]]
    return np.array([run["scores"][score] for run in runs])


def toy_table() -> str:
    """Losses in rows, penalties in columns; in each cell modes found and share of good points,
    mean and standard deviation over the seeds."""
    head = ["loss", *PENALTIES.values()]
    lines = [" | ".join(head), "|".join("---" for _ in head)]
    for loss in toy_runs()["cells"]:
        cells = [loss.replace("non_", "non-").replace("_", " ")]
        for penalty in PENALTIES:
            modes = toy_scores(loss, penalty, "modes")
            good = 100 * toy_scores(loss, penalty, "good")
            cells.append(
                f"{modes.mean():.1f} ± {modes.std(ddof=1):.1f}, "
                f"{good.mean():.0f} ± {good.std(ddof=1):.0f} %"
            )
        lines.append(" | ".join(cells))
    return "\n".join(f"| {line} |" for line in lines)


def image_table() -> str:
    """A row a game: normalisation of its discriminator, and scores, mean and standard deviation
    over the seeds; in the last row those of real images."""
    head = ["game", "normalisation", *SCORES.values()]
    lines = [" | ".join(head), "|".join("---" for _ in head)]
    changes = {run["game"]: run["changes"] for run in image_runs()["runs"]}
    for game, change in changes.items():
        cells = [
            game.replace("non_", "non-").replace("r1_r2", "R1 + R2").replace("r1", "R1"),
            change.get("normalization", "batch"),
        ]
        for score in SCORES:
            values = image_scores(game, score)
            cells.append(f"{values.mean():.2f} ± {values.std(ddof=1):.2f}")
        lines.append(" | ".join(cells).replace("_", " "))
    floor = image_runs()["floor"]
    lines.append(" | ".join(["*real images*", "", *(f"{floor[score]:.2f}" for score in SCORES)]))
    return "\n".join(f"| {line} |" for line in lines)
