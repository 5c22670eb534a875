# ruff: noqa: S608 - the databases are this file's own
from __future__ import annotations

import base64
import random
import sqlite3
import zipfile
import zlib
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from reading import FIXTURES, MARKER, events, people, read_bytes, said, words
from spoiling import survives

from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, databases, file_at
from villagegraph.readers import imessage, read_export, read_folder
from villagegraph.settings import Me, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

ADA, CLEO = "phone:+15550100101", "phone:+15550100103"
BEN = "email:ben@example.org"
CASES = ("chat", "old", "contacts")


def script(case: str) -> str:
    return (FIXTURES / "imessage" / f"{case}.sql").read_text(encoding="utf-8")


def database(path: Path, sql: str, *, wal: bool = False) -> bytes:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        if wal:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(sql)
    return path.read_bytes()


def read(folder: Path, sql: str, **wishes: Settings) -> Export:
    return read_bytes(imessage, folder, database(folder / "x", sql), name="chat.db", **wishes)


def test_messages_are_read(tmp_path: Path):
    export = read(tmp_path, script("chat"))
    everybody = [("to", ADA), ("to", CLEO)]
    assert [(at[11:19], pairs) for at, _, pairs in events(export)] == [
        ("10:00:00", [("from", ADA), ("to", OWNER)]),
        ("10:01:00", [("from", OWNER), ("to", ADA)]),
        ("10:02:00", [("from", ADA), ("to", OWNER)]),
        ("10:03:00", [("from", BEN), ("to", OWNER), *everybody]),
        ("10:04:00", [("from", OWNER), ("to", BEN), *everybody]),
        ("10:07:40", [("from", CLEO), ("to", OWNER)]),
        ("10:09:40", [("from", OWNER), ("to", BEN)]),
    ]
    assert export.interactions["channel"].tolist() == [
        "chat", "chat", "sms", "chat", "chat", "social", "social",
    ]  # fmt: skip
    sizes = export.interactions["size"].tolist()
    assert sizes[:3] == [len("Lake at six? 😀".encode()), 3, 24]
    assert export.interactions["size"].isna().tolist() == [False] * 3 + [True, False, True, True]
    assert export.interactions["thread"].nunique() == 2
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        6: "its sender is no person's number or address",
        7: "to whom it went is not told",
        8: "it has no date",
        9: "the date is out of range",
        10: "a line about the chat, not a message",
        12: "a tapback that was taken back",
        14: "a tapback on an own or an unknown message",
    }
    assert sorted(export.hints["handle"]) == ["email:me@example.org", "phone:+15550100199"]
    assert export.files["notes"].iloc[0] == (
        "1 message of which only the time and the people are known",
    )


def test_an_old_phone_has_few_columns(tmp_path: Path):
    export = read(tmp_path, script("old"))
    assert events(export) == [
        ("2010-07-05T05:20:00+00:00", "second", [("from", ADA), ("to", OWNER)]),
        ("2010-07-05T05:21:00+00:00", "second", [("from", OWNER), ("to", ADA)]),
    ]


def test_the_address_book_brings_names(tmp_path: Path):
    export = read(tmp_path, script("contacts"))
    assert people(export) == {
        "Ada Bell": {
            "organization": "Acme",
            "title": "Engineer",
            "birthday": "1987-10-06",
            "handles": ["email:ada@example.org", "phone:+15550100101"],
        },
        "Benny": {"birthday": "--10-24", "handles": [BEN]},
        "": {"organization": "Tidewater Ferries", "handles": ["phone:+442079460018"]},
    }
    assert export.skipped["reason"].tolist() == ["no name, address or number: a group, or a firm"]


@pytest.mark.parametrize("case", CASES)
def test_a_database_in_a_zip_is_read_without_unpacking(case: str, tmp_path: Path):
    data = database(tmp_path / "chat.db", script(case), wal=True)
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/chat.db", data)
    plain = read_bytes(imessage, tmp_path / "plain", data, name="chat.db")
    assert said(read_export(path)) == said(plain)
    assert sorted(file.name for file in (tmp_path / "plain").iterdir()) == ["chat.db"]


def test_a_database_too_large_for_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data = database(tmp_path / "chat.db", script("chat"))
    monkeypatch.setattr(databases, "MAX_WHOLE_BYTES", 1_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("chat.db", data)
    with pytest.raises(ExportError, match="Unpack it into the folder"):
        read_export(tmp_path / "a.zip")


def test_two_copies_of_a_database_count_once(tmp_path: Path):
    database(tmp_path / "chat.db", script("chat"))
    database(tmp_path / "older.db", script("chat") + "DELETE FROM message WHERE ROWID > 3;")
    export = read_folder(tmp_path)
    assert len(export.interactions) == 7


def test_numbers_without_a_country(tmp_path: Path):
    sql = script("old").replace("+15550100101", "030 23125001")
    settings = Settings(me=Me(phones=("+49 30 23125 000",)))
    export = read(tmp_path, sql, settings=settings)
    assert "phone:+493023125001" in set(export.participants["handle"])


def test_a_log_beside_it_is_told(tmp_path: Path):
    database(tmp_path / "chat.db", script("chat"))
    (tmp_path / "chat.db-wal").write_bytes(b"\x37\x7f\x06\x82" + b"\0" * 40)
    export = read_folder(tmp_path)
    kinds = export.files["kind"].to_dict()
    assert kinds == {"chat.db": "imessage", "chat.db-wal": "imessage-log"}
    notes = [note for notes in export.files["notes"] for note in notes]
    assert sum(".backup" in note for note in notes) == 2


OTHER = "CREATE TABLE message (id INTEGER, body TEXT); CREATE TABLE urls (id INTEGER, url TEXT);"


def test_other_databases_are_not_claimed(tmp_path: Path):
    for sql in (OTHER, "CREATE TABLE handle (id TEXT);", "CREATE TABLE chat_message_join (a);"):
        database(tmp_path / "chat.db", sql)
        assert imessage.sniff(file_at(tmp_path / "chat.db")) == ""
    for data in (
        b"",
        b"SQLite format 3\0",
        b"SQLite format 3\0" + b"x" * 500,
        b"chat_message_join",
    ):
        (tmp_path / "chat.db").write_bytes(data)
        assert imessage.sniff(file_at(tmp_path / "chat.db")) == ""


def test_views_are_never_run(tmp_path: Path):
    endless = (
        "ALTER TABLE message RENAME TO held; CREATE VIEW message AS WITH RECURSIVE n(x) AS "
        "(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS ROWID, 'g' AS guid, 1 AS handle_id, "
        "0 AS is_from_me, 815133600 AS date FROM n;"
    )
    data = database(tmp_path / "x", script("chat") + endless)
    with pytest.raises(ExportError, match="has not the tables"):
        read_bytes(imessage, tmp_path, data, name="chat.db")


def test_values_of_wrong_kinds(tmp_path: Path):
    odd = ("NULL", "''", "x'ff00'", "1e300", "-1", "'x'", "9223372036854775807", "1.5")
    for value in odd:
        changes = "".join(
            f"UPDATE OR IGNORE message SET {column} = {value} WHERE ROWID = {row};"
            for row, column in enumerate(
                ("date", "handle_id", "text", "is_from_me", "service", "item_type"), start=1
            )
        )
        more = (
            f"INSERT INTO chat_message_join VALUES ({value}, 1, 0);"
            f"INSERT INTO chat_handle_join VALUES (1, {value});"
            f"INSERT OR IGNORE INTO handle (id, service) VALUES ({value}, 'x');"
        )
        sql = script("chat") + changes + more
        loose = sql.replace("TEXT NOT NULL", "").replace("INTEGER REFERENCES", "REFERENCES")
        export = read(tmp_path, loose.replace(", PRIMARY KEY (chat_id, message_id)", ""))
        assert len(export.interactions) + len(export.skipped) == 14


def test_a_damaged_database_keeps_what_can_be_read(tmp_path: Path):
    rows = ",".join(
        f"({n}, 'L-{n}', '{'word ' * 40}', 1, 'SMS', {815133600 + n}, 0)" for n in range(20, 2_000)
    )
    columns = "ROWID, guid, text, handle_id, service, date, is_from_me"
    more = f"INSERT INTO message ({columns}) VALUES {rows};"
    data = bytearray(database(tmp_path / "x", script("chat") + more))
    middle = len(data) // 2 // 4_096 * 4_096
    data[middle : middle + 8 * 4_096] = b"\xff" * 8 * 4_096
    export = read_bytes(imessage, tmp_path, bytes(data), name="chat.db")
    assert len(export.interactions) > 500
    assert export.skipped["reason"].iloc[-1].startswith("the database is damaged")
    with pytest.raises(ExportError, match="damaged or was copied while in use"):
        read_bytes(imessage, tmp_path, bytes(data[:20_000]), name="chat.db")


def test_nothing_of_a_row_stands_in_a_message(tmp_path: Path):
    marked = script("chat").replace("'Lake walks'", f"'{MARKER}'").replace("'SMS'", f"'{MARKER}'")
    marked += f"UPDATE message SET date = '{MARKER}' WHERE ROWID > 4;"
    marked += f"UPDATE handle SET id = '{MARKER}' || ROWID;"
    marked += f"UPDATE message SET destination_caller_id = '{MARKER}', text = '{MARKER}';"
    export = read(tmp_path, marked)
    assert len(export.skipped) == 14
    assert MARKER not in words(export)
    assert MARKER not in str(said(export))


@pytest.mark.parametrize("case", CASES)
def test_damaged_databases_are_read_or_refused(case: str, tmp_path: Path):
    data = database(tmp_path / "x", script(case))
    dice = random.Random(7)  # noqa: S311
    read = 0
    for _ in range(80):
        out = bytearray(data)
        for _ in range(dice.randint(1, 20)):
            out[dice.randrange(len(out))] = dice.randrange(256)
        if dice.random() < 0.2:
            del out[dice.randrange(len(out)) :]
        read += survives(imessage, tmp_path / "chat.db", bytes(out))
    assert read > 15


def test_a_message_in_two_chats_is_told_of_the_older(tmp_path: Path):
    for order in ("(1, 5), (2, 5)", "(2, 5), (1, 5)"):
        joins = f"DELETE FROM chat_message_join; INSERT INTO chat_message_join VALUES {order};"
        sql = script("chat").replace(
            "message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id)",
            "PRIMARY KEY (a, b)",
        )
        sql = sql.replace("PRIMARY KEY (a, b)", "UNIQUE (message_id, chat_id)")
        export = read(tmp_path, sql + joins)
        at = export.interactions["at"] == "2026-10-31T10:04:00Z"
        (event,) = export.interactions.index[at]
        pairs = export.participants[export.participants["event_id"] == event]
        assert sorted(pairs["handle"]) == sorted([OWNER, ADA])


def test_whom_the_owner_writes_to_is_not_the_owner(tmp_path: Path):
    sql = "UPDATE message SET destination_caller_id = '+15550100101' WHERE ROWID = 1;"
    export = read(tmp_path, script("chat") + sql)
    assert sorted(export.hints["handle"]) == ["email:me@example.org", "phone:+15550100199"]


def test_counts_agree(tmp_path: Path):
    export = read(tmp_path, script("chat"))
    assert Counter(export.interactions["app"]) == {"imessage": 7}
    assert len(export.interactions) + len(export.skipped) == 14


def test_a_damaged_length_is_no_want_of_memory(tmp_path: Path):
    packed = (FIXTURES / "imessage" / "damaged.zlib.b64").read_text()
    path = tmp_path / "chat.db"
    path.write_bytes(zlib.decompress(base64.b64decode(packed)))
    file = file_at(path)
    assert imessage.sniff(file)
    with pytest.raises(ExportError, match="damaged"):
        imessage.read(file, settings=Settings())
