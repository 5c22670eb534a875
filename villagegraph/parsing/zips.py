"""The members of a zip that are safe to read, without unpacking it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing.sources import (
    Archive,
    ExportFile,
    is_clutter,
    said_plainly,
    shown,
    zip_at,
)

if TYPE_CHECKING:
    import zipfile

MAX_MEMBERS = 200_000
MAX_MEMBER_BYTES = 60 * 2**30
MAX_ZIP_BYTES = 4 * MAX_MEMBER_BYTES
MAX_RATIO = 500  # deflate reaches 1,000 on zeros; chats and mail stay under 30


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
        If the zip is damaged, or holds more than any export does.
    """
    with said_plainly(file.label), zip_at(file.path) as opened:
        infos = opened.infolist()
    if len(infos) > MAX_MEMBERS:
        msg = f"holds {len(infos):,} members, more than the {MAX_MEMBERS:,} that are read."
        raise ExportError(msg, path=file.label)
    archive = Archive(file.path)
    found, refused = [], []
    last = {info.filename: info for info in infos}
    for info in sorted(infos, key=lambda info: info.filename):
        label = shown(f"{file.label}/{info.filename}")
        place = PurePosixPath(info.filename.replace("\\", "/"))
        if info.filename.endswith("/") or is_clutter(place):
            continue
        reason = _unsafe(info)
        if not reason and last[info.filename] is not info:  # only the last one can be opened
            reason = "is there twice under one name, and the last one was read: unpack the zip."
        if reason:
            refused.append((label, reason))
        else:
            found.append(ExportFile(file.path, label, info.file_size, info.filename, archive))
            archive.entries[info.filename] = (info.file_size, info.CRC)
    _check_total(file, sum(member.size for member in found))
    return found, refused


def _check_total(file: ExportFile, total: int) -> None:
    # members may lie over one another, so that each alone looks harmless
    if total > MAX_RATIO * max(file.size, 2**20):
        msg = "would grow far beyond what an export does (a zip bomb?)."
        raise ExportError(msg, path=file.label)
    if total > MAX_ZIP_BYTES:
        msg = f"holds more than the {MAX_ZIP_BYTES // 2**30} GB that are read from one zip."
        raise ExportError(msg, path=file.label, hint="Unpack it into the folder.")


def _unsafe(info: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    first = parts.parts[0] if parts.parts else ".."  # a name such as . is no file's
    if parts.is_absolute() or ".." in (first, *parts.parts) or ":" in first:
        return "its name points outside the zip."
    if info.flag_bits & 0x1:
        return "is locked with a password: unpack it into the folder."
    if info.file_size > MAX_MEMBER_BYTES:
        return "is larger than any export: unpack it into the folder."
    if info.file_size > 2**20 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return "would grow far beyond what an export does (a zip bomb?)."
    return ""
