"""Who is one person with whom: a union-find that obeys vetoes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable


Step: TypeAlias = tuple[str, str, str, str]
"""A `Join` as a plain tuple, of which the garbage collector takes no notice."""


class Join(NamedTuple):
    """
    One step in which two became one person.

    Attributes
    ----------
    rule
        `alias`, `key`, `me` or `name`.
    a, b
        Nodes: handles, or `record:` and a record's id.
    evidence
        In words, or the handle that both carry.
    """

    rule: str
    a: str
    b: str
    evidence: str


class Unions:
    """
    Join nodes into persons.

    Parameters
    ----------
    apart
        Pairs of nodes that must never be in one person.

    Attributes
    ----------
    joins
        Every step that made one person of two, in order. They alone give the same
        persons again.
    """

    def __init__(self, apart: Iterable[tuple[str, str]] = ()) -> None:
        self.joins: list[Step] = []
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        # by the node that stands for a person, those that stand for whom it must not meet
        self._foes: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in apart:
            if one != other:
                self._foes[one].add(other)
                self._foes[other].add(one)

    def find(self, node: str) -> str:
        """Return the node that stands for the person `node` belongs to."""
        parent = self._parent.setdefault(node, node)
        if parent == node:
            return node
        while parent != self._parent[parent]:
            parent = self._parent[parent]
        self._parent[node] = parent
        return parent

    def members(self, node: str) -> list[str]:
        """Return all nodes of the person `node` belongs to."""
        root = self.find(node)
        return self._members.get(root, [root])

    def vetoed(self, a: str, b: str) -> bool:
        """Tell whether joining the two would break a word of the owner."""
        if not self._foes:
            return False
        foes = self._foes.get(self.find(a))
        return foes is not None and self.find(b) in foes

    def join(self, a: str, b: str, *, rule: str = "", evidence: str = "") -> bool:
        """Make one person of two, unless they are one or must stay apart."""
        one, other = self.find(a), self.find(b)
        if one == other or (self._foes and self.vetoed(one, other)):
            return False
        self.joins.append((rule, a, b, evidence))
        # the first in order stands for all, so the order of joining does not matter
        root, leaf = min(one, other), max(one, other)
        self._parent[leaf] = root
        self._members.setdefault(root, [root]).extend(self._members.pop(leaf, [leaf]))
        for foe in self._foes.pop(leaf, ()) if self._foes else ():
            self._foes[foe].discard(leaf)
            self._foes[foe].add(root)
            self._foes[root].add(foe)
        return True


def replay(joins: Iterable[Step]) -> dict[str, frozenset[str]]:
    """
    Rebuild the persons from the steps that made them.

    Parameters
    ----------
    joins
        The steps, in any order.

    Returns
    -------
    persons
        Each node that was joined to another, to all nodes of its person.

    Examples
    --------
    >>> step = Join("key", "email:ada@example.org", "record:1", "email:ada@example.org")
    >>> sorted(replay([step])["record:1"])
    ['email:ada@example.org', 'record:1']
    """
    unions = Unions()
    nodes: set[str] = set()
    for _, a, b, _ in joins:
        unions.join(a, b)
        nodes.update((a, b))
    whole = {root: frozenset(unions.members(root)) for root in {unions.find(n) for n in nodes}}
    return {node: whole[unions.find(node)] for node in sorted(nodes)}
