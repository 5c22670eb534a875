"""Telegram: whole accounts and single chats, held and streamed, whatever stands in them."""

from __future__ import annotations

import json
import math
import random
import traceback
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.reading import FIXTURES, MARKER, otherwise, people, read_bytes, said, words
from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, file_at, json_stream
from villagegraph.parsing.join import join
from villagegraph.readers import telegram
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

CASES = sorted((FIXTURES / "telegram").glob("*.json"))
ADA, BEN, CY, MARA = (f"telegram:user{number}" for number in (1001, 1002, 1003, 1000))


def fixture(name: str) -> bytes:
    return (FIXTURES / "telegram" / name).read_bytes()


def read(folder: Path, data: bytes | str, *, zone: str = "Europe/Berlin") -> Export:
    data = data if isinstance(data, bytes) else fixture(data)
    return read_bytes(telegram, folder, data, name="result.json", settings=Settings(zone=zone))


def sent(export: Export) -> list[tuple[str, str, str, tuple[str, ...], float, float]]:
    """Return channel, time, author, others, minutes and size of every event."""
    found = []
    for event_id, row in export.interactions.iterrows():
        own = export.participants[export.participants["event_id"] == event_id]
        authors = own.loc[own["role"] == "from", "handle"].tolist()
        assert len(authors) == 1
        others = tuple(sorted(own.loc[own["role"] == "to", "handle"]))
        number = [-1 if math.isnan(row[name]) else row[name] for name in ("minutes", "size")]
        at = row["at"].strftime("%m-%d %H:%M:%S")
        found.append((row["channel"], at, authors[0], others, *number))
    return sorted(found)


PERSONAL = [
    ("call", "03-01 13:00:00", MARA, (ADA,), 9, -1),
    ("call", "03-01 14:00:00", ADA, (MARA,), 0, -1),
    ("chat", "03-01 12:00:00", ADA, (MARA,), -1, 19),
    ("chat", "03-01 12:01:00", MARA, (ADA,), -1, 15),
    ("chat", "03-01 12:02:00", MARA, (ADA,), -1, -1),
    ("chat", "03-01 14:13:20", MARA, (ADA,), -1, 17),
    ("social", "03-01 12:05:00", ADA, (MARA,), -1, -1),
]


def test_an_account(tmp_path: Path):
    export = read(tmp_path, "account.json")
    everybody = {ADA, BEN, CY, MARA}
    assert sent(export) == sorted(
        [
            *PERSONAL,
            ("chat", "03-01 12:03:20", ADA, tuple(sorted(everybody - {ADA})), -1, 10),
            ("chat", "03-01 12:08:20", BEN, tuple(sorted(everybody - {BEN})), -1, 2),
            ("chat", "03-01 12:16:39", BEN, (MARA, CY), -1, 3),
            ("chat", "03-01 12:16:40", CY, (MARA, BEN), -1, 7),
            ("chat", "03-02 13:00:00", "telegram:user1009", (MARA,), -1, 12),
        ]
    )
    assert Counter(export.skipped["reason"]) == {
        "a line written by Telegram itself": 3,
        "a channel's post in a group": 1,
        "a message in a chat with a bot": 1,
        "a saved message: written to nobody": 1,
        "a reply under a channel's post": 1,
        "a verification code": 2,
        "a message in a channel": 2,
        "a contact without a name or number": 1,
    }
    found = people(export)
    handles = {
        handle: set(export.handles.loc[export.handles["record_id"] == record, "handle"])
        for handle, record in zip(
            export.handles["handle"], export.handles["record_id"], strict=True
        )
    }
    assert handles["phone:+442079460001"] == {"phone:+442079460001", ADA}
    assert found["Dee"]["handles"] == ["phone:+15550100"]
    assert set(export.hints["handle"]) == {MARA, "phone:+493023125001"}
    assert set(export.hints["hint"]) == {"owner"}
    assert not export.interactions["automated"].any()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_streamed_gives_the_same_tables(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
):
    held = read(tmp_path, path.read_bytes())
    monkeypatch.setattr(json_stream, "WHOLE_BYTES", 0)
    monkeypatch.setattr(json_stream, "_CHUNK_BYTES", 7)
    streamed = read(tmp_path, path.read_bytes())
    assert said(held) == said(streamed)
    for name in CONTRACTS:
        if hasattr(held, name):
            check(getattr(held, name), CONTRACTS[name])


def test_a_chat_alone_is_part_of_the_account(tmp_path: Path):
    alone, account = read(tmp_path, "personal_chat.json"), read(tmp_path, "account.json")
    assert sent(alone) == PERSONAL
    assert set(alone.interactions.index) < set(account.interactions.index)
    assert list(alone.hints["handle"]) == [MARA]
    both = join([alone, account])
    assert len(both.interactions) == len(account.interactions)


def test_a_group_alone_does_not_tell_who_exported_it(tmp_path: Path):
    export = read(tmp_path, "group.json")
    assert export.hints.empty
    members = {ADA, BEN, MARA, "name:cy berg@telegram"}
    assert [set(row[3]) for row in sent(export)] == [members - {ADA}, members - {BEN}]


def test_old_exports_have_local_times_and_bare_numbers(tmp_path: Path):
    export = read(tmp_path, "old.json")
    assert sent(export) == [
        ("chat", "07-01 10:00:00", ADA, (MARA,), -1, 2),
        ("chat", "07-01 10:00:30", MARA, (ADA,), -1, 5),
    ]
    assert set(export.interactions["zone"]) == {"Europe/Berlin"}
    assert Counter(export.skipped["reason"]) == {
        "the date is out of range": 1,
        "no date": 1,
        "no author": 1,
    }


def test_equal_messages_without_numbers_count_each(tmp_path: Path):
    export = read(tmp_path, "names_alone.json")
    rows = json.loads(fixture("names_alone.json"))["messages"]
    assert len(export.interactions) == len(rows)
    turned = json.dumps({"messages": rows[::-1]}).encode()
    assert said(read(tmp_path, turned)) == said(export)


def test_values_of_the_wrong_kind(tmp_path: Path):
    export = read(tmp_path, "odd_values.json")
    assert len(export.interactions.query("channel == 'chat'")) == 2
    assert len(export.interactions.query("channel == 'call'")) == 1
    rows = json.loads(fixture("odd_values.json"))["messages"]
    own = export.interactions["channel"] != "social"
    assert own.sum() + len(export.skipped) == len(rows)
    reasons = Counter(export.skipped["reason"])
    assert reasons[json_stream.BAD_RECORD] == 4
    assert reasons["the date is out of range"] == 3


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo"])
def test_reactions_do_not_depend_on_the_zone(tmp_path: Path, zone: str):
    export = read(tmp_path, "personal_chat.json", zone=zone)
    assert sent(export) == PERSONAL


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_line_ends_marks_and_utf_16_do_not_count(tmp_path: Path, path: Path):
    data = path.read_bytes()
    want = said(read(tmp_path, data))
    for changed in [*otherwise(data).values(), data.decode().encode("utf-16")]:
        assert said(read(tmp_path, changed)) == want


@pytest.mark.parametrize("name", ["account.json", "personal_chat.json", "group.json"])
def test_order_does_not_count(tmp_path: Path, name: str):
    whole = json.loads(fixture(name))

    def turn(chat: dict[str, Any]) -> dict[str, Any]:
        return dict(reversed({**chat, "messages": chat["messages"][::-1]}.items()))

    want = said(read(tmp_path, fixture(name)))
    if "chats" in whole:
        for part in ("chats", "left_chats"):
            whole[part]["list"] = [turn(chat) for chat in reversed(whole[part]["list"])]
        whole["contacts"]["list"].reverse()
    else:
        whole = turn(whole)
    assert said(read(tmp_path, json.dumps(whole).encode())) == want


def test_a_file_that_ends_in_the_middle_keeps_what_is_whole(tmp_path: Path):
    data = fixture("personal_chat.json")
    whole = read(tmp_path, data)
    cut = read(tmp_path, data[: data.index(b'"id": 6')])
    assert len(cut.interactions) == 6
    assert set(cut.interactions.index) < set(whole.interactions.index)
    assert list(cut.skipped["reason"]) == [json_stream.CUT]
    assert cut.skipped["line"].iloc[0] > 60


def test_a_damaged_message_alone_is_left_out(tmp_path: Path):
    data = fixture("personal_chat.json").replace(b'"Z\xc3\xab', b'"Z', 1)
    data = data.replace(b'"id": 3,', b'"id": nothing,', 1)
    export = read(tmp_path, data)
    assert len(export.interactions) == 6
    assert json_stream.BAD_RECORD in set(export.skipped["reason"])


def test_a_group_of_more_than_a_hundred_is_left_out(tmp_path: Path):
    def group(n: int) -> bytes:
        rows = [
            {"id": i, "type": "message", "date_unixtime": "1614600000", "from_id": f"user{i}"}
            for i in range(1, n + 1)
        ]
        chat = {"type": "public_supergroup", "id": 7, "messages": rows}
        return json.dumps(chat).encode()

    assert len(read(tmp_path, group(100)).interactions) == 100
    export = read(tmp_path, group(101))
    assert export.interactions.empty
    assert Counter(export.skipped["reason"]) == {
        "a message in a group of more than 100 people": 101
    }


def test_somebody_who_writes_alone_writes_to_the_owner(tmp_path: Path):
    chat = json.loads(fixture("personal_chat.json"))
    chat["messages"] = chat["messages"][:1]
    export = read(tmp_path, json.dumps(chat).encode())
    assert [row[2:4] for row in sent(export)] == [(ADA, (OWNER,))]


@pytest.mark.parametrize("name", ["messages.html", "contacts.html"])
def test_html_is_refused_with_advice(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(fixture("messages.html"))
    assert telegram.sniff(file_at(path)) == "telegram"
    with pytest.raises(ExportError, match="Machine-readable JSON"):
        telegram.read(file_at(path), settings=Settings())


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"messages": []}', b"<html></html>", b"\xff\xfe", b"\0" * 99]
)
def test_others_are_not_claimed(tmp_path: Path, data: bytes):
    path = tmp_path / "result.json"
    path.write_bytes(data)
    assert telegram.sniff(file_at(path)) == ""


def marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: marked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return f"{MARKER} {value}" if isinstance(value, str) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_message_holds_what_stands_in_the_file(tmp_path: Path, path: Path):
    whole = marked(json.loads(path.read_bytes()))
    data = json.dumps(whole).encode()
    for broken in (data, data[: len(data) * 2 // 3], data.replace(b"[", b"{", 1)):
        file = tmp_path / "result.json"
        file.write_bytes(broken)
        try:
            shown = words(telegram.read(file_at(file), settings=Settings()).export())
        except ExportError as error:
            shown = "".join(traceback.format_exception(error))
        assert MARKER not in shown


def test_nothing_but_export_errors_comes_out(tmp_path: Path):
    rng = random.Random(20261031)  # noqa: S311 - a sample, nothing secret
    seeds = [path.read_bytes() for path in CASES]
    path = tmp_path / "result.json"
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
        telegram.sniff(file)
        try:
            export = telegram.read(file, settings=Settings()).export()
        except ExportError:
            continue
        check(export.interactions, CONTRACTS["interactions"])


@pytest.mark.real
@pytest.mark.parametrize("name", ["test_single_export.json", "test_batch_export.json"])
def test_like_chat_miner(shared_data: Path, name: str):
    folder = shared_data / "corpora" / "chat_chatminer" / "test" / "telegram"
    target = json.loads((folder / "target.json").read_text())
    file = file_at(folder / name)
    assert telegram.sniff(file) == "telegram"
    export = telegram.read(file, settings=Settings()).export()
    want = sorted(
        (
            f"name:{row['author'].lower()}@telegram",
            row["timestamp"],
            len(row["message"].encode()),
        )
        for row in target
    )
    senders = export.participants.query("role == 'from'").set_index("event_id")["handle"]
    found = sorted(
        (senders[event_id], row["at"].strftime("%Y-%m-%dT%H:%M:%S"), row["size"])
        for event_id, row in export.interactions.iterrows()
    )
    assert found == want
    assert export.skipped.empty


@pytest.mark.parametrize("number", ["442079460001", "+44 20 7946 0001", "0044 20 7946 0001"])
def test_numbers_have_a_country_with_or_without_its_sign(tmp_path: Path, number: str):
    data = fixture("account.json").replace(b"0044 20 7946 0001", number.encode())
    assert "phone:+442079460001" in set(read(tmp_path, data).handles["handle"])


def test_a_list_of_chats_that_is_no_list_does_not_end_the_reading(tmp_path: Path):
    message = '{"id": 1, "type": "message", "date_unixtime": "1700000000", "from": "Ada", '
    message += '"from_id": "user1", "text": "hello"}'
    # the broken date makes it go record by record
    text = '{"personal_information": {"user_id": 2}, "chats": {"list": {"messages": [%s, {"id": []}'
    path = tmp_path / "result.json"
    path.write_text(text % message)
    file = file_at(path)
    export = telegram.read(file, settings=Settings()).export()
    assert len(export.skipped) + len(export.interactions) >= 1
