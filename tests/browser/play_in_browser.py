"""The game to play with, as a page opened from a disk and as a widget, in a real browser."""

import json

import pytest
from made import new_notebook
from pages import Notebook, serious

from benchmarks.frames import FRAMES
from ganlib.course.play.__main__ import page as written_page
from ganlib.paths import runs_dir

PICTURES = runs_dir() / "browser"
WIDTHS = (390, 1366, 1920)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "play.html"
    path.write_text(written_page(), "utf-8")
    return path.as_uri()


def step(where) -> int:
    return int(where.locator(".ganlib-play dd").first.inner_text() or -1)


def wait_for_step(page, where, least: int) -> None:
    for _ in range(300):
        if step(where) >= least:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"step {least} was not reached within 30 seconds: {step(where)}")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_plays_at_every_width(page, address, width):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.get_by_role("button", name="play").click()
    wait_for_step(page, page, 100)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"play-{width}.png", full_page=True)


def test_the_picture_is_drawn_while_the_game_is_played(page, address):
    """How often is measured by ``python -m benchmarks.frames``."""
    page.goto(address)
    page.get_by_role("button", name="play").click()
    wait_for_step(page, page, 20)
    assert page.evaluate(FRAMES, 3) > 1


def test_a_preset_restores_itself_from_the_address(page, address):
    page.goto(address)
    page.get_by_label("game", exact=True).select_option("saturated")
    wait_for_step(page, page, 5)
    assert "loss=minimax" in page.url
    again = page.context.new_page()
    again.goto(page.url)
    assert again.get_by_label("loss", exact=True).input_value() == "minimax"
    assert again.get_by_label("data", exact=True).input_value() == "heap"
    again.goto(address + "#loss=bad")
    again.reload()
    assert "minimax" in again.get_by_role("alert").inner_text()


def test_a_game_that_runs_away_is_stopped_with_a_word_and_begins_again(page, address):
    page.goto(address)
    page.get_by_label("game", exact=True).select_option("simultaneous")
    page.get_by_label("pace").select_option("fast")
    page.get_by_role("alert").get_by_text("restart").wait_for(timeout=30_000)
    assert len(page.locator(".numbers").inner_text()) < 300
    stopped = step(page)
    page.get_by_label("penalty", exact=True).select_option("r1")
    page.get_by_label("weight of the penalty").press("End")
    page.get_by_role("button", name="restart").click()
    page.get_by_role("button", name="play").click()
    wait_for_step(page, page, stopped + 500)
    assert page.get_by_role("alert").inner_text() == ""


def test_data_are_drawn_with_the_pointer_and_with_the_keys(page, address):
    page.goto(address)
    page.get_by_label("data", exact=True).select_option("drawn")
    stage = page.get_by_role("application")
    box = stage.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 250, steps=12)
    page.mouse.up()
    page.wait_for_function("location.hash.includes('points=')")
    dots = page.evaluate(
        "new URLSearchParams(location.hash.slice(1)).get('points').split(' ').length / 2"
    )
    assert dots >= 8
    stage.focus()
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    after = page.evaluate("new URLSearchParams(location.hash.slice(1)).get('points')")
    assert after.endswith("0.10 0.10")
    page.keyboard.press("Delete")
    page.wait_for_function("!location.hash.includes('points=')")


def test_every_control_is_reached_and_moved_by_keys(page, address):
    page.goto(address)
    page.get_by_role("button", name="play").focus()
    page.keyboard.press("Space")
    wait_for_step(page, page, 10)
    page.keyboard.press("Space")
    page.wait_for_timeout(500)
    still = step(page)
    page.wait_for_timeout(500)
    assert step(page) == still
    page.get_by_role("button", name="one step of G").press("Enter")
    wait_for_step(page, page, still + 1)
    slider = page.get_by_label("learning rate of D")
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") != before
    unnamed = page.evaluate(
        """[...document.querySelectorAll("button, select, input, canvas")].filter(each =>
            !each.textContent.trim() && !each.labels?.length && !each.ariaLabel).length"""
    )
    assert unnamed == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert serious(page) == []


def test_without_scripts_there_is_a_picture_with_words(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    picture = page.locator("img")
    assert picture.is_visible()
    assert len(picture.get_attribute("alt")) > 60
    context.close()


def test_the_widget_plays_reports_survives_a_reload_and_ends_with_its_cell(lab, page, folder):
    name = new_notebook(
        folder, "play.ipynb",
        "from ganlib.course.play import Play", 'game = Play("r1", seed=3)\ngame',
        "import json\nprint(json.dumps([game.settings, game.report]))",
    )  # fmt: skip
    notebook = Notebook(page, lab, name)
    notebook.run_all()
    notebook.wait_idle(120)
    cell = notebook.cell("cell-1")
    cell.get_by_role("button", name="play").click()
    wait_for_step(page, cell, 60)
    cell.get_by_label("penalty", exact=True).select_option("r2")
    cell.get_by_role("button", name="pause").click()
    page.wait_for_timeout(1000)
    notebook.shoot(PICTURES / "play-widget.png", "cell-1")
    shown = step(cell)
    notebook.run_cell("cell-2")
    notebook.wait_idle(60)
    settings, report = json.loads(notebook.text_of("cell-2").strip().splitlines()[-1])
    assert (settings["penalty"], settings["seed"]) == ("r2", 3)
    assert report["step"] == shown
    assert [(name, before) for _, name, before in report["changes"]] == [("penalty", "r1")]
    notebook.command("docmanager:save")
    page.wait_for_timeout(2000)
    page.reload()
    notebook.wait_open()
    cell = notebook.cell("cell-1")
    assert cell.get_by_label("penalty", exact=True).input_value() == "r2"
    cell.get_by_role("button", name="play").click()
    wait_for_step(page, cell, 20)
    assert len(page.workers) == 1
    notebook.set_source("cell-1", "None")
    notebook.run_cell("cell-1")
    notebook.wait_idle(60)
    page.wait_for_timeout(1000)
    assert len(page.workers) == 0
