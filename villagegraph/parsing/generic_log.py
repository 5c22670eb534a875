"""Logs of interactions of any size, made into tables column by column."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from villagegraph.files import digest
from villagegraph.parsing.generic_cells import Coded, Party, coded, words_of
from villagegraph.parsing.generic_columns import EDGES
from villagegraph.parsing.generic_ids import Spread, hexadecimal, mixed, numbered
from villagegraph.parsing.generic_times import DAY, FAULTS, PRECISIONS, TimeColumn, Times
from villagegraph.parsing.generic_words import (
    Kind,
    Who,
    direction_of,
    hash_of,
    kind_of_cell,
    minutes_of,
    number_of,
    people_of,
)
from villagegraph.parsing.handles import OWNER, phone_region

if TYPE_CHECKING:
    from villagegraph.parsing.collect import Collector
    from villagegraph.parsing.generic_columns import GenericTable
    from villagegraph.parsing.generic_rows import Rows
    from villagegraph.settings import Settings

APP = "csv"
IDS = "id"
"""Kind of the handles of those whom a log knows by a number or a word alone."""
MAX_WEIGHT = 100
"""Interactions that one row can stand for."""

_ENDS = ("from", "to", "cc", "bcc", "with")
_WORDS = (*_ENDS, "channel", "direction", "minutes", "seconds", "duration", "size", "thread",
          "event", "weight")  # fmt: skip
_CHANNELS = ("chat", "email", "sms", "call", "meeting", "social", "note")
_MUTUAL_ROLE = "attendee"


class LogTables:
    """
    Makes tables of a log that comes in blocks.

    Parameters
    ----------
    collector
        Takes the tables, and what is left out.
    table
        What stands in which column.
    settings
        Gives the zone, the order of days and the country of numbers.
    """

    def __init__(self, collector: Collector, table: GenericTable, settings: Settings) -> None:
        self.collector = collector
        self.table = table
        self.settings = settings
        self.app = table.constants.get("app", APP)
        self._lines: list[np.ndarray] = []
        self._cells: defaultdict[str, list[pa.DictionaryArray]] = defaultdict(list)
        self._times = TimeColumn()
        self._handles: dict[str, int] = {}
        self._names: dict[Who, None] = {}
        self._people: dict[str, tuple[Who, ...]] = {}

    def add(self, rows: Rows) -> None:
        """Take a block of rows."""
        self._lines.append(rows.lines)
        for name in _WORDS:
            number = self.table.one(name)
            if number is not None:
                self._cells[name].append(rows.cells[number].dictionary_encode())
        at, date, time = (self.table.one(name) for name in ("at", "date", "time"))
        if at is not None:
            self._times.add(rows.cells[at])
        elif date is not None and time is not None:
            self._times.add(pc.binary_join_element_wise(rows.cells[date], rows.cells[time], " "))
        elif date is not None:
            self._times.add(rows.cells[date])
        else:
            self._times.add(pa.repeat(self.table.constants["day"], len(rows.lines)))

    def finish(self) -> None:
        """Build the tables."""
        lines = np.concatenate(self._lines) if self._lines else np.zeros(0, np.int64)
        if not len(lines):
            return
        times = self._times.read(zone=self.settings.zone, dayfirst=self.settings.dayfirst)
        words = {name: coded(parts) for name, parts in self._cells.items()}
        self._cells.clear()
        parties = {name: self._party(words.pop(name)) for name in _ENDS if name in words}
        kinds = self._kinds(words, len(lines))
        weights, weightless = self._weights(words.get("weight"), len(lines))
        fault = self._faults(lines, times, parties, weightless)
        rows = np.flatnonzero(fault == 0)
        if len(rows):
            _Events(self, rows, times, words, parties, kinds, weights).build()
        self._tell(times)
        for who in self._names:
            self.collector.named(who.handle, who.name)

    def _party(self, column: Coded) -> Party:
        region = phone_region(self.settings.me.phones)
        ids_of = self.table.constants.get("app", IDS)
        names = self.table.kind != EDGES
        count, ids, sums = [], [], []
        for text in column.texts:
            found = self._people.get(text)
            if found is None:
                found = people_of(text, region=region, app=ids_of, names=names)
                self._people[text] = found
            self._names.update(dict.fromkeys(who for who in found if who.name))
            handles = list(dict.fromkeys(who.handle for who in found))
            count.append(len(handles))
            ids += [self._handles.setdefault(handle, len(self._handles)) for handle in handles]
            sums.append(sum(map(hash_of, handles)) % 2**64)
        counts = np.array(count, np.int64)
        start = np.concatenate(([0], np.cumsum(counts)[:-1]))
        return Party(
            column.codes, counts, start, np.array(ids, np.int64), np.array(sums, np.uint64)
        )

    def owner(self) -> int:
        """Return the number of the owner's handle."""
        return self._handles.setdefault(OWNER, len(self._handles))

    def handles(self) -> list[str]:
        """Return all handles by number."""
        return list(self._handles)

    def _kinds(self, words: dict[str, Coded], n: int) -> _Kinds:
        default = "email" if "cc" in self.table.columns or "bcc" in self.table.columns else "chat"
        column = words.pop("channel", None)
        if column is None:
            kinds = [Kind(default, "to", 0)]
            codes = np.zeros(n, np.int64)
            if default == "chat":
                self.collector.note(
                    "No column tells by what means people were in touch: counted as chat."
                )
        else:
            kinds = [kind_of_cell(text) for text in column.texts]
            codes = column.codes
            unknown = np.array([not kind.channel for kind in kinds], bool)[codes]
            if unknown.any():
                self.collector.note(
                    f"{int(unknown.sum()):,} rows name no means that is known here (email, call, "
                    "sms, chat, meeting, social): counted as chat."
                )
        channel = np.array([_CHANNELS.index(kind.channel or "chat") for kind in kinds], np.int8)
        listed = np.array([column is not None and _is_role(text) for text in _texts(column)], bool)
        roles = np.array([_ROLES.index(kind.role) for kind in kinds], np.int8)
        turns = np.array([kind.direction for kind in kinds], np.int8)[codes]
        if "direction" in words:
            turns = words.pop("direction").each(direction_of, np.int8)
        mail = listed[codes] if len(listed) else np.zeros(n, bool)
        return _Kinds(channel[codes], roles[codes], turns, mail)

    def _weights(self, column: Coded | None, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return interactions per row, and rows whose weight is none."""
        if column is None:
            return np.ones(n, np.int64), np.zeros(n, bool)
        found = column.each(number_of, np.float64)
        bad = ~(found > 0)
        good = found[~bad]
        if len(good) and (good % 1 != 0).any():
            self.collector.note(
                "Weights that are no whole numbers count nothing: each row is one interaction."
            )
            return np.ones(n, np.int64), bad
        if len(good) and good.max() > MAX_WEIGHT:
            self.collector.note(
                f"{int((good > MAX_WEIGHT).sum()):,} rows weigh more than {MAX_WEIGHT}: each "
                f"counts as {MAX_WEIGHT} interactions."
            )
        return np.where(bad, 1, np.clip(found, 1, MAX_WEIGHT)).astype(np.int64), bad

    def _faults(
        self,
        lines: np.ndarray,
        times: Times,
        parties: dict[str, Party],
        weightless: np.ndarray,
    ) -> np.ndarray:
        """List the rows that are left out; return which they are."""
        reasons = [*FAULTS]
        fault = times.fault.astype(np.int64)

        def also(rows: np.ndarray, reason: str) -> None:
            fault[(fault == 0) & rows] = len(reasons)
            reasons.append(reason)

        if "from" in parties:
            also(parties["from"].counts() == 0, "nobody stands in the column for `from`")
        others = [parties[name].counts() for name in _ENDS[1:] if name in parties]
        also(np.sum(others, axis=0) == 0, "nobody stands in the column for those addressed")
        also(weightless, "the weight is no number above 0")
        for row in np.flatnonzero(fault).tolist():
            self.collector.skip(int(lines[row]), reasons[int(fault[row])])
        return fault

    def _tell(self, times: Times) -> None:
        if times.by_rows:
            self.collector.note(
                "Day and month were told apart by the order of the rows; `dayfirst` in "
                "village.toml says it for sure."
            )
        if "duration" in self.table.columns and not {"minutes", "seconds"} & set(
            self.table.columns
        ):
            self.collector.note(
                "Lengths in the column `duration` are read only if they are written h:mm:ss. "
                "Name the column as `seconds` or `minutes` in village.toml."
            )


class _Kinds(NamedTuple):
    """Row by row: the channel, the role of those addressed, the direction; rows of one mail."""

    channel: np.ndarray
    role: np.ndarray
    turn: np.ndarray
    mail: np.ndarray


_ROLES = ("from", "to", "cc", "bcc", _MUTUAL_ROLE)


def _is_role(text: str) -> bool:
    return text.strip().casefold() in ("to", "cc", "bcc")


def _texts(column: Coded | None) -> list[str]:
    return [] if column is None else column.texts


class _Events:
    """The good rows of a log on their way to being events and participants."""

    def __init__(
        self,
        log: LogTables,
        rows: np.ndarray,
        times: Times,
        words: dict[str, Coded],
        parties: dict[str, Party],
        kinds: _Kinds,
        weights: np.ndarray,
    ) -> None:
        self.log = log
        self.rows = rows
        self.words = words
        self.parties = parties
        self.ticks, self.precision, self.naive = (part[rows] for part in times[:3])
        self.kinds = _Kinds(*(part[rows] for part in kinds))
        self.weights = weights[rows]
        # met, or on the phone with nobody said to have called
        channel = self.kinds.channel
        implied = "from" not in parties
        met = channel == _CHANNELS.index("meeting")
        called = (channel == _CHANNELS.index("call")) & implied & (self.kinds.turn == 0)
        self.mutual = met | called

    def build(self) -> None:
        """Give all tables to the collector."""
        one_mail = self.kinds.mail & (self.precision != DAY)
        if "event" in self.words:
            one_mail |= self.words["event"].each(lambda text: bool(text.strip()), bool)[self.rows]
        keys = self._keys(one_mail)
        spread = numbered(keys, np.where(one_mail, 0, self.weights))
        ids = hexadecimal(keys[:, spread.row], spread.number)
        first = spread.first
        self._give_interactions(ids.filter(pa.array(first)), spread.row[first])
        self._give_participants(ids, spread)

    def _keys(self, one_mail: np.ndarray) -> np.ndarray:
        """Return two numbers for each row, by which it is the same in another export."""
        owner = np.uint64(hash_of(OWNER))
        zero = np.zeros(len(self.rows), np.uint64)
        hashes = {name: party.hashes()[self.rows] for name, party in self.parties.items()}
        turn = self.kinds.turn
        if "from" in hashes:
            sender = hashes["from"]
            receiver = hashes.get("to", zero) + hashes.get("with", zero)
        else:
            came = turn > 0
            sender = np.where(came, hashes["with"], owner)
            receiver = np.where(came, owner, hashes["with"])
        both = sender + receiver
        sender, receiver = np.where(self.mutual, both, sender), np.where(self.mutual, 0, receiver)
        copies = hashes.get("cc", zero) + np.uint64(3) * hashes.get("bcc", zero)
        # the rows of one mail name its receivers one by one
        receiver, copies = np.where(one_mail, 1, receiver), np.where(one_mail, 1, copies)
        event = zero
        if "event" in self.words:
            event = self.words["event"].each(lambda text: hash_of(text.strip()), np.uint64)[
                self.rows
            ]
        channel = self.kinds.channel.astype(np.uint64)
        parts = (self.ticks.view(np.uint64), channel, sender, receiver, copies, event)
        return mixed([part.astype(np.uint64) for part in parts], seed=hash_of(self.log.app))

    def _give_interactions(self, ids: pa.Array, place: np.ndarray) -> None:
        n, log = len(place), self.log
        rows = self.rows[place]
        zone = log.settings.zone
        naive = self.naive[place]
        columns = {
            "event_id": ids,
            "at": pa.array(self.ticks[place], pa.timestamp("us")).cast(pa.timestamp("us", "UTC")),
            "precision": words_of(PRECISIONS, self.precision[place]),
            "zone": words_of(("", zone), naive.astype(np.int64)),
            "channel": words_of(_CHANNELS, self.kinds.channel[place]),
            "app": pa.repeat(log.app, n),
            "thread": self._threads(rows),
            "minutes": pa.array(self._minutes(rows)),
            "size": pa.array(self._sizes(rows)),
            "automated": pa.repeat(pa.scalar(value=False), n),
            "source": pa.repeat(log.collector.file.label, n),
        }
        frame = pa.table(columns).to_pandas().set_index("event_id")
        log.collector.frame("interactions", frame)

    def _threads(self, rows: np.ndarray) -> pa.Array:
        column = self.words.get("thread")
        if column is None:
            return pa.repeat("", len(rows))
        texts = [
            digest(self.log.app, text.strip()) if text.strip() else "" for text in column.texts
        ]
        return words_of(texts, column.codes[rows])

    def _minutes(self, rows: np.ndarray) -> np.ndarray:
        found = np.full(len(rows), np.nan)
        for name, unit in (("minutes", 1), ("seconds", 60), ("duration", 0)):
            column = self.words.get(name)
            if column is not None:
                made = column.each(lambda text, u=unit: minutes_of(text, per_minute=u), np.float64)  # type: ignore[misc]
                found = np.where(np.isnan(found), made[rows], found)
        return found

    def _sizes(self, rows: np.ndarray) -> np.ndarray:
        column = self.words.get("size")
        if column is None:
            return np.full(len(rows), np.nan)
        made = column.each(number_of, np.float64)[rows]
        return np.where(made >= 0, made, np.nan)

    def _give_participants(self, ids: pa.Array, spread: Spread) -> None:
        """List who took part in each event, by all its rows, each once in each role."""
        place, first = spread.row, spread.first
        attendee = _ROLES.index(_MUTUAL_ROLE)
        mutual, turn, role = (x[place] for x in (self.mutual, self.kinds.turn, self.kinds.role))
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

        def add(name: str, which: np.ndarray, roles: np.ndarray) -> None:
            spots = np.flatnonzero(which)
            where, who = self.parties[name].listed(self.rows[place[spots]])
            spots = spots[where]
            found.append((spots, who, np.where(mutual[spots], attendee, roles[spots])))

        n = len(place)
        sender, receiver = np.zeros(n, np.int64), np.ones(n, np.int64)
        everywhere = np.ones(n, bool)
        if "from" in self.parties:
            add("from", first, sender)
        else:
            owner = np.flatnonzero(first)
            roles = np.where(mutual, attendee, np.where(turn > 0, receiver, sender))
            found.append((owner, np.full(len(owner), self.log.owner()), roles[owner]))
        for name in ("to", "with"):
            if name in self.parties:
                own = "from" not in self.parties
                add(name, everywhere, np.where((turn > 0) & own, sender, role))
        for name in ("cc", "bcc"):
            if name in self.parties:
                add(name, everywhere, np.full(n, _ROLES.index(name)))
        spots, who, roles = (np.concatenate(parts) for parts in zip(*found, strict=True))
        packed = (spread.event[spots] * len(self.log.handles()) + who) * len(_ROLES) + roles
        _, order = np.unique(packed, return_index=True)
        columns = {
            "event_id": ids.take(pa.array(spots[order])),
            "handle": words_of(self.log.handles(), who[order]),
            "role": words_of(_ROLES, roles[order]),
        }
        self.log.collector.frame("participants", pa.table(columns).to_pandas())
