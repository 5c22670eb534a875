"""The chats that Microsoft exports for personal accounts: of Teams, and of Skype before it."""

from __future__ import annotations

import html
import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import Collector, clean, phone_handle, platform_handle
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import epoch, iso_time, list_of, load, mapping_of, text_of

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Microsoft Teams and Skype, personal accounts",
        kinds=("teams",),
        steps=(
            "Sign in to secure.skype.com/en/data-export with the personal account.",
            "Choose Conversations, submit the request, and download the .tar when it is ready.",
            "Unpack the .tar, and put its `messages.json` here.",
        ),
        read="Messages and calls with time, author, members and size; the names shown beside them.",
        left_out="Texts and files; what the program writes itself; bots and notifications.",
        traps=(
            "No real export was at hand when this was written: look closely at what `check` says.",
            "Accounts of a school or company have no such export: ask their administrator.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("teams",)
ADVICE: str = "Teams or Skype: secure.skype.com/en/data-export, then unpack the .tar it gives."

APP = "teams"

_START = re.compile(rb"[\s\xef\xbb\xbf]*\{")
_USER = re.compile(rb'"userId"\s*:\s*"')
_LIST = re.compile(rb'"conversations"\s*:\s*\[')
_TYPED = re.compile(r"(?:Text|RichText(?:/.*)?|Poll)", re.IGNORECASE)
_CALL = re.compile(r"Event/Call", re.IGNORECASE)
_PART = re.compile(r"<part\b[^<>]{0,200}?\bidentity=\"(?P<who>[^\"<>]{1,200})\"", re.IGNORECASE)
_CALL_TYPE = re.compile(r"<partlist\b[^<>]{0,200}?\btype=\"(?P<type>\w{1,20})\"", re.IGNORECASE)
_CALL_ID = re.compile(r"\bcallId=\"(?P<id>[^\"<>]{1,100})\"", re.IGNORECASE)
_SECONDS = re.compile(r"<duration>\s*(?P<s>\d{1,7}(?:\.\d{1,9})?)\s*</duration>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{1,2000}>")
_UTC = ZoneInfo("UTC")
# before the colon: 8 and 2 are people, 4 telephones, 28 bots, 48 the program's own lists
_PERSON, _PHONE = ("8", "2", "1"), "4"
_ROBOTS = {"echo123"}
_NOTES = "48:notes"


def sniff(file: ExportFile) -> str:
    """
    Return `teams` if the file names an account and lists conversations.

    Parameters
    ----------
    file
        The file.
    """
    head = file.head()
    if not _START.match(head) or not _LIST.search(head):
        return ""
    return "teams" if _USER.search(head[:2_000]) else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read all conversations of an account.

    Parameters
    ----------
    file
        The file.
    settings
        Not needed: accounts and times are written in full.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If it lists no conversations.
    """
    del settings
    collector = Collector(file, KINDS[0])
    whole = load(file, skip=collector.skip, records=("conversations", "MessageList"))
    if not isinstance(whole, dict) or not isinstance(whole.get("conversations"), list):
        msg = "lists no conversations."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    owner = _handle(whole.get("userId"))
    collector.hint(owner)
    for number, found in enumerate(whole["conversations"], start=1):
        if isinstance(found, dict):
            _Conversation(number, found, owner, collector).add()
        else:
            collector.skip(number, "no conversation, but a value of another kind")
    if progress is not None:
        progress(file.size)
    return collector


def _handle(value: object) -> str:
    """
    Return the handle of an account, empty for bots and the program itself.

    Examples
    --------
    >>> _handle("8:live:ada"), _handle("https://example.org/contacts/8:live:ada")
    ('teams:live:ada', 'teams:live:ada')
    >>> _handle("4:+15550100100"), _handle("28:robot"), _handle("live:ada")
    ('phone:+15550100100', '', 'teams:live:ada')
    """
    text = text_of(value).strip().rpartition("/")[2]
    kind, colon, rest = text.partition(":")
    if kind == _PHONE and colon:
        return phone_handle(rest)
    if kind.isascii() and kind.isdigit():
        text = rest if kind in _PERSON else ""
    return "" if text in _ROBOTS else platform_handle(APP, text)


class _Line(NamedTuple):
    """A message of a conversation."""

    number: str
    at: float
    sender: str
    kind: str
    content: str
    reactions: tuple[tuple[str, float], ...]


class _Conversation:
    """A conversation of two or more, with its messages."""

    def __init__(
        self, number: int, found: dict[str, Any], owner: str, collector: Collector
    ) -> None:
        self.number, self.owner, self.collector = number, owner, collector
        self.id = text_of(found.get("id"))
        self.messages = list_of(found.get("MessageList"))
        partner = "" if self.id.startswith("19:") else _handle(self.id)
        members = {partner, owner} if partner else self.listed(found)
        self.of_people = bool(partner) or self.id.startswith("19:")
        if partner and partner != owner:
            collector.named(partner, clean(text_of(found.get("displayName"))))
        self.lines = [line for message in self.messages if (line := self.look(message))]
        self.members = sorted(members | {line.sender for line in self.lines if line.sender} - {""})

    def listed(self, found: dict[str, Any]) -> set[str]:
        """Return the members of a group, which stand there as a list within a text."""
        members = mapping_of(found.get("threadProperties")).get("members")
        if isinstance(members, str):
            try:
                members = json.loads(members)
            except (ValueError, RecursionError):
                members = members.split()
        return {handle for handle in map(_handle, list_of(members)) if handle} | {self.owner}

    def look(self, value: object) -> _Line | None:
        """Return a message that somebody wrote or a call; else list it as left out."""
        message = mapping_of(value)
        at, reason = iso_time(message.get("originalarrivaltime"), zone=_UTC)
        sender, kind = _handle(message.get("from")), text_of(message.get("messagetype"))
        typed, call = _TYPED.fullmatch(kind), _CALL.fullmatch(kind)
        if not message:
            reason = "no message, but a value of another kind"
        elif not self.of_people:
            noted = self.id == _NOTES
            reason = "a note to oneself" if noted else "written by a bot, or by the program itself"
        elif not typed and not call:
            reason = "written by the program itself, such as who joined"
        elif not sender and typed:
            reason = reason or "written by a bot, or by somebody whom the export does not name"
        if reason:
            self.collector.skip(self.number, reason)
            return None
        if sender != self.owner:
            self.collector.named(sender, clean(text_of(message.get("displayName"))))
        kind, content = "call" if call else "chat", text_of(message.get("content"))
        return _Line(text_of(message.get("id")), at, sender, kind, content, _reactions(message))

    def add(self) -> None:
        """Add messages and calls; a call stands there twice, when it began and ended."""
        calls: dict[str, list[_Line]] = {}
        for line in self.lines:
            if line.kind == "chat":
                self.message(line)
                continue
            found, kind = _CALL_ID.search(line.content), _CALL_TYPE.search(line.content)
            if found is None and kind is not None and kind["type"].casefold() == "started":
                # without a number, nothing tells which end belongs to it
                self.collector.skip(self.number, "the beginning of a call, counted with its end")
            else:
                calls.setdefault(found["id"] if found else f"{line.at}", []).append(line)
        for key, lines in calls.items():
            self.call(key, sorted(lines))

    def message(self, line: _Line) -> None:
        others = [one for one in self.members if one != line.sender]
        if not others:
            self.collector.skip(self.number, "a note to oneself")
            return
        key, thread = (self.id, line.number or line.at, line.sender), digest(APP, self.id)
        self.collector.interaction(
            key=("message", *key),
            at=line.at,
            channel="chat",
            app=APP,
            participants=[("from", line.sender), *(("to", other) for other in others)],
            thread=thread,
            size=_size(line.content),
        )
        for reactor, when in line.reactions:
            if reactor != line.sender:
                self.collector.interaction(
                    key=("reaction", *key, reactor),
                    at=line.at if math.isnan(when) else when,
                    precision="day" if math.isnan(when) else "second",
                    channel="social",
                    app=APP,
                    participants=[("from", reactor), ("to", line.sender)],
                    thread=thread,
                )

    def call(self, key: str, lines: list[_Line]) -> None:
        content = " ".join(line.content for line in lines)
        parts = {_handle(part["who"]) for part in _PART.finditer(content)} - {""}
        people = sorted(parts if len(parts) > 1 else self.members)
        if len(people) < 2:
            for _ in lines:
                self.collector.skip(
                    self.number, "a call of which the export does not say with whom"
                )
            return
        kinds = {found["type"].casefold() for found in _CALL_TYPE.finditer(content)}
        seconds = [float(found["s"]) for found in _SECONDS.finditer(content)]
        seconds = seconds or [0.0] * ("missed" in kinds)
        first = min(lines, key=lambda line: line.at)
        caller = first.sender if first.sender in people else ""
        roles = [("to" if caller else "member", one) for one in people if one != caller]
        self.collector.interaction(
            key=("call", self.id, key),
            at=first.at,
            channel="call",
            app=APP,
            participants=[("from", caller), *roles],
            thread=digest(APP, self.id),
            minutes=max(seconds) / 60 if seconds else math.nan,
        )
        for _ in lines[1:]:
            self.collector.skip(self.number, "the end of a call, counted with its beginning")


def _size(content: str) -> float:
    r"""
    Return the bytes of a text without its marking.

    Examples
    --------
    >>> _size("<b>you</b> &amp; I"), _size("&#" + "9" * 5_000 + ";")
    (7.0, 5003.0)
    """
    text = _TAG.sub("", content)
    try:
        text = html.unescape(text)
    except ValueError:  # a number of thousands of digits
        return float(len(text.encode()))
    return float(len(text.encode()))


def _reactions(message: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    """Return who reacted to a message, and when."""
    emotions = list_of(mapping_of(message.get("properties")).get("emotions"))
    users = (user for emotion in emotions for user in list_of(mapping_of(emotion).get("users")))
    found = {}
    for user in map(mapping_of, users):
        handle = _handle(user.get("mri"))
        if handle:
            found[handle] = epoch(user.get("time"), unit="ms")[0]
    return tuple(found.items())
