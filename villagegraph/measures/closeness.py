"""Closeness: how near everybody is to all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.catalog import Measure
from villagegraph.measures.matrices import lengths
from villagegraph.measures.sampling import ENTRIES_AT_ONCE, EXACT_PEOPLE, estimate, sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies, Weight

# words of 64 people that are held at once
_WORDS_AT_ONCE = 4_000_000

# alters from which on a person's are gone through in one go
_BUSY = 64

_ONES_OF_BYTE = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1)

MEASURES = (
    Measure(
        name="harmonic_closeness",
        function="harmonic_closeness",
        of="person",
        meaning="All other people, each counting 1 / (steps away), 0 if out of reach.",
        unit="people; with strengths, the unit of strength",
        range="0 to n - 1, n people; with strengths 0 and more",
        undefined="never",
        reference="Marchiori and Latora 2000",
    ),
    Measure(
        name="harmonic_closeness_error",
        function="harmonic_closeness",
        of="person",
        meaning="Standard error of harmonic closeness where it is estimated from some people's "
        "ways; 0 where it is exact.",
        unit="as harmonic closeness",
        range="0 and more",
        undefined="if fewer than two people's ways were looked at",
        reference="Eppstein and Wang 2004",
    ),
)


def harmonic_closeness(
    graph_or_ties: GraphOrTies, *, weight: Weight = None, sources: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """
    Measure how near everybody else is.

    Each other person counts 1 / steps: alters count 1, the alters of these
    a half, and somebody out of reach 0. So it is defined in a village of
    several parts too. Everybody in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    weight
        Name of the edge attribute that holds tie strength: then a tie is
        1 / strength long. If None, every tie is one step.
    sources
        To how many people, a sample drawn with `seed`, ways are looked at. By
        default to all; with strengths and above 5,000 people, to 100.
    seed
        Seed of the sample. It does not depend on the order of people.

    Returns
    -------
    closeness
        Indexed by `person_id`: `harmonic_closeness` (0 to the number of other
        people; with strengths, in the unit of strength) and
        `harmonic_closeness_error` (standard error of a sample; 0 if exact).

    Raises
    ------
    ValueError
        If `sources` is not a whole number of 1 or more.

    Notes
    -----
    In steps, takes time proportional to people times ties, in portions of 64
    people at once. With strengths, to sources times ties.

    References
    ----------
    .. [1] Marchiori, M., & Latora, V. (2000). Harmony in the small-world.
       Physica A 285(3-4), 539-546.
    .. [2] Eppstein, D., & Wang, J. (2004). Fast approximation of centrality.
       Journal of Graph Algorithms and Applications 8(1), 39-45.

    Examples
    --------
    ana knows ben, and two more people are two steps away:

    >>> G = nx.star_graph(["ben", "ana", "cy", "dee"])
    >>> harmonic_closeness(G)["harmonic_closeness"].to_dict()
    {'ben': 3.0, 'ana': 2.0, 'cy': 2.0, 'dee': 2.0}
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    n = len(ids)
    chosen = sample(ids, sources, seed=seed, exact=weight is None or n <= EXACT_PEOPLE)
    near = nearness_in_steps if weight is None else _nearness_by_strength
    first, second = near(A, chosen)
    # ways to oneself are none
    others = np.full(n, len(chosen))
    others[chosen] -= 1
    value, error = estimate(first, second, drawn=others, whole=n - 1)
    return pd.DataFrame({"harmonic_closeness": value, "harmonic_closeness_error": error}, index=ids)


def people_by_steps(A: sparse.csr_array, sources: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """
    Count how many of some people are each number of steps away.

    Parameters
    ----------
    A
        Symmetric matrix of ties.
    sources
        Numbers of people, each once.

    Yields
    ------
    steps, counts
        For everybody, how many of a portion of `sources` are just so far away.
    """
    n = A.shape[0]
    order = np.argsort(-degrees(A), kind="stable")
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    alters = _alters_by_degree(A, order, place)
    width = 64 * max(1, _WORDS_AT_ONCE // max(A.nnz, 1))
    for start in range(0, len(sources), width):
        some = place[sources[start : start + width]]
        bit = np.arange(len(some), dtype=np.uint64)
        # bit i of a person's row: whether source i is near
        near = np.zeros((n, -(-len(some) // 64)), dtype=np.uint64)
        near[some, bit // np.uint64(64)] = np.uint64(1) << bit % np.uint64(64)
        steps = 0
        while True:
            steps += 1
            found = _near_an_alter(near, alters)
            found &= ~near
            counts = _ones(found)
            if not counts.any():
                break
            near |= found
            yield steps, counts[place]


def _alters_by_degree(
    A: sparse.csr_array, order: np.ndarray, place: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """
    Return everybody's alters, people numbered from those with most alters on.

    Returns
    -------
    of_the_busy
        All alters of each person who has many.
    of_the_rest
        The first alter of each of the others, then the second of those who have one, ...
    """
    degree, first, alters = degrees(A)[order], A.indptr[order], place[A.indices]
    busy = int((degree > _BUSY).sum())
    rest = [
        alters[first[busy : busy + count] + which]
        for which in range(_BUSY)
        if (count := int((degree[busy:] > which).sum()))
    ]
    return [alters[first[row] : first[row] + degree[row]] for row in range(busy)], rest


def _near_an_alter(
    near: np.ndarray, alters: tuple[list[np.ndarray], list[np.ndarray]]
) -> np.ndarray:
    """Return, bit by bit, whether any alter of each person is near."""
    of_the_busy, of_the_rest = alters
    found = np.zeros_like(near)
    for row, places in enumerate(of_the_busy):
        found[row] = np.bitwise_or.reduce(near.take(places, axis=0), axis=0)
    for places in of_the_rest:
        found[len(of_the_busy) : len(of_the_busy) + len(places)] |= near.take(places, axis=0)
    return found


def _ones(bits: np.ndarray) -> np.ndarray:
    """Count the ones in each row."""
    if hasattr(np, "bitwise_count"):  # numpy 2
        counts = np.bitwise_count(bits)
    else:
        counts = _ONES_OF_BYTE[bits.view(np.uint8)]
    total: np.ndarray = counts.sum(axis=1, dtype=np.int64)
    return total


def nearness_in_steps(A: sparse.csr_array, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum 1 / steps, and its square, over the ways to some people."""
    first, second = np.zeros(A.shape[0]), np.zeros(A.shape[0])
    for steps, counts in people_by_steps(A, sources):
        first += counts / steps
        second += counts / steps**2
    return first, second


def _nearness_by_strength(
    A: sparse.csr_array, sources: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    n = A.shape[0]
    long = lengths(A)
    first, second = np.zeros(n), np.zeros(n)
    height = max(1, ENTRIES_AT_ONCE // max(n, 1))
    for start in range(0, len(sources), height):
        some = sources[start : start + height]
        far = csgraph.dijkstra(long, indices=some)
        far[np.arange(len(some)), some] = np.inf
        first += (1 / far).sum(axis=0)
        second += (1 / far**2).sum(axis=0)
    return first, second
