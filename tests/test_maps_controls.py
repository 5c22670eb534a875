"""Every control of the map, by mouse and by keyboard, against sets worked out from the graph."""

from __future__ import annotations

import itertools
import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from zoneinfo import ZoneInfo

import map_graph
import networkx as nx
import pytest
from browser import visit
from map_pages import find, number, panel, press, settle, shown

from villagegraph.maps import draw_map

pytest_plugins = ["map_fixtures"]
pytestmark = pytest.mark.browser
ME = "p000"


def ids(drawn, page) -> set[str]:
    """Return the people shown, without the owner."""
    return {drawn._scene.people.index[i] for i in shown(page)} - {ME}


def tied_by(G: nx.Graph, fits) -> set[str]:
    """Return the people with a tie that fits."""
    return {v for u, w, tie in G.edges(data=True) if fits(tie) for v in (u, w)} - {ME}


def hear(page, told: str) -> None:
    page.evaluate("told => { location.hash = told }", told)
    page.wait_for_function("told => location.hash.length > 1 || !told", arg=told)


def address(page) -> str:
    """Return what the address tells, once it has settled."""
    settle(page, 400)
    return page.evaluate("location.hash.slice(1)")


# filters


def test_the_strength_slider_takes_the_weakest_first(opened, drawn, village):
    page = opened.page
    page.locator("#strength").focus()
    page.keyboard.press("ArrowRight")
    said = page.locator("#strength").get_attribute("aria-valuetext")
    assert said == "contact only"
    contact = sum(tie["basis"] == "contact" for *_, tie in village.edges(data=True))
    assert page.evaluate("window.villagemap.drawn()") == contact
    assert ids(drawn, page) == tied_by(village, lambda tie: tie["basis"] == "contact")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert page.locator("#strength").get_attribute("aria-valuetext") == "strongest 10 %"
    strengths = sorted(
        tie["strength"] for *_, tie in village.edges(data=True) if tie["basis"] == "contact"
    )
    assert abs(page.evaluate("window.villagemap.drawn()") - contact / 10) <= 1
    limit = strengths[-page.evaluate("window.villagemap.drawn()")]
    strong = tied_by(village, lambda t: t["basis"] == "contact" and t["strength"] >= limit)
    assert ids(drawn, page) == strong
    assert f"{len(strong)} of 212 people shown" in page.locator("#count").inner_text()
    page.locator("#clear").click()
    assert len(ids(drawn, page)) == 212
    assert page.locator("#clear").is_hidden()


@pytest.mark.parametrize(("k", "most"), [(1, 5), (2, 15), (3, 50), (4, 150)])
def test_circles_keep_the_closest(opened, drawn, village, k, most):
    page = opened.page
    page.locator(f"#circle-{k}").click()
    me = village.adj[ME]
    near = sorted(
        (v for v in me if me[v]["basis"] == "contact" and me[v]["strength"] > 0),
        key=lambda v: (-me[v]["strength"], v),
    )
    assert ids(drawn, page) == set(near[:most])
    assert page.locator(f"#circle-{k}").get_attribute("aria-pressed") == "true"
    page.locator("#circle-0").focus()
    page.keyboard.press("Enter")
    assert len(ids(drawn, page)) == 212


def test_channels_from_the_keyboard(opened, drawn, village):
    page = opened.page
    page.locator("#channels summary").focus()
    page.keyboard.press("Enter")
    chip = page.locator("#channels .chip").filter(has_text="Meetings")
    chip.focus()
    page.keyboard.press("Space")
    by_meeting = tied_by(village, lambda tie: "meeting" in tie["channels"])
    assert ids(drawn, page) == by_meeting
    assert page.evaluate("document.activeElement.textContent").startswith("Meetings")
    page.locator("#channels .chip").filter(has_text="Calls").click()
    both = tied_by(village, lambda tie: {"meeting", "call"} & set(tie["channels"]))
    assert ids(drawn, page) == both > by_meeting
    assert "2 chosen" in page.locator("#channels summary").inner_text()
    assert int(chip.locator(".number").inner_text()) == sum(
        "meeting" in tie["channels"] for tie in village.adj[ME].values()
    )


def test_tags_and_organisations_narrow_one_another(opened, drawn, village):
    page = opened.page
    page.locator("#tags summary").click()
    page.locator("#tags .chip").filter(has_text="choir").click()
    choir = {v for v, person in village.nodes(data=True) if "choir" in person["tags"]}
    assert ids(drawn, page) == choir
    page.locator("#orgs summary").click()
    page.locator("#orgs .field").fill("anne")
    assert page.locator("#orgs .chip").count() == 1
    page.locator("#orgs .chip").click()
    work = {v for v in choir if village.nodes[v]["organization"] == "Choir of St. Anne"}
    assert ids(drawn, page) == work < choir
    page.locator("#orgs .field").fill("no such firm")
    assert "Nothing by that name" in page.locator("#orgs").inner_text()


def test_filters_that_leave_nobody_say_so_and_offer_the_way_back(opened, drawn):
    page = opened.page
    for k in range(len(drawn._scene.groups)):
        page.locator("#groups .group").nth(k).click()
    assert page.locator("#nobody").is_visible()
    assert "0 of 212 people shown" in page.locator("#count").inner_text()
    page.locator("#nobody button").click()
    assert page.locator("#nobody").is_hidden()
    assert len(ids(drawn, page)) == 212


# time


def months(drawn) -> dict:
    from villagegraph.maps.packing import payload

    return payload(drawn._scene, title="")["months"]


def test_the_time_line_keeps_ties_whose_contact_touches_the_months(opened, drawn, village):
    page, told = opened.page, months(drawn)
    page.locator("#from").focus()
    page.keyboard.press("End")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.locator("#to").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    low, high = told["steps"] - 6, told["steps"] - 4  # steps from nought

    def month(moment) -> int:
        local = moment.astimezone(ZoneInfo("Europe/Berlin"))
        return local.year * 12 + local.month - 1 - told["start"]

    def fits(tie) -> bool:
        if tie["last_at"] is None:
            return False
        first, last = (month(tie[name]) // told["unit"] for name in ("first_at", "last_at"))
        return first <= high and last >= low

    assert ids(drawn, page) == tied_by(village, fits)
    assert 0 < len(ids(drawn, page)) < 212
    assert page.locator("#span").inner_text().startswith("Contact between ")
    assert page.locator("#to").get_attribute("aria-valuetext") in page.locator("#span").inner_text()
    # the first month never passes the last
    page.locator("#from").focus()
    page.keyboard.press("End")
    assert page.locator("#from").input_value() == page.locator("#to").input_value()


def test_play_moves_on_month_by_month_and_pauses(opened):
    page = opened.page
    page.locator("#play").focus()
    page.keyboard.press("Enter")
    assert page.locator("#play").get_attribute("aria-label") == "Pause"
    wide = int(page.locator("#to").input_value()) - int(page.locator("#from").input_value())
    page.wait_for_function("() => Number(document.querySelector('#from').value) >= 3")
    page.locator("#play").click()
    at = page.locator("#from").input_value()
    assert int(page.locator("#to").input_value()) - int(at) == wide
    settle(page, 900)
    assert page.locator("#from").input_value() == at
    assert "people shown" in page.locator("#said").inner_text()
    assert page.locator("#play").get_attribute("aria-label").startswith("Play")


# steps and ways


def others(village) -> nx.Graph:
    return village.subgraph([v for v in village if v != ME])


def test_steps_light_up_as_far_as_they_reach_but_never_through_the_owner(opened, drawn, village):
    page, people = opened.page, drawn._scene.people
    person = next(v for v in village if v != ME and 2 <= others(village).degree(v) <= 3)
    find(page, people.loc[person, "name"][:20])
    i = page.evaluate("window.villagemap.pinned()")
    person = people.index[i]
    for steps in (1, 2, 3):
        page.locator("#map").focus()
        page.keyboard.press(str(steps))
        want = nx.single_source_shortest_path_length(others(village), person, cutoff=steps)
        near = page.evaluate("window.villagemap.near()")
        found = {people.index[int(k)]: step for k, step in near.items()}
        found.pop(ME, None)
        assert found == dict(want)
        assert page.locator(f"#steps-{steps}").get_attribute("aria-pressed") == "true"
        assert f"{len(want) - 1} people within {steps} step" in panel(page)
    page.locator("#steps-2").click()
    page.locator("#alone").click()
    two = set(nx.single_source_shortest_path_length(others(village), person, cutoff=2))
    assert ids(drawn, page) == two
    page.keyboard.press("Escape")
    assert len(ids(drawn, page)) == 212


def test_the_way_from_the_owner_is_a_shortest_one(opened, drawn, village):
    page, people = opened.page, drawn._scene.people
    far = next(v for v in village if v != ME and not village.has_edge(ME, v) and village.degree(v))
    hear(page, f"who={number(drawn, far)}")
    page.locator("#way").click()
    route = [people.index[i] for i in page.evaluate("window.villagemap.route().people")]
    assert (route[0], route[-1]) == (ME, far)
    assert len(route) - 1 == nx.shortest_path_length(village, ME, far)
    assert all(village.has_edge(u, v) for u, v in itertools.pairwise(route))
    assert page.locator("#route .person").count() == len(route)
    page.locator("#map").focus()
    page.keyboard.press("w")
    assert page.evaluate("window.villagemap.route()") is None
    friend = next(v for v in village.adj[ME] if others(village).degree(v) > 2)
    hear(page, f"who={number(drawn, friend)}&way=1")
    assert "A direct tie." in panel(page)
    assert "Nearest way through others" in panel(page)


def test_a_way_can_start_at_anybody(opened, drawn, village):
    page, people = opened.page, drawn._scene.people
    ends = sorted(max(nx.connected_components(others(village)), key=len))
    one, two = ends[0], ends[-1]
    hear(page, f"who={number(drawn, one)}&way=1")
    page.locator("#start").click()
    assert "Ways start here" in panel(page)
    find(page, people.loc[two, "name"][:24])
    two = people.index[page.evaluate("window.villagemap.pinned()")]
    page.locator("#way").click()
    route = [people.index[i] for i in page.evaluate("window.villagemap.route().people")]
    assert (route[0], route[-1]) == (one, two)
    assert ME not in route
    assert len(route) - 1 == nx.shortest_path_length(others(village), one, two)
    page.locator("#unstart").click()
    assert page.locator("#way").inner_text() == "Way from you"


# names of groups, and the address


def test_a_group_takes_a_name_that_the_map_and_the_address_carry(opened, drawn):
    page = opened.page
    page.locator("#rename").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("The <b>crew</b>")
    page.keyboard.press("Enter")
    assert page.locator("#groups .name").first.inner_text() == "The <b>crew</b>"
    captions = {box["text"] for box in page.evaluate("window.villagemap.lettering()")}
    assert "The <b>crew</b>" in captions
    told = address(page)
    page.evaluate("location.hash = ''")
    page.wait_for_function("() => !document.querySelector('#groups').innerText.includes('crew')")
    hear(page, told)
    page.wait_for_function("() => document.querySelector('#groups').innerText.includes('crew')")
    page.locator("#rename").click()
    page.locator("#groups input").first.fill("")
    page.locator("#rename").click()
    assert page.locator("#groups .name").first.inner_text() == drawn._scene.groups[0]["name"]


def test_the_address_brings_a_view_back(opened, chromium, page_file):
    page = opened.page
    page.locator("#circle-3").click()
    page.locator("#strength").fill("3")
    page.locator("#groups .group").nth(2).click()
    page.locator("#map").focus()
    page.keyboard.press("n")
    page.keyboard.press("2")
    page.locator("#zoom-in").click()
    told = address(page)
    want = [shown(page), page.evaluate("window.villagemap.pinned()")]
    camera = page.evaluate("window.villagemap.camera().ratio")
    with visit(chromium, page_file, hash=told) as seen:
        assert [shown(seen.page), seen.page.evaluate("window.villagemap.pinned()")] == want
        assert abs(seen.page.evaluate("window.villagemap.camera().ratio") - camera) < 1e-3
        assert seen.page.locator("#steps-2").get_attribute("aria-pressed") == "true"
        assert seen.problems() == []
    hear(page, "view=list&theme=dark")
    page.locator("#table").wait_for(state="visible")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize(
    "told",
    [
        "who=9999&steps=99&circle=-1&from=70&to=0&strength=1e9&picked=1,x,99999&hide=0,77",
        "names=0.%253Cimg%2520src%253Dx%2520onerror%253Dalert(1)%253E,9.a,x&org=99999&tag=-3&via=a",
        "at=NaN,0,0&start=x&way=1&alone=1&list=9&theme=<script>&view=%E0%A4%A",
    ],
)
def test_an_address_that_says_nonsense_does_no_harm(opened, drawn, told):
    page = opened.page
    hear(page, told)
    settle(page, 100)
    assert page.evaluate("window.villagemap.pinned()") is None
    assert len(ids(drawn, page)) >= 150
    assert page.locator("img, script:not(#village)").count() == 1


# selecting


def test_people_are_selected_one_by_one(opened):
    page = opened.page
    press(page, 5)
    assert page.evaluate("window.villagemap.selection()") == [5]
    page.keyboard.down("Shift")
    press(page, 30)
    page.keyboard.up("Shift")
    assert page.evaluate("window.villagemap.selection()") == [5, 30]
    page.locator("#map").focus()
    page.keyboard.press("Space")  # the pinned one, no longer
    assert page.evaluate("window.villagemap.selection()") == [30]
    page.keyboard.press("Escape")
    assert page.evaluate("window.villagemap.selection()") == []
    hear(page, "picked=3,4,9")
    page.wait_for_function("() => window.villagemap.selection().length === 3")
    assert "3 people selected" in panel(page)
    page.get_by_role("button", name="Clear the selection").click()
    assert page.evaluate("window.villagemap.selection()") == []


def test_the_map_takes_the_size_of_its_stage_whatever_the_window_says(opened):
    page = opened.page
    box = page.locator("#map").bounding_box()
    before = page.evaluate("window.villagemap.spot(0)")
    assert before["y"] > 300
    # a frame may get its size, or a panel change it, without a word from the window
    page.evaluate("() => { document.querySelector('#map').style.maxHeight = '240px'; }")
    page.wait_for_function("() => window.villagemap.spot(0).y < 240")
    page.evaluate("() => { document.querySelector('#map').style.maxHeight = ''; }")
    page.wait_for_function("y => window.villagemap.spot(0).y === y", arg=before["y"])
    assert page.locator("#map").bounding_box() == box


def test_in_a_frame_the_page_tells_its_selection_and_alone_it_tells_nobody(
    chromium,
    drawn,
    tmp_path,
    opened,
):
    listen = "<script>told=[];addEventListener('message',(e)=>told.push(e.data))</script>"
    path = tmp_path / "cell.html"
    path.write_text(f"<!doctype html>{listen}{drawn._repr_html_()}", encoding="utf-8")
    with visit(chromium, path, ready="") as seen:
        frame = seen.page.frame_locator("iframe")
        frame.locator("#count").wait_for()
        person = frame.locator("#details .person").first
        name = person.locator("bdi").inner_text()
        person.click()
        seen.page.wait_for_function("() => told.at(-1)?.people.length > 0")
        told = seen.page.evaluate("told")
        assert {one["type"] for one in told} == {"villagegraph:selection"}
        assert told[0]["people"] == []  # a page opened anew has nobody selected
        assert [drawn._scene.people["name"].iloc[i] for i in told[-1]["people"]] == [name]
    page = opened.page
    page.evaluate("() => { window.heard = []; addEventListener('message', (e) => heard.push(1)) }")
    press(page, 5)
    settle(page, 100)
    assert page.evaluate("heard") == []


# keys and help


def on_list(village, drawn, name: str) -> list[int]:
    """Return who stands on a list of the fixture's table, by rank."""
    table = map_graph.neglected(village)
    return [number(drawn, v) for v in table.loc[table["list"] == name, "person_id"]]


def test_three_lists_each_with_a_filter_an_order_and_a_place_in_the_address(opened, drawn, village):
    page, names = opened.page, drawn._scene.people["name"]
    rows = page.locator("#rings .group")
    said = [" ".join(text.split()) for text in rows.all_inner_texts()]
    assert said == ["Slipping 14", "Worth a message 16", "Silent for long 6"]
    lists = ("slipping", "worth a message", "dormant")
    for k, (name, in_address) in enumerate(zip(lists, (1, 3, 2), strict=True)):
        want = on_list(village, drawn, name)
        rows.nth(k).click()
        assert shown(page) == sorted([0, *want])
        assert rows.nth(k).get_attribute("aria-pressed") == "true"
        page.wait_for_function("part => location.hash === part", arg=f"#list={in_address}")
        # the panel names the list, and tells of it by its own rank
        section = page.locator("#details section").first
        assert section.locator("h2").inner_text() == said[k].rpartition(" ")[0]
        told = section.locator(".who bdi").all_inner_texts()
        assert told == [names.iloc[i] for i in want[:6]]
        rows.nth(k).click()
    hear(page, "list=3")
    page.wait_for_function("() => window.villagemap.shown().length === 17")
    hear(page, "list=4")
    page.wait_for_function("() => window.villagemap.shown().length > 200")


def test_each_list_has_a_line_and_a_colour_of_its_own(opened, drawn, village):
    page = opened.page
    slipping, worth, dormant = (
        set(on_list(village, drawn, name)) for name in ("slipping", "worth a message", "dormant")
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        settle(page, 100)
        style = "name => getComputedStyle(document.documentElement).getPropertyValue(name)"
        colors = [
            page.evaluate(style, f"--{name}").strip() for name in ("slipping", "dormant", "worth")
        ]
        assert len(set(colors)) == 3
        found: dict[tuple, list] = {}
        for ring in page.evaluate("window.villagemap.rings()"):
            line = (ring["color"], len(ring["dash"]) and sum(ring["dash"]))
            found.setdefault((ring["x"], ring["y"], ring["r"]), []).append(line)
        line = dict(
            zip(("slipping", "dormant", "worth"), zip(colors, (0, 5, 16), strict=True), strict=True)
        )
        for i in slipping | worth | dormant:
            at = page.evaluate("i => window.villagemap.spot(i)", i)
            want = [line["slipping"]] * (i in slipping)
            want += [line["worth"]] * (i in worth) + [line["dormant"]] * (i in dormant)
            assert found.pop((at["x"], at["y"], at["r"] + 3)) == want
        assert found == {}
    page.emulate_media(color_scheme="light")
    only = min(worth - slipping)
    press(page, only)
    assert page.locator(".callout.worth strong").inner_text() == "Worth a message"
    press(page, min(slipping))
    assert page.locator(".callout.slipping strong").inner_text() == "Slipping · Worth a message"
    page.locator("#as-list").click()
    page.locator("#table thead button").filter(has_text="Why write").click()
    first = page.locator("#table tbody tr").first.locator("td").last
    assert first.inner_text().startswith("Slipping · Worth a message")
    name = page.locator("#table tbody tr").first.locator("th .link").inner_text()
    assert name == drawn._scene.people["name"].iloc[on_list(village, drawn, "slipping")[0]]


def test_the_keys_walk_through_those_to_write_to(opened, drawn, village):
    page = opened.page
    page.locator("#map").focus()
    want = [drawn._scene.people["name"].iloc[i] for i in on_list(village, drawn, "slipping")]
    for name in want[:3]:
        page.keyboard.press("n")
        assert page.locator("#person").inner_text() == name
        assert "What are you reading?" in panel(page)


def test_the_keys_are_listed_and_the_panel_closes(opened):
    page = opened.page
    page.keyboard.press("?")
    assert "The way to the person" in panel(page)
    page.keyboard.press("Escape")
    assert "At a glance" in panel(page)
    page.locator("#help").click()
    page.locator(".close").click()
    assert "At a glance" in panel(page)


# pictures and paper


def saved(page, button: str) -> tuple[str, bytes]:
    if page.locator("#share").get_attribute("aria-pressed") != "true":
        page.locator("#share").click()
    with page.expect_download() as waiting:
        page.locator(button).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_a_drawing_holds_what_the_screen_shows(opened, drawn):
    page = opened.page
    page.locator("#groups .group").nth(1).click()
    name, data = saved(page, "#save-svg")
    assert name == "my-village.svg"
    tree = ET.fromstring(data)  # noqa: S314 - made by the page under test
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags <= {"svg", "title", "clipPath", "rect", "g", "line", "circle", "text"}
    texts = {element.text for element in tree.iter() if element.tag.endswith("text")}
    assert {box["text"] for box in page.evaluate("window.villagemap.lettering()")} <= texts
    assert drawn._scene.groups[1]["name"] not in texts
    assert "My village" in texts
    dots = sum(element.tag.endswith("circle") for element in tree.iter())
    assert dots >= len(shown(page))
    assert "Saved as SVG." in panel(page)


def test_a_picture_is_sharp(opened):
    page = opened.page
    name, data = saved(page, "#save-png")
    assert name == "my-village.png"
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", data[16:24])
    box = page.locator("#map").bounding_box()
    assert wide >= 2 * box["width"]
    assert high > 2 * box["height"]
    assert len(data) > 50_000


def test_the_address_can_be_copied_or_is_there_to_be_copied(opened):
    page = opened.page
    page.locator("#circle-1").click()
    page.locator("#share").click()
    page.locator("#copy").click()
    page.locator("#done").filter(has_text="Co").or_(
        page.locator("#done", has_text="Press")
    ).wait_for()
    assert page.locator("#address").input_value().endswith("village.html#circle=1")


def test_paper_gets_the_map_in_daylight_and_everybody(opened):
    page = opened.page
    page.locator("#theme").click()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    try:
        assert page.locator(".paper svg").is_visible()
        ground = page.locator(".paper svg > rect").get_attribute("fill")
        assert ground == "#fbfaf7"
        assert page.locator("#table tbody tr").count() == 212
        assert not page.locator(".tools").is_visible()
    finally:
        page.emulate_media(media="screen")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".paper svg").count() == 0


# fingers


@pytest.mark.parametrize("width", [1440, 1000, 390, 360])
def test_everything_that_can_be_pressed_is_44_pixels_wide_and_high(opened, width):
    page = opened.page
    page.set_viewport_size({"width": width, "height": 844})
    try:
        page.locator("#channels").evaluate("part => part.setAttribute('open', '')")
        hear(page, "who=3")
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, input")]
            .filter((part) => part.checkVisibility({ visibilityProperty: true }))
            .filter((part) => !part.closest("#table"))
            .map((part) => [part, part.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.width < 43.9 || box.height < 43.9))
            .map(([part, box]) => `${part.id || part.className} ${box.width}x${box.height}`)"""
        )
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})


def test_an_organisation_finds_ways_between_its_people(chromium, tmp_path):
    G = map_graph.village(me=False)
    drawn = draw_map(G, communities=map_graph.groups(G))
    people = drawn._scene.people
    with visit(chromium, drawn.save(tmp_path / "all.html")) as seen:
        page = seen.page
        assert page.locator("#circle-0").count() == 0
        press(page, 0)
        page.locator("#start").click()
        far = max(
            nx.single_source_shortest_path_length(G, people.index[0]).items(), key=lambda p: p[1]
        )
        hear(page, f"who={people.index.get_loc(far[0])}&start=0")
        page.locator("#way").click()
        assert len(page.evaluate("window.villagemap.route().people")) == far[1] + 1
        assert seen.problems() == []
