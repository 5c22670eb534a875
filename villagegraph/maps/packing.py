"""What the page is given: plain lists, in little space."""

from __future__ import annotations

import math
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from villagegraph.maps.data import SILENCE_IN_DAYS
from villagegraph.maps.ties import LEVELS
from villagegraph.measures.wording import every, span
from villagegraph.tables import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from villagegraph.maps.data import Scene

_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_STEPS = len(_LETTERS) - 1  # a letter is kept for no date


def payload(drawn: Scene, *, title: str) -> dict[str, Any]:
    """
    Return the page's data as plain lists.

    Parameters
    ----------
    drawn
        What the map shows.
    title
        Title of the page.
    """
    people, ties = drawn.people, drawn.ties
    tags = sorted({tag for row in people["tags"] for tag in row})
    number = {tag: k for k, tag in enumerate(tags)}
    months = _Months.of(ties, drawn.as_of)
    return {
        "title": title,
        "as_of": drawn.as_of,
        "me": drawn.me,
        "groups": drawn.groups,
        "tags": tags,
        "channels": list(CHANNELS),
        "months": months.told(),
        "people": {
            "name": people["name"].tolist(),
            **{
                short: _coded(people[name])
                for short, name in (
                    ("org", "organization"), ("title", "title"), ("headline", "headline"),
                    ("place", "location"), ("origin", "origin"), ("reason", "reason"),
                    ("short", "short"), ("ask", "ask"),
                )
            },
            "tags": [[number[tag] for tag in row] for row in people["tags"]],
            "x": [round(value * 1000) for value in people["x"]],
            "y": [round(value * 1000) for value in people["y"]],
            "size": [round(value * 10) for value in people["size"]],
            "group": people["group"].tolist(),
            "circle": lettered(people["circle"].tolist()),
        },
        "lists": drawn.lists,
        "ties": _packed(ties, len(people), months),
        "contact": _contact(ties, drawn.me),
    }  # fmt: skip


def lettered(values: list[int]) -> str | list[int]:
    """
    Return small whole numbers as letters, one each; as they are if one is above 63.

    Examples
    --------
    >>> lettered([0, 1, 63]), lettered([0, 64])
    ('AB_', [0, 64])
    """
    if any(value >= len(_LETTERS) for value in values):
        return values
    return "".join(_LETTERS[value] for value in values)


@dataclass(frozen=True, slots=True)
class _Months:
    """
    The calendar months between the first and the last contact, in at most 63 steps.

    Attributes
    ----------
    start
        First month, counted from January of the year 0; -1 if no tie has a date.
    unit
        Months in a step.
    steps
        Number of steps.
    today
        Day from which days are counted back.
    """

    start: int
    unit: int
    steps: int
    today: np.datetime64

    @classmethod
    def of(cls, ties: pd.DataFrame, as_of: str) -> _Months:
        today = np.datetime64(as_of or "1970-01-01", "D")
        oldest = [value for name in ("first", "last") for value in _floats(ties[name])]
        back = [value for value in oldest if not math.isnan(value)]
        if not back or not as_of:
            return cls(-1, 1, 0, today)
        start, end = (
            _month(today - np.timedelta64(int(days), "D")) for days in (max(back), min(back))
        )
        unit = next(u for u in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if (end - start) // u < _STEPS)
        return cls(start, unit, (end - start) // unit + 1, today)

    def told(self) -> dict[str, int] | None:
        if self.start < 0:
            return None
        return {"start": self.start, "unit": self.unit, "steps": self.steps}

    def of_days(self, column: pd.Series) -> list[int]:
        """Return the step in which each day lies, from 1; 0 for no day."""
        days = np.array(_floats(column))
        known = ~np.isnan(days)
        if self.start < 0 or not known.any():
            return [0] * len(days)
        at = self.today - np.where(known, days, 0).astype("timedelta64[D]")
        months = at.astype("datetime64[M]").astype(np.int64) + 1970 * 12
        steps = np.where(known, (months - self.start) // self.unit + 1, 0)
        return [int(step) for step in steps]


def _month(day: np.datetime64) -> int:
    return int(day.astype("datetime64[M]").astype(np.int64)) + 1970 * 12


def _packed(ties: pd.DataFrame, n: int, months: _Months) -> dict[str, Any]:
    """
    Return the ties in little space.

    `count` has the ties of each person to people further down, `step` how far
    down from the one before; `kind` a letter for each: A to J for contact,
    K to T for seen together, by level; `times` the days of contact, or the
    number of times that the two were seen together; `first` and `last` the step of
    the first and the last contact, A for none; `via` the mix of channels, each
    of which is a number in `mixes`, a bit for each channel.
    """
    a, b = ties["a"].to_numpy(dtype=np.int64), ties["b"].to_numpy(dtype=np.int64)
    first = np.r_[True, a[1:] != a[:-1]] if len(a) else np.zeros(0, dtype=bool)
    before = np.where(first, a, np.r_[0, b[:-1]]) if len(a) else b
    kinds = ties["level"] + np.where(ties["contact"].astype(bool), 0, LEVELS)
    masks = _masks(ties["channels"])
    mixes = sorted(set(masks))
    place = {mask: k for k, mask in enumerate(mixes)}
    return {
        "count": np.bincount(a, minlength=n).tolist(),
        "step": (b - before).tolist(),
        "kind": "".join(chr(65 + kind) for kind in kinds),
        "times": ties["times"].tolist(),
        "first": lettered(months.of_days(ties["first"])),
        "last": lettered(months.of_days(ties["last"])),
        "via": lettered([place[mask] for mask in masks]),
        "mixes": mixes,
    }


def _masks(column: Iterable[Iterable[str]]) -> list[int]:
    bit = {name: 1 << k for k, name in enumerate(CHANNELS)}
    known: dict[Any, int] = {}
    masks = []
    for names in column:
        mask = known.get(names)
        if mask is None:
            mask = known[names] = sum(bit.get(name, 0) for name in set(names))
        masks.append(mask)
    return masks


def _contact(ties: pd.DataFrame, me: int | None) -> dict[str, Any]:
    """
    Return what is known of the owner's contact, tie by tie.

    Spans are told in the words that reports use, so that no two pages differ.
    """
    mine = (
        ((ties["a"] == me) | (ties["b"] == me)) & ties["contact"].astype(bool)
        if me is not None
        else ties["a"] < 0
    )
    own = ties[mine.to_numpy(dtype=bool)]
    return {
        "tie": np.flatnonzero(mine).tolist(),
        "cadence": _plain(own["cadence"]),
        "rhythm": _coded("" if math.isnan(gap) else every(gap) for gap in _floats(own["cadence"])),
        "first": _plain(own["first"]),
        "last": _plain(own["last"]),
        "silence": _coded(
            "" if math.isnan(days) else span(days, in_days=SILENCE_IN_DAYS)
            for days in _floats(own["last"])
        ),
        "days365": own["days_365"].tolist(),
    }


def _coded(column: Iterable[str]) -> dict[str, Any]:
    values = list(column)
    texts = sorted(set(values))
    number = {text: k for k, text in enumerate(texts)}
    return {"texts": texts, "at": [number[text] for text in values]}


def _floats(column: pd.Series) -> list[float]:
    return [math.nan if value is None else float(value) for value in column]


def _plain(column: pd.Series) -> list[int | None]:
    """Return whole numbers, at least 1 where there is more than nothing."""
    return [
        None if math.isnan(value) else max(round(value), int(value > 0))
        for value in _floats(column)
    ]
