"""What the cells of logs say: who, by what means, in which direction, how long."""

from __future__ import annotations

import hashlib
import math
import re
from typing import NamedTuple

from villagegraph.parsing.handles import (
    OWNER,
    any_handle,
    email_handle,
    name_handle,
    platform_handle,
)
from villagegraph.parsing.outlook import folded
from villagegraph.parsing.text import clean, one_line

NAME_APP = "csv"
_CHANNELS = {
    "email": "email emails mail mails courriel correo to cc bcc",
    "sms": "sms text texts textmessage texto mms",
    "call": "call calls phone phonecall telephone telefon telefonat anruf appel llamada chiamata "
    "telefonata voice video videocall voicecall zoom facetime",
    "meeting": "meeting meetings meet met lunch dinner coffee breakfast visit appointment "
    "facetoface inperson treffen besprechung termin mittagessen kaffee reunion rencontre "
    "dejeuner reuniao riunione incontro vergadering afspraak",
    "social": "social like likes comment comments reaction endorsement follow invitation",
    "chat": "chat chats message messages im dm post reply mention whatsapp telegram signal slack "
    "teams messenger imessage discord nachricht mensaje messaggio bericht",
    "note": "note notes notiz",
}
_CHANNEL_OF = {word: channel for channel, words in _CHANNELS.items() for word in words.split()}
_STEMS = (("mail", "email"), ("call", "call"), ("meet", "meeting"), ("sms", "sms"))
_ROLES = frozenset({"to", "cc", "bcc"})
_IN = frozenset("in incoming inbound received receive from eingehend entrant entrante ein".split())
_OUT = frozenset("out outgoing outbound sent send to ausgehend sortant saliente aus".split())
_SHOWN = re.compile(r"(?P<name>[^<>]*?)\s*[<(](?P<address>[^<>()\s]+@[^<>()\s]+)[>)]")
_ME = frozenset({"me", "myself"})
_CODE = re.compile(r"[\d_@.#/:-]")
_TYPED = re.compile(r"([a-z][a-z0-9_-]{1,30}):(?!//)\S+")
_RESERVED = frozenset({"me", "hidden", "email", "phone", "linkedin", "name", "mailto", "tel"})
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})")


class Kind(NamedTuple):
    """What a cell says of the means: the channel, empty if unknown; role; 1 in, -1 out, 0."""

    channel: str
    role: str
    direction: int


class Who(NamedTuple):
    """One whom a cell names, and the name shown for a handle that is none."""

    handle: str
    name: str


def kind_of_cell(text: str) -> Kind:
    """
    Read the means of an interaction.

    Examples
    --------
    >>> kind_of_cell("call_incoming"), kind_of_cell("Cc").role, kind_of_cell("pigeon").channel
    (Kind(channel='call', role='to', direction=1), 'cc', '')
    """
    shown = text.strip().casefold()
    key = folded(one_line(shown))
    role = key if key in _ROLES else "to"
    direction = 0 if key in _ROLES else direction_of(text)
    words = [folded(word) for word in re.split(r"[^\w]|_", shown) if word]
    channel = _CHANNEL_OF.get(key, "")
    for word in words:
        channel = channel or _CHANNEL_OF.get(word, "")
    for stem, found in _STEMS:
        if not channel and stem in key:
            channel = found
    return Kind(channel, role, direction)


def direction_of(text: str) -> int:
    """Return 1 for what came in, -1 for what went out, 0 for what tells neither."""
    words = {folded(word) for word in re.split(r"[^\w]|_", text.casefold()) if word}
    incoming, outgoing = bool(words & _IN), bool(words & _OUT)
    return int(incoming) - int(outgoing)


def people_of(text: str, *, region: str, app: str, names: bool) -> tuple[Who, ...]:
    """
    Return all whom a cell names.

    Parameters
    ----------
    text
        Addresses, numbers, profiles, names or ids; several are parted by semicolons, and
        addresses by commas, too.
    region
        As in `phone_handle`.
    app
        Kind of the handles that stand for ids.
    names
        Whether one word without a digit is a name, and no id.

    Examples
    --------
    >>> people_of("Ada <ada@example.org>; 138", region="", app="id", names=False)
    (Who(handle='email:ada@example.org', name='Ada'), Who(handle='id:138', name=''))
    """
    marks = r"[;,]" if text.count("@") > 1 else ";"
    found = (
        _who(part, region=region, app=app, names=names)
        for part in re.split(marks, text)
        if part.strip()
    )
    return tuple(dict.fromkeys(who for who in found if who.handle))


def _who(text: str, *, region: str, app: str, names: bool) -> Who:
    shown = one_line(text)
    if shown.casefold() in _ME or shown == OWNER:
        return Who(OWNER, "")
    match = _SHOWN.fullmatch(shown)
    if match is not None and email_handle(match["address"]):
        return Who(email_handle(match["address"]), clean(match["name"].strip("\"' ")))
    # digits alone are an id, unless a leading zero makes them a number that people dial
    if not (shown.isdigit() and not (shown.startswith("0") and len(shown) > 8)):
        handle = any_handle(shown, region=region)
        if handle:
            return Who(handle, "")
    typed = _TYPED.fullmatch(shown)
    if typed is not None and typed[1] not in _RESERVED:
        return Who(platform_handle(typed[1], shown.partition(":")[2]), "")
    if " " in shown or (names and not _CODE.search(shown)):
        return Who(name_handle(shown, NAME_APP), clean(shown))
    return Who(platform_handle(app, shown), "")


def minutes_of(text: str, *, per_minute: float) -> float:
    """
    Read a length; `nan` if it is none.

    Parameters
    ----------
    text
        A number, or `h:mm:ss`.
    per_minute
        How many of the unit make a minute; 0 if the unit is not known.

    Examples
    --------
    >>> minutes_of("90", per_minute=60), minutes_of("1:30:00", per_minute=0)
    (1.5, 90.0)
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is not None:
        return int(match[1] or 0) * 60 + int(match[2]) + int(match[3]) / 60
    found = number_of(text) / per_minute if per_minute else math.nan
    return found if found >= 0 else math.nan


def number_of(text: str) -> float:
    """
    Read a number; `nan` if it is none.

    Examples
    --------
    >>> number_of("2,5"), number_of("many")
    (2.5, nan)
    """
    try:
        found = float(text.strip().replace(",", ".") or "nan")
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def hash_of(text: str) -> int:
    """Return a number of 64 bits that stands for a text in every version of everything."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")
