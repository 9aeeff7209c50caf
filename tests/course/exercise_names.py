"""What each notebook has made before its exercises, as small as will do: the names that their
stubs and solutions use."""

import ast
from functools import cache
from itertools import islice
from types import SimpleNamespace

import keras
import nbformat
import numpy as np
import tensorflow as tf
from keras import ops

import ganlib
from ganlib import penalties
from ganlib.course import exercises
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
    "stability": "05_stability",
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
    labels = np.random.default_rng(1).permutation(np.arange(60_000) % 10)
    return {"train": labelled(60_000, labels), "islice": islice}


def names_vanilla() -> dict:
    """The toy of section 5, run as the notebook runs it, for fewer rounds."""
    namespace = {}
    for name in ("keras", "discriminator_loss", "normal", "push", "discriminator_turn",
                 "toy_players", "toy_round", "toy_frames", "toy_scores"):  # fmt: skip
        tree = ast.parse(cell_that_makes("vanilla", name))
        # What the notebook asserts is of all rounds.
        tree.body = [node for node in tree.body if not isinstance(node, ast.Assert)]
        fewer = {"ROUNDS": "400", "keep": "{10, 25, 50, 100, 200, ROUNDS}"}
        for node in tree.body:
            if isinstance(node, ast.Assign) and (target := ast.unparse(node.targets[0])) in fewer:
                node.value = ast.parse(fewer[target]).body[0].value
        exec(compile(ast.fix_missing_locations(tree), name, "exec"), namespace)
    return namespace


def names_dcgan() -> dict:
    namespace = {"np": np}
    exec(cell_that_makes("dcgan", "transposed_convolution"), namespace)
    generator = dcgan_generator((28, 28, 1), 8, width=4)
    gan = ganlib.GAN(generator, dcgan_discriminator((28, 28, 1), width=4), latent_dim=8)
    rng = np.random.default_rng(0)
    generator.set_weights([w + 0.1 * rng.normal(size=w.shape) for w in generator.get_weights()])
    projection = rng.normal(size=(784, 3)) / 28
    classifier = SimpleNamespace(features=lambda x: np.reshape(x, (len(x), 784)) @ projection)
    real = rng.normal(size=(300, 3))
    average = classifier.features(gan.generate(300, seed=0))
    return {
        "transposed_convolution": namespace["transposed_convolution"],
        "run": SimpleNamespace(gan=gan, generate=gan.generate, title="a run"),
        "parameters": SimpleNamespace(seed=0),
        "SAMPLES": 300,
        "classifier": classifier,
        "real_features": real,
        "plotting": SimpleNamespace(before_during_after=lambda *args, **kwargs: None),
        "distance": metrics.frechet_distance(average, real),
        "floor": 0.01,
    }


def names_cgan() -> dict:
    """Tiny networks of which the second has grown; short runs that learn the labels perfectly."""

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

    class Classifier:
        def labels(self, pairs):
            """The true classes of what a perfect generator draws under each label asked for."""
            rng = np.random.default_rng(0)
            true = np.arange(len(pairs)) % 10
            return np.array([rng.choice(true[pairs.labels == k]) for k in asked])

    keras.utils.set_random_seed(0)
    asked = np.repeat(np.arange(10), 100)
    trained = gan(3.0)
    return {
        "untrained": gan(1.0),
        "run": SimpleNamespace(gan=trained),
        "chosen": SimpleNamespace(latent_dim=128),
        "classes": 10,
        "told": trained.discriminator,
        "test": labelled_images(20),
        "data": SimpleNamespace(image_shape=(28, 28, 1)),
        "models": SimpleNamespace(dcgan_discriminator=lambda *args, **kwargs: None),
        "narrow": {},
        "small_data": labelled(4000, np.arange(4000) % 10),
        "asked_small": asked,
        "short_run": lambda judge, pairs: pairs,
        "classifier": Classifier(),
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
        scores = {key: {"mean": value} for key, value in score.items()}
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
    }


MAKERS = {
    "data": names_data,
    "vanilla": names_vanilla,
    "dcgan": names_dcgan,
    "cgan": names_cgan,
    "evaluation": names_evaluation,
    "stability": lambda: {"penalties": penalties},
}


@cache
def names_of(prefix: str) -> dict:
    common = {"np": np, "tf": tf, "keras": keras, "ops": ops, "ganlib": ganlib, "metrics": metrics}
    common |= {"neighbours": neighbours, "exercises": exercises}
    names = MAKERS[prefix]()
    for name, value in common.items():
        names.setdefault(name, value)
    return names
