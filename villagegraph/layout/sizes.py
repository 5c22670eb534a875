"""How large each person's dot is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from villagegraph.layout.vectors import spacing
from villagegraph.layout.weights import worth

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx

_PIXELS = 400.0  # half the width of the map, on which dots are sized


def sizes(G: nx.Graph, me: Hashable) -> dict[Hashable, float]:
    """Return radii in pixels: by contact with the owner, or by all ties if there is none."""
    if me is None:
        value = {v: math.fsum(sorted(worth(tie) for tie in G.adj[v].values())) for v in G}
    else:
        value = {v: worth(G.edges[me, v]) if G.has_edge(me, v) else 0.0 for v in G}
    room = spacing(len(G)) * _PIXELS
    least, most = min(max(0.12 * room, 0.7), 5.0), min(max(0.36 * room, 1.6), 13.0)
    full = float(np.quantile([value[v] for v in G if v != me] or [1.0], 0.97)) or 1.0
    radii = {v: least + (most - least) * math.sqrt(min(1.0, value[v] / full)) for v in G}
    if me is not None:
        radii[me] = most * 1.15
    return {v: round(size, 1) for v, size in radii.items()}
