"""Read address books as vCard: Apple, Google, Android, Outlook, Thunderbird and others."""

from __future__ import annotations

import codecs
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

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
from villagegraph.parsing.vcards import Card, Property, cards, parts, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings
    from villagegraph.tables import Export

KINDS: tuple[str, ...] = ("vcard",)
ADVICE: str = (
    "vCard (.vcf): in Google Contacts choose Export, vCard; on iCloud.com or a Mac select all "
    "contacts and Export vCard; on Android open Contacts, Settings, Export."
)

_BEGIN = re.compile(rb"\s*BEGIN:VCARD[ \t]*(?:\r|\n|$)", re.IGNORECASE)
_ANNIVERSARIES = frozenset(
    "ANNIVERSARY X-ANNIVERSARY X-EVOLUTION-ANNIVERSARY X-MS-ANNIVERSARY "
    "X-KADDRESSBOOK-X-ANNIVERSARY".split()
)
_ANDROID_EVENT = "vnd.android.cursor.item/contact_event"
# machines, and numbers that stand for a colleague of the person
_NO_PHONE = frozenset({"fax", "pager", "modem", "bbs"})
_NOBODY = {
    "location": "a place, not a person",
    "device": "a device, not a person",
    "application": "a program, not a person",
}


def sniff(file: ExportFile) -> str:
    """Return `vcard` if the file starts with a card."""
    head = file.head()
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        # the head may end inside a letter
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    return "vcard" if _BEGIN.match(head.removeprefix(codecs.BOM_UTF8)) else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Export:
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
    export
        One contact for each card that names somebody.
    """
    collector = Collector(file, "vcard")
    region = phone_region(settings.me.phones)
    found = list(cards(file.read()))
    groups = [card for card in found if _kind(card) == "group"]
    tags = _group_tags(groups)
    partial = 0
    for card in found:
        kind = _kind(card)
        if kind == "group":
            continue
        if not card.whole:
            collector.skip(card.line, "the file breaks off inside this card")
        elif not card.ended and card is not found[-1]:
            collector.skip(card.line, "the card has no end: another begins inside it")
        elif kind in _NOBODY:
            collector.skip(card.line, _NOBODY[kind])
        else:
            partial += _add(collector, card, region=region, tags=tags)
    if groups:
        collector.note(f"{len(groups)} group(s) became tags of their members.")
    if partial:
        collector.note(f"{partial} birthday(s) or anniversaries name no full day: left empty.")
    if progress is not None:
        progress(file.size)
    return collector.export()


def _add(
    collector: Collector, card: Card, *, region: str, tags: Mapping[str, Iterable[str]]
) -> int:
    """Add the card's contact; return how many of its dates name no full day."""
    by_name: defaultdict[str, list[Property]] = defaultdict(list)
    for prop in card.properties:
        by_name[prop.name].append(prop)
    labels = {prop.group: prop.text for prop in by_name["X-ABLABEL"] if prop.group}
    organization = clean(_first(parts(prop.value, ";")[0] for prop in by_name["ORG"]))
    name = _name(by_name)
    if organization and _is_company(card, by_name):
        name = organization
    handles = [handle for handle in _handles(by_name, labels, region=region) if handle]
    if email_handle(name) or phone_handle(name, region=region) in handles:
        name = ""  # some programs put the address where no name is known
    if not name and not handles and not organization:
        collector.skip(card.line, "the card has no name, address, number or profile")
        return 0
    birthday, anniversary, partial = _occasions(by_name, labels)
    uid = _uid(by_name["UID"][0].text) if by_name["UID"] else ""
    own = [tag for prop in by_name["CATEGORIES"] for tag in parts(prop.value, ",")]
    collector.contact(
        record=card.number,
        handles=handles,
        name=name or nameless(organization, handles),
        organization=organization,
        title=clean(_first(prop.text for prop in by_name["TITLE"])),
        birthday=birthday,
        anniversary=anniversary,
        location=_first(_place(prop.value) for prop in by_name["ADR"]),
        tags=shown_tags([*own, *tags.get(uid, ())]),
    )
    return partial


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text.strip()), "")


def _kind(card: Card) -> str:
    for prop in card.properties:
        if prop.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND"):
            return prop.value.strip().lower()
    return ""


def _is_company(card: Card, by_name: Mapping[str, list[Property]]) -> bool:
    shown = by_name.get("X-ABSHOWAS", ())
    return _kind(card) == "org" or any("COMPANY" in prop.value.upper() for prop in shown)


def _uid(text: str) -> str:
    return text.strip().lower().removeprefix("urn:uuid:")


def _group_tags(groups: Iterable[Card]) -> dict[str, list[str]]:
    """Return the names of the groups in which each UID is a member."""
    tags: defaultdict[str, list[str]] = defaultdict(list)
    for card in groups:
        name = _first(prop.text for prop in card.properties if prop.name in ("FN", "N"))
        for prop in card.properties:
            if prop.name.endswith("MEMBER"):
                tags[_uid(prop.text)].append(name.strip("; "))
    return {uid: sorted(names) for uid, names in tags.items()}


def _name(by_name: Mapping[str, list[Property]]) -> str:
    shown = clean(_first(prop.text for prop in by_name.get("FN", ())))
    if shown:
        return shown
    for prop in by_name.get("N", ()):
        # family; given; middle; title; suffix
        cells = [cell.replace(",", " ") for cell in parts(prop.value, ";")] + [""] * 5
        name = clean(" ".join(cells[index] for index in (3, 1, 2, 0, 4)))
        if name:
            return name
    return clean(_first(prop.text for prop in by_name.get("NICKNAME", ())))


def _handles(
    by_name: Mapping[str, list[Property]], labels: Mapping[str, str], *, region: str
) -> Iterable[str]:
    for prop in by_name.get("EMAIL", ()):
        yield email_handle(prop.text)
    for prop in by_name.get("TEL", ()):
        label = labels.get(prop.group, "").lower()
        if not prop.types & _NO_PHONE and "assistant" not in label and "fax" not in label:
            yield phone_handle(bare_number(prop.text), region=region)
    for name in ("X-SOCIALPROFILE", "SOCIALPROFILE", "URL", "IMPP"):
        for prop in by_name.get(name, ()):
            yield _profile(prop)


def _profile(prop: Property) -> str:
    """Return the handle of a profile given by its URL, or by service and user name."""
    handle = profile_handle(prop.text)
    services = {*prop.types, *(value.lower() for value in _values(prop, "SERVICE-TYPE"))}
    if handle or "linkedin" not in services:
        return handle
    users = [*_values(prop, "X-USER"), *_values(prop, "USERNAME")]
    scheme, colon, rest = prop.text.strip().partition(":")
    if colon and scheme.lower() in ("x-apple", "linkedin"):
        users.append(rest)
    user = one_line(_first(users)).strip("/")
    return profile_handle(f"https://www.linkedin.com/in/{user}") if user else ""


def _values(prop: Property, key: str) -> tuple[str, ...]:
    return (*prop.params.get(key, ()), *prop.params.get(f"X-{key}", ()))


def _place(value: str) -> str:
    # post-office box; extension; street; city; region; postal code; country
    cells = parts(value, ";") + [""] * 7
    return place(city=cells[3], region=cells[4], country=cells[6])


def _occasions(
    by_name: Mapping[str, list[Property]], labels: Mapping[str, str]
) -> tuple[str, str, int]:
    """Return birthday, anniversary and how many of them could not be read."""
    days: dict[str, list[str]] = {"birthday": [], "anniversary": []}
    unread: Counter[str] = Counter()
    for kind, text, no_year in _dated(by_name, labels):
        day = occasion_day(text, no_year=no_year)
        if day:
            days[kind].append(day)
        elif text.strip():
            unread[kind] += 1
    missing = sum(1 for kind in unread if not days[kind])
    return _first(days["birthday"]), _first(days["anniversary"]), missing


def _dated(
    by_name: Mapping[str, list[Property]], labels: Mapping[str, str]
) -> Iterable[tuple[str, str, int | None]]:
    """Yield occasion, date and the year that stands for none."""
    for prop in by_name.get("BDAY", ()):
        yield "birthday", prop.text, _no_year(prop)
    for name in sorted(_ANNIVERSARIES):
        for prop in by_name.get(name, ()):
            yield "anniversary", prop.text, _no_year(prop)
    for name in ("X-ABDATE", "X-EVENT"):
        for prop in by_name.get(name, ()):
            label = labels.get(prop.group, "") or _first(sorted(prop.types - {"pref"}))
            if is_anniversary(label):
                yield "anniversary", prop.text, _no_year(prop)
            elif is_birthday(label):
                yield "birthday", prop.text, _no_year(prop)
    yield from _android_dates(by_name.get("X-ANDROID-CUSTOM", ()))


def _android_dates(props: Iterable[Property]) -> Iterable[tuple[str, str, None]]:
    for prop in props:
        # item type; date; 1 anniversary, 3 birthday, 0 own label; label
        cells = [unescape(cell) for cell in prop.value.split(";")] + [""] * 4
        if cells[0].strip() != _ANDROID_EVENT:
            continue
        if cells[2] == "1" or (cells[2] == "0" and is_anniversary(cells[3])):
            yield "anniversary", cells[1], None
        elif cells[2] == "3":
            yield "birthday", cells[1], None


def _no_year(prop: Property) -> int | None:
    values = prop.params.get("X-APPLE-OMIT-YEAR", ())
    return int(values[0]) if values and re.fullmatch(r"[0-9]{1,4}", values[0]) else None
