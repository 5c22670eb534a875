from __future__ import annotations

import errno
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagegraph.errors import VillageError
from villagegraph.files import digest, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_written_for_its_owner_alone(tmp_path: Path):
    path = write_whole(tmp_path / "new" / "folder" / "a.txt", "Zoë\r\nline\n")
    assert path.read_bytes() == "Zoë\r\nline\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_a_crash_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_whole(tmp_path / "a.txt", b"old")

    def crash(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", crash)
    with pytest.raises(VillageError, match=r"a\.txt: cannot be written: no space left on device"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_is_replaced(tmp_path: Path):
    write_whole(tmp_path / "a.txt", "old, and longer")
    assert write_whole(tmp_path / "a.txt", "new").read_text() == "new"


def test_digest_is_the_same_everywhere():
    # b2sum --length 80 of the parts with a unit separator between them
    assert digest("mbox", 7) == "956f849d583e67a3f1a5"


@given(st.lists(st.text(st.characters(exclude_characters="\x1f"))), st.integers(1, 32))
def test_digest_tells_parts_apart(parts: list[str], size: int):
    name = digest(*parts, size=size)
    assert len(name) == 2 * size
    assert name == digest(*parts, size=size)
    assert digest(*parts, "", size=16) != digest(*parts, size=16) or not parts
