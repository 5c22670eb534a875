"""What a right reading of the sample finds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from villagegraph.samples.cast import COMMUNITIES
from villagegraph.samples.model import END, Person, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable


def truth_json(plan: Plan) -> str:
    """Return `truth.json`: to be called when every export is written."""
    truth = {
        "seed": plan.seed,
        "as_of": END.isoformat(),
        "me": {"name": plan.owner.name.full, "handles": _own_handles(plan)},
        "people": [_person(plan, person) for person in plan.people],
        "communities": COMMUNITIES,
        "bridges": _ids(p for p in plan.people if p.second),
        "slipping": _ids(plan.named("slipping")),
        "dormant": _ids(plan.named("dormant")),
        "muted": _ids(plan.named("muted")),
        "snoozed": _ids(plan.named("snoozed")),
        "unseen": _ids(plan.named("unseen")),
        "reset_by_note": _ids(plan.named("noted")),
        "revived": _by_month(plan.named("revived")),
        "new": _by_month(plan.named("new")),
        "occasions": _occasions(plan),
        "shared": sorted(plan.shared),
        "same_name": [_ids(p for p in plan.people if p.quirk.startswith("twin"))],
        "mail": _mail(plan),
        "meetings": _meetings(plan),
    }
    return json.dumps(truth, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _ids(people: Iterable[Person]) -> list[str]:
    return sorted(person.id for person in people)


def _own_handles(plan: Plan) -> list[str]:
    owner = plan.owner
    emails = {"email:" + address for address in owner.emails.values()}
    return sorted(emails | plan.handles["me"] | {"linkedin:" + owner.slug, "phone:" + owner.phone})


def _person(plan: Plan, person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name.full,
        "handles": sorted(plan.handles.get(person.id, ())),
        "community": person.community or None,
        "bridge": bool(person.second),
    }


def _by_month(people: list[Person]) -> dict[str, list[str]]:
    return {
        f"2026-{month}": _ids(p for p in people if p.quirk.endswith(month))
        for month in ("09", "10")
    }


def _occasions(plan: Plan) -> list[dict[str, object]]:
    """Return the birthdays and anniversaries of the month after the exports end."""
    found: list[dict[str, object]] = []
    for person in plan.people:
        for kind, text in (("birthday", person.birthday), ("anniversary", person.anniversary)):
            if text[-5:-3] == "11":
                year = None if text.startswith("--") else int(text[:4])
                found.append(
                    {
                        "date": f"2026-{text[-5:]}",
                        "id": person.id,
                        "kind": kind,
                        "years": None if year is None else 2026 - year,
                    }
                )
    return sorted(found, key=lambda item: (str(item["date"]), str(item["id"])))


def _mail(plan: Plan) -> dict[str, int]:
    kinds = [mail.kind for mail in plan.mails]
    return {
        "read": kinds.count("human") + kinds.count("automated"),
        "automated": kinds.count("automated"),
        "spam": kinds.count("spam"),
        "drafts": kinds.count("draft"),
    }


def _meetings(plan: Plan) -> int:
    """Count what took place, with at least one guest, by the day the exports end."""
    return sum(
        start.date() <= END
        for meeting in plan.meetings
        if meeting.status == "CONFIRMED" and len(meeting.here) > 1
        for start in meeting.starts
    )
