"""Which kinds of export a person stands in, never the names of files: those often name people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"linkedin|(^|/)(connections|invitations|positions|profile)\.csv$", "LinkedIn"),
        (r"whatsapp|_chat\.txt$", "WhatsApp"),
        (r"telegram|(^|/)result\.json$", "Telegram"),
        (r"signal", "Signal"),
        (r"slack", "Slack"),
        (r"discord", "Discord"),
        (r"instagram", "Instagram"),
        (r"facebook|messenger", "Messenger"),
        (r"google chat|(^|/)google_chat", "Google Chat"),
        (r"(^|/)chat\.db$|imessage", "iMessage"),
        (r"teams", "Teams"),
        (r"twitter|(^|/)tweets?\.js$|direct-messages\.js$", "X"),
        (r"(^|/)calls?[-_.]|call.?log", "call log"),
        (r"(^|/)sms[-_.]", "text messages"),
        (r"attend|participants", "attendance lists"),
        (r"\.ics$", "calendar"),
        (r"\.(mbox|mbx|eml|emlx|msg|pst|ost)$|(^|/)(cur|new)/|(^|/)mbox$", "mail"),
        (r"(^|/)notes\.csv$", "your notes"),
        (r"\.(vcf|vcard)$|contacts?[^/]*\.csv$", "address book"),
    )
)
_OTHERWISE = "other files"
ORIGINS = (*(kind for _, kind in _KINDS), _OTHERWISE)
"""All that `origins` may say."""


def origins(sources: Iterable[object]) -> list[str]:
    """
    Return the kinds of export that some files are, each once, in order.

    Parameters
    ----------
    sources
        Paths in the folder of exports, as the table of people has them.

    Examples
    --------
    >>> origins(["Takeout/Mail/All mail.mbox", "contacts.csv", "WhatsApp Chat with Ana.txt"])
    ['WhatsApp', 'address book', 'mail']
    """
    return sorted({_kind(source) for source in sources if isinstance(source, str)})


def _kind(source: str) -> str:
    return next((kind for pattern, kind in _KINDS if pattern.search(source)), _OTHERWISE)
