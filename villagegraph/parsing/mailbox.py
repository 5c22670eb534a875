"""Split an mbox into its mails as a stream, without ever holding a body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator
    from typing import BinaryIO

    from villagegraph.parsing.sources import Progress

CHUNK_BYTES = 2**20
MAX_HEADER_BYTES = 2**20
BOM = b"\xef\xbb\xbf"

# what one has to see to tell a separator from a line of a letter: its line
# and the name of the header below it
_LOOKAHEAD = 1_024
_STEP = 16_384
_LF, _CRLF = b"\n\n", b"\n\r\n"
_NEWLINE, _RETURN = b"\n\r"
_MONTHS = b"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_SEPARATOR = re.compile(
    rb"""\nFrom[ ](
        -[ \t]*                     # Thunderbird, without a date
      | \d{6,}@\S{1,80}[ \t]*       # Gmail, without a date
      | [^\n]{0,500}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ ]{1,2}
        (?:%(m)s|\d{1,2})[ ]{1,2}(?:%(m)s|\d{1,2})[ ][^\n]{0,9}?\d{1,2}:\d\d[^\n]{0,80}
      | \S{1,320}[ ]{1,2}\d{4}-\d\d-\d\d[ T]\d\d:\d\d[^\n]{0,80}
      )\r?\n
      (?=[A-Za-z][A-Za-z0-9_.-]{0,120}[ \t]*:(?!//)|>From[ ])"""
    % {b"m": _MONTHS},
    re.VERBOSE,
)


class RawMail(NamedTuple):
    """
    One mail of a mailbox, as bytes.

    Attributes
    ----------
    line
        Line of its separator, from 1.
    separator
        What follows `From ` there.
    header
        Everything up to the blank line, with a line break in front; empty if
        it is larger than any header of a mail.
    size
        Bytes of the body, every line break as one, without blank lines at
        the end: the same in all programs' mailboxes.
    cut
        Whether the file ends in the middle of a header line.
    """

    line: int
    separator: bytes
    header: bytes
    size: int
    cut: bool


def starts_mailbox(head: bytes) -> bool:
    r"""
    Tell whether a file that starts with `head` is an mbox.

    Examples
    --------
    >>> starts_mailbox(b"From - Mon Jun  3 12:50:27 1996\nSubject: x\n")
    True
    >>> starts_mailbox(b"From Russia with love\nYear: 1963\n")
    False
    """
    start = head.removeprefix(BOM).lstrip(b"\r\n")
    return start[:5] == b"From " and _SEPARATOR.match(b"\n" + start) is not None


def split_mailbox(
    stream: BinaryIO, *, progress: Progress | None = None, chunk: int | None = None
) -> Iterator[RawMail]:
    """
    Yield the mails of an mbox in their order.

    A line parts two mails if it has the shape of an mbox separator and the
    line below it looks like a header: a letter that quotes `From ` at the
    start of a line stays whole, whether or not the line was escaped.

    Parameters
    ----------
    stream
        The file; it need not be seekable.
    progress
        Called with the bytes read since the last call.
    chunk
        Bytes to read at a time, `CHUNK_BYTES` by default.

    Yields
    ------
    mail
        Text before the first separator comes as a mail with line 0.
    """
    return _Splitter(stream, progress, chunk or CHUNK_BYTES).mails()


class _Splitter:
    """A window that moves over the file; positions count within it."""

    def __init__(self, stream: BinaryIO, progress: Progress | None, chunk: int) -> None:
        self.stream = cast("io.BufferedIOBase", stream)
        self.progress = progress
        self.chunk = chunk
        # room for a chunk, and for what is kept of the one before
        self.data = bytearray(chunk + MAX_HEADER_BYTES + 2 * _LOOKAHEAD)
        self.view = memoryview(self.data)
        self.bytes = np.frombuffer(self.data, dtype=np.uint8)
        # a line break in front, so that the first line is found as others are
        self.data[0:1] = b"\n"
        self.end = 1
        self.final = False
        self.pos = 0  # a line break: the search goes on here
        self.body = 1  # the body is measured up to here
        self.size = self.blank = 0
        self.crlf = False
        self.lines = self.counted = 0  # line breaks before the position `counted`

    def mails(self) -> Iterator[RawMail]:
        """Yield the mails."""
        self._pass_bom()
        line, separator, header, cut = 0, b"", b"", False
        while True:
            found = self._next_separator()
            size = self.size - self.blank
            if line or size:
                yield RawMail(line, separator, header, size, cut)
            if found is None:
                return
            line, separator = self._line_at(found.start() + 1), bytes(found[1])
            self.pos = found.end() - 1
            header, cut = self._header()

    def _pass_bom(self) -> None:
        while not self.final and self.end < 1 + len(BOM):
            self._more(0)
        if self.data[1:4] == BOM:
            self.data[3:4] = b"\n"
            self.pos = self.counted = 3
            self.body = 4

    def _more(self, keep: int) -> None:
        """Read on; the bytes from `keep` move to the front."""
        self._line_at(keep)
        kept = self.end - keep
        if keep:
            self.view[:kept] = self.view[keep : self.end]
            self.pos -= keep
            self.body -= keep
            self.counted -= keep
        read = self.stream.readinto(self.view[kept : kept + self.chunk])
        self.end = kept + read
        self.final = not read
        if read and self.progress is not None:
            self.progress(read)

    def _line_at(self, position: int) -> int:
        """Return the line that starts at `position`, counting on from the last one asked for."""
        if position > self.counted:
            # three times as fast as bytearray.count
            passed = self.bytes[self.counted : position] == _NEWLINE
            self.lines += int(np.count_nonzero(passed))
            self.counted = position
        return self.lines

    def _measure(self, stop: int) -> None:
        """Count the body up to `stop`, and how much of its end is line breaks."""
        start = self.body
        if stop <= start:
            return
        self.body = stop
        last, step = stop, 32
        while last > start and self.data[last - 1] in b"\r\n":
            piece = bytes(self.view[max(start, last - step) : last])
            last -= len(piece) - len(piece.rstrip(b"\r\n"))
            step *= 8
        length, blank = stop - start, stop - last
        if self.crlf:
            # as many returns as lines
            before = self._line_at(start)
            length -= self._line_at(stop) - before
            blank -= self.data.count(b"\n", last, stop)
        self.size += length
        self.blank = blank if last > start else self.blank + blank

    def _next_separator(self) -> re.Match[bytes] | None:
        """Go to the next separator, measuring the body on the way."""
        while True:
            # a third faster than bytearray.find
            found = _SEPARATOR.search(self.data, self.pos, self.end)
            at = found.start() if found else self.end
            if self.final or (found and at + _LOOKAHEAD <= self.end):
                self._measure(at)
                return found
            # what stands at the window's end is judged with what follows it
            self.pos = max(self.pos, min(at, self.end - _LOOKAHEAD))
            self._measure(self.pos)
            self._more(self.pos)

    def _header(self) -> tuple[bytes, bool]:
        """Return the header that starts at `pos`, and go to its end."""
        self.size = self.blank = 0
        self.crlf = self.data[self.pos - 1] == _RETURN
        stop, length = self._blank_line()
        start = self.pos
        if length:
            self.crlf = length == len(_CRLF)
        limit = stop if stop >= 0 else min(self.end, start + MAX_HEADER_BYTES)
        at = self._separator_before(limit)
        if at >= 0:
            self.pos = at
            self.body = at + 1
            return bytes(self.view[start:at]), False
        if stop >= 0:
            self.pos = stop + length - 1
            self.body = self.pos + 1
            return bytes(self.view[start:stop]), False
        self.body = start + 1
        if limit == start + MAX_HEADER_BYTES:
            return b"", False
        self.pos = self.body = self.end
        return bytes(self.view[start:limit]), self.data[limit - 1] not in b"\n"

    def _blank_line(self) -> tuple[int, int]:
        """Return where the blank line below the header starts, and its length; else -1."""
        searched = self.pos
        while True:
            limit = self.pos + MAX_HEADER_BYTES
            step = min(self.end, limit, searched + _STEP)
            likely, other = (_CRLF, _LF) if self.crlf else (_LF, _CRLF)
            first = self.data.find(likely, searched, step)
            earlier = self.data.find(other, searched, first + 1 if first >= 0 else step)
            if earlier >= 0:
                return earlier, len(other)
            if first >= 0:
                return first, len(likely)
            searched = max(self.pos, step - 2)
            if step < min(self.end, limit):
                continue
            if self.final or self.end >= limit + _LOOKAHEAD:
                return -1, 0
            searched -= self.pos
            self._more(self.pos)
            searched += self.pos

    def _separator_before(self, stop: int) -> int:
        """Find a separator within a header: the mail before it was cut off."""
        at = self.data.find(b"\nFrom ", self.pos + 1, stop)
        while at >= 0:
            if _SEPARATOR.match(self.data, at, self.end):
                return at
            at = self.data.find(b"\nFrom ", at + 1, stop)
        return -1
