"""Mailboxes in the mbox format: Gmail Takeout, Thunderbird, Apple Mail, Pine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing import Collector
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.mail_log import MailLog
from villagegraph.parsing.mailbox import split_mailbox, starts_mailbox

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

_READ = "Who wrote to whom and when, from the header of each mail."
_LEFT_OUT = (
    "Subjects, texts and attachments: they are nobody's business. Spam, drafts, deleted mails and "
    "chats among the mails, where they are marked: each is counted."
)

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Gmail",
        kinds=("mbox",),
        steps=(
            "Open takeout.google.com and choose Deselect all.",
            "Further down, tick Mail, and leave All Mail data included.",
            "Choose Next step, then Export once, .zip, and the largest size offered.",
            "Choose Create export. Google sends a link: after minutes, or after a day or two.",
            "Download every part and put the zips among your exports: nothing is to be unpacked.",
        ),
        read=_READ,
        left_out=_LEFT_OUT,
        traps=(
            "Choose .zip: a .tgz cannot be read in place and has to be unpacked first.",
            "A large mailbox comes in several zips. A mail that stands in two of them counts once.",
        ),
    ),
    Guide(
        source="Thunderbird",
        kinds=("mbox", "mail-index"),
        steps=(
            (
                "In Thunderbird, choose Help > Troubleshooting Information, and beside Profile "
                "Folder choose Open Folder."
            ),
            "Close Thunderbird.",
            (
                "Copy the folders Mail and ImapMail, or single files without an ending such as "
                "Inbox and Sent, among your exports."
            ),
        ),
        read=_READ,
        left_out=_LEFT_OUT + " The .msf files beside the mailboxes: they are indexes.",
        traps=(
            (
                "An account that keeps its mails on the server alone has files with nothing in "
                "them: under Account Settings > Synchronisation, keep messages on this computer "
                "first."
            ),
            "Leave the file Junk out: Thunderbird seldom marks its mails as spam.",
        ),
    ),
    Guide(
        source="Apple Mail",
        kinds=("mbox",),
        steps=(
            "In Mail, select the mailboxes at the left, Sent among them.",
            "Choose Mailbox > Export Mailbox, and a folder.",
            "Put the .mbox folders it writes among your exports.",
        ),
        read=_READ,
        left_out=_LEFT_OUT,
        traps=("Beside each file `mbox` lies a `table_of_contents`, which is not needed.",),
    ),
)
KINDS: tuple[str, ...] = ("mbox", "mail-index")
ADVICE: str = (
    "Gmail: takeout.google.com, choose Mail. Apple Mail: Mailbox > Export Mailbox. "
    "Thunderbird: the files without an ending in the profile's Mail folder."
)

_MORK, _MORK_MAIL = b"// <!-- <mdb:mork:z", b"ns:msg:db:row:scope"


def sniff(file: ExportFile) -> str:
    """Return `mbox` if the file starts as a mailbox does, else nothing."""
    head = file.head()
    if head.startswith(_MORK):
        return "mail-index" if _MORK_MAIL in head else ""
    return "mbox" if starts_mailbox(head) else ""


def read(
    file: ExportFile,
    *,
    settings: Settings,  # noqa: ARG001 - mail names its zones: nothing is left to settle
    progress: Progress | None = None,
) -> Collector:
    """
    Read the headers of every mail in a mailbox.

    Mail by machines and from lists is marked; spam, drafts, deleted mails
    and chats that Gmail kept among the mails are listed as skipped.

    Parameters
    ----------
    file
        The mailbox. It is streamed: its size does not matter.
    settings
        The owner's settings.
    progress
        Called with the number of bytes done since the last call.

    Returns
    -------
    collector
        Interactions of the channel `email`.

    Raises
    ------
    ExportError
        If there is no mail in the file.
    """
    collector = Collector(file, sniff(file) or "mbox")
    if collector.kind == "mail-index":
        collector.note("An index of Thunderbird's: the mails stand in the file of the same name.")
        return collector
    log = MailLog(collector)
    stray = False
    with file.open() as stream:
        for mail in split_mailbox(stream, progress=progress):
            if mail.line:
                log.add(mail)
            else:
                stray = True
                collector.skip(1, "text before the first mail")
    if stray and not log.mails:
        msg = "no mail in it starts as those of a mailbox do."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    return log.close()
