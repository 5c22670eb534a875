"""Communities: groups of people who have more to do with one another than with the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees, sums, undirected

if TYPE_CHECKING:
    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies, Weight

_CREDITS = ("credit", "shared_credit")

# ties times runs: a small village is worth many tries, a great one takes few
_EFFORT = 200_000
_MOST_RUNS = 20


def communities(graph_or_ties: GraphOrTies, *, seed: int = 0, resolution: float = 1.0) -> pd.Series:
    """
    Find groups of people who have more to do with one another than with the rest.

    The owner of a village is tied to everybody and would pull all groups into
    one, so `me` is taken out first: groups are found among the alters.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table (of which all people count).
        A tie weighs its `credit` and `shared_credit` together; where ties have
        neither, their `strength`; else 1.
    seed
        Seed of the order in which people are looked at.
    resolution
        Above 1 for more and smaller groups, below 1 for fewer and larger.

    Returns
    -------
    communities
        Whole number per `person_id`, in the order of the graph: 0 for the
        largest group (of two equally large ones that with the first ID in
        sorted order), -1 for `me` and people without a tie to another alter.

    Notes
    -----
    Louvain's method is run several times and the partition of greatest
    modularity kept. The result depends on who is tied to whom and on `seed`,
    not on the order of people in the graph. Takes time about proportional to
    the number of ties.

    References
    ----------
    .. [1] Blondel, V. D., et al. (2008). Fast unfolding of communities in
       large networks. Journal of Statistical Mechanics, P10008.
    .. [2] Newman, M. E. J. (2006). Modularity and community structure in
       networks. PNAS 103(23), 8577-8582.

    Examples
    --------
    Two families of three and two, who share nobody but me:

    >>> G = nx.Graph([("ana", "ben"), ("ben", "cy"), ("cy", "ana"), ("dee", "eve")])
    >>> G.add_edges_from(("me", person) for person in ["ana", "ben", "cy", "dee", "eve", "flo"])
    >>> G.graph["me"] = "me"
    >>> communities(G)[["ana", "ben", "cy", "dee", "eve", "flo"]].tolist()
    [0, 0, 0, 1, 1, -1]
    """
    ids, A = _alter_ties(graph_or_ties)
    labels = pd.Series(np.full(len(ids), -1, dtype=np.int64), index=ids, name="community")
    # sorted, so that the order in which people were added does not count
    tied = np.flatnonzero(degrees(A))
    if len(tied):
        tied = tied[_sorted_places(ids[tied])]
        found = _best(A[tied][:, tied].tocsr(), seed=seed, resolution=resolution)
        labels.iloc[tied] = _by_size(found)
    return labels


def modularity(
    graph_or_ties: GraphOrTies, communities: pd.Series, *, resolution: float = 1.0
) -> float:
    """
    Calculate how far ties stay within communities, beyond what chance would do.

    Parameters
    ----------
    graph_or_ties
        As `communities` takes it: without `me`, and with the same weights.
    communities
        A whole number per `person_id`. Everybody who is -1 or missing is
        taken as a group of one.
    resolution
        As in `communities`.

    Returns
    -------
    modularity
        Dimensionless, from -0.5 to 1 at resolution 1; `nan` without ties.

    Notes
    -----
    Takes time proportional to the number of ties.

    References
    ----------
    .. [1] Newman, M. E. J. (2006). Modularity and community structure in
       networks. PNAS 103(23), 8577-8582.

    Examples
    --------
    Two pairs, rightly told apart: all ties lie within, where chance would put half.

    >>> G = nx.Graph([("ana", "ben"), ("cy", "dee")])
    >>> modularity(G, pd.Series({"ana": 0, "ben": 0, "cy": 1, "dee": 1}))
    0.5
    """
    ids, A = _alter_ties(graph_or_ties)
    given = communities.reindex(ids).fillna(-1).to_numpy().astype(np.int64)
    alone = given < 0
    given[alone] = given.max(initial=0) + 1 + np.arange(alone.sum())
    _, labels = np.unique(given, return_inverse=True)
    return _modularity(A, labels, resolution) if A.nnz else float("nan")


def _alter_ties(graph_or_ties: GraphOrTies) -> tuple[pd.Index, sparse.csr_array]:
    """Return people and the weights of their ties, those of `me` left out."""
    ids, A = as_adjacency(graph_or_ties, weight=_weight(graph_or_ties))
    me = graph_or_ties.graph.get("me") if isinstance(graph_or_ties, nx.Graph) else None
    if me is not None:
        mine = np.asarray(ids == me)
        rows = np.repeat(mine, np.diff(A.indptr))
        A.data[rows | mine[A.indices]] = 0.0
        A.eliminate_zeros()
    return ids, A


def _weight(graph_or_ties: GraphOrTies) -> Weight:
    if isinstance(graph_or_ties, pd.DataFrame):
        names = set(graph_or_ties.columns)
    else:
        edges = undirected(graph_or_ties).edges(data=True)
        names = set(next((data for _, _, data in edges), {}))
    if names.issuperset(_CREDITS):
        return _CREDITS
    return "strength" if "strength" in names else None


def _sorted_places(ids: pd.Index) -> np.ndarray:
    """Return the order of people by ID, whatever kind the IDs are of."""
    keys = [node if isinstance(node, str) else f"{type(node).__name__} {node!r}" for node in ids]
    try:
        return np.asarray(sorted(range(len(ids)), key=list(ids).__getitem__))
    except TypeError:  # numbers and texts side by side
        return np.asarray(sorted(range(len(ids)), key=keys.__getitem__))


def _best(A: sparse.csr_array, *, seed: int, resolution: float) -> np.ndarray:
    """Return the partition of greatest modularity among some runs."""
    # late, since it takes longer to load than all the rest of the measures
    from scipy import sparse  # noqa: PLC0415
    from sknetwork.clustering import Louvain  # noqa: PLC0415

    runs = int(np.clip(2 * _EFFORT // max(A.nnz, 1), 2, _MOST_RUNS))
    matrix = sparse.csr_matrix(A)  # it takes no arrays
    # it reckons in single precision: smaller gains are noise, and would have no end
    tolerance = max(1e-4, 2e-8 * A.shape[0])
    best, quality = np.zeros(A.shape[0], dtype=np.int64), -np.inf
    for state in np.random.SeedSequence(seed).generate_state(runs):
        louvain = Louvain(
            resolution=resolution,
            tol_optimization=tolerance,
            tol_aggregation=tolerance,
            shuffle_nodes=True,
            random_state=int(state),
            return_probs=False,
            return_aggregate=False,
        )
        labels = np.asarray(louvain.fit_predict(matrix), dtype=np.int64)
        value = _modularity(A, labels, resolution)
        # a gain in the last bits is none: the earlier run stays
        if value > quality + 1e-9:
            best, quality = labels, value
    return best


def _modularity(A: sparse.csr_array, labels: np.ndarray, resolution: float) -> float:
    rows = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    total = A.data.sum()
    within = A.data[labels[rows] == labels[A.indices]].sum() / total
    spread = np.bincount(labels, sums(A)) / total
    return float(within - resolution * (spread**2).sum())


def _by_size(labels: np.ndarray) -> np.ndarray:
    """Give groups numbers from the largest on, equal ones by their first member."""
    _, first, inverse, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return number[inverse]
