from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from toy import ME, every, random_graph, shuffled, village

from villagegraph.measures import (
    circle_stability,
    circles,
    signature_distance,
    social_signature,
)
from villagegraph.ties import contact_days
from villagegraph.village import village_from_tables


def star(people):
    G = nx.Graph(me="me")
    G.add_node("me")
    for number in range(people):
        G.add_edge("me", f"p{number:03d}", strength=float(people - number))
    return G


def test_the_circles_end_at_5_15_50_and_150():
    found = circles(star(160))
    assert found["rank"].tolist() == list(range(1, 161))
    assert found["circle"].value_counts().to_dict() == {5: 5, 15: 10, 50: 35, 150: 100, -1: 10}
    assert found["circle"].iloc[[0, 4, 5, 14, 15, 49, 50, 149, 150]].tolist() == [
        5, 5, 15, 15, 50, 50, 150, 150, -1,
    ]  # fmt: skip


def test_equal_strengths_stand_by_id():
    G = nx.Graph(me="me")
    for person in ("cy", "ana", "dee", "ben"):
        G.add_edge("me", person, strength=1.0)
    G.add_edge("me", "eve", strength=0.0)
    assert list(circles(G).index) == ["ana", "ben", "cy", "dee"]
    assert circles(G, ranks=[2])["circle"].tolist() == [2, 2, -1, -1]
    assert len(circles(G, weight=None)) == 5


def test_anybody_may_be_in_the_middle():
    G = star(3)
    del G.graph["me"]
    assert list(circles(G, me="p001").index) == ["me"]
    table = pd.DataFrame({"person_u": ["a", "b"], "person_v": ["b", "c"], "strength": [1.0, 2.0]})
    assert list(circles(table, me="b").index) == ["c", "a"]
    with pytest.raises(ValueError, match="name the person as `me`"):
        circles(G)
    with pytest.raises(ValueError, match="`me` is not among the people"):
        circles(G, me="zoe")


@pytest.mark.parametrize("ranks", [[], [0, 5], [5, 5], [15, 5]])
def test_ranks_that_mean_nothing_are_refused(ranks):
    with pytest.raises(ValueError, match="ranks needs to be rising"):
        circles(star(3), ranks=ranks)


def test_somebody_alone_has_no_circles():
    assert circles(star(0)).empty
    stable = circle_stability(circles(star(0)), before=circles(star(0)))
    assert stable["jaccard"].isna().all()
    assert stable[["before", "now", "stayed"]].eq(0).all(axis=None)


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_neither_order_nor_somebody_alone_counts(seed, order):
    G = random_graph(seed)
    person = min(G)
    H = shuffled(G, order)
    H.add_node("alone")
    pd.testing.assert_frame_equal(circles(G, me=person), circles(H, me=person))


def test_stability_counts_who_stayed():
    before, now = circles(star(20)), circles(star(20))
    now = now.rename(index={"p000": "new"})
    found = circle_stability(now, before=before)
    assert list(found.index) == [5, 15, 50, 150]
    assert found["stayed"].tolist() == [4, 14, 19, 19]
    assert found["jaccard"].tolist() == [4 / 6, 14 / 16, 19 / 21, 19 / 21]
    moved = now.assign(rank=now["rank"].tolist()[::-1])
    found = circle_stability(moved, before=before)
    assert found[["before", "now", "stayed"]].to_numpy().tolist() == [
        [5, 5, 0], [15, 15, 10], [20, 20, 19], [20, 20, 19],
    ]  # fmt: skip


def diary(people):
    """Person number n has n + 1 days of contact with me, the last on the last day of October."""
    items = []
    for number in range(people):
        items += every(f"p{number:02d}", days=1, count=number + 1, last="2026-10-31")
    return village(items, people={ME: {"name": "Mia Eriksen"}})


def test_a_signature_is_the_share_of_days_by_rank():
    found = social_signature(diary(20), since="2026-01-01", as_of="2026-10-31")
    assert list(found.index) == list(range(1, 21))
    np.testing.assert_allclose(found, np.arange(20, 0, -1) / 210)
    # in the last five days nobody has more than five
    late = social_signature(diary(20), since="2026-10-27", as_of="2026-10-31")
    np.testing.assert_allclose(late, [5 / 90] * 16 + [4 / 90, 3 / 90, 2 / 90, 1 / 90])
    early = social_signature(diary(20), since="2026-01-01", as_of="2026-10-30")
    assert len(early) == 19
    assert early.isna().all()


def test_who_is_asked_for_may_be_anybody():
    toy = diary(20)
    assert len(social_signature(toy, since="2026-01-01", as_of="2026-10-31", me="p03")) == 1
    pd.testing.assert_series_equal(
        social_signature(contact_days(toy), since="2026-10-27", as_of="2026-10-30", me=ME),
        social_signature(toy, since="2026-10-27", as_of="2026-10-30"),
    )
    with pytest.raises(ValueError, match="name the person as `me`"):
        social_signature(contact_days(toy), since="2026-01-01", as_of="2026-10-31")
    nobody = village(every("ana", days=1, count=2, last="2026-10-31"), me=None)
    with pytest.raises(ValueError, match="name the person as `me`"):
        social_signature(nobody, since="2026-01-01", as_of="2026-10-31")
    with pytest.raises(ValueError, match="as_of needs to be since"):
        social_signature(toy, since="2026-11-01", as_of="2026-10-31")
    assert social_signature(toy, since="2025-01-01", as_of="2025-10-31").empty


@pytest.mark.parametrize("seed", range(50))
def test_the_distance_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    one, other = (np.sort(rng.dirichlet(np.full(size, 0.3)))[::-1] for size in (20 + seed, 40))
    found = signature_distance(pd.Series(one), other=pd.Series(other))
    size = max(len(one), len(other))
    padded = [np.pad(shares, (0, size - len(shares))) for shares in (one, other)]
    assert found == pytest.approx(jensenshannon(*padded, base=2), abs=1e-9)
    assert found == signature_distance(pd.Series(other), other=pd.Series(one))


def test_the_distance_runs_from_0_to_1():
    one, other = pd.Series([0.05] * 20 + [0.0] * 20), pd.Series([0.0] * 20 + [0.05] * 20)
    assert signature_distance(one, other=other) == 1
    assert signature_distance(one, other=one) == 0
    assert np.isnan(signature_distance(one, other=one * float("nan")))
    assert np.isnan(signature_distance(pd.Series(dtype=float), other=pd.Series(dtype=float)))


@pytest.mark.real
def test_people_keep_their_signatures(shared_data):
    # Saramaki et al. (2014): one's own distance is smaller than that to others
    log = pd.read_csv(shared_data / "temporal" / "enron156.csv.gz")
    log = log[log["src"] != log["dst"]].reset_index(drop=True)
    events = [f"e{number}" for number in range(len(log))]
    interactions = pd.DataFrame(
        {
            "event_id": events,
            "at": pd.to_datetime(log["unix_time"], unit="s", utc=True),
            "channel": "email",
        }
    )
    participants = pd.DataFrame(
        {
            "event_id": events * 2,
            "person_id": log["src"].astype(str).tolist() + log["dst"].astype(str).tolist(),
            "role": ["from"] * len(log) + ["to"] * len(log),
        }
    )
    company = contact_days(village_from_tables(interactions, participants))
    spans = [("2000-06-01", "2001-05-31"), ("2001-06-01", "2002-05-31")]
    busiest = participants["person_id"].value_counts().index[:40]
    found = {
        person: [social_signature(company, since=s, as_of=t, me=person) for s, t in spans]
        for person in busiest
    }
    both = [pair for pair in found.values() if not any(part.isna().any() for part in pair)]
    assert len(both) > 10
    closer = [
        signature_distance(first, other=second)
        < np.mean(
            [signature_distance(first, other=other) for _, other in both if other is not second]
        )
        for first, second in both
    ]
    assert np.mean(closer) >= 0.7
