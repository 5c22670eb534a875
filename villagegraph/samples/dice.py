"""Seeded chance whose numbers are the same in every Python version."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")

# quantiles of a gamma law of shape 4 and mean 1, cut at 2: people keep time, but not to the day
_GAPS = (
    0.34, 0.46, 0.55, 0.62, 0.69, 0.76, 0.83, 0.90, 0.97, 1.04, 1.12, 1.22, 1.33, 1.46, 1.65, 2.0,
)  # fmt: skip


class Dice:
    """
    One stream of chance, named so that a change elsewhere does not disturb it.

    Parameters
    ----------
    seed
        Seed of the whole sample.
    name
        What the stream decides.

    Notes
    -----
    Only `random` and `randrange` are asked of the standard library: their
    algorithms have not changed since Python 3.2.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}/{name}")

    def below(self, n: int) -> int:
        """Return a whole number from 0 to `n - 1`."""
        return self._random.randrange(n)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self._random.randrange(high - low + 1)

    def chance(self, share: float) -> bool:
        """Return True in that share of cases."""
        return self._random.random() < share

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self._random.randrange(len(items))]

    def some(self, items: Sequence[Item], n: int) -> list[Item]:
        """Return `n` different items (or all, if there are fewer), in a new order."""
        rest = list(items)
        return [rest.pop(self._random.randrange(len(rest))) for _ in range(min(n, len(rest)))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return all items in a new order."""
        return self.some(items, len(items))

    def gap(self, mean: float) -> int:
        """Return the days until the next touch, at least 1, `mean` on average."""
        return max(1, round(mean * self.pick(_GAPS)))
