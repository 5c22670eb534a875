from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import random_graph, shuffled

from villagegraph.measures import pair_similarity, pairs

NAMES = ["common_alters", "jaccard", "adamic_adar", "resource_allocation"]


def expected(G, *, tied):
    """networkx, pair by pair, for those who have an alter in common."""
    people = sorted(G)
    candidates = [
        (u, v)
        for place, u in enumerate(people)
        for v in people[place + 1 :]
        if set(G[u]) & set(G[v]) and (tied or not G.has_edge(u, v))
    ]
    rows = {(u, v): [len(list(nx.common_neighbors(G, u, v)))] for u, v in candidates}
    for index in (nx.jaccard_coefficient, nx.adamic_adar_index, nx.resource_allocation_index):
        for u, v, value in index(G, candidates):
            rows[u, v].append(value)
    return rows


@pytest.mark.parametrize("seed", range(300))
def test_pairs_agree_with_networkx(seed):
    G = random_graph(seed)
    for tied in (False, True):
        rows = expected(G, tied=tied)
        found = pair_similarity(G, tied=tied)
        assert list(found.index) == sorted(rows)
        assert list(found.columns) == NAMES
        theirs = np.array([rows[pair] for pair in found.index]).reshape(len(rows), 4)
        np.testing.assert_allclose(found.to_numpy(), theirs, rtol=0, atol=1e-9)


def test_small_portions_give_the_same(monkeypatch):
    G = random_graph(7)
    whole = pair_similarity(G, tied=True)
    monkeypatch.setattr(pairs, "_PATHS_AT_ONCE", 5)
    pd.testing.assert_frame_equal(pair_similarity(G, tied=True), whole, check_exact=True)


def with_owner():
    G = nx.Graph([("ana", "ben"), ("ben", "cy"), ("dee", "eve")])
    G.add_edges_from(("me", person) for person in list(G))
    return G


def test_the_owner_is_left_out_of_a_village():
    G = with_owner()
    assert len(pair_similarity(G)) == 7
    G.graph["me"] = "me"
    found = pair_similarity(G)
    assert list(found.index) == [("ana", "cy")]
    assert found.loc[("ana", "cy")].tolist() == [1, 1, 1 / np.log(2), 0.5]
    assert len(pair_similarity(G, me_out=False)) == 7
    pd.testing.assert_frame_equal(pair_similarity(with_owner(), me="me"), found)


def test_a_tie_table_gives_the_same_as_its_graph():
    G = with_owner()
    ends = pd.DataFrame(
        [sorted(pair) for pair in G.edges], columns=["person_u", "person_v"], dtype="str"
    )
    pd.testing.assert_frame_equal(
        pair_similarity(ends.assign(strength=1.0), me="me"),
        pair_similarity(G, me="me"),
        check_index_type=False,
    )


def test_an_owner_who_is_not_there_is_refused():
    with pytest.raises(ValueError, match="`me` is not among the people"):
        pair_similarity(with_owner(), me="zoe")


@pytest.mark.parametrize("G", [nx.Graph(), nx.empty_graph(1), nx.empty_graph(3), nx.path_graph(2)])
def test_without_an_alter_in_common_there_is_no_row(G):
    found = pair_similarity(G)
    assert found.empty
    assert list(found.columns) == NAMES
    assert found.index.names == ["person_u", "person_v"]
    assert pair_similarity(G, tied=True).empty


def test_ids_of_any_kind():
    G = nx.Graph([(("a", 1), 2), (2, "b")])
    assert list(pair_similarity(G).index) in ([("b", ("a", 1))], [(("a", 1), "b")])


def test_a_tie_to_oneself_counts_for_nothing():
    G = nx.path_graph(3)
    before = pair_similarity(G)
    G.add_edge(1, 1)
    pd.testing.assert_frame_equal(pair_similarity(G), before)


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_the_order_of_people_does_not_matter(seed, order):
    G = random_graph(seed)
    H = shuffled(G, order)
    H.add_node("alone")
    pd.testing.assert_frame_equal(
        pair_similarity(H).reset_index(), pair_similarity(G).reset_index(), check_exact=True
    )
