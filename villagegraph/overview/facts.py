"""What was read from a folder, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from villagegraph.overview.steps import next_steps
from villagegraph.parsing import kind_of
from villagegraph.readers import OWN_FILES

if TYPE_CHECKING:
    from villagegraph.village import Village

_PLACES_SHOWN = 3


def overview(village: Village) -> dict[str, Any]:
    """
    Tell what was read, what was left out, who the owner is, and what to do next.

    Parameters
    ----------
    village
        A village read from a folder.

    Returns
    -------
    facts
        Plain values, ready for JSON:

        - `files`: path, kind, contacts, interactions, skipped, `left_out` (reason to
          number), first and last day, assumed zone, the day its contacts speak for, notes;
        - `unread`: path and reason of each file of which nothing was read;
        - `skipped`: reason, how often, and where first;
        - `coverage`: source, channel, month, number of interactions;
        - `me`, `people`, `interactions`, `automated`, `last_day`;
        - `merges`: rule, how often;
        - `next`: what to do, and why.
    """
    reasons = _reasons_by_file(village.skipped)
    files = [
        {
            "path": path,
            "kind": row["kind"],
            "contacts": int(row["contacts"]),
            "interactions": int(row["interactions"]),
            "skipped": int(row["skipped"]),
            "left_out": reasons.get(path, {}),
            "first_day": _day(row["first_at"], village.zone),
            "last_day": _day(row["last_at"], village.zone),
            "zone": row["zone"],
            "dated": row["dated"],
            "notes": list(row["notes"]),
        }
        for path, row in village.files.iterrows()
    ]
    rules = village.merges["rule"].value_counts().sort_index()
    facts = {
        "files": files,
        "unread": _unread(village),
        "skipped": _reasons(village.skipped),
        "coverage": village.coverage[["source", "channel", "month", "n"]].to_dict("records"),
        "me": owner_facts(village),
        "people": len(village.people),
        "interactions": len(village.interactions),
        "automated": int(village.interactions["automated"].sum()),
        "last_day": None if village.last_day is None else village.last_day.isoformat(),
        "merges": {str(rule): int(n) for rule, n in rules.items()},
    }
    return facts | {"next": next_steps(facts)}


def _reasons_by_file(skipped: pd.DataFrame) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (path, reason), n in skipped.groupby(["path", "reason"], sort=True).size().items():
        found.setdefault(path, {})[reason] = int(n)
    return found


def _unread(village: Village) -> list[dict[str, str]]:
    # the owner's own files are no exports: what is odd in them is listed with the rows left out
    known = {*village.files.index, *OWN_FILES}
    rows = village.skipped[~village.skipped["path"].isin(known)]
    whole = rows[rows["line"] == 0].drop_duplicates()
    records: list[dict[str, str]] = whole[["path", "reason"]].to_dict("records")
    return records


def _day(at: pd.Timestamp, zone: str) -> str | None:
    return None if pd.isna(at) else at.tz_convert(zone).date().isoformat()


def _reasons(skipped: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    for reason, rows in skipped.groupby("reason", sort=True):
        places = [
            f"{path}:{line}" if line else str(path)
            for path, line in zip(rows["path"], rows["line"], strict=True)
        ]
        found.append({"reason": reason, "n": len(rows), "places": places[:_PLACES_SHOWN]})
    return sorted(found, key=lambda item: (-item["n"], item["reason"]))


def owner_facts(village: Village) -> dict[str, Any] | None:
    """Return name and handles of the owner, and why that is the owner; None without one."""
    if village.me is None:
        return None
    rows = village.handles[village.handles["person_id"] == village.me]
    handles = sorted({handle for handle in rows["handle"] if kind_of(handle) not in ("me", "id")})
    return {
        "name": village.people["name"][village.me],
        "handles": handles,
        "basis": village.me_basis,
    }
