"""``make handouts``: the notebooks for a class, in runs/handouts.

    NAME.student.ipynb    without solutions and outputs
    NAME.teacher.ipynb    as it is: with solutions, executed
    NAME.slides.html      its core path as slides, one file that needs no network

A slide begins at each heading. Optional sections, claims, hidden cells and exercises' solutions are
left out of the slides. Arrow keys or the space bar turn them, a screen at a time where a slide is
longer than the screen; printed, each begins a page.
"""

import copy
import html
import re

import nbformat
from latex2mathml.converter import convert
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor
from nbformat import NotebookNode

from ganlib.paths import project_root, runs_dir

LEFT_OUT = {"optional", "claims", "hidden", "parameters"}
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
html {{ scroll-snap-type: y proximity; font: 20px/1.45 system-ui, sans-serif; color: #1a1a1a }}
section {{ min-height: 100vh; box-sizing: border-box; padding: 4vh 8vw; scroll-snap-align: start;
  border-bottom: 1px solid #ddd; break-after: page }}
h1, h2, h3 {{ line-height: 1.2; margin: 0 0 .6em }}
p, ul, ol, blockquote {{ max-width: 46em }} blockquote {{ margin-left: 0; color: #444 }}
pre {{ font-size: 15px; line-height: 1.35; background: #f6f6f6; padding: .7em; overflow-x: auto }}
img {{ display: block; max-width: 100%; max-height: 72vh; margin: .5em 0 }}
table {{ border-collapse: collapse; font-size: 17px }} td, th {{ border: 1px solid #ccc;
  padding: .2em .6em; text-align: left }}
.k, .kn, .ow, .kc {{ color: #0000a0; font-weight: 600 }} .s1, .s2, .sa, .sd {{ color: #8a2a00 }}
.c1 {{ color: #5a5a5a; font-style: italic }} .mi, .mf {{ color: #006b3c }}
</style></head><body>
{slides}
<script>
addEventListener("keydown", (event) => {{
  const step = {{ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1}}[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...document.querySelectorAll("section")];
  const now = all.findIndex((each) => each.getBoundingClientRect().bottom > innerHeight / 2);
  const {{top, bottom}} = all[now].getBoundingClientRect();
  const left = step > 0 ? bottom - innerHeight : -top;  // of this slide, out of sight
  if (left > 2) scrollBy(0, step * Math.min(left, 0.85 * innerHeight));
  else all[Math.min(all.length - 1, Math.max(0, now + step))].scrollIntoView();
}});
</script></body></html>
"""


def for_students(notebook: NotebookNode) -> NotebookNode:
    """The notebook without solutions and outputs."""
    copied = _without_solutions(notebook)
    return ClearOutputPreprocessor().preprocess(copied, {})[0]


def slides_of(notebook: NotebookNode) -> str:
    """The core of the notebook as one HTML page of slides."""
    slides: list[list[str]] = [[]]
    remove = TagRemovePreprocessor(enabled=True, remove_cell_tags=LEFT_OUT)
    for cell in remove.preprocess(_without_solutions(notebook), {})[0].cells:
        if cell.cell_type == "code":
            slides[-1].append(_code(cell))
            continue
        for part in re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE):
            if part.startswith("#"):
                slides.append([])
            if part.strip():
                slides[-1].append(_markdown(part))
    title = re.search(r"<h1[^>]*>(.*?)<", "".join(map("".join, slides)))
    body = "\n".join(f"<section>{''.join(slide)}</section>" for slide in slides if slide)
    return PAGE.format(title=title[1] if title else "Slides", slides=body)


def _without_solutions(notebook: NotebookNode) -> NotebookNode:
    copied = copy.deepcopy(notebook)
    copied.cells = [cell for cell in copied.cells if not cell.id.endswith("-solution")]
    return copied


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


def _code(cell: NotebookNode) -> str:
    shown = Highlight2HTML(pygments_lexer="python3")(cell.source)
    for output in cell.outputs:
        data = output.get("data", {})
        picture = next((kind for kind in ("image/png", "image/gif") if kind in data), None)
        if picture:
            alt = html.escape(output.metadata.get(picture, {}).get("alt", ""), quote=True)
            content = "".join(data[picture].split())
            shown += f'<img alt="{alt}" src="data:{picture};base64,{content}">'
        elif "text/html" in data:
            shown += data["text/html"]
        elif "text/markdown" in data:
            shown += _markdown(data["text/markdown"])
        else:
            text = output.get("text") or data.get("text/plain", "")
            shown += f"<pre>{html.escape(text)}</pre>"
    return shown


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
