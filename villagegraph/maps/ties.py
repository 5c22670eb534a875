"""The ties of a map, as columns: how strong, since when, through which channels."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from villagegraph.days import as_day
from villagegraph.layout.weights import number, pull, worth

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx

LEVELS = 10
_COLUMNS = [
    "a", "b", "strength", "contact", "times", "channels", "cadence", "first", "last", "days_365",
]  # fmt: skip


def tie_columns(G: nx.Graph, place: dict[Hashable, int], as_of: str) -> pd.DataFrame:
    """
    Return a map's ties, sorted by the places of the two people.

    Parameters
    ----------
    G
        Village graph.
    place
        Position of each person on the map.
    as_of
        ISO day from which days are counted back; empty if unknown.

    Returns
    -------
    ties
        `a` < `b` (positions), `strength`, `level` (0 to 9: contact by tenths of
        all contact, weakest first; seen together by how often), `weight`
        (0 to 1, for the width of a line), `contact`, `times` (days of contact, or
        times seen together), `channels`, `cadence`, `first`, `last` (days before
        `as_of`, or None), `days_365`.
    """
    zone = graph_zone(G)
    today = as_day(as_of) if as_of else None
    rows = []
    for u, v, tie in G.edges(data=True):
        if u == v:
            continue
        a, b = place[u], place[v]
        contact = tie.get("basis", "contact") == "contact"
        rows.append(
            (
                min(a, b),
                max(a, b),
                worth(tie) if contact else pull(tie),
                contact,
                int(number(tie.get("days" if contact else "n_shared"))),
                tuple(tie.get("channels") or ()),
                number(tie.get("cadence_days")) or None,
                _days_before(tie.get("first_at"), today, zone),
                _days_before(tie.get("last_at"), today, zone),
                int(number(tie.get("days_365"))),
            )
        )
    ties = pd.DataFrame(sorted(rows, key=lambda row: row[:2]), columns=_COLUMNS)
    ties["level"] = _levels(ties)
    ties["weight"] = (ties["level"] / (LEVELS - 1)) ** 1.5
    return ties


def local_day(moment: object, zone: ZoneInfo) -> dt.date | None:
    """
    Return the calendar day of an instant in a zone; None for `NaT` and for what is no instant.

    Parameters
    ----------
    moment
        Any value of a tie's time; without a zone of its own it is in UTC.
    zone
        The zone in which days are counted.

    Examples
    --------
    >>> local_day(dt.datetime(2026, 10, 31, 20), ZoneInfo("Asia/Tokyo"))
    datetime.date(2026, 11, 1)
    >>> local_day(pd.NaT, ZoneInfo("UTC")) is None
    True
    """
    if not isinstance(moment, dt.datetime) or moment is pd.NaT:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
    return aware.astimezone(zone).date()


def graph_zone(G: nx.Graph) -> ZoneInfo:
    """Return the zone in which a graph's days are counted, UTC if it names none."""
    return ZoneInfo(G.graph.get("zone") or "UTC")


def _levels(ties: pd.DataFrame) -> pd.Series:
    """Return tenths: of two equally strong ties neither stands above the other."""
    level = pd.Series(0, index=ties.index, dtype="int64")
    for kind in (True, False):
        own = ties["contact"].astype(bool) == kind
        if own.any():
            share = ties.loc[own, "strength"].rank(method="max", pct=True)
            level[own] = np.ceil(share * LEVELS).clip(1, LEVELS).astype("int64") - 1
    return level


def _days_before(moment: object, today: dt.date | None, zone: ZoneInfo) -> int | None:
    day = local_day(moment, zone)
    return None if today is None or day is None else (today - day).days
