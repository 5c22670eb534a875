"""The rules by which calendar events repeat, and which of them no meeting follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt

    import icalendar

MAX_REPEATS = 30_000  # daily for sixty years, and some
MAX_HOURLY = 1_000

_DAYS = {"HOURLY": 1 / 24, "DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_WITHIN_DAYS = ("BYHOUR", "BYMINUTE", "BYSECOND")


class TooManyError(Exception):
    """A series has more occurrences than a calendar of meetings can hold."""


def rules_of(event: icalendar.Event) -> list[dict[str, list[Any]]]:
    """Return the rules of an event, of which most have one."""
    found = event.get("RRULE")
    listed = found if isinstance(found, list) else [found]
    return [dict(rule) for rule in listed if isinstance(rule, dict)]


def check_rule(rule: dict[str, list[Any]], span: dt.timedelta) -> None:
    """
    Look at a rule before it is let loose.

    Parameters
    ----------
    rule
        Its parts by name.
    span
        How long it is followed.

    Raises
    ------
    ValueError
        If it would never come to an end.
    TooManyError
        If it may fire more often than meetings do.
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
