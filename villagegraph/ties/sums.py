"""From pairs within items to days of contact, and from these to ties."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from villagegraph.tables import TIES
from villagegraph.ties.pairs import CHANNEL_NAMES, CREDIT_UNIT, Frame, flag

MIN_DAYS_FOR_CADENCE = 3
YEAR_DAYS = 365

CONTACT, SEEN = "contact", "seen together"

_PAIR = ("person_u", "person_v")

# one contact day on the last day of contact, as a whole number: exact sums of 60,000 days fit
_STRENGTH_UNIT = 2**46


def flags_of(channels: tuple[str, ...]) -> list[str]:
    """Return the names of the columns that say whether a channel was used."""
    return [f"by_{name}" for name in channels]


def by_day(pairs: Frame, *, channels: tuple[str, ...]) -> Frame:
    """
    Return one row per pair of people and day, with at most one day's credit.

    Every sum is one of whole numbers, and so the same in any order.
    """
    contact = nw.col("contact") == 1
    at = nw.when(contact).then(nw.col("at"))
    days = (
        pairs.with_columns(
            first_at=at,
            last_at=at,
            n_shared=1.0 - nw.col("contact"),
            **_used(channels, among=contact),
        )
        .group_by(*_PAIR, "day")
        .agg(
            nw.col("n_uv", "n_vu", "n_shared", "credit", "shared_credit").sum(),
            nw.col("first_at").min(),
            nw.col("last_at", "contact", *flags_of(channels)).max(),
        )
    )
    return days.with_columns(
        nw.min_horizontal(nw.col(name), nw.lit(float(CREDIT_UNIT))).cast(nw.Int64).alias(name)
        for name in ("credit", "shared_credit")
    )


@dataclass(frozen=True, slots=True)
class Fading:
    """As of which day ties are told, and after how many days a contact day counts half."""

    as_of: int
    half_life: float


def by_pair(days: Frame, fading: Fading, *, channels: tuple[str, ...]) -> Frame:
    """Return one row per pair: sums over its days, with older days worth less."""
    contact = nw.col("contact") == 1
    days = days.with_columns(contact_day=nw.when(contact).then(nw.col("day"))).with_columns(
        last_day=nw.col("contact_day").max().over(*_PAIR)
    )
    faded = _faded(nw.col("credit").cast(nw.Float64), fading)
    return (
        days.with_columns(
            first_day=nw.col("contact_day"),
            recent=flag(contact & _is_recent(fading)),
            faded=nw.when(contact).then(faded).otherwise(nw.lit(0.0)).cast(nw.Int64),
        )
        .group_by(*_PAIR)
        .agg(
            nw.col("n_uv", "n_vu", "n_shared", "credit", "shared_credit", "faded").sum(),
            nw.col("contact").sum().alias("days"),
            nw.col("recent").sum().alias("days_365"),
            nw.col("first_at", "first_day").min(),
            nw.col("last_at", "last_day", *flags_of(channels)).max(),
        )
    )


def addressed_totals(pairs: Frame, *, channels: tuple[str, ...]) -> Frame:
    """Return how often the two of each pair addressed one another, since when and until when."""
    at, day = nw.col("at"), nw.col("day")
    return (
        pairs.with_columns(
            first_at=at, last_at=at, first_day=day, last_day=day, **_used(channels, among=None)
        )
        .group_by(*_PAIR)
        .agg(
            nw.len().alias("n"),
            nw.col("n_uv").sum(),
            nw.col("first_at", "first_day").min(),
            nw.col("last_at", "last_day", *flags_of(channels)).max(),
        )
    )


def addressed_days(pairs: Frame, fading: Fading) -> Frame:
    """
    Return one row per pair of whom one addressed the other: sums over their days.

    Who addresses one other gives that day a full day's credit: of a day nothing
    matters but that it was one, and rows of nothing else are gone through fastest.
    """
    faded = _faded(nw.lit(float(CREDIT_UNIT)), fading)
    return (
        pairs.group_by(*_PAIR, "day")
        .agg(nw.len().alias("n"))
        .with_columns(last_day=nw.col("day").max().over(*_PAIR))
        .with_columns(recent=flag(_is_recent(fading)), faded=faded.cast(nw.Int64))
        .group_by(*_PAIR)
        .agg(
            nw.len().alias("days"),
            nw.col("recent").sum().alias("days_365"),
            nw.col("faded").sum(),
        )
    )


def addressed(totals: Frame, days: Frame) -> Frame:
    """Return what `by_pair` returns, from the totals and the days of each pair."""
    return totals.join(days, on=list(_PAIR)).with_columns(
        n_vu=nw.col("n") - nw.col("n_uv"),
        n_shared=nw.lit(0.0),
        credit=nw.col("days") * CREDIT_UNIT,
        shared_credit=nw.lit(0),
    )


def finished(ties: Frame, fading: Fading) -> Frame:
    """Add to the sums of each pair what follows from them alone."""
    counts = ("n_uv", "n_vu", "n_shared", "days", "days_365")
    dormancy = (fading.as_of - nw.col("last_day")).cast(nw.Float64)
    kept = 2.0 ** (dormancy / -fading.half_life)
    strength = kept * (nw.col("faded").cast(nw.Float64) / _STRENGTH_UNIT)
    return ties.with_columns(
        nw.col(*counts).cast(nw.Int64),
        *(
            (nw.col(name).cast(nw.Float64) / CREDIT_UNIT).alias(name)
            for name in ("credit", "shared_credit")
        ),
        dormancy_days=dormancy,
        strength=nw.when(nw.col("days") > 0).then(strength).otherwise(nw.lit(0.0)),
        gaps=nw.max_horizontal(nw.col("days") - 1.0, nw.lit(0.0)),
        gap_days=nw.when(nw.col("days") > 0)
        .then((nw.col("last_day") - nw.col("first_day")).cast(nw.Float64))
        .otherwise(nw.lit(0.0)),
    )


def _faded(credit: nw.Expr, fading: Fading) -> nw.Expr:
    # counted from the pair's own last day, the whole numbers keep their precision
    # however long ago that was
    age = (nw.col("last_day") - nw.col("day")).cast(nw.Float64)
    credits_left = 2.0 ** (age / -fading.half_life) * credit
    return (credits_left * (_STRENGTH_UNIT / CREDIT_UNIT) + 0.5).floor()


def _is_recent(fading: Fading) -> nw.Expr:
    return nw.col("day") > fading.as_of - YEAR_DAYS


def _used(channels: tuple[str, ...], *, among: nw.Expr | None) -> dict[str, nw.Expr]:
    """Return for each channel whether a row is of it, and among the rows that count."""
    used = {}
    for column, name in zip(flags_of(channels), channels, strict=True):
        is_of_it = nw.col("channel") == CHANNEL_NAMES.index(name)
        used[column] = flag(is_of_it if among is None else is_of_it & among)
    return used


def with_rhythm(ties: Frame, *, me: str | int | None) -> Frame:
    """Add `reciprocity` and `cadence_days`, which looks at other ties too."""
    ties = _pooled(ties) if me is None else _pooled_of(ties, me)
    gaps, gap_days = (_above_zero(nw.col(name)) for name in ("gaps", "gap_days"))
    # the mean gap of the tie, shrunk towards the pool's on the log scale
    logs = nw.col("gaps") * (gap_days / gaps).log() + 2.0 * _above_zero(nw.col("pool")).log()
    cadence = (logs / (nw.col("gaps") + 2.0)).exp()
    known = (nw.col("gaps") >= MIN_DAYS_FOR_CADENCE - 1) & (nw.col("pool") > 0)
    u, v = nw.col("n_uv").cast(nw.Float64), nw.col("n_vu").cast(nw.Float64)
    most = nw.max_horizontal(u, v)
    return ties.with_columns(
        reciprocity=nw.when(most > 0).then(nw.min_horizontal(u, v) / _above_zero(most)),
        cadence_days=nw.when(known).then(cadence),
    )


def in_words(ties: Frame, *, channels: tuple[str, ...]) -> Frame:
    """Put words in the place of numbers, and the columns in their order."""
    basis = nw.when(nw.col("days") > 0).then(nw.lit(CONTACT)).otherwise(nw.lit(SEEN))
    ties = ties.with_columns(channels=_listed(channels), basis=basis)
    return ties.select(*_PAIR, *TIES.columns)


def _pooled_of(ties: Frame, me: str | int) -> Frame:
    """Add the mean of all gaps of the owner's ties."""
    owner = nw.lit(me)
    mine = ties.filter((nw.col("person_u") == owner) | (nw.col("person_v") == owner))
    pool = mine.select(nw.col("gap_days").sum(), nw.col("gaps").sum())
    return ties.join(pool.select(pool=_quotient(nw.col("gap_days"), nw.col("gaps"))), how="cross")


def _pooled(ties: Frame) -> Frame:
    """Add the mean of all gaps of all ties of the two people of each tie."""
    ends = nw.concat(
        [ties.select("gaps", "gap_days", person=nw.col(end)) for end in _PAIR], how="vertical"
    )
    per_person = ends.group_by("person").agg(nw.col("gaps", "gap_days").sum())
    for end in _PAIR:
        theirs = per_person.select(
            nw.col("person").alias(end),
            nw.col("gaps").alias(f"gaps_{end}"),
            nw.col("gap_days").alias(f"gap_days_{end}"),
        )
        ties = ties.join(theirs, on=end)
    # their own tie stands in the sums of both
    gap_days, gaps = (
        nw.col(f"{name}_person_u") + nw.col(f"{name}_person_v") - nw.col(name)
        for name in ("gap_days", "gaps")
    )
    return ties.with_columns(pool=_quotient(gap_days, gaps))


def _listed(channels: tuple[str, ...]) -> nw.Expr:
    """Return the channels that were used, as words with commas between them."""
    if not channels:
        return nw.lit("")
    words = [
        nw.when(nw.col(column) == 1).then(nw.lit(name))
        for column, name in zip(flags_of(channels), channels, strict=True)
    ]
    return nw.concat_str(words, separator=",", ignore_nulls=True)


def _quotient(total: nw.Expr, count: nw.Expr) -> nw.Expr:
    return nw.when(count > 0).then(total / _above_zero(count))


def _above_zero(value: nw.Expr) -> nw.Expr:
    # some engines stop at a division by 0 or its logarithm even where the result is not used
    return nw.when(value > 0).then(value).otherwise(nw.lit(1.0))
