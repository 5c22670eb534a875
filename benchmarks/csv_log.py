"""
Reading a large CSV log: villagegraph, pandas with either engine, and the whole export.

Usage: python benchmarks/csv_log.py [--rows 2000000]

Writes a list of edges with times to a temporary folder, reads it in each way in
a process of its own, and prints one table. `cells` is the reading of the CSV
itself, which is what pandas is compared with; `tables` makes events and
participants of it, with their names; `read_export` checks and joins them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from showing import heading, measure, show

MEGABYTE = 10**6
PEOPLE = 20_000


def write_log(path: Path, *, rows: int, seed: int = 1) -> None:
    """Write a log of addresses, times and kinds."""
    rng = np.random.default_rng(seed)
    names = np.array([f"person{n}@example.org" for n in range(PEOPLE)])
    kinds = np.array(["email", "call", "chat"])
    src, dst = (PEOPLE * rng.random((2, rows)) ** 2).astype(int)
    frame = pd.DataFrame(
        {
            "src": names[src],
            "dst": names[(dst + 1 + src) % PEOPLE],
            "unix_time": 1_500_000_000 + np.sort(rng.integers(0, 10**8, rows)),
            "kind": kinds[rng.integers(0, 3, rows)],
        }
    )
    frame.to_csv(path, index=False)


def cells(path: Path) -> int:
    """Read the columns, as villagegraph does."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.parsing.generic_columns import known_table  # noqa: PLC0415
    from villagegraph.parsing.generic_rows import blocks_of  # noqa: PLC0415

    file = file_at(path)
    table = known_table(file.head().decode())
    if table is None:
        return 0
    return sum(len(rows.lines) for rows in blocks_of(file, table, skip=lambda *_: None))


def tables(path: Path) -> int:
    """Make the tables of it."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import generic  # noqa: PLC0415
    from villagegraph.settings import Settings  # noqa: PLC0415

    return generic.read(file_at(path), settings=Settings()).events


def export(path: Path) -> int:
    """Read the whole export, as users do."""
    from villagegraph.readers import read_export  # noqa: PLC0415

    return len(read_export(path).interactions)


def pandas_c(path: Path) -> int:
    return len(pd.read_csv(path, dtype=str, keep_default_na=False, engine="c"))


def pandas_python(path: Path) -> int:
    return len(pd.read_csv(path, dtype=str, keep_default_na=False, engine="python"))


WAYS = {
    "cells": cells,
    "pandas C": pandas_c,
    "pandas python": pandas_python,
    "tables": tables,
    "read_export": export,
}


def _memory(name: str) -> int:
    """Return bytes of this process alone; getrusage knows those of its parent, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        way = WAYS[options.way]
        way(options.path.with_name("small.csv"))
        before = _memory("VmRSS")
        begin = time.process_time()
        rows = way(options.path)
        seconds = time.process_time() - begin
        extra = _memory("VmHWM") - before
        print(json.dumps({"rows": rows, "seconds": seconds, "extra": extra}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.csv")
        write_log(path, rows=options.rows)
        write_log(path.with_name("small.csv"), rows=1_000)
        size = path.stat().st_size
        heading(f"{size / MEGABYTE:,.0f} MB, {options.rows:,} rows")
        found = {way: measure(__file__, way, path) for way in WAYS}
    python, limit = found["pandas python"]["seconds"], found["pandas C"]["seconds"]
    goals = {"cells": ">= 100 MB/s", "tables": ">= 40 MB/s", "read_export": ">= 25 MB/s"}
    for way, goal in goals.items():
        seconds = found[way]["seconds"]
        rate = f"{goal}, now {size / MEGABYTE / seconds:,.0f}"
        show(f"{way}, CPU s (pandas python, C)", seconds, naive=python, limit=limit, goal=rate)
    show("read_export, peak MB", found["read_export"]["extra"] / MEGABYTE)


if __name__ == "__main__":
    main()
