"""
Ties: one row per pair of people, from what passed between them, as of a day.

*Contact* is that one addressed the other: the sender of a mail and each of
its recipients, the sender of a chat message and each member, both ends of a
call, and every pair of a meeting's attendees. Two people who merely received
the same mail are *co-present*: that makes an alter tie, never a contact day.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from villagegraph.days import day_number, day_numbers
from villagegraph.tables import HIDDEN, TIES, check, empty, make

if TYPE_CHECKING:
    from villagegraph.days import DayLike
    from villagegraph.village import Village

logger = logging.getLogger(__name__)

GROUP_LIMIT = 25
"""Largest item whose participants are all paired with one another."""

MIN_DAYS_FOR_CADENCE = 3
YEAR_DAYS = 365

_CONTACT = "contact"
_SEEN = "seen together"


def tie_table(
    village: Village, *, as_of: DayLike, half_life_days: float | None = None
) -> pd.DataFrame:
    """
    Return every tie between two people, as of the end of a day.

    Parameters
    ----------
    village
        The village; interactions after `as_of` count for nothing.
    as_of
        The day, in the village's zone.
    half_life_days
        Days after which a contact day counts half; by default as in the settings.

    Returns
    -------
    ties
        The table `ties`, indexed by `person_u` < `person_v` and sorted. With k the
        other participants of an item (its size less one), a day's credit is
        `min(1, sum of 1/k)` over the day's contacts, and `strength` is the sum of
        `credit * 2**(-age / half_life_days)`: 0 to 87 days at a half-life of 60.
        `cadence_days` shrinks the mean gap between contact days towards the
        mean of all gaps of `me`'s ties (without `me`: of all ties of the two), `nan`
        below 3 contact days. `attrs["left_out"]` counts the items with more
        than 25 participants: their receivers are not paired with one another, and
        a meeting of that size is nobody's contact.

    Raises
    ------
    ValueError
        If `half_life_days` is not above 0.

    Notes
    -----
    Takes time proportional to the number of pairs within items.
    """
    half_life = village.settings.half_life_days if half_life_days is None else half_life_days
    if not 0 < half_life < math.inf:
        msg = f"half_life_days needs to be a number of days above 0, {half_life} was given"
        raise ValueError(msg)
    past = village.until(as_of)
    items = _items(past)
    contacts = _by_day(items, _contact_pairs(items), zone=village.zone)
    shared = _by_day(items, _shared_pairs(items, village.me), zone=village.zone)
    ties = _summed(contacts, shared, as_of=day_number(as_of), half_life=half_life)
    if ties.empty:
        ties = empty(TIES)
    else:
        ties["cadence_days"] = _cadences(contacts, ties, items.code(village.me))
        ties = _labelled(ties, items.people)
    ties.attrs["left_out"] = items.left_out
    if items.left_out:
        logger.info("%d items with more than %d people are not paired", items.left_out, GROUP_LIMIT)
    return check(ties, TIES)


def contact_days(village: Village, *, as_of: DayLike | None = None) -> pd.DataFrame:
    """
    Return one row per pair of people and day on which they were in contact.

    Parameters
    ----------
    village
        The village.
    as_of
        Last day that counts; None for all.

    Returns
    -------
    contacts
        Columns `person_u` < `person_v`, `day` (days since 1970-01-01 in the
        village's zone), `credit` (0 to 1), `n_uv`, `n_vu` (directed counts;
        a meeting counts one each way), `first_at`, `last_at`, `channels`
        (sorted tuple), sorted by pair and day.
    """
    past = village if as_of is None else village.until(as_of)
    items = _items(past)
    contacts = _by_day(items, _contact_pairs(items), zone=village.zone)
    people = items.people
    channels = [_channel_names(bits) for bits in contacts["channels"]]
    return pd.DataFrame(
        {
            "person_u": pd.Series(people[contacts["u"]], dtype="str"),
            "person_v": pd.Series(people[contacts["v"]], dtype="str"),
            **{name: contacts[name].to_numpy() for name in ("day", "credit", "n_uv", "n_vu")},
            "first_at": _times(contacts["first_at"]),
            "last_at": _times(contacts["last_at"]),
            "channels": pd.Series(channels, dtype="object"),
        }
    )


class _Pairs(NamedTuple):
    """Pairs within items: item number, the two people, and who addressed whom."""

    item: np.ndarray
    u: np.ndarray
    v: np.ndarray
    uv: np.ndarray
    vu: np.ndarray
    credit: np.ndarray


class _Items(NamedTuple):
    """
    Who took part in what, as whole numbers.

    `item`, `person` and `sends` run in parallel, a row per participant, sorted
    by item and person; `at`, `size`, `mutual` and `channel` have a row per item.
    """

    people: np.ndarray
    item: np.ndarray
    person: np.ndarray
    sends: np.ndarray
    at: pd.Series
    size: np.ndarray
    mutual: np.ndarray
    channel: np.ndarray
    left_out: int

    def code(self, me: str | None) -> int:
        """Return the number of `me`, -1 if `me` took part in nothing."""
        at = np.searchsorted(self.people, me) if me is not None and len(self.people) else 0
        found = me is not None and at < len(self.people) and self.people[at] == me
        return int(at) if found else -1


_CHANNEL_BITS = ("call", "chat", "email", "meeting", "note", "sms", "social")


def _channel_names(bits: int) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(_CHANNEL_BITS) if bits >> place & 1)


def _items(village: Village) -> _Items:
    human = village.interactions[~village.interactions["automated"].to_numpy()]
    human = human[human["channel"].isin(_CHANNEL_BITS)].sort_index()
    rows = village.participants
    item = human.index.get_indexer(rows["event_id"])
    # who opted out is nobody, and still one more to whom a mail went
    hidden = (rows["person_id"] == "") & rows["handle"].str.startswith(HIDDEN)
    names = rows["person_id"].where(~hidden, rows["handle"]).to_numpy(dtype=object)
    present = (item >= 0) & (names != "")
    people, person = np.unique(names[present].astype(str), return_inverse=True)
    frame = pd.DataFrame(
        {
            "item": item[present],
            "person": person.astype(np.int64),
            "sends": (rows["role"] == "from").to_numpy()[present],
        }
    )
    # one person may stand in a mail with two addresses
    frame = frame.groupby(["item", "person"], sort=True, as_index=False)["sends"].max()
    size = np.bincount(frame["item"], minlength=len(human))
    sent = np.bincount(frame["item"], weights=frame["sends"], minlength=len(human)) > 0
    channel = human["channel"].to_numpy(dtype=object)
    return _Items(
        people=people.astype(object),
        item=frame["item"].to_numpy(),
        person=frame["person"].to_numpy(),
        sends=frame["sends"].to_numpy(dtype=bool),
        at=human["at"].reset_index(drop=True),
        size=size,
        # who called whom is not always told; both ends were in contact all the same
        mutual=(channel == "meeting") | ((channel == "call") & ~sent),
        channel=pd.Categorical(channel, categories=list(_CHANNEL_BITS)).codes.astype(int),
        left_out=int((size > GROUP_LIMIT).sum()),
    )


def _contact_pairs(items: _Items) -> _Pairs:
    """Sender with each other participant; attendees of a meeting all with all."""
    mutual = items.mutual[items.item]
    senders = np.flatnonzero(items.sends & ~mutual)
    starts = np.searchsorted(items.item, items.item[senders], side="left")
    stops = np.searchsorted(items.item, items.item[senders], side="right")
    counts = stops - starts
    source = np.repeat(senders, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    target = np.repeat(starts, counts) + within
    # two senders of one item would otherwise be counted from both ends
    kept = (source != target) & (~items.sends[target] | (source < target))
    source, target = source[kept], target[kept]
    swap = items.person[source] > items.person[target]
    u = np.where(swap, items.person[target], items.person[source])
    v = np.where(swap, items.person[source], items.person[target])
    item = items.item[source]
    both = items.sends[target]
    met = _all_pairs(items, np.flatnonzero(mutual & (items.size[items.item] <= GROUP_LIMIT)))
    ones = np.ones(len(met[0]), dtype=np.int64)
    all_items = np.concatenate([item, met[0]])
    return _Pairs(
        item=all_items,
        u=np.concatenate([u, met[1]]),
        v=np.concatenate([v, met[2]]),
        uv=np.concatenate([(~swap | both).astype(np.int64), ones]),
        vu=np.concatenate([(swap | both).astype(np.int64), ones]),
        credit=1.0 / (items.size[all_items] - 1),
    )


def _shared_pairs(items: _Items, me: str | None) -> _Pairs:
    """Pair those who only received the same item; `me` does not count in its size."""
    owner = items.code(me)
    received = ~items.sends & ~items.mutual[items.item] & (items.size[items.item] <= GROUP_LIMIT)
    item, u, v = _all_pairs(items, np.flatnonzero(received))
    with_me = np.bincount(items.item[items.person == owner], minlength=len(items.size)) > 0
    other_than_me = (u != owner) & (v != owner)
    others = items.size[item] - 1 - (with_me[item] & other_than_me)
    none = np.zeros(len(item), dtype=np.int64)
    return _Pairs(item, u, v, none, none, 1.0 / np.maximum(others, 1))


def _all_pairs(items: _Items, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs u < v among the chosen participants of each item."""
    item, person = items.item[rows], items.person[rows]
    found, starts, counts = np.unique(item, return_index=True, return_counts=True)
    parts = [(np.empty(0, np.int64),) * 3]
    for count in np.unique(counts[counts > 1]):
        chosen = counts == count
        grid = person[starts[chosen][:, None] + np.arange(count)]
        first, second = np.triu_indices(count, k=1)
        parts.append(
            (
                np.repeat(found[chosen], len(first)),
                grid[:, first].ravel(),
                grid[:, second].ravel(),
            )
        )
    item, u, v = (np.concatenate(column) for column in zip(*parts, strict=True))
    return item, u, v


def _by_day(items: _Items, pairs: _Pairs, *, zone: str) -> pd.DataFrame:
    """One row per pair and day; a day's credit is at most 1."""
    hidden = np.array([str(name).startswith(HIDDEN) for name in items.people], dtype=bool)
    if hidden.any():
        shown = ~(hidden[pairs.u] | hidden[pairs.v])
        pairs = _Pairs(*(column[shown] for column in pairs))
    days = day_numbers(items.at, zone=zone) if len(items.at) else np.empty(0, dtype=np.int64)
    instants = items.at.to_numpy(dtype="datetime64[us]").astype(np.int64)
    frame = pd.DataFrame(
        {
            "u": pairs.u,
            "v": pairs.v,
            "day": days[pairs.item],
            "item": pairs.item,
            "credit": pairs.credit,
            "n_uv": pairs.uv,
            "n_vu": pairs.vu,
            "first_at": instants[pairs.item],
            "last_at": instants[pairs.item],
            "channels": np.left_shift(1, items.channel[pairs.item]),
        }
    )
    # items stand in the order of their ids, so sums do not depend on the order of files
    frame = frame.sort_values(["u", "v", "day", "item"], kind="stable")
    grouped = frame.groupby(["u", "v", "day"], sort=True)
    result = grouped.agg(
        credit=("credit", "sum"),
        n_uv=("n_uv", "sum"),
        n_vu=("n_vu", "sum"),
        n=("item", "size"),
        first_at=("first_at", "min"),
        last_at=("last_at", "max"),
    ).reset_index()
    result["credit"] = result["credit"].clip(upper=1.0)
    result["channels"] = _united(frame, result)
    return result


def _united(frame: pd.DataFrame, result: pd.DataFrame) -> np.ndarray:
    """Unite the channel bits of each group; `frame` is sorted as `result` is."""
    if frame.empty:
        return np.empty(0, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(result["n"].to_numpy())[:-1]])
    return np.bitwise_or.reduceat(frame["channels"].to_numpy(), starts)


def _summed(
    contacts: pd.DataFrame, shared: pd.DataFrame, *, as_of: int, half_life: float
) -> pd.DataFrame:
    """Sum the days of each pair."""
    contacts = contacts.assign(
        recent=(as_of - contacts["day"] < YEAR_DAYS).astype(np.int64),
        strength=contacts["credit"] * np.exp2(-(as_of - contacts["day"]) / half_life),
    )
    ties = contacts.groupby(["u", "v"], sort=True).agg(
        n_uv=("n_uv", "sum"),
        n_vu=("n_vu", "sum"),
        days=("day", "size"),
        days_365=("recent", "sum"),
        first_at=("first_at", "min"),
        last_at=("last_at", "max"),
        last_day=("day", "max"),
        credit=("credit", "sum"),
        strength=("strength", "sum"),
    )
    ties["channels"] = _united(
        contacts.rename(columns={"n": "_n"}), ties.rename(columns={"days": "n"})
    )
    seen = shared.groupby(["u", "v"], sort=True).agg(
        n_shared=("n", "sum"), shared_credit=("credit", "sum")
    )
    ties = ties.join(seen, how="outer").sort_index()
    counts = ["n_uv", "n_vu", "n_shared", "days", "days_365", "channels"]
    ties[counts] = ties[counts].fillna(0).astype(np.int64)
    sums = ["credit", "shared_credit", "strength"]
    ties[sums] = ties[sums].fillna(0.0)
    most = ties[["n_uv", "n_vu"]].max(axis=1)
    ties["reciprocity"] = ties[["n_uv", "n_vu"]].min(axis=1) / most.where(most > 0)
    ties["dormancy_days"] = as_of - ties["last_day"]
    return ties


def _cadences(contacts: pd.DataFrame, ties: pd.DataFrame, me: int) -> np.ndarray:
    """Shrink each tie's mean gap towards the pool's, on the log scale."""
    gap = contacts.groupby(["u", "v"], sort=True)["day"].diff()
    rows = contacts.assign(gap=gap).dropna(subset="gap")
    own = rows.groupby(["u", "v"], sort=True)["gap"].agg(["sum", "size"])
    own = own.reindex(ties.index)
    n, total = own["size"].fillna(0).to_numpy(), own["sum"].fillna(0.0).to_numpy()
    if me >= 0:
        mine = (rows["u"] == me) | (rows["v"] == me)
        pooled = np.full(len(ties), rows.loc[mine, "gap"].mean() if mine.any() else math.nan)
    else:
        pooled = _pooled_of_both(ties, n, total)
    with np.errstate(divide="ignore", invalid="ignore"):
        cadence = np.exp((n * np.log(total / n) + 2 * np.log(pooled)) / (n + 2))
    return np.where(n >= MIN_DAYS_FOR_CADENCE - 1, cadence, math.nan)


def _pooled_of_both(ties: pd.DataFrame, n: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Mean of all gaps of all ties of the two people of each tie."""
    u, v = (ties.index.get_level_values(level).to_numpy() for level in ("u", "v"))
    size = int(max(u.max(), v.max())) + 1
    gaps = np.bincount(u, n, size) + np.bincount(v, n, size)
    sums = np.bincount(u, total, size) + np.bincount(v, total, size)
    # their own tie stands in the sums of both
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled: np.ndarray = (sums[u] + sums[v] - total) / (gaps[u] + gaps[v] - n)
    return pooled


def _labelled(ties: pd.DataFrame, people: np.ndarray) -> pd.DataFrame:
    """Put names of people and channels in the place of numbers."""
    u, v = (ties.index.get_level_values(level).to_numpy() for level in ("u", "v"))
    basis = np.where(ties["days"] > 0, _CONTACT, _SEEN)
    columns = {
        name: ties[name] for name in TIES.columns if name not in ("channels", "basis")
    } | {
        "person_u": people[u],
        "person_v": people[v],
        "first_at": _times(ties["first_at"]),
        "last_at": _times(ties["last_at"]),
        "channels": [_channel_names(bits) for bits in ties["channels"]],
        "basis": basis,
    }  # fmt: skip
    return make(TIES, columns)


def _times(microseconds: pd.Series) -> pd.Series:
    times = pd.to_datetime(microseconds.astype("Int64"), unit="us", utc=True)
    return times.astype("datetime64[us, UTC]").reset_index(drop=True)
