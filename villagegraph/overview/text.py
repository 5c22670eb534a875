"""What was read from a folder, as a page to read in a terminal or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from villagegraph.overview.coverage import coverage_text
from villagegraph.overview.lines import columns
from villagegraph.overview.steps import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLACES_SHOWN = 3
MANY = 12
"""More files of one kind in one folder stand in one line."""


def overview_json(facts: dict[str, Any]) -> str:
    """Return the facts as JSON text."""
    return json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)


def overview_text(facts: dict[str, Any], *, folder: str) -> str:
    """
    Return the facts as a page to read in a terminal.

    Parameters
    ----------
    facts
        What `overview` returns.
    folder
        The folder, as the owner named it: for the commands to try next.
    """
    parts = [_files_text(facts["files"]), _people_text(facts)]
    if facts["coverage"]:
        parts.append(coverage_text(facts["coverage"]))
    if any(file["notes"] for file in facts["files"]):
        parts.append(_notes_text(facts["files"]))
    if facts["skipped"]:
        parts.append(_skipped_text(facts["skipped"]))
    parts.append(_next_text(facts["next"], folder))
    return "\n\n".join(parts) + "\n"


def _files_text(files: Sequence[dict[str, Any]]) -> str:
    rows = [("file", "what it is", "contacts", "events", "left out", "from", "to", "zone assumed")]
    rows += [
        (
            file["path"],
            file["kind"],
            f"{file['contacts']:,}",
            f"{file['interactions']:,}",
            f"{file['skipped']:,}",
            file["first_day"] or "",
            file["last_day"] or "",
            file["zone"],
        )
        for file in _grouped(files)
    ]
    return "\n".join(columns(rows, right={2, 3, 4}))


def _grouped(files: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put many files of one kind in one folder into one line: a chat a day, a mail a file."""
    together: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for file in files:
        together.setdefault((file["path"].rpartition("/")[0], file["kind"]), []).append(file)
    lines = []
    for (folder, _), rows in together.items():
        lines += rows if len(rows) <= MANY else [_one_of(folder, rows)]
    return lines


def _one_of(folder: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    days = [row[end] for row in rows for end in ("first_day", "last_day") if row[end]]
    sums = {
        name: sum(row[name] for row in rows) for name in ("contacts", "interactions", "skipped")
    }
    return {
        **rows[0],
        **sums,
        "path": f"{folder}/* ({len(rows):,} files)" if folder else f"* ({len(rows):,} files)",
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "zone": ", ".join(sorted({row["zone"] for row in rows} - {""})),
    }


def _people_text(facts: dict[str, Any]) -> str:
    joined = facts["merges"]
    people, events = facts["people"], facts["interactions"]
    first = (
        f"{people:,} {'person' if people == 1 else 'people'}, "
        f"{events:,} event{'s' * (events != 1)} "
        f"({facts['automated']:,} of them automated, counted for nothing)"
    )
    lines = [first]
    if joined:
        words = {
            "key": "by a shared address, number or profile",
            "name": "by an unmistakable full name",
            "alias": "by aliases.csv",
            "me": "as the owner's",
            "alone": "that stand alone",
        }
        found = [f"{joined[rule]:,} {text}" for rule, text in words.items() if rule in joined]
        lines.append("Address-book rows: " + ", ".join(found))
    me = facts["me"]
    if me is None:
        lines.append("You: not found. Say who you are under [me] in village.toml, or with --me.")
    else:
        lines.append(f"You: {me['name']} ({me['basis']}): " + ", ".join(me["handles"]))
    return "\n".join(lines)


def _notes_text(files: Sequence[dict[str, Any]]) -> str:
    places: dict[str, list[str]] = {}
    for file in files:
        for note in file["notes"]:
            places.setdefault(note, []).append(file["path"])
    lines = [f"  {note}  ({_some(found)})" for note, found in places.items()]
    return "\n".join(["Good to know", *lines])


def _some(places: Sequence[str]) -> str:
    more = len(places) - _PLACES_SHOWN
    shown = ", ".join(places[:_PLACES_SHOWN])
    return f"{shown} and {more:,} more" if more > 0 else shown


def _skipped_text(reasons: Sequence[dict[str, Any]]) -> str:
    lines = ["Left out"]
    for item in reasons:
        more = item["n"] - len(item["places"])
        where = ", ".join(item["places"]) + (f" and {more:,} more" if more else "")
        lines.append(f"  {item['n']:>7,}  {item['reason']}  ({where})")
    return "\n".join(lines)


def _next_text(steps: Sequence[dict[str, str]], folder: str) -> str:
    name = f'"{folder}"' if " " in folder else folder
    rows = [("  " + step["do"].replace(FOLDER, name), step["why"]) for step in steps]
    return "\n".join(["Next", *columns(rows)])
