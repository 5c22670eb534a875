"""What holds a village together: cores, and the people and ties it would fall apart without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from villagegraph.measures.adjacency import degrees
from villagegraph.measures.matrices import rows_of

if TYPE_CHECKING:
    import rustworkx


def core_numbers(A: sparse.csr_array) -> np.ndarray:
    """Return, per person, the greatest k for which a group exists where all have k alters."""
    n = A.shape[0]
    left, core = degrees(A), np.zeros(n, dtype=np.int64)
    inside = np.ones(n, dtype=bool)
    k = 0
    while inside.any():
        k = max(k, int(left[inside].min()))
        front = np.flatnonzero(inside & (left <= k))
        while len(front):
            core[front] = k
            inside[front] = False
            alters = A.indices[rows_of(A.indptr, front)]
            alters = alters[inside[alters]]
            np.subtract.at(left, alters, 1)
            front = np.unique(alters[left[alters] <= k])
    return core


def cut_people(A: sparse.csr_array) -> np.ndarray:
    """Return whether, without the person, others would stand in more parts than before."""
    # late, since few need it
    import rustworkx  # noqa: PLC0415

    cut = np.zeros(A.shape[0], dtype=bool)
    cut[list(rustworkx.articulation_points(_graph(A)))] = True
    return cut


def bridge_ties(A: sparse.csr_array) -> np.ndarray:
    """Return the ties that are the only way between two parts, a row of two numbers each."""
    # late, since few need it
    import rustworkx  # noqa: PLC0415

    found = sorted((min(pair), max(pair)) for pair in rustworkx.bridges(_graph(A)))
    return np.asarray(found, dtype=np.int64).reshape(-1, 2)


def _graph(A: sparse.csr_array) -> rustworkx.PyGraph[int, None]:
    import rustworkx  # noqa: PLC0415  # as above

    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(A.shape[0]))
    ties = sparse.triu(A).tocoo()
    graph.extend_from_edge_list(list(zip(ties.row.tolist(), ties.col.tolist(), strict=True)))
    return graph
