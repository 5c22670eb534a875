"""The rules by which calendar events repeat, and which of them no meeting follows."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
from itertools import islice
from typing import Any

import icalendar
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # it ships no types

MAX_REPEATS = 30_000  # daily for sixty years, and some
MAX_HOURLY = 1_000

_DAYS = {"HOURLY": 1 / 24, "DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_SURE = frozenset({"FREQ", "INTERVAL", "UNTIL", "COUNT", "WKST", "BYDAY"})
_WITHIN_DAYS = ("BYHOUR", "BYMINUTE", "BYSECOND")


class NeverError(Exception):
    """A series has a rule that no day of the calendar fulfils, or hardly any."""


class TooManyError(Exception):
    """A series has more occurrences than a calendar of meetings can hold."""


def rules_of(event: icalendar.Event) -> list[dict[str, list[Any]]]:
    """Return the rules of an event, of which most have one."""
    found = event.get("RRULE")
    listed = found if isinstance(found, list) else [found]
    return [dict(rule) for rule in listed if isinstance(rule, dict)]


def check_rule(rule: dict[str, list[Any]], *, start: dt.date, span: dt.timedelta) -> None:
    """
    Look at a rule before it is let loose.

    Parameters
    ----------
    rule
        Its parts by name.
    start
        When the series starts.
    span
        How long it is followed.

    Raises
    ------
    ValueError
        If it would never come to an end.
    TooManyError
        If it may fire more often than meetings do.
    NeverError
        If no day fulfils it: it would be looked for to the end of time.
    """
    frequency = str((rule.get("FREQ") or [""])[0]).upper()
    interval = int((rule.get("INTERVAL") or [1])[0])
    if interval < 1:
        msg = "an interval that leads nowhere"
        raise ValueError(msg)
    narrowed = any(name.startswith("BY") for name in rule)
    # every second, or every hour of some day that may never come
    if frequency in ("SECONDLY", "MINUTELY") or (frequency == "HOURLY" and narrowed):
        raise TooManyError
    days = _DAYS.get(frequency, 1)
    # a rule by days of the week, the month or the year may fire on each of them
    times = span.total_seconds() / 86_400 / (min(days, 1) if narrowed else days * interval)
    for name in _WITHIN_DAYS:
        times *= max(1, len(rule.get(name, [])))
    if "COUNT" in rule:
        times = min(times, int(rule["COUNT"][0]))
    if times > (MAX_HOURLY if frequency == "HOURLY" else MAX_REPEATS):
        raise TooManyError
    if narrowed and not (frequency == "WEEKLY" and rule.keys() <= _SURE):
        plain = {name: value for name, value in rule.items() if name not in ("UNTIL", "COUNT")}
        text: bytes = icalendar.vRecur(plain).to_ical()  # type: ignore[no-untyped-call]
        # day after day is looked at: what comes but twice in a life costs too much
        wanted = 3 if days < 28 else 1
        if not _fires(text.decode(), start.year, start.month, start.day, wanted):
            raise NeverError


@functools.lru_cache(maxsize=10_000)
def _fires(rule: str, year: int, month: int, day: int, wanted: int) -> bool:
    """
    Tell whether a rule comes true often enough, in bounded time.

    The calendar repeats itself after 28 years while no century comes between. The rule
    is tried where the calendar of the library ends, so that it stops by itself.
    """
    begin = dt.datetime(_late_year(year), month, day)  # noqa: DTZ001 - no zone is needed
    try:
        return len(list(islice(rrulestr(rule, dtstart=begin), wanted))) == wanted
    except (ArithmeticError, AttributeError, LookupError, TypeError):
        msg = "a rule that cannot be read"
        raise ValueError(msg) from None


def _late_year(year: int) -> int:
    """Return a year from 9,943 on with the same days of the week, at least 28 before the end."""
    same = calendar.weekday(year, 1, 1), calendar.isleap(year)
    years = range(dt.MAXYEAR - 28, dt.MAXYEAR - 57, -1)
    return next(y for y in years if (calendar.weekday(y, 1, 1), calendar.isleap(y)) == same)
