"""Call and text records of bandicoot, a toolbox for the analysis of phone metadata."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from villagegraph.files import digest
from villagegraph.parsing import (
    OWNER,
    Collector,
    column_key,
    decode,
    phone_handle,
    phone_region,
    platform_handle,
    table_rows,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.near import Near, Shape, nearest
from villagegraph.parsing.stamps import OUT_OF_RANGE, Stamp, ambiguous, in_range, stamp, stamp_order
from villagegraph.parsing.text import decode_head, header_delimiter, header_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("bandicoot", "bandicoot-other")
ADVICE: str = (
    "bandicoot: a CSV with the columns interaction, direction, correspondent_id, datetime, "
    "call_duration, antenna_id."
)
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Call and text records (bandicoot CSV)",
        kinds=KINDS,
        steps=(
            "Take the records of one phone, as bandicoot reads them or as Orange's logs are.",
            "Or write your phone company's call log into a CSV with bandicoot's columns.",
            "Write `call` or `text` as interaction, `in` or `out` as direction, and seconds.",
        ),
        read="Calls with their length, and texts: with whom, when, and who began.",
        left_out=(
            "Where the phone was (antennas), top-ups, attributes of the phone's owner, and rows "
            "that only tell where the phone was."
        ),
        traps=(
            "Times are local: write the phone's `zone` into village.toml.",
            "Only numbers that begin with + join the people of your address book.",
            "The records are those of one phone, whose owner is you: one village for each owner.",
            "Those of several phones make one village with `village_from_phones` in Python.",
        ),
    ),
)

APP = "bandicoot"
WANTED = ("interaction", "direction", "correspondent_id", "datetime")
_CHANNELS = {"call": "call", "text": "sms"}

# Orange: record type 1 out, 2 in; service 11 call, 21 and 22 text; no header
_ORANGE = re.compile(
    r"[12];\d{2};[^;\r\n]*;[^;\r\n]*;\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2};[^;\r\n]*;[^\r\n]*"
)
_ORANGE_HEADER = "call_record_type;basic_service;user;correspondent_id;datetime;call_duration;x;y"
_ORANGE_DIRECTIONS = {"1": "out", "2": "in"}
_ORANGE_SERVICES = {"11": "call", "21": "text", "22": "text"}

_TOPUPS = frozenset({"datetime", "amount", "retailerid"})
_ANTENNAS = frozenset({"antennaid", "latitude", "longitude"})
_MATRIX = frozenset({"yearweek", "channel", "weekday", "section", "value"})
_ATTRIBUTES = frozenset({"individual_id", "gender", "age", "is_subscriber"})
_REPORTING = re.compile(r'"reporting(?:__version)?"\s*:|reporting__version\b')
NO_CONTACT = "Part of a bandicoot data set that tells of no contact."


def sniff(file: ExportFile) -> str:
    """Return `bandicoot` by the header or the shape of the first row."""
    text = decode_head(file.head())
    if header_delimiter(text, wanted=WANTED) or _ORANGE.match(text.lstrip("\ufeff \t\r\n")):
        return KINDS[0]
    return KINDS[1] if _belongs(text) else ""


def near(file: ExportFile) -> Near:
    """Tell whether a table was meant to be bandicoot's."""
    return nearest(file, [Shape("bandicoot's records", WANTED)])


def _belongs(text: str) -> bool:
    """Tell whether a file is surely one of those that lie beside the records."""
    header = header_keys(text)
    if header in (_TOPUPS, _ANTENNAS, _MATRIX):
        return True
    if header == {"key", "value"}:
        rows = [line.partition(",")[0].strip() for line in text.strip().splitlines()[1:]]
        keys = {key for key in rows if key}
        return bool(keys) and keys <= _ATTRIBUTES
    return text.lstrip()[:1] in ("{", "n") and bool(_REPORTING.search(text[:4_096]))


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the records of one phone.

    Parameters
    ----------
    file
        The records.
    settings
        Gives the zone of the phone, and the order of dates that a spreadsheet has rewritten.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        One interaction a row, between the phone's owner and somebody else.

    Raises
    ------
    ExportError
        If the file is no table.
    """
    kind = sniff(file) or KINDS[0]
    collector = Collector(file, kind)
    if kind == KINDS[1]:
        collector.note(NO_CONTACT)
    else:
        text = decode(file.read())
        rows = list(_rows(text, file, collector))
        _add(rows, collector, settings)
    if progress is not None:
        progress(file.size)
    return collector


def _rows(
    text: str, file: ExportFile, collector: Collector
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows as bandicoot writes them, by `column_key`."""
    delimiter = header_delimiter(text, wanted=WANTED)
    lines = 0
    wanted: tuple[str, ...] = WANTED
    if not delimiter:
        text, lines, delimiter = f"{_ORANGE_HEADER}\n{text}", 1, ";"
        wanted = ("call_record_type", "basic_service")

    def skip(line: int, reason: str) -> None:
        collector.skip(line - lines, reason)

    rows = table_rows(text, path=file.label, wanted=wanted, delimiter=delimiter, skip=skip)
    for line, row in rows:
        cells = {column_key(name): cell for name, cell in row.items()}
        if lines:
            cells["direction"] = _ORANGE_DIRECTIONS.get(cells["callrecordtype"], "")
            cells["interaction"] = _ORANGE_SERVICES.get(cells["basicservice"], "?")
        yield line - lines, cells


def _add(
    rows: Iterable[tuple[int, Mapping[str, str]]], collector: Collector, settings: Settings
) -> None:
    read = [(line, row, stamp(row["datetime"])) for line, row in rows]
    order, sure = stamp_order((at for _, _, at in read if at), dayfirst=settings.dayfirst)
    if not sure:
        collector.note(ambiguous(order))
    records = _Records(collector, settings, order)
    for line, row, at in read:
        reason = records.add(row, at)
        if reason:
            collector.skip(line, reason)


class _Records:
    """Turn rows into interactions."""

    def __init__(self, collector: Collector, settings: Settings, order: str) -> None:
        self.collector = collector
        self.order = order
        self.zone, self.zone_name = ZoneInfo(settings.zone), settings.zone
        self.region = phone_region(settings.me.phones)
        self.seen: Counter[tuple[object, ...]] = Counter()

    def add(self, row: Mapping[str, str], at: Stamp | None) -> str:
        """Add a row; return why it is left out, or nothing."""
        kind, direction = row["interaction"].casefold(), row["direction"].casefold()
        other = self.handle(row["correspondentid"])
        day = at.day(self.order) if at is not None else None
        reason = _refused(kind, direction, other)
        if reason:
            return reason
        if at is None or day is None or at.time is None:
            return "a date or time that cannot be read"
        if not in_range(day):
            return OUT_OF_RANGE
        moment = dt.datetime.combine(day, at.time, tzinfo=dt.UTC if at.utc else self.zone)
        spoken = row.get("callduration", "")
        seconds = float(spoken) if kind == "call" and _is_number(spoken) else math.nan
        same = (moment.replace(tzinfo=None).isoformat(), kind, direction, other, seconds)
        self.seen[same] += 1
        sides = (other, OWNER) if direction == "in" else (OWNER, other)
        self.collector.interaction(
            key=(*same, self.seen[same]),
            at=moment,
            channel=_CHANNELS[kind],
            app=APP,
            participants=list(zip(("from", "to"), sides, strict=True)),
            precision="second" if at.seconds else "minute",
            zone="" if at.utc else self.zone_name,
            thread=digest(APP, other),
            minutes=seconds / 60,
        )
        return ""

    def handle(self, text: str) -> str:
        """Return a number of a country as such, and whatever else as a code."""
        number = phone_handle(text, region=self.region) if text.startswith(("+", "00")) else ""
        return number if number.startswith("phone:+") else platform_handle(APP, text)


def _refused(kind: str, direction: str, other: str) -> str:
    """Return why a row is no call and no text, or nothing."""
    if kind not in _CHANNELS:
        return (
            "neither a call nor a text" if kind else "it tells where the phone was, not with whom"
        )
    if direction not in ("in", "out"):
        return "it tells neither in nor out"
    return "" if other else "it names nobody"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{1,7}(?:\.\d{1,6})?", text) is not None
