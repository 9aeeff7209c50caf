"""A run folder: what lies in it, and whose it is.

settings.json             recipe, data set and its hash, seed, versions
history.csv, times.csv    losses and accuracies by step; seconds by step
samples/step-….png        the same 100 latents, as training went on
generator.weights.h5      the moving average, from which ``generate`` samples
discriminator.weights.h5
generator.json, discriminator.json  their cards
checkpoints/              everything that is needed to go on
metrics.json              what the notebook measured
"""

import csv
import io
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from ganlib import files, paths, weights
from ganlib.errors import GanlibError, RunError, WeightsError
from ganlib.gan import GAN
from ganlib.images import tile, unscale
from ganlib.training.settings import completed, differences

PICTURE_COLUMNS = 10
PICTURE_IMAGES = 100
PICTURE = re.compile(r"step-(\d{8,12})\.png")
WEIGHT_FILES = ("generator.weights.h5", "discriminator.weights.h5")


class RunFolder:
    """What lies on the disk of one run. Each file is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.samples, self.checkpoints = path / "samples", path / "checkpoints"

    def __str__(self) -> str:
        return paths.shown(self.path)

    def read_settings(self) -> dict | None:
        """The settings, complete; None where there are none.

        Raises:
            RunError: they cannot be read, are none of a run, or of a newer version.
        """
        path = self.path / "settings.json"
        try:
            settings = files.read_json(path, {})
        except FileNotFoundError:
            return None
        except (OSError, GanlibError) as error:
            raise RunError(f"{path} cannot be read: {error}") from error
        return completed(settings, path)

    def claim(self, settings: dict) -> str:
        """Checks that the folder's run, if there is one, is the one that is asked for.

        A run in which nothing was trained yet keeps nobody out: what it wrote is removed. Returns
        what there is to say of a longer run; "" for nothing.

        Raises:
            RunError: the folder holds another run, naming what differs, or other files.
        """
        for part in (self.checkpoints, self.samples):
            if part.is_symlink():
                raise RunError(f"{part} is a link to elsewhere: put a folder in its place.")
        old = self.read_settings()
        if old is None:
            self._refuse_strangers()
            return ""
        differing = [
            f"{name} is {ours!r} there and {theirs!r} here"
            for name, ours, theirs in differences(old, settings)
        ]
        keeps = self.is_trained()
        if differing and keeps:
            raise RunError(
                f"{self.path} holds another run: {'; '.join(differing)}. "
                "Choose another run_dir, or give the settings of that run to go on with it."
            )
        before, now = old["recipe"]["epochs"], settings["recipe"]["epochs"]
        if now < before and keeps:
            raise RunError(
                f"{self.path} holds a run of {before} epochs: it can be made longer, not shorter. "
                f"Give epochs={before} or more, or another run_dir."
            )
        if differing or now < before:
            shutil.rmtree(self.checkpoints, ignore_errors=True)
            return ""
        return _of_longer(before, settings["recipe"])

    def _refuse_strangers(self) -> None:
        strangers = sorted(p.name for p in self.path.iterdir() if not p.name.startswith("."))
        if strangers:
            raise RunError(
                f"{self.path} is not empty and not a run folder (it holds {strangers[0]}): "
                "choose another run_dir."
            )

    def take(self, settings: dict) -> None:
        """Writes the settings, when it is sure that the run can be gone on with, or begun."""
        for part in (self.path, self.samples, self.checkpoints):
            files.sweep(part)
        old = self.read_settings()
        if (
            old is None
            or old["recipe"]["epochs"] != settings["recipe"]["epochs"]
            or any(differences(old, settings))
        ):
            files.write_json(self.path / "settings.json", settings)
        with files.telling(self.checkpoints):
            self.checkpoints.mkdir(exist_ok=True)

    def exported_step(self) -> int:
        """The step that both networks' cards have reached; -1 where one is missing, and no limit
        where it cannot be read, so that nobody takes the weights for old ones."""
        weight_files = [self.path / name for name in WEIGHT_FILES]
        if not all(weights.card_path(path).exists() for path in weight_files):
            return -1
        try:
            return min(weights.read_card(path).get("step", 0) for path in weight_files)
        except WeightsError:
            return sys.maxsize

    def is_trained(self) -> bool:
        """Whether anything in the folder tells of a training step: there is something to lose then.

        Checkpoints and pictures count by their names, so that damaged ones do too."""
        named = [*self.checkpoints.glob("step-*"), *self.samples.glob("step-*.png")]
        history = self.path / "history.csv"
        return (
            any(re.match(r"step-0*[1-9]", path.name) for path in named)
            or self.exported_step() > 0
            or (history.exists() and len(history.read_bytes().splitlines()) > 1)
        )

    def save_picture(self, step: int, images: np.ndarray) -> None:
        """Keeps ``samples/step-….png``: images in [-1, 1], ten a row, nothing between them."""
        path = self.samples / f"step-{step:08d}.png"
        with files.telling(path):
            self.samples.mkdir(exist_ok=True)
        grid = tile(unscale(images), PICTURE_COLUMNS, gap=0)
        grid = grid.squeeze(-1) if grid.ndim == 3 and grid.shape[-1] == 1 else grid
        with files.replacing(path) as temporary:
            Image.fromarray(grid).save(temporary, format="png")

    def pictures(self, image_shape: tuple[int, int, int]) -> Iterator[tuple[int, np.ndarray]]:
        """The pictures kept in training: pairs of step and uint8 images ``(100, H, W, C)``."""
        height, width, channels = image_shape
        for path in sorted(self.samples.glob("step-*.png")):
            if (name := PICTURE.fullmatch(path.name)) is None:
                continue  # a copy by hand
            try:
                with files.open_regular(path) as file, Image.open(file, formats=["PNG"]) as picture:
                    rows = np.asarray(picture).reshape(-1, height, PICTURE_COLUMNS, width, channels)
            except (OSError, ValueError, SyntaxError, GanlibError):
                print(f"{paths.shown(path)} is left out: it is no whole picture of this run.")
                continue
            yield int(name[1]), rows.swapaxes(1, 2).reshape(-1, height, width, channels)

    def save_history(self, rows: list[dict], seconds: list[float]) -> None:
        """Writes ``history.csv``, the same for the same run, and ``times.csv``, which is not."""
        times = [{"step": row["step"], "seconds": s} for row, s in zip(rows, seconds, strict=True)]
        for name, table in (("history.csv", rows), ("times.csv", times)):
            with (
                files.replacing(self.path / name) as path,
                open(path, "w", newline="", encoding="utf-8") as file,
            ):
                writer = csv.DictWriter(file, fieldnames=list(table[0]) if table else ["step"])
                writer.writeheader()
                writer.writerows(table)

    def read_history(self) -> tuple[list[dict], list[dict]]:
        """The lines of ``history.csv`` and of ``times.csv``. Raises what reading them raises."""
        rows, times = (_read_table(self.path / name) for name in ("history.csv", "times.csv"))
        return rows, times

    def save_weights(self, gan: GAN, card: dict) -> None:
        """Writes both networks' weights as HDF5, each with its card."""
        for network, path in self.weight_files(gan):
            weights.save_weights(network, path, {"network": network.name} | card)

    def weight_files(self, gan: GAN) -> list[tuple[keras.Model, Path]]:
        """The networks that are exported, each with its file."""
        networks = (gan.ema_generator, gan.discriminator)
        return [(n, self.path / name) for n, name in zip(networks, WEIGHT_FILES, strict=True)]


def _of_longer(before: int, recipe: dict) -> str:
    """What there is to say of a run of ``before`` epochs that is asked for with this recipe."""
    now = recipe["epochs"]
    if now == before:
        return ""
    if recipe["decay_share"]:
        return (
            f"The run goes from {before} to {now} epochs: its learning rates, which fall over the "
            f"last {recipe['decay_share']:.0%} of a run (decay_share={recipe['decay_share']}), go "
            f"back to where a run of {now} epochs has them."
        )
    return f"The run goes from {before} to {now} epochs."


def _read_table(path: Path) -> list[dict]:
    text = files.read_bytes(path, limit=files.JSON_BYTES).decode("utf-8")
    return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(text))]


def fixed_inputs(gan: GAN, settings: dict) -> tuple[np.ndarray, np.ndarray | None]:
    """The 100 latents whose images are kept in training, and their labels: one row a class."""
    latents = gan.sample_latents(PICTURE_IMAGES, seed=settings["seed"])
    if not settings["recipe"]["conditional"]:
        return latents, None
    classes = len(settings["dataset"]["class_names"])
    return latents, np.arange(PICTURE_IMAGES) // PICTURE_COLUMNS % classes


def card_of(settings: dict, history: dict[str, np.ndarray], step: int) -> dict:
    """The card of weights of that step: the run's settings, the step, and the last scores."""
    rows = len(history["seconds"])
    return settings | {
        "step": step,
        "scores": {
            name: float(values[-1])
            for name, values in history.items()
            if rows and name not in ("step", "epoch", "seconds") and np.isfinite(values[-1])
        },
    }


def as_history(rows: list[dict], seconds: list[float]) -> dict[str, np.ndarray]:
    """Lines of a history, one an interval, as arrays by name, with their seconds."""
    names = list(rows[0]) if rows else []
    return {name: np.array([row[name] for row in rows]) for name in names} | {
        "seconds": np.array(seconds)
    }
