"""Google Chat, as Takeout writes it: a folder a conversation, and who the owner is."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import Collector, clean, email_handle, name_handle
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import list_of, load, mapping_of, text_of
from villagegraph.parsing.long_dates import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Google Chat",
        kinds=("google-chat", "google-chat-group", "google-chat-user"),
        steps=(
            "Open takeout.google.com, choose Deselect all, then Google Chat alone.",
            "Choose Next step, .zip, Create export, and wait for the mail.",
            "Put the zip here as it is, or its folder `Google Chat` whole.",
        ),
        read=(
            "Members of each conversation with name and address, messages with time, author and "
            "size, reactions, and which of the people you are."
        ),
        left_out=(
            "Texts, files and names of spaces; bots. In spaces of more than 50 people, a "
            "message addresses those alone who wrote in its topic."
        ),
        traps=(
            "Dates are written in the language of the account; those of some thirty are read.",
            "When somebody reacted is not told: a reaction counts on the day of its message.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("google-chat", "google-chat-group", "google-chat-user")
ADVICE: str = "Google Chat: on takeout.google.com choose Google Chat alone; keep the zip whole."
BESIDE: tuple[str, ...] = ("group_info.json",)

APP = "google-chat"
LARGE = 50
"""Members above which a message addresses only those who wrote in its topic."""

_START = re.compile(rb"[\s\xef\xbb\xbf]*\{\s*\"")
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_GROUP = re.compile(rb'[\s\xef\xbb\xbf]*\{\s*"(?:name|members)"\s*:')
_PERSON = re.compile(rb'"(?:email|user_type)"\s*:')
_USER = re.compile(rb'[\s\xef\xbb\xbf]*\{\s*"user"\s*:\s*\{')


def sniff(file: ExportFile) -> str:
    """
    Return what part of Google Chat's export a file is.

    Parameters
    ----------
    file
        The file; its neighbour decides only where a conversation is empty.
    """
    head = file.head()
    if not _START.match(head):
        return ""
    if _MESSAGES.search(head[:200]):
        if b'"created_date"' in head and b'"creator"' in head:
            return "google-chat"
        return "google-chat" if _is_empty(file, head) else ""
    if not _PERSON.search(head):
        return ""
    if _USER.match(head) and b'"membership_info"' in head:
        return "google-chat-user"
    return "google-chat-group" if _GROUP.match(head) and b'"members"' in head else ""


def _is_empty(file: ExportFile, head: bytes) -> bool:
    short = re.fullmatch(rb'[\s\xef\xbb\xbf]*\{\s*"messages"\s*:\s*\[\s*\]\s*\}\s*', head)
    return short is not None and file.beside("group_info.json") is not None


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read a conversation, its list of members, or who the owner is.

    Parameters
    ----------
    file
        The file; a conversation looks at the list of members beside it.
    settings
        Not needed: addresses and times are written in full.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If the file is no JSON object.
    """
    del settings
    kind = sniff(file)
    collector = Collector(file, kind or "google-chat")
    whole = load(file, skip=collector.skip)
    if not isinstance(whole, dict):
        msg = "is no conversation of Google Chat."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    if kind == "google-chat-user":
        user = mapping_of(whole.get("user"))
        person = _person(user)
        if person.handle:
            collector.contact(handles=(person.handle,), record=1, name=person.name)
            collector.hint(person.handle)
        else:
            collector.skip(1, _NAMELESS)
    elif kind == "google-chat-group":
        _add_members(whole, collector)
    else:
        _Chat(file, whole, collector).add()
    if progress is not None:
        progress(file.size)
    return collector


_NAMELESS = "the person has no name or address"


class _Person(NamedTuple):
    """A member or an author; no handle if the account is gone, or a bot's."""

    handle: str
    name: str
    bot: bool


def _person(value: object) -> _Person:
    person = mapping_of(value)
    name = clean(text_of(person.get("name")))
    bot = text_of(person.get("user_type")).casefold() not in ("", "human")
    handle = email_handle(text_of(person.get("email"))) or name_handle(name, APP)
    return _Person("" if bot else handle, name, bot)


def _add_members(whole: dict[str, Any], collector: Collector) -> None:
    for number, member in enumerate(list_of(whole.get("members")), start=1):
        person = _person(member)
        if person.handle:
            collector.contact(handles=(person.handle,), record=number, name=person.name)
        else:
            collector.skip(number, "a bot" if person.bot else _NAMELESS)


@dataclass(frozen=True)
class _Neighbour:
    """A file beside the one that is read, known by its content."""

    mark: str
    file: ExportFile = field(compare=False)


@functools.lru_cache(maxsize=16)
def _members(neighbour: _Neighbour) -> frozenset[str]:
    try:
        whole = load(neighbour.file, skip=lambda _line, _reason: None)
    except ExportError:  # said where the file itself is read
        return frozenset()
    people = map(_person, list_of(mapping_of(whole).get("members")))
    return frozenset(person.handle for person in people if person.handle)


class _Line(NamedTuple):
    """A message of a person, at a time."""

    number: int
    at: float
    person: _Person
    size: float
    topic: str
    key: str
    reactors: tuple[str, ...]


class _Chat:
    """A conversation, and who takes part in it."""

    def __init__(self, file: ExportFile, whole: dict[str, Any], collector: Collector) -> None:
        self.collector = collector
        self.folder = file.folder.rpartition("/")[2]
        self.lines: list[_Line] = []
        for number, message in enumerate(list_of(whole.get("messages")), start=1):
            self.look(number, mapping_of(message))
        group = file.beside("group_info.json")
        listed = frozenset[str]()
        if group is not None:
            listed = _members(_Neighbour(group.fingerprint(), group))
        else:
            collector.note(
                "no `group_info.json` beside it: only who writes is known to be a member"
            )
        self.members = listed | {line.person.handle for line in self.lines}
        self.topics = defaultdict[str, set[str]](set)
        for line in self.lines:
            self.topics[line.topic].add(line.person.handle)

    def look(self, number: int, message: dict[str, Any]) -> None:
        """Keep a message if somebody wrote it at some time."""
        person = _person(message.get("creator"))
        at, reason = long_date(message.get("created_date"))
        if person.bot:
            reason = "written by a bot"
        elif not person.handle:
            reason = reason or "the export does not say who wrote it"
        if reason:
            self.collector.skip(number, reason)
            return
        reactions = map(mapping_of, list_of(message.get("reactions")))
        emails = (email for one in reactions for email in list_of(one.get("reactor_emails")))
        reactors = tuple(dict.fromkeys(email_handle(text_of(email)) for email in emails))
        text = message.get("text")
        size = float(len(text_of(text).encode())) if isinstance(text, str) else math.nan
        topic, key = text_of(message.get("topic_id")), text_of(message.get("message_id"))
        self.lines.append(_Line(number, at, person, size, topic, key, reactors))

    def add(self) -> None:
        """Add the messages, whatever their order, with their reactions."""
        same = Counter[tuple[float, str]]()
        for line in sorted(self.lines, key=_rank):
            sender = line.person.handle
            same[line.at, sender] += 1
            # old exports number no messages
            unnumbered = (self.place(line), line.at, sender, same[line.at, sender])
            key = (line.key,) if line.key else unnumbered
            self.message(line, key)
            for reactor in line.reactors:
                if reactor and reactor != sender:
                    self.touch("social", ("reaction", *key, reactor), line, reactor, [sender])

    def message(self, line: _Line, key: tuple[object, ...]) -> None:
        sender = line.person.handle
        members: Iterable[str] = self.members
        reason = "a message to nobody else"
        if len(self.members) > LARGE:
            members = self.topics[line.topic] if line.topic else ()
            reason = "a message to a large space, which addresses nobody"
        others = sorted(set(members) - {sender})
        if others:
            self.touch("chat", key, line, sender, others)
            if line.person.name:
                self.collector.named(sender, line.person.name)
        else:
            self.collector.skip(line.number, reason)

    def touch(
        self, channel: str, key: tuple[object, ...], line: _Line, sender: str, others: list[str]
    ) -> None:
        self.collector.interaction(
            key=key,
            at=line.at,
            channel=channel,
            app=APP,
            participants=[("from", sender), *(("to", other) for other in others)],
            precision="second" if channel == "chat" else "day",
            thread=self.place(line),
            size=line.size if channel == "chat" else math.nan,
        )

    def place(self, line: _Line) -> str:
        """Return a key of the conversation: of a topic, where a space has some."""
        space = line.key.partition("/")[0] if "/" in line.key else self.folder
        topic = "" if self.folder.startswith("DM ") else line.topic
        return digest(APP, space, topic)


def _rank(line: _Line) -> tuple[float, str, float, int]:
    size = -1 if math.isnan(line.size) else line.size
    return line.at, line.person.handle, size, len(line.reactors)
