"""Small sums on points in the plane, always done in the same order."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


def length_of(vectors: Floats) -> Floats:
    """Return the length of each vector."""
    result: Floats = np.sqrt(vectors[:, 0] * vectors[:, 0] + vectors[:, 1] * vectors[:, 1])
    return result


def sums(vectors: Floats, place: Ints, n: int) -> Floats:
    """Add up vectors by place, always in the same order."""
    return np.stack([np.bincount(place, vectors[:, axis], minlength=n) for axis in (0, 1)], axis=1)


def spacing(n: int) -> float:
    """
    Return the usual distance between neighbours among `n` people on the map.

    Examples
    --------
    >>> round(spacing(220), 3)
    0.084
    """
    return math.sqrt(math.pi * 0.5 / max(n, 12))
