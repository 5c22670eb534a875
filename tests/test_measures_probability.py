from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from toy import ME, every, village

from villagegraph.days import day_number
from villagegraph.errors import TableError
from villagegraph.measures import contact_probability
from villagegraph.measures.edge_log import as_contact_days
from villagegraph.measures.features import from_codes, tie_features
from villagegraph.measures.outcomes import outcomes, past_cuts
from villagegraph.measures.probability import (
    coefficients,
    intercept_shift,
    logistic,
    own_past,
    probabilities,
)
from villagegraph.ties import contact_days, tie_table

ROOT = Path(__file__).parent.parent
DAY = "2026-10-31"
SECONDS = 86_400


def log_of(rows):
    """A log of (source, target, day number)."""
    table = pd.DataFrame(rows, columns=["src", "dst", "unix_time"])
    table["unix_time"] *= SECONDS
    return table


def random_log(seed=0, *, people=30, rows=4000, days=700):
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, people, size=(rows, 2)) ** 2 // people
    table = log_of([(f"p{a}", f"p{b}", 0) for a, b in ends if a != b])
    table["unix_time"] = rng.integers(0, days, len(table)) * SECONDS
    return table


def by_hand(table, *, as_of):
    """Every feature again, pair by pair, in plain Python."""
    days, active = {}, {}
    for src, dst, seconds in table.itertuples(index=False):
        day = seconds // SECONDS
        if day <= as_of and src != dst:
            days.setdefault(tuple(sorted((src, dst))), set()).add(day)
            for person in (src, dst):
                active.setdefault(person, set()).add(day)

    def overdue(person):
        own = [day for day in active[person] if day > max(active[person]) - 360]
        usual = (as_of - min(own) + 1) / len(own)
        return max(0.0, np.log((as_of - max(own) + 1) / (usual + 1)))

    rows = {}
    for pair, every_day in days.items():
        last = max(every_day)
        own = sorted(day for day in every_day if day > last - 360)
        gap = np.mean(np.diff(own)) if len(own) > 1 else np.nan
        strength = sum(0.5 ** ((last - day) / 90) for day in own)
        decayed = sum(0.5 ** ((as_of - day) / 90) for day in own)
        rows[pair] = (
            len(own), as_of - last, gap, decayed, strength, last - own[0] + 1,
            *map(overdue, pair),
        )  # fmt: skip
    return dict(sorted(rows.items()))


@pytest.mark.parametrize("as_of", [100, 500, 699])
def test_the_features_are_those_counted_by_hand(as_of) -> None:
    table = random_log()
    days = as_contact_days(table)
    found = tie_features(days.between(-1, as_of), as_of=as_of)
    expected = by_hand(table, as_of=as_of)
    names = list(zip(days.people[found.u], days.people[found.v], strict=True))
    assert names == list(expected)
    np.testing.assert_allclose(np.stack(found[2:], axis=1), np.array([*expected.values()]))


def test_an_empty_past_has_no_ties() -> None:
    nothing = from_codes(*(np.empty(0, dtype=kind) for kind in (object, int, int, int)))
    assert len(tie_features(nothing, as_of=10).u) == 0
    log = log_of([("a", "b", 50)])
    assert contact_probability(log, as_of="1970-01-11").empty


def test_far_apart_days_and_many_people_are_sorted_alike() -> None:
    days = np.array([2**40, -(2**40), 3, 3])
    found = from_codes(
        np.arange(4).astype(str), np.array([1, 1, 3, 2]), np.array([0, 0, 2, 3]), days
    )
    assert found.u.tolist() == [0, 0, 2]
    assert found.day.tolist() == [-(2**40), 2**40, 3]


@given(
    days=st.lists(st.integers(0, 800), min_size=1, max_size=40),
    silence=st.integers(0, 900),
    more=st.integers(1, 400),
    horizon=st.integers(1, 700),
    longer=st.integers(1, 400),
)
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("owner", [True, False])
def test_silence_lowers_it_and_a_longer_horizon_raises_it(
    owner, days, silence, more, horizon, longer
) -> None:
    pairs = from_codes(
        np.array(["a", "b"]), np.zeros(len(days), int), np.ones(len(days), int), np.array(days)
    )

    def p(as_of, horizon):
        found = tie_features(pairs, as_of=as_of)
        overdue = None if owner else found.overdue_u + found.overdue_v
        return probabilities(found, overdue, horizon=horizon, shift=0.0)[0]

    last = max(days)
    now = p(last + silence, horizon)
    assert 0 < now < 1
    assert p(last + silence, horizon + longer) >= now
    assert p(last + silence + more, horizon) <= now


def test_what_comes_later_is_not_looked_at() -> None:
    table = random_log(1)
    early = table[table["unix_time"] <= 400 * SECONDS]
    day = pd.Timestamp("1970-01-01") + pd.Timedelta(days=400)
    now, then = (contact_probability(log, as_of=day) for log in (table, early))
    pd.testing.assert_series_equal(now, then)
    assert now.attrs == then.attrs
    assert now.attrs["cases"] > 100


def test_the_order_of_rows_and_doubles_change_nothing() -> None:
    table = random_log(2)
    day = "1971-06-30"
    shuffled = pd.concat([table, table[:500]]).sample(frac=1, random_state=1)
    before = shuffled.copy()
    pd.testing.assert_series_equal(
        contact_probability(table, as_of=day), contact_probability(shuffled, as_of=day)
    )
    pd.testing.assert_frame_equal(shuffled, before)


def test_a_log_and_a_village_without_owner_say_the_same() -> None:
    items = [
        *every("ana", days=7, count=30, last="2026-10-28"),
        *every("ben", days=20, count=12, last="2026-06-01"),
        ("ana", ("ben",), "email", "2026-03-01"),
    ]
    toy = village(items, people={}, me=None)
    contacts = contact_days(toy)
    log = pd.DataFrame(
        {
            "src": contacts["person_u"],
            "dst": contacts["person_v"],
            "unix_time": contacts["day"] * SECONDS,
        }
    )
    ours = contact_probability(toy, as_of=DAY)
    theirs = contact_probability(log, as_of=DAY)
    pd.testing.assert_series_equal(ours.sort_index(), theirs.sort_index())


def test_it_stands_on_the_pairs_of_the_tie_table() -> None:
    toy = village()
    found = contact_probability(toy, as_of=DAY)
    ties = tie_table(toy, as_of=DAY)
    assert found.index.equals(ties.index)
    assert found.name == "p_contact"
    seen = ties["basis"] == "seen together"
    assert found[seen].isna().all()
    assert found[~seen].between(0, 1, inclusive="neither").all()
    assert found["ana", ME] > 0.6
    assert found["ben", ME] < 0.3
    again = contact_probability(toy, as_of=DAY, ties=ties, contacts=contact_days(toy, as_of=DAY))
    pd.testing.assert_series_equal(found, again)


def test_the_sample_is_heard_about_its_own_past(sample_village) -> None:
    found = contact_probability(sample_village, as_of=DAY)
    assert found.attrs["cases"] > 20
    assert found.attrs["note"].startswith("Set to this log's own past: ")
    plain = contact_probability(sample_village, as_of=DAY, recalibrate=False)
    assert plain.attrs["shift"] == 0
    odds = [np.log(p / (1 - p)).dropna() for p in (found, plain)]
    np.testing.assert_allclose(odds[0] - odds[1], found.attrs["shift"], rtol=1e-6)


def test_the_shift_is_the_root_and_shrunk() -> None:
    rng = np.random.default_rng(3)
    odds = rng.normal(size=80)
    seen = rng.random(80) < 0.7
    root = brentq(lambda c: logistic(odds + c).mean() - seen.mean(), -10, 10)
    assert intercept_shift(odds, seen) == pytest.approx(root * 80 / 110 / 1.5)
    assert intercept_shift(odds, seen, days=4) == pytest.approx(root * 80 / 110 / 1.125)
    assert intercept_shift(odds[:0], seen[:0]) == 0
    # with no contact at all the shift is far down, and finite
    assert -6 < intercept_shift(odds, seen & False) < -2


def test_the_past_is_looked_at_once_a_horizon_within_a_year() -> None:
    assert past_cuts(as_of=1000, first=0, horizon=90) == [910, 820, 730, 640]
    assert past_cuts(as_of=269, first=0, horizon=90) == [179, 89]
    assert past_cuts(as_of=223, first=0, horizon=90) == [133]
    assert past_cuts(as_of=134, first=0, horizon=90) == [44]
    assert past_cuts(as_of=133, first=0, horizon=90) == []
    assert past_cuts(as_of=1500, first=0, horizon=400) == [1100]
    nothing = own_past(as_contact_days(log_of([("a", "b", 3)])), as_of=400, horizon=90)
    assert nothing.shift == 0
    assert "too little" in nothing.note


def test_an_end_that_has_left_is_no_case() -> None:
    # a and b stop at day 100; b goes on with c, a is gone
    rows = [("a", "b", day) for day in range(0, 101, 10)]
    rows += [("b", "c", day) for day in range(0, 200, 10)]
    days = as_contact_days(log_of(rows))
    found = outcomes(days, cut=100, horizon=90, history=180)
    asked = [(days.people[a], days.people[b]) for a, b in zip(found.ego, found.alter, strict=True)]
    assert asked == [("b", "c"), ("b", "a"), ("c", "b")]
    assert found.contacted.tolist() == [True, False, True]
    owner = outcomes(days, cut=100, horizon=90, history=180, me=1)
    assert sorted(days.people[owner.alter]) == ["a", "c"]


def test_odd_rows_of_a_log_are_nobody() -> None:
    table = log_of([("a", "b", 1), ("a", "a", 2)]).astype(object)
    table.loc[2] = ["a", None, 5]
    table.loc[3] = ["a", "b", "soon"]
    days = as_contact_days(table)
    assert days.people.tolist() == ["a", "b"]
    assert days.day.tolist() == [1]
    with pytest.raises(TableError, match="no column `unix_time`"):
        as_contact_days(table[["src", "dst"]])


@pytest.mark.parametrize("horizon", [0, -3, 1.5])
def test_a_horizon_needs_to_be_whole_days(horizon) -> None:
    with pytest.raises(ValueError, match="whole number of days"):
        contact_probability(village(), as_of=DAY, horizon_days=horizon)


def test_the_coefficients_point_the_right_way() -> None:
    for model in coefficients().values():
        assert model["quiet"] < 0 < model["span"] <= -np.log(2) * model["quiet"]
    assert coefficients()["log"]["overdue"] < 0


@pytest.mark.real
def test_the_shipped_coefficients_are_what_the_data_give(shared_data) -> None:
    script = ROOT / "benchmarks" / "neglect" / "fit.py"
    run = subprocess.run(
        [sys.executable, script, shared_data / "temporal", "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    shipped = (ROOT / "villagegraph" / "measures" / "coefficients.json").read_text("utf-8")
    assert len(json.loads(shipped)["data"]) == 6
    assert day_number("2000-06-30") == 11138


def test_days_at_hand_are_not_counted_again():
    toy = village(every("ana", days=7, count=9, last="2026-10-20"))
    fewer = contact_days(toy, as_of=DAY)[:-1]
    found = contact_probability(toy, as_of=DAY, contacts=fewer)
    both = contact_probability(toy, as_of=DAY, contacts=fewer, ties=tie_table(toy, as_of=DAY))
    pd.testing.assert_series_equal(found, both)
    assert found["ana", ME] != contact_probability(toy, as_of=DAY)["ana", ME]


def test_unseen_days_are_no_silence():
    mails = [*every("ana", days=7, count=9, last="2026-06-20"),
             *every("ben", days=7, count=9, last="2026-10-20")]  # fmt: skip
    toy = village(mails, people={})
    unseen = pd.Series([122], index=pd.MultiIndex.from_tuples([("ana", ME)]))
    plain = contact_probability(toy, as_of=DAY)
    found = contact_probability(toy, as_of=DAY, unseen_days=unseen)
    assert found["ana", ME] == found["ben", ME] == plain["ben", ME] > plain["ana", ME]
