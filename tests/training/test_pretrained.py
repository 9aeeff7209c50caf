"""Shipped models: what they are found by, and that their cards tell the truth."""

import json
from pathlib import Path

import numpy as np
import pytest
from support import SMALL, raising, sketches

from benchmarks.ship import kept_lines, kept_pictures, ship
from ganlib import paths
from ganlib.errors import RunError, SettingsError
from ganlib.evaluation.report import evaluate
from ganlib.training.run import load_pretrained, load_run, pretrained_names
from ganlib.training.start import train

MOST_BYTES = 12_000_000


@pytest.fixture
def shipped(tmp_path, monkeypatch, uncompiled):
    """A run of six steps, scored twice, and what was shipped of it."""
    monkeypatch.setattr(paths, "PRETRAINED", tmp_path / "pretrained")
    run = train(
        "cgan", sketches(12), epochs=2, run_dir=tmp_path / "run",
        score=lambda gan: float(int(gan.step)), **SMALL,
    )  # fmt: skip
    best = load_run(run.folder, best=True)
    ship(best, "tiny", "papermill …", {"scores": {}}, last=False)
    return best, tmp_path / "pretrained" / "tiny"


def test_a_shipped_model_draws_what_the_run_draws(shipped):
    best, folder = shipped
    loaded = load_pretrained("tiny")
    np.testing.assert_array_equal(loaded.generate(5, seed=3), best.generate(5, seed=3))
    assert [step for step, _ in loaded.frames()][:2] == [0, 1]
    np.testing.assert_array_equal(loaded.history["generator_loss"], best.history["generator_loss"])
    card = json.loads((folder / "generator.json").read_text("utf-8"))
    assert loaded.card == card
    assert card["command"] == "papermill …" and card["step"] == 3  # the best, not the last
    assert not (folder / "checkpoints").exists()
    assert pretrained_names(None) == pretrained_names(best.settings["dataset"]["name"]) == ["tiny"]
    assert pretrained_names("fashion_mnist") == []


def test_shipping_anew_replaces_the_old(shipped):
    best, folder = shipped
    ship(best, "tiny", "another", {}, last=True)
    card = json.loads((folder / "generator.json").read_text("utf-8"))
    assert (card["command"], card["step"]) == ("another", 6)
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_a_long_history_is_thinned_and_keeps_every_score_and_the_end():
    history = {"step": np.arange(1, 12), "score": np.full(11, np.nan)}
    history["score"][3] = 2.0
    assert kept_lines(history, most=4).tolist() == [2, 3, 5, 8, 10]
    assert kept_lines({"step": np.arange(3)}, most=4).tolist() == [0, 1, 2]


def test_shipped_pictures_spread_over_the_whole_training():
    # As a run keeps them: every hundred steps of the first epochs, then one an epoch.
    steps = [0, *range(100, 2001, 100), *range(4000, 20001, 2000)]
    pictures = [Path(f"step-{step:08d}.png") for step in steps]
    kept = [int(path.stem[5:]) for path in kept_pictures(pictures, 6)]
    assert kept == [0, 100, 400, 1400, 6000, 20000]
    assert kept_pictures(pictures[:2], 6) == pictures[:2]


def test_an_unknown_or_damaged_model_is_refused(shipped):
    _, folder = shipped
    with raising(SettingsError, "'tinny'", "'tiny'"):
        load_pretrained("tinny")
    content = bytearray((folder / "generator.weights.h5").read_bytes())
    content[-1] ^= 1
    (folder / "generator.weights.h5").write_bytes(content)
    with raising(RunError, folder / "generator.weights.h5", "generator.json"):
        load_pretrained("tiny")


@pytest.mark.parametrize("name", pretrained_names())
def test_a_shipped_models_scores_are_those_of_its_card(name):
    run = load_pretrained(name)
    card = run.card
    assert card["command"] and card["minutes"] > 0
    told = card["report"]
    found = evaluate(run, seeds=told["seeds"][:1])
    for score in ("frechet_distance", "precision", "recall", "coverage", "inception_score"):
        spread = max(4 * told["scores"][score]["spread"], 0.02 * told["scores"][score]["mean"])
        assert found["scores"][score]["mean"] == pytest.approx(
            told["scores"][score]["mean"], abs=spread
        )


def test_the_shipped_models_are_small_together():
    folders = [paths.PRETRAINED / name for name in pretrained_names(None)]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
