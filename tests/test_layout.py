from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import map_graph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from villagegraph.layout import layout, spacing

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def village() -> nx.Graph:
    return map_graph.village()


@pytest.fixture(scope="module")
def groups(village):
    return map_graph.groups(village)


@pytest.fixture(scope="module")
def positions(village, groups):
    return layout(village, communities=groups)


def test_everyone_has_one_finite_place(village, positions):
    assert positions.index.tolist() == list(village.nodes)
    assert np.isfinite(positions.to_numpy()).all()
    assert not positions.duplicated().any()


def test_me_stands_in_the_middle_with_room_around(positions):
    assert positions.loc["p000"].tolist() == [0.0, 0.0]
    others = positions.drop("p000")
    assert np.hypot(others["x"], others["y"]).min() > 0.05


def test_nobody_stands_on_anybody(positions):
    pairs = cKDTree(positions.to_numpy()).query_pairs(0.6 * spacing(len(positions)))
    assert len(pairs) <= 2


def test_people_without_ties_stand_below_all_others(village, positions):
    alone = [v for v in village if village.degree(v) == 0]
    assert len(alone) == 12
    assert positions.loc[alone, "y"].max() < positions.drop(alone)["y"].min() - 0.1
    tied = positions.drop(alone)
    assert np.hypot(tied["x"], tied["y"]).max() <= 1.0 + 1e-9


def test_groups_keep_to_themselves(positions, groups):
    home = groups[groups >= 0]
    spots = positions.loc[home.index]
    middles = spots.groupby(home).mean()
    away = np.hypot(
        spots["x"].to_numpy()[:, None] - middles["x"].to_numpy(),
        spots["y"].to_numpy()[:, None] - middles["y"].to_numpy(),
    )
    assert (away.argmin(axis=1) == home.to_numpy()).mean() > 0.95


def test_tied_people_stand_nearer_than_others_of_their_group(village, positions, groups):
    rng = np.random.default_rng(0)
    tied, any_two = [], []
    for number in range(5):
        members = groups.index[groups == number]
        spots = positions.loc[members].to_numpy()
        place = {v: k for k, v in enumerate(members)}
        inner = village.subgraph(members)
        tied += [np.hypot(*(spots[place[u]] - spots[place[v]])) for u, v in inner.edges]
        two = rng.integers(len(members), size=(400, 2))
        any_two += np.hypot(*(spots[two[:, 0]] - spots[two[:, 1]]).T).tolist()
    assert np.mean(tied) < 0.85 * np.mean(any_two)


def test_the_order_of_the_graph_does_not_count(village, groups, positions):
    turned = nx.Graph(**village.graph)
    turned.add_nodes_from(reversed(list(village.nodes(data=True))))
    turned.add_edges_from((v, u, tie) for u, v, tie in reversed(list(village.edges(data=True))))
    again = layout(turned, communities=groups)
    pd.testing.assert_frame_equal(again.loc[positions.index], positions, check_exact=True)


def test_the_same_seed_gives_the_same_places(village, groups, positions):
    same = layout(village, communities=groups, seed=0)
    pd.testing.assert_frame_equal(same, positions, check_exact=True)


def test_start_keeps_people_about_where_they_were(village, groups, positions):
    mirrored = positions * [-1.0, 1.0]
    turned = pd.DataFrame({"x": -mirrored["y"], "y": mirrored["x"]})
    again = layout(village, communities=groups, start=turned)
    tied = [v for v in village if village.degree(v)]
    moved = np.hypot(*(again.loc[tied] - turned.loc[tied]).to_numpy().T)
    assert np.median(moved) < 0.12
    known = turned.drop(index=[f"p{k:03d}" for k in range(1, 30)])
    assert np.isfinite(layout(village, communities=groups, start=known).to_numpy()).all()


@pytest.mark.parametrize(
    "edges",
    [[], [("a", "b")], [("a", "b"), ("b", "c")], [("me", "a")], [("me", "a"), ("a", "b")]],
)
@pytest.mark.parametrize("alone", [[], ["x"], ["x", "y"]])
def test_very_small_villages(edges, alone):
    G = nx.Graph(edges)
    G.add_nodes_from(alone)
    G.graph["me"] = "me" if "me" in G else None
    groups = pd.Series(dict.fromkeys(G, 0), dtype="int64")
    positions = layout(G, communities=groups)
    assert positions.index.tolist() == list(G.nodes)
    assert positions.columns.tolist() == ["x", "y"]
    assert np.isfinite(positions.to_numpy(dtype=float)).all()
    assert not positions.duplicated().any()


def test_people_without_a_community_who_do_have_ties_join_one():
    G = nx.complete_graph(["a", "b", "c", "d"])
    positions = layout(G, communities=pd.Series({"a": 0, "b": 0, "c": 0}))
    assert np.hypot(positions["x"], positions["y"]).max() <= 1.0


def test_it_finds_communities_of_its_own():
    G = nx.barbell_graph(6, 0)
    G = nx.relabel_nodes(G, str)
    positions = layout(G)
    left, right = positions.iloc[:6].mean(), positions.iloc[6:].mean()
    assert np.hypot(*(left - right)) > 0.3


def test_odd_weights_do_no_harm():
    G = nx.path_graph(["a", "b", "c", "d"])
    weights = (float("nan"), 0.0, None)
    for (_, _, tie), weight in zip(G.edges(data=True), weights, strict=True):
        tie["strength"] = weight
    positions = layout(G, communities=pd.Series(dict.fromkeys(G, 0)))
    assert np.isfinite(positions.to_numpy()).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.floats(0.0, 0.3), st.integers(0, 99), st.booleans())
def test_any_graph_gets_finite_places_for_all(n, density, seed, with_me):
    G = nx.relabel_nodes(nx.gnp_random_graph(n, density, seed=seed), str)
    G.graph["me"] = "0" if with_me and n else None
    rng = np.random.default_rng(seed)
    groups = pd.Series(rng.integers(-1, 5, n), index=list(G), dtype="int64")
    positions = layout(G, communities=groups)
    assert positions.index.tolist() == list(G)
    assert np.isfinite(positions.to_numpy(dtype=float)).all()


def test_many_people_use_the_grid_and_stay_apart():
    rng = np.random.default_rng(3)
    home = np.repeat(np.arange(8), 75)
    G = nx.Graph()
    G.add_nodes_from(f"q{k:03d}" for k in range(600))
    for k in range(600):
        for other in rng.choice(np.flatnonzero(home == home[k]), 4):
            if other != k:
                G.add_edge(f"q{k:03d}", f"q{other:03d}")
    positions = layout(G, communities=pd.Series(home, index=list(G)))
    tree = cKDTree(positions.to_numpy())
    assert len(tree.query_pairs(0.5 * spacing(600))) < 6


def test_threads_hash_seed_and_zone_change_no_bit():
    script = (
        "import hashlib, map_graph; from villagegraph.layout import layout; "
        "G = map_graph.village(); P = layout(G, communities=map_graph.groups(G)); "
        "print(hashlib.sha256(P.to_numpy().tobytes()).hexdigest())"
    )
    answers = set()
    for threads, hashed, zone in (("1", "1", "UTC"), ("4", "77", "Pacific/Auckland")):
        spread = dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads
        )
        env = {
            **os.environ,
            **spread,
            "PYTHONHASHSEED": hashed,
            "TZ": zone,
            "PYTHONPATH": str(HERE),
        }
        done = subprocess.run(
            [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
        )
        answers.add(done.stdout.strip())
    assert len(answers) == 1
    assert len(answers.pop()) == hashlib.sha256().digest_size * 2
