from __future__ import annotations

import contextlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import FIXTURES, MARKER, otherwise, people, read_bytes, reversed_csv, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import ExportFile, file_at
from villagegraph.readers import google
from villagegraph.settings import Me, Settings

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
    "spreadsheet": {
        "Jörg Groß": {
            "organization": "Blue Lantern",
            "title": "CTO",
            "birthday": "1990-05-21",
            "anniversary": "2010-06-05",
            "tags": ("Work",),
            "handles": ["email:joerg@example.org", "phone:+493023125040"],
        },
        "Ada Berg": {"birthday": "1988-03-04", "handles": ["email:ada@example.org"]},
        "Ben Cole": {"birthday": "1977-10-21", "handles": ["email:ben@example.org"]},
    },
}
DELIMITERS = {"spreadsheet": ";"}
CASES = sorted(EXPECTED)
OUTLOOK = b"First Name,Middle Name,Last Name,Title,Suffix,Web Page,Birthday,E-mail Address\n"
LINKEDIN = b"First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"


def fixture(case: str) -> bytes:
    return (FIXTURES / "google" / f"{case}.csv").read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_each_header_is_read(case: str, tmp_path: Path):
    assert people(read_bytes(google, tmp_path, fixture(case), name="a.csv")) == EXPECTED[case]


@pytest.mark.parametrize("way", ["crlf", "bom", "reversed", "utf-16", "semicolons", "unicode text"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_rows_written_otherwise(case: str, way: str, tmp_path: Path):
    data = fixture(case)
    cut = DELIMITERS.get(case, ",")
    if cut == ";":
        data = data.decode("cp1252").encode()
    tabs = reversed_csv(reversed_csv(data, delimiter=cut), delimiter=cut, written="\t")
    other = {
        **otherwise(data),
        "reversed": reversed_csv(data, delimiter=cut),
        "utf-16": data.decode().encode("utf-16"),
        "semicolons": reversed_csv(reversed_csv(data, delimiter=cut), delimiter=cut, written=";"),
        "unicode text": tabs.decode().encode("utf-16"),
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
    (note,) = export.files["notes"].iloc[0]
    assert note.startswith("1 birthday or anniversary ")


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
    cut = DELIMITERS.get(case, ",")
    header = fixture(case).splitlines()[0]
    names = header.decode().split(cut)
    width = len(names)
    row = cut.join([MARKER] * width)
    blank = cut * (width - 1)
    birthday = names.index("Birthday")
    half = cut.join(MARKER if n == birthday else "" for n in range(width))
    lines = [row, f"{row}{cut}{MARKER}", half, blank, f'"{MARKER}\n{MARKER}{cut}']
    data = header + b"\n" + "\n".join(lines).encode()
    export = read_bytes(google, tmp_path, data, name="a.csv")
    assert len(export.skipped) == 3
    assert len(export.files["notes"].iloc[0]) == 2
    assert MARKER not in words(export)


def test_what_a_spreadsheet_took_away_is_told(tmp_path: Path):
    data = fixture("spreadsheet")
    export = read_bytes(google, tmp_path, data, name="a.csv")
    assert export.files["notes"].iloc[0] == (
        "1 address(es) or number(s) that call no person: left out.",
        (
            "1 phone number rounded by a spreadsheet (1.5E+10): left out. "
            "Put in the file as it was downloaded."
        ),
    )
    # without the one day that tells the order, it is not guessed
    doubtful = data.replace(b"10/21/1977", b"10/11/1977")
    export = read_bytes(google, tmp_path, doubtful, name="a.csv")
    assert people(export)["Ada Berg"] == {"handles": ["email:ada@example.org"]}
    assert "dayfirst" in export.files["notes"].iloc[0][0]
    export = read_bytes(google, tmp_path, doubtful, name="a.csv", settings=Settings(dayfirst=True))
    assert people(export)["Ada Berg"]["birthday"] == "1988-04-03"


def test_a_header_may_repeat_a_column_and_skip_a_number(tmp_path: Path):
    header = "Name,Given Name,Family Name,Labels,E-mail 2 - Value,E-mail 9 - Value,Name"
    data = f"{header}\nAda Berg,,,,a@example.org,b@example.org ::: c@example.org,Other\n".encode()
    found = people(read_bytes(google, tmp_path, data, name="a.csv"))
    assert found == {"Ada Berg": {"handles": [f"email:{n}@example.org" for n in "abc"]}}


@pytest.mark.parametrize("case", CASES)
def test_no_change_of_bytes_breaks_more_than_a_row(case: str):
    random = Random(case)  # noqa: S311 - chance, nothing secret
    data = fixture(case)
    for _ in range(60):
        changed = bytearray(data)
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(changed))
            way = random.randrange(4)
            if way == 0:
                changed[at] = random.randrange(256)
            elif way == 1:
                del changed[at : at + random.choice((1, 2, 50))]
            elif way == 2:
                changed[at:at] = random.choice(ODD_BYTES)
            elif at > len(changed) // 2:
                del changed[at:]
        file = Held(Path("a.csv"), "a.csv", len(changed), start=bytes(changed))
        google.sniff(file)
        with contextlib.suppress(ExportError):
            export = google.read(file, settings=Settings()).export()
            assert len(export.contacts) + len(export.skipped) <= changed.count(b"\n") + 1


class Held(ExportFile):
    """A file in memory."""

    def read(self) -> bytes:
        assert self.start is not None
        return self.start


ODD_BYTES = (b"\0", b'"', b"\r", b"\n", b",", b" ::: ", b"\xff\xfe", b"-", b"9" * 30, b"E+10", b";")


def test_the_guide_tells_of_every_kind_and_of_the_fuller_export():
    assert sorted(kind for guide in google.GUIDES for kind in guide.kinds) == sorted(google.KINDS)
    assert "vCard" in " ".join(google.GUIDES[0].steps + google.GUIDES[0].traps)


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
        names[path.name] = google.read(file, settings=Settings()).export().contacts["name"].tolist()
    assert names == {
        "google_contacts_2024.csv": ["Robert Smith", "Widgets Ltd"],
        "google_contacts_old.csv": ["Иван Иванов"],
    }
