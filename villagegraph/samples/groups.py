"""What happens in groups: mails to several, chats, and how people of a community meet."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from villagegraph.samples.cast import COMMUNITIES, WORK
from villagegraph.samples.model import (
    CHANGE,
    END,
    START,
    Box,
    Chat,
    Mail,
    Note,
    Person,
    Plan,
    local,
)
from villagegraph.samples.phrases import BODIES, CHAT_LINES, GROUP_SUBJECTS
from villagegraph.samples.rhythm import box, holiday, moment

if TYPE_CHECKING:
    from villagegraph.samples.dice import Dice

_DAY = dt.timedelta(1)
_EVERY = {
    "blauwal": 9, "choir": 11, "family": 11, "guild": 10, "lindenhof": 11, "nordlicht": 9,
}  # fmt: skip
_ALUMNI = (
    dt.date(2025, 9, 24), dt.date(2026, 1, 20), dt.date(2026, 5, 12), dt.date(2026, 10, 14),
)  # fmt: skip
_GROUP_CHATS = (
    ("choir", "Spreechor Alt & Tenor", "ios", 15, 5),
    ("lindenhof", "Lindenhof Kita-Eltern", "android", 12, 6),
    ("family", "Falkenbergs & Co.", "android", 11, 7),
)


def period(community: str) -> tuple[dt.date, dt.date]:
    """Return the days on which a community is part of the owner's life."""
    if community == "blauwal":
        return CHANGE + _DAY * 7, END - _DAY * 2
    if community == "nordlicht":
        return START + _DAY * 3, CHANGE - _DAY * 4
    return START + _DAY * 3, END - _DAY * 2


def group_mails(plan: Plan, dice: Dice) -> None:
    """Let members write to several others, the owner reading along or writing."""
    for community in COMMUNITIES:
        first, last = period(community)
        day = first + _DAY * dice.below(6)
        while day <= last:
            if not holiday(day):
                _round(plan, dice, community, day)
            day += _DAY * dice.gap(_EVERY[community])
    for day in _ALUMNI:
        _alumni(plan, dice, day)
    _show_everyone(plan, dice)


def around(plan: Plan, community: str, day: dt.date) -> list[Person]:
    """Return the members who are in contact with the owner that day."""
    return [p for p in plan.members(community) if p.open_on(day)]


def _round(plan: Plan, dice: Dice, community: str, day: dt.date) -> None:
    here = around(plan, community, day)
    readers = [p for p in plan.members(community) if p.seen_from <= day < p.spans[0][0]]
    chosen = dice.some(here, dice.between(4, 9)) + dice.some(readers, 2)
    if len(chosen) < 3 or chosen[0] in readers:
        return
    for bridge in plan.people:
        if bridge.second == community and bridge.open_on(day) and dice.chance(0.22):
            chosen.append(bridge)
    by_owner = dice.chance(0.2)
    if by_owner:
        # whom the owner addresses, the owner is in contact with
        chosen = [person for person in chosen if person.open_on(day)]
    mail = _send(plan, dice, chosen, day, by_owner=by_owner, work=community in WORK)
    mail.subject = dice.pick(GROUP_SUBJECTS[community])
    repliers = [p for p in chosen if p.open_on(day) and p.id != mail.sender.person]
    for person in dice.some(repliers, dice.between(0, 2)):
        _reply_all(plan, dice, mail, person)


def _send(
    plan: Plan, dice: Dice, chosen: list[Person], day: dt.date, *, by_owner: bool, work: bool
) -> Mail:
    owner = box(plan, plan.owner, day, work=work)
    boxes = [box(plan, person, day, work=work) for person in chosen]
    at = moment(dice, day, work=work)
    if by_owner:
        mail = Mail(at, owner, boxes)
        for person in chosen:
            plan.met(person.id, day)
    elif dice.chance(0.4):
        mail = Mail(at, boxes[0], [*boxes[1:3], owner, *boxes[3:]])
    else:
        mail = Mail(at, boxes[0], boxes[1:], [owner])
    if not by_owner:
        plan.met(chosen[0].id, day)
    mail.thread = dice.below(10**15)
    mail.body = dice.pick(BODIES)
    plan.mails.append(mail)
    return mail


def _reply_all(plan: Plan, dice: Dice, mail: Mail, person: Person) -> None:
    own = next(item for item in [*mail.to, *mail.cc, mail.sender] if item.person == person.id)
    others = [item for item in [mail.sender, *mail.to, *mail.cc] if item.person != person.id]
    at = mail.at + dt.timedelta(minutes=dice.between(5, 70))
    plan.mails.append(
        Mail(
            at=at, sender=own, to=others[:1], cc=others[1:], thread=mail.thread,
            subject="Re: " + mail.subject, body=dice.pick(BODIES), reply_to=mail,
        )
    )  # fmt: skip
    plan.met(person.id, at.date())


def _alumni(plan: Plan, dice: Dice, day: dt.date) -> None:
    """Ask the old colleagues to dinner: the owner keeps the circle warm."""
    friends = [p for p in around(plan, "nordlicht", day) if p.part == "regular"]
    mail = _send(plan, dice, friends, day, by_owner=True, work=False)
    mail.subject = "Polarstern dinner: same table as always?"
    for person in dice.some(friends, 5):
        _reply_all(plan, dice, mail, person)


def _show_everyone(plan: Plan, dice: Dice) -> None:
    """See to it that everybody is seen with others of the community often enough."""
    seen: dict[str, int] = {}
    for mail in plan.mails:
        if len(mail.to) + len(mail.cc) > 3:
            for item in [mail.sender, *mail.to, *mail.cc]:
                seen[item.person] = seen.get(item.person, 0) + 1
    for person in plan.people:
        if not person.community:
            continue
        first, last = period(person.community)
        first = max(first, person.seen_from)
        last = min(last, max(span[1] for span in person.spans))
        for _ in range(max(0, 12 - seen.get(person.id, 0))):
            day = first + _DAY * dice.below(max(1, (last - first).days))
            here = [p for p in around(plan, person.community, day) if p is not person]
            if len(here) < 3:
                continue
            chosen = dice.some(here, 5)
            chosen.append(person)
            mail = _send(plan, dice, chosen, day, by_owner=False, work=person.community in WORK)
            mail.subject = dice.pick(GROUP_SUBJECTS[person.community])


def group_chats(plan: Plan, dice: Dice) -> None:
    """Let three communities chat; the owner writes there now and then."""
    for community, title, style, size, every in _GROUP_CHATS:
        steady = [
            p
            for p in plan.members(community)
            if p.quirk in ("regular", "bridge", "aunt", "starred")
            and p.spans[0][0] <= START + _DAY * 30
        ]
        members = sorted(steady, key=lambda p: (p.quirk == "regular", p.gap, p.id))[:size]
        for person in members:
            _in_phone(dice, person)
        chat = Chat(title, ["me", *(p.id for p in members)], style, group=True)
        _talk(plan, dice, chat, every)
        plan.chats.append(chat)


def _in_phone(dice: Dice, person: Person) -> None:
    """Settle what the chat shows: the name in the phone, or else the number."""
    if person.name.joined:
        # no program can tell the parts of such a name, so only the number joins
        person.google = person.chat_by_phone = True
        person.icloud = False
    elif not person.icloud and person.google and dice.chance(0.35):
        person.chat_by_phone = True
    else:
        person.icloud = True


def _talk(plan: Plan, dice: Dice, chat: Chat, every: int) -> None:
    others = chat.members[1:]
    last_own = START
    day = START + _DAY * 31
    queue = dice.shuffled(others)
    while day < END - _DAY:
        # everybody writes at some time: only so does the export name all members
        author = queue.pop() if queue else dice.pick(others)
        authors = [author]
        if (day - last_own).days >= 24:
            authors.append("me")
            last_own = day
        elif dice.chance(0.4):
            authors.append(dice.pick(others))
        start = local(day, dice.between(9 * 3600, 20 * 3600))
        for number, who in enumerate(authors):
            at = start + dt.timedelta(seconds=number * 200 + dice.below(90))
            chat.lines.append(Note(at, who, dice.pick(CHAT_LINES)))
            for other in others if who == "me" else [who]:
                plan.met(other, day)
        day += _DAY * (dice.gap(every) if not holiday(day) else every)


def shared_mailboxes(plan: Plan, dice: Dice) -> None:
    """Let desks and a couple write from addresses that belong to several people."""
    couple = [p for p in plan.people if p.quirk == "couple"]
    family = "familie.lindenhof7@example.net"
    for person in couple:
        person.extra_emails.append(family)
    desks = (
        ("choir", "Spreechor", "info@spreechor.example.org"),
        ("lindenhof", "Kita Lindenhof", "team@kita-lindenhof.example.org"),
    )
    for community, _, address in desks:
        for person in [p for p in plan.members(community) if p.quirk == "regular"][:3]:
            person.google = True
            person.extra_emails.append(address)
    for number, (community, name, address) in enumerate(
        (*desks, ("lindenhof", "Familie 7", family))
    ):
        desk = Box("", name, address)
        for year in (2024, 2025):
            day = dt.date(year, 3 + number, 11 + number)
            owner = box(plan, plan.owner, day)
            some = [box(plan, p, day) for p in dice.some(around(plan, community, day), 4)]
            plan.mails.append(
                Mail(moment(dice, day, work=False), desk, [owner], some, dice.below(10**15),
                     dice.pick(GROUP_SUBJECTS[community]), dice.pick(BODIES))
            )  # fmt: skip
        plan.shared.append("email:" + address)
    line = "+493023125000"
    for person in [p for p in plan.members("nordlicht") if p.google and p.quirk == "regular"][:5]:
        person.extra_phones.append(line)
    plan.shared.append("phone:" + line)
