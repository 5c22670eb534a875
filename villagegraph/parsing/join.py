"""Join what was read from several files: the same thing read twice counts once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.tables import CONTRACTS, COVERAGE, Export, empty, make

if TYPE_CHECKING:
    from collections.abc import Sequence


def join(exports: Sequence[Export]) -> Export:
    """
    Join exports into one.

    An event that stands in several files is one event, with everybody whom
    any of its copies names; it counts as automated only if every copy does
    (the sender's own copy of a mail to a list is not). The first file, in
    the order given, is its source.

    Parameters
    ----------
    exports
        What was read, in the order of the files' labels.

    Returns
    -------
    export
        Interactions in order of time; all else in the order given.
    """
    tables = {
        field.name: _stacked([getattr(export, field.name) for export in exports], field.name)
        for field in fields(Export)
    }
    for name in ("contacts", "files"):
        tables[name] = tables[name][~tables[name].index.duplicated()]
    for name, key in (
        ("handles", ["handle", "record_id"]),
        ("participants", ["event_id", "handle", "role"]),
    ):
        tables[name] = tables[name].drop_duplicates(key, ignore_index=True)
    tables["interactions"] = each_once(tables["interactions"])
    return Export(**tables)


def _stacked(parts: Sequence[pd.DataFrame], name: str) -> pd.DataFrame:
    contract = CONTRACTS[name]
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty(contract)
    return pd.concat(filled, ignore_index=not contract.index)


def each_once(interactions: pd.DataFrame) -> pd.DataFrame:
    """
    Return every event once, in order of time.

    The first copy stands; it counts as automated only if every copy does.
    """
    human = interactions.index[~interactions["automated"].to_numpy()]
    first = interactions[~interactions.index.duplicated()]
    first = first.assign(automated=~first.index.isin(human))
    return first.reset_index().sort_values(["at", "event_id"]).set_index("event_id")


def coverage(interactions: pd.DataFrame) -> pd.DataFrame:
    """
    Tell what each source can have seen, month by month.

    Parameters
    ----------
    interactions
        The table `interactions`.

    Returns
    -------
    coverage
        The table `coverage`: one row per source, channel and month (UTC) that
        has interactions, automated ones included, since they too prove that
        the export reaches that month.
    """
    if interactions.empty:
        return empty(COVERAGE)
    frame = interactions.assign(month=interactions["at"].dt.strftime("%Y-%m"))
    spans = frame.groupby(["source", "channel"], sort=True)["at"].agg(["min", "max"])
    counts = frame.groupby(["source", "channel", "month"], sort=True).size().reset_index(name="n")
    rows = counts.join(spans, on=["source", "channel"])
    columns = {name: rows[name] for name in ("source", "channel", "month", "n")}
    return make(COVERAGE, columns | {"first_at": rows["min"], "last_at": rows["max"]})
