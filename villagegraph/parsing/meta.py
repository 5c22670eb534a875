"""What Facebook's, Messenger's and Instagram's archives hold, and how they spell it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from villagegraph.parsing import json_stream
from villagegraph.parsing.json_files import epoch, json_head, list_of, load, mapping_of, text_of
from villagegraph.parsing.json_stream import Mark, walk
from villagegraph.parsing.text import clean, decode_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from villagegraph.parsing.json_files import Skip
    from villagegraph.parsing.sources import ExportFile, Progress

MESSENGER, INSTAGRAM, FRIENDS, FOLLOWS, PROFILE, OTHER = (
    "messenger",
    "instagram",
    "facebook-friends",
    "instagram-follows",
    "meta-profile",
    "meta-archive",
)

REQUESTS = {"sent_friend_requests": True, "received_friend_requests": False}
UNWANTED = {
    "removed_friends": "a friend who was removed",
    "deleted_friends": "a friend who was removed",
    "rejected_friend_requests": "a friend request that was turned down",
    "unfollowed_friends": "a friend who is no longer followed",
    "following": "somebody, or a page, that is followed",
}
FOLLOWED = ("relationships_followers", "relationships_following", "relationships_close_friends")

_FIRST = 1e9  # 2001, before anybody wrote a message there

# what stands in the place of a name once an account is gone
_GONE = frozenset(
    {
        "facebook user", "facebook-nutzer", "facebook-nutzerin", "facebookgebruiker",
        "facebook-gebruiker", "utilisateur de facebook", "utilisateur facebook",
        "usuario de facebook", "utente di facebook", "utente facebook", "usuário do facebook",
        "utilizador do facebook", "użytkownik facebooka", "facebook kullan\u0131c\u0131s\u0131",
        "пользователь facebook", "facebook-användare", "facebook-bruger", "facebook-bruker",
        "instagram user", "instagram-nutzer", "instagrammer", "utilisateur instagram",
        "usuario de instagram", "utente di instagram", "usuário do instagram",
        "facebook \u7528\u6237", "facebook \u7528\u6236", "facebook\u30e6\u30fc\u30b6\u30fc",
    }
)  # fmt: skip

_MESSAGES = re.compile(r'"messages"\s*:\s*\[')
_THREADS = (
    ("sender_name", "timestamp_ms"),
    ("senderName", "timestamp"),
    ("participants", "thread_path"),
    ("participants", "threadName"),
)
_FRIENDS = re.compile(
    r'\s*\{\s*"(?:friends|(?:friends|followers|following|(?:sent|received|rejected)_friend_requests'
    r'|(?:removed|deleted|unfollowed)_friends)_v\d)"\s*:\s*\[\s*(?:\]|\{\s*"(?:name|timestamp)")'
)
_FOLLOWS = re.compile(r'\s*\{\s*"relationships_\w+"\s*:')
_FOLLOWERS = re.compile(
    r'\s*\[\s*\{.*?"string_list_data"\s*:\s*\[\s*\{\s*"href"\s*:\s*'
    r'"https:\\?/\\?/(?:www\.)?instagram\.com\\?/(?!p\\?/|reel)',
    re.DOTALL,
)
_PROFILE = re.compile(
    r'\s*\{\s*"(?:profile(?:_v\d)?"\s*:\s*\{\s*"name"\s*:\s*\{\s*"full_name"|profile_user"\s*:\s*\[)'
)
_OTHER = re.compile(r'\s*\{\s*"[a-z_]+_v\d"\s*:\s*[\[{]')
_OTHERS = (
    ("string_map_data",),
    ("string_list_data",),
    ("uri", "creation_timestamp"),
    ("timestamp", "data", "post"),
)
_HTML = re.compile(
    r'class="[^"]*\b(?:_a6-g|_a6-h|_a705|_a706|_3-9[0-9a-z]|_2ph_|uiBoxWhite)\b|'
    r"(?:Facebook|Meta|Instagram)[^<]{0,40}</title>"
)
_HTML_OWN = re.compile(r"\b_a6-[a-z]\b|\b_a70[0-9]\b|\b_3-9[0-9a-z]\b|uiBoxWhite")


_NUMBER = re.compile(r"_(\d{6,})$")
_ACCOUNT = re.compile(r"[\w.]{1,30}", re.ASCII)
_PROFILE_LINK = re.compile(r"https?://(?:www\.)?instagram\.com/(?:_u/)?([\w.]{1,30})/?(?:\?.*)?")


def kind_of_file(file: ExportFile) -> str:
    """
    Return which part of an archive a file is, empty if it is none.

    Messenger and Instagram write the same: where the content does not tell, a path with
    `instagram` in it does.
    """
    text = json_head(file)
    if not text:
        return OTHER if is_html(file) else ""
    if _has(text, _THREADS) and _MESSAGES.search(text):
        own = "instagram" in file.label.casefold() or "your_instagram_activity" in text
        return INSTAGRAM if own else MESSENGER
    for kind, pattern in (
        (FRIENDS, _FRIENDS),
        (FOLLOWS, _FOLLOWS),
        (FOLLOWS, _FOLLOWERS),
        (PROFILE, _PROFILE),
    ):
        if pattern.match(text):
            return kind
    other = _has(text, _OTHERS) or ('"timestamp"' in text and _OTHER.match(text))
    return OTHER if other else ""


def _has(text: str, patterns: tuple[tuple[str, ...], ...]) -> bool:
    """Tell whether all members of one of some patterns are named in a text."""
    return any(all(f'"{name}"' in text for name in names) for names in patterns)


def is_html(file: ExportFile) -> bool:
    """Tell whether a file is of an archive that was asked for as HTML."""
    head = file.head()
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] != b"<":
        return False
    text = decode_head(head)
    return bool(_HTML.search(text) and _HTML_OWN.search(text))


def mended(text: str) -> str:
    r"""
    Return a text whose UTF-8 was written as if it were Latin-1, as it was meant.

    Examples
    --------
    >>> mended("Jos\u00c3\u00a9"), mended("José"), mended("Дмитро")
    ('José', 'José', 'Дмитро')
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def shown_name(value: object) -> str:
    """
    Return a person's name, empty if the account is gone.

    Examples
    --------
    >>> shown_name("Zo\u00c3\u00ab  Berg"), shown_name("Facebook user"), shown_name(None)
    ('Zoë Berg', '', '')
    """
    name = clean(mended(text_of(value))) if isinstance(value, str) else ""
    return "" if name.casefold() in _GONE else name


def sent_at(row: dict[str, Any]) -> tuple[float, str]:
    """
    Return when a message was sent, in seconds since 1970, and why that is not known.

    Examples
    --------
    >>> sent_at({"timestamp_ms": 1704103200000}), sent_at({"timestamp": 1704103200})
    ((1704103200.0, ''), (1704103200.0, ''))
    """
    value = row.get("timestamp_ms") or row.get("timestamp")
    at, reason = epoch(value, unit="ms")
    # as thousandths, every second since 2001 would lie in the first weeks of 1970
    return epoch(value) if at < _FIRST else (at, reason)


def thread_number(path: str) -> str:
    """
    Return what names a conversation in every export: titles change, numbers do not.

    Examples
    --------
    >>> thread_number("inbox/lakewalks_1234567890"), thread_number("inbox/crew_GRP123/")
    ('1234567890', 'crew_GRP123')
    """
    place = path.rstrip("/").rpartition("/")[2]
    number = _NUMBER.search(place)
    return number[1] if number else place


def account_name(row: dict[str, Any], entry: dict[str, Any]) -> str:
    """Return a user name; the newest lists have it as a title, or in the link alone."""
    for text in (text_of(entry.get("value")), text_of(row.get("title"))):
        if _ACCOUNT.fullmatch(text):
            return text.lower()
    link = _PROFILE_LINK.fullmatch(text_of(entry.get("href")))
    return link[1].lower() if link else ""


class Thread:
    """
    One file of a conversation, held or streamed.

    Attributes
    ----------
    participants
        Their names, without those whose account is gone; after the messages were gone
        through once.
    listed
        How many participants the file lists, whoever they are.
    path
        What names the conversation in every export, empty if nothing does.
    """

    def __init__(self, file: ExportFile, skip: Skip) -> None:
        self.file = file
        self.participants: dict[str, None] = {}
        self.listed = 0
        self.path = ""
        self.held: list[Any] | None = None
        if file.size <= json_stream.WHOLE_BYTES:
            whole = mapping_of(load(file, skip=skip))
            self.held = list_of(whole.get("messages"))
            self.take(list_of(whole.get("participants")), whole.get("thread_path"))

    def take(self, participants: list[Any], path: object) -> None:
        """Take in what stands beside the messages."""
        self.listed += len(participants)
        for row in participants:
            name = shown_name(row.get("name") if isinstance(row, dict) else row)
            if name:
                self.participants[name] = None
        self.path = self.path or text_of(path)

    def messages(self, *, skip: Skip, progress: Progress | None = None) -> Iterator[Any]:
        """Yield the messages, of any kind, as often as they are asked for."""
        if self.held is not None:
            yield from self.held
            if progress is not None:
                progress(self.file.size)
            return
        self.listed = 0
        arrays: dict[str, Any] = {"messages": object, "participants": object}
        for path, value in walk(self.file, arrays, skip=skip, progress=progress):
            if isinstance(value, Mark):
                continue
            if path == "messages":
                yield value
            elif path == "participants":
                self.take([value], "")
            elif path == "thread_path":
                self.take([], value)
