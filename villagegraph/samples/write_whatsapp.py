"""WhatsApp's exported chats: text from Android, zips from iPhones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from villagegraph.samples.archive import stored_zip
from villagegraph.samples.dice import Dice
from villagegraph.samples.model import Chat, Note, Plan, chat_key
from villagegraph.samples.write_contacts import phone_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = (
    "Messages and calls are end-to-end encrypted. No one outside of this chat, "
    "not even WhatsApp, can read or listen to them."
)


def chats(plan: Plan) -> dict[str, bytes]:
    """Return each chat's export by file name."""
    dice = Dice(plan.seed, "whatsapp")
    found = {}
    for chat in plan.chats:
        for member in chat.members:
            _note_handle(plan, member)
        if chat.style == "android":
            text = "\n".join(_android(plan, dice, chat)) + "\n"
            found[f"WhatsApp Chat with {chat.title}.txt"] = text.encode("utf-8")
        else:
            text = "\r\n".join(_ios(plan, dice, chat)) + "\r\n"
            data = stored_zip({"_chat.txt": text.encode("utf-8")})
            found[f"WhatsApp Chat - {chat.title}.zip"] = data
    return found


def _note_handle(plan: Plan, member: str) -> None:
    person = plan.person(member)
    if person.chat_by_phone:
        plan.saw(member, "phone:" + person.phone)
    else:
        plan.saw(member, chat_key(person.shown))


def _author(plan: Plan, member: str) -> str:
    person = plan.person(member)
    if person.chat_by_phone:
        return f"\u202a{phone_text(person.phone)}\u202c"
    if person.chat_unsaved:
        return f"~\u202f{person.shown}"
    return person.shown


def _first(chat: Chat) -> Note:
    return min(chat.lines, key=lambda line: line.at)


def _android(plan: Plan, dice: Dice, chat: Chat) -> Iterator[str]:
    yield f"{_first(chat).at:%d/%m/%Y, %H:%M} - {_LOCK} Learn more."
    if chat.group:
        creator = _author(plan, chat.members[1])
        yield f'{_first(chat).at:%d/%m/%Y, %H:%M} - {creator} created group "{chat.title}"'
        yield f"{_first(chat).at:%d/%m/%Y, %H:%M} - {creator} added you"
    for line in sorted(chat.lines, key=lambda item: item.at):
        text = "<Media omitted>" if dice.chance(0.05) else line.text
        if dice.chance(0.01):
            text = "This message was deleted"
        yield f"{line.at:%d/%m/%Y, %H:%M} - {_author(plan, line.author)}: {text}"


def _ios(plan: Plan, dice: Dice, chat: Chat) -> Iterator[str]:
    yield f"[{_first(chat).at:%d.%m.%y, %H:%M:%S}] {chat.title}: \u200e{_LOCK}"
    for line in sorted(chat.lines, key=lambda item: item.at):
        head = f"[{line.at:%d.%m.%y, %H:%M:%S}] {_author(plan, line.author)}: "
        if dice.chance(0.05):
            yield f"\u200e{head}\u200eimage omitted"
        else:
            yield head + line.text
