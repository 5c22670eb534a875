"""Inside and outside the office: a village split by where people work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx  # noqa: F401  # the doctests build graphs
import numpy as np
import pandas as pd
from scipy import sparse

from villagegraph.measures.adjacency import as_adjacency
from villagegraph.measures.catalog import Measure
from villagegraph.measures.kinds import kind_of, kinds_of
from villagegraph.measures.owner import owner_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from villagegraph.measures.adjacency import GraphOrTies, Weight
    from villagegraph.measures.kinds import By

# entries of the matrix of who reaches whom that are held at once
_ENTRIES_AT_ONCE = 4_000_000

_SIDES = ("inside", "outside", "unknown")


def inside_outside(
    graph_or_ties: GraphOrTies,
    *,
    by: By = "organization",
    office: str | None = None,
    me: Hashable | None = None,
    weight: Weight = "strength",
    steps: int = 2,
) -> pd.DataFrame:
    """
    Split each person's ties and reach into those inside the office and outside.

    Inside is who works where the owner works. Of people whose place of work is
    not known nothing is assumed: they are counted apart. Everybody in the graph
    counts, `me` too.

    Parameters
    ----------
    graph_or_ties
        Undirected village graph, or a tie table.
    by
        The attribute of the nodes that says where a person works; or a series of
        it by `person_id`, which a tie table needs.
    office
        Where inside is; if None, where the owner works, and in a graph without
        an owner where each person works.
    me
        `person_id` of the owner; if None, whom the graph or tie
        table names.
    weight
        Name of the edge attribute that holds tie strength. If None, every tie
        counts 1.
    steps
        Most ties on the way to people reached, 1 or more.

    Returns
    -------
    sides
        Indexed by `person_id`: `degree_inside`, `degree_outside`, `degree_unknown`
        (alters, of whatever strength), `strength_inside`, `strength_outside`,
        `strength_unknown` (sums of strength), `reach_inside`, `reach_outside`,
        `reach_unknown` (people within `steps`). All `nan` for people whose
        inside is not known: for everybody if the owner's place of work is
        unknown, in a graph without an owner for those whose own is.

    Raises
    ------
    ValueError
        If `steps` is not a whole number of 1 or more, nobody has the attribute,
        or `me` is not among the people.
    TypeError
        If a tie table comes without a series.

    Notes
    -----
    In one person's village, reach beyond the first step of `me` is a lower
    bound. Takes time proportional to the number of pairs reached.

    References
    ----------
    .. [1] Krackhardt, D., & Stern, R. N. (1988). Informal networks and
       organizational crises. Social Psychology Quarterly 51(2), 123-140.

    Examples
    --------
    I know one colleague and one person elsewhere, who knows another there:

    >>> G = nx.Graph([("me", "ana"), ("me", "ben"), ("ben", "cy")], me="me")
    >>> place = {"me": "Lab", "ana": "Lab", "ben": "Shop", "cy": "Shop"}
    >>> nx.set_node_attributes(G, place, "organization")
    >>> mine = inside_outside(G, weight=None).loc["me"]
    >>> mine[["degree_inside", "degree_outside", "reach_inside", "reach_outside"]].tolist()
    [1.0, 1.0, 1.0, 2.0]
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        msg = f"steps needs to be a whole number of 1 or more, {steps!r} was given"
        raise ValueError(msg)
    ids, A = as_adjacency(graph_or_ties, weight=None)
    _, W = as_adjacency(graph_or_ties, weight=weight)
    kinds = kinds_of(graph_or_ties, ids, by=by)
    owner = owner_of(graph_or_ties, ids, me=me)
    work, _ = pd.factorize(kinds)
    home = _homes(kinds, work, owner=owner, office=office)
    counts = {
        "degree": _split(A, work, home),
        "strength": _split(W, work, home),
        "reach": _reached(A, work, home, steps=int(steps)),
    }
    columns = {
        f"{name}_{side}": np.where(home >= 0, split[place], np.nan)
        for name, split in counts.items()
        for place, side in enumerate(_SIDES)
    }
    return pd.DataFrame(columns, index=ids)


def _homes(
    kinds: pd.Series, work: np.ndarray, *, owner: np.ndarray, office: str | None
) -> np.ndarray:
    """Return the number of each person's inside; -1 if it is not known."""
    if office is not None:
        same = np.flatnonzero(kinds == kind_of(office))
        # an office where nobody works is known all the same: all are outside
        return np.full(len(work), work[same[0]] if len(same) else len(work))
    return np.full(len(work), work[owner][0]) if owner.any() else work


def _split(
    A: sparse.csr_array, work: np.ndarray, home: np.ndarray, *, start: int = 0
) -> np.ndarray:
    """Sum the rows of a matrix by side; its first row is the person numbered `start`."""
    rows = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    there = work[A.indices]
    side = np.where(there < 0, 2, np.where(there == home[rows + start], 0, 1))
    return np.stack([np.bincount(rows, A.data * (side == place), A.shape[0]) for place in range(3)])


def _reached(A: sparse.csr_array, work: np.ndarray, home: np.ndarray, *, steps: int) -> np.ndarray:
    """Count the people within some steps by side."""
    n = A.shape[0]
    # everybody reaches oneself, so that a product holds the steps before it too
    near = (A + sparse.eye_array(n)).tocsr()
    near.data[:] = 1.0
    counts: np.ndarray = np.zeros((3, n))
    height = max(1, _ENTRIES_AT_ONCE // max(n, 1))
    for start in range(0, n, height):
        reached = near[start : start + height]
        for _ in range(steps - 1):
            reached = reached @ near
            reached.data[:] = 1.0  # whether, not how often
        counts[:, start : start + height] = _split(reached, work, home, start=start)
    counts -= _split(sparse.eye_array(n).tocsr(), work, home)  # oneself
    return counts


MEASURES = tuple(
    Measure(
        name=f"{name}_{side}",
        function="inside_outside",
        of="person",
        meaning=f"{what} {where}.",
        unit=unit,
        range="0 or more",
        undefined="where the office is not known",
        reference="villagegraph",
    )
    for name, what, unit in (
        ("degree", "Alters", "people"),
        ("strength", "Sum of the strength of ties to people", "days"),
        ("reach", "People within two steps", "people"),
    )
    for side, where in (
        ("inside", "who work where the owner works"),
        ("outside", "who work elsewhere"),
        ("unknown", "whose place of work is not known"),
    )
)
