from __future__ import annotations

import base64
import json
import re
import zlib

import networkx as nx
import pandas as pd
import pytest

import villagegraph as vg
from villagegraph.maps import sharing
from villagegraph.maps.origins import ORIGINS, origins
from villagegraph.maps.pseudonyms import pseudonyms
from villagegraph.maps.titles import tells_of_somebody
from villagegraph.measures.wording import every, span

DAY = "2026-10-31"


@pytest.fixture(scope="module")
def graph(sample_village):
    return vg.village_graph(sample_village, as_of=DAY)


@pytest.fixture(scope="module")
def drawn(graph, sample_village):
    return vg.draw_map(graph, neglected=vg.neglected_ties(sample_village, as_of=DAY))


def data_of(path):
    """Return what a page holds: its text without the program, and its data in plain text."""
    html = path.read_text(encoding="utf-8")
    found = re.search(
        r'<script type="application/json" id="village"([^>]*)>(.*?)</script>', html, re.DOTALL
    )
    text = found[2]
    if "packed" in found[1]:
        text = zlib.decompress(base64.b64decode(text)).decode("utf-8")
    frame = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return frame, json.loads(text)


def identities(village):
    """Return every name, part of a name, address, number and organisation of the sample."""
    people = village.people
    words = {
        text for name in ("name", "organization", "headline", "location") for text in people[name]
    }
    words |= {part for name in people["name"] for part in name.split() if len(part) > 3}
    words |= {tag for tags in people["tags"] for tag in tags}
    for handle in village.handles["handle"]:
        kind, _, rest = handle.partition(":")
        words |= (
            {rest, rest.partition("@")[0]} if kind in ("email", "phone", "linkedin") else {rest}
        )
    return {word.casefold() for word in words if len(word) > 3}


@pytest.mark.parametrize("how", [{"names": False}, {"pseudonyms": True}])
def test_no_identity_is_left_in_the_bytes(how, drawn, sample_village, tmp_path):
    frame, data = data_of(drawn.save(tmp_path / "shared.html", **how))
    text = frame.casefold() + json.dumps(data, ensure_ascii=False).casefold()
    whole, plain = data_of(drawn.save(tmp_path / "whole.html"))
    known = whole.casefold() + json.dumps(plain, ensure_ascii=False).casefold()
    secrets = identities(sample_village)
    # the whole page names people: the same search finds them there
    assert sum(word in known for word in secrets) > 400
    # a word of the page's own may be part of somebody's name
    own = {"whatsapp", "linkedin"}
    found = {word for word in secrets - own if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)}
    assert found == set()
    assert len(data["people"]["name"]) == len(plain["people"]["name"])
    assert data["lists"] == plain["lists"]
    assert len(set(data["people"]["name"])) == len(data["people"]["name"])


def names_in(drawn, path):
    _, data = data_of(drawn.save(path, pseudonyms=True))
    return dict(zip(drawn._scene.people.index, data["people"]["name"], strict=True))


def test_pseudonyms_are_the_same_in_every_map(graph, drawn, tmp_path):
    some = nx.Graph(graph.subgraph(sorted(graph)[::2]))
    some.graph.update(graph.graph)
    names, again = (
        names_in(drawn, tmp_path / "a.html"),
        names_in(vg.draw_map(some), tmp_path / "b.html"),
    )
    assert sum(again[person] == names[person] for person in again) >= 0.95 * len(again)


def test_pseudonyms_take_no_word_of_a_real_name():
    name = pseudonyms(["p1"], avoid=set())[0]
    first = name.split()[0]
    assert first not in pseudonyms(["p1"], avoid={first.lower()})[0]
    many = pseudonyms([f"p{n}" for n in range(3000)], avoid=set())
    assert len(set(many)) == 3000


def test_a_title_that_names_somebody_is_not_kept(graph, sample_village, tmp_path):
    name = sample_village.people.loc[sample_village.me, "name"]
    titled = vg.draw_map(graph, title=f"The village of {name}")
    frame, data = data_of(titled.save(tmp_path / "a.html", names=False))
    assert data["title"] == "A village"
    assert "<title>A village</title>" in frame
    assert name in data_of(titled.save(tmp_path / "b.html"))[0]
    plain = vg.draw_map(graph, title="Spring 2026")
    assert data_of(plain.save(tmp_path / "c.html", names=False))[1]["title"] == "Spring 2026"


def test_fields_are_chosen(drawn, tmp_path):
    _, data = data_of(drawn.save(tmp_path / "a.html", include=["title", "origin"]))
    assert data["people"]["title"]["texts"] != [""]
    for name in ("org", "headline", "place", "reason", "short", "ask"):
        assert data["people"][name]["texts"] == [""]
    assert data["tags"] == []
    assert {group["name"] for group in data["groups"]} >= {"Group 1", "Group 2"}
    for wrong in ("phone", "notes"):
        with pytest.raises(ValueError, match="include needs to name some of organization"):
            drawn.save(tmp_path / "b.html", include=[wrong])
    with pytest.raises(ValueError, match="without names, include needs to name some of origin"):
        drawn.save(tmp_path / "b.html", names=False, include=["organization"])
    assert not (tmp_path / "b.html").exists()


def test_a_leak_stops_the_page(drawn, tmp_path, monkeypatch):
    real = drawn._scene.people["name"].iloc[3]
    monkeypatch.setattr(sharing, "_numbered", lambda group, _: {**group, "name": f"With {real}"})
    with pytest.raises(vg.LeakError, match=r"the map was not written: \d+ texts? in it") as caught:
        drawn.save(tmp_path / "a.html", names=False)
    assert caught.value.count > 0
    assert real not in str(caught.value)
    assert not (tmp_path / "a.html").exists()


def of_lantern_labs(reason: str = "because", *, title: str = "My village", **columns: object):
    """Return a map of three, one of whom is ringed for a reason."""
    G = nx.Graph([("me", "cy"), ("cy", "bo"), ("me", "bo")], me="me")
    G.nodes["cy"].update(name="Cyrus Quince", organization="Lantern Labs", location="Ulm, Germany")
    G.nodes["bo"].update(name="Bo 王伟", tags=["book club"])
    G.nodes["me"].update(name="Ana A. Berg")
    row = {"list": "slipping", "rank": 1, "person_id": "cy", "reason": reason, **columns}
    alike = pd.Series(0, index=list(G))
    return vg.draw_map(G, communities=alike, neglected=pd.DataFrame([row]), title=title)


@pytest.mark.parametrize("how", [{"names": False}, {"pseudonyms": True}])
@pytest.mark.parametrize("silence", [{}, {"dormancy_days": 0}, {"dormancy_days": 80}])
@pytest.mark.parametrize("rest", ["", " x y z" * 40])
def test_a_reason_that_names_somebody_does_not_travel(how, silence, rest, tmp_path):
    reason = "Ask Cyrus Quince about Lantern Labs." + rest
    drawn = of_lantern_labs(reason, **silence)
    text = json.dumps(data_of(drawn.save(tmp_path / "a.html", **how))[1])
    assert "Quince" in json.dumps(data_of(drawn.save(tmp_path / "b.html"))[1])
    for word in ("Cyrus", "Quince", "Lantern"):
        assert word not in text
    assert ("quiet for 80 days" in text) == (silence == {"dormancy_days": 80})


@pytest.mark.parametrize("column", ["short", "origin"])
def test_no_column_of_peoples_own_switches_the_check_off(column, tmp_path):
    drawn = of_lantern_labs()
    drawn._scene.people.loc["cy", column] = "of Cyrus Quince, and more"
    with pytest.raises(vg.LeakError):
        drawn.save(tmp_path / "a.html", names=False)


@pytest.mark.parametrize(
    "title",
    [
        "Lantern Labs and friends", "LANTERN LABS 2026", "Bo's village", "Bo\u2019s village",
        "王伟 village", "王伟的村", "Cyrús und die anderen", "From Ulm", "Friends in Germany",
        "The book club", "Our book-club", "\uff31\uff35\uff29\uff2e\uff23\uff25 & co",
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", [{"names": False}, {"pseudonyms": True}])
def test_a_title_that_tells_of_somebody_is_not_kept(how, title, tmp_path):
    drawn = of_lantern_labs(title=title)
    frame, data = data_of(drawn.save(tmp_path / "a.html", **how))
    assert data["title"] == "A village"
    assert "<title>A village</title>" in frame
    assert data_of(drawn.save(tmp_path / "b.html"))[1]["title"] == title


@pytest.mark.parametrize("title", ["My village", "A village", "Spring 2026's labs", "伟大", "Bob"])
def test_a_title_that_tells_of_nobody_is_kept(title, tmp_path):
    drawn = of_lantern_labs(title=title)
    assert data_of(drawn.save(tmp_path / "a.html", names=False))[1]["title"] == title


def test_an_organisation_is_known_without_its_legal_form():
    G = nx.Graph([("a", "b")])
    G.nodes["a"].update(name="Ana", organization="Lantern Labs Co. Ltd.", location="10115 Berlin")
    people = vg.draw_map(G, communities=pd.Series(0, index=["a", "b"]))._scene.people
    told = {t: tells_of_somebody(t, people) for t in ("Lantern Labs", "Berlin", "Someone Ltd")}
    assert told == {"Lantern Labs": True, "Berlin": True, "Someone Ltd": False}


def test_the_pages_own_words_are_all_known_to_the_check():
    spans = {every(days) for days in range(1, 3000)} | {span(days) for days in range(1, 3000)}
    said = {word for text in (*spans, *ORIGINS) for word in sharing._words(text)}
    assert said <= {word for text in sharing._OWN for word in sharing._words(text)}
    assert set(origins(["a.vcf", "chat.db", "what.ever"])) <= set(ORIGINS)


def test_somebody_called_as_the_pages_own_words_is_no_leak(tmp_path):
    G = nx.Graph([("a", "b"), ("b", "c"), ("a", "c")])
    for node, name in (("a", "Group Person"), ("b", "My Village"), ("c", "Email Chat")):
        G.nodes[node]["name"] = name
    G.nodes["b"].update(organization="My village", tags=["call log", "A village"])
    drawn = vg.draw_map(G, communities=pd.Series(0, index=list("abc")))
    _, data = data_of(drawn.save(tmp_path / "a.html", names=False))
    assert data["title"] == "My village"
    assert data["people"]["name"] == ["Person 1", "Person 2", "Person 3"]


def test_a_map_keeps_the_graph_as_it_was_drawn():
    G = nx.Graph([("a", "b"), ("b", "c")], me="b")
    G.nodes["a"]["name"] = "Ana"
    drawn = vg.draw_map(G, communities=pd.Series(0, index=list("abc")))
    G.nodes["a"]["name"] = "Ben"
    G.remove_node("c")
    G.add_edge("b", "d")
    G.graph["me"] = "a"
    H = drawn.to_graph()
    assert set(H) == set("abc")
    assert set(H.edges) == {("a", "b"), ("b", "c")}
    assert H.nodes["a"]["name"] == "Ana"
    assert H.graph["me"] == "b"


def test_the_graph_of_a_map_goes_to_gephi_and_back(drawn, graph, tmp_path):
    H = drawn.to_graph()
    assert set(H) == set(graph)
    assert "x" not in graph.nodes[next(iter(graph))]
    for end in ("gexf", "graphml"):
        back = vg.load_graph(vg.save_graph(H, tmp_path / f"village.{end}"))
        for person, data in H.nodes(data=True):
            for name in ("x", "y", "size", "color", "r", "g", "b", "group"):
                assert back.nodes[person][name] == data[name]
    seen = nx.read_gexf(tmp_path / "village.gexf")
    person, data = next(iter(seen.nodes(data=True)))
    assert data["viz"]["position"]["x"] == H.nodes[person]["x"]
    colors = {data["group"]: data["color"] for _, data in H.nodes(data=True)}
    assert len(set(colors.values())) > 5
