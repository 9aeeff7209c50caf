"""A trained run: its GAN, its history, and how both are read again from its folder."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganlib import files, paths, weights
from ganlib.building import build_gan
from ganlib.errors import GanlibError, RunError, SettingsError, WeightsError, check_name
from ganlib.gan import GAN
from ganlib.recipes import read_recipe
from ganlib.training import checkpoint
from ganlib.training.checkpoint import Checkpoint
from ganlib.training.folder import RunFolder, as_history
from ganlib.training.settings import completed, differences

# No settings file makes networks for larger images than these.
MOST_PIXELS, MOST_CHANNELS = 1024, 4
MOST_NUMBERS = 2**28  # of one layer, 1 GB


@dataclass
class Run:
    """A trained GAN and the folder that holds it.

    ``history``: arrays of one length: step, epoch, seconds, generator_loss, discriminator_loss,
    real_accuracy, fake_accuracy; one entry an interval of training.
    """

    folder: Path
    settings: dict
    gan: GAN
    history: dict[str, np.ndarray]

    @property
    def title(self) -> str:
        """Recipe and data set, as a figure of this run should say them."""
        return f"{self.settings['recipe']['name']} on {self.settings['dataset']['title']}"

    @property
    def conditional(self) -> bool:
        """Whether the run's GAN takes labels."""
        return self.gan.conditional

    @property
    def class_names(self) -> list[str]:
        return self.settings["dataset"]["class_names"]

    @property
    def card(self) -> dict:
        """What is known of the saved weights, such as recipe and step; of a shipped model also
        the command that trained it, its minutes and the report of its scores."""
        return weights.read_card(self.folder / "generator.weights.h5")

    def generate(
        self, n: int, labels=None, seed: int = 0, latents: np.ndarray | None = None
    ) -> np.ndarray:
        """``n`` images, float32 ``(n, H, W, C)`` in [-1, 1], from the moving average.

        ``labels`` ``(n,)`` only for a conditional run; where None, the classes in turn.
        """
        return self.gan.generate(n, labels, seed=seed, latents=latents)

    def export(self, format: str, path: str | Path) -> Path:
        """Writes the generator for use elsewhere: as a page ("web"), "onnx", "saved_model" or
        "litert". See ``ganlib.export.export``."""
        from ganlib.export import export

        return export(self, format, path)

    def frames(self) -> list[tuple[int, np.ndarray]]:
        """The pictures kept in training: pairs of step and uint8 images ``(100, H, W, C)``."""
        return list(RunFolder(self.folder).pictures(self.settings["dataset"]["image_shape"]))

    def write_metrics(self, metrics: dict) -> Path:
        """Writes ``metrics.json``: beside the scores the recipe, the data set and its hash, and
        whether the run was stopped before its last epoch."""
        begun = len(self.history["seconds"]) > 0
        epochs = self.settings["recipe"]["epochs"]
        trained = float(self.history["epoch"][-1]) if begun else 0.0
        told = {
            "recipe": self.settings["recipe"]["name"],
            "dataset": self.settings["dataset"]["name"],
            "dataset_sha256": self.settings["dataset"]["sha256"],
            "dataset_part": self.settings["dataset"]["part"],
            "epochs": epochs,
            "epochs_trained": trained,
            "stopped": trained < epochs,
            "steps": int(self.history["step"][-1]) if begun else 0,
            "seed": self.settings["seed"],
        }
        path = self.folder / "metrics.json"
        files.write_json(path, told | metrics)
        return path


def load_run(folder: str | Path, *, best: bool = False) -> Run:
    """Reads a run folder that ``train`` wrote; relative paths count from the project's root.

    With ``best``, the networks as they were at the best score, of a run that was scored.

    Raises:
        RunError: the folder is not a run's, or a file of it is missing or damaged.
    """
    home = RunFolder(paths.resolve(folder))
    settings = home.read_settings()
    if settings is None:
        raise RunError(f"{home.path} is not a run folder: it has no settings.json.")
    try:
        gan = gan_of(settings)
    except GanlibError as error:
        raise RunError(f"{home.path} cannot be read as a run: {error}") from error
    rows, seconds = _load_consistent(gan, home, settings)
    if best:
        _load_best(gan, home)
    gan.generator.set_weights(gan.ema_generator.get_weights())
    return Run(home.path, settings, gan, as_history(rows, seconds))


def _load_consistent(gan: GAN, home: RunFolder, settings: dict) -> tuple[list[dict], list[float]]:
    """Both networks and the history as they were at one step.

    While a training writes them, and after a kill, the exported files may be of two steps: what is
    newer lies whole in a checkpoint then.
    """
    while True:
        before = _written_at(home.path)
        try:
            return _load_exported(gan, home, settings)
        except RunError:
            if checkpoint.newest_step(home.checkpoints) > home.exported_step():
                found, _ = checkpoint.load_newest(home.checkpoints, mend=False)
                if found is not None:
                    return _load_checkpoint(gan, found)
            if _written_at(home.path) == before:
                raise  # no training is at work: the file is damaged


def _load_exported(gan: GAN, home: RunFolder, settings: dict) -> tuple[list[dict], list[float]]:
    steps = {}
    for network, path in home.weight_files(gan):
        try:
            card = completed(weights.load_weights(network, path), weights.card_path(path))
        except WeightsError as error:
            raise RunError(str(error)) from error
        if differing := [name for name, _, _ in differences(card, settings)]:
            raise RunError(
                f"{weights.card_path(path)} is of another run than settings.json beside it: "
                f"{', '.join(differing)} differ."
            )
        steps[weights.card_path(path).name] = card.get("step")
    try:
        rows, times = home.read_history()
        if home.checkpoints.is_dir() and None not in steps.values():  # no shipped model
            reached = min(steps.values())
            rows, times = ([r for r in t if r["step"] <= reached] for t in (rows, times))
        seconds = [row["seconds"] for row in times]
    except (KeyError, TypeError, ValueError, OSError, csv.Error, GanlibError) as error:
        raise RunError(f"{home.path} cannot be read as a run: {error!r}") from error
    if len(set(steps.values())) > 1:
        raise _torn(home, {name: f"step {step}" for name, step in steps.items()})
    if len(rows) != len(seconds):
        tables = {"history.csv": rows, "times.csv": times}
        raise _torn(home, {name: _extent(table) for name, table in tables.items()})
    return rows, seconds


def _torn(home: RunFolder, found: dict[str, str]) -> RunError:
    told = ", ".join(f"{name} has {what}" for name, what in found.items())
    return RunError(
        f"{home.path}: its files are not of one step ({told}): a training was stopped as it wrote "
        "them. The same call of train writes them anew."
    )


def _extent(table: list[dict]) -> str:
    last = table[-1].get("step", math.nan) if table else 0
    return f"{len(table)} lines up to step {last:.0f}"


def _load_checkpoint(gan: GAN, found: Checkpoint) -> tuple[list[dict], list[float]]:
    checkpoint.assign(found, "ema_generator", gan.ema_generator.variables)
    checkpoint.assign(found, "discriminator", gan.discriminator.variables)
    return found.rows(), found.meta["seconds"]


def _load_best(gan: GAN, home: RunFolder) -> None:
    newest, _ = checkpoint.load_newest(home.checkpoints, mend=False)
    best = newest and checkpoint.best_whole(home.checkpoints, newest)
    if not best:
        raise RunError(f"{home.path} has no best checkpoint: the run was not scored.")
    _load_checkpoint(gan, checkpoint.load(home.checkpoints / f"step-{best['step']:08d}"))


def _written_at(folder: Path) -> list[int]:
    return [p.stat().st_mtime_ns for p in sorted(folder.glob("*.*")) if p.exists()]


def load_pretrained(name: str) -> Run:
    """A model that was trained for long and is shipped: a run without its checkpoints.

    ``load_pretrained("cgan").generate(20)`` needs neither data nor training. Its card,
    ``generator.json`` in ``run.folder``, tells the command, the minutes and the scores.

    Raises:
        SettingsError: no model of that name is shipped.
        RunError: its files are damaged.
    """
    check_name(name, pretrained_names(None), what="pretrained model")
    return load_run(paths.PRETRAINED / name)


def pretrained_names(dataset: str | None = "fashion_mnist") -> list[str]:
    """The models that are shipped for a data set, by its name; None: all."""
    homes = {path.parent.name: path for path in sorted(paths.PRETRAINED.glob("*/settings.json"))}
    trained_on = {name: RunFolder(path.parent).read_settings() for name, path in homes.items()}
    return [name for name, told in trained_on.items() if dataset in (None, told["dataset"]["name"])]


def gan_of(settings: dict) -> GAN:
    """The networks that settings or a card describe, built by code, with fresh weights.

    Raises:
        SettingsError: the recipe is none that ganlib can build.
    """
    recipe, described = read_recipe(settings["recipe"]), settings["dataset"]
    height, width, channels = described["image_shape"]
    if max(height, width) > MOST_PIXELS or channels > MOST_CHANNELS:
        raise SettingsError(
            f"Images of {height} x {width} x {channels} are beyond {MOST_PIXELS} x {MOST_PIXELS} "
            f"x {MOST_CHANNELS}."
        )
    widest = max(recipe.generator_width, recipe.discriminator_width)
    if height * width // 8 * widest * max(recipe.latent_dim, recipe.features) > MOST_NUMBERS:
        raise SettingsError(
            f"A layer for images of {height} x {width}, of width {widest}, would have more than "
            f"{MOST_NUMBERS:,} numbers."
        )
    classes = len(described["class_names"])
    return build_gan(recipe, (height, width, channels), classes, seed=settings["seed"])
