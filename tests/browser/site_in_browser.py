"""The built site, served on this machine alone and opened page by page in a real browser."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urldefrag

import built
import pytest
from pages import serious

from ganlib.paths import runs_dir

PICTURES = runs_dir() / "browser"
SIZES = {390: 844, 1366: 768, 1920: 1080}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site's folder and its address."""
    folder = built.build_plain(tmp_path_factory.mktemp("site"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def addresses(folder, root) -> list[str]:
    pages = (path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts)
    return [root + path.relative_to(folder).as_posix() for path in pages]


def settled(page, address: str) -> None:
    """Opens the page and waits until its mathematics is set."""
    page.goto(address, wait_until="load")
    if page.locator(".math").count():
        page.wait_for_function("window.MathJax?.startup?.promise")
        page.evaluate("MathJax.startup.promise.then(() => true)")


@pytest.fixture(scope="module")
def visits(browser, site):
    """What was met on each page of the site, by its address: ids, links, what axe finds; and, of
    all of them, what went wrong."""
    folder, root = site
    context = browser.new_context(viewport={"width": 1366, "height": SIZES[1366]})
    page, wrong, met = context.new_page(), [], {}
    page.on("pageerror", lambda error: wrong.append((page.url, str(error))))
    page.on("console", lambda said: said.type == "error" and wrong.append((page.url, said.text)))
    page.on("response", lambda got: got.status >= 400 and wrong.append((got.status, got.url)))
    page.on(
        "request",
        lambda asked: asked.url.startswith((root, "data:", "blob:")) or wrong.append(asked.url),
    )
    for address in addresses(folder, root):
        settled(page, address)
        if unset := page.locator("mjx-merror").count():
            wrong.append((address, f"{unset} formulas are not set"))
        look(page, address.removeprefix(root), 1366)
        met[address] = {"ids": set(page.evaluate(IDS)), "links": page.evaluate(LINKS)}
        so_far = len(wrong)
        met[address]["problems"] = serious(page)
        del wrong[so_far:]  # axe fetches what style sheets import, from where it is not
    context.close()
    return met, wrong


IDS = "[...document.querySelectorAll('[id], a[name]')].map(each => each.id || each.name)"
LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href)"


def look(page, name: str, width: int) -> bool:
    """Keeps a picture of the page; whether it is wider than the screen."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = name.removesuffix(".html").replace("/", "-")
    page.screenshot(path=PICTURES / f"site-{name}-{width}.png")
    return page.evaluate("document.documentElement.scrollWidth") > width


def test_every_page_opens_without_a_complaint_and_asks_no_other_host(visits):
    met, wrong = visits
    assert len(met) > 30
    assert wrong == []


def test_no_page_keeps_anybody_out(visits):
    assert {place: each["problems"] for place, each in visits[0].items() if each["problems"]} == {}


def test_no_page_keeps_anybody_out_in_the_dark(browser, site):
    folder, root = site
    page, found = browser.new_page(color_scheme="dark"), {}
    for address in addresses(folder, root):
        settled(page, address)
        if problems := serious(page):
            found[address.removeprefix(root)] = problems
    page.close()
    assert found == {}


@pytest.mark.parametrize("width", [390, 1920])
def test_no_page_is_wider_than_the_screen(browser, site, width):
    folder, root = site
    page, wide = browser.new_page(viewport={"width": width, "height": SIZES[width]}), []
    for address in addresses(folder, root):
        settled(page, address)
        if look(page, address.removeprefix(root), width):
            wide.append(address.removeprefix(root))
    page.close()
    assert wide == []


def test_links_lead_to_their_anchors(visits):
    """Those that a script makes, too; whether files are there: tests/site/test_site.py."""
    met, _ = visits
    links = {urldefrag(link) for each in met.values() for link in each["links"]}
    within = {link for link in links if link.url in met and link.fragment}
    assert len(within) > 300
    assert {link for link in within if link.fragment not in met[link.url]["ids"]} == set()


def test_a_search_finds_a_notebook(browser, site):
    _, root = site
    page = browser.new_page()
    page.goto(f"{root}search.html?q=saturating")
    page.locator("#search-results a").first.wait_for()
    links = page.locator("#search-results a").evaluate_all("links => links.map(a => a.href)")
    assert any("01_vanilla_gan" in link for link in links)
    page.close()


def test_from_the_first_page_to_a_garment_and_to_running_a_notebook(browser, site):
    _, root = site
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(root)
    box = page.locator(".opening").bounding_box()
    assert box["y"] + box["height"] <= 768  # within one screen
    page.locator(".opening").get_by_role("link", name="Draw garments").click()
    page.wait_for_function("document.querySelector('.sheet canvas')?.width > 1")
    page.go_back()
    page.locator(".opening").get_by_role("link", name="Run it yourself").click()
    assert "make lab" in page.locator("article").inner_text()
    page.close()


def test_a_solution_and_a_folded_cell_open_by_a_click(browser, site):
    _, root = site
    page = browser.new_page()
    page.goto(f"{root}notebooks/03_cgan.html")
    folded = page.locator("div.cell.tag_hide-input details").first
    assert not folded.locator("pre").first.is_visible()
    folded.locator("summary").click()
    folded.locator("pre").first.wait_for(state="visible")
    solution = page.locator("article details", has=page.get_by_text("Solution")).first
    assert not solution.locator("pre, p").first.is_visible()
    page.close()
