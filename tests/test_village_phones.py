"""Several phones' records as one village."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from villagegraph.errors import ExportError, IdentityError
from villagegraph.measures import interaction_log
from villagegraph.village import load_village, village_from_phones

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "interaction,direction,correspondent_id,datetime,call_duration,antenna_id\n"
ADA = """\
call,out,ben,2026-10-01 10:00:00,60,1
text,in,ben,2026-10-01 11:00:00,,1
text,out,cy,2026-10-01 12:00:00,,1
text,out,ben,2026-10-02 10:00:00,,1
"""
# the clock of ben's phone is 20 seconds late; the text of the 2nd never came
BEN = """\
call,in,ada,2026-10-01 10:00:20,60,2
text,out,ada,2026-10-01 11:00:20,,2
text,in,cy,2026-10-03 10:00:00,,2
"""


def phones(folder: Path, **files: str) -> Path:
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(HEADER + rows, encoding="utf-8")
    return folder


def test_what_two_phones_tell_counts_once(tmp_path: Path):
    village = village_from_phones(phones(tmp_path, ada=ADA, ben=BEN), me="ada")
    assert list(village.people.index) == ["ada", "ben", "cy"]
    assert village.me == "ada"
    assert len(village.interactions) == 5
    # as the one tells it who called or wrote
    assert village.interactions["source"].tolist() == [
        "ada.csv", "ben.csv", "ada.csv", "ada.csv", "ben.csv",
    ]  # fmt: skip
    found = interaction_log(village)
    assert found[["person_id", "direction", "channel"]].to_numpy().tolist() == [
        ["ben", "out", "call"], ["ben", "in", "sms"], ["cy", "out", "sms"], ["ben", "out", "sms"],
    ]  # fmt: skip
    assert found["minutes"].tolist()[0] == 1
    assert len(interaction_log(village, person="ben")) == 4


def test_what_one_of_two_phones_lacks_is_left_out_and_told(tmp_path: Path):
    village = village_from_phones(phones(tmp_path, ada=ADA, ben=BEN), me="ada", agreed=True)
    # nobody can contradict what passed with cy, whose records are not there
    assert interaction_log(village)["person_id"].tolist() == ["ben", "ben", "cy"]
    assert village.skipped[["path", "reason"]].to_numpy().tolist() == [
        ["ada.csv", "1 record that the other phone lacks"]
    ]


@pytest.mark.parametrize(("late", "events"), [(29, 1), (30, 2)])
def test_clocks_may_differ_by_less_than_half_a_minute(late: int, events: int, tmp_path: Path):
    row = "text,{},{},2026-10-01 10:00:{:02d},,\n"
    folder = phones(tmp_path, ada=row.format("out", "ben", 0), ben=row.format("in", "ada", late))
    assert len(village_from_phones(folder, me="ada").interactions) == events


def test_two_equal_records_are_two(tmp_path: Path):
    row = "text,{},{},2026-10-01 10:00:00,,\n"
    two, one = row.format("in", "ben") * 2, row.format("out", "ada")
    folder = phones(tmp_path, ada=two, ben=one)
    for agreed in (False, True):
        assert len(village_from_phones(folder, me="ada", agreed=agreed).interactions) == 2


def test_numbers_name_files(tmp_path: Path):
    row = "text,out,+15550100102,2026-10-01 10:00:00,,\n"
    phones(tmp_path, **{"+15550100101": row})
    village = village_from_phones(tmp_path, me="+1 (555) 010-0101")
    assert list(village.people.index) == ["+15550100101", "+15550100102"]


def test_files_that_are_no_records_are_passed_over(tmp_path: Path):
    phones(tmp_path, ada=ADA)
    (tmp_path / "antennas.csv").write_text("antenna_id,latitude,longitude\n1,0,0\n")
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    assert len(village_from_phones(tmp_path, me="ada").interactions) == 4
    with pytest.raises(IdentityError, match="no file of records"):
        village_from_phones(tmp_path, me="ben")
    (tmp_path / "ada.csv").unlink()
    with pytest.raises(ExportError, match="holds no call or text records"):
        village_from_phones(tmp_path, me="ada")


def test_the_owner_of_one_phone_needs_no_name(tmp_path: Path):
    village = load_village(phones(tmp_path, ada=ADA), cache=False)
    assert village.me_basis == "takes part in everything that was read"
    assert interaction_log(village)["direction"].tolist() == ["out", "in", "out", "out"]
