"""The notebooks in a real JupyterLab, in a real browser.

``make browser`` runs this; its name keeps it out of ``make test``. Screenshots of a laptop's page
are kept in ``runs/browser``.
"""

import io
import json
import re

import pytest
from made import new_notebook, small_copy
from pages import Lab, Notebook
from PIL import Image
from support import says

from ganlib.course.exercises import DIFFERS, NOT_TRIED, RIGHT
from ganlib.paths import project_root, runs_dir

PICTURES = runs_dir() / "browser"
NOTEBOOKS = sorted((project_root() / "notebooks").glob("0[0-5]_*.ipynb"))
MINUTES = 15  # for one notebook, on a machine that does other things too
# Exercises to fill in: notebook, the check in the cell, and wrong and right answers by name.
EXERCISES = [
    (
        "01_vanilla_gan",
        "exercises.vanilla.three_losses(",
        {"discriminator_before": "0.223", "generator_before": "1.204",
         "discriminator_after": "1.697", "above": "True"},
        {"discriminator_before": "0.580", "generator_before": "1.204",
         "discriminator_after": "1.697", "above": "True"},
    ),
]  # fmt: skip
# The explorers, each with the control whose first value is changed.
EXPLORERS = [
    "latent_walk(run)", "class_mix(run)", "training_time(run)", "latent_arithmetic(run)",
    "truncation(run)", "neighbours(run, data)", "opinion(run, data)",
]  # fmt: skip


def picture_of(cell) -> str:
    """The address of the picture that an explorer shows; a new picture has a new one."""
    return cell.locator("img.widget-image").first.get_attribute("src")


def wait_for_new_picture(notebook: Notebook, cell, old: str) -> None:
    for _ in range(100):
        if picture_of(cell) != old:
            return
        notebook.page.wait_for_timeout(100)
    raise AssertionError("the picture did not change within 10 seconds")


def test_the_token_is_asked_for(lab: Lab):
    assert Lab._status(lab.url("/api/contents", token="wrong")) == 403
    assert Lab._status(lab.url("/api/contents")) == 200


@pytest.mark.parametrize("source", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs_and_exercises_answer(source, lab, page, folder):
    notebook = Notebook(page, lab, small_copy(source, folder))
    notebook.run_all()
    notebook.wait_idle(60 * MINUTES)
    assert notebook.errors() == []
    cells = [cell for cell in notebook.cells() if cell["type"] == "code"]
    assert [cell["id"] for cell in cells if cell["count"] is None] == []
    shown = [c["id"] for c in cells if any("image/png" in o.get("data", {}) for o in c["outputs"])]
    for number, cell_id in enumerate(shown):
        notebook.shoot(PICTURES / f"{source.stem}-{number:02d}-{cell_id}.png", cell_id)
    for cell in cells:
        if "widgets." in cell["source"] and "widget-view" in json.dumps(cell["outputs"]):
            move_something(notebook, cell["id"])
    for book, text, wrong, right in EXERCISES:
        if book == source.stem:
            fill_in(notebook, text, wrong, right)


def fill_in(notebook: Notebook, text: str, wrong: dict, right: dict) -> None:
    """Answers an exercise wrongly, then rightly, and reads the verdict."""
    found = [cell for cell in notebook.cells() if text in cell["source"]]
    if not found:
        pytest.fail(f"{notebook.name} has no cell with {text!r}: change EXERCISES")
    cell, verdicts = found[0], [verdict(notebook, found[0]["id"])]
    for answers in (wrong, right):
        lines = [
            next((f"{n} = {v}" for n, v in answers.items() if line.startswith(f"{n} = ")), line)
            for line in cell["source"].splitlines()
        ]
        notebook.set_source(cell["id"], "\n".join(lines))
        notebook.run_cell(cell["id"])
        notebook.wait_idle(60)
        verdicts.append(verdict(notebook, cell["id"]))
        notebook.shoot(PICTURES / f"{notebook.name}-exercise-{len(verdicts)}.png", cell["id"])
    for state, told in zip((NOT_TRIED, DIFFERS, RIGHT), verdicts, strict=True):
        says(told, state)


def verdict(notebook: Notebook, cell_id: str) -> str:
    outputs = notebook.cells()[notebook.index(cell_id)]["outputs"]
    return " ".join("".join(o["data"]["text/plain"]) for o in outputs if "data" in o)


def move_something(notebook: Notebook, cell_id: str) -> None:
    """Moves the first slider of an explorer, or its first list, by keyboard alone, and waits for
    the picture."""
    cell = notebook.cell(cell_id)
    cell.locator("img.widget-image").first.wait_for(timeout=30_000)
    before = picture_of(cell)
    slider = cell.locator("[role=slider]")
    if slider.count():
        slider.first.focus()
        now, most = (slider.first.get_attribute(f"aria-value{end}") for end in ("now", "max"))
        notebook.page.keyboard.press("ArrowLeft" if now == most else "ArrowRight")
    else:
        cell.locator("select").first.focus()
        notebook.page.keyboard.press("End")
    wait_for_new_picture(notebook, cell, before)


@pytest.fixture(scope="module")
def explored(folder):
    """All explorers, with the shipped weights, on drawn sketches."""
    first = (
        "import ganlib\nfrom ganlib import widgets\n\n"
        'run = ganlib.load_pretrained("cgan")\n'
        'data = ganlib.load_data("sketches", split="test").subset(500)'
    )
    return new_notebook(folder, "explorers.ipynb", first, *(f"widgets.{x}" for x in EXPLORERS))


def test_explorers_follow_the_keyboard_and_show_their_errors(explored, lab, page):
    notebook = Notebook(page, lab, explored)
    notebook.run_all()
    notebook.wait_idle(120)
    assert notebook.errors() == []
    for k, name in enumerate(EXPLORERS, start=1):
        move_something(notebook, f"cell-{k}")
        cell = notebook.cell(f"cell-{k}")
        picture = cell.locator("img.widget-image").first
        assert picture.get_attribute("title") == cell.locator("[role=status]").inner_text()
        notebook.shoot(PICTURES / f"explorer-{name.split('(')[0]}.png", f"cell-{k}")

    # The last one takes files: none yet, then one.
    before = picture_of(cell)
    cell.locator("select").first.select_option("uploaded file")
    alert = cell.locator("[role=alert]")
    alert.wait_for(timeout=10_000)
    says(alert.inner_text(), "image file")  # the button
    assert picture_of(cell) == before  # the last good picture stays
    content = io.BytesIO()
    Image.new("L", (90, 60), 255).save(content, "png")
    with page.expect_file_chooser() as chooser:
        cell.get_by_role("button", name="image file").click()
    chooser.value.set_files(
        {"name": "white.png", "mimeType": "image/png", "buffer": content.getvalue()}
    )
    wait_for_new_picture(notebook, cell, before)
    assert cell.locator("[role=alert]").count() == 0
    before = picture_of(cell)
    cell.get_by_role("button", name="Add the shape").click()
    wait_for_new_picture(notebook, cell, before)
    assert cell.locator("textarea").input_value().startswith("box 0-")
    notebook.shoot(PICTURES / "explorer-opinion-of-an-upload.png", "cell-7")


def test_a_training_is_interrupted_gone_on_with_and_reloaded(lab, page, folder):
    train = (
        'run = ganlib.train("cgan", data, epochs=12, generator_width=16, discriminator_width=16,\n'
        f"                   run_dir={str(folder / 'interrupted')!r})"
    )
    first = 'import ganlib\n\ndata = ganlib.load_data("sketches").subset(4000)'
    notebook = Notebook(page, lab, new_notebook(folder, "training.ipynb", first, train))
    notebook.run_all()
    cell = notebook.cell("cell-1")
    cell.get_by_text("images/s").wait_for(timeout=180_000)
    notebook.shoot(PICTURES / "training-1-live.png", "cell-1")
    page.get_by_role("button", name="Interrupt the kernel").click()
    notebook.wait_idle(60)
    says(notebook.text_of("cell-1"), folder / "interrupted")
    (stopped,) = re.findall(r"step [\d,]*\d", notebook.text_of("cell-1"))
    assert kinds_of_output(notebook, "cell-1") == {"image/png", "text/plain"}
    notebook.shoot(PICTURES / "training-2-interrupted.png", "cell-1")

    notebook.run_cell("cell-1")
    notebook.cell("cell-1").get_by_text("images/s").wait_for(timeout=180_000)
    says(notebook.text_of("cell-1"), stopped)
    notebook.command("docmanager:save")
    page.wait_for_timeout(2000)
    page.reload()
    notebook.wait_open()
    notebook.wait_idle(300)  # the kernel went on training
    cell = notebook.cell("cell-1")
    cell.get_by_text(re.compile(r"1,500\D+1,500")).wait_for(timeout=30_000)
    assert cell.locator("img.widget-image").count() == 1
    notebook.shoot(PICTURES / "training-3-reloaded.png", "cell-1")

    notebook.run_cell("cell-1")  # trains nothing, and leaves the picture without a widget
    notebook.wait_idle(60)
    says(notebook.text_of("cell-1"), "1,500")
    assert kinds_of_output(notebook, "cell-1") == {"image/png", "text/plain"}
    notebook.shoot(PICTURES / "training-4-again.png", "cell-1")


def kinds_of_output(notebook: Notebook, cell_id: str) -> set[str]:
    """The kinds of picture and text that the saved notebook would hold of the cell, but for lines
    of text."""
    outputs = notebook.cells()[notebook.index(cell_id)]["outputs"]
    return {kind for output in outputs for kind in output.get("data", {})}
