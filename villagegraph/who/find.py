"""Find the one person whom the owner means by a name, an address, a number or an id."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from villagegraph.errors import IdentityError
from villagegraph.parsing import OWNER, any_handle, kind_of, name_key, name_parts, phone_region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.village import Village

MAX_CANDIDATES = 10
_ORDER = {kind: place for place, kind in enumerate(("email", "phone", "linkedin"))}


def find_person(village: Village, who: str) -> str:
    """
    Find the one person who is meant.

    Parameters
    ----------
    village
        The village.
    who
        A `person_id`, an address, a number, a profile, any handle, or a name: the
        full name, or as many of its words as nobody else's name has.

    Returns
    -------
    person_id

    Raises
    ------
    IdentityError
        If nobody is meant, or several people are: `candidates` then holds a handle,
        or the `person_id`, of each.
    """
    if who in village.people.index:
        return who
    region = phone_region(village.settings.me.phones)
    found = _of_handle(village, any_handle(who, region=region) or who.strip())
    if not found:
        found = _of_name(village, who)
    if len(found) == 1:
        return found[0]
    if not found:
        msg = "nobody in this village has that name, address or id. Check its spelling."
        raise IdentityError(msg)
    handles = own_handles(village)
    msg = f"{len(found)} people in this village are called that. Give an address or a number."
    raise IdentityError(
        msg, candidates=[handles.get(person, person) for person in found[:MAX_CANDIDATES]]
    )


def _of_handle(village: Village, handle: str) -> list[str]:
    found: set[str] = set()
    for table in (village.participants, village.handles):
        # who wrote from a shared address is one; who has it on a card are many
        found = set(table.loc[table["handle"] == handle, "person_id"].tolist()) - {""}
        if found:
            break
    return sorted(found & set(village.people.index))


def _of_name(village: Village, who: str) -> list[str]:
    names = names_of(village)
    wanted, key, words = who.strip().casefold(), name_key(who), set(name_parts(who))
    tests = (
        lambda name: name.casefold() == wanted,
        lambda name: bool(key) and name_key(name) == key,
        lambda name: bool(words) and words <= set(name_parts(name)),
    )
    for test in tests:
        found = sorted(person for person, shown in names.items() if any(map(test, shown)))
        if found:
            return found
    return []


def names_of(village: Village) -> dict[str, list[str]]:
    """Return all names of each person, the one in the table of people first."""
    found = {person: [name] for person, name in village.people["name"].items()}
    names = dict(zip(village.contacts.index, village.contacts["name"].tolist(), strict=True))
    rows = village.merges
    for record, person in zip(rows["record_id"].tolist(), rows["person_id"].tolist(), strict=True):
        if person in found and names.get(record):
            found[person].append(names[record])
    return {person: list(dict.fromkeys(name for name in shown)) for person, shown in found.items()}


def handles_of(village: Village) -> dict[str, list[str]]:
    """Return the handles of each person that are nobody else's, the most telling first."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for table in (village.participants, village.handles):
        rows = table[["handle", "person_id"]].drop_duplicates()
        seen = frozenset(owners)
        for handle, person in zip(rows["handle"].tolist(), rows["person_id"].tolist(), strict=True):
            # who wrote from a shared address is one; who has it on a card are many
            if person and handle != OWNER and handle not in seen:
                owners[handle].add(person)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for handle in _ranked(owners):
        if len(owners[handle]) == 1:
            found[next(iter(owners[handle]))].append(handle)
    return dict(found)


def own_handles(village: Village) -> dict[str, str]:
    """Return the most telling handle of each person who has one of their own."""
    return {person: handles[0] for person, handles in handles_of(village).items()}


def _ranked(handles: Iterable[str]) -> list[str]:
    def rank(handle: str) -> tuple[int, str]:
        kind = kind_of(handle)
        return (_ORDER.get(kind, 4 if kind == "name" else 3), handle)

    return sorted(handles, key=rank)
