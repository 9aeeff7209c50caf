"""The game to play with, as a page opened from a disk and as a widget, in a real browser."""

import json

import build  # site/build.py
import pytest
from made import new_notebook
from pages import Notebook, asked_elsewhere, overhang, serious

from benchmarks.frames import FRAMES
from ganlib.course.play.__main__ import page as written_page
from ganlib.paths import runs_dir

PICTURES = runs_dir() / "browser"
WIDTHS = (390, 768, 1366, 1920)


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
    asked = asked_elsewhere(page)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.get_by_role("button", name="play").click()
    wait_for_step(page, page, 100)
    assert overhang(page, PICTURES / f"play-{width}.png") <= 0
    assert asked == []
    panel = page.locator(".panel")
    stage, numbers = (page.locator(each).bounding_box() for each in (".stage", ".numbers"))
    if width < 600:
        assert numbers["y"] >= stage["y"] + stage["height"]
    else:
        assert numbers["x"] >= stage["x"] + stage["width"]
    if width < 1000:  # the settings are folded
        assert not panel.is_visible()
        page.get_by_text("settings", exact=True).click()
        page.get_by_label("penalty", exact=True).select_option("r1")
        assert overhang(page, PICTURES / f"play-{width}-settings.png") <= 0
    else:
        assert panel.bounding_box()["x"] >= numbers["x"] + numbers["width"]


def test_the_game_begins_at_a_pace_that_the_eye_can_follow(page, address):
    page.goto(address)
    assert page.get_by_label("pace").input_value() == "steady"


@pytest.mark.parametrize(("preset", "one"), [("lump", False), ("dirac", True)])
def test_the_dirac_gan_shows_its_distance_and_the_others_their_divergence(
    page, address, preset, one
):
    page.goto(address)
    page.get_by_label("game", exact=True).select_option(preset)
    wait_for_step(page, page, 5)
    page.wait_for_timeout(300)
    charts = page.locator("canvas.chart:visible")
    names = charts.evaluate_all("all => all.map(each => each.ariaLabel)")
    words = ("distance", "divergence", "accuracy")
    shown = [any(word in name for name in names) for word in words]
    assert shown == [one, not one, not one]
    numbers = page.locator(".numbers").inner_text()
    assert ("bits" in numbers, "%" in numbers, "|θ|" in numbers) == (not one, not one, one)


def test_a_button_copies_a_link_to_the_game_as_it_is_set(page, address):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    page.get_by_label("penalty", exact=True).select_option("r1")
    page.get_by_role("button", name="copy the link").click()
    page.get_by_role("button", name="copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url and "penalty=r1" in link


@pytest.mark.parametrize(("system", "chosen"), [("dark", "light"), ("light", "dark")])
def test_the_page_follows_the_choice_of_light_or_dark_of_a_site(page, address, system, chosen):
    looks = []
    for scheme, theme in ((chosen, ""), (system, chosen), (system, "")):
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        page.evaluate("name => { document.documentElement.dataset.theme = name; }", theme)
        looks.append([
            page.evaluate(f"getComputedStyle(document.querySelector('{each}')).backgroundColor")
            for each in ("body", ".ganlib-play", ".ganlib-play button")
        ])  # fmt: skip
    assert looks[0] == looks[1]
    assert all(a != b for a, b in zip(looks[1], looks[2], strict=True))


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
    assert page.locator(".alert").text_content() == ""


@pytest.mark.parametrize("mode", ["light", "dark", "auto"])
def test_the_header_of_the_site_leads_on_and_follows_the_readers_choice(page, mode, tmp_path):
    path = tmp_path / "play.html"
    path.write_text(written_page(build.header("there.html", "somewhere")), "utf-8")
    page.emulate_media(color_scheme="light" if mode == "dark" else "dark")
    page.add_init_script(f"localStorage.setItem('mode', '{mode}')")  # as the pages of the course do
    page.goto(path.as_uri())
    links = page.locator("nav a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["index.html", "there.html"]
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (mode == "light")
    assert serious(page) == []


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
    if not cell.locator(".panel").is_visible():
        cell.get_by_text("settings", exact=True).click()
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
