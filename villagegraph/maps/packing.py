"""What the page is given: plain lists, in little space."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from villagegraph.maps.data import SILENCE_IN_DAYS
from villagegraph.measures.wording import every, span
from villagegraph.tables import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from villagegraph.maps.data import Scene


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
    return {
        "title": title,
        "as_of": drawn.as_of,
        "me": drawn.me,
        "groups": drawn.groups,
        "tags": tags,
        "people": {
            "name": people["name"].tolist(),
            "org": _coded(people["organization"]),
            "title": _coded(people["title"]),
            "headline": _coded(people["headline"]),
            "place": _coded(people["location"]),
            "tags": [[number[tag] for tag in row] for row in people["tags"]],
            "x": [round(value * 1000) for value in people["x"]],
            "y": [round(value * 1000) for value in people["y"]],
            "size": [round(value * 10) for value in people["size"]],
            "group": people["group"].tolist(),
            "list": people["list"].tolist(),
            "rank": people["rank"].tolist(),
            "reason": _coded(people["reason"]),
            "short": _coded(people["short"]),
        },
        "ties": _packed(ties, len(people)),
        "contact": _contact(ties, drawn.me),
    }


def _packed(ties: pd.DataFrame, n: int) -> dict[str, Any]:
    """
    Return the ties in little space.

    `count` has the ties of each person to people further down, `step` how far
    down from the one before, `kind` a letter for each: A to J for contact,
    K to T for seen together, by weight; and `times` the days of contact, or the
    number of times that the two were seen together.
    """
    a, b = ties["a"].to_numpy(dtype=np.int64), ties["b"].to_numpy(dtype=np.int64)
    first = np.r_[True, a[1:] != a[:-1]] if len(a) else np.zeros(0, dtype=bool)
    before = np.where(first, a, np.r_[0, b[:-1]]) if len(a) else b
    tenths = [min(9, int(weight * 10)) for weight in ties["weight"]]
    kinds = [
        tenth + (0 if contact else 10)
        for tenth, contact in zip(tenths, ties["contact"], strict=True)
    ]
    return {
        "count": np.bincount(a, minlength=n).tolist(),
        "step": (b - before).tolist(),
        "kind": "".join(chr(65 + kind) for kind in kinds),
        "times": ties["times"].tolist(),
    }


def _contact(ties: pd.DataFrame, me: int | None) -> dict[str, Any]:
    """
    Return what is known of the owner's contact, tie by tie.

    Spans are told in the words that reports use, so that no two pages differ.
    """
    mine = (
        ((ties["a"] == me) | (ties["b"] == me)) & ties["contact"]
        if me is not None
        else ties["a"] < 0
    )
    own = ties[mine.to_numpy(dtype=bool)]
    bit = {name: 1 << k for k, name in enumerate(CHANNELS)}
    return {
        "names": list(CHANNELS),
        "tie": np.flatnonzero(mine).tolist(),
        "channels": [sum(bit.get(name, 0) for name in set(names)) for names in own["channels"]],
        "cadence": _plain(own["cadence"]),
        "rhythm": _coded("" if math.isnan(gap) else every(gap) for gap in _floats(own["cadence"])),
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
