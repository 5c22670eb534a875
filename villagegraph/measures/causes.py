"""Who caused a difference: one person's ties of one date put in the place of another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from villagegraph.measures.adjacency import as_adjacency

if TYPE_CHECKING:
    import pandas as pd

MEASURED = ("reach", "clustering", "constraint")
_ROUNDING = 1e-9


class State(NamedTuple):
    """
    The village at one date, for people in an order that both dates share.

    Attributes
    ----------
    tied
        Who has any tie with whom: 0 or 1.
    strength
        How strong it is.
    me
        Place of the owner.
    """

    tied: sparse.csr_array
    strength: sparse.csr_array
    me: int

    def of(self, person: int) -> tuple[np.ndarray, np.ndarray]:
        """Return who is tied to a person, and how strongly each of all people is."""
        n = self.tied.shape[0]
        tied, strength = np.zeros(n, dtype=bool), np.zeros(n)
        row = slice(self.tied.indptr[person], self.tied.indptr[person + 1])
        tied[self.tied.indices[row]] = True
        row = slice(self.strength.indptr[person], self.strength.indptr[person + 1])
        strength[self.strength.indices[row]] = self.strength.data[row]
        return tied, strength


def states(ties: tuple[pd.DataFrame, pd.DataFrame], me: str) -> tuple[State, State, list[str]]:
    """Return two tie tables as matrices of the same people, and who these are."""
    found = [
        [as_adjacency(table, weight=weight) for weight in (None, "strength")] for table in ties
    ]
    people = sorted({me, *(person for one in found for ids, _ in one for person in ids)})
    place = {person: number for number, person in enumerate(people)}

    def spread(ids: pd.Index, A: sparse.csr_array) -> sparse.csr_array:
        at = np.array([place[person] for person in ids], dtype=np.int64)
        both = A.tocoo()
        size = (len(people), len(people))
        return sparse.csr_array((both.data, (at[both.row], at[both.col])), shape=size)

    one, other = (State(spread(*tied), spread(*strong), place[me]) for tied, strong in found)
    return one, other, people


class Ego:
    """
    What the owner's measures are made of, so that one person's change costs one pass.

    Parameters
    ----------
    state
        The village at one date.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.alter, self.weight = state.of(state.me)
        self.total = np.asarray(state.strength.sum(axis=0)).ravel()
        # how many of the owner's alters each person is tied to
        self.through = state.tied @ self.alter.astype(float)
        self.closed = float(self.through[self.alter].sum()) / 2

    def values(self) -> np.ndarray:
        """Return the owner's measures, in the order of `MEASURED`."""
        nobody = np.zeros(len(self.alter))
        return self._values(
            self.alter, self.through, self.closed, self.weight, self.total, self.state.me, nobody
        )

    def swapped(self, person: int, other: State) -> np.ndarray:
        """Return the measures as they were if one person had the ties of another date."""
        me = self.state.me
        before, now = self.state.of(person), other.of(person)
        alter, weight = self.alter.copy(), self.weight.copy()
        alter[person], weight[person] = now[0][me], now[1][me]
        # ties of the person lead on from the owner only if the owner has a tie to the person
        through = self.through - before[0] * self.alter[person] + now[0] * alter[person]
        rest = self.alter.copy()
        rest[person] = False
        through[person] = float((now[0] & rest).sum())
        closed = self.closed
        closed -= float((before[0] & rest).sum()) if self.alter[person] else 0.0
        closed += through[person] if alter[person] else 0.0
        total = self.total - before[1] + now[1]
        total[person] = now[1].sum()
        return self._values(alter, through, closed, weight, total, person, now[1] - before[1])

    def _values(
        self,
        alter: np.ndarray,
        through: np.ndarray,
        closed: float,
        weight: np.ndarray,
        total: np.ndarray,
        person: int,
        change: np.ndarray,
    ) -> np.ndarray:
        me = self.state.me
        reached = alter | (through > 0)
        reached[me] = False
        degree = int(alter.sum())
        pairs = degree * (degree - 1) / 2
        return np.array(
            [
                float(reached.sum()),
                closed / pairs if pairs else np.nan,
                self._constraint(weight, total, person, change),
            ]
        )

    def _constraint(
        self, weight: np.ndarray, total: np.ndarray, person: int, change: np.ndarray
    ) -> float:
        me = self.state.me
        if not weight.sum() > 0:
            return float("nan")
        own = weight / weight.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            passed = np.where(own > 0, own / total, 0.0)
        indirect = self.state.strength @ passed
        indirect += change * passed[person]
        # nobody is tied to oneself, so these do not meet
        indirect[person] += float(change @ passed)
        direct = own + indirect
        direct[me] = 0.0
        return float((direct[own > 0] ** 2).sum())


def differing(one: State, other: State) -> list[int]:
    """Return the people, without the owner, who do not have the same ties at both dates."""
    changed = np.zeros(one.tied.shape[0], dtype=bool)
    for before, after in ((one.tied, other.tied), (one.strength, other.strength)):
        off = (abs(before - after) - (before + after) * _ROUNDING).tocoo()
        changed[off.row[off.data > 0]] = True
    changed[one.me] = False
    return [int(place) for place in np.flatnonzero(changed)]
