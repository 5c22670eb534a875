"""Read a plain log of who addressed whom and when, for `backtest`."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.measures.edge_log import LAST_SECOND, LOG_COLUMNS, usable
from villagegraph.measures.wording import counted

_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
# blank lines and comments, as collections of networks have them above the first row
_BEFORE = re.compile(rb"\A(?:[ \t]*(?:[#%][^\n]*)?\r?\n)+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e\+?\d+)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{2,4}")
_YEAR_SECONDS = 365 * 86_400
_DATES = "holds times written as dates."
_NEEDED = "Rows need to be src,dst,unix_time: who addressed whom, and the seconds since 1970."


class Edges(NamedTuple):
    """The rows that can be used, and in words what was read."""

    rows: pd.DataFrame
    said: str


def read_edges(path: str | Path) -> Edges:
    """
    Read a CSV file whose header names `src`, `dst` and `unix_time`, or that begins with these.

    Parameters
    ----------
    path
        The file, plain or gzipped. Further columns are ignored, odd rows counted. Without
        a header, the first three columns are taken.

    Raises
    ------
    ExportError
        If it cannot be read, lacks a column, or holds no row that can be used.
    """
    whole = _bytes(path).removeprefix(_MARK)
    data = _BEFORE.sub(b"", whole, count=1)
    if not data.strip():
        msg = "is empty."
        raise ExportError(msg, path=path, hint=_NEEDED)
    if b"\0" in data:
        msg = "isn't text in UTF-8."
        raise ExportError(msg, path=path, hint=_NEEDED)
    above = whole[: len(whole) - len(data)].count(b"\n")
    names, heads = _columns(data, path, line=above + 1)
    table = _parsed(data, path, names=names, heads=heads)
    lines = sum(1 for line in data.splitlines() if line.strip())
    odd = max(0, lines - heads - len(table))
    written = table["unix_time"]
    table["unix_time"] = pd.to_numeric(written, errors="coerce")
    alone = (table["src"] == table["dst"]).fillna(value=False).to_numpy(dtype=bool)
    kept = usable(table)
    odd += int((~kept & ~alone).sum())
    rows = table[kept].reset_index(drop=True)
    if rows.empty:
        raise ExportError(_nothing(table, written, alone), path=path, hint=_NEEDED)
    return Edges(rows, _said(rows, odd=odd, alone=int(alone.sum())))


def _bytes(path: str | Path) -> bytes:
    try:
        data = Path(path).read_bytes()
        return gzip.decompress(data) if data.startswith(_GZIP) else data
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "a damaged gzip file"
        msg = f"cannot be read ({reason})."
        raise ExportError(msg, path=path) from None


def _nothing(table: pd.DataFrame, written: pd.Series, alone: np.ndarray) -> str:
    """Tell why no row can be used."""
    if table.empty:
        return "holds no row beside its header."
    if alone.all():
        return "holds only rows from somebody to themselves."
    seconds = table["unix_time"].to_numpy(dtype=np.float64)
    if (np.abs(seconds) > LAST_SECOND).any():
        return "holds times too large for seconds, as milliseconds are."
    if written.str.contains(_DATE).any():
        return _DATES
    return "holds no row with two people and a time."


def _columns(data: bytes, path: str | Path, *, line: int) -> tuple[list[str], int]:
    """Return the names of the columns, and how many lines they take: one, or none."""
    first = data.split(b"\n", 1)[0].decode("utf-8", "replace")
    names = [name.strip().strip('"') for name in first.strip().split(",")]
    missing = [name for name in LOG_COLUMNS if name not in names]
    if not missing:
        # what nobody looks at may be called anything, the same twice too
        wanted = set(LOG_COLUMNS)
        named = [
            name if name in wanted and name not in names[:place] else f"column {place}"
            for place, name in enumerate(names)
        ]
        return named, 1
    first_other = len(LOG_COLUMNS)
    if len(names) >= first_other and _NUMBER.fullmatch(names[first_other - 1]):
        return [*LOG_COLUMNS, *(f"column {place}" for place in range(first_other, len(names)))], 0
    if len(names) >= first_other and _DATE.match(names[first_other - 1]):
        raise ExportError(_DATES, path=path, line=line, hint=_NEEDED)
    hint = "The first line needs to name the columns src, dst and unix_time, with commas."
    raise MissingColumnError(path=path, line=line, missing=missing, found=names, hint=hint)


def _parsed(data: bytes, path: str | Path, *, names: list[str], heads: int) -> pd.DataFrame:
    import io

    try:
        table = pd.read_csv(
            io.BytesIO(data),
            encoding="utf-8-sig",
            encoding_errors="replace",
            header=None,
            skiprows=heads,
            names=names,
            usecols=list(LOG_COLUMNS),
            dtype="str",
            on_bad_lines="skip",
        )
    except (ValueError, pd.errors.ParserError):
        msg = "cannot be read as a table with commas."
        raise ExportError(msg, path=path) from None
    for name in ("src", "dst"):
        table[name] = table[name].str.strip().replace("", None)
    return table


def _said(rows: pd.DataFrame, *, odd: int, alone: int) -> str:
    seconds = rows["unix_time"].to_numpy(dtype=np.float64)
    usual = float(np.quantile(seconds, 0.01))
    early = int((seconds < usual - 2 * _YEAR_SECONDS).sum())
    begin = seconds[seconds >= usual - 2 * _YEAR_SECONDS].min()
    first, last = (str(pd.Timestamp(value, unit="s").date()) for value in (begin, seconds.max()))
    people = pd.concat([rows["src"], rows["dst"]]).nunique()
    parts = [f"Read {counted(len(rows), 'row')}: {people:,} people, {first} to {last}."]
    if early:
        parts.append(f"{counted(early, 'row')} dated years before all others.")
    if odd:
        parts.append(f"{counted(odd, 'row')} left out: no two people, or no time.")
    if alone:
        parts.append(f"{counted(alone, 'row')} left out: from somebody to themselves.")
    return " ".join(parts)
