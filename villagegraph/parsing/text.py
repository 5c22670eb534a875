"""Text as exports hold it: encodings, CSV tables below a preamble, control marks."""

from __future__ import annotations

import codecs
import csv
import functools
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError, MissingColumnError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

# LRM, RLM, embeddings, overrides, isolates, BOM: no part of anybody's name
MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_UNSEEN = re.compile(f"[{MARKS}\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# Excel's word on what stands between cells
_BETWEEN = re.compile(r"sep=[^\r\n](?=\r?\n)", re.IGNORECASE)
MAX_NAME = 200
MAX_LINE = 2**24  # a letter in one cell is far shorter, and cells take many times their room
DELIMITERS = (",", ";", "\t")  # spreadsheets save with what their country uses
MAX_COLUMNS = 1_000  # a line of JSON has more of what looks like cells
_FIRST = re.compile(r"[^\r\n]*")

# one cell may hold a whole letter
csv.field_size_limit(2**27)


def decode(data: bytes) -> str:
    """
    Decode the text of an export.

    UTF-8 with or without a BOM, UTF-16 with one. A line that is no UTF-8 is
    read as Windows' cp1252, in which a byte without a meaning becomes U+FFFD.
    A first line such as `sep=;`, which is meant for Excel alone, is left empty.

    Examples
    --------
    >>> decode("Zoë".encode("cp1252"))
    'Zoë'
    """
    text = _decoded(data)
    between = _BETWEEN.match(text)
    return text[between.end() :] if between else text


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # one bad byte must not spoil the names on all other lines
        lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
        return "\n".join(map(_decode_line, lines))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def decode_head(data: bytes) -> str:
    r"""
    Decode the first bytes of an export, which may end inside a letter.

    Examples
    --------
    >>> decode_head("Zoë\nZoë".encode()[:-1])
    'Zoë\n'
    """
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    cut = data.rfind(b"\n") + 1
    return decode(data if wide or not cut else data[:cut])


def one_line(text: str) -> str:
    r"""
    Return one line of text without marks, control characters or spare space.

    Examples
    --------
    >>> one_line(" Ada\u200e  Lovelace\n")
    'Ada Lovelace'
    """
    # most text has nothing to take away, and all marks are unprintable
    if not text.isprintable():
        text = _UNSEEN.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def clean(text: str) -> str:
    """
    Return a name, or what is shown beside one: a line of at most 200 letters.

    Examples
    --------
    >>> clean(" Ada  Lovelace"), len(clean("a" * 300))
    ('Ada Lovelace', 200)
    """
    if len(text) <= MAX_NAME:
        return _cleaned(text)
    shown = one_line(text)
    return shown if len(shown) <= MAX_NAME else shown[:MAX_NAME].rstrip()


# firms and towns repeat, and a name is often cleaned by the reader and again for its table;
# NFC may make a text longer
@functools.lru_cache(maxsize=4_096)
def _cleaned(text: str) -> str:
    return one_line(text)[:MAX_NAME].rstrip()


@functools.lru_cache(maxsize=4_096)
def column_key(name: str) -> str:
    """
    Return a header cell in the form in which headers are compared.

    Examples
    --------
    >>> column_key("E-mail Address ")
    'emailaddress'
    """
    return "".join(filter(str.isalnum, name.casefold()))


def header_delimiter(text: str, *, wanted: Iterable[str]) -> str:
    r"""
    Return the letter between the cells of the first line that holds text.

    Parameters
    ----------
    text
        The file, or its beginning.
    wanted
        Columns that the line must have, in any case and punctuation; it is empty
        if they are not there.

    Examples
    --------
    >>> header_delimiter("\nDate;Who\n1;2", wanted=("who", "date"))
    ';'
    >>> header_delimiter("Date;Who", wanted=("when",))
    ''
    """
    keys = set(map(column_key, wanted))
    return next((mark for mark in DELIMITERS if keys <= header_keys(text, delimiter=mark)), "")


def header_keys(text: str, *, delimiter: str = ",") -> set[str]:
    """Return the `column_key` of each cell of the first line that holds text."""
    first = _FIRST.match(text.lstrip("\ufeff \t\r\n"))
    if first is None or first[0].count(delimiter) > MAX_COLUMNS:
        return set()
    try:
        return set(map(column_key, next(csv.reader([first[0]], delimiter=delimiter), [])))
    except csv.Error:
        return set()


def table_rows(
    text: str,
    *,
    path: str,
    wanted: Sequence[str],
    delimiter: str = ",",
    search_lines: int = 30,
    skip: Callable[[int, str], None] | None = None,
    whole: bool = False,
) -> Iterator[tuple[int, dict[str, str]]]:
    """
    Read a CSV whose header may stand below a preamble.

    Parameters
    ----------
    text
        The decoded file.
    path
        What errors call the file.
    wanted
        Columns that the header must have, in any case and punctuation.
    delimiter
        Letter between cells.
    search_lines
        Rows in which the header is looked for.
    skip
        Called with line and reason for each row that is left out: one with more cells
        than the header, or one in which a quote is opened and never closed.
    whole
        Leave out rows with fewer cells than the header, too. Spreadsheets drop empty
        cells at the end of a row, so they are filled up otherwise.

    Yields
    ------
    line
        Line on which the row starts, from 1.
    row
        Cells by header name, stripped of outer space; cells that a short row lacks are
        empty. Rows without any text are passed over.

    Raises
    ------
    MissingColumnError
        If no row has all of `wanted`.
    ExportError
        If the text is no table at all.
    """
    header, rows = table_cells(
        text,
        path=path,
        wanted=wanted,
        delimiter=delimiter,
        search_lines=search_lines,
        skip=skip,
        whole=whole,
    )
    for line, cells in rows:
        yield line, dict(zip(header, map(str.strip, cells), strict=True))


def table_cells(
    text: str,
    *,
    path: str,
    wanted: Sequence[str],
    delimiter: str = ",",
    search_lines: int = 30,
    skip: Callable[[int, str], None] | None = None,
    whole: bool = False,
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """
    Read a CSV as `table_rows` does, each row as a list: for tables of very many rows.

    Returns
    -------
    header
        Names of the columns.
    rows
        Line, and as many cells as there are columns, with their outer space.
    """
    records = _records(text, path=path, delimiter=delimiter, skip=skip)
    header = _header(records, path=path, wanted=wanted, search_lines=search_lines)
    return header, _even(records, width=len(header), skip=skip, whole=whole)


def _even(
    records: Iterator[tuple[int, list[str]]],
    *,
    width: int,
    skip: Callable[[int, str], None] | None,
    whole: bool,
) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that says anything, with as many cells as the header has."""
    for line, cells in records:
        if not any(map(str.strip, cells)):
            continue
        reason = ""
        if len(cells) > width and any(map(str.strip, cells[width:])):
            reason = "more cells than the header has columns"
        elif whole and len(cells) < width:
            reason = "fewer cells than the header has columns"
        if reason:
            if skip is not None:
                skip(line, reason)
        elif len(cells) == width:
            yield line, cells
        else:
            yield line, cells[:width] + [""] * (width - len(cells))


def _records(
    text: str, *, path: str, delimiter: str, skip: Callable[[int, str], None] | None
) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its first line, the last one only if its quotes are closed."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=False)
    start, line = 1, 1
    held: list[str] | None = None
    try:
        for cells in reader:
            if held is not None:
                yield start, held
            start, line = line, reader.line_num + 1
            held = cells
    except csv.Error as error:
        msg = f"no table from here on ({error})."
        if "field limit" in str(error):
            msg = "a cell begins here that is longer than any letter."
        raise ExportError(msg, path=path, line=line, hint="Download the export again.") from None
    if held is None:
        return
    # csv reads an open quote to the end of the file and says nothing
    if line - start > 1 and _quotes_from(text, start) % 2:
        if skip is not None:
            skip(start, "a quote is opened here and never closed: no row below it can be read")
        return
    yield start, held


def _quotes_from(text: str, line: int) -> int:
    return sum(row.count('"') for row in itertools.islice(_lines(text), line - 1, None))


def _lines(text: str) -> Iterator[str]:
    """Yield lines with their ends; a StringIO would hold the text four times over."""
    for match in _LINE.finditer(text):
        if match.end() - match.start() > MAX_LINE:
            msg = "it is longer than any row"
            raise csv.Error(msg)
        yield match[0]


def _header(
    records: Iterator[tuple[int, list[str]]],
    *,
    path: str,
    wanted: Sequence[str],
    search_lines: int,
) -> list[str]:
    """Return the first record that has all wanted columns, leaving what stands below it."""
    keys = {column_key(name): name for name in wanted}
    line, nearest, most = 1, [""], -1
    for start, cells in itertools.islice(records, search_lines):
        found = keys.keys() & set(map(column_key, cells))
        if len(found) == len(keys):
            return [one_line(cell) for cell in cells]
        if len(found) > most:
            line, nearest, most = start, cells, len(found)
    near = set(map(column_key, nearest))
    raise MissingColumnError(
        path=path,
        line=line,
        missing=[name for key, name in keys.items() if key not in near],
        found=nearest,
        hint="Export it again, and do not edit the header.",
    )
