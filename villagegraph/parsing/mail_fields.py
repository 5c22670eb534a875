"""The fields of a mail's header: which are read, and what they tell beside people and time."""

from __future__ import annotations

import csv
import re

from villagegraph.files import digest
from villagegraph.parsing.addresses import text_of, unencoded
from villagegraph.parsing.handles import email_handle
from villagegraph.parsing.text import clean

Fields = dict[bytes, bytes]

ADDRESSED = (b"to", b"cc", b"bcc")
_ALONE = (
    b"from", b"sender", b"date", b"message-id", b"references", b"in-reply-to", b"subject",
    b"reply-to", b"x-original-from", b"x-original-sender", b"return-path",
    b"list-id", b"list-post", b"list-unsubscribe", b"mailing-list", b"precedence",
    b"auto-submitted", b"feedback-id", b"x-autoreply", b"x-beenthere", b"x-mailing-list",
    b"x-gm-thrid", b"x-gmail-labels", b"x-imap", b"x-mozilla-draft-info", b"x-mozilla-keys",
    b"x-mozilla-status", b"x-mozilla-status2", b"x-spam-flag", b"x-status", b"x-unsent",
)  # fmt: skip
_WANTED = (*ADDRESSED, *_ALONE, b"delivered-to")
_REPEATED = frozenset({*ADDRESSED, b"delivered-to"})


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
# a letter may begin without a blank line: what stands there is no header
_HEADER = re.compile(rb"(?:\n(?:[!-9;-~]++[ \t]*+:|[ \t]|>?From |\r?+(?:\n|\Z))[^\n]*+)*+")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_REPLY = re.compile(
    r"\s*(?:(?:re|aw|fwd?|wg|sv|vs|tr|rv|res|antw|odp|回复|转发)\s*(?:\[\d+\])?[:\uff1a]\s*)+",
    re.IGNORECASE,
)
_BULK = re.compile(rb"\s*(?:bulk|list|junk)\b", re.IGNORECASE)
# what lists write; the last three are older than the rest
_MACHINE_MADE = frozenset(
    b"list-id list-unsubscribe x-autoreply feedback-id "
    b"mailing-list x-beenthere x-mailing-list".split()
)
_CALLED = frozenset({b"precedence", b"auto-submitted", b"return-path"})
_MARKED = frozenset(
    b"x-imap x-mozilla-draft-info x-mozilla-keys x-mozilla-status x-mozilla-status2 "
    b"x-spam-flag x-status x-unsent".split()
)
_POST = re.compile(r"<\s*mailto:([^<>?\s]+)", re.IGNORECASE)
_TO_LIST = re.compile(rb"\bmailing[ -]list\s+([^\s,]+)", re.IGNORECASE)
_OLDER = re.compile(r"\s*list\s+([^\s;,]+)", re.IGNORECASE)
_EXPUNGED, _DELETED_ON_SERVER = 0x0008, 0x0020_0000

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


def header_fields(header: bytes) -> Fields:
    r"""
    Return the headers that are read, by their names in lower case.

    Of a header that stands twice the first counts, as in mail programs; those that
    list people are joined.

    Parameters
    ----------
    header
        The lines of the header, a line break in front.

    Examples
    --------
    >>> header_fields(b"\nTo: a@example.org\nTO: b@example.org\nX-Face: none")
    {b'to': b'a@example.org, b@example.org'}
    """
    fields: Fields = {}
    whole = _HEADER.match(header)
    for name, value in _FIELD.findall(header, 0, whole.end() if whole else 0):
        key = name.lower()
        if key not in fields:
            fields[key] = value
        elif key in _REPEATED:
            fields[key] += b", " + value
    return fields


class Labels:
    """What Gmail's labels say of a mail, remembered: few are ever seen."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[str, bool]] = {}

    def read(self, value: bytes) -> tuple[str, bool]:
        """Return why labels leave a mail out, and whether they call it advertising."""
        if not value:
            return "", False
        known = self._known.get(value)
        if known is None:
            text = unencoded(text_of(value).replace("\r", "").replace("\n", ""))
            labels = [clean(label).casefold() for label in _cells(text)]
            reason = ""
            for reason_, words in (("spam", _SPAM), ("a draft", _DRAFTS), ("a chat", _CHATS)):
                if not reason and not words.isdisjoint(labels):
                    reason = reason_
            known = reason, any(map(_PROMOTIONS.search, labels))
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[value] = known
        return known


def _cells(text: str) -> list[str]:
    try:
        return next(csv.reader([text]), [])
    except csv.Error:
        return text.split(",")


def unwanted(fields: Fields) -> str:
    """Return why a mail program's own marks leave a mail out; empty if they do not."""
    if _MARKED.isdisjoint(fields):
        return ""
    get = fields.get
    state = get(b"x-status", b"")
    if b"x-mozilla-draft-info" in fields or get(b"x-unsent", b"").strip() == b"1" or b"T" in state:
        return "a draft"
    if (
        b"D" in state
        or _number(get(b"x-mozilla-status", b"")) & _EXPUNGED
        or _number(get(b"x-mozilla-status2", b"")) & _DELETED_ON_SERVER
    ):
        return "deleted in the mail program"
    if b"x-imap" in fields and b"mailer-daemon@" in get(b"from", b"").lower():
        return "a mail program's own note, not a mail"
    # what Gmail thinks of a mail stands in its labels
    flagged = get(b"x-spam-flag", b"").strip().lower() == b"yes" and b"x-gmail-labels" not in fields
    return "spam" if flagged or b"Junk" in get(b"x-mozilla-keys", b"").split() else ""


def _number(status: bytes) -> int:
    try:
        return int(status[:8] or b"0", 16)
    except ValueError:
        return 0


def by_machine(fields: Fields) -> bool:
    """Tell whether the header says that a machine or a list sent the mail."""
    if not _MACHINE_MADE.isdisjoint(fields):
        return True
    if _CALLED.isdisjoint(fields):
        return False
    get = fields.get
    return (
        bool(_BULK.match(get(b"precedence", b"")))
        or not get(b"auto-submitted", b"no").strip().lower().startswith(b"no")
        or get(b"return-path", b"").strip() == b"<>"
    )


def list_addresses(fields: Fields, addressed: frozenset[str]) -> list[str]:
    """
    Return the handles of the mailing lists that a mail went through.

    Parameters
    ----------
    fields
        Its header.
    addressed
        Handles to which it was sent. A List-Id is no address: it tells of a
        list only where it has the same words as one of these.

    Examples
    --------
    >>> list_addresses({b"list-post": b"<mailto:team@lists.example.org>"}, frozenset())
    ['email:team@lists.example.org']
    >>> own = {b"list-id": b"Our team <team.lists.example.org>"}
    >>> list_addresses(own, frozenset({"email:team@lists.example.org", "email:ada@example.org"}))
    ['email:team@lists.example.org']
    """
    found = [email_handle(one) for one in _POST.findall(text_of(fields.get(b"list-post", b"")))]
    for name in (b"x-beenthere", b"x-mailing-list"):
        found += [email_handle(one) for one in text_of(fields.get(name, b"")).split(",")]
    found += [
        email_handle(text_of(one)) for one in _TO_LIST.findall(fields.get(b"delivered-to", b""))
    ]
    older = _OLDER.match(text_of(fields.get(b"mailing-list", b"")))
    found += [email_handle(older[1])] if older else []
    list_id = fields.get(b"list-id")
    if list_id:
        words = first_id(list_id).lower()
        found += [one for one in addressed if one[6:].replace("@", ".", 1) == words]
    # an address made for one answer is nobody's list
    return sorted({one for one in found if one and ("+" not in one or one in addressed)})


def delivered_to(fields: Fields) -> bytes:
    """Return the mailboxes in which the mail lay, without the lists that brought it there."""
    return _TO_LIST.sub(b"", fields.get(b"delivered-to", b""))


def first_id(value: bytes) -> str:
    """Return the first Message-ID of a header, without its brackets."""
    text = text_of(value)
    found = _MESSAGE_ID.search(text)
    return found[1] if found else "".join(text.split()).strip("<>")


def thread_of(fields: Fields, message_id: str) -> str:
    """Return a key of the conversation: never its subject, nor anything that can be read."""
    gmail = fields.get(b"x-gm-thrid", b"").strip()
    if gmail.isdigit():
        return digest("gmail", gmail.decode())
    root = (
        first_id(fields.get(b"references", b""))
        or first_id(fields.get(b"in-reply-to", b""))
        or message_id
    )
    if root:
        return digest("thread", root)
    subject = clean(unencoded(text_of(fields.get(b"subject", b"")))).casefold()
    bare = _REPLY.sub("", subject, count=1) if _REPLY.match(subject) else subject
    return digest("subject", bare) if bare else ""
