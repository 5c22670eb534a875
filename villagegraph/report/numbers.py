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

RECENT_DAYS = 60
"""How far back contact is recent, the last day included."""


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
    recent
        People in contact with `me` in the last 60 days, up to the month's end.
    reach
        Within one step, and within two. The first are people in contact with `me`.
    clustering
        Share of pairs of alters with a tie of their own, 0 to 1; `nan` below two alters.
    constraint
        Burt's constraint on `me`; `nan` without alters.
    effective_size
        Alters less the overlap among them; `nan` without alters.
    alters
        All people who were ever in contact with `me`.
    """

    people: int
    days: int
    contact_days: int
    recent: int
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
    today = day_number(as_of)
    groups = communities(G)
    _drop_glimpses(G, me)
    return Numbers(
        people=_others(month, me),
        days=int(month["day"].nunique()),
        contact_days=len(month),
        recent=_others(mine[mine["day"].between(today - RECENT_DAYS + 1, today)], me),
        reach=(_reach(G, me, 1, groups), _reach(G, me, 2, groups)),
        clustering=float(clustering(G).loc[me, "clustering"]),
        constraint=ego_constraint(G, me),
        # every tie counts alike: the question is where they lead, not how strong they are
        effective_size=ego_effective_size(G, me, weight=None),
        alters=G.degree[me],
    )


def _others(contacts: pd.DataFrame, me: str) -> int:
    return len({*contacts["person_u"], *contacts["person_v"]} - {me})


def _drop_glimpses(G: nx.Graph, me: str) -> None:
    """Take out of a graph the ties of `me` that no contact made: to be seen is not to be known."""
    glimpsed = [(u, v) for u, v, basis in G.edges(me, data="basis") if basis != "contact"]
    G.remove_edges_from(glimpsed)


def _reach(G: nx.Graph, me: str, steps: int, groups: pd.Series) -> Reach:
    row = reach(G, steps=steps, communities=groups).loc[me]
    # nan where nobody's organisation is known
    organizations = 0 if math.isnan(row["organizations"]) else int(row["organizations"])
    return Reach(int(row["people"]), organizations, int(row["communities"]))
