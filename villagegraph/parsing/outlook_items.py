"""What the items of an Outlook data file say, told in the words of a mail's header."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING, Any

from villagegraph.parsing.mail_fields import ADDRESSED, header_fields
from villagegraph.parsing.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

# properties, by the numbers that MAPI gives them
MESSAGE_CLASS = 0x001A
MESSAGE_FLAGS, UNSENT = 0x0E07, 0x0008
MESSAGE_SIZE = 0x0E08
MESSAGE_ID, REFERENCES, IN_REPLY_TO = 0x1035, 0x1039, 0x1042
DISPLAY_NAME, ADDRESS_TYPE, ADDRESS, SMTP_ADDRESS = 0x3001, 0x3002, 0x3003, 0x39FE
RECIPIENT_TYPE = 0x0C15
# an address of any type, its type, its address on the internet, and the name beside it:
# the person in whose name a mail was sent stands before the one who sent it
_SENDERS = ((0x0065, 0x0064, 0x5D02, 0x0042), (0x0C1F, 0x0C1E, 0x5D01, 0x0C1A))
_ROLES = {1: "To", 2: "Cc", 3: "Bcc"}
_MAIL_PROPERTIES = frozenset(
    {MESSAGE_CLASS, MESSAGE_FLAGS, MESSAGE_SIZE, MESSAGE_ID, REFERENCES, IN_REPLY_TO}
    | {number for numbers in _SENDERS for number in numbers}
)
_RECIPIENT_PROPERTIES = frozenset(
    {DISPLAY_NAME, ADDRESS_TYPE, ADDRESS, SMTP_ADDRESS, RECIPIENT_TYPE}
)

COMPANY, TITLE, BIRTHDAY, WEDDING = 0x3A16, 0x3A17, 0x3A42, 0x3A41
PHONES = (0x3A1C, 0x3A08, 0x3A09, 0x3A1A, 0x3A1B, 0x3A2F)
EMAILS = (0x8083, 0x8093, 0x80A3)
CONTACT_PROPERTIES = frozenset({DISPLAY_NAME, COMPANY, TITLE, BIRTHDAY, WEDDING, *PHONES, *EMAILS})

# Exchange puts a line of its own above the header
_PREAMBLE = re.compile(r"\s*Microsoft Mail Internet Headers[^\n]*\n", re.IGNORECASE)

Properties = dict[int, Any]


def properties(record_set: Any, wanted: frozenset[int]) -> Properties:  # noqa: ANN401 - pypff's
    """Return the entries of a record set that are wanted, by number; the first of each counts."""
    found: Properties = {}
    if record_set is None:
        return found
    for n in range(record_set.get_number_of_entries() or 0):
        entry = record_set.get_entry(n)
        number = entry.get_entry_type()
        if number in wanted:
            found.setdefault(number, entry)
    return found


def item_properties(item: Any, wanted: frozenset[int]) -> Properties:  # noqa: ANN401 - pypff's
    """Return the properties of an item that are wanted."""
    found: Properties = {}
    for n in range(item.get_number_of_record_sets() or 0):
        for number, entry in properties(item.get_record_set(n), wanted).items():
            found.setdefault(number, entry)
    return found


def mail_properties(message: Any) -> Properties:  # noqa: ANN401 - pypff's
    """Return the properties of a message that are read."""
    return item_properties(message, _MAIL_PROPERTIES)


def text(found: Properties, number: int) -> str:
    """Return a property that is text, on one line; empty if there is none, or none that is."""
    entry = found.get(number)
    if entry is None:
        return ""
    try:
        value = entry.get_data_as_string()
    except (OSError, ValueError, OverflowError):  # of another type than it should be
        return ""
    return one_line(value) if isinstance(value, str) else ""


def whole(found: Properties, number: int) -> int:
    """Return a property that is a number; 0 if there is none, or none that is."""
    entry = found.get(number)
    if entry is None:
        return 0
    try:
        value = entry.get_data_as_integer()
    except (OSError, ValueError, OverflowError):
        return 0
    return value if isinstance(value, int) else 0


def day(found: Properties, number: int) -> str:
    """
    Return a property that is a day, as YYYY-MM-DD; empty if there is none.

    Outlook keeps the midnight at which the day began where it was written down:
    twelve hours later it is the same day in UTC, for nearly everybody.
    """
    entry = found.get(number)
    if entry is None:
        return ""
    try:
        value = entry.get_data_as_datetime() + dt.timedelta(hours=12)
    except (OSError, OverflowError, TypeError, ValueError):
        return ""
    # 4501 stands for none
    return value.date().isoformat() if 1850 < value.year < 2200 else ""


def mail_header(message: Any, found: Properties) -> tuple[bytes, int]:  # noqa: ANN401 - pypff's
    """
    Return the header of a message, and how many addressed people lack an address.

    The header with which it came, where it came from outside; what it lacks, and what was sent
    or stayed inside Exchange, is written from the message's properties.

    Parameters
    ----------
    message
        A message of `pypff`.
    found
        Its properties.

    Returns
    -------
    header
        As in a mailbox, a line break in front.
    nameless
        Recipients of whom only the address inside Exchange is known.
    """
    transport = message.get_transport_headers() or ""
    lines = _PREAMBLE.sub("", transport, count=1).replace("\r\n", "\n").strip("\n")
    header = f"\n{lines}\n".encode("utf-8", "replace") if lines else b"\n"
    fields = header_fields(header)
    own: list[str] = []
    if b"from" not in fields:
        own += [f"From: {sender}" for sender in _sender(found)]
    nameless = 0
    if fields.keys().isdisjoint(ADDRESSED):
        for role, address, name in _recipients(message):
            nameless += not address
            own += [f"{role}: {formataddr((name, address))}"] if address else []
    if b"date" not in fields:
        when = message.get_client_submit_time() or message.get_delivery_time()
        if when is not None:
            own.append(f"Date: {format_datetime(when.replace(tzinfo=dt.UTC))}")
    for name, number in (
        ("Message-ID", MESSAGE_ID), ("References", REFERENCES), ("In-Reply-To", IN_REPLY_TO),
    ):  # fmt: skip
        value = text(found, number)
        if value and name.lower().encode() not in fields:
            own.append(f"{name}: {value}")
    return header + "".join(f"{line}\n" for line in own).encode("utf-8", "replace"), nameless


def _sender(found: Properties) -> list[str]:
    for numbers in _SENDERS:
        address, kind, smtp, name = (text(found, number) for number in numbers)
        best = _on_the_internet(smtp, address, kind)
        if best:
            return [formataddr((name, best))]
    return []


def _recipients(message: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 - pypff's
    table = getattr(message, "recipients", None)  # older releases do not have it
    if table is None:
        return
    for n in range(table.get_number_of_record_sets() or 0):
        found = properties(table.get_record_set(n), _RECIPIENT_PROPERTIES)
        role = _ROLES.get(whole(found, RECIPIENT_TYPE) & 0xF)
        if role is not None:
            kind = text(found, ADDRESS_TYPE)
            address = _on_the_internet(text(found, SMTP_ADDRESS), text(found, ADDRESS), kind)
            yield role, address, text(found, DISPLAY_NAME)


def _on_the_internet(smtp: str, address: str, kind: str) -> str:
    if "@" in smtp:
        return smtp
    return address if "@" in address and kind.upper() in ("", "SMTP") else ""
