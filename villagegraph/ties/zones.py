"""Calendar days of a time zone, from epoch seconds, in arithmetic that every engine has."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import narwhals as nw

DAY_SECONDS = 86_400

# no log is older than the wire; zones had odd local times before
_FIRST_YEAR = 1900


def local_day(seconds: nw.Expr, *, zone: str, until: int) -> nw.Expr:
    """
    Return the local calendar day as a count of days since 1970-01-01.

    Engines differ in what they know of time zones, and some in whose zone data
    they use. So the offsets are looked up here, and become a search among
    whole numbers that any engine can do.

    Parameters
    ----------
    seconds
        Epoch seconds, whole numbers.
    zone
        IANA name of the zone.
    until
        Epoch seconds after which no row stands.
    """
    changes, offsets = utc_offsets(zone, until)
    offset = _search(seconds, changes, offsets)
    return utc_day(seconds + offset, per_day=DAY_SECONDS)


def utc_day(since_1970: nw.Expr, *, per_day: int) -> nw.Expr:
    """
    Return the day of UTC as a count of days since 1970-01-01.

    Parameters
    ----------
    since_1970
        Whole numbers of some unit of time.
    per_day
        How many of them a day has.
    """
    # floor of a true quotient: integer division rounds towards 0 on some engines
    return (since_1970.cast(nw.Float64) / per_day).floor().cast(nw.Int32)


def _search(seconds: nw.Expr, changes: tuple[int, ...], offsets: tuple[int, ...]) -> nw.Expr:
    """Look up an offset by halves: `offsets[i]` holds until `changes[i]`."""
    if not changes:
        return nw.lit(offsets[0])
    middle = len(changes) // 2
    return (
        nw.when(seconds < changes[middle])
        .then(_search(seconds, changes[:middle], offsets[: middle + 1]))
        .otherwise(_search(seconds, changes[middle + 1 :], offsets[middle + 1 :]))
    )


@lru_cache(maxsize=8)
def utc_offsets(zone: str, until: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """
    Return when the offset of a zone from UTC changes, and the offsets.

    Parameters
    ----------
    zone
        IANA name of the zone.
    until
        Epoch seconds; later changes do not count.

    Returns
    -------
    changes, offsets
        Epoch seconds, ascending, and seconds east of UTC: `offsets[i]` holds
        before `changes[i]`, the last one since the last change.

    Examples
    --------
    >>> changes, offsets = utc_offsets("Europe/Berlin", 1_793_487_600)
    >>> changes[-1], offsets[-2:]  # the end of summer time on 2026-10-25, at 01:00 UTC
    (1792890000, (7200, 3600))
    """
    zone_info = ZoneInfo(zone)

    def offset(second: int) -> int:
        east = dt.datetime.fromtimestamp(second, zone_info).utcoffset() or dt.timedelta()
        return round(east.total_seconds())

    start = int(dt.datetime(_FIRST_YEAR, 1, 1, tzinfo=dt.UTC).timestamp())
    changes, offsets = [], [offset(start)]
    # no zone ever changed back within a day
    for morning in range(start, until, DAY_SECONDS):
        before, after = morning, morning + DAY_SECONDS
        if offset(after) == offsets[-1]:
            continue
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
        if after < until:
            changes.append(after)
            offsets.append(offset(after))
    return tuple(changes), tuple(offsets)
