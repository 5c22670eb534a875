"""Where exports stand: files in a folder, and members of zips read in place."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from villagegraph.errors import ExportError

Progress = Callable[[int], None]

HEAD_BYTES = 65_536
MAX_MEMBERS = 200_000
MAX_MEMBER_BYTES = 60 * 2**30
MAX_RATIO = 500  # deflate reaches 1,000 on zeros; chats and mail stay under 30
ZIP_MAGIC = b"PK\x03\x04"

# what a file manager leaves behind is nobody's export
_CLUTTER = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class ExportFile:
    """
    One file of an export, on disk or inside a zip.

    Attributes
    ----------
    path
        The file on disk; for a member, the zip that holds it.
    member
        Name inside the zip, empty for a file of its own.
    label
        What messages and tables call it: the path below the folder that was
        read, with forward slashes; a member follows its zip after a slash.
    size
        Bytes, uncompressed.
    """

    path: Path
    label: str
    size: int
    member: str = ""

    @property
    def name(self) -> str:
        """Last part of the label."""
        return PurePosixPath(self.label).name

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """
        Open for reading bytes.

        Raises
        ------
        ExportError
            If the file cannot be opened, or its zip is damaged or locked.
        """
        with _said_plainly(self.label), contextlib.ExitStack() as stack:
            if not self.member:
                yield stack.enter_context(self.path.open("rb"))
            else:
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                # ZipExtFile has the methods of a BinaryIO that readers use
                yield stack.enter_context(archive.open(self.member))  # type: ignore[misc]

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Return the first bytes."""
        with self.open() as stream:
            return stream.read(size)

    def read(self) -> bytes:
        """Return all bytes: for formats that are small by nature."""
        with self.open() as stream:
            return stream.read()


@contextlib.contextmanager
def _said_plainly(label: str) -> Iterator[None]:
    """Turn what goes wrong below into one clear line."""
    try:
        yield
    except FileNotFoundError:
        problem, hint = "no such file.", ""
    except PermissionError:
        problem, hint = "may not be read: check its permissions.", ""
    except (zipfile.BadZipFile, zlib.error, EOFError):
        problem = "the zip is damaged or was not downloaded to its end."
        hint = "Download the export again."
    except NotImplementedError:  # a RuntimeError, so it stands before it
        problem = "the zip uses a compression that cannot be read."
        hint = "Unpack it into the folder."
    except RuntimeError as error:
        if "password" not in str(error):
            raise
        problem, hint = "the zip is locked with a password.", "Unpack it into the folder."
    except OSError as error:
        problem, hint = f"cannot be read: {error.strerror or 'unknown fault'}.", ""
    else:
        return
    raise ExportError(problem, path=label, hint=hint) from None


def file_at(path: str | os.PathLike[str], *, label: str = "") -> ExportFile:
    """
    Return the file at `path`.

    Raises
    ------
    ExportError
        If there is no file.
    """
    file = Path(path)
    with _said_plainly(label or str(file)):
        size = file.stat().st_size
    return ExportFile(path=file, label=label or file.name, size=size)


def is_zip(file: ExportFile) -> bool:
    """Tell whether a file on disk is a zip, by its first bytes."""
    return not file.member and file.head(4) == ZIP_MAGIC


def members(file: ExportFile) -> tuple[list[ExportFile], list[tuple[str, str]]]:
    """
    List the files inside a zip without unpacking it.

    Returns
    -------
    files
        Members in the order of their names.
    refused
        Label and reason of each member that is not safe to read.

    Raises
    ------
    ExportError
        If the zip is damaged, or holds more members than any export does.
    """
    with _said_plainly(file.label), zipfile.ZipFile(file.path) as archive:
        infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        msg = f"holds {len(infos):,} members, more than the {MAX_MEMBERS:,} that are read."
        raise ExportError(msg, path=file.label)
    found, refused = [], []
    for info in sorted(infos, key=lambda info: info.filename):
        label = f"{file.label}/{info.filename}"
        if info.is_dir() or _clutter(PurePosixPath(info.filename)):
            continue
        reason = _unsafe(info)
        if reason:
            refused.append((label, reason))
        else:
            found.append(ExportFile(file.path, label, info.file_size, info.filename))
    return found, refused


def _unsafe(info: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
        return "its name points outside the zip."
    if info.flag_bits & 0x1:
        return "is locked with a password: unpack it into the folder."
    if info.file_size > MAX_MEMBER_BYTES:
        return "is larger than any export: unpack it into the folder."
    if info.file_size > 2**20 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return "would grow far beyond what an export does (a zip bomb?)."
    return ""


def _clutter(path: PurePosixPath) -> bool:
    hidden = any(part.startswith(".") and part != ".." for part in path.parts)
    return hidden or "__MACOSX" in path.parts or path.name.lower() in _CLUTTER


def files_below(
    folder: str | os.PathLike[str],
    *,
    ignore: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
) -> tuple[list[ExportFile], list[tuple[str, str]]]:
    """
    List the files of a folder and its sub-folders.

    Hidden files and links that lead out of the folder are left out.

    Parameters
    ----------
    folder
        Where the exports lie.
    ignore, include
        Globs on the path below the folder. If `include` is given, only what
        it matches is listed.

    Returns
    -------
    files
        In the order of their labels.
    refused
        Label and reason of each entry that is not read.

    Raises
    ------
    ExportError
        If there is no such folder.
    """
    root = Path(folder)
    if not root.exists():
        msg = "no such folder."
        raise ExportError(msg, path=root, hint="Name the folder that holds your exports.")
    if not root.is_dir():
        msg = "is a file, not a folder."
        raise ExportError(msg, path=root, hint="Name its folder.")
    refused: list[tuple[str, str]] = []

    def unreadable(error: OSError) -> None:
        label = Path(error.filename).relative_to(root).as_posix()
        refused.append((label, "may not be read: check its permissions."))

    found = []
    for place, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(place, name)
            below = path.relative_to(root)
            label = below.as_posix()
            if _clutter(PurePosixPath(label)) or not _wanted(label, ignore, include):
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
                refused.append((label, "is a link that leads out of the folder."))
            elif path.is_file():
                found.append(ExportFile(path, label, path.stat().st_size))
    return sorted(found, key=lambda file: file.label), sorted(refused)


def _wanted(label: str, ignore: tuple[str, ...], include: tuple[str, ...]) -> bool:
    def matches(globs: tuple[str, ...]) -> bool:
        name = PurePosixPath(label).name
        return any(fnmatch.fnmatch(label, glob) or fnmatch.fnmatch(name, glob) for glob in globs)

    return not matches(ignore) and (not include or matches(include))
