"""LinkedIn's messages: who wrote to whom, and what is no message between people."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from villagegraph.parsing.handles import linkedin_handle
from villagegraph.parsing.linkedin import GONE, listed_names, person_handle, person_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Rows = Iterable[tuple[int, Mapping[str, str]]]

_ADVERTISEMENT = '<p class="spinmail-quill-editor'
_FROM_LINKEDIN = re.compile(r"(?:the )?linkedin\b", re.IGNORECASE)


def left_out(row: Mapping[str, str]) -> str:
    """Return why a message is no contact between people, empty if it is one."""
    if row.get("folder", "").casefold() == "spam":
        return "in the spam folder"
    if "yes" in (row.get("ismessagedraft", "").lower(), row.get("isconversationdraft", "").lower()):
        return "a draft that was never sent"
    url = row.get("senderprofileurl", "")
    if not url:
        return _nobody(row)
    return "" if linkedin_handle(url) else "from a page, not from a person"


def _nobody(row: Mapping[str, str]) -> str:
    """Return why a sender without a profile is no person, empty if it is one."""
    if row["content"].startswith(_ADVERTISEMENT):
        return "an advertisement"
    if row["from"].casefold() == GONE:
        return "from somebody who has left LinkedIn"
    if _FROM_LINKEDIN.match(row["from"]):
        return "from LinkedIn itself"
    return "" if row["from"] else "no sender"


def profiles(rows: Rows) -> dict[str, str]:
    """
    Return the profile behind each name that stands for one profile alone.

    Archives of older years give no profiles of recipients, and the same
    people's profiles where they write.
    """
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for _, row in rows:
        pairs = [(linkedin_handle(row.get("senderprofileurl", "")), person_name(row["from"]))]
        for handle, name in [*pairs, *recipients(row, {})]:
            if handle.startswith("linkedin:") and name:
                seen[name.casefold()].add(handle)
    return {name: min(handles) for name, handles in seen.items() if len(handles) == 1}


def sender(row: Mapping[str, str], known: Mapping[str, str]) -> tuple[str, str]:
    """Return handle and name of who wrote a message."""
    name = person_name(row["from"])
    return _known(person_handle(row.get("senderprofileurl", ""), name), name, known), name


def recipients(row: Mapping[str, str], known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return handle and name of each; no name where the lists do not match."""
    urls = row.get("recipientprofileurls", "")
    names = listed_names(row["to"])
    if not urls:
        return [(_known(person_handle("", name), name, known), name) for name in names]
    handles = [linkedin_handle(url) for url in urls.split(",")]
    if len(handles) == 1:
        names = [person_name(row["to"])]
    if len(names) != len(handles):
        names = [""] * len(handles)
    return [
        (handle, "" if name.casefold() == GONE else name)
        for handle, name in zip(handles, names, strict=True)
    ]


def _known(handle: str, name: str, known: Mapping[str, str]) -> str:
    if not handle.startswith("name:"):
        return handle
    return known.get(name.casefold(), handle)
