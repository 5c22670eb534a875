from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from reading import MARKER

from villagegraph.errors import SettingsError
from villagegraph.settings import (
    LOG_COLUMNS,
    PERSON_COLUMNS,
    Me,
    PersonSettings,
    Settings,
    read_settings,
)

FULL = """
zone = "Europe/Berlin"
half_life_days = 90
dayfirst = true
ignore = ["old/*", " "]
include = ["*.csv"]

[me]
name = " Ada Bell "
emails = ["ada@example.org", ""]
phones = ["+49 30 23125 000"]
profiles = ["https://www.linkedin.com/in/ada-bell"]
organization = "River Lab"
headline = "I make rivers talk"

[columns."people.csv"]
name = "Full name"

[people."Sam Lee"]
cadence_days = 30
star = true
snooze_until = 2026-11-01
tags = ["choir"]

[people."kim@example.org"]
mute = true
opt_out = true
snooze_until = "2026-12-01"
"""


def settings_of(folder: Path, text: str | bytes) -> Settings:
    path = folder / "village.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(path)


def test_every_key_is_read(tmp_path: Path):
    found = settings_of(tmp_path, FULL)
    assert found.me == Me(
        name="Ada Bell",
        emails=("ada@example.org",),
        phones=("+49 30 23125 000",),
        profiles=("https://www.linkedin.com/in/ada-bell",),
        organization="River Lab",
        headline="I make rivers talk",
    )
    assert (found.zone, found.half_life_days, found.dayfirst) == ("Europe/Berlin", 90.0, True)
    assert (found.ignore, found.include) == (("old/*",), ("*.csv",))
    assert found.columns == {"people.csv": {"name": "Full name"}}
    assert found.people == {
        "Sam Lee": PersonSettings(
            cadence_days=30.0, star=True, snooze_until=dt.date(2026, 11, 1), tags=("choir",)
        ),
        "kim@example.org": PersonSettings(
            mute=True, opt_out=True, snooze_until=dt.date(2026, 12, 1)
        ),
    }


def test_line_ends_and_marks_change_nothing(tmp_path: Path):
    plain = settings_of(tmp_path, FULL)
    assert settings_of(tmp_path, FULL.replace("\n", "\r\n")) == plain
    assert settings_of(tmp_path, "\ufeff" + FULL) == plain


def test_no_file_and_an_empty_file_give_the_defaults(tmp_path: Path):
    assert read_settings(tmp_path / "none.toml") == Settings()
    assert settings_of(tmp_path, "") == Settings()
    assert Settings().zone == "UTC"


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("zon = 'UTC'", "", "in line 1. Did you mean `zone`?"),
        ("zone = 'Mars/Base'", "zone", "IANA time zone"),
        ("zone = '../x'", "zone", "IANA time zone"),
        ("zone = 1", "zone", "text in quotes"),
        ("half_life_days = 5", "half_life_days", "between 30 and 365"),
        ("half_life_days = true", "half_life_days", "number of days"),
        ("half_life_days = nan", "half_life_days", "number of days"),
        ("dayfirst = 1", "dayfirst", "true or false"),
        ("ignore = 'x'", "ignore", "list of texts"),
        ("me = 'Ada'", "me", "table"),
        ("[me]\nemail = 'x'", "me", "in line 2. Did you mean `emails`?"),
        ("[me]\nemails = [1]", "me.emails", "list of texts"),
        ("[columns]\na = 1", "columns.<entry 1>", "table"),
        ("[columns.'a.csv']\nname = 1", "columns.<entry 1>.name", "text in quotes"),
        ("[me]\nzone = 'UTC'", "me", "in line 2. Move `zone`, which is about the whole village"),
        ("[people.ada.lovelace]\nstar = true", "people.<entry 1>", "in line 1. Known: cadence"),
        ("ada = 1\n[me]\nada = 'x'", "", "no such setting. Known: me"),
        ("[people.'Sam Lee']\nsnooze_until = 'soon'", "people.<entry 1>.snooze_until", "a date"),
        (
            "[people.a]\n[people.'Sam']\nstars = true",
            "people.<entry 2>",
            "line 3. Did you mean `star`?",
        ),
    ],
)
def test_a_wrong_value_is_named(text: str, key: str, problem: str, tmp_path: Path):
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, text)
    assert caught.value.key == key
    assert problem in str(caught.value)
    assert str(tmp_path / "village.toml") in str(caught.value)


@pytest.mark.parametrize("text", ["zone = Europe/Berlin", "[me", "a = 1\na = 2", b"\xff\xfe\x00"])
def test_what_is_no_toml_is_said_plainly(text: str | bytes, tmp_path: Path):
    with pytest.raises(SettingsError, match=r"TOML|UTF-8") as caught:
        settings_of(tmp_path, text)
    assert caught.value.key == ""
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "text",
    [
        f"[people.'{MARKER}']\ncadence_days = '{MARKER}'",
        f"[people.'{MARKER}']\ntags = '{MARKER}'",
        f"[people]\n'{MARKER}' = 1",
        f"zone = '{MARKER}'",
        f"[me]\nname = {MARKER}",
        f"[me]\nname = '{MARKER}'\nname = '{MARKER}'",
        f"[people.{MARKER}]\n[people.{MARKER}]",
        f"[people.{MARKER}.{MARKER}]\nstar = true",
        f"{MARKER} = 1",
        f"[{MARKER}]\nname = 1",
        f"[me]\n{MARKER} = 1",
        f"[me.{MARKER}]\nname = 1",
        f"[columns]\n{MARKER} = 1",
        f"[columns.'{MARKER}.csv']\n{MARKER} = 1",
    ],
)
def test_no_person_stands_in_a_message(text: str, tmp_path: Path):
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, text)
    assert MARKER not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("emial = 'x'", "columns.<entry 1>", "in line 2. Did you mean `email`?"),
        ("from = ''", "columns.<entry 1>.from", "header of a column"),
        ("day = 'soon'", "columns.<entry 1>.day", "a date"),
        ("app = 'My App'", "columns.<entry 1>.app", "a short word"),
        ("app = 'email'", "columns.<entry 1>.app", "a short word"),
    ],
)
def test_a_wrong_column_is_named(text: str, key: str, problem: str, tmp_path: Path):
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, f"[columns.'a.csv']\n{text}")
    assert caught.value.key == key
    assert problem in str(caught.value)


def test_columns_may_name_what_holds_for_all_rows(tmp_path: Path):
    found = settings_of(tmp_path, "[columns.'*.csv']\nfrom = ' A '\nday = 2026-10-31\napp = 'crm'")
    assert found.columns == {"*.csv": {"from": "A", "day": "2026-10-31", "app": "crm"}}


def test_the_page_shows_settings_that_can_be_read(tmp_path: Path):
    page = (Path(__file__).parent.parent / "docs" / "folder.md").read_text(encoding="utf-8")
    shown = page.partition("```toml\n")[2].partition("```")[0]
    found = settings_of(tmp_path, shown)
    assert list(found.columns) == ["crm/*.csv", "badges.csv"]
    assert found.columns["badges.csv"]["day"] == "2026-10-31"
    named = page.partition("Our columns are")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", named)) >= {*PERSON_COLUMNS, *LOG_COLUMNS, "day", "app"}
