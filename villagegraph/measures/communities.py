"""Communities: groups of people who have more to do with one another than with the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees, sums, undirected
from villagegraph.measures.catalog import Measure
from villagegraph.measures.owner import owner_of, sorted_places, without_ties

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies, Weight

_CREDITS = ("credit", "shared_credit")

# ties times runs: a small village is worth many tries, in a great one they hardly differ
_EFFORT = 100_000
_MOST_RUNS = 20

# people who are alike in the ties of all within so many steps are taken for alike
_STEPS_TOLD_APART = 4
_TINY = 1e-300


def communities(
    graph_or_ties: GraphOrTies,
    *,
    me: Hashable | None = None,
    seed: int = 0,
    resolution: float = 1.0,
) -> pd.Series:
    """
    Find groups of people who have more to do with one another than with the rest.

    The owner of a village is tied to everybody and would pull all groups into
    one, so `me` is taken out first: groups are found among the alters.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table. A tie weighs its `credit` and
        `shared_credit` together; where not all ties have both, its `strength`;
        else 1.
    me
        `person_id` of the owner; if None, whom the graph or tie
        table names.
    seed
        Seed of the order in which people are looked at.
    resolution
        Above 1 for more and smaller groups, below 1 for fewer and larger.

    Returns
    -------
    communities
        Whole number per `person_id`, in the order of the graph: 0 for the
        largest group (equally large ones in an order that follows from their
        ties), -1 for `me` and people without a tie to another alter.

    Notes
    -----
    Below 100,000 ties Louvain's method is run several times and the partition
    of greatest modularity kept; `community_stability` says how far runs agree.
    The result depends on who is tied to whom and on `seed`, not on the order of
    people in the graph, nor on what they are called. Takes time about proportional to
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
    ids, A = alter_weights(graph_or_ties, me=me)
    labels = pd.Series(np.full(len(ids), -1, dtype=np.int64), index=ids, name="community")
    tied = tied_people(ids, A)
    if len(tied):
        within = A[tied][:, tied].tocsr()
        labels.iloc[tied] = best_partition(within, seed=seed, resolution=resolution)
    return labels


def modularity(
    graph_or_ties: GraphOrTies,
    communities: pd.Series,
    *,
    me: Hashable | None = None,
    resolution: float = 1.0,
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
    me, resolution
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
    ids, A = alter_weights(graph_or_ties, me=me)
    given = communities.reindex(ids).fillna(-1).to_numpy().astype(np.int64)
    alone = given < 0
    given[alone] = given.max(initial=0) + 1 + np.arange(alone.sum())
    _, labels = np.unique(given, return_inverse=True)
    return _modularity(A, labels, resolution) if A.nnz else float("nan")


def alter_weights(
    graph_or_ties: GraphOrTies, *, me: Hashable | None
) -> tuple[pd.Index, sparse.csr_array]:
    """Return people and the weights by which communities are found, ties of `me` left out."""
    ids, A = as_adjacency(graph_or_ties, weight=_weight(graph_or_ties))
    return ids, without_ties(A, owner_of(graph_or_ties, ids, me=me))


def _weight(graph_or_ties: GraphOrTies) -> Weight:
    if isinstance(graph_or_ties, pd.DataFrame):
        names = set(graph_or_ties.columns)
    else:
        neighbors = [mapping for _, mapping in undirected(graph_or_ties).adjacency()]
        names = {
            name
            for name in ((*_CREDITS, "strength") if any(neighbors) else ())
            if all(name in tie for mapping in neighbors for tie in mapping.values())
        }
    if names.issuperset(_CREDITS):
        return _CREDITS
    return "strength" if "strength" in names else None


def tied_people(ids: pd.Index, A: sparse.csr_array) -> np.ndarray:
    """
    Return the places of all who have ties, in an order that follows from the ties alone.

    Neither the order of people nor what they are called is to change what is found.
    Told apart by how strong their ties are, those of their alters, and so on, few are left
    whom only the ID orders: mostly people who could change places unseen.
    """
    rank = np.empty(len(ids), dtype=np.int64)
    rank[sorted_places(ids)] = np.arange(len(ids))
    keys = [rank]
    strength = np.ones(len(ids))
    for _ in range(_STEPS_TOLD_APART):
        strength = A @ strength
        strength /= max(float(strength.max(initial=0.0)), _TINY)
        # the last digits hang on the order in which strengths were added up
        keys.append(np.round(np.log(np.maximum(strength, _TINY)), 9))
    order = np.lexsort(keys)
    places: np.ndarray = order[degrees(A)[order] > 0]
    return places


def partitions(
    A: sparse.csr_array, *, seed: int, resolution: float, runs: int
) -> Iterator[np.ndarray]:
    """Yield the groups that Louvain's method finds, each time in another order of people."""
    # late, since it takes longer to load than all the rest of the measures
    from scipy import sparse  # noqa: PLC0415
    from sknetwork.clustering import Louvain  # noqa: PLC0415

    matrix = sparse.csr_matrix(A)  # it takes no arrays
    # it reckons in single precision: smaller gains are noise, and would have no end
    tolerance = max(1e-4, 2e-8 * A.shape[0])
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
        yield np.asarray(louvain.fit_predict(matrix), dtype=np.int64)


def best_partition(A: sparse.csr_array, *, seed: int, resolution: float) -> np.ndarray:
    """Return the partition of greatest modularity among some runs, groups numbered by size."""
    runs = int(np.clip(2 * _EFFORT // max(A.nnz, 1), 1, _MOST_RUNS))
    best, quality = np.zeros(A.shape[0], dtype=np.int64), -np.inf
    for labels in partitions(A, seed=seed, resolution=resolution, runs=runs):
        value = _modularity(A, labels, resolution)
        # a gain in the last bits is none: the earlier run stays
        if value > quality + 1e-9:
            best, quality = labels, value
    return by_size(best)


def _modularity(A: sparse.csr_array, labels: np.ndarray, resolution: float) -> float:
    rows = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    total = A.data.sum()
    within = A.data[labels[rows] == labels[A.indices]].sum() / total
    spread = np.bincount(labels, sums(A)) / total
    return float(within - resolution * (spread**2).sum())


def by_size(labels: np.ndarray) -> np.ndarray:
    """Give groups numbers from the largest on, equal ones by their first member."""
    _, first, inverse, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return number[inverse]


MEASURES = (
    Measure(
        name="community",
        function="communities",
        of="person",
        meaning="Number of the group of people who have more to do with one another than with "
        "the rest, from the largest on.",
        unit="-",
        range="0 or more; -1 for the owner and people in no group",
        undefined="never",
        reference="Blondel et al. 2008",
    ),
    Measure(
        name="modularity",
        function="modularity",
        of="village",
        meaning="Share of all ties that lie within communities, less the share that chance "
        "would put there.",
        unit="-",
        range="-0.5 to 1 at resolution 1",
        undefined="without ties",
        reference="Newman 2006",
    ),
)
