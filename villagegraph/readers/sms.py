"""SMS Backup & Restore: text messages, group messages and calls of an Android phone."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import (
    OWNER,
    Collector,
    clean,
    decode,
    email_handle,
    phone_handle,
    phone_region,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.multimedia import Multimedia, members, own_numbers
from villagegraph.parsing.xml_records import (
    NO_XML,
    DocumentTypeError,
    TooLongError,
    xml_records,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("sms-backup", "calls-backup")
ADVICE: str = (
    "SMS Backup & Restore: in the app choose Back up now, with messages and call logs, "
    "and copy the two .xml files here."
)
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="SMS and calls of an Android phone (SMS Backup & Restore)",
        kinds=KINDS,
        steps=(
            "Install SMS Backup & Restore on the phone and open it.",
            "Choose Set up a backup (or Back up now), and switch on Messages and Call logs.",
            "Under the options of Messages, leave out photos and videos: nothing here reads them.",
            "Save it where you can reach it (the phone, Google Drive, Dropbox).",
            "Copy the files `sms-….xml` and `calls-….xml` into the folder.",
        ),
        read=(
            "Who wrote to whom and when, group messages with all their members, calls with their "
            "length, and the names of the phone's address book."
        ),
        left_out=(
            "What the messages say, pictures, drafts and messages that were never sent, senders "
            "without a number of their own (banks, codes, short numbers), hidden numbers, and "
            "calls that the phone blocked."
        ),
        traps=(
            "A call that nobody answered counts as a contact of 0 minutes: somebody tried.",
            "Numbers without a country code need your own number in village.toml, `phones`.",
            "A backup holds what the phone still has: keep the old ones, each event counts once.",
            "Chats over RCS are in the backup only if the app was allowed to read them.",
        ),
    ),
)

APP = "sms"
PHONE = "phone"
RECORDS = ("sms", "mms", "call")

# atomic: two comments are never tried as one
_ROOT = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+"
    r"<(?P<root>smses|calls)(?P<rest>[\s>/].*)",
    re.DOTALL,
)
_CALLS = re.compile(r"\bbackup_(?:set|date)\s*=|<call\s[^>]*\b(?:number|duration)\s*=")
_NOTHING = frozenset({"", "null", "(unknown)", "unknown"})
_HIDDEN = _NOTHING | {"-1", "-2", "-3", "private", "restricted", "anonymous", "payphone"}
_SEVERAL = re.compile(r"[~;,]")
ME_TOKEN = "insert-address-token"  # noqa: S105 - the word that phones write for their own number
_ROLES = {"137": "from", "151": "to", "130": "cc", "129": "bcc"}

_UNSENT = {
    "3": "a draft: it was never sent",
    "4": "still in the outbox: it was not sent yet",
    "5": "it could not be sent",
    "6": "still waiting: it was not sent yet",
}
_OF_NO_KIND = "neither sent nor received, as far as the backup tells"
_REPORTS = frozenset({"134", "136"})
_INCOMING = frozenset({"1", "3", "4", "5", "7"})
_UNANSWERED = frozenset({"3", "4", "5"})
_LINES = frozenset({"1", "2", "3", "4", "5", "7"})

FIRST_MS, LAST_MS = 86_400_000, 4_102_444_800_000
_NO_DATE = "it has no date"
_OUT_OF_RANGE = "the date is out of range"
_HIDDEN_NUMBER = "the other side hid its number"
_MACHINE = "the sender is no phone number: a machine, or a short number"
_ONESELF = "a message to oneself"


def sniff(file: ExportFile) -> str:
    """Return `sms-backup` or `calls-backup` by the first tag of the file."""
    head = file.head()
    if b"<" not in head[:64]:
        return ""
    # no words are needed from the other end of a long first record
    found = _ROOT.match(decode(head[:16_384]).lstrip("\ufeff"))
    if found is None:
        return ""
    if found["root"] == "smses":
        return KINDS[0]
    return KINDS[1] if _CALLS.search(found["rest"]) else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read a backup of messages or of calls.

    The file is streamed: a backup of gigabytes, pictures in it, needs no more
    memory than its messages do as rows of tables.

    Parameters
    ----------
    file
        The backup.
    settings
        Own numbers tell the country of numbers without a code, and which number is the owner's.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        One interaction a message or call. No text of any is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If the file declares a document type, or is no XML from its start.
    """
    collector = Collector(file, sniff(file) or KINDS[0])
    backup = _Backup(collector, settings)
    try:
        with file.open() as stream:
            xml_records(
                stream,
                records=RECORDS,
                started=backup.start,
                ended=backup.end,
                broken=backup.broken,
                progress=progress,
            )
    except DocumentTypeError:
        msg = "declares a document type, which no backup does: it was not read."
        raise ExportError(msg, path=file.label, hint=ADVICE) from None
    except TooLongError:
        if not backup.records:
            msg = "holds a single tag longer than any message."
            raise ExportError(msg, path=file.label, hint=ADVICE) from None
        backup.broken(backup.line, "a record longer than any message: nothing below it was read")
    if not backup.records and backup.faults:
        msg = "is no XML, or was cut off before its first record."
        raise ExportError(msg, path=file.label, hint="Make the backup again.")
    backup.finish()
    return collector


class _Backup:
    """Turn records into interactions."""

    def __init__(self, collector: Collector, settings: Settings) -> None:
        self.collector = collector
        self.region = phone_region(settings.me.phones)
        own = (phone_handle(phone, region=self.region) for phone in settings.me.phones)
        self.own = {handle for handle in own if handle}
        self.records = self.faults = self.line = self.zero = 0
        self.seen: Counter[tuple[object, ...]] = Counter()
        self.mms: dict[str, str] | None = None
        self.sizes: list[int] = []
        self.addresses: list[tuple[str, str]] = []
        self.begun = 0
        self.held: list[Multimedia] = []

    def start(self, line: int, name: str, row: dict[str, str]) -> None:
        """Take a tag."""
        self.line = line
        if name in RECORDS:
            self.records += 1
            reason = ""
            if self.mms is not None:  # the end of the last one is lost
                self.drop(self.begun, NO_XML)
            if name == "mms":
                self.begun, self.mms, self.sizes, self.addresses = line, row, [], []
            else:
                reason = self.sms(row) if name == "sms" else self.call(row)
            if reason:
                self.collector.skip(line, reason)
        elif self.mms is not None and name == "part":
            text = row.get("text", "")
            if row.get("ct", "").casefold().startswith("text/") and text != "null":
                self.sizes.append(len(text.encode("utf-8", "replace")))
        elif self.mms is not None and name == "addr":
            self.addresses.append((_ROLES.get(row.get("type", ""), ""), row.get("address", "")))

    def end(self, line: int, name: str) -> None:
        """Take the end of a tag: only messages with parts have anything before it."""
        self.line = line
        if name == "mms" and self.mms is not None:
            row, self.mms = self.mms, None
            reason = self.multimedia(row)
            if reason:
                self.collector.skip(self.begun, reason)

    def drop(self, line: int, reason: str) -> None:
        self.mms = None
        self.collector.skip(line, reason)

    def broken(self, line: int, reason: str) -> None:
        """List a fault of the file, and the message in whose middle it is."""
        self.faults += 1
        if self.mms is not None:
            line = self.begun
        self.drop(line, reason)

    def sms(self, row: Mapping[str, str]) -> str:
        """Add a text message; return why it is left out, or nothing."""
        kind = row.get("type", "").strip()
        if kind not in ("1", "2"):
            return _UNSENT.get(kind, _OF_NO_KIND)
        ms, reason = _moment(row.get("date", ""))
        if reason:
            return reason
        others, reason = self.people(row.get("address", ""))
        if reason:
            return reason
        self.name(others, row.get("contact_name", ""))
        body = row.get("body", "")
        size = math.nan if body == "null" else float(len(body.encode("utf-8", "replace")))
        if kind == "2":
            people = [("from", OWNER), *(("to", other) for other in others)]
        else:
            people = [("from", others[0]), ("to", OWNER), *(("to", h) for h in others[1:])]
        self.message(ms, people, size=size)
        return ""

    def people(self, addresses: str) -> tuple[tuple[str, ...], str]:
        """Return the handles of those to whom a message went, or why there is nobody."""
        shown = [part.strip() for part in _SEVERAL.split(addresses)]
        found = dict.fromkeys(filter(None, map(self.handle, shown)))
        others = tuple(handle for handle in found if handle not in self.own)
        if others:
            return others, ""
        if found:
            return (), _ONESELF
        hidden = all(part.casefold() in _HIDDEN for part in shown)
        return (), _HIDDEN_NUMBER if hidden else _MACHINE

    def handle(self, address: str) -> str:
        if address == ME_TOKEN:
            return OWNER
        return phone_handle(address, region=self.region) or email_handle(address)

    def name(self, others: tuple[str, ...], shown: str) -> None:
        """Keep the name that the phone shows for one person; for several it shows a list."""
        name = clean(shown)
        if len(others) != 1 or name.casefold() in _NOTHING:
            return
        if not phone_handle(name, region=self.region) and not email_handle(name):
            self.collector.named(others[0], name)

    def message(self, ms: int, people: list[tuple[str, str]], *, size: float) -> None:
        others = sorted({handle for _, handle in people if handle != OWNER})
        sender = people[0][1]
        self.collector.interaction(
            key=self.key(ms, "message", sender, *others, "" if math.isnan(size) else int(size)),
            at=ms / 1000,
            channel="sms",
            app=APP,
            participants=people,
            thread=digest(APP, *others),
            size=size,
        )

    def key(self, ms: int, *parts: object) -> tuple[object, ...]:
        """
        Return what makes a message or call the same in every backup.

        Two in the very same millisecond are one that was restored twice; where the
        clock shows whole seconds, they are two.
        """
        same = (ms, *parts)
        if ms % 1000:
            return same
        self.seen[same] += 1
        return (*same, self.seen[same])

    def multimedia(self, row: Mapping[str, str]) -> str:
        """Keep a message with parts until it is known which number is the owner's."""
        kind = row.get("msg_box", "").strip()
        if kind not in ("1", "2"):
            return _UNSENT.get(kind, _OF_NO_KIND)
        if row.get("m_type", "").strip() in _REPORTS:
            return "a report that a message arrived or was read"
        ms, reason = _moment(row.get("date", ""))
        if reason:
            return reason
        shown = row.get("address", "")
        listed = frozenset(filter(None, map(self.handle, map(str.strip, _SEVERAL.split(shown)))))
        people = [(role, self.handle(address.strip())) for role, address in self.addresses if role]
        people = [(role, handle) for role, handle in people if handle]
        if not {handle for _, handle in people} - {OWNER} and not listed - {OWNER}:
            return self.people(shown)[1] or _MACHINE
        size = float(sum(self.sizes)) if self.sizes else math.nan
        name = row.get("contact_name", "")
        sent = kind == "2"
        self.held.append(Multimedia(self.begun, ms, sent, tuple(people), listed, size, name))
        return ""

    def finish(self) -> None:
        """Add the messages with parts, whose members are told in full."""
        for handle in own_numbers(self.held):
            self.own.add(handle)
            self.collector.hint(handle)
        for mms in self.held:
            sender, others = members(mms, self.own | {OWNER})
            if not sender:
                self.collector.skip(mms.line, "who sent it is not told")
            elif not others or sender in [handle for _, handle in others]:
                self.collector.skip(mms.line, _ONESELF)
            else:
                self.name(tuple(mms.listed - self.own - {OWNER}), mms.name)
                self.message(mms.ms, [("from", sender), *others], size=mms.size)
        if self.zero:
            n = self.zero
            self.collector.note(
                f"{n:,} call{'s' * (n != 1)} that nobody answered: each counts as a contact of 0 "
                "minutes"
            )
        if not self.records:
            self.collector.note("The backup holds no message and no call.")

    def call(self, row: Mapping[str, str]) -> str:
        """Add a call; return why it is left out, or nothing."""
        kind = row.get("type", "").strip()
        if kind not in _LINES:
            return (
                "the phone blocked the call"
                if kind == "6"
                else "a call of a kind that is not known"
            )
        ms, reason = _moment(row.get("date", ""))
        if reason:
            return reason
        others, reason = self.people(row.get("number", ""))
        if reason:
            return "a call to oneself" if reason == _ONESELF else reason
        self.name(others, row.get("contact_name", ""))
        spoken = row.get("duration", "").strip()
        seconds = float(spoken) if re.fullmatch(r"\d{1,7}", spoken) else math.nan
        if kind in _UNANSWERED:
            seconds = 0.0
        self.zero += seconds == 0
        sides = [others[0], OWNER] if kind in _INCOMING else [OWNER, others[0]]
        self.collector.interaction(
            key=self.key(ms, "call", *sides, "" if math.isnan(seconds) else int(seconds)),
            at=ms / 1000,
            channel="call",
            app=PHONE,
            participants=list(zip(("from", "to"), sides, strict=True)),
            thread=digest(PHONE, others[0]),
            minutes=seconds / 60,
        )
        return ""


def _moment(text: str) -> tuple[int, str]:
    """Return milliseconds since 1970, or why there are none."""
    digits = text.strip()
    if not re.fullmatch(r"-?\d{1,18}", digits):
        return 0, _NO_DATE
    ms = int(digits)
    if ms == 0:
        return 0, _NO_DATE
    if 0 < ms < 100_000_000_000 and ms * 1000 < LAST_MS:
        ms *= 1000  # some apps write seconds
    return (ms, "") if FIRST_MS <= ms < LAST_MS else (0, _OUT_OF_RANGE)
