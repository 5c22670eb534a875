"""The bundle of tables that is a village, and what holds for every village."""

from __future__ import annotations

import html
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from villagegraph.days import DayLike, end_of_day
from villagegraph.errors import IdentityError, SettingsError
from villagegraph.settings import PersonSettings, Settings
from villagegraph.tables import HIDDEN
from villagegraph.texts import among

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from villagegraph.people import Step


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
    joins
        Every step that made one person of two records or handles.
    apart
        Pairs of people, sorted, whom the owner's word keeps apart.
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
    joins: tuple[Step, ...] = ()
    apart: frozenset[tuple[str, str]] = frozenset()

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
        present = among(self.participants["event_id"], interactions.index)
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


def keep_owner(place: int, path: Path) -> None:
    """Refuse settings in which the owner opts out of the own village."""
    if place:
        msg = "opts out the owner, without whom there is no village. Delete it, or use an address."
        raise SettingsError(msg, path=path, key=f"people.<entry {place}>")


def without_opted_out(village: Village) -> Village:
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
    nodes = own | set("record:" + records)
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
        joins=tuple(step for step in village.joins if nodes.isdisjoint(step[1:3])),
        apart=frozenset(pair for pair in village.apart if not set(pair) & set(out)),
    )
