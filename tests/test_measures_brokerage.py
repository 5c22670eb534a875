from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import borgatti, random_graph, shuffled

from villagegraph.measures import brokerage, ego_constraint, ego_effective_size


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
