"""The day for which an export speaks, as the names of its file and folders tell it."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_DAY = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<sep>[-_.]?)(?P<m>\d\d)(?P=sep)(?P<d>\d\d)(?!\d)")
# LinkedIn writes the month first: Basic_LinkedInDataExport_10-31-2026.zip
_AMERICAN = re.compile(r"(?<!\d)(?P<m>\d\d)-(?P<d>\d\d)-(?P<y>20\d\d)(?!\d)")
_MONTH = re.compile(r"(?<!\d)(?P<y>20\d\d)[-_](?P<m>\d\d)(?![-_]?\d)")


def dated_name(label: str) -> str:
    """
    Return the day that stands in the name of a file, else in that of its zip or folder.

    Parameters
    ----------
    label
        The path below the folder that was read.

    Returns
    -------
    day
        YYYY-MM-DD; of a month the last day; empty if no name tells one.

    Examples
    --------
    >>> dated_name("Basic_LinkedInDataExport_10-31-2026.zip/Connections.csv")
    '2026-10-31'
    >>> dated_name("takeout-20261101T083000Z-001.zip/Takeout/Contacts/All Contacts.vcf")
    '2026-11-01'
    >>> dated_name("2026-02/contacts.csv"), dated_name("contacts.csv")
    ('2026-02-28', '')
    """
    for part in reversed(label.split("/")):
        for pattern in (_DAY, _AMERICAN, _MONTH):
            for match in pattern.finditer(part):
                day = _day(match.groupdict())
                if day:
                    return day
    return ""


def _day(found: dict[str, str | None]) -> str:
    year, month = int(found["y"] or 0), int(found["m"] or 0)
    if not 1 <= month <= 12:
        return ""
    last = calendar.monthrange(year, month)[1]
    day = int(found.get("d") or last)
    return dt.date(year, month, day).isoformat() if 1 <= day <= last else ""
