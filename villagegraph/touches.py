"""Occasions to get in touch, and the lists of them that leave as files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
from typing import TYPE_CHECKING

import icalendar
import pandas as pd

from villagegraph.days import DayLike, as_day, partial_date
from villagegraph.files import digest
from villagegraph.parsing.masking import masked
from villagegraph.parsing.text import MAX_NAME, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.village import Village

KINDS = ("birthday", "anniversary")
"""What occasions there are; each is a column of `people`."""

# an older year is a placeholder that some address book put in
MAX_YEARS = 120

# signs at which a spreadsheet starts to compute, and gaps that may hide one
_FORMULA = ("=", "+", "-", "@")
_GAPS = ("\t", "\r", "\n")


def occasions(village: Village, *, start: DayLike, end: DayLike) -> pd.DataFrame:
    """
    List the birthdays and anniversaries of a stretch of days.

    A note on such a day is the lightest way to stay top of mind.

    Parameters
    ----------
    village
        The village. `me` and people who opted out are left out.
    start, end
        First and last day, both included.

    Returns
    -------
    occasions
        One row an occasion, by date, name and person: `date` (YYYY-MM-DD),
        `person_id`, `name`, `kind` (`birthday` or `anniversary`) and `years`:
        age, or years since, on that day; `nan` where the year is not known.
        What falls on 29 February is listed on 28 February of other years.

    Raises
    ------
    ValueError
        If `end` lies before `start`.
    """
    first, last = as_day(start), as_day(end)
    if last < first:
        msg = f"end needs to be {first} or later, {last} was given"
        raise ValueError(msg)
    people = village.people[~village.people.index.isin(hidden_people(village))]
    rows = [
        (day.isoformat(), person_id, clean(name), kind, years)
        for kind in KINDS
        for person_id, name, text in zip(people.index, people["name"], people[kind], strict=True)
        for day, years in _returns(text, first, last)
    ]
    found = pd.DataFrame(rows, columns=["date", "person_id", "name", "kind", "years"])
    found["years"] = found["years"].astype("float64")
    return found.sort_values(["date", "name", "person_id", "kind"], ignore_index=True)


def _returns(text: str, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, float]]:
    """Yield the days on which a date comes round, with the years gone by."""
    date = partial_date(text)
    if date is None:
        return
    origin, month, number = date
    for year in range(first.year, last.year + 1):
        day = _day_in(year, month, number)
        if first <= day <= last and (origin is None or year >= origin):
            known = origin is not None and year - origin <= MAX_YEARS
            yield day, float(year - origin) if known and origin is not None else float("nan")


def _day_in(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:  # only 29 February does not come every year
        return dt.date(year, 2, 28)


def hidden_people(village: Village) -> frozenset[str]:
    """
    Return who stands on no list: the owner, and everybody who opted out.

    Parameters
    ----------
    village
        The village.

    Returns
    -------
    hidden
        `person_id` of each.
    """
    out = {person_id for person_id, chosen in village.chosen.items() if chosen.opt_out}
    return frozenset(out | set(village.people.index[village.people["is_me"]]))


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
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    columns = (frame[name].tolist() for name in names)
    writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, pd.Timestamp | dt.datetime):
        return "" if value is pd.NaT else value.isoformat()
    if isinstance(value, float):
        return "" if value != value else f"{value:.10g}"  # noqa: PLR0124 - nan alone differs from itself
    if isinstance(value, int):
        return str(value)
    text = "" if value is None or value is pd.NaT else str(value)
    # programs look past leading space, and some past the full width of a sign
    start = unicodedata.normalize("NFKC", text).lstrip()[:1]
    return f"'{text}" if start in _FORMULA or text[:1] in _GAPS else text
