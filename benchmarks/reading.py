"""How long the notebooks take: to read, and to compute.

    python -m benchmarks.reading            words, lines and minutes of each
    python -m benchmarks.reading --time     runs each and writes its seconds into computing.csv
    python -m benchmarks.reading --write    writes the README's table and the notebooks' heads

A careful reading takes about 120 words, or 20 lines of code, a minute. Folded solutions, cells of
claims and hidden cells are not counted; the core is all but the optional sections.
"""

import argparse
import csv
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ganlib.paths import project_root

WORDS_A_MINUTE, LINES_A_MINUTE = 120, 20
COMPUTING = Path(__file__).with_name("computing.csv")
README = Path(__file__).parent.parent / "README.md"
HEAD = re.compile(r"\*\*Reading\*\*.*?GPU\.", re.DOTALL)
FOLDED = {"claims", "hidden"}
ABOUT = {
    "00_data": "the images, and what a generator has to match",
    "01_vanilla_gan": "a whole GAN on one screen; then the game, its optimum and its curves",
    "02_dcgan": "convolutions: build a DCGAN, and test each of its rules",
    "03_cgan": "ask for a class: a whole conditional GAN, and who needs the label",
    "04_evaluation": "the scores, built by hand, and what each of them misses",
    "05_why_gans_fail": "the smallest GAN that fails; mode collapse, and mode dropping",
    "06_repairs": "five repairs, each on the game that needs it, and what the others are worth",
    "07_clinic": "failures by their signature; six patients to diagnose and to treat",
}


@dataclass
class Reading:
    """Words and lines of visible code of a notebook, of its core, and before its first picture."""

    words: int = 0
    lines: int = 0
    core_words: int = 0
    core_lines: int = 0
    before_picture: tuple[int, int] | None = None

    def minutes(self, core: bool) -> float:
        words, lines = (self.core_words, self.core_lines) if core else (self.words, self.lines)
        return words / WORDS_A_MINUTE + lines / LINES_A_MINUTE


def reading(notebook: nbformat.NotebookNode) -> Reading:
    """What there is to read in a notebook."""
    found = Reading()
    for cell in notebook.cells:
        words = lines = 0
        tags = {*cell.metadata.get("tags", [])}
        if cell.cell_type == "markdown":
            text = HEAD.sub("", cell.source)  # it is written from what is counted here
            text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
            words = len(re.findall(r"\S*\w\S*", text))
        elif not (tags & FOLDED or cell.metadata.get("jupyter", {}).get("source_hidden")):
            lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        found.words += words
        found.lines += lines
        if "optional" not in tags:
            found.core_words += words
            found.core_lines += lines
        pictures = (o for o in cell.get("outputs", []) if "image/png" in o.get("data", {}))
        if found.before_picture is None and any(pictures):
            found.before_picture = found.words, found.lines
    return found


def notebooks() -> dict[str, Reading]:
    """Each notebook's reading, by name."""
    paths = sorted((project_root() / "notebooks").glob("[0-9]*.ipynb"))
    return {path.stem: reading(nbformat.read(path, as_version=4)) for path in paths}


def seconds_of(path: Path) -> dict[str, float]:
    """The seconds that each notebook computed, from ``computing.csv``."""
    with open(path, newline="", encoding="utf-8") as file:
        return {row["notebook"]: float(row["seconds"]) for row in csv.DictReader(file)}


def table(found: dict[str, Reading], computing: Path) -> str:
    """The README's table of notebooks, in Markdown."""
    seconds = seconds_of(computing)
    lines = [
        "| notebook | what it is about | minutes to read: core (all) | to compute, 2 cores |",
        "|---|---|---|---|",
    ]
    for name, each in found.items():
        core, whole = (f"{each.minutes(core):.0f}" for core in (True, False))
        lines.append(
            f"| [{name}](notebooks/{name}.ipynb) | {ABOUT[name]} "
            f"| {core}{f' ({whole})' * (whole != core)} | {minutes_of(seconds[name])} |"
        )
    return "\n".join(lines)


def minutes_of(seconds: float) -> int:
    """Whole minutes, at least one."""
    return max(1, round(seconds / 60))


def head(found: Reading, seconds: float) -> str:
    """The sentence at the head of a notebook: how long it takes to read and to compute."""
    core, whole = (f"{found.minutes(core):.0f}" for core in (True, False))
    reading_time = f"{core} minutes"
    if whole != core:
        reading_time += f" for the core and {whole} for everything"
    computing = minutes_of(seconds)
    return (
        f"**Reading** takes about {reading_time}, **computing** about {computing} "
        f"minute{'s' * (computing > 1)} on two cores without a GPU."
    )


def with_head(source: str, sentence: str) -> str:
    """A notebook's first cell with its sentence about the time replaced.

    Raises:
        ValueError: if the cell has no such sentence, or more than one.
    """
    replaced_source, count = HEAD.subn(lambda _: sentence, source)
    if count != 1:
        raise ValueError(f"The first cell has {count} sentences '**Reading** … GPU.', not one.")
    return replaced_source


def replaced(text: str, name: str, section: str) -> str:
    """The text with what stands between the marks ``name:begin`` and ``name:end`` replaced.

    Raises:
        ValueError: if one of the two marks is missing or stands there twice.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{section}\n{end}{after}"


def write() -> None:
    """Writes the table of notebooks into the README, and each notebook's time into its head."""
    text = replaced(README.read_text("utf-8"), "reading", table(notebooks(), COMPUTING))
    README.write_text(text, "utf-8")
    seconds = seconds_of(COMPUTING)
    for name, each in notebooks().items():
        path = project_root() / "notebooks" / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        first = notebook.cells[0]
        first.source = with_head(first.source, head(each, seconds[name]))
        nbformat.write(notebook, path)


def run_all() -> dict[str, float]:
    """Seconds that each notebook takes from its first cell to its last."""
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((project_root() / "notebooks").glob("[0-9]*.ipynb")):
            command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook"]
            command += ["--execute", "--ExecutePreprocessor.timeout=-1", f"--output-dir={folder}"]
            begun = time.perf_counter()
            subprocess.run([*command, path.name], cwd=path.parent, check=True)
            seconds[path.stem] = round(time.perf_counter() - begun)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--time", action="store_true", help="run all notebooks and keep the times")
    parser.add_argument("--write", action="store_true", help="write the README's table")
    asked = parser.parse_args()
    if asked.time:
        with open(COMPUTING, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([("notebook", "seconds"), *run_all().items()])
    if asked.write:
        write()
    print(
        "                     words  lines  minutes   core: words  lines  minutes   first picture"
    )
    for name, each in notebooks().items():
        print(
            f"{name:18} {each.words:7,} {each.lines:6} {each.minutes(False):8.0f}"
            f" {each.core_words:13,} {each.core_lines:6} {each.minutes(True):8.0f}"
            f"   after {each.before_picture}"
        )


if __name__ == "__main__":
    main()
