"""The owner of a village, whom many measures of the others leave out, and people in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd
    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies


def owner_of(graph_or_ties: GraphOrTies, ids: pd.Index, *, me: Hashable | None) -> np.ndarray:
    """
    Say of each person whether that is the owner.

    Parameters
    ----------
    graph_or_ties
        Graph or tie table, which know their owner.
    ids
        The people.
    me
        `person_id` of the owner; if None, whom the graph or table names.

    Returns
    -------
    owner
        A flag per person, of which at most one is set.

    Raises
    ------
    ValueError
        If `me` was given and is not among the people.
    """
    named = named_owner(graph_or_ties) if me is None else me
    if named is None:
        return np.zeros(len(ids), dtype=bool)
    owner = np.fromiter((person == named for person in ids), bool, len(ids))
    if me is not None and not owner.any():
        msg = "`me` is not among the people of the graph"
        raise ValueError(msg)
    return owner


def named_owner(graph_or_ties: GraphOrTies) -> Hashable | None:
    """Return the owner whom a graph or a tie table names."""
    told = graph_or_ties.graph if isinstance(graph_or_ties, nx.Graph) else graph_or_ties.attrs
    owner: Hashable | None = told.get("me")
    return owner


def without_ties(A: sparse.csr_array, people: np.ndarray) -> sparse.csr_array:
    """Return the matrix without the ties of those people, who stay in it alone."""
    rows = np.repeat(people, np.diff(A.indptr))
    B = A.copy()
    B.data[rows | people[A.indices]] = 0.0
    B.eliminate_zeros()
    return B


def sorted_places(ids: pd.Index) -> np.ndarray:
    """Return the order of people by ID, whatever kind the IDs are of."""
    people = list(ids)
    try:
        places = sorted(range(len(people)), key=people.__getitem__)
    except TypeError:  # numbers and texts side by side
        places = sorted(
            range(len(people)),
            key=lambda place: (type(people[place]).__name__, repr(people[place])),
        )
    return np.asarray(places, dtype=np.int64)
