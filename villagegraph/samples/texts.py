"""Text messages, from a backup that ends months before all other exports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from villagegraph.samples.model import END, START, Person, Text, local
from villagegraph.samples.names import make_name
from villagegraph.samples.phrases import CHAT_LINES

if TYPE_CHECKING:
    from villagegraph.samples.dice import Dice
    from villagegraph.samples.model import Plan

BACKUP = dt.date(2026, 6, 28)
"""Day of the backup: what came later stands in no export."""

UNSEEN = make_name("Yara", "Halvorsen")
_OTHERS = 4


def unseen_friend() -> Person:
    """Return somebody who only ever texts, and so seems to have fallen silent with the backup."""
    return Person(
        id="",
        name=UNSEEN,
        part="unseen",
        quirk="unseen",
        gap=5.0,
        spans=[(END - dt.timedelta(500), BACKUP)],
        seen_from=END - dt.timedelta(500),
        emails={"home": "yara.halvorsen@example.net"},
        phone="+493023125695",
        slug="yara-halvorsen-0b5e",
        organization="Tidewater Labs",
        title="Translator",
        city="Berlin",
        google=True,
        chat_by_phone=True,
    )


def texts(plan: Plan, dice: Dice) -> None:
    """Let the owner text with one person who has no other way, and with a few relatives."""
    relatives = [p for p in plan.members("family") if p.quirk == "regular" and p.icloud]
    for person in [*plan.named("unseen"), *relatives[:_OTHERS]]:
        day = max(START, person.seen_from, person.spans[0][0])
        gap = person.gap if person.part == "unseen" else 11.0
        while day <= BACKUP:
            out = dice.chance(0.5)
            for number in range(dice.between(1, 3)):
                at = local(day, dice.between(9 * 3600, 21 * 3600))
                plan.texts.append(
                    Text(at, person.id, out == (number % 2 == 0), dice.pick(CHAT_LINES))
                )
            plan.met(person.id, day)
            day += dt.timedelta(dice.gap(gap))
    plan.texts.sort(key=lambda text: (text.at, text.person, text.out))
