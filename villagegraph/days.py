"""Days and instants: one rule for `as_of`, for time zones and for partial dates."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

DayLike: TypeAlias = str | dt.date | pd.Timestamp

# so that days before and after it can be named, and instants told in nanoseconds
_FIRST_YEAR, _LAST_YEAR = 1700, 2261

_PARTIAL = re.compile(r"(?:(\d{4})-|--)(\d{2})-(\d{2})")


def as_day(value: DayLike) -> dt.date:
    """
    Return the calendar day that `value` names.

    Parameters
    ----------
    value
        A date, a timestamp (its own calendar day), or ISO text.

    Raises
    ------
    ValueError
        If `value` names no day.

    Examples
    --------
    >>> as_day("2026-10-31")
    datetime.date(2026, 10, 31)
    """
    if isinstance(value, dt.datetime):  # pd.Timestamp is one
        day = value.date()
    elif isinstance(value, dt.date):
        day = value
    else:
        try:
            day = dt.datetime.fromisoformat(str(value).strip()).date()
        except ValueError:
            msg = f"as_of needs to be a day such as '2026-10-31', {value!r} was given"
            raise ValueError(msg) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        msg = f"as_of needs to lie in the years {_FIRST_YEAR} to {_LAST_YEAR}, {day} was given"
        raise ValueError(msg)
    return day


def end_of_day(day: DayLike, *, zone: str = "UTC") -> pd.Timestamp:
    """
    Return the first instant after `day` in a time zone.

    Parameters
    ----------
    day
        The calendar day.
    zone
        IANA name of the zone.

    Returns
    -------
    instant
        UTC timestamp; what happened before it happened by the end of `day`.

    Examples
    --------
    >>> end_of_day("2026-07-01", zone="Europe/Berlin")
    Timestamp('2026-07-01 22:00:00+0000', tz='UTC')
    """
    following = as_day(day) + dt.timedelta(days=1)
    midnight = dt.datetime.combine(following, dt.time(), tzinfo=ZoneInfo(zone))
    return pd.Timestamp(midnight.astimezone(dt.UTC)).tz_convert("UTC")


def day_numbers(at: pd.Series, *, zone: str = "UTC") -> np.ndarray:
    """
    Return the local calendar day of each instant, as a count of days.

    Parameters
    ----------
    at
        UTC timestamps, none missing.
    zone
        IANA name of the zone in which days are counted.

    Returns
    -------
    days
        int64, days since 1970-01-01, in the order of `at`.

    Examples
    --------
    >>> at = pd.Series(pd.to_datetime(["1970-01-02 23:30"], utc=True))
    >>> day_numbers(at).tolist(), day_numbers(at, zone="Asia/Tokyo").tolist()
    ([1], [2])
    """
    local = at.dt.tz_convert(zone).dt.tz_localize(None)
    days: np.ndarray = local.to_numpy().astype("datetime64[D]").astype(np.int64)
    return days


def day_number(day: DayLike) -> int:
    """
    Return `day` as a count of days since 1970-01-01.

    Examples
    --------
    >>> day_number("1970-01-11")
    10
    """
    return as_day(day).toordinal() - 719_163


def partial_date(text: str) -> tuple[int | None, int, int] | None:
    """
    Read a birthday that may lack its year.

    Parameters
    ----------
    text
        `1990-05-21`, or `--05-21` where the year is not known.

    Returns
    -------
    date
        Year or None, month, day; None if `text` is no such date.

    Examples
    --------
    >>> partial_date("--05-21")
    (None, 5, 21)
    >>> partial_date("soon") is None
    True
    """
    match = _PARTIAL.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = match.groups()
    try:  # 2000 is a leap year: 29 February stands
        dt.date(int(year or 2000), int(month), int(day))
    except ValueError:
        return None
    return (int(year) if year else None, int(month), int(day))


def month_bounds(month: str) -> tuple[dt.date, dt.date]:
    """
    Return the first and the last day of a month.

    Parameters
    ----------
    month
        Year and month, such as `2026-10`.

    Raises
    ------
    ValueError
        If `month` is no month.

    Examples
    --------
    >>> month_bounds("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    match = re.fullmatch(r"(\d{4})-(\d{2})", str(month).strip())
    if (
        match is None
        or not 1 <= int(match[2]) <= 12
        or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR
    ):
        msg = f"month needs to be such as '2026-10', {month!r} was given"
        raise ValueError(msg)
    first = dt.date(int(match[1]), int(match[2]), 1)
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
