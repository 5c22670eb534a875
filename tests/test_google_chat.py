"""Google Chat, as Takeout writes it; and dates in the languages of accounts."""

from __future__ import annotations

import datetime as dt
import json
import math
import random
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from damage import damaged, odd_json, survives
from reading import FIXTURES, MARKER, events, otherwise, people, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.parsing.join import join
from villagegraph.parsing.long_dates import UNKNOWN, long_date
from villagegraph.readers import google_chat
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

CHAT = FIXTURES / "google_chat"
ADA, BEN, CY = "email:ada.bell@example.org", "email:ben@example.org", "name:cy morales@google-chat"
DM, SPACE = "Groups/DM aBcDeF", "Groups/Space LakeWalks"
FILES = (
    f"{DM}/messages.json", f"{SPACE}/messages.json", f"{SPACE}/group_info.json",
    f"{DM}/group_info.json", "Users/User 1234/user_info.json",
)  # fmt: skip


def read(name: str, root: Path = CHAT) -> Export:
    file = file_at(root / name, label=f"Takeout/Google Chat/{name}")
    assert google_chat.sniff(file) in google_chat.KINDS
    return google_chat.read(file, settings=Settings()).export()


@pytest.fixture
def takeout(tmp_path: Path) -> Path:
    return shutil.copytree(CHAT, tmp_path / "chat")


def content(name: str) -> Any:
    return json.loads((CHAT / name).read_text(encoding="utf-8"))


def changed(takeout: Path, name: str, value: Any) -> Export:
    (takeout / name).write_text(json.dumps(value), encoding="utf-8")
    return read(name, takeout)


def test_a_conversation_of_two():
    export = read(f"{DM}/messages.json")
    assert events(export) == [
        ("2026-10-31T09:05:10+00:00", "day", [("from", BEN), ("to", ADA)]),
        ("2026-10-31T09:05:10+00:00", "second", [("from", ADA), ("to", BEN)]),
        ("2026-10-31T12:05:40+00:00", "second", [("from", BEN), ("to", ADA)]),
    ]
    assert Counter(export.interactions["channel"]) == {"chat": 2, "social": 1}
    assert export.interactions["size"].dropna().tolist() == [10]
    assert export.interactions["thread"].nunique() == 1
    assert people(export) == {"Ada Bell": {"handles": [ADA]}, "Ben Okafor": {"handles": [BEN]}}
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        3: "written by a bot",
        4: "the export does not say who wrote it",
        5: UNKNOWN,
    }


def test_an_old_space_without_numbers():
    export = read(f"{SPACE}/messages.json")
    assert events(export) == [
        ("2026-11-01T21:33:50+00:00", "second", [("from", BEN), ("to", ADA), ("to", CY)]),
        ("2026-11-01T21:33:50+00:00", "second", [("from", BEN), ("to", ADA), ("to", CY)]),
        ("2026-11-01T21:34:00+00:00", "second", [("from", CY), ("to", ADA), ("to", BEN)]),
    ]


def test_members_and_the_owner():
    export = read(f"{SPACE}/group_info.json")
    assert people(export) == {
        "Ada Bell": {"handles": [ADA]},
        "Ben Okafor": {"handles": [BEN]},
        "Cy Morales": {"handles": [CY]},
    }
    assert export.skipped["reason"].tolist() == ["a bot", "the person has no name or address"]
    owner = read("Users/User 1234/user_info.json")
    assert owner.hints[["handle", "hint"]].to_numpy().tolist() == [[ADA, "owner"]]


def test_the_order_of_messages_does_not_count(takeout: Path):
    for name in FILES:
        plain, whole = read(name), content(name)
        for key in ("messages", "members", "membership_info"):
            if key in whole:
                whole[key].reverse()
        assert said(changed(takeout, name, whole)) == said(plain)
        for data in otherwise((CHAT / name).read_bytes()).values():
            (takeout / name).write_bytes(data)
            assert said(read(name, takeout)) == said(plain)


def test_a_later_export_adds_nothing_that_was_there(takeout: Path):
    for name in FILES[:2]:
        whole = content(name)
        parts = [
            changed(takeout, name, {"messages": whole["messages"][:2]}),
            changed(takeout, name, whole),
        ]
        assert set(join(parts).interactions.index) == set(read(name).interactions.index)


def test_a_large_space_addresses_those_in_its_topic(takeout: Path):
    many = [{"name": f"P {n}", "email": f"p{n}@example.org"} for n in range(60)]
    changed(takeout, f"{SPACE}/group_info.json", {"name": "All", "members": many})
    messages = [
        {
            "creator": many[n],
            "created_date": f"Sunday, 1 November 2026 at 21:33:5{n} UTC",
            "text": "x",
            "topic_id": topic,
            "message_id": f"All/{topic}/{n}",
        }
        for n, topic in enumerate("aab")
    ]
    export = changed(takeout, f"{SPACE}/messages.json", {"messages": messages})
    assert [who for *_, who in events(export)] == [
        [("from", "email:p0@example.org"), ("to", "email:p1@example.org")],
        [("from", "email:p1@example.org"), ("to", "email:p0@example.org")],
    ]
    assert export.skipped["reason"].tolist() == [
        "a message to a large space, which addresses nobody"
    ]


def test_a_conversation_without_its_list_of_members(tmp_path: Path):
    path = tmp_path / "messages.json"
    shutil.copy(CHAT / DM / "messages.json", path)
    export = google_chat.read(file_at(path), settings=Settings()).export()
    assert len(export.interactions) == 3
    assert "group_info.json" in words(export)


def test_an_empty_conversation_is_known(takeout: Path):
    export = changed(takeout, f"{DM}/messages.json", {"messages": []})
    assert export.interactions.empty
    assert export.skipped.empty


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b'{"messages": []}', b'{"messages": [{"sender_name": "x"}]}',
        b"\x00\xff", b'{"user": {"name": "x"}}', b'{"members": []}', b"{" * 70_000,
        b'{"name": "x", "type": "personal_chat", "id": 1, "messages": [{"id": 1}]}',
    ],
)  # fmt: skip
def test_other_files_are_not_google_chats(data: bytes, tmp_path: Path):
    path = tmp_path / "messages.json"
    path.write_bytes(data)
    assert google_chat.sniff(file_at(path)) == ""


def test_nothing_of_a_row_stands_in_a_message(takeout: Path):
    marked = dict.fromkeys(("created_date", "text", "topic_id", "message_id", "reactions"), MARKER)
    person = {"name": MARKER, "email": f"{MARKER}@example.org", "user_type": "Human"}
    whole = {
        "messages": [
            {**marked, "creator": person}, {**marked, "creator": MARKER}, MARKER, [MARKER],
            {**marked, "creator": {**person, "user_type": MARKER}},
        ]
    }  # fmt: skip
    export = changed(takeout, f"{DM}/messages.json", whole)
    assert len(export.skipped) == 5
    assert MARKER not in words(export)
    group = {"members": [{"user_type": MARKER}, {"user_type": "Human", "email": MARKER}]}
    assert MARKER not in words(changed(takeout, f"{DM}/group_info.json", group))
    path = takeout / "messages.json"
    path.write_text(f'["{MARKER}"]', encoding="utf-8")
    with pytest.raises(ExportError) as caught:
        google_chat.read(file_at(path), settings=Settings())
    assert MARKER not in str(caught.value)


def test_whatever_is_damaged_is_survived(takeout: Path):
    read_on = 0
    for name in FILES:
        for data in damaged((CHAT / name).read_bytes(), seed=21, times=12):
            read_on += survives(google_chat, takeout / name, data, label=name)
        for data in odd_json(content(name), seed=22, times=18):
            read_on += survives(google_chat, takeout / name, data, label=name)
    assert read_on > 75


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tuesday, January 3, 2023 at 12:15:31\u202fAM UTC", "2023-01-03T00:15:31"),
        ("Tuesday, January 3, 2023 at 12:15:31 PM UTC", "2023-01-03T12:15:31"),
        ("Sunday, 1 March 2000 at 09:33:50 UTC", "2000-03-01T09:33:50"),
        ("Sunday, 1 March 2000 at 09:33:50 GMT+01:00", "2000-03-01T08:33:50"),
        ("Sunday, 1 March 2000 at 09:33:50 UTC\u22123", "2000-03-01T12:33:50"),
        ("Dienstag, 3. Januar 2023 um 10:15:31 UTC", "2023-01-03T10:15:31"),
        ("martes, 3 de enero de 2023, 10:15:31 p.\u00a0m. UTC", "2023-01-03T22:15:31"),
        ("2023年1月3日火曜日 10時15分31秒 UTC", "2023-01-03T10:15:31"),
        ("วันอังคารที่ 3 มกราคม พ.ศ. 2566 เวลา 10:15:31 UTC", "2023-01-03T10:15:31"),
    ],
)
def test_dates_in_words(text: str, expected: str):
    at = dt.datetime.fromisoformat(expected).replace(tzinfo=dt.UTC)
    assert long_date(text) == (at.timestamp(), "")


@pytest.mark.parametrize(
    "text",
    [
        "", "Unknown Date", None, 5, [], "January 3", "10:15:31", "3 Brumaire 2023 10:15:31 UTC",
        "January February 3 2023 10:15:31 UTC", "January 3 4 2023 10:15:31 UTC",
        "January 3 2023 10:15:31 11:15:31 UTC", "January 3 2023 2024 10:15:31 UTC",
        "January 3 2023 10:15:31 in the evening UTC", "January 3 2023 25:15:31 UTC",
        "January 32 2023 10:15:31 UTC", "January 3 0123 10:15:31 UTC",
        "January 3 9999 10:15:31 UTC", "January 1 0001 00:00:00 UTC+14", "x" * 10_000,
    ],
)  # fmt: skip
def test_dates_that_may_be_read_in_no_way_or_in_two(text: Any):
    at, reason = long_date(text)
    assert math.isnan(at)
    assert reason


LANGUAGES = (
    "en en_GB en_IN en_CA de de_AT de_CH fr fr_CA fr_CH es es_MX es_US es_AR it pt pt_PT nl sv da "
    "nb fi pl cs sk sl hu ro bg tr ru uk el id ms ca he ar hi th vi ja zh zh_TW zh_HK ko"
).split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_as_unicode_writes_them(language: str):
    dates = pytest.importorskip("babel.dates")
    dice = random.Random(language)  # noqa: S311
    for _ in range(30):
        at = dt.datetime(
            dice.randint(2006, 2026), dice.randint(1, 12), dice.randint(1, 28),
            dice.randint(0, 23), dice.randint(0, 59), dice.randint(0, 59), tzinfo=dt.UTC,
        )  # fmt: skip
        day = dates.format_date(at, "full", locale=language)
        text = f"{day} {dates.format_time(at, 'long', locale=language)}"
        assert long_date(text) == (at.timestamp(), "")
