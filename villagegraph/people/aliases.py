"""The owner's word on who is who: `aliases.csv`."""

from __future__ import annotations

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
from villagegraph.people.unions import Unions

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

ALIASES_FILE = "aliases.csv"
COLUMNS = ("handle_a", "handle_b", "verdict")
VERDICTS = ("same", "not_same")


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
    found = []
    for line, row in _rows(file):
        cells = {column_key(name): cell for name, cell in row.items()}
        a, b = (_side(cells[column_key(name)], region) for name in COLUMNS[:2])
        verdict = cells[COLUMNS[2]].casefold().replace(" ", "_")
        if not a or not b:
            msg = "an alias needs a handle or a name on both sides."
            raise ExportError(msg, path=file, line=line)
        if verdict not in VERDICTS:
            msg = "the verdict needs to be `same` or `not_same`."
            raise ExportError(msg, path=file, line=line)
        found.append(Alias(a, b, verdict == "same", line))
    _refuse_contradictions(found, path=file)
    return tuple(found)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    def refuse(line: int, reason: str) -> None:
        msg = f"{reason}. Put quotes around a cell that holds a comma."
        raise ExportError(msg, path=file, line=line)

    try:
        yield from table_rows(
            decode(file_at(file, label=str(file)).read()),
            path=str(file),
            wanted=COLUMNS,
            skip=refuse,
        )
    except MissingColumnError as error:
        msg = "needs the columns handle_a, handle_b, verdict in its first line."
        raise ExportError(msg, path=file, line=error.line) from None


def _refuse_contradictions(aliases: Sequence[Alias], *, path: Path) -> None:
    unions = Unions()
    for alias in aliases:
        if alias.same:
            unions.join(_folded(alias.a), _folded(alias.b))
    for alias in aliases:
        if not alias.same and unions.find(_folded(alias.a)) == unions.find(_folded(alias.b)):
            msg = (
                "parts two that are one name, or that other lines call the same. "
                "Where two people share a name, give their addresses."
            )
            raise ExportError(msg, path=path, line=alias.line)


def _folded(side: str) -> str:
    return side if any_handle(side) else name_key(side) or side.casefold()


def _side(text: str, region: str) -> str:
    return any_handle(text, region=region) or clean(text)


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
