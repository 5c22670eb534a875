"""How closely knit a person's contacts are, by what passed among them both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.measures.clustering import clustering
from villagegraph.measures.rhythm.log import WRITTEN, interaction_log
from villagegraph.measures.rhythm.summary import check_compat
from villagegraph.texts import among
from villagegraph.ties import GROUP_LIMIT
from villagegraph.who import find_person

if TYPE_CHECKING:
    from villagegraph.days import DayLike
    from villagegraph.village import Village

WEIGHTS = (None, "call", "text", "call_duration")
_HALF_HOUR = 30 * 60 * 1_000_000  # microseconds


def clustering_coefficient_unweighted(
    village: Village,
    *,
    person: str | None = None,
    as_of: DayLike | None = None,
    compat: str | None = None,
) -> float:
    """
    Calculate the share of the pairs of a person's contacts who are in contact themselves.

    Only contact that goes both ways ties two people: each addressed the other at
    least once.

    Parameters
    ----------
    village
        The village, or an organisation's log.
    person
        Whose contacts: a name, a handle or a `person_id`; the owner if not given.
    as_of
        Last day that counts; None for all.
    compat
        `"bandicoot"` for 0 where it is undefined.

    Returns
    -------
    clustering_coefficient_unweighted
        0 to 1; `nan` with fewer than two contacts tied both ways.

    Notes
    -----
    In one person's village this is a lower bound: what passed among the
    contacts is seen only as far as it went to the person too. Takes time
    proportional to the pairs within items.

    References
    ----------
    .. [1] de Montjoye, Y.-A., Rocher, L., & Pentland, A. S. (2016). bandicoot: a Python
       toolbox for mobile phone metadata. Journal of Machine Learning Research 17(175).

    Examples
    --------
    Three people who all wrote to one another:

    >>> from itertools import permutations
    >>> from villagegraph.village import village_from_tables
    >>> pairs = list(permutations(["me", "ana", "ben"], 2))
    >>> mails = pd.DataFrame({"event_id": range(6), "at": "2026-10-01 09:00"})
    >>> who = pd.DataFrame(
    ...     [(n, p, r) for n, pair in enumerate(pairs) for p, r in zip(pair, ["from", "to"])],
    ...     columns=["event_id", "person_id", "role"],
    ... )
    >>> clustering_coefficient_unweighted(village_from_tables(mails, who, me="me"))
    1.0
    """
    check_compat(compat)
    links, who = _links(village, person, as_of)
    return _of(_reciprocal(_weighed(links, None)), who, weight=None, compat=compat)


def clustering_coefficient_weighted(
    village: Village,
    *,
    interaction: str | None = None,
    person: str | None = None,
    as_of: DayLike | None = None,
    compat: str | None = None,
) -> float:
    """
    Calculate how closely knit a person's contacts are, by how much passes among them.

    As the unweighted coefficient, with each triangle counted by the geometric
    mean of the weights of its three ties, as shares of the greatest weight.

    Parameters
    ----------
    village, person, as_of, compat
        As in `clustering_coefficient_unweighted`.
    interaction
        What a tie weighs: half-hours with contact (None), calls (`call`), written messages
        (`text`), or seconds on the phone (`call_duration`). Only ties that have some of it both
        ways count.

    Returns
    -------
    clustering_coefficient_weighted
        0 to 1; `nan` with fewer than two such ties.

    References
    ----------
    .. [1] Onnela, J.-P., et al. (2005). Intensity and coherence of motifs in
       weighted complex networks. Physical Review E 71, 065103.
    """
    check_compat(compat)
    if interaction not in WEIGHTS:
        msg = (
            f"interaction needs to be call, text, call_duration or None, {interaction!r} was given"
        )
        raise ValueError(msg)
    links, who = _links(village, person, as_of)
    return _of(_reciprocal(_weighed(links, interaction)), who, weight="weight", compat=compat)


def network_rows(
    village: Village, *, person: str | None, as_of: DayLike | None, compat: str | None
) -> list[tuple[str, str, float]]:
    """Return name, parameters and value of all coefficients of a person."""
    links, who = _links(village, person, as_of)
    rows = []
    for interaction in WEIGHTS:
        ties = _reciprocal(_weighed(links, interaction))
        value = _of(ties, who, weight="weight", compat=compat)
        rows.append(("clustering_coefficient_weighted", f"interaction={interaction}", value))
    plain = _of(_reciprocal(_weighed(links, None)), who, weight=None, compat=compat)
    return [*rows, ("clustering_coefficient_unweighted", "", plain)]


def _links(village: Village, person: str | None, as_of: DayLike | None) -> tuple[pd.DataFrame, str]:
    """Return every time that one of the person and the contacts addressed another."""
    past = village if as_of is None else village.until(as_of)
    who = village.owner() if person is None else find_person(village, person)
    circle = {who, *interaction_log(past, person=who)["person_id"]}
    events = past.interactions[~past.interactions["automated"].to_numpy()]
    rows = past.participants
    rows = rows[among(rows["event_id"], events.index)]
    size = rows[["event_id", "handle"]].drop_duplicates().groupby("event_id").size()
    rows = rows.assign(sends=rows["role"] == "from")
    sent = rows.groupby("event_id")["sends"].max()
    rows = rows[rows["person_id"].isin(circle)]
    rows = rows.groupby(["event_id", "person_id"], as_index=False)["sends"].max()
    channel = rows["event_id"].map(events["channel"])
    mutual = (channel == "meeting") | (
        (channel == "call") & ~rows["event_id"].map(sent).astype(bool)
    )
    begins = rows["sends"].astype(bool).where(~mutual, rows["event_id"].map(size) <= GROUP_LIMIT)
    pairs = rows[begins.astype(bool)].merge(rows, on="event_id", suffixes=("_u", "_v"))
    pairs = pairs[pairs["person_id_u"] != pairs["person_id_v"]]
    pairs = pairs.join(events[["at", "channel", "minutes"]], on="event_id")
    local = pairs["at"].dt.tz_convert(village.zone).dt.tz_localize(None)
    clock = local.to_numpy().astype("datetime64[us]").astype(np.int64)
    links = pd.DataFrame(
        {
            "u": pairs["person_id_u"],
            "v": pairs["person_id_v"],
            "channel": pairs["channel"],
            "seconds": (pairs["minutes"] * 60).round(6),
            "half_hour": clock // _HALF_HOUR,
        }
    )
    return links, who


def _weighed(links: pd.DataFrame, interaction: str | None) -> pd.Series:
    """Return the weight of each direction of each tie."""
    if interaction is None:
        links = links.drop_duplicates(["u", "v", "half_hour"])
        return links.groupby(["u", "v"]).size()
    if interaction == "text":
        return links[links["channel"].isin(WRITTEN)].groupby(["u", "v"]).size()
    calls = links[links["channel"] == "call"].groupby(["u", "v"])["seconds"]
    return calls.size() if interaction == "call" else calls.sum()


def _reciprocal(weight: pd.Series) -> pd.DataFrame:
    """Return the ties that go both ways, with what goes both ways together."""
    one = weight[weight > 0].rename("one").reset_index()
    other = one.rename(columns={"u": "v", "v": "u", "one": "other"})
    both = one.merge(other, on=["u", "v"])
    both = both[both["u"] < both["v"]].sort_values(["u", "v"], ignore_index=True)
    return pd.DataFrame(
        {
            "person_u": both["u"],
            "person_v": both["v"],
            "weight": (both["one"] + both["other"]).astype("float64"),
        }
    )


def _of(ties: pd.DataFrame, who: str, *, weight: str | None, compat: str | None) -> float:
    found = clustering(ties, weight=weight)["clustering"]
    value = float(found[who]) if who in found.index else float("nan")
    return 0.0 if compat and np.isnan(value) else value
