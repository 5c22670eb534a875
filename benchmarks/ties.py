"""
The tie table and the graph of a great log: CPU and wall seconds, peak memory, and the plain way.

`python benchmarks/ties.py [rows] [rows that are counted from Parquet]`; the figures in the
pages are of 10,000,000 and 50,000,000.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from showing import heading, peak_memory, show

from villagegraph import as_adjacency, tie_table

if TYPE_CHECKING:
    from collections.abc import Callable

LAST_DAY = 20_089  # 2025-01-01
AS_OF = "2025-01-01"
PORTION = 5_000_000


def write_log(rows: int, path: Path) -> None:
    """Write a log in which a pair has some ten days of contact, and a day some four rows."""
    pairs, people = rows // 50, rows // 500
    rng = np.random.default_rng(1)
    u = rng.integers(0, people, pairs, dtype=np.int32)
    v = ((u + 1 + rng.pareto(1.0, pairs) * 3) % people).astype(np.int32)
    share = rng.lognormal(0, 1.5, pairs)
    cut = np.cumsum(share) / share.sum()
    schema = pa.schema({"src": pa.int32(), "dst": pa.int32(), "at": pa.int64()})
    with pq.ParquetWriter(path, schema) as file:
        for start in range(0, rows, PORTION):
            size = min(PORTION, rows - start)
            days = np.searchsorted(cut, rng.random(size // 4)).clip(max=pairs - 1)
            when = rng.integers(LAST_DAY - 1_100, LAST_DAY, size // 4)
            row = rng.integers(0, size // 4, size)
            pair, back = days[row], rng.random(size) < 0.4
            columns = {
                "src": np.where(back, v[pair], u[pair]),
                "dst": np.where(back, u[pair], v[pair]),
                "at": when[row] * 86_400 + rng.integers(0, 86_400, size),
            }
            file.write_table(pa.table(columns, schema=schema))


def plain(log: pd.DataFrame) -> pd.DataFrame:
    """Count the same with a sort and two groupby, as one would write it."""
    log = log.assign(
        u=log[["src", "dst"]].min(axis=1),
        v=log[["src", "dst"]].max(axis=1),
        uv=(log["src"] < log["dst"]).astype("int64"),
        vu=(log["src"] > log["dst"]).astype("int64"),
        day=log["at"] // 86_400,
    )
    log = log[log["u"] != log["v"]].sort_values(["u", "v", "at"])
    days = log.groupby(["u", "v", "day"]).agg(
        uv=("uv", "sum"), vu=("vu", "sum"), first=("at", "min"), last=("at", "max")
    )
    days = days.reset_index()
    days["strength"] = 2.0 ** ((days["day"] - LAST_DAY) / 60)
    days["recent"] = (LAST_DAY - days["day"] < 365).astype("int64")
    days["gap"] = days.groupby(["u", "v"])["day"].diff()
    return days.groupby(["u", "v"]).agg(
        uv=("uv", "sum"), vu=("vu", "sum"), days=("day", "size"), recent=("recent", "sum"),
        first=("first", "min"), last=("last", "max"), strength=("strength", "sum"),
        gap=("gap", "mean"),
    )  # fmt: skip


def clock(call: Callable[[], object]) -> tuple[float, float]:
    start, used = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start, time.process_time() - used


def counting(log: Path, rows: int) -> None:
    frame = pd.read_parquet(log)
    keys = frame["src"].to_numpy(np.int64) << 32 | frame["dst"]
    _, limit = clock(lambda: np.sort(keys))
    wall, used = clock(lambda: tie_table(frame, as_of=AS_OF))
    naive_wall, naive_used = clock(lambda: plain(frame))
    show(f"tie table, {rows:,} rows, wall s", wall, naive=naive_wall, limit=limit, goal="5x")
    show(f"tie table, {rows:,} rows, CPU s", used, naive=naive_used, limit=limit)


def from_parquet(log: Path, buckets: int | None) -> tuple[float, float]:
    """Count in a process of its own: CPU seconds, and its peak memory in MB."""
    call = [sys.executable, __file__, "--count", str(log), str(buckets or "")]
    run = subprocess.run(call, check=True, capture_output=True, text=True)
    used, peak = run.stdout.split()
    return float(used), float(peak)


def count(log: str, buckets: str) -> None:
    relation = duckdb.read_parquet(log)
    _, used = clock(lambda: tie_table(relation, as_of=AS_OF, buckets=int(buckets or 0) or None))
    print(used, peak_memory() / 1e6)


def graph(size: int) -> None:
    rng = np.random.default_rng(0)
    names = np.array([f"p{number:012x}" for number in range(size // 10)])
    u = rng.integers(0, len(names), size)
    v = (u + rng.integers(1, len(names), size)) % len(names)
    ties = pd.DataFrame({"person_u": names[u], "person_v": names[v], "strength": rng.random(size)})
    indexed = ties.set_index(["person_u", "person_v"])
    ways = (
        lambda: as_adjacency(indexed),
        lambda: nx.from_pandas_edgelist(ties, "person_u", "person_v", "strength"),
    )
    (_, ours), (_, naive) = (clock(way) for way in ways)
    show(f"graph of {size:,} ties, CPU s", ours, naive=naive, goal="20x")
    tracemalloc.start()
    peaks = []
    for way in ways:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        way()
        peaks.append((tracemalloc.get_traced_memory()[1] - before) / 1e6)
    show(f"graph of {size:,} ties, MB", peaks[0], naive=peaks[1], goal="10x")


def main() -> None:
    if "--count" in sys.argv:
        count(*sys.argv[2:])
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    great = int(sys.argv[2]) if len(sys.argv) > 2 else 2 * rows
    heading("Ties of a log, and the graph of them")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.parquet"
        write_log(rows, log)
        counting(log, rows)
        write_log(great, log)
        whole, most = from_parquet(log, 1)
        used, peak = from_parquet(log, None if great > 20_000_000 else 2)
        show(f"{great:,} rows in buckets, CPU s", used, naive=whole, goal="0.8x")
        show(f"{great:,} rows in buckets, MB", peak, naive=most, goal="1,000 MB at 50M rows")
    graph(rows // 10 if rows < 10_000_000 else 1_000_000)


if __name__ == "__main__":
    main()
