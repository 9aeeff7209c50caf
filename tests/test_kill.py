"""Real training in processes of its own, killed with SIGKILL again and again."""

import signal

import pytest

from benchmarks import soak
from ganlib import checkpoint, runs


def test_a_run_killed_twenty_times_ends_as_one_that_was_not():
    lives = soak.soak(20, seed=1)
    killed = [life for life in lives if life.killed]
    assert len(killed) >= 20
    # The moments that matter were met: before the first checkpoint, after it, and inside one.
    assert {life.moment for life in killed} == set(soak.MOMENTS) | {"starting"}
    assert any(life.half_written for life in killed)
    assert any(life.step == 0 for life in killed) and any(life.step > 0 for life in killed)
    assert "same to the bit" in soak.table(lives)


def test_a_second_process_is_refused_and_a_kill_leaves_no_lock(tmp_path):
    first = soak.start(tmp_path)
    try:
        while not next(first.stdout).startswith("epoch"):
            pass
        second = soak.start(tmp_path)
        said = second.communicate()[0]
        assert second.returncode != 0 and "Another process is training in" in said
    finally:
        first.kill()
        first.communicate()
    step = int(checkpoint.checkpoints(tmp_path / "checkpoints")[-1].name.removeprefix("step-"))
    third = soak.start(tmp_path)
    try:
        begun = next(line for line in third.stdout if line.startswith(("epoch", "Going on")))
        assert begun.startswith("Going on") and f"{step:,}" in begun
    finally:
        third.kill()
        third.communicate()


@pytest.mark.parametrize("stop", ["SIGTERM", "SIGINT"])
def test_a_polite_signal_ends_the_process_with_all_saved(tmp_path, stop):
    process = soak.start(tmp_path)
    while not next(process.stdout).startswith("epoch"):
        pass
    process.send_signal(getattr(signal, stop))
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 0 and "all is saved" in said
    run = runs.load_run(tmp_path)
    saved = checkpoint.checkpoints(tmp_path / "checkpoints")[-1].name
    assert run.settings["recipe"]["epochs"] == soak.EPOCHS
    assert f"Stopped at step {int(saved.removeprefix('step-')):,} of" in said
