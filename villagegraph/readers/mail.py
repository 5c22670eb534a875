"""Mailboxes in the mbox format: Gmail Takeout, Thunderbird, Apple Mail, Pine."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.files import digest
from villagegraph.parsing import Collector, clean, is_machine_address
from villagegraph.parsing.addresses import Address, AddressBook, text_of, unencoded
from villagegraph.parsing.mail_dates import header_date, sent_at
from villagegraph.parsing.mailbox import RawMail, split_mailbox, starts_mailbox

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings
    from villagegraph.tables import Export

KINDS: tuple[str, ...] = ("mbox",)
ADVICE = (
    "Gmail: takeout.google.com, choose Mail. Apple Mail: Mailbox > Export Mailbox. "
    "Thunderbird: the files without an ending in the profile's Mail folder."
)

_ADDRESSED = (b"to", b"cc", b"bcc")
_ALONE = (
    b"from", b"sender", b"date", b"message-id", b"references", b"in-reply-to", b"subject",
    b"reply-to", b"x-original-from", b"x-original-sender", b"return-path",
    b"list-id", b"list-unsubscribe", b"precedence", b"auto-submitted", b"x-autoreply",
    b"feedback-id", b"x-gm-thrid", b"x-gmail-labels", b"x-mozilla-status",
    b"x-mozilla-draft-info", b"x-unsent", b"x-imap",
)  # fmt: skip
_WANTED = (*_ADDRESSED, *_ALONE, b"delivered-to")


def _field_pattern(names: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Match the headers in `names`; one look at the first letter passes over most others."""

    def any_case(text: bytes) -> bytes:
        letters = (bytes([letter]) for letter in text)
        return b"".join(b"[%s%s]" % (c, c.upper()) if c.isalpha() else c for c in letters)

    starts = sorted({name[:1] for name in names})
    branches = (
        b"%s(?:%s)" % (any_case(a), b"|".join(any_case(n[1:]) for n in names if n[:1] == a))
        for a in starts
    )
    letters = b"".join(a + a.upper() for a in starts)
    value = rb"[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)"
    return re.compile(rb"\n(?=[%s])(%s)%s" % (letters, b"|".join(branches), value))


_FIELD = _field_pattern(_WANTED)
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_REPLY = re.compile(
    r"\s*(?:(?:re|aw|fwd?|wg|sv|vs|tr|rv|res|antw|odp|回复|转发)\s*(?:\[\d+\])?[:\uff1a]\s*)+",
    re.IGNORECASE,
)
_BULK = re.compile(rb"\s*(?:bulk|list|junk)\b", re.IGNORECASE)
_MACHINE_MADE = (b"list-id", b"list-unsubscribe", b"x-autoreply", b"feedback-id")

# labels as Gmail writes them in the account's language
_SPAM = frozenset(
    "spam;junk;courrier indésirable;correo no deseado;posta indesiderata;"
    "ongewenst;ongewenste e-mail;skräppost;uønsket post;søppelpost;nettsøppel;"
    "lixo eletrônico;lixo eletrónico;wiadomości-śmieci;спам;迷惑メール;垃圾邮件;垃圾郵件".split(";")
)
_DRAFTS = frozenset(
    "draft;drafts;entwurf;entwürfe;brouillon;brouillons;borrador;borradores;bozza;bozze;"
    "rascunho;rascunhos;concept;concepten;utkast;kladde;kladder;"
    "wersja robocza;wersje robocze;robocze;черновик;черновики;下書き;草稿".split(";")
)
_CHATS = frozenset(
    "chat;chats;discussions;bate-papo;bate-papos;chatt;chattar;czat;czaty;чат;чаты;"
    "チャット;聊天;聊天记录;聊天紀錄;即時通訊".split(";")
)
_PROMOTIONS = re.compile(
    r"(?:promotions?|promociones|promozioni|promoções|werbung|reclames?|reklam[ae]?r?|"
    r"promoties|oferty|промоакции|プロモーション|推广|推廣內容|促销|促銷內容)"
)

Fields = dict[bytes, bytes]


def sniff(file: ExportFile) -> str:
    """Return `mbox` if the file starts as a mailbox does, else nothing."""
    return "mbox" if starts_mailbox(file.head()) else ""


def read(
    file: ExportFile,
    *,
    settings: Settings,  # noqa: ARG001 - mail names its zones: nothing is left to settle
    progress: Progress | None = None,
) -> Export:
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
    export
        Interactions of the channel `email`.

    Raises
    ------
    ExportError
        If there is no mail in the file.
    """
    reader = _Reader(Collector(file, "mbox"))
    with file.open() as stream:
        for mail in split_mailbox(stream, progress=progress):
            reader.add(mail)
    if reader.stray and not reader.mails:
        msg = "no mail in it starts as those of a mailbox do."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    if reader.undated:
        n = reader.undated
        reader.collector.note(
            f"{n:,} mail{'s' * (n != 1)} whose date could not be read; "
            "the time of delivery was taken"
        )
    return reader.collector.export()


class _Reader:
    """What is remembered from mail to mail."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.book = AddressBook()
        self.labels: dict[bytes, tuple[str, bool]] = {}
        self.mails = 0
        self.undated = 0
        self.stray = False

    def add(self, mail: RawMail) -> None:
        """Add one mail, or say why it is left out."""
        if not mail.line:
            self.stray = True
            self.collector.skip(1, "text before the first mail")
            return
        self.mails += 1
        fields = _fields(mail.header)
        reason = _unreadable(mail) or self._unwanted(fields) or self._keep(mail, fields)
        if reason:
            self.collector.skip(mail.line, reason)

    def _unwanted(self, fields: Fields) -> str:
        labels = fields.get(b"x-gmail-labels")
        if labels and (reason := self._labelled(labels)[0]):
            return reason
        if b"x-mozilla-draft-info" in fields or fields.get(b"x-unsent", b"").strip() == b"1":
            return "a draft"
        if _is_expunged(fields.get(b"x-mozilla-status", b"")):
            return "deleted in the mail program"
        if b"x-imap" in fields and b"mailer-daemon@" in fields.get(b"from", b"").lower():
            return "a mail program's own note, not a mail"
        return ""

    def _labelled(self, value: bytes) -> tuple[str, bool]:
        """Return why labels leave a mail out, and whether they call it advertising."""
        known = self.labels.get(value)
        if known is None:
            text = unencoded(text_of(value).replace("\r", "").replace("\n", ""))
            labels = [clean(label).casefold() for label in next(csv.reader([text]), [])]
            reason = ""
            for reason_, words in (("spam", _SPAM), ("a draft", _DRAFTS), ("a chat", _CHATS)):
                if not reason and not words.isdisjoint(labels):
                    reason = reason_
            known = reason, any(map(_PROMOTIONS.search, labels))
            if len(self.labels) > 10_000:
                self.labels.clear()
            self.labels[value] = known
        return known

    def _keep(self, mail: RawMail, fields: Fields) -> str:
        """Add the mail; return why it cannot be."""
        senders = self._senders(fields)
        if not senders:
            return "no sender with an address"
        when = self._when(mail, fields)
        if when is None:
            return "no date that can be read"
        at, zone = when
        people = [("from", sender) for sender in senders]
        for role in _ADDRESSED:
            value = fields.get(role)
            if value:
                people += [(role.decode(), address) for address in self.book.read(value)]
        delivered = self.book.read(fields.get(b"delivered-to", b""))
        for address in delivered:
            self.collector.hint(address.handle, "delivered")
        if len(people) == len(senders):
            # sent to nobody in sight: whoever got it was a blind copy
            people += [("bcc", address) for address in delivered]
        participants = [(role, address.handle) for role, address in people]
        automated = self._is_automated(fields, senders)
        message_id = _first_id(fields.get(b"message-id", b""))
        key: tuple[object, ...] = (message_id,)
        if not message_id:
            others = sorted({handle for role, handle in participants if role != "from"})
            key = (at, senders[0].handle, *others, mail.size)
        self.collector.interaction(
            key=key,
            at=at,
            zone=zone,
            channel="email",
            app="mail",
            participants=participants,
            thread=_thread(fields, message_id),
            size=float(mail.size),
            automated=automated,
        )
        if not automated:
            for _, address in people:
                self.collector.named(address.handle, address.name)
        return ""

    def _when(self, mail: RawMail, fields: Fields) -> tuple[float, str] | None:
        """Return when the mail was sent, counting those that do not say it themselves."""
        date = fields.get(b"date")
        said = header_date(date) if date is not None else None
        if said is not None:
            return said
        delivered = sent_at(None, mail.header, mail.separator)
        self.undated += delivered is not None
        return delivered

    def _senders(self, fields: Fields) -> tuple[Address, ...]:
        value = fields.get(b"from", b"")
        original = fields.get(b"x-original-from")
        if original is None and b" via " in value.lower():
            # a list wrote itself into From; the author went to one of these
            original = fields.get(b"x-original-sender") or fields.get(b"reply-to")
        for candidate in (original, value, fields.get(b"sender")):
            if candidate and (found := self.book.read(candidate)):
                return found
        return ()

    def _is_automated(self, fields: Fields, senders: tuple[Address, ...]) -> bool:
        get = fields.get
        labels = get(b"x-gmail-labels")
        return (
            any(name in fields for name in _MACHINE_MADE)
            or bool(_BULK.match(get(b"precedence", b"")))
            or not get(b"auto-submitted", b"no").strip().lower().startswith(b"no")
            or get(b"return-path", b"").strip() == b"<>"
            or is_machine_address(senders[0].handle)
            or bool(labels and self._labelled(labels)[1])
        )


def _unreadable(mail: RawMail) -> str:
    if not mail.header:
        return "its header is larger than any mail's"
    return "the file ends in the middle of its header" if mail.cut else ""


def _fields(header: bytes) -> Fields:
    """Return the headers that are read; those that list people are joined where repeated."""
    fields: Fields = {}
    for name, value in _FIELD.findall(header):
        key = name.lower()
        if key not in fields:
            fields[key] = value
        elif key not in _ALONE:
            fields[key] += b", " + value
    return fields


def _is_expunged(status: bytes) -> bool:
    try:
        return bool(int(status[:8] or b"0", 16) & 0x0008)
    except ValueError:
        return False


def _first_id(value: bytes) -> str:
    """Return the first Message-ID of a header, without its brackets."""
    text = text_of(value)
    found = _MESSAGE_ID.search(text)
    return found[1] if found else "".join(text.split()).strip("<>")


def _thread(fields: Fields, message_id: str) -> str:
    """Return a key of the conversation: never its subject, nor anything that can be read."""
    gmail = fields.get(b"x-gm-thrid", b"").strip()
    if gmail.isdigit():
        return digest("gmail", gmail.decode())
    root = (
        _first_id(fields.get(b"references", b""))
        or _first_id(fields.get(b"in-reply-to", b""))
        or message_id
    )
    if root:
        return digest("thread", root)
    subject = clean(unencoded(text_of(fields.get(b"subject", b"")))).casefold()
    bare = _REPLY.sub("", subject, count=1) if _REPLY.match(subject) else subject
    return digest("subject", bare) if bare else ""
