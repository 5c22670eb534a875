"""Telegram's JSON, held or streamed: chats, and their messages one after the other."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from villagegraph.files import digest
from villagegraph.parsing import json_stream
from villagegraph.parsing.handles import OWNER, name_handle, platform_handle
from villagegraph.parsing.json_files import list_of, mapping_of, text_of
from villagegraph.parsing.json_stream import Mark, walk
from villagegraph.parsing.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from villagegraph.parsing.json_files import Skip
    from villagegraph.parsing.sources import ExportFile, Progress

MAX_GROUP = 100
"""A group in which more people take part is a public place: who reads what, nobody knows."""

LEFT_OUT = {
    "bot_chat": "a message in a chat with a bot",
    "saved_messages": "a saved message: written to nobody",
    "replies": "a reply under a channel's post",
    "verification_codes": "a verification code",
    "private_channel": "a message in a channel",
    "public_channel": "a message in a channel",
}
_LARGE = f"a message in a group of more than {MAX_GROUP} people"
_ROBOT = "user777000"  # Telegram's own notices, login codes above all
APP = "telegram"
_MARKS = frozenset(",;:.!?")
_LISTS = ("chats.list", "left_chats.list")
_SINGLE = "messages"


class Message(msgspec.Struct, gc=False):
    """What is looked at in a message; anything may stand in any place."""

    id: Any = None
    type: Any = None
    date: Any = None
    date_unixtime: Any = None
    author: Any = msgspec.field(default=None, name="from")
    from_id: Any = None
    actor: Any = None
    actor_id: Any = None
    action: Any = None
    duration_seconds: Any = None
    members: Any = None
    text: Any = None
    reactions: Any = None


@dataclass(slots=True)
class Chat:
    """What stands at the head of a chat."""

    name: str = ""
    type: str = ""
    id: str = ""


@dataclass(slots=True)
class Head:
    """What an export says beside its chats; chats are there once its messages were read."""

    owner: dict[str, Any] = field(default_factory=dict)
    contacts: list[Any] = field(default_factory=list)
    chats: list[Chat] = field(default_factory=list)


class Source(Protocol):
    """An export whose messages can be gone through, more than once."""

    head: Head

    def messages(
        self, *, skip: Skip, progress: Progress | None = None
    ) -> Iterator[tuple[int, Message]]:
        """Yield each message with the number of its chat."""


class _Part(msgspec.Struct, gc=False):
    name: Any = None
    type: Any = None
    id: Any = None
    messages: list[Message] = []


class _List(msgspec.Struct, gc=False):
    parts: list[_Part] = msgspec.field(name="list", default_factory=list)


class _Whole(msgspec.Struct, gc=False):
    personal_information: Any = None
    contacts: Any = None
    chats: _List = msgspec.field(default_factory=_List)
    left_chats: _List = msgspec.field(default_factory=_List)
    name: Any = None
    type: Any = None
    id: Any = None
    messages: list[Message] | None = None


def source(file: ExportFile) -> Source:
    """
    Return an export, held if it is small enough and without a fault.

    Parameters
    ----------
    file
        A `result.json`, of an account or of one chat.
    """
    if file.size <= json_stream.WHOLE_BYTES:
        data = file.read().removeprefix(b"\xef\xbb\xbf")
        try:
            return _Held(msgspec.json.decode(data, type=_Whole), len(data))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # record by record, all that is whole can be read
    return _Streamed(file)


class _Held:
    def __init__(self, whole: _Whole, size: int) -> None:
        self.size = size
        self.parts = [*whole.chats.parts, *whole.left_chats.parts]
        if whole.messages is not None:
            self.parts.append(_Part(whole.name, whole.type, whole.id, whole.messages))
        self.head = Head(
            owner=mapping_of(whole.personal_information),
            contacts=list_of(mapping_of(whole.contacts).get("list")),
            chats=[
                Chat(text_of(part.name), text_of(part.type), text_of(part.id))
                for part in self.parts
            ],
        )

    def messages(
        self,
        *,
        skip: Skip,  # noqa: ARG002 - what is held has no fault
        progress: Progress | None = None,
    ) -> Iterator[tuple[int, Message]]:
        for number, part in enumerate(self.parts):
            for message in part.messages:
                yield number, message
        if progress is not None:
            progress(self.size)


class _Streamed:
    def __init__(self, file: ExportFile) -> None:
        self.file = file
        self.head = Head()

    def messages(
        self, *, skip: Skip, progress: Progress | None = None
    ) -> Iterator[tuple[int, Message]]:
        arrays: dict[str, Any] = {f"{path}.messages": Message for path in _LISTS}
        arrays |= {_SINGLE: Message, "contacts.list": object}
        # the head is learned anew each time the file is gone through
        head = self.head = Head()
        single: Chat | None = None
        outside = Chat()
        for path, value in walk(self.file, arrays, skip=skip, progress=progress):
            if isinstance(value, Message):
                if path == _SINGLE and single is None:
                    single = outside
                    head.chats.append(single)
                elif not head.chats:  # the list of chats is one chat, in the place of a list
                    head.chats.append(Chat())
                yield len(head.chats) - 1, value
            elif value is Mark.START and path in _LISTS:
                head.chats.append(Chat())
            elif path == "contacts.list":
                head.contacts.append(value)
            elif not isinstance(value, Mark):
                _tell(head, outside, path, value)


def _tell(head: Head, outside: Chat, path: str, value: object) -> None:
    """Note what stands at a place outside of all records."""
    place, _, name = path.rpartition(".")
    if place == "personal_information":
        head.owner[name] = value
    elif name in ("name", "type", "id") and (not place or place in _LISTS):
        chat = head.chats[-1] if place and head.chats else outside
        setattr(chat, name, text_of(value))


def text_size(text: object) -> float:
    """
    Return the bytes of a message's text, which may be parted by its styles.

    Telegram parts a text where its style changes and leaves the spaces in it; files of
    other programs may lack the space after a mark, which is then counted.

    Examples
    --------
    >>> text_size("Zoë"), text_size(["a ", {"type": "bold", "text": "b"}]), text_size("")
    (4.0, 3.0, nan)
    """
    if isinstance(text, str):
        return float(len(text_of(text).encode())) if text else math.nan
    size, last = 0, ""
    for part in list_of(text):
        words = text_of(part.get("text") if isinstance(part, dict) else part)
        size += len(words.encode()) + (last in _MARKS and words[:1].isalnum())
        last = words[-1:] or last
    return float(size) if size else math.nan


class Company:
    """Who takes part in a chat."""

    def __init__(self) -> None:
        self.head = Chat()
        self.names: dict[str, str] = {}
        self.written: set[str] = set()
        self.added: set[str] = set()
        self.members: tuple[str, ...] = ()
        self.group = False
        self.key = ""
        self.reason = ""

    def meet(self, message: Message) -> None:
        """Note whom a message shows to take part."""
        handle, name = author_of(message)
        if handle:
            self.written.add(handle)
            self.names.setdefault(handle, name)
        if message.action is not None:
            self.added.update(name for name in map(shown_name, list_of(message.members)) if name)

    def settle(self, head: Chat, owner: str, sure: Mapping[str, str]) -> str:
        """Say who takes part; return the handle of the owner if the chat alone tells it."""
        self.head = head
        self.reason = LEFT_OUT.get(head.type, "")
        by_name = {name: handle for handle, name in self.names.items() if name}
        for name in sorted(self.added):
            handle = by_name.get(name) or sure.get(name) or name_handle(name, APP)
            self.names.setdefault(handle, name)
            self.written.add(handle)
        people = self.written - {""}
        found = ""
        self.group = "group" in head.type or len(people) > 2 or bool(self.added)
        other = "" if self.group else self.partner(by_name)
        if other == platform_handle(APP, _ROBOT):
            self.reason = LEFT_OUT["verification_codes"]
        if other:
            self.names.setdefault(other, shown_name(head.name))
            rest = people - {other}
            found = rest.pop() if len(rest) == 1 else ""
            people = {other, owner or found or OWNER}
        elif owner and (self.group or len(people) == 1):
            people |= {owner}
        elif len(people) == 1 and not self.group:
            people |= {OWNER}
        if len(people) > MAX_GROUP:
            self.reason = self.reason or _LARGE
        self.members = tuple(sorted(people))
        known = head.id or clean(head.name).casefold()
        place = ("group" in head.type, known) if known else self.members
        self.key = digest(APP, *place)
        return found

    def partner(self, by_name: dict[str, str]) -> str:
        """Return the handle of the person with whom a chat of two is."""
        account = platform_handle(APP, f"user{self.head.id}") if self.head.id else ""
        if account and (self.head.type == "personal_chat" or account in self.written):
            return account
        titled = by_name.get(shown_name(self.head.name), "")
        if titled or self.head.type != "personal_chat":
            return titled
        return name_handle(self.head.name, APP)


def shown_name(value: object) -> str:
    """Return a name as it is shown."""
    return clean(text_of(value)) if isinstance(value, str) else ""


def author_of(message: Message) -> tuple[str, str]:
    """Return handle and name of a message's author; no handle if it is no person's."""
    service = message.type == "service"
    number, shown = (
        (message.actor_id, message.actor) if service else (message.from_id, message.author)
    )
    return _person(text_of(number), shown if isinstance(shown, str) else "")


@functools.lru_cache(maxsize=10_000)
def _person(number: str, shown: str) -> tuple[str, str]:
    account, name = number.strip(), shown_name(shown)
    if account.startswith("channel"):
        return "", ""
    if account.isascii() and account.isdigit():  # as exports of 2019 and 2020 write it
        account = f"user{account}"
    return platform_handle(APP, account) or name_handle(name, APP), name
