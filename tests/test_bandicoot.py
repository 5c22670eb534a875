from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from reading import FIXTURES, MARKER, events, otherwise, read_bytes, reversed_csv, said, words
from spoiling import spoiled, survives

from villagegraph.parsing import OWNER, file_at
from villagegraph.readers import bandicoot
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

CASES = ("records", "bare", "orange", "excel")
OTHERS = ("attributes", "recharges", "antennas")
ADA, CODE = "phone:+15550100101", "bandicoot:7f3a"
HEADER = b"interaction,direction,correspondent_id,datetime,call_duration,antenna_id\n"


def fixture(case: str) -> bytes:
    return (FIXTURES / "bandicoot" / f"{case}.csv").read_bytes()


def test_records_are_read(tmp_path: Path):
    settings = Settings(zone="Europe/Berlin")
    export = read_bytes(bandicoot, tmp_path, fixture("records"), name="a.csv", settings=settings)
    assert events(export) == [
        ("2026-10-30T07:30:00+00:00", "second", [("from", ADA), ("to", OWNER)]),
        ("2026-10-30T08:30:00+00:00", "second", [("from", OWNER), ("to", ADA)]),
        ("2026-10-30T09:00:05+00:00", "second", [("from", CODE), ("to", OWNER)]),
        ("2026-10-30T09:00:05+00:00", "second", [("from", CODE), ("to", OWNER)]),
        ("2026-10-31T22:59:59+00:00", "second", [("from", OWNER), ("to", CODE)]),
    ]
    assert export.interactions["channel"].tolist() == ["call", "call", "sms", "sms", "sms"]
    assert export.interactions["minutes"].tolist()[:2] == [1.5, 0]
    assert export.interactions["minutes"].isna().tolist() == [False, False, True, True, True]
    assert set(export.interactions["zone"]) == {"Europe/Berlin"}
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        7: "it tells where the phone was, not with whom",
        8: "it names nobody",
        9: "it tells neither in nor out",
        10: "neither a call nor a text",
        11: "a date or time that cannot be read",
        12: "the date is out of range",
        13: "a date or time that cannot be read",
    }


def test_the_logs_of_a_phone_company(tmp_path: Path):
    plain = events(read_bytes(bandicoot, tmp_path, fixture("bare"), name="b.csv"))
    export = read_bytes(bandicoot, tmp_path, fixture("orange"), name="a.csv")
    assert events(export)[:2] == plain
    assert events(export)[2][2] == [("from", "bandicoot:770000003"), ("to", OWNER)]
    assert export.interactions["minutes"].dropna().tolist() == [0.2]
    broken = fixture("orange") + b"3;31;a;b;2026-10-16 05:45:30;0;;\n"
    export = read_bytes(bandicoot, tmp_path, broken, name="a.csv")
    assert export.skipped[["line", "reason"]].to_numpy().tolist() == [
        [4, "neither a call nor a text"]
    ]


def test_a_spreadsheet_may_have_rewritten_the_dates(tmp_path: Path):
    export = read_bytes(bandicoot, tmp_path, fixture("excel"), name="a.csv")
    assert [(at[:16], precision) for at, precision, _ in events(export)] == [
        ("2026-10-04T05:44", "minute"),
        ("2026-10-16T05:31", "minute"),
    ]
    unsure = fixture("excel").replace(b"16/10", b"06/10")
    export = read_bytes(bandicoot, tmp_path, unsure, name="a.csv")
    assert "day first was taken" in export.files["notes"].iloc[0][0]
    export = read_bytes(
        bandicoot, tmp_path, unsure, name="a.csv", settings=Settings(dayfirst=False)
    )
    assert {at[:7] for at, _, _ in events(export)} == {"2026-06", "2026-04"}
    assert export.files["notes"].iloc[0] == ()


@pytest.mark.parametrize("way", ["crlf", "bom", "reversed", "utf-16"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_records_written_otherwise(case: str, way: str, tmp_path: Path):
    data = fixture(case)
    mark = ";" if case in ("orange", "excel") else ","
    top = -1 if case == "orange" else 0
    upside = b"".join(reversed(data.splitlines(keepends=True)))
    other = {
        **otherwise(data),
        "reversed": upside if top else reversed_csv(data, delimiter=mark),
        "utf-16": data.decode().encode("utf-16"),
    }[way]
    plain = read_bytes(bandicoot, tmp_path, data, name="a.csv")
    assert said(read_bytes(bandicoot, tmp_path, other, name="b.csv")) == said(plain)


def test_overlapping_records_count_once(tmp_path: Path):
    rows = fixture("records").splitlines(keepends=True)
    older = read_bytes(bandicoot, tmp_path, b"".join(rows[:4]), name="a.csv")
    newer = read_bytes(bandicoot, tmp_path, b"".join([rows[0], *rows[2:]]), name="b.csv")
    both = set(older.interactions.index) & set(newer.interactions.index)
    assert (len(older.interactions), len(newer.interactions), len(both)) == (3, 4, 2)


@pytest.mark.parametrize("case", OTHERS)
def test_what_tells_of_no_contact_is_named(case: str, tmp_path: Path):
    export = read_bytes(bandicoot, tmp_path, fixture(case), name="a.csv")
    assert export.files["kind"].tolist() == ["bandicoot-other"]
    assert export.files["notes"].iloc[0] == (bandicoot.NO_CONTACT,)
    assert len(export.interactions) == len(export.contacts) == len(export.skipped) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\n",
        b"key,value\nname,Ada\n",
        b"key,value\n",
        b"interaction,direction\ncall,in\n",
        b"1;22;a\n",
        b'{"a": 1}',
        b"name,value\nreporting,1\n",
    ],
)
def test_other_files_are_not_claimed(data: bytes, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert bandicoot.sniff(file_at(path)) == ""


def test_a_header_that_lacks_columns_is_told(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"interaction,direction,correspondent_id,antenna_id\n")
    assert "no column `datetime`" in bandicoot.near(file_at(path)).reason


def test_nothing_of_a_row_stands_in_a_message(tmp_path: Path):
    rows = [",".join([MARKER] * n) for n in (6, 7)]
    rows += [f"call,in,{MARKER},{MARKER},{MARKER},{MARKER}", f'call,in,"{MARKER}\n{MARKER}']
    export = read_bytes(bandicoot, tmp_path, HEADER + "\n".join(rows).encode(), name="a.csv")
    assert len(export.skipped) == 4
    assert MARKER not in words(export)


@pytest.mark.parametrize("case", [*CASES, *OTHERS])
def test_damaged_records_are_read_or_refused(case: str, tmp_path: Path):
    path = tmp_path / "a.csv"
    for data in spoiled(fixture(case), seed=7, times=40):
        survives(bandicoot, path, data)


@pytest.mark.real
def test_the_public_records(shared_data: Path):
    counts: Counter[str] = Counter()
    for path in sorted((shared_data / "corpora" / "calls_bandicoot").rglob("*")):
        if path.is_file() and bandicoot.sniff(file_at(path)):
            file = file_at(path)
            export = bandicoot.read(file, settings=Settings()).export()
            kind = export.files["kind"].iloc[0]
            counts[kind] += 1
            counts["read"] += len(export.interactions)
            counts["skipped"] += len(export.skipped)
            if kind == "bandicoot" and path.name != "u_test.csv" and "orange" not in path.name:
                rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
                assert len(rows) == len(export.interactions) + len(export.skipped)
    assert counts == {
        "bandicoot": 19,
        "bandicoot-other": 20,
        "read": 2456,
        "skipped": 4,
    }
