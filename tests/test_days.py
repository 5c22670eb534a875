from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagegraph.days import (
    as_day,
    day_number,
    day_numbers,
    end_of_day,
    month_bounds,
    partial_date,
)

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]

DATES = st.dates(dt.date(1700, 1, 1), dt.date(2261, 12, 31))


@pytest.mark.parametrize(
    "value",
    [
        "2026-10-31",
        " 2026-10-31T23:59:59Z",
        dt.date(2026, 10, 31),
        dt.datetime(2026, 10, 31, 23, 59, tzinfo=dt.UTC),
        pd.Timestamp("2026-10-31 23:59", tz="Asia/Tokyo"),
    ],
)
def test_a_day_may_be_named_in_many_ways(value: object):
    assert as_day(value) == dt.date(2026, 10, 31)


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01", "2026-10-31banana", 7, None])
def test_what_names_no_day_is_refused(value: object):
    with pytest.raises(ValueError, match="as_of needs to be a day"):
        as_day(value)


# pandas 2 knows no summer time after 2037
@given(st.dates(dt.date(1980, 1, 1), dt.date(2037, 12, 31)), st.sampled_from(ZONES))
def test_a_day_ends_where_the_next_begins(day: dt.date, zone: str):
    end = end_of_day(day, zone=zone)
    assert str(end.tz) == "UTC"
    moments = pd.Series([end - pd.Timedelta(seconds=1), end])
    before, after = day_numbers(moments, zone=zone)
    if zone == "Pacific/Apia" and dt.date(2011, 12, 29) <= day <= dt.date(2011, 12, 30):
        return  # Samoa left out 30 December 2011
    assert before == day_number(day)
    assert after == day_number(day) + 1


@given(st.lists(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2100, 1, 1))))  # noqa: DTZ001  read as UTC below
def test_day_numbers_agree_with_the_calendar(times: list[dt.datetime]):
    at = pd.Series(pd.to_datetime(times, utc=True)).astype("datetime64[us, UTC]")
    numbers = day_numbers(at)
    assert numbers.dtype == np.int64
    assert numbers.tolist() == [(time.date() - dt.date(1970, 1, 1)).days for time in times]


@given(DATES)
def test_day_number_counts_days(day: dt.date):
    assert day_number(day) == (day - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1990-05-21", (1990, 5, 21)),
        (" --02-29 ", (None, 2, 29)),
        ("1999-02-29", None),
        ("--13-01", None),
        ("0000-01-01", None),
        ("1990-5-21", None),
        ("", None),
    ],
)
def test_partial_dates(text: str, date: tuple[int | None, int, int] | None):
    assert partial_date(text) == date


@given(DATES)
def test_a_month_holds_its_days(day: dt.date):
    first, last = month_bounds(f"{day:%Y-%m}")
    assert first <= day <= last
    assert (last + dt.timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    "month", ["2026", "2026-13", "2026-00", "0000-01", "9999-12", "2026-10-31", "x"]
)
def test_what_is_no_month_is_refused(month: str):
    with pytest.raises(ValueError, match="month needs to be such as"):
        month_bounds(month)
