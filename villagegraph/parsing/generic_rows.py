"""The columns of a large CSV as Arrow arrays, read in blocks, with every row accounted for."""

from __future__ import annotations

import codecs
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from villagegraph.parsing.numbered import numbered_rows
from villagegraph.parsing.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from villagegraph.parsing.generic_columns import GenericTable
    from villagegraph.parsing.sources import ExportFile, Progress

BLOCK_BYTES = 2**24
MAX_LINE = 2**20
_SLOW_ROWS = 50_000


class Rows(NamedTuple):
    """
    Some rows of a table.

    Attributes
    ----------
    cells
        Text by column number.
    lines
        The line on which each row starts.
    """

    cells: dict[int, pa.Array]
    lines: np.ndarray


def blocks_of(
    file: ExportFile,
    table: GenericTable,
    *,
    skip: Callable[[int, str], None],
    progress: Progress | None = None,
) -> Iterator[Rows]:
    """
    Read the columns of a log.

    A file in UTF-8 whose cells each stand on one line is read in blocks, by Arrow;
    any other as the small tables are, in one piece.

    Parameters
    ----------
    file
        The CSV.
    table
        Where its header ends, and which columns are wanted.
    skip
        Called with line and reason for each row that is no row of the table.
    progress
        Called with the bytes done.

    Yields
    ------
    rows
        In the order of the file. Cells are text with the space around them.
    """
    columns = sorted({number for numbers in table.columns.values() for number in numbers})
    # a block is yielded only when it was found to be plain: what is odd further down sends
    # the whole rest of the file the slow way, from the line at hand
    done = 0
    with file.open() as stream:
        for block in _plain_blocks(stream, table.above):
            if not block.plain:
                break
            done += block.lines
            yield _quick(block, table, columns, skip)
            if progress is not None:
                progress(len(block.data))
        else:
            return
    text = decode(file.read())
    yield from _slow(text, file.label, table, columns, skip=skip, above=max(done, table.above))


class _Block(NamedTuple):
    data: bytes
    line: int  # on which it starts
    lines: int
    plain: bool


def _plain_blocks(stream: BinaryIO, above: int) -> Iterator[_Block]:
    """Yield whole lines below the header, some megabytes at a time."""
    head = b"".join(stream.readline(MAX_LINE) for _ in range(above))
    # a stray return in the header would make other lines of it
    wide = head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if wide or not _even_ends(head) or head.count(b"\n") < above:
        yield _Block(b"", above + 1, 0, plain=False)
        return
    # the first block counts the header's lines as its own
    line, counted, rest = above + 1, above, b""
    while True:
        data = stream.read(BLOCK_BYTES)
        cut = data.rfind(b"\n") + 1 if data else 0
        if data and not cut:  # a line without end
            yield _Block(b"", line, 0, plain=False)
            return
        block, rest = rest + data[:cut], data[cut:]
        if not data:
            block, rest = block or rest, b""
        if not block and not data:
            return
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        yield _Block(block, line, lines + counted, _is_plain(block))
        line, counted = line + lines, 0
        if not data:
            return


def _even_ends(data: bytes) -> bool:
    return data.count(b"\r") == data.count(b"\r\n")


def _is_plain(data: bytes) -> bool:
    """Tell whether Arrow and Python cannot but agree on where rows and cells end."""
    if not _even_ends(data) or b"\0" in data:
        return False
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
    if b'"' not in data:
        return True
    # a quote that is open where its line ends
    marks = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(marks == ord('"'))
    before = np.searchsorted(quotes, np.flatnonzero(marks == ord("\n")))
    return not (before % 2).any() and len(quotes) % 2 == 0


def _quick(
    block: _Block, table: GenericTable, columns: Sequence[int], skip: Callable[[int, str], None]
) -> Rows:
    odd: list[tuple[int, str]] = []

    def keep(row: pa.csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [str(number) for number in range(table.width)]
    read = pa.csv.read_csv(
        pa.BufferReader(block.data),
        read_options=pa.csv.ReadOptions(
            use_threads=False, column_names=names, block_size=max(len(block.data), 1)
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=table.delimiter, ignore_empty_lines=False, invalid_row_handler=keep
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[str(number) for number in columns],
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    cells = {number: read.column(str(number)).combine_chunks() for number in columns}
    cells = {n: c.chunk(0) if isinstance(c, pa.ChunkedArray) else c for n, c in cells.items()}
    lines = np.arange(len(read) + len(odd), dtype=np.int64)
    if odd:
        lines = np.delete(lines, [number - 1 for number, _ in odd])
    rows = _without_blank(Rows(cells, lines), block.data, table.delimiter)
    rows = rows._replace(lines=rows.lines + block.line)
    return _with(rows, _mended(odd, block, table, skip), columns) if odd else rows


def _without_blank(rows: Rows, data: bytes, delimiter: str) -> Rows:
    """Leave out rows without any text, as the small tables do."""
    blank = np.ones(len(rows.lines), dtype=bool)
    for cells in rows.cells.values():
        blank &= pc.equal(pc.binary_length(cells), 0).to_numpy(zero_copy_only=False)
    if not blank.any():
        return rows
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    starts = np.concatenate(([0], ends + 1))
    ends = np.append(ends, len(data))
    nothing = f'{delimiter} "\t\r'.encode()
    for number in np.flatnonzero(blank):
        line = rows.lines[number]
        blank[number] = not data[starts[line] : ends[line]].strip(nothing)
    kept = pa.array(~blank)
    return Rows({n: cells.filter(kept) for n, cells in rows.cells.items()}, rows.lines[~blank])


def _mended(
    odd: list[tuple[int, str]],
    block: _Block,
    table: GenericTable,
    skip: Callable[[int, str], None],
) -> list[tuple[int, list[str]]]:
    """Read the rows with too many or too few cells as all small tables are read."""
    found = []
    for number, text in odd:
        line = number - 1 + block.line
        rows = numbered_rows(
            f"\n{text}\n",
            path="",
            delimiter=table.delimiter,
            above=1,
            width=table.width,
            # the row at hand counts as the second line
            skip=lambda _, reason, line=line: skip(line, reason),  # type: ignore[misc]
        )
        found += [(line, cells) for _, cells in rows]
    return found


def _with(rows: Rows, more: list[tuple[int, list[str]]], columns: Sequence[int]) -> Rows:
    if not more:
        return rows
    cells = {
        number: pa.concat_arrays([rows.cells[number], pa.array([row[number] for _, row in more])])
        for number in columns
    }
    return Rows(cells, np.append(rows.lines, [line for line, _ in more]))


def _slow(
    text: str,
    label: str,
    table: GenericTable,
    columns: Sequence[int],
    *,
    skip: Callable[[int, str], None],
    above: int,
) -> Iterator[Rows]:
    rows = numbered_rows(
        text, path=label, delimiter=table.delimiter, above=above, width=table.width, skip=skip
    )
    while chunk := list(islice(rows, _SLOW_ROWS)):
        cells = {
            number: pa.array([row[number] for _, row in chunk], pa.string()) for number in columns
        }
        yield Rows(cells, np.array([line for line, _ in chunk], dtype=np.int64))
