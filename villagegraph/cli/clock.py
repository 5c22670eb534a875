"""Which day and month a command is about: the only module that reads the clock."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from villagegraph.days import as_day, month_bounds
from villagegraph.overview import early_ends

if TYPE_CHECKING:
    from collections.abc import Callable

    from villagegraph.village import Village

# what came since the exports is not known, and would be taken for silence
FAR_BEHIND_DAYS = 7


def today() -> dt.date:
    """Return the day on the wall."""
    return dt.date.today()


def check_month(month: str) -> None:
    """Refuse what is no month."""
    _usage(month_bounds, month, option="--month")


def day_given(as_of: str | None) -> dt.date | None:
    """Return the day that was given; None if none was."""
    if as_of is None:
        return None
    _usage(as_day, as_of, option="--as-of")
    return as_day(as_of)


def chosen_day(village: Village, as_of: str | None) -> dt.date:
    """Return the day that counts: as given, else today, else the last one with data."""
    wall = today()
    day = day_given(as_of) or wall
    days = _days_with_data(village, until=max(day, wall))
    if not days:
        return day
    if day < days[0]:
        click.echo(f"The exports begin on {days[0]}: before, nothing is known.", err=True)
    elif (day - days[-1]).days > FAR_BEHIND_DAYS:
        if as_of is None:
            day = days[-1]
            what = f"so {day} is taken as today. Give --as-of to choose another day."
        else:
            what = f"what came later is not known: try --as-of {days[-1]}."
        click.echo(f"The exports end on {days[-1]}, {what}", err=True)
    notice = early_ends(village, as_of=day)
    if notice:
        click.echo(notice, err=True)
    return day


def last_month(village: Village) -> str:
    """Return the last complete month that has data."""
    before = today().replace(day=1) - dt.timedelta(days=1)
    days = _days_with_data(village, until=before)
    return f"{days[-1] if days else before:%Y-%m}"


def _days_with_data(village: Village, *, until: dt.date) -> list[dt.date]:
    """Return the first and the last day with an event between people, as far as `until`."""
    # a mail whose date lies in the future says nothing of where the exports end
    last = village.until(until).last_day
    if last is None:
        return []
    at = village.interactions.loc[~village.interactions["automated"], "at"]
    return [at.min().tz_convert(village.zone).date(), last]


def _usage(check_value: Callable[[str], object], value: str, *, option: str) -> None:
    try:
        check_value(value)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
