"""Diversity: how far people's ties lead beyond their own kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.catalog import Measure
from villagegraph.measures.kinds import ei_index, numbered_kinds

if TYPE_CHECKING:
    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies, Weight
    from villagegraph.measures.kinds import By, Kinds


def diversity(
    graph_or_ties: GraphOrTies, *, by: By = "organization", weight: Weight = None
) -> pd.DataFrame:
    """
    Calculate how varied each person's alters are, and how many are of the person's own kind.

    Whose alters all work in one place hears the news of that place;
    whose alters work in many hears what the others have not heard. Everybody
    in the graph counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    by
        The attribute of the nodes that says of what kind a person is, such as
        `organization`, `title`, `location`; or a series of kinds by `person_id`,
        which a tie table needs. Texts that differ only in case or in spaces
        around them are one kind; who has none, or an empty one, is unknown.
    weight
        Name of the edge attribute that holds tie strength: then an alter counts
        by the strength of the tie, and ties of strength 0 are left out. If
        None, every alter counts 1.

    Returns
    -------
    diversity
        Indexed by `person_id`. Alters of unknown kind are left out of all but the
        first two columns:

        - `alters`, `unknown`: counts of all alters, and of those of unknown kind;
        - `kinds`: count of different kinds among the alters;
        - `internal`, `external`: alters of the person's own kind and of others, as
          counts or summed strengths;
        - `ei_index`: (external - internal) / (external + internal), -1 to 1;
        - `rescaled_ei`: the same of densities, both divided by the number of
          people with whom such a tie is possible, -1 to 1: 0 for somebody to
          whom kinds are all one, whatever their sizes;
        - `blau`: chance that two draws from the alters are of different kinds, 0
          (all are of one kind) to 1 - 1/K, K being the kinds in the graph;
        - `iqv`: `blau` as a share of its greatest value, 0 to 1;
        - `entropy`: Shannon's, natural logarithm, 0 to ln K.

        `internal` and `external` are `nan` if the person's own kind is unknown. The
        indices are `nan` without an alter of known kind; both E-I indices also
        if the own kind is unknown, `rescaled_ei` also if nobody else or
        everybody else is of that kind, `iqv` also if K is 1.

    Raises
    ------
    ValueError
        If nobody has the attribute, or the series names a person twice.
    TypeError
        If a tie table comes without a series, or somebody is of several kinds.

    See Also
    --------
    homophily : The same of the graph as a whole.

    Notes
    -----
    People without a tie count nowhere, neither as kinds nor as possible alters.
    Takes time proportional to the number of ties.

    References
    ----------
    .. [1] Krackhardt, D., & Stern, R. N. (1988). Informal networks and
       organizational crises. Social Psychology Quarterly 51(2), 123-140.
    .. [2] Blau, P. M. (1977). Inequality and Heterogeneity. Free Press.
    .. [3] Mueller, J. H., & Schuessler, K. F. (1961). Statistical Reasoning in
       Sociology. Houghton Mifflin, 177-179 (index of qualitative variation).
    .. [4] Shannon, C. E. (1948). A mathematical theory of communication. Bell
       System Technical Journal 27, 379-423.

    Examples
    --------
    One of my four alters works where I do, the other three elsewhere: (3 - 1) / 4.

    >>> G = nx.star_graph(["me", "ana", "ben", "cy", "dee"])
    >>> place = {"me": "Lab", "ana": "Lab", "ben": "Shop", "cy": "Shop", "dee": "Shop"}
    >>> nx.set_node_attributes(G, place, "organization")
    >>> diversity(G).loc["me", ["internal", "external", "ei_index", "blau"]].tolist()
    [1.0, 3.0, 0.5, 0.375]
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    kinds = numbered_kinds(graph_or_ties, ids, A, by=by)
    degree = degrees(A)
    spent = _spent(A, kinds)
    known = spent.sum(axis=1)
    internal = _own(spent, kinds)
    external = np.where(kinds.codes >= 0, known - internal, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = spent.copy()
        share.data = share.data / np.repeat(known, np.diff(spent.indptr))
        blau = 1.0 - share.power(2).sum(axis=1)
        columns = {
            "alters": degree,
            "unknown": degree - _spent(_ones(A), kinds).sum(axis=1).astype(np.int64),
            "kinds": degrees(spent),
            "internal": internal,
            "external": external,
            "ei_index": ei_index(internal, external),
            "rescaled_ei": ei_index(
                internal / kinds.others_alike(), external / kinds.others_unlike()
            ),
            "blau": blau,
            "iqv": blau / (1.0 - 1.0 / np.float64(kinds.number)),
            "entropy": _entropy(share),
        }
    frame = pd.DataFrame(columns, index=ids)
    frame.loc[known == 0, ["blau", "iqv", "entropy"]] = np.nan
    return frame


def _spent(A: sparse.csr_array, kinds: Kinds) -> sparse.csr_array:
    """Return how much of each person's ties goes to each kind."""
    return (A @ kinds.members()).tocsr()


def _ones(A: sparse.csr_array) -> sparse.csr_array:
    B = A.copy()
    B.data = np.ones_like(A.data)
    return B


def _own(spent: sparse.csr_array, kinds: Kinds) -> np.ndarray:
    """Return how much goes to the person's own kind; nan if that is unknown."""
    own: np.ndarray = spent.multiply(kinds.members()).sum(axis=1)
    return np.where(kinds.codes >= 0, own, np.nan)


def _entropy(share: sparse.csr_array) -> np.ndarray:
    parts = share.copy()
    parts.data = -share.data * np.log(share.data)
    total: np.ndarray = parts.sum(axis=1) + 0.0  # no -0.0
    return total


MEASURES = (
    Measure(
        name="alters",
        function="diversity",
        of="person",
        meaning="Number of alters.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="unknown",
        function="diversity",
        of="person",
        meaning="Alters of unknown kind, who are left out of the rest.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="kinds",
        function="diversity",
        of="person",
        meaning="How many different kinds there are among the alters, by organization, title, "
        "place or another attribute.",
        unit="kinds",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="internal",
        function="diversity",
        of="person",
        meaning="Alters of the person's own kind, as a count or by strength.",
        unit="people, or the unit of strength",
        range="0 or more",
        undefined="own kind unknown",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="external",
        function="diversity",
        of="person",
        meaning="Alters of other kinds, as a count or by strength.",
        unit="people, or the unit of strength",
        range="0 or more",
        undefined="own kind unknown",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="ei_index",
        function="diversity",
        of="person",
        meaning="Alters of other kinds less those of the own kind, as a share of both.",
        unit="-",
        range="-1 to 1",
        undefined="own kind unknown, or no alter of known kind",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="rescaled_ei",
        function="diversity",
        of="person",
        meaning="The E-I index of densities: 0 for somebody to whom kinds are all one, "
        "whatever their sizes.",
        unit="-",
        range="-1 to 1",
        undefined="as ei_index, or nobody else or everybody else is of that kind",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="blau",
        function="diversity",
        of="person",
        meaning="Chance that two draws from the alters are of different kinds.",
        unit="chance",
        range="0 to below 1",
        undefined="no alter of known kind",
        reference="Blau 1977",
    ),
    Measure(
        name="iqv",
        function="diversity",
        of="person",
        meaning="Blau's index as a share of its greatest value for the kinds that there are.",
        unit="share",
        range="0 to 1",
        undefined="no alter of known kind, or only one kind in the graph",
        reference="Mueller and Schuessler 1961",
    ),
    Measure(
        name="entropy",
        function="diversity",
        of="person",
        meaning="How unforeseeable the kind of an alter is.",
        unit="nats",
        range="0 to ln of the number of kinds",
        undefined="no alter of known kind",
        reference="Shannon 1948",
    ),
)
