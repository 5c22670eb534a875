"""The sample: the same bytes everywhere, fictional throughout, and true to its own plan."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import json
import math
import os
import re
import statistics
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from villagegraph.samples import DEFAULT_SEED, make_plan, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.samples.model import Plan

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
AS_OF = dt.date(2026, 10, 31)
SEEDS = [DEFAULT_SEED, *(pytest.param(seed, marks=pytest.mark.seeds) for seed in range(1, 21))]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@functools.cache
def texts() -> tuple[tuple[str, str], ...]:
    """Return every text of the sample, those inside zips too."""
    found = []
    for name, data in contents(SAMPLE).items():
        if not name.endswith(".zip"):
            found.append((name, data.decode("utf-8")))
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [
                (f"{name}/{member}", archive.read(member).decode("utf-8"))
                for member in archive.namelist()
            ]
    return tuple(found)


def test_committed_sample_is_what_the_seed_gives(tmp_path: Path) -> None:
    exports = write_sample(tmp_path)
    assert exports == tmp_path / "exports"
    fresh, committed = contents(tmp_path), contents(SAMPLE)
    assert fresh.keys() == committed.keys()
    assert [name for name in fresh if fresh[name] != committed[name]] == []


def test_bytes_do_not_hang_on_the_machine(tmp_path: Path) -> None:
    script = "import sys; from villagegraph.samples import write_sample; write_sample(sys.argv[1])"
    found = []
    for number, (zone, language, hashes) in enumerate(
        [("Pacific/Kiritimati", "C", "0"), ("America/New_York", "de_DE.UTF-8", "4242")]
    ):
        place = tmp_path / f"run {number}"
        place.mkdir()
        env = os.environ | {"TZ": zone, "LC_ALL": language, "PYTHONHASHSEED": hashes}
        subprocess.run([sys.executable, "-c", script, "out"], cwd=place, env=env, check=True)
        found.append(contents(place / "out"))
    assert found[0] == found[1]
    assert found[0] == contents(SAMPLE)


def test_another_seed_is_another_village(tmp_path: Path) -> None:
    write_sample(tmp_path, seed=7)
    committed = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    other = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert (committed["seed"], other["seed"]) == (DEFAULT_SEED, 7)
    names = [{person["name"] for person in truth["people"]} for truth in (committed, other)]
    assert len(names[0] & names[1]) < len(names[0]) / 2


def test_sample_is_small() -> None:
    assert sum(map(len, contents(SAMPLE).values())) < 5_000_000


def test_every_address_and_number_is_fictional() -> None:
    addresses: Counter[str] = Counter()
    sites: Counter[str] = Counter()
    numbers: set[str] = set()
    for name, text in texts():
        unfolded = text.replace("\r\n ", "").replace("\n ", "")
        addresses.update(re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", unfolded))
        sites.update(re.findall(r"https?://([\w.-]+)", unfolded))
        if name.endswith((".mbox", ".ics", "truth.json")) or "/" in name.partition(".zip")[2][1:]:
            continue
        numbers |= {re.sub(r"\D", "", found) for found in re.findall(r"\+\d[\d ()-]{8,}", unfolded)}
    fictional = re.compile(r"(?:.+\.)?example\.(?:com|org|net)", re.IGNORECASE)
    assert sum(addresses.values()) > 5_000
    assert [domain for domain in addresses if not fictional.fullmatch(domain)] == []
    assert [s for s in sites if s != "www.linkedin.com" and not fictional.fullmatch(s)] == []
    ranges = re.compile(r"493023125\d{3}|442079460\d{3}|1212555 ?01\d\d|3319900\d{4}")
    assert len(numbers) > 50
    assert [number for number in numbers if not ranges.fullmatch(number)] == []


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("Connections.csv", r'\ANotes:\n"[^"]+"\n\nFirst Name,Last Name,URL,Email Address,'),
        ("Connections.csv", r"\n,,,,,,\d\d [A-Z][a-z]{2} 20\d\d\n"),
        ("Connections.csv", r',"[^",]+, (?:PhD|MBA|M\.Sc\.|PMP)",https'),
        ("Connections.csv", r"linkedin\.com/in/[^,]*%C3"),
        ("messages.csv", r'\A"CONVERSATION ID","CONVERSATION TITLE","FROM",'),
        ("messages.csv", r"spinmail-quill-editor"),
        ("messages.csv", r'"LinkedIn Member","",'),
        ("messages.csv", r'"SPAM"'),
        ("messages.csv", r'"INBOX","","Yes","Yes"'),
        ("messages.csv", r'lot!\n\nM\."'),
        ("Invitations.csv", r'"\d{1,2}/\d{1,2}/2\d, \d{1,2}:\d\d [AP]M",,OUTGOING,https'),
        ("Invitations.csv", r",INCOMING,https"),
        ("contacts.csv", r" ::: "),
        ("contacts.csv", r",--\d\d-\d\d,"),
        ("contacts.csv", r"\* myContacts ::: \* starred"),
        ("contacts.csv", r"Anniversary,2011-11-"),
        ("contacts.csv", r"\(030\) \d{3} \d\d \d{3}"),
        ("icloud.vcf", r"BDAY;X-APPLE-OMIT-YEAR=1604:1604-11-"),
        ("icloud.vcf", r"item2\.X-ABDATE;type=pref:2016-11-\d\d\r\nitem2\.X-ABLabel:_\$!<Anniver"),
        ("icloud.vcf", r"PHOTO;ENCODING=b;TYPE=JPEG:\S+\r\n \S"),
        ("icloud.vcf", r"N:;;;;\r\nFN:Kita Lindenhof[^§]*X-ABShowAs:COMPANY"),
        (".mbox", r"\nFrom \d+@xxx\nX-GM-THRID: "),
        (".mbox", r"\nFrom \d+@xxx [A-Z][a-z]{2} [A-Z][a-z]{2} \d\d [\d:]{8} \+0000 20\d\d\nX-GM"),
        (".mbox", r"\nX-Gmail-Labels: =\?UTF-8\?Q\?Entw=C3=BCrfe\?=\n"),
        (".mbox", r'\nX-Gmail-Labels: "Reisen, 2024",\n Posteingang\n'),
        (".mbox", r"\nX-Gmail-Labels: Spam"),
        (".mbox", r"\nFrom: =\?utf-8\?Q\?\S*=2C_\S*\?= <"),
        (".mbox", r"\nFrom: =\?UTF-8\?B\?"),
        (".mbox", r"\nTo: [^\n]+,\n [^\n]+,\n "),
        (".mbox", r"\nTo: undisclosed-recipients:;\n"),
        (".mbox", r"\nTo: Everybody: \S+, "),
        (".mbox", r"\nTo: \S+@\S+; \S+@"),
        (".mbox", r"\nFrom: \S+@Work <"),
        (".mbox", r"\nFrom: =\?utf-8\?Q\?=27\S+=27_via_Open_Maps\?= <[^\n]+\nX-Original-From: "),
        (".mbox", r"\n\nFrom 1773664405479616999@xxx Mon Jan 01 10:00:00 \+0000 2024\nthat"),
        (".mbox", r"\n>From the archive"),
        (".mbox", r"\nFrom Russia with love"),
        (".mbox", r"\nReturn-Path: <>\n"),
        (".mbox", r"\nAuto-Submitted: auto-replied\n"),
        (".mbox", r"\nList-Unsubscribe: "),
        (".mbox", r"\nDate: [^\n]+ \(CES?T\)\n"),
        (".mbox", r"\nDate: [^\n]+ -0000\n"),
        (".mbox", r"\nDate: [A-Z][a-z]{2}, 31 Feb 20\d\d 25:61:00"),
        (".ics", r"RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL="),
        (".ics", r"EXDATE;TZID=Europe/Berlin:"),
        (".ics", r'TZID="W\. Europe Standard Time"'),
        (".ics", r"RECURRENCE-ID;TZID=(?:(?!END:VEVENT)[^§])+STATUS:CANCELLED"),
        (".ics", r"CUTYPE=RESOURCE"),
        (".ics", r"PARTSTAT=DECLINED"),
        (".ics", r"DTSTART:20261112T"),
        (".ics", r"DTSTART;VALUE=DATE:2024"),
        ("_chat.txt", r"^\[\d\d\.\d\d\.\d\d, [\d:]{8}\] [^:]+: \u200eMessages and calls"),
        ("_chat.txt", r"\u200e\[[^\]]+\] [^:]+: \u200eimage omitted"),
        ("_chat.txt", r"\] ~\u202f"),
        (".txt", r"\u202a\+\d\d [\d ]+\u202c: "),
        (".txt", r"- [^:\n]+: <Media omitted>"),
        (".txt", r"- bread\n- cheese"),
        ("sms-20260628.xml", r'<sms protocol="0" address="\+493023125695" date="\d{13}" type="2"'),
        ("aliases.csv", r",not_same,"),
        ("notes.csv", r"\n2026-10-19,[^,]+,met,60,"),
    ],
)
def test_each_export_has_its_quirks(file: str, pattern: str) -> None:
    found = [text for name, text in texts() if name.endswith(file)]
    assert found
    assert any(re.search(pattern, text) for text in found)


def test_heads_of_mails_keep_to_the_line_length() -> None:
    (box,) = [text for name, text in texts() if name.endswith(".mbox")]
    words = re.findall(r"=\?utf-8\?[QB]\?[^?]*\?=", box, re.IGNORECASE)
    assert len(words) > 500
    assert max(map(len, words)) <= 75
    for name, text in texts():
        if name.endswith((".ics", ".vcf")):
            assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


_SILENT = ("slipping", "dormant", "muted", "snoozed", "reset_by_note", "unseen")


def test_truth_agrees_with_itself(truth: dict[str, Any]) -> None:
    people = {person["id"]: person for person in truth["people"]}
    assert 210 <= len(people) == len(truth["people"]) <= 230
    handles = [handle for person in truth["people"] for handle in person["handles"]]
    assert len(handles) == len(set(handles))
    assert not set(handles) & set(truth["shared"])
    assert not set(handles) & set(truth["me"]["handles"])
    sizes = Counter(person["community"] for person in truth["people"] if person["community"])
    assert sizes.keys() == truth["communities"].keys()
    assert len(sizes) == 6
    assert min(sizes.values()) >= 20
    assert max(sizes.values()) <= 32
    assert truth["bridges"] == [who for who in sorted(people) if people[who]["bridge"]]
    parts = [
        *(truth[kind] for kind in _SILENT),
        *truth["revived"].values(),
        *truth["new"].values(),
    ]
    assert [len(part) for part in parts] == [8, 8, 1, 1, 1, 1, 2, 4, 3, 4]
    planted = [who for part in parts for who in part]
    assert len(planted) == len(set(planted))
    assert set(planted) <= people.keys()
    kinds = Counter(item["kind"] for item in truth["occasions"])
    assert kinds["birthday"] >= 4
    assert kinds["anniversary"] >= 2
    assert any(item["years"] is None for item in truth["occasions"])
    (pair,) = truth["same_name"]
    assert people[pair[0]]["name"] == people[pair[1]]["name"]


def test_most_people_stand_in_several_exports(truth: dict[str, Any]) -> None:
    numbers = [len(person["handles"]) for person in truth["people"]]
    assert min(numbers) >= 1
    assert sum(n > 1 for n in numbers) > len(numbers) / 2


def test_names_come_in_many_scripts(truth: dict[str, Any]) -> None:
    scripts = {
        unicodedata.name(letter).split()[0]
        for person in truth["people"]
        for letter in person["name"]
        if letter.isalpha()
    }
    wanted = {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HANGUL"}
    assert wanted <= scripts


def test_tables_have_as_many_cells_as_columns() -> None:
    for name, text in texts():
        if name.endswith(".csv") and "LearningCoach" not in name:
            rows = list(csv.reader(io.StringIO(text, newline="")))
            rows = rows[3:] if name.endswith("Connections.csv") else rows
            assert {len(row) for row in rows} == {len(rows[0])}, name


# the plan, counted again from what happened, by the words of measures.md


def happenings(plan: Plan) -> Iterator[tuple[dt.date, str | None, list[str]]]:
    """Yield day, who addressed the others (None: everybody), and the others."""
    for mail in (mail for mail in plan.mails if mail.kind == "human"):
        yield mail.at.date(), mail.sender.person, [box.person for box in [*mail.to, *mail.cc]]
    for meeting in (meeting for meeting in plan.meetings if meeting.status == "CONFIRMED"):
        for start in meeting.starts:
            yield start.date(), None, [item.person for item in meeting.here]
    for chat in plan.chats:
        for line in chat.lines:
            others = [member for member in chat.members if member != line.author]
            yield line.at.date(), line.author, others
    for item in [*plan.messages, *plan.invitations, *plan.texts]:
        yield item.at.date(), "me", [item.person]
    for entry in plan.diary:
        if entry.kind != "note":
            yield entry.day, "me", [entry.person]


def recount(plan: Plan) -> dict[str, set[dt.date]]:
    days: dict[str, set[dt.date]] = defaultdict(set)
    for day, sender, others in happenings(plan):
        if day > AS_OF:
            continue
        if sender is None:
            reached = others if "me" in others and len(set(others)) <= 25 else []
        elif sender == "me":
            reached = others
        else:
            reached = [sender] if "me" in others else []
        for who in set(reached) - {"me", ""}:
            days[who].add(day)
    return days


def gaps(days: set[dt.date]) -> list[int]:
    ordered = sorted(days)
    return [(ordered[i + 1] - ordered[i]).days for i in range(len(ordered) - 1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_ties_pass_the_gate_and_no_others(seed: int) -> None:
    plan = make_plan(seed)
    days = recount(plan)
    pooled = statistics.mean([gap for dates in days.values() for gap in gaps(dates)])
    listed = defaultdict(set)
    for who, dates in days.items():
        silence, own = (AS_OF - max(dates)).days, gaps(dates)
        if len(dates) < 5 or silence < 30:
            continue
        n = len(own)
        cadence = (
            (statistics.mean(own) ** n * pooled**2) ** (1 / (n + 2))
            if n < 40
            else math.exp((n * math.log(statistics.mean(own)) + 2 * math.log(pooled)) / (n + 2))
        )
        if silence > 365:
            listed["dormant"].add(who)
        elif silence >= 3 * cadence:
            listed["slipping"].add(who)
            assert silence >= 4 * cadence
    named = {part: {person.id for person in plan.named(part)} for part in ("slipping", "dormant")}
    held = {person.id for part in ("muted", "snoozed", "unseen") for person in plan.named(part)}
    assert listed["dormant"] == named["dormant"]
    assert listed["slipping"] == named["slipping"] | held
    assert min(len(days[who]) for who in named["dormant"]) >= 15
    quiet = [(AS_OF - max(days[who])).days for who in sorted(named["slipping"])]
    assert 45 <= min(quiet) <= max(quiet) <= 150


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_beginnings_and_no_others(seed: int) -> None:
    plan = make_plan(seed)
    for month, last in ((9, 30), (10, 31)):
        first_day, last_day = dt.date(2026, month, 1), dt.date(2026, month, last)
        new, revived = set(), set()
        for who, dates in recount(plan).items():
            inside = sorted(day for day in dates if first_day <= day <= last_day)
            before = sorted(day for day in dates if day < first_day)
            if inside and not before:
                new.add(who)
                assert len(inside) >= 2
            elif inside and len(before) >= 3 and (inside[0] - before[-1]).days >= 180:
                revived.add(who)
                assert len(before) >= 5
                assert len(inside) >= 2
        for part, found in (("new", new), ("revived", revived)):
            planted = {p.id for p in plan.named(part) if p.quirk.endswith(f"{month:02d}")}
            assert found == planted
