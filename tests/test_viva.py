from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from reading import FIXTURES, MARKER, events, otherwise, read_bytes, reversed_csv, said, words
from spoiling import spoiled, survives

from villagegraph.parsing import file_at
from villagegraph.readers import viva
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

CASES = ("p2p", "p2p_organization")
ADA, BEN, CLEO = "viva:00014d52-ada0", "viva:7d3ae47a-ben0", "viva:0009-cleo"


def fixture(case: str) -> bytes:
    return (FIXTURES / "viva" / f"{case}.csv").read_bytes()


def test_each_row_with_a_score_is_a_contact(tmp_path: Path):
    export = read_bytes(viva, tmp_path, fixture("p2p"), name="a.csv")
    day = "2026-01-04T00:00:00+00:00"
    assert sorted(events(export), key=str) == sorted(
        [
            (day, "day", [("from", ADA), ("to", BEN)]),
            (day, "day", [("from", BEN), ("to", ADA)]),
            (day, "day", [("from", ADA), ("to", CLEO)]),
        ],
        key=str,
    )
    assert set(export.interactions["channel"]) == {"social"}
    assert export.interactions["thread"].nunique() == 2
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        5: "it has no score: the two had no contact that counts",
        6: "it names the same person twice",
        7: "it does not name two people",
        8: "a date that cannot be read",
        9: "the date is out of range",
    }
    assert "month first was taken" in export.files["notes"].iloc[0][0]


def test_the_owner_may_say_which_comes_first(tmp_path: Path):
    settings = Settings(dayfirst=True, zone="Europe/Berlin")
    export = read_bytes(viva, tmp_path, fixture("p2p"), name="a.csv", settings=settings)
    assert {at for at, _, _ in events(export)} == {"2026-03-31T22:00:00+00:00"}
    assert export.files["notes"].iloc[0] == ()


def test_the_latest_row_tells_of_a_person(tmp_path: Path):
    export = read_bytes(viva, tmp_path, fixture("p2p_organization"), name="a.csv")
    columns = ["organization", "title", "tags"]
    assert sorted(export.contacts[columns].to_numpy().tolist()) == [
        ["Finance", "Senior IC", ("Audit",)],
        ["HR", "Manager", ("People",)],
    ]
    assert sorted(export.handles["handle"]) == ["viva:a1", "viva:b2"]


@pytest.mark.parametrize("way", ["crlf", "bom", "reversed", "utf-16", "semicolons"])
@pytest.mark.parametrize("case", CASES)
def test_the_same_query_written_otherwise(case: str, way: str, tmp_path: Path):
    data = fixture(case)
    other = {
        **otherwise(data),
        "reversed": reversed_csv(data),
        "utf-16": data.decode().encode("utf-16"),
        "semicolons": reversed_csv(reversed_csv(data), written=";"),
    }[way]
    plain = read_bytes(viva, tmp_path, data, name="a.csv")
    assert said(read_bytes(viva, tmp_path, other, name="b.csv")) == said(plain)


def test_the_same_row_in_two_queries_counts_once(tmp_path: Path):
    data = fixture("p2p_organization")
    twice = data + data.splitlines(keepends=True)[1]
    one, two = (read_bytes(viva, tmp_path, each, name="a.csv") for each in (data, twice))
    assert set(one.interactions.index) == set(two.interactions.index)


@pytest.mark.parametrize("case", ["p2g", "g2g"])
def test_queries_without_a_pair_are_named(case: str, tmp_path: Path):
    export = read_bytes(viva, tmp_path, fixture(case), name="a.csv")
    assert export.files["kind"].tolist() == ["viva-other"]
    assert export.files["notes"].iloc[0] == (viva.NO_PAIR,)
    assert len(export.interactions) == len(export.contacts) == 0


@pytest.mark.parametrize("data", [b"", b"\x00\n", b"PersonId,Score\n1,2\n", b"MetricDate\n"])
def test_other_files_are_not_claimed(data: bytes, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert viva.sniff(file_at(path)) == ""


def test_nothing_of_a_row_stands_in_a_message(tmp_path: Path):
    header = fixture("p2p_organization").splitlines(keepends=True)[0]
    rows = [",".join([MARKER] * n) for n in (13, 14)]
    rows += [f"{MARKER},b,2026-10-01,{MARKER},{MARKER},{MARKER}", f'{MARKER},"{MARKER}\n']
    export = read_bytes(viva, tmp_path, header + "\n".join(rows).encode(), name="a.csv")
    assert len(export.skipped) == 4
    assert MARKER not in words(export)


@pytest.mark.parametrize("case", [*CASES, "p2g", "g2g"])
def test_damaged_queries_are_read_or_refused(case: str, tmp_path: Path):
    path = tmp_path / "a.csv"
    for data in spoiled(fixture(case), seed=7, times=40):
        survives(viva, path, data)


@pytest.mark.real
def test_the_public_queries(shared_data: Path):
    found: Counter[str] = Counter()
    for path in sorted((shared_data / "corpora" / "viva_p2p").rglob("*.csv")):
        export = viva.read(file_at(path), settings=Settings()).export()
        found[export.files["kind"].iloc[0]] += 1
        found["read"] += len(export.interactions)
        found["skipped"] += len(export.skipped)
    assert found == {"viva-p2p": 1, "viva-other": 3, "read": 2014, "skipped": 0}
