"""Columns of logs as numbers: each text once, and who stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Coded(NamedTuple):
    """A column as numbers, and the text that each stands for."""

    codes: np.ndarray
    texts: list[str]

    def each(self, function: Callable[[str], object], dtype: type) -> np.ndarray:
        """Return what a function makes of each text, row by row."""
        made: np.ndarray = np.array([function(text) for text in self.texts], dtype=dtype)
        found: np.ndarray = made[self.codes]
        return found


class Party(NamedTuple):
    """Who stands in one column: per text, how many, from where in `ids`; and a hash."""

    codes: np.ndarray
    sizes: np.ndarray
    start: np.ndarray
    ids: np.ndarray
    sums: np.ndarray

    def counts(self) -> np.ndarray:
        """Return how many stand in each row."""
        found: np.ndarray = self.sizes[self.codes]
        return found

    def hashes(self) -> np.ndarray:
        """Return a number for each row that tells who stands in it, in whatever order."""
        found: np.ndarray = self.sums[self.codes]
        return found

    def listed(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return for some rows, by number, the place among them and the handle of each."""
        codes = self.codes[rows]
        count = self.sizes[codes]
        place = np.repeat(np.arange(len(rows)), count)
        first = np.repeat(self.start[codes] - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        return place, self.ids[first + np.arange(len(place))]


def coded(parts: Sequence[pa.DictionaryArray]) -> Coded:
    """Return one column of its blocks."""
    united = pa.chunked_array(list(parts)).unify_dictionaries()
    chunks = [chunk for chunk in united.chunks if len(chunk)]
    if not chunks:
        return Coded(np.zeros(0, np.int64), [])
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    return Coded(codes, chunks[0].dictionary.to_pylist())


def words_of(words: Sequence[str], codes: np.ndarray) -> pa.Array:
    """Return the texts that some numbers stand for."""
    return pa.array(words, pa.large_string()).take(pa.array(codes.astype(np.int64)))
