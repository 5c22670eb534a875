"""
ForceAtlas2: ties pull, everybody pushes, until it settles.

Beyond a few hundred people the pushing is a convolution on a grid, so that
time hardly grows with their number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.special import log1p

from villagegraph.layout.vectors import Floats, Ints, length_of, sums

_EXACT = 400  # up to here every pair is counted: quicker than a grid, and exact


@dataclass(frozen=True, slots=True)
class Net:
    """Ties among `n` people, as positions in a list."""

    n: int
    source: Ints
    target: Ints
    weight: Floats

    def among(self, kept: Ints) -> Net:
        """Return the ties among the people at `kept`, renumbered."""
        place = np.full(self.n, -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        inside = (place[self.source] >= 0) & (place[self.target] >= 0)
        return Net(
            len(kept),
            place[self.source[inside]],
            place[self.target[inside]],
            self.weight[inside],
        )


def relaxed(net: Net, spots: Floats, *, mass: Floats, gravity: float, steps: int) -> Floats:
    """Run ForceAtlas2: each person slows down as far as its forces swing to and fro."""
    spots = spots.copy()
    before = np.zeros_like(spots)
    speed = 1.0
    repel = _repel_all if net.n <= _EXACT else _repel_on_grid
    for _ in range(steps):
        force = repel(spots, mass) * (2.0 * mass)[:, None]
        along = spots[net.source] - spots[net.target]
        length = length_of(along) + 1e-9
        drawn = along * (net.weight * log1p(length) / length)[:, None]
        force -= sums(drawn, net.source, net.n) - sums(drawn, net.target, net.n)
        inward = spots - spots.mean(axis=0)
        force -= inward * (gravity * mass / (length_of(inward) + 1e-9))[:, None]
        swing = length_of(force - before)
        useful = float((mass * length_of(force + before)).sum()) / 2.0
        wanted = useful / (float((mass * swing).sum()) + 1e-12) * 0.6 * math.sqrt(math.sqrt(net.n))
        speed += min(wanted - speed, 0.5 * speed)
        step = force * (speed / (1.0 + np.sqrt(speed * swing)))[:, None]
        reach = 0.05 * float(np.ptp(spots, axis=0).max() + 1.0)
        spots += step * np.minimum(1.0, reach / (length_of(step) + 1e-12))[:, None]
        before = force
    return spots


def _repel_all(spots: Floats, mass: Floats) -> Floats:
    away_x = spots[:, 0, None] - spots[None, :, 0]
    away_y = spots[:, 1, None] - spots[None, :, 1]
    push = mass[None, :] / (away_x * away_x + away_y * away_y + 1e-2)
    return np.stack([(away_x * push).sum(axis=1), (away_y * push).sum(axis=1)], axis=1)


def _repel_on_grid(spots: Floats, mass: Floats) -> Floats:
    """Spread the masses on a grid, convolve with 1 / distance, read the force off again."""
    n = len(spots)
    cells = 128 if n <= 2000 else 256 if n <= 10_000 else 512
    side = int(next_fast_len(2 * cells, real=True))
    low = spots.min(axis=0)
    width = float(np.ptp(spots, axis=0).max() + 1e-9) / (cells - 3)
    at = (spots - low) / width + 1.0
    cell = np.floor(at).astype(np.int64)
    part = at - cell
    right, up = part[:, 0], part[:, 1]
    first = cell[:, 0] * side + cell[:, 1]
    corners = np.stack([first, first + side, first + 1, first + side + 1])
    shares = np.stack(
        [(1.0 - right) * (1.0 - up), right * (1.0 - up), (1.0 - right) * up, right * up]
    )
    grid = np.bincount(corners.ravel(), (shares * mass).ravel(), minlength=side * side)
    spread = rfft2(grid.reshape(side, side))
    fields = [irfft2(spread * kernel, s=(side, side)).ravel() for kernel in _kernels(side)]
    return np.stack([(shares * flat[corners]).sum(axis=0) for flat in fields], axis=1) / width


_KERNELS: dict[int, tuple[Any, Any]] = {}


def _kernels(side: int) -> tuple[Any, Any]:
    if side not in _KERNELS:
        step = np.fft.fftfreq(side, 1.0 / side)
        right, up = np.meshgrid(step, step, indexing="ij")
        square = right * right + up * up + 0.15
        _KERNELS[side] = (rfft2(right / square), rfft2(up / square))
    return _KERNELS[side]
