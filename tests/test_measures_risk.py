"""Reach at risk and what if: against taking somebody out and counting anew."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import as_table, borgatti, random_graph, rough_graph, shuffled, without_loops

from villagegraph.measures import (
    backup_path,
    reach,
    reach_at_risk,
    ties_at_risk,
    without,
    without_tie,
)

COUNTS = ["people", "organizations", "places", "communities"]


def peopled(seed: int) -> tuple[nx.Graph, pd.Series]:
    """Return a graph that says where people work and live, and communities."""
    G = rough_graph(seed, most=13)
    rng = np.random.default_rng(seed)
    for person in G:
        G.nodes[person]["organization"] = ["Mill", "Quarry", "", "Labs"][rng.integers(4)]
        G.nodes[person]["location"] = ["Hill", "Dale", ""][rng.integers(3)]
    return G, pd.Series({person: int(rng.integers(-1, 4)) for person in G})


def recount(G: nx.Graph, H: nx.Graph, *, steps: int, me: object, groups: pd.Series) -> list[float]:
    """Return by how much reach falls from G to H, for `me` or for all who are in both."""
    before = reach(G, steps=steps, communities=groups)[COUNTS].loc[list(H)]
    after = reach(H, steps=steps, communities=groups)[COUNTS]
    fall = before - after
    return (fall.loc[me] if me is not None else fall.sum(min_count=1)).astype(float).tolist()


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
@pytest.mark.parametrize("seed", range(12))
def test_it_is_what_a_recount_without_them_gives(seed, steps):
    G, groups = peopled(seed)
    for me in (None, next(iter(G))):
        options = {"steps": steps, "me": me, "communities": groups}
        people, ties = reach_at_risk(G, **options), ties_at_risk(G, **options)
        assert sorted(map(str, people.index)) == sorted(map(str, G))
        for person in G:
            if person == me:
                assert people.loc[person].isna().all()
            elif len(G) > 1:
                expected = recount(G, without(G, person), steps=steps, me=me, groups=groups)
                np.testing.assert_allclose(people.loc[person], expected)
        assert len(ties) == without_loops(G, weighted=False).number_of_edges()
        for (u, v), row in ties.iterrows():
            expected = recount(G, without_tie(G, u, v), steps=steps, me=me, groups=groups)
            np.testing.assert_allclose(row[COUNTS].astype(float), expected)


@pytest.mark.parametrize("seed", range(60))
def test_the_way_round_is_the_shortest_one_without_the_tie(seed):
    G = random_graph(seed, most=20)
    table = ties_at_risk(G, communities=pd.Series(0, index=list(G)))
    for (u, v), row in table.iterrows():
        H = without_loops(without_tie(G, u, v), weighted=True)
        path = backup_path(G, u, v)
        if row["bridge"]:
            assert not nx.has_path(H, u, v)
            assert np.isnan(row["backup_length"])
            assert path == []
        else:
            expected = nx.dijkstra_path_length(H, u, v, weight="length")
            assert row["backup_length"] == pytest.approx(expected, rel=1e-9)
            assert (path[0], path[-1]) == (u, v)
            along = sum(H.edges[step]["length"] for step in itertools.pairwise(path))
            assert along == pytest.approx(expected, rel=1e-9)


def test_ties_without_strength_are_no_way_round():
    G = nx.cycle_graph(["ana", "ben", "cy"])
    nx.set_edge_attributes(G, 2.0, "strength")
    G.edges["ana", "ben"]["strength"] = 0.0
    table = ties_at_risk(G)
    assert table.loc[("ana", "ben"), "backup_length"] == 1.0
    assert np.isnan(table.loc[("ana", "cy"), "backup_length"])
    assert not table["bridge"].any()
    assert backup_path(G, "ana", "cy") == []
    assert backup_path(G, "ana", "cy", weight=None) == ["ana", "ben", "cy"]


def test_the_greatest_loss_comes_first():
    G = nx.Graph([("me", "ana"), ("ana", "ben"), ("ana", "cy"), ("me", "dee"), ("dee", "eve")])
    G.graph["me"] = "me"
    found = reach_at_risk(G)
    assert found["people"].tolist()[:-1] == [3, 2, 1, 1, 1]
    assert list(found.index) == ["ana", "dee", "ben", "cy", "eve", "me"]
    assert ties_at_risk(G, weight=None).index[0] == ("ana", "me")


@given(st.integers(0, 10_000), st.integers(0, 100), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_removing_a_tie_never_raises_reach_and_order_does_not_matter(seed, order, steps):
    G, groups = peopled(seed)
    people = reach_at_risk(G, steps=steps, communities=groups)
    ties = ties_at_risk(G, steps=steps, communities=groups)
    assert (people.fillna(0) >= 0).all(axis=None)
    assert (ties[COUNTS].fillna(0) >= 0).all(axis=None)
    H = shuffled(G, order)
    pd.testing.assert_frame_equal(people, reach_at_risk(H, steps=steps, communities=groups))
    again = ties_at_risk(H, steps=steps, communities=groups)
    pd.testing.assert_frame_equal(ties, again, rtol=1e-9)


@pytest.mark.parametrize("seed", range(15))
def test_a_table_tells_the_same(seed):
    G = random_graph(seed)
    table = as_table(G, seed)
    groups = pd.Series(0, index=list(G))
    if table.empty:
        assert reach_at_risk(table, communities=groups).empty
        return
    people = reach_at_risk(table, communities=groups)
    whole = reach_at_risk(G, communities=groups).loc[people.index]
    pd.testing.assert_frame_equal(people, whole)
    ties = ties_at_risk(G, communities=groups)
    pd.testing.assert_frame_equal(ties_at_risk(table, communities=groups), ties, rtol=1e-9)


def test_portions_make_no_difference(monkeypatch):
    from villagegraph.measures import detours, needed

    G, groups = peopled(9)
    people, ties = reach_at_risk(G, communities=groups), ties_at_risk(G, communities=groups)
    for module in (needed, detours):
        monkeypatch.setattr(module, "_ENTRIES_AT_ONCE", 1)
    pd.testing.assert_frame_equal(reach_at_risk(G, communities=groups), people)
    pd.testing.assert_frame_equal(ties_at_risk(G, communities=groups), ties)


def test_nobody_and_no_ties():
    none = pd.Series(dtype=float)
    assert reach_at_risk(nx.Graph(), communities=none).empty
    assert ties_at_risk(nx.Graph(), communities=none).empty
    assert reach_at_risk(nx.empty_graph(3))["people"].tolist() == [0, 0, 0]
    assert ties_at_risk(nx.empty_graph(3)).empty


def test_what_if_leaves_what_was_given_as_it_was():
    G = borgatti()
    G.graph["me"] = "G"
    table = as_table(G)
    before = table.copy()
    assert set(without(G, "A")) == set(G) - {"A"}
    assert without(G, "A").graph["me"] == "G"
    assert without(G, "G").graph["me"] is None
    assert without_tie(G, "C", "G").degree("C") == 0
    assert G.number_of_edges() == 10
    left = without(table, "G")
    assert not left[["person_u", "person_v"]].isin(["G"]).any(axis=None)
    indexed = table.set_index(["person_u", "person_v"])
    indexed.attrs["me"] = "G"
    assert without(indexed, "A").attrs["me"] == "G"
    assert without(indexed, "G").attrs["me"] is None
    indexed.attrs.clear()
    pd.testing.assert_frame_equal(without(indexed, "G").reset_index(), left.reset_index(drop=True))
    pairs = [{*pair} for pair in without_tie(indexed, "A", "G").index]
    assert {"A", "G"} not in pairs
    assert len(pairs) >= 9
    pd.testing.assert_frame_equal(table, before)


def test_who_is_not_there_is_refused():
    for given_ in (borgatti(), as_table(borgatti())):
        with pytest.raises(ValueError, match="is not among the people"):
            without(given_, "nobody")
        with pytest.raises(ValueError, match="no tie between the two"):
            without_tie(given_, "A", "C")
        with pytest.raises(ValueError, match="is not among the people"):
            backup_path(given_, "A", "nobody")
        with pytest.raises(ValueError, match="somebody else"):
            backup_path(given_, "A", "A")
        with pytest.raises(ValueError, match="`me` is not among"):
            reach_at_risk(given_, me="nobody")
    with pytest.raises(ValueError, match="ties need `person_u`"):
        without(pd.DataFrame(), "A")
    with pytest.raises(TypeError, match="undirected"):
        without(nx.DiGraph([(1, 2)]), 1)
    with pytest.raises(ValueError, match="steps needs to be"):
        reach_at_risk(borgatti(), steps=0)


def test_me_is_taken_out_of_the_communities_however_named():
    G = nx.Graph([("me", "ana")])
    people, ties = reach_at_risk(G, me="me"), ties_at_risk(G, me="me", weight=None)
    assert people.loc["ana", "communities"] == ties.loc[("ana", "me"), "communities"] == 0
    G.graph["me"] = "me"
    pd.testing.assert_frame_equal(people, reach_at_risk(G))
    pd.testing.assert_frame_equal(ties, ties_at_risk(G, weight=None))
