"""Lists that leave as files: a calendar of occasions, a table of neglected ties."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import icalendar

from villagegraph.days import as_day
from villagegraph.files import csv_text, digest
from villagegraph.parsing.masking import masked
from villagegraph.parsing.text import MAX_NAME

if TYPE_CHECKING:
    import pandas as pd

    from villagegraph.days import DayLike


def occasions_calendar(frame: pd.DataFrame, *, stamp: DayLike) -> bytes:
    """
    Write occasions as a calendar that any calendar program opens.

    Parameters
    ----------
    frame
        As `occasions` returns it.
    stamp
        Day that the entries name as the day they were made; a stated day, so
        that the same occasions give the same bytes.

    Returns
    -------
    calendar
        iCalendar (RFC 5545), one all-day event an occasion. An occasion has
        the same UID in every file, so a second import adds nothing twice.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//villagegraph//occasions//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    made = dt.datetime.combine(as_day(stamp), dt.time(), tzinfo=dt.UTC)
    for row in frame.itertuples(index=False):
        day = as_day(str(row.date))
        event = icalendar.Event()
        event.add("uid", f"{digest(row.person_id, row.kind, row.date)}@villagegraph")
        event.add("dtstamp", made)
        event.add("dtstart", day)
        event.add("dtend", day + dt.timedelta(days=1))
        event.add("summary", _summary(str(row.kind), str(row.name), float(row.years)))
        # a birthday takes none of the owner's time
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _summary(kind: str, name: str, years: float) -> str:
    count = f" ({years:.0f})" if years >= 1 else ""
    return f"{kind.capitalize()}: {masked(name, longest=MAX_NAME)}{count}"


def neglected_csv(frame: pd.DataFrame) -> str:
    """
    Write the lists of neglected ties as a CSV file.

    Parameters
    ----------
    frame
        As `neglected_ties` returns it.

    Returns
    -------
    text
        CSV, column `list` first, lines ending in a newline. A text that a
        spreadsheet would run as a formula has an apostrophe in front.
    """
    names = ["list", *(name for name in frame.columns if name != "list")]
    return csv_text(frame[names], digits=10)
