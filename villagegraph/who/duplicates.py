"""Likely duplicates: pairs of people that may be one, for the owner to decide."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.parsing import kind_of
from villagegraph.people.matching import different_dates
from villagegraph.people.names import contradict
from villagegraph.people.spelling import sound
from villagegraph.who.likeness import (
    INITIAL,
    LOCAL,
    PHONE,
    SAME,
    SPELLING,
    SPELLS,
    Likeness,
    alike,
)
from villagegraph.who.traits import Traits, traits_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from villagegraph.village import Village

LEAST = 0.15
"""Score below which a pair is not worth a question."""

# of two addresses of one person, so few items name both, and so few go from one to the other
MAX_SHARE = 0.1
MIN_TOGETHER = 2
MIN_DIRECT = 2
MIN_HEARD = 3

_NAMELESS = frozenset({INITIAL, LOCAL, PHONE, SPELLS})
_CLEAR = frozenset({LOCAL, SAME, SPELLING, SPELLS})
_COLUMNS = (
    "person_a", "person_b", "name_a", "name_b", "score", "reason", "handle_a", "handle_b",
)  # fmt: skip


def likely_duplicates(village: Village, *, limit: int | None = None) -> pd.DataFrame:
    """
    List pairs of people that may be one person.

    Nobody is joined by this: the owner decides, and the answers go to `aliases.csv`.

    Parameters
    ----------
    village
        The village.
    limit
        How many pairs at the most, the likeliest; None for all.

    Returns
    -------
    pairs
        One row a pair, the likeliest first: `person_a` < `person_b`, `name_a`,
        `name_b`, `score`, `reason` (the evidence, for and against, in words),
        `handle_a`, `handle_b` (by which an answer names them; the name of who has none).

    Notes
    -----
    `score` orders the pairs and is no probability. Each piece of evidence has a
    weight w, set by hand: 0.7 for a full name that two people bear, down to 0.2 for two
    letters that differ in a long name. Evidence of different kinds (name, address, phone,
    organization, birthday, traffic) is taken together as `1 - product of (1 - w)`; what speaks
    against it multiplies the sum by a factor below 1. The owner, desks, pairs that
    the owner keeps apart, and people with different birthdays are left out.
    Takes time proportional to the square of the number of names, about
    4 seconds for 20,000, and memory proportional to their number.
    """
    people = traits_of(village)
    found = {
        pair: likeness
        for pair, likeness in alike(people).items()
        if _may_be_one(people[pair[0]], people[pair[1]], likeness, village.apart)
    }
    traffic = _Traffic(village, {people[at].person_id for pair in found for at in pair})
    rows = []
    for pair, likeness in found.items():
        one, other = sorted((people[at] for at in pair), key=lambda each: each.person_id)
        score, reason = _judged(one, other, likeness, traffic)
        if score >= LEAST:
            rows.append((one, other, score, reason))
    rows.sort(key=lambda row: (-row[2], row[0].person_id, row[1].person_id))
    return _table(rows if limit is None else rows[: max(limit, 0)])


def _may_be_one(
    one: Traits, other: Traits, likeness: Sequence[Likeness], apart: Container[tuple[str, str]]
) -> bool:
    ids = sorted((one.person_id, other.person_id))
    if (ids[0], ids[1]) in apart:
        return False
    if any(different_dates(a, b) for a in one.birthdays for b in other.birthdays):
        return False
    return any(like.reason not in _NAMELESS for like in likeness) or _names_agree(one, other)


def _names_agree(one: Traits, other: Traits) -> bool:
    """Tell whether no name speaks against it: a part left out or an initial does not."""
    if not (one.names and other.names):
        return True
    return any(
        not contradict(tuple(map(sound, a)), tuple(map(sound, b)))
        or not contradict(a, b, nicknames=True)
        for a in one.names
        for b in other.names
    )


def _judged(
    one: Traits, other: Traits, likeness: Sequence[Likeness], traffic: _Traffic
) -> tuple[float, str]:
    """Return the score of a pair, and the evidence for and against it in words."""
    likeness = sorted(likeness, key=lambda like: (-like.weight, like.group))
    reasons = {like.reason for like in likeness}
    clear = not reasons.isdisjoint(_CLEAR)
    for_it = [(like.weight, like.reason) for like in likeness]
    for_it += _support(one, other, traffic, clear=clear)
    against = list(_against(one, other, traffic, same=SAME in reasons))
    doubt = math.prod(1 - weight for weight, _ in for_it)
    score = (1 - doubt) * math.prod(factor for factor, _ in against)
    words = "; ".join(dict.fromkeys(reason for _, reason in for_it))
    if against:
        words += "; but " + " and ".join(reason for _, reason in against)
    return round(score, 4), words


def _support(
    one: Traits, other: Traits, traffic: _Traffic, *, clear: bool
) -> Iterator[tuple[float, str]]:
    if clear and one.mailboxes and other.mailboxes and not (one.books and other.books):
        yield 0.6, "two addresses that no card joins"
    if one.organizations & other.organizations:
        yield 0.3, "the same organization"
    dates = [(a, b) for a in one.birthdays for b in other.birthdays]
    if dates:
        yield 0.5 if any(None not in (a[0], b[0]) for a, b in dates) else 0.35, "the same birthday"
    if traffic.handed_over(one.person_id, other.person_id):
        yield 0.15, "one fell silent before the other was first heard of"


def _against(
    one: Traits, other: Traits, traffic: _Traffic, *, same: bool
) -> Iterator[tuple[float, str]]:
    together, direct = traffic.together(one.person_id, other.person_id)
    if together:
        items = "item names" if together == 1 else "items name"
        yield 0.4 if same else 0.15, f"{together:,} {items} both"
    if direct >= MIN_DIRECT:
        yield 0.3, "one writes to the other"
    if any(one.books[book] != other.books[book] for book in one.books.keys() & other.books.keys()):
        yield 0.6, "they have two cards in one address book"
    profiles = [{h for h in each.handles if kind_of(h) == "linkedin"} for each in (one, other)]
    if all(profiles):
        yield 0.4, "they have two profiles"
    domains = {domain for _, domain in one.mailboxes} & {domain for _, domain in other.mailboxes}
    if domains and not same:
        yield 0.5, "they have two addresses at one place"


class _Traffic:
    """When people were heard of, and who was seen with whom."""

    def __init__(self, village: Village, people: set[str]) -> None:
        human = village.interactions[~village.interactions["automated"].to_numpy(dtype=bool)]
        rows = village.participants
        rows = rows[rows["person_id"].isin(people)]
        place = human.index.get_indexer(rows["event_id"])
        rows = rows.assign(at=place)[place >= 0]
        ticks = human["at"].to_numpy(dtype="datetime64[us]").astype("int64")[rows["at"]]
        self._events: defaultdict[str, set[int]] = defaultdict(set)
        self._sent: defaultdict[str, set[int]] = defaultdict(set)
        self._span: dict[str, tuple[int, int]] = {}
        columns = (rows[name].tolist() for name in ("person_id", "at", "role"))
        for person, event, role in zip(*columns, strict=True):
            self._events[person].add(event)
            if role == "from":
                self._sent[person].add(event)
        for person, at in zip(rows["person_id"].tolist(), ticks.tolist(), strict=True):
            first, last = self._span.get(person, (at, at))
            self._span[person] = (min(first, at), max(last, at))

    def together(self, a: str, b: str) -> tuple[int, int]:
        """Return how many items name both, if that is no accident, and how many one sent."""
        one, other = self._events.get(a, set()), self._events.get(b, set())
        both = one & other
        if len(both) < max(MIN_TOGETHER, MAX_SHARE * min(len(one), len(other))):
            return 0, 0
        sent = self._sent.get(a, set()) | self._sent.get(b, set())
        return len(both), len(both & sent)

    def handed_over(self, a: str, b: str) -> bool:
        """Tell whether the one was last heard of before the other was first."""
        if min(len(self._events.get(who, ())) for who in (a, b)) < MIN_HEARD:
            return False
        (first_a, last_a), (first_b, last_b) = self._span[a], self._span[b]
        return last_a < first_b or last_b < first_a


def _table(rows: Sequence[tuple[Traits, Traits, float, str]]) -> pd.DataFrame:
    cells = [
        (
            one.person_id,
            other.person_id,
            one.name,
            other.name,
            score,
            reason,
            next(iter(one.handles), one.name),
            next(iter(other.handles), other.name),
        )
        for one, other, score, reason in rows
    ]
    columns = list(zip(*cells, strict=True)) if cells else [() for _ in _COLUMNS]
    return pd.DataFrame(
        {
            name: pd.Series(list(values), dtype="float64" if name == "score" else "str")
            for name, values in zip(_COLUMNS, columns, strict=True)
        }
    )
