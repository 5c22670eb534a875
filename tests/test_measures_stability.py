from __future__ import annotations

import itertools
import random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import random_graph, shuffled

from villagegraph.measures import (
    communities,
    community_stability,
    community_ties,
    match_communities,
)
from villagegraph.measures.communities import alter_weights, partitions, tied_people


def two_circles():
    """Return two circles of five, and pat, who has as much to do with one as with the other."""
    G = nx.Graph()
    for letter in "ab":
        G.add_edges_from(itertools.combinations([f"{letter}{n}" for n in range(5)], 2))
        G.add_edges_from(("pat", f"{letter}{n}") for n in range(2))
    G.add_edge("a4", "b4")
    return G


def test_ties_within_and_between_are_told_apart():
    ties = community_ties(two_circles())
    within = [(u, v) for u, v in ties.index if u[0] == v[0]]
    assert (ties.loc[within, "bridgeness"] == 0).all()
    assert ties.loc[("a4", "b4")].tolist() == [0, 1, 0]
    undecided = ties.loc[[("a0", "pat"), ("b0", "pat")]]
    assert undecided["together"].sum() == pytest.approx(1)
    assert (undecided["ambiguity"] > 0.5).all()
    settled = community_stability(two_circles())["settled"]
    assert settled.drop("pat").min() > settled["pat"] > 0.3


def members(labels):
    return {person: frozenset(labels.index[labels == label]) for person, label in labels.items()}


@pytest.mark.parametrize("seed", range(12))
def test_both_are_what_a_count_over_the_runs_gives(seed):
    G = random_graph(seed)
    ids, A = alter_weights(G, me=None)
    tied = tied_people(ids, A)
    if not len(tied):
        return
    within = A[tied][:, tied].tocsr()
    runs = [
        members(pd.Series(labels, index=ids[tied]))
        for labels in partitions(within, seed=seed, resolution=1.0, runs=4)
    ]
    ties = community_ties(G, seed=seed, runs=4)
    assert sorted(ties.index) == sorted(tuple(sorted(tie)) for tie in G.edges)
    for (u, v), row in ties.iterrows():
        together = sum(run[u] == run[v] for run in runs) / 4
        assert row["together"] == pytest.approx(together)
        assert row["bridgeness"] == pytest.approx(1 - together)
        assert row["ambiguity"] == pytest.approx(4 * together * (1 - together))
    found = community_stability(G, seed=seed, runs=4)
    pd.testing.assert_series_equal(found["community"], communities(G, seed=seed))
    best = members(found["community"])
    for person, value in found["settled"].items():
        if not G[person]:
            assert np.isnan(value)
            continue
        one = best[person]
        jaccard = [len(one & run[person]) / len(one | run[person]) for run in runs]
        assert value == pytest.approx(np.mean(jaccard))


def test_the_owner_is_in_no_community():
    G = two_circles()
    alone = community_ties(G)
    G.add_edges_from([("me", person) for person in list(G)])
    G.graph["me"] = "me"
    pd.testing.assert_frame_equal(community_ties(G), alone)
    assert np.isnan(community_stability(G).loc["me", "settled"])
    del G.graph["me"]
    pd.testing.assert_frame_equal(community_ties(G, me="me"), alone)


@pytest.mark.parametrize("G", [nx.Graph(), nx.empty_graph(1), nx.empty_graph(3)])
def test_without_ties_nothing_is_said(G):
    assert community_ties(G).empty
    found = community_stability(G)
    assert found["settled"].isna().all()
    assert (found["community"] == -1).all()
    assert len(found) == len(G)


@pytest.mark.parametrize("runs", [0, -1, 1.5, True])
def test_a_number_of_runs_that_means_nothing_is_refused(runs):
    for measure in (community_ties, community_stability):
        with pytest.raises(ValueError, match="runs needs to be a whole number"):
            measure(two_circles(), runs=runs)


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=5, deadline=None)
def test_the_order_of_people_does_not_matter(seed, order):
    G = random_graph(seed)
    H = shuffled(G, order)
    H.add_node("zoe")
    for measure in (community_ties, community_stability):
        one, other = measure(G, seed=seed, runs=3), measure(H, seed=seed, runs=3)
        pd.testing.assert_frame_equal(one, other.loc[one.index], check_exact=True)


@pytest.mark.parametrize("seed", range(20))
def test_what_people_are_called_does_not_matter(seed):
    G = random_graph(seed)
    names = list(G)
    random.Random(seed + 1).shuffle(names)  # noqa: S311 - a test's own dice
    called = dict(zip(G, names, strict=True))
    H = nx.relabel_nodes(G, called)
    one, other = community_stability(G, runs=5), community_stability(H, runs=5)
    again = other.loc[[called[person] for person in one.index]].set_index(one.index)
    pd.testing.assert_frame_equal(one, again)
    one, other = community_ties(G, runs=5), community_ties(H, runs=5)
    pairs = [tuple(sorted((called[u], called[v]))) for u, v in one.index]
    pd.testing.assert_frame_equal(one, other.loc[pairs].set_index(one.index))


def months(seed, *, people=30, groups=5):
    rng = np.random.default_rng(seed)
    names = [f"p{number:02d}" for number in range(people)]
    before = pd.Series(rng.integers(-1, groups, people), index=names)
    moved = rng.random(people) < 0.3
    now = before.where(~moved, rng.integers(-1, groups + 1, people)).iloc[rng.permutation(people)]
    return now.iloc[: people - 3], before.iloc[2:]


def groups_of(labels):
    return {label: set(labels.index[labels == label]) for label in set(labels) - {-1}}


def overlap(one, other):
    return len(one & other) / len(one | other)


@pytest.mark.parametrize("seed", range(60))
def test_no_other_numbering_would_keep_more(seed):
    now, before = months(seed)
    matched = match_communities(now, before=before, least=1e-9)
    assert list(matched.index) == list(now.index)
    was, given_now, found = groups_of(before), groups_of(now), groups_of(matched)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, given_now.values()))
    assert ((matched == -1) == (now == -1)).all()
    kept = sum(overlap(found[label], was[label]) for label in found if label in was)
    few, many = sorted((list(given_now.values()), list(was.values())), key=len)
    best = max(
        sum(overlap(one, other) for one, other in zip(few, chosen, strict=True))
        for chosen in itertools.permutations(many, len(few))
    )
    assert kept == pytest.approx(best)
    assert all(label > max(was) for label in found if label not in was)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_numbers_and_the_order_of_now_do_not_matter(seed):
    now, before = months(seed)
    rng = np.random.default_rng(seed)
    names = dict(enumerate(rng.permutation(7))) | {-1: -1}
    other = now.map(names).iloc[rng.permutation(len(now))]
    matched = match_communities(now, before=before)
    again = match_communities(other, before=before.iloc[::-1])
    pd.testing.assert_series_equal(again.loc[now.index], matched)


def test_the_same_groups_keep_their_numbers():
    now, _ = months(3)
    pd.testing.assert_series_equal(match_communities(now, before=now), now, check_dtype=False)


def test_a_merger_keeps_one_number_and_ended_numbers_are_not_given_again():
    before = pd.Series({"a": 0, "b": 0, "c": 0, "d": 4, "e": 4})
    now = pd.Series({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 0, "g": 0, "h": -1})
    assert match_communities(now, before=before).tolist() == [0, 0, 0, 0, 0, 5, 5, -1]
    assert match_communities(now, before=before, used=8).tolist() == [0, 0, 0, 0, 0, 9, 9, -1]


def test_a_small_overlap_is_none():
    before = pd.Series({"a": 0, "b": 0, "c": 0, "d": 0})
    now = pd.Series({"a": 0, "e": 0, "f": 0})
    assert match_communities(now, before=before, least=1 / 6)["a"] == 0
    assert match_communities(now, before=before, least=0.2)["a"] == 1


def test_nobody_and_nothing():
    none = pd.Series(dtype=float)
    some = pd.Series({"a": 3, "b": -1})
    assert match_communities(none, before=some).empty
    assert match_communities(some, before=none).tolist() == [0, -1]
    assert match_communities(some * float("nan"), before=some).tolist() == [-1, -1]


def test_what_means_nothing_is_refused():
    twice = pd.Series([0, 1], index=["a", "a"])
    once = pd.Series([0], index=["a"])
    with pytest.raises(ValueError, match="now needs to name each person once"):
        match_communities(twice, before=once)
    with pytest.raises(ValueError, match="before needs to name each person once"):
        match_communities(once, before=twice)
    for least in (0, 1.1, float("nan")):
        with pytest.raises(ValueError, match="least needs to be above 0"):
            match_communities(once, before=once, least=least)
