"""
Read people's exports: files of their own, zips in place, whole folders.

Each source has a module with `GUIDES`, `KINDS`, `ADVICE`, `sniff` and `read`; no
module knows of another. A new source is a new module and a line in `READERS`.
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
    is_packed,
    is_zip,
    members,
)
from villagegraph.parsing.collect import tables_of
from villagegraph.parsing.join import coverage, join
from villagegraph.parsing.near import Near
from villagegraph.readers import (
    attendance,
    bandicoot,
    calendar,
    discord,
    generic,
    google,
    google_chat,
    imessage,
    linkedin,
    mail,
    meta,
    notes,
    outlook,
    outlook_pst,
    signal,
    single_mail,
    slack,
    sms,
    teams,
    telegram,
    vcard,
    viva,
    whatsapp,
    x_archive,
)
from villagegraph.settings import SETTINGS_FILE, Settings
from villagegraph.tables import SKIPPED, Export, make

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from villagegraph.parsing import Collector, Progress
    from villagegraph.parsing.guide import Guide

__all__ = ["BESIDE", "KINDS", "READERS", "coverage", "read_export", "read_folder", "sniff"]

logger = logging.getLogger(__name__)

OWN_FILES = frozenset({SETTINGS_FILE, "aliases.csv", "ids.csv"})
"""Files in the folder's root that are the owner's own and no exports."""

SMALL_BYTES = 2**16
FEW_FILES = 20
BATCH_FILES = 500
"""Many small files of one folder are made into tables, and kept, so many at once."""

_HOW_TO_BEGIN = "`villagegraph exports` tells what can be read and how to get it."


class Reader(Protocol):
    """
    What a module must offer to read a source.

    A module may also offer `near(file)`: what a table that nobody knows was meant to be;
    `mapped(file, settings)`: the kind of a file of which village.toml says what it is, else
    the empty string; and `BESIDE`: paths, from a file's folder, of files that it looks at
    while reading it.
    """

    GUIDES: tuple[Guide, ...]
    KINDS: tuple[str, ...]
    ADVICE: str

    def sniff(self, file: ExportFile) -> str:
        """Return the kind of export that `file` is, empty if it is none of these."""

    def read(
        self, file: ExportFile, *, settings: Settings, progress: Progress | None = None
    ) -> Collector:
        """Return everything that `file` holds."""


class Store(Protocol):
    """Where what was read from files is kept for the next time."""

    def get(self, files: Sequence[ExportFile]) -> Export | None:
        """Return what was read from files of this very content; None if it is not kept."""

    def put(self, files: Sequence[ExportFile], export: Export) -> None:
        """Keep what was read from files."""


READERS: tuple[Reader, ...] = (
    vcard,
    calendar,
    linkedin,
    google,
    outlook,
    notes,
    mail,
    outlook_pst,
    single_mail,
    telegram,
    meta,
    google_chat,
    slack,
    x_archive,
    discord,
    teams,
    signal,
    whatsapp,
    sms,
    imessage,
    bandicoot,
    viva,
    attendance,
    generic,
)
KINDS: tuple[str, ...] = tuple(sorted(kind for reader in READERS for kind in reader.KINDS))
BESIDE: tuple[str, ...] = tuple(
    sorted({path for reader in READERS for path in getattr(reader, "BESIDE", ())})
)
"""Paths, from a file's folder, of the files that some reader looks at while it reads the file."""


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
        return tables_of([_read_file(file, settings, progress)])
    found, refused = members(file)
    parts = []
    for (member,) in in_turn([member] for member in found):
        try:
            parts.append(_read_file(member, settings, progress))
        except ExportError as error:
            refused.append((member.label, _reason(error)))
    return _joined([tables_of(parts)], refused, path=file.label, empty="the zip is empty.")


def read_folder(
    folder: str | os.PathLike[str],
    *,
    settings: Settings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    store: Store | None = None,
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
    store
        What was read before, so that only changed files are read again.

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
    steps = _Steps(progress, sum(file.size for file in todo))
    parts = []
    for batch in in_turn(_batches(todo)):
        part = store.get(batch) if store is not None else None
        if part is None:
            part = _read_batch(batch, settings, steps)
            if store is not None:
                store.put(batch, part)
        parts.append(part)
        steps.finish(batch)
    return _joined(parts, refused, path=str(folder), empty="the folder holds no file.")


def _batches(files: Iterable[ExportFile]) -> Iterator[list[ExportFile]]:
    """Put many small files of one folder together; few are kept apart, each for itself."""
    batch: list[ExportFile] = []
    for file in files:
        if batch and not (_together(batch[-1], file) and len(batch) < BATCH_FILES):
            yield from _kept(batch)
            batch = []
        batch.append(file)
    if batch:
        yield from _kept(batch)


def _kept(batch: list[ExportFile]) -> Iterable[list[ExportFile]]:
    return [batch] if len(batch) > FEW_FILES else [[file] for file in batch]


def _together(one: ExportFile, other: ExportFile) -> bool:
    same_place = one.archive is other.archive and one.folder == other.folder
    return same_place and max(one.size, other.size) <= SMALL_BYTES


def _read_batch(files: Sequence[ExportFile], settings: Settings, steps: _Steps) -> Export:
    found, refused = [], []
    for file in files:
        try:
            found.append(_read_file(file, settings, steps.of(file)))
        except ExportError as error:
            refused.append((file.label, _reason(error)))
    read = tables_of(found)
    return join([read, _refusals(refused)]) if refused else read


def _joined(
    parts: Sequence[Export], refused: Sequence[tuple[str, str]], *, path: str, empty: str
) -> Export:
    """Join what was read; if that is nothing, say why."""
    if not any(len(part.files) for part in parts):
        refused = [*refused, *_listed(parts)]
        n = len(refused)
        msg = empty
        if n:
            label, reason = refused[0]
            msg = f"none of its {n:,} files could be read. The first of them: {label}: {reason}"
        raise ExportError(msg, path=path, hint=_HOW_TO_BEGIN)
    return join([*parts, _refusals(refused)])


def _listed(parts: Sequence[Export]) -> list[tuple[str, str]]:
    skipped = [part.skipped for part in parts]
    return [pair for rows in skipped for pair in zip(rows["path"], rows["reason"], strict=True)]


class _Steps:
    """Turn the bytes that readers have done into the folder's progress."""

    def __init__(self, progress: Callable[[str, int, int], None] | None, total: int) -> None:
        self.progress, self.done, self.total = progress, 0, total
        self.begun = 0

    def of(self, file: ExportFile) -> Callable[[int], None]:
        """Return what the reader of one file calls."""
        self.say(file.label)

        def step(size: int) -> None:
            self.done += size
            self.say(file.label)

        return step

    def finish(self, batch: Sequence[ExportFile]) -> None:
        """Count files as done, whatever was said of them on the way."""
        self.begun += sum(file.size for file in batch)
        self.done = self.begun
        self.say(batch[-1].label)

    def say(self, label: str) -> None:
        if self.progress is not None:
            self.progress(label, min(self.done, self.total), self.total)


def _opened(file: ExportFile, refused: list[tuple[str, str]]) -> Sequence[ExportFile]:
    if not is_zip(file):
        return (file,)
    found, unsafe = members(file)
    refused += unsafe
    if not found and not unsafe:
        refused.append((file.label, "the zip is empty."))
    return found


def _reader(file: ExportFile, settings: Settings | None = None) -> tuple[Reader | None, str]:
    for reader in READERS:
        # what the owner says of a file goes before what it looks like
        kind = reader.mapped(file, settings) if settings and hasattr(reader, "mapped") else ""
        if kind:
            return reader, kind
    for reader in READERS:
        kind = reader.sniff(file)
        if kind:
            return reader, kind
    return None, ""


def _read_file(
    file: ExportFile, settings: Settings, progress: Callable[[int], None] | None
) -> Collector:
    if file.size == 0:
        msg = "is empty."
        raise ExportError(msg, path=file.label, hint="Download the export again.")
    file = file.begun()
    if is_inner_zip(file):
        msg = "is a zip inside a zip: unpack it into the folder."
        raise ExportError(msg, path=file.label)
    if is_packed(file):
        msg = "is packed in a way that is not read in place: unpack it into the folder."
        raise ExportError(msg, path=file.label)
    reader, kind = _reader(file, settings)
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
