"""Days as spreadsheets write them, in an order of day and month that a column must show."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.parsing.cards import occasion_day

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPLIT = re.compile(
    r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{1,2})\.?(?:[T ,]+\d{1,2}[:.]\d\d.*)?"
)
_NOTHING = re.compile(r"0{1,4}([./-])0{1,2}\1(?:0{4}|0{1,2})")
NO_DAY_YEAR = 4501
"""The year in which Outlook puts every date that is not known."""

# what devices write where the year is not known
_NO_YEARS = frozenset({0, 1, 1604})


class Day(NamedTuple):
    """
    A day as it was read.

    Attributes
    ----------
    text
        `YYYY-MM-DD`, or `--MM-DD` without a year; empty if it could not be read.
    fault
        Why it is empty or lacks its year: `order`, `century` or `other`; empty if all is well.
    """

    text: str = ""
    fault: str = ""


def order_of(texts: Iterable[str]) -> bool | None:
    """
    Tell whether the days of a column have the day before the month.

    Parameters
    ----------
    texts
        What stands in the column.

    Returns
    -------
    dayfirst
        None if no day tells, or if they contradict one another.

    Examples
    --------
    >>> order_of(["3/4/1980", "3/14/1980"]), order_of(["3/4/1980"])
    (False, None)
    """
    found = set()
    for text in texts:
        match = _SPLIT.fullmatch(text.strip())
        if match is None or len(match[1]) > 2 or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if first <= 12 < second <= 31:
            found.add(False)
        elif second <= 12 < first <= 31:
            found.add(True)
    return found.pop() if len(found) == 1 else None


def written_day(text: str, *, dayfirst: bool | None) -> Day:
    """
    Read a birthday or another day of somebody's life.

    Parameters
    ----------
    text
        A day as address books or spreadsheets write it.
    dayfirst
        The order of days such as 3/4/1980; with None these are not read.

    Returns
    -------
    day
        A year of two digits tells no century, so the day comes without it.
        What stands for "no day" (`0/0/00`) is empty and no fault.

    Examples
    --------
    >>> written_day("3/4/1980", dayfirst=True).text, written_day("14.3.85", dayfirst=None).text
    ('1980-04-03', '--03-14')
    >>> written_day("3/4/1980", dayfirst=None)
    Day(text='', fault='order')
    >>> written_day("0/0/00", dayfirst=None)
    Day(text='', fault='')
    """
    shown = text.strip()
    if not shown or _NOTHING.fullmatch(shown):
        return Day()
    match = _SPLIT.fullmatch(shown)
    if match is None:
        found = occasion_day(shown)
        return Day(found, "" if found else "other")
    first, second, third = (int(match[n]) for n in (1, 3, 4))
    if len(match[1]) > 2:
        return _day(first, second, third)
    if len(match[4]) < 3:
        day = _ordered(first, second, 2000, dotted=match[2] == ".", dayfirst=dayfirst)
        return _yearless(day, "century")
    return _ordered(first, second, third, dotted=match[2] == ".", dayfirst=dayfirst)


def _ordered(first: int, second: int, year: int, *, dotted: bool, dayfirst: bool | None) -> Day:
    if dotted:
        return _day(year, second, first)
    if dayfirst is None and first != second and max(first, second) <= 12:
        return Day(fault="order")
    # only one order gives a day of the calendar
    orders = (_day(year, second, first), _day(year, first, second))
    read = [day for day in (orders if dayfirst else orders[::-1]) if not day.fault]
    return read[0] if read else Day(fault="other")


def _day(year: int, month: int, day: int) -> Day:
    if year == NO_DAY_YEAR:
        return Day()
    if year in _NO_YEARS:
        return _yearless(_day(2000, month, day))
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return Day(fault="other")
    # nobody's birthday or wedding: a calendar of another kind, or a slip
    return Day(found.isoformat()) if 1800 <= year <= 2100 else Day(fault="other")


def _yearless(day: Day, fault: str = "") -> Day:
    """Leave out the year of a day; it was read in 2000, a leap year: 29 February stands."""
    return Day(f"-{day.text[4:]}", fault) if day.text else day


def told(days: Iterable[Day]) -> list[str]:
    """
    Tell what was not sure about the days of an address book.

    Parameters
    ----------
    days
        All of them.

    Examples
    --------
    >>> told([Day(fault="other"), Day("--03-14", "century")])[0]
    '1 birthday or anniversary whose year has two digits: read without the year.'
    """
    faults = [day.fault for day in days]
    found = []
    for fault, words in (
        (
            "order",
            (
                "left empty, because day and month may stand in either order (3/4 is ambiguous). "
                "Write `dayfirst = true` or `dayfirst = false` into village.toml."
            ),
        ),
        ("century", "whose year has two digits: read without the year."),
        ("other", "without a full day: left empty."),
    ):
        n = faults.count(fault)
        if n:
            found.append(f"{n:,} {'birthday or anniversary' if n == 1 else _MANY} {words}")
    return found


_MANY = "birthdays or anniversaries"
