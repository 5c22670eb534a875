"""
JSON as exports hold it: read at once, mended where it can be, with values of any kind.

Files too large to be held are read by `json_stream`.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import msgspec

from villagegraph.errors import ExportError
from villagegraph.parsing.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from zoneinfo import ZoneInfo

    from villagegraph.parsing.sources import ExportFile

    Skip = Callable[[int | None, str], None]

CUT = "the file ends in the middle: what stands whole before it was read"
DAMAGED = "the file is damaged here: what stands whole before it was read"
TRAILING = "more after the end of the JSON, which was not read"
NO_DATE = "no date"
OUT_OF_RANGE = "the date is out of range"
MAX_LINE_BYTES = 32 * 2**20

AGAIN = "Download the export again."
_FIRST = 86_400.0  # 1970-01-02: a zero, or a day off it, is no time
_LAST = 4_102_444_800.0  # 2100-01-01
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_LONGEST_NUMBER = 30
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,9})?", re.ASCII)
_HIGH = re.compile(rb"[\x80-\xff]+")
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},:"]', re.DOTALL)


def load(
    file: ExportFile, *, skip: Skip | None = None, records: Collection[str] = ("messages",)
) -> object:
    """
    Read a whole JSON file.

    Parameters
    ----------
    file
        The file, in UTF-8 or UTF-16, with or without a BOM.
    skip
        Called with line and reason if only the first part of the file can be read: it was
        cut, or is damaged in the middle. Without it, such a file is an error.
    records
        Names of the arrays whose elements are kept only if they are whole; so are those
        of an array that is the whole file. Of anything else, a first part is kept.

    Returns
    -------
    value
        Of any kind: whoever asks for more must look, best with `mapping_of` and its like.

    Raises
    ------
    ExportError
        If the file is no JSON, is larger than what is read at once, or is nested deeper
        than any export.
    """
    return loads(file.read(), path=file.label, skip=skip, records=records)


def loads(
    data: bytes, *, path: str, skip: Skip | None = None, records: Collection[str] = ("messages",)
) -> object:
    """
    Read JSON from bytes, as `load` does.

    Parameters
    ----------
    data
        The JSON.
    path
        What errors call the file.
    skip, records
        As in `load`.
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # NaN, control characters, half a surrogate pair, a BOM: all stand in real exports
        text = _text(data)
    except RecursionError:
        _too_deep(path)
    try:
        value, end = _DECODER.raw_decode(text, _start(text))
    except RecursionError:
        _too_deep(path)
    except json.JSONDecodeError as error:
        return _mended(text, error, path=path, skip=skip, records=records)
    rest = text[end:].strip("\0 \t\r\n")
    if rest and skip is not None:
        skip(text.count("\n", 0, end) + 1, TRAILING)
    return value


def json_head(file: ExportFile) -> str:
    """Return the first part of a file as text if it starts as JSON does, else nothing."""
    head = file.head()
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    return _text(head) if start and start in b"{[" else ""


def json_lines(file: ExportFile, *, skip: Skip) -> Iterator[tuple[int, object]]:
    """
    Read a file that holds a JSON value on each line, one line at a time.

    Parameters
    ----------
    file
        The file.
    skip
        Called with line and reason for each line that is left out.

    Yields
    ------
    line
        From 1; empty lines are passed over.
    value
        Of any kind.
    """
    with file.open() as stream:
        line, rest = 0, b""
        while data := rest or stream.readline(MAX_LINE_BYTES):
            line, rest = line + 1, b""
            whole = data.endswith(b"\n")
            if not whole and len(data) == MAX_LINE_BYTES:
                while more := stream.readline(MAX_LINE_BYTES):
                    if more.endswith(b"\n"):
                        break
                skip(line, "a line larger than any record")
                continue
            if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
                continue
            try:
                value = loads(data, path=file.label)
            except ExportError:
                skip(line, "a line that is no JSON" if whole else CUT)
                continue
            yield line, value


def _text(data: bytes) -> str:
    """Decode bytes; one that is no UTF-8 is read as cp1252, and spoils no other."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return decode(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(_HIGH.sub(_as_utf8, data))


def _as_utf8(match: re.Match[bytes]) -> bytes:
    try:
        match[0].decode()
    except UnicodeDecodeError:
        return match[0].decode("cp1252", "replace").encode()
    return match[0]


def _int(digits: str) -> int | None:
    # Python refuses numbers of thousands of digits
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


_DECODER = json.JSONDecoder(strict=False, parse_int=_int)


def _start(text: str) -> int:
    return len(text) - len(text.lstrip("\0\ufeff \t\r\n"))


def _too_deep(path: str) -> NoReturn:
    msg = "is nested deeper than any export."
    raise ExportError(msg, path=path, hint=AGAIN) from None


def _mended(
    text: str,
    error: json.JSONDecodeError,
    *,
    path: str,
    skip: Skip | None,
    records: Collection[str],
) -> object:
    """Return what stands whole before a fault."""
    line = text.count("\n", 0, error.pos) + 1
    # of a file that was cut, at most a word or an open text follows the fault
    rest = text[error.pos :].strip("\0 \r\n\t")
    cut = error.msg.startswith("Unterminated") or (len(rest) < 5 and not set(rest) & set("]}"))
    kept = _closed(text[: error.pos], records)
    if not kept:
        msg = "is no JSON."
    elif skip is None:
        msg = "the JSON ends in the middle." if cut else "the JSON is damaged."
    else:
        try:
            value = _DECODER.decode(kept)
        except (json.JSONDecodeError, RecursionError):
            msg = "the JSON is damaged."
        else:
            skip(line, CUT if cut else DAMAGED)
            return value
    raise ExportError(msg, path=path, line=line, hint=AGAIN) from None


class _Open:
    """An array or object that is not closed yet."""

    __slots__ = ("closer", "record", "safe")

    def __init__(self, closer: str, safe: int, *, record: bool) -> None:
        self.closer, self.safe, self.record = closer, safe, record


def _closed(text: str, records: Collection[str]) -> str:
    """Return the start of a JSON, cut after its last whole record and closed; or nothing."""
    stack: list[_Open] = []
    name = string = ""
    for token in _TOKEN.finditer(text):
        letter = token[0][0]
        if letter == '"':
            if len(token[0]) == 1:
                break
            string = token[0][1:-1]
        elif letter == ":":
            name = string
        elif letter in "[{":
            root = not stack
            record = letter == "[" and (root or (stack[-1].closer == "}" and name in records))
            stack.append(_Open("]" if letter == "[" else "}", token.end(), record=record))
        elif not stack:
            break
        elif letter == ",":
            stack[-1].safe = token.start()
        else:
            stack.pop()
            if stack:
                stack[-1].safe = token.end()
    if not stack:
        return ""
    inner = max((n for n, opened in enumerate(stack) if opened.record), default=len(stack) - 1)
    closers = "".join(opened.closer for opened in reversed(stack[: inner + 1]))
    return text[_start(text) : stack[inner].safe] + closers


def text_of(value: object) -> str:
    r"""
    Return a text or the digits of a number; empty for anything else.

    Examples
    --------
    >>> text_of("Ada"), text_of(12), text_of(None), text_of(["Ada"])
    ('Ada', '12', '', '')
    >>> text_of("\ud83d\ude00"), text_of("\ud83d")
    ('😀', '\ufffd')
    """
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return value
    number = None if isinstance(value, bool) or value is None else whole(value)
    return "" if number is None else str(number)


def list_of(value: object) -> list[Any]:
    """Return a list, empty if `value` is none."""
    return value if isinstance(value, list) else []


def mapping_of(value: object) -> dict[str, Any]:
    """Return an object's members, empty if `value` is no object."""
    return value if isinstance(value, dict) else {}


def whole(value: object) -> int | None:
    """
    Return a whole number, written as a number or as its digits.

    Examples
    --------
    >>> whole(12), whole("12"), whole(12.0), whole(True), whole(1.5), whole("twelve")
    (12, 12, 12, None, None, None)
    """
    number = _number(value)
    if number is None or not math.isfinite(number) or number != int(number):
        return None
    return int(number)


def _number(value: object) -> int | float | None:
    if isinstance(value, str):
        text = value.strip() if len(value) < _LONGEST_NUMBER * 2 else ""
        if not _NUMBER.fullmatch(text):
            return None
        return float(text) if "." in text else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    return value if abs(value) < 10**_LONGEST_NUMBER else math.inf


def epoch(value: object, *, unit: Literal["s", "ms", "us", "ns"] = "s") -> tuple[float, str]:
    """
    Return a time that is written as a number since 1970 UTC.

    Parameters
    ----------
    value
        The number, or its digits as text.
    unit
        In which it counts.

    Returns
    -------
    seconds
        Since 1970, `nan` if there is none.
    reason
        Why there is none, to be given to `skip`; empty if there is one.

    Examples
    --------
    >>> epoch("1700000000000", unit="ms")
    (1700000000.0, '')
    >>> epoch(-5), epoch(None)
    ((nan, 'the date is out of range'), (nan, 'no date'))
    """
    number = _number(value)
    if number is None:
        return math.nan, NO_DATE
    seconds = number / _UNITS[unit]
    return (seconds, "") if _FIRST <= seconds < _LAST else (math.nan, OUT_OF_RANGE)


def iso_time(value: object, *, zone: ZoneInfo) -> tuple[float, str]:
    """
    Return a time that is written as a date, such as `2023-05-01T18:30:45Z`.

    Parameters
    ----------
    value
        The text, with or without a zone of its own.
    zone
        In which a time without one is read.

    Returns
    -------
    seconds, reason
        As `epoch` gives them.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> iso_time("2023-05-01 18:30:45+00:00", zone=ZoneInfo("Europe/Berlin"))
    (1682965845.0, '')
    >>> iso_time("yesterday", zone=ZoneInfo("UTC"))
    (nan, 'no date')
    """
    text = value.strip() if isinstance(value, str) else ""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return math.nan, NO_DATE
    try:
        return epoch((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp())
    except (OverflowError, ValueError):
        return math.nan, OUT_OF_RANGE
