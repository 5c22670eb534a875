"""Similarity of pairs: how far two people move among the same alters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.catalog import Measure
from villagegraph.measures.owner import owner_of, sorted_places, without_ties

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies

# two-paths followed in one go, so that memory beyond the result stays below some 100 MB
_PATHS_AT_ONCE = 2_000_000


def pair_similarity(
    graph_or_ties: GraphOrTies,
    *,
    me: Hashable | None = None,
    me_out: bool = True,
    tied: bool = False,
) -> pd.DataFrame:
    """
    Compare every two people who have an alter in common.

    Two people who share many alters, and above all alters who know few others,
    are likely to meet: the usual evidence for a tie that is not there yet, or
    not seen yet. The owner is tied to everybody, shows nothing about any pair,
    and is left out first.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table. Every tie counts 1.
    me
        `person_id` of the owner; if None, whom the graph or tie
        table names.
    me_out
        Whether the owner is left out, as one of a pair and as an alter in common.
    tied
        Whether pairs who are tied to each other are given too.

    Returns
    -------
    similarity
        Indexed by `person_u` < `person_v` and sorted, a row per pair with an
        alter in common: `common_alters` (count, 1 or more), `jaccard` (share
        of the alters of either who are alters of both, above 0 to 1),
        `adamic_adar` (sum of 1 / ln(alters) over the alters in common, above 0)
        and `resource_allocation` (sum of 1 / alters, above 0; at most the
        smaller number of alters, halved). Never `nan`: a pair without an alter
        in common has no row.

    Raises
    ------
    ValueError
        If `me` is not among the people.

    Notes
    -----
    Takes time and memory proportional to the number of two-paths, which is
    the sum of the squared numbers of alters.

    References
    ----------
    .. [1] Adamic, L. A., & Adar, E. (2003). Friends and neighbors on the web.
       Social Networks 25(3), 211-230.
    .. [2] Zhou, T., Lu, L., & Zhang, Y.-C. (2009). Predicting missing links
       via local information. European Physical Journal B 71, 623-630.
    .. [3] Liben-Nowell, D., & Kleinberg, J. (2007). The link-prediction
       problem for social networks. JASIST 58(7), 1019-1031.

    Examples
    --------
    ana and dee do not know each other, and both know ben and cy, who know
    nobody else:

    >>> G = nx.Graph([("ana", "ben"), ("ana", "cy"), ("dee", "ben"), ("dee", "cy")])
    >>> pair_similarity(G).loc[("ana", "dee"), ["common_alters", "jaccard"]].to_list()
    [2.0, 1.0]
    >>> float(pair_similarity(G).loc[("ana", "dee"), "resource_allocation"])
    1.0
    """
    ids, A = as_adjacency(graph_or_ties, weight=None)
    owner = owner_of(graph_or_ties, ids, me=me)
    if me_out:
        A = without_ties(A, owner)
    # sorted, so that neither pairs nor sums depend on the order of people
    order = sorted_places(ids)
    A = A[order][:, order].tocsr()
    A.sort_indices()
    found = [_compared(portion, A, tied=tied) for portion in portions(A)]
    u, v, common, adamic_adar, allocation = (
        np.concatenate(column) for column in zip(_NOBODY, *found, strict=True)
    )
    degree = degrees(A)
    return pd.DataFrame(
        {
            "common_alters": common.astype(np.int64),
            "jaccard": common / (degree[u] + degree[v] - common),
            "adamic_adar": adamic_adar,
            "resource_allocation": allocation,
        },
        index=pair_index(ids[order], u, v),
    )


class _Pairs(NamedTuple):
    """Pairs of people by number, and what is summed over the alters they share."""

    u: np.ndarray
    v: np.ndarray
    common: np.ndarray
    adamic_adar: np.ndarray
    allocation: np.ndarray


_NOBODY = _Pairs(np.empty(0, np.int64), np.empty(0, np.int64), *(np.empty(0) for _ in range(3)))


def portions(A: sparse.csr_array) -> Iterator[slice]:
    """Cut people into stretches that begin about as many two-paths each."""
    degree = degrees(A)
    paths = np.cumsum(A.astype(np.int64) @ degree)
    start = 0
    while start < len(degree):
        done = paths[start - 1] if start else 0
        stop = int(np.searchsorted(paths, done + _PATHS_AT_ONCE, side="right"))
        yield slice(start, max(stop, start + 1))
        start = max(stop, start + 1)


def _compared(portion: slice, A: sparse.csr_array, *, tied: bool) -> _Pairs:
    """Compare the people of a portion with everybody who stands after them."""
    degree = degrees(A)
    # an alter in common has two alters or more; whoever has one is on the way to nobody
    least = np.maximum(degree, 2)
    onward = A[:, portion.start :]
    # both in one product, which is most of the work
    weights = (1.0 / np.log(least) + 1j / least)[A[portion].indices]
    rows = A[portion]
    sums = _with_values(rows, weights) @ onward
    counts = rows @ onward
    u = np.repeat(np.arange(rows.shape[0]), np.diff(counts.indptr)) + portion.start
    v = counts.indices.astype(np.int64) + portion.start
    kept = v > u
    u, v, common, weighted = u[kept], v[kept], counts.data[kept], sums.data[kept]
    if not tied:
        apart = values_at(rows, u - portion.start, v) == 0
        u, v, common, weighted = u[apart], v[apart], common[apart], weighted[apart]
    order = np.argsort(u * np.int64(A.shape[0]) + v)
    return _Pairs(u[order], v[order], common[order], weighted.real[order], weighted.imag[order])


def _with_values(A: sparse.csr_array, values: np.ndarray) -> sparse.csr_array:
    B = A.astype(values.dtype)
    B.data = values
    return B


def values_at(A: sparse.csr_array, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return what stands at each place of a matrix with sorted rows, 0 if nothing does."""
    width = np.int64(A.shape[1])
    there = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr)) * width + A.indices
    wanted = rows * width + columns
    if not len(there):
        return np.zeros(len(wanted))
    place = np.minimum(np.searchsorted(there, wanted), len(there) - 1)
    return np.where(there[place] == wanted, A.data[place], 0.0)


def pair_index(people: pd.Index, u: np.ndarray, v: np.ndarray) -> pd.MultiIndex:
    """Return the index of pairs, given by the places of both among sorted people."""
    # from numbers, since a million tuples would take longer than all the rest
    return pd.MultiIndex(
        levels=[people, people],
        codes=[u, v],
        names=["person_u", "person_v"],
        verify_integrity=False,
    )


MEASURES = (
    Measure(
        name="common_alters",
        function="pair_similarity",
        of="pair",
        meaning="How many alters two people have in common.",
        unit="people",
        range="1 or more",
        undefined="never: a pair with none has no row",
        reference="Liben-Nowell and Kleinberg 2007",
    ),
    Measure(
        name="jaccard",
        function="pair_similarity",
        of="pair",
        meaning="Share of the alters of either of two people who are alters of both.",
        unit="share",
        range="above 0 to 1",
        undefined="never: a pair with no alter in common has no row",
        reference="Liben-Nowell and Kleinberg 2007",
    ),
    Measure(
        name="adamic_adar",
        function="pair_similarity",
        of="pair",
        meaning="Alters in common, each counted the less the more people that alter knows: "
        "1 / ln(alters).",
        unit="-",
        range="above 0",
        undefined="never: a pair with no alter in common has no row",
        reference="Adamic and Adar 2003",
    ),
    Measure(
        name="resource_allocation",
        function="pair_similarity",
        of="pair",
        meaning="Alters in common, each counted 1 / alters: what would reach one from the other "
        "if everybody passed an equal share on to each alter.",
        unit="-",
        range="above 0",
        undefined="never: a pair with no alter in common has no row",
        reference="Zhou, Lu and Zhang 2009",
    ),
)
