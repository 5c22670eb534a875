"""Facebook, Messenger and Instagram: the archives in JSON that Meta's Accounts Center makes."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from villagegraph.errors import ExportError
from villagegraph.parsing import (
    OWNER,
    Collector,
    clean,
    email_handle,
    name_handle,
    phone_handle,
    phone_region,
    platform_handle,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import epoch, list_of, load, mapping_of, text_of
from villagegraph.parsing.meta import (
    FOLLOWED,
    FOLLOWS,
    FRIENDS,
    INSTAGRAM,
    MESSENGER,
    OTHER,
    PROFILE,
    REQUESTS,
    UNWANTED,
    account_name,
    is_html,
    kind_of_file,
    mended,
    shown_name,
)
from villagegraph.parsing.meta_talk import Talk

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = (MESSENGER, INSTAGRAM, FRIENDS, FOLLOWS, PROFILE, OTHER)
ADVICE: str = (
    "Facebook and Instagram: in the Accounts Center choose Your information and permissions, "
    "Export your information, with the format JSON and the dates All time."
)
_STEPS = (
    "Open accountscenter.facebook.com and choose Your information and permissions, "
    "Export your information (or Download your information), Create export."
)
_FORMAT = "Choose the format JSON (HTML cannot be read), the dates All time and media quality Low."
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Facebook and Messenger",
        kinds=(MESSENGER, FRIENDS, PROFILE, OTHER),
        steps=(
            _STEPS,
            "Choose your Facebook profile and Export to device.",
            "Under Customize information keep Messages, Connections and Personal information.",
            _FORMAT,
            "Wait for the mail, download every part, and put the zips into the folder as they are.",
            (
                "Chats that are end-to-end encrypted come by themselves: on messenger.com open "
                "Settings, Privacy & safety, End-to-end encrypted chats, Message storage, "
                "Download secure storage data, and put that zip beside the others."
            ),
        ),
        read=(
            "Who wrote to whom and when, in chats of two and in groups; calls with their length; "
            "reactions and friend requests, as light touches; friends, with the day since when."
        ),
        left_out=(
            "What the messages say, pictures, messages that were taken back, removed friends, "
            "pages that you follow, and groups in which more than 100 people take part."
        ),
        traps=(
            (
                "Without the second download, all recent chats are missing: Messenger encrypts "
                "them since 2024."
            ),
            "Messenger knows people by name alone: two friends of one name are read as one.",
            "A reaction has no time of its own; it counts at the time of its message.",
        ),
    ),
    Guide(
        source="Instagram",
        kinds=(INSTAGRAM, FOLLOWS, PROFILE, OTHER),
        steps=(
            _STEPS,
            "Choose your Instagram profile and Export to device.",
            (
                "Under Customize information keep Messages, Followers and following, and Personal "
                "information."
            ),
            _FORMAT,
            "Wait for the mail, and put the zip into the folder as it is.",
        ),
        read=(
            "Who wrote to whom and when, calls, reactions as light touches, followers and those "
            "you follow, with the day since when."
        ),
        left_out="What the messages say, pictures, likes and comments, blocked accounts.",
        traps=(
            (
                "Messages show names, lists of followers show user names: where nothing tells who "
                "is who, villagegraph asks you."
            ),
            "Keep `instagram` in the name of the zip: its messages look like Messenger's.",
        ),
    ),
)


def sniff(file: ExportFile) -> str:
    """
    Return which part of an archive a file is; one in HTML is refused by `read`.

    Parameters
    ----------
    file
        The file; its path only tells Instagram from Messenger.
    """
    return kind_of_file(file)


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read one file of an archive.

    Parameters
    ----------
    file
        A conversation, friends, followers or a profile. Files that tell of no contact are
        read as such.
    settings
        Gives the zone in which days are counted.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If it is the HTML variant, or no JSON.
    """
    if is_html(file):
        msg = "is part of an archive in HTML, which cannot be read."
        raise ExportError(msg, path=file.label, hint=f"Ask for it again as JSON. {ADVICE}")
    kind = kind_of_file(file)
    collector = Collector(file, kind)
    if kind in (MESSENGER, INSTAGRAM):
        Talk(collector, kind).read(progress)
        return collector
    if kind == OTHER:
        collector.note("Part of Meta's archive that tells of no contact.")
    else:
        value = load(file, skip=collector.skip, records=("string_list_data",))
        read_value = {FRIENDS: _friends, FOLLOWS: _follows}.get(kind, _profile)
        read_value(value, collector, settings)
    if progress is not None:
        progress(file.size)
    return collector


def _day(value: object, zone: ZoneInfo) -> str:
    at, reason = epoch(value)
    return "" if reason else dt.datetime.fromtimestamp(at, tz=zone).date().isoformat()


def _friends(value: object, collector: Collector, settings: Settings) -> None:
    zone = ZoneInfo(settings.zone)
    number = 0
    for title, rows in mapping_of(value).items():
        what = re.sub(r"_v\d$", "", title)
        for item in list_of(rows):
            row = mapping_of(item)
            number += 1
            name = shown_name(row.get("name"))
            handle = name_handle(name, MESSENGER)
            if what in UNWANTED or not handle:
                collector.skip(None, UNWANTED.get(what, "a friend without a name"))
            elif what in REQUESTS:
                _request(row, handle, name, collector, sent=REQUESTS[what])
            else:
                day = _day(row.get("timestamp"), zone)
                collector.contact(handles=[handle], record=number, name=name, connected_on=day)


def _request(
    row: dict[str, Any], handle: str, name: str, collector: Collector, *, sent: bool
) -> None:
    at, reason = epoch(row.get("timestamp"))
    if reason:
        collector.skip(None, reason)
        return
    pair = (OWNER, handle) if sent else (handle, OWNER)
    collector.interaction(
        key=("friend request", *pair, at),
        at=at,
        channel="social",
        app="facebook",
        participants=[("from", pair[0]), ("to", pair[1])],
    )
    collector.named(handle, name)


def _follows(value: object, collector: Collector, settings: Settings) -> None:
    zone = ZoneInfo(settings.zone)
    groups = {FOLLOWED[0]: value} if isinstance(value, list) else mapping_of(value)
    number = 0
    for title, rows in groups.items():
        for item in list_of(rows):
            number += 1
            row = mapping_of(item)
            entries = [mapping_of(entry) for entry in list_of(row.get("string_list_data"))]
            entry = entries[0] if entries else {}
            account = account_name(row, entry)
            if title not in FOLLOWED:
                collector.skip(None, "an account that is neither follower nor followed")
            elif not account:
                collector.skip(None, "no user name")
            else:
                collector.contact(
                    handles=[platform_handle("instagram", account)],
                    record=number,
                    connected_on=_day(entry.get("timestamp"), zone),
                )


def _profile(value: object, collector: Collector, settings: Settings) -> None:
    whole_file = mapping_of(value)
    region = phone_region(settings.me.phones)
    for row in list_of(whole_file.get("profile_user")):
        said = mapping_of(mapping_of(row).get("string_map_data"))
        texts = {
            key.casefold(): clean(mended(text_of(mapping_of(cell).get("value"))))
            for key, cell in said.items()
        }
        name = texts.get("name", "")
        account = texts.get("username", "").lower()
        handles = [platform_handle("instagram", account), name_handle(name, INSTAGRAM)]
        handles += [email_handle(text) for text in texts.values() if "@" in text]
        handles.append(phone_handle(texts.get("phone number", ""), region=region))
        _own(collector, name, handles)
    for title in ("profile_v2", "profile_v3", "profile"):
        row = mapping_of(whole_file.get(title))
        if not row:
            continue
        name = clean(mended(text_of(mapping_of(row.get("name")).get("full_name"))))
        emails = mapping_of(row.get("emails"))
        addresses = [*list_of(emails.get("emails")), *list_of(emails.get("previous_emails"))]
        numbers = [
            mapping_of(item).get("phone_number") for item in list_of(row.get("phone_numbers"))
        ]
        _own(
            collector,
            name,
            [
                name_handle(name, MESSENGER),
                *(email_handle(text_of(address)) for address in addresses),
                *(phone_handle(text_of(number), region=region) for number in numbers),
            ],
        )


def _own(collector: Collector, name: str, handles: list[str]) -> None:
    if not name and not any(handles):
        return
    collector.contact(handles=handles, name=name)
    for handle in dict.fromkeys(handles):
        collector.hint(handle)
