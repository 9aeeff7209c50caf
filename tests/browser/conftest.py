"""What the tests in a browser share."""

import os
import shutil

import pytest
from pages import LAPTOP, Lab

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# What a page may complain of without being broken.
HARMLESS = ("Failed to load resource", "ResizeObserver", "favicon")


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="needs Playwright: pip install -e '.[browser]'"
    )
    path = os.environ.get("GANLIB_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.skip(
            f"needs a browser: none of {', '.join(BROWSERS)} is on PATH (Debian: apt install "
            "chromium), and GANLIB_BROWSER names none"
        )
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium has no sandbox for root
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if root else []
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the server's notebooks and their runs lie."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="session")
def lab(browser, folder, tmp_path_factory):
    lab = Lab(folder, tmp_path_factory.mktemp("home"))
    yield lab
    lab.stop()


@pytest.fixture
def page(browser, lab):
    """A page of a laptop's size. An error that its console reports fails the test."""
    context = browser.new_context(viewport=LAPTOP)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    yield page
    context.close()
    assert [said for said in complaints if not any(each in said for each in HARMLESS)] == []
