"""From joined records to the table of people."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.files import digest
from villagegraph.parsing import OWNER, kind_of, name_parts
from villagegraph.tables import CONTACTS, PEOPLE, empty, make

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from villagegraph.people.unions import Unions
    from villagegraph.settings import Me
    from villagegraph.tables import Export

# people keep their own profile up to date, and their friends' address cards true to life
_BOOKS = ("google-contacts", "vcard", "outlook")
_STRONG = ("email", "phone", "linkedin")
_LATEST = frozenset({"organization", "title", "headline", "connected_on"})


def person_ids(export: Export, unions: Unions, nodes: Sequence[str]) -> dict[str, str]:
    """
    Name each person after the strong key seen earliest.

    A new export, address or merge leaves the name as it is, unless it brings
    an older key.

    Parameters
    ----------
    export
        What was read: gives the first time of each handle.
    unions
        Who is one person.
    nodes
        All handles and records.

    Returns
    -------
    ids
        Node to `person_id`.
    """
    rows = export.participants
    at = export.interactions["at"].reindex(rows["event_id"]).to_numpy()
    first = pd.Series(at, index=rows["handle"]).groupby(level=0).min()
    seen = {handle: time.value for handle, time in first.items() if time is not pd.NaT}
    late = max(seen.values(), default=0) + 1

    def rank(node: str) -> tuple[bool, int, int, str]:
        kind = kind_of(node)
        strong = _STRONG.index(kind) if kind in _STRONG else len(_STRONG)
        return (strong == len(_STRONG), seen.get(node, late), strong, node)

    groups: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        groups[unions.find(node)].append(node)
    ids = {}
    for members in groups.values():
        key = min((node for node in members if node != OWNER), key=rank, default=OWNER)
        name = "p" + digest("person", key, size=5)
        ids.update(dict.fromkeys(members, name))
    return ids


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
    kinds = export.files["kind"].to_dict()

    def rank(row: dict[str, object]) -> tuple[int, int, str]:
        kind = str(kinds.get(_file(row), ""))
        if kind in _BOOKS:
            place = 0
        elif kind.startswith("linkedin"):
            place = 1
        else:
            place = 2
        filled = sum(bool(row[name]) for name in CONTACTS.columns)
        return (place, -filled, str(row["record_id"]))

    rows = [
        {**row, "person_id": ids[f"record:{row['record_id']}"]}
        for row in export.contacts.reset_index().to_dict("records")
        if f"record:{row['record_id']}" in ids
    ]
    return sorted(rows, key=rank)


def _file(row: Mapping[str, object]) -> str:
    source = str(row["source"])
    return source.rpartition("#")[0] or source


def _person(rows: list[dict[str, object]], handles: list[str]) -> dict[str, object]:
    person: dict[str, object] = {}
    recent = sorted(rows, key=lambda row: "linkedin" not in str(row["source"]).casefold())
    for name, column in CONTACTS.columns.items():
        if column.kind == "text" and name != "source":
            source = recent if name in _LATEST else rows
            person[name] = next((row[name] for row in source if row[name]), "")
    # a birthday with its year says more than one without
    dates = [str(row["birthday"]) for row in rows if row["birthday"]]
    person["birthday"] = next(
        (date for date in dates if not date.startswith("--")), person["birthday"]
    )
    person["name"] = in_order(str(person["name"])) or name_from(handles)
    person["tags"] = tuple(tag for row in rows for tag in row["tags"])  # type: ignore[attr-defined]
    person["sources"] = tuple(sorted({_file(row) for row in rows}))
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
    """
    order = {kind: place for place, kind in enumerate(("name", "email", "linkedin", "phone"))}
    for handle in sorted(handles, key=lambda handle: (order.get(kind_of(handle), 9), handle)):
        kind, _, rest = handle.partition(":")
        if kind == "phone":
            return f"Number ending {rest[-2:]}"
        local = rest.rpartition("@")[0] or rest
        words = [word for word in re.split(r"[._+\-\s\d]+", local) if word]
        if len(words) > 1:
            return " ".join(word[:1].upper() + word[1:] for word in words)
        if words:
            return words[0][:1].upper() + words[0][1:] if kind == "name" else words[0]
    return "Somebody"
