"""python -m benchmarks.frames: frames and steps a second of the game to play with, in Chromium.

Needs the extra "browser" and a browser: GANLIB_BROWSER, or chromium on PATH.
"""

import os
import shutil
import tempfile
from pathlib import Path

from ganlib.course.play.__main__ import page as written_page

SECONDS, WARM = 5, 2
# How often the stage is painted in so many seconds: each painting begins with its ground.
FRAMES = """seconds => new Promise(done => {
    const context = document.querySelector(".stage").getContext("2d");
    const fill = context.fillRect;
    let frames = 0;
    context.fillRect = (...all) => { frames += 1; return fill.apply(context, all); };
    setTimeout(() => { context.fillRect = fill; done(frames / seconds); }, 1000 * seconds);
})"""


def main() -> None:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("GANLIB_BROWSER") or shutil.which("chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium has no sandbox for root
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        address = Path(folder) / "play.html"
        address.write_text(written_page(), "utf-8")
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if root else []
        )
        for width, height in ((390, 844), (1366, 768), (1920, 1080)):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(address.as_uri())
            page.get_by_label("pace").select_option("fast")
            page.get_by_role("button", name="play").click()
            page.wait_for_timeout(1000 * WARM)
            step = page.locator(".ganlib-play dd").first
            before = int(step.inner_text())
            frames = page.evaluate(FRAMES, SECONDS)
            steps = (int(step.inner_text()) - before) / SECONDS
            print(f"{width:5} pixels wide: {frames:3.0f} frames, {steps:4.0f} steps a second")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
