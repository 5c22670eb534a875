"""When, how long, how far apart: the indicators that look at the clock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from villagegraph.measures.rhythm import kernels
from villagegraph.measures.rhythm.counts import NIGHT, whole
from villagegraph.measures.rhythm.log import Log, rows_of
from villagegraph.measures.rhythm.periods import label, period_numbers

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def call_duration(log: Log, *, direction: str | None = None) -> pd.Series:
    """
    List how long the calls lasted.

    Parameters
    ----------
    log
        A village or a log with `channel` and `minutes`, as in `active_days`.
    direction
        Only what the person called (`out`) or was called (`in`).

    Returns
    -------
    call_duration
        Seconds, 0 or more, a call each, in order of time. Calls of unknown
        length are left out.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {"at": ["2026-10-01"], "person_id": ["ana"], "channel": ["call"], "minutes": [1.5]}
    ... )
    >>> call_duration(log).tolist()
    [90.0]
    """
    found = kernels.durations(*whole(log), direction=direction)
    return pd.Series(found.value, name="call_duration", dtype="float64")


def interevent_time(log: Log) -> pd.Series:
    """
    List the time from each interaction to the next one with anybody.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.

    Returns
    -------
    interevent_time
        Seconds, 0 or more, in order of time; one less than there are items. Items
        of which only the day is known are left out.

    Examples
    --------
    >>> log = pd.DataFrame({"at": ["2026-10-01 09:00", "2026-10-01 09:02"], "person_id": "ana"})
    >>> interevent_time(log).tolist()
    [120.0]
    """
    found = kernels.gaps(*whole(log))
    return pd.Series(found.value, name="interevent_time", dtype="float64")


def percent_nocturnal(log: Log, *, night: tuple[str, str] = NIGHT) -> float:
    """
    Calculate the share of the interactions at night.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.
    night
        When the night begins and ends on the local clock. Both bounds are night.

    Returns
    -------
    percent_nocturnal
        Share of the items whose time of day is known, 0 to 1; `nan` if there is none.

    Examples
    --------
    >>> log = pd.DataFrame({"at": ["2026-10-01 07:00", "2026-10-01 07:01"], "person_id": "ana"})
    >>> percent_nocturnal(log)
    0.5
    """
    return float(kernels.nocturnal(*whole(log), night=night)[0])


def week_matrix(log: Log) -> pd.DataFrame:
    """
    Count the interactions by weekday and hour.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.

    Returns
    -------
    week_matrix
        A row per `weekday` (Mon to Sun), a column per `hour` (0 to 23, local):
        items, 0 or more. Items of which only the day is known are left out.

    Examples
    --------
    Twice on a Thursday morning:

    >>> log = pd.DataFrame({"at": ["2026-10-01 09:00", "2026-10-08 09:30"], "person_id": "ana"})
    >>> int(week_matrix(log).loc["Thu", 9])
    2
    """
    rows = rows_of(log)
    rows = rows.where(rows.lead & rows.timed)
    weekday, hour = (rows.day + 3) % 7, rows.clock // kernels.HOUR
    counts = np.bincount(weekday * 24 + hour, minlength=7 * 24).reshape(7, 24)
    return pd.DataFrame(
        counts,
        index=pd.Index(WEEKDAYS, name="weekday", dtype="str"),
        columns=pd.RangeIndex(24, name="hour"),
    )


def churn_of_contacts(log: Log, *, by: str = "month") -> pd.Series:
    """
    Calculate how much the mix of contacts changes from each month to the next.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.
    by
        `month`, or `week`, `day` or `year`.

    Returns
    -------
    churn_of_contacts
        Per `period`, from the second on: 1 less the cosine between the counts of
        interactions with each contact in it and in the period before. 0 for the
        same people in the same proportions, 1 for none in common; `nan` if in
        either nothing happened.

    Notes
    -----
    Takes time proportional to n log n and to the number of periods.

    Examples
    --------
    Ana in September; ana and ben, equally much, in October:

    >>> days = ["2026-09-01", "2026-10-01", "2026-10-02"]
    >>> log = pd.DataFrame({"at": days, "person_id": ["ana", "ana", "ben"]})
    >>> churn_of_contacts(log).round(2).to_dict()
    {'2026-10': 0.29}
    """
    rows = rows_of(log)
    number = period_numbers(rows.day, by)
    first = int(number.min()) if len(number) else 0
    n = int(number.max()) - first + 1 if len(number) else 0
    cells = kernels.Cells(number - first, n)
    found = kernels.per_contact(rows, cells, mask=kernels.toward(None, rows.way))
    total = found.total.astype(float)
    length = np.sqrt(np.bincount(found.cell, total**2, n))
    # each entry beside that of the same contact one period later
    size = max(len(rows.people), 1)
    key = found.cell * size + found.contact
    place = np.searchsorted(key, key + size)
    met = place < len(key)
    met[met] = key[place[met]] == key[met] + size
    product = np.bincount(found.cell[met] + 1, total[met] * total[place[met]], n)[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        # rounding may carry a cosine a hair above 1
        churn = 1.0 - np.minimum(product / (length[1:] * length[:-1]), 1.0)
    index = pd.Index(label(np.arange(1, n) + first, by), name="period", dtype="str")
    return pd.Series(churn, index=index, name="churn_of_contacts", dtype="float64")
