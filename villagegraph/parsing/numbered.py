"""Tables whose columns are known by their place, because headers repeat, differ or say nothing."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing.text import table_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_END = re.compile(r"\r\n|\r|\n")


def numbered_rows(
    text: str,
    *,
    path: str,
    delimiter: str,
    above: int,
    width: int,
    skip: Callable[[int, str], None] | None = None,
) -> Iterator[tuple[int, list[str]]]:
    """
    Read the rows below a header by the places of their cells.

    Parameters
    ----------
    text
        The decoded file.
    path, delimiter, skip
        As in `table_rows`, which decides what is a row and what is left out.
    above
        Lines of the header, and above it.
    width
        How many columns the header has.

    Yields
    ------
    line
        Line on which the row starts, from 1.
    cells
        As many as the header has columns, without outer space.
    """
    names = [f"c{number}" for number in range(width)]
    ends = [match.end() for match in itertools.islice(_END.finditer(text), above)]
    below = text[ends[-1] :] if len(ends) == above else ""

    def skipped(line: int, reason: str) -> None:
        if skip is not None:
            skip(line - 1 + above, reason)

    rows = table_rows(
        f"{delimiter.join(names)}\n{below}",
        path=path,
        wanted=names,
        delimiter=delimiter,
        search_lines=1,
        skip=skipped,
    )
    try:
        for line, row in rows:
            yield line - 1 + above, list(row.values())
    except ExportError as error:
        line = (error.line or 1) - 1 + above
        raise ExportError(error.problem, path=path, line=line, hint=error.hint) from None
