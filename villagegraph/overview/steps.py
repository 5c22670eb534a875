"""What to do next, from what was read."""

from __future__ import annotations

from typing import Any

FOLDER = "FOLDER"
"""Stands for the folder in the commands to try."""
_AMBIGUOUS = "ambiguous"


def next_steps(facts: dict[str, Any]) -> list[dict[str, str]]:
    """
    Return what to do next, the most needed first.

    Parameters
    ----------
    facts
        What is known of the folder, as `overview` gathers it.

    Returns
    -------
    steps
        `do`: a command, with FOLDER in the place of the folder, or a sentence; `why`: the
        reason in words.
    """
    if not facts["people"]:
        return [
            {
                "do": "Add other exports: `villagegraph exports` tells how to get them.",
                "why": "There is nobody in these exports yet.",
            }
        ]
    steps = []
    if facts["me"] is None:
        steps.append(
            {
                "do": f"villagegraph init {FOLDER}",
                "why": "It is not clear whose village this is: write yourself into village.toml.",
            }
        )
    if any(_AMBIGUOUS in note for file in facts["files"] for note in file["notes"]):
        steps.append(
            {
                "do": "Set dayfirst in village.toml.",
                "why": "Some dates, such as 3/4/25, can be read in two ways.",
            }
        )
    zones = {file["zone"] for file in facts["files"]} - {""}
    if zones == {"UTC"}:
        steps.append(
            {
                "do": "Set zone in village.toml to where you live.",
                "why": "Some exports hold times without a zone, which were read as UTC.",
            }
        )
    if facts["unread"]:
        steps.append(
            {
                "do": "Look at the files left out: `villagegraph exports` tells what can be read.",
                "why": "Of some files nothing was read.",
            }
        )
    steps.append(
        {
            "do": f"villagegraph who {FOLDER}",
            "why": "See who may be one person under two names or addresses.",
        }
    )
    if facts["me"] is not None:
        steps.append({"do": f"villagegraph report {FOLDER}", "why": "Read the monthly report."})
    steps.append({"do": f"villagegraph map {FOLDER}", "why": "Look at the map."})
    return steps
