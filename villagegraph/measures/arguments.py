"""Checks of arguments that several functions take."""

from __future__ import annotations

import operator


def check_limit(limit: int | None) -> None:
    """Refuse a number of rows that is none."""
    if limit is None:
        return
    try:
        fits = operator.index(limit) >= 0
    except TypeError:
        fits = False
    if not fits:
        msg = f"limit needs to be a whole number, 0 or more, {limit} was given"
        raise ValueError(msg)


def check_horizon(horizon_days: int) -> None:
    """Refuse a horizon of less than a day."""
    if int(horizon_days) != horizon_days or horizon_days < 1:
        msg = f"horizon_days needs to be a whole number of days above 0, {horizon_days} was given"
        raise ValueError(msg)
