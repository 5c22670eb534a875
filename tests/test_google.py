from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import FIXTURES, MARKER, otherwise, people, read_bytes, reversed_csv, said, words

from villagegraph.parsing import file_at
from villagegraph.readers import google
from villagegraph.settings import Me, Settings

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

EXPECTED = {
    "old": {
        "Вера Орлова": {
            "organization": "Blue Lantern",
            "title": "CTO",
            "birthday": "--01-31",
            "anniversary": "2010-06-05",
            "location": "Umeå",
            "tags": ("Choir",),
            "handles": [
                "email:v.orlova@example.net",
                "email:vera@example.org",
                "phone:+15550100122",
            ],
        },
        "Null Na": {"handles": ["linkedin:null-na", "phone:03023125010"]},
    },
    "new": {
        "Robert J. Pike": {
            "organization": "Northwind",
            "title": "Manager",
            "birthday": "--03-07",
            "anniversary": "2015-09-19",
            "location": "Salem, US",
            "tags": ("Work", "starred"),
            "handles": [
                "email:bobpike@gmail.com",
                "email:rob@example.com",
                "linkedin:bob-pike",
                "phone:+15550100134",
                "phone:+15550100135",
            ],
        },
        "Tidewater Ferries": {
            "organization": "Tidewater Ferries",
            "handles": ["phone:02079460018"],
        },
        "Grandma": {
            "birthday": "1941-10-06",
            "anniversary": "--05-11",
            "tags": ("Family",),
            "handles": ["email:gran@example.org"],
        },
        "": {"organization": "Northwind", "handles": ["email:nobody@example.com"]},
    },
    "hybrid": {
        "Zoë Müller": {
            "organization": "Acme",
            "title": "Engineer",
            "birthday": "1987-10-06",
            "anniversary": "2012-07-08",
            "tags": ("starred",),
            "handles": ["email:zoe@example.org", "phone:+493023125020"],
        },
    },
}
CASES = sorted(EXPECTED)
OUTLOOK = b"First Name,Middle Name,Last Name,Title,Suffix,Web Page,Birthday,E-mail Address\n"
LINKEDIN = b"First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"


def fixture(case: str) -> bytes:
    return (FIXTURES / "google" / f"{case}.csv").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_each_header_is_read(case: str, tmp_path: Path):
    assert people(read_bytes(google, tmp_path, fixture(case), name="a.csv")) == EXPECTED[case]


@pytest.mark.parametrize("way", ["crlf", "bom", "reversed", "utf-16", "semicolons"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_rows_written_otherwise(case: str, way: str, tmp_path: Path):
    data = fixture(case)
    other = {
        **otherwise(data),
        "reversed": reversed_csv(data),
        "utf-16": data.decode().encode("utf-16"),
        "semicolons": reversed_csv(reversed_csv(data), written=";"),
    }[way]
    plain = read_bytes(google, tmp_path, data, name="a.csv")
    assert said(read_bytes(google, tmp_path, other, name="b.csv")) == said(plain)


def test_what_is_left_out_is_listed(tmp_path: Path):
    data = fixture("new")
    long_row = b"x," * 60 + b"y\n"
    open_quote = b'Cut,"Off,Row\nAnother,Row\n'
    export = read_bytes(google, tmp_path, data + long_row + open_quote, name="a.csv")
    lines = len(data.splitlines())
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        lines: "the row has no name, address, number or profile",
        lines + 1: "more cells than the header has columns",
        lines + 2: "a quote is opened here and never closed: no row below it can be read",
    }
    assert export.files["notes"].iloc[0] == (
        "1 birthday(s) or anniversaries name no full day: left empty.",
    )


def test_a_spreadsheet_may_drop_empty_cells(tmp_path: Path):
    header = fixture("new").split(b"\n")[0]
    export = read_bytes(google, tmp_path, header + b"\nAda,,Bell\n", name="a.csv")
    assert export.contacts["name"].tolist() == ["Ada Bell"]


def test_own_numbers_tell_the_country(tmp_path: Path):
    me = Settings(me=Me(phones=("+49 30 23125 000",)))
    export = read_bytes(google, tmp_path, fixture("old"), name="a.csv", settings=me)
    assert "phone:+493023125010" in set(export.handles["handle"])


@pytest.mark.parametrize(
    "label", ["Jahrestag", "Anniversaire de mariage", "Aniversario", "* Anniversary"]
)
def test_anniversaries_in_other_languages(label: str, tmp_path: Path):
    header = "First Name,Last Name,File As,Organization Name,Labels,Event 1 - Label,Event 1 - Value"
    data = f"{header}\nAda,Bell,,,,{label},2001-02-03\n".encode()
    export = read_bytes(google, tmp_path, data, name="a.csv")
    assert export.contacts["anniversary"].tolist() == ["2001-02-03"]


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff\n", b"a,b\n1,2\n", b"Name\n", OUTLOOK, LINKEDIN, b"BEGIN:VCARD\n"]
)
def test_other_files_are_not_google_contacts(data: bytes, tmp_path: Path):
    path = tmp_path / "contacts.csv"
    path.write_bytes(data)
    assert google.sniff(file_at(path)) == ""


@pytest.mark.parametrize("case", CASES)
def test_nothing_of_a_row_stands_in_a_message(case: str, tmp_path: Path):
    header = fixture(case).split(b"\n")[0]
    width = header.count(b",") + 1
    row = ",".join([MARKER] * width)
    blank = "," * (width - 1)
    birthday = header.split(b",").index(b"Birthday")
    half = ",".join(MARKER if n == birthday else "" for n in range(width))
    lines = [row, f"{row},{MARKER}", half, blank, f'"{MARKER}\n{MARKER},']
    data = header + b"\n" + "\n".join(lines).encode()
    export = read_bytes(google, tmp_path, data, name="a.csv")
    assert len(export.skipped) == 3
    assert len(export.files["notes"].iloc[0]) == 1
    assert MARKER not in words(export)


ROWS = st.lists(st.tuples(*[st.text('ab ü,"\n-:*', max_size=6)] * 5), max_size=6)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS, st.randoms(use_true_random=False))
def test_reading_is_order_free(tmp_path: Path, rows: list[tuple[str, ...]], random: Random):
    header = "First Name,Last Name,File As,Organization Name,Labels,E-mail 1 - Value\n"
    tables = []
    for order in (rows, random.sample(rows, len(rows))):
        lines = [
            ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in order
        ]
        ends = [f"{line},p@example.org\n" for line in lines]
        data = (header + "".join(ends)).encode()
        tables.append(said(read_bytes(google, tmp_path, data, name="a.csv")))
    assert tables[0] == tables[1]


@pytest.mark.real
def test_public_files_are_read(shared_data: Path):
    made = shared_data / "corpora" / "made"
    names = {}
    for path in sorted(made.glob("google_contacts_*.csv")):
        file = file_at(path)
        assert google.sniff(file) == "google-contacts"
        names[path.name] = google.read(file, settings=Settings()).contacts["name"].tolist()
    assert names == {
        "google_contacts_2024.csv": ["Robert Smith", "Widgets Ltd"],
        "google_contacts_old.csv": ["Иван Иванов"],
    }
