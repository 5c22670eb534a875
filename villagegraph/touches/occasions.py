"""Birthdays and anniversaries: occasions to get in touch."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.days import DayLike, as_day, partial_date
from villagegraph.parsing.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.village import Village

KINDS = ("birthday", "anniversary")
"""What occasions there are; each is a column of `people`."""

# an older year is a placeholder that some address book put in
MAX_YEARS = 120


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
