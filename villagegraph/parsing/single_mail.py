"""Mails that lie in a file each: .eml, Apple Mail's .emlx, and what a Maildir holds."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.parsing.mailbox import BOM, CHUNK_BYTES, MAX_HEADER_BYTES, RawMail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from villagegraph.parsing.sources import Progress

_TAIL_BYTES = 2**16
_LONG = 2**15
_LINE = re.compile(rb"([!-9;-~]{1,76})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_COUNT = re.compile(rb"\d{1,12}[ \t]*\r?\n")
_BLANK = re.compile(rb"\n\r?\n")
# names of headers that nothing but a mail has; those above them stand in other lists, too
_SENT = frozenset({b"from", b"sender", b"return-path", b"received"})
_PLAIN = frozenset({b"from", b"sender", b"to", b"cc", b"bcc", b"date", b"subject", b"reply-to"})
_TELLING = frozenset(
    b"return-path received delivered-to message-id mime-version x-mozilla-status in-reply-to "
    b"references content-type content-transfer-encoding x-mailer user-agent envelope-to "
    b"x-original-to delivery-date dkim-signature authentication-results resent-from resent-to "
    b"x-received x-gm-thrid x-gmail-labels x-account-key x-uidl list-id thread-index "
    b"x-originating-ip x-apparently-to x-priority x-sender status lines".split()
)

_FLAGS = re.compile(rb"<key>flags</key>\s*<integer>(\d{1,19})</integer>")
_DELETED, _DRAFT, _JUNK, _NO_JUNK = (1 << bit for bit in (1, 6, 24, 25))

# the time and the machine of the delivery, which make a name that no other mail has
_UNIQUE = re.compile(r"\d{8,}\.[^.\s]+\.\S+")
_INFO = re.compile(r"(?:[:;!_-]|%3A)2,([A-Za-z]*)$", re.IGNORECASE)


class Single(NamedTuple):
    """
    A mail that has a file of its own.

    Attributes
    ----------
    mail
        What of it is read.
    reason
        Why the mail program's marks leave it out; empty if they do not.
    whole
        Whether all of it is there.
    """

    mail: RawMail
    reason: str = ""
    whole: bool = True


def starts_mail(head: bytes) -> bool:
    r"""
    Tell whether a file that starts with `head` is a mail.

    Its first lines must be headers, one of them a sender; and either a header
    that only mails have, or three that they share with other texts, with an address.

    Examples
    --------
    >>> starts_mail(b"From: a@example.org\nTo: b@example.org\nSubject: x\n\nHi")
    True
    >>> starts_mail(b"From: the beginning\nTo: the end\nSubject: a story\n\nOnce")
    False
    """
    start = head.removeprefix(BOM).lstrip(b"\r\n")
    if start[:5] in (b"From ", b">From") and start[5:6] != b":":
        start = start.partition(b"\n")[2]
    known: set[bytes] = set()
    telling = sent = address = False
    at = 0
    while found := _LINE.match(start, at):
        at = found.end()
        name = found[1].lower()
        if name not in _TELLING and name not in _PLAIN:
            continue
        known.add(name)
        telling = telling or name in _TELLING
        if name in _SENT:
            sent = True
            address = address or b"@" in found[2]
        if sent and telling and len(known) > 1:
            return True
    # one header may fill all that is looked at
    enough = 2 if at >= len(start) >= _LONG else 3
    return address and not telling and len(known) >= enough


def starts_apple_mail(head: bytes) -> bool:
    r"""
    Tell whether a file that starts with `head` is an Apple Mail message (.emlx).

    Examples
    --------
    >>> starts_apple_mail(b"93        \nFrom: a@example.org\nMessage-ID: <1@example.org>\n")
    True
    """
    count = _COUNT.match(head)
    return count is not None and starts_mail(head[count.end() :])


def one_mail(stream: BinaryIO, *, size: int = -1, progress: Progress | None = None) -> Single:
    """
    Read the header of a mail, and measure its body as a stream.

    Parameters
    ----------
    stream
        The file, where the mail begins.
    size
        How many bytes of it are the mail; all if negative.
    progress
        Called with the bytes read since the last call.

    Returns
    -------
    single
        The body counts as in a mailbox: every line break as one byte, without
        blank lines at the end.
    """
    pieces = _pieces(stream, size, progress)
    data = b""
    blank = None
    for piece in pieces:
        data = (data + piece).removeprefix(BOM).lstrip(b"\r\n") if len(data) < 4 else data + piece
        blank = _BLANK.search(data, max(0, len(data) - len(piece) - 2))
        if blank or len(data) >= MAX_HEADER_BYTES:
            break
    read = len(data)
    if blank is None or blank.start() > MAX_HEADER_BYTES:
        header = b"" if read >= MAX_HEADER_BYTES else b"\n" + data
        cut = bool(data) and not data.endswith(b"\n")
        return Single(RawMail(1, b"", header, 0, cut), whole=size < 0 or read >= size)
    body = _Body(crlf=data[blank.start() - 1 : blank.start()] == b"\r")
    body.add(data[blank.end() :])
    for piece in pieces:
        body.add(piece)
        read += len(piece)
    header = b"\n" + data[: blank.start()]
    return Single(RawMail(1, b"", header, body.size, cut=False), whole=size < 0 or read >= size)


class _Body:
    """How large a body is, the same in all programs' files."""

    def __init__(self, *, crlf: bool) -> None:
        self.crlf = crlf
        self.size = 0
        self._blank = 0  # line breaks since the last letter

    def add(self, piece: bytes) -> None:
        text = piece.rstrip(b"\r\n")
        if text:
            self.size += self._blank + self._length(text)
            self._blank = 0
        self._blank += self._length(piece[len(text) :])

    def _length(self, piece: bytes) -> int:
        return len(piece) - (piece.count(b"\n") if self.crlf else 0)


def _pieces(stream: BinaryIO, size: int, progress: Progress | None) -> Iterator[bytes]:
    left = size
    while piece := stream.read(CHUNK_BYTES if left < 0 else min(CHUNK_BYTES, left)):
        left -= len(piece) if left > 0 else 0
        if progress is not None:
            progress(len(piece))
        yield piece


def apple_mail(stream: BinaryIO, *, progress: Progress | None = None) -> Single:
    """
    Read a message of Apple Mail: how long it is, the mail, and a list of what is known of it.

    Parameters
    ----------
    stream
        The file from its start.
    progress
        Called with the bytes read since the last call.
    """
    count = stream.readline(64)
    if progress is not None:
        progress(len(count))
    single = one_mail(stream, size=int(count), progress=progress)
    tail = stream.read(_TAIL_BYTES)
    found = _FLAGS.search(tail)
    flags = int(found[1]) if found else 0
    reason = ""
    if flags & _DRAFT:
        reason = "a draft"
    elif flags & _DELETED:
        reason = "deleted in the mail program"
    elif flags & _JUNK and not flags & _NO_JUNK:
        reason = "spam"
    return single._replace(mail=single.mail._replace(line=2), reason=reason)


def maildir_reason(label: str) -> str:
    """
    Return why the name of a file in a Maildir leaves its mail out; empty if it does not.

    Examples
    --------
    >>> maildir_reason("Mail/cur/1700000000.M1P2.host.example.org:2,ST")
    'deleted in the mail program'
    >>> maildir_reason("Mail/new/1700000000.M1P2.host.example.org")
    ''
    """
    path = PurePosixPath(label)
    info = _INFO.search(path.name)
    if info is not None:
        if "D" in info[1]:
            return "a draft"
        return "deleted in the mail program" if "T" in info[1] else ""
    if path.parent.name == "tmp" and _UNIQUE.fullmatch(path.name):
        return "was still being delivered, and is no mail yet"
    return ""
