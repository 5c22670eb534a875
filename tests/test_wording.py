"""What is said of silences, on every row of the sample at 36 month ends and of real mail."""

from __future__ import annotations

import re
import warnings

import pandas as pd
import pytest

import villagegraph as vg
from villagegraph.measures.reasons import BANDS, band

HURTFUL = re.compile(
    r"\b(lost|lose|losing|dead|ghost\w*|neglect\w*|cold|fail\w*|ignor\w*)\b", re.IGNORECASE
)
DECIMAL = re.compile(r"\d\.\d+(?! years?\b)|%|\bprobab|\bscore\b")
ONE_OF_MANY = re.compile(r"(?<![\d,.])1 (days|weeks|months|years|people|times)\b")
MANY_OF_ONE = re.compile(r"(?<![\d,.])(?:[02-9]|\d[\d,.]*\d) (day|week|month|year|person)\b(?! of)")
MONTHS = (
    "January February March April May June July August September October November December"
).split()
DATE = re.compile(rf"last in ({'|'.join(MONTHS)}) (\d{{4}}) ")
SENTENCES = re.compile(r"(?:[A-Z][^.]*(?:\d\.\d[^.]*)*\.(?: |$))+")


def faults(row):
    """Return what is wrong with the words of a row, none of them quoted."""
    reason = row["reason"]
    told = (
        reason.replace(row["organization_at_risk"], "") if row["organization_at_risk"] else reason
    )
    found = [
        name
        for name, pattern in (
            ("hurts", HURTFUL), ("decimal", DECIMAL), ("plural", ONE_OF_MANY),
            ("singular", MANY_OF_ONE),
        )
        if pattern.search(told)
    ]  # fmt: skip
    if not SENTENCES.fullmatch(told if told.endswith(".") else f"{told}."):
        found.append("no sentence")
    if row["band"] not in {*(word for _, word in BANDS), "very unlikely"}:
        found.append("band")
    if row["list"] == "slipping" and row["band"] not in reason:
        found.append("no outlook")
    if row["list"] == "dormant":
        date, last = DATE.search(reason), row["last_at"]
        # the zone may move an instant over midnight
        apart = date and 12 * (last.year - int(date[2])) + last.month - 1 - MONTHS.index(date[1])
        if apart not in (-1, 0, 1):
            found.append("date")
    elif f"{row['days_365']:,} day" not in reason:
        found.append("no days of contact")
    return found


def check(village, month_ends):
    rows = 0
    for day in month_ends:
        table = vg.neglected_ties(village, as_of=day)
        rows += len(table)
        bad = {fault for row in table.to_dict("records") for fault in faults(row)}
        assert bad == set(), day
    return rows


def test_the_sample_at_36_month_ends(sample_village):
    ends = pd.date_range("2023-11-30", "2026-10-31", freq="ME").date
    assert len(ends) == 36
    assert check(sample_village, ends) > 300


@pytest.mark.real
def test_real_mailboxes(shared_data):
    ends = pd.date_range("2000-12-31", "2002-03-31", freq="QE").date
    rows = 0
    for folder in sorted((shared_data / "ego").glob("*/")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", vg.SkippedRowsWarning)
            village = vg.load_village(folder)
        rows += check(village, ends)
    assert rows > 50


def test_a_wrong_word_is_found():
    row = {
        "reason": "Usually every 9 days (3 days of contact in the last year). Quiet for 60 days. "
        "For this tie too, contact within 90 days is likely.",
        "organization_at_risk": "", "band": "likely", "list": "slipping", "days_365": 3,
    }  # fmt: skip
    assert faults(row) == []
    for old, new, fault in (
        ("60 days", "1 days", "plural"),
        ("60 days", "60 day", "singular"),
        ("is likely", "is likely (0.63)", "decimal"),
        ("Quiet", "Dead", "hurts"),
        ("likely", "maybe", "no outlook"),
        ("For this", "for this", "no sentence"),
    ):
        assert faults(row | {"reason": row["reason"].replace(old, new)}) == [fault]


def test_bands_meet():
    words = [band(p / 100) for p in range(101)]
    assert list(dict.fromkeys(words)) == [
        "very unlikely", "unlikely", "about even", "likely", "very likely",
    ]  # fmt: skip
