"""Seven numbers that describe a distribution, for many groups of values at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

STATS = ("mean", "std", "median", "min", "max", "skewness", "kurtosis")


class Spread(NamedTuple):
    """Values, and the number of the group that each belongs to."""

    value: np.ndarray
    cell: np.ndarray


def summary(values: Iterable[float], *, compat: str | None = None) -> pd.Series:
    """
    Describe a distribution by seven numbers.

    Parameters
    ----------
    values
        Numbers, such as `interevent_time` gives; `nan` is passed over.
    compat
        `"bandicoot"` to take skewness and kurtosis of equal values as 0.

    Returns
    -------
    summary
        `mean`, `std` (of the values themselves: divided by n), `median`, `min`,
        `max`, `skewness` (third moment over `std` ** 3) and `kurtosis` (fourth moment
        over `std` ** 4: 3 for a normal distribution). `nan` without a value; the last
        two are `nan` too if all values are equal.

    Notes
    -----
    Takes time proportional to n log n.

    Examples
    --------
    >>> summary([1, 1, 4])[["mean", "median", "max"]].tolist()
    [2.0, 1.0, 4.0]
    """
    check_compat(compat)
    numbers = np.array(list(values), dtype=np.float64)
    numbers = numbers[~np.isnan(numbers)]
    found = summaries(Spread(numbers, np.zeros(len(numbers), dtype=np.int64)), 1, compat=compat)
    return pd.Series({name: float(found[name][0]) for name in STATS}, name="summary")


def check_compat(compat: str | None) -> None:
    """Refuse a program whose rules are not known."""
    if compat not in (None, "bandicoot"):
        msg = f"compat needs to be None or 'bandicoot', {compat!r} was given"
        raise ValueError(msg)


def summaries(spread: Spread, n: int, *, compat: str | None = None) -> dict[str, np.ndarray]:
    """Return the seven numbers of each of `n` groups of values."""
    order = np.lexsort((spread.value, spread.cell))
    values, cell = spread.value[order], spread.cell[order]
    count = np.bincount(cell, minlength=n)
    found = {name: np.full(n, np.nan) for name in STATS}
    some = count > 0
    start = (np.cumsum(count) - count)[some]
    size = count[some]
    found["min"][some], found["max"][some] = values[start], values[start + size - 1]
    middle = values[start + size // 2] + values[start + (size - 1) // 2]
    found["median"][some] = middle / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        found["mean"] = np.bincount(cell, values, n) / count
        off = values - found["mean"][cell]
        second, third, fourth = (np.bincount(cell, off**power, n) / count for power in (2, 3, 4))
        # the mean of equal values may be rounded: they still do not differ
        equal = found["min"] == found["max"]
        second[equal] = 0.0
        found["std"] = np.sqrt(second)
        found["skewness"] = third / second**1.5
        found["kurtosis"] = fourth / second**2
    for name in ("skewness", "kurtosis"):
        found[name][equal] = 0.0 if compat else np.nan
    return found
