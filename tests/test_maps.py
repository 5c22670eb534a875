from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import itertools
import json
import os
import re
import shutil
import string
import subprocess
import sys
import time
import zlib
from html.parser import HTMLParser
from pathlib import Path

import map_graph
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import villagegraph as vg
from villagegraph.errors import VillageError
from villagegraph.layout.palette import DARK, GREY, LIGHT, PAPER
from villagegraph.maps import draw_map
from villagegraph.maps.text import script_json
from villagegraph.measures.reasons import WISH
from villagegraph.measures.wording import every, span
from villagegraph.parsing.masking import masked

HERE = Path(__file__).parent
MAPS = HERE.parent / "villagegraph" / "maps"
PAGE_SIZE = 230_000  # letters, at about 220 people
MANY_SIZE = 260_000  # at 1,200


@pytest.fixture(scope="module")
def village() -> nx.Graph:
    return map_graph.village()


@pytest.fixture(scope="module")
def drawn(village):
    return draw_map(
        village, communities=map_graph.groups(village), neglected=map_graph.neglected(village)
    )


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.inner: dict[str, list[str]] = {}
        self.open = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open = tag

    def handle_data(self, data):
        self.inner.setdefault(self.open, []).append(data)


def data_of(page: str) -> dict:
    text = re.search(r'id="village"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    if 'data-packed="deflate"' in page:
        text = zlib.decompress(base64.b64decode(text)).decode()
    return json.loads(text)


LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def letters(column: str | list[int]) -> list[int]:
    return [LETTERS.index(letter) for letter in column] if isinstance(column, str) else column


def told(column: dict, k: int) -> str:
    return column["texts"][column["at"][k]]


# the page


def test_the_page_is_one_file_without_a_single_address(drawn):
    elements = Elements(drawn.html)
    for tag, attributes in elements.found:
        assert not {"src", "href", "action", "srcset", "style"} & attributes.keys(), tag
    tags = [tag for tag, _ in elements.found]
    assert tags.count("script") == 2
    assert tags.count("style") == 1
    assert not {"img", "link", "iframe", "object", "embed", "svg", "base", "form"} & set(tags)


def only_these_parts(page: str) -> str:
    """Return the policy under which a page runs its own inline parts, and asks for nothing."""
    sums = {
        tag: " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"
            for part in re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        )
        for tag in ("script", "style")
    }
    assert all(sums.values())
    return (
        f"default-src 'none'; script-src {sums['script']}; style-src {sums['style']}; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("page", ["map", "pyvis"])
def test_the_policy_allows_each_inline_part_and_nothing_else(drawn, page):
    page = drawn.html if page == "map" else drawn.to_pyvis().generate_html()
    policies = [a for _, a in Elements(page).found if "http-equiv" in a]
    assert [p["http-equiv"] for p in policies] == ["Content-Security-Policy"]
    assert policies[0]["content"] == only_these_parts(page)


def test_no_name_ends_the_data_early(drawn):
    G = nx.Graph()
    for k, name in enumerate(map_graph.HOSTILE):
        G.add_node(f"q{k}", name=name, organization=name, tags=[name])
    page = draw_map(G, communities=pd.Series(0, index=list(G))).html
    assert "data-packed=" not in page[: page.index("<script>")]
    inside = re.search(r'id="village"[^>]*>(.*?)</script>\n<script>', page, re.DOTALL)[1]
    assert "<" not in inside
    assert not {"\u2028", "\u2029", "\u202e", "\x00"} & set(inside)
    assert map_graph.HOSTILE[0] in data_of(page)["people"]["name"]
    names = data_of(drawn.html)["people"]["name"]
    assert map_graph.HOSTILE[0] in names
    assert "evilgnp.exe" in names
    assert max(map(len, names)) == 120


def test_addresses_numbers_handles_and_identifiers_stay_out():
    G = map_graph.village()
    G.nodes["p005"].update(
        name="Ana (ana.berg@example.org)",
        headline="Call +49 30 23125 001 or 030-23125-002",
        location="write to Ben <ben@example.com>",
        birthday="1971-12-24",
        sources=["secret-folder/Connections.csv"],
        notes="owes me a book",
        email="ana.berg@example.org",
    )
    page = draw_map(G, communities=map_graph.groups(G)).html
    data = json.dumps(data_of(page), ensure_ascii=False)
    assert "Ana (…)" in data
    for word in ("example.", "@", "23125", "1971", "secret", "owes", "p005", "1990-05-21"):
        assert word not in data, word


def test_the_same_village_gives_the_same_bytes_in_any_surroundings(tmp_path):
    script = (
        "import sys, map_graph; from villagegraph.maps import draw_map; G = map_graph.village(); "
        "m = draw_map(G, communities=map_graph.groups(G), neglected=map_graph.neglected(G)); "
        "m.save(sys.argv[1] + '/map.html'); m.to_pyvis().write_html(sys.argv[1] + '/pyvis.html')"
    )
    sums = set()
    for threads, hashed, zone, place in (
        ("1", "3", "UTC", "C.UTF-8"),
        ("4", "99", "America/St_Johns", "C"),
    ):
        folder = tmp_path / hashed
        folder.mkdir()
        env = {
            **os.environ, "PYTHONHASHSEED": hashed, "TZ": zone, "LC_ALL": place,
            "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(HERE),
        }  # fmt: skip
        subprocess.run([sys.executable, "-c", script, str(folder)], env=env, check=True, cwd=folder)
        pages = [(folder / name).read_bytes() for name in ("map.html", "pyvis.html")]
        sums.add(tuple(hashlib.sha256(page).hexdigest() for page in pages))
    assert len(sums) == 1


def test_the_page_is_small(drawn):
    assert len(drawn.html.encode()) < PAGE_SIZE
    assert 'data-packed="deflate"' in drawn.html


def test_few_people_can_be_read_in_the_page_as_they_are():
    G = nx.path_graph([f"q{k}" for k in range(100)])
    nx.set_node_attributes(G, {v: {"name": f"Person {v}"} for v in G})
    groups, spots = (
        pd.Series(0, index=list(G)),
        pd.DataFrame(0.0, index=list(G), columns=["x", "y"]),
    )
    assert "Person q7" in draw_map(G, communities=groups, positions=spots).html


def test_many_people_travel_packed():
    G = nx.relabel_nodes(nx.random_regular_graph(4, 1200, seed=1), lambda k: f"q{k:04d}")
    names = {v: {"name": f"Person {v}"} for v in G}
    nx.set_node_attributes(G, names)
    groups = pd.Series(np.arange(1200) // 150, index=list(G))
    spots = pd.DataFrame(
        np.random.default_rng(0).uniform(-1, 1, (1200, 2)), index=list(G), columns=["x", "y"]
    )
    page = draw_map(G, communities=groups, positions=spots).html
    assert 'data-packed="deflate"' in page
    assert "Person q0003" not in page
    assert "Person q0003" in data_of(page)["people"]["name"]
    assert len(page) < MANY_SIZE


def test_saving_writes_the_page_for_its_owner_alone(drawn, tmp_path):
    path = drawn.save(tmp_path / "new" / "village.html")
    assert path.read_bytes() == drawn.html.encode()
    assert path.stat().st_mode & 0o077 == 0


def test_jupyter_shows_it_in_a_frame_of_its_own(drawn):
    (tag, attributes), *rest = Elements(drawn._repr_html_()).found
    assert tag == "iframe"
    assert not rest
    assert attributes["sandbox"] == "allow-scripts allow-downloads"
    assert attributes["srcdoc"] == drawn.html


def test_the_title_is_text():
    page = draw_map(nx.Graph(), title="<img src=x onerror=alert(1)>\u202e").html
    assert "<img" not in page
    assert f"<title>{html.escape('<img src=x onerror=alert(1)>')}</title>" in page


# what is in it


def test_every_tie_is_told_with_what_it_rests_on(village, drawn):
    data = data_of(drawn.html)
    ids = drawn._scene.people.index.tolist()
    ties, k = data["ties"], 0
    for a, n in enumerate(ties["count"]):
        b = a
        for _ in range(n):
            b += ties["step"][k]
            tie = village.edges[ids[a], ids[b]]
            assert (ties["kind"][k] < "K") == (tie["basis"] == "contact")
            k += 1
    assert k == village.number_of_edges()
    assert data["me"] == 0
    assert ids[0] == "p000"


def test_contact_is_told_in_days_of_the_village_zone():
    G = map_graph.village()
    G.edges["p000", "p001"].update(
        last_at=map_graph.AS_OF.replace(hour=23, day=28), days_365=7, cadence_days=8.6,
        channels=["call", "email"], basis="contact",
    )  # fmt: skip
    drawn = draw_map(G, communities=map_graph.groups(G))
    data = data_of(drawn.html)
    ties = drawn._scene.ties
    row = ties[(ties["a"] == 0) & (ties["b"] == drawn._scene.people.index.get_loc("p001"))]
    k = data["contact"]["tie"].index(int(row.index[0]))
    # 23:00 UTC on the 28th is the 29th in Berlin, two days before 31 October
    assert data["contact"]["last"][k] == 2
    assert data["contact"]["cadence"][k] == 9
    assert told(data["contact"]["rhythm"], k) == "every 9 days"
    assert told(data["contact"]["silence"], k) == "2 days"
    assert data["contact"]["days365"][k] == 7
    assert data["contact"]["first"][k] > 0
    bits = data["ties"]["mixes"][letters(data["ties"]["via"])[int(row.index[0])]]
    assert [n for bit, n in enumerate(data["channels"]) if bits >> bit & 1] == ["email", "call"]


def test_groups_are_named_by_work_then_tag_then_person(drawn):
    names = [group["name"] for group in drawn._scene.groups]
    assert names[0] == "Northwind Instruments"
    assert "School parents" in names
    assert names[-2:] == ["Seen with you alone", "No contact in these exports"]
    assert [g["n"] for g in drawn._scene.groups][-2:] == [9, 12]
    assert drawn._scene.groups[-1]["caption"] == "No contact in these exports (12)"
    star = nx.star_graph(["hub", "a", "b", "c"])
    nx.set_node_attributes(star, {v: {"name": v.title()} for v in star})
    alone = draw_map(star, communities=pd.Series(dict.fromkeys(star, 0)))
    assert [g["name"] for g in alone._scene.groups] == ["Around Hub"]
    # a graph of somebody's own comes from no exports
    star.add_node("far", name="Far")
    found = draw_map(star, communities=pd.Series({**dict.fromkeys(star, 0), "far": -1}))
    assert [g["name"] for g in found._scene.groups] == ["Around Hub", "Without a tie"]


def test_beyond_eight_groups_the_rest_are_grey():
    G = nx.disjoint_union_all([nx.complete_graph(4) for _ in range(11)])
    groups = pd.Series(np.arange(44) // 4, index=list(G))
    found = draw_map(G, communities=groups)._scene.groups
    assert [g["color"] for g in found] == [*range(8), GREY]
    assert (found[-1]["name"], found[-1]["n"]) == ("Smaller groups", 12)


def test_neglected_people_carry_their_reason(village, drawn):
    table = map_graph.neglected(village)
    people = drawn._scene.people
    assert set(people.index[people["list"] > 0]) == set(table["person_id"])
    first = table.iloc[0]
    assert people.loc[first["person_id"], "reason"] == first["reason"]


def test_whoever_stands_on_several_lists_is_told_of_by_the_first():
    G = nx.star_graph(["me", "ana", "ben", "cleo", "dario"])
    G.graph["me"] = "me"
    rows = [
        ("dormant", 1, "dario"),
        ("worth a message", 2, "ana"),
        ("worth a message", 1, "cleo"),
        ("slipping", 2, "ben"),
        ("slipping", 1, "ana"),
        ("no such list", 1, "ben"),
        ("slipping", 3, "stranger"),
    ]
    table = pd.DataFrame(rows, columns=["list", "rank", "person_id"])
    table["reason"] = [f"because of {name}" for name in table["list"]]
    # as `neglected_ties` gives it, and in any other order
    table["list"] = pd.Categorical(table["list"])
    for given in (table, table[::-1]):
        drawn = draw_map(G, communities=pd.Series(0, index=list(G)), neglected=given)
        people = drawn._scene.people
        at = {person: k for k, person in enumerate(people.index)}
        assert data_of(drawn.html)["lists"] == [
            [at["ana"], at["ben"]], [at["dario"]], [at["cleo"], at["ana"]],
        ]  # fmt: skip
        assert people["list"].to_dict() == {"me": 0, "ana": 5, "ben": 1, "cleo": 4, "dario": 2}
        assert people["reason"].to_dict() == {
            "me": "", "ana": "because of slipping", "ben": "because of slipping",
            "cleo": "because of worth a message", "dario": "because of dormant",
        }  # fmt: skip
        network = drawn.to_pyvis()
        lines = {
            person: (node["color"]["border"], node["shapeProperties"]["borderDashes"])
            for person, k in network.numbers.items()
            for node in [network.get_node(k)]
        }
        named = rules("light")
        assert lines["ana"] == lines["ben"] == (named["slipping"], False)
        assert lines["cleo"][0] == named["worth"]
        assert lines["dario"][0] == named["dormant"]
        assert len({str(line[1]) for line in lines.values()}) == 3


@pytest.mark.parametrize("name", ["list", "rank", "person_id", "reason"])
def test_a_table_that_lacks_a_column_is_named_by_it(name):
    row = {"list": "slipping", "rank": 1, "person_id": "ana", "reason": "because"}
    table = pd.DataFrame([row]).drop(columns=name)
    with pytest.raises(ValueError, match=f"`neglected` needs the column `{name}`"):
        draw_map(nx.Graph([("ana", "ben")]), communities=pd.Series({"ana": 0}), neglected=table)


@pytest.mark.parametrize(
    ("silence", "gap", "reason", "short"),
    [
        (62, 6.0, "Usually every 6 days.", "quiet for 62 days, usually every 6 days"),
        (84, 60.0, "Usually every 9 weeks.", "quiet for 84 days, usually every 9 weeks"),
        (62, 8.0, f"{WISH} every 8 days.", "quiet for 62 days, wished for every 8 days"),
        (62, 30.0, f"{WISH} every 30 days.", "quiet for 62 days, wished for every 30 days"),
        (730, float("nan"), "because", "quiet for 2 years"),
        (62, 30.0, None, "quiet for 62 days, usually every 30 days"),
        (float("nan"), 6.0, "because", ""),
        (0, 6.0, "because", ""),
    ],
)
def test_a_reason_has_a_short_form(silence, gap, reason, short):
    # the tie's own gap says nothing of a wish: one may be as long as the other
    G = nx.Graph([("me", "ana", {"cadence_days": 8.0})], me="me")
    table = pd.DataFrame(
        {
            "list": ["slipping"], "rank": [1], "person_id": ["ana"], "cadence_days": [gap],
            "dormancy_days": [silence], "reason": [reason],
        }
    )  # fmt: skip
    page = draw_map(G, communities=pd.Series({"ana": 0}), neglected=table).html
    people = data_of(page)["people"]
    assert told(people["short"], 1) == short
    assert told(people["reason"], 1) == (reason or "")


def test_spans_are_told_in_the_words_of_the_reasons():
    G = nx.Graph(me="me", as_of="2026-10-31")
    for k, days in enumerate((1, 14, 45, 46, 60, 100, 121, 800)):
        last = map_graph.AS_OF - dt.timedelta(days=days)
        G.add_edge("me", f"q{k}", cadence_days=float(days), last_at=last, days=9, days_365=1)
    contact = data_of(draw_map(G, communities=pd.Series(dtype="int64")).html)["contact"]
    cadence = {value: k for k, value in enumerate(contact["cadence"])}
    for days, k in cadence.items():
        assert told(contact["rhythm"], k) == every(days)
        assert told(contact["silence"], k) == span(days, in_days=120)
    assert told(contact["rhythm"], cadence[60]) == "every 9 weeks"
    assert len(cadence) == 8


def test_ties_tell_how_often():
    G = nx.Graph([("a", "b", {"basis": "contact", "days": 5, "n_shared": 2})])
    G.add_edge("b", "c", basis="seen together", days=0, n_shared=12)
    G.add_edge("a", "c", basis="contact")
    drawn = draw_map(G, communities=pd.Series(0, index=list(G)))
    ids, ties = drawn._scene.people.index, drawn._scene.ties
    times = {
        frozenset((ids[a], ids[b])): n
        for a, b, n in zip(ties["a"], ties["b"], ties["times"], strict=True)
    }
    assert times == {frozenset("ab"): 5, frozenset("bc"): 12, frozenset("ac"): 0}
    assert data_of(drawn.html)["ties"]["times"] == ties["times"].tolist()


def month_of(months: dict, step: int) -> str:
    start = months["start"] + (step - 1) * months["unit"]
    return f"{start // 12}-{start % 12 + 1:02d}"


def test_first_and_last_contact_are_told_by_month():
    G = nx.Graph(as_of="2026-10-31", zone="Pacific/Auckland")
    at = dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC)  # the first of March in Auckland
    G.add_edge("a", "b", first_at=at, last_at=dt.datetime(2026, 10, 30, tzinfo=dt.UTC))
    G.add_edge("b", "c", basis="seen together", first_at=None, last_at=None)
    data = data_of(draw_map(G, communities=pd.Series(0, index=list("abc"))).html)
    first, last = letters(data["ties"]["first"]), letters(data["ties"]["last"])
    assert (first[1], last[1]) == (0, 0)
    assert month_of(data["months"], first[0]) == "2024-03"
    assert month_of(data["months"], last[0]) == "2026-10"
    assert data["months"]["steps"] == 32


@pytest.mark.parametrize("kind", [dt.datetime, pd.Timestamp])
@pytest.mark.parametrize("machine", ["America/Los_Angeles", "UTC", "Asia/Tokyo"])
def test_a_time_without_a_zone_is_in_utc_wherever_the_machine_stands(machine, kind, monkeypatch):
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        G = nx.Graph([("a", "b", {"last_at": kind(2026, 10, 1, 2, 30)})], as_of="2026-10-31")
        drawn = draw_map(G, communities=pd.Series(0, index=["a", "b"]))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert drawn._scene.ties["last"].tolist() == [30]


def test_a_graph_of_a_table_of_ties_is_drawn_with_times_that_are_missing(sample_village):
    table = vg.tie_table(sample_village, as_of="2026-10-31")
    assert table["last_at"].isna().any()
    G = nx.from_pandas_edgelist(table.reset_index(), "person_u", "person_v", edge_attr=True)
    drawn = draw_map(G, communities=pd.Series(dtype="int64"))
    assert drawn._scene.as_of == table["last_at"].max().date().isoformat()
    assert drawn._scene.ties["last"].isna().sum() == table["last_at"].isna().sum()


def test_the_day_of_the_last_contact_is_that_of_the_graphs_zone():
    G = nx.Graph(zone="Asia/Tokyo")
    G.add_edge("a", "b", last_at=dt.datetime(2026, 10, 31, 20, tzinfo=dt.UTC))
    G.add_edge("b", "c", last_at=pd.NaT)
    drawn = draw_map(G, communities=pd.Series(0, index=list("abc")))
    assert drawn._scene.as_of == "2026-11-01"
    assert drawn._scene.ties["last"].iloc[0] == 0


@pytest.mark.parametrize(("years", "unit"), [(5, 1), (6, 2), (20, 6), (90, 24), (500, 120)])
def test_however_long_the_time_it_has_at_most_63_steps(years, unit):
    G = nx.Graph(as_of="2026-10-31")
    day = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
    G.add_edge("a", "b", first_at=day.replace(year=2026 - years), last_at=day)
    months = data_of(draw_map(G, communities=pd.Series(0, index=["a", "b"])).html)["months"]
    assert months["unit"] == unit
    assert 12 * years / unit < months["steps"] <= 63


def test_without_any_date_there_is_no_time():
    page = draw_map(nx.path_graph(["a", "b"]), communities=pd.Series(0, index=["a", "b"])).html
    assert data_of(page)["months"] is None


def test_circles_are_ranks_by_strength_of_contact(village, drawn):
    me = village.adj["p000"]
    near = sorted(
        (v for v in me if me[v]["basis"] == "contact" and me[v]["strength"] > 0),
        key=lambda v: (-me[v]["strength"], v),
    )
    found = drawn._scene.people["circle"]
    for k, (low, high) in enumerate(itertools.pairwise((0, 5, 15, 50, 150)), start=1):
        assert set(found.index[found == k]) == set(near[low:high])
    assert letters(data_of(drawn.html)["people"]["circle"]) == found.tolist()


def test_levels_are_tenths_of_all_contact_and_equals_stand_alike():
    G = nx.Graph()
    for k in range(20):
        G.add_edge("hub", f"q{k:02d}", strength=float(k), basis="contact")
    ties = draw_map(G, communities=pd.Series(0, index=list(G)))._scene.ties
    by = dict(zip(ties["strength"], ties["level"], strict=True))
    assert [by[float(k)] for k in range(20)] == [k // 2 for k in range(20)]
    same = draw_map(nx.star_graph(["x", "y", "z"]), communities=pd.Series(0, index=list("xyz")))
    assert len(set(same._scene.ties["level"])) == 1


def test_exports_are_told_by_kind_and_never_by_file_name():
    G = nx.Graph()
    sources = ["WhatsApp Chat with Lise Nordby.txt", "out/cal.ics", "of Lise/thing.xyz"]
    G.add_node("a", name="A", sources=sources)
    data = data_of(draw_map(G, communities=pd.Series({"a": 0})).html)
    assert told(data["people"]["origin"], 0) == "WhatsApp, calendar, other files"
    assert "Lise" not in json.dumps(data)


def test_a_question_of_the_list_reaches_the_page(village):
    table = map_graph.neglected(village)
    table["question"] = ["What keeps you busy?", *[""] * (len(table) - 1)]
    drawn = draw_map(village, communities=map_graph.groups(village), neglected=table)
    ask = drawn._scene.people["ask"]
    assert ask[table["person_id"].iloc[0]] == "What keeps you busy?"
    assert (ask != "").sum() == 1


# places and groups that are given


def test_newcomers_find_a_place_of_their_own_and_the_others_stay(village):
    groups = map_graph.groups(village)
    old = village.subgraph([v for v in village if v < "p150"])
    before = draw_map(old, communities=groups[groups.index < "p150"]).positions
    after = draw_map(village, communities=groups, positions=before).positions
    assert after.index.tolist() == list(village)
    assert np.isfinite(after.to_numpy()).all()
    assert after.loc[after.index != "p000"].drop_duplicates().shape[0] == len(village) - 1
    assert not (after.drop("p000") == 0).all(axis=1).any()
    tied = [v for v in before.index if before.loc[v, "y"] > -0.9 and v != "p000"]
    moved = np.hypot(*(after.loc[tied] - before.loc[tied]).to_numpy().T)
    assert np.median(moved) < 0.2


def test_places_given_for_all_are_kept_and_strangers_among_them_ignored(village):
    groups = map_graph.groups(village)
    first = draw_map(village, communities=groups)
    given = pd.concat([first.positions, pd.DataFrame({"x": [9.0], "y": [9.0]}, index=["p999"])])
    again = draw_map(village, communities=groups, positions=given)
    pd.testing.assert_frame_equal(again.positions, first.positions)
    assert again.html == first.html


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pd.DataFrame({"x": [0.0]}, index=["a"]), "columns `x` and `y`"),
        (pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0]}, index=["a", "a"]), "a person twice"),
    ],
)
def test_places_that_are_none_are_refused(given, words):
    with pytest.raises(ValueError, match=words):
        draw_map(nx.Graph([("a", "b")]), communities=pd.Series({"a": 0}), positions=given)


def test_nan_is_no_group_and_strangers_have_none():
    G = nx.complete_graph(["a", "b", "c", "d"])
    nx.set_node_attributes(G, {v: {"name": v, "organization": "Ash"} for v in G})
    given = pd.Series({"a": 0, "b": 0, "c": 0, "d": np.nan, "stranger": 0.0, "other": np.nan})
    drawn = draw_map(G, communities=given)
    assert [(g["name"], g["n"]) for g in drawn._scene.groups] == [("Ash", 3), ("Smaller groups", 1)]
    empty = pd.Series([0, None, "1"], index=["a", "b", "c"], dtype=object)
    assert len(draw_map(G, communities=empty)._scene.groups) == 1


def test_one_mail_to_all_doesnt_make_the_middle_of_a_group():
    G = nx.Graph()
    names = {"mass": "Mass Mail", "hub": "Hub Person"}
    ids = [*"abcdef", *names]
    for person in ids:
        G.add_node(person, name=names.get(person, person))
    for person in ids[:-2]:
        G.add_edge("mass", person, credit=0.0, shared_credit=0.01, basis="seen together")
    for person in ("a", "b"):
        G.add_edge("hub", person, credit=20.0, shared_credit=1.0)
    drawn = draw_map(G, communities=pd.Series(0, index=ids))
    assert [g["name"] for g in drawn._scene.groups] == ["Around Hub Person"]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_very_small_villages_have_a_page(n):
    G = nx.path_graph([f"p{k}" for k in range(n)])
    page = draw_map(G, communities=pd.Series(dict.fromkeys(G, 0), dtype="int64"))
    assert len(data_of(page.html)["people"]["name"]) == n


def test_the_graph_and_the_tables_are_left_as_they_were(village):
    groups, table = map_graph.groups(village), map_graph.neglected(village)
    before = json.dumps(nx.node_link_data(village, edges="links"), default=str)
    draw_map(village, communities=groups, neglected=table)
    assert json.dumps(nx.node_link_data(village, edges="links"), default=str) == before
    pd.testing.assert_frame_equal(table, map_graph.neglected(village))


@pytest.mark.parametrize("raw", [None, 7, float("nan"), "", " \u200b\u202e "])
def test_what_is_no_text_is_empty_text(raw):
    assert masked(raw) == ""


def test_lone_surrogates_and_line_breaks_become_plain_text():
    assert masked("a\ud800b\r\nc\u2028d") == "a?b c d"
    assert json.loads(script_json("<\u2028\u2029")) == "<\u2028\u2029"


# colours


def linear(color: str) -> np.ndarray:
    value = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, two: str) -> float:
    lights = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, two))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


# Machado, Oliveira, Fernandes (2009), severity 1
SIGHT = {
    "usual": np.eye(3),
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.array(to_xyz) @ np.clip(rgb, 1e-4, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize(("theme", "colors"), [("light", LIGHT), ("dark", DARK)])
def test_colours_stand_out_and_apart_for_every_eye(theme, colors):
    assert min(contrast(color, PAPER[theme]) for color in colors) >= 3.0
    for sight in SIGHT.values():
        seen = [lab(np.array(sight) @ linear(color)) for color in colors]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 10


def rules(theme: str) -> dict[str, str]:
    css = (MAPS / "js" / "src" / "map.css").read_text(encoding="utf-8")
    light, dark = css.split(':root[data-theme="dark"] {')[:2]
    block = light if theme == "light" else dark.split("}")[0]
    return dict(re.findall(r"--([\w-]+): (#\w{6});", block))


@pytest.mark.parametrize(("theme", "colors"), [("light", LIGHT), ("dark", DARK)])
def test_the_style_sheet_holds_the_same_colours(theme, colors):
    named = rules(theme)
    assert [named[f"g{k}"] for k in range(9)] == list(colors)
    assert named["paper"] == PAPER[theme]
    for text in ("ink", "quiet", "accent", "slipping", "dormant", "worth"):
        for ground in ("paper", "card", "hover"):
            assert contrast(named[text], named[ground]) >= 4.5, (text, ground)
    rings = [linear(named[name]) for name in ("slipping", "dormant", "worth")]
    for sight in SIGHT.values():
        seen = [lab(np.array(sight) @ ring) for ring in rings]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 25
    # what can be typed or pressed into has an edge that can be seen
    for ground in ("paper", "card"):
        assert contrast(named["edge"], named[ground]) >= 3.0, ground
    css = (MAPS / "js" / "src" / "map.css").read_text(encoding="utf-8")
    for rule in (r"\.search input \{[^}]*border: 1px solid", r"\.tabs \{[^}]*inset 0 0 0 1px"):
        assert re.search(rule + r" var\(--edge\)", css)


# sources and bundle

FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|"
    r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|localStorage|srcdoc|setHTML|createContextual"
)


def test_our_scripts_make_elements_of_text_alone():
    sources = [*(MAPS / "js" / "src").glob("*.js"), MAPS / "bridge.js", MAPS / "pyvis_network.py"]
    assert len(sources) > 8
    for source in sources:
        text = source.read_text(encoding="utf-8")
        if source.suffix == ".py":
            text = re.search(r"_START = \((.*?)\n\)", text, re.DOTALL)[1]
        assert not FORBIDDEN.search(text), source.name
    assert FORBIDDEN.search("box.innerHTML = name")


def test_the_bundle_is_what_its_checksums_say_and_names_its_licences():
    for line in (MAPS / "static" / "SHA256SUMS").read_text(encoding="ascii").splitlines():
        digest, name = line.split()
        data = (MAPS / "static" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert b"</script" not in data.lower()
        assert b"</style" not in data.lower()
        assert b"http://" not in data.replace(b"http://www.w3.org/", b"")
    bundle = (MAPS / "static" / "map.js").read_text(encoding="utf-8")
    assert bundle.startswith("/*! The MIT License")
    for owner in (
        "sigma 3",
        "graphology-utils 2",
        "Alexis Jacomy",
        "events 3",
        "Permission is hereby granted",
    ):
        assert owner in bundle[:3000]


def test_the_lock_names_no_download_address():
    lock = (MAPS / "js" / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "http" not in re.sub(r'"url": "[^"]*"', "", lock)
    assert "sha512-" in lock


@pytest.mark.skipif(
    not (MAPS / "js" / "node_modules" / "esbuild").is_dir() or shutil.which("node") is None,
    reason="needs `npm ci` in villagegraph/maps/js; `make bundle` does it",
)
def test_the_bundle_is_what_the_sources_build():
    done = subprocess.run(
        ["node", "build.mjs", "--check"],
        cwd=MAPS / "js",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# pyvis


def test_villagegraph_never_imports_pyvis_until_asked():
    script = (
        "import sys, villagegraph, villagegraph.maps, villagegraph.layout; "
        "assert not {'pyvis', 'IPython', 'matplotlib.pyplot'} & set(sys.modules), 'loaded'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_pyvis_network_is_a_real_one_that_stands_still(village, drawn):
    from pyvis.network import Network

    network = drawn.to_pyvis()
    assert isinstance(network, Network)
    assert network.num_nodes() == len(village)
    assert network.num_edges() == village.number_of_edges()
    assert network.options.physics.enabled is False
    assert all(node["physics"] is False and "x" in node for node in network.nodes)
    for person, at in drawn.positions.iterrows():
        node = network.get_node(network.numbers[person])
        # a screen counts downwards, the layout upwards
        assert (node["x"], node["y"]) == (round(at["x"] * 420), round(-at["y"] * 420))
    assert drawn.positions["y"].abs().max() > 0.5


def test_pyvis_page_holds_no_address(drawn):
    page = drawn.to_pyvis().generate_html()
    for tag, attributes in Elements(page).found:
        assert not {"src", "href", "style"} & attributes.keys(), tag


def test_pyvis_network_goes_on_as_people_know_it(tmp_path):
    from villagegraph.maps.pyvis_network import VillageNetwork

    network = VillageNetwork(heading="<b>Two</b>", height="400px;}</style>", bgcolor="red")
    network.add_node(1, label="one")
    network.add_node(2, label="two", value=np.float64(2.5))
    network.add_edge(1, 2, width=3)
    network.add_edge(2, 1)
    assert len(network.get_edges()) == 1
    with pytest.raises(KeyError, match="added as nodes first"):
        network.add_edge(1, 3)
    path = network.write_html(str(tmp_path / "two.html"))
    network.save_graph(str(tmp_path / "same.html"))
    assert network.show(str(tmp_path / "shown.html")) is network
    texts = {(tmp_path / f"{name}.html").read_text("utf-8") for name in ("two", "same", "shown")}
    assert texts == {path.read_text("utf-8")}
    page = texts.pop()
    assert page.count("</style>") == 1
    assert "<h1>&lt;b&gt;Two" in page
    assert '"value":2.5' in page


@pytest.mark.parametrize("name", ["select_menu", "filter_menu", "neighborhood_highlight"])
def test_pyvis_menus_that_run_names_as_code_are_refused(name):
    from villagegraph.maps.pyvis_network import VillageNetwork

    with pytest.raises(ValueError, match=name):
        VillageNetwork(**{name: True})


def test_pyvis_ways_in_that_change_or_run_things_are_refused():
    from villagegraph.maps.pyvis_network import VillageNetwork

    with pytest.raises(VillageError, match="changes the graph"):
        VillageNetwork().from_nx(nx.path_graph(2))
    with pytest.raises(VillageError, match="DOT"):
        VillageNetwork().from_DOT("x.dot")


def test_pyvis_adds_many_ties_without_looking_through_them():
    from villagegraph.maps.pyvis_network import VillageNetwork

    network = VillageNetwork()
    for k in range(300):
        network.add_node(k)

    class Counted(list):
        looks = 0

        def __iter__(self):
            Counted.looks += 1
            return super().__iter__()

    network.edges = Counted()
    for a, b in itertools.combinations(range(300), 2):
        network.add_edge(a, b)
    assert len(network.edges) == 300 * 299 // 2
    assert Counted.looks == 0


def test_a_group_is_named_by_what_only_its_members_share():
    def named(organizations: tuple[str, str]) -> list[str]:
        graph = nx.Graph()
        for group, organization in enumerate(organizations):
            ids = [f"{group}{letter}" for letter in "abcd"]
            for person in ids:
                graph.add_node(person, name=f"P {person}", organization=organization)
            graph.add_edges_from(
                [(u, v) for u in ids for v in ids if u < v], strength=1.0, basis="contact"
            )
        found = pd.Series({person: int(person[0]) for person in graph})
        return [
            group["name"] for group in data_of(draw_map(graph, communities=found).html)["groups"]
        ]

    assert named(("Ash Ltd", "Birch Ltd")) == ["Ash Ltd", "Birch Ltd"]
    assert named(("Ash Ltd", "Ash Ltd")) == ["Around P 0a", "Around P 1a"]
