"""A village graph as a file, and back without loss: GraphML and GEXF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from villagegraph.errors import ExportError
from villagegraph.files import write_whole
from villagegraph.graph import gexf, graphml
from villagegraph.graph.build import needs_plain_graph
from villagegraph.graph.values import NotReadableError

if TYPE_CHECKING:
    import os

    import networkx as nx

_ADVICE = "Save it anew as GraphML or GEXF from the program it comes from."


def save_graph(G: nx.Graph, path: str | os.PathLike[str]) -> Path:
    """
    Write a graph as GraphML or GEXF.

    Parameters
    ----------
    G
        Undirected graph. Node IDs are texts or whole numbers; attributes of
        graph, nodes and edges are texts, numbers, flags, None, dates,
        datetimes, or lists, tuples and dicts of what JSON can hold.
    path
        Where the file shall stand. One that ends in `.gexf` is written as GEXF, for
        Gephi; any other, by custom in `.graphml`, as GraphML, for Cytoscape, igraph and others.

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
    >>> import networkx as nx
    >>> G = nx.Graph(as_of="2026-10-31")
    >>> G.add_edge("ana", "ben", channels=["call", "email"], first_at=None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     H = load_graph(save_graph(G, f"{folder}/village.graphml"))
    >>> H.edges["ana", "ben"]
    {'channels': ['call', 'email'], 'first_at': None}
    """
    needs_plain_graph(G)
    form = gexf if Path(path).suffix.lower() == ".gexf" else graphml
    return write_whole(path, "".join(form.document(G)))


def load_graph(path: str | os.PathLike[str]) -> nx.Graph:
    """
    Read a graph from GraphML or GEXF.

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
        If there is no such file, or it is neither, or holds a directed
        graph, a nested one or parallel ties.
    """
    file = Path(path)
    root = _parse(file)
    try:
        reader = gexf.Reader if root.tag in gexf.ROOTS else graphml.Reader
        return reader(root).graph()
    except NotReadableError as error:
        raise ExportError(str(error), path=file) from None
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        problem = "holds a value that is not of the type it is said to be."
        raise ExportError(problem, path=file, hint=_ADVICE) from None


def _parse(path: Path) -> ET.Element:
    try:
        # expat fetches nothing from elsewhere and stops at entities that blow up
        return ET.fromstring(path.read_bytes())  # noqa: S314
    except FileNotFoundError:
        problem = "there is no such file."
        raise ExportError(problem, path=path) from None
    except ET.ParseError as error:
        problem = "not a graph file: it is no XML, or it was cut off."
        raise ExportError(problem, path=path, line=error.position[0], hint=_ADVICE) from None
    except (ValueError, LookupError):  # an encoding that is not known
        problem = "not a graph file: its encoding cannot be read."
        raise ExportError(problem, path=path, hint=_ADVICE) from None
