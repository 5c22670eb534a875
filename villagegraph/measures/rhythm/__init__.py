"""
Rhythm: how much, with whom, when, how fast, and who begins.

Every indicator of bandicoot stands here under its own name, on the log of one
person's interactions. `rhythm` gives all of them in one frame, by period,
part of the week and of the day, and channel.
"""

from villagegraph.measures.rhythm.answers import (
    percent_initiated_conversations,
    response_delay_text,
    response_rate_text,
)
from villagegraph.measures.rhythm.counts import (
    active_days,
    balance_of_contacts,
    entropy_of_contacts,
    interactions_per_contact,
    number_of_contacts,
    number_of_interactions,
    percent_initiated_interactions,
    percent_pareto_durations,
    percent_pareto_interactions,
)
from villagegraph.measures.rhythm.entries import MEASURES
from villagegraph.measures.rhythm.log import interaction_log
from villagegraph.measures.rhythm.network import (
    clustering_coefficient_unweighted,
    clustering_coefficient_weighted,
)
from villagegraph.measures.rhythm.summary import summary
from villagegraph.measures.rhythm.table import rhythm
from villagegraph.measures.rhythm.times import (
    call_duration,
    churn_of_contacts,
    interevent_time,
    percent_nocturnal,
    week_matrix,
)

__all__ = [
    "MEASURES",
    "active_days",
    "balance_of_contacts",
    "call_duration",
    "churn_of_contacts",
    "clustering_coefficient_unweighted",
    "clustering_coefficient_weighted",
    "entropy_of_contacts",
    "interaction_log",
    "interactions_per_contact",
    "interevent_time",
    "number_of_contacts",
    "number_of_interactions",
    "percent_initiated_conversations",
    "percent_initiated_interactions",
    "percent_nocturnal",
    "percent_pareto_durations",
    "percent_pareto_interactions",
    "response_delay_text",
    "response_rate_text",
    "rhythm",
    "summary",
    "week_matrix",
]
