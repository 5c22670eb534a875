"""Make a village of DataFrames that somebody already has."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.errors import IdentityError, TableError
from villagegraph.parsing import name_key
from villagegraph.people import Wishes, find_people
from villagegraph.readers import coverage
from villagegraph.settings import Settings
from villagegraph.tables import (
    CONTRACTS,
    INTERACTIONS,
    PARTICIPANTS,
    PEOPLE,
    Column,
    check,
    empty,
    make,
)
from villagegraph.texts import among
from villagegraph.village.core import Village, keep_owner, without_opted_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def village_from_tables(
    interactions: pd.DataFrame,
    participants: pd.DataFrame,
    *,
    people: pd.DataFrame | None = None,
    me: str | int | None = None,
    settings: Settings | None = None,
) -> Village:
    """
    Make a village of tables that you already have.

    Parameters
    ----------
    interactions
        A row per mail, meeting, call or message. Needed: `event_id` (as the
        index or a column), and `at`: timestamps, taken as UTC if naive.
        Optional: `channel` (`email`, `meeting`, `call`, `sms`, `chat`,
        `social` or `note`; `email` if it is missing), `automated`, `thread`,
        `minutes`, `size`, `app`, `precision`, `zone`, `source`.
    participants
        Needed: `event_id` and `person_id`. Optional: `role` (`from`, `to`,
        `cc`, `bcc`, `organizer`, `attendee` or `member`). Without `role`,
        everybody in an event is in contact with everybody, as in a meeting.
    people
        Needed: `person_id` (as the index or a column). Optional: any of the
        columns of the table `people`, such as `name` and `organization`;
        people who stand only in `participants` are added.
    me
        `person_id` of the owner; None for an organisation's log.
    settings
        Time zone, half-life and wishes for single people.

    Returns
    -------
    village

    Raises
    ------
    TableError
        If a table lacks a column, repeats an id, holds a word that is none
        of those above, or names unknown events.
    IdentityError
        If `me` is nobody in the tables.
    SettingsError
        If the settings leave out the owner.

    Examples
    --------
    >>> mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    >>> who = pd.DataFrame(
    ...     {"event_id": ["m1", "m1"], "person_id": ["ada", "ben"], "role": ["from", "to"]}
    ... )
    >>> village = village_from_tables(mails, who, me="ada")
    >>> list(village.people.index)
    ['ada', 'ben']
    """
    settings = settings or Settings()
    me = None if me is None else str(me)
    events, present = _checked(interactions, participants)
    known = _people(people, present, me)
    wishes = _wishes(settings, known, me)
    keep_owner(wishes.owner_left_out, Path("settings"))
    handles = pd.DataFrame(
        {
            "handle": "id:" + known.index.astype("str"),
            "record_id": "",
            "kind": "id",
            "source": "",
            "person_id": known.index,
        }
    )
    village = Village(
        people=known,
        interactions=events,
        participants=present,
        handles=handles,
        contacts=empty(CONTRACTS["contacts"]),
        merges=empty(CONTRACTS["merges"]),
        hints=empty(CONTRACTS["hints"]),
        coverage=coverage(events),
        files=empty(CONTRACTS["files"]),
        skipped=empty(CONTRACTS["skipped"]),
        me=me,
        settings=settings,
        chosen=wishes.found,
        me_basis="given" if me is not None else "",
    )
    return without_opted_out(village)


def _wishes(settings: Settings, people: pd.DataFrame, me: str | None) -> Wishes:
    names: dict[str, set[str]] = {}
    for person_id, name in people["name"].items():
        for key in {name.casefold(), name_key(name)} - {""}:
            names.setdefault(key, set()).add(person_id)
    ids = {person_id: person_id for person_id in people.index}
    return find_people(settings.people, ids=ids, names=names, settings=settings, me=me)


def _checked(
    interactions: pd.DataFrame, participants: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables, or tell everything that is wrong with either."""
    met = "role" not in participants.columns
    made: list[pd.DataFrame] = []
    faults: list[TableError] = []
    steps = (
        functools.partial(_events, interactions, met=met),
        functools.partial(_present, participants),
    )
    for step in steps:
        try:
            made.append(step())
        except TableError as error:
            faults.append(error)
    if len(faults) > 1:
        problems = [f"{fault.table}: {problem}" for fault in faults for problem in fault.problems]
        both = " and ".join(fault.table for fault in faults)
        raise TableError(both, problems)
    if faults:
        raise faults[0]
    events, present = made
    unknown = int((~among(present["event_id"], events.index)).sum())
    if unknown:
        problem = f"{unknown} rows name an event that is not there"
        raise TableError(PARTICIPANTS.name, [problem])
    return events, present


_FILLING: dict[str, object] = {
    "text": "",
    "texts": (),
    "number": float("nan"),
    "flag": False,
    "count": 0,
}


def _needs(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    missing = [f"no column `{column}`" for column in columns if column not in table.columns]
    if missing:
        raise TableError(name, missing)


def _filled(table: pd.DataFrame, columns: Mapping[str, Column]) -> dict[str, list[object]]:
    """Return the columns of a contract, those that are missing or empty filled in."""
    filled: dict[str, list[object]] = {}
    for name, column in columns.items():
        blank = _FILLING.get(column.kind)
        values = table[name] if name in table.columns else [blank] * len(table)
        if column.kind == "texts":
            filled[name] = [tuple(v) if isinstance(v, list | tuple | set) else () for v in values]
        else:
            filled[name] = [blank if pd.isna(value) else value for value in values]
    return filled


def _events(interactions: pd.DataFrame, *, met: bool) -> pd.DataFrame:
    table = interactions.reset_index() if interactions.index.name == "event_id" else interactions
    _needs(table, "interactions", ("event_id", "at"))
    at = pd.to_datetime(table["at"], utc=True, errors="coerce")
    blank = int(table["at"].isna().sum())
    odd = int(at.isna().sum()) - blank
    problems = [f"`at` is empty in {blank} rows"] * bool(blank)
    problems += [f"`at` is no time in {odd} rows"] * bool(odd)
    if problems:
        raise TableError(INTERACTIONS.name, problems)
    columns = _filled(table.assign(at=at), INTERACTIONS.columns)
    columns["channel"] = [
        channel or ("meeting" if met else "email") for channel in columns["channel"]
    ]
    if met:
        columns["channel"] = ["meeting"] * len(table)
    columns["precision"] = [precision or "second" for precision in columns["precision"]]
    columns["event_id"] = [str(value) for value in table["event_id"]]
    return check(make(INTERACTIONS, columns), INTERACTIONS)


def _present(participants: pd.DataFrame) -> pd.DataFrame:
    _needs(participants, "participants", ("event_id", "person_id"))
    who = participants["person_id"].astype("str")
    roles = participants["role"] if "role" in participants.columns else ["attendee"] * len(who)
    rows = make(
        PARTICIPANTS,
        {
            "event_id": participants["event_id"].astype("str"),
            "handle": "id:" + who,
            "role": roles,
        },
    ).assign(person_id=who.to_numpy())
    return check(rows, PARTICIPANTS)


def _people(people: pd.DataFrame | None, present: pd.DataFrame, me: str | None) -> pd.DataFrame:
    table = pd.DataFrame({"person_id": []}) if people is None else people
    if table.index.name == "person_id":
        table = table.reset_index()
    _needs(table, "people", ("person_id",))
    table = table.assign(person_id=table["person_id"].astype("str"))
    more = sorted(set(present["person_id"]) - set(table["person_id"]))
    added = pd.DataFrame({"person_id": pd.Series(more, dtype="str")})
    table = pd.concat([table, added], ignore_index=True) if len(table) else added
    if me is not None and me not in set(table["person_id"]):
        msg = "`me` is the person_id of nobody in these tables."
        raise IdentityError(msg)
    columns = _filled(table, PEOPLE.columns)
    columns["person_id"] = list(table["person_id"])
    columns["is_me"] = [person_id == me for person_id in table["person_id"]]
    columns["name"] = [
        name or person_id
        for name, person_id in zip(columns["name"], columns["person_id"], strict=True)
    ]
    return check(make(PEOPLE, columns).sort_index(), PEOPLE)
