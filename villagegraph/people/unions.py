"""Who is one person with whom: a union-find that keeps its reasons and obeys vetoes."""

from __future__ import annotations


class Unions:
    """
    Join nodes into persons.

    Parameters
    ----------
    apart
        Pairs of nodes that must never be in one person.
    """

    def __init__(self, apart: list[tuple[str, str]]) -> None:
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._apart = apart

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
        roots = {self.find(a), self.find(b)}
        return any({self.find(one), self.find(other)} == roots for one, other in self._apart)

    def join(self, a: str, b: str) -> bool:
        """Make one person of two, unless they are one or must stay apart."""
        one, other = self.find(a), self.find(b)
        if one == other or self.vetoed(a, b):
            return False
        # the first in order stands for all, so the order of joining does not matter
        root, leaf = min(one, other), max(one, other)
        self._parent[leaf] = root
        self._members.setdefault(root, [root]).extend(self._members.pop(leaf, [leaf]))
        return True
