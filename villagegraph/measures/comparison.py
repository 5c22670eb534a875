"""Two dates of one village compared: ties, ranks, measures and the people behind the difference."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import as_day, day_number
from villagegraph.measures.catalog import Measure
from villagegraph.measures.causes import MEASURED, Ego, differing, states
from villagegraph.measures.circles import circles, signature_distance, social_signature
from villagegraph.measures.histories import listable
from villagegraph.ties import tie_table

if TYPE_CHECKING:
    from villagegraph.days import DayLike
    from villagegraph.village import Village

ACTIVE = 0.5
"""Strength from which a tie is active: one contact day a half-life ago."""
FACTOR = 1.5
"""How many times as strong a tie is that has warmed."""
YEAR_DAYS = 365
NOTHING = 1e-12
CHANGES = ("new", "revived", "warmed", "steady", "cooled", "gone quiet", "not yet", "faint")
"""Ways in which a tie changes; `not yet` is what `new` is from the later date back."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    What changed in the owner's village from one date to another.

    Attributes
    ----------
    before, after
        The two days.
    ties
        A row per person with whom there was contact by either day, indexed by
        `person_id`, in the order of `CHANGES` and of strength: `name`, `change`,
        `strength_before`, `strength_after` (days), `days_before`, `days_after` (contact
        days up to then), `rank_before`, `rank_after` (1 is the strongest; `nan` without a
        tie), `circle_before`, `circle_after` (5, 15, 50 or 150, the smallest that
        holds the tie; -1 beyond; `nan` without a tie).
    measures
        The owner's `reach` (people within two steps), `clustering`, `constraint`,
        `degree`, `active` (active ties): columns `before`, `after`, `difference`.
    causes
        Who caused the difference, the greatest first: `measure`, `person_id`, `name`,
        `difference` (by how much the measure differs if that person's ties alone do:
        the mean of taking the person's ties of the later date into the earlier one, and
        the reverse). Several people can only cause some differences together, so these
        need not add up to the whole.
    jaccard
        Share of the ties active on either day that are active on both, 0 to 1; `nan` if
        there is none.
    signature_distance
        Jensen-Shannon distance between the two social signatures, the shares of
        the contact days of a year by rank, 0 to 1; `nan` with fewer than 20 alters.
    """

    before: dt.date
    after: dt.date
    ties: pd.DataFrame
    measures: pd.DataFrame
    causes: pd.DataFrame
    jaccard: float
    signature_distance: float

    def _of(self, change: str) -> pd.DataFrame:
        return self.ties[self.ties["change"] == change]

    @property
    def new(self) -> pd.DataFrame:
        """Ties with the first contact in between, active now."""
        return self._of("new")

    @property
    def revived(self) -> pd.DataFrame:
        """Ties that were not active any more, and are again."""
        return self._of("revived")

    @property
    def warmed(self) -> pd.DataFrame:
        """Active ties that are at least 1.5 times as strong."""
        return self._of("warmed")

    @property
    def cooled(self) -> pd.DataFrame:
        """Active ties that were at least 1.5 times as strong."""
        return self._of("cooled")

    @property
    def gone_quiet(self) -> pd.DataFrame:
        """Ties that were active and are not."""
        return self._of("gone quiet")

    @property
    def moved(self) -> pd.DataFrame:
        """Ties that are in another circle."""
        circles = self.ties[["circle_before", "circle_after"]].fillna(0)
        return self.ties[circles["circle_before"] != circles["circle_after"]]

    def _repr_html_(self) -> str:
        counts = self.ties["change"].value_counts()
        told = [f"{int(counts[name]):,} {name}" for name in CHANGES[:-1] if name in counts]
        rows = {
            "ties": ", ".join(told) or "none",
            "ties active on both days": _share(self.jaccard),
            "signature distance": _number(self.signature_distance),
        }
        for name, row in self.measures.iterrows():
            people = self.causes[self.causes["measure"] == name]["name"].head(3)
            because = f", most by {', '.join(map(html.escape, people))}" if len(people) else ""
            rows[_TOLD[str(name)]] = f"{_number(row['before'])} → {_number(row['after'])}{because}"
        cells = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in rows.items())
        caption = f"From {self.before} to {self.after}"
        return f"<table><caption>{caption}</caption><tbody>{cells}</tbody></table>"


_TOLD = {
    "reach": "people within two steps",
    "clustering": "clustering",
    "constraint": "constraint",
    "degree": "alters",
    "active": "active ties",
}


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:,.0f}" if value == round(value) else f"{value:.3g}"


def _share(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.0%}"


def compare(village: Village, before: DayLike, after: DayLike) -> Comparison:
    """
    Compare the owner's village on two days.

    Nothing is stored in between: both states come from the same tables.

    Parameters
    ----------
    village
        The village of one person.
    before, after
        The two days, in the village's zone. What happened after a day does not count for it.

    Returns
    -------
    comparison
        Frozen; shows itself in Jupyter. Comparing the other way round gives the
        same with all signs and names turned: who is new one way is `not yet` there
        the other way, revived is gone quiet, warmed is cooled.

    Raises
    ------
    IdentityError
        If it is not known whose village it is.

    Notes
    -----
    A tie is *active* from a strength of 0.5: one contact day a half-life ago. *New* is
    a tie without contact by the earlier day that is active on the later one, *gone
    quiet* was active and is not, *revived* the reverse. A tie that is active on both
    has *warmed* if it is at least 1.5 times as strong, *cooled* if it was, else it is
    *steady*; one that is active on neither is *faint*.

    Takes the time of two tie tables, and of one pass over all ties for each
    person whose ties changed.

    References
    ----------
    .. [1] Saramaki, J., et al. (2014). Persistence of social signatures in human
       communication. PNAS 111(3), 942-947.

    Examples
    --------
    Ben wrote for the first time in October, ana last in May:

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["a", "b"], "at": ["2026-05-01", "2026-10-05"]})
    >>> who = pd.DataFrame(
    ...     {
    ...         "event_id": ["a", "a", "b", "b"],
    ...         "person_id": ["ana", "me", "ben", "me"],
    ...         "role": ["from", "to", "from", "to"],
    ...     }
    ... )
    >>> village = village_from_tables(mails, who, me="me")
    >>> found = compare(village, "2026-05-31", "2026-10-31")
    >>> found.ties["change"].to_dict()
    {'ben': 'new', 'ana': 'gone quiet'}
    >>> found.jaccard
    0.0
    """
    me = village.owner()
    tables = [tie_table(village, as_of=day) for day in (before, after)]
    people = village.people.index
    # who opted out is no row of the table of people, and has no tie there
    tables = [
        table[
            table.index.get_level_values("person_u").isin(people)
            & table.index.get_level_values("person_v").isin(people)
        ]
        for table in tables
    ]
    names = village.people["name"]
    days = day_number(after) - day_number(before)
    # age alone, which weakens all ties alike, changes no measure: it is nobody's doing
    aged = 2.0 ** (-days / village.settings.half_life_days)
    mine = [_mine(table, village, me) for table in tables]
    ties = _ties(mine[0], mine[1], names)
    one, other, everybody = states((tables[0], tables[1]), me)
    one = one._replace(strength=one.strength * aged)
    egos = Ego(one), Ego(other)
    active = ties[["strength_before", "strength_after"]] >= ACTIVE
    return Comparison(
        before=as_day(before),
        after=as_day(after),
        ties=ties,
        measures=_measures(egos, active),
        causes=_causes(egos, everybody, names),
        jaccard=_jaccard(active),
        signature_distance=signature_distance(
            _signature(village, before), other=_signature(village, after)
        ),
    )


def _mine(table: pd.DataFrame, village: Village, me: str) -> pd.DataFrame:
    """Return the owner's ties with contact, by the other person, the strongest first."""
    table = table[table["days"] > 0].reset_index()
    first = table["person_u"] == me
    table = table[first | (table["person_v"] == me)]
    other = table["person_v"].where(first[table.index], table["person_u"])
    table = table.assign(person_id=other)
    table = table[other.isin(listable(village, other))]
    if table.empty:
        return table.set_index("person_id")[["strength", "days"]].assign(rank=0, circle=0)
    ranked = circles(table, me=me)
    return ranked.join(table.set_index("person_id")["days"])


def _signature(village: Village, day: DayLike) -> pd.Series:
    first = as_day(day) - dt.timedelta(days=YEAR_DAYS - 1)
    return social_signature(village, since=first, as_of=day)


def _ties(before: pd.DataFrame, after: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Put both days side by side, a row per person."""
    people = before.index.union(after.index)
    columns: dict[str, pd.Series] = {
        "name": names.reindex(people),
        "change": pd.Series(dtype="str"),
    }
    for name, filling in (("strength", 0.0), ("days", 0), ("rank", np.nan), ("circle", np.nan)):
        for word, table in (("before", before), ("after", after)):
            values = table[name].reindex(people)
            columns[f"{name}_{word}"] = values.fillna(filling)
    ties = pd.DataFrame(columns, index=people.rename("person_id"))
    ties = ties.astype({f"days_{word}": "int64" for word in ("before", "after")})
    ties["change"] = _change(ties).astype("str")
    order = ties["change"].map({name: place for place, name in enumerate(CHANGES)})
    most = ties[["strength_before", "strength_after"]].max(axis=1)
    ties = ties.assign(order=order, most=-most, person=ties.index)
    return ties.sort_values(["order", "most", "person"]).drop(columns=["order", "most", "person"])


def _change(ties: pd.DataFrame) -> pd.Series:
    """Say how each tie changed; turned round, the days give the mirrored word."""
    b, a = ties["strength_before"], ties["strength_after"]
    was, now = b >= ACTIVE, a >= ACTIVE
    words = np.select(
        [
            ~was & ~now,
            now & (ties["days_before"] == 0),
            was & (ties["days_after"] == 0),
            ~was,
            ~now,
            a >= FACTOR * b,
            b >= FACTOR * a,
        ],
        ["faint", "new", "not yet", "revived", "gone quiet", "warmed", "cooled"],
        "steady",
    )
    return pd.Series(words, index=ties.index)


def _measures(egos: tuple[Ego, Ego], active: pd.DataFrame) -> pd.DataFrame:
    rows = {
        name: values
        for name, *values in zip(MEASURED, *(ego.values() for ego in egos), strict=True)
    }
    rows["degree"] = [float(ego.alter.sum()) for ego in egos]
    rows["active"] = [float(count) for count in active.sum()]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["before", "after"])
    table.index = pd.Index(table.index, name="measure", dtype="str")
    return table.assign(difference=table["after"] - table["before"])


def _causes(egos: tuple[Ego, Ego], everybody: list[str], names: pd.Series) -> pd.DataFrame:
    """Ask of each person whose ties differ what the measures were with those of the other day."""
    one, other = egos
    base = one.values(), other.values()
    rows = []
    for place in differing(one.state, other.state):
        into = one.swapped(place, other.state) - base[0]
        back = base[1] - other.swapped(place, one.state)
        rows += [
            (name, everybody[place], float(value))
            for name, value in zip(MEASURED, (into + back) / 2, strict=True)
            if abs(value) > NOTHING
        ]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    table = pd.DataFrame(
        {
            "measure": pd.Series(columns[0], dtype="str"),
            "person_id": pd.Series(columns[1], dtype="str"),
            "name": pd.Series([names[person] for person in columns[1]], dtype="str"),
            "difference": pd.Series(columns[2], dtype="float64"),
        }
    )
    order = table["measure"].map({name: number for number, name in enumerate(MEASURED)})
    size = -table["difference"].abs().round(9)
    table = table.assign(order=order, size=size).sort_values(["order", "size", "person_id"])
    return table.drop(columns=["order", "size"]).reset_index(drop=True)


def _jaccard(active: pd.DataFrame) -> float:
    either, both = int(active.any(axis=1).sum()), int(active.all(axis=1).sum())
    return both / either if either else float("nan")


MEASURES = (
    Measure(
        name="jaccard",
        function="compare",
        of="village",
        meaning="Share of the ties active on either of two days that are active on both.",
        unit="share",
        range="0 to 1",
        undefined="if no tie is active on either day",
        reference="Jaccard 1912",
    ),
    Measure(
        name="difference",
        function="compare",
        of="person",
        meaning="By how much the owner's reach, clustering or constraint differs since one "
        "person's ties do.",
        unit="as the measure",
        range="any",
        undefined="never: who makes none has no row",
        reference="villagegraph",
    ),
)
