"""Exports cut into their records, so that any of them can be left out of a file."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from claimed import database
from reading import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from claimed import Case

Paths = tuple[tuple[str, ...], ...]

_START = re.compile(r"\s*(?:window[^=]*=)?\s*")
_ELEMENT = re.compile(rb"[ \t]*<(sms|call|mms)\b(?:[^>]*/>|.*?</mms>)\s*", re.DOTALL)
_DATE = re.compile(rb'\bdate="(\d*)')
_EVENT = re.compile(rb"^BEGIN:VEVENT\r?\n.*?^END:VEVENT\r?\n", re.MULTILINE | re.DOTALL)
# Google parts a series where it was changed
_UID = re.compile(rb"^UID:(.*?)(?:_R\w+)?(?:@[^\r\n]*)?\r?$", re.MULTILINE)
_MESSAGE = re.compile(r"^ +\((\d+), '(M-\d+)'(?:.*'(?:p:0/|bp:)(M-\d+)')?", re.MULTILINE)


@dataclass(frozen=True)
class Split:
    """
    A file as its records.

    Attributes
    ----------
    groups
        What each record must stay together with: a file keeps all of a group or none.
    with_only
        Returns the file with the records of these numbers alone.
    """

    groups: tuple[object, ...]
    with_only: Callable[[Collection[int]], bytes]


def _listed(
    head: bytes, records: Sequence[bytes], tail: bytes = b"", groups: Sequence[object] | None = None
) -> Split:
    def with_only(kept: Collection[int]) -> bytes:
        return head + b"".join(one for n, one in enumerate(records) if n in kept) + tail

    return Split(tuple(range(len(records)) if groups is None else groups), with_only)


def rows(
    case: Case, *, above: int = 1, group: Callable[[list[str]], object] | None = None
) -> Split:
    """Cut a table below its header, before each line that no open quote leads to."""
    encoding = "utf-16" if case.data[:2] == b"\xff\xfe" else "latin-1"
    records, held = [], ""
    for line in case.data.decode(encoding).splitlines(keepends=True):
        held += line
        if held.count('"') % 2 == 0:
            records.append(held if held.endswith("\n") else f"{held}\n")
            held = ""
    head = "".join(records[:above]).encode(encoding)
    found = [record for record in records[above:] if record.strip()]
    return _listed(
        head,
        [record.encode(encoding.replace("16", "16-le")) for record in found],
        groups=[group(record.strip().split(",")) for record in found] if group else None,
    )


def json_lists(case: Case, *, paths: Paths = (), group: str = "") -> Split:
    """
    Cut lists in a JSON file.

    Parameters
    ----------
    case
        The file.
    paths
        Ways to the lists, of which the first that is there counts; `*` stands for each part
        of a list. If none is given, the file is a list, or names one.
    group
        Fields of a record, separated by blanks, that tell with which others it stays.
    """
    text = case.data.decode("utf-8-sig")
    begin = _START.match(text)[0]
    whole, _ = json.JSONDecoder().raw_decode(text[len(begin) :])
    named = whole.items() if isinstance(whole, dict) else ()
    ways = paths or [*((name,) for name, value in named if isinstance(value, list)), ()]
    path = next(way for way in ways if not way or way[0] == "*" or way[0] in whole)
    records = [record for found in _lists(whole, path) for record in found]

    def with_only(kept: Collection[int]) -> bytes:
        part = copy.deepcopy(whole)
        n = 0
        for found in _lists(part, path):
            size = len(found)
            found[:] = [one for number, one in enumerate(found, start=n) if number in kept]
            n += size
        return (begin + json.dumps(part)).encode()

    return Split(tuple(_group(record, group, n) for n, record in enumerate(records)), with_only)


def _lists(value: Any, path: tuple[str, ...]) -> list[list[Any]]:
    if not path:
        return [value]
    first, *rest = path
    parts = value if first == "*" else [value[first]]
    return [found for part in parts for found in _lists(part, tuple(rest))]


def _group(record: object, fields: str, number: int) -> object:
    told = [record.get(field) for field in fields.split()] if isinstance(record, dict) else []
    return str(told) if any(told) else number


def json_lines(case: Case) -> Split:
    """Cut a file with a record a line; those that tell of people stand above all messages."""
    lines = case.data.splitlines(keepends=True)
    records = [line for line in lines if line.startswith(b'{"chatItem"')]
    return _listed(b"".join(line for line in lines if line not in records), records)


def elements(case: Case) -> Split:
    """Cut the records of an XML backup; those of one moment stay together."""
    found = list(_ELEMENT.finditer(case.data))
    head, tail = case.data[: found[0].start()], case.data[found[-1].end() :]
    groups = [_DATE.search(match[0])[1] for match in found]
    return _listed(head, [match[0] for match in found], tail, groups)


def cards(case: Case) -> Split:
    """Cut a file of cards; one card may hold another."""
    records, depth, held = [], 0, b""
    for line in case.data.splitlines(keepends=True):
        depth += line.startswith(b"BEGIN:VCARD")
        held += line
        if line.startswith(b"END:VCARD"):
            depth -= 1
            if not depth:
                records.append(held)
                held = b""
    return _listed(b"", records, held)


def meetings(case: Case) -> Split:
    """Cut a calendar; a series stays together with its exceptions."""
    found = list(_EVENT.finditer(case.data))
    head, tail = case.data[: found[0].start()], case.data[found[-1].end() :]
    groups = [_UID.search(match[0])[1] for match in found]
    return _listed(head, [match[0] for match in found], tail, groups)


def starts(case: Case, *, pattern: bytes) -> Split:
    """Cut a text before each line that a pattern matches."""
    places = [match.start() for match in re.finditer(pattern, case.data, re.MULTILINE)]
    records = [case.data[one:other] for one, other in pairwise([*places, len(case.data)])]
    return _listed(case.data[: places[0]], records)


def messages(case: Case) -> Split:
    """Cut a database by its messages; a reaction stays together with its message."""
    statements = (FIXTURES / case.label).with_suffix(".sql").read_text(encoding="utf-8")
    found = [match.groups() for match in _MESSAGE.finditer(statements)]

    def with_only(kept: Collection[int]) -> bytes:
        left = ", ".join(number for n, (number, *_) in enumerate(found) if n not in kept)
        return database(f"{statements}\nDELETE FROM message WHERE ROWID IN ({left});")

    return Split(tuple(target or guid for _, guid, target in found), with_only)
