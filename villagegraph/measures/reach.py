"""Reach: who stands within a few steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd
from scipy import sparse

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.attributes import groups_of
from villagegraph.measures.catalog import Measure
from villagegraph.measures.communities import communities as find_communities
from villagegraph.measures.owner import named_owner

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies

# entries of the matrix of who reaches whom that are held at once
_ENTRIES_AT_ONCE = 4_000_000


def _entry(name: str, meaning: str, unit: str, span: str, undefined: str = "never") -> Measure:
    source = "Hanneman and Riddle 2005"
    return Measure(name, "reach", "person", meaning, unit, span, undefined, source)


MEASURES = (
    _entry("people", "Other people within a few steps.", "people", "0 to n - 1, n people"),
    _entry("share", "Those as a share of all other people.", "share", "0 to 1",
           "with one person alone"),
    _entry("organizations", "Distinct organizations of the people within reach.", "organizations",
           "0 to people", "if nobody's organization is known"),
    _entry("places", "Distinct places of the people within reach.", "places", "0 to people",
           "if nobody's place is known"),
    _entry("communities", "Distinct communities of the people within reach.", "communities",
           "0 to people"),
    _entry("efficiency", "People within reach per tie: people / (alters + 1).", "people",
           "0 and more"),
    _entry("lower_bound", "Whether the true figures may be greater, since one person's data does "
           "not show all ties of others.", "true or false", "-"),
)  # fmt: skip


def reach(
    graph_or_ties: GraphOrTies, *, steps: int = 2, communities: pd.Series | None = None
) -> pd.DataFrame:
    """
    Count the people, organizations, places and communities within a few steps.

    One step are a person's own alters, two steps the alters of these as well:
    the people one introduction away. Everybody in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph whose nodes say their `organization` and
        `location`, or a tie table. Every tie counts, whatever its strength.
    steps
        Most ties on the way, 1 or more.
    communities
        As `communities` returns them; if None, they are found here.

    Returns
    -------
    reach
        Indexed by `person_id`: `people` (count, without the person), `share`
        (of all other people, 0 to 1; `nan` if there are none),
        `organizations`, `places` and `communities` (distinct ones among the
        people reached; `nan` for what no node tells: a table knows neither
        organizations nor places),
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
    steps = whole_steps(steps)
    ids, A = as_adjacency(graph_or_ties, weight=None)
    found = find_communities(graph_or_ties) if communities is None else communities
    groups = groups_of(graph_or_ties, found.reindex(ids))
    counts, *of_groups = _count(A, steps, [_members(codes) for codes in groups.values()])
    others = len(ids) - 1
    columns = {
        "people": counts,
        "share": counts / others if others > 0 else np.full(len(ids), np.nan),
        **{
            name: number if codes is not None else np.full(len(ids), np.nan)
            for (name, codes), number in zip(groups.items(), of_groups, strict=True)
        },
        "efficiency": counts / (degrees(A) + 1),
        "lower_bound": _lower_bound(graph_or_ties, ids, steps=steps),
    }
    return pd.DataFrame(columns, index=ids)


def whole_steps(steps: int) -> int:
    """
    Return a number of steps, if it is one.

    Raises
    ------
    ValueError
        If it is not a whole number of 1 or more.
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        msg = f"steps needs to be a whole number of 1 or more, {steps!r} was given"
        raise ValueError(msg)
    return int(steps)


def _members(codes: np.ndarray | None) -> sparse.csr_array | None:
    """Return the matrix of who belongs to which group; -1 belongs to none."""
    if codes is None:
        return None
    belongs = np.flatnonzero(codes >= 0)
    ones = np.ones(len(belongs), dtype=np.int32)
    shape = (len(codes), int(codes.max(initial=-1)) + 1)
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
