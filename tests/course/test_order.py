"""A cell run before the one that it needs says which."""

import json
import os

import jupyter_client
import nbformat
import pytest
from support import says

from ganlib.course.order import ADVICE, advice
from ganlib.paths import project_root

NOTEBOOKS = sorted((project_root() / "notebooks").glob("[0-9]*.ipynb"))


def written(path, *cells):
    kinds = {"md": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    notebook = nbformat.v4.new_notebook(cells=[kinds[kind](text) for kind, text in cells])
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize(
    "source",
    ["run = 1", "a, (run, *b) = f()", "for run in range(3):\n    pass", "def run():\n    pass",
     "class run:\n    pass", "import os.path as run", "from x import run", "if True:\n    run = 2",
     "with open('f') as run:\n    pass", "run: int = 3", "print(run := 2)"],
)  # fmt: skip
def test_the_cell_that_makes_the_name_is_named_by_its_heading(tmp_path, source):
    path = written(
        tmp_path / "n.ipynb",
        ("md", "# Title\n\nwords"), ("code", "print(run)\nf(run=1)"),
        ("md", "## 2. Data\n\n```python\n# not a heading\n```\n#neither"), ("md", "prose"),
        ("code", source), ("code", "run = 9"),
    )  # fmt: skip
    says(advice("run", path), "'2. Data'", "`run`", source.splitlines()[0])


@pytest.mark.parametrize(
    "source",
    ["def f():\n    run = 1", "lambda run: run", "run +", "x.run = 1", "[run for run in y]"],
)
def test_a_cell_that_does_not_make_it_is_not_named(tmp_path, source):
    path = written(tmp_path / "n.ipynb", ("md", "## 2. Data"), ("code", source))
    assert advice("run", path) == ADVICE


@pytest.mark.parametrize(
    "content", [None, b"", b"[]", b"{}", b'{"cells": 3}', b'{"cells": [3]}', b"\xff"]
)
def test_without_a_readable_notebook_the_advice_is_general(tmp_path, content):
    path = tmp_path / "n.ipynb"
    if content is not None:
        path.write_bytes(content)
    assert advice("run", path) == advice("run", None) == ADVICE


def test_in_a_kernel_the_error_names_the_cell_and_stays_an_error():
    notebook = project_root() / "notebooks" / "03_cgan.ipynb"
    manager, client = jupyter_client.manager.start_new_kernel(
        kernel_name="python3", env=os.environ | {"JPY_SESSION_NAME": str(notebook)}
    )
    try:
        for code, parts in (
            ("from ganlib import course\ncourse.begin()", None),
            ("run.generate(3)", ["'5. The recipe'", "`run`"]),
            ("(lambda: untrained)()", ["'8. Exercises'", "`untrained`"]),
            ("nonsense_name", [ADVICE]),
        ):
            reply = client.execute_interactive(code, timeout=120, output_hook=lambda _: None)
            content = reply["content"]
            if parts is None:
                assert content["status"] == "ok"
            else:
                assert (content["status"], content["ename"]) == ("error", "NameError")
                says(content["evalue"], *parts)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_leads_from_its_last_cell_to_the_right_heading(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    headings = [
        line.lstrip("# ")
        for cell in cells
        if cell["cell_type"] == "markdown"
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("#")
    ]
    said = advice("parameters", path)
    says(said, "`parameters`")
    assert any(f"'{heading}'" in said for heading in headings)
