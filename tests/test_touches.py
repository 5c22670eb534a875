from __future__ import annotations

import csv
import datetime as dt
import io

import icalendar
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagegraph.settings import PersonSettings, Settings
from villagegraph.touches import (
    hidden_people,
    neglected_csv,
    occasions,
    occasions_calendar,
)
from villagegraph.village import Village, village_from_tables

HOSTILE = "</script><img src=x onerror=alert(1)>"


def village(*rows: tuple[str, str, str, str], settings: Settings | None = None) -> Village:
    """Hold people alone: (person_id, name, birthday, anniversary)."""
    columns = ["person_id", "name", "birthday", "anniversary"]
    people = pd.DataFrame([("p_me", "Mia Me", "1980-11-11", ""), *rows], columns=columns)
    return village_from_tables(
        pd.DataFrame({"event_id": [], "at": []}),
        pd.DataFrame({"event_id": [], "person_id": []}),
        people=people,
        me="p_me",
        settings=settings,
    )


def november(*rows: tuple[str, str, str, str], settings: Settings | None = None):
    return occasions(village(*rows, settings=settings), start="2026-11-01", end="2026-11-30")


def test_birthday_with_year_tells_the_age():
    found = november(("p_ada", "Ada Lovelace", "1986-11-03", ""))
    assert found.to_dict("records") == [
        {
            "date": "2026-11-03",
            "person_id": "p_ada",
            "name": "Ada Lovelace",
            "kind": "birthday",
            "years": 40.0,
        }
    ]


def test_birthday_without_year_has_no_age():
    found = november(("p_ada", "Ada Lovelace", "--11-03", ""))
    assert found["date"].tolist() == ["2026-11-03"]
    assert found["years"].isna().all()


def test_both_kinds_of_one_person_on_one_day():
    found = november(("p_ada", "Ada Lovelace", "1986-11-03", "2016-11-03"))
    assert found["kind"].tolist() == ["anniversary", "birthday"]
    assert found["years"].tolist() == [10.0, 40.0]


@pytest.mark.parametrize(
    ("year", "day"), [(2026, "2026-02-28"), (2028, "2028-02-29"), (2100, "2100-02-28")]
)
def test_leap_day_comes_every_year(year: int, day: str):
    found = occasions(
        village(("p_ada", "Ada Lovelace", "2000-02-29", "--02-29")),
        start=f"{year}-02-01",
        end=f"{year}-03-01",
    )
    assert found["date"].tolist() == [day, day]
    assert found["years"].tolist()[1] == year - 2000


def test_both_ends_count_and_years_turn():
    found = occasions(
        village(("p_a", "Ann", "--12-31", ""), ("p_b", "Bob", "--01-01", "")),
        start="2026-12-31",
        end="2027-01-01",
    )
    assert found[["date", "name"]].to_numpy().tolist() == [
        ["2026-12-31", "Ann"],
        ["2027-01-01", "Bob"],
    ]


def test_order_is_by_date_name_person():
    found = november(
        ("p_3", "Zoe", "--11-03", ""),
        ("p_2", "Ann", "--11-09", ""),
        ("p_1", "Zoe", "--11-03", ""),
    )
    assert found["person_id"].tolist() == ["p_1", "p_3", "p_2"]


def test_me_is_left_out():
    assert november().empty
    assert list(november().columns) == ["date", "person_id", "name", "kind", "years"]
    assert november()["years"].dtype == "float64"


@pytest.mark.parametrize("who", ["ben stone", "Ben Stone"])
def test_opt_out_is_left_out(who: str):
    settings = Settings(people={who: PersonSettings(opt_out=True)})
    rows = [("p_ben", "Ben Stone", "--11-03", ""), ("p_cy", "Cy", "--11-03", "")]
    assert november(*rows, settings=settings)["person_id"].tolist() == ["p_cy"]
    assert hidden_people(village(*rows, settings=settings)) == {"p_me", "p_ben"}


def test_other_wishes_hide_nobody():
    settings = Settings(people={"Ben Stone": PersonSettings(mute=True, star=True)})
    rows = [("p_ben", "Ben Stone", "--11-03", "")]
    assert len(november(*rows, settings=settings)) == 1


def test_days_that_have_not_happened_are_no_occasion():
    assert november(("p_a", "Ann", "2030-11-03", "")).empty


def test_placeholder_years_give_no_age():
    found = november(("p_a", "Ann", "1900-11-03", ""), ("p_b", "Bob", "1604-11-04", ""))
    assert found["years"].isna().tolist() == [True, True]


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "11-03", "2025-02-29"])
def test_what_is_no_date_is_no_occasion(text: str):
    assert november(("p_a", "Ann", text, "")).empty


def test_end_before_start_is_said():
    with pytest.raises(ValueError, match="end needs to be 2026-11-02 or later"):
        occasions(village(), start="2026-11-02", end="2026-11-01")


@given(
    birthday=st.dates(dt.date(1904, 1, 1), dt.date(2020, 12, 31)),
    start=st.dates(dt.date(2021, 1, 1), dt.date(2030, 12, 31)),
)
def test_any_year_holds_each_birthday_once(birthday: dt.date, start: dt.date):
    end = start + dt.timedelta(days=364 if start.month > 2 or start.year % 4 else 365)
    found = occasions(village(("p_a", "Ann", birthday.isoformat(), "")), start=start, end=end)
    shown = found[found["kind"] == "birthday"]
    leap = (birthday.month, birthday.day) == (2, 29)
    assert len(shown) == 1 or (leap and len(shown) in (0, 2))
    for date in shown["date"]:
        assert start.isoformat() <= date <= end.isoformat()
        assert date[5:] == birthday.isoformat()[5:] or leap


def calendar_of(frame: pd.DataFrame, stamp: str = "2026-10-31") -> bytes:
    return occasions_calendar(frame, stamp=stamp)


def test_calendar_opens_again():
    frame = november(
        ("p_ada", "Ada Lovelace", "1986-11-03", ""), ("p_ben", "Ben, Stone; Jr", "", "--11-30")
    )
    events = icalendar.Calendar.from_ical(calendar_of(frame)).walk("VEVENT")
    shown = [
        (str(event["SUMMARY"]), event.decoded("DTSTART"), event.decoded("DTEND"))
        for event in events
    ]
    assert shown == [
        ("Birthday: Ada Lovelace (40)", dt.date(2026, 11, 3), dt.date(2026, 11, 4)),
        ("Anniversary: Ben, Stone; Jr", dt.date(2026, 11, 30), dt.date(2026, 12, 1)),
    ]
    assert {event.decoded("DTSTAMP") for event in events} == {
        dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
    }


def test_calendar_is_rfc_5545():
    frame = november(("p_a", "Zoë 佐藤 " * 20, "--11-03", ""))
    data = calendar_of(frame)
    lines = data.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert {b"VERSION:2.0", b"METHOD:PUBLISH"} & set(lines) == {b"VERSION:2.0"}
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Birthday: " + ("Zoë 佐藤 " * 20).strip()
    assert event["DTSTART"].params["VALUE"] == "DATE"


def test_calendar_ids_are_stable_and_apart():
    rows = [("p_a", "Ann", "--11-03", "--11-03"), ("p_b", "Ann", "--11-03", "")]

    def uids(frame: pd.DataFrame) -> list[str]:
        return [
            str(event["UID"])
            for event in icalendar.Calendar.from_ical(calendar_of(frame)).walk("VEVENT")
        ]

    first = uids(november(*rows))
    assert len(set(first)) == 3
    # a new surname or a longer list changes no id
    renamed = [("p_a", "Ann Lee", "--11-03", "--11-03"), *rows[1:], ("p_c", "Cy", "--11-05", "")]
    assert set(first) < set(uids(november(*renamed)))
    assert not set(first) & set(
        uids(occasions(village(*rows), start="2027-11-01", end="2027-11-30"))
    )


def test_calendar_of_nothing_is_a_calendar():
    calendar = icalendar.Calendar.from_ical(calendar_of(november()))
    assert calendar.walk("VEVENT") == []


def test_hostile_name_stays_one_line_of_text():
    name = "Ann\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:x"
    data = calendar_of(november(("p_a", name, "--11-03", "")))
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Birthday: " + " ".join(name.split())


def neglected(**columns: object) -> pd.DataFrame:
    row = {
        "rank": 1,
        "list": "slipping",
        "name": "Ada",
        "value": 1.5,
        "overdue": float("nan"),
        "last_at": pd.Timestamp("2026-08-01T10:00:00Z"),
        "reason": "Usually every 9 days.",
    } | columns
    return pd.DataFrame([row])


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_has_list_first_and_reads_back():
    text = neglected_csv(neglected(name='Ada "A", Lovelace'))
    assert "\r" not in text
    assert read(text) == [
        ["list", "rank", "name", "value", "overdue", "last_at", "reason"],
        [
            "slipping", "1", 'Ada "A", Lovelace', "1.5", "", "2026-08-01T10:00:00+00:00",
            "Usually every 9 days.",
        ],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+49", "-2", "@cmd", "\t=1", " =1", "\n=1", "\uff1d1", '=HYPERLINK("x")'],
)
def test_csv_neutralises_formulas(name: str):
    assert read(neglected_csv(neglected(name=name)))[1][2] == f"'{name}"


@pytest.mark.parametrize("name", ["Ada = Lovelace", "Ada-Lovelace", HOSTILE, "", "佐藤"])
def test_csv_leaves_plain_text_alone(name: str):
    assert read(neglected_csv(neglected(name=name)))[1][2] == name


def test_csv_keeps_numbers_below_zero():
    assert read(neglected_csv(neglected(value=-1.25, rank=-3)))[1][1:4] == ["-3", "Ada", "-1.25"]


def test_csv_of_nothing_has_its_header():
    assert neglected_csv(neglected().iloc[:0]).startswith("list,rank,name")


def test_nothing_given_is_changed():
    frame = neglected(name="=1")
    before = frame.copy(deep=True)
    neglected_csv(frame)
    pd.testing.assert_frame_equal(frame, before)
