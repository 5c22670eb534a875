"""
The tables that every stage reads and writes, column by column.

A contract checks kinds, not exact dtypes: pandas 2 and 3 store text in
different ways. Text that is not known is the empty string, a number that is
not known is `nan`, a time that is not known is `NaT`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.errors import TableError
from villagegraph.texts import text_column, text_dtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CHANNELS = ("email", "meeting", "call", "sms", "chat", "social", "note")
ROLES = ("from", "to", "cc", "bcc", "organizer", "attendee", "member")
PRECISIONS = ("second", "minute", "day")

HIDDEN = "hidden:"
"""Start of the handles that stand for people who opted out: they only count in an item's size."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    What one column holds.

    Attributes
    ----------
    kind
        `text`, `texts` (tuple of texts), `time` (UTC), `number` (nan allowed),
        `count` (whole number) or `flag`.
    doc
        Meaning and unit.
    nullable
        Whether times may be missing.
    allowed
        The words of which each cell is one; empty if any text will do.
    """

    kind: str
    doc: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """The name, index and columns of one table."""

    name: str
    index: tuple[str, ...]
    columns: Mapping[str, Column]


def _filled(column: pd.Series) -> pd.Series:
    return column[column.notna()]


def _is_text(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _is_text(pd.Series(column.cat.categories, dtype=object))
    if column.dtype == object:
        return all(isinstance(value, str) for value in _filled(column))
    return bool(pd.api.types.is_string_dtype(column.dtype))


def _is_texts(column: pd.Series) -> bool:
    return all(isinstance(value, tuple) for value in column)


def _is_time(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.DatetimeTZDtype) and str(column.dtype.tz) == "UTC"


_KINDS: dict[str, tuple[Callable[[pd.Series], bool], str]] = {
    "text": (_is_text, "text"),
    "texts": (_is_texts, "tuples of texts"),
    "time": (_is_time, "UTC timestamps"),
    "number": (lambda column: bool(pd.api.types.is_numeric_dtype(column.dtype)), "numbers"),
    "count": (lambda column: bool(pd.api.types.is_integer_dtype(column.dtype)), "whole numbers"),
    "flag": (lambda column: bool(pd.api.types.is_bool_dtype(column.dtype)), "true or false"),
}

_DTYPES = {
    "text": "str",
    "texts": "object",
    "time": "datetime64[us, UTC]",
    "number": "float64",
    "count": "int64",
    "flag": "bool",
}

_PERSON = {
    "name": Column("text", "full name as people write it"),
    "organization": Column("text", "where the person works"),
    "title": Column("text", "position there"),
    "headline": Column("text", "one line about the person, by the person"),
    "birthday": Column("text", "YYYY-MM-DD, or --MM-DD without the year"),
    "anniversary": Column("text", "wedding or other anniversary, as birthday"),
    "connected_on": Column("text", "YYYY-MM-DD on which the connection was made"),
    "location": Column("text", "place, in words"),
    "tags": Column("texts", "labels from address books and settings"),
}

CONTACTS = Contract(
    "contacts",
    ("record_id",),
    {**_PERSON, "source": Column("text", "file#record in which the row stands")},
)
HANDLES = Contract(
    "handles",
    (),
    {
        "handle": Column("text", "email:…, phone:+…, linkedin:…, name:…@app"),
        "record_id": Column("text", "the contact record that carries it"),
        "kind": Column("text", "the part before the colon"),
        "source": Column("text", "file in which it stands"),
    },
)
INTERACTIONS = Contract(
    "interactions",
    ("event_id",),
    {
        "at": Column("time", "start, UTC"),
        "precision": Column("text", "one of " + ", ".join(PRECISIONS), allowed=PRECISIONS),
        "zone": Column("text", "zone assumed for a naive time, else empty"),
        "channel": Column("text", "one of " + ", ".join(CHANNELS), allowed=CHANNELS),
        "app": Column("text", "program or service it comes from"),
        "thread": Column("text", "key of the conversation; never its subject"),
        "minutes": Column("number", "length in minutes"),
        "size": Column("number", "size in bytes"),
        "automated": Column("flag", "sent by a machine or to a list"),
        "source": Column("text", "file in which it stands"),
    },
)
PARTICIPANTS = Contract(
    "participants",
    (),
    {
        "event_id": Column("text", "the interaction"),
        "handle": Column("text", "who took part"),
        "role": Column("text", "one of " + ", ".join(ROLES), allowed=ROLES),
    },
)
HINTS = Contract(
    "hints",
    (),
    {
        "handle": Column("text", "a handle that may be the owner's, or a mailing list's"),
        "hint": Column(
            "text", "owner (the export says so), delivered (Delivered-To), calendar, or list"
        ),
        "n": Column("count", "how often it was seen"),
        "source": Column("text", "file in which it stands"),
    },
)
FILES = Contract(
    "files",
    ("path",),
    {
        "kind": Column("text", "what the file is"),
        "contacts": Column("count", "contact records read"),
        "interactions": Column("count", "interactions read"),
        "skipped": Column("count", "rows left out"),
        "first_at": Column("time", "first interaction", nullable=True),
        "last_at": Column("time", "last interaction", nullable=True),
        "zone": Column("text", "zone assumed for naive times"),
        "dated": Column("text", "YYYY-MM-DD for which the file speaks; empty if not known"),
        "notes": Column("texts", "what the reader was not sure of"),
    },
)
SKIPPED = Contract(
    "skipped",
    (),
    {
        "path": Column("text", "file"),
        "line": Column("count", "line or record in it, from 1; 0 for the file as a whole"),
        "reason": Column("text", "why it was left out; never what stood there"),
    },
)
COVERAGE = Contract(
    "coverage",
    (),
    {
        "source": Column("text", "file"),
        "channel": Column("text", "channel of the interactions"),
        "first_at": Column("time", "first interaction of the file in the channel"),
        "last_at": Column("time", "last one"),
        "month": Column("text", "YYYY-MM"),
        "n": Column("count", "interactions in the month"),
    },
)
PEOPLE = Contract(
    "people",
    ("person_id",),
    {
        **_PERSON,
        "sources": Column("texts", "files the person stands in"),
        "is_me": Column("flag", "the owner"),
    },
)
MERGES = Contract(
    "merges",
    (),
    {
        "record_id": Column("text", "contact record"),
        "person_id": Column("text", "the person it was found to be"),
        "rule": Column("text", "which rule joined it"),
        "evidence": Column("text", "the key they share"),
    },
)
TIES = Contract(
    "ties",
    ("person_u", "person_v"),
    {
        "n_uv": Column("count", "times u addressed v"),
        "n_vu": Column("count", "times v addressed u"),
        "n_shared": Column("count", "items both received, neither addressing the other"),
        "days": Column("count", "distinct days with contact"),
        "days_365": Column("count", "the same, in the 365 days up to as_of"),
        "first_at": Column("time", "first contact", nullable=True),
        "last_at": Column("time", "last contact", nullable=True),
        "channels": Column("texts", "channels of the contacts, sorted"),
        "credit": Column("number", "days: daily contact credit min(1, sum of 1/k), summed"),
        "shared_credit": Column("number", "days: the same credit for items both only received"),
        "strength": Column("number", "days: daily contact credit, halved every half-life"),
        "reciprocity": Column("number", "smaller directed count over the larger, 0 to 1"),
        "cadence_days": Column("number", "usual days between contacts; nan below 3 days"),
        "dormancy_days": Column("number", "days since the last contact; nan without one"),
        "basis": Column("text", "contact, or seen together"),
    },
)
CONTRACTS = {
    contract.name: contract
    for contract in (
        CONTACTS, HANDLES, INTERACTIONS, PARTICIPANTS, HINTS, FILES, SKIPPED, COVERAGE,
        PEOPLE, MERGES, TIES,
    )
}  # fmt: skip


def check(table: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """
    Return `table` unchanged if it keeps its contract.

    Parameters
    ----------
    table
        The table to look at. Further columns are welcome.
    contract
        What it must hold.

    Raises
    ------
    TableError
        Naming every problem found, never a value of a row.
    """
    problems = []
    names = tuple(table.index.names)
    if contract.index and names != contract.index:
        problems.append(f"index needs to be {contract.index}, {names} was given")
    elif contract.index and not table.index.is_unique:
        problems.append(f"{int(table.index.duplicated().sum())} repeated index values")
    missing = [name for name in contract.columns if name not in table.columns]
    if missing:
        problems.append("no column " + ", ".join(f"`{name}`" for name in missing))
    for name, column in contract.columns.items():
        if name not in missing:
            problems += _faults(table[name], column)
    if problems:
        raise TableError(contract.name, problems)
    return table


def _faults(values: pd.Series, column: Column) -> list[str]:
    test, needs = _KINDS[column.kind]
    if not test(values):
        return [f"`{values.name}` needs to hold {needs}, {values.dtype} was given"]
    found = []
    empty = int(values.isna().sum())
    if empty and column.kind not in ("number", "texts") and not column.nullable:
        found.append(f"`{values.name}` is empty in {empty} of {len(values)} rows")
    odd = int((~_filled(values).isin(column.allowed)).sum()) if column.allowed else 0
    if odd:
        words = ", ".join(column.allowed)
        found.append(f"`{values.name}` needs to be one of {words}: it is not in {odd} rows")
    return found


def make(contract: Contract, columns: Mapping[str, Iterable[object]]) -> pd.DataFrame:
    """
    Build a table of the contract's kinds from plain columns.

    Parameters
    ----------
    contract
        The table to build.
    columns
        One sequence for each index level and column, all of one length.
    """
    data = {
        name: _column(columns[name], _DTYPES[column.kind])
        for name, column in contract.columns.items()
    }
    frame = pd.DataFrame(data)
    if contract.index:
        levels = [_column(columns[name], "str") for name in contract.index]
        frame.index = (
            pd.Index(levels[0], name=contract.index[0])
            if len(levels) == 1
            else pd.MultiIndex.from_arrays(levels, names=contract.index)
        )
    return frame


def _column(values: Iterable[object], dtype: str) -> pd.Series:
    # a frame's own column comes with an index that means nothing here
    if isinstance(values, pd.Series):
        fits = values.dtype == (text_dtype() if dtype == "str" else dtype)
        if fits and values.index.equals(pd.RangeIndex(len(values))):
            return values
        return values.reset_index(drop=True).astype(dtype)
    cells = values if isinstance(values, list) else list(values)
    return text_column(cells) if dtype == "str" else pd.Series(cells, dtype=dtype)


def empty(contract: Contract) -> pd.DataFrame:
    """Return a table with no rows."""
    if contract.name not in _EMPTY:
        names = (*contract.index, *contract.columns)
        _EMPTY[contract.name] = make(contract, dict.fromkeys(names, ()))
    return _EMPTY[contract.name].copy()


# a folder of many files is read by way of thousands of tables without a row
_EMPTY: dict[str, pd.DataFrame] = {}


@dataclass(frozen=True, eq=False, slots=True)
class Export:
    """
    What was read from one export, or from a folder of them.

    Attributes
    ----------
    contacts, handles, interactions, participants
        The people and what happened, as the exports tell it.
    hints
        Handles that may be the owner's.
    files
        One row a file: what it is and what was read.
    skipped
        What was left out, and why.
    coverage
        What each file can have seen: all its events, those too that another file tells.
    """

    contacts: pd.DataFrame
    handles: pd.DataFrame
    interactions: pd.DataFrame
    participants: pd.DataFrame
    hints: pd.DataFrame
    files: pd.DataFrame
    skipped: pd.DataFrame
    coverage: pd.DataFrame

    @classmethod
    def nothing(cls) -> Export:
        """Return an export without a row."""
        return cls(**{field.name: empty(CONTRACTS[field.name]) for field in fields(cls)})
