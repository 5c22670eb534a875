"""The backbone of a graph: the ties that stand out, for pictures that would else be a hairball."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees, sums
from villagegraph.measures.catalog import Measure
from villagegraph.measures.owner import sorted_places
from villagegraph.measures.pairs import pair_index

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies, Weight


def backbone(
    graph_or_ties: GraphOrTies, *, alpha: float = 0.05, weight: Weight = "strength"
) -> pd.DataFrame:
    """
    Find the ties that stand out among those of one of their ends.

    The disparity filter keeps a tie that takes a greater part of somebody's
    time than it would if that time were cut into parts at random. It is meant
    for drawing: a tie that is left out is no weaker evidence, and measures
    take all ties.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    alpha
        Chance below which a tie is kept, above 0 to 1: the smaller, the fewer.
    weight
        Name of the edge attribute that holds tie strength. Ties of strength 0
        are left out. If None, every tie counts 1.

    Returns
    -------
    ties
        Indexed by `person_u` < `person_v` and sorted, a row per tie: `strength`,
        `disparity` (the chance of so great a part or a greater one, at the end
        where it is smaller, 0 to 1, never `nan`; 1 if neither end has another
        tie) and `kept` (whether it is below `alpha`).

    Raises
    ------
    ValueError
        If `alpha` is not above 0 to 1.

    Notes
    -----
    With k ties that sum to s, a tie of strength w has the chance
    ``(1 - w / s) ** (k - 1)``. Somebody's only tie says nothing from that
    end, and is kept if it stands out at the other. Takes time proportional to
    the number of ties.

    References
    ----------
    .. [1] Serrano, M. A., Boguna, M., & Vespignani, A. (2009). Extracting the
       multiscale backbone of complex weighted networks. PNAS 106(16), 6483-6488.

    Examples
    --------
    Of ana's three ties one takes 8 parts of 10: (1 - 0.8) ** 2.

    >>> G = nx.Graph()
    >>> G.add_edge("ana", "ben", strength=8.0)
    >>> G.add_edge("ana", "cy", strength=1.0)
    >>> G.add_edge("ana", "dee", strength=1.0)
    >>> backbone(G)["disparity"].round(2).tolist()
    [0.04, 0.81, 0.81]
    """
    if not 0 < alpha <= 1:
        msg = f"alpha needs to be above 0 and at most 1, {alpha} was given"
        raise ValueError(msg)
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    order = sorted_places(ids)
    A = A[order][:, order].tocsr()
    A.sort_indices()
    u = np.repeat(np.arange(len(ids)), degrees(A))
    v = A.indices.astype(np.int64)
    once = u < v
    u, v, strength = u[once], v[once], A.data[once]
    total, degree = sums(A), degrees(A)
    # a share may come to a trifle above 1
    chances = [np.maximum(1.0 - strength / total[end], 0.0) ** (degree[end] - 1) for end in (u, v)]
    disparity = np.minimum(*chances)
    return pd.DataFrame(
        {"strength": strength, "disparity": disparity, "kept": disparity < alpha},
        index=pair_index(ids[order], u, v),
    )


MEASURES = (
    Measure(
        name="strength",
        function="backbone",
        of="tie",
        meaning="Strength of the tie.",
        unit="days",
        range="above 0",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="disparity",
        function="backbone",
        of="tie",
        meaning="Chance that a tie would take so great a part of one end's time if that time "
        "were cut at random; for drawing only.",
        unit="chance",
        range="0 to 1",
        undefined="never",
        reference="Serrano et al. 2009",
    ),
    Measure(
        name="kept",
        function="backbone",
        of="tie",
        meaning="Whether the tie stands out: disparity below alpha; for drawing only.",
        unit="-",
        range="true, false",
        undefined="never",
        reference="Serrano et al. 2009",
    ),
)
