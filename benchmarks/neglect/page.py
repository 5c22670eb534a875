"""The tables of docs/neglect.md, made of the figures that table.py wrote down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FIGURES = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).parents[2] / "docs" / "neglect.md"
END = "<!-- end of table -->"

_TITLES = {"auc": "AUC", "brier": "Brier", "ece": "ECE"}


def rendered(page: str, figures: dict[str, Any]) -> str:
    """Return the page with its tables as the figures have them."""
    for name, shown in (("unseen", "auc brier ece"), ("enron", "auc brier"), ("time", "auc brier")):
        begin = f"<!-- table: {name} -->"
        before, found, rest = page.partition(begin)
        if not found or END not in rest:
            msg = f"the page needs a place for a table, from {begin} to {END}"
            raise ValueError(msg)
        _, _, after = rest.partition(END)
        tables = "\n\n".join(table(figures[name], score) for score in shown.split())
        page = f"{before}{begin}\n\n{tables}\n\n{END}{after}"
    return page


def table(figures: dict[str, dict[str, dict[str, Any]]], score: str) -> str:
    """Return one score of all ways on all logs as Markdown."""
    logs = list(figures)
    lines = [
        f"| {_TITLES[score]} | " + " | ".join(logs) + " | mean |",
        "|---" * (len(logs) + 2) + "|",
    ]
    for way in figures[logs[0]]:
        found = [figures[log][way] for log in logs]
        if all(score in one for one in found):
            mean = sum(one[score] for one in found) / len(found)
            cells = [_cell(one, score) for one in found]
            lines.append(f"| {way} | " + " | ".join(cells) + f" | {mean:.3f} |")
    return "\n".join(lines)


def _cell(found: dict[str, Any], score: str) -> str:
    between = found.get(f"{score}_between")
    spread = f" ({between[0]:.3f} to {between[1]:.3f})" if between else ""
    return f"{found[score]:.3f}{spread}"
