"""The village as a networkx graph, and that graph as tables and as a file."""

from __future__ import annotations

from villagegraph.graph.build import add_measures, graph_to_tables, village_graph
from villagegraph.graph.graph_files import load_graph, save_graph

__all__ = ["add_measures", "graph_to_tables", "load_graph", "save_graph", "village_graph"]
