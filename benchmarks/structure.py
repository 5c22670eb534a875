"""
Centrality, brokerage and reach at risk against networkx.

Local measures on 100,000 ties, those of all ways on 10,000. The limit is what
it takes to read the graph into a matrix, which every measure has to do.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from villagegraph import measures

if TYPE_CHECKING:
    from collections.abc import Callable

Row = tuple[str, "Callable[[], object]", "Callable[[], object]", float]


def clock(call: Callable[[], object], *, runs: int = 1) -> float:
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def village(people: int, ties: int) -> nx.Graph:
    G = nx.powerlaw_cluster_graph(people, ties // people, 0.4, seed=1)
    rng = np.random.default_rng(1)
    for u, v in G.edges:
        strength = float(rng.lognormal())
        G.edges[u, v].update(strength=strength, length=1 / strength)
    return G


def compare(G: nx.Graph, rows: list[Row]) -> None:
    print(f"\n{len(G):,} people, {G.number_of_edges():,} ties")
    print(f"{'seconds':34}{'ours':>9}{'naive':>11}{'limit':>9}{'ratio':>9}")
    limit = clock(lambda: measures.as_adjacency(G), runs=3)
    for name, ours, naive, times in rows:
        mine = clock(ours, runs=2)
        theirs = clock(naive) * times
        print(f"{name:34}{mine:9.3f}{theirs:11.3f}{limit:9.3f}{theirs / mine:8.1f}x")


def local(G: nx.Graph) -> list[Row]:
    some = list(G)[:: len(G) // 50]
    groups = pd.Series({person: person % 40 for person in G})
    share = len(G) / len(some)
    return [
        ("constraint, effective size", lambda: measures.brokerage(G), lambda: nx.constraint(G), 1),
        ("ego betweenness (naive: of 50)", lambda: measures.ego_betweenness(G),
         lambda: [circle(G, person) for person in some], share),
        ("centrality, all of it", lambda: measures.centrality(G), lambda: centralities(G, some),
         1),
        ("reach, 2 steps (naive: of 50)", lambda: measures.reach(G, communities=groups),
         lambda: [nx.single_source_shortest_path_length(G, p, cutoff=2) for p in some], share),
    ]  # fmt: skip


def circle(G: nx.Graph, person: int) -> float:
    return nx.betweenness_centrality(nx.ego_graph(G, person))[person]


def centralities(G: nx.Graph, some: list[int]) -> None:
    # harmonic closeness of all would take minutes
    nx.core_number(G)
    nx.pagerank(G, weight="strength")
    list(nx.articulation_points(G))
    list(nx.bridges(G))
    nx.harmonic_centrality(G, nbunch=some)


def of_all_ways(G: nx.Graph) -> list[Row]:
    some = list(G)[:: len(G) // 10]
    share = len(G) / len(some)
    groups = pd.Series(0, index=list(G))
    return [
        ("betweenness", lambda: measures.betweenness(G), lambda: nx.betweenness_centrality(G), 1),
        ("betweenness, sample of 100", lambda: measures.betweenness(G, sources=100),
         lambda: nx.betweenness_centrality(G, k=100, seed=1), 1),
        ("betweenness, along strong ties", lambda: measures.betweenness(G, weight="strength"),
         lambda: nx.betweenness_centrality(G, k=100, weight="length", seed=1), len(G) / 100),
        ("harmonic closeness", lambda: measures.harmonic_closeness(G),
         lambda: nx.harmonic_centrality(G), 1),
        ("reach at risk (naive: of 10)", lambda: measures.reach_at_risk(G, communities=groups),
         lambda: [recount(measures.without(G, person), groups) for person in some], share),
    ]  # fmt: skip


def recount(G: nx.Graph, groups: pd.Series) -> object:
    return measures.reach(G, communities=groups)


def main() -> None:
    G = village(10_000, 100_000)
    compare(G, local(G))
    G = village(2_000, 10_000)
    compare(G, of_all_ways(G))


if __name__ == "__main__":
    main()
