"""Who has a new job, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from villagegraph.parsing.masking import masked

if TYPE_CHECKING:
    import pandas as pd


def job_rows(changes: pd.DataFrame) -> list[dict[str, str]]:
    """
    Say of each change what the person does now, and did before.

    Parameters
    ----------
    changes
        As `job_changes` returns them. Of two that tell the same of one person, the first stands.
    """
    rows = {
        (row["person_id"], row["organization_to"], row["title_to"]): {
            "name": masked(row["name"]),
            "reason": _told(row),
        }
        for row in reversed(changes.to_dict("records"))
    }
    return list(reversed(rows.values()))


def _told(row: dict[str, str]) -> str:
    now = _work(row["title_to"], row["organization_to"])
    if row["organization_from"] == row["organization_to"]:
        before = masked(row["title_from"])
    else:
        before = _work(row["title_from"], row["organization_from"])
    return f"Now {now}; before: {before}." if before else f"Now {now}."


def _work(title: str, organization: str) -> str:
    parts = [masked(text) for text in (title, organization) if text]
    return " at ".join(parts) if title and organization else "".join(parts)
