"""Mails in a file each: .eml, Apple Mail's .emlx, Maildirs."""

from __future__ import annotations

import contextlib
import io
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import FIXTURES, MARKER, events, otherwise, people, read_bytes, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at, single_mail
from villagegraph.parsing.mailbox import BOM, split_mailbox
from villagegraph.parsing.single_mail import maildir_reason, one_mail, starts_mail
from villagegraph.readers import mail, read_folder, sniff
from villagegraph.readers import single_mail as reader
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

HERE = FIXTURES / "mail"
EML = (HERE / "outlook.eml").read_bytes()
APPLE = (HERE / "apple.emlx").read_bytes()
LISTED = (HERE / "maildir.mail").read_bytes()
UNIQUE = "1790942401.M1P77.mx.example.org,S=612"
MBOX_LINE = b"From 1700000000000000000@xxx Thu Oct 01 09:00:00 +0000 2026\n"
CUT = "the file ends in the middle of its header"

EXPECTED = {
    "outlook.eml": [
        (
            "2026-10-01T08:59:58+00:00",
            "second",
            [
                ("cc", "email:zoe@example.com"),
                ("from", "email:jane.doe@example.net"),
                ("to", "email:ben@example.com"),
                ("to", "email:mara@example.org"),
            ],
        )
    ],
    "apple.emlx": [
        (
            "2026-10-02T06:59:00+00:00",
            "second",
            [("from", "email:ben@example.com"), ("to", "email:mara@example.org")],
        )
    ],
    "maildir.mail": [
        (
            "2026-10-03T12:00:00+00:00",
            "second",
            [("from", "email:zoe@example.com"), ("to", "email:garden@lists.example.com")],
        )
    ],
}


def read(tmp_path: Path, data: bytes, name: str = "a.eml") -> Export:
    return read_bytes(reader, tmp_path, data, name=name)


def reasons(export: Export) -> list[tuple[int, str]]:
    return [tuple(row) for row in export.skipped[["line", "reason"]].to_numpy()]


def apple(data: bytes, flags: int, *, tail: bytes = b"") -> bytes:
    plist = b"<plist><dict><key>flags</key>\n\t<integer>%d</integer></dict></plist>\n" % flags
    return b"%d      \n" % len(data) + data + (tail or plist)


# --- what a mail says ----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_fixtures_read_as_expected(name: str, tmp_path: Path) -> None:
    export = read(tmp_path, (HERE / name).read_bytes(), name)
    assert events(export) == EXPECTED[name]
    assert reasons(export) == []
    assert export.files["notes"].tolist() == [()]


def test_names_and_marks_of_the_fixtures(tmp_path: Path) -> None:
    export = read(tmp_path, EML)
    assert {name: row["handles"] for name, row in people(export).items()} == {
        "Doe, Jane": ["email:jane.doe@example.net"],
        "Mara Example": ["email:mara@example.org"],
        "Ben Berg": ["email:ben@example.com"],
        "Zoë Holm": ["email:zoe@example.com"],
    }
    assert not export.interactions["automated"].any()
    listed = read(tmp_path, LISTED)
    assert listed.interactions["automated"].tolist() == [True]
    assert sorted(map(tuple, listed.hints[["handle", "hint"]].to_numpy())) == [
        ("email:garden@lists.example.com", "list"),
        ("email:mara@example.org", "delivered"),
    ]


@pytest.mark.parametrize("name", ["outlook.eml", "maildir.mail"])
@pytest.mark.parametrize("form", ["crlf", "bom"])
def test_line_ends_and_marks_change_nothing(name: str, form: str, tmp_path: Path) -> None:
    data = (HERE / name).read_bytes()
    assert said(read(tmp_path, otherwise(data)[form])) == said(read(tmp_path, data))


def test_an_apple_mail_with_other_line_ends(tmp_path: Path) -> None:
    body = APPLE.split(b"\n", 1)[1].partition(b"<?xml")[0]
    crlf = apple(body.replace(b"\n", b"\r\n"), 1)
    assert said(read(tmp_path, crlf)) == said(read(tmp_path, APPLE))


@pytest.mark.parametrize("data", [EML, LISTED], ids=["outlook", "list"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_the_same_mail_in_a_mailbox_is_the_same_event(
    data: bytes, ends: bytes, tmp_path: Path
) -> None:
    anonymous = b"\n".join(
        line for line in data.split(b"\n") if not line.lower().startswith(b"message-id:")
    )
    for n, one in enumerate((data, anonymous)):
        folder = tmp_path / str(n)
        alone = read(folder / "alone", one)
        boxed = (MBOX_LINE + one).replace(b"\n", ends)
        both = read_bytes(mail, folder / "alone", boxed, name="all.mbox")
        assert said(both)[2:] == said(alone)[2:]
        assert people(both) == people(alone)
        assert len(read_folder(folder / "alone").interactions) == 1


def test_a_mail_inside_a_mail_is_none_of_its_own(tmp_path: Path) -> None:
    export = read(tmp_path, EML)
    assert len(export.interactions) == 1
    assert "else@example.com" not in " ".join(export.participants["handle"])
    bare = b"MIME-Version: 1.0\nSender: a@example.org\nDate: Thu, 1 Oct 2026 09:00:00 +0000\n"
    wrapped = (
        bare + b"Content-Type: message/rfc822\n\nFrom: b@example.org\nTo: c@example.org\n\nx\n"
    )
    assert events(read(tmp_path, wrapped))[0][2] == [("from", "email:a@example.org")]


def test_a_folder_of_many_mails_equals_a_mailbox_of_them(tmp_path: Path) -> None:
    mails = [
        EML.replace(b"PLAN.1", b"PLAN.%d" % n).replace(b"10:59:58", b"10:%02d:58" % (n % 60))
        for n in range(600)
    ]
    for n, one in enumerate(mails):
        path = tmp_path / "one" / f"{n // 100}" / f"{n}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one)
    (tmp_path / "box").mkdir()
    (tmp_path / "box/all.mbox").write_bytes(b"".join(MBOX_LINE + one for one in mails))
    single, box = read_folder(tmp_path / "one"), read_folder(tmp_path / "box")
    assert len(single.interactions) == 600
    assert said(single)[2:4] == said(box)[2:4]
    assert set(single.files["kind"]) == {"mail"}
    assert sorted(set(single.handles["handle"])) == sorted(set(box.handles["handle"]))


# --- what its program says -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (1, ""),
        (1 | 1 << 1, "deleted in the mail program"),
        (1 << 6, "a draft"),
        (1 | 1 << 24, "spam"),
        (1 | 1 << 24 | 1 << 25, ""),
        (8590195713, ""),
        (1 << 2 | 1 << 4 | 1 << 23 | 63 << 10, ""),
    ],
)
def test_flags_of_apple_mail(flags: int, reason: str, tmp_path: Path) -> None:
    export = read(tmp_path, apple(EML, flags))
    assert reasons(export) == ([(2, reason)] if reason else [])
    assert len(export.interactions) == (not reason)


def test_an_apple_mail_without_its_list_or_its_end(tmp_path: Path) -> None:
    whole = said(read(tmp_path, EML))[2:]
    assert said(read(tmp_path, apple(EML, 1)))[2:] == whole
    assert said(read(tmp_path, apple(EML, 1, tail=b"\n")))[2:] == whole
    short = read(tmp_path, apple(EML, 1)[: len(EML) - 100])
    assert events(short) == EXPECTED["outlook.eml"]
    (note,) = short.files["notes"].iloc[0]
    assert note == "The file ends in the middle of the mail: its size is too small."
    assert reasons(read(tmp_path, apple(EML, 1)[:240])) == [(2, CUT)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"Mail/cur/{UNIQUE}:2,S", ""),
        (f"Mail/cur/{UNIQUE}:2,", ""),
        (f"Mail/new/{UNIQUE}", ""),
        (f"Mail/cur/{UNIQUE}:2,FRS", ""),
        (f"Mail/cur/{UNIQUE}:2,ST", "deleted in the mail program"),
        (f"Mail/cur/{UNIQUE};2,ST", "deleted in the mail program"),
        (f"Mail/cur/{UNIQUE}!2,T", "deleted in the mail program"),
        (f"Mail/cur/{UNIQUE}%3A2,T", "deleted in the mail program"),
        (f"Mail/cur/{UNIQUE}:2,DS", "a draft"),
        (f"Mail/tmp/{UNIQUE}", "was still being delivered, and is no mail yet"),
        ("mails/tmp/plan.eml", ""),
        ("Trip to D:2, T.eml", ""),
    ],
)
def test_names_in_a_maildir(name: str, reason: str) -> None:
    assert maildir_reason(name) == reason


def test_a_maildir_is_read(tmp_path: Path) -> None:
    for n, name in enumerate(("cur/:2,S", "cur/:2,ST", "cur/:2,D", "new/", "tmp/")):
        folder, _, info = name.partition("/")
        path = tmp_path / folder / f"17909424{n:02d}.M1P77.mx.example.org{info}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(LISTED.replace(b"77@mail", b"%d@mail" % n))
    export = read_folder(tmp_path)
    assert len(export.interactions) == 2
    assert sorted(export.skipped["reason"]) == [
        "a draft", "deleted in the mail program", "was still being delivered, and is no mail yet",
    ]  # fmt: skip


# --- what is a mail ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (EML, "mail"),
        (LISTED, "mail"),
        (APPLE, "apple-mail"),
        (BOM + EML, "mail"),
        (b"\n\n" + EML, "mail"),
        (b"From: a@example.org\nTo: b@example.org\nSubject: x\n\nhi", "mail"),
        (b"from: a@example.org\nmessage-id: <1@example.org>\n", "mail"),
        (b"From : a@example.org\nMIME-Version : 1.0\n\n", "mail"),
        (b"Return-Path: <>\nReceived: by a\n\n", "mail"),
        (b"From strange\nFrom: a@example.org\nMIME-Version: 1.0\n\n", "mail"),
        (b">From a@example.org\nFrom: a@example.org\nMIME-Version: 1.0\n\n", "mail"),
        (b"From: a@example.org\nTo: " + b"b@example.org,\n " * 9_000, "mail"),
        (b"X-A: 1\n" * 50 + EML, "mail"),
        (b"From: a@example.org\nTo: b@example.org\n\nno subject, no date", ""),
        (b"From: the beginning\nTo: the end\nSubject: a story\n\nOnce", ""),
        (b"from: a\nto: b\ndate: 2026-10-01\nsubject: yaml\n", ""),
        (b"Subject: notes\nDate: today\nTo: myself\n\nbuy milk", ""),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEMAIL:ada@example.org\nEND:VCARD\n", "vcard"),
        (b"HTTP/1.1 200 OK\nDate: x\nContent-Type: text/html\n\n", ""),
        (b"Date: x\nServer: y\nContent-Type: text/html\n\n<html>", ""),
        (b"Metadata-Version: 2.1\nName: x\nAuthor-email: a@example.org\n\n", ""),
        (b"dn: cn=Ada\nmail: ada@example.org\nobjectclass: person\n\n", ""),
        (b"<html>\nFrom: a@example.org\nMIME-Version: 1.0\n", ""),
        (b"From:,To:,Date:,Message-ID:\na@example.org,b@example.org,1,2\n", ""),
        (b"12/10/2026, 10:00 - Ada: From: x\nTo: y\n", "whatsapp"),
        (b"Send mails to\n\tlist@example.org\nFrom: a@example.org\n", ""),
        (b"1234\n5678\n", ""),
        (b"99999999999999999999\n" + EML, ""),
        (b"", ""),
        (b"\x00" * 100, ""),
        (b"From:", ""),
    ],
)
def test_sniff_knows_a_mail_by_its_first_lines(data: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    found = sniff(path)
    assert found == kind if kind else found not in reader.KINDS


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_sniff_never_fails(data: bytes) -> None:
    starts_mail(data)
    starts_mail(b"From: a@example.org\n" + data)
    single_mail.starts_apple_mail(data)


@pytest.mark.real
def test_the_real_mails_are_known_and_nothing_else_is(shared_data: Path) -> None:
    unknown = []
    for path in sorted(shared_data.glob("corpora/**/*.*")):
        if not path.is_file() or path.suffix == ".zip":
            continue
        is_mail = starts_mail(path.read_bytes()[:65_536])
        if any(part.startswith("eml_") for part in path.parts) and path.suffix != ".json":
            unknown += [] if is_mail else [path.name]
        else:
            assert not is_mail, path
    # those have no sender: parts of mails, a list's footer, a page with its pictures
    headless = ["msg_11", "msg_18", "msg_19", "msg_37", "msg_38", "msg_39", "msg_40"]
    also = ["multipart-related-mhtml.txt", "content-length.mbox.txt"]
    assert set(unknown) <= {f"{name}.txt" for name in headless} | {*also}


@pytest.mark.real
def test_real_mails_are_read_or_counted(shared_data: Path) -> None:
    for name, mails, left_out in (("eml_cpython", 24, 19), ("eml_mimekit", 178, 39)):
        export = read_folder(shared_data / "corpora" / name)
        assert len(export.interactions) == mails
        assert len(export.skipped) == left_out
        in_file = export.files["interactions"] + export.files["skipped"]
        assert (in_file[export.files["kind"] == "mail"] == 1).all()


# --- measuring -----------------------------------------------------------------------------


@given(
    st.lists(
        st.sampled_from([b"text", b"\n", b"\n\n", b" ", b"From x\n", b"\xff"]), max_size=20
    ).map(b"".join),
    st.integers(1, 60),
    st.booleans(),
)
@settings(max_examples=80)
def test_a_body_measures_as_in_a_mailbox_whatever_the_chunk(
    body: bytes, chunk: int, crlf: bool
) -> None:
    data = b"From: a@example.org\nTo: b@example.org\n\n" + body
    data = data.replace(b"\n", b"\r\n") if crlf else data
    (boxed,) = split_mailbox(io.BytesIO(MBOX_LINE + data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(single_mail, "CHUNK_BYTES", chunk)
        found = one_mail(io.BytesIO(data))
    assert (found.mail.size, found.mail.header.strip()) == (boxed.size, boxed.header.strip())
    assert found == one_mail(io.BytesIO(data))


def test_a_header_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = EML.partition(b"\n\n")[0]
    assert events(read(tmp_path, head + b"\n")) == EXPECTED["outlook.eml"]
    assert reasons(read(tmp_path, head)) == [(1, CUT)]
    monkeypatch.setattr(single_mail, "MAX_HEADER_BYTES", 4_096)
    for chunk in (100, 2**20):
        monkeypatch.setattr(single_mail, "CHUNK_BYTES", chunk)
        endless = read(tmp_path, head + b"\nX-Long: " + b"x" * 9_000)
        assert reasons(endless) == [(1, "its header is larger than any mail's")]
        long = read(tmp_path, head + b"\nX-Long: " + b"x" * 9_000 + b"\n\nHi\n")
        assert reasons(long) == [(1, "its header is larger than any mail's")]


def test_progress_adds_up_to_the_size_of_the_file(tmp_path: Path) -> None:
    for data in (EML, apple(EML, 1, tail=b" ")):
        path = tmp_path / "a"
        path.write_bytes(data)
        done: list[int] = []
        reader.read(file_at(path), settings=Settings(), progress=done.append)
        assert len(data) - 1 <= sum(done) <= len(data)


# --- what goes wrong -----------------------------------------------------------------------


def test_no_word_of_a_mail_is_in_a_message(tmp_path: Path) -> None:
    mark = MARKER.encode()
    broken = [
        b"From: %s\nDate: %s\nMessage-ID: %s\nTo: %s\nSubject: %s\n\n%s",
        b"From: a@example.org\nDate: %s\nMessage-ID: %s\nTo: %s\nX-%s: 1\n\n%s",
        b"From: a@example.org\nMIME-Version: %s\nDate: %s\n%s\n%s\n%s",
    ]
    for one in broken:
        data = one % ((mark,) * one.count(b"%s"))
        for form in (data, apple(data, 1, tail=mark)):
            export = read(tmp_path, form)
            assert MARKER.lower() not in words(export).lower()
            assert len(export.skipped) == 1


def test_only_export_errors_come_out_of_broken_mails(tmp_path: Path) -> None:
    rng = random.Random(5)  # noqa: S311 - a sample, nothing secret
    path = tmp_path / "x"
    for data in (EML, APPLE, LISTED):
        for _ in range(150):
            wild = bytearray(data)
            for _ in range(rng.randint(1, 12)):
                at = rng.randrange(len(wild))
                wild[at : at + rng.randint(0, 3)] = rng.choice(
                    [b"", b"\x00", b"\xff", b"\n", b"(", b'"', b"=?utf-8?Q?", b"<", bytes(wild[:9])]
                )
            path.write_bytes(bytes(wild))
            file = file_at(path)
            if reader.sniff(file):
                with contextlib.suppress(ExportError):
                    export = reader.read(file, settings=Settings()).export()
                    assert len(export.interactions) + len(export.skipped) == 1
