"""An export cut into parts says what the whole says, wherever it is cut."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from claimed import Case, Desk, cases, difference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from splitting import (
    Split,
    cards,
    elements,
    json_lines,
    json_lists,
    meetings,
    messages,
    rows,
    starts,
)

from villagegraph.parsing.collect import tables_of
from villagegraph.parsing.join import join
from villagegraph.readers import KINDS
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from villagegraph.tables import Export

BOOKS = (
    "google-contacts outlook-contacts people-csv linkedin-connections linkedin-contacts "
    "linkedin-notes slack-users google-chat-group discord-user facebook-friends instagram-follows "
    "vcard linkedin-emails linkedin-phones"
).split()
"""Kinds that are address books, or the owner's own: nothing in them depends on another row."""

BELOW = {
    "linkedin/connections.csv": 4,
    "linkedin/connections_resaved.csv": 3,
    "linkedin/invitations_resaved.csv": 2,
    "bandicoot/orange.csv": 0,
}
"""Rows above the first record where that is not the header alone."""

SPLITTERS: dict[str, Callable[[Case], Split]] = {
    **dict.fromkeys(
        "google-contacts outlook-contacts people-csv linkedin-connections linkedin-contacts "
        "linkedin-emails linkedin-endorsements linkedin-invitations linkedin-messages "
        "linkedin-notes linkedin-phones linkedin-recommendations viva-p2p interactions-csv".split(),
        rows,
    ),
    # equal rows of one moment are numbered: two events in one file, one event in two
    "bandicoot": partial(rows, group=lambda cells: cells[:4]),
    "edges-csv": partial(rows, group=lambda cells: cells),
    "notes": partial(rows, group=lambda cells: cells[:3]),
    # of two follows of one person on one day the first counts
    "linkedin-follows": partial(rows, group=lambda cells: cells[2:]),
    "telegram": partial(json_lists, paths=(("chats", "list", "*", "messages"), ("messages",))),
    # messages of one moment are numbered where nothing else tells them apart
    **dict.fromkeys(
        ("messenger", "instagram"),
        partial(json_lists, paths=(("messages",),), group="timestamp_ms timestamp"),
    ),
    "google-chat": partial(json_lists, paths=(("messages",),), group="created_date"),
    "google-chat-group": partial(json_lists, paths=(("members",),)),
    # an answer addresses whoever began its thread
    "slack": partial(json_lists, group="thread_ts"),
    "slack-users": json_lists,
    "x-posts": json_lists,
    "x-messages": partial(json_lists, paths=(("*", "dmConversation", "messages"),)),
    "discord-user": partial(json_lists, paths=(("relationships",),)),
    "facebook-friends": json_lists,
    "instagram-follows": json_lists,
    # a call's beginning and its end are two records
    "teams": partial(
        json_lists, paths=(("conversations", "*", "MessageList"),), group="conversationid"
    ),
    "signal": json_lines,
    **dict.fromkeys(
        ("sms-backup", "calls-backup"), partial(elements, group=rb'\bdate="(\d+)"')
    ),
    "vcard": cards,
    "calendar": meetings,
    "mbox": partial(starts, pattern=rb"^From (?:-|\S+@\S+ +\w{3} \w{3}|MAILER-DAEMON|\d+@xxx)"),
    "whatsapp": partial(starts, pattern=rb"^(?:\xe2\x80\x8e)?\[?\d\d"),
    "imessage": messages,
}

BY_LABEL: dict[str, Callable[[Case], Split]] = {
    "discord/Messages/c200000000000000001/messages.json": json_lists,
    "discord/Messages/c200000000000000002/messages.csv": rows,
    "discord/Messages/c200000000000000003/messages.json": json_lists,
    "signal/Ben Okafor/chat.md": partial(starts, pattern=rb"^\["),
    "signal/Ben Okafor/index.md": partial(starts, pattern=rb"^\["),
    "signal/Ben Okafor/data.json": json_lines,
}

NOT_CUT = {
    "attendance": "a report is one meeting",
    "people of one's own": "a profile, an account, one's positions are one person's",
    "single mails": "a file is one mail",
    "nothing in it": "other files of an archive hold no people",
}
WHOLE_KINDS = set(
    "meet-attendance teams-attendance zoom-attendance linkedin-profile linkedin-positions "
    "meta-profile x-account google-chat-user mail apple-mail bandicoot-other discord-other "
    "slack-other viva-other x-other meta-archive mac-contacts mail-index linkedin-other "
    "imessage-log outlook-pst outlook-msg outlook-olm discord signal-text".split()
)
