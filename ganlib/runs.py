"""A run folder: what lies in it, and how it is read again.

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
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from ganlib import checkpoint, paths, weights
from ganlib.data import DataSet, unscale
from ganlib.errors import GanlibError, RunError, SettingsError, WeightsError
from ganlib.gan import GAN
from ganlib.recipes import Recipe, build_gan, read_recipe
from ganlib.settings import check_name
from ganlib.tiles import tile

PRETRAINED = Path(__file__).parent / "pretrained"
# No settings file makes networks for larger images than these.
MOST_PIXELS, MOST_CHANNELS = 1024, 4
PICTURE_COLUMNS = 10
PICTURE_IMAGES = 100


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
        """What a figure of this run should say: recipe and data set."""
        return f"{self.settings['recipe']['name']} on {self.settings['dataset']['title']}"

    @property
    def class_names(self) -> list[str]:
        return self.settings["dataset"]["class_names"]

    @property
    def card(self) -> dict:
        """What is known of the saved weights: recipe, data, step; of a shipped model also the
        command that trained it, its minutes and the report of its scores."""
        return weights.read_card(self.folder / "generator.weights.h5")

    def generate(
        self, n: int, labels=None, seed: int = 0, latents: np.ndarray | None = None
    ) -> np.ndarray:
        """``n`` images, float32 ``(n, H, W, C)`` in [-1, 1], from the moving average.

        ``labels`` ``(n,)`` only for a conditional run; where None, the classes in turn.
        """
        return self.gan.generate(n, labels, seed=seed, latents=latents)

    def frames(self) -> list[tuple[int, np.ndarray]]:
        """The pictures kept in training: pairs of step and uint8 images ``(100, H, W, C)``."""
        height, width, channels = self.settings["dataset"]["image_shape"]
        frames = []
        for path in sorted((self.folder / "samples").glob("step-*.png")):
            with Image.open(path) as picture:
                grid = np.asarray(picture)
            rows = grid.reshape(-1, height, PICTURE_COLUMNS, width, channels)
            images = rows.swapaxes(1, 2).reshape(-1, height, width, channels)
            frames.append((int(path.stem.removeprefix("step-")), images))
        return frames

    def write_metrics(self, metrics: dict) -> Path:
        """Writes ``metrics.json``, with the recipe, the data set and its hash beside the scores."""
        told = {
            "recipe": self.settings["recipe"]["name"],
            "dataset": self.settings["dataset"]["name"],
            "dataset_sha256": self.settings["dataset"]["sha256"],
            "epochs": self.settings["recipe"]["epochs"],
            "steps": int(self.history["step"][-1]) if len(self.history["seconds"]) else 0,
            "seed": self.settings["seed"],
        }
        path = self.folder / "metrics.json"
        write_json(path, told | metrics)
        return path


def load_run(folder: str | Path, *, best: bool = False) -> Run:
    """Reads a run folder that ``train`` wrote; relative paths count from the project's root.

    With ``best``, the networks as they were at the best score, of a run that was scored.

    Raises:
        RunError: the folder is not a run's, or a file of it is missing or damaged.
    """
    folder = paths.resolve(folder)
    settings = read_settings(folder)
    if settings is None:
        raise RunError(f"{folder} is not a run folder: it has no settings.json.")
    try:
        gan = gan_of(settings)
        rows, seconds = _read_history(folder)
    except (KeyError, TypeError, ValueError, OSError, csv.Error, GanlibError) as error:
        raise RunError(f"{folder} cannot be read as a run: {error!r}") from error
    for network, path in _weight_files(gan, folder):
        try:
            card = weights.load_weights(network, path)
        except WeightsError as error:
            raise RunError(str(error)) from error
        if differing := [name for name, _, _ in _differences(card, settings)]:
            raise RunError(
                f"{weights.card_path(path)} is of another run than settings.json beside it: "
                f"{', '.join(differing)} differ."
            )
    if best:
        _load_best(gan, folder / "checkpoints")
    gan.generator.set_weights(gan.ema_generator.get_weights())
    return Run(folder, settings, gan, as_history(rows, seconds))


def load_pretrained(name: str) -> Run:
    """A model that was trained for long and is shipped: a run without its checkpoints.

    ``load_pretrained("cgan").generate(20)`` needs neither data nor training. Its card,
    ``generator.json`` in ``run.folder``, tells the command, the minutes and the scores.

    Raises:
        SettingsError: no model of that name is shipped.
        RunError: its files are damaged.
    """
    check_name(name, pretrained_names(), what="pretrained model")
    return load_run(PRETRAINED / name)


def pretrained_names() -> list[str]:
    """The models that are shipped."""
    return sorted(path.parent.name for path in PRETRAINED.glob("*/settings.json"))


def gan_of(settings: dict) -> GAN:
    """The networks that settings or a card describe, built by code, with fresh weights.

    Raises:
        SettingsError: the recipe is none that ganlib can build.
        KeyError, TypeError, ValueError: the settings are not such at all.
    """
    described = settings["dataset"]
    height, width, channels = described["image_shape"]
    sizes = (height, width, channels, settings["seed"])
    if not all(isinstance(k, int) and 0 <= k < 2**31 for k in sizes):
        raise SettingsError(f"image_shape and seed must be whole numbers, not {sizes}.")
    if max(height, width) > MOST_PIXELS or channels > MOST_CHANNELS:
        raise SettingsError(
            f"Images of {height} x {width} x {channels} are beyond {MOST_PIXELS} x {MOST_PIXELS} "
            f"x {MOST_CHANNELS}."
        )
    return build_gan(
        read_recipe(settings["recipe"]),
        (height, width, channels),
        len(described["class_names"]),
        seed=settings["seed"],
    )


def _load_best(gan: GAN, parent: Path) -> None:
    saved = checkpoint.checkpoints(parent)
    scored = checkpoint.load(saved[-1]).meta.get("best") if saved else None
    if scored is None:
        raise RunError(f"{parent.parent} has no best checkpoint: the run was not scored.")
    found = checkpoint.load(parent / f"step-{scored['step']:08d}")
    checkpoint.assign(found, "ema_generator", gan.ema_generator.variables)
    checkpoint.assign(found, "discriminator", gan.discriminator.variables)


def describe(recipe: Recipe, data: DataSet, *, seed: int, deterministic: bool) -> dict:
    """A run's settings: what made it, in JSON values."""
    return {
        "recipe": asdict(recipe),
        "dataset": {
            "name": data.name,
            "title": data.title,
            "sha256": data.hash,
            "images": len(data),
            "image_shape": list(data.image_shape),
            "class_names": list(data.class_names),
        },
        "seed": seed,
        "deterministic": deterministic,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("ganlib", "tensorflow", "keras", "numpy")},
        "device": "GPU" if tf.config.list_physical_devices("GPU") else "CPU",
    }


def claim(folder: Path, settings: dict) -> str:
    """Writes ``settings.json``, or checks that the folder's run is the one that is asked for.

    Returns what there is to say of a longer run; "" for nothing.

    Raises:
        RunError: the folder holds another run, naming what differs, or other files.
    """
    old = read_settings(folder)
    if old is None:
        strangers = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
        if strangers:
            raise RunError(
                f"{folder} is not empty and not a run folder (it holds {strangers[0]}): "
                "choose another run_dir."
            )
        write_json(folder / "settings.json", settings)
        return ""
    differing = [
        f"{name} is {ours!r} there and {theirs!r} here"
        for name, ours, theirs in _differences(old, settings)
    ]
    if differing:
        raise RunError(
            f"{folder} holds another run: {'; '.join(differing)}. "
            "Choose another run_dir, or give the settings of that run to go on with it."
        )
    before, now = old["recipe"]["epochs"], settings["recipe"]["epochs"]
    if now < before:
        raise RunError(
            f"{folder} holds a run of {before} epochs: it can be made longer, not shorter. "
            f"Give epochs={before} or more, or another run_dir."
        )
    if now == before:
        return ""
    write_json(folder / "settings.json", settings)
    if settings["recipe"]["decay_share"]:
        return (
            f"The run goes from {before} to {now} epochs: its learning rates, which fall over the "
            f"last {settings['recipe']['decay_share']:.0%} of a run, go back to where a run of "
            f"{now} epochs has them."
        )
    return f"The run goes from {before} to {now} epochs."


def _differences(old: dict, new: dict):
    for part in ("recipe", "dataset"):
        for name in sorted(set(old.get(part, {})) | set(new[part])):
            ours, theirs = old.get(part, {}).get(name), new[part].get(name)
            if ours != theirs and name not in ("epochs", "summary"):
                yield f"{part}'s {name}", ours, theirs
    for name in ("seed", "deterministic", "score"):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def read_settings(folder: Path) -> dict | None:
    """The folder's settings; None where it has none."""
    path = folder / "settings.json"
    if not path.exists():
        return None
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
    if not isinstance(settings, dict) or not all(
        isinstance(settings.get(part), dict) for part in ("recipe", "dataset")
    ):
        raise RunError(f"{path} holds no settings of a run: choose another run_dir.")
    return settings


def fixed_inputs(gan: GAN, settings: dict) -> tuple[np.ndarray, np.ndarray | None]:
    """The 100 latents whose images are kept in training, and their labels: one row a class."""
    latents = gan.sample_latents(PICTURE_IMAGES, seed=settings["seed"])
    if not settings["recipe"]["conditional"]:
        return latents, None
    classes = len(settings["dataset"]["class_names"])
    return latents, np.arange(PICTURE_IMAGES) // PICTURE_COLUMNS % classes


def save_picture(folder: Path, step: int, images: np.ndarray) -> None:
    """Keeps ``samples/step-….png``: images in [-1, 1], ten a row, nothing between them."""
    path = folder / "samples" / f"step-{step:08d}.png"
    path.parent.mkdir(exist_ok=True)
    grid = tile(unscale(images), PICTURE_COLUMNS, gap=0)
    grid = grid.squeeze(-1) if grid.ndim == 3 and grid.shape[-1] == 1 else grid
    _atomically(path, lambda temporary: Image.fromarray(grid).save(temporary, format="png"))


def save_weights(run: Run, step: int, **told) -> None:
    """Writes both networks' weights, of that step, as HDF5, each with its card, in which ``told``
    stands too."""
    rows = len(run.history["seconds"])
    card = run.settings | {
        "step": step,
        "scores": {k: float(v[-1]) for k, v in run.history.items() if rows and v[-1] == v[-1]},
    }
    for network, path in _weight_files(run.gan, run.folder):
        weights.save_weights(network, path, {"network": network.name} | card | told)


def _weight_files(gan: GAN, folder: Path) -> list[tuple[keras.Model, Path]]:
    return [
        (gan.ema_generator, folder / "generator.weights.h5"),
        (gan.discriminator, folder / "discriminator.weights.h5"),
    ]


def save_history(folder: Path, rows: list[dict], seconds: list[float]) -> None:
    """Writes ``history.csv``, the same for the same run, and ``times.csv``, which is not."""
    times = [{"step": row["step"], "seconds": s} for row, s in zip(rows, seconds, strict=True)]
    for name, table in (("history.csv", rows), ("times.csv", times)):
        _atomically(folder / name, lambda path, table=table: _write_csv(path, table))


def _write_csv(path: Path, table: list[dict]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]) if table else ["step"])
        writer.writeheader()
        writer.writerows(table)


def _read_history(folder: Path) -> tuple[list[dict], list[float]]:
    tables = []
    for name in ("history.csv", "times.csv"):
        with open(folder / name, newline="", encoding="utf-8") as file:
            tables.append([{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)])
    return tables[0], [row["seconds"] for row in tables[1]]


def as_history(rows: list[dict], seconds: list[float]) -> dict[str, np.ndarray]:
    """The rows as columns: arrays by name."""
    names = [name for name in (rows[0] if rows else {})]
    return {name: np.array([row[name] for row in rows]) for name in names} | {
        "seconds": np.array(seconds)
    }


def write_json(path: Path, value: dict) -> None:
    """Writes JSON to a temporary name, then renames it."""
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    _atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _atomically(path: Path, write: Callable[[Path], object]) -> None:
    temporary = path.with_name(f".writing-{path.name}")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
