"""Gmail's Takeout of all mail: one mbox, with its separators and its heads."""

from __future__ import annotations

import base64
import datetime as dt
import functools
from typing import TYPE_CHECKING

from villagegraph.samples.dice import Dice
from villagegraph.samples.model import Box, Mail, Plan, email_key
from villagegraph.samples.phrases import NEWSLETTERS
from villagegraph.samples.post import delivered_to

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_LABELS = {
    "in": ("Posteingang", "Posteingang,Wichtig", "=?UTF-8?Q?Posteingang,Ge=C3=B6ffnet?=",
           "=?UTF-8?Q?Archiviert,Ge=C3=B6ffnet,Kategorie:_Pers=C3=B6nlich?=",
           '"Reisen, 2024",\n Posteingang'),
    "out": ("Gesendet", "Gesendet,Wichtig"),
    "list": ("=?UTF-8?Q?Posteingang,Kategorie:_Werbung,Ungelesen?=", "Posteingang,Ungelesen"),
    "spam": ("Spam", "Spam,Ungelesen", "=?UTF-8?Q?Spam,Kategorie:_Werbung,Ungelesen?="),
    "draft": ("=?UTF-8?Q?Entw=C3=BCrfe?=",),
}  # fmt: skip


def mbox(plan: Plan) -> bytes:
    """Return `All mail Including Spam and Trash.mbox`, newest mail first as Gmail has it."""
    dice = Dice(plan.seed, "mbox")
    ordered = sorted(plan.mails, key=lambda mail: (mail.at, mail.sender.address, mail.subject))
    for number, mail in enumerate(ordered):
        domain = mail.sender.address.rpartition("@")[2]
        mail.message_id = f"<{number:05d}.{dice.below(16**10):010x}@{domain}>"
    blocks = []
    for mail in reversed(ordered):
        _note_handles(plan, mail)
        blocks.append("\n".join(_lines(dice, mail)))
        if mail.quirk == "two-copies":
            blocks.append("\n".join(_lines(dice, mail, copy=True)))
    return ("\n\n".join(blocks) + "\n").encode("utf-8")


def _note_handles(plan: Plan, mail: Mail) -> None:
    if mail.kind in ("human", "automated") and mail.quirk != "via":
        for item in [mail.sender, *mail.to, *mail.cc]:
            if item.person:
                plan.saw(item.person, email_key(item.address))


def _lines(dice: Dice, mail: Mail, *, copy: bool = False) -> Iterator[str]:
    utc = mail.at.astimezone(dt.UTC)
    number = 1_700_000_000_000_000_000 + dice.below(10**17)
    stamp = f" {_DAYS[utc.weekday()]} {_MONTHS[utc.month - 1]} {utc:%d %H:%M:%S} +0000 {utc.year}"
    yield f"From {number}@xxx" + ("" if mail.quirk == "bare-from" else stamp)
    yield f"X-GM-THRID: {1_600_000_000_000_000_000 + mail.thread}"
    yield "X-Gmail-Labels: " + _label(dice, mail)
    own = delivered_to(mail)
    if own:
        yield f"Delivered-To: {own}"
        if mail.quirk == "bounce":
            yield "Return-Path: <>"
        yield f"Received: by mx.example.com with SMTP id {number % 10**8:08d};"
        yield f"        {_date(mail.at + dt.timedelta(seconds=2))}"
    yield "MIME-Version: 1.0"
    yield "Date: " + _written_date(mail)
    yield f"Message-ID: {mail.message_id}"
    if mail.reply_to is not None and mail.reply_to.message_id:
        yield f"In-Reply-To: {mail.reply_to.message_id}"
        yield f"References: {mail.reply_to.message_id}"
    yield "Subject: " + encoded(mail.subject)
    yield from _people(dice, mail)
    yield from _extra(mail, copy=copy)
    yield 'Content-Type: text/plain; charset="UTF-8"'
    yield "Content-Transfer-Encoding: 8bit"
    yield ""
    yield mail.body


def _label(dice: Dice, mail: Mail) -> str:
    kind = {"spam": "spam", "draft": "draft", "automated": "list"}.get(mail.kind, "in")
    if kind == "in" and mail.sender.person == "me":
        kind = "out"
    return dice.pick(_LABELS[kind])


def _people(dice: Dice, mail: Mail) -> Iterator[str]:
    sender = mail.sender
    if mail.quirk == "upper":
        sender = Box(sender.person, sender.name, sender.address.title())
    if mail.quirk == "at-work":
        yield f"From: {mail.sender.address.partition('@')[0]}@Work <{sender.address}>"
    else:
        yield "From: " + _address(sender, base=mail.quirk == "base64")
    if mail.quirk == "via":
        yield "X-Original-From: " + _address(mail.cc[0])
        yield "Reply-To: " + _address(mail.cc[0])
    if mail.quirk == "undisclosed":
        yield "To: undisclosed-recipients:;"
    elif mail.quirk == "semicolons":
        yield "To: " + "; ".join(item.address for item in mail.to)
    elif mail.quirk == "group":
        yield "To: Everybody: " + ", ".join(item.address for item in mail.to) + ";"
    elif mail.to:
        yield "To: " + _list(dice, mail.to)
    if mail.cc and mail.quirk != "via":
        yield "Cc: " + _list(dice, mail.cc)


def _list(dice: Dice, boxes: list[Box]) -> str:
    shown = [
        item.address if dice.chance(0.07) else _address(item, quotes=dice.chance(0.1))
        for item in boxes
    ]
    lines = [", ".join(shown[i : i + 2]) for i in range(0, len(shown), 2)]
    return ",\n ".join(lines)


def _extra(mail: Mail, *, copy: bool) -> Iterator[str]:
    if mail.quirk == "newsletter":
        list_id = next(item[2] for item in NEWSLETTERS if item[1] == mail.sender.address)
        yield f"List-Id: <{list_id}>"
        yield f"List-Unsubscribe: <https://{list_id}/u>,"
        yield f" <mailto:unsubscribe@{list_id}>"
        yield "Precedence: bulk"
    elif mail.quirk == "absent":
        yield "Auto-Submitted: auto-replied"
        yield "X-Autoreply: yes"
    elif mail.quirk == "bounce":
        yield "Auto-Submitted: auto-replied"
    elif mail.quirk == "via" or copy:
        yield "List-Id: Open Maps <open-maps.groups.example.org>"
        yield "Precedence: list"


def _date(at: dt.datetime) -> str:
    offset = at.strftime("%z")
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S} {offset}"


def _written_date(mail: Mail) -> str:
    if mail.quirk == "cest":
        return _date(mail.at) + f" ({'CEST' if mail.at.dst() else 'CET'})"
    if mail.quirk == "minus-zero":
        return _date(mail.at.astimezone(dt.UTC))[:-5] + "-0000"
    if mail.quirk == "broken-date":
        return f"{_DAYS[mail.at.weekday()]}, 31 Feb {mail.at.year} 25:61:00 +0100"
    return _date(mail.at)


def _address(item: Box, *, quotes: bool = False, base: bool = False) -> str:
    if not item.name:
        return item.address
    if base and not item.name.isascii():
        return f"{encoded(item.name, base=True)} <{item.address}>"
    if not item.name.isascii():
        return f"{encoded(item.name)} <{item.address}>"
    if quotes or not all(letter.isalnum() or letter in " -" for letter in item.name):
        inside = item.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{inside}" <{item.address}>'
    return f"{item.name} <{item.address}>"


@functools.cache
def encoded(text: str, *, base: bool = False) -> str:
    """
    Return text as a head may hold it: in encoded words of at most 75 letters.

    Examples
    --------
    >>> encoded("Zoë, Ann")
    '=?utf-8?Q?Zo=C3=AB=2C_Ann?='
    """
    if text.isascii():
        return text
    words, chunk = [], ""
    for letter in text:
        if len(_word(chunk + letter, base=base)) > 70:
            words.append(_word(chunk, base=base))
            chunk = ""
        chunk += letter
    return "\n ".join([*words, _word(chunk, base=base)])


def _word(text: str, *, base: bool) -> str:
    if base:
        return f"=?UTF-8?B?{base64.b64encode(text.encode('utf-8')).decode('ascii')}?="
    letters = "".join(
        letter if letter in _PLAIN else "_" if letter == " " else _bytes(letter) for letter in text
    )
    return f"=?utf-8?Q?{letters}?="


def _bytes(letter: str) -> str:
    return "".join(f"={byte:02X}" for byte in letter.encode("utf-8"))
