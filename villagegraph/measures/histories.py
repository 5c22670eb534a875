"""The days on which the owner was in contact with each other person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from villagegraph.parsing.handles import is_machine_address, is_role_address, name_key
from villagegraph.ties import contact_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.village import Village

_LEAST_FOR_CADENCE = 3  # contact days, as in the tie table


class History(NamedTuple):
    """
    When the owner and one person were in contact.

    Attributes
    ----------
    days
        Contact days, ascending, counted from 1970-01-01.
    sent, received
        How often on each day the owner addressed the person, and the reverse.
    last_at
        Instant of the last contact, UTC.
    channels
        Channels of the last contact day.
    """

    days: np.ndarray
    sent: np.ndarray
    received: np.ndarray
    last_at: pd.Timestamp
    channels: tuple[str, ...]

    @property
    def gaps(self) -> np.ndarray:
        """Days from each contact day to the next."""
        return np.diff(self.days)


def my_days(village: Village, *, me: str) -> dict[str, History]:
    """
    Return the history of each of the owner's ties.

    Parameters
    ----------
    village
        The village; all of its interactions count.
    me
        The owner.

    Returns
    -------
    histories
        By `person_id`, in sorted order.
    """
    table = contact_days(village)
    table = table[(table["person_u"] == me) | (table["person_v"] == me)]
    first = (table["person_u"] == me).to_numpy()
    other = table["person_v"].where(first, table["person_u"])
    table = table.assign(
        other=other,
        sent=np.where(first, table["n_uv"], table["n_vu"]),
        received=np.where(first, table["n_vu"], table["n_uv"]),
    ).sort_values(["other", "day"], kind="stable")
    people = table["other"].to_numpy(dtype=object)
    starts = np.flatnonzero(np.r_[True, people[1:] != people[:-1]][: len(people)]).tolist()
    ends = [*starts[1:], len(people)]
    days, sent, received = (table[name].to_numpy() for name in ("day", "sent", "received"))
    last_at, channels = table["last_at"].tolist(), table["channels"].tolist()
    return {
        str(people[start]): History(
            days[start:end],
            sent[start:end],
            received[start:end],
            last_at[end - 1],
            channels[end - 1],
        )
        for start, end in zip(starts, ends, strict=False)
    }


def listable(village: Village, people: Iterable[str]) -> list[str]:
    """
    Return those who may stand on a list, in the order given.

    Left out are the owner, who opted out, who is not among the people, and
    whoever is known only by addresses of machines or of a nameless desk.

    Parameters
    ----------
    village
        The village.
    people
        `person_id` of each.
    """
    wanted = list(people)
    known = village.people
    names = dict(zip(known.index.tolist(), known["name"].tolist(), strict=True))
    # a mailbox that several share stands in no card of its own, only in the mails
    pairs = set()
    for table in (village.handles, village.participants):
        once = table[["person_id", "handle"]].drop_duplicates()
        pairs |= set(zip(once["person_id"].tolist(), once["handle"].tolist(), strict=True))
    human = {person for person, handle in pairs if not _is_desk(handle, names.get(person, ""))}
    silent = {person for person, _ in pairs} - human
    return [
        person
        for person in wanted
        if person in names
        and person not in silent
        and person != village.me
        and not (person in village.chosen and village.chosen[person].opt_out)
    ]


def _is_desk(handle: str, name: str) -> bool:
    # hello@ may be somebody's own address: a full name speaks for a person
    return is_machine_address(handle) or (is_role_address(handle) and not name_key(name))


@dataclass(frozen=True, eq=False, slots=True)
class Rhythms:
    """
    The days of all of the owner's ties, one behind the other.

    Attributes
    ----------
    people
        `person_id` of each tie's other person, sorted.
    days
        Contact days of the first tie, ascending, then of the second, and so on.
    starts, counts
        Where in `days` each tie begins, and how many days it has.
    last_at
        Instant of each tie's last contact, UTC.
    channels
        Channels of each tie's last contact day.
    """

    people: np.ndarray
    days: np.ndarray
    starts: np.ndarray
    counts: np.ndarray
    last_at: pd.Series
    channels: pd.Series

    @classmethod
    def of(cls, contacts: pd.DataFrame, *, me: str) -> Rhythms:
        """Collect the days of the owner's ties from what `contact_days` returns."""
        table = contacts
        first = (table["person_u"] == me).to_numpy()
        mine = first | (table["person_v"] == me).to_numpy()
        other = table["person_v"].where(first, table["person_u"])[mine]
        codes, names = pd.factorize(other, sort=True)
        people = names.to_numpy(dtype=object)
        order = np.lexsort((table["day"].to_numpy()[mine], codes))
        table = table[mine].iloc[order]
        counts = np.bincount(codes, minlength=len(people)).astype(np.int64)
        starts = np.cumsum(counts) - counts
        ends = starts + counts - 1
        return cls(
            people=people,
            days=table["day"].to_numpy(dtype=np.int64),
            starts=starts,
            counts=counts,
            last_at=table["last_at"].iloc[ends].reset_index(drop=True),
            channels=table["channels"].iloc[ends].reset_index(drop=True),
        )

    @property
    def last(self) -> np.ndarray:
        """Day of each tie's last contact."""
        days: np.ndarray = self.days[self.starts + self.counts - 1]
        return days

    @property
    def gaps(self) -> np.ndarray:
        """Days from each contact day to the next, of all ties in a row."""
        if len(self.days) == 0:
            return self.days
        within = np.ones(len(self.days) - 1, dtype=bool)
        within[self.starts[1:] - 1] = False
        steps: np.ndarray = np.diff(self.days)[within]
        return steps

    @property
    def gap_owner(self) -> np.ndarray:
        """Number of the tie that each gap belongs to."""
        return np.repeat(np.arange(len(self.people)), self.counts - 1)

    def within(self, until: np.ndarray, days: int) -> np.ndarray:
        """Count each tie's contact days in the `days` days up to `until`, a day for each tie."""
        after = np.repeat(until - days, self.counts)
        owner = np.repeat(np.arange(len(self.people)), self.counts)
        found: np.ndarray = np.bincount(
            owner, self.days > after, minlength=len(self.people)
        ).astype(np.int64)
        return found

    def cadence(self) -> np.ndarray:
        """
        Return each tie's usual gap, `nan` below three contact days.

        It is that of the tie table: the tie's mean gap, drawn towards the mean
        of all gaps as if two more gaps had been seen.
        """
        gaps = self.gaps
        n = (self.counts - 1).astype(np.float64)
        total = (self.last - self.days[self.starts]).astype(np.float64)
        pooled = gaps.mean() if len(gaps) else np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            usual = np.exp((n * np.log(total / n) + 2 * np.log(pooled)) / (n + 2))
        return np.where(self.counts >= _LEAST_FOR_CADENCE, usual, np.nan)
