"""The package as a house: its modules, lines, arrows, floors and circles, counted from the imports.

python -m benchmarks.house            the numbers, and a line for each folder
python -m benchmarks.house --write    also draws docs/house.svg, the arrows between the folders

An arrow goes from a module to each module of ganlib that it imports, at its top or in a function;
imports for annotations alone do not count. What a folder's ``__init__`` hands on is taken to come
from the module that holds it. A floor is one more than the highest floor a module stands on.
"""

import argparse
import ast
import textwrap
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted((ROOT / "ganlib").rglob("*.py"))}


def is_folder(name: str) -> bool:
    return FILES[name].name == "__init__.py"


@cache
def imported(name: str) -> frozenset[tuple[str, str]]:
    """(module, name) of all that a module imports of ganlib; the name is "" for a module whole."""
    found, tree = set(), ast.parse(FILES[name].read_text("utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names if alias.name in FILES}
        elif isinstance(node, ast.ImportFrom) and node.module in FILES:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add((inner, "") if inner in FILES else (node.module, alias.name))
    return frozenset(found)


def holder(module: str, name: str) -> str:
    """The module that holds a name which a folder hands on."""
    if is_folder(module) and name:
        for source, handed_on in imported(module):
            if handed_on == name:
                return holder(source, name)
    return module


@cache
def arrows() -> dict[str, frozenset[str]]:
    """Of each module, those that it imports; folders, which only hand on, left out."""
    rooms = [name for name in FILES if not is_folder(name)]
    return {
        room: frozenset(
            target
            for target in (holder(*pair) for pair in imported(room))
            if target in rooms and target != room
        )
        for room in rooms
    }


def circles() -> list[list[str]]:
    """Each ring of modules that import one another, once."""
    found, done = [], set()

    def follow(name: str, way: list[str]) -> None:
        if name in way:
            found.append(way[way.index(name) :])
        elif name not in done:
            for target in sorted(arrows()[name]):
                follow(target, [*way, name])
            done.add(name)

    for name in arrows():
        follow(name, [])
    return found


@cache
def floor(name: str) -> int:
    return 1 + max((floor(target) for target in arrows()[name]), default=0)


def lines(name: str) -> int:
    return len(FILES[name].read_text("utf-8").splitlines())


def folder(name: str) -> str:
    """The folder of a module, two deep at most: ganlib, ganlib.data, ganlib.course."""
    return ".".join((name if is_folder(name) else name.rpartition(".")[0]).split(".")[:2])


def between_folders() -> dict[tuple[str, str], int]:
    """How many arrows go from one folder to another."""
    counts: dict[tuple[str, str], int] = {}
    for name, targets in arrows().items():
        for target in targets:
            pair = folder(name), folder(target)
            if pair[0] != pair[1]:
                counts[pair] = counts.get(pair, 0) + 1
    return counts


def numbers() -> dict[str, int]:
    rings = circles()
    return {
        "modules": len(arrows()),
        "modules flat in ganlib": sum(name.count(".") == 1 for name in arrows()),
        "lines": sum(map(lines, FILES)),
        "longest module": max(map(lines, FILES)),
        "arrows": sum(map(len, arrows().values())),
        "circles": len(rings),
        "floors": 0 if rings else max(map(floor, arrows())),
    }


def main() -> None:
    for name, value in numbers().items():
        print(f"{name:24}{value:8,}")
    for ring in circles():
        print("circle:", " -> ".join([*ring, ring[0]]))
    print()
    for name in sorted(set(map(folder, FILES))):
        within = [module for module in FILES if folder(module) == name]
        print(f"{name:24}{len(within):4} files {sum(map(lines, within)):7,} lines")


# Where the folders stand in the picture: x, and the floor.
PLACES = {
    "ganlib.course": (0.3, 4.05),
    "ganlib.widgets": (0.79, 4),
    "ganlib.evaluation": (0.16, 3),
    "ganlib.training": (0.63, 3),
    "ganlib.data": (0.17, 2),
    "ganlib.export": (0.56, 2),
    "ganlib.plotting": (0.87, 2),
    "ganlib.models": (0.15, 1),
    "ganlib": (0.62, 1),
}


def draw(path: Path) -> None:
    """Folders as boxes with their modules; an arrow goes to what is imported, with the number of
    imports. Those of the ground floor, on which all stand, are left out."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch

    figure = Figure((10, 8))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0.5, 4.6))
    axes.set_axis_off()
    boxes = {}
    for name, place in PLACES.items():
        own = [module for module in arrows() if folder(module) == name]
        heading = f"{name.replace('.', '/')}/"
        words = ", ".join(module.removeprefix(name + ".") for module in own)
        text = textwrap.fill(words, {"ganlib": 85, "ganlib.course": 62}.get(name, 42))
        box = {"boxstyle": "round,pad=0.6", "facecolor": "#eef4fa", "edgecolor": "#0072b2"}
        boxes[name] = axes.text(*place, f"{heading}\n{text}", bbox=box, fontsize=9, zorder=3,
                                ha="center", va="center", linespacing=1.5)  # fmt: skip
    for (source, target), count in sorted(between_folders().items()):
        if target == "ganlib":
            continue
        ends = PLACES[source], PLACES[target]
        axes.add_patch(
            FancyArrowPatch(
                *ends, patchA=boxes[source].get_bbox_patch(), patchB=boxes[target].get_bbox_patch(),
                arrowstyle="-|>", mutation_scale=12, color="#777777", linewidth=0.6 + count / 6,
                shrinkA=2, shrinkB=3, connectionstyle=f"arc3,rad={BENDS.get((source, target), 0)}",
            )
        )  # fmt: skip
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "house"}):
        figure.draw_without_rendering()  # the boxes take their sizes, at which arrows end
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


BENDS = {("ganlib.course", "ganlib.plotting"): 0.28, ("ganlib.widgets", "ganlib.data"): 0.25}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="draw docs/house.svg too")
    arguments = parser.parse_args()
    main()
    if arguments.write:
        draw(ROOT / "docs" / "house.svg")
