"""What the readers' tests share: an export to compare, and the same file written otherwise."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from villagegraph.parsing import file_at
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from types import ModuleType

    from villagegraph.tables import Export

FIXTURES = Path(__file__).parent / "fixtures"
MARKER = "Zyzzogeton"
"""A word that no message may ever hold, put into every cell of a broken file."""


def read_bytes(
    reader: ModuleType,
    folder: Path,
    data: bytes,
    *,
    name: str,
    settings: Settings | None = None,
) -> Export:
    """Read `data` as a file of that name."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    file = file_at(path, label=name)
    assert reader.sniff(file) in reader.KINDS
    export: Export = reader.read(file, settings=settings or Settings()).export()
    return export


def people(export: Export) -> dict[str, dict[str, Any]]:
    """Return what each contact says, by name, handles in order."""
    found = {}
    for record_id, row in export.contacts.iterrows():
        own = export.handles.loc[export.handles["record_id"] == record_id, "handle"]
        said = {k: v for k, v in row.items() if k not in ("name", "source") and v not in ("", ())}
        found[row["name"]] = {**said, "handles": sorted(own)}
    return found


def events(export: Export) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return time, precision and participants of each interaction."""
    return sorted(
        (
            row["at"].isoformat(),
            row["precision"],
            sorted(
                (taken.role, taken.handle)
                for taken in export.participants.itertuples()
                if taken.event_id == event_id
            ),
        )
        for event_id, row in export.interactions.iterrows()
    )


def said(export: Export) -> tuple[Any, ...]:
    """Return all that an export says, but for the places of rows."""
    interactions = export.interactions.drop(columns="source").reset_index()
    return (
        sorted(map(str, export.contacts.drop(columns="source").reset_index().to_numpy().tolist())),
        sorted(map(tuple, export.handles.drop(columns="source").to_numpy().tolist())),
        sorted(map(str, interactions.to_numpy().tolist())),
        sorted(map(tuple, export.participants.to_numpy().tolist())),
        sorted(map(tuple, export.hints.drop(columns="source").to_numpy().tolist())),
        Counter(export.skipped["reason"]),
    )


def words(export: Export) -> str:
    """Return every text that is shown about a file as such, and no table of people."""
    return " ".join(map(str, [*export.skipped["reason"], *export.files["notes"], export.files]))


def reversed_csv(data: bytes, *, header: int = 0, delimiter: str = ",", written: str = "") -> bytes:
    """Return a CSV with the rows below its header row upside down."""
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    rows = list(csv.reader(text, delimiter=delimiter))
    out = io.StringIO()
    csv.writer(out, delimiter=written or delimiter, lineterminator="\n").writerows(
        rows[: header + 1] + rows[:header:-1]
    )
    return out.getvalue().encode()


def otherwise(data: bytes) -> dict[str, bytes]:
    """Return the same text with other line ends and with a byte-order mark."""
    unix = data.replace(b"\r\n", b"\n")
    return {"crlf": unix.replace(b"\n", b"\r\n"), "bom": b"\xef\xbb\xbf" + unix}
