"""What is measured within each person's own circle: the person, the alters, their ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd
from scipy import sparse

from villagegraph.measures.adjacency import as_adjacency, degrees, portions
from villagegraph.measures.catalog import Measure
from villagegraph.measures.matrices import rows_of

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies

# added to the count of ways between two alters who are tied themselves
_TIED = np.int32(2**30)

MEASURES = (
    Measure(
        name="ego_betweenness",
        function="ego_betweenness",
        of="person",
        meaning="Pairs of alters who are not tied, a pair counting less where other alters bring "
        "the two together too.",
        unit="pairs of people",
        range="0 to N(N - 1) / 2, N alters",
        undefined="for somebody without alters",
        reference="Everett and Borgatti 2005",
    ),
)


def ego_betweenness(graph_or_ties: GraphOrTies) -> pd.Series:
    """
    Count the pairs of alters who need each person to come together.

    Betweenness within the own circle alone, which a person's own data can tell.
    Between two alters who are not tied, one way leads through the person,
    and one through each other alter who is tied to both: the pair counts
    1 / (number of these ways). Everybody in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table. Every tie counts, whatever its strength.

    Returns
    -------
    ego_betweenness
        Pairs of alters per `person_id`, 0 to N (N - 1) / 2 for N alters; `nan`
        for somebody without alters.

    See Also
    --------
    betweenness : By the shortest ways in the whole village.

    Notes
    -----
    Takes time proportional to the pairs of ties that meet, and more where
    alters are closely knit.

    References
    ----------
    .. [1] Everett, M., & Borgatti, S. P. (2005). Ego network betweenness.
       Social Networks 27(1), 31-38.

    Examples
    --------
    Of four alters in a ring, two pairs are not tied, and each of these has
    two other alters in common:

    >>> G = nx.wheel_graph(["me", "ana", "ben", "cy", "dee"])
    >>> round(float(ego_betweenness(G)["me"]), 3)
    0.667
    """
    ids, A = as_adjacency(graph_or_ties, weight=None)
    n, degree = len(ids), degrees(A)
    rows = np.repeat(np.arange(n), degree)
    pairs = degree * (degree - 1) / 2
    wedges = np.bincount(rows, degree[A.indices], n).astype(np.int64)
    for start, end in portions(wedges):
        here = slice(A.indptr[start], A.indptr[end])
        ego = rows[here] - start
        pairs[start:end] -= _less(_circles(A, ego, here), ego, end - start)
    return pd.Series(np.where(degree > 0, pairs, np.nan), index=ids, name="ego_betweenness")


def _less(circles: sparse.csr_array, ego: np.ndarray, n: int) -> np.ndarray:
    """Return what the ties among alters take from the pairs of each person."""
    less = np.bincount(ego, degrees(circles) / 2, n)
    for first, last in portions(circles @ degrees(circles)):
        part = circles[first:last]
        # alters of one person meet only one another in this product
        ways = (part @ circles + _TIED * part).tocoo()
        other = (ways.data < _TIED) & (ways.row + first != ways.col)
        share = 1 - 1 / (1 + ways.data[other])
        less += np.bincount(ego[ways.row[other] + first], share / 2, n)
    return less


def _circles(A: sparse.csr_array, ego: np.ndarray, here: slice) -> sparse.csr_array:
    """Return the ties among the alters of some people, a row for each person and alter."""
    n, degree = A.shape[0], degrees(A)
    alter = A.indices[here].astype(np.int64)
    known = ego * n + alter  # ascending, since rows and columns are sorted
    near = np.repeat(np.arange(len(alter)), degree[alter])
    wanted = ego[near] * n + A.indices[rows_of(A.indptr, alter)]
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    within = known[place] == wanted
    ones = np.ones(int(within.sum()), dtype=np.int32)
    return sparse.csr_array((ones, (near[within], place[within])), shape=(len(alter),) * 2)
