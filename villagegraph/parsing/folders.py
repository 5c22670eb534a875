"""The files of a folder and its sub-folders."""

from __future__ import annotations

import fnmatch
import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing.sources import NO_FILE, ExportFile, is_clutter, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def files_below(
    folder: str | os.PathLike[str],
    *,
    ignore: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
) -> tuple[list[ExportFile], list[tuple[str, str]]]:
    """
    List the files of a folder and its sub-folders.

    Hidden files are left out; links to folders or out of the folder, and what
    is no file at all, are refused.

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
        label = shown(Path(error.filename).relative_to(root).as_posix())
        refused.append((label, "may not be read: check its permissions."))

    found = []
    for place, folders, names in os.walk(root, onerror=unreadable):
        below = Path(place).relative_to(root)
        folders[:] = sorted(name for name in folders if not _hidden(Path(place, name)))
        refused += _no_folders(Path(place), below, folders, ignore)
        if not folders and not names and below.suffix:
            refused.append((shown(below.as_posix()), "is an empty folder, not a file."))
        for name in names:
            path = Path(place, name)
            label = shown((below / name).as_posix())
            if is_clutter(PurePosixPath(label)) or not _wanted(label, ignore, include):
                continue
            reason = _no_plain_file(path, root)
            if reason:
                refused.append((label, reason))
            else:
                found.append(ExportFile(path, label, path.stat().st_size))
    return sorted(found, key=lambda file: file.label), sorted(refused)


def _hidden(folder: Path) -> bool:
    """Tell whether a folder is passed over; a Maildir's sub-folders begin with a dot."""
    if not folder.name.startswith("."):
        return False
    try:
        return not ((folder / "cur").is_dir() and (folder / "new").is_dir())
    except PermissionError:  # such as the system's own .Trashes
        return True


def _no_folders(
    place: Path, below: Path, names: Iterable[str], ignore: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield label and reason of each link among the sub-folders: it is not followed."""
    for name in names:
        label = shown((below / name).as_posix())
        if (place / name).is_symlink() and _wanted(f"{label}/", ignore, ()):
            yield label, "is a link to a folder: put the folder itself here."


def _no_plain_file(path: Path, root: Path) -> str:
    """Return why an entry of a folder is not to be opened, empty if it is a file."""
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            return "is a link that leads out of the folder."
        mode = path.stat().st_mode
    except PermissionError:
        return "may not be read: check its permissions."
    except FileNotFoundError:
        return "is a link to nothing." if path.is_symlink() else "no such file."
    except (OSError, RuntimeError):  # a loop of links is either, by the version of Python
        return "is a link that leads in a circle." if path.is_symlink() else "cannot be read."
    return "" if stat.S_ISREG(mode) else NO_FILE


def _wanted(label: str, ignore: tuple[str, ...], include: tuple[str, ...]) -> bool:
    def matches(globs: tuple[str, ...]) -> bool:
        name = PurePosixPath(label).name
        return any(fnmatch.fnmatch(label, glob) or fnmatch.fnmatch(name, glob) for glob in globs)

    return not matches(ignore) and (not include or matches(include))
