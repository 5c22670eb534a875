"""The lines of Signal's own plaintext export: people, groups, chats and what was said when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from villagegraph.files import digest
from villagegraph.parsing.handles import OWNER, name_handle, phone_handle, platform_handle
from villagegraph.parsing.json_files import (
    epoch,
    json_lines,
    list_of,
    mapping_of,
    text_of,
    whole,
)
from villagegraph.parsing.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.parsing.collect import Collector
    from villagegraph.parsing.sources import ExportFile, Progress

APP = "signal"
FRAMES = frozenset(
    "account recipient chat chatItem stickerPack adHocCall notificationProfile chatFolder".split()
)
"""What a line may hold: an object with one of these names."""

_KINDS = ("self", "contact", "group", "releaseNotes", "distributionList", "callLink")
_SPOKEN = (
    "standardMessage", "contactMessage", "stickerMessage", "remoteDeletedMessage", "giftBadge",
    "paymentNotification", "viewOnceMessage", "directStoryReplyMessage", "poll",
    "adminDeletedMessage",
)  # fmt: skip
_OUTGOING = {"OUTGOING", "2"}
_ANSWERED = {"ACCEPTED", "1"}
_BY_SIGNAL = "written by Signal itself"
_NO_CHAT = "a chat of which the export does not say with whom it is"
_ASIDE = {
    "self": "a note to oneself",
    "releaseNotes": _BY_SIGNAL,
    "distributionList": "a story, which is addressed to nobody",
}


class Party(NamedTuple):
    """
    Whom a chat is with, or who wrote.

    Attributes
    ----------
    kind
        One of `self`, `contact`, `group`; anything else is nobody.
    handle
        Of a person.
    members
        Handles of a group's members but the owner.
    key
        What a group is called in every export; never its name.
    """

    kind: str
    handle: str = ""
    members: tuple[str, ...] = ()
    key: str = ""


class _Export:
    """People and chats known so far, and the items that came before them."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.parties: dict[str, Party] = {}
        self.accounts: dict[str, str] = {}
        self.groups: list[tuple[str, dict[str, Any]]] = []
        self.chats: dict[str, str] = {}
        self.waiting: list[tuple[int, dict[str, Any]]] = []

    def account(self, account: dict[str, Any]) -> None:
        name = _joined(account, "givenName", "familyName")
        username = platform_handle(APP, text_of(account.get("username")))
        if name or username:
            self.collector.contact(handles=(OWNER, username), name=name)
        self.collector.hint(username)

    def recipient(self, line: int, recipient: dict[str, Any]) -> None:
        number = text_of(recipient.get("id"))
        kind = next((kind for kind in _KINDS if isinstance(recipient.get(kind), dict)), "")
        if kind == "self":
            self.parties[number] = Party("self", OWNER)
        elif kind == "contact":
            self.contact(line, number, recipient[kind])
        elif kind == "group":
            # the members' own lines may come later
            self.groups.append((number, recipient[kind]))
        else:
            self.parties[number] = Party(kind)

    def contact(self, line: int, number: str, contact: dict[str, Any]) -> None:
        digits = text_of(contact.get("e164"))
        phone = phone_handle(digits if digits.startswith("+") else f"+{digits}")
        account = text_of(contact.get("aci"))
        name = _shown_name(contact)
        found = [
            platform_handle(APP, account),
            phone,
            platform_handle(APP, text_of(contact.get("username"))),
        ]
        handles = [handle for handle in found if handle] or [name_handle(name, APP)]
        if not any(handles):
            self.collector.skip(line, "the person has no name, number or account")
            return
        self.collector.contact(handles=handles, record=line, name=name)
        self.parties[number] = Party("contact", handles[0])
        if account:
            self.accounts[account] = handles[0]

    def settle(self) -> None:
        """Look up the members of groups whose lines have come."""
        for number, group in self.groups:
            snapshot = mapping_of(group.get("snapshot"))
            listed = map(mapping_of, list_of(snapshot.get("members")))
            # the owner's own account stands in no other line
            known = (self.accounts.get(text_of(member.get("userId")), "") for member in listed)
            members = tuple(dict.fromkeys(filter(None, known)))
            key = text_of(group.get("masterKey")) or digest(APP, *sorted(members))
            self.parties[number] = Party("group", members=members, key=key)
        self.groups.clear()

    def ready(self, item: dict[str, Any]) -> bool:
        """Tell whether all that an item refers to is known."""
        partner = self.chats.get(text_of(item.get("chatId")), "")
        return partner in self.parties and text_of(item.get("authorId")) in self.parties

    def item(self, line: int, item: dict[str, Any]) -> None:
        """Add what one line says: a message with its reactions, or a call."""
        partner = self.parties.get(self.chats.get(text_of(item.get("chatId")), ""))
        update = item.get("updateMessage")
        reason = _set_aside(partner, item)
        if partner is None or reason:
            self.collector.skip(line, reason or _NO_CHAT)
        elif isinstance(update, dict):
            self.call(line, item, update, partner)
        else:
            self.message(line, item, partner)

    def message(self, line: int, item: dict[str, Any], partner: Party) -> None:
        at, reason = _first_sent(item)
        author = self.author(item)
        if reason or not author:
            self.collector.skip(line, reason or "the export does not say who wrote it")
            return
        thread = _thread(partner)
        others = self.others(item, author, partner)
        self.collector.interaction(
            key=(thread, author, round(at * 1000)),
            at=at,
            channel="sms" if item.get("sms") is True else "chat",
            app=APP,
            participants=[("from", author), *(("to", other) for other in others)],
            thread=thread,
            size=_size(item),
        )
        for spoken in _SPOKEN:
            self.reactions(mapping_of(item.get(spoken)), author, at, thread)

    def author(self, item: dict[str, Any]) -> str:
        if isinstance(item.get("outgoing"), dict):
            return OWNER
        party = self.parties.get(text_of(item.get("authorId")))
        return party.handle if party is not None else ""

    def others(self, item: dict[str, Any], author: str, partner: Party) -> list[str]:
        """Return who received a message: as it was then, where the export tells."""
        found: Iterable[str] = partner.members if partner.kind == "group" else (partner.handle,)
        states = list_of(mapping_of(item.get("outgoing")).get("sendStatus"))
        sent_to = [text_of(mapping_of(state).get("recipientId")) for state in states]
        handles = [self.parties[key].handle for key in sent_to if key in self.parties]
        if partner.kind == "group" and any(handles):
            found = handles
        return [one for one in dict.fromkeys([*found, OWNER]) if one and one != author]

    def reactions(self, message: dict[str, Any], author: str, at: float, thread: str) -> None:
        for reaction in map(mapping_of, list_of(message.get("reactions"))):
            party = self.parties.get(text_of(reaction.get("authorId")))
            when, reason = epoch(reaction.get("sentTimestamp"), unit="ms")
            if party is None or not party.handle or party.handle == author:
                continue
            self.collector.interaction(
                key=("reaction", thread, author, round(at * 1000), party.handle),
                at=at if reason else when,
                channel="social",
                app=APP,
                participants=[("from", party.handle), ("to", author)],
                thread=thread,
            )

    def call(self, line: int, item: dict[str, Any], update: dict[str, Any], partner: Party) -> None:
        one, many = (update.get(name) for name in ("individualCall", "groupCall"))
        call = mapping_of(one) or mapping_of(many)
        if not call:
            self.collector.skip(line, _BY_SIGNAL)
            return
        at, reason = epoch(call.get("startedCallTimestamp") or item.get("dateSent"), unit="ms")
        if reason:
            self.collector.skip(line, reason)
            return
        caller = self.caller(call, item, partner)
        others = [one for one in (*partner.members, partner.handle, OWNER) if one and one != caller]
        ended, unfinished = epoch(call.get("endedCallTimestamp"), unit="ms")
        minutes = math.nan if unfinished or ended < at else (ended - at) / 60
        if one and text_of(call.get("state")) not in {*_ANSWERED, ""}:
            minutes = 0.0
        thread = _thread(partner)
        self.collector.interaction(
            key=("call", thread, whole(call.get("callId")) or round(at * 1000)),
            at=at,
            channel="call",
            app=APP,
            participants=[("from" if caller else "member", caller or OWNER), *_to(others, caller)],
            thread=thread,
            minutes=minutes,
        )

    def caller(self, call: dict[str, Any], item: dict[str, Any], partner: Party) -> str:
        """Return who called, empty if that is not told."""
        if partner.kind == "contact":
            outgoing = text_of(call.get("direction")).upper() in _OUTGOING
            return OWNER if outgoing or "outgoing" in item else partner.handle
        ids = (text_of(call.get(name)) for name in ("ringerRecipientId", "startedCallRecipientId"))
        return next((self.parties[key].handle for key in ids if key in self.parties), "")


def _to(others: list[str], caller: str) -> list[tuple[str, str]]:
    return [("to" if caller else "member", other) for other in dict.fromkeys(others)]


def _set_aside(partner: Party | None, item: dict[str, Any]) -> str:
    """Return why an item tells of no contact; empty if it may."""
    if partner is None or partner.kind not in ("contact", "group"):
        return _ASIDE.get(partner.kind if partner is not None else "", _NO_CHAT)
    if not isinstance(item.get("updateMessage"), dict) and not any(
        isinstance(item.get(spoken), dict) for spoken in _SPOKEN
    ):
        return "neither a message nor a call"
    return ""


def _first_sent(item: dict[str, Any]) -> tuple[float, str]:
    """Return when a message was sent for the first time: each edit has a time of its own."""
    forms = [item, *map(mapping_of, list_of(item.get("revisions")))]
    times = [epoch(form.get("dateSent"), unit="ms") for form in forms]
    return min((time for time in times if not time[1]), default=times[0])


def _size(item: dict[str, Any]) -> float:
    standard = mapping_of(item.get("standardMessage")) or mapping_of(
        item.get("directStoryReplyMessage")
    )
    text = mapping_of(standard.get("text")) or mapping_of(
        mapping_of(standard.get("textReply")).get("text")
    )
    if isinstance(item.get("remoteDeletedMessage"), dict):
        return 0.0
    return float(len(text_of(text.get("body")).encode())) if "body" in text else math.nan


def _thread(partner: Party) -> str:
    return digest(APP, partner.kind, partner.key or partner.handle)


def _joined(names: dict[str, Any], *keys: str) -> str:
    return clean(" ".join(text_of(names.get(key)) for key in keys))


def _shown_name(contact: dict[str, Any]) -> str:
    """Return a name as the owner's address book has it, else as the person writes it."""
    nickname = mapping_of(contact.get("nickname"))
    return (
        _joined(contact, "systemGivenName", "systemFamilyName")
        or _joined(nickname, "given", "family")
        or _joined(contact, "profileGivenName", "profileFamilyName")
        or _joined(contact, "systemNickname")
    )


def read_lines(file: ExportFile, collector: Collector, progress: Progress | None = None) -> None:
    """
    Read `main.jsonl`, a line at a time.

    Parameters
    ----------
    file
        The file.
    collector
        Where people, messages and calls go.
    progress
        Called with the number of bytes done.
    """
    export = _Export(collector)
    for line, value in json_lines(file, skip=collector.skip):
        frame = mapping_of(value)
        name = min(FRAMES & frame.keys(), default="")
        found = frame.get(name)
        if not frame or (name and not isinstance(found, dict)):
            collector.skip(line, "a line of another kind than Signal writes")
        elif name == "chatItem" and found:
            if export.groups:
                export.settle()
            if export.ready(found):
                export.item(line, found)
            else:
                export.waiting.append((line, found))
        else:
            _other(export, line, name, mapping_of(found))
    export.settle()
    for line, item in export.waiting:
        export.item(line, item)
    if progress is not None:
        progress(file.size)


def _other(export: _Export, line: int, name: str, found: dict[str, Any]) -> None:
    if name == "account":
        export.account(found)
    elif name == "recipient":
        export.recipient(line, found)
    elif name == "chat":
        export.chats[text_of(found.get("id"))] = text_of(found.get("recipientId"))
    elif name == "adHocCall":
        export.collector.skip(line, "a call by link, which does not say with whom it was")
    elif name == "chatItem":
        export.collector.skip(line, "neither a message nor a call")
