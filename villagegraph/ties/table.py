"""The tie table and the table of contact days."""

from __future__ import annotations

import logging
import math
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar, overload

import narwhals as nw
import numpy as np
import pandas as pd

from villagegraph.days import day_number
from villagegraph.settings import Settings
from villagegraph.tables import TIES, check, make
from villagegraph.ties.engines import (
    ADDRESSED_PER_BUCKET,
    ROWS_PER_BUCKET,
    as_frame,
    buckets_for,
    embedded,
    handed_back,
    in_buckets,
)
from villagegraph.ties.logs import Local, frame_log, pandas_log, village_log
from villagegraph.ties.pairs import (
    CREDIT_UNIT,
    GROUP_LIMIT,
    Frame,
    Log,
    items_of,
    pairs_of,
    persons_of,
)
from villagegraph.ties.sums import (
    CONTACT,
    SEEN,
    Fading,
    addressed,
    addressed_days,
    addressed_totals,
    by_day,
    by_pair,
    finished,
    flags_of,
    in_words,
    with_rhythm,
)
from villagegraph.village import Village

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.days import DayLike

logger = logging.getLogger(__name__)

FrameT = TypeVar("FrameT")

# below, pandas itself is done before duckdb has started
_ROWS_FOR_DUCKDB = 300_000


@overload
def tie_table(
    village_or_log: Village,
    *,
    as_of: DayLike,
    half_life_days: float | None = None,
    me: str | int | None = None,
    zone: str | None = None,
    buckets: int | None = None,
) -> pd.DataFrame: ...
@overload
def tie_table(
    village_or_log: FrameT,
    *,
    as_of: DayLike,
    half_life_days: float | None = None,
    me: str | int | None = None,
    zone: str | None = None,
    buckets: int | None = None,
) -> FrameT: ...
def tie_table(
    village_or_log: Village | FrameT,
    *,
    as_of: DayLike,
    half_life_days: float | None = None,
    me: str | int | None = None,
    zone: str | None = None,
    buckets: int | None = None,
) -> pd.DataFrame | FrameT:
    """
    Return every tie between two people, as of the end of a day.

    Parameters
    ----------
    village_or_log
        The village; or a log of any size as a pandas or polars frame, a duckdb
        relation or a Spark DataFrame. Its columns are, with a row per
        participant of an item, `event_id`, `person_id`, `role` (`from` is who
        sent it) and `at`; or, with a row each time one person addressed one
        other, `src`, `dst` and `at`. `at` holds timestamps (those without a
        zone are UTC) or whole epoch seconds. `channel` and `automated` may be
        told too; without `channel`, an item nobody sent is contact of all with all.
        Rows that name nobody or no time count for nothing.
    as_of
        The day, in the village's zone; what happened later counts for nothing.
    half_life_days
        Days after which a contact day counts half; by default as in the
        settings, for a log 60.
    me
        The owner, by default the village's. None for the log of an organisation.
    zone
        IANA zone in which days are counted, by default the village's, for a log UTC.
    buckets
        In how many portions pandas and duckdb count the pairs, so that memory
        is that of one; by default one for each 25 million rows of a log in which
        one addresses one other, and for each 10 million of another. Polars and
        Spark divide the work themselves.

    Returns
    -------
    ties
        The table `ties`. For a village and a pandas frame it is indexed by
        `person_u` < `person_v` and sorted; `attrs["me"]` is the owner, if there
        is one, and `attrs["left_out"]` counts the items with more than 25
        participants: their receivers are not paired with one another, and a
        meeting of that size is nobody's contact (see `count_large_items`).
        For another frame it is a frame of the same engine with the same columns:
        there, `first_at` and `last_at` are of the kind of `at`, `channels` is
        text with commas, what is undefined is null, and Spark's rows have no order.

        With k the other participants of an item (its size less one), a day's
        credit is `min(1, sum of 1/k)` over the day's contacts, and `strength` is
        the sum of `credit * 2**(-age / half_life_days)`: 0 to 87 days at a
        half-life of 60. `cadence_days` shrinks the mean gap between contact days
        towards the mean of all gaps of `me`'s ties (without `me`: of all ties of
        the two), `nan` below 3 contact days.

    Raises
    ------
    ValueError
        If `half_life_days` is not above 0, or `buckets` is no whole number above 0.
    TypeError
        If what was given is neither a village nor a frame of a known engine.
    TableError
        If a log lacks columns or its `at` holds no times.

    Notes
    -----
    Takes time proportional to the number of pairs within items. Sums are of
    whole numbers, so the order of rows and the number of threads change nothing.

    Examples
    --------
    ana wrote to ben on two days, ben wrote back on one of them:

    >>> log = pd.DataFrame({"src": ["ana", "ben", "ana"], "dst": ["ben", "ana", "ben"]})
    >>> log["at"] = pd.to_datetime(["2026-10-01", "2026-10-01", "2026-10-31"])
    >>> ties = tie_table(log, as_of="2026-10-31", half_life_days=30)
    >>> ties.loc[("ana", "ben"), ["n_uv", "n_vu", "days", "strength"]].tolist()
    [2.0, 1.0, 2.0, 1.5]
    """
    settings = village_or_log.settings if isinstance(village_or_log, Village) else Settings()
    half_life = settings.half_life_days if half_life_days is None else half_life_days
    if not 0 < half_life < math.inf:
        msg = f"half_life_days needs to be a number of days above 0, {half_life} was given"
        raise ValueError(msg)
    if buckets is not None and (not isinstance(buckets, int) or buckets < 1):
        msg = f"buckets needs to be a whole number above 0, {buckets!r} was given"
        raise ValueError(msg)
    zone = settings.zone if zone is None else zone
    fading = Fading(as_of=day_number(as_of), half_life=float(half_life))
    if isinstance(village_or_log, Village):
        owner = village_or_log.me if me is None else me
        local = village_log(village_or_log, as_of=as_of, zone=zone, me=owner)
        return _in_pandas(local, fading, buckets=buckets, me=owner)
    if isinstance(village_or_log, pd.DataFrame):
        local = pandas_log(village_or_log, as_of=as_of, zone=zone, me=me)
        return _in_pandas(local, fading, buckets=buckets, me=me)
    frame = as_frame(village_or_log)
    log = frame_log(frame, as_of=as_of, zone=zone, me=me)
    ties = in_words(_counted(log, fading, buckets=buckets), channels=log.channels or ())
    return handed_back(ties, like=village_or_log)


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
    return _contact_days(village, as_of=as_of)[0]


def contacts_and_pairs(
    village: Village, *, as_of: DayLike | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return what `contact_days` does, and the pairs of `tie_table`, in one pass.

    Parameters
    ----------
    village
        The village.
    as_of
        Last day that counts; None for all.

    Returns
    -------
    contacts
        As `contact_days` returns them.
    pairs
        Indexed as the tie table is; of its columns only `days`.
    """
    contacts, seen = _contact_days(village, as_of=as_of, seen=True)
    index = pd.MultiIndex.from_frame(seen[list(TIES.index)])
    return contacts, pd.DataFrame({"days": seen["days"].to_numpy(dtype=np.int64)}, index=index)


def _contact_days(
    village: Village, *, as_of: DayLike | None, seen: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    local = village_log(village, as_of=as_of, zone=village.zone, me=village.me)
    channels = local.channels or ()
    ends = ("person_u", "person_v")
    with _engine(local) as frame:
        days = by_day(pairs_of(local.on(frame)), channels=channels)
        wanted = days if seen else days.filter(nw.col("contact") == 1)
        contacts = _collected(wanted, *ends, "day")
    pairs = contacts[:0]
    if seen:
        met = contacts["contact"] == 1
        # rows of a pair follow one another
        first = (contacts[list(ends)] != contacts[list(ends)].shift()).any(axis=1).to_numpy()
        pairs = contacts.loc[first, list(ends)].assign(
            days=np.add.reduceat(met.to_numpy(dtype=np.int64), np.flatnonzero(first))
            if len(contacts)
            else np.empty(0, dtype=np.int64)
        )
        pairs, contacts = pairs.reset_index(drop=True), contacts[met].reset_index(drop=True)
    table = pd.DataFrame(
        {
            **_names(contacts, local.people),
            "day": contacts["day"].astype("int64"),
            "credit": contacts["credit"].astype("float64") / CREDIT_UNIT,
            "n_uv": contacts["n_uv"].astype("int64"),
            "n_vu": contacts["n_vu"].astype("int64"),
            "first_at": _times(contacts["first_at"], local.unit),
            "last_at": _times(contacts["last_at"], local.unit),
            "channels": pd.Series(_used(contacts, local.channels), dtype="object"),
        }
    )
    return table, pairs.assign(**_names(pairs, local.people))


def count_large_items(village_or_log: object, *, as_of: DayLike, zone: str | None = None) -> int:
    """
    Count the items of more than 25 people, whose receivers are not paired with one another.

    Parameters
    ----------
    village_or_log
        As `tie_table` takes it.
    as_of
        The day, in the village's zone; what happened later counts for nothing.
    zone
        IANA zone in which days are counted, by default the village's, for a log UTC.

    Returns
    -------
    left_out
        What a pandas result of `tie_table` carries in `attrs["left_out"]`.
        Other engines are only asked on request, since it takes another pass.

    Examples
    --------
    >>> crowd = [f"p{number}" for number in range(30)]
    >>> mail = pd.DataFrame({"event_id": "m", "person_id": ["ana", *crowd], "at": 0})
    >>> mail["role"] = ["from"] + ["to"] * 30
    >>> count_large_items(mail, as_of="2026-10-31")
    1
    """
    if isinstance(village_or_log, Village):
        zone = village_or_log.zone if zone is None else zone
        return village_log(village_or_log, as_of=as_of, zone=zone, me=None).left_out
    zone = Settings().zone if zone is None else zone
    if isinstance(village_or_log, pd.DataFrame):
        return pandas_log(village_or_log, as_of=as_of, zone=zone, me=None).left_out
    log = frame_log(as_frame(village_or_log), as_of=as_of, zone=zone, me=None)
    if log.directed:
        return 0
    large = items_of(log, persons_of(log)).filter(nw.col("size") > GROUP_LIMIT)
    return int(large.select(nw.len()).collect().item())


def _counted(log: Log, fading: Fading, *, buckets: int | None, rows: int | None = None) -> Frame:
    """Return the ties of a log on its own engine."""
    sums = _addressed_sums if log.directed else _shared_sums
    ties = finished(sums(log, fading, buckets=buckets, rows=rows), fading)
    return with_rhythm(ties, me=log.me)


def _addressed_sums(log: Log, fading: Fading, *, buckets: int | None, rows: int | None) -> Frame:
    channels = log.channels or ()

    def totals_of(frame: Frame) -> Frame:
        return addressed_totals(pairs_of(replace(log, frame=frame)), channels=channels)

    def days_of(frame: Frame) -> Frame:
        return addressed_days(pairs_of(replace(log, frame=frame)), fading)

    frame = log.frame
    if not frame.implementation.is_duckdb():
        return addressed(totals_of(frame), days_of(frame))
    ends = ("src", "dst")
    buckets = buckets or buckets_for(frame, rows, per_bucket=ADDRESSED_PER_BUCKET)
    # the totals take no more room than the result, so one look at the log will do
    totals = in_buckets(frame, ends=ends, buckets=1, count=totals_of)
    return addressed(totals, in_buckets(frame, ends=ends, buckets=buckets, count=days_of))


def _shared_sums(log: Log, fading: Fading, *, buckets: int | None, rows: int | None) -> Frame:
    channels = log.channels or ()

    def sums_of(pairs: Frame) -> Frame:
        return by_pair(by_day(pairs, channels=channels), fading, channels=channels)

    pairs = pairs_of(log)
    if not log.frame.implementation.is_duckdb():
        return sums_of(pairs)
    buckets = buckets or buckets_for(log.frame, rows, per_bucket=ROWS_PER_BUCKET)
    return in_buckets(pairs, ends=("person_u", "person_v"), buckets=buckets, count=sums_of)


def _in_pandas(
    local: Local, fading: Fading, *, buckets: int | None, me: str | int | None
) -> pd.DataFrame:
    with _engine(local) as frame:
        counted = _counted(local.on(frame), fading, buckets=buckets, rows=len(local.table))
        ties = _collected(counted, "person_u", "person_v")
    columns = {
        **{name: ties[name] for name in TIES.columns if name in ties},
        **_names(ties, local.people),
        "first_at": _times(ties["first_at"], local.unit),
        "last_at": _times(ties["last_at"], local.unit),
        "channels": _used(ties, local.channels),
        "basis": np.where(ties["days"] > 0, CONTACT, SEEN),
    }
    table = make(TIES, columns)
    ends = [columns[name] for name in TIES.index]
    if not pd.api.types.is_string_dtype(ends[0].dtype):  # people may be numbers in a log
        table.index = pd.MultiIndex.from_arrays(ends, names=TIES.index)
    check(table, TIES)
    table.attrs["left_out"] = local.left_out
    if me is not None:
        table.attrs["me"] = me
    if local.left_out:
        logger.info("%d items with more than %d people are not paired", local.left_out, GROUP_LIMIT)
    return table


@contextmanager
def _engine(local: Local) -> Iterator[Frame]:
    """Hold a log where it is counted fastest."""
    if len(local.table) < _ROWS_FOR_DUCKDB:
        yield nw.from_native(local.table).lazy()
        return
    with embedded(local.table) as frame:
        yield frame


def _collected(frame: Frame, *order: str) -> pd.DataFrame:
    table: pd.DataFrame = frame.sort(*order).collect(backend="pandas").to_native()
    return table.reset_index(drop=True)


def _names(table: pd.DataFrame, people: pd.Index | None) -> dict[str, pd.Series]:
    ends = ("person_u", "person_v")
    if people is None:
        return {end: table[end] for end in ends}
    return {end: pd.Series(people.take(table[end])) for end in ends}


def _used(table: pd.DataFrame, channels: tuple[str, ...] | None) -> list[tuple[str, ...]]:
    """Return the channels of each row, sorted."""
    told = channels or ()
    flags = table[flags_of(told)].to_numpy(dtype=np.int64)
    # few of the many ways to use channels occur
    sets = flags @ (1 << np.arange(len(told)))
    names = {
        number: tuple(name for place, name in enumerate(told) if number >> place & 1)
        for number in np.unique(sets).tolist()
    }
    return [names[number] for number in sets.tolist()]


def _times(instants: pd.Series, unit: Literal["s", "us"]) -> pd.Series:
    times = pd.to_datetime(instants.astype("Int64"), unit=unit, utc=True)
    return times.astype("datetime64[us, UTC]").reset_index(drop=True)
