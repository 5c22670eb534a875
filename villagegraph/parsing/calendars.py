"""iCalendar files: from bytes, however damaged, to the events that stand in them."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import icalendar
from icalendar.timezone import tzp

from villagegraph.parsing.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BEGINS = re.compile(r"^\s*BEGIN:(?:VCALENDAR|VEVENT)\s*$", re.IGNORECASE | re.MULTILINE)
_STARTS = re.compile(r"^\s*BEGIN:VCALENDAR\s*$", re.IGNORECASE | re.MULTILINE)
_ENDS = re.compile(r"^\s*END:VCALENDAR\s*$", re.IGNORECASE | re.MULTILINE)
_OTHERS = re.compile(r"^\s*BEGIN:(?:VTODO|VJOURNAL|VFREEBUSY)\s*$", re.IGNORECASE | re.MULTILINE)
_EDGE = re.compile(r"[ \t]*(BEGIN|END):(VEVENT|VTIMEZONE)[ \t]*", re.IGNORECASE)
_SPLIT = re.compile(r"_R\d{8}(?:T\d{6}Z?)?(?=@|$)")
_STAMPS = ("DTSTAMP", "LAST-MODIFIED", "CREATED")
# what is never looked at need not be parsed: a fifth of the time goes to it
_NEEDLESS = re.compile(
    r"^(?:DESCRIPTION|SUMMARY|LOCATION|COMMENT|CONTACT|CATEGORIES|ATTACH|URL|GEO|CLASS|PRIORITY|"
    r"X-(?!WR-)[\w-]*)[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|$)",
    re.IGNORECASE | re.MULTILINE,
)
# what icalendar raises on broken files, seen in some million of them
_FAULTS = (
    ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip

FIRST_DAY, LAST_YEAR = dt.datetime(1970, 1, 2, tzinfo=dt.UTC), 2100


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One event as it stands in the file.

    Attributes
    ----------
    line
        Line of the file on which it begins, from 1.
    event
        The parsed VEVENT.
    zone
        `X-WR-TIMEZONE` of its calendar, or empty.
    part
        Whether it is one of several events that share their UID.
    """

    line: int
    event: icalendar.Event
    zone: str = ""
    part: bool = False

    @property
    def uid(self) -> str:
        """The UID, empty if there is none."""
        return text_of(self.event.get("UID"))

    @property
    def start(self) -> dt.date | None:
        """DTSTART; None unless there is exactly one that can be read."""
        return time_of(self.event.get("DTSTART"))

    @property
    def repeats(self) -> bool:
        """Whether it stands for more than one occurrence."""
        return "RRULE" in self.event or "RDATE" in self.event

    @property
    def changes(self) -> bool:
        """Whether it stands for one occurrence of a series, changed by hand."""
        return "RECURRENCE-ID" in self.event

    @property
    def original(self) -> dt.date | None:
        """When it was first meant to start: a moved occurrence keeps this."""
        return time_of(self.event.get("RECURRENCE-ID")) or self.start


def text_of(value: object) -> str:
    """Return a property's text; the first one's if it stands more than once."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return "" if value is None else str(value)


def time_of(value: object) -> dt.date | None:
    """Return the date or datetime of a property, None if it has no single one."""
    # what the parser could not read raises when it is asked for anything
    found = value.dt if isinstance(value, icalendar.vDDDTypes) else None
    return found if isinstance(found, dt.date) else None


def length_of(value: object) -> dt.timedelta | None:
    """Return the length that a DURATION gives, None if it has no single one."""
    known = isinstance(value, icalendar.vDDDTypes | icalendar.vDuration)
    found = getattr(value, "dt", None) if known else None
    return found if isinstance(found, dt.timedelta) else None


def base_uid(uid: str) -> str:
    """
    Return the UID that all parts of an edited series share.

    Google starts a new series where one was changed from some day on.

    Examples
    --------
    >>> base_uid("ab12_R20191106T090000@google.com")
    'ab12@google.com'
    """
    return _SPLIT.sub("", uid)


def instant(value: dt.date, *, zone: dt.tzinfo) -> dt.datetime:
    """
    Return the UTC instant of a calendar time.

    Parameters
    ----------
    value
        An aware or naive datetime, or a date, which starts at its midnight.
    zone
        Where dates and naive times are read.

    Raises
    ------
    ValueError
        If it lies outside the years in which meetings are believed.
    """
    if FIRST_DAY.year <= value.year <= LAST_YEAR:
        if not isinstance(value, dt.datetime):
            value = dt.datetime.combine(value, dt.time())
        if value.tzinfo is None:
            value = value.replace(tzinfo=zone)
        found = value.astimezone(dt.UTC)
        if found >= FIRST_DAY:
            return found
    msg = f"outside {FIRST_DAY.year} to {LAST_YEAR}"
    raise ValueError(msg)


def unix_lines(text: str) -> str:
    """Return a text that ends its lines as old Macs did, with the ends of today."""
    return text if "\n" in text else text.replace("\r", "\n")


def calendar_entries(
    data: bytes, *, skip: Callable[[int | None, str], None]
) -> tuple[list[Entry], list[str], int] | None:
    """
    Parse a calendar file as far as it can be parsed.

    Parameters
    ----------
    data
        The file.
    skip
        Called with line and reason for each event that cannot be read.

    Returns
    -------
    entries
        Events with one start each, in the order of the file.
    names
        What the calendars in it are called.
    others
        How many tasks, journals and lists of free hours stand beside the events.
    None
        If nothing in the file is a calendar.
    """
    text = unix_lines(decode(data))
    lines = _begun(text)

    def skip_record(record: int, reason: str) -> None:
        skip(lines(record), reason)

    with _own_zones():
        begun = len(_STARTS.findall(text))
        ended = len(_ENDS.findall(text))
        whole = begun > 0 and begun == ended
        needed = _NEEDLESS.sub("", text)
        calendars = _parsed(needed) if whole else None
        if calendars is None:
            calendars = _pieces(needed, skip_record)
    if not calendars:
        return None
    if begun > ended:
        skip(text.count("\n") + 1, "the calendar breaks off: export it again")
    entries, names, record = [], [], 0
    for calendar in calendars:
        if calendar is None:  # an event that could not be read keeps its number
            record += 1
            continue
        names.append(text_of(calendar.get("X-WR-CALNAME")))
        zone = text_of(calendar.get("X-WR-TIMEZONE"))
        for event in _walked(calendar):
            record += 1
            entry = Entry(lines(record), event, zone)
            if entry.start is None:
                skip(entry.line, "an event without one start that can be read")
            else:
                entries.append(entry)
    return entries, names, len(_OTHERS.findall(text))


def _walked(calendar: icalendar.Component) -> Iterator[icalendar.Event]:
    """Yield all events below, however deep: `walk` of the library calls itself for each level."""
    waiting: list[icalendar.Component] = [calendar]
    while waiting:
        component = waiting.pop()
        if isinstance(component, icalendar.Event):
            yield component
        waiting += reversed(component.subcomponents)


def _begun(text: str) -> Callable[[int], int]:
    """Return what tells the line on which the file's n-th event begins."""
    begins = [
        number
        for number, line in enumerate(re.split(r"\r?\n", text), start=1)
        if (edge := _EDGE.fullmatch(line)) and edge[1].upper() + edge[2].upper() == "BEGINVEVENT"
    ]
    return lambda record: begins[record - 1] if record <= len(begins) else 0


@contextlib.contextmanager
def _own_zones() -> Iterator[None]:
    # icalendar remembers the zones that a file defines, for all files after it
    name = tzp.name
    tzp.use_zoneinfo()
    try:
        with warnings.catch_warnings():
            # a guessed zone is warned about in the file's own words
            warnings.simplefilter("ignore")
            yield
    finally:
        tzp.use(name)


def _parsed(text: str) -> list[Any] | None:
    data = text.encode("utf-8", "replace")
    try:
        found = icalendar.Calendar.from_ical(data, multiple=True)
    except _FAULTS:
        return None
    # an event may stand outside of all calendars
    return [item for item in found if item.name in ("VCALENDAR", "VEVENT")]


def _pieces(text: str, skip: Callable[[int, str], None]) -> list[Any]:
    """Parse a broken file event by event; None stands for one that is lost."""
    lines = text.splitlines()
    blocks = list(_blocks(lines))
    events = [block for name, block in blocks if name == "VEVENT"]
    if not events:
        return []
    for name, block in blocks:
        if name == "VTIMEZONE":
            _parsed(_calendar([block]))  # remembered for the events that name it
    head = [line for line in lines if line.upper().startswith(("X-WR-CALNAME", "X-WR-TIMEZONE"))]
    return [*(_parsed(_calendar(head)) or []), *_events(events, skip)]


def _blocks(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield name and text of events and zones; the text is empty if it is never closed."""
    name, block = "", [""]
    for line in lines:
        edge = _EDGE.fullmatch(line)
        begins = edge is not None and edge[1].upper() == "BEGIN"
        if name and begins:
            yield name, ""
        if edge is not None and begins:
            name, block = edge[2].upper(), [line]
        elif name:
            block.append(line)
            if edge is not None:
                yield name, "\r\n".join(block)
                name = ""
    if name:
        yield name, ""


def _events(events: Sequence[str], skip: Callable[[int, str], None]) -> Iterator[Any]:
    for record, event in enumerate(events, start=1):
        found = _parsed(_calendar([event])) if event else None
        if found:
            yield from found
            continue
        skip(record, "a broken event" if event else "an event that is cut off")
        yield None


def _calendar(parts: Sequence[str]) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", *parts, "END:VCALENDAR", ""])


def sequence_of(entry: Entry) -> int:
    """Return the number of an event's version, 0 if it has none."""
    text = text_of(entry.event.get("SEQUENCE"))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def exported_at(entries: Sequence[Entry]) -> dt.datetime | None:
    """
    Return the latest moment at which the calendar is known to have been written.

    Returns
    -------
    instant
        The last of all DTSTAMP, LAST-MODIFIED and CREATED; None without any.
    """
    stamps = []
    for entry in entries:
        for name in _STAMPS:
            stamp = time_of(entry.event.get(name))
            if stamp is not None:
                with contextlib.suppress(ValueError, OverflowError):
                    stamps.append(instant(stamp, zone=dt.UTC))
    return max(stamps, default=None)
