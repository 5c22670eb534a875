from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import as_table, random_graph, rough_graph, shuffled

from villagegraph.measures import brokerage_roles

ROLES = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]


def by_hand(G: nx.DiGraph, groups: dict[str, str], person: str) -> list[int]:
    """Count as the manual of the R package sna tells it: a -> b -> c and no a -> c."""
    counts = dict.fromkeys(ROLES, 0)
    for a, c in itertools.permutations(G, 2):
        b = person
        if b in (a, c) or not (G.has_edge(a, b) and G.has_edge(b, c)) or G.has_edge(a, c):
            continue
        one, own, other = groups.get(a), groups.get(b), groups.get(c)
        if None in (one, own, other):
            continue
        if one == own == other:
            counts["coordinator"] += 1
        elif one == other:
            counts["itinerant"] += 1
        elif own == other:
            counts["gatekeeper"] += 1
        elif one == own:
            counts["representative"] += 1
        else:
            counts["liaison"] += 1
    return list(counts.values())


def some_groups(G: nx.Graph, seed: int) -> dict[str, str]:
    names = ["Lantern Labs", "Quarry Books", "Mill", None]
    rng = np.random.default_rng(seed)
    drawn = {person: names[rng.integers(4)] for person in G}
    return {person: name for person, name in drawn.items() if name}


@pytest.mark.parametrize("seed", range(80))
def test_directed_roles_are_those_of_the_definition(seed):
    G = random_graph(seed, most=12)
    rng = np.random.default_rng(seed)
    arcs = nx.DiGraph()
    arcs.add_nodes_from(G)
    for u, v in G.edges:
        n_uv, n_vu = (int(n) for n in rng.integers(0, 3, size=2))
        G.edges[u, v].update(n_uv=n_uv, n_vu=n_vu)
        first, last = sorted((u, v))
        arcs.add_edges_from([(first, last)] * bool(n_uv) + [(last, first)] * bool(n_vu))
    groups = some_groups(G, seed)
    found = brokerage_roles(G, groups=pd.Series(groups, dtype=object), directed=True)
    assert list(found.columns) == ROLES
    for person in G:
        if person in groups:
            assert found.loc[person].tolist() == by_hand(arcs, groups, person)
        else:
            assert found.loc[person].isna().all()


@pytest.mark.parametrize("seed", range(60))
def test_without_direction_each_pair_counts_once(seed):
    G = rough_graph(seed, most=12)
    groups = some_groups(G, seed)
    found = brokerage_roles(G, groups=pd.Series(groups, dtype=object))
    both_ways = G.to_directed()
    for person in groups:
        expected = by_hand(both_ways, groups, person)
        halves = [n / 2 if role in (0, 1, 4) else n for role, n in enumerate(expected)]
        assert found.loc[person].tolist() == halves


def test_each_role_of_one_broker():
    G = nx.star_graph(["me", "ana", "ben", "cy", "dee"])
    works = {"me": "A", "ana": "A", "ben": "A", "cy": "B", "dee": "B"}
    found = brokerage_roles(G, groups=pd.Series(works)).loc["me"]
    # ana-ben within; cy-dee from one other; four pairs across the border of A
    assert found.astype(int).tolist() == [1, 1, 4, 4, 0]
    found = brokerage_roles(G, groups=pd.Series({**works, "dee": "C"})).loc["me"]
    assert found.astype(int).tolist() == [1, 0, 4, 4, 1]
    G.add_edge("cy", "dee")
    found = brokerage_roles(G, groups=pd.Series({**works, "dee": "C"})).loc["me"]
    assert found.astype(int).tolist() == [1, 0, 4, 4, 0]


def test_a_graph_tells_organizations_itself():
    G = nx.star_graph(["me", "ana", "ben"])
    nx.set_node_attributes(G, {"me": "Mill", "ana": " mill", "ben": "Quarry"}, "organization")
    assert brokerage_roles(G).loc["me", "gatekeeper"] == 1
    given = pd.Series({"me": "Mill", "ana": " mill", "ben": "Quarry"})
    pd.testing.assert_frame_equal(brokerage_roles(G, groups=given), brokerage_roles(G))


def test_without_groups_there_are_no_roles():
    with pytest.raises(ValueError, match="give a group per person_id"):
        brokerage_roles(nx.path_graph(3))
    twice = pd.Series(["A", "B"], index=["ana", "ana"])
    with pytest.raises(ValueError, match="needs to name each person once, 1 recur"):
        brokerage_roles(nx.path_graph(3), groups=twice)
    assert brokerage_roles(nx.Graph(), groups=pd.Series(dtype=object)).empty
    alone = brokerage_roles(nx.empty_graph(2), groups=pd.Series({0: "A"}))
    assert alone.loc[0].tolist() == [0] * 5
    assert alone.loc[1].isna().all()


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_order_and_form_do_not_matter(seed, order):
    G = random_graph(seed)
    groups = pd.Series(some_groups(G, seed), dtype=object)
    found = brokerage_roles(G, groups=groups)
    mixed = groups.sample(frac=1, random_state=order)
    again = brokerage_roles(shuffled(G, order), groups=mixed)
    pd.testing.assert_frame_equal(found, again.loc[found.index])
    table = brokerage_roles(as_table(G, order), groups=mixed)
    # without a tie, a table has no people: an index of no kind
    pd.testing.assert_frame_equal(found.loc[table.index], table, check_index_type=len(table) > 0)
