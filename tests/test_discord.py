"""Discord's data package."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from damage import damaged, odd_json, survives
from reading import FIXTURES, MARKER, events, otherwise, people, reversed_csv, said, words

from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, file_at
from villagegraph.parsing.join import join
from villagegraph.readers import discord
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

PACKAGE = FIXTURES / "discord"
ADA, BEN, CY = (f"discord:10000000000000000{n}" for n in (1, 2, 3))
USER = "Account/user.json"
DM, GROUP, SERVER, GONE = (
    f"Messages/c20000000000000000{n}/messages.{ending}"
    for n, ending in enumerate(("json", "csv", "json", "json"), start=1)
)


def read(name: str, root: Path = PACKAGE) -> Export:
    file = file_at(root / name, label=f"package/{name}")
    assert discord.sniff(file) in discord.KINDS
    return discord.read(file, settings=Settings()).export()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return shutil.copytree(PACKAGE, tmp_path / "package")


def content(name: str) -> Any:
    return json.loads((PACKAGE / name).read_text(encoding="utf-8"))


def changed(package: Path, name: str, value: Any) -> Export:
    (package / name).write_text(json.dumps(value), encoding="utf-8")
    return read(name, package)


def test_the_owner_and_friends():
    export = read(USER)
    own = ["discord:100000000000000001", "email:ada.bell@example.org", "phone:+493023125100"]
    assert people(export) == {
        "Ada Bell": {"handles": own},
        "Ben Okafor": {"handles": [BEN]},
        "Cy Morales": {"handles": [CY]},
    }
    assert sorted(export.hints["handle"]) == own
    assert export.skipped["reason"].tolist() == [
        "no friend, but somebody asked or blocked",
        "the friend has no account",
    ]


def test_messages_to_one_person():
    export = read(DM)
    assert events(export) == [
        ("2026-10-31T09:05:10+00:00", "second", [("from", ADA), ("to", BEN)]),
        ("2026-10-31T09:06:10.123000+00:00", "second", [("from", ADA), ("to", BEN)]),
    ]
    assert export.interactions["size"].tolist() == [10, 0]
    assert people(export) == {"ben_o": {"handles": [BEN]}}
    assert export.skipped["reason"].tolist() == ["no date"]
    assert export.files["notes"].iloc[0] == (discord.ONLY_OWN,)


def test_messages_to_a_group_in_an_older_package():
    export = read(GROUP)
    assert [who for *_, who in events(export)] == [[("from", ADA), ("to", BEN), ("to", CY)]] * 2
    assert export.interactions["size"].tolist() == [19, 0]


def test_a_table_that_breaks_off_is_read_as_far_as_it_goes(package: Path):
    data = (package / GROUP).read_bytes()
    (package / GROUP).write_bytes(data[: data.rindex(b",,https")])
    export = read(GROUP, package)
    assert len(export.interactions) == 1
    assert export.skipped[["line", "reason"]].to_numpy().tolist() == [
        [4, "fewer cells than the header has columns"]
    ]


def test_messages_on_a_server_and_to_nobody():
    export = read(SERVER)
    assert [who for *_, who in events(export)] == [[("from", ADA), ("to", CY)]]
    reasons = [
        *export.skipped["reason"],
        *read(GONE).skipped["reason"],
    ]
    assert reasons == [
        "a message to a whole server, which addresses nobody",
        "a message to an account that was deleted",
    ]


def test_messages_without_their_neighbours(tmp_path: Path):
    for name in (DM, SERVER):
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True)
        shutil.copy(PACKAGE / name, path)
    alone = read(DM, tmp_path / "package")
    assert alone.interactions.empty
    assert "channel.json" in words(alone)
    shutil.copy(PACKAGE / DM.replace("messages", "channel"), tmp_path / "package" / "Messages")
    (tmp_path / "package" / "Messages" / "channel.json").rename(
        tmp_path / "package" / DM.replace("messages.json", "channel.json")
    )
    known = read(DM, tmp_path / "package")
    # who of the two the owner is stands in user.json alone
    assert events(known)[0][2] == [("from", OWNER), ("to", ADA), ("to", BEN)]
    assert set(known.interactions.index) == set(read(DM).interactions.index)


def test_the_rest_of_the_package_is_known(package: Path):
    for name in ("Messages/index.json", DM.replace("messages.json", "channel.json")):
        export = read(name)
        assert export.files["kind"].tolist() == ["discord-other"]
        assert len(export.files["notes"].iloc[0]) == 1
    export = changed(package, DM, [])
    assert export.interactions.empty
    assert export.skipped.empty


def test_the_order_of_messages_does_not_count(package: Path):
    for name in (DM, SERVER, GONE):
        assert said(changed(package, name, content(name)[::-1])) == said(read(name))
    for name in (USER, DM, GROUP, SERVER):
        if name == GROUP:
            (package / name).write_bytes(reversed_csv((PACKAGE / name).read_bytes()))
            assert said(read(name, package))[2:4] == said(read(name))[2:4]
        for kind, data in otherwise((PACKAGE / name).read_bytes()).items():
            (package / name).write_bytes(data)
            if name == GROUP and kind == "crlf":
                continue  # the line end within a message is one byte more
            assert said(read(name, package)) == said(read(name))


def test_parts_add_up(package: Path):
    whole = content(DM)
    parts = [changed(package, DM, whole[:1]), changed(package, DM, whole)]
    assert said(join(parts))[2] == said(read(DM))[2]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"\x00\xff", b'{"id": "1", "username": "x"}', b'[{"ID": "x"}]',
        b"ID,Name\n1,x\n", b'{"12": "x"}', b'{"id": "1", "type": "personal_chat"}', b"[" * 70_000,
        b'{"name": "x", "type": "personal_chat", "id": 1, "messages": []}',
    ],
)  # fmt: skip
def test_other_files_are_not_discords(data: bytes, tmp_path: Path):
    path = tmp_path / "messages.json"
    path.write_bytes(data)
    assert discord.sniff(file_at(path)) == ""


def test_nothing_of_a_row_stands_in_a_message(package: Path):
    rows: list[Any] = [
        {"ID": 400000000000000001, "Timestamp": MARKER, "Contents": MARKER}, MARKER, [MARKER],
        {"ID": MARKER, "Timestamp": MARKER, "Contents": MARKER},
    ]  # fmt: skip
    export = changed(package, DM, rows)
    assert len(export.skipped) == 4
    assert MARKER not in words(export)
    table = f"ID,Timestamp,Contents,Attachments\n{MARKER},{MARKER},{MARKER},{MARKER},{MARKER}\n"
    (package / GROUP).write_text(table + f'{MARKER},"{MARKER}\n{MARKER}\n', encoding="utf-8")
    export = read(GROUP, package)
    assert len(export.skipped) == 2
    assert MARKER not in words(export)
    user = {"id": "100000000000000001", "username": MARKER, "discriminator": MARKER}
    export = changed(package, USER, {**user, "relationships": [MARKER, {"type": MARKER}]})
    assert MARKER not in words(export)
    path = package / "a.json"
    path.write_text(f'{{"{MARKER}": 1}}', encoding="utf-8")
    with pytest.raises(ExportError) as caught:
        discord.read(file_at(path), settings=Settings())
    assert MARKER not in str(caught.value)


def test_whatever_is_damaged_is_survived(package: Path):
    read_on = 0
    for name in (USER, DM, GROUP, SERVER, "Messages/index.json"):
        for data in damaged((PACKAGE / name).read_bytes(), seed=41, times=12):
            read_on += survives(discord, package / name, data, label=f"p/{name}")
        if name != GROUP:
            for data in odd_json(content(name), seed=42, times=15):
                read_on += survives(discord, package / name, data, label=f"p/{name}")
    shutil.copytree(PACKAGE, package, dirs_exist_ok=True)
    messages = (PACKAGE / DM).read_bytes()
    for name in (DM.replace("messages.json", "channel.json"), "Messages/index.json", USER):
        for data in odd_json(content(name), seed=43, times=15):
            (package / name).write_bytes(data)
            assert survives(discord, package / DM, messages, label=f"p/{DM}")
    assert read_on > 40
