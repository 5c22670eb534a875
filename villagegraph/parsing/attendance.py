"""Attendance reports: where a meeting's own lines stand, and where its list of people begins."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing.text import column_key, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DELIMITERS = "\t,;"
SEARCH_ROWS = 60

# headers by `column_key`; what Zoom and Teams have called their columns over the years
_NAMES = ("name", "fullname", "nameoriginalname", "displayname", "participant")
_TIMES = ("jointime", "firstjoin", "firstjointime", "useraction", "totaldurationminutes")
_MEET = frozenset({"firstname", "lastname", "duration", "timejoined", "timeexited"})
_ZOOM = frozenset(
    "durationminutes totaldurationminutes guest recordingconsent inwaitingroom".split()
)
_TEAMS = frozenset(
    "useraction timestamp firstjoin inmeetingduration participantidupn role participantid".split()
)
_STARTS = ("starttime", "meetingstarttime", "createdon", "startedon", "meetingstart", "start")
_ENDS = ("endtime", "meetingendtime", "endedon", "meetingend", "end")
_IDS = ("meetingid", "id", "meetingcode")
_HOSTS = ("useremail", "hostemail", "host")
_WORDS = ("join", "duration", "timestamp")  # one of them stands in each of the headers
_KEYS = frozenset((*_STARTS, *_ENDS, *_IDS))
# a section of Teams' report: "2. Participants"
_SECTION = re.compile(r"\d\.\s?\S.*")
_PAIR = re.compile(r"\W*(?P<key>[^:\d]{3,30}?)(?:\s*:\s*|\s+)(?P<value>\d{4}-\d\d?-\d\d?.*|\d.*)")


@dataclass(slots=True)
class Report:
    """
    An attendance report before anything is made of it.

    Attributes
    ----------
    app
        `teams`, `zoom` or `meet`.
    meeting
        What the report says of the meeting: `start`, `end`, `id`, `host`, as they are written.
    columns
        The header of the list of people, as `column_key`.
    line
        Where that header stands.
    rows
        Line and cells of each row below it.
    """

    app: str
    columns: tuple[str, ...]
    line: int
    meeting: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


def find_report(text: str, *, path: str = "") -> Report | None:
    r"""
    Return the report that a text holds; None if it is none.

    Parameters
    ----------
    text
        The decoded file, or its beginning.
    path
        What errors call the file.

    Raises
    ------
    ExportError
        If the table breaks off in a way that no spreadsheet writes.

    Examples
    --------
    >>> report = find_report("Name,User Email,Join Time,Duration (Minutes)\nAda,,x,1")
    >>> report.app, report.rows
    ('zoom', [(2, ('Ada', '', 'x', '1'))])
    """
    folded = text.casefold()
    if "name" not in folded or not any(word in folded for word in _WORDS):
        return None
    best: Report | None = None
    for delimiter in DELIMITERS:
        report = _report(_records(text, delimiter, path), delimiter)
        if report is not None and (best is None or len(report.columns) > len(best.columns)):
            best = report
    return best


def _records(text: str, delimiter: str, path: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, tuple(map(one_line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        msg = f"no table from here on ({error})."
        raise ExportError(msg, path=path, line=line) from None


def _report(records: Iterator[tuple[int, tuple[str, ...]]], delimiter: str) -> Report | None:
    report: Report | None = None
    above: list[tuple[str, ...]] = []
    for line, cells in records:
        if report is None:
            app = _app(tuple(map(column_key, cells)), above)
            if app:
                report = Report(app, tuple(map(column_key, cells)), line, _meeting(above))
            elif len(above) > SEARCH_ROWS:
                return None
            above.append(cells)
        elif _SECTION.fullmatch(cells[0] if cells else "") and not any(cells[1:]):
            break  # what people did in the meeting, told once more
        elif any(cells):
            report.rows.append((line, cells))
        elif report.rows and report.app == "teams" and delimiter == "\t":
            break
    return report


def _app(keys: Sequence[str], above: Sequence[Sequence[str]]) -> str:
    """Return whose list of people begins with this header; empty if it is none."""
    found = set(keys)
    if found >= _MEET:
        return "meet"
    if not found & set(_NAMES) or not found & set(_TIMES):
        return ""
    if found & _TEAMS and not found & _ZOOM:
        words = {column_key(cell) for row in above for cell in row[:1]}
        told = any(_SECTION.fullmatch(row[0]) for row in above if row) or bool(words & _KEYS)
        known = len(found & _TEAMS) > 1 or {"useraction", "timestamp"} <= found
        return "teams" if known or told else ""
    return "zoom" if found & _ZOOM else ""


def _meeting(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return what stands above the list: a row of columns and a row of values, or pairs."""
    found: dict[str, str] = {}
    header: Mapping[str, int] = {}
    for cells in rows:
        keys = [column_key(cell) for cell in cells]
        if header:
            for key, at in header.items():
                if at < len(cells):
                    _keep(found, key, cells[at])
            header = {}
        elif len(set(keys) & _KEYS) > 1:
            header = {key: at for at, key in enumerate(keys)}
        elif len(cells) > 1 and keys[0] and cells[1]:
            _keep(found, keys[0], cells[1])
        elif cells:
            pair = _PAIR.fullmatch(cells[0])
            if pair is not None:
                _keep(found, column_key(pair["key"]), pair["value"])
            elif column_key(cells[0].partition(":")[0]) in _IDS:
                _keep(found, column_key(cells[0].partition(":")[0]), cells[0].partition(":")[2])
    return found


def _keep(found: dict[str, str], key: str, value: str) -> None:
    for name, keys in (("start", _STARTS), ("end", _ENDS), ("id", _IDS), ("host", _HOSTS)):
        if key in keys and value:
            found.setdefault(name, value.strip())


def meetings_of(report: Report) -> list[Report]:
    """Part a report of several meetings, in which each row tells of which it is."""
    keys = [key for key in (*_IDS, *_STARTS) if key in report.columns]
    if not keys or report.meeting:
        return [report]
    found: dict[tuple[str, ...], Report] = {}
    for line, cells in report.rows:
        row = dict(zip(report.columns, cells, strict=False))
        which = tuple(row.get(key, "") for key in keys)
        if which not in found:
            found[which] = Report(report.app, report.columns, report.line)
            for key in (*keys, *_ENDS):
                _keep(found[which].meeting, key, row.get(key, ""))
        found[which].rows.append((line, cells))
    return list(found.values()) or [report]


_HOURS = re.compile(
    r"(?:(?P<h>\d{1,3})\s?(?:h|hr|hrs|hours?))?\s*(?:(?P<m>\d{1,5})\s?(?:m|min|mins|minutes?))?"
    r"\s*(?:(?P<s>\d{1,6})\s?(?:s|sec|secs|seconds?))?",
    re.IGNORECASE,
)


def minutes_of(text: str) -> float | None:
    """
    Return a length of time in minutes; None if it is none.

    Examples
    --------
    >>> minutes_of("1 hr 2 min"), minutes_of("32m 30s"), minutes_of("45"), minutes_of("")
    (62.0, 32.5, 45.0, None)
    """
    shown = one_line(text)
    if re.fullmatch(r"\d{1,5}", shown):
        return float(shown)
    match = _HOURS.fullmatch(shown)
    if not shown or match is None:
        return None
    hours, minutes, seconds = (int(match[name] or 0) for name in "hms")
    return hours * 60 + minutes + seconds / 60


_RENAMED = re.compile(r"(?P<shown>.+?)\s?\((?P<original>[^()]+)\)")
_REMARKS = frozenset(
    "guest external unverified extern gast host cohost co-host presenter me invité externe "
    "invitado organizer".split()
)


def person_name(text: str) -> str:
    """
    Return the name under which a service knows somebody, without remarks.

    Examples
    --------
    >>> person_name("Bobby (Robert Pike)"), person_name("Ada Bell (Guest)")
    ('Robert Pike', 'Ada Bell')
    >>> person_name("Ada Bell (she/her)"), person_name("Ada Bell")
    ('Ada Bell', 'Ada Bell')
    """
    name = one_line(text).lstrip("~ ")
    match = _RENAMED.fullmatch(name)
    if match is None:
        return name
    original = match["original"].strip()
    words = {word.strip(",") for word in original.casefold().split()}
    if "/" in original or words & _REMARKS or not any(map(str.isalpha, original)):
        return person_name(match["shown"]) if "(" in match["shown"] else match["shown"]
    return original
