"""From the graph to what the page is given: columns of numbers and text, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from villagegraph.days import as_day
from villagegraph.layout.groups import homes, named_groups
from villagegraph.layout.sizes import sizes
from villagegraph.layout.weights import number, worth
from villagegraph.maps.origins import origins
from villagegraph.maps.ties import graph_zone, local_day, tie_columns
from villagegraph.measures.reasons import WISH
from villagegraph.measures.wording import every, span
from villagegraph.parsing.masking import masked

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx

LISTS = {"slipping": 1, "worth a message": 3, "dormant": 2}
"""The number of each list in a page's address. A person on several is told of by the first."""

SILENCE_IN_DAYS = 120  # up to here a silence is told in days, as in the reasons
NAMELESS = "Someone without a name"
CIRCLES = (5, 15, 50, 150)
"""People whom one can keep close, by how close: after Dunbar and others."""


@dataclass(frozen=True, slots=True)
class Scene:
    """
    What every kind of map is drawn from.

    Attributes
    ----------
    people
        One row a person in the order of the page: `x`, `y`, `size` (radius in
        pixels), `group` (position in `groups`), `list` (the sum of 1 for the list of
        number 1, 2 for number 2, 4 for number 3), `reason`, `short` (the reason in few
        words, from numbers alone), `ask` (a question), `circle` (1 to 4 for the closest
        5, 15, 50 and 150; 0 for nobody's), `origin` (kinds of export) and the person's own
        columns, as clean text. Indexed by `person_id`.
    ties
        As `villagegraph.maps.ties.tie_columns` returns them.
    groups
        One entry a group: `name`, `caption`, `color`, `n`, `strip`.
    lists
        For each list, by its number, the positions of the people on it, first the first.
    me
        Position of the owner, or None.
    as_of
        ISO day on which the map stands, or empty text.
    """

    people: pd.DataFrame
    ties: pd.DataFrame
    groups: list[dict[str, Any]]
    lists: list[list[int]]
    me: int | None
    as_of: str


def scene(
    G: nx.Graph,
    *,
    communities: pd.Series,
    positions: pd.DataFrame,
    neglected: pd.DataFrame | None,
) -> Scene:
    """
    Gather what a map shows.

    Parameters
    ----------
    G
        Village graph.
    communities
        Number of each person's community, 0 the largest, -1 for none.
    positions
        Columns `x` and `y`, indexed by person.
    neglected
        Table of neglected ties, or None.

    Returns
    -------
    scene
        People by group, then by how much there is of them; the owner first.
    """
    me = G.graph.get("me")
    me = me if me in G else None
    size = sizes(G, me)
    home, kinds = homes(G, me, communities)
    order = sorted(G.nodes, key=lambda v: (v != me, home[v], -size[v], str(v)))
    place = {person: k for k, person in enumerate(order)}
    listed = _listed(G, neglected)
    marks = _marks(listed)
    rows = [_person(G.nodes[v], marks.get(v, _Mark())) for v in order]
    people = pd.DataFrame(
        rows, index=pd.Index(order, dtype=object, name="person_id"), columns=_TEXTS
    )
    spots = positions[["x", "y"]].reindex(people.index)
    people["x"], people["y"] = spots["x"], spots["y"]
    people["size"] = [size[v] for v in order]
    people["group"] = [home[v] for v in order]
    circle = _circles(G, me)
    people["circle"] = [circle.get(v, 0) for v in order]
    as_of = _as_of(G)
    groups = named_groups(G, me, people, kinds)
    lists = [
        [place[row["person_id"]] for row in listed if LISTS[row["list"]] == number]
        for number in sorted(LISTS.values())
    ]
    return Scene(people, tie_columns(G, place, as_of), groups, lists, place.get(me), as_of)


_TEXTS = [
    "name", "organization", "title", "headline", "location", "tags",
    "list", "reason", "short", "ask", "origin",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Mark:
    """Why a person is ringed."""

    list: int = 0
    reason: str = ""
    short: str = ""
    ask: str = ""


def _person(person: dict[str, Any], mark: _Mark) -> dict[str, Any]:
    return {
        "name": masked(person.get("name")) or NAMELESS,
        "organization": masked(person.get("organization")),
        "title": masked(person.get("title")),
        "headline": masked(person.get("headline"), longest=240),
        "location": masked(person.get("location")),
        "tags": [tag for raw in person.get("tags") or () if (tag := masked(raw, longest=40))],
        "list": mark.list,
        "reason": masked(mark.reason, longest=320),
        "short": masked(mark.short),
        "ask": masked(mark.ask, longest=240),
        "origin": ", ".join(origins(person.get("sources") or ())),
    }


def _listed(G: nx.Graph, neglected: pd.DataFrame | None) -> list[dict[Hashable, Any]]:
    """Return the rows of those who are on the map, list after list, each by rank."""
    if neglected is None:
        return []
    missing = sorted({"list", "rank", "person_id", "reason"} - set(neglected.columns))
    if missing:
        msg = f"`neglected` needs the column `{missing[0]}`: give what `neglected_ties` gives"
        raise ValueError(msg)
    order = list(LISTS)
    rows = [
        row
        for row in neglected.to_dict("records")
        if row["list"] in order and row["person_id"] in G
    ]
    return sorted(rows, key=lambda row: (order.index(row["list"]), int(row["rank"])))


def _marks(listed: list[dict[Hashable, Any]]) -> dict[Hashable, _Mark]:
    marks: dict[Hashable, _Mark] = {}
    for row in listed:
        who, bit = row["person_id"], 1 << (LISTS[row["list"]] - 1)
        if who in marks:
            marks[who] = replace(marks[who], list=marks[who].list | bit)
            continue
        marks[who] = _Mark(bit, row["reason"], _short_reason(row), row.get("question") or "")
    return marks


def _short_reason(row: dict[Hashable, Any]) -> str:
    """
    Return a reason in few words: the silence, and the gap that it is held against.

    Without a silence there is none: a reason in full may name people, and this one travels.
    """
    silence, gap = number(row.get("dormancy_days")), number(row.get("cadence_days"))
    if not silence:
        return ""
    quiet = f"quiet for {span(silence, in_days=SILENCE_IN_DAYS)}"
    if not gap:
        return quiet
    # only the reason says whether the gap is the tie's own: a wish may be as long
    wish = isinstance(row["reason"], str) and row["reason"].startswith(WISH)
    return f"{quiet}, {'wished for' if wish else 'usually'} {every(gap)}"


def _circles(G: nx.Graph, me: Hashable) -> dict[Hashable, int]:
    """Return the innermost circle of each person in contact with the owner, by strength."""
    if me is None:
        return {}
    near = sorted(
        (-worth(tie), str(v), v)
        for v, tie in G.adj[me].items()
        if v != me and tie.get("basis", "contact") == "contact" and worth(tie) > 0
    )
    return {
        v: next((k for k, most in enumerate(CIRCLES, start=1) if rank <= most), 0)
        for rank, (_, _, v) in enumerate(near, start=1)
    }


def _as_of(G: nx.Graph) -> str:
    given = G.graph.get("as_of")
    if given:
        return as_day(given).isoformat()
    zone = graph_zone(G)
    days = (local_day(tie.get("last_at"), zone) for *_, tie in G.edges(data=True))
    last = max((day for day in days if day is not None), default=None)
    return "" if last is None else last.isoformat()
