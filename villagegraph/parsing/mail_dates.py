"""When a mail was sent: the dates of its header, and what to do without one."""

from __future__ import annotations

import datetime as dt
import functools
import re
from email.utils import parsedate_to_datetime

FIRST_YEAR, LAST_YEAR = 1990, 2100
_EARLIEST = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC).timestamp()
_LATEST = dt.datetime(LAST_YEAR + 1, 1, 1, tzinfo=dt.UTC).timestamp()
_EPOCH = dt.date(1970, 1, 1).toordinal()
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTHS = {form: n for n, name in enumerate(_NAMES, 1) for form in (name, name.title())}

_COMMON = re.compile(
    rb"\s*(?:[A-Za-z]{3},\s*)?(\d{1,2} [A-Za-z]{3} \d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)"
    rb" (?:([+-])([01]\d)([0-5]\d)|GMT)(?:\s*\([^()]*\))?\s*"
)
_SEPARATOR = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) +"
    r"(?P<time>\d{1,2}:\d\d(?::\d\d)?)(?: [A-Z]{2,5})*(?: (?P<offset>[+-]\d{4}))? (?P<year>\d{4})"
)
_RECEIVED = re.compile(rb"\nreceived:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE)


def sent_at(date: bytes | None, header: bytes, separator: bytes) -> tuple[float, str] | None:
    """
    Return when a mail was sent.

    Parameters
    ----------
    date
        Its Date header, or None.
    header
        The whole header: its newest Received date stands in for a Date that
        cannot be read or lies outside 1990 to 2100.
    separator
        The mbox separator, whose date is the last resort.

    Returns
    -------
    when
        Seconds since 1970 UTC, and `UTC` if the date named no zone and was
        read so; None if nothing tells when.

    Examples
    --------
    >>> sent_at(b"Thu, 01 Jan 1998 01:00:00 +0100", b"", b"")
    (883612800.0, '')
    >>> sent_at(None, b"", b"- Thu Jan  1 00:00:00 1998")
    (883612800.0, 'UTC')
    """
    when = header_date(date) if date is not None else None
    if when is None:
        stamps = (stamp.rpartition(b";")[2] for stamp in _RECEIVED.findall(header))
        when = max(filter(None, map(header_date, stamps)), default=None)
    return when or separator_date(separator)


def header_date(value: bytes) -> tuple[float, str] | None:
    """
    Read a Date header, as the standard library does.

    Examples
    --------
    >>> header_date(b"Thu, 1 Jan 98 00:00:00 -0000")
    (883612800.0, 'UTC')
    >>> header_date(b"31 Feb 1998 00:00:00 +0000") is None
    True
    """
    common = _COMMON.fullmatch(value)
    if common is None:
        return _any_date(value.decode("ascii", "replace"))
    day, hour, minute, second, sign, hours, minutes = common.groups()
    start = _day_start(day)
    if start is None:
        return None
    seconds = start + 3600 * int(hour) + 60 * int(minute) + int(second)
    zone = ""
    if sign:
        offset = 3600 * int(hours) + 60 * int(minutes)
        seconds += offset if sign == b"-" else -offset
        zone = "UTC" if sign == b"-" and not offset else ""
    return _plausible(float(seconds), zone)


@functools.lru_cache(maxsize=4_096)
def _day_start(text: bytes) -> int | None:
    day, month, year = text.decode().split()
    try:
        return (dt.date(int(year), _MONTHS[month.lower()], int(day)).toordinal() - _EPOCH) * 86_400
    except (KeyError, ValueError):
        return None


def _any_date(text: str) -> tuple[float, str] | None:
    try:
        when = parsedate_to_datetime(" ".join(text.split()))
    except (IndexError, OverflowError, RecursionError, TypeError, ValueError):
        return None
    zone = ""
    if when.tzinfo is None:
        zone, when = "UTC", when.replace(tzinfo=dt.UTC)
    try:
        return _plausible(when.timestamp(), zone)
    except (OverflowError, ValueError):
        return None


def _plausible(seconds: float, zone: str) -> tuple[float, str] | None:
    return (seconds, zone) if _EARLIEST <= seconds < _LATEST else None


def separator_date(separator: bytes) -> tuple[float, str] | None:
    """
    Read the date of an mbox separator.

    Examples
    --------
    >>> separator_date(b"1773664405479613283@xxx Tue Aug 08 12:36:29 +0000 2023")
    (1691498189.0, '')
    """
    found = _SEPARATOR.search(separator.decode("ascii", "replace"))
    if found is None:
        return None
    return _any_date("{day} {month} {year} {time} {offset}".format(**found.groupdict("-0000")))
