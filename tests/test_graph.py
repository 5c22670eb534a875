from __future__ import annotations

import datetime as dt
import math
import os
import subprocess
import sys
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy import village

from villagegraph.errors import ExportError, TableError
from villagegraph.graph import add_measures, graph_to_tables, load_graph, save_graph, village_graph
from villagegraph.settings import Settings
from villagegraph.tables import PEOPLE, TIES
from villagegraph.ties import tie_table

DAY = "2026-10-31"


def same(one, other):
    """Equal in value and kind, nan being equal to nan."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def same_graph(G, H):
    return (
        same(G.graph, H.graph)
        and same(list(G.nodes(data=True)), list(H.nodes(data=True)))
        and same(list(G.edges(data=True)), list(H.edges(data=True)))
    )


@pytest.fixture
def graph():
    return village_graph(village(), as_of=DAY)


ENDS = ("graphml", "gexf")


def round_trip(G, folder):
    """Return the graph as both kinds of file give it back."""
    H, other = (load_graph(save_graph(G, folder / f"village.{end}")) for end in ENDS)
    assert same_graph(H, other)
    return H


# the graph


def test_everybody_is_a_node_and_every_tie_an_edge(graph):
    assert list(graph) == ["ana", "ben", "cy", "dee", "flo", "me"]
    assert sorted(graph.edges) == [
        ("ana", "me"), ("ben", "me"), ("cy", "dee"), ("cy", "me"), ("dee", "me"),
    ]  # fmt: skip
    assert set(graph.nodes["flo"]) == set(PEOPLE.columns)
    assert all(set(data) == set(TIES.columns) for *_, data in graph.edges(data=True))
    assert graph.graph == {
        "me": "me", "as_of": DAY, "zone": "UTC", "half_life_days": 60.0, "left_out": 0,
    }  # fmt: skip


def test_values_are_pythons_own(graph):
    tie = graph.edges["ana", "me"]
    assert tie["n_uv"] == 4
    assert tie["n_vu"] == 3
    assert tie["channels"] == ["chat", "email"]
    assert tie["last_at"] == dt.datetime(2026, 10, 15, 12, tzinfo=dt.UTC)
    kinds = {type(value) for *_, data in graph.edges(data=True) for value in data.values()}
    assert kinds == {int, float, str, list, dt.datetime}
    assert graph.nodes["ana"]["tags"] == ["family"]
    assert graph.nodes["me"]["is_me"] is True


def test_the_day_and_the_half_life_decide(graph):
    earlier = village_graph(village(), as_of="2026-09-30")
    assert earlier.edges["ana", "me"]["n_uv"] == 4
    assert earlier.edges["ana", "me"]["n_vu"] == 0
    slower = village_graph(village(), as_of=DAY, half_life_days=365)
    assert slower.edges["ana", "me"]["strength"] > graph.edges["ana", "me"]["strength"]
    assert slower.graph["half_life_days"] == 365.0
    set_so = village_graph(village(settings=Settings(half_life_days=365)), as_of=DAY)
    assert same_graph(slower, set_so)


def test_an_organisations_log_has_no_owner():
    assert village_graph(village(me=None), as_of=DAY).graph["me"] is None


def test_a_village_without_interactions_has_people_alone():
    G = village_graph(village([]), as_of=DAY)
    assert len(G) == 6
    assert G.number_of_edges() == 0
    people, ties = graph_to_tables(G)
    assert len(people) == 6
    assert ties.empty


# tables


def test_tables_come_back_as_they_were(graph):
    toy = village()
    people, ties = graph_to_tables(graph)
    pd.testing.assert_frame_equal(people, toy.people.sort_index()[list(people.columns)])
    pd.testing.assert_frame_equal(ties, tie_table(toy, as_of=DAY), check_freq=False)


def test_people_and_ties_stand_in_sorted_order():
    people = {person: {} for person in ("zoe", "me", "ana")}
    diary = [("zoe", ("me",), "call", DAY), ("ana", ("zoe", "me"), "email", DAY)]
    toy = village(diary, people=people)
    G = village_graph(replace(toy, people=toy.people.iloc[::-1]), as_of=DAY)
    assert list(G) == ["ana", "me", "zoe"]
    assert list(G.edges) == sorted(G.edges)


def test_measures_come_along_as_columns(graph):
    add_measures(graph, pd.Series({"ana": 2}, name="reach"))
    people, _ = graph_to_tables(graph)
    assert people["reach"]["ana"] == 2
    assert people["reach"].isna().sum() == 5


def test_what_lacks_an_attribute_is_refused(graph):
    del graph.nodes["ana"]["name"]
    with pytest.raises(TableError, match="1 of 6 lack the attribute `name`"):
        graph_to_tables(graph)
    with pytest.raises(TableError, match="needs to be text"):
        graph_to_tables(nx.path_graph(2))
    for kind in (nx.DiGraph, nx.MultiGraph):
        with pytest.raises(TypeError, match="undirected"):
            graph_to_tables(kind())


def test_a_wrong_value_is_refused_and_not_shown(graph):
    graph.edges["ana", "me"]["days"] = "marker@example.org"
    with pytest.raises(TableError) as caught:
        graph_to_tables(graph)
    assert "marker" not in str(caught.value)


# measures in the graph


def test_measures_are_joined_by_person_not_by_place(graph):
    frame = pd.DataFrame(
        {"rank": [1, 2], "at": [pd.NaT, pd.Timestamp("2026-10-01", tz="UTC")]}, index=["me", "ana"]
    )
    add_measures(graph, frame)
    assert graph.nodes["ana"]["rank"] == 2
    assert type(graph.nodes["ana"]["rank"]) is int
    assert graph.nodes["me"]["at"] is None
    assert graph.nodes["ana"]["at"] == dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    assert "rank" not in graph.nodes["ben"]


def test_measures_of_strangers_are_refused_whole(graph):
    with pytest.raises(ValueError, match="0 are repeated and 1 are not in the graph"):
        add_measures(graph, pd.DataFrame({"x": [1, 2]}, index=["ana", "nobody"]))
    assert "x" not in graph.nodes["ana"]
    with pytest.raises(ValueError, match="1 are repeated"):
        add_measures(graph, pd.DataFrame({"x": [1, 2]}, index=["ana", "ana"]))
    with pytest.raises(ValueError, match="needs to have a name"):
        add_measures(graph, pd.Series({"ana": 1}))


# GraphML

TEXTS = [
    "", " ", "  both ends  ", "two\nlines\n", "\ttab", "cr\r\nlf\r", "<&>\"']]>",
    "Zoë 李 ١٢ 🌲", "\u2028", "\x00", "\x1b[0m", "\ufffe", "\ud800", "\x85", "e\u0301",
    "null", "true", "1", '"', "\\u0000",
]  # fmt: skip
ZONED = dt.datetime(
    2026, 3, 1, 8, 30, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))
)
VALUES = [
    *TEXTS, True, False, 0, -1, 2**63 - 1, 2**80, 0.0, -0.0, 0.1, 1e-320, 1.7e308,
    float("nan"), float("inf"), float("-inf"), None,
    dt.date(2026, 2, 28), dt.datetime.fromisoformat("2026-02-28T01:02:03"), ZONED,
    dt.datetime(1, 1, 1, tzinfo=dt.UTC), [], [""], TEXTS, ["a", ["b", None, 1.5, True]],
    (), ("a", 1), {}, {"k": [1, {"": None}], "\x00": "\ud800"}, [float("inf")],
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_every_kind_of_value_comes_back(value, tmp_path):
    G = nx.Graph(own=value)
    G.add_node("ana", own=value, first=value)
    G.add_edge("ana", "ben", own=value)
    H = round_trip(G, tmp_path)
    assert same(H.graph, G.graph)
    assert same(dict(H.nodes["ana"]), dict(G.nodes["ana"]))
    assert H.nodes["ben"] == {}
    assert same(dict(H.edges["ana", "ben"]), {"own": value})


def test_kinds_may_be_mixed_under_one_name(tmp_path):
    G = nx.Graph()
    G.add_nodes_from((f"n{number}", {"own": value}) for number, value in enumerate(VALUES))
    G.add_nodes_from(
        (f"m{number}", {"number": value}) for number, value in enumerate([1, 2.0, None])
    )
    assert same_graph(G, round_trip(G, tmp_path))


@pytest.mark.parametrize("text", [text for text in TEXTS])  # noqa: C416  # a copy reads better
def test_every_text_may_be_a_node(text, tmp_path):
    G = nx.Graph()
    G.add_edge(text, "other")
    assert list(round_trip(G, tmp_path)) == [text, "other"]


def test_numbers_may_be_nodes_and_names_may_be_odd(tmp_path):
    G = nx.path_graph(3)
    G.add_edge(1, 1, **{'a "b" <c>\n': 1, "id": "x"})
    assert same_graph(G, round_trip(G, tmp_path))


def test_a_village_comes_back(graph, tmp_path):
    H = round_trip(graph, tmp_path)
    assert same_graph(graph, H)
    for one, other in zip(graph_to_tables(graph), graph_to_tables(H), strict=True):
        pd.testing.assert_frame_equal(one, other)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(),
    st.datetimes(timezones=st.just(dt.UTC)), st.lists(st.text()),
)  # fmt: skip
ATTRIBUTES = st.dictionaries(st.sampled_from(["name", "n", "at", "weight"]), SCALARS)


@given(st.dictionaries(st.text(), ATTRIBUTES, max_size=5), ATTRIBUTES, st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_graph_comes_back(tmp_path, nodes, whole, data):
    G = nx.Graph(**whole)
    G.add_nodes_from(nodes.items())
    if nodes:
        node = st.sampled_from(list(nodes))
        for u, v, found in data.draw(st.lists(st.tuples(node, node, ATTRIBUTES), max_size=4)):
            G.add_edge(u, v)
            G.edges[u, v].update(found)
    for end in ENDS:
        try:
            path = save_graph(G, tmp_path / f"any.{end}")
        except TypeError as error:  # a control sign whose escape is another node's name
            assert "same ID" in str(error)  # noqa: PT017
            return
        assert same_graph(G, load_graph(path))


def test_values_of_numpy_and_pandas_come_back_as_pythons(tmp_path):
    G = nx.Graph()
    G.add_node("a", n=np.int64(3), x=np.float32(0.5), ok=np.bool_(True), at=pd.NaT)
    G.add_node("b", at=pd.Timestamp("2026-01-01", tz="UTC"))
    H = round_trip(G, tmp_path)
    assert same(dict(H.nodes["a"]), {"n": 3, "x": 0.5, "ok": True, "at": None})
    assert H.nodes["b"]["at"] == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_networkx_opens_the_file(graph, tmp_path):
    H = nx.read_graphml(save_graph(graph, tmp_path / "village.graphml"))
    assert list(H) == list(graph)
    assert H.nodes["dee"]["name"] == "Dée Müller 李"
    assert H.nodes["me"]["is_me"] is True
    tie, ours = H.edges["ana", "me"], graph.edges["ana", "me"]
    for name in ("n_uv", "days", "strength", "basis", "dormancy_days"):
        assert tie[name] == ours[name]
    assert tie["channels"] == '["chat", "email"]'
    assert tie["last_at"] == "2026-10-15T12:00:00+00:00"


def test_networkx_and_gephi_see_places_and_colours(graph, tmp_path):
    looks = {"x": 12.5, "y": -3.0, "size": 4.0, "color": "#098458"}
    for person in graph:
        graph.nodes[person].update(looks)
    H = nx.read_gexf(save_graph(graph, tmp_path / "village.gexf"))
    assert list(H) == list(graph)
    assert H.nodes["dee"]["label"] == "Dée Müller 李"
    assert H.nodes["dee"]["viz"] == {
        "position": {"x": 12.5, "y": -3.0, "z": 0.0},
        "size": 4.0,
        "color": {"r": 9, "g": 132, "b": 88, "a": 1.0},
    }
    tie, ours = H.edges["ana", "me"], graph.edges["ana", "me"]
    for name in ("n_uv", "days", "strength", "basis", "dormancy_days"):
        assert tie[name] == ours[name]
    assert tie["weight"] == ours["strength"]
    assert same_graph(round_trip(graph, tmp_path), graph)


def test_gexf_of_networkx_opens(tmp_path):
    G = nx.karate_club_graph()
    nx.write_gexf(G, tmp_path / "karate.gexf")
    H = load_graph(tmp_path / "karate.gexf")
    assert list(H.nodes(data="club")) == [(str(node), club) for node, club in G.nodes(data="club")]
    assert [w for *_, w in H.edges(data="weight")] == [w for *_, w in G.edges(data="weight")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<graph/><graph/>", "holds 2 graphs"),
        ('<graph mode="dynamic"/>', "changes over time"),
        ('<graph defaultedgetype="directed">{}</graph>', "directed tie"),
        ("<graph>{}{}</graph>", "several ties"),
        ('<graph><edges><edge source="x" target="marker"/></edges></graph>', "not among its nodes"),
        ('<graph><nodes><node label="marker"/></nodes></graph>', "not of the type"),
    ],
)
def test_a_gexf_file_that_is_no_village_is_named(content, problem, tmp_path):
    tie = '<nodes><node id="a"/></nodes><edges><edge source="a" target="a"/></edges>'
    path = tmp_path / "broken.gexf"
    body = content.replace("{}", tie)
    path.write_text(f'<gexf xmlns="http://www.gexf.net/1.2draft">{body}</gexf>')
    with pytest.raises(ExportError, match=problem) as caught:
        load_graph(path)
    assert "marker" not in str(caught.value)


def test_a_number_too_long_for_other_programs_is_text_to_them(tmp_path):
    H = nx.read_graphml(save_graph(nx.Graph(n=2**63, m=2**63 - 1), tmp_path / "x.graphml"))
    assert H.graph["n"] == "9223372036854775808"
    assert H.graph["m"] == 2**63 - 1


def test_igraph_opens_the_file(graph, tmp_path):
    igraph = pytest.importorskip("igraph")
    H = igraph.Graph.Read_GraphML(str(save_graph(graph, tmp_path / "village.graphml")))
    assert H.vs["id"] == list(graph)
    assert sorted(H.es["strength"]) == sorted(s for *_, s in graph.edges(data="strength"))


def test_files_of_networkx_open(tmp_path):
    G = nx.karate_club_graph()
    nx.write_graphml(G, tmp_path / "karate.graphml")
    H = load_graph(tmp_path / "karate.graphml")
    assert list(H.nodes(data="club")) == [(str(node), club) for node, club in G.nodes(data="club")]
    assert [w for *_, w in H.edges(data="weight")] == [w for *_, w in G.edges(data="weight")]


def test_defaults_of_other_programs_are_filled_in(tmp_path):
    path = tmp_path / "other.graphml"
    path.write_text(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<key id="c" for="node" attr.name="color" attr.type="string"><default>red</default></key>'
        '<key id="s" for="node" attr.name="size" attr.type="double"/>'
        '<graph edgedefault="undirected"><node id="a"/>'
        '<node id="b"><data key="c">blue</data><data key="s"></data></node></graph></graphml>'
    )
    assert dict(load_graph(path).nodes(data=True)) == {
        "a": {"color": "red"},
        "b": {"color": "blue"},
    }


def test_the_same_graph_gives_the_same_bytes(tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from toy import village\n"
        "from villagegraph.graph import save_graph, village_graph\n"
        "save_graph(village_graph(village(), as_of='2026-10-31'), sys.argv[1])\n"
    )
    files = []
    for number, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        path = tmp_path / number / "village.graphml"
        subprocess.run(
            [sys.executable, "-c", script, path, os.path.dirname(__file__)],  # noqa: PTH120
            env={**os.environ, "PYTHONHASHSEED": number, "TZ": zone},
            check=True,
        )
        files.append(path.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, [dt.date(2026, 1, 1)], [("a",)], {"a"}, b"x", 1j]
)
def test_what_no_file_can_hold_is_refused_and_the_old_file_stays(value, tmp_path):
    path = save_graph(nx.path_graph(2), tmp_path / "village.graphml")
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save_graph(nx.Graph(own=value), path)
    assert path.read_bytes() == before


def test_graphs_of_other_kinds_are_refused(tmp_path):
    for kind in (nx.DiGraph, nx.MultiGraph):
        with pytest.raises(TypeError, match="undirected"):
            save_graph(kind(), tmp_path / "x.graphml")
    for node in (("a", 1), 1.5, True):
        G = nx.Graph()
        G.add_node(node)
        with pytest.raises(TypeError, match="node IDs"):
            save_graph(G, tmp_path / "x.graphml")
    G = nx.Graph()
    G.add_nodes_from([1, "1"])
    with pytest.raises(TypeError, match="same ID"):
        save_graph(G, tmp_path / "x.graphml")


NS = 'xmlns="http://graphml.graphdrawing.org/xmlns"'
KEY = '<key id="k" for="node" attr.name="marker" attr.type="long"/>'


def graphml(*elements):
    return f"<graphml {NS}>{KEY}<graph>{''.join(elements)}</graph></graphml>"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no XML"),
        ("marker", "no XML"),
        ("name,marker\n1,2\n", "no XML"),
        (f"<graphml {NS}><graph>", "cut off"),
        ("<gexf/>", "XML of another kind"),
        ("<graphml/>", "XML of another kind"),
        (f"<graphml {NS}/>", "holds 0 graphs"),
        (graphml().replace("<graph>", '<graph edgedefault="directed">'), "directed graph"),
        (graphml("<node/>"), "not of the type"),
        (graphml('<node id="a"><data key="k">marker</data></node>'), "not of the type"),
        (graphml('<node id="a"/>', '<edge source="a" target="marker"/>'), "not among its nodes"),
        (
            graphml('<node id="a"/>', '<edge source="a" target="a" directed="true"/>'),
            "directed tie",
        ),
        (graphml('<node id="a"/>', *['<edge source="a" target="a"/>'] * 2), "several ties"),
        (graphml('<node id="a"><graph/></node>'), "nested"),
        ('<?xml version="1.0" encoding="marker"?><graphml/>', "not a graph file"),
    ],
)
def test_a_file_that_is_no_village_is_named(content, problem, tmp_path):
    path = tmp_path / "broken.graphml"
    path.write_text(content)
    with pytest.raises(ExportError, match=problem) as caught:
        load_graph(path)
    assert caught.value.path == str(path)
    assert "marker" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ExportError, match="there is no such file"):
        load_graph(tmp_path / "none.graphml")
