from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import as_table, borgatti, random_graph, rough_graph, shuffled, without_loops

from villagegraph.measures import (
    brokerage,
    ego_betweenness,
    ego_constraint,
    ego_effective_size,
)


@pytest.mark.parametrize("seed", range(300))
def test_it_agrees_with_networkx(seed):
    G = random_graph(seed, most=14)  # their weighted form takes minutes for more
    for weight in (None, "strength"):
        found = brokerage(G, weight=weight)
        constraint = pd.Series(nx.constraint(G, nodes=list(G), weight=weight))
        np.testing.assert_allclose(found["constraint"], constraint, rtol=0, atol=1e-9)
        size = pd.Series(nx.effective_size(G, nodes=list(G), weight=weight))
        np.testing.assert_allclose(found["effective_size"], size, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_one_persons_values_are_those_of_everybody(seed):
    G = random_graph(seed, most=20)
    for weight in (None, "strength"):
        found = brokerage(G, weight=weight)
        for person in G:
            one = (
                ego_constraint(G, person, weight=weight),
                ego_effective_size(G, person, weight=weight),
            )
            all_of = found.loc[person, ["constraint", "effective_size"]]
            np.testing.assert_allclose(one, all_of.to_numpy(dtype=float), rtol=0, atol=1e-9)


def test_borgattis_published_values():
    # Borgatti (1997); the ones with strengths from UCINET and igraph, as networkx cites them
    found = brokerage(borgatti(), weight=None).loc[["G", "A", "C"]]
    np.testing.assert_allclose(found["effective_size"], [4.67, 2.5, 1], atol=5e-3)
    np.testing.assert_allclose(found["constraint"], [0.4, 0.595, 1], atol=1e-3)
    np.testing.assert_allclose(found["efficiency"], [0.78, 0.625, 1], atol=5e-3)
    found = brokerage(borgatti()).loc[["G", "A", "C"]]
    np.testing.assert_allclose(found["effective_size"], [5.47, 2.47, 1], atol=1e-2)
    np.testing.assert_allclose(found["constraint"], [0.299, 0.795, 1], atol=1e-3)


def test_constraint_agrees_with_igraph():
    igraph = pytest.importorskip("igraph")
    G = random_graph(4)
    theirs = igraph.Graph.from_networkx(G).constraint(weights="strength")
    np.testing.assert_allclose(brokerage(G)["constraint"], theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("alters", [1, 2, 7, 50])
def test_the_centre_of_a_star(alters):
    found = brokerage(nx.star_graph(alters), weight=None).loc[0]
    assert found["constraint"] == pytest.approx(1 / alters)
    assert found["effective_size"] == alters
    assert found["efficiency"] == 1


@pytest.mark.parametrize("size", [3, 4, 12])
def test_in_a_clique_everybody_is_as_good_as_one_alter(size):
    found = brokerage(nx.complete_graph(size), weight=None)
    k = size - 1
    np.testing.assert_allclose(found["effective_size"], 1)
    np.testing.assert_allclose(found["constraint"], k * (1 / k + (k - 1) / k**2) ** 2)


def test_people_without_alters_have_no_brokerage():
    G = nx.Graph()
    G.add_nodes_from(["me", "ana"])
    G.add_edge("me", "me", strength=4)
    G.add_edge("me", "ana", strength=0)
    found = brokerage(G)
    assert found["degree"].tolist() == [0, 0]
    assert found.drop(columns="degree").isna().all(axis=None)
    assert np.isnan(ego_constraint(G, "me"))
    assert np.isnan(ego_effective_size(G, "me"))
    assert brokerage(nx.Graph()).empty


def test_who_is_not_in_the_graph_is_refused():
    for measure in (ego_constraint, ego_effective_size):
        with pytest.raises(ValueError, match="`me` is not among the people"):
            measure(borgatti(), "nobody@example.org")


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_the_order_of_people_does_not_matter(seed, order):
    G = random_graph(seed)
    one, other = brokerage(G), brokerage(shuffled(G, order))
    pd.testing.assert_frame_equal(one, other.loc[one.index], rtol=0, atol=1e-12)


def test_great_and_tiny_strengths():
    G = borgatti()
    for factor in (1e9, 1e-9):
        H = nx.Graph()
        H.add_edges_from(
            (u, v, {"strength": d["strength"] * factor}) for u, v, d in G.edges(data=True)
        )
        np.testing.assert_allclose(brokerage(H), brokerage(G).loc[list(H)], atol=1e-12)


@pytest.mark.parametrize("seed", range(100))
def test_hierarchy_is_coleman_and_theils_of_the_parts_of_constraint(seed):
    G = random_graph(seed, most=14)
    found = brokerage(G)
    for person in G:
        # networkx gives the parts one by one
        parts = np.array([nx.local_constraint(G, person, v, weight="strength") for v in G[person]])
        if len(parts) < 2:
            expected = 1.0 if len(parts) else np.nan
        else:
            r = parts / parts.mean()
            expected = (r * np.log(r)).sum() / (len(parts) * np.log(len(parts)))
        np.testing.assert_allclose(found.loc[person, "hierarchy"], expected, rtol=0, atol=1e-9)


def test_hierarchy_is_none_among_equals_and_whole_with_one_alter():
    assert brokerage(nx.complete_graph(6), weight=None)["hierarchy"].max() < 1e-12
    found = brokerage(nx.star_graph(5), weight=None)["hierarchy"]
    assert found.tolist() == [0, 1, 1, 1, 1, 1]
    G = nx.star_graph(["me", "ana", "ben"])
    G.edges["me", "ana"]["strength"], G.edges["me", "ben"]["strength"] = 1e9, 1e-300
    assert brokerage(G).loc["me", "hierarchy"] == pytest.approx(1)


def by_circle(G, person):
    circle = nx.ego_graph(G, person)
    return nx.betweenness_centrality(circle, normalized=False)[person]


@pytest.mark.parametrize("seed", range(300))
def test_ego_betweenness_is_betweenness_within_the_own_circle(seed):
    G = rough_graph(seed, most=20)
    H = without_loops(G, weighted=False)
    expected = [by_circle(H, person) if H.degree(person) else np.nan for person in H]
    np.testing.assert_allclose(ego_betweenness(G), expected, rtol=0, atol=1e-9)


def test_ego_betweenness_comes_in_portions(monkeypatch):
    from villagegraph.measures import adjacency

    G = random_graph(11)
    whole = ego_betweenness(G)
    monkeypatch.setattr(adjacency, "_WEDGES_AT_ONCE", 5)
    pd.testing.assert_series_equal(ego_betweenness(G), whole, atol=1e-12)


def test_ego_betweenness_of_nobody_and_textbook_circles():
    assert ego_betweenness(nx.Graph()).empty
    assert ego_betweenness(nx.empty_graph(1)).isna().all()
    assert ego_betweenness(nx.star_graph(5)).tolist() == [10, 0, 0, 0, 0, 0]
    assert ego_betweenness(nx.complete_graph(5)).tolist() == [0] * 5


@pytest.mark.parametrize("seed", range(20))
def test_one_more_person_changes_nobody_and_a_table_tells_the_same(seed):
    G = random_graph(seed)
    found, circle = brokerage(G), ego_betweenness(G)
    table = as_table(G, seed)
    if len(table):
        again = brokerage(table)
        pd.testing.assert_frame_equal(found.loc[again.index], again, rtol=1e-9, atol=1e-9)
        other = ego_betweenness(table)
        pd.testing.assert_series_equal(circle[other.index], other, atol=1e-9)
    G.add_node("alone")
    pd.testing.assert_frame_equal(found, brokerage(G).loc[found.index], atol=1e-12)
    pd.testing.assert_series_equal(circle, ego_betweenness(G)[circle.index], atol=1e-12)


def test_effective_size_is_burts_formula_where_networkx_has_two():
    """See docs/differences.md: asked without nodes, networkx divides by another's greatest tie."""
    G = random_graph(4)
    A = nx.to_numpy_array(G, weight="strength")
    by_sum, by_most = A / A.sum(axis=1, keepdims=True), A / A.max(axis=1, keepdims=True)
    by_hand = np.where(A > 0, 1 - by_sum @ by_most.T, 0).sum(axis=1)
    np.testing.assert_allclose(brokerage(G)["effective_size"], by_hand, rtol=0, atol=1e-9)
    plain = nx.effective_size(G)
    np.testing.assert_allclose(
        brokerage(G, weight=None)["effective_size"], list(plain.values()), rtol=0, atol=1e-9
    )
