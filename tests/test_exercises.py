"""Solutions, as the notebooks print them, pass their checks; stubs are not tried yet; what learners
are likely to write instead is told apart."""

import ast
import re
from functools import cache
from itertools import islice
from types import SimpleNamespace

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from wrong_answers import WRONG

import ganlib
from ganlib import exercises, metrics, neighbours
from ganlib.data import DataSet
from ganlib.exercises import core
from ganlib.models import dcgan_discriminator, dcgan_generator
from ganlib.paths import project_root

NOTEBOOKS = {
    "data": "00_data",
    "vanilla": "01_vanilla_gan",
    "dcgan": "02_dcgan",
    "cgan": "03_cgan",
    "evaluation": "04_evaluation",
    "stability": "05_stability",
}
TITLES = {1: "Predict", 2: "Implement", 3: "Investigate"}
ALL = [(prefix, n) for prefix in NOTEBOOKS for n in TITLES]
WITHOUT_NOTEBOOK = "the notebook is not there"


@cache
def cells(prefix: str) -> dict[str, str]:
    path = project_root() / "notebooks" / f"{NOTEBOOKS[prefix]}.ipynb"
    if not path.exists():
        pytest.skip(WITHOUT_NOTEBOOK)
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def stub_of(prefix: str, n: int) -> tuple[str, str]:
    """The cell to work in, cut into what the learner writes and the call of the check."""
    source = cells(prefix)[f"{prefix}-ex{n}-code"]
    last = ast.parse(source).body[-1]
    assert isinstance(last, ast.Expr), "the check is the cell's last expression"
    lines = source.splitlines()
    return "\n".join(lines[: last.lineno - 1]), "\n".join(lines[last.lineno - 1 :])


def solution_of(prefix: str, n: int) -> str:
    source = cells(prefix)[f"{prefix}-ex{n}-solution"]
    assert source.startswith("<details><summary>Solution</summary>")
    (block,) = re.findall(r"^```python\n(.*?)^```$", source, flags=re.M | re.S)
    return block


def verdict(prefix: str, n: int, code: str, names: dict) -> exercises.Verdict:
    """Of code that stands in the place of the stub."""
    stub, call = stub_of(prefix, n)
    # The functions of the toy see what their own globals hold, as they do in the notebook.
    namespace = names if (prefix, n) == ("vanilla", 3) else {**names}
    exec(stub, namespace)  # what the cell gives beside the places to fill
    exec(code, namespace)
    return eval(call, namespace)


def without_demonstration(solution: str) -> str:
    """A solution's function without the lines behind it that call it: they would stop first."""
    body = ast.parse(solution).body
    dropped = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    kept = []
    for node in body:
        used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        if isinstance(node, ast.FunctionDef) or not (isinstance(node, ast.Expr) or used & dropped):
            kept.append(node)
        else:  # and what follows from what it would have made
            names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
            dropped |= {each.id for each in names if isinstance(each.ctx, ast.Store)}
    return ast.unparse(ast.Module(kept, []))


# What each notebook has made before its exercises, as small as will do.


def labelled(n: int, labels: np.ndarray) -> DataSet:
    images = np.random.default_rng(0).integers(0, 256, (n, 4, 4)).astype(np.uint8)
    return DataSet(images, labels, tuple("abcdefghij"), "small")


def names_data() -> dict:
    labels = np.random.default_rng(1).permutation(np.arange(60_000) % 10)
    return {"train": labelled(60_000, labels), "islice": islice}


def names_vanilla() -> dict:
    """The toy of section 5, run as the notebook runs it, for fewer rounds."""
    namespace = {}
    for k in (3, 14, 20, 24, 29, 31, 32, 33):
        source = cells("vanilla")[f"vanilla-{k:02d}"]
        source = source.replace("ROUNDS = 1500", "ROUNDS = 400")
        exec(source.replace("400, 600, 800, 1000, ROUNDS}", "ROUNDS}"), namespace)
    toy_scores, _ = cells("vanilla")["vanilla-37"].split("\nassert", 1)  # they are of all rounds
    exec(toy_scores, namespace)
    return namespace


def names_dcgan() -> dict:
    namespace = {"np": np}
    exec(cells("dcgan")["dcgan-14"], namespace)
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
        score |= dict.fromkeys(("precision", "recall", "density", "coverage"), 0.95)
        score["near_training_pixels"] = 0.04
        scores = {key: {"mean": value} for key, value in score.items()}
        return {"scores": scores, "classes": {"shares": shares.tolist()}}

    worse = {"frechet_distance": lambda x: x > 3, "kernel_distance": lambda x: x > 0.05,
             "inception_score": lambda x: x < 7}  # fmt: skip
    counts = [150, 300]
    pool = np.concatenate([pool_a, pool_b])
    return {
        "ganlib": SimpleNamespace(evaluate=evaluate),
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
        "unscale": lambda points: points,
        "classifier": SimpleNamespace(features=lambda points: points),
        "reference_features": real,
    }


MAKERS = {
    "data": names_data,
    "vanilla": names_vanilla,
    "dcgan": names_dcgan,
    "cgan": names_cgan,
    "evaluation": names_evaluation,
    "stability": dict,
}


@cache
def names_of(prefix: str) -> dict:
    common = {"np": np, "tf": tf, "keras": keras, "ops": ops, "ganlib": ganlib, "metrics": metrics}
    common |= {"neighbours": neighbours, "exercises": exercises}
    names = MAKERS[prefix]()
    for name, value in common.items():
        names.setdefault(name, value)
    return names


@pytest.mark.parametrize(("prefix", "n"), ALL)
def test_a_solution_is_right(prefix, n, capsys):
    found = verdict(prefix, n, solution_of(prefix, n), names_of(prefix))
    assert found.state == exercises.RIGHT, found


@pytest.mark.parametrize(("prefix", "n"), ALL)
def test_a_stub_is_not_tried_yet(prefix, n):
    found = verdict(prefix, n, "", names_of(prefix))
    assert found.state == exercises.NOT_TRIED, found
    assert found.exercise == f"Exercise {n}"


@pytest.mark.parametrize(("prefix", "n"), ALL)
def test_a_function_that_raises_not_implemented_is_not_tried_yet(prefix, n):
    stub, _ = stub_of(prefix, n)
    functions = [x for x in ast.parse(stub).body if isinstance(x, ast.FunctionDef)]
    if not functions:
        pytest.skip("asks for numbers, not for a function")
    code = f"def {functions[0].name}(*args, **kwargs):\n    raise NotImplementedError"
    assert verdict(prefix, n, code, names_of(prefix)).state == exercises.NOT_TRIED


@pytest.mark.parametrize(
    ("prefix", "n", "code", "told"),
    [
        pytest.param(prefix, n, code, told, id=f"{prefix}{n}-{told[:30]}")
        for (prefix, n), answers in WRONG.items()
        for code, told in answers
    ],
)
def test_a_wrong_answer_is_told_what_differs(prefix, n, code, told, capsys):
    """The solution with one change made to it, or an answer of its own."""
    answer = code
    if "$" in code:
        old, new = code.split("$")
        solution = solution_of(prefix, n)
        assert old in solution, "the change must change something"
        answer = solution.replace(old, new)
        if n == 2:
            answer = without_demonstration(answer)
    found = verdict(prefix, n, answer, names_of(prefix))
    assert found.state == exercises.DIFFERS, found
    assert told in found.message


def test_each_exercise_has_wrong_answers():
    assert set(WRONG) == set(ALL)
    assert min(map(len, WRONG.values())) >= 3
    assert all(len({told for _, told in each}) >= 3 for each in WRONG.values())


def test_the_notebooks_ask_for_a_guess_and_compare_it():
    for prefix in [name for name in NOTEBOOKS if name != "stability"]:
        sources = cells(prefix)
        order = list(sources)
        assert order.index(f"{prefix}-guess") < 3
        assert order.index(f"{prefix}-guess") < order.index(f"{prefix}-guess-check")
        for name in re.findall(r"^(my_\w+) = .*\.\.\.", sources[f"{prefix}-guess"], flags=re.M):
            assert re.search(rf"\b{name}\b", sources[f"{prefix}-guess-check"])


def test_the_committed_notebooks_are_unsolved_and_say_so():
    for prefix, stem in NOTEBOOKS.items():
        path = project_root() / "notebooks" / f"{stem}.ipynb"
        if not path.exists():
            continue
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and re.search(r"^exercises\.", cell.source, flags=re.M):
                (output,) = cell.outputs
                assert "not tried yet" in output.data["text/plain"], (prefix, cell.id)


# The guesses.

COUNTS = np.array([100, 60, 140, 90, 120, 8, 240, 80, 92, 70])
NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
         "Boot")  # fmt: skip
ALARMS = {
    "memorising": {"frechet_distance": False},
    "two classes missing": {"frechet_distance": True},
    "one image a class": {"frechet_distance": True},
}
YES_NO = (["no", "no", "yes"], ["no", "yes", "yes"])


def guesses_data(*answers):
    return exercises.data.guesses(
        *answers, counts=(0, 1500), pairs=[("T-shirt/top", "Shirt")], class_names=NAMES, of=10_000
    )


def rarest(guess):
    return exercises.vanilla.rarest(guess, counts=COUNTS)


def classes_guess(*answers):
    return exercises.dcgan.classes_guess(*answers, counts=COUNTS, class_names=NAMES)


def boots(guess):
    return exercises.conditional.boots(guess, agreement=0.11, classes=10)


def yes_or_no(*answers):
    return exercises.evaluation.yes_or_no(*answers, alarms=ALARMS)


def modes(guess):
    return exercises.stability.modes_guess(guess, found=3, modes=8)


@pytest.mark.parametrize(
    ("guess", "answers"),
    [
        (guesses_data, (0, 1000, ("Shirt", "T-shirt/top"))),
        (rarest, (15,)),
        (classes_guess, ("sandal", "Shirt", True)),
        (boots, (10,)),
        (yes_or_no, YES_NO),
        (modes, (3,)),
    ],
)
def test_a_good_guess_is_right_and_none_is_not_tried_yet(guess, answers):
    assert guess(*answers).state == exercises.RIGHT
    for gap in (..., None):
        for place in range(len(answers)):
            given = [*answers[:place], gap, *answers[place + 1 :]]
            assert guess(*given).state == exercises.NOT_TRIED
    assert "Predict first: not tried yet" in repr(guess(*[...] * len(answers)))


@pytest.mark.parametrize(
    ("guess", "answers", "told"),
    [
        (guesses_data, (12, 1500, ("Shirt", "T-shirt/top")), "you guessed 12, the count is 0"),
        (guesses_data, (0, 0.15, ("Shirt", "T-shirt/top")), "is a share"),
        (guesses_data, (0, 15_000, ("Shirt", "T-shirt/top")), "there are only 10,000"),
        (guesses_data, (0, 1500, ("Shirt", "Cote")), "expected one of"),
        (guesses_data, (0, 1500, ("Bag", "Coat")), "it is T-shirt/top and Shirt"),
        (guesses_data, (0, 1500, ("Coat", "Coat")), "two different classes"),
        (guesses_data, (0, 1500, "Coat"), "write two names"),
        (rarest, (0.01,), "is a share"),
        (rarest, (150,), "more than an even share"),
        (rarest, (95,), "chance alone"),
        (rarest, (60,), "more one-sided"),
        (rarest, (-1,), "whole number"),
        (rarest, ("ten",), "expected a number"),
        (classes_guess, ("Shirt", "Sandal", True), "other way round"),
        (classes_guess, ("Bag", "Bag", True), "cannot be both"),
        (classes_guess, ("Clog", "Bag", True), "expected one of"),
        (classes_guess, ("Boot", "Shirt", True), "you guessed Boot (7.0%), it is Sandal"),
        (classes_guess, ("Sandal", "Shirt", False), "a class below 1 %: yes"),
        (classes_guess, ("Sandal", "Shirt", "Bag"), "expected True or False"),
        (boots, (100,), "nothing ever compares"),
        (boots, (0.1,), "is a share"),
        (boots, (50,), "10 classes to miss"),
        (boots, (0,), "by chance"),
        (boots, (101,), "there are only 100"),
        (yes_or_no, (["yes", "no", "yes"], YES_NO[1]), "every image of a thief is a real one"),
        (yes_or_no, (["no", "yes", "yes"], YES_NO[1]), "too few to be certain"),
        (yes_or_no, (YES_NO[0], ["yes", "yes", "yes"]), "the data's own distribution"),
        (yes_or_no, (YES_NO[0], ["no", "no", "yes"]), "lack the absent classes"),
        (yes_or_no, (YES_NO[0], "no"), "expected three answers"),
        (yes_or_no, (YES_NO[0], ["no", "perhaps", "yes"]), "expected True or False"),
        (modes, (8,), "asks for all of them"),
        (modes, (9,), "there are only 8"),
        (modes, (0.5,), "is a share"),
        (modes, (5,), "found were 3"),
    ],
)
def test_a_guess_is_compared(guess, answers, told):
    found = guess(*answers)
    assert found.state == exercises.DIFFERS
    assert told in found.message


# What all checks share.


def test_nothing_that_a_learner_may_hand_in_raises():
    """Every place of every check, filled with odd things: a verdict, and never "right"."""
    odd = ["", "three", -1, float("nan"), 1e30, [], {}, (), set(), object(), lambda: 1, len,
           np.zeros(3), np.array([]), {1: 2}, [[1], [2, 3]], b"x", True, print, type]  # fmt: skip
    checks = [
        (exercises.data.steps_and_rest, 2, {}),
        (exercises.data.numpy_batches, 1, {}),
        (exercises.data.shuffle_buffers, 2, {"labels": np.arange(300) % 10}),
        (exercises.vanilla.three_losses, 4, {}),
        (exercises.vanilla.label_smoothing, 2, {}),
        (exercises.vanilla.one_turn, 3, {"scores": np.ones((2, 2)), "rounds": [25, 50]}),
        (exercises.dcgan.coats_of_three, 3, {}),
        (exercises.dcgan.by_zeros, 1, {}),
        (exercises.dcgan.worth_of_average, 3, {"distance": 16.0, "floor": 0.3}),
        (exercises.conditional.class_scores, 1, {}),
        (exercises.conditional.random_labels, 2, {"classes": 10}),
        (exercises.evaluation.frechet_at_infinity, 1, {}),
        (exercises.evaluation.uneven_classes, 2, {"columns": ["precision"], "alarm": len}),
        (exercises.stability.linear_critic, 3, {}),
        (exercises.stability.gradient_penalty, 1, {}),
        (exercises.stability.damping, 2, {"rate": 0.15, "weights": (0.05, 2.0)}),
    ]
    for check, places, known in checks:
        for thing in odd:
            found = check(*[thing] * places, **known)
            assert found.state == exercises.DIFFERS, (check.__name__, thing, found)


def test_one_gap_that_is_left_is_not_tried_yet():
    steps, once = {32: (1875, 0), 64: (937, 32), 256: (234, 96)}, 0.01588
    check = exercises.data.steps_and_rest
    assert check(steps, once).state == exercises.RIGHT
    for left in (steps | {64: ...}, steps | {64: (937, None)}, steps | {64: [937, ...]}):
        assert check(left, once).state == exercises.NOT_TRIED
    assert check(steps, ...).state == exercises.NOT_TRIED


def test_a_verdict_is_one_text_of_short_lines():
    found = exercises.Verdict("Exercise 9", exercises.DIFFERS, "word " * 60)
    assert repr(found).startswith("Exercise 9: differs. word")
    assert max(map(len, repr(found).splitlines())) <= 96


def test_a_forgotten_return_is_no_stub():
    def forgot(x):
        y = 2 * x  # noqa: F841

    def stub(x):
        """Doubles."""
        ...

    with pytest.raises(core.Mistake, match="forgot gives None"):
        core.call(forgot, 1)
    with pytest.raises(NotImplementedError):
        core.call(stub, 1)


def test_an_error_in_the_learners_code_is_told():
    with pytest.raises(core.Mistake, match="divide stopped with ZeroDivisionError: division by"):

        def divide(x):
            return x / 0

        core.call(divide, 1)


def test_a_difference_shows_both_values():
    with pytest.raises(core.Mistake, match=r"sum: expected 2.5, given 2\.$"):
        core.same_number(2.0, 2.5, "sum")
    with pytest.raises(core.Mistake, match="That is per cent"):
        core.same_number(25, 0.25, "share")
    expected = np.arange(20.0).reshape(4, 5)
    given = expected.copy()
    given[2, 3] = 7
    with pytest.raises(core.Mistake, match=r"at \[2, 3\] expected 13, given 7\."):
        core.same_array(given, expected, "table")
    with pytest.raises(core.Mistake, match=r"expected the shape \(4, 5\), given \(20,\)"):
        core.same_array(given.ravel(), expected, "table")
    core.same_array(expected.tolist(), expected, "table")


def test_the_smallest_weight_that_damps_is_the_rate():
    """Simultaneous steps multiply the squared size by 1 + rate^2 - rate gamma on average."""
    far = exercises.stability.distance_left(0.14, 0.15, turns=2000)
    near = exercises.stability.distance_left(0.16, 0.15, turns=2000)
    assert near < 0.5 < 2 < far
