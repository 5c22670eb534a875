from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reading import FIXTURES, MARKER, events, otherwise, people, read_bytes, said, words
from spoiling import spoiled, survives

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.readers import attendance, read_folder
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

ADA, BEN, DANA = (
    f"email:{who}" for who in ("ada@example.org", "ben@example.com", "dana@example.com")
)
CLEO, BOB = "name:cleo dahl@teams", "name:robert pike@zoom"
NUMBER = "phone:+15550100107"
EXPECTED = {
    "teams": ("2026-10-05T09:58:12", "second", 33, {ADA: "organizer", BEN: "", CLEO: ""}),
    "teams_2021": ("2026-10-05T09:58:12", "second", 33, {ADA: "organizer", BEN: ""}),
    "teams_2020": (
        "2026-10-05T09:58:20",
        "second",
        13.75,
        {"name:ada bell@teams": "", "name:ben cole@teams": ""},
    ),
    "zoom": (
        "2026-10-05T17:55:00",
        "second",
        45,
        {ADA: "organizer", BOB: "", DANA: "", NUMBER: ""},
    ),
    "zoom_unique": ("2026-10-05T17:55:00", "second", 45, {ADA: "organizer", BOB: ""}),
    "zoom_bare": ("2026-10-25T17:55:00", "second", 45, {ADA: "", BOB: ""}),
    "zoom_2025": ("2026-10-05T17:55:00", "second", 45, {ADA: "organizer", BOB: ""}),
    "meet": ("2026-10-05T17:55:12", "second", 62, {ADA: "", BEN: "", "name:robert pike@meet": ""}),
    "meet_hours": ("2026-10-05T17:55:00", "second", 62, {ADA: "", BEN: ""}),
}
CASES = sorted(EXPECTED)


def fixture(case: str) -> bytes:
    data = (FIXTURES / "attendance" / f"{case}.csv").read_bytes()
    return data.decode().encode("utf-16") if case.startswith("teams") else data


def read(folder: Path, data: bytes, **wishes: Settings) -> Export:
    return read_bytes(attendance, folder, data, name="a.csv", **wishes)


@pytest.mark.parametrize("case", CASES)
def test_each_report_is_one_meeting_of_all_who_were_there(case: str, tmp_path: Path):
    at, precision, minutes, roles = EXPECTED[case]
    export = read(tmp_path, fixture(case))
    pairs = sorted((role or "attendee", handle) for handle, role in roles.items())
    assert events(export) == [(f"{at}+00:00", precision, pairs)]
    assert export.interactions["minutes"].tolist() == [minutes]
    assert set(export.interactions["channel"]) == {"meeting"}
    assert export.files["kind"].tolist() == [case.partition("_")[0] + "-attendance"]
    assert set(export.interactions["zone"]) == {"UTC"}


def test_names_are_those_of_people(tmp_path: Path):
    export = read(tmp_path, fixture("zoom"))
    assert {name: row["handles"] for name, row in people(export).items()} == {
        "Ada Bell": [ADA],
        "Dana Eder": [DANA],
        "Robert Pike": [BOB],
    }
    assert sorted(people(read(tmp_path, fixture("teams")))) == ["Ada Bell", "Ben Cole", "Cleo Dahl"]
    assert sorted(people(read(tmp_path, fixture("meet")))) == [
        "Ada Bell",
        "Ben Cole",
        "Robert Pike",
    ]


def test_what_is_left_out_is_listed(tmp_path: Path):
    export = read(tmp_path, fixture("teams"))
    assert export.skipped[["line", "reason"]].to_numpy().tolist() == [[14, "the row names nobody"]]
    export = read(tmp_path, fixture("zoom_2025"))
    assert export.skipped[["line", "reason"]].to_numpy().tolist() == [
        [5, "in the waiting room only"]
    ]
    alone = b"\n".join(fixture("meet").splitlines()[:2])
    export = read(tmp_path, alone)
    assert export.skipped["reason"].tolist() == ["nobody else was in the meeting"]
    early = fixture("zoom_bare").replace(b"10/25/2026 05:56", b"10/25/1923 05:56")
    export = read(tmp_path, early)
    assert export.skipped["reason"].tolist() == [
        "the date is out of range",
        "nobody else was in the meeting",
    ]


@pytest.mark.parametrize("way", ["crlf", "bom", "reversed", "utf-16", "commas", "cut"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_report_written_otherwise(case: str, way: str, tmp_path: Path):
    data = (FIXTURES / "attendance" / f"{case}.csv").read_bytes()
    lines = data.decode().splitlines()
    starts = ("Name", "Full Name", "First name")
    header = next(n for n, line in enumerate(lines) if line.startswith(starts))
    end = next((n for n in range(header, len(lines)) if not lines[n]), len(lines))
    upside = [*lines[: header + 1], *reversed(lines[header + 1 : end]), *lines[end:]]
    tabs = "\t" in data.decode()
    commas = [
        ",".join(f'"{cell}"' if "," in cell else cell for cell in line.split("\t"))
        for line in lines
    ]
    other = {
        **otherwise(data),
        "reversed": "\n".join(upside).encode(),
        "utf-16": data.decode().encode("utf-16"),
        "commas": "\n".join(commas).encode() if tabs else data,
        "cut": data.rstrip(),
    }[way]
    plain = read_bytes(attendance, tmp_path, data, name="a.csv")
    assert said(read_bytes(attendance, tmp_path, other, name="a.csv")) == said(plain)


def test_the_order_of_dates(tmp_path: Path):
    export = read(tmp_path, fixture("zoom"))
    assert "month first was taken" in export.files["notes"].iloc[0][0]
    export = read(tmp_path, fixture("zoom"), settings=Settings(dayfirst=True))
    assert export.interactions["at"].iloc[0].month == 5
    assert export.files["notes"].iloc[0] == ()
    export = read(tmp_path, fixture("zoom_bare"), settings=Settings(dayfirst=True))
    assert export.interactions["at"].iloc[0].month == 10
    german = fixture("zoom_bare").replace(b"10/25/2026", b"05.10.2026")
    export = read(tmp_path, german)
    assert (export.interactions["at"].iloc[0].month, export.files["notes"].iloc[0]) == (10, ())


def test_times_are_the_owners(tmp_path: Path):
    export = read(tmp_path, fixture("meet"), settings=Settings(zone="America/New_York"))
    assert events(export)[0][0] == "2026-10-05T21:55:12+00:00"


def test_the_day_may_stand_in_the_files_name(tmp_path: Path):
    data = b"\n".join(fixture("meet_hours").splitlines()[4:])
    export = read_bytes(attendance, tmp_path, data, name="meet-2026-10-05.csv")
    assert events(export)[0][:2] == ("2026-10-05T17:55:00+00:00", "minute")
    with pytest.raises(ExportError, match="Write the day into the file's name"):
        read(tmp_path, data)
    unique = b"\n".join(fixture("zoom_unique").splitlines()[3:])
    with pytest.raises(ExportError, match="with meeting data"):
        read(tmp_path, unique)


def test_two_downloads_are_one_meeting(tmp_path: Path):
    for name, case in (("a.csv", "zoom"), ("b.csv", "zoom_unique"), ("c.csv", "meet")):
        (tmp_path / name).write_bytes(fixture(case))
    (tmp_path / "d.csv").write_bytes(fixture("meet"))
    export = read_folder(tmp_path)
    assert len(export.interactions) == 2


def test_a_report_of_several_meetings(tmp_path: Path):
    header = (
        "Meeting ID,Topic,Start Time,End Time,Name (Original Name),User Email,Join Time,"
        "Duration (Minutes),Guest"
    )
    rows = [
        f"83{n},x,10/{day}/2026 05:55 PM,10/{day}/2026 06:40 PM,{who},{who}@example.org,,45,No"
        for n, day in ((1, 25), (2, 26))
        for who in ("Ada", "Ben")
    ]
    export = read(tmp_path, "\n".join([header, *rows]).encode())
    assert [at[:10] for at, _, _ in events(export)] == ["2026-10-25", "2026-10-26"]
    assert export.interactions["thread"].nunique() == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\n",
        b"Name,Email\nAda,ada@example.org\n",
        b"Name,Duration\nAda,3\n",
        b"Name,Role,Join Time\n",
        b"First Name,Last Name,Email,Connected On\n",
        b"Start time,End time,Topic\n1,2,3\n",
        b'"Name,Join Time,Guest',
    ],
)
def test_other_files_are_no_reports(data: bytes, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert attendance.sniff(file_at(path)) == ""


@pytest.mark.parametrize("case", CASES)
def test_nothing_of_a_row_stands_in_a_message(case: str, tmp_path: Path):
    data = (FIXTURES / "attendance" / f"{case}.csv").read_text(encoding="utf-8")
    mark = "\t" if "\t" in data else ","
    rows = [mark.join([MARKER] * 20), mark.join(["", MARKER, MARKER]), f'"{MARKER}{mark}{MARKER}']
    titled = data.replace("Budget", MARKER).rstrip().partition("\n\n3.")[0]
    export = read(tmp_path, "\n".join([titled, *rows]).encode())
    assert len(export.skipped) >= 1
    assert MARKER not in words(export)
    broken = data.replace("2026", MARKER).replace("/26", MARKER).replace(":", MARKER)
    assert MARKER not in told(tmp_path, broken.encode())


def told(folder: Path, data: bytes) -> str:
    """Return all that is said of a file that may be beyond reading."""
    try:
        return words(read(folder, data))
    except ExportError as error:
        return str(error)


@pytest.mark.parametrize("case", CASES)
def test_damaged_reports_are_read_or_refused(case: str, tmp_path: Path):
    path = tmp_path / "a.csv"
    data = (FIXTURES / "attendance" / f"{case}.csv").read_bytes()
    for spoilt in spoiled(data, seed=7, times=30):
        survives(attendance, path, spoilt)
