"""axe-core on every state of the map, light and dark."""

from __future__ import annotations

import pytest
from map_pages import settle, spot

pytest_plugins = ["map_fixtures"]
pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STATES = {
    "overview": lambda page: page.mouse.move(2, 2),
    "person": lambda page: page.mouse.click(*spot(page, 5)),
    "way": lambda page: (page.mouse.click(*spot(page, 5)), page.locator("#way").click()),
    "save": lambda page: page.locator("#share").click(),
    "keys": lambda page: page.keyboard.press("?"),
    "search": lambda page: (page.keyboard.press("/"), page.keyboard.type("an")),
    "filters": lambda page: (
        page.locator("#channels summary").click(),
        page.locator("#orgs summary").click(),
        page.locator("#channels .chip").first.click(),
        page.locator("#groups .group").first.click(),
    ),
    "list": lambda page: page.locator("#as-list").click(),
    "phone": lambda page: page.set_viewport_size({"width": 390, "height": 844}),
}


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(opened, axe, state, scheme):
    page = opened.page
    page.emulate_media(color_scheme=scheme)
    try:
        STATES[state](page)
        settle(page, 200)  # until colours have turned
        # what passes isn't described: of a long list that takes most of the time
        options = {
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            "resultTypes": ["violations"],
        }
        found = axe.run(page, options=options).response["violations"]
        assert [
            (rule["id"], rule["impact"], [node["html"][:120] for node in rule["nodes"][:3]])
            for rule in found
        ] == []
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="light")
