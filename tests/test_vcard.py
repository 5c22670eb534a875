from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import FIXTURES, MARKER, otherwise, people, read_bytes, said, words

from villagegraph.parsing import file_at, name_key
from villagegraph.parsing.vcards import cards, parts
from villagegraph.readers import vcard
from villagegraph.settings import Me, Settings

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

EXPECTED = {
    "icloud": {
        "Åsa Lindqvist": {
            "organization": "Norrland, Timber & Sons",
            "title": "Head of Research; Forests",
            "birthday": "--11-02",
            "anniversary": "2010-06-05",
            "location": "Umeå, Sweden",
            "tags": ("Friends", "Work", "Book club"),
            "handles": [
                "email:asa.lindqvist@example.org",
                "email:asa@example.net",
                "linkedin:asa-lindqvist",
                "phone:+15550100100",
                "phone:+15550100101",
            ],
        },
        "Tidewater Ferries": {
            "organization": "Tidewater Ferries",
            "handles": ["phone:02079460018"],
        },
        "Harbour Office": {
            "organization": "Harbour Office",
            "handles": ["email:ola@example.com"],
        },
    },
    "google": {
        "Tariq Haddad": {
            "organization": "Blue Lantern",
            "title": "CTO",
            "birthday": "--03-07",
            "anniversary": "2015-09-19",
            "tags": ("starred",),
            "handles": [
                "email:tariqhaddad@gmail.com",
                "linkedin:tariq-haddad",
                "phone:+15550100111",
            ],
        },
        "": {"organization": "Blue Lantern", "handles": ["email:nobody.named@example.com"]},
    },
    "android": {
        "Вера Орлова": {
            "birthday": "1990-01-31",
            "anniversary": "2010-06-05",
            "handles": ["email:vera@example.org", "phone:+15550100122"],
        },
        "Jörg Groß": {"anniversary": "2011-01-13", "handles": ["phone:03023125002"]},
    },
    "version4": {
        "Bo Chen": {
            "birthday": "--07-04",
            "anniversary": "2009-08-08",
            "location": "Salem, USA",
            "handles": ["email:bo@example.org", "linkedin:bo-chen", "phone:+15550100133"],
        },
        "Partial Dates": {"anniversary": "--07-04", "handles": ["email:p@example.org"]},
        "Wordy Dates": {"handles": ["email:w@example.org"]},
        "City Library": {"organization": "City Library", "handles": ["email:info@example.org"]},
    },
    "broken": {
        "Uma=ZZ Rao": {"handles": ["email:uma@example.org"]},
        "Last One": {"handles": ["email:last@example.org"]},
    },
}
CASES = sorted(EXPECTED)
ANDROID = "X-ANDROID-CUSTOM:vnd.android.cursor.item/contact_event"


def fixture(case: str) -> bytes:
    return (FIXTURES / "vcard" / f"{case}.vcf").read_bytes()


def whole_cards(data: bytes) -> list[bytes]:
    return re.findall(rb"BEGIN:VCARD\n(?:AGENT:\nBEGIN|(?!BEGIN).*\n)*?END:VCARD\n", data)


@pytest.mark.parametrize("case", CASES)
def test_each_dialect_is_read_as_it_stands(case: str, tmp_path: Path):
    export = read_bytes(vcard, tmp_path, fixture(case), name=f"{case}.vcf")
    assert people(export) == EXPECTED[case]


@pytest.mark.parametrize("way", ["crlf", "bom", "cr"])
@pytest.mark.parametrize("case", CASES)
def test_line_ends_and_marks_change_nothing(case: str, way: str, tmp_path: Path):
    data = fixture(case)
    other = {**otherwise(data), "cr": data.replace(b"\n", b"\r")}[way]
    plain = read_bytes(vcard, tmp_path, data, name="a.vcf")
    assert said(read_bytes(vcard, tmp_path, other, name="b.vcf")) == said(plain)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_read(encoding: str, tmp_path: Path):
    text = fixture("icloud").decode()
    data = ("\ufeff" + text).encode(encoding) if encoding == "utf-16-be" else text.encode(encoding)
    assert people(read_bytes(vcard, tmp_path, data, name="a.vcf")) == EXPECTED["icloud"]


@pytest.mark.parametrize("case", ["icloud", "google", "version4"])
def test_the_order_of_cards_does_not_count(case: str, tmp_path: Path):
    data = fixture(case)
    found = whole_cards(data)
    assert b"".join(found) == data
    plain = read_bytes(vcard, tmp_path, data, name="a.vcf")
    turned = read_bytes(vcard, tmp_path, b"".join(reversed(found)), name="a.vcf")
    assert said(turned) == said(plain)


def test_what_is_left_out_is_listed(tmp_path: Path):
    broken = read_bytes(vcard, tmp_path, fixture("broken"), name="a.vcf").skipped
    assert dict(zip(broken["line"], broken["reason"], strict=True)) == {
        1: "the card has no end: another begins inside it",
        5: "the card has no name, address, number or profile",
        23: "the file breaks off inside this card",
    }
    version4 = read_bytes(vcard, tmp_path, fixture("version4"), name="a.vcf")
    assert version4.skipped["reason"].tolist() == ["a place, not a person"]
    assert version4.files["notes"].iloc[0] == (
        "2 birthday(s) or anniversaries name no full day: left empty.",
    )


def test_a_card_without_an_end_takes_no_other_with_it(tmp_path: Path):
    agent = "AGENT:\nBEGIN:VCARD\nFN:Agent\n"  # an inner card that never ends
    note = "NOTE;ENCODING=QUOTED-PRINTABLE:cut off =\n"
    for inside in ("", agent, note, "FN:Ada\n", "FN;ENCODING=QUOTED-PRINTABLE:A=\n"):
        cut = f"BEGIN:VCARD\n{inside}"
        text = f"\n{cut}{CARD}{cut}{CARD.replace('Ben', 'Cy')}"
        export = read_bytes(vcard, tmp_path, text.encode(), name="a.vcf")
        assert sorted(export.contacts["name"]) == ["Ben", "Cy"]
        assert export.skipped["line"].tolist() == [2, 2 + (cut + CARD).count("\n")]
        assert set(export.skipped["reason"]) == {"the card has no end: another begins inside it"}


CARD = "BEGIN:VCARD\nFN:Ben\nEMAIL:ben@example.org\nEND:VCARD\n"


@pytest.mark.parametrize("head", ["TEL", "TEL;CELL", "TEL;TYPE=CELL", "item1.TEL"])
def test_a_value_that_ends_in_an_equals_sign_takes_no_property_with_it(head: str, tmp_path: Path):
    name = "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB="
    text = f"BEGIN:VCARD\n{name}\n{head}:+1 555 0100 100\nEND:VCARD\n"
    found = people(read_bytes(vcard, tmp_path, text.encode(), name="a.vcf"))
    assert found == {"Zoë": {"handles": ["phone:+15550100100"]}}


def test_a_text_of_several_lines_may_look_like_a_property(tmp_path: Path):
    note = "NOTE;ENCODING=QUOTED-PRINTABLE:call him=0D=0A=\nTEL:+1 555 0100 101\n"
    text = CARD.replace("EMAIL", f"{note}EMAIL")
    found = people(read_bytes(vcard, tmp_path, text.encode(), name="a.vcf"))
    assert found == {"Ben": {"handles": ["email:ben@example.org"]}}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_is_left_out_is_named_by_its_line(end: str, tmp_path: Path):
    folded = "BEGIN:VCARD\nFN:Ada\nNOTE:one\n  two\n\tthree\nPHOTO:x\n y\nEND:VCARD\n"
    quoted = "BEGIN:VCARD\nFN;QUOTED-PRINTABLE:A=\nd=\na\nEND:VCARD\n"
    text = folded + quoted + "BEGIN:VCARD\nNOTE:nobody\nEND:VCARD\n"
    data = text.replace("\n", end).encode()
    export = read_bytes(vcard, tmp_path, data, name="a.vcf")
    assert export.skipped["line"].tolist() == [14]


def test_own_numbers_tell_the_country(tmp_path: Path):
    me = Settings(me=Me(phones=("+49 30 23125 000",)))
    export = read_bytes(vcard, tmp_path, fixture("android"), name="a.vcf", settings=me)
    assert "phone:+493023125002" in set(export.handles["handle"])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8DB2=93=A1 =8C=92", "佐藤 健"),
        (b"FN;CHARSET=ISO-2022-JP:\x1b$B:4F#\x1b(B", "佐藤"),
        (b"FN;CHARSET=KOI8-R:\xf7\xc5\xd2\xc1", "Вера"),
        ("FN;CHARSET=ISO-8859-1:Zoë".encode(), "Zoë"),
        (b"FN;CHARSET=rot13:Zo\xeb", "Zoë"),
        (b"FN;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB =\n Dupont", "Zoë Dupont"),
        (b"FN:Zo\xc3\n \xab Folded", "Zoë Folded"),
        (b"fn:Lower Case", "Lower Case"),
        (b"FN:\nN:van Dam;Piet,Jan;;Dr.;", "Dr. Piet Jan van Dam"),
    ],
)
def test_names_in_many_encodings(line: bytes, name: str, tmp_path: Path):
    data = b"BEGIN:VCARD\nVERSION:2.1\n" + line + b"\nEMAIL:z@example.org\nEND:VCARD\n"
    export = read_bytes(vcard, tmp_path, data.replace(b"8DB2", b"8D=B2"), name="a.vcf")
    assert export.contacts["name"].tolist() == [name]


@pytest.mark.parametrize(
    ("line", "birthday", "anniversary"),
    [
        ("BDAY:19900521", "1990-05-21", ""),
        ("BDAY:1990-05-21T00:00:00Z", "1990-05-21", ""),
        ("BDAY;VALUE=date:1990-05-21", "1990-05-21", ""),
        ("BDAY:1604-02-29", "--02-29", ""),
        ("BDAY;X-APPLE-OMIT-YEAR=1900:1900-05-21", "--05-21", ""),
        ("BDAY:1990-02-30", "", ""),
        ("BDAY:1990", "", ""),
        ("I1.X-ABDATE;VALUE=DATE:20250117\nI1.X-ABLABEL:_$!<Anniversary>!$_", "", "2025-01-17"),
        ("item1.X-ABLabel:Hochzeitstag\nitem1.X-ABDATE:2001-02-03", "", "2001-02-03"),
        ("item1.X-ABDATE:2001-02-03\nitem1.X-ABLabel:Graduation", "", ""),
        ("item1.X-EVENT:2001-02-03\nitem1.X-ABLabel:Aniversario", "", "2001-02-03"),
        ("X-EVOLUTION-ANNIVERSARY:2001-02-03", "", "2001-02-03"),
        ("X-ANNIVERSARY:2001-02-03", "", "2001-02-03"),
        (f"{ANDROID};--02-03;3;;", "--02-03", ""),
        (f"{ANDROID};2001-02-03;0;Anniversary;", "", "2001-02-03"),
        (f"{ANDROID};2001-02-03;2;;", "", ""),
    ],
)  # fmt: skip
def test_birthdays_and_anniversaries(line: str, birthday: str, anniversary: str, tmp_path: Path):
    data = f"BEGIN:VCARD\nFN:Ada Bell\n{line}\nEND:VCARD\n".encode()
    row = read_bytes(vcard, tmp_path, data, name="a.vcf").contacts.iloc[0]
    assert (row["birthday"], row["anniversary"]) == (birthday, anniversary)


@pytest.mark.parametrize(
    ("line", "handle"),
    [
        ("X-SOCIALPROFILE;type=linkedin:http://www.linkedin.com/in/Ada-Bell", "linkedin:ada-bell"),
        ("X-SOCIALPROFILE;type=linkedin:x-apple:ada-bell", "linkedin:ada-bell"),
        ("IMPP:https://linkedin.com/in/ada-bell", "linkedin:ada-bell"),
        ("URL:https\\://de.linkedin.com/in/ada-bell?x=1", "linkedin:ada-bell"),
        ("item1.TEL:(555) 010-0100 ext. 12", "phone:5550100100"),
        ("WORK.EMAIL;TYPE=internet:Ada@Example.org", "email:ada@example.org"),
        ('EMAIL;TYPE="a:b;c":ada@example.org', "email:ada@example.org"),
    ],
)  # fmt: skip
def test_handles(line: str, handle: str, tmp_path: Path):
    data = f"BEGIN:VCARD\nFN:Ada Bell\n{line}\nEND:VCARD\n".encode()
    assert read_bytes(vcard, tmp_path, data, name="a.vcf").handles["handle"].tolist() == [handle]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\xff", b"Name,Given\n", b"Subject: y\n\nBEGIN:VCARD\n", b"BEGIN:VCALENDAR\n"],
)
def test_other_files_are_no_vcard(data: bytes, tmp_path: Path):
    path = tmp_path / "a.vcf"
    path.write_bytes(data)
    assert vcard.sniff(file_at(path)) == ""


def test_nothing_of_a_card_stands_in_a_message(tmp_path: Path):
    lines = [
        f"BEGIN:VCARD\nBDAY:{MARKER}\nX-{MARKER}:{MARKER}\nEND:VCARD\n",
        f"BEGIN:VCARD\nKIND:device\nFN:{MARKER}\nEND:VCARD\n",
        f"BEGIN:VCARD\nFN:{MARKER}\nBDAY:{MARKER}\nEMAIL:{MARKER}\nEND:VCARD\n",
        f"BEGIN:VCARD\nFN:{MARKER}\nEMAIL:{MARKER}@exam",
    ]
    export = read_bytes(vcard, tmp_path, "".join(lines).encode(), name="a.vcf")
    assert len(export.skipped) == 3
    assert MARKER not in words(export)


WORD = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\\;,:"), min_size=1)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(WORD, WORD, st.integers(0, 999)), unique_by=lambda card: card[2], max_size=8
    ),
    st.randoms(use_true_random=False),
)
def test_reading_is_order_free(tmp_path: Path, found: list[tuple[str, str, int]], random: Random):
    texts = [
        f"BEGIN:VCARD\nFN:{first} {last}\nEMAIL:p{n}@example.org\nEND:VCARD\n"
        for first, last, n in found
    ]
    shuffled = random.sample(texts, len(texts))
    path = tmp_path / "a.vcf"
    tables = []
    for order in (texts, shuffled):
        path.write_bytes("".join(order).encode())
        tables.append(said(vcard.read(file_at(path, label="a.vcf"), settings=Settings())))
    assert tables[0] == tables[1]
    assert len(tables[0][0]) == len(texts)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_splitter(data: bytes):
    for card in cards(b"BEGIN:VCARD\n" + data):
        for prop in card.properties:
            assert isinstance(prop.text, str)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_parts_undo_escaping(texts: list[str]):
    def escaped(text: str) -> str:
        for letter in "\\;,":
            text = text.replace(letter, f"\\{letter}")
        return text

    assert parts(";".join(map(escaped, texts)), ";") == texts


@pytest.mark.real
def test_every_public_card_is_read_or_listed(shared_data: Path):
    files = [*shared_data.glob("corpora/**/*.vcf"), *shared_data.glob("ego/*/contacts.vcf")]
    assert files
    for path in files:
        begun = len(re.findall(rb"(?im)^\s*BEGIN:VCARD", path.read_bytes()))
        export = vcard.read(file_at(path), settings=Settings())
        repeated = len({*export.contacts["source"]}) != len(export.contacts)
        assert not repeated
        assert len(export.contacts) + len(export.skipped) == begun, path.name
        # only cards with a photo, a postal address or a home page and nothing else
        assert set(export.skipped["reason"]) <= {"the card has no name, address, number or profile"}


@pytest.mark.real
def test_vobject_reads_the_same_people(shared_data: Path):
    vobject = pytest.importorskip("vobject", reason="compares with vobject where it is installed")
    compared = 0
    for path in sorted(shared_data.glob("corpora/**/*.vcf")):
        export = vcard.read(file_at(path), settings=Settings())
        names = {name_key(name) for name in export.contacts["name"]}
        handles = set(export.handles["handle"])
        try:
            text = path.read_bytes().decode()
            theirs = list(vobject.readComponents(text))
        except Exception:  # noqa: BLE001, S112  it gives up on ten of these cards, in many ways
            continue
        for card in theirs:
            listed = card.contents
            # it ends a name at a bare comma
            if "fn" in listed and "x-abshowas" not in listed:
                shown = set(name_key(listed["fn"][0].value).split())
                assert any(shown <= set(name.split()) for name in names), path.name
            for mail in listed.get("email", ()):
                if re.fullmatch(r"[\w.]+@[\w.]+", mail.value) and "gmail" not in mail.value:
                    assert f"email:{mail.value.lower()}" in handles, path.name
            compared += 1
    assert compared >= 30
