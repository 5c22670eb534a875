from __future__ import annotations

import csv
import io
import random
from typing import TYPE_CHECKING

import pytest
from reading import FIXTURES, MARKER, people, read_bytes, reversed_csv, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.parsing.outlook import outlook_columns
from villagegraph.readers import outlook
from villagegraph.settings import Me, Settings

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = {
    "desktop": {
        "Zoë M. Müller": {
            "organization": "Acme",
            "title": "Engineer",
            "birthday": "1985-04-03",
            "anniversary": "2009-06-20",
            "location": "Berlin, Germany",
            "tags": ("Choir", "Friends"),
            "handles": [
                "email:zoe@example.org",
                "linkedin:zoe-mueller",
                "phone:+15550100103",
                "phone:+493023125010",
            ],
        },
        "Jane Doe": {
            "location": "Leeds, United Kingdom",
            "handles": ["email:jane@example.org", "email:jdoe@example.net"],
        },
        "Sam Okoro": {"birthday": "1990-11-30", "handles": ["phone:+442079460018"]},
        "Tidewater Ferries": {
            "organization": "Tidewater Ferries",
            "handles": ["phone:+442079460001"],
        },
        "Lone Wolff": {"handles": ["email:lone@example.com"]},
    },
    "google": {
        "Robert J. Pike": {
            "organization": "Northwind",
            "title": "Manager",
            "birthday": "1987-10-06",
            "anniversary": "--05-11",
            "location": "Salem, OR",
            "tags": ("Work",),
            "handles": ["email:bobpike@gmail.com", "email:rob@example.com", "phone:+15550100134"],
        },
        "Blue Lantern": {
            "organization": "Blue Lantern",
            "location": "Umeå",
            "handles": ["email:info@example.net"],
        },
    },
    "outlook_com": {
        "Ana Lima": {
            "organization": "Harbour",
            "title": "Pilot",
            "birthday": "1979-02-28",
            "location": "Porto, Portugal",
            "handles": ["email:ana@example.org", "linkedin:ana-lima", "phone:+15550100140"],
        },
        "Gran": {
            "birthday": "1941-10-06",
            "location": "Oslo",
            "handles": ["phone:+15550100141"],
        },
    },
    "german": {
        "Jürg Groß": {
            "organization": "Mühle AG",
            "title": "Müllerin",
            "birthday": "1980-03-04",
            "location": "Köln, Deutschland",
            "tags": ("Chor", "Arbeit"),
            "handles": [
                "email:groß@example.net",
                "email:juerg@example.org",
                "phone:+493023125003",
                "phone:+493023125005",
                "phone:+493023125006",
            ],
        },
    },
    "french": {
        "Zoé Lefèvre": {
            "organization": "Le Moulin",
            "title": "Chimiste",
            "birthday": "1980-04-03",
            "anniversary": "2005-06-21",
            "location": "Lyon, France",
            "tags": ("Amis",),
            "handles": ["email:zoe@example.net", "phone:+15550100153"],
        },
    },
    "spanish": {
        "Inés Muñoz Peña": {
            "organization": "Molino",
            "title": "Jefa",
            "location": "Madrid",
            "tags": ("Coro", "Trabajo"),
            "handles": [
                "email:ines@example.com",
                "email:ines@example.org",
                "phone:+15550100163",
                "phone:+15550100164",
            ],
        },
    },
}
CASES = sorted(EXPECTED)
CODES = {"desktop": "cp1252", "german": "cp1252", "french": "utf-16", "outlook_com": "utf-8-sig"}
DELIMITERS = {"german": ";", "french": "\t"}
LINKEDIN = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
GOOGLE = "First Name,Last Name,File As,Organization Name,Labels,E-mail 1 - Value\n"
THUNDERBIRD = (
    "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Work Phone,"
    "Home Phone,Pager Number,Mobile Number,Home City,Work City,Job Title,Organization,Notes,\n"
)
OTHER_LANGUAGES = {
    "it": (
        "Titolo,Nome,Secondo nome,Cognome,Società,Posizione,Città (ufficio),Telefono assistente,"
        "Telefono principale società,Cellulare,Anniversario,Compleanno,Categorie,"
        "Indirizzo posta elettronica,Tipo posta elettronica\n"
        "Sig.,Ada,,Bell,Mulino,Capo,Roma,+1 555 0100 101,+1 555 0100 102,+1 555 0100 103,"
        "2001-02-03,1980-05-06,Coro,ada@example.org,SMTP\n"
    ),
    "nl": (
        "Titel,Voornaam,Middelste naam,Achternaam,Bedrijf,Functie,Werkplaats,Telefoon assistent,"
        "Hoofdtelefoon bedrijf,Mobiele telefoon,Jubileum,Verjaardag,Categorieën,E-mailadres,"
        "E-mailtype\n"
        "Mw.,Ada,,Bell,Mulino,Capo,Roma,+1 555 0100 101,+1 555 0100 102,+1 555 0100 103,"
        "2001-02-03,1980-05-06,Coro,ada@example.org,SMTP\n"
    ),
    "pt": (
        "Título,Nome,Segundo nome,Sobrenome,Empresa,Cargo,Cidade comercial,"
        "Telefone do assistente,Telefone principal da empresa,Telefone celular,Bodas,Aniversário,"
        "Categorias,Endereço de email,Tipo de email\n"
        "Sra.,Ada,,Bell,Mulino,Capo,Roma,+1 555 0100 101,+1 555 0100 102,+1 555 0100 103,"
        "2001-02-03,1980-05-06,Coro,ada@example.org,SMTP\n"
    ),
}


def fixture(case: str) -> bytes:
    return (FIXTURES / "outlook" / f"{case}.csv").read_bytes()


def plain(case: str) -> bytes:
    """Return a fixture in UTF-8 with commas."""
    text = fixture(case).decode(CODES.get(case, "utf-8"))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS.get(case, ","))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def header(case: str) -> list[str]:
    return next(csv.reader([plain(case).decode().splitlines()[0]]))


@pytest.mark.parametrize("case", CASES)
def test_each_header_is_read(case: str, tmp_path: Path):
    assert people(read_bytes(outlook, tmp_path, fixture(case), name="a.csv")) == EXPECTED[case]


@pytest.mark.parametrize("way", ["plain", "crlf", "bom", "reversed", "utf-16", "tabs", "sep"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_rows_written_otherwise(case: str, way: str, tmp_path: Path):
    data = plain(case)
    quoted = data.replace(b"\r\n", b"\n")
    other = {
        "plain": data,
        "crlf": quoted.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + quoted,
        "reversed": reversed_csv(data),
        "utf-16": data.decode().encode("utf-16"),
        "tabs": reversed_csv(reversed_csv(data), written="\t"),
        "sep": b"sep=,\r\n" + data,
    }[way]
    first = read_bytes(outlook, tmp_path, fixture(case), name="a.csv")
    assert said(read_bytes(outlook, tmp_path, other, name="b.csv")) == said(first)


@pytest.mark.parametrize("language", sorted(OTHER_LANGUAGES))
def test_more_languages(language: str, tmp_path: Path):
    text = OTHER_LANGUAGES[language]
    columns = outlook_columns(text)
    assert columns is not None
    assert columns.language == language
    for code in ("utf-8", "cp1252"):
        export = read_bytes(outlook, tmp_path, text.encode(code), name="a.csv")
        assert people(export) == {
            "Ada Bell": {
                "organization": "Mulino",
                "title": "Capo",
                "location": "Roma",
                "anniversary": "2001-02-03",
                "birthday": "1980-05-06",
                "tags": ("Coro",),
                "handles": ["email:ada@example.org", "phone:+15550100103"],
            }
        }


def test_the_desktop_exports_have_all_their_columns():
    assert len(header("desktop")) == len(header("german")) == 92


def short(*birthdays: str) -> bytes:
    rows = [f"P,{n},p{n}@example.org,SMTP,{day}" for n, day in enumerate(birthdays)]
    first = "First Name,Last Name,E-mail Address,E-mail Type,Birthday"
    return "\n".join([first, *rows, ""]).encode()


@pytest.mark.parametrize(
    ("days", "dayfirst", "expected"),
    [
        (("3/4/1980", "3/14/1980"), None, ["1980-03-04", "1980-03-14"]),
        (("3/4/1980", "14/3/1980"), None, ["1980-04-03", "1980-03-14"]),
        (("3/4/1980", "5/5/1980"), None, ["", "1980-05-05"]),
        (("3/4/1980", "14/3/1980", "3/14/1980"), None, ["", "1980-03-14", "1980-03-14"]),
        (("3/4/1980",), True, ["1980-04-03"]),
        (("3/4/1980", "14/3/1980"), False, ["1980-03-04", "1980-03-14"]),
        (("3.4.1980", "1980-4-3", "3-14-1980 00:00:00"), None, ["1980-04-03"] * 2 + ["1980-03-14"]),
        (("0/0/00", "00.00.00", "1/1/4501", ""), None, [""] * 4),
        (("14/3/80", "31/2/1980", "soon", "1/2/9999"), None, ["--03-14", "", "", ""]),
        (("29/2/00", "0123-01-01", "--02-29"), None, ["--02-29", "", "--02-29"]),
    ],
)
def test_days_in_any_order(
    days: tuple[str, ...], dayfirst: bool | None, expected: list[str], tmp_path: Path
):
    settings = Settings(dayfirst=dayfirst)
    export = read_bytes(outlook, tmp_path, short(*days), name="a.csv", settings=settings)
    order = export.contacts.sort_values("name")
    assert order["birthday"].tolist() == expected


def test_what_was_not_sure_is_told(tmp_path: Path):
    export = read_bytes(outlook, tmp_path, short("3/4/1980", "4/4/80", "x"), name="a.csv")
    order, century, other = export.files["notes"].iloc[0]
    assert order.startswith("1 birthday or anniversary left empty, because day and month may")
    assert century == "1 birthday or anniversary whose year has two digits: read without the year."
    assert other == "1 birthday or anniversary without a full day: left empty."
    quiet = read_bytes(outlook, tmp_path, short("0/0/00", "13/4/1980"), name="a.csv")
    assert quiet.files["notes"].iloc[0] == ()


def test_one_column_tells_the_order_of_the_other(tmp_path: Path):
    data = short("3/4/1980").replace(b"Birthday", b"Birthday,Anniversary")
    data = data.replace(b"3/4/1980", b"3/4/1980,6/20/2009")
    export = read_bytes(outlook, tmp_path, data, name="a.csv")
    assert export.contacts["birthday"].tolist() == ["1980-03-04"]


def test_inner_addresses_are_told(tmp_path: Path):
    export = read_bytes(outlook, tmp_path, fixture("desktop"), name="a.csv")
    assert export.files["notes"].iloc[0] == (
        "1 address of Exchange's own kind (`/o=…`) without a mail address beside: left out.",
    )
    assert not export.handles["handle"].str.contains("/").any()


@pytest.mark.parametrize(
    ("address", "kind", "shown", "handles"),
    [
        ("jane@inner.example.com", "EX", "Jane (jane@example.org)", ["email:jane@example.org"]),
        ("/o=Corp/cn=jane", "", "Jane <jane@example.org>", ["email:jane@example.org"]),
        ("/o=Corp/cn=jane", "EX", "Jane", []),
        ("jane@example.org", "SMTP", "Jane (old@example.org)", ["email:jane@example.org"]),
    ],
)
def test_inner_addresses(address: str, kind: str, shown: str, handles: list[str], tmp_path: Path):
    first = "First Name,Last Name,E-mail Address,E-mail Type,E-mail Display Name"
    data = f"{first}\nJane,Doe,{address},{kind},{shown}\n".encode()
    export = read_bytes(outlook, tmp_path, data, name="a.csv")
    assert export.handles["handle"].tolist() == handles


def test_every_row_is_read_or_listed(tmp_path: Path):
    width = len(header("google"))
    more = [",".join(["x"] * (width + 1)), '"open,', "rest"]
    export = read_bytes(outlook, tmp_path, plain("google") + "\n".join(more).encode(), name="a.csv")
    assert len(export.contacts) == 2
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        4: "more cells than the header has columns",
        5: "a quote is opened here and never closed: no row below it can be read",
    }
    empty = read_bytes(outlook, tmp_path, fixture("desktop"), name="a.csv")
    assert empty.skipped["line"].tolist() == [8]


def test_own_numbers_tell_the_country(tmp_path: Path):
    data = plain("google").replace(b"+1 555 0100 134", b"030 23125 010")
    me = Settings(me=Me(phones=("+49 30 23125 000",)))
    export = read_bytes(outlook, tmp_path, data, name="a.csv", settings=me)
    assert "phone:+493023125010" in set(export.handles["handle"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\n",
        b"a,b\n1,2\n",
        LINKEDIN.encode(),
        GOOGLE.encode(),
        THUNDERBIRD.encode(),
        b"First Name,Last Name,E-mail Address,Company,Job Title\n",
        b"BEGIN:VCARD\n",
        b"\xff\xfe\x00",
    ],
)
def test_other_files_are_not_outlooks(data: bytes, tmp_path: Path):
    path = tmp_path / "contacts.csv"
    path.write_bytes(data)
    assert outlook.sniff(file_at(path)) == ""


def test_a_table_that_is_nearly_outlooks_is_told(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"First Name,Last Name,E-mail 2 Address,Business Phone,Home Street\n")
    assert outlook.near(file_at(path)).reason == (
        "looks like Outlook's CSV of contacts, but has no column `E-mail Address`."
    )


@pytest.mark.parametrize("case", CASES)
def test_nothing_of_a_row_stands_in_a_message(case: str, tmp_path: Path):
    first = plain(case).splitlines()[0]
    width = len(header(case))
    row = ",".join([MARKER] * width)
    lines = [row, f"{row},{MARKER}", "," * (width - 1), f'"{MARKER}\n{MARKER},']
    data = first + b"\n" + "\n".join(lines).encode()
    export = read_bytes(outlook, tmp_path, data, name="a.csv")
    assert len(export.skipped) == 2
    assert len(export.files["notes"].iloc[0]) == 1
    assert MARKER not in words(export)


def test_spoilt_files_raise_nothing_else(tmp_path: Path):
    rng = random.Random(7)  # noqa: S311 - a sample, nothing secret
    path = tmp_path / "a.csv"
    for _ in range(300):
        data = bytearray(fixture(rng.choice(CASES)))
        for _ in range(rng.randint(1, 8)):
            place = rng.randrange(len(data))
            data[place : place + rng.randint(0, 3)] = rng.choice([b"", b'"', b"\0", b"\xff", b"\n"])
        path.write_bytes(bytes(data))
        file = file_at(path)
        try:
            if outlook.sniff(file):
                outlook.read(file, settings=Settings()).export()
        except ExportError:
            continue
