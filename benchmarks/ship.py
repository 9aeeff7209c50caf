"""Turns a finished run into a shipped model: scores it and copies it, without its checkpoints, to
ganlib/pretrained/NAME, with the scores in its cards.

    python -m benchmarks.ship runs/long-cgan cgan --command "papermill notebooks/03_cgan.ipynb …"
    python -m benchmarks.ship --again

The second scores all shipped models anew and writes the scores into their cards.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np

import ganlib
from ganlib import files, paths, weights
from ganlib.evaluation.report import evaluate, table
from ganlib.evaluation.synthetic import STEPS
from ganlib.training.folder import WEIGHT_FILES, RunFolder, card_of
from ganlib.training.run import pretrained_names

FRAMES = 8
# Lines of the history that are shipped: as many as a figure can show.
LINES = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("run", nargs="?", help="the run's folder")
    parser.add_argument("name", nargs="?", help='what load_pretrained is to find it by, as "cgan"')
    parser.add_argument("--command", help="the command that trained it, whole")
    parser.add_argument("--again", action="store_true", help="score what is shipped anew")
    parser.add_argument("--last", action="store_true", help="the last weights, not the best ones")
    parser.add_argument("--frames", type=int, default=FRAMES, help="pictures kept of its training")
    arguments = parser.parse_args()
    if arguments.again:
        for name in pretrained_names():
            score_again(name)
        return
    if not (arguments.name and arguments.command):
        parser.error("a run's folder, a name and --command are needed, or --again")
    run = ganlib.load_run(arguments.run, best=not arguments.last)
    report = score(run)
    ship(
        run,
        arguments.name,
        arguments.command,
        report,
        last=arguments.last,
        frames=arguments.frames,
    )


def score(run: ganlib.Run) -> dict:
    """The report of ``evaluate``, which it prints too."""
    train, test = (ganlib.load_data("fashion_mnist", split=split) for split in ("train", "test"))
    report = evaluate(run, train, test, synthetic_steps=STEPS)
    print(table(report), flush=True)
    return report


def score_again(name: str) -> None:
    """Writes the scores as they are measured today into the cards of a shipped model."""
    run = ganlib.load_pretrained(name)
    report = score(run)
    for weight_file in WEIGHT_FILES:
        path = run.folder / weight_file
        files.write_json(weights.card_path(path), weights.read_card(path) | {"report": report})


def ship(
    run: ganlib.Run, name: str, command: str, report: dict, *, last: bool, frames: int = FRAMES
) -> None:
    """Writes the shipped folder anew; the old one stays where writing fails."""
    folder = paths.PRETRAINED / f".writing-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "samples").mkdir(parents=True)
    shutil.copy(run.folder / "settings.json", folder / "settings.json")
    kept = kept_lines(run.history)
    rows = [{k: v[n].item() for k, v in run.history.items() if k != "seconds"} for n in kept]
    home = RunFolder(folder)
    home.save_history(rows, list(run.history["seconds"][kept]))
    for picture in kept_pictures(sorted((run.folder / "samples").glob("step-*.png")), frames):
        shutil.copy(picture, folder / "samples")
    step = int(run.history["step"][-1])
    if "score" in run.history and not last:
        step = int(run.history["step"][np.nanargmin(run.history["score"])])
    minutes = round(float(run.history["seconds"][-1]) / 60, 1)
    told = {"command": command, "minutes": minutes, "report": report}
    home.save_weights(run.gan, card_of(run.settings, run.history, step) | told)
    final = paths.PRETRAINED / name
    shutil.rmtree(final, ignore_errors=True)
    folder.rename(final)


def kept_pictures(pictures: list[Path], most: int) -> list[Path]:
    """The first, the last, and of those between some whose steps lie evenly in the logarithm, since
    most happens early; at most ``most``."""
    steps = np.array([int(path.stem.removeprefix("step-")) for path in pictures])
    wanted = np.geomspace(max(1, steps[1]), steps[-1], most - 1)
    places = np.abs(np.log(steps[1:, None] / wanted)).argmin(axis=0) + 1
    return [pictures[place] for place in np.unique([0, *places])]


def kept_lines(history: dict[str, np.ndarray], most: int = LINES) -> np.ndarray:
    """Indices of what is shipped: about ``most`` lines, evenly, the last and every scored one."""
    count = len(history["step"])
    stride = -(-count // most)
    kept = np.arange(1, count + 1) % stride == 0
    kept[-1] = True
    return np.flatnonzero(kept | np.isfinite(history.get("score", np.full(count, np.nan))))


if __name__ == "__main__":
    main()
