"""From tables to a graph and back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from villagegraph.days import DayLike, as_day
from villagegraph.errors import TableError
from villagegraph.tables import PEOPLE, TIES, Contract, check, make
from villagegraph.ties import tie_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from villagegraph.village import Village


def village_graph(
    village: Village, *, as_of: DayLike, half_life_days: float | None = None
) -> nx.Graph:
    """
    Return the village as a graph of people and ties, as of the end of a day.

    Parameters
    ----------
    village
        The village; it is not changed.
    as_of
        The day, in the village's zone.
    half_life_days
        Days after which a contact day counts half in `strength`; by default
        as in the settings.

    Returns
    -------
    G
        Undirected. A node per person, named by `person_id`, with the columns of
        the table `people` as attributes: `name`, `organization`, `title`,
        `headline`, `birthday`, `anniversary`, `connected_on`, `location` (text,
        empty if unknown), `tags`, `sources` (lists of text), `is_me`.
        An edge per tie, with the columns of the table `ties` as attributes:
        `n_uv`, `n_vu`, `n_shared`, `days`, `days_365` (counts), `first_at`,
        `last_at` (UTC datetimes, or None), `channels` (list of text), `credit`,
        `shared_credit`, `strength`, `reciprocity`, `cadence_days`,
        `dormancy_days` (numbers), `basis`. In `n_uv`, u is the person whose ID
        comes first in sorted order.
        `G.graph` has `me` (None for an organisation's log), `as_of`
        (YYYY-MM-DD), `zone`, `half_life_days` and `left_out` (items with too
        many participants to pair them all).
        People and ties stand in sorted order, whatever the order of the exports.

    Examples
    --------
    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    >>> who = pd.DataFrame(
    ...     {"event_id": ["m1", "m1"], "person_id": ["ben", "ada"], "role": ["from", "to"]}
    ... )
    >>> G = village_graph(village_from_tables(mails, who, me="ada"), as_of="2026-10-01")
    >>> G.edges["ada", "ben"]["n_vu"], G.edges["ada", "ben"]["strength"]
    (1, 1.0)
    """
    ties = tie_table(village, as_of=as_of, half_life_days=half_life_days)
    G = nx.Graph(
        me=village.me,
        as_of=as_day(as_of).isoformat(),
        zone=village.zone,
        half_life_days=float(half_life_days or village.settings.half_life_days),
        left_out=int(ties.attrs.get("left_out", 0)),
    )
    people = village.people.sort_index()
    G.add_nodes_from(zip(people.index, _records(people, PEOPLE), strict=True))
    # who left the table of people, as those who opted out, has no ties either
    G.add_edges_from(
        (u, v, record)
        for (u, v), record in zip(ties.index, _records(ties, TIES), strict=True)
        if u in G and v in G
    )
    return G


def _records(table: pd.DataFrame, contract: Contract) -> Iterator[dict[str, object]]:
    """Yield the columns of each row as plain Python values."""
    columns = [[plain(value) for value in table[name].tolist()] for name in contract.columns]
    for row in zip(*columns, strict=True):
        yield dict(zip(contract.columns, row, strict=True))


def plain(value: object) -> object:
    """
    Return a value of a table as Python's own.

    Examples
    --------
    >>> plain(np.int64(3)), plain(("a", "b")), plain(pd.NaT)
    (3, ['a', 'b'], None)
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        moment = value.to_pydatetime(warn=False)
        return moment.astimezone(dt.UTC) if str(value.tzinfo) == "UTC" else moment
    return list(value) if isinstance(value, tuple) else value


def graph_to_tables(G: nx.Graph) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the tables `people` and `ties` of a village graph.

    Parameters
    ----------
    G
        As `village_graph` returns it. Attributes beyond those of the
        tables become further columns of them.

    Returns
    -------
    people, ties
        Sorted by their index.

    Raises
    ------
    TypeError
        If `G` is no undirected `nx.Graph`.
    TableError
        If a person or a tie lacks an attribute, or one is of the wrong kind.

    Examples
    --------
    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    >>> who = pd.DataFrame(
    ...     {"event_id": ["m1", "m1"], "person_id": ["ben", "ada"], "role": ["from", "to"]}
    ... )
    >>> G = village_graph(village_from_tables(mails, who, me="ada"), as_of="2026-10-01")
    >>> people, ties = graph_to_tables(G)
    >>> list(people.index), list(ties.index)
    (['ada', 'ben'], [('ada', 'ben')])
    """
    needs_plain_graph(G)
    if not all(isinstance(node, str) for node in G):
        problem = "every `person_id` needs to be text"
        raise TableError(PEOPLE.name, [problem])
    nodes = dict(sorted(G.nodes(data=True)))
    people = _table(PEOPLE, {"person_id": list(nodes)}, list(nodes.values()))
    edges = dict(sorted(((min(u, v), max(u, v)), data) for u, v, data in G.edges(data=True)))
    ends = {"person_u": [u for u, _ in edges], "person_v": [v for _, v in edges]}
    return people, _table(TIES, ends, list(edges.values()))


def _table(
    contract: Contract, index: Mapping[str, list[str]], records: list[dict[str, object]]
) -> pd.DataFrame:
    """Build a table of attributes, and further columns of those that it has no name for."""
    lacking = {name: sum(name not in record for record in records) for name in contract.columns}
    problems = [
        f"{count} of {len(records)} lack the attribute `{name}`"
        for name, count in lacking.items()
        if count
    ]
    if problems:
        raise TableError(contract.name, problems)
    columns = {
        name: [_cell(record[name], column.kind) for record in records]
        for name, column in contract.columns.items()
    }
    try:
        table = make(contract, {**index, **columns})
    except (TypeError, ValueError):
        problem = "an attribute is of the wrong kind"
        raise TableError(contract.name, [problem]) from None
    more = dict.fromkeys(name for record in records for name in record)
    for name in more:
        if name not in contract.columns:
            table[name] = [record.get(name) for record in records]
    return check(table, contract)


def _cell(value: object, kind: str) -> object:
    return tuple(value) if kind == "texts" and isinstance(value, list) else value


def needs_plain_graph(G: nx.Graph) -> None:
    """Raise TypeError if `G` is not an undirected graph without parallel ties."""
    if not isinstance(G, nx.Graph) or G.is_directed() or G.is_multigraph():
        msg = f"needs to be an undirected nx.Graph, {type(G).__name__} was given"
        raise TypeError(msg)


def add_measures(G: nx.Graph, measures: pd.DataFrame | pd.Series) -> None:
    """
    Write measures into the nodes of a graph.

    This is the one function that changes a graph. An attribute of the same
    name is replaced; people who are not in the frame keep what they have.

    Parameters
    ----------
    G
        The graph.
    measures
        Indexed by `person_id`; each column becomes an attribute of its name.
        A series needs a name.

    Raises
    ------
    ValueError
        If the frame repeats a person, or names people who are not in the
        graph, or a series has no name.

    Examples
    --------
    >>> G = nx.path_graph(["ana", "ben"])
    >>> add_measures(G, pd.DataFrame({"reach": [2]}, index=["ben"]))
    >>> dict(G.nodes(data=True))
    {'ana': {}, 'ben': {'reach': 2}}
    """
    if isinstance(measures, pd.Series):
        if measures.name is None:
            msg = "measures needs to have a name: it becomes the attribute's"
            raise ValueError(msg)
        measures = measures.to_frame()
    repeated = int(measures.index.duplicated().sum())
    strangers = sum(person not in G for person in measures.index)
    if repeated or strangers:
        msg = (
            "measures needs to be indexed by person_id, each once: "
            f"{repeated} are repeated and {strangers} are not in the graph"
        )
        raise ValueError(msg)
    for name in measures.columns:
        for person, value in zip(measures.index, measures[name].tolist(), strict=True):
            G.nodes[person][str(name)] = plain(value)
