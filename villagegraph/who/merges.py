"""Why some records are one person: the steps that joined them, in order."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from villagegraph.parsing import OWNER
from villagegraph.people import Join
from villagegraph.who.find import find_person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from villagegraph.people import Step
    from villagegraph.village import Village

_RECORD = "record:"
_RULES = {
    "first": "",
    "alias": "your word in {}",
    "key": "both have {}",
    "me": "it is the owner's",
    "name": "{}",
}


def explain_merge(village: Village, who: str) -> pd.DataFrame:
    """
    Tell why the records of a person are one person.

    Parameters
    ----------
    village
        The village.
    who
        Name, handle or `person_id` of the person.

    Returns
    -------
    steps
        One row a record, or a handle that no record carries, in the order in which
        they can be joined: `step` (from 1), `node` (`record:` and the record's id, or
        the handle), `source`, `name`, `handles` (tuple, as the record has them),
        `rule` (`first`, `key`, `name`, `alias` or `me`), `evidence` (the handle,
        or where the reason stands), `joined_to` (the `node` of an earlier row; empty in
        the first) and `why`, the same in words. Joining each `node` to its `joined_to` makes
        the person again.

    Raises
    ------
    IdentityError
        If nobody, or more than one person, is meant.
    """
    person = find_person(village, who)
    records = village.merges.loc[village.merges["person_id"] == person, "record_id"].tolist()
    rows = village.handles[village.handles["person_id"] == person]
    source = village.contacts["source"]
    places = {f"{_RECORD}{record}": str(source.get(record, "")) for record in records}
    nodes = [*sorted(places, key=lambda node: (_place(places[node]), node))]
    # what several people share stands on their cards, and joined none of them
    own = {f"{_RECORD}{record}" for record in records} | set(rows["handle"].tolist()) | {OWNER}
    joined = {node for step in village.joins if own.issuperset(step[1:3]) for node in step[1:3]}
    loose = rows["record_id"] == ""
    nodes += sorted(set(rows.loc[loose | rows["handle"].isin(joined), "handle"]) - {OWNER})
    steps = _walk(nodes, village.joins)
    names = village.contacts["name"]
    carried: defaultdict[str, list[str]] = defaultdict(list)
    for record, handle in zip(rows["record_id"].tolist(), rows["handle"].tolist(), strict=True):
        carried[f"{_RECORD}{record}"].append(handle)
    table = {
        "node": [step.node for step in steps],
        "source": [places.get(step.node, "") for step in steps],
        "name": [str(names.get(step.node.removeprefix(_RECORD), "")) for step in steps],
        "rule": [step.rule for step in steps],
        "evidence": [step.evidence for step in steps],
        "joined_to": [step.joined_to for step in steps],
        "why": [_RULES[step.rule].format(step.evidence) for step in steps],
    }
    found = pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in table.items()})
    found.insert(0, "step", range(1, len(steps) + 1))
    found["handles"] = pd.Series(
        [
            tuple(sorted(set(carried[step.node]) - {OWNER}))
            if step.node in places
            else (step.node,)
            for step in steps
        ],
        dtype="object",
    )
    return found


class _Step(NamedTuple):
    node: str
    joined_to: str = ""
    rule: str = "first"
    evidence: str = ""


def _walk(nodes: Sequence[str], joins: Iterable[Step]) -> list[_Step]:
    """Go from the first node to all others along the joins; a row for each worth telling."""
    wanted = {*nodes, OWNER}
    beside: defaultdict[str, list[tuple[str, Join]]] = defaultdict(list)
    for join in map(Join._make, joins):
        if join.a in wanted and join.b in wanted:
            beside[join.a].append((join.b, join))
            beside[join.b].append((join.a, join))
    carried = {
        node
        for node in nodes
        if not node.startswith(_RECORD) and any(join.rule == "key" for _, join in beside[node])
    }
    steps: dict[str, _Step] = {}
    for start in nodes:
        if start in steps:
            continue
        # what nothing leads to is joined to nothing: there is one such start in a whole person
        steps[start] = _Step(start)
        queue = deque([start])
        while queue:
            at = queue.popleft()
            for other, join in beside[at]:
                if other not in steps:
                    steps[other] = _step(other, join, steps[at], shown=at not in {*carried, OWNER})
                    queue.append(other)
    return [step for node, step in steps.items() if node not in carried and node != OWNER]


def _step(node: str, join: Join, before: _Step, *, shown: bool) -> _Step:
    """Return the step to a node from the one before, which may be a handle or the owner."""
    joined_to = before.node if shown else before.joined_to
    # behind a handle or the owner, what led there is the reason
    if not shown and before.rule not in ("first", "key"):
        return _Step(node, joined_to, before.rule, before.evidence)
    return _Step(node, joined_to, join.rule, join.evidence)


def _place(source: str) -> tuple[str, int]:
    file, _, record = source.rpartition("#")
    return (file or source, int(record) if record.isdecimal() else 0)
