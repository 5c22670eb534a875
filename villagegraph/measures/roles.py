"""Roles of brokers: between whose people somebody stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from villagegraph.measures.adjacency import as_adjacency, each_tie, triangles
from villagegraph.measures.attributes import group_codes, organizations
from villagegraph.measures.catalog import Measure
from villagegraph.measures.directed import arcs
from villagegraph.measures.kinds import kind_of

if TYPE_CHECKING:
    from villagegraph.measures.adjacency import GraphOrTies

_ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")


def _entry(name: str, meaning: str) -> Measure:
    undefined = "for somebody whose group is not known"
    source = "Gould and Fernandez 1989"
    return Measure(
        name, "brokerage_roles", "person", meaning, "two-paths", "0 and more", undefined, source
    )


MEASURES = (
    _entry("coordinator", "Two others of the person's own group who meet only through others, the "
           "person among these."),
    _entry("itinerant", "Two people of one other group whom the person connects."),
    _entry("gatekeeper", "Somebody of another group whom the person leads to somebody of the own."),
    _entry("representative", "Somebody of the own group whom the person leads to somebody of "
           "another."),
    _entry("liaison", "Two people of two other groups whom the person connects."),
)  # fmt: skip


def brokerage_roles(
    graph_or_ties: GraphOrTies, *, groups: pd.Series | None = None, directed: bool = False
) -> pd.DataFrame:
    """
    Count, by whose people they are, the pairs between whom each person stands.

    Counted are open two-paths: two people who are not tied to each other, but
    both to the person. If all three are of one group, the person is a
    *coordinator*; if the two are of one other group, *itinerant* (a
    consultant); if one of the two is of the own group, a *gatekeeper* or
    *representative*; if all are of different groups, a *liaison*.

    Parameters
    ----------
    graph_or_ties
        Village graph, or a tie table. Every tie counts, whatever its strength.
    groups
        A group per `person_id`, from outside the graph: groups found in the
        graph itself would make all the roles follow from the ties. By default
        the organization of each person of a graph.
    directed
        Whether a way leads only along who addressed whom (`n_uv`, `n_vu`): from
        a to b to c, a never having addressed c. Then a gatekeeper leads
        into the own group, a representative out of it.

    Returns
    -------
    roles
        Indexed by `person_id`: `coordinator`, `itinerant`, `gatekeeper`,
        `representative`, `liaison` (counts). Without direction a pair counts
        once, and gatekeeper and representative are the same number, since ways
        lead in and out. `nan` for somebody without a group; others without one
        are left out of the pairs.

    Raises
    ------
    ValueError
        If there are no groups, or `groups` names a person twice, or, with
        `directed`, ties have no counts.

    Notes
    -----
    Takes time of at most (number of ties) ** 1.5. The directed counts are
    those of `brokerage` in the R package sna; where all ties go both ways,
    its coordinator, itinerant and liaison are twice those without direction.

    References
    ----------
    .. [1] Gould, R. V., & Fernandez, R. M. (1989). Structures of mediation.
       Sociological Methodology 19, 89-126.

    Examples
    --------
    ana brings her colleague ben together with cy, who works elsewhere:

    >>> ties = pd.DataFrame({"person_u": ["ana", "ana"], "person_v": ["ben", "cy"]})
    >>> works = pd.Series({"ana": "Quarry Books", "ben": "Quarry Books", "cy": "Lantern Labs"})
    >>> brokerage_roles(ties, groups=works).loc["ana"].astype(int).to_dict()
    {'coordinator': 0, 'itinerant': 0, 'gatekeeper': 1, 'representative': 1, 'liaison': 0}
    """
    if directed:
        ids, A = arcs(graph_or_ties)
    else:
        ids, A = as_adjacency(graph_or_ties, weight=None)
    group = _groups(graph_or_ties, groups, ids)
    counts = _two_paths(A, group) - _closed(A, group)
    if not directed:  # each of these was looked at from both ends
        for role in ("coordinator", "itinerant", "liaison"):
            counts[_ROLES.index(role)] /= 2
    counts[:, group < 0] = np.nan
    return pd.DataFrame(dict(zip(_ROLES, counts, strict=True)), index=ids)


def _groups(graph_or_ties: GraphOrTies, groups: pd.Series | None, ids: pd.Index) -> np.ndarray:
    """Return a number per person for the group, -1 if that is not known."""
    if groups is None:
        labels = organizations(graph_or_ties)
        if labels is None:
            msg = "no person has an `organization`: give a group per person_id as `groups`"
            raise ValueError(msg)
        return group_codes(labels)
    if groups.index.has_duplicates:
        msg = f"groups needs to name each person once, {int(groups.index.duplicated().sum())} recur"
        raise ValueError(msg)
    return group_codes([kind_of(value) for value in groups.reindex(ids).tolist()])


def _two_paths(A: sparse.csr_array, group: np.ndarray) -> np.ndarray:
    """Count all a -> b -> c, a row per role of b, whether a -> c or not."""
    n = A.shape[0]
    known = np.flatnonzero(group >= 0)
    shape = (n, int(group.max(initial=-1)) + 1)
    members = sparse.csr_array((np.ones(len(known)), (known, group[known])), shape=shape)
    into, out = A.T.tocsr() @ members, A @ members
    back = (A * A.T).tocsr() @ members  # a and c would be one person
    own = members.astype(bool)
    own_in, own_out, own_back = ((own * some).sum(axis=1) for some in (into, out, back))
    all_in, all_out = into.sum(axis=1), out.sum(axis=1)
    same = (into * out).sum(axis=1) - back.sum(axis=1)
    coordinator = own_in * own_out - own_back
    other_in, other_out = all_in - own_in, all_out - own_out
    return np.vstack(
        [
            coordinator,
            same - coordinator,
            other_in * own_out,
            own_in * other_out,
            other_in * other_out - (into * out).sum(axis=1) + own_in * own_out,
        ]
    ).astype(np.float64)


def _closed(A: sparse.csr_array, group: np.ndarray) -> np.ndarray:
    """Count those a -> b -> c with a -> c, a row per role of b."""
    n = A.shape[0]
    counts = np.zeros((len(_ROLES), n))
    # 1 for an arc along the tie, 2 for one against it, 3 for both
    ties = each_tie((A + 2 * A.T).tocsr())
    kind = ties.weight.astype(np.int64)
    along, against = kind & 1 > 0, kind & 2 > 0
    for ab, ac, bc in triangles(ties):
        corners = (ties.tail[ab], ties.head[ab], ties.head[ac])
        # which of b and c has more ties tells how their own tie runs
        forward = ties.tail[bc] == corners[1]
        arc = {
            (0, 1): along[ab],
            (1, 0): against[ab],
            (0, 2): along[ac],
            (2, 0): against[ac],
            (1, 2): np.where(forward, along[bc], against[bc]),
            (2, 1): np.where(forward, against[bc], along[bc]),
        }
        for (a, b), exists in arc.items():
            c = 3 - a - b
            found = exists & arc[b, c] & arc[a, c]
            broker = corners[b][found]
            role = _role(*(group[corners[place][found]] for place in (a, b, c)))
            for number in range(len(_ROLES)):
                counts[number] += np.bincount(broker[role == number], minlength=n)
    return counts


def _role(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Return the number of the role of b between a and c, -1 if a group is not known."""
    cases = [
        (a < 0) | (b < 0) | (c < 0),
        (a == b) & (b == c),
        a == c,
        b == c,
        a == b,
    ]
    role: np.ndarray = np.select(cases, [-1, 0, 1, 2, 3], default=4)
    return role
