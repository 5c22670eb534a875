"""From pairs within items to days of contact, and from these to ties."""

from __future__ import annotations

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
    shares = "contact" in pairs.collect_schema()
    contact = nw.col("contact") == 1
    at = nw.when(contact).then(nw.col("at")) if shares else nw.col("at")
    pairs = pairs.with_columns(
        first_at=at,
        last_at=at,
        **{
            column: flag(
                (nw.col("channel") == CHANNEL_NAMES.index(name)) & (contact if shares else True)
            )
            for column, name in zip(flags_of(channels), channels, strict=True)
        },
    )
    if shares:
        pairs = pairs.with_columns(n_shared=1.0 - nw.col("contact"))
    days = pairs.group_by(*_PAIR, "day").agg(
        nw.len().alias("n"),
        nw.col("n_uv", *(("n_vu", "n_shared", "credit", "shared_credit") if shares else ())).sum(),
        nw.col("first_at").min(),
        nw.col("last_at", *(("contact",) if shares else ()), *flags_of(channels)).max(),
    )
    if not shares:
        # who addresses one other gives that day a full day's credit
        return days.with_columns(
            n_vu=nw.col("n") - nw.col("n_uv"),
            contact=nw.lit(1.0),
            credit=nw.lit(CREDIT_UNIT),
            n_shared=nw.lit(0.0),
            shared_credit=nw.lit(0),
        )
    return days.with_columns(
        nw.min_horizontal(nw.col(name), nw.lit(float(CREDIT_UNIT))).cast(nw.Int64).alias(name)
        for name in ("credit", "shared_credit")
    )


def by_pair(days: Frame, *, as_of: int, half_life: float, channels: tuple[str, ...]) -> Frame:
    """Return one row per pair: sums over its days, with older days worth less."""
    contact = nw.col("contact") == 1
    day = nw.col("day")
    days = days.with_columns(contact_day=nw.when(contact).then(day)).with_columns(
        last_day=nw.col("contact_day").max().over(*_PAIR)
    )
    # counted from the pair's own last day, the whole numbers keep their precision
    # however long ago that was
    age = (nw.col("last_day") - day).cast(nw.Float64)
    faded = (2.0 ** (age / -half_life)) * nw.col("credit").cast(nw.Float64)
    faded = (faded * (_STRENGTH_UNIT / CREDIT_UNIT) + 0.5).floor()
    ties = (
        days.with_columns(
            first_day=nw.col("contact_day"),
            recent=flag(contact & (day > as_of - YEAR_DAYS)),
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
    counts = ("n_uv", "n_vu", "n_shared", "days", "days_365")
    dormancy = (as_of - nw.col("last_day")).cast(nw.Float64)
    strength = 2.0 ** (dormancy / -half_life) * (nw.col("faded").cast(nw.Float64) / _STRENGTH_UNIT)
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
