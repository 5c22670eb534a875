"""Read the CSV that Google Contacts exports, with the header of any year."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING

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
    table_rows,
)
from villagegraph.parsing.cards import (
    bare_number,
    is_anniversary,
    is_birthday,
    nameless,
    occasion_day,
    place,
    shown_tags,
)
from villagegraph.parsing.near import Near, Shape, nearest
from villagegraph.parsing.text import decode_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings
    from villagegraph.tables import Export

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
_SEVERAL = ":::"
_DELIMITERS = (",", ";", "\t")  # spreadsheets save with what their country uses
_OCCASIONS = ("birthday", "anniversary")
# machines, and numbers that stand for a colleague of the person
_NO_PHONE = re.compile(r"fax|pager|assistant|télécopie|telecopie", re.IGNORECASE)


def sniff(file: ExportFile) -> str:
    """Return `google-contacts` if one of the first rows is Google's header."""
    return "google-contacts" if _header(decode_head(file.head()))[0] else ""


def near(file: ExportFile) -> Near:
    """Tell whether a table was meant to be Google's."""
    return nearest(file, _SHAPES)


def _header(text: str) -> tuple[list[str], str]:
    """Return the header and the letter between its cells; no names if it is not Google's."""
    for delimiter in _DELIMITERS:
        try:
            first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        keys = {column_key(name) for name in first}
        numbered = any(_GROUP.fullmatch(one_line(name)) for name in first)
        if keys >= _NEW or keys >= _OLD or (keys >= _MIXED and numbered):
            return [one_line(name) for name in first], delimiter
    return [], ","


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Export:
    """
    Read an address book.

    Parameters
    ----------
    file
        The CSV.
    settings
        Own numbers tell in which country numbers without a country code lie.
    progress
        Called with the bytes done.

    Returns
    -------
    export
        One contact for each row that names somebody.
    """
    collector = Collector(file, "google-contacts")
    text = decode(file.read())
    header, delimiter = _header(text)
    groups = _groups(header)
    region = phone_region(settings.me.phones)
    wanted = ("Name",) if "name" in map(column_key, header) else ("First Name", "Labels")
    partial = 0
    rows = table_rows(
        text, path=file.label, wanted=wanted, delimiter=delimiter, skip=collector.skip
    )
    for line, row in rows:
        partial += _add(collector, line, row, groups=groups, region=region)
    if partial:
        collector.note(f"{partial} birthday(s) or anniversaries name no full day: left empty.")
    if progress is not None:
        progress(file.size)
    return collector.export()


def _groups(header: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """Return for each kind of group its numbered parts, as field to column."""
    numbered: defaultdict[str, defaultdict[int, dict[str, str]]]
    numbered = defaultdict(lambda: defaultdict(dict))
    for column in header:
        match = _GROUP.fullmatch(column)
        if match is not None:
            kind, number, part = column_key(match[1]), int(match[2]), column_key(match[3])
            # "Type" of the old header became "Label"
            numbered[kind][number]["label" if part == "type" else part] = column
    return {kind: [parts[n] for n in sorted(parts)] for kind, parts in numbered.items()}


def _add(
    collector: Collector,
    line: int,
    row: Mapping[str, str],
    *,
    groups: Mapping[str, list[dict[str, str]]],
    region: str,
) -> int:
    """Add the row's contact; return how many of its dates name no full day."""
    cells = {column_key(column): value for column, value in row.items()}
    parts = {
        kind: [{name: row[column] for name, column in part.items()} for part in listed]
        for kind, listed in groups.items()
    }
    organization, title = _work(cells, parts)
    handles = [handle for handle in _handles(parts, region=region) if handle]
    name = _name(cells)
    if email_handle(name) or phone_handle(name, region=region) in handles:
        name = ""  # Google puts the address where no name is known
    if not name and not organization and not handles:
        collector.skip(line, "the row has no name, address, number or profile")
        return 0
    birthday, anniversary, partial = _occasions(cells, parts)
    labels = cells.get("labels") or cells.get("groupmembership", "")
    collector.contact(
        record=line,
        handles=handles,
        name=name or nameless(organization, handles),
        organization=organization,
        title=title,
        birthday=birthday,
        anniversary=anniversary,
        location=_location(cells, parts),
        tags=shown_tags(_several(labels)),
    )
    return partial


def _several(cell: str) -> list[str]:
    if _SEVERAL not in cell:
        return [cell] if cell else []  # cells come without outer space
    return [part.strip() for part in cell.split(_SEVERAL) if part.strip()]


def _first(cell: str) -> str:
    return next(iter(_several(cell)), "")


def _name(cells: Mapping[str, str]) -> str:
    given = (
        ("firstname", "middlename", "lastname")
        if "firstname" in cells
        else ("givenname", "additionalname", "familyname")
    )
    joined = " ".join(cells.get(key, "") for key in given)
    candidates = (cells.get("name", ""), joined, cells.get("fileas", ""), cells.get("nickname", ""))
    return next((clean(name) for name in candidates if clean(name)), "")


def _work(cells: Mapping[str, str], parts: Mapping[str, list[dict[str, str]]]) -> tuple[str, str]:
    organization, title = cells.get("organizationname", ""), cells.get("organizationtitle", "")
    for part in parts.get("organization", ()):
        if not organization and not title:
            organization, title = part.get("name", ""), part.get("title", "")
    return clean(_first(organization)), clean(_first(title))


def _handles(parts: Mapping[str, list[dict[str, str]]], *, region: str) -> Iterable[str]:
    for part in parts.get("email", ()):
        yield from map(email_handle, _several(part.get("value", "")))
    for part in parts.get("phone", ()):
        if not _NO_PHONE.search(part.get("label", "")):
            for number in _several(part.get("value", "")):
                yield phone_handle(bare_number(number), region=region)
    for kind in ("website", "im"):
        for part in parts.get(kind, ()):
            yield from map(profile_handle, _several(part.get("value", "")))


def _location(cells: Mapping[str, str], parts: Mapping[str, list[dict[str, str]]]) -> str:
    for part in parts.get("address", ()):
        names = ("city", "region", "country")
        found = place(**{name: _first(part.get(name, "")) for name in names})
        if found:
            return found
    return clean(_first(cells.get("location", "")))


def _occasions(
    cells: Mapping[str, str], parts: Mapping[str, list[dict[str, str]]]
) -> tuple[str, str, int]:
    """Return birthday, anniversary and how many of them could not be read."""
    found: dict[str, list[str]] = {"birthday": _several(cells.get("birthday", ""))}
    for part in parts.get("event", ()):
        labels = _several(part.get("label", "")) or [""]
        days = _several(part.get("value", ""))
        # several days may share one label
        for label, day in zip_longest(labels, days, fillvalue=""):
            shown = label or labels[-1]
            if is_anniversary(shown):
                found.setdefault("anniversary", []).append(day)
            elif is_birthday(shown):
                found["birthday"].append(day)
    read = {kind: [day for day in map(occasion_day, days) if day] for kind, days in found.items()}
    partial = sum(1 for kind, days in found.items() if any(days) and not read[kind])
    birthday, anniversary = (next(iter(read.get(kind, ())), "") for kind in _OCCASIONS)
    return birthday, anniversary, partial
