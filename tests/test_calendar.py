"""Calendars, as Google, Outlook and others export them."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from damage import damaged, survives
from hypothesis import given
from hypothesis import strategies as st

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.parsing.calendars import base_uid, calendar_entries, instant
from villagegraph.parsing.series import occurrences
from villagegraph.readers import calendar, read_folder
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from villagegraph.tables import Export

FIXTURES = Path(__file__).parent / "fixtures" / "calendar"
BERLIN = "Europe/Berlin"
MARKER = "Zanzibarmarker"
ADA, BEN, CY = "email:ada@example.org", "email:ben@example.com", "email:cy@example.net"


def read(path: Path) -> Export:
    return calendar.read(file_at(path), settings=Settings(zone=BERLIN)).export()


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "calendar.ics"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def meetings(export: Export) -> list[tuple[str, str, float, list[str]]]:
    """Return local start, precision, minutes and who took part, in order."""
    people = export.participants.groupby("event_id")["handle"].apply(sorted)
    events = export.interactions
    local = events["at"].dt.tz_convert(BERLIN).dt.strftime("%Y-%m-%d %H:%M")
    rows = zip(
        local, events["precision"], events["minutes"].fillna(-1), people[events.index], strict=True
    )
    return sorted(rows)


def event(*lines: str, uid: str = "a@example.com", start: str = "20260105T090000Z") -> str:
    people = ("ORGANIZER:mailto:ada@example.org", "ATTENDEE:mailto:ben@example.com")
    head = ("BEGIN:VEVENT", f"UID:{uid}", *([f"DTSTART:{start}"] if start else []))
    return "\n".join((*head, *people, *lines, "END:VEVENT"))


def wrapped(*events: str, stamp: str = "20300101T000000Z") -> str:
    first = f"BEGIN:VEVENT\nUID:stamp\nDTSTART:20200101\nDTSTAMP:{stamp}\nEND:VEVENT"
    parts = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        *([first] if stamp else []),
        *events,
        "END:VCALENDAR",
    ]
    return "\n".join([*parts, ""])


GOOGLE = [
    ("2025-12-09 09:00", "minute", 30, [ADA, CY]),
    ("2025-12-16 09:00", "minute", 30, [ADA, CY]),
    ("2026-01-05 10:00", "minute", 45, [ADA, BEN, CY]),
    ("2026-01-06 09:00", "minute", 30, [ADA, CY]),
    ("2026-01-13 09:00", "minute", 30, [ADA, CY]),
    ("2026-01-27 14:00", "minute", 60, [ADA, CY]),
    ("2026-02-10 00:00", "day", -1, [ADA, BEN]),
    ("2026-02-10 09:00", "minute", 30, [ADA, CY]),
]


def test_a_google_calendar():
    export = read(FIXTURES / "google.ics")
    assert meetings(export) == GOOGLE
    assert export.files["notes"].iloc[0] == (
        "1 event after the calendar was exported",
        "2 cancelled events",
        "2 events without other people",
        "1 all-day event shown as free",
    )
    assert export.skipped.empty
    assert export.hints[["handle", "hint"]].to_numpy().tolist() == [[ADA, "calendar"]]
    assert sorted(export.contacts["name"]) == ["Ben Okafor", "Cy Example"]
    assert set(export.interactions["channel"]) == {"meeting"}
    assert export.interactions["size"].isna().all()
    assert not export.interactions["automated"].any()
    for name, contract in CONTRACTS.items():
        if hasattr(export, name):
            check(getattr(export, name), contract)


def test_roles_and_threads_of_a_google_calendar():
    export = read(FIXTURES / "google.ics")
    first = export.interactions.index[export.interactions["minutes"] == 45][0]
    roles = export.participants[export.participants["event_id"] == first]
    assert dict(zip(roles["handle"], roles["role"], strict=True)) == {
        BEN: "organizer",
        ADA: "attendee",
        CY: "attendee",
    }
    # a series that was changed from some day on stays one thread
    assert Counter(export.interactions["thread"]).most_common()[0][1] == 6
    assert "" not in set(export.interactions["thread"])


def test_an_outlook_calendar():
    export = read(FIXTURES / "outlook.ics")
    people = [ADA, BEN, "name:legacy person@calendar"]
    assert meetings(export) == [
        ("2026-01-05 09:00", "minute", 60, people),
        ("2026-01-06 09:00", "minute", 60, [ADA, BEN]),
        ("2026-01-07 09:00", "minute", 60, [ADA, BEN]),
        ("2026-01-12 09:00", "minute", 60, people),
        ("2026-01-19 09:00", "minute", 60, people),
        ("2026-01-26 09:00", "minute", 60, people),
    ]
    assert export.hints.empty
    # only the zone without a name was assumed
    assert Counter(export.interactions["zone"]) == {"": 5, BERLIN: 1}
    assert export.files["zone"].iloc[0] == BERLIN
    assert "Doe, Ben" in set(export.contacts["name"])


@pytest.mark.parametrize("name", ["google.ics", "outlook.ics"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: ("\n" + text.rstrip()).encode(),
        lambda text: text.replace("END:VEVENT\n", "END:VEVENT\n\n").encode(),
    ],
    ids=["crlf", "bom", "utf-16", "edges", "blank lines"],
)
def test_encodings_and_line_ends_do_not_count(
    tmp_path: Path, name: str, change: Callable[[str], bytes]
):
    text = (FIXTURES / name).read_text(encoding="utf-8")
    path = written(tmp_path, change(text))
    assert calendar.sniff(file_at(path)) == "calendar"
    assert meetings(read(path)) == meetings(read(FIXTURES / name))


@pytest.mark.parametrize("name", ["google.ics", "outlook.ics"])
def test_the_order_of_events_does_not_count(tmp_path: Path, name: str):
    text = (FIXTURES / name).read_text(encoding="utf-8")
    head, *events = text.removesuffix("END:VCALENDAR\n").split("BEGIN:VEVENT\n")
    turned = head + "".join(f"BEGIN:VEVENT\n{event}" for event in reversed(events))
    one, two = read(FIXTURES / name), read(written(tmp_path, turned + "END:VCALENDAR\n"))
    assert set(one.interactions.index) == set(two.interactions.index)
    assert meetings(one) == meetings(two)


def test_overlapping_exports_count_a_meeting_once(tmp_path: Path):
    text = (FIXTURES / "google.ics").read_text(encoding="utf-8")
    later = text.replace("DTSTAMP:20260215", "DTSTAMP:20260305").replace(
        "DTSTART;TZID=Europe/Berlin:20260127T140000", "DTSTART;TZID=Europe/Berlin:20260127T133000"
    )
    one, two = read(FIXTURES / "google.ics"), read(written(tmp_path, later))
    assert set(one.interactions.index) < set(two.interactions.index)
    assert (
        len(two.interactions) == len(one.interactions) + 4
    )  # the Tuesdays up to 3 March, and 1 March


def test_without_a_stamp_series_end_with_what_the_file_names(tmp_path: Path):
    endless = event("RRULE:FREQ=DAILY", uid="endless")
    assert len(read(written(tmp_path, wrapped(endless, stamp=""))).interactions) == 1
    other = event(uid="other", start="20260110T090000Z")
    found = read(written(tmp_path, wrapped(endless, other, stamp="")))
    assert len(found.interactions) == 7
    until = event("RRULE:FREQ=DAILY;UNTIL=20260108T090000Z", uid="until")
    assert len(read(written(tmp_path, wrapped(until, stamp=""))).interactions) == 4


def test_a_series_that_lies_ahead_is_counted_as_one(tmp_path: Path):
    export = read(written(tmp_path, wrapped(event("RRULE:FREQ=DAILY"), stamp="20250101T000000Z")))
    assert export.interactions.empty
    assert "1 event after the calendar was exported" in export.files["notes"].iloc[0]


FLOODS = [
    "SECONDLY",
    "MINUTELY",
    "HOURLY",
    "DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3,4,5,6,7,8,9",
    "SECONDLY;COUNT=3",
    "MINUTELY;INTERVAL=100000;UNTIL=20260106T090000Z",
    "HOURLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30",  # looked for to the end of time
    "YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=1,2,3,4,5,6",
    "WEEKLY\nRRULE:FREQ=SECONDLY",
]


@pytest.mark.parametrize("rule", FLOODS)
def test_a_series_that_floods_is_left_out(tmp_path: Path, rule: str):
    export = read(written(tmp_path, wrapped(event(f"RRULE:FREQ={rule}"), event(uid="b"))))
    assert export.skipped["reason"].tolist() == [
        "a series that repeats more often than meetings do"
    ]
    assert len(export.interactions) == 1


@pytest.mark.parametrize("rule", ["HOURLY", "MINUTELY", "SECONDLY"])
def test_a_series_by_the_clock_never_floods(tmp_path: Path, rule: str):
    # a few weeks, in which it would fire some thousand times
    text = wrapped(event(f"RRULE:FREQ={rule}"), event(uid="b"), stamp="20260301T000000Z")
    export = read(written(tmp_path, text))
    assert export.skipped["reason"].tolist() == [
        "a series that repeats more often than meetings do"
    ]
    assert len(export.interactions) == 1


@pytest.mark.parametrize("interval", ["0", "-1", "0;COUNT=3", "0;UNTIL=20260201T000000Z"])
@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY", "YEARLY"])
def test_a_series_that_never_moves_on_is_left_out(tmp_path: Path, frequency: str, interval: str):
    lines = f"RRULE:FREQ={frequency};INTERVAL={interval}"
    text = wrapped(event(lines), event(uid="b"))
    export = read(written(tmp_path, text))
    assert export.skipped["reason"].tolist() == ["a series whose rule cannot be read"]
    assert text.split("\n")[export.skipped["line"].iloc[0] - 1] == "BEGIN:VEVENT"
    assert len(export.interactions) == 1


def test_floods_that_end_soon_are_read(tmp_path: Path):
    export = read(written(tmp_path, wrapped(event("RRULE:FREQ=HOURLY;COUNT=3"))))
    assert len(export.interactions) == 3


@pytest.mark.parametrize(
    ("lines", "people"),
    [
        (["ATTENDEE;PARTSTAT=DECLINED:mailto:cy@example.net"], [ADA, BEN]),
        (["ATTENDEE;PARTSTAT=DELEGATED:mailto:cy@example.net"], [ADA, BEN]),
        (["ATTENDEE;PARTSTAT=declined:MAILTO:ada@example.org",
          "ATTENDEE:mailto:cy@example.net"], [BEN, CY]),
        (["ATTENDEE;CUTYPE=ROOM:mailto:cy@example.net"], [ADA, BEN]),
        (["ATTENDEE;CUTYPE=GROUP:mailto:cy@example.net"], [ADA, BEN]),
        (["ATTENDEE;ROLE=NON-PARTICIPANT:mailto:cy@example.net"], [ADA, BEN]),
        (["ATTENDEE:mailto:no-reply@example.net"], [ADA, BEN]),
        (["ATTENDEE;CN=cy@example.net:invalid:nomail"], [ADA, BEN, CY]),
        (["ATTENDEE;EMAIL=cy@example.net;CN=Cy:urn:uuid:1"], [ADA, BEN, CY]),
        (["ATTENDEE:tel:+49-30-23125-001"], [ADA, BEN, "phone:+493023125001"]),
        (["ATTENDEE:invalid:nomail"], [ADA, BEN]),
        (["ATTENDEE:Cy@Example.NET", "ATTENDEE:mailto:cy@example.net"], [ADA, BEN, CY]),
        (["ATTENDEE:mailto:ada@example.org"], [ADA, BEN]),
    ],
)  # fmt: skip
def test_who_took_part(tmp_path: Path, lines: list[str], people: list[str]):
    found = meetings(read(written(tmp_path, wrapped(event(*lines)))))
    assert [row[3] for row in found] == [people]


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        (["DTEND:20260105T100000Z"], 60),
        (["DTEND;TZID=Asia/Tokyo:20260105T190000"], 60),
        (["DURATION:PT15M"], 15),
        (["DTEND:20260105T090000Z"], 0),
        (["DTEND:20260105T080000Z"], -1),
        (["DTEND;VALUE=DATE:20260106"], -1),
        (["DTEND:tomorrow"], -1),
        (["DURATION:-PT15M"], -1),
        ([], -1),
    ],
)
def test_lengths(tmp_path: Path, lines: list[str], minutes: float):
    found = meetings(read(written(tmp_path, wrapped(event(*lines)))))
    assert [row[2] for row in found] == [minutes]


def test_lengths_are_those_of_the_clock_across_summer_time(tmp_path: Path):
    lines = "DTSTART;TZID=Europe/Berlin:20260329T013000\nDTEND;TZID=Europe/Berlin:20260329T033000"
    text = wrapped(event(lines, start=""))
    assert meetings(read(written(tmp_path, text)))[0][2] == 60


def test_the_highest_sequence_of_an_event_holds(tmp_path: Path):
    old = event("SEQUENCE:1", "DURATION:PT1H")
    new = event("SEQUENCE:2", "DURATION:PT2H")
    for events in ([old, new], [new, old]):
        found = meetings(read(written(tmp_path, wrapped(*events))))
        assert [row[2] for row in found] == [120]


def test_events_without_a_uid_are_told_apart(tmp_path: Path):
    one = event().replace("UID:a@example.com\n", "")
    two = one.replace("0105T", "0106T")
    export = read(written(tmp_path, wrapped(one, two)))
    assert len(export.interactions) == 2
    assert set(export.interactions["thread"]) == {""}


def test_a_zone_that_one_file_defines_does_not_leak_into_the_next(tmp_path: Path):
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        "TZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE"
    )
    naive = event("DTSTART;TZID=Customized Time Zone:20260105T090000", start="")
    before = meetings(read(written(tmp_path, wrapped(naive))))
    defined = meetings(read(written(tmp_path, wrapped(zone, naive))))
    after = meetings(read(written(tmp_path, wrapped(naive))))
    assert before == after
    assert before[0][0] == "2026-01-05 09:00"
    assert defined[0][0] == "2026-01-05 01:00"


def test_bad_events_are_listed_and_the_rest_is_read(tmp_path: Path):
    text = wrapped(
        event(uid="1"),
        event(uid="2", start=""),
        event("DTSTART:20260106T090000Z", uid="3"),
        event(uid="4", start="soon"),
        event(uid="5", start="00010101T000000Z"),
        event("RRULE:FREQ=SOMETIMES", uid="6"),
        event("RRULE:FREQ=DAILY;COUNT=2", uid="7", start="20260202T090000Z"),
        stamp="20300101T000000Z",
    )
    export = read(written(tmp_path, text))
    begun = [n for n, line in enumerate(text.split("\n"), start=1) if line == "BEGIN:VEVENT"]
    assert sorted(export.skipped["line"]) == begun[2:7]
    assert {"2026-01-05 10:00", "2026-02-02 10:00", "2026-02-03 10:00"} <= {
        row[0] for row in meetings(export)
    }


def test_a_calendar_that_was_cut_off_gives_what_it_holds(tmp_path: Path):
    text = (FIXTURES / "google.ics").read_text(encoding="utf-8")
    found = []
    for end in range(300, len(text), 97):
        try:
            export = read(written(tmp_path, text[:end]))
        except ExportError:
            found.append(0)
            continue
        found.append(len(export.interactions))
        inside = text[:end].count("BEGIN:VEVENT") > f"{text[:end]}\n".count("END:VEVENT\n")
        cut = "an event that is cut off" in set(export.skipped["reason"])
        assert cut or not inside
    assert max(found) == len(GOOGLE)
    assert found[-1] == len(GOOGLE)


def test_one_broken_event_does_not_end_the_file(tmp_path: Path):
    broken = event(uid="2").replace("END:VEVENT", "END:VEVENT\nEND:VCALENDAR\nSUMMARY:lost")
    broken += "\nBEGIN:VEVENT\nUID:4"
    text = wrapped(event(uid="1"), broken, event(uid="3"))
    export = read(written(tmp_path, text))
    assert len(export.interactions) == 3
    cut = text.split("\n").index("UID:4")  # the line above it, counted from 1
    assert export.skipped["line"].tolist() == [cut]


BROKEN = [
    event(uid=MARKER, start=MARKER),
    event(f"RRULE:FREQ={MARKER}", uid="b"),
    event(f"RRULE:FREQ=WEEKLY;BYDAY={MARKER}", f"EXDATE:{MARKER}", uid="c"),
    event(f"DTEND:{MARKER}", f"SEQUENCE:{MARKER}", f"STATUS:{MARKER}", uid="d"),
    event(f"DTSTART;TZID=/{MARKER}/Europe/Paris:20260105T090000", start="", uid="e"),
    event(f"ATTENDEE;{MARKER}:{MARKER}", f"{MARKER}", uid="f"),
    event(f"DTSTART;VALUE={MARKER}:{MARKER}", start="", uid="g"),
    event(f"RDATE:{MARKER}", f"RECURRENCE-ID:{MARKER}", uid="h"),
    f"BEGIN:VTIMEZONE\nTZID:{MARKER}\nBEGIN:STANDARD\nDTSTART:{MARKER}\nEND:VTIMEZONE",
    f"BEGIN:{MARKER}\n{MARKER}",
]


@pytest.mark.parametrize("number", [*range(len(BROKEN)), None])
def test_nothing_of_a_person_is_in_any_message(tmp_path: Path, number: int | None):
    events = BROKEN if number is None else [BROKEN[number]]
    path = written(tmp_path, wrapped(*events, event(uid="z")))
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        export = read(path)
    assert not warned
    assert MARKER not in export.skipped.to_csv() + export.files.to_csv()
    assert len(export.interactions) >= 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\0" * 99, bytes(range(256)), b"\n\n",
                                     MARKER.encode(), b"BEGIN:VCARD\nEND:VCARD\n"])  # fmt: skip
def test_garbage_is_refused_without_its_content(tmp_path: Path, content: bytes):
    path = written(tmp_path, content)
    assert calendar.sniff(file_at(path)) == ""
    with pytest.raises(ExportError) as caught:
        read(path)
    assert MARKER not in "".join(traceback.format_exception(caught.value))


@given(st.binary(max_size=200).map(lambda tail: b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + tail))
def test_garbage_in_a_calendar_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
):
    path = tmp_path_factory.getbasetemp() / "garbage.ics"
    path.write_bytes(content)
    assert calendar.sniff(file_at(path)) in {"", "calendar"}
    with contextlib.suppress(ExportError):
        read(path)


def test_an_empty_calendar_has_nothing_in_it(tmp_path: Path):
    path = written(tmp_path, wrapped(stamp=""))
    assert calendar.sniff(file_at(path)) == "calendar"
    assert read(path).interactions.empty


@pytest.mark.parametrize("name", ["google.ics", "outlook.ics"])
def test_a_damaged_calendar_is_read_or_refused(tmp_path: Path, name: str):
    data = (FIXTURES / name).read_bytes()
    read_on = [survives(calendar, tmp_path / name, d) for d in damaged(data, seed=5, times=120)]
    assert sum(read_on) > 60


@pytest.mark.parametrize(
    ("uid", "base"),
    [
        ("a_R20191106T090000@google.com", "a@google.com"),
        ("a_R20191106@google.com", "a@google.com"),
        ("a_R20191106T090000Z", "a"),
        ("a_Room@google.com", "a_Room@google.com"),
        ("", ""),
    ],
)
def test_base_uid(uid: str, base: str):
    assert base_uid(uid) == base


def test_a_meeting_that_was_moved_between_two_exports_counts_once(tmp_path: Path):
    one = read(written(tmp_path, wrapped(event(start="20260105T090000Z"))))
    two = read(written(tmp_path, wrapped(event("SEQUENCE:1", start="20260112T150000Z"))))
    assert set(one.interactions.index) == set(two.interactions.index)
    assert one.interactions["at"].tolist() != two.interactions["at"].tolist()
    # before it was repeated, a series was that one meeting
    series = read(written(tmp_path, wrapped(event("RRULE:FREQ=DAILY;COUNT=3"))))
    assert set(one.interactions.index) < set(series.interactions.index)
    assert len(series.interactions) == 3


def test_of_two_exports_the_newer_tells_when_a_meeting_was(tmp_path: Path):
    old = wrapped(event(start="20260105T090000Z"), stamp="20260110T000000Z")
    new = wrapped(event("SEQUENCE:1", start="20260106T150000Z"), stamp="20260201T000000Z")
    for names in (("a", "b"), ("b", "a")):
        folder = tmp_path / names[0]
        for name, text in zip(names, (old, new), strict=True):
            (folder / name).mkdir(parents=True)
            written(folder / name, text)
        export = read_folder(folder, settings=Settings(zone=BERLIN))
        assert [row[0] for row in meetings(export)] == ["2026-01-06 16:00"]


@pytest.mark.parametrize("copies", [1, 15])
def test_a_series_that_was_moved_to_another_hour_counts_once(copies: int, tmp_path: Path):
    # small files of one folder are read together, past twenty
    rule = "RRULE:FREQ=WEEKLY;COUNT=4"
    for n in range(copies):
        for hour, stamp in (("09", "20260201T000000Z"), ("13", "20260301T000000Z")):
            series = event(rule, start=f"20260105T{hour}0000Z")
            (tmp_path / f"{n:02}-{hour}.ics").write_text(wrapped(series, stamp=stamp))
    export = read_folder(tmp_path, settings=Settings(zone=BERLIN))
    assert [row[0] for row in meetings(export)] == [
        "2026-01-05 14:00", "2026-01-12 14:00", "2026-01-19 14:00", "2026-01-26 14:00",
    ]  # fmt: skip


def test_two_meetings_of_a_series_on_one_day_are_two(tmp_path: Path):
    export = read(written(tmp_path, wrapped(event("RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=6"))))
    assert len(export.interactions) == 6
    days = [event(start=f"20260105T{hour:02}0000Z") for hour in (9, 11, 15)]
    assert len(read(written(tmp_path, wrapped(*days))).interactions) == 3


def test_calendars_of_old_phones_and_old_macs(tmp_path: Path):
    people = "ATTENDEE;ROLE=ORGANIZER:Ada <ada@example.org>\nATTENDEE:Ben Okafor <ben@example.com>"
    old = (
        f"BEGIN:VCALENDAR\nVERSION:1.0\nBEGIN:VEVENT\nUID:1\n{people}\n"
        "DTSTART:20260105T090000Z\nDTEND:20260105T100000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    for end in ("\n", "\r\n", "\r"):
        path = written(tmp_path, old.replace("\n", end))
        assert calendar.sniff(file_at(path)) == "calendar"
        export = read(path)
        assert meetings(export) == [("2026-01-05 10:00", "minute", 60, [ADA, BEN])]
        assert sorted(export.contacts["name"]) == ["Ada", "Ben Okafor"]


def test_tasks_and_journals_are_counted(tmp_path: Path):
    more = [f"BEGIN:{name}\nUID:{name}\nEND:{name}" for name in ("VTODO", "VJOURNAL", "VFREEBUSY")]
    export = read(written(tmp_path, wrapped(event(), *more)))
    assert (
        "3 items besides the events: tasks, journals, free hours" in export.files["notes"].iloc[0]
    )
    assert "items" not in " ".join(read(written(tmp_path, wrapped(event()))).files["notes"].iloc[0])


def test_a_meeting_that_was_moved_within_a_file_counts_once(tmp_path: Path):
    old, new = event(start="20260105T090000Z"), event("SEQUENCE:1", start="20260112T150000Z")
    for events in ([old, new], [new, old]):
        export = read(written(tmp_path, wrapped(*events)))
        assert [row[0] for row in meetings(export)] == ["2026-01-12 16:00"]
        assert "1 earlier version of an event" in export.files["notes"].iloc[0]


def test_meetings_written_out_under_one_uid_are_all_counted(tmp_path: Path):
    days = [event(start=f"202601{day:02}T090000Z") for day in (5, 6, 7)]
    export = read(written(tmp_path, wrapped(*days)))
    assert len(export.interactions) == 3
    changed = event("RECURRENCE-ID:20260105T090000Z", start="20260105T100000Z")
    alone = read(written(tmp_path, wrapped(changed)))
    assert set(alone.interactions.index) < set(export.interactions.index)


def test_a_series_that_was_cut_in_two_is_the_same_series(tmp_path: Path):
    whole = event("RRULE:FREQ=WEEKLY;COUNT=4", uid="a@google.com")
    head = event("RRULE:FREQ=WEEKLY;COUNT=2", uid="a@google.com")
    tail = event("RRULE:FREQ=WEEKLY;COUNT=2", uid="a_R20260119T090000@google.com",
                 start="20260119T090000Z")  # fmt: skip
    one = read(written(tmp_path, wrapped(whole)))
    two = read(written(tmp_path, wrapped(head, tail)))
    assert len(one.interactions) == 4
    assert set(one.interactions.index) == set(two.interactions.index)


NEVER = ["DAILY;BYMONTH=2;BYMONTHDAY=30", "WEEKLY;BYDAY=MO;BYSETPOS=5",
         "YEARLY;BYMONTHDAY=31;BYMONTH=4", "MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
         "DAILY;INTERVAL=7;BYDAY=TU",
         "DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"]  # fmt: skip


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_comes_true_is_not_looked_for_to_the_end_of_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str
):
    def expand(*_: object) -> None:
        pytest.fail("the library was asked for it")

    plain = event(uid="b")
    text = wrapped(event(f"RRULE:FREQ={rule}", start="20260105T090000Z"), plain)
    monkeypatch.setattr(recurring_ical_events, "of", expand)
    export = read(written(tmp_path, text))
    assert export.skipped["reason"].tolist() == ["a series whose rule never comes true"]
    assert len(export.interactions) == 1


@pytest.mark.parametrize(
    ("rule", "n"),
    [
        ("YEARLY;BYMONTH=2;BYMONTHDAY=29", 2),
        ("MONTHLY;BYDAY=1MO", 48),
        ("MONTHLY;BYMONTHDAY=-1", 48),
        ("YEARLY;BYWEEKNO=53;BYDAY=MO", 1),
        ("DAILY;BYDAY=SA", 209),
        ("MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", 48),
    ],
)
def test_rules_that_come_true_are_followed(tmp_path: Path, rule: str, n: int):
    lines = f"RRULE:FREQ={rule}"
    text = wrapped(event(lines, start="20260101T090000Z"), stamp="20291231T000000Z")
    starts = {row[0] for row in meetings(read(written(tmp_path, text)))} - {"2026-01-01 10:00"}
    assert len(starts) in (n - 1, n)


@pytest.mark.parametrize(
    "start", ["01230101T000000", "99991231T235959Z", "19691229T000000Z", "21010101T000000Z"]
)
def test_dates_out_of_range_are_listed(tmp_path: Path, start: str):
    series = event("RRULE:FREQ=DAILY;COUNT=3", uid="b", start=start)
    text = wrapped(event(start=start), event(uid="c"), series, stamp="20300101T000000Z")
    export = read(written(tmp_path, text))
    assert len(export.interactions) == 1
    assert set(export.skipped["reason"]) == {"the date is out of range"}


def test_a_series_older_than_all_exports_is_followed_from_where_dates_are_believed(tmp_path: Path):
    text = wrapped(event("RRULE:FREQ=YEARLY", start="19600105T090000Z"), stamp="20260601T000000Z")
    export = read(written(tmp_path, text))
    assert len(export.interactions) == 57
    assert len(export.skipped) == 10


def test_days_listed_one_by_one_are_all_read(tmp_path: Path):
    lines = "RDATE:20260106T090000Z,20260107T090000Z"
    assert len(read(written(tmp_path, wrapped(event(lines), stamp=""))).interactions) == 3


def test_one_bad_change_does_not_end_its_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    change = event("RECURRENCE-ID:20260106T090000Z", start="20260106T100000Z")
    whole = recurring_ical_events.of

    def of(calendar: icalendar.Calendar) -> object:
        if len(calendar.subcomponents) > 1:
            raise KeyError
        return whole(calendar)

    monkeypatch.setattr(recurring_ical_events, "of", of)
    export = read(written(tmp_path, wrapped(event("RRULE:FREQ=DAILY;COUNT=3"), change)))
    assert len(export.interactions) == 3
    assert export.skipped["reason"].tolist() == [
        "a changed meeting of a series that cannot be read"
    ]


@pytest.mark.parametrize(
    ("line", "n"),
    [
        ("EXDATE:", 3),
        ("EXDATE:soon", 3),
        ("EXDATE:20260106T090000Z\nEXDATE:", 2),
        ("EXDATE:20260106T090000Z,soon", 3),
        ("EXDATE;VALUE=DATE:20260106", 2),
        ("EXDATE:090000", 3),
        ("RDATE:", 3),
        ("RDATE:090000", 3),
        ("RDATE:20260201T090000Z\nRDATE:soon", 4),
        ("RDATE;VALUE=PERIOD:20260201T090000Z/PT1H", 4),
        ("EXRULE:FREQ=SOMETIMES", 3),
    ],
)
def test_one_broken_date_does_not_end_its_series(tmp_path: Path, line: str, n: int):
    text = wrapped(event("RRULE:FREQ=DAILY;COUNT=3", line, start="20260105T090000Z"))
    export = read(written(tmp_path, text))
    assert len(export.interactions) == n
    assert export.skipped.empty


@pytest.mark.parametrize("name", ["VEVENT", "VALARM", "VCALENDAR"])
def test_components_deep_inside_one_another(tmp_path: Path, name: str):
    depth = 5_000
    inner = wrapped(event(), event("RRULE:FREQ=DAILY;COUNT=2", uid="b"), stamp="")
    text = f"BEGIN:{name}\n" * depth + inner + f"END:{name}\n" * depth
    export = read(written(tmp_path, f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n"))
    assert len(export.interactions) == 3
    assert len(export.skipped) == (depth if name == "VEVENT" else 0)


def test_an_event_outside_of_the_calendar_is_read(tmp_path: Path):
    text = event(uid="1") + "\n" + wrapped(event(uid="2"), stamp="") + event(uid="3") + "\n"
    assert len(read(written(tmp_path, text)).interactions) == 3


def test_a_fault_of_our_own_is_not_taken_for_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def planted(*_: object, **__: object) -> None:
        raise TypeError

    path = written(tmp_path, wrapped(event("RRULE:FREQ=DAILY;COUNT=3")))
    for place in (
        "parsing.series.check_rule",
        "parsing.series.instant",
        "parsing.calendars.text_of",
        "readers.calendar.email_handle",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(f"villagegraph.{place}", planted)
            with pytest.raises(TypeError):
                read(path)


def _plain(data: bytes) -> Iterator[tuple[dt.datetime, int]]:
    """Walk a calendar naively: start and number of attendees of what does not repeat."""
    for parent in icalendar.Calendar.from_ical(data, multiple=True):
        for item in parent.walk("VEVENT"):
            starts = item.get("DTSTART")
            if isinstance(starts, list) or {"RRULE", "RDATE", "RECURRENCE-ID"} & set(item):
                continue
            if isinstance(starts, icalendar.vDDDTypes):
                attendees = item.get("ATTENDEE", [])
                n = len(attendees) if isinstance(attendees, list) else 1
                yield instant(starts.dt, zone=ZoneInfo(BERLIN)), n


def _readable(shared_data: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted((shared_data / "corpora" / "ics_icalendar").rglob("*.ics")):
        data = path.read_bytes()
        try:
            icalendar.Calendar.from_ical(data, multiple=True)
        except Exception:  # noqa: BLE001, S112  # the library's own broken fixtures
            continue
        yield path, data


@pytest.mark.real
def test_no_public_calendar_crashes(shared_data: Path):
    files = sorted((shared_data / "corpora" / "ics_icalendar").rglob("*.ics"))
    assert len(files) == 163
    n = 0
    for path in files:
        kind = calendar.sniff(file_at(path))
        try:
            export = read(path)
        except ExportError:
            continue
        n += 1
        assert kind == "calendar"
        assert export.files.index.tolist() == [path.name]
    assert n == 145  # the rest are fragments without a calendar or an event


@pytest.mark.real
@pytest.mark.parametrize("name", ["google_cal.ics", "outlook_cal.ics"])
def test_calendars_by_other_hands(shared_data: Path, name: str):
    export = read(shared_data / "corpora" / "made" / name)
    assert len(export.interactions) == 4


def _accounted(export: Export) -> Counter[str]:
    """Return what became of each meeting, by reason."""
    found = Counter({"met": len(export.interactions)})
    for note in export.files["notes"].iloc[0]:
        n, _, reason = note.partition(" ")
        found[reason.replace("events", "event").replace("versions", "version")] += int(n)
    return found + Counter(export.skipped["reason"])


def _expected(data: bytes) -> Counter[str] | None:
    """Return what should become of each event that the library yields, found in another way."""
    zone = ZoneInfo(BERLIN)
    items = [
        item
        for parent in icalendar.Calendar.from_ical(data, multiple=True)
        for item in parent.walk("VEVENT")
    ]
    stamps = [
        instant(item[name].dt, zone=dt.UTC)
        for item in items
        for name in ("DTSTAMP", "LAST-MODIFIED", "CREATED")
        if isinstance(item.get(name), icalendar.vDDDTypes)
    ]
    until = max(stamps, default=None)
    found: Counter[str] = Counter()
    with_people = {str(item.get("UID", "")) for item in items if "ATTENDEE" in item}
    series: dict[str, icalendar.Calendar] = {}
    repeated = {str(item.get("UID", "")) for item in items if {"RRULE", "RDATE"} & set(item)}
    occurring = []
    for item in items:
        uid = str(item.get("UID", ""))
        if not isinstance(item.get("DTSTART"), icalendar.vDDDTypes):
            found["an event without one start that can be read"] += 1
        elif uid not in with_people:
            found["event without other people"] += 1
        elif uid in repeated:
            series.setdefault(uid, icalendar.Calendar()).add_component(item)
        else:
            occurring.append(item)
    for whole in series.values():
        if until is None:
            return None
        begin = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
        try:
            expanded = recurring_ical_events.of(whole).between(begin, until + dt.timedelta(days=1))
        except (TypeError, ValueError):
            return None  # the library gives up: see the tests on broken series
        past = [item for item in expanded if instant(item["DTSTART"].dt, zone=zone) <= until]
        # of a series that lies ahead its start is counted
        occurring += past or whole.walk("VEVENT")
    found.update(_fate(item, until, zone) for item in occurring)
    return found


def _fate(item: icalendar.Event, until: dt.datetime | None, zone: ZoneInfo) -> str:
    start = item["DTSTART"].dt
    if item.get("STATUS", "").upper() == "CANCELLED":
        return "cancelled event"
    if until is not None and instant(start, zone=zone) > until:
        return "event after the calendar was exported"
    if item.get("TRANSP", "").upper() == "TRANSPARENT" and not isinstance(start, dt.datetime):
        return "all-day event shown as free"
    people = set()
    for person in [*_attendees(item), *([item["ORGANIZER"]] if "ORGANIZER" in item else [])]:
        said = {name: str(value).upper() for name, value in person.params.items()}
        if said.get("PARTSTAT") not in ("DECLINED", "DELEGATED"):
            people.add(person.lower().removeprefix("mailto:"))
    return "met" if len(people) > 1 else "event without other people"


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("company", [False, True])
def test_every_event_that_the_library_yields_is_read_or_left_out_with_a_reason(
    shared_data: Path, tmp_path: Path, *, company: bool
):
    totals: Counter[str] = Counter()
    for path, data in _readable(shared_data):
        expected = _expected(_with_people(data) if company else data)
        if expected:
            text = _with_people(data) if company else data
            found = _accounted(read(written(tmp_path, text)))
            # a file without its end is said to break off: that is no event
            found.pop("the calendar breaks off: export it again", None)
            found = Counter({reason: n for reason, n in found.items() if "besides" not in reason})
            assert found == expected, path.name
            totals += expected
    # as they are, hardly any of them names people, and none two of whom one meets
    assert totals["met"] >= (80 if company else 0)
    assert totals.total() >= 150


def _with_people(data: bytes) -> bytes:
    """Return a calendar with two people in each event, exported years later."""
    two = b"BEGIN:VEVENT\r\nATTENDEE:mailto:ada@example.org\r\nATTENDEE:mailto:ben@example.com\r\n"
    stamp = b"BEGIN:VEVENT\r\nUID:stamp\r\nDTSTART:20200101\r\nDTSTAMP:20300101T000000Z\r\n"
    more = re.sub(rb"BEGIN:VEVENT\r?\n", two, data)
    return more.replace(b"END:VCALENDAR", stamp + b"END:VEVENT\r\nEND:VCALENDAR", 1)


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
def test_plain_events_agree_with_a_naive_walk(shared_data: Path):
    compared = 0
    for path, data in _readable(shared_data):
        found = calendar_entries(data, skip=lambda *_: None)
        entries = found[0] if found else []
        ours = Counter(
            (instant(entry.start, zone=ZoneInfo(BERLIN)), len(_attendees(entry.event)))
            for entry in entries
            if entry.start and not entry.repeats and "RECURRENCE-ID" not in entry.event
        )
        assert ours == Counter(_plain(data)), path.name
        compared += ours.total()
    assert compared > 70


def _attendees(item: icalendar.Event) -> list[object]:
    found = item.get("ATTENDEE", [])
    return found if isinstance(found, list) else [found]


def _refuse(line: int | None, reason: str) -> None:
    pytest.fail(f"{line}: {reason}")


@pytest.mark.real
@pytest.mark.filterwarnings("ignore")
def test_series_agree_with_the_library_that_expands_whole_calendars(shared_data: Path):
    until = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    zone = ZoneInfo("UTC")
    compared = 0
    for path, data in _readable(shared_data):
        found = calendar_entries(data, skip=lambda *_: None)
        repeating = [entry for entry in (found[0] if found else []) if entry.repeats]
        if not repeating:
            continue
        whole = icalendar.Calendar()
        for entry in repeating:
            whole.add_component(entry.event)
        try:
            theirs = recurring_ical_events.of(whole).between(dt.datetime(1950, 1, 2), until)  # noqa: DTZ001
        except Exception:  # noqa: BLE001, S112  # rules that it cannot expand are skipped by us
            continue
        ours = list(occurrences(repeating, until=until, zone=zone, skip=_refuse))
        expected = Counter(instant(item["DTSTART"].dt, zone=zone) for item in theirs)
        expected = Counter({at: n for at, n in expected.items() if at <= until})
        assert Counter(instant(entry.start, zone=zone) for entry in ours) == expected, path.name
        compared += 1
    assert compared >= 5
