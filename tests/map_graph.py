"""A village graph made up from a seed, hostile names and all, to draw maps of."""

from __future__ import annotations

import datetime as dt
import random

import networkx as nx
import pandas as pd

AS_OF = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "<!--<script>alert(1)</script>",
    "evil\u202egnp.exe\u0000\u2028\u2029",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "' onmouseover='alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "<a href=javascript:alert(1)>press</a>",
    "]]><script>alert(1)</script>",
)
FIRST = (
    "Ana Ben Cleo Dario Elif Farid Greta Hana Ivo Jun Katya Luis Mira Noor Otto Petra Quentin Rosa "
    "Sven Tara Uma Viktor Wanda Xenia Yusuf Zoë Ángel Bjørn Çağla Đorđe Éva Łukasz Ömer Šárka Thảo"
).split()
LAST = (
    "Okafor Lindqvist Moreau Haddad Novak Tanaka Silva Kowalska Berg Iyer Castellanos Dubois Evans "
    "Fischer Guzmán Horvat Ibrahim Jensen Kim Laurent Müller Nakamura O'Neill Pereira Rossi Sato"
).split()
OTHERS = (
    "王小明",
    "李娜",
    "محمد الفارسي",
    "ליאת כהן",
    "Мария Иванова",
    "김서연",
    "さくら 田中",
    "ปรีชา",
)
WORK = (
    ("Northwind Instruments", "Engineer", 52, "Berlin"),
    ("Blue Harbor Labs", "Researcher", 38, "Hamburg"),
    ("", "Parent", 24, "Berlin"),
    ("Choir of St. Anne", "Alto", 33, "Potsdam"),
    ("Fernfield University", "Lecturer", 30, "Leipzig"),
    ("", "", 14, "Rome"),
)
TAGS = ("work", "lab", "school parents", "choir", "university", "family")


def village(*, seed: int = 7, alone: int = 12, outside: int = 9, me: bool = True) -> nx.Graph:
    """Return about 220 people: six groups, bridges, some known to `me` alone, some to nobody."""
    rng = random.Random(seed)  # noqa: S311 - a made-up village, no secret
    G = nx.Graph(me="p000" if me else None, as_of="2026-10-31", zone="Europe/Berlin")
    G.graph["half_life_days"] = 180.0
    count = sum(size for *_, size, _ in WORK)
    names = [f"{a} {b}" for a in FIRST for b in LAST]
    rng.shuffle(names)
    names[3:3] = [*HOSTILE, *OTHERS, "Wolfeschlegelsteinhausenbergerdorff " * 12]
    people = [f"p{k:03d}" for k in range(1, count + outside + alone + 1)]
    homes = [k for k, row in enumerate(WORK) for _ in range(row[2])]
    if me:
        _person(G, "p000", "Robin Sample", 0, rng, is_me=True)
    order = list(range(len(people)))
    rng.shuffle(order)
    for place, person in enumerate(people):
        home = homes[place] if place < count else -1
        _person(G, person, names[order[place]], home, rng)
    for place, person in enumerate(people[: count + outside]):
        if me and (place >= count or rng.random() < 0.93):
            _tie(G, "p000", person, rng, scale=rng.paretovariate(0.9))
    for k, row in enumerate(WORK):
        members = [p for p, home in zip(people, homes, strict=False) if home == k]
        for place, u in enumerate(members):
            for v in rng.sample(members[:place], k=min(place, rng.randint(1, 5))):
                _tie(G, u, v, rng, scale=rng.random(), contact=rng.random() < 0.4)
        for v in members[1 : row[2] // 3]:
            _tie(G, members[0], v, rng, scale=1.0)
    for _ in range(26):
        u, v = rng.sample(people[:count], k=2)
        _tie(G, u, v, rng, scale=0.3, contact=rng.random() < 0.3)
    return G


def _person(
    G: nx.Graph, person: str, name: str, home: int, rng: random.Random, is_me: bool = False
) -> None:
    work, title, _, place = WORK[home] if home >= 0 else ("", "", 0, "")
    hostile = name in HOSTILE
    G.add_node(
        person,
        name=name,
        organization=name if hostile else work if rng.random() < 0.85 else "",
        title=name if hostile else title,
        headline=name
        if hostile
        else "I help small teams ship calm software"
        if rng.random() < 0.2
        else "",
        birthday="1990-05-21",
        anniversary="",
        connected_on="2021-02-03",
        location=name if hostile else place,
        tags=[name] if hostile else [TAGS[home]] if home >= 0 and rng.random() < 0.8 else [],
        sources=["Connections.csv"],
        is_me=is_me,
    )


def _tie(
    G: nx.Graph, u: str, v: str, rng: random.Random, *, scale: float, contact: bool = True
) -> None:
    days = max(1, int(6 * scale)) if contact else 0
    last = AS_OF - dt.timedelta(days=rng.expovariate(1 / 90.0))
    silence = (AS_OF - last).days
    G.add_edge(
        *sorted((u, v)),
        n_uv=days,
        n_vu=max(0, days - 1),
        n_shared=rng.randint(0, 9),
        days=days,
        days_365=min(days, 120) if contact else 0,
        first_at=last - dt.timedelta(days=400) if contact else None,
        last_at=last if contact else None,
        channels=rng.choice((["email"], ["chat", "email"], ["call", "chat"], ["meeting"]))
        if contact
        else [],
        credit=days * 0.8,
        shared_credit=rng.random() * 4,
        strength=days * 0.5 * 0.5 ** (silence / 180),
        reciprocity=0.8,
        cadence_days=float(rng.choice((4, 9, 14, 31, 90))) if days >= 3 else float("nan"),
        dormancy_days=float(silence) if contact else float("nan"),
        basis="contact" if contact else "seen together",
    )


def groups(G: nx.Graph, *, seed: int = 0) -> pd.Series:
    """Return communities of the others, largest first, -1 without a tie among them."""
    alters = G.subgraph([v for v in G if v != G.graph["me"]])
    weighted = nx.Graph(
        (u, v, {"weight": tie["credit"] + tie["shared_credit"]})
        for u, v, tie in alters.edges(data=True)
    )
    weighted.add_nodes_from(v for v in G if v != G.graph["me"])
    found = nx.community.louvain_communities(weighted, weight="weight", seed=seed)
    found = sorted((sorted(g) for g in found), key=lambda g: (-len(g), g))
    tied = {v: k for k, g in enumerate(g for g in found if len(g) > 1) for v in g}
    return pd.Series({v: tied.get(v, -1) for v in sorted(alters)}, dtype="int64")


def neglected(G: nx.Graph) -> pd.DataFrame:
    """Return a made-up list in the shape that `neglected_ties` gives."""
    me = G.graph["me"]
    rows = sorted(
        (
            (v, tie)
            for v, tie in G.adj[me].items()
            if tie["days"] >= 6 and tie["dormancy_days"] > 60
        ),
        key=lambda row: (-row[1]["days"], row[0]),
    )
    kept = rows[:22]
    due = [row for row in kept if row[1]["dormancy_days"] < 200]
    lists = {
        "slipping": due[:-2],  # the last two are worth a message alone, as with a limit
        "worth a message": due[::-1],
        "dormant": [row for row in kept if row[1]["dormancy_days"] >= 200],
    }
    return pd.DataFrame(
        {
            "list": name,
            "rank": rank,
            "person_id": v,
            "name": G.nodes[v]["name"],
            "value": 1.0,
            "days_365": tie["days_365"],
            "cadence_days": tie["cadence_days"],
            "dormancy_days": tie["dormancy_days"],
            "overdue": 3.0,
            "last_at": pd.Timestamp(tie["last_at"]),
            "channel": tie["channels"][0],
            "reason": f"usually every {tie['cadence_days']:.0f} days, "
            f"silent for {tie['dormancy_days']:.0f}",
        }
        for name, members in lists.items()
        for rank, (v, tie) in enumerate(members, start=1)
    )
