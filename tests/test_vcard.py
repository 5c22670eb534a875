from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import FIXTURES, MARKER, otherwise, people, read_bytes, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import ExportFile, file_at, name_key
from villagegraph.parsing.vcards import cards, parts, unescape
from villagegraph.readers import vcard
from villagegraph.settings import Me, Settings

if TYPE_CHECKING:
    from villagegraph.tables import Export

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
    "lotus": {
        "Mr. Noah Nguyen": {
            "organization": "Harbour Office",
            "handles": ["email:noah@example.org", "phone:+15550100140"],
        },
    },
    "outlook": {
        "Frau Änne Groß": {
            "organization": "Blue Lantern",
            "title": "Leiterin für Geräte und Werkzeuge",
            "anniversary": "2010-06-05",
            "location": "Bonn, Germany",
            "handles": [
                "email:aenne@example.org",
                "phone:+4915123125030",
                "phone:+493023125030",
            ],
        },
    },
    "sabre": {
        "Sofie Holm": {
            "birthday": "--02-29",
            "anniversary": "2025-01-17",
            "tags": ("Choir", '"Friends"', "Sea, wind"),
            "handles": ["email:sofie@example.net", "linkedin:sofie-holm", "phone:+15550100142"],
        },
    },
    "broken": {
        "Uma=ZZ Rao": {"handles": ["email:uma@example.org"]},
        "Last One": {"handles": ["email:last@example.org"]},
    },
}
CASES = sorted(EXPECTED)
# cards begun, agents' own left out, and groups
BEGUN = {"icloud": 4, "google": 2, "android": 2, "version4": 5, "broken": 5}
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
    other = {**otherwise(data), "cr": data.replace(b"\r\n", b"\n").replace(b"\n", b"\r")}[way]
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


def test_cards_begun_are_read_or_listed():
    for case in CASES:
        export = read_case(fixture(case))
        groups = case == "icloud"
        assert len(export.contacts) + len(export.skipped) + groups == BEGUN.get(case, 1), case


class Held(ExportFile):
    """A file in memory."""

    def read(self) -> bytes:
        assert self.start is not None
        return self.start


def read_case(data: bytes) -> Export:
    file = Held(Path("a.vcf"), "a.vcf", len(data), start=data)
    vcard.sniff(file)
    return vcard.read(file, settings=Settings()).export()


@pytest.mark.parametrize("case", CASES)
def test_no_change_of_bytes_breaks_more_than_a_card(case: str):
    random = Random(case)  # noqa: S311 - chance, nothing secret
    data = fixture(case)
    for _ in range(40):
        changed = mutated(data, random)
        try:
            export = read_case(changed)
        except ExportError:
            continue
        told = " ".join(export.files["notes"].iloc[0])
        more = sum(int(n) for n in re.findall(r"(\d+) (?:group|repeated)", told))
        begun = len(list(cards(changed)))
        assert len(export.contacts) + len(export.skipped) + more == begun


def mutated(data: bytes, random: Random) -> bytes:
    """Return the same with some bytes changed, taken away, or put elsewhere."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(changed))
        size = random.choice((1, 1, 2, 20, 200))
        way = random.randrange(5)
        if way == 0:
            changed[at] = random.randrange(256)
        elif way == 1:
            del changed[at : at + size]
        elif way == 2:
            changed[at:at] = random.choice(ODD_BYTES)
        elif way == 3:
            changed[at:at] = changed[at : at + size]
        elif len(changed) > 400:
            del changed[at:]
        if not changed:
            break
    return bytes(changed) or b"B"


ODD_BYTES = (
    b"\0", b"\xff\xfe", b"\r", b"\n ", b"\n", b'"', b";ENCODING=", b";CHARSET=utf-16:", b"=\n",
    b"=", b"BEGIN:VCARD", b"\nEND:VCARD\n", b"AGENT:", b"\xef\xbb\xbf", b";;;=", b":", b"9" * 14,
    b"\x1b$B", b"\\", "\u0660".encode() * 9, b"E+10",
)  # fmt: skip


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
        tables.append(said(vcard.read(file_at(path, label="a.vcf"), settings=Settings()).export()))
    assert tables[0] == tables[1]
    assert len(tables[0][0]) == len(texts)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_splitter(data: bytes):
    for card in cards(b"BEGIN:VCARD\n" + data):
        for prop in (prop for named in card.named.values() for prop in named):
            assert isinstance(unescape(prop[1]), str)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_parts_undo_escaping(texts: list[str]):
    def escaped(text: str) -> str:
        for letter in "\\;,":
            text = text.replace(letter, f"\\{letter}")
        return text

    assert parts(";".join(map(escaped, texts)), ";") == texts


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_may_lack_its_mark(encoding: str, tmp_path: Path):
    data = fixture("icloud").decode().encode(encoding)
    assert people(read_bytes(vcard, tmp_path, data, name="a.vcf")) == EXPECTED["icloud"]


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b'["vcard", [["fn", {}, "text", "MARK"]]]', "JSON"),
        (b'\n[ ["vcard",[["fn",{},"text","MARK"]]]]', "JSON"),
        (b'["vcardstream", ["vcard", []]]', "JSON"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<vcards xmlns="urn:x"><vcard>MARK</vcard>', "XML"),
        ('\ufeff<vcards xmlns="urn:x">MARK</vcards>'.encode(), "XML"),
    ],
)  # fmt: skip
def test_other_forms_are_refused_with_advice(data: bytes, form: str, tmp_path: Path):
    with pytest.raises(ExportError) as caught:
        read_bytes(vcard, tmp_path, data.replace(b"MARK", MARKER.encode()), name="a.vcf")
    assert form in str(caught.value)
    assert "Export them as vCard" in str(caught.value)
    assert MARKER not in str(caught.value)


def test_an_agent_is_told(tmp_path: Path):
    export = read_bytes(vcard, tmp_path, fixture("android"), name="a.vcf")
    assert (
        "1 card(s) of an agent, inside another's card: left out." in export.files["notes"].iloc[0]
    )
    text = CARD.replace("EMAIL", "AGENT:BEGIN:VCARD\nFN:Agnes\nEND:VCARD\nEMAIL")
    assert people(read_bytes(vcard, tmp_path, text.encode(), name="a.vcf")) == {
        "Ben": {"handles": ["email:ben@example.org"]}
    }
    # an empty AGENT is none: what begins below it is a card of its own
    text = f"BEGIN:VCARD\nAGENT:\nFN:Ada\n{CARD}"
    export = read_bytes(vcard, tmp_path, text.encode(), name="a.vcf")
    assert export.contacts["name"].tolist() == ["Ben"]
    assert len(export.skipped) == 1


def test_a_file_may_end_without_the_last_end(tmp_path: Path):
    text = CARD.replace("Ben", "Cy") + CARD.removesuffix("END:VCARD\n")
    export = read_bytes(vcard, tmp_path, text.encode(), name="a.vcf")
    assert sorted(export.contacts["name"]) == ["Ben", "Cy"]
    assert export.files["notes"].iloc[0] == (
        "The last card has no end: if more should follow, export it again.",
    )


def test_numbers_that_call_nobody_are_counted(tmp_path: Path):
    lines = "TEL:332\nTEL:HomePhone\nTEL:\nTEL;FAX:+1 555 010 0100\nEMAIL:none\n"
    export = read_bytes(
        vcard, tmp_path, CARD.replace("EMAIL", f"{lines}EMAIL").encode(), name="a.vcf"
    )
    assert export.files["notes"].iloc[0] == (
        "3 address(es) or number(s) that call no person: left out.",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf\n\n  begin:vcard\r\nfn:Ben\r\nemail:ben@example.org\r\nend:vcard",
        b"BEGIN:VCARD \nFN:Ben\nEMAIL:ben@example.org\nEND:VCARD \xef\xbb\xbfBEGIN:VCARD\n",
        b"BEGIN:VCARD\nF\0N:Ben\nEMAIL:ben@example.org\nEND:VCARD\n",
        b"BEGIN:VCARD\nFN;ENCODING=:Ben\nEMAIL;CHARSET=:ben@example.org\nEND:VCARD\n",
        b"BEGIN:VCARD\nN:Ben\nEMAIL:ben@example.org\nVERSION:3.0\nEND:VCARD\n",
    ],
)
def test_untidy_cards(data: bytes, tmp_path: Path):
    found = people(read_bytes(vcard, tmp_path, data, name="a.vcf"))
    assert found == {"Ben": {"handles": ["email:ben@example.org"]}}


@pytest.mark.parametrize("fold", ["", "\n ", "\r\n\t"])
@pytest.mark.parametrize(
    "head", ["PHOTO;ENCODING=b:", "item1.photo;ENCODING=BASE64:", "NOTE:", "KEY:"]
)
def test_a_picture_of_many_megabytes_changes_nothing(head: str, fold: str, tmp_path: Path):
    value = ("abcd" * 18 + fold) * 6_000
    text = f"BEGIN:VCARD\nNOTE:x\n{head}{value}\nFN:Ben\nEMAIL:ben@example.org\nEND:VCARD\n"
    text += "BEGIN:VCARD\nEND:VCARD\n"
    export = read_bytes(vcard, tmp_path, text.encode(), name="a.vcf")
    assert people(export) == {"Ben": {"handles": ["email:ben@example.org"]}}
    assert export.skipped["line"].tolist() == [text[: text.rindex("BEGIN")].count("\n") + 1]


def test_a_lone_return_ends_a_picture(tmp_path: Path):
    text = "BEGIN:VCARD\nPHOTO:abc\n def\rFN:Ben\rEMAIL:ben@example.org\rEND:VCARD\n"
    assert list(people(read_bytes(vcard, tmp_path, text.encode(), name="a.vcf"))) == ["Ben"]


def test_a_value_that_broke_into_very_many_lines_is_cut(tmp_path: Path):
    text = CARD.replace("EMAIL", "NICKNAME:" + "zo\u00eb\n" * 50_000 + "EMAIL")
    card = next(iter(cards(text.encode())))
    assert card.named["NICKNAME"][0][1].startswith("zo\u00eb zo\u00eb ")
    assert len(card.named["NICKNAME"][0][1]) < 20_000
    assert list(people(read_bytes(vcard, tmp_path, text.encode(), name="a.vcf"))) == ["Ben"]


def test_a_group_may_stand_before_or_below_its_members(tmp_path: Path):
    member = CARD.replace("EMAIL", "UID:urn:uuid:1\nEMAIL")
    group = "BEGIN:VCARD\nKIND:Group\nFN:Choir\nMEMBER:urn:uuid:1\nEND:VCARD\n"
    for text in (member + group, group + member):
        export = read_bytes(vcard, tmp_path, text.encode(), name="a.vcf")
        assert export.contacts["tags"].tolist() == [("Choir",)]


def test_the_guide_tells_of_every_kind():
    assert sorted(kind for guide in vcard.GUIDES for kind in guide.kinds) == sorted(vcard.KINDS)


EZVCARD = {
    "John_Doe_ANDROID.vcf": 6, "John_Doe_BLACK_BERRY.vcf": 1, "John_Doe_EVOLUTION.vcf": 1,
    "John_Doe_GMAIL.vcf": 1, "John_Doe_IPHONE.vcf": 1, "John_Doe_LOTUS_NOTES.vcf": 1,
    "John_Doe_MAC_ADDRESS_BOOK.vcf": 1, "John_Doe_MS_OUTLOOK.vcf": 1, "fullcontact.vcf": 1,
    "gmail-list.vcf": 3, "gmail-single.vcf": 1, "gmail-single2.vcf": 1, "issue114.vcf": 1,
    "outlook-2003.vcf": 1, "outlook-2007.vcf": 1, "rfc2426-example.vcf": 2,
    "rfc6350-example.vcf": 1, "thunderbird-MoreFunctionsForAddressBook-extension.vcf": 1,
}  # fmt: skip


@pytest.mark.real
def test_all_cards_of_many_devices_are_read(shared_data: Path):
    found = {}
    for path in sorted(shared_data.glob("corpora/vcf_ezvcard/**/*.vcf")):
        export = vcard.read(file_at(path), settings=Settings()).export()
        assert not len(export.skipped)
        found[path.name] = len(export.contacts)
    assert found == EZVCARD
    assert sum(found.values()) == 26


@pytest.mark.real
def test_every_public_card_is_read_or_listed(shared_data: Path):
    files = [*shared_data.glob("corpora/**/*.vcf"), *shared_data.glob("ego/*/contacts.vcf")]
    assert files
    for path in files:
        begun = len(re.findall(rb"(?im)^\s*BEGIN:VCARD", path.read_bytes()))
        export = vcard.read(file_at(path), settings=Settings()).export()
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
        export = vcard.read(file_at(path), settings=Settings()).export()
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
