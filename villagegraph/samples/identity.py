"""What makes it hard to tell who is who, and the owner's own word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from villagegraph.samples.model import Person, Plan, chat_key, email_key
from villagegraph.samples.names import make_name

if TYPE_CHECKING:
    from villagegraph.samples.dice import Dice

_DEGREES = ("PhD", "MBA", "M.Sc.", "PMP")
_OTHER_LETTERS = frozenset({"ar", "el", "he", "hi", "ja", "ko", "ru", "zh"})


def shape_names(plan: Plan, dice: Dice) -> None:
    """Write some people's names in another form, where an exact key or the owner joins them."""
    turned = 0
    for person in plan.people:
        latin = person.name.culture in ("de", "en", "fr", "pl", "sv", "tr")
        regular = person.quirk == "regular" and latin and person.community
        # a comma inside an encoded word is the one that is split wrongly most often
        certain = turned < 3 and not person.name.full.isascii()
        if regular and (dice.chance(0.09) or certain):
            turned += 1
            person.mail_name = f"{person.name.family}, {person.name.given}"
        if person.linkedin and latin and dice.chance(0.08):
            family = f"{person.name.family}, {dice.pick(_DEGREES)}"
            person.linkedin_name = (person.name.given, family)
        elif person.linkedin_email and person.name.culture in _OTHER_LETTERS:
            given, family = person.name.latin
            person.linkedin_name = (given.title(), family.title())
    # a page that shows this name as anything but text is at fault
    hostile = next(person for person in plan.people if person.part == "linkedin")
    hostile.name = make_name("Robin <b>Quist</b>", '& "Co"')
    hostile.linkedin_name, hostile.slug = None, "robin-quist-" + hostile.slug[-4:]
    _by_alias(plan)


def _quirk(plan: Plan, quirk: str) -> Person:
    return next(person for person in plan.people if person.quirk == quirk)


def _by_alias(plan: Plan) -> None:
    aunt = _quirk(plan, "aunt")
    aunt.google = aunt.linkedin = aunt.icloud_email = False
    aunt.icloud_name, aunt.chat_name = ("Tante", "Ilse"), "Tante Ilse"
    plan.aliases.append(
        ("phone:" + aunt.phone, email_key(aunt.emails["home"]), "same", "my aunt Ilse")
    )
    renamed = _quirk(plan, "renamed")
    later = f"{renamed.name.given} Sommerfeldt"
    renamed.later_name, renamed.linkedin_name = later, (renamed.name.given, "Sommerfeldt")
    renamed.linkedin = renamed.linkedin_email = True
    renamed.linkedin_url_in_card = renamed.icloud = False
    renamed.connected_on = renamed.connected_on or renamed.spans[0][0]
    plan.aliases.append(
        (email_key(renamed.emails["work"]), email_key(renamed.emails["home"]), "same",
         "took another name when marrying")
    )  # fmt: skip
    twins = [_quirk(plan, "twin-a"), _quirk(plan, "twin-b")]
    # one card in each address book and one name in the mail: only the owner's word parts them
    twins[1].google, twins[1].icloud_email, twins[1].birthday = False, True, ""
    for twin in twins:
        twin.icloud = twin.chat = twin.linkedin_url_in_card = False
        twin.linkedin_name = None
    twins[1].icloud, twins[1].mail_name = True, f"T. {twins[1].name.family}"
    # the profile of that name carries an address, which says whose it is
    twins[0].linkedin = twins[0].linkedin_email = True
    twins[0].connected_on = twins[0].connected_on or twins[0].spans[0][0]
    first, second = (next(iter(twin.emails.values())) for twin in twins)
    plan.aliases.append((email_key(first), email_key(second), "not_same", "two Thomases"))


def unsaved_singer(plan: Plan) -> None:
    """Let one singer chat under a short name that only the owner can place."""
    chat = next(chat for chat in plan.chats if chat.group and chat.style == "ios")
    singers = [plan.person(who) for who in chat.members if who != "me"]
    singer = next(p for p in singers if p.quirk == "regular" and not p.chat_by_phone and not p.chat)
    singer.icloud = False
    singer.chat_unsaved = True
    singer.chat_name = f"{singer.name.given} {singer.name.family[0]}."
    plan.aliases.append(
        (chat_key(singer.chat_name), email_key(singer.emails["home"]), "same", "sings alto")
    )
