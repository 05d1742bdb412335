"""Take the documentation's picture of the sandbox's page: `python tools/screenshot.py`.

A program goes up on the real Pulumi CLI, which is on PATH; a browser shows what the gateway saw.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pulumi
from playwright.sync_api import Playwright, sync_playwright
from pulumi import automation

import pulumi_capig as capig
from pulumi_capig.sandbox import Sandbox

FILE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "sandbox.webp"
WIDTH, ROWS = 700, 3
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def program() -> None:
    """Two pixels, and what is blocked of them."""
    shop = capig.PixelConnection(
        "shop",
        pixel_id="18904456377094531",
        pixel_name="Shop",
        business_id="2840127409433732",
        access_token=pulumi.Output.secret("EAAB-of-the-picture"),
    )
    capig.PixelConnection(
        "outlet",
        pixel_id="319279634094583",
        pixel_name="Outlet",
        business_id="2840127409433732",
        access_token=pulumi.Output.secret("EAAB-of-the-picture"),
        publishing=False,
    )
    capig.EventFilter(
        "no-search", event_name="Search", filter_state="DROP", pixel_ids=[shop.pixel_id]
    )
    capig.DomainFilter("no-staging", domain="staging.shop.example", filter_state="DROP")


def go_up(folder: Path, sandbox: Sandbox) -> None:
    """Bring the program up, with state and home in a folder."""
    state = folder / "state"
    state.mkdir()
    options = automation.LocalWorkspaceOptions(
        work_dir=str(folder),
        pulumi_home=str(folder / "home"),
        project_settings=automation.ProjectSettings("picture", "python"),
        env_vars={
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of-the-picture",
            "PULUMI_PYTHON_CMD": sys.executable,
            **sandbox.environment(),
        },
    )
    stack = automation.create_stack("dev", "picture", program, opts=options)
    stack.up(parallel=1)


def take(playwright: Playwright, url: str) -> None:
    """Write the picture of a page."""
    found = next(filter(None, map(shutil.which, BROWSERS)), playwright.chromium.executable_path)
    browser = playwright.chromium.launch(executable_path=found)
    page = browser.new_page(viewport={"width": WIDTH, "height": WIDTH}, color_scheme="light")
    page.goto(url)
    page.get_by_text("Live from").wait_for()
    last = page.get_by_role("table", name="Requests").locator("tbody tr").nth(ROWS - 1)
    last.wait_for()
    box = last.bounding_box()
    assert box  # noqa: S101 - it is there
    height = box["y"] + box["height"] + 1
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1.5}
    # The browser's own protocol writes WebP: a third of a PNG.
    answer = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": 80, "clip": clip, "captureBeyondViewport": True},
    )
    FILE.write_bytes(base64.b64decode(answer["data"]))
    browser.close()


def main() -> None:
    """Take the picture."""
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        os.environ.update(sandbox.environment())
        go_up(Path(folder), sandbox)
        with sync_playwright() as playwright:
            take(playwright, sandbox.url)


if __name__ == "__main__":
    main()
