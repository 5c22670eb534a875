"""The owner's own `notes.csv`: whom one met, called, asked or introduced."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from villagegraph.parsing import (
    OWNER,
    Collector,
    ExportFile,
    any_handle,
    clean,
    column_key,
    decode,
    name_handle,
    phone_region,
    table_rows,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.near import Near, Shape, nearest
from villagegraph.parsing.text import decode_head, header_delimiter

if TYPE_CHECKING:
    from villagegraph.parsing import Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("notes",)
ADVICE: str = (
    "Notes: a file `notes.csv` of your own with the columns date, who, kind "
    "(met, called, asked, introduced or note), minutes, text."
)

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Your own notes",
        kinds=KINDS,
        steps=(
            "Make a file `notes.csv` with the header `date,who,kind,minutes,text`",
            "Write a line for each lunch, call or talk that no other export can know of",
            "Name people by address, number, profile or plain name; several parted by semicolons",
            "As kind write met, called, asked, introduced, or note for a mere remark",
        ),
        read="Each row but a remark is one contact between you and the people it names.",
        left_out="The column `text` stays in the file: it is in no table, map or report.",
        traps=(
            "Write days as 2026-10-31: 3/4/2026 is only read if `dayfirst` is set.",
            "A plain name is joined with a contact of that very name, if there is only one.",
        ),
    ),
)

APP = "notes"
CONTACT = ("met", "called", "asked", "introduced")
REMARK = "note"
WANTED = ("date", "who", "kind")

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_PARTED = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})")


def sniff(file: ExportFile) -> str:
    """
    Return `notes` if the first line of text is the header of a `notes.csv`.

    Parameters
    ----------
    file
        The file; its name does not count.
    """
    return KINDS[0] if header_delimiter(decode_head(file.head()), wanted=WANTED) else ""


def near(file: ExportFile) -> Near:
    """Tell whether a table was meant to be a `notes.csv`."""
    return nearest(file, [Shape("your own notes.csv", WANTED, "notes")])


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the owner's notes.

    Each row with a kind of contact is one interaction from the owner to the
    people in `who`: an address, a number, a profile or a plain name; several
    are parted by semicolons. A row of the kind `note` is a remark: it is
    counted and makes no contact. The column `text` stays in the file.

    Parameters
    ----------
    file
        The notes.
    settings
        Gives the zone, the order of ambiguous dates and the country of phone numbers.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        Interactions at the local midnight of their day.

    Raises
    ------
    MissingColumnError
        If there is no column `date`, `who` or `kind`.
    """
    data = file.read()
    text = decode(data)
    collector = Collector(file, KINDS[0])
    reader = _Notes(collector, settings)
    rows = table_rows(
        text,
        path=file.label,
        wanted=WANTED,
        delimiter=header_delimiter(text, wanted=WANTED) or ",",
        skip=collector.skip,
    )
    for line, row in rows:
        reason = reader.add({column_key(name): cell for name, cell in row.items()})
        if reason:
            collector.skip(line, reason)
    reader.tell()
    if progress is not None:
        progress(len(data))
    return collector


class _Notes:
    """Turn rows into interactions, and count what is none."""

    def __init__(self, collector: Collector, settings: Settings) -> None:
        self.collector = collector
        self.settings = settings
        self.zone = ZoneInfo(settings.zone)
        self.region = phone_region(settings.me.phones)
        self.seen: Counter[tuple[object, ...]] = Counter()
        self.remarks = 0
        self.odd_minutes = 0

    def add(self, row: dict[str, str]) -> str:
        """Add one row; return the reason if it cannot be read."""
        kind = clean(row["kind"]).casefold()
        if kind == REMARK:
            self.remarks += 1
            return ""
        if kind not in CONTACT:
            return "`kind` needs to be one of " + ", ".join((*CONTACT, REMARK))
        day = note_day(row["date"], dayfirst=self.settings.dayfirst)
        if day is None:
            return "`date` needs to be a day such as 2026-10-31"
        people = {self.handle(who): clean(who) for who in row["who"].split(";") if clean(who)}
        if not people:
            return "`who` is empty"
        key = (day.isoformat(), kind, *sorted(people))
        self.seen[key] += 1
        self.collector.interaction(
            key=(*key, self.seen[key]),
            at=dt.datetime.combine(day, dt.time(), tzinfo=self.zone),
            channel="note",
            app=APP,
            participants=[("from", OWNER), *(("to", handle) for handle in people)],
            precision="day",
            zone=self.settings.zone,
            minutes=self.minutes(row.get("minutes", "")),
        )
        for handle, name in people.items():
            if handle.startswith("name:") and not name.startswith("name:"):
                self.collector.named(handle, name)
        return ""

    def handle(self, who: str) -> str:
        return any_handle(who, region=self.region) or name_handle(who, APP)

    def minutes(self, text: str) -> float:
        if not text:
            return math.nan
        try:
            found = float(text.replace(",", "."))
        except ValueError:
            found = math.nan
        if 0 <= found < math.inf:
            return found
        self.odd_minutes += 1
        return math.nan

    def tell(self) -> None:
        if self.remarks:
            self.collector.note(f"{self.remarks:,} remark{'s' * (self.remarks != 1)}")
        if self.odd_minutes:
            self.collector.note(f"{self.odd_minutes:,} rows with `minutes` that are no number")


def note_day(text: str, *, dayfirst: bool | None = None) -> dt.date | None:
    """
    Read the day of a note.

    Parameters
    ----------
    text
        `2026-10-31`, with or without a time of day, or as people of many
        countries write it: `31.10.2026`, `31/10/2026`, `10/31/2026`.
    dayfirst
        Order of dates such as `3/4/2026`; with None these are not read.

    Returns
    -------
    day
        None if the text names no day, or may name two.

    Examples
    --------
    >>> note_day("31.10.2026")
    datetime.date(2026, 10, 31)
    >>> note_day("3/4/2026") is None
    True
    >>> note_day("3/4/2026", dayfirst=True)
    datetime.date(2026, 4, 3)
    """
    shown = clean(text)
    iso = _ISO.fullmatch(shown)
    if iso is not None:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    parted = _PARTED.fullmatch(shown)
    if parted is None:
        return None
    first, second, year = int(parted[1]), int(parted[3]), int(parted[4])
    if parted[2] == "." or dayfirst:
        found = _day(year, second, first)
    elif dayfirst is None and max(first, second) <= 12 and first != second:
        return None
    else:
        found = _day(year, first, second)
    # only one order gives a day of the calendar
    return found or (
        None if parted[2] == "." else _day(year, second, first) or _day(year, first, second)
    )


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if 1970 < year <= 2100 else None
    except ValueError:
        return None
