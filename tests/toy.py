"""Small villages and graphs, made by hand, for tests to use."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

from villagegraph.village import Village, village_from_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from villagegraph.settings import Settings

ME = "me"

# one (sender, recipients, channel, day) per item: ana weekly, ben long silent, cy and dee at work
_DIARY: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    *(("ana", (ME,), "email", f"2026-09-{day:02d}") for day in (3, 10, 17, 24)),
    *((ME, ("ana",), "chat", f"2026-10-{day:02d}") for day in (1, 8, 15)),
    *((ME, ("ben",), "call", f"2024-{month:02d}-05") for month in range(1, 9)),
    *(("cy", (ME, "dee"), "email", f"2026-{month:02d}-12") for month in range(1, 11)),
    ("dee", (ME,), "email", "2026-10-13"),
)
PEOPLE = {
    "ana": {"name": "Ana Ruiz", "organization": "", "birthday": "--11-03", "tags": ["family"]},
    "ben": {"name": "Ben Okafor", "organization": "Quarry Books"},
    "cy": {"name": "Cy Tan", "organization": "Lantern Labs", "title": "Editor"},
    "dee": {"name": "Dée Müller 李", "organization": "lantern labs "},
    "flo": {"name": "Flo Known-only", "organization": ""},
    ME: {"name": "Mia Eriksen", "organization": "Lantern Labs"},
}


def village(
    items: Iterable[tuple[str, tuple[str, ...], str, str]] = _DIARY,
    *,
    people: Mapping[str, Mapping[str, Any]] | None = None,
    me: str | None = ME,
    settings: Settings | None = None,
) -> Village:
    """Return a village of (sender, recipients, channel, ISO time or day) items."""
    rows = list(items)
    ids = [f"e{number:04d}" for number in range(len(rows))]
    interactions = pd.DataFrame(
        {
            "event_id": pd.Series(ids, dtype="str"),
            "at": pd.to_datetime([f"{at}T12:00" if len(at) == 10 else at for *_, at in rows]),
            "channel": pd.Series([channel for _, _, channel, _ in rows], dtype="str"),
        }
    )
    present = [
        (event, person, role)
        for event, (sender, recipients, _, _) in zip(ids, rows, strict=True)
        for person, role in [(sender, "from"), *((other, "to") for other in recipients)]
    ]
    participants = pd.DataFrame(present, columns=["event_id", "person_id", "role"], dtype="str")
    known = PEOPLE if people is None else people
    table = pd.DataFrame(
        [{"person_id": person, **data} for person, data in known.items()],
        columns=["person_id", *dict.fromkeys(name for data in known.values() for name in data)],
    )
    return village_from_tables(interactions, participants, people=table, me=me, settings=settings)


def every(
    person: str, *, days: int, count: int, last: str, channel: str = "email"
) -> list[tuple[str, tuple[str, ...], str, str]]:
    """Return `count` mails of a person to me, `days` apart, the last one on `last`."""
    end = dt.date.fromisoformat(last)
    return [
        (person, (ME,), channel, (end - dt.timedelta(days=days * back)).isoformat())
        for back in reversed(range(count))
    ]


def random_graph(seed: int, *, weighted: bool = True, most: int = 40) -> nx.Graph:
    """Return a graph of some people, some of them alone, with strengths from tiny to huge."""
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    n = rng.randint(1, most)
    G = nx.gnp_random_graph(n, rng.choice([0.05, 0.15, 0.4, 0.9]), seed=seed)
    G = nx.relabel_nodes(G, {node: f"p{node:02d}" for node in G})
    for u, v in G.edges:
        G.edges[u, v]["strength"] = 10 ** rng.uniform(-2, 2) if weighted else 1.0
    return G


def borgatti() -> nx.Graph:
    """Return the graph of Borgatti (1997), whose values are published, with strengths."""
    G = nx.Graph()
    for tie, strength in (
        ("AB", 2), ("AF", 3), ("AG", 5), ("AE", 2), ("EG", 8),
        ("FG", 3), ("BG", 4), ("BD", 1), ("DG", 3), ("GC", 10),
    ):  # fmt: skip
        G.add_edge(*tie, strength=strength)
    return G


def shuffled(G: nx.Graph, seed: int) -> nx.Graph:
    """Return the same graph, its nodes and ties added in another order."""
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    nodes, edges = list(G.nodes(data=True)), list(G.edges(data=True))
    rng.shuffle(nodes)
    rng.shuffle(edges)
    H = nx.Graph(**G.graph)
    H.add_nodes_from((node, dict(data)) for node, data in nodes)
    H.add_edges_from((v, u, dict(data)) for u, v, data in edges)
    return H
