"""The clinic: what its cases change, what a chart measures, and the runs that are stored."""

import itertools
import json
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import tensorflow as tf
from support import sketches

from benchmarks import clinic as command
from ganlib.course.lab import clinic
from ganlib.course.lab.clinic import (
    CASES,
    COLUMNS,
    HEALTHY,
    ROWS,
    STAMP,
    TRIED,
    Clinic,
    MixedBatches,
    Stamped,
    chart_of,
)
from ganlib.course.lab.failures import FIXED, POINTS, SAMPLES
from ganlib.errors import SettingsError
from ganlib.paths import project_root

QUICK = {"generator_width": 4, "discriminator_width": 4, "batch_size": 4}


def drawn(n, seed, split="train"):
    # Under the name of the real data, whose classifier is shipped: nothing is trained for a test.
    return replace(sketches(n, size=28, seed=seed), name="fashion_mnist", split=split)


@pytest.fixture(scope="module")
def small():
    return Clinic(drawn(200, 0), drawn(400, 1, "test"), steps=POINTS)


def test_each_case_changes_one_setting_of_the_healthy_run_and_its_cure_one_more():
    assert not CASES["healthy"].change
    for name, case in CASES.items():
        changed = clinic.settings_of(case.change)
        differs = [key for key in HEALTHY if changed[key] != HEALTHY[key]]
        assert len(differs) == (name != "healthy"), name
        assert len(case.cure) <= 1 and not case.cure.keys() & case.change.keys()
    few = CASES["few images"]
    assert TRIED["few images, spectral norm"] == few.change | few.cure


def test_a_chart_of_a_run_has_rows_of_classes_and_lines_of_points(small):
    chart = small.run(QUICK, train_size=50)
    assert small._labs[50].data.labels.shape == (50,)
    assert chart.images.shape == chart.moments.shape == (ROWS * COLUMNS, 28, 28, 1)
    assert {line.shape for line in chart.history.values()} == {(POINTS,)}
    assert set(chart.scores) == {"distance", "variety", "missing", "agreement"}


@pytest.mark.parametrize("change", [{"batches": "mixed"}, {"stamp": "label"}])
def test_the_two_mistakes_that_no_recipe_knows_run_too(small, change):
    chart = small.run(QUICK | change)
    assert np.isfinite(chart.history["generator_loss"]).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"learning_rat": 1.0}, "learning_rate"),
        ({"batches": "mixt"}, "mixed"),
        ({"loss": "hing"}, "hinge"),
        ({"batches": "mixed", "stamp": "label"}, "do not go together"),
    ],
)
def test_a_setting_that_is_none_is_refused(change, told):
    with pytest.raises(SettingsError, match=told):
        clinic.settings_of(change)


def test_what_a_chart_shows_and_measures_by_hand():
    labels = np.arange(SAMPLES) % 10
    frames = np.zeros((POINTS, FIXED, 4, 4, 1), "float32")
    frames[1] = 1.0  # half of the range of brightness away from the point before and the one after
    frames[5, labels[:FIXED] == 3] = np.where(np.arange((labels[:FIXED] == 3).sum()) % 2, 1, -1)[
        :, None, None, None
    ]
    frames[-1] = labels[:FIXED, None, None, None] / 10
    images = np.broadcast_to(labels[:, None, None, None] / 10, (SAMPLES, 4, 4, 1)).astype("f4")
    result = SimpleNamespace(
        frames=frames,
        labels=labels,
        averages=frames,
        images=images,
        history={"step": np.arange(POINTS)},
        scores={},
    )
    chart = chart_of(result, 10)
    assert chart.history["swing"][:4] == pytest.approx([0.5, 0.5, 0.5, 0])
    of_class_3 = frames[5, labels[:FIXED] == 3].std() / 2
    assert chart.history["spread"][5] == pytest.approx(of_class_3 / 10)
    assert chart.history["spread"][4] == 0
    levels = np.rint((np.arange(10) / 10 + 1) * 127.5)
    np.testing.assert_allclose(chart.images[:, 0, 0, 0].reshape(ROWS, 10), [levels] * ROWS, atol=1)
    np.testing.assert_allclose(chart.moments[-10:, 0, 0, 0], levels, atol=1)
    assert (chart.moments[:-10] == 128).all()
    assert chart_of(result, 4).images.shape[0] == 4 * ROWS


def test_mixed_batches_are_one_call_of_the_discriminator():
    calls = []

    def discriminator(inputs, training):
        calls.append([each.shape[0] for each in inputs])
        return inputs[0] * 10 + tf.cast(inputs[1], tf.float32)[:, None]

    gan = SimpleNamespace(discriminator=discriminator)
    labels = [tf.constant([1, 2, 3])]
    real, fake = MixedBatches.judge_both(gan, tf.ones((3, 1)), 2 * tf.ones((3, 1)), labels)
    assert calls == [[6, 6]]
    assert real.numpy().ravel().tolist() == [11, 12, 13]
    assert fake.numpy().ravel().tolist() == [21, 22, 23]


def test_a_stamp_is_one_bright_pixel_above_the_label():
    images, labels = tf.fill((2, 4, 5, 1), -1.0), tf.constant([0, 3])
    stamped, same = Stamped.unpack(None, (images, labels))
    added = (stamped - images).numpy()
    assert added.sum() == 2 * STAMP and added[0, 0, 0, 0] == added[1, 0, 3, 0] == STAMP
    assert same is labels


# What is stored.


def test_the_stored_runs_are_those_of_the_command():
    told = json.loads((clinic.STORED / "gallery.json").read_text("utf-8"))
    wanted = {name: case.change for name, case in CASES.items()} | TRIED
    assert {name: runs[0]["change"] for name, runs in told["runs"].items()} == wanted
    for name, runs in told["runs"].items():
        assert [run["seed"] for run in runs] == list(command.SEEDS), name
    for name, (first, *others) in clinic.gallery().items():
        assert first.images.shape == (30, 28, 28, 1), name
        assert (first.moments is not None) == (name in ("healthy", "oscillation"))
        assert all(other.images is None for other in others)
        assert {line.shape for line in first.history.values()} == {(POINTS,)}


def test_the_patients_do_not_tell_who_they_are():
    text = (clinic.STORED / "patients.json").read_text("utf-8")
    for name, case in CASES.items():
        assert name not in text and not any(f'"{key}"' in text for key in case.change)
    assert "seed" not in text
    assert clinic.sealed() == {n: name for n, (name, _) in enumerate(command.PATIENTS, 1)}
    assert set(clinic.patients()) == set(clinic.sealed())
    assert len(set(clinic.sealed().values())) == len(command.PATIENTS) == 6
    assert not {seed for _, seed in command.PATIENTS} & set(command.SEEDS)
    for chart in clinic.patients().values():
        assert chart.images.shape == chart.moments.shape == (30, 28, 28, 1)


def test_each_disease_is_worse_than_the_healthy_run_and_few_images_than_its_cure():
    distances = {
        name: np.array([chart.scores["distance"] for chart in charts])
        for name, charts in clinic.gallery().items()
    }
    for name in CASES.keys() - {"healthy", "oscillation"} | {"oscillation, no average"}:
        assert distances[name].min() > distances["healthy"].max(), name
    for cured, disease in (
        ("few images, spectral norm", "few images"),
        ("oscillation", "oscillation, no average"),
    ):
        assert (distances[cured] < distances[disease]).all(), disease


def test_the_healthy_runs_of_different_settings_are_those_of_the_command():
    runs = clinic.variations()
    assert [run["change"] for run in runs] == list(command.variations().values())
    assert all(set(run["losses"]) == set(command.LOSSES) for run in runs)


def test_the_package_carries_little():
    assert sum(path.stat().st_size for path in clinic.STORED.iterdir()) < 1_500_000


def test_the_notebook_and_the_page_have_the_same_table_of_symptoms():
    def table(text):
        rows = [line for line in text.splitlines() if line.startswith("|")]
        start = next(i for i, row in enumerate(rows) if row.startswith("| symptom"))
        kept = itertools.takewhile(
            lambda row: row.count("|") == rows[start].count("|"), rows[start:]
        )
        return list(kept)

    root = project_root()
    notebook = nbformat.read(root / "notebooks" / "07_clinic.ipynb", as_version=4)
    (cell,) = (c.source for c in notebook.cells if c.id == "clinic-symptoms")
    page = (root / "docs" / "troubleshooting.md").read_text("utf-8")
    assert len(table(cell)) > 12
    assert table(cell) == table(page[page.index("## A GAN that learns badly") :])
