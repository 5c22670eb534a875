"""Centrality: how well placed each person is, in several senses of the word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees, sums
from villagegraph.measures.catalog import Measure
from villagegraph.measures.closeness import nearness_in_steps
from villagegraph.measures.directed import arcs
from villagegraph.measures.parts import bridge_ties, core_numbers, cut_people
from villagegraph.measures.spectra import eigenvector, pagerank

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies, Weight


def _entry(name: str, meaning: str, unit: str, span: str, undefined: str, source: str) -> Measure:
    return Measure(name, "centrality", "person", meaning, unit, span, undefined, source)


MEASURES = (
    _entry("degree", "Alters: people with whom there is a tie.", "people", "0 to n - 1", "never",
           "Freeman 1978"),
    _entry("active_degree", "Alters with a strength of at least 0.5, which is one contact day a "
           "half-life ago.", "people", "0 to degree", "never", "villagegraph"),
    _entry("reciprocated_degree", "Alters with whom contact went both ways.", "people",
           "0 to degree", "if ties have no directed counts", "villagegraph"),
    _entry("strength", "Strength of all ties together.", "contact days", "0 and more", "never",
           "Barrat et al. 2004"),
    _entry("harmonic_closeness", "All other people, each counting 1 / (steps away), 0 if out of "
           "reach.", "people", "0 to n - 1", "never", "Marchiori and Latora 2000"),
    _entry("eigenvector", "Standing by the standing of one's alters, as if all in the best knit "
           "part had 1 together (as squares).", "-", "0 to 1", "if there are no ties",
           "Bonacich 1972"),
    _entry("pagerank", "Share of time that a walk from alter to alter, now and then begun anew, "
           "spends at the person.", "share", "0 to 1", "never", "Page et al. 1999"),
    _entry("core", "Greatest k for which the person stands in a group where everybody has k "
           "alters within the group.", "people", "0 to degree", "never", "Seidman 1983"),
    _entry("articulation_point", "Whether others would be parted if the person went.",
           "true or false", "-", "never", "Hopcroft and Tarjan 1973"),
    _entry("bridges", "Ties of the person that are the only way between two parts.", "ties",
           "0 to degree", "never", "Hopcroft and Tarjan 1973"),
)  # fmt: skip


def centrality(
    graph_or_ties: GraphOrTies, *, weight: Weight = "strength", active_strength: float = 0.5
) -> pd.DataFrame:
    """
    Measure how well placed everybody is, in several senses of the word.

    Everybody in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    weight
        Name of the edge attribute that holds tie strength, for those of the
        measures that take it. If None, every tie counts 1.
    active_strength
        Strength from which on a tie is active. At the default, one contact day
        a half-life ago is enough.

    Returns
    -------
    centrality
        Indexed by `person_id`. Of all ties, whatever their strength: `degree`
        (alters), `reciprocated_degree` (alters with whom contact went both
        ways; `nan` if ties have no `n_uv` and `n_vu`), `harmonic_closeness`
        (all others, each counting 1 / steps), `core` (k-core), `articulation_point`
        (whether others would be parted without the person), `bridges` (ties of
        the person that are the only way between two parts).
        By strength: `active_degree` (alters), `strength` (sum, in its own
        unit), `eigenvector` (0 to 1, squares sum to 1; `nan` if there are no
        ties), `pagerank` (shares that sum to 1).

    Raises
    ------
    ValueError
        If `active_strength` is not above 0.

    See Also
    --------
    betweenness, harmonic_closeness : Along strong ties too, and sampled.
    directed_centrality : By who addresses whom.
    reach_at_risk : How much would go with each person.

    Notes
    -----
    Takes time proportional to people times ties, in portions of 64 people at once.

    In a graph of several parts, eigenvector centrality stands in the part
    with the greatest eigenvalue, roughly the best knit one, and is 0 in all
    others: it tells nothing of them. PageRank has a damping of .85.

    References
    ----------
    .. [1] Freeman, L. C. (1978). Centrality in social networks: conceptual
       clarification. Social Networks 1(3), 215-239.
    .. [2] Bonacich, P. (1972). Factoring and weighting approaches to status
       scores and clique identification. Journal of Mathematical Sociology 2, 113-120.
    .. [3] Page, L., et al. (1999). The PageRank citation ranking. Stanford.
    .. [4] Seidman, S. B. (1983). Network structure and minimum degree. Social
       Networks 5(3), 269-287.

    Examples
    --------
    ana, ben and cy all know one another; dee knows only ana, who is the one
    that holds dee:

    >>> G = nx.complete_graph(["ana", "ben", "cy"])
    >>> G.add_edge("ana", "dee")
    >>> found = centrality(G, weight=None)
    >>> found["degree"].to_dict(), found["core"].to_dict()
    ({'ana': 3, 'ben': 2, 'cy': 2, 'dee': 1}, {'ana': 2, 'ben': 2, 'cy': 2, 'dee': 1})
    >>> found.index[found["articulation_point"]].tolist(), int(found.loc["dee", "bridges"])
    (['ana'], 1)
    """
    if not active_strength > 0:
        msg = f"active_strength needs to be above 0, {active_strength!r} was given"
        raise ValueError(msg)
    ids, every = as_adjacency(graph_or_ties, weight=None)
    _, A = as_adjacency(graph_or_ties, weight=weight)
    n = len(ids)
    rows = np.repeat(np.arange(n), degrees(A))
    return pd.DataFrame(
        {
            "degree": degrees(every),
            "active_degree": np.bincount(rows[A.data >= active_strength], minlength=n),
            "reciprocated_degree": _reciprocated(graph_or_ties, n),
            "strength": sums(A),
            "harmonic_closeness": nearness_in_steps(every, np.arange(n))[0],
            "eigenvector": eigenvector(A),
            "pagerank": pagerank(A),
            "core": core_numbers(every),
            "articulation_point": cut_people(every),
            "bridges": np.bincount(bridge_ties(every).ravel(), minlength=n),
        },
        index=ids,
    )


def _reciprocated(graph_or_ties: GraphOrTies, n: int) -> np.ndarray:
    """Return everybody's alters with whom contact went both ways, `nan` if that is unknown."""
    if isinstance(graph_or_ties, nx.Graph):
        names = set(next((data for _, _, data in graph_or_ties.edges(data=True)), {}))
    else:
        names = set(graph_or_ties.columns)
    if not names.issuperset({"n_uv", "n_vu"}):
        return np.full(n, np.nan)
    _, A = arcs(graph_or_ties)
    return degrees((A * A.T).tocsr()).astype(np.float64)
