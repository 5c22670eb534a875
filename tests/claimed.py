"""Every fixture that some reader claims, for the tests that hold for all readers."""

from __future__ import annotations

import contextlib
import functools
import shutil
import sqlite3
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reading import FIXTURES

from villagegraph.errors import ExportError
from villagegraph.parsing import ExportFile, file_at
from villagegraph.parsing.collect import tables_of
from villagegraph.readers import READERS
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

    from villagegraph.parsing import Collector
    from villagegraph.tables import Export

BINARY = (b"SQLite format 3\0", b"!BDN", b"\xd0\xcf\x11\xe0")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Case:
    """A fixture, and the reader that claims it."""

    label: str
    data: bytes
    reader: ModuleType
    kind: str

    @property
    def source(self) -> str:
        return self.label.partition("/")[0]

    @property
    def is_text(self) -> bool:
        return not self.data.startswith(BINARY)

    def __str__(self) -> str:
        return self.label


@functools.cache
def cases() -> tuple[Case, ...]:
    """Return the fixtures that readers claim."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder))
        return tuple(_claimed(Path(folder)))


def lay_out(folder: Path) -> None:
    """Copy the fixtures below `folder`; those of databases are statements, which make them."""
    for path in sorted(FIXTURES.rglob("*")):
        place = folder / path.relative_to(FIXTURES)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif path.suffix == ".sql":
            place.with_suffix(".db").write_bytes(database(path.read_text(encoding="utf-8")))
        elif not path.name.endswith(".expected.json"):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def database(statements: str) -> bytes:
    """Return the database that statements make, in pages as small as may be."""
    with contextlib.closing(sqlite3.connect(":memory:")) as made:
        made.execute("PRAGMA page_size = 512")
        made.executescript(statements)
        made.commit()
        return made.serialize()


def _claimed(folder: Path) -> list[Case]:
    """Return the fixtures below `folder` that a reader claims, in the order of their labels."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        file = file_at(path, label=path.relative_to(folder).as_posix()).begun()
        reader, kind = claim(file)
        if reader is not None:
            found.append(Case(file.label, path.read_bytes(), reader, kind))
    return found


def claim(file: ExportFile) -> tuple[ModuleType | None, str]:
    """Return the first reader that knows the file, and as what."""
    for reader in READERS:
        kind = reader.sniff(file)
        if kind:
            return reader, kind
    return None, ""


class Desk:
    """The fixtures where a test may spoil one of them at a time, its neighbours in place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lay_out(folder)

    def file(self, case: Case, *, label: str = "") -> ExportFile:
        return file_at(self.folder / case.label, label=label or case.label).begun()

    @contextlib.contextmanager
    def altered(self, case: Case, data: bytes, *, label: str = "") -> Iterator[ExportFile]:
        """Put other bytes into the fixture's place."""
        path = self.folder / case.label
        path.write_bytes(data)
        try:
            yield self.file(case, label=label)
        finally:
            path.write_bytes(case.data)

    def collected(
        self, case: Case, variants: Iterable[bytes], *, settings: Settings | None = None
    ) -> list[Collector | ExportError | None]:
        """
        Read each variant as its own file, `1/…`, `2/…`, by whichever reader claims it.

        None stands for what nobody claims.
        """
        found: list[Collector | ExportError | None] = []
        for number, data in enumerate(variants, start=1):
            with self.altered(case, data, label=f"{number}/{case.label}") as file:
                reader = claim(file)[0]
                if reader is None:
                    found.append(None)
                    continue
                try:
                    found.append(reader.read(file, settings=settings or Settings()))
                except ExportError as error:
                    found.append(error)
        return found

    def read(self, case: Case, data: bytes | None = None, *, label: str = "") -> Export:
        """Read one fixture, or other bytes in its place."""
        with self.altered(case, case.data if data is None else data, label=label) as file:
            return case.reader.read(file, settings=Settings()).export()


def together(collected: Sequence[Collector | ExportError | None]) -> Export:
    """Return the tables of all that could be read."""
    return tables_of([one for one in collected if one and not isinstance(one, ExportError)])


def rows(export: Export) -> dict[str, Counter[str]]:
    """Return what an export says of people and events, in no order, but for the places."""
    tables = {
        "contacts": export.contacts.drop(columns="source").reset_index(),
        "handles": export.handles.drop(columns="source"),
        "interactions": export.interactions.drop(columns="source").reset_index(),
        "participants": export.participants,
        "hints": export.hints.drop(columns=["source", "n"]).drop_duplicates(),
    }
    return {name: Counter(map(str, table.to_numpy().tolist())) for name, table in tables.items()}


def difference(one: Export, other: Export) -> dict[str, Any]:
    """Return what stands in one alone, a few rows of each table; empty if they say the same."""
    found, expected = rows(one), rows(other)
    return {
        name: (list(found[name] - expected[name])[:3], list(expected[name] - found[name])[:3])
        for name in found
        if found[name] != expected[name]
    }
