"""Sphinx's settings for the site; see build.py."""

import importlib.metadata
import json
import shutil
from pathlib import Path

from docutils import nodes

HERE = Path(__file__).parent
TOLD = json.loads((HERE / "told.json").read_text("utf-8"))

project = "Generative adversarial networks, step by step"
author = "the authors of ganlib"
release = importlib.metadata.version("ganlib")
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx_codeautolink",
]
exclude_patterns = ["beside", "README.md"]
root_doc = "index"

nb_execution_mode = "off"
nb_code_prompt_show = "Show this cell's code"
nb_code_prompt_hide = "Hide this cell's code"
nb_ipywidgets_js = {}  # would be fetched from the network; no saved output needs it
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False

codeautolink_concat_default = True  # the cells of a notebook are one program
codeautolink_inventory_map = TOLD["addresses"]
codeautolink_warn_on_missing_inventory = False
codeautolink_warn_on_failed_resolve = False

mathjax_path = "mathjax/tex-chtml.js"
html_theme = "sphinx_book_theme"
html_title = "GANs, step by step"
html_static_path = ["site.css", "figures/cgan_training.gif"]
html_css_files = ["site.css"]
html_favicon = "favicon.svg"
html_extra_path = ["beside"]
html_copy_source = False
html_use_index = False
html_show_sourcelink = False
html_theme_options = {
    "show_navbar_depth": 1,
    "show_toc_level": 1,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": False,
    "navbar_persistent": [],
    "collapse_navigation": True,
    "extra_footer": "MIT licence. The images are Fashion-MNIST (Zalando Research, MIT licence).",
}


html_context = {"default_mode": "auto"}


def describe_pictures(app, doctree) -> None:
    """Gives the notebooks' pictures the words that their figures were made with."""
    for image in doctree.findall(nodes.image):
        words = TOLD["alternative_texts"].get(Path(image["uri"]).stem)
        if words:
            image["alt"] = words


FIELDS = ("Parameters", "Returns", "Return type", "Yields", "Raises")


def order_fields(app, domain, kind, content) -> None:
    """Parameters first, errors last: they come from annotations and from docstrings."""
    for fields in content.findall(nodes.field_list):
        names = [each[0].astext() for each in fields]
        if set(names) <= {*FIELDS}:
            fields[:] = sorted(fields, key=lambda each: FIELDS.index(each[0].astext()))


def copy_mathjax(app, exception) -> None:
    """MathJax as a package on PyPI brings it: the site fetches nothing."""
    if exception:
        return
    target = Path(app.outdir) / "_static" / "mathjax"
    for file in importlib.metadata.files("sphinx-mathjax-offline"):
        _, _, inner = str(file).partition("/static/mathjax/")
        if inner == "tex-chtml.js" or inner.startswith(("output/chtml/fonts/", "a11y/", "sre/")):
            (target / inner).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), target / inner)


def setup(app) -> None:
    app.connect("object-description-transform", order_fields, priority=900)
    app.connect("doctree-read", describe_pictures)
    app.connect("build-finished", copy_mathjax)
