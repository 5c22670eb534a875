"""Contact days of a village, or of a plain log of who addressed whom and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.errors import TableError
from villagegraph.measures.features import ContactDays, from_codes, from_table
from villagegraph.ties import contact_days
from villagegraph.village import Village

if TYPE_CHECKING:
    from villagegraph.days import DayLike

LOG_COLUMNS = ("src", "dst", "unix_time")

_DAY_SECONDS = 86_400
# the years 1700 to 2261 in seconds, as of all days here; milliseconds lie beyond
FIRST_SECOND, LAST_SECOND = -8_520_336_000, 9_214_646_399


def as_contact_days(
    village: Village | pd.DataFrame,
    *,
    as_of: DayLike | None = None,
    contacts: pd.DataFrame | None = None,
) -> ContactDays:
    """
    Return the contact days of a village or of a log.

    Parameters
    ----------
    village
        The village, or a frame with columns `src`, `dst`, `unix_time`: who addressed
        whom, and when, in seconds since 1970-01-01. Days are those of UTC there.
    as_of
        Last day of a village that has to be there; None for all.
    contacts
        As `contact_days` returns them, if they are at hand.

    Returns
    -------
    contacts
        Rows of a log in which somebody addresses themselves, or an entry is
        missing or no time, are left out.

    Raises
    ------
    TableError
        If a log lacks a column.
    """
    if isinstance(village, Village):
        return from_table(contact_days(village, as_of=as_of) if contacts is None else contacts)
    missing = [name for name in LOG_COLUMNS if name not in village.columns]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        table = "log"
        raise TableError(table, [f"no column {names}"])
    kept = usable(village)
    log = village if kept.all() else village[kept]
    ends = pd.concat([log["src"], log["dst"]], ignore_index=True)
    codes, people = pd.factorize(ends)
    # the text of an id is its name: 7 and "7" are one person
    ids, rank = np.unique(pd.Index(people).astype(str).to_numpy(dtype=str), return_inverse=True)
    codes = rank[codes]
    seconds = log["unix_time"].to_numpy(dtype=np.float64)
    day = np.floor_divide(seconds, _DAY_SECONDS).astype(np.int64)
    return from_codes(ids.astype(object), codes[: len(log)], codes[len(log) :], day)


def usable(log: pd.DataFrame) -> np.ndarray:
    """Tell which rows of a log hold two people and a time."""
    seconds = pd.to_numeric(log["unix_time"], errors="coerce").to_numpy(dtype=np.float64)
    source, target = log["src"], log["dst"]
    there = source.notna().to_numpy() & target.notna().to_numpy()
    apart = (source != target).fillna(value=False).to_numpy(dtype=bool)
    in_time = (seconds >= FIRST_SECOND) & (seconds <= LAST_SECOND)
    kept: np.ndarray = there & apart & in_time
    return kept
