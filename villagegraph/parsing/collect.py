"""Collect what a reader finds, and build its tables once at the end."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from villagegraph.files import digest
from villagegraph.parsing.dated import dated_name
from villagegraph.parsing.handles import kind_of
from villagegraph.parsing.join import coverage, distinct, each_once
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
    from collections.abc import Iterable, Sequence

    from villagegraph.parsing.sources import ExportFile

MICROSECONDS = 1_000_000
# so many events are kept as plain values; those before them as tables, in a third of the room
FULL = 10_000
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
    The rows of a table are kept one after the other in one list of plain values,
    shared where they repeat: no row is an object of its own, and a million
    participants take 24 MB until `tables_of` builds the tables, once for however
    many files.
    """

    def __init__(self, file: ExportFile, kind: str) -> None:
        self.file = file
        self.kind = kind
        self._rows: defaultdict[str, list[object]] = defaultdict(list)
        self._frames: dict[str, list[pd.DataFrame]] = {}
        self._records: set[str] = set()
        self._repeated = 0
        self._names: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._hints: Counter[tuple[str, str]] = Counter()
        self._notes: dict[str, None] = {}
        self._zones: set[str] = set()
        self._dated = dated_name(file.label)
        self.events = 0  # repeated ones included

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
        keys = tuple(dict.fromkeys(filter(None, handles)))
        row = {**_NO_TEXTS, **fields, "name": name}
        if len(row) > len(_NO_TEXTS):
            msg = f"contacts have no column {sorted(row.keys() - _NO_TEXTS.keys())}"
            raise TypeError(msg)
        texts = [clean(text) if text else "" for text in row.values()]
        labels = tuple(dict.fromkeys(filter(None, map(clean, tags)))) if tags else ()
        record_id = digest(self.kind, *texts, *labels, "", *sorted(keys))
        if record_id in self._records:
            self._repeated += record != ""
            return record_id
        self._records.add(record_id)
        file = self.file.label
        source = f"{file}#{record}" if record != "" else file
        self._rows["contacts"].extend((record_id, *texts, labels, source))
        add = self._rows["handles"].extend
        for handle in keys:
            add((handle, record_id, kind_of(handle), file))
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
        self.events += 1
        seconds = at if isinstance(at, int | float) else at.timestamp()
        if zone:
            self._zones.add(zone)
        ticks = round(seconds * MICROSECONDS)
        events = self._rows["interactions"]
        events += (
            *(event_id, ticks, precision, zone, channel, app, thread),
            *(minutes, size, automated, self.file.label),
        )
        add = self._rows["participants"].extend
        for role, handle in dict.fromkeys(participants):
            if handle:
                add((event_id, handle, role))
        if len(events) >= FULL * len(_NAMES["interactions"]):
            self._compact()
        return event_id

    def named(self, handle: str, name: str) -> None:
        """Note that an interaction showed `handle` under a name."""
        if handle and name:
            self._names[handle][name] += 1

    def hint(self, handle: str, hint: str = "owner") -> None:
        """Note whose `handle` may be (`owner`, `delivered`, `calendar`), or that it is a `list`."""
        if handle:
            self._hints[handle, hint] += 1

    def skip(self, line: int | None, reason: str) -> None:
        """List a row that is left out; `reason` holds nothing of the row."""
        self._rows["skipped"].extend((self.file.label, line or 0, reason))

    def dated(self, day: str) -> None:
        """Tell for which day, YYYY-MM-DD, the file speaks, unless its name does."""
        self._dated = self._dated or day

    def note(self, text: str) -> None:
        """Tell the owner what the reader was not sure of, once."""
        self._notes[text] = None

    def frame(self, table: str, rows: pd.DataFrame) -> None:
        """
        Add many rows at once: for logs of millions of rows, read as columns.

        Parameters
        ----------
        table
            `interactions` or `participants`.
        rows
            A frame that keeps the table's contract, each participant once.
        """
        self.events += len(rows) if table == "interactions" else 0
        self._frames.setdefault(table, []).append(rows)
        if table == "interactions":
            self._zones.update(zone for zone in rows["zone"].unique() if zone)

    def export(self) -> Export:
        """Return everything as checked tables."""
        return tables_of((self,))

    def _finish(self) -> None:
        """Turn into rows what is only known at the end."""
        for handle in sorted(self._names):
            # the most frequent name; of equals, the longest, then the first in order
            name = min(
                self._names[handle].items(), key=lambda item: (-item[1], -len(item[0]), item[0])
            )[0]
            self.contact(handles=(handle,), name=name)
        for (handle, hint), n in sorted(self._hints.items()):
            self._rows["hints"].extend((handle, hint, n, self.file.label))
        if self._repeated:
            n = self._repeated
            self.note(f"{n:,} repeated row{'s' * (n != 1)}: each stands here once")
        first, last = self._span()
        contacts, skipped = len(self._column("contacts")), len(self._column("skipped"))
        zone, notes = ", ".join(sorted(self._zones)), tuple(self._notes)
        self._rows["files"].extend(
            (
                *(self.file.label, self.kind, contacts, self._events(), skipped),
                *(first, last, zone, self._dated, notes),
            )
        )

    def _events(self) -> int:
        events = self._column("interactions")
        frames = self._frames.get("interactions", ())
        if not frames:
            return len(set(events))
        return distinct(pd.Index(events, dtype="str").append([frame.index for frame in frames]))

    def _span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        ticks: list[Any] = self._column("interactions", "at")
        ends = [pd.Timestamp(end(ticks), unit="us", tz="UTC") for end in (min, max) if ticks]
        for frame in self._frames.get("interactions", ()):
            ends += [frame["at"].min(), frame["at"].max()]
        return (min(ends), max(ends)) if ends else (pd.NaT, pd.NaT)

    def _column(self, table: str, name: str = "") -> list[object]:
        """Return one column of the rows that are no table yet; the first if none is named."""
        names = _NAMES[table]
        return self._rows[table][names.index(name or names[0]) :: len(names)]

    def _compact(self) -> None:
        for contract in (INTERACTIONS, PARTICIPANTS):
            cells = self._take(contract.name)
            if cells:
                part = _fitted(_built(contract, cells))
                self._frames.setdefault(contract.name, []).append(part)
        # what building a part took is free for the next one, and not lost to it
        pa.default_memory_pool().release_unused()

    def _take(self, table: str) -> list[object]:
        return self._rows.pop(table, [])


def tables_of(collectors: Sequence[Collector]) -> Export:
    """
    Return what was found in some files as checked tables.

    Tables are built once for all files: a folder may hold thousands of files
    with one card or one mail each.

    Parameters
    ----------
    collectors
        What was found, a file each; it is used up.
    """
    for collector in collectors:
        collector._finish()  # noqa: SLF001 - the two are halves of one thing
    participants = _table(PARTICIPANTS, collectors)
    n = sum(collector.events for collector in collectors)
    told = _table(INTERACTIONS, collectors)
    seen = coverage(told)
    files = _table(FILES, collectors)
    interactions = each_once(told, files["dated"])
    # a mailbox may hold the same mail twice, once as sent and once as the list sent it
    if len(interactions) < n:
        participants = participants.drop_duplicates(ignore_index=True)
    return Export(
        contacts=_table(CONTACTS, collectors),
        handles=_table(HANDLES, collectors),
        interactions=interactions,
        participants=participants,
        hints=_table(HINTS, collectors),
        files=files,
        skipped=_table(SKIPPED, collectors),
        coverage=seen,
    )


def _table(contract: Contract, collectors: Sequence[Collector]) -> pd.DataFrame:
    name = contract.name
    cells: list[object] = []
    parts: list[pd.DataFrame] = []
    for collector in collectors:
        frames = collector._frames.pop(name, ())  # noqa: SLF001
        if frames and cells:
            parts.append(_built(contract, cells))
            cells = []
        parts += frames
        cells += collector._take(name)  # noqa: SLF001
    if cells:
        parts.append(_built(contract, cells))
    if not parts:
        return empty(contract)
    table = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=not contract.index)
    # the same card in two files is one record
    return table[~table.index.duplicated()] if name == "contacts" else table


def _built(contract: Contract, cells: list[object]) -> pd.DataFrame:
    names = _NAMES[contract.name]
    columns = {name: cells[place :: len(names)] for place, name in enumerate(names)}
    if "at" not in columns:
        return made(contract, columns)
    # whole microseconds reach pandas as integers: no float ever rounds a time
    ticks = pd.Series(columns["at"], dtype="int64")
    return make(contract, {**columns, "at": pd.to_datetime(ticks, unit="us", utc=True)})


def _fitted(table: pd.DataFrame) -> pd.DataFrame:
    """
    Return a table whose texts take no more room than they need.

    Arrow doubles a column while it grows and gives nothing back: of a mailbox of ten
    gigabytes, hundreds of parts would keep half as much again as they hold.
    """
    named = table.index.name
    rows = table.reset_index() if named else table
    fitted = pd.DataFrame({name: _exact(column) for name, column in rows.items()}, copy=False)
    return fitted.set_index(named) if named else fitted


def _exact(column: pd.Series) -> pd.Series:
    if not isinstance(column.dtype, pd.StringDtype) or len(column) < 2:
        return column  # numbers, and text that older versions of pandas keep as objects
    texts = pa.array(column.array, type=pa.large_string())
    whole = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])
    # two pieces are copied into one of the right size; one would be handed on as it is
    pieces = (*whole.slice(0, 1).chunks, *whole.slice(1).chunks)
    return pd.Series(pd.array(pa.concat_arrays(pieces), dtype=column.dtype), copy=False)


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


# kinds that pandas does not tell from plain values
_NOT_PLAIN = {"time": "datetime64[us, UTC]", "number": "float64"}


# the order of cells in a row
_NAMES = {name: (*contract.index, *contract.columns) for name, contract in CONTRACTS.items()}
_NO_TEXTS = {
    name: ""
    for name, column in CONTACTS.columns.items()
    if column.kind == "text" and name != "source"
}
