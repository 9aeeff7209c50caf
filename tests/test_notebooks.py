"""The committed notebooks read well where nobody runs them, and refuse wrong parameters."""

import dis
import json
import os
import re
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest

from benchmarks.reading import reading
from ganlib import load_data
from ganlib.course.order import names_made
from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import draw
from ganlib.evaluation import metrics
from ganlib.evaluation.classifier import classifier_for
from ganlib.paths import project_root

NOTEBOOKS = sorted((project_root() / "notebooks").glob("[0-9]*.ipynb"))
MAX_BYTES = 2_000_000
MAX_CODE_LINES = 40
MAX_PARAMETERS = 8
CORE_MINUTES = 41


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def lesson(request):
    return nbformat.read(request.param, as_version=nbformat.NO_CONVERT)


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tagged(notebook, tag):
    return [cell for cell in code_cells(notebook) if tag in cell.metadata.get("tags", [])]


def test_the_notebooks_are_there():
    stems = [path.stem for path in NOTEBOOKS]
    assert stems == [
        "00_data", "01_vanilla_gan", "02_dcgan", "03_cgan", "04_evaluation",
        "05_why_gans_fail", "06_repairs", "07_clinic",
    ]  # fmt: skip


def test_format(path, notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert {"widgets", "papermill"}.isdisjoint(notebook.metadata)
    assert all("papermill" not in cell.metadata for cell in notebook.cells)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert path.stat().st_size < MAX_BYTES


def test_was_run_from_top_to_bottom_without_errors(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert [o for o in outputs if o.output_type == "error"] == []
    assert [o.text for o in outputs if o.get("name") == "stderr"] == []


def test_outputs_name_no_folder_of_the_machine_that_ran_it(notebook):
    shown = json.dumps([cell.outputs for cell in code_cells(notebook)])
    # An absolute path of a POSIX or Windows machine: what stands behind a blank, quote or bracket.
    found = re.findall(
        r"(?:(?<=[\s'\"(=])|(?<=\\n))(?:/(?:home|root|Users|tmp|work|mnt|opt|usr)/|[A-Z]:\\\\)\S{0,40}",
        shown,
    )
    assert found == []


def test_one_parameters_cell_with_typed_commented_names(notebook):
    (cell,) = tagged(notebook, "parameters")
    lines = cell.source.strip().splitlines()
    wrong = [x for x in lines if not re.fullmatch(r"\w+: [\w[\]]+ = [^#]+  # \S.*", x)]
    assert [x for x in wrong if not x.startswith("# ")] == []
    following = code_cells(notebook)[code_cells(notebook).index(cell) + 1]
    assert "= validate(globals()" in following.source


def test_there_are_few_parameters_and_every_one_is_used(notebook):
    (cell,) = tagged(notebook, "parameters")
    names = re.findall(r"^(\w+):", cell.source, flags=re.M)
    assert len(names) <= MAX_PARAMETERS
    code = "\n".join(c.source for c in code_cells(notebook) if c is not cell)
    assert [name for name in names if not re.search(rf"parameters\.{name}\b", code)] == []


def test_cells_fit_a_screen(notebook):
    lengths = [len(cell.source.splitlines()) for cell in seen(notebook)]
    assert max(lengths) <= MAX_CODE_LINES


def seen(notebook):
    """The code cells whose source a reader sees."""
    return [
        c for c in code_cells(notebook) if not c.metadata.get("jupyter", {}).get("source_hidden")
    ]


def test_checks_of_the_text_stand_in_collapsed_cells(lesson):
    found = r"^\s*assert\b|\b(check|claim)\(|np\.testing|^\s*if (not )?full\b"
    assert [c.id for c in seen(lesson) if re.search(found, c.source, flags=re.M)] == []
    assert [c.id for c in tagged(lesson, "claims") if c in seen(lesson)] == []


def test_a_reader_sees_numbers_and_not_verdicts(lesson):
    texts = {c.id: "".join(o.get("text", "") for o in c.outputs) for c in seen(lesson)}
    assert [each for each, text in texts.items() if re.search(r": True\b", text)] == []


def test_the_core_of_a_lesson_is_read_in_forty_minutes(lesson):
    assert reading(lesson).minutes(core=True) <= CORE_MINUTES


def names_read(source):
    """The names that a cell takes from the notebook, its functions' bodies included."""
    waiting, read = [compile(source, "cell", "exec")], set()
    while waiting:
        code = waiting.pop()
        loads = ("LOAD_NAME", "LOAD_GLOBAL")
        read |= {each.argval for each in dis.get_instructions(code) if each.opname in loads}
        waiting += [each for each in code.co_consts if isinstance(each, types.CodeType)]
    return read - names_made(source)


def test_the_core_needs_no_optional_cell(lesson):
    """Who skips what is marked optional can run every other cell, but for checks of the text."""
    core, optional = set(), set()
    for cell in code_cells(lesson):
        tags = cell.metadata.get("tags", [])
        (optional if "optional" in tags else core).update(names_made(cell.source))
    missing = {
        cell.id: sorted(needed)
        for cell in code_cells(lesson)
        if not {"optional", "claims"} & set(cell.metadata.get("tags", []))
        and (needed := names_read(cell.source) & (optional - core))
    }
    assert missing == {}


def test_a_lesson_ends_with_its_references(lesson):
    headings = [
        line
        for cell in lesson.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    assert "## References" in headings[-3:]


def test_every_picture_is_told_in_words_of_its_own(notebook):
    told = []
    for output in (o for cell in code_cells(notebook) for o in cell.outputs):
        for kind in {"image/png", "image/gif"} & set(output.get("data", {})):
            told.append(output.metadata.get(kind, {}).get("alt", ""))
    assert [words for words in told if len(words.split()) < 5] == []
    assert len(set(told)) == len(told)


def test_notebooks_use_public_names_and_the_formatter(notebook):
    private = r"(?<![\w.])(?!self\b)\w+\._(?!_|repr_)\w+|import _"
    found = [c.id for c in code_cells(notebook) if re.search(private + "|fmt: skip", c.source)]
    assert found == []


def test_pictures_are_not_compared(notebook):
    """Their bytes differ from machine to machine, so nbval must not compare them."""
    compared = [
        cell.execution_count
        for cell in code_cells(notebook)
        if "nbval-ignore-output" not in cell.metadata.get("tags", [])
        and any("image/png" in o.get("data", {}) for o in cell.outputs)
    ]
    assert compared == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["-p", "sede", "3"], "seed"),  # papermill only logs a name that it does not know
        (["-p", "train_size", "false"], "train_size"),  # and hands on the text "false"
    ],
)
def test_wrong_parameters_are_refused_before_anything_else(tmp_path, given, told):
    """By 03's validation cell, under papermill itself: what stands behind it must not run."""
    out = tmp_path / "out.ipynb"
    source = project_root() / "notebooks" / "03_cgan.ipynb"
    command = [sys.executable, "-m", "papermill", str(source), str(out), *given]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert result.returncode != 0
    assert "SettingsError" in result.stderr
    assert told in result.stderr.split("SettingsError")[-1]
    ran = nbformat.read(out, as_version=4)
    (validation,) = [c for c in code_cells(ran) if "= validate(globals()" in c.source]
    after = code_cells(ran)[code_cells(ran).index(validation) + 1 :]
    assert all(cell.execution_count is None for cell in after)


@pytest.fixture(scope="module")
def sorted_npz(tmp_path_factory) -> Path:
    """Coloured sketches of four classes, one class after the other."""
    arrays = {}
    for seed, (split, per_class) in enumerate((("train", 160), ("test", 80))):
        images, labels = draw(10 * per_class, size=8, channels=3, seed=seed)
        chosen = np.argsort(labels, kind="stable")[: 4 * per_class]
        arrays |= {f"x_{split}": images[chosen], f"y_{split}": labels[chosen]}
    path = tmp_path_factory.mktemp("sorted") / "sorted.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize(
    ("name", "given", "floor_of", "count_of"),
    [
        ("02_dcgan", {"epochs": 1}, lambda told: told["frechet_floor"], "images"),
        ("03_cgan", {"epochs": 1}, lambda told: told["frechet_floor"], "frechet_images"),
        (
            "04_evaluation",
            {"samples": 200, "synthetic_steps": 2},
            lambda told: told["floor"]["frechet_distance"],
            "samples",
        ),
    ],
    ids=["02_dcgan", "03_cgan", "04_evaluation"],
)
def test_the_floor_does_not_depend_on_the_order_of_the_images(
    tmp_path, sorted_npz, monkeypatch, name, given, floor_of, count_of
):
    monkeypatch.setenv("GANLIB_CACHE", str(sorted_npz.parent))
    given = given | {"dataset": "npz", "data_dir": sorted_npz, "run_dir": tmp_path / "run"}
    command = [sys.executable, "-m", "papermill", project_root() / "notebooks" / f"{name}.ipynb"]
    command += [tmp_path / "out.ipynb", *(x for pair in given.items() for x in ("-p", *pair))]
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=os.environ, timeout=600
    )
    assert result.returncode == 0, result.stderr[-3000:]
    told = json.loads((tmp_path / "run" / "metrics.json").read_text("utf-8"))

    sets = [load_data("npz", sorted_npz, split=split) for split in ("train", "test")]
    classifier = classifier_for(*sets)  # the one that the notebook trained
    floors = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        parts = [shuffled(data, rng).subset(told[count_of]) for data in sets]
        floors.append(metrics.frechet_distance(*(classifier.features(x.images) for x in parts)))
    assert told[count_of] > 128
    assert min(floors) / 2 < floor_of(told) < 2 * max(floors)


def shuffled(data: DataSet, rng: np.random.Generator) -> DataSet:
    order = rng.permutation(len(data))
    return replace(data, images=data.images[order], labels=data.labels[order])
