"""Alter ties: who of one's alters know one another, on what evidence, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.measures.adjacency import as_adjacency, degrees
from villagegraph.measures.catalog import Measure
from villagegraph.measures.owner import owner_of, sorted_places, without_ties
from villagegraph.measures.pairs import pair_index, values_at
from villagegraph.measures.wording import counted

if TYPE_CHECKING:
    from collections.abc import Hashable

    from scipy import sparse

    from villagegraph.measures.adjacency import GraphOrTies

CONTACT = "contact"
SEEN = "seen together"

MEDIUM_ITEMS = 4
"""Items in which two people were seen together from which on confidence is medium."""


def alter_ties(graph_or_ties: GraphOrTies, *, me: Hashable | None = None) -> pd.DataFrame:
    """
    List the ties among the alters, each with its evidence and how sure it is.

    The owner's exports show two sorts of evidence that two others know each
    other. *Contact*: one addressed the other, and the owner was there to see
    it. *Seen together*: both received the same mail or message, and neither
    addressed the other. The second is a guess, and much is never seen at all.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph or tie table, as `village_graph` and
        `tie_table` return them.
    me
        `person_id` of the owner, whose own ties are left out; if None, whom the graph or tie
        table names.

    Returns
    -------
    ties
        Indexed by `person_u` < `person_v` and sorted, a row per tie:

        - `basis`: `contact` or `seen together`;
        - `n_direct`: times that one addressed the other (a meeting counts each way);
        - `n_shared`: items that both only received;
        - `weight`: days, `credit` and `shared_credit` of the tie table together: an
          item counts 1/k, k being the other participants (for items only
          received the owner is taken out first), a day at most 1 of each sort;
        - `confidence`: `high` (contact), `medium` (seen together in 4 items or
          more), `low` (in fewer);
        - `reason`: the evidence in words.

        ``attrs["left_out"]`` counts the items with more than 25 participants,
        of whose receivers nobody is paired with another; `nan` if it is not
        known.

    Raises
    ------
    ValueError
        If a tie lacks one of the counts or credits, or `me` is not there.

    Notes
    -----
    Of pairs seen together in the mailboxes of 70 people of one company, 58 in
    100 of medium and 39 in 100 of low confidence wrote to each other at some
    time, as far as those mailboxes show. Of all pairs of alters who did, 70
    in 100 had a tie of one sort or the other. So a tie seen together is a hint,
    and the absence of a tie is none.

    Takes time proportional to the number of ties.

    References
    ----------
    .. [1] Newman, M. E. J. (2001). Scientific collaboration networks. II.
       Shortest paths, weighted networks, and centrality. Physical Review E
       64, 016132 (the weight 1/k).

    Examples
    --------
    >>> G = nx.Graph(me="me")
    >>> G.add_edge("ana", "ben", n_uv=0, n_vu=0, n_shared=4, credit=0.0, shared_credit=2.0)
    >>> G.add_edge("ana", "cy", n_uv=2, n_vu=1, n_shared=0, credit=3.0, shared_credit=0.0)
    >>> ties = alter_ties(G)
    >>> ties["confidence"].tolist()
    ['medium', 'high']
    >>> ties["reason"].tolist()
    ['only seen together in 4 items', 'one addressed the other 3 times']
    """
    ids, A = as_adjacency(graph_or_ties, weight=None)
    found = evidence(graph_or_ties)
    A = without_ties(A, owner_of(graph_or_ties, ids, me=me))
    order = sorted_places(ids)
    u = np.repeat(np.arange(len(ids)), degrees(A))
    v = A.indices.astype(np.int64)
    place = np.argsort(order)  # from a place in the graph to one among sorted people
    once = place[u] < place[v]
    u, v = u[once], v[once]
    direct, shared, weight = (values_at(M, u, v) for M in found)
    rows = np.flatnonzero((direct > 0) | (shared > 0))
    rows = rows[np.lexsort((place[v[rows]], place[u[rows]]))]
    direct, shared = direct[rows].astype(np.int64), shared[rows].astype(np.int64)
    ties = pd.DataFrame(
        {
            "basis": np.where(direct > 0, CONTACT, SEEN),
            "n_direct": direct,
            "n_shared": shared,
            "weight": weight[rows],
            "confidence": _confidence(direct, shared),
            "reason": [_reason(*counts) for counts in zip(direct, shared, strict=True)],
        },
        index=pair_index(ids[order], place[u[rows]], place[v[rows]]),
    )
    # words, whatever pandas makes of an empty column
    ties = ties.astype({"basis": "str", "confidence": "str", "reason": "str"})
    ties.attrs["left_out"] = _left_out(graph_or_ties)
    return ties


class Evidence(NamedTuple):
    """
    What speaks for each tie, as matrices in the order of the people.

    Attributes
    ----------
    direct
        Times that one addressed the other.
    shared
        Items that both only received.
    weight
        Days of both sorts.
    """

    direct: sparse.csr_array
    shared: sparse.csr_array
    weight: sparse.csr_array


def evidence(graph_or_ties: GraphOrTies) -> Evidence:
    """Return what speaks for each tie; a ValueError says what the ties lack."""
    names = (("n_uv", "n_vu"), ("n_shared",), ("credit", "shared_credit"))
    return Evidence(*(as_adjacency(graph_or_ties, weight=weight)[1] for weight in names))


def shows_evidence(graph_or_ties: GraphOrTies) -> bool:
    """Say whether all ties tell their evidence, as those of a village do."""
    names = ("n_uv", "n_vu", "n_shared", "credit", "shared_credit")
    if isinstance(graph_or_ties, pd.DataFrame):
        return set(names) <= set(graph_or_ties.columns)
    ties = [data for _, _, data in graph_or_ties.edges(data=True)]
    return bool(ties) and all(name in data for name in names for data in ties)


def _confidence(direct: np.ndarray, shared: np.ndarray) -> np.ndarray:
    seen = np.where(shared >= MEDIUM_ITEMS, "medium", "low")
    return np.where(direct > 0, "high", seen)


def _reason(direct: int, shared: int) -> str:
    seen = f"seen together in {counted(shared, 'item')}"
    if not direct:
        return f"only {seen}"
    often = {1: "once", 2: "twice"}.get(direct, counted(direct, "time"))
    addressed = f"one addressed the other {often}"
    return f"{addressed}, also {seen}" if shared else addressed


def _left_out(graph_or_ties: GraphOrTies) -> float:
    known = graph_or_ties.attrs if isinstance(graph_or_ties, pd.DataFrame) else graph_or_ties.graph
    return float(known.get("left_out", float("nan")))


MEASURES = (
    Measure(
        name="basis",
        function="alter_ties",
        of="tie",
        meaning="Whether two alters were in contact before the owner's eyes, or only received "
        "the same items.",
        unit="-",
        range="contact, seen together",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="n_direct",
        function="alter_ties",
        of="tie",
        meaning="How often one of two alters addressed the other.",
        unit="times",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="n_shared",
        function="alter_ties",
        of="tie",
        meaning="Items that two alters both received, neither addressing the other.",
        unit="items",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="weight",
        function="alter_ties",
        of="tie",
        meaning="Days of contact and of being seen together, group items at 1/k.",
        unit="days",
        range="above 0",
        undefined="never",
        reference="Newman 2001",
    ),
    Measure(
        name="confidence",
        function="alter_ties",
        of="tie",
        meaning="How sure a tie between two alters is: high with contact, medium if seen together "
        "in 4 items or more, low otherwise.",
        unit="-",
        range="high, medium, low",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="reason",
        function="alter_ties",
        of="tie",
        meaning="The evidence for a tie between two alters, in words.",
        unit="-",
        range="text",
        undefined="never",
        reference="villagegraph",
    ),
)
