from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import chromium, visit  # noqa: F401 - the fixture is used by its name
from test_report import HOSTILE, PEOPLE, village

from villagegraph.report import Report, monthly_report

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.village import Village

pytestmark = pytest.mark.browser

# text against what lies behind it, for every element that holds text of its own
_CONTRAST = """() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("main *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (!element.getClientRects().length || element.tagName === "title") continue;
    const style = getComputedStyle(element);
    const ink = parse(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(element.tagName + " " + element.textContent);
  }
  return poor;
}"""
_SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def hostile() -> Report:
    people = {person: {**data, "name": HOSTILE} for person, data in PEOPLE.items()}
    people["slow"] |= {"title": HOSTILE, "organization": '"><svg onload=alert(1)>'}
    return monthly_report(village(people=people), month="2026-10")


@pytest.fixture(scope="module")
def sample_page(sample_village: Village, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return monthly_report(sample_village, month="2026-10").save(tmp_path_factory.mktemp("sample"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_the_sample_page_is_quiet_and_fits(
    chromium: Any,  # noqa: F811
    sample_page: Path,
    scheme: str,
    width: int,
):
    with visit(chromium, sample_page, ready="", scheme=scheme, width=width) as seen:
        assert seen.problems() == []
        assert seen.page.title() == "Your village in October 2026"
        assert seen.page.evaluate(_SIDEWAYS) == 0
        assert seen.page.evaluate(_CONTRAST) == []
        seen.page.locator("summary").click()
        assert seen.page.locator("#days table").is_visible()
        assert seen.page.evaluate(_SIDEWAYS) == 0
        assert seen.problems() == []


@pytest.mark.parametrize("width", [320, 390, 600])
def test_tables_can_be_read_on_a_small_screen(
    chromium: Any,  # noqa: F811
    sample_page: Path,
    width: int,
):
    with visit(chromium, sample_page, ready="", width=width) as seen:
        seen.page.locator("summary").click()
        heads = seen.page.locator("tbody th").all()
        assert len(heads) > 10
        assert min(head.bounding_box()["width"] for head in heads) >= 100
        assert seen.page.evaluate(_SIDEWAYS) == 0
        # what is wider than the screen moves within its own frame
        assert seen.page.locator("table").count() == seen.page.locator(".scroll > table").count()


def test_the_silence_has_an_outline(chromium: Any, sample_page: Path):  # noqa: F811
    for scheme in ("light", "dark"):
        with visit(chromium, sample_page, ready="", scheme=scheme) as seen:
            band = seen.page.locator(".rhythm svg use, .rhythm svg path")
            strokes = {
                one.evaluate("one => getComputedStyle(one).stroke")
                for one in band.all()
                if "--edge" in (one.get_attribute("stroke") or "")
            }
            assert len(strokes) == 1
            assert strokes != {"none"}


def test_the_page_follows_the_theme(chromium: Any, sample_page: Path):  # noqa: F811
    colors = {}
    for scheme in ("light", "dark"):
        with visit(chromium, sample_page, ready="", scheme=scheme) as seen:
            colors[scheme] = seen.page.evaluate(
                "() => [document.body, document.querySelector('#days svg text')].map("
                "(one, i) => getComputedStyle(one)[['backgroundColor', 'fill'][i]])"
            )
    assert colors["light"][0] != colors["dark"][0]
    assert colors["light"][1] != colors["dark"][1]


def test_pictures_are_drawn_and_named(chromium: Any, sample_page: Path):  # noqa: F811
    with visit(chromium, sample_page, ready="") as seen:
        cards = seen.page.locator("#slipping .card")
        assert cards.count() == 3
        assert seen.page.locator("#slipping .others li").count() == 5
        for card in cards.all():
            box = card.locator("svg").bounding_box()
            assert box["width"] > 300
            assert box["height"] > 10
        pictures = seen.page.get_by_role("img")
        assert pictures.count() == cards.count() + 1
        names = [picture.get_attribute("aria-labelledby") for picture in pictures.all()]
        for name in names:
            assert seen.page.locator(f"#{name}").text_content().strip()
        dots = seen.page.locator("#slipping .card svg use")
        fills = {dot.evaluate("one => getComputedStyle(one).fill") for dot in dots.all()[:40]}
        assert "none" not in fills
        assert len(fills) == 2


def test_hostile_names_do_nothing(chromium: Any, hostile: Report, tmp_path: Path):  # noqa: F811
    page = hostile.save(tmp_path)
    with visit(chromium, page, ready="") as seen:
        assert seen.page.locator("img, script, [onerror], [onload]").count() == 0
        assert seen.page.get_by_text(HOSTILE).count() >= 5
        seen.page.mouse.move(300, 600)
        seen.page.locator("summary").click()
        assert seen.problems() == []


def test_hostile_names_do_nothing_in_a_notebook(
    chromium: Any,  # noqa: F811
    hostile: Report,
    tmp_path: Path,
):
    cell = tmp_path / "cell.html"
    cell.write_text(f"<!DOCTYPE html><meta charset=utf-8>{hostile._repr_html_()}", "utf-8")
    with visit(chromium, cell, ready="") as seen:
        frame = seen.page.frame_locator("iframe")
        assert frame.locator("h1").text_content() == "Your village in October 2026"
        assert frame.locator("img, script").count() == 0
        assert [text for text in seen.problems() if "srcdoc" not in text] == []


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link rel="stylesheet" href="https://cdn.example.org/x.css">',
        '<img src="https://cdn.example.org/x.png" alt="">',
        "<p style='color: red'>styled</p>",
        "<script>alert(1)</script>",
    ],
)
def test_whatever_is_planted_is_seen(
    chromium: Any,  # noqa: F811
    sample_page: Path,
    tmp_path: Path,
    planted: str,
):
    spoilt = tmp_path / "spoilt.html"
    text = sample_page.read_text("utf-8")
    spoilt.write_text(text.replace("</main>", f"{planted}</main>"), "utf-8")
    with visit(chromium, spoilt, ready="") as seen:
        assert seen.problems() != []
        assert seen.dialogs == []


def test_print_shows_all_on_white(chromium: Any, sample_page: Path):  # noqa: F811
    with visit(chromium, sample_page, ready="", scheme="dark", width=672) as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        assert seen.page.evaluate(_SIDEWAYS) == 0
        assert seen.page.evaluate(_CONTRAST) == []
        assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
