"""Folders of exports: what is good is read, what is bad is named, nothing is lost."""

from __future__ import annotations

import os
import pathlib
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from reading import FIXTURES, MARKER

from villagegraph.errors import ExportError, UnknownExportError
from villagegraph.parsing import ExportFile
from villagegraph.parsing.zips import members
from villagegraph.readers import KINDS, READERS, read_export, read_folder, sniff
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from pathlib import Path

VCARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ada Lovelace\nEMAIL:ada@example.org\nEND:VCARD\n"
MBOX = (
    "From ada@example.org Thu Oct  1 09:00:00 2026\n"
    "Message-ID: <{id}@example.org>\nDate: Thu, 01 Oct 2026 09:00:00 +0000\n"
    "From: Ada <ada@example.org>\nTo: Ben <ben@example.org>\nSubject: x\n\nhello\n\n"
)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(folder: Path, name: str, contents: dict[str, str]) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
    return path


def reasons(folder: Path, **wishes: tuple[str, ...]) -> dict[str, str]:
    skipped = read_folder(folder, settings=Settings(**wishes)).skipped
    return dict(zip(skipped["path"], skipped["reason"], strict=True))


def test_files_folders_and_zips_are_read_in_place(tmp_path: Path) -> None:
    write(tmp_path, "a.vcf", VCARD)
    write(tmp_path, "deep/down/b.mbox", MBOX.format(id="1"))
    zipped(tmp_path, "takeout.zip", {"Takeout/Mail/c.mbox": MBOX.format(id="2")})
    export = read_folder(tmp_path)
    assert list(export.files.index) == [
        "a.vcf",
        "deep/down/b.mbox",
        "takeout.zip/Takeout/Mail/c.mbox",
    ]
    assert len(export.interactions) == 2
    for name in ("contacts", "handles", "interactions", "participants", "files", "skipped"):
        check(getattr(export, name), CONTRACTS[name])
    assert not list(tmp_path.glob("**/*.tmp"))


def test_the_same_mail_in_two_exports_is_one(tmp_path: Path) -> None:
    write(tmp_path, "a.mbox", MBOX.format(id="1") + MBOX.format(id="2"))
    write(tmp_path, "b.mbox", MBOX.format(id="2") + MBOX.format(id="3"))
    write(tmp_path, "copy of a.mbox", MBOX.format(id="1") + MBOX.format(id="2"))
    export = read_folder(tmp_path)
    assert len(export.interactions) == 3
    assert len(export.participants) == 6
    assert len(export.contacts) == 2


def test_a_mail_is_automated_only_if_every_copy_is(tmp_path: Path) -> None:
    mail = MBOX.format(id="1")
    listed = mail.replace("Subject: x", "Subject: x\nList-Id: <list.example.org>")
    write(tmp_path, "a.mbox", listed)
    assert read_folder(tmp_path).interactions["automated"].tolist() == [True]
    write(tmp_path, "b.mbox", mail)
    assert read_folder(tmp_path).interactions["automated"].tolist() == [False]
    write(tmp_path, "b.mbox", listed + mail)
    (tmp_path / "a.mbox").unlink()
    assert read_folder(tmp_path).interactions["automated"].tolist() == [False]


def test_a_folder_that_is_not_there_empty_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no such folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(ExportError, match="the folder is empty"):
        read_folder(tmp_path)
    with pytest.raises(ExportError, match="is a file, not a folder"):
        read_folder(write(tmp_path, "a.vcf", VCARD))


def test_nothing_readable_is_an_error_that_names_the_first(tmp_path: Path) -> None:
    write(tmp_path, "photo.jpg", b"\xff\xd8\xff\xe0 no export")
    write(tmp_path, "song.mp3", b"\xff\xd8\xff\xe0 no export")
    with pytest.raises(ExportError) as caught:
        read_folder(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: none of its 2 files could be read. The first of them: photo.jpg: not an "
        "export of a known kind. `villagegraph exports` tells what can be read and how to get it."
    )


def test_bad_files_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path, "good.vcf", VCARD)
    write(tmp_path, "empty.mbox", b"")
    write(tmp_path, "noise.bin", bytes(range(256)) * 64)
    whole = zipped(tmp_path, "whole.zip", {"x.mbox": MBOX.format(id="1") * 50}).read_bytes()
    write(tmp_path, "cut.zip", whole[: len(whole) // 2])
    (tmp_path / "whole.zip").unlink()
    write(tmp_path, "wrong.csv", "colour,size\nred,3\n")
    zipped(tmp_path, "nothing.zip", {})
    found = reasons(tmp_path)
    assert sorted(found) == ["cut.zip", "empty.mbox", "noise.bin", "nothing.zip", "wrong.csv"]
    assert "damaged" in found["cut.zip"]
    assert "Download the export again" in found["cut.zip"]
    assert found["wrong.csv"] == "not an export of a known kind."


def test_a_file_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "good.vcf", VCARD)
    write(tmp_path, "locked.vcf", VCARD)
    plain_open = pathlib.Path.open

    def guarded(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "locked.vcf":  # chmod would not stop root
            raise PermissionError
        return plain_open(path, *args, **options)

    monkeypatch.setattr(pathlib.Path, "open", guarded)
    assert reasons(tmp_path) == {"locked.vcf": "may not be read: check its permissions."}


def test_folders_that_may_not_be_searched_are_no_end_of_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "good.vcf", VCARD)
    write(tmp_path, "locked/a.vcf", VCARD)
    (tmp_path / ".Trashes").mkdir()
    plain_stat = pathlib.Path.stat

    def guarded(path: Path, **options: Any) -> Any:
        if path.parent.name in ("locked", ".Trashes"):  # as without the right to search them
            raise PermissionError
        return plain_stat(path, **options)

    monkeypatch.setattr(pathlib.Path, "stat", guarded)
    assert reasons(tmp_path) == {"locked/a.vcf": "may not be read: check its permissions."}


def test_links_out_of_the_folder_and_clutter_are_left_alone(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/secret.vcf", VCARD)
    inside = tmp_path / "inside"
    write(inside, "good.vcf", VCARD)
    write(inside, ".hidden.vcf", VCARD)
    write(inside, "__MACOSX/x.vcf", VCARD)
    (inside / "link.vcf").symlink_to(outside)
    export = read_folder(inside)
    assert list(export.files.index) == ["good.vcf"]
    assert reasons(inside) == {"link.vcf": "is a link that leads out of the folder."}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_what_is_no_file_is_listed_and_never_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, "secret.vcf", VCARD)
    inside = tmp_path / "inside"
    write(inside, "good.vcf", VCARD)
    write(inside, "old/more.vcf", VCARD)
    (inside / "linked").symlink_to(outside)
    (inside / "again").symlink_to(inside / "old")
    (inside / "up").symlink_to(inside)
    (inside / "lost.vcf").symlink_to(inside / "nowhere.vcf")
    (inside / "circle.vcf").symlink_to(inside / "circle.vcf")
    os.mkfifo(inside / "pipe.vcf")
    (inside / "contacts.csv").mkdir()
    folder = "is a link to a folder: put the folder itself here."
    assert reasons(inside) == {
        "again": folder,
        "circle.vcf": "is a link that leads in a circle.",
        "contacts.csv": "is an empty folder, not a file.",
        "linked": folder,
        "lost.vcf": "is a link to nothing.",
        "pipe.vcf": "is no file: a pipe, a socket or a device.",
        "up": folder,
    }
    assert "linked" not in reasons(inside, ignore=("linked/*",))
    assert list(read_folder(inside).files.index) == ["good.vcf", "old/more.vcf"]
    with pytest.raises(ExportError, match="is no file: a pipe"):
        read_export(inside / "pipe.vcf")
    with pytest.raises(ExportError, match="is a folder, not a file"):
        read_export(inside / "contacts.csv")


def test_zips_without_anything_to_read_say_why(tmp_path: Path) -> None:
    empty = zipped(tmp_path, "empty.zip", {})
    assert empty.read_bytes()[:4] == b"PK\x05\x06"
    assert sniff(empty) == "zip"
    with pytest.raises(ExportError, match="the zip is empty"):
        read_export(empty)
    bad = zipped(tmp_path, "bad.zip", {"../up.vcf": VCARD, "x.txt": "?"})
    with pytest.raises(
        ExportError, match=r"none of its 2 files.*bad.zip/\.\./up\.vcf: its name po"
    ):
        read_export(bad)
    inner = zipped(tmp_path, "inner.zip", {"a.vcf": VCARD}).read_bytes()
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("b.vcf", VCARD)
        archive.writestr("inner.zip", inner)
        archive.writestr("letter.docx", inner)
    skipped = read_export(outer).skipped
    assert dict(zip(skipped["path"], skipped["reason"], strict=True)) == {
        "outer.zip/inner.zip": "is a zip inside a zip: unpack it into the folder.",
        "outer.zip/letter.docx": "not an export of a known kind.",
    }


def test_a_zip_of_many_members_is_opened_but_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path, "a.zip", {f"{n}.txt": "?" for n in range(50)} | {"a.vcf": VCARD})
    opened: list[object] = []
    starts: list[str] = []
    plain_init, plain_open = zipfile.ZipFile.__init__, zipfile.ZipFile.open

    def init(self: zipfile.ZipFile, *args: Any, **options: Any) -> None:
        opened.append(self)
        plain_init(self, *args, **options)

    def open_member(self: zipfile.ZipFile, name: str, *args: Any, **options: Any) -> Any:
        starts.append(name)
        return plain_open(self, name, *args, **options)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", init)
    monkeypatch.setattr(zipfile.ZipFile, "open", open_member)
    for read, place in ((read_export, path), (read_folder, tmp_path)):
        assert len(read(place).skipped) == 50
        assert len(opened) == 2  # to list its members, and to read them
        assert len(starts) == 52  # each looked at once, and the card read
        opened.clear()
        starts.clear()


def test_zips_that_reach_out_or_explode_are_refused(tmp_path: Path) -> None:
    path = zipped(
        tmp_path,
        "bad.zip",
        {"../up.vcf": VCARD, "/root.vcf": VCARD, "good.vcf": VCARD, "bomb.vcf": " " * 30_000_000},
    )
    found, refused = members(ExportFile(path, "bad.zip", path.stat().st_size))
    assert [file.label for file in found] == ["bad.zip/good.vcf"]
    assert {label.rpartition("/")[2] for label, _ in refused} == {"up.vcf", "root.vcf", "bomb.vcf"}


GOOGLE = "looks like Google Contacts' CSV, but has no column"
NEARLY = {
    "Connections.csv": (
        f"First Name,Last Name,{MARKER}\n{MARKER},{MARKER},3\n",
        "looks like LinkedIn's Connections.csv, but has no column `Connected On`.",
    ),
    "renamed.csv": (
        f"Notes:\n{MARKER}\n\nFirst Name,Last Name,URL,Company,Position\n{MARKER},b,c,d,e\n",
        "looks like LinkedIn's Connections.csv, but has no column `Connected On`.",
    ),
    "messages.csv": (
        f"CONVERSATION ID;FROM;DATE;{MARKER}\na;b;c;d\n",
        "looks like LinkedIn's messages.csv, but has no column `TO`, `CONTENT`.",
    ),
    "notes.csv": (
        f"day,who,{MARKER}\n{MARKER},{MARKER},{MARKER}\n",
        "looks like your own notes.csv, but has no column `date`, `kind`.",
    ),
    "book.csv": (
        f"First Name,Last Name,E-mail 1 - Value,{MARKER}\na,b,{MARKER}@example.org,c\n",
        f"{GOOGLE} `File As`, `Organization Name`, `Labels`.",
    ),
    "old.csv": (
        "Given Name,Family Name,Group Membership,E-mail 1 - Value\na,b,c,d\n",
        f"{GOOGLE} `Name`, `Yomi Name`.",
    ),
}


@pytest.mark.parametrize("name", NEARLY)
def test_a_table_that_nearly_fits_says_what_it_lacks(tmp_path: Path, name: str) -> None:
    content, reason = NEARLY[name]
    path = write(tmp_path, name, content)
    assert sniff(path) == ""
    with pytest.raises(ExportError) as caught:
        read_export(path)
    assert caught.value.problem == reason
    assert caught.value.hint
    assert MARKER not in str(caught.value)
    write(tmp_path, "good.vcf", VCARD)
    assert reasons(tmp_path)[name].startswith(reason)


@pytest.mark.parametrize(
    "content",
    [
        "colour,size\n",
        "Date,From,To,Subject\n",
        "who is there\n",
        "\x00,\x01",
        "",
    ],
)
def test_other_tables_are_nearly_nothing(tmp_path: Path, content: str) -> None:
    write(tmp_path, "good.vcf", VCARD)
    write(tmp_path, "x.csv", content + "more\n")
    assert reasons(tmp_path) == {"x.csv": "not an export of a known kind."}


def test_globs_choose_files(tmp_path: Path) -> None:
    write(tmp_path, "a.vcf", VCARD)
    write(tmp_path, "old/b.mbox", MBOX.format(id="1"))
    ignoring = read_folder(tmp_path, settings=Settings(ignore=("old/*",)))
    assert list(ignoring.files.index) == ["a.vcf"]
    including = read_folder(tmp_path, settings=Settings(include=("*.mbox",)))
    assert list(including.files.index) == ["old/b.mbox"]


def test_one_export_alone(tmp_path: Path) -> None:
    card = write(tmp_path, "a.vcf", VCARD)
    assert sniff(card) == "vcard"
    assert len(read_export(card).contacts) == 1
    both = zipped(tmp_path, "z.zip", {"a.vcf": VCARD, "b.mbox": MBOX.format(id="1"), "c.txt": "?"})
    assert sniff(both) == "zip"
    export = read_export(both)
    assert list(export.files["kind"]) == ["vcard", "mbox"]
    assert list(export.skipped["path"]) == ["z.zip/c.txt"]
    with pytest.raises(UnknownExportError) as caught:
        read_export(write(tmp_path, "MARKER.csv", "MARKER,b\n1,2\n"))
    assert caught.value.kinds == KINDS
    with pytest.raises(ExportError, match="no such file"):
        read_export(tmp_path / "none.vcf")


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    write(tmp_path, "a.vcf", VCARD * 100)
    write(tmp_path, "b.mbox", MBOX.format(id="1") * 100)
    steps: list[tuple[str, int, int]] = []
    read_folder(tmp_path, progress=lambda *step: steps.append(step))
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert steps[-1] == ("b.mbox", total, total)
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)


def test_kinds_are_distinct_and_every_source_gives_advice() -> None:
    assert len(KINDS) == len(set(KINDS))
    assert all(reader.ADVICE.strip() and "\n" not in reader.ADVICE for reader in READERS)


@pytest.mark.parametrize("content", [b"", b"\x00" * 300, b"\xff\xfe\xff", b"PK\x03", b"{", b","])
def test_sniffing_garbage_finds_nothing(tmp_path: Path, content: bytes) -> None:
    assert sniff(write(tmp_path, "x.dat", content)) == ""


def test_the_sub_folders_of_a_maildir_are_read_though_hidden(tmp_path: Path) -> None:
    mail = (FIXTURES / "mail" / "maildir.mail").read_text()
    for folder in ("Mail/.Sent/cur", "Mail/.Sent/new", "Mail/.hidden/sub"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "Mail/.Sent/cur/1790000000.M1.host:2,S").write_text(mail)
    (tmp_path / "Mail/.hidden/sub/1790000001.M2.host:2,S").write_text(mail)
    assert list(read_folder(tmp_path).files.index) == ["Mail/.Sent/cur/1790000000.M1.host:2,S"]
    inside = {"Mail/.Sent/cur/1.M1.host:2,S": mail, ".hidden/1.M1.host:2,S": mail}
    zipped(tmp_path, "Mail.zip", inside)
    assert len(read_export(tmp_path / "Mail.zip").files) == 1
