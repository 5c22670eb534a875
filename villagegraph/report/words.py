"""How the report says things: counts, lists, days and differences in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from villagegraph.days import as_day, month_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.days import DayLike

# strftime would name months in the language of the machine
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip


def month_name(month: str, *, year: bool = True) -> str:
    """
    Return a month in words.

    Examples
    --------
    >>> month_name("2026-10"), month_name("2026-10", year=False)
    ('October 2026', 'October')
    """
    first, _ = month_bounds(month)
    return MONTHS[first.month - 1] + (f" {first.year}" if year else "")


def day_name(day: DayLike, *, year: bool = True) -> str:
    """
    Return a day in words.

    Examples
    --------
    >>> day_name("2026-10-01"), day_name("2026-10-01", year=False)
    ('1 October 2026', '1 October')
    """
    date = as_day(day)
    return f"{date.day} {MONTHS[date.month - 1]}" + (f" {date.year}" if year else "")


def count(number: int, one: str, many: str = "") -> str:
    """
    Return a number with its noun, small numbers as words.

    Examples
    --------
    >>> count(1, "tie"), count(3, "person", "people"), count(0, "tie"), count(40, "tie")
    ('one tie', 'three people', 'no ties', '40 ties')
    """
    noun = one if number == 1 else many or f"{one}s"
    return f"{small(number)} {noun}"


def small(number: int) -> str:
    """
    Return a number as text, as a word up to twelve.

    Examples
    --------
    >>> small(2), small(1234)
    ('two', '1,234')
    """
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def listed(items: Sequence[str]) -> str:
    """
    Join items as a sentence does.

    Examples
    --------
    >>> listed(["Ada"]), listed(["Ada", "Ben"]), listed(["Ada", "Ben", "Cy"])
    ('Ada', 'Ada and Ben', 'Ada, Ben and Cy')
    """
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" and {items[-1]}"


def sentence(text: str) -> str:
    """
    Return a sentence with a capital letter in front.

    Examples
    --------
    >>> sentence("two ties are new.")
    'Two ties are new.'
    """
    return text[:1].upper() + text[1:]


def difference(now: int, before: int, *, since: str) -> str:
    """
    Return how a count stands to the month before.

    Examples
    --------
    >>> difference(12, 9, since="September"), difference(9, 9, since="September")
    ('three more than in September', 'as many as in September')
    """
    if now == before:
        return f"as many as in {since}"
    return f"{small(abs(now - before))} {'more' if now > before else 'fewer'} than in {since}"


def decimal(number: float) -> str:
    """
    Return a measure with two decimals, `none` where it is undefined.

    Examples
    --------
    >>> decimal(0.125), decimal(float("nan"))
    ('0.12', 'none')
    """
    return "none" if math.isnan(number) else f"{number:.2f}"


def percent(share: float) -> str:
    """
    Return a share as a percentage, `none` where it is undefined.

    Examples
    --------
    >>> percent(0.126), percent(0.004), percent(0.998), percent(float("nan"))
    ('13%', 'under 1%', 'over 99%', 'none')
    """
    if math.isnan(share):
        return "none"
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share * 100:.0f}%"
