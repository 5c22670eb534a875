"""What an X archive says of people: direct messages by number, posts by whom they name."""

from __future__ import annotations

import calendar
import math
import re
from itertools import chain
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from villagegraph.files import digest
from villagegraph.parsing.handles import platform_handle
from villagegraph.parsing.json_files import (
    NO_DATE,
    epoch,
    iso_time,
    list_of,
    mapping_of,
    text_of,
)
from villagegraph.parsing.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.parsing.collect import Collector

APP = "x"
NAMES_NOBODY = "a post that answers and names nobody"

_UTC = ZoneInfo("UTC")
_MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_POSTED = re.compile(
    r"[A-Z][a-z]{2} (?P<b>[A-Z][a-z]{2}) (?P<d>\d{1,2}) (?P<h>\d{2}):(?P<m>\d{2}):(?P<s>\d{2})"
    r" (?P<sign>[+-])(?P<zh>\d{2})(?P<zm>\d{2}) (?P<y>\d{4})",
    re.ASCII,
)
_RETWEET = re.compile(r"RT @(\w{1,30}):", re.ASCII)
_PAIR = re.compile(r"(\d{1,25})-(\d{1,25})", re.ASCII)
_JOINED = ("joinConversation", "participantsJoin", "participantsLeave", "conversationNameUpdate")


def account(value: object) -> str:
    """
    Return the handle of an account by its number.

    Examples
    --------
    >>> account("12"), account(12), account("-1"), account("river_otter")
    ('x:12', 'x:12', '', '')
    """
    number = text_of(value).strip()
    return platform_handle(APP, number) if number.isascii() and number.isdigit() else ""


def posted_at(value: object) -> tuple[float, str]:
    """
    Return when a post was written, as `json_files.epoch` does.

    Examples
    --------
    >>> posted_at("Sun Mar 21 12:53:22 +0000 2021")
    (1616331202.0, '')
    """
    text = text_of(value).strip()
    found = _POSTED.fullmatch(text)
    if found is None:
        return iso_time(text, zone=_UTC)
    year, day = int(found["y"]), int(found["d"])
    month = _MONTHS.get(found["b"], 0)
    hour, minute, second = (int(found[part]) for part in "hms")
    if not month or not 1 <= day <= 31 or hour > 23 or minute > 59 or second > 60 or not year:
        return math.nan, NO_DATE
    shift = (int(found["zh"]) * 60 + int(found["zm"])) * (60 if found["sign"] == "+" else -60)
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    return epoch(seconds - shift)


def add_conversation(number: int, record: dict[str, Any], collector: Collector) -> None:
    """
    Add the direct messages of one conversation.

    Parameters
    ----------
    number
        Place of the conversation in its file, from 1.
    record
        As X writes it.
    collector
        Where its messages go.
    """
    conversation = mapping_of(record.get("dmConversation"))
    entries = [mapping_of(entry) for entry in list_of(conversation.get("messages"))]
    place = text_of(conversation.get("conversationId"))
    if not conversation or not (entries or place):
        collector.skip(number, "a conversation of another kind than X writes")
        return
    members = sorted(set(_members(place, entries)))
    thread = digest(APP, place or "|".join(members))
    for entry in entries:
        message = mapping_of(entry.get("messageCreate"))
        at, reason = iso_time(message.get("createdAt"), zone=_UTC)
        sender = account(message.get("senderId"))
        others = [one for one in members if one != sender]
        if not message:
            known = any(kind in entry for kind in _JOINED)
            reason = "who joined or left, or a new name" if known else "no message"
        elif not sender:
            reason = reason or "the export does not say who wrote it"
        elif not others:
            reason = reason or "a note to oneself"
        if reason:
            collector.skip(number, reason)
            continue
        text, written = message.get("text"), text_of(message.get("id"))
        key = (written,) if written else (thread, at, sender)
        collector.interaction(
            key=("message", *key),
            at=at,
            channel="chat",
            app=APP,
            participants=[("from", sender), *(("to", other) for other in others)],
            thread=thread,
            size=float(len(text_of(text).encode())) if isinstance(text, str) else math.nan,
        )
        _add_reactions(message, sender, at, thread, collector, key)


def _members(place: str, entries: list[dict[str, Any]]) -> Iterator[str]:
    """Yield everybody who ever was in a conversation, as far as it tells."""
    pair = _PAIR.fullmatch(place)
    if pair is not None:
        yield from filter(None, map(account, pair.groups()))
    for entry in entries:
        for kind in ("messageCreate", *_JOINED):
            said = mapping_of(entry.get(kind))
            one = (said.get(name) for name in ("senderId", "recipientId", "initiatingUserId"))
            many = (list_of(said.get(name)) for name in ("participantsSnapshot", "userIds"))
            yield from filter(None, map(account, chain(one, *many)))


def _add_reactions(
    message: dict[str, Any],
    author: str,
    at: float,
    thread: str,
    collector: Collector,
    key: tuple[object, ...],
) -> None:
    for reaction in map(mapping_of, list_of(message.get("reactions"))):
        sender = account(reaction.get("senderId")) or account(reaction.get("reactionSenderID"))
        when, reason = iso_time(reaction.get("createdAt"), zone=_UTC)
        if sender and sender != author:
            collector.interaction(
                key=("reaction", *key, sender),
                at=at if reason else when,
                precision="day" if reason else "second",
                channel="social",
                app=APP,
                participants=[("from", sender), ("to", author)],
                thread=thread,
            )


def add_post(number: int, record: dict[str, Any], collector: Collector, owner: str) -> None:
    """
    Add one post as a light touch of those whom it answers, shares or names.

    Parameters
    ----------
    number
        Place of the post in its file, from 1.
    record
        As X writes it; old archives leave its wrapper out.
    collector
        Where it goes; a post that names nobody is listed as left out.
    owner
        Handle of the owner.
    """
    post = mapping_of(record.get("tweet")) or record
    at, reason = posted_at(post.get("created_at"))
    named = _named(post)
    others = [handle for handle in named if handle != owner]
    if reason or not others:
        collector.skip(number, reason or NAMES_NOBODY)
        return
    text = text_of(post.get("full_text")) or text_of(post.get("text"))
    identity = text_of(post.get("id_str")) or text_of(post.get("id"))
    answered = text_of(post.get("in_reply_to_status_id_str")) or identity
    collector.interaction(
        key=("post", identity or at),
        at=at,
        channel="social",
        app=APP,
        participants=[("from", owner), *(("to", other) for other in others)],
        thread=digest(APP, "post", answered),
        size=float(len(text.encode())),
    )
    for handle in others:
        collector.named(handle, named[handle])


def _named(post: dict[str, Any]) -> dict[str, str]:
    """Return handle and name of everybody to whom a post turns."""
    mentions = list_of(mapping_of(post.get("entities")).get("user_mentions"))
    found: dict[str, str] = {}
    shared = _RETWEET.match(text_of(post.get("full_text")) or text_of(post.get("text")))
    for mention in map(mapping_of, mentions):
        handle = account(mention.get("id_str")) or account(mention.get("id"))
        screen = text_of(mention.get("screen_name"))
        # whom a shared post names was named by its author
        if handle and (shared is None or screen.casefold() == shared[1].casefold()):
            found[handle] = clean(text_of(mention.get("name"))) or clean(screen)
    answered = account(post.get("in_reply_to_user_id_str")) or account(
        post.get("in_reply_to_user_id")
    )
    if answered and shared is None:
        found.setdefault(answered, clean(text_of(post.get("in_reply_to_screen_name"))))
    return found
