"""Clustering: how many of a person's alters know one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees, each_tie, triangles
from villagegraph.measures.alter_ties import evidence, shows_evidence
from villagegraph.measures.catalog import Measure
from villagegraph.measures.owner import owner_of
from villagegraph.measures.pairs import values_at

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies, Ties, Weight


def clustering(graph_or_ties: GraphOrTies, *, weight: Weight = None) -> pd.DataFrame:
    """
    Calculate how closely knit each person's circle is.

    Clustering is the share of the pairs of a person's alters who are tied to
    one another: 1 in a family where all talk to all, 0 for somebody who alone
    holds the others together. Everybody in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    weight
        Name of the edge attribute that holds tie strength. Then every
        triangle counts by the geometric mean of its three strengths, as
        shares of the greatest strength in the graph. If None, every tie counts 1.

    Returns
    -------
    clustering
        Indexed by `person_id`: `clustering` (0 to 1; `nan` with fewer than two
        alters, where there is no pair), `triangles` and `degree` (counts);
        `seen_together` (count: of the ties among the person's alters, those that
        are only inferred, because both received the same mail) and `evidence`
        (count of the items from which these are inferred), both `nan` where
        ties do not tell; `lower_bound` (whether the true figures may be greater).

    Notes
    -----
    Takes time of at most (number of ties) ** 1.5. networkx says 0 where this
    says `nan`.

    In one person's village, ties among alters are seen only through the
    owner's own mail and meetings: the figure says how many were *seen together*,
    on the evidence told beside it. It is a lower bound, does not recover how
    closely knit a circle really is, and the figures of two people are not to
    be compared. `alter_ties` lists the evidence tie by tie.

    References
    ----------
    .. [1] Watts, D. J., & Strogatz, S. H. (1998). Collective dynamics of
       "small-world" networks. Nature 393, 440-442.
    .. [2] Onnela, J.-P., et al. (2005). Intensity and coherence of motifs in
       weighted complex networks. Physical Review E 71, 065103.

    Examples
    --------
    Of ana's three alters only ben and cy know each other, one pair of three:

    >>> G = nx.Graph([("ana", "ben"), ("ana", "cy"), ("ana", "dee"), ("ben", "cy")])
    >>> clustering(G)["clustering"].round(2).to_dict()
    {'ana': 0.33, 'ben': 1.0, 'cy': 1.0, 'dee': nan}
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    if weight is not None and A.nnz:
        A.data = np.cbrt(A.data / A.data.max())
    n = len(ids)
    count, intensity = np.zeros(n, dtype=np.int64), np.zeros(n)
    inferred, items = np.zeros(n), np.zeros(n)
    ties = each_tie(A)
    shared = _inferred_from(graph_or_ties, ties)
    for ab, ac, bc in triangles(ties):
        product = ties.weight[ab] * ties.weight[ac] * ties.weight[bc]
        for corner, across in ((ties.tail[ab], bc), (ties.head[ab], ac), (ties.head[ac], ab)):
            count += np.bincount(corner, minlength=n)
            intensity += np.bincount(corner, product, n)
            if shared is not None:
                inferred += np.bincount(corner, shared[across] > 0, n)
                items += np.bincount(corner, shared[across], n)
    degree = degrees(A)
    pairs = degree * (degree - 1.0) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(pairs > 0, intensity / pairs, np.nan)
    unknown = np.full(n, np.nan)
    return pd.DataFrame(
        {
            "clustering": share,
            "triangles": count,
            "degree": degree,
            "seen_together": unknown if shared is None else inferred,
            "evidence": unknown if shared is None else items,
            "lower_bound": np.full(n, bool(owner_of(graph_or_ties, ids, me=None).any())),
        },
        index=ids,
    )


def _inferred_from(graph_or_ties: GraphOrTies, ties: Ties) -> np.ndarray | None:
    """Return, per tie, the items from which it is inferred, 0 for contact; None if not known."""
    if not shows_evidence(graph_or_ties):
        return None
    found = evidence(graph_or_ties)
    direct, shared = (values_at(M, ties.tail, ties.head) for M in (found.direct, found.shared))
    return np.where(direct > 0, 0.0, shared)


def transitivity(graph_or_ties: GraphOrTies) -> float:
    """
    Calculate the share of open or closed two-paths that are closed.

    How often two people with an alter in common are tied to each other, in
    the graph as a whole. Everybody counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table. Every tie counts 1.

    Returns
    -------
    transitivity
        0 to 1; `nan` if nobody has two alters.

    Notes
    -----
    Takes time of at most (number of ties) ** 1.5. networkx says 0 where this
    says `nan`.

    References
    ----------
    .. [1] Wasserman, S., & Faust, K. (1994). Social Network Analysis.
       Cambridge University Press, 243.

    Examples
    --------
    A triangle with a fourth person at one corner: five pairs share an alter,
    and three of these are tied.

    >>> G = nx.Graph([("ana", "ben"), ("ana", "cy"), ("ana", "dee"), ("ben", "cy")])
    >>> transitivity(G)
    0.6
    """
    _, A = as_adjacency(graph_or_ties, weight=None)
    degree = degrees(A)
    paths = int((degree * (degree - 1) // 2).sum())
    closed = 3 * sum(len(ab) for ab, _, _ in triangles(each_tie(A)))
    return closed / paths if paths else float("nan")


MEASURES = (
    Measure(
        name="clustering",
        function="clustering",
        of="person",
        meaning="Share of the pairs of a person's alters who are tied to one another; in one "
        "person's village, who were seen together.",
        unit="share",
        range="0 to 1",
        undefined="fewer than two alters",
        reference="Watts and Strogatz 1998; with strengths Onnela et al. 2005",
    ),
    Measure(
        name="triangles",
        function="clustering",
        of="person",
        meaning="Pairs of a person's alters who are tied to one another.",
        unit="pairs",
        range="0 or more",
        undefined="never",
        reference="Watts and Strogatz 1998",
    ),
    Measure(
        name="seen_together",
        function="clustering",
        of="person",
        meaning="Ties among a person's alters that are only inferred, because both received the "
        "same mail.",
        unit="ties",
        range="0 or more",
        undefined="ties do not tell their evidence",
        reference="villagegraph",
    ),
    Measure(
        name="evidence",
        function="clustering",
        of="person",
        meaning="Items from which the ties among a person's alters are inferred.",
        unit="items",
        range="0 or more",
        undefined="ties do not tell their evidence",
        reference="villagegraph",
    ),
    Measure(
        name="transitivity",
        function="transitivity",
        of="village",
        meaning="How often two people with an alter in common are tied to each other.",
        unit="share",
        range="0 to 1",
        undefined="nobody has two alters",
        reference="Wasserman and Faust 1994",
    ),
    Measure(
        name="degree",
        function="clustering",
        of="person",
        meaning="Number of alters.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="Freeman 1978",
    ),
    Measure(
        name="lower_bound",
        function="clustering",
        of="person",
        meaning="Whether the true figures may be greater, since one person's exports show "
        "part of the ties only.",
        unit="-",
        range="true, false",
        undefined="never",
        reference="villagegraph",
    ),
)
