"""Solutions, as the notebooks print them, pass their checks; stubs are not tried yet; what learners
are likely to write instead is told apart."""

import ast
import collections
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from exercise_names import NOTEBOOKS, PATHS, cells, names_of
from support import raising, says, sketches

from ganlib import evaluate, scale
from ganlib.course import exercises
from ganlib.course.exercises import core
from ganlib.evaluation.classifier import SHIPPED, load_classifier
from ganlib.evaluation.reference import measure_reference
from ganlib.paths import project_root

TITLES = {1: "Predict", 2: "Implement", 3: "Investigate"}
ALL = [(prefix, n) for prefix in NOTEBOOKS for n in TITLES]


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
    namespace = {**names}
    exec(stub, namespace)  # what the cell gives beside the places to fill
    exec(code, namespace)
    return eval(call, namespace)


def wrong_answers() -> list:
    """What learners may hand in instead, from ``wrong/``: a heading says to which exercise, whether
    the rest is right, and a part of what they should be told."""
    found = []
    for prefix in NOTEBOOKS:
        text = (Path(__file__).parent / "wrong" / f"{prefix}.py").read_text("utf-8")
        _, *parts = re.split(r"^# %% (\d)( right but for)?: (.+)\n", text, flags=re.M)
        for n, but_for, told, code in zip(*(parts[k::4] for k in range(4)), strict=True):
            answer = prefix, int(n), bool(but_for), code, told
            found.append(pytest.param(*answer, id=f"{prefix}{n}-{told[:30]}"))
    return found


@pytest.mark.parametrize(("prefix", "n"), ALL)
def test_a_solution_is_right(prefix, n, capsys):
    found = verdict(prefix, n, solution_of(prefix, n), names_of(prefix))
    assert found.state == exercises.RIGHT, found


@pytest.mark.parametrize(("prefix", "n"), ALL)
def test_a_stub_is_not_tried_yet(prefix, n):
    found = verdict(prefix, n, "", names_of(prefix))
    assert found.state == exercises.NOT_TRIED, found
    assert found.exercise == f"Exercise {n}"


@pytest.mark.parametrize("prefix", NOTEBOOKS)
def test_a_function_that_raises_not_implemented_is_not_tried_yet(prefix):
    stub, _ = stub_of(prefix, 2)
    functions = [each for each in ast.parse(stub).body if isinstance(each, ast.FunctionDef)]
    assert functions
    code = "\n".join(
        f"def {each.name}(*args, **kwargs):\n    raise NotImplementedError" for each in functions
    )
    assert verdict(prefix, 2, code, names_of(prefix)).state == exercises.NOT_TRIED


@pytest.mark.parametrize(("prefix", "n", "but_for", "code", "told"), wrong_answers())
def test_a_wrong_answer_is_told_what_differs(prefix, n, but_for, code, told, capsys):
    answer = f"{solution_of(prefix, n)}\n{code}" if but_for else code
    found = verdict(prefix, n, answer, names_of(prefix))
    assert found.state == exercises.DIFFERS, found
    assert told in found.message


def test_each_exercise_has_wrong_answers():
    told = collections.defaultdict(set)
    for answer in wrong_answers():
        told[answer.values[:2]].add(answer.values[-1])
    assert {each: len(told[each]) for each in ALL if len(told[each]) < 3} == {}


def test_the_notebooks_ask_for_a_guess_and_compare_it():
    for prefix in NOTEBOOKS:
        sources = cells(prefix)
        order = list(sources)
        assert order.index(f"{prefix}-guess") < 3
        assert order.index(f"{prefix}-guess") < order.index(f"{prefix}-guess-check")
        for name in re.findall(r"^(my_\w+) = .*\.\.\.", sources[f"{prefix}-guess"], flags=re.M):
            assert re.search(rf"\b{name}\b", sources[f"{prefix}-guess-check"])


def test_no_other_cell_takes_a_name_that_a_check_is_given():
    """Else a right answer is compared with something that only had the same name."""
    for prefix in NOTEBOOKS:
        code = [c for c in notebook_cells(prefix) if c.cell_type == "code"]
        makers = collections.Counter(
            name for cell in code for name in names_made(ast.parse(cell.source))
        )
        for cell in code:
            own = names_made(ast.parse(cell.source))
            for call in calls_of_checks(ast.parse(cell.source)):
                given = {
                    each.id
                    for keyword in call.keywords
                    for each in ast.walk(keyword.value)
                    if isinstance(each, ast.Name) and each.id not in own
                }
                assert {name: makers[name] for name in given if makers[name] > 1} == {}, cell.id


def notebook_cells(prefix: str) -> list:
    return nbformat.read(PATHS[prefix], as_version=4).cells


def names_made(module: ast.Module) -> set[str]:
    """What a cell assigns or defines at its top level."""
    made = {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in module.body:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.For):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            made |= {
                each.id
                for target in targets
                for each in ast.walk(target)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }
    return made


def calls_of_checks(module: ast.Module) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("exercises.")
    ]


def test_the_committed_notebooks_are_unsolved_and_say_so():
    for prefix, stem in NOTEBOOKS.items():
        path = project_root() / "notebooks" / f"{stem}.ipynb"
        if not path.exists():
            continue
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and re.search(r"^exercises\.", cell.source, flags=re.M):
                (output,) = cell.outputs
                assert exercises.NOT_TRIED in output.data["text/plain"], (prefix, cell.id)


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
    return exercises.conditional.obeyed(guess, agreement=0.11, classes=10)


def yes_or_no(*answers):
    return exercises.evaluation.yes_or_no(*answers, alarms=ALARMS)


def place(guess):
    losses = {"weak": 0.0, "mixed": 0.01, "healthy": 1.3, "ahead": 9.0, "leak": 5.0, "fast": 2.0}
    return exercises.clinic.place(guess, losses=losses)


def cures(guess):
    return exercises.repairs.cures_guess(guess, mended={1, 4})


@pytest.mark.parametrize(
    ("guess", "answers"),
    [
        (guesses_data, (0, 1000, ("Shirt", "T-shirt/top"))),
        (guesses_data, (0, 1000, ("shirt", "T-shirt"))),
        (rarest, (15,)),
        (classes_guess, ("sandal", "Shirt", True)),
        (boots, (10,)),
        (yes_or_no, YES_NO),
        (place, (3,)),
        (place, (2,)),
        (cures, ({1, 4},)),
        (cures, ([4, 1],)),
    ],
)
def test_a_good_guess_is_right_and_none_is_not_tried_yet(guess, answers):
    assert guess(*answers).state == exercises.RIGHT
    for place in range(len(answers)):
        given = [*answers[:place], ..., *answers[place + 1 :]]
        assert guess(*given).state == exercises.NOT_TRIED
    assert f"Predict first: {exercises.NOT_TRIED}" in repr(guess(*[...] * len(answers)))


@pytest.mark.parametrize(
    ("guess", "answers", "parts"),
    [
        (guesses_data, (12, 1500, ("Shirt", "T-shirt/top")), [12, 0]),
        (guesses_data, (0, 0.15, ("Shirt", "T-shirt/top")), [0.15, "share", "10,000"]),
        (guesses_data, (0, 15_000, ("Shirt", "T-shirt/top")), ["15,000", "10,000"]),
        (guesses_data, (0, 1500, ("Shirt", "Cote")), ["'Cote'", "'Coat'"]),
        (guesses_data, (0, 1500, ("Bag", "Coat")), ["right", "1,500"]),
        (guesses_data, (0, 500, ("Shirt", "T-shirt")), ["label", "low", 500, "1,500"]),
        (guesses_data, (0, 1500, ("Bag", "Coat")), ["Bag", "Coat", "T-shirt/top", "Shirt"]),
        (guesses_data, (0, 1500, ("Coat", "Coat")), ["Coat", "twice"]),
        (guesses_data, (0, 1500, "Coat"), ['("Bag", "Coat")']),
        (rarest, (0.01,), [0.01, "share"]),
        (rarest, (150,), [150, 8, 100]),
        (rarest, (95,), [95, 8, "chance"]),
        (rarest, (60,), [60, 8, "more"]),
        (rarest, (-1,), [-1, "whole"]),
        (rarest, ("ten",), ["'ten'"]),
        (classes_guess, ("Shirt", "Sandal", True), ["round", "Sandal", "Shirt"]),
        (classes_guess, ("Bag", "Bag", True), ["Bag", "both"]),
        (classes_guess, ("Clog", "Bag", True), ["'Clog'", "'Boot'"]),
        (classes_guess, ("Boot", "Shirt", True), ["Boot (7.0%)", "Sandal"]),
        (classes_guess, ("Sandal", "Shirt", False), ["1 %", "yes"]),
        (classes_guess, ("Sandal", "Shirt", "Bag"), ["missing", "True", "False", "'Bag'"]),
        (boots, (100,), [100, 11, "compares"]),
        (boots, (0.1,), [0.1, "share"]),
        (boots, (50,), [50, 11, 10]),
        (boots, (0,), [0, 11, "chance", 10]),
        (boots, (101,), [101, 100]),
        (yes_or_no, (["yes", "no", "yes"], YES_NO[1]), ["eye", "memorising", "no"]),
        (yes_or_no, (["no", "yes", "yes"], YES_NO[1]), ["eye", "two classes missing", "no"]),
        (yes_or_no, (YES_NO[0], ["yes", "yes", "yes"]), ["score", "memorising", "no"]),
        (yes_or_no, (YES_NO[0], ["no", "no", "yes"]), ["score", "two classes missing", "yes"]),
        (yes_or_no, (YES_NO[0], "no"), ["by_score", "'no'", "three"]),
        (yes_or_no, (YES_NO[0], ["no", "perhaps", "yes"]), ["by_score", "'perhaps'", "True"]),
        (place, (1,), ["healthy run comes 3", "'weak'", "fooled"]),
        (place, (5,), ["healthy run comes 3", "ahead"]),
        (place, (0.5,), [0.5, "share"]),
        (place, (7,), [7, 6]),
        (cures, ({1, 2},), ["not mended: 2", "not guessed: 4"]),
        (cures, (set(),), ["not guessed: 1, 4"]),
        (cures, (4,), ["{2, 5}", 4]),
        (cures, ({0},), ["1 to 5"]),
        (cures, ({6},), [6, 5]),
    ],
)
def test_a_guess_is_compared(guess, answers, parts):
    found = guess(*answers)
    assert found.state == exercises.DIFFERS
    says(found.message, *parts)


# What all checks share.


def test_nothing_that_a_learner_may_hand_in_raises():
    """Every place of every check, filled with odd things: a verdict, and never "right"."""
    odd = [None, "", "three", -1, float("nan"), 1e30, [], {}, (), set(), object(), lambda: 1, len,
           np.zeros(3), np.array([]), {1: 2}, [[1], [2, 3]], b"x", True, print, type]  # fmt: skip
    checks = [
        (exercises.data.scaling, 3, {}),
        (exercises.data.nearest_mean, 1, {}),
        (exercises.data.give_away, 1, {"real": np.zeros((2, 4)), "generated": np.ones((2, 4)) / 3}),
        (exercises.vanilla.three_losses, 4, {}),
        (exercises.vanilla.gan_step, 2, {"width": 6, "latent_size": 4}),
        (exercises.vanilla.one_turn, 3, {"frames": {200: {"gap": 0.1}}}),
        (exercises.dcgan.coats_of_three, 3, {}),
        (exercises.dcgan.by_zeros, 1, {}),
        (
            exercises.dcgan.one_guideline_less,
            4,
            {"like": dict, "floor": 0.3},
        ),
        (exercises.conditional.labelled, 2, {}),
        (exercises.conditional.random_labels, 2, {"classes": 10}),
        (exercises.evaluation.frechet_at_infinity, 1, {}),
        (exercises.evaluation.uneven_classes, 2, {"columns": ["precision"], "alarm": len}),
        (exercises.repairs.steepest, 3, {}),
        (exercises.repairs.slope_penalty, 1, {}),
        (exercises.repairs.laziness, 2, {"rate": 0.1, "gamma": 1.0}),
        (exercises.repairs.cures_guess, 1, {"mended": {1}}),
        (exercises.clinic.diagnoses, 1, {"cases": {1: "leak"}, "names": ["leak"]}),
        (exercises.clinic.diagnosis, 1, {"runs": [("leak", {"loss": [1]}, {})]}),
        (exercises.clinic.treatment, 3, {"cases": {2: "leak"}, "before": {}, "healthy": []}),
    ]
    for check, places, known in checks:
        for thing in odd:
            found = check(*[thing] * places, **known)
            assert found.state == exercises.DIFFERS, (check.__name__, thing, found)


def test_where_luck_decides_either_answer_is_right():
    check = exercises.evaluation.uneven_classes
    names = ("recall", "class_kl", "smallest_class")
    report = {
        "scores": {name: {"mean": 0.5} for name in names},
        "classes": {"shares": [0.5, 0.25, 0.25]},
    }
    without, among = ["class_kl"], ["class_kl", "smallest_class"]
    for alarmed in (without, among):
        known = {"columns": names, "alarm": lambda name, _, alarmed=alarmed: name in alarmed}
        assert check(without, report, **known).state == exercises.RIGHT
        assert check(among, report, **known).state == exercises.RIGHT
        assert check(["smallest_class"], report, **known).state == exercises.DIFFERS


def test_a_real_report_of_one_seed_is_an_answer():
    """Its scores have no spread, and say so by None: that is no gap."""

    class HalfBoots:
        def generate(self, n, labels=None, seed=0):
            garments = sketches(2 * n, size=28, seed=seed)
            boots, others = (np.flatnonzero((garments.labels == 9) == kind) for kind in (1, 0))
            chosen = np.append(np.resize(boots, n // 2), others[: n - n // 2])
            return scale(garments.images[chosen].reshape(-1, 28, 28, 1))

    train, test = sketches(300, size=28, seed=1), sketches(300, size=28, seed=2)
    reference = measure_reference(load_classifier(SHIPPED), train, test, 200)
    report = evaluate(HalfBoots(), train, test, seeds=[0], reference=reference)
    assert report["scores"]["recall"]["spread"] is None
    known = {"columns": ["class_kl"], "alarm": lambda name, value: value > 0.1}
    found = exercises.evaluation.uneven_classes(["class_kl"], report, **known)
    assert found.state == exercises.RIGHT, found


def test_guesses_about_own_data_of_one_class_or_two():
    one = exercises.dcgan.classes_guess("a", "a", False, counts=np.array([50]), class_names=["a"])
    assert one.state == exercises.RIGHT
    pairless = {"counts": (0, 0), "pairs": [], "class_names": ["a"], "of": 50}
    assert exercises.data.guesses(0, 0, ("a", "a"), **pairless).state == exercises.RIGHT
    of_two = exercises.conditional.obeyed(50, agreement=0.35, classes=2)
    assert of_two.state == exercises.DIFFERS
    assert "miss" not in of_two.message


@pytest.mark.parametrize(("guess", "found"), [(0, 0), (5, 0), (6, 11), (750, 1500), (3000, 1500)])
def test_a_guess_that_is_near_is_right(guess, found):
    known = {"counts": (found, found), "pairs": [], "class_names": ["a", "b"], "of": 10_000}
    check = exercises.data.guesses
    assert check(guess, guess, ("a", "b"), **known).state == exercises.RIGHT
    far = 2 * found + 6
    assert check(far, guess, ("a", "b"), **known).state == exercises.DIFFERS


def test_one_gap_that_is_left_is_not_tried_yet():
    becomes, check = {0: -1, 102: -0.2, 255: 1}, exercises.data.scaling
    assert check(becomes, 153, 0.4).state == exercises.RIGHT
    assert check(becomes | {102: ...}, 153, 0.4).state == exercises.NOT_TRIED
    assert check(becomes | {102: None}, 153, 0.4).state == exercises.DIFFERS
    assert check(becomes, ..., 0.4).state == exercises.NOT_TRIED


def test_a_verdict_is_one_text_of_short_lines():
    found = exercises.Verdict("Exercise 9", exercises.DIFFERS, "word " * 60)
    assert repr(found).startswith(f"Exercise 9: {exercises.DIFFERS}. word")
    assert max(map(len, repr(found).splitlines())) <= 96


def test_a_forgotten_return_is_no_stub():
    def forgot(x):
        y = 2 * x  # noqa: F841

    def stub(x):
        """Doubles."""
        ...

    with raising(core.Mistake, "forgot", "None"):
        core.call(forgot, 1)
    with pytest.raises(NotImplementedError):
        core.call(stub, 1)


def test_an_error_in_the_learners_code_is_told():
    with raising(core.Mistake, "divide", "ZeroDivisionError", "division by zero"):

        def divide(x):
            return x / 0

        core.call(divide, 1)


def test_a_difference_shows_both_values():
    with raising(core.Mistake, "sum", "expected 2.5", "given 2") as caught:
        core.same_number(2.0, 2.5, "sum")
    assert "per cent" not in str(caught.value)
    with raising(core.Mistake, "share", "expected 0.25", "given 25", "per cent"):
        core.same_number(25, 0.25, "share")
    expected = np.arange(20.0).reshape(4, 5)
    given = expected.copy()
    given[2, 3] = 7
    with raising(core.Mistake, "table", "[2, 3]", "expected 13", "given 7"):
        core.same_array(given, expected, "table")
    with raising(core.Mistake, "table", "(4, 5)", "(20,)"):
        core.same_array(given.ravel(), expected, "table")
    core.same_array(expected.tolist(), expected, "table")


def test_the_smallest_weight_that_damps_is_the_rate():
    """Simultaneous steps multiply the squared size by 1 + rate^2 - rate gamma on average."""
    far = exercises.failing.distance_left(0.14, 0.15, turns=2000)
    near = exercises.failing.distance_left(0.16, 0.15, turns=2000)
    assert near < 0.5 < 2 < far
