"""
What was read from a folder's files, kept so that the next run reads only what changed.

One place below the user's cache folder belongs to each village folder. It has a
slot for each file, or batch of small files, with the tables as Parquet and a
manifest that tells of what content, by which version of the readers and under
which settings they were made. A slot that does not fit, or is damaged, is made
anew; slots of files that are gone are taken away.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
import json
import logging
import os
import shutil
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq

from villagegraph.errors import ExportError, TableError, VillageError
from villagegraph.files import digest, write_whole
from villagegraph.readers import BESIDE
from villagegraph.tables import CONTRACTS, Export, empty, make

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from villagegraph.parsing import ExportFile
    from villagegraph.settings import Settings
    from villagegraph.tables import Contract

logger = logging.getLogger(__name__)

CACHE_VARIABLE = "VILLAGEGRAPH_CACHE"
"""Environment variable that names another cache folder."""
MANIFEST = "manifest.json"
_SLOT = "slot-"
_PACKAGES = ("icalendar", "phonenumbers", "recurring-ical-events")
_DAMAGED = (OSError, ValueError, KeyError, TypeError, pa.ArrowException, TableError)


def cache_place(folder: str | os.PathLike[str]) -> Path:
    """
    Return where the cache of one village folder lies.

    Parameters
    ----------
    folder
        The folder of exports.

    Returns
    -------
    place
        A folder of its own below the user's cache folder, or below the one named by
        the environment variable VILLAGEGRAPH_CACHE. It may be deleted at any time.
    """
    base = os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_path("villagegraph")
    return Path(base, digest("folder", Path(folder).resolve()))


class Cache:
    """
    The cache of one village folder.

    Parameters
    ----------
    place
        Where it lies.
    settings
        The owner's settings: those that readers see are part of every key.
    """

    def __init__(self, place: Path, *, settings: Settings) -> None:
        self.place = place
        seen = (settings.me, settings.zone, settings.dayfirst, settings.columns)
        self._base = digest(_version(), *map(repr, seen))
        self._keys: dict[str, str] = {}
        self._beside: dict[str, str] = {}

    def get(self, files: Sequence[ExportFile]) -> Export | None:
        """Return what was read from files of this very content; None if it is not kept."""
        slot = self._slot(files)
        try:
            key = self._keys[slot] = self._key(files)
        except ExportError:
            return None  # what cannot be opened is said by its reader
        try:
            manifest = json.loads((self.place / slot / MANIFEST).read_bytes())
            if manifest["key"] != key:
                return None
            return Export(**dict(self._tables(slot, manifest["tables"])))
        except _DAMAGED:
            return None

    def put(self, files: Sequence[ExportFile], export: Export) -> None:
        """Keep what was read from files, as far as the cache folder can be written."""
        slot = self._slot(files)
        key = self._keys.get(slot)
        if key is None:
            return
        place = self.place / slot
        try:
            for folder in (self.place.parent, self.place, place):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # without its manifest a slot holds nothing, so a crash leaves no false one
            (place / MANIFEST).unlink(missing_ok=True)
            kept = {}
            for field in fields(Export):
                table: pd.DataFrame = getattr(export, field.name)
                if len(table):
                    data = _parquet(table, CONTRACTS[field.name])
                    write_whole(place / f"{field.name}.parquet", data)
                    kept[field.name] = _hash(data)
            write_whole(place / MANIFEST, json.dumps({"key": key, "tables": kept}))
        except (VillageError, OSError):
            logger.info("the cache folder cannot be written: nothing is kept for the next run")

    def tidy(self) -> None:
        """Take away the slots of files that are no longer in the folder."""
        try:
            slots = sorted(self.place.iterdir()) if self.place.is_dir() else []
        except OSError:  # what may not be looked into is left alone
            return
        for slot in slots:
            if slot.name.startswith(_SLOT) and slot.name not in self._keys:
                shutil.rmtree(slot, ignore_errors=True)

    def _slot(self, files: Sequence[ExportFile]) -> str:
        return _SLOT + digest(*(file.label for file in files))

    def _key(self, files: Sequence[ExportFile]) -> str:
        parts = [self._base]
        for file in files:
            parts += [file.label, file.fingerprint()]
            for path in BESIDE:
                neighbour = file.beside(path)
                parts.append("" if neighbour is None else self._fingerprint(neighbour))
        return digest(*parts)

    def _fingerprint(self, neighbour: ExportFile) -> str:
        """Return the fingerprint of a file that thousands of others may lie beside."""
        found = self._beside.get(neighbour.label)
        if found is None:
            found = self._beside[neighbour.label] = neighbour.fingerprint()
        return found

    def _tables(self, slot: str, kept: dict[str, str]) -> Iterator[tuple[str, pd.DataFrame]]:
        for field in fields(Export):
            contract = CONTRACTS[field.name]
            if field.name not in kept:
                yield field.name, empty(contract)
                continue
            data = (self.place / slot / f"{field.name}.parquet").read_bytes()
            if _hash(data) != kept[field.name]:
                msg = "damaged"
                raise ValueError(msg)
            yield field.name, _unpacked(data, contract)


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _parquet(table: pd.DataFrame, contract: Contract) -> bytes:
    flat = table.reset_index() if contract.index else table
    buffer = io.BytesIO()
    columns = [*contract.index, *contract.columns]
    pq.write_table(pa.Table.from_pandas(flat[columns], preserve_index=False), buffer)
    return buffer.getvalue()


def _unpacked(data: bytes, contract: Contract) -> pd.DataFrame:
    flat = pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False).to_pandas()
    columns = {name: flat[name] for name in flat}
    for name, column in contract.columns.items():
        if column.kind == "texts":
            columns[name] = [tuple(texts) for texts in flat[name]]
    return make(contract, columns)


@functools.cache
def _version() -> str:
    """Return what changes with the code that reads: a cache never outlives its readers."""
    package = Path(__file__).parent.parent
    sources = [*package.glob("*.py"), *package.glob("parsing/*.py"), *package.glob("readers/*.py")]
    code = [source.read_bytes().hex() for source in sorted(sources)]
    return digest(*code, *map(importlib.metadata.version, _PACKAGES))
