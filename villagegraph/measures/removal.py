"""What if: the same village without a person or a tie."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import networkx as nx
import pandas as pd

from villagegraph.measures.adjacency import undirected

if TYPE_CHECKING:
    from collections.abc import Hashable

_Given = TypeVar("_Given", nx.Graph, pd.DataFrame)

_ENDS = ["person_u", "person_v"]


def without(graph_or_ties: _Given, person: Hashable) -> _Given:
    """
    Return the village without a person.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table. It is not changed.
    person
        `person_id` of whoever is taken out, with all ties.

    Returns
    -------
    rest
        A new graph or table, as was given. Without its owner it has no `me`.
        A table knows nobody without a tie, so that others may leave with them.

    Raises
    ------
    ValueError
        If the person is not among the people.

    See Also
    --------
    reach_at_risk : What would go with each person, of everybody at once.

    Notes
    -----
    Takes time proportional to the number of people and ties.

    Examples
    --------
    >>> G = nx.path_graph(["ana", "ben", "cy"])
    >>> list(without(G, "ben"))
    ['ana', 'cy']
    """
    if isinstance(graph_or_ties, pd.DataFrame):
        u, v = _ends(graph_or_ties)
        gone = (u == person) | (v == person)
        if not gone.any():
            raise ValueError(_nobody("the person"))
        rest = graph_or_ties[~gone.to_numpy()].copy()
        if rest.attrs.get("me") == person:
            rest.attrs["me"] = None
        return rest
    if person not in undirected(graph_or_ties):
        raise ValueError(_nobody("the person"))
    rest = graph_or_ties.copy()
    rest.remove_node(person)
    if rest.graph.get("me") == person:
        rest.graph["me"] = None
    return rest


def without_tie(graph_or_ties: _Given, u: Hashable, v: Hashable) -> _Given:
    """
    Return the village without the tie between two people.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table. It is not changed.
    u, v
        `person_id` of the two, in either order.

    Returns
    -------
    rest
        A new graph or table, as was given. Both people stay in a graph; a
        table knows nobody without a tie.

    Raises
    ------
    ValueError
        If there is no tie between the two.

    See Also
    --------
    ties_at_risk : What would go with each tie, of all at once.

    Notes
    -----
    Takes time proportional to the number of people and ties.

    Examples
    --------
    >>> G = nx.path_graph(["ana", "ben", "cy"])
    >>> list(without_tie(G, "ben", "ana").edges)
    [('ben', 'cy')]
    """
    if isinstance(graph_or_ties, pd.DataFrame):
        one, other = _ends(graph_or_ties)
        gone = ((one == u) & (other == v)) | ((one == v) & (other == u))
        if not gone.any():
            raise ValueError(_no_tie())
        return graph_or_ties[~gone.to_numpy()].copy()
    if not undirected(graph_or_ties).has_edge(u, v):
        raise ValueError(_no_tie())
    rest = graph_or_ties.copy()
    rest.remove_edge(u, v)
    return rest


def _ends(ties: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    table = ties.reset_index() if list(ties.index.names) == _ENDS else ties
    if not set(_ENDS).issubset(table.columns):
        msg = "ties need `person_u`, `person_v`"
        raise ValueError(msg)
    return table["person_u"], table["person_v"]


def _nobody(whom: str) -> str:
    return f"{whom} is not among the people of the village"


def _no_tie() -> str:
    return "there is no tie between the two"
