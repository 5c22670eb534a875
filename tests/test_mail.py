from __future__ import annotations

import datetime as dt
import email
import email.policy
import email.utils
import inspect
import io
import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from villagegraph.errors import ExportError
from villagegraph.parsing import Collector, ExportFile, email_handle, file_at, mailbox, members
from villagegraph.parsing.addresses import AddressBook, text_of, unencoded
from villagegraph.parsing.mail_dates import header_date, sent_at
from villagegraph.parsing.mail_fields import header_fields
from villagegraph.parsing.mail_log import MailLog
from villagegraph.parsing.mailbox import split_mailbox, starts_mailbox
from villagegraph.readers import mail
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from villagegraph.tables import Export

Read = Callable[..., "Export"]

HERE = Path(__file__).parent / "fixtures" / "mail"
CASES = sorted(path.stem for path in HERE.glob("*.mbox"))
TABLES = ("contacts", "handles", "interactions", "participants", "hints", "files", "skipped")

BASIC = (
    b"From - Mon Jun  3 12:50:27 1996\n"
    b"Message-ID: <a@example.org>\nDate: Mon, 3 Jun 1996 12:00:00 +0000\n"
    b"From: Jane Doe <jane@example.org>\nTo: mara@example.org\n%s\nHello\n"
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(data: bytes, **options: Any) -> Export:
        path = tmp_path / "all.mbox"
        path.write_bytes(data)
        export = mail.read(file_at(path), settings=Settings(), **options).export()
        for name in TABLES:
            check(getattr(export, name), CONTRACTS[name])
        return export

    return read


def told(export: Export) -> dict[str, Any]:
    """All that the tables say, in a form that can be compared."""
    return {
        name: getattr(export, name).reset_index().astype(str).to_dict("list") for name in TABLES
    }


def skipped(export: Export) -> list[tuple[int, str]]:
    return [tuple(row) for row in export.skipped[["line", "reason"]].to_numpy()]


def rows(export: Export) -> list[dict[str, Any]]:
    """The mails in order, as the fixtures write them down."""
    people = export.participants
    found = []
    for event, row in export.interactions.iterrows():
        one = {
            "at": row["at"].tz_localize(None).isoformat(),
            "zone": row["zone"],
            "size": int(row["size"]),
            "automated": bool(row["automated"]),
        }
        for _, person in people[people["event_id"] == event].iterrows():
            one.setdefault(person["role"], []).append(person["handle"].removeprefix("email:"))
        found.append(one)
    return sorted(found, key=lambda one: (one["at"], -one["size"]))


def variants(data: bytes) -> dict[str, bytes]:
    return {
        "lf": data,
        "crlf": data.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + data,
        "bom and crlf": b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
        "blank lines in front": b"\n\n" + data,
    }


# --- real shapes -------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("variant", ["lf", "crlf", "bom", "bom and crlf"])
def test_fixtures_read_as_written_down(case: str, variant: str, read: Read):
    truth = json.loads((HERE / f"{case}.expected.json").read_text(encoding="utf-8"))
    export = read(variants((HERE / f"{case}.mbox").read_bytes())[variant])
    assert rows(export) == truth["mails"]
    assert skipped(export) == [tuple(row) for row in truth["skipped"]]
    threads = list(export.interactions["thread"])
    assert [threads.index(key) for key in threads] == [
        truth["threads"].index(n) for n in truth["threads"]
    ]
    named = export.handles.merge(export.contacts["name"], left_on="record_id", right_index=True)
    assert {
        h.removeprefix("email:"): n for h, n in zip(named["handle"], named["name"], strict=True)
    } == truth["names"]
    for hint in ("delivered", "list"):
        hints = export.hints[export.hints["hint"] == hint]
        assert {
            handle.removeprefix("email:"): n
            for handle, n in zip(hints["handle"], hints["n"], strict=True)
        } == truth[hint]
    assert set(export.hints["hint"]) <= {"delivered", "list"}


@pytest.mark.parametrize("case", CASES)
def test_line_ends_and_marks_change_no_table(case: str, read: Read):
    data = (HERE / f"{case}.mbox").read_bytes()
    found = [told(read(form)) for form in list(variants(data).values())[:4]]
    assert found[0] == found[1] == found[2] == found[3]


@pytest.mark.parametrize("case", CASES)
def test_a_member_of_a_zip_reads_the_same(case: str, read: Read, tmp_path: Path):
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(HERE / f"{case}.mbox", "Takeout/Mail/all.mbox")
    (member,) = members(file_at(path))[0]
    assert mail.sniff(member) == "mbox"
    inside = mail.read(member, settings=Settings()).export()
    alone = read((HERE / f"{case}.mbox").read_bytes())
    assert rows(inside) == rows(alone)
    assert list(inside.interactions.index) == list(alone.interactions.index)


@pytest.mark.parametrize("case", CASES)
def test_mails_in_another_order_are_the_same_mails(case: str, read: Read):
    data = (HERE / f"{case}.mbox").read_bytes()
    starts = [m.line - 1 for m in split_mailbox(io.BytesIO(data))]
    lines = data.splitlines(keepends=True)
    pieces = [b"".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], None], strict=True)]
    one, other = read(data), read(b"".join(reversed(pieces)))
    assert sorted(one.interactions.index) == sorted(other.interactions.index)
    assert rows(one) == rows(other)
    assert sorted(one.contacts.index) == sorted(other.contacts.index)


def test_the_same_mail_twice_counts_once(read: Read):
    data = (HERE / "takeout.mbox").read_bytes()
    assert rows(read(data + b"\n" + data)) == rows(read(data))


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "count"), [("content-length", 29), ("issue1189", 4), ("simple", 3), ("unmunged", 2)]
)
def test_real_mailboxes_split_into_their_mails(name: str, count: int, shared_data: Path):
    path = shared_data / f"corpora/eml_mimekit/UnitTests/TestData/mbox/{name}.mbox.txt"
    for data in variants(path.read_bytes().removeprefix(mailbox.BOM)).values():
        assert starts_mailbox(data)
        assert sum(1 for _ in split_mailbox(io.BytesIO(data))) == count


@pytest.mark.real
def test_every_real_mail_is_read(shared_data: Path):
    # that the counts are those of the data's README is held in test_real_mail.py
    for path in sorted(shared_data.glob("ego/*/mail.mbox")):
        export = mail.read(file_at(path), settings=Settings()).export()
        assert len(export.interactions) == path.read_bytes().count(b"\nMessage-ID: ")
        assert not len(export.skipped)
        assert not export.interactions["automated"].any()


# --- the standard library as oracle ------------------------------------------------------


def oracle_addresses(values: list[str]) -> list[str] | None:
    strict = "strict" in inspect.signature(email.utils.getaddresses).parameters
    try:
        pairs = email.utils.getaddresses(values, **({"strict": False} if strict else {}))
    except RecursionError:
        return None
    return [handle for _, address in pairs if (handle := email_handle(address))]


def oracle_date(value: str) -> tuple[float, str] | None:
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    naive = when.tzinfo is None
    when = when.replace(tzinfo=dt.UTC) if naive else when
    if not dt.datetime(1990, 1, 1, tzinfo=dt.UTC) <= when < dt.datetime(2101, 1, 1, tzinfo=dt.UTC):
        return None
    return when.timestamp(), "UTC" if naive else ""


def differences(header: bytes) -> list[str]:
    """Headers that are read otherwise than by the standard library."""
    message = email.message_from_bytes(header.lstrip(b"\r\n"), policy=email.policy.compat32)
    fields, book = header_fields(header), AddressBook()
    found = []
    for name in ("from", "to", "cc", "bcc"):
        values = [str(value) for value in message.get_all(name, [])]
        if name == "from":
            values = values[:1]
        ours = [address.handle for address in book.read(fields.get(name.encode(), b""))]
        if ours != (wanted := oracle_addresses(values)) and wanted is not None:
            found.append(name)
    if message["date"] is not None and header_date(fields[b"date"]) != oracle_date(message["date"]):
        found.append("date")
    return found


@pytest.mark.real
def test_real_headers_agree_with_the_standard_library(shared_data: Path):
    read = 0
    for path in sorted(
        [
            *shared_data.glob("ego/*/mail.mbox"),
            *shared_data.glob("corpora/eml_mimekit/**/*.mbox.txt"),
        ]
    ):
        with path.open("rb") as stream:
            for one in split_mailbox(stream):
                read += 1
                assert differences(one.header) == [], (path.name, one.line)
    assert read == 6959 + 38


@pytest.mark.real
def test_single_real_mails_agree_with_the_standard_library(shared_data: Path):
    read, other = 0, {}
    for path in sorted(shared_data.glob("corpora/eml_*/**/*.*")):
        if path.is_dir() or "mbox" in path.parts or path.suffix not in (".txt", ".eml"):
            continue
        assert not starts_mailbox(path.read_bytes()) or path.read_bytes()[:5] == b"From "
        data = path.read_bytes().removeprefix(mailbox.BOM).replace(b"\r\n", b"\n")
        if data.startswith(b"From "):
            data = data.partition(b"\n")[2]
        read += 1
        if found := differences(b"\n" + data.partition(b"\n\n")[0]):
            other[path.name] = found
    assert read > 80
    assert other == {}


NAMES = st.one_of(
    st.text(min_size=0, max_size=20),
    st.sampled_from(
        ["Doe, Jane", "J. R. Doe", 'Jane "JD" Doe', "Zoë (work)", "a;b", "Team: x", "A\\B"]
    ),
)
ADDRESSES = st.from_regex(r"[a-z0-9.+'_/=-]{1,12}@[a-z0-9-]{1,8}\.(org|com)", fullmatch=True)


@given(
    st.lists(
        st.tuples(NAMES.filter(lambda n: "\n" not in n and "\r" not in n), ADDRESSES), max_size=6
    )
)
@settings(deadline=None)
def test_formatted_people_come_back(people: list[tuple[str, str]]):
    header = ", ".join(email.utils.formataddr(pair) for pair in people).encode()
    found = [address.handle for address in AddressBook().read(header)]
    assert found == [handle for _, address in people if (handle := email_handle(address))]
    assert found == oracle_addresses([header.decode()])


@given(st.integers(631238400, 4133894400), st.integers(-1439, 1439))
@settings(deadline=None)
def test_formatted_dates_come_back(seconds: int, minutes: int):
    when = dt.datetime.fromtimestamp(seconds, dt.timezone(dt.timedelta(minutes=minutes)))
    value = email.utils.format_datetime(when)
    assert header_date(value.encode()) == (when.timestamp(), "") == oracle_date(value)


# --- splitting ---------------------------------------------------------------------------

PIECES = [
    b"From - Mon Jun  3 12:50:27 1996\nSubject: x\n",
    b"From 1844347792267117879@xxx\nTo: y\n",
    b"From jane@example.org Tue Apr 17 13:47:00 2001\nDate: z\n",
    b"\n",
    b"\r\n",
    b"From ",
    b"From: a\n",
    b"From Russia with love\nYear: 1963\n",
    b">From x\n",
    b"text\n",
    b"\xff\x00",
    b"a" * 90,
    b" folded\n",
    b"From -\n",
    b"From -\nhttp://example.org\n",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join),
    st.integers(1, 400),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_the_size_of_a_chunk_changes_nothing(data: bytes, chunk: int, bom: bytes, crlf: bool):
    data = bom + (data.replace(b"\n", b"\r\n") if crlf else data)
    whole = list(split_mailbox(io.BytesIO(data)))
    assert list(split_mailbox(io.BytesIO(data), chunk=chunk)) == whole
    starts = [one.line for one in whole if one.line]
    lines = data.removeprefix(bom).split(b"\n")
    assert all(lines[line - 1].startswith(b"From ") for line in starts)


@pytest.mark.parametrize("chunk", [100, 1_500, 2**20])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_blank_lines_at_the_end_of_a_body_do_not_count(chunk: int, end: bytes):
    data = (BASIC % b"" + b"\n" * 5_000 + b"x" + b"\n" * 5_000).replace(b"\n", end)
    (one,) = split_mailbox(io.BytesIO(data), chunk=chunk)
    assert one.size == len("Hello") + 5_001 + 1


def test_headers_and_bodies_larger_than_a_chunk(read: Read, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mailbox, "CHUNK_BYTES", 64)
    many = b"X-Long: " + b"x" * 5_000 + b"\n"
    export = read(BASIC % many + b"y" * 9_000 + b"\n" + (BASIC % b"").replace(b"<a@", b"<b@"))
    assert [row["size"] for row in rows(export)] == [6 + 9_000, 5]


def test_a_header_beyond_all_measure_is_skipped(read: Read, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mailbox, "MAX_HEADER_BYTES", 4_096)
    for chunk in (64, 5_000, 2**20):
        monkeypatch.setattr(mailbox, "CHUNK_BYTES", chunk)
        huge = b"X-Long: " + b"x" * 5_000 + b"\n"
        export = read(BASIC % huge + (BASIC % b"").replace(b"<a@", b"<b@"))
        assert len(export.interactions) == 1
        assert skipped(export) == [(1, "its header is larger than any mail's")]


def test_two_megabytes_in_one_header_line_are_no_harm(read: Read):
    line = b"Cc: " + b", ".join(b"p%d@example.org" % n for n in range(120_000)) + b"\n"
    export = read(BASIC % line + (BASIC % b"").replace(b"<a@", b"<b@"))
    assert len(export.interactions) == 1
    assert len(export.skipped) == 1


def test_a_file_cut_in_the_middle_of_a_header_loses_that_mail_alone(read: Read):
    whole = BASIC % b"" + (BASIC % b"").replace(b"<a@", b"<b@")
    cut = whole[: whole.rindex(b"mara@ex") + 4]
    export = read(cut)
    assert len(export.interactions) == 1
    assert skipped(export) == [(8, "the file ends in the middle of its header")]


def test_a_mail_cut_off_before_the_next_keeps_what_it_says(read: Read):
    head = (BASIC % b"").partition(b"\n\n")[0] + b"\n"
    export = read(head + (BASIC % b"").replace(b"<a@", b"<b@"))
    assert [row["size"] for row in rows(export)] == [5, 0]


def test_text_before_the_first_mail_is_told(read: Read):
    assert skipped(read(b"some text\n\n" + BASIC % b"")) == [(1, "text before the first mail")]


def test_separators_with_dates_of_the_iso(read: Read):
    mail = (BASIC % b"").partition(b"\n")[2]
    lines = (
        b"From a@example.org 2026-10-01T09:00:00",
        b"From a@example.org 2026-10-01 09:00:00 +0200",
    )
    data = b"\n".join(
        b"%s\n%s" % (line, mail.replace(b"<a@", b"<%d@" % n)) for n, line in enumerate(lines)
    )
    assert starts_mailbox(data)
    assert len(read(data).interactions) == 2
    # a letter may begin a line so: no header stands below it
    quoted = BASIC % b"" + b"\nFrom a 2026-10-01 09:00 on\nwe met\n"
    assert len(read(quoted).interactions) == 1


def test_an_empty_mailbox_is_empty(read: Read):
    export = read(b"")
    assert len(export.interactions) == len(export.skipped) == 0


@pytest.mark.parametrize(
    "data", [b"no mail at all\n" * 9, b"\x00\xff" * 999, b"From: a@example.org\n\nx"]
)
def test_what_is_no_mailbox_is_refused_with_advice(data: bytes, read: Read):
    with pytest.raises(ExportError, match=r"all\.mbox: no mail in it .*takeout"):
        read(data)


@given(st.binary(max_size=400), st.binary(max_size=200))
@settings(deadline=None, max_examples=60)
def test_garbage_in_headers_never_ends_the_run(garbage: bytes, more: bytes):
    broken = b"From - Mon Jun  3 12:50:27 1996\nFrom: %s\nTo: %s\nDate: %s\nX-Gmail-Labels: %s\n\n"
    stream = io.BytesIO(broken % (garbage, more, garbage, more) + BASIC % b"")
    log = MailLog(Collector(ExportFile(Path("x"), "x", 1), "mbox"))
    for one in split_mailbox(stream):
        log.add(one)
    events = log.close().export()
    assert email_handle("jane@example.org") in set(events.participants["handle"])


def test_progress_adds_up_to_the_size_of_the_file(read: Read):
    done = []
    data = BASIC % b"" * 40
    read(data, progress=done.append)
    assert sum(done) == len(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (BASIC % b"", "mbox"),
        (b"\n\n" + BASIC % b"", "mbox"),
        (b"\xef\xbb\xbf" + BASIC % b"", "mbox"),
        (b"From - \nTo: a@example.org\n\n", "mbox"),
        (b"From ???@??? Mon Jan 12 09:05:00 1998\nTo: a@example.org\n\n", "mbox"),
        (b"From jane@example.org Tue, 17 Apr 2001 13:47:00 +0000\nTo: a@example.org\n\n", "mbox"),
        (b"Return-Path: <a@example.org>\nFrom: a@example.org\n\nFrom - \nTo: x\n", ""),
        (b"From: a@example.org\nTo: b@example.org\n\nHi", ""),
        (b"From Russia with love\nYear: 1963\n", ""),
        (b"From - \nno header\n", ""),
        (b"From - \nhttp://example.org\n", ""),
        (b"", ""),
        (b"\x00\xff\xfe" * 99, ""),
        (b"From ", ""),
    ],
)
def test_sniff_knows_a_mailbox_by_its_first_lines(data: bytes, kind: str, tmp_path: Path):
    path = tmp_path / "x"
    path.write_bytes(data)
    assert mail.sniff(file_at(path)) == kind


# --- addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("jane@example.org", [("jane@example.org", "")]),
        ("Jane Doe <Jane@Example.org>", [("jane@example.org", "Jane Doe")]),
        ("a@example.org; b@example.org", [("a@example.org", ""), ("b@example.org", "")]),
        (
            "Jo <a@example.org>; Bo <b@example.org>;",
            [("a@example.org", "Jo"), ("b@example.org", "Bo")],
        ),
        ("undisclosed-recipients:;", []),
        (
            "Team: a@example.org, Jo <b@example.org>;",
            [("a@example.org", ""), ("b@example.org", "Jo")],
        ),
        ("Jane@Work <j@example.org>", [("j@example.org", "")]),
        ("jane@example.net <j@example.org>", [("j@example.org", "")]),
        ('"jane@example.net" <j@example.org>', [("j@example.org", "")]),
        ('"Doe, Jane" </O=EXCH/OU=A/CN=JDOE>', []),
        ("IMCEAEX-_O=EXCH_CN=JDOE@example.org", []),
        ("jane@localhost, root", []),
        (
            "=?utf-8?Q?Doe=2C_Jane_=3Cx=40example=2Enet=3E?= <j@example.org>",
            [("j@example.org", "")],
        ),
        ("=?utf-8?B?" + "SmFuZSA8akBleGFtcGxlLm9yZz4=" + "?=", [("j@example.org", "Jane")]),
        (
            "=?iso-8859-1?Q?Ren=E9?= =?iso-8859-1?Q?_Du?= <r@example.org>",
            [("r@example.org", "René Du")],
        ),
        ("=?x-nothing?Q?Ren?= <r@example.org>", [("r@example.org", "Ren")]),
        ("j@example.org (Jane (at work) Doe)", [("j@example.org", "Jane at work Doe")]),
        ('"Jane \\"JD\\" Doe" <j@example.org>', [("j@example.org", 'Jane "JD" Doe')]),
        ("'Jane Doe' <j@example.org>", [("j@example.org", "Jane Doe")]),
        ("Jane via Service <j@example.org>", [("j@example.org", "")]),
        ("Front Desk <info@example.org>", [("info@example.org", "")]),
        ("Shop <no-reply@example.org>", [("no-reply@example.org", "")]),
        ("<@a.example.org,@b.example.org:j@example.org>", [("j@example.org", "")]),
        ("Doe, Jane <j@example.org>", [("j@example.org", "Jane")]),
        ('"Jane <j@example.org>', [("j@example.org", "")]),
        ("mailto:j@example.org", [("j@example.org", "")]),
        (",,;", []),
        ("", []),
        ("(" * 5_000 + "x" + ")" * 5_000 + " <j@example.org>", [("j@example.org", "")]),
        ("Ja\x00ne <j@example.org>", [("j@example.org", "Jane")]),
    ],
)
def test_address_headers(value: str, people: list[tuple[str, str]]):
    book = AddressBook()
    wanted = [(f"email:{address}", name) for address, name in people]
    assert [tuple(one) for one in book.read(value.encode())] == wanted
    assert [tuple(one) for one in book.read(value.encode())] == wanted


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_raw_letters_beyond_ascii(charset: str):
    (one,) = AddressBook().read("Zoë Müller <z@example.org>".encode(charset))
    assert one.name == "Zoë Müller"


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("villagegraph.parsing.addresses._VALUES", 10)
    monkeypatch.setattr("villagegraph.parsing.addresses._TOKENS", 10)
    book = AddressBook()
    for n in range(100):
        assert len(book.read(b"p%d@example.org" % n)) == 1
    assert len(book._values) <= 10
    assert len(book._tokens) <= 10


def test_encoded_words_that_cannot_be_decoded_stay():
    assert unencoded("=?utf-8?B?a?=") in ("=?utf-8?B?a?=", "a", "")
    assert text_of(b"\x81") == "\ufffd"


# --- dates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "when", "zone"),
    [
        ("Tue, 17 Apr 2001 13:47:00 +0000", "2001-04-17T13:47:00", ""),
        ("Tue, 17 Apr 2001 13:47:00 -0000", "2001-04-17T13:47:00", "UTC"),
        ("Tue, 17 Apr 2001 13:47:00 GMT", "2001-04-17T13:47:00", ""),
        ("Tue, 17 Apr 2001 13:47:00 +0200 (CEST)", "2001-04-17T11:47:00", ""),
        ("17 Apr 2001 13:47:00 -0930", "2001-04-17T23:17:00", ""),
        ("Tue, 17 Apr 2001 13:47:00 EST", "2001-04-17T18:47:00", ""),
        ("Tue, 17 Apr 2001 13:47", "2001-04-17T13:47:00", "UTC"),
        ("Tue, 17 Apr 01 13.47.09 +0100", "2001-04-17T12:47:09", ""),
        ("Tue Apr 17 13:47:00 2001", "2001-04-17T13:47:00", "UTC"),
        ("Tue,\n 17 Apr 2001\n 13:47:00 +0000", "2001-04-17T13:47:00", ""),
    ],
)
def test_dates(value: str, when: str, zone: str):
    seconds = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC).timestamp()
    assert header_date(value.encode()) == (seconds, zone)
    assert oracle_date(value) == (seconds, zone)


@pytest.mark.parametrize(
    "value",
    ["", "2001-04-17T13:47:00Z", "31 Feb 2001 13:47:00 +0000", "17 Apr 2001 24:00:00 +0000",
     "17 Apr 2001 13:47:00 +9900", "Di, 17 Foo 2001 13:47:00 +0000", "17 Apr 1989 13:47:00 +0000",
     "17 Apr 2150 13:47:00 +0000", "17 Apr 0123 13:47:00 +0000", "(" * 5_000, "\x00\xff"],
)  # fmt: skip
def test_dates_that_cannot_be(value: str):
    assert header_date(value.encode()) is None
    older = b"\nReceived: by a; 17 Apr 2001 13:47:00 +0000"
    received = older + b"\nRECEIVED: by b;\n\t18 Apr 2001 13:47:00 +0000"
    at = dt.datetime(2001, 4, 18, 13, 47, tzinfo=dt.UTC).timestamp()
    assert sent_at(value.encode(), received, b"") == (at, "")
    mark = b"jane@example.org Wed Apr 18 13:47:00 2001"
    assert sent_at(value.encode(), b"", mark) == (at, "UTC")
    assert sent_at(value.encode(), b"\nReceived: by a; never", b"-") is None


def test_a_mail_that_nothing_dates_is_skipped(read: Read):
    data = b"From -\nFrom: jane@example.org\nTo: mara@example.org\n\nHello\n"
    assert skipped(read(data)) == [(1, "no date that can be read")]


def test_dates_taken_from_elsewhere_are_counted(read: Read):
    mark = b"From - Mon Jun  3 12:50:27 1996\nFrom: jane@example.org\nTo: mara@example.org\n"
    received = b"Date: soon\nReceived: by a; Tue, 17 Apr 2001 13:47:00 +0000\n"
    export = read(BASIC % b"" + b"\n" + mark + b"\nx\n\n" + mark + received + b"\ny\n")
    assert len(export.interactions) == 3
    assert export.files["notes"].iloc[0] == (
        "2 mails whose date could not be read; the time of delivery was taken",
    )
    assert read(BASIC % b"").files["notes"].iloc[0] == ()


# --- what counts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "automated"),
    [
        ("List-Id: <team.example.org>", True),
        ("List-Unsubscribe: <mailto:leave@example.org>", True),
        ("Precedence: bulk", True),
        ("Precedence: List", True),
        ("precedence: junk", True),
        ("Precedence: first-class", False),
        ("Auto-Submitted: auto-generated", True),
        ("Auto-Submitted: no", False),
        ("Auto-Submitted: No (by hand)", False),
        ("X-Autoreply: yes", True),
        ("Feedback-ID: 1:example", True),
        ("Return-Path: <>", True),
        ("Return-Path: <jane@example.org>", False),
        ("X-Gmail-Labels: Inbox,Category Promotions", True),
        ("X-Gmail-Labels: =?UTF-8?Q?Posteingang,Kategorie:_Werbung?=", True),
        ("X-Gmail-Labels: Inbox,Important", False),
        ("Subject: List-Id: no header", False),
    ],
)
def test_what_machines_and_lists_send_is_marked(line: str, automated: bool, read: Read):
    export = read(BASIC % (line.encode() + b"\n"))
    assert export.interactions["automated"].tolist() == [automated]
    assert bool(len(export.contacts)) is not automated


def test_senders_that_never_read_are_machines(read: Read):
    export = read((BASIC % b"").replace(b"jane@", b"no-reply@"))
    assert export.interactions["automated"].tolist() == [True]


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ("Spam", "spam"),
        ("Inbox,Spam,Unread", "spam"),
        ("=?UTF-8?Q?Courrier_ind=C3=A9sirable?=", "spam"),
        ("=?UTF-8?B?6L+35oOR44Oh44O844Or?=", "spam"),
        ("Drafts", "a draft"),
        ("=?UTF-8?Q?Entw=C3=BCrfe?=", "a draft"),
        ("=?UTF-8?B?0KfQtdGA0L3QvtCy0LjQutC4?=", "a draft"),
        ("=?UTF-8?Q?Archiwum,Wersje_robocze?=", "a draft"),
        ("Borradores,\n Importante", "a draft"),
        ("Chat", "a chat"),
    ],
)
def test_labels_of_any_language_leave_a_mail_out(labels: str, reason: str, read: Read):
    export = read(BASIC % f"X-Gmail-Labels: {labels}\n".encode())
    assert skipped(export) == [(1, reason)]
    assert not len(export.interactions)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("X-Status: D", "deleted in the mail program"),
        ("X-Status: AF", ""),
        ("X-Status: T", "a draft"),
        ("X-Mozilla-Status: 0009", "deleted in the mail program"),
        ("X-Mozilla-Status: 0001", ""),
        ("X-Mozilla-Status2: 00200000", "deleted in the mail program"),
        ("X-Mozilla-Status2: 10000000", ""),
        ("X-Mozilla-Keys: Junk                    ", "spam"),
        ("X-Mozilla-Keys: NonJunk $label1", ""),
        ("X-Spam-Flag: YES", "spam"),
        ("X-Spam-Flag: NO", ""),
        ("X-Spam-Flag: YES\nX-Gmail-Labels: Inbox", ""),
        ("X-Unsent: 1", "a draft"),
        ("X-Mozilla-Draft-Info: internal/draft; vcard=0", "a draft"),
    ],
)
def test_marks_of_mail_programs(line: str, reason: str, read: Read):
    export = read(BASIC % f"{line}\n".encode())
    assert skipped(export) == ([(1, reason)] if reason else [])


@pytest.mark.parametrize(
    ("lines", "lists"),
    [
        ("List-Post: <mailto:team@lists.example.org>", ["team@lists.example.org"]),
        ("List-Post: <https://example.org/p>, <mailto:Team@example.org?x=y>", ["team@example.org"]),
        ("List-Post: NO", []),
        ("List-Post: <mailto:reply+77@example.org>", []),
        ("List-Id: Team <team.lists.example.org>\nCc: team@lists.example.org",
         ["team@lists.example.org"]),
        ("List-Id: Team <team.lists.example.org>", []),
        ("X-BeenThere: team@example.org", ["team@example.org"]),
        ("X-Mailing-List: <team@example.org>", ["team@example.org"]),
        ("Mailing-List: list team@example.org; contact team-owner@example.org",
         ["team@example.org"]),
        ("Delivered-To: mailing list team@example.org", ["team@example.org"]),
        ("Delivered-To: mara@example.org", []),
    ],
)  # fmt: skip
def test_mailing_lists_are_named(lines: str, lists: list[str], read: Read):
    export = read(BASIC % f"{lines}\n".encode())
    hints = export.hints[export.hints["hint"] == "list"]
    assert hints["handle"].tolist() == [f"email:{address}" for address in lists]
    delivered = export.hints.loc[export.hints["hint"] == "delivered", "handle"]
    assert set(delivered) <= {"email:mara@example.org"}
    assert "mailinglist" not in " ".join(export.participants["handle"])


def test_an_index_of_thunderbird_tells_of_nobody(tmp_path: Path):
    path = tmp_path / "Inbox.msf"
    path.write_bytes(b'// <!-- <mdb:mork:z v="1.4"/> -->\n< <(a=c)> (80=ns:msg:db:row:scope:msgs)>')
    assert mail.sniff(file_at(path)) == "mail-index"
    export = mail.read(file_at(path), settings=Settings()).export()
    assert len(export.interactions) == len(export.skipped) == 0
    assert "index" in export.files["notes"].iloc[0][0]
    path.write_bytes(b'// <!-- <mdb:mork:z v="1.4"/> -->\n< <(a=c)> (80=ns:addrbk:db:row:scope)>')
    assert mail.sniff(file_at(path)) == ""


def test_a_mailbox_that_is_made_into_tables_on_the_way_is_the_same(
    read: Read, monkeypatch: pytest.MonkeyPatch
):
    rng = random.Random(1)  # noqa: S311 - a sample
    mails = [
        (BASIC % b"").replace(b"<a@", b"<%d@" % rng.randrange(40)).replace(b"12:00", b"12:0%d" % n)
        for n in [rng.randrange(4) for _ in range(60)]
    ]
    whole = told(read(b"\n".join(mails)))
    listed = read(b"\n".join(mails)).interactions
    by_pandas = listed.reset_index().sort_values(["at", "event_id"])["event_id"].tolist()
    assert list(listed.index) == by_pandas
    for full in (1, 7, 60):
        monkeypatch.setattr("villagegraph.parsing.collect.FULL", full)
        assert told(read(b"\n".join(mails))) == whole


class Endless(io.RawIOBase):
    """A mail whose text is one line of many megabytes."""

    def __init__(self, start: bytes, line: bytes, times: int) -> None:
        self.left, self.line, self.times = start, line, times

    def readinto(self, buffer: Any) -> int:
        if not self.left and self.times:
            self.times -= 1
            self.left = self.line
        n = min(len(buffer), len(self.left))
        buffer[:n], self.left = self.left[:n], self.left[n:]
        return n


@pytest.mark.parametrize("letter", [b"\x00", b"a", b"From ", b"\n", b"\r"])
@pytest.mark.parametrize("place", [b"\n", b"X-Long: "])
def test_a_line_without_end_takes_no_room(letter: bytes, place: bytes):
    stream = Endless(BASIC.partition(b"%s")[0] + place, letter * (2**19 // len(letter)), 64)
    tracemalloc.start()
    try:
        (one,) = split_mailbox(stream)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * 2**20
    assert (one.header == b"") is (place != b"\n" and letter != b"\n")


def test_a_header_with_nuls_and_letters_of_no_charset(read: Read):
    odd = (
        b"X-Nul: a\x00b\x00\nX-Eight: \xe4\xff\nCc: B\x00 <ben@example.org>, \xff <z@example.org>\n"
    )
    assert rows(read(BASIC % odd))[0]["cc"] == ["ben@example.org", "z@example.org"]


def test_of_a_header_that_stands_twice_the_first_counts(read: Read):
    twice = b"From: else@example.org\nDate: Tue, 4 Jun 1996 12:00:00 +0000\nMessage-ID: <z@e>\n"
    one, other = read(BASIC % twice), read(BASIC % b"")
    assert list(one.interactions.index) == list(other.interactions.index)
    assert rows(one) == rows(other)
    both = read(BASIC % b"To: ben@example.org\n")
    assert rows(both)[0]["to"] == ["mara@example.org", "ben@example.org"]


@pytest.mark.parametrize("labels", ["Spam reports", '"Drafts, old"', "My chat", "Sent"])
def test_labels_that_only_look_alike_leave_no_mail_out(labels: str, read: Read):
    assert len(read(BASIC % f"X-Gmail-Labels: {labels}\n".encode()).interactions) == 1


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        ("X-Original-From: Ada <ada@example.com>", "ada@example.com"),
        ("X-Original-Sender: ada@example.com", "ada@example.com"),
        ("Reply-To: Ada <ada@example.com>", "ada@example.com"),
        ("X-Original-From: nonsense", "team@example.org"),
        ("X-Other: x", "team@example.org"),
    ],
)
def test_the_author_behind_a_list(lines: str, author: str, read: Read):
    data = (BASIC % (lines.encode() + b"\n")).replace(
        b"Jane Doe <jane@example.org>", b"\"'Ada' via Team\" <team@example.org>"
    )
    assert rows(read(data))[0]["from"] == [author]
    assert "email:team@example.org" not in set(read(data).handles["handle"])


def test_reply_to_changes_no_ordinary_author(read: Read):
    assert rows(read(BASIC % b"Reply-To: else@example.com\n"))[0]["from"] == ["jane@example.org"]


def test_replies_share_the_thread_of_their_root(read: Read):
    reply = (BASIC % b"References: <a@example.org> <z@example.org>\n").replace(
        b"ID: <a@", b"ID: <b@"
    )
    bare = (BASIC % b"In-Reply-To: Your mail <a@example.org>\n").replace(b"ID: <a@", b"ID: <c@")
    other = (BASIC % b"").replace(b"ID: <a@", b"ID: <d@")
    threads = read(BASIC % b"" + reply + bare + other).interactions["thread"].tolist()
    assert threads[0] == threads[1] == threads[2] != threads[3]


def test_a_thread_known_by_its_subject_alone_does_not_show_it(read: Read):
    first = (BASIC % b"Subject: garden\n").replace(b"Message-ID: <a@example.org>\n", b"")
    reply = first.replace(b"Subject: g", b"Subject: Re: AW: G").replace(b"12:00", b"13:00")
    bare = first.replace(b"Subject: garden", b"Subject: ").replace(b"12:00", b"14:00")
    threads = read(first + reply + bare).interactions["thread"].tolist()
    assert threads[0] == threads[1]
    assert set(threads[0]) <= set("0123456789abcdef")
    assert threads[2] == ""


def test_mails_without_an_id_differ_by_what_is_known_of_them(read: Read):
    plain = (BASIC % b"").replace(b"Message-ID: <a@example.org>\n", b"")
    longer = plain + b"and more\n"
    export = read(plain + plain + longer + plain.replace(b"To: mara@", b"To: ben@"))
    assert len(export.interactions) == 3


def test_nothing_that_was_written_is_in_a_table_or_message(read: Read):
    fields = (
        b"Subject: ZZTOP\nX-Gmail-Labels: ZZTOP\nX-Mozilla-Status: ZZTOP\nReferences: <ZZTOP>\n"
    )
    mails = [
        BASIC % fields + b"ZZTOP\n",
        (BASIC % fields).replace(b"Message-ID: <a@example.org>", b"X-Z: ZZTOP"),
        b"From - ZZTOP Mon Jun  3 12:50:27 1996\nFrom: ZZTOP\nTo: ZZTOP\nDate: ZZTOP\n\nZZTOP\n",
        b"From -\nFrom: a@example.org\nDate: ZZTOP\nReceived: ZZTOP; ZZTOP\n\nZZTOP\n",
        b"From -\nX-Gmail-Labels: Spam,ZZTOP\nFrom: a@example.org\n\nZZTOP\n",
        b"From -\nFrom: a@example.org\nSubject: ZZTOP",
    ]
    export = read(b"ZZTOP\n" + b"".join(mails))
    assert len(export.interactions) == 2
    assert len(export.skipped) == 5
    assert "zztop" not in str(told(export)).lower()
