"""Dates and times as programs write them into tables, day or month first."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from villagegraph.parsing.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_YEAR, LAST_YEAR = 1970, 2100
OUT_OF_RANGE = "the date is out of range"

_DATE = r"(?P<a>\d{1,4})(?P<mark>[-/.])\s?(?P<b>\d{1,2})(?P=mark)\s?(?P<c>\d{1,4})\.?"
_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?\s?m\.?)?"
)
_STAMP = re.compile(rf"(?:{_DATE})?(?:(?:^|,?\s|,|T){_TIME}\s?(?P<utc>Z|UTC|GMT)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """
    A date, a time of day or both, as it was written.

    Attributes
    ----------
    date
        The three numbers of the date, in the order of the file; empty texts if there is none.
    mark
        What stands between them.
    time
        Time of day, None if there is none.
    seconds
        Whether seconds were written.
    utc
        Whether it says that it is in UTC.
    """

    date: tuple[str, str, str]
    mark: str
    time: dt.time | None
    seconds: bool
    utc: bool

    def day(self, order: str) -> dt.date | None:
        """Return the day in an order such as `dmy`; None if no calendar has it."""
        if not self.date[0]:
            return None
        parts = dict(zip(order, self.date, strict=True))
        year = int(parts["y"]) + (2000 if len(parts["y"]) <= 2 else 0)
        try:
            return dt.date(year, int(parts["m"]), int(parts["d"]))
        except ValueError:
            return None


def stamp(text: str) -> Stamp | None:
    """
    Return what a cell says of a day and a time; None if it is neither.

    Examples
    --------
    >>> found = stamp("10/05/2026 05:55:00 PM")
    >>> found.date, found.time
    (('10', '05', '2026'), datetime.time(17, 55))
    >>> stamp("25:99") is None, stamp("") is None, stamp("soon") is None
    (True, True, True)
    """
    shown = one_line(text)
    match = _STAMP.fullmatch(shown) if shown and len(shown) < 60 else None
    if match is None or not shown.isascii():
        return None
    time = None
    if match["hour"]:
        time = _time(match)
        if time is None:
            return None
    return Stamp(
        date=(match["a"] or "", match["b"] or "", match["c"] or ""),
        mark=match["mark"] or "",
        time=time,
        seconds=bool(match["second"]),
        utc=bool(match["utc"]),
    )


def _time(match: re.Match[str]) -> dt.time | None:
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        half = ""  # a clock of 24 hours with an idle PM behind it
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return dt.time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError:
        return None


def stamp_order(
    stamps: Iterable[Stamp], *, dayfirst: bool | None = None, monthfirst: bool = False
) -> tuple[str, bool]:
    """
    Find out in which order the dates of a file are written.

    A year in front or a number above 12 proves it, and so do dots; else the owner's word
    decides; else the habit of the program.

    Parameters
    ----------
    stamps
        All dates of the file, in whatever order.
    dayfirst
        What the owner says, or None.
    monthfirst
        What the program writes if nothing tells.

    Returns
    -------
    order
        `dmy`, `mdy` or `ymd`.
    sure
        False if it is the habit alone, and the other order would give other days.
    """
    dates = {found.date: found for found in stamps if found.date[0]}
    if any(len(date[0]) == 4 for date in dates):
        return "ymd", True
    if any(found.mark == "." for found in dates.values()):
        return "dmy", True
    good = {
        order: sum(found.day(order) is not None for found in dates.values())
        for order in ("dmy", "mdy")
    }
    if good["dmy"] != good["mdy"]:
        return max(good, key=lambda order: good[order]), True
    if dayfirst is not None:
        return ("dmy" if dayfirst else "mdy"), True
    same = all(date[0].lstrip("0") == date[1].lstrip("0") for date in dates)
    return ("mdy" if monthfirst else "dmy"), same


def ambiguous(order: str) -> str:
    """Return what to tell the owner about dates that may be read in two ways."""
    said = "day" if order == "dmy" else "month"
    other = "false" if order == "dmy" else "true"
    return (
        f"its dates may be read in two ways; {said} first was taken. "
        f"If that is wrong, write `dayfirst = {other}` in village.toml"
    )


def in_range(day: dt.date) -> bool:
    """Tell whether anything that is read can have happened on a day."""
    return FIRST_YEAR <= day.year < LAST_YEAR and day > dt.date(FIRST_YEAR, 1, 1)
