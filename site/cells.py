"""A committed notebook as the site shows it, and as a reader of the site takes it away."""

import copy
import hashlib
import re
from base64 import b64decode
from pathlib import Path
from urllib.parse import urlsplit

import nbformat

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
# A notebook's name in backticks, as the notebooks mention one another.
MENTION = re.compile(rf"(?<!\[)`({'|'.join(NAMES)})`(?!\])")

# What a page can only show as a picture, and the page of the site where it works.
ALIVE = {
    "= Play(": '<a href="../play.html">Play the game in your browser</a>',
    "widgets.class_mix(": '<a href="../garments.html">Mix two classes in your browser</a>',
    "widgets.opinion(": '<a href="../garments.html">Draw for the discriminator in your browser</a>',
}

INSTALL = """\
import importlib.util

if importlib.util.find_spec("ganlib") is None:  # this computer does not have the course's package
    %pip install --quiet {wheel}"""


def shown(notebook: nbformat.NotebookNode, name: str, address: str) -> nbformat.NotebookNode:
    """The notebook for a page: without checks of the text, folded code folded, notebooks linked,
    with ways to run it; where the site has an address, with links that open it elsewhere."""
    page = copy.deepcopy(notebook)
    page.cells = [each for cell in page.cells for each in (cell, *_way_to_the_living(cell))]
    for cell in page.cells:
        tags = cell.metadata.setdefault("tags", [])
        if "claims" in tags:
            tags.append("remove-cell")
        elif cell.metadata.get("jupyter", {}).get("source_hidden"):
            tags.append("hide-input")
        if cell.cell_type == "markdown":
            cell.source = MENTION.sub(r"[`\1`](\1.ipynb)", cell.source)
    links = {"on your computer": "../start.html"}
    links |= launch_links(name, address) if address else {}
    ways = " · ".join(
        f'<a href="{url}"{" download" * (label == "Download")}>{label}</a>'
        for label, url in links.items()
    )
    page.cells.insert(1, nbformat.v4.new_markdown_cell(f"Run it: {ways}", id="launch"))
    return page


def _way_to_the_living(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """A cell with a link to the page on which the widget of this cell works, if there is one."""
    links = [link for call, link in ALIVE.items() if call in cell.source]
    if cell.cell_type != "code" or not links:
        return []
    return [nbformat.v4.new_markdown_cell(" · ".join(links), id=f"{cell.id}-alive")]


def launch_links(name: str, address: str) -> dict[str, str]:
    """Ways to run a notebook of the site. An address such as https://OWNER.github.io/NAME tells the
    repository, too: its branch gh-pages holds what is published, the notebooks among it, and from
    its default branch Binder makes a computer with environment.yml."""
    links = {"Download": f"{name}.ipynb"}
    host, path = urlsplit(address).netloc, urlsplit(address).path.strip("/")
    owner, _, domain = host.partition(".")
    if domain == "github.io" and path:
        repository, notebook = f"{owner}/{path}", f"notebooks/{name}.ipynb"
        links |= {
            "Colab": f"https://colab.research.google.com/github/{repository}/blob/gh-pages/{notebook}",
            "Binder": f"https://mybinder.org/v2/gh/{repository}/HEAD?labpath={notebook}",
        }
    return links


def taken_away(notebook: nbformat.NotebookNode, wheel: str) -> nbformat.NotebookNode:
    """The notebook to download or to open elsewhere: it installs ganlib from the address ``wheel``
    where that is missing. Its outputs are left out, since it is there to be run."""
    taken = copy.deepcopy(notebook)
    for cell in taken.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    install = nbformat.v4.new_code_cell(INSTALL.format(wheel=wheel), id="install-ganlib")
    first = next(k for k, cell in enumerate(taken.cells) if cell.cell_type == "code")
    taken.cells.insert(first, install)
    return taken


def alternative_texts(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What each picture shows, in words, by the hash under which the site keeps the picture."""
    return {
        hashlib.sha256(b64decode(content)).hexdigest(): output.metadata.get(kind, {}).get("alt", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for kind, content in output.get("data", {}).items()
        if kind in ("image/png", "image/gif")
    }
