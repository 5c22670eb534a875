"""The archive of an account on X: direct messages, and posts that turn to somebody."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, Collector, clean, email_handle, phone_handle
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import list_of, loads, mapping_of, text_of
from villagegraph.parsing.x_posts import account, add_conversation, add_post

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="X (Twitter)",
        kinds=("x-messages", "x-posts", "x-account", "x-other"),
        steps=(
            "Open x.com, then Settings, Your account, Download an archive of your data.",
            "Confirm who you are, choose Request archive, and wait for the mail: about a day.",
            "Put the zip here as it is; its folder `data` alone is enough.",
        ),
        read=(
            "Direct messages of two and of groups, with time, author, members and size; "
            "reactions to them; your posts that answer, share or name somebody, as light touches; "
            "your account."
        ),
        left_out=(
            "Texts and media; likes, which do not say whose post it was; followers and whom you "
            "follow, which stand there as bare numbers without name or date; posts to nobody."
        ),
        traps=(
            "People stand there by number. Their names are known from posts that name them.",
            "What others wrote to you in posts is not in your archive, but what you wrote is.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("x-messages", "x-posts", "x-account", "x-other")
ADVICE: str = "X: Settings, Your account, Download an archive of your data; keep the zip whole."
BESIDE: tuple[str, ...] = ("account.js",)

_START = re.compile(
    rb"[\s\xef\xbb\xbf]*window\.(?:YTD\.(?P<kind>\w{1,60})\.part\d{1,6}|__THAR_CONFIG)\s*="
)
_KIND_OF = {
    b"account": "x-account",
    b"profile": "x-account",
    b"direct_message": "x-messages",
    b"direct_message_group": "x-messages",
    b"direct_messages": "x-messages",
    b"direct_messages_group": "x-messages",
    b"tweet": "x-posts",
    b"tweets": "x-posts",
    b"community_tweet": "x-posts",
}
_FOLLOWS = (b"follower", b"following")


def sniff(file: ExportFile) -> str:
    """
    Return what part of an archive a file is, by the variable that it sets.

    Parameters
    ----------
    file
        The file.
    """
    found = _START.match(file.head(256))
    if found is None:
        return ""
    return _KIND_OF.get(found["kind"], "x-other") if found["kind"] else "x-account"


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read one part of an archive.

    Parameters
    ----------
    file
        The part; posts look at the account beside them.
    settings
        Not needed: numbers and times are written in full.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message or post is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If it holds no JSON.
    """
    del settings
    kind = sniff(file)
    collector = Collector(file, kind or "x-other")
    found = _START.match(file.head(256))
    part = found["kind"] if found is not None else None
    if kind == "x-other":
        numbers = part in _FOLLOWS
        collector.note(
            "followers stand here as bare numbers, without name or date"
            if numbers
            else "part of an X archive that tells of no contact"
        )
    else:
        _add(kind, part, _value(file, collector), collector, file)
    if progress is not None:
        progress(file.size)
    return collector


def _value(file: ExportFile, collector: Collector | None = None) -> object:
    """Return what a part's variable is set to."""
    data = file.read()
    start = data.find(b"=") + 1
    skip = collector.skip if collector is not None else (lambda _line, _reason: None)
    return loads(data[start:].rstrip(b"\0; \t\r\n"), path=file.label, skip=skip)


def _add(
    kind: str, part: bytes | None, value: object, collector: Collector, file: ExportFile
) -> None:
    if part is None:
        _add_account(1, mapping_of(mapping_of(value).get("userInfo")), collector)
        return
    if not isinstance(value, list):
        msg = "is no list of records."
        raise ExportError(msg, path=file.label, hint=ADVICE)
    owner = _owner(file) if kind == "x-posts" else OWNER
    for number, record in enumerate(map(mapping_of, value), start=1):
        if not record:
            collector.skip(number, "no record, but a value of another kind")
        elif kind == "x-messages":
            add_conversation(number, record, collector)
        elif kind == "x-posts":
            add_post(number, record, collector, owner)
        elif part == b"profile":
            about = mapping_of(mapping_of(record.get("profile")).get("description"))
            headline, place = text_of(about.get("bio")), text_of(about.get("location"))
            if headline or place:
                collector.contact(handles=(OWNER,), headline=headline, location=place)
        else:
            _add_account(number, mapping_of(record.get("account")), collector)


def _add_account(number: int, found: dict[str, Any], collector: Collector) -> None:
    """Tell who the owner is."""
    handles = [
        account(found.get("accountId")),
        email_handle(text_of(found.get("email"))),
        phone_handle(text_of(found.get("phoneNumber"))),
    ]
    if not any(handles):
        collector.skip(number, "no account is named")
        return
    names = (found.get(key) for key in ("accountDisplayName", "displayName", "username"))
    shown = next((name for name in map(clean, map(text_of, names)) if name), "")
    collector.contact(handles=handles, record=number, name=shown)
    for handle in handles:
        collector.hint(handle)


@dataclass(frozen=True)
class _Neighbour:
    """A file beside the one that is read, known by its content."""

    mark: str
    file: ExportFile = field(compare=False)


@functools.lru_cache(maxsize=16)
def _owner_of(neighbour: _Neighbour) -> str:
    try:
        value = _value(neighbour.file)
    except ExportError:  # said where the file itself is read
        return ""
    records = (mapping_of(mapping_of(record).get("account")) for record in list_of(value))
    return next(filter(None, (account(record.get("accountId")) for record in records)), "")


def _owner(file: ExportFile) -> str:
    beside = file.beside("account.js")
    found = "" if beside is None else _owner_of(_Neighbour(beside.fingerprint(), beside))
    return found or OWNER
