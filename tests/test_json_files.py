"""JSON at large: mended where it can be, streamed where it must be."""

from __future__ import annotations

import io
import json
import math
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ijson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import MARKER
from villagegraph.errors import ExportError
from villagegraph.parsing import file_at, json_files, json_stream
from villagegraph.parsing.json_files import (
    CUT,
    DAMAGED,
    NO_DATE,
    OUT_OF_RANGE,
    TRAILING,
    epoch,
    iso_time,
    json_head,
    json_lines,
    list_of,
    load,
    loads,
    mapping_of,
    text_of,
    whole,
)
from villagegraph.parsing.json_stream import BAD_RECORD, items

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.parsing import ExportFile

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text() | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def written(folder: Path, data: bytes) -> ExportFile:
    path = folder / "file.json"
    path.write_bytes(data)
    return file_at(path)


def tolerant(data: bytes, **options: Any) -> tuple[Any, list[tuple[int | None, str]]]:
    skipped: list[tuple[int | None, str]] = []
    value = loads(data, path="a.json", skip=lambda *row: skipped.append(row), **options)
    return value, skipped


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": "\\ud83d"}', {"a": "\ud83d"}),
        (b'{"a": "x\ty\x00"}', {"a": "x\ty\x00"}),
        (b'{"a": "\xe9", "b": "Zo\xc3\xab"}', {"a": "é", "b": "Zoë"}),
        (b'{"a": 1}\0\0\r\n', {"a": 1}),
        (b'\xef\xbb\xbf {"a": 1}', {"a": 1}),
        ('{"a": "Zoë"}'.encode("utf-16"), {"a": "Zoë"}),
        ('\ufeff{"a": "Zoë"}'.encode("utf-16-be"), {"a": "Zoë"}),
        (b'{"a": %s}' % (b"9" * 5000), {"a": None}),
        (b'{"a": 1e999}', {"a": math.inf}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"text"', "text"),
    ],
)
def test_faults_that_harm_nothing(data: bytes, value: object):
    assert tolerant(data) == (value, [])


def test_nan_is_read():
    (value,), skipped = tolerant(b"[NaN]")
    assert math.isnan(value)
    assert skipped == []


@pytest.mark.parametrize(
    ("data", "value", "reason"),
    [
        (b'{"messages": [{"a": 1}, {"a": 2, "b": [{"c": 1}, {', {"messages": [{"a": 1}]}, CUT),
        (b'{"messages": [{"a": 1}, {"a": "x', {"messages": [{"a": 1}]}, CUT),
        (
            b'{"messages": [{"a": 1}, {"a": 2}], "title": "x',
            {"messages": [{"a": 1}, {"a": 2}]},
            CUT,
        ),
        (b'{"messages": [', {"messages": []}, CUT),
        (b'{"name": "[{", "messages": [1, "]', {"name": "[{", "messages": [1]}, CUT),
        (b'[{"a": 1, "b": [1, 2]}, {"a": 2, "b": [1', [{"a": 1, "b": [1, 2]}], CUT),
        (b'[{"a": 1}, {"a": nothing}, {"a": 3}]', [{"a": 1}], DAMAGED),
        (b'{"a": 1} {"a": 2}', {"a": 1}, TRAILING),
    ],
)
def test_what_is_whole_before_a_fault_is_kept(data: bytes, value: object, reason: str):
    assert tolerant(data) == (value, [(1, reason)])


def test_a_fault_has_its_line_and_is_an_error_where_nobody_listens():
    data = b'{"messages": [\n{"a": 1},\n{"a": '
    assert tolerant(data)[1] == [(3, CUT)]
    with pytest.raises(ExportError, match=r"^a\.json:3: the JSON ends in the middle") as caught:
        loads(data, path="a.json")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"nul", b"\0\0", b"name,email\n", b"[" * 100_000, b'{"a":' * 100_000]
)
def test_what_is_no_json_is_an_error(tmp_path: Path, data: bytes):
    with pytest.raises(ExportError):
        tolerant(data)
    with pytest.raises(ExportError):
        load(written(tmp_path, data))


@pytest.mark.parametrize("data", ['{"a": "%s", b}', '["%s"', '{"%s": nope}', '%s"'])
def test_no_error_holds_what_stands_in_the_file(data: str):
    with pytest.raises(ExportError) as caught:
        loads((data % MARKER).encode(), path="a.json")
    assert MARKER not in str(caught.value)
    assert caught.value.__suppress_context__


@given(JSON)
def test_any_json_is_read_as_the_standard_library_does(value: object):
    data = json.dumps(value).encode()
    assert tolerant(data) == (json.loads(data), [])


@given(st.lists(JSON, min_size=1), st.data())
def test_any_file_that_was_cut_keeps_its_first_records(rows: list[object], data: st.DataObject):
    full = json.dumps(rows).encode()
    kept, skipped = tolerant(full[: data.draw(st.integers(1, len(full) - 1))])
    assert kept == json.loads(full)[: len(kept)]
    assert len(skipped) == 1


@given(
    st.lists(st.dictionaries(st.text(), JSON) | JSON),
    st.sampled_from([None, 1]),
    st.sampled_from([1, 3, 50, 2**20]),
)
def test_streamed_elements_are_those_that_ijson_finds(
    tmp_path_factory: pytest.TempPathFactory, rows: list[object], indent: int | None, chunk: int
):
    full = json.dumps({"a": 1, "b": {"rows": rows, "c": [rows]}, "rows": [1]}, indent=indent)
    file = written(tmp_path_factory.mktemp("json"), full.encode())
    skipped: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_CHUNK_BYTES", chunk)
        found = list(items(file, "b.rows", skip=lambda *row: skipped.append(row)))
    want = list(ijson.items(io.BytesIO(full.encode()), "b.rows.item", use_float=True))
    assert found == want
    assert skipped == []


def streamed(folder: Path, data: bytes, array: str = "") -> tuple[list[Any], list[Any]]:
    skipped: list[Any] = []
    found = list(items(written(folder, data), array, skip=lambda *row: skipped.append(row)))
    return found, skipped


@pytest.mark.parametrize(
    ("data", "found", "skipped"),
    [
        (b"[]", [], []),
        (b'[1, "a", null, [2], {"b": [3]}]', [1, "a", None, [2], {"b": [3]}], []),
        (b'[{"a": 1}, {"a": nothing}, {"a": 3}]', [{"a": 1}, {"a": 3}], [(None, BAD_RECORD)]),
        (b'[{"a": "\\ud83d"}, {"a": "\xe9\t"}]', [{"a": "\ud83d"}, {"a": "é\t"}], []),
        (b'[{"a": 1},\n{"a": 2', [{"a": 1}], [(2, CUT)]),
        (b'[{"a": 1}, "b', [{"a": 1}], [(1, CUT)]),
        (b"[1, 2}", [1, 2], [(1, DAMAGED)]),
        (b'{"": [1], "b": ', [1], [(1, CUT)]),
        (b'{"": [1], "b": "x', [1], [(1, CUT)]),
        (b'{"": [1], "b": tr', [1], [(1, CUT)]),
        (b'{"": [1], "b": nope}', [1], [(1, DAMAGED)]),
        (b"[1]\n[2]", [1], [(2, TRAILING)]),
        (b"[" + b"[" * 30 + b"]" * 30 + b", 2]", [json.loads("[" * 30 + "]" * 30), 2], []),
        (b"[" + b"[" * 3000 + b"]" * 3000 + b", 2]", [2], [(None, BAD_RECORD)]),
    ],
)
def test_streams_with_faults(tmp_path: Path, data: bytes, found: object, skipped: object):
    assert streamed(tmp_path, data) == (found, skipped)


def test_nested_arrays_on_the_way_count_with_all_their_elements(tmp_path: Path):
    data = b'{"c": {"list": [{"m": [1, 2]}, {"n": "x", "m": [3]}, {"m": null}]}, "m": [9]}'
    assert streamed(tmp_path, data, "c.list.m") == ([1, 2, 3], [])


def test_a_record_that_never_ends_needs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_stream, "_MAX_RECORD_BYTES", 2**16)
    monkeypatch.setattr(json_stream, "_CHUNK_BYTES", 2**12)
    for endless in (b'"' + b"a" * 2**20, b"[" * 2**20, b"[1," * 2**18):
        found, skipped = streamed(tmp_path, b'[{"a": 1}, ' + endless)
        assert found == [{"a": 1}]
        assert [reason for _, reason in skipped] == [
            "a record larger than any that is read: what stands before it was read"
        ]


def test_lines_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_files, "MAX_LINE_BYTES", 40)
    data = b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": \n"x"\n' + b"9" * 100 + b'\n{"a": "\xe9"}\n{"a": 2}'
    skipped: list[Any] = []
    found = list(json_lines(written(tmp_path, data), skip=lambda *row: skipped.append(row)))
    assert found == [(1, {"a": 1}), (4, "x"), (6, {"a": "é"}), (7, {"a": 2})]
    assert [line for line, _ in skipped] == [3, 5]
    skipped.clear()
    cut = list(json_lines(written(tmp_path, data[:-2]), skip=lambda *row: skipped.append(row)))
    assert cut == found[:-1]
    assert skipped[-1] == (7, CUT)


@pytest.mark.parametrize(
    "value", [None, True, 1.5, math.nan, math.inf, [], {}, [1], {"a": 1}, b"x"]
)
def test_values_of_any_kind(value: object):
    assert text_of(value) == ""
    assert whole(value) is None
    assert list_of(value) == (value if isinstance(value, list) else [])
    assert mapping_of(value) == (value if isinstance(value, dict) else {})


@pytest.mark.parametrize(
    ("value", "unit", "want"),
    [
        (1_700_000_000, "s", (1.7e9, "")),
        ("1452837318.000002", "s", (1452837318.000002, "")),
        ("1700000000000", "ms", (1.7e9, "")),
        (1_700_000_000_123_456, "us", (1700000000.123456, "")),
        (0, "s", OUT_OF_RANGE),
        ("-1", "s", OUT_OF_RANGE),
        (4_102_444_800, "s", OUT_OF_RANGE),
        (10**400, "s", OUT_OF_RANGE),
        (math.inf, "s", OUT_OF_RANGE),
        (math.nan, "s", NO_DATE),
        (True, "s", NO_DATE),
        ("9" * 500, "s", NO_DATE),
        ("\u0661\u0662", "s", NO_DATE),
        ([1], "s", NO_DATE),
    ],
)
def test_times_as_numbers(value: object, unit: Any, want: tuple[float, str] | str):
    seconds, reason = epoch(value, unit=unit)
    if isinstance(want, str):
        assert math.isnan(seconds)
        assert reason == want
    else:
        assert (seconds, reason) == want


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("2023-05-01T18:30:45Z", 1682965845.0),
        ("2023-05-01 18:30:45.5+00:00", 1682965845.5),
        ("2023-05-01T20:30:45", 1682965845.0),
        ("0001-01-01T00:00:00+14:00", OUT_OF_RANGE),
        ("9999-12-31T23:59:59", OUT_OF_RANGE),
        ("0123-01-01", OUT_OF_RANGE),
        ("yesterday", NO_DATE),
        (5, NO_DATE),
    ],
)
def test_times_as_dates(value: object, want: float | str):
    seconds, reason = iso_time(value, zone=ZoneInfo("Europe/Berlin"))
    assert (reason or seconds) == want


@pytest.mark.parametrize(
    ("data", "want"),
    [(b' \n{"a"', ' \n{"a"'), (b"\xef\xbb\xbf[1", "[1"), (b"<a>", ""), (b"", ""), (b"\0\0", "")],
)
def test_the_head_of_a_file(tmp_path: Path, data: bytes, want: str):
    assert json_head(written(tmp_path, data)).removeprefix("\ufeff") == want
