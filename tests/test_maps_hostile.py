"""Ten hostile texts in every field, through all that shows a field: nothing of them ever runs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import map_graph
import networkx as nx
import pandas as pd
import pytest
from browser import visit
from map_pages import INJECTED, press, spot

from villagegraph.maps import draw_map
from villagegraph.parsing.masking import masked

pytest_plugins = ["map_fixtures"]
pytestmark = pytest.mark.browser
ME = "p000"
FIELDS = ("name", "organization", "title", "headline", "location")


@pytest.fixture(scope="module")
def hostile():
    """Draw ten people who say a hostile text in every field, in groups named by it."""
    G = nx.Graph(me=ME, as_of="2026-10-31")
    G.add_node(ME, name="Robin Sample")
    rows = []
    for k, text in enumerate(map_graph.HOSTILE):
        for twin in range(3):  # so that the organisation names the group
            person = f"q{k}{twin}"
            G.add_node(person, **dict.fromkeys(FIELDS, text), tags=[text], sources=[text])
            G.add_edge(ME, person, days=9, days_365=3, strength=9.0 - k, last_at=map_graph.AS_OF,
                       first_at=map_graph.AS_OF, channels=[text], cadence_days=4.0)  # fmt: skip
            rows.append({"list": "slipping", "rank": 3 * k + twin + 1, "person_id": person,
                         "reason": text, "question": text})  # fmt: skip
        G.add_edges_from(
            [(f"q{k}{a}", f"q{k}{b}") for a, b in ((0, 1), (0, 2), (1, 2))], strength=1.0
        )
    groups = pd.Series({person: int(person[1]) for person in G if person != ME})
    table = pd.DataFrame(rows)
    return draw_map(G, communities=groups, neglected=table, title=map_graph.HOSTILE[0])


@pytest.fixture(scope="module")
def there(chromium, hostile, tmp_path_factory):
    with visit(chromium, hostile.save(tmp_path_factory.mktemp("hostile") / "map.html")) as seen:
        yield seen


@pytest.fixture(autouse=True)
def _nothing_ran(request):
    yield
    if "there" not in request.fixturenames:
        return
    seen = request.getfixturevalue("there")
    assert seen.problems() == []
    assert seen.page.locator(INJECTED).count() == 0
    assert seen.page.locator("script").count() == 2


def plain(text: str) -> str:
    return " ".join(masked(text).split())


def numbers(hostile) -> list[int]:
    people = hostile._scene.people
    return [people.index.get_loc(f"q{k}0") for k in range(len(map_graph.HOSTILE))]


def test_the_tenfold_list_is_as_hostile_as_can_be(hostile):
    texts = map_graph.HOSTILE
    assert len(set(texts)) == 10
    for word in ("<script", "onerror", "javascript:", "<iframe", "\u202e", "\u2028", "{{"):
        assert any(word in text for text in texts), word
    people = hostile._scene.people
    for field in (*FIELDS, "reason", "ask"):
        assert {plain(text) for text in texts} <= set(people[field]), field


def test_pointing_at_everybody(there, hostile):
    page = there.page
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    for text, i in zip(map_graph.HOSTILE, numbers(hostile), strict=True):
        page.mouse.move(*spot(page, i), steps=3)
        page.wait_for_function(
            "name => document.querySelector('#card').innerText"
            ".replace(/\\s+/g, ' ').includes(name)",
            arg=plain(text),
        )


def test_pressing_everybody_shows_every_field_as_text(there, hostile):
    page = there.page
    for text, i in zip(map_graph.HOSTILE, numbers(hostile), strict=True):
        press(page, i)
        said = " ".join(page.locator("#details").text_content().split())
        # group, name, title and organisation, place, headline, reason, question, tag
        assert said.count(plain(text)) >= 8, text
        page.locator("#way").click()
        page.keyboard.press("Escape")


def test_searching_for_everybody(there):
    page = there.page
    for text in map_graph.HOSTILE:
        page.keyboard.press("/")
        page.keyboard.insert_text(plain(text))
        page.locator("#hits [role=option]").first.wait_for()
        assert plain(text) in " ".join(page.locator("#hits").text_content().split())
        page.keyboard.press("Enter")
        assert plain(text) == " ".join(page.locator("#person").text_content().split())
        page.keyboard.press("Escape")


def test_filters_legend_table_and_naming(there, hostile):
    page = there.page
    for part in ("tags", "orgs"):
        page.locator(f"#{part} summary").click()
        page.locator(f"#{part} .chip").first.click()
    page.locator("#clear").click()
    page.locator("#as-list").click()
    said = " ".join(page.locator("#table").text_content().split())
    for text in map_graph.HOSTILE:
        assert said.count(plain(text)) >= 6
    page.locator("#as-map").click()
    page.locator("#rename").click()
    fields = page.locator("#groups input")
    for k in range(8):
        fields.nth(k).fill(map_graph.HOSTILE[k])
    page.locator("#rename").click()
    names = [" ".join(name.split()) for name in page.locator("#groups .name").all_text_contents()]
    assert names[:8] == [plain(text)[:60].strip() for text in map_graph.HOSTILE[:8]]
    assert plain(hostile.title) == " ".join(page.locator("h1").text_content().split())
    assert page.title() == plain(hostile.title)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_pictures(there, kind):
    page = there.page
    if page.locator("#share").get_attribute("aria-pressed") != "true":
        page.locator("#share").click()
    with page.expect_download() as waiting:
        page.locator(f"#save-{kind}").click()
    assert waiting.value.suggested_filename == f"script-img-src-x-onerror-alert-1.{kind}"
    if kind == "svg":
        tree = ET.parse(Path(waiting.value.path()))  # noqa: S314 - made by the page under test
        tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert tags <= {"svg", "title", "clipPath", "rect", "g", "line", "circle", "text"}
        names = {name for element in tree.iter() for name in element.attrib}
        assert not [name for name in names if name.startswith("on") or "href" in name]


def test_printing(there):
    page = there.page
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".paper svg").count() == 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("text", map_graph.HOSTILE)
def test_as_a_title_it_adds_no_element_to_any_page(text):
    G = nx.Graph([("a", "b")])
    drawn = draw_map(G, communities=pd.Series({"a": 0, "b": 0}), title=text)
    usual = draw_map(G, communities=pd.Series({"a": 0, "b": 0}), title="Usual")
    for page, other in (
        (drawn.html, usual.html),
        (drawn._repr_html_(), usual._repr_html_()),
        (drawn.to_pyvis().generate_html(), usual.to_pyvis().generate_html()),
    ):
        found, plain_page = Elements(page), Elements(other)
        assert found.tags == plain_page.tags
        assert found.attributes == plain_page.attributes


def test_the_pyvis_page(chromium, hostile, tmp_path):
    path = hostile.to_pyvis().write_html(str(tmp_path / "pyvis.html"))
    with visit(chromium, path, ready="document.querySelector('canvas')") as seen:
        page = seen.page
        box = page.locator("#network").bounding_box()
        for text, i in zip(map_graph.HOSTILE, numbers(hostile), strict=True):
            at = page.evaluate("i => network.canvasToDOM(network.getPosition(i))", i)
            page.mouse.move(box["x"] + at["x"] + 40, box["y"] + at["y"])
            page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
            page.wait_for_function(
                "name => document.querySelector('div.vis-tooltip')?.innerText"
                ".replace(/\\s+/g, ' ').includes(name)",
                arg=plain(text),
            )
            page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        assert page.locator(INJECTED).count() == 0
        assert seen.problems() == []
