"""Write outputs whole or not at all, readable by their owner alone."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from villagegraph.errors import VillageError


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """
    Write a file under a temporary name, then rename it.

    A crash leaves the old file as it was. Missing folders are made. The file
    is readable by its owner alone, since it tells about other people.

    Parameters
    ----------
    path
        Where the file shall stand.
    content
        Text, written as UTF-8 with newlines as they are, or bytes.

    Returns
    -------
    path
        The file written.

    Raises
    ------
    VillageError
        If it cannot be written there.
    """
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        _write(target, data)
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        msg = f"{target}: cannot be written: {why}. Choose another place."
        raise VillageError(msg) from None
    return target


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file with mode 0600
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def digest(*parts: object, size: int = 10) -> str:
    """
    Return a short stable name for a sequence of values.

    Parameters
    ----------
    *parts
        Values, compared by their text.
    size
        Bytes of the hash; the name has twice as many letters.

    Returns
    -------
    name
        Lower-case hexadecimal text, the same in every run and on every machine.

    Examples
    --------
    >>> digest("mbox", 7) == digest("mbox", "7")
    True
    >>> len(digest("a"))
    20
    """
    text = "\x1f".join(map(str, parts))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
