"""Collect what a reader finds, and build its tables once at the end."""

from __future__ import annotations

import functools
import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.files import digest
from villagegraph.parsing.handles import kind_of
from villagegraph.parsing.join import each_once
from villagegraph.parsing.text import clean
from villagegraph.tables import (
    CONTACTS,
    CONTRACTS,
    FILES,
    HANDLES,
    HINTS,
    INTERACTIONS,
    PARTICIPANTS,
    SKIPPED,
    Contract,
    Export,
    empty,
    make,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from villagegraph.parsing.sources import ExportFile

MICROSECONDS = 1_000_000
FEW = 20


class Collector:
    """
    What one reader finds in one file.

    Parameters
    ----------
    file
        The file being read.
    kind
        What it is, such as `linkedin-connections`.

    Notes
    -----
    Rows are kept as columns of plain values, shared where they repeat: a
    million participants take 24 MB until the tables are built.
    """

    def __init__(self, file: ExportFile, kind: str) -> None:
        self.file = file
        self.kind = kind
        self._rows: dict[str, dict[str, list[object]]] = {}
        self._records: set[str] = set()
        self._repeated = 0
        self._names: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._hints: Counter[tuple[str, str]] = Counter()
        self._notes: dict[str, None] = {}
        self._zones: set[str] = set()

    def contact(
        self,
        *,
        handles: Iterable[str] = (),
        record: int | str = "",
        name: str = "",
        tags: Iterable[str] = (),
        **fields: str,
    ) -> str:
        """
        Add one address-book row.

        Parameters
        ----------
        handles
            Handles in canonical form; empty ones are passed over.
        record
            Line or number of the row in the file.
        name, tags
            As in the table `contacts`.
        **fields
            Any other column of `contacts` but `source`.

        Returns
        -------
        record_id
            Made from the content, so the same card in two files, or read
            twice, is one record.
        """
        keys = tuple(dict.fromkeys(handle for handle in handles if handle))
        row = {column: clean(fields.pop(column, "")) for column in _TEXTS}
        if fields:
            msg = f"contacts have no column {sorted(fields)}"
            raise TypeError(msg)
        row["name"] = clean(name)
        labels = tuple(dict.fromkeys(tag for tag in map(clean, tags) if tag))
        record_id = digest(self.kind, *row.values(), *labels, "", *sorted(keys))
        if record_id in self._records:
            self._repeated += record != ""
            return record_id
        self._records.add(record_id)
        source = f"{self.file.label}#{record}" if record != "" else self.file.label
        self._add("contacts", record_id=record_id, tags=labels, source=source, **row)
        for handle in keys:
            self._add(
                "handles",
                handle=handle,
                record_id=record_id,
                kind=kind_of(handle),
                source=self.file.label,
            )
        return record_id

    def interaction(
        self,
        *,
        key: tuple[object, ...],
        at: dt.datetime | float,
        channel: str,
        app: str,
        participants: Iterable[tuple[str, str]],
        precision: str = "second",
        zone: str = "",
        thread: str = "",
        minutes: float = math.nan,
        size: float = math.nan,
        automated: bool = False,
    ) -> str:
        """
        Add one mail, meeting, call, message or light touch.

        Parameters
        ----------
        key
            What makes the event the same event in another export, such as
            its Message-ID; without the file's name.
        at
            Start: an aware datetime, or seconds since 1970 UTC.
        participants
            Pairs of role and handle; pairs without a handle, and repeats,
            are passed over.
        precision, zone, thread, minutes, size, automated
            As in the table `interactions`.

        Returns
        -------
        event_id
            The same for the same `app` and `key`: a repeated event is one event with
            everybody whom any of its copies names, automated only if all copies are.
        """
        event_id = digest(app, *key)
        seconds = at if isinstance(at, int | float) else at.timestamp()
        if zone:
            self._zones.add(zone)
        self._add(
            "interactions",
            event_id=event_id,
            at=round(seconds * MICROSECONDS),
            precision=precision,
            zone=zone,
            channel=channel,
            app=app,
            thread=thread,
            minutes=minutes,
            size=size,
            automated=automated,
            source=self.file.label,
        )
        for role, handle in dict.fromkeys(participants):
            if handle:
                self._add("participants", event_id=event_id, handle=handle, role=role)
        return event_id

    def named(self, handle: str, name: str) -> None:
        """Note that an interaction showed `handle` under a name."""
        if handle and name:
            self._names[handle][name] += 1

    def hint(self, handle: str, hint: str = "owner") -> None:
        """Note that `handle` may be the owner's: `owner`, `delivered` or `calendar`."""
        if handle:
            self._hints[handle, hint] += 1

    def skip(self, line: int | None, reason: str) -> None:
        """List a row that is left out; `reason` holds nothing of the row."""
        self._add("skipped", path=self.file.label, line=line or 0, reason=reason)

    def note(self, text: str) -> None:
        """Tell the owner what the reader was not sure of, once."""
        self._notes[text] = None

    def export(self) -> Export:
        """Return everything as checked tables."""
        for handle in sorted(self._names):
            # the most frequent name; of equals, the longest, then the first in order
            name = min(
                self._names[handle].items(), key=lambda item: (-item[1], -len(item[0]), item[0])
            )[0]
            self.contact(handles=(handle,), name=name)
        for (handle, hint), n in sorted(self._hints.items()):
            self._add("hints", handle=handle, hint=hint, n=n, source=self.file.label)
        if self._repeated:
            n = self._repeated
            self.note(f"{n:,} repeated row{'s' * (n != 1)}: each stands here once")
        # a mailbox may hold the same mail twice, once as sent and once as the list sent it
        interactions = self._interactions()
        participants = self._table(PARTICIPANTS)
        if len(interactions):
            interactions = each_once(interactions)
            participants = participants.drop_duplicates(ignore_index=True)
        contacts = self._table(CONTACTS)
        skipped = self._table(SKIPPED)
        at = interactions["at"]
        files = made(
            FILES,
            {
                "path": [self.file.label],
                "kind": [self.kind],
                "contacts": [len(contacts)],
                "interactions": [len(interactions)],
                "skipped": [len(skipped)],
                "first_at": [at.min() if len(at) else pd.NaT],
                "last_at": [at.max() if len(at) else pd.NaT],
                "zone": [", ".join(sorted(self._zones))],
                "notes": [tuple(self._notes)],
            },
        )
        return Export(
            contacts=contacts,
            handles=self._table(HANDLES),
            interactions=interactions,
            participants=participants,
            hints=self._table(HINTS),
            files=files,
            skipped=skipped,
        )

    def _add(self, table: str, **row: object) -> None:
        columns = self._rows.get(table)
        if columns is None:
            columns = self._rows[table] = {name: [] for name in row}
        for name, value in row.items():
            columns[name].append(value)

    def _table(self, contract: Contract) -> pd.DataFrame:
        columns = self._rows.pop(contract.name, None)
        return _empty(contract.name).copy() if columns is None else made(contract, columns)

    def _interactions(self) -> pd.DataFrame:
        columns = self._rows.pop("interactions", None)
        if columns is None:
            return _empty("interactions").copy()
        # whole microseconds reach pandas as integers: no float ever rounds a time
        ticks = pd.Series(columns.pop("at"), dtype="int64")
        return make(INTERACTIONS, {**columns, "at": pd.to_datetime(ticks, unit="us", utc=True)})


def made(contract: Contract, columns: dict[str, list[object]]) -> pd.DataFrame:
    """
    Build a table as `make` does, in a third of the time if it has few rows.

    A folder may hold thousands of files with one card each.
    """
    if len(columns[contract.index[0] if contract.index else next(iter(columns))]) > FEW:
        return make(contract, columns)
    data = {
        name: pd.array(columns[name], dtype=_NOT_PLAIN[column.kind])
        if column.kind in _NOT_PLAIN
        else columns[name]
        for name, column in contract.columns.items()
    }
    frame = pd.DataFrame(data)
    if contract.index:
        frame.index = pd.Index(columns[contract.index[0]], name=contract.index[0])
    return frame


@functools.cache
def _empty(name: str) -> pd.DataFrame:
    return empty(CONTRACTS[name])


# kinds that pandas does not tell from plain values
_NOT_PLAIN = {"time": "datetime64[us, UTC]", "number": "float64"}


_TEXTS = tuple(
    name for name, column in CONTACTS.columns.items() if column.kind == "text" and name != "source"
)
