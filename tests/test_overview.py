"""What `check` tells: every row counted, gaps to be seen, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from villagegraph.cli import main
from villagegraph.overview import overview, overview_text
from villagegraph.overview.coverage import coverage_text, strip
from villagegraph.overview.steps import next_steps
from villagegraph.village import load_village

if TYPE_CHECKING:
    from pathlib import Path

MAIL = (
    "From x@example.org Mon Jan  5 10:00:00 2026\n"
    "From: Ada <ada@example.org>\nTo: Ben <ben@example.org>\nMessage-ID: <{0}@example.org>\n"
    "Date: {1}\n\nHello\n\n"
)


MONTHS = [(1, "Jan"), (2, "Feb"), (3, "Mar"), (4, "Apr")]


def month(number: int) -> dict[str, object]:
    return {"source": "a.mbox", "channel": "email", "month": f"2026-{number:02d}", "n": number}


def facts(**changes: object) -> dict[str, object]:
    found = {"people": 3, "me": {"name": "Ada"}, "files": [], "unread": []}
    return found | changes


def test_the_sums_agree_for_every_file(sample_village):
    told = overview(sample_village)
    for file in told["files"]:
        assert sum(file["left_out"].values()) == file["skipped"]
    assert sum(item["n"] for item in told["skipped"]) == len(sample_village.skipped)
    assert sum(row["n"] for row in told["coverage"]) == told["interactions"]
    assert {file["dated"] for file in told["files"] if "LinkedIn" in file["path"]} == {"2026-10-31"}


def test_one_person_and_one_event_are_not_several(tmp_path: Path):
    (tmp_path / "a.mbox").write_text(MAIL.format(1, "Mon, 5 Jan 2026 10:00:00 +0000"))
    shown = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert ", 1 event (" in shown.stdout
    (tmp_path / "a.mbox").unlink()
    (tmp_path / "a.vcf").write_text("BEGIN:VCARD\nFN:Ada\nEND:VCARD\n")
    shown = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "\n1 person, 0 events (" in shown.stdout
    assert shown.stderr.startswith("Read 1 file: 1 person, 0 events;")


def test_a_file_of_which_nothing_was_read_is_named_apart(tmp_path: Path):
    (tmp_path / "a.mbox").write_text(MAIL.format(1, "Mon, 5 Jan 2026 10:00:00 +0000"))
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    told = overview(load_village(tmp_path, me="ada@example.org"))
    assert told["unread"] == [{"path": "photo.jpg", "reason": "not an export of a known kind."}]
    assert any("villagegraph exports" in step["do"] for step in told["next"])


def test_the_owner_s_own_files_are_no_exports_that_were_not_read(tmp_path: Path):
    (tmp_path / "a.mbox").write_text(MAIL.format(1, "Mon, 5 Jan 2026 10:00:00 +0000"))
    (tmp_path / "village.toml").write_text('[people."No Body"]\nstar = true\n')
    told = overview(load_village(tmp_path, me="ada@example.org"))
    assert [item["places"] for item in told["skipped"]] == [["village.toml"]]
    assert told["unread"] == []
    assert not any("nothing was read" in step["why"] for step in told["next"])


def test_an_overlap_of_two_exports_is_no_gap_in_one_of_them(tmp_path: Path):
    mails = [MAIL.format(m, f"{m} {name} 2026 10:00:00 +0000") for m, name in MONTHS]
    (tmp_path / "a.mbox").write_text("".join(mails[1:3]))
    (tmp_path / "b.mbox").write_text("".join([*mails, mails[0]]))
    for _ in range(2):  # the second time from the cache
        village = load_village(tmp_path, me="ada@example.org")
        told = [(row["source"], row["month"], row["n"]) for row in overview(village)["coverage"]]
        assert told == [
            *(("a.mbox", f"2026-0{m}", 1) for m in (2, 3)),
            *(("b.mbox", f"2026-0{m}", 1) for m in (1, 2, 3, 4)),
        ]
        assert len(village.interactions) == 4


def test_a_gap_in_an_export_can_be_seen():
    rows = [month(number) for number in (1, 2, 3, 8, 9)]
    page = coverage_text(rows)
    line = page.splitlines()[-1]
    assert line.split()[:5] == ["a.mbox", "email", "2026-01", "2026-09", "23"]
    assert line.endswith("▁▂▃····█" + "█")


def test_the_strip_is_in_proportion_and_ends_where_the_source_does():
    shown = [f"2026-{number:02d}" for number in range(1, 6)]
    assert strip({"2026-02": 1, "2026-04": 100}, shown) == " ▁·█ "
    # what lies before the months shown still makes a gap a gap
    assert strip({"2025-01": 5, "2026-03": 5}, shown) == "··█  "
    assert strip({"2020-01": 5}, shown) == "     "


def test_many_files_of_one_folder_stand_in_one_line(tmp_path: Path):
    mails = tmp_path / "mails"
    mails.mkdir()
    for number in range(13):
        mail = MAIL.format(number, f"Mon, {number + 1} Jan 2026 10:00:00 +0000")
        (mails / f"{number:02d}.mbox").write_text(mail)
    page = overview_text(
        overview(load_village(tmp_path, me="ada@example.org")), folder=str(tmp_path)
    )
    assert "mails/* (13 files)" in page
    assert "mails/03.mbox" not in page
    (mails / "12.mbox").unlink()
    page = overview_text(
        overview(load_village(tmp_path, me="ada@example.org")), folder=str(tmp_path)
    )
    assert "mails/03.mbox" in page


def test_the_next_step_answers_what_is_not_clear():
    assert next_steps(facts(people=0))[0]["do"].startswith("Add other exports")
    assert next_steps(facts(me=None))[0]["do"] == "villagegraph init FOLDER"
    files = [{"zone": "", "notes": ["the order of day and month is ambiguous"]}]
    assert "dayfirst" in next_steps(facts(files=files))[0]["do"]
    files = [{"zone": "UTC", "notes": []}]
    assert "zone" in next_steps(facts(files=files))[0]["do"]
    assert [step["do"] for step in next_steps(facts())] == [
        "villagegraph who FOLDER", "villagegraph report FOLDER", "villagegraph map FOLDER",
    ]  # fmt: skip
