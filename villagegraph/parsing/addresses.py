"""The addresses in the headers of a mail, as people and programs write them."""

from __future__ import annotations

import inspect
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses
from typing import Any, NamedTuple

from villagegraph.parsing.handles import email_handle, is_role_address
from villagegraph.parsing.text import clean

# later Pythons throw a whole header away over one stray `;` unless told not to
_LENIENT = {"strict": False} if "strict" in inspect.signature(getaddresses).parameters else {}
_FAILS = (HeaderParseError, IndexError, LookupError, RecursionError, TypeError, ValueError)

_SPECIAL = re.compile(r'["();:\\]')
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_COMMENT = r"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)"  # which may hold another
_ASIDE = re.compile(f"{_QUOTED}|{_COMMENT}", re.DOTALL)
_TOKEN = re.compile(rf'(?:{_QUOTED}|{_COMMENT}|<[^<>]*>|[^"(<,;])+|[,;]', re.DOTALL)
_GROUP = re.compile(r'\A[^:"(<\[]*:')
_PLAIN = re.compile(
    r'\s*(?:(?:"([^"\\]*)"|([^",<>()@\\:;\[\]]*?))\s*'
    r'<([^\s<>@",;:()\\\[\]]+@[^\s<>@",;:()\\\[\]]+)>|([^\s<>@",;:()\\\[\]]+@[^\s<>@",;:()\\\[\]]+))\s*'
)
_ANGLE = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
# the way by which a mail should go
_ROUTE = re.compile(r"\A@[^:@]*(?:,@[^:@]*)*:")
_VIA = re.compile(r"\bvia\b", re.IGNORECASE)
# some megabytes each: most of a mailbox's headers lie close to their like
_VALUES, _TOKENS = 8_000, 40_000


class Address(NamedTuple):
    """
    Who stands in an address header.

    Attributes
    ----------
    handle
        The address in canonical form.
    name
        The name shown beside it; empty if it names nobody, or somebody else.
    """

    handle: str
    name: str


class AddressBook:
    """
    Read address headers, remembering what was read.

    The same few people stand in most headers of a mailbox, so almost every
    header, and nearly every part of the others, is read once.
    """

    def __init__(self) -> None:
        self._values: dict[bytes, tuple[Address, ...]] = {}
        self._tokens: dict[str, tuple[Address, ...]] = {}

    def read(self, value: bytes) -> tuple[Address, ...]:
        """
        Return the addresses of a header in their order.

        Groups are expanded. What has not the shape of an address is left out.

        Examples
        --------
        >>> AddressBook().read(b'=?utf-8?Q?Doe=2C_Jane?= <j@example.org>; undisclosed-recipients:;')
        (Address(handle='email:j@example.org', name='Doe, Jane'),)
        """
        found = self._values.get(value)
        if found is None:
            found = self._read(text_of(value))
            if len(value) < 512:
                _remember(self._values, value, found, _VALUES)
        return found

    def _read(self, text: str) -> tuple[Address, ...]:
        tokens = tokenise(text) if _SPECIAL.search(text) else text.split(",")
        found: list[Address] = []
        for token in tokens:
            known = self._tokens.get(token)
            if known is None:
                known = tuple(address for pair in parse(token) if (address := _address(*pair)))
                if len(token) < 512:
                    _remember(self._tokens, token, known, _TOKENS)
            found += known
        if not found and "=?" in text:
            # some programs encode name and address as one
            inner = unencoded(text)
            if "=?" not in inner and "@" in inner:
                return self._read(inner)
        return tuple(found)


def _remember(
    memory: dict[Any, tuple[Address, ...]], key: object, found: tuple[Address, ...], entries: int
) -> None:
    if len(memory) >= entries:
        memory.clear()
    memory[key] = found


def text_of(value: bytes) -> str:
    """
    Decode a header as it was sent: ASCII, else UTF-8, else cp1252.

    Examples
    --------
    >>> text_of("Zoë".encode("cp1252"))
    'Zoë'
    """
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def tokenise(text: str) -> list[str]:
    """
    Split an address header into its parts, at commas and semicolons.

    Quoted names, comments and what stands in angle brackets stay whole; the
    name of a group is dropped. A header whose quotes or parentheses do not
    match is one part.

    Examples
    --------
    >>> tokenise('"Doe, Jane" <j@example.org>, Team: a@example.org, b@example.org;')
    ['"Doe, Jane" <j@example.org>', ' a@example.org', ' b@example.org']
    """
    parts = _TOKEN.findall(text)
    if sum(map(len, parts)) != len(text):
        return [text]
    ungrouped = (_GROUP.sub("", part, count=1) for part in parts if part not in ",;")
    return [part for part in ungrouped if part.strip()]


def parse(token: str) -> list[tuple[str, str]]:
    """
    Return name and address of each mailbox in one part of a header.

    The common forms are read here; the standard library reads the others.
    """
    plain = _PLAIN.fullmatch(token)
    if plain:
        quoted, phrase, angle, bare = plain.groups()
        return [(quoted or phrase or "", angle or bare)]
    whole = _TOKEN.fullmatch(token) is not None
    angles = [_ROUTE.sub("", angle) for angle in _ANGLE.findall(_ASIDE.sub("", token))]
    try:
        pairs = getaddresses([token], **_LENIENT)
    except _FAILS:
        return [("", angle) for angle in angles]
    real = [pair for pair in pairs if "@" in pair[1]]
    if not whole and not any(email_handle(address) for _, address in real):
        return [("", angle) for angle in angles]
    if whole and len(angles) == 1 and [pair[1] for pair in real] != angles:
        # `Jane@Work <jane@example.org>` is one person
        return [next((pair for pair in real if pair[1] == angles[0]), ("", angles[0]))]
    return real


def unencoded(text: str) -> str:
    """
    Decode the encoded words of RFC 2047; what cannot be decoded stays as it is.

    Examples
    --------
    >>> unencoded("=?utf-8?Q?Zo=C3=AB?= Smith")
    'Zoë Smith'
    >>> unencoded("=?no-such-charset?Q?Zoe?=")
    'Zoe'
    """
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text.replace("\r", "").replace("\n", " "))
    except _FAILS:
        return text
    words = []
    for part, charset in parts:
        if isinstance(part, str):
            words.append(part)
            continue
        try:
            words.append(part.decode(charset or "latin-1"))
        except (LookupError, ValueError):  # no such charset, no name of one, other letters
            words.append(text_of(part))
    return "".join(words)


def _address(name: str, address: str) -> Address | None:
    handle = email_handle(address)
    # Exchange wraps its inner addresses in this
    if not handle or handle.startswith("email:imceaex-"):
        return None
    return Address(handle, shown_name(name, handle))


def shown_name(name: str, handle: str) -> str:
    """
    Return the name that a header shows beside an address.

    Returns
    -------
    name
        Empty if it holds an address, names a list or a service on whose
        behalf somebody writes, or stands beside a desk's address.

    Examples
    --------
    >>> shown_name("'Jane Doe'", "email:jane@example.org")
    'Jane Doe'
    >>> shown_name("'Jane Doe' via Team", "email:team@example.org")
    ''
    """
    shown = clean(unencoded(name)).strip("'\"\u2018\u2019\u201c\u201d ")
    if "@" in shown or _VIA.search(shown) or is_role_address(handle):
        return ""
    return shown if any(map(str.isalpha, shown)) else ""
