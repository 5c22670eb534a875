"""
Split vCard files of every dialect into cards and properties.

Real files mix vCard 2.1, 3.0 and 4.0, encodings and line endings, often in one
file, so nothing here is refused: what cannot be understood is passed over,
and what is wrong with one card never touches the next.
"""

from __future__ import annotations

import binascii
import codecs
import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WANTED = frozenset(
    "BEGIN END AGENT FN N NICKNAME EMAIL TEL ORG TITLE ADR CATEGORIES BDAY ANNIVERSARY "
    "X-ANNIVERSARY X-EVOLUTION-ANNIVERSARY X-MS-ANNIVERSARY X-KADDRESSBOOK-X-ANNIVERSARY "
    "X-ABDATE X-EVENT X-ABLABEL X-ANDROID-CUSTOM X-SOCIALPROFILE SOCIALPROFILE URL IMPP "
    "X-ABSHOWAS KIND X-ADDRESSBOOKSERVER-KIND MEMBER X-ADDRESSBOOKSERVER-MEMBER UID".split()
)
"""Properties that are kept: photos, notes and keys are never even decoded."""

_BARE_ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B"})
# text in one of these may pass for UTF-8 by chance, so the card's word goes first
_MULTIBYTE = ("shift", "sjis", "cp932", "gb", "hz", "big5", "euc", "iso2022", "ks", "utf7", "utf16")
_CHARSET = re.compile(
    r"(?:x-?)?(?:utf|iso|windows|cp|koi8|shift|sjis|gb|hz|big5|euc|ks|us-?ascii|ascii|mac|latin)"
    r"[\w.:-]*",
    re.IGNORECASE,
)
# a value may end in `=` of its own: what is a property cannot go on with it, unless that
# ends one line of a longer text (=0A) and so begins the next
_NEXT = (
    rb"[ \t]*(?:BEGIN|END):VCARD|(?<!=0A=\n)(?-i:(?:item\d+\.)?(?:%s)(?:;[A-Z][^:\n]*)?:)"
    % "|".join(sorted(WANTED)).encode()
)
# heads are short: without a limit, a line of many megabytes could take hours
_SOFT_BREAKS = re.compile(
    rb"^([^:;\n]{0,99};[^:\n]{0,999}QUOTED-PRINTABLE[^:\n]{0,999}:)((?:[^\n]*=\n(?!%s))+)" % _NEXT,
    re.IGNORECASE | re.MULTILINE,
)
_SOFT_BREAK = re.compile(rb"=\n[ \t]?")
_JOINED = "\0"
_JOINT = _JOINED.encode()  # stands where two lines were joined, until they are counted
_PICTURE = re.compile(rb"\n(?:item[0-9]+\.)?PHOTO[;:][^\r\n]*", re.IGNORECASE)
_UNFOLDED = re.compile(rb"\n(?![ \t])")
_NEWLINE, _RETURN, _SPACE, _TAB = b"\n\r \t"
_QUOTED_HEAD = re.compile(r'[^":]*(?:"[^"]*"[^":]*)+:')
_PARAMETER = re.compile(r';((?:[^;"]|"[^"]*")*)')
_LISTED = re.compile(r'((?:[^,"]|"[^"]*")+)')
_NAME = re.compile(r"[A-Z0-9_/ -]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NESTING = frozenset({"AGENT", "BEGIN", "END"})
_MAX_HEAD, _MAX_HEADS = 5_000, 2_048
_MAX_BROKEN = 10_000
_WIDE_STARTS = {b"B\0": "utf-16-le", b"b\0": "utf-16-le", b"\0B": "utf-16-be", b"\0b": "utf-16-be"}


class Head(NamedTuple):
    """What stands before the colon: `group.NAME;PARAMETER=a,b`."""

    group: str
    name: str
    """Empty if nobody wants the property."""
    params: Mapping[str, tuple[str, ...]]
    types: frozenset[str]
    """Values of `TYPE`, in lower case."""
    coded: bool
    """Whether it says how its value is written."""


Property = tuple[Head, str]


@dataclass(slots=True)
class Card:
    """
    One card.

    Attributes
    ----------
    number
        Place in the file, from 1.
    line
        Line on which it begins, from 1.
    named
        Its properties by name, in the order of the file: pairs of what stands before the
        colon, and the value with its escapes. Names in `WANTED` alone.
    ended, last
        Whether its end was seen, and whether it is the last card of the file.
    cut
        Whether the file breaks off inside one of its lines.
    """

    number: int
    line: int = 0
    named: dict[str, list[Property]] = field(default_factory=dict)
    ended: bool = False
    last: bool = False
    cut: bool = False


def cards(data: bytes) -> Iterator[Card]:
    r"""
    Split a file into its cards.

    Parameters
    ----------
    data
        The file, in any encoding that exports use, even in several.

    Yields
    ------
    card
        Cards inside a card (`AGENT`) are left out.

    Examples
    --------
    >>> [card.named["FN"][0][1] for card in cards(b"BEGIN:VCARD\nFN:Ada\nEND:VCARD")]
    ['Ada']
    """
    return slim_cards(slim(data))


def slim(data: bytes) -> bytes:
    """Return a file as UTF-8 without pictures, which are nine tenths of most files."""
    return _without_pictures(utf8(data).replace(_JOINT, b"")).replace(codecs.BOM_UTF8, b"")


def slim_cards(data: bytes) -> Iterator[Card]:
    """Split what `slim` returns, as `cards` does."""
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    cut = not data.endswith(b"\n")
    # three times as fast as a search in any case
    if b"quoted-printable" in data.lower():
        data = _SOFT_BREAKS.sub(lambda match: match[1] + _SOFT_BREAK.sub(_JOINT, match[2]), data)
    data = data.replace(b"\n ", _JOINT).replace(b"\n\t", _JOINT)
    last: Card | None = None
    # latin-1 shows each byte as one letter: lines are found first, and text is decoded after
    for card in _split(data.decode("latin-1")):
        if last is not None:
            yield last
        last = card
    if last is not None:
        last.last, last.cut = True, cut and not last.ended
        yield last


def utf8(data: bytes) -> bytes:
    """Return a file, or its beginning, as UTF-8 if it is UTF-16, with or without a mark."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    if data[:2] in _WIDE_STARTS:
        return data.decode(_WIDE_STARTS[data[:2]], "replace").encode("utf-8", "replace")
    return data


def _without_pictures(data: bytes) -> bytes:
    """Take away the folded lines of pictures, but for their number."""
    kept, done = [], 0
    codes = np.frombuffer(data, np.uint8)
    match = _PICTURE.search(data)
    while match is not None:
        start = match.end()
        end, breaks = _folds(data, codes, start)
        alone = np.count_nonzero(codes[start:end] == _RETURN)
        alone -= np.count_nonzero(codes[breaks - 1] == _RETURN)
        if end > start and not alone:  # a lone \r ends a line, too
            kept += [data[done:start], _JOINT * len(breaks)]
            done = end
        match = _PICTURE.search(data, max(start, end))
    return b"".join([*kept, data[done:]]) if kept else data


def _folds(data: bytes, codes: np.ndarray, start: int) -> tuple[int, np.ndarray]:
    """Return where the folds below the line that ends at `start` end, and their line breaks."""
    # no colon stands in a picture: the line with the next one is the next property
    end = data.rfind(b"\n", start, max(start, data.find(b":", start)))
    if end >= 0:
        breaks = start + np.flatnonzero(codes[start:end] == _NEWLINE)
        first = codes[np.append(breaks, end) + 1]
        folded = (first == _SPACE) | (first == _TAB)
        if not folded[-1] and np.count_nonzero(folded) == len(breaks):
            return end - (data[end - 1] == _RETURN), breaks
    after = _UNFOLDED.search(data, start)
    end = after.start() if after is not None else len(data)
    end -= data[end - 1 : end] == b"\r"
    return end, start + np.flatnonzero(codes[start:end] == _NEWLINE)


# one loop, because a call for each line would cost half as much again
def _split(text: str) -> Iterator[Card]:  # noqa: C901
    """Gather lines into cards; a card without an end is closed by the next one."""
    state, joints, heads = _State(), 0, _Heads()
    named: dict[str, list[Property]] | None = None
    last: list[Property] | None = None
    for number, joined in enumerate(text.split("\n"), start=1):
        line, joint = joined, 0
        if _JOINED in joined:
            line = joined.replace(_JOINED, "")
            joint = len(joined) - len(line)
            joints += joint
        start, colon, value = line.partition(":")
        if not colon:
            if line and last:
                _go_on(last, line)
            continue
        if '"' in start:
            start, value = _quoted_split(line)
        head = heads[start]
        if head is None:
            continue
        name = head.name
        if name in _NESTING:
            done, last = state.nest(head, value, number + joints - joint, last)
            named = state.open_properties()
            if done is not None:
                yield done
        elif not name or named is None:
            last = None
        else:
            if head.coded or not value.isascii():
                value = _decoded(value, head.params)
            last = named.setdefault(name, [])
            last.append((head, value))
    if state.card is not None:
        yield state.card


class _Heads(dict[str, "Head | None"]):
    """Each head of a file, read once: most lines have one of a few."""

    def __missing__(self, start: str) -> Head | None:
        if len(start) > _MAX_HEAD:
            return None
        if len(self) >= _MAX_HEADS:
            self.clear()
        head = self[start] = _head(start)
        return head


def _go_on(last: list[Property], line: str) -> None:
    """Take a line that is no property: a note with bare line ends, base64 without folds."""
    head, value = last[-1]
    if len(value) < _MAX_BROKEN:
        more = _decoded(line[:_MAX_BROKEN], head.params)
        last[-1] = (head, f"{value} {more}")


class _State:
    """The card that is open, and how deep in agents' cards inside it the next line stands."""

    __slots__ = ("card", "depth", "number")

    def __init__(self) -> None:
        self.card: Card | None = None
        self.number = self.depth = 0

    def open_properties(self) -> dict[str, list[Property]] | None:
        """Return where properties go; None where none is wanted."""
        return self.card.named if self.card is not None and not self.depth else None

    def nest(
        self, head: Head, value: str, line: int, last: list[Property] | None
    ) -> tuple[Card | None, list[Property] | None]:
        """
        Take a property that begins or ends a card, or an agent's.

        Returns
        -------
        done
            The card that it ends, if it ends one.
        last
            Where a line goes on that is no property, in place of `last`.
        """
        if head.name == "AGENT":
            named = self.open_properties()
            agents = [] if named is None else named.setdefault("AGENT", [])
            agents.append((head, value))
            # vCard 2.1 writes the agent's card below, or in the same line
            self.depth += self.card is not None and value.strip().upper() == "BEGIN:VCARD"
            return None, agents
        done = self.card
        if value == "VCARD" and not self.depth and (done is None) == (head.name == "BEGIN"):
            # as nearly all cards begin and end
            if done is None:
                self.number += 1
                self.card = Card(self.number, line)
            else:
                done.ended, self.card = True, None
            return done, None
        done = None
        for begins in _begun(head.name, value):
            if self.depth and not begins:
                self.depth -= 1
            elif begins and self.card is not None and _is_agent(last):
                self.depth += 1
            else:
                if self.card is not None:
                    self.card.ended = not begins
                    done = self.card
                self.card, self.depth = None, 0
                if begins:
                    self.number += 1
                    self.card = Card(self.number, line)
        return done, None


def _is_agent(last: list[Property] | None) -> bool:
    if not last:
        return False
    head, value = last[-1]
    return head.name == "AGENT" and not value.strip()


@functools.lru_cache(maxsize=256)
def _begun(name: str, value: str) -> tuple[bool, ...]:
    """Tell of a BEGIN or END which cards it begins (True) or ends."""
    value = value.strip().upper()
    if value == "VCARD":
        return _BEGUN if name == "BEGIN" else _ENDED
    if not value.startswith("VCARD"):
        return ()
    # files put together without a line end give END:VCARDBEGIN:VCARD
    both = name == "END" and value.endswith("BEGIN:VCARD")
    return _ENDED + _BEGUN if both else _BEGUN if name == "BEGIN" else _ENDED


_BEGUN, _ENDED = (True,), (False,)


def _quoted_split(line: str) -> tuple[str, str]:
    """Split at the first colon that no quotes enclose."""
    match = _QUOTED_HEAD.match(line)
    cut = match.end() - 1 if match else line.index(":")
    return line[:cut], line[cut + 1 :]


def _head(text: str) -> Head | None:
    """Read what stands before the colon; None if it is no head of a property."""
    full, _, rest = text.partition(";")
    group, _, name = full.strip().upper().rpartition(".")
    if not _NAME.fullmatch(name):
        return None
    if name not in WANTED:
        return _UNWANTED
    params: dict[str, tuple[str, ...]] = {}
    for part in _PARAMETER.findall(f";{rest}") if rest else ():
        key, equals, value = part.partition("=")
        key = key.strip().upper()
        if not equals:
            key, value = ("ENCODING" if key in _BARE_ENCODINGS else "TYPE"), key
        values = tuple(item.strip().strip('"') for item in _LISTED.findall(value))
        if key == "TYPE":  # TYPE="work,voice" lists as TYPE=work,voice does
            values = tuple(item for value in values for item in value.split(","))
        params[key] = params.get(key, ()) + values
    types = frozenset(value.lower() for value in params.get("TYPE", ()))
    return Head(group, name, params, types, coded="ENCODING" in params or "CHARSET" in params)


_UNWANTED = Head("", "", {}, frozenset(), coded=False)


def _decoded(value: str, params: Mapping[str, tuple[str, ...]]) -> str:
    """Turn the bytes of one value, shown as latin-1, into its text."""
    charset = params["CHARSET"][0] if params.get("CHARSET") else ""
    encoding = next(iter(params.get("ENCODING", ())), "")
    if encoding.upper() == "QUOTED-PRINTABLE":
        return _text(binascii.a2b_qp(value.encode("latin-1")), charset)
    if value.isascii() and "\x1b" not in value:
        return value
    return _text(value.encode("latin-1"), charset)


def _text(data: bytes, charset: str) -> str:
    """Decode as UTF-8 or what the card says, else as Windows' cp1252."""
    named = [charset] if _CHARSET.fullmatch(charset) else []
    first = re.sub(r"^x-|[^a-z0-9]", "", charset.lower()).startswith(_MULTIBYTE)
    for encoding in [*named, "utf-8"] if first else ["utf-8", *named]:
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")


def unescape(value: str) -> str:
    r"""
    Return a value as the text it stands for.

    Examples
    --------
    >>> unescape(r"Acme\, Inc.\nBonn")
    'Acme, Inc.\nBonn'
    """
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def parts(value: str, separator: str) -> list[str]:
    r"""
    Split a value at each separator that is not escaped.

    Examples
    --------
    >>> parts(r"Acme\; Sons;Research", ";")
    ['Acme; Sons', 'Research']
    """
    if "\\" not in value:
        return value.split(separator)
    if (len(value) - len(value.rstrip("\\"))) % 2:
        value = value[:-1]  # a last backslash escapes nothing
    found = re.findall(rf"((?:[^\\{separator}]|\\.)*){separator}", value + separator, re.DOTALL)
    return [unescape(part) for part in found]
