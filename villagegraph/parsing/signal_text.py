"""The chats that signal-export writes: dated lines, or a JSON object on each line."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from villagegraph.files import digest
from villagegraph.parsing.chat_lines import as_date
from villagegraph.parsing.handles import OWNER, name_handle
from villagegraph.parsing.json_files import NO_DATE, OUT_OF_RANGE, epoch, text_of
from villagegraph.parsing.text import MARKS, clean

if TYPE_CHECKING:
    from villagegraph.parsing.chat_lines import Message
    from villagegraph.parsing.collect import Collector

APP = "signal"
ME = "Me"
"""How signal-export calls the owner."""

_CHAT_FILES = {"chat.md", "index.md", "data.json"}
_NOBODY = {"", "No-Sender", "None"}
_SELF = "note to self"
_AUTHOR = re.compile(r"(?P<author>[^\n]{1,200}?):(?:[ \t]|\n|\Z)")
_REACTIONS = re.compile(r"\n\(- .* -\)")
_STICKER = re.compile(r"\n?\(\( (?:.{0,200} )?\)\)")
_QUOTE = re.compile(r"^>.*$", re.MULTILINE)
_FILE = re.compile(r"!?\[[^\]\n]{0,300}\]\(\.{0,2}/[^)\n]{0,600}\)")
_STICKER_SHOWN = "(( ))"
_DELETED = "(This message was deleted)"
_CALL = re.compile(
    r"(?:incoming|outgoing|missed) (?:voice |video |\w+ )?call"
    r"(?: \((?P<how>[\w -]+)(?:, (?:(?P<minutes>\d{1,6})m )?(?P<seconds>\d{1,6})s)?\))?",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """
    A message or call of a chat.

    Attributes
    ----------
    line
        Where it starts.
    at
        Local time.
    precision
        `second` or `minute`.
    author
        As the export shows it.
    size
        Bytes of text, `nan` for pictures and the like.
    minutes
        Length of a call; None for messages.
    """

    line: int
    at: dt.datetime
    precision: str
    author: str
    size: float
    minutes: float | None


class TextChat:
    """
    One chat of signal-export.

    Parameters
    ----------
    label
        Path of its file: the folder's name tells with whom the chat is.
    """

    def __init__(self, label: str) -> None:
        path = PurePosixPath(label)
        named = path.name.casefold() in _CHAT_FILES and len(path.parts) > 1
        title = clean(path.parts[-2]) if named else ""
        self.title = "" if title in _NOBODY else title
        self.lines: list[Line] = []
        self.seen = 0

    def add_message(self, message: Message, collector: Collector) -> None:
        """Add what stands behind a date in `chat.md`."""
        self.seen += 1
        day, time = as_date(message.date, "ymd"), message.time
        if day is None or time is None:
            reason = "a time that no clock shows" if time is None else "a date that no calendar has"
            collector.skip(message.line, reason)
            return
        author, body = parted(message.rest)
        precision = "minute" if message.clock[2] is None else "second"
        at = dt.datetime.combine(day, time)
        self._add(message.line, at, precision, author, body, collector)

    def add_record(self, number: int, record: dict[str, Any], collector: Collector) -> None:
        """Add a line of `data.json`."""
        self.seen += 1
        text = text_of(record.get("date"))
        try:
            at = dt.datetime.fromisoformat(text.strip())
        except ValueError:
            collector.skip(number, NO_DATE)
            return
        author, body = clean(text_of(record.get("sender"))), text_of(record.get("body"))
        if record.get("deleted") is True:
            body = _DELETED
        if record.get("attachments") or record.get("sticker"):
            body += "\n" + _STICKER_SHOWN
        # signal-export writes the computer's time, and no zone
        self._add(number, at.replace(tzinfo=None), "second", author, body, collector)

    def _add(
        self,
        line: int,
        at: dt.datetime,
        precision: str,
        author: str,
        body: str,
        collector: Collector,
    ) -> None:
        if epoch(at.replace(tzinfo=dt.UTC).timestamp())[1]:
            collector.skip(line, OUT_OF_RANGE)
        elif author in _NOBODY:
            collector.skip(line, "the export does not say who wrote it")
        else:
            minutes = _call_minutes(body)
            size = math.nan if minutes is not None else _size(body)
            at = at.replace(microsecond=0)
            self.lines.append(Line(line, at, precision, author, size, minutes))


def parted(rest: str) -> tuple[str, str]:
    r"""
    Return author and text of what stands behind a date.

    Examples
    --------
    >>> parted("Jane Doe: Hello"), parted("Me: \n\n> Hello\n\nHi")[0], parted("no author")
    (('Jane Doe', 'Hello'), 'Me', ('', 'no author'))
    """
    found = _AUTHOR.match(rest)
    return (clean(found["author"]), rest[found.end() :]) if found else ("", rest)


def _call_minutes(body: str) -> float | None:
    """Return the length of a call, 0 if nobody answered; None if a person wrote the text."""
    found = _CALL.fullmatch(body.strip())
    if found is None:
        return None
    if found["seconds"]:
        return int(found["minutes"] or 0) + int(found["seconds"]) / 60
    accepted = found["how"] == "accepted" or (found["how"] is None and "issed" not in found[0])
    return math.nan if accepted else 0.0


def _size(body: str) -> float:
    """Return the bytes that the author typed: no reaction, no quotation, no file's name."""
    text = _REACTIONS.sub("", body)
    pictures = bool(_FILE.search(text) or _STICKER.search(text))
    for pattern in (_STICKER, _QUOTE, _FILE):
        text = pattern.sub("", text)
    text = text.strip(MARKS + " \t\r\n")
    if not text and pictures:
        return math.nan
    return 0.0 if text == _DELETED else float(len(text.encode("utf-8", "replace")))


def add_chat(chat: TextChat, collector: Collector, *, zone: str) -> None:
    """
    Add the interactions of a chat.

    Parameters
    ----------
    chat
        With all its lines.
    collector
        Where they go.
    zone
        In which its times are read.
    """
    authors = {line.author: _handle(line.author) for line in chat.lines}
    members = _members(chat, authors, collector)
    if members is None:
        for line in chat.lines:
            collector.skip(line.line, "a note to oneself")
        return
    thread = _thread(chat, authors)
    place = ZoneInfo(zone)
    same = Counter[tuple[str, str]]()
    # whatever the order of the file: chat.md and data.json count the same messages
    for line in sorted(chat.lines, key=_rank):
        sender = authors[line.author]
        minute = line.at.replace(second=0).isoformat()
        same[minute, sender] += 1
        others = [("to", member) for member in sorted(members) if member != sender]
        collector.interaction(
            key=(thread, minute, sender, same[minute, sender]),
            at=line.at.replace(tzinfo=place),
            channel="chat" if line.minutes is None else "call",
            app=APP,
            participants=[("from", sender), *others],
            precision=line.precision,
            zone=zone,
            thread=thread,
            minutes=math.nan if line.minutes is None else line.minutes,
            size=line.size,
        )
        if line.author != ME:
            collector.named(sender, line.author)


def _rank(line: Line) -> tuple[dt.datetime, str, float, float]:
    size = -1 if math.isnan(line.size) else line.size
    minutes = -1 if line.minutes is None or math.isnan(line.minutes) else line.minutes
    return line.at, line.author, size, minutes


def _handle(author: str) -> str:
    return OWNER if author == ME else name_handle(author, APP)


def _members(chat: TextChat, authors: dict[str, str], collector: Collector) -> set[str] | None:
    """Return who is in a chat as far as it tells; None if nobody but the owner is."""
    found = set(authors.values())
    titled = name_handle(chat.title, APP)
    if found == {OWNER}:
        if chat.title.casefold() == _SELF:
            return None
        if titled:
            found.add(titled)
            collector.named(titled, chat.title)
    elif len(found) == 1:
        found.add(OWNER)
    elif OWNER not in found and len(found) == 2 and titled in found:
        # with names alone, the chat is called after the other one
        collector.hint(next(handle for handle in found if handle != titled))
    if len(found) == 1:
        collector.note("only one person writes, and the folder's name does not tell to whom")
    return found


def _thread(chat: TextChat, authors: dict[str, str]) -> str:
    """Return a key that a later export of the chat shares."""
    if chat.title:
        return digest(APP, chat.title.casefold())
    first = min(chat.lines, key=_rank, default=None)
    if first is None:
        return ""
    return digest(APP, first.at.replace(second=0).isoformat(), authors[first.author])
