"""The archive of an account on X."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from damage import damaged, odd_json, survives
from reading import FIXTURES, MARKER, events, otherwise, people, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, file_at
from villagegraph.parsing.join import join
from villagegraph.parsing.x_posts import posted_at
from villagegraph.readers import x_archive
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

ARCHIVE = FIXTURES / "x"
ADA, BEN, CY = "x:1001", "x:2002", "x:3003"
GROUP = "direct-messages-group-part1.js"
KIND = {
    "account.js": "x-account", "manifest.js": "x-account", "profile.js": "x-account",
    "direct-messages.js": "x-messages", GROUP: "x-messages", "tweets.js": "x-posts",
    "tweet.js": "x-posts", "follower.js": "x-other", "like.js": "x-other",
}  # fmt: skip


def read(name: str, root: Path = ARCHIVE) -> Export:
    file = file_at(root / name, label=f"twitter.zip/data/{name}")
    assert x_archive.sniff(file) == KIND[name]
    return x_archive.read(file, settings=Settings()).export()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return shutil.copytree(ARCHIVE, tmp_path / "data")


def content(name: str) -> tuple[str, Any]:
    """Return the start of a part, up to its equals sign, and its value."""
    start, _, rest = (ARCHIVE / name).read_text(encoding="utf-8").partition("=")
    return f"{start}= ", json.loads(rest.strip("; \n"))


def changed(archive: Path, name: str, value: Any) -> Export:
    (archive / name).write_text(content(name)[0] + json.dumps(value), encoding="utf-8")
    return read(name, archive)


def test_the_owner():
    for name in ("account.js", "manifest.js"):
        export = read(name)
        emails = ["email:ada.bell@example.org"] if name == "account.js" else []
        assert people(export) == {"Ada Bell": {"handles": [*emails, ADA]}}
        assert export.hints["handle"].tolist() == [*emails, ADA]
        assert set(export.hints["hint"]) == {"owner"}
    about = {"headline": "I make rivers talk", "location": "Umeå", "handles": [OWNER]}
    assert people(read("profile.js")) == {"": about}


def test_messages_of_two():
    export = read("direct-messages.js")
    assert events(export) == [
        ("2026-10-31T09:04:00+00:00", "second", [("from", ADA), ("to", BEN)]),
        ("2026-10-31T09:05:10.123000+00:00", "second", [("from", BEN), ("to", ADA)]),
        ("2026-10-31T09:06:00+00:00", "second", [("from", ADA), ("to", BEN)]),
    ]
    assert export.interactions["channel"].tolist() == ["chat", "chat", "social"]
    assert export.interactions["size"].tolist()[:2] == [5, 5]
    assert export.interactions["thread"].nunique() == 1
    assert export.skipped["reason"].tolist() == ["no date", "a note to oneself"]


def test_messages_of_a_group():
    export = read(GROUP)
    assert [who for *_, who in events(export)] == [[("from", CY), ("to", ADA), ("to", BEN)]]
    assert export.skipped["reason"].tolist() == ["who joined or left, or a new name"] * 2


def test_posts_that_turn_to_somebody():
    export = read("tweets.js")
    assert [(at[11:19], who) for at, _, who in events(export)] == [
        ("09:05:10", [("from", ADA), ("to", BEN), ("to", CY)]),
        ("10:00:00", [("from", ADA), ("to", "x:4004")]),
        ("12:00:00", [("from", ADA), ("to", "x:5005")]),
    ]
    assert set(export.interactions["channel"]) == {"social"}
    assert people(export) == {
        "Ben Okafor": {"handles": [BEN]},
        "Cy Morales": {"handles": [CY]},
        "Dee Nguyen": {"handles": ["x:4004"]},
        "eve_k": {"handles": ["x:5005"]},
    }
    assert export.skipped["reason"].tolist() == ["a post that answers and names nobody"] * 2


def test_posts_of_an_old_archive_are_the_same_events(archive: Path):
    old, new = read("tweet.js", archive), read("tweets.js", archive)
    assert set(old.interactions.index) < set(new.interactions.index)
    (archive / "account.js").unlink()
    alone = read("tweets.js", archive)
    assert {who[0] for *_, who in events(alone)} == {("from", OWNER)}
    assert set(new.interactions.index) < set(alone.interactions.index)


def test_numbers_without_names_are_left_out():
    for name in ("follower.js", "like.js"):
        export = read(name)
        assert export.contacts.empty
        assert export.interactions.empty
        assert len(export.files["notes"].iloc[0]) == 1


def test_the_order_of_records_does_not_count(archive: Path):
    for name in KIND:
        plain = read(name)
        start, value = content(name)
        if isinstance(value, list):
            for record in value:
                record.get("dmConversation", {}).get("messages", []).reverse()
            assert said(changed(archive, name, value[::-1])) == said(plain)
        for data in otherwise((ARCHIVE / name).read_bytes()).values():
            (archive / name).write_bytes(data)
            assert said(read(name, archive)) == said(plain)
        shutil.copy(ARCHIVE / name, archive / name)
        assert start.startswith("window.")


def test_parts_add_up(archive: Path):
    _, value = content("tweets.js")
    whole = read("tweets.js")
    parts = [changed(archive, "tweets.js", some) for some in (value[:3], value[1:])]
    assert said(join(parts))[2] == said(whole)[2]


def test_a_part_that_ends_in_the_middle(archive: Path):
    data = (ARCHIVE / "tweets.js").read_bytes()
    (archive / "tweets.js").write_bytes(data[: data.index(b"7003")])
    export = read("tweets.js", archive)
    assert len(export.interactions) == 2
    assert "ends in the middle" in export.skipped["reason"].iloc[-1]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Sun Mar 21 12:53:22 +0000 2021", 1616331202),
        ("Sun Mar 21 12:53:22 +0130 2021", 1616331202 - 5400),
        ("2021-03-21T12:53:22.000Z", 1616331202),
    ],
)
def test_dates_of_posts(text: str, seconds: int):
    assert posted_at(text) == (seconds, "")


@pytest.mark.parametrize(
    "text",
    [
        "", None, 5, "Sun Mar 41 12:53:22 +0000 2021", "Sun Mrz 21 12:53:22 +0000 2021",
        "Sun Mar 21 32:53:22 +0000 2021", "Sun Mar 21 12:53:22 +0000 0000",
        "Sun Mar 21 12:53:22 +0000 9999", "Sun Mar 21 12:53:22 +0000 0123", [], {},
    ],
)  # fmt: skip
def test_dates_that_are_none(text: Any):
    assert posted_at(text)[1]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"window.YTD = []", b"window.YTD.tweets = []", b"\x00\xff", b"=" * 300,
        b"var window.YTD.tweets.part0 = []", b"Grailbird.data.tweets_2012_01 = []",
    ],
)  # fmt: skip
def test_other_files_are_not_of_x(data: bytes, tmp_path: Path):
    path = tmp_path / "tweets.js"
    path.write_bytes(data)
    assert x_archive.sniff(file_at(path)) == ""


@pytest.mark.parametrize("name", sorted(set(KIND) - {"follower.js", "like.js", "manifest.js"}))
def test_a_part_without_a_list_is_refused(name: str, archive: Path):
    for value in (b'{"a": 1}', b"1", b"", b'"x"'):
        (archive / name).write_bytes(content(name)[0].encode() + value)
        with pytest.raises(ExportError):
            read(name, archive)


def test_nothing_of_a_row_stands_in_a_message(archive: Path):
    message = dict.fromkeys(("senderId", "recipientId", "id", "text", "createdAt"), MARKER)
    records: list[Any] = [
        MARKER, [MARKER], {MARKER: MARKER},
        {"dmConversation": {"conversationId": MARKER, "messages": [
            {"messageCreate": message}, {MARKER: message}, MARKER,
            {"messageCreate": {**message, "createdAt": "2026-10-31T09:04:00.000Z"}},
        ]}},
    ]  # fmt: skip
    export = changed(archive, "direct-messages.js", records)
    assert len(export.skipped) == 7
    assert MARKER not in words(export)
    posts = [{"tweet": dict.fromkeys(("created_at", "full_text", "entities"), MARKER)}, MARKER]
    assert MARKER not in words(changed(archive, "tweets.js", posts))
    assert MARKER not in words(changed(archive, "account.js", [{"account": {"email": MARKER}}]))
    (archive / "tweets.js").write_text(f"window.YTD.tweets.part0 = {MARKER}", encoding="utf-8")
    with pytest.raises(ExportError) as caught:
        read("tweets.js", archive)
    assert MARKER not in str(caught.value)


def test_whatever_is_damaged_is_survived(archive: Path):
    read_on: Counter[bool] = Counter()
    for name in KIND:
        start, value = content(name)
        for data in damaged((ARCHIVE / name).read_bytes(), seed=31, times=8):
            read_on[survives(x_archive, archive / name, data, label=name)] += 1
        for data in odd_json(value, seed=32, times=14):
            whole = start.encode() + data
            read_on[survives(x_archive, archive / name, whole, label=name)] += 1
        shutil.copy(ARCHIVE / name, archive / name)
    tweets = (ARCHIVE / "tweets.js").read_bytes()
    for data in odd_json(content("account.js")[1], seed=33, times=15):
        (archive / "account.js").write_bytes(b"window.YTD.account.part0 = " + data)
        assert survives(x_archive, archive / "tweets.js", tweets, label="tweets.js")
    assert read_on[True] > 90
