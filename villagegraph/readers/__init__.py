"""
Read people's exports: files of their own, zips in place, whole folders.

Each source has a module with `KINDS`, `ADVICE`, `sniff` and `read`; no module
knows of another. A new source is a new module and a line in `READERS`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from villagegraph.errors import ExportError, UnknownExportError
from villagegraph.parsing import (
    ExportFile,
    file_at,
    files_below,
    in_turn,
    is_inner_zip,
    is_zip,
    members,
)
from villagegraph.parsing.join import coverage, join
from villagegraph.parsing.near import Near
from villagegraph.readers import calendar, google, linkedin, mail, notes, vcard, whatsapp
from villagegraph.settings import SETTINGS_FILE, Settings
from villagegraph.tables import SKIPPED, Export, make

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from villagegraph.parsing import Progress

__all__ = ["KINDS", "READERS", "coverage", "read_export", "read_folder", "sniff"]

logger = logging.getLogger(__name__)

OWN_FILES = frozenset({SETTINGS_FILE, "aliases.csv", "ids.csv"})
"""Files in the folder's root that are the owner's own and no exports."""

_HOW_TO_BEGIN = "The README lists what can be read and how to get it."


class Reader(Protocol):
    """
    What a module must offer to read a source.

    A module may also offer `near(file)`: what a table that nobody knows was meant to be.
    """

    KINDS: tuple[str, ...]
    ADVICE: str

    def sniff(self, file: ExportFile) -> str:
        """Return the kind of export that `file` is, empty if it is none of these."""

    def read(
        self, file: ExportFile, *, settings: Settings, progress: Progress | None = None
    ) -> Export:
        """Return everything that `file` holds."""


READERS: tuple[Reader, ...] = (linkedin, google, vcard, calendar, notes, mail, whatsapp)
KINDS: tuple[str, ...] = tuple(sorted(kind for reader in READERS for kind in reader.KINDS))


def sniff(path: str | os.PathLike[str] | ExportFile) -> str:
    """
    Tell what kind of export a file is, by its content.

    Parameters
    ----------
    path
        The file. A zip's members have kinds of their own.

    Returns
    -------
    kind
        One of `KINDS`, `zip`, or empty if it is none of them.

    Raises
    ------
    ExportError
        If the file cannot be opened.
    """
    file = path if isinstance(path, ExportFile) else file_at(path)
    if is_zip(file):
        return "zip"
    return _reader(file.begun())[1]


def read_export(
    path: str | os.PathLike[str],
    *,
    settings: Settings | None = None,
    progress: Callable[[int], None] | None = None,
) -> Export:
    """
    Read one export: a file, or a zip with all its members.

    Parameters
    ----------
    path
        The file.
    settings
        The owner's settings; the defaults if not given.
    progress
        Called with the number of bytes done since the last call.

    Returns
    -------
    export
        Its tables. Rows that could not be read are listed in `skipped`.

    Raises
    ------
    UnknownExportError
        If it is no export of a known kind.
    ExportError
        If it cannot be read as what it is.
    """
    file, settings = file_at(path), settings or Settings()
    if not is_zip(file):
        return _read_file(file, settings, progress)
    found, refused = members(file)
    parts = []
    for member in in_turn(found):
        try:
            parts.append(_read_file(member, settings, progress))
        except ExportError as error:
            refused.append((member.label, _reason(error)))
    return _joined(parts, refused, path=file.label, empty="the zip is empty.")


def read_folder(
    folder: str | os.PathLike[str],
    *,
    settings: Settings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Export:
    """
    Read every export in a folder, its sub-folders and its zips.

    A file that cannot be read is listed in `skipped` and the rest goes on.

    Parameters
    ----------
    folder
        Where the exports lie, under any names.
    settings
        The owner's settings; the defaults if not given.
    progress
        Called with the file's label, the bytes done and the bytes in all.

    Returns
    -------
    export
        Everything that was read, each event once.

    Raises
    ------
    ExportError
        If there is no such folder, or nothing in it could be read.
    """
    settings = settings or Settings()
    files, refused = files_below(folder, ignore=settings.ignore, include=settings.include)
    files = [file for file in files if file.label not in OWN_FILES]
    if not files and not refused:
        msg = "the folder is empty."
        raise ExportError(msg, path=str(folder), hint=_HOW_TO_BEGIN)
    todo: list[ExportFile] = []
    for file in files:
        try:
            todo += _opened(file, refused)
        except ExportError as error:
            refused.append((file.label, _reason(error)))
    done, total = 0, sum(file.size for file in todo)
    parts = []
    for file in in_turn(todo):
        report = _Steps(progress, file.label, done, total)
        try:
            parts.append(_read_file(file, settings, report))
        except ExportError as error:
            refused.append((file.label, _reason(error)))
        done += file.size
        report.finish(done)
    return _joined(parts, refused, path=str(folder), empty="the folder holds no file.")


def _joined(
    parts: Sequence[Export], refused: Sequence[tuple[str, str]], *, path: str, empty: str
) -> Export:
    """Join what was read; if that is nothing, say why."""
    if not parts:
        n = len(refused)
        msg = empty
        if n:
            label, reason = refused[0]
            msg = f"none of its {n:,} files could be read. The first of them: {label}: {reason}"
        raise ExportError(msg, path=path, hint=_HOW_TO_BEGIN)
    return join([*parts, _refusals(refused)])


class _Steps:
    """Turn a reader's bytes into the folder's progress."""

    def __init__(
        self, progress: Callable[[str, int, int], None] | None, label: str, done: int, total: int
    ) -> None:
        self.progress, self.label, self.done, self.total = progress, label, done, total
        self(0)

    def __call__(self, size: int) -> None:
        self.finish(self.done + size)

    def finish(self, done: int) -> None:
        self.done = min(done, self.total)
        if self.progress is not None:
            self.progress(self.label, self.done, self.total)


def _opened(file: ExportFile, refused: list[tuple[str, str]]) -> Sequence[ExportFile]:
    if not is_zip(file):
        return (file,)
    found, unsafe = members(file)
    refused += unsafe
    if not found and not unsafe:
        refused.append((file.label, "the zip is empty."))
    return found


def _reader(file: ExportFile) -> tuple[Reader | None, str]:
    for reader in READERS:
        kind = reader.sniff(file)
        if kind:
            return reader, kind
    return None, ""


def _read_file(
    file: ExportFile, settings: Settings, progress: Callable[[int], None] | None
) -> Export:
    if file.size == 0:
        msg = "is empty."
        raise ExportError(msg, path=file.label, hint="Download the export again.")
    file = file.begun()
    if is_inner_zip(file):
        msg = "is a zip inside a zip: unpack it into the folder."
        raise ExportError(msg, path=file.label)
    reader, kind = _reader(file)
    if reader is None:
        raise _unknown(file)
    logger.info("reading %s as %s", file.label, kind)
    return reader.read(file, settings=settings, progress=progress)


def _unknown(file: ExportFile) -> ExportError:
    """Return what to say of a file that no reader knows."""
    near, hint = Near(), ""
    for reader in READERS:
        if hasattr(reader, "near"):
            found: Near = reader.near(file)
            if found.found > near.found:
                near, hint = found, reader.ADVICE
    if near.reason:
        return ExportError(near.reason, path=file.label, hint=hint)
    return UnknownExportError(path=file.label, kinds=KINDS)


def _reason(error: ExportError) -> str:
    if isinstance(error, UnknownExportError):
        return "not an export of a known kind."
    return f"{error.problem} {error.hint}".strip()


def _refusals(refused: Sequence[tuple[str, str]]) -> Export:
    paths, reasons = [path for path, _ in refused], [reason for _, reason in refused]
    skipped = make(SKIPPED, {"path": paths, "line": [0] * len(paths), "reason": reasons})
    return replace(Export.nothing(), skipped=skipped)
