"""The village: one person's (or one organisation's) tables, frozen together."""

from __future__ import annotations

import functools
import html
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.days import DayLike, end_of_day
from villagegraph.errors import IdentityError, SettingsError, SkippedRowsWarning, TableError
from villagegraph.parsing import name_key, phone_region
from villagegraph.people import (
    ALIASES_FILE,
    Identity,
    Wishes,
    find_people,
    identify_people,
    read_aliases,
)
from villagegraph.readers import coverage, read_folder
from villagegraph.settings import SETTINGS_FILE, PersonSettings, Settings, read_settings
from villagegraph.tables import (
    CONTRACTS,
    HIDDEN,
    INTERACTIONS,
    PARTICIPANTS,
    PEOPLE,
    Column,
    check,
    empty,
    make,
)

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, eq=False)
class Village:
    """
    Everything that is known of a village, as tables.

    Attributes
    ----------
    people, interactions, participants
        Who there is, what happened, and who took part in it.
    handles, contacts, merges
        Addresses and address-book rows, and why they are one person.
    hints, coverage, files, skipped
        What the exports say of the owner, what they can have seen, what was
        read, and what was left out.
    me
        `person_id` of the owner; None for the log of a whole organisation.
    settings
        The owner's settings.
    chosen
        What the settings want for single people, by `person_id`.
    me_basis
        In words, why `me` is the owner.
    candidates
        Handles that came closest to being the owner's.
    """

    people: pd.DataFrame
    interactions: pd.DataFrame
    participants: pd.DataFrame
    handles: pd.DataFrame
    contacts: pd.DataFrame
    merges: pd.DataFrame
    hints: pd.DataFrame
    coverage: pd.DataFrame
    files: pd.DataFrame
    skipped: pd.DataFrame
    me: str | None = None
    settings: Settings = field(default_factory=Settings)
    chosen: Mapping[str, PersonSettings] = field(default_factory=lambda: MappingProxyType({}))
    me_basis: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def zone(self) -> str:
        """IANA zone in which days are counted."""
        return self.settings.zone

    @property
    def last_day(self) -> dt.date | None:
        """Day of the last interaction between people; None if there is none."""
        at = self.interactions.loc[~self.interactions["automated"], "at"]
        if at.empty:
            return None
        last: dt.date = at.max().tz_convert(self.zone).date()
        return last

    def until(self, as_of: DayLike) -> Village:
        """
        Return the village as it was at the end of a day.

        Parameters
        ----------
        as_of
            The day, in the village's zone.

        Returns
        -------
        village
            The same people, and the interactions up to then.
        """
        kept = self.interactions["at"] < end_of_day(as_of, zone=self.zone)
        if kept.all():
            return self
        interactions = self.interactions[kept]
        present = self.participants["event_id"].isin(interactions.index)
        return replace(self, interactions=interactions, participants=self.participants[present])

    def owner(self) -> str:
        """
        Return the `person_id` of the owner.

        Raises
        ------
        IdentityError
            If it is not known who the owner is.
        """
        if self.me is None:
            msg = (
                'it is not clear whose village this is. Say it with me="you@example.org", '
                "--me, or under [me] in village.toml."
            )
            raise IdentityError(msg, candidates=self.candidates)
        return self.me

    def _repr_html_(self) -> str:
        rows = {
            "people": f"{len(self.people):,}",
            "interactions": f"{len(self.interactions):,}",
            "last day": "-" if self.last_day is None else self.last_day.isoformat(),
            "owner": html.escape(self.people["name"][self.me]) if self.me else "not known",
            "left out": f"{len(self.skipped):,} rows, see .skipped",
        }
        cells = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in rows.items())
        return f"<table><caption>Village</caption><tbody>{cells}</tbody></table>"


def load_village(
    folder: str | os.PathLike[str],
    *,
    me: str | Iterable[str] = (),
    settings: Settings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Village:
    """
    Read a folder of exports and find out who is who.

    Parameters
    ----------
    folder
        Where the exports lie, with `village.toml` and `aliases.csv` if there are any.
    me
        Handles or names of the owner. If not given, those in `village.toml`,
        else inferred from the exports.
    settings
        In the place of those in `village.toml`.
    progress
        Called with the file being read, the bytes done and the bytes in all.

    Returns
    -------
    village

    Raises
    ------
    ExportError
        If there is no such folder or nothing in it can be read.
    SettingsError
        If `village.toml` cannot be used, or leaves out the owner.
    IdentityError
        If `me` is given, or written in `village.toml`, and stands nowhere in
        the exports, or if a name given for `me` is the name of several people.

    Warns
    -----
    SkippedRowsWarning
        If some rows or files were left out.
    """
    root = Path(folder)
    settings = settings or read_settings(root / SETTINGS_FILE)
    aliases = read_aliases(root / ALIASES_FILE, region=phone_region(settings.me.phones))
    export = read_folder(root, settings=settings, progress=progress)
    identity = identify_people(export, me=me, settings=settings, aliases=aliases)
    _keep_owner(identity.owner_left_out, root / SETTINGS_FILE)
    skipped = pd.concat([export.skipped, _unheard(identity)], ignore_index=True)
    village = Village(
        people=identity.people,
        interactions=export.interactions,
        participants=identity.participants,
        handles=identity.handles,
        contacts=export.contacts,
        merges=identity.merges,
        hints=export.hints,
        coverage=coverage(export.interactions),
        files=export.files,
        skipped=skipped,
        me=identity.me,
        settings=settings,
        chosen=identity.chosen,
        me_basis=identity.me_basis,
        candidates=identity.candidates,
    )
    if len(skipped):
        message = f"{len(skipped):,} rows or files were left out; `village.skipped` lists them"
        warnings.warn(SkippedRowsWarning(message, skipped=skipped), stacklevel=2)
    return _without_opted_out(village)


def _unheard(identity: Identity) -> pd.DataFrame:
    """List the owner's own words that name nobody, or nobody in particular."""
    rows = [
        (ALIASES_FILE, line, "names nobody who stands in the exports")
        for line in identity.unknown_aliases
    ]
    rows += [
        (SETTINGS_FILE, 0, f"entry {place} under [people] names nobody, or several: use an address")
        for place in identity.unclear_settings
    ]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return make(CONTRACTS["skipped"], dict(zip(("path", "line", "reason"), columns, strict=True)))


def _keep_owner(place: int, path: Path) -> None:
    if place:
        msg = "opts out the owner, without whom there is no village. Delete it, or use an address."
        raise SettingsError(msg, path=path, key=f"people.<entry {place}>")


def _without_opted_out(village: Village) -> Village:
    """
    Leave out whoever does not want to stand in anything shown.

    Of such a person remains a number in `participants`, nobody's, so that a
    mail to six people is still a mail to six people.
    """
    out = sorted(person for person, chosen in village.chosen.items() if chosen.opt_out)
    if not out:
        return village
    records = village.merges.loc[village.merges["person_id"].isin(out), "record_id"]
    rows = village.participants
    theirs = rows["person_id"].isin(out)
    own = {
        handle
        for table in (rows, village.handles)
        for handle in table.loc[table["person_id"].isin(out), "handle"].tolist()
    }
    numbers = {person: f"{HIDDEN}{place}" for place, person in enumerate(out, start=1)}
    hidden = rows.assign(
        handle=rows["handle"].where(~theirs, rows["person_id"].map(numbers)).astype("str"),
        person_id=rows["person_id"].where(~theirs, "").astype("str"),
    )

    def kept(table: pd.DataFrame, column: str, values: Iterable[str]) -> pd.DataFrame:
        return table[~table[column].isin(set(values))].reset_index(drop=True)

    return replace(
        village,
        people=village.people[~village.people.index.isin(out)],
        contacts=village.contacts[~village.contacts.index.isin(records)],
        handles=kept(village.handles, "person_id", out),
        merges=kept(village.merges, "person_id", out),
        participants=hidden,
        hints=kept(village.hints, "handle", own),
        candidates=tuple(handle for handle in village.candidates if handle not in own),
    )


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
    _keep_owner(wishes.owner_left_out, Path("settings"))
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
    return _without_opted_out(village)


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
    unknown = int((~present["event_id"].isin(events.index)).sum())
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
