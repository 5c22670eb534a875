from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import random_graph, shuffled, village

from villagegraph import ties
from villagegraph.measures import as_adjacency
from villagegraph.measures.adjacency import each_tie, triangles


def pair_table(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["person_u", "person_v", "strength"])
    return frame.set_index(["person_u", "person_v"])


@pytest.mark.parametrize("seed", range(30))
def test_it_is_the_matrix_that_networkx_makes(seed):
    G = random_graph(seed)
    ids, A = as_adjacency(G)
    assert list(ids) == list(G)
    assert np.array_equal(A.toarray(), nx.to_numpy_array(G, weight="strength"))


def test_a_graph_and_its_tie_table_give_the_same():
    toy = village()
    table = ties.tie_table(toy, as_of="2026-10-31")
    ids, A = as_adjacency(table)
    G = nx.Graph()
    G.add_nodes_from(ids)
    G.add_edges_from((u, v, {"strength": s}) for (u, v), s in table["strength"].items())
    again, B = as_adjacency(G)
    assert list(ids) == sorted(ids) == list(again)
    assert np.array_equal(A.toarray(), B.toarray())


def test_ties_to_oneself_and_ties_without_strength_are_none():
    G = nx.Graph()
    G.add_edge("a", "a", strength=3.0)
    G.add_edge("a", "b", strength=0.0)
    G.add_edge("b", "c", strength=10**9)
    _, A = as_adjacency(G)
    assert A.nnz == 2
    assert A.sum() == 2 * 10**9
    _, A = as_adjacency(G, weight=None)
    assert A.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_rows_of_one_pair_are_summed_and_count_as_one_tie():
    table = pair_table([("a", "b", 1.0), ("b", "a", 2.0), ("a", "a", 5.0)])
    assert as_adjacency(table)[1].toarray().tolist() == [[0, 3], [3, 0]]
    assert as_adjacency(table, weight=None)[1].toarray().tolist() == [[0, 1], [1, 0]]


def test_weights_may_be_the_sum_of_several_attributes():
    G = nx.Graph()
    G.add_edge("a", "b", credit=1, shared_credit=0.5)
    assert as_adjacency(G, weight=("credit", "shared_credit"))[1].toarray()[0, 1] == 1.5


@pytest.mark.parametrize(
    "wrong", [nx.DiGraph(), nx.MultiGraph(), nx.MultiDiGraph(), [[0, 1]], None]
)
def test_what_is_no_village_graph_is_refused(wrong):
    with pytest.raises(TypeError, match=r"needs to be an undirected nx\.Graph"):
        as_adjacency(wrong)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), None])
def test_weights_that_mean_nothing_are_refused(value):
    G = nx.Graph()
    G.add_edge("a", "b", strength=value)
    with pytest.raises(ValueError, match="`strength`"):
        as_adjacency(G)


@pytest.mark.parametrize("value", ["2", [1], {}])
def test_weights_that_are_no_numbers_are_refused(value):
    G = nx.Graph()
    G.add_edge("a", "b", strength=value)
    with pytest.raises(TypeError, match="needs to hold numbers"):
        as_adjacency(G)


def test_a_missing_attribute_or_column_is_named():
    with pytest.raises(ValueError, match=r"2 of 2 tie ends have no `strength`.*weight=None"):
        as_adjacency(nx.path_graph(2))
    with pytest.raises(ValueError, match="ties need `person_u`, `person_v`, `strength`"):
        as_adjacency(pd.DataFrame({"a": [1]}))


def test_nobody_and_nothing():
    ids, A = as_adjacency(nx.Graph())
    assert len(ids) == 0
    assert A.shape == (0, 0)
    ids, A = as_adjacency(pair_table([]))
    assert A.shape == (0, 0)


def test_nothing_that_was_given_is_changed():
    G = random_graph(3)
    before = nx.to_numpy_array(G, weight="strength")
    _, A = as_adjacency(G)
    A.data[:] = 0
    assert np.array_equal(before, nx.to_numpy_array(G, weight="strength"))


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_triangles_are_those_of_networkx_in_any_order(seed, order):
    G = shuffled(random_graph(seed), order)
    _, A = as_adjacency(G)
    dense = A.toarray()
    found = []
    ties = each_tie(A)
    for portion in triangles(ties):
        for three in zip(*portion, strict=True):
            ends = {(ties.tail[tie], ties.head[tie]) for tie in three}
            people = {person for pair in ends for person in pair}
            assert len(ends) == len(people) == 3
            assert all(dense[u, v] for u, v in ends)
            found.append(frozenset(people))
    assert len(found) == len(set(found)) == sum(nx.triangles(G).values()) // 3


def test_triangles_come_in_portions(monkeypatch):
    from villagegraph.measures import adjacency

    _, A = as_adjacency(nx.complete_graph(20), weight=None)
    monkeypatch.setattr(adjacency, "_WEDGES_AT_ONCE", 7)
    portions = list(triangles(each_tie(A)))
    assert len(portions) > 10
    assert sum(len(ab) for ab, _, _ in portions) == 20 * 19 * 18 // 6
