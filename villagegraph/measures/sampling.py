"""Estimates from the ways of some people, where those of all would take too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from villagegraph.measures.owner import sorted_places

if TYPE_CHECKING:
    import pandas as pd

EXACT_PEOPLE = 5_000
"""Most people for whom all shortest ways are looked at, if nothing else is asked for."""

SOURCES = 100
"""People whose ways are looked at where there are more."""

ENTRIES_AT_ONCE = 4_000_000
"""Pairs of a source and an end of a tie that are held at once."""


def sample(ids: pd.Index, sources: int | None, *, seed: int, exact: bool) -> np.ndarray:
    """Return the people whose ways are looked at, ascending."""
    n = len(ids)
    if sources is None:
        sources = n if exact else SOURCES
    elif isinstance(sources, bool) or not isinstance(sources, int | np.integer) or sources < 1:
        msg = f"sources needs to be a whole number of 1 or more, {sources!r} was given"
        raise ValueError(msg)
    if sources >= n:
        return np.arange(n)
    drawn = np.random.default_rng(seed).choice(n, size=sources, replace=False)
    return np.sort(sorted_places(ids)[drawn])


def estimate(
    first: np.ndarray, second: np.ndarray, *, drawn: np.ndarray, whole: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum over `whole` from sums over `drawn` of them, and its standard error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(drawn >= whole, first, first * (whole / drawn))
        spread = np.maximum(second - first**2 / drawn, 0) / (drawn - 1)
        error = whole * np.sqrt(spread / drawn * (1 - drawn / whole))
    return value, np.where(drawn >= whole, 0.0, error)
