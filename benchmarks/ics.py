"""
Reading a calendar: villagegraph beside the parser that it stands on.

Usage: python benchmarks/ics.py [--events 20000]

Writes a calendar like Google's to a temporary folder, reads it in each way in a
process of its own, and prints one table. The limit is icalendar's own parse, which
knows nothing yet of who met whom.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tempfile
import time
from pathlib import Path

from showing import heading, measure, show

PEOPLE = 300
SERIES_EVERY = 40
WORDS = "village lunch draft river notes table garden ticket window bridge letter market".split()


def write_calendar(path: Path, *, events: int, seed: int = 1) -> None:
    """Write a calendar with that many events, of which some are series."""
    rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:mara@example.org",
        "X-WR-TIMEZONE:Europe/Berlin",
    ]
    first = dt.datetime(2015, 1, 1, 8, tzinfo=dt.UTC)
    for number in range(events):
        start = first + dt.timedelta(hours=4 * number)
        end = start + dt.timedelta(minutes=rng.choice((30, 45, 60)))
        lines += [
            "BEGIN:VEVENT",
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{end:%Y%m%dT%H%M%SZ}",
            *(["RRULE:FREQ=WEEKLY;COUNT=8"] if number % SERIES_EVERY == 0 else []),
            "DTSTAMP:20301231T120000Z",
            f"ORGANIZER;CN=Person {number % 50}:mailto:p{number % 50}@example.com",
            f"UID:{number:012x}@google.com",
        ]
        for _ in range(rng.randint(1, 6)):
            who = rng.randrange(PEOPLE)
            lines += [
                "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Pers",
                f" on {who};X-NUM-GUESTS=0:mailto:p{who}@example.com",
            ]
        lines += [
            "CREATED:20140102T120000Z",
            *_folded("DESCRIPTION:" + " ".join(rng.choices(WORDS, k=rng.randint(0, 40)))),
            "LAST-MODIFIED:20150102T120000Z",
            "LOCATION:" + " ".join(rng.choices(WORDS, k=2)),
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
            "SUMMARY:" + " ".join(rng.choices(WORDS, k=3)),
            "TRANSP:OPAQUE",
            "END:VEVENT",
        ]
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), encoding="utf-8")


def _folded(line: str) -> list[str]:
    return [(" " if start else "") + line[start : start + 74] for start in range(0, len(line), 74)]


def ours(path: Path) -> tuple[int, float]:
    """Return meetings and seconds."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import calendar  # noqa: PLC0415
    from villagegraph.settings import Settings  # noqa: PLC0415

    begin = time.process_time()
    export = calendar.read(file_at(path), settings=Settings()).export()
    return len(export.interactions), time.process_time() - begin


def parse(path: Path) -> tuple[int, float]:
    """Parse the same with icalendar alone."""
    import icalendar  # noqa: PLC0415

    begin = time.process_time()
    found = icalendar.Calendar.from_ical(path.read_bytes(), multiple=True)
    count = sum(len(calendar.walk("VEVENT")) for calendar in found)
    return count, time.process_time() - begin


def expand(path: Path) -> tuple[int, float]:
    """Parse it, and let the library find all occurrences."""
    import icalendar  # noqa: PLC0415
    import recurring_ical_events  # noqa: PLC0415

    begin = time.process_time()
    found = icalendar.Calendar.from_ical(path.read_bytes(), multiple=True)
    query = recurring_ical_events.of(found[0])
    events = query.between((2014, 1, 1), (2031, 1, 1))
    return len(list(events)), time.process_time() - begin


WAYS = {"villagegraph": ours, "with every series": expand, "icalendar alone": parse}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        count, seconds = WAYS[options.way](options.path)
        print(json.dumps({"events": count, "seconds": seconds}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "calendar.ics")
        write_calendar(path, events=options.events)
        heading(f"{path.stat().st_size / 10**6:,.0f} MB, {options.events:,} events")
        ours, naive, limit = (measure(__file__, way, path)["seconds"] for way in WAYS)
    show(
        "calendar, CPU s (limit: icalendar alone)",
        ours,
        naive=naive,
        limit=limit,
        goal="ours <= 1.2 x limit",
    )


if __name__ == "__main__":
    main()
