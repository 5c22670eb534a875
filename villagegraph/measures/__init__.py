"""
What the shape of a village says: reach, clustering, communities, brokerage, neglect, change.

Measures take a village graph or a tie table, or the village itself where days
count. They return frames indexed by `person_id`, or floats, and change
nothing that they are given. `nan` means undefined, never 0.
"""

from __future__ import annotations

from villagegraph.measures.adjacency import as_adjacency
from villagegraph.measures.brokerage import brokerage, ego_constraint, ego_effective_size
from villagegraph.measures.change import tie_changes
from villagegraph.measures.clustering import clustering, transitivity
from villagegraph.measures.communities import communities, modularity
from villagegraph.measures.neglect import neglected_ties
from villagegraph.measures.pairs import pair_similarity
from villagegraph.measures.reach import reach
from villagegraph.measures.stability import community_stability, community_ties, match_communities

__all__ = [
    "as_adjacency",
    "brokerage",
    "clustering",
    "communities",
    "community_stability",
    "community_ties",
    "ego_constraint",
    "ego_effective_size",
    "match_communities",
    "modularity",
    "neglected_ties",
    "pair_similarity",
    "reach",
    "tie_changes",
    "transitivity",
]
