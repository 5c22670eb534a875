"""Mails in a file each: folders of .eml, Apple Mail's .emlx, Maildirs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from villagegraph.parsing import Collector
from villagegraph.parsing.addresses import AddressBook
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.mail_log import MailLog
from villagegraph.parsing.single_mail import (
    apple_mail,
    maildir_reason,
    one_mail,
    starts_apple_mail,
    starts_mail,
)

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

_MAIL, _APPLE = "mail", "apple-mail"
_READ = "Who wrote to whom and when, from the header of each mail."
_LEFT_OUT = (
    "Subjects, texts and attachments, mails inside a mail among them: they are nobody's business. "
    "Drafts, deleted mails and spam, where the mail program marked them: each is counted."
)

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Mails saved as files (.eml)",
        kinds=(_MAIL,),
        steps=(
            "In Outlook, Thunderbird, Apple Mail or your web mail, open the folder you want.",
            (
                "Select all its mails and drag them into an empty folder on your disk, or choose "
                "Save As and the format .eml (Outlook on Windows saves .msg: drag from the new "
                "Outlook or from Outlook on the web)."
            ),
            "Put that folder, as it is or as a zip, among your exports.",
        ),
        read=_READ,
        left_out=_LEFT_OUT,
        traps=(
            (
                "A folder of .eml files does not say which folder of the mail program it was: "
                "leave junk and drafts out when you save."
            ),
            "Save the sent mails, too: without them half of every exchange is missing.",
        ),
    ),
    Guide(
        source="Maildir (Dovecot, mutt, Evolution, KMail, offlineimap, mbsync)",
        kinds=(_MAIL,),
        steps=(
            "Find the folder that holds the folders `cur`, `new` and `tmp`.",
            "Copy it, with all its sub-folders, among your exports.",
        ),
        read=_READ,
        left_out=_LEFT_OUT,
        traps=(
            (
                "Sub-folders of a Maildir may begin with a dot, such as `.Sent`: file managers "
                "hide them, so copy the whole folder."
            ),
            "On Windows a colon cannot stand in a file's name: `;` and `!` are read in its place.",
        ),
    ),
    Guide(
        source="Apple Mail's own folder (.emlx)",
        kinds=(_APPLE,),
        steps=(
            "In the Finder, choose Go > Go to Folder and enter ~/Library/Mail.",
            (
                "Copy the folder named V and a number among your exports. If macOS refuses, export "
                "instead: in Mail, select the mailboxes, then choose Mailbox > Export Mailbox."
            ),
        ),
        read=_READ,
        left_out=_LEFT_OUT,
        traps=("Mails that are only on the server have no file here: open the mailbox first.",),
    ),
)
KINDS: tuple[str, ...] = (_MAIL, _APPLE)
ADVICE: str = "Save mails as .eml files, or copy the mail program's folder as it is."


def sniff(file: ExportFile) -> str:
    """Return `mail` or `apple-mail` if the file starts as a mail does, else nothing."""
    head = file.head()
    if head[:1].isdigit():
        return _APPLE if starts_apple_mail(head) else ""
    return _MAIL if starts_mail(head) else ""


def read(
    file: ExportFile,
    *,
    settings: Settings,  # noqa: ARG001 - mail names its zones: nothing is left to settle
    progress: Progress | None = None,
) -> Collector:
    """
    Read the header of one mail.

    A mail that is attached to it is part of its text, and no mail of its own.

    Parameters
    ----------
    file
        The mail.
    settings
        The owner's settings.
    progress
        Called with the number of bytes done since the last call.

    Returns
    -------
    collector
        One interaction of the channel `email`, or why there is none.
    """
    head = file.head()
    kind = _APPLE if head[:1].isdigit() and starts_apple_mail(head) else _MAIL
    log = MailLog(Collector(file, kind), _book())
    with file.open() as stream:
        if kind == _APPLE:
            single = apple_mail(stream, progress=progress)
        else:
            single = one_mail(stream, progress=progress)
    log.add(single.mail, single.reason or maildir_reason(file.label))
    if not single.whole:
        log.collector.note("The file ends in the middle of the mail: its size is too small.")
    return log.close()


@functools.cache
def _book() -> AddressBook:
    # the same people stand in the mails of a folder; it remembers what an address means, no more
    return AddressBook()
