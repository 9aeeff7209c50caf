"""What each notebook has made before its exercises, as small as will do: the names that their
stubs and solutions use."""

import ast
from functools import cache
from types import SimpleNamespace

import keras
import nbformat
import numpy as np
import tensorflow as tf
from keras import ops

import ganlib
from ganlib import penalties
from ganlib.course import exercises
from ganlib.course.lab import clinic
from ganlib.course.order import names_made
from ganlib.data.dataset import DataSet
from ganlib.evaluation import metrics, neighbours
from ganlib.models import dcgan_discriminator, dcgan_generator
from ganlib.paths import project_root

NAMES = {
    "data": "00_data",
    "vanilla": "01_vanilla_gan",
    "dcgan": "02_dcgan",
    "cgan": "03_cgan",
    "evaluation": "04_evaluation",
    "fail": "05_why_gans_fail",
    "repair": "06_repairs",
    "clinic": "07_clinic",
}
PATHS = {prefix: project_root() / "notebooks" / f"{name}.ipynb" for prefix, name in NAMES.items()}
NOTEBOOKS = {prefix: NAMES[prefix] for prefix, path in PATHS.items() if path.exists()}


@cache
def cells(prefix: str) -> dict[str, str]:
    """A notebook's cells by their ids."""
    return {cell.id: cell.source for cell in nbformat.read(PATHS[prefix], as_version=4).cells}


def cell_that_makes(prefix: str, name: str) -> str:
    """The first code cell of a notebook that assigns, defines or imports the name."""
    for cell in nbformat.read(PATHS[prefix], as_version=4).cells:
        if cell.cell_type == "code" and name in names_made(cell.source):
            return cell.source
    raise AssertionError(f"no cell of {PATHS[prefix].name} makes {name}")


def labelled(n: int, labels: np.ndarray) -> DataSet:
    images = np.random.default_rng(0).integers(0, 256, (n, 4, 4)).astype(np.uint8)
    return DataSet(images, labels, tuple("abcdefghij"), "small")


def names_data() -> dict:
    """Real images on the levels of uint8, and generated ones between them."""
    rng = np.random.default_rng(1)
    real = rng.integers(0, 256, (40, 4, 4, 1)).astype(np.uint8)

    def on_a_level(x, half_range=127.5):
        places = (x + 1) * half_range
        return np.abs(places - np.rint(places)) < 1e-3

    return {
        "train": labelled(60, np.arange(60) % 10),
        "test": labelled(20, np.arange(20) % 10),
        "real": real,
        "drawn": {"real": real / 127.5 - 1, "untrained": rng.uniform(-1, 1, real.shape)},
        "on_a_level": on_a_level,
    }


def names_vanilla() -> dict:
    """The toy of section 5, run as the notebook runs it, for fewer rounds."""
    namespace = {"dense": keras.layers.Dense, "width": 784, "latent_size": 64}
    namespace["cross_entropy"] = keras.losses.BinaryCrossentropy(from_logits=True)
    cells = ("keras", "one_number", "discriminator_loss", "non_saturating_loss", "descend")
    for name in (*cells, "five_turns"):
        tree = ast.parse(cell_that_makes("vanilla", name))
        fewer = {"BATCH, ROUNDS": "256, 400", "KEPT": "{0, 10, 25, 50, 100, 200, ROUNDS}"}
        for node in tree.body:
            if isinstance(node, ast.Assign) and (target := ast.unparse(node.targets[0])) in fewer:
                node.value = ast.parse(fewer[target]).body[0].value
        exec(compile(ast.fix_missing_locations(tree), name, "exec"), namespace)
    namespace["train_toy"] = cache(namespace["train_toy"])  # many answers call it alike
    return namespace


def names_dcgan() -> dict:
    """The notebook's own networks, which are not trained: a distance tells which they are."""
    names = {"np": np, "keras": keras, "layers": keras.layers, "height": 8, "width": 8}
    names |= {"channels": 1, "image_shape": (8, 8, 1), "floor": 0.2}
    for name in ("transposed_convolution", "make_generator"):
        exec(cell_that_makes("dcgan", name), names)
    names["make_discriminator"] = lambda: None
    names["train_pair"] = lambda generator, discriminator, steps: None
    names["draw"] = lambda generator: generator
    names["distance_of"] = lambda generator: 100 / len(generator.layers)
    return names


def names_cgan() -> dict:
    """Tiny networks of which the second has grown; a training that learns its labels perfectly."""

    def gan(growth):
        generator = dcgan_generator((28, 28, 1), 128, width=4, num_classes=10)
        judge = dcgan_discriminator((28, 28, 1), width=4, num_classes=10, features=6)
        made = ganlib.ConditionalGAN(generator, judge, latent_dim=128, num_classes=10)
        table = made.ema_generator.get_layer("label_embedding")
        table.set_weights([growth * w for w in table.get_weights()])
        dense = next(x for x in made.ema_generator.layers if isinstance(x, keras.layers.Dense))
        kernel, *rest = dense.get_weights()
        kernel[128:] *= growth
        dense.set_weights([kernel, *rest])
        return made

    learnt, part = {}, labelled(4000, np.arange(4000) % 10)
    keras.utils.set_random_seed(0)
    trained = gan(3.0)
    return {
        "untrained": gan(1.0),
        "run": SimpleNamespace(gan=trained),
        "chosen": SimpleNamespace(latent_dim=128),
        "classes": 10,
        "part": part,
        "make_generator": lambda: "generator",
        "make_discriminator": lambda: "discriminator",
        "losses": None,
        "batches_of": lambda labels, steps: labels,
        "train": lambda generator, discriminator, losses, labels: learnt.update({0: labels}),
        "agreement_of": lambda generator: np.mean(learnt[0] == part.labels),
    }


def labelled_images(n: int) -> DataSet:
    images = np.random.default_rng(0).integers(0, 256, (n, 28, 28)).astype(np.uint8)
    return DataSet(images, np.arange(n) % 10, tuple("abcdefghij"), "small", "test")


def names_evaluation() -> dict:
    """Points in the place of images; a report of the class shares in the place of all scores."""
    rng = np.random.default_rng(0)
    real, held_out, pool_a, pool_b = rng.normal(size=(4, 600, 8))

    class Stock:
        def __init__(self, images, labels):
            self.points = images

        def generate(self, n, labels, seed):
            return labels if isinstance(self.points, str) else self.points[:n]

    def evaluate(gan, *args, **kwargs):
        shares = np.bincount(gan.generate(600), minlength=10) / 600
        score = {"frechet_distance": 60 * shares.max() - 6, "kernel_distance": shares.max() - 0.1,
                 "inception_score": 1 / shares.max(), "smallest_class": 0.05}  # fmt: skip
        score["class_kl"] = float(np.sum(shares * np.log(10 * shares)))
        score |= dict.fromkeys(("precision", "recall", "density", "coverage"), 0.95)
        score |= {"near_training_pixels": 0.04, "near_training_features": 0.04}
        scores = {key: {"mean": value, "spread": None} for key, value in score.items()}
        return {"scores": scores, "classes": {"shares": shares.tolist()}}

    worse = {"frechet_distance": lambda x: x > 3, "kernel_distance": lambda x: x > 0.05,
             "inception_score": lambda x: x < 7, "class_kl": lambda x: x > 0.1}  # fmt: skip
    counts = [150, 300]
    pool = np.concatenate([pool_a, pool_b])
    return {
        "ganlib": SimpleNamespace(evaluate=evaluate, unscale=lambda points: points),
        "Stock": Stock,
        "fresh": "labels",
        "fresh_labels": None,
        "classes": 10,
        "train": None,
        "test": None,
        "reference": SimpleNamespace(labels=None),
        "honest": {},
        "columns": dict.fromkeys([*exercises.evaluation.REASONS]),
        "alarm": lambda key, value: key in worse and worse[key](value),
        "rng": rng,
        "pool": pool,
        "counts": [100, *counts],
        "fd": np.ones((2, 3)),
        "gallery": {
            "held-out real": Stock(held_out, None),
            "one image a class": Stock(np.repeat(held_out[:10], 60, axis=0), None),
        },
        "n": 600,
        "classifier": SimpleNamespace(features=lambda points: points),
        "reference_features": real,
        "held_out_features": held_out,
    }


def names_clinic() -> dict:
    """The stored runs; in the place of a training the stored run of the same settings, and where
    there is none, that of the first patient."""
    stored, wanted = clinic.gallery(), {name: each.change for name, each in clinic.CASES.items()}
    wanted |= clinic.TRIED

    def run(change):
        settings = clinic.settings_of(change)
        same = (name for name in wanted if clinic.settings_of(wanted[name]) == settings)
        name = next(same, None)
        return stored[name][0] if name else clinic.patients()[1]

    return {
        "CASES": clinic.CASES,
        "patients": clinic.patients,
        "sealed": clinic.sealed,
        "stored": stored,
        "clinic": SimpleNamespace(run=run),
    }


MAKERS = {
    "data": names_data,
    "vanilla": names_vanilla,
    "dcgan": names_dcgan,
    "cgan": names_cgan,
    "evaluation": names_evaluation,
    "fail": dict,
    "repair": lambda: {"penalties": penalties},
    "clinic": names_clinic,
}


@cache
def names_of(prefix: str) -> dict:
    common = {"np": np, "tf": tf, "keras": keras, "ops": ops, "ganlib": ganlib, "metrics": metrics}
    common |= {"neighbours": neighbours, "exercises": exercises}
    names = MAKERS[prefix]()
    for name, value in common.items():
        names.setdefault(name, value)
    return names
