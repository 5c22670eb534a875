"""Standing that comes from the standing of one's alters: eigenvector centrality and PageRank."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from villagegraph.measures.adjacency import sums

# below this, all eigenvectors of a dense matrix are quicker than one of a sparse one
_DENSE = 60

# two parts whose greatest eigenvalues differ by less are taken as equally great
_SAME = 1e-10


def pagerank(A: sparse.csr_array, *, damping: float = 0.85) -> np.ndarray:
    """
    Return the share of time that a random walk spends at each person.

    Parameters
    ----------
    A
        Matrix of ties, or of arcs from row to column.
    damping
        Chance to follow a tie rather than to begin anew anywhere. From
        somebody without a tie the walk begins anew.
    """
    n = A.shape[0]
    if n == 0:
        return np.zeros(0)
    total = sums(A)
    stuck = total == 0
    rows = np.repeat(np.arange(n), np.diff(A.indptr))
    walk = sparse.csr_array((A.data / total[rows], A.indices, A.indptr), A.shape).T.tocsr()
    rank = np.full(n, 1 / n)
    # each round shrinks the distance to the answer by the damping
    for _ in range(int(np.ceil(np.log(1e-16) / np.log(damping)))):
        before = rank
        rank = damping * (walk @ rank + rank[stuck].sum() / n) + (1 - damping) / n
        if np.abs(rank - before).sum() < 1e-15:
            break
    share: np.ndarray = rank / rank.sum()
    return share


def eigenvector(A: sparse.csr_array) -> np.ndarray:
    """
    Return the eigenvector of the greatest eigenvalue of a symmetric matrix, of length 1.

    It stands in the part of the graph that has the greatest eigenvalue, and is
    0 elsewhere. Of several such parts each takes the share that the power
    method gives it, begun with everybody equal. `nan` without ties.
    """
    n = A.shape[0]
    if A.nnz == 0:
        return np.full(n, np.nan)
    # so that neither tiny nor huge weights run out of the range of numbers
    scaled = sparse.csr_array((A.data / A.data.max(), A.indices, A.indptr), A.shape)
    _, part = csgraph.connected_components(scaled, directed=False)
    members = np.split(np.argsort(part, kind="stable"), np.cumsum(np.bincount(part))[:-1])
    strength = sums(scaled)
    # no eigenvalue is greater than the greatest sum of a row
    bound = np.maximum.reduceat(strength[np.concatenate(members)], _starts(members))
    greatest, found = 0.0, []
    for place in np.argsort(-bound, kind="stable"):
        if bound[place] < greatest * (1 - _SAME):
            break
        people = members[place]
        value, vector = _leading(scaled[people][:, people])
        found.append((value, people, vector))
        greatest = max(greatest, value)
    standing = np.zeros(n)
    for value, people, vector in found:
        if value >= greatest * (1 - _SAME):
            standing[people] = vector * vector.sum()
    unit: np.ndarray = standing / np.linalg.norm(standing)
    return unit


def _starts(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum([len(part) for part in parts])[:-1]])


def _leading(A: sparse.csr_array) -> tuple[float, np.ndarray]:
    """Return the greatest eigenvalue of a connected part, and its vector, which has no sign."""
    n = A.shape[0]
    if n <= _DENSE:
        values, vectors = np.linalg.eigh(A.toarray())
        return float(values[-1]), np.abs(vectors[:, -1])
    # late, since it takes long to load and few need it
    from scipy.sparse.linalg import eigsh  # noqa: PLC0415

    # begun with all equal, it gives the same bytes every time
    values, vectors = eigsh(A, k=1, which="LA", v0=np.ones(n), tol=0)
    return float(values[0]), np.abs(vectors[:, 0])
