"""How settled communities are, over repeated runs and from month to month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.catalog import Measure
from villagegraph.measures.communities import (
    alter_weights,
    best_partition,
    by_size,
    partitions,
    tied_people,
)
from villagegraph.measures.owner import sorted_places
from villagegraph.measures.pairs import pair_index

if TYPE_CHECKING:
    from collections.abc import Hashable

    from villagegraph.measures.adjacency import GraphOrTies


def community_ties(
    graph_or_ties: GraphOrTies,
    *,
    me: Hashable | None = None,
    seed: int = 0,
    resolution: float = 1.0,
    runs: int = 50,
) -> pd.DataFrame:
    """
    Tell the ties that lead from one community to another from those within.

    Communities are found many times over, each time looking at people in
    another order. A tie whose ends always fall into the same community lies
    within one; a tie whose ends never do is a bridge; one in between stands
    where communities have no sharp border.

    Parameters
    ----------
    graph_or_ties, me, resolution
        As `communities` takes them. Ties of the owner are left out.
    seed
        Seed of the orders in which people are looked at.
    runs
        How often communities are found, 1 or more.

    Returns
    -------
    ties
        Indexed by `person_u` < `person_v` and sorted, a row per tie among the
        alters: `together` (share of the runs in which both are in the same
        community, c), `bridgeness` (1 - c) and `ambiguity` (4c(1 - c)), all
        from 0 to 1 and never `nan`.

    Raises
    ------
    ValueError
        If `runs` is not a whole number of 1 or more, or `me` is not there.

    Notes
    -----
    Takes `runs` times the time of one run of Louvain's method, which is about
    proportional to the number of ties.

    References
    ----------
    .. [1] Gfeller, D., Chappelier, J.-C., & De Los Rios, P. (2005). Finding
       instabilities in the community structure of complex networks. Physical
       Review E 72, 056135.

    Examples
    --------
    Two families of three who know each other through cy and dee alone:

    >>> G = nx.Graph([("ana", "ben"), ("ben", "cy"), ("cy", "ana"), ("cy", "dee")])
    >>> G.add_edges_from([("dee", "eve"), ("eve", "flo"), ("flo", "dee")])
    >>> ties = community_ties(G)
    >>> ties["bridgeness"][[("ana", "ben"), ("cy", "dee")]].tolist()
    [0.0, 1.0]
    """
    _check_runs(runs)
    ids, A = alter_weights(graph_or_ties, me=me)
    tied = tied_people(ids, A)
    A = A[tied][:, tied].tocsr()
    u, v = np.repeat(np.arange(len(tied)), np.diff(A.indptr)), A.indices.astype(np.int64)
    by_id = sorted_places(ids[tied])
    rank = np.argsort(by_id)
    kept = np.flatnonzero(rank[u] < rank[v])
    kept = kept[np.lexsort((rank[v[kept]], rank[u[kept]]))]
    u, v = u[kept], v[kept]
    times = np.zeros(len(u))
    if len(tied):
        for labels in partitions(A, seed=seed, resolution=resolution, runs=runs):
            times += labels[u] == labels[v]
    together = times / runs
    return pd.DataFrame(
        {
            "together": together,
            "bridgeness": 1.0 - together,
            "ambiguity": 4.0 * together * (1.0 - together),
        },
        index=pair_index(ids[tied[by_id]], rank[u], rank[v]),
    )


def community_stability(
    graph_or_ties: GraphOrTies,
    *,
    me: Hashable | None = None,
    seed: int = 0,
    resolution: float = 1.0,
    runs: int = 50,
) -> pd.DataFrame:
    """
    Say how settled each person's community is.

    Communities are found many times over, each time looking at people in
    another order. A person is settled whose community has the same members
    again and again.

    Parameters
    ----------
    graph_or_ties, me, resolution
        As `communities` takes them.
    seed
        Seed of the orders in which people are looked at.
    runs
        How often communities are found, 1 or more.

    Returns
    -------
    stability
        Indexed by `person_id`: `community` (as `communities` gives it with
        this seed) and `settled`: the mean over the runs of the Jaccard index of
        that community and the one that the person falls into, their common
        members as a share of all members of either. Above 0 to 1; `nan` for
        people in no community. From about .75 on a group is called stable [1]_.

    Raises
    ------
    ValueError
        If `runs` is not a whole number of 1 or more, or `me` is not there.

    Notes
    -----
    Takes `runs` times the time of one run of Louvain's method.

    References
    ----------
    .. [1] Hennig, C. (2007). Cluster-wise assessment of cluster stability.
       Computational Statistics & Data Analysis 52, 258-271.

    Examples
    --------
    Two pairs who have nothing to do with each other are found every time:

    >>> G = nx.Graph([("ana", "ben"), ("cy", "dee")])
    >>> community_stability(G)["settled"].tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    _check_runs(runs)
    ids, A = alter_weights(graph_or_ties, me=me)
    frame = pd.DataFrame(
        {"community": np.full(len(ids), -1, dtype=np.int64), "settled": np.full(len(ids), np.nan)},
        index=ids,
    )
    tied = tied_people(ids, A)
    if not len(tied):
        return frame
    A = A[tied][:, tied].tocsr()
    groups = best_partition(A, seed=seed, resolution=resolution)
    alike = np.zeros(len(tied))
    for labels in partitions(A, seed=seed, resolution=resolution, runs=runs):
        alike += _overlap(groups, labels)
    frame.iloc[tied, 0] = groups
    frame.iloc[tied, 1] = alike / runs
    return frame


def _check_runs(runs: int) -> None:
    if isinstance(runs, bool) or not isinstance(runs, int | np.integer) or runs < 1:
        msg = f"runs needs to be a whole number of 1 or more, {runs!r} was given"
        raise ValueError(msg)


def _overlap(groups: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return, per person, the Jaccard index of the groups of both partitions."""
    _, where, common = np.unique(
        groups * (labels.max() + 1) + labels, return_inverse=True, return_counts=True
    )
    shared = common[where]
    either = np.bincount(groups)[groups] + np.bincount(labels)[labels] - shared
    index: np.ndarray = shared / either
    return index


def match_communities(
    now: pd.Series, *, before: pd.Series, least: float = 0.1, used: int = -1
) -> pd.Series:
    """
    Give communities the numbers that they had a month ago.

    Every community of now takes the number of the earlier one that it
    continues. Which continues which is decided for all at once, so that the
    sum of the overlaps is greatest; of a community that splits, one part keeps
    the number, and of two that merge, the whole takes the number of one.

    Parameters
    ----------
    now, before
        As `communities` returns them, of two dates. Who is -1 or missing is in
        no community.
    least
        Overlap below which a community is taken as new: the Jaccard index,
        common members as a share of all members of either, above 0 to 1.
    used
        Greatest number that was ever given, if greater than those in `before`:
        the numbers of communities that have ended are not given again.

    Returns
    -------
    communities
        Whole number per `person_id`, in the order of `now`, and the same
        groups. New communities have numbers of their own, from the largest on;
        -1 stays -1.

    Raises
    ------
    ValueError
        If one of both names a person twice, or `least` is not above 0 to 1.

    Notes
    -----
    Takes time up to the cube of the number of communities. The numbers of
    `now` do not count, and neither does the order of people.

    References
    ----------
    .. [1] Kuhn, H. W. (1955). The Hungarian method for the assignment problem.
       Naval Research Logistics Quarterly 2, 83-97.
    .. [2] Greene, D., Doyle, D., & Cunningham, P. (2010). Tracking the
       evolution of communities in dynamic social networks. ASONAM, 176-183.

    Examples
    --------
    Last month's 0 has split: one half keeps the number, the other one is new.

    >>> before = pd.Series({"ana": 0, "ben": 0, "cy": 0, "dee": 0, "eve": 1, "flo": 1})
    >>> now = pd.Series({"eve": 0, "flo": 0, "gus": 0, "ana": 1, "ben": 1, "cy": 2, "dee": 2})
    >>> match_communities(now, before=before).to_dict()
    {'eve': 1, 'flo': 1, 'gus': 1, 'ana': 0, 'ben': 0, 'cy': 2, 'dee': 2}
    """
    if not 0 < least <= 1:
        msg = f"least needs to be above 0 and at most 1, {least} was given"
        raise ValueError(msg)
    places, groups = _members(now, "now")
    earlier_places, earlier = _members(before, "before")
    # from the largest on, equal ones by their first member: their own numbers do not count
    groups = by_size(groups)
    names, earlier = np.unique(earlier, return_inverse=True)
    overlap = np.zeros((len(np.unique(groups)), len(names)))
    was = before.index[earlier_places].get_indexer(now.index[places])
    np.add.at(overlap, (groups[was >= 0], earlier[was[was >= 0]]), 1.0)
    overlap /= np.bincount(groups)[:, None] + np.bincount(earlier)[None, :] - overlap
    number = _assigned(overlap, names, least=least)
    new = number < 0
    number[new] = max(used, names.max(initial=-1)) + 1 + np.arange(new.sum())
    matched = pd.Series(np.full(len(now), -1, dtype=np.int64), index=now.index, name=now.name)
    matched.iloc[places] = number[groups]
    return matched


def _members(communities: pd.Series, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of all who are in a community, sorted by ID, and their communities."""
    if not communities.index.is_unique:
        msg = f"{name} needs to name each person once"
        raise ValueError(msg)
    labels = communities.fillna(-1).to_numpy().astype(np.int64)
    order = sorted_places(communities.index)
    places = order[labels[order] >= 0]
    return places, labels[places]


def _assigned(overlap: np.ndarray, names: np.ndarray, *, least: float) -> np.ndarray:
    """Return the name that each row takes, no name twice; -1 if it overlaps with none."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  # slow to load

    number = np.full(len(overlap), -1, dtype=np.int64)
    enough = np.where(overlap >= least, overlap, 0.0)
    rows, columns = linear_sum_assignment(enough, maximize=True)
    kept = enough[rows, columns] > 0
    number[rows[kept]] = names[columns[kept]]
    return number


MEASURES = (
    Measure(
        name="together",
        function="community_ties",
        of="tie",
        meaning="Share of repeated runs in which both ends of a tie fall into the same community.",
        unit="share",
        range="0 to 1",
        undefined="never",
        reference="Gfeller et al. 2005",
    ),
    Measure(
        name="bridgeness",
        function="community_ties",
        of="tie",
        meaning="Share of repeated runs in which a tie leads from one community to another.",
        unit="share",
        range="0 to 1",
        undefined="never",
        reference="Gfeller et al. 2005",
    ),
    Measure(
        name="ambiguity",
        function="community_ties",
        of="tie",
        meaning="How undecided it is whether a tie lies within a community: 0 if all runs agree, "
        "1 if half of them say so.",
        unit="-",
        range="0 to 1",
        undefined="never",
        reference="Gfeller et al. 2005",
    ),
    Measure(
        name="settled",
        function="community_stability",
        of="person",
        meaning="How far a person's community has the same members in repeated runs.",
        unit="share",
        range="above 0 to 1",
        undefined="in no community",
        reference="Hennig 2007",
    ),
    Measure(
        name="community",
        function="community_stability",
        of="person",
        meaning="Number of the person's community, as communities gives it.",
        unit="-",
        range="0 or more; -1 for the owner and people in no group",
        undefined="never",
        reference="Blondel et al. 2008",
    ),
)
