from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from villagegraph.errors import (
    ExportError,
    IdentityError,
    SettingsError,
    SkippedRowsWarning,
    TableError,
)
from villagegraph.settings import PersonSettings, Settings
from villagegraph.tables import CONTRACTS, check
from villagegraph.ties import tie_table
from villagegraph.village import Village, load_village, village_from_tables

MAIL = (
    "From x@example.org Thu Oct  1 09:00:00 2026\n"
    "Message-ID: <{id}@example.org>\nDate: Thu, 0{id} Oct 2026 09:00:00 +0000\n"
    "From: {sender}@example.org\nTo: {receiver}@example.org\n\nhello\n\n"
)


def folder_of(path: Path, settings: str = "") -> Path:
    mails = [("mia", "ada"), ("ada", "mia"), ("ben", "mia"), ("cem", "mia")]
    (path / "a.mbox").write_text(
        "".join(
            MAIL.format(id=number, sender=sender, receiver=receiver)
            for number, (sender, receiver) in enumerate(mails, start=1)
        )
    )
    if settings:
        (path / "village.toml").write_text(settings, encoding="utf-8")
    return path


def test_a_folder_becomes_checked_tables(tmp_path: Path) -> None:
    village = load_village(folder_of(tmp_path))
    for name in ("people", "interactions", "participants", "handles", "contacts", "merges"):
        check(getattr(village, name), CONTRACTS[name])
    for name in ("hints", "coverage", "files", "skipped"):
        check(getattr(village, name), CONTRACTS[name])
    assert village.me is not None
    assert village.people["name"][village.me] == "mia"
    assert str(village.last_day) == "2026-10-04"
    assert "mia" in village._repr_html_()


def test_until_keeps_the_people_and_drops_what_came_later(tmp_path: Path) -> None:
    village = load_village(folder_of(tmp_path))
    past = village.until("2026-10-02")
    assert len(past.interactions) == 2
    assert set(past.participants["event_id"]) == set(past.interactions.index)
    assert len(past.people) == len(village.people)
    assert len(village.interactions) == 4


def test_settings_reach_the_village(tmp_path: Path) -> None:
    settings = (
        'zone = "Asia/Tokyo"\n[me]\nname = "Mia Voss"\nemails = ["mia@example.org"]\n'
        'headline = "Maps for people"\n'
        '[people."ada@example.org"]\nstar = true\ntags = ["mentor"]\n'
        '[people."cem"]\nopt_out = true\n'
    )
    village = load_village(folder_of(tmp_path, settings))
    assert village.me is not None
    assert village.zone == "Asia/Tokyo"
    assert village.people["name"][village.me] == "Mia Voss"
    assert village.people["headline"][village.me] == "Maps for people"
    (ada,) = village.people.index[village.people["name"] == "ada"]
    assert village.chosen[ada].star
    assert village.people["tags"][ada] == ("mentor",)


def test_who_opts_out_is_nowhere(tmp_path: Path) -> None:
    everyone = load_village(folder_of(tmp_path))
    (cem,) = everyone.people.index[everyone.people["name"] == "cem"]
    village = load_village(folder_of(tmp_path, '[people."cem@example.org"]\nopt_out = true\n'))
    assert cem not in village.people.index
    assert cem not in set(village.participants["person_id"])
    assert cem not in tie_table(village, as_of="2026-10-31").reset_index()["person_u"].tolist()
    for name in ("handles", "contacts", "merges"):
        assert "cem" not in getattr(village, name).to_csv()


def test_who_opts_out_still_counts_in_the_size_of_a_mail(tmp_path: Path) -> None:
    mails = [MAIL.format(id=1, sender="mia", receiver="ada@example.org, ben")]
    (tmp_path / "a.mbox").write_text("".join(mails))
    (tmp_path / "village.toml").write_text(
        '[people."ben@example.org"]\nopt_out = true\n[people."ada@example.org"]\nstar = true\n'
    )
    village = load_village(tmp_path, me="mia@example.org")
    hidden = village.participants.query("person_id == ''")
    assert hidden["handle"].tolist() == ["hidden:1"]
    assert tie_table(village, as_of="2026-10-31")["credit"].tolist() == [0.5]


def test_no_handle_of_who_opts_out_is_left_anywhere(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, '[people."mia@example.org"]\nopt_out = true\n')
    box = (folder / "a.mbox").read_text()
    (folder / "a.mbox").write_text(
        box.replace("From: mia@", "Delivered-To: mia@example.org\nFrom: Mia Voss <mia@").replace(
            "<mia@example.org", "<mia@example.org>"
        )
    )
    # a mailbox in which the owner is not the one who has most mail
    (folder / "b.mbox").write_text(MAIL.format(id=9, sender="ada", receiver="cem"))
    village = load_village(folder, me="ada@example.org")
    for name in ("people", "handles", "contacts", "merges", "participants", "hints"):
        assert "mia" not in getattr(village, name).to_csv().casefold(), name
    assert set(village.merges["record_id"]) == set(village.contacts.index)
    assert not any("mia" in handle for handle in village.candidates)
    assert village.candidates


def test_own_tables_leave_out_who_opts_out() -> None:
    wishes = Settings(people={"ben": PersonSettings(opt_out=True)})
    mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    who = pd.DataFrame(
        {"event_id": ["m1"] * 3, "person_id": ["ada", "ben", "cem"], "role": ["from", "to", "to"]}
    )
    village = village_from_tables(mails, who, settings=wishes)
    assert list(village.people.index) == ["ada", "cem"]
    for name in ("people", "handles", "participants"):
        assert "ben" not in getattr(village, name).to_csv()
    assert len(village.participants) == 3
    assert tie_table(village, as_of="2026-10-31")["credit"].max() == 0.5


def test_the_owner_cannot_be_left_out(tmp_path: Path) -> None:
    settings = '[people."ada"]\nstar = true\n[people."mia@example.org"]\nopt_out = true\n'
    with pytest.raises(SettingsError, match=r"village.toml: `people.<entry 2>` opts out the owner"):
        load_village(folder_of(tmp_path, settings))
    with pytest.raises(SettingsError, match=r"`people.<entry 1>` opts out the owner"):
        village_of_two(me="ben", settings=Settings(people={"Ben": PersonSettings(opt_out=True)}))


def test_a_bad_settings_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"village.toml: `zone` needs to be an IANA"):
        load_village(folder_of(tmp_path, 'zone = "Mars"\n'))


def test_a_file_in_the_place_of_a_folder_and_the_reverse(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    with pytest.raises(ExportError, match="is a file, not a folder"):
        load_village(folder / "a.mbox")
    (folder / "village.toml").mkdir()
    with pytest.raises(SettingsError, match=r"village\.toml: cannot be read: is a directory"):
        load_village(folder)
    (folder / "village.toml").rmdir()
    (folder / "aliases.csv").mkdir()
    with pytest.raises(ExportError, match=r"aliases\.csv: "):
        load_village(folder)


def test_left_out_rows_warn_and_are_listed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.warns(SkippedRowsWarning, match="1 rows or files") as caught:
        village = load_village(folder)
    assert list(village.skipped["path"]) == ["photo.jpg"]
    warning = caught[0].message
    assert isinstance(warning, SkippedRowsWarning)
    assert warning.skipped is village.skipped


def test_an_alias_of_nobody_is_said(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "aliases.csv").write_text(
        "handle_a,handle_b,verdict\nada@example.org,nobody@example.org,same\n"
    )
    village = load_village(folder)
    assert village.skipped[["path", "line"]].to_numpy().tolist() == [["aliases.csv", 2]]


def test_wishes_for_nobody_are_said_and_an_unclear_opt_out_hides_all(tmp_path: Path) -> None:
    settings = '[people."Nobody"]\nstar = true\n[people."Ada Ash"]\nopt_out = true\n'
    folder = folder_of(tmp_path, settings)
    (folder / "b.vcf").write_text(
        "".join(
            f"BEGIN:VCARD\nVERSION:3.0\nFN:Ada Ash\nEMAIL:{box}@example.com\nEND:VCARD\n"
            for box in ("one", "two")
        )
    )
    village = load_village(folder)
    assert "Ada Ash" not in set(village.people["name"])
    assert list(village.skipped["reason"].str.slice(0, 7)) == ["entry 1", "entry 2"]
    assert "Ada" not in village.skipped.to_csv()


def test_wishes_by_person_id_reach_own_tables() -> None:
    wishes = Settings(people={"ben": PersonSettings(mute=True), "ADA": PersonSettings(star=True)})
    village = village_of_two(settings=wishes)
    assert village.chosen["ben"].mute
    assert village.chosen["ada"].star


def test_without_an_owner_the_error_says_what_to_do() -> None:
    village = village_of_two()
    with pytest.raises(IdentityError, match="--me"):
        village.owner()
    assert village_of_two(me="ada").owner() == "ada"


def village_of_two(me: str | None = None, settings: Settings | None = None) -> Village:
    mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    who = pd.DataFrame(
        {"event_id": ["m1", "m1"], "person_id": ["ada", "ben"], "role": ["from", "to"]}
    )
    return village_from_tables(mails, who, me=me, settings=settings)


def test_own_tables_are_filled_in_and_left_as_they_were() -> None:
    mails = pd.DataFrame({"event_id": [1, 2], "at": ["2026-10-01 09:00", "2026-10-02 09:00"]})
    who = pd.DataFrame({"event_id": [1, 1, 2, 2], "person_id": [7, 8, 7, 9]})
    people = pd.DataFrame({"person_id": [7, 5], "name": ["Ada", None], "tags": [["x"], None]})
    copies = [table.copy(deep=True) for table in (mails, who, people)]
    village = village_from_tables(mails, who, people=people, me="7")
    for table, copy in zip((mails, who, people), copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)
    assert village.people["name"].to_dict() == {"5": "5", "7": "Ada", "8": "8", "9": "9"}
    assert village.people["tags"]["7"] == ("x",)
    assert set(village.interactions["channel"]) == {"meeting"}
    ties = tie_table(village, as_of="2026-10-31")
    assert ties[["n_uv", "n_vu"]].to_numpy().tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    ("events", "who", "problem"),
    [
        ({"event_id": ["m1"]}, {}, "no column `at`"),
        ({"event_id": ["m1"], "at": [None]}, {}, "`at` is empty in 1 rows"),
        ({"event_id": ["m1", "m1"], "at": ["2026-10-01"] * 2}, {}, "1 repeated"),
        ({"event_id": ["m2"], "at": ["2026-10-01"]}, {}, "1 rows name an event that is not there"),
        ({"event_id": ["m1"], "at": ["2026-10-01"]}, {"person": ["x"]}, "no column `person_id`"),
    ],
)
def test_own_tables_with_faults_are_refused(
    events: dict[str, list[str]], who: dict[str, list[str]], problem: str
) -> None:
    rows = pd.DataFrame({"event_id": ["m1"], **(who or {"person_id": ["ada"]})})
    with pytest.raises(TableError, match=problem):
        village_from_tables(pd.DataFrame(events), rows)


@pytest.mark.parametrize(
    ("channel", "role", "problem"),
    [("mail", "from", "`channel` needs to be one of email, "),
     ("email", "sender", "`role` needs to be one of from, ")],
)  # fmt: skip
def test_own_tables_with_other_words_are_refused(channel: str, role: str, problem: str) -> None:
    mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01"], "channel": [channel]})
    who = pd.DataFrame({"event_id": ["m1"], "person_id": ["ada"], "role": [role]})
    with pytest.raises(TableError, match=problem):
        village_from_tables(mails, who)


def test_faults_of_both_tables_are_told_at_once_without_their_values() -> None:
    mails = pd.DataFrame({"event_id": ["m1", "m2"], "at": ["Zyzzogeton", None]})
    who = pd.DataFrame({"event_id": ["m1"], "person_id": ["ada"], "role": ["Zyzzogeton"]})
    with pytest.raises(TableError) as caught:
        village_from_tables(mails, who)
    assert len(caught.value.problems) == 3
    assert "`at` is empty in 1 rows" in str(caught.value)
    assert "`at` is no time in 1 rows" in str(caught.value)
    assert "Zyzzogeton" not in str(caught.value)


def test_whole_numbers_are_ids_too() -> None:
    mails = pd.DataFrame({"event_id": [1], "at": ["2026-10-01"]})
    who = pd.DataFrame({"event_id": [1, 1], "person_id": [1, 2]})
    assert village_from_tables(mails, who, me=1).owner() == "1"


def test_me_must_be_in_own_tables() -> None:
    with pytest.raises(IdentityError, match="nobody in these tables"):
        village_of_two(me="zoe")


def test_every_address_of_the_owner_is_found_without_settings(
    tmp_path: Path, truth: dict[str, Any]
) -> None:
    exports = tmp_path / "exports"
    shutil.copytree(Path(__file__).parent.parent / "data" / "sample" / "exports", exports)
    (exports / "village.toml").unlink()
    with pytest.warns(SkippedRowsWarning):
        village = load_village(exports)
    handles = village.handles
    mine = set(handles.loc[handles["person_id"] == village.me, "handle"])
    assert set(truth["me"]["handles"]) <= mine
    assert (village.people["name"] == truth["me"]["name"]).sum() == 1
