from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import os
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import MARKER, said

from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.parsing import (
    Collector,
    any_handle,
    clean,
    collect,
    column_key,
    decode,
    email_handle,
    file_at,
    files_below,
    in_turn,
    is_role_address,
    is_zip,
    linkedin_handle,
    members,
    name_handle,
    name_key,
    phone_handle,
    phone_region,
    sources,
    table_rows,
)
from villagegraph.parsing.cards import bare_number, occasion_day, place, shown_tags
from villagegraph.parsing.linkedin import connection_day, listed_names, moment_at, person_name
from villagegraph.parsing.text import (
    MAX_LINE,
    MAX_NAME,
    _lines,
    decode_head,
    header_delimiter,
)
from villagegraph.parsing.zips import MAX_RATIO
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def made_zip(path: Path, names: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return path


# text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_decoded(encoding: str):
    assert decode("Zoë, Åsa\r\n".encode(encoding)) == "Zoë, Åsa\r\n"


@given(st.binary())
def test_any_bytes_are_text(data: bytes):
    decode(data)
    decode_head(data)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_one_bad_byte_spoils_its_own_line_alone(bom: bytes):
    data = bom + "Zoë\r\n".encode() + "Åsa\r\n".encode("cp1252") + "Jörg 佐藤".encode()
    assert decode(data) == "Zoë\r\nÅsa\r\nJörg 佐藤"


@given(TEXT, st.integers(0, 200))
def test_a_head_is_a_beginning(text: str, size: int):
    whole = f"first\n{text}\nlast"
    data = whole.encode()
    assert whole.startswith(decode_head(data[: 6 + size]))


@given(st.text())
def test_clean_is_one_line_and_stays(text: str):
    shown = clean(text)
    assert clean(shown) == shown
    assert len(shown.splitlines()) <= 1
    assert len(shown) <= MAX_NAME


ROWS = st.lists(st.lists(TEXT.map(str.strip), min_size=3, max_size=3), max_size=5)


@given(ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_a_table_written_is_a_table_read(rows: list[list[str]], delimiter: str, end: str):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["A preamble"], ["First Name", "note", "E-mail"], *rows])
    found = table_rows(
        out.getvalue(), path="a.csv", wanted=["first_name", "E-Mail"], delimiter=delimiter
    )
    assert [list(row.values()) for _, row in found] == [row for row in rows if any(row)]


def test_rows_are_named_by_their_line():
    text = 'Notes:\n"two\nlines"\n\nName,Note\nAda,"x\ny"\n\nSam,\nKim\nUma,,,\nIda,a,b\n'
    skipped: list[tuple[int, str]] = []
    rows = table_rows(text, path="a", wanted=["name"], skip=lambda *row: skipped.append(row))
    assert list(rows) == [
        (6, {"Name": "Ada", "Note": "x\ny"}),
        (9, {"Name": "Sam", "Note": ""}),
        (10, {"Name": "Kim", "Note": ""}),
        (11, {"Name": "Uma", "Note": ""}),
    ]
    assert skipped == [(12, "more cells than the header has columns")]
    rows = table_rows(text, path="a", wanted=["name"], whole=True)
    assert [line for line, _ in rows] == [6, 9, 11]


@given(st.text(st.sampled_from('a,"\r\n\u2028 '), max_size=30))
def test_lines_are_those_of_a_file(text: str):
    assert list(_lines(text)) == list(io.StringIO(text, newline=""))


def test_an_open_quote_is_told_and_a_stray_one_is_not():
    skipped: list[tuple[int, str]] = []
    good = 'Name,Note\nAda,a 5" pipe\n'
    rows = table_rows(good, path="a", wanted=["Name"], skip=lambda *row: skipped.append(row))
    assert [row["Note"] for _, row in rows] == ['a 5" pipe']
    assert skipped == []
    text = good + 'Sam,"open\nKim,x\nUma,y\n'
    rows = table_rows(text, path="a", wanted=["Name"], skip=lambda *row: skipped.append(row))
    assert [row["Name"] for _, row in rows] == ["Ada"]
    assert [line for line, _ in skipped] == [3]


def test_a_line_or_a_cell_without_end_is_refused_before_it_fills_the_memory():
    rows = f"Name,Note\nAda,{MARKER * (MAX_LINE // len(MARKER) + 1)}\n"
    with pytest.raises(
        ExportError, match=r"a\.csv:2: no table from here on \(it is longer"
    ) as caught:
        list(table_rows(rows, path="a.csv", wanted=["Name"]))
    assert MARKER not in str(caught.value)
    old = csv.field_size_limit(1_000)
    try:
        with pytest.raises(ExportError, match="a cell begins here that is longer than any letter"):
            list(table_rows(f'Name\n"{MARKER * 200}\n', path="a.csv", wanted=["Name"]))
    finally:
        csv.field_size_limit(old)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_letter_between_cells_is_found(mark: str):
    header = mark.join(("When ", "who"))
    for text in (header, f"\ufeff\n \n{header}\n1{mark}2", f"\r\n{header}\r\n"):
        assert header_delimiter(text, wanted=("Who", "when")) == mark
    assert header_delimiter(f"\nx\n{header}", wanted=("who", "when")) == ""
    assert header_delimiter(mark.join(["who", "when"] * 1_000), wanted=("who", "when")) == ""


def test_excels_word_on_the_letter_between_cells_is_no_row():
    for line in ("sep=;\n", "SEP=,\r\n", "sep=\t\r\n"):
        for way in ("utf-8", "utf-8-sig", "utf-16"):
            assert decode((line + "a;b").encode(way)).strip() == "a;b"
    assert decode(b"sep=;;\na") == "sep=;;\na"


def test_missing_columns_are_named_and_nothing_else():
    text = f"{MARKER},{MARKER}\n{MARKER},name\n"
    with pytest.raises(MissingColumnError) as caught:
        list(table_rows(text, path="a.csv", wanted=["Name", "E-mail"]))
    assert caught.value.missing == ("E-mail",)
    assert caught.value.line == 2
    assert str(caught.value).startswith("a.csv:2: no column `E-mail` among the 2 in the header.")
    assert MARKER not in str(caught.value)
    with pytest.raises(MissingColumnError):
        list(table_rows("", path="a.csv", wanted=["Name"]))


# handles


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("Jane.Doe+x@gmail.com", "email:janedoe@gmail.com"),
        ("jane.doe+x@outlook.com", "email:jane.doe@outlook.com"),
        ("jane.doe+x@example.com", "email:jane.doe+x@example.com"),
        ("mailto:<Jane@Example.ORG>;", "email:jane@example.org"),
        ("+@gmail.com", "email:+@gmail.com"),
        ("jane@example", ""),
        ("Jane <jane@example.org>", ""),
        ("/o=ExchangeLabs/ou=x/cn=jane", ""),
        ("jane@@example.org", ""),
    ],
)
def test_email_handles(text: str, handle: str):
    assert email_handle(text) == handle


def test_names_are_cut_and_handles_are_not():
    long = "a" * 185
    assert email_handle(f"{long}@mail.example.org") == f"email:{long}@mail.example.org"
    assert any_handle(f"email:{long}@mail.example.org") == f"email:{long}@mail.example.org"
    assert email_handle("a" * 400 + "@example.org") == ""
    slug = "%C3%A9" * 60
    assert linkedin_handle(f"https://www.linkedin.com/in/{slug}") == "linkedin:" + "é" * 60
    handle = name_handle("b" * 300, "whatsapp")
    assert handle == f"name:{'b' * MAX_NAME}@whatsapp"
    assert any_handle(handle) == handle
    assert phone_handle(" " * 300 + "+1 555 010 0100") == "phone:+15550100100"


@pytest.mark.parametrize(
    ("text", "region", "handle"),
    [
        ("+1 (555) 010-0100", "", "phone:+15550100100"),
        ("\u202a+49\u00a030 23125-001\u202c", "", "phone:+493023125001"),
        ("030 23125 001", "DE", "phone:+493023125001"),
        ("030 23125 001", "", "phone:03023125001"),
        ("00-1-212-555-0177", "US", "phone:+12125550177"),
        ("tel:+1-555-010-0100;ext=5", "", "phone:+15550100100"),
        ("\uff0b1 555 010 0100", "", "phone:+15550100100"),
        ("(+1) 555 010 0100", "", "phone:+15550100100"),
        ("332", "US", ""),
        ("MobilePhone", "US", ""),
        ("1" * 40, "", ""),
    ],
)
def test_phone_handles(text: str, region: str, handle: str):
    assert phone_handle(text, region=region) == handle


def test_the_country_of_ones_own_number():
    assert phone_region(("030 1", "+44 20 7946 0018")) == "GB"
    assert phone_region(()) == ""


@pytest.mark.parametrize(
    ("url", "handle"),
    [
        ("https://de.linkedin.com/in/Tom%C3%A1s/?x=1#y", "linkedin:tomás"),
        ("linkedin.com/in/ada", "linkedin:ada"),
        ("https://linkedin.com.example.com/in/ada", ""),
        ("https://notlinkedin.com/in/ada", ""),
        ("https://www.linkedin.com/company/acme", ""),
        ("http://[bad", ""),
        ("", ""),
    ],
)
def test_profiles(url: str, handle: str):
    assert linkedin_handle(url) == handle


def test_names_are_compared_without_their_dress():
    assert name_key("Dr. Ana-María  López (she/her), MBA") == name_key("LOPEZ, Ana-Maria")
    assert name_key("Sam") == name_key("") == ""
    assert name_key("Ana Lopez") != name_key("Ana Lopes")
    assert name_handle("  Ada\u200e Bell ", "x") == "name:ada bell@x"
    assert name_handle("\u200e", "x") == ""


def test_shared_desks_are_no_persons():
    assert is_role_address("email:no-reply@example.org")
    assert is_role_address("email:customer.service@example.org")
    assert not is_role_address("email:inforia@example.org")
    assert not is_role_address("phone:+15550100100")


@given(TEXT)
def test_handles_never_raise_and_stay(text: str):
    phone_handle(text, region="DE")
    any_handle(text)
    profile = linkedin_handle(f"https://www.linkedin.com/in/{text}")
    for handle in (email_handle(text), email_handle(f"{text}@example.org"), profile):
        assert handle == "" or any_handle(handle) == handle


# cards and LinkedIn


@given(st.dates(dt.date(1800, 1, 1), dt.date(2100, 12, 31)))
def test_days_of_every_form(day: dt.date):
    iso = day.isoformat()
    assert occasion_day(iso) == occasion_day(iso.replace("-", "")) == iso
    assert occasion_day(f"{iso}T10:00:00Z") == iso
    assert occasion_day(f"--{day:%m%d}") == occasion_day(f"--{day:%m-%d}") == f"--{day:%m-%d}"
    assert connection_day(f"{day.day} {MONTHS[day.month - 1]} {day:%Y}".strip()) == iso


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@given(TEXT)
def test_nothing_that_is_no_date_raises(text: str):
    for found in (occasion_day(text), connection_day(text)):
        assert found == "" or len(found) in (7, 10)
    moment_at(text, zone="Europe/Berlin")
    bare_number(text)
    person_name(text)
    shown_tags([text])
    place(city=text)
    listed_names(text)


@pytest.mark.parametrize(
    ("text", "expected", "precision", "zone"),
    [
        ("2025-06-01 14:03:22 UTC", "2025-06-01T14:03:22+00:00", "second", ""),
        ("2025-06-01 14:03:22", "2025-06-01T14:03:22+00:00", "second", "UTC"),
        ("2021/09/01 12:41:31 UTC", "2021-09-01T12:41:31+00:00", "second", ""),
        ("1/29/26, 2:37 PM", "2026-01-29T13:37:00+00:00", "minute", "Europe/Berlin"),
        ("1/29/2026, 14:37", "2026-01-29T13:37:00+00:00", "minute", "Europe/Berlin"),
        ("07/01/25 12:00 AM", "2025-06-30T22:00:00+00:00", "minute", "Europe/Berlin"),
        ("06/30/25", "2025-06-29T22:00:00+00:00", "day", "Europe/Berlin"),
    ],
)
def test_times_of_linkedin(text: str, expected: str, precision: str, zone: str):
    moment = moment_at(text, zone="Europe/Berlin")
    assert moment is not None
    assert moment.at.astimezone(dt.UTC).isoformat() == expected
    assert (moment.precision, moment.zone) == (precision, zone)


@pytest.mark.parametrize("text", ["30/6/25", "1/29/26, 13:37 PM", "2025-06-01 25:00:00", "1/29"])
def test_what_is_no_time_of_linkedin(text: str):
    assert moment_at(text, zone="UTC") is None


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Okafor, PhD, PMP®", "Okafor"),
        ("Ma", "Ma"),
        ("Jack Ma", "Jack Ma"),
        ("Ines Okafor PhD MBA", "Ines Okafor"),
        ("PhD", "PhD"),
        ("Sam (Sammy) Lee", "Sam (Sammy) Lee"),
        ("Sam Lee (He/Him)", "Sam Lee"),
    ],
)
def test_names_without_degrees(name: str, bare: str):
    assert person_name(name) == bare


# files and zips


def test_a_folder_is_listed_in_order(tmp_path: Path):
    for name in ("b.csv", "a/z.csv", "a/old.csv", ".hidden/x.csv", "Thumbs.db", "a/.y"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    outside = tmp_path.parent / f"{tmp_path.name}-outside.csv"
    outside.write_text("x")
    (tmp_path / "link.csv").symlink_to(outside)
    (tmp_path / "within.csv").symlink_to(tmp_path / "b.csv")
    found, refused = files_below(tmp_path, ignore=("old*",))
    assert [file.label for file in found] == ["a/z.csv", "b.csv", "within.csv"]
    assert refused == [("link.csv", "is a link that leads out of the folder.")]
    found, _ = files_below(tmp_path, include=("a/*",))
    assert [file.label for file in found] == ["a/old.csv", "a/z.csv"]


@pytest.mark.parametrize("name", ["none", "file.txt"])
def test_what_is_no_folder_is_said(name: str, tmp_path: Path):
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(ExportError, match=r"no such folder|not a folder"):
        files_below(tmp_path / name)
    with pytest.raises(ExportError, match="no such file"):
        file_at(tmp_path / "gone.csv")


def test_zips_are_read_in_place(tmp_path: Path):
    path = made_zip(
        tmp_path / "a.zip", {"b.csv": b"two", "a/x.csv": b"one", "__MACOSX/x": b"", "d/": b""}
    )
    file = file_at(path)
    assert is_zip(file)
    found, refused = members(file)
    assert [(one.label, one.name, one.size, one.read()) for one in found] == [
        ("a.zip/a/x.csv", "x.csv", 3, b"one"),
        ("a.zip/b.csv", "b.csv", 3, b"two"),
    ]
    assert refused == []
    assert not is_zip(found[0])


def test_unsafe_members_are_refused(tmp_path: Path):
    bomb = b"\0" * (2**20 * 4)
    names = {"../up.csv": b"x", "/root.csv": b"x", "C:/x.csv": b"x", "bomb": bomb, "good.csv": b"x"}
    found, refused = members(file_at(made_zip(tmp_path / "a.zip", names)))
    assert [file.member for file in found] == ["good.csv"]
    assert len(refused) == 4
    assert len(bomb) / 5000 > MAX_RATIO


def test_a_zip_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = file_at(made_zip(tmp_path / "a.zip", {"good.csv": b"x"}))
    info = zipfile.ZipInfo("good.csv")
    info.CRC = 0
    infos = [info] * 200_000
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _: infos)
    assert len(members(file)[0]) == 200_000
    infos.append(info)
    with pytest.raises(ExportError, match="more than the 200,000 that are read"):
        members(file)
    # each within its own limits, and yet far more than the zip can hold, lying over one another
    info.file_size, info.compress_size = 2**30, 2**29
    infos[:] = [info]
    with pytest.raises(ExportError, match="zip bomb"):
        members(file)
    large = dataclasses.replace(file, size=2**30)
    infos[:] = [info] * 240
    assert len(members(large)[0]) == 240
    infos[:] = [info] * 241
    with pytest.raises(ExportError, match=r"more than the 240 GB.*Unpack it into the folder"):
        members(large)
    info.file_size, info.compress_size = 60 * 2**30 + 1, 60 * 2**30
    assert "larger than any export" in members(large)[1][0][1]


def test_what_is_read_whole_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.vcf"
    with path.open("wb") as stream:
        stream.truncate(512 * 2**20 + 1)  # without a block on the disk
    with pytest.raises(ExportError, match="larger than 512 MB"):
        file_at(path).read()
    path.write_bytes(b"x" * 100)
    assert len(file_at(path).read()) == 100
    file = dataclasses.replace(file_at(path), size=1)  # it has grown since
    monkeypatch.setattr(sources, "MAX_WHOLE_BYTES", 99)
    with pytest.raises(ExportError, match="larger than"):
        file.read()


def test_a_zip_is_opened_once_for_all_its_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    one = made_zip(tmp_path / "a.zip", {f"{n}.csv": b"x" for n in range(9)})
    two = made_zip(tmp_path / "b.zip", {"x.csv": b"y"})
    files = [*members(file_at(one))[0], *members(file_at(two))[0]]
    opened: list[zipfile.ZipFile] = []
    plain = zipfile.ZipFile.__init__

    def counted(self: zipfile.ZipFile, *args: object, **options: object) -> None:
        opened.append(self)
        plain(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    assert [file.read() for (file,) in in_turn([file] for file in files)] == [b"x"] * 9 + [b"y"]
    assert len(opened) == 2
    assert all(archive.fp is None for archive in opened)
    assert files[0].read() == b"x"
    assert len(opened) == 3


def test_a_start_is_read_once(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    file = file_at(path).begun()
    path.write_bytes(b"xyz")
    assert (file.head(), file.head(2)) == (b"abc", b"ab")
    assert file.read() == b"xyz"


def test_a_damaged_zip_is_said_plainly(tmp_path: Path):
    path = made_zip(tmp_path / "a.zip", {"a.csv": os.urandom(4000)})
    data = path.read_bytes()
    path.write_bytes(data[:2000])
    with pytest.raises(ExportError, match="not downloaded to its end"):
        members(file_at(path))
    path.write_bytes(data[:100] + b"\0" * 50 + data[150:])
    found, _ = members(file_at(path))
    with pytest.raises(ExportError, match="damaged") as caught:
        found[0].read()
    assert caught.value.__suppress_context__


def test_a_locked_zip_is_said_plainly(tmp_path: Path):
    path = made_zip(tmp_path / "a.zip", {"a.csv": b"x" * 20}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag of encryption, at the member and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    found, refused = members(file_at(path))
    assert found == []
    assert "password" in refused[0][1]


# the collector


def collected(folder: Path, order: int = 1) -> Collector:
    path = folder / "a.csv"
    path.write_text("x")
    collector = Collector(file_at(path, label="in/a.csv"), "test")
    at = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    for n in (1, 2, 3)[::order]:
        handle = f"email:p{n}@example.org"
        collector.contact(
            record=n, handles=[handle, "", handle], name=f" P \u200e{n}", tags=["a", "a", ""]
        )
        collector.interaction(
            key=(n,), at=at.timestamp() + n, channel="chat", app="x", zone="Europe/Berlin",
            participants=[("from", handle), ("to", "me:owner"), ("to", ""), ("from", handle)],
        )  # fmt: skip
        collector.named("name:ann@x", "Ann" if n < 3 else "Ann Lee")
        collector.hint("me:owner")
        collector.hint("")
    collector.skip(3, "a reason")
    collector.note("a note")
    collector.note("a note")
    return collector


def test_what_is_collected_keeps_its_contracts(tmp_path: Path):
    export = collected(tmp_path).export()
    for name in (
        "contacts",
        "handles",
        "interactions",
        "participants",
        "hints",
        "files",
        "skipped",
    ):
        check(getattr(export, name), CONTRACTS[name])
    assert export.contacts["name"].tolist() == ["P 1", "P 2", "P 3", "Ann"]
    assert export.contacts["source"].tolist()[0] == "in/a.csv#1"
    assert len(export.handles) == 4
    assert len(export.participants) == 6
    assert export.hints["n"].tolist() == [3]
    row = export.files.loc["in/a.csv"]
    assert (row["contacts"], row["interactions"], row["skipped"], row["zone"], row["notes"]) == (
        4, 3, 1, "Europe/Berlin", ("a note",),
    )  # fmt: skip
    assert row["first_at"].isoformat() == "2026-01-01T12:00:01+00:00"


def test_small_tables_are_made_as_large_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    few = collected(tmp_path).export()
    monkeypatch.setattr(collect, "FEW", -1)
    many = collected(tmp_path).export()
    for field in dataclasses.fields(few):
        pd.testing.assert_frame_equal(getattr(few, field.name), getattr(many, field.name))


def test_repeated_rows_are_one_contact_and_counted(tmp_path: Path):
    collector = collected(tmp_path)
    for line in (7, 8):
        collector.contact(name="P 1", handles=["email:p1@example.org"], tags=["a"], record=line)
    export = collector.export()
    assert len(export.contacts) == 4
    assert export.files["notes"].iloc[0] == (
        "a note", "2 repeated rows: each stands here once",
    )  # fmt: skip


def test_the_order_of_rows_does_not_count(tmp_path: Path):
    assert said(collected(tmp_path).export()) == said(collected(tmp_path, order=-1).export())


def test_the_same_row_twice_is_one(tmp_path: Path):
    collector = collected(tmp_path)
    first = collector.contact(name="P 1", handles=["email:p1@example.org"], tags=["a"], record=99)
    assert collector.contact(name="P 1", handles=["email:p1@example.org"], tags=["a"]) == first
    export = collector.export()
    assert len(export.contacts) == 4
    assert export.interactions.index.is_unique


def test_unknown_columns_of_a_contact_are_refused(tmp_path: Path):
    with pytest.raises(TypeError, match="nick"):
        collected(tmp_path).contact(name="P", nick="x")


def test_an_empty_collector_gives_empty_tables(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("x")
    export = Collector(file_at(path), "test").export()
    assert export.contacts.empty
    assert export.interactions.empty
    assert export.files["interactions"].tolist() == [0]


@given(st.text(min_size=1))
def test_column_keys_stay(text: str):
    assert column_key(column_key(text)) == column_key(text)
