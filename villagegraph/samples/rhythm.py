"""What happens between the owner and each person, one to one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from villagegraph.samples.cast import PRIVATE, WORK
from villagegraph.samples.gate import quiet_ties, revivals
from villagegraph.samples.model import (
    CHANGE,
    END,
    Box,
    Chat,
    Diary,
    Direct,
    Mail,
    Note,
    Person,
    Plan,
    local,
)
from villagegraph.samples.phrases import BODIES, CHAT_LINES, SUBJECTS

if TYPE_CHECKING:
    from villagegraph.samples.dice import Dice

_DAY = dt.timedelta(1)


def box(plan: Plan, person: Person, day: dt.date, *, work: bool = False) -> Box:
    """Return how a person stands in the head of a mail that day."""
    if person is plan.owner:
        return Box("me", person.name.full, owner_address(day, work=work))
    name = person.later_name if person.later_name and day >= CHANGE else person.mail_name
    return Box(person.id, name or person.name.full, person.email_on(day, work=work))


def owner_address(day: dt.date, *, work: bool) -> str:
    """Return the owner's address: at work the employer's, else the private one."""
    if not work:
        return "mira.falkenberg@example.com"
    return "mira@blauwal.example.org" if day >= CHANGE else "mira.falkenberg@nordlicht.example.com"


def at_work(person: Person, day: dt.date) -> bool:
    """Tell whether the person is a colleague on that day."""
    if person.community == "nordlicht":
        return day < CHANGE
    return person.community == "blauwal"


def moment(dice: Dice, day: dt.date, *, work: bool) -> dt.datetime:
    """Return a likely time of day."""
    low, high = (8 * 3600, 18 * 3600) if work else (16 * 3600, 21 * 3600 + 3500)
    return local(day, dice.between(low, high))


def settle(dice: Dice, day: dt.date, person: Person) -> dt.date:
    """Move a touch to a likely day: work on weekdays, friends at weekends, quiet holidays."""
    if holiday(day) and person.community != "family" and dice.chance(0.75):
        day += dt.timedelta(dice.between(9, 15))
    if person.community in WORK or person.community == "guild":
        return day + _DAY * max(0, 7 - day.weekday()) if day.weekday() >= 5 else day
    if person.community in PRIVATE and day.weekday() < 5 and dice.chance(0.45):
        return day + _DAY * (5 - day.weekday())
    return day


def holiday(day: dt.date) -> bool:
    """Tell whether most people are away."""
    return (
        (day.month, day.day) >= (12, 22)
        or (day.month, day.day) <= (1, 3)
        or (day.month == 8 and day.day <= 18)
    )


def one_to_one(plan: Plan, dice: Dice) -> None:
    """Let the owner and each person be in touch, at the person's own rhythm."""
    chats = {
        person.id: Chat(person.shown, ["me", person.id], dice.pick(("android", "ios")), group=False)
        for person in plan.people
        if person.chat
    }
    for person in plan.people:
        if person.part == "unseen":  # only texts, which are written elsewhere
            continue
        if person.part == "linkedin":
            _connection(plan, dice, person)
        elif person.part == "once":
            for _ in range(dice.between(1, 3)):
                day = person.spans[0][0] + _DAY * dice.below(18)
                write(plan, dice, person, day, last=day, out=dice.chance(0.4))
        else:
            _keep_in_touch(plan, dice, person, chats.get(person.id))
    for chat in chats.values():
        chat.lines.sort(key=lambda line: line.at)
        plan.chats.append(chat)


def _keep_in_touch(plan: Plan, dice: Dice, person: Person, chat: Chat | None) -> None:
    for number, (first, last) in enumerate(person.spans):
        day, count = first, 0
        gap = person.gap if person.part != "revived" or number == 0 else 8.0
        while day <= last:
            when = min(max(settle(dice, day, person), first), last)
            # the first two touches go both ways, so that every tie is one
            out = count % 2 == 1 if count < 2 else dice.chance(0.48)
            _touch(plan, dice, person, when, last, chat, out=out)
            count += 1
            slower = 2.2 if person.community == "nordlicht" and day >= CHANGE else 1.0
            planted = person.part not in ("regular", "new", "revived")
            day = when + _DAY * dice.gap(gap * (1.0 if planted else slower))
            if count == 1 and (person.part == "new" or number):
                # a tie begins, or begins again, with two days close together
                day = when + _DAY * dice.between(2, 5)
        if last < END:
            _touch(plan, dice, person, last, last, chat, out=dice.chance(0.5))


def _touch(
    plan: Plan,
    dice: Dice,
    person: Person,
    day: dt.date,
    last: dt.date,
    chat: Chat | None,
    *,
    out: bool,
) -> None:
    if chat is not None and dice.chance(0.7):
        _chat(plan, dice, person, day, chat, out=out)
    elif person.linkedin and person.community in ("guild", "blauwal") and dice.chance(0.2):
        plan.messages.append(
            Direct(moment(dice, day, work=True), person.id, out, dice.pick(BODIES))
        )
        plan.met(person.id, day)
    else:
        write(plan, dice, person, day, last=last, out=out)


def _chat(plan: Plan, dice: Dice, person: Person, day: dt.date, chat: Chat, *, out: bool) -> None:
    start = moment(dice, day, work=False).replace(hour=dice.between(9, 19))
    authors = ("me", person.id) if out else (person.id, "me")
    for number in range(dice.between(2, 4)):
        at = start + dt.timedelta(seconds=150 * number + dice.below(120))
        chat.lines.append(Note(at, authors[number % 2], dice.pick(CHAT_LINES)))
    plan.met(person.id, day)


def write(
    plan: Plan, dice: Dice, person: Person, day: dt.date, *, last: dt.date, out: bool
) -> Mail:
    """Send a mail one way, and in under half of all cases an answer back."""
    work = at_work(person, day)
    owner, other = box(plan, plan.owner, day, work=work), box(plan, person, day, work=work)
    sender, receiver = (owner, other) if out else (other, owner)
    mail = Mail(
        at=moment(dice, day, work=work),
        sender=sender,
        to=[receiver],
        thread=dice.below(10**15),
        subject=dice.pick(SUBJECTS[person.community]),
        body=dice.pick(BODIES),
    )
    plan.mails.append(mail)
    plan.met(person.id, day)
    if dice.chance(0.3):
        _answer(plan, dice, mail, person, last=last)
    return mail


def _answer(plan: Plan, dice: Dice, mail: Mail, person: Person, *, last: dt.date) -> None:
    at = mail.at + dt.timedelta(minutes=dice.between(8, 110))
    following = mail.at.date() + _DAY
    if dice.chance(0.3) and following <= last and following.weekday() < 5:
        at = moment(dice, following, work=at_work(person, following))
        if following >= CHANGE > mail.at.date():
            return
    plan.mails.append(
        Mail(
            at=at,
            sender=mail.to[0],
            to=[mail.sender],
            thread=mail.thread,
            subject="Re: " + mail.subject,
            body=dice.pick(BODIES),
            reply_to=mail,
        )
    )
    plan.met(person.id, at.date())


def _connection(plan: Plan, dice: Dice, person: Person) -> None:
    if dice.chance(0.3):
        day = person.spans[0][0]
        for number in range(dice.between(1, 2)):
            at = moment(dice, day + _DAY * number, work=True)
            plan.messages.append(Direct(at, person.id, number == 1, dice.pick(BODIES)))
            plan.met(person.id, at.date())


def invitations(plan: Plan, dice: Dice) -> None:
    """Let LinkedIn connections begin with an invitation, where the archive still holds it."""
    for person in plan.people:
        day = person.connected_on
        if day is None or person.part in ("new", "revived") or not dice.chance(0.45):
            continue
        at = local(day, dice.between(9 * 3600, 17 * 3600))
        plan.invitations.append(Direct(at, person.id, dice.chance(0.5)))
        plan.met(person.id, day)


def keep_warm(plan: Plan, dice: Dice) -> None:
    """
    See to it that nobody falls silent or comes back but whom the truth names.

    A chance pause in a lively tie would be listed beside the planted ones, and
    rightly so; a light mail before the end, or in the middle, fills it.
    """
    planted = {
        person.id for person in plan.people
        if person.part in ("slipping", "dormant", "muted", "snoozed", "noted", "unseen")
    }  # fmt: skip
    for _ in range(12):
        # a little more strictly than the gate, so that no rounding decides
        strangers = sorted(quiet_ties(plan.days, times=2.5) - planted)
        for who in strangers:
            day = max(plan.days[who])
            while (END - day).days > 26:
                day = min(day + _DAY * dice.between(100, 140), END - _DAY * dice.between(3, 24))
                write(plan, dice, plan.person(who), day, last=END, out=dice.chance(0.5))
        pauses = {
            who: found
            for who, found in sorted(revivals(plan.days).items())
            if plan.person(who).part != "revived"
        }
        for who, found in pauses.items():
            for before, after in found:
                day = before + (after - before) / 2
                write(plan, dice, plan.person(who), day, last=day, out=dice.chance(0.5))
        if not strangers and not pauses:
            return


def diary(plan: Plan) -> None:
    """Write the owner's notes; one of them is all that keeps a tie from slipping."""
    noted = plan.named("noted")[0]
    day = END - _DAY * 12
    plan.diary.append(Diary(day, noted.name.full, noted.id, "met", 60, "Coffee by the canal"))
    plan.met(noted.id, day)
    friend = next(person for person in plan.people if person.quirk == "starred")
    plan.diary.append(
        Diary(
            dt.date(2026, 9, 13),
            friend.emails["home"],
            friend.id,
            "called",
            25,
            "Long call, good news",
        )
    )
    plan.met(friend.id, dt.date(2026, 9, 13))
    plan.diary.append(
        Diary(
            dt.date(2026, 10, 4), friend.name.full, friend.id, "note", 0, 'Asks: "what next?", move'
        )
    )
