"""
A village graph as a GEXF file, for Gephi, and back without loss.

Attributes stand in it as in GraphML (see `villagegraph.graph.graphml`). What a
drawing shows besides is said in GEXF's own words: a node with the attributes `x`
and `y` stands there, `color` (`#rrggbb`) and `size` are its colour and size; the
`strength` of a tie, or else its `weight`, is its weight.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import networkx as nx

from villagegraph.graph.values import (
    DECODE,
    KIND_OF,
    OWN,
    Columns,
    NotReadableError,
    add_tie,
    as_python,
    encode,
    ids_as_text,
    own,
    shown_text,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from xml.etree import ElementTree as ET

NAMESPACE = "http://www.gexf.net/1.2draft"
_DRAWN = f"{NAMESPACE}/viz"
_READABLE = (
    "http://www.gexf.net/1.1draft", NAMESPACE, "http://gexf.net/1.2", "http://gexf.net/1.3",
)  # fmt: skip
ROOTS = frozenset(f"{{{name}}}gexf" for name in _READABLE)

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def document(G: nx.Graph) -> Iterator[str]:
    """Yield the file, piece by piece."""
    ids = {node: quoteattr(text) for node, text in ids_as_text(G).items()}
    edges = list(G.edges(data=True))
    nodes = Columns(data for _, data in G.nodes(data=True))
    ties = Columns(data for _, _, data in edges)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<gexf xmlns="{NAMESPACE}" xmlns:viz="{_DRAWN}" xmlns:vg="{OWN}" version="1.2">\n'
    yield f'  <graph mode="static" defaultedgetype="undirected" vg:data={_whole(G)}>\n'
    yield from _declared("node", nodes)
    yield from _declared("edge", ties)
    yield "    <nodes>\n"
    for node, data in G.nodes(data=True):
        plain = isinstance(node, str) and ids[node] == quoteattr(node)
        label = quoteattr(shown_text(str(data.get("name") or node)))
        head = f"node id={ids[node]} label={label}" + ("" if plain else ' vg:id="json"')
        yield from _element(head, nodes, data)
        yield from _looks(data)
        yield "      </node>\n"
    yield "    </nodes>\n    <edges>\n"
    for number, (u, v, data) in enumerate(edges):
        head = f'edge id="{number}" source={ids[u]} target={ids[v]}{_weight(data)}'
        yield from _element(head, ties, data)
        yield "      </edge>\n"
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _whole(G: nx.Graph) -> str:
    # GEXF has no attributes of the graph itself
    told = {
        name: None if as_python(value) is None else list(encode(as_python(value)))
        for name, value in G.graph.items()
    }
    return quoteattr(json.dumps(told))


def _declared(name: str, columns: Columns) -> Iterator[str]:
    yield f'    <attributes class="{name}">\n'
    for number, (attribute, kind) in enumerate(columns.types.items()):
        yield f'      <attribute id="{number}" title={quoteattr(attribute)} type="{kind}"/>\n'
    yield "    </attributes>\n"


def _element(head: str, columns: Columns, record: Mapping[str, object]) -> Iterator[str]:
    """Yield the opening tag of a node or an edge and its values."""
    place = {attribute: number for number, attribute in enumerate(columns.types)}
    cells, nothing = columns.cells(record)
    none = " ".join(str(place[attribute]) for attribute in nothing)
    yield f"      <{head}" + (f' vg:none="{none}">\n' if none else ">\n")
    yield "        <attvalues>\n"
    for attribute, kind, text in cells:
        told = f' vg:kind="{kind}"' if kind else ""
        yield f'          <attvalue for="{place[attribute]}" value={quoteattr(text)}{told}/>\n'
    yield "        </attvalues>\n"


def _looks(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a node stands, its colour and its size, as far as it says."""
    x, y, size, color = (data.get(name) for name in ("x", "y", "size", "color"))
    if isinstance(color, str) and _COLOR.fullmatch(color):
        red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
        yield f'        <viz:color r="{red}" g="{green}" b="{blue}"/>\n'
    if _is_number(x) and _is_number(y):
        # Gephi counts upwards, as do the positions here
        yield f'        <viz:position x="{x!r}" y="{y!r}" z="0.0"/>\n'
    if _is_number(size):
        yield f'        <viz:size value="{size!r}"/>\n'


def _weight(data: Mapping[str, Any]) -> str:
    weight = next((data[name] for name in ("strength", "weight") if name in data), None)
    return f' weight="{weight!r}"' if _is_number(weight) else ""


def _is_number(value: object) -> bool:
    # numpy's own numbers would be written with their type
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]


class Reader:
    """Turn the elements of a GEXF file into a graph."""

    def __init__(self, root: ET.Element) -> None:
        self.space = root.tag.partition("}")[0] + "}"
        graphs = root.findall(f"{self.space}graph")
        if len(graphs) != 1:
            msg = f"holds {len(graphs)} graphs; one is needed."
            raise NotReadableError(msg)
        self.root = graphs[0]
        if self.root.get("mode") == "dynamic":
            msg = "holds a graph that changes over time; a village stands as of one day."
            raise NotReadableError(msg)
        self.keys = {
            (str(group.get("class")), str(key.get("id"))): (
                str(key.get("title") or key.get("id")),
                KIND_OF.get(str(key.get("type")).lower(), "str"),
                key.findtext(f"{self.space}default"),
            )
            for group in self.root.findall(f"{self.space}attributes")
            for key in group.findall(f"{self.space}attribute")
        }

    def graph(self) -> nx.Graph:
        """Return the graph; raise if it is none of a village."""
        directed = self.root.get("defaultedgetype") == "directed"
        G = nx.Graph()
        for name, told in json.loads(self.root.get(own("data")) or "{}").items():
            G.graph[name] = None if told is None else DECODE[told[0]](told[1])
        ids: dict[str, Hashable] = {}
        nodes = self.root.findall(f"{self.space}nodes/{self.space}node")
        for element in nodes:
            text = str(element.attrib["id"])
            ids[text] = json.loads(text) if element.get(own("id")) == "json" else text
            values = self.values(element, "node")
            if element.get("label") and self.root.get(own("data")) is None:
                values.setdefault("label", element.get("label"))
            G.add_node(ids[text])
            G.nodes[ids[text]].update(values)
        for element in self.root.findall(f"{self.space}edges/{self.space}edge"):
            values = self.values(element, "edge")
            if element.get("weight") and self.root.get(own("data")) is None:
                values.setdefault("weight", float(str(element.get("weight"))))
            ends = [ids.get(str(element.get(end))) for end in ("source", "target")]
            kind = element.get("type")
            add_tie(G, ends, values, directed=kind == "directed" or (directed and kind is None))
        return G

    def values(self, element: ET.Element, scope: str) -> dict[str, object]:
        """Return the attributes of an element, and where and how it was drawn."""
        found: dict[str, object] = {}
        given = set()
        for data in element.findall(f"{self.space}attvalues/{self.space}attvalue"):
            # older files say "id" for "for"
            key = str(data.get("for") or data.get("id"))
            if (scope, key) not in self.keys:
                continue
            name, kind, _ = self.keys[scope, key]
            given.add(key)
            text = data.get("value") or ""
            kind = data.get(own("kind")) or kind
            if text or kind == "str":
                found[name] = DECODE[kind](text)
        none = (element.get(own("none")) or "").split()
        found.update((self.keys[scope, key][0], None) for key in none)
        for (kind_of, key), (name, kind, default) in self.keys.items():
            if kind_of == scope and default is not None and key not in {*given, *none}:
                found[name] = DECODE[kind](default)
        return found
