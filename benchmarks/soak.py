"""``make soak``: a run to which something happens ends, bit for bit, as one that nothing disturbed.

A small conditional GAN is trained with op determinism on and a checkpoint every interval. A case is
one run folder, new, half way or finished, and what befalls it: a function below. In the end the run
equals, in every array and picture, one that nothing befell; or it was refused in words with all
that was there still there, and comes to the same end once the fault is undone. Whenever the folder
is loaded it is refused in words too, or gives networks and history of one step.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.faults import INJURIES, Blow, Broken, Case, Lab, files, tree
from ganlib.errors import GanlibError
from ganlib.training import checkpoint
from ganlib.training.run import load_run

KILLS = FAULTS = 200
KILLS_OF_A_CASE = 5
PAGE = 4096
DOCUMENT = Path(__file__).parent.parent / "docs" / "runs.md"


def killed_at_a_moment(case: Case) -> None:
    _kill(case, lambda: {"seconds": case.rng.uniform(0.01, case.lab.seconds)})


def killed_at_a_change_of_the_file_system(case: Case) -> None:
    _kill(case, lambda: {"event": 1 + int(case.lab.events * case.rng.random() ** 2)})


def _kill(case: Case, when: Callable[[], dict]) -> None:
    """Kills a run again and again; where it ends before there were enough kills, another one."""
    case.begin("new", "half way")
    while case.counts["faults"] < KILLS_OF_A_CASE:
        blow = Blow((signal.SIGKILL,), **when())
        if case.live("killed", "finished", blow=blow) == "killed":
            case.counts["faults"] += 1
        else:
            case.finish()
            case.begin("new", "half way")
    case.finish()


def signalled_once_or_twice(case: Case) -> None:
    case.begin("new", "half way")
    signals = [case.pick((signal.SIGINT, signal.SIGTERM)) for _ in range(case.pick((1, 2)))]
    when = {"event": int(case.rng.integers(1, case.lab.events // 2))}
    when = case.pick((when, {"seconds": case.rng.uniform(0.01, case.lab.seconds)}))
    blow = Blow(tuple(signals), gap=case.rng.uniform(0, 0.5), **when)
    case.counts["faults"] += 1
    case.live("stopped", "interrupted", "killed", "finished", blow=blow)
    case.finish()


def disk_full(case: Case) -> None:
    case.begin("new", "half way")
    used, most = _pages(case.folder), _pages(case.lab.reference)
    kept = case.root.rename(case.root.with_suffix(".kept")) / "run"
    case.root.mkdir()
    with disk(case.root, PAGE * (used + case.pick(range(1, max(2, most - used))))):
        if kept.exists():
            shutil.copytree(kept, case.folder)
        case.counts["faults"] += 1
        if case.live("refused", "finished") == "refused":
            told = case.said.rsplit("\nevents")[0].splitlines()[-1]
            if not told.startswith(("FileError: ", "RunError: ")):
                raise Broken(f"not in words: {told}")
        _mount(case.root, "remount,size=64m")
        case.finish()


def _pages(folder: Path) -> int:
    return sum(-(-path.stat().st_size // PAGE) for path in files(folder))


def _mount(place: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place]
    subprocess.run(command, check=True, capture_output=True, text=True)


@contextlib.contextmanager
def disk(place: Path, size: int) -> Iterator[None]:
    """A file system of its own at ``place``, of ``size`` bytes."""
    _mount(place, f"size={size}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def why_no_disk() -> str:
    """Why small disks cannot be made here; "" where they can."""
    try:
        with tempfile.TemporaryDirectory() as place, disk(Path(place), PAGE):
            return ""
    except (OSError, subprocess.CalledProcessError) as error:
        return str(getattr(error, "stderr", "") or error).strip().splitlines()[0]


def newest_checkpoint_damaged(case: Case) -> None:
    case.begin("half way")
    newest = _checkpoints(case)[-1]
    case.injure(case.pick(files(newest)), case.pick(INJURIES))
    left = tree(newest)
    case.counts["faults"] += 1
    case.finish()
    if left not in [tree(path) for path in newest.parent.glob("*.damaged*")]:
        raise Broken("the damaged checkpoint was not set aside as it was")


def _checkpoints(case: Case) -> list[Path]:
    return checkpoint.checkpoints(case.folder / "checkpoints")


def checkpoints_unreadable(case: Case) -> None:
    case.begin("half way", "finished")
    one = case.pick(files(_checkpoints(case)[-1])).relative_to(case.folder)
    _hurt(case, blow=Blow(unreadable=(case.pick(("checkpoints", str(one))),)))


def all_checkpoints_lost(case: Case) -> None:
    finished = case.begin("half way", "finished") == "finished"

    def damage() -> None:
        if case.pick((True, False)):
            shutil.rmtree(case.folder / "checkpoints")
        for saved in _checkpoints(case):
            case.injure(case.pick(files(saved)), case.pick(INJURIES))
        export = case.pick(("", "history.csv", "generator.weights.h5"))
        if export and not finished:  # a finished run may still be loaded
            case.injure(case.folder / export, "removed")

    _hurt(case, *["finished"] * finished, damage=damage, works=False)


def settings_hurt(case: Case) -> None:
    case.begin("half way", "finished")
    _hurt_file(case, case.folder / "settings.json")


def other_file_hurt(case: Case) -> None:
    case.begin("half way", "finished")
    exports = [path for path in files(case.folder) if path.parent == case.folder]
    exports = [path for path in exports if path.name != "settings.json"]
    _hurt_file(case, case.pick(case.pick((exports, files(case.folder / "samples")))))
    with contextlib.suppress(GanlibError):
        load_run(case.folder).frames()


def _hurt_file(case: Case, path: Path) -> None:
    name, how = str(path.relative_to(case.folder)), case.pick((*INJURIES, "unreadable"))
    # A flipped bit of the settings may lie where nobody looks, in a version.
    allowed = ["finished"] * (path.name != "settings.json" or how == "a bit flipped")
    if how == "unreadable":
        return _hurt(case, *allowed, blow=Blow(unreadable=(name,)))
    # A picture of a step that is gone by cannot be drawn again.
    lost = [name] * name.startswith("samples")
    _hurt(case, *allowed, damage=partial(case.injure, path, how), lost=lost)


def _hurt(case: Case, *allowed: str, damage=None, blow=None, lost=(), works: bool = True) -> None:
    """One life must refuse the run and change nothing; the fault undone, the run is finished. Where
    "finished" is allowed too, that life may do all but what is ``lost``, or nothing but look."""
    kept = shutil.copytree(case.folder, case.root / "kept")
    if damage:
        damage()
    before = tree(case.folder)
    case.counts["faults"] += 1
    if case.live("refused", *allowed, blow=blow) == "finished" and works:
        return case.finish(*lost)
    case.unchanged(before)
    shutil.rmtree(case.folder)
    shutil.copytree(kept, case.folder)
    case.finish()


def loaded_again_and_again_meanwhile(case: Case) -> None:
    case.begin("new", "half way")
    case.counts["faults"] += 1
    case.live("finished", watched=True)
    case.finish()


BY_KILL = [killed_at_a_change_of_the_file_system, killed_at_a_moment]
BY_FAULT = [
    signalled_once_or_twice, disk_full, newest_checkpoint_damaged, checkpoints_unreadable,
    all_checkpoints_lost, settings_hurt, other_file_hurt, loaded_again_and_again_meanwhile,
]  # fmt: skip


def soak(kills: int, faults: int, *, seed: int = 0) -> dict[str, Counter[str]]:
    """So many kills, and cases of the other kinds in turn, two at a time: counts by kind.

    Prints the story of each case that did not survive, and counts it as "broken". Ctrl-C ends it
    early.
    """
    kinds = (BY_KILL * kills)[: -(-kills // KILLS_OF_A_CASE)] + (BY_FAULT * faults)[:faults]
    counts = {kind.__name__: Counter() for kind in kinds}
    no_disk = why_no_disk()

    def one(number: int, kind: Callable[[Case], None]) -> None:
        if kind is disk_full and no_disk:
            return
        case = Case(lab, lab.root / f"case-{number}", np.random.default_rng([seed, number]))
        try:
            kind(case)
        except Exception as error:
            told = str(error) if isinstance(error, Broken) else traceback.format_exc()
            print(f"BROKEN {number}: {kind.__name__}: {'; '.join(case.story)}\n{told}", flush=True)
            case.counts["broken"] += 1
        counts[kind.__name__].update(case.counts)
        shutil.rmtree(case.root, ignore_errors=True)

    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(2) as pool:
        lab = Lab(Path(place))
        try:
            list(pool.map(one, range(len(kinds)), kinds))
        except KeyboardInterrupt:
            print("Stopped: what has begun ends, and the table is of what was done.", flush=True)
            pool.shutdown(cancel_futures=True)
    return counts


def table(counts: dict[str, Counter[str]]) -> str:
    """What befell how many runs and how they ended, in Markdown."""
    lines = [
        "| what befell a run | times | finished to the bit | refused in words | not survived |",
        "|---|---|---|---|---|",
    ]
    for kind, count in counts.items():
        cells = [f"{count[column]:,}" for column in ("faults", "finished", "refused", "broken")]
        if not any(count.values()):
            if kind != disk_full.__name__ or not (why := why_no_disk()):
                continue  # it was stopped before this kind's turn
            cells = [f"not possible here: {why}", "—", "—", "—"]
        lines.append(f"| {kind.replace('_', ' ')} | {' | '.join(cells)} |")
    total = sum(counts.values(), Counter())
    return "\n".join([
        *lines,
        "",
        f"{total['half written']:,} processes left something half written. Folders were loaded "
        f"{total['loads']:,} times, all of one step; {total['loads refused']:,} loads were refused "
        "in words.",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--faults", type=int, default=FAULTS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="put the table into docs/runs.md")
    arguments = parser.parse_args()
    if "SOAK_INSIDE" not in os.environ and shutil.which("unshare"):
        os.environ["SOAK_INSIDE"] = "1"
        # There one may mount without being root, and what is mounted goes with the process.
        inside = ["unshare", "--mount", *["--map-root-user"] * bool(os.geteuid())]
        if subprocess.call([*inside, "true"], stderr=subprocess.DEVNULL) == 0:
            os.execvp("unshare", [*inside, sys.executable, "-m", "benchmarks.soak", *sys.argv[1:]])
    counts = soak(arguments.kills, arguments.faults, seed=arguments.seed)
    print(table(counts))
    if arguments.write:
        between = re.compile(r"(<!-- soak:begin -->\n).*(<!-- soak:end -->)", re.DOTALL)
        text = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(between.sub(rf"\g<1>{table(counts)}\n\g<2>", text), "utf-8")
    sys.exit(any(count["broken"] for count in counts.values()))


if __name__ == "__main__":
    main()
