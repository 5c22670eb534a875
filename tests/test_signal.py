"""Signal's own export, and the chats of signal-export."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from damage import damaged, odd_json, survives
from reading import FIXTURES, MARKER, events, otherwise, people, read_bytes, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, file_at
from villagegraph.parsing.join import join
from villagegraph.readers import signal, whatsapp
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

BEN = "signal:QmVuT2thZm9yAAAAAAAAAA=="
CY = "signal:Q3lNb3JhbGVzAAAAAAAAAA=="
DEE = "signal:RGVlTmd1eWVuAAAAAAAAAA=="
NAMED_BEN = "name:ben okafor@signal"
CHATS = ("chat.md", "index.md", "data.json")


def fixture(name: str) -> bytes:
    return (FIXTURES / "signal" / name).read_bytes()


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in fixture("main.jsonl").splitlines()]


def written(frames: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(frame) + "\n" for frame in frames).encode()


def read_lines(tmp_path: Path, data: bytes) -> Export:
    return read_bytes(signal, tmp_path, data, name="main.jsonl")


def read_chat(tmp_path: Path, name: str, data: bytes | None = None) -> Export:
    settings = Settings(zone="Europe/Berlin")
    content = fixture(f"Ben Okafor/{name}") if data is None else data
    return read_bytes(signal, tmp_path, content, name=f"Ben Okafor/{name}", settings=settings)


def told(export: Export) -> list[tuple[str, float, float]]:
    found = export.interactions
    return [
        (channel, -1 if math.isnan(size) else size, -1 if math.isnan(minutes) else minutes)
        for channel, size, minutes in zip(
            found["channel"], found["size"], found["minutes"], strict=True
        )
    ]


def test_people_of_the_export(tmp_path: Path):
    export = read_lines(tmp_path, fixture("main.jsonl"))
    assert people(export) == {
        "Ada Bell": {"handles": [OWNER, "signal:ada_bell.42"]},
        "Ben Okafor": {"handles": ["phone:+15550100111", BEN]},
        "Cy Morales": {"handles": ["phone:+493023125111", CY]},
        "Dee Nguyen": {"handles": [DEE, "signal:dee.07"]},
    }
    assert export.hints[["handle", "hint"]].to_numpy().tolist() == [["signal:ada_bell.42", "owner"]]


def test_messages_reactions_and_calls(tmp_path: Path):
    export = read_lines(tmp_path, fixture("main.jsonl"))
    assert [(at[11:19], who) for at, _, who in events(export)] == [
        ("20:26:40", [("from", BEN), ("to", OWNER)]),
        ("20:27:40", [("from", OWNER), ("to", BEN)]),
        ("20:28:10", [("from", OWNER), ("to", BEN)]),
        ("20:30:00", [("from", BEN), ("to", OWNER)]),
        ("20:31:40", [("from", BEN), ("to", OWNER)]),
        ("20:33:20", [("from", OWNER), ("to", BEN)]),
        ("20:35:00", [("from", BEN), ("to", OWNER)]),
        ("20:43:20", [("from", CY), ("to", OWNER), ("to", BEN)]),
        ("20:45:00", [("from", OWNER), ("to", CY), ("to", DEE)]),
        ("20:46:40", [("from", CY), ("to", OWNER), ("to", BEN)]),
        ("21:03:20", [("from", DEE), ("to", OWNER)]),
    ]
    assert told(export) == [
        ("chat", 12, -1),  # Zoë has four bytes
        ("social", -1, -1),
        ("chat", 5, -1),  # edited: once, when it was first sent
        ("chat", 0, -1),  # deleted
        ("chat", -1, -1),  # a picture
        ("call", -1, -1),
        ("call", -1, 0),  # missed
        ("chat", 12, -1),
        ("chat", -1, -1),
        ("call", -1, 10),
        ("sms", 6, -1),
    ]
    assert export.interactions["thread"].nunique() == 3
    assert not export.interactions["automated"].any()
    assert set(export.interactions["precision"]) == {"second"}


def test_every_line_is_read_or_listed(tmp_path: Path):
    export = read_lines(tmp_path, fixture("main.jsonl"))
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        8: "the person has no name, number or account",
        23: "written by Signal itself",
        27: "written by Signal itself",
        28: "a note to oneself",
        29: "written by Signal itself",
        31: "the date is out of range",
        32: "a chat of which the export does not say with whom it is",
        33: "a call by link, which does not say with whom it was",
    }
    items = sum("chatItem" in frame or "adHocCall" in frame for frame in lines())
    read = int((export.interactions["channel"] != "social").sum())
    assert read + len(export.skipped) - 1 == items


def test_the_order_of_lines_does_not_count(tmp_path: Path):
    frames = lines()
    plain = read_lines(tmp_path, fixture("main.jsonl"))
    assert said(read_lines(tmp_path, written([frames[0], *frames[:0:-1]]))) == said(plain)
    for data in otherwise(fixture("main.jsonl")).values():
        assert said(read_lines(tmp_path, data)) == said(plain)


def test_two_exports_of_different_days_count_each_event_once(tmp_path: Path):
    frames = lines()
    items = [frame for frame in frames if "chatItem" in frame]
    rest = [frame for frame in frames if "chatItem" not in frame]
    whole = read_lines(tmp_path, written(frames))
    parts = [read_lines(tmp_path, written([*rest, *some])) for some in (items[:12], items[4:])]
    assert said(join(parts))[2] == said(whole)[2]
    # an export made before the edit holds the message as it was
    before = [
        {"chatItem": {**frame["chatItem"]["revisions"][0]}}
        if "revisions" in frame.get("chatItem", {})
        else frame
        for frame in frames
    ]
    old = read_lines(tmp_path, written(before))
    assert set(old.interactions.index) == set(whole.interactions.index)


def test_reactions_to_oneself_and_without_a_time(tmp_path: Path):
    frames = lines()
    reacted = next(f for f in frames if "reactions" in str(f))["chatItem"]["standardMessage"]
    reacted["reactions"] = [
        {"authorId": "3", "sentTimestamp": "1780000060000"},
        {"authorId": "4", "sentTimestamp": None},
        {"authorId": "99", "sentTimestamp": "1780000060000"},
    ]
    export = read_lines(tmp_path, written(frames))
    touches = export.interactions[export.interactions["channel"] == "social"]
    assert touches["at"].dt.strftime("%H:%M:%S").tolist() == ["20:26:40"]


def test_a_bad_line_ends_nothing(tmp_path: Path):
    data = fixture("main.jsonl")
    plain = read_lines(tmp_path, data)
    broken = data.replace(b'{"stickerPack"', b'{"stickerPack', 1) + b'[1]\n{"chatItem":'
    export = read_lines(tmp_path, broken)
    assert said(export)[:5] == said(plain)[:5]
    assert export.skipped["reason"].value_counts()["a line that is no JSON"] == 1
    assert any("ends in the middle" in reason for reason in export.skipped["reason"])


def test_the_rest_of_the_folder_is_known(tmp_path: Path):
    read_lines(tmp_path, fixture("main.jsonl"))
    export = read_bytes(signal, tmp_path, b'{"version":1}', name="metadata.json")
    assert export.files["notes"].tolist() == [("part of a Signal export that tells of no contact",)]
    alone = tmp_path / "else" / "metadata.json"
    alone.parent.mkdir()
    alone.write_bytes(b'{"version":1}')
    assert signal.sniff(file_at(alone)) == ""


@pytest.mark.parametrize("name", CHATS)
def test_chats_of_signal_export(name: str, tmp_path: Path):
    export = read_chat(tmp_path, name)
    second = "00" if name == "index.md" else None
    assert events(export) == sorted(
        (
            f"2026-10-31T{at[:5]}:{second or at[6:]}+00:00",
            "minute" if second else "second",
            [("from", sender), ("to", NAMED_BEN if sender == OWNER else OWNER)],
        )
        for at, sender in [
            ("08:05:10", OWNER), ("08:05:40", NAMED_BEN), ("08:06:07", NAMED_BEN),
            ("20:00:00", OWNER), ("20:10:00", NAMED_BEN),
        ]
    )  # fmt: skip
    assert sorted(told(export)) == sorted(
        [("chat", 10, -1), ("chat", 15, -1), ("chat", -1, -1), ("call", -1, 3.5), ("call", -1, 0)]
    )
    assert people(export) == {"Ben Okafor": {"handles": [NAMED_BEN]}}
    assert export.skipped["reason"].tolist() == ["the export does not say who wrote it"]
    assert export.files["zone"].tolist() == ["Europe/Berlin"]


def test_a_chat_in_all_its_forms_is_one_chat(tmp_path: Path):
    exports = [read_chat(tmp_path, name) for name in CHATS]
    assert len(join(exports).interactions) == 5
    assert not whatsapp.sniff(file_at(FIXTURES / "signal" / "Ben Okafor" / "index.md"))


@pytest.mark.parametrize("name", CHATS)
def test_chats_written_otherwise(name: str, tmp_path: Path):
    plain = read_chat(tmp_path, name)
    for data in otherwise(fixture(f"Ben Okafor/{name}")).values():
        assert said(read_chat(tmp_path, name, data)) == said(plain)
    turned = b"\n".join(part.rstrip(b"\n") for part in reversed(parts_of(name))) + b"\n"
    assert said(read_chat(tmp_path, name, turned)) == said(plain)


def parts_of(name: str) -> list[bytes]:
    """Return the messages of a chat, each with all its lines."""
    found: list[bytes] = []
    for line in fixture(f"Ben Okafor/{name}").splitlines(keepends=True):
        if line.startswith((b"[2026", b"{")):
            found.append(line)
        else:
            found[-1] += line
    return found


@pytest.mark.parametrize(
    ("text", "members", "note"),
    [
        ("Me: milk", [OWNER], "only one person writes"),
        ("Ada Bell: hi\n[2026-10-31, 09:06] Cy Morales: ho",
         ["name:ada bell@signal", "name:cy morales@signal"], ""),
        ("Ada Bell: hi", [OWNER, "name:ada bell@signal"], ""),
    ],
)  # fmt: skip
def test_chats_without_a_title(text: str, members: list[str], note: str, tmp_path: Path):
    data = f"[2026-10-31, 09:05] {text}\n".encode()
    export = read_bytes(signal, tmp_path, data, name="export.txt")
    assert sorted(set(export.participants["handle"])) == sorted(members)
    assert note in words(export)
    assert bool(export.files["notes"].iloc[0]) == bool(note)


def test_the_folder_tells_who_the_owner_is(tmp_path: Path):
    data = b"[2026-10-31, 09:05] Ada Bell: hi\n[2026-10-31, 09:06] Cy Morales: ho\n"
    export = read_bytes(signal, tmp_path, data, name="Cy Morales/chat.md")
    assert export.hints["handle"].tolist() == ["name:ada bell@signal"]
    only_me = read_bytes(
        signal, tmp_path, b"[2026-10-31, 09:05] Me: hi\n", name="Cy Morales/chat.md"
    )
    assert events(only_me)[0][2] == [("from", OWNER), ("to", "name:cy morales@signal")]
    oneself = read_bytes(
        signal, tmp_path, b"[2026-10-31, 09:05] Me: hi\n", name="Note to Self/chat.md"
    )
    assert oneself.skipped["reason"].tolist() == ["a note to oneself"]


def test_dates_that_are_none(tmp_path: Path):
    data = (
        b"[2026-10-31, 09:05] Me: hi\n[2026-02-31, 09:05] Me: hi\n[2026-10-31, 25:05] Me: hi\n"
        b"[0123-10-31, 09:05] Me: hi\n[9999-10-31, 09:05] Me: hi\n"
    )
    export = read_bytes(signal, tmp_path, data, name="Ben/chat.md")
    assert len(export.interactions) == 1
    assert len(export.skipped) == 4
    path = tmp_path / "a.md"
    path.write_bytes(b"nothing\n")
    with pytest.raises(ExportError, match="no dated message"):
        signal.read(file_at(path), settings=Settings())


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00\xff", b"{}", b"[]", b'{"a":1}\n', b'{"version":1}\n', b"[" * 70_000, b"{" * 9,
        b'{"contacts":{}}', b"[2018-06-03, 13:55:00] Ada: hi\n", b"[03/06/2018, 13:55:00] Ada: hi",
        b'{"messages":[]}', b'{"chat":[]}',
    ],
)  # fmt: skip
def test_other_files_are_not_signals(data: bytes, tmp_path: Path):
    path = tmp_path / "main.jsonl"
    path.write_bytes(data)
    assert signal.sniff(file_at(path)) == ""


def test_nothing_of_a_row_stands_in_a_message(tmp_path: Path):
    frame = {"id": MARKER, "chatId": MARKER, "authorId": MARKER, "dateSent": MARKER}
    marked = [
        *lines()[:1], {"recipient": {**frame, "contact": {MARKER: MARKER}}}, {"chat": frame},
        {"recipient": {**frame, "group": {"snapshot": MARKER}}}, {"chatItem": MARKER},
        {"chatItem": {**frame, "standardMessage": {"text": {"body": MARKER}}}},
    ]  # fmt: skip
    export = read_lines(tmp_path, written(marked) + f'{{"{MARKER}\n{MARKER}'.encode())
    assert len(export.skipped) >= 4
    assert MARKER not in words(export)
    data = f"[2026-10-31, 09:05] No-Sender: {MARKER}\n[2026-10-31, 39:05] {MARKER}: {MARKER}\n"
    export = read_bytes(signal, tmp_path, data.encode(), name=f"{'x'}/chat.md")
    assert len(export.skipped) == 2
    assert MARKER not in words(export)


def test_whatever_is_damaged_is_survived(tmp_path: Path):
    read = 0
    for name in ("main.jsonl", *(f"Ben Okafor/{name}" for name in CHATS)):
        for data in damaged(fixture(name), seed=7, times=25):
            read += survives(signal, tmp_path / name, data, label=name)
    frames = lines()
    for data in odd_json(frames, seed=8, times=100):
        mutated = json.loads(data)
        if isinstance(mutated, list):
            text = written([frames[0], *mutated[1:]])
            read += survives(signal, tmp_path / "main.jsonl", text)
    assert read > 120


@pytest.mark.real
def test_chat_miner_reads_the_same(shared_data: Path):
    folder = shared_data / "corpora" / "chat_chatminer" / "test" / "signal"
    path = folder / "test_export.txt"
    assert signal.sniff(file_at(path)) == "signal-text"
    assert whatsapp.sniff(file_at(path)) == ""
    export = signal.read(file_at(path), settings=Settings()).export()
    senders = export.participants[export.participants["role"] == "from"].set_index("event_id")
    names = export.handles.merge(export.contacts, on="record_id").set_index("handle")["name"]
    found = sorted(
        (row["at"].strftime("%Y-%m-%dT%H:%M:%S"), names[senders["handle"][event_id]], row["size"])
        for event_id, row in export.interactions.iterrows()
    )
    target = json.loads((folder / "target.json").read_text(encoding="utf-8"))
    assert found == sorted(
        (row["timestamp"], row["author"], len(row["message"].encode())) for row in target
    )
    assert export.skipped.empty
