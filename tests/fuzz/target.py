"""
Feed one reader with ever odder files, guided by coverage, until something else than a refusal.

    python tests/fuzz/target.py whatsapp --seconds 600

Seeds are the reader's fixtures and what earlier runs kept below build/fuzz. Whatever
comes out that is no VillageError ends the run; the input is kept beside the corpus and
belongs among the fixtures once the fault is mended. `--plant` proves that it would:
it makes the reader raise a TypeError at the first input that it claims.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "fuzz"
LONGEST = 20_000  # bytes: faults lie in shapes, not in sizes

with atheris.instrument_imports(include=["villagegraph.readers", "villagegraph.parsing"]):
    from villagegraph import readers
    from villagegraph.errors import VillageError
    from villagegraph.files import digest
    from villagegraph.parsing import ExportFile, file_at
    from villagegraph.settings import Me, Settings

SETTINGS = (
    Settings(),
    Settings(zone="Europe/Berlin", dayfirst=True, me=Me(phones=("+493023125700",))),
)


def reader_named(name: str) -> readers.Reader:
    """Return the reader of a source."""
    found = {reader.__name__.rpartition(".")[2]: reader for reader in readers.READERS}
    if name not in found:
        sys.exit(f"no reader {name}: one of {', '.join(sorted(found))}")
    return found[name]


def seeds(reader: readers.Reader, folder: Path) -> dict[str, Path]:
    """Copy the fixtures that the reader claims into `folder`; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, Path] = {}
    databases = Path(tempfile.mkdtemp(prefix="villagegraph-seeds-"))
    for written in sorted((ROOT / "tests" / "fixtures").rglob("*")):
        path = _built(written, databases) if written.suffix == ".sql" else written
        if path.is_file() and path.stat().st_size <= LONGEST and reader.sniff(file_at(path)):
            names.setdefault(path.suffix, path)
            shutil.copy(path, folder / f"{path.parent.name}-{path.name}".replace("/", "-"))
    if not names:
        sys.exit(
            "the reader claims none of the fixtures: nothing to begin with. outlook_pst, which no "
            "small file can feed, is tried by tests/test_outlook_pst.py with odd items."
        )
    return names


def _built(statements: Path, folder: Path) -> Path:
    """Make the database that a fixture describes, in pages as small as may be."""
    path = folder / f"{statements.stem}.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA page_size = 512")
        database.executescript(statements.read_text(encoding="utf-8"))
        database.commit()
    return path


def main() -> None:
    """Fuzz one reader for some seconds."""
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("reader")
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--plant", action="store_true", help="prove that a fault is found")
    options.add_argument("--input", type=Path, help="one file to try, in the place of a run")
    given = options.parse_args()
    reader = reader_named(given.reader)
    corpus = KEPT / given.reader
    names = seeds(reader, corpus)
    first = next(iter(names.values()))
    work = Path(tempfile.mkdtemp(prefix="villagegraph-fuzz-", dir=_fast_place()))
    for path in sorted(first.parent.iterdir()):  # neighbours that the reader may look at
        if path.is_file() and path != first:
            shutil.copy(path, work / path.name)
    target = work / first.name

    def one(data: bytes) -> None:
        target.write_bytes(data)
        file = file_at(target)
        if not data or not reader.sniff(file.begun()):
            return
        if given.plant:
            raise TypeError
        try:
            _read(reader, file, data)
        except BaseException:
            kept = KEPT / f"{given.reader}-fault-{digest(data.hex())}{target.suffix}"
            kept.write_bytes(data)
            raise

    if given.input:
        one(given.input.read_bytes())
        return
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={given.seconds}",
            f"-max_len={LONGEST}",
            f"-artifact_prefix={corpus}-",
            "-timeout=30",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
            str(corpus),
        ],
        one,
    )
    atheris.Fuzz()


def _read(reader: readers.Reader, file: ExportFile, data: bytes) -> None:
    # by the input alone, so that a fault shows again
    settings = SETTINGS[len(data) % len(SETTINGS)]
    with contextlib.suppress(VillageError):
        found = reader.read(file, settings=settings)
        if len(data) % 16 < len(SETTINGS):  # building tables takes longer than reading
            found.export()


def _fast_place() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a file a run, ours


if __name__ == "__main__":
    main()
