"""Ties counted in plain Python, word by word after the definitions: no code of ours, no frames."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

LIMIT = 25


class Row(NamedTuple):
    """A participant of an item; `at` in epoch seconds."""

    event_id: str
    person_id: str
    role: str
    at: int
    channel: str | None = None
    automated: bool = False


@dataclass
class Tie:
    n_uv: int = 0
    n_vu: int = 0
    n_shared: int = 0
    credit: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    shared: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    at: list[int] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)

    @property
    def gaps(self) -> list[int]:
        return [b - a for a, b in itertools.pairwise(sorted(self.credit))]


def counted(
    rows: list[Row], *, as_of: str, zone: str = "UTC", me: str | None = None, half_life: float = 60
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the columns of the tie table for each pair."""
    today = dt.date.fromisoformat(as_of).toordinal()
    items: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        day = dt.datetime.fromtimestamp(row.at, ZoneInfo(zone)).date().toordinal()
        if day <= today and not row.automated:
            items[row.event_id].append(row)
    ties: dict[tuple[str, str], Tie] = defaultdict(Tie)
    for item in items.values():
        at = item[0].at
        _add(ties, item, dt.datetime.fromtimestamp(at, ZoneInfo(zone)).date().toordinal(), me)
    return {pair: _columns(pair, ties, today, me, half_life) for pair in sorted(ties)}


def large_items(rows: list[Row]) -> int:
    people = defaultdict(set)
    for row in rows:
        if not row.automated:
            people[row.event_id].add(row.person_id)
    return sum(len(persons) > LIMIT for persons in people.values())


def _add(ties: dict[tuple[str, str], Tie], item: list[Row], day: int, me: str | None) -> None:
    persons = sorted({row.person_id for row in item})
    senders = {row.person_id for row in item if row.role == "from"}
    channel, size = item[0].channel, len(persons)
    mutual = channel == "meeting" or (channel in ("call", None) and not senders)
    for u, v in itertools.combinations(persons, 2):
        if u.startswith("hidden:") or v.startswith("hidden:"):
            continue
        if (mutual and size <= LIMIT) or (not mutual and senders & {u, v}):
            tie = ties[u, v]
            tie.n_uv += mutual or u in senders
            tie.n_vu += mutual or v in senders
            tie.credit[day] += 1 / (size - 1)
            tie.at.append(item[0].at)
            tie.channels |= {channel} - {None}
        elif not mutual and size <= LIMIT:
            others = size - 1 - (me in persons and me not in (u, v))
            ties[u, v].n_shared += 1
            ties[u, v].shared[day] += 1 / others


def _columns(
    pair: tuple[str, str], ties: dict[tuple[str, str], Tie], today: int, me: str | None, h: float
) -> dict[str, Any]:
    tie = ties[pair]
    days = sorted(tie.credit)
    whose = {me} if me is not None else set(pair)
    pool = [gap for ends, other in ties.items() if whose & set(ends) for gap in other.gaps]
    gaps = tie.gaps
    cadence = math.nan
    if len(gaps) >= 2 and pool:
        own = len(gaps) * math.log(sum(gaps) / len(gaps))
        cadence = math.exp((own + 2 * math.log(sum(pool) / len(pool))) / (len(gaps) + 2))
    most = max(tie.n_uv, tie.n_vu)
    return {
        "n_uv": tie.n_uv,
        "n_vu": tie.n_vu,
        "n_shared": tie.n_shared,
        "days": len(days),
        "days_365": sum(today - day < 365 for day in days),
        "first_at": min(tie.at, default=None),
        "last_at": max(tie.at, default=None),
        "channels": tuple(sorted(tie.channels)),
        "credit": sum(min(1, credit) for credit in tie.credit.values()),
        "shared_credit": sum(min(1, credit) for credit in tie.shared.values()),
        "strength": sum(min(1, c) * 2 ** (-(today - day) / h) for day, c in tie.credit.items()),
        "reciprocity": min(tie.n_uv, tie.n_vu) / most if most else math.nan,
        "cadence_days": cadence,
        "dormancy_days": today - days[-1] if days else math.nan,
        "basis": "contact" if days else "seen together",
    }
