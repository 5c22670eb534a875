"""What people have in common: organizations and places, in the form in which they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.measures.adjacency import GraphOrTies


def organizations(graph_or_ties: GraphOrTies) -> list[str | None] | None:
    """Return where each person of a graph works, None for all if no node tells it."""
    return _texts(graph_or_ties, "organization")


def places(graph_or_ties: GraphOrTies) -> list[str | None] | None:
    """Return where each person of a graph lives, None for all if no node tells it."""
    return _texts(graph_or_ties, "location")


def _texts(graph_or_ties: GraphOrTies, name: str) -> list[str | None] | None:
    if not isinstance(graph_or_ties, nx.Graph):
        return None
    values = [data.get(name) for _, data in graph_or_ties.nodes(data=True)]
    if all(value is None for value in values):
        return None
    return [kind_of_text(str(value or "")) for value in values]


def kind_of_text(text: str) -> str | None:
    """
    Return a text in the form in which groups are compared, None if it says nothing.

    Examples
    --------
    >>> kind_of_text(" Lantern  labs"), kind_of_text(" ")
    ('lantern labs', None)
    """
    return " ".join(text.split()).casefold() or None


def group_codes(labels: Sequence[object]) -> np.ndarray:
    """
    Return a number per person for the group, -1 for None.

    Examples
    --------
    >>> group_codes(["lantern labs", None, "quarry books", "lantern labs"]).tolist()
    [0, -1, 1, 0]
    """
    codes: np.ndarray = pd.factorize(pd.Series(list(labels), dtype="object"))[0]
    return codes.astype(np.int64)


def groups_of(graph_or_ties: GraphOrTies, communities: pd.Series) -> dict[str, np.ndarray | None]:
    """
    Return, for organizations, places and communities, a number per person.

    Parameters
    ----------
    graph_or_ties
        Village graph, or a tie table, which tells neither organizations nor places.
    communities
        A whole number for each person, in order; -1 or `nan` for none.

    Returns
    -------
    groups
        A number per person, -1 for somebody in no group; None for what no
        node tells.
    """
    labels = communities.fillna(-1).to_numpy().astype(np.int64)
    groups: dict[str, np.ndarray | None] = {}
    for name, texts in (
        ("organizations", organizations(graph_or_ties)),
        ("places", places(graph_or_ties)),
    ):
        groups[name] = None if texts is None else group_codes(texts)
    groups["communities"] = np.maximum(labels, -1)
    return groups
