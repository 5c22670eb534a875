"""The owner's calendar: series, single meetings, and what calendars hold besides."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from villagegraph.samples.cast import COMMUNITIES, WORK
from villagegraph.samples.groups import around, period
from villagegraph.samples.model import CHANGE, END, MOST_TOGETHER, Box, Meeting, Person, Plan, local
from villagegraph.samples.phrases import MEETING_TITLES
from villagegraph.samples.rhythm import box, holiday

if TYPE_CHECKING:
    from villagegraph.samples.dice import Dice

_DAY = dt.timedelta(1)
_EVERY = {
    "blauwal": 24, "choir": 60, "family": 55, "guild": 30, "lindenhof": 50, "nordlicht": 26,
}  # fmt: skip
_HOURS = {"blauwal": 14, "choir": 19, "family": 11, "guild": 17, "lindenhof": 18, "nordlicht": 15}


def calendar(plan: Plan, dice: Dice) -> None:
    """Fill the owner's calendar."""
    _weekly(plan, dice, "nordlicht", dt.date(2023, 11, 7), dt.date(2025, 6, 24))
    _weekly(plan, dice, "blauwal", CHANGE + _DAY * 49, END)
    for community in COMMUNITIES:
        first, last = period(community)
        day = first + _DAY * dice.between(8, 20)
        while day <= last:
            if not holiday(day):
                _single(plan, dice, community, day)
            day += _DAY * dice.gap(_EVERY[community])
    _oddities(plan, dice)


def _hold(plan: Plan, meeting: Meeting) -> None:
    plan.meetings.append(meeting)
    together = len({item.person for item in meeting.here})
    if meeting.status == "CONFIRMED" and together <= MOST_TOGETHER:
        for start in meeting.starts:
            if start.date() <= END:
                for item in meeting.here:
                    plan.met(item.person, start.date())


def _uid(dice: Dice) -> str:
    return f"{dice.below(36**10):010x}@calendar.example.com"


def _weekly(plan: Plan, dice: Dice, community: str, first: dt.date, last: dt.date) -> None:
    """Hold a weekly round, with holidays left out, one called off and one moved."""
    team = [p for p in plan.members(community) if p.quirk in ("bridge", "dormant-team")]
    steady = [p for p in plan.members(community) if p.quirk == "regular" and p.spans[0][0] <= first]
    team += sorted(steady, key=lambda p: (p.gap, p.id))[: 7 - len(team)]
    start = local(first, 10 * 3600)
    series = [start]
    while series[-1].date() + 7 * _DAY <= last:
        following = series[-1].date() + 7 * _DAY
        series.append(local(following, 10 * 3600))
    left_out = [at for at in series if holiday(at.date())]
    # the team round of a dormant pair must not end on a moved or cancelled day
    cancelled, moved_from = series[20], series[31]
    if holiday(cancelled.date()) or holiday(moved_from.date()):
        cancelled, moved_from = series[22], series[34]
    moved = {moved_from: local(moved_from.date() + 2 * _DAY, 13 * 3600 + 1800)}
    starts = [moved.get(at, at) for at in series if at not in left_out and at != cancelled]
    # the old round was ended with the job; the new one goes on without an end
    until = local(last, 23 * 3600).astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    rule = "FREQ=WEEKLY;BYDAY=TU" + (f";UNTIL={until}" if community == "nordlicht" else "")
    people = [box(plan, person, first, work=True) for person in team]
    owner = box(plan, plan.owner, first, work=True)
    _hold(
        plan,
        Meeting(
            uid=_uid(dice), title="Team round", first=start, minutes=45, organizer=people[0],
            here=[*people, owner], room="Raum Ostsee", rule=rule, starts=starts,
            left_out=left_out, cancelled=[cancelled], moved=moved,
            windows_zone=community == "blauwal",
        ),
    )  # fmt: skip


def _single(plan: Plan, dice: Dice, community: str, day: dt.date) -> None:
    while day.weekday() >= 5 and community in WORK:
        day += _DAY
    here = dice.some(around(plan, community, day), dice.between(3, 7))
    if len(here) < 2:
        return
    for bridge in plan.people:
        if bridge.second == community and bridge.open_on(day) and dice.chance(0.2):
            here.append(bridge)
    _hold(plan, _meeting(plan, dice, here, day, community))


def _meeting(plan: Plan, dice: Dice, here: list[Person], day: dt.date, community: str) -> Meeting:
    work = community in WORK
    owner = box(plan, plan.owner, day, work=work)
    boxes = [box(plan, person, day, work=work) for person in here]
    start = local(day, _HOURS[community] * 3600 + 900 * dice.below(4))
    return Meeting(
        uid=_uid(dice), title=dice.pick(MEETING_TITLES[community]), first=start,
        minutes=dice.pick((30, 45, 60, 90)), organizer=owner if dice.chance(0.4) else boxes[0],
        here=[*boxes, owner], starts=[start],
        room="Raum Havel" if work and dice.chance(0.3) else "",
        windows_zone=work and dice.chance(0.2),
    )  # fmt: skip


def _oddities(plan: Plan, dice: Dice) -> None:
    """
    Add what a reader must not count, or only in part.

    Silent people stand among the guests, so that a wrong count ends their silence.
    """
    silent = [p for part in ("slipping", "dormant") for p in plan.named(part)]
    day = dt.date(2026, 10, 6)
    guild, blauwal = (around(plan, key, day) for key in ("guild", "blauwal"))
    absent = {key: [p for p in silent if p.community == key] for key in ("guild", "blauwal")}
    off = _meeting(plan, dice, absent["guild"] + dice.some(guild, 3), day, "guild")
    off.status, off.title, off.starts = "CANCELLED", "Release party", []
    _hold(plan, off)
    asked = dice.some([p for p in blauwal if p.part == "regular"], 4)
    some = _meeting(plan, dice, asked, day + _DAY, "blauwal")
    some.declined = [box(plan, person, day, work=True) for person in absent["blauwal"]]
    _hold(plan, some)
    _all_hands(plan, dice, silent, dt.date(2026, 10, 21))
    later = _meeting(plan, dice, dice.some([p for p in guild if p.part == "regular"], 4),
                     dt.date(2026, 11, 12), "guild")  # fmt: skip
    later.title = "Guild call (November)"
    _hold(plan, later)
    alone = local(dt.date(2026, 4, 14), 13 * 3600)
    owner = Box("me", "", "")
    plan.meetings.append(Meeting(_uid(dice), "Dentist", alone, 40, owner, []))


def _all_hands(plan: Plan, dice: Dice, silent: list[Person], day: dt.date) -> None:
    """Invite sixty: so many people in one room tie nobody to anybody."""
    circle = ("guild", "blauwal", "nordlicht")
    known = [p for p in plan.people if p.part == "regular" and p.community in circle]
    guests = [p for p in silent if p.community in circle]
    guests += dice.some(known, 60 - len(guests))
    meeting = _meeting(plan, dice, guests, day, "blauwal")
    meeting.title, meeting.room = "Heat & Shade Day", "Saal Müggelsee"
    meeting.organizer = meeting.here[-1]
    _hold(plan, meeting)
