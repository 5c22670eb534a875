"""
What became of ties: their state on a day, and whether contact followed.

The same rows teach the model, test it, and set it to a log's own past.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from villagegraph.measures.features import ContactDays, TieFeatures, tie_features

MIN_DAYS = 3
"""A tie is looked at if it has at least this many contact days."""

YEAR_DAYS = 365


class Outcomes(NamedTuple):
    """
    One row per tie and end: the state on a day, and what followed.

    Attributes
    ----------
    ego, alter
        Codes of the end that asks, and of the other.
    features
        The tie on that day.
    overdue
        How far the other end is behind its own usual activity.
    contacted
        Whether either addressed the other in the days asked about.
    every
        All ties of the days looked at, however few their contact days; one row per pair.
    """

    ego: np.ndarray
    alter: np.ndarray
    features: TieFeatures
    overdue: np.ndarray
    contacted: np.ndarray
    every: TieFeatures

    @property
    def pair(self) -> np.ndarray:
        """One number for each pair, whichever end asks."""
        numbers: np.ndarray = self.features.u * np.int64(2**31) + self.features.v
        return numbers


def outcomes(
    contacts: ContactDays,
    *,
    cut: int,
    horizon: int,
    history: int,
    me: int | None = None,
    min_days: int = MIN_DAYS,
) -> Outcomes:
    """
    Describe the ties on a day, and tell which saw contact in the days after.

    Parameters
    ----------
    contacts
        All contact days; those up to `cut` describe, those after it are the outcome.
    cut
        The day.
    horizon
        Days after it in which contact counts.
    history
        Days up to it that are looked at.
    me
        Code of the owner, whose ties alone count; None for both ends of all ties.
    min_days
        Contact days that a tie needs in those days.

    Returns
    -------
    rows
        First all ties seen from `u`, then all seen from `v`. Left out is an end
        that is in contact with nobody in the days after: gone, not quiet.
    """
    past = contacts.between(cut - history, cut)
    future = contacts.between(cut, cut + horizon)
    if me is not None:
        past, future = past.of(me), future.of(me)
    every = tie_features(past, as_of=cut)
    features = every.rows(every.days >= min_days)
    there = np.zeros(len(contacts.people), dtype=bool)
    there[future.u] = there[future.v] = True
    people = np.int64(len(contacts.people))
    contacted = np.isin(features.u * people + features.v, future.pair)
    ends = (features.u, features.v)
    asks = [there[end] & ((end == me) if me is not None else True) for end in ends]
    first, second = (features.rows(chosen) for chosen in asks)
    return Outcomes(
        ego=np.concatenate([first.u, second.v]),
        alter=np.concatenate([first.v, second.u]),
        features=TieFeatures(*(np.concatenate(both) for both in zip(first, second, strict=True))),
        overdue=np.concatenate([first.overdue_v, second.overdue_u]),
        contacted=np.concatenate([contacted[chosen] for chosen in asks]),
        every=every,
    )


def past_cuts(*, as_of: int, first: int, horizon: int) -> list[int]:
    """
    Return the days of the last year whose outcome is known by now.

    Parameters
    ----------
    as_of
        Today; nothing later is looked at.
    first
        First day with contacts.
    horizon
        Days of each outcome.

    Returns
    -------
    cuts
        `as_of - horizon`, and each `horizon` before, as far as they lie within a
        year and leave half a horizon of past before themselves; always at least
        the first of them, if it does.
    """
    steps = range(1, max(1, YEAR_DAYS // horizon) + 1)
    cuts = [as_of - step * horizon for step in steps]
    return [cut for cut in cuts if 2 * (cut - first + 1) >= horizon]
