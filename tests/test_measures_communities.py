from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import random_graph, shuffled, village

from villagegraph.graph import village_graph
from villagegraph.measures import communities, modularity
from villagegraph.ties import tie_table
from villagegraph.village import village_from_tables


def groups(labels):
    return [set(labels.index[labels == label]) for label in sorted(set(labels) - {-1})]


def planted(seed=1, size=15, parts=4):
    G = nx.planted_partition_graph(parts, size, 0.6, 0.02, seed=seed)
    return nx.relabel_nodes(G, {node: f"p{node:03d}" for node in G})


def test_planted_groups_are_found():
    labels = communities(planted())
    assert {frozenset(group) for group in groups(labels)} == {
        frozenset(f"p{number:03d}" for number in range(start, start + 15))
        for start in range(0, 60, 15)
    }


@pytest.mark.parametrize("seed", range(40))
def test_quality_is_not_below_networkx(seed):
    G = random_graph(seed)
    if not G.number_of_edges():
        return
    theirs = nx.community.louvain_communities(G, weight="strength", seed=seed)
    quality = nx.community.modularity(G, theirs, weight="strength")
    assert modularity(G, communities(G, seed=seed)) >= quality - 1e-3


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.0])
def test_modularity_agrees_with_networkx(seed, resolution):
    G = random_graph(seed)
    rng = np.random.default_rng(seed)
    labels = pd.Series({person: int(rng.integers(0, 5)) for person in G})
    found = modularity(G, labels, resolution=resolution)
    if not G.number_of_edges():
        assert np.isnan(found)
        return
    theirs = nx.community.modularity(G, groups(labels), weight="strength", resolution=resolution)
    assert found == pytest.approx(theirs, abs=1e-9)


def test_who_is_in_no_group_is_a_group_of_one():
    G = nx.path_graph(["a", "b", "c"])
    assert modularity(G, pd.Series({"a": 0, "b": -1})) == pytest.approx(
        nx.community.modularity(G, [{"a"}, {"b"}, {"c"}])
    )


def test_me_and_people_without_another_tie_are_in_no_group():
    G = planted(parts=2)
    G.graph["me"] = "me"
    G.add_edges_from(("me", person) for person in list(G))
    G.add_edge("me", "p999")
    labels = communities(G)
    assert labels["me"] == labels["p999"] == -1
    assert sorted(len(group) for group in groups(labels)) == [15, 15]
    assert list(labels.index) == list(G)
    assert nx.get_node_attributes(G, "community") == {}


def test_groups_are_numbered_by_size_then_by_first_member():
    G = nx.union_all([nx.complete_graph(["x", "y", "z", "w"]), nx.complete_graph(["d", "e", "f"])])
    G.add_edges_from([("a", "b"), ("b", "c"), ("a", "c")])
    labels = communities(G)
    assert labels[["w", "x", "y", "z"]].eq(0).all()
    assert labels[["a", "b", "c"]].eq(1).all()
    assert labels[["d", "e", "f"]].eq(2).all()


def test_nobody_and_no_ties():
    assert communities(nx.Graph()).empty
    assert communities(nx.empty_graph(3)).tolist() == [-1, -1, -1]
    G = nx.Graph()
    G.add_edge("a", "b", strength=0.0)
    assert communities(G).tolist() == [-1, -1]


def test_credit_and_shared_credit_weigh_together():
    G = nx.Graph()
    for u, v, shared in [("a", "b", 5), ("c", "d", 5), ("b", "c", 0), ("a", "d", 0)]:
        G.add_edge(u, v, credit=0.1, shared_credit=shared, strength=1.0)
    assert groups(communities(G)) == [{"a", "b"}, {"c", "d"}]
    G = village_graph(village(me=None), as_of="2026-10-31")
    table = tie_table(village(me=None), as_of="2026-10-31")
    with_ties = communities(G)
    assert communities(table).to_dict() == with_ties[with_ties >= 0].to_dict()


def test_a_finer_resolution_gives_more_groups():
    G = planted()
    assert communities(G, resolution=8).max() > communities(G).max()


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_the_order_of_people_does_not_matter(seed, order):
    G = random_graph(seed)
    one, other = communities(G, seed=seed), communities(shuffled(G, order), seed=seed)
    pd.testing.assert_series_equal(one, other.loc[one.index])


@pytest.mark.parametrize("seed", range(40))
def test_what_people_are_called_does_not_matter(seed):
    G = random_graph(seed)
    names = list(G)
    random.Random(seed + 1).shuffle(names)  # noqa: S311 - a test's own dice
    called = dict(zip(G, names, strict=True))
    one, other = communities(G, seed=seed), communities(nx.relabel_nodes(G, called), seed=seed)
    assert other[[called[person] for person in one.index]].tolist() == one.tolist()


def test_runs_agree_whatever_the_hash_seed_and_the_number_of_threads():
    script = (
        "import json, networkx as nx\n"
        "from villagegraph.measures import communities\n"
        "G = nx.relabel_nodes(nx.gnm_random_graph(120, 500, seed=3), str)\n"
        "H = nx.Graph(); H.add_nodes_from(set(G)); H.add_edges_from(G.edges)\n"
        "print(json.dumps(communities(H, seed=5).sort_index().tolist()))\n"
    )
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", script],
                env={**os.environ, "PYTHONHASHSEED": number, "OMP_NUM_THREADS": number},
                check=True,
                capture_output=True,
            ).stdout
        )
        for number in ("1", "2")
    ]
    assert found[0] == found[1]
    assert max(found[0]) > 3


def test_the_owner_may_be_named_for_a_tie_table():
    G = village_graph(village(), as_of="2026-10-31")
    table = tie_table(village(), as_of="2026-10-31")
    named = communities(table, me="me")
    assert named.to_dict() == communities(G)[named.index].to_dict()
    assert modularity(table, named, me="me") == modularity(G, named)


def test_a_weight_that_one_tie_lacks_is_not_used():
    G = nx.Graph()
    G.add_edge("a", "b", strength=3.0, credit=1.0, shared_credit=0.0)
    G.add_edge("c", "d", strength=3.0)
    assert groups(communities(G)) == [{"a", "b"}, {"c", "d"}]
    G.add_edge("e", "f")
    assert modularity(G, communities(G)) == pytest.approx(2 / 3)


@pytest.mark.real
def test_the_departments_of_a_company_are_found(shared_data):
    metrics = pytest.importorskip("sklearn.metrics")
    log = pd.read_csv(shared_data / "temporal" / "enron156.csv.gz")
    known = pd.read_csv(shared_data / "temporal" / "enron156_people.csv")
    mails = log.drop_duplicates("mid")
    interactions = pd.DataFrame(
        {
            "event_id": mails["mid"].astype(str),
            "at": pd.to_datetime(mails["unix_time"], unit="s", utc=True),
            "channel": "email",
        }
    )
    ends = [mails[["mid", "src"]].set_axis(["mid", "who"], axis=1).assign(role="from")]
    ends += [log[["mid", "dst"]].set_axis(["mid", "who"], axis=1).assign(role="to")]
    both = pd.concat(ends).drop_duplicates(["mid", "who"]).astype(str)
    participants = both.set_axis(["event_id", "person_id", "role"], axis=1)
    company = village_from_tables(interactions, participants)
    ties = tie_table(company, as_of="2003-01-01")
    ties = ties[ties["credit"] > 0][["credit"]].rename(columns={"credit": "strength"})
    departments = known.assign(person_id=known["id"].astype(str)).set_index("person_id")
    departments = departments["long_department"].dropna()

    def agreement(seed):
        found = communities(ties, seed=seed)
        there = departments.index.intersection(found.index[found >= 0])
        return metrics.normalized_mutual_info_score(
            departments[there], found[there], average_method="arithmetic"
        )

    # networkx's Louvain comes to .67
    assert np.mean([agreement(seed) for seed in range(10)]) >= 0.65
