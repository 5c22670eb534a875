"""LinkedIn's archive: which file is which, and names, days and times as it writes them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from villagegraph.parsing.handles import linkedin_handle, name_handle
from villagegraph.parsing.near import Shape
from villagegraph.parsing.text import clean, column_key

if TYPE_CHECKING:
    from villagegraph.parsing.sources import ExportFile

APP = "linkedin"

_MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_NAMED_DAY = re.compile(
    r"(?:(?P<day>\d{1,2})[ -](?P<month>[A-Za-z]{3,9})\.?[ -]|"
    r"(?P<month2>[A-Za-z]{3,9})\.? (?P<day2>\d{1,2}), ?)(?P<year>\d{4}|\d{2})"
)
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


class Table(NamedTuple):
    """One of the archive's files: its kind, and the columns by which it is known."""

    kind: str
    columns: frozenset[str]
    only: bool = False


def _table(kind: str, columns: str, *, only: bool = False) -> Table:
    return Table(f"linkedin-{kind}", frozenset(columns.split()), only)


OTHER = "linkedin-other"
TABLES = (
    _table("connections", "firstname lastname connectedon"),
    _table("messages", "conversationid from to date content"),
    _table("invitations", "from to sentat direction"),
    _table("profile", "firstname lastname headline summary"),
    _table("positions", "companyname title startedon finishedon"),
    _table("emails", "emailaddress confirmed primary"),
    _table("phones", "extension number type", only=True),
    _table("endorsements", "endorsementdate skillname endorserfirstname"),
    _table("endorsements", "endorsementdate skillname endorseefirstname"),
    _table("recommendations", "firstname lastname jobtitle text creationdate"),
    _table("contacts", "source firstname lastname emails phonenumbers"),
    _table("other", "connectionfirstname connectionlastname note"),
    _table("other", "schoolname startdate enddate degreename"),
    _table("other", "organization followedon"),
    _table("other", "date status fullname", only=True),
    _table("other", "date link message", only=True),
    _table("other", "date type link", only=True),
    _table("other", "date sharelink sharecommentary"),
    _table("other", "datetime medialink"),
    _table("other", "time medialink", only=True),
)
WANTED: dict[str, tuple[str, ...]] = {
    "linkedin-connections": ("First Name", "Last Name", "Connected On"),
    "linkedin-messages": ("CONVERSATION ID", "FROM", "TO", "DATE", "CONTENT"),
    "linkedin-invitations": ("From", "To", "Sent At", "Direction"),
    "linkedin-profile": ("First Name", "Last Name", "Headline", "Summary"),
    "linkedin-positions": ("Company Name", "Title", "Started On", "Finished On"),
    "linkedin-emails": ("Email Address", "Confirmed", "Primary"),
    "linkedin-phones": ("Extension", "Number", "Type"),
    "linkedin-endorsements": ("Endorsement Date", "Skill Name"),
    "linkedin-recommendations": ("First Name", "Last Name", "Text", "Creation Date"),
    "linkedin-contacts": ("FirstName", "LastName", "Emails", "PhoneNumbers"),
}
"""The columns that each file is read by."""
# of the others a part is like many a table
SHAPES = (
    Shape(
        "LinkedIn's Connections.csv",
        WANTED["linkedin-connections"],
        "Connections",
        "emailaddress|company|position|url",
    ),
    Shape("LinkedIn's messages.csv", WANTED["linkedin-messages"], "messages"),
    Shape(
        "LinkedIn's Invitations.csv",
        WANTED["linkedin-invitations"],
        "Invitations",
        "invite[re]profileurl|message",
    ),
)
_DELIMITERS = (",", ";", "\t")  # spreadsheets save with what their country uses
_ARCHIVE = re.compile(r"linkedin_?data_?export", re.IGNORECASE)
_LONE_HEADERS = {"skills": {"name"}, "interests": {"name"}, "hashtagfollows": {"hashtag"}}
_MACHINE_TALK = re.compile(r"guide|coach|role_?play", re.IGNORECASE)


def kind_and_delimiter(file: ExportFile, text: str) -> tuple[str, str]:
    """
    Tell which file of the archive it is.

    Parameters
    ----------
    file
        The file.
    text
        Its first lines.

    Returns
    -------
    kind
        Empty if it is none of them.
    delimiter
        The letter between its cells.
    """
    for delimiter in _DELIMITERS:
        table = _table_of(text, delimiter)
        if table is not None:
            talk = table.kind == "linkedin-messages" and _MACHINE_TALK.search(file.name)
            return (OTHER if talk else table.kind), delimiter
    stem = column_key(file.name.rpartition(".")[0])
    first = {column_key(cell) for cell in text.partition("\n")[0].split(",")}
    lone = _LONE_HEADERS.get(stem) == first
    silent = text.strip().casefold() == "no conversations found"
    within = _ARCHIVE.search(file.label) and file.name.lower().endswith((".csv", ".html"))
    return (OTHER if lone or silent or within else ""), ","


def _table_of(text: str, delimiter: str) -> Table | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(islice(reader, 30)):
            keys = {column_key(cell) for cell in cells}
            # only the connections have a preamble
            for table in TABLES if number == 0 else TABLES[:1]:
                if keys == table.columns or (not table.only and keys > table.columns):
                    return table
    except csv.Error:
        pass
    return None


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


def connection_day(text: str) -> str:
    """
    Return a day as ISO text, empty if `text` is none.

    Examples
    --------
    >>> connection_day("08 Feb 2026"), connection_day("7-Feb-22"), connection_day("Mar 4, 1990")
    ('2026-02-08', '2022-02-07', '1990-03-04')
    >>> connection_day("2/7/22")
    '2022-02-07'
    """
    shown = clean(text)
    match = _NAMED_DAY.fullmatch(shown)
    if match is not None:
        month = _MONTHS.get((match["month"] or match["month2"]).lower()[:3], 0)
        day = _date(_year(match["year"]), month, int(match["day"] or match["day2"]))
        return day.isoformat() if day else ""
    moment = moment_at(shown, zone="UTC")
    return moment.at.date().isoformat() if moment else ""


def moment_at(text: str, *, zone: str, iso_zone: str = "UTC") -> Moment | None:
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
    match = _US.fullmatch(shown)
    if match is None:
        return None
    month, day, year, hour, minute, second, half = match.groups()
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
