"""Zips and folders as they must never be: each is named, and the rest of the folder is read."""

from __future__ import annotations

import io
import os
import struct
import sys
import warnings
import zipfile
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from damage import damaged

from villagegraph.cli import main
from villagegraph.errors import ExportError
from villagegraph.readers import read_export, read_folder

if TYPE_CHECKING:
    from pathlib import Path

DAMAGED = (
    "the zip is damaged or was not downloaded to its end. Download the export again."
)  # fmt: skip
OUTSIDE = "its name points outside the zip."
PACKED = "is packed in a way that is not read in place: unpack it into the folder."


def card(name: str) -> str:
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nEMAIL:{name}@example.org\nEND:VCARD\n"


def zipped(*members: tuple[str, str], how: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip of these members, in this order, some of them by one name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that stand there twice
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def with_entries(data: bytes, names: list[bytes]) -> bytes:
    """Let many names of a zip's directory lead to its one member."""
    begin, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry, last = data[begin:end], bytearray(data[end:])
    entries = b"".join(entry.replace(b"a.vcf", name) for name in names)
    last[8:12] = struct.pack("<HH", len(names), len(names))
    last[12:16] = struct.pack("<I", len(entries))
    return data[:begin] + entries + last


A = zipped(("a.vcf", card("One")))
LONG = zipped(("a.vcf", card("One") + "\n" * 900_000), how=zipfile.ZIP_DEFLATED)
INNER = zipped(("a.vcf", card("One"))).decode("latin-1")
ZIPS: dict[str, tuple[bytes, list[str], dict[str, str]]] = {
    "two of one name": (
        zipped(("a.vcf", card("One")), ("a.vcf", card("Two"))),
        ["Two"],
        {"a.vcf": "is there twice under one name, and the last one was read: unpack the zip."},
    ),
    "a member that changed": (
        zipped(("a.vcf", card("One")), ("b.vcf", card("Two"))).replace(b"FN:One", b"FN:Xne"),
        ["Two"],
        {"a.vcf": DAMAGED},
    ),
    "members over one another": (
        with_entries(A, [b"0.vcf", b"1.vcf"]),
        [],
        {"0.vcf": DAMAGED, "1.vcf": DAMAGED},
    ),
    "a bomb of members over one another": (
        with_entries(LONG, [b"%05d" % n for n in range(2_000)]),
        [],
        {"": "would grow far beyond what an export does (a zip bomb?)."},
    ),
    "names that lead out": (
        zipped(
            ("..\\up.vcf", card("Up")),
            ("C:\\x.vcf", card("C")),
            ("a/../../b.vcf", card("B")),
            (".", card("Dot")),
            ("back\\slash.vcf", card("Within")),
        ),
        ["Within"],
        {"..\\up.vcf": OUTSIDE, "C:\\x.vcf": OUTSIDE, "a/../../b.vcf": OUTSIDE, ".": OUTSIDE},
    ),
    "names in other scripts": (
        zipped(("Контакты/李.vcf", card("One")), ("b\n\x1b[2J.vcf", card("Two"))),
        ["One", "Two"],
        {},
    ),
    "a name in an old code page": (
        zipped(("xx.vcf", card("One"))).replace(b"xx.vcf", b"\x84\x81.vcf"),
        ["One"],
        {},
    ),
    "a name that says it is UTF-8 and is not": (
        zipped(("bä.vcf", card("One"))).replace("bä".encode(), b"b\xff\xfe"),
        [],
        {"": DAMAGED},
    ),
    "zips within": (
        zipped(("in.zip", INNER), ("deep/in.zip", INNER), ("b.vcf", card("Two"))),
        ["Two"],
        dict.fromkeys(
            ("in.zip", "deep/in.zip"), "is a zip inside a zip: unpack it into the folder."
        ),
    ),
    "another way to pack, damaged": (
        zipped(("a.vcf", card("One") * 9), how=zipfile.ZIP_LZMA).replace(b"\x00\x21", b"\xff\xff"),
        [],
        {"a.vcf": DAMAGED},
    ),
}


@pytest.mark.parametrize("name", ZIPS)
def test_what_is_wrong_in_a_zip_is_named_and_the_rest_is_read(name: str, tmp_path: Path):
    data, people, reasons = ZIPS[name]
    (tmp_path / "x.zip").write_bytes(data)
    (tmp_path / "good.vcf").write_text(card("Good"))
    export = read_folder(tmp_path)
    assert sorted(export.contacts["name"]) == sorted([*people, "Good"])
    found = dict(zip(export.skipped["path"], export.skipped["reason"], strict=True))
    assert found == {f"x.zip/{label}".rstrip("/"): reason for label, reason in reasons.items()}
    assert len(export.skipped) == len(found)
    assert all(label.isprintable() for label in export.files.index)
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert result.exit_code == 0
    assert all(reason in result.stdout for reason in reasons.values())
    (tmp_path / "good.vcf").unlink()
    alone = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert alone.exit_code == (not people)
    assert len(alone.stderr.splitlines()) == 1
    assert alone.exception is None or isinstance(alone.exception, SystemExit | ExportError)


def test_any_damage_to_a_zip_is_said_plainly(tmp_path: Path):
    out = io.BytesIO()
    ways = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(out, "w") as archive:
        for way in ways:
            archive.writestr(f"ä{way}/a.vcf", card("One") * 3, compress_type=way)
            with archive.open(zipfile.ZipInfo(f"b{way}.vcf"), "w", force_zip64=True) as member:
                member.write(card("Two").encode())
    path, read = tmp_path / "x.zip", 0
    for data in damaged(out.getvalue(), seed=11, times=700):
        path.write_bytes(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                read += len(read_export(path).files) > 0
            except ExportError as error:
                assert error.path.startswith("x.zip")  # noqa: PT017 - what else it is, is let out
    assert 100 < read < 600


PACKS = {
    "a.7z": b"7z\xbc\xaf\x27\x1c",
    "a.rar": b"Rar!\x1a\x07\x01\x00",
    "a.tar": bytes(257) + b"ustar\x0000" + bytes(240),
    "a.tgz": b"\x1f\x8b\x08\x00",
    "a.bz2": b"BZh9",
    "a.xz": b"\xfd7zXZ\x00",
}


def test_what_is_packed_otherwise_is_to_be_unpacked(tmp_path: Path):
    for name, data in PACKS.items():
        (tmp_path / name).write_bytes(data + b"\x17" * 90)
    (tmp_path / "x.zip").write_bytes(zipped(("in.tgz", "\x1f\x8b\x08"), ("b.vcf", card("Two"))))
    result = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert result.exit_code == 0
    found = read_folder(tmp_path).skipped
    # writestr wrote the beginning of in.tgz as UTF-8 text: it is merely unknown
    reasons = dict(zip(found["path"], found["reason"], strict=True))
    assert reasons.pop("x.zip/in.tgz") == "not an export of a known kind."
    assert reasons == dict.fromkeys(PACKS, PACKED)
    (tmp_path / "x.zip").unlink()
    alone = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert alone.exit_code == 1
    assert len(alone.stderr.splitlines()) == 1


def test_a_zip_of_very_many_members(tmp_path: Path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(3_000):
            archive.writestr(f"{n % 7}/{n}.vcf", card(str(n)))
            archive.writestr(f"{n % 7}/{n}.txt", "")
    (tmp_path / "x.zip").write_bytes(out.getvalue())
    export = read_folder(tmp_path)
    assert len(export.files) == len(export.contacts) == 3_000
    assert export.skipped["reason"].value_counts().to_dict() == {
        "is empty. Download the export again.": 3_000
    }


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
def test_names_of_files_that_are_no_text(tmp_path: Path):
    def write(name: bytes, data: bytes) -> None:
        path = tmp_path / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    write(b"M\xfcller.vcf", card("One").encode())
    write(b"d\xfe/a\n\x1b[2J.vcf", card("Two").encode())
    write(b"d\xfe/none.bin", b"\xff")
    write(b"\xff.zip", A)
    export = read_folder(tmp_path)
    assert list(export.files.index) == [
        "M\\udcfcller.vcf",
        "\\udcff.zip/a.vcf",
        "d\\udcfe/a\\x0a\\x1b[2J.vcf",
    ]
    assert list(export.skipped["path"]) == ["d\\udcfe/none.bin"]
    for way in ((), ("--json",)):
        result = CliRunner().invoke(main, ["check", str(tmp_path), *way])
        assert result.exit_code == 0
        assert "\x1b" not in result.output
    export = read_export(tmp_path / os.fsdecode(b"M\xfcller.vcf"))
    assert list(export.files.index) == ["M\\udcfcller.vcf"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_without_permission(tmp_path: Path):
    (tmp_path / "good.vcf").write_text(card("Good"))
    (tmp_path / "locked").mkdir(mode=0)
    try:
        found = read_folder(tmp_path).skipped
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert found[["path", "reason"]].to_numpy().tolist() == [
        ["locked", "may not be read: check its permissions."]
    ]
