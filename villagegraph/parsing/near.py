"""Tables that are almost an export: what they look like, and which columns they lack."""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.parsing.text import DELIMITERS, column_key, decode_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from villagegraph.parsing.sources import ExportFile

# columns of every other table: they tell nothing about where one comes from
_COMMON = frozenset(
    "firstname lastname name title type number date from to subject text content message source "
    "emailaddress emails company position birthday location link status url label kind minutes "
    "notes".split()
)


class Shape(NamedTuple):
    """
    The header of an export.

    Attributes
    ----------
    title
        What messages call it.
    columns
        Those it must have, as they are written.
    file
        Its usual name, without its ending; empty if that tells nothing.
    more
        Other columns by which it is known; a pattern of their `column_key`.
    """

    title: str
    columns: tuple[str, ...]
    file: str = ""
    more: str = ""


class Near(NamedTuple):
    """How much of a header was found, and what to say about the rest; no reason if too little."""

    found: int = 0
    reason: str = ""


def nearest(file: ExportFile, shapes: Iterable[Shape]) -> Near:
    """
    Tell which export a table was meant to be.

    A usual name is enough; else two of its columns are needed, of which one is
    found in few other tables, or five of any kind.

    Parameters
    ----------
    file
        A file that no reader knows.
    shapes
        What it may be.

    Returns
    -------
    near
        The nearest shape. Nothing that stands in the file is in its reason.
    """
    headers = list(_rows(decode_head(file.head())))
    stem, _, ending = file.name.casefold().rpartition(".")
    if not headers and ending != "csv":
        return Near()
    best = Near()
    for shape in shapes:
        named = ending == "csv" and shape.file and column_key(stem) == column_key(shape.file)
        for keys in headers or [frozenset[str]()]:
            missing = [name for name in shape.columns if column_key(name) not in keys]
            also = {key for key in keys if shape.more and re.fullmatch(shape.more, key)}
            known = keys & set(map(column_key, shape.columns)) | also
            alike = len(known) >= 5 or (len(known) > 1 and known - _COMMON)
            if missing and (named or alike):
                found = len(known) + (100 if named else 0)
                if found > best.found:
                    names = ", ".join(f"`{name}`" for name in missing)
                    best = Near(found, f"looks like {shape.title}, but has no column {names}.")
    return best


def _rows(text: str) -> Iterator[frozenset[str]]:
    """Yield the first rows with more than one cell, as column keys."""
    lines = [line for line in islice(text.split("\n"), 10) if "\0" not in line]
    for delimiter in DELIMITERS:
        for line in lines:
            try:
                cells = next(csv.reader([line.rstrip("\r")], delimiter=delimiter), [])
            except csv.Error:
                continue
            if len(cells) > 1:
                yield frozenset(map(column_key, cells)) - {""}
