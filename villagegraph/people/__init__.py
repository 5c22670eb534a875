"""Identity: from records and handles to people, with a log of every merge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from villagegraph.parsing import OWNER, any_handle, kind_of, name_key, phone_region
from villagegraph.people.aliases import ALIASES_FILE, Alias, nodes_for, read_aliases
from villagegraph.people.describe import Named, people_table, person_ids
from villagegraph.people.ids import CARD, IDS_FILE, Pin, Pins, kept_ids, read_ids, with_pins
from villagegraph.people.matching import (
    SAME_NAME,
    Record,
    join_by_key,
    join_by_name,
    records_of,
    shared_handles,
    without_lists,
)
from villagegraph.people.owner import find_owner
from villagegraph.people.unions import Join, Step, Unions, replay
from villagegraph.settings import PersonSettings, Settings
from villagegraph.tables import MERGES, make

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from villagegraph.people.traffic import Owner
    from villagegraph.tables import Export

__all__ = [
    "ALIASES_FILE",
    "IDS_FILE",
    "Alias",
    "Identity",
    "Join",
    "Pin",
    "Pins",
    "Step",
    "Wishes",
    "find_people",
    "identify_people",
    "kept_ids",
    "read_aliases",
    "read_ids",
    "replay",
    "with_pins",
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
    owner_left_out
        Place of the entry under `[people]` that opts out the owner; 0 if none does.
    joins
        Every step that made one person of two; `replay` makes the persons of them again.
    apart
        Pairs of people, sorted, whom the owner's word keeps apart.
    known
        What to know the next time, so that ids last: handle to `person_id`.
    pins
        Rows to add to `ids.csv`, so that ids last without that knowledge.
    clashes
        Lines of `ids.csv` that cannot be followed, and why.
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
    owner_left_out: int = 0
    joins: tuple[Step, ...] = ()
    apart: frozenset[tuple[str, str]] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict)
    pins: tuple[tuple[str, str], ...] = ()
    clashes: tuple[tuple[int, str], ...] = ()


def identify_people(
    export: Export,
    *,
    me: str | Iterable[str] = (),
    settings: Settings | None = None,
    aliases: Sequence[Alias] = (),
    known: Mapping[str, str] | None = None,
    pinned: Sequence[Pin] = (),
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
    known
        Handle to `person_id` as `Identity.known` told the last time; None without memory.
    pinned
        The lines of `ids.csv`.

    Returns
    -------
    identity

    Raises
    ------
    IdentityError
        If `me` is given, or written in the settings, and stands nowhere in
        the exports, or if a name given for `me` is the name of several people.
    """
    settings = settings or Settings()
    given = (me,) if isinstance(me, str) else tuple(me)
    whole, export = export, without_lists(export)
    records = records_of(export)
    pairs, apart, unknown = _verdicts(aliases, records, export)
    unions = Unions(apart)
    by_alias = {
        node: evidence
        for a, b, evidence in pairs
        if unions.join(a, b, rule="alias", evidence=evidence)
        for node in (a, b)
    }
    shared = shared_handles(records)
    evidence = join_by_key(unions, records, shared)
    owner = find_owner(export, unions, records, given=given, me=settings.me)
    by_name = join_by_name(unions, records)
    nodes = _nodes(export, records, owner, shared)
    named = person_ids(export, unions, nodes)
    kept = kept_ids(named.keys, known=known or {}, pinned=pinned)
    ids = {node: kept.ids.get(found, found) for node, found in named.ids.items()}
    me_id = ids[owner.node] if owner.node else None
    participants = whole.participants.assign(
        person_id=whole.participants["handle"].map(ids).fillna("").astype("str")
    )
    handles = _all_handles(whole, ids)
    wishes = find_people(
        settings.people,
        ids=ids,
        names=_names(records, ids) if settings.people else {},
        settings=settings,
        me=me_id,
    )
    tags = {person_id: wish.tags for person_id, wish in wishes.found.items()}
    return Identity(
        people=people_table(export, ids, me_id=me_id, me=settings.me, tags=tags),
        merges=_log(records, ids, evidence, by_alias=by_alias, by_name=by_name, me_id=me_id),
        handles=handles,
        participants=participants,
        me=me_id,
        me_basis=owner.basis,
        candidates=owner.candidates,
        chosen=wishes.found,
        unknown_aliases=unknown,
        unclear_settings=wishes.unclear,
        owner_left_out=wishes.owner_left_out,
        joins=tuple(unions.joins),
        apart=_apart(apart, ids),
        known=_known(named, kept.ids),
        pins=kept.rows,
        clashes=kept.clashes,
    )


def _apart(pairs: Iterable[tuple[str, str]], ids: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    found = ((ids[a], ids[b]) for a, b in pairs if a in ids and b in ids)
    return frozenset((min(a, b), max(a, b)) for a, b in found if a != b)


def _known(named: Named, kept: Mapping[str, str]) -> dict[str, str]:
    """Return the handles, and the names of who has none, with the ids as they now are."""
    return {
        key: kept.get(person, person)
        for person, keys in named.keys.items()
        for key in keys
        if not key.startswith(CARD) or key == keys[0]
    }


class Wishes(NamedTuple):
    """
    Whom the settings speak of.

    Attributes
    ----------
    found
        `person_id` to settings: all that is written of one person, together.
    unclear
        Places, from 1, of the entries that name nobody or several people.
    owner_left_out
        Place of the entry that opts out the owner; 0 if none does.
    """

    found: dict[str, PersonSettings]
    unclear: tuple[int, ...]
    owner_left_out: int


def find_people(
    wanted: Mapping[str, PersonSettings],
    *,
    ids: Mapping[str, str],
    names: Mapping[str, set[str]],
    settings: Settings,
    me: str | None = None,
) -> Wishes:
    """
    Find whom the settings speak of.

    A name that several people bear is nobody's, but whoever may have opted
    out is left out: all of them.

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
    me
        `person_id` of the owner.
    """
    region = phone_region(settings.me.phones)
    found: dict[str, PersonSettings] = {}
    unclear = []
    owner_left_out = 0
    everyone = set(ids.values())
    for place, (who, chosen) in enumerate(wanted.items(), start=1):
        bearers = names.get(who.casefold()) or names.get(name_key(who) or who.casefold(), set())
        person_id = who if who in everyone else ids.get(any_handle(who, region=region))
        meant = {person_id} if person_id else bearers
        if len(meant) != 1:
            unclear.append(place)
        if len(meant) == 1 or chosen.opt_out:
            for one in meant:
                found[one] = _together(found[one], chosen) if one in found else chosen
            if chosen.opt_out and me in meant:
                owner_left_out = owner_left_out or place
    return Wishes(found, tuple(unclear), owner_left_out)


def _together(first: PersonSettings, later: PersonSettings) -> PersonSettings:
    """Return what two entries want for one person; of two numbers or dates, the later."""
    cadence, snooze = later.cadence_days, later.snooze_until
    return PersonSettings(
        cadence_days=first.cadence_days if cadence is None else cadence,
        star=first.star or later.star,
        mute=first.mute or later.mute,
        snooze_until=first.snooze_until if snooze is None else snooze,
        tags=tuple(dict.fromkeys((*first.tags, *later.tags))),
        opt_out=first.opt_out or later.opt_out,
    )


def _verdicts(
    aliases: Sequence[Alias], records: Sequence[Record], export: Export
) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]], tuple[int, ...]]:
    """Return what is one, with the line that says so; what is not; and lines about nobody."""
    if not aliases:
        return [], [], ()
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    known = {h for rows in (export.participants, export.handles) for h in rows["handle"].tolist()}
    for record in records:
        for name in {record.name.casefold(), name_key(record.name)} - {""}:
            by_name[name].append(record.node)
    same, apart, unknown = [], [], []
    for alias in aliases:
        a, b = (nodes_for(side, known=known, by_name=by_name) for side in (alias.a, alias.b))
        if not a or not b:
            unknown.append(alias.line)
        elif alias.same:
            evidence = f"{ALIASES_FILE}:{alias.line}"
            same += [(a[0], node, evidence) for node in (*a[1:], *b)]
        else:
            apart += [(one, other) for one in a for other in b]
    # where a verdict stands must not matter, even if another one makes it void
    return sorted(same), apart, tuple(sorted(unknown))


def _nodes(export: Export, records: Sequence[Record], owner: Owner, shared: set[str]) -> list[str]:
    """
    List what stands for somebody.

    A mere hint, a shared handle that nobody wrote from, and an address that
    only ever sent what machines write, are nobody.
    """
    # plain lists: going through a column of pandas text value by value is slow
    human = set(export.interactions.index[~export.interactions["automated"].to_numpy()].tolist())
    present = export.participants["handle"].tolist()
    events = export.participants["event_id"].tolist()
    nodes = {handle for handle, event in zip(present, events, strict=True) if event in human}
    machines = set(present) - nodes
    for record in records:
        if record.card or not machines.issuperset(record.handles):
            nodes.add(record.node)
            nodes.update(
                record.handles
                if shared.isdisjoint(record.handles)
                else set(record.handles) - shared
            )
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
    owners = ("record:" + carried["record_id"]).map(ids).fillna("").astype("str")
    standing = set(zip(carried["handle"].tolist(), owners.tolist(), strict=True))
    present = set(ids) & set(export.participants["handle"].tolist())
    loose = sorted(handle for handle in present if (handle, ids[handle]) not in standing)
    rows = pd.DataFrame(
        {
            "handle": pd.Series(loose, dtype="str"),
            "record_id": pd.Series([""] * len(loose), dtype="str"),
            "kind": pd.Series([kind_of(handle) for handle in loose], dtype="str"),
            "source": pd.Series([""] * len(loose), dtype="str"),
            "person_id": pd.Series([ids[handle] for handle in loose], dtype="str"),
        }
    )
    known = carried.assign(person_id=owners)
    return pd.concat([known, rows], ignore_index=True) if loose else known


def _log(
    records: Sequence[Record],
    ids: Mapping[str, str],
    evidence: Mapping[str, str],
    *,
    by_alias: Mapping[str, str],
    by_name: set[str],
    me_id: str | None,
) -> pd.DataFrame:
    rows: dict[str, list[object]] = {name: [] for name in MERGES.columns}
    for record in records:
        if record.node not in ids:
            continue
        told = [by_alias[node] for node in (record.node, *record.handles) if node in by_alias]
        if told:
            rule, why = "alias", min(told)
        elif record.node in evidence:
            rule, why = "key", evidence[record.node]
        elif record.node in by_name:
            rule, why = "name", SAME_NAME
        elif ids[record.node] == me_id:
            rule, why = "me", "the owner"
        else:
            rule, why = "alone", ""
        values = (record.node.removeprefix("record:"), ids[record.node], rule, why)
        for column, value in zip(rows.values(), values, strict=True):
            column.append(value)
    return make(MERGES, rows)
