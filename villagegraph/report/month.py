"""The month of a report, and what the exports have of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.days import end_of_day, month_bounds
from villagegraph.report.words import day_name, listed, month_name

if TYPE_CHECKING:
    from villagegraph.village import Village

GRACE_DAYS = 3
"""A month whose last days hold nothing is whole all the same: people rest."""

SHARE_OF_NOTE = 0.1
"""Share of all interactions from which the end of a source changes the picture."""

_APPS = {
    "calendar": "Meetings",
    "linkedin": "LinkedIn",
    "mail": "E-mail",
    "notes": "Your own notes",
    "sms": "Text messages",
    "whatsapp": "WhatsApp",
}
# an app that is not among these may carry any text: its way of contact is named instead
_CHANNELS = {
    "call": "Calls",
    "chat": "Chats",
    "email": "E-mail",
    "meeting": "Meetings",
    "note": "Your own notes",
    "sms": "Text messages",
    "social": "Social media",
}


@dataclass(frozen=True, slots=True)
class Month:
    """
    The month of a report.

    Attributes
    ----------
    first, last
        Its first and last day.
    as_of
        Last day that counts: the month's last, or the last that the exports hold.
    """

    first: dt.date
    last: dt.date
    as_of: dt.date

    @property
    def text(self) -> str:
        """Year and month, YYYY-MM."""
        return self.first.isoformat()[:7]

    @property
    def before(self) -> Month:
        """The whole month before."""
        last = self.first - dt.timedelta(days=1)
        return Month(last.replace(day=1), last, last)

    @property
    def after(self) -> Month:
        """The whole month that follows."""
        first, last = month_bounds((self.last + dt.timedelta(days=1)).isoformat()[:7])
        return Month(first, last, last)


@dataclass(frozen=True, slots=True)
class Notice:
    """
    What a reader needs to know before anything else.

    Attributes
    ----------
    text
        One or two sentences.
    command
        What to type, or nothing.
    """

    text: str
    command: str = ""


def open_month(village: Village, month: str) -> tuple[Month, Notice | None]:
    """
    Find out how much of a month the exports hold.

    Parameters
    ----------
    village
        The village.
    month
        Year and month, such as `2026-10`.

    Returns
    -------
    month
        The month, up to the last day with data.
    closed
        Why there is nothing to report of it; None if there is.

    Raises
    ------
    ValueError
        If `month` is no month.
    """
    first, last = month_bounds(month)
    if last == dt.date.max:
        msg = f"month needs to be such as '2026-10', {month!r} was given"
        raise ValueError(msg)
    whole = Month(first, last, last)
    days = _human_days(village)
    if days is None:
        text = "Your exports hold names, but no mail, meeting or chat: there is nothing to report."
        return whole, Notice(f"{text} Add an export that shows who was in contact with whom.")
    start, end = days
    nothing = f"There is nothing to report for {month_name(month)};"
    if end < first:
        text = f"Your exports end on {day_name(end)}. {nothing} the last month with data is"
        return whole, _pointer(text, end)
    if start > last:
        text = f"Your exports begin on {day_name(start)}. {nothing} the first month with data is"
        return whole, _pointer(text, start)
    if (last - end).days > GRACE_DAYS:
        return Month(first, last, end), None
    return whole, None


def _pointer(text: str, day: dt.date) -> Notice:
    month = day.isoformat()[:7]
    command = f"villagegraph report FOLDER --month {month}"
    return Notice(f"{text} {month_name(month)}:", command)


def _human_days(village: Village) -> tuple[dt.date, dt.date] | None:
    last = village.last_day
    if last is None:
        return None
    at = village.interactions.loc[~village.interactions["automated"], "at"]
    first: dt.date = at.min().tz_convert(village.zone).date()
    return first, last


def began_before(village: Village, month: Month) -> bool:
    """Tell whether the exports reach back past the month's first day."""
    days = _human_days(village)
    return days is not None and days[0] < month.first


def sources(village: Village, *, as_of: dt.date) -> pd.DataFrame:
    """
    List what each kind of export holds.

    Parameters
    ----------
    village
        The village.
    as_of
        Last day that counts.

    Returns
    -------
    sources
        Indexed by a plain name (`E-mail`, `WhatsApp`, ...), most first: `first` and
        `last` day, `n` interactions between people up to then, and `end`, the
        last day of all that the exports hold.
    """
    shown = village.interactions[~village.interactions["automated"]]
    labels = [
        _APPS.get(app, _CHANNELS[channel])
        for app, channel in zip(shown["app"], shown["channel"], strict=True)
    ]
    at = shown["at"].dt.tz_convert(village.zone)
    frame = pd.DataFrame({"label": pd.Series(labels, dtype="str"), "at": at.to_numpy()})
    frame["day"] = at.dt.date.to_numpy() if len(at) else pd.Series(dtype="object")
    past = frame[(shown["at"] < end_of_day(as_of, zone=village.zone)).to_numpy()]
    found = past.groupby("label")["day"].agg(first="min", last="max", n="size")
    found["end"] = frame.groupby("label")["day"].max().reindex(found.index)
    found = found.reset_index().sort_values(["n", "label"], ascending=[False, True])
    return found.set_index("label")


def coverage_notices(month: Month, found: pd.DataFrame) -> list[Notice]:
    """
    Say where an export ends too early to tell silence from missing data.

    Parameters
    ----------
    month
        The month of the report.
    found
        As `sources` returns it.

    Returns
    -------
    notices
        None, one or two.
    """
    notices = []
    if month.as_of < month.last:
        text = (
            f"Your exports end on {day_name(month.as_of)}, so this report covers "
            f"{month_name(month.text, year=False)} up to that day."
        )
        notices.append(Notice(text))
    share = found["n"] / max(int(found["n"].sum()), 1)
    early = found[(found["end"] < month.first) & (share >= SHARE_OF_NOTE)]
    if len(early):
        ends = listed([f"{label} ends on {day_name(day)}" for label, day in early["end"].items()])
        text = (
            f"Among your exports, {ends}. A silence since then may only mean that the newer "
            "part has not been exported."
        )
        notices.append(Notice(text))
    return notices
