"""Facebook, Messenger and Instagram: every part of the archives that tells of people."""

from __future__ import annotations

import json
import math
import random
import traceback
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.reading import FIXTURES, MARKER, otherwise, people, said, words
from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, file_at, json_stream
from villagegraph.parsing.join import join
from villagegraph.parsing.json_files import CUT
from villagegraph.readers import meta
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

CASES = sorted((FIXTURES / "meta").glob("*.json"))
ADA, JOSE, MARA, ZOE = (
    f"name:{name}@messenger" for name in ("ada lovelace", "josé garcía", "mara lind", "zoë berg")
)
KINDS = {
    "message_1": "messenger",
    "group_message_1": "messenger",
    "group_message_2": "messenger",
    "Jose Garcia_3": "messenger",
    "instagram_message_1": "instagram",
    "odd_values": "messenger",
    "your_friends": "facebook-friends",
    "sent_friend_requests": "facebook-friends",
    "received_friend_requests": "facebook-friends",
    "removed_friends": "facebook-friends",
    "followers_1": "instagram-follows",
    "following": "instagram-follows",
    "blocked_profiles": "instagram-follows",
    "profile_information": "meta-profile",
    "personal_information": "meta-profile",
    "your_posts_1": "meta-archive",
    "liked_posts": "meta-archive",
}


def fixture(name: str) -> bytes:
    return (FIXTURES / "meta" / name).read_bytes()


def read(folder: Path, data: bytes | str, name: str = "") -> Export:
    """Read a fixture, or bytes, under its name or another."""
    name = name or (data if isinstance(data, str) else "message_1.json")
    path = folder / "file.json"
    path.write_bytes(fixture(data) if isinstance(data, str) else data)
    file = file_at(path, label=name)
    assert meta.sniff(file) in meta.KINDS
    return meta.read(file, settings=Settings(zone="Europe/Berlin")).export()


def sent(export: Export) -> list[tuple[str, str, str, tuple[str, ...], float, float]]:
    """Return channel, time, author, others, minutes and size of every event."""
    found = []
    for event_id, row in export.interactions.iterrows():
        own = export.participants[export.participants["event_id"] == event_id]
        (author,) = own.loc[own["role"] == "from", "handle"]
        others = tuple(sorted(own.loc[own["role"] == "to", "handle"]))
        number = [-1 if math.isnan(row[name]) else row[name] for name in ("minutes", "size")]
        found.append(
            (row["channel"], row["at"].strftime("%m-%d %H:%M:%S"), author, others, *number)
        )
    return sorted(found)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_part_is_known_by_its_content(tmp_path: Path, path: Path):
    export = read(tmp_path, path.read_bytes(), name=path.name)
    assert list(export.files["kind"]) == [KINDS[path.stem]]
    for name in ("contacts", "handles", "interactions", "participants", "hints", "skipped"):
        check(getattr(export, name), CONTRACTS[name])


def test_a_chat_of_two(tmp_path: Path):
    export = read(tmp_path, "message_1.json")
    assert sent(export) == [
        ("call", "09-13 12:33:20", MARA, (JOSE,), 3.2, -1),
        ("call", "09-13 12:35:00", JOSE, (MARA,), 0, -1),
        ("chat", "09-13 12:28:20", JOSE, (MARA,), -1, 2),
        ("chat", "09-13 12:28:20", JOSE, (MARA,), -1, 2),
        ("chat", "09-13 12:30:00", JOSE, (MARA,), -1, len("¿Cómo estás? 😀".encode())),
        ("chat", "09-13 12:31:40", MARA, (JOSE,), -1, -1),
        ("social", "09-13 12:30:00", MARA, (JOSE,), -1, -1),
    ]
    assert sorted(export.skipped["reason"]) == [
        "a message that was taken back",
        "its author's account is gone",
    ]
    assert set(people(export)) == {"José García", "Mara Lind"}


def test_a_group_in_two_files_of_two_zips(tmp_path: Path):
    parts = [read(tmp_path, f"group_message_{n}.json") for n in (1, 2, 1)]
    whole = join(parts)
    assert [row[1:4] for row in sent(whole)] == [
        ("09-13 12:26:41", MARA, (ADA, ZOE)),
        ("09-13 12:26:42", ZOE, (ADA, MARA)),
        ("09-13 12:26:43", ADA, (MARA, ZOE)),
    ]
    assert whole.interactions["thread"].nunique() == 1


def test_encrypted_chats_join_the_others(tmp_path: Path):
    export = read(tmp_path, "Jose Garcia_3.json")
    assert [(row[0], *row[2:]) for row in sent(export)] == [
        ("chat", JOSE, (MARA,), -1, 4),
        ("chat", MARA, (JOSE,), -1, 5),
        ("social", JOSE, (MARA,), -1, -1),
    ]
    assert list(export.skipped["reason"]) == ["a message that was taken back"]
    plain = read(tmp_path, "message_1.json")
    assert set(plain.interactions["thread"]) == set(export.interactions["thread"])


def test_the_same_message_in_both_downloads_counts_once(tmp_path: Path):
    plain = {
        "participants": [{"name": "Ada Lovelace"}, {"name": "Mara Lind"}],
        "messages": [
            {"sender_name": "Ada Lovelace", "timestamp_ms": 1600000000123, "content": "Hi"}
        ],
        "thread_path": "e2ee_cutover/adalovelace_100200300",
    }
    secure = {
        "participants": ["Mara Lind", "Ada Lovelace"],
        "threadName": "Ada Lovelace_7",
        "messages": [{"senderName": "Ada Lovelace", "timestamp": 1600000000123, "text": "Hi"}],
    }
    both = [read(tmp_path, json.dumps(one).encode()) for one in (plain, secure)]
    assert len(join(both).interactions) == 1


def test_instagram(tmp_path: Path):
    export = read(tmp_path, "instagram_message_1.json", name="instagram-mara.zip/message_1.json")
    ben, mara = "name:ben.okafor@instagram", "name:mara lind@instagram"
    assert sent(export) == [
        ("chat", "09-13 12:26:40", ben, (mara,), -1, 2),
        ("chat", "09-13 12:26:40", mara, (ben,), -1, 4),
        ("social", "09-13 12:28:20", mara, (ben,), -1, -1),
    ]
    assert list(export.skipped["reason"]) == ["a line that only tells of a reaction"]


def test_friends(tmp_path: Path):
    export = read(tmp_path, "your_friends.json")
    found = {name: row.get("connected_on", "") for name, row in people(export).items()}
    assert found == {
        "José García": "2011-03-13",
        "Ada Lovelace": "2011-03-14",
        "Ben Okafor": "",
        "Cy Berg": "",
    }
    assert people(export)["José García"]["handles"] == [JOSE]
    assert list(export.skipped["reason"]) == ["a friend without a name"]


def test_friend_requests_are_light_touches(tmp_path: Path):
    out = sent(read(tmp_path, "sent_friend_requests.json"))
    assert out == [("social", "07-14 02:40:00", OWNER, ("name:dee novak@messenger",), -1, -1)]
    into = read(tmp_path, "received_friend_requests.json")
    assert sent(into) == [("social", "07-14 02:41:40", "name:eve moss@messenger", (OWNER,), -1, -1)]
    assert list(into.skipped["reason"]) == ["no date"]
    assert list(read(tmp_path, "removed_friends.json").skipped["reason"]) == [
        "a friend who was removed"
    ]


def test_followers_have_user_names(tmp_path: Path):
    lists = [read(tmp_path, name) for name in ("followers_1.json", "following.json")]
    found = {
        handle: export.contacts.loc[record, "connected_on"]
        for export in lists
        for handle, record in zip(
            export.handles["handle"], export.handles["record_id"], strict=True
        )
    }
    assert found == {
        "instagram:ben.okafor": "2017-07-14",
        "instagram:ada.lovelace": "2017-07-15",
        "instagram:cy_berg": "2017-07-16",
    }
    assert list(lists[0].skipped["reason"]) == ["no user name"]
    blocked = read(tmp_path, "blocked_profiles.json")
    assert blocked.contacts.empty
    assert list(blocked.skipped["reason"]) == ["an account that is neither follower nor followed"]


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("profile_information.json", {MARA, "email:mara.lind@example.com"}),
        ("personal_information.json", {"instagram:mara_lind", "name:mara lind@instagram"}),
    ],
)
def test_the_profile_is_the_owners(tmp_path: Path, name: str, own: set[str]):
    export = read(tmp_path, name)
    want = own | {"email:mara@example.org", "phone:+493023125001"}
    assert set(export.hints["handle"]) == want == set(export.handles["handle"])
    assert list(export.contacts["name"]) == ["Mara Lind"]


@pytest.mark.parametrize("name", ["your_posts_1.json", "liked_posts.json"])
def test_other_parts_are_named_as_such(tmp_path: Path, name: str):
    export = read(tmp_path, name)
    assert export.contacts.empty
    assert export.interactions.empty
    assert export.files["notes"].iloc[0] == ("Part of Meta's archive that tells of no contact.",)


def test_values_of_the_wrong_kind(tmp_path: Path):
    export = read(tmp_path, "odd_values.json")
    rows = json.loads(fixture("odd_values.json"))["messages"]
    assert len(export.interactions) - 1 + len(export.skipped) == len(rows)
    assert Counter(export.interactions["channel"]) == {"call": 1, "chat": 1, "social": 1}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_streamed_gives_the_same_tables(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
):
    held = read(tmp_path, path.read_bytes())
    monkeypatch.setattr(json_stream, "WHOLE_BYTES", 0)
    monkeypatch.setattr(json_stream, "_CHUNK_BYTES", 11)
    assert said(read(tmp_path, path.read_bytes())) == said(held)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_line_ends_marks_and_utf_16_do_not_count(tmp_path: Path, path: Path):
    data = path.read_bytes()
    want = said(read(tmp_path, data))
    for changed in [*otherwise(data).values(), data.decode().encode("utf-16")]:
        assert said(read(tmp_path, changed)) == want


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_order_does_not_count(tmp_path: Path, path: Path):
    def turned(value: Any, depth: int = 0) -> Any:
        if isinstance(value, dict):
            return {key: turned(inner, depth + 1) for key, inner in value.items()}
        return value[::-1] if isinstance(value, list) and depth < 2 else value

    data = json.dumps(turned(json.loads(path.read_bytes()))).encode()
    assert said(read(tmp_path, data)) == said(read(tmp_path, path.read_bytes()))


def test_a_file_that_ends_in_the_middle_keeps_what_is_whole(tmp_path: Path):
    data = fixture("message_1.json")
    whole = read(tmp_path, data)
    cut = read(tmp_path, data[: data.index(b'"reactions"') + 30])
    assert len(cut.interactions) == 3
    assert set(cut.interactions.index) < set(whole.interactions.index)
    assert list(cut.skipped["reason"]).count(CUT) == 1


def test_html_is_refused_with_advice(tmp_path: Path):
    path = tmp_path / "message_1.html"
    path.write_bytes(fixture("message_1.html"))
    assert meta.sniff(file_at(path)) in meta.KINDS
    with pytest.raises(ExportError, match="JSON"):
        meta.read(file_at(path), settings=Settings())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"<html><title>Facebook</title></html>",
        b'{"messages": [{"creator": {"name": "Ada"}}]}',
        b'{"api_v2": {"a": 1}}',
        b'{"profile": {"name": "x"}}',
        b"\0" * 99,
    ],
)
def test_others_are_not_claimed(tmp_path: Path, data: bytes):
    path = tmp_path / "message_1.json"
    path.write_bytes(data)
    assert meta.sniff(file_at(path)) == ""


def marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: marked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return f"{MARKER} {value}" if isinstance(value, str) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_message_holds_what_stands_in_the_file(tmp_path: Path, path: Path):
    data = json.dumps(marked(json.loads(path.read_bytes()))).encode()
    for broken in (data, data[: len(data) * 2 // 3], data.replace(b"[", b"{", 1)):
        file = tmp_path / "file.json"
        file.write_bytes(broken)
        try:
            shown = words(meta.read(file_at(file), settings=Settings()).export())
        except ExportError as error:
            shown = "".join(traceback.format_exception(error))
        assert MARKER not in shown


def test_nothing_but_export_errors_comes_out(tmp_path: Path):
    rng = random.Random(20261031)  # noqa: S311 - a sample, nothing secret
    seeds = [path.read_bytes() for path in CASES]
    path = tmp_path / "file.json"
    for _ in range(400):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(data))
            if rng.random() < 0.3:
                del data[at : at + rng.randint(1, 80)]
            elif rng.random() < 0.5:
                data[at : at + 1] = rng.choice([b"{", b"]", b'"', b"null", b"1e400", b"\\ud800"])
            else:
                data[at] = rng.randrange(256)
        path.write_bytes(bytes(data))
        file = file_at(path)
        if not meta.sniff(file):
            continue
        try:
            export = meta.read(file, settings=Settings()).export()
        except ExportError:
            continue
        check(export.interactions, CONTRACTS["interactions"])


@pytest.mark.real
def test_like_chat_miner(shared_data: Path):
    folder = shared_data / "corpora" / "chat_chatminer" / "test" / "instagram"
    target = json.loads((folder / "target.json").read_text())
    file = file_at(folder / "test_export.json", label="instagram/test_export.json")
    assert meta.sniff(file) == "instagram"
    export = meta.read(file, settings=Settings()).export()
    senders = export.participants.query("role == 'from'").set_index("event_id")["handle"]
    found = sorted(
        (senders[event_id], row["at"].strftime("%Y-%m-%dT%H:%M:%S"), row["size"])
        for event_id, row in export.interactions.iterrows()
    )
    assert found == sorted(
        (
            f"name:{row['author'].lower()}@instagram",
            row["timestamp"],
            len(row["message"].encode()),
        )
        for row in target
    )


@pytest.mark.real
def test_public_archives(shared_data: Path):
    reasons, unknown = Counter[str](), []
    for folder in ("msgvault_fb", "kawsay"):
        for path in sorted((shared_data / "corpora" / folder).glob("*.json")):
            file = file_at(path)
            kind = meta.sniff(file)
            if kind != "messenger":
                unknown += [] if kind else [path.name]
                continue
            export = meta.read(file, settings=Settings()).export()
            n = len(json.loads(path.read_text())["messages"])
            assert (export.interactions["channel"] != "social").sum() + len(export.skipped) == n
            reasons.update(export.skipped["reason"])
    assert len(unknown) == 2  # two that are no JSON at all
    assert reasons == {"a message that was taken back": 1, "a line that says who came or went": 1}
