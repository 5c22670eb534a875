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

TABLES_OF_PEOPLE = (
    "google-contacts outlook-contacts people-csv linkedin-connections linkedin-contacts "
    "linkedin-emails linkedin-notes linkedin-phones"
).split()
BOOKS = {
    *TABLES_OF_PEOPLE,
    *"slack-users google-chat-group discord-user facebook-friends instagram-follows vcard".split(),
}
"""Kinds of which each record stands for itself, names included."""

_CHATS = (("chats", "list", "*", "messages"), ("messages",))
SPLITTERS: dict[str, Callable[[Case], Split]] = {
    **dict.fromkeys(TABLES_OF_PEOPLE, rows),
    **dict.fromkeys(
        "linkedin-invitations linkedin-messages linkedin-recommendations viva-p2p "
        "interactions-csv".split(),
        rows,
    ),
    # equal rows of one moment are numbered: two events in one file, one event in two files
    "bandicoot": partial(rows, group=lambda cells: cells[:4]),
    "edges-csv": partial(rows, group=lambda cells: cells),
    "notes": partial(rows, group=lambda cells: [cell.casefold() for cell in cells[:3]]),
    "google-chat": partial(json_lists, paths=(("messages",),), group="created_date"),
    **dict.fromkeys(
        ("messenger", "instagram"),
        partial(json_lists, paths=(("messages",),), group="timestamp_ms timestamp"),
    ),
    **dict.fromkeys(("sms-backup", "calls-backup"), elements),
    # of the touches by one person on one day the first counts
    "linkedin-endorsements": partial(rows, group=lambda cells: [cells[0][:10], *cells[2:5]]),
    "linkedin-follows": partial(rows, group=lambda cells: cells[2:]),
    # an answer is to whoever began its thread
    "slack": partial(json_lists, group="thread_ts"),
    # a call's beginning and its end are two records
    "teams": partial(
        json_lists, paths=(("conversations", "*", "MessageList"),), group="conversationid"
    ),
    "telegram": partial(json_lists, paths=_CHATS),
    "x-messages": partial(json_lists, paths=(("*", "dmConversation", "messages"),)),
    "discord-user": partial(json_lists, paths=(("relationships",),)),
    **dict.fromkeys(
        "google-chat-group slack-users discord facebook-friends instagram-follows x-posts".split(),
        json_lists,
    ),
    "signal": json_lines,
    "vcard": cards,
    "calendar": meetings,
    "imessage": messages,
    "mbox": partial(starts, pattern=rb"^From (?:-|\S+@\S+ +\w{3} \w{3}|MAILER-DAEMON|\d+@xxx)"),
    **dict.fromkeys(
        ("whatsapp", "signal-text"), partial(starts, pattern=rb"^(?:\xe2\x80\x8e)?\[?\d\d")
    ),
}
"""How a file of each kind is cut, and what of it stays together."""

ALONE: dict[str, Callable[[Case], Split]] = {
    "bandicoot/orange.csv": partial(rows, above=0),
    "discord/Messages/c200000000000000002/messages.csv": rows,
    "linkedin/connections.csv": partial(rows, above=4),
    "linkedin/connections_resaved.csv": partial(rows, above=3),
}
"""How files are cut that are not like others of their kind."""

ONE_THING = {
    "a report is one meeting": "meet-attendance teams-attendance zoom-attendance",
    "it tells of the owner": (
        "google-chat-user linkedin-positions linkedin-profile meta-profile x-account"
    ),
    "it is one mail": "mail apple-mail",
    "it is a database without messages": "mac-contacts",
    "it holds no people": (
        "bandicoot-other discord-other imessage-log linkedin-other mail-index meta-archive "
        "slack-other viva-other x-other"
    ),
    "no program here writes it": "outlook-msg outlook-olm outlook-pst",
}
"""Kinds that are not cut, and why."""

NOT_CUT = {
    "discord/Messages/c200000000000000004/messages.json": "it holds no message to anybody",
    "generic/weights.csv": "it is refused: it tells no time",
    "imessage/old.db": "its two messages stand in one statement",
    "linkedin/invitations.csv": "its rows are in both orders of day and month",
    "linkedin/invitations_resaved.csv": "one row tells the order of day and month of the other",
    "meta/message_1.html": "it is refused",
    "signal/Ben Okafor/data.json": "the chat beside it is cut in its stead",
    "telegram/messages.html": "it is refused",
    "telegram/names_alone.json": "its chat has no id, and is known by who writes in it",
    "vcard/broken.vcf": "it has no whole cards to be cut at",
    "vcard/icloud.vcf": "the card of a group gives tags to its members' cards",
    "x/direct-messages-group-part1.js": "whom a group has is told by who writes in it",
}
"""Fixtures that are not cut, and why."""

COMPANY = {"discord", "linkedin-messages", "signal-text", "telegram", "whatsapp"}
"""Kinds in which a message goes to all who write or join: a part knows fewer of them."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


def test_every_kind_is_cut_or_it_is_said_why_not():
    whole = [kind for kinds in ONE_THING.values() for kind in kinds.split()]
    assert sorted([*whole, *SPLITTERS]) == sorted(KINDS)
    assert {*NOT_CUT, *ALONE} <= {case.label for case in cases()}


def to_cut() -> list[Case]:
    return [case for case in cases() if case.kind in SPLITTERS and case.label not in NOT_CUT]


@pytest.mark.parametrize("kind", sorted({case.kind for case in to_cut()}))
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_parts_say_what_the_whole_says(kind: str, desk: Desk, data: st.DataObject):
    case = data.draw(st.sampled_from([case for case in to_cut() if case.kind == kind]))
    split = ALONE.get(case.label, SPLITTERS[kind])(case)
    groups = list(dict.fromkeys(map(str, split.groups)))
    # each group of records goes into one part or the other, so that the parts interleave
    chosen = data.draw(st.lists(st.booleans(), min_size=len(groups), max_size=len(groups)))
    sides = dict(zip(groups, chosen, strict=True))
    cut = [
        [n for n, group in enumerate(split.groups) if sides[str(group)] is side]
        for side in (True, False)
    ]
    variants = [split.with_only(kept) for kept in (range(len(split.groups)), *cut) if kept]
    # a part may leave it open whether the day or the month comes first
    wishes = Settings(dayfirst=case.source == "whatsapp" or case.label == "bandicoot/excel.csv")
    found = desk.collected(case, variants, settings=wishes)
    whole, *parts = (tables_of([one]) for one in found)
    compare(case, whole, join(parts))


def compare(case: Case, whole: Export, parts: Export) -> None:
    found = difference(parts, whole)
    if case.kind not in BOOKS:
        # of several names for one person the most frequent stands: all rows vote
        for name in ("contacts", "handles", "hints"):
            found.pop(name, None)
    if case.kind in COMPANY:
        found.pop("participants", None)
        assert senders(parts) == senders(whole)
    assert found == {}


def senders(export: Export) -> Counter[tuple[Any, ...]]:
    """Return who sent each event."""
    sent = export.participants[export.participants["role"] == "from"]
    return Counter(map(tuple, sent[["event_id", "handle"]].to_numpy().tolist()))
