"""The messages of Messenger and Instagram: who wrote to whom, called or reacted."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from villagegraph.files import digest
from villagegraph.parsing.handles import OWNER, name_handle
from villagegraph.parsing.json_files import epoch, list_of, mapping_of, text_of, whole
from villagegraph.parsing.meta import Thread, mended, sent_at, shown_name, thread_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.parsing.collect import Collector
    from villagegraph.parsing.sources import Progress

MAX_GROUP = 100
"""A group in which more people take part is a public place: who reads what, nobody knows."""

_LARGE = f"a message in a group of more than {MAX_GROUP} people"
_LINES = frozenset({"subscribe", "unsubscribe"})
_REACTED = re.compile(r"(?:Liked a message|Reacted \S{1,16} to your message)\s*")


class Talk:
    """
    One file of a conversation, turned into interactions.

    Parameters
    ----------
    collector
        Where they go.
    app
        `messenger` or `instagram`.
    """

    def __init__(self, collector: Collector, app: str) -> None:
        self.collector, self.app = collector, app
        self.thread = Thread(collector.file, collector.skip)
        self.names: dict[str, str] = {}
        self.members: tuple[str, ...] = ()
        self.key = ""
        self.seen = Counter[tuple[object, ...]]()
        self.used: dict[str, None] = {}

    def read(self, progress: Progress | None) -> None:
        """Go through the file: who takes part first, then every message."""
        for message in self.thread.messages(skip=_unheard):
            self.handle(self.sender(mapping_of(message)))
        self.settle()
        for message in self.thread.messages(skip=self.collector.skip, progress=progress):
            reason = self.add(mapping_of(message))
            if reason:
                self.collector.skip(None, reason)
        for handle in self.used:
            self.collector.named(handle, self.names[handle])

    def settle(self) -> None:
        """Say who takes part, and how every export can name this conversation."""
        for name in self.thread.participants:
            self.handle(name)
        people = set(self.names)
        if len(people) == 1 and self.thread.listed == 0:
            people.add(OWNER)
        self.members = tuple(sorted(people))
        # of two people, the encrypted chats' own download has no other key
        place = thread_number(self.thread.path) if len(people) > 2 else ""
        self.key = digest(self.app, *([place] if place else self.members))

    def sender(self, row: dict[str, Any]) -> str:
        """Return the name of whoever wrote a message."""
        return shown_name(row.get("sender_name") or row.get("senderName"))

    def handle(self, name: str) -> str:
        """Return the handle of a name, which is kept beside it."""
        handle = name_handle(name, self.app)
        if handle:
            self.names.setdefault(handle, name)
        return handle

    def add(self, row: dict[str, Any]) -> str:
        """Add a message, a call, and its reactions; or return why it is left out."""
        reason = self.unwanted(row)
        if reason:
            return reason
        sender = self.handle(self.sender(row))
        if not sender:
            return "its author's account is gone"
        at, reason = sent_at(row)
        if reason:
            return reason
        others = [member for member in self.members if member != sender]
        if not others:
            return "nobody is known to whom it was written"
        content = mended(text_of(row.get("content") or row.get("text")))
        if _REACTED.fullmatch(content):
            return "a line that only tells of a reaction"
        called = "call_duration" in row or text_of(row.get("type")).casefold() == "call"
        seconds = max(0, min(whole(row.get("call_duration")) or 0, 7 * 86_400))
        size = float(len(content.encode())) if content and not called else math.nan
        same = (self.key, round(at * 1000), sender, "call" if called else str(size))
        self.seen[same] += 1
        key = (*same, self.seen[same])
        self.collector.interaction(
            key=key,
            at=at,
            channel="call" if called else "chat",
            app=self.app,
            participants=[("from", sender), *(("to", other) for other in others)],
            thread=self.key,
            minutes=seconds / 60 if called else math.nan,
            size=size,
        )
        self.use([sender, *others])
        self.react(row, key, sender, at)
        return ""

    def unwanted(self, row: dict[str, Any]) -> str:
        """Return why a message is left out, whoever wrote it."""
        if not row:
            return "a message that is no record"
        if len(self.members) > MAX_GROUP:
            return _LARGE
        if row.get("is_unsent") is True or row.get("isUnsent") is True:
            return "a message that was taken back"
        if text_of(row.get("type")).casefold() in _LINES:
            return "a line that says who came or went"
        return ""

    def react(self, row: dict[str, Any], key: tuple[object, ...], author: str, at: float) -> None:
        """Add the reactions to a message, as light touches."""
        done = {author}
        for value in list_of(row.get("reactions")):
            reaction = mapping_of(value)
            handle = self.handle(shown_name(reaction.get("actor")))
            if not handle or handle in done:
                continue
            done.add(handle)
            own, reason = epoch(reaction.get("timestamp"))
            self.collector.interaction(
                key=(*key, "reaction", handle),
                at=at if reason else own,
                channel="social",
                app=self.app,
                participants=[("from", handle), ("to", author)],
                thread=self.key,
            )
            self.use([handle])

    def use(self, handles: Iterable[str]) -> None:
        """Note that handles stand in what was read: only these get a name."""
        self.used.update((handle, None) for handle in handles if handle in self.names)


def _unheard(line: int | None, reason: str) -> None:
    """Say nothing of faults that are listed the second time the file is gone through."""
