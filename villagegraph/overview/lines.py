"""Columns of text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def columns(rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> list[str]:
    """
    Return rows as lines whose cells stand below one another.

    Parameters
    ----------
    rows
        Cells, equally many in each row.
    right
        Columns that are set to the right, from 0.

    Examples
    --------
    >>> columns([("a", "1"), ("bcd", "10")], right={1})
    ['a     1', 'bcd  10']
    """
    if not rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
