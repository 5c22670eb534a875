"""The owner's calendar as iCalendar, as Google and Outlook write it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from villagegraph.samples.model import ZONE_NAME, Box, Meeting, Plan, email_key

if TYPE_CHECKING:
    from collections.abc import Iterator

_WINDOWS = '"W. Europe Standard Time"'
_HEAD = (
    "BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0",
    "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:mira.falkenberg@example.com",
    f"X-WR-TIMEZONE:{ZONE_NAME}", "BEGIN:VTIMEZONE", f"TZID:{ZONE_NAME}",
    f"X-LIC-LOCATION:{ZONE_NAME}", "BEGIN:DAYLIGHT", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
    "TZNAME:CEST", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT", "BEGIN:STANDARD", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "TZNAME:CET",
    "DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
    "END:VTIMEZONE",
)  # fmt: skip


def icalendar(plan: Plan) -> str:
    """Return `calendar.ics`, with CRLF and lines folded at 75 bytes."""
    lines = list(_HEAD)
    for meeting in sorted(plan.meetings, key=lambda item: (item.first, item.uid)):
        lines += _event(plan, meeting)
    for number, person in enumerate([p for p in plan.people if p.birthday][:6]):
        lines += _birthday(
            f"birthday{number}@calendar.example.com", person.name.full, person.birthday
        )
    lines.append("END:VCALENDAR")
    return "".join(part + "\r\n" for line in lines for part in fold(line))


def _event(plan: Plan, meeting: Meeting) -> Iterator[str]:
    zone = _WINDOWS if meeting.windows_zone else ZONE_NAME
    yield from _instance(plan, meeting, meeting.first, zone)
    for at in meeting.cancelled:
        yield from _instance(plan, meeting, at, zone, instead_of=at, status="CANCELLED")
    for was, at in meeting.moved.items():
        yield from _instance(plan, meeting, at, zone, instead_of=was)


def _instance(
    plan: Plan,
    meeting: Meeting,
    at: dt.datetime,
    zone: str,
    *,
    instead_of: dt.datetime | None = None,
    status: str = "",
) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    series = bool(meeting.rule)
    if series or meeting.windows_zone:
        end = at + dt.timedelta(minutes=meeting.minutes)
        yield f"DTSTART;TZID={zone}:{at:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}"
    else:
        # Google writes single events in UTC
        start = at.astimezone(dt.UTC)
        yield f"DTSTART:{start:%Y%m%dT%H%M%SZ}"
        yield f"DTEND:{start + dt.timedelta(minutes=meeting.minutes):%Y%m%dT%H%M%SZ}"
    if instead_of is not None:
        yield f"RECURRENCE-ID;TZID={zone}:{instead_of:%Y%m%dT%H%M%S}"
    elif series:
        yield f"RRULE:{meeting.rule}"
        for left_out in meeting.left_out:
            yield f"EXDATE;TZID={zone}:{left_out:%Y%m%dT%H%M%S}"
    yield "DTSTAMP:20261031T120000Z"
    yield f"UID:{meeting.uid}"
    if meeting.here:
        yield from _guests(plan, meeting)
    yield f"SUMMARY:{meeting.title}"
    yield f"STATUS:{status or meeting.status}"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _guests(plan: Plan, meeting: Meeting) -> Iterator[str]:
    organizer = meeting.organizer
    yield f"ORGANIZER;CN={_cn(organizer)}:mailto:{organizer.address}"
    for number, item in enumerate([*meeting.here, *meeting.declined]):
        if item.person and meeting.status == "CONFIRMED":
            plan.saw(item.person, email_key(item.address))
        answer = "DECLINED" if item in meeting.declined else "ACCEPTED"
        if answer == "ACCEPTED" and number % 7 == 5:
            answer = "NEEDS-ACTION"
        scheme = "MAILTO" if meeting.windows_zone else "mailto"
        yield (
            f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};"
            f"CN={_cn(item, bare=number % 3 == 1)};X-NUM-GUESTS=0:{scheme}:{item.address}"
        )
    if meeting.room:
        slug = meeting.room.lower().replace(" ", "-").replace("ü", "ue")
        yield (
            f"ATTENDEE;CUTYPE=RESOURCE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN={meeting.room};"
            f"X-NUM-GUESTS=0:mailto:c-{slug}@resource.calendar.example.com"
        )


def _cn(item: Box, *, bare: bool = False) -> str:
    """Google often has the address for a name; a comma needs quotes."""
    name = item.address if bare else item.name
    return f'"{name}"' if "," in name or ";" in name or ":" in name else name


def _birthday(uid: str, name: str, birthday: str) -> Iterator[str]:
    month, day = birthday[-5:].split("-")
    yield "BEGIN:VEVENT"
    yield f"DTSTART;VALUE=DATE:2024{month}{day}"
    yield "RRULE:FREQ=YEARLY"
    yield "DTSTAMP:20261031T120000Z"
    yield f"UID:{uid}"
    yield f"SUMMARY:{name} 🎂"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def fold(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 bytes, as RFC 5545 wants it."""
    rest = line
    while len(rest.encode("utf-8")) > 75:
        cut = 75
        while len(rest[:cut].encode("utf-8")) > 75:
            cut -= 1
        yield rest[:cut]
        rest = " " + rest[cut:]
    yield rest
