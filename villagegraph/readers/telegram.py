"""Telegram: the export of an account or of one chat, as Telegram Desktop writes it in JSON."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from villagegraph.errors import ExportError
from villagegraph.parsing import (
    Collector,
    clean,
    phone_handle,
    platform_handle,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import (
    epoch,
    iso_time,
    json_head,
    list_of,
    mapping_of,
    text_of,
    whole,
)
from villagegraph.parsing.telegram import (
    APP,
    LEFT_OUT,
    Company,
    author_of,
    shown_name,
    source,
    text_size,
)
from villagegraph.parsing.text import decode_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.parsing.telegram import Head, Message
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("telegram",)
ADVICE: str = (
    "Telegram: in Telegram Desktop choose Settings, Advanced, Export Telegram data, "
    "and as format Machine-readable JSON."
)
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Telegram",
        kinds=KINDS,
        steps=(
            (
                "Install Telegram Desktop from desktop.telegram.org: phones and the App Store's "
                "version cannot export."
            ),
            "Choose Settings, Advanced, Export Telegram data.",
            (
                "Tick Account information, Contacts list, Personal chats and Private groups; "
                "untick photos, videos and files."
            ),
            (
                "At the bottom choose the format Machine-readable JSON, then Export. The first "
                "time, Telegram may ask to wait for a day."
            ),
            (
                "Copy `result.json` into the folder. A single chat can be exported, too, from the "
                "three dots at its top."
            ),
        ),
        read=(
            "Who wrote to whom and when, in chats of two and in groups; calls with their length; "
            "reactions, as light touches; your contacts with their numbers."
        ),
        left_out=(
            "What the messages say, media, channels, bots, saved messages, verification codes, "
            "and groups in which more than 100 people take part."
        ),
        traps=(
            "The HTML format cannot be read: choose JSON.",
            (
                "Of a single chat with a group, Telegram does not say who you are; your name or "
                "number in village.toml helps, and so does the export of the whole account."
            ),
            "A call that nobody answered counts as a contact of 0 minutes: somebody tried.",
            "Old versions write local times alone: set `zone` in village.toml.",
        ),
    ),
)

_DAY = 86_400
_TYPES = "|".join([*LEFT_OUT, "personal_chat", r"(?:private|public)_(?:super)?group"])
_JSON = re.compile(
    rf'"type"\s*:\s*"(?:{_TYPES})"|"date_unixtime"\s*:|"from_id"\s*:\s*"(?:user|channel)\d'
)
_ACCOUNT = re.compile(r'"personal_information"\s*:\s*\{\s*"user_id"\s*:')
_HTML = re.compile(r"<title>Exported Data</title>|onload=\"CheckLocation\(\);?\"", re.IGNORECASE)


def sniff(file: ExportFile) -> str:
    """
    Return `telegram` for an export in JSON, and for one in HTML, which `read` refuses.

    Parameters
    ----------
    file
        The file; its name does not count.
    """
    text = json_head(file)
    if text:
        chats = '"messages"' in text and _JSON.search(text)
        return KINDS[0] if chats or _ACCOUNT.search(text) else ""
    return KINDS[0] if _is_html(file) else ""


def _is_html(file: ExportFile) -> bool:
    head = file.head()
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    return start == b"<" and bool(_HTML.search(decode_head(head[:4096])))


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read an account's export, or a chat's.

    Each message is an interaction from its author to all others who take part in the
    chat: whoever writes in it, is said to have been added, or owns the account. Large
    files are gone through twice, a record at a time.

    Parameters
    ----------
    file
        The export.
    settings
        Gives the zone in which older exports' times are read.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If it is the HTML variant, or no JSON.
    """
    if _is_html(file):
        msg = "is Telegram's export as HTML, which cannot be read."
        raise ExportError(msg, path=file.label, hint=f"Choose JSON. {ADVICE}")
    collector = Collector(file, KINDS[0])
    export = source(file)
    chats: list[Company] = []
    for number, message in export.messages(skip=_unheard):
        while len(chats) <= number:
            chats.append(Company())
        chats[number].meet(message)
    reader = _Account(collector, settings, export.head)
    reader.learn(chats)
    for number, message in export.messages(skip=collector.skip, progress=progress):
        reason = reader.add(number, message)
        if reason:
            collector.skip(None, reason)
    reader.tell()
    return collector


def _unheard(line: int | None, reason: str) -> None:
    """Say nothing of faults that are listed the second time the file is gone through."""


class _Account:
    """Turn messages into interactions."""

    def __init__(self, collector: Collector, settings: Settings, head: Head) -> None:
        self.collector, self.settings, self.head = collector, settings, head
        self.zone = ZoneInfo(settings.zone)
        number = text_of(head.owner.get("user_id"))
        self.owner = platform_handle(APP, f"user{number}") if number not in ("", "0") else ""
        self.chats: list[Company] = []
        self.seen = Counter[tuple[object, ...]]()
        self.used: dict[str, str] = {}

    def learn(self, chats: list[Company]) -> None:
        """Take in who takes part in which chat, and who the owner is."""
        self.chats = chats
        known: dict[str, set[str]] = {_full_name(self.head.owner): {self.owner} - {""}}
        for chat in chats:
            for handle, name in chat.names.items():
                known.setdefault(name, set()).add(handle)
        # lines about who was added hold names alone
        sure = {name: min(found) for name, found in known.items() if name and len(found) == 1}
        alone = Counter[str]()
        for chat, head in zip(chats, self.head.chats, strict=False):
            alone[chat.settle(head, self.owner, sure)] += 1
        if not self.owner:
            for handle in sorted(alone):
                self.collector.hint(handle)

    def add(self, number: int, message: Message) -> str:
        """Add a message, a call, or what was reacted; or return why it is left out."""
        chat = self.chats[number]
        if chat.reason:
            return chat.reason
        service = message.type == "service"
        if service and message.action != "phone_call":
            return "a line written by Telegram itself"
        sender, _ = author_of(message)
        if not sender:
            posted = text_of(message.from_id).startswith("channel")
            return "a channel's post in a group" if posted else "no author"
        at, zone, reason = self.moment(message.date_unixtime, message.date)
        if reason:
            return reason
        others = [member for member in chat.members if member != sender]
        if not others:
            return "nobody is known to whom it was written"
        seconds = whole(message.duration_seconds) or 0
        size = text_size(message.text)
        key = self.key(chat, message, (at, sender, str(size)))
        self.collector.interaction(
            key=key,
            at=at,
            zone=zone,
            channel="call" if service else "chat",
            app=APP,
            participants=[("from", sender), *(("to", other) for other in others)],
            thread=chat.key,
            minutes=max(0, min(seconds, _DAY * 7)) / 60 if service else float("nan"),
            size=float("nan") if service else size,
        )
        self.use(chat, [sender, *others])
        for handle, when, where in self.reactions(chat, message, sender, (at, zone)):
            self.collector.interaction(
                key=(*key, "reaction", handle),
                at=when,
                zone=where,
                channel="social",
                app=APP,
                participants=[("from", handle), ("to", sender)],
                thread=chat.key,
            )
        return ""

    def key(self, chat: Company, message: Message, same: tuple[object, ...]) -> tuple[object, ...]:
        number = text_of(message.id)
        if number:
            return (chat.key, number)
        found = (chat.key, *same)
        self.seen[found] += 1
        return (*found, self.seen[found])

    def moment(self, number: object, local: object) -> tuple[float, str, str]:
        """Return a time, the zone in which it had to be read, and why there is none."""
        if number is not None:
            at, reason = epoch(number)
            return at, "", reason
        at, reason = iso_time(local, zone=self.zone)
        return at, self.settings.zone, reason

    def reactions(
        self, chat: Company, message: Message, author: str, moment: tuple[float, str]
    ) -> Iterator[tuple[str, float, str]]:
        """Yield who reacted to a message of somebody else, each once, and when."""
        found = list_of(message.reactions)
        if not found:
            return
        done = {author}
        ahead = None
        if not moment[1]:
            # a message has both times, a reaction the local one alone
            local, _, reason = self.moment(None, message.date)
            ahead = None if reason or abs(local - moment[0]) > _DAY else local - moment[0]
        for reaction in found:
            for recent in list_of(mapping_of(reaction).get("recent")):
                row = mapping_of(recent)
                account = text_of(row.get("from_id"))
                handle = platform_handle(APP, account) if account.startswith("user") else ""
                if not handle or handle in done:
                    continue
                done.add(handle)
                at, zone, reason = self.moment(None, row.get("date"))
                if ahead is not None and not reason:
                    at, zone = at - ahead, ""
                if reason:
                    at, zone = moment
                chat.names.setdefault(handle, shown_name(row.get("from")))
                self.use(chat, [handle])
                yield handle, at, zone

    def use(self, chat: Company, handles: list[str]) -> None:
        for handle in handles:
            if not self.used.get(handle):
                self.used[handle] = chat.names.get(handle, "")

    def tell(self) -> None:
        """Add what is known of people: the owner, the address book, names shown in chats."""
        if self.owner:
            handles = [self.owner, _phone(text_of(self.head.owner.get("phone_number")))]
            self.collector.contact(handles=handles, name=_full_name(self.head.owner))
            for handle in handles:
                self.collector.hint(handle)
        for number, value in enumerate(self.head.contacts, start=1):
            row = mapping_of(value)
            account = text_of(row.get("user_id"))
            handles = [
                platform_handle(APP, f"user{account}") if account not in ("", "0") else "",
                _phone(text_of(row.get("phone_number"))),
            ]
            name = _full_name(row)
            if not name and not any(handles):
                self.collector.skip(None, "a contact without a name or number")
                continue
            self.collector.contact(handles=handles, record=number, name=name)
        for handle, name in self.used.items():
            self.collector.named(handle, name)


def _full_name(row: dict[str, Any]) -> str:
    return clean(" ".join(text_of(row.get(name)) for name in ("first_name", "last_name")))


def _phone(text: str) -> str:
    """Return the handle of a number; Telegram's have a country code, with or without a sign."""
    digits = re.sub(r"\D", "", text)
    return phone_handle(text if text[:1] in "+0" else f"+{digits}") if digits else ""
