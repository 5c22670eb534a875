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
from villagegraph.maps.text import clean
from villagegraph.tables import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx

LISTS = {"slipping": 1, "dormant": 2}
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
        pixels), `group` (position in `groups`), `list`, `rank`, `reason` and
        the person's own columns, as clean text. Indexed by `person_id`.
    ties
        Columns `a`, `b` (positions in `people`), `weight` (0 to 1), `contact`,
        and for contacts `channels`, `cadence`, `last` (days before `as_of`),
        `days_365`.
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
    marks = _marks(neglected)
    rows = [_person(G.nodes[v], marks.get(v)) for v in order]
    people = pd.DataFrame(
        rows, index=pd.Index(order, dtype=object, name="person_id"), columns=_TEXTS
    )
    spots = positions[["x", "y"]].reindex(people.index).fillna(0.0)
    people["x"], people["y"] = spots["x"], spots["y"]
    people["size"] = [size[v] for v in order]
    people["group"] = [home[v] for v in order]
    as_of = _as_of(G)
    groups = _named_groups(G, me, people, named)
    return Scene(people, _ties(G, place, me, as_of), groups, place.get(me), as_of)


_TEXTS = ["name", "organization", "title", "headline", "location", "tags", "list", "rank", "reason"]


def _person(person: dict[str, Any], mark: tuple[int, int, str] | None) -> dict[str, Any]:
    kind, rank, reason = mark or (0, 0, "")
    return {
        "name": clean(person.get("name")) or NAMELESS,
        "organization": clean(person.get("organization")),
        "title": clean(person.get("title")),
        "headline": clean(person.get("headline"), longest=240),
        "location": clean(person.get("location")),
        "tags": [tag for raw in person.get("tags") or () if (tag := clean(raw, longest=40))],
        "list": kind,
        "rank": rank,
        "reason": clean(reason, longest=240),
    }


def _marks(neglected: pd.DataFrame | None) -> dict[Hashable, tuple[int, int, str]]:
    if neglected is None:
        return {}
    columns = [neglected[name] for name in ("person_id", "list", "rank", "reason")]
    rows = zip(*columns, strict=True)
    return {
        who: (LISTS[kind], int(rank), reason) for who, kind, rank, reason in rows if kind in LISTS
    }


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _worth(tie: dict[str, Any]) -> float:
    for name in ("strength", "weight"):
        if name in tie:
            return _number(tie[name])
    return 1.0


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
            "alone": ("Known to you alone", "Known to you alone"),
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
    inside = set(members.index)
    degrees = [(-sum(u in inside for u in G.adj[v]), str(v), v) for v in members.index]
    return str(members.loc[min(degrees)[2], "name"]) if degrees else ""


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
        known = {"credit", "shared_credit"} & tie.keys()
        weight = sum(_number(tie[name]) for name in sorted(known)) if known else _worth(tie)
        contact = tie.get("basis", "contact") == "contact"
        rows.append(
            (
                a,
                b,
                weight,
                contact,
                *(_facts(tie, zone, as_of) if me in (u, v) and contact else _NO_FACTS),
            )
        )
    columns = ["a", "b", "weight", "contact", "channels", "cadence", "last", "days_365"]
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
    cadence = round(_number(tie.get("cadence_days")))
    return (
        list(tie.get("channels") or ()),
        cadence or None,
        days,
        int(_number(tie.get("days_365"))),
    )


def payload(drawn: Scene, *, title: str) -> dict[str, Any]:
    """
    Return the page's data as plain lists.

    Parameters
    ----------
    drawn
        What the map shows.
    title
        Title of the page.
    """
    people, ties = drawn.people, drawn.ties
    tags = sorted({tag for row in people["tags"] for tag in row})
    number = {tag: k for k, tag in enumerate(tags)}
    return {
        "title": title,
        "as_of": drawn.as_of,
        "me": drawn.me,
        "groups": drawn.groups,
        "tags": tags,
        "people": {
            "name": people["name"].tolist(),
            "org": _coded(people["organization"]),
            "title": _coded(people["title"]),
            "headline": _coded(people["headline"]),
            "place": _coded(people["location"]),
            "tags": [[number[tag] for tag in row] for row in people["tags"]],
            "x": [round(value * 1000) for value in people["x"]],
            "y": [round(value * 1000) for value in people["y"]],
            "size": [round(value * 10) for value in people["size"]],
            "group": people["group"].tolist(),
            "list": people["list"].tolist(),
            "rank": people["rank"].tolist(),
            "reason": _coded(people["reason"]),
        },
        "ties": _packed(ties, len(people)),
        "contact": _contact(ties, drawn.me),
    }


def _packed(ties: pd.DataFrame, n: int) -> dict[str, Any]:
    """
    Return the ties in little space.

    `count` has the ties of each person to people further down, `step` how far
    down from the one before, and `kind` a letter for each: A to J for contact,
    K to T for seen together, by weight.
    """
    a, b = ties["a"].to_numpy(dtype=np.int64), ties["b"].to_numpy(dtype=np.int64)
    first = np.r_[True, a[1:] != a[:-1]] if len(a) else np.zeros(0, dtype=bool)
    before = np.where(first, a, np.r_[0, b[:-1]]) if len(a) else b
    tenths = [min(9, int(weight * 10)) for weight in ties["weight"]]
    kinds = [
        tenth + (0 if contact else 10)
        for tenth, contact in zip(tenths, ties["contact"], strict=True)
    ]
    return {
        "count": np.bincount(a, minlength=n).tolist(),
        "step": (b - before).tolist(),
        "kind": "".join(chr(65 + kind) for kind in kinds),
    }


def _contact(ties: pd.DataFrame, me: int | None) -> dict[str, Any]:
    """Return what is known of the owner's contact, tie by tie."""
    mine = (
        ((ties["a"] == me) | (ties["b"] == me)) & ties["contact"]
        if me is not None
        else ties["a"] < 0
    )
    own = ties[mine.to_numpy(dtype=bool)]
    bit = {name: 1 << k for k, name in enumerate(CHANNELS)}
    return {
        "names": list(CHANNELS),
        "tie": np.flatnonzero(mine).tolist(),
        "channels": [sum(bit.get(name, 0) for name in set(names)) for names in own["channels"]],
        "cadence": _plain(own["cadence"]),
        "last": _plain(own["last"]),
        "days365": own["days_365"].tolist(),
    }


def _coded(column: pd.Series) -> dict[str, Any]:
    texts = sorted(set(column))
    number = {text: k for k, text in enumerate(texts)}
    return {"texts": texts, "at": [number[text] for text in column]}


def _plain(column: pd.Series) -> list[int | None]:
    return [None if value is None or math.isnan(value) else int(value) for value in column]
