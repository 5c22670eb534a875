"""All measures of everybody, and of the owner, in one frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from villagegraph.graph import village_graph
from villagegraph.measures.betweenness import betweenness
from villagegraph.measures.brokerage import brokerage
from villagegraph.measures.centrality import centrality
from villagegraph.measures.circles import circles
from villagegraph.measures.clustering import clustering, transitivity
from villagegraph.measures.communities import modularity
from villagegraph.measures.directed import directed_centrality
from villagegraph.measures.diversity import diversity
from villagegraph.measures.ego_networks import ego_betweenness
from villagegraph.measures.homophily import homophily
from villagegraph.measures.office import inside_outside
from villagegraph.measures.probability import contact_probability
from villagegraph.measures.reach import reach
from villagegraph.measures.rhythm import (
    active_days,
    balance_of_contacts,
    call_duration,
    churn_of_contacts,
    clustering_coefficient_unweighted,
    clustering_coefficient_weighted,
    entropy_of_contacts,
    interaction_log,
    interactions_per_contact,
    interevent_time,
    number_of_contacts,
    number_of_interactions,
    percent_initiated_conversations,
    percent_initiated_interactions,
    percent_nocturnal,
    percent_pareto_durations,
    percent_pareto_interactions,
    response_delay_text,
    response_rate_text,
)
from villagegraph.measures.risk import reach_at_risk
from villagegraph.measures.roles import brokerage_roles
from villagegraph.measures.stability import community_stability

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from villagegraph.days import DayLike
    from villagegraph.village import Village

# names that several functions have; None: all names of the function but its own
_PREFIXED: dict[str, tuple[str, frozenset[str] | None]] = {
    "brokerage": ("brokerage", frozenset({"degree", "efficiency"})),
    "circles": ("circles", frozenset({"strength"})),
    "clustering": ("clustering", None),
    "directed_centrality": (
        "directed",
        frozenset({"degree", "betweenness", "closeness", "pagerank"}),
    ),
    "diversity": ("diversity", None),
    "homophily": ("homophily", None),
    "reach": ("reach", None),
    "reach_at_risk": ("reach_at_risk", None),
}
# the number of alters, which `centrality` tells already
_TWICE = {"clustering": "degree", "diversity": "alters"}

_NUMBERS = (
    active_days,
    entropy_of_contacts,
    number_of_contacts,
    number_of_interactions,
    percent_initiated_conversations,
    percent_initiated_interactions,
    percent_nocturnal,
    percent_pareto_durations,
    percent_pareto_interactions,
    response_rate_text,
)
_SPREADS = (
    balance_of_contacts,
    call_duration,
    churn_of_contacts,
    interactions_per_contact,
    interevent_time,
    response_delay_text,
)
_SUMMARIES = ("mean", "median")


class _Given(NamedTuple):
    """The village as of a day, and its graph."""

    village: Village
    G: nx.Graph
    as_of: DayLike
    seed: int


def column_of(function: str, name: str) -> str:
    """
    Return how a measure is called in `alter_measures` and `ego_measures`.

    Parameters
    ----------
    function, name
        As in `measure_table`.

    Returns
    -------
    column
        The name; after the function's if several functions have that name.

    Examples
    --------
    >>> column_of("reach", "people"), column_of("brokerage", "constraint")
    ('reach_people', 'constraint')
    """
    prefix, names = _PREFIXED.get(function, ("", frozenset()))
    plain = name == prefix or (names is not None and name not in names)
    return name if plain else f"{prefix}_{name}"


def alter_measures(village: Village, *, as_of: DayLike, seed: int = 0) -> pd.DataFrame:
    """
    Gather the measures of everybody in the village, a row a person.

    Parameters
    ----------
    village
        The village of one person, or the log of a whole organisation.
    as_of
        Last day that counts, in the village's zone.
    seed
        Seed of communities, and of the sample from which betweenness is
        estimated above 5,000 people.

    Returns
    -------
    measures
        Indexed by `person_id`, sorted, `me` too. The columns of `centrality`,
        `betweenness`, `reach` (two steps), `clustering`, `brokerage`,
        `ego_betweenness`, `brokerage_roles`, `directed_centrality`, `diversity` (by
        organization), `inside_outside` and `community_stability`, all with
        their defaults; of what is about the owner's ties `reach_at_risk`,
        `circles` and `contact_probability`, which are `nan` for `me` and,
        the latter two, where there is no tie with `me` or no `me`. A name that several
        functions use stands after the function's: `reach_people`.
        `docs/measures.md` and `measure_table` tell of each what it means and
        when it is `nan`.

    See Also
    --------
    ego_measures : The owner's alone, with those of the village as a whole.
    measure_table : What each measure means.
    add_measures : Put them into a graph.

    Notes
    -----
    In one person's village, ties among others are seen only in part: their
    figures are lower bounds, and not to be compared with one another.
    Measures of rhythm are `ego_measures`'s, since of the rhythm of others only their
    contact with the owner is seen; `rhythm` takes any person.

    Takes time proportional to people times ties.

    Examples
    --------
    Ben wrote to me; both of us have one alter.

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    >>> who = pd.DataFrame(
    ...     {"event_id": ["m1", "m1"], "person_id": ["ben", "me"], "role": ["from", "to"]}
    ... )
    >>> village = village_from_tables(mails, who, me="me")
    >>> alter_measures(village, as_of="2026-10-01")["degree"].to_dict()
    {'ben': 1, 'me': 1}
    """
    given = _given(village, as_of=as_of, seed=seed)
    settled = community_stability(given.G, seed=seed)
    named = dict(_of_everybody(given, communities=settled["community"]))
    named["community_stability"] = settled
    named["reach_at_risk"] = reach_at_risk(given.G, communities=settled["community"])
    named.update(_of_my_ties(given))
    return _joined(named, index=settled.index)


def ego_measures(village: Village, *, as_of: DayLike, seed: int = 0) -> pd.DataFrame:
    """
    Gather the measures of the owner, and of the village as a whole, in one row.

    Parameters
    ----------
    village
        The village of one person.
    as_of
        Last day that counts, in the village's zone.
    seed
        As in `alter_measures`.

    Returns
    -------
    measures
        One row, indexed by the owner's `person_id`: the columns of
        `alter_measures` but those about the owner's alters and communities (`community_stability`,
        `reach_at_risk`, `circles`, `contact_probability`); of the village `transitivity`,
        `modularity` and `homophily` (by organization, without the owner; names after
        `homophily_`); and every indicator of rhythm for all time and all channels,
        distributions as their mean and median (`interevent_time_mean`).
        `nan` where undefined, as `measure_table` tells.

    Raises
    ------
    IdentityError
        If it is not known whose village it is.

    See Also
    --------
    alter_measures : A row a person.
    compare : What changed from one day to another, and who caused it.
    rhythm : By period, part of the week and day, and channel.

    Notes
    -----
    All beyond the first step of the owner is a lower bound. Takes time
    proportional to people times ties, and to n log n for n interactions.

    Examples
    --------
    Ben wrote to me once: one alter, one day, and all of it began with him.

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    >>> who = pd.DataFrame(
    ...     {"event_id": ["m1", "m1"], "person_id": ["ben", "me"], "role": ["from", "to"]}
    ... )
    >>> village = village_from_tables(mails, who, me="me")
    >>> mine = ego_measures(village, as_of="2026-10-01")
    >>> mine[["degree", "active_days", "percent_initiated_interactions"]].values.tolist()
    [[1.0, 1.0, 0.0]]
    """
    me = village.owner()
    given = _given(village, as_of=as_of, seed=seed)
    groups = community_stability(given.G, seed=seed, runs=1)["community"]
    mine = _joined(dict(_of_everybody(given, communities=groups)), index=groups.index).loc[[me]]
    whole = {
        "transitivity": transitivity(given.G),
        "modularity": modularity(given.G, groups),
        **{
            column_of("homophily", str(name)): value
            for name, value in homophily(given.G, me_out=True).items()
        },
        **_rhythm(given),
    }
    return mine.assign(**whole)


def _given(village: Village, *, as_of: DayLike, seed: int) -> _Given:
    past = village.until(as_of)
    return _Given(past, village_graph(past, as_of=as_of), as_of, seed)


def _of_everybody(
    given: _Given, *, communities: pd.Series
) -> Iterator[tuple[str, pd.DataFrame | pd.Series]]:
    """Yield each function and what it says of everybody."""
    G = given.G
    yield "centrality", centrality(G)
    yield "betweenness", betweenness(G, seed=given.seed)
    yield "reach", reach(G, communities=communities)
    yield "clustering", clustering(G)
    yield "brokerage", brokerage(G)
    yield "ego_betweenness", ego_betweenness(G)
    # nobody at all has no organization either, which would be an error
    nobody = None if len(G) else pd.Series(dtype="object")
    yield "brokerage_roles", brokerage_roles(G, groups=nobody)
    yield "directed_centrality", directed_centrality(G)
    yield "diversity", diversity(G)
    yield "inside_outside", inside_outside(G)


def _of_my_ties(given: _Given) -> Iterator[tuple[str, pd.DataFrame | pd.Series]]:
    """Yield each function and what it says of the owner's alters; of nobody without an owner."""
    me = given.village.me
    if me is None or me not in given.G:
        none = pd.DataFrame(columns=["strength", "rank", "circle"], dtype="float64")
        yield "circles", none
        yield "contact_probability", pd.Series(name="p_contact", dtype="float64")
        return
    yield "circles", circles(given.G)
    chances = contact_probability(given.village, as_of=given.as_of)
    u, v = (chances.index.get_level_values(level) for level in (0, 1))
    mine = (u == me) | (v == me)
    alters = pd.Index([b if a == me else a for a, b in zip(u[mine], v[mine], strict=True)])
    yield "contact_probability", pd.Series(chances.to_numpy()[mine], index=alters, name="p_contact")


def _joined(named: dict[str, pd.DataFrame | pd.Series], *, index: pd.Index) -> pd.DataFrame:
    """Put what several functions say side by side, by person."""
    columns = {
        column_of(function, str(name)): frame[name].reindex(index)
        for function, found in named.items()
        for frame in [found.to_frame() if isinstance(found, pd.Series) else found]
        for name in frame.columns
        if name != _TWICE.get(function)
    }
    return pd.DataFrame(columns, index=index)


def _rhythm(given: _Given) -> dict[str, float]:
    """Return the owner's rhythm for all time and all channels."""
    log = interaction_log(given.village, as_of=given.as_of)
    found = {measure.__name__: float(measure(log)) for measure in _NUMBERS}
    for spread in _SPREADS:
        values = spread(log)
        for name in _SUMMARIES:
            found[f"{spread.__name__}_{name}"] = float(getattr(values, name)())
    for coefficient in (clustering_coefficient_unweighted, clustering_coefficient_weighted):
        found[coefficient.__name__] = coefficient(given.village, as_of=given.as_of)
    return found
