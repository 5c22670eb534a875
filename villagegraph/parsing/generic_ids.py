"""Names of millions of events at once, the same on every machine and in every version."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

_BYTES = 10  # as `digest` has them
_HEX = np.array(
    [int.from_bytes(f"{byte:02x}".encode(), "little") for byte in range(256)], dtype="<u2"
)


class Spread(NamedTuple):
    """
    Rows as events: a row may stand for several, and several rows for one.

    Attributes
    ----------
    row
        Number of the row, in the order of rows, as often as it counts.
    number
        Which of the equal events it is, from 1.
    event
        Place, in these, of the first that stands for the same event.
    """

    row: np.ndarray
    number: np.ndarray
    event: np.ndarray

    @property
    def first(self) -> np.ndarray:
        """Whether each is the first that stands for its event."""
        found: np.ndarray = self.event == np.arange(len(self.event))
        return found


def mixed(parts: Sequence[np.ndarray], *, seed: int) -> np.ndarray:
    """
    Return two numbers of 64 bits for each row, made from all its parts.

    Parameters
    ----------
    parts
        Columns of 64-bit numbers.
    seed
        Any number.

    Examples
    --------
    >>> part = np.array([1, 1, 2], dtype=np.uint64)
    >>> found = mixed([part], seed=0)
    >>> bool((found[:, 0] == found[:, 1]).all()), bool((found[:, 0] == found[:, 2]).any())
    (True, False)
    """
    lanes = np.empty((2, len(parts[0])), np.uint64)
    for lane in range(2):
        state = np.full(len(parts[0]), (seed + lane * 0xD1B54A32D192ED03) % 2**64, np.uint64)
        for part in parts:
            state = _stir(state ^ part)
        lanes[lane] = state
    return lanes


def _stir(state: np.ndarray) -> np.ndarray:
    """Spread every bit over all others: the finalizer of splitmix64."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    stirred: np.ndarray = state ^ (state >> np.uint64(31))
    return stirred


def numbered(keys: np.ndarray, weights: np.ndarray) -> Spread:
    """
    Give rows with equal keys a number each, so that all of them count.

    Parameters
    ----------
    keys
        Two numbers for each row.
    weights
        How many events a row stands for; 0 if all rows with its key are one event.

    Examples
    --------
    >>> keys = np.array([[7, 8, 7], [0, 0, 0]], dtype=np.uint64)
    >>> spread = numbered(keys, np.array([1, 2, 1]))
    >>> spread.row.tolist(), spread.number.tolist()
    ([0, 1, 1, 2], [1, 1, 2, 2])
    """
    n = keys.shape[1]
    times = np.maximum(weights, 1)
    order = np.argsort(keys[0], kind="stable")
    sorted_keys = keys[:, order]
    new = np.ones(n, bool)
    new[1:] = (sorted_keys[:, 1:] != sorted_keys[:, :-1]).any(axis=0)
    before, leader = np.zeros(n, np.int64), np.arange(n)
    if not new.all():
        counted = times[order]
        total = np.concatenate(([0], np.cumsum(counted)[:-1]))
        run = np.cumsum(new) - 1
        before[order] = total - total[new][run]
        leader[order] = order[new][run]
    one = weights == 0
    before[one] = 0
    row = np.repeat(np.arange(n), times)
    starts = np.cumsum(times) - times
    places = np.arange(len(row))
    within = places - np.repeat(starts, times)
    event = np.where(one[row], starts[leader[row]], places)
    return Spread(row, before[row] + within + 1, event)


def hexadecimal(keys: np.ndarray, numbers: np.ndarray) -> pa.Array:
    """
    Return one name for each event, in lower-case hexadecimal.

    Parameters
    ----------
    keys
        Two numbers for each event.
    numbers
        Which of the equal events it is.
    """
    n = keys.shape[1]
    state = _stir(keys ^ numbers.astype(np.uint64))
    data = np.empty((n, _BYTES), np.uint8)
    data[:, :8] = state[0].astype(">u8").view(np.uint8).reshape(n, 8)
    data[:, 8:] = state[1].astype(">u8").view(np.uint8).reshape(n, 8)[:, :2]
    offsets = np.arange(n + 1, dtype=np.int64) * 2 * _BYTES
    return pa.LargeStringArray.from_buffers(
        n, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(_HEX[data]))
    )
