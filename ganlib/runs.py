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
import io
import math
import platform
import re
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from ganlib import checkpoint, files, paths, weights
from ganlib.checkpoint import Checkpoint
from ganlib.data import DataSet, unscale
from ganlib.errors import GanlibError, RunError, SettingsError, WeightsError, check_name
from ganlib.files import replacing, write_json
from ganlib.gan import GAN
from ganlib.recipes import Recipe, build_gan, read_recipe
from ganlib.tiles import tile

PRETRAINED = Path(__file__).parent / "pretrained"
# No settings file makes networks for larger images than these.
MOST_PIXELS, MOST_CHANNELS = 1024, 4
MOST_NUMBERS = 2**28  # of one layer, 1 GB
PICTURE_COLUMNS = 10
PICTURE_IMAGES = 100
PICTURE = re.compile(r"step-(\d{8,12})\.png")

# Of settings.json; the first version had no number. Fields of a recipe: see recipes.read_recipe.
FORMAT = 1
TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 1}
SETTINGS = files.fields(
    {
        "recipe": files.fields({"name": TEXT}),
        "dataset": files.fields(
            {
                "name": TEXT,
                "image_shape": {"type": "array", "items": COUNT, "minItems": 3, "maxItems": 3},
                "class_names": {"type": "array", "items": TEXT, "minItems": 1},
            },
            {"title": TEXT, "sha256": TEXT, "part": TEXT, "images": COUNT},
        ),
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    },
    {"format": COUNT, "deterministic": {"type": "boolean"}, "score": TEXT},
)


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
            if (name := PICTURE.fullmatch(path.name)) is None:
                continue  # a copy by hand
            try:
                with files.open_regular(path) as file, Image.open(file, formats=["PNG"]) as picture:
                    rows = np.asarray(picture).reshape(-1, height, PICTURE_COLUMNS, width, channels)
            except (OSError, ValueError, SyntaxError, GanlibError):
                print(f"{paths.shown(path)} is left out: it is no whole picture of this run.")
                continue
            images = rows.swapaxes(1, 2).reshape(-1, height, width, channels)
            frames.append((int(name[1]), images))
        return frames

    def write_metrics(self, metrics: dict) -> Path:
        """Writes ``metrics.json``: beside the scores the recipe, the data set and its hash, and
        whether the run was stopped before its last epoch."""
        begun = len(self.history["seconds"]) > 0
        epochs, trained = (
            self.settings["recipe"]["epochs"],
            float(begun and self.history["epoch"][-1]),
        )
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
    except GanlibError as error:
        raise RunError(f"{folder} cannot be read as a run: {error}") from error
    rows, seconds = _load_consistent(gan, folder, settings)
    if best:
        _load_best(gan, folder / "checkpoints")
    gan.generator.set_weights(gan.ema_generator.get_weights())
    return Run(folder, settings, gan, as_history(rows, seconds))


def _load_consistent(gan: GAN, folder: Path, settings: dict) -> tuple[list[dict], list[float]]:
    """Both networks and the history as they were at one step.

    While a training writes them, and after a kill, the exported files may be of two steps: what is
    newer lies whole in a checkpoint then.
    """
    while True:
        before = _written_at(folder)
        try:
            return _load_exported(gan, folder, settings)
        except RunError:
            if checkpoint.newest_step(folder / "checkpoints") > exported_step(folder):
                found, _ = checkpoint.load_newest(folder / "checkpoints", mend=False)
                if found is not None:
                    return _load_checkpoint(gan, found)
            if _written_at(folder) == before:
                raise  # no training is at work: the file is damaged


def _load_exported(gan: GAN, folder: Path, settings: dict) -> tuple[list[dict], list[float]]:
    steps = set()
    for network, path in _weight_files(gan, folder):
        try:
            card = _completed(weights.load_weights(network, path), weights.card_path(path))
        except WeightsError as error:
            raise RunError(str(error)) from error
        if differing := [name for name, _, _ in _differences(card, settings)]:
            raise RunError(
                f"{weights.card_path(path)} is of another run than settings.json beside it: "
                f"{', '.join(differing)} differ."
            )
        steps.add(card.get("step"))
    try:
        rows, times = (_read_table(folder / name) for name in ("history.csv", "times.csv"))
        if (folder / "checkpoints").is_dir() and None not in steps:  # no shipped model
            rows, times = ([r for r in t if r["step"] <= min(steps)] for t in (rows, times))
        seconds = [row["seconds"] for row in times]
    except (KeyError, TypeError, ValueError, OSError, csv.Error, GanlibError) as error:
        raise RunError(f"{folder} cannot be read as a run: {error!r}") from error
    if len(steps) > 1 or len(rows) != len(seconds):
        raise RunError(
            f"{folder}: the weights and the history are not of one step: a training was stopped as "
            "it wrote them. The same call of train writes them anew."
        )
    return rows, seconds


def _load_checkpoint(gan: GAN, found: Checkpoint) -> tuple[list[dict], list[float]]:
    checkpoint.assign(found, "ema_generator", gan.ema_generator.variables)
    checkpoint.assign(found, "discriminator", gan.discriminator.variables)
    return rows_of(found), found.meta["seconds"]


def rows_of(found: Checkpoint) -> list[dict]:
    """A checkpoint's lines of history; JSON has null for a score that was not measured."""
    return [
        {name: math.nan if value is None else value for name, value in row.items()}
        for row in found.meta["rows"]
    ]


def _written_at(folder: Path) -> list[int]:
    return [p.stat().st_mtime_ns for p in sorted(folder.glob("*.*")) if p.exists()]


def exported_step(folder: Path) -> int:
    """The step that both networks' cards have reached; -1 where one is missing, and no limit where
    it cannot be read, so that nobody takes the weights for old ones."""
    paths_of_weights = [folder / name for name in WEIGHT_FILES]
    if not all(weights.card_path(path).exists() for path in paths_of_weights):
        return -1
    try:
        return min(weights.read_card(path).get("step", 0) for path in paths_of_weights)
    except WeightsError:
        return sys.maxsize


def is_trained(folder: Path) -> bool:
    """Whether anything in the folder tells of a training step: there is something to lose then.

    Checkpoints and pictures count by their names, so that damaged ones do too."""
    named = [*folder.glob("checkpoints/step-*"), *folder.glob("samples/step-*.png")]
    history = folder / "history.csv"
    return (
        any(re.match(r"step-0*[1-9]", path.name) for path in named)
        or exported_step(folder) > 0
        or (history.exists() and len(history.read_bytes().splitlines()) > 1)
    )


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


def _load_best(gan: GAN, parent: Path) -> None:
    newest, _ = checkpoint.load_newest(parent, mend=False)
    best = newest and checkpoint.best_whole(parent, newest)
    if not best:
        raise RunError(f"{parent.parent} has no best checkpoint: the run was not scored.")
    _load_checkpoint(gan, checkpoint.load(parent / f"step-{best['step']:08d}"))


def describe(recipe: Recipe, data: DataSet, *, seed: int, deterministic: bool) -> dict:
    """A run's settings: what made it, in JSON values."""
    return {
        "format": FORMAT,
        "recipe": asdict(recipe),
        "dataset": {
            "name": data.name,
            "title": data.title,
            "sha256": data.hash,
            "images": len(data),
            "part": data.part,
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
    """Checks that the folder's run, if there is one, is the one that is asked for.

    A run in which nothing was trained yet keeps nobody out: what it wrote is removed. Returns what
    there is to say of a longer run; "" for nothing.

    Raises:
        RunError: the folder holds another run, naming what differs, or other files.
    """
    for name in ("checkpoints", "samples"):
        if (folder / name).is_symlink():
            raise RunError(f"{folder / name} is a link to elsewhere: put a folder in its place.")
    old = read_settings(folder)
    if old is None:
        strangers = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
        if strangers:
            raise RunError(
                f"{folder} is not empty and not a run folder (it holds {strangers[0]}): "
                "choose another run_dir."
            )
        return ""
    differing = [
        f"{name} is {ours!r} there and {theirs!r} here"
        for name, ours, theirs in _differences(old, settings)
    ]
    keeps = is_trained(folder)
    if differing and keeps:
        raise RunError(
            f"{folder} holds another run: {'; '.join(differing)}. "
            "Choose another run_dir, or give the settings of that run to go on with it."
        )
    before, now = old["recipe"]["epochs"], settings["recipe"]["epochs"]
    if now < before and keeps:
        raise RunError(
            f"{folder} holds a run of {before} epochs: it can be made longer, not shorter. "
            f"Give epochs={before} or more, or another run_dir."
        )
    if differing or now < before:
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        return ""
    if now == before:
        return ""
    if settings["recipe"]["decay_share"]:
        return (
            f"The run goes from {before} to {now} epochs: its learning rates, which fall over the "
            f"last {settings['recipe']['decay_share']:.0%} of a run, go back to where a run of "
            f"{now} epochs has them."
        )
    return f"The run goes from {before} to {now} epochs."


def has_changed(old: dict | None, new: dict) -> bool:
    """Whether the settings in a folder are to be written anew."""
    if old is None or old["recipe"]["epochs"] != new["recipe"]["epochs"]:
        return True
    return any(True for _ in _differences(old, new))


def _differences(old: dict, new: dict):
    for part in ("recipe", "dataset"):
        for name in sorted(set(old[part]) | set(new[part])):
            ours, theirs = old[part].get(name), new[part].get(name)
            if ours != theirs and name not in ("epochs", "summary"):
                yield f"{part}'s {name}", ours, theirs
    for name, default in (("seed", None), ("deterministic", False), ("score", "")):
        if old.get(name, default) != new.get(name, default):
            yield name, old.get(name, default), new.get(name, default)


def read_settings(folder: Path) -> dict | None:
    """The folder's settings, complete; None where it has none.

    Raises:
        RunError: they cannot be read, are none of a run, or of a newer version.
    """
    path = folder / "settings.json"
    try:
        settings = files.read_json(path, {})
    except FileNotFoundError:
        return None
    except (OSError, GanlibError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
    return _completed(settings, path)


def _completed(settings: dict, path: Path) -> dict:
    """Settings, or a card, with the fields that an older version did not write.

    Raises:
        RunError: they are none of a run, or of a newer version.
    """
    try:
        files.check(settings, SETTINGS, path)
        if settings.get("format", FORMAT) > FORMAT:
            raise SettingsError("it was written by a newer ganlib; install that version.")
        recipe = read_recipe(settings["recipe"])
    except GanlibError as error:
        raise RunError(f"{path} holds no settings of a run: {error}") from error
    data = {"title": settings["dataset"]["name"], "sha256": "", "part": ""} | settings["dataset"]
    return settings | {"recipe": asdict(recipe), "dataset": data}


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
    with files.telling(path):
        path.parent.mkdir(exist_ok=True)
    grid = tile(unscale(images), PICTURE_COLUMNS, gap=0)
    grid = grid.squeeze(-1) if grid.ndim == 3 and grid.shape[-1] == 1 else grid
    with replacing(path) as temporary:
        Image.fromarray(grid).save(temporary, format="png")


def save_weights(run: Run, step: int, **told) -> None:
    """Writes both networks' weights, of that step, as HDF5, each with its card, in which ``told``
    stands too."""
    rows = len(run.history["seconds"])
    card = run.settings | {
        "step": step,
        "scores": {
            name: float(values[-1])
            for name, values in run.history.items()
            if rows and name not in ("step", "epoch", "seconds") and np.isfinite(values[-1])
        },
    }
    for network, path in _weight_files(run.gan, run.folder):
        weights.save_weights(network, path, {"network": network.name} | card | told)


WEIGHT_FILES = ("generator.weights.h5", "discriminator.weights.h5")


def _weight_files(gan: GAN, folder: Path) -> list[tuple[keras.Model, Path]]:
    networks = (gan.ema_generator, gan.discriminator)
    return [(n, folder / name) for n, name in zip(networks, WEIGHT_FILES, strict=True)]


def save_history(folder: Path, rows: list[dict], seconds: list[float]) -> None:
    """Writes ``history.csv``, the same for the same run, and ``times.csv``, which is not."""
    times = [{"step": row["step"], "seconds": s} for row, s in zip(rows, seconds, strict=True)]
    for name, table in (("history.csv", rows), ("times.csv", times)):
        with replacing(folder / name) as path:
            _write_csv(path, table)


def _write_csv(path: Path, table: list[dict]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]) if table else ["step"])
        writer.writeheader()
        writer.writerows(table)


def _read_table(path: Path) -> list[dict]:
    text = files.read_bytes(path, limit=files.JSON_BYTES).decode("utf-8")
    return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(text))]


def as_history(rows: list[dict], seconds: list[float]) -> dict[str, np.ndarray]:
    """The rows as columns: arrays by name."""
    names = [name for name in (rows[0] if rows else {})]
    return {name: np.array([row[name] for row in rows]) for name in names} | {
        "seconds": np.array(seconds)
    }
