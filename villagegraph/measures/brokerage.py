"""Brokerage: who spans structural holes, and who is held in by the people around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees, each_tie, sums, triangles
from villagegraph.measures.catalog import Measure

if TYPE_CHECKING:
    from collections.abc import Hashable

    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies, Ties, Weight


def _entry(name: str, meaning: str, unit: str, span: str, source: str) -> Measure:
    undefined = "for somebody without alters"
    return Measure(name, "brokerage", "person", meaning, unit, span, undefined, source)


MEASURES = (
    _entry("effective_size", "Alters less those who would tell the same news.", "people",
           "1 to alters; with strengths, up to alters", "Burt 1992; Borgatti 1997"),
    _entry("efficiency", "Effective size as a share of all alters.", "share", "0 to 1",
           "Burt 1992"),
    _entry("constraint", "How far a person's time goes to few alters, or to alters who are tied "
           "to one another.", "-", "above 0; at most 1.125 if ties count 1, below 2 with strengths",
           "Burt 1992"),
    _entry("hierarchy", "How far constraint comes from one alter rather than from all alike.",
           "-", "0 to 1; 1 with one alter", "Burt 1992 (Coleman-Theil)"),
    Measure("degree", "brokerage", "person", "Number of alters with whom the tie has any strength.",
            "people", "0 or more", "never", "Freeman 1978"),
    Measure("ego_constraint", "ego_constraint", "person", "The constraint of one person.", "-",
            "as constraint", "for somebody without alters", "Burt 1992"),
    Measure("ego_effective_size", "ego_effective_size", "person",
            "The effective size of one person's circle.", "people", "as effective_size",
            "for somebody without alters", "Burt 1992; Borgatti 1997"),
)  # fmt: skip


def brokerage(graph_or_ties: GraphOrTies, *, weight: Weight = "strength") -> pd.DataFrame:
    """
    Calculate how far everybody spans structural holes.

    Alters who know one another tell a person the same news. *Effective size*
    counts alters less that redundancy, *efficiency* is its share of all
    alters. *Constraint* is high when a person's time goes to few alters, or to
    alters who are tied to one another; low when the person spans structural
    holes. *Hierarchy* tells whether it comes from one alter or from all alike. Everybody
    in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    weight
        Name of the edge attribute that holds tie strength. Ties of strength 0
        are left out. If None, every tie counts 1.

    Returns
    -------
    brokerage
        Indexed by `person_id`: `degree` (alters), `effective_size` (1 to
        degree if every tie counts 1), `efficiency` (0 to 1), `constraint`
        (above 0; at most 1.125 if every tie counts 1, below 2 with strengths),
        `hierarchy` (0 if all alters constrain alike, 1 with one alter).
        All but `degree` are `nan` for somebody without alters.

    See Also
    --------
    ego_betweenness : The pairs of alters who need the person to come together.
    betweenness : By the shortest ways in the whole village.
    brokerage_roles : Between which organizations.

    Notes
    -----
    Takes time of at most (number of ties) ** 1.5.

    With p_ij the share of i's strength that goes to j, and m_jq the strength
    of j and q as a share of j's greatest: effective size is
    ``sum_j (1 - sum_q p_iq m_jq)``, constraint is
    ``sum_j (p_ij + sum_q p_iq p_qj) ** 2``, j and q being alters of i. Of its
    N parts c_j, hierarchy is ``sum_j r_j ln r_j / (N ln N)``, r_j being c_j as a
    multiple of their mean (Coleman-Theil).

    References
    ----------
    .. [1] Burt, R. S. (1995). Structural Holes. Harvard University Press.
    .. [2] Borgatti, S. P. (1997). Structural holes: unpacking Burt's
       redundancy measures. Connections 20(1), 35-38.

    Examples
    --------
    A star has no ties among its alters: nothing is redundant, and the
    constraint on its centre is 1 / alters, from all alike.

    >>> G = nx.star_graph(["me", "ana", "ben", "cy", "dee"])
    >>> brokerage(G, weight=None).loc["me"].to_dict()
    {'degree': 4.0, 'effective_size': 4.0, 'efficiency': 1.0, 'constraint': 0.25,
     'hierarchy': 0.0}
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    degree, total = degrees(A), sums(A)
    ties = each_tie(A)
    redundancy, paths = _through_others(ties, total=total, greatest=_greatest(A))
    constraint, hierarchy = _constraint(ties, paths, total=total, degree=degree)
    tied = degree > 0
    size = np.where(tied, degree - redundancy, np.nan)
    return pd.DataFrame(
        {
            "degree": degree,
            "effective_size": size,
            "efficiency": size / np.where(tied, degree, 1),
            "constraint": np.where(tied, constraint, np.nan),
            "hierarchy": np.where(tied, hierarchy, np.nan),
        },
        index=ids,
    )


def _through_others(
    ties: Ties, *, total: np.ndarray, greatest: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """
    Sum over the triangles of each person and each tie.

    Returns
    -------
    redundancy
        Per person: how much of the alters' time goes to one another.
    paths
        Per tie, for the alters that both share: product of the strengths with
        both, over all strength of the alter.
    """
    n = len(total)
    redundancy, paths = np.zeros(n), np.zeros(len(ties.tail))
    for ab, ac, bc in triangles(ties):
        a, b, c = ties.tail[ab], ties.head[ab], ties.head[ac]
        w_ab, w_ac, w_bc = ties.weight[ab], ties.weight[ac], ties.weight[bc]
        for i, j, q, ij, iq, jq in (
            (a, b, c, w_ab, w_ac, w_bc),
            (b, a, c, w_ab, w_bc, w_ac),
            (c, a, b, w_ac, w_bc, w_ab),
        ):
            shared = jq * (iq / greatest[j] + ij / greatest[q]) / total[i]
            redundancy += np.bincount(i, shared, n)
        for tie, path in (
            (ab, w_ac * w_bc / total[c]),
            (ac, w_ab * w_bc / total[b]),
            (bc, w_ab * w_ac / total[a]),
        ):
            paths += np.bincount(tie, path, len(paths))
    return redundancy, paths


def _constraint(
    ties: Ties, paths: np.ndarray, *, total: np.ndarray, degree: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sum the squared dependence on each alter, direct and through others; measure how uneven."""
    n, both = len(total), ties.weight + paths
    people = np.concatenate([ties.tail, ties.head])
    parts = (np.concatenate([both, both]) / total[people]) ** 2
    constraint = np.bincount(people, parts, n)
    multiple = parts * degree[people] / constraint[people]
    # a part so small that it vanishes adds nothing
    uneven = np.bincount(people, multiple * np.log(np.where(multiple > 0, multiple, 1.0)), n)
    greatest = degree * np.log(np.maximum(degree, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        hierarchy = np.where(degree > 1, np.clip(uneven / greatest, 0, 1), 1.0)
    return constraint, hierarchy


def ego_constraint(
    graph_or_ties: GraphOrTies, me: Hashable, *, weight: Weight = "strength"
) -> float:
    """
    Calculate Burt's constraint on one person.

    Constraint is high when a person's time goes to few alters, or to alters
    who are tied to one another; low when the person spans structural holes.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph holding `me` and the alters, or a tie table.
    me
        `person_id` of the person.
    weight
        Name of the edge attribute that holds tie strength.
        If None, every tie counts 1.

    Returns
    -------
    constraint
        Dimensionless, above 0; at most 1.125 if every tie counts 1, below 2
        with strengths. `nan` if `me` has no alters.

    Raises
    ------
    ValueError
        If `me` is not among the people.

    See Also
    --------
    brokerage : The same for everybody at once.

    Notes
    -----
    Takes time proportional to the number of ties.

    References
    ----------
    .. [1] Burt, R. S. (1995). Structural Holes. Harvard University Press.

    Examples
    --------
    Of two alters who know each other, each is reached directly by half of
    one's time and through the other by a quarter: 2 * (1/2 + 1/4) ** 2.

    >>> G = nx.complete_graph(["me", "ana", "ben"])
    >>> ego_constraint(G, "me", weight=None)
    1.125
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    alters, share = _alters(A, _place(ids, me))
    if not len(alters):
        return float("nan")
    spent = np.zeros(len(ids))
    spent[alters] = share / sums(A)[alters]
    invested = share + (A @ spent)[alters]
    return float((invested**2).sum())


def ego_effective_size(
    graph_or_ties: GraphOrTies, me: Hashable, *, weight: Weight = "strength"
) -> float:
    """
    Calculate how many of a person's alters are not redundant.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph holding `me` and the alters, or a tie table.
    me
        `person_id` of the person.
    weight
        Name of the edge attribute that holds tie strength.
        If None, every tie counts 1.

    Returns
    -------
    effective_size
        People: from 1 to the number of alters if every tie counts 1.
        `nan` if `me` has no alters.

    Raises
    ------
    ValueError
        If `me` is not among the people.

    See Also
    --------
    brokerage : The same for everybody at once.

    Notes
    -----
    Takes time proportional to the number of ties.

    References
    ----------
    .. [1] Burt, R. S. (1995). Structural Holes. Harvard University Press.

    Examples
    --------
    Two alters who know each other are as good as one:

    >>> G = nx.complete_graph(["me", "ana", "ben"])
    >>> ego_effective_size(G, "me", weight=None)
    1.0
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    alters, share = _alters(A, _place(ids, me))
    if not len(alters):
        return float("nan")
    spent = np.zeros(len(ids))
    spent[alters] = share
    redundancy = (A @ spent)[alters] / _greatest(A)[alters]
    return float(len(alters) - redundancy.sum())


def _place(ids: pd.Index, me: Hashable) -> int:
    places = np.flatnonzero(ids == me)
    if not len(places):
        msg = "`me` is not among the people of the graph"
        raise ValueError(msg)
    return int(places[0])


def _alters(A: sparse.csr_array, me: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a person's alters and the share of strength that goes to each."""
    span = slice(A.indptr[me], A.indptr[me + 1])
    strength = A.data[span]
    return A.indices[span], strength / strength.sum()


def _greatest(A: sparse.csr_array) -> np.ndarray:
    """Return each person's greatest tie weight, 1 without ties."""
    greatest = np.ones(A.shape[0])
    tied = np.flatnonzero(np.diff(A.indptr))
    if len(tied):
        greatest[tied] = np.maximum.reduceat(A.data, A.indptr[tied])
    return greatest
