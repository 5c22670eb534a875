"""From the graph to what the page is given: columns of numbers and text, nothing else."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from villagegraph.days import as_day
from villagegraph.layout import spacing
from villagegraph.maps.colors import GREY
from villagegraph.measures.wording import every, span
from villagegraph.parsing.masking import masked

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx

LISTS = {"slipping": 1, "dormant": 2}
SILENCE_IN_DAYS = 120  # up to here a silence is told in days, as in the reasons
NAMELESS = "Someone without a name"
_SMALL = 3  # a community of fewer people is no group of its own
_PIXELS = 400.0  # half the width of the map, on which dots are sized


@dataclass(frozen=True, slots=True)
class Scene:
    """
    What every kind of map is drawn from.

    Attributes
    ----------
    people
        One row a person in the order of the page: `x`, `y`, `size` (radius in
        pixels), `group` (position in `groups`), `list`, `rank`, `reason`,
        `short` (the reason in few words) and the person's own columns, as
        clean text. Indexed by `person_id`.
    ties
        Columns `a`, `b` (positions in `people`), `weight` (0 to 1), `contact`,
        `times` (days of contact, or times seen together), and for contacts
        `channels`, `cadence`, `last` (days before `as_of`), `days_365`.
    groups
        One entry a group: `name`, `caption`, `color`, `n`, `strip`.
    me
        Position of the owner, or None.
    as_of
        ISO day on which the map stands, or empty text.
    """

    people: pd.DataFrame
    ties: pd.DataFrame
    groups: list[dict[str, Any]]
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
    size = _sizes(G, me)
    home, named = _homes(G, me, communities)
    order = sorted(G.nodes, key=lambda v: (v != me, home[v], -size[v], str(v)))
    place = {person: k for k, person in enumerate(order)}
    marks = _marks(G, me, neglected)
    rows = [_person(G.nodes[v], marks.get(v, _Mark())) for v in order]
    people = pd.DataFrame(
        rows, index=pd.Index(order, dtype=object, name="person_id"), columns=_TEXTS
    )
    spots = positions[["x", "y"]].reindex(people.index)
    people["x"], people["y"] = spots["x"], spots["y"]
    people["size"] = [size[v] for v in order]
    people["group"] = [home[v] for v in order]
    as_of = _as_of(G)
    groups = _named_groups(G, me, people, named)
    return Scene(people, _ties(G, place, me, as_of), groups, place.get(me), as_of)


_TEXTS = [
    "name", "organization", "title", "headline", "location", "tags",
    "list", "rank", "reason", "short",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Mark:
    """Why a person is ringed."""

    list: int = 0
    rank: int = 0
    reason: str = ""
    short: str = ""


def _person(person: dict[str, Any], mark: _Mark) -> dict[str, Any]:
    return {
        "name": masked(person.get("name")) or NAMELESS,
        "organization": masked(person.get("organization")),
        "title": masked(person.get("title")),
        "headline": masked(person.get("headline"), longest=240),
        "location": masked(person.get("location")),
        "tags": [tag for raw in person.get("tags") or () if (tag := masked(raw, longest=40))],
        "list": mark.list,
        "rank": mark.rank,
        "reason": masked(mark.reason, longest=320),
        "short": masked(mark.short),
    }


def _marks(G: nx.Graph, me: Hashable, neglected: pd.DataFrame | None) -> dict[Hashable, _Mark]:
    if neglected is None:
        return {}
    marks = {}
    for row in neglected.to_dict("records"):
        who, kind = row["person_id"], LISTS.get(row["list"], 0)
        if kind and who in G:
            tie = G.edges[me, who] if G.has_edge(me, who) else {}
            short = _short_reason(row, usual=_number(tie.get("cadence_days")))
            marks[who] = _Mark(kind, int(row["rank"]), row["reason"], short)
    return marks


def _short_reason(row: dict[Hashable, Any], *, usual: float) -> str:
    """Return a reason in one line: the silence, and the gap that it is held against."""
    silence, gap = _number(row.get("dormancy_days")), _number(row.get("cadence_days"))
    if not silence:
        return str(row["reason"])
    quiet = f"quiet for {span(silence, in_days=SILENCE_IN_DAYS)}"
    if not gap or not usual:
        return quiet
    # a gap that isn't the tie's own was wished for, in the settings
    own = abs(gap - usual) <= 0.2 * usual
    return f"{quiet}, {'usually' if own else 'wished for'} {every(gap)}"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _worth(tie: dict[str, Any]) -> float:
    for name in ("strength", "weight"):
        if name in tie:
            return _number(tie[name])
    return 1.0


def _pull(tie: dict[str, Any]) -> float:
    """Return how much two people share: direct contact and being seen together."""
    known = {"credit", "shared_credit"} & tie.keys()
    return sum(_number(tie[name]) for name in sorted(known)) if known else _worth(tie)


def _sizes(G: nx.Graph, me: Hashable) -> dict[Hashable, float]:
    """Return radii in pixels: by contact with the owner, or by all ties if there is none."""
    worth = {
        v: _worth(G.edges[me, v]) if me is not None and G.has_edge(me, v)
        else 0.0 if me is not None
        else math.fsum(_worth(tie) for _, tie in sorted(G.adj[v].items(), key=lambda e: str(e[0])))
        for v in G
    }  # fmt: skip
    room = spacing(len(G)) * _PIXELS
    least, most = min(max(0.12 * room, 1.0), 5.0), min(max(0.36 * room, 1.6), 13.0)
    full = float(np.quantile([worth[v] for v in G if v != me] or [1.0], 0.97)) or 1.0
    sizes = {v: least + (most - least) * math.sqrt(min(1.0, worth[v] / full)) for v in G}
    if me is not None:
        sizes[me] = most * 1.15
    return {v: round(value, 1) for v, value in sizes.items()}


def _homes(
    G: nx.Graph, me: Hashable, communities: pd.Series
) -> tuple[dict[Hashable, int], list[tuple[str, int]]]:
    """Return each person's group, and each group's kind and colour."""
    found = communities.to_dict()
    sizes = Counter(int(c) for v, c in found.items() if c >= 0 and v in G and v != me)
    ranked = sorted((c for c, n in sizes.items() if n >= _SMALL), key=lambda c: (-sizes[c], c))
    kinds = {("community", c): color for color, c in enumerate(ranked[:GREY])}
    homes: dict[Hashable, tuple[str, int]] = {}
    for v in G:
        number = int(found.get(v, -1))
        if v == me:
            homes[v] = ("me", 0)
        elif ("community", number) in kinds:
            homes[v] = ("community", number)
        elif not any(u != v for u in G.adj[v]):
            homes[v] = ("none", 0)
        elif all(u in {me, v} for u in G.adj[v]):
            homes[v] = ("alone", 0)
        else:
            homes[v] = ("small", 0)
    rest = [(kind, 0) for kind in ("small", "alone", "none") if (kind, 0) in homes.values()]
    groups = [*kinds, *rest]
    place = {key: k for k, key in enumerate(groups)}
    return {v: place.get(home, 0) for v, home in homes.items()}, [
        (kind, kinds.get((kind, number), GREY)) for kind, number in groups
    ]


def _named_groups(
    G: nx.Graph, me: Hashable, people: pd.DataFrame, kinds: list[tuple[str, int]]
) -> list[dict[str, Any]]:
    others = people[people.index != me]
    members = [others[others["group"] == k] for k in range(len(kinds))]
    names = _community_names(
        G, [rows for rows, (kind, _) in zip(members, kinds, strict=True) if kind == "community"]
    )
    groups: list[dict[str, Any]] = []
    # communities come first among the kinds, so a group's place is its name's
    for k, (kind, color) in enumerate(kinds):
        n = len(members[k])
        name, caption = {
            "small": ("Smaller groups", ""),
            "alone": ("Seen with you alone", "Seen with you alone"),
            "none": ("No contact in these exports", f"No contact in these exports ({n})"),
        }.get(kind) or (names[k], names[k])
        groups.append(
            {"name": name, "caption": caption, "color": color, "n": n, "strip": kind == "none"}
        )
    return groups


def _community_names(G: nx.Graph, communities: list[pd.DataFrame]) -> list[str]:
    """Name each community by what its members share, and no other community does."""
    shared = [_shared_name(members) for members in communities]
    names: list[str] = []
    for k, (common, members) in enumerate(zip(shared, communities, strict=True)):
        telling = common and shared.count(common) == 1
        name = common if telling else f"Around {_best_connected(G, members)}"
        names.append(f"{name} ({k + 1})" if name in names else name)
    return names


def _shared_name(members: pd.DataFrame) -> str:
    """Return the organisation that half of a group share, else the tag that half share."""
    for values in (
        members["organization"].tolist(),
        [tag for tags in members["tags"] for tag in sorted(set(tags))],
    ):
        counts = Counter(value for value in values if value)
        best = min(counts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
        if best[1] * 2 >= len(members):
            return best[0][:1].upper() + best[0][1:]
    return ""


def _best_connected(G: nx.Graph, members: pd.DataFrame) -> str:
    """Return who shares most with the others of a group: one mail to all of them is not much."""
    inside = set(members.index)
    ranked = [
        (-math.fsum(_pull(tie) for u, tie in G.adj[v].items() if u in inside and u != v), str(v), v)
        for v in members.index
    ]
    return str(members.loc[min(ranked, key=lambda row: row[:2])[2], "name"]) if ranked else ""


def _as_of(G: nx.Graph) -> str:
    given = G.graph.get("as_of")
    if given:
        return as_day(given).isoformat()
    days = [tie["last_at"].date() for *_, tie in G.edges(data=True) if tie.get("last_at")]
    return max(days).isoformat() if days else ""


def _ties(G: nx.Graph, place: dict[Hashable, int], me: Hashable, as_of: str) -> pd.DataFrame:
    zone = ZoneInfo(G.graph.get("zone") or "UTC")
    rows = []
    for u, v, tie in G.edges(data=True):
        if u == v:
            continue
        a, b = sorted((place[u], place[v]))
        contact = tie.get("basis", "contact") == "contact"
        rows.append(
            (
                a,
                b,
                _pull(tie),
                contact,
                int(_number(tie.get("days" if contact else "n_shared"))),
                *(_facts(tie, zone, as_of) if me in (u, v) and contact else _NO_FACTS),
            )
        )
    columns = ["a", "b", "weight", "contact", "times", "channels", "cadence", "last", "days_365"]
    ties = pd.DataFrame(sorted(rows, key=lambda row: row[:2]), columns=columns)
    among = ties.loc[(ties["a"] != place.get(me, -1)), "weight"]
    full = float(among.quantile(0.97)) if len(among) else 1.0
    ties["weight"] = [min(1.0, math.sqrt(w / full)) if full > 0 else 0.0 for w in ties["weight"]]
    return ties


_NO_FACTS: tuple[Any, ...] = ([], None, None, 0)


def _facts(tie: dict[str, Any], zone: ZoneInfo, as_of: str) -> tuple[Any, ...]:
    last = tie.get("last_at")
    days = None
    if isinstance(last, dt.datetime) and as_of:
        days = (as_day(as_of) - last.astimezone(zone).date()).days
    return (
        list(tie.get("channels") or ()),
        _number(tie.get("cadence_days")) or None,
        days,
        int(_number(tie.get("days_365"))),
    )
