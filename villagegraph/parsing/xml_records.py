"""XML backups as phones write them: streamed, mended where apps write what no parser takes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from villagegraph.parsing.text import decode

CHUNK_BYTES = 2**20
MAX_TAG_BYTES = 64 * 2**20

Started = Callable[[int, str, dict[str, str]], None]
Ended = Callable[[int, str], None]
Broken = Callable[[int, str], None]

NO_XML = "what stands here is no XML"
CUT_OFF = "the file ends in the middle: what stood below is lost"

# half of a letter above U+FFFF, as Java counts letters
_HIGH = (
    rb"&#(?:0*(?:55(?:29[6-9]|[3-9]\d\d)|56(?:[0-2]\d\d|3[01]\d))|[xX]0*[dD][89abAB][\da-fA-F]{2});"
)
# what must not be parted from what follows: half a letter, a reference, the start of a picture
_OPEN_END = re.compile(
    rb"(?:"
    + _HIGH
    + rb"(?:&[#\w]{0,12})?|&[#\w]{0,12}|\s(?:d|da|dat|data|data=|data=[\"'][A-Za-z\d+/=]{0,256})"
    rb")?\Z"
)
_REFERENCES = re.compile(rb"(?:&#(?:[xX][\da-fA-F]+|\d+);)+")
_REFERENCE = re.compile(rb"&#(?:[xX]([\da-fA-F]+)|(\d+));")
_BARE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)")
_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")
_NO_LETTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE, U+FFFF
_ATTACHED = re.compile(rb"""\sdata=["'](?=[A-Za-z\d+/=]{256})""")
_BASE64 = re.compile(rb"[A-Za-z\d+/=\r\n&#;]*")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class DocumentTypeError(ValueError):
    """The file declares a document type: no backup does, and what it can do is never good."""


class TooLongError(ValueError):
    """A single tag goes on for longer than any message does."""


def xml_records(
    stream: BinaryIO,
    *,
    records: tuple[str, ...],
    started: Started,
    ended: Ended,
    broken: Broken,
    progress: Callable[[int], None] | None = None,
) -> None:
    """
    Read an XML file of records of whatever size, and go on below what is broken.

    Letters written in two halves are joined, letters that XML forbids are dropped, and
    attachments (long `data` values) are passed over before they reach the parser.

    Parameters
    ----------
    stream
        The file.
    records
        Tags with which a record starts: after a fault, reading goes on at the next.
    started
        Called with line, name and attributes of each tag.
    ended
        Called with line and name of each tag that ends.
    broken
        Called with line and reason where the file is at fault.
    progress
        Called with the number of bytes done.

    Raises
    ------
    DocumentTypeError
        If the file declares a document type or entities of its own.
    TooLongError
        If a tag is longer than any message.
    """
    reader = _Reader(records, started, ended, broken)
    for size, data in _mended(stream):
        reader.feed(data)
        if progress is not None:
            progress(size)
    reader.close()


class _Reader:
    """Feed parsers one after the other: each takes the file up to its next fault."""

    def __init__(
        self, records: tuple[str, ...], started: Started, ended: Ended, broken: Broken
    ) -> None:
        names = "|".join(map(re.escape, records)).encode()
        self.next_record = re.compile(rb"<(?:" + names + rb")[\s/>]")
        self.started, self.ended, self.broken = started, ended, broken
        self.line = 1  # on which the next chunk starts
        self.depth = 0
        self.fed = self.quiet = 0
        self.seeking = False
        self.root = ""
        self.parser = self.fresh(1)

    def fresh(self, line: int) -> expat.XMLParserType:
        """Return a parser whose first line is `line` of the file."""
        self.base, self.fed, self.quiet, self.depth = line - 1, 0, 0, 0
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.refuse
        parser.EntityDeclHandler = self.refuse
        return parser

    def refuse(self, *_: object) -> None:
        raise DocumentTypeError

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.quiet = 0
        self.depth += 1
        if not self.root:
            self.root = name
        elif self.depth > 1:
            self.started(self.base + self.parser.CurrentLineNumber, name, attributes)

    def end(self, name: str) -> None:
        self.quiet = 0
        self.depth -= 1
        if self.depth:
            self.ended(self.base + self.parser.CurrentLineNumber, name)

    def feed(self, data: bytes) -> None:
        """Parse a chunk; where it is at fault, go on at the record below."""
        at = 0
        while at < len(data):
            if self.seeking:
                found = self.next_record.search(data, at)
                if found is None:
                    break
                at = found.start()
                self.resume(self.line + data.count(b"\n", 0, at))
            before = self.fed
            self.fed += len(data) - at
            self.quiet += len(data) - at
            try:
                self.parser.Parse(data[at:] if at else data, False)
            except expat.ExpatError:
                self.broken(self.base + self.parser.ErrorLineNumber, NO_XML)
                self.seeking = True
                at += max(self.parser.ErrorByteIndex - before, 0) + 1
                continue
            if self.quiet > MAX_TAG_BYTES:
                raise TooLongError
            break
        self.line += data.count(b"\n")

    def resume(self, line: int) -> None:
        self.seeking = False
        self.parser = self.fresh(line)
        # expat wants one element around all
        root = f"<{self.root or 'records'}>".encode()
        self.root = self.root or "records"
        self.parser.Parse(root, False)
        self.fed = len(root)

    def close(self) -> None:
        if self.seeking:
            return
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError:
            self.broken(self.base + self.parser.ErrorLineNumber, CUT_OFF)


def _mended(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the file in chunks that a parser takes, and how many bytes each was."""
    held, inside = b"", False
    for size, chunk in _utf8(stream):
        data, inside = _without_attachments(held + chunk, inside=inside)
        end = _OPEN_END.search(data, max(len(data) - 300, 0))
        cut = end.start() if end is not None else len(data)
        data, held = data[:cut], data[cut:]
        yield size, _legal(data)
    if held:
        yield 0, _legal(held)


def _legal(data: bytes) -> bytes:
    """Return XML without letters that XML forbids, and with whole letters for halves."""
    if b"&" in data:
        if b"&#" in data:
            data = _REFERENCES.sub(_joined, data)
        data = _BARE.sub(b"&amp;", data)
    for code in _NO_LETTERS:
        data = data.replace(code, b"")
    return data.translate(None, _CONTROLS)


def _joined(run: re.Match[bytes]) -> bytes:
    out: list[bytes] = []
    high = 0
    for found in _REFERENCE.finditer(run[0]):
        # a number of a thousand digits is no letter, and slow to read
        digits = (found[1] or found[2]).lstrip(b"0")
        code = int(digits or b"0", 16 if found[1] else 10) if len(digits) <= 8 else 0
        if 0xDC00 <= code <= 0xDFFF and high:
            code = 0x10000 + (high - 0xD800) * 0x400 + (code - 0xDC00)
        high = code if 0xD800 <= code <= 0xDBFF else 0
        legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
        if legal or 0x10000 <= code <= 0x10FFFF:
            out.append(b"&#%d;" % code)
    return b"".join(out)


def _without_attachments(data: bytes, *, inside: bool) -> tuple[bytes, bool]:
    """Pass over pictures: they make a backup a hundred times as long, and tell of nobody."""
    if not inside and b"data=" not in data:
        return data, False
    parts: list[bytes] = []
    at = 0
    while True:
        if inside:
            run = _BASE64.match(data, at)
            end = run.end() if run is not None else at
            parts.append(b"\n" * data.count(b"\n", at, end))  # lines keep their numbers
            at = end
            inside = at == len(data)
        found = _ATTACHED.search(data, at)
        if inside or found is None:
            break
        parts.append(data[at : found.end()])
        at, inside = found.end(), True
    if not parts:
        return data, inside
    return b"".join([*parts, data[at:]]), inside


def _utf8(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the file as UTF-8, whatever it is in, in chunks that end with a whole letter."""
    first = stream.read(CHUNK_BYTES)
    if first[:2] in _WIDE:
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        chunk = first
        while chunk:
            yield len(chunk), decoder.decode(chunk).encode("utf-8", "replace")
            chunk = stream.read(CHUNK_BYTES)
        return
    held = b""
    chunk = first.removeprefix(codecs.BOM_UTF8)
    done = len(first)
    while chunk:
        data = held + chunk
        cut = _whole_letters(data)
        data, held = data[:cut], data[cut:]
        yield done, _as_utf8(data)
        chunk = stream.read(CHUNK_BYTES)
        done = len(chunk)
    if held:
        yield 0, _as_utf8(held)


def _whole_letters(data: bytes) -> int:
    """Return where the last letter ends that is there as a whole."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            return len(data) - back
    return len(data)


def _as_utf8(data: bytes) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError:
        # one letter in front, lest two bytes of rubbish be taken for the mark of UTF-16
        return decode(b"\n" + data)[1:].encode("utf-8", "replace")
    return data
