"""python -m ganlib.course.play PAGE.html: the game as one page without any other file."""

import argparse
import base64
from pathlib import Path
from string import Template

from ganlib.course.play.widget import ALT, HERE, STYLE, WORKER
from ganlib.export.bundle import inside_page
from ganlib.files import checked_path, replacing


def page(header: str = "") -> str:
    """The page's HTML, which loads nothing. ``header``: HTML of a site that the page belongs to,
    which stands above it."""
    return Template((HERE / "page.html").read_text("utf-8")).substitute(
        header=header,
        style=STYLE,
        alt=ALT,
        still=base64.b64encode((HERE / "still.png").read_bytes()).decode(),
        script=inside_page(HERE / "app.js"),
        worker=WORKER,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, help="where to write it, such as play.html")
    path = checked_path(parser.parse_args().page, ".html")
    with replacing(path, parents=True) as temporary:
        temporary.write_text(page(), "utf-8")
    print(f"{path}: open it in a browser.")


if __name__ == "__main__":
    main()
