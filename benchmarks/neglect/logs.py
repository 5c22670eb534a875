"""The public logs that the model is fitted on and judged by, and the rows made of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import day_number
from villagegraph.measures.edge_log import as_contact_days
from villagegraph.measures.outcomes import Outcomes, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from villagegraph.measures.features import ContactDays

ENRON_CUTS = tuple(
    day_number(day)
    for day in (
        "2000-06-30", "2000-09-30", "2000-12-31", "2001-03-31", "2001-06-30", "2001-09-30",
        "2001-12-31",
    )
)  # fmt: skip

# how many horizons of history a row is built from; a short history must not shift the fit
HISTORIES = (2, 4, 8)


@dataclass(frozen=True)
class Log:
    """
    One public log: whose it is, and over which horizon it can be asked.

    `personal` are mails and calls: such as a person's own exports hold.
    """

    name: str
    organization: str
    personal: bool = False
    horizon: int = 90
    histories: tuple[int, ...] = HISTORIES
    cuts: tuple[int, ...] = ()
    step: int = 90

    def read(self, folder: Path) -> pd.DataFrame:
        """Read the rows that count."""
        rows = pd.read_csv(folder / f"{self.name}.csv.gz")
        # its blind copies stand there once more as copies
        return rows[rows["kind"] != "bcc"]

    def days(self, folder: Path) -> ContactDays:
        """Return who was in contact on which days; the same call on two phones is one day."""
        return as_contact_days(self.read(folder))

    def cuts_of(self, contacts: ContactDays, history: int) -> tuple[int, ...]:
        """Return the days as of which ties are looked at."""
        if self.cuts:
            return self.cuts
        first, last = int(contacts.day.min()), int(contacts.day.max())
        # some history is enough where a log is shorter than what is asked for
        begin = first + min(history, HISTORIES[0] * self.horizon)
        return tuple(range(begin, last - self.horizon + 1, self.step))


LOGS = (
    Log("enron156", "enron", personal=True, cuts=ENRON_CUTS),
    Log("enron184", "enron", personal=True, cuts=ENRON_CUTS),
    Log("collegemsg", "collegemsg", horizon=30, histories=(2, 4), step=15),
    Log("reality_calls", "reality_calls", personal=True, horizon=30, histories=(2,), step=15),
    Log("rsiggeo", "rsiggeo"),
    Log("rpkgdevel", "rpkgdevel"),
)


def each_cut(log: Log, contacts: ContactDays, history: int) -> Iterator[tuple[int, Outcomes]]:
    """Yield the rows of each cut that has any; `history` in horizons."""
    for cut in log.cuts_of(contacts, history * log.horizon):
        rows = outcomes(contacts, cut=cut, horizon=log.horizon, history=history * log.horizon)
        if len(rows.contacted):
            yield cut, rows


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def span_of(rows: pd.DataFrame) -> list[str]:
    """Return the first and the last day of a log; a few wrong dates do not count."""
    ends = np.quantile(rows["unix_time"], [0.002, 1.0], method="lower")
    return [str(day) for day in ends.astype("datetime64[s]").astype("datetime64[D]")]
