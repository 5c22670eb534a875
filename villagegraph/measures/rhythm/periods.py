"""Days, weeks, months and years, as numbers and as people write them."""

from __future__ import annotations

import numpy as np
import pandas as pd

PERIODS = ("day", "week", "month", "year")


def period_numbers(day: np.ndarray, by: str | None) -> np.ndarray:
    """
    Return the number of the period that each day lies in; one more is the next period.

    Parameters
    ----------
    day
        Days since 1970-01-01.
    by
        `day`, `week` (from Monday), `month`, `year`, or None for one period of all.

    Raises
    ------
    ValueError
        If `by` is none of these.
    """
    if by is None:
        return np.zeros(len(day), dtype=np.int64)
    if by not in PERIODS:
        msg = f"by needs to be one of {', '.join(PERIODS)}, or None; {by!r} was given"
        raise ValueError(msg)
    if by == "week":  # 1970-01-01 was a Thursday
        weeks: np.ndarray = (day + 3) // 7
        return weeks
    unit = {"day": "D", "month": "M", "year": "Y"}[by]
    numbers: np.ndarray = day.astype("datetime64[D]").astype(f"datetime64[{unit}]").astype(np.int64)
    return numbers


def label(number: np.ndarray, by: str | None) -> list[str]:
    """
    Return periods as text.

    Examples
    --------
    >>> label(np.array([0, 1]), "week"), label(np.array([12]), "month")
    (['1970-W01', '1970-W02'], ['1971-01'])
    """
    if by is None:
        return ["all"] * len(number)
    if by == "week":
        # a week belongs to the year of its Thursday
        thursday = pd.DatetimeIndex((number * 7).astype("datetime64[D]"))
        weeks = thursday.isocalendar()
        return [
            f"{year:04d}-W{week:02d}"
            for year, week in zip(weeks["year"], weeks["week"], strict=True)
        ]
    unit = {"day": "D", "month": "M", "year": "Y"}[by]
    return [str(text) for text in np.datetime_as_string(number.astype(f"datetime64[{unit}]"))]
