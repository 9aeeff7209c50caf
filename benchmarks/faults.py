"""What ``soak.py`` lets befall a run: a process that is struck, and how one sees what is left.

Each life of a run is a process, forked from one that has imported TensorFlow and run nothing of it:
as new as any, and there at once. It tells, by Python's audit events, what it is about to do in the
run's folder, and strikes itself there. After each life, and during some, the folder is loaded.
"""

import errno
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np

import ganlib
from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import GanlibError
from ganlib.training import checkpoint
from ganlib.training.run import Run, load_run

EPOCHS, STEPS = 2, 20  # each step is an interval with a checkpoint
LONGEST = 300  # seconds, of one life
INJURIES = ("emptied", "zeroed", "halved", "a bit flipped", "removed")
CHANGES = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree")
FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
OUTCOMES = {0: "finished", 10: "stopped", 11: "refused", 12: "interrupted"}  # by exit code
OUTCOMES |= {-number: "killed" for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)}


class Broken(AssertionError):
    """A run did not survive."""


def training(folder: str | Path, *, epochs: int = EPOCHS) -> Run:
    """Begins, or goes on with, the run in ``folder``: small, with everything that has state."""
    return ganlib.train(
        "cgan", DataSet(*draw(42, size=8, seed=0), CLASS_NAMES, "tiny"), epochs=epochs,
        run_dir=folder, seed=3, deterministic=True, checkpoint_minutes=0.0, score=contrast,
        batch_size=4, generator_width=4, discriminator_width=4, latent_dim=8, discriminator="mlp",
        features=0, dropout=0.3,
    )  # fmt: skip


def contrast(gan) -> float:
    """Stands for a score: something that the weights determine to the last bit."""
    return -float(np.abs(gan.generate(20, seed=1)).mean())


@dataclass(frozen=True)
class Blow:
    """What befalls one life: signals at the n-th change of the file system in the run's folder or
    after so many seconds; files (by their beginnings) that cannot be opened for reading."""

    signals: tuple[int, ...] = ()
    event: int = 0
    seconds: float = 0.0
    gap: float = 0.0  # seconds between the first signal and the second
    unreadable: tuple[str, ...] = ()
    record: Path | None = None  # where all checkpoints are kept

    def strike(self) -> None:
        for number in self.signals[1:]:
            threading.Timer(self.gap, os.kill, (os.getpid(), number)).start()
        for number in self.signals[:1]:
            os.kill(os.getpid(), number)

    def watch(self, folder: Path) -> list[str]:
        """Strikes at the events that Python tells of; gives the list of them."""
        below, events = f"{folder}{os.sep}", []

        def hook(event: str, arguments: tuple) -> None:
            if event not in ("open", *CHANGES) or isinstance(arguments[0], int):
                return
            path = os.fsdecode(arguments[0])
            # shutil.rmtree gives the files as bare names, in a folder that it has opened.
            if os.path.isabs(path) and not path.startswith(below):
                return
            if event == "open" and not arguments[2] & FOR_WRITING:
                if path.removeprefix(below).startswith(self.unreadable):
                    raise OSError(errno.EIO, os.strerror(errno.EIO), path)
                return
            if self.record and event == "os.rename" and os.path.isdir(path):
                shutil.copytree(path, self.record / Path(arguments[1]).name, dirs_exist_ok=True)
            events.append(event)
            if len(events) == self.event:
                self.strike()

        sys.addaudithook(hook)
        return events


def _life(folder: Path, blow: Blow, log: Path) -> None:
    """The process of one life."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    os.dup2(1, 2)
    tempfile.tempdir = str(log.parent)  # what a killed process leaves, goes too
    events = blow.watch(folder)
    if blow.seconds:
        threading.Timer(blow.seconds, blow.strike).start()
    try:
        code = 0 if training(folder).history.get("step", [0])[-1] == STEPS else 10
    except GanlibError as error:
        print(f"{type(error).__name__}: {error}")
        code = 11
    except KeyboardInterrupt:
        code = 12
    except BaseException:
        traceback.print_exc()
        code = 1
    print("events", len(events), flush=True)
    os._exit(code)


class Lab:
    """The run that nothing disturbed, some half way, and what the networks are at each step."""

    def __init__(self, root: Path) -> None:
        self.root, self.steps = root, {}
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["benchmarks.faults", "ganlib.training"])
        self.starting, self.loading = threading.Lock(), threading.Lock()
        case = Case(self, root / "undisturbed")
        began = time.monotonic()
        case.live("finished", blow=Blow(record=root / "recorded"))
        self.seconds = time.monotonic() - began  # of a whole life
        self.reference, self.events = case.folder, int(case.said.rsplit("events", 1)[1])
        run = load_run(self.reference)
        self.history = run.history
        for saved in checkpoint.checkpoints(root / "recorded"):
            for owner in ("ema_generator", "discriminator"):
                checkpoint.assign(checkpoint.load(saved), owner, getattr(run.gan, owner).variables)
            self.steps[int(saved.name.removeprefix("step-"))] = _networks(run)
        self.middles = [Case(self, root / f"half-way-{k}") for k in (3, 5, 7)]
        for case, k in zip(self.middles, (3, 5, 7), strict=True):
            case.live("stopped", blow=Blow((signal.SIGTERM,), event=k * self.events // 8))

    def is_of_one_step(self, run: Run) -> bool:
        rows = len(run.history["seconds"])
        same = [
            np.array_equal(column, self.history[name][:rows], equal_nan=True)
            for name, column in run.history.items()
            if name != "seconds"
        ]
        step = int(run.history["step"][-1]) if rows else 0
        return all(same) and self.steps.get(step) == _networks(run)


def _networks(run: Run) -> tuple[bytes, ...]:
    """The arrays of both networks."""
    networks = (run.gan.ema_generator, run.gan.discriminator)
    return tuple(b"".join(a.tobytes() for a in network.get_weights()) for network in networks)


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"]


def tree(folder: Path) -> dict[str, bytes]:
    """All files by name, but for what a killed process left half written."""
    found = {str(path.relative_to(folder)): path for path in files(folder)}
    return {name: path.read_bytes() for name, path in found.items() if ".writing-" not in name}


@dataclass
class Case:
    """One run folder, ``root/run``, and what befalls it."""

    lab: Lab
    root: Path
    rng: np.random.Generator | None = None
    counts: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)
    said: str = ""  # by the last life

    def __post_init__(self) -> None:
        self.folder = self.root / "run"
        self.root.mkdir()

    def pick(self, choices):
        return choices[self.rng.integers(len(choices))]

    def begin(self, *states: str) -> str:
        """Lays a prepared run there: new, half way or finished, at random one of ``states``."""
        self.story.append(state := self.pick(states))
        half, whole = self.pick(self.lab.middles).folder, self.lab.reference
        shutil.rmtree(self.folder, ignore_errors=True)
        if state != "new":
            shutil.copytree(half if state == "half way" else whole, self.folder)
        return state

    def injure(self, path: Path, how: str) -> None:
        content = bytearray(path.read_bytes())
        self.story.append(f"{path.relative_to(self.folder)} {how}")
        if how == "a bit flipped":
            content[self.rng.integers(len(content))] ^= 1 << int(self.rng.integers(8))
        half, zeros = content[: len(content) // 2], bytes(len(content))
        path.write_bytes({"emptied": b"", "zeroed": zeros, "halved": half}.get(how, content))
        if how == "removed":
            path.unlink()

    def live(self, *allowed: str, blow: Blow | None = None, watched: bool = False) -> str:
        """One process that trains there, and how it ended; then the folder is loaded."""
        blow, log = blow or Blow(), self.root.with_suffix(".log")
        process = self.lab.processes.Process(target=_life, args=(self.folder, blow, log))
        with self.lab.starting:  # it looks after the other processes too, which is not thread-safe
            process.start()
        began = time.monotonic()
        try:
            while not wait([process.sentinel], 0.05 if watched else LONGEST):
                if time.monotonic() - began > LONGEST:
                    raise Broken("a life did not end")
                self.load()
        finally:
            with self.lab.starting:
                if process.is_alive():
                    process.kill()
                process.join()
        self.said = log.read_text("utf-8", "replace") if log.exists() else ""
        outcome = OUTCOMES.get(process.exitcode, f"failed with {process.exitcode}")
        self.story.append(f"{blow}: {outcome}")
        if outcome not in allowed:
            raise Broken(f"{outcome}, not {' or '.join(allowed)}:\n{self.said[-2000:]}")
        self.counts["refused"] += outcome == "refused"
        self.counts["half written"] += any(self.folder.rglob(".writing-*"))
        if self.lab.steps and not self.load() and outcome in ("finished", "stopped"):
            raise Broken(f"{outcome}, but load_run refuses it")
        return outcome

    def load(self) -> bool:
        """Whether the folder could be loaded; if so, all of it must be of one step."""
        with self.lab.loading:
            try:
                run = load_run(self.folder)
            except GanlibError:
                self.counts["loads refused"] += 1
                return False
        if not self.lab.is_of_one_step(run):
            raise Broken("load_run gives networks and history that are not of one step")
        self.counts["loads"] += 1
        return True

    def finish(self, *without: str) -> None:
        """Lets it go on to its end, where all but ``without`` must be as if nothing had been."""
        self.live("finished")
        found, expected = _content(self.folder), _content(self.lab.reference)
        names = (found.keys() | expected.keys()) - set(without)
        if wrong := sorted(name for name in names if found.get(name) != expected.get(name)):
            raise Broken(f"the finished run differs in {wrong}")
        self.counts["finished"] += 1

    def unchanged(self, before: dict[str, bytes]) -> None:
        """All files must be as before, but that damaged checkpoints may have been set aside."""
        after = tree(self.folder)
        aside = {name for name in after if ".damaged" in name}
        kept = {after[name] for name in aside}
        lost = [n for n in before if after.get(n) != before[n] and before[n] not in kept]
        if lost or (new := sorted(after.keys() - before.keys() - aside)):
            raise Broken(f"not as before: {lost or new}\n{self.said}")


def _content(folder: Path) -> dict[str, object]:
    """What a finished run holds, by name, but for its times; ``load`` has seen the exports."""
    parts = ("history.csv", "samples/*", "checkpoints/step-????????/state.npz")
    content = {f"{p.relative_to(folder)}": p.read_bytes() for n in parts for p in folder.glob(n)}
    for path in folder.glob("checkpoints/step-????????/meta.json"):
        meta = json.loads(path.read_bytes())
        # As text: NaN is not equal to itself.
        content[f"{path.relative_to(folder)}"] = json.dumps([meta["rows"], meta["best"]])
    return content
