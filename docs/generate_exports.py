"""Write docs/exports.md from what each reader tells of its exports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from villagegraph.readers import READERS

if TYPE_CHECKING:
    from villagegraph.parsing.guide import Guide

INTRO = """\
# Exports: what can be read, and how to get it

Put exports into one folder as you get them: files, zips, whole folders, under any names. What a
file is shows in its content. `villagegraph check FOLDER` tells what was read of each, what was left
out and why; `villagegraph exports` shows this page in a terminal.

Of a message only that it was sent, by whom, to whom, when and how long it is: never its text or
subject. Nothing leaves your machine.
"""
COLUMNS = ("Source", "How to get it", "What is read", "What is not", "Mind")


def page() -> str:
    """Return the page: one table, a row a source."""
    rows = [_row(guide) for reader in READERS for guide in reader.GUIDES]
    lines = [_line(COLUMNS), _line(["---"] * len(COLUMNS)), *map(_line, rows)]
    return INTRO + "\n" + "\n".join(lines) + "\n"


def _row(guide: Guide) -> list[str]:
    steps = "<br>".join(f"{place}. {step}" for place, step in enumerate(guide.steps, start=1))
    kinds = ", ".join(f"`{kind}`" for kind in guide.kinds)
    return [
        f"**{guide.source}**<br>{kinds}",
        steps,
        guide.read,
        guide.left_out,
        "<br>".join(guide.traps),
    ]


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    Path(__file__).with_name("exports.md").write_text(page(), encoding="utf-8")
