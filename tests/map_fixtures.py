"""
The made-up village's map, opened once for all tests of a module, and set back between them.

A test module takes the fixtures by `pytest_plugins = ["map_fixtures"]`.
"""

from __future__ import annotations

import map_graph
import pytest
from browser import chromium as chromium  # noqa: PLC0414 - offered on to the test modules
from browser import visit

from villagegraph.maps import draw_map

BACK = """() => {
  document.activeElement?.blur();
  history.replaceState(null, "", location.href.split("#")[0]);
  dispatchEvent(new HashChangeEvent("hashchange"));
  document.querySelectorAll("details[open]").forEach((part) => part.removeAttribute("open"));
  document.querySelectorAll("input[type=search]").forEach((field) => {
    field.value = "";
    field.dispatchEvent(new Event("input"));
  });
}"""


@pytest.fixture(scope="module")
def village():
    return map_graph.village()


@pytest.fixture(scope="module")
def groups(village):
    return map_graph.groups(village)


@pytest.fixture(scope="module")
def drawn(village, groups):
    table = map_graph.neglected(village)
    table["question"] = "What are you reading?"
    return draw_map(village, communities=groups, neglected=table)


@pytest.fixture(scope="module")
def page_file(drawn, tmp_path_factory):
    return drawn.save(tmp_path_factory.mktemp("map") / "village.html")


@pytest.fixture(scope="module")
def kept_open(chromium, page_file):
    with visit(chromium, page_file) as seen:
        yield seen


@pytest.fixture
def opened(kept_open):
    kept_open.page.mouse.move(2, 2)
    kept_open.page.evaluate(BACK)
    yield kept_open
    assert kept_open.problems() == []
