"""Tables of any origin: people, logs of interactions, lists of edges."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.parsing import (
    Collector,
    clean,
    decode,
    email_handle,
    phone_handle,
    phone_region,
    platform_handle,
    profile_handle,
)
from villagegraph.parsing.cards import bare_number, nameless, place, shown_tags
from villagegraph.parsing.day_order import Day, order_of, told, written_day
from villagegraph.parsing.generic_columns import (
    EDGES,
    INTERACTIONS,
    PEOPLE,
    GenericTable,
    known_table,
    mapped_table,
    mapping_for,
)
from villagegraph.parsing.generic_log import IDS, LogTables
from villagegraph.parsing.generic_rows import blocks_of
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.numbered import numbered_rows
from villagegraph.parsing.text import decode_head

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = (PEOPLE, INTERACTIONS, EDGES)
ADVICE: str = (
    'Any other table: name its columns in village.toml, under [columns."<file>"], such as '
    'name = "Kunde" and email = "Kontaktadresse".'
)
_MAP = (
    'If the header says something else, write [columns."<file or glob>"] into village.toml '
    'and below it which column holds what, such as name = "Kunde".'
)
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Any table of people",
        kinds=(PEOPLE,),
        steps=(
            (
                "Save the table as CSV, with a header row: name (or first and last name), email, "
                "phone, company, title, birthday, tags, in English or another common language."
            ),
            _MAP,
        ),
        read="Names, all addresses and numbers, LinkedIn profiles, ids, organisation (or "
        "department), title, headline, birthday, anniversary, place and tags; Thunderbird's "
        "address book with its three columns of a birthday. Commas, semicolons, tabs or bars.",
        left_out="Notes, streets and every column with another header.",
        traps=(
            (
                "A table is read on its own only if its header leaves no doubt; every other one "
                "needs a few lines in village.toml."
            ),
            (
                "Where no day tells whether the month stands first, days such as 3/4/1980 are left "
                "empty and `check` says so: write `dayfirst = true` or `dayfirst = false`."
            ),
            "An `id` joins a person to a log that knows people by the same ids.",
        ),
    ),
    Guide(
        source="Any log of interactions",
        kinds=(INTERACTIONS,),
        steps=(
            (
                "Save the log as CSV, one row an interaction: when, from and to (or with whom, if "
                "it is your own log), channel, and if you like direction, minutes, size, thread."
            ),
            _MAP,
        ),
        read="ISO times, epochs in seconds or finer, and days in the order that the column "
        "shows; times without a zone in your zone. Several people in a cell are parted by "
        "semicolons. In your own log `direction` (in or out) tells who began; without it, "
        "calls and meetings are mutual and all else goes from you to the other.",
        left_out="Every text: no column with a subject or a message is looked at. Rows without "
        "a time or without people are listed.",
        traps=(
            (
                "If day and month may stand in either order in a whole column, its rows are left "
                "out until `dayfirst` in village.toml says which is meant."
            ),
            "A channel that is not known here counts as chat; `check` says how many rows.",
            (
                "Words without a digit are names here, all else that is no address, number or "
                "profile is an id."
            ),
        ),
    ),
    Guide(
        source="Any list of edges",
        kinds=(EDGES,),
        steps=(
            (
                "Save the list as CSV with the columns src, dst (or source, target), and if there "
                "are any, unix_time or date, weight, kind."
            ),
            (
                "A list without times needs the day for which it stands: write "
                '[columns."edges.csv"] into village.toml and below it day = "2026-10-31".'
            ),
        ),
        read="One interaction a row, from src to dst; addresses, numbers and profiles as what "
        "they are, and any other word or number as an id. A weight of n is n interactions at "
        "that time (at most 100), so it adds to the counts and to no contact days; weights that "
        "are no whole numbers count nothing. Rows with the same `mid` (or event), and rows "
        "whose kind is to, cc or bcc with the same sender and time, are one mail.",
        left_out="Rows without a time or an end, or with a weight that is not above 0, are "
        "listed. Equal rows count each.",
        traps=(
            (
                'Two lists may call different people by the same ids: give each an app = "…" of '
                "its own in village.toml."
            ),
            "A log of a whole organisation has no `me`, and needs none.",
        ),
    ),
)


def sniff(file: ExportFile) -> str:
    """Return the kind of table that a header tells beyond doubt."""
    head = file.head()
    if b"\0" in head[2:] and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return ""
    table = known_table(decode_head(head))
    return table.kind if table is not None else ""


def mapped(file: ExportFile, settings: Settings) -> str:
    """Return the kind of table that village.toml says `file` is; empty if it is silent."""
    mapping = mapping_for(file, settings)
    return mapped_table(decode_head(file.head()), mapping).kind if mapping else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read a table.

    Parameters
    ----------
    file
        The CSV.
    settings
        Gives the mapping of columns, the zone, the order of ambiguous days, and by the
        owner's own numbers the country of numbers without a country code.
    progress
        Called with the bytes done.

    Returns
    -------
    collector
        One contact for each person, or one event for each interaction.

    Raises
    ------
    MissingColumnError
        If the mapping names columns that the header lacks.
    ExportError
        If it is a log without times and no day is given for it.
    """
    table = _table(file, settings)
    collector = Collector(file, table.kind)
    if table.kind == PEOPLE:
        _read_people(file, table, collector, settings)
        if progress is not None:
            progress(file.size)
        return collector
    if not table.columns.keys() & {"at", "date"} and "day" not in table.constants:
        msg = "tells no time for its rows."
        hint = (
            f'Write into village.toml: [columns."{file.name}"] and in the line below it '
            'day = "2026-10-31", the day for which the rows stand.'
        )
        raise ExportError(msg, path=file.label, hint=hint)
    log = LogTables(collector, table, settings)
    for rows in blocks_of(file, table, skip=collector.skip, progress=progress):
        log.add(rows)
    log.finish()
    return collector


def _table(file: ExportFile, settings: Settings) -> GenericTable:
    head = decode_head(file.head())
    mapping = mapping_for(file, settings)
    if not mapping:
        table = known_table(head)
        if table is None:
            msg = "its header tells not what it holds."
            raise ExportError(msg, path=file.label, hint=ADVICE)
        return table
    table = mapped_table(head, mapping)
    if table.missing:
        raise MissingColumnError(
            path=file.label,
            line=None,
            missing=table.missing,
            found=table.header,
            hint="These are our names: mend what village.toml says under [columns] for this "
            "file, with the headers as they stand in it.",
        )
    return table


def _read_people(
    file: ExportFile, table: GenericTable, collector: Collector, settings: Settings
) -> None:
    rows = list(
        numbered_rows(
            decode(file.read()),
            path=file.label,
            delimiter=table.delimiter,
            above=table.above,
            width=table.width,
            skip=collector.skip,
        )
    )
    people = _People(collector, table, settings)
    people.orders(rows)
    for line, cells in rows:
        people.add(line, cells)
    for note in told(people.days):
        collector.note(note)


class _People:
    """Turn rows into contacts."""

    def __init__(self, collector: Collector, table: GenericTable, settings: Settings) -> None:
        self.collector = collector
        self.columns = table.columns
        self.ids = table.constants.get("app", IDS)
        self.region = phone_region(settings.me.phones)
        self.dayfirst: dict[str, bool | None] = dict.fromkeys(_DAYS, settings.dayfirst)
        self.days: list[Day] = []

    def orders(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Find out the order of day and month of each column that may tell it."""
        for name, given in self.dayfirst.items():
            number = next(iter(self.columns.get(name, ())), None)
            if given is None and number is not None:
                self.dayfirst[name] = order_of(cells[number] for _, cells in rows)

    def add(self, line: int, cells: Sequence[str]) -> None:
        def one(name: str) -> str:
            return next((cells[n] for n in self.columns.get(name, ()) if cells[n]), "")

        organization = clean(one("organization") or one("department"))
        handles = [handle for handle in self.handles(cells) if handle]
        parts = " ".join(one(part) for part in ("first_name", "middle_name", "last_name"))
        name = clean(one("name")) or clean(parts) or clean(one("nickname"))
        if email_handle(name) or phone_handle(name, region=self.region) in handles:
            name = ""
        if not name and not organization and not handles:
            self.collector.skip(line, "the row has no name, address, number or profile")
            return
        spot = place(city=one("city"), region=one("region"), country=one("country"))
        self.collector.contact(
            record=line,
            handles=handles,
            name=name or nameless(organization, handles),
            organization=organization,
            title=one("title"),
            headline=one("headline"),
            birthday=self.day("birthday", one("birthday")) or self.parted(one),
            anniversary=self.day("anniversary", one("anniversary")),
            connected_on=_full(self.day("connected_on", one("connected_on"))),
            location=one("location") or spot,
            tags=shown_tags(re.split(r"[;,|]|:::", one("tags"))),
        )

    def handles(self, cells: Sequence[str]) -> list[str]:
        found = []
        for number in self.columns.get("email", ()):
            found += [email_handle(part) for part in re.split(r"[;,\s]+", cells[number])]
        for number in self.columns.get("phone", ()):
            for part in re.split(r";|,|:::", cells[number]):
                found.append(phone_handle(bare_number(part), region=self.region))
        found += [profile_handle(cells[number]) for number in self.columns.get("profile", ())]
        found += [platform_handle(self.ids, cells[n]) for n in self.columns.get("id", ())]
        return found

    def day(self, name: str, text: str) -> str:
        day = written_day(text, dayfirst=self.dayfirst[name])
        self.days.append(day)
        return day.text

    def parted(self, one: Callable[[str], str]) -> str:
        """Return a birthday whose year, month and day stand in columns of their own."""
        year, month, day = (one(f"birth_{part}") for part in ("year", "month", "day"))
        if not month or not day:
            return ""
        found = written_day(f"{year.zfill(4)}-{month}-{day}", dayfirst=None)
        self.days.append(found)
        return found.text


_DAYS = ("birthday", "anniversary", "connected_on")


def _full(day: str) -> str:
    return "" if day.startswith("--") else day
