"""A JupyterLab server of its own, and what a test does in one of its notebooks.

JupyterLab is told to expose its application object to the page: cells are run and waited for by
its own commands, while what a reader does by hand (sliders, typing, the stop button) goes through
the page's elements.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # where Playwright is not installed the tests are skipped, not broken
    from playwright.sync_api import Locator, Page

LAPTOP = {"width": 1366, "height": 768}
START_SECONDS = 60
# No question about news, and every cell in the page: the tests look for cells out of sight too.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


class Lab:
    """A server on a free port, its token on, whose files are those of ``folder``."""

    def __init__(self, folder: Path, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.token = secrets.token_hex(16)
        for name, values in SETTINGS.items():
            path = home / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            "--expose-app-in-browser", f"--ServerApp.root_dir={folder}",
            f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
        ]  # fmt: skip
        environment = os.environ | {
            "JUPYTERLAB_SETTINGS_DIR": str(home / "user-settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        }
        self.log = home / "server.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._status(self.url("/api/status")) != 200:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()}")
            time.sleep(0.2)

    @staticmethod
    def _status(url: str) -> int:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def url(self, path: str, token: str | None = None) -> str:
        return f"http://127.0.0.1:{self.port}{path}?token={token or self.token}"

    def stop(self) -> None:
        """Asks once; SIGTERM lets the server end its kernels."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Notebook:
    """One notebook, open in the page."""

    def __init__(self, page: "Page", lab: Lab, name: str) -> None:
        self.page, self.name = page, name
        page.goto(lab.url(f"/lab/workspaces/{Path(name).stem}/tree/{name}") + "&reset")
        self.wait_open()

    def wait_open(self) -> None:
        """Until the notebook and its kernel are there, as after a reload of the page."""
        self.page.wait_for_function(
            """name => {
                const panel = window.jupyterapp?.shell?.currentWidget;
                return panel?.context?.path === name && panel.context.isReady
                    && panel.sessionContext.session?.kernel?.connectionStatus === 'connected';
            }""",
            arg=self.name,
            timeout=60_000,
        )

    def command(self, name: str) -> None:
        """A command of JupyterLab's menus, without waiting for its end."""
        self.page.evaluate("name => { window.jupyterapp.commands.execute(name); }", name)

    def cells(self) -> list[dict]:
        """Of every cell: id, type, source, execution count, and its outputs as they are saved."""
        return self.page.evaluate(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                return [...panel.content.model.cells].map(cell => {
                    const saved = cell.toJSON();
                    return {id: cell.id, type: cell.type, source: cell.sharedModel.source,
                            count: saved.execution_count ?? null, outputs: saved.outputs ?? [],
                            state: cell.executionState ?? ''};
                });
            }"""
        )

    def index(self, cell_id: str) -> int:
        return [cell["id"] for cell in self.cells()].index(cell_id)

    def cell(self, cell_id: str) -> "Locator":
        """The cell's element, scrolled into sight."""
        number = self.index(cell_id)
        found = self.page.locator(".jp-Notebook:visible .jp-Cell").nth(number)
        found.scroll_into_view_if_needed()
        return found

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")

    def run_cell(self, cell_id: str) -> None:
        """Runs one cell, without waiting for its end."""
        self.page.evaluate(
            "n => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n; }",
            self.index(cell_id),
        )
        self.command("notebook:run-cell")

    def set_source(self, cell_id: str, source: str) -> None:
        """Types into a cell what a reader would: all of it is replaced."""
        editor = self.cell(cell_id).locator(".cm-content").first
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def wait_idle(self, seconds: float) -> None:
        """Until the kernel has nothing left to do."""
        deadline = time.monotonic() + seconds
        quiet = 0
        while quiet < 4:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: the kernel was still busy after {seconds:.0f} s")
            self.page.wait_for_timeout(300)
            quiet = quiet + 1 if self.is_idle() else 0

    def is_idle(self) -> bool:
        return self.page.evaluate(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const waiting = [...panel.content.model.cells].some(
                    cell => cell.type === 'code' && cell.executionState === 'running');
                return panel.sessionContext.session?.kernel?.status === 'idle' && !waiting;
            }"""
        )

    def errors(self) -> list[str]:
        """Every error among the outputs, with its cell."""
        return [
            f"{cell['id']}: {output['ename']}: {output['evalue']}"
            for cell in self.cells()
            for output in cell["outputs"]
            if output["output_type"] == "error"
        ]

    def text_of(self, cell_id: str) -> str:
        """What the cell printed."""
        outputs = self.cells()[self.index(cell_id)]["outputs"]
        return "".join("".join(o.get("text", "")) for o in outputs)

    def shoot(self, path: Path, cell_id: str | None = None) -> None:
        """The page as it stands, with the cell's output in the middle where one is named."""
        if cell_id is not None:
            self.cell(cell_id).evaluate("node => node.scrollIntoView({block: 'center'})")
            self.page.wait_for_timeout(300)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)


def asked_elsewhere(page: "Page") -> list[str]:
    """A list that grows by each address which the page asks for, but for its own file and data."""
    asked: list[str] = []
    own = ("file:", "data:", "blob:")
    page.on("request", lambda request: request.url.startswith(own) or asked.append(request.url))
    return asked


def overhang(page: "Page", picture: Path) -> int:
    """Keeps a picture of the whole page; how many pixels it is wider than the screen."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture, full_page=True)
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def serious(page: "Page") -> list[dict]:
    """What axe-core finds on the page that keeps some people out: the rule and the elements."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe: pip install -e '.[browser]'"
    )
    return [
        {"rule": each["id"], "elements": [node["target"] for node in each["nodes"]][:5]}
        for each in axe.Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
