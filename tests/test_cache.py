"""The parse cache: what it saves, and that nothing else depends on it."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from villagegraph import readers
from villagegraph.settings import Settings
from villagegraph.tables import Export
from villagegraph.village import cache as cached
from villagegraph.village import load_village
from villagegraph.village.cache import Cache, cache_place

if TYPE_CHECKING:
    from villagegraph.village import Village

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nEMAIL:{}@example.org\nEND:VCARD\n"
MAIL = (
    "From x@example.org Mon Jan  5 10:00:00 2026\n"
    "From: Ada <ada@example.org>\nTo: Ben <ben@example.org>\nMessage-ID: <{0}@example.org>\n"
    "Date: Mon, 5 Jan 2026 10:00:00 +0000\n\nHello\n\n"
)
TABLES = ("people", "handles", "interactions", "participants", "contacts", "merges", "files")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VILLAGEGRAPH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "exports"
    root.mkdir()
    (root / "a.vcf").write_text(CARD.format("Ada Lane", "ada"))
    (root / "b.mbox").write_text(MAIL.format(1) + MAIL.format(2))
    with zipfile.ZipFile(root / "c.zip", "w") as archive:
        archive.writestr("one.vcf", CARD.format("Ben Hill", "ben"))
        archive.writestr("two.vcf", CARD.format("Cy Moor", "cy"))
    return root


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the files that are really read."""
    done: list[str] = []
    whole = readers._read_file

    def noted(file, *rest):
        done.append(file.label)
        return whole(file, *rest)

    monkeypatch.setattr(readers, "_read_file", noted)
    return done


def same(one: Village, other: Village) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


ALL = ["a.vcf", "b.mbox", "c.zip/one.vcf", "c.zip/two.vcf"]


def test_a_second_run_reads_nothing_and_gives_the_same(folder, read):
    first = load_village(folder)
    assert read == ALL
    read.clear()
    second = load_village(folder)
    assert read == []
    same(first, second)
    same(first, load_village(folder, cache=False))
    assert read == ALL


def test_the_sample_is_the_same_from_the_cache(sample_folder):
    load_village(sample_folder)
    same(load_village(sample_folder), load_village(sample_folder, cache=False))


def test_only_what_changed_is_read_again(folder, read):
    load_village(folder)
    read.clear()
    stamp = (folder / "a.vcf").stat()
    # the same size and the same time: content decides
    (folder / "a.vcf").write_text(CARD.format("Eda Lane", "ada"))
    os.utime(folder / "a.vcf", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "Eda Lane" in set(load_village(folder).people["name"])
    assert read == ["a.vcf"]


def test_a_changed_member_of_a_zip_is_read_again_and_no_other(folder, read):
    load_village(folder)
    read.clear()
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.writestr("one.vcf", CARD.format("Ben Hill", "ben"))
        archive.writestr("two.vcf", CARD.format("Di Moors", "di"))
    assert "Di Moors" in set(load_village(folder).people["name"])
    assert read == ["c.zip/two.vcf"]


def test_a_touched_file_is_not_read_again(folder, read):
    load_village(folder)
    read.clear()
    os.utime(folder / "a.vcf", (1, 1))
    load_village(folder)
    assert read == []


@pytest.mark.parametrize("change", [{"zone": "Europe/Berlin"}, {"dayfirst": True}])
def test_settings_that_readers_see_are_part_of_the_key(folder, read, change):
    load_village(folder)
    read.clear()
    load_village(folder, settings=Settings(half_life_days=90))
    assert read == []
    load_village(folder, settings=Settings(**change))
    assert read == ALL


def test_another_version_of_the_readers_reads_again(folder, read, monkeypatch):
    load_village(folder)
    read.clear()
    monkeypatch.setattr(cached, "_version", lambda: "another")
    load_village(folder)
    assert read == ALL


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone", "garbage", "folder"])
def test_a_damaged_cache_is_made_anew_in_silence(folder, place, read, damage, recwarn):
    first = load_village(folder)
    files = [path for path in sorted(place.rglob("*")) if path.is_file()]
    assert len(files) > 8
    for number, path in enumerate(files):
        data = path.read_bytes()
        middle = len(data) // 2
        if damage == "cut":
            path.write_bytes(data[:middle])
        elif damage == "flip":
            path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        elif damage == "empty":
            path.write_bytes(b"")
        elif damage == "garbage":
            path.write_bytes((b"[]", b"null", b"PAR1", b'{"key": 1}')[number % 4])
        else:
            path.unlink()
            if damage == "folder":
                path.mkdir()
    recwarn.clear()
    read.clear()
    same(first, load_village(folder))
    assert read == ALL
    assert not recwarn
    if damage != "folder":  # what stands in the way there is not the cache's to delete
        read.clear()
        same(first, load_village(folder))
        assert read == []


def test_the_cache_is_for_its_owner_alone(folder, place):
    load_village(folder)
    kept = sorted(place.rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in kept if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in kept if path.is_dir()} == {0o700}


def test_without_the_cache_nothing_is_kept(folder, place):
    load_village(folder, cache=False)
    assert not place.exists()


def test_a_place_that_cannot_be_written_is_done_without(folder, place):
    place.write_text("a file stands here")
    assert len(load_village(folder).people) == 3


@pytest.mark.parametrize("call", ["is_dir", "iterdir"])
def test_a_place_that_may_not_be_looked_into_is_done_without(folder, place, monkeypatch, call):
    load_village(folder)
    (kept,) = place.iterdir()
    plain = getattr(Path, call)

    def guarded(path):
        if path == kept:  # chmod would not stop root
            raise PermissionError
        return plain(path)

    monkeypatch.setattr(Path, call, guarded)
    assert len(load_village(folder).people) == 3


def test_what_left_the_folder_leaves_the_cache(folder, place):
    load_village(folder)
    before = len(list(place.rglob("manifest.json")))
    (folder / "a.vcf").unlink()
    load_village(folder)
    assert len(list(place.rglob("manifest.json"))) == before - 1 == 3


def test_each_folder_has_a_place_of_its_own(folder, place, tmp_path):
    load_village(folder)
    shutil.copytree(folder, tmp_path / "other")
    load_village(tmp_path / "other")
    assert cache_place(folder) != cache_place(tmp_path / "other")
    assert len(list(place.iterdir())) == 2


def test_a_neighbour_that_a_reader_looks_at_is_part_of_the_key(folder, read, monkeypatch):
    monkeypatch.setattr(cached, "BESIDE", ("names.json",))
    load_village(folder)
    read.clear()
    (folder / "names.json").write_text("{}")
    load_village(folder)
    assert [label for label in read if label.endswith(("vcf", "mbox"))] == ["a.vcf", "b.mbox"]


def test_a_neighbour_of_many_files_is_hashed_once(folder, monkeypatch):
    monkeypatch.setattr(cached, "BESIDE", ("b.mbox",))
    hashed: list[str] = []
    plain = readers.ExportFile.fingerprint

    def counted(file):
        hashed.append(file.label)
        return plain(file)

    monkeypatch.setattr(readers.ExportFile, "fingerprint", counted)
    for name in "xyz":
        shutil.copy(folder / "a.vcf", folder / f"{name}.vcf")
    load_village(folder)
    assert hashed.count("b.mbox") == 2  # as itself, and once as everybody's neighbour


def test_a_file_that_cannot_be_read_is_named_each_time(folder):
    (folder / "d.csv").write_text("nobody,knows\n1,2\n")
    for _ in range(2):
        skipped = load_village(folder).skipped
        assert skipped[["path", "reason"]].to_numpy().tolist() == [
            ["d.csv", "not an export of a known kind."]
        ]


def test_no_text_stands_open_beside_the_tables(folder, place):
    load_village(folder)
    for path in place.rglob("manifest.json"):
        assert set(json.loads(path.read_text())) == {"key", "tables"}
        assert "example.org" not in path.read_text()


def test_an_export_without_rows_is_kept_too(tmp_path):
    store = Cache(tmp_path / "c", settings=Settings())
    (tmp_path / "x").write_text("x")
    file = readers.file_at(tmp_path / "x")
    assert store.get([file]) is None
    store.put([file], Export.nothing())
    again = Cache(tmp_path / "c", settings=Settings()).get([file])
    assert again is not None
    for field in fields(Export):
        pd.testing.assert_frame_equal(
            getattr(again, field.name), getattr(Export.nothing(), field.name)
        )
