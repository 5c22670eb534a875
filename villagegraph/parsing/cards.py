"""What address books share: partial dates, labels, places and numbers."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import TYPE_CHECKING

from villagegraph.parsing.handles import is_role_address, kind_of
from villagegraph.parsing.text import clean, column_key, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY = re.compile(
    r"(?:(?P<year>\d{4})-?|--)(?:(?P<m>\d\d)-?(?P<d>\d\d)|(?P<mm>\d{1,2})-(?P<dd>\d{1,2}))"
    r"(?:[T ]\d.*|Z)?"
)
MIN_YEAR, MAX_YEAR = 1800, 2100
# what devices write where the year is not known: Apple 1604, others nothing or 1
_NO_YEARS = frozenset({0, 1, 1604})

# as column_key() has them; where French means a birthday, that has a field of its own
_ANNIVERSARY = frozenset(
    "anniversary weddinganniversary wedding "
    "jahrestag hochzeitstag jubiläum hochzeit "
    "anniversaire anniversairedemariage fête mariage "
    "aniversario aniversariodeboda aniversariodebodas boda "
    "anniversario anniversariodimatrimonio "
    "aniversário aniversáriodecasamento trouwdag jubileum bröllopsdag bryllupsdag bryllupsdato "
    "rocznica rocznicaślubu годовщина 記念日 纪念日 周年纪念日 紀念日".split()
)
_BIRTHDAY = frozenset(
    "birthday birthdate dateofbirth geburtstag cumpleaños datedenaissance compleanno verjaardag "
    "fechadenacimiento födelsedag fødselsdag urodziny деньрождения 誕生日 生日".split()
)
_EVERYBODY = frozenset({"mycontacts", "meinekontakte", "mescontacts", "miscontactos"})
_STARRED = frozenset({"starred", "starredinandroid", "markiert", "favoris", "destacados"})
_EXTENSION = re.compile(
    r"[,;#]|\s*(?:\bext\b|\bextension\b|(?<=\d)\s*x)\.?\s*=?\s*\d+\s*$", re.IGNORECASE
)
# what is dialled to hide one's own number
_SERVICE = re.compile(r"[*#][0-9]{2,3}#")
_EXTENSION_SIGN = re.compile(r"[,;#xX]")  # no extension is without one of these


def occasion_day(text: str, *, no_year: int | None = None) -> str:
    """
    Return a birthday or anniversary in the form of the table `contacts`.

    Parameters
    ----------
    text
        A date as address books write it, with or without its year.
    no_year
        A year by which this entry says that the year is not known.

    Returns
    -------
    day
        `YYYY-MM-DD`, or `--MM-DD` without a year; empty if `text` is no full
        day of the year.

    Examples
    --------
    >>> occasion_day("19900521"), occasion_day("--0307"), occasion_day("1604-11-02")
    ('1990-05-21', '--03-07', '--11-02')
    >>> occasion_day("circa 1800"), occasion_day("1990-02-30")
    ('', '')
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return ""
    year = int(match["year"] or 0)
    month, day = int(match["m"] or match["mm"]), int(match["d"] or match["dd"])
    unknown = year in _NO_YEARS or year == no_year
    if not unknown and not MIN_YEAR <= year <= MAX_YEAR:
        return ""  # a slip, or a calendar of another kind
    try:  # 2000 is a leap year: 29 February stands
        date = dt.date(2000 if unknown else year, month, day)
    except ValueError:
        return ""
    return f"--{month:02}-{day:02}" if unknown else date.isoformat()


def apple_label(text: str) -> str:
    """
    Return a label without the marks that Apple puts around its own.

    Examples
    --------
    >>> apple_label("_$!<Anniversary>!$_")
    'Anniversary'
    """
    return text.strip().removeprefix("_$!<").removesuffix(">!$_")


def is_anniversary(label: str) -> bool:
    """
    Tell whether a label names a wedding or other anniversary.

    Examples
    --------
    >>> is_anniversary("_$!<Anniversary>!$_"), is_anniversary("First met")
    (True, False)
    """
    return column_key(apple_label(label).removeprefix("* ")) in _ANNIVERSARY


def is_birthday(label: str) -> bool:
    """
    Tell whether a label names a birthday.

    Examples
    --------
    >>> is_birthday("Geburtstag")
    True
    """
    return column_key(apple_label(label).removeprefix("* ")) in _BIRTHDAY


def place(*, city: str = "", region: str = "", country: str = "") -> str:
    """
    Return where somebody lives, in words.

    Examples
    --------
    >>> place(city="Bonn", country="Germany"), place(city="Austin", region="TX")
    ('Bonn, Germany', 'Austin, TX')
    """
    parts = (clean(city), clean(country) or clean(region))
    return ", ".join(dict.fromkeys(part for part in parts if part))


def shown_tags(labels: Iterable[str]) -> list[str]:
    """
    Return an address book's own labels, without the one that everybody has.

    Examples
    --------
    >>> shown_tags(["* myContacts", "* starred", "Work"])
    ['starred', 'Work']
    """
    return [tag for tag in dict.fromkeys(map(_tag, labels)) if tag]


@functools.lru_cache(maxsize=4_096)
def _tag(label: str) -> str:
    tag = clean(label).removeprefix("* ").strip("* ")
    key = column_key(tag)
    return "" if key in _EVERYBODY or not key else "starred" if key in _STARRED else tag


def nameless(organization: str, handles: Iterable[str]) -> str:
    """
    Return the name of a card that has no person's name.

    Returns
    -------
    name
        The organisation, unless one of the addresses is a person's own: that
        says more about who it is.

    Examples
    --------
    >>> nameless("Acme", ["email:info@example.org"]), nameless("Acme", ["email:ada@example.org"])
    ('Acme', '')
    """
    own = any(kind_of(handle) == "email" and not is_role_address(handle) for handle in handles)
    return "" if own else organization


def bare_number(text: str) -> str:
    """
    Return a phone number without its extension.

    Examples
    --------
    >>> bare_number("+1 555 0100 ext. 5"), bare_number("tel:+1-555-0100;ext=5")
    ('+1 555 0100', 'tel:+1-555-0100')
    >>> bare_number("#31#030 23125 001")
    '030 23125 001'
    """
    if not _EXTENSION_SIGN.search(text):
        return text
    number = one_line(text)
    return _EXTENSION.split(_SERVICE.sub("", number, count=1), maxsplit=1)[0].strip()
