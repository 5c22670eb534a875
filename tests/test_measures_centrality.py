from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import as_table, borgatti, random_graph, rough_graph, shuffled, village, without_loops

from villagegraph.graph import village_graph
from villagegraph.measures import as_adjacency, centrality, parts, spectra
from villagegraph.ties import tie_table

SEEDS = range(300)


def agree(found: pd.Series, theirs: dict, *, within: float = 1e-9) -> None:
    expected = pd.Series(theirs, dtype=float).reindex(found.index)
    np.testing.assert_allclose(found.astype(float), expected, rtol=within, atol=within)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_agrees_with_networkx(seed):
    G = rough_graph(seed)
    found = centrality(G)
    H = without_loops(G, weighted=False)
    agree(found["degree"], dict(H.degree()))
    agree(found["core"], nx.core_number(H))
    agree(found["harmonic_closeness"], nx.harmonic_centrality(H))
    assert found.index[found["articulation_point"]].isin(list(nx.articulation_points(H))).all()
    assert found["articulation_point"].sum() == len(set(nx.articulation_points(H)))
    bridges = list(nx.bridges(H))
    agree(found["bridges"], {person: sum(person in tie for tie in bridges) for person in H})
    H = without_loops(G, weighted=True)
    agree(found["strength"], dict(H.degree(weight="strength")))
    active = {person: sum(d["strength"] >= 0.5 for d in H[person].values()) for person in H}
    agree(found["active_degree"], active)
    agree(found["pagerank"], nx.pagerank(H, weight="strength", tol=1e-15, max_iter=2000))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_eigenvector_is_that_of_the_whole_matrix(seed):
    G = rough_graph(seed)
    found = centrality(G)["eigenvector"]
    matrix = nx.to_numpy_array(without_loops(G, weighted=True), weight="strength")
    if not matrix.any():
        assert found.isna().all()
        return
    values, vectors = np.linalg.eigh(matrix)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-12)
    # whatever its part of the graph, it is an eigenvector of the greatest value
    np.testing.assert_allclose(matrix @ found, values[-1] * found, atol=1e-9 * values[-1])
    if values[-1] - values[-2] > 1e-6 * values[-1]:
        np.testing.assert_allclose(found, np.abs(vectors[:, -1]), atol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_the_eigenvector_is_that_of_networkx(seed):
    G = random_graph(seed, most=25)
    if not G.number_of_edges():
        return
    theirs = nx.eigenvector_centrality(G, weight="strength", tol=1e-14, max_iter=100_000)
    agree(centrality(G)["eigenvector"], theirs, within=1e-8)


def test_parts_that_are_equally_well_knit_share_the_eigenvector():
    G = nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(4))
    G = nx.disjoint_union(G, nx.path_graph(3))
    found = centrality(G, weight=None)["eigenvector"]
    np.testing.assert_allclose(found, [8**-0.5] * 8 + [0] * 3, atol=1e-12)


def test_a_great_part_is_worked_out_as_a_small_one_is(monkeypatch):
    _, A = as_adjacency(nx.disjoint_union(nx.cycle_graph(9), nx.wheel_graph(30)), weight=None)
    small = spectra.eigenvector(A)
    monkeypatch.setattr(spectra, "_DENSE", 2)
    np.testing.assert_allclose(spectra.eigenvector(A), small, atol=1e-12)


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_pagerank_and_cores_are_those_of_igraph(seed):
    igraph = pytest.importorskip("igraph")
    G = random_graph(seed)
    theirs = igraph.Graph.from_networkx(G)
    found = centrality(G)
    np.testing.assert_allclose(found["pagerank"], theirs.pagerank(weights="strength"), atol=1e-9)
    assert found["core"].tolist() == theirs.coreness()
    assert np.flatnonzero(found["articulation_point"]).tolist() == theirs.articulation_points()
    bridges = [theirs.es[tie].tuple for tie in theirs.bridges()]
    _, A = as_adjacency(G)
    assert parts.bridge_ties(A).tolist() == sorted([min(tie), max(tie)] for tie in bridges)


@pytest.mark.parametrize("seed", range(60))
def test_a_table_gives_what_its_graph_gives(seed):
    G = random_graph(seed)
    G.remove_nodes_from(list(nx.isolates(G)))  # a table knows nobody without a tie
    if not len(G):
        return
    found, other = centrality(G), centrality(as_table(G, seed))
    assert list(other.index) == sorted(G)
    pd.testing.assert_frame_equal(found.loc[other.index], other, rtol=1e-9, atol=1e-9)


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_neither_order_nor_names_of_people_matter(seed, order):
    G = random_graph(seed)
    found = centrality(G)
    again = centrality(shuffled(G, order)).loc[found.index]
    pd.testing.assert_frame_equal(found, again, rtol=1e-9, atol=1e-9)
    names = {person: f"{hash((order, person)):x}" for person in G}
    renamed = centrality(nx.relabel_nodes(G, names))
    pd.testing.assert_frame_equal(found.rename(index=names), renamed, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_one_more_person_without_ties_changes_nobody(seed):
    G = random_graph(seed)
    found = centrality(G)
    G.add_node("alone")
    more = centrality(G)
    alone = more.loc["alone"].drop(["pagerank", "eigenvector"]).fillna(0)
    assert (alone.astype(float) == 0).all()
    columns = found.columns.drop("pagerank")  # shares of a walk that may begin at anybody
    pd.testing.assert_frame_equal(found[columns], more.loc[found.index, columns], atol=1e-9)


def test_both_ways_is_counted_where_directions_are_known():
    G = village_graph(village(), as_of="2026-10-31")
    found = centrality(G)["reciprocated_degree"]
    expected = {
        person: sum(d["n_uv"] > 0 and d["n_vu"] > 0 for d in G[person].values()) for person in G
    }
    assert found.to_dict() == expected
    assert found["ana"] == 1
    assert found["ben"] == 0
    table = centrality(tie_table(village(), as_of="2026-10-31"))["reciprocated_degree"]
    assert table.to_dict() == {person: expected[person] for person in table.index}
    assert centrality(borgatti())["reciprocated_degree"].isna().all()


def test_what_is_active_may_be_said():
    found = [centrality(borgatti(), active_strength=s).loc["G", "active_degree"] for s in (3, 5, 9)]
    assert found == [6, 3, 1]
    with pytest.raises(ValueError, match="active_strength needs to be above 0"):
        centrality(borgatti(), active_strength=0)


def test_nobody_one_person_and_no_ties():
    assert centrality(nx.Graph()).empty
    one = centrality(nx.empty_graph(1)).loc[0]
    assert one["pagerank"] == 1
    assert one[["degree", "core", "bridges", "harmonic_closeness"]].tolist() == [0, 0, 0, 0]
    assert np.isnan(one["eigenvector"])
    assert centrality(nx.empty_graph(4))["pagerank"].tolist() == [0.25] * 4


def test_a_long_chain_is_no_trouble():
    _, A = as_adjacency(nx.path_graph(3_000), weight=None)
    assert (parts.core_numbers(A) == 1).all()
    assert parts.cut_people(A).sum() == 2_998
    assert len(parts.bridge_ties(A)) == 2_999
