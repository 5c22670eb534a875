"""Read the CSV that Google Contacts exports, with the header of any year."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.parsing import (
    Collector,
    clean,
    column_key,
    decode,
    email_handle,
    one_line,
    phone_handle,
    phone_region,
    profile_handle,
)
from villagegraph.parsing.cards import (
    bare_number,
    is_anniversary,
    is_birthday,
    nameless,
    place,
    shown_tags,
)
from villagegraph.parsing.day_order import Day, order_of, told, written_day
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.handles import is_rounded
from villagegraph.parsing.near import Near, Shape, nearest
from villagegraph.parsing.text import DELIMITERS, decode_head, table_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Google Contacts (CSV)",
        kinds=("google-contacts",),
        steps=(
            "Open contacts.google.com and choose Export.",
            "Choose vCard rather than Google CSV: it holds more (see below).",
            "If it has to be a CSV, choose Google CSV, not Outlook CSV.",
            "Put the file as it is into your village's folder; do not open and save it before.",
        ),
        read="Names, e-mail addresses, phone numbers, LinkedIn profiles, organisation, title, "
        "birthday, anniversary, town and country, labels as tags; with the headers of all years.",
        left_out="Notes, photos, street addresses, relations and custom fields: nothing is made "
        "of them. Fax, pager and assistants' numbers: they are not the person's own.",
        traps=(
            "People report that the CSV holds only some of their contacts: the vCard has them all.",
            "A spreadsheet that saves the file rounds long numbers (1.5E+10): they are left out.",
            "It rewrites days, too (3/4/1980): set `dayfirst` in village.toml if `check` asks.",
            "Set your own number in village.toml: it tells in which country 0151 5550123 lies.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("google-contacts",)
ADVICE: str = (
    "Google Contacts: on contacts.google.com choose Export, then vCard (the fuller one) "
    "or Google CSV."
)

_GROUP = re.compile(
    r"(e-?mail|phone|address|website|event|relation|custom field|organization|im) (\d+) - (.+)",
    re.IGNORECASE,
)
# what the rows of either header need to be told from any other CSV
_NEW = frozenset({"firstname", "lastname", "fileas", "organizationname", "labels"})
_OLD = frozenset({"name", "givenname", "familyname", "yominame", "groupmembership"})
_MIXED = frozenset({"name", "givenname", "familyname", "labels"})
_TITLE = "Google Contacts' CSV"
_PARTS = r"(?:email|phone|address|website|event|relation|organization)\d+(?:label|type|value|name)"
_SHAPES = (
    Shape(
        _TITLE,
        ("First Name", "Last Name", "File As", "Organization Name", "Labels"),
        more=_PARTS,
    ),
    Shape(
        _TITLE,
        ("Name", "Given Name", "Family Name", "Yomi Name", "Group Membership"),
        more=_PARTS,
    ),
)
_HEADER_BYTES = 400
_SEVERAL = ":::"
_DIGIT = re.compile(r"[0-9]")
_SLASHED = re.compile(r"(?<![0-9])[0-9]{1,2}([/-])[0-9]{1,2}\1[0-9]{2,4}(?![0-9])")
# machines, and numbers that stand for a colleague of the person
_NO_PHONE = re.compile(r"fax|pager|assistant|télécopie|telecopie", re.IGNORECASE)


def sniff(file: ExportFile) -> str:
    """Return `google-contacts` if one of the first rows is Google's header."""
    head = file.head()
    # all its headers have names; most files in a folder have none so early
    if b"name" not in head[:_HEADER_BYTES].replace(b"\0", b"").lower():
        return ""
    return "google-contacts" if _header(decode_head(head))[0] else ""


def near(file: ExportFile) -> Near:
    """Tell whether a table was meant to be Google's."""
    return nearest(file, _SHAPES)


def _header(text: str) -> tuple[list[str], str]:
    """Return the header and the letter between its cells; no names if it is not Google's."""
    for delimiter in DELIMITERS:
        try:
            rows = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter)
            first = next(rows, [])
        except csv.Error:
            continue
        keys = {column_key(name) for name in first}
        numbered = any(_GROUP.fullmatch(one_line(name)) for name in first)
        if keys >= _NEW or keys >= _OLD or (keys >= _MIXED and numbered):
            return [one_line(name) for name in first], delimiter
    return [], ","


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read an address book.

    Parameters
    ----------
    file
        The CSV.
    settings
        Own numbers tell in which country numbers without a country code lie;
        `dayfirst` is the order of days that a spreadsheet has rewritten.
    progress
        Called with the bytes done.

    Returns
    -------
    collector
        One contact for each row that names somebody.
    """
    collector = Collector(file, "google-contacts")
    text = decode(file.read())
    header, delimiter = _header(text)
    wanted = ("Name",) if "name" in map(column_key, header) else ("First Name", "Labels")
    header, rows = table_cells(
        text, path=file.label, wanted=wanted, delimiter=delimiter, skip=collector.skip
    )
    columns = _columns(header)
    dayfirst = settings.dayfirst
    if dayfirst is None and _SLASHED.search(text):
        # any day may tell in which order all of them are written
        kept = list(rows)
        dayfirst = order_of(cells[n] for _, cells in kept for n in columns.days if n >= 0)
        rows = iter(kept)
    reading = _Reading(collector, columns, phone_region(settings.me.phones), dayfirst)
    for line, cells in rows:
        cells.append("")  # where columns point that the table does not have
        reading.add(line, cells)
    for note in reading.notes():
        collector.note(note)
    if progress is not None:
        progress(file.size)
    return collector


class _Columns(NamedTuple):
    """Where in a row things stand, of a kind in the order of their numbers; -1 for nowhere."""

    names: tuple[tuple[int, ...], ...]
    """Ways to show a name, the best first."""
    works: tuple[tuple[int, int], ...]
    """Organisation and title."""
    emails: tuple[int, ...]
    phones: tuple[tuple[int, int], ...]
    """Label and number."""
    profiles: tuple[int, ...]
    places: tuple[tuple[int, int, int], ...]
    """City, region and country."""
    location: int
    birthday: int
    events: tuple[tuple[int, int], ...]
    """Label and day."""
    labels: tuple[int, ...]

    @property
    def days(self) -> tuple[int, ...]:
        """Where days may stand."""
        return (self.birthday, *(day for _, day in self.events))


def _columns(header: Sequence[str]) -> _Columns:
    plain: dict[str, int] = {}
    groups: defaultdict[str, defaultdict[int, dict[str, int]]]
    groups = defaultdict(lambda: defaultdict(dict))
    for where, column in enumerate(header):
        plain.setdefault(column_key(column), where)
        match = _GROUP.fullmatch(column)
        if match is not None:
            part = column_key(match[3])
            # "Type" of the old header became "Label"
            part = "label" if part == "type" else part
            groups[column_key(match[1])][int(match[2])].setdefault(part, where)

    def at(key: str) -> int:
        return plain.get(key, -1)

    def each(kind: str, part: str) -> list[int]:
        return [parts.get(part, -1) for _, parts in sorted(groups[kind].items())]

    given = ("firstname", "middlename", "lastname")
    if "firstname" not in plain:
        given = ("givenname", "additionalname", "familyname")
    works = zip(each("organization", "name"), each("organization", "title"), strict=True)
    places = [each("address", part) for part in ("city", "region", "country")]
    return _Columns(
        names=((at("name"),), tuple(map(at, given)), (at("fileas"),), (at("nickname"),)),
        works=((at("organizationname"), at("organizationtitle")), *works),
        emails=tuple(each("email", "value")),
        phones=tuple(zip(each("phone", "label"), each("phone", "value"), strict=True)),
        profiles=(*each("website", "value"), *each("im", "value")),
        places=tuple(zip(*places, strict=True)),
        location=at("location"),
        birthday=at("birthday"),
        events=tuple(zip(each("event", "label"), each("event", "value"), strict=True)),
        labels=(at("labels"), at("groupmembership")),
    )


class _Reading:
    """Turn rows into contacts, and count what was not sure."""

    def __init__(
        self, collector: Collector, columns: _Columns, region: str, dayfirst: bool | None
    ) -> None:
        self.collector = collector
        self.columns = columns
        self.region = region
        self.dayfirst = dayfirst
        self.doubtful: list[Day] = []
        self.unread = self.rounded = 0

    def add(self, line: int, cells: Sequence[str]) -> None:
        """Add a row's contact."""
        columns = self.columns
        organization, title = self.work(cells)
        handles = self.handles(cells)
        name = self.name(cells)
        if "@" in name and email_handle(name):
            name = ""  # Google puts the address where no name is known
        elif _DIGIT.search(name) and phone_handle(name, region=self.region) in handles:
            name = ""
        if not name and not organization and not handles:
            self.collector.skip(line, "the row has no name, address, number or profile")
            return
        birthday, anniversary = self.occasions(cells)
        self.collector.contact(
            record=line,
            handles=handles,
            name=name or nameless(organization, handles),
            organization=organization,
            title=title,
            birthday=birthday,
            anniversary=anniversary,
            location=self.location(cells),
            tags=shown_tags(_several(next((cells[n] for n in columns.labels if cells[n]), ""))),
        )

    def name(self, cells: Sequence[str]) -> str:
        for parts in self.columns.names:
            name = clean(" ".join([cells[n] for n in parts]))
            if name:
                return name
        return ""

    def work(self, cells: Sequence[str]) -> tuple[str, str]:
        for organization, title in self.columns.works:
            if cells[organization] or cells[title]:
                return clean(_first(cells[organization])), _first(cells[title])
        return "", ""

    def handles(self, cells: Sequence[str]) -> list[str]:
        found: list[str] = []
        for n in self.columns.emails:
            if cells[n]:
                for address in _several(cells[n]):
                    found.append(email_handle(address))
                    self.unread += not found[-1]
        for label, n in self.columns.phones:
            if cells[n] and not _of_another(cells[label]):
                for number in _several(cells[n]):
                    handle = phone_handle(bare_number(number), region=self.region)
                    if not handle:
                        self.rounded += is_rounded(number)
                        self.unread += not is_rounded(number)
                    found.append(handle)
        for n in self.columns.profiles:
            if cells[n]:
                found += map(profile_handle, _several(cells[n]))
        return [handle for handle in found if handle]

    def location(self, cells: Sequence[str]) -> str:
        for city, region, country in self.columns.places:
            if cells[city] or cells[region] or cells[country]:
                found = place(
                    city=_first(cells[city]),
                    region=_first(cells[region]),
                    country=_first(cells[country]),
                )
                if found:
                    return found
        return _first(cells[self.columns.location])

    def occasions(self, cells: Sequence[str]) -> tuple[str, str]:
        """Return birthday and anniversary."""
        birthdays = _several(cells[self.columns.birthday])
        anniversaries = []
        for label, n in self.columns.events:
            if cells[n]:
                labels = _several(cells[label]) or [""]
                # several days may share one label
                for shown, day in zip_longest(labels, _several(cells[n]), fillvalue=""):
                    if is_anniversary(shown or labels[-1]):
                        anniversaries.append(day)
                    elif is_birthday(shown or labels[-1]):
                        birthdays.append(day)
        return self.day(birthdays), self.day(anniversaries)

    def day(self, texts: Sequence[str]) -> str:
        """Return the first of some days that can be read, and count it, or what was wrong."""
        if not texts:
            return ""
        days = [written_day(text, dayfirst=self.dayfirst) for text in texts]
        best = next((day for day in days if day.text), days[0])
        if best.fault:
            self.doubtful.append(best)
        return best.text

    def notes(self) -> Iterator[str]:
        """Yield what the owner should know of the file."""
        yield from told(self.doubtful)
        if self.unread:
            yield f"{self.unread} address(es) or number(s) that call no person: left out."
        if self.rounded:
            n = self.rounded
            yield (
                f"{n:,} phone number{'s' * (n != 1)} rounded by a spreadsheet (1.5E+10): left out. "
                "Put in the file as it was downloaded."
            )


@functools.lru_cache(maxsize=1_024)
def _of_another(label: str) -> bool:
    return bool(_NO_PHONE.search(label))


def _several(cell: str) -> list[str]:
    if not cell:
        return []
    if _SEVERAL not in cell:
        cell = cell.strip()
        return [cell] if cell else []
    return [part for part in map(str.strip, cell.split(_SEVERAL)) if part]


def _first(cell: str) -> str:
    return cell if _SEVERAL not in cell else next(iter(_several(cell)), "")
