"""
What is known of a tie on a day: one way to count it, for fit, back-test and use.

Everything is computed from contact days, pair by pair, and from nothing later.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

HALF_LIFE_DAYS = 90
"""Days after which a contact day counts half."""

WINDOW_DAYS = 360
"""How far back from its last contact a tie's past counts."""


class ContactDays(NamedTuple):
    """
    Who was in contact with whom on which days, as whole numbers.

    Attributes
    ----------
    people
        The people, sorted; the codes below are places in it.
    u, v
        Code of either end, `u < v`.
    day
        Days since 1970-01-01. Rows are sorted by `u`, `v`, `day`; none stands twice.
    """

    people: np.ndarray
    u: np.ndarray
    v: np.ndarray
    day: np.ndarray

    def between(self, after: int, until: int) -> ContactDays:
        """Return the contact days later than `after`, and up to `until`."""
        kept = (self.day > after) & (self.day <= until)
        return ContactDays(self.people, self.u[kept], self.v[kept], self.day[kept])

    def of(self, person: int) -> ContactDays:
        """Return the contact days of one person."""
        kept = (self.u == person) | (self.v == person)
        return ContactDays(self.people, self.u[kept], self.v[kept], self.day[kept])

    @property
    def pair(self) -> np.ndarray:
        """One number for each pair, ascending as the rows are."""
        numbers: np.ndarray = self.u * np.int64(len(self.people)) + self.v
        return numbers


class TieFeatures(NamedTuple):
    """
    The state of every tie on a day; one row per pair, sorted.

    Attributes
    ----------
    u, v
        Code of either end, `u < v`.
    days
        Contact days seen.
    silence
        Days since the last one.
    gap
        Mean days between contact days; `nan` with one day.
    decayed
        Contact days, halved every `HALF_LIFE_DAYS`, as of today.
    strength
        The same as of the last contact.
    span
        Days from the first contact day to the last, both counted.
    overdue_u, overdue_v
        How far either end, with whomever, is behind the usual gap between active
        days: the logarithm of their ratio, 0 where it is not behind.
    """

    u: np.ndarray
    v: np.ndarray
    days: np.ndarray
    silence: np.ndarray
    gap: np.ndarray
    decayed: np.ndarray
    strength: np.ndarray
    span: np.ndarray
    overdue_u: np.ndarray
    overdue_v: np.ndarray

    def rows(self, chosen: np.ndarray) -> TieFeatures:
        """Return the chosen rows."""
        return TieFeatures(*(column[chosen] for column in self))


def from_table(contacts: pd.DataFrame) -> ContactDays:
    """
    Turn a table of contact days into numbers.

    Parameters
    ----------
    contacts
        Columns `person_u` < `person_v`, `day`, as `contact_days` returns them.
    """
    ends = pd.concat([contacts["person_u"], contacts["person_v"]], ignore_index=True)
    codes, people = pd.factorize(ends.astype("str"), sort=True)
    day = contacts["day"].to_numpy(dtype=np.int64)
    names = people.to_numpy(dtype=object)
    return from_codes(names, codes[: len(day)], codes[len(day) :], day)


def from_codes(
    people: np.ndarray, source: np.ndarray, target: np.ndarray, day: np.ndarray
) -> ContactDays:
    """
    Order contacts by pair and day, each day once.

    Parameters
    ----------
    people
        The people, sorted.
    source, target
        Codes of who addressed whom, in whatever order; a person's own notes to
        themselves are left out.
    day
        Days since 1970-01-01.
    """
    u = np.minimum(source, target).astype(np.int64)
    v = np.maximum(source, target).astype(np.int64)
    others = u != v
    u, v, day = u[others], v[others], day.astype(np.int64)[others]
    first = int(day.min()) if len(day) else 0
    length = int(day.max()) - first + 1 if len(day) else 1
    # sorting one number a row is several times as fast as sorting three columns
    if len(people) ** 2 < 2**62 // length:
        keys = distinct((u * len(people) + v) * length + (day - first))
        pair, day = keys // length, keys % length + first
        return ContactDays(people, pair // len(people), pair % len(people), day)
    rows = np.unique(np.stack([u, v, day], axis=1), axis=0)
    return ContactDays(people, rows[:, 0], rows[:, 1], rows[:, 2])


def tie_features(contacts: ContactDays, *, as_of: int) -> TieFeatures:
    """
    Describe every tie as it stands on a day.

    Parameters
    ----------
    contacts
        Contact days up to `as_of`; later ones may not be among them.
    as_of
        The day.

    Returns
    -------
    features
        One row per pair. Of each tie, and of each person, count the
        `WINDOW_DAYS` up to the last contact, so that a long silence does not
        take the past away.

    Notes
    -----
    Takes time proportional to the number of contact days.
    """
    starts, counts = _groups(contacts.pair)
    last = contacts.day[starts + counts - 1] if len(starts) else np.empty(0, np.int64)
    kept = contacts.day > np.repeat(last, counts) - WINDOW_DAYS
    days = np.add.reduceat(kept, starts, dtype=np.int64) if len(starts) else counts
    # days ascend within a pair, so those left out stand before the first that counts
    first = contacts.day[starts + counts - days] if len(starts) else last
    age = np.repeat(last, counts) - contacts.day
    weight = np.where(kept, np.exp2(-age / HALF_LIFE_DAYS), 0.0)
    strength = np.add.reduceat(weight, starts) if len(starts) else np.empty(0)
    silence = as_of - last
    behind = _overdue(contacts, as_of=as_of)
    u, v = contacts.u[starts], contacts.v[starts]
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(days > 1, (last - first) / (days - 1), np.nan)
    return TieFeatures(
        u=u,
        v=v,
        days=days,
        silence=silence,
        gap=gap,
        decayed=strength * np.exp2(-silence / HALF_LIFE_DAYS),
        strength=strength,
        span=last - first + 1,
        overdue_u=behind[u],
        overdue_v=behind[v],
    )


def _overdue(contacts: ContactDays, *, as_of: int) -> np.ndarray:
    """Tell of each person how far the silence exceeds the usual gap between active days."""
    people = len(contacts.people)
    person = np.concatenate([contacts.u, contacts.v])
    day = np.concatenate([contacts.day, contacts.day])
    last = np.full(people, -(2**40), dtype=np.int64)
    np.maximum.at(last, person, day)
    kept = day > last[person] - WINDOW_DAYS
    # an offset keeps a person's days apart from the next person's
    base = int(day.min()) if len(day) else 0
    length = int(day.max()) - base + 1 if len(day) else 1
    active = distinct(person[kept] * np.int64(length) + (day[kept] - base))
    who, when = active // length, active % length + base
    count = np.bincount(who, minlength=people)
    first = np.full(people, as_of, dtype=np.int64)
    np.minimum.at(first, who, when)
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = (as_of - first + 1) / count
        behind = np.log((as_of - last + 1) / (usual + 1))
    return np.where(count > 0, np.maximum(behind, 0.0), 0.0)


def distinct(numbers: np.ndarray) -> np.ndarray:
    """Return each number once, ascending: by sorting, which beats numpy's hash table here."""
    ordered = np.sort(numbers)
    once: np.ndarray = ordered[np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)]]
    return once


def _groups(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each run of equal keys starts, and its length."""
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
    return starts, np.diff(np.r_[starts, len(keys)])


def design(features: TieFeatures, *, horizon: int, overdue: np.ndarray | None) -> np.ndarray:
    """
    Return the terms of the model, a column each.

    Parameters
    ----------
    features
        The ties.
    horizon
        Days ahead that are asked about.
    overdue
        How far the ends whose presence is in doubt are behind; None where
        only the owner's own ties are seen.

    Returns
    -------
    terms
        `ln((silence + 1) / H) * ln(1 + strength)`, `ln(span / H)` and, unless
        None was given, `overdue`.
    """
    quiet = np.log((features.silence + 1) / horizon) * np.log1p(features.strength)
    columns = [quiet, np.log(features.span / horizon)]
    return np.stack(columns if overdue is None else [*columns, overdue], axis=1)
