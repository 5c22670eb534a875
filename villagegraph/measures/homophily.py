"""Homophily: how far ties join people of the same kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.catalog import Measure
from villagegraph.measures.kinds import ei_index, numbered_kinds
from villagegraph.measures.owner import owner_of, without_ties

if TYPE_CHECKING:
    from collections.abc import Hashable

    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies, Weight
    from villagegraph.measures.kinds import By


def homophily(
    graph_or_ties: GraphOrTies,
    *,
    by: By = "organization",
    weight: Weight = None,
    me: Hashable | None = None,
    me_out: bool = False,
) -> pd.Series:
    """
    Calculate how far ties join people of the same kind, in the graph as a whole.

    Parameters
    ----------
    graph_or_ties, by
        As `diversity` takes them.
    weight
        Name of the edge attribute that holds tie strength, by which ties count
        then. If None, every tie counts 1.
    me
        `person_id` of the owner; if None, whom the graph or tie table names.
    me_out
        Whether the owner, who is tied to everybody, is left out with all ties.

    Returns
    -------
    homophily
        `people`, `unknown`: counts of people with a tie, and of those of unknown
        kind, who are left out of what follows; `kinds`: count of kinds;
        `internal`, `external`: ties within and between kinds, as counts or summed
        strengths; `ei_index` and `rescaled_ei` as in `diversity`, -1 (all ties stay
        within) to 1; `assortativity`: the share of ties within kinds, beyond
        what chance would put there, as a share of the most that it could be, up
        to 1 (0: chance); `blau`, `iqv`, `entropy` of the people themselves.
        `nan`: `ei_index` without a tie between people of known kinds,
        `rescaled_ei` also where one sort of tie is not possible, `assortativity`
        also if the ties join people of one kind only.

    Raises
    ------
    ValueError, TypeError
        As `diversity`; and if `me` is not among the people.

    See Also
    --------
    diversity : The same of each person.

    Notes
    -----
    Takes time proportional to the number of ties.

    References
    ----------
    .. [1] Krackhardt, D., & Stern, R. N. (1988). Informal networks and
       organizational crises. Social Psychology Quarterly 51(2), 123-140.
    .. [2] Newman, M. E. J. (2003). Mixing patterns in networks. Physical
       Review E 67, 026126.

    Examples
    --------
    Two pairs of colleagues, who know one another through a single tie:

    >>> G = nx.Graph([("ana", "ben"), ("ben", "cy"), ("cy", "dee")])
    >>> place = {"ana": "Lab", "ben": "Lab", "cy": "Shop", "dee": "Shop"}
    >>> nx.set_node_attributes(G, place, "organization")
    >>> homophily(G)[["internal", "external", "ei_index", "assortativity"]].round(2).tolist()
    [2.0, 1.0, -0.33, 0.33]
    """
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    owner = owner_of(graph_or_ties, ids, me=me)
    if me_out:
        A = without_ties(A, owner)
    kinds = numbered_kinds(graph_or_ties, ids, A, by=by)
    known = kinds.codes >= 0
    mixing = (kinds.members().T @ A @ kinds.members()).tocsr()
    internal = float(mixing.trace()) / 2.0
    external = float(mixing.sum()) / 2.0 - internal
    sizes = kinds.sizes().astype(float)
    alike = (sizes * (sizes - 1.0)).sum() / 2.0
    unlike = sizes.sum() * (sizes.sum() - 1.0) / 2.0 - alike
    tied = degrees(A) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sizes / sizes.sum()
        plain, rescaled = ei_index(
            np.array([internal, internal / alike]), np.array([external, external / unlike])
        )
        blau = 1.0 - (share**2).sum() if known.any() else np.nan
        values = {
            "people": tied.sum(),
            "unknown": (tied & ~known).sum(),
            "kinds": kinds.number,
            "internal": internal,
            "external": external,
            "ei_index": plain,
            "rescaled_ei": rescaled,
            "assortativity": _assortativity(mixing),
            "blau": blau,
            "iqv": blau / (1.0 - 1.0 / np.float64(kinds.number)),
            "entropy": -(share * np.log(share)).sum() + 0.0 if known.any() else np.nan,
        }
    return pd.Series(values, name="homophily", dtype="float64")


def _assortativity(mixing: sparse.csr_array | np.ndarray) -> float:
    """Calculate Newman's coefficient of a matrix of the ties from kind to kind."""
    total = float(mixing.sum())
    # where all ends are of one kind, nothing could be sorted otherwise
    if np.count_nonzero(mixing.sum(axis=0)) < 2:
        return float("nan")
    expected = float((mixing.sum(axis=0) / total) @ (mixing.sum(axis=1) / total))
    return (float(mixing.trace()) / total - expected) / (1.0 - expected)


MEASURES = (
    Measure(
        name="people",
        function="homophily",
        of="village",
        meaning="People with a tie.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="unknown",
        function="homophily",
        of="village",
        meaning="People of unknown kind, who are left out of the rest.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="kinds",
        function="homophily",
        of="village",
        meaning="How many different kinds there are.",
        unit="kinds",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="internal",
        function="homophily",
        of="village",
        meaning="Ties within kinds, as a count or by strength.",
        unit="ties, or the unit of strength",
        range="0 or more",
        undefined="never",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="external",
        function="homophily",
        of="village",
        meaning="Ties between kinds, as a count or by strength.",
        unit="ties, or the unit of strength",
        range="0 or more",
        undefined="never",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="ei_index",
        function="homophily",
        of="village",
        meaning="Ties between kinds less ties within, as a share of both.",
        unit="-",
        range="-1 to 1",
        undefined="no tie between people of known kinds",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="rescaled_ei",
        function="homophily",
        of="village",
        meaning="The E-I index of densities: 0 if ties fall as chance would have them.",
        unit="-",
        range="-1 to 1",
        undefined="as ei_index, or one sort of tie is not possible",
        reference="Krackhardt and Stern 1988",
    ),
    Measure(
        name="assortativity",
        function="homophily",
        of="village",
        meaning="Ties within kinds beyond what chance would put there, as a share of the most "
        "that it could be.",
        unit="-",
        range="-1 to 1",
        undefined="no tie between people of known kinds, or all are of one kind",
        reference="Newman 2003",
    ),
    Measure(
        name="blau",
        function="homophily",
        of="village",
        meaning="Chance that two draws from the people are of different kinds.",
        unit="chance",
        range="0 to below 1",
        undefined="nobody of known kind",
        reference="Blau 1977",
    ),
    Measure(
        name="iqv",
        function="homophily",
        of="village",
        meaning="Blau's index as a share of its greatest value for the kinds that there are.",
        unit="share",
        range="0 to 1",
        undefined="fewer than two kinds",
        reference="Mueller and Schuessler 1961",
    ),
    Measure(
        name="entropy",
        function="homophily",
        of="village",
        meaning="How unforeseeable the kind of a person is.",
        unit="nats",
        range="0 to ln of the number of kinds",
        undefined="nobody of known kind",
        reference="Shannon 1948",
    ),
)
