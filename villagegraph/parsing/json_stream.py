"""JSON too large to be held: its records one after the other, each read by itself."""

from __future__ import annotations

import codecs
import enum
import re
from typing import TYPE_CHECKING

import msgspec

from villagegraph.errors import ExportError
from villagegraph.parsing.json_files import AGAIN, CUT, DAMAGED, TRAILING, loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from villagegraph.parsing.json_files import Skip
    from villagegraph.parsing.sources import ExportFile, Progress

WHOLE_BYTES = 300 * 2**20
"""Files up to this size are read at once."""

BAD_RECORD = "a record that is no JSON, or not of the kind that stands here"

_CHUNK_BYTES = 2**20
_MAX_RECORD_BYTES = 16 * 2**20
_MAX_DEPTH = 100
_NESTED = 5  # levels inside a record that are found at once; deeper ones bracket by bracket
_TOO_LARGE = "a record larger than any that is read: what stands before it was read"

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(
    rb"[\s\0,:]*+(?:([{}\[\]])|(" + _STRING + rb')|([^\s\0,:{}\[\]"]++))', re.DOTALL
)
_PIECE = re.compile(rb'[^"{}\[\]]*+(?:([{}\[\]])|' + _STRING + rb")", re.DOTALL)
_BETWEEN = re.compile(rb"[\s\0,]*+")


def _record_pattern() -> re.Pattern[bytes]:
    nested = rb'[{\[](?:[^"{}\[\]]++|' + _STRING + rb")*+[}\]]"
    for _ in range(_NESTED):
        nested = rb'[{\[](?:[^"{}\[\]]++|' + _STRING + rb"|" + nested + rb")*+[}\]]"
    return re.compile(rb"[\s\0,]*+(" + nested + rb")", re.DOTALL)


_RECORD = _record_pattern()


class Mark(enum.Enum):
    """Where an object begins and ends that is an element of an array but no record."""

    START = enum.auto()
    END = enum.auto()


def items(
    file: ExportFile, array: str, *, skip: Skip, progress: Progress | None = None
) -> Iterator[object]:
    """
    Read the elements of one array, of which each is kept only while it is looked at.

    Parameters
    ----------
    file
        The file.
    array
        Names of the members that lead to the array, with dots between them: `messages`,
        `conversations.messages`; an array on the way counts with all its elements.
        Empty if the array is the whole file.
    skip, progress
        As in `walk`.

    Yields
    ------
    element
        Of any kind.
    """
    for path, value in walk(file, {array: object}, skip=skip, progress=progress):
        if path == array and not isinstance(value, Mark):
            yield value


def walk(
    file: ExportFile,
    arrays: Mapping[str, type],
    *,
    skip: Skip,
    progress: Progress | None = None,
) -> Iterator[tuple[str, object]]:
    """
    Read a JSON file from its start to its end, in at most some records' memory.

    Parameters
    ----------
    file
        The file.
    arrays
        Paths, as in `items`, of the arrays whose elements are records, and what a record
        is read as: `object` for anything, or a `msgspec.Struct` all of whose fields may
        hold anything.
    skip
        Called with line and reason for each record that cannot be read, and where the
        file is cut or damaged: nothing below that place is read.
    progress
        Called with the number of bytes done.

    Yields
    ------
    path
        Of an array, for its records; of everything else, where it stands.
    value
        A record, or a text, number or such that is in no record; or where an object
        begins or ends that is an element of another array.

    Raises
    ------
    ExportError
        If the file is no JSON at all.
    """
    with file.open() as stream:
        walker = _Walker(file, stream, arrays, skip, progress)
        try:
            yield from walker.values()
        except _FaultError as fault:
            skip(walker.window.line(), fault.reason)


class _FaultError(Exception):
    """Nothing can be read from here on."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class _Window:
    """The part of a file that is looked at."""

    def __init__(self, stream: BinaryIO, progress: Progress | None) -> None:
        self.chunks = _as_utf8(stream, progress)
        self.data, self.at, self.lines, self.ended = b"", 0, 1, False

    def more(self) -> bool:
        """Read on; tell whether there was anything."""
        chunk = next(self.chunks, b"")
        self.lines += self.data.count(b"\n", 0, self.at)
        self.data, self.at = self.data[self.at :] + chunk, 0
        self.ended = not chunk
        return not self.ended

    def full(self) -> bool:
        return len(self.data) - self.at > _MAX_RECORD_BYTES

    def line(self) -> int:
        return self.lines + self.data.count(b"\n", 0, self.at)


def _as_utf8(stream: BinaryIO, progress: Progress | None) -> Iterator[bytes]:
    decoder = None
    first = True
    while chunk := stream.read(_CHUNK_BYTES):
        if progress is not None:
            progress(len(chunk))
        if first:
            first = False
            if chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                decoder = codecs.getincrementaldecoder("utf-16")("replace")
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        if decoder is not None:
            chunk = decoder.decode(chunk).encode("utf-8", "replace")
        if chunk:
            yield chunk


class _Walker:
    """Go through a file, bracket by bracket outside of records."""

    def __init__(
        self,
        file: ExportFile,
        stream: BinaryIO,
        arrays: Mapping[str, type],
        skip: Skip,
        progress: Progress | None,
    ) -> None:
        self.file, self.arrays, self.skip = file, arrays, skip
        self.decoders = {
            kind: msgspec.json.Decoder(kind) if kind is not object else msgspec.json.Decoder()
            for kind in arrays.values()
        }
        self.window = _Window(stream, progress)
        # path, whether it is an object, whether its end is told
        self.stack: list[tuple[str, bool, bool]] = []

    def values(self) -> Iterator[tuple[str, object]]:
        """Yield what `walk` does."""
        token = self.token()
        if token is None or token[1] not in (b"{", b"["):
            msg = "is no JSON."
            raise ExportError(msg, path=self.file.label, line=1, hint=AGAIN)
        yield from self.opened(token[1], "", told=False)
        key: str | None = None
        while self.stack:
            token = self.token()
            if token is None:
                raise _FaultError(CUT)
            path, is_object, _ = self.stack[-1]
            if token[1] in (b"}", b"]"):
                yield from self.closed(token[1])
                key = None
            elif is_object and key is None:
                key = self.key(token)
            else:
                place = f"{path}.{key}" if path and key else key or path
                if token[1]:
                    yield from self.opened(token[1], place, told=not is_object)
                elif place not in self.arrays:
                    yield place, self.scalar(token)
                key = None
        if self.token() is not None:
            self.skip(self.window.line(), TRAILING)

    def opened(self, bracket: bytes, path: str, *, told: bool) -> Iterator[tuple[str, object]]:
        if bracket == b"[" and path in self.arrays:
            yield from self.records(path)
            return
        if len(self.stack) == _MAX_DEPTH:
            raise _FaultError(DAMAGED)
        told = told and bracket == b"{"
        self.stack.append((path, bracket == b"{", told))
        if told:
            yield path, Mark.START

    def closed(self, bracket: bytes) -> Iterator[tuple[str, object]]:
        path, is_object, told = self.stack.pop()
        if is_object != (bracket == b"}"):
            raise _FaultError(DAMAGED)
        if told:
            yield path, Mark.END

    def key(self, token: re.Match[bytes]) -> str:
        if not token[2]:
            raise _FaultError(DAMAGED)
        return str(self.scalar(token))

    def scalar(self, token: re.Match[bytes]) -> object:
        try:
            return loads(token[2] or token[3], path=self.file.label)
        except ExportError:
            # the end of a file may stand in the middle of a word
            raise _FaultError(CUT if self.token() is None else DAMAGED) from None

    def token(self) -> re.Match[bytes] | None:
        """Return the next bracket, text or word; None at the end of the file."""
        window = self.window
        while True:
            found = _TOKEN.match(window.data, window.at)
            if found and (found[3] is None or found.end() < len(window.data) or window.ended):
                window.at = found.end()
                return found
            if window.full():
                raise _FaultError(_TOO_LARGE)
            if not window.more() and found is None:
                return None

    def records(self, path: str) -> Iterator[tuple[str, object]]:
        """Yield the elements of an array that has just begun."""
        kind, window = self.arrays[path], self.window
        decoder = self.decoders[kind]
        while True:
            found = _RECORD.match(window.data, window.at)
            if found:
                data = found[1]
                window.at = found.end()
            else:
                data = self.slowly()
                if not data:
                    return
            try:
                value = decoder.decode(data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                try:
                    value = msgspec.convert(loads(data, path=""), kind)
                except (ExportError, msgspec.ValidationError, UnicodeError):
                    self.skip(None, BAD_RECORD)
                    continue
            yield path, value

    def slowly(self) -> bytes:
        """Return the next element, however deep or far it goes; nothing at the array's end."""
        window = self.window
        while True:
            window.at = _BETWEEN.match(window.data, window.at).end()  # type: ignore[union-attr]
            if window.at < len(window.data):
                break
            if not window.more():
                raise _FaultError(CUT)
        first = window.data[window.at : window.at + 1]
        if first in b"{[":
            return self.balanced()
        if first == b"]":
            window.at += 1
            return b""
        token = self.token()
        if token is None:
            raise _FaultError(CUT)
        if token[1]:
            raise _FaultError(DAMAGED)
        return token[2] or token[3]

    def balanced(self) -> bytes:
        window, depth, length = self.window, 0, 0
        while True:
            found = _PIECE.match(window.data, window.at + length)
            if found is None:
                if window.full():
                    raise _FaultError(_TOO_LARGE)
                if not window.more():
                    raise _FaultError(CUT)
                continue
            length = found.end() - window.at
            if found[1]:
                depth += 1 if found[1] in b"{[" else -1
            if not depth:
                data = window.data[window.at : window.at + length]
                window.at += length
                return data
