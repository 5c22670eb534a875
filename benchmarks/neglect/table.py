"""
Judge the model on organisations it has not seen, and on later days; write the tables down.

    python benchmarks/neglect/table.py FOLDER [--check]

FOLDER holds the public logs. For each log the slopes and the intercept are fitted
anew on all other organisations (both Enron logs leave together), then the log is
back-tested by the package's own `backtest`. The figures go into figures.json, and
from there into docs/neglect.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from fit import SHIPPED, Sample, sample
from logs import LOGS, checksum
from page import FIGURES, PAGE, rendered
from ways import Way, beside_enron, by_time, halves, plain, rows_of, ways, wide

if TYPE_CHECKING:
    from collections.abc import Callable

DECIMALS = 3


def figures(folder: Path) -> dict[str, object]:
    """Return all figures of the page, and of which coefficients they tell."""
    rows = sample(folder)
    samples = {"ours": rows, "plain": rows_of(folder, plain), "wide": rows_of(folder, wide)}
    earlier = _earlier(folder)
    return {
        "coefficients": checksum(SHIPPED),
        "unseen": _each(lambda log: ways(log, folder, samples)),
        "enron": _each(lambda log: beside_enron(log, folder, rows), but="enron"),
        "time": _each(lambda log: by_time(log, folder, earlier, rows)),
    }


def _earlier(folder: Path) -> Sample:
    """Return the rows of each log that lie in the earlier half of its cuts."""
    return sample(folder, until={log.name: max(halves(log, folder)[0]) for log in LOGS})


def _each(judge: Callable[..., dict[str, Way]], *, but: str = "") -> dict[str, object]:
    return {
        log.name: {name: _plain(way) for name, way in judge(log).items()}
        for log in LOGS
        if log.organization != but
    }


def _plain(way: Way) -> dict[str, object]:
    """Return the figures of a way as they are printed; what is undefined is None."""
    found: dict[str, object] = {}
    for name, value in way._asdict().items():
        ends = [_rounded(end) for end in (value if isinstance(value, tuple) else (value,))]
        if None not in ends:
            found[name] = ends if isinstance(value, tuple) else ends[0]
    return found


def _rounded(value: float) -> float | None:
    return None if value != value else round(float(value), DECIMALS)  # noqa: PLR0124 (nan alone differs from itself)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    found = json.dumps(figures(given.folder), indent=1) + "\n"
    if given.check:
        same = FIGURES.read_text(encoding="utf-8") == found
        raise SystemExit(0 if same else "benchmarks/neglect/figures.json is not what comes out")
    FIGURES.write_text(found, encoding="utf-8")
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), json.loads(found)), "utf-8")


if __name__ == "__main__":
    main()
