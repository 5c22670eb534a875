from __future__ import annotations

import datetime as dt
import gzip
import random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from reading import FIXTURES, MARKER, events, people, read_bytes, reversed_csv, said, words

from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.parsing import file_at, generic_rows
from villagegraph.parsing.generic_columns import known_table
from villagegraph.parsing.generic_times import FAULTS, PRECISIONS, TimeColumn
from villagegraph.readers import generic, read_export, read_folder, sniff
from villagegraph.settings import Settings
from villagegraph.tables import INTERACTIONS, PARTICIPANTS, check
from villagegraph.village import load_village

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

KINDS = {
    "thunderbird.csv": "people-csv",
    "german.csv": "people-csv",
    "bars.csv": "people-csv",
    "own_log.csv": "interactions-csv",
    "mails.tsv": "interactions-csv",
    "edges.csv": "edges-csv",
    "mails_by_mid.csv": "edges-csv",
    "mails_by_role.csv": "interactions-csv",
    "weights.csv": "edges-csv",
}
DELIMITERS = {"german.csv": ";", "bars.csv": "|", "mails.tsv": "\t", "weights.csv": ";"}
DAY = {"*": {"day": "2026-10-31"}}
BERLIN = Settings(zone="Europe/Berlin", columns={"weights.csv": {"day": "2026-10-31"}})


def fixture(name: str) -> bytes:
    return (FIXTURES / "generic" / name).read_bytes()


def _written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def read(folder: Path, name: str, data: bytes | None = None, **settings: object) -> Export:
    """Read as a folder's file is read: what village.toml says goes first."""
    path = folder / name
    path.write_bytes(fixture(name) if data is None else data)
    chosen = Settings(**settings) if settings else BERLIN  # type: ignore[arg-type]
    return read_export(path, settings=chosen)


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_known_by_its_header(name: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(fixture(name))
    assert generic.sniff(file_at(path)) == sniff(path) == KINDS[name]


@pytest.mark.parametrize("way", ["crlf", "bom", "reversed", "utf-16", "others", "sep", "quoted"])
@pytest.mark.parametrize("name", KINDS)
def test_the_same_rows_written_otherwise(name: str, way: str, tmp_path: Path):
    data, mark = fixture(name).removeprefix(b"\xef\xbb\xbf"), DELIMITERS.get(name, ",")
    unix = data.replace(b"\r\n", b"\n")
    other = {
        "crlf": unix.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + unix,
        "reversed": reversed_csv(data, delimiter=mark),
        "utf-16": data.decode().encode("utf-16"),
        "others": reversed_csv(reversed_csv(data, delimiter=mark), delimiter=mark, written="|")
        if mark != "|"
        else reversed_csv(reversed_csv(data, delimiter=mark), delimiter=mark, written=";"),
        "sep": b"sep=" + mark.encode() + b"\n" + data,
        "quoted": quoted(reversed_csv(reversed_csv(data, delimiter=mark), delimiter=mark), mark),
    }[way]
    (tmp_path / "one").mkdir()
    first = read(tmp_path / "one", name)
    assert len(first.files) == 1
    assert said(read(tmp_path, name, other)) == said(first)


def quoted(data: bytes, mark: str) -> bytes:
    """Return the same with every plain cell in quotes."""
    if b'"' in data:
        return data
    lines = data.decode().splitlines()
    head, rows = lines[0], lines[1:]
    return "\n".join(
        [head, *(mark.join(f'"{cell}"' for cell in row.split(mark)) for row in rows), ""]
    ).encode()


def test_people_of_thunderbird(tmp_path: Path):
    assert people(read(tmp_path, "thunderbird.csv")) == {
        "Ada Bell": {
            "organization": "River Lab",
            "title": "Engineer",
            "birthday": "1980-03-04",
            "location": "Leeds, United Kingdom",
            "handles": [
                "email:ada@example.org",
                "email:bell@example.net",
                "phone:+15550100201",
                "phone:+15550100203",
            ],
        },
        "Sam": {"birthday": "--05-12", "handles": []},
    }


def test_people_as_yahoo_writes_them(tmp_path: Path):
    rows = (
        '"First","Middle","Last","Nickname","Email","Category","Home","Work","Mobile"\n'
        '"Ada","","Lane","","ada@example.org","","","","+493023125000"\n'
    )
    found = people(read(tmp_path, "yahoo.csv", rows.encode()))
    assert found == {"Ada Lane": {"handles": ["email:ada@example.org", "phone:+493023125000"]}}
    # the first and last of something else
    with pytest.raises(ExportError):
        read_export(_written(tmp_path, "stats.csv", "First,Last,Mean\n1,2,3\n"))


def test_people_with_other_headers(tmp_path: Path):
    assert people(read(tmp_path, "german.csv")) == {
        "Jürg Groß": {
            "organization": "Mühle AG",
            "title": "Müller",
            "birthday": "1980-03-04",
            "location": "Köln",
            "tags": ("Chor", "Arbeit"),
            "handles": ["email:juerg@example.org", "phone:+493023125006"],
        },
        "Café Blau": {"organization": "Café Blau", "location": "Köln", "handles": []},
    }
    bars = people(read(tmp_path, "bars.csv"))
    assert bars["Zoë Müller"]["handles"] == [
        "email:zoe@example.net",
        "email:zoe@example.org",
        "id:7",
        "linkedin:zoe-mueller",
    ]
    # the column's other day tells that the month stands first
    assert bars["Ben Oak"]["birthday"] == "1985-03-04"


def test_an_own_log(tmp_path: Path):
    export = read(tmp_path, "own_log.csv")
    assert events(export) == [
        (
            "2026-09-30T22:00:00+00:00",
            "day",
            [("from", "name:ana lima@csv"), ("to", "me:owner")],
        ),
        (
            "2026-10-01T12:30:00+00:00",
            "minute",
            [
                ("attendee", "email:ben@example.org"),
                ("attendee", "me:owner"),
                ("attendee", "name:cleo dahl@csv"),
            ],
        ),
        (
            "2026-10-02T07:00:00+00:00",
            "second",
            [("from", "me:owner"), ("to", "email:dana@example.org")],
        ),
        (
            "2026-10-02T22:00:00+00:00",
            "day",
            [("attendee", "me:owner"), ("attendee", "phone:+15550100210")],
        ),
        (
            "2026-10-02T22:00:00+00:00",
            "day",
            [("from", "me:owner"), ("to", "name:ana lima@csv")],
        ),
    ]
    assert sorted(export.interactions["channel"]) == ["call", "call", "chat", "email", "meeting"]
    assert set(export.contacts["name"]) == {"Ana Lima", "Cleo Dahl", "Dana"}
    assert np.nansum(export.interactions["minutes"]) == 57
    assert export.files["zone"].tolist() == ["Europe/Berlin"]
    assert export.files["notes"].iloc[0] == (
        (
            "1 rows name no means that is known here (email, call, sms, chat, meeting, social): "
            "counted as chat."
        ),
    )


def test_a_log_of_mails(tmp_path: Path):
    export = read(tmp_path, "mails.tsv")
    assert events(export)[0][2] == [
        ("cc", "email:dana@example.org"),
        ("from", "email:ada@example.org"),
        ("to", "email:ben@example.org"),
        ("to", "email:cleo@example.org"),
    ]
    assert export.interactions["thread"].nunique() == 1
    assert "T1" not in set(export.interactions["thread"])
    assert sorted(export.interactions["size"]) == [80, 120]
    check(export.interactions, INTERACTIONS)
    check(export.participants, PARTICIPANTS)


def test_equal_edges_count_each(tmp_path: Path):
    export = read(tmp_path, "edges.csv")
    assert len(export.interactions) == 4
    assert sorted(set(export.participants["handle"])) == [
        "email:ada@example.org",
        "id:1",
        "id:2",
        "id:3",
    ]
    # the same in every version of Python, pandas and Arrow
    assert sorted(export.interactions.index) == [
        "0ef077b4cd432807db29",
        "afee5ea7fc40872d982d",
        "b1db39e6fb2e5198f8cf",
        "d8a65fd7730cbcf230b6",
    ]


@pytest.mark.parametrize(
    ("name", "sizes"), [("mails_by_mid.csv", [2, 2, 3]), ("mails_by_role.csv", [2, 4])]
)
def test_rows_of_one_mail_are_one_event(name: str, sizes: list[int], tmp_path: Path):
    export = read(tmp_path, name)
    assert sorted(export.participants.groupby("event_id").size()) == sizes
    assert set(export.interactions["channel"]) == {"email"}
    if name == "mails_by_role.csv":
        assert ("bcc", "id:8") in events(export)[0][2]


def test_weights(tmp_path: Path):
    export = read(tmp_path, "weights.csv")
    assert len(export.interactions) == 3 + 1 + 100
    assert set(export.interactions["precision"]) == {"day"}
    assert export.interactions["at"].dt.strftime("%Y-%m-%dT%H").unique().tolist() == [
        "2026-10-30T23"
    ]
    assert "1 rows weigh more than 100" in export.files["notes"].iloc[0][1]
    broken = read(
        tmp_path, "b.csv", b"src,dst,weight\na,b,0\na,b,x\na,b,-1\na,b,\na,b,2\n", columns=DAY
    )
    assert broken.skipped["line"].tolist() == [2, 3, 4, 5]
    assert set(broken.skipped["reason"]) == {"the weight is no number above 0"}
    assert len(broken.interactions) == 2
    shares = read(tmp_path, "c.csv", b"src,dst,weight\na,b,0.5\na,c,7\n", columns=DAY)
    assert len(shares.interactions) == 2


def test_edges_without_a_time_need_a_day(tmp_path: Path):
    with pytest.raises(ExportError) as caught:
        read(tmp_path, "weights.csv", zone="UTC")
    assert (
        'weights.csv: tells no time for its rows. Write into village.toml: [columns."weights.csv"]'
        in str(caught.value)
    )
    (tmp_path / "village.toml").write_text('[columns."weights.csv"]\nday = 2026-10-31\n')
    assert len(load_village(tmp_path).interactions) == 104


def test_a_mapping_claims_a_file(tmp_path: Path):
    data = b"Kunde;Kontaktadresse;Konto\nAda Bell;ada@example.org;17\n"
    columns = {"crm/*.csv": {"name": "Kunde", "email": "kontaktadresse", "id": "Konto"}}
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "a.csv").write_bytes(data)
    (tmp_path / "b.csv").write_bytes(data)
    export = read_folder(tmp_path, settings=Settings(columns=columns))
    assert people(export) == {"Ada Bell": {"handles": ["email:ada@example.org", "id:17"]}}
    assert export.files["kind"].to_dict() == {"crm/a.csv": "people-csv"}
    assert export.skipped["path"].tolist() == ["b.csv"]


def test_a_mapping_of_a_log(tmp_path: Path):
    data = b"Badge A,Badge B,Stamp,Other\n17,18,2026-10-31 10:00,x\n"
    mapping = {"from": "Badge A", "to": "Badge B", "at": "Stamp", "app": "badge"}
    export = read(tmp_path, "a.csv", data, columns={"a.csv": mapping})
    assert events(export) == [
        ("2026-10-31T10:00:00+00:00", "minute", [("from", "badge:17"), ("to", "badge:18")])
    ]
    header = b"First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    linkedin = header + b"A,B,,,,,01 May 2026\n"
    ours = read(tmp_path, "b.csv", linkedin, columns={"b.csv": {"first_name": "Last Name"}})
    assert ours.contacts["name"].tolist() == ["B"]


def test_a_mapping_to_columns_that_are_not_there(tmp_path: Path):
    with pytest.raises(MissingColumnError) as caught:
        read(tmp_path, "a.csv", b"x,y\n1,2\n", columns={"a.csv": {"name": "Kunde", "email": "y"}})
    assert caught.value.missing == ("name",)
    with pytest.raises(MissingColumnError) as caught:
        read(tmp_path, "a.csv", b"x,y\n1,2\n", columns={"a.csv": {"from": "x"}})
    assert caught.value.missing == ("to",)
    with pytest.raises(MissingColumnError):
        read(tmp_path, "a.csv", b"word\n", columns={"a.csv": {"name": "x"}})


@pytest.mark.parametrize(
    "header",
    [
        "First Name,Last Name,URL,Email Address,Company,Position",
        "First Name,Last Name,Company,Position",
        "First Name,Last Name,E-mail 1 - Value",
        "Given Name,Family Name,Group Membership,E-mail 1 - Value,Name",
        "CONVERSATION ID,FROM,TO,DATE,CONTENT",
        "From,To,Sent At,Direction",
        "interaction,direction,correspondent_id,datetime,call_duration,antenna_id",
        "date,who,kind",
        "Date,From,To,Subject",
        "From,To,Date,Price",
        "Name,Email,Join time,Leave time,Duration",
        "id,name,price",
        "Date,Name,Amount,Type",
        "id,email_id,name,note",
        "antenna_id,latitude,longitude",
        "x,y,z",
        "name",
        "",
    ],
)
def test_nothing_else_is_claimed(header: str, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\na,b,c,d,e\n")
    assert generic.sniff(file_at(path)) == ""


@pytest.mark.parametrize(
    "data", [b"", b"\0\1\2,\n", b"\xff\xfe\0", b"PK\x03\x04,a\n", b'"' * 70_000]
)
def test_no_table_is_claimed(data: bytes, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert generic.sniff(file_at(path)) == ""


HEADER = "src,dst,unix_time,kind,note\n"
ODD = (
    "1,2,1082040961,email,a\n"
    "\n"
    "1,2,1082040962\n"  # cells that a spreadsheet dropped
    "1,2,1082040963,email,x,y\n"  # too many
    "1,2,1082040964,email,x,,\n"  # too many, and empty
    ",,,,\n"
    ",,,,only a note\n"
    "1,,1082040965,email,\n"
    ",2,1082040965,email,\n"
    "1,2,soon,email,\n"
    "1,2,0,email,\n"
    '"1","2",1082040966,"em""ail",\n'
    "  1 , 2,1082040967,email,\n"
    'ada"x,b,1082040968,email,""\n'
    '"ada",b,"1082040969",email,"a,b"\n'
    "1,2,1082040970,email,end"
)
REASONS = {
    5: "more cells than the header has columns",
    8: "nobody stands in the column for `from`",
    9: "nobody stands in the column for those addressed",
    10: "nobody stands in the column for `from`",
    11: "the time cannot be read",
    12: "the date is out of range",
}


@pytest.mark.parametrize("block", [generic_rows.BLOCK_BYTES, 100, 40])
def test_every_row_is_read_or_listed_either_way(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(generic_rows, "BLOCK_BYTES", block)
    quick = read(tmp_path, "a.csv", (HEADER + ODD).encode())
    found = dict(zip(quick.skipped["line"], quick.skipped["reason"], strict=True))
    assert {line: reason for line, reason in found.items() if line != 8} == {
        line: reason for line, reason in REASONS.items() if line != 8
    }
    assert len(quick.interactions) + len(quick.skipped) == 14
    monkeypatch.setattr(generic_rows, "_is_plain", lambda _: False)
    slow = read(tmp_path, "a.csv", (HEADER + ODD).encode())
    assert said(slow) == said(quick)
    assert sorted(slow.skipped["line"]) == sorted(quick.skipped["line"])


CELLS = ["1", "ada", "1082040961", '"x"', '"a,b"', 'a"b', '"a"b', '""', '" q"', " z ", "", "é"]


def test_both_ways_of_reading_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rng = random.Random(5)  # noqa: S311 - a sample, nothing secret
    plain = 0
    for _ in range(150):
        rows = [
            f"1,2,1082040961,{rng.choice(CELLS)}"
            if rng.random() < 0.5
            else ",".join(rng.choices(CELLS, k=rng.choice([4, 4, 4, 3, 5, 1])))
            for _ in range(4)
        ]
        end = rng.choice(["\n", "\r\n"])
        data = ("src,dst,unix_time,kind\n" + end.join(rows)).encode()
        plain += generic_rows._is_plain(data)
        found = []
        for quick in (True, False):
            with monkeypatch.context() as patch:
                if not quick:
                    patch.setattr(generic_rows, "_is_plain", lambda _: False)
                export = read(tmp_path, "a.csv", data)
                lines = zip(export.skipped["line"], export.skipped["reason"], strict=True)
                found.append((said(export), sorted(lines)))
        assert found[0] == found[1]
    assert plain > 50


def test_cells_over_several_lines_and_mixed_encodings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(generic_rows, "BLOCK_BYTES", 64)
    rows = [f"{n},{n + 1},{1082040961 + n},email,x\n" for n in range(20)]
    rows[12] = '12,13,1082040973,email,"two\nlines"\n'
    rows[15] = "Zo\xeb Bell,16,1082040976,email,x\n"
    rows[17] = "17,18,never,email,x\n"
    data = (HEADER + "".join(rows)).encode("cp1252")
    export = read(tmp_path, "a.csv", data)
    assert len(export.interactions) == 19
    assert export.skipped["line"].tolist() == [20]
    assert "name:zoë bell@csv" in set(export.participants["handle"])
    cut = read(tmp_path, "a.csv", data + b'1,2,1082040999,email,"open\n1,2,3\n')
    assert len(cut.interactions) == 19
    assert "never closed" in cut.skipped["reason"].iloc[-1] + cut.skipped["reason"].iloc[0]


def test_overlapping_exports_count_each_event_once(tmp_path: Path):
    rng = np.random.default_rng(3)
    rows = [
        f"{a},{b},{1082040961 + t},message\n"
        for a, b, t in zip(*rng.integers(0, 3, (2, 300)), rng.integers(0, 40, 300), strict=True)
    ]
    rows.sort(key=lambda row: row.split(",")[2])
    header = "src,dst,unix_time,kind\n"
    # cut where the clock moves on, as exports are
    cuts = [n for n in range(1, 300) if rows[n].split(",")[2] != rows[n - 1].split(",")[2]]
    early, late = cuts[len(cuts) // 3], cuts[2 * len(cuts) // 3]
    parts = {"all": rows, "first": rows[:late], "last": rows[early:], "mixed": rows[::-1]}
    ids = {}
    for name, part in parts.items():
        export = read(tmp_path, f"{name}.csv", (header + "".join(part)).encode())
        assert len(export.interactions) == len(part)
        ids[name] = set(export.interactions.index)
    assert ids["all"] == ids["mixed"] == ids["first"] | ids["last"]
    assert len(read_folder(tmp_path).interactions) == 300


TIMES = [
    ("1082040961", None),
    ("1082040961.25", None),
    ("2026-10-31T12:00:00Z", None),
    ("2026-10-31 12:00:00", None),
    ("2026-10-31 12:00:00.123456", None),
    ("2026-10-31T12:00:00+05:30", None),
    ("2026-03-29 02:30:00", None),  # an hour that the clocks leave out
    ("2026-10-25 02:30:00", None),  # one that comes twice
    ("2026-07-01", "day"),
    ("2026/7/1 9:05", "minute"),
]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"])
@pytest.mark.parametrize("together", [True, False])
def test_times_are_those_of_the_standard_library(zone: str, together: bool):
    cells = [cell for cell, _ in TIMES]
    numbers = cells[:2]
    for group in [numbers, cells[2:]] if together else [[cell] for cell in cells]:
        column = TimeColumn()
        column.add(pa.array(group))
        times = column.read(zone=zone, dayfirst=None)
        for cell, at, precision in zip(group, times.at, times.precision, strict=True):
            assert at == pytest.approx(oracle(cell, zone) * 1e6, abs=0.5)
            assert PRECISIONS[precision] == (dict(TIMES)[cell] or "second")


def oracle(cell: str, zone: str) -> float:
    try:
        return float(cell)
    except ValueError:
        pass
    if "/" in cell:
        cell = "2026-07-01 09:05"
    found = dt.datetime.fromisoformat(cell)
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).timestamp()


def parsed(*cells: str, dayfirst: bool | None = None) -> list[str]:
    column = TimeColumn()
    column.add(pa.array(cells))
    times = column.read(zone="UTC", dayfirst=dayfirst)
    return [
        FAULTS[fault][:15] or dt.datetime.fromtimestamp(at / 1e6, dt.UTC).strftime("%Y-%m-%d %H:%M")
        for at, fault in zip(times.at.tolist(), times.fault.tolist(), strict=True)
    ]


ORDER, BAD, RANGE = "day and month m", "the time cannot", "the date is out"


@pytest.mark.parametrize(
    ("cells", "dayfirst", "expected"),
    [
        (["1082040961123"], None, ["2004-04-15 14:56"]),
        (["1082040961123456"], None, ["2004-04-15 14:56"]),
        (["1082040961123456789"], None, ["2004-04-15 14:56"]),
        (["20261031", "20261101"], None, ["2026-10-31 00:00", "2026-11-01 00:00"]),
        (["3/4/2026", "3/14/2026 1:05 PM"], None, ["2026-03-04 00:00", "2026-03-14 13:05"]),
        (["3/4/2026", "14/3/26 12:00 am"], None, ["2026-04-03 00:00", "2026-03-14 00:00"]),
        (["3/4/2026", "5/5/2026"], None, [ORDER, "2026-05-05 00:00"]),
        (["3/4/2026", "14/3/2026", "3/14/2026"], None, [ORDER] + ["2026-03-14 00:00"] * 2),
        (["3/4/2026"], True, ["2026-04-03 00:00"]),
        (["3/4/2026", "14/3/2026"], False, ["2026-03-04 00:00", "2026-03-14 00:00"]),
        (["3.4.2026 klo", "3.4.2026 09:00"], None, [BAD, "2026-04-03 09:00"]),
        # only with the day first does the log run through the year
        (
            ["1/2/2026", "5/2/2026", "2/3/2026", "9/3/2026", "1/4/2026", "7/4/2026", "2/5/2026"],
            None,
            ["2026-02-01 00:00", "2026-02-05 00:00", "2026-03-02 00:00", "2026-03-09 00:00",
             "2026-04-01 00:00", "2026-04-07 00:00", "2026-05-02 00:00"],
        ),
        (["", "x", "2026-02-30", "2026-01-01 24:30", "2026-01-01 13:00 PM"], None, [BAD] * 5),
        (["0", "86399", "-1", "99999999999999999999"], None, [RANGE, RANGE, BAD, BAD]),
        (["0123-01-01", "9999-12-31", "2101-01-01", "1969-01-01"], None, [RANGE] * 4),
        (["NaN", "1e9", "inf", "٣"], None, [BAD] * 4),
    ],
)  # fmt: skip
def test_times_of_any_shape(cells: list[str], dayfirst: bool | None, expected: list[str]):
    assert parsed(*cells, dayfirst=dayfirst) == expected
    # a column is understood as a whole, whatever its blocks
    column = TimeColumn()
    for cell in cells:
        column.add(pa.array([cell]))
    assert [FAULTS[n][:15] for n in column.read(zone="UTC", dayfirst=dayfirst).fault] == [
        found if found in (ORDER, BAD, RANGE) else "" for found in expected
    ]


@pytest.mark.parametrize("name", KINDS)
def test_nothing_of_a_row_stands_in_a_message(name: str, tmp_path: Path):
    data, mark = fixture(name).removeprefix(b"\xef\xbb\xbf"), DELIMITERS.get(name, ",").encode()
    first = data.splitlines()[0]
    width = first.count(mark) + 1
    row = mark.join([MARKER.encode()] * width)
    lines = [row, row + mark + MARKER.encode(), b'"' + MARKER.encode() + b"\n" + row]
    export = read(tmp_path, name, b"\n".join([first, *lines]))
    assert len(export.skipped) >= 2
    assert MARKER not in words(export)


def test_spoilt_files_raise_nothing_else(tmp_path: Path):
    rng = random.Random(11)  # noqa: S311 - a sample, nothing secret
    path = tmp_path / "weights.csv"
    read_some = 0
    for _ in range(400):
        data = bytearray(fixture(rng.choice(sorted(KINDS))))
        for _ in range(rng.randint(1, 8)):
            place = rng.randrange(len(data))
            data[place : place + rng.randint(0, 3)] = rng.choice(
                [b"", b'"', b"\0", b"\xff", b"\n", b",", b"9" * 30, b"\r", b"\xed\xa0\x80"]
            )
        path.write_bytes(bytes(data))
        try:
            export = read_export(path, settings=BERLIN)
        except ExportError:
            continue
        read_some += 1
        check(export.interactions, INTERACTIONS)
    assert read_some > 100


@pytest.mark.real
def test_public_logs_are_villages_without_me(shared_data: Path, tmp_path: Path):
    figures = {}
    for path in sorted((shared_data / "temporal").glob("*.csv.gz")):
        data = gzip.decompress(path.read_bytes())
        name = path.name.removesuffix(".gz")
        export = read_bytes(generic, tmp_path / name, data, name=name)
        figures[path.name.partition(".")[0]] = (
            len(export.interactions),
            len(export.participants),
            len(export.skipped),
        )
    assert figures == {
        "collegemsg": (59_835, 119_670, 0),
        "enron156": (21_635, 60_023, 0),
        "enron184": (22_923, 69_368, 0),
        "reality_calls": (3_354, 6_708, 0),
        "rpkgdevel": (8_038, 16_076, 0),
        "rsiggeo": (17_424, 34_848, 0),
    }
    village = load_village(tmp_path / "enron156.csv")
    assert (len(village.people), village.me) == (154, None)


def test_a_header_alone_is_no_fault(tmp_path: Path):
    export = read(tmp_path, "a.csv", b"src,dst,unix_time\n")
    assert len(export.interactions) == len(export.skipped) == 0
    table = known_table("src,dst,unix_time\n")
    assert table is not None
    assert table.above == 1
