"""Calendar events that stand for several: series, their changes, earlier versions."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import icalendar
import recurring_ical_events

from villagegraph.parsing.calendars import (
    FIRST_DAY,
    Entry,
    base_uid,
    instant,
    sequence_of,
    text_of,
    time_of,
)
from villagegraph.parsing.rules import NeverError, TooManyError, check_rule, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_SPAN = dt.timedelta(days=60 * 366)
# what the libraries raise on rules and times that do not fit together
_FAULTS = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


def occurrences(
    entries: Sequence[Entry],
    *,
    until: dt.datetime | None,
    zone: dt.tzinfo,
    skip: Callable[[int | None, str], None],
    drop: Callable[[int], None] | None = None,
) -> Iterator[Entry]:
    """
    Yield every occurrence of every event once.

    A plain event is passed on as it stands; only series are expanded. Of
    several versions of an event the last one holds.

    Parameters
    ----------
    entries
        The events of a file.
    until
        When the calendar was exported: series are not followed any further.
        None if that is not known: series that end are followed to their end,
        others to the last start that the file names.
    zone
        Where dates and naive times are read.
    skip
        Called with line and reason for each event of a series that cannot be expanded.
    drop
        Called with the number of earlier versions that do not hold any more.
    """
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for number, entry in enumerate(entries):
        groups[entry.uid or f"\0{number}"].append(entry)
    last = until or _last_named(entries, zone)
    for group in groups.values():
        if len(group) == 1 and not group[0].repeats:
            yield replace(group[0], part=True) if group[0].changes else group[0]
            continue
        held = _held(group)
        if drop is not None and len(held) < len(group):
            drop(len(group) - len(held))
        for series in _parted(held):
            if series[0].repeats:
                yield from _expanded(series, last, known=until is not None, zone=zone, skip=skip)
            else:
                yield series[0]


def _held(group: Sequence[Entry]) -> list[Entry]:
    """Return of all that share a UID what was not replaced by a later version."""
    newest = max((sequence_of(entry) for entry in group if not entry.changes), default=0)
    chosen: dict[tuple[bool, str], Entry] = {}
    for entry in group:
        if not entry.changes and sequence_of(entry) < newest:
            continue
        key = entry.changes, str(entry.original)
        if key not in chosen or _rank(entry) > _rank(chosen[key]):
            chosen[key] = entry
    return list(chosen.values())


def _rank(entry: Entry) -> tuple[int, list[str], bool, list[str]]:
    """Return what puts the versions of an event in an order, wherever they stand in a file."""
    stamps = [str(time_of(entry.event.get(name))) for name in ("LAST-MODIFIED", "DTSTAMP")]
    people = entry.event.get("ATTENDEE", [])
    people = people if isinstance(people, list) else [people]
    shown = sorted(f"{person} {getattr(person, 'params', '')}" for person in people)
    return sequence_of(entry), stamps, entry.repeats, [*shown, text_of(entry.event.get("STATUS"))]


def _parted(held: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield each series with its changes, and each event that is not repeated."""
    changes = [entry for entry in held if entry.changes]
    cores = sorted(
        (entry for entry in held if not entry.changes),
        key=lambda entry: (not entry.repeats, str(entry.start)),
    )
    if not cores or not cores[0].repeats:
        part = len(held) > 1
        for entry in (*cores, *changes):
            yield [replace(entry, part=part or entry.changes)]
        return
    for number, core in enumerate(cores):
        alone = len(cores) == 1
        yield [replace(core, part=not alone), *(changes if number == 0 else ())]


def _last_named(entries: Sequence[Entry], zone: dt.tzinfo) -> dt.datetime:
    named = []
    for entry in entries:
        ends = (end for rule in rules_of(entry.event) for end in rule.get("UNTIL", []))
        for value in (entry.start, *ends):
            if isinstance(value, dt.date):
                with contextlib.suppress(ValueError, OverflowError):
                    named.append(instant(value, zone=zone))
    return max(named, default=FIRST_DAY)


def _expanded(
    series: Sequence[Entry],
    last: dt.datetime,
    *,
    known: bool,
    zone: dt.tzinfo,
    skip: Callable[[int | None, str], None],
) -> Iterator[Entry]:
    """Yield the occurrences of a series, the first of which has its changes behind it."""
    core = series[0]
    try:
        first, stop = _span(series, last, known=known, zone=zone)
    except (ValueError, OverflowError):
        reason = "the date is out of range"
    else:
        if stop < first:
            # all of it lies ahead: its starts are passed on, and counted as such
            yield from series
            return
        reason = _fault(core, first, stop)
    found = None
    if not reason:
        found = _most(series, first, stop, skip)
        reason = "a series whose rule cannot be read"
    if found is not None:
        yield from _within(core, found, stop, zone)
        return
    for entry in series:
        skip(entry.line, reason)


def _fault(core: Entry, first: dt.datetime, stop: dt.datetime) -> str:
    """Return why a series cannot be followed, empty if it can."""
    try:
        for rule in rules_of(core.event):
            check_rule(rule, start=core.start or first, span=stop - first)
    except TooManyError:
        return "a series that repeats more often than meetings do"
    except NeverError:
        return "a series whose rule never comes true"
    except (ValueError, OverflowError):
        return "a series whose rule cannot be read"
    return ""


def _most(
    series: Sequence[Entry],
    first: dt.datetime,
    stop: dt.datetime,
    skip: Callable[[int | None, str], None],
) -> list[icalendar.Event] | None:
    """Expand a series; if that fails, do it without its changes, which are listed then."""
    found = _events(series, first, stop)
    if found is None and len(series) > 1:
        found = _events(series[:1], first, stop)
        if found is not None:
            for entry in series[1:]:
                skip(entry.line, "a changed meeting of a series that cannot be read")
    return found


def _span(
    series: Sequence[Entry], last: dt.datetime, *, known: bool, zone: dt.tzinfo
) -> tuple[dt.datetime, dt.datetime]:
    """Return between which instants a series is followed."""
    starts = [_instant(series[0].start or dt.date.min, zone)]
    for entry in series[1:]:
        with contextlib.suppress(ValueError, OverflowError):
            starts.append(_instant(entry.start or dt.date.min, zone))
    first = min(starts)
    rules = rules_of(series[0].event)
    ends = not rules or any({"UNTIL", "COUNT"} & rule.keys() for rule in rules)
    longest = max(first, FIRST_DAY) + MAX_SPAN
    return first, longest if ends and not known else min(last, longest)


def _instant(start: dt.date, zone: dt.tzinfo) -> dt.datetime:
    # a series may have begun before anything that is believed of a single meeting
    if 1900 <= start.year <= FIRST_DAY.year:
        midnight = dt.datetime(start.year, start.month, start.day, tzinfo=dt.UTC)
        return midnight - dt.timedelta(days=1)
    return instant(start, zone=zone)


def _events(
    series: Sequence[Entry], first: dt.datetime, stop: dt.datetime
) -> list[icalendar.Event] | None:
    """Expand a series; None if the libraries cannot."""
    calendar = icalendar.Calendar()
    if series[0].zone:
        # Google writes series in UTC that repeat by the wall clock of this zone
        calendar.add("X-WR-TIMEZONE", series[0].zone)
    for entry in series:
        calendar.add_component(_mended(entry.event))
    # a day more, for dates and naive times; what lies beyond is dropped after it
    margin = dt.timedelta(days=1)
    try:
        found: list[Any] = list(
            recurring_ical_events.of(calendar).between(first - margin, stop + margin)
        )
    except _FAULTS:
        return None
    return found


def _mended(event: icalendar.Event) -> icalendar.Event:
    """Return an event without lists of dates that nobody can read: empty ones are common."""
    mended = event
    for name in ("EXDATE", "RDATE"):
        if name in event:
            value = event[name]
            listed = value if isinstance(value, list) else [value]
            good = [item for item in listed if _readable(item)]
            if len(good) < len(listed):
                mended = mended.copy() if mended is event else mended
                del mended[name]
                if good:
                    mended[name] = good
    return mended


def _readable(item: object) -> bool:
    if not isinstance(item, icalendar.vDDDLists):
        return False
    values = [value.dt for value in item.dts]
    return all(isinstance(value, dt.date | tuple) for value in values)


def _within(
    core: Entry, found: Sequence[icalendar.Event], stop: dt.datetime, zone: dt.tzinfo
) -> Iterator[Entry]:
    whole = not core.part and core.uid == base_uid(core.uid)
    for event in found:
        entry = Entry(core.line, event, core.zone)
        start, original = entry.start, entry.original
        if start is None or original is None:
            continue
        if start.year > FIRST_DAY.year and instant(start, zone=zone) > stop:
            continue
        # before it repeated, a series was the one event at its start
        begins = whole and core.start is not None and _same(original, core.start, zone)
        yield replace(entry, part=not begins)


def _same(one: dt.date, other: dt.date, zone: dt.tzinfo) -> bool:
    if not (isinstance(one, dt.datetime) and isinstance(other, dt.datetime)):
        return one == other
    first, second = (
        value if value.tzinfo else value.replace(tzinfo=zone) for value in (one, other)
    )
    return first == second
