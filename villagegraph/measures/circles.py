"""Circles: the alters in the order of their strength, and how their shares hold over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd

from villagegraph.days import DayLike, day_number
from villagegraph.measures.adjacency import as_adjacency
from villagegraph.measures.catalog import Measure
from villagegraph.measures.owner import owner_of, sorted_places
from villagegraph.ties import contact_days

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from villagegraph.measures.adjacency import GraphOrTies, Weight
    from villagegraph.village import Village

CIRCLES = (5, 15, 50, 150)
"""Ranks at which the circles end."""

MIN_ALTERS = 20
"""Fewest alters whose shares make a signature."""


def circles(
    graph_or_ties: GraphOrTies,
    *,
    me: Hashable | None = None,
    weight: Weight = "strength",
    ranks: Sequence[int] = CIRCLES,
) -> pd.DataFrame:
    """
    Put a person's alters into circles of 5, 15, 50 and 150, by strength.

    The circles are ranks, not layers that were found in the data: where
    strengths fall off smoothly, as they do, no gap between layers can be told
    from chance. They answer "is this one of my fifteen closest?".

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    me
        `person_id` of the person; if None, the owner whom the graph or tie table names.
    weight
        Name of the edge attribute that holds tie strength. Alters with
        strength 0 stand in no circle.
    ranks
        At which rank each circle ends, rising.

    Returns
    -------
    circles
        Indexed by `person_id`, a row per alter, strongest first, equal ones by
        ID: `strength`, `rank` (1 for the strongest), `circle` (the smallest of
        `ranks` within which the alter stands; -1 beyond the last).

    Raises
    ------
    ValueError
        If there is no `me`, or `me` is not among the people, or `ranks` do not
        rise from 1 or more.

    See Also
    --------
    circle_stability : What became of them between two dates.

    Notes
    -----
    Takes time proportional to the number of ties.

    References
    ----------
    .. [1] Hill, R. A., & Dunbar, R. I. M. (2003). Social network size in
       humans. Human Nature 14(1), 53-72.

    Examples
    --------
    >>> G = nx.Graph(me="me")
    >>> G.add_weighted_edges_from(
    ...     [("me", "ana", 2.0), ("me", "ben", 9.0), ("me", "cy", 2.0)], weight="strength"
    ... )
    >>> circles(G, ranks=(1, 2))["circle"].to_dict()
    {'ben': 1, 'ana': 2, 'cy': -1}
    """
    ends = np.asarray(ranks)
    if ends.ndim != 1 or not len(ends) or ends[0] < 1 or (np.diff(ends) <= 0).any():
        msg = f"ranks needs to be rising whole numbers from 1 on, {tuple(ranks)!r} were given"
        raise ValueError(msg)
    ids, A = as_adjacency(graph_or_ties, weight=weight)
    owner = owner_of(graph_or_ties, ids, me=me)
    if not owner.any():
        msg = "circles are somebody's: name the person as `me`"
        raise ValueError(msg)
    place = int(np.flatnonzero(owner)[0])
    span = slice(A.indptr[place], A.indptr[place + 1])
    alters, strength = ids[A.indices[span]], A.data[span]
    order = sorted_places(alters)
    order = order[np.argsort(-strength[order], kind="stable")]
    rank = np.arange(1, len(order) + 1)
    circle = np.append(ends, -1)[np.searchsorted(ends, rank)]
    return pd.DataFrame(
        {"strength": strength[order], "rank": rank, "circle": circle}, index=alters[order]
    )


def circle_stability(
    now: pd.DataFrame, *, before: pd.DataFrame, ranks: Sequence[int] = CIRCLES
) -> pd.DataFrame:
    """
    Say how many of each circle are still in it.

    Circles are taken with those within them: the fifteen closest hold the five
    closest.

    Parameters
    ----------
    now, before
        As `circles` returns them, of two dates.
    ranks
        At which rank each circle ends.

    Returns
    -------
    stability
        Indexed by `circle`: `before`, `now` (people in it), `stayed` (people in
        both), `jaccard` (those who stayed as a share of all who are in either,
        0 to 1; `nan` if nobody is in either).

    Examples
    --------
    Of the two closest, one is still among the two closest:

    >>> before = pd.DataFrame({"rank": [1, 2, 3]}, index=["ana", "ben", "cy"])
    >>> now = pd.DataFrame({"rank": [1, 2, 3]}, index=["cy", "ana", "ben"])
    >>> circle_stability(now, before=before, ranks=[2])["stayed"].tolist()
    [1]
    """
    rows = []
    for end in ranks:
        were, are = (set(frame.index[frame["rank"] <= end]) for frame in (before, now))
        either = len(were | are)
        jaccard = len(were & are) / either if either else float("nan")
        rows.append((len(were), len(are), len(were & are), jaccard))
    index = pd.Index([int(end) for end in ranks], name="circle")
    return pd.DataFrame(rows, columns=["before", "now", "stayed", "jaccard"], index=index)


def social_signature(
    village_or_days: Village | pd.DataFrame,
    *,
    since: DayLike,
    as_of: DayLike,
    me: str | None = None,
) -> pd.Series:
    """
    Say how a person's contact is shared out among the alters, by rank.

    People differ in how much of their contact goes to the one closest, the
    next one, and so on, and keep to their own pattern while the alters change.

    Parameters
    ----------
    village_or_days
        The village; or its contact days as `contact_days` returns them, which
        need not be counted anew for each of many people then.
    since, as_of
        First and last day that count, both included, in the village's zone.
    me
        `person_id` of the person; if None, the owner of the village.

    Returns
    -------
    signature
        Indexed by `rank` from 1 on, a row per alter: `share` of all contact
        days, falling, 0 to 1. With fewer than 20 alters all `nan`: so few
        shares say more of chance than of the person.

    Raises
    ------
    ValueError
        If `as_of` lies before `since`, or there is no `me`.

    See Also
    --------
    signature_distance : How far two of them differ.

    References
    ----------
    .. [1] Saramaki, J., et al. (2014). Persistence of social signatures in
       human communication. PNAS 111(3), 942-947.

    Notes
    -----
    A day on which there was contact with an alter counts once for that alter.
    Takes time proportional to the number of contact days.

    Examples
    --------
    One alter is too few:

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    >>> who = pd.DataFrame(
    ...     {"event_id": ["m1", "m1"], "person_id": ["ben", "ada"], "role": ["from", "to"]}
    ... )
    >>> village = village_from_tables(mails, who, me="ada")
    >>> social_signature(village, since="2026-01-01", as_of="2026-12-31").tolist()
    [nan]
    """
    if isinstance(village_or_days, pd.DataFrame):
        contacts, person = village_or_days, me
    else:
        contacts = contact_days(village_or_days, as_of=as_of)
        person = village_or_days.me if me is None else me
    if person is None:
        msg = "a signature is somebody's: name the person as `me`"
        raise ValueError(msg)
    first, last = day_number(since), day_number(as_of)
    if last < first:
        msg = f"as_of needs to be since ({since}) or later, {as_of} was given"
        raise ValueError(msg)
    u, v = contacts["person_u"], contacts["person_v"]
    mine = ((u == person) | (v == person)) & contacts["day"].between(first, last)
    alters = u[mine].where(u[mine] != person, v[mine])
    days = np.sort(alters.value_counts().to_numpy())[::-1]
    share = days / days.sum() if len(days) >= MIN_ALTERS else np.full(len(days), np.nan)
    return pd.Series(share, index=pd.RangeIndex(1, len(days) + 1, name="rank"), name="share")


def signature_distance(signature: pd.Series, *, other: pd.Series) -> float:
    """
    Calculate how far two social signatures differ.

    This is the Jensen-Shannon *distance*, to base 2: the square root of the
    Jensen-Shannon divergence, by which the study cited compares signatures.

    Parameters
    ----------
    signature, other
        As `social_signature` returns them. Of which person and which months is
        for the question to say: one person's in two halves of a year tells how
        far the pattern holds.

    Returns
    -------
    distance
        From 0 (the same shares) to 1; `nan` if one of them is.

    See Also
    --------
    social_signature : What is compared.

    References
    ----------
    .. [1] Lin, J. (1991). Divergence measures based on the Shannon entropy.
       IEEE Transactions on Information Theory 37(1), 145-151.
    .. [2] Saramaki, J., et al. (2014). Persistence of social signatures in
       human communication. PNAS 111(3), 942-947.

    Examples
    --------
    >>> even = pd.Series([0.05] * 20)
    >>> signature_distance(even, other=even)
    0.0
    """
    size = max(len(signature), len(other))
    p, q = (
        np.pad(shares.to_numpy(float), (0, size - len(shares))) for shares in (signature, other)
    )
    if not size or np.isnan(p).any() or np.isnan(q).any():
        return float("nan")
    middle = (p + q) / 2.0
    divergence = sum((_entropy(middle) - _entropy(shares)) for shares in (p, q)) / 2.0
    # rounding may leave a trifle below 0
    return float(np.sqrt(max(divergence, 0.0)))


def _entropy(shares: np.ndarray) -> float:
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())


MEASURES = (
    Measure(
        name="strength",
        function="circles",
        of="person",
        meaning="Strength of the tie to the alter.",
        unit="days",
        range="above 0",
        undefined="never: alters without strength have no row",
        reference="villagegraph",
    ),
    Measure(
        name="rank",
        function="circles",
        of="person",
        meaning="Place among the alters by strength, 1 for the strongest.",
        unit="-",
        range="1 or more",
        undefined="never: alters without strength have no row",
        reference="villagegraph",
    ),
    Measure(
        name="circle",
        function="circles",
        of="person",
        meaning="Whether an alter is among the 5, 15, 50 or 150 strongest: a rank, not a layer "
        "found in the data.",
        unit="people",
        range="5, 15, 50, 150; -1 beyond",
        undefined="never: alters without strength have no row",
        reference="Hill and Dunbar 2003",
    ),
    Measure(
        name="jaccard",
        function="circle_stability",
        of="group",
        meaning="People who are in a circle at both dates, as a share of all who are at either.",
        unit="share",
        range="0 to 1",
        undefined="nobody at either date",
        reference="villagegraph",
    ),
    Measure(
        name="share",
        function="social_signature",
        of="person",
        meaning="Share of all contact days that goes to the alter of each rank.",
        unit="share",
        range="0 to 1",
        undefined="fewer than 20 alters",
        reference="Saramaki et al. 2014",
    ),
    Measure(
        name="signature_distance",
        function="signature_distance",
        of="pair",
        meaning="How far two social signatures differ: the Jensen-Shannon distance, to base 2.",
        unit="-",
        range="0 to 1",
        undefined="one of both has fewer than 20 alters",
        reference="Saramaki et al. 2014",
    ),
    Measure(
        name="before",
        function="circle_stability",
        of="group",
        meaning="People in a circle at the earlier date.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="now",
        function="circle_stability",
        of="group",
        meaning="People in a circle at the later date.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
    Measure(
        name="stayed",
        function="circle_stability",
        of="group",
        meaning="People in a circle at both dates.",
        unit="people",
        range="0 or more",
        undefined="never",
        reference="villagegraph",
    ),
)
