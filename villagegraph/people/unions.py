"""Who is one person with whom: a union-find that obeys vetoes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unions:
    """
    Join nodes into persons.

    Parameters
    ----------
    apart
        Pairs of nodes that must never be in one person.
    """

    def __init__(self, apart: Iterable[tuple[str, str]] = ()) -> None:
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
        foes = self._foes.get(self.find(a))
        return foes is not None and self.find(b) in foes

    def join(self, a: str, b: str) -> bool:
        """Make one person of two, unless they are one or must stay apart."""
        one, other = self.find(a), self.find(b)
        if one == other or self.vetoed(one, other):
            return False
        # the first in order stands for all, so the order of joining does not matter
        root, leaf = min(one, other), max(one, other)
        self._parent[leaf] = root
        self._members.setdefault(root, [root]).extend(self._members.pop(leaf, [leaf]))
        for foe in self._foes.pop(leaf, ()):
            self._foes[foe].discard(leaf)
            self._foes[foe].add(root)
            self._foes[root].add(foe)
        return True
