"""The map and the pyvis page as people meet them: opened from disk, in a browser, offline."""

from __future__ import annotations

import itertools
import math

import map_graph
import networkx as nx
import pandas as pd
import pytest
from browser import visit
from map_pages import INJECTED, number, panel, settle, spot

from villagegraph import village_graph
from villagegraph.maps import draw_map

pytest_plugins = ["map_fixtures"]
pytestmark = pytest.mark.browser


def test_opening_it_asks_for_nothing_and_breaks_nothing(opened, village):
    counts = opened.page.evaluate("window.villagemap.counts()")
    assert counts == {"shown": 212, "total": 212, "ties": village.number_of_edges()}
    assert "212 of 212 people shown" in opened.page.locator("#count").inner_text()
    assert opened.problems() == []


@pytest.mark.parametrize(
    ("planted", "problem"),
    [
        ('<script src="https://cdn.example.com/x.js"></script>', "request: https://cdn.example"),
        ('<img src="https://cdn.example.com/x.png">', "request: https://cdn.example"),
        ("<script>console.error('broken')</script>", "console: broken"),
        ("<script>alert('hello')</script>", "dialog: hello"),
        ("<script>throw new Error('thrown')</script>", "console: thrown"),
    ],
)
def test_the_watch_sees_what_is_planted(chromium, tmp_path, planted, problem):
    page = tmp_path / "planted.html"
    page.write_text(f"<!doctype html><title>planted</title>{planted}", encoding="utf-8")
    with visit(chromium, page, ready="") as seen:
        settle(seen.page, 200)
        assert any(line.startswith(problem) for line in seen.problems()), seen.problems()


def test_a_planted_link_in_the_map_turns_the_watch_red(chromium, page_file, tmp_path):
    for place, planted in enumerate(
        ('<script src="https://cdn.example.com/x.js"></script>', "<script>alert(1)</script>")
    ):
        path = tmp_path / f"{place}.html"
        page = page_file.read_text(encoding="utf-8")
        path.write_text(page.replace("<body>", "<body>" + planted), encoding="utf-8")
        with visit(chromium, path) as seen:
            assert any(line.startswith("policy: script-src") for line in seen.problems())
            assert seen.dialogs == []  # the policy held


def test_search_finds_people_without_their_accents(opened, drawn):
    page = opened.page
    wanted = drawn._scene.people["name"]
    zoe = wanted[wanted.str.startswith("Zoë")]
    assert len(zoe) > 0
    page.keyboard.press("/")
    page.keyboard.type("zoe")
    hits = page.locator("#hits [role=option]").all_inner_texts()
    assert {hit.split("\n")[0] for hit in hits} <= set(zoe)
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#hits [aria-selected=true] bdi").first.inner_text()
    page.keyboard.press("Enter")
    assert page.locator("#person").inner_text() == chosen
    assert page.locator("#hits").is_hidden()
    page.keyboard.press("Escape")
    assert page.evaluate("window.villagemap.pinned()") is None
    page.keyboard.press("/")
    page.keyboard.type("nobody at all")
    assert "Nobody by that name" in page.locator("#hits").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#search").input_value() == ""


WORDS = {"email": "e-mail", "meeting": "meetings", "call": "calls", "chat": "chat"}


def told(village, person: str) -> set[str]:
    """Return what the page says of each tie of a person with others."""
    words = set()
    for tie in village.adj[person].values():
        n = tie["days"] if tie["basis"] == "contact" else tie["n_shared"]
        days = "1 day" if n == 1 else f"{n} days"
        times = "once" if n == 1 else f"{n} times"
        often = f" on {days}" if tie["basis"] == "contact" else f" {times}"
        told = [tie["basis"].replace("contact", "in contact") + (often if n else "")]
        told += [" and ".join(WORDS[name] for name in WORDS if name in tie["channels"])]
        told += [f"last {tie['last_at']:%b %Y}" if tie["last_at"] else ""]
        words.add(" · ".join(part for part in told if part))
    return words


def test_every_tie_tells_what_it_rests_on_and_how_often(opened, drawn, village):
    page = opened.page
    page.mouse.click(*spot(page, number(drawn, "p001")))
    more = page.locator("#neighbours + .link")
    if more.count():
        more.click()
    notes = page.locator("#neighbours .quiet").all_inner_texts()
    assert len(notes) == village.degree("p001") - village.has_edge("p000", "p001")
    assert set(notes) <= told(village, "p001")
    assert any("seen together" in note and note[-5:] == "times" for note in notes)
    assert any("in contact on" in note for note in notes)


def test_a_tie_with_the_owner_alone_claims_no_more_than_was_seen(opened, drawn):
    page = opened.page
    groups = drawn._scene.groups
    alone = next(k for k, group in enumerate(groups) if group["name"] == "Seen with you alone")
    i = drawn._scene.people["group"].tolist().index(alone, 1)
    page.mouse.click(*spot(page, i))
    assert "nobody else was seen with both of you" in panel(page)
    assert "know" not in panel(page)


def test_the_overview_shows_each_reason_whole(opened, drawn):
    page = opened.page
    notes = page.locator("#details section").first.locator(".who .quiet")
    assert notes.count() == 6
    for k in range(6):
        note = notes.nth(k)
        assert note.evaluate("e => e.scrollHeight <= e.clientHeight + 1")
        assert note.inner_text().startswith("quiet for ")
        assert "usually every" in note.inner_text()
    name = page.locator("#details section").first.locator(".who bdi").first.inner_text()
    page.locator("#details section").first.locator("button").first.click()
    people = drawn._scene.people
    assert people.loc[people["name"] == name, "reason"].iloc[0] in panel(page)


def test_a_click_pins_the_panel_and_a_neighbour_leads_on(opened, drawn, village):
    page = opened.page
    person = max(
        (v for v in village if v != "p000" and village.has_edge("p000", v)),
        key=lambda v: (village.degree(v), v),
    )
    i = number(drawn, person)
    page.mouse.click(*spot(page, i))
    assert page.evaluate("window.villagemap.pinned()") == i
    text = panel(page)
    row, tie = drawn._scene.people.loc[person], village.edges["p000", person]
    assert row["name"] in text
    assert f"Tied to {village.degree(person) - 1} people" in text
    assert f"{tie['days_365']} day" in text
    assert "2026" in text
    first = page.locator("#neighbours button").first
    name = first.locator("bdi").inner_text()
    assert first.locator(".quiet").inner_text() in told(village, person)
    assert "How you are in touch" in text
    first.click()
    assert page.locator("#person").inner_text() == name
    page.locator(".close").click()
    assert page.locator("#person").count() == 0


def test_pointing_shows_a_card_and_moves_nothing(opened, drawn):
    page = opened.page
    i = number(drawn, "p001")
    before = page.evaluate("window.villagemap.camera()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    page.mouse.move(*spot(page, i), steps=4)
    page.locator("#card").wait_for(state="visible")
    assert drawn._scene.people.iloc[i]["name"] in page.locator("#card").inner_text()
    page.mouse.move(*spot(page, 0))
    page.wait_for_function(
        "() => document.querySelector('#card').innerText.includes('Robin Sample')"
    )
    assert page.evaluate("window.villagemap.camera()") == before


def test_a_group_hides_and_comes_back_with_its_people(opened, drawn):
    page = opened.page
    homes = drawn._scene.people["group"].tolist()
    members = {i for i, home in enumerate(homes) if home == 1 and i != 0}
    button = page.locator("#groups .group").nth(1)
    button.click()
    shown = set(page.evaluate("window.villagemap.shown()"))
    assert shown == set(range(len(homes))) - members
    assert all(
        page.evaluate("i => window.villagemap.spot(i)", i) is None for i in list(members)[:5]
    )
    assert f"{212 - len(members)} of 212 people shown" in page.locator("#count").inner_text()
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert len(page.evaluate("window.villagemap.shown()")) == len(homes)
    page.locator("#groups li").nth(2).hover()
    page.locator("#groups .only").nth(2).click()
    only = {0, *(i for i, home in enumerate(homes) if home == 2)}
    assert set(page.evaluate("window.villagemap.shown()")) == only
    page.locator("#clear").click()
    assert len(page.evaluate("window.villagemap.shown()")) == len(homes)


def test_filtering_out_who_is_pinned_lets_go_of_them(opened, drawn):
    page = opened.page
    plain = page.evaluate("window.villagemap.lettering()")
    homes = drawn._scene.people["group"].tolist()
    i = homes.index(1, 1)
    page.mouse.click(*spot(page, i))
    assert page.evaluate("window.villagemap.pinned()") == i
    page.locator("#groups .group").nth(1).click()
    assert page.evaluate("window.villagemap.pinned()") is None
    assert page.locator("#person").count() == 0
    other = homes.index(0, 1)
    assert page.evaluate("i => window.villagemap.spot(i).dimmed", other) is False
    captions = {box["text"] for box in plain if "group" in box and box["group"] != 1}
    page.mouse.move(0, 0)
    assert captions <= {b["text"] for b in page.evaluate("window.villagemap.lettering()")}
    # who is walked to from the keyboard is let go of as well
    page.locator("#clear").click()
    page.locator("#map").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert any(page.evaluate("i => window.villagemap.spot(i).dimmed", k) for k in range(1, 60))
    for k in range(len(drawn._scene.groups)):
        page.locator("#groups .group").nth(k).click()
    page.locator("#groups .group").nth(0).click()
    assert page.evaluate("i => window.villagemap.spot(i).dimmed", other) is False


def test_neglected_people_alone(opened, drawn):
    page = opened.page
    slipping = [i for i, kinds in enumerate(drawn._scene.people["list"]) if kinds & 1]
    page.locator("#rings .group").first.click()
    assert page.evaluate("window.villagemap.shown()") == [0, *slipping]
    page.mouse.click(*spot(page, slipping[0]))
    assert "silent for" in page.locator(".callout.slipping").inner_text()
    # whoever is looked for is shown, whatever the filters say
    page.keyboard.press("/")
    page.keyboard.type("Robin Sample")
    page.keyboard.press("Enter")
    assert "You" in panel(page)


def test_the_keyboard_alone_is_enough(opened, drawn, village):
    page = opened.page
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")  # begins with the owner
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    pinned = page.evaluate("window.villagemap.pinned()")
    ids = drawn._scene.people.index
    assert village.has_edge("p000", ids[pinned])
    assert drawn.positions.loc[ids[pinned], "x"] > 0
    said = page.locator("#said").inner_text()
    assert said.startswith("Details of ")
    assert page.locator("#said").get_attribute("aria-live") == "polite"
    assert drawn._scene.people.iloc[pinned]["name"].split()[0] in said
    zoomed = page.evaluate("window.villagemap.camera().ratio")
    page.keyboard.press("+")
    assert page.evaluate("window.villagemap.camera().ratio") < zoomed
    page.keyboard.press("0")
    assert page.evaluate("window.villagemap.camera().ratio") == 1
    page.keyboard.press("Escape")
    assert page.evaluate("window.villagemap.pinned()") is None


def test_buttons_zoom_and_fit(opened):
    page = opened.page
    page.locator("#zoom-in").click()
    assert page.evaluate("window.villagemap.camera().ratio") < 1
    page.locator("#zoom-out").click()
    page.locator("#zoom-out").click()
    assert page.evaluate("window.villagemap.camera().ratio") > 1
    page.locator("#fit").click()
    assert page.evaluate("window.villagemap.camera().ratio") == 1


def test_the_list_holds_the_same_people_and_follows_the_filters(opened, drawn):
    page = opened.page
    page.locator("#as-list").click()
    rows = page.locator("#table tbody tr")
    assert rows.count() == 212
    names = page.locator("#table tbody th .link").all_inner_texts()
    assert sorted(names) == sorted(drawn._scene.people["name"].iloc[1:])
    head = page.locator("#table thead button")
    head.filter(has_text="Days in last year").click()
    days = [int(t) for t in page.locator("#table tbody td:nth-child(5)").all_inner_texts() if t]
    assert days == sorted(days, reverse=True)
    page.locator("#groups .group").first.click()
    assert rows.count() == 212 - drawn._scene.groups[0]["n"]
    rows.nth(3).locator("button").click()
    assert page.locator("#person").inner_text() == rows.nth(3).locator("th .link").inner_text()
    assert page.locator("#table [aria-current=true]").count() == 1
    assert rows.nth(3).get_attribute("aria-current") == "true"
    # only options and cells of a grid can be selected, and no toolbar has keys of its own
    assert page.locator("#table [aria-selected]").count() == 0
    assert page.locator("[role=toolbar]").count() == 0
    page.locator("#as-map").click()
    assert page.locator("#table").is_hidden()
    assert page.locator("#map").is_visible()


def overlaps(boxes: list[dict]) -> list[tuple[str, str]]:
    return [
        (a["text"], b["text"])
        for a, b in itertools.combinations(boxes, 2)
        if a["left"] < b["right"] and b["left"] < a["right"]
        and a["top"] < b["bottom"] and b["top"] < a["bottom"]
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1000, 700), (390, 844)])
def test_no_letter_covers_another_and_no_panel_the_map(chromium, page_file, width, height):
    with visit(chromium, page_file, width=width, height=height) as seen:
        boxes = seen.page.evaluate("window.villagemap.lettering()")
        assert len(boxes) > 12
        assert overlaps(boxes) == []
        seen.page.mouse.click(*spot(seen.page, 0))
        assert overlaps(seen.page.evaluate("window.villagemap.lettering()")) == []
        stage = seen.page.locator("#map").bounding_box()
        for part in ("#details", ".legend", ".head", ".tools"):
            other = seen.page.locator(part).bounding_box()
            apart = (
                other["x"] >= stage["x"] + stage["width"] - 0.5
                or other["x"] + other["width"] <= stage["x"] + 0.5
                or other["y"] >= stage["y"] + stage["height"] - 0.5
                or other["y"] + other["height"] <= stage["y"] + 0.5
            )
            assert apart, part
        assert stage["width"] >= min(width, 680)
        wide = seen.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        assert seen.problems() == []


@pytest.fixture(scope="module")
def sample_file(sample_village, tmp_path_factory):
    G = village_graph(sample_village, as_of="2026-10-31")
    return draw_map(G).save(tmp_path_factory.mktemp("sample") / "village.html")


def outside(box: dict, x: float, y: float) -> float:
    dx, dy = max(box["left"] - x, x - box["right"]), max(box["top"] - y, y - box["bottom"])
    return math.hypot(dx, dy) if min(dx, dy) > 0 else max(dx, dy)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (900, 800), (390, 844)])
@pytest.mark.parametrize("which", ["page_file", "sample_file"])
def test_a_caption_stands_by_its_own_group(chromium, request, which, width, height):
    with visit(chromium, request.getfixturevalue(which), width=width, height=height) as seen:
        spots = seen.page.evaluate(
            "window.villagemap.shown().map((i) => ({...window.villagemap.spot(i),"
            " group: window.villagemap.group(i), i}))"
        )
        areas: dict[int, dict] = {}
        for at in spots[1:]:  # the owner comes first, and stands in no group
            area = areas.setdefault(
                at["group"], {"left": 1e9, "right": -1e9, "top": 1e9, "bottom": -1e9}
            )
            for low, high, axis in (("left", "right", "x"), ("top", "bottom", "y")):
                area[low] = min(area[low], at[axis] - at["r"])
                area[high] = max(area[high], at[axis] + at["r"])
        boxes = seen.page.evaluate("window.villagemap.lettering()")
        captions = [box for box in boxes if "group" in box]
        assert len(captions) >= len(areas) - 1
        for box in captions:
            x, y = (box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2
            nearest = min(outside(area, x, y) for area in areas.values())
            assert outside(areas[box["group"]], x, y) <= nearest + 0.01, box["text"]
        owner = next(b for b in boxes if b["text"] == "You" or b["text"].endswith("(you)"))
        for at in spots[1:]:
            assert not (
                owner["left"] < at["x"] + at["r"] and at["x"] - at["r"] < owner["right"]
                and owner["top"] < at["y"] + at["r"] and at["y"] - at["r"] < owner["bottom"]
            ), at  # fmt: skip


def test_fingers_find_every_button(chromium, page_file):
    context = chromium.new_context(
        viewport={"width": 1000, "height": 800}, offline=True, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_function("() => Boolean(window.villagemap && window.villagemap.ready)")
    assert page.evaluate("matchMedia('(hover: none)').matches")
    only = page.locator("#groups .only").nth(2)
    assert only.evaluate("e => getComputedStyle(e).opacity") == "1"
    number = page.locator("#groups .group .number").nth(2).bounding_box()
    assert only.bounding_box()["x"] >= number["x"] + number["width"] - 1
    only.tap()
    assert len(page.evaluate("window.villagemap.shown()")) < 60
    context.close()


def test_nothing_moves_after_the_first_frame(chromium, page_file):
    with visit(chromium, page_file, motion="no-preference") as seen:
        everyone = "Array.from({length: 213}, (_, i) => window.villagemap.spot(i))"
        first = seen.page.evaluate(everyone)
        picture = seen.page.locator("#map").screenshot()
        settle(seen.page, 900)
        assert seen.page.evaluate(everyone) == first
        assert seen.page.locator("#map").screenshot() == picture


def test_dark_by_preference_and_by_choice(chromium, page_file):
    ground = "getComputedStyle(document.body).backgroundColor"
    with visit(chromium, page_file, scheme="dark") as seen:
        assert seen.page.evaluate(ground) == "rgb(20, 23, 29)"
        seen.page.locator("#theme").click()
        assert seen.page.evaluate(ground) == "rgb(251, 250, 247)"
        seen.page.emulate_media(color_scheme="light")
        seen.page.emulate_media(color_scheme="dark")  # a choice made stays
        settle(seen.page, 150)
        assert seen.page.evaluate(ground) == "rgb(251, 250, 247)"
        assert seen.problems() == []
    with visit(chromium, page_file, scheme="light") as seen:
        light = seen.page.locator("#map").screenshot()
        seen.page.emulate_media(color_scheme="dark")
        seen.page.wait_for_function(f"() => {ground} === 'rgb(20, 23, 29)'")
        assert seen.page.locator("#map").screenshot() != light


def test_hostile_text_does_nothing_wherever_it_is_shown(opened, drawn):
    page = opened.page
    names = drawn._scene.people["name"].tolist()
    hostile = [i for i, name in enumerate(names) if any(c in name for c in "<{>") or ":" in name]
    assert len(hostile) >= 8
    for i in hostile:
        page.mouse.move(*spot(page, i))
        page.keyboard.press("/")
        page.keyboard.type(names[i])
        page.keyboard.press("Enter")
        assert page.locator("#person").inner_text().split() == names[i].split()
        page.keyboard.press("Escape")
    page.locator("#as-list").click()
    assert page.locator(INJECTED).count() == 0
    assert page.locator("script").count() == 2
    assert opened.dialogs == []


def test_without_webgl_the_list_stands_in(chromium, page_file):
    off = """
    const usual = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind.startsWith("webgl") ? null : usual.call(this, kind, ...rest);
    };"""
    with visit(chromium, page_file, script=off) as seen:
        assert "WebGL" in seen.page.locator(".notice").inner_text()
        assert seen.page.locator("#table tbody tr").count() == 212
        seen.page.locator("#table tbody button").first.click()
        assert seen.page.locator("#person").is_visible()
        assert seen.problems() == []


def test_without_scripts_the_page_says_why_it_is_empty(chromium, page_file):
    context = chromium.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert "allow JavaScript" in page.locator("body").inner_text()
    context.close()


def test_paper_gets_the_list(opened):
    opened.page.emulate_media(media="print")
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert opened.page.locator("#table tbody tr").count() == 212
    assert opened.page.locator("#table").is_visible()
    assert not opened.page.locator("#map").is_visible()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_very_small_villages_open(chromium, tmp_path, n):
    G = nx.path_graph([f"p{k}" for k in range(n)])
    path = draw_map(G, communities=pd.Series(dict.fromkeys(G, 0), dtype="int64")).save(
        tmp_path / "small.html"
    )
    with visit(chromium, path) as seen:
        text = seen.page.locator("#app").inner_text()
        assert ("Nobody here yet" in text) == (n == 0)
        assert seen.problems() == []


def test_an_organisation_without_me_opens(chromium, tmp_path):
    G = map_graph.village(me=False)
    path = draw_map(G, communities=map_graph.groups(G)).save(tmp_path / "all.html")
    with visit(chromium, path) as seen:
        assert "Best connected" in panel(seen.page)
        seen.page.mouse.click(*spot(seen.page, 0))
        assert "Tied to" in panel(seen.page)
        assert "Last contact" not in panel(seen.page)
        seen.page.locator("#as-list").click()
        assert seen.page.locator("#table tbody tr").count() == len(G)
        assert seen.problems() == []


@pytest.mark.parametrize(("n", "said"), [(11, "larger groups\n8"), (5, "\ngroups\n5")])
def test_groups_are_counted_but_not_the_small_ones_in_one(chromium, tmp_path, n, said):
    G = nx.relabel_nodes(nx.caveman_graph(n, 3), "q{:02d}".format)
    groups = pd.Series({v: int(v[1:]) // 3 for v in G})
    path = draw_map(G, communities=groups).save(tmp_path / "caves.html")
    with visit(chromium, path) as seen:
        assert said in panel(seen.page)


def test_packed_data_opens_too(chromium, tmp_path):
    G = nx.relabel_nodes(nx.random_regular_graph(4, 1100, seed=1), lambda k: f"q{k:04d}")
    nx.set_node_attributes(G, {v: {"name": f"Person {v}"} for v in G})
    groups = pd.Series({v: int(v[1:]) // 140 for v in G})
    path = draw_map(G, communities=groups).save(tmp_path / "many.html")
    with visit(chromium, path) as seen:
        assert seen.page.evaluate("window.villagemap.counts()")["total"] == 1100
        assert overlaps(seen.page.evaluate("window.villagemap.lettering()")) == []
        assert seen.problems() == []


def test_the_notebook_frame_works_in_its_sandbox(chromium, drawn, tmp_path):
    path = tmp_path / "cell.html"
    path.write_text(f"<!doctype html><title>cell</title>{drawn._repr_html_()}", encoding="utf-8")
    with visit(chromium, path, ready="") as seen:
        frame = seen.page.frame_locator("iframe")
        frame.locator("#count").wait_for()
        assert "212 of 212" in frame.locator("#count").inner_text()
        assert [line for line in seen.problems() if "about:srcdoc" not in line] == []


def test_pyvis_page_is_still_offline_and_harmless(chromium, drawn, tmp_path):
    network = drawn.to_pyvis()
    path = network.write_html(str(tmp_path / "pyvis.html"))
    with visit(chromium, path, ready="document.querySelector('canvas')") as seen:
        page = seen.page
        settle(page, 600)
        first = page.screenshot()
        settle(page, 900)
        assert page.screenshot() == first
        names = drawn._scene.people["name"].tolist()
        for word in ("<", "javascript:", "href"):
            i = next(k for k, name in enumerate(names) if word in name)
            at = page.evaluate("i => network.canvasToDOM(network.getPosition(i))", i)
            box = page.locator("#network").bounding_box()
            page.mouse.move(box["x"] + at["x"] + 60, box["y"] + at["y"])
            page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
            tip = page.locator("div.vis-tooltip")
            tip.wait_for(state="visible")
            page.wait_for_function(
                "name => document.querySelector('div.vis-tooltip').innerText.includes(name)",
                arg=names[i][:40],
            )
        assert page.locator(INJECTED).count() == 0
        assert seen.problems() == []
