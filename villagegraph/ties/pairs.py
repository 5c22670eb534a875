"""From a log to pairs of people: who was in contact, or seen together, in which item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals as nw

Frame: TypeAlias = "nw.LazyFrame[Any]"

GROUP_LIMIT = 25
"""Largest item whose participants are all paired with one another."""

CHANNEL_NAMES = ("call", "chat", "email", "meeting", "note", "sms", "social")
"""The channels in the order of their numbers in a log."""

CREDIT_UNIT = 5_354_228_880 * 2**14
"""
One day's credit, as a whole number.

Sums of whole numbers do not depend on the order of rows or on how many threads
add them up. Every 1/k within the group limit is one (5,354,228,880 is the least
common multiple of 1 to 24), so three thirds are exactly a day.
"""

_CALL, _MEETING = CHANNEL_NAMES.index("call"), CHANNEL_NAMES.index("meeting")


@dataclass(frozen=True, slots=True)
class Log:
    """
    A log in the form in which pairs are made of it.

    Attributes
    ----------
    frame
        If `directed`: `src`, `dst`, `at`, `day`. Else a row per participant:
        `event_id`, `person_id`, `sends` and `shown` (0 or 1), `at`, `day`.
        `channel`, a place in `CHANNEL_NAMES`, if it is told.
    directed
        Whether a row is one person addressing one other.
    channels
        The channels that may stand in it; None if it tells none.
    me
        The owner, as the frame names people; None if there is none.
    """

    frame: Frame
    directed: bool
    channels: tuple[str, ...] | None = None
    me: str | int | None = None


def pairs_of(log: Log) -> Frame:
    """
    Return one row per item and pair of people.

    Returns
    -------
    pairs
        `person_u` < `person_v`, `day`, `at`, `n_uv` (whether u addressed v),
        `channel` if the log tells it. If the log has a row per participant,
        also `n_vu` (whether v addressed u), `contact` (0 if both only received), `credit`
        and `shared_credit` (1/k, in `CREDIT_UNIT`).
    """
    return _addressed(log) if log.directed else _together(log)


def _addressed(log: Log) -> Frame:
    src, dst = nw.col("src"), nw.col("dst")
    return log.frame.filter(src != dst).select(
        either(src < dst, src, dst).alias("person_u"),
        either(src < dst, dst, src).alias("person_v"),
        *_of_item(log),
        flag(src < dst).alias("n_uv"),
    )


def persons_of(log: Log) -> Frame:
    """Return each participant of an item once: a person may stand in it with two addresses."""
    return log.frame.group_by("event_id", "person_id").agg(
        nw.col("sends", "shown").max(), nw.col(*_of_item(log)).min()
    )


def items_of(log: Log, persons: Frame) -> Frame:
    """Return one row per item: how many took part, and whether all were in contact with all."""
    owner = nw.lit(0) if log.me is None else flag(nw.col("person_id") == nw.lit(log.me))
    nobody_sent = nw.col("sent") == 0
    mutual = nobody_sent
    if log.channels is not None:
        channel = nw.col("channel")
        # who called whom is not always told; both ends were in contact all the same
        mutual = (channel == _MEETING) | ((channel == _CALL) & nobody_sent)
    return (
        persons.with_columns(with_me=owner, sent=nw.col("sends"))
        .group_by("event_id")
        .agg(
            nw.len().alias("size"),
            nw.col("sent", "with_me").max(),
            nw.col(*_of_item(log)).min(),
        )
        .with_columns(mutual=flag(mutual))
    )


def _together(log: Log) -> Frame:
    persons = persons_of(log)
    mutual = nw.col("mutual") == 1
    small = nw.col("size") <= GROUP_LIMIT
    # in a great item the sender alone stands in pairs
    first = (
        persons.filter(nw.col("shown") == 1)
        .select("event_id", "person_id", "sends")
        .join(items_of(log, persons), on="event_id")
        .filter((nw.col("size") > 1) & (small | ((nw.col("sends") == 1) & ~mutual)))
    )
    other = persons.filter(nw.col("shown") == 1).select("event_id", "person_id", "sends")
    a, b = nw.col("person_id"), nw.col("person_id_b")
    # two senders of one item would otherwise be counted from both ends
    once = (a < b) | (~small & (a > b) & (nw.col("sends_b") == 0))
    pairs = first.join(other, on="event_id", suffix="_b").filter(once)
    sends, sends_b = nw.col("sends"), nw.col("sends_b")
    pairs = pairs.with_columns(
        person_u=either(a < b, a, b),
        person_v=either(a < b, b, a),
        n_uv=flag(mutual | (either(a < b, sends, sends_b) == 1)),
        n_vu=flag(mutual | (either(a < b, sends_b, sends) == 1)),
    ).with_columns(contact=flag((nw.col("n_uv") == 1) | (nw.col("n_vu") == 1)))
    unit = (CREDIT_UNIT / _others(log) + 0.5).floor()
    return pairs.select(
        "person_u",
        "person_v",
        *_of_item(log),
        "n_uv",
        "n_vu",
        "contact",
        credit=unit * nw.col("contact"),
        shared_credit=unit * (1.0 - nw.col("contact")),
    )


def _others(log: Log) -> nw.Expr:
    """Return k: the other participants; `me` is none where two others were seen together."""
    others = nw.col("size").cast(nw.Float64) - 1.0
    if log.me is None:
        return others
    u, v, me = nw.col("person_u"), nw.col("person_v"), nw.lit(log.me)
    besides = (nw.col("contact") == 0) & (nw.col("with_me") == 1) & (u != me) & (v != me)
    return others - flag(besides)


def _of_item(log: Log) -> list[str]:
    return ["day", "at"] if log.channels is None else ["day", "at", "channel"]


def either(condition: nw.Expr, then: nw.Expr, otherwise: nw.Expr) -> nw.Expr:
    """Return one or the other."""
    return nw.when(condition).then(then).otherwise(otherwise)


def flag(condition: nw.Expr) -> nw.Expr:
    """Return 1 where something holds, else 0."""
    # as a float: engines add those up fastest, and exactly up to 2**53
    return condition.cast(nw.Float64)
