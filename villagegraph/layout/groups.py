"""Which group a person stands in, and what each group is called."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from villagegraph.layout.palette import GREY
from villagegraph.layout.weights import pull

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx
    import pandas as pd

SMALLER, ALONE, NOBODY, UNTIED = (
    "Smaller groups", "Seen with you alone", "No contact in these exports", "Without a tie",
)  # fmt: skip
FIXED_NAMES = (SMALLER, ALONE, NOBODY, UNTIED)
"""Names of groups that are no communities."""

_SMALL = 3  # a community of fewer people is no group of its own


def homes(
    G: nx.Graph, me: Hashable, communities: pd.Series
) -> tuple[dict[Hashable, int], list[tuple[str, int]]]:
    """
    Return each person's group, and each group's kind and colour.

    Parameters
    ----------
    G
        Village graph.
    me
        The owner, or None.
    communities
        Number of each person's community, 0 the largest, -1 for none.
    """
    found = communities.to_dict()
    sizes = Counter(int(c) for v, c in found.items() if c >= 0 and v in G and v != me)
    ranked = sorted((c for c, n in sizes.items() if n >= _SMALL), key=lambda c: (-sizes[c], c))
    kinds = {("community", c): color for color, c in enumerate(ranked[:GREY])}
    home_of: dict[Hashable, tuple[str, int]] = {}
    for v in G:
        number = int(found.get(v, -1))
        if v == me:
            home_of[v] = ("me", 0)
        elif ("community", number) in kinds:
            home_of[v] = ("community", number)
        elif not any(u != v for u in G.adj[v]):
            home_of[v] = ("none", 0)
        elif all(u in {me, v} for u in G.adj[v]):
            home_of[v] = ("alone", 0)
        else:
            home_of[v] = ("small", 0)
    rest = [(kind, 0) for kind in ("small", "alone", "none") if (kind, 0) in home_of.values()]
    groups = [*kinds, *rest]
    place = {key: k for k, key in enumerate(groups)}
    return {v: place.get(home, 0) for v, home in home_of.items()}, [
        (kind, kinds.get((kind, number), GREY)) for kind, number in groups
    ]


def named_groups(
    G: nx.Graph, me: Hashable, people: pd.DataFrame, kinds: list[tuple[str, int]]
) -> list[dict[str, Any]]:
    """
    Return each group with its name, caption, colour and number of people.

    Parameters
    ----------
    G
        Village graph.
    me
        The owner, or None.
    people
        The people of the map, with their `group`, `name`, `organization` and `tags`.
    kinds
        Kind and colour of each group, as `homes` gives them.
    """
    others = people[people.index != me]
    members = [others[others["group"] == k] for k in range(len(kinds))]
    names = _community_names(
        G, [rows for rows, (kind, _) in zip(members, kinds, strict=True) if kind == "community"]
    )
    groups: list[dict[str, Any]] = []
    nobody = UNTIED if me is None else NOBODY  # a graph of somebody's own knows no exports
    # communities come first among the kinds, so a group's place is its name's
    for k, (kind, color) in enumerate(kinds):
        n = len(members[k])
        name, caption = {
            "small": (SMALLER, ""),
            "alone": (ALONE, ALONE),
            "none": (nobody, f"{nobody} ({n})"),
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
        (-math.fsum(pull(tie) for u, tie in G.adj[v].items() if u in inside and u != v), str(v), v)
        for v in members.index
    ]
    return str(members.loc[min(ranked, key=lambda row: row[:2])[2], "name"]) if ranked else ""
