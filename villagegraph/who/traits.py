"""What is known of each person that can make two of them look like one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from villagegraph.days import partial_date
from villagegraph.parsing import column_key, is_role_address, kind_of, name_parts
from villagegraph.people.describe import in_order
from villagegraph.people.matching import CARDS
from villagegraph.people.spelling import in_letters
from villagegraph.who.find import handles_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.village import Village

Parts = tuple[str, ...]

_GAP = re.compile(r"[._+\-\s\d]+")
_SPLIT = re.compile(r"[._+\-]")
MIN_PARTS = 2
_ON_CARDS = ("email", "phone")


@dataclass(slots=True)
class Traits:
    """
    One person, as suggestions look at people.

    Attributes
    ----------
    person_id, name
        As in the table of people.
    names
        Words of every name that a record or a chat shows, in plain letters.
    spelled
        Words of the names that addresses and profiles spell.
    mailboxes
        Local part and domain of the addresses, desks left out.
    phones
        Digits of the numbers, with a plus where the country is known.
    handles
        All handles that are nobody else's, the most telling first.
    carried
        Addresses and numbers on the person's records, also those that others have, too.
    organizations, birthdays
        As records tell them, in the form in which they are compared.
    books
        Address books in which the person has a card, with the words of the names there.
    """

    person_id: str
    name: str
    names: set[Parts] = field(default_factory=set)
    spelled: set[Parts] = field(default_factory=set)
    mailboxes: set[tuple[str, str]] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    handles: list[str] = field(default_factory=list)
    carried: set[str] = field(default_factory=set)
    organizations: set[str] = field(default_factory=set)
    birthdays: set[tuple[int | None, int, int]] = field(default_factory=set)
    books: dict[str, set[Parts]] = field(default_factory=dict)


def traits_of(village: Village) -> list[Traits]:
    """Return everybody who may be somebody else, too: not the owner, and no desk."""
    people = village.people[~village.people["is_me"].to_numpy(dtype=bool)]
    found = {
        person: Traits(person, name, handles=[])
        for person, name in zip(people.index.tolist(), people["name"].tolist(), strict=True)
    }
    for person, handles in handles_of(village).items():
        if person in found:
            _take_handles(found[person], handles)
    _take_records(village, found)
    rows = village.handles[village.handles["kind"].isin(_ON_CARDS)]
    for person, handle in zip(rows["person_id"].tolist(), rows["handle"].tolist(), strict=True):
        if person in found and not is_role_address(handle):
            found[person].carried.add(handle)
    for person, organization in people["organization"].items():
        traits = found[person]
        traits.organizations |= {column_key(organization)} - {""}
        # without a record or an address, the name is the one that the person was given
        if not (traits.names or traits.spelled or _made_up(traits)):
            traits.names |= _words(traits.name)
    return [traits for traits in found.values() if not _is_desk(traits)]


def _made_up(traits: Traits) -> bool:
    return any(kind_of(handle) != "id" for handle in traits.handles)


def _is_desk(traits: Traits) -> bool:
    return bool(traits.handles) and all(is_role_address(handle) for handle in traits.handles)


def _words(name: str) -> set[Parts]:
    words = tuple(filter(None, map(in_letters, name_parts(in_order(name)))))
    return {words} if words else set()


def _take_handles(traits: Traits, handles: Iterable[str]) -> None:
    traits.handles = list(handles)
    for handle in traits.handles:
        kind, _, rest = handle.partition(":")
        if kind == "email" and not is_role_address(handle):
            local, _, domain = rest.rpartition("@")
            traits.mailboxes.add((local, domain))
            _spell(traits, local)
        elif kind == "phone":
            traits.phones.add(rest)
        elif kind == "linkedin":
            # the code at the end keeps namesakes' profiles apart
            _spell(traits, "-".join(w for w in rest.split("-") if not re.search(r"\d", w)))
        elif kind == "name":
            traits.names |= _words(rest.rpartition("@")[0] or rest)


def _spell(traits: Traits, local: str) -> None:
    if _SPLIT.search(local):
        words = tuple(
            word for text in _GAP.split(local) for word in map(in_letters, name_parts(text))
        )
        if len(words) >= MIN_PARTS:
            traits.spelled.add(words)


def _take_records(village: Village, found: dict[str, Traits]) -> None:
    kinds = village.files["kind"].to_dict()
    person_of = dict(
        zip(village.merges["record_id"].tolist(), village.merges["person_id"].tolist(), strict=True)
    )
    contacts = village.contacts
    columns = (contacts[name].tolist() for name in ("name", "organization", "birthday", "source"))
    for record, name, organization, birthday, source in zip(
        contacts.index.tolist(), *columns, strict=True
    ):
        traits = found.get(person_of.get(record, ""))
        if traits is None:
            continue
        words = _words(name)
        traits.names |= words
        traits.organizations |= {column_key(organization)} - {""}
        date = partial_date(birthday)
        if date is not None:
            traits.birthdays.add(date)
        file = source.rpartition("#")[0] or source
        if kinds.get(file) in CARDS:
            traits.books.setdefault(file, set()).update(words)
