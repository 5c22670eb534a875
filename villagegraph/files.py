"""Write outputs whole or not at all, readable by their owner alone."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import os
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.errors import VillageError

if TYPE_CHECKING:
    from collections.abc import Collection

# signs at which a spreadsheet starts to compute, and gaps that may hide one
_FORMULA = ("=", "+", "-", "@")
_GAPS = ("\t", "\r", "\n")


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


def csv_text(frame: pd.DataFrame, *, digits: int = 15) -> str:
    r"""
    Write the columns of a table as CSV that is safe to open in a spreadsheet.

    Parameters
    ----------
    frame
        The table; its index is left out.
    digits
        Significant digits of numbers with a fraction.

    Returns
    -------
    text
        Lines ending in a newline, times as ISO 8601, lists separated by a
        semicolon, empty where there is no value. A text that a spreadsheet
        would run as a formula has an apostrophe in front.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"name": ["Ana", "=1+1"], "days": [2.5, float("nan")]}))
    "name,days\nAna,2.5\n'=1+1,\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    columns = ([_cell(value, digits) for value in frame[name].tolist()] for name in frame.columns)
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue()


def _cell(value: object, digits: int) -> str:
    if isinstance(value, pd.Timestamp | dt.datetime):
        return "" if value is pd.NaT else value.isoformat()
    if isinstance(value, float):
        return "" if value != value else f"{value:.{digits}g}"  # noqa: PLR0124 - nan alone differs from itself
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return _cell(";".join(map(str, value)), digits)
    text = "" if value is None or value is pd.NaT or value is pd.NA else str(value)
    # programs look past leading space, and some past the full width of a sign
    start = unicodedata.normalize("NFKC", text).lstrip()[:1]
    return f"'{text}" if start in _FORMULA or text[:1] in _GAPS else text


def parquet_bytes(frame: pd.DataFrame, *, lists: Collection[str] = ()) -> bytes:
    """
    Write the columns of a table as Parquet, the same bytes for the same values.

    Parameters
    ----------
    frame
        The table; its index is left out.
    lists
        Columns that hold tuples of text.

    Returns
    -------
    data
        Text as strings, lists as lists of strings, all else in its own type,
        whatever version of pandas the table was made with.
    """
    # late: `--help` and a village without a cache need no Parquet
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    arrays = {}
    for name in frame.columns:
        column = frame[name]
        if name in lists:
            values = [list(texts) for texts in column]
            arrays[name] = pa.array(values, pa.list_(pa.string()))
        elif isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind in "bifu":
            arrays[name] = pa.array(column)
        else:
            arrays[name] = pa.array(column.astype(object), pa.string(), from_pandas=True)
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays), buffer)
    return buffer.getvalue()
