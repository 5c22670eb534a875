"""The chats of personal accounts of Teams and Skype."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from damage import damaged, odd_json, survives
from reading import FIXTURES, MARKER, events, otherwise, people, read_bytes, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.parsing.join import join
from villagegraph.readers import teams
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

DATA = (FIXTURES / "teams" / "messages.json").read_bytes()
ADA, BEN, CY = "teams:live:ada.bell", "teams:live:.cid.ben", "teams:live:.cid.cy"


def content() -> Any:
    return json.loads(DATA)


def read(tmp_path: Path, value: Any) -> Export:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_bytes(teams, tmp_path, data, name="messages.json")


def test_messages_reactions_and_calls(tmp_path: Path):
    export = read(tmp_path, DATA)
    assert [(at[11:19], who) for at, _, who in events(export)] == [
        ("09:05:00", [("from", ADA), ("to", BEN)]),
        ("09:06:00", [("from", BEN), ("to", ADA)]),
        ("09:07:00", [("from", ADA), ("to", BEN)]),
        ("09:13:20", [("from", ADA), ("to", BEN)]),
        ("09:20:00", [("from", BEN), ("to", ADA)]),
        ("10:00:00", [("from", CY), ("to", BEN), ("to", ADA)]),
        ("11:00:00", [("from", ADA), ("to", "phone:+15550100111")]),
    ]
    assert export.interactions["channel"].tolist() == [
        "chat", "chat", "social", "call", "call", "chat", "chat",
    ]  # fmt: skip
    assert export.interactions["size"].tolist()[:2] == [5, 8]
    assert export.interactions["minutes"].dropna().round(2).tolist() == [5.01, 0]
    assert people(export) == {"Ben Okafor": {"handles": [BEN]}, "Cy Morales": {"handles": [CY]}}
    assert export.hints[["handle", "hint"]].to_numpy().tolist() == [[ADA, "owner"]]


def test_every_message_is_read_or_listed(tmp_path: Path):
    export = read(tmp_path, DATA)
    assert Counter(export.skipped["reason"]) == {
        "the beginning of a call, counted with its end": 1,
        "the end of a call, counted with its beginning": 1,
        "written by the program itself, such as who joined": 1,
        "written by a bot, or by the program itself": 1,
        "a note to oneself": 1,
        "no date": 1,
    }
    messages = sum(len(found["MessageList"]) for found in content()["conversations"])
    read_on = int((export.interactions["channel"] != "social").sum())
    assert read_on + len(export.skipped) == messages


def test_the_order_does_not_count(tmp_path: Path):
    plain, whole = read(tmp_path, DATA), content()
    whole["conversations"].reverse()
    for found in whole["conversations"]:
        found["MessageList"].reverse()
    assert said(read(tmp_path, whole)) == said(plain)
    for data in otherwise(DATA).values():
        assert said(read(tmp_path, data)) == said(plain)


def test_a_later_export_adds_nothing_that_was_there(tmp_path: Path):
    whole, early = content(), content()
    early["conversations"] = early["conversations"][:2]
    early["conversations"][0]["MessageList"] = early["conversations"][0]["MessageList"][1:4]
    parts = [read(tmp_path, early), read(tmp_path, whole)]
    assert set(join(parts).interactions.index) == set(parts[1].interactions.index)


def test_members_of_a_group_in_any_form(tmp_path: Path):
    for members in ([f"8:{BEN[6:]}", f"8:{CY[6:]}"], f"8:{BEN[6:]} 8:{CY[6:]}", "[" * 9_999, None):
        whole = content()
        whole["conversations"][1]["threadProperties"]["members"] = members
        found = {who for _, _, three in events(read(tmp_path, whole)) for who in three}
        known = isinstance(members, list) or str(members).startswith("8")
        assert (("to", BEN) in found) or not known
        assert ("from", CY) in found


def test_a_file_that_ends_in_the_middle(tmp_path: Path):
    export = read(tmp_path, DATA[: DATA.index(b"4:+15550100111")])
    assert len(export.interactions) == 6
    assert any("ends in the middle" in reason for reason in export.skipped["reason"])


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"\x00\xff", b'{"userId": 1}', b'{"conversations": []}', b"{" * 70_000,
        b'{"userId": "x", "conversations": {}}', b'{"conversations": [], "messages": []}',
    ],
)  # fmt: skip
def test_other_files_are_not_of_teams(data: bytes, tmp_path: Path):
    path = tmp_path / "messages.json"
    path.write_bytes(data)
    assert teams.sniff(file_at(path)) == ""
    if b'"conversations": []' not in data:
        with pytest.raises(ExportError):
            teams.read(file_at(path), settings=Settings())


def test_nothing_of_a_row_stands_in_a_message(tmp_path: Path):
    message = dict.fromkeys(
        ("id", "displayName", "originalarrivaltime", "messagetype", "content", "from"), MARKER
    )
    whole = {
        "userId": MARKER,
        "conversations": [
            MARKER,
            {"id": f"8:{MARKER}", "displayName": MARKER, "MessageList": [message, MARKER]},
            {"id": MARKER, "MessageList": MARKER},
            {"id": f"28:{MARKER}", "MessageList": [message]},
        ],
    }
    export = read(tmp_path, whole)
    assert len(export.skipped) == 4
    assert MARKER not in words(export)


def test_whatever_is_damaged_is_survived(tmp_path: Path):
    path, read_on = tmp_path / "messages.json", 0
    for data in damaged(DATA, seed=51, times=60):
        read_on += survives(teams, path, data)
    for data in odd_json(content(), seed=52, times=90):
        read_on += survives(teams, path, data)
    assert read_on > 70
