"""Betweenness and harmonic closeness."""

from __future__ import annotations

from fractions import Fraction

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import as_table, borgatti, random_graph, rough_graph, shuffled, without_loops

from villagegraph.measures import betweenness, harmonic_closeness

SEEDS = range(300)


def agree(found: pd.Series, theirs: dict, *, within: float = 1e-9) -> None:
    expected = pd.Series(theirs, dtype=float).reindex(found.index)
    np.testing.assert_allclose(found, expected, rtol=within, atol=within)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_steps_they_agree_with_networkx(seed):
    G = rough_graph(seed)
    H = without_loops(G, weighted=False)
    found = betweenness(G)
    agree(found["betweenness"], nx.betweenness_centrality(H, normalized=False))
    if len(G) > 2:
        agree(found["betweenness_share"], nx.betweenness_centrality(H))
    agree(harmonic_closeness(G)["harmonic_closeness"], nx.harmonic_centrality(H))


@pytest.mark.parametrize("seed", SEEDS)
def test_along_strong_ties_they_agree_with_networkx(seed):
    G = random_graph(seed)
    H = without_loops(G, weighted=True)
    theirs = nx.betweenness_centrality(H, normalized=False, weight="length")
    agree(betweenness(G, weight="strength")["betweenness"], theirs)
    theirs = nx.harmonic_centrality(H, distance="length")
    agree(harmonic_closeness(G, weight="strength")["harmonic_closeness"], theirs)


@pytest.mark.parametrize("seed", range(0, 300, 5))
def test_ways_of_equal_length_share(seed):
    # powers of two, so that sums of lengths are exact
    G = random_graph(seed)
    for number, (u, v) in enumerate(sorted(G.edges)):
        G.edges[u, v]["strength"] = 2.0 ** (number % 3)
        G.edges[u, v]["length"] = Fraction(1, 2 ** (number % 3))
    theirs = nx.betweenness_centrality(G, normalized=False, weight="length")
    agree(betweenness(G, weight="strength")["betweenness"], theirs)


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_they_agree_with_igraph(seed):
    igraph = pytest.importorskip("igraph")
    G = random_graph(seed)
    theirs = igraph.Graph.from_networkx(G)
    lengths = [1 / strength for strength in theirs.es["strength"]] if theirs.ecount() else None
    for weight, weights in ((None, None), ("strength", lengths)):
        found = betweenness(G, weight=weight)["betweenness"]
        np.testing.assert_allclose(found, theirs.betweenness(weights=weights), atol=1e-9)
        found = harmonic_closeness(G, weight=weight)["harmonic_closeness"]
        if len(G) > 1:  # theirs is the mean over the others
            mean = np.asarray(theirs.harmonic_centrality(weights=weights))
            np.testing.assert_allclose(found, mean * (len(G) - 1), rtol=1e-9)


def test_strengths_from_next_to_nothing_to_huge():
    G = nx.path_graph(["ana", "ben", "cy", "dee"])
    for tie, strength in zip(G.edges, (1e-300, 1e9, 1e12), strict=True):
        G.edges[tie]["strength"] = strength
    found = betweenness(G, weight="strength")
    # beside the first tie the others are so short that they vanish: a way they are all the same
    assert found["betweenness"].tolist() == [0, 2, 2, 0]
    G.edges["ana", "ben"]["strength"] = 5e-324  # 1 / that is beyond all numbers
    assert betweenness(G, weight="strength")["betweenness"].tolist() == [0, 0, 1, 0]
    near = harmonic_closeness(G, weight="strength")["harmonic_closeness"]
    assert near["ana"] == 0
    assert np.isfinite(near).all()


def test_hubs_and_portions_make_no_difference(monkeypatch):
    from importlib import import_module

    closeness = import_module("villagegraph.measures.closeness")
    G = nx.disjoint_union(nx.wheel_graph(150), nx.path_graph(40))
    monkeypatch.setattr(closeness, "_BUSY", 5)
    monkeypatch.setattr(closeness, "_WORDS_AT_ONCE", 1)
    agree(harmonic_closeness(G)["harmonic_closeness"], nx.harmonic_centrality(G))
    monkeypatch.delattr(np, "bitwise_count", raising=False)  # numpy 1 has none
    agree(harmonic_closeness(G)["harmonic_closeness"], nx.harmonic_centrality(G))


def test_portions_of_sources_make_no_difference(monkeypatch):
    from importlib import import_module

    G = random_graph(7)
    whole = betweenness(G, weight="strength")
    monkeypatch.setattr(import_module("villagegraph.measures.betweenness"), "ENTRIES_AT_ONCE", 1)
    pd.testing.assert_frame_equal(betweenness(G, weight="strength"), whole, rtol=1e-12)


@pytest.mark.parametrize("measure", [betweenness, harmonic_closeness])
@pytest.mark.parametrize("weight", [None, "strength"])
def test_a_sample_of_all_is_exact_and_one_of_some_is_near(measure, weight):
    G = nx.powerlaw_cluster_graph(400, 3, 0.3, seed=5)
    rng = np.random.default_rng(5)
    for u, v in G.edges:
        G.edges[u, v]["strength"] = rng.lognormal()
    exact = measure(G, weight=weight)
    column = exact.columns[0]
    assert (exact.iloc[:, -1] == 0).all()
    pd.testing.assert_frame_equal(measure(G, weight=weight, sources=400), exact)
    found = measure(G, weight=weight, sources=100, seed=1)
    assert found[column].corr(exact[column], method="spearman") > 0.8
    # right on average: the many errors cancel out
    assert found[column].sum() == pytest.approx(exact[column].sum(), rel=0.1)
    off = (found[column] - exact[column]).abs()
    great = exact[column].nlargest(40).index
    assert (off <= 3 * found.iloc[:, -1])[great].mean() > 0.8
    assert found.iloc[:, -1].max() > 0


def test_above_five_thousand_people_a_sample_is_taken(monkeypatch):
    from importlib import import_module

    for name in ("betweenness", "closeness"):
        monkeypatch.setattr(import_module(f"villagegraph.measures.{name}"), "EXACT_PEOPLE", 150)
    G = nx.powerlaw_cluster_graph(200, 3, 0.3, seed=5)
    nx.set_edge_attributes(G, 1.5, "strength")
    pd.testing.assert_frame_equal(betweenness(G), betweenness(G, sources=100, seed=0))
    assert betweenness(G, seed=1)["betweenness_error"].max() > 0
    assert harmonic_closeness(G, weight="strength")["harmonic_closeness_error"].max() > 0
    # steps to all are quick to count
    assert harmonic_closeness(G)["harmonic_closeness_error"].max() == 0


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_the_order_of_people_does_not_matter(seed, order):
    G = rough_graph(seed)
    H = shuffled(G, order)
    for measure in (betweenness, harmonic_closeness):
        for options in ({}, {"sources": 3, "seed": 4}):
            found, again = measure(G, **options), measure(H, **options)
            pd.testing.assert_frame_equal(found, again.loc[found.index], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_tables_and_one_more_person(seed):
    G = random_graph(seed)
    G.remove_nodes_from(list(nx.isolates(G)))
    if not len(G):
        return
    table = as_table(G, seed)
    H = G.copy()
    H.add_node("alone")
    for measure in (betweenness, harmonic_closeness):
        for weight in (None, "strength"):
            found = measure(G, weight=weight).iloc[:, 0]
            of_table = measure(table, weight=weight).iloc[:, 0]
            pd.testing.assert_series_equal(found[of_table.index], of_table, rtol=1e-9, atol=1e-9)
            more = measure(H, weight=weight).iloc[:, 0]
            assert more["alone"] == 0
            pd.testing.assert_series_equal(found, more[found.index], rtol=1e-9, atol=1e-9)


def test_nobody_and_few():
    for measure in (betweenness, harmonic_closeness):
        for weight in (None, "strength"):
            assert measure(nx.Graph(), weight=weight).empty
            assert measure(nx.empty_graph(2), weight=weight).iloc[:, 0].tolist() == [0, 0]
    two = betweenness(nx.path_graph(2))
    assert two["betweenness_share"].isna().all()


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "all"])
def test_sources_that_mean_nothing_are_refused(wrong):
    for measure in (betweenness, harmonic_closeness):
        with pytest.raises(ValueError, match="sources needs to be a whole number of 1 or more"):
            measure(borgatti(), sources=wrong)
