"""No person in any message, log, warning or list of what was left out."""

from __future__ import annotations

import logging
import traceback
import warnings
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from villagegraph.cli import main
from villagegraph.errors import VillageError
from villagegraph.village import load_village

if TYPE_CHECKING:
    from pathlib import Path

MARK = "ZQMARKER"

BROKEN = {
    "google.csv": f'First Name,Last Name,E-mail 1 - Value\n{MARK},{MARK},{MARK},{MARK}\n"{MARK}',
    "headless.csv": f"{MARK},{MARK},{MARK}@example.org\n",
    "Connections.csv": (
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        f"{MARK},{MARK},{MARK},{MARK},{MARK},{MARK},{MARK}\n{MARK},{MARK}\n"
    ),
    "messages.csv": (
        "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,"
        f"DATE,SUBJECT,CONTENT,FOLDER\n{','.join([MARK] * 10)}\n{MARK}\n"
    ),
    "Invitations.csv": (
        "From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl\n"
        f"{','.join([MARK] * 7)}\n"
    ),
    "a.vcf": f"BEGIN:VCARD\nVERSION:3.0\n{MARK}\nBDAY:{MARK}\nEND:VCARD\nBEGIN:VCARD\nFN:{MARK}",
    "a.mbox": (
        f"From {MARK} Thu Oct  1 09:00:00 2026\nFrom: {MARK}\nTo: {MARK}\nDate: {MARK}\n"
        f"Subject: {MARK}\n\n{MARK}\n\nFrom {MARK}@example.org Thu Oct  1 09:00:00 2026\n"
        f"From: {MARK} <{MARK}@example.org>\nDate: {MARK}\n\n{MARK}\n"
    ),
    "a.ics": (
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{MARK}\nSUMMARY:{MARK}\nDTSTART:{MARK}\n"
        f"ATTENDEE;CN={MARK}:mailto:{MARK}@example.org\nEND:VEVENT\nBEGIN:VEVENT\n"
        f"UID:{MARK}2\nDTSTART:20260101T100000Z\nRRULE:FREQ={MARK}\nSUMMARY:{MARK}\nEND:VEVENT\n"
    ),
    "chat.txt": (
        f"[31/02/2026, 10:00:00] {MARK}: {MARK}\n[01/10/2026, 99:00:00] {MARK}: {MARK}\n"
        f"[01/10/2026, 10:00:00] {MARK}: {MARK}\n"
    ),
    "notes.csv": f"date,who,kind,minutes,text\n{MARK},{MARK},{MARK},{MARK},{MARK}\n",
}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    for name, content in BROKEN.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_a_folder_of_broken_exports_names_nobody(
    broken: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        village = load_village(broken)
    assert len(village.skipped) >= len(BROKEN) - 2
    said = [str(warning.message) for warning in caught]
    said += [record.getMessage() for record in caplog.records]
    said += [village.skipped.to_csv(), village.files[["kind", "zone", "notes"]].to_csv()]
    assert MARK not in "\n".join(said)


@pytest.mark.parametrize("command", ["check", "map", "report", "neglected"])
def test_the_commands_name_nobody_on_stderr(broken: Path, command: str) -> None:
    words = [command, str(broken), "-v"]
    if command in ("map", "report"):
        words += ["-o", str(broken / "out" / "x.html" if command == "map" else broken / "out")]
    result = CliRunner().invoke(main, words)
    assert MARK not in result.stderr
    if result.exception is not None:
        assert MARK not in "".join(traceback.format_exception(result.exception))


@pytest.mark.parametrize(
    "content",
    [
        f'{MARK} = "{MARK}',
        f'me = "{MARK}"',
        f'[me]\nname = ["{MARK}"]',
        f'zone = "{MARK}"',
        f'[people."{MARK}"]\nmute = "{MARK}"',
        f'[people."{MARK}"]\nsnooze_until = "{MARK}"',
    ],
)
def test_settings_with_faults_name_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.vcf").write_text("BEGIN:VCARD\nFN:Ada Ash\nEND:VCARD\n")
    (tmp_path / "village.toml").write_text(content, encoding="utf-8")
    with pytest.raises(VillageError) as caught:
        load_village(tmp_path)
    assert MARK not in "".join(traceback.format_exception(caught.value))
