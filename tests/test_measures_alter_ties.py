from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from toy import ME, shuffled, village

from villagegraph.graph import village_graph
from villagegraph.measures import alter_ties, clustering
from villagegraph.ties import tie_table

AS_OF = "2026-10-31"


def diary(seed, *, items=30, people=9):
    """Write group mails, each on a day of its own, that I sent or received."""
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    names = [f"p{number}" for number in range(people)]
    found = []
    for number in range(items):
        day = (dt.date(2026, 10, 31) - dt.timedelta(days=number)).isoformat()
        group = rng.sample(names, rng.randint(1, 5))
        sender = ME if rng.random() < 0.7 else group.pop()
        found.append((sender, tuple(group) if sender == ME else (*group, ME), "email", day))
    return found


def seen_by_networkx(items):
    """Project people and items on people, weighted by 1 / (others of the item), without me."""
    B = nx.Graph()
    for number, (sender, recipients, _, _) in enumerate(items):
        B.add_edges_from((number, person) for person in {sender, *recipients} - {ME})
    people = [node for node in B if isinstance(node, str)]
    return nx.bipartite.collaboration_weighted_projected_graph(B, people)


@pytest.mark.parametrize("seed", range(40))
def test_ties_and_weights_agree_with_networkx(seed):
    items = diary(seed)
    found = alter_ties(village_graph(village(items), as_of=AS_OF))
    theirs = seen_by_networkx(items)
    assert set(found.index) == {tuple(sorted(pair)) for pair in theirs.edges}
    assert list(found.index) == sorted(found.index)
    direct, shared = Counter(), Counter()
    for sender, recipients, _, _ in items:
        direct.update(tuple(sorted((sender, other))) for other in recipients)
        shared.update(combinations(sorted(set(recipients) - {ME}), 2))
    for pair, row in found.iterrows():
        assert (row["n_direct"], row["n_shared"]) == (direct[pair], shared[pair])
        if direct[pair]:
            assert (row["basis"], row["confidence"]) == ("contact", "high")
        else:
            assert row["weight"] == pytest.approx(theirs.edges[pair]["weight"], abs=1e-9)
            assert row["basis"] == "seen together"
            assert row["confidence"] == ("medium" if shared[pair] >= 4 else "low")


def test_the_reason_is_in_words():
    items = [
        ("ana", (ME, "ben", "cy"), "email", "2026-10-01"),
        ("ana", (ME, "ben"), "email", "2026-10-02"),
        ("cy", (ME, "ana", "ben"), "email", "2026-10-03"),
        (ME, ("ana", "ben", "dee"), "email", "2026-10-04"),
    ]
    found = alter_ties(tie_table(village(items), as_of=AS_OF), me=ME)
    assert found["reason"].to_dict() == {
        ("ana", "ben"): "one addressed the other twice, also seen together in 2 items",
        ("ana", "cy"): "one addressed the other twice",
        ("ana", "dee"): "only seen together in 1 item",
        ("ben", "cy"): "one addressed the other once, also seen together in 1 item",
        ("ben", "dee"): "only seen together in 1 item",
    }


def test_large_items_are_evidence_for_nobody_and_are_counted():
    crowd = tuple(f"p{number:02d}" for number in range(25))
    items = [(ME, crowd, "email", "2026-10-01"), (ME, crowd[:2], "email", "2026-10-02")]
    for of in (village_graph(village(items), as_of=AS_OF), tie_table(village(items), as_of=AS_OF)):
        found = alter_ties(of, me=ME)
        assert list(found.index) == [("p00", "p01")]
        assert found["n_shared"].tolist() == [1]
        assert found["weight"].tolist() == [1.0]
        assert found.attrs["left_out"] == 1
    smaller = village([(ME, crowd[:24], "email", "2026-10-01")])
    assert len(alter_ties(village_graph(smaller, as_of=AS_OF))) == 24 * 23 // 2


def test_a_tie_table_gives_the_same_as_its_graph_in_any_order():
    toy = village(diary(5))
    G = village_graph(toy, as_of=AS_OF)
    found = alter_ties(G)
    table = tie_table(toy, as_of=AS_OF)
    for other in (alter_ties(table), alter_ties(table, me=ME), alter_ties(shuffled(G, 3))):
        pd.testing.assert_frame_equal(
            found.reset_index(), other.reset_index(), check_dtype=False, rtol=0, atol=1e-12
        )
    table.attrs.clear()
    everybody = alter_ties(table)
    assert len(everybody) == len(found) + len(G[ME])


def test_somebody_alone_changes_nobody():
    G = village_graph(village(diary(6)), as_of=AS_OF)
    found = alter_ties(G)
    G.add_node("alone")
    pd.testing.assert_frame_equal(alter_ties(G).reset_index(), found.reset_index())


@pytest.mark.parametrize("G", [nx.Graph(), nx.empty_graph(3)])
def test_without_ties_there_is_nothing(G):
    found = alter_ties(G)
    assert found.empty
    assert list(found) == ["basis", "n_direct", "n_shared", "weight", "confidence", "reason"]
    assert np.isnan(found.attrs["left_out"])


def test_ties_without_evidence_are_refused():
    with pytest.raises(ValueError, match="`n_uv`"):
        alter_ties(nx.path_graph(2))
    with pytest.raises(ValueError, match="`me` is not among the people"):
        alter_ties(village_graph(village(), as_of=AS_OF), me="zoe")


@pytest.mark.parametrize("seed", range(10))
def test_clustering_says_how_many_ties_are_only_inferred(seed):
    G = village_graph(village(diary(seed)), as_of=AS_OF)
    ties = alter_ties(G)
    guesses = ties[ties["basis"] == "seen together"]
    found = clustering(G)
    assert found["lower_bound"].all()
    for person in G:
        mine = [pair for pair in guesses.index if set(pair) <= set(G[person])]
        assert found.loc[person, "seen_together"] == len(mine)
        assert found.loc[person, "evidence"] == guesses["n_shared"][mine].sum()
    table = clustering(tie_table(village(diary(seed)), as_of=AS_OF))
    assert table["seen_together"].to_dict() == found["seen_together"][table.index].to_dict()
    assert table["lower_bound"].all()


def test_without_evidence_clustering_does_not_say():
    found = clustering(nx.complete_graph(4))
    assert found[["seen_together", "evidence"]].isna().all(axis=None)
    assert not found["lower_bound"].any()
    assert clustering(nx.empty_graph(2))["seen_together"].isna().all()
