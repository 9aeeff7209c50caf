"""python -m ganlib.export RUN FORMAT PATH: a trained run for use elsewhere."""

import argparse
import sys
from pathlib import Path

import ganlib
from ganlib.errors import GanlibError, SettingsError
from ganlib.export.formats import FORMATS, export


def named(run: str):
    """The run that lies in a folder, or that is shipped under a name."""
    if Path(run).is_dir():
        return ganlib.load_run(run)
    try:
        return ganlib.load_pretrained(run)
    except SettingsError as error:
        raise SettingsError(f"{run} is not a folder. {error}") from error


def main() -> None:
    told = "\n".join(f"  {name:12} {each.purpose}" for name, each in FORMATS.items())
    parser = argparse.ArgumentParser(
        prog="python -m ganlib.export",
        description=f"Writes a trained generator for use elsewhere.\n\nformats:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", help="a run's folder, or the name of a shipped model, such as cgan")
    parser.add_argument("format", help="one of those above")
    parser.add_argument("path", type=Path, help="where to write it; nothing may be there")
    given = parser.parse_args()
    try:
        path = export(named(given.run), given.format, given.path)
    except GanlibError as error:
        sys.exit(str(error))
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    print(f"{path}: {sum(each.stat().st_size for each in files):,} bytes")


if __name__ == "__main__":
    main()
