"""What is measured here is measured without networkx, so that agreement with it means something."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import villagegraph.measures

MODULES = sorted(Path(villagegraph.measures.__file__).parent.rglob("*.py"))

# the container that people hand in; no algorithm
CONTAINERS = {"Graph"}


def uses(source: str) -> set[str]:
    """Return what a module takes from networkx, by name."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] == "networkx"
    }
    whole = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.startswith("networkx.")
    }
    taken = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "networkx"
        for alias in node.names
    }
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
    }
    # the module itself, passed on or renamed
    attributes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    loose = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in names and id(node) not in attributes
    }
    return whole | taken | read | loose


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_measure_calls_a_networkx_algorithm(path: Path):
    assert uses(path.read_text(encoding="utf-8")) <= CONTAINERS


@pytest.mark.parametrize(
    "code",
    [
        "import networkx as nx\nnx.betweenness_centrality(G)",
        "import networkx\nnetworkx.algorithms.core.core_number(G)",
        "from networkx import bridges",
        "from networkx.algorithms import core",
        "import networkx.algorithms.core as core\ncore.core_number(G)",
        "import networkx as nx\ngetattr(nx, 'bridges')(G)",
        "def f():\n    import networkx as anything\n    return anything.pagerank",
    ],
)
def test_a_call_would_be_seen(code: str):
    assert not uses(code) <= CONTAINERS
