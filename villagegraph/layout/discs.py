"""Communities as discs: filled evenly, packed side by side, nobody on top of anybody."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial import cKDTree

from villagegraph.layout.vectors import Floats, Ints, length_of, sums

_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))
_MANY_DISCS = 60


def into_discs(spots: Floats, group: Ints, centres: Floats, radii: Floats) -> Floats:
    """
    Fit each community into its disc, keeping directions and order outwards.

    Half of the way out is by rank, which fills the disc evenly: a stray would
    otherwise shrink all the others to a dot.
    """
    count = len(radii)
    size = np.bincount(group, minlength=count)
    middle = sums(spots, group, count) / size[:, None]
    local = spots - middle[group]
    out = length_of(local)
    order = np.lexsort((np.arange(len(out)), out, group))
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    rank = np.empty(len(out))
    rank[order] = np.arange(len(out)) - first[group[order]]
    even = np.sqrt((rank + 0.5) / size[group])
    rim = out[order][first + np.minimum((size * 0.9).astype(np.int64), size - 1)]
    real = np.minimum(out / np.maximum(rim[group], 1e-9), 1.0)
    target = np.where(size[group] == 1, 0.0, 0.65 * even + 0.35 * real)
    unit = local / np.maximum(out, 1e-12)[:, None]
    return centres[group] + unit * (target * radii[group] * 0.93)[:, None]


def packed(centres: Floats, radii: Floats, *, room: float) -> Floats:
    """
    Bring discs together around the room kept free in the middle.

    The largest first, each to the free place that is nearest to the middle
    and to where its ties want it.
    """
    roomy = radii * 1.06
    if len(radii) > _MANY_DISCS:
        return _drawn_together(centres, roomy, room=room)
    wish = centres * 0.8
    turns = [2.0 * math.pi * k / 120 for k in range(120)]
    rays = np.array([(math.cos(turn), math.sin(turn)) for turn in turns])
    spots = np.zeros_like(centres)
    done: list[int] = []
    for disc in np.lexsort((np.arange(len(radii)), -radii)).tolist():
        least = room * 0.9 + float(roomy[disc]) if room or done else 0.0
        outs = np.linspace(least, least + 2.2, 150)
        tries = (rays[:, None, :] * outs[None, :, None]).reshape(-1, 2)
        free = np.ones(len(tries), dtype=bool)
        for other in done:
            free &= length_of(tries - spots[other]) >= roomy[disc] + roomy[other]
        cost = length_of(tries) + 0.5 * length_of(tries - wish[disc])
        spots[disc] = tries[int(np.argmin(np.where(free, cost, np.inf)))]
        done.append(disc)
    return spots - _middle(spots, radii) if room == 0.0 else spots


def _middle(spots: Floats, radii: Floats) -> Floats:
    low = (spots - radii[:, None]).min(axis=0)
    high = (spots + radii[:, None]).max(axis=0)
    middle: Floats = (low + high) / 2.0
    return middle


def _drawn_together(centres: Floats, radii: Floats, *, room: float) -> Floats:
    """Draw a great many discs together until they touch."""
    spots = centres * 2.5
    for step in range(420):
        spots *= 0.99 if step < 390 else 1.0
        for _ in range(3):
            spots = _pushed(spots, radii, keep_free=room * 0.9)
    return spots


def parted(spots: Floats, apart: float, *, keep_free: float) -> Floats:
    """Push people apart who would be drawn on top of one another."""
    radius = np.full(len(spots), apart / 2.0)
    for _ in range(80):
        moved = _pushed(spots, radius, keep_free=keep_free - apart / 2.0 if keep_free else 0.0)
        if np.array_equal(moved, spots):
            break
        spots = moved
    return spots


def _pushed(spots: Floats, radii: Floats, *, keep_free: float) -> Floats:
    """Move every two overlapping discs half of their overlap apart, once."""
    spots = spots.copy()
    n = len(spots)
    if n > 1:
        pairs = cKDTree(spots).query_pairs(2.0 * float(radii.max()), output_type="ndarray")
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        one, two = pairs[:, 0], pairs[:, 1]
        along = spots[one] - spots[two]
        length = length_of(along)
        over = radii[one] + radii[two] - length
        hit = over > 1e-6
        one, two, along = one[hit], two[hit], along[hit]
        shove = along * (over[hit] * 0.48 / (length[hit] + 1e-9))[:, None]
        spots += sums(shove, one, n) - sums(shove, two, n)
    if keep_free > 0.0:
        out = length_of(spots)
        inside = out < radii + keep_free
        away = np.where((out > 1e-9)[:, None], spots / np.maximum(out, 1e-9)[:, None], [[0.0, 1.0]])
        spots[inside] = (away * (radii + keep_free)[:, None])[inside]
    return spots


def strip(n: int, *, top: float) -> Floats:
    """Return places in rows, from `top` down, for people without a tie."""
    if n == 0:
        return np.zeros((0, 2))
    columns = max(24, math.ceil(math.sqrt(n * 9.0)))
    step = 1.9 / columns
    place = np.arange(n)
    row = place // columns
    inside = np.minimum(n - row * columns, columns)
    x = (place % columns - (inside - 1) / 2.0) * step
    return np.stack([x, top - row * step], axis=1)


def sunflower(n: int) -> Floats:
    """Spread `n` points evenly over the unit disc."""
    turns = [k * _GOLDEN for k in range(n)]
    out = [math.sqrt((k + 0.5) / n) for k in range(n)]
    points = [(r * math.cos(t), r * math.sin(t)) for r, t in zip(out, turns, strict=True)]
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def sunflowers(centres: Floats, radii: Floats, group: Ints) -> Floats:
    """Spread each community evenly over its disc."""
    spots = np.zeros((len(group), 2))
    order = np.argsort(group, kind="stable")
    for disc, members in enumerate(np.split(order, np.cumsum(np.bincount(group))[:-1])):
        spots[members] = centres[disc] + sunflower(len(members)) * radii[disc]
    return spots
