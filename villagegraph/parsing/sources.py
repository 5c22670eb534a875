"""Where exports stand: files in a folder, and members of zips read in place."""

from __future__ import annotations

import contextlib
import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from villagegraph.errors import ExportError

if TYPE_CHECKING:
    import os

try:
    from lzma import LZMAError
except ImportError:  # a Python may be built without it, and then never raises it
    LZMAError = zlib.error  # type: ignore[assignment, misc]

Progress = Callable[[int], None]

HEAD_BYTES = 65_536
MAX_WHOLE_BYTES = 512 * 2**20  # of what is read at once; mailboxes are streamed
# a member; nothing but the end: a zip without members
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")

# gzip, 7z, rar, bzip2, xz, zstandard
_PACKED = (
    b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
)  # fmt: skip

NO_FILE = "is no file: a pipe, a socket or a device."

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Archive:
    """
    A zip, whose directory is read once for all members that are read in a row.

    Parameters
    ----------
    path
        The zip on disk.

    Attributes
    ----------
    entries
        Bytes and checksum of each member that is safe to read, by its name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, tuple[int, int]] = {}
        self._held: zipfile.ZipFile | None = None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep the zip open; what is wrong with it is said where a member is opened."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError, zipfile.BadZipFile, NotImplementedError):
                self._held = stack.enter_context(zip_at(self.path))
            try:
                yield
            finally:
                self._held = None

    @contextlib.contextmanager
    def opened(self) -> Iterator[zipfile.ZipFile]:
        """Return the open zip, or open it for now."""
        if self._held is not None:
            yield self._held
        else:
            with zip_at(self.path) as archive:
                yield archive


def zip_at(path: Path) -> zipfile.ZipFile:
    """Open a zip whose names are text."""
    with _names_are_text():
        return zipfile.ZipFile(path)


@contextlib.contextmanager
def _names_are_text() -> Iterator[None]:
    """Call a zip damaged if a name in it says that it is UTF-8 and is not."""
    try:
        yield
    except UnicodeDecodeError:
        raise zipfile.BadZipFile from None


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
    archive
        The zip that holds it, shared by all its members.
    start
        The first bytes, if they were read before.
    """

    path: Path
    label: str
    size: int
    member: str = ""
    archive: Archive | None = field(default=None, repr=False, compare=False)
    start: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """Last part of the label."""
        return PurePosixPath(self.label).name

    @property
    def folder(self) -> str:
        """The label's part before the name."""
        return self.label.rpartition("/")[0]

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """
        Open for reading bytes.

        Raises
        ------
        ExportError
            If the file cannot be opened, or its zip is damaged or locked.
        """
        with said_plainly(self.label), contextlib.ExitStack() as stack:
            if not self.member:
                yield stack.enter_context(self.path.open("rb"))
            else:
                archive = stack.enter_context((self.archive or Archive(self.path)).opened())
                with _names_are_text():
                    member = stack.enter_context(archive.open(self.member))
                # ZipExtFile has the methods of a BinaryIO that readers use
                yield member  # type: ignore[misc]

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Return the first bytes."""
        if self.start is not None and size <= HEAD_BYTES:
            return self.start[:size]
        with self.open() as stream:
            return stream.read(size)

    def begun(self) -> ExportFile:
        """Return the same file with its first bytes at hand, for all who look at them."""
        return replace(self, start=self.head())

    def beside(self, path: str) -> ExportFile | None:
        """
        Return another file of the same export; None if there is none.

        Parameters
        ----------
        path
            Its path from the folder in which this file stands, such as `../users.json`;
            nothing above the folder, or zip, that was read is ever looked at.
        """
        label = _below(PurePosixPath(self.label).parent, path)
        member = _below(PurePosixPath(self.member).parent, path) if self.member else ""
        if self.member:
            if self.archive is None or member not in self.archive.entries:
                return None
            size, _ = self.archive.entries[member]
            return replace(self, label=label, member=member, size=size, start=None)
        place = self.path.parent.joinpath(*PurePosixPath(path).parts)
        if not label or place.is_symlink() or not place.is_file():
            return None
        return ExportFile(place, label, place.stat().st_size)

    def fingerprint(self) -> str:
        """
        Return what changes when the content does.

        A file's own hash; for a member of a zip, the checksum that stands in the zip's
        directory, so that nothing has to be unpacked for it.
        """
        if self.member and self.archive is not None and self.member in self.archive.entries:
            size, checksum = self.archive.entries[self.member]
            return f"{size}-{checksum:08x}"
        with self.open() as stream:
            return hashlib.file_digest(stream, _fast_hash).hexdigest()  # type: ignore[arg-type]

    def read(self) -> bytes:
        """
        Return all bytes: for formats that are small by nature.

        Raises
        ------
        ExportError
            If it is far larger than any export of such a format.
        """
        # what a file says of its size and what it holds may differ
        data = b""
        if self.size <= MAX_WHOLE_BYTES:
            with self.open() as stream:
                data = stream.read(self.size + 1)
                if len(data) > self.size:
                    data += stream.read(MAX_WHOLE_BYTES + 1 - len(data))
        if max(self.size, len(data)) > MAX_WHOLE_BYTES:
            msg = f"is larger than {MAX_WHOLE_BYTES // 2**20} MB: only mailboxes are read so large."
            raise ExportError(msg, path=self.label, hint="Export it in parts.")
        return data


def shown(label: str) -> str:
    r"""
    Return a label that can be printed: names of files may be no text, or move the cursor.

    Examples
    --------
    >>> shown("M\udcfcller\n.vcf")
    'M\\udcfcller\\x0a.vcf'
    """
    shown = _UNSHOWN.sub(lambda letter: f"\\x{ord(letter[0]):02x}", label)
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")


def _fast_hash() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=16)


def _below(folder: PurePosixPath, path: str) -> str:
    """Return where a path from `folder` leads, empty if it leads out of all that was read."""
    parts = list(folder.parts)
    for part in PurePosixPath(path).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            return ""
    return "/".join(parts)


@contextlib.contextmanager
def said_plainly(label: str) -> Iterator[None]:
    """Turn what goes wrong below into one clear line."""
    try:
        yield
    except FileNotFoundError:
        problem, hint = "no such file.", ""
    except PermissionError:
        problem, hint = "may not be read: check its permissions.", ""
    except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError):
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
    with said_plainly(label or str(file)):
        status = file.stat()
    label = shown(label or file.name)
    if not stat.S_ISREG(status.st_mode):
        msg = "is a folder, not a file." if file.is_dir() else NO_FILE
        raise ExportError(msg, path=label)
    return ExportFile(path=file, label=label, size=status.st_size)


def is_zip(file: ExportFile) -> bool:
    """Tell whether a file on disk is a zip, by its first bytes."""
    return not file.member and file.head(4) in ZIP_STARTS


def is_inner_zip(file: ExportFile) -> bool:
    """Tell whether a member of a zip is a zip itself; documents are zips by other names."""
    return bool(file.member) and file.name.lower().endswith(".zip") and file.head(4) in ZIP_STARTS


def is_packed(file: ExportFile) -> bool:
    """Tell whether a file holds others in a form that is not read in place, such as .tgz."""
    head = file.head(512)
    return head.startswith(_PACKED) or head[257:262] == b"ustar"


def in_turn(batches: Iterable[list[ExportFile]]) -> Iterator[list[ExportFile]]:
    """Yield files, some at a time, keeping each zip open while its members come."""
    for archive, group in groupby(batches, key=lambda batch: batch[0].archive):
        with archive.held() if archive is not None else contextlib.nullcontext():
            yield from group


# what a file manager leaves behind is nobody's export
_CLUTTER = {".ds_store", "thumbs.db", "desktop.ini"}

_MAILS = ("cur", "new")


def is_clutter(path: PurePosixPath) -> bool:
    """
    Tell whether a file is hidden, or what a system leaves behind.

    Parameters
    ----------
    path
        Its path below the folder or zip. The sub-folders of a Maildir have names that
        begin with a dot, and hold mail all the same.
    """
    inner = [*path.parts[1:], ""]
    hidden = any(
        part.startswith(".") and part != ".." and below not in _MAILS
        for part, below in zip(path.parts, inner, strict=False)  # a path may have no part
    )
    return hidden or "__MACOSX" in path.parts or path.name.lower() in _CLUTTER
