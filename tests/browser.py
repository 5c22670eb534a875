"""
Open a page in headless Chromium, offline, and write down all that it does.

Used by the tests of the map and of the report.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ADVICE = (
    "no Chromium or Chrome found. Install one (Debian, Ubuntu: `apt-get install chromium`), or "
    "set VILLAGEGRAPH_BROWSER=skip to leave the browser tests out."
)
ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-rasterization",  # Debian asks for it, and here the processor is the GPU
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_WATCH = """
window.__breaches = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__breaches.push(event.violatedDirective + " " + event.blockedURI));
"""


_running: list[Any] = []


@dataclass
class Visit:
    """One opened page and what it did."""

    page: Any
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def breaches(self) -> list[str]:
        return [*self.page.evaluate("() => window.__breaches ?? []")]

    def problems(self) -> list[str]:
        """Return everything a quiet page doesn't do."""
        return [
            *(f"request: {url}" for url in self.requests),
            *(f"console: {text}" for text in self.console),
            *(f"dialog: {text}" for text in self.dialogs),
            *(f"policy: {text}" for text in self.breaches()),
        ]


def find_browser() -> str:
    """Return the path of a browser; skip or fail the test if there is none."""
    if os.environ.get("VILLAGEGRAPH_BROWSER") == "skip":
        pytest.skip("VILLAGEGRAPH_BROWSER=skip")
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(ADVICE)
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Offer a headless browser to all tests of a run."""
    if _running:  # two modules import this fixture, and a run can hold one driver alone
        yield _running[0]
        return
    path = find_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        _running.append(browser)
        yield browser
        _running.clear()
        browser.close()


@contextmanager
def visit(
    chromium: Any,
    path: str | Path,
    *,
    width: int = 1440,
    height: int = 900,
    scheme: str = "light",
    script: str = "",
    motion: str = "reduce",
    ready: str = "window.villagemap && window.villagemap.ready",
    hash: str = "",  # noqa: A002 - what it is called in an address
) -> Iterator[Visit]:
    """
    Open a file from disk without a network, and record.

    `script` runs before the page's own; `ready` is waited for (empty: only for the load); `hash`
    is what the address tells of the view.
    """
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        offline=True,
        color_scheme=scheme,
        reduced_motion=motion,
        locale="de-DE",
        timezone_id="Asia/Tokyo",
    )
    context.set_default_timeout(20_000)
    context.add_init_script(_WATCH + script)
    page = context.new_page()
    seen = Visit(page)
    own = Path(path).resolve().as_uri()
    _record(page, seen, own)
    try:
        page.goto(f"{own}#{hash}" if hash else own, wait_until="load")
        if ready:
            # a function, since the page's policy forbids evaluating text
            page.wait_for_function(f"() => Boolean({ready})")
        yield seen
    finally:
        context.close()


def _record(page: Any, seen: Visit, own: str) -> None:
    def request(sent: Any) -> None:
        # a data: or blob: address never leaves the page
        if sent.url.split("#")[0] != own and not sent.url.startswith(("data:", "blob:")):
            seen.requests.append(sent.url[:200])

    def dialog(shown: Any) -> None:
        seen.dialogs.append(shown.message)
        shown.dismiss()

    page.context.on("request", request)
    page.on("dialog", dialog)
    page.on("pageerror", lambda error: seen.console.append(str(error)[:500]))
    page.on(
        "console",
        lambda line: (
            seen.console.append(line.text[:500]) if line.type in {"error", "warning"} else None
        ),
    )
