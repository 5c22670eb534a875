"""The sums behind each indicator, for many groups of rows (cells) at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from villagegraph.measures.rhythm.log import WRITTEN
from villagegraph.measures.rhythm.summary import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from villagegraph.measures.rhythm.log import Rows

SECOND = 1_000_000  # microseconds
MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND
WINDOWS: Mapping[str, float] = {"chat": 3_600.0, "sms": 3_600.0, "email": 7 * 86_400.0}
"""Seconds of silence that end a conversation, by channel."""
_WAYS = {None: 0, "in": -1, "out": 1}


class Cells(NamedTuple):
    """Which of `n` groups each row belongs to."""

    of: np.ndarray
    n: int


class PerContact(NamedTuple):
    """One entry per cell and contact that occur together, sorted by both."""

    cell: np.ndarray
    contact: np.ndarray
    total: np.ndarray


def toward(direction: str | None, way: np.ndarray) -> np.ndarray:
    """Return which rows go in a direction."""
    if direction not in _WAYS:
        msg = f"direction needs to be 'in', 'out' or None, {direction!r} was given"
        raise ValueError(msg)
    found: np.ndarray = (
        np.ones(len(way), dtype=bool) if direction is None else way == _WAYS[direction]
    )
    return found


def per_contact(
    rows: Rows, cells: Cells, *, mask: np.ndarray, weight: np.ndarray | None = None
) -> PerContact:
    """Sum rows, or a weight of theirs, by cell and contact."""
    size = max(len(rows.people), 1)
    key, place = np.unique(cells.of[mask] * size + rows.contact[mask], return_inverse=True)
    total = np.bincount(place, None if weight is None else weight[mask], len(key))
    return PerContact(key // size, key % size, total)


def contacts(rows: Rows, cells: Cells, *, direction: str | None, more: int = 0) -> np.ndarray:
    """Count contacts with more than so many rows."""
    found = per_contact(rows, cells, mask=toward(direction, rows.way))
    return np.bincount(found.cell[found.total > more], minlength=cells.n)


def interactions(rows: Rows, cells: Cells, *, direction: str | None) -> np.ndarray:
    """Count items."""
    chosen = rows.lead & toward(direction, rows.event_way)
    return np.bincount(cells.of[chosen], minlength=cells.n)


def per_contact_counts(rows: Rows, cells: Cells, *, direction: str | None) -> Spread:
    """Return each contact's number of rows."""
    found = per_contact(rows, cells, mask=toward(direction, rows.way))
    return Spread(found.total.astype(float), found.cell)


def days(rows: Rows, cells: Cells) -> np.ndarray:
    """Count the days on which anything happened."""
    if not len(rows.day):
        return np.zeros(cells.n, dtype=np.int64)
    low = rows.day.min()
    span = rows.day.max() - low + 1
    found = np.unique(cells.of * span + rows.day - low) // span
    return np.bincount(found, minlength=cells.n)


def durations(rows: Rows, cells: Cells, *, direction: str | None) -> Spread:
    """Return the length of each call in seconds."""
    chosen = _calls(rows) & rows.lead & toward(direction, rows.event_way)
    return Spread(rows.seconds[chosen], cells.of[chosen])


def _calls(rows: Rows) -> np.ndarray:
    chosen: np.ndarray = (rows.channel == "call") & ~np.isnan(rows.seconds)
    return chosen


def gaps(rows: Rows, cells: Cells) -> Spread:
    """Return the seconds from each item to the next."""
    chosen = rows.lead & rows.timed
    at, cell = rows.at[chosen], cells.of[chosen]
    order = np.argsort(cell, kind="stable")
    at, cell = at[order], cell[order]
    same = cell[1:] == cell[:-1]
    return Spread(np.diff(at)[same] / SECOND, cell[1:][same])


def entropy(rows: Rows, cells: Cells, *, normalize: bool, compat: str | None = None) -> np.ndarray:
    """Return the entropy of rows over contacts, in nats or as a share of the most there can be."""
    found = per_contact(rows, cells, mask=toward(None, rows.way))
    sums = np.bincount(found.cell, found.total, cells.n)
    share = found.total / sums[found.cell]
    raw = np.bincount(found.cell, -share * np.log(share), cells.n) + 0.0
    raw[sums == 0] = np.nan
    if not normalize:
        return raw
    n = np.bincount(found.cell, minlength=cells.n)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = raw / np.log(n)
    return np.where(n > 1, whole, raw if compat else np.nan)


def initiated(rows: Rows, cells: Cells) -> np.ndarray:
    """Return the share of items that the person began."""
    known = rows.lead & (rows.event_way != 0)
    return share(cells.of[known], rows.event_way[known] == 1, cells.n)


def share(cell: np.ndarray, hit: np.ndarray, n: int) -> np.ndarray:
    """Return the share of hits in each cell; nan in an empty one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.bincount(cell, hit, n) / np.bincount(cell, minlength=n)
    return found


def at_night(clock: np.ndarray, night: tuple[str, str]) -> np.ndarray:
    """Return which times of day lie in the night, both ends included."""
    start, end = (_clock(text) for text in night)
    found: np.ndarray = (
        (start <= clock) & (clock <= end) if start < end else (start <= clock) | (clock <= end)
    )
    return found


def _clock(text: str) -> int:
    hour, colon, minute = str(text).partition(":")
    sound = colon and hour.isdecimal() and minute.isdecimal()
    if not sound or not (int(hour) < 24 and int(minute) < 60):
        msg = f"night needs to be two times such as ('19:00', '07:00'), {text!r} was given"
        raise ValueError(msg)
    return int(hour) * HOUR + int(minute) * MINUTE


def nocturnal(rows: Rows, cells: Cells, *, night: tuple[str, str]) -> np.ndarray:
    """Return the share of items at night."""
    chosen = rows.lead & rows.timed
    return share(cells.of[chosen], at_night(rows.clock[chosen], night), cells.n)


def pareto(
    rows: Rows, cells: Cells, *, percentage: float, calls: bool, compat: str | None = None
) -> np.ndarray:
    """Return the smallest share of contacts that makes up a share of the items or call time."""
    if not 0 < percentage <= 1:
        msg = f"percentage needs to be above 0 and at most 1, {percentage} was given"
        raise ValueError(msg)
    mask = _calls(rows) if calls else toward(None, rows.way)
    found = per_contact(rows, cells, mask=mask, weight=rows.seconds if calls else None)
    order = np.lexsort((-found.total, found.cell))
    cell, total = found.cell[order], found.total[order].astype(float)
    sums = np.bincount(cell, total, cells.n)
    size = np.bincount(cell, minlength=cells.n)
    # what the contacts before this one have in its cell
    before = np.cumsum(total) - total
    starts = (np.cumsum(size) - size)[size > 0]
    before -= np.repeat(before[starts], size[size > 0])
    # .55 * 100 is a hair above 55 for a computer
    target = np.ceil(np.round(sums * percentage, 6))
    needed = np.round(before, 6) < target[cell]
    found_share = share(cell, needed, cells.n)
    return found_share if compat else np.where(sums > 0, found_share, np.nan)


def balance(rows: Rows, cells: Cells, *, weighted: bool) -> Spread:
    """Return each contact's share of outgoing rows, of all or of their own, sorted by contact."""
    known = rows.way != 0
    both = per_contact(rows, cells, mask=known)
    out = per_contact(rows, cells, mask=known, weight=(rows.way == 1).astype(float))
    whole = np.bincount(both.cell, both.total, cells.n)[both.cell] if weighted else both.total
    return Spread(out.total / whole, both.cell)


class Talks(NamedTuple):
    """
    Written messages in order of conversations.

    Attributes
    ----------
    talk
        Number of the conversation of each message, ascending.
    at, way
        Instant and direction of each message.
    cell
        Cell of each conversation.
    begun
        Direction of the first message of each conversation.
    answered
        Whether the person wrote in it at all.
    row
        Number of the message's row in the log.
    """

    talk: np.ndarray
    at: np.ndarray
    way: np.ndarray
    cell: np.ndarray
    begun: np.ndarray
    answered: np.ndarray
    row: np.ndarray


def talks(
    rows: Rows, cells: Cells, *, window: Mapping[str, float], compat: str | None = None
) -> Talks:
    """
    Cut the written messages with each contact into conversations.

    A conversation goes on in its channel until a silence of the window. With
    `compat`, an hour is the window in every channel, all channels are one, and a call ends it.
    """
    written = np.isin(rows.channel, WRITTEN) & (rows.way != 0)
    chosen = rows.timed & ((written | (rows.channel == "call")) if compat else written)
    names = np.array(WRITTEN, dtype=object)
    channel = np.zeros(len(rows.at), dtype=np.int64)
    for place, name in enumerate(names):
        channel[rows.channel == name] = place
    limit = np.array([window[name] for name in WRITTEN])[channel] * SECOND
    if compat:
        channel[:], limit[:] = 0, HOUR
    row = np.flatnonzero(chosen)
    row = row[np.lexsort((row, channel[row], rows.contact[row], cells.of[row]))]
    new = np.ones(len(row), dtype=bool)
    same = [column[row][1:] == column[row][:-1] for column in (cells.of, rows.contact, channel)]
    new[1:] = ~(same[0] & same[1] & same[2]) | (np.diff(rows.at[row]) >= limit[row][1:])
    new[1:] |= ~written[row][:-1]
    # a silence before a call is over with the message after it
    talk = np.cumsum(new) - 1
    kept = written[row]
    row, talk = row[kept], talk[kept]
    first, talk = np.unique(talk, return_index=True, return_inverse=True)[1:]
    way = rows.way[row]
    return Talks(
        talk=talk,
        at=rows.at[row],
        way=way,
        cell=cells.of[row][first],
        begun=way[first],
        answered=np.bincount(talk, way == 1, len(first)) > 0,
        row=row,
    )


def begun_share(found: Talks, n: int, *, compat: str | None = None) -> np.ndarray:
    """Return the share of conversations that the person began."""
    result = share(found.cell, found.begun == 1, n)
    return np.nan_to_num(result) if compat else result


def answered_share(found: Talks, n: int) -> np.ndarray:
    """Return the share of the conversations begun by others in which the person wrote."""
    received = found.begun == -1
    return share(found.cell[received], found.answered[received], n)


def delays(found: Talks, *, compat: str | None = None) -> tuple[Spread, np.ndarray]:
    """Return the seconds from a message to the answer right after it, and the answer's row."""
    same = found.talk[1:] == found.talk[:-1]
    answer = same & (found.way[1:] == 1) & (found.way[:-1] == -1)
    waited = np.diff(found.at)
    if compat:
        answer &= waited > 0
    cell = found.cell[found.talk[1:][answer]]
    return Spread(waited[answer] / SECOND, cell), found.row[1:][answer]


def begun_talks(
    rows: Rows, cells: Cells, *, window: Mapping[str, float], compat: str | None = None
) -> np.ndarray:
    """Return the share of conversations that the person began."""
    return begun_share(talks(rows, cells, window=window, compat=compat), cells.n, compat=compat)


def answered_talks(
    rows: Rows, cells: Cells, *, window: Mapping[str, float], compat: str | None = None
) -> np.ndarray:
    """Return the share of the conversations begun by others in which the person wrote."""
    return answered_share(talks(rows, cells, window=window, compat=compat), cells.n)


def talk_delays(
    rows: Rows, cells: Cells, *, window: Mapping[str, float], compat: str | None = None
) -> Spread:
    """Return the seconds from each message to the answer right after it."""
    found = talks(rows, cells, window=window, compat=compat)
    return delays(found, compat=compat)[0]
