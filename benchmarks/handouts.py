"""``make handouts``: the notebooks for a class, in runs/handouts.

    NAME.student.ipynb    without solutions and outputs
    NAME.teacher.ipynb    as it is: with solutions, executed
    NAME.slides.html      its core path as slides, one file that needs no network

A slide begins at each heading. Optional sections, claims and exercises' solutions are left out of
the slides, and so is what a folded cell has as its source: its figure is shown. Arrow keys, the
space bar or a pointer's keys turn them, a screen at a time where a slide is longer than the screen
(slides.html lays it out); printed, each begins a page.
"""

import copy
import html
import re
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor
from nbformat import NotebookNode

from ganlib.paths import project_root, runs_dir

LEFT_OUT = {"optional", "claims", "parameters"}
PAGE = Path(__file__).with_name("slides.html")
UNTRIED = "not tried yet"  # exercises.NOT_TRIED, whose package would load TensorFlow
LONGEST_PIECE = 24  # lines of code that a screen holds in any case


def for_students(notebook: NotebookNode) -> NotebookNode:
    """The notebook without solutions and outputs."""
    copied = _without_solutions(notebook)
    return ClearOutputPreprocessor().preprocess(copied, {})[0]


def slides_of(notebook: NotebookNode) -> str:
    """The core of the notebook as one HTML page of slides."""
    slides: list[list[str]] = [[]]
    for cell in _core(notebook):
        if cell.cell_type == "code":
            slides[-1] += _code(cell)
            continue
        for part in re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE):
            if part.startswith("#") and not _is_bare_heading(slides[-1]):
                slides.append([])
            if part.strip():
                slides[-1].append(_markdown(part))
    title = re.search(r"<h1[^>]*>(.*?)<", "".join(map("".join, slides)))
    body = "\n".join(f"<section>{''.join(slide)}</section>" for slide in slides if slide)
    page = PAGE.read_text("utf-8").replace("TITLE", title[1] if title else "Slides", 1)
    return page.replace("SLIDES", body, 1)


def _core(notebook: NotebookNode) -> list[NotebookNode]:
    cells = _without_solutions(notebook).cells
    if cells[-1].cell_type == "code":  # it writes down what was measured
        cells = cells[:-1]
    remove = TagRemovePreprocessor(enabled=True, remove_cell_tags=LEFT_OUT)
    return remove.preprocess(NotebookNode(cells=cells, metadata={}), {})[0].cells


def _is_bare_heading(slide: list[str]) -> bool:
    """Nothing but headings: what comes next belongs below them."""
    return bool(re.fullmatch(r"(\s*<h([1-3])>.*?</h\2>\s*)+", "".join(slide), flags=re.DOTALL))


def _without_solutions(notebook: NotebookNode) -> NotebookNode:
    copied = copy.deepcopy(notebook)
    copied.cells = [cell for cell in copied.cells if not cell.id.endswith("-solution")]
    for cell in copied.cells:
        if cell.cell_type == "markdown":
            cell.source = _without_promise(cell.source)
    return copied


def _without_promise(text: str) -> str:
    """The text without the sentence, or its second half, that says where solutions are folded."""
    told = r"\bthe\s+solution\s+is\s+folded\s+below\b[^.;]*"
    text = re.sub(rf";\s*{told}(?=\.)", "", text, flags=re.IGNORECASE)
    return re.sub(rf"[^\S\n]*{told}\.", "", text, flags=re.IGNORECASE)


def _markdown(text: str) -> str:
    """Markdown as HTML, its formulas as MathML, which browsers draw by themselves."""
    formulas: list[str] = []

    def keep(found: re.Match) -> str:
        block = found[1] is not None
        formulas.append(convert(found[1] or found[2], display="block" if block else "inline"))
        return f"FORMULA{len(formulas) - 1}END"

    text = re.sub(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$]+?)\$", keep, text, flags=re.DOTALL)
    made = markdown2html_mistune(text)
    made = re.sub(r'<a class="anchor-link".*?</a>', "", made)
    made = re.sub(r"(<h[1-6]) id=\"[^\"]*\"", r"\1", made)  # a formula would break it
    return re.sub(r"FORMULA(\d+)END", lambda found: formulas[int(found[1])], made)


def _code(cell: NotebookNode) -> list[str]:
    """The cell's source, unless it is folded, and its outputs, each a block of HTML."""
    shown = [] if "hidden" in cell.metadata.get("tags", ()) else [_source(cell.source)]
    printed = ""  # by one output after another
    for output in cell.outputs:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if UNTRIED in text:
            continue
        if output.output_type == "stream":
            printed += text
            continue
        shown += [_text(printed), _output(output)]
        printed = ""
    return [*shown, _text(printed)]


def _source(source: str) -> str:
    """The code as HTML, in pieces between which a screen may end: they begin after empty lines."""
    html_of_all = Highlight2HTML(pygments_lexer="python3")(source)
    lines = re.search(r"<pre>(.*)</pre>", html_of_all, flags=re.DOTALL)[1].rstrip("\n").split("\n")
    pieces = _pieces(lines, r"\S")
    short = [
        part
        for piece in pieces
        for part in (_pieces(piece, ".") if len(piece) > LONGEST_PIECE else [piece])
    ]
    inside = "".join(f"<pre>{chr(10).join(lines)}\n</pre>" for lines in short)
    return f'<div class="code highlight">{inside}</div>'


def _pieces(lines: list[str], start: str) -> list[list[str]]:
    """The lines, cut after an empty one where the next begins with that pattern."""
    plain = [re.sub("<[^>]*>", "", line) for line in lines]
    pieces = [lines[:1]]
    for number in range(1, len(lines)):
        if not plain[number - 1] and re.match(start, plain[number]):
            pieces.append([])
        pieces[-1].append(lines[number])
    return pieces


def _text(text: str) -> str:
    return f'<pre class="output">{html.escape(text.rstrip())}</pre>' if text.strip() else ""


def _output(output: NotebookNode) -> str:
    data = output.get("data", {})
    picture = next((kind for kind in ("image/png", "image/gif") if kind in data), None)
    if picture:
        alt = html.escape(output.metadata.get(picture, {}).get("alt", ""), quote=True)
        content = "".join(data[picture].split())
        return f'<img alt="{alt}" src="data:{picture};base64,{content}">'
    if "text/html" in data:
        return data["text/html"]
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    return _text(data.get("text/plain", ""))


def main() -> None:
    folder = runs_dir() / "handouts"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((project_root() / "notebooks").glob("[0-9]*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(for_students(notebook), folder / f"{path.stem}.student.ipynb")
        nbformat.write(notebook, folder / f"{path.stem}.teacher.ipynb")
        (folder / f"{path.stem}.slides.html").write_text(slides_of(notebook), "utf-8")
        print(f"{path.stem}: student, teacher, slides")
    print(f"all in {folder.relative_to(project_root())}")


if __name__ == "__main__":
    main()
