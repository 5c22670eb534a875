"""SQLite databases of programs, opened for reading alone, on disk or inside a zip."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing.sources import MAX_WHOLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.parsing.sources import ExportFile

MAGIC = b"SQLite format 3\0"
# the first page names all tables, unless there are many
FIRST_PAGES = 2**20
DAMAGED = "the database is damaged or was copied while in use"
# sqlite3 cannot even say what is wrong where the words for it are damaged, and takes a
# length that is damaged for a want of memory
FAULTS = (sqlite3.Error, UnicodeDecodeError, MemoryError)
_WAL = slice(18, 20)
_PLAIN = b"\x01\x01"
MAX_LENGTH = 2**26


class Database:
    """
    An open database and the columns of its tables.

    Parameters
    ----------
    connection
        Open for reading.

    Attributes
    ----------
    columns
        Names of the columns of each plain table, both in small letters.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        # a view, or a virtual table, may run whatever its author wished
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
        )
        names = [name for (name,) in tables.fetchall() if isinstance(name, str)]
        self.columns = {name.lower(): self._columns(name) for name in names}

    def _columns(self, table: str) -> frozenset[str]:
        quoted = table.replace('"', '""')
        rows = self.connection.execute(f'PRAGMA table_info("{quoted}")')
        return frozenset(str(row[1]).lower() for row in rows)

    def has(self, table: str, *columns: str) -> bool:
        """Tell whether there is such a table with all these columns."""
        return self.columns.get(table, frozenset()) >= set(columns)

    def rows(self, table: str, columns: dict[str, str], *, order: str = "") -> Iterator[tuple]:  # type: ignore[type-arg]
        """
        Return some columns of each row, one row after the other.

        Parameters
        ----------
        table
            Its name.
        columns
            Name of each column, and what is asked of it if it is there: `NULL` comes where
            there is no such column.
        order
            A column by which the rows are put in order.
        """
        held = self.columns[table] | {"rowid"}
        asked = ", ".join(wish if name in held else "NULL" for name, wish in columns.items())
        # names and wishes are this package's own words
        query = f'SELECT {asked} FROM "{table}"'  # noqa: S608
        return self.connection.execute(query + (f" ORDER BY {order}" if order else ""))


@contextlib.contextmanager
def opened(file: ExportFile) -> Iterator[Database]:
    """
    Open a database without ever writing to it or beside it.

    Raises
    ------
    ExportError
        If it is damaged, or lies in a zip and is too large to be read from there.
    """
    try:
        with contextlib.closing(_connection(file)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_LENGTH)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            yield Database(connection)
    except FAULTS:
        msg = f"{DAMAGED}."
        hint = 'Copy it again with: sqlite3 chat.db ".backup copy.db"'
        raise ExportError(msg, path=file.label, hint=hint) from None


def _connection(file: ExportFile) -> sqlite3.Connection:
    if not file.member:
        uri = Path(file.path).absolute().as_uri() + "?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True)
    if file.size > MAX_WHOLE_BYTES:
        msg = "is a database too large to be read inside a zip."
        raise ExportError(msg, path=file.label, hint="Unpack it into the folder.")
    data = file.read()
    # a database in memory has no log beside it, whatever its header says
    data = data[: _WAL.start] + _PLAIN + data[_WAL.stop :]
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    return connection


def names_in_head(file: ExportFile, *names: bytes) -> bool:
    """
    Tell by its first pages whether a file is a database that names all these tables.

    Parameters
    ----------
    file
        Any file.
    names
        Names of tables.
    """
    head = file.head(len(MAGIC))
    if head != MAGIC:
        return False
    if all(name in file.head() for name in names):
        return True
    # a database that grew for years names some tables far from its start
    head = file.head(FIRST_PAGES)
    return all(name in head for name in names)
