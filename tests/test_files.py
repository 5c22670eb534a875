from __future__ import annotations

import errno
import io
import stat
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagegraph.errors import VillageError
from villagegraph.files import csv_text, digest, parquet_bytes, write_whole

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


def test_no_cell_of_a_csv_file_is_run_as_a_formula():
    texts = ["=1+1", " @SUM(A1)", "+49 30 1", "-x", "\tx", "＝1", "fine - really"]
    frame = pd.DataFrame({"text": texts, "number": [-1.5] * 7, "list": [("=a", "b")] * 7})
    rows = csv_text(frame).splitlines()[1:]
    assert [row[0] == "'" for row in rows] == [True] * 6 + [False]
    assert all(row.endswith(",-1.5,'=a;b") for row in rows)


def test_a_csv_file_keeps_numbers_and_times():
    frame = pd.DataFrame(
        {
            "x": [0.1 + 0.2, float("nan")],
            "at": pd.to_datetime(["2026-10-01 09:00", None], utc=True),
            "is": [True, False],
        }
    )
    assert csv_text(frame) == "x,at,is\n0.3,2026-10-01T09:00:00+00:00,True\n,,False\n"


def test_a_parquet_file_has_the_same_kinds_with_rows_and_without():
    frame = pd.DataFrame(
        {
            "name": pd.Series(["Zoë"], dtype="str"),
            "tags": [("a", "b")],
            "n": [1],
            "x": [0.5],
            "is": [True],
            "at": pd.to_datetime(["2026-10-01"], utc=True),
        }
    )
    data = parquet_bytes(frame, lists=["tags"])
    assert data == parquet_bytes(frame.copy(), lists=["tags"])
    table = pq.read_table(io.BytesIO(data))
    assert (
        table.schema == pq.read_table(io.BytesIO(parquet_bytes(frame[:0], lists=["tags"]))).schema
    )
    assert table.select(["name", "tags", "n"]).to_pylist() == [
        {"name": "Zoë", "tags": ["a", "b"], "n": 1}
    ]
