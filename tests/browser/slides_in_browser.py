"""The slides in a real browser: what a class sees that the teacher leads through with two keys."""

import base64
import io

import nbformat
import pytest
from PIL import Image

from benchmarks import handouts
from ganlib.paths import project_root, runs_dir

NOTEBOOKS = sorted((project_root() / "notebooks").glob("[0-9]*.ipynb"))
SIZES = ((1366, 768), (1920, 1080), (1024, 768))
PICTURES = runs_dir() / "browser"
# What is wholly on the screen and what is cut by its edge, by number; and whether it is a heading.
LOOK = """() => {
  const whole = [], cut = [], wide = [];
  const blocks = [...document.querySelectorAll("img, pre, p, li, tr:not(.gap), h1, h2, h3, h4")];
  blocks.forEach((block, number) => {
    const {top, bottom, right} = block.getBoundingClientRect();
    if (top >= -1 && bottom <= innerHeight + 1) whole.push(number);
    else if (top < innerHeight - 1 && bottom > 1) cut.push(number);
    if (right > innerWidth + 1 || block.scrollWidth > block.clientWidth + 1) wide.push(number);
  });
  const bare = whole.length > 0 && whole.every((number) => /H[1-4]/.test(blocks[number].tagName));
  return {at: scrollY, blocks: blocks.length, whole, cut, bare, wide};
}"""


@pytest.fixture
def show(browser, tmp_path):
    """Opens the slides of a notebook in a window of that size."""
    opened = []

    def show(notebook, size=SIZES[0]):
        path = tmp_path / "slides.html"
        path.write_text(handouts.slides_of(notebook), "utf-8")
        page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
        opened.append(page)
        page.goto(path.as_uri())
        return page

    yield show
    for page in opened:
        page.close()


def steps(page, key):
    """What is seen at each step until the key moves nothing any more."""
    seen = [page.evaluate(LOOK)]
    while True:
        page.keyboard.press(key)
        now = page.evaluate(LOOK)
        if now["at"] == seen[-1]["at"]:
            return seen
        seen.append(now)


def lesson():
    """A long text, a long program, a tall figure and one that fits below a sentence."""
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    program = "\n\n\n".join(f"def f{k}():\n" + "    x = 1\n" * 12 for k in range(8))
    cells = [
        markdown("# Title\n\n" + "\n\n".join(["Many words. " * 30] * 12)),
        code(program, outputs=[figure(1400, 2000)]),
        markdown("## Next\n\nA sentence."),
        code("draw()", metadata={"tags": ["hidden"]}, outputs=[figure(1400, 1000)]),
        markdown("\n\n".join(["Some words in a paragraph. " * 12] * 9)),
        code("metrics"),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def figure(width, height):
    file = io.BytesIO()
    Image.new("L", (width, height), 90).save(file, "png")
    content = base64.b64encode(file.getvalue()).decode()
    return nbformat.v4.new_output("display_data", {"image/png": content})


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_block_is_once_wholly_on_the_screen_and_none_is_cut(show, path, size):
    page = show(nbformat.read(path, 4), size)
    seen = steps(page, "ArrowRight")
    assert len(seen) > 20  # or nothing was turned
    shown = {number for each in seen for number in each["whole"]}
    assert sorted(set(range(seen[0]["blocks"])) - shown) == []
    assert [number for each in seen for number in each["cut"]] == []
    assert [number for number, each in enumerate(seen) if each["bare"]] == []
    assert seen[0]["wide"] == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"slides-{path.stem}-{size[0]}.png")


def test_the_way_back_is_the_way_there_and_ends_do_not_jump(show):
    page = show(lesson())
    there = [each["at"] for each in steps(page, "ArrowRight")]
    assert len(there) > 6
    page.keyboard.press("ArrowRight")
    assert page.evaluate("scrollY") == there[-1]
    for onwards, back in (("PageDown", "PageUp"), (" ", "Shift+ "), ("ArrowRight", "ArrowLeft")):
        assert [each["at"] for each in steps(page, back)] == there[::-1]
        assert [each["at"] for each in steps(page, onwards)] == there


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_new_size_of_the_window_keeps_the_place_and_cuts_nothing(show, turns):
    page = show(lesson(), (1366, 768))
    for _ in range(turns):
        page.keyboard.press("ArrowRight")
    page.evaluate("() => new Promise(requestAnimationFrame)")  # the page hears of its place first
    place = page.evaluate("scrollY")
    assert place > 0
    for width, height in ((1920, 1080), (1000, 700), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("height => size.height === height", arg=height)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.evaluate("scrollY") == place
    page.evaluate("scrollTo(0, 0)")
    assert [number for each in steps(page, "ArrowRight") for number in each["cut"]] == []


@pytest.mark.parametrize("leads", ["#### Small heading", "It does so as follows:"])
def test_what_announces_a_program_stands_above_it(show, leads):
    program = nbformat.v4.new_code_cell("x = 1\n" * 20)
    for count in range(
        12, 16
    ):  # paragraphs of a line each: they fill a screen up to its last lines
        text = "# Title\n\n" + "A line.\n\n" * count + leads
        last = nbformat.v4.new_code_cell("metrics")
        cells = [nbformat.v4.new_markdown_cell(text), program, last]
        page = show(nbformat.v4.new_notebook(cells=cells))
        steps(page, "ArrowRight")
        above, below = page.locator("p, h4").last, page.locator(".code")
        assert 0 < above.bounding_box()["y"] < below.bounding_box()["y"] < 768


def test_a_formula_wider_than_the_screen_is_set_smaller(show):
    formula = "$$" + " + ".join(f"x_{{{k}}}" for k in range(40)) + "$$"
    cells = [nbformat.v4.new_markdown_cell(f"# Title\n\n{formula}")]
    page = show(nbformat.v4.new_notebook(cells=cells), (1024, 768))
    ends = (
        "e => Math.max(...[...e.querySelectorAll('*')].map(e => e.getBoundingClientRect().right))"
    )
    assert 800 < page.locator("math").evaluate(ends) < 1024


def test_letters_are_large_enough_for_the_back_row(show):
    page = show(lesson(), (1366, 768))
    size = "e => parseFloat(getComputedStyle(e).fontSize) / innerHeight"
    assert page.locator("p").first.evaluate(size) == pytest.approx(0.032, abs=5e-4)
    assert page.locator(".code pre").first.evaluate(size) == pytest.approx(0.025, abs=5e-4)


def test_on_paper_nothing_is_laid_out_for_a_screen(show):
    page = show(lesson())
    assert page.locator(".gap").count() > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".gap").count() == 0
    assert (
        page.evaluate("[...document.querySelectorAll('[style*=width]')].length") == 1
    )  # the probe
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".gap").count() > 0
