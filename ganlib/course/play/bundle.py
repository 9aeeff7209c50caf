"""The game's modules as one script: neither a widget nor a page opened from a disk can import.

The modules import by ``import { a, b } from "./x.js";`` alone and export what they declare, and no
name is declared twice; so they can stand in one file, each after those that it imports.
"""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|function|class) )", re.MULTILINE)
DECLARED = re.compile(r"^(?:export )?(?:const|let|function|class) (\w+)", re.MULTILINE)


def in_order(entry: str, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The entry and all that it imports, each after what it imports."""
    for needed in IMPORT.findall((HERE / entry).read_text("utf-8")):
        if needed not in before:
            before = in_order(needed, before)
    return before if entry in before else (*before, entry)


def bundle(entry: str) -> str:
    """The module and all that it imports, as one script.

    Raises:
        ValueError: two modules declare one name.
    """
    homes: dict[str, str] = {}
    parts = []
    for name in in_order(entry):
        source = (HERE / name).read_text("utf-8")
        for declared in DECLARED.findall(source):
            if homes.setdefault(declared, name) != name:
                raise ValueError(f"{declared} is declared in {homes[declared]} and in {name}")
        parts.append(EXPORT.sub("", IMPORT.sub("", source)))
    return "\n".join(parts)


def worker_literal() -> str:
    """The worker's script as a JavaScript string, which may stand inside a page."""
    return json.dumps(bundle("worker.js")).replace("<", "\\u003c")


def style() -> str:
    """The style sheet."""
    return (HERE / "play.css").read_text("utf-8")
