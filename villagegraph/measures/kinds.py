"""Kinds of people: what an attribute says of each, in a form that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from villagegraph.measures.adjacency import degrees
from villagegraph.measures.attributes import kind_of_text

if TYPE_CHECKING:
    from collections.abc import Hashable

    from villagegraph.measures.adjacency import GraphOrTies

By: TypeAlias = "str | pd.Series"


class Kinds(NamedTuple):
    """
    Of what kind each person is.

    Attributes
    ----------
    codes
        Number of the kind per person; -1 if unknown, or without a tie.
    number
        Number of kinds.
    """

    codes: np.ndarray
    number: int

    def sizes(self) -> np.ndarray:
        """Return the number of people of each kind."""
        counts: np.ndarray = np.bincount(self.codes[self.codes >= 0], minlength=self.number)
        return counts

    def members(self) -> sparse.csr_array:
        """Return the matrix of who is of which kind."""
        known = np.flatnonzero(self.codes >= 0)
        ones = np.ones(len(known))
        shape = (len(self.codes), self.number)
        return sparse.csr_array((ones, (known, self.codes[known])), shape=shape)

    def others_alike(self) -> np.ndarray:
        """Return, per person, how many others are of the same kind; nan if unknown."""
        if not self.number:
            return np.full(len(self.codes), np.nan)
        return np.where(self.codes >= 0, self.sizes()[self.codes] - 1.0, np.nan)

    def others_unlike(self) -> np.ndarray:
        """Return, per person, how many are of another kind; nan if unknown."""
        return float(self.sizes().sum()) - 1.0 - self.others_alike()


def numbered_kinds(
    graph_or_ties: GraphOrTies, ids: pd.Index, A: sparse.csr_array, *, by: By
) -> Kinds:
    """Give the kinds of all who have a tie numbers."""
    values = kinds_of(graph_or_ties, ids, by=by)
    tied = degrees(A) > 0
    codes, names = pd.factorize(values.where(pd.Series(tied, index=values.index), None))
    return Kinds(codes.astype(np.int64), len(names))


def kinds_of(graph_or_ties: GraphOrTies, ids: pd.Index, *, by: By) -> pd.Series:
    """
    Return of what kind each person is, None if unknown, by place.

    Raises
    ------
    ValueError
        If nobody has the attribute, or the series names a person twice.
    TypeError
        If a tie table comes without a series, or somebody is of several kinds.
    """
    if isinstance(by, pd.Series):
        if not by.index.is_unique:
            msg = "`by` needs to name each person once"
            raise ValueError(msg)
        values = by.reindex(ids).tolist()
    elif isinstance(graph_or_ties, nx.Graph):
        if len(graph_or_ties) and not any(by in data for _, data in graph_or_ties.nodes(data=True)):
            msg = f"nobody in the graph has `{by}`: name another attribute as `by`"
            raise ValueError(msg)
        values = [graph_or_ties.nodes[person].get(by) for person in ids]
    else:
        msg = "a tie table knows no attributes of people: give `by` as a series by person_id"
        raise TypeError(msg)
    return pd.Series([kind_of(value) for value in values], dtype="object")


def kind_of(value: object) -> Hashable:
    """Return a value in the form in which kinds are compared, None if it is unknown."""
    if isinstance(value, str):
        return kind_of_text(value)
    if isinstance(value, list | tuple | set | dict):
        msg = f"a person needs to be of one kind, {type(value).__name__} was given"
        raise TypeError(msg)
    return None if pd.isna(value) else value


def ei_index(internal: np.ndarray, external: np.ndarray) -> np.ndarray:
    """Return how much more is external than internal, as a share of both."""
    index: np.ndarray = (external - internal) / (external + internal)
    return index
