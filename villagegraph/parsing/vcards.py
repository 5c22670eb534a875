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
_SOFT_BREAKS = re.compile(
    rb"^([^:;\n]*;[^:\n]*QUOTED-PRINTABLE[^:\n]*:)((?:[^\n]*=\n(?!%s))+)" % _NEXT,
    re.IGNORECASE | re.MULTILINE,
)
_SOFT_BREAK = re.compile(rb"=\n[ \t]?")
_JOINT = b"\0"  # stands where two lines were joined, until they are counted
_QUOTED_HEAD = re.compile(r'[^":]*(?:"[^"]*"[^":]*)+:')
_PARAMETER = re.compile(r';((?:[^;"]|"[^"]*")*)')
_LISTED = re.compile(r'((?:[^,"]|"[^"]*")+)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Property(NamedTuple):
    """One line of a card: `group.NAME;PARAMETER=a,b:value`, escapes still in the value."""

    group: str
    name: str
    params: Mapping[str, tuple[str, ...]]
    value: str
    line: int = 0

    @property
    def types(self) -> frozenset[str]:
        """Values of `TYPE`, in lower case."""
        return frozenset(value.lower() for value in self.params.get("TYPE", ()))

    @property
    def text(self) -> str:
        """The value as one text."""
        return unescape(self.value)


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
    properties
        In the order of the file, of the names in `WANTED` alone.
    ended, whole
        Whether its end was seen; False if the file breaks off inside it.
    """

    number: int
    line: int = 0
    properties: list[Property] = field(default_factory=list)
    ended: bool = False
    whole: bool = True


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
    >>> [card.properties[0].text for card in cards(b"BEGIN:VCARD\nFN:Ada\nEND:VCARD")]
    ['Ada']
    """
    data = _as_utf8(data).replace(codecs.BOM_UTF8, b"").replace(_JOINT, b"")
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    cut = not data.endswith(b"\n")
    if b"quoted-printable" in data.lower():
        data = _SOFT_BREAKS.sub(lambda match: match[1] + _SOFT_BREAK.sub(_JOINT, match[2]), data)
    data = data.replace(b"\n ", _JOINT).replace(b"\n\t", _JOINT)
    last: Card | None = None
    # latin-1 shows each byte as one letter: lines are found first, and text is decoded after
    for card in _split(_properties(data.decode("latin-1"))):
        if last is not None:
            yield last
        last = card
    if last is not None:
        last.whole = last.ended or not cut
        yield last


def _split(properties: Iterator[Property]) -> Iterator[Card]:
    """Gather properties into cards; a card without an end is closed by the next one."""
    number, depth, before = 0, 0, ""
    card: Card | None = None
    for prop in properties:
        if prop.name == "BEGIN" and card is not None and before == "AGENT":
            depth += 1
        elif prop.name == "BEGIN":
            if card is not None:
                yield card
            number, depth = number + 1, 0
            card = Card(number, line=prop.line)
        elif prop.name == "END" and depth:
            depth -= 1
        elif card is not None and prop.name == "END":
            card.ended = True
            yield card
            card = None
        elif card is not None and depth == 0:
            card.properties.append(prop)
            # vCard 2.1 writes the agent's card below, or in the same line
            depth += prop.name == "AGENT" and prop.value.upper().strip() == "BEGIN:VCARD"
        before = prop.name if not prop.value.strip() else ""
    if card is not None:
        yield card


def _as_utf8(data: bytes) -> bytes:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data


def _properties(text: str) -> Iterator[Property]:
    """Read unfolded lines, holding each back until the next shows that it is complete."""
    held: Property | None = None
    below = 1
    for joined in text.split("\n"):
        number, line = below, joined.replace("\0", "")
        below += 1 + len(joined) - len(line)
        head, colon, value = line.partition(":")
        if colon and '"' in head:
            head, value = _quoted_split(line)
        found = _head(head) if colon else None
        if found is None:
            # a note with bare line ends, or base64 without its folds
            if held is not None and line and not colon:
                held = held._replace(value=f"{held.value} {line}")
            continue
        if held is not None:
            yield held
        group, name, params = found
        if not name:
            held = None
            continue
        plain = not params and value.isascii()
        held = Property(group, name, params, value if plain else _decoded(value, params), number)
        if name in ("BEGIN", "END"):
            yield from _marks(held)
            held = None
    if held is not None:
        yield held


def _marks(prop: Property) -> Iterator[Property]:
    # files put together without a line end give END:VCARDBEGIN:VCARD
    value = prop.value.strip().upper()
    if value.startswith("VCARD"):
        yield prop
        if prop.name == "END" and value.endswith("BEGIN:VCARD"):
            yield prop._replace(name="BEGIN")


def _quoted_split(line: str) -> tuple[str, str]:
    """Split at the first colon that no quotes enclose."""
    match = _QUOTED_HEAD.match(line)
    cut = match.end() - 1 if match else line.index(":")
    return line[:cut], line[cut + 1 :]


@functools.lru_cache(maxsize=2048)
def _head(head: str) -> tuple[str, str, Mapping[str, tuple[str, ...]]] | None:
    """Return group, name (empty if nobody wants it) and parameters; None if it is no head."""
    full, _, rest = head.partition(";")
    group, _, name = full.strip().upper().rpartition(".")
    if not re.fullmatch(r"[A-Z0-9_/ -]+", name):
        return None
    if name not in WANTED:
        return group, "", {}
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
    return group, name, params


def _decoded(value: str, params: Mapping[str, tuple[str, ...]]) -> str:
    """Turn the bytes of one value, shown as latin-1, into its text."""
    charset = params["CHARSET"][0] if params.get("CHARSET") else ""
    if "ENCODING" in params and params["ENCODING"][0].upper() == "QUOTED-PRINTABLE":
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
