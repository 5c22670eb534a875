"""The owner's answer to whether two are one, written to `aliases.csv`."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.errors import ExportError, IdentityError
from villagegraph.files import write_whole
from villagegraph.parsing import any_handle, clean, column_key, decode, one_line, phone_region
from villagegraph.people import ALIASES_FILE
from villagegraph.people.aliases import aliases_in, folded, plain_cell, side_of
from villagegraph.village import load_village
from villagegraph.who.find import find_person, handles_of

if TYPE_CHECKING:
    import os
    from collections.abc import Container, Sequence

    from villagegraph.village import Village

_HEADER = ("handle_a", "handle_b", "verdict", "note")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def write_alias(
    folder: str | os.PathLike[str],
    a: str,
    b: str,
    *,
    same: bool,
    note: str = "",
    village: Village | None = None,
) -> Path:
    """
    Write down whether two are one person.

    A verdict on the same two is replaced; every other line stays as it is.

    Parameters
    ----------
    folder
        The village's folder.
    a, b
        Handles, names or ids of the two. A name is written as an address, number or
        profile where its bearer has one.
    same
        Whether they are one person.
    note
        A line for the owner. If empty, that of the verdict replaced is kept.
    village
        The village that was read from the folder; it is read again if not given.

    Returns
    -------
    path
        The file `aliases.csv`, readable by its owner alone.

    Raises
    ------
    IdentityError
        If one of the two is nobody in the village, or a name of several people, or if
        both are the same handle.
    ExportError
        If `aliases.csv` cannot be read, or if the verdict contradicts others in it; the
        file is then left as it was.
    """
    root = Path(folder)
    village = load_village(root) if village is None else village
    region = phone_region(village.settings.me.phones)
    sides = [_side(village, text, region=region) for text in (a, b)]
    if folded(sides[0]) == folded(sides[1]):
        msg = "both are the same address or name: give one for each of the two."
        raise IdentityError(msg)
    path = root / ALIASES_FILE
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        msg = f"cannot be read: {(error.strerror or 'the system refused').lower()}."
        raise ExportError(msg, path=path) from None
    verdict = (*sides, "same" if same else "not_same", one_line(note))
    if data.strip():
        # what cannot be read is not to be written to, but a contradiction may be mended
        aliases_in(data, path=str(path), region=region, whole=False)
    meant = (_meant(village, sides[0]), _meant(village, sides[1]))
    content = _answered(data, verdict, meant, region=region)
    # a verdict that breaks the file is not written
    aliases_in(content, path=str(path), region=region)
    return write_whole(path, content)


def _side(village: Village, text: str, *, region: str) -> str:
    """Return what stands for one of the two in the file: a handle where there is one."""
    handle = any_handle(text, region=region) or text.strip()
    for table in (village.handles, village.participants):
        if (table["handle"] == handle).any():
            return handle
    person = find_person(village, text)
    handles = handles_of(village).get(person, [])
    if handles:
        return handles[0]
    names = village.contacts.loc[
        village.merges.loc[village.merges["person_id"] == person, "record_id"], "name"
    ]
    return next((name for name in names.tolist() if name), clean(text))


def _meant(village: Village, side: str) -> frozenset[str]:
    """Return all ways in which a line may name a side: a record's handles, and its name."""
    handles, names = village.handles, village.contacts["name"].map(folded)
    carried = set(handles.loc[handles["handle"] == side, "record_id"].tolist())
    records = carried | set(names.index[names == folded(side)].tolist())
    shown = set(names[names.index.isin(records)].tolist()) - {""}
    person_of = village.merges.set_index("record_id")["person_id"]
    # a name that others bear as well may mean them
    bearers = {
        name: set(person_of[person_of.index.isin(names.index[names == name])]) for name in shown
    }
    if any(len(found) > 1 for found in bearers.values()):
        return frozenset({folded(side)})
    theirs = handles.loc[handles["record_id"].isin(records - {""}), "handle"].tolist()
    return frozenset({folded(side), *shown, *theirs})


def _answered(
    data: bytes,
    verdict: Sequence[str],
    meant: tuple[Container[str], Container[str]],
    *,
    region: str,
) -> bytes:
    """Return the file with the verdict in it, whatever its encoding and line ends."""
    wide = _WIDE.get(data[:2])
    if wide:
        text = data[2:].decode(wide, "surrogatepass")
        inner = _answered(text.encode("utf-8", "surrogatepass"), verdict, meant, region=region)
        return data[:2] + inner.decode("utf-8", "surrogatepass").encode(wide, "surrogatepass")
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        return _row(_HEADER, b"\n") + _row(verdict, b"\n")
    lines = _LINE.findall(data)
    records = _records(lines)
    header, rows = _below_header(records)
    old = [row for row in rows if _is_of(_sides(header, row.cells, region), meant)]
    newline = re.sub(rb"[^\r\n]", b"", lines[0]) or b"\n"
    written = _row(_cells(header, verdict, old[0].cells if old else ()), newline)
    places = {number for row in old for number in range(row.first, row.last + 1)}
    out = []
    for number, line in enumerate(lines, start=1):
        if old and number == old[0].first:
            out.append(written)
        if number not in places:
            out.append(line)
    if not old:
        out += [b"" if lines[-1].endswith((b"\n", b"\r")) else newline, written]
    return b"".join(out)


def _is_of(sides: tuple[str, str], meant: tuple[Container[str], Container[str]]) -> bool:
    one, other = map(folded, sides)
    return (one in meant[0] and other in meant[1]) or (one in meant[1] and other in meant[0])


class _Record(NamedTuple):
    """One record of a CSV with the lines on which it stands, from 1."""

    first: int
    last: int
    cells: list[str]


def _records(lines: Sequence[bytes]) -> list[_Record]:
    texts = [decode(line) for line in lines]
    reader = csv.reader(texts, strict=False)
    found, first = [], 1
    for cells in reader:
        found.append(_Record(first, reader.line_num, cells))
        first = reader.line_num + 1
    return found


def _below_header(records: Sequence[_Record]) -> tuple[list[str], Sequence[_Record]]:
    wanted = {column_key(name) for name in _HEADER[:3]}
    for place, record in enumerate(records):
        keys = [column_key(one_line(cell)) for cell in record.cells]
        if wanted <= set(keys):
            return keys, records[place + 1 :]
    return [column_key(name) for name in _HEADER], ()


def _sides(header: Sequence[str], cells: Sequence[str], region: str) -> tuple[str, str]:
    found = dict(zip(header, cells, strict=False))
    a, b = (side_of(found.get(column_key(name), "").strip(), region) for name in _HEADER[:2])
    return a, b


def _cells(header: Sequence[str], verdict: Sequence[str], old: Sequence[str]) -> list[str]:
    """Put a verdict under a file's header; what else stood in the row stays."""
    cells = [*old, *[""] * (len(header) - len(old))]
    for name, text in zip(map(column_key, _HEADER), verdict, strict=True):
        if name in header and (text or name != "note"):
            cells[header.index(name)] = text
    return cells


def _row(cells: Sequence[str], newline: bytes) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow(map(plain_cell, cells))
    return out.getvalue().encode("utf-8", "surrogatepass") + newline
