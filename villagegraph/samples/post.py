"""What else lies in a mailbox: machines, spam, drafts, and mail with odd heads."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from villagegraph.samples.model import END, START, Box, Mail, Person, Plan
from villagegraph.samples.phrases import BODIES, MACHINES, NEWSLETTERS, SPAM
from villagegraph.samples.rhythm import box, moment, owner_address

if TYPE_CHECKING:
    from villagegraph.samples.dice import Dice

_DAY = dt.timedelta(1)
# bodies in which a line starts like the next mail's separator
_TRICKY = (
    "Hello,\n\nFrom now on the tiles are free.\nAll the best",
    "As she wrote:\n\nFrom 1773664405479616999@xxx Mon Jan 01 10:00:00 +0000 2024\nthat was all.",
    ">From the archive: the oldest map of Berlin.\nEnjoy!",
    "From Russia with love, a postcard.\n\nFrom me too.",
)


def add_noise(plan: Plan, dice: Dice) -> None:
    """Add what a mailbox holds besides people's mail, and make some mail odd."""
    humans = sorted(plan.mails, key=lambda mail: (mail.at, mail.sender.address))
    _machines(plan, dice)
    _auto_replies(plan, dice)
    _spam_and_drafts(plan, dice)
    _odd_heads(plan, dice, humans)


def _mail(plan: Plan, dice: Dice, day: dt.date, sender: Box, subject: str, quirk: str) -> Mail:
    owner = box(plan, plan.owner, day)
    mail = Mail(
        at=moment(dice, day, work=True), sender=sender, to=[owner], thread=dice.below(10**15),
        subject=subject, body=dice.pick(BODIES), kind="automated", quirk=quirk,
    )  # fmt: skip
    plan.mails.append(mail)
    return mail


def _machines(plan: Plan, dice: Dice) -> None:
    for number, (name, address, list_id) in enumerate(NEWSLETTERS):
        day = START + _DAY * (3 + number)
        while day <= END:
            mail = _mail(plan, dice, day, Box("", name, address), name, "newsletter")
            mail.body = f"{list_id}\nUnsubscribe: https://{list_id}/u"
            day += _DAY * (14 + 7 * (number % 2))
    for name, address, subject in MACHINES:
        for _ in range(14):
            day = START + _DAY * dice.below(1090)
            _mail(plan, dice, day, Box("", name, address), subject, "machine")
    for day in (dt.date(2024, 2, 20), dt.date(2026, 5, 5)):
        sender = Box("", "Mail Delivery Subsystem", "mailer-daemon@mail.example.com")
        _mail(plan, dice, day, sender, "Delivery Status Notification (Failure)", "bounce")


def _auto_replies(plan: Plan, dice: Dice) -> None:
    """Let people be on holiday; the planted silent ones too, for a machine's word is no contact."""
    known = [p for p in plan.people if p.community and p.part in ("regular", "slipping")]
    chosen = dice.some(known, 14) + plan.named("slipping")[:3]
    for number, person in enumerate(chosen):
        day = dt.date(2026, 10, 9) if number >= 14 else dt.date(2026, 7, 10) + _DAY * number
        mail = _mail(plan, dice, day, box(plan, person, day), "Abwesend: bin im Urlaub", "absent")
        mail.body = "I am away until Monday and read no mail."


def _spam_and_drafts(plan: Plan, dice: Dice) -> None:
    for number in range(24):
        name, address, subject = SPAM[number % 3]
        day = START + _DAY * dice.below(1090)
        mail = _mail(plan, dice, day, Box("", name, address), subject, "spam")
        mail.kind = "spam"
    for person in plan.named("dormant")[:3]:
        day = dt.date(2026, 10, 12)
        mail = _mail(plan, dice, day, box(plan, plan.owner, day), "Long time no see", "draft")
        mail.to, mail.kind = [box(plan, person, day)], "draft"


def _odd_heads(plan: Plan, dice: Dice, humans: list[Mail]) -> None:
    """Make some mails odd in ways that must not change what is counted."""
    received = [mail for mail in humans if mail.sender.person != "me" and not mail.cc]
    single = [mail for mail in received if len(mail.to) == 1 and mail.reply_to is None]
    crowded = [mail for mail in humans if len(mail.to) > 3 and mail.reply_to is None]
    chosen = iter(dice.some(single, 60))
    for quirk, n in (
        ("cest", 8), ("minus-zero", 4), ("broken-date", 1), ("bare-from", 6), ("upper", 12),
        ("two-copies", 1), ("base64", 8), ("at-work", 2),
    ):  # fmt: skip
        for _ in range(n):
            next(chosen).quirk = quirk
    for body in _TRICKY:
        next(chosen).body = body
    for mail, quirk in zip(dice.some(crowded, 4), ("semicolons", "group") * 2, strict=True):
        mail.quirk = quirk
    _rewritten(plan, dice)
    close = [p for p in plan.people if p.quirk in ("starred", "bridge")]
    day = dt.date(2026, 6, 20)
    mail = Mail(moment(dice, day, work=False), box(plan, close[0], day), [], [], dice.below(10**15),
                "For many eyes", dice.pick(BODIES), quirk="undisclosed")  # fmt: skip
    plan.mails.append(mail)


def _rewritten(plan: Plan, dice: Dice) -> None:
    """Send two mails through a group that puts its own address in place of the author's."""
    authors: list[Person] = [p for p in plan.members("guild") if p.part == "regular"][:2]
    for number, person in enumerate(authors):
        day = dt.date(2025, 10, 7) + _DAY * number
        group = Box("", f"'{person.name.full}' via Open Maps", "open-maps@groups.example.org")
        mail = _mail(plan, dice, day, group, "[open-maps] contours", "via")
        mail.to = [Box("", "Open Maps", "open-maps@groups.example.org")]
        # the author is named in X-Original-From
        mail.cc = [box(plan, person, day)]


def delivered_to(mail: Mail) -> str:
    """Return the owner's address a mail came to, empty for one the owner sent."""
    if mail.sender.person == "me":
        return ""
    own = next((item.address for item in [*mail.to, *mail.cc] if item.person == "me"), "")
    return own or owner_address(mail.at.date(), work=False)
