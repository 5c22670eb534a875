"""Outlook's data files: with a stand-in that has libpff's interface, and libpff itself."""

from __future__ import annotations

import datetime as dt
import inspect
import sys
import types
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from reading import MARKER, events, people, words

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at, members
from villagegraph.readers import mail, outlook_pst, sniff
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

FILE = b"!BDN" + bytes(508)
SENT = dt.datetime(2026, 10, 1, 9, 0)  # noqa: DTZ001 - libpff's times are UTC and do not say so
TRANSPORT = (
    "Microsoft Mail Internet Headers Version 2.0\r\n"
    "Received: from mx.example.org; Thu, 1 Oct 2026 09:00:02 +0000\r\n"
    'From: "Doe, Jane" <jane@example.net>\r\nTo: Mara Example\r\n <mara@example.org>\r\n'
    "Date: Thu, 1 Oct 2026 11:00:00 +0200\r\nMessage-ID: <1@example.net>\r\n\r\n"
)


class Entry:
    def __init__(self, number: int, value: Any) -> None:
        self.number, self.value = number, value

    def get_entry_type(self) -> int:
        return self.number

    def get_data_as_string(self) -> str:
        return self._of(str)

    def get_data_as_integer(self) -> int:
        return self._of(int)

    def get_data_as_datetime(self) -> dt.datetime:
        return self._of(dt.datetime)

    def _of(self, kind: type) -> Any:
        if not isinstance(self.value, kind):
            raise OSError(MARKER)  # as libpff does where a value has another type
        return self.value


class RecordSet:
    def __init__(self, values: dict[int, Any]) -> None:
        self.entries = [Entry(number, value) for number, value in values.items()]

    def get_number_of_entries(self) -> int:
        return len(self.entries)

    def get_entry(self, n: int) -> Entry:
        return self.entries[n]


class Recipients:
    def __init__(self, rows: list[dict[int, Any]]) -> None:
        self.rows = rows

    def get_number_of_record_sets(self) -> int:
        return len(self.rows)

    def get_record_set(self, n: int) -> RecordSet:
        return RecordSet(self.rows[n])


class Message:
    def __init__(
        self,
        kind: str = "IPM.Note",
        values: dict[int, Any] | None = None,
        *,
        transport: str | None = None,
        recipients: list[dict[int, Any]] | None = None,
        submitted: dt.datetime | None = None,
        delivered: dt.datetime | None = None,
    ) -> None:
        self.values = {0x001A: kind, **(values or {})}
        self.transport, self.submitted, self.delivered = transport, submitted, delivered
        self.recipients = None if recipients is None else Recipients(recipients)

    def get_number_of_record_sets(self) -> int:
        return 1

    def get_record_set(self, n: int) -> RecordSet:
        assert n == 0
        return RecordSet(self.values)

    def get_transport_headers(self) -> str | None:
        return self.transport

    def get_client_submit_time(self) -> dt.datetime | None:
        return self.submitted

    def get_delivery_time(self) -> dt.datetime | None:
        return self.delivered


class Broken(Message):
    def get_number_of_record_sets(self) -> int:
        raise OSError(MARKER)


class Folder:
    def __init__(self, number: int, messages: list[Message], folders: list[Any]) -> None:
        self.number, self.messages, self.folders = number, messages, folders

    def get_identifier(self) -> int:
        return self.number

    def get_number_of_sub_folders(self) -> int:
        return len(self.folders)

    def get_sub_folder(self, n: int) -> Folder:
        return self.folders[n]

    def get_number_of_sub_messages(self) -> int:
        return len(self.messages)

    def get_sub_message(self, n: int) -> Message:
        return self.messages[n]


class Lost(Folder):
    def get_number_of_sub_messages(self) -> int:
        raise OSError(MARKER)


class Pst:
    root: Any = None
    opened: Any = None

    def open_file_object(self, stream: Any) -> None:
        Pst.opened = stream.read(4)

    def get_root_folder(self) -> Any:
        return Pst.root

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(sys.modules, "pypff", types.SimpleNamespace(file=Pst))

    def read(*messages: Message, root: Any = None, settings: Settings | None = None) -> Export:
        monkeypatch.setattr(Pst, "root", root or Folder(1, list(messages), []))
        path = tmp_path / "archive.pst"
        path.write_bytes(FILE)
        file = file_at(path, label="archive.pst")
        assert outlook_pst.sniff(file) == "outlook-pst"
        return outlook_pst.read(file, settings=settings or Settings()).export()

    return read


def reasons(export: Export) -> list[tuple[int, str]]:
    return [tuple(row) for row in export.skipped[["line", "reason"]].to_numpy()]


def recipient(role: int, address: str, name: str = "", *, kind: str = "SMTP") -> dict[int, Any]:
    smtp = {} if kind == "SMTP" else {0x39FE: address}
    inner = address if kind == "SMTP" else "/o=Example/ou=x/cn=jane"
    return {0x0C15: role, 0x3001: name, 0x3002: kind, 0x3003: inner, **smtp}


def test_the_stand_in_has_what_libpff_has() -> None:
    pypff = pytest.importorskip("pypff")
    for ours, theirs in (
        (Entry, pypff.record_entry),
        (RecordSet, pypff.record_set),
        (Recipients, pypff.recipients),
        (Message, pypff.message),
        (Folder, pypff.folder),
        (Pst, pypff.file),
    ):
        names = [n for n, _ in inspect.getmembers(ours, inspect.isfunction) if n[0] != "_"]
        assert [name for name in names if not hasattr(theirs, name)] == []
    assert hasattr(pypff.message, "recipients")


def test_a_mail_that_came_from_outside_is_read_from_its_header(read: Any) -> None:
    export = read(Message(values={0x0E08: 4_000, 0x0E07: 1}, transport=TRANSPORT))
    assert events(export) == [
        (
            "2026-10-01T09:00:00+00:00",
            "second",
            [("from", "email:jane@example.net"), ("to", "email:mara@example.org")],
        )
    ]
    assert set(people(export)) == {"Doe, Jane", "Mara Example"}
    assert export.interactions["size"].tolist() == [4_000]
    assert reasons(export) == []


def test_a_mail_without_a_header_is_read_from_what_outlook_knows(read: Any) -> None:
    export = read(
        Message(
            values={
                0x0065: "mara@example.org", 0x0064: "SMTP", 0x0042: "Mara Example",
                0x1035: "<2@example.org>", 0x1042: "<1@example.net>",
            },
            recipients=[
                recipient(1, "jane@example.net", "Doe, Jane"),
                recipient(2, "ben@example.com", "Ben\r\nBcc: x@example.org", kind="EX"),
                recipient(3, "zoe@example.com", "Zoë (home)"),
                recipient(0, "mara@example.org", "the sender himself"),
            ],
            submitted=SENT,
        )
    )  # fmt: skip
    assert events(export) == [
        (
            "2026-10-01T09:00:00+00:00",
            "second",
            [
                ("bcc", "email:zoe@example.com"),
                ("cc", "email:ben@example.com"),
                ("from", "email:mara@example.org"),
                ("to", "email:jane@example.net"),
            ],
        )
    ]
    assert set(people(export)) >= {"Mara Example", "Doe, Jane", "Zoë (home)"}


def test_the_same_mail_in_a_mailbox_is_the_same_event(read: Any, tmp_path: Path) -> None:
    header = TRANSPORT.partition("\r\n")[2].replace("\r\n", "\n")
    (tmp_path / "a.mbox").write_text("From - Thu Oct  1 09:00:00 2026\n" + header + "Hi\n")
    boxed = mail.read(file_at(tmp_path / "a.mbox"), settings=Settings()).export()
    whole = read(Message(transport=TRANSPORT))
    bare = read(
        Message(
            values={0x5D02: "jane@example.net", 0x1035: "<1@example.net>"},
            recipients=[recipient(1, "mara@example.org")],
            delivered=SENT,
        )
    )
    assert list(whole.interactions.index) == list(boxed.interactions.index)
    assert list(bare.interactions.index) == list(boxed.interactions.index)
    assert events(bare) == events(boxed) == events(whole)


def test_people_known_only_inside_exchange_are_counted(read: Any) -> None:
    inner = {0x0C15: 1, 0x3001: "Jo", 0x3002: "EX", 0x3003: "/o=Example/cn=jo"}
    sender = {0x0C1F: "mara@example.org", 0x0C1E: "SMTP"}
    export = read(
        Message(values=sender, recipients=[inner, recipient(1, "b@example.com")], submitted=SENT),
        Message(values={0x0C1F: "/o=Example/cn=jo", 0x0C1E: "EX"}, recipients=[], submitted=SENT),
    )
    assert reasons(export) == [(2, "no sender with an address")]
    assert export.files["notes"].iloc[0] == (
        "1 time a mail went to somebody of whom only an address inside Exchange is known: left out",
    )
    assert len(export.participants) == 2


def test_what_is_no_mail_is_counted_by_reason(read: Any) -> None:
    mail_like = {"transport": TRANSPORT}
    export = read(
        Message("IPM.Appointment", **mail_like),
        Message("IPM.Task.Request", **mail_like),
        Message("IPM.StickyNote"),
        Message("IPM.Activity"),
        Message("IPM.DistList"),
        Message("IPM.SkypeTeams.Message"),
        Message(values={0x0E07: 8}, **mail_like),
        Broken(),
        Message(),
        Message("IPM.Schedule.Meeting.Request", **mail_like),
    )
    assert reasons(export) == [
        (1, "an appointment: export the calendar as .ics"),
        (2, "a task"),
        (3, "a note"),
        (4, "an entry of the journal"),
        (5, "a distribution list"),
        (6, "a message of Teams"),
        (7, "a draft"),
        (8, "cannot be read: the file is damaged there"),
        (9, "no sender with an address"),
    ]
    assert len(export.interactions) == 1


def test_a_report_that_a_mail_did_not_arrive_is_automated(read: Any) -> None:
    export = read(Message("REPORT.IPM.Note.NDR", transport=TRANSPORT))
    assert export.interactions["automated"].tolist() == [True]
    assert not len(export.contacts)


def test_contacts_are_read(read: Any) -> None:
    card = {
        0x3001: "Jane Doe", 0x3A16: "Example Ltd", 0x3A17: "Gardener",
        0x3A1C: "030 23125 001", 0x8083: "Jane@example.net", 0x8093: "/o=Example/cn=jane",
        0x3A42: dt.datetime(1987, 10, 5, 22),  # noqa: DTZ001 - midnight in Berlin
        0x3A41: dt.datetime(4501, 1, 1),  # noqa: DTZ001 - stands for none
    }  # fmt: skip
    found = people(read(Message("IPM.Contact", card)))
    assert found == {
        "Jane Doe": {
            "organization": "Example Ltd",
            "title": "Gardener",
            "birthday": "1987-10-06",
            "handles": ["email:jane@example.net", "phone:03023125001"],
        }
    }


def test_folders_below_and_damaged_ones(read: Any) -> None:
    deep = Folder(3, [Message(transport=TRANSPORT)], [])
    inner = Folder(2, [], [deep, Lost(4, [], []), None])
    root = Folder(1, [], [inner])
    deep.folders.append(root)  # a folder that holds its own parent
    export = read(root=root)
    assert len(export.interactions) == 1
    assert reasons(export) == [(0, "a folder cannot be read: the file is damaged there")]


# every property that the reader asks for, and one that it does not
PROPERTIES = (
    0x0008, 0x0042, 0x0064, 0x0065, 0x0C15, 0x0C1A, 0x0C1E, 0x0C1F, 0x0E07, 0x0E08, 0x1035,
    0x1039, 0x1042, 0x3001, 0x3002, 0x3003, 0x39FE, 0x3A08, 0x3A09, 0x3A16, 0x3A17, 0x3A1A,
    0x3A1B, 0x3A1C, 0x3A2F, 0x3A41, 0x3A42, 0x5D01, 0x5D02, 0x8083, 0x8093, 0x80A3, 0x7777,
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(["SMTP", "EX", "jane@example.org", "/o=Example/cn=jane", "<1@example.org>"]),
    st.text(max_size=30),
)
MOMENTS = st.one_of(st.none(), st.datetimes(), st.datetimes(timezones=st.just(dt.UTC)))
VALUES = st.one_of(TEXTS, st.integers(-(2**40), 2**40), MOMENTS)
ITEM = st.dictionaries(st.sampled_from(PROPERTIES), VALUES, max_size=12)
KIND = st.sampled_from(
    ["IPM.Note", "ipm.note.SMIME", "IPM.Contact", "REPORT.IPM.Note.NDR", "IPM.Task", "IPM", ""]
)


@st.composite
def any_message(draw: st.DrawFn) -> Message:
    words = draw(
        st.lists(st.sampled_from([*TRANSPORT.split(), "\0", "(", "\r\n\r\n"]), max_size=20)
    )
    return Message(
        draw(KIND),
        draw(ITEM),
        transport=draw(st.sampled_from([None, "", TRANSPORT, "\r\n".join(words), " ".join(words)])),
        recipients=draw(st.one_of(st.none(), st.lists(ITEM, max_size=3))),
        submitted=draw(MOMENTS),
        delivered=draw(MOMENTS),
    )


@given(messages=st.lists(any_message(), max_size=3))
@tries(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_an_item_holds_is_read_or_counted(read: Any, messages: list[Message]) -> None:
    export = read(*messages)
    assert export.files["skipped"].sum() == len(export.skipped)
    for name in ("contacts", "handles", "interactions", "participants", "files", "skipped"):
        check(getattr(export, name), CONTRACTS[name])


def test_no_word_of_an_item_is_in_a_message(read: Any) -> None:
    marked = dict.fromkeys((0x0E07, 0x0E08, 0x0065, 0x0042, 0x1035, 0x3001), MARKER)
    export = read(
        Message(MARKER, marked, transport=MARKER, recipients=[marked], submitted=SENT),
        Message("IPM.Contact", dict.fromkeys((0x3A42, 0x8083, 0x3A1C), MARKER)),
        Broken(),
    )
    assert MARKER.lower() not in words(export).lower()


def test_without_the_library_the_line_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pypff", None)
    (tmp_path / "a.pst").write_bytes(FILE)
    with pytest.raises(ExportError, match=r'pip install "villagegraph\[pst\]"') as caught:
        outlook_pst.read(file_at(tmp_path / "a.pst"), settings=Settings())
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("data", [FILE, b"!BDN", b"!BDN" + bytes(range(256)) * 40])
@pytest.mark.parametrize("packed", [False, True])
def test_libpff_itself_refuses_what_is_broken(data: bytes, packed: bool, tmp_path: Path) -> None:
    pytest.importorskip("pypff")
    path = tmp_path / "a.pst"
    path.write_bytes(data)
    file = file_at(path)
    if packed:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(path, "a.pst")
        file = members(file_at(tmp_path / "a.zip"))[0][0]
    with pytest.raises(ExportError, match="is damaged, or no data file of Outlook") as caught:
        outlook_pst.read(file, settings=Settings())
    assert caught.value.__suppress_context__


def test_a_large_file_in_a_zip_is_to_be_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pypff", types.SimpleNamespace(file=Pst))
    monkeypatch.setattr(outlook_pst, "_MEMBER_BYTES", 100)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.pst", FILE)
    (member,) = members(file_at(tmp_path / "a.zip"))[0]
    with pytest.raises(ExportError, match=r"too large .* Unpack it into the folder"):
        outlook_pst.read(member, settings=Settings())


@pytest.mark.parametrize(
    ("name", "data", "kind", "advice"),
    [
        ("m.xml", b'<?xml version="1.0"?>\n<emails><email><OPFMessageCopyBody>', "outlook-olm",
         r"Outlook for Mac .*\.eml"),
        ("c.xml", b"<contacts><contact><OPFContactCopyDisplayName>", "outlook-olm", "Mac"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "outlook-msg", r"as \.eml"),
        ("b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le"),
         "outlook-msg", r"as \.eml"),
    ],
)  # fmt: skip
def test_what_else_outlook_writes_is_refused_with_advice(
    name: str, data: bytes, kind: str, advice: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    assert sniff(tmp_path / name) == kind
    with pytest.raises(ExportError, match=advice):
        outlook_pst.read(file_at(tmp_path / name), settings=Settings())


@pytest.mark.parametrize(
    "data", [b"", b"!BD", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a table", b"x<OPFMessage"]
)
def test_other_files_are_left_to_others(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(data)
    assert outlook_pst.sniff(file_at(tmp_path / "a.xls")) == ""
