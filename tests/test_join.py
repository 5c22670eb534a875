"""Short logs are put in order at once, long ones a column at a time: with one result."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from villagegraph.parsing import join
from villagegraph.tables import INTERACTIONS, make

if TYPE_CHECKING:
    from collections.abc import Hashable

FILES = ("a.mbox", "b.mbox", "c.ics")
DATED = pd.Series(["2026-10-31", "2026-09-30", ""], index=list(FILES))


def some_log(seed: int, *, size: int = 200) -> pd.DataFrame:
    """Return events out of order, some in several files, several in one moment."""
    rng = random.Random(seed)  # noqa: S311 - seeded, nothing secret
    start = pd.Timestamp("2025-11-20", tz="UTC")
    days = [rng.randint(0, 100) for _ in range(size)]
    events = [rng.randint(0, size // 2) for _ in range(size)]
    columns: dict[str, list[Hashable]] = {
        name: [column.allowed[0] if column.allowed else 1.0 if column.kind == "number" else ""]
        * size
        for name, column in INTERACTIONS.columns.items()
    }
    columns |= {
        "event_id": [f"{event:020d}" for event in events],
        "at": [start + pd.Timedelta(days=days[event]) for event in events],
        "channel": [("email", "meeting")[event % 2] for event in events],
        "automated": [rng.random() < 0.4 for _ in events],
        "source": [rng.choice(FILES) for _ in events],
    }
    return make(INTERACTIONS, columns)


@pytest.mark.parametrize("seed", range(10))
def test_long_logs_are_ordered_as_short_ones_are(seed, monkeypatch):
    log = some_log(seed)
    short = join.each_once(log.copy(), DATED)
    monkeypatch.setattr(join, "_SHORT", 0)
    pd.testing.assert_frame_equal(join.each_once(log.copy(), DATED), short)
    assert short.index.is_unique
    assert set(short.index) == set(log.index)
    keys = list(zip(short["at"], short.index, strict=True))
    assert keys == sorted(keys)
    machines = log.groupby(level=0)["automated"].all()
    assert short["automated"].to_dict() == machines.to_dict()
    rank = {file: DATED[file] for file in FILES}
    newest = log["source"].map(rank).groupby(level=0).max()
    assert short["source"].map(rank).to_dict() == newest.to_dict()


@pytest.mark.parametrize("seed", range(10))
def test_coverage_is_what_a_plain_count_finds(seed):
    log = some_log(seed)
    seen: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    ends: dict[tuple[str, str], list[pd.Timestamp]] = defaultdict(list)
    for event, row in zip(log.index, log.itertuples(), strict=True):
        seen[row.source, row.channel, f"{row.at:%Y-%m}"].add(event)
        ends[row.source, row.channel].append(row.at)
    found = join.coverage(log)
    rows = found[["source", "channel", "month", "n", "first_at", "last_at"]]
    assert list(rows.itertuples(index=False, name=None)) == [
        (*key, len(events), min(ends[key[:2]]), max(ends[key[:2]]))
        for key, events in sorted(seen.items())
    ]
