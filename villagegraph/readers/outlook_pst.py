"""Outlook's data files (.pst, .ost), through libpff; what else Outlook writes is named."""

from __future__ import annotations

import importlib
import io
from typing import TYPE_CHECKING, Any

from villagegraph.errors import ExportError
from villagegraph.parsing import Collector, email_handle, phone_handle, phone_region
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.mail_log import MailLog
from villagegraph.parsing.mailbox import RawMail
from villagegraph.parsing.outlook_items import (
    BIRTHDAY,
    COMPANY,
    CONTACT_PROPERTIES,
    DISPLAY_NAME,
    EMAILS,
    MESSAGE_CLASS,
    MESSAGE_FLAGS,
    MESSAGE_SIZE,
    PHONES,
    TITLE,
    UNSENT,
    WEDDING,
    day,
    item_properties,
    mail_header,
    mail_properties,
    text,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

_CONVERT = "In Outlook for Windows, choose File > Open & Export > Import/Export, and a .pst file."

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Outlook's data file (.pst)",
        kinds=("outlook-pst", "outlook-olm", "outlook-msg"),
        steps=(
            'Install the library that opens it: pip install "villagegraph[pst]".',
            "In Outlook for Windows, choose File > Open & Export > Import/Export.",
            (
                "Choose Export to a file, then Outlook Data File (.pst), then your account; tick "
                "Include subfolders."
            ),
            (
                "Choose Filter and leave out the folders Junk Email and Drafts, or export the "
                "folders you want one by one."
            ),
            "Set no password, and put the file among your exports.",
        ),
        read=(
            "Who wrote to whom and when, from the header with which a mail came, or from its "
            "sender, recipients and time where it has none; contacts with name, addresses, "
            "numbers, organisation, title, birthday and anniversary."
        ),
        left_out=(
            "Subjects, texts, attachments and the names of folders: they are nobody's business. "
            "Appointments (export the calendar as .ics), tasks, notes, distribution lists and "
            "drafts: each is counted."
        ),
        traps=(
            (
                "People of your own Exchange organisation may stand in the file under an inner "
                "address alone: they are left out, and a note says in how many places."
            ),
            "Junk mail is not told from other mail: leave that folder out.",
            (
                "Outlook for Mac writes .olm, and Outlook saves single mails as .msg: neither is "
                "read. Export a .pst on Windows, or drag the mails out as .eml."
            ),
            "The new Outlook exports no contacts to .pst: use their CSV.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("outlook-pst", "outlook-olm", "outlook-msg")
ADVICE: str = _CONVERT

_MAGIC = b"!BDN"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MSG_PART = "__substg1.0_".encode("utf-16-le")
_OLM = (b"<OPFMessageCopy", b"<OPFContactCopy", b"<OPFCalendarEventCopy", b"<OPFTaskCopy")
_MEMBER_BYTES = 64 * 2**20
_DAMAGED = "cannot be read: the file is damaged there"

# by the start of an item's class, the longer before the shorter
_OTHERS = (
    ("IPM.APPOINTMENT", "an appointment: export the calendar as .ics"),
    ("IPM.TASK", "a task"),
    ("IPM.STICKYNOTE", "a note"),
    ("IPM.ACTIVITY", "an entry of the journal"),
    ("IPM.DISTLIST", "a distribution list"),
    ("IPM.SKYPETEAMS", "a message of Teams"),
)


def sniff(file: ExportFile) -> str:
    """Return `outlook-pst`, or the kind of Outlook's other files, by the first bytes."""
    head = file.head()
    if head.startswith(_MAGIC):
        return "outlook-pst"
    if head.startswith(_COMPOUND):
        named = file.name.lower().endswith(".msg")
        return "outlook-msg" if named or _MSG_PART in head else ""
    if head.lstrip()[:1] == b"<" and any(mark in head for mark in _OLM):
        return "outlook-olm"
    return ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the mails and contacts of an Outlook data file.

    Parameters
    ----------
    file
        The file. Inside a zip it is read only up to 64 MB.
    settings
        The owner's settings.
    progress
        Called with the number of bytes done since the last call.

    Returns
    -------
    collector
        Interactions of the channel `email`, and contacts.

    Raises
    ------
    ExportError
        If it cannot be opened, or nothing opens it.
    """
    kind = sniff(file)
    if kind == "outlook-olm":
        msg = "is part of an archive of Outlook for Mac (.olm), which is not read."
        raise ExportError(
            msg,
            path=file.label,
            hint="Drag the mails out of Outlook as .eml files, or export a .pst on Windows.",
        )
    if kind == "outlook-msg":
        msg = "is a mail in Outlook's own format (.msg), which is not read."
        raise ExportError(msg, path=file.label, hint=f"Save it as .eml. {_CONVERT}")
    library = _library(file)
    reader = _Reader(Collector(file, "outlook-pst"), phone_region(settings.me.phones))
    with file.open() as stream:
        source = io.BytesIO(_unpacked(file)) if file.member else stream
        pst = library.file()
        try:
            pst.open_file_object(source)
            root = pst.get_root_folder()
        except OSError:
            # what libpff says may hold parts of the file
            msg = "is damaged, or no data file of Outlook."
            raise ExportError(msg, path=file.label, hint=_CONVERT) from None
        try:
            reader.walk(root)
        finally:
            pst.close()
    if progress is not None:
        progress(file.size)
    return reader.close()


def _library(file: ExportFile) -> Any:  # noqa: ANN401 - pypff has no types
    try:
        return importlib.import_module("pypff")
    except ImportError:
        msg = "is a data file of Outlook, and the library that opens those is not installed."
        raise ExportError(
            msg, path=file.label, hint='Install it: pip install "villagegraph[pst]".'
        ) from None


def _unpacked(file: ExportFile) -> bytes:
    if file.size > _MEMBER_BYTES:
        msg = "is too large to be read inside a zip."
        raise ExportError(msg, path=file.label, hint="Unpack it into the folder.")
    return file.read()


class _Reader:
    """The mails and contacts found on a walk through the folders."""

    def __init__(self, collector: Collector, region: str) -> None:
        self.collector = collector
        self.log = MailLog(collector)
        self.region = region
        self.items = 0
        self.nameless = 0

    def walk(self, root: Any) -> None:  # noqa: ANN401 - pypff's
        """Read every item of a folder and of those below it."""
        for folder in _folders(root, self.collector):
            try:
                count = folder.get_number_of_sub_messages()
            except OSError:
                self.collector.skip(0, f"a folder {_DAMAGED}")
                continue
            for n in range(count):
                self.items += 1
                try:
                    reason = self.item(folder.get_sub_message(n))
                except (OSError, OverflowError, ValueError):
                    reason = _DAMAGED
                if reason:
                    self.collector.skip(self.items, reason)

    def item(self, item: Any) -> str:  # noqa: ANN401 - pypff's
        """Add an item; return why it is none that is read."""
        found = mail_properties(item)
        kind = text(found, MESSAGE_CLASS).upper()
        for start, reason in _OTHERS:
            if kind.startswith(start):
                return reason
        if kind.startswith("IPM.CONTACT"):
            self.contact(item)
            return ""
        if whole(found, MESSAGE_FLAGS) & UNSENT:
            return "a draft"
        header, nameless = mail_header(item, found)
        self.nameless += nameless
        if kind.startswith("REPORT."):
            header += b"Auto-Submitted: auto-generated\n"
        size = max(0, whole(found, MESSAGE_SIZE))
        self.log.add(RawMail(self.items, b"", header, size, cut=False))
        return ""

    def contact(self, item: Any) -> None:  # noqa: ANN401 - pypff's
        """Add a card of the address book."""
        found = item_properties(item, CONTACT_PROPERTIES)
        emails = [email_handle(text(found, number)) for number in EMAILS]
        phones = [phone_handle(text(found, number), region=self.region) for number in PHONES]
        self.collector.contact(
            handles=emails + phones,
            record=self.items,
            name=text(found, DISPLAY_NAME),
            organization=text(found, COMPANY),
            title=text(found, TITLE),
            birthday=day(found, BIRTHDAY),
            anniversary=day(found, WEDDING),
        )

    def close(self) -> Collector:
        """Return everything, with what the owner should know of it."""
        if self.nameless:
            n = self.nameless
            self.collector.note(
                f"{n:,} time{'s' * (n != 1)} a mail went to somebody of whom only an address "
                "inside Exchange is known: left out"
            )
        return self.log.close()


def _folders(root: Any, collector: Collector) -> Iterator[Any]:  # noqa: ANN401 - pypff's
    """Yield a folder and those below it; one that is its own ancestor comes once."""
    waiting, seen = [root], set()
    while waiting:
        folder = waiting.pop()
        if folder is None:
            continue
        try:
            number = folder.get_identifier()
            if number in seen:
                continue
            seen.add(number)
            below = [folder.get_sub_folder(n) for n in range(folder.get_number_of_sub_folders())]
        except OSError:
            collector.skip(0, f"a folder {_DAMAGED}")
            below = []
        yield folder
        waiting += reversed(below)
