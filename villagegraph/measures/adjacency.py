"""The one door to the numbers: a graph or a tie table as a sparse matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GraphOrTies: TypeAlias = "nx.Graph | pd.DataFrame"
Weight: TypeAlias = "str | Sequence[str] | None"

_ENDS = ["person_u", "person_v"]

# pairs looked at in one go, so that memory stays below some 100 MB
_WEDGES_AT_ONCE = 2_000_000


def as_adjacency(
    graph_or_ties: GraphOrTies, *, weight: Weight = "strength"
) -> tuple[pd.Index, sparse.csr_array]:
    """
    Return people and the symmetric matrix of their ties.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table indexed by `person_u` and
        `person_v`. Rows of a tie table that name the same pair are summed.
    weight
        Name of the edge attribute or column that holds tie strength, or
        several whose values are added. If None, every tie counts 1.

    Returns
    -------
    ids
        The people: in the order of the graph's nodes, or sorted if a tie
        table was given (which knows nobody without a tie).
    A
        float64, a row and a column per person in the order of `ids`, without
        ties of a person to themselves. A tie with weight 0 is none.

    Raises
    ------
    TypeError
        If what was given is no undirected `nx.Graph` (a directed or a
        multigraph is refused) and no tie table, or a weight is no number.
    ValueError
        If a tie lacks the weight, or it is negative, `nan` or infinite.

    Notes
    -----
    Takes time proportional to the number of ties.

    Examples
    --------
    >>> G = nx.Graph()
    >>> G.add_edge("ana", "ben", strength=2.0)
    >>> ids, A = as_adjacency(G)
    >>> list(ids), A.toarray().tolist()
    (['ana', 'ben'], [[0.0, 2.0], [2.0, 0.0]])
    """
    names = () if weight is None else (weight,) if isinstance(weight, str) else tuple(weight)
    if isinstance(graph_or_ties, pd.DataFrame):
        return _from_ties(graph_or_ties, names)
    return _from_graph(undirected(graph_or_ties), names)


def undirected(graph: nx.Graph) -> nx.Graph:
    """
    Return `graph` if it is a plain undirected one.

    Raises
    ------
    TypeError
        Saying what was given.
    """
    if not isinstance(graph, nx.Graph):
        msg = f"needs to be an undirected nx.Graph, {type(graph).__name__} was given"
        raise TypeError(msg)
    if graph.is_directed() or graph.is_multigraph():
        msg = (
            f"needs to be an undirected nx.Graph, {type(graph).__name__} was given. "
            "nx.Graph(G) makes one, and keeps one of several ties between the same two people."
        )
        raise TypeError(msg)
    return graph


def _from_graph(G: nx.Graph, names: tuple[str, ...]) -> tuple[pd.Index, sparse.csr_array]:
    ids = pd.Index(list(G), name="person_id", tupleize_cols=False)
    place = {node: number for number, node in enumerate(G)}
    neighbors = [mapping for _, mapping in G.adjacency()]
    counts = np.fromiter((len(mapping) for mapping in neighbors), np.int64, len(neighbors))
    indptr = np.concatenate([[0], np.cumsum(counts)])
    size = int(indptr[-1])
    indices = np.fromiter(
        (place[node] for mapping in neighbors for node in mapping), np.int64, size
    )
    data = np.zeros(size) if names else np.ones(size)
    for name in names:
        values = [tie.get(name) for mapping in neighbors for tie in mapping.values()]
        data += _checked(values, name)
    return ids, _clean(sparse.csr_array((data, indices, indptr), shape=(len(ids), len(ids))))


def _from_ties(ties: pd.DataFrame, names: tuple[str, ...]) -> tuple[pd.Index, sparse.csr_array]:
    table = ties.reset_index() if list(ties.index.names) == _ENDS else ties
    missing = [name for name in (*_ENDS, *names) if name not in table.columns]
    if missing:
        msg = "ties need " + ", ".join(f"`{name}`" for name in missing)
        raise ValueError(msg)
    ends = pd.concat([table["person_u"], table["person_v"]], ignore_index=True)
    if ends.isna().any():
        msg = f"{int(ends.isna().sum())} ends of ties name nobody"
        raise ValueError(msg)
    codes, found = pd.factorize(ends, sort=True)
    ids = pd.Index(found, name="person_id")
    u, v = codes[: len(table)], codes[len(table) :]
    data = np.zeros(len(table)) if names else np.ones(len(table))
    for name in names:
        data += _checked(table[name].tolist(), name)
    both = sparse.coo_array(
        (np.concatenate([data, data]), (np.concatenate([u, v]), np.concatenate([v, u]))),
        shape=(len(ids), len(ids)),
    ).tocsr()
    if not names:  # two rows for one pair are one tie
        both.data[:] = 1.0
    return ids, _clean(both)


def _checked(values: list[object], name: str) -> np.ndarray:
    """Return weights as numbers, all of them 0 or more."""
    missing = sum(value is None or value is pd.NA for value in values)
    if missing:
        msg = (
            f"{missing} of {len(values)} tie ends have no `{name}`: name another attribute as "
            "`weight`, or weight=None to count every tie as 1"
        )
        raise ValueError(msg)
    try:
        numbers = np.asarray(values)
        if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iufb"):
            numbers = np.asarray([_number(value) for value in values])
        weights: np.ndarray = numbers.astype(np.float64)
    except (TypeError, ValueError):
        msg = f"`{name}` needs to hold numbers"
        raise TypeError(msg) from None
    if not np.isfinite(weights).all() or (weights < 0).any():
        msg = f"`{name}` needs to be 0 or more in every tie, and neither nan nor infinite"
        raise ValueError(msg)
    return weights


def _number(value: object) -> float:
    # text such as "2" would otherwise pass for a number
    if isinstance(value, str | bytes):
        raise TypeError
    return float(value)  # type: ignore[arg-type]


def _clean(A: sparse.csr_array) -> sparse.csr_array:
    """Drop ties to oneself and ties of weight 0; sort each row."""
    rows = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    kept = (rows != A.indices) & (A.data > 0)
    counts = np.bincount(rows[kept], minlength=A.shape[0])
    indptr = np.concatenate([[0], np.cumsum(counts)])
    clean = sparse.csr_array((A.data[kept], A.indices[kept], indptr), shape=A.shape)
    clean.sort_indices()
    return clean


def degrees(A: sparse.csr_array) -> np.ndarray:
    """Return each person's number of ties."""
    counts: np.ndarray = np.diff(A.indptr).astype(np.int64)
    return counts


def sums(A: sparse.csr_array) -> np.ndarray:
    """Return each person's sum of tie weights."""
    rows = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    total: np.ndarray = np.bincount(rows, A.data, A.shape[0])
    return total


class Ties(NamedTuple):
    """
    Every tie once, from the person with fewer ties to the one with more.

    Attributes
    ----------
    tail, head
        Numbers of the two people.
    weight
        Weight of the tie.
    rank
        Place of each person among all, by number of ties.
    """

    tail: np.ndarray
    head: np.ndarray
    weight: np.ndarray
    rank: np.ndarray


def each_tie(A: sparse.csr_array) -> Ties:
    """Return every tie of a matrix that `as_adjacency` made, once."""
    n = A.shape[0]
    degree = degrees(A)
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), degree))] = np.arange(n)
    tail = np.repeat(np.arange(n), degree)
    forward = rank[tail] < rank[A.indices]
    head = A.indices[forward].astype(np.int64)
    return Ties(tail[forward], head, A.data[forward], rank)


def triangles(ties: Ties) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """
    Find every triangle once.

    Since each tie points to the person with more ties, somebody tied to all
    others, as the owner of a village is, costs no more than anybody else: time
    is at most (number of ties) ** 1.5.

    Parameters
    ----------
    ties
        As `each_tie` returns them.

    Yields
    ------
    ab, ac, bc
        Numbers of the three ties; `ab` and `ac` have the same tail. They come
        in portions, so that memory does not grow with their number.
    """
    n = len(ties.rank)
    keys = ties.tail * n + ties.head  # ascending, since rows and columns are sorted
    stop = np.cumsum(np.bincount(ties.tail, minlength=n))
    # tie number i makes a pair with every later tie of the same tail
    later = stop[ties.tail] - np.arange(len(keys)) - 1
    for start, end in _portions(later):
        ab = np.repeat(np.arange(start, end), later[start:end])
        begun = np.cumsum(later[start:end]) - later[start:end]
        ac = ab + 1 + np.arange(len(ab)) - np.repeat(begun, later[start:end])
        b, c = ties.head[ab], ties.head[ac]
        up = ties.rank[b] < ties.rank[c]
        wanted = np.where(up, b * n + c, c * n + b)
        bc = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        closed = keys[bc] == wanted
        yield ab[closed], ac[closed], bc[closed]


def _portions(counts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Cut a row of counts into stretches that sum to about a fixed number."""
    total = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = total[start - 1] if start else 0
        end = int(np.searchsorted(total, done + _WEDGES_AT_ONCE, side="right"))
        end = max(end, start + 1)
        yield start, min(end, len(counts))
        start = end
