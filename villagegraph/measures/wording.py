"""Days, spans and channels in the words of a person."""

from __future__ import annotations

import datetime as dt

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
)  # fmt: skip

# from the most personal on; of several on one day the first is named
_CHANNELS = {
    "meeting": "at a meeting",
    "call": "by phone",
    "chat": "by chat",
    "sms": "by text message",
    "email": "by mail",
    "social": "on social media",
    "note": "by your own notes",
}

MONTH_DAYS = 30.4375
YEAR_DAYS = 365.25


def counted(number: float, thing: str) -> str:
    """
    Return a number with its noun.

    Examples
    --------
    >>> counted(1, "day"), counted(1200, "day"), counted(2.5, "year")
    ('1 day', '1,200 days', '2.5 years')
    """
    shown = f"{number:,.0f}" if number == round(number) else f"{number:,.1f}"
    return f"{shown} {thing}" if number == 1 else f"{shown} {thing}s"


def span(days: float, *, in_days: int = 45) -> str:
    """
    Return how long a number of days is, in the unit that people would use.

    Parameters
    ----------
    days
        The days.
    in_days
        The longest span that is told in days.

    Examples
    --------
    >>> span(9), span(60), span(240), span(730), span(61, in_days=120)
    ('9 days', '9 weeks', '8 months', '2 years', '61 days')
    """
    if days <= in_days:
        return counted(round(days), "day")
    if days <= 120:
        return counted(round(days / 7), "week")
    if days < 23.5 * MONTH_DAYS:
        return counted(round(days / MONTH_DAYS), "month")
    return counted(round(2 * days / YEAR_DAYS) / 2, "year")


def every(days: float) -> str:
    """
    Return how often something happens.

    Examples
    --------
    >>> every(1.2), every(9.4), every(60)
    ('about once a day', 'every 9 days', 'every 9 weeks')
    """
    return "about once a day" if days < 1.5 else f"every {span(days)}"


def times(ratio: float) -> str:
    """
    Return how many times as long something is.

    Examples
    --------
    >>> times(6.8), times(1.2), times(2.2)
    ('7 times', 'about', 'twice')
    """
    number = round(ratio)
    return "about" if number <= 1 else "twice" if number == 2 else f"{number:,} times"


def in_month(day: int) -> str:
    """
    Return the month of a day given as days since 1970.

    Examples
    --------
    >>> in_month(0)
    'January 1970'
    """
    date = from_day_number(day)
    return f"{_MONTHS[date.month - 1]} {date.year}"


def on_day(day: int) -> str:
    """
    Return a day given as days since 1970.

    Examples
    --------
    >>> on_day(1)
    '2 January 1970'
    """
    return f"{from_day_number(day).day} {in_month(day)}"


def from_day_number(day: int) -> dt.date:
    """
    Return the date that lies so many days after 1970-01-01.

    Examples
    --------
    >>> from_day_number(10).isoformat()
    '1970-01-11'
    """
    return dt.date.fromordinal(int(day) + 719_163)


def main_channel(channels: tuple[str, ...]) -> str:
    """
    Return the most personal of some channels.

    Examples
    --------
    >>> main_channel(("email", "meeting")), main_channel(())
    ('meeting', '')
    """
    return next((name for name in _CHANNELS if name in channels), "")


def by_channel(channel: str) -> str:
    """
    Return how a contact was made.

    Examples
    --------
    >>> by_channel("email"), by_channel("meeting")
    ('by mail', 'at a meeting')
    """
    return _CHANNELS.get(channel, f"by {channel}")
