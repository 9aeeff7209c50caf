"""The notebooks for a class: what students get, and what stands on the slides."""

import re

import nbformat
import pytest

from benchmarks import handouts
from ganlib.course.exercises import NOT_TRIED
from ganlib.paths import project_root

NOTEBOOKS = sorted((project_root() / "notebooks").glob("[0-9]*.ipynb"))
MARKDOWN, CODE = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell


def picture(content="AAAA"):
    alt = {"image/png": {"alt": 'a "b"'}}
    return nbformat.v4.new_output("display_data", {"image/png": content}, metadata=alt)


def printed(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def lesson():
    tagged = {name: {"tags": [name]} for name in ("optional", "claims", "hidden", "parameters")}
    return nbformat.v4.new_notebook(
        cells=[
            MARKDOWN(
                "# Title\n\nfirst words\n\n## Second, $\\beta$\n\n$x^2$ costs [a paper](http://a.b)"
            ),
            CODE("shown_code = 1", outputs=[picture()], execution_count=1),
            MARKDOWN("optional words", metadata=tagged["optional"]),
            CODE("claims_code", metadata=tagged["claims"], outputs=[picture("CCCC")]),
            CODE("hidden_code", metadata=tagged["hidden"], outputs=[picture("BBBB")]),
            CODE("parameters_code", metadata=tagged["parameters"]),
            MARKDOWN("the answer", id="x-ex1-solution"),
            CODE("write(metrics)", outputs=[printed("written")]),
        ]
    )


def slides_of(*cells):
    """The slides of these cells, of which the notebook's own last cell is none."""
    return handouts.slides_of(nbformat.v4.new_notebook(cells=[*cells, CODE("write(metrics)")]))


def without_tags(page):
    return re.sub(r"<[^>]+>", "", page.partition("<body>")[2].partition("<script>")[0])


def test_students_get_neither_solutions_nor_outputs():
    given = lesson()
    copied = handouts.for_students(given)
    kept = [cell.id for cell in given.cells if cell.id != "x-ex1-solution"]
    assert [cell.id for cell in copied.cells] == kept
    assert [c.outputs for c in copied.cells if c.cell_type == "code"] == [[]] * 5
    assert copied.cells[1].execution_count is None
    assert given.cells[1].outputs  # the notebook itself is left alone


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It differs. The solution is folded below it.\n\nNext", "It differs.\n\nNext"),
        ("It differs. The solution is folded below\neach cell.", "It differs."),
        ("It checks; the solution is folded below it. Next", "It checks. Next"),
        ("The solution of (1) is a line.", "The solution of (1) is a line."),
    ],
)
def test_what_has_no_solutions_promises_none(text, left):
    given = nbformat.v4.new_notebook(cells=[MARKDOWN(text)])
    assert handouts.for_students(given).cells[0].source == left


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_handout_of_a_notebook_promises_a_solution(path):
    notebook = nbformat.read(path, 4)
    text = "\n".join(cell.source for cell in handouts.for_students(notebook).cells)
    promise = re.compile(r"\bsolutions?\b[^.]*\bfolded\b", flags=re.IGNORECASE)
    assert not promise.search(text)
    outputs = re.findall('class="output">.*?</pre>', handouts.slides_of(notebook), flags=re.DOTALL)
    assert NOT_TRIED not in "".join(outputs)


def test_slides_are_the_core_and_need_no_network():
    page = handouts.slides_of(lesson())
    assert page.count("<section>") == 2  # one for each heading
    words = without_tags(page)
    assert "first words" in words and "shown_code" in words
    for left_out in ("optional words", "claims_code", "hidden_code", "parameters_code"):
        assert left_out not in words
    assert "the answer" not in words and "metrics" not in words and "written" not in words
    assert "<math" in page and "<msup>" in page and "$x^2$" not in page
    assert 'alt="a &quot;b&quot;" src="data:image/png;base64,AAAA"' in page
    assert re.findall(r"<(?!a )[^>]*(?:src|href)=.http", page) == []  # a paper may be linked
    heading = re.search(r"<h2[^>]*>.*</h2>", page)[0]
    assert re.match(r"<h2>Second, <math[^>]*>", heading)  # its formula has not broken the tag


def test_a_folded_cell_shows_its_figure_on_the_slides_and_a_claim_shows_nothing():
    page = handouts.slides_of(lesson())
    assert re.findall(r"base64,(\w+)", page) == ["AAAA", "BBBB"]


def test_an_exercise_that_nobody_has_tried_says_nothing_on_the_slides():
    verdict = nbformat.v4.new_output(
        "execute_result", {"text/plain": f"Exercise 1: {NOT_TRIED}. Put your answers"}
    )
    words = without_tags(slides_of(CODE("mine = ...", outputs=[verdict, printed("this stays")])))
    assert "mine" in words and "this stays" in words
    assert NOT_TRIED not in words


def test_what_one_cell_prints_is_one_block():
    cell = CODE("train()", outputs=[printed("epoch 1\n"), printed("epoch 2\n"), picture()])
    page = slides_of(cell)
    assert '<pre class="output">epoch 1\nepoch 2</pre><img' in page


def test_a_heading_never_has_a_slide_to_itself():
    folded = CODE("draw()", metadata={"tags": ["hidden"]}, outputs=[picture()])
    page = slides_of(
        MARKDOWN("## Bare"), MARKDOWN("### Of its text\n\nwords"), MARKDOWN("## Figure"), folded
    )
    first, second = re.findall(r"<section>(.*?)</section>", page, flags=re.DOTALL)
    assert "Bare" in first and "Of its text" in first and "words" in first
    assert "Figure" in second and "<img" in second


def test_long_code_is_cut_only_where_a_line_is_empty_and_loses_nothing():
    short = "def a():\n    x = 1\n\n    return x\n\n\na()"
    long = "def b():\n" + "    y = 1\n" * 20 + "\n\n" + "    z = 1\n" * 20
    pieces = {}
    for source in (short, long):
        shown = re.findall(r"<pre>(.*?)</pre>", handouts._source(source), flags=re.DOTALL)
        pieces[source] = [re.sub("<[^>]+>", "", piece) for piece in shown]
        assert "".join(pieces[source]).rstrip("\n") == source.rstrip("\n")
    assert pieces[short] == ["def a():\n    x = 1\n\n    return x\n\n\n", "a()\n"]
    assert [piece.count("\n") for piece in pieces[long]] == [23, 20]  # a screen holds no 42 lines
