"""Discord's data package: who the owner and the friends are, and what the owner wrote."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import (
    OWNER,
    Collector,
    clean,
    decode,
    email_handle,
    phone_handle,
    platform_handle,
    table_rows,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import iso_time, list_of, load, mapping_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Discord",
        kinds=("discord", "discord-user", "discord-other"),
        steps=(
            "In Discord open Settings, Data & Privacy, and choose Request all of my data.",
            "Account and Messages are enough; wait for the mail, which may take up to 30 days.",
            "Put `package.zip` here as it is.",
        ),
        read=(
            "Your friends with their names; your messages to one person or to a group, with time, "
            "members and size; on servers, your messages that name somebody with @."
        ),
        left_out="Texts and files; messages to a whole server; servers, payments and activity.",
        traps=(
            "Only your own messages are in the package, so that ties of it alone look one-sided.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("discord", "discord-user", "discord-other")
ADVICE: str = "Discord: Settings, Data & Privacy, Request all of my data; keep the zip whole."
BESIDE: tuple[str, ...] = (
    "channel.json",
    "../index.json",
    "../../Account/user.json",
    "../../account/user.json",
)

APP = "discord"
ONLY_OWN = "only your own messages are in a Discord package, and none that others wrote"

_SPACE = rb"[\s\xef\xbb\xbf]*"
_ROWS = re.compile(_SPACE + rb'\[\s*\{\s*"ID"\s*:\s*"?\d{5,25}"?\s*,\s*"Timestamp"\s*:')
_TABLE = re.compile(rb'(?:\xef\xbb\xbf)?"?ID"?,"?Timestamp"?,"?Contents"?(?:,|\s|\Z)')
_INDEX = re.compile(_SPACE + rb'\{\s*"\d{15,20}"\s*:\s*(?:"|null)')
_CHANNEL = re.compile(_SPACE + rb'\{\s*"id"\s*:\s*"\d{15,20}"\s*,\s*"type"\s*:\s*["\d]')
_USER = re.compile(_SPACE + rb'\{\s*"id"\s*:\s*"\d{5,20}"\s*,\s*"username"\s*:')
_EMPTY = re.compile(_SPACE + rb"\[\s*\]\s*")

_ID = re.compile(r"\d{5,25}", re.ASCII)
_MENTION = re.compile(r"<@!?(\d{5,25})>", re.ASCII)
_TITLE = re.compile(r"Direct Message with (?P<name>.+)")
_FRIEND = {"1", "FRIEND"}
_FEW = {"1", "3", "DM", "GROUP_DM"}
_UTC = ZoneInfo("UTC")


def sniff(file: ExportFile) -> str:
    """
    Return what part of a data package a file is.

    Parameters
    ----------
    file
        The file; its neighbours decide only where it holds no message.
    """
    head = file.head()
    if _ROWS.match(head) or _TABLE.match(head):
        return "discord"
    if _EMPTY.fullmatch(head):
        return "discord" if file.beside("channel.json") and file.beside("../index.json") else ""
    if _USER.match(head) and b'"discriminator"' in head:
        return "discord-user"
    return "discord-other" if _INDEX.match(head) or _CHANNEL.match(head) else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the account with its friends, or the messages of one conversation.

    Parameters
    ----------
    file
        The file; messages look at the conversation beside them.
    settings
        Not needed: numbers and times are written in full.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If it holds no list of messages, or no account.
    """
    del settings
    kind = sniff(file)
    collector = Collector(file, kind or "discord")
    if kind == "discord-other":
        collector.note("part of a Discord package that tells of no contact by itself")
    elif kind == "discord-user":
        _add_account(load(file, skip=collector.skip), collector, file)
    else:
        channel = _Channel(file, collector)
        for line, row in _rows(file, collector.skip):
            channel.message(line, row)
        collector.note(ONLY_OWN)
    if progress is not None:
        progress(file.size)
    return collector


def _rows(
    file: ExportFile, skip: Callable[[int | None, str], None]
) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Yield messages, of a list or of the table of older packages."""
    if _TABLE.match(file.head()):
        wanted = ("ID", "Timestamp", "Contents")
        text = decode(file.read())
        # every row is written in full: a shorter one is where the file breaks off
        yield from table_rows(text, path=file.label, wanted=wanted, skip=skip, whole=True)
        return
    whole = load(file, skip=skip)
    if not isinstance(whole, list):
        msg = "is no list of messages."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    for number, record in enumerate(whole, start=1):
        if isinstance(record, dict):
            yield number, record
        else:
            skip(number, "no message, but a value of another kind")


def _account(value: object) -> str:
    number = text_of(value).strip()
    return platform_handle(APP, number) if _ID.fullmatch(number) else ""


def _shown(user: dict[str, Any]) -> str:
    names = (user.get(key) for key in ("global_name", "display_name", "username"))
    return next((name for name in map(clean, map(text_of, names)) if name), "")


def _add_account(whole: object, collector: Collector, file: ExportFile) -> None:
    user = mapping_of(whole)
    handles = [
        _account(user.get("id")),
        email_handle(text_of(user.get("email"))),
        phone_handle(text_of(user.get("phone"))),
    ]
    if not handles[0]:
        msg = "names no account."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    collector.contact(handles=handles, record=0, name=_shown(user))
    for handle in handles:
        collector.hint(handle)
    for number, relation in enumerate(map(mapping_of, list_of(user.get("relationships"))), 1):
        friend = mapping_of(relation.get("user"))
        handle = _account(friend.get("id")) or _account(relation.get("id"))
        name = clean(text_of(relation.get("nickname"))) or _shown(friend)
        if text_of(relation.get("type")) not in _FRIEND:
            collector.skip(number, "no friend, but somebody asked or blocked")
        elif not handle:
            collector.skip(number, "the friend has no account")
        else:
            collector.contact(handles=(handle,), record=number, name=name)


@dataclass(frozen=True)
class _Neighbour:
    """A file beside the one that is read, known by its content."""

    mark: str
    file: ExportFile = field(compare=False)


@functools.lru_cache(maxsize=16)
def _content(neighbour: _Neighbour) -> Any:  # noqa: ANN401 - JSON, looked at where it is used
    try:
        return load(neighbour.file, skip=lambda _line, _reason: None)
    except ExportError:  # said where the file itself is read
        return None


def _beside(file: ExportFile, *paths: str) -> dict[str, Any]:
    """Return the first of some neighbours that is there."""
    for path in paths:
        found = file.beside(path)
        if found is not None:
            return mapping_of(_content(_Neighbour(found.fingerprint(), found)))
    return {}


class _Channel:
    """A conversation, and to whom the owner writes in it."""

    def __init__(self, file: ExportFile, collector: Collector) -> None:
        self.collector = collector
        self.about = _beside(file, "channel.json")
        place = text_of(self.about.get("id")) or file.folder.rpartition("/")[2].lstrip("c")
        self.thread = digest(APP, place)
        owner = _account(
            _beside(file, "../../Account/user.json", "../../account/user.json").get("id")
        )
        self.owner = owner or OWNER
        listed = map(_account, list_of(self.about.get("recipients")))
        self.others = sorted({handle for handle in listed if handle and handle != owner})
        self.few = text_of(self.about.get("type")) in _FEW or bool(self.others)
        if self.few and len(self.others) == 1:
            title = _TITLE.fullmatch(text_of(_beside(file, "../index.json").get(place)))
            if title is not None:
                # old names end in #0, or in four digits
                collector.named(self.others[0], clean(title["name"].partition("#")[0]))

    def message(self, line: int, row: Mapping[str, Any]) -> None:
        """Add one message of the owner's, if it is to somebody."""
        at, reason = iso_time(row.get("Timestamp"), zone=_UTC)
        text, number = text_of(row.get("Contents")), text_of(row.get("ID"))
        others, nobody = self.others, "a message to an account that was deleted"
        if not self.few:
            named = map(_account, _MENTION.findall(text))
            others = [one for one in dict.fromkeys(named) if one != self.owner]
            nobody = "a message to a whole server, which addresses nobody"
            if not self.about:
                nobody = "no `channel.json` beside it: it does not say to whom this was"
        if reason or not others:
            self.collector.skip(line, reason or nobody)
            return
        self.collector.interaction(
            key=("message", number or (self.thread, at)),
            at=at,
            channel="chat",
            app=APP,
            participants=[("from", self.owner), *(("to", other) for other in others)],
            thread=self.thread,
            # the same letter has the same size, whatever its line ends
            size=float(len(text.replace("\r\n", "\n").encode())),
        )
