"""The site builds without a warning, carries all that it shows, and has no dead link."""

import json
import re
import zipfile
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import built
import nbformat
import pytest
from bs4 import BeautifulSoup
from cells import NOTEBOOKS, launch_links, shown, taken_away

import ganlib

# In the order of the course.
COURSE = [path.stem for path in NOTEBOOKS]


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    return built.build_both(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def pages(sites):
    """The parsed pages of the site that is published nowhere, by their path."""
    return parsed(sites["plain"])


def parsed(folder: Path) -> dict[str, BeautifulSoup]:
    return {
        path.relative_to(folder).as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in sorted(folder.rglob("*.html"))
        if "_static" not in path.parts
    }


def test_the_pages_are_there(pages):
    wanted = {"index.html", "start.html", "search.html", "garments.html", "play.html"}
    wanted |= {f"notebooks/{name}.html" for name in COURSE}
    wanted |= {f"docs/{path.stem}.html" for path in (built.build.ROOT / "docs").glob("*.md")}
    wanted |= {"api/index.html", "api/training.html", "api/gan.html"}
    assert wanted - pages.keys() == set()


def test_no_link_and_no_anchor_is_dead(sites, pages):
    anchors = {
        name: {each["id"] for each in page.find_all(id=True)}
        | {each["name"] for each in page.find_all("a", attrs={"name": True})}
        for name, page in pages.items()
    }
    dead, followed = [], 0
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            place, anchor = urldefrag(link["href"])
            if urlsplit(place).scheme in ("http", "https", "mailto") or link["href"] == "#":
                continue
            followed += 1
            target = (
                (sites["plain"] / name).parent / unquote(place) if place else sites["plain"] / name
            )
            target = target.resolve()
            inner = target.relative_to(sites["plain"].resolve()).as_posix()
            found = target.is_file()
            known = anchors.get(inner)
            if not found or (anchor and known is not None and unquote(anchor) not in known):
                dead.append((name, link["href"]))
    assert followed > 1000
    assert dead == []


def test_nothing_is_fetched_from_elsewhere(pages):
    fetched = [
        (name, each[key])
        for name, page in pages.items()
        for tag, key in (("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"))
        for each in page.find_all(tag, attrs={key: True})
        if urlsplit(each[key]).scheme in ("http", "https") or each[key].startswith("//")
    ]
    assert fetched == []


def test_every_picture_says_what_it_shows(sites, pages):
    pictures = [(name, each) for name, page in pages.items() for each in page.find_all("img")]
    silent = [
        (name, each["src"][:80]) for name, each in pictures if not each.get("alt", "").strip()
    ]
    assert silent == []
    words = built.described(sites["plain"].parent)
    of_notebooks = [
        each for name, each in pictures
        if name.startswith("notebooks/") and Path(each["src"]).stem in words
    ]  # fmt: skip
    assert len(of_notebooks) > 70
    assert {Path(each["src"]).stem: each["alt"] for each in of_notebooks}.items() <= words.items()


@pytest.mark.parametrize("name", COURSE)
def test_a_notebook_shows_its_pictures_and_hides_its_claims(pages, name):
    page = pages[f"notebooks/{name}.html"]
    notebook = nbformat.read(built.build.ROOT / "notebooks" / f"{name}.ipynb", 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    claims = [cell for cell in code if "claims" in cell.metadata.get("tags", [])]
    text = page.find("article").get_text()
    assert len(page.select("div.cell")) == len(code) - len(claims)
    assert all(cell.source not in text for cell in claims)
    assert any(cell.source in text for cell in code)  # or none would be found
    folded = [cell for cell in code if cell.metadata.get("jupyter") and cell not in claims]
    assert len(page.select("div.cell.tag_hide-input")) == len(folded)
    assert len(page.select("details")) >= len(folded)
    if library_names("\n".join(cell.source for cell in code)) & described(pages):  # 05 needs none
        assert page.select("a.sphinx-codeautolink-a[href^='../api/']")


def described(pages) -> set[str]:
    """The names that the library's pages describe."""
    return {each["id"] for page in pages.values() for each in page.select("dt[id]")}


def library_names(source: str) -> set[str]:
    """What code uses of the library, under the names by which its pages may describe it."""
    found = {
        f"{ganlib._HOMES[name]}.{name}" for name in ganlib._HOMES if f"ganlib.{name}" in source
    }
    for module, names in re.findall(r"^from (ganlib[.\w]*) import (.+)", source, flags=re.M):
        found |= {f"{module}.{name}" for name in re.findall(r"\w+", names)}
    return found


def test_the_notebooks_stand_in_order_with_ways_on_and_back(pages):
    links = [each["href"] for each in pages["index.html"].select("nav.bd-links a[href^=notebooks]")]
    assert links == [f"notebooks/{name}.html" for name in COURSE]
    for before, after in pairwise(COURSE):
        page = pages[f"notebooks/{before}.html"]
        assert page.select_one("a.right-next")["href"] == f"{after}.html"
        assert (
            pages[f"notebooks/{after}.html"].select_one("a.left-prev")["href"] == f"{before}.html"
        )


def test_public_names_are_described(pages):
    wanted = {f"{home}.{name}" for name, home in ganlib._HOMES.items()}
    assert wanted - described(pages) == set()
    signature = pages["api/training.html"].find(id="ganlib.training.train").parent.get_text()
    assert "run_dir" in signature and "Raises" in signature


def test_no_page_names_a_folder_of_the_machine_that_built_it(sites):
    here = [str(built.build.ROOT), str(Path.home())]
    telling = [
        (path.name, place)
        for path in sites["plain"].rglob("*.html")
        for place in here
        if f"{place}/" in path.read_text("utf-8")
    ]
    assert telling == []


def test_mathematics_is_set_by_a_script_of_the_site(sites, pages):
    page = pages["notebooks/01_vanilla_gan.html"]
    assert len(page.select(".math")) > 30
    (script,) = page.select("script[src*=mathjax]")
    assert (sites["plain"] / "notebooks" / script["src"].partition("?")[0]).resolve().is_file()
    assert list((sites["plain"] / "_static/mathjax/output/chtml/fonts").rglob("*.woff"))


def test_the_site_carries_the_wheel_with_the_shipped_models(sites):
    (wheel,) = sites["plain"].glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("ganlib/pretrained/cgan/generator.weights.h5", "ganlib/export/web/app.js",
                   "ganlib/course/play/game.js"):  # fmt: skip
        assert wanted in names


def test_the_site_carries_the_course_to_run_it(sites, pages):
    (link,) = pages["start.html"].select("article a[download]")
    names = zipfile.ZipFile(sites["plain"] / link["href"]).namelist()
    (folder,) = {name.partition("/")[0] for name in names}
    wanted = {"Makefile", "constraints.txt", "pyproject.toml", "README.md"}
    wanted |= {f"notebooks/{name}.ipynb" for name in COURSE}
    wanted |= {
        path.relative_to(built.build.ROOT).as_posix()
        for path in (built.build.ROOT / "ganlib").rglob("*.py")
    }
    assert {f"{folder}/{name}" for name in wanted} - {*names} == set()
    assert not [name for name in names if re.search("__pycache__|/runs/|/build/", name)]
    for name in COURSE:
        assert pages[f"notebooks/{name}.html"].select("article a[href$='start.html']")


@pytest.mark.parametrize(
    "name, page", [("01_vanilla_gan", "play.html"), ("03_cgan", "garments.html")]
)
def test_a_notebook_links_to_the_page_on_which_its_widget_works(pages, name, page):
    assert pages[f"notebooks/{name}.html"].select(f"article p > a[href='../{page}']")


def test_ways_to_run_a_notebook_are_there_only_with_an_address(sites, pages):
    assert not list((sites["plain"] / "notebooks").glob("*.ipynb"))
    (wheel,) = sites["published"].glob("*.whl")
    published = parsed(sites["published"])
    for name in COURSE:
        links = launch_links(name, built.ADDRESS)
        assert set(links) == {"Download", "Colab", "Binder"}
        without, with_them = (
            {each["href"] for each in site[f"notebooks/{name}.html"].select("article a[href]")}
            for site in (pages, published)
        )
        assert set(links.values()) <= with_them
        assert not any(re.search("ipynb|colab|mybinder", each) for each in without)
        taken = nbformat.read(sites["published"] / links["Colab"].partition("gh-pages/")[2], 4)
        nbformat.validate(taken)
        assert f"{built.ADDRESS}/{wheel.name}" in "".join(cell.source for cell in taken.cells)


def test_an_address_that_tells_no_repository_offers_the_download_alone():
    for address in ("http://school.local:8000", "https://owner.github.io"):
        assert set(launch_links("00_data", address)) == {"Download"}


def test_what_is_taken_away_installs_the_package_only_where_it_is_missing():
    notebook = nbformat.read(NOTEBOOKS[1], 4)
    taken = taken_away(notebook, "https://example.org/x.whl")
    first = next(cell for cell in taken.cells if cell.cell_type == "code")
    installed = []
    code = re.sub(r"%pip install --quiet (\S+)", r"installed.append('\1')", first.source)
    exec(code, {"installed": installed})
    assert installed == []
    exec(code.replace('"ganlib"', '"no_such_package"'), {"installed": installed})
    assert installed == ["https://example.org/x.whl"]
    assert [cell.source for cell in taken.cells if cell is not first] == [
        cell.source for cell in notebook.cells
    ]
    assert not any(cell.get("outputs") for cell in taken.cells)


def test_a_notebook_is_linked_where_another_names_it():
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("see `00_data`, [`02_dcgan`](x), `00_database`")
    ]
    cell, _ = shown(notebook, "x", "").cells
    assert cell.source == "see [`00_data`](00_data.ipynb), [`02_dcgan`](x), `00_database`"


def test_the_container_for_codespaces_is_set_up_as_the_readme_says():
    told = json.loads((built.build.ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert told["postCreateCommand"] == "make .venv/ready"
    version = told["image"].rpartition(":")[2]
    wanted = built.build.tomllib.loads((built.build.ROOT / "pyproject.toml").read_text("utf-8"))
    assert version in ("3.11", "3.12", "3.13") and ">=3.11" in wanted["project"]["requires-python"]
