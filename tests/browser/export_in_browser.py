"""The page of a run, opened from a disk in a real browser."""

import numpy as np
import pytest
from pages import serious

import ganlib
from ganlib.images import unscale
from ganlib.paths import runs_dir

PICTURES = runs_dir() / "browser"
WIDTHS = (390, 1366, 1920)


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


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_draws_at_every_width_and_asks_for_nothing(page, address, width):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    drawn(page)
    page.locator(".opinions tr").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"garments-{width}.png", full_page=True)


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
    page.wait_for_timeout(2000)
    shown = pixels(page, ".large"), pixels(page, ".sheet canvas")
    assert not np.array_equal(shown[1], first)
    again = page.context.new_page()
    again.goto(page.url)
    drawn(again)
    again.wait_for_timeout(500)
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
    for key in ("ArrowRight", " ", "ArrowDown", " "):
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert pixels(page, ".pad").max() > 200
    assert verdict(page) != before


def test_a_pointer_draws_and_the_discriminator_answers(page, address):
    page.goto(address)
    drawn(page)
    page.locator(".opinions tr").first.wait_for()
    page.wait_for_timeout(1500)
    blank = verdict(page)
    pad = page.get_by_label("drawing pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, y + 40)
    page.mouse.down()
    page.mouse.move(x, y + 240, steps=12)
    page.mouse.up()
    page.wait_for_timeout(500)
    assert pixels(page, ".pad")[5:24, 13:15].min() > 100
    assert verdict(page) != blank
    assert page.locator(".opinions tr").count() == 10
    page.get_by_role("button", name="clear").click()
    page.wait_for_timeout(500)
    assert pixels(page, ".pad").max() == 0 and verdict(page) == blank


def test_a_picture_of_ones_own_is_judged_and_a_bad_one_is_refused(page, address, tmp_path):
    from PIL import Image

    page.goto(address)
    drawn(page)
    image = unscale(ganlib.load_pretrained("cgan").generate(8, seed=5))[7, ..., 0]  # a sneaker
    Image.fromarray(image).resize((280, 280), Image.Resampling.NEAREST).save(tmp_path / "own.png")
    page.get_by_label("or a picture").set_input_files(tmp_path / "own.png")
    page.wait_for_function("!document.querySelector('.verdict').innerText.includes('NaN')")
    page.wait_for_timeout(1000)
    assert np.abs(pixels(page, ".pad") - image).mean() < 12
    (tmp_path / "bad.png").write_bytes(b"no picture")
    page.get_by_label("or a picture").set_input_files(tmp_path / "bad.png")
    page.get_by_role("alert").get_by_text("bad.png").wait_for()
    assert np.abs(pixels(page, ".pad") - image).mean() < 12  # the last good one stays


def test_what_is_saved_is_a_png(page, address):
    page.goto(address)
    drawn(page)
    for name, size in (("save the sheet", (10 * 58 - 2, 10 * 58 - 2)), ("save as PNG", (224, 224))):
        with page.expect_download() as caught:
            page.get_by_role("button", name=name).click()
        content = caught.value.path().read_bytes()
        assert content.startswith(b"\x89PNG")
        assert (*np.frombuffer(content[16:24], ">u4"),) == size


def test_a_broken_link_is_told_and_the_rest_is_shown(page, address):
    page.goto(f"{address}#seed=4&a=99.1")
    drawn(page)
    alert = page.get_by_role("alert")
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
    page.wait_for_timeout(1500)
    assert "100" in verdict(page)  # of so many images on the sheet


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    drawn(page)
    assert serious(page) == []
