"""Join what was read from several files: the same thing read twice counts once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from villagegraph.tables import CONTRACTS, COVERAGE, Export, empty, make
from villagegraph.texts import among

if TYPE_CHECKING:
    from collections.abc import Sequence


_SHORT = 10_000
"""Rows of a log that may be held twice for a moment."""


def join(exports: Sequence[Export]) -> Export:
    """
    Join exports into one.

    An event that stands in several files is one event, with everybody whom
    any of its copies names; it counts as automated only if every copy does
    (the sender's own copy of a mail to a list is not). Of a card, and of an event, the
    file that speaks for the latest day is the source: a meeting may have been moved.
    Of equals it is the first, in the order given.

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
    tables["files"] = tables["files"][~tables["files"].index.duplicated()]
    tables["contacts"] = _newest(tables["contacts"], tables["files"])
    for name, key in (
        ("handles", ["handle", "record_id"]),
        ("participants", ["event_id", "handle", "role"]),
        ("coverage", ["source", "channel", "month"]),
    ):
        tables[name] = tables[name].drop_duplicates(key, ignore_index=True)
    tables["interactions"] = each_once(tables.pop("interactions"), tables["files"]["dated"])
    return Export(**tables)


def _newest(contacts: pd.DataFrame, files: pd.DataFrame) -> pd.DataFrame:
    """Return each card once, from the export that speaks for the latest day it stood so."""
    if contacts.index.is_unique:
        return contacts
    # a source is file#record, or the file alone
    file = contacts["source"].str.rpartition("#")
    dated = file[0].where(file[1] != "", file[2]).map(files["dated"]).fillna("")
    order = contacts.assign(dated=dated.astype("str")).sort_values(
        ["dated", "source"], ascending=[False, True], kind="stable"
    )
    latest = order[~order.index.duplicated()].drop(columns="dated")
    return latest.loc[contacts.index[~contacts.index.duplicated()]]


def _stacked(parts: Sequence[pd.DataFrame], name: str) -> pd.DataFrame:
    contract = CONTRACTS[name]
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty(contract)
    return pd.concat(filled, ignore_index=not contract.index)


def each_once(interactions: pd.DataFrame, dated: pd.Series) -> pd.DataFrame:
    """
    Return every event once, in order of time.

    Of its copies the one from the file with the latest day stands, of equals the first;
    it counts as automated only if every copy does.

    Parameters
    ----------
    interactions
        The events; of a frame that nobody else holds, each column goes before
        the next one is put in order, so that a long log is not held twice.
    dated
        For which day each file speaks, empty if that is not known; by the file's label.
    """
    first = interactions
    if distinct(first.index) < len(first):
        human = first.index[~first["automated"].to_numpy()]
        first = first[_latest(first, dated)]
        first = first.assign(automated=~among(first.index, human))
    order = _in_order(first)
    if len(first) <= _SHORT:
        return first.iloc[order]
    index = first.index.take(order)
    columns = {}
    for name in list(first.columns):
        columns[name] = first.pop(name).array.take(order)
        # the room of the column that went is for the next one
        pa.default_memory_pool().release_unused()
    return pd.DataFrame(columns, index=index, copy=False)


def _latest(interactions: pd.DataFrame, dated: pd.Series) -> np.ndarray:
    """Return which rows stand: each that has no copy, and of copies the latest."""
    stand: np.ndarray = ~interactions.index.duplicated(keep=False)
    places = np.flatnonzero(~stand)
    day = interactions["source"].iloc[places].astype("str").map(dated.to_dict()).fillna("")
    order = day.reset_index(drop=True).sort_values(ascending=False, kind="stable").index
    latest = places[order.to_numpy()]
    stand[latest[~interactions.index[latest].duplicated()]] = True
    return stand


def distinct(ids: pd.Index) -> int:
    """Return how many different ids there are; an index that is asked keeps each once more."""
    hashes = _id_hashes(ids)
    if hashes is None:
        hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
    hashes.sort()
    if not (hashes[1:] == hashes[:-1]).any():
        return len(ids)
    return len(pd.unique(ids.array))


def _id_hashes(ids: pd.Index) -> np.ndarray | None:
    """Return a number for each id, by its bytes as Arrow keeps them; None if they are others'."""
    if not isinstance(ids.dtype, pd.StringDtype) or not len(ids):
        return None
    texts = pa.array(ids.array, type=pa.large_string())
    found = []
    for piece in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        _, places, letters = piece.buffers()
        ends = np.frombuffer(places, np.int64)[piece.offset : piece.offset + len(piece) + 1]
        if piece.null_count or not (np.diff(ends) == _ID.itemsize).all():
            return None
        parts = np.frombuffer(letters, np.uint8)[ends[0] : ends[-1]].view(_ID)
        found.append(sum(parts[name] * odd for name, odd in _ODD.items()))
    return np.concatenate(found)


# the letters of an id that `digest` made, and odd numbers that spread them over 64 bits
_ID = np.dtype([("first", "<u8"), ("second", "<u8"), ("third", "<u4")])
_ODD = {
    "first": np.uint64(0x9E3779B97F4A7C15),
    "second": np.uint64(0xBF58476D1CE4E5B9),
    "third": np.uint64(0x94D049BB133111EB),
}


def _in_order(interactions: pd.DataFrame) -> np.ndarray:
    """Return the places of events in order of time; of those in one moment, in order of ids."""
    # with its zone, each time would become an object
    at = interactions["at"].dt.tz_convert(None).to_numpy()
    order = np.argsort(at, kind="stable")
    same = at[order][1:] == at[order][:-1]
    # few events share a moment: only their ids are compared
    places = np.flatnonzero(np.append(same, False) | np.append(False, same))
    tied = order[places]
    if len(tied):
        ids = interactions.index[tied].to_numpy(dtype=object)
        order[places] = tied[np.lexsort((ids, at[tied]))]
    return order


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
        the export reaches that month. An event that stands in several sources
        counts in each of them, once.
    """
    if interactions.empty:
        return empty(COVERAGE)
    once = interactions[["source", "channel", "at"]]
    if distinct(once.index) < len(once):
        place = pd.MultiIndex.from_arrays([once.index, once["source"]])
        once = once[~place.duplicated()].reset_index(drop=True)
    # numbers while there are many: a text is made for each row of the result alone
    frame = once.assign(month=100 * once["at"].dt.year + once["at"].dt.month)
    parts = frame.groupby(["source", "channel", "month"], sort=True)["at"]
    rows = parts.agg(["size", "min", "max"]).reset_index()
    spans = rows.groupby(["source", "channel"])
    rows["min"], rows["max"] = spans["min"].transform("min"), spans["max"].transform("max")
    rows = rows.rename(columns={"size": "n"})
    months = [f"{number // 100:04d}-{number % 100:02d}" for number in rows["month"].tolist()]
    columns = {name: rows[name] for name in ("source", "channel", "n")}
    times = {"first_at": rows["min"], "last_at": rows["max"]}
    return make(COVERAGE, columns | {"month": months} | times)
