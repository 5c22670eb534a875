"""From joined records to the table of people."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from villagegraph.days import day_number, partial_date
from villagegraph.parsing import (
    OWNER,
    column_key,
    is_role_address,
    kind_of,
    name_key,
    name_parts,
)
from villagegraph.people.ids import CARD, new_id
from villagegraph.people.matching import ADDRESS_BOOKS, file_of
from villagegraph.tables import CONTACTS, PEOPLE, empty, make

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from villagegraph.people.unions import Unions
    from villagegraph.settings import Me
    from villagegraph.tables import Export

# a name in a chat says less than an account at a service, and no handle says least
_RANKS = {"email": (0, 0), "phone": (0, 1), "linkedin": (0, 2), "name": (2, 3), "record": (3, 3)}
_OTHER = (1, 3)
_RECORD = "record:"
# a profile is kept up to date by its owner: for so many days it is believed before a card
_FRESH_DAYS = 365
# people keep their own profile up to date, and their friends' address cards true to life
_LATEST = frozenset({"headline", "connected_on"})


class Named(NamedTuple):
    """
    How people are called in tables.

    Attributes
    ----------
    ids
        Node to `person_id`.
    keys
        By id, the handles by which the person is known, the one behind the id
        first, then those seen earliest; `card:` and the full name last, if it is
        nobody else's.
    """

    ids: dict[str, str]
    keys: dict[str, tuple[str, ...]]


def person_ids(export: Export, unions: Unions, nodes: Sequence[str]) -> Named:
    """
    Name each person after the strong key seen earliest.

    A new export, address or merge leaves the name as it is, unless it brings
    an older key. Who has no address, number or profile is named after the
    account at a service, else the name in a chat, else after the full name.

    Parameters
    ----------
    export
        What was read: gives the first time of each handle.
    unions
        Who is one person.
    nodes
        All handles and records.
    """
    rows = export.participants
    # without a zone, times are plain numbers; with one, each would become an object
    at = export.interactions["at"].dt.tz_localize(None).reindex(rows["event_id"]).to_numpy()
    first = pd.Series(at, index=rows["handle"]).groupby(level=0).min().dropna()
    ticks = first.to_numpy().astype("int64").tolist()
    seen = dict(zip(first.index.tolist(), ticks, strict=True))
    late = max(seen.values(), default=0) + 1

    def rank(node: str) -> tuple[int, int, int, str]:
        weak, strong = _RANKS.get(kind_of(node), _OTHER)
        return (weak, seen.get(node, late), strong, node)

    groups: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        groups[unions.find(node)].append(node)
    found: dict[str, list[str]] = {
        root: sorted((n for n in members if not n.startswith((_RECORD, OWNER))), key=rank)
        for root, members in groups.items()
    }
    records = {root: [n for n in groups[root] if n != OWNER] for root in found if not found[root]}
    found |= {root: [key] for root, key in _card_keys(export, records).items()}
    names = _names_alone(export, groups)
    ids: dict[str, str] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for root, members in groups.items():
        own = [*found[root], *([OWNER] if OWNER in members else [])]
        person_id = new_id(own[0])
        ids |= dict.fromkeys(members, person_id)
        keys[person_id] = tuple(dict.fromkeys((*own, *names.get(root, ()))))
    return Named(ids, keys)


def _names_alone(export: Export, groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return, by person, `card:` and each full name that is nobody else's."""
    contacts = export.contacts
    names = dict(zip(contacts.index.tolist(), contacts["name"].tolist(), strict=True))
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    for root, members in groups.items():
        for node in members:
            if node.startswith(_RECORD) and (key := name_key(names[node.removeprefix(_RECORD)])):
                bearers[key].add(root)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key in sorted(bearers):
        if len(bearers[key]) == 1:
            found[next(iter(bearers[key]))].append(CARD + key)
    return dict(found)


def _card_keys(export: Export, groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """
    Return, by person, the full name on the cards of those who have no handle.

    Of several with one name, each but the first has its number behind it.
    """
    contacts = export.contacts
    places = {
        f"record:{record}": (*_place(source), name_key(name) or name.casefold(), record)
        for record, source, name in zip(
            contacts.index.tolist(),
            contacts["source"].tolist(),
            contacts["name"].tolist(),
            strict=True,
        )
    }
    order = sorted(
        (min(places[node] for node in nodes), root) for root, nodes in groups.items() if nodes
    )
    keys: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for (*_, name, record), root in order:
        taken[name] += 1
        number = f"#{taken[name]}" if taken[name] > 1 else ""
        keys[root] = f"{CARD}{name}{number}" if name else f"record:{record}"
    return keys


def _place(source: str) -> tuple[str, int, str]:
    file, _, record = source.rpartition("#")
    return (file, int(record) if record.isdecimal() else 0, record)


def people_table(
    export: Export,
    ids: Mapping[str, str],
    *,
    me_id: str | None,
    me: Me,
    tags: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """
    Describe each person by the best of the records.

    Parameters
    ----------
    export
        What was read.
    ids
        Node to `person_id`.
    me_id, me
        The owner's id and what the settings say of the owner.
    tags
        The owner's own labels by `person_id`.

    Returns
    -------
    people
        The table `people`, sorted by id.
    """
    rows = _ranked(export, ids)
    by_person: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        by_person[str(row["person_id"])].append(row)
    handles: defaultdict[str, list[str]] = defaultdict(list)
    for node, person_id in ids.items():
        if not node.startswith("record:"):
            handles[person_id].append(node)
    everyone = sorted(set(ids.values()))
    if not everyone:
        return empty(PEOPLE)
    columns: dict[str, list[object]] = {name: [] for name in ("person_id", *PEOPLE.columns)}
    for person_id in everyone:
        person = _person(by_person[person_id], handles[person_id])
        if person_id == me_id:
            own = {"name": me.name, "organization": me.organization, "headline": me.headline}
            person |= {name: value for name, value in own.items() if value}
        person["tags"] = tuple(sorted({*person["tags"], *tags.get(person_id, ())}))  # type: ignore[misc]
        person |= {"person_id": person_id, "is_me": person_id == me_id}
        for name, column in columns.items():
            column.append(person[name])
    return make(PEOPLE, columns).sort_index()


def _ranked(export: Export, ids: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the records, those to be believed first in front."""
    kinds, dated = export.files["kind"].to_dict(), export.files["dated"].to_dict()

    def rank(row: dict[str, object]) -> tuple[int, int, str]:
        place = 0 if row["kind"] in ADDRESS_BOOKS else 1 if _by_oneself(row) else 2
        filled = sum(bool(row[name]) for name in CONTACTS.columns)
        return (place, -filled, str(row["record_id"]))

    rows = [
        {
            **row,
            "person_id": ids[f"record:{row['record_id']}"],
            "kind": str(kinds.get(file_of(str(row["source"])), "")),
            "dated": str(dated.get(file_of(str(row["source"])), "")),
        }
        for row in export.contacts.reset_index().to_dict("records")
        if f"record:{row['record_id']}" in ids
    ]
    return sorted(rows, key=rank)


def _by_oneself(row: Mapping[str, object]) -> bool:
    return str(row["kind"]).startswith("linkedin") and row["kind"] not in ADDRESS_BOOKS


def _age(row: Mapping[str, object]) -> tuple[bool, int, bool]:
    """Return what sorts the records by how recent they are, the latest first."""
    dated = str(row["dated"])
    known = partial_date(dated) is not None and not dated.startswith("--")
    own = _by_oneself(row)
    return (not known, -(day_number(dated) + _FRESH_DAYS * own) if known else 0, not own)


def _work(rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the latest employer, and the latest position that is told of no other employer."""
    where = next((str(row["organization"]) for row in rows if row["organization"]), "")
    places = ("", column_key(where))
    titles = (row["title"] for row in rows if column_key(str(row["organization"])) in places)
    return {"organization": where, "title": next((title for title in titles if title), "")}


def _person(rows: list[dict[str, object]], handles: list[str]) -> dict[str, object]:
    person: dict[str, object] = {}
    recent = sorted(rows, key=_age)
    for name, column in CONTACTS.columns.items():
        if column.kind == "text" and name != "source":
            source = recent if name in _LATEST else rows
            person[name] = next((row[name] for row in source if row[name]), "")
    person |= _work(recent)
    # a birthday with its year says more than one without
    dates = [str(row["birthday"]) for row in rows if row["birthday"]]
    person["birthday"] = next(
        (date for date in dates if not date.startswith("--")), person["birthday"]
    )
    person["name"] = in_order(str(person["name"])) or name_from(handles)
    person["tags"] = tuple(tag for row in rows for tag in row["tags"])  # type: ignore[attr-defined]
    person["sources"] = tuple(sorted({file_of(str(row["source"])) for row in rows}))
    return person


def in_order(name: str) -> str:
    """
    Return a name with the given name in front.

    Examples
    --------
    >>> in_order("Lovelace, Ada"), in_order("Ada Lovelace, PhD")
    ('Ada Lovelace', 'Ada Lovelace, PhD')
    """
    last, comma, rest = name.partition(", ")
    plain = comma and "," not in rest and " " not in last and name_parts(rest)
    return f"{rest} {last}" if plain else name


def name_from(handles: Sequence[str]) -> str:
    """
    Make a name of what is known of somebody without one.

    Examples
    --------
    >>> name_from(["email:ada.lovelace@example.org"])
    'Ada Lovelace'
    >>> name_from(["phone:+15550100123"])
    'Number ending 23'
    >>> name_from(["email:info@shop.example.org"])
    'Info at shop'
    """
    order = {kind: place for place, kind in enumerate(("name", "email", "linkedin", "phone"))}
    for handle in sorted(handles, key=lambda handle: (order.get(kind_of(handle), 9), handle)):
        kind, _, rest = handle.partition(":")
        if kind == "phone":
            return f"Number ending {rest[-2:]}"
        local = rest.rpartition("@")[0] or rest
        if is_role_address(handle):
            desk = " ".join(re.split(r"[._+-]+", local.strip("._+-")))
            return f"{desk[:1].upper()}{desk[1:]} at {rest.rpartition('@')[2].partition('.')[0]}"
        words = [word for word in re.split(r"[._+\-\s\d]+", local) if word]
        if len(words) > 1:
            return " ".join(word[:1].upper() + word[1:] for word in words)
        if words:
            return words[0][:1].upper() + words[0][1:] if kind == "name" else words[0]
    return "Somebody"
