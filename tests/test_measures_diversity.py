from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy
from toy import random_graph, shuffled, village

from villagegraph.graph import village_graph
from villagegraph.measures import diversity, homophily, inside_outside
from villagegraph.measures.homophily import _assortativity

PLACES = ("Lab", "Shop", "Mill", "")


def graph(seed):
    """Return a random graph of people at three places, some of them at none that is known."""
    G = random_graph(seed)
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    nx.set_node_attributes(G, {person: rng.choice(PLACES) for person in G}, "organization")
    return G


def star(*places):
    """Return me at the Lab, tied to one person at each of these places."""
    G = nx.Graph()
    G.add_node("me", organization="Lab")
    for number, place in enumerate(places):
        G.add_node(number, organization=place)
        G.add_edge("me", number, strength=1.0)
    return G


def test_four_alters_and_one_alike_make_half():
    # a published package divides by the number of alters twice and gets .125
    mine = diversity(star("Lab", "Shop", "Mill", "Mill")).loc["me"]
    assert mine["ei_index"] == 0.5
    assert (mine["internal"], mine["external"], mine["kinds"]) == (1, 3, 3)
    # three fellows are thinkable of whom one is there, and three others who all are there
    assert mine["rescaled_ei"] == pytest.approx((1 - 1) / (1 + 1))


@pytest.mark.parametrize(
    ("places", "blau", "iqv", "nats"),
    [
        (["Lab"] * 4, 0.0, np.nan, 0.0),
        (["Lab", "Shop"], 0.5, 1.0, np.log(2)),
        (["Lab", "Lab", "Lab", "Shop"], 0.375, 0.75, 0.5623351446188083),
        (["Lab", "Shop", "Mill", "Farm"], 0.75, 1.0, np.log(4)),
    ],
)
def test_textbook_values(places, blau, iqv, nats):
    mine = diversity(star(*places)).loc["me"]
    assert mine["blau"] == pytest.approx(blau, abs=1e-15)
    assert mine["iqv"] == pytest.approx(iqv, nan_ok=True)
    assert mine["entropy"] == pytest.approx(nats)


def test_strengths_weigh_the_alters():
    G = star("Lab", "Shop", "")
    G.edges["me", 0]["strength"] = 3.0
    G.edges["me", 2]["strength"] = 100.0
    mine = diversity(G, weight="strength").loc["me"]
    assert (mine["internal"], mine["external"], mine["ei_index"]) == (3.0, 1.0, -0.5)
    assert mine["blau"] == 1 - (0.75**2 + 0.25**2)
    assert (mine["alters"], mine["unknown"]) == (3, 1)
    assert homophily(G, weight="strength")["ei_index"] == -0.5
    G.edges["me", 1]["strength"] = 0.0
    assert diversity(G, weight="strength").loc["me", "alters"] == 2


@pytest.mark.parametrize("weight", [None, "strength"])
@pytest.mark.parametrize("seed", range(60))
def test_each_person_is_what_a_loop_over_the_alters_gives(seed, weight):
    G = graph(seed)
    place = dict(G.nodes(data="organization"))
    tied = [person for person in G if G[person]]
    kinds = {place[person] for person in tied} - {""}
    found = diversity(G, weight=weight)
    for person in G:
        row = found.loc[person]
        sums = dict.fromkeys(sorted(kinds), 0.0)
        for alter, tie in G[person].items():
            if place[alter]:
                sums[place[alter]] += tie["strength"] if weight else 1.0
        assert row["alters"] == len(G[person])
        assert row["unknown"] == sum(not place[alter] for alter in G[person])
        assert row["kinds"] == sum(value > 0 for value in sums.values())
        total = sum(sums.values())
        if not total:
            assert row[["ei_index", "rescaled_ei", "blau", "iqv", "entropy"]].isna().all()
            continue
        shares = np.array(list(sums.values())) / total
        assert row["entropy"] == pytest.approx(entropy(shares), abs=1e-12)
        assert row["blau"] == pytest.approx(1 - (shares**2).sum(), abs=1e-12)
        most = 1 - 1 / len(kinds)
        assert row["iqv"] == pytest.approx(row["blau"] / most if most else np.nan, nan_ok=True)
        if not place[person]:
            assert row[["internal", "external", "ei_index", "rescaled_ei"]].isna().all()
            continue
        inside = sums[place[person]]
        assert row["internal"] == pytest.approx(inside)
        assert row["external"] == pytest.approx(total - inside)
        assert row["ei_index"] == pytest.approx((total - 2 * inside) / total, abs=1e-12)
        alike = sum(place[other] == place[person] for other in tied) - 1
        unlike = sum(place[other] not in ("", place[person]) for other in tied)
        if alike and unlike:
            dense = (inside / alike, (total - inside) / unlike)
            expected = (dense[1] - dense[0]) / (dense[1] + dense[0])
            assert row["rescaled_ei"] == pytest.approx(expected, abs=1e-12)
        else:
            assert np.isnan(row["rescaled_ei"])


@pytest.mark.parametrize("seed", range(300))
def test_the_whole_agrees_with_networkx(seed):
    G = graph(seed)
    found = homophily(G)
    known = G.subgraph([person for person, place in G.nodes(data="organization") if place])
    if not known.number_of_edges():
        assert found[["ei_index", "assortativity"]].isna().all()
        return
    mixing = nx.attribute_mixing_matrix(known, "organization", normalized=False)
    inside, both = np.trace(mixing) / 2, mixing.sum() / 2
    assert found["internal"] == inside
    assert found["ei_index"] == pytest.approx((both - 2 * inside) / both)
    if np.count_nonzero(mixing.sum(axis=0)) < 2:
        assert np.isnan(found["assortativity"])
        return
    theirs = nx.attribute_assortativity_coefficient(known, "organization")
    assert found["assortativity"] == pytest.approx(theirs, abs=1e-9)


def test_the_assortativity_that_newman_published():
    # couples by race in San Francisco, table I of Newman (2003), in three decimals: r = 0.621
    couples = np.array(
        [
            [0.258, 0.016, 0.035, 0.013],
            [0.012, 0.157, 0.058, 0.019],
            [0.013, 0.023, 0.306, 0.035],
            [0.005, 0.007, 0.024, 0.016],
        ]
    )
    assert _assortativity(couples) == pytest.approx(0.621, abs=3e-3)


def test_ties_by_chance_are_neither_inside_nor_outside():
    G = nx.complete_graph(9)
    nx.set_node_attributes(G, {person: "Lab" if person < 3 else "Shop" for person in G}, "place")
    assert homophily(G, by="place")["rescaled_ei"] == 0
    assert (diversity(G, by="place")["rescaled_ei"] == 0).all()
    assert homophily(G, by="place")["ei_index"] == (18 - 18) / 36


def test_weighted_assortativity_is_that_of_as_many_ties():
    # three ties between the same two people would count as one tie of strength 3
    G = nx.Graph()
    G.add_nodes_from(["a", "b"], organization="Lab")
    G.add_nodes_from(["c", "d"], organization="Shop")
    for u, v, strength in [("a", "b", 3), ("c", "d", 1), ("b", "c", 2)]:
        G.add_edge(u, v, strength=strength)
    mixing = np.array([[6.0, 2.0], [2.0, 2.0]]) / 12
    expected = mixing.sum(axis=0) @ mixing.sum(axis=1)
    assert homophily(G, weight="strength")["assortativity"] == pytest.approx(
        (np.trace(mixing) - expected) / (1 - expected)
    )


def test_the_owner_may_be_left_out():
    G = star("Lab", "Shop")
    G.add_edge(0, 1, strength=1.0)
    G.graph["me"] = "me"
    assert homophily(G)["people"] == 3
    without = homophily(G, me_out=True)
    assert without[["people", "internal", "external"]].tolist() == [2, 0, 1]


def test_case_and_spaces_make_no_kind():
    G = star("  lab ", "LAB", None, float("nan"), "  ")
    mine = diversity(G).loc["me"]
    assert (mine["internal"], mine["external"], mine["unknown"]) == (2, 0, 3)
    assert np.isnan(mine["iqv"])  # there is one kind only


def test_kinds_may_be_numbers_or_a_series():
    G = nx.path_graph(["a", "b", "c"])
    kinds = pd.Series({"a": 1, "b": 1, "c": 2, "not there": 3})
    assert diversity(G, by=kinds)["ei_index"].tolist() == [-1, 0, 1]
    table = pd.DataFrame({"person_u": ["a", "b"], "person_v": ["b", "c"], "strength": [1.0, 1.0]})
    pd.testing.assert_frame_equal(diversity(table, by=kinds), diversity(G, by=kinds))
    pd.testing.assert_series_equal(homophily(table, by=kinds), homophily(G, by=kinds))


def test_what_means_nothing_is_refused():
    G = star("Lab")
    with pytest.raises(ValueError, match="nobody in the graph has `organisation`"):
        diversity(G, by="organisation")
    with pytest.raises(ValueError, match="`by` needs to name each person once"):
        homophily(G, by=pd.Series(["a", "b"], index=["me", "me"]))
    table = pd.DataFrame({"person_u": ["a"], "person_v": ["b"], "strength": [1.0]})
    for measure in (diversity, homophily, inside_outside):
        with pytest.raises(TypeError, match="give `by` as a series"):
            measure(table)
    nx.set_node_attributes(G, {"me": ["Lab", "Shop"]}, "organization")
    with pytest.raises(TypeError, match="of one kind, list was given"):
        diversity(G)


@pytest.mark.parametrize("G", [nx.Graph(), nx.empty_graph(1), nx.empty_graph(3)])
def test_without_ties_nothing_is_defined(G):
    nx.set_node_attributes(G, "Lab", "organization")
    found = diversity(G, weight="strength")
    assert len(found) == len(G)
    assert (found[["alters", "unknown", "kinds"]] == 0).all(axis=None)
    assert found[["ei_index", "rescaled_ei", "blau", "iqv", "entropy"]].isna().all(axis=None)
    whole = homophily(G)
    assert whole[["people", "unknown", "kinds", "internal", "external"]].eq(0).all()
    assert whole.iloc[5:].isna().all()
    assert len(inside_outside(G)) == len(G)


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_neither_order_nor_somebody_alone_counts(seed, order):
    G = graph(seed)
    H = shuffled(G, order)
    H.add_node("alone", organization="Farm")
    for measure in (diversity, inside_outside):
        for weight in (None, "strength"):
            one, other = measure(G, weight=weight), measure(H, weight=weight)
            pd.testing.assert_frame_equal(one, other.loc[one.index], rtol=0, atol=1e-12)
    pd.testing.assert_series_equal(homophily(G), homophily(H), rtol=0, atol=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("seed", range(25))
def test_inside_and_outside_are_what_a_walk_finds(seed, steps):
    G = graph(seed)
    place = dict(G.nodes(data="organization"))
    owner = next((person for person in G if place[person]), None)
    G.graph["me"] = owner
    found = inside_outside(G, steps=steps)
    for person in G:
        row = found.loc[person]
        home = place[owner] if owner is not None else place[person]
        if not home:
            assert row.isna().all()
            continue
        near = set(nx.single_source_shortest_path_length(G, person, cutoff=steps)) - {person}
        sides = {"inside": set(), "outside": set(), "unknown": set()}
        for other in G:
            side = "inside" if place[other] == home else "outside" if place[other] else "unknown"
            sides[side].add(other)
        for side, people in sides.items():
            alters = people & set(G[person])
            assert row[f"degree_{side}"] == len(alters)
            strength = sum(G.edges[person, alter]["strength"] for alter in alters)
            assert row[f"strength_{side}"] == pytest.approx(strength)
            assert row[f"reach_{side}"] == len(people & near)


def test_reach_in_portions_is_the_same(monkeypatch):
    from villagegraph.measures import office

    G = graph(11)
    whole = inside_outside(G)
    monkeypatch.setattr(office, "_ENTRIES_AT_ONCE", 60)
    pd.testing.assert_frame_equal(inside_outside(G), whole)


def test_the_office_is_the_owners_or_the_one_named():
    G = village_graph(village(), as_of="2026-10-31")
    mine = inside_outside(G).loc["me"]
    assert mine[["degree_inside", "degree_outside", "degree_unknown"]].tolist() == [2, 1, 1]
    mine = inside_outside(G, office="quarry books").loc["me"]
    assert mine[["degree_inside", "degree_outside", "degree_unknown"]].tolist() == [1, 2, 1]
    nowhere = inside_outside(G, office="Nowhere").loc["me"]
    assert nowhere[["degree_inside", "degree_outside"]].tolist() == [0, 3]
    # in a log of an organisation, inside is each person's own place
    del G.graph["me"]
    assert inside_outside(G).loc["ben", ["degree_inside", "degree_outside"]].tolist() == [0, 1]
    assert inside_outside(G).loc["ana"].isna().all()
    assert inside_outside(G, me="ana").isna().all(axis=None)


@pytest.mark.parametrize("steps", [0, 1.5, True])
def test_steps_that_mean_nothing_are_refused(steps):
    with pytest.raises(ValueError, match="steps needs to be a whole number"):
        inside_outside(star("Lab"), steps=steps)
