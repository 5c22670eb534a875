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

# ties put into their rows in one go
_TIES_AT_ONCE = 2**16

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
    indexed = list(ties.index.names) == _ENDS
    missing = [name for name in names if name not in ties.columns]
    if not indexed:
        missing = [name for name in _ENDS if name not in ties.columns] + missing
    if missing:
        msg = "ties need " + ", ".join(f"`{name}`" for name in missing)
        raise ValueError(msg)
    ids, u, v = _ends(ties, indexed=indexed)
    weights = np.broadcast_to(1.0, len(ties)) if not names else _column(ties[names[0]])
    for name in names[1:]:
        weights = weights + _column(ties[name])
    kept = (u != v) & (weights > 0)
    if not kept.all():
        u, v, weights = u[kept], v[kept], weights[kept]
    A = _symmetric(u, v, weights, len(ids))
    if not names:  # two rows for one pair are one tie
        A.data[:] = 1.0
    return ids, A


def _ends(ties: pd.DataFrame, *, indexed: bool) -> tuple[pd.Index, np.ndarray, np.ndarray]:
    """Return the people in sorted order, and the places among them of both ends of each tie."""
    if indexed:
        # the index numbers its people already: each of the million rows need not be looked up
        sides = [(ties.index.codes[level], ties.index.levels[level]) for level in (0, 1)]
    else:
        sides = [pd.factorize(ties[name]) for name in _ENDS]
    nobody = sum(int((codes < 0).sum()) for codes, _ in sides)
    if nobody:
        msg = f"{nobody} ends of ties name nobody"
        raise ValueError(msg)
    # an index may remember people whose ties were left out
    used = [np.flatnonzero(np.bincount(codes, minlength=len(who))) for codes, who in sides]
    people = [pd.Series(who[seen]) for (_, who), seen in zip(sides, used, strict=True)]
    places, found = pd.factorize(pd.concat(people, ignore_index=True), sort=True)
    cuts = (places[: len(used[0])], places[len(used[0]) :])
    ends = []
    for (codes, who), seen, place in zip(sides, used, cuts, strict=True):
        place_of = np.zeros(len(who), dtype=np.int32)
        place_of[seen] = place
        ends.append(place_of[codes])
    return pd.Index(found, name="person_id"), ends[0], ends[1]


def _symmetric(u: np.ndarray, v: np.ndarray, weights: np.ndarray, n: int) -> sparse.csr_array:
    """
    Make the matrix that holds each tie from both ends; parallel ties are summed.

    Entries go straight to their rows, a portion of ties at a time, so that
    next to the matrix itself hardly any memory is needed.
    """
    counts = np.bincount(u, minlength=n) + np.bincount(v, minlength=n)
    kind = np.int32 if 2 * len(u) < np.iinfo(np.int32).max else np.int64
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(kind)
    indices = np.empty(2 * len(u), dtype=kind)
    data = np.empty(2 * len(u))
    free = indptr[:-1].copy()
    for tails, heads in ((u, v), (v, u)):
        for start in range(0, len(u), _TIES_AT_ONCE):
            part = slice(start, start + _TIES_AT_ONCE)
            order = np.argsort(tails[part], kind="stable")
            tail = tails[part][order]
            begins = np.flatnonzero(np.concatenate([[True], tail[1:] != tail[:-1]]))
            runs = np.diff(np.append(begins, len(tail)))
            entry = free[tail] + (np.arange(len(tail)) - np.repeat(begins, runs))
            indices[entry] = heads[part][order]
            data[entry] = weights[part][order]
            free[tail[begins]] += runs.astype(kind)
    A = sparse.csr_array((data, indices, indptr), shape=(n, n))
    A.sum_duplicates()
    return A


def _column(values: pd.Series) -> np.ndarray:
    if values.dtype.kind not in "iufb" or not isinstance(values.dtype, np.dtype):
        return _checked(values.tolist(), str(values.name))
    weights: np.ndarray = values.to_numpy(dtype=np.float64)
    _keep_sane(weights, str(values.name))
    return weights


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
    _keep_sane(weights, name)
    return weights


def _keep_sane(weights: np.ndarray, name: str) -> None:
    # nan fails both
    if len(weights) and not (weights.min() >= 0 and weights.max() < np.inf):
        msg = f"`{name}` needs to be 0 or more in every tie, and neither nan nor infinite"
        raise ValueError(msg)


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
    for start, end in portions(later):
        ab = np.repeat(np.arange(start, end), later[start:end])
        begun = np.cumsum(later[start:end]) - later[start:end]
        ac = ab + 1 + np.arange(len(ab)) - np.repeat(begun, later[start:end])
        b, c = ties.head[ab], ties.head[ac]
        up = ties.rank[b] < ties.rank[c]
        wanted = np.where(up, b * n + c, c * n + b)
        bc = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        closed = keys[bc] == wanted
        yield ab[closed], ac[closed], bc[closed]


def portions(counts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Cut a row of counts into stretches that sum to about a fixed number."""
    total = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = total[start - 1] if start else 0
        end = int(np.searchsorted(total, done + _WEDGES_AT_ONCE, side="right"))
        end = max(end, start + 1)
        yield start, min(end, len(counts))
        start = end
