"""
A village graph as a GraphML file, and back without loss.

Gephi, Cytoscape, igraph and networkx open the file. Numbers, flags and texts
stand in it as GraphML has them. What GraphML has no type for stands as readable
text, and an attribute of this project's own XML namespace, which other
programs pass over, says what it was:

========================  ==================================================
value                     in the file
========================  ==================================================
date, datetime            ISO 8601 text, ``vg:kind="date"`` or ``"datetime"``
list, tuple, dict         JSON text, ``vg:kind="list"``, ``"tuple"``, ``"dict"``
text that XML cannot      JSON text, ``vg:kind="text"``
hold (control signs)
number, flag or text in   its text, ``vg:kind="int"``, ``"float"``, ``"bool"``
a column of mixed kinds
None                      no ``data``; the key in ``vg:none`` of its element
node ID that is no plain  JSON text, ``vg:id="json"``
text
========================  ==================================================
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

from villagegraph.graph.values import (
    DECODE,
    KIND_OF,
    OWN,
    REFERENCES,
    Columns,
    NotReadableError,
    add_tie,
    ids_as_text,
    own,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from xml.etree import ElementTree as ET

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"


class _Scope:
    """The keys of one kind of element, and the elements themselves."""

    def __init__(self, name: str, columns: Columns) -> None:
        self.name = name
        self.columns = columns
        self.ids = {
            attribute: f"{name[0]}{number}" for number, attribute in enumerate(columns.types)
        }

    def keys(self) -> Iterator[str]:
        for attribute, key in self.ids.items():
            kind = self.columns.types[attribute]
            name = quoteattr(attribute)
            yield f'  <key id="{key}" for="{self.name}" attr.name={name} attr.type="{kind}"/>\n'

    def element(self, opening: str, record: Mapping[str, object], *, indent: str) -> Iterator[str]:
        """Yield the opening tag of an element and its data, not the closing tag."""
        cells, nothing = self.columns.cells(record)
        none = " ".join(self.ids[name] for name in nothing)
        yield f"{indent}<{opening}" + (f' vg:none="{none}">\n' if none else ">\n")
        for name, kind, text in cells:
            told = f' vg:kind="{kind}"' if kind else ""
            shown = escape(text, REFERENCES)
            yield f'{indent}  <data key="{self.ids[name]}"{told}>{shown}</data>\n'


def document(G: nx.Graph) -> Iterator[str]:
    """Yield the file, piece by piece."""
    ids = ids_as_text(G)
    quoted = {node: quoteattr(text) for node, text in ids.items()}
    edges = list(G.edges(data=True))
    whole = _Scope("graph", Columns([G.graph]))
    nodes = _Scope("node", Columns(data for _, data in G.nodes(data=True)))
    ties = _Scope("edge", Columns(data for _, _, data in edges))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<graphml xmlns="{NAMESPACE}" xmlns:vg="{OWN}">\n'
    for scope in (whole, nodes, ties):
        yield from scope.keys()
    yield from whole.element('graph edgedefault="undirected"', G.graph, indent="  ")
    for node, data in G.nodes(data=True):
        plain_id = isinstance(node, str) and ids[node] == node
        opening = f"node id={quoted[node]}" + ("" if plain_id else ' vg:id="json"')
        yield from nodes.element(opening, data, indent="    ")
        yield "    </node>\n"
    for u, v, data in edges:
        yield from ties.element(f"edge source={quoted[u]} target={quoted[v]}", data, indent="    ")
        yield "    </edge>\n"
    yield "  </graph>\n</graphml>\n"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


class _Key(NamedTuple):
    name: str
    kind: str
    scope: str
    default: str | None


class Reader:
    """Turn the elements of a GraphML file into a graph."""

    def __init__(self, root: ET.Element) -> None:
        if root.tag != _tag("graphml"):
            msg = "not a GraphML file: it is XML of another kind."
            raise NotReadableError(msg)
        graphs = root.findall(_tag("graph"))
        if len(graphs) != 1:
            msg = f"holds {len(graphs)} graphs; one is needed."
            raise NotReadableError(msg)
        self.root = graphs[0]
        self.keys = {
            str(key.get("id")): _Key(
                name=key.get("attr.name") or str(key.get("id")),
                kind=KIND_OF[(key.get("attr.type") or "string").lower()],
                scope=key.get("for") or "all",
                default=key.findtext(_tag("default")),
            )
            for key in root.findall(_tag("key"))
            if key.get("yfiles.type") is None  # how yEd draws things, not what they are
        }

    def graph(self) -> nx.Graph:
        """Return the graph; raise if it is none of a village."""
        if self.root.get("edgedefault") == "directed":
            msg = "holds a directed graph; ties of a village have no direction."
            raise NotReadableError(msg)
        if any(self.root.iter(_tag("hyperedge"))) or len(list(self.root.iter(_tag("graph")))) > 1:
            msg = "holds a nested graph or hyperedges, which a village has not."
            raise NotReadableError(msg)
        G = nx.Graph()
        G.graph.update(self.values(self.root, "graph"))
        ids: dict[str, Hashable] = {}
        for element in self.root.findall(_tag("node")):
            text = str(element.attrib["id"])
            ids[text] = json.loads(text) if element.get(own("id")) == "json" else text
            G.add_node(ids[text])
            G.nodes[ids[text]].update(self.values(element, "node"))
        for element in self.root.findall(_tag("edge")):
            add_tie(
                G,
                [ids.get(str(element.get(end))) for end in ("source", "target")],
                self.values(element, "edge"),
                directed=element.get("directed") == "true",
            )
        return G

    def values(self, element: ET.Element, scope: str) -> dict[str, object]:
        """Return the attributes of an element."""
        none = (element.get(own("none")) or "").split()
        found: dict[str, object] = {}
        given = set(none)
        for data in element.findall(_tag("data")):
            key = self.keys.get(str(data.get("key")))
            if key is None or len(data):  # markup of another program
                continue
            given.add(str(data.get("key")))
            kind = data.get(own("kind")) or key.kind
            if data.text or kind == "str":  # other programs write empty numbers
                found[key.name] = DECODE[kind](data.text or "")
        found.update((self.keys[key].name, None) for key in none)
        for place, key in self.keys.items():
            if key.default is not None and key.scope in (scope, "all") and place not in given:
                found[key.name] = DECODE[key.kind](key.default)
        return found
