"""The figures of a month, the same for this month and for the one before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from villagegraph.days import day_number
from villagegraph.graph import village_graph
from villagegraph.measures import (
    clustering,
    communities,
    ego_constraint,
    ego_effective_size,
    reach,
)

if TYPE_CHECKING:
    import datetime as dt

    import networkx as nx
    import pandas as pd

    from villagegraph.village import Village

ACTIVE_STRENGTH = 0.5
"""Strength from which a tie is active: one contact day, one half-life ago."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people, organisations and communities lie within some steps of `me`."""

    people: int
    organizations: int
    communities: int

    @property
    def cells(self) -> tuple[int, int, int]:
        """The three counts in a row."""
        return self.people, self.organizations, self.communities


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    What one month comes to.

    Attributes
    ----------
    people
        People in contact with `me` in the month.
    days
        Days of the month with contact.
    contact_days
        Contact days: one person on one day.
    active
        Ties of `me` with a strength of 0.5 or more at the month's end.
    reach
        Within one step, and within two.
    clustering
        Share of pairs of alters with a tie of their own, 0 to 1; `nan` below two alters.
    constraint
        Burt's constraint on `me`; `nan` without alters.
    effective_size
        Alters less the overlap among them; `nan` without alters.
    alters
        All people tied to `me`.
    """

    people: int
    days: int
    contact_days: int
    active: int
    reach: tuple[Reach, Reach]
    clustering: float
    constraint: float
    effective_size: float
    alters: int


def month_numbers(
    village: Village, *, first: dt.date, as_of: dt.date, contacts: pd.DataFrame
) -> Numbers:
    """
    Work out the figures of one month.

    Parameters
    ----------
    village
        The village, with `me`.
    first, as_of
        First day of the month, and the last day that counts.
    contacts
        As `contact_days` returns them; later ones do not count.

    Returns
    -------
    numbers
    """
    me = village.owner()
    G = village_graph(village, as_of=as_of)
    mine = contacts[(contacts["person_u"] == me) | (contacts["person_v"] == me)]
    month = mine[mine["day"].between(day_number(first), day_number(as_of))]
    people = set(month["person_u"]) | set(month["person_v"])
    strengths = [data["strength"] for _, _, data in G.edges(me, data=True)]
    groups = communities(G)
    return Numbers(
        people=len(people - {me}),
        days=int(month["day"].nunique()),
        contact_days=len(month),
        active=sum(strength >= ACTIVE_STRENGTH for strength in strengths),
        reach=(_reach(G, me, 1, groups), _reach(G, me, 2, groups)),
        clustering=float(clustering(G).loc[me, "clustering"]),
        constraint=ego_constraint(G, me),
        # every tie counts alike: the question is where they lead, not how strong they are
        effective_size=ego_effective_size(G, me, weight=None),
        alters=len(strengths),
    )


def _reach(G: nx.Graph, me: str, steps: int, groups: pd.Series) -> Reach:
    row = reach(G, steps=steps, communities=groups).loc[me]
    # nan where nobody's organisation is known
    organizations = 0 if math.isnan(row["organizations"]) else int(row["organizations"])
    return Reach(int(row["people"]), organizations, int(row["communities"]))
