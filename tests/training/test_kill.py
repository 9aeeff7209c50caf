"""Real training in processes of its own, struck again and again."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import says

from benchmarks import faults, soak
from ganlib import paths
from ganlib.training import checkpoint
from ganlib.training.run import load_run

EPOCHS = 200  # longer than any of the tests below trains


def start(folder: Path) -> subprocess.Popen:
    """Begins, or goes on with, the run in ``folder`` in a Python of its own."""
    code = f"from benchmarks import faults; faults.training({str(folder)!r}, epochs={EPOCHS})"
    return subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        cwd=paths.project_root(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def counts():
    """Ten kills, at changes of the file system and at moments, and each other kind once: a part
    of what ``make soak`` does."""
    return soak.soak(2 * soak.KILLS_OF_A_CASE, len(soak.BY_FAULT), seed=1)


@pytest.mark.parametrize("kind", [kind.__name__ for kind in soak.BY_KILL + soak.BY_FAULT])
def test_a_run_that_something_befell_ends_as_one_that_nothing_did(counts, kind):
    if kind == "disk_full" and (reason := soak.why_no_disk()):
        pytest.skip(f"no small disk can be made here: {reason}")
    count = counts[kind]
    assert count["faults"] > 0 and count["broken"] == 0
    assert count["finished"] > 0


def test_kills_meet_half_written_files_and_the_table_tells_of_all_kinds(counts):
    assert sum(count["half written"] for count in counts.values()) > 0
    assert counts["checkpoints_unreadable"]["refused"] > 0
    told = soak.table(counts)
    for kind, count in counts.items():
        assert f"| {kind.replace('_', ' ')} | {count['faults']} |" in told or not count


def test_damage_is_seen_by_the_harness(tmp_path):
    """What the other tests rest on: a changed, a new and a lost file are told from none."""
    case = faults.Case(None, tmp_path / "case")
    for name in ("history.csv", "checkpoints/step-00000002/state.npz"):
        (case.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (case.folder / name).write_bytes(b"content")
    before = faults.tree(case.folder)
    case.unchanged(before)
    saved = case.folder / "checkpoints/step-00000002"
    saved.rename(saved.with_suffix(".damaged"))
    case.unchanged(before)
    (saved.with_suffix(".damaged") / "state.npz").write_bytes(b"other")
    with pytest.raises(faults.Broken, match=r"state\.npz"):
        case.unchanged(before)
    (case.folder / "new").touch()
    with pytest.raises(faults.Broken):
        case.unchanged(faults.tree(case.folder) | {"history.csv": b"older"})


def test_a_second_process_is_refused_and_a_kill_leaves_no_lock(tmp_path):
    first = start(tmp_path)
    try:
        while not next(first.stdout).startswith("epoch"):
            pass
        second = start(tmp_path)
        said = second.communicate()[0]
        assert second.returncode != 0
        says(said.splitlines()[-1], "RunError", "process", tmp_path)
    finally:
        first.kill()
        first.communicate()
    step = int(checkpoint.checkpoints(tmp_path / "checkpoints")[-1].name.removeprefix("step-"))
    third = start(tmp_path)
    try:
        says(next(line for line in third.stdout if "step " in line), f"step {step:,}")
    finally:
        third.kill()
        third.communicate()


@pytest.mark.parametrize("stop", ["SIGTERM", "SIGINT"])
def test_a_polite_signal_ends_the_process_with_all_saved(tmp_path, stop):
    process = start(tmp_path)
    while not next(process.stdout).startswith("epoch"):
        pass
    process.send_signal(getattr(signal, stop))
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    run = load_run(tmp_path)
    saved = checkpoint.checkpoints(tmp_path / "checkpoints")[-1].name
    assert run.settings["recipe"]["epochs"] == EPOCHS
    says(said.splitlines()[-1], f"step {int(saved.removeprefix('step-')):,}", tmp_path)
