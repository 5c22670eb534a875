"""
Where everyone stands: positions computed once, shared by every picture.

Communities become discs of equal density, packed around the owner; within a
disc people stand as their ties pull them. People without any tie wait in a
strip of their own below.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from villagegraph.layout.discs import into_discs, packed, parted, strip, sunflower, sunflowers
from villagegraph.layout.forces import Net, relaxed
from villagegraph.layout.vectors import Floats, Ints, length_of, spacing, sums
from villagegraph.measures.communities import communities as find_communities

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx

__all__ = ["layout", "spacing"]

_ME_ROOM = 0.085  # radius kept free for the owner, where the discs fill a circle of radius 1
_APART = 0.8  # of the mean spacing: closer than this, two people are pushed apart


def layout(
    G: nx.Graph,
    *,
    communities: pd.Series | None = None,
    seed: int = 0,
    start: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Compute where each person stands on a map.

    The owner (`G.graph["me"]`) is tied to nearly everyone and would pull all
    into one heap: the others are laid out by the ties among themselves, and
    the owner stands in the middle.

    Parameters
    ----------
    G
        Village graph. A tie pulls by its `credit + shared_credit`, or by its
        `strength`, or by its `weight`, whichever it has first, else by 1.
    communities
        Number of each person's community, -1 for none. Found anew if None.
    seed
        Seed of the communities and of the small shifts that part people who
        would stand on the same spot.
    start
        Earlier positions, such as last month's, with columns `x` and `y`:
        people then stay about where they were.

    Returns
    -------
    positions
        Columns `x` and `y`, indexed by `person_id` in the order of `G`. People
        with ties stand within 1 of the origin; those without any stand in a
        strip below all others.

    Notes
    -----
    ForceAtlas2 with logarithmic attraction; beyond a few hundred people its
    repulsion is a convolution on a grid, so that time hardly grows with their
    number. The answer doesn't depend on the number of threads.

    References
    ----------
    .. [1] Jacomy, M. et al. (2014). ForceAtlas2. PLoS ONE 9(6).
    .. [2] Noack, A. (2009). Modularity clustering is force-directed layout.
       Physical Review E 79.

    Examples
    --------
    >>> import networkx as nx
    >>> G = nx.star_graph(["me", "ana", "ben"])
    >>> G.graph["me"] = "me"
    >>> groups = pd.Series({"ana": -1, "ben": -1})
    >>> layout(G, communities=groups).loc["me"].tolist()
    [0.0, 0.0]
    """
    ids = sorted(G.nodes, key=str)
    number = {person: place for place, person in enumerate(ids)}
    me = number.get(G.graph.get("me"), -1)
    net = _net_of(G, number)
    tied = np.bincount(np.r_[net.source, net.target], minlength=net.n) > 0
    tied[me : me + 1] = True
    alters = np.flatnonzero(tied & (np.arange(net.n) != me))
    inner = net.among(alters)
    if communities is None:
        communities = find_communities(G, seed=seed)
    group = communities.reindex(pd.Index([ids[k] for k in alters], dtype=object)).fillna(-1)
    spots = np.zeros((net.n, 2))
    spots[alters] = _arrange(
        inner,
        _settled(inner, group.to_numpy(dtype=np.int64)),
        room=_ME_ROOM if me >= 0 else 0.0,
        seed=seed,
        start=_known(start, [ids[k] for k in alters]),
    )
    lone = np.flatnonzero(~tied)
    spots[lone] = strip(len(lone), top=float(spots[alters, 1].min(initial=0.0)) - 0.17)
    frame = pd.DataFrame(spots, index=pd.Index(ids, dtype=object, name="person_id"))
    frame.columns = ["x", "y"]
    return frame.reindex(pd.Index(list(G.nodes), dtype=object, name="person_id"))


def _net_of(G: nx.Graph, number: dict[Hashable, int]) -> Net:
    rows = sorted(
        (*sorted((number[u], number[v])), _pull(tie)) for u, v, tie in G.edges(data=True) if u != v
    )
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Net(len(number), table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])


def _pull(tie: dict[str, Any]) -> float:
    if "credit" in tie or "shared_credit" in tie:
        value = (tie.get("credit") or 0.0) + (tie.get("shared_credit") or 0.0)
    else:
        value = tie.get("strength", tie.get("weight", 1.0))
    return max(float(value), 1e-3) if value is not None and value == value else 1e-3  # noqa: PLR0124 - nan


def _known(start: pd.DataFrame | None, people: list[Hashable]) -> Floats | None:
    """Return earlier positions, nan for who is new; None if nobody is known."""
    if start is None:
        return None
    found = start.reindex(pd.Index(people, dtype=object))[["x", "y"]].to_numpy(dtype=np.float64)
    return found if np.isfinite(found).all(axis=1).any() else None


def _settled(net: Net, group: Ints) -> Ints:
    """
    Give each person a disc: the community's, or that of people tied to `me` alone.

    Someone without a community who does have ties joins the strongest one.
    """
    settled = group.copy()
    degree = np.bincount(np.r_[net.source, net.target], minlength=net.n)
    for person in np.flatnonzero((settled < 0) & (degree > 0)):
        ends = np.r_[net.target[net.source == person], net.source[net.target == person]]
        pulls = np.r_[net.weight[net.source == person], net.weight[net.target == person]]
        homes = settled[ends]
        if (homes >= 0).any():
            settled[person] = int(np.argmax(np.bincount(homes[homes >= 0], pulls[homes >= 0])))
    _, dense = np.unique(
        np.where(settled < 0, settled.max(initial=0) + 1, settled), return_inverse=True
    )
    return dense.astype(np.int64)


def _arrange(net: Net, group: Ints, *, room: float, seed: int, start: Floats | None) -> Floats:
    """Return positions of people who all have ties, the owner left out."""
    if net.n == 0:
        return np.zeros((0, 2))
    sizes = np.bincount(group)
    radii = np.sqrt(sizes / net.n * 0.5)
    centres = _centres(net, group, sizes, seed=seed, start=start)
    centres = packed(centres, radii, room=room)
    scale = 1.0 / max(float((length_of(centres) + radii).max()), 1e-9)
    seeds = sunflowers(centres, radii, group)
    if start is not None:
        there = np.isfinite(start).all(axis=1)
        seeds[there] = start[there]
    rng = np.random.default_rng(seed)
    seeds += rng.uniform(-1e-3, 1e-3, seeds.shape)
    degree = np.bincount(np.r_[net.source, net.target], minlength=net.n)
    pull = (
        np.clip(np.sqrt(net.weight / max(float(np.median(net.weight)), 1e-9)), 0.3, 3.0)
        if len(net.weight)
        else net.weight
    )
    same = group[net.source] == group[net.target]
    steps = (300 if net.n <= 2000 else 180 if net.n <= 10_000 else 100) // (
        1 if start is None else 3
    )
    moved = relaxed(
        Net(net.n, net.source, net.target, np.where(same, pull, 0.3 * pull)),
        seeds * math.sqrt(net.n) * 10.0,
        mass=degree.astype(np.float64) + 1.0,
        gravity=0.6,
        steps=steps,
    )
    spots = into_discs(moved, group, centres, radii) * scale
    spots = parted(spots, _APART * spacing(net.n), keep_free=room)
    spots /= max(float(length_of(spots).max()), 1.0)
    return spots if start is None else _turned(spots, start)


def _centres(net: Net, group: Ints, sizes: Ints, *, seed: int, start: Floats | None) -> Floats:
    """Lay out the communities themselves, as people tied by what runs between them."""
    count = len(sizes)
    if start is not None and (there := np.isfinite(start).all(axis=1)).any():
        known = np.bincount(group[there], minlength=count)
        middle = sums(start[there], group[there], count) / np.maximum(known, 1)[:, None]
        fresh = np.flatnonzero(known == 0)
        middle[fresh] = sunflower(len(fresh)) + 0.01
        return middle
    rng = np.random.default_rng(seed)
    begin = sunflower(count) * math.sqrt(count) * 10.0 + rng.uniform(-1e-3, 1e-3, (count, 2))
    if count == 1:
        return np.zeros((1, 2))
    low = np.minimum(group[net.source], group[net.target])
    high = np.maximum(group[net.source], group[net.target])
    between = low != high
    pair, place = np.unique(low[between] * count + high[between], return_inverse=True)
    weight = np.bincount(place, net.weight[between], minlength=len(pair))
    a, b = pair // count, pair % count
    weight = np.sqrt(weight / np.sqrt(sizes[a] * sizes[b]))
    quotient = Net(count, a, b, weight)
    spots = relaxed(quotient, begin, mass=np.sqrt(sizes) + 1.0, gravity=1.0, steps=200)
    return spots / max(float(length_of(spots).max()), 1e-9)


def _turned(spots: Floats, start: Floats) -> Floats:
    """Turn the map so that people stand as near as can be to where they were."""
    there = np.isfinite(start).all(axis=1)
    new, old = spots[there], start[there]
    across = float((new[:, 0] * old[:, 1] - new[:, 1] * old[:, 0]).sum())
    along = float((new[:, 0] * old[:, 0] + new[:, 1] * old[:, 1]).sum())
    size = math.hypot(across, along)
    if size < 1e-12:
        return spots
    sine, cosine = across / size, along / size
    x, y = spots[:, 0], spots[:, 1]
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=1)
