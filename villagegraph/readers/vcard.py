"""Read address books as vCard: Apple, Google, Android, Outlook, Thunderbird and others."""

from __future__ import annotations

import codecs
import functools
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing import (
    Collector,
    clean,
    email_handle,
    one_line,
    phone_handle,
    phone_region,
    profile_handle,
)
from villagegraph.parsing.cards import (
    bare_number,
    is_anniversary,
    is_birthday,
    nameless,
    occasion_day,
    place,
    shown_tags,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.phones import plain_number
from villagegraph.parsing.sources import HEAD_BYTES
from villagegraph.parsing.vcards import Card, parts, slim, slim_cards, unescape, utf8

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.parsing.vcards import Head, Property
    from villagegraph.settings import Settings

    Named = Mapping[str, list[Property]]

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="vCard (.vcf)",
        kinds=("vcard",),
        steps=(
            "Google: on contacts.google.com choose Export, then vCard.",
            "iPhone and Mac: on iCloud.com or in the Mac's Contacts select all, then Export vCard.",
            "Android: open Contacts, then Fix and manage (or Settings), Export to file.",
            "Outlook, Thunderbird and others: look for Export or Save as vCard.",
            "Put the file, or a folder of files with one card each, into your village's folder.",
        ),
        read="Names, e-mail addresses, phone numbers, LinkedIn profiles, organisation, title, "
        "birthday, anniversary, town and country, groups and categories as tags; vCard 2.1, 3.0 "
        "and 4.0, also mixed in one file.",
        left_out="Photos, notes, street addresses and related people: nothing is made of them. "
        "Fax, pager and assistants' numbers: they are not the person's own. Cards of rooms and "
        "devices, and the card of an agent inside another's card.",
        traps=(
            "Set your own number in village.toml: it tells in which country 0151 5550123 lies.",
            "A card whose end is missing is listed and left out: part of the next one may be lost.",
            "Cards as JSON (jCard) or XML (xCard) are recognised and not read: export vCard.",
            "A file above 512 MB, mostly photos, is not read: export it in parts.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("vcard",)
ADVICE: str = (
    "vCard (.vcf): in Google Contacts choose Export, vCard; on iCloud.com or a Mac select all "
    "contacts and Export vCard; on Android open Contacts, Settings, Export."
)

_BEGIN = re.compile(rb"\s*BEGIN:VCARD[ \t]*(?:\r|\n|$)", re.IGNORECASE)
# the standard's own form first
_ANNIVERSARIES = tuple(
    "ANNIVERSARY X-ANNIVERSARY X-EVOLUTION-ANNIVERSARY X-KADDRESSBOOK-X-ANNIVERSARY "
    "X-MS-ANNIVERSARY".split()
)
_DATED = frozenset({*_ANNIVERSARIES, "BDAY", "X-ABDATE", "X-EVENT", "X-ANDROID-CUSTOM"})
_PROFILES = ("X-SOCIALPROFILE", "SOCIALPROFILE", "URL", "IMPP")
_ANDROID_EVENT = "vnd.android.cursor.item/contact_event"
# machines, and numbers that stand for a colleague of the person
_NO_PHONE = frozenset({"fax", "pager", "modem", "bbs"})
_GROUP = re.compile(rb":[ \t]*group", re.IGNORECASE)
_DIGIT = re.compile(r"[0-9]")
_OTHER_FORMS = {
    "JSON (jCard)": re.compile(rb'\s*\[\s*(?:\[\s*)?"vcard(?:stream)?"\s*,', re.IGNORECASE),
    "XML (xCard)": re.compile(rb"\s*(?:<\?[^>]*\?>\s*|<!--[^>]*-->\s*)*<(?:\w+:)?vcards?[\s>]"),
}
_NOBODY = {
    "location": "a place, not a person",
    "device": "a device, not a person",
    "application": "a program, not a person",
}


def sniff(file: ExportFile) -> str:
    """Return `vcard` if the file starts with a card, or holds cards as JSON or XML."""
    head = utf8(file.head()).removeprefix(codecs.BOM_UTF8)
    return "vcard" if _BEGIN.match(head) or _other_form(head) else ""


def _other_form(head: bytes) -> str:
    return next((form for form, start in _OTHER_FORMS.items() if start.match(head)), "")


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read an address book.

    Fax numbers, pagers and assistants' numbers are no handles: they are not
    the person's own. Cards of groups become tags of their members.

    Parameters
    ----------
    file
        The vCard file.
    settings
        Own numbers tell in which country numbers without a country code lie.
    progress
        Called with the bytes done.

    Returns
    -------
    collector
        One contact for each card that names somebody.

    Raises
    ------
    ExportError
        If the cards stand there as JSON or XML, or the file is larger than
        any address book.
    """
    data = slim(file.read())
    form = _other_form(data[:HEAD_BYTES])
    if form:
        msg = f"holds its cards as {form}, which few programs write and villagegraph does not read."
        raise ExportError(msg, path=file.label, hint="Export them as vCard (.vcf).")
    collector = Collector(file, "vcard")
    found: Iterable[Card] = slim_cards(data)
    groups: list[Card] = []
    if _GROUP.search(data):  # a group may stand below its members
        found = list(found)
        groups = [card for card in found if _kind(card) == "group" and not _left_out(card, "")]
    book = _Book(phone_region(settings.me.phones), _group_tags(groups))
    for card in found:
        kind = _kind(card)
        reason = _left_out(card, kind)
        if reason:
            collector.skip(card.line, reason)
        elif kind != "group":
            _add(collector, card, kind, book)
        book.open_end = card.last and not (card.ended or card.cut)
    for note in book.notes(groups=len(groups)):
        collector.note(note)
    if progress is not None:
        progress(file.size)
    return collector


@dataclass(slots=True)
class _Book:
    """What all cards of a file share."""

    region: str
    tags: Mapping[str, list[str]]
    """Groups, by the UID of their members."""
    partial: int = 0
    """Birthdays and anniversaries that name no full day."""
    agents: int = 0
    unread: int = 0
    """Addresses and numbers that are none, or no person's."""
    open_end: bool = False

    def handles(self, named: Named, labels: Mapping[str, str]) -> list[str]:
        """Return what leads to the person: addresses, numbers, profiles."""
        found = []
        for _, value in named.get("EMAIL", ()):
            handle = email_handle(unescape(value))
            if handle:
                found.append(handle)
            elif value.strip():
                self.unread += 1
        for head, value in named.get("TEL", ()):
            another = bool(labels) and _of_another(labels.get(head.group, ""))
            if not another and head.types.isdisjoint(_NO_PHONE):
                # what is written plainly holds no escape and no extension
                number = plain_number(value, self.region)
                handle = (
                    f"phone:{number}"
                    if number
                    else phone_handle(bare_number(unescape(value)), region=self.region)
                )
                if handle:
                    found.append(handle)
                elif value.strip():
                    self.unread += 1
        for name in _PROFILES:
            if name in named:
                profiles = [_profile(head, unescape(value)) for head, value in named[name]]
                found += filter(None, profiles)
        return found

    def notes(self, *, groups: int) -> Iterator[str]:
        """Yield what the owner should know of the file."""
        if groups:
            yield f"{groups} group(s) became tags of their members."
        if self.partial:
            yield f"{self.partial} birthday(s) or anniversaries name no full day: left empty."
        if self.unread:
            yield f"{self.unread} address(es) or number(s) that call no person: left out."
        if self.agents:
            yield f"{self.agents} card(s) of an agent, inside another's card: left out."
        if self.open_end:
            yield "The last card has no end: if more should follow, export it again."


def _left_out(card: Card, kind: str) -> str:
    """Return why a card is not read, empty if it is."""
    if card.cut:
        return "the file breaks off inside this card"
    if not card.ended and not card.last:
        return "the card has no end: another begins inside it"
    return _NOBODY.get(kind, "")


def _add(collector: Collector, card: Card, kind: str, book: _Book) -> None:
    """Add the card's contact, and count what of it is not read."""
    named = card.named
    organization = _organization(named)
    name = _name(named)
    if organization and (kind == "org" or _is_company(named)):
        name = organization
    labels = _labels(named)
    handles = book.handles(named, labels)
    if _is_handle(name, handles, region=book.region):
        name = ""  # some programs put the address where no name is known
    if "AGENT" in named:
        book.agents += len(named["AGENT"])
    if not name and not handles and not organization:
        collector.skip(card.line, "the card has no name, address, number or profile")
        return
    birthday = anniversary = ""
    if not named.keys().isdisjoint(_DATED):
        birthday, anniversary, partial = _occasions(named, labels)
        book.partial += partial
    collector.contact(
        record=card.number,
        handles=handles,
        name=name or nameless(organization, handles),
        organization=organization,
        title=_text(named, "TITLE"),
        birthday=birthday,
        anniversary=anniversary,
        location=_location(named),
        tags=_tags(named, book.tags),
    )


def _text(named: Named, name: str) -> str:
    """Return the first property of that name that says something."""
    for _, value in named.get(name, ()):
        if value.strip():
            return unescape(value)
    return ""


def _kind(card: Card) -> str:
    named = card.named
    if "KIND" not in named and "X-ADDRESSBOOKSERVER-KIND" not in named:
        return ""  # as on nearly all cards
    return (_text(named, "KIND") or _text(named, "X-ADDRESSBOOKSERVER-KIND")).strip().lower()


def _organization(named: Named) -> str:
    for _, value in named.get("ORG", ()):
        organization = clean(parts(value, ";")[0])
        if organization:
            return organization
    return ""


def _is_company(named: Named) -> bool:
    shown = named.get("X-ABSHOWAS")
    return shown is not None and any("COMPANY" in value.upper() for _, value in shown)


def _labels(named: Named) -> dict[str, str]:
    """Return Apple's labels, by the group that they share with what they name."""
    if "X-ABLABEL" not in named:
        return {}
    return {head.group: unescape(value) for head, value in named["X-ABLABEL"] if head.group}


def _is_handle(name: str, handles: Collection[str], *, region: str) -> bool:
    """Tell whether a name is an address, or one of the card's own numbers."""
    if "@" in name and email_handle(name):
        return True
    return bool(_DIGIT.search(name)) and phone_handle(name, region=region) in handles


def _tags(named: Named, groups: Mapping[str, list[str]]) -> tuple[str, ...]:
    own = tuple(value for _, value in named.get("CATEGORIES", ()))
    found = groups.get(_uid(_text(named, "UID")), ()) if groups else ()
    return _shown(own, tuple(found)) if own or found else ()


# most cards of a book have one of a few sets of tags
@functools.lru_cache(maxsize=1_024)
def _shown(categories: tuple[str, ...], groups: tuple[str, ...]) -> tuple[str, ...]:
    own = [tag for value in categories for tag in parts(value, ",")]
    return tuple(shown_tags([*own, *groups]))


def _uid(text: str) -> str:
    return text.strip().lower().removeprefix("urn:uuid:")


def _group_tags(groups: Iterable[Card]) -> dict[str, list[str]]:
    """Return the names of the groups in which each UID is a member."""
    tags: defaultdict[str, list[str]] = defaultdict(list)
    for card in groups:
        name = _text(card.named, "FN") or _text(card.named, "N")
        for key in ("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"):
            for _, value in card.named.get(key, ()):
                tags[_uid(unescape(value))].append(name.strip("; "))
    return {uid: sorted(names) for uid, names in tags.items()}


def _name(named: Named) -> str:
    shown = clean(_text(named, "FN"))
    if shown:
        return shown
    for _, value in named.get("N", ()):
        # family; given; middle; title; suffix
        cells = [cell.replace(",", " ") for cell in parts(value, ";")] + [""] * 5
        name = clean(" ".join(cells[index] for index in (3, 1, 2, 0, 4)))
        if name:
            return name
    return clean(_text(named, "NICKNAME"))


def _of_another(label: str) -> bool:
    label = label.lower()
    return "assistant" in label or "fax" in label or "pager" in label


def _profile(head: Head, text: str) -> str:
    """Return the handle of a profile given by its URL, or by service and user name."""
    handle = profile_handle(text)
    services = {*head.types, *(value.lower() for value in _values(head, "SERVICE-TYPE"))}
    if handle or "linkedin" not in services:
        return handle
    users = [*_values(head, "X-USER"), *_values(head, "USERNAME")]
    scheme, colon, rest = text.strip().partition(":")
    if colon and scheme.lower() in ("x-apple", "linkedin"):
        users.append(rest)
    user = one_line(_first(users)).strip("/")
    return profile_handle(f"https://www.linkedin.com/in/{user}") if user else ""


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text.strip()), "")


def _values(head: Head, key: str) -> tuple[str, ...]:
    return (*head.params.get(key, ()), *head.params.get(f"X-{key}", ()))


def _location(named: Named) -> str:
    for _, value in named.get("ADR", ()):
        # post-office box; extension; street; city; region; postal code; country
        cells = parts(value, ";") + [""] * 7
        found = place(city=cells[3], region=cells[4], country=cells[6])
        if found:
            return found
    return ""


def _occasions(named: Named, labels: Mapping[str, str]) -> tuple[str, str, int]:
    """Return birthday, anniversary and how many of them could not be read."""
    days = {"birthday": "", "anniversary": ""}
    unread = set()
    for kind, text, no_year in _dated(named, labels):
        days[kind] = days[kind] or occasion_day(text, no_year=no_year)
        if not days[kind] and text.strip():
            unread.add(kind)
    return days["birthday"], days["anniversary"], sum(1 for kind in unread if not days[kind])


def _dated(named: Named, labels: Mapping[str, str]) -> Iterator[tuple[str, str, int | None]]:
    """Yield occasion, date and the year that stands for none."""
    for head, value in named.get("BDAY", ()):
        yield "birthday", unescape(value), _no_year(head)
    for name in _ANNIVERSARIES:
        for head, value in named.get(name, ()):
            yield "anniversary", unescape(value), _no_year(head)
    for name in ("X-ABDATE", "X-EVENT"):
        for head, value in named.get(name, ()):
            label = labels.get(head.group, "") or _first(sorted(head.types - {"pref"}))
            if is_anniversary(label):
                yield "anniversary", unescape(value), _no_year(head)
            elif is_birthday(label):
                yield "birthday", unescape(value), _no_year(head)
    yield from _android_dates(named.get("X-ANDROID-CUSTOM", ()))


def _android_dates(properties: Iterable[Property]) -> Iterator[tuple[str, str, None]]:
    for _, value in properties:
        # item type; date; 1 anniversary, 3 birthday, 0 own label; label
        cells = [unescape(cell) for cell in value.split(";")] + [""] * 4
        if cells[0].strip() != _ANDROID_EVENT:
            continue
        if cells[2] == "1" or (cells[2] == "0" and is_anniversary(cells[3])):
            yield "anniversary", cells[1], None
        elif cells[2] == "3":
            yield "birthday", cells[1], None


def _no_year(head: Head) -> int | None:
    values = head.params.get("X-APPLE-OMIT-YEAR", ())
    return int(values[0]) if values and re.fullmatch(r"[0-9]{1,4}", values[0]) else None
