"""The page of a run, opened from a disk in a real browser."""

import numpy as np
import pytest
from pages import asked_elsewhere, overhang, serious
from PIL import Image

import ganlib
from ganlib.images import unscale
from ganlib.paths import runs_dir

PICTURES = runs_dir() / "browser"
WIDTHS = (390, 768, 1366, 1920)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "garments.html"
    return ganlib.load_pretrained("cgan").export("web", path).as_uri()


@pytest.fixture(scope="module")
def unconditional(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "garments.html"
    return ganlib.load_pretrained("dcgan").export("web", path).as_uri()


def drawn(page, rows: int = 10) -> None:
    """Waits until the sheet is whole."""
    page.wait_for_function(
        "rows => [...document.querySelectorAll('.sheet canvas')].filter(c => c.width > 1).length"
        " === 10 * rows",
        arg=rows,
    )


def at_rest(page) -> None:
    """Waits until everything is drawn that was asked for."""
    page.wait_for_function("document.querySelector('.sheet')?.ariaBusy === 'false'")
    page.wait_for_timeout(700)
    page.wait_for_function("document.querySelector('.sheet')?.ariaBusy === 'false'")


def pixels(page, selector: str) -> np.ndarray:
    """The grey levels of a canvas."""
    values = page.evaluate(
        """selector => {
            const canvas = document.querySelector(selector);
            const { width, height } = canvas;
            return [...canvas.getContext("2d").getImageData(0, 0, width, height).data];
        }""",
        selector,
    )
    return np.reshape(values, (28, 28, 4))[..., 0]


def verdict(page) -> str:
    return page.locator(".verdict").inner_text()


def judged(page) -> None:
    """Waits until every image of the sheet is judged, and what is on the pad beside them."""
    page.locator(".opinions").wait_for(state="attached")
    page.wait_for_function("!document.querySelector('details:has(.opinions)').hidden")


def sneaker() -> np.ndarray:
    return unscale(ganlib.load_pretrained("cgan").generate(8, seed=5))[7, ..., 0]


def own_picture(page, image: np.ndarray, path) -> None:
    Image.fromarray(image).resize((280, 280), Image.Resampling.NEAREST).save(path)
    page.get_by_label("or a picture").set_input_files(path)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_draws_at_every_width_and_asks_for_nothing(page, address, width):
    asked = asked_elsewhere(page)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    drawn(page)
    page.get_by_role("button", name="put the mixed picture on the pad").click()
    judged(page)
    page.locator("summary").click()
    assert page.locator(".opinions tr").count() == 10
    assert overhang(page, PICTURES / f"garments-{width}.png") <= 0
    assert asked == []
    sheet, mixed = (page.locator(each).bounding_box() for each in (".sheet", "#between canvas"))
    beside = mixed["x"] >= sheet["x"] + sheet["width"]
    below = mixed["y"] - (sheet["y"] + sheet["height"])
    assert beside if width > 1000 else 0 <= below < 150  # both are seen at once


def test_new_latents_a_seed_and_truncation_change_the_sheet_and_the_link_restores_it(page, address):
    page.goto(address)
    drawn(page)
    first = pixels(page, ".sheet canvas")
    page.get_by_role("button", name="new latents").click()
    page.wait_for_function("location.hash === '#seed=1'")
    page.get_by_label("truncation").fill("0.5")
    page.get_by_role("gridcell").get_by_role("button", name="Bag, latent 3").click()
    page.get_by_role("gridcell").get_by_role("button", name="Coat, latent 4").click()
    page.get_by_label("class, from A to B").fill("1")
    at_rest(page)
    shown = pixels(page, ".large"), pixels(page, ".sheet canvas")
    assert not np.array_equal(shown[1], first)
    again = page.context.new_page()
    again.goto(page.url)
    at_rest(again)
    np.testing.assert_array_equal(pixels(again, ".large"), shown[0])
    np.testing.assert_array_equal(pixels(again, ".sheet canvas"), shown[1])
    assert again.get_by_label("seed").input_value() == "1"


def test_the_ends_of_the_way_are_the_two_that_were_chosen(page, address):
    page.goto(address)
    drawn(page)
    page.get_by_role("button", name="Sneaker, latent 2").click()
    page.get_by_role("button", name="Dress, latent 5").click()
    for end, cell in (("0", "Sneaker, latent 2"), ("1", "Dress, latent 5")):
        for slider in ("latent, from A to B", "class, from A to B"):
            page.get_by_label(slider).fill(end)
        page.wait_for_timeout(500)
        chosen = f'[aria-label="{cell}"] canvas'
        np.testing.assert_allclose(pixels(page, ".large"), pixels(page, chosen), atol=1)


def test_the_page_is_worked_by_keys(page, address):
    page.goto(address)
    drawn(page)
    page.locator(".sheet button").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert "a=2.1" in page.url
    page.get_by_label("drawing pad").focus()
    before = verdict(page)
    assert not any(letter.isdigit() for letter in before)  # an empty pad is not judged
    for key in ("ArrowRight", " ", "ArrowDown", " "):
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert pixels(page, ".pad").max() > 200
    assert verdict(page) != before


def test_a_pointer_draws_and_the_discriminator_answers(page, address):
    page.goto(address)
    drawn(page)
    blank = verdict(page)
    pad = page.get_by_label("drawing pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, y + 40)
    page.mouse.down()
    page.mouse.move(x, y + 240, steps=12)
    page.mouse.up()
    judged(page)
    assert pixels(page, ".pad")[5:24, 13:15].min() > 100
    assert "of the 10" in verdict(page)
    page.get_by_role("button", name="clear").click()
    page.wait_for_timeout(500)
    assert pixels(page, ".pad").max() == 0 and verdict(page) == blank


def test_a_picture_of_ones_own_is_judged_and_a_bad_one_is_refused(page, address, tmp_path):
    page.goto(address)
    drawn(page)
    image = sneaker()
    own_picture(page, image, tmp_path / "own.png")
    judged(page)
    assert np.abs(pixels(page, ".pad") - image).mean() < 12
    assert page.locator("#judge [role=status].quiet").inner_text() == ""
    field = page.get_by_label("or a picture")
    assert field.input_value().endswith("own.png")
    for name in ("bad.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"no picture")
        field.set_input_files(tmp_path / name)
        page.locator("#judge").get_by_role("alert").get_by_text(name).wait_for()
        assert np.abs(pixels(page, ".pad") - image).mean() < 12  # the last good one stays
        assert field.input_value() == ""
    own_picture(page, image, tmp_path / "own.png")
    page.wait_for_function("!document.querySelector('#judge [role=alert]').textContent")
    page.get_by_role("button", name="clear").click()
    assert field.input_value() == ""


def test_a_dark_garment_on_white_is_inverted_with_a_word(page, address, tmp_path):
    page.goto(address)
    drawn(page)
    image = sneaker()
    own_picture(page, 255 - image, tmp_path / "dark.png")
    said = page.locator("#judge [role=status].quiet")
    said.filter(has_text="inverted").wait_for()
    assert np.abs(pixels(page, ".pad") - image).mean() < 12
    page.get_by_role("button", name="clear").click()
    assert said.text_content() == ""


def test_the_reader_chooses_the_class_that_is_asked_for(page, address):
    """First it is that of A; a class once chosen stays."""
    page.goto(f"{address}#a=7.1&between=0&mix=0")
    drawn(page)
    page.get_by_role("button", name="put the mixed picture on the pad").click()
    judged(page)
    asked = page.get_by_label("judge it as")
    chosen = "return document.querySelector('.opinions .asked th').textContent"
    assert asked.evaluate("each => each.selectedOptions[0].text") == "Sneaker"
    assert "Sneaker" in verdict(page) and "of the 10" in verdict(page)
    page.get_by_role("radio", name="A").check()
    page.get_by_role("button", name="Bag, latent 3").click()
    assert "Bag" in verdict(page)
    asked.select_option("Trouser")
    as_trouser = verdict(page)
    assert "Trouser" in as_trouser and "Bag" not in as_trouser
    assert page.evaluate(f"() => {{ {chosen} }}") == "Trouser"
    page.get_by_role("radio", name="A").check()
    page.get_by_role("button", name="Coat, latent 3").click()
    assert verdict(page) == as_trouser


def test_a_click_chooses_a_and_b_in_turn_each_in_its_colour(page, address):
    page.goto(address)
    drawn(page)
    turns = {letter: page.get_by_role("radio", name=letter) for letter in "AB"}
    colours = {}
    for letter, cell in (("A", "Shirt, latent 2"), ("B", "Coat, latent 6")):
        assert turns[letter].is_checked()
        page.get_by_role("button", name=cell).click()
        page.mouse.move(0, 0)
        page.get_by_label("seed").focus()
        frame = page.locator(f'.sheet [data-mark="{letter}"]')
        assert frame.get_attribute("aria-label") == cell
        colours[letter] = frame.evaluate("each => getComputedStyle(each).outlineColor")
        badges = page.locator(".badge").filter(has_text=letter)
        shown = badges.evaluate_all("all => all.map(b => getComputedStyle(b).backgroundColor)")
        assert len(shown) >= 3 and set(shown) == {colours[letter]}
    assert colours["A"] != colours["B"]


@pytest.mark.parametrize("seed", ["1.5", "-3", "1000000", ""])
def test_a_bad_seed_is_told_and_the_sheet_stays(page, address, seed):
    page.goto(f"{address}#seed=4")
    drawn(page)
    field = page.get_by_label("seed")
    field.fill(seed)
    field.press("Enter")
    said = page.locator("#sheet [role=alert]")
    assert "999999" in said.inner_text() and "seed 4" in said.inner_text()
    assert page.url.endswith("#seed=4")
    field.fill("6")
    field.press("Enter")
    page.wait_for_function("location.hash === '#seed=6'")
    assert said.text_content() == ""


def test_rows_still_to_be_drawn_are_dimmed(page, address):
    page.goto(address)
    drawn(page)
    at_rest(page)
    page.get_by_role("button", name="new latents").click()
    look = "row => getComputedStyle(row.querySelector('canvas')).opacity"
    assert float(page.get_by_role("row").last.evaluate(look)) < 0.5
    at_rest(page)
    assert float(page.get_by_role("row").last.evaluate(look)) == 1


def test_the_page_follows_the_choice_of_light_or_dark_of_a_site(page, address):
    """Without one, the choice of the system."""
    ground = "getComputedStyle(document.body).backgroundColor"
    found = {}
    for system, chosen in (("light", ""), ("dark", ""), ("dark", "light"), ("light", "dark")):
        page.emulate_media(color_scheme=system)
        page.goto(address)
        page.evaluate("name => { document.documentElement.dataset.theme = name; }", chosen)
        found[system, chosen] = page.evaluate(ground)
    assert found["light", ""] == found["dark", "light"] != found["dark", ""]
    assert found["dark", ""] == found["light", "dark"]


def test_what_is_saved_is_a_png(page, address):
    page.goto(address)
    drawn(page)
    assert saved(page, "save as PNG").shape == (224, 224)
    side = 10 * 58 - 2
    sheet = saved(page, "save the sheet")
    below, left = sheet.shape[0] - side, sheet.shape[1] - side
    assert below > 10 and left > 50
    for row in range(10):  # each class is named before its row
        assert sheet[58 * row : 58 * row + 56, :left].min() < 100
    assert sheet[side:].min() < 100  # what it was made from
    page.get_by_role("button", name="new latents").click()
    at_rest(page)
    other = saved(page, "save the sheet")
    np.testing.assert_array_equal(other[:side, :left], sheet[:side, :left])
    assert not np.array_equal(other[side:], sheet[side:])


def saved(page, button: str) -> np.ndarray:
    """The grey levels of what the button saves."""
    with page.expect_download() as caught:
        page.get_by_role("button", name=button).click()
    with Image.open(caught.value.path()) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("L"))


def test_a_broken_link_is_told_and_the_rest_is_shown(page, address):
    page.goto(f"{address}#seed=4&a=99.1")
    drawn(page)
    alert = page.locator("#alert")
    assert "a=99.1" in alert.inner_text() and "seed" not in alert.inner_text()
    assert page.get_by_label("seed").input_value() == "4"


@pytest.mark.parametrize("missing", ["Worker", "DecompressionStream"])
def test_a_browser_that_cannot_run_it_shows_a_picture_and_says_so(page, address, missing):
    script = f"globalThis.{missing} = undefined;"
    if missing == "DecompressionStream":  # as it is in the worker of an old browser
        script = """const Whole = Blob;
            Blob = class extends Whole { constructor(parts, kind) {
                super(kind?.type === "text/javascript"
                    ? ["DecompressionStream = undefined;", ...parts] : parts, kind);
            } };"""
    page.add_init_script(script)
    page.goto(address)
    page.get_by_role("alert").get_by_text(missing).wait_for()
    assert page.locator("img.still").is_visible()


def test_without_scripts_there_is_a_picture_and_a_sentence(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("noscript p").is_visible() and page.locator("img.still").is_visible()
    assert page.locator("img.still").evaluate("image => image.naturalWidth") > 200
    context.close()


def test_an_unconditional_run_has_no_classes(page, unconditional):
    page.goto(unconditional)
    drawn(page)
    page.get_by_role("button", name="row 2, latent 3").click()
    assert page.get_by_label("class, from A to B").count() == 0
    assert "a=1.2" in page.url
    page.get_by_role("button", name="put the mixed picture on the pad").click()
    page.locator(".verdict").filter(has_text="of the 100").wait_for()  # images on the sheet
    assert page.get_by_label("judge it as").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    drawn(page)
    assert serious(page) == []
