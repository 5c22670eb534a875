"""LinkedIn's archive: which file is which, by its columns."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.parsing.near import Shape
from villagegraph.parsing.text import DELIMITERS, column_key, decode_head

if TYPE_CHECKING:
    from villagegraph.parsing.sources import ExportFile


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
    _table("contacts", "firstname lastname emails phonenumbers"),
    _table("notes", "connectionfirstname connectionlastname note"),
    _table("other", "schoolname startdate enddate degreename"),
    _table("other", "organization followedon"),
    _table("follows", "date status fullname", only=True),
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
    "linkedin-notes": ("Connection First Name", "Connection Last Name", "Note"),
    "linkedin-follows": ("Date", "Status", "FullName"),
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
_HEADER_BYTES = 8_192  # every file in a folder is looked at
_ARCHIVE = re.compile(r"linkedin_?data_?export", re.IGNORECASE)
_LONE_HEADERS = {"skills": {"name"}, "interests": {"name"}, "hashtagfollows": {"hashtag"}}
_MACHINE_TALK = re.compile(r"guide|coach|role_?play", re.IGNORECASE)


def kind_and_delimiter(file: ExportFile) -> tuple[str, str]:
    """
    Tell which file of the archive it is.

    Parameters
    ----------
    file
        The file.

    Returns
    -------
    kind
        Empty if it is none of them.
    delimiter
        The letter between its cells.
    """
    text = decode_head(file.head(_HEADER_BYTES))
    for delimiter in DELIMITERS:
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
    # only the connections have a preamble
    rows = 30 if "connected" in text.casefold() else 1
    reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(islice(reader, rows)):
            keys = {column_key(cell) for cell in cells}
            for table in TABLES if number == 0 else TABLES[:1]:
                if keys == table.columns or (not table.only and keys > table.columns):
                    return table
    except csv.Error:
        pass
    return None
