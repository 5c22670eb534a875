"""The owner's own files: settings, who is who, and notes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from villagegraph.samples.write_contacts import profile_url
from villagegraph.samples.write_linkedin import HEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from villagegraph.samples.model import Plan


def village_toml(plan: Plan) -> str:
    """Return `village.toml`."""
    owner = plan.owner
    starred = next(person for person in plan.people if person.quirk == "starred")
    muted, snoozed = plan.named("muted")[0], plan.named("snoozed")[0]
    emails = ", ".join(f'"{address}"' for address in owner.emails.values())
    return f"""\
# Mira's village. Days are counted where Mira lives.
zone = "Europe/Berlin"

[me]
name = "{owner.name.full}"
emails = [{emails}]
phones = ["+49 30 23125 700"]
profiles = ["{profile_url(owner)}"]
organization = "{owner.organization}"
headline = "{HEADLINE}"

[people."{starred.name.full}"]
star = true
tags = ["oldest friend"]

[people."{muted.name.full}"]
mute = true

[people."{snoozed.emails["home"]}"]
snooze_until = 2026-12-15
"""


def _table(rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def aliases_csv(plan: Plan) -> str:
    """Return `aliases.csv`."""
    return _table([("handle_a", "handle_b", "verdict", "note"), *plan.aliases])


def notes_csv(plan: Plan) -> str:
    """Return `notes.csv`."""
    rows = [
        (line.day.isoformat(), line.who, line.kind, line.minutes or "", line.text)
        for line in sorted(plan.diary, key=lambda line: (line.day, line.who))
    ]
    return _table([("date", "who", "kind", "minutes", "text"), *rows])
