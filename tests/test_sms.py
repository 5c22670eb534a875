from __future__ import annotations

import math
import re
import resource
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from reading import FIXTURES, MARKER, events, otherwise, people, read_bytes, said, words
from spoiling import spoiled, survives

from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, file_at
from villagegraph.parsing.xml_records import CHUNK_BYTES, CUT_OFF, NO_XML
from villagegraph.readers import read_export, sms
from villagegraph.settings import Me, Settings

if TYPE_CHECKING:
    from pathlib import Path

CASES = ("messages", "multimedia", "calls")
ADA, BEN, CLEO, EMIL = (f"phone:+1555010010{n}" for n in (1, 2, 3, 4))
NOON = "2026-10-31T10:00:00.123000+00:00"


def fixture(case: str) -> bytes:
    return (FIXTURES / "sms" / f"{case}.xml").read_bytes()


def backup(*records: str, root: str = "smses") -> bytes:
    return f"<?xml version='1.0'?>\n<{root} backup_set='1'>\n".encode() + (
        "\n".join(records) + f"\n</{root}>\n"
    ).encode("utf-8", "surrogatepass")


def text(body: str = "x", *, number: str = "+15550100101", ms: int = 1_793_440_800_123) -> str:
    return f'<sms address="{number}" date="{ms}" type="1" body="{body}" contact_name="null"/>'


def test_messages_are_read(tmp_path: Path):
    export = read_bytes(sms, tmp_path, fixture("messages"), name="sms.xml")
    assert events(export) == [
        (NOON, "second", [("from", ADA), ("to", OWNER)]),
        ("2026-10-31T10:01:00.456000+00:00", "second", [("from", OWNER), ("to", ADA)]),
        ("2026-10-31T10:02:00+00:00", "second", [("from", BEN), ("to", OWNER)]),
        ("2026-10-31T10:02:00+00:00", "second", [("from", BEN), ("to", OWNER)]),
    ]
    assert people(export) == {"Ada Bell": {"handles": [ADA]}}
    assert set(export.interactions["channel"]) == {"sms"}
    size = export.interactions["size"].iloc[0]
    assert size == len("Lake at six? 😀 😀 😀".encode())
    assert Counter(export.skipped["reason"]) == {
        "a draft: it was never sent": 1,
        "still in the outbox: it was not sent yet": 1,
        "it could not be sent": 1,
        "still waiting: it was not sent yet": 1,
        "the sender is no phone number: a machine, or a short number": 2,
        "the other side hid its number": 1,
        "it has no date": 1,
        "the date is out of range": 1,
        "neither sent nor received, as far as the backup tells": 1,
    }
    assert export.skipped["line"].tolist() == list(range(14, 24))


def test_group_messages_have_all_their_members(tmp_path: Path):
    export = read_bytes(sms, tmp_path, fixture("multimedia"), name="sms.xml")
    assert [event[2] for event in events(export)] == [
        [("cc", BEN), ("from", ADA), ("to", OWNER)],
        [("bcc", BEN), ("from", OWNER), ("to", ADA)],
        [("from", CLEO), ("to", OWNER)],
        [("from", CLEO), ("to", OWNER), ("to", EMIL)],
    ]
    sizes = export.interactions["size"].tolist()
    assert sizes[:2] == [3, 11]
    assert math.isnan(sizes[2])
    assert people(export) == {"Cleo Dahl": {"handles": [CLEO]}}
    assert export.hints[["handle", "hint"]].to_numpy().tolist() == [["phone:+15550100199", "owner"]]
    assert export.interactions["thread"].nunique() == 3
    assert Counter(export.skipped["reason"]) == {
        "a report that a message arrived or was read": 1,
        "a draft: it was never sent": 1,
    }


def test_calls_are_read(tmp_path: Path):
    export = read_bytes(sms, tmp_path, fixture("calls"), name="calls.xml")
    assert [event[2] for event in events(export)] == [
        [("from", ADA), ("to", OWNER)],
        [("from", OWNER), ("to", ADA)],
        [("from", BEN), ("to", OWNER)],
        [("from", BEN), ("to", OWNER)],
        [("from", BEN), ("to", OWNER)],
        [("from", CLEO), ("to", OWNER)],
    ]
    assert export.interactions["minutes"].tolist() == [1.5, 10, 0, 0, 0, 61 / 60]
    assert set(export.interactions["channel"]) == {"call"}
    assert export.files["notes"].iloc[0] == (
        "3 calls that nobody answered: each counts as a contact of 0 minutes",
    )
    assert Counter(export.skipped["reason"]) == {
        "the phone blocked the call": 1,
        "the other side hid its number": 2,
        "the sender is no phone number: a machine, or a short number": 1,
        "a call of a kind that is not known": 1,
    }


@pytest.mark.parametrize("way", ["crlf", "bom", "utf-16", "reversed", "one line"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_backup_written_otherwise(case: str, way: str, tmp_path: Path):
    data = fixture(case)
    record = rb"  <(?:sms|call)[ ].*?/>\n|  <mms.*?</mms>\n"
    rows = re.findall(record, data, re.DOTALL)
    rest = re.split(record, data, flags=re.DOTALL)
    other = {
        **otherwise(data),
        "utf-16": data.decode().encode("utf-16"),
        "reversed": rest[0] + b"".join(reversed(rows)) + rest[-1],
        "one line": data.replace(b"\n", b" "),
    }[way]
    plain = read_bytes(sms, tmp_path, data, name="a.xml")
    assert said(read_bytes(sms, tmp_path, other, name="b.xml")) == said(plain)


def test_a_message_counts_once_in_two_backups(tmp_path: Path):
    first, second = text("a"), text("b", ms=1_793_440_900_000)
    third = text("c", ms=1_793_440_900_000)
    older = read_bytes(sms, tmp_path, backup(first, second), name="a.xml")
    newer = read_bytes(sms, tmp_path, backup(third, second, first, first), name="b.xml")
    assert len(older.interactions) == 2
    # in the same second there are two; the same thousandth was restored twice
    assert len(newer.interactions) == 3
    assert set(older.interactions.index) < set(newer.interactions.index)


def test_own_numbers_tell_country_and_owner(tmp_path: Path):
    settings = Settings(me=Me(phones=("+49 30 23125 000",)))
    data = backup(text(number="030 23125 001"), text(number="+493023125000", ms=1_793_440_800_999))
    export = read_bytes(sms, tmp_path, data, name="a.xml", settings=settings)
    assert set(export.participants["handle"]) == {"phone:+493023125001", OWNER}
    assert export.skipped["reason"].tolist() == ["a message to oneself"]


def test_reading_goes_on_below_a_broken_record(tmp_path: Path):
    broken = '<sms address="+15550100101" date="1" <<< "/>'
    open_mms = '<mms date="1793440800999" msg_box="1" address="+15550100103"><parts>'
    data = backup(text("a"), broken, open_mms, text("b", ms=1_793_440_800_555))
    export = read_bytes(sms, tmp_path, data, name="a.xml")
    assert len(export.interactions) == 2
    assert list(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == [
        (4, NO_XML),
        (5, NO_XML),
        (7, NO_XML),
    ]


def test_lines_are_right_below_a_fault_far_down(tmp_path: Path):
    filler = [f"<!--{'x' * 10_000}-->"] * 250
    draft = text().replace('type="1"', 'type="3"')
    data = backup(*filler, "<sms <", *filler, draft)
    export = read_bytes(sms, tmp_path, data, name="a.xml")
    assert export.skipped["line"].tolist() == [253, 504]


def test_a_friend_is_not_taken_for_the_owner(tmp_path: Path):
    # the list of a group's members may lack one
    mms = (
        '<mms date="1793440800123" msg_box="1" address="{}"><parts/><addrs><addr address="{}" '
        'type="137"/><addr address="+15550100102" type="151"/></addrs></mms>'
    )
    rows = [mms.format("+15550100101", "+15550100101")]
    rows.append(mms.format("+15550100102", "+15550100102").replace("800123", "900123"))
    export = read_bytes(sms, tmp_path, backup(*rows), name="a.xml")
    assert len(export.hints) == 0
    assert sorted(export.participants["handle"]) == sorted([ADA, BEN, OWNER, BEN, OWNER])


@pytest.mark.parametrize("case", CASES)
def test_a_backup_cut_off_keeps_what_was_read(case: str, tmp_path: Path):
    data = fixture(case)
    whole = read_bytes(sms, tmp_path, data, name="a.xml")
    cut = read_bytes(sms, tmp_path, data[: len(data) * 6 // 10], name="b.xml")
    assert 0 < len(cut.interactions) <= len(whole.interactions)
    assert set(cut.interactions.index) <= set(whole.interactions.index)
    assert cut.skipped["reason"].tolist()[-1] == CUT_OFF or CUT_OFF in set(cut.skipped["reason"])


BILLION = (
    "<!DOCTYPE smses [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9))
    + "]>"
)
OUTSIDE = "<!DOCTYPE smses [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"
OTHER_FILE = "<!DOCTYPE smses SYSTEM 'http://example.org/sms.dtd'>"


@pytest.mark.parametrize("declared", [BILLION, OUTSIDE, OTHER_FILE, "<!DOCTYPE smses>"])
def test_document_types_are_refused(declared: str, tmp_path: Path):
    body = text("&a;&j;")
    data = f"<?xml version='1.0'?>\n{declared}\n<smses>{body}</smses>".encode()
    for variant in (data, data.decode().encode("utf-16")):
        with pytest.raises(ExportError, match="declares a document type"):
            read_bytes(sms, tmp_path, variant, name="a.xml")


def test_an_entity_without_a_declaration_is_mere_text(tmp_path: Path):
    export = read_bytes(sms, tmp_path, backup(text("Tom & Ann &nbsp; &lt;")), name="a.xml")
    assert export.interactions["size"].tolist() == [len("Tom & Ann &nbsp; <")]


@pytest.mark.parametrize("shift", range(-26, 27, 2))
def test_chunks_part_no_letter(shift: int, tmp_path: Path):
    body = "&#55357;&#56832;é&#x1F600;"
    head = backup().partition(b"</smses>")[0]
    fill = CHUNK_BYTES - len(head) + shift
    data = head + f"<!--{'x' * (fill - 60)}-->{text(body)}\n</smses>".encode()
    export = read_bytes(sms, tmp_path, data, name="a.xml")
    assert export.interactions["size"].tolist() == [len("😀é😀".encode())]


@pytest.mark.parametrize("shift", [*range(-320, 60, 29), *range(-20, 20, 3)])
def test_pictures_are_passed_over_wherever_chunks_end(shift: int, tmp_path: Path):
    head = backup().partition(b"</smses>")[0]
    mms = (
        '<mms date="1793440800123" msg_box="1" address="+15550100101"><parts>'
        f'<part ct="image/jpeg" data="{"QUJD" * 1_000}&#10;{"QUJD" * 400_000}" />'
        '<part ct="text/plain" text="abc" /></parts></mms>'
    )
    fill = CHUNK_BYTES - len(head) - 90 + shift
    data = head + f"<!--{'x' * (fill - 7)}-->{mms}\n{text('b')}\n</smses>".encode()
    export = read_bytes(sms, tmp_path, data, name="a.xml")
    assert sorted(export.interactions["size"]) == [1, 3]
    assert len(export.skipped) == 0


def test_memory_does_not_grow_with_pictures(tmp_path: Path):
    path = tmp_path / "big.xml"
    with path.open("wb") as stream:
        stream.write(backup().partition(b"</smses>")[0])
        stream.write(b'<mms date="1793440800123" msg_box="1" address="+15550100101"><parts>')
        stream.write(b'<part ct="image/jpeg" data="')
        for _ in range(150):
            stream.write(b"QUJDRA==" * 131_000 + b"\n")
        stream.write(b'" /></parts></mms>\n</smses>')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    steps: list[int] = []
    export = sms.read(file_at(path), settings=Settings(), progress=steps.append).export()
    assert len(export.interactions) == 1
    assert sum(steps) == path.stat().st_size
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_one_tag_may_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("villagegraph.parsing.xml_records.MAX_TAG_BYTES", 3 * CHUNK_BYTES)
    long = text("x y " * CHUNK_BYTES * 2)
    export = read_bytes(sms, tmp_path, backup(text("a"), long), name="a.xml")
    assert len(export.interactions) == 1
    assert "longer than any message" in export.skipped["reason"].iloc[-1]
    with pytest.raises(ExportError, match="longer than any message"):
        read_bytes(sms, tmp_path, backup(long), name="b.xml")


def test_mixed_encodings(tmp_path: Path):
    named = text().replace('"null"', '"{}"')
    rows = [named.format("Zoë Müller"), named.format("Jürgen Roß").replace("0101", "0102")]
    data = backup("#", "#").split(b"#")
    mixed = data[0] + rows[0].encode() + data[1] + rows[1].encode("cp1252") + data[2]
    export = read_bytes(sms, tmp_path, mixed.replace(b"\xff\xfe", b""), name="a.xml")
    assert sorted(people(export)) == ["Jürgen Roß", "Zoë Müller"]


def test_an_empty_backup_and_one_in_a_zip(tmp_path: Path):
    export = read_bytes(sms, tmp_path, backup(), name="a.xml")
    assert export.files["notes"].iloc[0] == ("The backup holds no message and no call.",)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sms-20261031.xml", fixture("messages"))
    assert len(read_export(path).interactions) == 4


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"<?xml version='1.0'?><feed/>",
        b"<calls><item/></calls>",
        b"<html><smses></html>",
        b"smses",
        b"\x00<smses>",
        b"<!--a-->" * 4_000 + b"<x>",
        "<smses".encode("utf-16"),
    ],
)
def test_other_files_are_no_backups(data: bytes, tmp_path: Path):
    path = tmp_path / "a.xml"
    path.write_bytes(data)
    assert sms.sniff(file_at(path)) == ""


def test_what_is_no_xml_from_the_start(tmp_path: Path):
    with pytest.raises(ExportError, match="cut off before its first record"):
        read_bytes(sms, tmp_path, b"<smses count='1'><sms address='", name="a.xml")


def test_nothing_of_a_record_stands_in_a_message(tmp_path: Path):
    names = "address date type msg_box number duration body contact_name m_type".split()
    row = " ".join(f'{name}="{MARKER}"' for name in names)
    good = " ".join(f'{name}="{MARKER}"' for name in names if name not in ("type", "msg_box"))
    rows = [
        f"<sms {row}/>",
        f'<sms {good} type="1"/>',
        f'<call {good} type="1"/>',
        f'<mms {good} msg_box="1"><parts><part ct="{MARKER}" text="{MARKER}"/></parts></mms>',
        f"<{MARKER} <<",
        f"<{MARKER}>{MARKER}",
    ]
    export = read_bytes(sms, tmp_path, backup(*rows), name="a.xml")
    assert len(export.skipped) >= 5
    assert MARKER not in words(export)


@pytest.mark.parametrize("case", CASES)
def test_damaged_backups_are_read_or_refused(case: str, tmp_path: Path):
    path = tmp_path / "a.xml"
    read = [survives(sms, path, data) for data in spoiled(fixture(case), seed=7, times=60)]
    assert sum(read) > 30


@pytest.mark.real
def test_the_public_backup(shared_data: Path):
    file = file_at(shared_data / "corpora" / "made" / "sms.xml")
    assert sms.sniff(file) == "sms-backup"
    export = sms.read(file, settings=Settings()).export()
    assert [len(event[2]) for event in events(export)] == [2, 3]
    assert export.interactions["size"].tolist() == [12, 3]
    assert export.contacts["name"].tolist() == ["Ann B"]
