"""Calendars (.ics): Google, Outlook, Apple and any other that writes iCalendar."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import re
from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import (
    Collector,
    ExportFile,
    clean,
    decode,
    email_handle,
    is_machine_address,
    name_handle,
    phone_handle,
)
from villagegraph.parsing.calendars import (
    BEGINS,
    Entry,
    base_uid,
    calendar_entries,
    exported_at,
    instant,
    length_of,
    text_of,
    time_of,
    unix_lines,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.series import occurrences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import icalendar

    from villagegraph.parsing import Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("calendar",)
ADVICE: str = (
    "Calendar: in Google Takeout choose Calendar; in Outlook save the calendar as iCalendar "
    "(.ics); on a Mac choose File, Export in Calendar."
)

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Calendar",
        kinds=KINDS,
        steps=(
            "Google: on takeout.google.com choose Calendar alone; the zip needs no unpacking",
            "Outlook: choose File, Save Calendar, More Options, the whole calendar, full details",
            "Apple: in Calendar on a Mac choose File, Export, Export",
            "Put the .ics files or the zip into the folder",
        ),
        read=(
            "Each meeting with other people: when, how long, who invited and who was invited. "
            "Series are followed up to the day of the export, with their changes; a meeting that "
            "stands in two calendars, or was moved, counts once, at the time of the newest export."
        ),
        left_out=(
            "Titles, places and texts; events without other people, cancelled ones, all-day ones "
            "shown as free, and what lies ahead; rooms, shared calendars and people who declined. "
            "Tasks, journals and reminders. All are counted by reason."
        ),
        traps=(
            "A published Outlook calendar often names no attendees: save it from Outlook itself.",
            "An invitation is no proof: who never answered counts as having been there.",
            "Times without a zone are read in yours.",
            (
                "A series that was moved to another day of the week between two exports counts "
                "its past twice: keep the newer export alone."
            ),
        ),
    ),
)

APP = "calendar"

# rooms and shared calendars have addresses of their own
_THINGS = frozenset({"RESOURCE", "ROOM", "GROUP"})
_ABSENT = frozenset({"DECLINED", "DELEGATED"})

# as the calendars of old phones (vCalendar 1.0) write people
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>@\s]+@[^<>@\s]+)>")

_COUNTED = {
    "future": ("event", "after the calendar was exported"),
    "cancelled": ("cancelled event", ""),
    "alone": ("event", "without other people"),
    "free": ("all-day event", "shown as free"),
    "replaced": ("earlier version", "of an event"),
    "other": ("item", "besides the events: tasks, journals, free hours"),
}


def sniff(file: ExportFile) -> str:
    """
    Return `calendar` if the file holds an iCalendar.

    Parameters
    ----------
    file
        The file; its name does not count.
    """
    return KINDS[0] if BEGINS.search(unix_lines(decode(file.head(4096)))) else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the meetings of a calendar.

    An event counts if other people stand in it and it was neither cancelled
    nor still ahead when the calendar was exported. Rooms, people who declined,
    and all-day events shown as free are left out.

    Parameters
    ----------
    file
        The calendar.
    settings
        Gives the zone of whole days and of times without one.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        One interaction for each occurrence of each event. A whole-day event
        starts at its local midnight and has no length in minutes.

    Raises
    ------
    ExportError
        If there is no calendar in the file.
    """
    collector = Collector(file, KINDS[0])
    data = file.read()
    found = calendar_entries(data, skip=collector.skip)
    if found is None:
        msg = "holds no calendar that can be read."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    entries, names, others = found
    for name in names:
        collector.hint(email_handle(name), "calendar")
    _Meetings(collector, settings).add(entries, others)
    if progress is not None:
        progress(len(data))
    return collector


class _Meetings:
    """Sort a calendar's events into meetings and what is only counted."""

    def __init__(self, collector: Collector, settings: Settings) -> None:
        self.collector = collector
        self.zone = settings.zone
        self.tzinfo = ZoneInfo(settings.zone)
        self.counts: Counter[str] = Counter()
        self.crowded: set[str] = set()
        self.people_read: dict[tuple[int, int], tuple[object, dict[str, tuple[str, str]]]] = {}

    def add(self, entries: list[Entry], others: int) -> None:
        """Add every meeting of the events, and say what else stands in the calendar."""
        self.counts["other"] = others
        until = exported_at(entries)
        if until is not None:
            self.collector.dated(until.date().isoformat())
        company = {entry.uid for entry in entries if "ATTENDEE" in entry.event}
        kept = [entry for entry in entries if entry.uid in company]
        # birthdays and reminders need no expanding: nobody else is in them
        self.counts["alone"] += len(entries) - len(kept)
        found = list(
            occurrences(
                kept, until=until, zone=self.tzinfo, skip=self.collector.skip, drop=self.replaced
            )
        )
        self.crowded = self.several_a_day(found)
        for entry in found:
            try:
                at = instant(entry.start or dt.date.min, zone=self.tzinfo)
            except ValueError:
                self.collector.skip(entry.line, "the date is out of range")
            else:
                self.counts[self.meeting(entry, at, until)] += 1
        for reason, (what, more) in _COUNTED.items():
            n = self.counts[reason]
            if n:
                self.collector.note(" ".join(f"{n:,} {what}{'s' * (n != 1)} {more}".split()))

    def replaced(self, n: int) -> None:
        """Count versions of events that do not hold any more."""
        self.counts["replaced"] += n

    def meeting(self, entry: Entry, at: dt.datetime, until: dt.datetime | None) -> str:
        """Add one occurrence, or return the reason why it is none."""
        event, start = entry.event, entry.start
        whole_day = not isinstance(start, dt.datetime)
        if text_of(event.get("STATUS")).strip().upper() == "CANCELLED":
            return "cancelled"
        if until is not None and at > until:
            return "future"
        if whole_day and text_of(event.get("TRANSP")).strip().upper() == "TRANSPARENT":
            return "free"
        people = self.people(event)
        if len(people) < 2:
            return "alone"
        uid = base_uid(entry.uid)
        assumed = whole_day or getattr(start, "tzinfo", None) is None
        self.collector.interaction(
            key=self.key(entry, uid, people),
            at=at,
            channel="meeting",
            app=APP,
            participants=[(role, handle) for handle, (role, _) in people.items()],
            precision="day" if whole_day else "minute",
            zone=self.zone if assumed else "",
            thread=digest(APP, uid) if uid else "",
            minutes=self.minutes(event, start, at),
        )
        for handle, (_, name) in people.items():
            self.collector.named(handle, name)
        return "met"

    def key(self, entry: Entry, uid: str, people: Iterable[str]) -> tuple[str, ...]:
        """Return what a meeting keeps when it is moved to another time."""
        if not uid:
            return ("", self.moment(entry.original), *sorted(people))
        # the rest of a series that was cut in two has the UID of the whole and a date
        if not entry.part and uid == entry.uid:
            return (uid,)
        # a whole series may be moved to another hour
        named = self.moment if uid in self.crowded else self.day
        return (uid, named(entry.original))

    def several_a_day(self, found: Iterable[Entry]) -> set[str]:
        """Return the UIDs of series of which two meetings begin on one day."""
        starts = {
            (base_uid(entry.uid), self.day(entry.original), self.moment(entry.original))
            for entry in found
        }
        days = Counter((uid, day) for uid, day, _ in starts)
        return {uid for (uid, _), n in days.items() if n > 1}

    def people(self, event: icalendar.Event) -> dict[str, tuple[str, str]]:
        """Return role and name by handle of everybody who took part."""
        # the occurrences of a series share the lists of the event in the file;
        # they are kept beside the answer, so that no other list takes their identity
        lists = (event.get("ORGANIZER"), event.get("ATTENDEE"))
        key = (id(lists[0]), id(lists[1]))
        if key not in self.people_read:
            self.people_read[key] = (lists, dict(_people(event)))
        return self.people_read[key][1]

    def day(self, value: dt.date | None) -> str:
        """Return the day in the owner's zone."""
        if isinstance(value, dt.datetime):
            with contextlib.suppress(ValueError):
                return instant(value, zone=self.tzinfo).astimezone(self.tzinfo).date().isoformat()
        return self.moment(value)

    def moment(self, value: dt.date | None) -> str:
        # a day is the same day in every zone
        if not isinstance(value, dt.datetime):
            return str(value)
        with contextlib.suppress(ValueError):
            value = instant(value, zone=self.tzinfo)
        return value.isoformat()

    def minutes(self, event: icalendar.Event, start: dt.date | None, at: dt.datetime) -> float:
        """Return the length; nan for whole days and ends before the start."""
        end = time_of(event.get("DTEND"))
        if not isinstance(start, dt.datetime):
            return math.nan
        length = length_of(event.get("DURATION")) or dt.timedelta(-1)
        if isinstance(end, dt.datetime):
            try:
                length = instant(end, zone=self.tzinfo) - at
            except ValueError:
                return math.nan
        return length.total_seconds() / 60 if length >= dt.timedelta(0) else math.nan


def _people(event: icalendar.Event) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield handle, role and name of everybody who took part, each handle once."""
    organizers = [_person(item) for item in _listed(event, "ORGANIZER")]
    attendees = [_person(item) for item in _listed(event, "ATTENDEE")]
    absent = {handle for handle, _, present in attendees if not present}
    seen = {""} | absent
    for role, people in (("organizer", organizers), ("attendee", attendees)):
        for handle, name, present in people:
            if present and handle not in seen:
                seen.add(handle)
                shown = name or next((n for h, n, _ in attendees if h == handle and n), "")
                yield handle, (role, shown)


def _listed(event: icalendar.Event, name: str) -> list[object]:
    value = event.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _person(address: object) -> tuple[str, str, bool]:
    """Return handle and name of an ATTENDEE, and whether that person took part."""
    value, params = str(address).strip(), getattr(address, "params", {})
    name = clean(text_of(params.get("CN"))).strip("'\" ")
    inner = _NAMED.fullmatch(value)
    if inner is not None:
        name, value = name or clean(inner["name"]).strip("'\" "), inner["address"]
    handle = email_handle(value) or email_handle(text_of(params.get("EMAIL")))
    if "@" in name:
        handle, name = handle or email_handle(name), ""
    if not handle and value.lower().startswith("tel:"):
        handle = phone_handle(value)
    handle = handle or name_handle(name, APP)
    thing = (
        text_of(params.get("CUTYPE")).upper() in _THINGS
        or text_of(params.get("ROLE")).upper() == "NON-PARTICIPANT"
        or handle.endswith("calendar.google.com")
        or is_machine_address(handle)
    )
    absent = text_of(params.get("PARTSTAT")).upper() in _ABSENT
    return handle, name, not (thing or absent)
