"""The rules that make one person of several records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.days import partial_date
from villagegraph.parsing import is_role_address, kind_of, name_key, name_parts
from villagegraph.people.names import contradict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from villagegraph.people.unions import Unions
    from villagegraph.tables import Export

FULL_NAME = 2
"""Parts of a name from which it tells given and family name."""
MAX_NAMES = 3
"""A key that more names than this share is nobody's own."""

SAME_NAME = "the same full name, once in each source"

ADDRESS_BOOKS = frozenset(
    {"google-contacts", "linkedin-contacts", "outlook-contacts", "people-csv", "vcard"}
)
"""Kinds of file that the owner wrote about others."""
CARDS = ADDRESS_BOOKS | {"linkedin-connections"}
"""Kinds of file in which a row is a card about one person, written on purpose."""
_LONE = frozenset({"vcard"})
"""Kinds of which a program may write a file a card: the folder is the address book."""
_MAIL = frozenset({"eml", "maildir", "mbox", "pst"})
"""Kinds that hold mails: however many files they fill, they are one source of names."""


class Record(NamedTuple):
    """
    What matching needs to know of one contact record.

    Attributes
    ----------
    file
        The file in which it stands; for cards with a file each, their folder.
    source
        Where a full name stands for one person: the file, or all the mail.
    card
        Whether it stands in an address book; else it is the name under which
        mails or chats showed a handle.
    """

    node: str
    name: str
    file: str
    source: str
    card: bool
    birthday: str
    handles: tuple[str, ...]


def without_lists(export: Export) -> Export:
    """
    Leave out the addresses of mailing lists: they are nobody.

    One that stands in an address book is somebody all the same.
    """
    listed = set(export.hints.loc[export.hints["hint"] == "list", "handle"].tolist())
    if not listed:
        return export
    kinds = export.files["kind"].to_dict()
    books = {file for file, kind in kinds.items() if kind in ADDRESS_BOOKS}
    carried = export.handles[export.handles["handle"].isin(listed)]
    source = export.contacts["source"].reindex(carried["record_id"])
    in_books = [file_of(str(place)) in books for place in source]
    listed -= set(carried["handle"].to_numpy()[in_books])
    nobody = set(carried.loc[carried["handle"].isin(listed), "record_id"].tolist())
    kept = export.handles[~export.handles["handle"].isin(listed)]
    nobody -= set(kept["record_id"].tolist())
    return replace(
        export,
        contacts=export.contacts[~export.contacts.index.isin(nobody)],
        handles=kept,
        participants=export.participants[~export.participants["handle"].isin(listed)],
        hints=export.hints[~export.hints["handle"].isin(listed)],
    )


def records_of(export: Export) -> list[Record]:
    """Return the records of an export, in the order of their ids."""
    handles: defaultdict[str, list[str]] = defaultdict(list)
    carried = export.handles
    # plain lists: going through a column of pandas text value by value is slow
    for record_id, handle in zip(
        carried["record_id"].tolist(), carried["handle"].tolist(), strict=True
    ):
        handles[record_id].append(handle)
    kinds = export.files["kind"].to_dict()
    alone = set(export.files.index[export.files["contacts"] == 1])
    contacts = export.contacts.sort_index()
    columns = (contacts.index, *(contacts[name] for name in ("name", "source", "birthday")))
    found = []
    for record_id, name, place, birthday in zip(*(c.tolist() for c in columns), strict=True):
        file = file_of(place)
        kind = str(kinds.get(file, ""))
        if kind in _LONE and file in alone:
            file = f"{file.rpartition('/')[0]}/*.{kind}"
        node = f"record:{record_id}"
        found.append(
            Record(
                node,
                name,
                file,
                source="mail" if kind in _MAIL else file,
                card=kind in CARDS,
                birthday=birthday,
                handles=tuple(handles[record_id]),
            )
        )
    return found


def file_of(source: str) -> str:
    """
    Return the file of a record's source.

    Examples
    --------
    >>> file_of("archive.zip/Connections.csv#12")
    'archive.zip/Connections.csv'
    """
    return source.rpartition("#")[0] or source


def shared_handles(records: Iterable[Record]) -> set[str]:
    """
    Find handles that several people use, such as a desk's or a family's.

    A handle is shared if two rows of one file carry it under names that
    contradict each other, if it is a desk's address and rows of any files
    do, if it is a phone and rows of any files name two with other given names, or if more
    than three names carry it that all contradict each other.
    """
    # most handles stand on one card: a list is made for the others alone
    first: dict[str, tuple[str, tuple[str, ...]]] = {}
    rows: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for record in records:
        parts = name_parts(record.name)
        row = (record.file, parts)
        for handle in record.handles if parts else ():
            held = first.setdefault(handle, row)
            if held is not row:
                rows.setdefault(handle, [held]).append(row)
    return {handle for handle, named in rows.items() if _shared(handle, named)}


def _shared(handle: str, named: list[tuple[str, tuple[str, ...]]]) -> bool:
    names = sorted(set(named))
    anywhere = is_role_address(handle)
    # a father and a son may share a line and a name, hardly a mailbox
    nicknames = kind_of(handle) == "email" and not anywhere
    for place, (file, parts) in enumerate(names):
        for other_file, other in names[place + 1 :]:
            if (anywhere or file == other_file) and contradict(parts, other, nicknames=nicknames):
                return True
            if kind_of(handle) == "phone" and _two_at_one_line(parts, other):
                return True
    bearers: list[tuple[str, ...]] = []
    # the fullest first: of "Ada", "A. Lane" and "Ada M. Lane" the last stands for all
    for parts in sorted({parts for _, parts in names}, key=lambda p: (-len("".join(p)), p)):
        if all(contradict(parts, other, nicknames=nicknames) for other in bearers):
            bearers.append(parts)
    return len(bearers) > MAX_NAMES


def _two_at_one_line(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """
    Tell whether two full names on one phone are two people's, in whatever files they stand.

    A name that may be another spelling, a short form or one from before a marriage is
    not taken for two: given names with one initial tell nothing.
    """
    if min(len(one), len(other)) < FULL_NAME or not contradict(one, other, nicknames=True):
        return False
    return one[0][0] != other[0][0]


def join_by_key(unions: Unions, records: Iterable[Record], shared: set[str]) -> dict[str, str]:
    """
    Join records that carry the same address, number or profile.

    What several people share joins none of their cards. It is somebody of
    its own, under the name that mails from it show.

    Returns
    -------
    evidence
        Node of each record to the key through which it met another.
    """
    first: dict[str, str] = {}
    others: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        for handle in record.handles:
            if handle not in shared or not record.card:
                held = first.setdefault(handle, record.node)
                if held is not record.node:
                    others[handle].append(record.node)
    evidence: dict[str, str] = {}
    for handle in sorted(first):
        unions.join(handle, first[handle], rule="key", evidence=handle)
        for node in others.get(handle, ()):
            unions.join(handle, node, rule="key", evidence=handle)
            evidence.setdefault(first[handle], handle)
            evidence.setdefault(node, handle)
    return evidence


def join_by_name(unions: Unions, records: Iterable[Record]) -> set[str]:
    """
    Join records of the same full name, where that is safe.

    It is safe if the name stands for one person at the most in each source,
    and no two of them have different birthdays, different profiles, or
    different addresses at the same domain.

    Returns
    -------
    joined
        Nodes of the records so joined.
    """
    namesakes: defaultdict[str, list[Record]] = defaultdict(list)
    by_node = {}
    for record in records:
        by_node[record.node] = record
        key = name_key(record.name)
        if key:
            namesakes[key].append(record)
    joined: set[str] = set()
    for key in sorted(namesakes):
        same = namesakes[key]
        persons = sorted({unions.find(record.node) for record in same})
        cards = {unions.find(record.node): record.node for record in reversed(same)}
        if len(persons) < 2 or _twice_in_a_source(unions, same):
            continue
        facts = [facts_of(unions.members(person), by_node) for person in persons]
        if agree(facts) and not any(unions.vetoed(persons[0], other) for other in persons[1:]):
            for other in persons[1:]:
                unions.join(cards[persons[0]], cards[other], rule="name", evidence=SAME_NAME)
            joined.update(record.node for record in same)
    return joined


def _twice_in_a_source(unions: Unions, same: list[Record]) -> bool:
    persons: defaultdict[str, set[str]] = defaultdict(set)
    for record in same:
        persons[record.source].add(unions.find(record.node))
    return any(len(found) > 1 for found in persons.values())


class Facts(NamedTuple):
    """What can tell two people of one name apart."""

    birthdays: set[tuple[int | None, int, int]]
    profiles: set[str]
    mailboxes: set[tuple[str, str]]


def facts_of(nodes: Iterable[str], records: Mapping[str, Record]) -> Facts:
    """Return what the nodes of one person say of that person."""
    dates = {partial_date(records[node].birthday) for node in nodes if node in records}
    mailboxes = set()
    for node in nodes:
        if kind_of(node) == "email":
            local, _, domain = node.removeprefix("email:").rpartition("@")
            mailboxes.add((domain, local))
    return Facts(
        birthdays={date for date in dates if date is not None},
        profiles={node for node in nodes if kind_of(node) == "linkedin"},
        mailboxes=mailboxes,
    )


def agree(facts: Sequence[Facts]) -> bool:
    """Tell whether nothing says that these are different people."""
    for place, one in enumerate(facts):
        for other in facts[place + 1 :]:
            if one.profiles and other.profiles and one.profiles != other.profiles:
                return False
            if any(different_dates(a, b) for a in one.birthdays for b in other.birthdays):
                return False
            if any(a[0] == b[0] and a[1] != b[1] for a in one.mailboxes for b in other.mailboxes):
                return False
    return True


def different_dates(one: tuple[int | None, int, int], other: tuple[int | None, int, int]) -> bool:
    """Tell whether two birthdays, of which years may be missing, cannot be one."""
    years_differ = None not in (one[0], other[0]) and one[0] != other[0]
    return one[1:] != other[1:] or years_differ
