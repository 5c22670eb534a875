"""Attendance reports of Microsoft Teams, Zoom and Google Meet: who was in a meeting."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import (
    Collector,
    clean,
    decode,
    email_handle,
    name_handle,
    phone_handle,
    phone_region,
)
from villagegraph.parsing.attendance import (
    Report,
    find_report,
    meetings_of,
    minutes_of,
    person_name,
)
from villagegraph.parsing.dated import dated_name
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.stamps import OUT_OF_RANGE, Stamp, ambiguous, in_range, stamp, stamp_order
from villagegraph.parsing.text import decode_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("teams-attendance", "zoom-attendance", "meet-attendance")
ADVICE: str = (
    "Attendance of a meeting: Teams (meeting, Attendance, Download), Zoom (Reports, Usage, "
    "participants, with meeting data) or Meet (the report in the organiser's mail), as CSV."
)
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Microsoft Teams attendance report",
        kinds=KINDS[:1],
        steps=(
            "As the organiser, open the meeting in the Teams calendar, then Attendance.",
            "Choose Download, and copy the CSV as it is, without saving it in a spreadsheet.",
        ),
        read="Each meeting as one interaction of all who were in it, with its organiser.",
        left_out="The title, how long each person stayed, and what they did in the meeting.",
        traps=(
            "Only English reports are read: set Teams to English before the download.",
            "Times are those of the one who downloads: `zone` in village.toml has to fit.",
        ),
    ),
    Guide(
        source="Zoom participants report",
        kinds=KINDS[1:2],
        steps=(
            "On zoom.us open Reports, Usage (or Meeting), and find the meeting.",
            "Choose its number of participants, tick Export with meeting data, then Export.",
        ),
        read=(
            "Each meeting as one interaction of all who were in it, with its host; somebody who "
            "came back counts once."
        ),
        left_out="The topic, how long each person stayed, and who only waited to be let in.",
        traps=(
            "Guests come without an address and are known by the name they typed.",
            "A list of unique users without meeting data tells no time, and cannot be read.",
        ),
    ),
    Guide(
        source="Google Meet attendance report",
        kinds=KINDS[2:],
        steps=(
            "Open the attendance report that Meet sent to the organiser (a spreadsheet).",
            "Choose File, Download, Comma-separated values.",
            "If the times have no date, write the day into the name: meet-2026-10-31.csv.",
        ),
        read="Each meeting as one interaction of all who were in it.",
        left_out="How long each person stayed.",
        traps=("Without a day in the table or in the file's name, the meeting cannot be read.",),
    ),
)

_JOINED = ("jointime", "firstjoin", "firstjointime", "timejoined", "timestamp")
_LEFT = ("leavetime", "lastleave", "lastleavetime", "timeexited", "timestamp")
_LENGTHS = ("inmeetingduration", "duration", "durationminutes", "totaldurationminutes")
_NAMES = ("name", "fullname", "nameoriginalname", "displayname", "participant")
_EMAILS = ("email", "useremail", "emailaddress", "participantidupn", "upn")
MAX_MINUTES = 24 * 60
_ADDRESS = re.compile(r"[^\s()<>]+@[^\s()<>]+")


def sniff(file: ExportFile) -> str:
    """Return the kind of report by the header of its list of people."""
    head = file.head()
    if b"\0" in head[:512] and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return ""
    try:
        report = find_report(decode_head(head[:32_768]))
    except ExportError:
        return ""
    return f"{report.app}-attendance" if report is not None else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the report of one meeting.

    Parameters
    ----------
    file
        The CSV.
    settings
        Gives the zone of its times and the order of dates that may be read in two ways.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        One interaction with everybody who was there, if there were two at least.

    Raises
    ------
    ExportError
        If it is no report, or tells no time.
    """
    report = find_report(decode(file.read()), path=file.label)
    if report is None:
        msg = "has no list of people with their times."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    collector = Collector(file, f"{report.app}-attendance")
    for meeting in meetings_of(report):
        _Meeting(meeting, collector, settings).add()
    if progress is not None:
        progress(file.size)
    return collector


@dataclass(frozen=True, slots=True)
class _Attendee:
    """One row of the list."""

    line: int
    handle: str
    name: str
    organizer: bool
    joined: Stamp | None
    left: Stamp | None
    minutes: float


class _Meeting:
    """Turn a report into one interaction."""

    def __init__(self, report: Report, collector: Collector, settings: Settings) -> None:
        self.report, self.collector, self.settings = report, collector, settings
        self.region = phone_region(settings.me.phones)
        self.zone = ZoneInfo(settings.zone)
        self.order = ""
        self.day = ""

    def add(self) -> None:
        """Add the meeting and its people."""
        found = [self.attendee(line, cells) for line, cells in self.report.rows]
        people = [person for person in found if person is not None]
        meeting = self.report.meeting
        stamps = [stamp(meeting.get("start", "")), stamp(meeting.get("end", ""))]
        for person in people:
            stamps += [person.joined, person.left]
        self.order, sure = stamp_order(
            (at for at in stamps if at), dayfirst=self.settings.dayfirst, monthfirst=True
        )
        if not sure:
            self.collector.note(ambiguous(self.order))
        first = stamps[0]
        start = first.day(self.order) if first is not None else None
        self.day = start.isoformat() if start else dated_name(self.collector.file.label)
        people = self.present(people)
        if not people:
            self.collector.note("Nobody is listed in the report.")
            return
        begin = self.begin(stamps[0], people)
        if begin is None:
            msg = "tells no day and time on which the meeting was."
            raise ExportError(msg, path=self.collector.file.label, hint=_TIME_HINT[self.report.app])
        self.meet(begin, self.length(begin, stamps[1], people), people, first or people[0].joined)

    def attendee(self, line: int, cells: tuple[str, ...]) -> _Attendee | None:
        """Return who a row is; None if it is listed as left out."""
        row = dict(zip(self.report.columns, cells, strict=False))
        if len(cells) > len(self.report.columns) and any(cells[len(self.report.columns) :]):
            self.collector.skip(line, "more cells than the header has columns")
            return None
        if row.get("inwaitingroom", "").casefold() in ("yes", "true"):
            self.collector.skip(line, "in the waiting room only")
            return None
        shown = _first(row, _NAMES) or f"{row.get('firstname', '')} {row.get('lastname', '')}"
        name = clean(person_name(shown))
        emails = (email_handle(row.get(column, "")) for column in _EMAILS)
        handle = next(filter(None, emails), "") or self.handle(name)
        if not handle:
            self.collector.skip(line, "the row names nobody")
            return None
        minutes = minutes_of(_first(row, _LENGTHS))
        joined, left = stamp(_first(row, _JOINED)), stamp(_first(row, _LEFT))
        return _Attendee(
            line=line,
            handle=handle,
            name="" if self.number(name) else name,
            organizer=row.get("role", "").casefold() in ("organizer", "organiser", "host"),
            joined=joined,
            left=left,
            minutes=math.nan if minutes is None else minutes,
        )

    def handle(self, name: str) -> str:
        """Return the handle of somebody without an address: an own number, or a name."""
        return self.number(name) or name_handle(name, self.report.app)

    def number(self, name: str) -> str:
        """Return the handle of somebody who is shown as a number or an address."""
        return email_handle(name) or phone_handle(name, region=self.region)

    def present(self, people: Iterable[_Attendee]) -> list[_Attendee]:
        """Return those whose times can be read, or who have none to be read."""
        found = []
        for person in people:
            joined = self.moment(person.joined)
            if joined is not None and not in_range(joined.date()):
                self.collector.skip(person.line, OUT_OF_RANGE)
                continue
            found.append(person)
        return _same_people(found)

    def moment(self, at: Stamp | None) -> dt.datetime | None:
        """Return when something was; a bare time of day is on the day of the meeting."""
        if at is None or at.time is None:
            return None
        day = at.day(self.order)
        if day is None and not at.date[0] and self.day:
            day = dt.date.fromisoformat(self.day)
        if day is None:
            return None
        return dt.datetime.combine(day, at.time, tzinfo=dt.UTC if at.utc else self.zone)

    def begin(self, told: Stamp | None, people: Iterable[_Attendee]) -> dt.datetime | None:
        start = self.moment(told)
        if start is not None and in_range(start.date()):
            return start
        joined = [self.moment(person.joined) for person in people]
        return min((at for at in joined if at is not None), default=None)

    def length(self, begin: dt.datetime, told: Stamp | None, people: Iterable[_Attendee]) -> float:
        """Return the minutes of the meeting: as told, from first to last, or the longest stay."""
        people = list(people)
        ends = [self.moment(told)]
        if ends[0] is None:
            ends += [self.moment(person.left) for person in people]
        found = [(end - begin).total_seconds() / 60 for end in ends if end is not None]
        stays = [person.minutes for person in people if not math.isnan(person.minutes)]
        good = [minutes for minutes in found if 0 < minutes <= MAX_MINUTES] or stays
        return max(good) if good and max(good) <= MAX_MINUTES else math.nan

    def meet(
        self, begin: dt.datetime, minutes: float, people: list[_Attendee], told: Stamp | None
    ) -> None:
        app = self.report.app
        address = _ADDRESS.search(self.report.meeting.get("host", ""))
        host = email_handle(address[0]) if address is not None else ""
        handles = sorted({person.handle for person in people} | ({host} if host else set()))
        hosts = {person.handle for person in people if person.organizer} | {host}
        if len(handles) < 2:
            self.collector.skip(people[0].line, "nobody else was in the meeting")
            return
        for person in people:
            self.collector.named(person.handle, person.name)
        number = "".join(self.report.meeting.get("id", "").split())
        start = begin.astimezone(dt.UTC).isoformat()
        self.collector.interaction(
            key=(digest(number), start) if number else (start, *handles),
            at=begin,
            channel="meeting",
            app=app,
            participants=[("organizer" if h in hosts else "attendee", h) for h in handles],
            precision="second" if told is not None and told.seconds else "minute",
            zone="" if told is not None and told.utc else self.settings.zone,
            thread=digest(app, number) if number else "",
            minutes=minutes,
        )


_TIME_HINT = {
    "zoom": "Export it again, with meeting data.",
    "meet": "Write the day into the file's name, such as meet-2026-10-31.csv.",
    "teams": "Download it again.",
}


def _first(row: dict[str, str], columns: Iterable[str]) -> str:
    return next((row[column] for column in columns if row.get(column)), "")


def _same_people(people: Iterable[_Attendee]) -> list[_Attendee]:
    """Give a guest without an address the address that another row shows for the same name."""
    people = list(people)
    found: dict[str, set[str]] = {}
    for person in people:
        if person.handle.startswith("email:") and person.name:
            found.setdefault(person.name.casefold(), set()).add(person.handle)
    return list(_with_addresses(people, found))


def _with_addresses(people: Iterable[_Attendee], found: dict[str, set[str]]) -> Iterator[_Attendee]:
    for person in people:
        known = found.get(person.name.casefold(), set())
        if person.handle.startswith("name:") and len(known) == 1:
            yield replace(person, handle=next(iter(known)))
        else:
            yield person
