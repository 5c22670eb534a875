from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import villagegraph as vg
from villagegraph.cli import clock, main
from villagegraph.overview import early_ends
from villagegraph.settings import read_settings

if TYPE_CHECKING:
    from villagegraph.village import Village

ROOT = Path(__file__).parent.parent
SAMPLE = str(ROOT / "data" / "sample" / "exports")
COMMANDS = sorted(main.commands)
CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nEMAIL:{}\nEND:VCARD\n"


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == code, result.output
    return result


def test_every_command_has_help_and_stands_in_the_docs() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        command = main.commands[name]
        assert command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option)), (
            name
        )
        shown = CliRunner().invoke(
            main, [name, "--help"], prog_name="villagegraph", terminal_width=100
        )
        assert shown.output.strip() in page, "run: make docs"


def test_check_shows_what_was_read_and_what_was_not() -> None:
    result = run("check", SAMPLE)
    for text in ("contacts.csv", "google-contacts", "Left out", "spam", "You: ", "Next"):
        assert text in result.stdout
    facts = json.loads(run("check", SAMPLE, "--json").stdout)
    assert facts["me"]["basis"] == "written in village.toml"
    assert {file["kind"] for file in facts["files"]} >= {"mbox", "vcard", "calendar", "whatsapp"}
    assert sum(item["n"] for item in facts["skipped"]) > 0


def test_map_and_report_print_what_they_wrote(tmp_path: Path) -> None:
    page = tmp_path / "village.html"
    result = run("map", SAMPLE, "-o", str(page), "--as-of", "2026-10-31")
    assert result.stdout.strip() == str(page)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert page.stat().st_mode & 0o777 == 0o600
    folder = tmp_path / "october"
    result = run("report", SAMPLE, "-o", str(folder), "--month", "2026-10")
    assert result.stdout.strip() == str(folder / "report.html")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["neglected.csv", "occasions.ics", "report.html"]


def test_neglected_as_text_and_as_json() -> None:
    text = run("neglected", SAMPLE, "--as-of", "2026-10-31", "--limit", "3").stdout
    assert text.startswith("Slipping: who mattered most")
    assert "\nWorth a message: " in text
    assert "\nDormant: " in text
    rows = json.loads(
        run("neglected", SAMPLE, "--as-of", "2026-10-31", "--limit", "3", "--json").stdout
    )
    assert [row["rank"] for row in rows if row["list"] == "slipping"] == [1, 2, 3]
    before = run("neglected", SAMPLE, "--as-of", "1990-01-01")
    assert before.stdout == "Nobody: nothing is known.\n"
    assert "before, nothing is known" in before.stderr


def test_names_are_left_out_in_one_way(tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    refused = run("map", SAMPLE, "-o", str(page), "--no-names", "--pseudonyms", code=2)
    assert "choose one" in refused.stderr
    assert not page.exists()


def test_init_writes_settings_that_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(SAMPLE, folder)
    (folder / "village.toml").unlink()
    result = run("init", str(folder))
    text = Path(result.stdout.strip()).read_text(encoding="utf-8")
    assert 'name = "Mira' in text
    run("check", str(folder))
    # every line that is offered can be used as it stands
    offered = re.sub(r"(?m)^# (?=[a-z_]+ = |\[people)", "", text)
    Path(result.stdout.strip()).write_text(offered, encoding="utf-8")
    settings = read_settings(result.stdout.strip())
    assert settings.zone == "Europe/Berlin"
    assert settings.people["Ada Lovelace"].mute
    again = run("init", str(folder), code=1)
    assert "--force" in again.stderr
    run("init", str(folder), "--force")


def test_sample_writes_the_exports(tmp_path: Path) -> None:
    run("sample", str(tmp_path / "s"), "--seed", "5")
    assert (tmp_path / "s" / "exports" / "contacts.csv").exists()


def test_the_week_as_text_and_as_json() -> None:
    text = run("week", SAMPLE, "--as-of", "2026-10-31").stdout
    assert [line[:3] for line in text.splitlines()] == ["1. ", "2. ", "3. "]
    assert all("Ask: “" in line for line in text.splitlines())
    rows = json.loads(run("week", SAMPLE, "--as-of", "2026-10-31", "--limit", "1", "--json").stdout)
    assert [row["rank"] for row in rows] == [1]
    assert rows[0]["line"] in text


@pytest.mark.parametrize("command", ["check", "map", "report", "neglected", "week"])
def test_a_missing_folder_is_one_line_and_exit_1(command: str, tmp_path: Path) -> None:
    result = run(command, str(tmp_path / "none"), code=1)
    (line,) = result.stderr.strip().splitlines()
    assert re.match(r"Error: .*none: no such folder\.", line)
    assert result.stdout == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line_and_exit_1() -> None:
    command = [sys.executable, "-m", "villagegraph", "exports"]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert result.returncode == 1
    assert result.stderr.startswith("Error: the result is not whole")
    assert result.stderr.count("\n") == 1


def test_wrong_usage_is_exit_2(tmp_path: Path) -> None:
    assert "--month" in run("report", SAMPLE, "--month", "October", code=2).stderr
    for command in ("map", "neglected"):
        early = run(command, SAMPLE, "--as-of", "soon", code=2).stderr
        assert "--as-of" in early
        assert "Read" not in early  # refused before anything is read
    run("map", code=2)
    run("nothing", code=2)
    assert not list(tmp_path.iterdir())


def test_a_wrong_me_is_exit_1_and_names_nobody() -> None:
    result = run("check", SAMPLE, "--me", "typo@example.org", code=1)
    assert "nobody in these exports" in result.stderr
    assert "@" not in result.stderr


def test_verbose_shows_the_traceback() -> None:
    result = CliRunner().invoke(main, ["check", SAMPLE, "--me", "typo@example.org", "-v"])
    assert result.exc_info is not None
    assert result.exit_code == 1
    assert type(result.exception).__name__ == "IdentityError"


def freeze(monkeypatch: pytest.MonkeyPatch, today: str) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date.fromisoformat(today))


def test_today_counts_unless_the_exports_end_long_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = str(tmp_path / "m.html")
    freeze(monkeypatch, "2026-11-05")
    assert "is taken as today" not in run("map", SAMPLE, "-o", page).stderr
    freeze(monkeypatch, "2027-06-01")
    assert "end on 2026-10-31, so 2026-10-31 is taken as today" in run(
        "map", SAMPLE, "-o", page
    ).stderr.replace("\n", " ")


def test_a_day_outside_the_exports_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, "2026-11-20")
    late = run("neglected", SAMPLE, "--as-of", "2036-01-01").stderr
    assert "The exports end on 2026-10-31, what came later is not known" in late
    early = run("neglected", SAMPLE, "--as-of", "1990-01-01").stderr
    assert "The exports begin on 2023-11-01" in early


def test_a_day_beyond_all_calendars_is_wrong_usage() -> None:
    assert (
        "the years 1700 to 2261" in run("neglected", SAMPLE, "--as-of", "9999-12-31", code=2).stderr
    )
    assert "9999-12" in run("report", SAMPLE, "--month", "9999-12", code=2).stderr


def test_a_mail_from_the_future_does_not_move_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mail = (
        "From x@example.org Thu Oct  1 09:00:00 2026\nMessage-ID: <{0}@example.org>\n"
        "Date: Thu, 01 Oct {0} 09:00:00 +0000\nFrom: ada@example.org\nTo: ben@example.org\n\nx\n\n"
    )
    (tmp_path / "a.mbox").write_text(mail.format(2026) + mail.format(2099), encoding="utf-8")
    freeze(monkeypatch, "2027-06-01")
    words = ("neglected", str(tmp_path), "--me", "ada@example.org")
    assert "The exports end on 2026-10-01, so 2026-10-01 is taken as today" in run(*words).stderr


def test_a_channel_that_ends_early_is_said(sample_village: Village) -> None:
    assert early_ends(sample_village, as_of="2026-10-31") == ""
    late = sample_village.interactions["at"] >= "2026-07-01"
    mail = sample_village.interactions["channel"] == "email"
    cut = dataclasses.replace(
        sample_village, interactions=sample_village.interactions[~(late & mail)]
    )
    assert "mail on 2026-06-30" in early_ends(cut, as_of="2026-10-31")
    # where everything ends, that is said otherwise
    assert early_ends(sample_village, as_of="2028-01-01") == ""


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("map", SAMPLE, "-o", str(tmp_path / "file" / "map.html"), code=1)
    assert "cannot be written" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("today", "month"),
    [
        ("2026-11-20", "2026-10"),
        ("2026-10-31", "2026-09"),
        ("2028-01-01", "2026-10"),
        ("2000-01-01", "1999-12"),
    ],
)
def test_the_month_is_the_last_complete_one_with_data(
    monkeypatch: pytest.MonkeyPatch, sample_village: object, today: str, month: str
) -> None:
    freeze(monkeypatch, today)
    assert clock.last_month(sample_village) == month  # type: ignore[arg-type]


def test_who_lists_pairs_takes_answers_and_explains(tmp_path: Path) -> None:
    (tmp_path / "a.vcf").write_text(CARD.format("Jane Doe", "jane.doe@example.org"))
    (tmp_path / "b.vcf").write_text(CARD.format("Jane B. Doe", "jane.doe@example.com"))
    (tmp_path / "c.vcf").write_text(CARD.format("Cy Moor", "cy@example.com"))
    folder = str(tmp_path)
    shown = run("who", folder).stdout
    assert "1 pair may be one person" in shown
    assert "Jane Doe <jane.doe@example.org>" in shown
    pairs = json.loads(run("who", folder, "--json").stdout)
    assert {pairs[0]["name_a"], pairs[0]["name_b"]} == {"Jane Doe", "Jane B. Doe"}
    answered = run("who", folder, "--same", "jane.doe@example.org", "jane.doe@example.com")
    assert answered.stdout.strip() == str(tmp_path / "aliases.csv")
    assert run("who", folder).stdout.startswith("Nobody")
    told = run("who", folder, "Jane Doe").stdout
    assert "your word in aliases.csv" in told
    run("who", folder, "--not-same", "jane.doe@example.org", "jane.doe@example.com")
    assert run("who", folder).stdout.startswith("Nobody")
    assert len(json.loads(run("who", folder, "jane.doe@example.org", "--json").stdout)) == 1


def test_who_asks_pair_by_pair(tmp_path: Path) -> None:
    (tmp_path / "a.vcf").write_text(CARD.format("Jane Doe", "jane.doe@example.org"))
    (tmp_path / "b.vcf").write_text(CARD.format("Jane B. Doe", "jane.doe@example.com"))
    for answer, written in (("l\n", 0), ("s\n", 0), ("n\n", 1)):
        result = CliRunner().invoke(main, ["who", str(tmp_path), "--ask"], input=answer)
        assert result.exit_code == 0, result.output
        assert f"{written} answer" in result.stdout
    assert "not_same" in (tmp_path / "aliases.csv").read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("Jane", "--ask"),
        ("--same", "a", "b", "--not-same", "a", "b"),
        ("--ask", "--json"),
    ],
)
def test_who_takes_one_wish_at_a_time(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert "one of NAME" in run("who", str(tmp_path), *words, code=2).output


def test_a_note_without_an_answer_is_refused(tmp_path: Path) -> None:
    assert "--note" in run("who", str(tmp_path), "--note", "x", code=2).output


def test_why_shows_the_events_behind_a_tie() -> None:
    whole = json.loads(run("why", SAMPLE, "me", "Elke Voß", "--json").stdout)
    shown = run("why", SAMPLE, "me", "Elke Voß", "--limit", "3").stdout
    assert len(shown.splitlines()) == 1 + 3 + 2
    assert whole["events"][-1]["day"] in shown
    contacts = {event["day"] for event in whole["events"] if event["counts_as"] == "contact"}
    assert whole["days"] == len(contacts)
    early = json.loads(
        run("why", SAMPLE, "me", "Elke Voß", "--json", "--as-of", "2025-01-31").stdout
    )
    assert max(event["day"] for event in early["events"]) <= "2025-01-31"
    assert "nobody" in run("why", SAMPLE, "me", "No Body", code=1).output
    assert "--as-of" in run("why", SAMPLE, "me", "Elke Voß", "--as-of", "soon", code=2).output


def test_no_cache_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VILLAGEGRAPH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.vcf").write_text(CARD.format("Jane Doe", "jane@example.org"))
    run("check", str(tmp_path / "in"), "--no-cache")
    assert not (tmp_path / "cache").exists()
    run("check", str(tmp_path / "in"))
    assert (tmp_path / "cache").exists()


def test_exports_tells_how_to_get_one() -> None:
    listed = run("exports").stdout
    assert "WhatsApp" in listed
    told = run("exports", "whatsapp").stdout
    assert "  1. " in told
    assert "Not read: " in told
    assert "no such source" in run("exports", "nothing", code=2).output


def test_the_page_of_exports_is_the_registry_s() -> None:
    spec = importlib.util.spec_from_file_location("page", ROOT / "docs" / "generate_exports.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert module.page() == page, "run: make docs"


@pytest.mark.parametrize("typed", ["Zo\udcc3\udcab", "Zo\xeb", "\ud800"])
def test_what_a_terminal_sends_is_text(typed: str, tmp_path: Path) -> None:
    card = "BEGIN:VCARD\nFN:Zo\xeb\nEMAIL:zoe@example.org\nEND:VCARD\n"
    (tmp_path / "a.vcf").write_text(card, encoding="utf-8")
    for arguments in (["who", str(tmp_path), typed], ["why", str(tmp_path), typed, typed]):
        result = CliRunner().invoke(main, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "\udcc3" not in result.output
    told = CliRunner().invoke(main, ["who", str(tmp_path), typed])
    assert told.exit_code == int(typed == "\ud800")


TABLES = {
    "people", "interactions", "participants", "handles", "contacts", "merges", "coverage",
    "skipped", "ties", "alter_measures", "ego_measures", "neglected", "measure_table",
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "tables"
    result = run("tables", SAMPLE, "--as-of", "2026-10-31", "-o", str(folder))
    assert result.stdout == f"{folder}\n"
    return folder


def test_tables_writes_every_table_for_its_owner_alone(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == {f"{name}.csv" for name in TABLES}
    assert {path.stat().st_mode & 0o777 for path in written.iterdir()} == {0o600}


def test_tables_hold_the_tables(written: Path, sample_village: Village) -> None:
    past = sample_village.until("2026-10-31")
    read = {name: pd.read_csv(written / f"{name}.csv") for name in TABLES}
    for name in ("people", "interactions", "participants", "handles", "contacts", "merges"):
        assert len(read[name]) == len(getattr(past, name)), name
    assert set(read["people"]["person_id"]) == set(past.people.index)
    ties = vg.tie_table(past, as_of="2026-10-31")
    found = read["ties"].set_index(["person_u", "person_v"])
    assert found["days"].to_dict() == ties["days"].to_dict()
    assert set(read["alter_measures"]["person_id"]) == set(past.people.index)
    assert read["ego_measures"]["person_id"].tolist() == [past.me]
    assert len(read["measure_table"]) == len(vg.measure_table())
    starts = [
        cell[:1]
        for path in written.iterdir()
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        for cell in row
        if not re.fullmatch(r"-?[0-9.]+(e[+-][0-9]+)?", cell)
    ]
    assert not set(starts) & set("=+-@\t\r\n")


def test_tables_of_a_log_without_an_owner_say_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    log = "date,from,to\n2026-10-01,ana@example.org,ben@example.org\n"
    (tmp_path / "in" / "village.toml").write_text(
        '[columns."log.csv"]\nat = "date"\nfrom = "from"\nto = "to"\n'
    )
    (tmp_path / "in" / "log.csv").write_text(log)
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        words = ("tables", str(tmp_path / "in"), "--as-of", "2026-10-31", "-o", str(folder))
        result = run(*words, "--format", "parquet")
        assert "they are somebody's" in result.stderr
    names = {f"{name}.parquet" for name in TABLES - {"ego_measures", "neglected"}}
    assert {path.name for path in folders[0].iterdir()} == names
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
    ties = pd.read_parquet(folders[0] / "ties.parquet")
    assert ties["days"].tolist() == [1]
    assert [list(names) for names in ties["channels"]] != [[]]
