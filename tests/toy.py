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


def rough_graph(seed: int, *, most: int = 30) -> nx.Graph:
    """
    Return a graph of all that measures have to bear.

    Some have ties to themselves, ties without strength, strengths from 1e-9 to
    1e9, and people whose IDs are numbers beside text.
    """
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    G = random_graph(seed, most=most)
    for u, v in G.edges:
        kind = rng.random()
        if kind < 0.1:
            G.edges[u, v]["strength"] = 0.0
        elif kind < 0.2:
            G.edges[u, v]["strength"] = rng.choice([1e-9, 1e-3, 1e6, 1e9])
    for person in rng.sample(list(G), k=len(G) // 5):
        G.add_edge(person, person, strength=rng.uniform(0.1, 5))
    if seed % 5 == 0:
        G = nx.relabel_nodes(G, {node: int(node[1:]) for node in list(G)[::2]})
    return G


def without_loops(G: nx.Graph, *, weighted: bool) -> nx.Graph:
    """Return what other programs take: no loops, lengths, and no ties without strength."""
    H = nx.Graph()
    H.add_nodes_from(G)
    for u, v, data in G.edges(data=True):
        if u != v and not (weighted and data["strength"] == 0):
            length = 1 / data["strength"] if data["strength"] else None
            H.add_edge(u, v, **data, length=length)
    return H


def as_table(G: nx.Graph, seed: int = 0) -> pd.DataFrame:
    """Return the ties of a graph as a table: rows shuffled, ends turned, some cut into two rows."""
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    rows = []
    for u, v, data in G.edges(data=True):
        parts = [0.25, 0.75] if rng.random() < 0.3 else [1.0]
        for part in parts:
            one = (u, v) if rng.random() < 0.5 else (v, u)
            rows.append((*one, data["strength"] * part))
    rng.shuffle(rows)
    return pd.DataFrame(rows, columns=["person_u", "person_v", "strength"])
