"""Identity: from records and handles to people, with a log of every merge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.parsing import OWNER, any_handle, kind_of, name_key, phone_region
from villagegraph.people.aliases import ALIASES_FILE, Alias, nodes_for, read_aliases
from villagegraph.people.describe import people_table, person_ids
from villagegraph.people.matching import (
    Record,
    join_by_key,
    join_by_name,
    records_of,
    shared_handles,
)
from villagegraph.people.owner import Owner, find_owner
from villagegraph.people.unions import Unions
from villagegraph.settings import PersonSettings, Settings
from villagegraph.tables import MERGES, make

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from villagegraph.tables import Export

__all__ = [
    "ALIASES_FILE",
    "Alias",
    "Identity",
    "find_people",
    "identify_people",
    "read_aliases",
]


@dataclass(frozen=True, eq=False, slots=True)
class Identity:
    """
    Who is who.

    Attributes
    ----------
    people, merges
        The tables `people` and `merges`.
    handles, participants
        As read, with a column `person_id`, empty for what only machines sent;
        `handles` also has those that no record carries, with an empty `record_id`.
    me
        `person_id` of the owner, or None.
    me_basis
        In words, why that is the owner; empty without one.
    candidates
        Handles that came closest to being the owner's.
    chosen
        What the settings want for single people, by `person_id`.
    unknown_aliases
        Lines of `aliases.csv` that name nobody in the exports.
    unclear_settings
        Places of the entries under `[people]` that name nobody or several people.
    """

    people: pd.DataFrame
    merges: pd.DataFrame
    handles: pd.DataFrame
    participants: pd.DataFrame
    me: str | None
    me_basis: str
    candidates: tuple[str, ...]
    chosen: dict[str, PersonSettings]
    unknown_aliases: tuple[int, ...]
    unclear_settings: tuple[int, ...]


def identify_people(
    export: Export,
    *,
    me: str | Iterable[str] = (),
    settings: Settings | None = None,
    aliases: Sequence[Alias] = (),
) -> Identity:
    """
    Find out which records and handles are one person.

    In this order: the owner's word in `aliases`; the same address, number or
    profile, unless several people share it; the same full name, if it is
    unique in each file and nothing contradicts. Whatever else looks alike
    stays apart.

    Parameters
    ----------
    export
        What was read.
    me
        Handles or names of the owner; if not given, those of the settings,
        else inferred.
    settings
        The owner's settings.
    aliases
        The owner's verdicts.

    Returns
    -------
    identity

    Raises
    ------
    IdentityError
        If `me` is given and stands nowhere in the exports.
    """
    settings = settings or Settings()
    given = (me,) if isinstance(me, str) else tuple(me)
    records = records_of(export)
    pairs, apart, unknown = _verdicts(aliases, records, export)
    unions = Unions(apart)
    by_alias = {node for pair in pairs if unions.join(*pair) for node in pair}
    shared = shared_handles(records)
    evidence = join_by_key(unions, records, shared)
    owner = find_owner(export, unions, records, given=given, me=settings.me)
    by_name = join_by_name(unions, records)
    nodes = _nodes(export, records, owner, shared)
    ids = person_ids(export, unions, nodes)
    me_id = ids[owner.node] if owner.node else None
    participants = export.participants.assign(
        person_id=export.participants["handle"].map(ids).fillna("").astype("str")
    )
    handles = _all_handles(export, ids)
    chosen, unclear = find_people(
        settings.people, ids=ids, names=_names(records, ids), settings=settings
    )
    tags = {person_id: wishes.tags for person_id, wishes in chosen.items()}
    return Identity(
        people=people_table(export, ids, me_id=me_id, me=settings.me, tags=tags),
        merges=_log(records, ids, evidence, by_alias=by_alias, by_name=by_name, me_id=me_id),
        handles=handles,
        participants=participants,
        me=me_id,
        me_basis=owner.basis,
        candidates=owner.candidates,
        chosen=chosen,
        unknown_aliases=unknown,
        unclear_settings=unclear,
    )


def find_people(
    wanted: Mapping[str, PersonSettings],
    *,
    ids: Mapping[str, str],
    names: Mapping[str, set[str]],
    settings: Settings,
) -> tuple[dict[str, PersonSettings], tuple[int, ...]]:
    """
    Find whom the settings speak of.

    Parameters
    ----------
    wanted
        Name, handle or `person_id` to settings.
    ids
        Handle to `person_id`.
    names
        Casefolded name, or name key, to the ids of all who bear it.
    settings
        Give the country of numbers without a country code.

    Returns
    -------
    found
        `person_id` to settings. A name that several bear is nobody's, but
        whoever may have opted out is left out: all of them.
    unclear
        Places, from 1, of the entries that name nobody or several people.
    """
    region = phone_region(settings.me.phones)
    found: dict[str, PersonSettings] = {}
    unclear = []
    everyone = set(ids.values())
    for place, (who, chosen) in enumerate(wanted.items(), start=1):
        bearers = names.get(who.casefold()) or names.get(name_key(who) or who.casefold(), set())
        person_id = who if who in everyone else ids.get(any_handle(who, region=region))
        if person_id:
            found[person_id] = chosen
            continue
        if len(bearers) != 1:
            unclear.append(place)
        if len(bearers) == 1 or chosen.opt_out:
            found.update(dict.fromkeys(bearers, chosen))
    return found, tuple(unclear)


def _verdicts(
    aliases: Sequence[Alias], records: Sequence[Record], export: Export
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], tuple[int, ...]]:
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    known = set(export.participants["handle"]) | set(export.handles["handle"])
    for record in records:
        for name in {record.name.casefold(), name_key(record.name)} - {""}:
            by_name[name].append(record.node)
    same, apart, unknown = [], [], []
    for alias in aliases:
        a, b = (nodes_for(side, known=known, by_name=by_name) for side in (alias.a, alias.b))
        if not a or not b:
            unknown.append(alias.line)
        elif alias.same:
            same += [(a[0], node) for node in (*a[1:], *b)]
        else:
            apart += [(one, other) for one in a for other in b]
    return same, apart, tuple(unknown)


def _nodes(export: Export, records: Sequence[Record], owner: Owner, shared: set[str]) -> list[str]:
    """
    List what stands for somebody.

    A mere hint, a shared handle that nobody wrote from, and an address that
    only ever sent what machines write, are nobody.
    """
    rows = export.participants
    human = export.interactions.index[~export.interactions["automated"].to_numpy()]
    nodes = set(rows.loc[rows["event_id"].isin(human), "handle"])
    machines = set(rows["handle"]) - nodes
    for record in records:
        if record.card or not machines.issuperset(record.handles):
            nodes.add(record.node)
            nodes.update(handle for handle in record.handles if handle not in shared)
    if owner.node:
        nodes |= {OWNER}
    return sorted(nodes)


def _names(records: Sequence[Record], ids: Mapping[str, str]) -> dict[str, set[str]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        for name in {record.name.casefold(), name_key(record.name)} - {""}:
            names[name].update([ids[record.node]] if record.node in ids else [])
    return dict(names)


def _all_handles(export: Export, ids: Mapping[str, str]) -> pd.DataFrame:
    carried = export.handles
    # row by row: what several people share belongs to each of them
    owners = ("record:" + carried["record_id"]).map(ids)
    loose = sorted(set(ids) & set(export.participants["handle"]) - set(carried["handle"]))
    rows = pd.DataFrame(
        {
            "handle": pd.Series(loose, dtype="str"),
            "record_id": pd.Series([""] * len(loose), dtype="str"),
            "kind": pd.Series([kind_of(handle) for handle in loose], dtype="str"),
            "source": pd.Series([""] * len(loose), dtype="str"),
            "person_id": pd.Series([ids[handle] for handle in loose], dtype="str"),
        }
    )
    known = carried.assign(person_id=owners.fillna("").astype("str"))
    return pd.concat([known, rows], ignore_index=True) if loose else known


def _log(
    records: Sequence[Record],
    ids: Mapping[str, str],
    evidence: Mapping[str, str],
    *,
    by_alias: set[str],
    by_name: set[str],
    me_id: str | None,
) -> pd.DataFrame:
    rows: dict[str, list[object]] = {name: [] for name in MERGES.columns}
    for record in records:
        if record.node not in ids:
            continue
        if record.node in by_alias or by_alias & set(record.handles):
            rule, why = "alias", ALIASES_FILE
        elif record.node in evidence:
            rule, why = "key", evidence[record.node]
        elif record.node in by_name:
            rule, why = "name", "the same full name, once in each file"
        elif ids[record.node] == me_id:
            rule, why = "me", "the owner"
        else:
            rule, why = "alone", ""
        values = (record.node.removeprefix("record:"), ids[record.node], rule, why)
        for column, value in zip(rows.values(), values, strict=True):
            column.append(value)
    return make(MERGES, rows)
