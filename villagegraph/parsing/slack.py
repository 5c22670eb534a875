"""Slack's messages: whom each of them addresses, and which of them nobody wrote."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing.handles import platform_handle
from villagegraph.parsing.json_files import epoch, list_of, load, mapping_of, text_of
from villagegraph.parsing.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from villagegraph.parsing.collect import Collector
    from villagegraph.parsing.sources import ExportFile

APP = "slack"
SLACKBOT = "USLACKBOT"
TO_ALL = "a message to a whole channel, which addresses nobody"

_TYPED = {"", "thread_broadcast", "reply_broadcast", "me_message", "file_share", "file_comment"}
_MENTION = re.compile(r"<@([A-Z0-9]{2,30})(?:\|[^<>]*)?>")
_USERS = ("users.json", "org_users.json")


@dataclass(frozen=True)
class _Neighbour:
    """A file beside the one that is read, known by its content."""

    mark: str
    file: ExportFile = field(compare=False)


def _beside(file: ExportFile, path: str) -> _Neighbour | None:
    found = file.beside(path)
    return None if found is None else _Neighbour(found.fingerprint(), found)


@functools.lru_cache(maxsize=16)
def _records(neighbour: _Neighbour) -> tuple[dict[str, Any], ...]:
    try:
        value = load(neighbour.file, skip=lambda _line, _reason: None)
    except ExportError:  # said where the file itself is read
        return ()
    return tuple(map(mapping_of, list_of(value)))


@functools.lru_cache(maxsize=16)
def _bots(neighbour: _Neighbour) -> frozenset[str]:
    return frozenset(text_of(user.get("id")) for user in _records(neighbour) if is_bot(user))


def is_bot(user: dict[str, Any]) -> bool:
    """Tell whether an account of `users.json` is a program's."""
    return user.get("is_bot") is True or text_of(user.get("id")) == SLACKBOT


class Conversation:
    """
    A channel, or a conversation of a few, of which one day is read.

    Parameters
    ----------
    file
        The day: the name of its folder is that of the conversation.
    messages
        All of it.
    """

    def __init__(self, file: ExportFile, messages: Iterable[dict[str, Any]]) -> None:
        self.folder = file.folder.rpartition("/")[2]
        self.bots = {SLACKBOT}
        for path in _USERS:
            users = _beside(file, f"../{path}")
            self.bots |= _bots(users) if users is not None else frozenset()
        self.members = self._members(file)
        messages = list(messages)
        self.authors = {
            text_of(message.get("ts")): author_of(message)
            for message in messages
            if not is_written_by_bot(message)
        }
        # without a list of members, those who write are known
        if self.members == set():
            self.members = {author for author in self.authors.values() if author}

    def _members(self, file: ExportFile) -> set[str] | None:
        """Return who is in a conversation of a few; None for a channel."""
        if re.fullmatch(r"D[A-Z0-9]{6,}", self.folder):
            listed, name = _beside(file, "../dms.json"), "id"
        elif self.folder.startswith("mpdm-"):
            listed, name = _beside(file, "../mpims.json"), "name"
        else:
            return None
        for record in _records(listed) if listed is not None else ():
            if text_of(record.get(name)) == self.folder:
                return {member for member in map(text_of, list_of(record.get("members"))) if member}
        return set()

    def addressed(self, message: dict[str, Any], author: str) -> list[str]:
        """Return whom a message addresses: its members, or who is named or answered."""
        if self.members is not None:
            found: Collection[str] = sorted(self.members)
        else:
            found = _MENTION.findall(text_of(message.get("text")))
            if _is_reply(message):
                parent = text_of(message.get("parent_user_id"))
                found.append(parent or self.authors.get(text_of(message.get("thread_ts")), ""))
        return [one for one in dict.fromkeys(found) if one not in {author, "", *self.bots}]

    def nobody(self, message: dict[str, Any]) -> str:
        """Return why a message addresses nobody."""
        if self.members is not None:
            few = len(self.members) < 2
            return "a note to oneself" if few else "a message to a bot"
        if _is_reply(message):
            return "an answer of which the export does not say to whom"
        return TO_ALL

    def thread(self, message: dict[str, Any]) -> str:
        """Return a key of the conversation: in a channel, of the thread below one message."""
        if self.members is not None:
            return digest(APP, self.folder)
        return digest(APP, self.folder, text_of(message.get("thread_ts")))


def author_of(message: dict[str, Any]) -> str:
    """Return the account that wrote a message, or a comment on a file."""
    return text_of(message.get("user")) or text_of(mapping_of(message.get("comment")).get("user"))


def is_written_by_bot(message: dict[str, Any]) -> bool:
    """Tell whether a program wrote a message, be it in the name of an account."""
    return (
        text_of(message.get("subtype")) == "bot_message"
        or bool(text_of(message.get("bot_id")))
        or text_of(message.get("user")) == SLACKBOT
    )


def _is_reply(message: dict[str, Any]) -> bool:
    thread = text_of(message.get("thread_ts"))
    return bool(thread) and thread != text_of(message.get("ts"))


def add_message(
    day: Conversation, number: int, message: dict[str, Any], collector: Collector
) -> None:
    """
    Add one message with its reactions, or one call.

    Parameters
    ----------
    day
        The conversation.
    number
        Place of the message in its file, from 1.
    message
        As Slack writes it.
    collector
        Where it goes; a message that addresses nobody is listed as left out.
    """
    subtype = text_of(message.get("subtype"))
    at, reason = epoch(message.get("ts"))
    author = author_of(message)
    if reason:
        collector.skip(number, reason)
    elif subtype == "huddle_thread":
        _add_call(day, number, message, collector, at)
    elif is_written_by_bot(message) or author in day.bots:
        collector.skip(number, "written by a bot")
    elif subtype not in _TYPED:
        collector.skip(number, "written by Slack itself, such as who joined")
    elif not author:
        collector.skip(number, "the export does not say who wrote it")
    else:
        _add_typed(day, number, message, collector, at)


def _add_typed(
    day: Conversation, number: int, message: dict[str, Any], collector: Collector, at: float
) -> None:
    author, stamp = author_of(message), text_of(message.get("ts"))
    handle, thread = platform_handle(APP, author), day.thread(message)
    profile = mapping_of(message.get("user_profile"))
    others = day.addressed(message, author)
    if others:
        collector.interaction(
            key=("message", author, stamp),
            at=at,
            channel="chat",
            app=APP,
            participants=[("from", handle), *(("to", platform_handle(APP, o)) for o in others)],
            thread=thread,
            size=float(len(text_of(message.get("text")).encode())),
        )
        collector.named(handle, clean(text_of(profile.get("real_name"))))
    else:
        collector.skip(number, day.nobody(message))
    for reactor in _reactors(message):
        if reactor not in {author, *day.bots}:
            # when somebody reacted is not told: mostly on the day of the message
            collector.interaction(
                key=("reaction", author, stamp, reactor),
                at=at,
                precision="day",
                channel="social",
                app=APP,
                participants=[("from", platform_handle(APP, reactor)), ("to", handle)],
                thread=thread,
            )


def _reactors(message: dict[str, Any]) -> list[str]:
    reactions = map(mapping_of, list_of(message.get("reactions")))
    users = (text_of(user) for reaction in reactions for user in list_of(reaction.get("users")))
    return [user for user in dict.fromkeys(users) if user]


def _add_call(
    day: Conversation, number: int, message: dict[str, Any], collector: Collector, at: float
) -> None:
    room = mapping_of(message.get("room"))
    present = [*list_of(room.get("participant_history")), *list_of(room.get("participants"))]
    people = [one for one in dict.fromkeys(map(text_of, present)) if one not in {"", *day.bots}]
    if len(people) < 2:
        collector.skip(number, "a huddle in which nobody else took part")
        return
    start, no_start = epoch(room.get("date_start"))
    end, no_end = epoch(room.get("date_end"))
    collector.interaction(
        key=("huddle", text_of(room.get("id")) or text_of(message.get("ts"))),
        at=at if no_start else start,
        channel="call",
        app=APP,
        participants=[("member", platform_handle(APP, one)) for one in people],
        thread=day.thread(message),
        minutes=math.nan if no_start or no_end or end < start else (end - start) / 60,
    )
