"""Clustering: how many of a person's alters know one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees, each_tie, triangles

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies, Weight


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
        alters, where there is no pair), `triangles` and `degree` (counts).

    Notes
    -----
    Takes time of at most (number of ties) ** 1.5. networkx says 0 where this
    says `nan`.

    In one person's village, ties among alters are seen only through the
    owner's own mail and meetings, so these are lower bounds, and the figures
    of two people are not to be compared.

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
    ties = each_tie(A)
    for ab, ac, bc in triangles(ties):
        product = ties.weight[ab] * ties.weight[ac] * ties.weight[bc]
        for corner in (ties.tail[ab], ties.head[ab], ties.head[ac]):
            count += np.bincount(corner, minlength=n)
            intensity += np.bincount(corner, product, n)
    degree = degrees(A)
    pairs = degree * (degree - 1.0) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(pairs > 0, intensity / pairs, np.nan)
    return pd.DataFrame({"clustering": share, "triangles": count, "degree": degree}, index=ids)


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
