"""What each export covers, month by month, as a strip of marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from villagegraph.overview.lines import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MONTHS_SHOWN = 24
MANY_SOURCES = 12
_BARS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"


def coverage_text(rows: Sequence[dict[str, Any]]) -> str:
    """
    Show from when to when each source reaches, and the months that it lacks.

    Parameters
    ----------
    rows
        Source, channel, month (YYYY-MM) and number of interactions.
    """
    spans = _spans(rows)
    last = max(row["month"] for row in rows)
    shown = _months_before(last, MONTHS_SHOWN)
    table = [("  source", "channel", "from", "to", "events", f"{shown[0]} to {last}")]
    table += [
        (
            f"  {source}",
            channel,
            min(months),
            max(months),
            f"{sum(months.values()):,}",
            strip(months, shown),
        )
        for (source, channel), months in spans
    ]
    head = (
        "What the exports cover: a mark a month, the higher the more; "
        f"{_NOTHING} is a month with nothing, perhaps not exported"
    )
    return "\n".join([head, *columns(table, right={4})])


def _spans(
    rows: Iterable[dict[str, Any]],
) -> list[tuple[tuple[str, str], dict[str, int]]]:
    """Return months by source and channel; many files of one folder are one source."""
    files: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        folder = row["source"].rpartition("/")[0]
        files.setdefault((folder, row["channel"]), set()).add(row["source"])
    spans: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        folder = row["source"].rpartition("/")[0]
        many = len(files[folder, row["channel"]])
        source = f"{folder}/*".lstrip("/") if many > MANY_SOURCES else row["source"]
        months = spans.setdefault((source, row["channel"]), {})
        months[row["month"]] = months.get(row["month"], 0) + row["n"]
    return sorted(spans.items())


def strip(months: dict[str, int], shown: Sequence[str]) -> str:
    """
    Return a mark for each month, in proportion to the busiest of them.

    Before the first and after the last month of the source there is no mark.

    Examples
    --------
    >>> strip({"2026-01": 8, "2026-03": 1}, ["2025-12", "2026-01", "2026-02", "2026-03"])
    ' █·▁'
    """
    first, last = min(months), max(months)
    most = max((months.get(month, 0) for month in shown), default=0)
    marks = []
    for month in shown:
        n = months.get(month, 0)
        if n:
            marks.append(_BARS[-(-n * len(_BARS) // most) - 1])
        else:
            marks.append(_NOTHING if first < month < last else " ")
    return "".join(marks)


def _months_before(last: str, n: int) -> list[str]:
    """Return the `n` months that end with `last`."""
    year, month = map(int, last.split("-"))
    ends = [divmod(year * 12 + month - 1 - back, 12) for back in range(n - 1, -1, -1)]
    return [f"{y:04d}-{m + 1:02d}" for y, m in ends]
