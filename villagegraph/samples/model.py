"""What the sample's village is made of: people, and what happens between them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from villagegraph.samples.names import Name

ZONE_NAME = "Europe/Berlin"
ZONE = ZoneInfo(ZONE_NAME)
START = dt.date(2023, 11, 1)
CHANGE = dt.date(2025, 7, 1)
"""First day at the new employer, month 21 of 36."""
END = dt.date(2026, 10, 31)
MOST_TOGETHER = 25
"""Items with more participants tie nobody to anybody."""

Span = tuple[dt.date, dt.date]


@dataclass(slots=True)
class Person:
    """
    One person of the village, and how the person shows in each export.

    Attributes
    ----------
    id
        Name of the person in `truth.json`.
    community, second
        Key of the main community and, for a bridge, of the other one.
    part
        `regular`, `once`, `linkedin`, or what is planted: `slipping`,
        `dormant`, `revived`, `new`, `muted`, `snoozed`, `noted`.
    gap
        Mean days between two touches.
    spans
        Times in which the owner and the person are in contact.
    seen_from
        Day from which others may write to the person, the owner reading along.
    emails
        Address by use: `home`, `work`, `later`.
    mail_name, google_name, icloud_name, linkedin_name, chat_name
        The name in each source, where it is not the full name.
    google, icloud, linkedin
        Whether the person stands in that address book.
    chat
        Whether the owner and the person have a chat of their own.
    """

    id: str
    name: Name
    community: str = ""
    second: str = ""
    part: str = "regular"
    gap: float = 90.0
    spans: list[Span] = field(default_factory=list)
    seen_from: dt.date = START
    emails: dict[str, str] = field(default_factory=dict)
    phone: str = ""
    slug: str = ""
    google: bool = False
    icloud: bool = False
    linkedin: bool = False
    linkedin_email: bool = False
    linkedin_url_in_card: bool = False
    chat: bool = False
    chat_by_phone: bool = False
    chat_unsaved: bool = False
    icloud_email: bool = True
    later_name: str = ""
    mail_name: str = ""
    google_name: tuple[str, str] | None = None
    icloud_name: tuple[str, str] | None = None
    linkedin_name: tuple[str, str] | None = None
    chat_name: str = ""
    organization: str = ""
    title: str = ""
    city: str = ""
    birthday: str = ""
    anniversary: str = ""
    connected_on: dt.date | None = None
    extra_emails: list[str] = field(default_factory=list)
    extra_phones: list[str] = field(default_factory=list)
    quirk: str = ""

    def open_on(self, day: dt.date) -> bool:
        """Tell whether the owner and the person may be in contact that day."""
        return any(first <= day <= last for first, last in self.spans)

    def email_on(self, day: dt.date, *, work: bool = False) -> str:
        """Return the address in use that day."""
        if day >= CHANGE and "later" in self.emails:
            return self.emails["later"]
        order = ("work", "home") if work else ("home", "work")
        if "later" in self.emails:
            order = ("work", "home")
        return next((self.emails[key] for key in order if key in self.emails), "")

    @property
    def shown(self) -> str:
        """The name in the owner's phone, and so in the owner's chats."""
        return self.chat_name or self.name.full


@dataclass(frozen=True, slots=True)
class Box:
    """A person in the head of a mail or in a meeting, under one address."""

    person: str
    name: str
    address: str


@dataclass(slots=True)
class Mail:
    """One mail. `kind` is `human`, `automated`, `spam` or `draft`; `quirk` names an oddity."""

    at: dt.datetime
    sender: Box
    to: list[Box]
    cc: list[Box] = field(default_factory=list)
    thread: int = 0
    subject: str = ""
    body: str = ""
    kind: str = "human"
    quirk: str = ""
    reply_to: Mail | None = None
    message_id: str = ""


@dataclass(slots=True)
class Note:
    """One line of a chat: author is a person's id, or empty for a system line."""

    at: dt.datetime
    author: str
    text: str


@dataclass(slots=True)
class Chat:
    """A WhatsApp chat. `style` is `android` or `ios`."""

    title: str
    members: list[str]
    style: str
    group: bool
    lines: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class Meeting:
    """
    A calendar event.

    Attributes
    ----------
    starts
        Every start that took place, in the owner's zone.
    rule
        RRULE of a series, whose first start is `first`.
    left_out, cancelled, moved
        Starts of the rule that are deleted, called off, or held at another time.
    here
        Attendees who came; `declined` were asked and did not come.
    """

    uid: str
    title: str
    first: dt.datetime
    minutes: int
    organizer: Box
    here: list[Box]
    declined: list[Box] = field(default_factory=list)
    room: str = ""
    rule: str = ""
    starts: list[dt.datetime] = field(default_factory=list)
    left_out: list[dt.datetime] = field(default_factory=list)
    cancelled: list[dt.datetime] = field(default_factory=list)
    moved: dict[dt.datetime, dt.datetime] = field(default_factory=dict)
    status: str = "CONFIRMED"
    windows_zone: bool = False


@dataclass(slots=True)
class Direct:
    """A LinkedIn message or invitation between the owner and one person."""

    at: dt.datetime
    person: str
    out: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text message between the owner and one person."""

    at: dt.datetime
    person: str
    out: bool
    text: str


@dataclass(slots=True)
class Diary:
    """A line of the owner's `notes.csv`."""

    day: dt.date
    who: str
    person: str
    kind: str
    minutes: int
    text: str


@dataclass(slots=True)
class Plan:
    """Everything that happened, and what of it is planted."""

    seed: int
    owner: Person
    people: list[Person]
    mails: list[Mail] = field(default_factory=list)
    chats: list[Chat] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    messages: list[Direct] = field(default_factory=list)
    invitations: list[Direct] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    diary: list[Diary] = field(default_factory=list)
    aliases: list[tuple[str, str, str, str]] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    days: dict[str, set[dt.date]] = field(default_factory=dict)
    handles: dict[str, set[str]] = field(default_factory=dict)

    def person(self, person_id: str) -> Person:
        """Return a person, or the owner, by id."""
        return self.owner if person_id == self.owner.id else self._by_id()[person_id]

    def _by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    def met(self, person_id: str, day: dt.date) -> None:
        """Write down a contact day of the owner and a person."""
        if person_id != self.owner.id:
            self.days.setdefault(person_id, set()).add(day)

    def saw(self, person_id: str, handle: str) -> None:
        """Write down that an export shows the person under a handle."""
        if handle:
            self.handles.setdefault(person_id, set()).add(handle)

    def named(self, part: str) -> list[Person]:
        """Return the people who play a part."""
        return [person for person in self.people if person.part == part]

    def members(self, community: str) -> list[Person]:
        """Return the people whose main community it is."""
        return [person for person in self.people if person.community == community]


def local(day: dt.date, second: int) -> dt.datetime:
    """Return a time of day in the owner's zone."""
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return midnight.replace(hour=second // 3600, minute=second // 60 % 60, second=second % 60)


def email_key(address: str) -> str:
    """Return the handle of an address."""
    return "email:" + address.lower()


def chat_key(name: str) -> str:
    """Return the handle of somebody whom a chat shows by name."""
    return "name:" + " ".join(unicodedata.normalize("NFC", name).split()).casefold() + "@whatsapp"
