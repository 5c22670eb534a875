"""LinkedIn's archive: names, days and times as it writes them, and as spreadsheets do."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from villagegraph.parsing.handles import linkedin_handle, name_handle
from villagegraph.parsing.text import clean, column_key

if TYPE_CHECKING:
    from collections.abc import Iterable

APP = "linkedin"

# LinkedIn writes English; spreadsheets of other countries save what they show
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fev", "mar mrz mrt maa", "apr avr abr", "may mai mag mei maj",
            "jun juin giu", "jul juil lug", "aug aou ago", "sep set", "oct okt ott out",
            "nov", "dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NAMED_DAY = re.compile(
    r"(?:(?P<day>\d{1,2})\.?[ -](?P<month>[^\W\d_]{3,12})\.?[ -]|"
    r"(?P<month2>[^\W\d_]{3,12})\.? (?P<day2>\d{1,2}), ?)(?P<year>\d{4}|\d{2})"
)
_DOTTED = re.compile(
    r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})(?:,? +(\d{1,2}):(\d\d)(?::(\d\d))?)?"
)
_SERIAL = re.compile(r"\d{5}")  # a spreadsheet's days since 1900
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d\d):(\d\d)(?::(\d\d))?.*)?")
_US = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?:,? +(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AP])\.?M\.?)?)?",
    re.IGNORECASE,
)
_ZONED = re.compile(r"(?:UTC|GMT|Z|\+00:?00)$", re.IGNORECASE)

# only what is nobody's family name; what stands after a comma goes in any case
_CREDENTIALS = re.compile(
    r"(?:\s+(?:Ph\.?\s?D\.?|MBA|M\.B\.A\.?|CPA|CFA|PMP|CISSP|CSM|CSPO|PSM|SHRM-S?CP|S?PHR|GPHR|MSc|"
    r"M\.Sc\.?|BSc|B\.Sc\.?|M\.D\.|P\.?Eng\.?|LL\.?M\.?|LEED|ACCA|FRM|Esq\.?|Ed\.?D\.?|Psy\.?D\.?)"
    r"[®™]?)+\s*$"
)
_PRONOUNS = re.compile(
    r"\s*[(\[](?:she|he|they|sie|er|elle|il|ella|él)\b[^)\]]*[)\]]", re.IGNORECASE
)
_TITLE_PART = re.compile(
    r"(?:[A-Z][A-Za-z]{0,3}\.?(?:[A-Z]\.?)+[®™]?|[A-Z]{2,6}(?:-[A-Z]{1,4})?[®™]?|Jr\.?|Sr\.?|Esq\.?)"
)
GONE = "linkedin member"
"""The name that LinkedIn shows in place of people who have left."""


class Moment(NamedTuple):
    """When something happened: the instant, how exactly, and the zone assumed for it."""

    at: dt.datetime
    precision: str
    zone: str


def person_name(*parts: str) -> str:
    """
    Return a name without degrees, certificates and pronouns.

    Examples
    --------
    >>> person_name("Ines", "Okafor, PhD"), person_name("Sam", "Lee (they/them) MBA")
    ('Ines Okafor', 'Sam Lee')
    """
    name = clean(" ".join(part.partition(",")[0] for part in parts))
    bare = _CREDENTIALS.sub("", _PRONOUNS.sub("", name))
    return clean(bare) or name


def listed_names(cell: str) -> list[str]:
    """
    Split a list of names, some of which carry degrees after a comma.

    Examples
    --------
    >>> listed_names("Jordan Pike, Ph.D., Sam Lee")
    ['Jordan Pike', 'Sam Lee']
    """
    return [
        person_name(name)
        for name in (part.strip() for part in cell.split(", "))
        if name and not _TITLE_PART.fullmatch(name)
    ]


def person_handle(url: str, name: str) -> str:
    """
    Return the handle of a member by profile or, where that is not told, by name.

    Examples
    --------
    >>> person_handle("", "Ada Lovelace"), person_handle("", "LinkedIn Member")
    ('name:ada lovelace@linkedin', '')
    """
    if url.strip():
        return linkedin_handle(url)
    return "" if name.casefold() == GONE else name_handle(name, APP)


def connection_day(text: str, *, dayfirst: bool = False) -> str:
    """
    Return a day as ISO text, empty if `text` is none.

    Parameters
    ----------
    text
        The day as LinkedIn writes it, or as a spreadsheet saved it again.
    dayfirst
        Order of days such as 3/4/2026.

    Examples
    --------
    >>> connection_day("08 Feb 2026"), connection_day("7-Feb-22"), connection_day("Mar 4, 1990")
    ('2026-02-08', '2022-02-07', '1990-03-04')
    >>> connection_day("2/7/22"), connection_day("08.02.2026"), connection_day("8-févr.-26")
    ('2022-02-07', '2026-02-08', '2026-02-08')
    """
    shown = clean(text)
    match = _NAMED_DAY.fullmatch(shown)
    day: dt.date | None = None
    if match is not None:
        month = _month(match["month"] or match["month2"])
        day = _date(_year(match["year"]), month, int(match["day"] or match["day2"]))
    elif _SERIAL.fullmatch(shown):
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(shown))
    else:
        moment = moment_at(shown, zone="UTC", dayfirst=dayfirst)
        day = moment.at.date() if moment else None
    return day.isoformat() if day else ""


def _month(word: str) -> int:
    """Return the number of a month, 0 if the word is none."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(letter for letter in folded if letter.isalpha())
    return _MONTHS.get(bare[:4]) or _MONTHS.get(bare[:3], 0)


def slashes_say(texts: Iterable[str]) -> bool | None:
    """
    Tell whether days with slashes start with the day, by those of a whole file.

    Returns
    -------
    dayfirst
        None if nothing tells, or there are no such days.

    Examples
    --------
    >>> slashes_say(["3/4/26", "13/4/26"]), slashes_say(["3/4/26, 2:37 PM", "3/14/26"])
    (True, False)
    >>> slashes_say(["3/4/26"]) is None
    True
    """
    found = [match for match in map(_US.fullmatch, map(clean, texts)) if match is not None]
    first, second = (max((int(match[n]) for match in found), default=0) > 12 for n in (1, 2))
    return first if first != second else None


def moment_at(
    text: str, *, zone: str, iso_zone: str = "UTC", dayfirst: bool = False
) -> Moment | None:
    """
    Read the time of a message, an invitation or an endorsement.

    Parameters
    ----------
    text
        `2025-06-01 14:03:22 UTC`, `1/29/26, 2:37 PM` (month first) and the like.
    zone
        Zone of times in the American form, which never name one.
    iso_zone
        Zone of times in the other form that lack theirs.
    dayfirst
        Whether a spreadsheet turned days and months round.

    Returns
    -------
    moment
        None if `text` is no time.

    Examples
    --------
    >>> moment_at("1/29/26, 2:37 PM", zone="UTC").at.isoformat()
    '2026-01-29T14:37:00+00:00'
    """
    shown = clean(text)
    match = _ISO.fullmatch(shown)
    if match is not None:
        year, month, day, hour, minute, second = match.groups()
        assumed = "" if _ZONED.search(shown) else iso_zone
        return _moment(_date(int(year), int(month), int(day)), hour, minute, second, assumed)
    match = _DOTTED.fullmatch(shown)
    if match is not None:
        day, month, year, hour, minute, second = match.groups()
        return _moment(_date(_year(year), int(month), int(day)), hour, minute, second, zone)
    match = _US.fullmatch(shown)
    if match is None:
        return None
    month, day, year, hour, minute, second, half = match.groups()
    if dayfirst:
        day, month = month, day
    if half and hour:
        if not 1 <= int(hour) <= 12:
            return None
        hour = str(int(hour) % 12 + (12 if half.upper() == "P" else 0))
    return _moment(_date(_year(year), int(month), int(day)), hour, minute, second, zone)


def _moment(
    day: dt.date | None, hour: str | None, minute: str | None, second: str | None, zone: str
) -> Moment | None:
    if day is None:
        return None
    try:
        time = dt.time(int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    precision = "day" if hour is None else "minute" if second is None else "second"
    at = dt.datetime.combine(day, time, tzinfo=ZoneInfo(zone or "UTC"))
    return Moment(at, precision, zone)


def _year(text: str) -> int:
    # LinkedIn began in 2003
    return int(text) + (2000 if len(text) == 2 else 0)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def row_cells(row: dict[str, str]) -> dict[str, str]:
    """Return a row by its columns' names in the form in which they are compared."""
    return {column_key(name): value for name, value in row.items()}
