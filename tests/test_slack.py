"""Slack's export of a workspace."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from damage import damaged, odd_json, survives
from reading import FIXTURES, MARKER, events, otherwise, people, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at, members
from villagegraph.parsing.join import join
from villagegraph.readers import read_export, slack
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

SLACK = FIXTURES / "slack"
ADA, BEN, CY = "slack:U0ADABELL", "slack:U0BENOKAF", "slack:W0CYMORAL"
DAY = "2026-10-31.json"
DAYS = (f"general/{DAY}", f"D0ADABEN01/{DAY}", f"mpdm-ada--ben--cy-1/{DAY}")


def read(name: str, root: Path = SLACK) -> Export:
    file = file_at(root / name, label=f"export/{name}")
    assert slack.sniff(file) in slack.KINDS
    return slack.read(file, settings=Settings()).export()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return shutil.copytree(SLACK, tmp_path / "export")


def changed(workspace: Path, name: str, value: Any) -> Export:
    (workspace / name).write_text(json.dumps(value), encoding="utf-8")
    return read(name, workspace)


def records(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((SLACK / name).read_text(encoding="utf-8"))
    return found


def test_people_of_a_workspace():
    export = read("users.json")
    assert people(export) == {
        "Ada Bell": {
            "title": "Head of rivers",
            "handles": ["email:ada.bell@example.org", "phone:+15550100", ADA],
        },
        "Ben Okafor": {"handles": ["email:ben@example.org", BEN]},
        "Cy Morales": {"handles": ["phone:+493023125111", CY, "slack:WCYSHARED"]},
    }
    assert export.skipped[["line", "reason"]].to_numpy().tolist() == [[4, "a bot"], [5, "a bot"]]


def test_a_day_in_a_channel():
    export = read(DAYS[0])
    assert [(at[11:19], precision, who) for at, precision, who in events(export)] == [
        ("09:01:00", "day", [("from", BEN), ("to", ADA)]),  # two reactions, one touch
        ("09:02:00", "second", [("from", BEN), ("to", ADA)]),
        ("09:03:00", "second", [("from", CY), ("to", ADA), ("to", BEN)]),
        ("09:04:00", "second", [("from", ADA), ("to", CY)]),
        ("09:08:00", "second", [("from", BEN), ("to", ADA)]),
        ("09:09:00", "second", [("member", ADA), ("member", BEN)]),
    ]
    assert export.interactions["channel"].tolist() == ["social", *["chat"] * 4, "call"]
    assert export.interactions["minutes"].tolist()[-1] == 15
    assert export.interactions["size"].tolist()[1] == 8
    # the answers in one thread share a key
    threads = export.interactions["thread"].tolist()
    assert threads[0] == threads[1] == threads[2] != threads[3]
    assert people(export) == {"Ben Okafor": {"handles": [BEN]}}
    assert Counter(export.skipped["reason"]) == {
        "written by Slack itself, such as who joined": 2,
        "a message to a whole channel, which addresses nobody": 1,
        "an answer of which the export does not say to whom": 1,
        "written by a bot": 3,
        "the export does not say who wrote it": 1,
        "no date": 1,
    }
    chats = int((export.interactions["channel"] != "social").sum())
    assert chats + len(export.skipped) == len(records(DAYS[0]))


def test_conversations_of_a_few():
    assert [who for *_, who in events(read(DAYS[1]))] == [
        [("from", ADA), ("to", BEN)],
        [("from", BEN), ("to", ADA)],
    ]
    assert [who for *_, who in events(read(DAYS[2]))] == [[("from", CY), ("to", ADA), ("to", BEN)]]


def test_conversations_without_the_lists_above_them(tmp_path: Path):
    for name in DAYS:
        (tmp_path / name).parent.mkdir()
        shutil.copy(SLACK / name, tmp_path / name)
    assert events(read(DAYS[1], tmp_path)) == events(read(DAYS[1]))
    assert read(DAYS[2], tmp_path).skipped["reason"].tolist() == ["a note to oneself"]
    # a robot is known by users.json alone
    assert ("to", "slack:U0ROBOT01") in events(read(DAYS[0], tmp_path))[4][2]


def test_messages_to_robots_and_to_oneself(workspace: Path):
    place = workspace / "D0ADABOT01"
    place.mkdir()
    export = changed(workspace, f"D0ADABOT01/{DAY}", records(DAYS[1])[:1])
    assert export.skipped["reason"].tolist() == ["a message to a bot"]
    (workspace / "dms.json").write_text(
        '[{"id": "D0ADABOT01", "members": ["U0ADABELL"]}]', encoding="utf-8"
    )
    assert read(f"D0ADABOT01/{DAY}", workspace).skipped["reason"].tolist() == ["a note to oneself"]


def test_the_order_of_messages_does_not_count(workspace: Path):
    for name in (*DAYS, "users.json"):
        plain = said(read(name))
        assert said(changed(workspace, name, records(name)[::-1])) == plain
        for data in otherwise((SLACK / name).read_bytes()).values():
            (workspace / name).write_bytes(data)
            assert said(read(name, workspace)) == plain


def test_a_huddle_alone_is_no_call(workspace: Path):
    day = records(DAYS[0])
    huddle = next(m for m in day if m.get("subtype") == "huddle_thread")
    huddle["room"]["participant_history"] = ["U0ADABELL", "USLACKBOT"]
    export = changed(workspace, DAYS[0], [huddle])
    assert export.skipped["reason"].tolist() == ["a huddle in which nobody else took part"]


def test_the_rest_of_the_export_is_known(workspace: Path):
    for name in ("channels.json", "dms.json", "mpims.json", "integration_logs.json"):
        export = read(name)
        assert export.files["kind"].tolist() == ["slack-other"]
        assert len(export.files["notes"].iloc[0]) == 1
    for name in ("canvases.json", "groups.json", f"general/{'2026-11-01'}.json"):
        (workspace / name).write_text("[]", encoding="utf-8")
        export = read(name, workspace)
        assert export.interactions.empty
        assert export.skipped.empty


def test_a_zip_is_read_as_a_folder(tmp_path: Path):
    path = tmp_path / "River Lab Slack export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(SLACK.rglob("*.json")):
            archive.write(file, file.relative_to(SLACK).as_posix())
    export = read_export(path)
    parts = [read(name) for name in (*DAYS, "users.json")]
    assert said(export)[2] == said(join(parts))[2]
    assert set(export.files["kind"]) == {"slack", "slack-users", "slack-other"}
    assert len(members(file_at(path))[0]) == len(export.files)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"[{}]", b"[1]", b"\x00\xff", b'[{"type": "message", "date": "x"}]',
        b"[" * 70_000, b'[{"id": 1, "profile": 2}]', b'{"type": "message", "ts": "1793437200.1"}',
        b'[{"ID": 1, "Timestamp": "2026-10-31 09:00:00", "Contents": "x"}]',
    ],
)  # fmt: skip
def test_other_files_are_not_slacks(data: bytes, tmp_path: Path):
    for name in ("a.json", DAY, "users.json"):
        path = tmp_path / name
        path.write_bytes(data)
        assert slack.sniff(file_at(path)) == ""


def test_ids_of_any_length(tmp_path: Path):
    (tmp_path / "users.json").write_text(
        '[{"id": "U1", "name": "ada", "profile": {"email": "ada@example.org"}}]'
    )
    export = read("users.json", tmp_path)
    assert sorted(export.handles["handle"]) == ["email:ada@example.org", "slack:U1"]


def test_a_file_that_ends_in_the_middle_is_read_as_far_as_it_goes(workspace: Path):
    data = (SLACK / DAYS[0]).read_bytes()
    (workspace / DAYS[0]).write_bytes(data[: data.index(b'"U0ROBOT01", "bot_id"')])
    export = read(DAYS[0], workspace)
    assert len(export.interactions) == 4
    assert any("ends in the middle" in reason for reason in export.skipped["reason"])


def test_nothing_of_a_row_stands_in_a_message(workspace: Path):
    message = dict.fromkeys(("ts", "user", "text", "subtype", "thread_ts", "bot_id"), MARKER)
    day = [
        {"type": "message", "ts": "1793437200.000100", "user": MARKER, "text": MARKER},
        {**message, "type": "message"}, [MARKER], MARKER,
        {**message, "ts": "1793437200.000100", "bot_id": None, "reactions": [{"users": MARKER}]},
    ]  # fmt: skip
    export = changed(workspace, DAYS[0], day)
    assert len(export.skipped) == 5
    assert MARKER not in words(export)
    users = [{"id": "U0ADABELL", "profile": MARKER}, {"profile": {"email": MARKER}}, MARKER]
    export = changed(workspace, "users.json", users)
    assert MARKER not in words(export)
    path = workspace / "users.json"
    path.write_text(f'{{"{MARKER}": 1}}', encoding="utf-8")
    with pytest.raises(ExportError) as caught:
        slack.read(file_at(path, label="users.json"), settings=Settings())
    assert MARKER not in str(caught.value)


def test_whatever_is_damaged_is_survived(workspace: Path):
    read_on = 0
    for name in (*DAYS, "users.json"):
        for data in damaged((SLACK / name).read_bytes(), seed=11, times=20):
            read_on += survives(slack, workspace / name, data, label=name)
        for data in odd_json(records(name), seed=12, times=25):
            read_on += survives(slack, workspace / name, data, label=name)
    shutil.copytree(SLACK, workspace, dirs_exist_ok=True)
    day = (SLACK / DAYS[1]).read_bytes()
    for name in ("dms.json", "users.json"):
        for data in odd_json(records(name), seed=13, times=15):
            (workspace / name).write_bytes(data)
            assert survives(slack, workspace / DAYS[1], day, label=DAYS[1])
    assert read_on > 90


@pytest.mark.real
def test_a_real_workspace(shared_data: Path):
    path = shared_data / "corpora" / "slack" / "tests" / "testarchive.zip"
    export = read_export(path)
    assert len(export.contacts) == 4
    assert set(export.files["kind"]) == {"slack", "slack-users", "slack-other"}
    with zipfile.ZipFile(path) as archive:
        days = [n for n in archive.namelist() if n.endswith(".json") and "/" in n]
        total = sum(len(json.loads(archive.read(name))) for name in days)
    typed = export.interactions[export.interactions["channel"] == "chat"]
    assert len(typed) + len(export.skipped) == total
    assert Counter(export.skipped["reason"])["written by a bot"] == 97


def test_an_answer_to_a_message_of_another_day(workspace: Path):
    answer = {
        "type": "message", "user": "U0BENOKAF", "text": "late", "ts": "1793523600.000100",
        "thread_ts": "1793437260.000200", "parent_user_id": "U0ADABELL",
    }  # fmt: skip
    export = changed(workspace, DAYS[0], [answer])
    assert events(export)[0][2] == [("from", BEN), ("to", ADA)]


def test_each_message_has_reactions_of_its_own(workspace: Path):
    day = [
        {"type": "message", "user": "U0ADABELL", "text": "x", "ts": f"1793437{n}00.000100",
         "reactions": [{"name": "wave", "users": ["U0BENOKAF"], "count": 1}]}
        for n in (2, 3)
    ]  # fmt: skip
    assert len(changed(workspace, DAYS[0], day).interactions) == 2
