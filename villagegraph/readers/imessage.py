"""Messages of a Mac or an iPhone, and the address book of a Mac: SQLite databases."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import (
    OWNER,
    Collector,
    any_handle,
    clean,
    email_handle,
    phone_handle,
    phone_region,
)
from villagegraph.parsing.databases import DAMAGED, FAULTS, Database, names_in_head, opened
from villagegraph.parsing.guide import Guide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("imessage", "mac-contacts", "imessage-log")
ADVICE: str = (
    'iMessage: in Terminal run sqlite3 ~/Library/Messages/chat.db ".backup chat-copy.db" and copy '
    "chat-copy.db here."
)
BESIDE: tuple[str, ...] = ("chat.db-wal", "sms.db-wal")
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="iMessage and SMS of a Mac or iPhone (chat.db, sms.db)",
        kinds=KINDS,
        steps=(
            "On the Mac allow Terminal full disk access (System Settings, Privacy & Security).",
            'In Terminal run: sqlite3 ~/Library/Messages/chat.db ".backup chat-copy.db"',
            "Copy chat-copy.db into the folder. (In an unencrypted iPhone backup it is sms.db.)",
            "For names, copy ~/Library/Application Support/AddressBook/AddressBook-v22.abcddb too.",
        ),
        read=(
            "Who wrote to whom and when, group chats with all their members, tapbacks as light "
            "touches, and from the address book names, numbers, addresses and birthdays."
        ),
        left_out=(
            "What the messages say, lines about who came and went, tapbacks that were taken back, "
            "and senders without a number or address of their own (businesses, short numbers)."
        ),
        traps=(
            "chat.db holds no names: the address book, or any other contacts, bring them.",
            "A chat.db copied by hand while Messages runs lacks the newest: use .backup.",
            "Where the Mac keeps the words only in a packed form, their size is not known.",
            "Members of a group are those of today: who left is not counted, who joined is.",
        ),
    ),
)

APP = "imessage"
EPOCH = 978_307_200  # 2001-01-01 UTC, from which Apple counts
_NANOSECONDS = 1_000_000_000_000  # more seconds than this would be the year 33,000
FIRST, LAST = 86_400, 4_102_444_800
_LOGS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_LOG_NAMES = tuple(BESIDE)
_MESSAGE = {
    "rowid": "ROWID",
    "guid": "guid",
    "handle_id": "handle_id",
    "is_from_me": "is_from_me",
    "date": "date",
    # the words never leave the database
    "text": "LENGTH(CAST(text AS BLOB))",
    "service": "service",
    "item_type": "item_type",
    "associated_message_type": "associated_message_type",
    "associated_message_guid": "associated_message_guid",
    "destination_caller_id": "destination_caller_id",
}
_TAPBACKS, _TAKEN_BACK = range(2000, 3000), range(3000, 4000)


def sniff(file: ExportFile) -> str:
    """Return `imessage` or `mac-contacts` if the database has the tables of either."""
    head = file.head()
    if head[:4] in _LOGS and file.name in _LOG_NAMES:
        return KINDS[2]
    if names_in_head(file, b"chat_message_join", b"is_from_me", b"handle_id"):
        return KINDS[0]
    return KINDS[1] if names_in_head(file, b"ZABCDRECORD", b"ZABCDPHONENUMBER") else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the messages of a Mac or an iPhone, or the address book of a Mac.

    Parameters
    ----------
    file
        The database; inside a zip it is read into memory.
    settings
        Own numbers tell in which country numbers without a country code lie.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it.

    Raises
    ------
    ExportError
        If the database is damaged, or is none of these after all.
    """
    kind = sniff(file) or KINDS[0]
    collector = Collector(file, kind)
    if kind == KINDS[2]:
        collector.note(
            "The newest messages may stand only here, and cannot be read from here. " + ADVICE
        )
    else:
        with opened(file) as database:
            if kind == KINDS[1]:
                _contacts(database, collector, phone_region(settings.me.phones))
            else:
                _messages(database, collector, phone_region(settings.me.phones))
    if kind == KINDS[0] and any(file.beside(name) for name in BESIDE):
        collector.note("Newer messages may stand in the log beside it. " + ADVICE)
    if progress is not None:
        progress(file.size)
    return collector


def _messages(database: Database, collector: Collector, region: str) -> None:
    if not (
        database.has("message", "guid", "handle_id", "is_from_me", "date")
        and database.has("handle", "id")
    ):
        msg = "has not the tables of Apple's Messages."
        raise ExportError(msg, path=collector.file.label, hint=ADVICE)
    messages = _Messages(database, collector, region)
    row: tuple[Any, ...] = ()
    try:
        for row in database.rows("message", _MESSAGE, order="ROWID"):
            reason = messages.add(dict(zip(_MESSAGE, row, strict=True)))
            if reason:
                collector.skip(_number(row[0]) or 0, reason)
    except FAULTS:
        if not row:
            raise
        collector.skip((_number(row[0]) or 0) + 1, f"{DAMAGED}: nothing from here on can be read")
    messages.finish()


class _Messages:
    """Turn the rows of the table `message` into interactions."""

    def __init__(self, database: Database, collector: Collector, region: str) -> None:
        self.collector = collector
        self.region = region
        self.own: Counter[str] = Counter()
        self.unknown_sizes = 0
        self.handles: dict[int, str] = {}
        for number, text in database.rows("handle", {"rowid": "ROWID", "id": "id"}):
            self.handles[_number(number) or 0] = self.handle(text)
        self.chats: dict[int, int] = {}
        joins = {"message_id": "message_id", "chat_id": "chat_id"}
        for message, chat in self.joined(database, "chat_message_join", joins):
            # a message that two chats hold is told of the older
            self.chats[message] = min(chat, self.chats.get(message, chat))
        found: defaultdict[int, set[str]] = defaultdict(set)
        joins = {"chat_id": "chat_id", "handle_id": "handle_id"}
        for chat, number in self.joined(database, "chat_handle_join", joins):
            found[chat].add(self.handles.get(number, ""))
        self.members = {chat: tuple(sorted(people - {""})) for chat, people in found.items()}
        self.groups: dict[int, str] = {}
        if database.has("chat", "guid"):
            for number, guid in database.rows("chat", {"rowid": "ROWID", "guid": "guid"}):
                self.groups[_number(number) or 0] = str(guid)
        self.authors = self.reacted(database)

    def joined(
        self, database: Database, table: str, columns: dict[str, str]
    ) -> Iterable[tuple[int, int]]:
        if not database.has(table, *columns):
            return
        for one, other in database.rows(table, columns):
            pair = _number(one), _number(other)
            if pair[0] is not None and pair[1] is not None:
                yield pair[0], pair[1]

    def reacted(self, database: Database) -> dict[str, str]:
        """Return who wrote each message to which somebody reacted."""
        found: dict[str, str] = {}
        if not database.has("message", "associated_message_guid"):
            return found
        columns = {"guid": "guid", "handle_id": "handle_id", "is_from_me": "is_from_me"}
        # where the database is damaged is told when its messages are read
        with contextlib.suppress(*FAULTS):
            guids = {"associated_message_guid": "associated_message_guid"}
            wanted = {_target(guid) for (guid,) in database.rows("message", guids)} - {""}
            for guid, who, mine in database.rows("message", columns) if wanted else ():
                if guid in wanted:
                    found[guid] = self.author(who, mine)
        return found

    def author(self, number: object, mine: object) -> str:
        return OWNER if _number(mine) == 1 else self.handles.get(_number(number) or 0, "")

    def handle(self, text: object) -> str:
        shown = text if isinstance(text, str) else ""
        return email_handle(shown) or phone_handle(shown, region=self.region)

    def add(self, row: dict[str, Any]) -> str:
        """Add a row; return why it is left out, or nothing."""
        kind = _number(row["associated_message_type"]) or 0
        reason = _no_message(row, kind)
        at = _moment(row["date"])
        if not reason and at is None:
            reason = "it has no date"
        elif not reason and at is not None and not FIRST <= at < LAST:
            reason = "the date is out of range"
        if reason or at is None:
            return reason
        mine = _number(row["is_from_me"]) == 1
        other = self.handles.get(_number(row["handle_id"]) or 0, "")
        chat = self.chats.get(_number(row["rowid"]) or 0, 0)
        members = self.members.get(chat, ())
        sender = OWNER if mine else other
        others = [h for h in members or ((other,) if other else ()) if h != sender]
        if not sender:
            return "its sender is no person's number or address"
        if mine and not others:
            return "to whom it went is not told"
        self.known(row["destination_caller_id"])
        group = len(members) > 1 and chat in self.groups
        thread = digest(APP, self.groups[chat] if group else others[0] if mine else sender)
        if kind in _TAPBACKS:
            return self.touch(row, at, sender, thread)
        size = _number(row["text"])
        self.unknown_sizes += size is None
        self.collector.interaction(
            key=(row["guid"],),
            at=at,
            channel="sms" if str(row["service"]).upper() in ("SMS", "MMS") else "chat",
            app=APP,
            participants=[("from", sender), *(("to", h) for h in others), *self.me(mine=mine)],
            thread=thread,
            size=math.nan if size is None else float(size),
        )
        return ""

    def me(self, *, mine: bool) -> list[tuple[str, str]]:
        return [] if mine else [("to", OWNER)]

    def touch(self, row: dict[str, Any], at: float, sender: str, thread: str) -> str:
        """Add a tapback: a light touch of the one whose message it is."""
        author = self.authors.get(_target(row["associated_message_guid"]), "")
        if not author or author == sender:
            return "a tapback on an own or an unknown message"
        self.collector.interaction(
            key=(row["guid"],),
            at=at,
            channel="social",
            app=APP,
            participants=[("from", sender), ("to", author)],
            thread=thread,
        )
        return ""

    def known(self, text: object) -> None:
        """Count a number or address at which the owner is reached."""
        if isinstance(text, str) and text:
            self.own[self.handle(text)] += 1

    def finish(self) -> None:
        """Tell what was found of the owner, and what is not known."""
        others = {handle for people in self.members.values() for handle in people}
        for handle in sorted(self.own):
            if handle and handle not in others:
                self.collector.hint(handle)
        if self.unknown_sizes:
            n = self.unknown_sizes
            self.collector.note(
                f"{n:,} message{'s' * (n != 1)} of which only the time and the people are known"
            )


def _no_message(row: dict[str, Any], kind: int) -> str:
    """Return why a row is no message, or nothing."""
    if not isinstance(row["guid"], str) or not row["guid"]:
        return "it has no key of its own"
    if _number(row["item_type"]):
        return "a line about the chat, not a message"
    return "a tapback that was taken back" if kind in _TAKEN_BACK else ""


def _target(guid: object) -> str:
    """Return the key of the message to which a tapback belongs: `p:0/KEY`, `bp:KEY` or `KEY`."""
    return guid.rpartition("/")[2].rpartition(":")[2] if isinstance(guid, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _moment(value: object) -> float | None:
    """Return seconds since 1970; None for a message without a date."""
    if not isinstance(value, int | float) or not value or not math.isfinite(value):
        return None
    return (value / 1e9 if abs(value) >= _NANOSECONDS else value) + EPOCH


def _contacts(database: Database, collector: Collector, region: str) -> None:
    """Read the address book of a Mac."""
    if not database.has("zabcdrecord", "z_pk"):
        msg = "has not the tables of Apple's address book."
        raise ExportError(msg, path=collector.file.label, hint=ADVICE)
    handles: defaultdict[object, list[str]] = defaultdict(list)
    for table, column in (
        ("zabcdemailaddress", "zaddress"),
        ("zabcdphonenumber", "zfullnumber"),
        ("zabcdurladdress", "zurl"),
    ):
        if database.has(table, "zowner", column):
            for owner, text in database.rows(table, {"zowner": "ZOWNER", column: column}):
                handles[owner].append(any_handle(str(text or ""), region=region))
    columns = "z_pk zfirstname zmiddlename zlastname zorganization zjobtitle znickname zbirthday"
    wanted = dict.fromkeys(columns.split())
    for row in database.rows("zabcdrecord", {name: name for name in wanted}, order="z_pk"):
        cells = dict(zip(wanted, row, strict=True))
        texts = {name: clean(text) if isinstance(text, str) else "" for name, text in cells.items()}
        names = (texts["zfirstname"], texts["zmiddlename"], texts["zlastname"])
        name = " ".join(filter(None, names)) or texts["znickname"]
        own = [handle for handle in handles[cells["z_pk"]] if handle]
        if not name and not own:
            collector.skip(
                _number(cells["z_pk"]) or 0, "no name, address or number: a group, or a firm"
            )
            continue
        collector.contact(
            record=_number(cells["z_pk"]) or 0,
            handles=own,
            name=name,
            organization=texts["zorganization"],
            title=texts["zjobtitle"],
            birthday=_birthday(cells["zbirthday"]),
        )


def _birthday(value: object) -> str:
    """Return a day that Apple counts in seconds; before 1700 its year is not known."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    try:
        day = dt.datetime(2001, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=value)
    except OverflowError:
        return ""
    return day.date().isoformat() if day.year >= 1700 else f"--{day:%m-%d}"
