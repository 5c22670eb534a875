"""WhatsApp chats, as the app exports them: one text file, or a zip with it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import (
    MARKS,
    OWNER,
    Collector,
    ExportFile,
    clean,
    decode,
    name_handle,
    phone_handle,
    phone_region,
)
from villagegraph.parsing.chat_lines import (
    Message,
    as_date,
    chat_messages,
    date_order,
    message_at,
)
from villagegraph.parsing.chat_words import (
    ROBOTS,
    about_group,
    by_whatsapp,
    cut_in_a_quotation,
    deleted_by_owner,
    encrypted,
    group_name,
    joined,
    text_size,
)
from villagegraph.parsing.guide import Guide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from villagegraph.parsing import Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("whatsapp",)
ADVICE: str = (
    "WhatsApp: open a chat, choose More, Export chat, Without media, and keep the name of "
    "the file or zip: it tells with whom the chat is."
)

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="WhatsApp",
        kinds=KINDS,
        steps=(
            "On the phone open the chat; on an iPhone tap its name at the top, on Android the menu",
            "Choose Export chat (on Android under More), then Without media",
            "Send it to yourself, and put the .txt or .zip into the folder under the name it has",
            "Do so for each chat that matters: WhatsApp exports one chat at a time",
        ),
        read=(
            "Who wrote when, to all other members, and the size of each text; who was added to a "
            "group or left it. All ways in which phones of the world write dates are known."
        ),
        left_out=(
            "What was written, and pictures; calls and reactions are not in the export; lines "
            "that WhatsApp itself wrote are counted."
        ),
        traps=(
            "The file's name tells with whom the chat is: keep it.",
            "Without media an export reaches back 40,000 messages, with media only 10,000.",
            "The file names no time zone: its times are read in yours.",
            "Where 3/4/25 may mean two days, that is said; `dayfirst` in village.toml decides.",
            "People whom your phone did not know are written as numbers or as ~ Name.",
        ),
    ),
)

APP = "whatsapp"

_TITLE = re.compile(
    r".*whatsapp\S*(?:\s\w+)?\s(?:with|mit|con|avec|com|met|med|dengan|z|s|\u0441|-|\u2013)\s(?P<title>.+)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.(?:txt|zip)$", re.IGNORECASE)
_COPY = re.compile(r"\s?\(\d+\)$")
_NUMBER = re.compile(r"\+?[\d\s().\u2010-\u2015-]{7,}")
_USUAL = re.compile(r"whatsapp|(?:^|/)_chat\.txt$", re.IGNORECASE)
_ABOVE = 10
_SNIFF_LINES = 200


def sniff(file: ExportFile) -> str:
    """
    Return `whatsapp` if the file starts as an exported chat does.

    Parameters
    ----------
    file
        The file; a name such as `WhatsApp Chat with ...` only helps where
        nobody has written yet.
    """
    lines = [line for line in decode(file.head()).splitlines() if line.strip(MARKS + " \t")]
    # people put a title above it; its usual names are proof enough that it is one
    named = _USUAL.search(file.label) is not None
    above = _ABOVE if named else 1
    if not any(message_at(line) is not None for line in lines[:above]):
        return ""
    found = [message_at(line) for line in lines[:_SNIFF_LINES]]
    if _of_signal(next(message for message in found if message is not None)):
        return ""
    authored = any(message is not None and ": " in message.rest for message in found)
    return KINDS[0] if authored or "whatsapp" in file.label.casefold() else ""


def _of_signal(message: Message) -> bool:
    # Signal's text exports look the same; WhatsApp writes seconds inside brackets
    return message.style == ("]", "-", False) and len(message.date[0]) == 4


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read one chat.

    Each message is an interaction from its author to all other members.
    Members are all who write, and those of whom English or German lines say
    that they were added, joined or left; when they came and went does not
    count. In a chat of two, the name of the file tells who the other is.

    Parameters
    ----------
    file
        The chat.
    settings
        Gives the zone of the phone, the country of its numbers, and the order of
        dates that may be read in two ways.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If there is no message in the file.
    """
    data = file.read()
    collector = Collector(file, KINDS[0])
    messages, preamble = chat_messages(decode(data))
    if not messages:
        msg = "holds no dated message."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    if preamble:
        collector.skip(1, "text before the first message")
    chat = _Chat(messages, title=chat_title(file.label), region=phone_region(settings.me.phones))
    _add(chat, collector, settings)
    if progress is not None:
        progress(len(data))
    return collector


def chat_title(label: str) -> str:
    """
    Return the name of the chat, from the name of its file, folder or zip.

    Examples
    --------
    >>> chat_title("exports/WhatsApp Chat with Ada Lovelace (1).txt")
    'Ada Lovelace'
    >>> chat_title("WhatsApp Chat - Lake walks.zip/_chat.txt")
    'Lake walks'
    >>> chat_title("Discussion WhatsApp avec Zoë.txt")
    'Zoë'
    >>> chat_title("notes/_chat.txt")
    ''
    """
    for part in reversed(PurePosixPath(label).parts):
        name = clean(_COPY.sub("", _SUFFIX.sub("", part)))
        found = _TITLE.fullmatch(name if " " in name else name.replace("_", " "))
        if found is not None:
            return clean(found["title"])
    return ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A message with its author, as it was written."""

    message: Message
    author: str
    body: str


class _Chat:
    """Who writes in a chat, who else is in it, and what is nobody's message."""

    def __init__(self, messages: Sequence[Message], *, title: str, region: str) -> None:
        self.messages = messages
        self.region = region
        self.lines: list[_Line] = []
        self.system: list[str] = []
        self.group = False
        # few people write many lines: each name needs a look only once
        self.authors_read: dict[str, str] = {}
        self.handles_read: dict[str, str] = {}
        found = [self.parted(message) for message in messages]
        known = Counter(line.author for line in found if line.author)
        for line in found:
            self.sort(line, known, title)
        self.names = {self.handle(line.author): line.author for line in reversed(self.lines)}
        self.authors = tuple(dict.fromkeys(self.handle(line.author) for line in self.lines))
        self.group = len(self.authors) > 2 or any(map(about_group, self.system))
        self.title = title or next(filter(None, map(group_name, self.system)), "")
        self.others = self.added()
        self.members = self.everybody()

    def parted(self, message: Message) -> _Line:
        first, newline, more = message.rest.partition("\n")
        author, colon, body = first.partition(": ")
        if not colon and first.rstrip(MARKS + " ").endswith(":"):
            author, colon, body = first.rstrip(MARKS + " ")[:-1], ":", ""
        if colon and author not in self.authors_read:
            name = "" if by_whatsapp(author) else clean(author).lstrip("~ ")
            self.authors_read[author] = name
        name = self.authors_read[author] if colon else ""
        return _Line(message, name, body + newline + more if name else message.rest)

    def sort(self, line: _Line, known: Mapping[str, int], title: str) -> None:
        """File a line under messages or under what WhatsApp itself wrote."""
        if not line.author:
            # an author who writes elsewhere, and a colon without a space
            name = clean(line.body.partition(":")[0]).lstrip("~ ")
            if name in known and ":" in line.body:
                self.lines.append(_Line(line.message, name, line.body.partition(":")[2]))
            else:
                self.system.append(line.body)
        elif _own_words(line, title if len(known) > 2 else ""):
            self.system.append(line.body)
        elif known[line.author] == 1 and cut_in_a_quotation(line.author):
            # a line of WhatsApp's in a language that is not known, with a colon in a title
            self.system.append(line.message.rest)
        else:
            self.lines.append(line)

    def inner_lines(self) -> Iterator[str]:
        """Yield the lines of each message below its first."""
        for message in self.messages:
            yield from message.rest.split("\n")[1:]

    def handle(self, name: str) -> str:
        found = self.handles_read.get(name)
        if found is None:
            number = phone_handle(name, region=self.region) if _NUMBER.fullmatch(name) else ""
            found = self.handles_read[name] = number or name_handle(name, APP)
        return found

    def added(self) -> dict[str, str]:
        """Return handles and names of members who may never have written."""
        if not self.group:
            return {}
        names = [name for text in self.system for name in joined(text)]
        return {self.handle(name.lstrip("~ ")): name.lstrip("~ ") for name in names}

    def titled(self) -> str:
        """Return the handle of the person after whom a chat of two is named."""
        if self.group or not self.title:
            return ""
        same = (h for h, name in self.names.items() if _letters(name) == _letters(self.title))
        return next(same, self.handle(self.title))

    def everybody(self) -> tuple[str, ...]:
        found = set(self.authors) | self.others.keys()
        other = self.titled()
        if len(self.authors) == 1 and other:
            found |= {OWNER} if other in found else {other}
        return tuple(sorted(found))

    def owner(self) -> str:
        """Return the handle of the owner, if the chat tells who it is."""
        other = self.titled()
        if len(self.authors) == 2 and other in self.authors:
            return next(handle for handle in self.authors if handle != other)
        deleting = {self.handle(line.author) for line in self.lines if deleted_by_owner(line.body)}
        return deleting.pop() if len(deleting) == 1 else ""

    def thread(self, order: str) -> str:
        """Return a key that a later export of the chat shares, though more people be in it."""
        if clean(self.title):
            return digest(APP, clean(self.title).casefold())
        dated = ((line.author, _moment(line.message, order)) for line in self.lines)
        author, at = next(((author, at) for author, at in dated if at), ("", None))
        return digest(APP, at, self.handle(author))


def _own_words(line: _Line, title: str) -> bool:
    """Tell whether WhatsApp wrote a line in the name of a person or of the group."""
    if line.author.casefold() in ROBOTS or encrypted(line.body):
        return True
    marked = "\u200e" in line.body[:2] or line.author == title
    return marked and by_whatsapp(line.body) and "\n" not in line.body.strip()


def _letters(name: str) -> str:
    # file systems change and drop some signs of a name
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


def _add(chat: _Chat, collector: Collector, settings: Settings) -> None:
    order, sure = date_order(chat.messages, dayfirst=settings.dayfirst)
    if not sure:
        collector.note(_ambiguous(order))
    zone, thread = ZoneInfo(settings.zone), chat.thread(order)
    named = Counter[tuple[str, str]]()
    seen = Counter[tuple[object, ...]]()
    for line in chat.lines:
        at = _moment(line.message, order)
        if at is None:
            time = line.message.time
            reason = "a time that no clock shows" if time is None else "a date that no calendar has"
            collector.skip(line.message.line, reason)
            continue
        sender, size = chat.handle(line.author), text_size(line.body)
        same = (at.isoformat(), sender, "" if math.isnan(size) else size)
        seen[same] += 1
        collector.interaction(
            key=(thread, *same, seen[same]),
            at=at.replace(tzinfo=zone),
            channel="chat",
            app=APP,
            participants=_roles(sender, chat.members),
            precision="minute" if line.message.clock[2] is None else "second",
            zone=settings.zone,
            thread=thread,
            size=size,
        )
        named[sender, line.author] += 1
    for (handle, name), n in named.items():
        for _ in range(n if handle.startswith("name:") else 0):
            collector.named(handle, name)
    _tell(chat, collector)


def _tell(chat: _Chat, collector: Collector) -> None:
    others = dict(chat.others)
    if chat.titled():
        others.setdefault(chat.titled(), chat.title)
    for handle, name in others.items():
        if handle in chat.members and handle not in chat.authors and handle.startswith("name:"):
            collector.named(handle, name)
    collector.hint(chat.owner())
    quoted = sum(message_at(line) is not None for line in chat.inner_lines())
    if quoted:
        collector.note(
            f"{quoted:,} line{'s' * (quoted != 1)} dated in another way, read as part of a message"
        )
    if chat.system:
        n = len(chat.system)
        collector.note(f"{n:,} line{'s' * (n != 1)} written by WhatsApp itself")
    if len(chat.members) == 1:
        collector.note("only one person writes, and the file's name does not tell to whom")


def _roles(sender: str, members: Iterable[str]) -> list[tuple[str, str]]:
    return [("from", sender), *(("member", other) for other in members if other != sender)]


def _moment(message: Message, order: str) -> dt.datetime | None:
    day, time = as_date(message.date, order), message.time
    return None if day is None or time is None else dt.datetime.combine(day, time)


def _ambiguous(order: str) -> str:
    said = {"dmy": "day first", "mdy": "month first"}.get(order, "year first")
    other = "false" if order == "dmy" else "true"
    return (
        f"its dates may be read in two ways; {said} was taken. "
        f"If that is wrong, write `dayfirst = {other}` in village.toml"
    )
