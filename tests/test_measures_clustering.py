from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import random_graph, shuffled

from villagegraph.measures import clustering, transitivity


def expected(G, weight):
    """networkx, whose 0 for fewer than two alters is our nan."""
    values = pd.Series(nx.clustering(G, weight=weight))
    return values.where(pd.Series(dict(G.degree())) > 1)


@pytest.mark.parametrize("seed", range(300))
def test_clustering_agrees_with_networkx(seed):
    G = random_graph(seed)
    for weight in (None, "strength"):
        found = clustering(G, weight=weight)["clustering"]
        np.testing.assert_allclose(found, expected(G, weight), rtol=0, atol=1e-9)
    assert clustering(G)["triangles"].to_dict() == nx.triangles(G)
    paths = sum(d * (d - 1) for _, d in G.degree())
    assert transitivity(G) == pytest.approx(
        nx.transitivity(G) if paths else float("nan"), abs=1e-9, nan_ok=True
    )


def test_clustering_agrees_with_igraph():
    igraph = pytest.importorskip("igraph")
    G = random_graph(11)
    theirs = igraph.Graph.from_networkx(G).transitivity_local_undirected(mode="nan")
    np.testing.assert_allclose(clustering(G)["clustering"], theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [3, 4, 10])
def test_in_a_clique_all_know_one_another(size):
    found = clustering(nx.complete_graph(size))
    assert (found["clustering"] == 1).all()
    assert (found["triangles"] == (size - 1) * (size - 2) // 2).all()
    assert transitivity(nx.complete_graph(size)) == 1


def test_without_a_pair_of_alters_it_is_undefined():
    for G in (nx.Graph(), nx.empty_graph(1), nx.empty_graph(3), nx.path_graph(2)):
        found = clustering(G)
        assert found["clustering"].isna().all()
        assert (found["triangles"] == 0).all()
        assert np.isnan(transitivity(G))
    assert transitivity(nx.path_graph(3)) == 0


def test_ties_to_oneself_count_for_nothing():
    G = nx.complete_graph(3)
    G.add_edge(0, 0)
    assert clustering(G)["degree"].tolist() == [2, 2, 2]
    assert (clustering(G)["clustering"] == 1).all()


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_the_order_of_people_does_not_matter(seed, order):
    G = random_graph(seed)
    H = shuffled(G, order)
    one, other = clustering(G, weight="strength"), clustering(H, weight="strength")
    pd.testing.assert_frame_equal(one, other.loc[one.index], rtol=0, atol=1e-12)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_one_more_person_alone_changes_nobody(seed):
    G = random_graph(seed)
    before = clustering(G)
    G.add_node("alone")
    pd.testing.assert_frame_equal(clustering(G).drop(index="alone"), before)


def test_the_scale_of_strength_does_not_matter():
    G = random_graph(5)
    before = clustering(G, weight="strength")
    for u, v in G.edges:
        G.edges[u, v]["strength"] *= 10**9
    np.testing.assert_allclose(
        clustering(G, weight="strength")["clustering"], before["clustering"], atol=1e-12
    )
