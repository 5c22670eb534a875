"""
What the shape of a village says: reach, clustering, communities, brokerage, neglect, change.

Measures take a village graph or a tie table, or the village itself where days
count. They return frames indexed by `person_id`, or floats, and change
nothing that they are given. `nan` means undefined, never 0.
"""

from __future__ import annotations

from villagegraph.measures.adjacency import as_adjacency
from villagegraph.measures.alter_ties import alter_ties
from villagegraph.measures.backbone import backbone
from villagegraph.measures.backtest import backtest
from villagegraph.measures.backtest_result import Backtest
from villagegraph.measures.betweenness import betweenness
from villagegraph.measures.brokerage import brokerage, ego_constraint, ego_effective_size
from villagegraph.measures.centrality import centrality
from villagegraph.measures.change import tie_changes
from villagegraph.measures.circles import (
    circle_stability,
    circles,
    signature_distance,
    social_signature,
)
from villagegraph.measures.closeness import harmonic_closeness
from villagegraph.measures.closures import backtest_introductions
from villagegraph.measures.clustering import clustering, transitivity
from villagegraph.measures.communities import communities, modularity
from villagegraph.measures.comparison import Comparison, compare
from villagegraph.measures.detours import backup_path
from villagegraph.measures.directed import directed_centrality
from villagegraph.measures.diversity import diversity
from villagegraph.measures.ego_networks import ego_betweenness
from villagegraph.measures.gather import alter_measures, ego_measures
from villagegraph.measures.homophily import homophily
from villagegraph.measures.introductions import introductions
from villagegraph.measures.neglect import neglected_ties
from villagegraph.measures.office import inside_outside
from villagegraph.measures.organisation import (
    flow_shares,
    gini,
    group_to_group,
    joiners_and_leavers,
    lorenz_curve,
)
from villagegraph.measures.pairs import pair_similarity
from villagegraph.measures.probability import contact_probability
from villagegraph.measures.reach import reach
from villagegraph.measures.removal import without, without_tie
from villagegraph.measures.rhythm import (
    active_days,
    balance_of_contacts,
    call_duration,
    churn_of_contacts,
    clustering_coefficient_unweighted,
    clustering_coefficient_weighted,
    entropy_of_contacts,
    interaction_log,
    interactions_per_contact,
    interevent_time,
    number_of_contacts,
    number_of_interactions,
    percent_initiated_conversations,
    percent_initiated_interactions,
    percent_nocturnal,
    percent_pareto_durations,
    percent_pareto_interactions,
    response_delay_text,
    response_rate_text,
    rhythm,
    summary,
    week_matrix,
)
from villagegraph.measures.risk import reach_at_risk, ties_at_risk
from villagegraph.measures.roles import brokerage_roles
from villagegraph.measures.stability import community_stability, community_ties, match_communities
from villagegraph.measures.themes import measure_table

__all__ = [
    "Backtest",
    "Comparison",
    "active_days",
    "alter_measures",
    "alter_ties",
    "as_adjacency",
    "backbone",
    "backtest",
    "backtest_introductions",
    "backup_path",
    "balance_of_contacts",
    "betweenness",
    "brokerage",
    "brokerage_roles",
    "call_duration",
    "centrality",
    "churn_of_contacts",
    "circle_stability",
    "circles",
    "clustering",
    "clustering_coefficient_unweighted",
    "clustering_coefficient_weighted",
    "communities",
    "community_stability",
    "community_ties",
    "compare",
    "contact_probability",
    "directed_centrality",
    "diversity",
    "ego_betweenness",
    "ego_constraint",
    "ego_effective_size",
    "ego_measures",
    "entropy_of_contacts",
    "flow_shares",
    "gini",
    "group_to_group",
    "harmonic_closeness",
    "homophily",
    "inside_outside",
    "interaction_log",
    "interactions_per_contact",
    "interevent_time",
    "introductions",
    "joiners_and_leavers",
    "lorenz_curve",
    "match_communities",
    "measure_table",
    "modularity",
    "neglected_ties",
    "number_of_contacts",
    "number_of_interactions",
    "pair_similarity",
    "percent_initiated_conversations",
    "percent_initiated_interactions",
    "percent_nocturnal",
    "percent_pareto_durations",
    "percent_pareto_interactions",
    "reach",
    "reach_at_risk",
    "response_delay_text",
    "response_rate_text",
    "rhythm",
    "signature_distance",
    "social_signature",
    "summary",
    "tie_changes",
    "ties_at_risk",
    "transitivity",
    "week_matrix",
    "without",
    "without_tie",
]
