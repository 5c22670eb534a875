"""The owner's word on who is who: `aliases.csv`."""

from __future__ import annotations

import unicodedata
from collections import defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.parsing import (
    any_handle,
    clean,
    column_key,
    decode,
    file_at,
    name_key,
    table_rows,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

ALIASES_FILE = "aliases.csv"
COLUMNS = ("handle_a", "handle_b", "verdict")
VERDICTS = ("same", "not_same")
# signs at which a spreadsheet starts to compute, and gaps that may hide one
_FORMULA = ("=", "+", "-", "@")
_GAPS = ("\t", "\r", "\n")


class Alias(NamedTuple):
    """
    One verdict of the owner.

    Attributes
    ----------
    a, b
        Handles, or names where the owner wrote names.
    same
        Whether both are one person.
    line
        Line in the file.
    """

    a: str
    b: str
    same: bool
    line: int


def read_aliases(path: str | os.PathLike[str], *, region: str = "") -> tuple[Alias, ...]:
    """
    Read `aliases.csv`.

    Parameters
    ----------
    path
        The file. One that does not exist gives no verdicts.
    region
        Two-letter country of numbers without a country code.

    Raises
    ------
    ExportError
        If a column is missing, a row holds no verdict, or two verdicts
        contradict each other: the owner's own word is not to be passed over.
    """
    file = Path(path)
    if not file.exists():
        return ()
    return aliases_in(file_at(file, label=str(file)).read(), path=str(file), region=region)


def aliases_in(
    data: bytes, *, path: str, region: str = "", whole: bool = True
) -> tuple[Alias, ...]:
    """Return the verdicts in the bytes of a file; as a whole they must not contradict."""
    found = []
    for line, row in _rows(data, path):
        cells = {column_key(name): cell for name, cell in row.items()}
        a, b = (side_of(cells[column_key(name)], region) for name in COLUMNS[:2])
        verdict = cells[COLUMNS[2]].casefold().replace(" ", "_")
        if not a or not b:
            msg = "an alias needs a handle or a name on both sides."
            raise ExportError(msg, path=path, line=line)
        if verdict not in VERDICTS:
            msg = "the verdict needs to be `same` or `not_same`."
            raise ExportError(msg, path=path, line=line)
        found.append(Alias(a, b, verdict == "same", line))
    if whole:
        _refuse_contradictions(found, path=path)
    return tuple(found)


def _rows(data: bytes, path: str) -> Iterator[tuple[int, dict[str, str]]]:
    def refuse(line: int, reason: str) -> None:
        msg = f"{reason}. Put quotes around a cell that holds a comma."
        raise ExportError(msg, path=path, line=line)

    try:
        yield from table_rows(
            decode(data),
            path=path,
            wanted=COLUMNS,
            skip=refuse,
        )
    except MissingColumnError as error:
        msg = (
            "needs the columns handle_a, handle_b, verdict in its first line, separated by commas."
        )
        raise ExportError(msg, path=path, line=error.line) from None


def _refuse_contradictions(aliases: Sequence[Alias], *, path: str) -> None:
    said: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for alias in aliases:
        if alias.same:
            a, b = folded(alias.a), folded(alias.b)
            said[a].setdefault(b, alias.line)
            said[b].setdefault(a, alias.line)
    for alias in aliases:
        lines = None if alias.same else _lines_between(folded(alias.a), folded(alias.b), said)
        if lines is None:
            continue
        problem = "parts two that are one name."
        if lines:
            which = f"line{'s' * (len(lines) > 1)} {' and '.join(map(str, lines))}"
            verb = "call" if len(lines) > 1 else "calls"
            problem = f"parts two whom {which} {verb} the same. Delete what is wrong."
        msg = f"{problem} Where two people share a name, give their addresses."
        raise ExportError(msg, path=path, line=alias.line)


def _lines_between(a: str, b: str, said: Mapping[str, Mapping[str, int]]) -> tuple[int, ...] | None:
    """Return the fewest lines that, one after the other, make the two the same."""
    reached: dict[str, tuple[int, ...]] = {a: ()}
    queue = deque([a])
    while queue:
        at = queue.popleft()
        if at == b:
            return tuple(sorted(reached[at]))
        for other, line in said.get(at, {}).items():
            if other not in reached:
                reached[other] = (*reached[at], line)
                queue.append(other)
    return None


def folded(side: str) -> str:
    """Return one side of an alias in the form in which sides are compared."""
    return side if any_handle(side) else name_key(side) or side.casefold()


def side_of(text: str, region: str) -> str:
    """Return one side of an alias as the owner means it: a handle, or a name."""
    shown = clean(text)
    # an apostrophe in front keeps a spreadsheet from computing what follows
    if shown[:1] == "'" and shown[1:] and plain_cell(shown[1:]) == shown:
        shown = shown[1:]
    return any_handle(shown, region=region) or shown


def plain_cell(text: str) -> str:
    """
    Return a text that no spreadsheet runs as a formula.

    Examples
    --------
    >>> plain_cell("Ada"), plain_cell("=1+1")
    ('Ada', "'=1+1")
    """
    # programs look past leading space, and some past the full width of a sign
    start = unicodedata.normalize("NFKC", text).lstrip()[:1]
    return f"'{text}" if start in _FORMULA or text[:1] in _GAPS else text


def nodes_for(side: str, *, known: set[str], by_name: dict[str, list[str]]) -> list[str]:
    """
    Return the nodes that one side of an alias means.

    Parameters
    ----------
    side
        A handle or a name.
    known
        All handles that stand in the exports.
    by_name
        Nodes by casefolded name and by name key.

    Returns
    -------
    nodes
        Empty if nothing in the exports has that handle or name.
    """
    if side in known:
        return [side]
    return by_name.get(side.casefold()) or by_name.get(name_key(side)) or []
