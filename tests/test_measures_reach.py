from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import random_graph, shuffled, village

from villagegraph.graph import village_graph
from villagegraph.measures import communities, reach
from villagegraph.ties import tie_table

COUNTS = ["people", "organizations", "places", "communities"]


def by_search(G, person, steps):
    near = nx.single_source_shortest_path_length(G, person, cutoff=steps)
    return set(near) - {person}


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("steps", [1, 2, 3, 50])
def test_it_agrees_with_a_breadth_first_search(seed, steps):
    G = random_graph(seed)
    for number, person in enumerate(G):
        G.nodes[person]["organization"] = ["", "One", "Two", " one", None][number % 5]
        G.nodes[person]["location"] = ["Hill", "Dale", "hill  ", ""][number % 4]
    groups = pd.Series({person: number % 4 - 1 for number, person in enumerate(G)})
    found = reach(G, steps=steps, communities=groups)
    for person in G:
        near = by_search(G, person, steps)
        works = {(G.nodes[other]["organization"] or "").strip().lower() for other in near} - {""}
        lives = {" ".join(G.nodes[other]["location"].lower().split()) for other in near} - {""}
        circles = {groups[other] for other in near} - {-1}
        assert found.loc[person, COUNTS].tolist() == [
            len(near),
            len(works),
            len(lives),
            len(circles),
        ]
        assert found.loc[person, "efficiency"] == len(near) / (G.degree(person) + 1)
        if len(G) > 1:
            assert found.loc[person, "share"] == len(near) / (len(G) - 1)


def test_it_grows_with_every_step_and_ends_at_the_part_one_stands_in():
    G = nx.disjoint_union(nx.path_graph(6), nx.cycle_graph(4))
    people = [reach(G, steps=steps)["people"] for steps in range(1, 8)]
    for fewer, more in itertools.pairwise(people):
        assert (more >= fewer).all()
    assert people[-1].tolist() == [5] * 6 + [3] * 4


def test_people_alone_reach_nobody():
    found = reach(nx.empty_graph(3))
    assert found["people"].tolist() == [0, 0, 0]
    assert found["share"].tolist() == [0, 0, 0]
    assert np.isnan(reach(nx.empty_graph(1)).loc[0, "share"])
    assert reach(nx.Graph()).empty


def test_a_bound_is_said_to_be_one():
    G = village_graph(village(), as_of="2026-10-31")
    assert reach(G, steps=2)["lower_bound"].all()
    first = reach(G, steps=1)["lower_bound"]
    assert not first["me"]
    assert first.drop("me").all()
    whole = village_graph(village(me=None), as_of="2026-10-31")
    assert not reach(whole, steps=2)["lower_bound"].any()


def test_one_place_of_work_in_two_spellings_is_one():
    G = village_graph(village(), as_of="2026-10-31")
    assert reach(G, steps=1).loc["me", "organizations"] == 2  # Quarry Books, Lantern Labs


def test_a_tie_table_knows_no_places_of_work():
    found = reach(tie_table(village(), as_of="2026-10-31"))
    assert found["organizations"].isna().all()
    assert found.loc["ana", "people"] == 4


@pytest.mark.parametrize("steps", [0, -1, 1.5, True, "2"])
def test_steps_need_to_be_whole(steps):
    with pytest.raises(ValueError, match="steps needs to be a whole number"):
        reach(nx.path_graph(2), steps=steps)


def test_it_can_be_counted_in_small_portions(monkeypatch):
    from villagegraph.measures import reach as _  # noqa: F401

    module = __import__("sys").modules["villagegraph.measures.reach"]
    G = random_graph(7)
    whole = reach(G, steps=3)
    monkeypatch.setattr(module, "_ENTRIES_AT_ONCE", 1)
    pd.testing.assert_frame_equal(reach(G, steps=3), whole)


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_the_order_of_people_does_not_matter(seed, order):
    G = random_graph(seed)
    one, other = reach(G), reach(shuffled(G, order))
    pd.testing.assert_frame_equal(one, other.loc[one.index])


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=30, deadline=None)
def test_a_tie_less_never_reaches_further(seed, data):
    G = random_graph(seed)
    if not G.number_of_edges():
        return
    before = reach(G)["people"]
    G.remove_edge(*data.draw(st.sampled_from(list(G.edges))))
    assert (reach(G)["people"] <= before).all()


def test_a_tie_table_knows_its_owner_as_the_graph_does():
    table = tie_table(village(), as_of="2026-10-31")
    first = reach(table, steps=1)["lower_bound"]
    assert not first["me"]
    assert first.drop("me").all()
    assert reach(table, steps=2)["lower_bound"].all()
    assert communities(table)["me"] == -1
    assert not reach(tie_table(village(me=None), as_of="2026-10-31"))["lower_bound"].any()
