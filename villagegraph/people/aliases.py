"""The owner's word on who is who: `aliases.csv`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.errors import ExportError
from villagegraph.parsing import any_handle, clean, column_key, decode, name_key, table_rows

if TYPE_CHECKING:
    import os

ALIASES_FILE = "aliases.csv"
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
        If a column is missing or a row holds no verdict: the owner's own
        word is not to be passed over.
    """
    file = Path(path)
    if not file.exists():
        return ()
    wanted = ("handle_a", "handle_b", "verdict")
    found = []
    for line, row in table_rows(decode(file.read_bytes()), path=str(file), wanted=wanted):
        cells = {column_key(name): cell for name, cell in row.items()}
        a, b = (_side(cells[name], region) for name in ("handlea", "handleb"))
        verdict = cells["verdict"].casefold().replace(" ", "_")
        if not a or not b:
            msg = "an alias needs a handle or a name on both sides."
            raise ExportError(msg, path=file, line=line)
        if verdict not in VERDICTS:
            msg = "the verdict needs to be `same` or `not_same`."
            raise ExportError(msg, path=file, line=line)
        found.append(Alias(a, b, verdict == "same", line))
    return tuple(found)


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
