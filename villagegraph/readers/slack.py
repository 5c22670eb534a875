"""Slack's export of a workspace: its people, and what they wrote to whom, a file a day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from villagegraph.errors import ExportError
from villagegraph.parsing import (
    Collector,
    clean,
    email_handle,
    phone_handle,
    phone_region,
    platform_handle,
)
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import load, mapping_of, text_of
from villagegraph.parsing.slack import APP, Conversation, add_message, is_bot

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Slack",
        kinds=("slack", "slack-users", "slack-other"),
        steps=(
            "Ask an owner or admin of the workspace: only they may export.",
            "They open slack.com/services/export, choose a time, and start the export.",
            "Put the zip here as it is, once the mail with its link has come.",
        ),
        read=(
            "People with e-mail address, title and number; messages between two or a few; in "
            "channels, answers in threads and messages that name somebody with @; reactions; "
            "huddles."
        ),
        left_out=(
            "Texts, files and names of channels; bots; what Slack writes itself; messages to a "
            "whole channel, which address nobody."
        ),
        traps=(
            "The standard export holds public channels only: direct messages need a costlier plan.",
            "When somebody reacted is not told: a reaction counts on the day of its message.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("slack", "slack-users", "slack-other")
ADVICE: str = (
    "Slack: an owner of the workspace opens slack.com/services/export; keep the zip whole."
)
BESIDE: tuple[str, ...] = (
    "../users.json",
    "../org_users.json",
    "../dms.json",
    "../mpims.json",
    "../channels.json",
    "users.json",
)

_LIST = re.compile(rb"[\s\xef\xbb\xbf]*\[\s*(?:\{|\])")
_STAMP = re.compile(rb'"ts"\s*:\s*"\d{9,11}\.\d{1,9}"')
_MESSAGE = re.compile(rb'"type"\s*:\s*"message"')
_USER = re.compile(rb'"id"\s*:\s*"[UW][A-Z0-9]+"')
_PLACE = re.compile(rb'"id"\s*:\s*"[CGD][A-Z0-9]{5,}"')
_MADE = re.compile(rb'"(?:created|members|creator)"\s*:')
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_OTHERS = {
    "integration_logs.json", "canvases.json", "lists.json", "huddle_transcripts.json",
    "file_conversations.json", "channels.json", "groups.json", "dms.json", "mpims.json",
}  # fmt: skip


def sniff(file: ExportFile) -> str:
    """
    Return what part of Slack's export a file is.

    Parameters
    ----------
    file
        The file; its name decides only where it is empty.
    """
    head = file.head()
    if not _LIST.match(head):
        return ""
    if _STAMP.search(head) and _MESSAGE.search(head):
        return "slack"
    if _USER.search(head) and b'"profile"' in head:
        return "slack-users"
    return _by_name(file, head)


def _by_name(file: ExportFile, head: bytes) -> str:
    """Return what a file is that holds no person and no message."""
    if _DAY.fullmatch(file.name):
        return "slack" if file.beside("../channels.json") or file.beside("../users.json") else ""
    known = file.name in _OTHERS and file.beside("users.json") is not None
    return "slack-other" if known or (_PLACE.search(head) and _MADE.search(head)) else ""


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read the people of a workspace, or one day of a conversation.

    Parameters
    ----------
    file
        The file; a day looks at the lists of people and conversations above it.
    settings
        Gives the country of numbers.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If the file is no JSON list.
    """
    kind = sniff(file)
    collector = Collector(file, kind or "slack")
    if kind == "slack-other":
        collector.note("part of a Slack export that tells of no contact by itself")
    else:
        records = load(file, skip=collector.skip)
        if not isinstance(records, list):
            msg = "is no list of messages or people."
            raise ExportError(msg, path=file.label, hint=ADVICE)
        if kind == "slack-users":
            region = phone_region(settings.me.phones)
            for number, user in enumerate(records, start=1):
                _add_person(number, mapping_of(user), collector, region)
        else:
            _add_day(file, records, collector)
    if progress is not None:
        progress(file.size)
    return collector


def _add_day(file: ExportFile, records: list[Any], collector: Collector) -> None:
    messages = [mapping_of(record) for record in records]
    day = Conversation(file, messages)
    for number, message in enumerate(messages, start=1):
        if message:
            add_message(day, number, message, collector)
        else:
            collector.skip(number, "no message, but a value of another kind")


def _add_person(number: int, user: dict[str, Any], collector: Collector, region: str) -> None:
    account = text_of(user.get("id"))
    if not account:
        collector.skip(number, "the person has no account")
        return
    if is_bot(user):
        collector.skip(number, "a bot")
        return
    profile = mapping_of(user.get("profile"))
    names = (
        profile.get("real_name"), user.get("real_name"), profile.get("display_name"),
        user.get("name"),
    )  # fmt: skip
    shared = mapping_of(user.get("enterprise_user"))
    collector.contact(
        handles=(
            platform_handle(APP, account),
            platform_handle(APP, text_of(shared.get("id"))),
            email_handle(text_of(profile.get("email"))),
            phone_handle(text_of(profile.get("phone")), region=region),
        ),
        record=number,
        name=next((name for name in map(clean, map(text_of, names)) if name), ""),
        title=text_of(profile.get("title")),
    )
