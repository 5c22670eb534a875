"""Who addresses whom: ties as arcs, and the centrality of people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.betweenness import ways_through
from villagegraph.measures.catalog import Measure
from villagegraph.measures.closeness import people_by_steps
from villagegraph.measures.owner import sorted_places
from villagegraph.measures.spectra import pagerank

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies

_COUNTS = ("n_uv", "n_vu")


def _entry(name: str, meaning: str, unit: str, span: str, undefined: str, source: str) -> Measure:
    return Measure(name, "directed_centrality", "person", meaning, unit, span, undefined, source)


MEASURES = (
    _entry("in_degree", "People who address the person.", "people", "0 and more", "never", "-"),
    _entry("out_degree", "People whom the person addresses.", "people", "0 and more", "never", "-"),
    _entry(
        "degree",
        "In-degree and out-degree together: an alter with whom it goes both ways counts twice.",
        "arcs",
        "0 and more",
        "never",
        "-",
    ),
    _entry(
        "betweenness",
        "Pairs of other people, one way, whose shortest way along the arcs leads through the "
        "person.",
        "ordered pairs of people",
        "0 to (n - 1)(n - 2), n people",
        "never",
        "Freeman 1977",
    ),
    _entry(
        "closeness",
        "1 / (mean steps to all whom the person can reach, arcs taken both ways).",
        "1 / steps",
        "above 0, at most 1",
        "for somebody without a tie",
        "Freeman 1978",
    ),
    _entry(
        "pagerank",
        "Share of time that a walk along the arcs spends at the person.",
        "share",
        "0 to 1",
        "never",
        "Page et al. 1999",
    ),
)


def directed_centrality(graph_or_ties: GraphOrTies, *, damping: float = 0.85) -> pd.DataFrame:
    """
    Measure everybody's standing by who addresses whom.

    A tie runs from u to v if u ever addressed v (`n_uv` above 0), and from v
    to u if v ever addressed u (`n_vu`). Every arc counts 1, however often.

    Parameters
    ----------
    graph_or_ties
        Village graph, or a tie table, with the counts `n_uv` and `n_vu`. A
        table may name a pair in either order and in several rows, which
        are added: a list of directed ties has `n_uv` 1 and `n_vu` 0 throughout.
    damping
        Of PageRank: the chance to follow an arc rather than to begin anew.

    Returns
    -------
    centrality
        Indexed by `person_id`: `in_degree`, `out_degree`, `degree` (their sum),
        `betweenness` (ordered pairs of other people), `closeness` (1 / mean
        steps to all within reach, arcs taken both ways; `nan` without a tie),
        `pagerank` (shares that sum to 1).

    Raises
    ------
    ValueError
        If a tie has no counts, or `damping` is not above 0 and below 1.

    See Also
    --------
    centrality : The same without direction, with strengths.

    Notes
    -----
    Takes time proportional to people times ties. These are the values that
    the R package vivainsights gives for person-to-person scores.

    References
    ----------
    .. [1] Freeman, L. C. (1978). Centrality in social networks: conceptual
       clarification. Social Networks 1(3), 215-239.
    .. [2] Page, L., et al. (1999). The PageRank citation ranking. Stanford.

    Examples
    --------
    ana writes to ben, and ben to cy:

    >>> ties = pd.DataFrame(
    ...     [("ana", "ben", 1, 0), ("ben", "cy", 3, 0)],
    ...     columns=["person_u", "person_v", "n_uv", "n_vu"],
    ... )
    >>> directed_centrality(ties).loc["ben", ["in_degree", "out_degree", "betweenness"]].tolist()
    [1.0, 1.0, 1.0]
    """
    if not 0 < damping < 1:
        msg = f"damping needs to be above 0 and below 1, {damping!r} was given"
        raise ValueError(msg)
    ids, A = arcs(graph_or_ties)
    n = len(ids)
    through, _ = ways_through(A, np.arange(n), weighted=False)
    inward, outward = np.bincount(A.indices, minlength=n), degrees(A)
    return pd.DataFrame(
        {
            "in_degree": inward,
            "out_degree": outward,
            "degree": inward + outward,
            "betweenness": through,
            "closeness": _closeness(A + A.T),
            "pagerank": pagerank(A, damping=damping),
        },
        index=ids,
    )


def _closeness(A: sparse.csr_array) -> np.ndarray:
    near, far = np.zeros(A.shape[0]), np.zeros(A.shape[0])
    for steps, counts in people_by_steps(A, np.arange(A.shape[0])):
        near += counts
        far += counts * steps
    with np.errstate(invalid="ignore"):
        return np.where(far > 0, near / far, np.nan)


def arcs(graph_or_ties: GraphOrTies) -> tuple[pd.Index, sparse.csr_array]:
    """
    Return people and the matrix of who addressed whom.

    Returns
    -------
    ids
        As `as_adjacency` returns them.
    A
        1 in row u and column v if u ever addressed v.

    Raises
    ------
    ValueError
        If a tie has no `n_uv` and `n_vu`.

    Examples
    --------
    >>> import networkx as nx
    >>> G = nx.Graph()
    >>> G.add_edge("ana", "ben", n_uv=0, n_vu=2)
    >>> arcs(G)[1].toarray().tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    if isinstance(graph_or_ties, pd.DataFrame):
        graph_or_ties = _sorted_ends(graph_or_ties)
    ids, forth = as_adjacency(graph_or_ties, weight="n_uv")
    _, back = as_adjacency(graph_or_ties, weight="n_vu")
    rank = np.empty(len(ids), dtype=np.int64)
    rank[sorted_places(ids)] = np.arange(len(ids))
    ends = []
    for A, u_first in ((forth, True), (back, False)):
        rows = np.repeat(np.arange(len(ids)), degrees(A))
        # in `n_uv`, u is the one whose ID comes first
        kept = (rank[rows] < rank[A.indices]) == u_first
        ends.append((rows[kept], A.indices[kept]))
    u, v = (np.concatenate(end) for end in zip(*ends, strict=True))
    matrix = sparse.coo_array((np.ones(len(u)), (u, v)), shape=forth.shape).tocsr()
    matrix.sort_indices()
    return ids, matrix


def _sorted_ends(ties: pd.DataFrame) -> pd.DataFrame:
    """Return the same ties, each named from the person whose ID comes first."""
    names = ["person_u", "person_v", *_COUNTS]
    table = ties.reset_index() if list(ties.index.names) == names[:2] else ties
    if not set(names).issubset(table.columns):
        return table  # the door to the numbers says what is missing
    table = table[names].reset_index(drop=True)
    codes, _ = pd.factorize(pd.concat([table["person_u"], table["person_v"]]), sort=True)
    turned = codes[: len(table)] > codes[len(table) :]
    swapped = table.rename(
        columns={"person_u": "person_v", "person_v": "person_u", "n_uv": "n_vu", "n_vu": "n_uv"}
    )
    return pd.concat([table[~turned], swapped.loc[turned, names]], ignore_index=True)
