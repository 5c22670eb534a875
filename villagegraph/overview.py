"""What was read from a folder, before anything is computed, and how to go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from villagegraph.parsing import clean, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.days import DayLike
    from villagegraph.village import Village

_PLACES_SHOWN = 3
_FAR_DAYS = 31
_WEIGHTY = 0.1
_NOUNS = {
    "call": "calls",
    "chat": "chats",
    "email": "mail",
    "meeting": "meetings",
    "note": "notes",
    "sms": "text messages",
    "social": "light touches",
}


def overview(village: Village) -> dict[str, Any]:
    """
    Tell what was read, what was left out, and who the owner is.

    Parameters
    ----------
    village
        A village read from a folder.

    Returns
    -------
    facts
        Plain values, ready for JSON: `files` (path, kind, contacts,
        interactions, skipped, first and last day, assumed zone, notes),
        `skipped` (reason, how often, and where first), `coverage` (source,
        channel, month, n), `me`, `people`, `interactions`, `automated`,
        `last_day`, `merges` (rule, how often).
    """
    files = [
        {
            "path": path,
            "kind": row["kind"],
            "contacts": int(row["contacts"]),
            "interactions": int(row["interactions"]),
            "skipped": int(row["skipped"]),
            "first_day": _day(row["first_at"], village.zone),
            "last_day": _day(row["last_at"], village.zone),
            "zone": row["zone"],
            "notes": list(row["notes"]),
        }
        for path, row in village.files.iterrows()
    ]
    rules = village.merges["rule"].value_counts().sort_index()
    return {
        "files": files,
        "skipped": _reasons(village.skipped),
        "coverage": village.coverage[["source", "channel", "month", "n"]].to_dict("records"),
        "me": _owner(village),
        "people": len(village.people),
        "interactions": len(village.interactions),
        "automated": int(village.interactions["automated"].sum()),
        "last_day": None if village.last_day is None else village.last_day.isoformat(),
        "merges": {str(rule): int(n) for rule, n in rules.items()},
    }


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


def _owner(village: Village) -> dict[str, Any] | None:
    if village.me is None:
        return None
    rows = village.handles[village.handles["person_id"] == village.me]
    handles = sorted({handle for handle in rows["handle"] if kind_of(handle) not in ("me", "id")})
    return {
        "name": village.people["name"][village.me],
        "handles": handles,
        "basis": village.me_basis,
    }


def early_ends(village: Village, *, as_of: DayLike) -> str:
    """
    Say which channels end well before the others do.

    Parameters
    ----------
    village
        A village read from a folder.
    as_of
        Last day that counts, in the village's zone.

    Returns
    -------
    notice
        Empty if every channel of some weight goes on to about the end.
    """
    past = village.until(as_of).interactions
    if past.empty:
        return ""
    newest = past["at"].max().tz_convert(village.zone).date()
    ends = past.groupby("channel")["at"].max().dt.tz_convert(village.zone).dt.date
    weight = past["channel"].value_counts() / max(len(past), 1)
    early = {
        str(channel): last
        for channel, last in ends.items()
        if (newest - last).days > _FAR_DAYS and weight[channel] >= _WEIGHTY
    }
    if not early:
        return ""
    listed = ", ".join(f"{_NOUNS[channel]} on {last}" for channel, last in sorted(early.items()))
    return (
        f"In these exports, {listed} came last: a silence since then may only mean that "
        "the newer part has not been exported."
    )


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
    if any(file["notes"] for file in facts["files"]):
        parts.append(_notes_text(facts["files"]))
    if facts["skipped"]:
        parts.append(_skipped_text(facts["skipped"]))
    parts.append(_next_text(facts, folder))
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
        for file in files
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    right = {2, 3, 4}
    lines = [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def _people_text(facts: dict[str, Any]) -> str:
    joined = facts["merges"]
    first = (
        f"{facts['people']:,} people, {facts['interactions']:,} events "
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


def _next_text(facts: dict[str, Any], folder: str) -> str:
    name = f'"{folder}"' if " " in folder else folder
    if not facts["people"]:
        return "Next\n  There is nobody in these exports yet: add others, as the README lists them."
    if facts["me"] is None:
        return f"Next\n  villagegraph init {name}"
    return f"Next\n  villagegraph map {name}\n  villagegraph report {name}"


def starter_settings(village: Village) -> str:
    """
    Return a commented `village.toml` with the owner guessed from the exports.

    Parameters
    ----------
    village
        A village read from a folder without settings.
    """
    owner = _owner(village)
    name = "" if owner is None else owner["name"]
    handles = [] if owner is None else owner["handles"]
    organization = "" if village.me is None else village.people["organization"][village.me]
    headline = "" if village.me is None else village.people["headline"][village.me]
    emails = _rests(handles, "email")
    phones = _rests(handles, "phone")
    profiles = [f"https://www.linkedin.com/in/{slug}" for slug in _rests(handles, "linkedin")]
    guess = "not found: please fill it in" if owner is None else f"guessed: {owner['basis']}"
    return f"""\
# Settings of this village. Every line may be left out; take the # away to use one.

# Time zone in which your days are counted, and in which chats without a zone are read.
# zone = "Europe/Berlin"

# Days after which a day of contact counts half (30 to 365).
# half_life_days = 60

# Dates such as 3/4/25 in chats: true for 3 April, false for 4 March.
# dayfirst = true

# Files to leave out, or the only ones to read.
# ignore = ["old/*"]
# include = ["*.mbox"]

# Who you are ({guess}).
[me]
name = {_toml(name)}
emails = {_toml_list(emails)}
phones = {_toml_list(phones)}            # with country code: +49 30 ...
profiles = {_toml_list(profiles)}
organization = {_toml(organization)}
# One memorable line about you. Put the same line in every signature and profile.
headline = {_toml(headline)}

# What you want for single people, by name or address.
# [people."Ada Lovelace"]
# cadence_days = 30                  # you wish to be in touch about once a month
# star = true                        # counts double on the list of neglected ties
# mute = true                        # never stands on it
# snooze_until = 2027-01-31          # does not stand on it before that day
# tags = ["mentor"]
# opt_out = true                     # stands in nothing that is shown
"""


def _rests(handles: Sequence[str], kind: str) -> list[str]:
    return [handle.partition(":")[2] for handle in handles if kind_of(handle) == kind]


def _toml(text: str) -> str:
    # JSON's strings are TOML's basic strings once control characters are out
    return json.dumps(clean(text), ensure_ascii=False)


def _toml_list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_toml, texts)) + "]"
