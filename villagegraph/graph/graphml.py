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

import datetime as dt
import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

from villagegraph.errors import ExportError
from villagegraph.files import write_whole
from villagegraph.graph.build import needs_plain_graph, plain

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_OWN = "urn:villagegraph:graphml"

# what an XML 1.0 document may hold, written as itself or as a reference
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# a parser turns these into spaces or newlines unless they are written as references
_REFERENCES = {"\r": "&#13;"}

_INT64 = 2**63


def save_graph(G: nx.Graph, path: str | os.PathLike[str]) -> Path:
    """
    Write a graph as GraphML.

    Parameters
    ----------
    G
        Undirected graph. Node IDs are texts or whole numbers; attributes of
        graph, nodes and edges are texts, numbers, flags, None, dates,
        datetimes, or lists, tuples and dicts of what JSON can hold.
    path
        Where the file shall stand; by custom it ends in `.graphml`.

    Returns
    -------
    path
        The file written. The same graph gives the same bytes.

    Raises
    ------
    TypeError
        If `G` is no undirected `nx.Graph`, or holds something of another kind.

    Examples
    --------
    >>> import tempfile
    >>> G = nx.Graph(as_of="2026-10-31")
    >>> G.add_edge("ana", "ben", channels=["call", "email"], first_at=None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     H = load_graph(save_graph(G, f"{folder}/village.graphml"))
    >>> H.edges["ana", "ben"]
    {'channels': ['call', 'email'], 'first_at': None}
    """
    needs_plain_graph(G)
    return write_whole(path, "".join(_document(G)))


def load_graph(path: str | os.PathLike[str]) -> nx.Graph:
    """
    Read a graph from GraphML.

    Parameters
    ----------
    path
        A file written by `save_graph`, or by another program.

    Returns
    -------
    G
        What was saved, value for value, with nodes and edges in that order.
        Of an aware datetime the offset from UTC is kept.

    Raises
    ------
    ExportError
        If there is no such file, or it is not GraphML, or holds a directed
        graph, a nested one or parallel ties.
    """
    file = Path(path)
    root = _parse(file)
    try:
        return _Reader(root).graph()
    except _NotReadableError as error:
        raise ExportError(str(error), path=file) from None
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        problem = "holds a value that is not of the type it is said to be."
        raise ExportError(problem, path=file, hint=_ADVICE) from None


_ADVICE = "Save it anew as GraphML from the program it comes from."


class _NotReadableError(Exception):
    """What a graph file holds that cannot be read."""


# writing


class _Text(NamedTuple):
    """A value as it stands in the file; `kind` is empty where the key's type says it."""

    kind: str
    text: str


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _UNWRITABLE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def _encode(value: object) -> _Text:
    """Return a value's kind and its text."""
    # a flag is an int to Python, and a datetime a date: the narrower kinds stand first
    for kind, name, text in _ENCODE:
        if isinstance(value, kind):
            if name == "str" and _UNWRITABLE.search(str(value)):
                return _Text("text", _json(value))
            return _Text(name, text(value))
    msg = f"an attribute holds a {type(value).__name__}, which a graph file cannot hold"
    raise TypeError(msg)


def _float(value: float) -> str:
    # as XML Schema and Java write them; Python reads them too
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(float(value))


def _needs_json(value: object) -> None:
    """Raise TypeError if JSON would bring a collection back as something else."""
    items = list(value.values()) if isinstance(value, dict) else list(value)  # type: ignore[call-overload]
    keys = list(value) if isinstance(value, dict) else []
    for item in items:
        if isinstance(item, list | dict):
            _needs_json(item)
        elif item is not None and type(item) not in (str, int, float, bool):
            msg = f"a collection holds a {type(item).__name__}, which a graph file cannot hold"
            raise TypeError(msg)
    if not all(type(key) is str for key in keys):
        msg = "a dict in an attribute needs texts as keys"
        raise TypeError(msg)


def _collection(value: object) -> str:
    _needs_json(value)
    return _json(value)


_ENCODE: tuple[tuple[type, str, Callable[[Any], str]], ...] = (
    (bool, "bool", lambda value: "true" if value else "false"),
    (int, "int", lambda value: str(int(value))),
    (float, "float", _float),
    (str, "str", str),
    (dt.datetime, "datetime", dt.datetime.isoformat),
    (dt.date, "date", dt.date.isoformat),
    (list, "list", _collection),
    (tuple, "tuple", _collection),
    (dict, "dict", _collection),
)


class _Scope:
    """The attributes of one kind of element: their keys, types and texts."""

    def __init__(self, name: str, records: Iterable[Mapping[Any, object]]) -> None:
        self.name = name
        self.records = list(records)
        kinds: dict[str, set[str]] = {}
        for record in self.records:
            for attribute, value in record.items():
                found = kinds.setdefault(_attribute_name(attribute), set())
                if _python(value) is not None:
                    found.add(_native(value))
        self.ids = {attribute: f"{name[0]}{number}" for number, attribute in enumerate(kinds)}
        self.types = {attribute: _type(found) for attribute, found in kinds.items()}

    def keys(self) -> Iterator[str]:
        for attribute, key in self.ids.items():
            kind = self.types[attribute]
            name = quoteattr(attribute)
            yield f'  <key id="{key}" for="{self.name}" attr.name={name} attr.type="{kind}"/>\n'

    def element(self, opening: str, record: Mapping[str, object], *, indent: str) -> Iterator[str]:
        """Yield the opening tag of an element and its data, not the closing tag."""
        values = {name: _python(value) for name, value in record.items()}
        none = " ".join(self.ids[name] for name, value in values.items() if value is None)
        yield f"{indent}<{opening}" + (f' vg:none="{none}">\n' if none else ">\n")
        for name, value in values.items():
            if value is None:
                continue
            kind, text = _encode(value)
            told = "" if kind == _TOLD[self.types[name]] else f' vg:kind="{kind}"'
            shown = escape(text, _REFERENCES)
            yield f'{indent}  <data key="{self.ids[name]}"{told}>{shown}</data>\n'


_TOLD = {"boolean": "bool", "long": "int", "double": "float", "string": "str"}


def _python(value: object) -> object:
    """Return numpy's and pandas' values as Python's own; leave tuples tuples."""
    return value if isinstance(value, tuple) else plain(value)


def _native(value: object) -> str:
    value = _python(value)
    if isinstance(value, int) and not isinstance(value, bool) and not -_INT64 <= value < _INT64:
        return "str"  # too long for a GraphML long
    kind = _encode(value).kind
    return kind if kind in ("bool", "int", "float") else "str"


def _type(kinds: set[str]) -> str:
    """Return the narrowest GraphML type that holds values of all the kinds."""
    if kinds == {"bool"}:
        return "boolean"
    if kinds == {"int"}:
        return "long"
    return "double" if kinds and kinds <= {"int", "float"} else "string"


def _attribute_name(name: object) -> str:
    if not isinstance(name, str) or _UNWRITABLE.search(name):
        msg = "names of attributes need to be text without control signs"
        raise TypeError(msg)
    return name


def _ids(G: nx.Graph) -> dict[Hashable, str]:
    """Return each node's ID as the XML attributes that stand for it."""
    texts: dict[Hashable, str] = {}
    for node in G:
        if not isinstance(node, str | int) or isinstance(node, bool):
            msg = f"node IDs need to be texts or whole numbers, {type(node).__name__} was given"
            raise TypeError(msg)
        kind, text = _encode(node)
        texts[node] = text if kind == "str" else _json(node)
    if len(set(texts.values())) < len(texts):
        msg = "two nodes would have the same ID in the file: number 1 and text '1', say"
        raise TypeError(msg)
    return texts


def _document(G: nx.Graph) -> Iterator[str]:
    """Yield the file, piece by piece."""
    ids = _ids(G)
    quoted = {node: quoteattr(text) for node, text in ids.items()}
    edges = list(G.edges(data=True))
    whole = _Scope("graph", [G.graph])
    nodes = _Scope("node", (data for _, data in G.nodes(data=True)))
    ties = _Scope("edge", (data for _, _, data in edges))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<graphml xmlns="{_GRAPHML}" xmlns:vg="{_OWN}">\n'
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


# reading


def _parse(path: Path) -> ET.Element:
    try:
        # expat fetches nothing from elsewhere and stops at entities that blow up
        return ET.fromstring(path.read_bytes())  # noqa: S314
    except FileNotFoundError:
        problem = "there is no such file."
        raise ExportError(problem, path=path) from None
    except ET.ParseError as error:
        problem = "not a GraphML file: it is no XML, or it was cut off."
        raise ExportError(problem, path=path, line=error.position[0], hint=_ADVICE) from None
    except (ValueError, LookupError):  # an encoding that is not known
        problem = "not a GraphML file: its encoding cannot be read."
        raise ExportError(problem, path=path, hint=_ADVICE) from None


def _tag(name: str) -> str:
    return f"{{{_GRAPHML}}}{name}"


def _own(name: str) -> str:
    return f"{{{_OWN}}}{name}"


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]


_DECODE: dict[str, Callable[[str], object]] = {
    "bool": _flag,
    "int": int,
    "float": float,
    "str": str,
    "text": json.loads,
    "list": json.loads,
    "dict": json.loads,
    "tuple": lambda text: tuple(json.loads(text)),
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
}
_KIND_OF = {
    "boolean": "bool", "int": "int", "long": "int", "float": "float", "double": "float",
    "string": "str",
}  # fmt: skip


class _Key(NamedTuple):
    name: str
    kind: str
    scope: str
    default: str | None


class _Reader:
    """Turn the elements of a GraphML file into a graph."""

    def __init__(self, root: ET.Element) -> None:
        if root.tag != _tag("graphml"):
            msg = "not a GraphML file: it is XML of another kind."
            raise _NotReadableError(msg)
        graphs = root.findall(_tag("graph"))
        if len(graphs) != 1:
            msg = f"holds {len(graphs)} graphs; one is needed."
            raise _NotReadableError(msg)
        self.root = graphs[0]
        self.keys = {
            str(key.get("id")): _Key(
                name=key.get("attr.name") or str(key.get("id")),
                kind=_KIND_OF[(key.get("attr.type") or "string").lower()],
                scope=key.get("for") or "all",
                default=key.findtext(_tag("default")),
            )
            for key in root.findall(_tag("key"))
            if key.get("yfiles.type") is None  # how yEd draws things, not what they are
        }

    def graph(self) -> nx.Graph:
        if self.root.get("edgedefault") == "directed":
            msg = "holds a directed graph; ties of a village have no direction."
            raise _NotReadableError(msg)
        if any(self.root.iter(_tag("hyperedge"))) or len(list(self.root.iter(_tag("graph")))) > 1:
            msg = "holds a nested graph or hyperedges, which a village has not."
            raise _NotReadableError(msg)
        G = nx.Graph()
        G.graph.update(self.values(self.root, "graph"))
        ids: dict[str, Hashable] = {}
        for element in self.root.findall(_tag("node")):
            text = str(element.attrib["id"])
            ids[text] = json.loads(text) if element.get(_own("id")) == "json" else text
            G.add_node(ids[text])
            G.nodes[ids[text]].update(self.values(element, "node"))
        for element in self.root.findall(_tag("edge")):
            ends = [ids.get(str(element.get(end))) for end in ("source", "target")]
            self.needs_new_tie(G, element, ends)
            G.add_edge(*ends)
            G.edges[ends].update(self.values(element, "edge"))
        return G

    def needs_new_tie(self, G: nx.Graph, element: ET.Element, ends: list[Hashable]) -> None:
        problem = ""
        if element.get("directed") == "true":
            problem = "holds a directed tie; ties of a village have no direction."
        elif None in ends:
            problem = "holds a tie of somebody who is not among its nodes."
        elif G.has_edge(*ends):
            problem = "holds several ties between the same two people."
        if problem:
            raise _NotReadableError(problem)

    def values(self, element: ET.Element, scope: str) -> dict[str, object]:
        """Return the attributes of an element."""
        none = (element.get(_own("none")) or "").split()
        found: dict[str, object] = {}
        given = set(none)
        for data in element.findall(_tag("data")):
            key = self.keys.get(str(data.get("key")))
            if key is None or len(data):  # markup of another program
                continue
            given.add(str(data.get("key")))
            kind = data.get(_own("kind")) or key.kind
            if data.text or kind == "str":  # other programs write empty numbers
                found[key.name] = _DECODE[kind](data.text or "")
        found.update((self.keys[key].name, None) for key in none)
        for place, key in self.keys.items():
            if key.default is not None and key.scope in (scope, "all") and place not in given:
                found[key.name] = _DECODE[key.kind](key.default)
        return found
