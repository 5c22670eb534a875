"""Whom and which ties all short ways need: found for everybody at once, nothing taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scipy import sparse

# pairs of a source and an end of a tie that are held at once
_ENTRIES_AT_ONCE = 2_000_000

_FAR = np.iinfo(np.int32).max
_NONE = -1


class Needed(NamedTuple):
    """
    What all ways of some steps need, from a portion of sources to everybody.

    Attributes
    ----------
    far
        Steps from each source to everybody, a great number if too far.
    tables
        A table per step of the way, for each source and everybody: the person
        (or the tie) that all ways pass there, -1 if there is none. A way needs
        its own end.
    """

    far: np.ndarray
    tables: list[np.ndarray]


def needed(
    A: sparse.csr_array, *, steps: int, sources: np.ndarray, ties: np.ndarray | None = None
) -> Iterator[Needed]:
    """
    Find what all ways of at most `steps` from each source to everybody need.

    A way that is the only one at its length may have others a step longer, so
    ways are looked at by length: whoever is needed on all ways of l steps
    to somebody is needed on all ways of l - 1 steps to each of the alters
    from whom one gets there. What all ways need stands on a shortest one, and
    so at just one distance from the source: a table per distance is enough.

    Parameters
    ----------
    A
        Symmetric matrix of ties.
    steps
        Most ties on a way.
    sources
        Numbers of people.
    ties
        Number of the tie of each entry of `A`, the same in both directions, to
        find ties. If None, people are found.

    Yields
    ------
    needed
        For a portion of the sources.
    """
    height = max(1, _ENTRIES_AT_ONCE // max(A.nnz, 1))
    for start in range(0, len(sources), height):
        yield _of_portion(A, steps=steps, sources=sources[start : start + height], ties=ties)


def _of_portion(
    A: sparse.csr_array, *, steps: int, sources: np.ndarray, ties: np.ndarray | None
) -> Needed:
    n = A.shape[0]
    tied = np.flatnonzero(np.diff(A.indptr))
    begins = A.indptr[tied]
    ends = np.repeat(np.arange(n), np.diff(A.indptr))
    everybody = np.arange(n, dtype=np.int32)
    far = np.full((len(sources), n), _FAR, dtype=np.int32)
    far[np.arange(len(sources)), sources] = 0
    tables = [np.full(far.shape, _NONE, dtype=np.int32) for _ in range(steps)]
    for length in range(1, steps + 1 if len(tied) else 1):
        before = far.take(A.indices, axis=1)
        nearest = np.minimum.reduceat(before, begins, axis=1)
        found = (nearest < length) & (far[:, tied] > length)
        far[:, tied] = np.where(found, np.int32(length), far[:, tied])
        old = list(tables)
        for place in range(length):
            passed = old[place].take(A.indices, axis=1)
            if ties is not None:
                # the last tie of a shortest way stands where the way's end does
                last = (far.take(ends, axis=1) == place + 1) & (before == place)
                passed = np.where(last, ties, passed)
            table = np.full(far.shape, _NONE, dtype=np.int32)
            table[:, tied] = _common(passed, before < length, begins)
            if ties is None:
                table = np.where(far == place + 1, everybody, table)
            beyond = (far > place) & (far < _FAR)
            tables[place] = np.where(beyond, table, _NONE)
    return Needed(far, tables)


def _common(values: np.ndarray, counted: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Return, per stretch of columns, the one value that all counted ones have, -1 if none."""
    least = np.minimum.reduceat(np.where(counted, values, _FAR), begins, axis=1)
    most = np.maximum.reduceat(np.where(counted, values, _NONE), begins, axis=1)
    return np.where(least == most, least, _NONE)


def losses(found: Needed, size: int, *, group: np.ndarray | None = None) -> np.ndarray:
    """
    Count what each person (each tie) takes along when gone, for all sources together.

    Parameters
    ----------
    found
        What is needed.
    size
        How many people (ties) there are.
    group
        A number per person, -1 for none: count groups nobody of whom is left.
        If None, count people.
    """
    lost = np.zeros(size, dtype=np.int64)
    n = found.far.shape[1]
    if group is None:
        members, begins = np.arange(n), np.arange(n)
    else:
        members = np.flatnonzero(group >= 0)
        members = members[np.argsort(group[members], kind="stable")]
        begins = np.flatnonzero(np.diff(group[members], prepend=-1))
    if not len(members):
        return lost
    away = found.far.take(members, axis=1)
    within = (away > 0) & (away < _FAR)
    for table in found.tables:
        gone = _common(table.take(members, axis=1), within, begins)
        lost += np.bincount(gone[gone >= 0], minlength=size)
    return lost
