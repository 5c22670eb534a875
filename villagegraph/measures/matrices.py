"""Small jobs on the sparse matrices that `as_adjacency` makes."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def lengths(A: sparse.csr_array) -> sparse.csr_array:
    """Return how long each tie is: 1 / strength."""
    with np.errstate(over="ignore"):  # a strength next to nothing is as good as no tie
        return sparse.csr_array((1 / A.data, A.indices, A.indptr), shape=A.shape)


def one_step(A: sparse.csr_array) -> sparse.csr_array:
    """Return how long each tie is if all are one step."""
    return sparse.csr_array((np.ones(A.nnz), A.indices, A.indptr), shape=A.shape)


def rows_of(indptr: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """
    Return the places of all entries of some rows of a sparse matrix.

    Examples
    --------
    >>> rows_of(np.array([0, 2, 5, 6]), np.array([0, 2])).tolist()
    [0, 1, 5]
    """
    counts = indptr[rows + 1] - indptr[rows]
    shift = indptr[rows] - np.concatenate([[0], np.cumsum(counts)[:-1]])
    places: np.ndarray = np.arange(counts.sum()) + np.repeat(shift, counts)
    return places
