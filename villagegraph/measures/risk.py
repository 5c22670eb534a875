"""Reach at risk: what would go with each person and each tie, and the best way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.attributes import groups_of
from villagegraph.measures.catalog import Measure
from villagegraph.measures.communities import communities as find_communities
from villagegraph.measures.detours import detour_lengths
from villagegraph.measures.needed import losses, needed
from villagegraph.measures.owner import owner_of, sorted_places
from villagegraph.measures.parts import bridge_ties
from villagegraph.measures.reach import whole_steps

if TYPE_CHECKING:
    from collections.abc import Hashable

    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies, Weight

_GROUPS = ("organizations", "places", "communities")


def _entries(function: str, of: str, gone: str) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            name,
            function,
            of,
            f"How many {name} would be out of reach if the {gone} went: of `me`, or of all others "
            "together.",
            name,
            "0 and more",
            "for `me`" if name == "people" else f"for `me`, and if no {name} are known",
            "villagegraph, after Granovetter 1973",
        )
        for name in ("people", *_GROUPS)
    )


MEASURES = (
    *_entries("reach_at_risk", "person", "person"),
    *_entries("ties_at_risk", "tie", "tie"),
    Measure(
        "bridge",
        "ties_at_risk",
        "tie",
        "Whether the tie is the only way between its two people.",
        "true or false",
        "-",
        "never",
        "Hopcroft and Tarjan 1973",
    ),
    Measure(
        "backup_length",
        "ties_at_risk",
        "tie",
        "Length of the most reliable way between the two that is left without their tie: "
        "1 / strength of all ties on it, summed.",
        "1 / strength",
        "above 0",
        "if no way along ties with strength is left",
        "villagegraph",
    ),
)


def reach_at_risk(
    graph_or_ties: GraphOrTies,
    *,
    steps: int = 2,
    me: Hashable | None = None,
    communities: pd.Series | None = None,
) -> pd.DataFrame:
    """
    Rank everybody by what would be out of reach without them.

    In a graph that has a `me`, what `me` would lose; else, what all others
    would lose together. A person counts as lost with themselves.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph whose nodes say their `organization` and
        `location`, or a tie table. Every tie counts, whatever its strength.
    steps
        Most ties on a way, 1 or more.
    me
        Whose reach is looked at; by default the `me` of the graph, everybody's
        if it has none.
    communities
        As `communities` returns them; if None, they are found here. They stay
        as they are when somebody goes.

    Returns
    -------
    risk
        Indexed by `person_id`, the greatest loss first: `people`,
        `organizations`, `places`, `communities`: by how much those figures of
        `reach` would fall if the person went. Without a `me`, summed over all
        others. `nan` for `me`, and for what no node tells.

    Raises
    ------
    ValueError
        If `steps` is not a whole number of 1 or more, or `me` is not there.

    See Also
    --------
    without : The village without somebody, to look at what would be left.
    ties_at_risk : The same for ties, with the best way round.

    Notes
    -----
    Nothing is taken out and counted anew: for one `me`, takes time
    proportional to the ties; for all, to people times ties (times steps
    squared). In one person's village ties among others are seen only in
    part, so somebody may be reached in ways that the data does not show.

    References
    ----------
    .. [1] Granovetter, M. S. (1973). The strength of weak ties. American
       Journal of Sociology 78(6), 1360-1380.

    Examples
    --------
    Without ana, me would lose her and cy; ben brings nobody else, since dee
    is known to ana too:

    >>> G = nx.Graph([("me", "ana"), ("me", "ben"), ("ana", "cy"), ("ana", "dee"), ("ben", "dee")])
    >>> G.graph["me"] = "me"
    >>> reach_at_risk(G)["people"].head(2).to_dict()
    {'ana': 2.0, 'ben': 1.0}
    """
    ids, A = as_adjacency(graph_or_ties, weight=None)
    mine = owner_of(graph_or_ties, ids, me=me)
    lost = _lost(graph_or_ties, ids, A, steps=steps, me=me, communities=communities)
    table = pd.DataFrame(lost, index=ids, dtype=np.float64)
    table[mine] = np.nan
    order = sorted_places(ids)
    return _greatest_first(table.iloc[order])


def ties_at_risk(
    graph_or_ties: GraphOrTies,
    *,
    steps: int = 2,
    me: Hashable | None = None,
    communities: pd.Series | None = None,
    weight: Weight = "strength",
) -> pd.DataFrame:
    """
    Rank all ties by what would be out of reach without them.

    Parameters
    ----------
    graph_or_ties
        As in `reach_at_risk`.
    steps
        Most ties on a way, 1 or more.
    me
        Whose reach is looked at; by default the `me` of the graph, everybody's
        if it has none.
    communities
        As `communities` returns them; if None, they are found here.
    weight
        Name of the edge attribute that holds tie strength, which tells how
        reliable a way is: a tie is 1 / strength long. If None, a tie is one step.

    Returns
    -------
    risk
        Indexed by `person_u` and `person_v` (in sorted order), the greatest loss
        first: `people`, `organizations`, `places`, `communities` (as in
        `reach_at_risk`), `bridge` (whether there is no other way between the
        two), `backup_length` (of the most reliable way left between
        the two, the sum of 1 / strength; `nan` if there is none).

    Raises
    ------
    ValueError
        As `reach_at_risk`.

    See Also
    --------
    backup_path : That way, person by person.
    without_tie : The village without a tie.

    Notes
    -----
    Takes time proportional to people times ties. Every person's shortest
    ways are found once, and the best way round a tie where they meet.

    Examples
    --------
    Without their tie, me and ana would have a way of three steps left:

    >>> G = nx.Graph([("me", "ana"), ("me", "ben"), ("ana", "dee"), ("ben", "dee")])
    >>> float(ties_at_risk(G, weight=None).loc[("ana", "me"), "backup_length"])
    3.0
    """
    ids, A = as_adjacency(graph_or_ties, weight=None)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[sorted_places(ids)] = np.arange(len(ids))
    rows = np.repeat(np.arange(len(ids)), degrees(A))
    first = rank[rows] < rank[A.indices]
    u, v = rows[first], A.indices[first].astype(np.int64)
    number = _tie_numbers(rows, A.indices, u, v)
    lost = _lost(graph_or_ties, ids, A, steps=steps, me=me, communities=communities, ties=number)
    bridges = {tuple(sorted(pair)) for pair in bridge_ties(A).tolist()}
    _, by_strength = as_adjacency(graph_or_ties, weight=weight)
    pairs = [tuple(sorted(pair)) for pair in zip(u.tolist(), v.tolist(), strict=True)]
    ends = pd.MultiIndex.from_arrays([ids[u], ids[v]], names=["person_u", "person_v"])
    table = pd.DataFrame(lost, index=ends, dtype=np.float64)
    table["bridge"] = np.fromiter((pair in bridges for pair in pairs), bool, len(pairs))
    table["backup_length"] = detour_lengths(by_strength, u, v)
    return _greatest_first(table.iloc[np.lexsort((rank[v], rank[u]))])


def _tie_numbers(rows: np.ndarray, columns: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the place of each entry's tie in the list of ties u - v."""
    n = int(max(rows.max(initial=0), columns.max(initial=0))) + 1
    keys = np.minimum(u, v) * n + np.maximum(u, v)
    order = np.argsort(keys)
    wanted = np.minimum(rows, columns) * n + np.maximum(rows, columns)
    if not len(keys):
        return np.zeros(0, dtype=np.int32)
    found: np.ndarray = order[np.searchsorted(keys[order], wanted)].astype(np.int32)
    return found


def _lost(
    graph_or_ties: GraphOrTies,
    ids: pd.Index,
    A: sparse.csr_array,
    *,
    steps: int,
    me: Hashable | None,
    communities: pd.Series | None,
    ties: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Sum, per person or tie, what goes with it."""
    steps = whole_steps(steps)
    mine = owner_of(graph_or_ties, ids, me=me)
    found = find_communities(graph_or_ties, me=me) if communities is None else communities
    groups = groups_of(graph_or_ties, found.reindex(ids))
    size = len(ids) if ties is None else A.nnz // 2
    lost = {name: np.zeros(size) for name in ("people", *groups)}
    sources = np.flatnonzero(mine) if mine.any() else np.arange(len(ids))
    for portion in needed(A, steps=steps, sources=sources, ties=ties):
        lost["people"] += losses(portion, size)
        for name, group in groups.items():
            lost[name] += np.nan if group is None else losses(portion, size, group=group)
    return lost


def _greatest_first(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["people", *_GROUPS]
    return table.sort_values(columns, ascending=False, kind="stable", na_position="last")
