"""
Score and rank 20,000 ties: of one person's village, and of an organisation's log.

The naive way asks about each tie alone (here of some, times their share). The limit
is what it takes to count the contact days, without which nothing is known of a tie.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.measures import contact_probability, neglected_ties
from villagegraph.measures.edge_log import as_contact_days
from villagegraph.ties import contact_days
from villagegraph.village import Village, village_from_tables

if TYPE_CHECKING:
    from collections.abc import Callable

TIES = 20_000
PEOPLE = 4_000
DAYS = 1_400
SOME = 20
AS_OF = "2025-10-31"
_START = 1_640_995_200  # 2022-01-01


def clock(call: Callable[[], object], *, runs: int = 1) -> float:
    """Return the seconds of CPU that the quickest run takes."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def contacts() -> tuple[np.ndarray, np.ndarray]:
    """Return the number of a tie and the second of each contact, 10 to a tie."""
    rng = np.random.default_rng(1)
    tie = np.sort(np.concatenate([np.arange(TIES), rng.integers(0, TIES, 9 * TIES)]))
    begin, length = rng.integers(0, DAYS - 90, TIES), rng.integers(30, DAYS, TIES)
    day = np.minimum(begin[tie] + rng.random(len(tie)) * length[tie], DAYS - 1)
    return tie, _START + (day * 86_400).astype(np.int64)


def village(sender: pd.Series, target: pd.Series, at: np.ndarray, *, me: str | None) -> Village:
    """Return the village of so many mails."""
    mails = pd.DataFrame({"at": pd.to_datetime(at, unit="s", utc=True)})
    mails["event_id"] = [f"m{number}" for number in range(len(at))]
    who = [
        pd.DataFrame({"event_id": mails["event_id"], "person_id": person, "role": role})
        for person, role in ((sender, "from"), (target, "to"))
    ]
    return village_from_tables(mails, pd.concat(who), me=me)


def main() -> None:
    tie, at = contacts()
    other = pd.Series(tie).map("p{:05d}".format)
    mine = village(other, pd.Series("me", index=other.index), at, me="me")
    rng = np.random.default_rng(2)
    u = rng.integers(0, PEOPLE, TIES)
    v = (u + rng.integers(1, PEOPLE, TIES)) % PEOPLE
    log = pd.DataFrame({"src": u[tie], "dst": v[tie], "unix_time": at})
    parts = [log[tie == number] for number in range(SOME)]
    people = [
        village(of, pd.Series("me", index=of.index), at[tie == number], me="me")
        for number in range(SOME)
        for of in [other[tie == number].reset_index(drop=True)]
    ]  # fmt: skip
    share = TIES / SOME
    print(f"{TIES:,} ties, {len(tie):,} contacts")
    print(f"{'seconds of CPU':34}{'ours':>9}{'naive':>11}{'limit':>9}{'ratio':>9}")
    for name, ours, naive, limit in (
        ("neglected_ties, one person", lambda: neglected_ties(mine, as_of=AS_OF),
         lambda: [neglected_ties(one, as_of=AS_OF) for one in people],
         lambda: contact_days(mine)),
        ("contact_probability, a log", lambda: contact_probability(log, as_of=AS_OF),
         lambda: [contact_probability(part, as_of=AS_OF) for part in parts],
         lambda: as_contact_days(log)),
    ):  # fmt: skip
        seconds, least = clock(ours, runs=3), clock(limit, runs=3)
        slow = clock(naive) * share
        print(f"{name:34}{seconds:9.3f}{slow:11.1f}{least:9.3f}{slow / seconds:8.0f}x")


if __name__ == "__main__":
    main()
