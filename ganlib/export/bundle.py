"""JavaScript modules as one script: neither a widget nor a page opened from a disk can import.

The modules import by ``import { a, b } from "./x.js";`` alone and export what they declare, and no
name is declared twice; so they can stand in one file, each after those that it imports.
"""

import json
import re
from pathlib import Path

IMPORT = re.compile(r'^import \{[^}]*\} from "([./\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function|class) )", re.MULTILINE)
DECLARED = re.compile(r"^(?:export )?(?:const|let|(?:async )?function|class) (\w+)", re.MULTILINE)


def in_order(entry: Path, before: tuple[Path, ...] = ()) -> tuple[Path, ...]:
    """The module and all that it imports, each after what it imports."""
    entry = entry.resolve()
    for needed in IMPORT.findall(entry.read_text("utf-8")):
        if (path := (entry.parent / needed).resolve()) not in before:
            before = in_order(path, before)
    return before if entry in before else (*before, entry)


def bundle(entry: Path) -> str:
    """The module and all that it imports, as one script.

    Raises:
        ValueError: two modules declare one name.
    """
    homes: dict[str, Path] = {}
    parts = []
    for path in in_order(entry):
        source = path.read_text("utf-8")
        for declared in DECLARED.findall(source):
            if homes.setdefault(declared, path) != path:
                raise ValueError(f"{declared} is declared in {homes[declared]} and in {path}")
        parts.append(EXPORT.sub("", IMPORT.sub("", source)))
    return "\n".join(parts)


def literal(value: str | dict | list) -> str:
    """A JavaScript literal that may stand inside a page's script."""
    return json.dumps(value).replace("<", "\\u003c")


def inside_page(entry: Path) -> str:
    """The script of ``bundle`` so that it may stand inside a page."""
    return bundle(entry).replace("</", "<\\/")
