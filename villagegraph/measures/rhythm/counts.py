"""How much, with how many, how evenly: the indicators that count a log's rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from villagegraph.measures.rhythm import kernels
from villagegraph.measures.rhythm.kernels import Cells
from villagegraph.measures.rhythm.log import Log, Rows, rows_of
from villagegraph.measures.rhythm.summary import check_compat

NIGHT = ("19:00", "07:00")
"""Bounds of the night, both of them part of it."""


def whole(log: Log) -> tuple[Rows, Cells]:
    """Return a log's rows as one group."""
    rows = rows_of(log)
    return rows, Cells(np.zeros(len(rows.at), dtype=np.int64), 1)


def active_days(log: Log) -> int:
    """
    Count the days on which a person was in contact with anybody.

    Parameters
    ----------
    log
        A village, whose owner is the person; what `interaction_log` returns; or a frame
        with a row per item and contact: `at`, `person_id`, and if there are any
        `direction` (`in`, `out`), `channel`, `minutes`, `event_id`.

    Returns
    -------
    active_days
        Days on the local calendar, 0 or more.

    Notes
    -----
    Takes time proportional to n log n.

    References
    ----------
    .. [1] de Montjoye, Y.-A., Rocher, L., & Pentland, A. S. (2016). bandicoot: a Python
       toolbox for mobile phone metadata. Journal of Machine Learning Research 17(175).

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "at": ["2026-10-01 09:00", "2026-10-01 21:00", "2026-10-03 08:00"],
    ...         "person_id": ["ana", "ben", "ana"],
    ...     }
    ... )
    >>> active_days(log)
    2
    """
    return int(kernels.days(*whole(log))[0])


def number_of_contacts(log: Log, *, direction: str | None = None, more: int = 0) -> int:
    """
    Count the people with whom there was contact.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.
    direction
        Count only what the person sent or began (`out`) or received (`in`).
    more
        Count only contacts with more than so many interactions.

    Returns
    -------
    number_of_contacts
        People, 0 or more.

    Examples
    --------
    >>> log = pd.DataFrame({"at": ["2026-10-01"] * 3, "person_id": ["ana", "ana", "ben"]})
    >>> number_of_contacts(log), number_of_contacts(log, more=1)
    (2, 1)
    """
    return int(kernels.contacts(*whole(log), direction=direction, more=more)[0])


def number_of_interactions(log: Log, *, direction: str | None = None) -> int:
    """
    Count mails, messages, calls and meetings.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.
    direction
        Count only what the person sent or began (`out`) or received (`in`).

    Returns
    -------
    number_of_interactions
        Items, 0 or more. A mail to three people is one.

    Examples
    --------
    >>> log = pd.DataFrame({"at": ["2026-10-01"] * 3, "person_id": ["ana", "ana", "ben"]})
    >>> number_of_interactions(log)
    3
    """
    return int(kernels.interactions(*whole(log), direction=direction)[0])


def interactions_per_contact(log: Log, *, direction: str | None = None) -> pd.Series:
    """
    Count the interactions with each contact.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.
    direction
        Count only what the person sent or began (`out`) or received (`in`).

    Returns
    -------
    interactions_per_contact
        Whole number, 1 or more, per `person_id`, sorted by it; who has none is not
        listed. A mail to three people counts for each of them.

    Examples
    --------
    >>> log = pd.DataFrame({"at": ["2026-10-01"] * 3, "person_id": ["ana", "ana", "ben"]})
    >>> interactions_per_contact(log).to_dict()
    {'ana': 2, 'ben': 1}
    """
    rows, cells = whole(log)
    found = kernels.per_contact(rows, cells, mask=kernels.toward(direction, rows.way))
    index = pd.Index(rows.people[found.contact], name="person_id", dtype="str")
    return pd.Series(found.total, index=index, name="interactions_per_contact", dtype="int64")


def balance_of_contacts(log: Log, *, weighted: bool = True) -> pd.Series:
    """
    Calculate for each contact how much of the initiative is the person's own.

    Parameters
    ----------
    log
        A village or a log with `direction`, as in `active_days`.
    weighted
        Whether to divide what went out to a contact by all interactions with
        everybody, so that the values add up to the person's share of initiative as a whole;
        else by the interactions with that contact.

    Returns
    -------
    balance_of_contacts
        0 to 1 per `person_id`, sorted by it; without weights .5 is an even
        tie. What has no known direction counts for nothing.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "at": ["2026-10-01"] * 4,
    ...         "person_id": ["ana", "ana", "ben", "ben"],
    ...         "direction": ["out", "in", "out", "out"],
    ...     }
    ... )
    >>> balance_of_contacts(log).to_dict()
    {'ana': 0.25, 'ben': 0.5}
    >>> balance_of_contacts(log, weighted=False).to_dict()
    {'ana': 0.5, 'ben': 1.0}
    """
    rows, cells = whole(log)
    spread = kernels.balance(rows, cells, weighted=weighted)
    contact = np.unique(rows.contact[rows.way != 0])
    index = pd.Index(rows.people[contact], name="person_id", dtype="str")
    return pd.Series(spread.value, index=index, name="balance_of_contacts", dtype="float64")


def entropy_of_contacts(log: Log, *, normalize: bool = False, compat: str | None = None) -> float:
    """
    Calculate how evenly the interactions spread over the contacts.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.
    normalize
        Whether to divide by the greatest value that so many contacts allow.
    compat
        `"bandicoot"` for 0 with a single contact where `normalize` has nothing to divide by.

    Returns
    -------
    entropy_of_contacts
        Shannon's entropy with natural logarithms: 0 with one contact, ln n with n
        contacts that have equal parts; 0 to 1 if normalized. `nan` without an
        interaction; normalized, also with a single contact.

    References
    ----------
    .. [1] Eagle, N., Macy, M., & Claxton, R. (2010). Network diversity and
       economic development. Science 328, 1029-1031.

    Examples
    --------
    >>> log = pd.DataFrame({"at": ["2026-10-01"] * 2, "person_id": ["ana", "ben"]})
    >>> entropy_of_contacts(log, normalize=True)
    1.0
    """
    check_compat(compat)
    return float(kernels.entropy(*whole(log), normalize=normalize, compat=compat)[0])


def percent_pareto_interactions(log: Log, *, percentage: float = 0.8) -> float:
    """
    Calculate the smallest share of the contacts that makes up most of the interactions.

    Parameters
    ----------
    log
        A village or a log, as in `active_days`.
    percentage
        What is most: above 0, at most 1. The number to reach is rounded up.

    Returns
    -------
    percent_pareto_interactions
        Share of the contacts, above 0, at most 1; `nan` without an interaction.

    Examples
    --------
    Of ten interactions eight are with ana, one of three contacts:

    >>> people = ["ana"] * 8 + ["ben", "cy"]
    >>> log = pd.DataFrame({"at": ["2026-10-01"] * 10, "person_id": people})
    >>> round(percent_pareto_interactions(log), 2)
    0.33
    """
    found = kernels.pareto(*whole(log), percentage=percentage, calls=False)
    return float(found[0])


def percent_pareto_durations(
    log: Log, *, percentage: float = 0.8, compat: str | None = None
) -> float:
    """
    Calculate the smallest share of the contacts that makes up most of the time on the phone.

    Parameters
    ----------
    log
        A village or a log with `channel` and `minutes`, as in `active_days`.
    percentage
        What is most: above 0, at most 1. The seconds to reach are rounded up.
    compat
        `"bandicoot"` for 0 if no call lasted.

    Returns
    -------
    percent_pareto_durations
        Share of the people in calls of known length, above 0, at most 1;
        `nan` if there is no such call, or none lasted.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "at": ["2026-10-01"] * 2,
    ...         "person_id": ["ana", "ben"],
    ...         "channel": ["call", "call"],
    ...         "minutes": [9.0, 1.0],
    ...     }
    ... )
    >>> percent_pareto_durations(log)
    0.5
    """
    check_compat(compat)
    found = kernels.pareto(*whole(log), percentage=percentage, calls=True, compat=compat)
    return float(found[0])


def percent_initiated_interactions(log: Log) -> float:
    """
    Calculate the share of the interactions that the person began.

    Parameters
    ----------
    log
        A village or a log with `direction`, as in `active_days`.

    Returns
    -------
    percent_initiated_interactions
        Share of the items whose direction is known, 0 to 1; `nan` if there is
        none. bandicoot counts calls alone.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {"at": ["2026-10-01"] * 2, "person_id": "ana", "direction": ["in", "out"]}
    ... )
    >>> percent_initiated_interactions(log)
    0.5
    """
    return float(kernels.initiated(*whole(log))[0])
