"""
What villagegraph raises and warns about.

::

    VillageError(Exception)
    ├── ExportError(VillageError, ValueError)        .path .line
    │   ├── UnknownExportError                       .kinds
    │   └── MissingColumnError                       .missing .found
    ├── IdentityError(VillageError, ValueError)      .candidates
    ├── LeakError(VillageError, ValueError)          .count
    ├── TableError(VillageError, ValueError)         .table .problems
    └── SettingsError(VillageError, ValueError)      .path .key
    SkippedRowsWarning(UserWarning)                  .skipped

No message holds anything read from a person's row: a place, a reason, and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePath

    import pandas as pd


class VillageError(Exception):
    """Base class of every error that villagegraph raises on purpose."""


class ExportError(VillageError, ValueError):
    """
    An export cannot be read as what it claims to be.

    Attributes
    ----------
    path
        The file, as it was named to the reader.
    line
        Line in the file, counted from 1, or None where lines mean nothing.
    """

    def __init__(
        self, problem: str, *, path: str | PurePath, line: int | None = None, hint: str = ""
    ) -> None:
        self.path = str(path)
        self.line = line
        self.problem = problem
        self.hint = hint
        place = self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{place}: {problem}" + (f" {hint}" if hint else ""))


class UnknownExportError(ExportError):
    """
    A file is no export of a known kind.

    Attributes
    ----------
    kinds
        The kinds of export that are known.
    """

    def __init__(self, *, path: str | PurePath, kinds: Sequence[str]) -> None:
        self.kinds = tuple(kinds)
        super().__init__(
            "not an export that villagegraph knows.",
            path=path,
            hint="Known kinds: " + ", ".join(self.kinds) + ".",
        )


class MissingColumnError(ExportError):
    """
    A table in an export lacks columns it must have.

    Attributes
    ----------
    missing
        Names of the columns that are not there.
    found
        The header as it stands in the file. It is kept out of the message,
        because a file without a header has a person's row in that place.
    """

    def __init__(
        self,
        *,
        path: str | PurePath,
        line: int | None,
        missing: Sequence[str],
        found: Sequence[str],
        hint: str = "",
    ) -> None:
        self.missing = tuple(missing)
        self.found = tuple(found)
        names = ", ".join(f"`{name}`" for name in self.missing)
        super().__init__(
            f"no column {names} among the {len(self.found)} in the header.",
            path=path,
            line=line,
            hint=hint,
        )


class IdentityError(VillageError, ValueError):
    """
    Who is who cannot be settled, above all who `me` is.

    Attributes
    ----------
    candidates
        Handles that came closest, best first.
    """

    def __init__(self, problem: str, *, candidates: Sequence[str] = ()) -> None:
        self.candidates = tuple(candidates)
        super().__init__(problem)


class LeakError(VillageError, ValueError):
    """
    A page that was to go without names would still name somebody.

    Attributes
    ----------
    count
        How many texts of the page do.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        texts = "1 text in it" if count == 1 else f"{count:,} texts in it"
        super().__init__(f"the map was not written: {texts} would still name somebody.")


class TableError(VillageError, ValueError):
    """
    A DataFrame breaks the contract of its table.

    Attributes
    ----------
    table
        Name of the table.
    problems
        Every problem found, not only the first.
    """

    def __init__(self, table: str, problems: Sequence[str]) -> None:
        self.table = table
        self.problems = tuple(problems)
        super().__init__(f"not a valid `{table}` table: " + "; ".join(self.problems))


class SettingsError(VillageError, ValueError):
    """
    `village.toml` holds something that cannot be used.

    Attributes
    ----------
    path
        The settings file.
    key
        Dotted name of the key, empty if the file as a whole is at fault.
    """

    def __init__(self, problem: str, *, path: str | PurePath, key: str = "") -> None:
        self.path = str(path)
        self.key = key
        super().__init__(f"{self.path}: " + (f"`{key}` " if key else "") + problem)


class SkippedRowsWarning(UserWarning):
    """
    Some rows could not be read and are listed in `skipped`.

    Attributes
    ----------
    skipped
        The table of what was left out: path, line, reason.
    """

    def __init__(self, message: str, *, skipped: pd.DataFrame | None = None) -> None:
        self.skipped = skipped
        super().__init__(message)
