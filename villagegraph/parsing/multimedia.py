"""Multimedia messages of phones: who is in them, and which number is the owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from villagegraph.parsing.handles import OWNER, kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


class Multimedia(NamedTuple):
    """
    A message with parts, as a phone keeps it.

    Attributes
    ----------
    line
        Where it stands.
    ms
        When, in milliseconds since 1970.
    sent
        Whether the owner sent it.
    people
        Roles and handles, the owner among them under a number or as `OWNER`.
    listed
        Handles of the talk's other members; the owner is not among them.
    size
        Bytes of its text.
    name
        What the phone calls the others.
    """

    line: int
    ms: int
    sent: bool
    people: tuple[tuple[str, str], ...]
    listed: frozenset[str]
    size: float
    name: str


def own_numbers(messages: Sequence[Multimedia]) -> list[str]:
    """
    Return the numbers that are the owner's: phones write them among the receivers.

    Examples
    --------
    >>> people = (("from", "phone:+15550100101"), ("to", "phone:+15550100199"))
    >>> talk = frozenset({"phone:+15550100101"})
    >>> own_numbers([Multimedia(1, 0, False, people, talk, 0.0, "")])
    ['phone:+15550100199']
    """
    claimed = {handle for message in messages for handle in _claimed(message)}
    # who ever writes to the owner, or is listed beside the owner, is somebody else
    others = {handle for message in messages for handle in message.listed}
    for message in messages:
        if not message.sent:
            others |= {handle for role, handle in message.people if role == "from"}
    return sorted(handle for handle in claimed - others if kind_of(handle) == "phone")


def _claimed(message: Multimedia) -> Iterator[str]:
    senders = {handle for role, handle in message.people if role == "from"}
    if message.sent:
        yield from senders
        return
    everybody = {handle for _, handle in message.people}
    found = everybody - senders - message.listed
    if OWNER not in everybody and len(found) == 1 and message.listed:
        yield from found


def members(message: Multimedia, own: Collection[str]) -> tuple[str, list[tuple[str, str]]]:
    """
    Return who sent a message, and role and handle of everybody else.

    Parameters
    ----------
    message
        As the phone keeps it.
    own
        Everything that stands for the owner.

    Returns
    -------
    sender
        Empty if nothing tells who it was.
    others
        The owner among them, as `OWNER`, if somebody else sent it.
    """
    named = [handle for role, handle in message.people if role == "from"]
    sender = OWNER if message.sent else next(iter(named), "")
    others = [
        (role, handle)
        for role, handle in message.people
        if role != "from" and handle != sender and handle not in own
    ]
    known = {handle for _, handle in others} | {sender}
    others += [("to", handle) for handle in sorted(message.listed - known) if handle not in own]
    if message.sent:
        return sender, others
    if not sender and len(others) == 1:  # a talk of two
        (_, sender), others = others[0], []
    return (OWNER if sender in own else sender), [*others, ("to", OWNER)]
