"""
See and tend your own village.

villagegraph loads the exports of a person's contacts and conversations into
pandas and a networkx graph, measures reach, clustering and neglected ties,
and draws maps. Everything runs on your own machine.

>>> import villagegraph as vg
>>> "load_village" in vg.__all__
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from villagegraph.errors import (
        ExportError,
        IdentityError,
        LeakError,
        MissingColumnError,
        SettingsError,
        SkippedRowsWarning,
        TableError,
        UnknownExportError,
        VillageError,
    )
    from villagegraph.graph import (
        add_measures,
        graph_to_tables,
        load_graph,
        save_graph,
        village_graph,
    )
    from villagegraph.maps import Map, draw_map
    from villagegraph.measures import (
        Backtest,
        Comparison,
        active_days,
        alter_measures,
        alter_ties,
        as_adjacency,
        backbone,
        backtest,
        backtest_introductions,
        backup_path,
        balance_of_contacts,
        betweenness,
        brokerage,
        brokerage_roles,
        call_duration,
        centrality,
        churn_of_contacts,
        circle_stability,
        circles,
        clustering,
        clustering_coefficient_unweighted,
        clustering_coefficient_weighted,
        communities,
        community_stability,
        community_ties,
        compare,
        contact_probability,
        directed_centrality,
        diversity,
        ego_betweenness,
        ego_constraint,
        ego_effective_size,
        ego_measures,
        entropy_of_contacts,
        flow_shares,
        gini,
        group_to_group,
        harmonic_closeness,
        homophily,
        inside_outside,
        interaction_log,
        interactions_per_contact,
        interevent_time,
        introductions,
        joiners_and_leavers,
        lorenz_curve,
        match_communities,
        measure_table,
        modularity,
        neglected_ties,
        number_of_contacts,
        number_of_interactions,
        pair_similarity,
        percent_initiated_conversations,
        percent_initiated_interactions,
        percent_nocturnal,
        percent_pareto_durations,
        percent_pareto_interactions,
        reach,
        reach_at_risk,
        response_delay_text,
        response_rate_text,
        rhythm,
        signature_distance,
        social_signature,
        summary,
        tie_changes,
        ties_at_risk,
        transitivity,
        week_matrix,
        without,
        without_tie,
    )
    from villagegraph.people import identify_people
    from villagegraph.plots import plot_contact_days, plot_reliability, plot_village
    from villagegraph.readers import read_export, read_folder, sniff
    from villagegraph.report import Report, monthly_report
    from villagegraph.samples import write_sample
    from villagegraph.settings import Settings, read_settings
    from villagegraph.ties import contact_days, count_large_items, tie_table
    from villagegraph.touches import (
        occasions,
        this_week,
    )
    from villagegraph.village import (
        Village,
        load_village,
        village_from_phones,
        village_from_tables,
    )
    from villagegraph.who import (
        explain_merge,
        find_person,
        job_changes,
        likely_duplicates,
        tie_events,
        write_alias,
    )

# a name loads its module on first use: `villagegraph --help` imports no pandas
_HOME = {
    "errors": (
        "ExportError", "IdentityError", "LeakError", "MissingColumnError", "SettingsError",
        "SkippedRowsWarning", "TableError", "UnknownExportError", "VillageError",
    ),
    "graph": ("add_measures", "graph_to_tables", "load_graph", "save_graph", "village_graph"),
    "maps": ("Map", "draw_map"),
    "measures": (
        "Backtest", "Comparison", "active_days", "alter_measures", "alter_ties", "as_adjacency",
        "backbone", "backtest", "backtest_introductions", "backup_path", "balance_of_contacts",
        "betweenness", "brokerage", "brokerage_roles", "call_duration", "centrality",
        "churn_of_contacts", "circle_stability", "circles", "clustering",
        "clustering_coefficient_unweighted", "clustering_coefficient_weighted", "communities",
        "community_stability", "community_ties", "compare", "contact_probability",
        "directed_centrality", "diversity", "ego_betweenness", "ego_constraint",
        "ego_effective_size", "ego_measures", "entropy_of_contacts", "flow_shares", "gini",
        "group_to_group", "harmonic_closeness", "homophily", "inside_outside",
        "interaction_log", "interactions_per_contact", "interevent_time", "introductions",
        "joiners_and_leavers", "lorenz_curve", "match_communities", "measure_table",
        "modularity", "neglected_ties", "number_of_contacts", "number_of_interactions",
        "pair_similarity", "percent_initiated_conversations", "percent_initiated_interactions",
        "percent_nocturnal", "percent_pareto_durations", "percent_pareto_interactions", "reach",
        "reach_at_risk", "response_delay_text", "response_rate_text", "rhythm",
        "signature_distance", "social_signature", "summary", "tie_changes", "ties_at_risk",
        "transitivity", "week_matrix", "without", "without_tie",
    ),
    "people": ("identify_people",),
    "plots": ("plot_contact_days", "plot_reliability", "plot_village"),
    "readers": ("read_export", "read_folder", "sniff"),
    "report": ("Report", "monthly_report"),
    "samples": ("write_sample",),
    "settings": ("Settings", "read_settings"),
    "ties": ("contact_days", "count_large_items", "tie_table"),
    "touches": ("occasions", "this_week"),
    "village": ("Village", "load_village", "village_from_phones", "village_from_tables"),
    "who": (
        "explain_merge", "find_person", "job_changes", "likely_duplicates", "tie_events",
        "write_alias",
    ),
}  # fmt: skip

__all__ = [
    "Backtest",
    "Comparison",
    "ExportError",
    "IdentityError",
    "LeakError",
    "Map",
    "MissingColumnError",
    "Report",
    "Settings",
    "SettingsError",
    "SkippedRowsWarning",
    "TableError",
    "UnknownExportError",
    "Village",
    "VillageError",
    "active_days",
    "add_measures",
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
    "contact_days",
    "contact_probability",
    "count_large_items",
    "directed_centrality",
    "diversity",
    "draw_map",
    "ego_betweenness",
    "ego_constraint",
    "ego_effective_size",
    "ego_measures",
    "entropy_of_contacts",
    "explain_merge",
    "find_person",
    "flow_shares",
    "gini",
    "graph_to_tables",
    "group_to_group",
    "harmonic_closeness",
    "homophily",
    "identify_people",
    "inside_outside",
    "interaction_log",
    "interactions_per_contact",
    "interevent_time",
    "introductions",
    "job_changes",
    "joiners_and_leavers",
    "likely_duplicates",
    "load_graph",
    "load_village",
    "lorenz_curve",
    "match_communities",
    "measure_table",
    "modularity",
    "monthly_report",
    "neglected_ties",
    "number_of_contacts",
    "number_of_interactions",
    "occasions",
    "pair_similarity",
    "percent_initiated_conversations",
    "percent_initiated_interactions",
    "percent_nocturnal",
    "percent_pareto_durations",
    "percent_pareto_interactions",
    "plot_contact_days",
    "plot_reliability",
    "plot_village",
    "reach",
    "reach_at_risk",
    "read_export",
    "read_folder",
    "read_settings",
    "response_delay_text",
    "response_rate_text",
    "rhythm",
    "save_graph",
    "signature_distance",
    "sniff",
    "social_signature",
    "summary",
    "this_week",
    "tie_changes",
    "tie_events",
    "tie_table",
    "ties_at_risk",
    "transitivity",
    "village_from_phones",
    "village_from_tables",
    "village_graph",
    "week_matrix",
    "without",
    "without_tie",
    "write_alias",
    "write_sample",
]

__version__ = "0.1.0"

_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name from the module that holds it."""
    if name not in _MODULE_OF:
        msg = f"module 'villagegraph' has no attribute {name!r}"
        raise AttributeError(msg)
    module = importlib.import_module(f"villagegraph.{_MODULE_OF[name]}")
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
