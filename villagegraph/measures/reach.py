"""Reach: who stands within a few steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.communities import communities as find_communities
from villagegraph.measures.owner import named_owner

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies

# entries of the matrix of who reaches whom that are held at once
_ENTRIES_AT_ONCE = 4_000_000


def reach(
    graph_or_ties: GraphOrTies, *, steps: int = 2, communities: pd.Series | None = None
) -> pd.DataFrame:
    """
    Count the people, organizations and communities within a few steps.

    One step are a person's own alters, two steps the alters of these as well:
    the people one introduction away. Everybody in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph whose nodes say their `organization`, or a
        tie table. Every tie counts, whatever its strength.
    steps
        Most ties on the way, 1 or more.
    communities
        As `communities` returns them; if None, they are found here.

    Returns
    -------
    reach
        Indexed by `person_id`: `people` (count, without the person), `share`
        (of all other people, 0 to 1; `nan` if there are none),
        `organizations` and `communities` (distinct ones among the people
        reached; `organizations` is `nan` if no node has that attribute),
        `efficiency` (people / (alters + 1): what a tie more or less is worth),
        `lower_bound` (whether the true figures may be greater).

    Raises
    ------
    ValueError
        If `steps` is not a whole number of 1 or more.

    Notes
    -----
    One person's exports show that person's ties, and of the ties among
    others only what the owner was there to see. So in a graph that has a
    `me`, all beyond the first step of `me` is a lower bound, and so is every
    figure of the others.

    Takes time proportional to the number of pairs reached.

    References
    ----------
    .. [1] Hanneman, R. A., & Riddle, M. (2005). Introduction to Social
       Network Methods, chapter 7. University of California, Riverside.

    Examples
    --------
    ana knows ben, ben knows cy and dee: two steps take ana to all three.

    >>> G = nx.Graph([("ana", "ben"), ("ben", "cy"), ("ben", "dee")])
    >>> reach(G, steps=1)["people"].to_dict()
    {'ana': 1, 'ben': 3, 'cy': 1, 'dee': 1}
    >>> reach(G, steps=2).loc["ana", ["people", "share", "efficiency"]].astype(float).tolist()
    [3.0, 1.0, 1.5]
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        msg = f"steps needs to be a whole number of 1 or more, {steps!r} was given"
        raise ValueError(msg)
    ids, A = as_adjacency(graph_or_ties, weight=None)
    found = find_communities(graph_or_ties) if communities is None else communities
    labels = found.reindex(ids).fillna(-1).astype(np.int64)
    groups = {
        "organizations": _members(_organizations(graph_or_ties)),
        "communities": _members([label if label >= 0 else None for label in labels]),
    }
    counts = _count(A, int(steps), list(groups.values()))
    people, others = counts[0], len(ids) - 1
    columns = {
        "people": people,
        "share": people / others if others > 0 else np.full(len(ids), np.nan),
        "organizations": counts[1],
        "communities": counts[2],
        "efficiency": people / (degrees(A) + 1),
        "lower_bound": _lower_bound(graph_or_ties, ids, steps=int(steps)),
    }
    if groups["organizations"] is None:
        columns["organizations"] = np.full(len(ids), np.nan)
    return pd.DataFrame(columns, index=ids)


def _organizations(graph_or_ties: GraphOrTies) -> list[str | None] | None:
    """Return where each person works, in the form in which it is compared."""
    if not isinstance(graph_or_ties, nx.Graph):
        return None
    values = [data.get("organization") for _, data in graph_or_ties.nodes(data=True)]
    if all(value is None for value in values):
        return None
    return [str(value or "").strip().casefold() or None for value in values]


def _members(labels: list[str | None] | list[int | None] | None) -> sparse.csr_array | None:
    """Return the matrix of who belongs to which group; None belongs to none."""
    if labels is None:
        return None
    codes, names = pd.factorize(pd.Series(labels, dtype="object"))
    belongs = np.flatnonzero(codes >= 0)
    ones = np.ones(len(belongs), dtype=np.int32)
    shape = (len(labels), len(names))
    return sparse.csr_array((ones, (belongs, codes[belongs])), shape=shape)


def _count(
    A: sparse.csr_array, steps: int, groups: list[sparse.csr_array | None]
) -> list[np.ndarray]:
    """Count the people within `steps` of each person, then the groups these belong to."""
    n = A.shape[0]
    # everybody reaches oneself, so that a product holds the steps before it too
    near = (A + sparse.eye_array(n)).tocsr().astype(np.int32)
    near.data[:] = 1
    counts = [np.zeros(n, dtype=np.int64) for _ in range(1 + len(groups))]
    height = max(1, _ENTRIES_AT_ONCE // max(n, 1))
    for start in range(0, n, height):
        rows = slice(start, min(start + height, n))
        reached = near[rows]
        for _ in range(steps - 1):
            before = reached.nnz
            reached = reached @ near
            reached.data[:] = 1  # whether, not how often
            if reached.nnz == before:
                break
        reached = _without_self(reached, start)
        counts[0][rows] = np.diff(reached.indptr)
        for place, group in enumerate(groups, start=1):
            if group is not None:
                counts[place][rows] = np.diff((reached @ group).indptr)
    return counts


def _without_self(reached: sparse.csr_array, start: int) -> sparse.csr_array:
    rows = np.repeat(np.arange(reached.shape[0]), np.diff(reached.indptr))
    kept = reached.indices != rows + start
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=reached.shape[0]))])
    return sparse.csr_array((reached.data[kept], reached.indices[kept], indptr), reached.shape)


def _lower_bound(graph_or_ties: GraphOrTies, ids: pd.Index, *, steps: int) -> np.ndarray:
    me = named_owner(graph_or_ties)
    if me is None:
        return np.zeros(len(ids), dtype=bool)
    return np.ones(len(ids), dtype=bool) if steps > 1 else np.asarray(ids != me)
