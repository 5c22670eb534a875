"""What the benchmarks of readers share: a process of its own for each way, and one table."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

MEGABYTE = 10**6


def measure(file: str, way: str, path: Path) -> dict[str, float]:
    """Run one way of a benchmark in a fresh process, and return what it prints."""
    command = [sys.executable, file, "--way", way, "--path", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def peak_memory() -> int:
    """Return the most bytes that this process has held at once."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    # a child's ru_maxrss begins with what its parent held
    held = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))
    return int(held[1]) * 1024 if held else 0


def heading(what: str) -> None:
    """Print what was read, and the names of the columns."""
    print(f"\n{what}")
    print(f"{'':44}{'ours':>10}{'naive':>12}{'limit':>12}{'ratio':>10}  goal")


def show(
    name: str,
    ours: float,
    *,
    naive: float | None = None,
    limit: float | None = None,
    goal: str = "",
) -> None:
    """
    Print one line.

    Parameters
    ----------
    name
        What is measured, with its unit.
    ours, naive, limit
        villagegraph; the way one would write it; the part that nobody can do without.
    goal
        What the ratio, naive / ours, should be, or ours itself.
    """
    cells = [f"{value:12,.2f}" if value is not None else f"{'-':>12}" for value in (naive, limit)]
    ratio = f"{naive / ours:9.1f}x" if naive is not None and ours > 0 else f"{'-':>10}"
    print(f"{name:44}{ours:10,.2f}{''.join(cells)}{ratio}  {goal}".rstrip())
