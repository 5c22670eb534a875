"""The owner's notes, as people type them and as spreadsheets save them."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from damage import damaged, survives

from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.parsing import OWNER, file_at
from villagegraph.readers import notes
from villagegraph.settings import Me, Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from villagegraph.tables import Export

FIXTURES = Path(__file__).parent / "fixtures" / "notes"
MARKER = "Zanzibarmarker"
SETTINGS = Settings(me=Me(phones=("+49 30 23125 000",)), zone="Europe/Berlin")


def read(path: Path) -> Export:
    return notes.read(file_at(path), settings=SETTINGS).export()


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "notes.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def people_of(export: Export) -> list[tuple[str, str]]:
    table = export.participants[export.participants["role"] == "to"]
    at = export.interactions["at"].dt.tz_convert("Europe/Berlin").dt.strftime("%Y-%m-%d %H:%M")
    return sorted(
        (at[event], handle) for event, handle in zip(table.event_id, table.handle, strict=True)
    )


EXPECTED = [
    ("2026-10-01 00:00", "email:ada@example.org"),
    ("2026-10-02 00:00", "name:ben okafor@notes"),
    ("2026-10-02 00:00", "name:ben okafor@notes"),
    ("2026-10-03 00:00", "phone:+493023125001"),
    ("2026-10-04 00:00", "linkedin:cy-example"),
    ("2026-10-05 00:00", "email:eve@example.net"),
    ("2026-10-05 00:00", "name:dee example@notes"),
]


def test_rows_become_contacts_from_the_owner():
    export = read(FIXTURES / "plain.csv")
    assert people_of(export) == EXPECTED
    events = export.interactions
    assert len(events) == 6
    assert set(events["channel"]) == {"note"}
    assert set(events["precision"]) == {"day"}
    assert set(events["zone"]) == {"Europe/Berlin"}
    assert events["minutes"].dropna().tolist() == [45, 12.5, 60]
    senders = export.participants[export.participants["role"] == "from"]
    assert senders["handle"].tolist() == [OWNER] * 6
    assert export.files["notes"].iloc[0] == ("1 remark",)
    assert export.skipped.empty
    for name, contract in CONTRACTS.items():
        if hasattr(export, name):
            check(getattr(export, name), contract)


def test_names_are_kept_for_identity_and_the_text_is_not():
    export = read(FIXTURES / "plain.csv")
    assert sorted(export.contacts["name"]) == ["Ben Okafor", "Dee Example"]
    everything = "".join(
        getattr(export, table).to_csv() for table in ("contacts", "interactions", "participants")
    )
    assert "lake" not in everything
    assert "roof" not in everything


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", "\t").replace("\nlines", " lines").encode("utf-16"),
        lambda text: (
            text.replace("Dee Example; ", '"Dee Example; ')
            .replace("net,", 'net",')
            .replace(",", ";")
            .encode()
        ),
    ],
    ids=["crlf", "bom", "utf-16", "tabs", "semicolons"],
)
def test_spreadsheets_save_it_otherwise(tmp_path: Path, change: Callable[[str], bytes]):
    text = (FIXTURES / "plain.csv").read_text(encoding="utf-8")
    path = written(tmp_path, change(text))
    assert notes.sniff(file_at(path)) == "notes"
    assert people_of(read(path)) == EXPECTED


def test_order_of_rows_does_not_count(tmp_path: Path):
    lines = [
        "date,who,kind",
        "2026-10-01,Ada B,met",
        "2026-10-01,Ada B,met",
        "2026-10-02,Cy D,called",
    ]
    one = read(written(tmp_path, "\n".join(lines)))
    two = read(written(tmp_path, "\n".join([lines[0], *reversed(lines[1:])])))
    assert sorted(one.interactions.index) == sorted(two.interactions.index)
    assert len(one.interactions) == 3


@pytest.mark.parametrize(
    ("text", "dayfirst", "expected"),
    [
        ("2026-10-31", None, "2026-10-31"),
        ("2026-10-31 14:30", None, "2026-10-31"),
        ("2026-1-3", None, "2026-01-03"),
        ("31.10.2026", False, "2026-10-31"),
        ("3. 4. 2026", None, "2026-04-03"),
        ("31/10/2026", None, "2026-10-31"),
        ("10/31/2026", True, "2026-10-31"),
        ("3/4/2026", True, "2026-04-03"),
        ("3/4/2026", False, "2026-03-04"),
        ("4/4/2026", None, "2026-04-04"),
        ("3/4/2026", None, "None"),
        ("31.02.2026", None, "None"),
        ("2026-02-30", None, "None"),
        ("0026-02-03", None, "None"),
        ("yesterday", None, "None"),
        ("", None, "None"),
    ],
)
def test_days(text: str, dayfirst: bool | None, expected: str):
    assert str(notes.note_day(text, dayfirst=dayfirst)) == expected


def test_rows_that_cannot_be_read_are_listed_without_their_content(tmp_path: Path):
    rows = [
        "date,who,kind,minutes,text",
        f"{MARKER},{MARKER},met,1,{MARKER}",
        f"2026-10-01,,met,1,{MARKER}",
        f"2026-10-01,{MARKER},{MARKER},1,{MARKER}",
        f"2026-10-01,Ada B,met,{MARKER},{MARKER}",
        f"2026-10-01,Ada B,met,1,{MARKER},{MARKER}",
        f'2026-10-01,"{MARKER}',
    ]
    export = read(written(tmp_path, "\n".join(rows)))
    assert export.skipped["line"].tolist() == [2, 3, 4, 6, 7]
    assert len(export.interactions) == 1
    said = export.skipped.to_csv() + export.files.to_csv()
    assert MARKER not in said
    assert "minutes" in said


def test_a_file_without_the_columns_is_refused_without_its_content(tmp_path: Path):
    path = written(tmp_path, f"{MARKER},who,{MARKER}\n{MARKER},{MARKER},{MARKER}\n")
    assert notes.sniff(file_at(path)) == ""
    with pytest.raises(MissingColumnError) as caught:
        read(path)
    assert MARKER not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"\0" * 99, bytes(range(256)), b'"', b"\n\n"]
)
def test_garbage_is_not_taken_for_notes(tmp_path: Path, content: bytes):
    path = written(tmp_path, content)
    assert notes.sniff(file_at(path)) == ""
    with pytest.raises(ExportError):
        read(path)


def test_a_header_alone_is_an_empty_file_of_notes(tmp_path: Path):
    path = written(tmp_path, "date,who,kind,minutes,text\n")
    assert notes.sniff(file_at(path)) == "notes"
    assert read(path).interactions.empty


def test_a_damaged_file_is_read_or_refused(tmp_path: Path):
    data = (FIXTURES / "plain.csv").read_bytes()
    read_on = [survives(notes, tmp_path / "notes.csv", d) for d in damaged(data, seed=5, times=150)]
    assert sum(read_on) > 60


def test_every_row_is_read_listed_or_counted(tmp_path: Path):
    rows = [
        "2026-10-01,Ada B,met",
        "1970-01-01,Ada B,met",
        "2101-01-01,Ada B,met",
        "2026-10-01,Ada B,note",
        "2026-10-01,Ada B,sang",
        "2026-10-01, ; ,met",
        "2026-10-01",
    ]
    export = read(written(tmp_path, "date,who,kind\n" + "\n".join(rows)))
    assert len(export.interactions) == 1
    assert export.files["notes"].iloc[0] == ("1 remark",)
    assert export.skipped["line"].tolist() == [3, 4, 6, 7, 8]
