"""The most reliable way round: between two people, if their own tie or others were gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.matrices import lengths

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from villagegraph.measures.adjacency import GraphOrTies, Weight

# pairs of a source and an end of a tie that are held at once
_ENTRIES_AT_ONCE = 2_000_000


def backup_path(
    graph_or_ties: GraphOrTies,
    u: Hashable,
    v: Hashable,
    *,
    without: Hashable | None = None,
    weight: Weight = "strength",
) -> list[Hashable]:
    """
    Find the most reliable way between two people that is left without their own tie.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    u, v
        `person_id` of the two, whether they are tied or not.
    without
        Somebody else who is gone too; None for nobody.
    weight
        Name of the edge attribute that holds tie strength: a tie is
        1 / strength long, and the shortest way is the most reliable one. If
        None, every tie is one step.

    Returns
    -------
    path
        The people on the way, from u to v. Empty if there is none.

    Raises
    ------
    ValueError
        If one of the people is not there, or u is v or `without`.

    See Also
    --------
    ties_at_risk : The length of this way, for all ties at once.

    Notes
    -----
    Takes time proportional to the ties, and a little more.

    Examples
    --------
    ben is the better way round than cy:

    >>> G = nx.Graph()
    >>> G.add_edge("me", "ana", strength=9)
    >>> for other, strength in (("ben", 4), ("cy", 1)):
    ...     G.add_edge("me", other, strength=strength)
    ...     G.add_edge(other, "ana", strength=strength)
    >>> backup_path(G, "me", "ana")
    ['me', 'ben', 'ana']
    >>> backup_path(G, "me", "ana", without="ben")
    ['me', 'cy', 'ana']
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    begin, end = _place(ids, u), _place(ids, v)
    gone = -1 if without is None else _place(ids, without)
    if begin == end or gone in (begin, end):
        msg = "needs to be given two people, and `without` somebody else"
        raise ValueError(msg)
    rows = np.repeat(np.arange(len(ids)), degrees(A))
    own = ((rows == begin) & (A.indices == end)) | ((rows == end) & (A.indices == begin))
    long = lengths(A)
    long.data[own | (rows == gone) | (A.indices == gone)] = np.inf
    kept = np.isfinite(long.data)
    left = sparse.coo_array((long.data[kept], (rows[kept], A.indices[kept])), shape=A.shape).tocsr()
    far, before = csgraph.dijkstra(left, indices=begin, return_predecessors=True)
    if not np.isfinite(far[end]):
        return []
    path = [end]
    while path[-1] != begin:
        path.append(int(before[path[-1]]))
    return [ids[place] for place in reversed(path)]


def _place(ids: pd.Index, person: Hashable) -> int:
    places = np.flatnonzero(ids == person)
    if not len(places):
        msg = "one of the people is not among the people of the village"
        raise ValueError(msg)
    return int(places[0])


def detour_lengths(A: sparse.csr_array, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """
    Return how long the shortest way round each of some ties is, `nan` if there is none.

    Without the tie from a person to an alter, whoever is reached through that
    alter is to be reached another way: over a tie that joins them to the rest.
    The best of those, with the ways up to it from both sides, is the way round.

    Parameters
    ----------
    A
        Symmetric matrix of strengths; a tie is 1 / strength long.
    u, v
        Numbers of the two people of each tie.
    """
    around = np.full(len(u), np.nan)
    order = np.argsort(u, kind="stable")
    sources = np.unique(u)
    begins = np.searchsorted(u[order], sources)
    height = max(1, _ENTRIES_AT_ONCE // max(A.nnz, A.shape[0], 1))
    for start in range(0, len(sources), height):
        some = sources[start : start + height]
        end = begins[start + height] if start + height < len(sources) else len(u)
        ties = order[begins[start] : end]
        row = np.searchsorted(some, u[ties])
        far, own_tie, best = _around(A, some)
        alter = v[ties]
        length = np.where(own_tie[row, alter], best[row, alter], far[row, alter])
        around[ties] = np.where(np.isfinite(length), length, np.nan)
    return around


def _around(A: sparse.csr_array, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Find shortest ways from some people, and the best ways round their first ties.

    Returns
    -------
    far
        How far everybody is from each source.
    own_tie
        Whether the way to somebody is the source's own tie with them.
    best
        Length of the best way there that does not begin with them, where `own_tie`.
    """
    n = A.shape[0]
    long = lengths(A)
    far, before = csgraph.dijkstra(long, indices=sources, return_predecessors=True)
    own_tie = before == sources[:, None]
    # whom each way begins with: go back until the source is next
    first = np.where(own_tie | (before < 0), np.arange(n), before)
    while True:
        again = np.take_along_axis(first, first, axis=1)
        if (again == first).all():
            break
        first = again
    x, y = np.repeat(np.arange(n), degrees(A)), A.indices
    behind = first.take(y, axis=1)
    joins = (first.take(x, axis=1) != behind) & (y != sources[:, None])
    joins &= ~((x == sources[:, None]) & (behind == y))
    joins &= np.isfinite(far.take(x, axis=1)) & np.isfinite(long.data)
    at, tie = np.nonzero(joins)
    over = far[at, x[tie]] + long.data[tie] + (far[at, y[tie]] - far[at, behind[at, tie]])
    best = np.full(far.shape, np.inf)
    np.minimum.at(best, (at, behind[at, tie]), over)
    return far, own_tie, best
