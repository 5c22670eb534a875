"""What was known of a village the last time: which handle belongs to which id."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from villagegraph.errors import VillageError
from villagegraph.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

logger = logging.getLogger(__name__)

KNOWN_FILE = "known.parquet"
_COLUMNS = ("handle", "person_id")
# whatever a damaged file makes pyarrow say
_DAMAGED = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)


def read_known(place: Path | None) -> dict[str, str]:
    """
    Return which handle had which id.

    Parameters
    ----------
    place
        Where the cache of the folder lies; None without one.

    Returns
    -------
    known
        Empty if nothing is kept there, or nothing that can be read.
    """
    if place is None:
        return {}
    try:
        data = (place / KNOWN_FILE).read_bytes()
        table = pq.read_table(io.BytesIO(data), columns=list(_COLUMNS))
        handles, ids = (table.column(name).to_pylist() for name in _COLUMNS)
    except _DAMAGED:
        return {}
    pairs = zip(handles, ids, strict=True)
    return {h: i for h, i in pairs if h and i and isinstance(h, str) and isinstance(i, str)}


def write_known(place: Path | None, known: Mapping[str, str], *, before: Mapping[str, str]) -> None:
    """
    Keep which handle has which id.

    Parameters
    ----------
    place
        Where the cache of the folder lies; None keeps nothing.
    known
        As it is now.
    before
        As it was. A handle whose export is missing this time is remembered, a name is not.
    """
    kept = {handle: i for handle, i in before.items() if not handle.startswith("card:")}
    kept |= known
    if place is None or kept == before:
        return
    columns = [sorted(kept), [kept[handle] for handle in sorted(kept)]]
    buffer = io.BytesIO()
    try:
        table = pa.table([pa.array(column, pa.string()) for column in columns], names=_COLUMNS)
    except (pa.ArrowException, UnicodeEncodeError):
        # half a letter in a name: the ids are as lasting as without memory
        return
    pq.write_table(table, buffer)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(place / KNOWN_FILE, buffer.getvalue())
    except (VillageError, OSError):
        logger.info("the cache folder cannot be written: ids are not remembered")
