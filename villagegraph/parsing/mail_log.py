"""Turn the headers of mails, from whatever program, into interactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from villagegraph.parsing.addresses import Address, AddressBook
from villagegraph.parsing.handles import is_machine_address
from villagegraph.parsing.mail_dates import header_date, sent_at
from villagegraph.parsing.mail_fields import (
    ADDRESSED,
    Fields,
    Labels,
    by_machine,
    delivered_to,
    first_id,
    header_fields,
    list_addresses,
    thread_of,
    unwanted,
)

if TYPE_CHECKING:
    from villagegraph.parsing.collect import Collector
    from villagegraph.parsing.mailbox import RawMail

# only these tell of a mailing list's address; and, rarely, in whose mailbox a mail lay
_LISTS = frozenset({b"list-post", b"list-id", b"x-beenthere", b"x-mailing-list", b"mailing-list"})


class MailLog:
    """
    The mails of one export.

    Parameters
    ----------
    collector
        Where they go: interactions of the channel `email`.
    book
        What is known of address headers, if mails of other files were read before.

    Attributes
    ----------
    mails
        How many were seen, those left out included.
    """

    def __init__(self, collector: Collector, book: AddressBook | None = None) -> None:
        self.collector = collector
        self.mails = 0
        self._book = book or AddressBook()
        self._labels = Labels()
        self._undated = 0

    def add(self, mail: RawMail, reason: str = "") -> None:
        """Add one mail, or say why it is left out: for `reason`, or for one in its header."""
        self.mails += 1
        fields = header_fields(mail.header)
        reason = (
            reason
            or _unreadable(mail)
            or self._labels.read(fields.get(b"x-gmail-labels", b""))[0]
            or unwanted(fields)
            or self._keep(mail, fields)
        )
        if reason:
            self.collector.skip(mail.line, reason)

    def close(self) -> Collector:
        """Return everything, with what the owner should know of it."""
        if self._undated:
            n = self._undated
            self.collector.note(
                f"{n:,} mail{'s' * (n != 1)} whose date could not be read; "
                "the time of delivery was taken"
            )
        return self.collector

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
        for role in ADDRESSED:
            value = fields.get(role)
            if value:
                people += [(role.decode(), address) for address in self._book.read(value)]
        delivered = self._delivered(fields, people)
        if len(people) == len(senders):
            # sent to nobody in sight: whoever got it was a blind copy
            people += [("bcc", address) for address in delivered]
        participants = [(role, address.handle) for role, address in people]
        automated = self._is_automated(fields, senders)
        message_id = first_id(fields.get(b"message-id", b""))
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
            thread=thread_of(fields, message_id),
            size=float(mail.size),
            automated=automated,
        )
        if not automated:
            for _, address in people:
                self.collector.named(address.handle, address.name)
        return ""

    def _delivered(self, fields: Fields, people: list[tuple[str, Address]]) -> list[Address]:
        """Return in whose mailbox the mail lay, telling the owner's addresses from a list's."""
        value = fields.get(b"delivered-to", b"")
        lists: list[str] = []
        if not _LISTS.isdisjoint(fields) or b"list" in value:
            lists = list_addresses(fields, frozenset(address.handle for _, address in people))
            value = delivered_to(fields)
        for handle in lists:
            self.collector.hint(handle, "list")
        delivered = [address for address in self._book.read(value) if address.handle not in lists]
        for address in delivered:
            self.collector.hint(address.handle, "delivered")
        return delivered

    def _when(self, mail: RawMail, fields: Fields) -> tuple[float, str] | None:
        """Return when the mail was sent, counting those that do not say it themselves."""
        date = fields.get(b"date")
        said = header_date(date) if date is not None else None
        if said is not None:
            return said
        delivered = sent_at(None, mail.header, mail.separator)
        self._undated += delivered is not None
        return delivered

    def _senders(self, fields: Fields) -> tuple[Address, ...]:
        value = fields.get(b"from", b"")
        original = fields.get(b"x-original-from")
        if original is None and b" via " in value.lower():
            # a list wrote itself into From; the author went to one of these
            original = fields.get(b"x-original-sender") or fields.get(b"reply-to")
        for candidate in (original, value, fields.get(b"sender")):
            if candidate and (found := self._book.read(candidate)):
                return found
        return ()

    def _is_automated(self, fields: Fields, senders: tuple[Address, ...]) -> bool:
        return (
            by_machine(fields)
            or is_machine_address(senders[0].handle)
            or self._labels.read(fields.get(b"x-gmail-labels", b""))[1]
        )


def _unreadable(mail: RawMail) -> str:
    if not mail.header:
        return "its header is larger than any mail's"
    return "the file ends in the middle of its header" if mail.cut else ""
