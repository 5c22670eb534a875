"""The values of a graph's attributes as text in an XML file, and back."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from villagegraph.graph.build import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    import networkx as nx

OWN = "urn:villagegraph:graphml"
"""XML namespace of what only this project writes and reads."""

# what an XML 1.0 document may hold, written as itself or as a reference
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# a parser turns these into spaces or newlines unless they are written as references
REFERENCES = {"\r": "&#13;"}

_INT64 = 2**63


class NotReadableError(Exception):
    """What a graph file holds that cannot be read."""


class Text(NamedTuple):
    """A value as it stands in the file; `kind` is empty where the key's type says it."""

    kind: str
    text: str


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _UNWRITABLE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def encode(value: object) -> Text:
    """Return a value's kind and its text."""
    # a flag is an int to Python, and a datetime a date: the narrower kinds stand first
    for kind, name, text in _ENCODE:
        if isinstance(value, kind):
            if name == "str" and _UNWRITABLE.search(str(value)):
                return Text("text", _json(value))
            return Text(name, text(value))
    msg = f"an attribute holds a {type(value).__name__}, which a graph file cannot hold"
    raise TypeError(msg)


def shown_text(text: str) -> str:
    """Return a text without the signs that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


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


_TOLD = {"boolean": "bool", "long": "int", "double": "float", "string": "str"}


def as_python(value: object) -> object:
    """Return numpy's and pandas' values as Python's own; leave tuples tuples."""
    return value if isinstance(value, tuple) else plain(value)


def _native(value: object) -> str:
    value = as_python(value)
    if isinstance(value, int) and not isinstance(value, bool) and not -_INT64 <= value < _INT64:
        return "str"  # too long for a GraphML long
    kind = encode(value).kind
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


def ids_as_text(G: nx.Graph) -> dict[Hashable, str]:
    """Return each node's ID as the XML attributes that stand for it."""
    texts: dict[Hashable, str] = {}
    for node in G:
        if not isinstance(node, str | int) or isinstance(node, bool):
            msg = f"node IDs need to be texts or whole numbers, {type(node).__name__} was given"
            raise TypeError(msg)
        kind, text = encode(node)
        texts[node] = text if kind == "str" else _json(node)
    if len(set(texts.values())) < len(texts):
        msg = "two nodes would have the same ID in the file: number 1 and text '1', say"
        raise TypeError(msg)
    return texts


class Columns:
    """
    The attributes of all nodes, or of all edges, of a graph.

    Attributes
    ----------
    types
        The narrowest type of GraphML that holds each attribute's values:
        `boolean`, `long`, `double` or `string`.
    """

    def __init__(self, records: Iterable[Mapping[Any, object]]) -> None:
        kinds: dict[str, set[str]] = {}
        for record in records:
            for attribute, value in record.items():
                found = kinds.setdefault(_attribute_name(attribute), set())
                if as_python(value) is not None:
                    found.add(_native(value))
        self.types = {attribute: _type(found) for attribute, found in kinds.items()}

    def cells(self, record: Mapping[str, object]) -> tuple[list[Cell], list[str]]:
        """Return the values of a record, and the names of those that are None."""
        values = {name: as_python(value) for name, value in record.items()}
        cells = []
        for name, value in values.items():
            if value is not None:
                kind, text = encode(value)
                cells.append(Cell(name, "" if kind == _TOLD[self.types[name]] else kind, text))
        return cells, [name for name, value in values.items() if value is None]


class Cell(NamedTuple):
    """A value: name of its attribute, kind (empty where the type says it), text."""

    name: str
    kind: str
    text: str


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]


DECODE: dict[str, Callable[[str], object]] = {
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
KIND_OF = {
    "boolean": "bool", "int": "int", "long": "int", "float": "float", "double": "float",
    "string": "str",
}  # fmt: skip


def own(name: str) -> str:
    """Return the name of one of this project's own XML attributes, as a parser gives it."""
    return f"{{{OWN}}}{name}"


def add_tie(
    G: nx.Graph, ends: list[Hashable], values: Mapping[str, object], *, directed: bool
) -> None:
    """
    Add a tie that was read from a file.

    Raises
    ------
    NotReadableError
        If it is directed, or of somebody unknown, or there already.
    """
    problem = ""
    if directed:
        problem = "holds a directed tie; ties of a village have no direction."
    elif None in ends:
        problem = "holds a tie of somebody who is not among its nodes."
    elif G.has_edge(*ends):
        problem = "holds several ties between the same two people."
    if problem:
        raise NotReadableError(problem)
    G.add_edge(*ends)
    G.edges[ends].update(values)
